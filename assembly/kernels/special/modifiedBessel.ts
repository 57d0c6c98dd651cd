// The modified Bessel functions I and K of whole orders (DLMF 10.25), as they are and times e^(∓|x|). Orders 0 and 1 are rational
// functions, with logarithms for K below 1; others, which derivatives lead to, follow by recurrence (10.29.1): for K upwards, for I
// from the ratios Iₙ/Iₙ₋₁, all terms of which are positive. Errors below 4 ulp for orders 0 and 1.
import { expOf, logOf, rational } from "./scalar";
import { I0_FAR, I0_NEAR, I1_FAR, I1_NEAR, K0_FAR, K0_NEAR, K1_FAR, K1_NEAR } from "./tables";

const NEAR: f64 = 10;
/** e^x overflows soon behind it, where e^x/√x does not yet. */
const LARGE: f64 = 709;
const EXP_LARGE: f64 = 8.218407461554972e307;

/** I₀(x) or I₁(x)/x for x <= NEAR. */
function iNear(x: f64, isFirst: bool): f64 {
  return isFirst ? x * rational(x * x, I1_NEAR, 17) : rational(x * x, I0_NEAR, 18);
}
/** I of order 0 or 1 for x >= 0; scaled by e⁻ˣ. */
function iStart(x: f64, isFirst: bool, isScaled: bool): f64 {
  if (x <= NEAR) {
    const value = iNear(x, isFirst);
    return isScaled ? value * expOf(-x) : value;
  }
  if (x == Infinity) return isScaled ? 0 : x;
  const value = rational(1 / x, isFirst ? I1_FAR : I0_FAR, 19) / sqrt(x);
  if (isScaled) return value;
  return x > LARGE ? value * expOf(x - LARGE) * EXP_LARGE : value * expOf(x);
}
export function besselI(x: f64, n: f64): f64 {
  return iOf(x, n, false);
}
export function scaledBesselI(x: f64, n: f64): f64 {
  return iOf(x, n, true);
}
function iOf(x: f64, n: f64, isScaled: bool): f64 {
  const m = abs(x);
  const sign = x < 0 && n * 0.5 != floor(n * 0.5) ? -1.0 : 1.0;
  let current = iStart(m, n > 0, isScaled);
  if (n < 2 || m == 0 || m == Infinity) return sign * current;
  if (m < n * n) {
    // Down from an estimate of the ratio, whose error each step divides by the square of the ratio's inverse.
    const start = n + 20 + 7 * sqrt(m);
    let ratio = m / (start + sqrt(start * start + m * m)),
      product = 1.0;
    for (let k = floor(start); k > 1; k--) {
      ratio = 1 / ((2 * k) / m + ratio);
      if (k <= n) product *= ratio;
    }
    return sign * (current * product);
  }
  let before = iStart(m, false, isScaled);
  for (let k = 1.0; k < n; k++) {
    const next = before - ((2 * k) / m) * current;
    before = current;
    current = next;
  }
  return sign * current;
}

/** K of order 0 or 1 for x > 0; scaled by eˣ. */
function kStart(x: f64, isFirst: bool, isScaled: bool): f64 {
  if (x <= 1) {
    const z = x * x,
      log = logOf(x);
    const value = isFirst
      ? 1 / x + (log * iNear(x, true) + x * rational(z, K1_NEAR, 5))
      : rational(z, K0_NEAR, 5) - log * iNear(x, false);
    return isScaled ? value * expOf(x) : value;
  }
  const value = (1.25 + rational(1 / x, isFirst ? K1_FAR : K0_FAR, 11)) / sqrt(x);
  return isScaled ? value : value * expOf(-x);
}
export function besselK(x: f64, n: f64): f64 {
  return kOf(x, n, false);
}
export function scaledBesselK(x: f64, n: f64): f64 {
  return kOf(x, n, true);
}
/** ∞ at 0, NaN below. */
function kOf(x: f64, n: f64, isScaled: bool): f64 {
  if (!(x > 0)) return x == 0 ? Infinity : NaN;
  if (x == Infinity) return 0;
  let before = kStart(x, false, isScaled);
  if (n == 0) return before;
  let current = kStart(x, true, isScaled);
  for (let k = 1.0; k < n; k++) {
    const next = before + ((2 * k) / x) * current;
    before = current;
    current = next;
  }
  return current;
}
