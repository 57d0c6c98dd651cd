// Programs for the transforms: every primitive and a wide sample of the public ops, each with inputs of fixed shapes that are
// made from a seed, so that a batch is a list of seeds.
import * as pf from "../../host/index";
import { generator } from "../core/support";

export type T = pf.Tensor;
export type Make = (seed: number) => T;
export type Func = (...inputs: any[]) => T | T[];
export type Case = [name: string, f: Func, ...inputs: Make[]];

interface Elements {
  from(like: { length: number }, element: () => number): pf.TypedArray;
}
const filled =
  (of: (random: () => number) => number, array: Elements) =>
  (...shape: number[]): Make =>
  (seed) => {
    const random = generator(seed);
    const count = shape.reduce((a, b) => a * b, 1);
    return pf.tensor(
      array.from({ length: count }, () => of(random)),
      { shape },
    );
  };
/** −1.5 … 1.5. */
const real = filled((random) => 3 * random() - 1.5, Float64Array);
/** 0.3 … 2.3. */
const positive = filled((random) => 0.3 + 2 * random(), Float64Array);
/** 0.05 … 0.95. */
const unit = filled((random) => 0.05 + 0.9 * random(), Float64Array);
/** Away from whole numbers and halves. */
const between = filled((random) => Math.floor(7 * random()) - 3 + 0.1 + 0.3 * random(), Float64Array);
const bool = filled((random) => (random() < 0.5 ? 1 : 0), Uint8Array);
const signs = filled((random) => (random() < 0.5 ? -1 : 1), Float64Array);
/** Whole numbers from 0 to n − 1; int32. */
const index = (n: number, ...shape: number[]): Make =>
  filled((random) => Math.floor(n * random()), Int32Array)(...shape);

const F = pf.nn.functional;
const S = pf.special;
const i32 = (...values: number[]): T => pf.tensor(values, { dtype: "int32" });
const any = pf as any;
const double = (x: T): T => x.to("float64");
const find = (name: string): Func => name.split(".").reduce<any>((at, part) => at[part], pf);

const unary = (make: Make, ...names: string[]): Case[] => names.map((name) => [name, (x) => find(name)(x), make]);
const binary = (a: Make, b: Make, ...names: string[]): Case[] =>
  names.map((name) => [name, (x, y) => find(name)(x, y), a, b]);

const elementwise: Case[] = [
  ...unary(real(2, 3), "neg", "abs", "sign", "exp", "exp2", "expm1", "sin", "cos", "atan", "sinh", "cosh", "tanh", "asinh"),
  ...unary(real(2, 3), "sigmoid", "erf", "erfc", "square", "sinc", "special.ndtr", "special.i0", "special.i0e", "special.i1"),
  ...unary(real(2, 3), "special.i1e", "special.erfcx", "special.logNdtr", "special.expit", "nn.functional.logsigmoid"),
  ...unary(real(2, 3), "relu", "nn.functional.silu", "nn.functional.mish", "nn.functional.softplus", "nn.functional.gelu"),
  ...unary(real(2, 3), "selu", "celu", "nn.functional.elu", "nn.functional.softsign", "nn.functional.tanhshrink"),
  ...unary(real(2, 3), "nn.functional.hardswish", "nn.functional.hardsigmoid", "nn.functional.relu6", "hardshrink"),
  ...unary(between(2, 3), "floor", "ceil", "round", "trunc", "frac"),
  ...unary(positive(2, 3), "log", "log2", "log10", "log1p", "sqrt", "rsqrt", "reciprocal", "special.entr"),
  ...unary(unit(2, 3), "asin", "acos", "atanh", "tan", "erfinv", "logit", "special.ndtri"),
  ...unary(real(2, 3), "lgamma", "digamma", "special.besselJ0", "special.besselJ1", "special.modifiedBesselI1"),
  ...unary(positive(2, 3), "special.besselY0", "special.besselY1", "special.modifiedBesselK0", "special.scaledModifiedBesselK1"),
  ["polygamma", (x) => pf.polygamma(2, x), positive(2, 3)],
  ["mvlgamma", (x) => pf.mvlgamma(x.add(1), 2), positive(2, 3)],
  ["zeta", (x) => pf.special.zeta(2.5, x), positive(2, 3)],
  ...binary(positive(2, 3), positive(2, 3), "special.gammainc", "special.gammaincc", "special.betaln"),
  ["betainc", (a, b, x) => pf.special.betainc(a, b, x), positive(2, 3), positive(2, 3), unit(2, 3)],
  ["Legendre polynomials", (x) => pf.special.legendrePolynomialP(x, 4), real(2, 3)],
  ["Chebyshev polynomials", (x) => pf.special.chebyshevPolynomialT(x, 3), real(2, 3)],
  ["derivative of a norm", (x) => pf.func.grad((y: any) => y.norm().add(y.norm().pow(2)))(x) as T, real(3)],
  ["derivative of tanh and sigmoid", (x) => pf.func.grad((y: any) => y.tanh().add(y.sigmoid()).sum())(x) as T, real(2, 3)],
  ["acosh", (x) => x.add(1).acosh(), positive(3)],
  ["round to decimals", (x) => pf.round(x, { decimals: 2 }).mul(x), between(3)],
  ["nanToNum", (x) => pf.nanToNum(x.log(), 1), real(4)],
  ["clamp", (x) => x.clamp(-0.5, 0.7), real(2, 3)],
  ["a cast to float32 and back", (x) => double(x.to("float32").mul(0)).add(x), real(2, 3)],
  ["a cast of a condition", (x) => double(x.gt(0)).mul(x), real(2, 3)],
  ...binary(real(2, 3), real(2, 3), "add", "sub", "rsub", "mul", "maximum", "minimum", "fmax", "fmin", "atan2", "hypot"),
  ...binary(real(2, 3), real(3), "add", "mul", "logaddexp", "logaddexp2", "copysign"),
  ...binary(real(2, 1), positive(3), "div", "trueDivide", "ldexp", "xlogy", "special.xlog1py"),
  ...binary(positive(2, 1), real(3), "pow", "floatPower"),
  ...binary(between(3), filled((random) => 1.01 + 0.05 * random(), Float64Array)(), "fmod", "remainder"),
  ["pow of a number", (x) => any.pow(2, x), real(3)],
  ["powers by numbers", (x) => [x.pow(1), x.pow(2), x.pow(3), x.pow(0.5), x.pow(-1), x.pow(2.5), x.pow(0)], positive(3)],
  ["a number on the left", (x) => any.sub(2, any.div(3, x)), positive(3)],
  ["lerp", (a, b, c) => pf.lerp(a, b, c), real(3), real(3), unit()],
  ["addcmul", (a, b, c) => pf.addcmul(a, b, c, { value: 2 }), real(2, 3), real(3), real(2, 1)],
  ["addcdiv", (a, b, c) => pf.addcdiv(a, b, c), real(2, 3), real(3), positive(2, 1)],
  ["where", (c, a, b) => pf.where(c, a, b), bool(2, 3), real(3), real(2, 1)],
  ["where with numbers", (c, a) => any.where(c, a, 2), bool(3), real(3)],
  ["predicates", (a, b) => ["eq", "ne", "lt", "le", "gt", "ge"].map((name, i) => double(any[name](a, b)).mul(a.add(i))), real(3), real(3)], // prettier-ignore
  ["logic", (p, q, x) => [p.logicalAnd(q), p.logicalOr(q), p.logicalXor(q), p.logicalNot()].map((c) => c.mul(x)), bool(4), bool(4), real(4)], // prettier-ignore
  ["bits", (i, j, x) => [i.bitwiseAnd(j), i.bitwiseOr(3), i.bitwiseXor(j), i.bitwiseNot(), i.bitwiseLeftShift(j), i.bitwiseRightShift(1), pf.gcd(i, j), pf.lcm(i, j)].map((c) => c.mul(x)), index(50, 3), index(9, 3), real(3)], // prettier-ignore
  ["frexp and nextafter", (x, y) => [x.frexp()[0].mul(x), x.nextafter(y).mul(y)], real(3), real(3)],
  ["isnan and isfinite", (x) => [x.log().isnan(), x.log().isfinite()].map((c) => c.mul(x)), real(4)],
  ["integers", (i, x) => x.mul(i.mul(2).add(1)), index(5, 3), real(3)],
  ["masked fill", (x, mask) => x.mul(x).maskedFill(mask, 3), real(2, 3), bool(2, 3)],
]; // prettier-ignore

const reductions: Case[] = [
  ["sum", (x) => x.sum(), real(2, 3)],
  ["sum over dims", (x) => [x.sum(0), x.sum(-1), x.sum([0, 2]), x.sum([1], true)], real(2, 3, 2)],
  ["sum of 0-dim", (x) => x.sum(), real()],
  ["sum of an empty tensor", (x, y) => x.sum().add(y), real(0, 3), real()],
  ["mean, var, std", (x) => [x.mean(1), x.var(0), x.std()], real(3, 4)],
  ["varMean with correction", (x) => pf.varMean(x, 1, { correction: 0, keepdim: true }), real(2, 3)],
  ["prod", (x) => [x.prod(), x.prod(0), x.prod(-1, true)], real(2, 3)],
  ["prod with a zero", (x) => x.mul(pf.tensor([0, 1, 1], { dtype: "float64" })).prod(), real(3)],
  ["amax and amin", (x) => [x.amax(), x.amax(0), x.amin(1), x.amin([0, 1], true)], real(3, 4)],
  ["max and min along a dim", (x) => [x.max(0)[0], x.min(1, true)[0]], real(3, 4)],
  ["aminmax", (x) => pf.aminmax(x, { dim: 0 }), real(3, 4)],
  ["argmax as an index", (x) => pf.takeAlongDim(x.mul(x), x.argmax(1, true), 1), real(3, 4)],
  ["sort, values and positions", (x) => x.mul(x).sort(1, true), real(3, 4)],
  ["sort, the two least of columns", (x) => x.topk(2, 0, false), real(3, 4)],
  [
    "fft of columns",
    (x, y) => {
      const z = pf.fft.fft(pf.complex(x, y), null, 0);
      return [z.real, z.imag.sin()];
    },
    real(3, 4),
    real(3, 4),
  ],
  [
    "rfft and back",
    (x) => {
      const z = pf.fft.rfft(x);
      return pf.fft.irfft(z.mul(z), 5);
    },
    real(2, 5),
  ],
  ["argsort as an index", (x) => pf.takeAlongDim(x.mul(x), x.argsort(1, true), 1), real(3, 4)],
  ["argmin of all", (x) => x.reshape(-1).take(x.argmin()), real(3, 4)],
  ["logsumexp", (x) => [x.logsumexp(0), x.logsumexp([0, 1], true)], real(2, 3)],
  ["norms", (x) => [x.norm(), x.norm(1, [0]), x.norm(3, [1], true), pf.linalg.vectorNorm(x, Infinity)], real(2, 3)],
  ["matrix norms", (x) => [pf.linalg.matrixNorm(x), pf.linalg.matrixNorm(x, 1)], real(3, 3)],
  ["all and any", (x) => [x.gt(0).all(1), x.gt(0).any(0)].map(double).map((c) => c.sum().mul(x)), real(2, 3)],
  ["countNonzero", (x, p) => x.mul(p.countNonzero()), real(3), bool(5)],
  ["nansum", (x) => pf.nansum(x.log(), 0), real(3, 3)],
  ["softmax", (x) => [x.softmax(0), x.softmax(-1)], real(2, 3)],
  ["logSoftmax", (x) => x.logSoftmax(1), real(2, 3)],
  ["trace", (x) => x.trace(), real(3, 3)],
  ["dist", (x, y) => pf.dist(x, y, 2), real(3), real(3)],
];

const views: Case[] = [
  ["reshape", (x) => x.mul(x).reshape(3, -1).exp(), real(2, 6)],
  ["reshape to and from 0-dim", (x) => x.reshape([]).sin().reshape(1, 1), real(1)],
  ["flatten and unflatten", (x) => x.flatten().unflatten(0, [2, 2, 3]), real(2, 6)],
  ["squeeze and unsqueeze", (x) => x.squeeze().unsqueeze(0).unsqueeze(-1), real(1, 3, 1)],
  ["permute", (x) => x.permute(2, 0, -2).exp(), real(2, 3, 4)],
  ["transpose", (x) => x.t().matmul(x), real(2, 3)],
  ["movedim", (x) => x.movedim(0, -1), real(2, 3, 1)],
  ["expand", (x) => x.expand(4, 2, 3), real(2, 1)],
  ["expand of 0-dim", (x) => x.expand(2, 3).sin(), real()],
  ["broadcastTensors", (x, y) => pf.broadcastTensors(x, y), real(2, 1), real(3)],
  ["slice with steps", (x) => x.slice(0, 1, 5, 2).slice(1, 0, 3, 2), real(6, 4)],
  ["narrow and select", (x) => [x.narrow(1, 1, 2), x.select(0, -1)], real(2, 4)],
  ["flip", (x) => [x.flip([0]).mul(x), x.flip([0, 1])], real(2, 3)],
  ["rot90 and roll", (x) => [pf.rot90(x), x.roll([1, -1], [0, 1])], real(2, 3)],
  ["tril and triu", (x) => [pf.tril(x), pf.triu(x, 1)], real(3, 3)],
  ["diagonal and diag", (x) => [x.diagonal(1), pf.diag(x.diagonal())], real(3, 4)],
  ["tile and repeat", (x) => [x.tile(2, 2), x.repeat(2, 1)], real(2, 3)],
  ["repeatInterleave", (x) => x.repeatInterleave(2, 1), real(2, 3)],
  ["detach", (x) => x.detach().mul(2).add(x.mul(0)), real(3)],
];

const moves: Case[] = [
  ["pad", (x) => F.pad(x, [1, 2], "constant", 3).mul(2), real(2, 3)],
  ["pad by reflection", (x) => F.pad(x, [1, 2], "reflect"), real(1, 4)],
  ["pad by replication", (x) => F.pad(x, [1, 2], "replicate"), real(1, 4)],
  ["cat", (x, y) => [pf.cat([x, y], 1), pf.cat([y, x, y], -1)], real(2, 3), real(2, 1)],
  ["cat with a constant", (x) => pf.cat([x, pf.ones([2, 2], { dtype: "float64" })]), real(1, 2)],
  ["stack", (x, y) => [pf.stack([x, y]), pf.stack([x, y], -1)], real(2, 3), real(2, 3)],
  ["split and chunk", (x) => [...x.split(2, 1), ...x.chunk(2)], real(2, 5)],
  ["unbind", (x) => x.unbind(1), real(2, 3)],
  ["meshgrid", (x, y) => pf.meshgrid(x, y, { indexing: "ij" }), real(2), real(3)],
  ["blockDiag", (x, y) => pf.blockDiag(x, y), real(2, 2), real(1, 3)],
  ["convolution", (x, w) => pf.nn.functional.conv1d(x, w, { padding: 1 }), real(2, 3, 5), real(4, 3, 2)],
  [
    "convolution in groups, with steps",
    (x, w) => pf.nn.functional.conv2d(x, w, { stride: 2, groups: 2 }),
    real(2, 4, 5, 4),
    real(2, 2, 2, 3),
  ],
  [
    "transposed convolution",
    (x, w) => pf.nn.functional.convTranspose1d(x, w, { stride: 2 }),
    real(1, 3, 4),
    real(3, 2, 3),
  ],
  ["gather", (x, i) => x.gather(1, i), real(2, 4), index(4, 2, 3)],
  ["gather by a smaller index", (x, i) => x.gather(0, i), real(3, 4), index(3, 2, 2)],
  ["gather of 0-dim", (x) => x.gather(0, pf.tensor(0, { dtype: "int32" })).sin(), real()],
  ["takeAlongDim", (x, i) => pf.takeAlongDim(x, i, 0), real(3, 2), index(3, 2, 2)],
  ["indexSelect", (x, i) => x.indexSelect(1, i), real(2, 4), index(4, 5)],
  ["take", (x, i) => x.take(i), real(2, 4), index(8, 3)],
  ["index", (x, i, j) => pf.index(x, [i, j]), real(3, 4), index(3, 2), index(4, 2)],
  ["scatter", (x, s) => x.scatter(1, i32(2, 0).reshape(1, 2).expand(2, 2), s), real(2, 3), real(2, 2)],
  ["scatterAdd", (x, i, s) => x.scatterAdd(0, i, s), real(3, 2), index(3, 4, 2), real(4, 2)],
  ["scatterAdd with a larger src", (x, i, s) => x.scatterAdd(1, i, s), real(2, 3), index(3, 2, 2), real(3, 4)],
  ["scatterAdd of 0-dim", (x, s) => x.scatterAdd(0, pf.tensor(0, { dtype: "int32" }), s), real(), real()],
  ["indexAdd", (x, i, s) => x.indexAdd(0, i, s), real(3, 2), index(3, 4), real(4, 2)],
  ["indexFill", (x) => x.indexFill(1, i32(0, 2), 5), real(2, 3)],
  ["sliceScatter", (x, y) => pf.sliceScatter(x, y, 0, 1, 4, 2), real(4, 2), real(2, 2)],
  ["selectScatter", (x, y) => pf.selectScatter(x, y, 1, 0), real(2, 3), real(2)],
  ["scatterReduce amax", (x, s) => pf.scatterReduce(x, 0, i32(0, 0, 1), s, "amax"), real(3), real(3)],
  ["embedding", (i, w) => F.embedding(i, w), index(4, 2, 2), real(4, 3)],
  [
    "embeddingBag, sum",
    (i, w, s) => F.embeddingBag(i, w, [0, 2, 2], { mode: "sum", perSampleWeights: s }),
    index(4, 5),
    real(4, 3),
    real(5),
  ],
  ["embeddingBag, mean", (i, w) => F.embeddingBag(i, w, { paddingIdx: 1 }), index(4, 2, 3), real(4, 3)],
  ["embeddingBag, max", (i, w) => F.embeddingBag(i, w, [0, 2, 2], { mode: "max" }), index(4, 5), real(4, 3)],
  ["maxUnpool2d", (x, i) => F.maxUnpool2d(x, i, 2), real(1, 2, 2), index(16, 1, 2, 2)],
  ["groupedMm", (a, b) => F.groupedMm(a, b, { offs: [1, 3] }), real(4, 2), real(2, 2, 3)],
  ["oneHot", (i, x) => F.oneHot(i, 4).mul(x), index(4, 3), real(4)],
];

const products: Case[] = [
  ["matmul of matrices", (a, b) => a.matmul(b), real(2, 3), real(3, 4)],
  ["matmul with itself", (a) => a.matmul(a.t()).matmul(a), real(2, 3)],
  ["matmul of vectors", (a, b) => a.matmul(b), real(3), real(3)],
  ["matmul of matrix and vector", (a, b) => [a.matmul(b), b.matmul(a.t())], real(2, 3), real(3)],
  ["matmul in batches", (a, b) => a.matmul(b), real(2, 2, 3), real(2, 3, 2)],
  ["matmul with batches that broadcast", (a, b) => a.matmul(b), real(2, 1, 2, 3), real(3, 3, 2)],
  ["matmul of one batch", (a, b) => [a.matmul(b), b.t().matmul(a.transpose(1, 2))], real(2, 2, 3), real(3, 2)],
  ["matmul with a constant matrix", (a) => a.matmul(pf.ones([3, 2], { dtype: "float64" })), real(2, 3)],
  ["matmul without inner elements", (a, b) => a.matmul(b), real(2, 0), real(0, 2)],
  ["mv, dot, outer, inner", (a, b) => [a.mv(b), b.dot(b), b.outer(b), pf.inner(a, b)], real(2, 3), real(3)],
  ["bmm and baddbmm", (a, b, c) => [a.bmm(b), pf.baddbmm(c, a, b, { beta: 2 })], real(2, 2, 3), real(2, 3, 2), real(2, 2)],
  ["addmm and addmv", (c, a, b) => [pf.addmm(c, a, b, { alpha: 2 }), pf.addmv(c.select(0, 0), b.t(), a.select(0, 0))], real(2, 2), real(2, 3), real(3, 2)],
  ["einsum", (a, b) => [pf.einsum("ij,jk->ki", a, b), pf.einsum("ij,jk->", a, b)], real(2, 3), real(3, 4)],
  ["tensordot and kron", (a, b) => [pf.tensordot(a, b, 1), pf.kron(a, b)], real(2, 3), real(3, 2)],
  ["cross", (a, b) => pf.linalg.cross(a, b), real(2, 3), real(2, 3)],
  ["multiDot", (a, b) => pf.linalg.multiDot([a, b, a]), real(2, 3), real(3, 2)],
  ["linear", (x, w, b) => F.linear(x, w, b), real(4, 3), real(2, 3), real(2)],
  ["bilinear", (x, y, w) => F.bilinear(x, y, w), real(2, 2), real(2, 3), real(2, 2, 3)],
  ["cov", (x) => pf.cov(x), real(2, 4)],
  ["vander", (x) => pf.vander(x, 3), real(3)],
  ["diff and trapezoid", (x) => [x.diff(), pf.trapezoid(x)], real(2, 4)],
]; // prettier-ignore

const layers: Case[] = [
  ["layerNorm", (x, w, b) => F.layerNorm(x, [3], w, b), real(2, 3), real(3), real(3)],
  ["groupNorm", (x) => F.groupNorm(x, 2), real(2, 4, 2)],
  ["batchNorm in training", (x, w) => F.batchNorm(x, null, null, w, null, true), real(4, 3), real(3)],
  ["normalize", (x) => F.normalize(x), real(2, 3)],
  ["attention", (q, k, v) => F.scaledDotProductAttention(q, k, v, { isCausal: true }), real(3, 2), real(3, 2), real(3, 2)],
  ["mseLoss", (x, y) => F.mseLoss(x, y), real(2, 3), real(2, 3)],
  ["huberLoss", (x, y) => F.huberLoss(x, y), real(2, 3), real(2, 3)],
  ["crossEntropy", (x, i) => F.crossEntropy(x, i), real(2, 3), index(3, 2)],
  ["linearCrossEntropy", (x, w, i) => F.linearCrossEntropy(x, w, i), real(2, 3), real(4, 3), index(4, 2)],
  ["ctcLoss", (x, t) => F.ctcLoss(x.logSoftmax(2), t, [4, 3], [2, 1]), real(4, 2, 4), index(4, 2, 2)],
  ["tripletMarginWithDistanceLoss", (a, b, c) => F.tripletMarginWithDistanceLoss(a, b, c, { distanceFunction: (x, y) => x.sub(y).square().sum(1) }), real(2, 3), real(2, 3), real(2, 3)],
  ["nllLoss", (x, i) => F.nllLoss(x.logSoftmax(1), i, { reduction: "none" }), real(2, 3), index(3, 2)],
  ["binaryCrossEntropyWithLogits", (x, y) => F.binaryCrossEntropyWithLogits(x, y), real(3), unit(3)],
  ["klDiv", (x, y) => F.klDiv(x, y, { reduction: "batchmean" }), real(2, 3), unit(2, 3)],
  ["hingeEmbeddingLoss", (x, y) => F.hingeEmbeddingLoss(x, y), real(4), signs(4)],
  ["cosineSimilarity", (x, y) => pf.cosineSimilarity(x, y), real(2, 3), real(2, 3)],
  ["cdist", (x, y) => pf.cdist(x, y), real(2, 3), real(3, 3)],
  ["avgPool2d", (x) => F.avgPool2d(x, 2), real(1, 4, 4)],
  ["maxPool2d", (x) => F.maxPool2d(x, 2, 1, 1), real(1, 3, 3)],
  ["adaptiveAvgPool1d", (x) => F.adaptiveAvgPool1d(x, 2), real(1, 5)],
  ["unfold", (x) => F.unfold(x, [2, 2]), real(1, 1, 3, 3)],
  ["fold", (x) => F.fold(x, [3, 3], 2), real(1, 4, 4)],
  ["interpolate", (x) => F.interpolate(x, [5], null, "linear"), real(1, 1, 3)],
  ["pixelShuffle", (x) => F.pixelShuffle(x, 2), real(1, 4, 2, 1)],
  ["gridSample", (x, g) => F.gridSample(x, g, { alignCorners: false }), real(1, 1, 3, 3), unit(1, 2, 2, 2)],
  ["glu", (x) => F.glu(x), real(2, 4)],
  ["prelu", (x, w) => F.prelu(x, w), real(2, 3), unit(3)],
  ["xlogy by a number", (x) => S.xlogy(x, 2), real(3)],
  ["a small network", (x, w, v) => x.matmul(w).tanh().matmul(v).softmax(-1), real(2, 3), real(3, 4), real(4, 2)],
  ["several outputs, one the input", (x, y) => [x, x.mul(y), y], real(2), real(2)],
]; // prettier-ignore

/** Every primitive occurs in them. */
export const cases: Case[] = [...elementwise, ...reductions, ...views, ...moves, ...products, ...layers];
export const list = <V>(value: V | readonly V[]): readonly V[] => (Array.isArray(value) ? value : [value as V]);
