// Reading and writing at positions. Every write is a new tensor made of masks, pads and gathers, so that its derivatives are
// theirs. Index tensors are int32; negative entries count from the end where torch allows them.
import { DType, Requirement } from "../../assembly/abi/opcodes";
import { dtypeName } from "../core/dtype";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { DTypeError } from "../errors";
import { failure, format, type Implementations, shapeError } from "./define";
import { asDType, constantLike, requireIndex, requireInteger, requireSameDType } from "./promotion";
import { diagonalEntries, matrixDims } from "./diagonals";
import { entryOf, indexable, movedim, ravel, sliceBounds, unsqueeze } from "./shape";
import { type Reduce, scatterReduce } from "./scatter";
import { alongDim, leading, product, scale, shift, sliceAlong, takeAlong } from "./support";

/** An index tensor, which messages call `index`. */
const indexOf = (index: Node): Node => requireIndex("index", index);
/** Indices along dim, of the given size, those from the end counted from the start. */
export function wrapped(index: Node, size: number, dim = 0): Node {
  const within = p.required(indexOf(index), Requirement.Index, size, dim);
  return p.where(p.lt(within, p.num(0)), shift(within, size), within);
}

/** A vector of indices; a 0-dim one counts as one of length 1. */
function indexVector(index: Node): Node {
  if (p.ndim(indexOf(index)) > 1) throw shapeError(`index should be a vector but is ${format(index)}.`);
  return p.ndim(index) === 0 ? p.reshape(index, [1]) : index;
}
/** index: [n] as it stands for whole slices along dim of a tensor of the given shape. */
const spread = (index: Node, dim: number, shape: readonly number[]): Node =>
  p.expand(alongDim(index, dim, shape.length), shape);

/** The leading part of x, as far as index reaches: torch lets src be larger than index. */
function cutTo(x: Node, index: Node): Node {
  const lengths = p.shape(index);
  if (p.ndim(x) !== lengths.length || lengths.some((n, i) => n > p.size(x, i)))
    throw shapeError(`index ${format(index)} should not be larger than src ${format(x)}.`);
  return leading(x, lengths);
}

/** Whether an index names nothing: then, as in torch, its shape need not fit. */
const isNothing = (index: Node): boolean => p.numel(indexOf(index)) === 0;

/** Runs f on operands of which the 0-dim ones count as 1-dim, and gives the result the shape of `like`. */
function withDims(like: Node, f: (raise: (x: Node) => Node) => Node): Node {
  const result = f((x) => (p.ndim(x) > 0 ? x : p.reshape(x, [1])));
  return p.ndim(like) > 0 ? result : p.reshape(result, []);
}

function gather(x: Node, dim: number, index: Node): Node {
  if (isNothing(index)) {
    p.normalizeDim(dim, p.ndim(x));
    return p.reshape(sliceAlong(ravel(x), 0, 0, 0), p.shape(index));
  }
  return withDims(index, (raise) => p.gather(raise(x), dim, raise(index)));
}

/** The sizes with another one for dim. (Arrays' own `with` needs browsers of 2023.) */
const withSize = (sizes: readonly number[], dim: number, size: number): number[] =>
  sizes.map((other, i) => (i === dim ? size : other));

function takeAlongDim(x: Node, indices: Node, dim?: number): Node {
  if (dim === undefined) return p.gather(ravel(x), 0, ravel(requireIndex("indices", indices)));
  const d = p.normalizeDim(dim, p.ndim(indexable(x)));
  if (p.ndim(indices) !== p.ndim(x))
    throw shapeError(`indices ${format(indices)} should have as many dims as input ${format(x)}.`);
  // Both broadcast in all dims but d.
  const [xs, is] = [p.shape(x), p.shape(indices)];
  const common = p.broadcastShape(p.full(withSize(xs, d, 1), 0, DType.Bool), p.full(withSize(is, d, 1), 0, DType.Bool));
  return gather(p.expand(x, withSize(common, d, xs[d]!)), d, p.expand(indices, withSize(common, d, is[d]!)));
}

const indexSelect = (x: Node, dim: number, index: Node): Node =>
  withDims(x, (raise) => takeAlong(raise(x), dim, indexVector(index)));

const take = (x: Node, index: Node): Node =>
  p.reshape(p.gather(ravel(x), 0, ravel(wrapped(index, p.numel(x)))), p.shape(index));

/**
 * x with the winners' entries of src in place of what index names along dim. index and src have x's number of dims, at least
 * one, and equal sizes, outside of dim no larger than x's. Of several entries for one place the last one counts, in the value and
 * in every derivative: the values are gathered at the position that `lastWriter` finds.
 */
export function write(x: Node, dim: number, index: Node, src: Node): Node {
  if (p.numel(index) === 0) return p.alias(x);
  const winner = p.lastWriter(index, dim, p.size(x, dim));
  return place(x, winner, p.gather(src, dim, p.maximum(winner, p.num(0))));
}

/** x with slices in place of those that index: [n] names along dim; whoever writes last counts, as in `write`. */
export function writeRows(x: Node, dim: number, index: Node, slices: Node): Node {
  if (p.numel(index) === 0) return p.alias(x);
  const winner = p.lastWriter(index, 0, p.size(x, dim));
  const values = takeAlong(slices, dim, p.maximum(winner, p.num(0)));
  return p.where(p.lt(alongDim(winner, dim, p.ndim(x)), p.num(0)), x, values);
}

/** x, with the values where winner isn't -1; beyond winner's extent x as it is. */
function place(x: Node, winner: Node, values: Node): Node {
  const missing = p.shape(x).map((n, i) => n - p.size(winner, i));
  const none = missing.map(() => 0);
  const whole = (v: Node, fill: number) => p.pad(v, none, missing, none, fill);
  return p.where(p.lt(whole(winner, -1), p.num(0)), x, whole(values, 0));
}

/** What writes nothing gives, once it is checked that there is such a dim. */
function untouched(x: Node, dim: number): Node {
  p.normalizeDim(dim, p.ndim(x));
  return p.alias(x);
}

type Accumulate = "add" | "multiply";
function scatter(x: Node, dim: number, index: Node, src: Node, reduce?: Accumulate): Node {
  if (reduce === "add") return scatterAdd(x, dim, index, src);
  if (reduce === "multiply") return scatterReduce(x, dim, index, src, "prod");
  if (isNothing(index)) return untouched(x, dim);
  return withDims(x, (raise) => {
    const at = raise(indexOf(index));
    return write(raise(x), dim, at, cutTo(raise(requireSameDType(x, src)), at));
  });
}
function scatterValue(x: Node, dim: number, index: Node, value: number | boolean, reduce?: Accumulate): Node {
  const constant = constantLike(x, Number(value));
  if (isNothing(index)) return untouched(x, dim);
  if (reduce !== undefined) return scatter(x, dim, index, p.expand(constant, p.shape(index)), reduce);
  return withDims(x, (raise) => {
    const [target, at] = [raise(x), raise(indexOf(index))];
    const winner = p.lastWriter(at, dim, p.size(target, dim));
    return place(target, winner, p.expand(constant, p.shape(winner)));
  });
}
function scatterAdd(x: Node, dim: number, index: Node, src: Node): Node {
  if (isNothing(index)) return untouched(x, dim);
  return withDims(x, (raise) => {
    const at = raise(index);
    return p.scatterAdd(raise(x), dim, at, cutTo(raise(requireSameDType(x, src)), at));
  });
}

/** What an op that writes slices along dim does with operands of at least one dim, once index and source fit. */
function writeSlices(
  x: Node,
  dim: number,
  index: Node,
  source: Node,
  f: (x: Node, dim: number, index: Node, source: Node) => Node,
): Node {
  return withDims(x, (raise) => {
    const [target, slices, at] = [raise(x), raise(requireSameDType(x, source)), indexVector(index)];
    const d = p.normalizeDim(dim, p.ndim(target));
    const expected = withSize(p.shape(target), d, p.numel(at));
    if (p.shape(slices).join() !== expected.join())
      throw shapeError(`source should be [${expected.join(", ")}] but got ${format(source)}.`);
    return f(target, d, at, slices);
  });
}

function indexAdd(x: Node, dim: number, index: Node, source: Node, alpha = 1): Node {
  if (!p.isFloat(x)) requireInteger("alpha", alpha);
  return writeSlices(x, dim, index, source, (target, d, at, slices) =>
    p.scatterAdd(target, d, spread(at, d, p.shape(slices)), alpha === 1 ? slices : scale(slices, alpha)),
  );
}

/** Of each dim the whole strides in the place, without those of the dims before. */
function unravelIndex(indices: Node, shape: readonly number[]): Node[] {
  return shape.map((size, d) => {
    const stride = product(shape.slice(d + 1));
    const whole = p.cast(p.floor(p.div(p.cast(indices, DType.Float64), p.num(stride))), DType.Int32);
    return p.remainder(whole, p.num(size));
  });
}

const indexCopy = (x: Node, dim: number, index: Node, source: Node): Node =>
  writeSlices(x, dim, index, source, writeRows);

/** A number or a 0-dim tensor in the dtype of x. */
function fillValue(x: Node, value: Node | boolean): Node {
  if (typeof value === "boolean") return constantLike(x, Number(value));
  if (p.ndim(value) !== 0) throw shapeError(`value should be 0-dim but is ${format(value)}.`);
  return asDType(value, p.dtype(x));
}

const indexFill = (x: Node, dim: number, index: Node, value: Node | boolean): Node =>
  withDims(x, (raise) => {
    const target = raise(x);
    const d = p.normalizeDim(dim, p.ndim(target));
    const size = p.size(target, d);
    const winner = p.lastWriter(wrapped(indexVector(index), size, d), 0, size);
    return p.where(p.lt(alongDim(winner, d, p.ndim(target)), p.num(0)), target, fillValue(x, value));
  });

function put(x: Node, index: Node, source: Node, accumulate = false): Node {
  if (p.numel(index) !== p.numel(source))
    throw shapeError(`index ${format(index)} and source ${format(source)} should have equally many elements.`);
  const at = ravel(wrapped(index, p.numel(x)));
  const values = ravel(requireSameDType(x, source));
  const flat = accumulate ? p.scatterAdd(ravel(x), 0, at, values) : write(ravel(x), 0, at, values);
  return p.reshape(flat, p.shape(x));
}

function maskedFill(x: Node, mask: Node, value: Node | boolean): Node {
  if (p.dtype(mask) !== DType.Bool)
    throw failure(DTypeError, `expected a bool mask but got ${dtypeName(p.dtype(mask))}.`);
  return p.where(mask, fillValue(x, value), x);
}

/** x with src: [..., length, ...] at every step-th index of dim from start. */
function writeSlice(x: Node, src: Node, dim: number, start: number, length: number, step: number): Node {
  const sizes = p.shape(x);
  const expected = withSize(sizes, dim, length);
  if (p.shape(src).join() !== expected.join())
    throw shapeError(`src should be [${expected.join(", ")}] but got ${format(src)}.`);
  if (length === 0) return p.alias(x);
  const used = (length - 1) * step + 1;
  const at = (value: number) => sizes.map((_, i) => (i === dim ? value : 0));
  const spread = (values: Node) => p.pad(values, at(start), at(sizes[dim]! - start - used), at(step - 1));
  const marks = p.pad(p.full([length], 1, DType.Int32), [start], [sizes[dim]! - start - used], [step - 1]);
  return p.where(alongDim(p.gt(marks, p.num(0)), dim, sizes.length), spread(requireSameDType(x, src)), x);
}

function selectScatter(x: Node, src: Node, dim: number, index: number): Node {
  const entry = entryOf(x, dim, index);
  const d = p.normalizeDim(dim, p.ndim(x));
  if (p.ndim(src) !== p.ndim(x) - 1) throw shapeError(`src should have ${p.ndim(x) - 1} dims but is ${format(src)}.`);
  return writeSlice(x, unsqueeze(src, d), d, entry, 1, 1);
}

function sliceScatter(x: Node, src: Node, dim = 0, start?: number, end?: number, step = 1): Node {
  const d = p.normalizeDim(dim, p.ndim(indexable(x)));
  const [first, length] = sliceBounds(p.size(x, d), start, end, step);
  return writeSlice(x, src, d, first, length, step);
}

function diagonalScatter(x: Node, src: Node, offset = 0, dim1 = 0, dim2 = 1): Node {
  const dims = matrixDims(p.ndim(x), dim1, dim2);
  const last = movedim(x, dims, [-2, -1]);
  const sizes = p.shape(last);
  const [rows, columns] = sizes.slice(-2) as [number, number];
  const { start, length } = diagonalEntries(rows, columns, offset);
  const flat = p.reshape(last, [...sizes.slice(0, -2), rows * columns]);
  const result = writeSlice(flat, src, sizes.length - 2, start, length, columns + 1);
  return movedim(p.reshape(result, sizes), [-2, -1], dims);
}

export const indexingOps = {
  gather,
  takeAlongDim,
  indexSelect,
  take,
  scatter: [scatter, scatterValue],
  scatterAdd,
  indexAdd,
  indexReduce: (x: Node, dim: number, index: Node, source: Node, reduce: Reduce, includeSelf?: boolean): Node =>
    writeSlices(x, dim, index, source, (target, d, at, slices) =>
      scatterReduce(target, d, spread(at, d, p.shape(slices)), slices, reduce, includeSelf),
    ),
  unravelIndex,
  indexCopy,
  indexFill,
  put,
  maskedFill,
  selectScatter,
  sliceScatter,
  diagonalScatter,
} satisfies Implementations;
