// Short rows. Up to RANKED elements, an element's place is counted, without a branch: how many are smaller, and how many of
// those before it are equal. Up to MERGED elements, ranked chunks are merged.
import { loadKeys } from "./keys";
import { setWord, word, wordBytes } from "../../memory/words";

export const RANKED: i32 = 40;
/** Rows up to here stay below the cost of a radix sort's histograms. */
export const MERGED_32: i32 = 192;
export const MERGED_64: i32 = 320;
const CHUNK: i32 = 32;

// Scratch, 8192 bytes: keys and positions, two of each, and ranks.
const KEYS: usize = 0;
const OTHER_KEYS: usize = 2624;
const POSITIONS: usize = 5248;
const OTHER_POSITIONS: usize = 6528;
const RANKS: usize = 7808;

/** 0 … for i < n by the order of their keys, for n <= RANKED. */
// @ts-ignore: decorator
@inline
export function sortRanked<T>(dst: usize, src: usize, n: i32, flip: i32, scratch: usize): void {
  loadKeys<T>(scratch + KEYS, src, n, flip);
  rank<T>(scratch + RANKS, scratch + KEYS, n);
  for (let i = 0; i < n; ++i) setWord(dst, rankAt<T>(scratch + RANKS, i), i);
}

// @ts-ignore: decorator
@inline
function rankAt<T>(ranks: usize, i: i32): i32 {
  return load<i32>(ranks + <usize>i * sizeof<T>());
}

// @ts-ignore: decorator
@inline
export function above<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.gt_s(a, b) : i64x2.gt_s(a, b);
}
// @ts-ignore: decorator
@inline
function atLeast<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.ge_s(a, b) : i64x2.ge_s(a, b);
}
/** a counter less a mask, whose lanes count as −1: one more where it holds. */
// @ts-ignore: decorator
@inline
function count<T>(counter: v128, mask: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.sub(counter, mask) : i64x2.sub(counter, mask);
}
// @ts-ignore: decorator
@inline
export function splatKey<T>(address: usize): v128 {
  return sizeof<T>() == 4 ? v128.load32_splat(address) : v128.load64_splat(address);
}

/** The place of each of n keys, as integers as wide as T. Lanes behind the last key get ranks that mean nothing. */
// @ts-ignore: decorator
@inline
function rank<T>(ranks: usize, keys: usize, n: i32): void {
  const size = sizeof<T>();
  const end = keys + <usize>n * size;
  for (let own = keys; own < end; own += 16, ranks += 16) {
    const x = v128.load(own);
    let places = i32x4.splat(0);
    let other = keys;
    for (; other < own; other += size) places = count<T>(places, atLeast<T>(x, splatKey<T>(other)));
    // Its own vector: lanes behind the other count it if it is equal, those before do not.
    const stop = min(own + 16, end);
    let behind = sizeof<T>() == 4 ? i32x4(0, -1, -1, -1) : i64x2(0, -1);
    for (; other < stop; other += size) {
      const key = splatKey<T>(other);
      const equal = v128.and(behind, atLeast<T>(x, key));
      places = count<T>(places, v128.or(equal, above<T>(x, key)));
      behind =
        sizeof<T>() == 4
          ? v128.shuffle<i32>(i32x4.splat(0), behind, 0, 4, 5, 6)
          : v128.shuffle<i64>(i64x2.splat(0), behind, 0, 2);
    }
    for (; other < end; other += size) places = count<T>(places, above<T>(x, splatKey<T>(other)));
    v128.store(ranks, places);
  }
}

/** The same for RANKED < n <= MERGED. K: the signed integer as wide as T. */
export function sortMerged<T, K>(dst: usize, src: usize, n: i32, flip: i32, scratch: usize): void {
  const size = sizeof<T>();
  let keys = scratch + KEYS;
  let positions = scratch + POSITIONS;
  let otherKeys = scratch + OTHER_KEYS;
  let otherPositions = scratch + OTHER_POSITIONS;
  loadKeys<T>(otherKeys, src, n, flip);
  for (let start = 0; start < n; start += CHUNK) {
    const length = min(CHUNK, n - start);
    const chunk = otherKeys + <usize>start * size;
    rank<T>(scratch + RANKS, chunk, length);
    for (let i = 0; i < length; ++i) {
      const place = start + rankAt<T>(scratch + RANKS, i);
      store<K>(keys + <usize>place * size, load<K>(chunk + <usize>i * size));
      setWord(positions, place, start + i);
    }
  }
  for (let width = CHUNK; width < n; width <<= 1) {
    const isLast = 2 * width >= n;
    const to = isLast ? dst : otherPositions;
    for (let start = 0; start < n; start += 2 * width) {
      merge<K>(otherKeys, to, keys, positions, start, min(start + width, n), min(start + 2 * width, n));
    }
    otherPositions = positions;
    positions = to;
    const k = keys;
    keys = otherKeys;
    otherKeys = k;
  }
}

/** Merges [start, middle) with [middle, end); of equal keys the first one's comes first. */
// @ts-ignore: decorator
@inline
function merge<K>(
  toKeys: usize,
  toPositions: usize,
  keys: usize,
  positions: usize,
  start: i32,
  middle: i32,
  end: i32,
): void {
  let a = start;
  let b = middle;
  let i = start;
  for (; a < middle && b < end; ++i) {
    const x = load<K>(keys + <usize>a * sizeof<K>());
    const y = load<K>(keys + <usize>b * sizeof<K>());
    const second = <i32>(y < x);
    store<K>(toKeys + <usize>i * sizeof<K>(), second ? y : x);
    setWord(toPositions, i, word(positions, second ? b : a));
    a += 1 - second;
    b += second;
  }
  if (a == middle) a = b;
  memory.copy(toKeys + <usize>i * sizeof<K>(), keys + <usize>a * sizeof<K>(), <usize>(end - i) * sizeof<K>());
  memory.copy(toPositions + wordBytes(i), positions + wordBytes(a), wordBytes(end - i));
}
