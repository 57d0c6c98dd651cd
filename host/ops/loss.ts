// torch.nn.functional's losses. A loss is an elementwise formula and then a reduction: "none", "mean" or "sum".
import { Requirement } from "../../assembly/abi/opcodes";
import { outsideOps } from "../core/op-scope";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { describe } from "../errors";
import { isTensor, nodeOf, type Tensor, wrapNode } from "../tensor/tensor";
import { argumentError, format, shapeError } from "./define";
import { pairwiseDistance } from "./distance";
import { asFloat } from "./promotion";
import { type Reduction, reduceLoss, atLeast, from, guarded, scale, shift, square } from "./support";

const weighted = (loss: Node, weight: Node | undefined): Node => (weight === undefined ? loss : p.mul(loss, weight));

/** t · log t with 0 · log 0 = 0, whose derivative is taken as 0; NaN below, as torch has it. */
const timesLog = (t: Node): Node => guarded(p.ne(t, p.num(0)), t, 1, (z) => p.xlogy(z, z), p.num(0));
/** f(x) = log x or log(1 - x), but no less than -100, so that a wrong certainty costs much rather than everything. */
const boundedLog = (x: Node, tooSmall: Node, f: (x: Node) => Node): Node =>
  p.where(tooSmall, p.num(-100), f(p.where(tooSmall, p.num(0.5), x)));

/**
 * linear(|d|) of the difference d = input - target where |d| is `bound` at least, else quadratic(d), as of NaN, whose derivative
 * is NaN then. The quadratic sees no large difference, so that an infinite one gives no NaN.
 */
function huber(difference: Node, bound: number, quadratic: (d: Node) => Node, linear: (distance: Node) => Node): Node {
  const distance = p.abs(difference);
  const isLarge = p.ge(distance, p.num(bound));
  return p.where(isLarge, linear(distance), quadratic(p.where(isLarge, p.num(0), difference)));
}

/** The user's function as one of nodes. */
const byTensors =
  (name: string, f: (a: Tensor, b: Tensor) => unknown) =>
  (a: Node, b: Node): Node => {
    const [x, y] = [wrapNode(a), wrapNode(b)];
    const result = outsideOps(() => f(x, y));
    if (isTensor(result)) return nodeOf(result);
    throw argumentError(`${name} should return a Tensor but returned ${describe(result)}.`);
  };
function tripletLoss(
  distance: (a: Node, b: Node) => Node,
  anchor: Node,
  positive: Node,
  negative: Node,
  margin: number,
  swap: boolean,
  reduction: Reduction,
): Node {
  const near = distance(anchor, positive);
  const far = distance(anchor, negative);
  const other = swap ? p.minimum(far, distance(positive, negative)) : far;
  return reduceLoss(atLeast(shift(p.sub(near, other), margin), 0), reduction);
}

export const lossOps = {
  "nn.functional.mseLoss": (input: Node, target: Node, reduction: Reduction = "mean"): Node =>
    reduceLoss(square(p.sub(input, target)), reduction),
  "nn.functional.l1Loss": (input: Node, target: Node, reduction: Reduction = "mean"): Node =>
    reduceLoss(p.abs(p.sub(input, target)), reduction),
  /** d²/(2β) for |d| < β, else |d| - β/2, which of β = 0 is all there is. */
  "nn.functional.smoothL1Loss"(input: Node, target: Node, reduction: Reduction = "mean", beta = 1): Node {
    const loss = huber(
      p.sub(input, target),
      beta,
      (d) => scale(square(d), 0.5 / beta),
      (d) => shift(d, -0.5 * beta),
    );
    return reduceLoss(loss, reduction);
  },
  /** d²/2 for |d| < δ, else δ·(|d| - δ/2). */
  "nn.functional.huberLoss"(input: Node, target: Node, reduction: Reduction = "mean", delta = 1): Node {
    const loss = huber(
      p.sub(input, target),
      delta,
      (d) => scale(square(d), 0.5),
      (d) => scale(shift(d, -0.5 * delta), delta),
    );
    return reduceLoss(loss, reduction);
  },

  /** -w·(t·log x + (1 - t)·log(1 - x)), with torch's derivative (x - t) / max(x·(1 - x), 1e-12) by x. */
  "nn.functional.binaryCrossEntropy"(given: Node, target: Node, weight?: Node, reduction: Reduction = "mean"): Node {
    const input = p.required(given, Requirement.Probability);
    const saturated = p.lt(p.mul(input, from(1, input)), p.num(1e-12));
    const x = p.where(saturated, p.detach(input), input);
    const hit = p.mul(target, boundedLog(x, p.lt(x, p.num(Math.exp(-100))), p.log));
    const miss = p.mul(
      from(1, target),
      boundedLog(x, p.ge(x, p.num(1)), (z) => p.log1p(p.neg(z))),
    );
    // 0, but for its derivatives: those of torch, whose backward divides by no less than 1e-12
    const y = p.detach(input);
    const step = p.sub(input, y);
    const first = scale(p.sub(y, target), 1e12);
    const second = scale(p.add(p.mul(y, p.sub(y, target)), p.mul(target, from(1, y))), 1e24);
    const slope = p.mul(step, p.add(first, scale(p.mul(second, step), 0.5)));
    const loss = p.sub(p.where(saturated, slope, p.num(0)), p.add(hit, miss));
    return reduceLoss(weighted(loss, weight), reduction);
  },
  /** (1 - t)·softplus(x) + posWeight·t·softplus(-x), times w. */
  "nn.functional.binaryCrossEntropyWithLogits"(
    given: Node,
    target: Node,
    weight?: Node,
    reduction: Reduction = "mean",
    posWeight?: Node,
  ): Node {
    // One softplus, of -|x|, is enough, since softplus(x) = softplus(-x) + x; of x or -x alone some derivative cancels.
    const input = asFloat(given);
    const isNegative = p.lt(input, p.num(0));
    const distance = p.where(isNegative, p.neg(input), input);
    const miss = from(1, target);
    const hit = posWeight === undefined ? target : p.mul(posWeight, target);
    const linear = p.mul(p.where(isNegative, hit, miss), distance);
    const tail = p.softplus(p.neg(distance));
    const curved = posWeight === undefined ? tail : p.mul(p.add(miss, hit), tail);
    return reduceLoss(weighted(p.add(linear, curved), weight), reduction);
  },

  /** t·(log t - x), where x is a log-probability, and t as well with logTarget. */
  "nn.functional.klDiv"(
    input: Node,
    target: Node,
    reduction: Reduction | "batchmean" = "mean",
    logTarget = false,
  ): Node {
    const loss = logTarget ? p.mul(p.exp(target), p.sub(target, input)) : p.sub(timesLog(target), p.mul(target, input));
    if (reduction === "batchmean") return p.div(p.sum(loss), p.num(p.size(input, 0)));
    return reduceLoss(loss, reduction);
  },

  /** exp(x) - t·x (or x - t·log(x + eps)), with `full` plus Stirling's approximation of log t! where t > 1. */
  "nn.functional.poissonNllLoss"(
    input: Node,
    target: Node,
    logInput = true,
    full = false,
    eps = 1e-8,
    reduction: Reduction = "mean",
  ): Node {
    const loss = logInput
      ? p.sub(p.exp(input), p.mul(target, input))
      : p.sub(input, p.mul(target, p.log(shift(input, eps))));
    if (!full) return reduceLoss(loss, reduction);
    const stirling = (t: Node) => p.add(p.sub(p.mul(t, p.log(t)), t), scale(p.log(scale(t, 2 * Math.PI)), 0.5));
    return reduceLoss(p.add(loss, guarded(p.gt(target, p.num(1)), target, 2, stirling, p.num(0))), reduction);
  },

  /**
   * (log v + (x - t)²/v) / 2 with v = max(variance, eps), with `full` plus log(2π)/2. The gradient ignores the maximum.
   * variance: as input, or with one number for each example (last size 1 or missing).
   */
  "nn.functional.gaussianNllLoss"(
    input: Node,
    target: Node,
    variance: Node,
    full = false,
    eps = 1e-6,
    reduction: Reduction = "mean",
  ): Node {
    const shape = p.shape(input);
    const given = p.shape(variance);
    if (given.length === shape.length - 1) given.push(1);
    const fits = (n: number, i: number) => n === shape[i] || (n === 1 && i === shape.length - 1);
    if (given.length !== shape.length || !given.every(fits))
      throw shapeError(`var ${format(variance)} should be as input ${format(input)}, or have 1 or no last dim.`);
    const column = p.reshape(variance, given);
    // eps exactly, with the variance's derivative: x - detach(x) is 0.
    const floor = shift(p.sub(column, p.detach(column)), eps);
    const v = p.where(p.lt(column, p.num(eps)), floor, column);
    const loss = scale(p.add(p.log(v), p.div(square(p.sub(input, target)), v)), 0.5);
    return reduceLoss(full ? shift(loss, 0.5 * Math.log(2 * Math.PI)) : loss, reduction);
  },

  /** log(1 + exp(-t·x)) with t = ±1. */
  "nn.functional.softMarginLoss": (input: Node, target: Node, reduction: Reduction = "mean"): Node =>
    reduceLoss(p.softplus(p.neg(p.mul(target, input))), reduction),
  /** x where t = 1, max(0, margin - x) where t = -1. */
  "nn.functional.hingeEmbeddingLoss"(input: Node, target: Node, margin = 1, reduction: Reduction = "mean"): Node {
    const apart = p.where(p.ne(target, p.num(1)), atLeast(from(margin, input), 0), p.num(0));
    const close = p.where(p.ne(target, p.num(-1)), input, p.num(0));
    return reduceLoss(p.add(apart, close), reduction);
  },
  /** max(0, margin - t·(a - b)). */
  "nn.functional.marginRankingLoss": (
    a: Node,
    b: Node,
    target: Node,
    margin = 0,
    reduction: Reduction = "mean",
  ): Node => reduceLoss(atLeast(from(margin, p.mul(target, p.sub(a, b))), 0), reduction),
  /** 1 - cos where t = 1, max(0, cos - margin) where t = -1. */
  "nn.functional.cosineEmbeddingLoss"(a: Node, b: Node, target: Node, margin = 0, reduction: Reduction = "mean"): Node {
    // 1e-12 is torch's guard against zero vectors.
    const squares = (x: Node) => shift(p.sum(square(x), [-1]), 1e-12);
    const cosine = p.div(p.sum(p.mul(a, b), [-1]), p.sqrt(p.mul(squares(a), squares(b))));
    const close = p.where(p.eq(target, p.num(1)), from(1, cosine), p.num(0));
    const apart = p.where(p.eq(target, p.num(-1)), atLeast(shift(cosine, -margin), 0), p.num(0));
    return reduceLoss(p.add(close, apart), reduction);
  },
  /** max(0, d(anchor, positive) - d(anchor, negative) + margin). */
  "nn.functional.tripletMarginLoss"(
    anchor: Node,
    positive: Node,
    negative: Node,
    margin = 1,
    ord = 2,
    eps = 1e-6,
    swap = false,
    reduction: Reduction = "mean",
  ): Node {
    return tripletLoss((a, b) => pairwiseDistance(a, b, ord, eps), anchor, positive, negative, margin, swap, reduction);
  },
  "nn.functional.tripletMarginWithDistanceLoss"(
    anchor: Node,
    positive: Node,
    negative: Node,
    distance?: (a: Tensor, b: Tensor) => unknown,
    margin = 1,
    swap = false,
    reduction: Reduction = "mean",
  ): Node {
    const between = distance === undefined ? pairwiseDistance : byTensors("distanceFunction", distance);
    return tripletLoss(between, anchor, positive, negative, margin, swap, reduction);
  },
};
