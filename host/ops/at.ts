// x.at(…), x.setAt(…), x.addAt(…), and torch's index and index_put, which are the same with index tensors alone. Entries are of two
// sorts: numbers, slices and null make a view; index tensors and masks then name rows of that view, seen as a table. A write
// updates the view and puts it back in x's place.
import { DType } from "../../assembly/abi/opcodes";
import { dtypeName } from "../core/dtype";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { ArgumentError, DTypeError, formatShape as format } from "../errors";
import { putBack, read, spreadOut, type View, viewOf } from "./at-view";
import { failure, type Implementations, shapeError } from "./define";
import { type Entry, parseEntry, WHOLE } from "./at-entries";
import { wrapped, writeRows } from "./indexing";
import { coordinatesOf, placesInMask, readForShape } from "./masks";
import { asDType, category, requireSameDType } from "./promotion";
import { movedim, ravel } from "./shape";
import { type Ints, alongDim, product, range, scale, takeAlong } from "./support";

type Value = Node | boolean;

/** Where a mask holds, as one vector of indices for each of its dims. It has to be known for that. */
function positionsOf(mask: Node, position: number): Node[] {
  const refusal =
    `entry ${position} is a mask that compile or vmap traces: how many places it names, a shape, would depend on its values. ` +
    "Use where, or setAt and addAt with a value that broadcasts without knowing the count.";
  return coordinatesOf(readForShape(mask, refusal, placesInMask), p.shape(mask));
}

/** An index tensor that an entry has given, for the error of a value out of range. */
interface Index {
  readonly node: Node;
  readonly source: number;
  readonly position: number;
}
function wrappedEntry({ node, source, position }: Index, size: number): Node {
  try {
    return wrapped(node, size, source);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new ArgumentError(error.message.replace(": ", `: entry ${position}: `));
  }
}

/** The places that index tensors name in a tensor, as rows along one dim; and how to get from rows to what at(…) gives. */
interface Table {
  /** The tensor with the indexed dims as one. */
  readonly rows: Node;
  readonly dim: number;
  /** The row that each index names: [n]. */
  readonly index: Node;
  /** The shape of the result. */
  readonly shape: Ints;
  /** [..., n, ...] in the shape of the result, and back. */
  readonly fromRows: (selected: Node) => Node;
  readonly toRows: (values: Node) => Node;
  /** The rows as the tensor that they were. */
  readonly restore: (rows: Node) => Node;
}

/** indices: one for each indexed dim of x. */
function tableOf(x: Node, indices: ReadonlyMap<number, Index>): Table {
  const sizes = p.shape(x);
  const indexed = [...indices.keys()];
  const others = range(0, sizes.length).filter((dim) => !indices.has(dim));
  const places = indexed.map((dim) => sizes[dim]!);
  const flat = indexed
    .map((dim) => wrappedEntry(indices.get(dim)!, sizes[dim]!))
    .reduce((all, next, k) => p.add(scale(all, places[k]!), next));
  const common = p.shape(flat);
  // Indices of neighbouring dims leave their result there; others bring it to the front. A 0-dim one is a number: it drops its dim.
  const left = range(0, sizes.length).filter((dim) => !indices.has(dim) || p.ndim(indices.get(dim)!.node) > 0);
  const named = left.flatMap((dim, i) => (indices.has(dim) ? [i] : []));
  const start = named.every((i, k) => i === named[0]! + k) ? (named[0] ?? 0) : 0;
  // Neighbours are one dim where they stand; otherwise that dim comes first.
  const inPlace = indexed.every((dim, k) => dim === indexed[0]! + k);
  const dim = inPlace ? indexed[0]! : 0;
  const entries = others.map((d) => sizes[d]!);
  const [before, after] = [entries.slice(0, dim), entries.slice(dim)];
  const spread = [...before, ...common, ...after];
  const dimsFrom = (first: number) => range(first, first + common.length);
  const move = (v: Node, from: number, to: number) => (from === to ? v : movedim(v, dimsFrom(from), dimsFrom(to)));
  const merged = range(dim, dim + indexed.length);
  return {
    rows: p.reshape(inPlace ? x : movedim(x, indexed, merged), [...before, product(places), ...after]),
    dim,
    index: ravel(flat),
    shape: [...entries.slice(0, start), ...common, ...entries.slice(start)],
    fromRows: (selected) => move(p.reshape(selected, spread), dim, start),
    toRows: (values) => p.reshape(move(values, start, dim), [...before, product(common), ...after]),
    restore(rows) {
      const apart = p.reshape(rows, [...before, ...places, ...after]);
      return inPlace ? apart : movedim(apart, merged, indexed);
    },
  };
}

/** The index tensors of the view by its dims, with the positions of masks in their place. */
function indicesOf({ advanced }: View): ReadonlyMap<number, Index> {
  const indices = new Map<number, Index>();
  for (const { node, dim, source, position, isMask } of advanced) {
    const list = isMask ? positionsOf(node, position) : [node];
    list.forEach((index, i) => indices.set(dim + i, { node: index, source: source + i, position }));
  }
  return indices;
}

function readAt(x: Node, entries: readonly Entry[]): Node {
  const view = viewOf(x, entries);
  const part = read(view);
  if (view.advanced.length === 0) return part;
  const table = tableOf(part, indicesOf(view));
  return table.fromRows(takeAlong(table.rows, table.dim, table.index));
}

/** value in the given shape; leading dims of size 1 too many are let go, as in torch. */
function fitted(value: Node, shape: Ints): Node {
  const own = p.shape(value);
  const cut = [...own];
  while (cut.length > shape.length && cut[0] === 1) cut.shift();
  const offset = shape.length - cut.length;
  if (cut.some((n, i) => n !== 1 && n !== shape[offset + i]))
    throw shapeError(`value ${format(own)} should broadcast to ${format(shape)}, the shape of what the entries name.`);
  return p.expand(cut.length < own.length ? p.reshape(value, cut) : value, shape);
}

/** part, with value where the mask holds; undefined where value has as many elements as the mask has places: that takes knowing it. */
function maskedUpdate(view: View, part: Node, value: Node, isSum: boolean): Node | undefined {
  const only = view.advanced[0]!;
  if (view.advanced.length > 1 || !only.isMask) return undefined;
  const own = p.shape(only.node);
  const after = view.shape.slice(only.dim + own.length);
  const sizes = p.shape(value);
  const at = sizes.length - 1 - after.length;
  if (at >= 0 && sizes[at] !== 1) return undefined;
  // The dim that counts the mask's places stands for all of its dims.
  const target = [...view.shape.slice(0, only.dim), 1, ...after];
  const ones = own.map(() => 1);
  const spread = p.reshape(fitted(value, target), [...target.slice(0, only.dim), ...ones, ...after]);
  const mask = p.reshape(only.node, [...own, ...after.map(() => 1)]);
  return p.where(mask, isSum ? p.add(part, spread) : spread, part);
}

/** x with value at the entries, or added to what is there. value has x's dtype. */
function writeAt(x: Node, entries: readonly Entry[], value: Node, isSum: boolean): Node {
  const view = viewOf(x, entries);
  if (view.advanced.length === 0) {
    const part = fitted(value, view.shape);
    if (!isSum) return putBack(view, part);
    return product(view.shape) === 0 ? p.alias(x) : p.add(x, spreadOut(view, part));
  }
  const part = read(view);
  const masked = maskedUpdate(view, part, value, isSum);
  if (masked !== undefined) return putBack(view, masked);
  const table = tableOf(part, indicesOf(view));
  const { rows, dim, index } = table;
  const slices = table.toRows(fitted(value, table.shape));
  const updated = isSum
    ? p.scatterAdd(rows, dim, p.expand(alongDim(index, dim, p.ndim(rows)), p.shape(slices)), slices)
    : writeRows(rows, dim, index, slices);
  return putBack(view, table.restore(updated));
}

// Array.from: a hole is an entry too, undefined, which map would pass over.
const parsed = (entries: readonly unknown[]): Entry[] => Array.from(entries, parseEntry);
/** Index tensors alone, where null stands for a whole dim. */
const indexed = (indices: readonly unknown[]): Entry[] =>
  Array.from(indices, (value, i) => (value === null || value === undefined ? WHOLE : parseEntry(value, i)));

const asNode = (value: Value): Node => (typeof value === "boolean" ? p.full([], Number(value), DType.Bool) : value);

export const atOps = {
  at: (x: Node, entries: readonly unknown[]) => readAt(x, parsed(entries)),
  setAt: (x: Node, entries: readonly unknown[], value: Value) =>
    writeAt(x, parsed(entries), asDType(asNode(value), p.dtype(x)), false),
  addAt(x: Node, entries: readonly unknown[], value: Value): Node {
    const given = asNode(value);
    const dtype = p.resultType(x, given);
    if (category(dtype) > category(p.dtype(x)))
      throw failure(
        DTypeError,
        `a ${dtypeName(dtype)} value can't be added to ${dtypeName(p.dtype(x))}, in whose dtype the result is; cast one of them.`,
      );
    return writeAt(x, parsed(entries), asDType(given, p.dtype(x)), true);
  },
  index: (x: Node, indices: readonly unknown[]) => readAt(x, indexed(indices)),
  indexPut: (x: Node, indices: readonly unknown[], values: Node, accumulate = false) =>
    writeAt(x, indexed(indices), requireSameDType(x, values), accumulate),
} satisfies Implementations;
