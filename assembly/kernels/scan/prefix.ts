// Sums and products along a row, by whole vectors: what comes together within a vector is found there, so that no more than one
// addition a vector waits for the one before.
import { Product, Total } from "../reduce/operations";

/**
 * Sums of n elements from `src` on, or backwards from there, after `before`. Returns the sum of these n alone: what is added to `before`
 * is the same whatever that is. dstStep 0: all go to one place, and to what is 16 bytes around it.
 */
export function sumOfRow<T>(dst: usize, dstStep: i32, src: usize, n: i32, isBackwards: i32, before: f64): f64 {
  // Twice the loop, since it has no room for a branch.
  if (isBackwards) return prefixes<Total, T>(dst, dstStep, src, n, true, before);
  return prefixes<Total, T>(dst, dstStep, src, n, false, before);
}
/** Products of n elements from `src` on. A few of float32 have room in float64; those of float64 might pass beyond it where the whole does not. */
export function productOfRow<T>(dst: usize, src: usize, n: i32): void {
  if (sizeof<T>() == 4) {
    prefixes<Product, T>(dst, 4, src, n, false, 1);
    return;
  }
  let y: T = 1;
  for (const end = dst + <usize>n * sizeof<T>(); dst < end; dst += sizeof<T>(), src += sizeof<T>()) {
    y *= load<T>(src);
    store<T>(dst, y);
  }
}

/** Sums or products of rows that lie one behind the other, of four at a time: each waits for its own alone. */
export function prefixesOfRows<T>(dst: usize, src: usize, n: i32, rows: i32, isProduct: bool, isBackwards: i32): void {
  if (isProduct) fourByFour<T>(dst, src, n, rows, true, false);
  else fourByFour<T>(dst, src, n, rows, false, isBackwards);
}
// @ts-ignore: decorator
@inline
function fourByFour<T>(dst: usize, src: usize, n: i32, rows: i32, isProduct: bool, isBackwards: i32): void {
  const row = <usize>n * sizeof<T>(),
    step = isBackwards ? -sizeof<T>() : sizeof<T>(),
    first = isBackwards ? row - sizeof<T>() : 0;
  for (; rows >= 4; rows -= 4, src += 4 * row, dst += 4 * row) {
    let y0: f64 = isProduct ? 1 : 0,
      y1 = y0,
      y2 = y0,
      y3 = y0,
      from = src + first,
      to = dst + first;
    for (let left = n; left > 0; left--, from += step, to += step) {
      const from2 = from + 2 * row,
        to2 = to + 2 * row;
      y0 = joined<T>(y0, from, isProduct);
      y1 = joined<T>(y1, from + row, isProduct);
      y2 = joined<T>(y2, from2, isProduct);
      y3 = joined<T>(y3, from2 + row, isProduct);
      store<T>(to, <T>y0);
      store<T>(to + row, <T>y1);
      store<T>(to2, <T>y2);
      store<T>(to2 + row, <T>y3);
    }
  }
  for (; rows > 0; rows--, src += row, dst += row) {
    if (isProduct) productOfRow<T>(dst, src, n);
    else sumOfRow<T>(dst + first, sizeof<T>(), src + first, n, isBackwards, 0);
  }
}
// @ts-ignore: decorator
@inline
function joined<T>(y: f64, at: usize, isProduct: bool): f64 {
  const x = <f64>load<T>(at);
  return isProduct ? y * x : y + x;
}

// @ts-ignore: decorator
@inline
function prefixes<R, T>(dst: usize, dstStep: i32, src: usize, n: i32, isBackwards: bool, before: f64): f64 {
  const operation = changetype<R>(0);
  const size = <i32>sizeof<T>();
  const lanes = 16 / size;
  const step = isBackwards ? -16 : 16;
  const to = dstStep ? step : 0;
  // Where the vector lies that begins, or ends, with an element.
  const around = isBackwards ? size - 16 : 0;
  const neutral = v128.splat<f64>(operation.neutral<f64>());
  const first = v128.splat<f64>(before);
  let total = neutral;
  // Two vectors at a time, of which one waits for the last two: a vector of float32 is two by itself.
  if (sizeof<T>() == 8) {
    for (; n >= 4; n -= 4, src += 2 * step, dst += 2 * to) {
      const near = withinPair<R>(inOrder(v128.load(src + around), isBackwards), neutral);
      let far = withinPair<R>(inOrder(v128.load(src + around + step), isBackwards), neutral);
      far = operation.combineLanes<f64>(v128.shuffle<i64>(near, near, 1, 1), far);
      const y = operation.combineLanes<f64>(first, operation.combineLanes<f64>(total, near));
      far = operation.combineLanes<f64>(total, far);
      v128.store(dst + around, inOrder(y, isBackwards));
      v128.store(dst + around + to, inOrder(operation.combineLanes<f64>(first, far), isBackwards));
      total = v128.shuffle<i64>(far, far, 1, 1);
    }
  }
  for (; n >= lanes; n -= lanes) {
    let x = v128.load(src + around);
    if (sizeof<T>() == 4) {
      if (isBackwards) x = v128.shuffle<i32>(x, x, 3, 2, 1, 0);
      const low = withinPair<R>(f64x2.promote_low_f32x4(x), neutral);
      let high = withinPair<R>(f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1)), neutral);
      high = operation.combineLanes<f64>(total, operation.combineLanes<f64>(high, v128.shuffle<i64>(low, low, 1, 1)));
      x = v128.shuffle<i32>(
        f32x4.demote_f64x2_zero(operation.combineLanes<f64>(first, operation.combineLanes<f64>(total, low))),
        f32x4.demote_f64x2_zero(operation.combineLanes<f64>(first, high)),
        0,
        1,
        4,
        5,
      );
      total = v128.shuffle<i64>(high, high, 1, 1);
      if (isBackwards) x = v128.shuffle<i32>(x, x, 3, 2, 1, 0);
    } else {
      const pair = withinPair<R>(inOrder(x, isBackwards), neutral);
      x = operation.combineLanes<f64>(total, pair);
      total = v128.shuffle<i64>(x, x, 1, 1);
      x = inOrder(operation.combineLanes<f64>(first, x), isBackwards);
    }
    v128.store(dst + around, x);
    src += step;
    dst += to;
  }
  for (; n > 0; n--) {
    total = operation.combineLanes<f64>(total, v128.splat<f64>(<f64>load<T>(src)));
    store<T>(dst, <T>v128.extract_lane<f64>(operation.combineLanes<f64>(first, total), 0));
    src += step / lanes;
    dst += to / lanes;
  }
  return v128.extract_lane<f64>(total, 0);
}

/** A pair, the other way round where the scan goes backwards. */
// @ts-ignore: decorator
@inline
function inOrder(x: v128, isBackwards: bool): v128 {
  return isBackwards ? v128.shuffle<i64>(x, x, 1, 0) : x;
}
/** The first lane, and both together. */
// @ts-ignore: decorator
@inline
function withinPair<R>(x: v128, neutral: v128): v128 {
  return changetype<R>(0).combineLanes<f64>(x, v128.shuffle<i64>(neutral, x, 0, 2));
}
