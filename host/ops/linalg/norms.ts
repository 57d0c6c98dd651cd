// Norms of matrices, and condition numbers.
import type { DType } from "../../../assembly/abi/opcodes";
import * as p from "../../core/prim";
import type { Dims, Node } from "../../core/prim";
import { argumentError, type Implementations, shapeError } from "../define";
import { vectorNorm } from "../norms";
import { requireFloat } from "../promotion";
import { dropDims } from "../reduction";
import { range } from "../support";
import { requireMatrices, requireSquare } from "./matrices";
import { svdvals } from "./spectral";
import { inverseOf } from "./systems";

type Order = number | "fro" | "nuc";

/** Matrices of the dims row and column, as the last two. */
function matricesOf(x: Node, row: number, column: number): Node {
  const rest = range(0, p.ndim(x)).filter((dim) => dim !== row && dim !== column);
  return p.permute(x, [...rest, row, column]);
}
function requireTwoDims(x: Node, dims: readonly number[]): [number, number] {
  if (p.ndim(x) < 2) throw shapeError(`expected at least 2 dims but got ${p.ndim(x)}.`);
  const [row, column] = dims.map((dim) => p.normalizeDim(dim, p.ndim(x)));
  if (dims.length !== 2 || row === column) throw argumentError(`dim should be two different dims but got [${dims}].`);
  return [row!, column!];
}

/** "nuc", 2 and -2 by singular values; ±1: extreme sums of columns; ±∞: extreme sums of rows. */
function matrixNorm(x: Node, ord: Order = "fro", dims: Dims = [-2, -1], keepdim = false, dtype?: DType): Node {
  const matrix = requireFloat(x, dtype);
  const [row, column] = requireTwoDims(x, dims!);
  if (ord === "fro") return vectorNorm(matrix, 2, dims, keepdim);
  if (ord === "nuc" || Math.abs(ord) === 2) {
    const values = svdvals(matricesOf(matrix, row, column));
    const norm = ord === "nuc" ? p.sum(values, [-1]) : (ord > 0 ? p.amax : p.amin)(values, [-1]);
    if (!keepdim) return norm;
    return p.reshape(norm, p.shape(matrix).map((n, i) => (i === row || i === column ? 1 : n))); // prettier-ignore
  }
  if (![1, Infinity].includes(Math.abs(ord)))
    throw argumentError(`order ${ord} is not one of "fro", "nuc", ±1, ±2, ±Infinity.`);
  const [summed, compared] = Math.abs(ord) === 1 ? [row, column] : [column, row];
  const sums = p.sum(p.abs(matrix), [summed], true);
  const extreme = (ord > 0 ? p.amax : p.amin)(sums, [compared], true);
  return keepdim ? extreme : dropDims(extreme, dims!);
}

/** A matrix norm where an order meets two dims, else a vector norm. */
function linalgNorm(x: Node, ord?: Order, dims?: Dims, keepdim = false, dtype?: DType): Node {
  const over = dims ?? range(0, p.ndim(x));
  if (ord === undefined || over.length === 1) {
    if (typeof ord === "string") throw argumentError(`order "${ord}" needs two dims.`);
    return vectorNorm(requireFloat(x, dtype), ord ?? 2, dims, keepdim);
  }
  if (over.length !== 2)
    throw shapeError(`with ord the input, or dim, should have 1 or 2 dims but got ${over.length}.`);
  return matrixNorm(x, ord, over, keepdim, dtype);
}
/** Of all elements or over dims, which are two for "nuc". */
function norm(x: Node, order: Order = 2, dims?: Dims, keepdim = false, dtype?: DType): Node {
  if (order === "nuc") return matrixNorm(x, order, dims ?? range(0, p.ndim(x)), keepdim, dtype);
  return vectorNorm(requireFloat(x, dtype), order === "fro" ? 2 : order, dims, keepdim);
}

function cond(a: Node, order: Order = 2): Node {
  requireMatrices(a);
  const isSpectral = order === 2 || order === -2;
  if (!isSpectral) requireSquare(a);
  if (p.size(a, -1) === 0 || p.size(a, -2) === 0) return p.full(p.shape(a).slice(0, -2), 0, p.dtype(requireFloat(a)));
  if (isSpectral || order === "nuc") {
    const values = svdvals(a);
    const smallest = p.amin(values, [-1]);
    if (order === -2) return p.div(smallest, p.amax(values, [-1]));
    const inverses = p.div(p.num(1), values);
    const number = isSpectral
      ? p.div(p.amax(values, [-1]), smallest)
      : p.mul(p.sum(values, [-1]), p.sum(inverses, [-1]));
    return p.where(p.eq(smallest, p.num(0)), p.num(Infinity), number);
  }
  const [inverse, info] = inverseOf(a);
  const number = p.mul(matrixNorm(a, order), matrixNorm(inverse, order));
  return p.where(p.ne(info, p.num(0)), p.num(Infinity), number);
}

export const matrixNormOps = {
  norm,
  "linalg.matrixNorm": matrixNorm,
  "linalg.norm": linalgNorm,
  "linalg.cond": cond,
} satisfies Implementations;
