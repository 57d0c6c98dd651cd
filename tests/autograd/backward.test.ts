// backward accumulates into the .grad of leaves, which is replaced and never written into.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import { type ErrorName, f64, near, type T, throws } from "./support";

const { backward, grad } = pf.autograd;
const rows = suite("backward");
/** A row; what its body makes is freed, and nothing else may be left. */
const test = (name: string, body: () => void): void =>
  rows(name, () => {
    const before = [core.liveNodes(), pf.backend.memoryBytes];
    pf.tidy(body);
    assert.equal([core.liveNodes(), pf.backend.memoryBytes], before, "something is left behind");
  });
const leaf = (...values: number[]): T => f64(values, true);
const squares = (x: T): T => x.mul(x).sum();

// -- accumulating

test("accumulates in .grad, across calls and within one", () => {
  const x = leaf(1, 2);
  assert.is(x.grad, null);
  squares(x).backward();
  near(x.grad!, [2, 4]);
  squares(x).backward();
  near(x.grad!, [4, 8]);
  backward([squares(x), x.sum()]);
  near(x.grad!, [7, 13]);
});
test(".grad is replaced: a handle that is held stays as it was", () => {
  const x = leaf(1, 2);
  squares(x).backward();
  const held = x.grad!;
  squares(x).backward();
  near(held, [2, 4]);
  near(x.grad!, [4, 8]);
  held.dispose();
  near(x.grad!, [4, 8]);
  x.grad!.dispose();
  near(x.grad!, [4, 8]);
});
test("the gradient given to backward is not taken into .grad as it is", () => {
  const x = leaf(1, 2);
  const g = f64([3, 4]);
  x.backward(g);
  const held = x.grad!;
  x.backward(g);
  near(g, [3, 4]);
  near(held, [3, 4]);
  near(x.grad!, [6, 8]);
  g.dispose();
  near(x.grad!, [6, 8]);
});
test("zeroGrad forgets it; held handles stay", () => {
  const x = leaf(1, 2);
  squares(x).backward();
  const held = x.grad!;
  x.zeroGrad();
  assert.is(x.grad, null);
  near(held, [2, 4]);
  x.zeroGrad();
  squares(x).backward();
  near(x.grad!, [2, 4]);
});
test(".grad can be set, and to null", () => {
  const x = leaf(1, 2);
  x.grad = f64([10, 10]);
  squares(x).backward();
  near(x.grad, [12, 14]);
  x.grad = null;
  squares(x).backward();
  near(x.grad!, [2, 4]);
});
test("only leaves that require grad get one", () => {
  const [x, c] = [leaf(1, 2), f64([3, 4])];
  const y = x.mul(c);
  const z = y.mul(y);
  z.sum().backward();
  assert.equal([c.grad, y.grad, z.grad], [null, null, null]);
  near(x.grad!, [18, 64]);
});
test("every leaf that is used, also by one output alone or through views", () => {
  const [x, y, unused] = [leaf(1, 2), leaf(3, 4), leaf(5)];
  backward([x.reshape(2, 1).expand(2, 3).sum(), y.flip(0).narrow(0, 0, 1).mul(7), x.mul(y).sum()]);
  near(x.grad!, [6, 7]);
  near(y.grad!, [1, 9]);
  assert.is(unused.grad, null);
});
test("the leaf itself", () => {
  const x = f64(3, true);
  x.backward();
  near(x.grad!, 1);
  x.backward(f64(5));
  near(x.grad!, 6);
});
test("handles on one leaf see one .grad; a detached copy has its own", () => {
  const x = leaf(1, 2);
  const [first] = pf.tidy(() => [x]);
  const copy = x.detach();
  squares(x).backward();
  near(first.grad!, [2, 4]);
  assert.is(copy.grad, null);
});
test("leaves of other dtypes keep them", () => {
  const x = pf.tensor([1, 2], { requiresGrad: true });
  x.to("float64")
    .mul(f64([3, 4]))
    .sum()
    .backward();
  assert.is(x.grad!.dtype, "float32");
  assert.equal(x.grad!.toArray(), [3, 4]);
});
test("a second backward through the same graph never fails", () => {
  const x = leaf(1, 2);
  const y = x.exp().mul(x).sum();
  y.item();
  for (let i = 0; i < 3; i++) y.backward(null, { retainGraph: false });
  const e = [2 * Math.E, 3 * Math.E ** 2];
  near(x.grad!, e.map((value) => 3 * value)); // prettier-ignore
});

// -- several outputs, cotangents, inputs

test("several outputs with cotangents; null stands for 1", () => {
  const x = leaf(1, 2);
  backward([x.mul(x), x.sum()], [f64([1, 10]), null]);
  near(x.grad!, [3, 41]);
  backward(x.mul(2), f64([1, 1]));
  near(x.grad!, [5, 43]);
  backward([x.mul(2)], [f64([1, 1])]);
  near(x.grad!, [7, 45]);
});
test("inputs: only they get a gradient, leaves or not", () => {
  const [x, y] = [leaf(1, 2), leaf(3, 4)];
  const p = x.mul(y);
  backward(p.mul(p).sum(), null, { inputs: x });
  near(x.grad!, [18, 64]);
  assert.is(y.grad, null);
  backward(p.mul(p).sum(), null, { inputs: [y] });
  near(y.grad!, [6, 32]);
  near(x.grad!, [18, 64]);
  backward(p.mul(p).sum(), null, { inputs: [p] });
  near(p.grad!, [6, 16]);
  p.mul(p).sum().backward(null, { inputs: p });
  near(p.grad!, [12, 32]);
});
test("inputs that are not used stay without; null means all leaves", () => {
  const [x, y] = [leaf(1, 2), leaf(3, 4)];
  backward(squares(x), null, { inputs: [x, y] });
  near(x.grad!, [2, 4]);
  assert.is(y.grad, null);
  backward(squares(x), null, { inputs: null });
  near(x.grad!, [4, 8]);
});

// -- createGraph

test("createGraph: .grad can be differentiated, any number of times", () => {
  const x = leaf(1, 2);
  x.pow(4).sum().backward(null, { createGraph: true });
  const first = x.grad!;
  assert.ok(first.requiresGrad);
  near(first, [4, 32]);
  x.zeroGrad();
  first.sum().backward(null, { createGraph: true });
  const second = x.grad!;
  near(second, [12, 48]);
  x.zeroGrad();
  second.sum().backward();
  near(x.grad!, [24, 48]);
  assert.not(x.grad!.requiresGrad);
});
test("createGraph: a gradient that accumulates keeps its graph", () => {
  const x = leaf(1, 2);
  x.pow(3).sum().backward(null, { createGraph: true });
  x.pow(2).sum().backward(null, { createGraph: true });
  near(x.grad!, [5, 16]);
  near(grad(x.grad!.sum(), x)[0], [8, 14]);
});
test("without createGraph .grad is detached, also where the cotangent is part of a graph", () => {
  const [x, u] = [leaf(1, 2), leaf(3, 4)];
  x.mul(2).backward(u);
  assert.not(x.grad!.requiresGrad);
  x.add(1).backward(u);
  assert.not(x.grad!.requiresGrad);
  near(x.grad!, [9, 12]);
  assert.is(u.grad, null);
});
test("within noGrad: what was recorded before can be differentiated", () => {
  const x = leaf(1, 2);
  const y = squares(x);
  pf.noGrad(() => y.backward());
  near(x.grad!, [2, 4]);
  assert.ok(pf.isGradEnabled());
});

// -- lifetime

test("leaves that are disposed are passed over", () => {
  const [x, y] = [leaf(1, 2), leaf(3, 4)];
  const loss = x.mul(y).sum();
  y.dispose();
  loss.backward();
  near(x.grad!, [3, 4]);
  x.dispose();
  loss.backward();
});
test(".grad ends with the last handle on its leaf", () => {
  const x = leaf(1, 2);
  const y = squares(x);
  const nodes = core.liveNodes();
  y.backward();
  assert.ok(core.liveNodes() > nodes);
  x.dispose();
  // The leaf itself lives on in y's graph.
  assert.is(core.liveNodes(), nodes);
});
test(".grad outlives the tidy that backward was called in", () => {
  const x = leaf(1, 2);
  pf.tidy(() => squares(x).backward());
  near(x.grad!, [2, 4]);
  pf.tidy(() => squares(x).backward());
  near(x.grad!, [4, 8]);
});
test("a node that takes a freed leaf's place does not inherit its gradient", () => {
  for (let i = 0; i < 100; i++) {
    const x = leaf(i);
    assert.is(x.grad, null);
    squares(x).backward();
    x.dispose();
  }
});
test("10,000 iterations of training keep memory as it is", () => {
  let w = leaf(0.5, -0.5);
  const x = f64([[1, 2], [3, 4]]); // prettier-ignore
  const y = f64([1, 0]);
  let usage: number[] = [];
  for (let i = 0; i < 10_000; i++) {
    w = pf.tidy(() => {
      x.matmul(w).sub(y).square().sum().backward();
      const next = w.detach().sub(w.grad!.mul(0.01)).data();
      w.dispose();
      return pf.tensor(next, { requiresGrad: true });
    });
    if (i === 0) usage = [core.liveNodes(), pf.backend.memoryBytes];
  }
  assert.equal([core.liveNodes(), pf.backend.memoryBytes], usage);
  near(x.matmul(w), [1, 0], 1e-6);
});
test("10,000 gradients accumulated inside tidy keep memory as it is", () => {
  const x = leaf(1, 2);
  let usage: number[] = [];
  for (let i = 0; i < 10_000; i++) {
    pf.tidy(() => {
      x.mul(x).sum().backward();
      x.grad!.data();
    });
    if (i === 1) usage = [core.liveNodes(), pf.backend.memoryBytes];
  }
  assert.equal([core.liveNodes(), pf.backend.memoryBytes], usage);
  near(x.grad!, [20_000, 40_000]);
});
test("gradients that nobody reads are computed before they pile up", () => {
  const x = leaf(1, 2);
  const y = x.mul(3).sum();
  let most = 0;
  for (let i = 0; i < 20_000; i++) {
    pf.tidy(() => y.backward());
    most = Math.max(most, core.liveNodes());
  }
  assert.ok(most < 15_000, `${most} nodes`);
  near(x.grad!, [60_000, 60_000]);
});

// -- mistakes

const x2 = leaf(1, 2);
const mistakes: [string, () => void, ErrorName, string][] = [
  ["an output with more than one element", () => x2.mul(2).backward(), "AutogradError", "backward: grad can be implicitly created only for scalar outputs"],
  ["a cotangent of another shape", () => x2.mul(2).backward(f64([1])), "ShapeError", "backward: Mismatch in shape"],
  ["too few cotangents", () => backward([x2.sum(), x2.sum()], [null]), "ArgumentError", "backward: got 2 outputs and 1 gradOutputs"],
  ["nothing that requires grad", () => f64(1).backward(), "AutogradError", "backward: element 0 of tensors does not require grad"],
  ["one of two that does not", () => backward([x2.sum(), f64(1)]), "AutogradError", "backward: element 1 of tensors does not require grad"],
  ["inputs that do not require grad", () => backward(x2.sum(), null, { inputs: f64(1) }), "AutogradError", "backward: One of the differentiated Tensors does not require grad"],
  ["no inputs", () => backward(x2.sum(), null, { inputs: [] }), "ArgumentError", "backward: The inputs given to backward"],
  ["not a tensor", () => backward(3 as never), "ArgumentError", "backward: The tensors given to backward must be either a Tensor or a tuple of Tensors"],
  ["an unknown option", () => backward(x2.sum(), null, { keepGraph: true } as never), "ArgumentError", "backward: unknown option keepGraph"],
  ["a disposed output", () => { const y = x2.sum(); y.dispose(); y.backward(); }, "DisposedError", "backward: this tensor is disposed"],
  ["a gradient that is no tensor", () => x2.sum().backward(3 as never), "ArgumentError", "backward:"],
  ["a .grad that is no tensor", () => { x2.grad = 3 as never; }, "ArgumentError", "grad: "],
  ["a .grad of another dtype", () => { x2.grad = pf.tensor([1, 2]); }, "DTypeError", "grad: the gradient of a tensor of dtype float64 can't have dtype float32"],
  ["a .grad of another shape", () => { x2.grad = f64([1]); }, "ShapeError", "grad: "],
  ["a .grad that is the leaf itself", () => { x2.grad = x2; }, "AutogradError", "grad: a tensor can't be its own gradient"],
]; // prettier-ignore
test("within compile and vmap no .grad of a tensor from outside gets what is there in the trace alone", () => {
  const w = leaf(1, 2);
  const outside = (x: T): T => {
    x.mul(w).sum().backward();
    return x;
  };
  const own = (x: T): T => {
    const inner = x.detach().requiresGrad_();
    squares(inner).backward();
    return inner.grad!;
  };
  const compiled = [pf.compile(outside), pf.compile(own)] as const;
  for (const [f, g] of [compiled, [pf.func.vmap(outside), pf.func.vmap(own)] as const]) {
    throws(() => f(f64([[1, 2]])), "AutogradError", "backward: within a function that is traced (compile, vmap)");
    assert.is(w.grad, null);
    near(g(f64([[1, 2]])), [[2, 4]]);
  }
  compiled.forEach((f) => f.clear());
});
test("undefined is as good as null for .grad", () => {
  const x = leaf(1, 2);
  squares(x).backward();
  x.grad = undefined as never;
  assert.is(x.grad, null);
  x.dispose();
  throws(() => (x.grad = null), "DisposedError", "grad: this tensor is disposed"); // prettier-ignore
});
for (const [name, body, error, phrase] of mistakes) {
  rows(`mistakes: ${name}`, () => {
    throws(body, error, phrase);
    assert.is(x2.grad, null);
  });
}

rows.run();
