// Eigenvalues and singular values, and what is told by them.
import { DType } from "../../../assembly/abi/opcodes";
import * as p from "../../core/prim";
import type { Node } from "../../core/prim";
import { Want } from "../../core/matrix-failures";
import { argumentError, format, type Implementations, shapeError } from "../define";
import { asFloat } from "../promotion";
import { powerOf } from "../math";
import { scale, square, takeAlong } from "../support";
import { cholesky } from "./factorizations";
import { checked, requireMatrices, requireSquare, together, transposed } from "./matrices";

type Triangle = "L" | "U";

function eighOf(a: Node, uplo: Triangle): [Node, Node, Node] {
  requireSquare(a);
  return p.eigh(uplo === "U" ? transposed(a) : a);
}
function eigh(a: Node, uplo: Triangle = "L"): [Node, Node] {
  const [values, vectors, info] = eighOf(a, uplo);
  return [checked(values, info, Want.Eigen), checked(vectors, info, Want.Eigen)];
}
function eigvalsh(a: Node, uplo: Triangle = "L"): Node {
  const [values, , info] = eighOf(a, uplo);
  return checked(values, info, Want.Eigen);
}
function svd(a: Node, fullMatrices = true): [Node, Node, Node] {
  requireMatrices(a);
  const [u, s, vh, info] = p.svd(a, fullMatrices);
  return [checked(u, info, Want.Svd), checked(s, info, Want.Svd), checked(vh, info, Want.Svd)];
}
function svdWithV(a: Node, some = true, computeUv = true): [Node, Node, Node] {
  if (computeUv) {
    const [u, s, vh] = svd(a, !some);
    return [u, s, transposed(vh)];
  }
  const lead = p.shape(a).slice(0, -2);
  const zeros = (n: number) => p.full([...lead, n, n], 0, p.dtype(asFloat(a)));
  return [zeros(p.size(a, -2)), svdvals(a), zeros(p.size(a, -1))];
}
/** A = (U·Vᵀ)·(V·S·Vᵀ), of which the second is (U·Vᵀ)ᵀ·A: so both have their derivatives where singular values are equal. */
function polar(a: Node): [Node, Node] {
  requireMatrices(a);
  if (p.size(a, -2) < p.size(a, -1)) throw shapeError(`A should have no fewer rows than columns but is ${format(a)}.`);
  const [u, , vh] = svd(a, false);
  const turn = p.matmul(u, vh);
  const h = p.matmul(transposed(turn), a);
  return [turn, scale(p.add(h, transposed(h)), 0.5)];
}
export function svdvals(a: Node): Node {
  requireMatrices(a);
  const [, s, , info] = p.svd(a, false);
  return checked(s, info, Want.Svd);
}

/** All eigenvalues and vectors, of which some are taken: of A, or of L⁻¹·A·L⁻ᵀ where B = L·Lᵀ. */
function lobpcg(
  a: Node,
  k?: number,
  b?: Node,
  start?: Node,
  n?: number,
  _preconditioner?: Node,
  _iterations?: number,
  _tolerance?: number,
  largest = true,
): [Node, Node] {
  requireSquare(a);
  if (b !== undefined && format(a) !== format(b))
    throw shapeError(`A and B must have the same shape, but they are ${format(a)} and ${format(b)}.`);
  const m = p.size(a, -1);
  const count = k ?? (start === undefined ? 1 : p.size(start, -1));
  const block = start === undefined ? (n ?? count) : p.size(start, -1);
  if (m < 3 * block)
    throw argumentError(
      `LOBPCG algorithm is not applicable when the number of A rows (=${m}) is smaller than 3 x the number of requested eigenpairs (=${block}).`,
    );
  const factor = b && cholesky(b);
  const within = (x: Node): Node => (factor ? transposed(p.solveTriangular(factor, x, false, false)) : x);
  const [values, vectors] = eigh(within(within(a)));
  const taken = p.iota(Math.min(count, block), DType.Int32, largest ? m - 1 : 0, largest ? -1 : 1);
  return [
    takeAlong(values, -1, taken),
    takeAlong(factor ? p.solveTriangular(transposed(factor), vectors, true, false) : vectors, -1, taken),
  ];
}

// -- what counts as 0

/** The values [..., k], absolute ones, up to which they count as 0, as [..., 1]. */
function threshold(values: Node, a: Node, atol?: Node, rtol?: Node): Node {
  const column = (x: Node) => (p.ndim(x) === 0 ? x : p.reshape(x, [...p.shape(x), 1]));
  const epsilon = p.dtype(a) === DType.Float32 ? 2 ** -23 : 2 ** -52;
  const usual = p.num(epsilon * Math.max(p.size(a, -2), p.size(a, -1)));
  const least = atol === undefined ? p.num(0) : column(atol);
  const relative =
    rtol !== undefined ? column(rtol) : atol === undefined ? usual : p.where(p.gt(least, p.num(0)), p.num(0), usual);
  const largest = p.size(values, -1) > 0 ? p.amax(values, [-1], true) : p.sum(values, [-1], true);
  return p.maximum(p.mul(largest, relative), least);
}
function matrixRank(a: Node, atol?: Node, rtol?: Node, hermitian = false): Node {
  const values = hermitian ? p.abs(eigvalsh(a)) : svdvals(a);
  return p.sum(p.cast(p.gt(values, threshold(values, a, atol, rtol)), DType.Int32), [-1]);
}

// -- the pseudo-inverse

/** The pseudo-inverse of a, the singular values, and the values up to which they count as 0. */
function pseudoInverse(a: Node, atol?: Node, rtol?: Node, hermitian = false): [Node, Node, Node] {
  if (hermitian) requireSquare(a);
  else requireMatrices(a);
  const of = p.detach(a);
  // Of a symmetric matrix V·diag(1/λ)·Vᵀ.
  const [u, s, vh] = hermitian ? eigenvectorsOf(of) : svd(of, false);
  const size = p.abs(s);
  const limit = threshold(size, a, atol, rtol);
  const inverses = p.where(p.gt(size, limit), p.div(p.num(1), s), p.num(0));
  const row = p.reshape(inverses, [...p.shape(inverses).slice(0, -1), 1, p.size(inverses, -1)]);
  const value = p.matmul(p.mul(transposed(vh), row), transposed(u));
  // Tolerances may be a batch of their own.
  const over = p.expand(a, [...p.shape(value).slice(0, -2), ...p.shape(a).slice(-2)]);
  // The derivative has products of three factors: in units of the largest value none over- or underflows.
  const unit = powerOfTwo(size);
  const [from, to] = [p.div(over, unit), p.mul(value, unit)];
  // The derivative multiplies by matrices of columns × columns: of a wide matrix it is that of the transpose.
  const isWide = p.size(a, -2) < p.size(a, -1);
  const inverse = isWide ? transposed(p.pseudoInverse(transposed(from), transposed(to))) : p.pseudoInverse(from, to);
  return [p.div(inverse, unit), size, limit];
}
/** The power of two in the largest of values [..., k], as [..., 1, 1]. */
function powerOfTwo(values: Node): Node {
  if (p.size(values, -1) === 0) return p.num(1);
  return powerOf(p.reshape(p.amax(values, [-1]), [...p.shape(values).slice(0, -1), 1, 1]));
}
function eigenvectorsOf(a: Node): [Node, Node, Node] {
  const [values, vectors] = eigh(a);
  return [vectors, values, transposed(vectors)];
}
const pinv = (a: Node, atol?: Node, rtol?: Node, hermitian = false): Node =>
  pseudoInverse(asFloat(a), atol, rtol, hermitian)[0];

// -- least squares

type Driver = "gelsy" | "gels" | "gelsd" | "gelss";

function lstsq(a: Node, given: Node, rcond?: number, driver: Driver = "gelsy"): [Node, Node, Node, Node] {
  requireMatrices(a);
  const [m, n] = [p.size(a, -2), p.size(a, -1)];
  const rows = p.shape(a).slice(0, -1);
  const isVectors =
    p.ndim(given) === 1 || (p.ndim(given) === rows.length && p.shape(given).every((size, i) => size === rows[i]));
  const b = isVectors ? p.reshape(given, [...p.shape(given), 1]) : given;
  if (p.ndim(b) < 2 || p.size(b, -2) !== m)
    throw shapeError(`input.size(-2) should match other.size(-2), but they are ${format(a)} and ${format(given)}.`);
  const [matrix, right] = together(a, b);
  const dtype = p.dtype(matrix);
  // "gels" takes the matrix to be of full rank: nothing is cut off.
  const cutoff = driver === "gels" ? 0 : rcond;
  const [inverse, values, limit] = pseudoInverse(matrix, undefined, cutoff === undefined ? undefined : p.num(cutoff));
  const x = p.matmul(inverse, right);
  const rank = p.sum(p.cast(p.gt(values, limit), DType.Int32), [-1]);
  const none = p.full([0], 0, dtype);
  const residuals = m > n && driver !== "gelsy" ? p.sum(square(p.sub(right, p.matmul(matrix, x))), [-2]) : none;
  const ofValues = driver === "gelsd" || driver === "gelss";
  return [
    isVectors ? p.reshape(x, p.shape(x).slice(0, -1)) : x,
    residuals,
    driver === "gels" ? p.full([0], 0, DType.Int32) : rank,
    ofValues ? values : none,
  ];
}

export const spectralOps = {
  "linalg.eigh": eigh,
  "linalg.eigvalsh": eigvalsh,
  "linalg.svd": svd,
  svd: svdWithV,
  "linalg.polar": polar,
  "linalg.svdvals": svdvals,
  "linalg.matrixRank": matrixRank,
  "linalg.pinv": pinv,
  lobpcg,
  pinverse: (a: Node, rcond = 1e-15) => pinv(a, undefined, p.num(rcond)),
  "linalg.lstsq": lstsq,
} satisfies Implementations;
