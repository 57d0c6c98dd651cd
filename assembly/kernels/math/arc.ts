// asin, acos, atan, atan2. asin and acos of f64 after fdlibm (e_asin.c, e_acos.c) with every branch computed and chosen by lane, of
// f32 by a minimax polynomial. Errors below 1 ulp (f64 asin, acos), below 2 ulp (the others).
import { at, bitsAbove, choose, Constant, constant, copySign, madd, magnitudeOf, polynomial, splat } from "./lanes";

/** (asin(sqrt z) - sqrt z) / sqrt z for 0 <= z <= 1/4: z·P(z), in f64 z·P(z) / Q(z). */
const ASIN_32 = memory.data<f32>([0.166667521, 0.07495309412, 0.04546915367, 0.02418474108, 0.04215839878]);
const ASIN_P_64 = memory.data<f64>([
  1.66666666666666657415e-1, -3.25565818622400915405e-1, 2.01212532134862925881e-1, -4.00555345006794114027e-2,
  7.91534994289814532176e-4, 3.4793310759602116757e-5,
]); // prettier-ignore
const ASIN_Q_64 = memory.data<f64>([
  1.0, -2.40339491173441421878, 2.02094576023350569471, -6.8828397160545329303e-1, 7.70381505559019352791e-2,
]); // prettier-ignore
/** (atan t - t) / t³ + 1/4 in t² for |t| <= 1: minimax, error 1.8e-8. */
const ATAN_32 = memory.data<f32>([
  -0.08333145081, 0.199935555458, -0.14208994805, 0.106568336486, -0.07530567795, 0.042933113873, -0.01618308387,
  0.002871327102,
]); // prettier-ignore
const QUARTER_32 = memory.data<f32>([-0.25]);
/** (atan t - t) / t³ in t² for |t| <= 1/2: Chebyshev interpolation, error 4e-18. */
const ATAN_64 = memory.data<f64>([
  -0.33333333333333326, 0.19999999999991566, -0.14285714284100604, 0.11111110989760273, -0.090909043573831561,
  0.076921981951425536, -0.066650497043887938, 0.058664719060925269, -0.051573908017036561, 0.04283186483601429,
  -0.028946605344403568, 0.011147652890647699,
]); // prettier-ignore
/** π/2, π, π/4, each with what its rounding lost. */
const ANGLES_32 = memory.data<f32>([
  1.5707963267948966, -4.371139e-8, 3.141592653589793, -8.742278e-8, 0.7853981633974483, -2.1855695e-8,
]); // prettier-ignore
const ANGLES_64 = memory.data<f64>([
  1.570796326794896558, 6.12323399573676603587e-17, 3.141592653589793116, 1.22464679914735317720e-16,
  7.85398163397448278999e-1, 3.06161699786838301793e-17,
]); // prettier-ignore
/** The upper half of a double, whose square is exact. */
const UPPER_HALF = memory.data<i64>([0xffffffff00000000]);
const TINY = memory.data<f64>([1e-300]);
/** The bits below 2^126 (2^1022): sums of two such numbers are finite. */
const RANGE_32 = memory.data<i32>([0x7e7fffff]);
const RANGE_64 = memory.data<i64>([0x7fcfffffffffffff]);

// @ts-ignore: decorator
@inline
function angle<T>(index: usize): v128 {
  return at<T>(sizeof<T>() == 8 ? ANGLES_64 : ANGLES_32, index);
}

// @ts-ignore: decorator
@inline
function asinTail<T>(z: v128): v128 {
  if (sizeof<T>() == 4) return v128.mul<T>(z, polynomial<T>(z, ASIN_32, 5));
  return v128.div<T>(v128.mul<T>(z, polynomial<T>(z, ASIN_P_64, 6)), polynomial<T>(z, ASIN_Q_64, 5));
}

// @ts-ignore: decorator
@inline
function isLargeSine<T>(x: v128): v128 {
  return v128.ge<T>(magnitudeOf<T>(x), constant<T>(Constant.Half));
}

/** (1 - |x|) / 2 where |x| >= 1/2 (asin x = π/2 - 2·asin(sqrt z)), else x². Outside [-1, 1] the root of z is NaN. */
// @ts-ignore: decorator
@inline
function folded<T>(x: v128, isLarge: v128): v128 {
  const half = constant<T>(Constant.Half);
  return choose(isLarge, v128.sub<T>(half, v128.mul<T>(half, magnitudeOf<T>(x))), v128.mul<T>(x, x));
}

/** sqrt(z) - head for s = sqrt(z) rounded; the bound only matters for z = 0. */
// @ts-ignore: decorator
@inline
function rootTail(z: v128, s: v128, head: v128): v128 {
  return f64x2.div(f64x2.sub(z, f64x2.mul(head, head)), f64x2.pmax(f64x2.add(s, head), at<f64>(TINY, 0)));
}

// @ts-ignore: decorator
@inline
export function asin<T>(x: v128): v128 {
  const isLarge = isLargeSine<T>(x);
  const z = folded<T>(x, isLarge);
  const tail = asinTail<T>(z);
  const s = v128.sqrt<T>(z);
  if (sizeof<T>() == 4) {
    const magnitude = magnitudeOf<T>(x);
    const twice = v128.add<T>(s, s);
    // What π/2 - 2s loses is carried along: the difference may be above 1, on a coarser grid than the result.
    const right = angle<T>(0);
    const difference = v128.sub<T>(right, twice);
    const lost = v128.sub<T>(v128.sub<T>(right, difference), twice);
    const rest = v128.sub<T>(v128.sub<T>(v128.mul<T>(twice, tail), angle<T>(1)), lost);
    const large = v128.sub<T>(difference, rest);
    return copySign<T>(choose(isLarge, large, madd<T>(magnitude, tail, magnitude)), x);
  }
  const two = constant<f64>(Constant.Two);
  const head = v128.and(s, at<f64>(UPPER_HALF, 0));
  const low = f64x2.sub(angle<f64>(1), f64x2.mul(two, rootTail(z, s, head)));
  const near = f64x2.sub(f64x2.mul(two, f64x2.mul(s, tail)), low);
  const quarter = angle<f64>(4);
  const large = f64x2.sub(quarter, f64x2.sub(near, f64x2.sub(quarter, f64x2.mul(two, head))));
  return choose(isLarge, copySign<f64>(large, x), madd<f64>(x, tail, x));
}

// @ts-ignore: decorator
@inline
export function acos<T>(x: v128): v128 {
  const isLarge = isLargeSine<T>(x);
  const z = folded<T>(x, isLarge);
  const tail = asinTail<T>(z);
  const s = v128.sqrt<T>(z);
  const right = angle<T>(0);
  const rightLow = angle<T>(1);
  const isNegative = v128.lt<T>(x, v128.xor(x, x));
  if (sizeof<T>() == 4) {
    const root = choose(isLarge, s, x);
    const y = madd<T>(root, tail, root);
    const twice = v128.add<T>(y, y);
    const far = v128.sub<T>(angle<T>(2), v128.sub<T>(twice, angle<T>(3)));
    const small = v128.sub<T>(right, v128.sub<T>(y, rightLow));
    return choose(isLarge, choose(isNegative, far, twice), small);
  }
  const two = constant<f64>(Constant.Two);
  const head = v128.and(s, at<f64>(UPPER_HALF, 0));
  const scaled = f64x2.mul(tail, s);
  const positive = f64x2.mul(two, f64x2.add(head, f64x2.add(scaled, rootTail(z, s, head))));
  const negative = f64x2.mul(two, f64x2.sub(right, f64x2.add(s, f64x2.sub(scaled, rightLow))));
  const small = f64x2.sub(right, f64x2.sub(x, f64x2.sub(rightLow, f64x2.mul(x, tail))));
  return choose(isLarge, choose(isNegative, negative, positive), small);
}

/**
 * base ± atan(least / most) for 0 <= least <= most, with base given as head and tail and the sign as a sign bit. In f64, for a
 * quotient above 1/2, atan(least / most) = π/4 + atan((least - most) / (least + most)).
 */
// @ts-ignore: decorator
@inline
function angleOf<T>(least: v128, most: v128, head: v128, tail: v128, sign: v128): v128 {
  if (sizeof<T>() == 4) {
    const t = v128.div<T>(least, most);
    const z = v128.mul<T>(t, t);
    // -t³/4 is an exact product: the polynomial's errors shrink with what remains of its value.
    const cube = v128.mul<T>(t, z);
    const quarter = v128.mul<T>(cube, at<T>(QUARTER_32, 0));
    const rest = madd<T>(cube, polynomial<T>(z, ATAN_32, 8), quarter);
    return v128.add<T>(v128.add<T>(head, v128.xor(t, sign)), v128.add<T>(v128.xor(rest, sign), tail));
  }
  const isMiddle = v128.gt<T>(v128.add<T>(least, least), most);
  const top = v128.sub<T>(least, v128.and(isMiddle, most));
  const bottom = v128.add<T>(most, v128.and(isMiddle, least));
  const t = v128.div<T>(top, bottom);
  const z = v128.mul<T>(t, t);
  const rest = v128.mul<T>(v128.mul<T>(t, z), polynomial<T>(z, ATAN_64, 12));
  // ±(π/4 + its tail + t + rest) on top of the base: the heads are multiples of π/4, whose sums are exact.
  const quarter = v128.xor(v128.and(isMiddle, angle<T>(4)), sign);
  const quarterTail = v128.xor(v128.and(isMiddle, angle<T>(5)), sign);
  const low = v128.add<T>(v128.xor(rest, sign), v128.add<T>(tail, quarterTail));
  return v128.add<T>(v128.add<T>(head, quarter), v128.add<T>(v128.xor(t, sign), low));
}

// @ts-ignore: decorator
@inline
export function atan<T>(x: v128): v128 {
  const one = constant<T>(Constant.One);
  const magnitude = magnitudeOf<T>(x);
  const isSteep = v128.gt<T>(magnitude, one);
  // pmin and pmax give their first operand for NaN.
  const least = v128.pmin<T>(magnitude, one);
  const most = v128.pmax<T>(one, magnitude);
  const sign = v128.and(isSteep, constant<T>(Constant.NegativeZero));
  const y = angleOf<T>(least, most, v128.and(isSteep, angle<T>(0)), v128.and(isSteep, angle<T>(1)), sign);
  return copySign<T>(y, x);
}

/** The lanes with two zeros, an infinity, NaN or a number near overflow. */
// @ts-ignore: decorator
@inline
export function isSpecialPoint<T>(y: v128, x: v128): v128 {
  const range = sizeof<T>() == 8 ? RANGE_64 : RANGE_32;
  const height = magnitudeOf<T>(y);
  const width = magnitudeOf<T>(x);
  const isFar = v128.or(bitsAbove<T>(height, range, 0), bitsAbove<T>(width, range, 0));
  return v128.or(isFar, v128.eq<T>(v128.or(height, width), v128.xor(x, x)));
}

/** The angle of a point by its magnitudes and the signs of x (a mask) and of y. */
// @ts-ignore: decorator
@inline
function angleOfPoint<T>(height: v128, width: v128, isNegative: v128, y: v128): v128 {
  const isSteep = v128.gt<T>(height, width);
  const base = choose(isSteep, angle<T>(0), v128.and(isNegative, angle<T>(2)));
  const tail = choose(isSteep, angle<T>(1), v128.and(isNegative, angle<T>(3)));
  const sign = v128.and(v128.xor(isSteep, isNegative), constant<T>(Constant.NegativeZero));
  return copySign<T>(angleOf<T>(v128.pmin<T>(width, height), v128.pmax<T>(width, height), base, tail, sign), y);
}

/** The angle of the point (x, y). */
// @ts-ignore: decorator
@inline
export function atan2<T>(y: v128, x: v128): v128 {
  return angleOfPoint<T>(magnitudeOf<T>(y), magnitudeOf<T>(x), v128.lt<T>(x, v128.xor(x, x)), y);
}

/** C's atan2 of the special points: at the origin the sign of a zero tells, and infinities are far by the same distance. */
function atan2Special<T>(y: v128, x: v128): v128 {
  const one = constant<T>(Constant.One);
  const infinity = constant<T>(Constant.Infinity);
  const height = magnitudeOf<T>(y);
  const width = magnitudeOf<T>(x);
  const isHigh = v128.eq<T>(height, infinity);
  const isWide = v128.eq<T>(width, infinity);
  const isInfinite = v128.or(isHigh, isWide);
  const isOrigin = v128.eq<T>(v128.or(height, width), v128.xor(x, x));
  // What underflows by this is 0 beside a number near overflow.
  const down = splat<T>(sizeof<T>() == 8 ? 5.421010862427522e-20 : 2.3283064365386963e-10);
  const up = choose(isInfinite, v128.and(isHigh, one), v128.mul<T>(height, down));
  const along = choose(isInfinite, v128.and(isWide, one), choose(isOrigin, one, v128.mul<T>(width, down)));
  const isNegative = sizeof<T>() == 8 ? i64x2.shr_s(x, 63) : i32x4.shr_s(x, 31);
  const isNaN = v128.or(v128.ne<T>(y, y), v128.ne<T>(x, x));
  return v128.or(angleOfPoint<T>(up, along, isNegative, y), isNaN);
}

export function atan2Slow<T>(y: v128, x: v128): v128 {
  return choose(isSpecialPoint<T>(y, x), atan2Special<T>(y, x), atan2<T>(y, x));
}
