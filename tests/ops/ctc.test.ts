// nn.functional.ctcLoss against the sum over all paths, one by one, and its gradient against torch's. Values beside PyTorch's are in
// options.rows.py.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { checkDerivatives, f32, f64, i32, near, type Refusal, testRefusal, values } from "./support";

const { ctcLoss } = pf.nn.functional;

/** −log Σ of the probabilities of all paths of `steps` classes that give `target` without repetitions and blanks. */
function bySums(logs: number[][], target: number[], steps: number, blank: number): number {
  const classes = logs[0].length;
  let sum = 0;
  for (let path = 0; path < classes ** steps; path++) {
    const taken = Array.from({ length: steps }, (_, t) => Math.floor(path / classes ** t) % classes);
    const read = taken.filter((c, t) => c !== blank && c !== taken[t - 1]);
    if (read.join() === target.join()) sum += Math.exp(taken.reduce((total, c, t) => total + logs[t][c], 0));
  }
  return -Math.log(sum);
}
const logs = f64(values(5 * 2 * 3, 4)).reshape(5, 2, 3).logSoftmax(2); // prettier-ignore
const of = (n: number): number[][] => logs.select(1, n).toArray() as number[][];
const pairs: [targets: number[][], steps: number[], blank: number][] = [
  [[[1, 2], [2]], [5, 4], 0],
  [[[1, 1], [2, 1]], [5, 3], 0],
  [[[1], []], [1, 5], 0],
  [[[1, 1], []], [2, 0], 0], // two equal labels need a blank between them
  [[[0, 1, 0], [1]], [5, 1], 2],
  [[[0, 2, 2], [2, 0]], [4, 5], 1],
]; // prettier-ignore
for (const [targets, steps, blank] of pairs) {
  const counts = targets.map((target) => target.length);
  const expected = targets.map((target, n) => bySums(of(n), target, steps[n], blank));
  const name = JSON.stringify([targets, steps, blank]);
  // What stands behind a target is no class.
  const padded = i32(targets.map((target) => [...target, -7, 99, -1].slice(0, 3)));
  test(`${name}: all paths`, () => {
    near(ctcLoss(logs, padded, steps, counts, blank, "none"), expected);
    near(ctcLoss(logs, i32(targets.flat()), i32(steps), i32(counts), { blank, reduction: "none" }), expected);
    near(ctcLoss(logs, padded, steps, counts, { blank, reduction: "sum" }), expected[0] + expected[1]);
    near(ctcLoss(logs, padded, steps, counts, { blank }), expected.reduce((sum, x, n) => sum + x / Math.max(1, counts[n]) / 2, 0)); // prettier-ignore
    const finite = expected.map((x) => (x === Infinity ? 0 : x));
    near(ctcLoss(logs, padded, steps, counts, { blank, reduction: "none", zeroInfinity: true }), finite);
  });
  test(`${name}: of one`, () => {
    const alone = (n: number): pf.Tensor => ctcLoss(logs.select(1, n), targets[n], [steps[n]], [counts[n]], { blank, reduction: "none" }); // prettier-ignore
    [0, 1].forEach((n) => near(alone(n), expected[n]));
  });
  test(`${name}: derivatives`, () => {
    const f = (x: pf.Tensor): pf.Tensor => ctcLoss(x, padded, steps, counts, { blank, reduction: "none", zeroInfinity: true }); // prettier-ignore
    checkDerivatives(f, [logs]);
    const leaf = pf.tensor(logs.toArray(), { dtype: "float64", requiresGrad: true });
    assert.ok(pf.autograd.gradcheck(f, [leaf]));
    assert.ok(pf.autograd.gradgradcheck(f, [leaf]));
  });
}

// torch.nn.functional.ctc_loss(x.log_softmax(2), [[1, 1], [3, 0]], lengths, [2, 1]) with x = ((arange(32) * 37 + 11) % 41 / 10 - 2).
const x = f64(Array.from({ length: 32 }, (_, i) => ((i * 37 + 11) % 41) / 10 - 2)).reshape(4, 2, 4);
const throughSoftmax: [lengths: number[], zeroInfinity: boolean, loss: number, gradient: number[]][] = [
  [[4, 3], false, 2.334417229349795, [-0.0452761553027, -0.184147110564, 0.00553530004927, 0.223887965817, -0.175144847525, 0.138447636742, 0.0928042262344, -0.0561070154512, -0.050527794146, -0.0269785855721, 0.0464021131172, 0.0311042666009, 0.00104763439244, 0.00713757859979, 0.28869581402, -0.296881027012, -0.050527794146, -0.0269785855721, 0.0464021131172, 0.0311042666009, -0.175144847525, 0.138447636742, 0.0928042262344, -0.0561070154512, 0.045674609797, -0.123180989515, 0.0464021131172, 0.0311042666009, 0, 0, 0, 0]],
  // Too few steps for two equal labels.
  [[1, 3], true, 1.0857569606296675, [0, 0, 0, 0, -0.175144847525, 0.138447636742, 0.0928042262344, -0.0561070154512, 0, 0, 0, 0, 0.00104763439244, 0.00713757859979, 0.28869581402, -0.296881027012, 0, 0, 0, 0, -0.175144847525, 0.138447636742, 0.0928042262344, -0.0561070154512, 0, 0, 0, 0, 0, 0, 0, 0]],
]; // prettier-ignore
for (const [lengths, zeroInfinity, loss, gradient] of throughSoftmax)
  test(`the gradient through logSoftmax is torch's, ${lengths.join()}`, () => {
    const f = (y: pf.Tensor): pf.Tensor => ctcLoss(y.logSoftmax(2), [[1, 1], [3, 0]], lengths, [2, 1], { zeroInfinity }); // prettier-ignore
    const [value, found] = pf.functional.vjp(f, x) as [pf.Tensor, pf.Tensor];
    near(value, loss, 1e-11);
    near(found, f64(gradient).reshape(4, 2, 4), 1e-11);
  });

test("a class without probability costs nothing where the target goes without it, and its derivatives are finite", () => {
  const masked = f64([[0.3, 0.7, 0], [0.6, 0.4, 0], [0.5, 0.5, 0]]).log(); // prettier-ignore
  const f = (y: pf.Tensor): pf.Tensor => ctcLoss(y, [1], [3], [1], { reduction: "sum" });
  // 1__, 11_, 111, _1_, _11, __1
  near(f(masked), -Math.log(0.7 * 0.6 * 0.5 + 0.7 * 0.4 * 0.5 + 0.7 * 0.4 * 0.5 + 0.3 * 0.4 * 0.5 + 0.3 * 0.4 * 0.5 + 0.3 * 0.6 * 0.5)); // prettier-ignore
  const [, gradient] = pf.functional.vjp(f, masked) as [pf.Tensor, pf.Tensor];
  near(gradient.sum(1), [-1, -1, -1]);
  assert.ok((pf.functional.hessian(f, masked) as pf.Tensor).isfinite().all().item());
  near(ctcLoss(masked, [2], [3], [1], { reduction: "sum" }), Infinity);
});
test("many steps neither overflow nor underflow", () => {
  // Each of so many paths has the probability 2⁻¹⁰⁰⁰; those of the target 1 are 1000·1001/2.
  const even = pf.full([1000, 1, 2], Math.log(0.5), { dtype: "float64" });
  near(ctcLoss(even, [[1]], [1000], [1]), 1000 * Math.LN2 - Math.log(500500), 1e-12);
  near(ctcLoss(even.float(), [[1]], [1000], [1]), f32(1000 * Math.LN2 - Math.log(500500)), 1e-5);
});
test("vmap over logProbs, targets and lengths; compiled", () => {
  const batch = f64(values(3 * 20, 6)).reshape(3, 5, 4).logSoftmax(2); // prettier-ignore
  const targets = i32([[1, 2], [3, 3], [2, 0]]); // prettier-ignore
  const [steps, counts] = [i32([5, 4, 3]), i32([2, 2, 1])];
  const one = (y: any, t: any, a: any, b: any): pf.Tensor => ctcLoss(y, t, a, b);
  const each = [0, 1, 2].map((n) => one(batch.select(0, n), targets.select(0, n), steps.select(0, n), counts.select(0, n)).item()); // prettier-ignore
  near(pf.func.vmap(one)(batch, targets, steps, counts) as pf.Tensor, each);
  const compiled = pf.compile(one);
  each.forEach((loss, n) => near(compiled(batch.select(0, n), targets.select(0, n), steps.select(0, n), counts.select(0, n)) as pf.Tensor, loss)); // prettier-ignore
});
test("what the longest of lengths is can't be traced", () => {
  assert.throws(
    () => pf.compile((counts: any) => ctcLoss(logs, i32([1, 2, 1]), [5, 5], counts))(i32([2, 1])),
    "ctcLoss: compile and vmap trace values before they are there, and how long the longest target is, a shape, depends on them. Call it outside.",
  );
});

const targets = i32([[1, 2], [2, 1]]); // prettier-ignore
const beyond = (i: number, n: number): string => `ctcLoss: index ${i} is out of bounds for dimension 0 with size ${n}: it should be in 0 … ${n - 1}.`; // prettier-ignore
const refusals: Refusal[] = [
  ["ShapeError", () => ctcLoss(f64([1]), [1], [1], [1]), "ctcLoss: expected logProbs [T, N, C], targets [N, S] or one behind the other and lengths [N], or all without N, but got [1], [1], [1], [1]."],
  ["ArgumentError", () => ctcLoss(logs, targets, [5, 5], [2, 2], 3), "ctcLoss: blank should be in 0 … 2 but is 3."],
  ["ArgumentError", () => ctcLoss(logs, targets, [5, 5], [2, 2], -1), "ctcLoss: blank should be in 0 … 2 but is -1."],
  ["ShapeError", () => ctcLoss(logs, targets, [5], [2, 2]), "ctcLoss: expected logProbs [T, N, C], targets [N, S] or one behind the other and lengths [N], or all without N, but got [5, 2, 3], [2, 2], [1], [2]."],
  ["ShapeError", () => ctcLoss(logs, targets, [5, 5], [2, 2, 2]), "ctcLoss: expected logProbs [T, N, C], targets [N, S] or one behind the other and lengths [N], or all without N, but got [5, 2, 3], [2, 2], [2], [3]."],
  ["ShapeError", () => ctcLoss(logs, [[1, 2]], [5, 5], [2, 2]), "ctcLoss: expected logProbs [T, N, C], targets [N, S] or one behind the other and lengths [N], or all without N, but got [5, 2, 3], [1, 2], [2], [2]."],
  ["ShapeError", () => ctcLoss(logs, [[[1]], [[2]]], [5, 5], [1, 1]), "ctcLoss: expected logProbs [T, N, C], targets [N, S] or one behind the other and lengths [N], or all without N, but got [5, 2, 3], [2, 1, 1], [2], [2]."],
  ["ShapeError", () => ctcLoss(logs, [1, 2], [5, 5], [2, 1]), "ctcLoss: targets [2] should have the 3 elements that targetLengths say."],
  ["ArgumentError", () => ctcLoss(logs, targets, [6, 5], [2, 2]), beyond(6, 6)],
  ["ArgumentError", () => ctcLoss(logs, targets, [-1, 5], [2, 2]), beyond(-1, 6)],
  ["ArgumentError", () => ctcLoss(logs, targets, [5, 5], [2, 3]), beyond(3, 3)],
  ["ArgumentError", () => ctcLoss(logs, targets, [5, 5], [-1, 2]), beyond(-1, 3)],
  ["DTypeError", () => ctcLoss(logs, f64([[1, 2], [2, 1]]), [5, 5], [2, 2]), 'ctcLoss: expected an int32 targets but got float64; cast it by .int(), or make it with { dtype: "int32" }.'],
  ["ArgumentError", () => ctcLoss(logs, targets, [0.5, 5], [2, 2]), "ctcLoss: inputLengths should be an int32 Tensor or an array of whole numbers but got [0.5, 5]."],
]; // prettier-ignore
for (const refusal of refusals) testRefusal(test, refusal);
test("a target that is no class is refused", () =>
  assert.throws(() => ctcLoss(logs, [[1, 3], [1, 1]], [5, 5], [2, 2]).item(), "index 3 is out of bounds")); // prettier-ignore

test.run();
