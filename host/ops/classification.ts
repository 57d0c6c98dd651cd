// The losses of torch.nn.functional whose targets name classes.
import { DType } from "../../assembly/abi/opcodes";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { logSoftmax, relu } from "./activation";
import { DTypeError } from "../errors";
import { failure, format, shapeError } from "./define";
import { linear } from "./layers";
import { requireIndex } from "./promotion";
import {
  type Reduction,
  reduceLoss,
  alongDim,
  from,
  logSigmoid,
  meanOver,
  product,
  scale,
  shift,
  takeAlong,
} from "./support";

/** Dimension 1 holds the classes, or dimension 0 of an input without batch. */
function classDim(input: Node): number {
  if (p.ndim(input) === 0) throw shapeError("input should have a dim of classes, [C] or [N, C, …], but has no dims.");
  return p.ndim(input) < 2 ? 0 : 1;
}

/** The shape of one target for each of the input's positions. */
const positions = (input: Node): number[] => p.shape(input).filter((_, d) => d !== classDim(input));

/** x at the class of each position; classes: int32, in range. */
function pick(x: Node, classes: Node): Node {
  const dim = classDim(x);
  const shape = p.shape(x).map((n, d) => (d === dim ? 1 : n));
  return p.reshape(p.gather(x, dim, p.reshape(classes, shape)), positions(x));
}

/**
 * Sum of `loss`, or its mean by the weights that it already carries: Σ w·l / Σ w. Positions that are ignored have weight 0.
 */
function reduceWeighted(loss: Node, weights: Node, reduction: Reduction): Node {
  switch (reduction) {
    case "none":
      return loss;
    case "mean":
      return p.div(p.sum(loss), p.sum(weights));
    case "sum":
      return p.sum(loss);
  }
}

interface Targets {
  /** Classes in range: 0 where the target is ignored. */
  readonly classes: Node;
  readonly ignored: Node;
  /** The weight of the class at each position, 0 where the target is ignored. */
  readonly weights: Node;
}
function readTargets(logs: Node, target: Node, weight: Node | undefined, ignoreIndex: number): Targets {
  requireIndex("target", target);
  const expected = positions(logs);
  if (expected.length !== p.ndim(target) || expected.some((n, d) => n !== p.size(target, d)))
    throw shapeError(`target should be [${expected.join(", ")}] for input ${format(logs)} but is ${format(target)}.`);
  const ignored = p.eq(target, p.num(ignoreIndex));
  const classes = p.where(ignored, p.num(0), target);
  const one = p.full([], 1, p.dtype(logs));
  const each = weight === undefined ? one : p.reshape(p.gather(weight, 0, p.reshape(classes, [-1])), p.shape(target));
  return { classes, ignored, weights: p.where(ignored, p.num(0), each) };
}
/** -w[target] · logs[target], 0 where the target is ignored. */
const negativeLogs = (logs: Node, { classes, ignored, weights }: Targets): Node =>
  p.where(ignored, p.num(0), p.neg(p.mul(weights, pick(logs, classes))));

function nllLoss(input: Node, target: Node, weight?: Node, ignoreIndex = -100, reduction: Reduction = "mean"): Node {
  const targets = readTargets(input, target, weight, ignoreIndex);
  return reduceWeighted(negativeLogs(input, targets), targets.weights, reduction);
}

/** Floats of the input's shape, one for each class. Floats in the shape of classes are meant to be those, but can't. */
function requireProbabilities(logs: Node, target: Node): void {
  const [wanted, given, classes] = [format(logs), format(target), `[${positions(logs).join(", ")}]`];
  if (given === wanted) return;
  if (given === classes) requireIndex(`target of shape ${given}, which names classes,`, target);
  throw shapeError(
    `target should be ${classes} (classes, int32) or ${wanted} (probabilities) for input ${wanted} but is ${given}.`,
  );
}
/** Targets are probabilities of the input's shape: -Σ_c w_c·t_c·log p_c; the mean is over positions. */
function softCrossEntropy(
  logs: Node,
  target: Node,
  weight: Node | undefined,
  labelSmoothing: number,
  reduction: Reduction,
): Node {
  const dim = classDim(logs);
  requireProbabilities(logs, target);
  const t =
    labelSmoothing === 0 ? target : shift(scale(target, 1 - labelSmoothing), labelSmoothing / p.size(logs, dim));
  const each = p.mul(t, weight === undefined ? logs : p.mul(logs, alongDim(weight, dim, p.ndim(logs))));
  const loss = p.neg(p.sum(each, [dim]));
  return reduceLoss(loss, reduction);
}

/** Targets are classes; label smoothing ε mixes in the uniform distribution: (1 - ε)·nll + ε/C · Σ_c -w_c·log p_c. */
function hardCrossEntropy(
  logs: Node,
  target: Node,
  weight: Node | undefined,
  ignoreIndex: number,
  labelSmoothing: number,
  reduction: Reduction,
): Node {
  const targets = readTargets(logs, target, weight, ignoreIndex);
  const loss = reduceWeighted(negativeLogs(logs, targets), targets.weights, reduction);
  if (labelSmoothing === 0) return loss;
  const dim = classDim(logs);
  const all = p.sum(weight === undefined ? logs : p.mul(logs, alongDim(weight, dim, p.ndim(logs))), [dim]);
  const smooth = reduceWeighted(p.where(targets.ignored, p.num(0), p.neg(all)), targets.weights, reduction);
  return p.add(scale(loss, 1 - labelSmoothing), scale(smooth, labelSmoothing / p.size(logs, dim)));
}

/** nllLoss(logSoftmax(x)), or the cross entropy with target probabilities of the input's shape. */
function crossEntropy(
  input: Node,
  target: Node,
  weight?: Node,
  ignoreIndex = -100,
  reduction: Reduction = "mean",
  labelSmoothing = 0,
): Node {
  const logs = logSoftmax(input, classDim(input));
  if (!p.isFloat(target) && format(target) === format(input))
    throw failure(
      DTypeError,
      `target ${format(target)} holds probabilities, which should be floats; cast it by .float().`,
    );
  return p.isFloat(target)
    ? softCrossEntropy(logs, target, weight, labelSmoothing, reduction)
    : hardCrossEntropy(logs, target, weight, ignoreIndex, labelSmoothing, reduction);
}

/** crossEntropy of linear(input, weight); a weight [C, ...sizes, in] gives logits whose classes have those sizes behind them. */
function linearCrossEntropy(
  input: Node,
  linearWeight: Node,
  target: Node,
  linearBias?: Node,
  weight?: Node,
  reduction?: Reduction,
  ignoreIndex?: number,
  labelSmoothing?: number,
): Node {
  const sizes = p.shape(linearWeight).slice(0, -1);
  const rows = p.reshape(linearWeight, [product(sizes), p.size(linearWeight, -1)]);
  const logits = linear(input, rows, linearBias && p.reshape(linearBias, [product(sizes)]));
  const shaped = p.reshape(logits, [...p.shape(input).slice(0, -1), ...sizes]);
  return crossEntropy(shaped, target, weight, ignoreIndex, reduction, labelSmoothing);
}

/** x with a batch of one where there is none: [c] and [] become [1, c]. */
const batched = (x: Node): Node => (p.ndim(x) > 1 ? x : p.reshape(x, [1, p.numel(x)]));
/** The loss of each example, without the batch that `batched` added. */
const unbatched = (loss: Node, input: Node): Node => (p.ndim(input) > 1 ? loss : p.reshape(loss, []));
const reduceBatch = (loss: Node, input: Node, reduction: Reduction): Node =>
  reduceLoss(unbatched(loss, input), reduction);
/** 0 … n-1 as classes along the last of `ndim` dims. */
const classIndex = (n: number, ndim: number): Node => alongDim(p.iota(n), ndim - 1, ndim);

export const classificationOps = {
  "nn.functional.nllLoss": nllLoss,
  "nn.functional.crossEntropy": crossEntropy,
  "nn.functional.linearCrossEntropy": linearCrossEntropy,

  /** Σ_{c ≠ y} max(0, margin - x_y + x_c)^ord · w_y / C. */
  "nn.functional.multiMarginLoss"(
    input: Node,
    target: Node,
    ord = 1,
    margin = 1,
    weight?: Node,
    reduction: Reduction = "mean",
  ): Node {
    const x = batched(input);
    const y = p.reshape(requireIndex("target", target), [p.size(x, 0), 1]);
    const gap = relu(p.add(from(margin, p.gather(x, 1, y)), x));
    const cost = ord === 1 ? gap : p.pow(gap, p.num(ord));
    const others = p.where(p.ne(y, classIndex(p.size(x, 1), 2)), cost, p.num(0));
    const weighted =
      weight === undefined
        ? others
        : p.mul(others, takeAlong(alongDim(weight, 0, 2), 0, p.reshape(target, [p.size(x, 0)])));
    return reduceBatch(meanOver(weighted, [1]), input, reduction);
  },

  /** Σ over classes j of the target and i outside of it of max(0, 1 - x_j + x_i) / C. A target ends before its first -1. */
  "nn.functional.multilabelMarginLoss"(input: Node, target: Node, reduction: Reduction = "mean"): Node {
    const x = batched(input);
    const [n, c] = p.shape(x) as [number, number];
    const y = p.reshape(requireIndex("target", target), [n, c]);
    const ends = p.lt(p.reshape(y, [n, 1, c]), p.num(0));
    const upTo = p.le(classIndex(c, 3), alongDim(p.iota(c), 1, 3));
    // [n, j]: no end at or before place j
    const counts = p.eq(p.sum(p.cast(p.logicalAnd(ends, upTo), DType.Int32), [2]), p.num(0));
    // what is less than -1 is left for gather to refuse
    const classes = p.where(p.logicalOr(counts, p.lt(y, p.num(-1))), y, p.num(0));
    const column = (v: Node) => p.reshape(v, [n, c, 1]);
    const named = p.logicalAnd(column(counts), p.eq(column(classes), classIndex(c, 3)));
    const isTarget = p.amax(p.cast(named, DType.Int32), [1], true);
    const gap = relu(p.add(from(1, column(p.gather(x, 1, classes))), p.reshape(x, [n, 1, c])));
    const pairs = p.logicalAnd(column(counts), p.eq(isTarget, p.num(0)));
    return reduceBatch(scale(p.sum(p.where(pairs, gap, p.num(0)), [1, 2]), 1 / c), input, reduction);
  },

  /** -(t·log sigmoid(x) + (1 - t)·log sigmoid(-x)), times w, averaged over classes. */
  "nn.functional.multilabelSoftMarginLoss"(
    input: Node,
    target: Node,
    weight?: Node,
    reduction: Reduction = "mean",
  ): Node {
    const hit = p.mul(target, logSigmoid(input));
    const miss = p.mul(from(1, target), logSigmoid(p.neg(input)));
    const each = p.neg(p.add(hit, miss));
    const loss = meanOver(weight === undefined ? each : p.mul(each, weight), [-1]);
    return reduceLoss(loss, reduction);
  },
};
