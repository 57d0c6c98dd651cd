// Long rows: a radix sort of 32-bit words, least significant digit first. An element travels as one word of 64 bits, its key
// above its position. The first pass reads the elements themselves, the last one writes positions alone; a digit that all
// keys share costs no pass. 64-bit keys are sorted by their lower half, then, in the order that this gives, by the upper.
import { key32, key64 } from "./keys";
import { longBytes, setWord, wordBytes } from "../../memory/words";

/** From here on, wider digits save more in passes than their histograms cost. */
const WIDE_DIGITS: i32 = 4096;

/** 0 … n-1 by the order of their elements; workspace: 24 KiB for histograms, `a` and `b` of 8·n bytes each. */
export function sortRadix<T>(dst: usize, src: usize, n: i32, flip: u32, histograms: usize, a: usize, b: usize): void {
  if (sizeof<T>() == 8) {
    sortByWord<T>(dst, src, n, flip, histograms, a, b, false, false);
    sortByWord<T>(dst, src, n, flip, histograms, a, b, true, true);
  } else sortByWord<T>(dst, src, n, flip, histograms, a, b, true, false);
}

// @ts-ignore: decorator
@inline
function word<T>(src: usize, i: i32, flip: u32, upper: bool): u32 {
  const address = src + <usize>i * sizeof<T>();
  if (sizeof<T>() == 4) return key32<T>(address) ^ flip;
  return (<u32>(upper ? key64<T>(address) >> 32 : key64<T>(address))) ^ flip;
}

// @ts-ignore: decorator
@inline
function increment(bin: usize): void {
  store<i32>(bin, load<i32>(bin) + 1);
}

// `ordered`: dst holds an order already, which stays among equal words.
// @ts-ignore: decorator
@inline
function sortByWord<T>(
  dst: usize,
  src: usize,
  n: i32,
  flip: u32,
  histograms: usize,
  a: usize,
  b: usize,
  upper: bool,
  ordered: bool,
): void {
  const bits: u32 = n < WIDE_DIGITS ? 8 : 11;
  const digits: u32 = n < WIDE_DIGITS ? 4 : 3;
  const mask = (1 << bits) - 1;
  memory.fill(histograms, 0, ((<usize>digits) << bits) << 2);
  if (bits == 8) {
    for (let i = 0; i < n; ++i) {
      const w = word<T>(src, i, flip, upper);
      increment(histograms + ((w & 255) << 2));
      increment(histograms + 1024 + (((w >> 8) & 255) << 2));
      increment(histograms + 2048 + (((w >> 16) & 255) << 2));
      increment(histograms + 3072 + ((w >> 24) << 2));
    }
  } else {
    for (let i = 0; i < n; ++i) {
      const w = word<T>(src, i, flip, upper);
      increment(histograms + ((w & 2047) << 2));
      increment(histograms + 8192 + (((w >> 11) & 2047) << 2));
      increment(histograms + 16384 + ((w >> 22) << 2));
    }
  }
  const first = word<T>(src, 0, flip, upper);
  let active: u32 = 0;
  for (let d: u32 = 0; d < digits; ++d) {
    const bins = histograms + wordBytes(d << bits);
    if (load<i32>(bins + (((first >> (d * bits)) & mask) << 2)) != n) {
      active |= 1 << d;
      accumulate(bins, 1 << bits);
    }
  }
  if (!active) {
    if (!ordered) for (let i = 0; i < n; ++i) setWord(dst, i, i);
    return;
  }
  // The elements give way to records after the first pass, the records to positions in the last.
  let shift = <u32>ctz(active) * bits;
  let bins = histograms + wordBytes((<u32>ctz(active)) << bits);
  active &= active - 1;
  if (!active) {
    if (ordered) memory.copy(a, dst, wordBytes(n));
    firstPass<T>(dst, src, a, n, flip, bins, shift, mask, upper, ordered, true);
    return;
  }
  firstPass<T>(a, src, dst, n, flip, bins, shift, mask, upper, ordered, false);
  while (true) {
    shift = <u32>ctz(active) * bits;
    bins = histograms + wordBytes((<u32>ctz(active)) << bits);
    active &= active - 1;
    if (!active) break;
    pass(b, a, n, bins, shift, mask, false);
    const t = a;
    a = b;
    b = t;
  }
  pass(dst, a, n, bins, shift, mask, true);
}

/** Counts become the positions at which their bins begin. */
export function accumulate(bins: usize, count: i32): void {
  let total = 0;
  for (let i = 0; i < count; ++i, bins += 4) {
    const c = load<i32>(bins);
    store<i32>(bins, total);
    total += c;
  }
}

/** The next free place in the bin of a word's digit. */
// @ts-ignore: decorator
@inline
function place(bins: usize, w: u32, shift: u32, mask: u32): usize {
  const bin = bins + (((w >> shift) & mask) << 2);
  const at = load<i32>(bin);
  store<i32>(bin, at + 1);
  return <usize>at;
}

// @ts-ignore: decorator
@inline
function firstPass<T>(
  dst: usize,
  src: usize,
  order: usize,
  n: i32,
  flip: u32,
  bins: usize,
  shift: u32,
  mask: u32,
  upper: bool,
  ordered: bool,
  isLast: bool,
): void {
  for (let i = 0; i < n; ++i) {
    const at = ordered ? load<i32>(order + wordBytes(i)) : i;
    const w = word<T>(src, at, flip, upper);
    const to = place(bins, w, shift, mask);
    if (isLast) store<i32>(dst + (to << 2), at);
    else store<u64>(dst + (to << 3), ((<u64>w) << 32) | (<u64>at));
  }
}

// @ts-ignore: decorator
@inline
function pass(dst: usize, src: usize, n: i32, bins: usize, shift: u32, mask: u32, isLast: bool): void {
  const end = src + longBytes(n);
  for (; src < end; src += 8) {
    const record = load<u64>(src);
    const to = place(bins, <u32>(record >> 32), shift, mask);
    if (isLast) store<i32>(dst + (to << 2), <i32>record);
    else store<u64>(dst + (to << 3), record);
  }
}

/** Bools: positions start … end-1 of those that come first, then the others. `first` is the value that comes first. */
export function sortBools(dst: usize, src: usize, n: i32, first: i32, start: i32, end: i32): void {
  let before = 0;
  for (let i = 0; i < n; ++i) before += <i32>(<i32>load<u8>(src + i) == first);
  let a = -start;
  let b = before - start;
  const count = <u32>(end - start);
  for (let i = 0; i < n; ++i) {
    const isFirst = <i32>load<u8>(src + i) == first;
    const place = isFirst ? a : b;
    if (<u32>place < count) setWord(dst, place, i);
    a += <i32>isFirst;
    b += <i32>!isFirst;
  }
}
