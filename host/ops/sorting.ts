// Order statistics: sorted elements, or gathers at the positions that argsort finds, so derivatives flow to the elements that were
// selected. NaN is the largest element, as in torch.
import { DType, Requirement } from "../../assembly/abi/opcodes";
import { dtypeName } from "../core/dtype";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { DTypeError } from "../errors";
import { argumentError, failure, format, type Implementations, shapeError } from "./define";
import { lerp } from "./math";
import { asDType, constantLike, requireFloat, requireIndex } from "./promotion";
import { movedim, ravel, squeeze } from "./shape";
import { alongDim, isInfinite, isnan, padAlong, scale, shift, sliceAlong } from "./support";

/** Equal elements keep their order, so `stable` holds whatever is asked for. */
const argsort = (x: Node, dim = -1, descending = false): Node => p.argsort(x, dim, descending);

/** A number is sorted; its position is 0. */
export const sortedNumber = (x: Node): [Node, Node] => [p.alias(x), p.full([], 0, DType.Int32)];

export function sort(x: Node, dim = -1, descending = false): [Node, Node] {
  if (p.ndim(x) > 0) return p.sort(x, dim, descending);
  p.normalizeDim(dim, 0);
  return sortedNumber(x);
}

const msort = (x: Node): Node => p.gather(x, 0, p.argsort(x, 0));

/** The elements of x that index, which kept dim, names, with the index. */
function selected(x: Node, dim: number, index: Node, keepdim: boolean): [Node, Node] {
  const values = p.gather(x, dim, index);
  return keepdim ? [values, index] : [squeeze(values, [dim]), squeeze(index, [dim])];
}

function topk(x: Node, k: number, dim = -1, largest = true): [Node, Node] {
  const n = p.size(x, dim);
  if (k < 0 || k > n || (k === 0 && p.ndim(x) === 0))
    throw argumentError(`selected index k out of range: k should be in 0 … ${n} but is ${k}.`);
  return p.ndim(x) === 0 ? sortedNumber(x) : p.sort(x, dim, largest, k);
}

function kthvalue(x: Node, k: number, dim = -1, keepdim = false): [Node, Node] {
  const n = p.size(x, dim);
  if (k < 1 || k > n)
    throw argumentError(`selected number k out of range for dimension ${dim}: it should be in 1 … ${n} but is ${k}.`);
  return selected(x, dim, p.argsort(x, dim, false, k - 1, 1), keepdim);
}

/** Equal elements are neighbours in order, and the longest run of them is that of the mode. */
function mode(x: Node, dim = -1, keepdim = false): [Node, Node] {
  if (p.ndim(x) === 0) return sortedNumber(x);
  const d = p.normalizeDim(dim, p.ndim(x));
  const n = p.size(x, d);
  if (n === 0) throw shapeError(`expected reduction dim ${d} to have non-zero size.`);
  const order = p.argsort(x, d);
  const sorted = p.gather(x, d, order);
  const places = alongDim(p.iota(n, DType.Float64), d, p.ndim(x));
  const begins = p.ne(sliceAlong(sorted, d, 1, n - 1), sliceAlong(sorted, d, 0, n - 1));
  const starts = p.where(padAlong(begins, d, 1, 0, 1), places, p.num(0));
  const [start] = p.cumulativeExtreme(starts, d, false);
  const length = p.sub(places, start);
  return selected(x, d, p.gather(order, d, p.argmax(length, [d], true)), keepdim);
}

/** Where the lower median along dim is, the dim kept: the first NaN if there is one, or the median of what isn't NaN. */
function medianIndex(x: Node, dim: number, ignoreNaN: boolean): Node {
  const n = p.size(x, dim);
  if (n === 0) throw shapeError(`expected reduction dim ${p.normalizeDim(dim, p.ndim(x))} to have non-zero size.`);
  const below = Math.floor((n - 1) / 2);
  if (ignoreNaN) {
    const numbers = p.sum(p.eq(x, x), [dim], true);
    // (numbers − 1) / 2, in a float that holds every count; the cast takes the −1/2 of none to 0.
    const rank = p.cast(scale(shift(p.cast(numbers, DType.Float64), -1), 0.5), DType.Int32);
    return p.gather(p.argsort(x, dim, false, 0, below + 1), dim, rank);
  }
  const middle = p.argsort(x, dim, false, below, 1);
  if (!p.isFloat(x)) return middle;
  const largest = p.argsort(x, dim, true, 0, 1);
  return p.where(isnan(p.gather(x, dim, largest)), largest, middle);
}

/** The median of all, whose gradient is shared by all elements that equal it. */
function medianOfAll(x: Node, ignoreNaN: boolean): Node {
  if (p.numel(x) === 0) {
    if (p.isFloat(x)) return constantLike(x, NaN);
    throw shapeError(
      `expected an input that isn't empty: NaN, the median of nothing, is no ${dtypeName(p.dtype(x))}; use .float().`,
    );
  }
  const flat = ravel(x);
  const median = p.reshape(p.gather(flat, 0, medianIndex(flat, 0, ignoreNaN)), []);
  if (!p.isFloat(x)) return median;
  const value = p.detach(median);
  const chosen = p.where(isnan(value), isnan(flat), p.eq(flat, value));
  // The shares are 0; of infinities, whose differences aren't, the mean is the median itself.
  const share = p.where(isInfinite(value), flat, p.sub(flat, p.detach(flat)));
  const mean = p.div(p.sum(p.where(chosen, share, constantLike(x, 0))), p.sum(chosen));
  return p.add(p.where(isInfinite(value), p.num(0), value), mean);
}

const medians = (ignoreNaN: boolean) => [
  (x: Node): Node => medianOfAll(x, ignoreNaN),
  (x: Node, dim: number, keepdim = false): [Node, Node] => selected(x, dim, medianIndex(x, dim, ignoreNaN), keepdim),
];

type Interpolation = "linear" | "lower" | "higher" | "midpoint" | "nearest";
const roundings = { lower: p.floor, higher: p.ceil, nearest: p.round };

/** Quantiles of the rows of x: [..., n], at q: [m]: [..., m]. */
function rowQuantiles(x: Node, q: Node, interpolation: Interpolation, ignoreNaN: boolean): Node {
  const [values] = sort(x, -1);
  const numbers = p.sum(p.eq(values, values), [-1], true);
  const n = p.size(x, -1);
  const ranks = ignoreNaN
    ? p.mul(q, p.cast(p.maximum(shift(numbers, -1), p.num(0)), p.dtype(x)))
    : p.where(p.lt(numbers, p.num(n)), constantLike(x, n - 1), scale(q, n - 1));
  const valueAt = (rank: Node) => p.gather(values, -1, p.cast(rank, DType.Int32));
  if (interpolation !== "linear" && interpolation !== "midpoint") return valueAt(roundings[interpolation](ranks));
  const below = p.floor(ranks);
  const weight = interpolation === "midpoint" ? p.fullLike(ranks, 0.5) : p.sub(ranks, below);
  return lerp(valueAt(below), valueAt(p.ceil(ranks)), weight);
}

function quantileAt(
  x: Node,
  q: Node,
  dim: number | undefined,
  keepdim: boolean,
  interpolation: Interpolation,
  ignoreNaN: boolean,
): Node {
  if (p.numel(x) === 0) throw shapeError("expected an input that isn't empty.");
  requireFloat(x);
  if (p.ndim(q) > 1) throw shapeError(`q should be a number or a vector but has ${p.ndim(q)} dims.`);
  if (p.dtype(q) !== p.dtype(x))
    throw failure(DTypeError, `q should be ${dtypeName(p.dtype(x))} as the input but is ${dtypeName(p.dtype(q))}.`);
  // What isn't at hand yet is found when it is computed.
  const wrong = p.known(q)?.find((value) => !(value >= 0 && value <= 1));
  if (wrong !== undefined) throw argumentError(`q should be in the range [0, 1] but got ${wrong}.`);
  const d = dim === undefined ? undefined : p.normalizeDim(dim, p.ndim(x));
  const rows = d === undefined || p.ndim(x) === 0 ? ravel(x) : movedim(x, [d], [-1]);
  const last = rowQuantiles(rows, p.required(p.reshape(q, [-1]), Requirement.Probability), interpolation, ignoreNaN);
  const front = movedim(last, [-1], [0]);
  const kept = p.shape(x).map((size, i) => (d === undefined || i === d ? 1 : size));
  const rest = keepdim ? kept : kept.filter((_, i) => d !== undefined && i !== d);
  return p.reshape(front, p.ndim(q) === 0 ? rest : [p.numel(q), ...rest]);
}

/** The two overloads: q as a number, q as a tensor. */
const quantiles = (ignoreNaN: boolean) => [
  (x: Node, q: number, dim?: number, keepdim = false, interpolation: Interpolation = "linear"): Node =>
    quantileAt(x, constantLike(x, q), dim, keepdim, interpolation, ignoreNaN),
  (x: Node, q: Node, dim?: number, keepdim = false, interpolation: Interpolation = "linear"): Node =>
    quantileAt(x, q, dim, keepdim, interpolation, ignoreNaN),
];

/**
 * How many elements of the row lie before each value, or before or at it: a binary search, of all values at once. Rows of
 * sequence: [..., n] and values: [..., m] go together; a vector serves all values.
 */
export function insertionPoints(sequence: Node, values: Node, right: boolean): Node {
  const n = p.size(sequence, -1);
  let found = p.full(p.shape(values), 0, DType.Int32);
  for (let step = 2 ** (31 - Math.clz32(n)); step >= 1; step /= 2) {
    const next = shift(found, step);
    // Whatever would lead beyond the end looks at the last element, and is dropped.
    const element = p.gather(sequence, -1, shift(p.minimum(next, p.num(n)), -1));
    const isAfter = right ? p.gt(element, values) : p.ge(element, values);
    found = p.where(p.logicalAnd(p.le(next, p.num(n)), p.logicalNot(isAfter)), next, found);
  }
  return found;
}

function searchsorted(
  sequence: Node,
  values: Node,
  _outInt32?: boolean,
  right?: boolean,
  side?: "left" | "right",
  sorter?: Node,
): Node {
  if (side === "left" && right) throw argumentError('side "left" and right true can\'t be asked for together.');
  if (!p.isScalar(values) && p.dtype(values) !== p.dtype(sequence))
    throw failure(
      DTypeError,
      `sequence and values should have one dtype but are ${dtypeName(p.dtype(sequence))} and ${dtypeName(p.dtype(values))}.`,
    );
  if (p.ndim(sequence) === 0) throw shapeError("the sequence should have at least 1 dim but has none.");
  const ordered = sorter === undefined ? sequence : p.gather(sequence, -1, requireIndex("sorter", sorter));
  const wanted = asDType(values, p.dtype(sequence));
  const isVector = p.ndim(sequence) === 1;
  const [rows, targets] = [p.shape(ordered).slice(0, -1), p.shape(wanted).slice(0, -1)];
  if (!isVector && (p.ndim(wanted) !== p.ndim(ordered) || rows.join() !== targets.join()))
    throw shapeError(
      `sequence ${format(ordered)} should be a vector, or agree with values ${format(wanted)} in all dims but the last.`,
    );
  const points = insertionPoints(ordered, isVector ? ravel(wanted) : wanted, right ?? side === "right");
  return p.reshape(points, p.shape(wanted));
}

const bucketize = (values: Node, boundaries: Node, outInt32?: boolean, right?: boolean): Node => {
  if (p.ndim(boundaries) !== 1) throw shapeError(`boundaries should be a vector but have ${p.ndim(boundaries)} dims.`);
  return searchsorted(boundaries, values, outInt32, right);
};

export const sortingOps = {
  sort,
  argsort,
  msort,
  topk,
  kthvalue,
  mode,
  median: medians(false),
  nanmedian: medians(true),
  quantile: quantiles(false),
  nanquantile: quantiles(true),
  searchsorted,
  bucketize,
} satisfies Implementations;
