// A whole row, sorted by what suits its length.
import { sortRadix } from "./radix";
import { MERGED_32, MERGED_64, RANKED, sortMerged, sortRanked } from "./short";

/** Rows longer than this are sorted by digits, which needs workspace. */
// @ts-ignore: decorator
@inline
export function mergedLength<T>(): i32 {
  return sizeof<T>() == 8 ? MERGED_64 : MERGED_32;
}

/** 0 … n-1 by the order of their elements; scratch: 24 KiB; `a` and `b`, of 8·n bytes each, serve long rows alone. */
// @ts-ignore: decorator
@inline
export function sortRow<T>(dst: usize, src: usize, n: i32, flip: i32, scratch: usize, a: usize, b: usize): void {
  if (n <= RANKED) sortRanked<T>(dst, src, n, flip, scratch);
  else if (n > mergedLength<T>()) sortRadix<T>(dst, src, n, flip, scratch, a, b);
  else if (sizeof<T>() == 8) sortMerged<T, i64>(dst, src, n, flip, scratch);
  else sortMerged<T, i32>(dst, src, n, flip, scratch);
}
