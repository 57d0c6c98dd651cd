// sin and cos: x = n·π + r, |r| <= π/2, sin x = ±sin r; cos with n + 1/2. One odd polynomial serves both, and no lane has to choose
// between two. π in pieces that n multiplies without rounding; r is rounded once. Errors below 1.7 ulp.
// For |x| up to 400 (f64: 2^14, where n times the error of the last piece is 1/6 ulp of the smallest r, 2^-53.3); beyond, vectors
// take the forms of trigLarge.ts.
import { at, bitsAbove, Constant, constant, madd, magnitudeOf, polynomial, signOf } from "./lanes";

/** (sin r - r) / r³ + 1/8 in z = r²: minimax, relative error of the sine 7e-9 (f32), 1.3e-18 (f64: Chebyshev interpolation). */
const SIN_32 = memory.data<f32>([-0.0416665971, 0.008333069272, -0.0001980976813, 2.60605384e-6]);
export const SIN_64 = memory.data<f64>([
  -0.041666666666666664, 0.0083333333333333159, -0.00019841269841254955, 2.7557319219158432e-6, -2.5052107616384595e-8,
  1.6058977272815506e-10, -7.643969031052769e-13, 2.7314289861226158e-15,
]); // prettier-ignore
const EIGHTH_32 = memory.data<f32>([-0.125]);
const EIGHTH_64 = memory.data<f64>([-0.125]);
// 1/π; π in pieces of 16, 16 and 24 bits (f64: 33, 33 and 53).
const PI_32 = memory.data<f32>([0.3183098861837907, 3.14154052734375, 0.00005212612450122833252, 1.21542012566e-10]);
const PI_64 = memory.data<f64>([
  0.3183098861837907, 3.14159265346825122833, 1.21542010126079319e-10, 4.04453249759190126e-21,
]); // prettier-ignore
const LIMIT_32 = memory.data<i32>([0x43c80000]);
const LIMIT_64 = memory.data<i64>([0x40d0000000000000]);

/** x - n·π. The second and third product are subtracted as one sum and what it lost, so that only r rounds, and not twice. */
// @ts-ignore: decorator
@inline
function reduced<T>(x: v128, n: v128): v128 {
  const table = sizeof<T>() == 8 ? PI_64 : PI_32;
  const head = v128.sub<T>(x, v128.mul<T>(n, at<T>(table, 1)));
  const middle = v128.mul<T>(n, at<T>(table, 2));
  const w = madd<T>(n, at<T>(table, 3), middle);
  const lost = madd<T>(n, at<T>(table, 3), v128.sub<T>(middle, w));
  return v128.sub<T>(v128.sub<T>(head, w), lost);
}

/**
 * sin r, its sign changed where `sign` has the sign bit. -1/8 of r³ is taken out of the polynomial: that product is exact, and the
 * polynomial's rounding errors shrink with the rest of its value (up to π/2 they would add up to more than 2 ulp).
 */
// @ts-ignore: decorator
@inline
export function signedSine<T>(r: v128, sign: v128): v128 {
  const z = v128.mul<T>(r, r);
  const p = sizeof<T>() == 8 ? polynomial<T>(z, SIN_64, 8) : polynomial<T>(z, SIN_32, 4);
  const cube = v128.mul<T>(z, r);
  const eighth = v128.mul<T>(cube, at<T>(sizeof<T>() == 8 ? EIGHTH_64 : EIGHTH_32, 0));
  return v128.xor(v128.add<T>(r, madd<T>(cube, p, eighth)), sign);
}

/** The lowest bit of t as a sign. */
// @ts-ignore: decorator
@inline
export function parity<T>(t: v128): v128 {
  return sizeof<T>() == 8 ? i64x2.shl(t, 63) : i32x4.shl(t, 31);
}

// @ts-ignore: decorator
@inline
export function isFar<T>(x: v128): v128 {
  return bitsAbove<T>(magnitudeOf<T>(x), sizeof<T>() == 8 ? LIMIT_64 : LIMIT_32, 0);
}

// By |x|, because the sums would lose the sign of -0.
// @ts-ignore: decorator
@inline
export function sin<T>(x: v128): v128 {
  const magnitude = magnitudeOf<T>(x);
  const magic = constant<T>(Constant.RoundingMagic);
  const t = madd<T>(magnitude, at<T>(sizeof<T>() == 8 ? PI_64 : PI_32, 0), magic);
  const r = reduced<T>(magnitude, v128.sub<T>(t, magic));
  return signedSine<T>(r, v128.xor(parity<T>(t), signOf<T>(x)));
}

/** cos x = -(-1)^n·sin(x - (n + 1/2)·π). */
// @ts-ignore: decorator
@inline
export function cos<T>(x: v128): v128 {
  const magic = constant<T>(Constant.RoundingMagic);
  const half = constant<T>(Constant.Half);
  const magnitude = magnitudeOf<T>(x);
  const turns = v128.sub<T>(v128.mul<T>(magnitude, at<T>(sizeof<T>() == 8 ? PI_64 : PI_32, 0)), half);
  const t = v128.add<T>(turns, magic);
  const r = reduced<T>(magnitude, v128.add<T>(v128.sub<T>(t, magic), half));
  return signedSine<T>(r, v128.xor(parity<T>(t), constant<T>(Constant.NegativeZero)));
}
