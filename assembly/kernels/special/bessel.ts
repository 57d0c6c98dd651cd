// The Bessel functions J and Y of whole orders (DLMF 10). Orders 0 and 1: rational functions up to 5, with logarithms for Y, beyond by
// amplitude and phase (10.17.3-4) from sines and cosines of x itself, as precise as these for any x. Other orders, which
// derivatives lead to, by recurrence (10.6.1) in the direction in which it is stable.
// Errors below 4 ulp of √(2/(πx)), or of the value where that is larger.
import { cosOf, logOf, PI, rational, sinOf } from "./scalar";
import { J0_NEAR, J1_NEAR, P0, P1, Q0, Q1, Y0_NEAR, Y1_NEAR, ZEROS } from "./tables";

const NEAR: f64 = 5;
const TWO_OVER_PI: f64 = 0.6366197723675814;

/** What the tables of Y take x² less. */
const MIDDLE: f64 = 12.5;

/** z - the square of a zero of the table. */
function overZero(z: f64, zero: usize): f64 {
  return z - load<f64>(ZEROS + zero) - load<f64>(ZEROS + zero, 8);
}
function j0Near(x: f64): f64 {
  const z = x * x;
  return overZero(z, 16) * overZero(z, 32) * rational(z, J0_NEAR, 6);
}
function j1Near(x: f64): f64 {
  const z = x * x;
  return x * (overZero(z, 48) * rational(z, J1_NEAR, 7));
}
/** J of order 0 or 1 beyond `NEAR`, or Y. */
function far(x: f64, isFirst: bool, isY: bool): f64 {
  if (x == Infinity) return 0;
  const s = 1 / (x * x);
  const p = rational(s, isFirst ? P1 : P0, 7),
    q = rational(s, isFirst ? Q1 : Q0, 7) / x;
  const sine = sinOf(x),
    cosine = cosOf(x);
  // √2 times the cosine and the sine of x - π/4; a quarter turn further they are the second of these and minus the first.
  const along = cosine + sine,
    across = sine - cosine;
  const c = isFirst ? across : along,
    d = isFirst ? -along : across;
  return (isY ? p * d + q * c : p * c - q * d) / sqrt(PI * x);
}
/** J₀ or J₁ of x >= 0. */
function jStart(x: f64, isFirst: bool): f64 {
  if (!(x < NEAR)) return far(x, isFirst, false);
  return isFirst ? j1Near(x) : j0Near(x);
}
function yStart(x: f64, isFirst: bool): f64 {
  if (!(x < NEAR)) return far(x, isFirst, true);
  const z = x * x - MIDDLE,
    log = logOf(x);
  if (!isFirst) return TWO_OVER_PI * log * j0Near(x) + rational(z, Y0_NEAR, 9);
  return TWO_OVER_PI * (log * j1Near(x) - 1 / x) + x * rational(z, Y1_NEAR, 9);
}

/** Orders beyond x go down fast: from where nothing is left, the ratios Jₙ/Jₙ₋₁ = 1/(2n/x - Jₙ₊₁/Jₙ). */
const AHEAD: f64 = 40;
export function besselJ(x: f64, n: f64): f64 {
  const m = abs(x);
  const sign = x < 0 && n * 0.5 != floor(n * 0.5) ? -1.0 : 1.0;
  if (n < 2) return sign * jStart(m, n == 1);
  const last = min(n, max(floor(m), 1));
  let before = jStart(m, false),
    current = jStart(m, true);
  for (let k = 1.0; k < last; k++) {
    const next = ((2 * k) / m) * current - before;
    before = current;
    current = next;
  }
  if (last < n) {
    if (m == 0) return 0;
    let ratio = 0.0,
      product = 1.0;
    for (let k = n + AHEAD; k > last; k--) {
      ratio = 1 / ((2 * k) / m - ratio);
      if (k <= n) product *= ratio;
    }
    current *= product;
  }
  return sign * current;
}
/** -∞ at 0, NaN below. */
export function besselY(x: f64, n: f64): f64 {
  if (!(x > 0)) return x == 0 ? -Infinity : NaN;
  let before = yStart(x, false);
  if (n == 0) return before;
  let current = yStart(x, true);
  for (let k = 1.0; k < n; k++) {
    const next = ((2 * k) / x) * current - before;
    before = current;
    current = next;
  }
  return current;
}
