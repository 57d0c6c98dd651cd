// exp, exp2, expm1, the sigmoid and softplus. x = n·ln 2 + r with |r| <= ln 2 / 2, e^x = 2^n·e^r. Coefficients: Chebyshev interpolation
// of (e^r - 1 - r) / r² at 40 digits; relative error in e^r below 2e-19 (f64) and 8e-9 (f32). Errors below 1.4 ulp.
//
// The functions add the factor 2^n to the exponent field, which is right where the result is a normal number. For a vector with another
// lane (`is…` says which), or a NaN, there is a slow form; it gives the ordinary lanes the same bits.
import { log1p } from "./log";
import {
  at,
  bitsAbove,
  choose,
  Constant,
  constant,
  madd,
  magnitudeOf,
  negated,
  polynomial,
  powerOfTwo,
  signOf,
  splat,
  timesPowerOfTwo,
} from "./lanes";

const TAIL_32 = memory.data<f32>([0.5, 1.666657631e-1, 4.166655376e-2, 8.363292753e-3, 1.392632562e-3]);
const TAIL_64 = memory.data<f64>([
  0.5, 1.6666666666666667e-1, 4.166666666666667e-2, 8.333333333326025e-3, 1.388888888888367e-3, 1.9841269875205077e-4,
  2.4801587325822283e-5, 2.75572549134867e-6, 2.7557273295539724e-7, 2.5105419192016337e-8, 2.091483135138041e-9,
]); // prettier-ignore
/** 2^f = 1 + f·P(f) for |f| <= 1/2: minimax, relative error 3e-9. */
const EXP2_32 = memory.data<f32>([
  0.6931471825, 0.2402264774, 0.0555035919, 0.009618504904, 0.001339124166, 0.0001532749884,
]); // prettier-ignore
/** 2^f for |f| <= 1/2 in f64 lanes: relative error 3e-9. */
const EXP2_WIDE = memory.data<f64>([
  1.0, 0.69314720701842925, 0.24022650925021063, 0.05550326554626684, 0.0096180560967171775, 0.0013400696485970449,
  0.00015461676975973325,
]); // prettier-ignore
const LN2_64 = memory.data<f64>([0.69314718055994530942]);

// Limits as bits: 87, 125, 88; 708, 1021, 709.
const LIMITS_32 = memory.data<i32>([0x42ae0000, 0x42fa0000, 0x42b00000]);
const LIMITS_64 = memory.data<i64>([0x4086200000000000, 0x408fe80000000000, 0x4086280000000000]);
/** Below these expm1 is -1. */
const EXPM1_LOW_32 = memory.data<f32>([-18.0]);
const EXPM1_LOW_64 = memory.data<f64>([-38.0]);

// @ts-ignore: decorator
@inline
function limits<T>(): usize {
  return sizeof<T>() == 8 ? LIMITS_64 : LIMITS_32;
}

/** The lanes with |x| above 87 (f64: 708), or NaN: e^±x is no normal number for some of them. */
// @ts-ignore: decorator
@inline
export function isExtreme<T>(x: v128): v128 {
  return bitsAbove<T>(magnitudeOf<T>(x), limits<T>(), 0);
}

/** r²·P(r) = e^r - 1 - r for |r| <= 0.347. */
// @ts-ignore: decorator
@inline
export function expTail<T>(r: v128): v128 {
  const p = sizeof<T>() == 8 ? polynomial<T>(r, TAIL_64, 11) : polynomial<T>(r, TAIL_32, 5);
  return v128.mul<T>(v128.mul<T>(r, r), p);
}

/** x / ln 2 rounded, as integer in the low bits. */
// @ts-ignore: decorator
@inline
function rounded<T>(x: v128): v128 {
  return madd<T>(x, constant<T>(Constant.Log2E), constant<T>(Constant.RoundingMagic));
}

/** e^(x + low - n·ln 2) - 1, where low is no larger than 1/4. */
// @ts-ignore: decorator
@inline
export function expReducedBy<T>(x: v128, low: v128, n: v128): v128 {
  const head = v128.sub<T>(x, v128.mul<T>(n, constant<T>(Constant.Ln2Head)));
  const r = v128.add<T>(head, v128.sub<T>(low, v128.mul<T>(n, constant<T>(Constant.Ln2Tail))));
  return v128.add<T>(r, expTail<T>(r));
}

/** e^(x - n·ln 2) with the n of t. */
// @ts-ignore: decorator
@inline
function expReduced<T>(x: v128, t: v128): v128 {
  const n = v128.sub<T>(t, constant<T>(Constant.RoundingMagic));
  const head = v128.sub<T>(x, v128.mul<T>(n, constant<T>(Constant.Ln2Head)));
  const r = v128.sub<T>(head, v128.mul<T>(n, constant<T>(Constant.Ln2Tail)));
  return v128.add<T>(constant<T>(Constant.One), v128.add<T>(r, expTail<T>(r)));
}

// @ts-ignore: decorator
@inline
function exp2Reduced<T>(x: v128, t: v128): v128 {
  const f = v128.sub<T>(x, v128.sub<T>(t, constant<T>(Constant.RoundingMagic)));
  if (sizeof<T>() == 4) return madd<T>(f, polynomial<T>(f, EXP2_32, 6), constant<T>(Constant.One));
  const r = v128.mul<T>(f, at<T>(LN2_64, 0));
  return v128.add<T>(constant<T>(Constant.One), v128.add<T>(r, expTail<T>(r)));
}

/** p·2^(n + shift) in two steps, so that results down to the smallest subnormal are rounded once. */
// @ts-ignore: decorator
@inline
export function scaledTwice<T>(p: v128, t: v128, shift: f64): v128 {
  const magic = constant<T>(Constant.RoundingMagic);
  const n = v128.sub<T>(t, magic);
  const t1 = v128.add<T>(v128.mul<T>(n, constant<T>(Constant.Half)), magic);
  const rest = v128.sub<T>(n, v128.sub<T>(t1, magic));
  const t2 = v128.add<T>(shift == 0 ? rest : v128.add<T>(rest, splat<T>(shift)), magic);
  return v128.mul<T>(v128.mul<T>(p, powerOfTwo<T>(t1)), powerOfTwo<T>(t2));
}

/** x within [low, high], NaN kept: pmin and pmax are one instruction each and give x where a comparison fails. */
// @ts-ignore: decorator
@inline
function clamp<T>(x: v128, low: f64, high: f64): v128 {
  return v128.pmax<T>(v128.pmin<T>(x, splat<T>(high)), splat<T>(low));
}

/** e^x for |x| <= 87 (f64: 708). */
// @ts-ignore: decorator
@inline
export function exp<T>(x: v128): v128 {
  const t = rounded<T>(x);
  return timesPowerOfTwo<T>(expReduced<T>(x, t), t);
}

/** e^x·2^shift for shift 0 or -1: the scale is applied before the overflow. */
// @ts-ignore: decorator
@inline
export function expShifted<T>(x: v128, shift: f64): v128 {
  // Beyond the limits the result is infinity or 0 for either shift; n stays in the range of two scale steps.
  x = sizeof<T>() == 8 ? clamp<T>(x, -746.0, 711.0) : clamp<T>(x, -105.0, 90.0);
  const t = rounded<T>(x);
  return scaledTwice<T>(expReduced<T>(x, t), t, shift);
}

/** Where e^x rounds to 0: products that underflow are slow in hardware, and masked attention is full of e^-infinity. */
// @ts-ignore: decorator
@inline
function vanishes<T>(x: v128, limit: f64): v128 {
  return v128.lt<T>(x, splat<T>(limit));
}

export function expSlow<T>(x: v128): v128 {
  const zero = vanishes<T>(x, sizeof<T>() == 8 ? -746.0 : -104.0);
  const rest = v128.andnot(x, zero);
  if (!v128.any_true(isExtreme<T>(rest))) return v128.andnot(exp<T>(rest), zero);
  return v128.andnot(expShifted<T>(rest, 0), zero);
}

/** 2^y for |y| < 1000 in f64 lanes, as precise as f32 needs. */
// @ts-ignore: decorator
@inline
export function exp2Wide(y: v128): v128 {
  const magic = constant<f64>(Constant.RoundingMagic);
  const t = f64x2.add(y, magic);
  return timesPowerOfTwo<f64>(polynomial<f64>(f64x2.sub(y, f64x2.sub(t, magic)), EXP2_WIDE, 7), t);
}

export function exp2Slow<T>(x: v128): v128 {
  const zero = vanishes<T>(x, sizeof<T>() == 8 ? -1076.0 : -151.0);
  x = v128.andnot(x, zero);
  if (!v128.any_true(isExtremePower<T>(x))) return v128.andnot(exp2<T>(x), zero);
  x = sizeof<T>() == 8 ? clamp<T>(x, -1076.0, 1025.0) : clamp<T>(x, -151.0, 129.0);
  const t = v128.add<T>(x, constant<T>(Constant.RoundingMagic));
  return v128.andnot(scaledTwice<T>(exp2Reduced<T>(x, t), t, 0), zero);
}

/** The lanes of which 2^x is no normal number, or nearly none. */
// @ts-ignore: decorator
@inline
export function isExtremePower<T>(x: v128): v128 {
  return bitsAbove<T>(magnitudeOf<T>(x), limits<T>(), 1);
}

// @ts-ignore: decorator
@inline
export function exp2<T>(x: v128): v128 {
  const t = v128.add<T>(x, constant<T>(Constant.RoundingMagic));
  return timesPowerOfTwo<T>(exp2Reduced<T>(x, t), t);
}

/**
 * e^x - 1 = (2^n - 1) + 2^n·(r + r²·P(r)), where r = head - cut: head is exact for small n, so taking the cut with the tail keeps the
 * error of the linear term out.
 */
// @ts-ignore: decorator
@inline
export function expm1<T>(x: v128): v128 {
  const bounded = v128.pmax<T>(x, at<T>(sizeof<T>() == 8 ? EXPM1_LOW_64 : EXPM1_LOW_32, 0));
  const t = rounded<T>(bounded);
  const n = v128.sub<T>(t, constant<T>(Constant.RoundingMagic));
  const head = v128.sub<T>(bounded, v128.mul<T>(n, constant<T>(Constant.Ln2Head)));
  const cut = v128.mul<T>(n, constant<T>(Constant.Ln2Tail));
  const tail = v128.sub<T>(expTail<T>(v128.sub<T>(head, cut)), cut);
  const scale = powerOfTwo<T>(t);
  const base = v128.sub<T>(scale, constant<T>(Constant.One));
  const sum = madd<T>(scale, head, base);
  // The sum loses the sign of -0.
  return v128.or(madd<T>(scale, tail, sum), signOf<T>(x));
}

// @ts-ignore: decorator
@inline
export function isLargeExponent<T>(x: v128): v128 {
  return bitsAbove<T>(x, limits<T>(), 2);
}

/** e^x - 1 is e^x for these x but for the last bit. */
export function expm1Slow<T>(x: v128): v128 {
  const isLarge = isLargeExponent<T>(x);
  return choose(isLarge, expShifted<T>(x, 0), expm1<T>(choose(isLarge, constant<T>(Constant.One), x)));
}

/**
 * 1 / (1 + e^-x), with 1 + 2^n·(1 + q) summed so that one rounding remains: (1 + 2^n) and what that sum lost, then 2^n·q.
 */
// @ts-ignore: decorator
@inline
export function sigmoid<T>(x: v128): v128 {
  const one = constant<T>(Constant.One);
  const m = negated<T>(x);
  const t = rounded<T>(m);
  const n = v128.sub<T>(t, constant<T>(Constant.RoundingMagic));
  const head = v128.sub<T>(m, v128.mul<T>(n, constant<T>(Constant.Ln2Head)));
  const r = v128.sub<T>(head, v128.mul<T>(n, constant<T>(Constant.Ln2Tail)));
  const q = v128.add<T>(r, expTail<T>(r));
  const scale = powerOfTwo<T>(t);
  const base = v128.add<T>(one, scale);
  const lost = v128.sub<T>(one, v128.sub<T>(base, scale));
  return v128.div<T>(one, v128.add<T>(base, madd<T>(scale, q, lost)));
}

/** Beyond the limits 1 + e^-x is 1 for positive x, e^-x for negative x: the results are 1 and e^x. */
export function sigmoidSlow<T>(x: v128): v128 {
  const extreme = isExtreme<T>(x);
  const one = constant<T>(Constant.One);
  const far = v128.pmin<T>(expSlow<T>(x), one);
  return choose(extreme, far, sigmoid<T>(v128.andnot(x, extreme)));
}

/** log(1 + e^x) = max(x, 0) + log(1 + e^-|x|) */
// @ts-ignore: decorator
@inline
export function softplus<T>(x: v128): v128 {
  const positive = v128.pmax<T>(v128.splat<T>(0 as T), x);
  return v128.add<T>(positive, log1p<T>(exp<T>(negated<T>(magnitudeOf<T>(x)))));
}

/** Beyond the limits it is x for positive x, e^x for negative x. */
export function softplusSlow<T>(x: v128): v128 {
  const extreme = isExtreme<T>(x);
  const far = choose(v128.gt<T>(x, v128.splat<T>(0 as T)), x, expSlow<T>(x));
  return choose(extreme, far, softplus<T>(v128.andnot(x, extreme)));
}
