// Diagonals and triangles of matrices.
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { argumentError, format, type Implementations, shapeError } from "./define";
import { constantLike } from "./promotion";
import { flatten, indexable, movedim, ravel, requireDims } from "./shape";
import { sliceAlong } from "./support";

/** Where a diagonal of [rows, columns] lies in the flattened matrix: every (columns + 1)-th entry from `start`. */
export function diagonalEntries(rows: number, columns: number, offset: number): { start: number; length: number } {
  const length = Math.max(0, Math.min(rows, columns, columns - offset, rows + offset));
  return { start: length === 0 ? 0 : Math.max(offset, -offset * columns), length };
}

/** Two different dims of an ndim-dim tensor, counted from 0. */
export function matrixDims(ndim: number, dim1: number, dim2: number): [number, number] {
  const first = p.normalizeDim(dim1, ndim);
  const second = p.normalizeDim(dim2, ndim);
  if (first === second) throw argumentError(`dim1 and dim2 should be different dims but are ${dim1} and ${dim2}.`);
  return [first, second];
}

export function diagonal(x: Node, offset = 0, dim1 = 0, dim2 = 1): Node {
  const dims = matrixDims(p.ndim(x), dim1, dim2);
  const last = movedim(x, dims, [-2, -1]);
  const [rows, columns] = p.shape(last).slice(-2) as [number, number];
  const { start, length } = diagonalEntries(rows, columns, offset);
  return sliceAlong(flatten(last, -2, -1), -1, start, length, columns + 1);
}

export function diagEmbed(x: Node, offset = 0, dim1 = -2, dim2 = -1): Node {
  const sizes = p.shape(indexable(x));
  const length = sizes.at(-1)!;
  const n = length + Math.abs(offset);
  const batch = sizes.slice(0, -1);
  const dims = matrixDims(sizes.length + 1, dim1, dim2);
  const { start } = diagonalEntries(n, n, offset);
  const used = length === 0 ? 0 : (length - 1) * (n + 1) + 1;
  const at = (value: number) => [...batch.map(() => 0), value];
  // Between two entries of the diagonal lie n others.
  const flat = p.pad(x, at(start), at(n * n - start - used), at(n));
  return movedim(p.reshape(flat, [...batch, n, n]), [-2, -1], dims);
}

function diag(x: Node, offset = 0): Node {
  if (p.ndim(x) === 1) return diagEmbed(x, offset);
  if (p.ndim(x) === 2) return diagonal(x, offset);
  throw shapeError(`expected 1 or 2 dims but got ${format(x)}.`);
}

/** x where the column less the row fulfils the condition with `diagonal`, else 0. */
const triangle =
  (compare: (a: Node, b: Node) => Node) =>
  (x: Node, diagonal = 0): Node => {
    const [rows, columns] = p.shape(requireDims(x, 2)).slice(-2) as [number, number];
    const distance = p.sub(p.reshape(p.iota(columns), [1, columns]), p.reshape(p.iota(rows), [rows, 1]));
    return p.where(compare(distance, p.num(diagonal)), x, constantLike(x, 0));
  };

export const diagonalOps = {
  diagonal,
  "linalg.diagonal": (x: Node, offset?: number, dim1 = -2, dim2 = -1) => diagonal(x, offset, dim1, dim2),
  diag,
  diagEmbed,
  diagflat: (x: Node, offset?: number) => diagEmbed(ravel(x), offset),
  tril: triangle(p.le),
  triu: triangle(p.ge),
} satisfies Implementations;
