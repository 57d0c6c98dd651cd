// Factorisations of matrices, and what is asked of the factors alone.
import { type DType } from "../../../assembly/abi/opcodes";
import * as p from "../../core/prim";
import type { Node } from "../../core/prim";
import { Want } from "../../core/matrix-failures";
import { eye } from "../creation";
import { format, type Implementations, shapeError } from "../define";
import { leading, padAlong, shift, sliceAlong, square } from "../support";
import { checked, identityLike, requireMatrices, requireSquare, together, transposed } from "./matrices";

// -- Cholesky

function choleskyFactor(a: Node, upper: boolean): [Node, Node] {
  requireSquare(a);
  const [factor, info] = p.cholesky(upper ? transposed(a) : a);
  return [upper ? transposed(factor) : factor, info];
}
export function cholesky(a: Node, upper = false): Node {
  const [factor, info] = choleskyFactor(a, upper);
  return checked(factor, info, Want.Cholesky);
}
function choleskyEx(a: Node, upper = false, checkErrors = false): [Node, Node] {
  const [factor, info] = choleskyFactor(a, upper);
  return [checkErrors ? checked(factor, info, Want.Cholesky) : factor, info];
}

/** x of (l·lᵀ)·x = b, or of (uᵀ·u)·x = b. */
function choleskySolve(b: Node, factor: Node, upper = false): Node {
  requireSquare(factor, "L");
  requireMatrices(b, "B");
  if (p.size(b, -2) !== p.size(factor, -1))
    throw shapeError(`Incompatible matrix sizes: B is ${format(b)} and L is ${format(factor)}.`);
  const [f, right] = together(factor, b);
  const l = upper ? transposed(f) : f;
  // torch's derivatives by the factor are those of a whole matrix.
  return p.solveTriangular(transposed(l), p.solveTriangular(l, right, false, false, true), true, false, true);
}
function choleskyInverse(factor: Node, upper = false): Node {
  requireSquare(factor, "L");
  return choleskySolve(identityLike(factor), factor, upper);
}

// -- LU

/** l and u of packed factors [..., m, n]. */
function unpacked(factors: Node): [Node, Node] {
  const [m, n] = [p.size(factors, -2), p.size(factors, -1)];
  const k = Math.min(m, n);
  const batch = p.shape(factors).slice(0, -2);
  const lower = p.triangle(leading(factors, [...batch, m, k]), false, -1);
  const ones = eye(m, k, p.dtype(factors));
  return [p.add(lower, ones), p.triangle(leading(factors, [...batch, k, n]), true, 0)];
}
/** The permutation P of a = P·l·u, as matrices of x's dtype. */
function permutation(pivots: Node, m: number, dtype: DType): Node {
  const order = p.rowOrder(pivots, m);
  const rows = p.reshape(p.iota(m), [m, 1]);
  return p.cast(p.eq(rows, p.reshape(order, [...p.shape(order).slice(0, -1), 1, m])), dtype);
}

function lu(a: Node, pivot = true): [Node, Node, Node] {
  requireMatrices(a);
  const [factors, pivots] = p.lu(a, pivot);
  const [l, u] = unpacked(factors);
  const m = p.size(a, -2);
  return [pivot ? permutation(pivots, m, p.dtype(a)) : p.full([0], 0, p.dtype(a)), l, u];
}
function luFactor(a: Node, pivot = true): [Node, Node] {
  requireMatrices(a);
  const [factors, pivots, info] = p.lu(a, pivot);
  return [checked(factors, info, Want.Lu), pivots];
}
function luFactorEx(a: Node, pivot = true, checkErrors = false): [Node, Node, Node] {
  requireMatrices(a);
  const [factors, pivots, info] = p.lu(a, pivot);
  return [checkErrors ? checked(factors, info, Want.Lu) : factors, pivots, info];
}
/** One exchange for each row of the smaller size, of each matrix. */
export function requirePivots(factors: Node, pivots: Node): void {
  const count = Math.min(p.size(factors, -2), p.size(factors, -1));
  if (p.ndim(pivots) < 1 || p.size(pivots, -1) !== count)
    throw shapeError(
      `Number of pivots per batch should be same as the dimension of the matrix: expected ${count} but got pivots ${format(pivots)}.`,
    );
}
function luUnpack(factors: Node, pivots: Node, unpackData = true, unpackPivots = true): [Node, Node, Node] {
  requireMatrices(factors, "LUData");
  requirePivots(factors, pivots);
  const dtype = p.dtype(factors);
  const none = p.full([0], 0, dtype);
  const [l, u] = unpackData ? unpacked(factors) : [none, none];
  return [unpackPivots ? permutation(pivots, p.size(factors, -2), dtype) : none, l, u];
}

/** The rows of b in the order that the exchanges bring them to, or back from there. */
export function exchanged(b: Node, pivots: Node, back: boolean): Node {
  const m = p.size(b, -2);
  const given = p.rowOrder(pivots, m);
  const order = back ? p.argsort(given, -1) : given;
  const column = p.reshape(order, [...p.shape(order), 1]);
  return p.gather(b, -2, p.expand(column, p.shape(b)));
}
/** x of a·x = b by a's factors, of x·a = b where `left` is false; of aᵀ where `adjoint` says so. */
function luSolve(factors: Node, pivots: Node, given: Node, left = true, adjoint = false): Node {
  requireSquare(factors, "LU");
  requirePivots(factors, pivots);
  requireMatrices(given, "B");
  const right = left ? given : transposed(given);
  if (p.size(right, -2) !== p.size(factors, -1))
    throw shapeError(
      `Incompatible shapes of LU ${format(factors)} and B ${format(given)} for the equation ${left ? "AX = B" : "XA = B"}.`,
    );
  const [f, b] = together(factors, right);
  const x =
    left === adjoint
      ? exchanged(
          p.solveTriangular(transposed(f), p.solveTriangular(transposed(f), b, false, false, false), true, true),
          pivots,
          true,
        )
      : p.solveTriangular(f, p.solveTriangular(f, exchanged(b, pivots, false), false, true), true, false);
  return left ? x : transposed(x);
}

// -- QR

type Mode = "reduced" | "complete" | "r";
function qr(a: Node, mode: Mode = "reduced"): [Node, Node] {
  requireMatrices(a);
  const [q, r] = p.qr(a, mode === "complete" ? 1 : 0);
  return [mode === "r" ? p.full([0], 0, p.dtype(a)) : q, r];
}

/** R, and below it the reflectors, whose τ are 2/|v|²; 0 where nothing was to be reflected. */
function geqrf(a: Node): [Node, Node] {
  requireMatrices(a, "input");
  const [m, n] = [p.size(a, -2), p.size(a, -1)];
  const batch = p.shape(a).slice(0, -2);
  let [factors] = p.qr(p.detach(a), 2);
  if (p.isRecorded(a)) {
    // The first columns of Q, less those of I, are -V·(T·V₁ᵀ), a lower triangle by an upper one. The last reflector of a square one is none.
    const [q, r] = p.qr(a);
    const columns = Math.max(0, Math.min(n, m - 1));
    const first = leading(q, [...batch, m, columns]);
    const v = p.triangle(p.lu(p.sub(first, eye(m, columns, p.dtype(a))), false)[0], false, -1);
    const model = p.add(padAlong(v, -1, 0, n - columns), padAlong(r, -2, 0, m - p.size(r, -2)));
    factors = p.surrogate(factors, model);
  }
  const v = p.triangle(leading(factors, [...batch, m, Math.min(m, n)]), false, -1);
  const [length, size] = [square(v), p.abs(v)].map((x) => p.sum(x, [-2])) as [Node, Node];
  return [factors, p.where(p.eq(size, p.num(0)), p.num(0), p.div(p.num(2), shift(length, 1)))];
}

/** Reflectors that are applied together: T of all would cost as much as what it is for. */
const BLOCK = 64;
/** The product of the reflectors I - τᵢ·vᵢ·vᵢᵀ, times x, or its transpose, block by block, each on the rows that it changes. */
function reflected(given: Node, tau: Node, x: Node, isTransposed = false): Node {
  const [m, k] = [p.size(given, -2), p.size(tau, -1)];
  if (k <= BLOCK) return reflectedAtOnce(given, tau, x, isTransposed);
  const starts = Array.from({ length: Math.ceil(k / BLOCK) }, (_, i) => i * BLOCK);
  const [factors, right] = together(given, x);
  let y = right;
  for (const start of isTransposed ? starts : starts.reverse()) {
    const count = Math.min(BLOCK, k - start);
    const rows = sliceAlong(factors, -2, start, m - start);
    const block = sliceAlong(rows, -1, start, count);
    const below = reflectedAtOnce(
      block,
      sliceAlong(tau, -1, start, count),
      sliceAlong(y, -2, start, m - start),
      isTransposed,
    );
    y = start === 0 ? below : p.concat([sliceAlong(y, -2, 0, start), below], p.ndim(y) - 2);
  }
  return y;
}
/** As I - V·T·Vᵀ with (I + τ·(strictly upper VᵀV))·T = τ (Schreiber and Van Loan, 1989), so that no τ need differ from 0. */
function reflectedAtOnce(given: Node, tau: Node, x: Node, isTransposed: boolean): Node {
  const [m, k] = [p.size(given, -2), p.size(tau, -1)];
  const lower = p.triangle(leading(given, [...p.shape(given).slice(0, -2), m, k]), false, -1);
  const v = p.add(lower, eye(m, k, p.dtype(given)));
  const vt = transposed(v);
  const scales = p.reshape(tau, [...p.shape(tau), 1]);
  const products = p.matmul(vt, v);
  const identity = identityLike(products);
  const system = p.add(identity, p.mul(scales, p.triangle(products, true, 1)));
  const t = p.solveTriangular(system, p.mul(scales, identity), true, true);
  return p.sub(x, p.matmul(v, p.matmul(isTransposed ? transposed(t) : t, p.matmul(vt, x))));
}
/** The first columns of the product of reflectors. */
function householderProduct(given: Node, tau: Node): Node {
  requireMatrices(given, "input");
  const [m, n] = [p.size(given, -2), p.size(given, -1)];
  const k = p.size(tau, -1);
  if (m < n || n < k)
    throw shapeError(
      `input should have as many rows as columns or more, and as many columns as tau has elements or more, but is ${format(given)} with tau ${format(tau)}.`,
    );
  return reflected(given, tau, eye(m, n, p.dtype(given)));
}
function ormqr(given: Node, tau: Node, other: Node, left = true, transpose = false): Node {
  requireMatrices(given, "input");
  requireMatrices(other, "other");
  const dim = left ? -2 : -1;
  if (p.size(tau, -1) > Math.min(p.size(given, -1), p.size(given, -2)))
    throw shapeError("tau.shape[-1] must be less than or equal to input.shape[-1] and input.shape[-2].");
  if (p.size(other, dim) !== p.size(given, -2))
    throw shapeError(`other.shape[${dim}] must be equal to input.shape[-2].`);
  // C·Q is (Qᵀ·Cᵀ)ᵀ.
  return left
    ? reflected(given, tau, other, transpose)
    : transposed(reflected(given, tau, transposed(other), !transpose));
}

export const factorizationOps = {
  cholesky,
  "linalg.cholesky": cholesky,
  "linalg.choleskyEx": choleskyEx,
  choleskySolve,
  choleskyInverse,
  "linalg.lu": lu,
  "linalg.luFactor": luFactor,
  "linalg.luFactorEx": luFactorEx,
  "linalg.luSolve": luSolve,
  luUnpack,
  "linalg.qr": qr,
  qr: (a: Node, some = true) => qr(a, some ? "reduced" : "complete"),
  "linalg.householderProduct": householderProduct,
  orgqr: householderProduct,
  geqrf,
  ormqr,
} satisfies Implementations;
