// Two small matrices at once, one in each lane of a vector: element i of both lies at 16·i. Every step is taken by both; a lane that has
// nothing to do there turns by the angle 0, which changes nothing: so no result depends on the neighbour.
import { addProduct } from "../vectors";

// @ts-ignore: decorator
@inline
export function cell(base: usize, i: i32): usize {
  return base + ((<usize>i) << 4);
}
// @ts-ignore: decorator
@inline
export function get(base: usize, i: i32): v128 {
  return v128.load(cell(base, i));
}
// @ts-ignore: decorator
@inline
export function set(base: usize, i: i32, x: v128): void {
  v128.store(cell(base, i), x);
}
// @ts-ignore: decorator
@inline
export function select(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask);
}
/** x with the sign of y. */
// @ts-ignore: decorator
@inline
export function signed(x: v128, y: v128): v128 {
  return v128.bitselect(y, x, f64x2.splat(-0.0));
}

// @ts-ignore: decorator
@inline
export function dotsInline(n: i32, x: usize, y: usize): v128 {
  let a = f64x2.splat(0),
    b = a;
  const end = cell(x, n & ~1);
  for (; x < end; x += 32, y += 32) {
    a = addProduct<f64>(a, v128.load(x), v128.load(y));
    b = addProduct<f64>(b, v128.load(x, 16), v128.load(y, 16));
  }
  if (n & 1) a = addProduct<f64>(a, v128.load(x), v128.load(y));
  return f64x2.add(a, b);
}
export function dots(n: i32, x: usize, y: usize): v128 {
  return dotsInline(n, x, y);
}
/** y += c·x */
export function addMultiples(n: i32, c: v128, x: usize, y: usize): void {
  for (const end = cell(x, n); x < end; x += 16, y += 16) {
    v128.store(y, addProduct<f64>(v128.load(y), c, v128.load(x)));
  }
}
// @ts-ignore: decorator
@inline
function turnPair(x: usize, y: usize, c: v128, s: v128, minus: v128): void {
  const u = v128.load(x),
    v = v128.load(y);
  v128.store(x, addProduct<f64>(f64x2.mul(c, u), minus, v));
  v128.store(y, addProduct<f64>(f64x2.mul(s, u), c, v));
}
/** (x, y) ← (c·x - s·y, s·x + c·y) */
// @ts-ignore: decorator
@inline
export function turnPairs(n: i32, x: usize, y: usize, c: v128, s: v128): void {
  const minus = f64x2.neg(s);
  const end = cell(x, n & ~1);
  for (; x < end; x += 32, y += 32) {
    turnPair(x, y, c, s, minus);
    turnPair(x + 16, y + 16, c, s, minus);
  }
  if (n & 1) turnPair(x, y, c, s, minus);
}
/** What the last reflectors leave of their vectors. */
export let betas: v128 = f64x2.splat(0);
/** As `reflector` (dense.ts), for vectors of which squares neither overflow nor matter where they underflow. */
export function reflectors(n: i32, x: usize): v128 {
  const one = f64x2.splat(1),
    zero = f64x2.splat(0);
  const first = v128.load(x),
    rest = dots(n - 1, x + 16, x + 16);
  // Squares that are smaller may have lost digits.
  const turns = f64x2.gt(rest, f64x2.splat(1e-280));
  const beta = signed(f64x2.sqrt(addProduct<f64>(rest, first, first)), f64x2.neg(first));
  const by = f64x2.sub(first, beta);
  const inverse = select(turns, f64x2.div(one, by), zero);
  v128.store(x, one);
  for (let i = 1; i < n; i++) set(x, i, f64x2.mul(get(x, i), inverse));
  betas = select(turns, beta, first);
  return select(turns, f64x2.div(f64x2.neg(by), beta), zero);
}
