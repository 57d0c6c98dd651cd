// The families of docs/ops.md, as the files of host/ops/signatures/ have them: what is said of each, and an example, which tests/docs.test.ts runs.
import { comparisonSignatures } from "../../host/ops/signatures/comparison.ts";
import { complexSignatures } from "../../host/ops/signatures/complex.ts";
import { creationSignatures } from "../../host/ops/signatures/creation.ts";
import { fftSignatures } from "../../host/ops/signatures/fft.ts";
import { layerSignatures } from "../../host/ops/signatures/layers.ts";
import { linalgSignatures } from "../../host/ops/signatures/linalg.ts";
import { linearSignatures } from "../../host/ops/signatures/linear.ts";
import { lossSignatures } from "../../host/ops/signatures/losses.ts";
import { mathSignatures } from "../../host/ops/signatures/math.ts";
import { shapeSignatures } from "../../host/ops/signatures/shape.ts";
import { specialSignatures } from "../../host/ops/signatures/special.ts";

export const families = [
  {
    title: "Element by element",
    signatures: mathSignatures,
    text: "Operands broadcast, and a number may stand for a tensor. Where a function has a corner or an end of its domain, its derivative there is torch's.",
    example: `
import * as pf from "pushforward";

const f64 = (data) => pf.tensor(data, { dtype: "float64" });
const x = f64([1, 4, 9]);
pf.sqrt(x).toArray(); // → 1,2,3
x.sub(1).mul(2).toArray(); // → 0,6,16
x.clamp(2, 5).toArray(); // → 2,4,5
const slope = pf.func.grad((t) => t.sqrt().sum());
slope(x).toArray(); // → 0.5,0.25,0.16666666666666666
`,
  },
  {
    title: "Comparisons, reductions, order",
    signatures: comparisonSignatures,
    text: "What comparisons give is bool and has no derivative. A reduction is over all dims unless `dim` says which; ties share a derivative as in torch.",
    example: `
const scores = f64([
  [3, 1, 2],
  [5, 9, 7],
]);
scores.gt(2).toArray(); // → true,false,false,true,true,true
scores.sum(1).toArray(); // → 6,21
const { values, indices } = scores.topk(2, 1);
values.toArray(); // → 3,2,9,7
indices.toArray(); // → 0,2,1,2
const chosen = pf.func.grad((t) => t.amax(1).sum());
chosen(scores).toArray(); // → 1,0,0,0,1,0
`,
  },
  {
    title: "Shapes, joining, indexing",
    signatures: shapeSignatures,
    text: "Views cost nothing, as tensors don't change. `x.at(…)` is `x[…]` of torch; `setAt` and `addAt` give a new tensor.",
    example: `
const grid = pf.arange(6, { dtype: "float64" }).reshape(2, 3);
grid.at(":", 1).toArray(); // → 1,4
grid.setAt([0], -1).toArray(); // → -1,-1,-1,3,4,5
pf.cat([grid, grid], 1).shape; // → 2,6
grid.t().flip(0).toArray(); // → 2,5,1,4,0,3
`,
  },
  {
    title: "Creation and random numbers",
    signatures: creationSignatures,
    text: "Random numbers are the same on every platform for the same seed; their distributions are tested in `tests/random/`, and they have no samples here.",
    example: `
pf.linspace(0, 1, 5, { dtype: "float64" }).toArray(); // → 0,0.25,0.5,0.75,1
pf.eye(2).toArray(); // → 1,0,0,1
pf.manualSeed(7);
const first = pf.randn([3]);
pf.manualSeed(7);
pf.randn([3]).equal(first); // → true
`,
  },
  {
    title: "Complex numbers",
    signatures: complexSignatures,
    text: "More of them in [complex.md](complex.md); the arithmetic of the other families takes complex tensors too.",
    example: `
const z = pf.complex(f64([3, 0]), f64([4, -2]));
z.abs().toArray(); // → 5,2
pf.viewAsReal(z.conj()).toArray(); // → 3,-4,0,2
`,
  },
  {
    title: "Fourier transforms and windows",
    signatures: fftSignatures,
    text: "Any length, real transforms at half of the cost, and derivatives to any order: [complex.md](complex.md).",
    example: `
const signal = f64([1, 2, 3, 4]);
pf.fft.rfft(signal).toArray(); // → 10,0,-2,2,-2,0
pf.fft.irfft(pf.fft.rfft(signal)).toArray(); // → 1,2,3,4
pf.fft.fftfreq(4, { dtype: "float64" }).toArray(); // → 0,0.25,-0.5,-0.25
`,
  },
  {
    title: "Products and distances",
    signatures: linearSignatures,
    text: "Matrix products, what is made of them, and differences, integrals and interpolation along a dim.",
    example: `
const left = f64([
  [1, 2],
  [3, 4],
]);
left.matmul(f64([1, 1])).toArray(); // → 3,7
pf.einsum("ij,jk->ki", left, left).toArray(); // → 7,15,10,22
pf.trapezoid(f64([0, 1, 4])).item(); // → 3
pf.cdist(left, f64([[1, 2]])).toArray(); // → 0,2.8284271247461903
`,
  },
  {
    title: "Linear algebra",
    signatures: linalgSignatures,
    text: "Batches of matrices; what is said of singular ones, derivatives and accuracy is in [linear-algebra.md](linear-algebra.md).",
    example: `
const A = f64([
  [4, 2],
  [2, 3],
]);
pf.linalg.solve(A, f64([8, 8])).toArray(); // → 1,2
pf.linalg.det(A).item(); // → 8
const adjugate = pf.func.grad((m) => pf.linalg.det(m));
adjugate(A).toArray(); // → 3,-2,-2,4
`,
  },
  {
    title: "Special functions",
    signatures: specialSignatures,
    text: "In their domains they are as exact as the dtype lets them be; references of many digits are in `tests/reference/`.",
    example: `
pf.special.erfcx(f64([0, 30])).toArray(); // → 1,0.018795888861416754
pf.special.ndtr(f64([0, -40])).toArray(); // → 0.5,0
const digamma = pf.func.grad(pf.lgamma);
digamma(f64(1)).item(); // → -0.5772156649015329
`,
  },
  {
    title: "Layers",
    signatures: layerSignatures,
    text: "The functions of `torch.nn.functional`: activations, normalisations, convolutions, pooling, attention, dropout, cells of recurrent networks.",
    example: `
const image = pf.arange(16, { dtype: "float64" }).reshape(1, 1, 4, 4);
const F = pf.nn.functional;
F.conv2d(image, pf.ones([1, 1, 2, 2], { dtype: "float64" }), { stride: 2 }).toArray(); // → 10,18,42,50
F.maxPool2d(image, 2).toArray(); // → 5,7,13,15
F.softmax(f64([0, 0, -Infinity]), 0).toArray(); // → 0.5,0.5,0
`,
  },
  {
    title: "Losses",
    signatures: lossSignatures,
    text: "The mean of all elements, or what `reduction` says; torch's deprecated `size_average` and `reduce` are left out.",
    example: `
const logits = f64([
  [2, 0],
  [0, 2],
]);
const target = pf.tensor([0, 1], { dtype: "int32" });
F.crossEntropy(logits, target).item().toFixed(6); // → 0.126928
F.mseLoss(logits, pf.zerosLike(logits), { reduction: "sum" }).item(); // → 8
`,
  },
]; // prettier-ignore
