// log(Σ e^x) so far. A column, or a row, is read block by block; of columns a few take turns, which lie in the same lines of the cache.
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

/** n rows of columns, `row` bytes apart. */
export function logarithms<T>(dst: usize, src: usize, row: i32, n: i32, columns: i32): void {
  for (let first = 0; first < columns; first += COLUMNS) {
    const width = min(COLUMNS, columns - first);
    for (let c = 0; c < width; c++) store<f64>(kernelScratch + REACHED + longBytes(c), -Infinity);
    for (let i = 0; i < n; i += BLOCK) {
      const count = min(BLOCK, n - i);
      for (let c = 0; c < width; c++) {
        const at = <usize>i * row + <usize>(first + c) * sizeof<T>();
        takeBlock<T>(dst + at, src + at, row, count, kernelScratch + REACHED + longBytes(c));
      }
    }
  }
}

/**
 * y_i = log(e^y + Σ e^x_j), with y from before: y + log1p(Σ e^(x_j − y)), where no term cancels another. What rises more steeply, begins,
 * or is infinite goes one by one: there the larger of the two takes the place of y.
 */
function takeBlock<T>(dst: usize, src: usize, row: i32, n: i32, reached: usize): void {
  const values = kernelScratch + VALUES;
  let y = load<f64>(reached);
  while (n > 0) {
    let count = 0;
    let isNear = y - y == 0;
    for (let from = src; isNear && count < n; from += row) {
      const above = <f64>load<T>(from) - y;
      store<T>(values + <usize>count * sizeof<T>(), <T>above);
      isNear = above <= NEAR;
      if (isNear) count++;
    }
    let base = y;
    if (!count) {
      const x = <f64>load<T>(src);
      base = max(x, y);
      // Of equal infinities the difference is none: all is what there is.
      const below = base - base != 0 && x == y ? -Infinity : min(x, y) - base;
      store<T>(values, <T>below);
      count = 1;
    }
    runElementwise(Op.Exp, dtypeOf<T>(), 0, values, values, 0, 0, count);
    sumOfRow<T>(values, <i32>sizeof<T>(), values, count, 0, 0);
    runElementwise(Op.Log1p, dtypeOf<T>(), 0, values, values, 0, 0, count);
    n -= count;
    for (let at = values; count > 0; count--, at += sizeof<T>(), src += row, dst += row) {
      y = base + <f64>load<T>(at);
      store<T>(dst, <T>y);
    }
  }
  store<f64>(reached, y);
}
// @ts-ignore: decorator
@inline
function dtypeOf<T>(): i32 {
  return sizeof<T>() == 8 ? DType.Float64 : DType.Float32;
}
