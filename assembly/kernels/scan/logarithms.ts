// log(Σ e^x) so far, in float64 whatever the dtype is: a column, or a row, is read block by block. Of columns a few take turns, which lie
// in the same lines of the cache.
import { expSlow } from "../math/exp";
import { log1p } from "../math/log";
import { PARTIAL_ROWS } from "../strided";
import { kernelScratch } from "../../threads/scratch";
import { longBytes } from "../../memory/words";

const BLOCK: i32 = 64;
const COLUMNS: i32 = 16;

// In scratch: the block, and what each column has come to.
const VALUES: usize = PARTIAL_ROWS;
const REACHED: usize = VALUES + 1024;

/** n rows of columns, `row` bytes apart. */
export function logarithms<T>(dst: usize, src: usize, row: i32, n: i32, columns: i32): void {
  const values = kernelScratch + VALUES;
  for (let first = 0; first < columns; first += COLUMNS) {
    const width = min(COLUMNS, columns - first);
    for (let c = 0; c < width; c++) store<f64>(kernelScratch + REACHED + longBytes(c), -Infinity);
    for (let i = 0; i < n; i += BLOCK) {
      const end = values + longBytes(min(BLOCK, n - i));
      for (let c = 0; c < width; c++) {
        const place = <usize>i * row + <usize>(first + c) * sizeof<T>();
        for (let at = values, from = src + place; at < end; at += 8, from += row) store<f64>(at, <f64>load<T>(from));
        takeBlock(values, end, kernelScratch + REACHED + longBytes(c));
        for (let at = values, to = dst + place; at < end; at += 8, to += row) store<T>(to, <T>load<f64>(at));
      }
    }
  }
}

/** Elements that are taken together: pairs of lanes. */
const RUN: usize = 16 * 8;
/** How far they may lie above what there is before them: the sum of their powers then loses nothing. */
const NEAR: f64 = 8;

/**
 * y_i = log(e^y + Σ e^x_j), with y from before: y + log1p(Σ e^(x_j − y)), where no term cancels another. What rises more steeply, begins,
 * or is infinite goes one by one.
 */
function takeBlock(at: usize, end: usize, reached: usize): void {
  let y = load<f64>(reached);
  while (at < end) {
    const last = min(at + RUN, end);
    if (!areNear(at, last, y)) {
      y = logOfSum(y, load<f64>(at));
      store<f64>(at, y);
      at += 8;
      continue;
    }
    const before = f64x2.splat(y);
    for (let k = at; k < last; k += 16) v128.store(k, expSlow<f64>(f64x2.sub(v128.load(k), before)));
    let sum = 0.0;
    for (let k = at; k < last; k += 8) {
      sum += load<f64>(k);
      store<f64>(k, sum);
    }
    for (let k = at; k < last; k += 16) v128.store(k, f64x2.add(before, log1p<f64>(v128.load(k))));
    y = load<f64>(last - 8);
    at = last;
  }
  store<f64>(reached, y);
}
function areNear(at: usize, end: usize, y: f64): bool {
  if (y - y != 0) return false;
  for (; at < end; at += 8) if (!(load<f64>(at) <= y + NEAR)) return false;
  return true;
}
/** log(e^a + e^b) */
function logOfSum(a: f64, b: f64): f64 {
  const high = max(a, b),
    low = min(a, b);
  // Of equal infinities the difference is none.
  if (low == high && high - high != 0) return high;
  return high + f64x2.extract_lane(log1p<f64>(expSlow<f64>(f64x2.splat(low - high))), 0);
}
