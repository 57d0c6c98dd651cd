// sin, cos and tan of vectors with arguments beyond the ranges of trig.ts and tan.ts: up to 2^30 by more pieces of π, f32 in f64 lanes;
// beyond, a lane at a time by Payne-Hanek reduction. Errors as there (f32: below 0.6 ulp).
import {
  at,
  bitsAbove,
  choose,
  Constant,
  constant,
  madd,
  magnitudeOf,
  narrow,
  polynomial,
  signOf,
  widenHigh,
  widenLow,
} from "./lanes";
import { reducedQuadrant, reduceLarge } from "./payneHanek";
import { tan } from "./tan";
import { cos, isFar, parity, signedSine, sin } from "./trig";
import { cosKernel, sinKernel, tanOf } from "./trigKernels";

/**
 * π in four pieces of 22 bits and the rest, then π - the first two. For |x| < 2^30 a multiple h of π in halves has 30 bits, so that
 * the products of h and the pieces are exact: no build can round them differently.
 */
const PI = memory.data<f64>([
  3.141592025756836, 6.278328328335192e-7, 1.2446743939339977e-13, 4.044525454472171e-21, 7.0431197303664e-27,
  1.2446744343793227e-13,
]); // prettier-ignore
/** The halves of these. */
const PI_2 = memory.data<f64>([
  1.570796012878418, 3.139164164167596e-7, 6.223371969669989e-14, 2.0222627272360855e-21, 3.5215598651832e-27,
  6.223372171896613e-14,
]); // prettier-ignore
/** 1/π and 2/π. */
const TURNS = memory.data<f64>([0.3183098861837907, 0.6366197723675814]);

/** (sin r - r) / r³ in r² for |r| <= π/2, Chebyshev interpolation: relative error of the sine 1e-10. */
const SIN_WIDE = memory.data<f64>([
  -0.16666666663878466, 0.008333332768305049, -0.00019841086452506194, 2.753645532390914e-6, -2.407999973210464e-8,
]); // prettier-ignore
/** The same for |r| <= π/4, and (cos r - 1) / r²: errors 2e-11 and 3e-10. */
const SIN_QUARTER = memory.data<f64>([
  -0.16666666663853044, 0.008333331873837089, -0.00019840086263755443, 2.7249864655139585e-6,
]); // prettier-ignore
const COS_QUARTER = memory.data<f64>([
  -0.49999999969094655, 0.04166665063493084, -0.0013887588637815805, 2.4463721163611998e-5,
]); // prettier-ignore

// 2^30 and infinity, minus one, as bits.
const LIMITS_32 = memory.data<i32>([0x4e7fffff, 0x7f7fffff]);
const LIMITS_64 = memory.data<i64>([0x41cfffffffffffff, 0x7fefffffffffffff]);

/** The lanes from 2^30 on that are finite: the others, infinities and NaN come out right without reduction by Payne and Hanek. */
// @ts-ignore: decorator
@inline
function isFarther<T>(x: v128): v128 {
  const table = sizeof<T>() == 8 ? LIMITS_64 : LIMITS_32;
  const magnitude = magnitudeOf<T>(x);
  return v128.andnot(bitsAbove<T>(magnitude, table, 0), bitsAbove<T>(magnitude, table, 1));
}

// -- a lane

// @ts-ignore: decorator
@inline
function isFartherLane(x: f64): bool {
  return abs(x) >= 1073741824.0 && abs(x) < Infinity;
}

/** sin(x + turn·π/2) of one lane of `isFarther`; NaN for other lanes. */
function sinLane(x: f64, turn: i64): f64 {
  if (!isFartherLane(x)) return NaN;
  const reduced = reduceLarge(x);
  const r = v128.shuffle<i64>(reduced, reduced, 0, 0);
  const tail = v128.shuffle<i64>(reduced, reduced, 1, 1);
  const quadrant = reducedQuadrant + turn;
  const value = f64x2.extract_lane(quadrant & 1 ? cosKernel(r, tail) : sinKernel(r, tail), 0);
  // Odd for the sine, even for the cosine.
  return ((quadrant & 2) != 0) != (x < 0 && !turn) ? -value : value;
}

function tanLane(x: f64): f64 {
  if (!isFartherLane(x)) return NaN;
  const reduced = reduceLarge(x);
  const r = v128.shuffle<i64>(reduced, reduced, 0, 0);
  const tail = v128.shuffle<i64>(reduced, reduced, 1, 1);
  const value = f64x2.extract_lane(tanOf(r, tail, i64x2.splat(-(reducedQuadrant & 1))), 0);
  return x < 0 ? -value : value;
}

/** sin(x + turn·π/2), or tan x for turn 2, where isFarther. */
function byLanes<T>(x: v128, turn: i64): v128 {
  if (sizeof<T>() == 4) return narrow(byLanes<f64>(widenLow(x), turn), byLanes<f64>(widenHigh(x), turn));
  const a = f64x2.extract_lane(x, 0),
    b = f64x2.extract_lane(x, 1);
  if (turn == 2) return f64x2.replace_lane(f64x2.splat(tanLane(a)), 1, tanLane(b));
  return f64x2.replace_lane(f64x2.splat(sinLane(a, turn)), 1, sinLane(b, turn));
}

// -- up to 2^30

/** x - h·(π or π/2), as precise as f32 needs it: an error of 2^-67 besides that of rounding; no f32 here is nearer to one than 2^-27. */
// @ts-ignore: decorator
@inline
function reducedWide(x: v128, h: v128, table: usize): v128 {
  const head = f64x2.sub(f64x2.sub(x, f64x2.mul(h, at<f64>(table, 0))), f64x2.mul(h, at<f64>(table, 1)));
  return f64x2.sub(head, f64x2.mul(h, at<f64>(table, 5)));
}

// The same for f64: what the first two pieces leave is exact; the products of the others are summed to `sum`, and `lost` is what that is
// short of them, with an error of h·2^-139. Where head - sum is small it is exact. Continued fractions give the numbers next to multiples
// of π/2: the one at 14461176.67 is 2^-59 off one, for which that is 1/16 ulp; the sweep has those of every exponent.
// @ts-ignore: decorator
@inline
function headOf(x: v128, h: v128, table: usize): v128 {
  return f64x2.sub(f64x2.sub(x, f64x2.mul(h, at<f64>(table, 0))), f64x2.mul(h, at<f64>(table, 1)));
}
// @ts-ignore: decorator
@inline
function sumOf(h: v128, table: usize): v128 {
  return f64x2.add(f64x2.mul(h, at<f64>(table, 2)), f64x2.mul(h, at<f64>(table, 3)));
}
// @ts-ignore: decorator
@inline
function lostOf(h: v128, table: usize, sum: v128): v128 {
  const rest = f64x2.sub(f64x2.mul(h, at<f64>(table, 2)), sum);
  return f64x2.add(f64x2.add(rest, f64x2.mul(h, at<f64>(table, 3))), f64x2.mul(h, at<f64>(table, 4)));
}

/** sin(|x| - h·π) for the h = n + turn/2 that is nearest, n as the integer in t. */
// @ts-ignore: decorator
@inline
function sineWide(x: v128, isCos: bool): v128 {
  const magnitude = magnitudeOf<f64>(x);
  const t = multiplesOf(magnitude, isCos);
  const r = reducedWide(magnitude, halvesOf(t, isCos), PI);
  const z = f64x2.mul(r, r);
  const value = madd<f64>(f64x2.mul(z, r), polynomial<f64>(z, SIN_WIDE, 5), r);
  return v128.xor(value, v128.xor(parity<f64>(t), isCos ? constant<f64>(Constant.NegativeZero) : signOf<f64>(x)));
}

// @ts-ignore: decorator
@inline
function sineDeep(x: v128, isCos: bool): v128 {
  const magnitude = magnitudeOf<f64>(x);
  const t = multiplesOf(magnitude, isCos);
  const h = halvesOf(t, isCos);
  const sum = sumOf(h, PI);
  const r = f64x2.sub(f64x2.sub(headOf(magnitude, h, PI), sum), lostOf(h, PI, sum));
  return signedSine<f64>(r, v128.xor(parity<f64>(t), isCos ? constant<f64>(Constant.NegativeZero) : signOf<f64>(x)));
}

/** The n of x = h·π + r, h = n or n + 1/2, in the low bits. */
// @ts-ignore: decorator
@inline
function multiplesOf(magnitude: v128, isCos: bool): v128 {
  const magic = constant<f64>(Constant.RoundingMagic);
  if (!isCos) return madd<f64>(magnitude, at<f64>(TURNS, 0), magic);
  return f64x2.add(f64x2.sub(f64x2.mul(magnitude, at<f64>(TURNS, 0)), constant<f64>(Constant.Half)), magic);
}
// @ts-ignore: decorator
@inline
function halvesOf(t: v128, isCos: bool): v128 {
  const n = f64x2.sub(t, constant<f64>(Constant.RoundingMagic));
  return isCos ? f64x2.add(n, constant<f64>(Constant.Half)) : n;
}

// @ts-ignore: decorator
@inline
function oddLanes(t: v128): v128 {
  return i64x2.neg(v128.and(t, i64x2.splat(1)));
}

// @ts-ignore: decorator
@inline
function tanWide(x: v128): v128 {
  const magic = constant<f64>(Constant.RoundingMagic);
  const t = madd<f64>(x, at<f64>(TURNS, 1), magic);
  const r = reducedWide(x, f64x2.sub(t, magic), PI_2);
  const z = f64x2.mul(r, r);
  const s = madd<f64>(f64x2.mul(z, r), polynomial<f64>(z, SIN_QUARTER, 4), r);
  const c = madd<f64>(z, polynomial<f64>(z, COS_QUARTER, 4), constant<f64>(Constant.One));
  const odd = oddLanes(t);
  const quotient = f64x2.div(choose(odd, c, s), choose(odd, s, c));
  return v128.xor(quotient, v128.and(odd, constant<f64>(Constant.NegativeZero)));
}

/** With the tail of r, as in tan.ts. */
// @ts-ignore: decorator
@inline
function tanDeep(x: v128): v128 {
  const magic = constant<f64>(Constant.RoundingMagic);
  const t = madd<f64>(x, at<f64>(TURNS, 1), magic);
  const n = f64x2.sub(t, magic);
  const head = headOf(x, n, PI_2);
  const sum = sumOf(n, PI_2);
  const lost = lostOf(n, PI_2, sum);
  const unrounded = f64x2.sub(head, sum);
  const r = f64x2.sub(unrounded, lost);
  const tail = f64x2.add(f64x2.sub(f64x2.sub(head, unrounded), sum), f64x2.sub(f64x2.sub(unrounded, r), lost));
  return tanOf(r, tail, oddLanes(t));
}

// -- vectors

// @ts-ignore: decorator
@inline
function completed<T>(x: v128, value: v128, turn: i64): v128 {
  const farther = isFarther<T>(x);
  return v128.any_true(farther) ? choose(farther, byLanes<T>(x, turn), value) : value;
}

// @ts-ignore: decorator
@inline
function isEvery<T>(mask: v128): bool {
  return sizeof<T>() == 8 ? i64x2.all_true(mask) : i32x4.all_true(mask);
}

/** sin x, any x. */
export function sinFar<T>(x: v128): v128 {
  const far = isFar<T>(x);
  const value =
    sizeof<T>() == 8 ? sineDeep(x, false) : narrow(sineWide(widenLow(x), false), sineWide(widenHigh(x), false));
  const large = completed<T>(x, value, 0);
  return isEvery<T>(far) ? large : choose(far, large, sin<T>(x));
}

export function cosFar<T>(x: v128): v128 {
  const far = isFar<T>(x);
  const value =
    sizeof<T>() == 8 ? sineDeep(x, true) : narrow(sineWide(widenLow(x), true), sineWide(widenHigh(x), true));
  const large = completed<T>(x, value, 1);
  return isEvery<T>(far) ? large : choose(far, large, cos<T>(x));
}

export function tanFar<T>(x: v128): v128 {
  const far = isFar<T>(x);
  const value = sizeof<T>() == 8 ? tanDeep(x) : narrow(tanWide(widenLow(x)), tanWide(widenHigh(x)));
  const large = completed<T>(x, value, 2);
  return isEvery<T>(far) ? large : choose(far, large, tan<T>(x));
}
