// The Bessel functions J and Y of whole orders (DLMF 10). Orders 0 and 1: rational functions up to 5, with logarithms for Y, beyond by
// amplitude and phase (10.17.3-4) from sines and cosines of x itself, as precise as these for any x. Other orders, which
// derivatives lead to, by recurrence (10.6.1) in the direction in which it is stable.
// Errors below 4 ulp of √(2/(πx)), or of the value where that is larger.
import { cosOf, isOdd, logOf, PI, rational, sinOf } from "./scalar";
import { J0_NEAR, J1_NEAR, P0, P1, Q0, Q1, Y0_NEAR, Y1_NEAR, ZEROS } from "./tables";

const NEAR: f64 = 5;
const TWO_OVER_PI: f64 = 0.6366197723675814;

/** What the tables of Y take x² less. */
const MIDDLE: f64 = 12.5;

/** z - the square of a zero of the table. */
function overZero(z: f64, zero: usize): f64 {
  return z - load<f64>(ZEROS + zero) - load<f64>(ZEROS + zero, 8);
}
function jNear(x: f64, isFirst: bool): f64 {
  const z = x * x;
  const rest = isFirst ? x : overZero(z, 16);
  return rest * overZero(z, isFirst ? 48 : 32) * rational(z, isFirst ? J1_NEAR : J0_NEAR, isFirst ? 7 : 6);
}
/** J of order 0 or 1, or Y, for x >= 0. */
function start(x: f64, isFirst: bool, isY: bool): f64 {
  if (x < NEAR) {
    const value = jNear(x, isFirst);
    if (!isY) return value;
    const rest = rational(x * x - MIDDLE, isFirst ? Y1_NEAR : Y0_NEAR, 9);
    return TWO_OVER_PI * (logOf(0.25 * x) * value - (isFirst ? 1 / x : 0)) + (isFirst ? x * rest : rest);
  }
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

/** Orders beyond x go down fast: from where nothing is left, the ratios Jₙ/Jₙ₋₁ = 1/(2n/x - Jₙ₊₁/Jₙ). */
const AHEAD: f64 = 40;
/** Jₙ(x), or Yₙ(x), which is -∞ at 0 and NaN below. */
export function bessel(x: f64, n: f64, isY: bool): f64 {
  if (isY && !(x > 0)) return x == 0 ? -Infinity : NaN;
  const m = abs(x);
  let current = start(m, n > 0, isY);
  if (n > 1) {
    const last = isY ? n : min(n, max(floor(m), 1));
    let before = start(m, false, isY);
    for (let k = 1.0; k < last; k++) {
      const next = ((2 * k) / m) * current - before;
      before = current;
      current = next;
    }
    // At 0 the ratios are 1/∞.
    let ratio = 0.0;
    if (last < n) {
      for (let k = n + AHEAD; k > last; k--) {
        ratio = 1 / ((2 * k) / m - ratio);
        if (k <= n) current *= ratio;
      }
    }
  }
  return x < 0 && isOdd(n) ? -current : current;
}
