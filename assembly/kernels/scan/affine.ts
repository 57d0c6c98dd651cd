// y_i = a_i·y_{i-1} + b_i, of a row one by one, of columns side by side. Floats are kept in float64, integers wrap around.
import { addProduct, storeFirst } from "../vectors";
import { PARTIAL_ROWS } from "../strided";
import { kernelScratch } from "../../threads/scratch";
import { Product, Total } from "../reduce/operations";
import { longBytes } from "../../memory/words";

/** What a loop reads and writes. Steps from one place to the next are in bytes, of either sign; an operand with step 0 is a vector. */
@unmanaged
export class Affine {
  /** The value before the first. A row leaves its last here. */
  start: f64;
  dst: usize;
  step: i32;
  a: usize;
  aStep: i32;
  b: usize;
  bStep: i32;
  n: i32;
  columns: i32;
}
/** In scratch: the record, and the values so far of up to 4096 columns, of at most 8 bytes. */
export const AFFINE: usize = PARTIAL_ROWS;
export const ACCUMULATED: usize = PARTIAL_ROWS + 64;

export function affineRow<T>(loop: Affine): void {
  const step = loop.step,
    aStep = loop.aStep,
    bStep = loop.bStep;
  let dst = loop.dst,
    a = loop.a,
    b = loop.b;
  if (isFloat<T>()) {
    let y = v128.splat<f64>(loop.start);
    for (let n = loop.n; n > 0; n--) {
      y = addProduct<f64>(v128.splat<f64>(<f64>load<T>(b)), v128.splat<f64>(<f64>load<T>(a)), y);
      store<T>(dst, <T>v128.extract_lane<f64>(y, 0));
      dst += step;
      a += aStep;
      b += bStep;
    }
    loop.start = v128.extract_lane<f64>(y, 0);
  } else {
    let y = <T>loop.start;
    for (let n = loop.n; n > 0; n--) {
      y = load<T>(a) * y + load<T>(b);
      store<T>(dst, y);
      dst += step;
      a += aStep;
      b += bStep;
    }
  }
}

/** Begins at `start`, or, where columns go on, with the values that they have come to. */
export function affineColumns<T>(loop: Affine, isFirst: bool): void {
  const values = kernelScratch + ACCUMULATED;
  if (isFirst) {
    const start = isFloat<T>() ? v128.splat<f64>(loop.start) : v128.splat<i32>(<i32>loop.start);
    for (let at = values, last = values + longBytes(loop.columns); at < last; at += 16) v128.store(at, start);
  }
  let dst = loop.dst,
    a = loop.a,
    b = loop.b;
  for (let n = loop.n; n > 0; n--) {
    // Not multiplied by one, and nothing is added: either would take as long again.
    if (!loop.aStep) row<Total, T>(dst, values, a, b, loop.columns, false);
    else if (!loop.bStep) row<Product, T>(dst, values, b, a, loop.columns, false);
    else row<Total, T>(dst, values, a, b, loop.columns, true);
    dst += loop.step;
    a += loop.aStep;
    b += loop.bStep;
  }
}

/** The next values of a row of columns, from those so far: by R with b, or, of a linear recurrence, times a, plus b. */
// @ts-ignore: decorator
@inline
function row<R, T>(dst: usize, values: usize, a: usize, b: usize, columns: i32, isLinear: bool): void {
  const lanes = <i32>(16 / sizeof<T>());
  for (; columns > 0; columns -= lanes, dst += 16, a += 16, b += 16, values += 16) {
    const x = v128.load(b),
      factor = isLinear ? v128.load(a) : x;
    let y: v128;
    if (isFloat<T>() && sizeof<T>() == 4) {
      const low = next<R, f64>(values, f64x2.promote_low_f32x4(factor), f64x2.promote_low_f32x4(x), isLinear);
      const high = next<R, f64>(values + 16, promoteHigh(factor), promoteHigh(x), isLinear);
      values += 16;
      y = v128.shuffle<i32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
    } else y = next<R, T>(values, factor, x, isLinear);
    if (columns >= lanes) v128.store(dst, y);
    else storeFirst<T>(dst, y, columns);
  }
}
// @ts-ignore: decorator
@inline
function promoteHigh(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1));
}
// @ts-ignore: decorator
@inline
function next<R, T>(values: usize, a: v128, b: v128, isLinear: bool): v128 {
  const before = v128.load(values);
  const y = isLinear ? addProduct<T>(b, a, before) : changetype<R>(0).combineLanes<T>(before, b);
  v128.store(values, y);
  return y;
}
