// asinh, acosh, atanh. Those of f32 keep their relative error small by a few steps in f64; the logarithm itself is f32.
import {
  at,
  bitsAbove,
  choose,
  Constant,
  constant,
  copySign,
  madd,
  magnitudeOf,
  narrow,
  polynomial,
  splat,
  widenHigh,
  widenLow,
} from "./lanes";
import { atanhOfHalf, log1p, log1pSum, logSlow } from "./log";

// Bits: below 1; below 2^126; 2^28 for f64.
const ONE_BITS_32 = memory.data<i32>([0x3f7fffff]);
const ONE_BITS_64 = memory.data<i64>([0x3fefffffffffffff]);
const LARGE_BITS_32 = memory.data<i32>([0x7e7fffff]);
const LARGE_BITS_64 = memory.data<i64>([0x41b0000000000000]);
/** What makes the numbers from 1 to 2^126 (2^28) the lowest of the signed integers, and the highest of them then. */
const FROM_ONE_32 = memory.data<i32>([0x40800000, 0xbeffffff]);
const FROM_ONE_64 = memory.data<i64>([0x4010000000000000, 0x81bfffffffffffff]);
/** (atanh x - x) / x³ in x² for |x| <= 1/2: minimax, error 1.4e-9. */
const ATANH_32 = memory.data<f32>([
  0.3333330154, 0.2000245303, 0.1422378421, 0.1181640998, 0.05160312355, 0.1763805896,
]); // prettier-ignore

/** log1p of w given as two pairs of f64 in f32 range: as the nearest f32 and the rest. */
// @ts-ignore: decorator
@inline
function log1pOfWide(low: v128, high: v128): v128 {
  const w = narrow(low, high);
  const rest = narrow(f64x2.sub(low, widenLow(w)), f64x2.sub(high, widenHigh(w)));
  return log1pSum<f32>(w, rest);
}

/** |x| + (sqrt(1 + x²) - 1): for f32 values the difference cancels nothing that f64 would not have to spare. */
// @ts-ignore: decorator
@inline
function asinhArgument(magnitude: v128): v128 {
  const one = constant<f64>(Constant.One);
  const root = f64x2.sqrt(madd<f64>(magnitude, magnitude, one));
  return f64x2.add(magnitude, f64x2.sub(root, one));
}

// @ts-ignore: decorator
@inline
function asinh4(magnitude: v128): v128 {
  return log1pOfWide(asinhArgument(widenLow(magnitude)), asinhArgument(widenHigh(magnitude)));
}

/** log1p(|x| + x² / (1 + sqrt(1 + x²))). */
// @ts-ignore: decorator
@inline
function asinh2(magnitude: v128): v128 {
  const one = constant<f64>(Constant.One);
  const z = f64x2.mul(magnitude, magnitude);
  const root = f64x2.sqrt(f64x2.add(one, z));
  return log1p<f64>(f64x2.add(magnitude, f64x2.div(z, f64x2.add(one, root))));
}

/** log 2|x| for numbers so large that 1 makes no difference (and for NaN), the formula for the others. */
export function asinhSlow<T>(x: v128): v128 {
  const isLarge = isLargeSine<T>(x);
  return copySign<T>(choose(isLarge, logOfTwice<T>(magnitudeOf<T>(x)), asinh<T>(v128.andnot(x, isLarge))), x);
}

// @ts-ignore: decorator
@inline
function logOfTwice<T>(x: v128): v128 {
  const low = v128.add<T>(constant<T>(Constant.Ln2Tail), logSlow<T>(x));
  return v128.add<T>(constant<T>(Constant.Ln2Head), low);
}

/** From 2^126 (f64: 2^28) on, and NaN. */
// @ts-ignore: decorator
@inline
export function isLargeSine<T>(x: v128): v128 {
  return bitsAbove<T>(magnitudeOf<T>(x), sizeof<T>() == 8 ? LARGE_BITS_64 : LARGE_BITS_32, 0);
}

// @ts-ignore: decorator
@inline
export function asinh<T>(x: v128): v128 {
  const magnitude = magnitudeOf<T>(x);
  return copySign<T>(sizeof<T>() == 8 ? asinh2(magnitude) : asinh4(magnitude), x);
}

/** (x - 1) + sqrt((x - 1)·(x + 1)). */
// @ts-ignore: decorator
@inline
function acoshArgument(x: v128): v128 {
  const one = constant<f64>(Constant.One);
  const over = f64x2.sub(x, one);
  return f64x2.add(over, f64x2.sqrt(f64x2.mul(over, f64x2.add(x, one))));
}

/** log1p of the same for x >= 1 below 2^28; what the sums x + 1 and (x - 1) + root lose is carried along. */
// @ts-ignore: decorator
@inline
function acosh2(x: v128): v128 {
  const one = constant<f64>(Constant.One);
  const over = f64x2.sub(x, one);
  const above = f64x2.add(x, one);
  const aboveLost = f64x2.sub(one, f64x2.sub(above, x));
  const square = f64x2.mul(over, above);
  const root = f64x2.sqrt(f64x2.add(square, f64x2.mul(over, aboveLost)));
  const sum = f64x2.add(over, root);
  const first = f64x2.sub(sum, root);
  const lost = f64x2.add(f64x2.sub(over, first), f64x2.sub(root, f64x2.sub(sum, first)));
  return log1pSum<f64>(sum, lost);
}

// @ts-ignore: decorator
@inline
export function acosh<T>(x: v128): v128 {
  if (sizeof<T>() == 8) return acosh2(x);
  return log1pOfWide(acoshArgument(widenLow(x)), acoshArgument(widenHigh(x)));
}

// @ts-ignore: decorator
@inline
export function isOutsideCosine<T>(x: v128): v128 {
  if (sizeof<T>() == 8) return bitsAbove<T>(i64x2.add(x, at<T>(FROM_ONE_64, 0)), FROM_ONE_64, 1);
  return bitsAbove<T>(i32x4.add(x, at<T>(FROM_ONE_32, 0)), FROM_ONE_32, 1);
}

/** NaN below 1; log 2x for large x. */
export function acoshSlow<T>(x: v128): v128 {
  const one = constant<T>(Constant.One);
  const outside = isOutsideCosine<T>(x);
  const far = choose(v128.lt<T>(x, one), splat<T>(NaN), logOfTwice<T>(x));
  return choose(outside, far, acosh<T>(choose(outside, one, x)));
}

/** Below 1/2 a polynomial (f32), or log1p(2|x| + 2|x|·|x| / (1 - |x|)) / 2; above log1p(2|x| / (1 - |x|)) / 2, where 1 - |x| is exact. */
// @ts-ignore: decorator
@inline
function atanhOf<T>(magnitude: v128): v128 {
  const one = constant<T>(Constant.One);
  const half = constant<T>(Constant.Half);
  const isSmall = v128.lt<T>(magnitude, half);
  const complement = v128.sub<T>(one, magnitude);
  if (sizeof<T>() == 4) {
    const z = v128.mul<T>(magnitude, magnitude);
    const small = madd<T>(v128.mul<T>(magnitude, z), polynomial<T>(z, ATANH_32, 6), magnitude);
    return choose(isSmall, small, atanhOfHalf<T>(magnitude, complement));
  }
  const twice = v128.add<T>(magnitude, magnitude);
  const quotient = v128.div<T>(choose(isSmall, v128.mul<T>(twice, magnitude), twice), complement);
  const argument = v128.add<T>(quotient, v128.and(isSmall, twice));
  return v128.mul<T>(half, log1p<T>(argument));
}

/** |x| from 1 on, and NaN. */
// @ts-ignore: decorator
@inline
export function isOutsideTangent<T>(x: v128): v128 {
  return bitsAbove<T>(magnitudeOf<T>(x), sizeof<T>() == 8 ? ONE_BITS_64 : ONE_BITS_32, 0);
}

// @ts-ignore: decorator
@inline
export function atanh<T>(x: v128): v128 {
  return copySign<T>(atanhOf<T>(magnitudeOf<T>(x)), x);
}

/** Infinity at 1, NaN beyond. */
export function atanhSlow<T>(x: v128): v128 {
  const outside = isOutsideTangent<T>(x);
  const isOne = v128.eq<T>(magnitudeOf<T>(x), constant<T>(Constant.One));
  const far = choose(isOne, constant<T>(Constant.Infinity), constant<T>(Constant.NaN));
  return copySign<T>(choose(outside, far, atanh<T>(v128.andnot(x, outside))), x);
}
