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
  const lanes = <i32>(16 / sizeof<T>());
  const whole = loop.columns & ~(lanes - 1);
  const rest = loop.columns - whole;
  const end = <usize>whole * sizeof<T>();
  const wide = isFloat<T>() && sizeof<T>() == 4;
  if (isFirst) {
    const start = isFloat<T>() ? v128.splat<f64>(loop.start) : v128.splat<i32>(<i32>loop.start);
    for (let at = values, last = values + longBytes(loop.columns); at < last; at += 16) v128.store(at, start);
  }
  let dst = loop.dst,
    a = loop.a,
    b = loop.b;
  for (let n = loop.n; n > 0; n--) {
    // Not multiplied by one, and nothing is added: either would take as long again.
    if (!loop.aStep) row<Total, T>(dst, values, b, loop.columns);
    else if (!loop.bStep) row<Product, T>(dst, values, a, loop.columns);
    else {
      let at: usize = 0;
      for (; at < end; at += 16) {
        v128.store(dst + at, next<T>(values + (wide ? at << 1 : at), v128.load(a + at), v128.load(b + at)));
      }
      if (rest)
        storeFirst<T>(dst + at, next<T>(values + (wide ? at << 1 : at), v128.load(a + at), v128.load(b + at)), rest);
    }
    dst += loop.step;
    a += loop.aStep;
    b += loop.bStep;
  }
}

/** A row of sums or products, of values so far and one operand. */
// @ts-ignore: decorator
@inline
function row<R, T>(dst: usize, values: usize, x: usize, columns: i32): void {
  const operation = changetype<R>(0),
    lanes = <i32>(16 / sizeof<T>());
  for (; columns > 0; columns -= lanes, dst += 16, x += 16, values += 16) {
    let y = v128.load(x);
    if (isFloat<T>() && sizeof<T>() == 4) {
      const low = operation.combineLanes<f64>(v128.load(values), f64x2.promote_low_f32x4(y)),
        high = operation.combineLanes<f64>(
          v128.load(values, 16),
          f64x2.promote_low_f32x4(v128.shuffle<i64>(y, y, 1, 1)),
        );
      v128.store(values, low);
      v128.store(values, high, 16);
      values += 16;
      y = v128.shuffle<i32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
    } else {
      y = operation.combineLanes<T>(v128.load(values), y);
      v128.store(values, y);
    }
    if (columns >= lanes) v128.store(dst, y);
    else storeFirst<T>(dst, y, columns);
  }
}
/** The next values of a vector of columns. */
// @ts-ignore: decorator
@inline
function next<T>(values: usize, a: v128, b: v128): v128 {
  if (!isFloat<T>() || sizeof<T>() == 8) {
    const y = addProduct<T>(b, a, v128.load(values));
    v128.store(values, y);
    return y;
  }
  const low = addProduct<f64>(f64x2.promote_low_f32x4(b), f64x2.promote_low_f32x4(a), v128.load(values));
  a = v128.shuffle<i64>(a, a, 1, 1);
  b = v128.shuffle<i64>(b, b, 1, 1);
  const high = addProduct<f64>(f64x2.promote_low_f32x4(b), f64x2.promote_low_f32x4(a), v128.load(values, 16));
  v128.store(values, low);
  v128.store(values, high, 16);
  return v128.shuffle<i32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}
