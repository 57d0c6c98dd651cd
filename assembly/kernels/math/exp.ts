// exp, exp2, expm1 and the sigmoid. x = n·ln 2 + r with |r| <= ln 2 / 2, e^x = 2^n·e^r. Coefficients: Chebyshev interpolation
// of (e^r - 1 - r) / r² at 40 digits; relative error in e^r below 2e-19 (f64) and 8e-9 (f32). Rounding leaves
// exp, exp2, expm1 below 1 ulp.
import { choose, copySign, horner, madd, powerOfTwo, roundingMagic, splat } from "./lanes";

const LOG2E: f64 = 1.4426950408889634074;
const LN2: f64 = 0.69314718055994530942;

/** The head of ln 2, short enough that n·head is exact for every exponent n (f64: fdlibm). */
// @ts-ignore: decorator
@inline
export function ln2Head<T>(): v128 {
  return splat<T>(sizeof<T>() == 8 ? 6.9314718036912381649e-1 : 0.693145751953125);
}
/** ln 2 minus its head. */
// @ts-ignore: decorator
@inline
export function ln2Tail<T>(): v128 {
  return splat<T>(sizeof<T>() == 8 ? 1.90821492927058770002e-10 : 1.428606765330187e-6);
}

/** r²·P(r) = e^r - 1 - r for |r| <= 0.347. */
// @ts-ignore: decorator
@inline
function expTail<T>(r: v128): v128 {
  let p: v128;
  if (sizeof<T>() == 8) {
    p = splat<T>(2.091483135138041e-9);
    p = horner<T>(p, r, 2.5105419192016337e-8);
    p = horner<T>(p, r, 2.7557273295539724e-7);
    p = horner<T>(p, r, 2.75572549134867e-6);
    p = horner<T>(p, r, 2.4801587325822283e-5);
    p = horner<T>(p, r, 1.9841269875205077e-4);
    p = horner<T>(p, r, 1.388888888888367e-3);
    p = horner<T>(p, r, 8.333333333326025e-3);
    p = horner<T>(p, r, 4.166666666666667e-2);
    p = horner<T>(p, r, 1.6666666666666667e-1);
  } else {
    p = splat<T>(1.392632562e-3);
    p = horner<T>(p, r, 8.363292753e-3);
    p = horner<T>(p, r, 4.166655376e-2);
    p = horner<T>(p, r, 1.666657631e-1);
  }
  return v128.mul<T>(v128.mul<T>(r, r), horner<T>(p, r, 0.5));
}

/** 2^(n + shift)·e^r in two steps, so that results down to the smallest subnormal are rounded once. */
// @ts-ignore: decorator
@inline
function scaled<T>(n: v128, r: v128, shift: f64): v128 {
  const magic = roundingMagic<T>();
  const one = splat<T>(1.0);
  const t1 = v128.add<T>(v128.mul<T>(n, splat<T>(0.5)), magic);
  const rest = v128.sub<T>(n, v128.sub<T>(t1, magic));
  const t2 = v128.add<T>(shift == 0 ? rest : v128.add<T>(rest, splat<T>(shift)), magic);
  const p = v128.add<T>(one, v128.add<T>(r, expTail<T>(r)));
  return v128.mul<T>(v128.mul<T>(p, powerOfTwo<T>(t1)), powerOfTwo<T>(t2));
}

/** x within [low, high], NaN kept: pmin and pmax are one instruction each and give x where a comparison fails. */
// @ts-ignore: decorator
@inline
function clamp<T>(x: v128, low: f64, high: f64): v128 {
  return v128.pmax<T>(v128.pmin<T>(x, splat<T>(high)), splat<T>(low));
}

/** e^x·2^shift for shift 0 or -1: the scale is applied before the overflow. */
// @ts-ignore: decorator
@inline
export function expShifted<T>(x: v128, shift: f64): v128 {
  // Beyond the limits the result is infinity or 0 for either shift; n stays in the range of two scale steps.
  x = sizeof<T>() == 8 ? clamp<T>(x, -746.0, 711.0) : clamp<T>(x, -105.0, 90.0);
  const magic = roundingMagic<T>();
  const n = v128.sub<T>(madd<T>(x, splat<T>(LOG2E), magic), magic);
  const r = v128.sub<T>(v128.sub<T>(x, v128.mul<T>(n, ln2Head<T>())), v128.mul<T>(n, ln2Tail<T>()));
  return scaled<T>(n, r, shift);
}

// @ts-ignore: decorator
@inline
export function exp<T>(x: v128): v128 {
  return expShifted<T>(x, 0);
}

// @ts-ignore: decorator
@inline
export function exp2<T>(x: v128): v128 {
  x = sizeof<T>() == 8 ? clamp<T>(x, -1076.0, 1025.0) : clamp<T>(x, -151.0, 129.0);
  const magic = roundingMagic<T>();
  const n = v128.sub<T>(v128.add<T>(x, magic), magic);
  return scaled<T>(n, v128.mul<T>(v128.sub<T>(x, n), splat<T>(LN2)), 0);
}

/**
 * e^x - 1 = 2·((h - 1/2) + h·r + h·tail) with h = 2^(n-1). The first sum is exact with its error term, because
 * |h - 1/2| >= |h·r| for every n but 0, and for n = 0 it is h·r.
 */
// @ts-ignore: decorator
@inline
export function expm1<T>(x: v128): v128 {
  const bounded = sizeof<T>() == 8 ? clamp<T>(x, -38.0, 710.0) : clamp<T>(x, -18.0, 89.0);
  const magic = roundingMagic<T>();
  const t = madd<T>(bounded, splat<T>(LOG2E), magic);
  const n = v128.sub<T>(t, magic);
  const head = v128.sub<T>(bounded, v128.mul<T>(n, ln2Head<T>()));
  const cut = v128.mul<T>(n, ln2Tail<T>());
  const r = v128.sub<T>(head, cut);
  const tail = v128.add<T>(expTail<T>(r), v128.sub<T>(v128.sub<T>(head, r), cut));
  const h = powerOfTwo<T>(v128.sub<T>(t, splat<T>(1.0)));
  const base = v128.sub<T>(h, splat<T>(0.5));
  const hr = v128.mul<T>(h, r);
  const sum = v128.add<T>(base, hr);
  const lost = v128.sub<T>(hr, v128.sub<T>(sum, base));
  const half = v128.add<T>(sum, madd<T>(h, tail, lost));
  // Tiny x is its own result: keeps -0 and the last bit of subnormals.
  const tiny = v128.lt<T>(v128.abs<T>(x), splat<T>(sizeof<T>() == 8 ? 1e-17 : 1e-9));
  return choose(tiny, x, v128.add<T>(half, half));
}

/**
 * 1 / (1 + e^-x), for x < 0 as e^x / (1 + e^x): no overflow, and subnormal results are right. What the roundings of e = e^-|x| and
 * of s = 1 + e lost is carried along and given back to the quotient, or the errors would add up to more than 2 ulp;
 * so 1.2 ulp remain.
 */
// @ts-ignore: decorator
@inline
export function sigmoid<T>(x: v128): v128 {
  const magic = roundingMagic<T>();
  const one = splat<T>(1.0);
  const m = v128.pmax<T>(copySign<T>(x, splat<T>(-1.0)), splat<T>(sizeof<T>() == 8 ? -746.0 : -105.0));
  const n = v128.sub<T>(madd<T>(m, splat<T>(LOG2E), magic), magic);
  const head = v128.sub<T>(m, v128.mul<T>(n, ln2Head<T>()));
  const cut = v128.mul<T>(n, ln2Tail<T>());
  const r = v128.sub<T>(head, cut);
  const q = v128.add<T>(r, v128.add<T>(expTail<T>(r), v128.sub<T>(v128.sub<T>(head, r), cut)));
  const p = v128.add<T>(one, q);
  const t1 = v128.add<T>(v128.mul<T>(n, splat<T>(0.5)), magic);
  const t2 = v128.add<T>(v128.sub<T>(n, v128.sub<T>(t1, magic)), magic);
  const scale1 = powerOfTwo<T>(t1);
  const scale2 = powerOfTwo<T>(t2);
  const e = v128.mul<T>(v128.mul<T>(p, scale1), scale2);
  const eLost = v128.mul<T>(v128.mul<T>(v128.sub<T>(q, v128.sub<T>(p, one)), scale1), scale2);
  const s = v128.add<T>(one, e);
  const sLost = v128.add<T>(v128.sub<T>(e, v128.sub<T>(s, one)), eLost);
  const negative = v128.lt<T>(x, splat<T>(0.0));
  const y = v128.div<T>(choose(negative, e, one), s);
  const reciprocal = choose(negative, v128.sub<T>(one, y), y);
  const residual = v128.sub<T>(v128.and(negative, eLost), v128.mul<T>(y, sLost));
  return madd<T>(residual, reciprocal, y);
}
