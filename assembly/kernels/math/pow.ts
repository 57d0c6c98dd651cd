// Powers: f32 in f64 lanes as 2^(b·log2 a), f64 with the logarithm as a sum of two doubles after fdlibm (e_pow.c), int32 by squaring.
// Error below 0.51 ulp (f32), below 1 ulp (f64).
import {
  at,
  bitsAbove,
  choose,
  Constant,
  constant,
  magnitudeOf,
  narrow,
  polynomial,
  widenHigh,
  widenLow,
} from "./lanes";
import { exp2Wide, expTail, scaledTwice } from "./exp";
import { exponentOf, fractionOf, overRoot, RAISED_64 } from "./log";

/** log2(1 + f) = s·P(s²), s = f / (2 + f): relative error 4e-12. */
const LOG2_32 = memory.data<f64>([
  2.8853900817901099, 0.96179667328457297, 0.57708360006158499, 0.41167160620240695, 0.34075396761187643,
]); // prettier-ignore
/** Exponents beyond which f32 results are 0 or infinite. */
const RANGE_32 = memory.data<f64>([-200.0, 200.0]);

/** log(1 + f) = 2/3·s·(3 + s² + s⁴·R(s²)): Chebyshev interpolation, relative error of R 5e-18. */
const LOG_64 = memory.data<f64>([
  0.59999999999999998, 0.42857142857144059, 0.33333333332479148, 0.27272727504150063, 0.23076892330479262,
  0.20002213199930549, 0.17559189651040594, 0.17586491069813709,
]); // prettier-ignore
// 3; 2/(3·ln 2) as head and tail, and rounded; ln 2 as head and tail, and rounded.
const SCALES_64 = memory.data<f64>([
  3.0, 9.61796700954437255859e-1, -7.02846165095275826516e-9, 9.61796693925975554329e-1, 6.93147182464599609375e-1,
  -1.90465429995776804525e-9, 6.93147180559945286227e-1,
]); // prettier-ignore
const RANGE_64 = memory.data<f64>([-1100.0, 1100.0]);
const UPPER_HALF = memory.data<i64>([0xffffffff00000000]);

// Bits: what makes the magnitudes with an ordinary logarithm the lowest of the signed integers, and the highest of them then; the
// largest finite number.
const BITS_32 = memory.data<i32>([0x7fffffff, 0xff7ffffe, 0x7f7fffff]);
const BITS_64 = memory.data<i64>([0x7ff0000000000000, 0xffdfffffffffffff, 0x7fefffffffffffff]);

/** Bases 0, infinity, NaN and (f64) subnormal ones, exponents infinity and NaN. */
// @ts-ignore: decorator
@inline
export function isSpecialPower<T>(a: v128, b: v128): v128 {
  const bits = sizeof<T>() == 8 ? BITS_64 : BITS_32;
  const base = magnitudeOf<T>(a);
  const moved = sizeof<T>() == 8 ? i64x2.add(base, at<T>(bits, 0)) : i32x4.add(base, at<T>(bits, 0));
  return v128.or(bitsAbove<T>(moved, bits, 1), bitsAbove<T>(magnitudeOf<T>(b), bits, 2));
}

/** |a|^b for f32 values: b·log2 |a| has an absolute error below 2^-29 where the result is finite in f32. */
// @ts-ignore: decorator
@inline
function powWide(base: v128, b: v128): v128 {
  const over = overRoot<f64>(base);
  const f = fractionOf<f64>(base, over);
  const s = f64x2.div(f, f64x2.add(f, constant<f64>(Constant.Two)));
  const p = polynomial<f64>(f64x2.mul(s, s), LOG2_32, 5);
  const logarithm = f64x2.add(exponentOf<f64>(over), f64x2.mul(s, p));
  const y = f64x2.pmax(f64x2.pmin(f64x2.mul(b, logarithm), at<f64>(RANGE_32, 1)), at<f64>(RANGE_32, 0));
  return exp2Wide(y);
}

// @ts-ignore: decorator
@inline
function upper(x: v128): v128 {
  return v128.and(x, at<f64>(UPPER_HALF, 0));
}

/**
 * |a|^b, of (2^-54·base)^b where `isRaised`. Products of upper halves are exact, so no step here may fuse a product and a sum.
 */
// @ts-ignore: decorator
@inline
function pow2(base: v128, b: v128, isRaised: bool): v128 {
  const three = at<f64>(SCALES_64, 0);
  const over = overRoot<f64>(base);
  let k = exponentOf<f64>(over);
  if (isRaised) k = f64x2.sub(k, f64x2.splat(54.0));
  // s = f / (2 + f) as sHead + sTail; 2 + f = bottom + what its upper half leaves.
  const f = fractionOf<f64>(base, over);
  const two = constant<f64>(Constant.Two);
  const sum = f64x2.add(f, two);
  const s = f64x2.div(f, sum);
  const sHead = upper(s);
  const bottom = upper(sum);
  const bottomTail = f64x2.sub(f, f64x2.sub(bottom, two));
  const residual = f64x2.sub(f64x2.sub(f, f64x2.mul(sHead, bottom)), f64x2.mul(sHead, bottomTail));
  const sTail = f64x2.div(residual, sum);
  // log(1 + f) = 2/3·s·(3 + s² + r): times 2/(3·ln 2) as head + tail.
  const z = f64x2.mul(s, s);
  const rest = f64x2.mul(f64x2.mul(z, z), polynomial<f64>(z, LOG_64, 8));
  const r = f64x2.add(rest, f64x2.mul(sTail, f64x2.add(sHead, s)));
  const square = f64x2.mul(sHead, sHead);
  const factor = upper(f64x2.add(f64x2.add(three, square), r));
  const factorTail = f64x2.sub(r, f64x2.sub(f64x2.sub(factor, three), square));
  const u = f64x2.mul(sHead, factor);
  const v = f64x2.add(f64x2.mul(sTail, factor), f64x2.mul(factorTail, s));
  const pHead = upper(f64x2.add(u, v));
  const pTail = f64x2.sub(v, f64x2.sub(pHead, u));
  const zHead = f64x2.mul(at<f64>(SCALES_64, 1), pHead);
  const zTail = f64x2.add(f64x2.mul(at<f64>(SCALES_64, 2), pHead), f64x2.mul(pTail, at<f64>(SCALES_64, 3)));
  const head = upper(f64x2.add(f64x2.add(zHead, zTail), k));
  const tail = f64x2.sub(zTail, f64x2.sub(f64x2.sub(head, k), zHead));
  // b·log2 |a| as yHead + yTail, within the range of two scale steps.
  const bHead = upper(b);
  let yTail = f64x2.add(f64x2.mul(f64x2.sub(b, bHead), head), f64x2.mul(b, tail));
  let yHead = f64x2.mul(bHead, head);
  const y = f64x2.add(yHead, yTail);
  const bounded = f64x2.pmax(f64x2.pmin(y, at<f64>(RANGE_64, 1)), at<f64>(RANGE_64, 0));
  const isBeyond = f64x2.ne(y, bounded);
  yHead = choose(isBeyond, bounded, yHead);
  yTail = v128.andnot(yTail, isBeyond);
  // 2^y = 2^n·e^(w + wTail).
  const magic = constant<f64>(Constant.RoundingMagic);
  const t = f64x2.add(bounded, magic);
  const yRest = f64x2.sub(yHead, f64x2.sub(t, magic));
  const yUpper = upper(f64x2.add(yTail, yRest));
  const wHead = f64x2.mul(yUpper, at<f64>(SCALES_64, 4));
  const wLow = f64x2.add(
    f64x2.mul(f64x2.sub(yTail, f64x2.sub(yUpper, yRest)), at<f64>(SCALES_64, 6)),
    f64x2.mul(yUpper, at<f64>(SCALES_64, 5)),
  );
  const w = f64x2.add(wHead, wLow);
  const wTail = f64x2.sub(wLow, f64x2.sub(w, wHead));
  const low = f64x2.add(f64x2.add(expTail<f64>(w), f64x2.mul(w, wTail)), wTail);
  const power = f64x2.add(constant<f64>(Constant.One), f64x2.add(w, low));
  return scaledTwice<f64>(power, t, 0);
}

/** The result for |a| made that for a: negative for odd b, NaN unless b is an integer. */
// @ts-ignore: decorator
@inline
function withSign<T>(a: v128, b: v128, result: v128): v128 {
  const half = v128.mul<T>(b, constant<T>(Constant.Half));
  const isFraction = v128.ne<T>(v128.trunc<T>(b), b);
  const isOdd = v128.andnot(v128.ne<T>(v128.trunc<T>(half), half), isFraction);
  const isNegative = v128.lt<T>(a, v128.xor(a, a));
  result = v128.xor(result, v128.and(v128.and(isOdd, isNegative), constant<T>(Constant.NegativeZero)));
  return v128.or(result, v128.and(isFraction, isNegative));
}

// @ts-ignore: decorator
@inline
export function pow<T>(a: v128, b: v128): v128 {
  const base = magnitudeOf<T>(a);
  if (sizeof<T>() == 8) return withSign<T>(a, b, pow2(base, b, false));
  const low = powWide(widenLow(base), widenLow(b));
  return withSign<T>(a, b, narrow(low, powWide(widenHigh(base), widenHigh(b))));
}

/** C's pow of the special bases and exponents, where 1^NaN and (±1)^(±infinity) are 1, other than in JavaScript. */
function powLane(a: f64, b: f64): f64 {
  if (a == 1.0 || b == 0.0) return 1.0;
  if (a != a || b != b) return NaN;
  const magnitude = abs(a);
  if (abs(b) == Infinity) return magnitude == 1.0 ? 1.0 : magnitude > 1.0 == b > 0.0 ? Infinity : 0.0;
  if (magnitude == 0.0 || magnitude == Infinity) {
    const power: f64 = (magnitude == 0.0) == b > 0.0 ? 0.0 : Infinity;
    const half = b * 0.5;
    return trunc(half) != half && trunc(b) == b ? copysign(power, a) : power;
  }
  // A subnormal base.
  const lanes = f64x2.splat(a),
    exponent = f64x2.splat(b);
  const raised = f64x2.splat(magnitude * RAISED_64);
  return f64x2.extract_lane(withSign<f64>(lanes, exponent, pow2(raised, exponent, true)), 0);
}

export function powSlow<T>(a: v128, b: v128): v128 {
  let lanes: v128;
  if (sizeof<T>() == 8) {
    lanes = f64x2.splat(powLane(f64x2.extract_lane(a, 0), f64x2.extract_lane(b, 0)));
    lanes = f64x2.replace_lane(lanes, 1, powLane(f64x2.extract_lane(a, 1), f64x2.extract_lane(b, 1)));
  } else {
    lanes = f32x4.splat(<f32>powLane(f32x4.extract_lane(a, 0), f32x4.extract_lane(b, 0)));
    lanes = f32x4.replace_lane(lanes, 1, <f32>powLane(f32x4.extract_lane(a, 1), f32x4.extract_lane(b, 1)));
    lanes = f32x4.replace_lane(lanes, 2, <f32>powLane(f32x4.extract_lane(a, 2), f32x4.extract_lane(b, 2)));
    lanes = f32x4.replace_lane(lanes, 3, <f32>powLane(f32x4.extract_lane(a, 3), f32x4.extract_lane(b, 3)));
  }
  return choose(isSpecialPower<T>(a, b), lanes, pow<T>(a, b));
}

/** Wraps around; negative exponents give 0 unless the base is ±1. */
export function powInt(base: i32, exponent: i32): i32 {
  if (exponent < 0) {
    if (base == 1) return 1;
    if (base == -1) return exponent & 1 ? -1 : 1;
    return 0;
  }
  let result = 1;
  while (exponent) {
    if (exponent & 1) result *= base;
    base *= base;
    exponent >>>= 1;
  }
  return result;
}
