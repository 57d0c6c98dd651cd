// The modified Bessel functions I and K of whole orders (DLMF 10.25), as they are and times e^(∓|x|). Orders 0 and 1 are rational
// functions, with logarithms for K below 1; others, which derivatives lead to, follow by recurrence (10.29.1): for K upwards, for I
// from the ratios Iₙ/Iₙ₋₁, all terms of which are positive. Errors below 4 ulp for orders 0 and 1.
import { expOf, isOdd, logOf, polynomial, productMinus, rational } from "./scalar";
import { I0_FAR, I0_NEAR, I1_FAR, I1_NEAR, K0_FAR, K0_NEAR, K1_FAR, K1_NEAR } from "./tables";

const NEAR: f64 = 10;
/** e^x overflows soon behind it, where e^x/√x does not yet. */
const LARGE: f64 = 709;
const EXP_LARGE: f64 = 8.218407461554972e307;

/** I₀(x) or I₁(x) for x <= NEAR. */
function iNear(x: f64, isFirst: bool): f64 {
  const z = x * x,
    square = z * z,
    sum = polynomial(z, square, isFirst ? I1_NEAR : I0_NEAR, 9);
  // What x² has lost counts x/2 times at large x, and nearly so what its square has; the derivative's part of the sum is half the ratio
  // of two orders over x (D. Amos, "Computation of modified Bessel functions and their ratios", 1974).
  const lost = productMinus(x, x, z) + productMinus(z, z, square) / (2 * max(z, 1));
  const value = sum + (sum * lost) / (isFirst ? 3 + sqrt(4 * z + 25) : 1 + sqrt(4 * z + 9));
  return isFirst ? x * value : value;
}
/** I of order 0 or 1 for x >= 0, times e⁻ˣ if it is scaled. */
function iStart(x: f64, isFirst: bool, isScaled: bool): f64 {
  if (x <= NEAR) {
    const value = iNear(x, isFirst);
    return isScaled ? value * expOf(-x) : value;
  }
  if (x == Infinity) return isScaled ? 0 : x;
  const value = polynomial(1 / x, 1 / (x * x), isFirst ? I1_FAR : I0_FAR, 10) / sqrt(x);
  if (isScaled) return value;
  return x > LARGE ? value * expOf(x - LARGE) * EXP_LARGE : value * expOf(x);
}
/** Iₙ(x) for x >= 0. */
function besselI(x: f64, n: f64, isScaled: bool): f64 {
  let current = iStart(x, n > 0, isScaled);
  if (n < 2 || x == 0 || current == Infinity) return current;
  if (x < n * n) {
    // Down from an estimate of the ratio, whose error each step divides by the square of the ratio's inverse.
    const start = n + 20 + 7 * sqrt(x);
    let ratio = x / (start + sqrt(start * start + x * x));
    for (let k = floor(start); k > 1; k--) {
      ratio = 1 / ((2 * k) / x + ratio);
      if (k <= n) current *= ratio;
    }
    return current;
  }
  let before = iStart(x, false, isScaled);
  for (let k = 1.0; k < n; k++) {
    const next = before - ((2 * k) / x) * current;
    before = current;
    current = next;
  }
  return current;
}

/** K of order 0 or 1 for x > 0, times eˣ if it is scaled. */
function kStart(x: f64, isFirst: bool, isScaled: bool): f64 {
  if (x <= 1) {
    const rest = rational(x * x, isFirst ? K1_NEAR : K0_NEAR, 5),
      product = logOf(x) * iNear(x, isFirst);
    const value = isFirst ? 1 / x + (product + x * rest) : rest - product;
    return isScaled ? value * expOf(x) : value;
  }
  const value = (1.25 + rational(1 / x, isFirst ? K1_FAR : K0_FAR, 11)) / sqrt(x);
  return isScaled ? value : value * expOf(-x);
}
/** Kₙ(x): ∞ at 0, NaN below. */
function besselK(x: f64, n: f64, isScaled: bool): f64 {
  if (!(x > 0)) return x == 0 ? Infinity : NaN;
  if (x == Infinity) return 0;
  let current = kStart(x, n > 0, isScaled);
  if (n < 2) return current;
  let before = kStart(x, false, isScaled);
  for (let k = 1.0; k < n; k++) {
    const next = before + ((2 * k) / x) * current;
    before = current;
    current = next;
  }
  return current;
}
function ofOrder(x: f64, n: f64, isK: bool, isScaled: bool): f64 {
  return isK ? besselK(x, n, isScaled) : besselI(x, n, isScaled);
}

/** Iₙ(x) or Kₙ(x). */
export function modifiedBessel(x: f64, n: f64, isK: bool): f64 {
  const value = ofOrder(isK ? x : abs(x), n, isK, false);
  return !isK && x < 0 && isOdd(n) ? -value : value;
}
/**
 * e^(-|x|)·Iₙ(x) or eˣ·Kₙ(x), or its derivative of an order: as I' is half the sum of its neighbours, and K' minus that, each derivative
 * takes half the second difference over n. In float64 for both dtypes, since these differences cancel for large x. At negative x I has
 * its parity, by which an odd one is 0 at 0.
 */
export function scaledBessel(x: f64, n: f64, order: f64, isK: bool): f64 {
  let sum = 0.0,
    factor = 1.0;
  for (let j = 0.0; j <= 2 * order; j++) {
    sum += factor * ofOrder(isK ? x : abs(x), abs(n - order + j), isK, true);
    factor *= (j - 2 * order) / (j + 1);
  }
  for (let j = order; j > 0; j--) sum *= isK ? -0.5 : 0.5;
  if (isK || !isOdd(n + order)) return sum;
  return x > 0 ? sum : x < 0 ? -sum : x;
}
