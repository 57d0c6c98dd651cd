// The incomplete gamma and beta functions, P(a, x), Q(a, x) and I(a, b, x), with their derivatives by the parameters to second order.
//
// Where power series and continued fractions of the literature give values alone, here the integrals themselves are computed: with
// t = eᵘ, for the beta functions t/(1-t) = eᵘ, their integrands are log-concave in u, entire or nearly so, and fall off at least exponentially away
// from x on the side that is the smaller one. Gauss–Legendre rules of 16 points on panels as long as the exponent's slope and
// curvature allow are exact to rounding. A derivative by a parameter multiplies the integrand with its score, log t - ψ(a) + ψ(a+b);
// nothing cancels that does not cancel in the result. So that this holds next to a = 0, too, where ψ and ψ₁ have their poles, those are
// taken out of the scores: ψ(a) is ψ(a+1) - 1/a. Errors are below 1e-13 for parameters to 10³, 1e-11 to 10⁶.
import { expm1Slow, expSlow } from "../math/exp";
import { splat } from "../math/lanes";
import { log1pSlow, logMinus } from "../math/log";
import { betaln, correction, corrections, FAR, logGammaOnePlus, polygamma } from "./gamma";
import { expOf, log1pOf, logOf, powOf, productMinus } from "./scalar";

/** The positive points of the rule of 16, each with its weight. */
const RULE = memory.data<f64>([
  0.09501250983763744, 0.1894506104550685, 0.2816035507792589, 0.18260341504492358,
  0.45801677765722737, 0.16915651939500254, 0.6178762444026438, 0.14959598881657674,
  0.755404408355003, 0.12462897125553388, 0.8656312023878318, 0.09515851168249279,
  0.9445750230732326, 0.062253523938647894, 0.9894009349916499, 0.027152459411754096,
]); // prettier-ignore
const POINTS: i32 = 8;
/** Changes of the exponent, in units of its slope and the root of its curvature, that a panel may span. */
const SPAN: f64 = 4;
/** Longest panel where the integrand turns from one exponential to another. */
const LONGEST: f64 = 2;
/** What is left beyond e⁻⁴² of the start is lost in rounding. */
const DEPTH: f64 = -42;
/** More than any finite parameters need: those whose sum overflows must come to an end, too. */
const MOST_PANELS: i32 = 4096;
const TWO_PI: f64 = 6.283185307179586;
/** e⁷⁰⁰ is still finite. */
const MOST: f64 = 700;
/** At least 2⁻⁷⁰, or so much of the other parameter: derivatives by one of 0 are those at this, to rounding. */
function awayFrom0(parameter: f64, other: f64): f64 {
  return max(parameter, 8.470329472543003e-22 * min(other, 1));
}

// -- the integrand, of one element at a time: globals belong to a thread

let isBeta: bool = false;
let a: f64 = 0;
let b: f64 = 0;
let x: f64 = 0;
/** 1 - x. */
let y: f64 = 0;
/** 1: u rises from x to the upper end; -1: it falls (of the gamma functions; the beta functions are mirrored). */
let direction: f64 = 1;
/** Change of log t and log(1 - t) between x and the point that was looked at last. */
let byA: v128 = f64x2.splat(0);
let byB: v128 = f64x2.splat(0);

/** The logarithm of the integrand at the distance v, over that at x. */
function exponent(v: v128): v128 {
  if (!isBeta) {
    byA = f64x2.mul(v, splat<f64>(direction));
    return f64x2.sub(f64x2.mul(byA, splat<f64>(a)), f64x2.mul(expm1Slow<f64>(byA), splat<f64>(x)));
  }
  // log(1-x + x·eᵛ) = v + log(x + (1-x)·e⁻ᵛ), by the form that does not cancel
  if (y <= 0.5) {
    const fall = log1pSlow<f64>(f64x2.mul(expm1Slow<f64>(f64x2.neg(v)), splat<f64>(y)));
    byA = f64x2.neg(fall);
    byB = f64x2.neg(f64x2.add(fall, v));
  } else {
    const bounded = f64x2.pmin(v, splat<f64>(MOST));
    const rise = log1pSlow<f64>(f64x2.mul(expm1Slow<f64>(bounded), splat<f64>(x)));
    byA = f64x2.sub(bounded, rise);
    byB = f64x2.neg(f64x2.add(rise, f64x2.sub(v, bounded)));
  }
  return f64x2.add(f64x2.mul(byA, splat<f64>(a)), f64x2.mul(byB, splat<f64>(b)));
}
/**
 * The integral over u from x on, of the integrand over its value at x, times the scores: `first` and `second` are 0 (none), 1 (that of a) or
 * 2 (that of b), whose values at x are given; `variance` is added to their product.
 */
function integral(first: i32, second: i32, firstScore: f64, secondScore: f64, variance: f64): f64 {
  const odds = isBeta ? logOf(x) - logOf(y) : direction < 0 ? -logOf(x) : -Infinity;
  let total = 0.0,
    start = 0.0;
  for (let panel = 0; panel < MOST_PANELS; panel++) {
    const depth = f64x2.extract_lane(exponent(splat<f64>(start)), 0);
    const t = x * expOf(f64x2.extract_lane(byA, 0));
    const rest = isBeta ? y * expOf(f64x2.extract_lane(byB, 0)) : 1;
    const slope = isBeta ? a * rest - b * t : direction * (a - t);
    if (depth < DEPTH && slope < 0) break;
    const curvature = isBeta ? (a + b) * t * rest : t;
    const length = min(SPAN / (abs(slope) + sqrt(curvature)), LONGEST + max(0, start + odds));
    const half = splat<f64>(0.5 * length),
      middle = splat<f64>(start + 0.5 * length);
    let sum = splat<f64>(0);
    for (let i = 0; i < POINTS; i++) {
      const at = RULE + ((<usize>i) << 4);
      const offset = f64x2.mul(half, v128.load64_splat(at));
      const points = f64x2.replace_lane(
        f64x2.add(middle, offset),
        1,
        f64x2.extract_lane(middle, 0) - f64x2.extract_lane(offset, 0),
      );
      let value = expSlow<f64>(exponent(points));
      if (first) {
        let factor = f64x2.add(first == 1 ? byA : byB, splat<f64>(firstScore));
        if (second) {
          const other = f64x2.add(second == 1 ? byA : byB, splat<f64>(secondScore));
          factor = f64x2.add(f64x2.mul(factor, other), splat<f64>(variance));
        }
        value = f64x2.mul(value, factor);
      }
      sum = f64x2.add(sum, f64x2.mul(value, v128.load64_splat(at, 8)));
    }
    sum = f64x2.mul(sum, half);
    total += f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    start += length;
  }
  return total;
}

// -- what stands before the integrals

/** Far out, a parameter multiplies the errors of a logarithm; so far that this counts, and not so far that nothing is left. */
function isFarOut(power: f64): bool {
  return power < -20 && power > -800;
}
/** What is lost in t·n/p, a part of it, times p; `more` is what t·n lacks. */
function lostIn(t: f64, n: f64, p: f64, more: f64): f64 {
  const product = t * n,
    ratio = product / p;
  return (productMinus(t, n, product) + more - productMinus(ratio, p, product)) / ratio;
}
/** z¹⁶·e^rest for small rest. */
function power16(z: f64, rest: f64): f64 {
  z *= 1 + 0.0625 * rest;
  for (let i = 0; i < 4; i++) z *= z;
  return z;
}
/** xᵃ·e⁻ˣ/Γ(a+1) */
function gammaPrefactor(a: f64, x: f64): f64 {
  if (a < FAR) return x > 1000 ? 0 : expOf(a * logOf(x) - logGammaOnePlus(a)) * expOf(-x);
  const distance = x - a,
    power = a * logMinus(x / a, distance / a),
    root = sqrt(a / TWO_PI) / a;
  if (!isFarOut(power)) return root * expOf(power - correction(0, a));
  const lost = x > a ? -a - (distance - x) : x - (distance + a),
    z = powOf(x / a, 0.0625 * a) * expOf(-0.0625 * distance);
  return root * power16(z, lostIn(x, 1, a, 0) - lost) * expOf(-correction(0, a));
}
/** xᵃ·yᵇ/B(a, b), y = 1 - x. */
function betaPrefactor(a: f64, b: f64, x: f64, y: f64): f64 {
  if (min(a, b) < FAR) {
    const logX = x > 0.5 ? log1pOf(-y) : logOf(x),
      logY = x > 0.5 ? logOf(y) : log1pOf(-x);
    return expOf(a * logX + b * logY - betaln(a, b));
  }
  const n = a + b;
  // What the sum has lost; and x·n - a by the one of x and y that is exact.
  const lost = min(a, b) - (n - max(a, b));
  const excess = x <= 0.5 ? productMinus(x, n, a) + x * lost : -(productMinus(y, n, b) + y * lost);
  const power = a * logMinus((x * n) / a, excess / a) + b * logMinus((y * n) / b, -excess / b);
  const root = sqrt((a / TWO_PI) * (b / n));
  // Of larger parameters the powers overflow, and those of the smaller ratios there are lose less.
  if (n > 10000 || !isFarOut(power)) return root * expOf(power - corrections(a, b));
  const gap = n * (1 - max(x, y) - min(x, y)),
    restX = lostIn(x, n, a, x * lost + (x > 0.5 ? gap : 0)),
    restY = lostIn(y, n, b, y * lost + (x > 0.5 ? 0 : gap)),
    z = powOf((x * n) / a, 0.0625 * a) * powOf((y * n) / b, 0.0625 * b);
  return root * power16(z, restX + restY) * expOf(-corrections(a, b));
}

// -- the functions

/** P(a, x), Q(a, x), or the derivative of P of order 1 or 2 by a. */
export function incompleteGamma(a1: f64, x1: f64, isUpper: bool, order: i32): f64 {
  if (!(a1 >= 0) || !(x1 >= 0) || (a1 == 0 && x1 == 0) || (a1 == Infinity && x1 == Infinity)) return NaN;
  if (x1 == 0 || a1 == Infinity || x1 == Infinity || (a1 == 0 && !order)) {
    if (order) return 0;
    return (x1 == 0 || a1 == Infinity) == isUpper ? 1 : 0;
  }
  isBeta = false;
  a = order ? awayFrom0(a1, 1) : a1;
  x = x1;
  // The smaller one of the two; for small a, P has most of its weight far below a.
  const isRising = x >= a || (a < 1 && a * logOf(x) > -0.7);
  direction = isRising ? 1 : -1;
  // With the score r + 1/a the factor of order 2 is (r + 1/a)² - ψ₁(a) = r·(r + 2/a) - ψ₁(a+1).
  const regular = order ? logOf(x) - polygamma(a + 1, 0) : 0;
  const isSecond = order == 2;
  const variance = isSecond ? -polygamma(a + 1, 1) : 0;
  const factors = integral(
    order ? 1 : 0,
    isSecond ? 1 : 0,
    isSecond ? regular : regular + 1 / a,
    regular + 2 / a,
    variance,
  );
  const value = a * gammaPrefactor(a, x) * factors;
  if (order) return isRising ? -value : value;
  return isRising == isUpper ? value : 1 - value;
}
/** xᵃ⁻¹·e⁻ˣ/Γ(a+1): a times it is the derivative of P by x. */
export function gammaDensity(a: f64, x: f64): f64 {
  if (!(a >= 0) || !(x >= 0)) return NaN;
  if (x == 0) return a > 1 ? 0 : a == 1 ? 1 : Infinity;
  return x < Infinity ? gammaPrefactor(a, x) / x : 0;
}

/** Where one parameter is 0 all of the weight is at one end, which is no x for I. */
function isBetaDefined(a: f64, b: f64, x: f64): bool {
  return a >= 0 && b >= 0 && a + b > 0 && x >= 0 && x <= 1 && !(x == 0 && a == 0) && !(x == 1 && b == 0);
}
/** The score at x of a (1) or b (2), log x - ψ(a) + ψ(a+b), without what has a pole at 0. */
function regularScore(which: i32): f64 {
  const t = which == 1 ? x : y,
    rest = which == 1 ? y : x;
  const log = t > 0.5 ? log1pOf(-rest) : logOf(t);
  return log - (polygamma((which == 1 ? a : b) + 1, 0) - polygamma(a + b + 1, 0));
}
/** What has: 1/a - 1/(a+b), or that of b. */
function poleOf(which: i32): f64 {
  return which == 1 ? b / (a + b) / a : a / (a + b) / b;
}
/** I(a, b, x), or its derivative by the parameters that `first` and `second` name. */
export function incompleteBeta(a1: f64, b1: f64, x1: f64, first: i32, second: i32): f64 {
  if (!isBetaDefined(a1, b1, x1)) return NaN;
  if (x1 == 0 || x1 == 1) return first ? 0 : x1;
  if (a1 == 0 || b1 == 0) {
    // What is 1 or 0 for all x stays so as the other parameter changes.
    const own = a1 == 0 ? 1 : 2;
    if (first != own && second != own) return a1 == 0 && !first ? 1 : 0;
    a1 = awayFrom0(a1, b1);
    b1 = awayFrom0(b1, a1);
  }
  const y1 = 1 - x1;
  // For small a most of the weight is far below x, for small b far above; then the other part is the smaller one.
  const isBelow = a1 * logOf(x1) > -0.7,
    isAbove = b1 * logOf(y1) > -0.7;
  const isRising = isBelow && isAbove ? a1 < b1 : isBelow || (!isAbove && x1 > a1 / (a1 + b1));
  // Below, the integral from x down is that of the mirrored function up.
  isBeta = true;
  a = isRising ? a1 : b1;
  b = isRising ? b1 : a1;
  x = isRising ? x1 : y1;
  y = isRising ? y1 : x1;
  if (!isRising) {
    first = first ? 3 - first : 0;
    second = second ? 3 - second : 0;
  }
  let firstScore = 0.0,
    secondScore = 0.0,
    variance = 0.0;
  if (first) {
    const sum = a + b,
      pole = poleOf(first);
    firstScore = regularScore(first);
    if (first == second) {
      // With p = 1/a - 1/(a+b) for the pole, (r + p)² + ψ₁(a+b) - ψ₁(a) is r·(r + 2p) - 2p/(a+b) + ψ₁(a+b+1) - ψ₁(a+1).
      secondScore = firstScore + 2 * pole;
      variance = polygamma(sum + 1, 1) - polygamma((first == 1 ? a : b) + 1, 1) - (2 * pole) / sum;
    } else {
      firstScore += pole;
      if (second) {
        secondScore = regularScore(second) + poleOf(second);
        variance = polygamma(sum, 1);
      }
    }
  }
  const value = betaPrefactor(a, b, x, y) * integral(first, second, firstScore, secondScore, variance);
  if (first) return isRising ? -value : value;
  return isRising ? 1 - value : value;
}
/** xᵃ⁻¹·(1-x)ᵇ⁻¹·(a+b)/(a·b·B(a, b)): ab/(a+b) times it is the derivative of I by x. */
export function betaDensity(a: f64, b: f64, x: f64): f64 {
  if (!isBetaDefined(a, b, x)) return NaN;
  const y = 1 - x;
  if (x == 0 || y == 0) {
    const p = x > 0 ? b : a;
    return p > 1 ? 0 : p < 1 ? Infinity : a + b;
  }
  a = awayFrom0(a, b);
  b = awayFrom0(b, a);
  return betaPrefactor(a, b, x, y) / x / y / (a * (b / (a + b)));
}
