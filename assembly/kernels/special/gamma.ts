// log Γ, its derivatives and Hurwitz's ζ: rational functions where log Γ and ψ have their zeros, recurrences to there, and beyond the
// Euler–Maclaurin formula (DLMF 5.11, 25.11(iii)), which is the same sum for all of them. Errors below 4 ulp for positive arguments.
import { cosOf, expOf, isOdd, log1pOf, logOf, PI, powOf, rational, sinOf } from "./scalar";
import { BERNOULLI, DIGAMMA, LGAMMA, ZEROS } from "./tables";

const TERMS: i32 = 12;
/** log √(2π) */
const LOG_ROOT: f64 = 0.9189385332046727;
/** From here on the Euler–Maclaurin formula of ψ and log Γ is exact. */
export const FAR: f64 = 10;

/** Σ B₂ₖ/(2k)!·(s+1)(s+2)…(s+2k-2)·a^(1-2k): s is 0 for log Γ, 1 for ψ. */
export function correction(s: f64, a: f64): f64 {
  const inverse = 1 / a;
  let factor = inverse,
    sum = 0.0;
  for (let k = 0; k < TERMS; k++) {
    const term = load<f64>(BERNOULLI + ((<usize>k) << 3)) * factor;
    sum += term;
    if (abs(term) < 1e-17 * sum) break;
    const next = s + <f64>(2 * k + 1);
    factor *= next * inverse * ((next + 1) * inverse);
  }
  return sum;
}

/** log Γ(1 + u) for -0.2 <= u <= 1.7. */
function logNearOne(u: f64): f64 {
  return u * (u - 1) * (0.4375 + rational(u, LGAMMA, 10));
}
/** log Γ(1 + u) for small u >= 0, precise where u is lost beside 1. */
export function logGammaOnePlus(u: f64): f64 {
  return u < 1.7 ? logNearOne(u) : lgammaPositive(1 + u);
}
function lgammaPositive(x: f64): f64 {
  if (x < 0.8) return logNearOne(x) - logOf(x);
  if (x < FAR) {
    let y = x,
      product = 1.0;
    while (y > 2.7) {
      y -= 1;
      product *= y;
    }
    const near = logNearOne(y - 1);
    return product == 1 ? near : near + logOf(product);
  }
  return (x - 0.5) * (logOf(x) - 1) + (LOG_ROOT - 0.5 + correction(0, x));
}
/** log |Γ(x)|; infinity at the poles. */
function lgamma(x: f64): f64 {
  if (!(x <= 0)) return lgammaPositive(x);
  if (x == floor(x)) return Infinity;
  // Next to 0 the product below would underflow.
  if (x > -1e-17) return -logOf(-x);
  return logOf(abs(PI / (x * sinOf(PI * (x - nearest(x)))))) - lgammaPositive(-x);
}

function digammaPositive(x: f64): f64 {
  if (x >= FAR) return logOf(x) - (0.5 + correction(1, x)) / x;
  let y = x,
    sum = 0.0;
  if (x < 0.9) {
    y += 1;
    sum = -1 / x;
  }
  while (y > 2.4) {
    y -= 1;
    sum += 1 / y;
  }
  const distance = y - load<f64>(ZEROS) - load<f64>(ZEROS, 8);
  return sum + distance * rational(y - 1, DIGAMMA, 7);
}
/** ψ(x); at -0 and 0 the infinities, at other poles NaN. */
function digamma(x: f64): f64 {
  if (!(x <= 0)) return digammaPositive(x);
  if (x == 0) return -copysign<f64>(Infinity, x);
  if (x == floor(x)) return NaN;
  // π·cot(πx) by the distance from its pole or from its zero, each of which is exact.
  const rest = x - nearest(x),
    isFar = abs(rest) > 0.25,
    turn = PI * (isFar ? copysign<f64>(0.5, rest) - rest : rest),
    sine = sinOf(turn),
    cosine = cosOf(turn);
  return digammaPositive(1 - x) - PI * (isFar ? sine / cosine : cosine / sine);
}

/** (q/(q + k))ˢ, whatever s multiplies the errors of a logarithm with. */
function decay(s: f64, q: f64, k: f64): f64 {
  if (s > 16 || s != floor(s)) return expOf(-s * log1pOf(k / q));
  const ratio = q / (q + k);
  let power = ratio;
  for (let i = <i32>s; i > 1; i--) power *= ratio;
  return power;
}
/** qˢ·ζ(s, q) for s > 1, q > 0. */
function scaledZeta(s: f64, q: f64): f64 {
  const limit = FAR + s;
  let a = q,
    term = 1.0,
    sum = 0.0;
  for (let k = 1.0; a < limit; k++) {
    sum += term;
    a = q + k;
    term = decay(s, q, k);
    if (term < 1e-17 * sum) return sum;
  }
  return sum + term * (a / (s - 1) + 0.5 + s * correction(s, a));
}
/**
 * Hurwitz's ζ(s, q) = Σ (q + k)⁻ˢ, k = 0, 1, …; infinite at its poles. For q < 0 the powers exist of whole s alone, and far out the sum
 * over all of q + ℤ, which needs the fraction of q only, is what reflection is: no cotangent has to be differentiated.
 */
export function zeta(s: f64, q: f64): f64 {
  if (!(s >= 1) || q != q) return NaN;
  if (s == 1) return Infinity;
  if (q > 0) return q < Infinity ? powOf(q, 1 - s) * (scaledZeta(s, q) / q) : 0;
  if (q == floor(q)) return Infinity;
  if (s != floor(s)) return NaN;
  const sign = isOdd(s) ? -1.0 : 1.0;
  if (q < -20) {
    const rest = q - floor(q);
    return zeta(s, rest) + sign * (zeta(s, 1 - rest) - zeta(s, 1 - q));
  }
  let sum = 0.0;
  for (; q < 0; q++) sum += powOf(-q, -s);
  return sign * sum + zeta(s, q);
}
/** n!/xⁿ, of which no part over- or underflows unless it does. */
function factorialOver(n: f64, x: f64): f64 {
  let product = 1.0;
  for (let low = 1.0, high = n; low <= high && product > 0 && product < Infinity;) {
    if (product < 1) product *= high-- / x;
    else product *= low++ / x;
  }
  return product;
}
/** The derivative of ψ of order n; of order 0 ψ, and of order -1 log Γ. */
export function polygamma(x: f64, n: f64): f64 {
  if (n < 0) return lgamma(x);
  if (n == 0) return digamma(x);
  const sign = isOdd(n) ? 1.0 : -1.0;
  if (x > 0 && x < Infinity) return sign * factorialOver(n, x) * (scaledZeta(n + 1, x) / x);
  return sign * factorialOver(n, 1) * zeta(n + 1, x);
}

/** The corrections of log Γ(a) + log Γ(b) - log Γ(a + b), of which that of a small a does not count. */
export function corrections(a: f64, b: f64): f64 {
  let sum = 0.0;
  for (let k = a < FAR ? 1 : 0; k < 3; k++) {
    const each = correction(0, k == 0 ? a : k == 1 ? b : a + b);
    sum += k == 2 ? -each : each;
  }
  return sum;
}
/** log B(a, b), without the differences of large logarithms of Γ (after betaln of TOMS 708). */
export function betaln(x: f64, y: f64): f64 {
  const a = min(x, y),
    b = max(x, y);
  if (!(a > 0)) return a == 0 ? Infinity : NaN;
  if (b < FAR) return lgammaPositive(a) + (lgammaPositive(b) - lgammaPositive(a + b));
  const tail = corrections(a, b),
    ratio = log1pOf(a / b);
  if (a < FAR) return lgammaPositive(a) - ((b - 0.5) * ratio + a * (logOf(a + b) - 1) - tail);
  return LOG_ROOT - 0.5 * logOf(b) + tail - (a - 0.5) * log1pOf(b / a) - b * ratio;
}
