// Corners of formulas that the other tables don't come by. Values are those of PyTorch 1.13, from the same call.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { bool, f64, i32, near } from "./support";

const F = pf.nn.functional;
const theta = f64([[[1, 0.2, 0.3], [-0.1, 2, 0.4]]]); // prettier-ignore
const [self, a, b] = [bool([[true, true], [false, true]]), bool([true, false]), bool([true, false])]; // prettier-ignore
const picture = pf.arange(12, { dtype: "float64" }).reshape(1, 1, 3, 4);
const outside = f64([[[[-2.3, 1.4], [1.7, -3.1], [0.2, 5.2], [-4.6, 0]]]]); // prettier-ignore
const rows: [name: string, run: () => pf.Tensor, expected: Parameters<typeof near>[1]][] = [
  ["maxPool1d, one window, dilated, padded", () => F.maxPool1d(f64([[1, 5, 3]]), 4, 1, 2, 2), [[3]]],
  ["maxPool1d, dilated, padded", () => F.maxPool1d(f64([[1, 5, 3, 2]]), 4, 1, 2, 2), [[3, 5]]],
  ["quantile of a number along a dim", () => pf.quantile(f64(3), 0.5, 0), 3],
  ["quantiles of a number along a dim", () => pf.quantile(f64(3), f64([0.5, 0.2]), 0, true), [3, 3]],
  ["addr of bools without input", () => pf.addr(self, a, b, { beta: 0 }), [[true, false], [false, false]]],
  ["addr of bools without product", () => pf.addr(self.logicalNot(), a, b, { alpha: 0 }), [[false, false], [true, false]]],
  ["linspace of two", () => pf.linspace(2, 5, 2, { dtype: "float64" }), [2, 5]],
  ["linspace of one", () => pf.linspace(2, 5, 1, { dtype: "float64" }), [2]],
  ["linspace of three", () => pf.linspace(2, 5, 3, { dtype: "float64" }), [2, 3.5, 5]],
  ["affineGrid, aligned corners", () => F.affineGrid(theta, [1, 1, 2, 3], true), [[[[-0.9, -1.5], [0.1, -1.6], [1.1, -1.7]], [[-0.5, 2.5], [0.5, 2.4], [1.5, 2.3]]]]],
  ["affineGrid, aligned corners of one row", () => F.affineGrid(theta, [1, 1, 1, 3], true), [[[[-0.7, 0.5], [0.3, 0.4], [1.3, 0.3]]]]],
  ["scatterReduce by an index longer than the input", () => pf.scatterReduce(f64([1, 2]), 0, i32([0, 1, 0]), f64([3, 4, 5]), "sum"), [9, 6]],
  ["addcmul of float32 by a fraction", () => pf.addcmul(pf.tensor([1, 2]), pf.tensor([3, 4]), pf.tensor([0.5, 2]), { value: 0.5 }).double(), [1.75, 6]],
  ["round to one decimal", () => pf.round(f64([2.345, -0.55, 17.06]), { decimals: 1 }), [2.3, -0.6, 17.1]],
  ["round to tens", () => pf.round(f64([2345, -155]), { decimals: -1 }), [2340, -160]],
  ["multilabelSoftMarginLoss with weights", () => F.multilabelSoftMarginLoss(f64([[0.5, -1, 2], [0, 0.3, -0.7]]), f64([[1, 0, 1], [0, 1, 1]]), f64([2, 0.5, 3])), 1.0764331625431285],
  ["index with undefined for all of a dim", () => f64([[1, 2, 3]]).index([undefined as any, i32([2, 0])]), [[3, 1]]],
  ["multiDot of very many, in their order", () => pf.linalg.multiDot([...Array.from({ length: 600 }, () => f64([[1, 1], [0, 1]])), f64([[0, 1], [1, 0]])]), [[600, 1], [1, 0]]],
  ["tensorSplit into one", () => pf.tensorSplit(f64([1, 2, 3]), 1)[0], [1, 2, 3]],
  ["signbit of zeros", () => pf.signbit(f64([-0, 0, -1, 1])), [true, false, true, false]],
  ["gridSample far outside, mirrored at the centres", () => F.gridSample(picture, outside, "bilinear", "reflection", true), [[[[8.35, 9.55, 9, 4.6]]]]],
  ["gridSample far outside, mirrored at the edges", () => F.gridSample(picture, outside, "bilinear", "reflection", false), [[[[9.7, 10.1, 9.9, 4.3]]]]],
  ["gridSample of the nearest, mirrored at the centres", () => F.gridSample(picture, outside, "nearest", "reflection", true), [[[[10, 10, 10, 5]]]]],
  ["the slope of multiMarginLoss at its joint", () => pf.func.grad((x: pf.Tensor) => F.multiMarginLoss(x, i32([1])))(f64([[1, 2]])), [[0, 0]]],
  ["the slope of multilabelMarginLoss at its joints", () => pf.func.grad((x: pf.Tensor) => F.multilabelMarginLoss(x, i32([[1, -1], [0, 1]])))(f64([[1, 2], [2, 1]])), [[0, 0], [0, 0]]],
  ["the slope of hardswish at its joints and beyond", () => pf.func.grad((x: pf.Tensor) => F.hardswish(x).sum())(f64([-3, 3, -4, 4, -3.5, 3.5])), [-0.5, 1.5, 0, 1, 0, 1]],
  ["adaptive averages of more places than elements", () => F.adaptiveAvgPool1d(f64([[5]]), 2), [[5, 5]]],
  ["adaptive maxima of more places than elements", () => F.adaptiveMaxPool1d(f64([[5]]), 3), [[5, 5, 5]]],
  ["renorm of a row that is just as long as allowed", () => pf.renorm(f64([[3, 4], [6, 8]]), 2, 0, 5).narrow(0, 0, 1), [[3, 4]]],
  ["addmm of floats and integer matrices, halved", () => pf.addmm(f64([[1, 2]]), i32([[1, 1]]), i32([[1, 2], [3, 5]]), { alpha: 0.5 }), [[3, 5.5]]],
  ["a constant tensor as the exponent of integers", () => pf.pow(i32([2, 1, -1]), pf.full([3], -1, { dtype: "int32" })).double(), [0, 1, -1]],
  ["clamp by a constant tensor of NaN", () => pf.clamp(f64([1, 2]), pf.full([2], NaN, { dtype: "float64" })), [NaN, NaN]],
  ["clamp of integers by a number and a 0-dim tensor", () => pf.clamp(i32([1, 5]), 1.5, f64(2.5)), [1.5, 2.5]],
  ["lerp of float32 by a float64 weight", () => pf.lerp(pf.tensor([1, 2]), pf.tensor([3, 4]), f64([0.1, 0.9])), [1.2, 3.8]],
  ["nativeLayerNorm's eps unless given", () => pf.nativeLayerNorm(f64([-0.01, 0, 0.01]), [3])[0], [-1.1420804814403216, 0, 1.1420804814403216]],
  ["clamp of integers by a number and an integer", () => pf.clamp(i32([1, 5]), 1.5, i32(3)), pf.tensor([1.5, 3])],
  ["clamp of bools", () => pf.clamp(bool([true, false]), bool(false), bool(false)), [false, false]],
  ["a large constant to integers", () => pf.full([2], 3e9, { dtype: "float64" }).int(), i32([2147483647, 2147483647])],
  ["slice from a start", () => pf.slice(f64([[1, 2], [3, 4]]), { start: 1 }), [[3, 4]]],
  ["constantPadNd that cuts beyond the other end", () => pf.constantPadNd(f64([1, 2, 3, 4]), [-5, 3], 7), [7, 7]],
  ["normal without deviation", () => pf.normal(3, 0, [2], { dtype: "float64" }), [3, 3]],
  ["maxPool1d of integers beside padding", () => F.maxPool1d(i32([[-2147483648, -5, -7, -9]]), 2, 2, 1) as pf.Tensor, i32([[-2147483648, -5, -9]])],
  ["maxPool1d of large negative numbers beside padding", () => F.maxPool1d(f64([[-1e10, -3e10]]), 2, 2, 1) as pf.Tensor, [[-1e10, -3e10]]],
  ["batchNorm of nothing, in training", () => F.batchNorm(f64([]), null, null, f64([]), undefined, true), []],
  ["signbit of integers", () => pf.signbit(i32([-1, 0, 2])), [true, false, false]],
  ["the sum of a constant of bools", () => pf.full([3], 5, { dtype: "bool" }).sum().double(), 3],
  ["the elements of a constant of bools", () => pf.tensor(pf.full([2], 5, { dtype: "bool" }).data()).double(), [1, 1]],
  ["isclose within its default of rtol", () => pf.isclose(f64([1.0000105, 1.0000095]), f64([1, 1])), [false, true]],
  ["isclose within its default of atol", () => pf.isclose(f64([1.05e-8, 0.95e-8]), f64([0, 0])), [false, true]],
  ["isclose at its bound", () => pf.isclose(f64([1.5]), f64([1]), 0, 0.5), [true]],
  ["isclose at its bound in float32", () => pf.isclose(pf.tensor([0.1]), pf.tensor([0]), 0, 0.1), [true]],
  ["isclose of NaNs", () => pf.isclose(f64([NaN, 1]), f64([NaN, NaN])), [false, false]],
  ["isclose of NaNs taken as equal", () => pf.isclose(f64([NaN, 1]), f64([NaN, NaN]), { equalNan: true }), [true, false]],
  ["isneginf", () => pf.isneginf(f64([-Infinity, Infinity, NaN])), [true, false, false]],
  ["isposinf", () => pf.isposinf(f64([-Infinity, Infinity, NaN])), [false, true, false]],
  ["isinf", () => pf.isinf(f64([-Infinity, Infinity, NaN, 1])), [true, true, false, false]],
  ["equal, in values and in shapes", () => bool([pf.equal(f64([1, 2]), f64([1, 2])), pf.equal(f64([1, 2]), f64([1, 3])), pf.equal(f64([1, 1]), f64([1]))] as any), [true, false, false]],
  ["diagonal far below the matrix", () => f64([[1, 1, 1]]).diagonal(-(2 ** 30)).sum(), 0],
  ["diagonal far beside the matrix", () => f64([[1, 1, 1]]).diagonal(2 ** 30).sum(), 0],
]; // prettier-ignore
for (const [name, run, expected] of rows) test(name, () => near(run(), expected));

// start + w·(end - start) below a weight of 1/2, end - (1 - w)·(end - start) from there on: the other one rounds otherwise.
const weights: [weight: number, start: number, end: number, result: number][] = [
  [0.48, -1.9619555905256945, 0.29279256832891765, -0.8796764742754806],
  [0.5, -1.6274266723772841, 2.6716241733235337, 0.5220987504731247],
];
for (const [weight, start, end, result] of weights)
  test(`lerp with weight ${weight}: the same bits as torch's`, () =>
    assert.is(pf.lerp(f64(start), f64(end), weight).item(), result));

/** The fewest multiplications of a chain of matrices, by trying all orders. */
const least = (sizes: number[]): number =>
  sizes.length < 3 ? 0 : Math.min(...sizes.slice(1, -1).map((n, i) => least(sizes.slice(0, i + 2)) + least(sizes.slice(i + 1)) + sizes[0]! * n * sizes.at(-1)!)); // prettier-ignore
for (const sizes of [
  // Cormen, Leiserson, Rivest, Stein, Introduction to Algorithms, 15.2: 15,125 products of numbers.
  [30, 35, 15, 5, 10, 20, 25],
  [100, 2, 10, 11],
  [11, 10, 2, 100],
  [3, 17, 5, 2, 13, 7],
  [7, 13, 2, 5, 17, 3],
  [4, 1, 9, 1, 8, 2, 6],
  [2, 9, 3, 8, 4, 7, 5],
])
  test(`multiDot multiplies in the order that takes least work: ${sizes.join("×")}`, () => {
    const matrices = sizes.slice(1).map((n, i) => pf.ones([sizes[i]!, n]));
    const { summary } = pf.inspect((...ms: pf.Tensor[]) => pf.linalg.multiDot(ms), ...matrices);
    assert.is(summary.flops, 2 * least(sizes));
    if (sizes[0] === 30) assert.is(summary.flops, 2 * 15_125);
  });

test("binaryCrossEntropy where it is saturated: its derivative's constant, and the mixed derivative", () => {
  const loss = (x: pf.Tensor, t: pf.Tensor): pf.Tensor => F.binaryCrossEntropy(x, t, { reduction: "sum" });
  near(pf.func.grad(loss)(f64([0, 1]), f64([1, 0])), [-1e12, 1e12]);
  const slope = (x: pf.Tensor, t: pf.Tensor): pf.Tensor => pf.func.grad(loss)(x, t).sum();
  near(pf.func.grad(slope, { argnums: 1 })(f64([0, 1, 0.5]), f64([1, 0, 0.5])), [-1e12, -1e12, -4]);
});
test("klDiv of a target of 0, where torch's derivative is NaN: that of the rest", () => {
  const loss = (x: pf.Tensor, t: pf.Tensor): pf.Tensor => F.klDiv(x, t, { reduction: "sum" });
  near(pf.func.grad(loss, { argnums: 1 })(f64([-0.5, -0.5]), f64([0, 1])), [0.5, 1.5]);
});

// Random numbers by the same seed; those that are hit exactly were looked for among seeds.
const seeded = (seed: number, run: () => pf.Tensor): pf.Tensor => (pf.manualSeed(seed), run());
const MANY = 2 ** 21;
test("bernoulli with a chance of 0 is 0, also where the random number is", () => {
  assert.is(seeded(33, () => pf.rand([MANY])).min().item(), 0); // prettier-ignore
  assert.is(seeded(33, () => pf.bernoulli(pf.zeros([MANY]))).sum().item(), 0); // prettier-ignore
  assert.is(seeded(33, () => pf.bernoulli(pf.ones([MANY]), 0)).sum().item(), 0); // prettier-ignore
});
test("dropout keeps what draws its very chance", () => {
  const u = seeded(33, () => pf.rand([MANY]));
  assert.ok(u.eq(0.5).any().item());
  assert.ok(seeded(33, () => F.dropout(pf.ones([MANY]))).eq(u.ge(0.5).mul(2)).all().item()); // prettier-ignore
});
test("dropout of none draws nothing", () =>
  near(seeded(1, () => (F.dropout(f64([1, 2]), 0), pf.rand([3]))), seeded(1, () => pf.rand([3])))); // prettier-ignore
test("normal around means: deviation 1 unless given, and small ones", () => {
  near(seeded(1, () => pf.normal(f64([0, 0]))), seeded(1, () => pf.randn([2], { dtype: "float64" }))); // prettier-ignore
  near(seeded(1, () => pf.normal(0, 0.5, [2])), seeded(1, () => pf.randn([2]).mul(0.5))); // prettier-ignore
});
test("numbers of the default dtype yield to 0-dim tensors", () => {
  pf.setDefaultDtype("float64");
  try {
    near(pf.clamp(pf.tensor(3, { dtype: "float32" }), 0.5, pf.tensor(2, { dtype: "float32" })), pf.tensor(2, { dtype: "float32" })); // prettier-ignore
  } finally {
    pf.setDefaultDtype("float32");
  }
});
test("the largest size there is", () =>
  assert.equal(F.interpolate(pf.ones([1, 1, 1]), 2 ** 31 - 1).shape, [1, 1, 2 ** 31 - 1]));
test("interpolate beyond the outermost elements gives exactly these", () => {
  const y = F.interpolate(f64([[[0.9, 0.1, 0.9]]]), 9, null, "linear").data();
  assert.equal([y[0], y[8]], [0.9, 0.9]);
});

// Ops that may have nothing to do give a tensor of their own all the same.
const idle: [name: string, run: (x: pf.Tensor) => pf.Tensor][] = [
  ["pad by nothing", (x) => F.pad(x, [0, 0, 0, 0], "reflect")],
  ["pad of no dims", (x) => F.pad(x, [], "circular")],
  ["constant pad by nothing", (x) => F.pad(x, [0, 0])],
  ["constantPadNd", (x) => pf.constantPadNd(x, [0, 0, 0, 0])],
  ["flip", (x) => pf.flip(x, [])],
  ["roll", (x) => pf.roll(x, [0, 2], [0, 1])],
  ["rot90", (x) => pf.rot90(x, 4)],
  ["dropout", (x) => F.dropout(x, 0.5, false)],
  ["dropout of none", (x) => F.dropout(x, 0)],
  ["scatterReduce of nothing", (x) => pf.scatterReduce(x, 0, pf.zeros([0, 2], { dtype: "int32" }), pf.zeros([0, 2], { dtype: "float64" }), "sum")],
  ["clone", (x) => x.clone()],
]; // prettier-ignore
for (const [name, run] of idle)
  test(`${name}: a tensor of its own`, () => {
    const x = pf.tensor([[1, 2], [3, 4]], { dtype: "float64", requiresGrad: true }); // prettier-ignore
    const y = run(x);
    assert.not(y.isLeaf);
    near(pf.autograd.grad(y.sum(), [x])[0].sum(), 4);
  });
for (const [name, f] of [
  ["max", pf.max],
  ["min", pf.min],
] as const)
  // prettier-ignore
  test(`${name} of a number along its dim: a tensor of its own`, () => {
    const x = pf.tensor(3, { requiresGrad: true });
    assert.not(f(x, 0).values.isLeaf);
  });

// Nor is anything infinite or NaN on the way to a result that is neither.
const slopeOf = (g: (x: pf.Tensor) => pf.Tensor) => (x: pf.Tensor) => pf.func.grad((y: pf.Tensor) => g(y).sum())(x);
const harmless: [name: string, run: (x: pf.Tensor) => pf.Tensor, x: number[]][] = [
  ["smoothL1Loss without a quadratic", (x) => F.smoothL1Loss(x, x.mul(0), { beta: 0 }), [0, 1, -2]],
  ["logit", slopeOf((x) => pf.logit(x)), [0.1, 0.5, 0.9]],
  ["entr", slopeOf(pf.special.entr), [0.1, 2]],
  ["hypot", slopeOf((x) => pf.hypot(x, 0)), [0, 1]],
  ["ndtri", slopeOf(pf.special.ndtri), [0.001, 0.3, 0.999]],
  ["logNdtr", slopeOf(pf.special.logNdtr), [-3, 0.5, 9]],
  ["xlog1py", slopeOf((x) => pf.special.xlog1py(0, x)), [-0.5, 3]],
  ["gaussianNllLoss", slopeOf((x) => F.gaussianNllLoss(x, x.mul(2), x.abs())), [0, 3]],
  ["norm of order 3", slopeOf((x) => pf.norm(x, 3)), [0, 1]],
  ["poissonNllLoss", slopeOf((x) => F.poissonNllLoss(x, x, { full: true })), [1, 3]],
  ["binaryCrossEntropy", slopeOf((x) => F.binaryCrossEntropy(x, x)), [0.2, 0.5]],
];
for (const [name, run, x] of harmless)
  test(`${name}: debugNans finds nothing`, () => void pf.debugNans(() => run(f64(x)).data()));

const refused: [name: string, run: () => unknown, type: typeof pf.PushforwardError, message: RegExp][] = [
  ["scatterReduce by an index wider than the input", () => pf.scatterReduce(pf.zeros([2, 2]), 0, i32([[0, 1, 0]]), pf.ones([1, 3]), "sum"), pf.ShapeError, /^scatterReduce: index \[1, 3\]/],
  ["maxPool1d padded by more than half of the window", () => F.maxPool1d(pf.ones([1, 5]), 2, 1, 2), pf.ArgumentError, /^maxPool1d: /],
  ["eye of less than no rows", () => pf.eye(-1, 2), pf.ShapeError, /^eye: sizes should not be negative but got \[-1, 2\]/],
  ["eye of less than no columns", () => pf.eye(2, -1), pf.ShapeError, /^eye: sizes should not be negative but got \[2, -1\]/],
  ["cov with too few weights", () => pf.cov(f64([[1, 2, 3]]), { fweights: i32([1, 2]) }), pf.ShapeError, /^cov: fweights/],
  ["movedim to one place twice", () => pf.movedim(pf.ones([2, 3]), [0, 1], [1, 1]), pf.ArgumentError, /^movedim: /],
  ["matrixNorm along one dim twice", () => pf.linalg.matrixNorm(pf.ones([2, 2]), "fro", [1, 1]), pf.ArgumentError, /^matrixNorm: /],
  ["gradient at too few coordinates", () => pf.gradient(pf.ones([3]), { spacing: [f64([1, 2])] }), pf.ShapeError, /^gradient: spacing\[0\]/],
  ["groupNorm of groups that don't fit", () => F.groupNorm(pf.zeros([2, 6]), 4), pf.ArgumentError, /^groupNorm: numGroups should divide the 6 channels but is 4/],
  ["groupNorm of no groups", () => F.groupNorm(pf.zeros([2, 6]), 0), pf.ArgumentError, /^groupNorm: numGroups should divide the 6 channels but is 0/],
  ["batchNorm in training of one value, without channels", () => F.batchNorm(pf.zeros([1, 0]), null, null, null, null, true), pf.ShapeError, /^batchNorm: more than 1 value per channel/],
]; // prettier-ignore
for (const [name, run, type, message] of refused)
  test(name, () => {
    assert.throws(run, (error: unknown) => error instanceof type && message.test((error as Error).message));
  });

test.run();
