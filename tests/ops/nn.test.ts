// Ops of nn.functional and special against closed forms: values, derivatives where pieces meet, and error messages. That
// all of them agree with PyTorch on its own samples is the business of tests/conformance.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";

const F = pf.nn.functional;
const { special } = pf;
const { functional } = pf.autograd;

type Nested = number | readonly Nested[];
const flat = (data: Nested): number[] => (typeof data === "number" ? [data] : data.flatMap(flat));
const shapeOf = (data: Nested): number[] => (typeof data === "number" ? [] : [data.length, ...shapeOf(data[0] ?? 0)]);
const f64 = (data: Nested): pf.Tensor => pf.tensor(Float64Array.from(flat(data)), { shape: shapeOf(data) });
const i32 = (data: Nested): pf.Tensor => pf.tensor(Int32Array.from(flat(data)), { shape: shapeOf(data) });
const bools = (data: Nested): pf.Tensor => pf.tensor(Uint8Array.from(flat(data)), { shape: shapeOf(data) });
/** 0, 1, 2, … in a shape. */
const count = (...shape: number[]): pf.Tensor => {
  const n = shape.reduce((a, b) => a * b, 1);
  return pf.tensor(
    Float64Array.from({ length: n }, (_, i) => i),
    { shape },
  );
};

function close(actual: pf.Tensor, expected: Nested, tolerance = 1e-12): void {
  assert.equal([...actual.shape], shapeOf(expected));
  const values = Array.from(actual.data(), Number);
  flat(expected).forEach((want, i) => {
    const got = values[i]!;
    const isClose =
      Object.is(got, want) ||
      got === want ||
      (Number.isFinite(want) && Math.abs(got - want) <= tolerance * Math.max(1, Math.abs(want)));
    assert.ok(isClose, `element ${i}: ${got}, expected ${want}`);
  });
}

const { exp, expm1, log, log1p, sqrt, tanh, SQRT2, PI, LN2 } = Math;
const sigmoid = (x: number): number => 1 / (1 + exp(-x));

/** 1, 4, 9, … in an image of 3 × 4. */
const squares = pf.square(pf.add(count(1, 1, 3, 4), 1));

/** 1 … 36 in an image, an infinity in its middle. */
const withInfinity = (): pf.Tensor => pf.add(count(1, 1, 6, 6), 1).setAt([0, 0, 2, 2], Infinity);

const values: [name: string, run: () => pf.Tensor, expected: Nested][] = [
  // -- activations
  ["relu keeps NaN", () => F.relu(f64([-1, 0, 2, NaN])), [0, 0, 2, NaN]],
  ["relu as a method", () => f64([-1, 2]).relu(), [0, 2]],
  ["relu6", () => F.relu6(f64([-1, 3, 8])), [0, 3, 6]],
  ["leakyRelu", () => F.leakyRelu(f64([-2, 3]), 0.1), [-0.2, 3]],
  ["prelu by channel", () => F.prelu(f64([[-1, -1]]), f64([0.5, 2])), [[-0.5, -2]]],
  ["elu", () => F.elu(f64([-1, 2]), 2), [2 * expm1(-1), 2]],
  ["celu", () => F.celu(f64([-1, 2]), 2), [2 * expm1(-0.5), 2]],
  ["elu does not overflow", () => F.elu(f64([1000])), [1000]],
  ["gelu", () => F.gelu(f64([1, -1])), [0.8413447460685429, -0.15865525393145707]],
  ["gelu in the left tail", () => pf.mul(F.gelu(f64([-20])), 1e87), [-20 * 2.7536241186062336e-2]],
  ["gelu by tanh", () => F.gelu(f64([1]), "tanh"), [0.5 * (1 + tanh(sqrt(2 / PI) * 1.044715))]],
  ["silu", () => F.silu(f64([1])), [sigmoid(1)]],
  ["mish", () => F.mish(f64([1, -800])), [tanh(log1p(exp(1))), 0]],
  ["softplus", () => F.softplus(f64([0, 1000, -1000])), [LN2, 1000, 0]],
  ["softplus with beta and threshold", () => F.softplus(f64([1, 2]), 2, 3), [log1p(exp(2)) / 2, 2]],
  ["softplus is x itself from 20 on", () => pf.mul(pf.sub(F.softplus(f64([20.5])), 20.5), 1e9), [0]],
  ["softsign", () => F.softsign(f64([-3])), [-0.75]],
  ["softsign of an integer without a positive", () => F.softsign(i32([-(2 ** 31)])), [-1]],
  ["tanhshrink of an integer without a positive", () => F.tanhshrink(i32([-(2 ** 31)])), [-(2 ** 31)]],
  ["softshrink", () => F.softshrink(f64([-2, 0.3, 2])), [-1.5, 0, 1.5]],
  ["hardshrink", () => F.hardshrink(f64([-2, 0.5, 2])), [-2, 0, 2]],
  ["hardtanh", () => F.hardtanh(f64([-2, 0.5, 2])), [-1, 0.5, 1]],
  ["hardtanh with crossed limits", () => F.hardtanh(f64([-2, 0, 2]), 0.5, -0.5), [-0.5, -0.5, -0.5]],
  ["hardsigmoid", () => F.hardsigmoid(f64([-4, 0, 4])), [0, 0.5, 1]],
  ["hardswish", () => F.hardswish(f64([-4, 1, 4])), [0, 2 / 3, 4]],
  ["tanhshrink", () => F.tanhshrink(f64([1])), [1 - tanh(1)]],
  ["threshold", () => F.threshold(f64([1, 2, 3]), 2, 9), [9, 9, 3]],
  ["logsigmoid", () => F.logsigmoid(f64([0, -1000, 1000])), [-LN2, -1000, 0]],
  ["glu", () => F.glu(f64([[3, 0]])), [[1.5]]],
  ["softmax of large values", () => pf.softmax(f64([1000, 1001]), 0), [sigmoid(-1), sigmoid(1)]],
  ["softmax without a dim, of 1", () => F.softmax(f64([0, 0])), [0.5, 0.5]],
  ["softmax without a dim, of 2", () => F.softmax(f64([[0, 0]])), [[0.5, 0.5]]],
  ["softmax without a dim, of 3", () => F.softmax(f64([[[0]], [[0]]])), [[[0.5]], [[0.5]]]],
  ["softmax without a dim, of a number", () => F.softmax(f64(3)), 1],
  ["softplus at its threshold", () => pf.round(pf.mul(pf.sub(F.softplus(f64([20])), 20), 1e9)), [2]],
  ["hardswish at its joints", () => F.hardswish(f64([-3, 3])), [0, 3]],
  ["hardshrink at its bounds", () => F.hardshrink(f64([-0.52, -0.5, 0.5, 0.52])), [-0.52, 0, 0, 0.52]],
  ["softmax to another dtype", () => pf.softmax(pf.tensor([0, 0]), 0, { dtype: "float64" }), [0.5, 0.5]],
  ["softmin", () => F.softmin(f64([0, LN2]), 0), [2 / 3, 1 / 3]],
  ["logSoftmax does not underflow", () => pf.logSoftmax(f64([[-1000, 0]]), 1), [[-1000, 0]]],

  // -- normalisations
  ["normalize", () => F.normalize(f64([[3, 4], [0, 0]])), [[0.6, 0.8], [0, 0]]], // prettier-ignore
  ["layerNorm", () => F.layerNorm(f64([1, 2, 3]), [3], null, null, 0), [-sqrt(1.5), 0, sqrt(1.5)]],
  ["layerNorm with weight and bias", () => F.layerNorm(f64([[0, 2]]), 2, f64([1, 3]), f64([5, 7]), 3), [[4.5, 8.5]]],
  ["rmsNorm", () => F.rmsNorm(f64([1, 7]), [2], f64([1, 2]), 0), [0.2, 2.8]],
  ["groupNorm", () => F.groupNorm(f64([[0, 2, 10, 14]]), 2, { eps: 0 }), [[-1, 1, -1, 1]]],
  ["instanceNorm", () => F.instanceNorm(f64([[[0, 2], [10, 14]]]), { eps: 0 }), [[[-1, 1], [-1, 1]]]], // prettier-ignore
  ["batchNorm in training", () => F.batchNorm(f64([[0], [2]]), null, null, { training: true, eps: 0 }), [[-1], [1]]],
  ["softmax of nothing", () => F.softmax(pf.zeros(2, 0), 1), [[], []]],
  ["multiMarginLoss with weights", () => F.multiMarginLoss(f64([[0.1, 0.7, -0.2], [0.3, -0.4, 0.5]]), i32([0, 2]), { weight: f64([1, 2, 3]), reduction: "none" }), [0.7666666666666666, 0.9]], // prettier-ignore
  ["batchNorm in evaluation", () => F.batchNorm(f64([[5]]), f64([1]), f64([3]), { eps: 1 }), [[2]]],
  ["localResponseNorm", () => F.localResponseNorm(f64([[[1], [2], [3]]]), 2, 2, 1, 1), [[[1 / 2], [1 / 3], [3 / 14]]]],
  ["renorm", () => pf.renorm(f64([[3, 4], [0.3, 0.4]]), 2, 0, 1), [[0.6 / (1 + 2e-8), 0.8 / (1 + 2e-8)], [0.3, 0.4]]], // prettier-ignore

  // -- layers
  ["linear", () => F.linear(f64([[1, 2]]), f64([[3, 4], [5, 6]]), f64([1, 1])), [[12, 18]]], // prettier-ignore
  [
    "bilinear",
    () =>
      F.bilinear(
        f64([1, 2]),
        f64([3]),
        f64([
          [[1], [1]],
          [[0], [2]],
        ]),
      ),
    [9, 12],
  ],
  ["embedding", () => F.embedding(i32([[1, 0]]), f64([[1, 2], [3, 4]])), [[[3, 4], [1, 2]]]], // prettier-ignore
  ["oneHot of one class", () => F.oneHot(i32([0, 0]), 1), [[1], [1]]],
  ["embedding in a table of integers", () => F.embedding(i32([1]), i32([[1, 2], [3, 4]])), [[3, 4]]], // prettier-ignore
  ["oneHot", () => F.oneHot(i32([2, 0]), 3), [[0, 0, 1], [1, 0, 0]]], // prettier-ignore
  ["pixelShuffle", () => F.pixelShuffle(count(4, 1, 1), 2), [[[0, 1], [2, 3]]]], // prettier-ignore
  ["pixelUnshuffle undoes it", () => F.pixelUnshuffle(F.pixelShuffle(count(1, 8, 1, 1), 2), 2), [[[[0]], [[1]], [[2]], [[3]], [[4]], [[5]], [[6]], [[7]]]]], // prettier-ignore
  ["unfold", () => F.unfold(count(1, 1, 2, 3), 2), [[[0, 1], [1, 2], [3, 4], [4, 5]]]], // prettier-ignore
  ["fold of unfold counts the windows", () => F.fold(F.unfold(pf.onesLike(count(1, 3, 3)), 2), 3, 2), [[[1, 2, 1], [2, 4, 2], [1, 2, 1]]]], // prettier-ignore
  ["fold with stride and padding", () => F.fold(F.unfold(count(1, 4, 4), 2, 1, 1, 2), 4, 2, 1, 1, 2), [[[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11], [12, 13, 14, 15]]]], // prettier-ignore
  ["attention to the past only", () => F.scaledDotProductAttention(f64([[0], [0]]), f64([[1], [1]]), f64([[2], [4]]), { isCausal: true }), [[2], [3]]], // prettier-ignore
  ["attention with a mask", () => F.scaledDotProductAttention(f64([[0]]), f64([[1], [1]]), f64([[2], [4]]), bools([[0, 1]])), [[4]]], // prettier-ignore

  // -- padding
  ["pad by a constant", () => F.pad(f64([1, 2]), [1, 2], "constant", 9), [9, 1, 2, 9, 9]],
  ["pad cuts", () => F.pad(f64([1, 2, 3]), [-1, 1]), [2, 3, 0]],
  ["pad cuts everything", () => F.pad(f64([1, 2]), [-1, -1]), []],
  ["pad by reflection", () => F.pad(f64([[1, 2, 3]]), [2, 1], "reflect"), [[3, 2, 1, 2, 3, 2]]],
  ["pad by repetition", () => F.pad(f64([[1, 2, 3]]), [2, 1], { mode: "replicate" }), [[1, 1, 1, 2, 3, 3]]],
  ["pad circularly", () => F.pad(f64([[1, 2, 3]]), [2, 1], "circular"), [[2, 3, 1, 2, 3, 1]]],

  // -- pooling
  ["avgPool1d", () => F.avgPool1d(f64([[1, 2, 3, 4]]), 2), [[1.5, 3.5]]],
  ["avgPool1d counts padding", () => F.avgPool1d(f64([[2, 4]]), 2, 2, 1), [[1, 2]]],
  ["avgPool1d without padding", () => F.avgPool1d(f64([[2, 4]]), 2, 2, 1, false, false), [[2, 4]]],
  ["avgPool2d with a divisor", () => F.avgPool2d(count(1, 2, 2), 2, { divisorOverride: 3 }), [[[2]]]],
  ["maxPool1d with dilation", () => F.maxPool1d(f64([[5, 1, 2, 4]]), 2, 1, 0, 2), [[5, 4]]],
  ["maxPool1d with padding", () => F.maxPool1d(f64([[-5, -1]]), 2, 2, 1), [[-5, -1]]],
  ["maxPool2d", () => F.maxPool2d(count(1, 4, 4), 2), [[[5, 7], [13, 15]]]], // prettier-ignore
  ["maxPool2d's first index of a tie", () => F.maxPool2d(pf.onesLike(count(1, 2, 2)), 2, { returnIndices: true })[1]!, [[[0]]]], // prettier-ignore
  ["adaptiveAvgPool1d", () => F.adaptiveAvgPool1d(f64([[1, 2, 3, 4, 5]]), 3), [[1.5, 3, 4.5]]],
  ["adaptiveAvgPool2d to one number", () => F.adaptiveAvgPool2d(count(1, 2, 3), 1), [[[2.5]]]],
  ["adaptiveMaxPool1d", () => F.adaptiveMaxPool1d(f64([[5, 2, 3, 4, 1]]), 3), [[5, 4, 4]]],

  // -- resampling
  ["interpolate nearest", () => F.interpolate(f64([[[1, 2]]]), { scaleFactor: 2 }), [[[1, 1, 2, 2]]]],
  ["interpolate nearest-exact", () => F.interpolate(f64([[[1, 2, 3]]]), 2, null, "nearest-exact"), [[[1, 3]]]],
  ["interpolate linearly", () => F.interpolate(f64([[[0, 4]]]), 4, null, "linear"), [[[0, 1, 3, 4]]]],
  ["interpolate with corners", () => F.interpolate(f64([[[0, 4]]]), 3, null, "linear", true), [[[0, 2, 4]]]],
  ["interpolate to one with corners", () => F.interpolate(f64([[[1, 2, 4]]]), 1, null, "linear", true), [[[1]]]],
  ["interpolate by area", () => F.interpolate(f64([[[1, 2, 3]]]), 2, null, "area"), [[[1.5, 2.5]]]],
  ["bicubic keeps the elements", () => F.interpolate(count(1, 1, 2, 2), 2, null, "bicubic"), [[[[0, 1], [2, 3]]]]], // prettier-ignore
  ["gridSample at a corner and between", () => F.gridSample(count(1, 1, 2, 2), f64([[[[-1, -1], [0, 0]]]]), { alignCorners: true }), [[[[0, 1.5]]]]], // prettier-ignore
  ["affineGrid of the identity keeps the input", () => F.gridSample(count(1, 1, 2, 3), F.affineGrid(f64([[[1, 0, 0], [0, 1, 0]]]), [1, 1, 2, 3])), [[[[0, 1, 2], [3, 4, 5]]]]], // prettier-ignore
  ["gridSample outside", () => F.gridSample(count(1, 1, 1, 2), f64([[[[3, 0]]]])), [[[[0]]]]],
  ["gridSample at the border", () => F.gridSample(count(1, 1, 1, 2), f64([[[[3, 0]]]]), "bilinear", "border"), [[[[1]]]]], // prettier-ignore
  ["gridSample reflected", () => F.gridSample(count(1, 1, 1, 3), f64([[[[2, 0]]]]), "bilinear", "reflection", true), [[[[1]]]]], // prettier-ignore

  // -- losses
  ["mseLoss", () => F.mseLoss(f64([1, 2]), f64([3, 5])), 6.5],
  ["l1Loss", () => F.l1Loss(f64([1, 2]), f64([3, 5]), { reduction: "sum" }), 5],
  ["smoothL1Loss", () => F.smoothL1Loss(f64([0.5, 3]), f64([0, 0]), { reduction: "none" }), [0.125, 2.5]],
  ["huberLoss", () => F.huberLoss(f64([1, 5]), f64([0, 0]), "none", 2), [0.5, 8]],
  ["binaryCrossEntropy", () => F.binaryCrossEntropy(f64([0.25, 0.5]), f64([1, 0])), 1.5 * LN2],
  ["binaryCrossEntropy is bounded", () => F.binaryCrossEntropy(f64([0, 1]), f64([1, 0])), 100],
  ["binaryCrossEntropyWithLogits", () => F.binaryCrossEntropyWithLogits(f64([0, 1000]), f64([1, 0]), { reduction: "none" }), [LN2, 1000]], // prettier-ignore
  ["posWeight", () => F.binaryCrossEntropyWithLogits(f64([0]), f64([1]), { posWeight: f64([3]) }), 3 * LN2],
  ["klDiv", () => F.klDiv(f64([log(0.5), log(0.5)]), f64([0, 1]), { reduction: "sum" }), LN2],
  ["klDiv batchmean", () => F.klDiv(f64([[0], [0]]), f64([[LN2], [LN2]]), { reduction: "batchmean", logTarget: true }), 2 * LN2], // prettier-ignore
  ["poissonNllLoss", () => F.poissonNllLoss(f64([0]), f64([3])), 1],
  ["poissonNllLoss in full", () => F.poissonNllLoss(f64([0]), f64([2]), true, true), 1 + 2 * LN2 - 2 + log(4 * PI) / 2],
  ["gaussianNllLoss", () => F.gaussianNllLoss(f64([[1, 2]]), f64([[3, 2]]), f64([4]), { reduction: "none" }), [[LN2 + 0.5, LN2]]], // prettier-ignore
  ["softMarginLoss", () => F.softMarginLoss(f64([0, -1000]), f64([1, 1]), { reduction: "none" }), [LN2, 1000]],
  ["hingeEmbeddingLoss", () => F.hingeEmbeddingLoss(f64([2, 0.25]), f64([1, -1])), 1.375],
  ["marginRankingLoss", () => F.marginRankingLoss(f64([1]), f64([3]), f64([1]), 0.5), 2.5],
  ["cosineEmbeddingLoss", () => F.cosineEmbeddingLoss(f64([[1, 0], [1, 0]]), f64([[0, 1], [1, 0]]), f64([1, -1]), 0.25, { reduction: "none" }), [1, 1 / (1 + 1e-12) - 0.25]], // prettier-ignore
  ["tripletMarginLoss", () => F.tripletMarginLoss(f64([[0]]), f64([[3]]), f64([[1]]), 1, 2, 0), 3],
  ["tripletMarginLoss with swap", () => F.tripletMarginLoss(f64([[0]]), f64([[3]]), f64([[4]]), 1, 2, 0, true), 3],
  // exp of these logits: 1, 2, 5
  ["crossEntropy", () => F.crossEntropy(f64([[0, LN2, log(5)]]), i32([2])), log(8 / 5)],
  ["crossEntropy without a batch", () => F.crossEntropy(f64([0, LN2, log(5)]), i32(1)), log(4)],
  ["crossEntropy leaves out targets of -100", () => F.crossEntropy(f64([[0.5, -1, 2], [1, 0, -0.5]]), i32([-100, 1])), 1.464368784107945], // prettier-ignore
  ["crossEntropy smoothed", () => F.crossEntropy(f64([[0, LN2, log(5)]]), i32([2]), { labelSmoothing: 0.3 }), 0.7 * log(8 / 5) + 0.1 * (log(8) + log(4) + log(8 / 5))], // prettier-ignore
  ["crossEntropy with probabilities", () => F.crossEntropy(f64([[0, LN2, log(5)]]), f64([[0.5, 0.5, 0]])), (log(8) + log(4)) / 2], // prettier-ignore
  ["nllLoss of one class, ignored", () => F.nllLoss(f64([[1], [2]]), i32([-100, 0])), -2],
  [
    "crossEntropy of an impossible class that isn't asked for",
    () => F.crossEntropy(f64([[0, -Infinity]]), i32([0])),
    0,
  ],
  ["crossEntropy smoothed out", () => F.crossEntropy(f64([[0, LN2, log(5)]]), i32([2]), { labelSmoothing: 1 }), (log(8) + log(4) + log(8 / 5)) / 3], // prettier-ignore
  ["crossEntropy with probabilities, smoothed out", () => F.crossEntropy(f64([[0, LN2, log(5)]]), f64([[0.5, 0.5, 0]]), { labelSmoothing: 1 }), (log(8) + log(4) + log(8 / 5)) / 3], // prettier-ignore
  ["multilabelMarginLoss of one class, not named", () => F.multilabelMarginLoss(f64([[1]]), i32([[-1]])), 0],
  ["nllLoss ignores", () => F.nllLoss(f64([[-1, -2], [-3, -4]]), i32([1, -100])), 2], // prettier-ignore
  ["nllLoss by weight", () => F.nllLoss(f64([[-1, -2], [-3, -4]]), i32([1, 0]), f64([1, 3])), 2.25], // prettier-ignore
  ["nllLoss of all ignored", () => F.nllLoss(f64([[-1, -2]]), i32([0]), { ignoreIndex: 0 }), NaN],
  ["multiMarginLoss", () => F.multiMarginLoss(f64([[0.5, 1, -2]]), i32([0]), 2), 0.75],
  ["multilabelMarginLoss", () => F.multilabelMarginLoss(f64([[0.1, 0.2, 0.4, 0.8]]), i32([[3, 0, -1, 1]])), 0.85],
  ["multilabelSoftMarginLoss", () => F.multilabelSoftMarginLoss(f64([[0, 1000]]), f64([[1, 1]])), LN2 / 2],

  // -- distances
  ["cdist", () => pf.cdist(f64([[0, 0], [3, 4]]), f64([[0, 0]])), [[0], [5]]], // prettier-ignore
  ["cdist of order 1", () => pf.cdist(f64([[3, 4]]), f64([[0, 0]]), 1), [[7]]],
  ["pdist", () => F.pdist(f64([[0, 0], [3, 4], [0, 1]])), [5, 1, sqrt(18)]], // prettier-ignore
  ["pairwiseDistance", () => F.pairwiseDistance(f64([[3, 4]]), f64([[0, 0]]), 2, 0), [5]],
  ["cosineSimilarity of a vector shorter than eps", () => pf.cosineSimilarity(f64([[1e-9, 0]]), f64([[1, 0]])), [0.1]], // prettier-ignore
  ["pdist of one row of nothing", () => F.pdist(pf.zeros([1, 0])), []],
  ["cosineSimilarity", () => pf.cosineSimilarity(f64([[1, 0]]), f64([[1, 1], [0, 0]])), [1 / SQRT2, 0]], // prettier-ignore

  // -- special functions; values from DLMF's definitions, evaluated with 30 digits
  ["ndtr", () => special.ndtr(f64([0, Infinity, -Infinity])), [0.5, 1, 0]],
  ["logNdtr", () => special.logNdtr(f64([0, -40])), [-LN2, -804.608442013754]],
  [
    "adaptiveAvgPool1d with infinities in a window",
    () => F.adaptiveAvgPool1d(f64([[[1, 2, 3, Infinity, 5, 6, 7]]]), 3),
    [[[2, Infinity, 6]]],
  ],
  [
    "interpolate by areas with infinities",
    () => F.interpolate(f64([[[Infinity, 2, 3, 4, 5, 6, 7]]]), 5, null, "area"),
    [[[Infinity, 2.5, 4, 5.5, 6.5]]],
  ],
  [
    "adaptiveAvgPool1d's gradient with an infinite cotangent",
    () =>
      pf.functional.vjp((x: any) => F.adaptiveAvgPool1d(x, 2), f64([[[1, 2, 3]]]), f64([[[Infinity, 1]]]))[1] as any,
    [[[Infinity, Infinity, 0.5]]],
  ],
  // torch has NaN where an output lies right on an infinity: it multiplies the neighbour's 0.
  [
    "interpolate linearly with infinities",
    () => F.interpolate(f64([[[1, 2, Infinity, 4, 5, 6]]]), 8, null, "linear"),
    [[[1, 1.625, Infinity, Infinity, Infinity, 4.625, 5.375, 6]]],
  ],
  [
    "interpolate linearly at the places of infinities",
    () => F.interpolate(f64([[[1, 2, Infinity, 4, 5, 6]]]), 11, null, "linear", true),
    [[[1, 1.5, 2, Infinity, Infinity, Infinity, 4, 4.5, 5, 5.5, 6]]],
  ],
  [
    "interpolate bicubically with infinities",
    () => pf.isfinite(F.interpolate(withInfinity(), [9, 7], null, "bicubic")).sum([0, 1, 3]),
    [7, 3, 3, 3, 3, 3, 3, 7, 7],
  ],
  [
    "interpolate with antialias and infinities",
    () => F.interpolate(withInfinity(), [3, 2], null, "bilinear", { antialias: true }).at(0, 0),
    [[Infinity, Infinity], [Infinity, Infinity], [27.964285714285715, 30.464285714285715]],
  ], // prettier-ignore
  [
    "interpolate trilinearly with infinities",
    () => pf.isfinite(F.interpolate(withInfinity().expand(1, 2, 3, 6, 6), 6, null, "trilinear")).sum([0, 1, 2, 4]),
    [72, 72, 60, 72, 72, 72],
  ],
  [
    "interpolate's gradient with an infinite cotangent",
    () =>
      pf.functional.vjp(
        (x: any) => F.interpolate(x, 4, null, "linear"),
        f64([[[1, 2, 3]]]),
        f64([[[Infinity, 1, 1, 1]]]),
      )[1] as any,
    [[[Infinity, 1.25, 1.375]]],
  ],
  ["erfcx", () => special.erfcx(f64([0, 1, 8, 30, 1e10])), [1, 0.427583576155807, 0.06998516620088093, 0.018795888861416751, 5.6418958354775629e-11]], // prettier-ignore
  ["ndtri", () => special.ndtri(f64([0.5, 0.975, 1e-20, 0, 1])), [0, 1.959963984540054, -9.262340089798408, -Infinity, Infinity]], // prettier-ignore
  ["i0", () => pf.i0(f64([0, 1])), [1, 1.2660658777520084]],
  // From here on e^x/√(2πx) is larger than any float64.
  ["i0 where it overflows", () => pf.i0(f64([714, -714, 713])), [Infinity, Infinity, 6.70512826367099667e307]],
  ["i1 where it overflows", () => special.i1(f64([714, -714])), [Infinity, -Infinity]],
  ["i0 where it overflows in float32", () => pf.i0(pf.tensor([92, -92])), [Infinity, Infinity]],
  ["i0e", () => special.i0e(f64([-10, 100])), [0.12783333716342863, 0.03994437929909668]],
  ["i1", () => special.i1(f64([0, -1])), [0, -0.5651591039924851]],
  ["i1e", () => special.i1e(f64([10, -100])), [0.12126268138445552, -0.039744153025130254]],

  ["pad cuts and extends: reflect [-1, 2]", () => F.pad(f64([[1, 2, 3, 4]]), [-1, 2], "reflect"), [[2, 3, 4, 3, 2]]],
  ["pad cuts and extends: reflect [2, -1]", () => F.pad(f64([[1, 2, 3, 4]]), [2, -1], "reflect"), [[3, 2, 1, 2, 3]]],
  [
    "pad cuts and extends: replicate [-1, 2]",
    () => F.pad(f64([[1, 2, 3, 4]]), [-1, 2], "replicate"),
    [[2, 3, 4, 4, 4]],
  ],
  ["pad cuts and extends: circular [-1, 2]", () => F.pad(f64([[1, 2, 3, 4]]), [-1, 2], "circular"), [[2, 3, 4, 2, 3]]],
  ["pad cuts and extends: circular [2, -1]", () => F.pad(f64([[1, 2, 3, 4]]), [2, -1], "circular"), [[2, 3, 1, 2, 3]]],
  ["interpolate, antialiased bilinear", () => F.interpolate(squares, [2, 2], { mode: "bilinear", antialias: true }), [[[[14.571428571428568, 27.14285714285714], [71.71428571428571, 99.99999999999999]]]]], // prettier-ignore
  ["interpolate, antialiased bilinear with aligned corners", () => F.interpolate(squares, [2, 2], { mode: "bilinear", antialias: true, alignCorners: true }), [[[[34.85714285714286, 50.61904761904762], [89.5, 117.00000000000001]]]]], // prettier-ignore
  ["interpolate, antialiased bicubic", () => F.interpolate(squares, [2, 2], { mode: "bicubic", antialias: true }), [[[[10.381969409548578, 24.04073862807265], [72.07863841980287, 105.90747250706391]]]]], // prettier-ignore
  ["interpolate, antialiased but larger", () => F.interpolate(f64([[[[1, 4]]]]), [1, 3], { mode: "bicubic", antialias: true }), [[[[0.8026315789473681, 2.5, 4.197368421052631]]]]], // prettier-ignore

  // -- scattered reductions
  ["scatterReduce sum", () => pf.scatterReduce(f64([1, 2, 3]), 0, i32([0, 0, 2]), f64([10, 20, 30]), "sum"), [31, 2, 33]], // prettier-ignore
  ["scatterReduce mean", () => pf.scatterReduce(f64([1, 2, 3]), 0, i32([0, 0]), f64([10, 20]), "mean", { includeSelf: false }), [15, 2, 3]], // prettier-ignore
  // PyTorch 1.13: torch.nn.functional.local_response_norm((torch.arange(8.) * .3 - 1).double().reshape(1, 4, 2), size, size)
  ["localResponseNorm, windows beyond all channels", () => F.localResponseNorm(f64([-1, -0.7, -0.4, -0.1, 0.2, 0.5, 0.8, 1.1]).reshape(1, 4, 2), 20, 20), [[[-0.45710002491862545, -0.3101910456010402], [-0.18284000996745017, -0.04431300651443436], [0.09142000498372507, 0.2215650325721716], [0.3656800199349003, 0.48744307165877754]]]], // prettier-ignore
  ["unfold by its defaults", () => F.unfold(count(1, 1, 3, 3), 2), [[[0, 1, 3, 4], [1, 2, 4, 5], [3, 4, 6, 7], [4, 5, 7, 8]]]], // prettier-ignore
  ["scatterReduce prod", () => pf.scatterReduce(f64([1, 2, 3]), 0, i32([0, 0, 2]), f64([10, 20, 30]), "prod"), [200, 2, 90]], // prettier-ignore
  ["scatterReduce amax", () => pf.scatterReduce(f64([[1, 2], [3, 9]]), 0, i32([[1]]), f64([[5]]), "amax"), [[1, 2], [5, 9]]], // prettier-ignore
];
for (const [name, run, expected] of values) test(name, () => close(run(), expected));

/** Derivatives at a point where two pieces of a function meet, or where a formula of its own would give NaN. */
const slopes: [name: string, f: (x: pf.Tensor) => pf.Tensor, at: number, first: number, second: number][] = [
  ["relu", (x) => F.relu(x), 0, 0, 0],
  ["hardtanh", (x) => F.hardtanh(x), 1, 0, 0],
  ["hardtanh at the lower bound", (x) => F.hardtanh(x), -1, 0, 0],
  ["elu: none of the curvature at the joint, as torch", (x) => F.elu(x, 2), 0, 2, 0],
  ["celu whose exponent overflows on the other side", (x) => F.celu(x, 1e-3), 2, 1, 0],
  ["softshrink at its bound", (x) => F.softshrink(x), 0.5, 0, 0],
  ["softshrink at its lower bound", (x) => F.softshrink(x), -0.5, 0, 0],
  ["relu6", (x) => F.relu6(x), 6, 0, 0],
  ["leakyRelu", (x) => F.leakyRelu(x), 0, 0.01, 0],
  ["threshold", (x) => F.threshold(x, 1.5, 7), 1.5, 0, 0],
  ["hardsigmoid", (x) => F.hardsigmoid(x), 3, 0, 0],
  ["elu far out", (x) => F.elu(x), 1000, 1, 0],
  ["softplus", (x) => F.softplus(x), 0, 0.5, 0.25],
  ["softplus far out", (x) => F.softplus(x), 1000, 1, 0],
  ["logsigmoid", (x) => F.logsigmoid(x), 0, 0.5, -0.25],
  ["logsigmoid far out", (x) => F.logsigmoid(x), -1000, 1, 0],
  ["selu: none of the curvature at the joint, as torch", (x) => F.selu(x), 0, 1.7580993408473766, 0],
  ["celu: none of the curvature at the joint, as torch", (x) => F.celu(x, 2), 0, 1, 0],
  ["hardswish: none of the curvature at the joint, as torch", (x) => F.hardswish(x), 3, 1.5, 0],
  ["hardswish at the lower joint", (x) => F.hardswish(x), -3, -0.5, 0],
  ["hardswish", (x) => F.hardswish(x), 2.5, 2.5 / 3 + 0.5, 1 / 3],
  ["hardswish without end", (x) => F.hardswish(x), -Infinity, 0, 0],
  ["huberLoss: none of the curvature at the joint, as torch", (x) => F.huberLoss(x, f64(0)), 1, 1, 0],
  ["huberLoss", (x) => F.huberLoss(x, f64(0)), 0.5, 0.5, 1],
  ["binaryCrossEntropy, certain and right", (x) => F.binaryCrossEntropy(x, f64(0)), 0, 0, 0],
  ["binaryCrossEntropy, certain and wrong", (x) => F.binaryCrossEntropy(x, f64(1)), 0, -1e12, 1e24],
  ["binaryCrossEntropy", (x) => F.binaryCrossEntropy(x, f64(1)), 0.25, -4, 16],
  ["mish", (x) => F.mish(x), 0, 0.6, 0.64],
  ["binaryCrossEntropyWithLogits", (x) => F.binaryCrossEntropyWithLogits(x, f64(1)), 0, -0.5, 0.25],
  [
    "binaryCrossEntropyWithLogits, certain that it is not, in units of what is left",
    (x) => F.binaryCrossEntropyWithLogits(x, f64(0)).mul(exp(40)),
    -40,
    1,
    1,
  ],
  [
    "binaryCrossEntropyWithLogits, certain that it is, in units of what is left",
    (x) => F.binaryCrossEntropyWithLogits(x, f64(1), { posWeight: f64([2]) }).mul(exp(40)),
    40,
    -2,
    2,
  ],
  // where the loss is NaN so is its slope
  ["huberLoss of NaN", (x) => F.huberLoss(x, f64(0)), NaN, NaN, 1],
  ["smoothL1Loss of NaN", (x) => F.smoothL1Loss(x, f64(0)), NaN, NaN, 1],
  ["logit just outside of its domain", (x) => pf.logit(x), -1e-20, NaN, NaN],
  ["norm at the origin", (x) => F.pairwiseDistance(x.reshape(1), f64([0]), 2, 0).sum(), 0, 0, 0],
  [
    "square of a norm at the origin",
    (x) =>
      F.pairwiseDistance(x.reshape(1), f64([0]), 2, 0)
        .pow(2)
        .sum(),
    0,
    0,
    2,
  ],
  ["i0", (x) => pf.i0(x), 0, 0, 0.5],
  ["i1", (x) => special.i1(x), 0, 0.5, 0],
  ["ndtri", (x) => special.ndtri(x), 0.5, sqrt(2 * PI), 0],
  ["ndtri", (x) => special.ndtri(x), 0, Infinity, -Infinity],
];
for (const [name, f, at, first, second] of slopes)
  test(`derivatives of ${name} at ${at}`, () => {
    const x = f64(at);
    close(functional.vjp(f, x, f64(1))[1] as pf.Tensor, first);
    close(functional.hvp(f, x, f64(1))[1] as pf.Tensor, second);
  });

test("batchNorm takes an empty batch", () => {
  assert.equal(F.batchNorm(pf.zeros(0, 3), null, null, { training: true }).shape, [0, 3]);
  assert.throws(() => F.batchNorm(pf.zeros(1, 3), null, null, { training: true }), /more than 1 value per channel/);
  assert.throws(() => F.batchNorm(pf.zeros(1, 1), null, null, { training: true }), /more than 1 value per channel/);
});

test("maxPool2d gives the gradient of a tie to the first", () => {
  const x = pf.onesLike(count(1, 2, 2));
  const [, gradient] = functional.vjp((y: pf.Tensor) => F.maxPool2d(y, 2).sum(), x);
  close(gradient as pf.Tensor, [[[1, 0], [0, 0]]]); // prettier-ignore
});

test("embedding's padding row gets no gradient", () => {
  const weight = f64([[1], [2], [3]]);
  const f = (w: pf.Tensor): pf.Tensor => F.embedding(i32([0, 1, 1]), w, { paddingIdx: 0 }).sum();
  close(functional.vjp(f, weight)[1] as pf.Tensor, [[0], [2], [0]]);
});

test("gaussianNllLoss ignores its floor in the gradient", () => {
  const f = (v: pf.Tensor): pf.Tensor => F.gaussianNllLoss(f64([0]), f64([0]), v, false, 0.5);
  close(functional.vjp(f, f64([0.1]))[1] as pf.Tensor, [1]);
});

test("second derivatives of cdist, also between equal rows", () => {
  const x = f64([[0, 0], [3, 4]]); // prettier-ignore
  const f = (a: pf.Tensor): pf.Tensor => pf.cdist(a, f64([[0, 0]])).sum(); // prettier-ignore
  const [, product] = functional.hvp(f, x, f64([[1, 1], [1, 0]])); // prettier-ignore
  // (I - d·dᵀ/‖d‖²) / ‖d‖ times (1, 0) with d = (3, 4)
  close(product as pf.Tensor, [[0, 0], [16 / 125, -12 / 125]]); // prettier-ignore
  const squares = (a: pf.Tensor): pf.Tensor => pf.cdist(a, f64([[0, 0]])).square().sum(); // prettier-ignore
  close(functional.hvp(squares, x, f64([[1, 1], [1, 0]]))[1] as pf.Tensor, [[2, 2], [2, 0]]); // prettier-ignore
});

const refused: [name: string, run: () => unknown, type: typeof pf.PushforwardError, message: string][] = [
  [
    "more pairs of padding than dims",
    () => F.pad(f64([1, 2, 3]), [1, 1, 1, 1], "reflect"),
    pf.ArgumentError,
    "pad: pad should hold at most 1 pairs (before, after) but has 4 numbers.",
  ],
  [
    "a class below -1",
    () => F.multilabelMarginLoss(f64([1, 2, 3]), i32([-2, 0, -1])).item(),
    pf.ArgumentError,
    "multilabelMarginLoss: index -2 is out of bounds for dimension 1 with size 3: it should be in 0 … 2. It was computed by the program; what indexes by it is evaluated now; pf.configure({ traces: true }) tells by which call.",
  ],
  [
    "an unknown reduction",
    () => F.mseLoss(f64(1), f64(1), { reduction: "avg" as "mean" }),
    pf.ArgumentError,
    'mseLoss: reduction should be "none", "mean" or "sum" but got "avg".',
  ],
  [
    "an odd size for glu",
    () => F.glu(f64([1, 2, 3])),
    pf.ShapeError,
    "glu: halving dimension -1 needs an even size but it is 3.",
  ],
  [
    "a wrong normalizedShape",
    () => F.layerNorm(f64([1, 2, 3]), [2]),
    pf.ShapeError,
    "layerNorm: input should end in [2] but is [3].",
  ],
  [
    "reflection beyond the input",
    () => F.pad(f64([[1, 2]]), [2, 0], "reflect"),
    pf.ShapeError,
    'pad: mode "reflect" can\'t pad dimension 1 of size 2 by [2, 0].',
  ],
  [
    "targets that don't fit",
    () => F.crossEntropy(f64([[1, 2]]), i32([0, 1])),
    pf.ShapeError,
    "crossEntropy: target should be [1] for input [1, 2] but is [2].",
  ],
  ...Object.entries({
    crossEntropy: () => F.crossEntropy(f64(2), i32(0)),
    nllLoss: () => F.nllLoss(f64(2), i32(0)),
  }).map(([name, call]): (typeof refused)[number] => [
    `${name} of a number, which torch refuses`,
    call,
    pf.ShapeError,
    `${name}: input should have a dim of classes, [C] or [N, C, …], but has no dims.`,
  ]),
  [
    "antialias where there is none",
    () => F.interpolate(f64([[[1, 2]]]), 2, null, "linear", { antialias: true }),
    pf.ArgumentError,
    'interpolate: antialias needs mode "bilinear" or "bicubic" but the mode is "linear".',
  ],
  [
    "a pad that cuts everything",
    () => F.pad(f64([[1, 2]]), [-1, -1], "replicate"),
    pf.ShapeError,
    "pad: pad [-1, -1] leaves nothing of dimension 1 of size 2.",
  ],
  [
    "a mode for other dims",
    () => F.interpolate(f64([[[1, 2]]]), 2, null, "bilinear"),
    pf.ShapeError,
    'interpolate: mode "bilinear" takes 4-dim input but got 3-dim.',
  ],
];
for (const [name, run, type, message] of refused)
  test(`refuses ${name}`, () => {
    assert.throws(run, (error: unknown) => error instanceof type && error.message === message);
  });

test.run();
