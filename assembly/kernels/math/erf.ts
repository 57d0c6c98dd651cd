// erf and erfc. f64 after fdlibm (FreeBSD msun s_erf.c) below 3/4 and from 1.25 on, between them a polynomial about 1; f32 by
// polynomials of its own. A part that no lane needs is left out. Errors below 2 ulp.
import { exp, exp2Wide, expReducedBy, scaledTwice } from "./exp";
import {
  at,
  choose,
  Constant,
  constant,
  copySign,
  madd,
  magnitudeOf,
  narrow,
  negated,
  polynomial,
  widenHigh,
  widenLow,
} from "./lanes";

/** erf x = x + x·P(x²) below 0.92, error 1.7e-8. */
const SMALL_32 = memory.data<f32>([
  0.1283791508, -0.3761250078, 0.112818811, -0.026768711, 0.004995951236, -0.0006003721979,
]); // prettier-ignore
/** log erfc x from there on: error 2e-8, of a term below 0.2. Chebyshev interpolation, as above. */
const LOG_32 = memory.data<f32>([
  0.0003231856272, -1.130251935, -0.6317844659, -0.110128096, 0.02645315803, -0.004772434593, 0.000599859686,
  -4.645523621e-5, 1.6589021e-6,
]); // prettier-ignore
const BOUNDS_32 = memory.data<f32>([4.0, 0.92]);

/** erfc x·e^(x²) = t·P(t), t = 1 / (1 + x/2.5), for 0 <= x <= 10.3: relative error 3.2e-9. */
const SCALED_32 = memory.data<f64>([
  0.22568837454391275, 0.22537785628519155, 0.21067432703630062, 0.15385889363639396, 0.1848465150111992,
  -0.075954779113403981, 0.212867599947065, -0.1419308641210304, -0.044499751920601065, 0.065377548859729517,
  -0.016305721157916744,
]); // prettier-ignore
// Beyond 10.3 erfc is 0 in f32; -1/ln 2; 1/2.5.
const SCALES_32 = memory.data<f64>([10.3, -1.4426950408889634074, 0.4]);

/** (erf x - x) / x for |x| < 0.84375 in x². */
const SMALL_P = memory.data<f64>([
  1.28379167095512558561e-1, -3.2504210724700149937e-1, -2.84817495755985104766e-2, -5.77027029648944159157e-3,
  -2.37630166566501626084e-5,
]); // prettier-ignore
const SMALL_Q = memory.data<f64>([
  1.0, 3.97917223959155352819e-1, 6.50222499887672944485e-2, 5.08130628187576562776e-3, 1.32494738004321644526e-4,
  -3.9602282787753681232e-6,
]); // prettier-ignore
/** erf(1 + s) = erf 1 + s·SLOPE + s²·P(s) for |s| <= 1/4: error 5e-17 of erfc(1 + s). */
const MIDDLE = memory.data<f64>([
  -0.41510749742059472, 0.13836916580686592, 0.069184582903432837, -0.069184582903884267,
  0.0046123055267205254, 0.015154718217637088, -0.0047770307018987291, -0.0018851915455541739,
  0.0012262863527549377, 8.5608857011953534e-05, -0.00020002239406337146, 1.762432798660003e-05, 2.3287172292948425e-05,
]); // prettier-ignore
// erfc 1 and its rest; the slope 2/(e·sqrt π), short, and its rest.
const CENTRE = memory.data<f64>([
  0.15729920705028513, -2.9545638265103119e-18, 0.41510749608278275, 1.3378119579789401e-9,
]); // prettier-ignore
/** erfc x = e^(-x² - 0.5625 + P(s)/Q(s)) / x, s = 1/x², for 1.25 <= x < 1/0.35; then for x < 28. */
const NEAR_P = memory.data<f64>([
  -9.86494403484714822705e-3, -6.93858572707181764372e-1, -1.05586262253232909814e1, -6.23753324503260060396e1,
  -1.62396669462573470355e2, -1.84605092906711035994e2, -8.12874355063065934246e1, -9.81432934416914548592,
]); // prettier-ignore
const NEAR_Q = memory.data<f64>([
  1.0, 1.96512716674392571292e1, 1.376577541435190426e2, 4.34565877475229228821e2, 6.45387271733267880336e2,
  4.29008140027567833386e2, 1.08635005541779435134e2, 6.57024977031928170135, -6.04244152148580987438e-2,
]); // prettier-ignore
const FAR_P = memory.data<f64>([
  -9.86494292470009928597e-3, -7.99283237680523006574e-1, -1.77579549177547519889e1, -1.60636384855821916062e2,
  -6.37566443368389627722e2, -1.02509513161107724954e3, -4.83519191608651397019e2,
]); // prettier-ignore
const FAR_Q = memory.data<f64>([
  1.0, 3.03380607434824582924e1, 3.25792512996573918826e2, 1.53672958608443695994e3, 3.19985821950859553908e3,
  2.55305040643316442583e3, 4.74528541206955367215e2, -2.24409524465858183362e1,
]); // prettier-ignore
// The bounds of the parts; where erfc is 0; 0.5625; 1/4.
const BOUNDS = memory.data<f64>([0.75, 1.25, 2.857142857142857, 28.0, 0.5625, 0.25]);
const UPPER_HALF = memory.data<i64>([0xffffffff00000000]);

/** erf of four f32. */
// @ts-ignore: decorator
@inline
function erf4(x: v128): v128 {
  const magnitude = magnitudeOf<f32>(x);
  const m = f32x4.pmin(magnitude, at<f32>(BOUNDS_32, 0));
  const isLarge = f32x4.ge(magnitude, at<f32>(BOUNDS_32, 1));
  const small = madd<f32>(x, polynomial<f32>(f32x4.mul(x, x), SMALL_32, 6), x);
  const large = f32x4.sub(constant<f32>(Constant.One), exp<f32>(polynomial<f32>(m, LOG_32, 9)));
  return choose(isLarge, copySign<f32>(large, x), small);
}

/** erfc of f32 values, in f64 lanes: x² is exact there. */
// @ts-ignore: decorator
@inline
function erfcWide(x: v128): v128 {
  const one = constant<f64>(Constant.One);
  const m = f64x2.pmin(magnitudeOf<f64>(x), at<f64>(SCALES_32, 0));
  const t = f64x2.div(one, madd<f64>(m, at<f64>(SCALES_32, 2), one));
  const y = f64x2.mul(f64x2.mul(m, m), at<f64>(SCALES_32, 1));
  const right = f64x2.mul(f64x2.mul(t, polynomial<f64>(t, SCALED_32, 11)), exp2Wide(y));
  const isNegative = f64x2.lt(x, v128.xor(x, x));
  // A NaN's bits do not survive the sum of exponents.
  const value = choose(isNegative, f64x2.sub(constant<f64>(Constant.Two), right), right);
  return v128.or(value, f64x2.ne(x, x));
}

/** erf x - x for |x| < 3/4. */
// @ts-ignore: decorator
@inline
export function smallRest(x: v128): v128 {
  const z = f64x2.mul(x, x);
  return f64x2.mul(x, f64x2.div(polynomial<f64>(z, SMALL_P, 5), polynomial<f64>(z, SMALL_Q, 6)));
}

/** erfc m for 3/4 <= m < 1.25: the product of short factors is exact, so the sum's rounding is the only large error. */
function middle(m: v128): v128 {
  const s = f64x2.sub(m, constant<f64>(Constant.One));
  const sHead = v128.and(s, at<f64>(UPPER_HALF, 0));
  const slope = at<f64>(CENTRE, 2);
  const head = f64x2.sub(at<f64>(CENTRE, 0), f64x2.mul(slope, sHead));
  const low = madd<f64>(slope, f64x2.sub(s, sHead), f64x2.mul(s, at<f64>(CENTRE, 3)));
  const curve = f64x2.mul(f64x2.mul(s, s), polynomial<f64>(s, MIDDLE, 13));
  return f64x2.sub(head, f64x2.sub(f64x2.add(curve, low), at<f64>(CENTRE, 1)));
}

/**
 * erfc m for 1.25 <= m <= 28. m = z + rest with a short z: z² is exact, so that e^(-m²) keeps its relative precision. What the sum
 * 1 + q of the exponential lost is given back after the division.
 */
function large(m: v128): v128 {
  const one = constant<f64>(Constant.One);
  const s = f64x2.div(one, f64x2.mul(m, m));
  const isFar = f64x2.ge(m, at<f64>(BOUNDS, 2));
  let p = v128.xor(m, m);
  if (!i64x2.all_true(isFar)) p = f64x2.div(polynomial<f64>(s, NEAR_P, 8), polynomial<f64>(s, NEAR_Q, 9));
  if (v128.any_true(isFar)) {
    p = choose(isFar, f64x2.div(polynomial<f64>(s, FAR_P, 7), polynomial<f64>(s, FAR_Q, 8)), p);
  }
  const z = v128.and(m, at<f64>(UPPER_HALF, 0));
  const rest = f64x2.sub(m, z);
  const head = negated<f64>(f64x2.add(f64x2.mul(z, z), at<f64>(BOUNDS, 4)));
  const tail = f64x2.sub(p, f64x2.mul(rest, f64x2.add(z, m)));
  const magic = constant<f64>(Constant.RoundingMagic);
  const t = madd<f64>(f64x2.add(head, tail), constant<f64>(Constant.Log2E), magic);
  const n = f64x2.sub(t, magic);
  const q = expReducedBy<f64>(head, tail, n);
  const sum = f64x2.add(one, q);
  const lost = f64x2.sub(q, f64x2.sub(sum, one));
  const y = f64x2.div(sum, m);
  const product = f64x2.mul(lost, f64x2.mul(s, m));
  const value = f64x2.add(y, product);
  return scaledTwice<f64>(value, t, 0);
}

/** erfc m for m >= 3/4; other lanes hold anything. */
// @ts-ignore: decorator
@inline
function complement(m: v128): v128 {
  const isLarge = f64x2.ge(m, at<f64>(BOUNDS, 1));
  const bounded = f64x2.pmin(m, at<f64>(BOUNDS, 3));
  if (i64x2.all_true(isLarge)) return large(bounded);
  const value = middle(m);
  if (!v128.any_true(isLarge)) return value;
  return choose(isLarge, large(f64x2.pmax(bounded, at<f64>(BOUNDS, 1))), value);
}

// @ts-ignore: decorator
@inline
function erf2(x: v128): v128 {
  const m = magnitudeOf<f64>(x);
  const isLarge = f64x2.ge(m, at<f64>(BOUNDS, 0));
  // x + x·r is rounded as one sum; subnormals pass unscaled, because r·x is rounded to their place too.
  const small = f64x2.add(x, smallRest(x));
  if (!v128.any_true(isLarge)) return small;
  return choose(isLarge, copySign<f64>(f64x2.sub(constant<f64>(Constant.One), complement(m)), x), small);
}

// @ts-ignore: decorator
@inline
function erfc2(x: v128): v128 {
  const one = constant<f64>(Constant.One);
  const half = constant<f64>(Constant.Half);
  const m = magnitudeOf<f64>(x);
  const isLarge = f64x2.ge(m, at<f64>(BOUNDS, 0));
  const r = smallRest(x);
  // From 1/4 on 1 - x is exact as 1/2 - (x - 1/2), and from 1/2 on by itself.
  const near = f64x2.sub(one, f64x2.add(x, r));
  const between = f64x2.sub(half, f64x2.add(r, f64x2.sub(x, half)));
  const beyond = f64x2.sub(f64x2.sub(one, x), r);
  const small = choose(f64x2.lt(x, at<f64>(BOUNDS, 5)), near, choose(f64x2.lt(x, half), between, beyond));
  if (!v128.any_true(isLarge)) return small;
  const right = complement(m);
  const isNegative = f64x2.lt(x, v128.xor(x, x));
  return choose(isLarge, choose(isNegative, f64x2.sub(constant<f64>(Constant.Two), right), right), small);
}

// @ts-ignore: decorator
@inline
export function erf<T>(x: v128): v128 {
  return sizeof<T>() == 8 ? erf2(x) : erf4(x);
}

// @ts-ignore: decorator
@inline
export function erfc<T>(x: v128): v128 {
  return sizeof<T>() == 8 ? erfc2(x) : narrow(erfcWide(widenLow(x)), erfcWide(widenHigh(x)));
}
