// log(Σ e^x) so far, in float64 whatever the dtype is. Some rows, or columns, are read block by block: their powers and logarithms are
// taken together.
import { DType, Op } from "../../abi/opcodes";
import { runElementwise } from "../../generated/elementwise";
import { PARTIAL_ROWS } from "../strided";
import { kernelScratch } from "../../threads/scratch";
import { longBytes } from "../../memory/words";

/** How many sequences take turns, at most, and the elements of all of them that are read in turn. */
export const SEQUENCES: i32 = 16;
const BLOCK: i32 = 1024;
/** How far elements may lie above what all are compared with: the sum of their powers then loses nothing. */
const NEAR: f64 = 8;

// In scratch: what elements are above their bases, and what becomes of that; the bases; the last base and the last sum of each sequence.
const VALUES: usize = PARTIAL_ROWS;
const BASES: usize = VALUES + 8 * BLOCK;
const REACHED: usize = BASES + 8 * BLOCK;

/**
 * y_i = b + log1p(Σ e^(x_j − b)) over all j but that of the base b, which is an earlier element, and the larger of the two where x lies far above
 * it: no term cancels another, and none is lost. Sequences of n elements of `size` bytes; elements are `step` bytes apart, sequences `apart`.
 */
export function logarithms(size: i32, dst: usize, src: usize, step: i32, apart: i32, n: i32, sequences: i32): void {
  for (; sequences > 0; sequences -= SEQUENCES, dst += SEQUENCES * apart, src += SEQUENCES * apart) {
    const width = min(SEQUENCES, sequences),
      length = BLOCK / width,
      reached = kernelScratch + REACHED;
    for (let c = 0; c < width; c++) {
      store<f64>(reached + longBytes(2 * c), -Infinity);
      store<f64>(reached + longBytes(2 * c), 0, 8);
    }
    for (let i = 0; i < n; i += length) {
      const at = <usize>i * step;
      takeBlock(size, dst + at, src + at, step, apart, min(length, n - i), width);
    }
  }
}
function takeBlock(size: i32, dst: usize, src: usize, step: i32, apart: i32, length: i32, width: i32): void {
  const values = kernelScratch + VALUES,
    toBases = BASES - VALUES,
    reached = kernelScratch + REACHED,
    count = length * width;
  let to = values;
  for (let c = 0; c < width; c++) {
    let base = load<f64>(reached + longBytes(2 * c)),
      from = src + c * apart;
    for (const end = to + longBytes(length); to < end; to += 8, from += step) {
      const x = element(size, from);
      // Of equal infinities the difference is none.
      let above = x == base ? 0 : x - base;
      if (above > NEAR) {
        above = base - x;
        base = x;
      }
      store<f64>(to, above);
      store<f64>(to + toBases, base);
    }
  }
  runElementwise(Op.Exp, DType.Float64, 0, values, values, 0, 0, count);
  to = values;
  for (let c = 0; c < width; c++) {
    const last = reached + longBytes(2 * c);
    let before = load<f64>(last),
      sum = load<f64>(last, 8);
    for (const end = to + longBytes(length); to < end; to += 8) {
      const base = load<f64>(to + toBases),
        power = load<f64>(to);
      // Of another base: by the power all that there was before, itself among it, becomes what it is beside this one.
      sum = base != before ? (1 + sum) * power : sum + power;
      before = base;
      store<f64>(to, sum);
    }
    store<f64>(last, before);
    store<f64>(last, sum, 8);
  }
  runElementwise(Op.Log1p, DType.Float64, 0, values, values, 0, 0, count);
  to = values;
  for (let c = 0; c < width; c++) {
    let at = dst + c * apart;
    for (const end = to + longBytes(length); to < end; to += 8, at += step) {
      const y = load<f64>(to + toBases) + load<f64>(to);
      if (size == 8) store<f64>(at, y);
      else store<f32>(at, <f32>y);
    }
  }
}
// @ts-ignore: decorator
@inline
function element(size: i32, at: usize): f64 {
  return size == 8 ? load<f64>(at) : <f64>load<f32>(at);
}
