// First and second derivatives, against central differences, of the ops of nn.functional that PyTorch's samples do not
// reach, or reach in other modes only.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";

const F = pf.nn.functional;
const { functional } = pf.autograd;
type Op = (...inputs: pf.Tensor[]) => pf.Tensor;

// Lehmer's generator: the same numbers in every run.
let seed = 1;
function random(...shape: number[]): pf.Tensor {
  const next = (): number => (seed = (seed * 16807) % 2147483647) / 1073741823.5 - 1;
  const n = shape.reduce((a, b) => a * b, 1);
  return pf.tensor(Float64Array.from({ length: n }, next), { shape });
}
const i32 = (shape: number[], ...data: number[]): pf.Tensor => pf.tensor(Int32Array.from(data), { shape });
const asArray = (x: unknown): pf.Tensor[] => (Array.isArray(x) ? x : [x]) as pf.Tensor[];
const inner = (a: readonly pf.Tensor[], b: readonly pf.Tensor[]): number =>
  a.reduce((total, x, i) => total + pf.sum(pf.mul(x, b[i]!)).item(), 0);

const STEP = 1e-5;
// The differences are good to STEP² and to rounding / STEP.
const TOLERANCE = 1e-6;

function holds(f: Op, inputs: pf.Tensor[]): void {
  const weight = random(...f(...inputs).shape);
  // squares, so that a linear op has second derivatives too
  const g: Op = (...xs) => {
    const y = f(...xs);
    return pf.sum(pf.mul(pf.mul(y, y), weight));
  };
  const v = inputs.map((x) => random(...x.shape));
  const moved = (step: number): pf.Tensor[] => inputs.map((x, i) => pf.add(x, pf.mul(v[i]!, step)));
  const gradient = (xs: pf.Tensor[]): pf.Tensor[] => asArray(functional.vjp(g, xs)[1]);
  const isClose = (what: string, got: number, want: number): void =>
    assert.ok(Math.abs(got - want) <= TOLERANCE * (1 + Math.abs(want)), `${what}: ${got}, expected ${want}`);

  const slope = (g(...moved(STEP)).item() - g(...moved(-STEP)).item()) / (2 * STEP);
  isClose("vjp", inner(gradient(inputs), v), slope);
  isClose("jvp", asArray(functional.jvp(g, inputs, v)[1])[0]!.item(), slope);
  const w = inputs.map((x) => random(...x.shape));
  const curvature = (inner(gradient(moved(STEP)), w) - inner(gradient(moved(-STEP)), w)) / (2 * STEP);
  isClose("hvp", inner(asArray(functional.hvp(g, inputs, v)[1]), w), curvature);
}

const rows: [name: string, f: Op, ...inputs: pf.Tensor[]][] = [
  ["gelu by tanh", (x) => F.gelu(x, "tanh"), random(4)],
  ["rmsNorm", (x, w) => F.rmsNorm(x, [3], w), random(2, 3), random(3)],
  ["batchNorm in training", (x, w) => F.batchNorm(x, null, null, w, null, true), random(4, 3), random(3)],
  ["scaledDotProductAttention", (q, k, v) => F.scaledDotProductAttention(q, k, v, { isCausal: true }), random(2, 3, 4), random(2, 3, 4), random(2, 3, 2)], // prettier-ignore
  ["unfold", (x) => F.unfold(x, [2, 3], 1, 1, 2), random(1, 2, 4, 5)],
  ["fold", (x) => F.fold(x, [4, 5], 2, 1, 1, [2, 1]), random(1, 8, 18)],
  ["pixelShuffle", (x) => F.pixelShuffle(x, 2), random(1, 4, 2, 3)],
  ["circular pad of two dims", (x) => F.pad(x, [2, 1, 1, 2], "circular"), random(1, 1, 3, 3)],
  ["maxPool2d with padding", (x) => F.maxPool2d(x, 3, 2, 1), random(2, 7, 7)],
  ["adaptiveAvgPool2d", (x) => F.adaptiveAvgPool2d(x, [3, 2]), random(1, 5, 5)],
  ["adaptiveMaxPool2d", (x) => F.adaptiveMaxPool2d(x, [3, 2]), random(1, 5, 5)],
  ["interpolate by factors", (x) => F.interpolate(x, { scaleFactor: [2, 1.5] }), random(1, 1, 3, 4)],
  ["bicubic interpolate", (x) => F.interpolate(x, [7, 3], null, "bicubic"), random(1, 1, 4, 5)],
  ["gridSample with reflection", (x, g) => F.gridSample(x, g, "bilinear", "reflection"), random(1, 2, 3, 4), random(1, 2, 2, 2)], // prettier-ignore
  ["bicubic gridSample", (x, g) => F.gridSample(x, g, "bicubic", "reflection", true), random(1, 2, 3, 4), random(1, 2, 2, 2)], // prettier-ignore
  ["gridSample of volumes", (x, g) => F.gridSample(x, g), random(1, 2, 3, 4, 2), random(1, 2, 2, 1, 3)],
  ["affineGrid", (x) => F.affineGrid(x, [1, 1, 2, 3]), random(1, 2, 3)],
  ["crossEntropy smoothed", (x, w) => F.crossEntropy(x, i32([2], 1, 2), w, { labelSmoothing: 0.2 }), random(2, 3), random(3).abs()], // prettier-ignore
  ["crossEntropy with probabilities", (x, y) => F.crossEntropy(x, y, { labelSmoothing: 0.2 }), random(2, 3), random(2, 3)], // prettier-ignore
  ["multiMarginLoss of order 2", (x) => F.multiMarginLoss(x, i32([1], 2), 2), random(1, 3)],
  ["multilabelMarginLoss", (x) => F.multilabelMarginLoss(x, i32([1, 3], 2, 0, -1)), random(1, 3)],
  ["cdist", (a, b) => pf.cdist(a, b), random(3, 4), random(2, 4)],
  ["cdist of order 3", (a, b) => pf.cdist(a, b, 3), random(3, 4), random(2, 4)],
  ["pdist", (x) => F.pdist(x), random(4, 3)],
  ["logNdtr", (x) => pf.special.logNdtr(pf.mul(x, 10)), random(6)],
  ["i1e", (x) => pf.special.i1e(pf.mul(x, 30)), random(6)],
  ["scatterReduce prod", (x, s) => pf.scatterReduce(x, 0, i32([3], 0, 0, 1), s, "prod"), random(3), random(3)],
  ["scatterReduce amax", (x, s) => pf.scatterReduce(x, 0, i32([3], 0, 0, 1), s, "amax"), random(3), random(3)],
];
for (const [name, f, ...inputs] of rows) test(name, () => holds(f, inputs));

test.run();
