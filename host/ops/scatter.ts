// torch.scatter_reduce.
import { DType } from "../../assembly/abi/opcodes";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { DTypeError } from "../errors";
import { failure, shapeError } from "./define";
import { asBool, asDType, constantLike, requireIndex, requireSameDType } from "./promotion";

type Reduce = "sum" | "prod" | "mean" | "amax" | "amin";

/** The first entries of x along each dim. */
const leading = (x: Node, counts: readonly number[]): Node =>
  p.slice(
    x,
    counts.map(() => 0),
    counts,
    counts.map(() => 1),
  );

/** How many entries of src go to each place of x. */
const counts = (x: Node, dim: number, index: Node): Node =>
  p.scatterAdd(p.fullLike(x, 0, DType.Int32), dim, index, p.full(p.shape(index), 1, DType.Int32));

/** x where it takes part in the reduction, else the reduction's identity. */
const base = (x: Node, hits: Node, includeSelf: boolean, identity: number): Node =>
  includeSelf ? x : p.where(p.gt(hits, p.num(0)), constantLike(x, identity), x);

function sum(x: Node, dim: number, index: Node, src: Node, includeSelf: boolean): Node {
  return p.scatterAdd(base(x, counts(x, dim, index), includeSelf, 0), dim, index, src);
}
function mean(x: Node, dim: number, index: Node, src: Node, includeSelf: boolean): Node {
  const hits = counts(x, dim, index);
  const total = p.scatterAdd(base(x, hits, includeSelf, 0), dim, index, src);
  const terms = includeSelf ? p.add(hits, p.num(1)) : p.maximum(hits, p.num(1));
  if (p.isFloat(x)) return p.div(total, terms);
  // In float64, which holds every sum.
  return p.cast(p.floor(p.div(p.cast(total, DType.Float64), terms)), p.dtype(x));
}

/**
 * A reduction that has no scatter of its own: along dim every place of x looks at every entry of src, so that time and
 * memory grow with the product of the two sizes. Ties share their gradient equally, and a product's derivative is right
 * beside zeros, as in torch.
 */
function byComparison(
  x: Node,
  dim: number,
  index: Node,
  src: Node,
  includeSelf: boolean,
  identity: number,
  reduce: (x: Node, dims: number[]) => Node,
): Node {
  const shape = p.shape(x);
  const entries = p.shape(index);
  // [..., 1, place, ...] against [..., entry, 1, ...], where the entry's dim comes first
  const atEntry = (v: Node) => p.reshape(v, [...entries.slice(0, dim + 1), 1, ...entries.slice(dim + 1)]);
  const places = p.reshape(p.iota(shape[dim]!), [shape[dim]!, ...entries.slice(dim + 1).map(() => 1)]);
  // One more entry is x itself, cut to the index's extent outside of dim.
  const extent = entries.map((n, d) => (d === dim ? shape[d]! : n));
  // The index itself, refused where it is out of bounds, as whatever gathers refuses it.
  const checked = p.gather(p.expand(places, extent), dim, index);
  const contributions = p.where(p.eq(atEntry(checked), places), atEntry(src), constantLike(x, identity));
  const own = leading(base(x, counts(x, dim, index), includeSelf, identity), extent);
  const self = p.reshape(own, [...extent.slice(0, dim), 1, ...extent.slice(dim)]);
  const reduced = reduce(p.concat([contributions, self], dim), [dim]);
  if (extent.every((n, d) => n === shape[d])) return reduced;
  const none = extent.map(() => 0);
  const missing = extent.map((n, d) => shape[d]! - n);
  const isReduced = p.pad(p.full(extent, 1, DType.Int32), none, missing);
  return p.where(p.gt(isReduced, p.num(0)), p.pad(reduced, none, missing), x);
}

/** src reduced into x at index along dim; without includeSelf, places that are hit forget their own value. */
export function scatterReduce(x: Node, dim: number, index: Node, src: Node, reduce: Reduce, includeSelf = true): Node {
  const d = p.normalizeDim(dim, p.ndim(x));
  requireSameDType(x, src);
  if (p.numel(requireIndex("index", index)) === 0) return p.alias(x);
  if (p.ndim(x) === 0) {
    const flat = (v: Node) => p.reshape(v, [p.numel(v)]);
    return p.reshape(scatterReduce(flat(x), 0, flat(index), flat(src), reduce, includeSelf), []);
  }
  const entries = p.shape(index);
  const fits = (n: number, i: number) => n <= (p.shape(src)[i] ?? 0) && (i === d || n <= p.size(x, i));
  if (entries.length !== p.ndim(x) || p.ndim(src) !== p.ndim(x) || !entries.every(fits))
    throw shapeError(
      `index [${entries.join(", ")}] should be no larger than src [${p.shape(src).join(", ")}], and than input [${p.shape(x).join(", ")}] outside of dim ${d}.`,
    );
  const used = leading(src, entries);
  if (p.dtype(x) === DType.Bool) {
    if (reduce === "mean") throw failure(DTypeError, "the mean of bools is not defined; cast input and src first.");
    const ints = (v: Node) => asDType(v, DType.Int32);
    return asBool(scatterReduce(ints(x), d, index, ints(used), reduce, includeSelf));
  }
  // What every element is at least, or at most.
  const limit = p.isFloat(x) ? Infinity : 2 ** 31;
  switch (reduce) {
    case "sum":
      return sum(x, d, index, used, includeSelf);
    case "mean":
      return mean(x, d, index, used, includeSelf);
    case "prod":
      return byComparison(x, d, index, used, includeSelf, 1, p.prod);
    case "amax":
      return byComparison(x, d, index, used, includeSelf, -limit, p.amax);
    case "amin":
      return byComparison(x, d, index, used, includeSelf, p.isFloat(x) ? limit : limit - 1, p.amin);
  }
}

export const scatterOps = { scatterReduce };
