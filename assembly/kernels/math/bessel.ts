// The spherical Bessel functions jₙ of the first kind (DLMF 10.47), n a whole number >= 0: j₀(x) = sin x / x, and
// jₙ' = (n·jₙ₋₁ - (n+1)·jₙ₊₁) / (2n+1), so all derivatives of them are sums of them, and none divides by x.
//
// j₀ and j₁, which is in the first derivative, have short forms in both dtypes. Others are computed in float64: for |x| < n + 3/2 by
// the power series (10.53.1), whose terms alternate and hardly cancel there for the n that derivatives lead to; beyond by recurrence
// from j₀ and j₁ (10.51.1), which is stable upwards for x > n. Errors are below 3 ulp for j₀, and below 4 ulp of the larger of |jₙ|
// and 1/|x| for n up to 8.
import { choose, Constant, constant, magnitudeOf, narrow, polynomial, splat, widenHigh, widenLow } from "./lanes";
import { cos, sin } from "./trig";
import { cosFar, sinFar } from "./trigLarge";

/** Terms of the series for float32 and float64, and five more for eight orders: at |x| = n + 3/2 the rest is below 1e-8 and 1e-16. */
const TERMS_32: i32 = 9;
const TERMS_64: i32 = 15;
/** j₁(x)/x in x²: 1/3, -1/30, 1/840, … */
const FIRST_32 = memory.data<f32>([
  0.33333333333, -0.033333333333, 0.0011904761905, -2.2045855379e-5, 2.5052108385e-7, -1.9270852604e-9,
]); // prettier-ignore
const FIRST_64 = memory.data<f64>([
  0.3333333333333333, -0.03333333333333333, 0.0011904761904761906, -2.2045855379188714e-5, 2.505210838544172e-7,
  -1.9270852604185937e-9, 1.0706029224547743e-11, -4.498331606952833e-14, 1.4797143443923793e-16, -3.9145882126782523e-19,
  8.509974375387505e-22,
]); // prettier-ignore

/** xⁿ/(2n+1)!! · Σ (-x²/2)ᵏ / (k!·(2n+3)(2n+5)…(2n+2k+1)) */
function series(x: v128, n: i32, terms: i32): v128 {
  const z = f64x2.mul(f64x2.mul(x, x), f64x2.splat(-0.5));
  const one = f64x2.splat(1);
  let sum = one;
  for (let k = terms + ((5 * n) >> 3); k > 0; k--) {
    sum = f64x2.add(one, f64x2.mul(f64x2.mul(z, f64x2.splat(1.0 / <f64>(k * (2 * n + 2 * k + 1)))), sum));
  }
  for (let i = 1; i <= n; i++) sum = f64x2.mul(sum, f64x2.div(x, f64x2.splat(<f64>(2 * i + 1))));
  return sum;
}
function upward(x: v128, n: i32, isFar: bool): v128 {
  let before = zeroth<f64>(x, isFar);
  const cosine = isFar ? cosFar<f64>(x) : cos<f64>(x);
  let current = f64x2.div(f64x2.sub(before, cosine), x);
  for (let k = 1; k < n; k++) {
    const next = f64x2.sub(f64x2.mul(f64x2.div(f64x2.splat(<f64>(2 * k + 1)), x), current), before);
    before = current;
    current = next;
  }
  return current;
}
/** sin x / x, 1 at 0. */
// @ts-ignore: decorator
@inline
function zeroth<T>(x: v128, isFar: bool): v128 {
  const one = constant<T>(Constant.One);
  const quotient = v128.div<T>(isFar ? sinFar<T>(x) : sin<T>(x), x);
  return choose(v128.eq<T>(x, v128.splat<T>(0 as T)), one, quotient);
}
/** j₁: (sin x / x - cos x) / x, and for |x| < 1.5, where that cancels, the series. */
function first<T>(x: v128, isFar: bool): v128 {
  const isNear = v128.lt<T>(magnitudeOf<T>(x), splat<T>(1.5));
  let near = x,
    far = x;
  if (v128.any_true(isNear)) {
    const z = v128.mul<T>(x, x);
    near = v128.mul<T>(x, sizeof<T>() == 8 ? polynomial<T>(z, FIRST_64, 11) : polynomial<T>(z, FIRST_32, 6));
    if (i32x4.all_true(isNear)) return near;
  }
  if (isFar) far = v128.div<T>(v128.sub<T>(zeroth<T>(x, true), cosFar<T>(x)), x);
  // By one division, since here squares don't overflow.
  else far = v128.div<T>(v128.sub<T>(sin<T>(x), v128.mul<T>(x, cos<T>(x))), v128.mul<T>(x, x));
  return choose(isNear, near, far);
}
function bessel(x: v128, n: i32, isFar: bool, terms: i32): v128 {
  if (n < 2) return n ? first<f64>(x, isFar) : zeroth<f64>(x, isFar);
  const isNear = f64x2.lt(f64x2.abs(x), f64x2.splat(<f64>n + 1.5));
  if (i64x2.all_true(isNear)) return series(x, n, terms);
  const far = upward(x, n, isFar);
  return v128.any_true(isNear) ? choose(isNear, series(choose(isNear, x, splat<f64>(0)), n, terms), far) : far;
}

/** jₙ of each lane of x; all lanes of a block have one order, the first of `order`. */
// @ts-ignore: decorator
@inline
export function sphericalBessel<T>(x: v128, order: v128, isFar: bool): v128 {
  if (sizeof<T>() == 8) return bessel(x, <i32>f64x2.extract_lane(order, 0), isFar, TERMS_64);
  const n = <i32>f32x4.extract_lane(order, 0);
  if (n < 2) return n ? first<f32>(x, isFar) : zeroth<f32>(x, isFar);
  return narrow(bessel(widenLow(x), n, isFar, TERMS_32), bessel(widenHigh(x), n, isFar, TERMS_32));
}
