// Joining tensors, and cutting them into pieces.
import { DType } from "../../assembly/abi/opcodes";
import type { TypedArray } from "../core/dtype";
import { requireNumel } from "../core/memory";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { makeFilled } from "../tensor/create";
import { argumentError, format, type Implementations, shapeError } from "./define";
import { atleast1d, atleast2d, atleast3d, indexable, movedim, select, sliceBounds, unsqueeze } from "./shape";
import { asDType, commonType } from "./promotion";
import { type Ints, MAX_NUMEL, product, range, requirePieces, sliceAlong, takeAlong } from "./support";

function requireSome(tensors: readonly Node[]): readonly Node[] {
  if (tensors.length === 0) throw argumentError("tensors should hold at least one Tensor.");
  return tensors;
}

/** A tensor of shape [0] fits any other, as torch has it for the sake of old programs. */
function cat(tensors: readonly Node[], dim = 0): Node {
  const filled = requireSome(tensors).filter((x) => p.ndim(x) !== 1 || p.numel(x) !== 0);
  const first = filled[0];
  // It counts for the dtype, though.
  const dtype = filled.length < tensors.length ? commonType(...tensors) : undefined;
  if (first === undefined) return asDType(p.alias(tensors[0]!), dtype);
  const d = p.normalizeDim(dim, p.ndim(indexable(first)));
  return asDType(filled.length === 1 ? p.alias(first) : p.concat(filled, d), dtype);
}

function stack(tensors: readonly Node[], dim = 0): Node {
  const [first] = requireSome(tensors);
  const d = p.normalizeDim(dim, p.ndim(first!) + 1);
  // Here, since the dim of size 1 that concat leaves unchecked is the new one.
  const other = tensors.find((x) => p.shape(x).join() !== p.shape(first!).join());
  if (other !== undefined)
    throw shapeError(`tensors should have equal shapes but have ${format(first!)} and ${format(other)}.`);
  return cat(
    tensors.map((x) => unsqueeze(x, d)),
    d,
  );
}

function hstack(tensors: readonly Node[]): Node {
  const joined = requireSome(tensors).map(atleast1d);
  return cat(joined, p.ndim(joined[0]!) === 1 ? 0 : 1);
}
const vstack = (tensors: readonly Node[]): Node => cat(tensors.map(atleast2d), 0);
const dstack = (tensors: readonly Node[]): Node => cat(tensors.map(atleast3d), 2);
const columnStack = (tensors: readonly Node[]): Node =>
  cat(
    tensors.map((x) => (p.ndim(x) < 2 ? p.reshape(x, [p.numel(x), 1]) : x)),
    1,
  );

/** Cuts before each of the offsets. */
function cutAt(x: Node, offsets: Ints, dim: number): Node[] {
  const size = p.size(x, dim);
  return [...offsets, undefined].map((end, i) => {
    const [start, length] = sliceBounds(size, offsets[i - 1], end);
    return sliceAlong(x, dim, start, length);
  });
}
/** [a, a + b, …] without the last sum. */
const offsets = (sizes: Ints): number[] => {
  let sum = 0;
  return sizes.slice(0, -1).map((n) => (sum += n));
};
const requireDim = (x: Node): Node => {
  if (p.ndim(x) > 0) return x;
  throw shapeError("can't split a 0-dim tensor.");
};

function splitWithSizes(x: Node, sizes: Ints, dim = 0): Node[] {
  const size = p.size(requireDim(x), dim);
  const sum = sizes.reduce((a, b) => a + b, 0);
  if (sum !== size || sizes.some((n) => n < 0))
    throw shapeError(`sizes [${sizes.join(", ")}] should sum to the size ${size} of dim ${dim}.`);
  return cutAt(x, offsets(sizes), dim);
}
function splitEvery(x: Node, step: number, dim: number): Node[] {
  const size = p.size(requireDim(x), dim);
  if (step < 0 || (step === 0 && size > 0))
    throw argumentError(`the size of a piece should be positive but got ${step}.`);
  const pieces = step === 0 ? 1 : Math.max(1, Math.ceil(size / step));
  requirePieces(pieces);
  return cutAt(x, range(1, pieces).map((i) => i * step), dim); // prettier-ignore
}
const split = (x: Node, sizes: number | Ints, dim = 0): Node[] =>
  typeof sizes === "number" ? splitEvery(x, sizes, dim) : splitWithSizes(x, sizes, dim);

function chunk(x: Node, chunks: number, dim = 0): Node[] {
  if (chunks < 1) throw argumentError(`chunks should be greater than zero but got ${chunks}.`);
  const size = p.size(requireDim(x), dim);
  if (size > 0) return splitEvery(x, Math.ceil(size / chunks), dim);
  requirePieces(chunks);
  return splitWithSizes(x, range(0, chunks).map(() => 0), dim); // prettier-ignore
}

function tensorSplit(x: Node, sections: number | Ints, dim = 0): Node[] {
  if (typeof sections !== "number") return cutAt(requireDim(x), sections, dim);
  if (sections < 1) throw argumentError(`the number of sections should be greater than zero but got ${sections}.`);
  const size = p.size(requireDim(x), dim);
  requirePieces(sections);
  const sizes = range(0, sections).map((i) => Math.floor(size / sections) + (i < size % sections ? 1 : 0));
  return cutAt(x, offsets(sizes), dim);
}

/** tensorSplit along a fixed dim, into equal pieces only. */
function splitAlong(x: Node, sections: number | Ints, dim: number, least: number): Node[] {
  if (p.ndim(x) < least)
    throw shapeError(`expected at least ${least} dim${least > 1 ? "s" : ""} but got ${format(x)}.`);
  const size = p.size(x, dim);
  if (typeof sections === "number" && (sections < 1 || size % sections !== 0))
    throw argumentError(`the size ${size} of dim ${dim} can't be split into ${sections} equal pieces.`);
  return tensorSplit(x, sections, dim);
}

function unbind(x: Node, dim = 0): Node[] {
  const size = p.size(requireDim(x), dim);
  requirePieces(size);
  return range(0, size).map((i) => select(x, dim, i));
}

function blockDiag(tensors: readonly Node[]): Node {
  const blocks = requireSome(tensors).map(atleast2d);
  const tooMany = blocks.find((x) => p.ndim(x) > 2);
  if (tooMany !== undefined) throw shapeError(`expected tensors of at most 2 dims but got ${format(tooMany)}.`);
  const columns = blocks.map((x) => p.size(x, 1));
  const total = columns.reduce((a, b) => a + b, 0);
  let before = 0;
  const rows = blocks.map((x, i) => {
    const row = p.pad(x, [0, before], [0, total - before - columns[i]!]);
    before += columns[i]!;
    return row;
  });
  // Not cat: a block [1, 0] still has its row.
  return rows.length === 1 ? rows[0]! : p.concat(rows, 0);
}

function meshgrid(tensors: readonly Node[], indexing: "ij" | "xy" = "ij"): Node[] {
  const wrong = requireSome(tensors).find((x) => p.ndim(x) > 1);
  if (wrong !== undefined) throw shapeError(`expected tensors of at most 1 dim but got ${format(wrong)}.`);
  const sizes = tensors.map((x) => p.numel(x));
  const grids = tensors.map((x, i) =>
    p.expand(
      p.reshape(
        x,
        sizes.map((n, j) => (j === i ? n : 1)),
      ),
      sizes,
    ),
  );
  return indexing === "xy" && grids.length > 1 ? grids.map((x) => movedim(x, [0, 1], [1, 0])) : grids;
}

function cartesianProd(tensors: readonly Node[]): Node {
  const wrong = requireSome(tensors).find((x) => p.ndim(x) !== 1);
  if (wrong !== undefined) throw shapeError(`expected vectors but got ${format(wrong)}.`);
  if (tensors.length === 1) return p.alias(tensors[0]!);
  const rows = product(tensors.map((x) => p.numel(x)));
  requireNumel([rows, tensors.length]);
  return stack(meshgrid(tensors).map((x) => p.reshape(x, [rows])), 1); // prettier-ignore
}

/** n over k; beyond the largest size of a tensor any larger number will do. */
function binomial(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= Math.min(k, n - k) && result <= MAX_NUMEL; i++) result = (result * (n - i + 1)) / i;
  return k > n ? 0 : Math.round(result);
}
/** Fills `rows` with all combinations of r of the indices 0 … n - 1, in lexicographic order. */
function fillCombinations(rows: TypedArray, n: number, r: number, withReplacement: boolean): void {
  const step = withReplacement ? 0 : 1;
  for (let at = 0; at < r; at++) rows[at] = at * step;
  for (let row = r; row < rows.length; row += r) {
    // Of the row before the last place that can still grow does, and those behind it follow.
    let place = r - 1;
    while (rows[row - r + place] === n - 1 - (r - 1 - place) * step) place--;
    for (let at = 0; at < place; at++) rows[row + at] = rows[row - r + at]!;
    const next = rows[row - r + place]! + 1;
    for (let at = place; at < r; at++) rows[row + at] = next + (at - place) * step;
  }
}
function combinations(x: Node, r = 2, withReplacement = false): Node {
  if (p.ndim(x) !== 1) throw shapeError(`expected a vector but got ${format(x)}.`);
  if (r < 0) throw argumentError(`r should not be negative but got ${r}.`);
  if (r === 0) return p.full([0], 0, p.dtype(x));
  const n = p.numel(x);
  const count = binomial(withReplacement ? n + r - 1 : n, r);
  requireNumel([count, r]);
  if (count === 0) return p.reshape(sliceAlong(x, 0, 0, 0), [0, r]);
  const indices = makeFilled([count * r], DType.Int32, (rows) => fillCombinations(rows, n, r, withReplacement));
  return p.reshape(takeAlong(x, 0, indices), [count, r]);
}

export const joiningOps = {
  cat,
  concat: cat,
  concatenate: cat,
  stack,
  hstack,
  vstack,
  rowStack: vstack,
  dstack,
  columnStack,
  split,
  splitWithSizes,
  chunk,
  tensorSplit,
  hsplit: (x: Node, sections: number | Ints) => splitAlong(x, sections, p.ndim(x) === 1 ? 0 : 1, 1),
  vsplit: (x: Node, sections: number | Ints) => splitAlong(x, sections, 0, 2),
  dsplit: (x: Node, sections: number | Ints) => splitAlong(x, sections, 2, 3),
  unbind,
  blockDiag,
  meshgrid,
  cartesianProd,
  combinations,
} satisfies Implementations;
