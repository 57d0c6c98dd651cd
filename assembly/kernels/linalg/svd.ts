// Singular values and vectors of one matrix that is large and has no columns of very different size: bidiagonal form, of R where the
// matrix is tall, divide and conquer, and back.
import { longBytes } from "../../memory/words";
import { bidiagonalSpace, bidiagonalise } from "./bidiagonal";
import { conquerBidiagonal, conquerSpace } from "./conquer";
import { BLOCK, applyReflectors, at, denseBytes, put, region, startDense, triangularise } from "./dense";

function svdSpace(m: i32, n: i32, leftRows: i32): usize {
  return max(bidiagonalSpace(m, n), <usize>max(leftRows, n) * 2 * BLOCK + 2 * BLOCK * BLOCK);
}
/** Bytes of workspace for one matrix [m, n], m ≥ n, with so many left vectors, or none. */
export function svdBytes(m: i32, n: i32, leftRows: i32): usize {
  const tall = <usize>m,
    k = <usize>n;
  const vectors = leftRows > 0;
  return denseBytes(
    2 * tall * k +
      k * k +
      5 * k +
      svdSpace(m, n, leftRows) +
      (vectors ? tall * <usize>leftRows + k * k : 2 * k) +
      conquerSpace(n, vectors),
  );
}

/** Where singularValues leaves the values, ascending; the vectors as rows, those beyond the values last. */
export let values: usize = 0;
export let leftVectors: usize = 0;
export let rightVectors: usize = 0;

let matrix: usize = 0;
/** Where the matrix, m ≥ n, is to be written; the largest of its elements is about 1. */
export function startSvd(m: i32, n: i32, workspace: usize): usize {
  startDense(workspace);
  matrix = region(<usize>m * <usize>n);
  return matrix;
}
export function decomposeBidiagonal(m: i32, n: i32, leftRows: i32): void {
  const vectors = leftRows > 0;
  // Of a matrix that is twice as tall R is decomposed (T. Chan, "An improved algorithm for computing the singular value decomposition",
  // 1982): it and what is made of it lie where the matrix did.
  const isTall = m >= 2 * n;
  const ofMatrix = region(<usize>m * <usize>n),
    ofMatrixTaus = region(n),
    lefts = isTall ? matrix + longBytes(n * n) : ofMatrix,
    size = isTall ? n : m,
    rights = region(<usize>n * <usize>n),
    beside = region(n),
    leftTaus = region(n),
    rightTaus = region(n),
    space = region(svdSpace(m, n, leftRows));
  values = region(n);
  leftVectors = region(<usize>m * <usize>leftRows);
  rightVectors = region(vectors ? <usize>n * <usize>n : 2 * <usize>n);
  if (isTall) {
    for (let j = 0; j < n; j++) for (let i = 0; i < m; i++) put(ofMatrix, j * m + i, at(matrix, i * n + j));
    triangularise(m, n, ofMatrix, matrix, ofMatrixTaus, space);
  }
  bidiagonalise(size, n, matrix, values, beside, lefts, leftTaus, rights, rightTaus, space);
  if (vectors) {
    memory.fill(leftVectors, 0, longBytes(m * leftRows));
    for (let i = n; i < leftRows; i++) put(leftVectors, i * m + i, 1);
  }
  conquerBidiagonal(n, values, beside, leftVectors, m, rightVectors, vectors ? n : 2, vectors);
  if (!vectors) return;
  applyReflectors(min(leftRows, size), leftVectors, m, n, lefts, size, leftTaus, size, 0, space);
  if (isTall) applyReflectors(leftRows, leftVectors, m, n, ofMatrix, m, ofMatrixTaus, m, 0, space);
  applyReflectors(n, rightVectors, n, n - 1, rights, n, rightTaus, n, 1, space);
}
