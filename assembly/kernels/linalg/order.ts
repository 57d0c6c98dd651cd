// What exchanges of rows amount to.
import { elementAt } from "../strided";
import { setWord, word, wordBytes } from "../../memory/words";

/** For each of `count` lists of exchanges, counted from 1, the row that each of `rows` rows was; lists lie as their strides say. */
export function fillOrder(
  dst: usize,
  count: i32,
  rows: i32,
  pivots: usize,
  ndim: i32,
  dims: usize,
  strides: usize,
): void {
  const exchanges = word(dims, ndim),
    step = word(strides, ndim);
  for (let item = 0; item < count; ++item, dst += wordBytes(rows)) {
    let at = elementAt(item, ndim, dims, strides);
    for (let i = 0; i < rows; ++i) setWord(dst, i, i);
    for (let i = 0; i < min(exchanges, rows); ++i, at += step) {
      const other = word(pivots, at) - 1;
      // What a user gives may be anything.
      if (<u32>other >= <u32>rows) continue;
      const kept = word(dst, i);
      setWord(dst, i, word(dst, other));
      setWord(dst, other, kept);
    }
  }
}
