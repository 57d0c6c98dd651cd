// autograd.grad (G1–G3), noGrad and enableGrad.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { f64, near, type T, throws } from "./support";

const { grad } = pf.autograd;
const test = suite("grad");

test("G1 an output with more than one element needs gradOutputs", () => {
  const x = f64([1, 2], true);
  throws(() => grad(x.mul(x), x), "AutogradError", "grad: grad can be implicitly created only for scalar outputs");
  throws(() => grad([x.sum(), x.mul(x)], x, { gradOutputs: [null, null] }), "AutogradError", "output 1 has shape [2]");
  near(grad(x.mul(x), x, { gradOutputs: f64([1, 10]) })[0]!, [2, 40]);
  near(grad(x.mul(x).sum().reshape(1, 1), x)[0]!, [2, 4]);
  near(grad([x.sum(), x.mul(x)], x, { gradOutputs: [null, f64([1, 10])] })[0]!, [3, 41]);
});
test("G1 gradOutputs of a wrong shape or number", () => {
  const x = f64([1, 2], true);
  throws(() => grad(x.mul(x), x, { gradOutputs: f64([1]) }), "ShapeError", "grad: Mismatch in shape", "[1]", "[2]");
  throws(() => grad(x.mul(x), x, { gradOutputs: f64(1) }), "ShapeError", "Mismatch in shape");
  throws(() => grad(x.mul(x), x, { gradOutputs: [] }), "ArgumentError", "got 1 outputs and 0 gradOutputs");
  throws(() => grad(x.sum(), x, { gradOutputs: [3] as never }), "ArgumentError", "entry 0 is a number");
});
test("G2 an unused input is an error, or null with allowUnused", () => {
  const x = f64([1, 2], true);
  const y = f64([1], true);
  throws(
    () => grad(x.sum(), [x, y]),
    "AutogradError",
    "grad: One of the differentiated Tensors appears to not have been used in the graph",
    "Set allowUnused: true",
  );
  const [gx, gy] = grad(x.sum(), [x, y], { allowUnused: true });
  near(gx!, [1, 1]);
  assert.is(gy, null);
});
test("G2 an output or input that does not require grad", () => {
  const x = f64([1, 2], true);
  throws(() => grad(f64(1), x), "AutogradError", "grad: element 0 of tensors does not require grad");
  throws(() => grad(x.sum().detach(), x), "AutogradError", "does not require grad");
  throws(() => grad(x.sum(), f64(1)), "AutogradError", "One of the differentiated Tensors does not require grad");
});
test("G3 createGraph attaches the gradients, any number of times", () => {
  const x = f64(0.7, true);
  let y: T = x.sin();
  const derivatives = [Math.cos, (t: number) => -Math.sin(t), (t: number) => -Math.cos(t), Math.sin];
  for (const derivative of derivatives) {
    [y] = grad(y, x, { createGraph: true }) as [T];
    assert.ok(y.requiresGrad);
    near(y, derivative(0.7));
  }
});
test("G3 without createGraph gradients are detached, also where they are a cotangent", () => {
  const x = f64([1, 2], true);
  const u = f64([3, 4], true);
  const [plain] = grad(x.add(1), x, { gradOutputs: u }) as [T];
  assert.not(plain.requiresGrad);
  const [attached] = grad(x.add(1), x, { gradOutputs: u, createGraph: true }) as [T];
  near(grad(attached.mul(attached).sum(), u)[0]!, [6, 8]);
});
test("G3 a second backward never fails, whatever retainGraph says", () => {
  const x = f64([1, 2], true);
  const y = x.exp().sum();
  for (const retainGraph of [false, true, undefined, false])
    near(grad(y, x, { retainGraph })[0]!, [Math.E, Math.E ** 2]);
});
test("grad: with respect to an intermediate, and to it and its leaf together", () => {
  const x = f64([1, 2], true);
  const y = x.mul(x);
  const z = y.mul(3).sum();
  const [gy, gx] = grad(z, [y, x]);
  near(gy!, [3, 3]);
  near(gx!, [6, 12]);
});
test("grad: views of tensors whose handle is the user's stay what they are", () => {
  const x = f64(
    [
      [1, 2],
      [3, 4],
    ],
    true,
  );
  const row = x.sum(1, true);
  const flat = row.reshape(2);
  near(grad(flat.mul(flat).sum(), row)[0]!, [[6], [14]]);
  const once = x.transpose(0, 1);
  const twice = once.transpose(0, 1);
  near(grad(twice.mul(twice).sum(), once)[0]!, [
    [2, 6],
    [4, 8],
  ]);
});
test("grad: item in between, then grad", () => {
  const x = f64([1, 2], true);
  const loss = x.exp().mul(x).sum();
  assert.ok(loss.item() > 0);
  near(grad(loss, x)[0]!, [2 * Math.E, 3 * Math.E ** 2]);
});
test("grad: no tensors, unknown options", () => {
  const x = f64([1, 2], true);
  throws(() => grad(3 as never, x), "ArgumentError", "grad: The outputs given to grad", "number");
  throws(() => grad(x.sum(), [] as never), "ArgumentError", "grad: The inputs given to grad");
  throws(() => grad(x.sum(), x, { create_graph: true } as never), "ArgumentError", "grad: unknown option create_graph");
});
test("noGrad records nothing, enableGrad does within it", () => {
  const x = f64([1, 2], true);
  pf.noGrad(() => {
    assert.not(pf.isGradEnabled());
    assert.not(x.mul(2).requiresGrad);
    assert.ok(pf.enableGrad(() => x.mul(2)).requiresGrad);
    assert.not(x.mul(2).requiresGrad);
  });
  assert.ok(pf.isGradEnabled());
  assert.throws(() =>
    pf.noGrad(() => {
      throw new Error("mine");
    }),
  );
  assert.ok(pf.isGradEnabled());
  throws(() => pf.noGrad(3 as never), "ArgumentError", "noGrad");
  throws(() => pf.noGrad(() => Promise.resolve(3)), "ArgumentError", "noGrad", "promise");
});

test.run();
