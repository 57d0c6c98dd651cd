// Equal elements, and how many there are of what: unique values, counts, histograms, membership. How large most of these results are
// depends on values, which are read; histc, histogram and isin read none.
import { DType, Requirement } from "../../assembly/abi/opcodes";
import type { TypedArray } from "../core/dtype";
import { requireNumel } from "../core/memory";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { argumentError, format, type Implementations, shapeError } from "./define";
import { dependsOnValues, readForShape } from "./masks";
import { asDType, constantLike, requireFloat, requireSameDType } from "./promotion";
import { constantInts, movedim, ravel } from "./shape";
import { insertionPoints, sort } from "./sorting";
import {
  alongDim,
  from,
  type Ints,
  isnan,
  product,
  range,
  scale,
  shift,
  sizes,
  sliceAlong,
  takeAlong,
} from "./support";

// -- unique

/** Rows that are equal: the first of each kind, which kind each row is of, and how many of each kind there are. */
interface Kinds {
  readonly firsts: number[];
  readonly kindOf: Int32Array;
  readonly counts: number[];
}
/** Rows of `width` values, taken in an order in which equal ones are neighbours. A NaN equals nothing. */
function kindsOf(values: TypedArray, width: number, order: ArrayLike<number>): Kinds {
  const [firsts, counts]: [number[], number[]] = [[], []];
  const kindOf = new Int32Array(order.length);
  const isSame = (a: number, b: number): boolean => {
    for (let k = 0; k < width; k++) if (values[a * width + k] !== values[b * width + k]) return false;
    return true;
  };
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    if (i === 0 || !isSame(order[i - 1]!, row)) {
      firsts.push(row);
      counts.push(0);
    }
    counts[counts.length - 1]!++;
    kindOf[row] = firsts.length - 1;
  }
  return { firsts, kindOf, counts };
}
/** Rows in lexicographic order, NaN last. */
function sortedRows(values: TypedArray, width: number, count: number): number[] {
  return range(0, count).sort((a, b) => {
    for (let k = 0; k < width; k++) {
      const [x, y] = [values[a * width + k]!, values[b * width + k]!];
      if (x !== y) return x < y ? -1 : x > y ? 1 : Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    }
    return 0;
  });
}

/** The different elements of x, or slices of it along dim, in ascending order or, of neighbours alone, in that of x. */
function unique(x: Node, areNeighbours: boolean, inverse: boolean, counts: boolean, dim?: number): Node | Node[] {
  const d = dim === undefined ? undefined : p.normalizeDim(dim, p.ndim(x));
  const rows = d === undefined || p.ndim(x) === 0 ? ravel(x) : movedim(x, [d], [0]);
  const n = p.size(rows, 0);
  const width = product(p.shape(rows).slice(1));
  if (width === 0) throw shapeError(`the slices along dim ${dim} of input ${format(x)} have no elements.`);
  const refusal = dependsOnValues("how many elements differ");
  const orderOf = (values: TypedArray): ArrayLike<number> => {
    if (areNeighbours) return range(0, n);
    if (width > 1) return sortedRows(values, width, n);
    return p.withValues(p.argsort(p.reshape(rows, [n]), 0), (order) => order.slice());
  };
  const values = readForShape(rows, refusal, (held) => held.slice());
  const kinds = kindsOf(values, width, orderOf(values));
  const results = [p.ndim(x) === 0 ? p.reshape(x, [1]) : takeAlong(d === undefined ? rows : x, d ?? 0, constantInts(Int32Array.from(kinds.firsts)))]; // prettier-ignore
  if (inverse) results.push(p.reshape(constantInts(kinds.kindOf), d === undefined ? p.shape(x) : [n]));
  if (counts) results.push(constantInts(Int32Array.from(kinds.counts)));
  return results.length === 1 ? results[0]! : results;
}

// -- counts

function bincount(x: Node, weights?: Node, minlength = 0): Node {
  if (p.ndim(x) !== 1 || p.isFloat(x)) throw argumentError("only supports 1-dim non-negative integral inputs.");
  if (minlength < 0) throw argumentError(`minlength should not be negative but got ${minlength}.`);
  if (weights !== undefined && p.shape(weights).join() !== p.shape(x).join())
    throw shapeError(`weights ${format(weights)} should have the shape of input ${format(x)}.`);
  const index = p.cast(x, DType.Int32);
  const size = readForShape(index, dependsOnValues("the largest element"), (values) => {
    let largest = -1;
    for (const value of values) {
      if (value < 0) throw argumentError(`only supports 1-dim non-negative integral inputs but got ${value}.`);
      if (value > largest) largest = value;
    }
    return Math.max(minlength, largest + 1);
  });
  if (weights === undefined) return counted(index, p.full(p.shape(index), 1, DType.Int32), size);
  return counted(index, p.dtype(weights) === DType.Float32 ? weights : p.cast(weights, DType.Float64), size);
}
/** For each of `size` places the sum of the amounts that go there. */
export const counted = (index: Node, amounts: Node, size: number): Node =>
  p.scatterAdd(p.full([size], 0, p.dtype(amounts)), 0, index, amounts);

/** The least and the largest of x, moved apart by 2·margin if they are equal; 0 and 1 of nothing. */
function spanOf(x: Node, margin: number): [Node, Node] {
  if (p.numel(x) === 0) return [constantLike(x, 0), constantLike(x, 1)];
  const values = p.detach(x);
  const [low, high] = [p.amin(values), p.amax(values)].map((end) => p.required(end, Requirement.Finite)) as [
    Node,
    Node,
  ];
  const gap = p.where(p.eq(low, high), constantLike(x, margin), constantLike(x, 0));
  return [p.sub(low, gap), p.add(high, gap)];
}
/** Whether x falls into one of `bins`, and which one; `at` says in which an element falls that does. */
function placed(x: Node, low: Node, high: Node, bins: number, at: Node): [isInside: Node, place: Node] {
  const isInside = p.logicalAnd(p.ge(x, low), p.le(x, high));
  return [isInside, p.where(isInside, p.minimum(at, p.num(bins - 1)), p.num(0))];
}
/** How many, or which sum of amounts, each of `bins` gets. */
function inBins([isInside, place]: [Node, Node], bins: number, dtype: DType, amounts?: Node): Node {
  const each = p.where(isInside, amounts ?? p.full([], 1, DType.Int32), p.num(0));
  return p.cast(counted(p.cast(place, DType.Int32), each, bins), dtype);
}
function requireBins(bins: number): void {
  if (bins < 1) throw argumentError(`bins should be greater than 0 but got ${bins}.`);
}

function requireFinite(limits: Ints): void {
  if (!limits.every(Number.isFinite)) throw argumentError(`range of [${limits.join(", ")}] is not finite.`);
}

function histc(given: Node, bins = 100, min = 0, max = 0): Node {
  const x = ravel(requireFloat(given));
  requireBins(bins);
  if (min > max) throw argumentError(`max must be larger than min but got ${min} and ${max}.`);
  requireFinite([min, max]);
  const [low, high] = min < max ? [p.num(min), p.num(max)] : spanOf(x, 1);
  const position = p.div(p.mul(p.sub(x, low), p.num(bins)), p.sub(high, low));
  return inBins(placed(x, low, high, bins, p.floor(position)), bins, p.dtype(x));
}

/** Counts between the edges of each column, each bin without its end, but for the last one's; `shape`: that of the rows. */
function between(shape: Ints, columns: Node[], edges: Node[], weight?: Node, density = false): Node {
  if (weight !== undefined && p.shape(weight).join() !== shape.join())
    throw shapeError(`weight ${format(weight)} should be [${shape.join(", ")}], as input has it.`);
  const counts = edges.map((e) => p.size(e, 0) - 1);
  const [first, ...others] = columns.map((x, d) => {
    const end = (at: number) => p.reshape(sliceAlong(edges[d]!, 0, at, 1), []);
    return placed(x, end(0), end(counts[d]!), counts[d]!, shift(insertionPoints(edges[d]!, x, true), -1));
  });
  const all = others.reduce(([is, at], [isInside, place], d): [Node, Node] => [p.logicalAnd(is, isInside), p.add(scale(at, counts[d + 1]!), place)], first!); // prettier-ignore
  const amounts = weight === undefined ? undefined : ravel(requireSameDType(edges[0]!, weight));
  requireNumel(counts);
  const hist = p.reshape(inBins(all, product(counts), p.dtype(edges[0]!), amounts), counts);
  if (!density) return hist;
  const volumes = edges.map((e, d) => alongDim(p.sub(sliceAlong(e, 0, 1, counts[d]!), sliceAlong(e, 0, 0, counts[d]!)), d, counts.length)); // prettier-ignore
  return p.div(hist, [p.sum(hist), ...volumes].reduce(p.mul));
}
/** Edges at equal distances, from both ends to the middle as torch.linspace has them. */
function spaced(low: Node, high: Node, bins: number): Node {
  const step = p.div(p.sub(high, low), p.num(bins));
  const at = p.iota(bins + 1, p.dtype(step));
  const fromEnd = p.sub(high, p.mul(step, from(bins, at)));
  return p.where(p.lt(at, p.num((bins + 1) >> 1)), p.add(low, p.mul(step, at)), fromEnd);
}
function evenly(x: Node, bins: number, limits?: Ints): Node {
  requireBins(bins);
  if (limits !== undefined && (limits.length !== 2 || !(limits[0]! <= limits[1]!)))
    throw argumentError(
      `range should be two numbers, of which the second is no smaller, but got [${limits.join(", ")}].`,
    );
  if (limits !== undefined) requireFinite(limits);
  const [low, high] = limits === undefined ? spanOf(x, 0.5) : limits.map((limit, i) => constantLike(x, limits[0] === limits[1] ? limit + i - 0.5 : limit)) as [Node, Node]; // prettier-ignore
  return spaced(low, high, bins);
}
function requireEdges(x: Node, edges: Node): Node {
  if (p.ndim(edges) === 1 && p.size(edges, 0) > 1) return requireSameDType(x, edges);
  throw shapeError(`bins should be a number, or a vector of 2 edges at least, but are ${format(edges)}.`);
}
const histogramAt = (x: Node, edges: Node, weight?: Node, density?: boolean): [Node, Node] => [
  between(p.shape(x), [ravel(x)], [edges], weight, density),
  edges,
];

/** The d columns of [..., d]. */
function columnsOf(x: Node): Node[] {
  const d = p.size(requireFloat(x), -1);
  if (p.ndim(x) < 2 || d === 0) throw shapeError(`input should be [..., n, d] but is ${format(x)}.`);
  return range(0, d).map((at) => ravel(sliceAlong(x, -1, at, 1)));
}
const histogramddAt = (x: Node, edges: Node[], weight?: Node, density?: boolean): [Node, Node[]] => {
  const columns = columnsOf(x);
  if (edges.length !== columns.length)
    throw argumentError(`bins should be ${columns.length} vectors of edges but are ${edges.length}.`);
  edges.forEach((e) => requireEdges(x, e));
  return [between(p.shape(x).slice(0, -1), columns, edges, weight, density), edges];
};
function histogramdd(x: Node, bins: Ints, limits?: Ints, weight?: Node, density?: boolean): [Node, Node[]] {
  const columns = columnsOf(x);
  if (limits !== undefined && limits.length !== 2 * columns.length)
    throw argumentError(`range should be ${2 * columns.length} numbers but got ${limits.length}.`);
  const counts = sizes("bins", bins, columns.length);
  const edges = columns.map((column, d) => evenly(column, counts[d]!, limits?.slice(2 * d, 2 * d + 2)));
  return histogramddAt(x, edges, weight, density);
}

function isin(elements: Node, testElements: Node, _assumeUnique = false, invert = false): Node {
  const dtype = p.resultType(elements, testElements);
  const [x, tests] = [elements, testElements].map((one) => ravel(asDType(one, dtype))) as [Node, Node];
  const n = p.numel(tests);
  const [sorted] = sort(tests, 0);
  // NaN, which equals nothing, is last; the search is to pass it by.
  const ordered = p.isFloat(sorted) ? p.where(isnan(sorted), p.num(Infinity), sorted) : sorted;
  const isThere =
    n === 0
      ? p.full(p.shape(x), 0, DType.Bool)
      : p.eq(p.gather(sorted, 0, p.minimum(insertionPoints(ordered, x, false), p.num(n - 1))), x);
  return p.reshape(invert ? p.logicalNot(isThere) : isThere, p.shape(elements));
}

export const countingOps = {
  unique: (x: Node, _sorted = true, returnInverse = false, returnCounts = false, dim?: number) =>
    unique(x, false, returnInverse, returnCounts, dim),
  uniqueConsecutive: (x: Node, returnInverse = false, returnCounts = false, dim?: number) =>
    unique(x, true, returnInverse, returnCounts, dim),
  bincount,
  histc,
  histogram: [
    (x: Node, bins: number, limits?: Ints, weight?: Node, density?: boolean) =>
      histogramAt(x, evenly(requireFloat(x), bins, limits), weight, density),
    (x: Node, edges: Node, weight?: Node, density?: boolean) =>
      histogramAt(x, requireEdges(requireFloat(x), edges), weight, density),
  ],
  histogramdd: [histogramdd, histogramddAt],
  isin,
} satisfies Implementations;
