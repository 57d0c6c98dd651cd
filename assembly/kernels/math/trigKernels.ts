// sin, cos and tan of f64 lanes r + tail, |r| <= π/4: after fdlibm (k_sin.c, k_cos.c). Errors below 0.8 ulp (sin, cos), 1.5 ulp (tan).
import { choose, Constant, constant, madd, polynomial } from "./lanes";

/** (sin r - r) / r³ in z = r². */
const SIN_64 = memory.data<f64>([
  -1.66666666666666324348e-1, 8.33333333332248946124e-3, -1.98412698298579493134e-4, 2.75573137070700676789e-6,
  -2.50507602534068634195e-8, 1.58969099521155010221e-10,
]); // prettier-ignore
/** (cos r - 1 + r²/2) / r⁴. */
const COS_64 = memory.data<f64>([
  4.16666666666666019037e-2, -1.38888888888741095749e-3, 2.48015872894767294178e-5, -2.75573143513906633035e-7,
  2.0875723212981748279e-9, -1.13596475577881948265e-11,
]); // prettier-ignore

/** sin(r + tail) = r + this; the tail's part is its product with cos r to first order. */
// @ts-ignore: decorator
@inline
function sinRest(r: v128, tail: v128): v128 {
  const z = f64x2.mul(r, r);
  const half = f64x2.mul(z, constant<f64>(Constant.Half));
  return madd<f64>(f64x2.mul(z, r), polynomial<f64>(z, SIN_64, 6), f64x2.sub(tail, f64x2.mul(tail, half)));
}

/** cos(r + tail) = head + this, with head = 1 - half rounded, half = r²/2. */
// @ts-ignore: decorator
@inline
function cosRest(r: v128, tail: v128, half: v128, head: v128): v128 {
  const z = f64x2.mul(r, r);
  const lost = f64x2.sub(f64x2.sub(constant<f64>(Constant.One), head), half);
  const rest = f64x2.sub(f64x2.mul(f64x2.mul(z, z), polynomial<f64>(z, COS_64, 6)), f64x2.mul(r, tail));
  return f64x2.add(lost, rest);
}

// @ts-ignore: decorator
@inline
export function sinKernel(r: v128, tail: v128): v128 {
  return f64x2.add(r, sinRest(r, tail));
}

// @ts-ignore: decorator
@inline
export function cosKernel(r: v128, tail: v128): v128 {
  const half = f64x2.mul(f64x2.mul(r, r), constant<f64>(Constant.Half));
  const head = f64x2.sub(constant<f64>(Constant.One), half);
  return f64x2.add(head, cosRest(r, tail, half, head));
}

/**
 * tan(r + tail), or -1 / tan(r + tail) where odd: the quotient of sine and cosine, and what their last sums lost, or the three
 * errors would add up to more than 2 ulp.
 */
// @ts-ignore: decorator
@inline
export function tanOf(r: v128, tail: v128, odd: v128): v128 {
  const sinLow = sinRest(r, tail);
  const s = f64x2.add(r, sinLow);
  const sLost = f64x2.sub(sinLow, f64x2.sub(s, r));
  const half = f64x2.mul(f64x2.mul(r, r), constant<f64>(Constant.Half));
  const head = f64x2.sub(constant<f64>(Constant.One), half);
  const cosLow = cosRest(r, tail, half, head);
  const c = f64x2.add(head, cosLow);
  const cLost = f64x2.sub(cosLow, f64x2.sub(c, head));
  const bottom = choose(odd, s, c);
  const y = f64x2.div(choose(odd, c, s), bottom);
  const lost = f64x2.sub(choose(odd, cLost, sLost), f64x2.mul(y, choose(odd, sLost, cLost)));
  const value = f64x2.add(y, f64x2.div(lost, bottom));
  return v128.xor(value, v128.and(odd, constant<f64>(Constant.NegativeZero)));
}
