// A matrix with at least as many rows as columns made upper bidiagonal by Householder reflectors from both sides, a panel of columns at
// a time: within a panel each column costs two products of the matrix with a vector. After J. Dongarra, S. Hammarling and D. Sorensen,
// "Block reduction of matrices to condensed forms" (1989); LAPACK's gebrd.
import { longBytes } from "../../memory/words";
import { multiplyColumns, multiplyRows } from "../gemm/vector";
import { BLOCK, addScaled, at, beta, dot, multiply, productSpace, put, reflector, scaleBy } from "./dense";

/** Numbers of `space` that bidiagonalise needs. */
export function bidiagonalSpace(m: i32, n: i32): usize {
  return <usize>BLOCK * (<usize>m + 3 * <usize>n);
}

/**
 * a: [m, n], overwritten. Gives the diagonal d and e above it; of A = L₀L₁…·B·…R₁R₀ the reflectors: of the left number i is zero up to
 * its element i - 1, of the right up to its element i.
 */
export function bidiagonalise(
  m: i32,
  n: i32,
  a: usize,
  d: usize,
  e: usize,
  lefts: usize,
  leftTaus: usize,
  rights: usize,
  rightTaus: usize,
  space: usize,
): void {
  // Of the panel's columns: what the left reflectors are multiplied with (y, by column), and the right ones (x, by row).
  const xs = space,
    ys = xs + longBytes(BLOCK * m),
    minus = ys + longBytes(BLOCK * n);
  for (let first = 0; first < n; first += BLOCK) {
    const end = min(first + BLOCK, n);
    for (let i = first; i < end; i++) {
      const count = i - first,
        rows = m - i,
        columns = n - i - 1;
      const v = lefts + longBytes(i * m + i);
      memory.fill(lefts + longBytes(i * m), 0, longBytes(i));
      for (let r = 0; r < rows; r++) put(v, r, at(a, (i + r) * n + i));
      for (let j = 0; j < count; j++) {
        addScaled(rows, -at(ys, j * n + i), lefts + longBytes((first + j) * m + i), v);
        addScaled(rows, -at(rights, (first + j) * n + i), xs + longBytes(j * m + i), v);
      }
      const tau = reflector(rows, v);
      put(leftTaus, i, tau);
      put(d, i, beta);
      const u = rights + longBytes(i * n + i + 1);
      memory.fill(rights + longBytes(i * n), 0, longBytes(i + 1));
      put(rightTaus, i, 0);
      if (!columns) break;

      const y = ys + longBytes(count * n + i + 1);
      const right = a + longBytes(i * n + i + 1);
      multiplyColumns<f64>(columns, rows, right, n * 8, v, 8, y, false, productSpace());
      for (let j = 0; j < count; j++) {
        addScaled(columns, -dot(rows, lefts + longBytes((first + j) * m + i), v), ys + longBytes(j * n + i + 1), y);
        addScaled(columns, -dot(rows, xs + longBytes(j * m + i), v), rights + longBytes((first + j) * n + i + 1), y);
      }
      scaleBy(columns, tau, y);

      memory.copy(u, right, longBytes(columns));
      for (let j = 0; j <= count; j++) {
        addScaled(columns, -at(lefts, (first + j) * m + i), ys + longBytes(j * n + i + 1), u);
        if (j < count) addScaled(columns, -at(xs, j * m + i), rights + longBytes((first + j) * n + i + 1), u);
      }
      const rightTau = reflector(columns, u);
      put(rightTaus, i, rightTau);
      put(e, i, beta);

      const below = rows - 1,
        x = xs + longBytes(count * m + i + 1);
      multiplyRows<f64>(below, columns, right + longBytes(n), n * 8, u, 8, x, false, productSpace());
      for (let j = 0; j <= count; j++) {
        addScaled(
          below,
          -dot(columns, ys + longBytes(j * n + i + 1), u),
          lefts + longBytes((first + j) * m + i + 1),
          x,
        );
        if (j == count) break;
        addScaled(
          below,
          -dot(columns, rights + longBytes((first + j) * n + i + 1), u),
          xs + longBytes(j * m + i + 1),
          x,
        );
      }
      scaleBy(below, rightTau, x);
    }
    if (end == n) break;
    // The rest: A - V·Yᵀ - X·Uᵀ
    const count = end - first,
      rows = m - end,
      columns = n - end;
    const corner = a + longBytes(end * n + end);
    negated(count, columns, ys + longBytes(end), n, minus);
    multiply(rows, columns, count, lefts + longBytes(first * m + end), 1, m, minus, columns, 1, corner, n, true);
    negated(count, columns, rights + longBytes(first * n + end), n, minus);
    multiply(rows, columns, count, xs + longBytes(end), 1, m, minus, columns, 1, corner, n, true);
  }
}
function negated(count: i32, n: i32, from: usize, pitch: i32, to: usize): void {
  for (let j = 0; j < count; j++) {
    for (let i = 0; i < n; i++) put(to, j * n + i, -at(from, j * pitch + i));
  }
}
