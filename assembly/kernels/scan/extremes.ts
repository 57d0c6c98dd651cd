// The largest, or the smallest, so far, and where it stands. Of equal ones the last counts; a NaN is beyond all, and stays.
import { firstLanes, storeFirst } from "../vectors";
import { PARTIAL_ROWS } from "../strided";
import { kernelScratch } from "../../threads/scratch";
import { setWord, word, wordBytes } from "../../memory/words";

/** The lanes of x that take the place of what is there; of floats, that are NaN too. */
// @ts-ignore: decorator
@inline
function takes<T>(x: v128, best: v128, isSmallest: bool): v128 {
  const beats = isSmallest ? v128.le<T>(x, best) : v128.ge<T>(x, best);
  return isFloat<T>() ? v128.or(beats, v128.ne<T>(x, x)) : beats;
}

/** A row, of which whole vectors seldom hold a new one. */
export function extremesOfRow<T>(dst: usize, positions: usize, src: usize, n: i32, isSmallest: bool): void {
  const lanes = <i32>(16 / sizeof<T>());
  let best = v128.splat<T>(load<T>(src)),
    bestAt = i32x4.splat(0);
  for (let i = 0; i < n;) {
    const count = min(lanes, n - i);
    const x = v128.load(src);
    let taken = takes<T>(x, best, isSmallest);
    if (count < lanes) taken = v128.and(taken, firstLanes<T>(count));
    if (!v128.any_true(taken) && count == lanes) {
      v128.store(dst, best);
      if (sizeof<T>() == 8) v128.store64_lane(positions, bestAt, 0);
      else v128.store(positions, bestAt);
    } else {
      for (let k = 0; k < count; k++) {
        const each = v128.splat<T>(load<T>(src + <usize>k * sizeof<T>()));
        if (v128.any_true(takes<T>(each, best, isSmallest))) {
          best = each;
          bestAt = i32x4.splat(i + k);
        }
        store<T>(dst + <usize>k * sizeof<T>(), v128.extract_lane<T>(best, 0));
        setWord(positions, k, i32x4.extract_lane(bestAt, 0));
      }
    }
    i += lanes;
    src += 16;
    dst += 16;
    positions += wordBytes(lanes);
  }
}

// In scratch: what columns have come to, and where.
const BEST: usize = PARTIAL_ROWS;
const BEST_AT: usize = BEST + 4096 * 8;

/** Up to 4096 columns of n rows, `row` elements apart. */
export function extremesOfColumns<T>(
  dst: usize,
  positions: usize,
  src: usize,
  row: i32,
  n: i32,
  columns: i32,
  isSmallest: bool,
): void {
  const lanes = <i32>(16 / sizeof<T>());
  const best = kernelScratch + BEST,
    bestAt = kernelScratch + BEST_AT;
  for (let c = 0; c < columns; c += lanes) {
    v128.store(best + <usize>c * sizeof<T>(), v128.load(src + <usize>c * sizeof<T>()));
  }
  for (let i = 0; i < n; i++) {
    const here = i32x4.splat(i);
    for (let c = 0; c < columns; c += lanes) {
      const at = <usize>c * sizeof<T>(),
        word = wordBytes(c);
      const x = v128.load(src + at),
        before = v128.load(best + at);
      const taken = takes<T>(x, before, isSmallest);
      const value = v128.bitselect(x, before, taken);
      v128.store(best + at, value);
      const places = v128.bitselect(
        here,
        v128.load(bestAt + word),
        sizeof<T>() == 8 ? v128.shuffle<i32>(taken, taken, 0, 2, 0, 2) : taken,
      );
      if (sizeof<T>() == 8) v128.store64_lane(bestAt + word, places, 0);
      else v128.store(bestAt + word, places);
      const left = columns - c;
      if (left >= lanes) {
        v128.store(dst + at, value);
        if (sizeof<T>() == 8) v128.store64_lane(positions + word, places, 0);
        else v128.store(positions + word, places);
      } else {
        storeFirst<T>(dst + at, value, left);
        storeFirst<i32>(positions + word, places, left);
      }
    }
    src += <usize>row * sizeof<T>();
    dst += <usize>row * sizeof<T>();
    positions += wordBytes(row);
  }
}
