// sin, cos, tan: x = n·π/2 + r, |r| <= π/4. f64 kernels and the split of π/2 after fdlibm (k_sin.c, k_cos.c, e_rem_pio2.c).
// Up to |x| = 2^19·π/2 the reduction is done here; beyond it (and for the rare x that lies within 2^-30 of a multiple of
// π/2) lanes go one by one through Payne-Hanek reduction. Errors below 1 ulp (f32: below 2).
import { choose, horner, madd, narrow, splat, widenHigh, widenLow } from "./lanes";
import { reduceLarge, reducedQuadrant } from "./payneHanek";

const TWO_OVER_PI: f64 = 6.36619772367581382433e-1;
/** π/2 in pieces of 33 bits, so that n·piece is exact for n < 2^20; PI_2_REST is what follows the second one. */
const PI_2_A: f64 = 1.57079632673412561417;
const PI_2_B: f64 = 6.0771005063039659766e-11;
const PI_2_REST: f64 = 2.02226624879595063154e-21;
/** π/2 - PI_2_A. */
const PI_2_A_REST: f64 = 6.07710050650619224932e-11;
const REDUCTION_LIMIT: f64 = 823549.0;
const MAGIC: f64 = 6755399441055744.0;

/** -1/6 + … of sin r = r + r³·(-1/6 + …), without its first term; z = r². */
// @ts-ignore: decorator
@inline
function sinTail(z: v128): v128 {
  let p = splat<f64>(1.58969099521155010221e-10);
  p = horner<f64>(p, z, -2.50507602534068634195e-8);
  p = horner<f64>(p, z, 2.75573137070700676789e-6);
  p = horner<f64>(p, z, -1.98412698298579493134e-4);
  return horner<f64>(p, z, 8.33333333332248946124e-3);
}

/** sin(r + tail). */
// @ts-ignore: decorator
@inline
function sinKernel(r: v128, tail: v128): v128 {
  const z = f64x2.mul(r, r);
  const cube = f64x2.mul(z, r);
  const inner = f64x2.sub(f64x2.mul(tail, splat<f64>(0.5)), f64x2.mul(cube, sinTail(z)));
  const low = f64x2.sub(f64x2.mul(z, inner), tail);
  return f64x2.sub(r, f64x2.sub(low, f64x2.mul(cube, splat<f64>(-1.66666666666666324348e-1))));
}

/** cos(r + tail). */
// @ts-ignore: decorator
@inline
function cosKernel(r: v128, tail: v128): v128 {
  const one = splat<f64>(1.0);
  const z = f64x2.mul(r, r);
  let p = splat<f64>(-1.13596475577881948265e-11);
  p = horner<f64>(p, z, 2.0875723212981748279e-9);
  p = horner<f64>(p, z, -2.75573143513906633035e-7);
  p = horner<f64>(p, z, 2.48015872894767294178e-5);
  p = horner<f64>(p, z, -1.38888888888741095749e-3);
  p = horner<f64>(p, z, 4.16666666666666019037e-2);
  const half = f64x2.mul(z, splat<f64>(0.5));
  const head = f64x2.sub(one, half);
  const correction = f64x2.sub(f64x2.mul(z, f64x2.mul(z, p)), f64x2.mul(r, tail));
  return f64x2.add(head, f64x2.add(f64x2.sub(f64x2.sub(one, head), half), correction));
}

// Bit 0 of the quadrant picks the kernel, bit 1 the sign.
// @ts-ignore: decorator
@inline
function quadrantValue(quadrant: v128, sine: v128, cosine: v128): v128 {
  const odd = i64x2.neg(v128.and(quadrant, i64x2.splat(1)));
  const sign = i64x2.shl(v128.and(quadrant, i64x2.splat(2)), 62);
  return v128.xor(choose(odd, cosine, sine), sign);
}

/** sin of x + turn·π/2 for two lanes; `turn` is 0 or 1. */
// @ts-ignore: decorator
@inline
function sinTurned(x: v128, turn: i64): v128 {
  const magic = splat<f64>(MAGIC);
  const t = madd<f64>(x, splat<f64>(TWO_OVER_PI), magic);
  const n = f64x2.sub(t, magic);
  const r0 = f64x2.sub(x, f64x2.mul(n, splat<f64>(PI_2_A)));
  const w = f64x2.mul(n, splat<f64>(PI_2_B));
  const r1 = f64x2.sub(r0, w);
  const lost = f64x2.sub(f64x2.sub(r0, r1), w);
  const rest = f64x2.sub(f64x2.mul(n, splat<f64>(PI_2_REST)), lost);
  const r = f64x2.sub(r1, rest);
  const magnitude = f64x2.abs(x);
  const precise = v128.or(
    f64x2.gt(f64x2.abs(r), splat<f64>(9.31322574615478515625e-10)),
    f64x2.lt(magnitude, splat<f64>(0.5)),
  );
  const small = f64x2.lt(magnitude, splat<f64>(REDUCTION_LIMIT));
  const tail = f64x2.sub(f64x2.sub(r1, r), rest);
  const value = quadrantValue(i64x2.add(t, i64x2.splat(turn)), sinKernel(r, tail), cosKernel(r, tail));
  const inLanes = v128.and(precise, small);
  if (i64x2.all_true(inLanes)) return value;
  // A lane's result must not depend on its neighbours, of which some may even lie past the end of the operand.
  const slow = f64x2.splat(sinTurnedLane(f64x2.extract_lane(x, 0), turn));
  return choose(inLanes, value, f64x2.replace_lane(slow, 1, sinTurnedLane(f64x2.extract_lane(x, 1), turn)));
}

function sinTurnedLane(x: f64, turn: i64): f64 {
  if (!(abs(x) < Infinity)) return NaN;
  let r = x;
  let tail: f64 = 0.0;
  let quadrant = turn;
  if (abs(x) >= 0.5) {
    const reduced = reduceLarge(x);
    r = f64x2.extract_lane(reduced, 0);
    tail = f64x2.extract_lane(reduced, 1);
    quadrant += reducedQuadrant;
    // sin(-|x| + turn·π/2): odd for the sine, even for the cosine.
    if (x < 0 && !turn) quadrant += 2;
  }
  const rr = f64x2.splat(r);
  const tt = f64x2.splat(tail);
  return f64x2.extract_lane(quadrantValue(i64x2.splat(quadrant), sinKernel(rr, tt), cosKernel(rr, tt)), 0);
}

/** r of two lanes, good to 2^-66 absolutely, and n in the low bits of `t`: enough for f32 results up to the limit. */
// @ts-ignore: decorator
@inline
function reduced(x: v128, t: v128): v128 {
  const n = f64x2.sub(t, splat<f64>(MAGIC));
  const r0 = f64x2.sub(x, f64x2.mul(n, splat<f64>(PI_2_A)));
  return f64x2.sub(r0, f64x2.mul(n, splat<f64>(PI_2_A_REST)));
}

/** The reduction in f64, the polynomials (Chebyshev interpolation, error 2e-8·r³ and 2e-9·r⁴) in f32. */
// @ts-ignore: decorator
@inline
function sinTurned4(x: v128, turn: i32): v128 {
  const low = widenLow(x);
  const high = widenHigh(x);
  const magic = splat<f64>(MAGIC);
  const tLow = madd<f64>(low, splat<f64>(TWO_OVER_PI), magic);
  const tHigh = madd<f64>(high, splat<f64>(TWO_OVER_PI), magic);
  const r = narrow(reduced(low, tLow), reduced(high, tHigh));
  const quadrant = i32x4.add(v128.shuffle<i32>(tLow, tHigh, 0, 2, 4, 6), i32x4.splat(turn));
  const z = f32x4.mul(r, r);
  let s = splat<f32>(-0.0001958738707);
  s = horner<f32>(s, z, 0.008332745936);
  s = horner<f32>(s, z, -0.1666666465);
  const sine = madd<f32>(f32x4.mul(z, r), s, r);
  let c = splat<f32>(2.454743721e-5);
  c = horner<f32>(c, z, -0.00138883007);
  c = horner<f32>(c, z, 0.04166666465);
  const head = madd<f32>(z, splat<f32>(-0.5), splat<f32>(1.0));
  const cosine = madd<f32>(f32x4.mul(z, z), c, head);
  const odd = i32x4.neg(v128.and(quadrant, i32x4.splat(1)));
  const sign = i32x4.shl(v128.and(quadrant, i32x4.splat(2)), 30);
  let value = v128.xor(choose(odd, cosine, sine), sign);
  // The polynomial loses the sign of -0.
  if (!turn) value = choose(f32x4.eq(x, splat<f32>(0.0)), x, value);
  const inLanes = f32x4.lt(f32x4.abs(x), f32x4.splat(<f32>REDUCTION_LIMIT));
  if (i32x4.all_true(inLanes)) return value;
  let slow = f32x4.splat(<f32>sinTurnedLane(f32x4.extract_lane(x, 0), turn));
  slow = f32x4.replace_lane(slow, 1, <f32>sinTurnedLane(f32x4.extract_lane(x, 1), turn));
  slow = f32x4.replace_lane(slow, 2, <f32>sinTurnedLane(f32x4.extract_lane(x, 2), turn));
  slow = f32x4.replace_lane(slow, 3, <f32>sinTurnedLane(f32x4.extract_lane(x, 3), turn));
  return choose(inLanes, value, slow);
}

// @ts-ignore: decorator
@inline
export function sin<T>(x: v128): v128 {
  return sizeof<T>() == 8 ? sinTurned(x, 0) : sinTurned4(x, 0);
}

// @ts-ignore: decorator
@inline
export function cos<T>(x: v128): v128 {
  return sizeof<T>() == 8 ? sinTurned(x, 1) : sinTurned4(x, 1);
}

// @ts-ignore: decorator
@inline
function tanWide(x: v128): v128 {
  const t = madd<f64>(x, splat<f64>(TWO_OVER_PI), splat<f64>(MAGIC));
  const r = reduced(x, t);
  const zero = splat<f64>(0.0);
  const sine = sinKernel(r, zero);
  const cosine = cosKernel(r, zero);
  const odd = i64x2.neg(v128.and(t, i64x2.splat(1)));
  return f64x2.div(choose(odd, f64x2.neg(cosine), sine), choose(odd, sine, cosine));
}

/** tan: below 2^19·π/2 the standard library's; beyond, its tan(r) moved by the tail of r. */
export function tanScalar(x: f64): f64 {
  if (abs(x) < REDUCTION_LIMIT) return NativeMath.tan(x);
  if (!(abs(x) < Infinity)) return NaN;
  const reduced = reduceLarge(x);
  let y = NativeMath.tan(f64x2.extract_lane(reduced, 0));
  y += f64x2.extract_lane(reduced, 1) * (1.0 + y * y);
  if (reducedQuadrant & 1) y = -1.0 / y;
  return x < 0 ? -y : y;
}

/** tan of four f32 as the quotient of the f64 kernels. */
// @ts-ignore: decorator
@inline
export function tan4(x: v128): v128 {
  const value = narrow(tanWide(widenLow(x)), tanWide(widenHigh(x)));
  const inLanes = f32x4.lt(f32x4.abs(x), f32x4.splat(<f32>REDUCTION_LIMIT));
  if (i32x4.all_true(inLanes)) return value;
  let slow = f32x4.splat(<f32>tanScalar(f32x4.extract_lane(x, 0)));
  slow = f32x4.replace_lane(slow, 1, <f32>tanScalar(f32x4.extract_lane(x, 1)));
  slow = f32x4.replace_lane(slow, 2, <f32>tanScalar(f32x4.extract_lane(x, 2)));
  slow = f32x4.replace_lane(slow, 3, <f32>tanScalar(f32x4.extract_lane(x, 3)));
  return choose(inLanes, value, slow);
}
