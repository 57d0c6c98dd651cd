// Reductions over dims. `dims` undefined or empty: over all.
import type { DType } from "../../assembly/abi/opcodes";
import * as p from "../core/prim";
import type { Dims, Node } from "../core/prim";
import type { Implementations } from "./define";
import { largestOf } from "./math";
import { vectorNorm } from "./norms";
import { asBool, asDType, asFloat, requireFloat } from "./promotion";
import { product, square } from "./support";

/** How many elements of x fall on one of the result. */
function countOver(x: Node, dims: Dims): number {
  const sizes = p.shape(x);
  return product(dims?.length ? dims.map((dim) => sizes[p.normalizeDim(dim, sizes.length)] ?? 1) : sizes);
}

/** x with the dims of size 1 at `dims` removed. */
export function dropDims(x: Node, dims: readonly number[]): Node {
  const sizes = p.shape(x);
  const dropped = dims.map((dim) => p.normalizeDim(dim, sizes.length));
  return p.reshape(
    x,
    sizes.filter((_, i) => !dropped.includes(i)),
  );
}

const sum = (x: Node, dims?: Dims, keepdim = false, dtype?: DType): Node => p.sum(asDType(x, dtype), dims, keepdim);

function mean(x: Node, dims?: Dims, keepdim = false, dtype?: DType): Node {
  const values = requireFloat(x, dtype);
  return p.div(p.sum(values, dims, keepdim), p.num(countOver(values, dims)));
}

const nanToZero = (x: Node): Node => (p.isFloat(x) ? p.where(p.ne(x, x), p.num(0), x) : x);
const nansum = (x: Node, dims?: Dims, keepdim = false, dtype?: DType): Node =>
  p.sum(nanToZero(asDType(x, dtype)), dims, keepdim);
function nanmean(x: Node, dims?: Dims, keepdim = false, dtype?: DType): Node {
  const values = requireFloat(x, dtype);
  return p.div(p.sum(nanToZero(values), dims, keepdim), p.sum(p.eq(values, values), dims, keepdim));
}

const prod = (x: Node, dim?: number, keepdim = false, dtype?: DType): Node =>
  p.prod(asDType(x, dtype), dim === undefined ? undefined : [dim], keepdim);

/** Σ (x − mean)² / (n − correction), and the mean: torch's two-pass form, without cancellation. */
function varMean(x: Node, dims: Dims, correction: number, keepdim: boolean): [Node, Node] {
  const values = requireFloat(x);
  const center = mean(values, dims, true);
  const squares = p.sum(square(p.sub(values, center)), dims, keepdim);
  const variance = p.div(squares, p.num(Math.max(0, countOver(values, dims) - correction)));
  return [variance, p.reshape(center, p.shape(variance))];
}
const stdMean = (x: Node, dims: Dims, correction: number, keepdim: boolean): [Node, Node] => {
  const [variance, center] = varMean(x, dims, correction, keepdim);
  return [p.root(variance), center];
};
/** The three overloads of var, std and their pairs, in the order of the table. */
const momentOverloads = <T extends Node | [Node, Node]>(
  f: (x: Node, dims: Dims, correction: number, keepdim: boolean) => T,
) => [
  (x: Node, dims?: Dims, unbiased = true, keepdim = false) => f(x, dims, unbiased ? 1 : 0, keepdim),
  (x: Node, dims: Dims, correction = 1, keepdim = false) => f(x, dims, correction, keepdim),
  (x: Node, unbiased: boolean) => f(x, undefined, unbiased ? 1 : 0, false),
];

/** The extreme values along dim, with their indices; unlike amax's, the gradient goes to the one that the index names. */
const extremeAlong =
  (indexOf: typeof p.argmax) =>
  (x: Node, dim: number, keepdim = false): [Node, Node] => {
    const index = indexOf(x, [dim], true);
    const values = p.gather(x, dim, index);
    return keepdim ? [values, index] : [dropDims(values, [dim]), dropDims(index, [dim])];
  };

const indexOfExtreme =
  (indexOf: typeof p.argmax) =>
  (x: Node, dim?: number, keepdim = false): Node =>
    indexOf(x, dim === undefined ? undefined : [dim], keepdim);

function aminmax(x: Node, dim?: number, keepdim = false): [Node, Node] {
  const dims = dim === undefined ? undefined : [dim];
  return [p.amin(x, dims, keepdim), p.amax(x, dims, keepdim)];
}

// Counts of bools are int32, so they are exact.
export const all = (x: Node, dims?: Dims, keepdim = false): Node =>
  p.eq(p.sum(p.logicalNot(asBool(x)), dims, keepdim), p.num(0));
const any = (x: Node, dims?: Dims, keepdim = false): Node => p.ne(p.sum(asBool(x), dims, keepdim), p.num(0));
const countNonzero = (x: Node, dims?: Dims): Node => p.sum(asBool(x), dims);

/** The largest value is taken out first; it cancels, so it is a constant to every derivative. */
function logsumexp(input: Node, dims: Dims, keepdim = false): Node {
  const x = asFloat(input); // differences of integers might wrap
  if (p.numel(x) === 0) {
    // −∞ where sums have no terms; their derivative is none, not 0/0.
    const nothing = p.sum(x, dims, keepdim);
    return p.add(nothing, p.log(p.detach(nothing)));
  }
  const largest = p.amax(p.detach(x), dims, true);
  // Finite, so that an infinity stays one and next to it numbers vanish.
  const limit = largestOf(x);
  const shift = p.maximum(p.minimum(largest, p.num(limit)), p.num(-limit));
  const log = p.log(p.sum(p.exp(p.sub(x, shift)), dims, keepdim));
  return p.add(log, p.reshape(shift, p.shape(log)));
}

export const linalgVectorNorm = (x: Node, ord = 2, dims?: Dims, keepdim = false, dtype?: DType): Node =>
  vectorNorm(requireFloat(x, dtype), ord, dims, keepdim);

export const reductionOps = {
  sum,
  nansum,
  mean,
  nanmean,
  prod,
  var: momentOverloads((...args) => varMean(...args)[0]),
  std: momentOverloads((...args) => stdMean(...args)[0]),
  varMean: momentOverloads(varMean),
  stdMean: momentOverloads(stdMean),
  amax: p.amax,
  amin: p.amin,
  aminmax,
  max: [(x: Node) => p.amax(x), extremeAlong(p.argmax), p.maximum],
  min: [(x: Node) => p.amin(x), extremeAlong(p.argmin), p.minimum],
  argmax: indexOfExtreme(p.argmax),
  argmin: indexOfExtreme(p.argmin),
  all,
  any,
  countNonzero,
  logsumexp,
  "special.logsumexp": logsumexp,
  dist: (a: Node, b: Node, order = 2) => vectorNorm(requireFloat(p.sub(a, b)), order),
  "linalg.vectorNorm": linalgVectorNorm,
} satisfies Implementations;
