// torch.nn.functional's convolutions: values, errors, derivatives of any order, batches, and what the derivatives cost.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { checkDerivatives, type Expected, f64, i32, near, values } from "./support";

const test = suite("convolution");
const F = pf.nn.functional;
const { functional } = pf.autograd;

let seed = 0;
const random = (...shape: number[]): pf.Tensor => f64(values(shape.reduce((a, b) => a * b, 1), ++seed)).reshape(shape); // prettier-ignore
const ramp = (...shape: number[]): pf.Tensor => pf.arange(shape.reduce((a, b) => a * b, 1), { dtype: "float64" }).reshape(shape); // prettier-ignore

// Values: PyTorch 1.13's.
const forward: [name: string, actual: () => pf.Tensor, expected: Expected][] = [
  ["conv1d", () => F.conv1d(f64([[[1, 2, 3, 4]]]), f64([[[1, 0, -1]]])), [[[-2, -2]]]],
  ["conv1d, unbatched", () => F.conv1d(f64([[1, 2, 3, 4]]), f64([[[1, 0, -1]]])), [[-2, -2]]],
  ["conv1d with padding", () => F.conv1d(f64([[1, 2, 3, 4]]), f64([[[1, 0, -1]]]), null, 1, 1), [[-2, -2, -2, 3]]],
  ["conv1d with bias and stride", () => F.conv1d(f64([[1, 2, 3, 4, 5]]), f64([[[1, 1]]]), f64([10]), 2), [[13, 17]]],
  ["conv1d, same, odd total", () => F.conv1d(f64([[1, 2, 3]]), f64([[[1, 10]]]), { padding: "same" }), [[21, 32, 3]]],
  ["conv1d, same, dilated", () => F.conv1d(f64([[1, 2, 3, 4]]), f64([[[1, 10, 100]]]), { padding: "same", dilation: 2 }), [[310, 420, 31, 42]]],
  ["conv1d, valid", () => F.conv1d(f64([[1, 2, 3]]), f64([[[1, 10]]]), { padding: "valid" }), [[21, 32]]],
  ["conv1d with groups", () => F.conv1d(f64([[1, 2], [3, 4]]), f64([[[1, 1]], [[1, -1]]]), { groups: 2 }), [[3], [-1]]],
  ["conv1d with outputs beyond groups", () => F.conv1d(f64([[1, 2], [3, 4]]), f64([[[1]], [[2]], [[3]], [[4]]]), { groups: 2 }), [[1, 2], [2, 4], [9, 12], [12, 16]]],
  ["conv2d", () => F.conv2d(ramp(1, 1, 3, 3), ramp(1, 1, 2, 2)), [[[[19, 25], [37, 43]]]]],
  ["conv2d, other stride and padding for each axis", () => F.conv2d(ramp(1, 3, 4), f64([[[[1, 1]]]]), null, [2, 3], [0, 1]), [[[0, 5], [8, 21]]]],
  ["conv2d of integers", () => F.conv2d(i32([[[1, 2], [3, 4]]]), i32([[[[1, 1], [1, 1]]]])), i32([[[10]]])],
  ["conv3d", () => F.conv3d(ramp(1, 2, 2, 2), pf.ones([1, 1, 2, 2, 1], { dtype: "float64" })), [[[[12, 16]]]]],
  ["convTranspose1d", () => F.convTranspose1d(f64([[1, 2, 3]]), f64([[[1, 10]]])), [[1, 12, 23, 30]]],
  ["convTranspose1d with stride", () => F.convTranspose1d(f64([[1, 2]]), f64([[[1, 10, 100]]]), null, 2), [[1, 10, 102, 20, 200]]],
  ["convTranspose1d with padding beyond the kernel's", () => F.convTranspose1d(f64([[1, 2, 3, 4, 5]]), f64([[[1, 10]]]), null, 1, 2), [[23, 34]]],
  ["convTranspose1d with outputPadding", () => F.convTranspose1d(f64([[1, 2]]), f64([[[1, 10]]]), f64([0.5]), { stride: 3, outputPadding: 2 }), [[1.5, 10.5, 0.5, 2.5, 20.5, 0.5, 0.5]]],
  ["convTranspose1d with groups", () => F.convTranspose1d(f64([[1, 2], [3, 4]]), f64([[[1]], [[10]]]), { groups: 2 }), [[1, 2], [30, 40]]],
  ["convTranspose1d, dilated", () => F.convTranspose1d(f64([[1, 2]]), f64([[[1, 10]]]), { dilation: 3 }), [[1, 2, 0, 10, 20]]],
  ["convTranspose2d", () => F.convTranspose2d(ramp(1, 2, 2), f64([[[[1, 2], [3, 4]]]])), [[[0, 1, 2], [2, 10, 10], [6, 17, 12]]]],
  ["convTranspose3d", () => F.convTranspose3d(f64([[[[2]]]]), ramp(1, 1, 1, 2, 2)), [[[[0, 2], [4, 6]]]]],
]; // prettier-ignore
for (const [name, actual, expected] of forward) test(name, () => near(pf.tidy(actual), expected));

test("dtypes, and shapes without a batch", () => {
  const x = pf.ones([2, 5, 5]);
  const y = F.conv2d(x, pf.ones([3, 2, 3, 3]));
  assert.is(y.dtype, "float32");
  assert.equal(y.shape, [3, 3, 3]);
  assert.equal(Array.from(y.data()), Array(27).fill(18));
  assert.is(F.conv2d(f64([[[1]]]), f64([[[[2]]]])).dtype, "float64");
  assert.is(F.conv2d(i32([[[1]]]), i32([[[[2]]]])).dtype, "int32");
  assert.equal(F.conv2d(pf.ones([0, 2, 5, 5]), pf.ones([3, 2, 3, 3])).shape, [0, 3, 3, 3]);
});

const [x1, x2, w2] = [pf.ones([1, 2, 5]), pf.ones([1, 2, 5, 5]), pf.ones([4, 2, 3, 3])];
const errors: [name: string, call: () => unknown, kind: string, message: RegExp][] = [
  ["channels", () => F.conv2d(x2, pf.ones([4, 3, 3, 3])), "ShapeError", /^conv2d: weight \[4, 3, 3, 3\] does not fit input \[1, 2, 5, 5\] with groups 1/],
  ["channels of a transposed one", () => F.convTranspose2d(x2, pf.ones([4, 2, 3, 3])), "ShapeError", /^convTranspose2d: weight \[4, 2, 3, 3\] does not fit .*\[channels, outputs \/ groups/],
  ["groups that do not divide the outputs", () => F.conv2d(x2, pf.ones([3, 1, 3, 3]), { groups: 2 }), "ShapeError", /^conv2d: .*groups 2/],
  ["groups that do not divide the channels", () => F.conv2d(x2, pf.ones([3, 1, 3, 3]), { groups: 3 }), "ShapeError", /^conv2d: .*groups 3/],
  ["no groups", () => F.conv2d(x2, w2, { groups: 0 }), "ArgumentError", /^conv2d: groups should be at least 1 but is 0/],
  ["dims of the input", () => F.conv2d(x1.reshape(10), w2), "ShapeError", /^conv2d: expected 3-dim \(without batch\) or 4-dim input but got \[10\]/],
  ["dims of the weight", () => F.conv1d(x1, w2), "ShapeError", /^conv1d: expected 3-dim weight but got \[4, 2, 3, 3\]/],
  ["an empty weight", () => F.conv1d(x1, pf.ones([4, 2, 0])), "ShapeError", /^conv1d: weight \[4, 2, 0\] does not fit/],
  ["a large kernel", () => F.conv2d(x2, pf.ones([4, 2, 8, 2]), { padding: 1 }), "ShapeError", /^conv2d: the kernel can't be larger than the padded input: \[8, 2\], with dilation, does not fit into \[7, 7\]/],
  ["a dilated kernel", () => F.conv1d(x1, pf.ones([4, 2, 3]), { dilation: 3 }), "ShapeError", /^conv1d: .*\[7\], with dilation, does not fit into \[5\]/],
  ["a stride of 0", () => F.conv2d(x2, w2, null, 0), "ArgumentError", /^conv2d: stride should be at least 1 but is \[0\]/],
  ["a negative padding", () => F.conv2d(x2, w2, { padding: [0, -1] }), "ArgumentError", /^conv2d: padding should not be negative but is \[0, -1\]/],
  ["a dilation of 0", () => F.conv2d(x2, w2, { dilation: 0 }), "ArgumentError", /^conv2d: dilation should be at least 1/],
  ["too many strides", () => F.conv2d(x2, w2, null, [1, 1, 1]), "ArgumentError", /^conv2d: stride should be a number or 2 numbers but got 3/],
  ["same with a stride", () => F.conv2d(x2, w2, { stride: 2, padding: "same" }), "ArgumentError", /^conv2d: padding "same" is not supported with a stride other than 1/],
  ["an unknown padding", () => F.conv2d(x2, w2, { padding: "full" as never }), "ArgumentError", /^conv2d: padding should be an integer or an array of integers, "valid" or "same" but got "full"/],
  ["bias", () => F.conv2d(x2, w2, pf.ones([3])), "ShapeError", /^conv2d: bias should be \[4\], one for each output, but is \[3\]/],
  ["outputPadding", () => F.convTranspose1d(x1, pf.ones([2, 1, 3]), { stride: 2, outputPadding: 2 }), "ArgumentError", /^convTranspose1d: outputPadding should be smaller than stride or dilation/],
  ["a padding beyond int32", () => F.conv1d(x1, pf.ones([4, 2, 3]), { padding: 2 ** 31 - 1, stride: 2 ** 31 - 1 }), "ShapeError", /^conv1d: shape \[4294967299\] has more than/],
  ["a dilation beyond int32", () => F.convTranspose1d(x1, pf.ones([2, 2, 5]), { dilation: 2 ** 30 }), "ArgumentError", /^convTranspose1d: dilation 1073741824 is too large/],
  ["padding that leaves nothing", () => F.convTranspose1d(x1, pf.ones([2, 1, 2]), { padding: 3 }), "ShapeError", /^convTranspose1d: /],
  ["bools", () => F.conv1d(pf.ones([1, 3], { dtype: "bool" }), pf.ones([1, 1, 2], { dtype: "bool" })), "DTypeError", /^conv1d: is not defined for dtype bool/],
]; // prettier-ignore
for (const [name, call, kind, message] of errors)
  test(`refused: ${name}`, () => {
    try {
      pf.tidy(() => void call());
    } catch (error) {
      assert.is((error as Error).name, kind);
      assert.match((error as Error).message, message);
      return;
    }
    assert.unreachable("nothing was thrown");
  });

// -- derivatives

type Conv = (x: pf.Tensor, w: pf.Tensor, b: pf.Tensor) => pf.Tensor;
const rows: [name: string, f: Conv, x: number[], w: number[], outputs: number][] = [
  ["conv1d", (x, w, b) => F.conv1d(x, w, b), [2, 2, 5], [3, 2, 2], 3],
  ["conv1d, unbatched, strided, padded", (x, w, b) => F.conv1d(x, w, b, 2, 1), [2, 6], [3, 2, 3], 3],
  ["conv1d, stride leaves elements over", (x, w, b) => F.conv1d(x, w, b, 3), [1, 1, 9], [2, 1, 2], 2],
  ["conv1d, same, even kernel", (x, w, b) => F.conv1d(x, w, b, { padding: "same" }), [1, 1, 5], [2, 1, 4], 2],
  ["conv1d, grouped, dilated", (x, w, b) => F.conv1d(x, w, b, { groups: 2, dilation: 2, padding: 1 }), [2, 4, 6], [2, 2, 2], 2],
  ["conv2d", (x, w, b) => F.conv2d(x, w, b), [2, 2, 4, 4], [3, 2, 2, 3], 3],
  ["conv2d, all at once", (x, w, b) => F.conv2d(x, w, b, [2, 1], [1, 2], [1, 2], 2), [2, 2, 5, 5], [4, 1, 3, 2], 4],
  ["conv2d, depthwise", (x, w, b) => F.conv2d(x, w, b, { groups: 3, padding: 1 }), [2, 3, 4, 4], [3, 1, 3, 3], 3],
  ["conv2d, 1×1 strided", (x, w, b) => F.conv2d(x, w, b, 2), [1, 3, 4, 5], [2, 3, 1, 1], 2],
  ["conv3d", (x, w, b) => F.conv3d(x, w, b, [1, 2, 1], 1), [1, 1, 2, 3, 2], [2, 1, 2, 2, 2], 2],
  ["conv3d, grouped", (x, w, b) => F.conv3d(x, w, b, { groups: 2 }), [1, 2, 2, 3, 2], [2, 1, 2, 1, 2], 2],
  ["convTranspose1d", (x, w, b) => F.convTranspose1d(x, w, b), [2, 2, 3], [2, 3, 2], 3],
  ["convTranspose1d, all at once", (x, w, b) => F.convTranspose1d(x, w, b, 3, 1, 2, 2, 2), [2, 2, 3], [2, 2, 2], 4],
  ["convTranspose2d, strided", (x, w, b) => F.convTranspose2d(x, w, b, 2, 1, 1), [1, 2, 3, 2], [2, 2, 3, 3], 2],
  ["convTranspose2d, unbatched, grouped", (x, w, b) => F.convTranspose2d(x, w, b, { groups: 2, stride: [1, 2] }), [2, 2, 3], [2, 2, 2, 2], 4],
  ["convTranspose3d", (x, w, b) => F.convTranspose3d(x, w, b, [2, 1, 1], [1, 0, 0]), [1, 1, 2, 2, 2], [1, 2, 2, 1, 2], 2],
]; // prettier-ignore
for (const [name, f, x, w, outputs] of rows) {
  const inputs = [random(...x), random(...w), random(outputs)];
  test(`derivatives: ${name}`, () => checkDerivatives(f, inputs));
  test(`gradcheck, gradgradcheck: ${name}`, () => {
    const leaves = inputs.map((t) => pf.tensor(t.data(), { shape: t.shape, requiresGrad: true }));
    assert.ok(pf.autograd.gradcheck(f as never, leaves));
    assert.ok(pf.autograd.gradgradcheck(f as never, leaves));
  });
  test(`vmap: ${name}`, () => {
    const [b, xs, ws] = [inputs[2]!, random(3, ...x), random(3, ...w)];
    const each = (g: (i: number) => pf.Tensor): pf.Tensor => pf.stack([0, 1, 2].map(g));
    const [x0, w0] = inputs as [pf.Tensor, pf.Tensor];
    const mapped: [pf.Tensor, pf.Tensor][] = [
      [pf.func.vmap((t: pf.Tensor) => f(t, w0, b))(xs), each((i) => f(xs.select(0, i), w0, b))],
      [pf.func.vmap((t: pf.Tensor) => f(x0, t, b))(ws), each((i) => f(x0, ws.select(0, i), b))],
      [pf.func.vmap((s: pf.Tensor, t: pf.Tensor) => f(s, t, b))(xs, ws), each((i) => f(xs.select(0, i), ws.select(0, i), b))], // prettier-ignore
    ];
    // Gradients by either, mapped over either: weights' layout as well.
    const by = (which: number) => (s: pf.Tensor, t: pf.Tensor) => pf.func.grad((p: pf.Tensor, q: pf.Tensor) => f(p, q, b).pow(2).sum(), { argnums: which })(s, t) as pf.Tensor; // prettier-ignore
    for (const g of [by(0), by(1)]) {
      mapped.push([pf.func.vmap((t: pf.Tensor) => g(t, w0))(xs), each((i) => g(xs.select(0, i), w0))]);
      mapped.push([pf.func.vmap((t: pf.Tensor) => g(x0, t))(ws), each((i) => g(x0, ws.select(0, i)))]);
      mapped.push([pf.func.vmap(g)(xs, ws), each((i) => g(xs.select(0, i), ws.select(0, i)))]);
    }
    for (const [got, want] of mapped) near(got, want.toArray() as never, 1e-12);
  });
}

test("strides and dilations as large as they come", () => {
  near(F.conv1d(f64([[1, 2, 3]]), f64([[[10, 1]]]), { stride: 2 ** 30, padding: 2 ** 29 - 1 }), [[0]]);
  near(F.convTranspose1d(f64([[5]]), f64([[[1, 2]]]), { stride: 2 ** 31 - 1 }), [[5, 10]]);
  near(F.conv1d(f64([[1, 2]]), f64([[[10, 1]]]), { dilation: 2 ** 30, padding: 2 ** 29 }), [[0, 0]]);
});

test("convTranspose is the gradient of conv by its input", () => {
  const [x, w] = [random(2, 4, 7, 8), random(6, 2, 3, 2)];
  const options = { stride: 2, padding: 1, groups: 2 };
  const f = (t: pf.Tensor): pf.Tensor => F.conv2d(t, w, options);
  const u = random(...f(x).shape);
  const transposed = F.convTranspose2d(u, w, { ...options, outputPadding: [0, 0] });
  const gradient = functional.vjp(f, x, u)[1] as pf.Tensor;
  near(transposed.sub(gradient.slice(3, 0, transposed.shape[3]!)), pf.zeros(transposed.shape).toArray() as never, 1e-12); // prettier-ignore
});

test("no positions: gradients are zeros", () => {
  const w = random(3, 2, 3);
  const [, [gx, gw]] = functional.vjp((x: pf.Tensor, t: pf.Tensor) => F.conv1d(x, t), [pf.zeros([0, 2, 5], { dtype: "float64" }), w], pf.zeros([0, 3, 3], { dtype: "float64" })) as [pf.Tensor, pf.Tensor[]]; // prettier-ignore
  assert.equal(gx!.shape, [0, 2, 5]);
  near(gw!, pf.zeros([3, 2, 3]).toArray() as never);
});

const convolutions = (f: (...inputs: pf.Tensor[]) => unknown, ...inputs: pf.Tensor[]): number =>
  pf.inspect(f as never, ...inputs).nodes.filter((node) => node.op === "Convolution").length;
test("jvp in both operands runs three convolutions, in one two", () => {
  const [x, w] = [random(2, 2, 5, 5), random(3, 2, 3, 3)];
  const f = (a: pf.Tensor, b: pf.Tensor): pf.Tensor => F.conv2d(a, b, { stride: 2, padding: 1 });
  assert.is(
    convolutions((a, b) => functional.jvp(f, [a!, b!], [a!, b!]), x, w),
    3,
  );
  assert.is(
    convolutions((b) => functional.jvp((t: pf.Tensor) => f(x, t), b!, b!), w),
    2,
  );
  assert.is(
    convolutions((a, b) => functional.vjp((s: pf.Tensor, t: pf.Tensor) => f(s, t).sum(), [a!, b!]), x, w),
    3,
  );
});
test("vmap over either operand, or both, runs one convolution", () => {
  const [x, w, xs, ws] = [random(2, 2, 5), random(3, 2, 3), random(4, 2, 2, 5), random(4, 3, 2, 3)];
  const vmap = pf.func.vmap as (f: (...inputs: pf.Tensor[]) => pf.Tensor) => (...inputs: pf.Tensor[]) => pf.Tensor;
  assert.is(
    convolutions((a) => vmap((s) => F.conv1d(s!, w))(a!), xs),
    1,
  );
  assert.is(
    convolutions((b) => vmap((t) => F.conv1d(x, t!))(b!), ws),
    1,
  );
  assert.is(
    convolutions((a, b) => vmap((s, t) => F.conv1d(s!, t!))(a!, b!), xs, ws),
    1,
  );
});
test("flops are two for each product; zeros between dilated elements are none", () => {
  const flops = (f: (...inputs: pf.Tensor[]) => pf.Tensor, ...inputs: pf.Tensor[]): number => pf.inspect(f as never, ...inputs).summary.flops; // prettier-ignore
  const w = random(4, 2, 3, 3);
  assert.is(
    flops((x) => F.conv2d(x!, w), random(1, 2, 6, 6)),
    2 * 4 * 4 * 4 * 2 * 9,
  );
  assert.is(
    flops((x) => F.convTranspose2d(x!, w, { stride: 3 }), random(1, 4, 5, 5)),
    2 * 5 * 5 * 4 * 2 * 9,
  );
});

test.run();
