// Airy's function Ai and its derivative. Near 0 by Taylor's series around points whose values a table has: the coefficients follow from
// y" = x·y. The points are to the right where Ai decays, since an error there decays on the way left. Beyond by the asymptotic series
// (DLMF 9.7.5-10), whose least term is below e^(-2ζ), with ζ = ⅔·|x|^1.5 as the sum of two numbers.
// Errors below 4 ulp of the value, or for x < 0 of |x|^(-1/4)/√π (of Ai', |x|^(1/4)/√π); below -1e10 they grow as ζ does.
import { cosOf, expOf, isOdd, sinOf } from "./scalar";
import { AIRY } from "./tables";

const LOW: f64 = -9.5;
const HIGH: f64 = 10;
/** Terms of Taylor's series, steps of up to 2 from 10. */
const TERMS: f64 = 40;
const TWO_ROOT_PI: f64 = 3.544907701811032;
const ROOT_TWO_PI: f64 = 2.5066282746310002;

/** Ai(at + h) by both values at a point, the terms summed with their rounding errors. */
function series(at: f64, h: f64, values: usize, isDerivative: bool): f64 {
  let before = 0.0,
    c = load<f64>(values),
    next = load<f64>(values, 8),
    power = 1.0,
    sum = 0.0,
    rest = 0.0;
  for (let n = 1.0; n < TERMS; n++) {
    const term = (isDerivative ? n * next : c) * power,
      total = sum + term;
    rest += sum - total + term;
    sum = total;
    power *= h;
    const after = (at * c + before) / (n * (n + 1));
    before = c;
    c = next;
    next = after;
  }
  return sum + rest;
}

/** The upper half of x's digits. */
function head(x: f64): f64 {
  return reinterpret<f64>(reinterpret<i64>(x) & -0x8000000);
}
/** a·b - product, of the rounded product (Dekker, 1971). */
function productError(a: f64, b: f64, product: f64): f64 {
  const c = head(a),
    d = head(b);
  return c * d - product + c * (b - d) + (a - c) * d + (a - c) * (b - d);
}

/** Ai(x), or Ai'(x). */
export function airy(x: f64, isDerivative: bool): f64 {
  if (x > LOW && x <= HIGH) {
    const index = x > 0 ? ceil(0.5 * x) : nearest(x),
      at = x > 0 ? 2 * index : index;
    return series(at, x - at, AIRY + ((<usize>(index + 9)) << 4), isDerivative);
  }
  const m = abs(x),
    root = sqrt(m),
    product = m * root;
  if (!(product < Infinity)) return x != x || (x < 0 && isDerivative) ? NaN : 0;
  const square = root * root,
    error = (m - square - productError(root, root, square)) / (2 * root),
    zeta = product / 1.5,
    tail = (product - zeta - 0.5 * zeta + (productError(m, root, product) + m * error)) / 1.5;
  // Of the series the even terms but the first, and the odd ones, with the signs that they have on this side.
  let even = 0.0,
    odd = 0.0,
    u = 1.0,
    sign = 1.0;
  for (let k = 1.0; abs(u) > 1e-17; k++) {
    const six = 6 * k;
    u *= ((six - 5) * (six - 3) * (six - 1)) / (216 * k * (2 * k - 1) * zeta);
    const term = isDerivative ? (u * (six + 1)) / (1 - six) : u;
    if (isOdd(k)) {
      odd += sign * term;
      if (x < 0) sign = -sign;
    } else even += sign * term;
  }
  const fourth = sqrt(root);
  if (x > 0) {
    const value = expOf(-zeta) * (1 + (even - odd - tail));
    return isDerivative ? (-value * fourth) / TWO_ROOT_PI : value / (TWO_ROOT_PI * fourth);
  }
  const s = sinOf(zeta),
    c = cosOf(zeta),
    ds = sinOf(tail),
    dc = cosOf(tail),
    sine = s * dc + c * ds,
    cosine = c * dc - s * ds,
    // √2 times the cosine and the sine of ζ - π/4
    along = cosine + sine,
    across = sine - cosine;
  return isDerivative
    ? (fourth * (across + (across * even - along * odd))) / ROOT_TWO_PI
    : (along + (along * even + across * odd)) / (ROOT_TWO_PI * fourth);
}
