// Integers, promotion, and the values that torch refuses. Expected values are those of PyTorch 1.13 (int64 there is int32 here).
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { bool, f64, i32, type Nested } from "./support";

const f32 = (data: any) => pf.tensor(data, { dtype: "float32" });
const { nn } = pf;
const { autograd, func } = pf;

type Row = [name: string, make: () => pf.Tensor, dtype: pf.DTypeName, expected: Nested];
function rows(name: string, table: Row[]): void {
  const test = suite(name);
  for (const [title, make, dtype, expected] of table)
    test(title, () => {
      const y = make();
      assert.is(y.dtype, dtype);
      assert.equal(y.toArray(), expected);
    });
  test.run();
}
const I = () => i32([5, 16777217, -2147483648]);
const index = () => i32([0, 0, 2]);
const src = () => i32([16777217, -3, 2]);
const reduced = (reduce: any, includeSelf: boolean) => () =>
  pf.scatterReduce(I(), 0, index(), src(), reduce, { includeSelf });

rows("integers", [
  ["scatterReduce sum", reduced("sum", true), "int32", [16777219, 16777217, -2147483646]],
  ["scatterReduce sum without self", reduced("sum", false), "int32", [16777214, 16777217, 2]],
  ["scatterReduce prod", reduced("prod", true), "int32", [-251658255, 16777217, 0]],
  ["scatterReduce prod without self", reduced("prod", false), "int32", [-50331651, 16777217, 2]],
  ["scatterReduce mean", reduced("mean", true), "int32", [5592406, 16777217, -1073741823]],
  ["scatterReduce mean without self", reduced("mean", false), "int32", [8388607, 16777217, 2]],
  ["scatterReduce amax", reduced("amax", true), "int32", [16777217, 16777217, 2]],
  ["scatterReduce amax without self", reduced("amax", false), "int32", [16777217, 16777217, 2]],
  ["scatterReduce amin", reduced("amin", true), "int32", [-3, 16777217, -2147483648]],
  ["scatterReduce amin without self", reduced("amin", false), "int32", [-3, 16777217, 2]],
  [
    "scatterReduce amax of bools",
    () => pf.scatterReduce(bool([true, false]), 0, i32([0, 0]), bool([true, false]), "amax"),
    "bool",
    [true, false],
  ],
  [
    "scatterReduce prod of bools",
    () => pf.scatterReduce(bool([true, true]), 0, i32([0, 0]), bool([true, false]), "prod"),
    "bool",
    [false, true],
  ],
  [
    "scatterReduce sum of bools without self",
    () => pf.scatterReduce(bool([true, true]), 0, i32([0, 0]), bool([false, false]), "sum", { includeSelf: false }),
    "bool",
    [false, true],
  ],
  ["scatter multiply", () => pf.scatter(i32([16777217, 1]), 0, i32([0]), i32([3]), { reduce: "multiply" }), "int32", [50331651, 1]], // prettier-ignore
  ["vander of bools", () => pf.vander(bool([true, false])), "int32", [[1, 1], [0, 1]]], // prettier-ignore
  ["tensor cuts fractions off", () => pf.tensor([1.5, -1.5], { dtype: "int32" }), "int32", [1, -1]],
  ["tensor takes the ends of int32", () => i32([2147483647, -2147483648]), "int32", [2147483647, -2147483648]],
  ["tensor of bools", () => pf.tensor([NaN, 3e9, 0], { dtype: "bool" }), "bool", [true, true, false]],
  ["sub with alpha of a number", () => pf.sub(i32([1]), 2, { alpha: 3 }), "int32", [-5]],
  ["add with alpha of a number", () => pf.add(i32([1]), 2, { alpha: 3 }), "int32", [7]],
  ["add with alpha to a number", () => pf.add(2, i32([1]), { alpha: 3 }), "int32", [5]],
  ["rsub with alpha of a number", () => pf.rsub(i32([1]), 2, { alpha: 3 }), "int32", [-1]],
  ["sub with alpha of a fraction", () => pf.sub(i32([1]), 2.5, { alpha: 3 }), "float32", [-6.5]],
  ["sub with alpha, large", () => pf.sub(i32([16777217]), 0, { alpha: 3 }), "int32", [16777217]],
  ["addcmul", () => pf.addcmul(i32([1]), i32([2]), i32([3]), { value: 2 }), "int32", [13]],
  ["addmm", () => pf.addmm(i32([[1]]), i32([[1]]), i32([[2]]), { alpha: 2, beta: 3 }), "int32", [[7]]],
  ["baddbmm", () => pf.baddbmm(i32([[[1]]]), i32([[[1]]]), i32([[[2]]]), { alpha: 2, beta: 3 }), "int32", [[[7]]]],
  ["addmv", () => pf.addmv(i32([1]), i32([[2]]), i32([1]), { alpha: 2, beta: 3 }), "int32", [7]],
  ["addr", () => pf.addr(i32([[1]]), i32([2]), i32([1]), { alpha: 2, beta: 3 }), "int32", [[7]]],
  [
    "addr of bools",
    () => pf.addr(bool([[false]]), bool([true]), bool([true]), { alpha: 2, beta: 3 }),
    "bool",
    [[true]],
  ],
  ["pow of negative exponents in a tensor", () => pf.pow(i32([2, 1, -1, -1, 0]), i32([-1, -3, -3, -2, -1])), "int32", [0, 1, -1, 1, 0]], // prettier-ignore
  ["pow of a number to a tensor", () => pf.pow(2, i32([-1, 2])), "int32", [0, 4]],
  ["floatPower", () => pf.floatPower(i32([2]), -1), "float64", [0.5]],
  ["floorDivide", () => pf.floorDivide(i32([7, -7, 2147483647]), i32([2, 2, 3])), "int32", [3, -4, 715827882]],
  ["div, truncated", () => pf.div(i32([7, -7]), 2, { roundingMode: "trunc" }), "int32", [3, -3]],
  ["division by zero of nothing", () => pf.floorDivide(pf.zeros([0], { dtype: "int32" }), 0), "int32", []],
  ["division by a float zero", () => pf.floorDivide(i32([1]), pf.tensor(0)), "float32", [Infinity]],
  ["true division by zero", () => pf.div(i32([1]), i32([0])), "float32", [Infinity]],
  ["remainder of a bool", () => pf.remainder(bool([true]), 2), "int32", [1]],
  ["fmax of large integers", () => pf.fmax(i32([16777217]), i32([16777216])), "int32", [16777217]],
  ["oneHot", () => nn.functional.oneHot(i32([0, 2]), 3), "int32", [[1, 0, 0], [0, 0, 1]]], // prettier-ignore
]);

// Expected by hand where PyTorch wraps too, or refuses integers.
rows("integers where differences would wrap", [
  ["isclose", () => pf.isclose(i32([2147483647, -2147483648, 5]), i32([-1, 2147483647, 5])), "bool", [false, false, true]], // prettier-ignore
  ["isclose of large neighbours", () => pf.isclose(i32([16777217]), i32([16777216]), 0, 0), "bool", [false]],
  ["isclose with fractions of a tolerance", () => pf.isclose(i32([100]), i32([101]), 0.01), "bool", [true]],
  ["isclose of bools", () => pf.isclose(bool([true, false]), bool([true, true])), "bool", [true, false]],
  ["isclose of a bool and a float", () => pf.isclose(bool([true, false]), f32([1, 1])), "bool", [true, false]],
  ["softmax", () => pf.softmax(i32([-2147483648, 2147483647]), 0), "float32", [0, 1]],
  ["logSoftmax", () => pf.logSoftmax(i32([-2147483648, 2147483647]), 0), "float32", [-4294967296, 0]],
  ["logsumexp", () => pf.logsumexp(i32([-2147483648, 5]), 0), "float32", 5],
]);
// Weights are fractions, which integers would cut to 0; PyTorch refuses integers here.
const N = nn.functional as any;
rows("integers that are weighted", [
  ["lerp", () => pf.lerp(i32([1, 2]), i32([3, 3]), 0.5), "float32", [2, 2.5]],
  ["interpolate", () => N.interpolate(i32([[[0, 4]]]), { size: 4, mode: "linear" }), "float32", [[[0, 1, 3, 4]]]],
  ["interpolate by area", () => N.interpolate(i32([[[1, 4, 6]]]), { size: 2, mode: "area" }), "float32", [[[2.5, 5]]]],
  ["interpolate, nearest", () => N.interpolate(i32([[[16777217]]]), { size: 2 }), "int32", [[[16777217, 16777217]]]],
  ["adaptiveAvgPool1d", () => N.adaptiveAvgPool1d(i32([[[1, 4, 6]]]), 2), "float32", [[[2.5, 5]]]],
  ["affineGrid", () => N.affineGrid(i32([[[1, 0, 0], [0, 1, 0]]]), [1, 1, 1, 2]), "float32", [[[[-0.5, 0], [0.5, 0]]]]], // prettier-ignore
  ["maxPool1d with padding", () => N.maxPool1d(i32([[[-5, -6]]]), 2, { padding: 1, stride: 1 }), "int32", [[[-5, -5, -6]]]], // prettier-ignore
]);
rows("promotion of three", [
  ["addcdiv in the common dtype", () => pf.addcdiv(f64([0]), f64(1), f32([3])), "float64", [1 / 3]],
  ["addcmul in the common dtype", () => pf.addcmul(f64([0]), f64(0.1), f32([3])), "float64", [0.1 * 3]],
  ["addcmul of float32 factors", () => pf.addcmul(f64([0]), f32([16777217]), f32([16777215])), "float64", [16777216 * 16777215]], // prettier-ignore
]);

rows("promotion", [
  [
    "cat with an empty float64",
    () => pf.cat([pf.zeros([0], { dtype: "float64" }), pf.ones([1, 2])]),
    "float64",
    [[1, 1]],
  ],
  ["cat of integers with an empty float32", () => pf.cat([pf.zeros([0]), i32([1])]), "float32", [1]],
  ["cat of empty ones", () => pf.cat([pf.zeros([0], { dtype: "float64" }), pf.zeros([0], { dtype: "int32" })]), "float64", []], // prettier-ignore
  ["hstack with an empty float64", () => pf.hstack([pf.zeros([0], { dtype: "float64" }), pf.ones([2])]), "float64", [1, 1]], // prettier-ignore
  ["clamp of bools, 0-dim float64, float32", () => pf.clamp(bool([true]), f64(0.5), f32([0.75])), "float32", [0.75]],
  ["clamp of bools, float32, 0-dim float64", () => pf.clamp(bool([true]), f32([0.5]), f64(0.75)), "float32", [0.75]],
  ["clamp of bools, 0-dim float64", () => pf.clamp(bool([true]), f64(0.5)), "float64", [1]],
  ["clamp of integers, 0-dim float32 and float64", () => pf.clamp(i32([1]), f32(0.5), f64(0.75)), "float64", [0.75]],
  ["clamp of float32 and float64", () => pf.clamp(f32([1]), f64([0.5])), "float64", [1]],
  ["clamp of bools by numbers", () => pf.clamp(bool([true]), 0, 1), "int32", [1]],
  ["clamp of bools by a fraction", () => pf.clamp(bool([true]), 0.5), "float32", [1]],
  ["clamp of integers by a fraction", () => pf.clamp(i32([1]), 2.5), "float32", [2.5]],
  ["clamp of integers by two numbers", () => pf.clamp(i32([5]), 0, 2.5), "float32", [2.5]],
  ["clamp, min beyond max", () => pf.clamp(f32([1, 5]), 4, 2), "float32", [2, 2]],
  ["addcmul of integers, 0-dim float32 and float64", () => pf.addcmul(i32([1]), f32(0.5), f64(0.5)), "float64", [1.25]],
  ["add of bools with alpha −1", () => pf.add(bool([true, false]), bool([true, false]), { alpha: -1 }), "bool", [true, false]], // prettier-ignore
  ["add of bools with alpha 0", () => pf.add(bool([true, false]), bool([true, true]), { alpha: 0 }), "bool", [true, false]], // prettier-ignore
  ["add of a bool and a number with alpha", () => pf.add(bool([true, false]), 2, { alpha: 3 }), "int32", [7, 6]],
]);

const nan = NaN;
rows("clamp and NaN", [
  ["NaN in the input", () => pf.clamp(f32([nan]), 2), "float32", [nan]],
  ["min NaN and max", () => pf.clamp(f32([1, 3]), nan, 2), "float32", [nan, nan]],
  ["min and max NaN", () => pf.clamp(f32([1, 3]), 1, nan), "float32", [nan, nan]],
  ["a lone min NaN", () => pf.clamp(f32([1, 3]), nan), "float32", [1, 3]],
  ["a lone max NaN", () => pf.clamp(f32([1, 3]), null, nan), "float32", [1, 3]],
  ["a lone min NaN of integers", () => pf.clamp(i32([1]), nan), "float32", [1]],
  ["clampMin NaN", () => pf.clampMin(f32([1, nan]), nan), "float32", [nan, nan]],
  ["clampMax NaN", () => pf.clampMax(f32([1, nan]), nan), "float32", [nan, nan]],
  ["clampMin of tensors", () => pf.clampMin(f32([1, nan]), f32([nan, 1])), "float32", [nan, nan]],
  ["clampMax of tensors", () => pf.clampMax(f32([1, nan]), f32([nan, 1])), "float32", [nan, nan]],
  ["clamp of tensors", () => pf.clamp(f32([1, nan, 1, 1]), f32([nan, 1, 0, nan]), f32([0, 0, nan, 0])), "float32", [nan, nan, nan, nan]], // prettier-ignore
  ["clamp of a tensor and a number", () => pf.clamp(f32([1, 1]), f32([nan, 2]), 3), "float32", [nan, 2]],
  ["hardtanh", () => nn.functional.hardtanh(f32([nan])), "float32", [nan]],
  ["maximum", () => pf.maximum(f32([nan, 1]), nan), "float32", [nan, nan]],
  ["minimum", () => pf.minimum(1, f32([nan, 2])), "float32", [nan, 1]],
  ["fmax", () => pf.fmax(f32([nan, 1]), f32([1, nan])), "float32", [1, 1]],
  ["fmin", () => pf.fmin(f32([nan, 1]), nan), "float32", [nan, 1]],
]);

// What torch raises an error for: of values at hand at the call, of others when they are computed.
const refused = suite("values that are refused");
const zero = () => i32([2, 0]);
const faults: [name: string, f: (x: pf.Tensor) => pf.Tensor, x: () => pf.Tensor, message: RegExp][] = [
  ["floorDivide", (x) => pf.floorDivide(i32([1, 2]), x), zero, /integers can't be divided by zero/],
  ["div, floored", (x) => pf.div(i32([1, 2]), x, { roundingMode: "floor" }), zero, /by zero/],
  ["div, truncated", (x) => pf.div(i32([1, 2]), x, { roundingMode: "trunc" }), zero, /by zero/],
  ["fmod", (x) => pf.fmod(i32([1, 2]), x), zero, /by zero/],
  ["remainder", (x) => pf.remainder(i32([1, 2]), x), zero, /by zero/],
  ["remainder of a number", (x) => pf.remainder(5, x), zero, /by zero/],
  ["oneHot of −1", (x) => nn.functional.oneHot(x, 3), () => i32([0, -1]), /classes in 0 … 2 but one is -1/],
  ["oneHot of the number of classes", (x) => nn.functional.oneHot(x, 3), () => i32([3]), /0 … 2 but one is 3/],
  ["bernoulli of 2", (x) => pf.bernoulli(x), () => f32([0.5, 2]), /probabilities between 0 and 1 but one is 2/],
  ["bernoulli of −0.5", (x) => pf.bernoulli(x), () => f32([-0.5]), /one is -0\.5/],
  ["bernoulli of NaN", (x) => pf.bernoulli(x), () => f64([NaN]), /one is NaN/],
  ["binaryCrossEntropy of 2", (x) => nn.functional.binaryCrossEntropy(x, f32([1])), () => f32([2]), /one is 2/],
  ["normal with std −1", (x) => pf.normal(f32([0]), x), () => f32([-1]), /no negative elements but one is -1/],
  ["quantile of 2", (x) => pf.quantile(f32([1, 2]), x), () => f32([2]), /\[0, 1\]|between 0 and 1/],
  ["cov with negative weights", (x) => pf.cov(f32([1, 2]), { aweights: x }), () => f32([1, -1]), /no negative/],
];
const lazily = (x: pf.Tensor): pf.Tensor => x.add(1).sub(1);
for (const [name, f, x, message] of faults) {
  refused(`${name}, at the call`, () => {
    const opName = name.split(/[ ,]/)[0]!;
    assert.throws(() => f(x()).data(), message);
    assert.throws(() => f(x()).data(), (error: Error) => error.message.startsWith(`${opName}: `) && error instanceof pf.ArgumentError); // prettier-ignore
  });
  refused(`${name}, when it is computed`, () => {
    const y = f(lazily(x()));
    assert.throws(() => y.data(), message);
    assert.throws(
      () => y.data(),
      (error: Error) => error instanceof pf.ArgumentError,
    );
  });
  refused(`${name}, of a view`, () => {
    const y = f(lazily(x().unsqueeze(0).expand(2, -1).t().contiguous()).select(1, 1));
    assert.throws(() => y.data(), message);
  });
  refused(`${name}, in vmap`, () => {
    const one = x();
    assert.throws(() => (func.vmap(f, { randomness: "different" })(pf.stack([one, one])) as pf.Tensor).data(), message);
  });
  refused(`${name}, in compile`, () => {
    const compiled = pf.compile(f);
    assert.throws(() => (compiled(x()) as pf.Tensor).data(), message);
    assert.is((pf.compile((v: pf.Tensor) => v.add(1))(x()) as pf.Tensor).numel, x().numel);
  });
}
refused("a compiled function goes on after a fault", () => {
  const f = pf.compile((a: pf.Tensor, b: pf.Tensor) => a.floorDivide(b));
  assert.throws(() => (f(i32([4]), i32([0])) as pf.Tensor).data(), /by zero/);
  assert.equal((f(i32([4]), i32([2])) as pf.Tensor).toArray(), [2]);
});
refused("numbers", () => {
  for (const f of [pf.fmod, pf.remainder, pf.floorDivide])
    assert.throws(() => f(i32([1]), 0), /integers can't be divided by zero/);
  assert.throws(() => pf.pow(i32([2]), -1), /pow: integers can't be raised to negative integer powers \(-1\)/);
  assert.throws(() => pf.pow(bool([true]), -1), /negative integer powers/);
  assert.equal(pf.pow(i32([2]), -0.5).dtype, "float32");
  assert.throws(() => pf.bernoulli(f32([1]), 2), /between 0 and 1/);
  assert.throws(() => pf.addcdiv(i32([1]), i32([2]), i32([3])), /addcdiv: integers can't be divided here/);
  assert.throws(() => pf.scatterReduce(i32([1]), 0, i32([0]), f32([1]), "amax"), /one dtype/);
  assert.throws(() => pf.add(i32([1]), 2, { alpha: 2.5 }), /alpha should be an integer/);
});
refused("what int32 does not hold", () => {
  const range = /out of the range of int32/;
  for (const value of [3e9, -3e9, 2 ** 31, -(2 ** 31) - 1, 2147483647.5, NaN, Infinity]) {
    assert.throws(() => pf.tensor(value, { dtype: "int32" }), range);
    assert.throws(() => pf.tensor([[1, value]], { dtype: "int32" }), range);
    assert.throws(() => pf.tensor(new Float64Array([value]), { dtype: "int32" }), range);
    assert.throws(() => pf.full([2], value, { dtype: "int32" }), range);
    assert.throws(() => pf.fullLike(i32([1]), value), range);
    assert.throws(() => pf.fill(i32([1]), value), range);
    assert.throws(() => pf.maskedFill(i32([1]), bool([true]), value), range);
    assert.throws(() => pf.indexFill(i32([1]), 0, i32([0]), value), range);
    assert.throws(() => pf.scatter(i32([1]), 0, i32([0]), value), range);
    assert.throws(() => pf.constantPadNd(i32([1]), [1, 1], value), range);
  }
  assert.throws(() => pf.arange(2147483646, 2147483650, 1, { dtype: "int32" }), range);
  assert.throws(() => pf.linspace(0, 3e9, 3, { dtype: "int32" }), range);
  assert.equal(pf.maskedFill(i32([1]), bool([true]), 2.5).toArray(), [2]);
  assert.equal(pf.arange(2147483646, 2147483648, 1, { dtype: "int32" }).toArray(), [2147483646, 2147483647]);
});
refused("derivatives pass through what is checked", () => {
  const x = f64([0.25, 0.5]);
  const loss = (v: pf.Tensor) => nn.functional.binaryCrossEntropy(v.mul(1), f64([1, 0]), { reduction: "sum" });
  assert.equal((autograd.functional.jacobian(loss, x) as pf.Tensor).toArray(), [-4, 2]);
  assert.equal((autograd.functional.hessian(loss, x) as pf.Tensor).toArray(), [[16, 0], [0, 4]]); // prettier-ignore
});
refused.run();
