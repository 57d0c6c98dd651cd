// Signatures, written as index.ts says: torch.nn.functional but for losses: activations, normalisations, layers, pooling.
import type { Signatures } from "../signature";

export const layerSignatures = {
  // -- nn.functional: activations
  /** max(x, 0), with the derivative 0 at 0. @torch generated/torch.nn.functional.relu.html @dtype sum(input) */
  relu: "(input: Tensor): Tensor",
  /** max(x, 0), with the derivative 0 at 0. @dtype sum(input) */
  "nn.functional.relu": "(input: Tensor, inplace?: bool): Tensor",
  /** min(max(x, 0), 6). @dtype sum(input) */
  "nn.functional.relu6": "(input: Tensor, inplace?: bool): Tensor",
  /** x where positive, else negativeSlope·x, 0.01 unless given. @dtype float(input) */
  "nn.functional.leakyRelu": "(input: Tensor, negativeSlope?: number, inplace?: bool): Tensor",
  /** x where positive, else weight·x, with one weight or one for each channel. @torch generated/torch.nn.functional.prelu.html @dtype common(input, weight) */
  prelu: "(input: Tensor, weight: Tensor): Tensor",
  /** x where positive, else weight·x, with one weight or one for each channel. @dtype common(input, weight) */
  "nn.functional.prelu": "(input: Tensor, weight: Tensor): Tensor",
  /** x where positive, else alpha·(exp(x) − 1). @dtype float(input) */
  "nn.functional.elu": "(input: Tensor, alpha?: number, inplace?: bool): Tensor",
  /** elu, scaled so that mean 0 and variance 1 are kept. @torch generated/torch.nn.functional.selu.html @dtype float(input) */
  selu: "(input: Tensor, inplace?: bool): Tensor",
  /** elu, scaled so that mean 0 and variance 1 are kept. @dtype float(input) */
  "nn.functional.selu": "(input: Tensor, inplace?: bool): Tensor",
  /** x where positive, else alpha·(exp(x/alpha) − 1). @torch generated/torch.nn.functional.celu.html @dtype float(input) */
  celu: "(input: Tensor, alpha?: number, inplace?: bool): Tensor",
  /** x where positive, else alpha·(exp(x/alpha) − 1). @dtype float(input) */
  "nn.functional.celu": "(input: Tensor, alpha?: number, inplace?: bool): Tensor",
  /** x·Φ(x), with Φ exact or by a tanh. @dtype float(input) */
  "nn.functional.gelu": '(input: Tensor, approximate?: "none" | "tanh"): Tensor',
  /** x·sigmoid(x). @dtype float(input) */
  "nn.functional.silu": "(input: Tensor, inplace?: bool): Tensor",
  /** x·tanh(softplus(x)). @dtype float(input) */
  "nn.functional.mish": "(input: Tensor, inplace?: bool): Tensor",
  /** log(1 + exp(beta·x)) / beta, and x itself where beta·x exceeds threshold. @dtype float(input) */
  "nn.functional.softplus": "(input: Tensor, beta?: number, threshold?: number): Tensor",
  /** x / (1 + |x|). @dtype float(input) */
  "nn.functional.softsign": "(input: Tensor): Tensor",
  /** x moved towards 0 by lambd, 0.5 unless given; 0 in between. @dtype float(input) */
  "nn.functional.softshrink": "(input: Tensor, lambd?: number): Tensor",
  /** x, but 0 where |x| ≤ lambd, 0.5 unless given. @torch generated/torch.nn.functional.hardshrink.html @dtype sum(input) */
  hardshrink: "(input: Tensor, lambd?: number): Tensor",
  /** x, but 0 where |x| ≤ lambd, 0.5 unless given. @dtype sum(input) */
  "nn.functional.hardshrink": "(input: Tensor, lambd?: number): Tensor",
  /** x limited to [minVal, maxVal], [−1, 1] unless given; the derivative at a limit is 0. @dtype float(input) */
  "nn.functional.hardtanh": "(input: Tensor, minVal?: number, maxVal?: number, inplace?: bool): Tensor",
  /** relu6(x + 3) / 6. @dtype float(input) */
  "nn.functional.hardsigmoid": "(input: Tensor, inplace?: bool): Tensor",
  /** x·relu6(x + 3) / 6. @dtype float(input) */
  "nn.functional.hardswish": "(input: Tensor, inplace?: bool): Tensor",
  /** x − tanh(x). @dtype float(input) */
  "nn.functional.tanhshrink": "(input: Tensor): Tensor",
  /** x where greater than threshold, else value. @dtype float(input) */
  "nn.functional.threshold": "(input: Tensor, threshold: number, value: number, inplace?: bool): Tensor",
  /** log(sigmoid(x)) without overflow. @dtype float(input) */
  "nn.functional.logsigmoid": "(input: Tensor): Tensor",
  /** The hyperbolic tangent. @dtype float(input) */
  "nn.functional.tanh": "(input: Tensor): Tensor",
  /** The logistic function 1 / (1 + exp(−x)). @dtype float(input) */
  "nn.functional.sigmoid": "(input: Tensor): Tensor",
  /** The first half of dim (−1 unless given) times the sigmoid of the second. @dtype float(input) */
  "nn.functional.glu": "(input: Tensor, dim?: int): Tensor",
  /** exp(x) / sum(exp(x)) along dim. @dtype float(dtype ?? input) */
  softmax: "(input: Tensor, dim: int, dtype?: dtype): Tensor",
  /** exp(x) / sum(exp(x)) along dim. @dtype float(dtype ?? input) */
  "special.softmax": "(input: Tensor, dim: int, dtype?: dtype): Tensor",
  /** exp(x) / sum(exp(x)) along dim. @dtype float(dtype ?? input) */
  "nn.functional.softmax": "(input: Tensor, dim?: int, *, dtype?: dtype): Tensor",
  /** softmax(−x) along dim. @dtype float(dtype ?? input) */
  "nn.functional.softmin": "(input: Tensor, dim?: int, *, dtype?: dtype): Tensor",
  /** log(softmax(x)) along dim, without its overflow. @torch generated/torch.nn.functional.log_softmax.html @dtype float(dtype ?? input) */
  logSoftmax: "(input: Tensor, dim: int, dtype?: dtype): Tensor",
  /** log(softmax(x)) along dim, without its overflow. @dtype float(dtype ?? input) */
  "special.logSoftmax": "(input: Tensor, dim: int, dtype?: dtype): Tensor",
  /** log(softmax(x)) along dim, without its overflow. @dtype float(dtype ?? input) */
  "nn.functional.logSoftmax": "(input: Tensor, dim?: int, *, dtype?: dtype): Tensor",

  // -- nn.functional: normalisations
  /** x / max(‖x‖, eps) along dim, 1 unless given. @dtype float(input) */
  "nn.functional.normalize": "(input: Tensor, p?: number, dim?: ints, eps?: number): Tensor",
  /** (x − mean) / √(var + eps) over the last dims, then weight and bias. @dtype float(input, weight, bias) */
  "nn.functional.layerNorm":
    "(input: Tensor, normalizedShape: ints, weight?: Tensor, bias?: Tensor, eps?: number): Tensor",
  /** x / √(the mean of x² + eps) over the last dims, then weight. @dtype float(input, weight) */
  "nn.functional.rmsNorm": "(input: Tensor, normalizedShape: ints, weight?: Tensor, eps?: number): Tensor",
  /** Layer norm, the means and the reciprocal standard deviations. @torch generated/torch.nn.functional.layer_norm.html @dtype [float(input, weight, bias), float(input), float(input)] */
  nativeLayerNorm:
    "(input: Tensor, normalizedShape: ints, weight?: Tensor, bias?: Tensor, eps?: number): [output: Tensor, mean: Tensor, rstd: Tensor]",
  /** (x − mean) / √(var + eps) over groups of channels, then weight and bias. @dtype float(input, weight, bias) */
  "nn.functional.groupNorm": "(input: Tensor, numGroups: int, weight?: Tensor, bias?: Tensor, eps?: number): Tensor",
  /** (x − mean) / √(var + eps) over each channel of each example, then weight and bias. @dtype float(float(input), runningMean, runningVar, weight, bias) */
  "nn.functional.instanceNorm":
    "(input: Tensor, runningMean?: Tensor, runningVar?: Tensor, weight?: Tensor, bias?: Tensor, useInputStats?: bool, momentum?: number, eps?: number): Tensor",
  /** (x − mean) / √(var + eps) over each channel, then weight and bias. Running statistics are read, never updated. @dtype float(float(input), runningMean, runningVar, weight, bias) */
  "nn.functional.batchNorm":
    "(input: Tensor, runningMean?: Tensor, runningVar?: Tensor, weight?: Tensor, bias?: Tensor, training?: bool, momentum?: number, eps?: number): Tensor",
  /** x / (k + alpha·(the mean of x² over size neighbouring channels))^beta. @dtype float(input) */
  "nn.functional.localResponseNorm": "(input: Tensor, size: int, alpha?: number, beta?: number, k?: number): Tensor",
  /** Slices of dim whose p-norm exceeds maxnorm, scaled down to it. @dtype float(input) */
  renorm: "(input: Tensor, p: number, dim: int, maxnorm: number): Tensor",

  // -- nn.functional: layers
  /** input @ weightᵀ + bias. @dtype common(input, weight, bias) */
  "nn.functional.linear": "(input: Tensor, weight: Tensor, bias?: Tensor): Tensor",
  /** Σ input1_i · weight_kij · input2_j + bias_k. @dtype common(input1, input2, weight, bias) */
  "nn.functional.bilinear": "(input1: Tensor, input2: Tensor, weight: Tensor, bias?: Tensor): Tensor",
  /** The rows of weight that input names; the row paddingIdx gets no gradient. @dtype float(weight) */
  "nn.functional.embedding": "(input: Index, weight: Tensor, paddingIdx?: int, maxNorm?: number): Tensor",
  /**
   * Sums, means or maxima of the rows of weight that each bag names: the rows of input, or, of a vector, what begins at each of offsets.
   * Entries of paddingIdx don't count. torch's maxNorm would write into weight.
   * @dtype float(weight)
   */
  "nn.functional.embeddingBag":
    '(input: Index, weight: Tensor, offsets?: Index, *, mode?: "sum" | "mean" | "max", perSampleWeights?: Tensor, includeLastOffset?: bool, paddingIdx?: int): Tensor',
  /**
   * Products of groups of matrices: of matA [groups, m, k] and matB [groups, k, n], or of a matrix whose rows or columns offs cuts into groups,
   * which end there. Of two matrices the inner dim is cut. What no group has is 0.
   * @torch https://docs.pytorch.org/docs/main/generated/torch.nn.functional.grouped_mm.html
   * @dtype common(matA, matB)
   */
  "nn.functional.groupedMm": "(matA: Tensor, matB: Tensor, *, offs?: Index): Tensor",
  /** 1 at the class of each element along a new last dim of numClasses; int32. @dtype int32 */
  "nn.functional.oneHot": "(tensor: Index, numClasses: int): Tensor",
  /** softmax(query @ keyᵀ · scale + attnMask) @ value; scale is 1/√(the last size) unless given; dropoutP must be 0. @dtype float(query, key, value) */
  "nn.functional.scaledDotProductAttention":
    "(query: Tensor, key: Tensor, value: Tensor, attnMask?: Tensor, dropoutP?: number, isCausal?: bool, *, scale?: number): Tensor",
  /**
   * Attention in numHeads parts, with the projections before and after it: query [l, n, e], key and value [s, n, …], or all without n, give
   * [l, n, e] and the weights: [n, l, s], or of each head. What a bool mask holds is hidden. The weights cost nothing unless they are read,
   * so they are there whatever needWeights says.
   * @torch generated/torch.nn.MultiheadAttention.html
   * @dtype float(query)
   */
  "nn.functional.multiHeadAttentionForward":
    "(query: Tensor, key: Tensor, value: Tensor, embedDimToCheck: int, numHeads: int, inProjWeight?: Tensor, inProjBias?: Tensor, biasK?: Tensor, biasV?: Tensor, addZeroAttn: bool, dropoutP: number, outProjWeight: Tensor, outProjBias?: Tensor, training?: bool, keyPaddingMask?: Tensor, needWeights?: bool, attnMask?: Tensor, useSeparateProjWeight?: bool, qProjWeight?: Tensor, kProjWeight?: Tensor, vProjWeight?: Tensor, staticK?: Tensor, staticV?: Tensor, averageAttnWeights?: bool, isCausal?: bool): [output: Tensor, weights: Tensor]",
  /** Alias of multiHeadAttentionForward. @torch generated/torch.nn.MultiheadAttention.html @dtype float(query) */
  "nn.functional.multiHeadAttention":
    "(query: Tensor, key: Tensor, value: Tensor, embedDimToCheck: int, numHeads: int, inProjWeight?: Tensor, inProjBias?: Tensor, biasK?: Tensor, biasV?: Tensor, addZeroAttn: bool, dropoutP: number, outProjWeight: Tensor, outProjBias?: Tensor, training?: bool, keyPaddingMask?: Tensor, needWeights?: bool, attnMask?: Tensor, useSeparateProjWeight?: bool, qProjWeight?: Tensor, kProjWeight?: Tensor, vProjWeight?: Tensor, staticK?: Tensor, staticV?: Tensor, averageAttnWeights?: bool, isCausal?: bool): [output: Tensor, weights: Tensor]",
  /** tanh(input @ wIhᵀ + bIh + hx @ wHhᵀ + bHh): a step of a recurrent network. @torch generated/torch.nn.RNNCell.html @dtype float(input) */
  rnnTanhCell: "(input: Tensor, hx: Tensor, wIh: Tensor, wHh: Tensor, bIh?: Tensor, bHh?: Tensor): Tensor",
  /** max(input @ wIhᵀ + bIh + hx @ wHhᵀ + bHh, 0): a step of a recurrent network. @torch generated/torch.nn.RNNCell.html @dtype float(input) */
  rnnReluCell: "(input: Tensor, hx: Tensor, wIh: Tensor, wHh: Tensor, bIh?: Tensor, bHh?: Tensor): Tensor",
  /** A step of a gated recurrent unit; the rows of wIh: [3·hidden, in], wHh: [3·hidden, hidden] and biases are those of r, z and n. @torch generated/torch.nn.GRUCell.html @dtype float(input) */
  gruCell: "(input: Tensor, hx: Tensor, wIh: Tensor, wHh: Tensor, bIh?: Tensor, bHh?: Tensor): Tensor",
  /** A step of a long short-term memory from hx = [h, c] to the next h and c; the rows of weights and biases are those of i, f, g and o. @torch generated/torch.nn.LSTMCell.html @dtype float(input) */
  lstmCell:
    "(input: Tensor, hx: Tensor[], wIh: Tensor, wHh: Tensor, bIh?: Tensor, bHh?: Tensor): [h: Tensor, c: Tensor]",
  /**
   * Cross-correlation of input: [batch, channels, length], batch may be missing, with weight:
   * [outputs, channels / groups, ...kernel]; padding "same" keeps the sizes.
   * @dtype common(input, weight, bias)
   */
  "nn.functional.conv1d":
    '(input: Tensor, weight: Tensor, bias?: Tensor, stride?: ints, padding?: ints | "valid" | "same", dilation?: ints, groups?: int): Tensor',
  /**
   * Cross-correlation of input: [batch, channels, height, width], batch may be missing, with weight:
   * [outputs, channels / groups, ...kernel]; padding "same" keeps the sizes.
   * @dtype common(input, weight, bias)
   */
  "nn.functional.conv2d":
    '(input: Tensor, weight: Tensor, bias?: Tensor, stride?: ints, padding?: ints | "valid" | "same", dilation?: ints, groups?: int): Tensor',
  /**
   * Cross-correlation of input: [batch, channels, depth, height, width], batch may be missing, with weight:
   * [outputs, channels / groups, ...kernel]; padding "same" keeps the sizes.
   * @dtype common(input, weight, bias)
   */
  "nn.functional.conv3d":
    '(input: Tensor, weight: Tensor, bias?: Tensor, stride?: ints, padding?: ints | "valid" | "same", dilation?: ints, groups?: int): Tensor',
  /**
   * The transpose of conv1d, whose gradient by the input it is; weight: [channels, outputs / groups, ...kernel].
   * @dtype common(input, weight, bias)
   */
  "nn.functional.convTranspose1d":
    "(input: Tensor, weight: Tensor, bias?: Tensor, stride?: ints, padding?: ints, outputPadding?: ints, groups?: int, dilation?: ints): Tensor",
  /**
   * The transpose of conv2d, whose gradient by the input it is; weight: [channels, outputs / groups, ...kernel].
   * @dtype common(input, weight, bias)
   */
  "nn.functional.convTranspose2d":
    "(input: Tensor, weight: Tensor, bias?: Tensor, stride?: ints, padding?: ints, outputPadding?: ints, groups?: int, dilation?: ints): Tensor",
  /**
   * The transpose of conv3d, whose gradient by the input it is; weight: [channels, outputs / groups, ...kernel].
   * @dtype common(input, weight, bias)
   */
  "nn.functional.convTranspose3d":
    "(input: Tensor, weight: Tensor, bias?: Tensor, stride?: ints, padding?: ints, outputPadding?: ints, groups?: int, dilation?: ints): Tensor",
  /** [..., c·r², h, w] to [..., c, h·r, w·r]. @dtype input */
  "nn.functional.pixelShuffle": "(input: Tensor, upscaleFactor: int): Tensor",
  /** [..., c, h·r, w·r] to [..., c·r², h, w]. @dtype input */
  "nn.functional.pixelUnshuffle": "(input: Tensor, downscaleFactor: int): Tensor",
  /** Channels, the second dim, in another order: those of each of the groups in turn. @torch generated/torch.nn.ChannelShuffle.html @dtype input */
  "nn.functional.channelShuffle": "(input: Tensor, groups: int): Tensor",
  /** The windows of an image as columns: [n, c·kh·kw, windows]. @dtype input */
  "nn.functional.unfold": "(input: Tensor, kernelSize: ints, dilation?: ints, padding?: ints, stride?: ints): Tensor",
  /** Columns added up where their windows lie: the transpose of unfold. @dtype input */
  "nn.functional.fold":
    "(input: Tensor, outputSize: ints, kernelSize: ints, dilation?: ints, padding?: ints, stride?: ints): Tensor",
  /** Padded: pairs (before, after) from the last dim on; with mode "constant" negative ones cut. @dtype input */
  "nn.functional.pad":
    '(input: Tensor, pad: ints, mode?: "constant" | "reflect" | "replicate" | "circular", value?: number): Tensor',
  /** Resized to size, or by scaleFactor. @dtype float(input) */
  "nn.functional.interpolate":
    '(input: Tensor, size?: ints, scaleFactor?: numbers, mode?: "nearest" | "nearest-exact" | "linear" | "bilinear" | "bicubic" | "trilinear" | "area", alignCorners?: bool, recomputeScaleFactor?: bool, antialias?: bool): Tensor',
  /** Interpolate, under the name that torch had for it before. */
  "nn.functional.upsample":
    '(input: Tensor, size?: ints, scaleFactor?: numbers, mode?: "nearest" | "nearest-exact" | "linear" | "bilinear" | "bicubic" | "trilinear" | "area", alignCorners?: bool): Tensor',
  /** Interpolate with mode "nearest". @dtype input */
  "nn.functional.upsampleNearest": "(input: Tensor, size?: ints, scaleFactor?: numbers): Tensor",
  /** Interpolate with mode "bilinear" and alignCorners. @dtype float(input) */
  "nn.functional.upsampleBilinear": "(input: Tensor, size?: ints, scaleFactor?: numbers): Tensor",
  /** The input at the points of grid, whose coordinates run from −1 to 1. */
  "nn.functional.gridSample":
    '(input: Tensor, grid: Tensor, mode?: "bilinear" | "nearest" | "bicubic", paddingMode?: "zeros" | "border" | "reflection", alignCorners?: bool): Tensor',
  /** The grid for gridSample that an affine map makes of an output of that size. @dtype float(theta) */
  "nn.functional.affineGrid": "(theta: Tensor, size: ints, alignCorners?: bool): Tensor",

  // -- nn.functional: pooling
  /** Averages over windows of the last dim. @dtype float(input) */
  "nn.functional.avgPool1d":
    "(input: Tensor, kernelSize: ints, stride?: ints, padding?: ints, ceilMode?: bool, countIncludePad?: bool): Tensor",
  /** Averages over windows of the last 2 dims. @dtype float(input) */
  "nn.functional.avgPool2d":
    "(input: Tensor, kernelSize: ints, stride?: ints, padding?: ints, ceilMode?: bool, countIncludePad?: bool, divisorOverride?: number): Tensor",
  /** Averages over windows of the last 3 dims. @dtype float(input) */
  "nn.functional.avgPool3d":
    "(input: Tensor, kernelSize: ints, stride?: ints, padding?: ints, ceilMode?: bool, countIncludePad?: bool, divisorOverride?: number): Tensor",
  /** (Σ x^normType)^(1/normType) over windows of the last dim; windows that reach beyond the end are scaled up. @dtype float(input) */
  "nn.functional.lpPool1d":
    "(input: Tensor, normType: number, kernelSize: ints, stride?: ints, ceilMode?: bool): Tensor",
  /** (Σ x^normType)^(1/normType) over windows of the last 2 dims; windows that reach beyond the end are scaled up. @dtype float(input) */
  "nn.functional.lpPool2d":
    "(input: Tensor, normType: number, kernelSize: ints, stride?: ints, ceilMode?: bool): Tensor",
  /** (Σ x^normType)^(1/normType) over windows of the last 3 dims; windows that reach beyond the end are scaled up. @dtype float(input) */
  "nn.functional.lpPool3d":
    "(input: Tensor, normType: number, kernelSize: ints, stride?: ints, ceilMode?: bool): Tensor",
  /** Maxima over windows of the last dim, with returnIndices also where they stand. @dtype [input, int32]; input */
  "nn.functional.maxPool1d": [
    "(input: Tensor, kernelSize: ints, stride?: ints, padding?: ints, dilation?: ints, ceilMode?: bool, returnIndices: true): [output: Tensor, indices: Tensor]",
    "(input: Tensor, kernelSize: ints, stride?: ints, padding?: ints, dilation?: ints, ceilMode?: bool, returnIndices?: false): Tensor",
  ],
  /** Maxima over windows of the last 2 dims, with returnIndices also where they stand. @dtype [input, int32]; input */
  "nn.functional.maxPool2d": [
    "(input: Tensor, kernelSize: ints, stride?: ints, padding?: ints, dilation?: ints, ceilMode?: bool, returnIndices: true): [output: Tensor, indices: Tensor]",
    "(input: Tensor, kernelSize: ints, stride?: ints, padding?: ints, dilation?: ints, ceilMode?: bool, returnIndices?: false): Tensor",
  ],
  /** Maxima over windows of the last 3 dims, with returnIndices also where they stand. @dtype [input, int32]; input */
  "nn.functional.maxPool3d": [
    "(input: Tensor, kernelSize: ints, stride?: ints, padding?: ints, dilation?: ints, ceilMode?: bool, returnIndices: true): [output: Tensor, indices: Tensor]",
    "(input: Tensor, kernelSize: ints, stride?: ints, padding?: ints, dilation?: ints, ceilMode?: bool, returnIndices?: false): Tensor",
  ],
  /** Each element at its index, as maxPool1d gives it, in windows of the last dim, and 0 elsewhere. @dtype input */
  "nn.functional.maxUnpool1d":
    "(input: Tensor, indices: Tensor, kernelSize: ints, stride?: ints, padding?: ints, outputSize?: ints): Tensor",
  /** Each element at its index, as maxPool2d gives it, in windows of the last 2 dims, and 0 elsewhere. @dtype input */
  "nn.functional.maxUnpool2d":
    "(input: Tensor, indices: Tensor, kernelSize: ints, stride?: ints, padding?: ints, outputSize?: ints): Tensor",
  /** Each element at its index, as maxPool3d gives it, in windows of the last 3 dims, and 0 elsewhere. @dtype input */
  "nn.functional.maxUnpool3d":
    "(input: Tensor, indices: Tensor, kernelSize: ints, stride?: ints, padding?: ints, outputSize?: ints): Tensor",
  /** Averages over windows that give outputSize. @dtype float(input) */
  "nn.functional.adaptiveAvgPool1d": "(input: Tensor, outputSize: int?[]): Tensor",
  /** Averages over windows that give outputSize. @dtype float(input) */
  "nn.functional.adaptiveAvgPool2d": "(input: Tensor, outputSize: int?[]): Tensor",
  /** Averages over windows that give outputSize. @dtype float(input) */
  "nn.functional.adaptiveAvgPool3d": "(input: Tensor, outputSize: int?[]): Tensor",
  /** Maxima over windows that give outputSize, with returnIndices also where they stand. @dtype [input, int32]; input */
  "nn.functional.adaptiveMaxPool1d": [
    "(input: Tensor, outputSize: int?[], returnIndices: true): [output: Tensor, indices: Tensor]",
    "(input: Tensor, outputSize: int?[], returnIndices?: false): Tensor",
  ],
  /** Maxima over windows that give outputSize, with returnIndices also where they stand. @dtype [input, int32]; input */
  "nn.functional.adaptiveMaxPool2d": [
    "(input: Tensor, outputSize: int?[], returnIndices: true): [output: Tensor, indices: Tensor]",
    "(input: Tensor, outputSize: int?[], returnIndices?: false): Tensor",
  ],
  /** Maxima over windows that give outputSize, with returnIndices also where they stand. @dtype [input, int32]; input */
  "nn.functional.adaptiveMaxPool3d": [
    "(input: Tensor, outputSize: int?[], returnIndices: true): [output: Tensor, indices: Tensor]",
    "(input: Tensor, outputSize: int?[], returnIndices?: false): Tensor",
  ],
} as const satisfies Signatures;
