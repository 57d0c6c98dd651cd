// Vocabulary of the special functions: these are evaluated one element at a time, in float64 for both dtypes, so that there is one
// copy of each. The elementary functions are those of the vectors, in the forms that are right for every argument; one lane is taken.
import { expSlow } from "../math/exp";
import { madd } from "../math/lanes";
import { log1pSlow, logSlow } from "../math/log";
import { powSlow } from "../math/pow";
import { cosFar, sinFar } from "../math/trigLarge";

export const PI: f64 = 3.141592653589793;

// @ts-ignore: decorator
@inline
function lane(x: v128): f64 {
  return f64x2.extract_lane(x, 0);
}
export function expOf(x: f64): f64 {
  return lane(expSlow<f64>(f64x2.splat(x)));
}
export function logOf(x: f64): f64 {
  return lane(logSlow<f64>(f64x2.splat(x)));
}
export function log1pOf(x: f64): f64 {
  return lane(log1pSlow<f64>(f64x2.splat(x)));
}
export function powOf(x: f64, y: f64): f64 {
  return lane(powSlow<f64>(f64x2.splat(x), f64x2.splat(y)));
}
export function sinOf(x: f64): f64 {
  return lane(sinFar<f64>(f64x2.splat(x)));
}
export function cosOf(x: f64): f64 {
  return lane(cosFar<f64>(f64x2.splat(x)));
}

/** Of whole numbers. */
export function isOdd(n: f64): bool {
  return n * 0.5 != floor(n * 0.5);
}

/** x·y - c, rounded once: by Dekker's product. */
export function productMinus(x: f64, y: f64, c: f64): f64 {
  const SPLIT: f64 = 134217729;
  const xHigh = x * SPLIT - (x * SPLIT - x),
    yHigh = y * SPLIT - (y * SPLIT - y);
  const xLow = x - xHigh,
    yLow = y - yHigh,
    product = x * y;
  const lost = xLow * yLow - (product - xHigh * yHigh - xLow * yHigh - xHigh * yLow);
  return product - c + lost;
}

/** Two polynomials, by Horner's rule, in the two lanes: of a table of `rows` rows, constant coefficients first. */
function pair(x: f64, table: usize, rows: i32): v128 {
  const at = f64x2.splat(x);
  let row = table + ((rows - 1) << 4);
  let sum = v128.load(row);
  while (row > table) {
    row -= 16;
    sum = madd<f64>(sum, at, v128.load(row));
  }
  return sum;
}
/** P(x)/Q(x). */
export function rational(x: f64, table: usize, rows: i32): f64 {
  const sum = pair(x, table, rows);
  return f64x2.extract_lane(sum, 0) / f64x2.extract_lane(sum, 1);
}
/** P(square) + x·Q(square), for x²: a polynomial in half as many steps, of which each rounds. */
export function polynomial(x: f64, square: f64, table: usize, rows: i32): f64 {
  const sum = pair(square, table, rows);
  return f64x2.extract_lane(sum, 0) + x * f64x2.extract_lane(sum, 1);
}
