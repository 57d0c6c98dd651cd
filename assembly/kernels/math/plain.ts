// A logarithm and a sine for random numbers: in plain code without a multiply-add, which not every machine has, so that all get the
// same bits. The formulas are those of log.ts and trig.ts, whose tables they use.
import { TAIL_64 } from "./log";
import { SIN_64 } from "./trig";

/** Σ table[i]·x^i for i < count, by Horner's rule. */
function horner(x: f64, table: usize, count: i32): f64 {
  let sum: f64 = 0;
  for (let i = count - 1; i >= 0; i--) sum = sum * x + load<f64>(table + ((<usize>i) << 3));
  return sum;
}

/** log x of a positive normal number; error below 1 ulp. */
export function plainLog(x: f64): f64 {
  // x = 2^k·(1 + f) with sqrt(1/2) <= 1 + f < sqrt 2.
  const bits = reinterpret<i64>(x);
  const k = (bits - 0x3fe6a09e00000000) >> 52;
  const f = reinterpret<f64>(bits - (k << 52)) - 1;
  const s = f / (2 + f);
  const z = s * s;
  const half = 0.5 * f * f;
  const low = s * (half + z * horner(z, TAIL_64, 7)) + <f64>k * 1.90821492927058770002e-10;
  return <f64>k * 6.9314718036912381649e-1 - (half - low - f);
}

/** In units of 2^-53 turns. */
export const QUARTER_TURN: u64 = 1 << 51;

/** The sine of an angle in units of 2^-53 turns; error below 2 ulp. */
export function sineOfTurn(turn: u64): f64 {
  const place = turn & (QUARTER_TURN - 1);
  const rest = turn & QUARTER_TURN ? QUARTER_TURN - place : place;
  const r = <f64>rest * (1.1102230246251565e-16 * 6.283185307179586);
  const z = r * r;
  const cube = z * r;
  const sine = r + (cube * horner(z, SIN_64, 8) - 0.125 * cube);
  return turn & (2 * QUARTER_TURN) ? -sine : sine;
}
