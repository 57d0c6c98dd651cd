// A symmetric matrix made tridiagonal by Householder reflectors, a panel of columns at a time: within a panel each column costs a product of
// the matrix with a vector, after it the rest of the matrix gets one product of matrices. After J. Dongarra, S. Hammarling and
// D. Sorensen, "Block reduction of matrices to condensed forms" (1989); LAPACK's sytrd.
import { longBytes } from "../../memory/words";
import { multiplyRows } from "../gemm/vector";
import { BLOCK, addScaled, at, beta, dot, multiply, productSpace, put, reflector, scaleBy } from "./dense";

/** Numbers of `space` that tridiagonalise needs. */
export function tridiagonalSpace(n: i32): usize {
  return <usize>n * (3 * BLOCK + 1);
}

/**
 * a: [n, n], symmetric, both triangles; it is overwritten. Gives the diagonal d, e beside it, and of A = H₀H₁…·T·…H₁H₀ the reflectors:
 * their vectors as rows of `vectors`, number i zero up to its element i, and τ.
 */
export function tridiagonalise(n: i32, a: usize, d: usize, e: usize, vectors: usize, taus: usize, space: usize): void {
  // Pairs of rows: v and w of each column of the panel, and the same negated, w first.
  const minus = space,
    updates = minus + longBytes(2 * BLOCK * n);
  for (let first = 0; first < n; first += BLOCK) {
    const end = min(first + BLOCK, n);
    for (let i = first; i < end; i++) {
      const column = vectors + longBytes(i * n),
        row = a + longBytes(i * n);
      const count = i - first,
        rest = n - i;
      // Column i, which is row i, after the panel's columns before it.
      for (let j = 0; j < count; j++) {
        const v = vectors + longBytes((first + j) * n + i),
          w = updates + longBytes(j * n + i);
        addScaled(rest, -load<f64>(w), v, row + longBytes(i));
        addScaled(rest, -load<f64>(v), w, row + longBytes(i));
      }
      put(d, i, at(row, i));
      memory.fill(column, 0, longBytes(n));
      if (i == n - 1) break;
      const below = rest - 1,
        v = column + longBytes(i + 1);
      memory.copy(v, row + longBytes(i + 1), longBytes(below));
      const tau = reflector(below, v);
      put(e, i, beta);
      put(taus, i, tau);
      // w = τ(Av - ½τ(vᵀAv)v), with A after the columns before
      const w = updates + longBytes(count * n + i + 1);
      const corner = a + longBytes((i + 1) * n + i + 1);
      multiplyRows<f64>(below, below, corner, n * 8, v, 8, w, false, productSpace());
      for (let j = 0; j < count; j++) {
        const vj = vectors + longBytes((first + j) * n + i + 1),
          wj = updates + longBytes(j * n + i + 1);
        const along = dot(below, vj, v);
        addScaled(below, -dot(below, wj, v), vj, w);
        addScaled(below, -along, wj, w);
      }
      scaleBy(below, tau, w);
      addScaled(below, -0.5 * tau * dot(below, w, v), v, w);
    }
    if (end == n) break;
    // The rest: A - VWᵀ - WVᵀ
    const count = end - first,
      rest = n - end;
    for (let j = 0; j < count; j++) {
      const v = vectors + longBytes((first + j) * n + end),
        w = updates + longBytes(j * n + end);
      for (let i = 0; i < rest; i++) {
        put(minus, j * rest + i, -at(w, i));
        put(minus, (count + j) * rest + i, -at(v, i));
      }
    }
    const corner = a + longBytes(end * n + end);
    const v = vectors + longBytes(first * n + end);
    multiply(rest, rest, count, v, 1, n, minus, rest, 1, corner, n, true);
    const w = updates + longBytes(end);
    multiply(rest, rest, count, w, 1, n, minus + longBytes(count * rest), rest, 1, corner, n, true);
  }
}
