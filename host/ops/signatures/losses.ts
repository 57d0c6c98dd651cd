// Signatures, written as index.ts says: torch.nn.functional's losses.
import type { Signatures } from "../signature";

export const lossSignatures = {
  // -- nn.functional: losses. torch's deprecated sizeAverage and reduce are left out, so what stands behind them has no
  // position that it could be given by.
  /** (input − target)². @dtype float(input, target) */
  "nn.functional.mseLoss": '(input: Tensor, target: Tensor, *, reduction?: "none" | "mean" | "sum"): Tensor',
  /** |input − target|. @dtype float(input, target) */
  "nn.functional.l1Loss": '(input: Tensor, target: Tensor, *, reduction?: "none" | "mean" | "sum"): Tensor',
  /** d²/(2·beta) where |d| < beta, else |d| − beta/2. @dtype float(input, target) */
  "nn.functional.smoothL1Loss":
    '(input: Tensor, target: Tensor, *, reduction?: "none" | "mean" | "sum", beta?: number): Tensor',
  /** d²/2 where |d| ≤ delta, else delta·(|d| − delta/2). @dtype float(input, target) */
  "nn.functional.huberLoss":
    '(input: Tensor, target: Tensor, reduction?: "none" | "mean" | "sum", delta?: number): Tensor',
  /** −(t·log(x) + (1 − t)·log(1 − x)), logarithms no less than −100. @dtype float(input, target, weight) */
  "nn.functional.binaryCrossEntropy":
    '(input: Tensor, target: Tensor, weight?: Tensor, *, reduction?: "none" | "mean" | "sum"): Tensor',
  /** binaryCrossEntropy of sigmoid(input), without its overflow. @dtype float(input, target, weight, posWeight) */
  "nn.functional.binaryCrossEntropyWithLogits":
    '(input: Tensor, target: Tensor, weight?: Tensor, *, reduction?: "none" | "mean" | "sum", posWeight?: Tensor): Tensor',
  /** t·(log(t) − x) with log-probabilities x. @dtype float(input, target) */
  "nn.functional.klDiv":
    '(input: Tensor, target: Tensor, *, reduction?: "none" | "mean" | "sum" | "batchmean", logTarget?: bool): Tensor',
  /** exp(x) − t·x, or x − t·log(x). @dtype float(input, target) */
  "nn.functional.poissonNllLoss":
    '(input: Tensor, target: Tensor, logInput?: bool, full?: bool, *, eps?: number, reduction?: "none" | "mean" | "sum"): Tensor',
  /** (log(var) + (x − t)²/var) / 2. @dtype float(input, target, var) */
  "nn.functional.gaussianNllLoss":
    '(input: Tensor, target: Tensor, var: Tensor, full?: bool, eps?: number, reduction?: "none" | "mean" | "sum"): Tensor',
  /** log(1 + exp(−t·x)) with t = ±1. @dtype float(input, target) */
  "nn.functional.softMarginLoss": '(input: Tensor, target: Tensor, *, reduction?: "none" | "mean" | "sum"): Tensor',
  /** x where t = 1, max(0, margin − x) where t = −1. @dtype float(float(input), target) */
  "nn.functional.hingeEmbeddingLoss":
    '(input: Tensor, target: Tensor, margin?: number, *, reduction?: "none" | "mean" | "sum"): Tensor',
  /** max(0, margin − t·(input1 − input2)). @dtype float(input1, input2, target) */
  "nn.functional.marginRankingLoss":
    '(input1: Tensor, input2: Tensor, target: Tensor, margin?: number, *, reduction?: "none" | "mean" | "sum"): Tensor',
  /** 1 − cos where t = 1, max(0, cos − margin) where t = −1. @dtype float(float(input1), input2, target) */
  "nn.functional.cosineEmbeddingLoss":
    '(input1: Tensor, input2: Tensor, target: Tensor, margin?: number, *, reduction?: "none" | "mean" | "sum"): Tensor',
  /** max(0, d(anchor, positive) − d(anchor, negative) + margin). @dtype float(anchor, positive, negative) */
  "nn.functional.tripletMarginLoss":
    '(anchor: Tensor, positive: Tensor, negative: Tensor, margin?: number, p?: number, eps?: number, swap?: bool, *, reduction?: "none" | "mean" | "sum"): Tensor',
  /** tripletMarginLoss with another distance, pairwiseDistance unless given. */
  "nn.functional.tripletMarginWithDistanceLoss":
    '(anchor: Tensor, positive: Tensor, negative: Tensor, *, distanceFunction?: Distance, margin?: number, swap?: bool, reduction?: "none" | "mean" | "sum"): Tensor',
  /** −weight·input at the target classes of dim 1; the mean is weighted. @dtype float(input, weight) */
  "nn.functional.nllLoss":
    '(input: Tensor, target: Index, weight?: Tensor, *, ignoreIndex?: int, reduction?: "none" | "mean" | "sum"): Tensor',
  /** nllLoss of logSoftmax; a float target holds probabilities of the classes. @dtype float(input, target, weight) */
  "nn.functional.crossEntropy":
    '(input: Tensor, target: Index, weight?: Tensor, *, ignoreIndex?: int, reduction?: "none" | "mean" | "sum", labelSmoothing?: number): Tensor',
  /**
   * crossEntropy of linear(input, linearWeight, linearBias); linearWeight is [classes, in], or has more sizes between these.
   * @torch https://docs.pytorch.org/docs/main/generated/torch.nn.functional.linear_cross_entropy.html
   * @dtype float(input, linearWeight, target, linearBias, weight)
   */
  "nn.functional.linearCrossEntropy":
    '(input: Tensor, linearWeight: Tensor, target: Index, *, linearBias?: Tensor, weight?: Tensor, reduction?: "none" | "mean" | "sum", ignoreIndex?: int, labelSmoothing?: number): Tensor',
  /**
   * −log of the probability of the targets, [N, S] or one behind the other, over all alignments with the steps of logProbs: [T, N, C], which
   * are of logSoftmax. Or all without N. Its derivative by logProbs is the mathematical one; that of torch adds what logSoftmax takes away.
   * @dtype float(logProbs)
   */
  "nn.functional.ctcLoss":
    '(logProbs: Tensor, targets: Index, inputLengths: Index, targetLengths: Index, blank?: int, reduction?: "none" | "mean" | "sum", zeroInfinity?: bool): Tensor',
  /** Σ max(0, margin − x_target + x_i)^p / classes, over the other classes. @dtype float(input, weight) */
  "nn.functional.multiMarginLoss":
    '(input: Tensor, target: Index, p?: number, margin?: number, weight?: Tensor, *, reduction?: "none" | "mean" | "sum"): Tensor',
  /** Σ max(0, 1 − x_j + x_i) / classes, over target classes j (up to a −1) and the others i. @dtype float(input) */
  "nn.functional.multilabelMarginLoss":
    '(input: Tensor, target: Index, *, reduction?: "none" | "mean" | "sum"): Tensor',
  /** binaryCrossEntropyWithLogits, averaged over classes. @dtype float(input, target, weight) */
  "nn.functional.multilabelSoftMarginLoss":
    '(input: Tensor, target: Tensor, weight?: Tensor, *, reduction?: "none" | "mean" | "sum"): Tensor',
} as const satisfies Signatures;
