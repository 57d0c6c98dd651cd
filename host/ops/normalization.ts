// torch.nn.functional's normalisations: (x - mean) / √(var + eps) over different groups of dims, then an affine map.
import { DType } from "../../assembly/abi/opcodes";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { argumentError, shapeError } from "./define";
import { vectorNorm } from "./norms";
import { alongDim, atLeast, meanOver, padAlong, product, range, scale, shift, sliceAlong, square } from "./support";

interface Moments {
  readonly mean: Node;
  /** 1 / √(var + eps), with the biased variance. */
  readonly rstd: Node;
}
function moments(x: Node, dims: readonly number[], eps: number): Moments {
  const mean = meanOver(x, dims, true);
  const variance = meanOver(square(p.sub(x, mean)), dims, true);
  return { mean, rstd: p.rsqrt(shift(variance, eps)) };
}
const standardize = (x: Node, { mean, rstd }: Moments): Node => p.mul(p.sub(x, mean), rstd);

/** x · weight + bias, either of which may be missing; both broadcast against x. */
function affine(x: Node, weight: Node | undefined, bias: Node | undefined): Node {
  const scaledX = weight === undefined ? x : p.mul(x, weight);
  return bias === undefined ? scaledX : p.add(scaledX, bias);
}
/** weight and bias hold one number for each channel: dimension 1 of x. */
function channelAffine(x: Node, weight: Node | undefined, bias: Node | undefined): Node {
  const place = (v: Node | undefined) => (v === undefined ? undefined : perChannel(v, x));
  return affine(x, place(weight), place(bias));
}
const channelDim = (x: Node): number => Math.min(1, p.ndim(x) - 1);
const perChannel = (v: Node, x: Node): Node => alongDim(v, channelDim(x), p.ndim(x));

/** The last dims.length dims of x, which must be of those sizes. */
function trailingDims(x: Node, normalizedShape: readonly number[]): number[] {
  const shape = p.shape(x);
  const start = shape.length - normalizedShape.length;
  if (normalizedShape.length === 0) throw shapeError("normalizedShape should hold at least 1 size but is [].");
  if (normalizedShape.some((n, i) => n !== shape[start + i]))
    throw shapeError(`input should end in [${normalizedShape.join(", ")}] but is [${shape.join(", ")}].`);
  return range(start, shape.length);
}

/** x standardized by statistics from before, one of each for each channel, and mapped by weight and bias. */
function byRunning(
  x: Node,
  mean: Node | undefined,
  variance: Node | undefined,
  weight: Node | undefined,
  bias: Node | undefined,
  eps: number,
): Node {
  if (mean === undefined || variance === undefined)
    throw argumentError("runningMean and runningVar are needed when the input's own statistics are not used.");
  const rstd = p.rsqrt(shift(perChannel(variance, x), eps));
  return channelAffine(standardize(x, { mean: perChannel(mean, x), rstd }), weight, bias);
}

export const normalizationOps = {
  /** x / max(‖x‖ₚ, eps) along dim. */
  "nn.functional.normalize": (x: Node, ord = 2, dim: readonly number[] = [1], eps = 1e-12): Node =>
    p.div(x, atLeast(vectorNorm(x, ord, dim, true), eps)),

  "nn.functional.layerNorm"(x: Node, normalizedShape: readonly number[], weight?: Node, bias?: Node, eps = 1e-5): Node {
    return affine(standardize(x, moments(x, trailingDims(x, normalizedShape), eps)), weight, bias);
  },
  /** x / √(mean of x² + eps); eps is the dtype's unit roundoff unless given. */
  "nn.functional.rmsNorm"(x: Node, normalizedShape: readonly number[], weight?: Node, eps?: number): Node {
    const meanSquare = meanOver(square(x), trailingDims(x, normalizedShape), true);
    const unit = p.dtype(x) === DType.Float64 ? Number.EPSILON : 2 ** -23;
    return affine(p.mul(x, p.rsqrt(shift(meanSquare, eps ?? unit))), weight, undefined);
  },
  /** Layer norm, the means and the reciprocal standard deviations. */
  nativeLayerNorm(x: Node, normalizedShape: readonly number[], weight?: Node, bias?: Node, eps = 1e-5): Node[] {
    const m = moments(x, trailingDims(x, normalizedShape), eps);
    return [affine(standardize(x, m), weight, bias), m.mean, m.rstd];
  },

  /** Over each of numGroups equal groups of channels. x: [n, c, …]. */
  "nn.functional.groupNorm"(x: Node, numGroups: number, weight?: Node, bias?: Node, eps = 1e-5): Node {
    const shape = p.shape(x);
    const [n = 0, channels = 0] = shape;
    if (shape.length < 2) throw shapeError(`input should be at least 2-dim but is [${shape.join(", ")}].`);
    if (numGroups < 1 || channels % numGroups !== 0)
      throw argumentError(`numGroups should divide the ${channels} channels but is ${numGroups}.`);
    const groups = p.reshape(x, [n, numGroups, channels / numGroups, product(shape.slice(2))]);
    const y = p.reshape(standardize(groups, moments(groups, [2, 3], eps)), shape);
    return channelAffine(y, weight, bias);
  },

  /** Over each channel of each example: x: [n, c, …]. */
  "nn.functional.instanceNorm"(
    x: Node,
    runningMean?: Node,
    runningVar?: Node,
    weight?: Node,
    bias?: Node,
    useInputStats = true,
    _momentum?: number,
    eps = 1e-5,
  ): Node {
    if (!useInputStats) return byRunning(x, runningMean, runningVar, weight, bias, eps);
    const shape = p.shape(x);
    if (product(shape.slice(2)) === 1)
      throw shapeError(`more than 1 spatial element is needed but the input is [${shape.join(", ")}].`);
    return channelAffine(standardize(x, moments(x, range(2, shape.length), eps)), weight, bias);
  },

  /**
   * Over each channel: x: [n, c, …]. Tensors are immutable, so the running statistics are read (in evaluation) and never
   * updated; momentum is accepted for torch's sake.
   */
  "nn.functional.batchNorm"(
    x: Node,
    runningMean?: Node,
    runningVar?: Node,
    weight?: Node,
    bias?: Node,
    training = false,
    _momentum?: number,
    eps = 1e-5,
  ): Node {
    if (!training) return byRunning(x, runningMean, runningVar, weight, bias, eps);
    const shape = p.shape(x);
    const dims = range(0, shape.length).filter((d) => d !== channelDim(x));
    if (product(dims.map((d) => shape[d]!)) === 1 && shape[0] !== 0)
      throw shapeError(`more than 1 value per channel is needed in training but the input is [${shape.join(", ")}].`);
    return channelAffine(standardize(x, moments(x, dims, eps)), weight, bias);
  },

  /** x / (k + α · mean of x² over `size` neighbouring channels)^β. */
  "nn.functional.localResponseNorm"(x: Node, size: number, alpha = 1e-4, beta = 0.75, k = 1): Node {
    const channels = p.size(x, 1);
    if (size < 1) throw argumentError(`size should be greater than 0 but got ${size}.`);
    // A window that is wider than all channels on either side sums no more than these.
    const [before, after] = [Math.floor(size / 2), Math.floor((size - 1) / 2)].map((n) => Math.min(n, channels));
    const padded = padAlong(square(x), 1, before!, after!);
    const total = range(0, before! + after! + 1)
      .map((i) => sliceAlong(padded, 1, i, channels))
      .reduce((a, b) => p.add(a, b));
    return p.div(x, p.pow(shift(scale(total, alpha / size), k), p.num(beta)));
  },

  /** Sub-tensors along dim whose p-norm exceeds maxnorm are scaled down to it. */
  renorm(x: Node, ord: number, dim: number, maxnorm: number): Node {
    const d = p.normalizeDim(dim, p.ndim(x));
    const norm = vectorNorm(
      x,
      ord,
      range(0, p.ndim(x)).filter((i) => i !== d),
      true,
    );
    // 1e-7 is torch's guard against a zero norm.
    const factor = p.div(p.num(maxnorm), shift(norm, 1e-7));
    return p.mul(x, p.where(p.gt(norm, p.num(maxnorm)), factor, p.num(1)));
  },
};
