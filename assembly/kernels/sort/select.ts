// A part of the order of a long row by radix selection, most significant digit first: a histogram says in which bins the part
// lies, and only their elements are kept, in the order of the row. While it lies in one bin, the next digit narrows it down.
// What is kept in the end is sorted: for a single place in the order, all of it takes time linear in the row's length.
import { signedKey } from "./keys";
import { accumulate } from "./radix";
import { mergedLength, sortRow } from "./row";
import { longBytes, setWord, word, wordBytes } from "../../memory/words";

const DIGIT: i32 = 11;
const BINS: i32 = 1 << DIGIT;
/** Shorter rows don't earn the histogram. From here on, MERGED elements fit into three quarters of the row. */
const SELECTED: i32 = 512;

// Workspace, with room to sort three quarters of the row as they are kept; more than that isn't worth it, and the row itself
// is sorted, in the same room:
//   keys        K[n]
//   positions   i32[n]
//   a, b        u64[3n/4] each
//   order       i32[3n/4]
// @ts-ignore: decorator
@inline
function even(n: i32): usize {
  return (<usize>n + 1) & ~1;
}
// @ts-ignore: decorator
@inline
function worthwhile(n: i32): i32 {
  return n - (n >> 2);
}

/** Bytes of workspace that a row of n elements of `size` bytes takes; no less than the 20·n of a sort. */
export function selectionBytes(n: i32, size: i32): f64 {
  return <f64>even(n) * <f64>(size + 4) + <f64>even(worthwhile(n)) * 20;
}

/**
 * Positions start … end-1 of the order of n elements, start < end. K: the signed integer as wide as T; scratch: 24 KiB.
 */
export function selectRow<T, K>(
  dst: usize,
  src: usize,
  n: i32,
  flip: i32,
  start: i32,
  end: i32,
  scratch: usize,
  workspace: usize,
): void {
  if (n < SELECTED) return sortWhole<T>(dst, src, n, flip, start, end, scratch, workspace);
  const keys = workspace;
  const positions = keys + even(n) * sizeof<K>();
  const a = positions + (even(n) << 2);
  let shift = <i32>(8 * sizeof<K>()) - DIGIT;
  let kept = n;
  let first = start;
  count<T, K>(scratch, src, n, flip, shift);
  while (true) {
    accumulate(scratch, BINS);
    const low = binOf(scratch, first);
    const high = binOf(scratch, first + (end - start) - 1);
    const before = word(scratch, low);
    const next = (high + 1 < BINS ? load<i32>(scratch + wordBytes(high), 4) : kept) - before;
    if (low < high && next > worthwhile(n)) return sortWhole<T>(dst, src, n, flip, start, end, scratch, workspace);
    // While one bin holds the whole row, only the next digit tells more.
    if (kept < n && next < kept) collect<K, K>(keys, positions, keys, positions, kept, 0, shift, low, high);
    else if (kept == n && (next < n || !shift)) collect<T, K>(keys, positions, src, 0, n, flip, shift, low, high);
    first -= before;
    kept = next;
    if (low == high && !shift) {
      // All of them are equal.
      memory.copy(dst, positions + wordBytes(first), wordBytes(end - start));
      return;
    }
    if (low < high || kept <= mergedLength<K>()) break;
    // The last digit may overlap the one before, whose bits are the same in all of them.
    shift = max(0, shift - DIGIT);
    if (kept == n) count<T, K>(scratch, src, n, flip, shift);
    else count<K, K>(scratch, keys, kept, 0, shift);
  }
  const records = even(kept) << 3;
  const order = a + 2 * records;
  sortRow<K>(order, keys, kept, 0, scratch, a, a + records);
  for (let i = 0; i < end - start; ++i) {
    const at = word(order, first + i);
    setWord(dst, i, word(positions, at));
  }
}

/** The same part, of the row's whole order. */
function sortWhole<T>(
  dst: usize,
  src: usize,
  n: i32,
  flip: i32,
  start: i32,
  end: i32,
  scratch: usize,
  workspace: usize,
): void {
  const order = workspace + 2 * longBytes(n);
  sortRow<T>(order, src, n, flip, scratch, workspace, workspace + longBytes(n));
  memory.copy(dst, order + wordBytes(start), wordBytes(end - start));
}

// @ts-ignore: decorator
@inline
function digit<K>(key: K, shift: i32): i32 {
  if (sizeof<K>() == 4) return (<i32>(((<u32>key) ^ 0x80000000) >> shift)) & (BINS - 1);
  return (<i32>(((<u64>key) ^ 0x8000000000000000) >> shift)) & (BINS - 1);
}

/** The histogram of one digit. */
function count<S, K>(bins: usize, src: usize, n: i32, flip: i32, shift: i32): void {
  memory.fill(bins, 0, BINS << 2);
  const end = src + <usize>n * sizeof<S>();
  for (; src < end; src += sizeof<S>()) {
    const bin = bins + wordBytes(digit<K>(signedKey<S, K>(src, flip), shift));
    store<i32>(bin, load<i32>(bin) + 1);
  }
}

/** The bin in which a place of the order lies: the last one to begin at or before it. */
function binOf(bins: usize, place: i32): i32 {
  let low = 0;
  let high = BINS;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (word(bins, middle) <= place) low = middle;
    else high = middle;
  }
  return low;
}

/** Keys and positions of the elements whose digit is in [low, high]; `from`: the positions of src, 0: as they come. */
function collect<S, K>(
  keys: usize,
  positions: usize,
  src: usize,
  from: usize,
  n: i32,
  flip: i32,
  shift: i32,
  low: i32,
  high: i32,
): void {
  const width = <u32>(high - low);
  for (let i = 0; i < n; ++i) {
    const key = signedKey<S, K>(src + <usize>i * sizeof<S>(), flip);
    store<K>(keys, key);
    store<i32>(positions, from ? word(from, i) : i);
    const isIn = <usize>(<u32>(digit<K>(key, shift) - low) <= width);
    keys += isIn * sizeof<K>();
    positions += isIn << 2;
  }
}
