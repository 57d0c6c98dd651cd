// Singular values and vectors of two matrices at once by one-sided Jacobi rotations on the rows of R, after QR with pivoting: small singular
// values come out to relative accuracy where scaled columns are well conditioned. Z. Drmač and K. Veselić, "New fast and accurate
// Jacobi SVD algorithm" (2008).
//
//      A·P = Q·R, W·Σ·Yᵀ = R by rotations W of R's rows:  U = Q·W, V = P·Y
import { setWord, word } from "../../memory/words";
import { addProduct } from "../vectors";
import { addMultiples, betas, cell, dots, dotsInline, get, reflectors, select, set, signed, turnPairs } from "./pairs";

const SWEEPS: i32 = 60;

/** Bytes that svdPair needs beside the matrices: so many left vectors, or none. */
export function svdPairBytes(m: i32, n: i32, leftRows: i32): i32 {
  return (2 * n * n + 5 * n + leftRows * m) * 16 + n * 8;
}

/** Where svdPair leaves the values, in no order, and the vectors as rows: of the left those without a value last. */
export let pairValues: usize = 0;
export let pairLefts: usize = 0;
export let pairRights: usize = 0;
/** Of the right vectors: element i is element `word(pairOrder, 2 * i + lane)` of the matrix. */
export let pairOrder: usize = 0;

/** a: the columns [n, m] of matrices m × n, m ≥ n, overwritten. Returns whether both converged. */
export function svdPair(m: i32, n: i32, a: usize, leftRows: i32, space: usize, tolerance: f64): bool {
  const values = space,
    taus = cell(values, n),
    diagonal = cell(taus, n),
    squares = cell(diagonal, n),
    angles = cell(squares, n),
    x = cell(angles, n),
    w = cell(x, n * n),
    lefts = cell(w, n * n);
  pairValues = values;
  pairLefts = lefts;
  pairRights = x;
  pairOrder = cell(lefts, leftRows * m);
  for (let j = 0; j < n; j++) {
    setWord(pairOrder, 2 * j, j);
    setWord(pairOrder, 2 * j + 1, j);
    const column = cell(a, j * m);
    set(squares, j, dots(m, column, column));
  }
  for (let k = 0; k < n; k++) {
    exchange(m, n, k, a, squares, 0);
    exchange(m, n, k, a, squares, 1);
    const v = cell(a, k * m + k),
      rows = m - k;
    const tau = reflectors(rows, v);
    set(taus, k, tau);
    set(diagonal, k, betas);
    for (let j = k + 1; j < n; j++) {
      const column = cell(a, j * m + k);
      addMultiples(rows, f64x2.neg(f64x2.mul(tau, dots(rows, v, column))), v, column);
      set(squares, j, dots(rows - 1, column + 16, column + 16));
    }
  }
  // The rows of R.
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      set(x, j * n + i, i < j ? f64x2.splat(0) : i == j ? get(diagonal, j) : get(a, i * m + j));
      if (leftRows) set(w, j * n + i, f64x2.splat(i == j ? 1 : 0));
    }
  }
  if (!rotateAll(n, x, w, squares, angles, leftRows > 0, f64x2.splat(tolerance))) return false;
  for (let j = 0; j < n; j++) {
    const row = cell(x, j * n);
    set(values, j, f64x2.sqrt(dots(n, row, row)));
  }
  for (let j = 0, at = lefts; j < leftRows; j++) {
    for (let i = 0; i < m; i++, at += 16)
      v128.store(at, j < n && i < n ? get(w, j * n + i) : f64x2.splat(i == j ? 1 : 0));
  }
  for (let k = n - 1; k >= 0; k--) {
    const v = cell(a, k * m + k),
      minus = f64x2.neg(get(taus, k));
    for (let j = 0, part = cell(lefts, k); j < leftRows; j++, part += m << 4)
      addMultiples(m - k, f64x2.mul(minus, dots(m - k, v, part)), v, part);
  }
  return true;
}

// Of one lane: the largest of the columns k … comes to k.
function exchange(m: i32, n: i32, k: i32, a: usize, squares: usize, lane: i32): void {
  const side = (<usize>lane) << 3;
  let most = k;
  for (let j = k + 1; j < n; j++) {
    if (load<f64>(cell(squares, j) + side) > load<f64>(cell(squares, most) + side)) most = j;
  }
  if (most == k) return;
  const other = word(pairOrder, 2 * most + lane);
  setWord(pairOrder, 2 * most + lane, word(pairOrder, 2 * k + lane));
  setWord(pairOrder, 2 * k + lane, other);
  swap(cell(squares, k) + side, cell(squares, most) + side);
  for (let i = 0; i < m; i++) swap(cell(a, k * m + i) + side, cell(a, most * m + i) + side);
}
function swap(p: usize, q: usize): void {
  const kept = load<f64>(p);
  store<f64>(p, load<f64>(q));
  store<f64>(q, kept);
}

// Sweeps over all pairs of rows of x, until each is orthogonal to every other. Pairs (p, q) of one p + q have no row in common: their angles
// are found together, so that none waits for another's roots and quotients. The rotations are those of the order row by row.
function rotateAll(n: i32, x: usize, w: usize, squares: usize, angles: usize, vectors: bool, tolerance: v128): bool {
  const zero = f64x2.splat(0),
    one = f64x2.splat(1),
    least = f64x2.splat(1e-150);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let turned = zero;
    for (let j = 0; j < n; j++) {
      const row = cell(x, j * n);
      set(squares, j, dots(n, row, row));
    }
    for (let sum = 1; sum < 2 * n - 2; sum++) {
      const first = max(0, sum - n + 1);
      let angle = angles;
      for (let p = first, q = sum - p; p < q; p++, q--, angle += 32) {
        const along = dotsInline(n, cell(x, p * n), cell(x, q * n)),
          pp = get(squares, p),
          qq = get(squares, q);
        const limit = f64x2.mul(tolerance, f64x2.sqrt(f64x2.abs(f64x2.mul(pp, qq))));
        // Below the least product that has all its digits nothing is left to turn.
        const turns = f64x2.gt(f64x2.abs(along), f64x2.max(limit, least));
        if (!v128.any_true(turns)) {
          v128.store(angle, zero, 16);
          continue;
        }
        turned = v128.or(turned, turns);
        // tan φ of the smaller angle: 2·along / (d ± √(d² + (2·along)²))
        const twice = f64x2.add(along, along),
          d = f64x2.sub(qq, pp),
          root = f64x2.sqrt(addProduct<f64>(f64x2.mul(d, d), twice, twice));
        const t = v128.and(turns, f64x2.div(twice, f64x2.add(d, signed(root, d))));
        const c = f64x2.div(one, f64x2.sqrt(addProduct<f64>(one, t, t)));
        v128.store(angle, c);
        v128.store(angle, f64x2.mul(c, t), 16);
        const change = f64x2.mul(t, along);
        set(squares, p, f64x2.sub(pp, change));
        set(squares, q, f64x2.add(qq, change));
      }
      angle = angles;
      for (let p = first, q = sum - p; p < q; p++, q--, angle += 32) {
        const c = v128.load(angle),
          s = v128.load(angle, 16);
        if (!v128.any_true(s)) continue;
        turnPairs(n, cell(x, p * n), cell(x, q * n), c, s);
        if (vectors) turnPairs(n, cell(w, p * n), cell(w, q * n), c, s);
      }
    }
    if (!v128.any_true(turned)) return true;
  }
  return false;
}
