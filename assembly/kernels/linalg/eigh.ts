// Eigenvalues and eigenvectors of symmetric matrices: tridiagonal form, divide and conquer, and back.
import { longBytes } from "../../memory/words";
import { conquerSpace, conquerTridiagonal } from "./conquer";
import { BLOCK, applyReflectors, at, denseBytes, put, region, startDense } from "./dense";
import { tridiagonalSpace, tridiagonalise } from "./tridiagonal";

/** Bytes of workspace for one matrix. */
export function eighBytes(n: i32, vectors: bool): usize {
  const all = <usize>n;
  return denseBytes(
    2 * all * all + 3 * all + (vectors ? all * all : 2 * all) + eighSpace(n) + conquerSpace(n, vectors),
  );
}
function eighSpace(n: i32): usize {
  return max(tridiagonalSpace(n), <usize>n * 2 * BLOCK + 2 * BLOCK * BLOCK);
}

/** Where decompose leaves the eigenvalues, and the vectors as rows. */
export let eigenvalues: usize = 0;
export let eigenvectors: usize = 0;

let matrix: usize = 0;
/** Where the matrix is to be written before decompose. */
export function startEigh(n: i32, workspace: usize): usize {
  startDense(workspace);
  matrix = region(<usize>n * <usize>n);
  return matrix;
}
/** Decomposes the matrix, of which both triangles have been written; the largest of its elements is about 1. */
export function decompose(n: i32, vectors: bool): void {
  const reflectors = region(<usize>n * <usize>n);
  eigenvalues = region(n);
  const beside = region(n),
    taus = region(n),
    space = region(eighSpace(n));
  eigenvectors = region(vectors ? <usize>n * <usize>n : 2 * <usize>n);
  tridiagonalise(n, matrix, eigenvalues, beside, reflectors, taus, space);
  const pitch = vectors ? n : 2;
  conquerTridiagonal(n, eigenvalues, beside, eigenvectors, pitch, vectors);
  if (vectors) applyReflectors(n, eigenvectors, n, n - 1, reflectors, n, taus, n, 1, space);
}
