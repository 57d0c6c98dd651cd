// The first few of a long row, in one scan: an element is a candidate if it comes before the last of the best so far, the
// threshold. Candidates are collected until their buffer is full, then sorted and cut, which lowers the threshold. They stand
// in the order of the row behind the best so far, so a stable sort of the buffer keeps equal elements in order.
import { keyLanes, signedKey } from "./keys";
import { MERGED_32, RANKED, above, sortMerged, sortRanked, splatKey } from "./short";
import { setWord, word, wordBytes } from "../../memory/words";

/** How far into the order a scan reaches: its buffer then loses two thirds of its candidates in a cut. */
export const SCANNED: i32 = 64;
/** Up to here the buffer is so short that counting places sorts it. */
const RANKED_SCAN: i32 = 16;

// Scratch, behind that of a short sort: the candidates, their order, and what a cut keeps of them.
const KEYS: usize = 8192;
const POSITIONS: usize = KEYS + 1552;
const ORDER: usize = POSITIONS + 768;
const KEPT_KEYS: usize = ORDER + 768;
const KEPT_POSITIONS: usize = KEPT_KEYS + 512;

/**
 * Positions start … end-1 of the order of n elements, for end <= SCANNED and n >= MERGED_32. K: the signed integer as wide as
 * T; scratch: 12 KiB.
 */
export function scanRow<T, K>(dst: usize, src: usize, n: i32, flip: i32, start: i32, end: i32, scratch: usize): void {
  const capacity = end <= RANKED_SCAN ? RANKED : MERGED_32;
  for (let i = 0; i < capacity; ++i) keep<T, K>(scratch, i, src, i, flip);
  let threshold = cut<K>(scratch, capacity, end);
  let count = end;
  let i = capacity;
  const lanes = <i32>(16 / sizeof<T>());
  const mask = i32x4.splat(flip);
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    const at = src + <usize>i * sizeof<T>();
    const bound = splatKey<T>(scratch + KEYS + <usize>(end - 1) * sizeof<K>());
    const a = above<T>(bound, v128.xor(keyLanes<T>(v128.load(at)), mask));
    const b = above<T>(bound, v128.xor(keyLanes<T>(v128.load(at, 16)), mask));
    const c = above<T>(bound, v128.xor(keyLanes<T>(v128.load(at, 32)), mask));
    const d = above<T>(bound, v128.xor(keyLanes<T>(v128.load(at, 48)), mask));
    if (!v128.any_true(v128.or(v128.or(a, b), v128.or(c, d)))) continue;
    let hits = bits<T>(a) | (bits<T>(b) << lanes) | (bits<T>(c) << (2 * lanes)) | (bits<T>(d) << (3 * lanes));
    for (; hits; hits &= hits - 1) {
      const hit = i + ctz(hits);
      // A cut within this block may have lowered the threshold.
      if (signedKey<T, K>(src + <usize>hit * sizeof<T>(), flip) >= threshold) continue;
      keep<T, K>(scratch, count, src, hit, flip);
      if (++count < capacity) continue;
      threshold = cut<K>(scratch, count, end);
      count = end;
    }
  }
  for (; i < n; ++i) {
    if (signedKey<T, K>(src + <usize>i * sizeof<T>(), flip) >= threshold) continue;
    keep<T, K>(scratch, count, src, i, flip);
    if (++count < capacity) continue;
    threshold = cut<K>(scratch, count, end);
    count = end;
  }
  if (count > end) cut<K>(scratch, count, end);
  memory.copy(dst, scratch + POSITIONS + wordBytes(start), wordBytes(end - start));
}

// @ts-ignore: decorator
@inline
function bits<T>(mask: v128): i32 {
  return sizeof<T>() == 4 ? i32x4.bitmask(mask) : i64x2.bitmask(mask);
}

// @ts-ignore: decorator
@inline
function keep<T, K>(scratch: usize, candidate: i32, src: usize, i: i32, flip: i32): void {
  store<K>(scratch + KEYS + <usize>candidate * sizeof<K>(), signedKey<T, K>(src + <usize>i * sizeof<T>(), flip));
  setWord(scratch + POSITIONS, candidate, i);
}

/** Leaves the first `end` of the candidates, in order; gives the key of the last one. */
function cut<K>(scratch: usize, count: i32, end: i32): K {
  if (count <= RANKED) sortRanked<K>(scratch + ORDER, scratch + KEYS, count, 0, scratch);
  else sortMerged<K, K>(scratch + ORDER, scratch + KEYS, count, 0, scratch);
  for (let i = 0; i < end; ++i) {
    const from = <usize>word(scratch + ORDER, i);
    store<K>(scratch + KEPT_KEYS + <usize>i * sizeof<K>(), load<K>(scratch + KEYS + from * sizeof<K>()));
    setWord(scratch + KEPT_POSITIONS, i, load<i32>(scratch + POSITIONS + (from << 2)));
  }
  memory.copy(scratch + KEYS, scratch + KEPT_KEYS, <usize>end * sizeof<K>());
  memory.copy(scratch + POSITIONS, scratch + KEPT_POSITIONS, wordBytes(end));
  return load<K>(scratch + KEYS + <usize>(end - 1) * sizeof<K>());
}
