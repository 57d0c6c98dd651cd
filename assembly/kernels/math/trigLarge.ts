// sin, cos and tan of large arguments, a lane at a time by Payne-Hanek reduction; of f32 up to 2^19·π/2 in f64 lanes first.
import { choose, madd, narrow, splat, widenHigh, widenLow } from "./lanes";
import { reducedQuadrant, reduceLarge } from "./payneHanek";
import { cosKernel, sinKernel, tanOf } from "./trigKernels";

const TWO_OVER_PI: f64 = 6.36619772367581382433e-1;
/** π/2 as 33 bits, so that n times them is exact for n < 2^20, and the rest. */
const PI_2_HEAD: f64 = 1.57079632673412561417;
const PI_2_TAIL: f64 = 6.07710050650619224932e-11;
const LIMIT: f64 = 823549.0;
const MAGIC: f64 = 6755399441055744.0;

/** sin(x + turn·π/2) of one lane, |x| >= 1. */
function sinLane(x: f64, turn: i64): f64 {
  if (!(abs(x) >= 1.0 && abs(x) < Infinity)) return NaN;
  const reduced = reduceLarge(x);
  const r = v128.shuffle<i64>(reduced, reduced, 0, 0);
  const tail = v128.shuffle<i64>(reduced, reduced, 1, 1);
  const quadrant = reducedQuadrant + turn;
  const value = f64x2.extract_lane(quadrant & 1 ? cosKernel(r, tail) : sinKernel(r, tail), 0);
  // Odd for the sine, even for the cosine.
  return ((quadrant & 2) != 0) != (x < 0 && !turn) ? -value : value;
}

function tanLane(x: f64): f64 {
  if (!(abs(x) >= 1.0 && abs(x) < Infinity)) return NaN;
  const reduced = reduceLarge(x);
  const r = v128.shuffle<i64>(reduced, reduced, 0, 0);
  const tail = v128.shuffle<i64>(reduced, reduced, 1, 1);
  const value = f64x2.extract_lane(tanOf(r, tail, i64x2.splat(-(reducedQuadrant & 1))), 0);
  return x < 0 ? -value : value;
}

/** sin(x + turn·π/2) for |x| >= 1; lanes with smaller x are NaN. */
export function sinLarge(x: v128, turn: i64): v128 {
  const low = f64x2.splat(sinLane(f64x2.extract_lane(x, 0), turn));
  return f64x2.replace_lane(low, 1, sinLane(f64x2.extract_lane(x, 1), turn));
}

export function tanLarge(x: v128): v128 {
  return f64x2.replace_lane(f64x2.splat(tanLane(f64x2.extract_lane(x, 0))), 1, tanLane(f64x2.extract_lane(x, 1)));
}

/** x - n·π/2 for the n of t, good to 2^-66 absolutely: enough for f32 results up to the limit. */
// @ts-ignore: decorator
@inline
function reducedWide(x: v128, t: v128): v128 {
  const n = f64x2.sub(t, splat<f64>(MAGIC));
  const head = f64x2.sub(x, f64x2.mul(n, splat<f64>(PI_2_HEAD)));
  return f64x2.sub(head, f64x2.mul(n, splat<f64>(PI_2_TAIL)));
}

// @ts-ignore: decorator
@inline
function quadrantsWide(x: v128): v128 {
  return madd<f64>(x, splat<f64>(TWO_OVER_PI), splat<f64>(MAGIC));
}

// @ts-ignore: decorator
@inline
function oddLanes(t: v128): v128 {
  return i64x2.neg(v128.and(t, i64x2.splat(1)));
}

// @ts-ignore: decorator
@inline
function sinWide(x: v128, turn: i64): v128 {
  const t = quadrantsWide(x);
  const r = reducedWide(x, t);
  const zero = splat<f64>(0.0);
  const quadrant = i64x2.add(t, i64x2.splat(turn));
  const value = choose(oddLanes(quadrant), cosKernel(r, zero), sinKernel(r, zero));
  return v128.xor(value, i64x2.shl(v128.and(quadrant, i64x2.splat(2)), 62));
}

// @ts-ignore: decorator
@inline
function tanWide(x: v128): v128 {
  const t = quadrantsWide(x);
  return tanOf(reducedWide(x, t), splat<f64>(0.0), oddLanes(t));
}

// @ts-ignore: decorator
@inline
function isNearer(x: v128): v128 {
  return f32x4.lt(f32x4.abs(x), f32x4.splat(<f32>LIMIT));
}

export function sinLarge4(x: v128, turn: i64): v128 {
  const value = narrow(sinWide(widenLow(x), turn), sinWide(widenHigh(x), turn));
  const inLanes = isNearer(x);
  if (i32x4.all_true(inLanes)) return value;
  let far = f32x4.splat(<f32>sinLane(f32x4.extract_lane(x, 0), turn));
  far = f32x4.replace_lane(far, 1, <f32>sinLane(f32x4.extract_lane(x, 1), turn));
  far = f32x4.replace_lane(far, 2, <f32>sinLane(f32x4.extract_lane(x, 2), turn));
  far = f32x4.replace_lane(far, 3, <f32>sinLane(f32x4.extract_lane(x, 3), turn));
  return choose(inLanes, value, far);
}

export function tanLarge4(x: v128): v128 {
  const value = narrow(tanWide(widenLow(x)), tanWide(widenHigh(x)));
  const inLanes = isNearer(x);
  if (i32x4.all_true(inLanes)) return value;
  let far = f32x4.splat(<f32>tanLane(f32x4.extract_lane(x, 0)));
  far = f32x4.replace_lane(far, 1, <f32>tanLane(f32x4.extract_lane(x, 1)));
  far = f32x4.replace_lane(far, 2, <f32>tanLane(f32x4.extract_lane(x, 2)));
  far = f32x4.replace_lane(far, 3, <f32>tanLane(f32x4.extract_lane(x, 3)));
  return choose(inLanes, value, far);
}
