// The secular equation 1 + Σ wⱼ/(pⱼ - x) = 0, wⱼ > 0, whose roots interlace with the poles: what is left of a divided eigenvalue problem.
// Of singular values the poles are squares, pⱼ = dⱼ² and x = σ², and all differences are products of (dⱼ - σ) and (dⱼ + σ).
//
// Each root is found as an offset τ from the nearer pole of its interval, by the fixed weight method (R.-C. Li, "Solving secular
// equations stably and efficiently", LAPACK Working Note 89, 1994) within a bracket. So every difference dⱼ - x has full relative
// precision, and with weights that fit the computed roots exactly (M. Gu and S. Eisenstat, "A divide-and-conquer algorithm for the
// symmetric tridiagonal eigenproblem", 1995) the vectors are orthogonal however close the roots are.
import { longBytes } from "../../memory/words";
import { addProduct, laneSum } from "../vectors";
import { EPSILON, at, put } from "./dense";

let squared: bool = false;
let count: i32 = 0;
let poles: usize = 0;
let weights: usize = 0;

/** count poles d, ascending, their weights, and whether they are singular values. */
export function setSecular(n: i32, d: usize, w: usize, ofSquares: bool): void {
  count = n;
  poles = d;
  weights = w;
  squared = ofSquares;
}

// Of the last evaluation: the sums over the poles up to the root's interval and beyond it, and of their derivatives.
let slope: f64 = 0;
let magnitude: f64 = 0;

/** Σ w/(p - x) from pole `from` to pole `to`, with the differences written to `row`; adds to slope and magnitude. */
function sumOver(from: i32, to: i32, origin: f64, tau: f64, row: usize): f64 {
  const o = f64x2.splat(origin),
    t = f64x2.splat(tau),
    one = f64x2.splat(1);
  let sum = f64x2.splat(0),
    slopes = sum;
  let i = from;
  for (; i + 1 < to; i += 2) {
    const d = v128.load(poles + longBytes(i));
    let difference = f64x2.sub(f64x2.sub(d, o), t);
    if (squared) difference = f64x2.mul(difference, f64x2.add(f64x2.add(d, o), t));
    v128.store(row + longBytes(i), difference);
    const inverse = f64x2.div(one, difference);
    const term = f64x2.mul(v128.load(weights + longBytes(i)), inverse);
    sum = f64x2.add(sum, term);
    slopes = addProduct<f64>(slopes, term, inverse);
  }
  let total = laneSum<f64>(sum);
  slope += laneSum<f64>(slopes);
  if (i < to) {
    const d = at(poles, i);
    let difference = d - origin - tau;
    if (squared) difference *= d + origin + tau;
    put(row, i, difference);
    const term = at(weights, i) / difference;
    total += term;
    slope += term / difference;
  }
  magnitude += abs(total);
  return total;
}
function evaluate(i: i32, origin: f64, tau: f64, row: usize): f64 {
  slope = 0;
  magnitude = 0;
  const before = sumOver(0, i + 1, origin, tau, row);
  return 1 + before + sumOver(i + 1, count, origin, tau, row);
}

/** Root i, above pole i; writes the differences of all poles and it, d - λ or d² - σ², to row. */
export function solveSecular(i: i32, row: usize): f64 {
  const isLast = i == count - 1;
  let origin = at(poles, i),
    pole = i,
    low: f64 = 0,
    high: f64;
  if (isLast) {
    let sum: f64 = 0;
    for (let j = 0; j < count; j++) sum += at(weights, j);
    high = squared ? sum / (origin + sqrt(origin * origin + sum)) : sum;
    // Above the root for sure.
    high *= 1 + 4 * EPSILON * <f64>count;
  } else {
    high = 0.5 * (at(poles, i + 1) - origin);
  }
  let tau = isLast ? 0.5 * high : high;
  let f = evaluate(i, origin, tau, row);
  if (!isLast && f < 0) {
    // It is nearer to the pole above.
    pole = i + 1;
    origin = at(poles, pole);
    tau = -high;
    low = tau;
    high = 0;
    f = evaluate(i, origin, tau, row);
  }
  let before: f64 = Infinity;
  for (let step = 0; step < 120; step++) {
    if (abs(f) <= EPSILON * (1 + 8 * magnitude + abs(tau) * slope * (squared ? 2 * abs(origin + tau) : 1))) break;
    if (f < 0) low = tau;
    else high = tau;
    if (high - low <= 2 * EPSILON * abs(tau)) break;
    let moved = tau + increment(i, pole, isLast, f, row, origin + tau);
    // Slow progress, or none, goes on in the middle.
    if (!(moved > low && moved < high) || abs(f) > 0.5 * before) moved = middle(low, high);
    before = abs(f);
    tau = moved;
    f = evaluate(i, origin, tau, row);
  }
  return origin + tau;
}
// The middle of a bracket; of one that ends at the pole and spans magnitudes, nearer to the pole.
function middle(low: f64, high: f64): f64 {
  if (low == 0) return 0.125 * high;
  if (high == 0) return 0.125 * low;
  if (low > 0 && high > 8 * low) return sqrt(low) * sqrt(high);
  if (high < 0 && low < 8 * high) return -sqrt(-low) * sqrt(-high);
  return 0.5 * (low + high);
}
// How far the root of c + a/(pᵢ - x) + b/(pᵢ₊₁ - x), which agrees with the equation in value and slope and has the weight of the
// nearer pole, is from here.
function increment(i: i32, pole: i32, isLast: bool, f: f64, row: usize, x: f64): f64 {
  const below = at(row, i);
  let eta: f64;
  if (isLast) {
    // One pole: r + s/(p - x)
    const rest = f - slope * below;
    eta = rest > 0 ? below + (slope * below * below) / rest : -f / slope;
  } else {
    const above = at(row, i + 1);
    const nearer = at(weights, pole) / (pole == i ? below * below : above * above);
    const c = pole == i ? f - above * slope - (below - above) * nearer : f - below * slope - (above - below) * nearer;
    const a = (below + above) * f - below * above * slope;
    const b = below * above * f;
    const root = sqrt(abs(a * a - 4 * b * c));
    if (c == 0) eta = b / a;
    else eta = a <= 0 ? (a - root) / (2 * c) : (2 * b) / (a + root);
    // Against the slope: Newton.
    if (f * eta >= 0) eta = -f / slope;
  }
  if (!squared) return eta;
  const moved = x * x + eta;
  return moved > 0 ? eta / (x + sqrt(moved)) : -x;
}

/** Replaces z by the vector for which the computed roots, whose differences are the rows of `differences`, are exact; signs stay. */
export function fitWeights(differences: usize, z: usize, products: usize): void {
  for (let j = 0; j < count; j++) put(products, j, 1);
  for (let k = 0; k < count; k++) {
    const row = differences + longBytes(k * count);
    const d = at(poles, k);
    for (let j = 0; j < count; j++) {
      if (j == k) put(products, j, at(products, j) * -at(row, j));
      else {
        let apart = at(poles, j) - d;
        if (squared) apart *= at(poles, j) + d;
        put(products, j, at(products, j) * (at(row, j) / apart));
      }
    }
  }
  for (let j = 0; j < count; j++) put(z, j, copysign<f64>(sqrt(abs(at(products, j))), at(z, j)));
}
