// The spherical Bessel functions jₙ of the first kind (DLMF 10.47), n a whole number >= 0: j₀(x) = sin x / x, and
// jₙ' = (n·jₙ₋₁ - (n+1)·jₙ₊₁) / (2n+1), so all derivatives of them are sums of them, and none divides by x.
// In float64 for both dtypes: for |x| < n + 3/2 the power series (10.53.1), whose terms alternate and hardly cancel there for the n
// that derivatives lead to; beyond by recurrence from j₀ and j₁ (10.51.1), which is stable upwards for x > n. Errors are below
// 2 ulp for j₀, and below 4 ulp of the larger of |jₙ| and 1/|x| for n up to 8.
import { choose, narrow, splat, widenHigh, widenLow } from "./lanes";
import { cos, sin } from "./trig";
import { cosFar, sinFar } from "./trigLarge";

/** Terms of the series for float32 and float64, and five more for eight orders: at |x| = n + 3/2 the rest is below 1e-8 and 1e-16. */
const TERMS_32: i32 = 9;
const TERMS_64: i32 = 15;

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
  const sine = isFar ? sinFar<f64>(x) : sin<f64>(x);
  let before = f64x2.div(sine, x);
  if (!n) return before;
  const cosine = isFar ? cosFar<f64>(x) : cos<f64>(x);
  let current = f64x2.div(f64x2.sub(before, cosine), x);
  for (let k = 1; k < n; k++) {
    const next = f64x2.sub(f64x2.mul(f64x2.div(f64x2.splat(<f64>(2 * k + 1)), x), current), before);
    before = current;
    current = next;
  }
  return current;
}
function bessel(x: v128, n: i32, isFar: bool, terms: i32): v128 {
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
  return narrow(bessel(widenLow(x), n, isFar, TERMS_32), bessel(widenHigh(x), n, isFar, TERMS_32));
}
