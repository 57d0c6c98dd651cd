// What compositions of several families share: arithmetic with JavaScript numbers, differentiable guards, argument checks.
import { DType } from "../../assembly/abi/opcodes";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { argumentError, shapeError } from "./define";

/** Sizes, dims or places. */
export type Ints = readonly number[];

/** x + c. */
export const shift = (x: Node, c: number): Node => p.add(x, p.num(c));
/** x · c. */
export const scale = (x: Node, c: number): Node => p.mul(x, p.num(c));
/** c - x. */
export const from = (c: number, x: Node): Node => p.sub(p.num(c), x);
export const isnan = (x: Node): Node => p.ne(x, x);
export const isInfinite = (x: Node): Node => p.eq(p.abs(x), p.num(Infinity));
export const square = (x: Node): Node => p.mul(x, x);

/**
 * max(x, c) whose gradient passes whole where x = c, as torch's clamp_min does and a maximum, which shares it, does not.
 * NaN stays NaN.
 */
export const atLeast = (x: Node, c: number): Node => p.where(p.lt(x, p.num(c)), p.num(c), x);

/** log(sigmoid(x)) */
export const logSigmoid = (x: Node): Node => p.neg(p.softplus(p.neg(x)));

/** f(x) where the condition holds, else `otherwise`. f sees `safe` elsewhere, so that none of its derivatives is NaN. */
export const guarded = (condition: Node, x: Node, safe: number, f: (x: Node) => Node, otherwise: Node): Node =>
  p.where(condition, f(p.where(condition, x, p.num(safe))), otherwise);

/** The value of a polynomial by Horner's rule, constant coefficient first. */
export const polynomial = (x: Node, coefficients: readonly number[]): Node =>
  coefficients
    .slice(0, -1)
    .reduceRight<Node>((y, c) => shift(p.mul(y, x), c), p.fullLike(x, coefficients[coefficients.length - 1]!));

/** The product of sizes. */
export const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
/** The largest number of elements that a tensor can have, and the largest size. */
export const MAX_NUMEL = 2 ** 31 - 1;
/** Each result of an op takes some hundred bytes: more results than this would take minutes and all memory. */
const MAX_PIECES = 2 ** 20;
export function requirePieces(count: number): void {
  if (count > MAX_PIECES) throw shapeError(`the result would be ${count} tensors, more than ${MAX_PIECES}.`);
}
/** All dims from `start` to `end`, without `end`. */
export const range = (start: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);

/** `count` indices of x along `dim` from `start`, every `step`-th. */
export function sliceAlong(x: Node, dim: number, start: number, count: number, step = 1): Node {
  const sizes = p.shape(x);
  const d = p.normalizeDim(dim, sizes.length);
  const at = (value: number, rest: number) => sizes.map((_, i): number => (i === d ? value : rest));
  return p.slice(
    x,
    at(start, 0),
    sizes.map((n, i) => (i === d ? count : n)),
    at(step, 1),
  );
}
/** The first entries of x along each dim, so many as `counts` says. */
export const leading = (x: Node, counts: readonly number[]): Node =>
  p.slice(
    x,
    counts.map(() => 0),
    counts,
    counts.map(() => 1),
  );
/** x with `before` and `after` fill values along `dim`. */
export function padAlong(x: Node, dim: number, before: number, after: number, value = 0): Node {
  if (before === 0 && after === 0) return x;
  const d = p.normalizeDim(dim, p.ndim(x));
  const at = (amount: number) => range(0, p.ndim(x)).map((i) => (i === d ? amount : 0));
  return p.pad(x, at(before), at(after), at(0), value);
}
/** v: [n] as it broadcasts along dimension `dim` of an `ndim`-dim tensor. */
export const alongDim = (v: Node, dim: number, ndim: number): Node =>
  p.reshape(
    v,
    range(0, ndim).map((i) => (i === dim ? -1 : 1)),
  );
/** The entries of x at index: [n] along `dim`. */
export function takeAlong(x: Node, dim: number, index: Node): Node {
  const sizes = p.shape(x);
  const d = p.normalizeDim(dim, sizes.length);
  const n = p.size(index, 0);
  return p.gather(
    x,
    d,
    p.expand(
      alongDim(index, d, sizes.length),
      sizes.map((s, i) => (i === d ? n : s)),
    ),
  );
}
/** Whole numbers, of which what isn't in 0 … n is refused as an index is. */
export const upTo = (n: number, x: Node): Node => p.gather(p.iota(n + 1), 0, x);
/** For each element of a result, float64: an index into what it is made of, and that element's weight. */
export interface Tap {
  readonly index: Node;
  readonly weight: Node;
}
/**
 * Σ weight·x[index] along `dim`. This is no product with a matrix, whose zeros would make NaN of infinities in elements that don't
 * count. For the same reason a tap of weight 0 must not read its element: it reads that of tap `main`, whose weight is never 0, and
 * takes a share of that weight.
 */
export function mapSparsely(x: Node, dim: number, taps: readonly Tap[], main: number): Node {
  const ndim = p.ndim(x);
  const d = p.normalizeDim(dim, ndim);
  const unseen = taps.map(({ weight }) => p.eq(weight, p.num(0)));
  const shares = unseen.map((is) => p.cast(is, DType.Float64)).reduce((a, b) => p.add(a, b));
  const share = p.div(taps[main]!.weight, shift(shares, 1));
  return taps
    .map(({ index, weight }, k) => {
      const place = p.where(unseen[k]!, taps[main]!.index, index);
      const factor = k === main ? share : p.where(unseen[k]!, share, weight);
      return p.mul(takeAlong(x, d, p.cast(place, DType.Int32)), alongDim(p.cast(factor, p.dtype(x)), d, ndim));
    })
    .reduce((a, b) => p.add(a, b));
}

/** Mean over `dims` (one at least), or over all, kept or not. */
export const meanOver = (x: Node, dims?: readonly number[], keepdim = false): Node => {
  const sizes = p.shape(x);
  const over = dims?.map((d) => sizes[p.normalizeDim(d, sizes.length)]!) ?? sizes;
  return p.div(p.sum(x, dims, keepdim), p.num(product(over)));
};

/** How a loss over many elements becomes one number, or stays what it is. */
export type Reduction = "none" | "mean" | "sum";
export function reduceLoss(loss: Node, reduction: Reduction): Node {
  switch (reduction) {
    case "none":
      return loss;
    case "mean":
      return meanOver(loss);
    case "sum":
      return p.sum(loss);
  }
}

/** A size given once for all `count` dims, or one for each. */
export function sizes(what: string, given: readonly number[], count: number): number[] {
  if (given.length === 1) return range(0, count).map(() => given[0]!);
  if (given.length === count) return [...given];
  throw argumentError(`${what} should be a number or ${count} numbers but got ${given.length}.`);
}
