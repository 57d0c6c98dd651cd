// log(Σ e^x) so far, in float64 whatever the dtype is. A column, or a row, is read block by block; of columns a few take turns, which
// lie in the same lines of the cache.
import { DType, Op } from "../../abi/opcodes";
import { runElementwise } from "../../generated/elementwise";
import { PARTIAL_ROWS } from "../strided";
import { sumOfRow } from "./prefix";
import { kernelScratch } from "../../threads/scratch";
import { longBytes } from "../../memory/words";

const BLOCK: i32 = 64;
const COLUMNS: i32 = 16;
/** How far the elements of a block may lie above what there is before them: the sum of their powers then loses nothing. */
const NEAR: f64 = 8;

// In scratch: the block, and what each column has come to.
const VALUES: usize = PARTIAL_ROWS;
const REACHED: usize = VALUES + 1024;

/** n rows of columns of `size` bytes, `row` bytes apart. */
export function logarithms(size: i32, dst: usize, src: usize, row: i32, n: i32, columns: i32): void {
  for (let first = 0; first < columns; first += COLUMNS) {
    const width = min(COLUMNS, columns - first);
    for (let c = 0; c < width; c++) store<f64>(kernelScratch + REACHED + longBytes(c), -Infinity);
    for (let i = 0; i < n; i += BLOCK) {
      const count = min(BLOCK, n - i);
      for (let c = 0; c < width; c++) {
        const at = <usize>i * row + <usize>((first + c) * size);
        takeBlock(size, dst + at, src + at, row, count, kernelScratch + REACHED + longBytes(c));
      }
    }
  }
}

/**
 * y_i = log(e^y + Σ e^x_j), with y from before: y + log1p(Σ e^(x_j − y)), where no term cancels another. What rises more steeply, begins,
 * or is infinite goes one by one: there the larger of the two takes the place of y.
 */
function takeBlock(size: i32, dst: usize, src: usize, row: i32, n: i32, reached: usize): void {
  const values = kernelScratch + VALUES;
  let y = load<f64>(reached);
  while (n > 0) {
    let count = 0;
    let isNear = y - y == 0;
    for (let from = src; isNear && count < n; from += row) {
      const above = element(size, from) - y;
      store<f64>(values + longBytes(count), above);
      isNear = above <= NEAR;
      if (isNear) count++;
    }
    let base = y;
    if (!count) {
      const x = element(size, src);
      base = max(x, y);
      // Of equal infinities the difference is none: all is what there is.
      store<f64>(values, base - base != 0 && x == y ? -Infinity : min(x, y) - base);
      count = 1;
    }
    runElementwise(Op.Exp, DType.Float64, 0, values, values, 0, 0, count);
    sumOfRow<f64>(values, 8, values, count, 0, 0);
    runElementwise(Op.Log1p, DType.Float64, 0, values, values, 0, 0, count);
    n -= count;
    for (let at = values; count > 0; count--, at += 8, src += row, dst += row) {
      y = base + load<f64>(at);
      if (size == 8) store<f64>(dst, y);
      else store<f32>(dst, <f32>y);
    }
  }
  store<f64>(reached, y);
}
// @ts-ignore: decorator
@inline
function element(size: i32, at: usize): f64 {
  return size == 8 ? load<f64>(at) : <f64>load<f32>(at);
}
