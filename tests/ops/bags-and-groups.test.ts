// maxUnpool1d to 3d, embeddingBag, groupedMm, linearCrossEntropy and tripletMarginWithDistanceLoss: what they refuse, their derivatives, and
// how they are mapped and compiled. Values beside PyTorch's are in options.rows.py.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { checkDerivatives, f32, f64, i32, near, nearAll, type Refusal, testRefusal, values } from "./support";

const F = pf.nn.functional;
const real = (seed: number, ...shape: number[]): pf.Tensor => f64(values(shape.reduce((a, b) => a * b, 1), seed)).reshape(shape); // prettier-ignore
const table = f64([[1, 2], [3, 4], [5, 6], [7, 8]]); // prettier-ignore
const words = i32([0, 2, 1, 3, 1]);
const [image, at] = F.maxPool2d(real(1, 2, 4, 6), 2, { returnIndices: true });

const rows: [name: string, actual: () => any, expected: any][] = [
  ["maxUnpool2d of integers", () => F.maxUnpool2d(i32([[[5]]]), i32([[[2]]]), 2), i32([[[0, 0], [5, 0]]])],
  ["maxUnpool1d, an output of another size", () => F.maxUnpool1d(f64([[1, 2]]), i32([[0, 2]]), 2, null, 0, 5), [[1, 0, 2, 0, 0]]],
  ["maxUnpool1d, its whole size", () => F.maxUnpool1d(f64([[[1, 2]]]), i32([[[0, 2]]]), 2, { outputSize: [1, 1, 3] }), [[[1, 0, 2]]]],
  ["maxUnpool1d of nothing", () => F.maxUnpool1d(pf.zeros([0, 2, 3], { dtype: "float64" }), i32([]).reshape(0, 2, 3), 2).sum(), 0],
  ["maxUnpool3d undoes maxPool3d", () => { const x = real(2, 1, 2, 4, 4).abs(); const [y, i] = F.maxPool3d(x, 2, { returnIndices: true }); return F.maxPool3d(F.maxUnpool3d(y, i, 2), 2).sub(y); }, [[[[0, 0], [0, 0]]]]],
  ["embeddingBag, the average", () => F.embeddingBag([[0, 2], [1, 3]], table), [[3, 4], [5, 6]]],
  ["embeddingBag in the order of torch.embedding", () => F.embeddingBag(table, words, [0, 2]), [[3, 4], [13 / 3, 16 / 3]]],
  ["embeddingBag, the last offset ends the last bag", () => F.embeddingBag(words, table, [0, 2, 4], { includeLastOffset: true }), [[3, 4], [5, 6]]],
  ["embeddingBag without bags", () => F.embeddingBag(words, table, [0], { includeLastOffset: true, mode: "max" }), pf.zeros([0, 2], { dtype: "float64" })],
  ["embeddingBag, empty bags", () => F.embeddingBag(i32([]), table, [0, 0], { mode: "max" }), [[0, 0], [0, 0]]],
  ["embeddingBag, rows of nothing", () => F.embeddingBag(i32([]).reshape(2, 0), table), [[0, 0], [0, 0]]],
  ["embeddingBag, NaN is the largest", () => F.embeddingBag([[0, 1]], f64([[1, NaN], [NaN, 2]]), { mode: "max" }), [[NaN, NaN]]],
  ["embeddingBag, −∞", () => F.embeddingBag([[0, 0]], f64([[-Infinity]]), { mode: "max" }), [[-Infinity]]],
  ["embeddingBag, what padding holds is not looked at", () => F.embeddingBag([[0, 1]], f64([[NaN], [2]]), { paddingIdx: 0 }), [[2]]],
  ["embeddingBag of float32", () => F.embeddingBag([[0, 1]], f32([[1], [2]]), { mode: "sum", perSampleWeights: f32([[2, 3]]) }), f32([[8]])],
  ["groupedMm, rows that no group has", () => F.groupedMm(f64([[1], [2], [3]]), f64([[[2]]]), { offs: [2] }), [[2], [4], [0]]],
  ["groupedMm, columns that no group has", () => F.groupedMm(f64([[[2]]]), f64([[1, 2, 3]]), { offs: [1] }), [[2, 0, 0]]],
  ["groupedMm without groups", () => F.groupedMm(f64([[1, 2]]), f64([[1], [2]]), { offs: [] }), pf.zeros([0, 1, 1], { dtype: "float64" })],
  ["groupedMm of an empty group", () => F.groupedMm(f64([[1, 2]]), f64([[1], [2]]), { offs: [0, 2] }), [[[0]], [[5]]]],
  ["tripletMarginWithDistanceLoss", () => F.tripletMarginWithDistanceLoss(f64([[0, 0]]), f64([[3, 0]]), f64([[0, 1]]), { distanceFunction: (a, b) => a.sub(b).abs().sum(-1) }), 3],
  ["tripletMarginWithDistanceLoss, swap", () => F.tripletMarginWithDistanceLoss(f64([[0], [2]]), f64([[3], [2]]), f64([[4], [9]]), { distanceFunction: (a, b) => a.sub(b).square().sum(1), swap: true, margin: 2, reduction: "none" }), [10, 0]],
]; // prettier-ignore
for (const [name, actual, expected] of rows) test(name, () => nearAll(actual(), expected));

const [anchor, positive, negative] = [1, 2, 3].map((seed) => real(seed, 4, 3));
test("tripletMarginWithDistanceLoss is tripletMarginLoss of the same distance", () => {
  const expected = F.tripletMarginLoss(anchor, positive, negative, { swap: true });
  near(F.tripletMarginWithDistanceLoss(anchor, positive, negative, { swap: true }), expected);
  near(F.tripletMarginWithDistanceLoss(anchor, positive, negative, { swap: true, distanceFunction: F.pairwiseDistance }), expected); // prettier-ignore
});
test("what the distance throws comes through, and ops in it go by their own names", () => {
  const mine = new Error("mine");
  assert.throws(
    () => F.tripletMarginWithDistanceLoss(anchor, positive, negative, { distanceFunction: () => { throw mine; } }), // prettier-ignore
    (error: unknown) => error === mine,
  );
  assert.throws(
    () => F.tripletMarginWithDistanceLoss(anchor, positive, negative, { distanceFunction: (a) => a.reshape(5) }),
    (error: Error) => error.message.startsWith("reshape: "),
  );
});
test("many calls of a distance hold no memory", () => {
  const call = (): unknown => pf.tidy(() => F.tripletMarginWithDistanceLoss(anchor, positive, negative, { distanceFunction: (a, b) => a.sub(b).abs().sum(1) }).item()); // prettier-ignore
  call();
  const before = pf.backend.memoryBytes;
  for (let i = 0; i < 50; i++) call();
  assert.is(pf.backend.memoryBytes, before);
});

const cosine = (a: pf.Tensor, b: pf.Tensor): pf.Tensor => F.cosineSimilarity(a, b).neg();
const derivatives: [name: string, f: (...inputs: any[]) => any, inputs: pf.Tensor[]][] = [
  ["maxUnpool2d", (x) => F.maxUnpool2d(x, at, 2).pow(3), [image]],
  ["maxUnpool1d, of two at one place the last", (x) => F.maxUnpool1d(x, i32([[1, 1]]), 2).pow(3), [f64([[0.4, 0.7]])]],
  ["embeddingBag, sum", (w, s) => F.embeddingBag(words, w, [0, 3, 3], { mode: "sum", perSampleWeights: s }).pow(3), [real(4, 4, 2), real(5, 5)]],
  ["embeddingBag, mean", (w) => F.embeddingBag(words, w, [0, 3, 3], { paddingIdx: 1 }).pow(3), [real(4, 4, 2)]],
  ["embeddingBag, max", (w) => F.embeddingBag(words, w, [0, 3, 3], { mode: "max" }).pow(3), [real(4, 4, 2)]],
  ["groupedMm, rows", (a, b) => F.groupedMm(a, b, { offs: [1, 3] }), [real(4, 4, 2), real(5, 2, 2, 3)]],
  ["groupedMm, columns", (a, b) => F.groupedMm(a, b, { offs: [1, 3] }), [real(4, 2, 3, 2), real(5, 2, 4)]],
  ["groupedMm, the inner dim", (a, b) => F.groupedMm(a, b, { offs: [1, 3] }), [real(4, 2, 4), real(5, 4, 3)]],
  ["linearCrossEntropy", (x, w, b) => F.linearCrossEntropy(x, w, [0, 3, 1], { linearBias: b }), [real(4, 3, 2), real(5, 4, 2), real(6, 4)]],
  ["tripletMarginWithDistanceLoss", (a, b, c) => F.tripletMarginWithDistanceLoss(a, b, c, { distanceFunction: cosine, swap: true }), [anchor, positive, negative]],
]; // prettier-ignore
for (const [name, f, inputs] of derivatives) {
  test(`${name}: derivatives as differences have them`, () => checkDerivatives(f, inputs));
  test(`${name}: gradcheck and gradgradcheck`, () => {
    const leaves = inputs.map((t) => pf.tensor(t.toArray(), { dtype: "float64", requiresGrad: true }));
    assert.ok(pf.autograd.gradcheck(f, leaves));
    assert.ok(pf.autograd.gradgradcheck(f, leaves));
  });
  test(`${name}, mapped and compiled`, () => {
    const batch = inputs.map((x) => pf.stack([x, x.neg(), x.mul(0.5)]));
    const alone = [0, 1, 2].map((i) => f(...batch.map((x) => x.select(0, i))) as pf.Tensor);
    near(pf.func.vmap(f)(...batch) as pf.Tensor, pf.stack(alone));
    const compiled = pf.compile(f);
    alone.forEach((expected, i) => near(compiled(...batch.map((x) => x.select(0, i))) as pf.Tensor, expected));
  });
}
test("of equal rows in a bag the first gets the gradient of the maximum, and padding none", () => {
  const ones = pf.ones([4, 2], { dtype: "float64" });
  const gradient = (f: (w: pf.Tensor) => pf.Tensor): pf.Tensor => pf.functional.vjp(f, ones, pf.ones([2, 2], { dtype: "float64" }))[1] as any; // prettier-ignore
  near(gradient((w) => F.embeddingBag(i32([0, 2, 2, 3]), w, [0, 3], { mode: "max" })), [[1, 1], [0, 0], [0, 0], [1, 1]]); // prettier-ignore
  near(gradient((w) => F.embeddingBag(i32([0, 2, 2, 3]), w, [0, 3], { mode: "sum", paddingIdx: 2 })), [[1, 1], [0, 0], [0, 0], [1, 1]]); // prettier-ignore
});
test("indices and offsets that are mapped or compiled", () => {
  for (const mode of ["sum", "mean", "max"] as const) {
    const f = (w: any, o: any): pf.Tensor => F.embeddingBag(w, table, o, { mode });
    const [all, offsets] = [i32([[0, 2, 1, 3], [3, 3, 0, 1]]), i32([[0, 1, 3], [0, 0, 2]])]; // prettier-ignore
    const alone = [0, 1].map((i) => f(all.select(0, i), offsets.select(0, i)));
    near(pf.func.vmap(f)(all, offsets) as pf.Tensor, pf.stack(alone));
    const compiled = pf.compile(f);
    alone.forEach((expected, i) => near(compiled(all.select(0, i), offsets.select(0, i)) as pf.Tensor, expected));
  }
  const places = i32([[[0, 3]], [[1, 2]]]); // prettier-ignore
  near(pf.func.vmap((i: any) => F.maxUnpool1d(f64([[1, 2]]), i, 2))(places) as pf.Tensor, [[[1, 0, 0, 2]], [[0, 1, 2, 0]]]); // prettier-ignore
});
for (const transform of [pf.compile, pf.func.vmap])
  test(`groupedMm is refused under ${transform.name} where it depends on offs`, () =>
    assert.throws(
      () => (transform as any)((offs: any) => F.groupedMm(real(1, 3, 2), real(2, 2, 2, 2), { offs }))(transform === pf.compile ? i32([1, 2]) : i32([[1, 2]])), // prettier-ignore
      "groupedMm: compile and vmap trace values before they are there, and how large the groups are, a shape, depends on them. Call it outside.",
    ));
test("embeddingBag whose first bag begins later is refused, when it is computed", () =>
  assert.throws(() => F.embeddingBag(words, table, [1, 2]).data(), "index -1 is out of bounds"));

const [cube, ints] = [real(1, 1, 2, 3), i32([[[0, 1, 2], [0, 1, 2]]])]; // prettier-ignore
const refusals: Refusal[] = [
  ["ShapeError", () => F.maxUnpool1d(f64([1]), i32([0]), 2), "maxUnpool1d: input should be 2-dim or 3-dim but is [1]."],
  ["ShapeError", () => F.maxUnpool1d(cube, i32([[[0, 1]]]), 2), "maxUnpool1d: indices [1, 1, 2] should have the shape of input [1, 2, 3]."],
  ["DTypeError", () => F.maxUnpool1d(cube, cube, 2), 'maxUnpool1d: expected an int32 indices but got float64; cast it by .int(), or make it with { dtype: "int32" }.'],
  ["ArgumentError", () => F.maxUnpool1d(cube, ints, [2, 2]), "maxUnpool1d: kernelSize should be a number or 1 numbers but got 2."],
  ["ArgumentError", () => F.maxUnpool1d(cube, ints, 2, { outputSize: 8 }), "maxUnpool1d: outputSize [8] should be less than the stride from [6]."],
  ["ArgumentError", () => F.maxUnpool1d(cube, ints, 2, { outputSize: [4] }), "maxUnpool1d: outputSize [4] should be less than the stride from [6]."],
  ["ArgumentError", () => F.maxUnpool1d(cube, ints, 2, { outputSize: [2, 6] }), "maxUnpool1d: outputSize [2, 6] should be less than the stride from [6]."],
  ["ArgumentError", () => F.maxUnpool1d(cube, ints.add(4).mul(1), 2).data(), "maxUnpool1d: index 6 is out of bounds for dimension 2 with size 6: it should be in 0 … 5. It was computed by the program; what indexes by it is evaluated now; pf.configure({ traces: true }) tells by which call."],
  ["ShapeError", () => F.embeddingBag(words, table), "embeddingBag: input should be [bags, n], or a vector with a vector of offsets, but is [5]."],
  ["ShapeError", () => F.embeddingBag([[0, 1]], table, [0]), "embeddingBag: input should be [bags, n], or a vector with a vector of offsets, but is [1, 2]."],
  ["ShapeError", () => F.embeddingBag([[[0]]], table), "embeddingBag: input should be [bags, n], or a vector with a vector of offsets, but is [1, 1, 1]."],
  ["ShapeError", () => F.embeddingBag(words, table, [[0]]), "embeddingBag: input should be [bags, n], or a vector with a vector of offsets, but is [5]."],
  ["ArgumentError", () => F.embeddingBag(words, table, [0], { perSampleWeights: real(1, 5) }), `embeddingBag: perSampleWeights should have the shape of input [5], and mode be "sum".`],
  ["ArgumentError", () => F.embeddingBag(words, table, [0], { mode: "sum", perSampleWeights: real(1, 4) }), `embeddingBag: perSampleWeights should have the shape of input [5], and mode be "sum".`],
  ["DTypeError", () => F.embeddingBag(words, table, [0], { mode: "sum", perSampleWeights: real(1, 5).float() }), "embeddingBag: expected input and source of one dtype but got float64 and float32."],
  ["ShapeError", () => F.embeddingBag(words, table, i32([]), { includeLastOffset: true }), "embeddingBag: a slice from [0, 0] of lengths [-1, 2] in steps of [1, 1] is out of range for shape [0, 2]."],
  ["ArgumentError", () => F.embeddingBag(words, table, [0, 6]), "embeddingBag: index 6 is out of bounds for dimension 0 with size 6: it should be in 0 … 5."],
  ["ArgumentError", () => F.embeddingBag([[4]], table), "embeddingBag: index 4 is out of bounds for dimension 0 with size 4: it should be in 0 … 3."],
  ["DTypeError", () => F.embeddingBag(words, i32([[1]]), [0]), "embeddingBag: expected float32 or float64 but got int32; cast with .to() first."],
  ["ArgumentError", () => F.embeddingBag(words, table, [0], { mode: "min" as any }), `embeddingBag: mode should be "sum", "mean" or "max" but got "min".`],
  ["ShapeError", () => F.groupedMm(f64([1]), cube), "groupedMm: shapes [1] and [1, 2, 3] can't be multiplied."],
  ["ArgumentError", () => F.groupedMm(cube, cube, { offs: [1] }), "groupedMm: offs should be given if a matrix has 2 dims, and only then."],
  ["ArgumentError", () => F.groupedMm(real(1, 2, 2), cube), "groupedMm: offs should be given if a matrix has 2 dims, and only then."],
  ["ShapeError", () => F.groupedMm(cube, real(1, 2, 3, 2)), "groupedMm: matA [1, 2, 3], matB [2, 3, 2] and offs should have as many groups."],
  ["ShapeError", () => F.groupedMm(real(1, 4, 2), cube, { offs: [1, 2] }), "groupedMm: matA [4, 2], matB [1, 2, 3] and offs should have as many groups."],
  ["ArgumentError", () => F.tripletMarginWithDistanceLoss(anchor, positive, negative, { distanceFunction: (() => 1) as any }), "tripletMarginWithDistanceLoss: distanceFunction should return a Tensor but returned 1."],
  ["ArgumentError", () => F.tripletMarginWithDistanceLoss(anchor, positive, negative, { distanceFunction: 2 as any }), "tripletMarginWithDistanceLoss: distanceFunction should be a function of two Tensors but got 2."],
]; // prettier-ignore
for (const refusal of refusals) testRefusal(test, refusal);
test("groups that end before they begin, or beyond the matrix", () => {
  for (const offs of [[2, 1], [1, 5], [-1, 2]]) // prettier-ignore
    assert.throws(() => F.groupedMm(real(1, 4, 2), real(2, 2, 2, 3), { offs }), (error: unknown) => error instanceof pf.ShapeError && error.message.startsWith("groupedMm: ")); // prettier-ignore
});

test.run();
