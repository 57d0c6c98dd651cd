// Differences, integrals and derivatives of sampled functions.
import { DType } from "../../assembly/abi/opcodes";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { DTypeError } from "../errors";
import { argumentError, failure, format, type Implementations, shapeError } from "./define";
import { asDType, asFloat, commonType } from "./promotion";
import { alongDim, isnan, range, scale, shift, sliceAlong } from "./support";
import { lerp } from "./math";
import { select } from "./shape";
import { insertionPoints } from "./sorting";

const allButFirst = (x: Node, dim: number): Node => sliceAlong(x, dim, 1, p.size(x, dim) - 1);
const allButLast = (x: Node, dim: number): Node => sliceAlong(x, dim, 0, p.size(x, dim) - 1);

function diff(x: Node, n = 1, dim = -1, prepend?: Node, append?: Node): Node {
  if (p.ndim(x) === 0) throw shapeError("expected at least 1 dim.");
  if (n < 0) throw argumentError(`n should not be negative but got ${n}.`);
  const d = p.normalizeDim(dim, p.ndim(x));
  // torch has the input itself then, without what would be joined to it.
  if (n === 0) return p.alias(x);
  const parts = [prepend, x, append].filter((part) => part !== undefined);
  let result = parts.length === 1 ? x : p.concat(parts, d);
  if (n >= p.size(result, d)) return sliceAlong(result, d, 0, 0);
  const difference = p.dtype(result) === DType.Bool ? p.logicalXor : p.sub;
  for (let i = 0; i < n; i++) result = difference(allButFirst(result, d), allButLast(result, d));
  return result;
}

/** The dim along which y is integrated. */
function trapezoidDim(y: Node, x: Node | undefined, dx: number | undefined, dim: number): number {
  if (p.ndim(y) === 0) throw shapeError("expected y of at least 1 dim.");
  if (x !== undefined && dx !== undefined) throw argumentError("x and dx should not both be given.");
  if (p.dtype(y) === DType.Bool) throw failure(DTypeError, "y should not be bool; cast it by .float().");
  return p.normalizeDim(dim, p.ndim(y));
}
/** Twice the areas between neighbours at the points x. */
function doubledAreas(y: Node, x: Node, d: number): Node {
  const missing = range(0, p.ndim(y) - p.ndim(x)).map(() => 1);
  const points = p.ndim(x) === 1 ? alongDim(x, d, p.ndim(y)) : p.reshape(x, [...missing, ...p.shape(x)]);
  const widths = p.sub(allButFirst(points, d), allButLast(points, d));
  return p.mul(widths, p.add(allButFirst(y, d), allButLast(y, d)));
}

function trapezoid(y: Node, x?: Node, dx?: number, dim = -1): Node {
  const d = trapezoidDim(y, x, dx, dim);
  if (p.size(y, d) === 0) return p.sum(y, [d]);
  if (x === undefined) {
    const ends = p.add(select(y, d, 0), select(y, d, -1));
    return scale(p.sub(p.sum(y, [d]), scale(ends, 0.5)), dx ?? 1);
  }
  return scale(p.sum(doubledAreas(y, x, d), [d]), 0.5);
}

function cumulativeTrapezoid(y: Node, x?: Node, dx?: number, dim = -1): Node {
  const d = trapezoidDim(y, x, dx, dim);
  if (p.size(y, d) === 0) return asFloat(y);
  const doubled = x === undefined ? scale(p.add(allButFirst(y, d), allButLast(y, d)), dx ?? 1) : doubledAreas(y, x, d);
  return p.cumsum(scale(doubled, 0.5), d);
}

/** The weights of three neighbouring samples in the derivative at one of them. */
type Stencil = readonly [Node, Node, Node];

/** The derivative of the parabola through three points at distances h and k: at the first, the second or the third. */
function stencil(h: Node, k: Node, at: "first" | "middle" | "last"): Stencil {
  const whole = p.add(h, k);
  const [left, middle, right] = [p.mul(h, whole), p.mul(h, k), p.mul(k, whole)];
  switch (at) {
    case "first":
      return [p.neg(p.div(p.add(h, whole), left)), p.div(whole, middle), p.neg(p.div(h, right))];
    case "middle":
      return [p.neg(p.div(k, left)), p.div(p.sub(k, h), middle), p.div(h, right)];
    case "last":
      return [p.div(k, left), p.neg(p.div(whole, middle)), p.div(p.add(k, whole), right)];
  }
}

/** Σ weight·sample over `count` places from `first`. */
function apply(x: Node, dim: number, first: number, count: number, weights: Stencil): Node {
  const terms = weights.map((weight, i) => p.mul(weight, sliceAlong(x, dim, first + i, count)));
  return p.add(p.add(terms[0]!, terms[1]!), terms[2]!);
}

/** Central differences inside; at both ends one-sided ones of order edgeOrder. widths: [n − 1], or [1] for all alike. */
function derivative(x: Node, dim: number, widths: Node, edgeOrder: number): Node {
  const n = p.size(x, dim);
  const uniform = p.numel(widths) === 1;
  const w = (start: number, count: number) =>
    alongDim(uniform ? widths : sliceAlong(widths, 0, start, count), dim, p.ndim(x));
  const slope = (start: number) =>
    p.div(p.sub(sliceAlong(x, dim, start + 1, 1), sliceAlong(x, dim, start, 1)), w(start, 1));
  const edge = (at: "first" | "last", start: number) =>
    apply(x, dim, start, 1, stencil(w(start, 1), w(start + 1, 1), at));
  const first = edgeOrder === 1 ? slope(0) : edge("first", 0);
  const last = edgeOrder === 1 ? slope(n - 2) : edge("last", n - 3);
  // Uniform widths leave no weight in the middle, where x may be infinite.
  const inner = uniform
    ? p.div(
        p.sub(sliceAlong(x, dim, 2, n - 2), sliceAlong(x, dim, 0, n - 2)),
        scale(alongDim(widths, dim, p.ndim(x)), 2),
      )
    : apply(x, dim, 0, n - 2, stencil(w(0, n - 2), w(1, n - 2), "middle"));
  return p.concat([first, inner, last], dim);
}

function gradient(
  x: Node,
  given: number | undefined,
  dims: readonly number[] | undefined,
  edgeOrder: number,
  widths: (i: number, size: number) => Node,
): Node[] {
  const over = (dims ?? range(0, p.ndim(x))).map((dim) => p.normalizeDim(dim, p.ndim(x)));
  if (given !== undefined && given !== over.length)
    throw argumentError(`spacing should hold one entry for each of ${over.length} dims but holds ${given}.`);
  if (edgeOrder !== 1 && edgeOrder !== 2) throw argumentError(`edgeOrder should be 1 or 2 but got ${edgeOrder}.`);
  return over.map((dim, i) => {
    const size = p.size(x, dim);
    if (size <= edgeOrder)
      throw shapeError(`each dim should have at least ${edgeOrder + 1} samples but the input is ${format(x)}.`);
    return derivative(x, dim, widths(i, size), edgeOrder);
  });
}

/** Samples at equal distances, one for all dims or one for each. */
function gradientUniform(x: Node, spacing: readonly number[] = [1], dims?: readonly number[], edgeOrder = 1): Node[] {
  const given = spacing.length === 1 ? undefined : spacing.length;
  const dtype = p.resultType(x, p.num(0.5));
  return gradient(x, given, dims, edgeOrder, (i) => p.full([1], spacing[given === undefined ? 0 : i]!, dtype));
}

/** Samples at the given coordinates. */
function gradientAt(x: Node, spacing: readonly Node[], dims?: readonly number[], edgeOrder = 1): Node[] {
  return gradient(x, spacing.length, dims, edgeOrder, (i, size) => {
    const points = spacing[i]!;
    if (p.ndim(points) !== 1 || p.numel(points) !== size)
      throw shapeError(`spacing[${i}] should be [${size}], one coordinate for each sample, but is ${format(points)}.`);
    return p.sub(allButFirst(points, 0), allButLast(points, 0));
  });
}

/**
 * fp between the points xp, which ascend, by straight lines; outside left and right, or the values at the ends. With a period both ends
 * are neighbours. Nothing is divided by 0 in any derivative where points differ.
 */
function interp(x: Node, xp: Node, fp: Node, left?: number, right?: number, period?: number): Node {
  if (p.ndim(xp) !== 1 || p.ndim(fp) !== 1 || p.numel(xp) !== p.numel(fp) || p.numel(xp) === 0)
    throw shapeError(`xp ${format(xp)} and fp ${format(fp)} should be vectors of one length, not empty.`);
  const dtype = p.dtype(asFloat(p.full([], 0, commonType(x, xp, fp))));
  let [at, points, values] = [x, xp, fp].map((one) => asDType(one, dtype)) as [Node, Node, Node];
  if (period !== undefined) {
    if (period === 0) throw argumentError("period should not be 0.");
    const length = p.num(Math.abs(period));
    at = p.remainder(at, length);
    points = p.remainder(points, length);
    const order = p.argsort(p.detach(points), 0);
    [points, values] = [p.gather(points, 0, order), p.gather(values, 0, order)];
    const ends = (v: Node): [Node, Node] => [select(v, 0, -1), select(v, 0, 0)].map((end) => p.reshape(end, [1])) as [Node, Node]; // prettier-ignore
    const [last, first] = ends(points);
    const [lastValue, firstValue] = ends(values);
    points = p.concat([p.sub(last, length), points, p.add(first, length)], 0);
    values = p.concat([lastValue, values, firstValue], 0);
  }
  const n = p.numel(points);
  const [first, last] = [select(points, 0, 0), select(points, 0, -1)];
  const [isBelow, isAbove] = [p.lt(at, first), p.gt(at, last)];
  const inside = p.where(isBelow, first, p.where(isAbove, last, at));
  let result: Node;
  if (n === 1) result = p.expand(select(values, 0, 0), p.shape(x));
  else {
    const flat = p.reshape(inside, [-1]);
    const next = p.minimum(p.maximum(insertionPoints(points, flat, true), p.num(1)), p.num(n - 1));
    const pair = (v: Node): [Node, Node] => [p.gather(v, 0, shift(next, -1)), p.gather(v, 0, next)];
    const [x0, x1] = pair(points);
    const [y0, y1] = pair(values);
    const between = lerp(y0, y1, p.div(p.sub(flat, x0), p.sub(x1, x0)));
    // Beside infinities, as numpy has it: the values at the points themselves, one that both have, else by the line from either end.
    const isLevel = p.logicalAnd(p.eq(y0, y1), p.eq(flat, flat));
    const slope = p.div(p.sub(y1, y0), p.sub(x1, x0));
    const [below, above] = [[x0, y0], [x1, y1]].map(([at, value]) => p.add(p.mul(slope, p.sub(flat, at!)), value!)) as [Node, Node]; // prettier-ignore
    const line = p.where(isLevel, y0, p.where(isnan(below), above, below));
    const instead = p.detach(p.where(p.eq(flat, x0), y0, p.where(p.eq(flat, x1), y1, line)));
    result = p.reshape(p.where(isnan(between), instead, between), p.shape(x));
  }
  if (left !== undefined) result = p.where(isBelow, p.num(left), result);
  return right === undefined ? result : p.where(isAbove, p.num(right), result);
}

export const calculusOps = {
  interp,
  diff,
  trapezoid,
  trapz: trapezoid,
  cumulativeTrapezoid,
  gradient: [gradientUniform, gradientAt],
} satisfies Implementations;
