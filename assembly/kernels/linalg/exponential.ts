// The exponential of a matrix: a Padé approximant of degree 13 of the matrix, scaled, and squared (Al-Mohy and Higham, "A new scaling and
// squaring algorithm for the matrix exponential", 2009). How far it is scaled is judged by norms of its powers, which may be small
// where that of the matrix is not. In float64.
import { addMatmul } from "./multiply";
import { exchangeRows, lu } from "./lu";
import { solveTriangular } from "./triangular";

/** What the approximant allows: 2⁻⁵³ of relative backward error. */
const LIMIT: f64 = 4.25;
/** 1 / |c₂₇|, the leading coefficient of the backward error. */
const LEADING: f64 = 1.132507756060211134832836608e35;
const COEFFICIENTS: usize = memory.data<f64>([
  64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
  670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
]);

const ROUNDING: f64 = 1.1102230246251565e-16;
/** A squaring doubles relative errors: after so many no digit is left of what is neither 0 nor infinite by then. */
const SIGNIFICANT: i32 = 53;
/** Up to this norm no power of the matrix overflows. */
const LARGE: f64 = 1e30;

/** Matrices of n×n that it needs beside the one it works on. */
export const ROOMS: i32 = 6;

@inline
function powerOfTwo(k: i32): f64 {
  return reinterpret<f64>((<u64>(1023 + k)) << 52);
}
@inline
function coefficient(i: i32): f64 {
  return load<f64>(COEFFICIENTS + ((<usize>i) << 3));
}
/** The 1-norm of x. `sums` is room for a row. */
function norm(n: i32, x: usize, sums: usize): f64 {
  memory.fill(sums, 0, (<usize>n) << 3);
  for (let i = 0; i < n; ++i) {
    for (let j = 0, to = sums; j < n; ++j, x += 8, to += 8) store<f64>(to, load<f64>(to) + abs(load<f64>(x)));
  }
  let most: f64 = 0;
  for (let j = 0; j < n; ++j, sums += 8) most = max(most, load<f64>(sums));
  return most;
}
/** c = a·b */
function multiply(n: i32, a: usize, b: usize, c: usize): void {
  memory.fill(c, 0, (<usize>(n * n)) << 3);
  addMatmul<f64>(n, n, n, a, n, 1, b, n, 1, c, n);
}
/** y = Σ cᵢxᵢ + c₀ over x₁ … x₃. */
function combine(n: i32, y: usize, c0: f64, c1: f64, x1: usize, c2: f64, x2: usize, c3: f64, x3: usize): void {
  for (let i = 0, at: usize = 0; i < n; ++i) {
    for (let j = 0; j < n; ++j, at += 8) {
      const sum = c1 * load<f64>(x1 + at) + c2 * load<f64>(x2 + at) + c3 * load<f64>(x3 + at);
      store<f64>(y + at, i == j ? sum + c0 : sum);
    }
  }
}

/** How often the matrix is halved still, where rounding would spoil the approximant: by the norm of |a|²⁷. */
function furtherScaling(n: i32, a: usize, scale: f64, row: usize, next: usize, whole: f64): i32 {
  for (let j = 0; j < n; ++j) store<f64>(row + ((<usize>j) << 3), 1);
  for (let power = 0; power < 27; ++power) {
    memory.fill(next, 0, (<usize>n) << 3);
    for (let i = 0, at = a; i < n; ++i) {
      const factor = load<f64>(row + ((<usize>i) << 3)) * scale;
      for (let j = 0, to = next; j < n; ++j, at += 8, to += 8)
        store<f64>(to, load<f64>(to) + factor * abs(load<f64>(at)));
    }
    const swapped = row;
    row = next;
    next = swapped;
  }
  let most: f64 = 0;
  for (let j = 0; j < n; ++j) most = max(most, load<f64>(row + ((<usize>j) << 3)));
  let further = 0;
  for (let bound = most / (whole * scale * LEADING); bound > ROUNDING && further < 60; bound *= powerOfTwo(-26))
    ++further;
  return further;
}

/** eᵃ in place of a [n, n]; `rooms` is for ROOMS of them, `own` what LU needs, `pivots` for n words. */
export function exponential(n: i32, a: usize, rooms: usize, pivots: usize, own: usize): void {
  const bytes = (<usize>(n * n)) << 3;
  const a2 = rooms;
  const a4 = a2 + bytes;
  const a6 = a4 + bytes;
  const u = a6 + bytes;
  const v = u + bytes;
  const spare = v + bytes;
  const whole = norm(n, a, spare);
  if (!(whole < Infinity)) return fillNaN(a, bytes);
  let halvings = 0;
  while (whole * powerOfTwo(-halvings) > LARGE) ++halvings;
  if (halvings) rescale(n * n, a, halvings);
  multiply(n, a, a, a2);
  multiply(n, a2, a2, a4);
  multiply(n, a4, a2, a6);
  multiply(n, a4, a4, u);
  multiply(n, a4, a6, v);
  const n6 = norm(n, a6, spare),
    n8 = norm(n, u, spare),
    n10 = norm(n, v, spare);
  // The least s for which min(max(n6^(1/6), n8^(1/8)), max(n8^(1/8), n10^(1/10))) is within LIMIT·2ˢ.
  let scalings = 0;
  for (let bound = LIMIT; scalings < 110; ++scalings, bound *= 2) {
    const b2 = bound * bound,
      b4 = b2 * b2;
    if (n8 <= b4 * b4 && (n6 <= b4 * b2 || n10 <= b4 * b4 * b2)) break;
  }
  scalings += furtherScaling(n, a, powerOfTwo(-scalings), u, v, norm(n, a, spare));
  if (scalings) {
    rescale(n * n, a, scalings);
    rescale(n * n, a2, 2 * scalings);
    rescale(n * n, a4, 4 * scalings);
    rescale(n * n, a6, 6 * scalings);
  }
  halvings += scalings;
  // u = a·(a6·(b13·a6 + b11·a4 + b9·a2) + b7·a6 + b5·a4 + b3·a2 + b1), v likewise of the even ones
  combine(n, v, 0, coefficient(13), a6, coefficient(11), a4, coefficient(9), a2);
  multiply(n, a6, v, spare);
  combine(n, v, coefficient(1), coefficient(7), a6, coefficient(5), a4, coefficient(3), a2);
  add(n * n, spare, v);
  multiply(n, a, spare, u);
  combine(n, spare, 0, coefficient(12), a6, coefficient(10), a4, coefficient(8), a2);
  multiply(n, a6, spare, v);
  combine(n, spare, coefficient(0), coefficient(6), a6, coefficient(4), a4, coefficient(2), a2);
  add(n * n, v, spare);
  // (v - u)·x = v + u; the factorisation works on -(v - u).
  for (let at: usize = 0; at < bytes; at += 8) {
    const x = load<f64>(v + at),
      y = load<f64>(u + at);
    store<f64>(a + at, x + y);
    store<f64>(u + at, y - x);
  }
  lu<f64>(n, n, u, pivots, true, pivots + ((<usize>n) << 2), own);
  for (let i = 0; i < n; ++i) {
    const other = load<i32>(pivots + ((<usize>i) << 2)) - 1;
    exchangeRows<f64>(a + ((<usize>(i * n)) << 3), a + ((<usize>(other * n)) << 3), n);
  }
  solveTriangular<f64>(false, true, n, u, n, 1, a, n, n);
  solveTriangular<f64>(true, false, n, u, n, 1, a, n, n);
  for (let squarings = 0; squarings < halvings; ++squarings) {
    if (squarings == SIGNIFICANT && scalings > SIGNIFICANT) {
      const size = norm(n, a, spare);
      if (size > 0 && size < Infinity) return fillNaN(a, bytes);
    }
    memory.copy(v, a, bytes);
    multiply(n, v, v, a);
  }
}
function fillNaN(a: usize, bytes: usize): void {
  for (const end = a + bytes; a < end; a += 8) store<f64>(a, NaN);
}
/** x = x·2⁻ˢ */
function rescale(count: i32, x: usize, s: i32): void {
  const factor = powerOfTwo(-s);
  for (const end = x + ((<usize>count) << 3); x < end; x += 8) store<f64>(x, load<f64>(x) * factor);
}
/** x += y */
function add(count: i32, x: usize, y: usize): void {
  for (const end = x + ((<usize>count) << 3); x < end; x += 8, y += 8) store<f64>(x, load<f64>(x) + load<f64>(y));
}
