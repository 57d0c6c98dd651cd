// torch's everyday members: leaves, transposes, sizes, casts, asTensor, empty.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";

const m = pf.tensor([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
const cube = pf.arange(24).reshape(2, 3, 4);
const rows: [name: string, run: () => unknown, expected: unknown][] = [
  ["T of a matrix", () => m.T.toArray(), [[1, 4], [2, 5], [3, 6]]],
  ["T reverses all dims", () => [cube.T.shape, cube.T.toArray()], [[4, 3, 2], cube.permute(2, 1, 0).toArray()]],
  ["T of a vector and a number", () => [pf.ones([3]).T.shape, pf.tensor(1).T.shape], [[3], []]],
  ["mT swaps the last two dims", () => [cube.mT.shape, cube.mT.toArray()], [[2, 4, 3], cube.transpose(1, 2).toArray()]],
  ["mH is mT", () => cube.mH.toArray(), cube.mT.toArray()],
  ["gradients flow through T and mT", () => pf.func.grad((t: pf.Tensor) => t.T.mul(m.mT).mT.mul(m).sum())(m).toArray(), [[1, 4, 9], [16, 25, 36]]],
  ["size()", () => m.size(), [2, 3]],
  ["size(dim)", () => [m.size(0), m.size(-1)], [2, 3]],
  ["dim()", () => [m.dim(), pf.tensor(1).dim()], [2, 0]],
  ["tolist()", () => [m.tolist(), pf.tensor(2).tolist(), pf.tensor([true]).tolist()], [[[1, 2, 3], [4, 5, 6]], 2, [true]]],
  ["long is int", () => [pf.tensor([1.7, -1.7]).long().toArray(), m.long().dtype, pf.long(m).dtype], [[1, -1], "int32", "int32"]],
  ["clone is another tensor", () => { const c = m.clone(); const same = c === m; c.dispose(); return [same, m.isDisposed]; }, [false, false]],
  ["clone is differentiable, detach is not", () => {
    const x = pf.tensor([1], { requiresGrad: true });
    return [x.clone().requiresGrad, x.detach().requiresGrad, x.detach().isLeaf];
  }, [true, false, true]],
  ["isTensor", () => [m, m.clone(), [m], { shape: [1] }, 1, null, undefined, m.data()].map((v) => pf.isTensor(v)), [true, true, false, false, false, false, false, false]],
  ["asTensor of a tensor is the tensor", () => [pf.asTensor(m) === m, pf.asTensor(m, { dtype: "float32" }) === m], [true, true]],
  ["asTensor casts", () => [pf.asTensor(m, { dtype: "int32" }).dtype, pf.asTensor(m, { dtype: "float64" }).toArray()], ["int32", [[1, 2, 3], [4, 5, 6]]]],
  ["asTensor keeps the graph", () => pf.asTensor(pf.tensor([1], { requiresGrad: true }), { dtype: "float64" }).requiresGrad, true],
  ["asTensor of data", () => [pf.asTensor([[1], [2]]).shape, pf.asTensor(3).item(), pf.asTensor(new Float64Array(2)).dtype, pf.asTensor([1], { dtype: "bool" }).dtype], [[2, 1], 3, "float64", "bool"]],
  ["empty", () => [pf.empty(2, 3).shape, pf.empty([2], { dtype: "int32" }).dtype, pf.empty(1, { requiresGrad: true }).requiresGrad], [[2, 3], "int32", true]],
  ["emptyLike", () => [pf.emptyLike(m).shape, pf.emptyLike(m, { dtype: "bool" }).dtype], [[2, 3], "bool"]],
]; // prettier-ignore
for (const [name, run, expected] of rows) test(name, () => assert.equal(run(), expected));

// -- leaves
const leaf = (): pf.Tensor => pf.tensor([1, 2, 3]).requiresGrad_();
test("requiresGrad_ returns the tensor, which is a leaf", () => {
  const x = pf.tensor([1, 2, 3]);
  assert.is(x.requiresGrad_(), x);
  assert.ok(x.requiresGrad && x.isLeaf);
  assert.is(String(x), "tensor([1., 2., 3.], requiresGrad=true)");
});
test("backward fills .grad of a leaf made by requiresGrad_", () => {
  const x = leaf();
  x.mul(x).sum().backward();
  assert.equal(x.grad!.toArray(), [2, 4, 6]);
});
test("a result without graph becomes a leaf, and what it was computed from does not", () => {
  const w = pf.ones([3]);
  const x = w.mul(2).requiresGrad_();
  assert.ok(x.isLeaf);
  x.pow(2).sum().backward();
  assert.equal(x.grad!.toArray(), [4, 4, 4]);
  assert.not(w.requiresGrad);
});
for (const [name, other] of [
  ["detach", (t: pf.Tensor) => t.detach()],
  ["expand to the same shape", (t: pf.Tensor) => t.expand(3)],
  ["to the same dtype", (t: pf.Tensor) => t.to("float32")],
  ["contiguous", (t: pf.Tensor) => t.contiguous()],
] as const) {
  test(`requiresGrad_ of ${name} leaves the other tensor alone`, () => {
    const x = pf.tensor([1, 2, 3]);
    assert.ok(other(x).requiresGrad_().requiresGrad);
    assert.not(x.requiresGrad);
  });
}
test("what was computed before requiresGrad_ stays as it was", () => {
  const x = pf.tensor([1, 2, 3]);
  const before = x.sum();
  x.requiresGrad_();
  assert.not(before.requiresGrad);
  assert.ok(x.sum().requiresGrad);
});
test("requiresGrad_(false) ends it and keeps .grad", () => {
  const x = leaf();
  x.sum().backward();
  assert.not(x.requiresGrad_(false).requiresGrad);
  assert.not(x.mul(2).requiresGrad);
  assert.equal(x.grad!.toArray(), [1, 1, 1]);
  assert.ok(x.requiresGrad_().requiresGrad);
  x.mul(2).sum().backward();
  assert.equal(x.grad!.toArray(), [3, 3, 3]);
});
test("requiresGrad can be set", () => {
  const x = pf.zeros([2]);
  x.requiresGrad = true;
  assert.ok(x.requiresGrad);
  x.requiresGrad = false;
  assert.not(x.requiresGrad);
});
test("requiresGrad_ where nothing changes does nothing, also on a result", () => {
  const y = leaf().mul(2);
  assert.is(y.requiresGrad_(), y);
  assert.not(y.isLeaf);
  assert.is(pf.tensor([1], { dtype: "int32" }).requiresGrad_(false).dtype, "int32");
});
test("toggling ten thousand times takes no memory", () => {
  const x = leaf();
  const { memoryBytes } = pf.backend;
  for (let i = 0; i < 10_000; i++) x.requiresGrad_(i % 2 === 0);
  assert.ok(pf.backend.memoryBytes <= memoryBytes + 1024);
  assert.equal(x.toArray(), [1, 2, 3]);
});
test("a leaf made in tidy and returned lives, one left behind is freed", () => {
  const { memoryBytes } = pf.backend;
  const x = pf.tidy(() => {
    pf.ones([1000]).requiresGrad_();
    return pf.ones([3]).requiresGrad_();
  });
  assert.ok(x.requiresGrad);
  x.dispose();
  assert.is(pf.backend.memoryBytes, memoryBytes);
});
test("requiresGrad_ within noGrad and within a transform", () => {
  assert.ok(pf.noGrad(leaf).requiresGrad);
  const [, tangent] = pf.functional.jvp((t) => t.requiresGrad_().mul(2), m, m);
  assert.equal(tangent.toArray(), m.mul(2).toArray());
});

const refused: [name: string, run: () => unknown, error: string, message: RegExp][] = [
  ["requiresGrad_ of int32", () => pf.tensor([1], { dtype: "int32" }).requiresGrad_(), "AutogradError", /^requiresGrad_: only tensors of floating dtype .* int32/],
  ["requiresGrad_(false) of a result", () => leaf().mul(2).requiresGrad_(false), "AutogradError", /^requiresGrad_: only leaves .* detach/],
  ["requiresGrad_ of a wrong flag", () => pf.ones([1]).requiresGrad_("yes" as never), "ArgumentError", /^requiresGrad_: expected a boolean but got string/],
  ["requiresGrad set on bools", () => (pf.tensor([true]).requiresGrad = true), "AutogradError", /^requiresGrad: /],
  ["data, which torch assigns", () => ((leaf() as any).data = pf.ones([2])), "ArgumentError", /^data: a Tensor's elements can't be assigned.*pf\.replace/],
  ["size of a dim out of range", () => m.size(2), "ShapeError", /^size: Dimension out of range \(expected to be in range of \[-2, 1\], but got 2\)/],
  ["size of a dim of a number", () => pf.tensor(1).size(0), "ShapeError", /^size: a 0-dim tensor has no dim 0/],
  ["size of a Tensor", () => m.size(pf.tensor(1) as any), "ArgumentError", /^size: dim should be an integer but got Tensor/],
  ["size of a symbol", () => m.size(Symbol("dim") as any), "ArgumentError", /^size: dim should be an integer but got symbol/],
  ["size of half a dim", () => m.size(0.5), "ArgumentError", /^size: dim should be an integer but got 0.5/],
  ["size of 2³² dims", () => m.size(2 ** 32), "ArgumentError", /^size: /],
  ["mT of a vector", () => pf.ones([3]).mT, "ShapeError", /^mT: expected a Tensor with at least 2 dims but got shape \[3\]/],
  ["mH of a number", () => pf.tensor(1).mH, "ShapeError", /^mH: /],
  ["asTensor with an unknown option", () => pf.asTensor([1], { shape: [1] } as never), "ArgumentError", /^asTensor: unknown option shape/],
  ["asTensor with an unknown dtype", () => pf.asTensor(m, { dtype: "float16" as never }), "DTypeError", /^asTensor: dtype should be/],
  ["asTensor of text", () => pf.asTensor("1" as never), "ArgumentError", /^asTensor: expected a number/],
  ["tensor of a tensor", () => pf.tensor(m as never), "ArgumentError", /^tensor: data is a Tensor already.*asTensor/],
  ...(["T", "mT", "requiresGrad"] as const).map((name) => [`${name} of a disposed tensor`, () => { const t = pf.ones([2, 2]); t.dispose(); return t[name]; }, "DisposedError", new RegExp(`^${name}: `)] as never),
]; // prettier-ignore
for (const [name, run, error, message] of refused) {
  test(`${name} is refused`, () => {
    assert.throws(run, (e: Error) => e.name === error && message.test(e.message));
  });
}

test.run();
