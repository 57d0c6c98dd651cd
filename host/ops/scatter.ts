// torch.scatter_reduce.
import { DType } from "../../assembly/abi/opcodes";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { DTypeError } from "../errors";
import { failure, format, shapeError } from "./define";
import { asBool, asDType, constantLike, requireIndex, requireSameDType } from "./promotion";
import { isInfinite, leading, padAlong, sliceAlong } from "./support";

export type Reduce = "sum" | "prod" | "mean" | "amax" | "amin";

/** How many entries of src go to each place of x. */
const counts = (x: Node, dim: number, index: Node): Node =>
  p.scatterAdd(p.fullLike(x, 0, DType.Int32), dim, index, p.full(p.shape(index), 1, DType.Int32));

/** What sums start from: x, or without includeSelf 0 at the places that are hit. */
const base = (x: Node, hits: Node, includeSelf: boolean): Node =>
  includeSelf ? x : p.where(p.gt(hits, p.num(0)), constantLike(x, 0), x);

function scatterSum(x: Node, dim: number, index: Node, src: Node, includeSelf: boolean): Node {
  return p.scatterAdd(base(x, counts(x, dim, index), includeSelf), dim, index, src);
}
function scatterMean(x: Node, dim: number, index: Node, src: Node, includeSelf: boolean): Node {
  const hits = counts(x, dim, index);
  const total = p.scatterAdd(base(x, hits, includeSelf), dim, index, src);
  const terms = includeSelf ? p.add(hits, p.num(1)) : p.maximum(hits, p.num(1));
  if (p.isFloat(x)) return p.div(total, terms);
  // In float64, which holds every sum.
  return p.cast(p.floor(p.div(p.cast(total, DType.Float64), terms)), p.dtype(x));
}

/** The size of what index reaches: all of x along dim, outside of it as many entries as index has. */
const extentOf = (x: Node, dim: number, index: Node): number[] =>
  p.shape(index).map((n, d) => (d === dim ? p.size(x, d) : n));
/** x with `reduced` in the place of its first entries. */
function completed(x: Node, reduced: Node): Node {
  const extent = p.shape(reduced);
  const missing = p.shape(x).map((n, d) => n - extent[d]!);
  if (missing.every((n) => n === 0)) return reduced;
  const none = extent.map(() => 0);
  const isReduced = p.pad(p.full(extent, 1, DType.Int32), none, missing);
  return p.where(p.gt(isReduced, p.num(0)), p.pad(reduced, none, missing), x);
}
/** For each of `size` places the last entry whose key it is, and whether there is one. */
function lastOf(sorted: Node, dim: number, keys: Node, size: number): { found: Node; isHit: Node } {
  const last = p.lastWriter(keys, dim, size);
  return { found: p.gather(sorted, dim, p.maximum(last, p.num(0))), isHit: p.ge(last, p.num(0)) };
}

/** The largest or smallest. Ties share their gradient equally, as in torch. */
function scatterExtreme(x: Node, dim: number, index: Node, src: Node, includeSelf: boolean, isMax: boolean): Node {
  const values = p.detach(src);
  const own = leading(x, extentOf(x, dim, index));
  const self = p.detach(own);
  // NaN, which wins, is last in any ascending order.
  const isDescending = !isMax && !p.isFloat(x);
  const order = p.argsort(isMax || isDescending ? values : p.neg(values), dim, isDescending);
  const { found, isHit } = lastOf(p.gather(values, dim, order), dim, p.gather(index, dim, order), p.size(x, dim));
  const joined = includeSelf ? (isMax ? p.maximum : p.minimum)(self, found) : found;
  const best = p.where(isHit, joined, self);
  const isBest = (v: Node, of: Node) => p.logicalOr(p.eq(v, of), p.logicalAnd(p.ne(v, v), p.ne(of, of)));
  const isChosen = isBest(values, p.gather(best, dim, index));
  const isOwn = includeSelf ? isBest(self, best) : p.logicalNot(isHit);
  const ties = p.scatterAdd(p.cast(isOwn, DType.Int32), dim, index, p.cast(isChosen, DType.Int32));
  if (!p.isFloat(x)) return completed(x, best);
  // 0, but for its derivative; an infinity changes nothing beside one.
  const step = (v: Node) => p.where(isInfinite(v), v, p.sub(v, p.detach(v)));
  const chosen = (is: Node, v: Node) => p.where(is, step(v), constantLike(v, 0));
  const shares = p.scatterAdd(chosen(isOwn, own), dim, index, chosen(isChosen, src));
  return completed(x, p.add(best, p.div(shares, ties)));
}

/** Sorted by index, entries take in those of the same place that are 1, 2, 4 … before them: the last one gets the product of all. */
function scatterProduct(x: Node, dim: number, index: Node, src: Node, includeSelf: boolean): Node {
  const own = leading(x, extentOf(x, dim, index));
  // Refuses indices that are out of bounds, where they are at hand.
  counts(x, dim, index);
  const order = p.argsort(index, dim);
  const keys = p.gather(index, dim, order);
  const n = p.size(index, dim);
  let partial = p.gather(src, dim, order);
  for (let distance = 1; distance < n; distance *= 2) {
    const before = (v: Node) => sliceAlong(v, dim, 0, n - distance);
    const isSame = p.eq(sliceAlong(keys, dim, distance, n - distance), before(keys));
    const factor = p.where(isSame, before(partial), constantLike(before(partial), 1));
    partial = p.mul(partial, padAlong(factor, dim, distance, 0, 1));
  }
  const { found, isHit } = lastOf(partial, dim, keys, p.size(x, dim));
  return completed(x, p.where(isHit, includeSelf ? p.mul(own, found) : found, own));
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
      `index [${entries.join(", ")}] should be no larger than src ${format(src)}, and than input ${format(x)} outside of dim ${d}.`,
    );
  const used = leading(src, entries);
  if (p.dtype(x) === DType.Bool) {
    if (reduce === "mean") throw failure(DTypeError, "the mean of bools is not defined; cast input and src first.");
    const ints = (v: Node) => asDType(v, DType.Int32);
    return asBool(scatterReduce(ints(x), d, index, ints(used), reduce, includeSelf));
  }
  switch (reduce) {
    case "sum":
      return scatterSum(x, d, index, used, includeSelf);
    case "mean":
      return scatterMean(x, d, index, used, includeSelf);
    case "prod":
      return scatterProduct(x, d, index, used, includeSelf);
    case "amax":
    case "amin":
      return scatterExtreme(x, d, index, used, includeSelf, reduce === "amax");
  }
}

export const scatterOps = { scatterReduce };
