// tan: x = n·π/2 + r, |r| <= π/4, and the parity of n says which of tan r and -1/tan r is meant. π/2 in pieces that n multiplies
// without rounding, as in trig.ts. The kernel in f64 is that of trigKernels.ts, in f32 a minimax polynomial. Errors below 2 ulp.
// For |x| up to 400 (f64: 2^14); beyond, vectors take the forms of trigLarge.ts.
import { at, choose, Constant, constant, madd, magnitudeOf, polynomial } from "./lanes";
import { tanOf } from "./trigKernels";

// 2/π; π/2 in pieces of 16, 16 and 24 bits (f64: 33, 33 and 53).
const PI_2_32 = memory.data<f32>([0.6366197723675814, 1.570770263671875, 0.00002606306225061416626, 6.07710062828e-11]);
const PI_2_64 = memory.data<f64>([
  6.36619772367581382433e-1, 1.57079632673412561417, 6.0771005063039659766e-11, 2.02226624879595063154e-21,
]); // prettier-ignore

/** (tan r - r) / r³, error 1.8e-8·tan r. */
const TAN_32 = memory.data<f32>([
  0.3333315253, 0.1333892047, 0.0534007661, 0.02446899191, 0.003055829322, 0.009424245916,
]); // prettier-ignore

/** All bits where n is odd. */
// @ts-ignore: decorator
@inline
function oddMask<T>(t: v128): v128 {
  if (sizeof<T>() == 4) return i32x4.shr_s(i32x4.shl(t, 31), 31);
  const odd = i32x4.shr_s(i32x4.shl(t, 31), 31);
  return v128.shuffle<i32>(odd, odd, 0, 0, 2, 2);
}

// @ts-ignore: decorator
@inline
function quadrants<T>(x: v128): v128 {
  return madd<T>(x, at<T>(sizeof<T>() == 8 ? PI_2_64 : PI_2_32, 0), constant<T>(Constant.RoundingMagic));
}

// @ts-ignore: decorator
@inline
function tan4(x: v128): v128 {
  const magnitude = magnitudeOf<f32>(x);
  const t = quadrants<f32>(magnitude);
  const n = f32x4.sub(t, constant<f32>(Constant.RoundingMagic));
  const head = f32x4.sub(magnitude, f32x4.mul(n, at<f32>(PI_2_32, 1)));
  const middle = f32x4.mul(n, at<f32>(PI_2_32, 2));
  const w = madd<f32>(n, at<f32>(PI_2_32, 3), middle);
  const lost = madd<f32>(n, at<f32>(PI_2_32, 3), f32x4.sub(middle, w));
  const unrounded = f32x4.sub(head, w);
  const r = f32x4.sub(unrounded, lost);
  const tail = f32x4.add(f32x4.sub(f32x4.sub(head, unrounded), w), f32x4.sub(f32x4.sub(unrounded, r), lost));
  const z = f32x4.mul(r, r);
  // The tail's part is its product with the derivative, 1 + tan² r, nearly.
  const tailPart = madd<f32>(tail, z, tail);
  const y = f32x4.add(r, madd<f32>(f32x4.mul(z, r), polynomial<f32>(z, TAN_32, 6), tailPart));
  const odd = oddMask<f32>(t);
  const negativeOne = v128.xor(constant<f32>(Constant.One), constant<f32>(Constant.NegativeZero));
  const value = choose(odd, f32x4.div(negativeOne, y), y);
  return v128.xor(value, v128.and(x, constant<f32>(Constant.NegativeZero)));
}

/** The quotient of the kernels, with the tail of r. */
// @ts-ignore: decorator
@inline
function tan2(x: v128): v128 {
  const magnitude = magnitudeOf<f64>(x);
  const t = quadrants<f64>(magnitude);
  const n = f64x2.sub(t, constant<f64>(Constant.RoundingMagic));
  const head = f64x2.sub(magnitude, f64x2.mul(n, at<f64>(PI_2_64, 1)));
  const middle = f64x2.mul(n, at<f64>(PI_2_64, 2));
  const w = madd<f64>(n, at<f64>(PI_2_64, 3), middle);
  const lost = madd<f64>(n, at<f64>(PI_2_64, 3), f64x2.sub(middle, w));
  const unrounded = f64x2.sub(head, w);
  const r = f64x2.sub(unrounded, lost);
  const tail = f64x2.add(f64x2.sub(f64x2.sub(head, unrounded), w), f64x2.sub(f64x2.sub(unrounded, r), lost));
  return v128.xor(tanOf(r, tail, oddMask<f64>(t)), v128.and(x, constant<f64>(Constant.NegativeZero)));
}

// @ts-ignore: decorator
@inline
export function tan<T>(x: v128): v128 {
  return sizeof<T>() == 8 ? tan2(x) : tan4(x);
}
