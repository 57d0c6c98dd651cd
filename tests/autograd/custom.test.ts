// autograd.customFunction: derivatives of every order through a user's backward, what it may do, and what it may not.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import { within } from "../core/exhaustion";
import { f64, leavesNothing, near, scoped, nextMicrotask, type T, throws } from "./support";

const { customFunction, grad } = pf.autograd;
const { jvp, vjp, hvp, vhp, jacobian, hessian } = pf.functional;
const rows = suite("custom");
const test = scoped(rows);
const create = { createGraph: true };

const cube = customFunction({
  forward(ctx, x: T) {
    ctx.saveForBackward(x);
    return x.pow(3);
  },
  backward(ctx, g) {
    const [x] = ctx.savedTensors;
    return g.mul(x.mul(x).mul(3));
  },
});
const exp = customFunction({
  forward(ctx, x: T) {
    const y = x.exp();
    ctx.saveForBackward(y);
    return y;
  },
  backward: (ctx, g) => g.mul(ctx.savedTensors[0]),
});
/** exp(x)·sin(y), by an intermediate, an output and an input. */
const wave = customFunction({
  forward(ctx, x: T, y: T) {
    const e = x.exp();
    const z = e.mul(y.sin());
    ctx.saveForBackward(e.detach(), z, y, x);
    return z;
  },
  backward(ctx, g) {
    const [, z, y, x] = ctx.savedTensors;
    return [g.mul(z), g.mul(x.exp()).mul(y.cos())];
  },
});

// -- the same function in ops: every transform gives the same numbers

const x3 = f64([0.5, -1.2, 2]);
const y3 = f64([1.5, 0.3, -0.7]);
const v3 = f64([1, -2, 0.5]);
type F = (...inputs: T[]) => T;
/** name, the custom function, the same in ops, inputs */
const twins: [string, F, F, T[]][] = [
  ["a saved input", cube as F, (x) => x.pow(3), [x3]],
  ["a saved output", exp as F, (x) => x.exp(), [x3]],
  ["inputs, an output and an intermediate", wave as F, (x, y) => x.exp().mul(y.sin()), [x3, y3]],
  ["composed with itself", (x) => exp(cube(x).mul(0.1)), (x) => x.pow(3).mul(0.1).exp(), [x3]],
  ["used twice", (x) => cube(x).mul(exp(x)), (x) => x.pow(3).mul(x.exp()), [x3]],
  ["between ops", (x, y) => cube(x.mul(y)).sin(), (x, y) => x.mul(y).pow(3).sin(), [x3, y3]],
  ["the same argument twice", (x) => wave(x, x), (x) => x.exp().mul(x.sin()), [x3]],
  ["of a broadcast view", (x) => cube(x.sum().expand(3)), (x) => x.sum().expand(3).pow(3), [x3]],
];
const flat = (value: unknown): T[] => (Array.isArray(value) ? value.flatMap(flat) : [value as T]);
/** Every derivative of f at inputs, in one list. */
const derivatives: Record<string, (f: F, inputs: T[]) => unknown> = {
  jvp: (f, inputs) => jvp(f, inputs, inputs.map(() => v3)),
  vjp: (f, inputs) => vjp(f, inputs, v3),
  jacobian: (f, inputs) => jacobian(f, inputs),
  "jacobian, forward": (f, inputs) => jacobian(f, inputs, { strategy: "forward-mode" }),
  hvp: (f, inputs) => hvp((...xs: T[]) => f(...xs).sum(), inputs, inputs.map(() => v3)),
  vhp: (f, inputs) => vhp((...xs: T[]) => f(...xs).sum(), inputs, inputs.map(() => v3)),
  hessian: (f, inputs) => hessian((...xs: T[]) => f(...xs).sum(), inputs),
  "func.jacrev": (f, inputs) => pf.func.jacrev(f)(...(inputs as [T])),
  "func.jacfwd": (f, inputs) => pf.func.jacfwd(f)(...(inputs as [T])),
  "three times": (f, inputs) => {
    const first = (...xs: T[]): T => grad(f(...xs).sum(), xs[0], create)[0].mul(xs[0]);
    const second = (...xs: T[]): T => grad(first(...xs).sum(), xs[0], create)[0].mul(xs[0]);
    return vjp(second, inputs, v3);
  },
  "jvp of jvp of jvp": (f, inputs) => {
    const along = (g: F): F => (...xs) => jvp(g, xs, xs.map(() => v3), create)[1] as unknown as T; // prettier-ignore
    return along(along(along(f)))(...inputs);
  },
}; // prettier-ignore
for (const [name, own, ops, inputs] of twins) {
  for (const [transform, derive] of Object.entries(derivatives)) {
    test(`${transform}: ${name}`, () =>
      leavesNothing(() => {
        const [got, want] = [flat(derive(own, inputs)), flat(derive(ops, inputs))];
        assert.is(got.length, want.length);
        got.forEach((t, i) => near(t, want[i].toArray()));
      }));
  }
  test(`gradcheck: ${name}`, () => {
    const leaves = inputs.map((t) => t.clone().detach().add(0)).map((t) => f64(t.toArray() as number[], true));
    assert.is(pf.autograd.gradcheck(own, leaves), true);
    assert.is(pf.autograd.gradgradcheck(own, leaves), true);
  });
}

test("backward decides, not forward", () => {
  const tenfold = customFunction({ forward: (_, x: T) => x.mul(2), backward: (_, g) => g.mul(10) });
  const [y, tangent] = jvp(tenfold, x3, v3);
  near(y, [1, -2.4, 4]);
  near(tangent, [10, -20, 5]);
});
test("a backward that is not linear in its cotangent: jvp goes through its derivative at 0", () => {
  // torch's double-backward trick starts from zeros.
  const clip = customFunction({ forward: (_, x: T) => x.mul(1), backward: (_, g) => g.clamp(-1, 1) });
  near(vjp(clip, x3, f64([0.5, -3, 7]))[1], [0.5, -1, 1]);
  near(jvp(clip, x3, f64([5, -3, 0.5]))[1], [5, -3, 0.5]);
  const shifted = customFunction({ forward: (_, x: T) => x.mul(1), backward: (_, g) => g.add(1).square() });
  near(jvp(shifted, x3, v3)[1], [2, -4, 1]);
  near(vjp(shifted, x3, v3)[1], [4, 1, 2.25]);
});

test("a backward that is not linear in its cotangent: results require grad by the caller's tensors alone", () => {
  const backwards: [name: string, backward: (ctx: any, g: T) => T][] = [
    ["sin", (_, g) => g.sin()],
    ["clipped", (_, g) => g.clamp(-1, 1)],
    ["by its norm", (_, g) => g.div(g.norm().add(1))],
  ];
  for (const [name, backward] of backwards) {
    const c = customFunction({ forward: (_, x: T) => x.mul(1), backward });
    const sums = (x: T) => c(x).sin().sum();
    const results: Record<string, any> = {
      jvp: pf.func.jvp(c, [x3], [v3])[1],
      "jvp, twice": pf.func.jvp((x: T) => pf.func.jvp(c, [x], [x])[1], [x3], [v3])[1],
      jacfwd: (pf.func.jacfwd(c) as any)(x3),
      hessian: (pf.func.hessian(sums) as any)(x3),
      vmap: (pf.func.vmap((x: T) => pf.func.jvp(c, [x], [v3])[1]) as any)(pf.stack([x3, x3])),
      compiled: pf.compile((x: T) => pf.func.jvp(c, [x], [v3])[1])(x3),
      "jvp of functional": jvp(c, x3, v3, create)[1],
    };
    for (const [what, result] of Object.entries(results)) assert.not(result.requiresGrad, `${name}: ${what}`);
    const w = f64([2, 3, 4]).requiresGrad_();
    const tangent = pf.func.jvp((x: T) => c(x.mul(w)), [x3], [v3])[1] as T;
    assert.ok(tangent.requiresGrad);
    near(grad(tangent.sum(), [w])[0]!, v3);
  }
});

// -- arguments, outputs, the context

test("several outputs; a cotangent of zeros for one that is not used", () => {
  const seen: number[][] = [];
  const both = customFunction({
    forward(ctx, x: T, y: T) {
      ctx.saveForBackward(x, y);
      return [x.mul(y), x.sum()];
    },
    backward(ctx, g, h) {
      seen.push(Array.from(g.data()), Array.from(h.data()));
      const [x, y] = ctx.savedTensors;
      return [g.mul(y).add(h), g.mul(x)];
    },
  });
  const [x, y] = [f64([1, 2], true), f64([3, 4], true)];
  const [p, s] = both(x, y);
  assert.equal([p.shape, s.shape, p.requiresGrad, s.requiresGrad], [[2], [], true, true]);
  const gradients = (...outputs: T[]): unknown[] => grad(outputs, [x, y], { gradOutputs: outputs.map((t) => pf.onesLike(t)) }).map((g) => g.toArray()); // prettier-ignore
  assert.equal(gradients(p, s), [[4, 5], [1, 2]]); // prettier-ignore
  assert.equal(gradients(p), [[3, 4], [1, 2]]); // prettier-ignore
  assert.equal(gradients(s), [[1, 1], [0, 0]]); // prettier-ignore
  assert.equal(gradients(s, p, s), [[5, 6], [1, 2]]); // prettier-ignore
  assert.equal(seen, [[1, 1], [1], [1, 1], [0], [0, 0], [1], [1, 1], [2]]); // prettier-ignore
});
test("an array of one stays an array", () => {
  const wrapped = customFunction({ forward: (_, x: T): [T] => [x.mul(2)], backward: (_, g) => [g.mul(2)] });
  const out = wrapped(f64([1], true));
  assert.ok(Array.isArray(out) && out.length === 1);
  near(jvp(wrapped as (x: T) => T[], x3, v3)[1][0], [2, -4, 1]);
});
test("an output of integers has no derivative", () => {
  const sorted = customFunction({
    forward: (_, x: T): [T, T] => [x.mul(2), x.argmax()],
    backward: (_, g, h) => {
      assert.is(h.item(), 0);
      return g.mul(2);
    },
  });
  const x = f64([1, 2], true);
  const [y, at] = sorted(x);
  assert.equal([at.item(), at.requiresGrad, at.dtype], [1, false, "int32"]);
  near(grad(y.sum(), x)[0], [2, 2]);
});
test("an output that is an input, the same twice, or nothing that was computed", () => {
  const same = customFunction({ forward: (_, x: T): T[] => [x, x], backward: (_, g, h) => g.add(h.mul(10)) });
  const x = f64([1, 2], true);
  const [a, b] = same(x);
  assert.is.not(a, x);
  near(grad(a.add(b.mul(2)).sum(), x)[0], [21, 21]);
  const held = f64([7, 7]);
  const constant = customFunction({ forward: (_, _x: T) => held, backward: (_, g) => g.mul(3) });
  near(grad(constant(x).sum(), x)[0], [3, 3]);
  assert.not(held.requiresGrad);
});
test("arguments that are not tensors are passed on, and get null", () => {
  const scale = customFunction({
    forward(ctx, x: T, options: { by: number }, name: string | null) {
      ctx.by = options.by;
      assert.is(name, null);
      return x.mul(options.by);
    },
    backward: (ctx, g) => [g.mul(ctx.by as number), null, undefined],
  });
  near(jvp((x: T) => scale(x, { by: 5 }, null), x3, v3)[1], [5, -10, 2.5]);
  const twoTensors = customFunction({
    forward: (_, n: number, x: T, y: T) => x.mul(n).add(y),
    backward: (_, g) => [null, g.mul(2), g],
  });
  const [x, y] = [f64([1], true), f64([1], true)];
  near(grad(twoTensors(2, x, y), [x, y])[0], [2]);
  near(grad(twoTensors(2, x, y), y)[0], [1]);
});
test("null gradients are zeros, or an unused input", () => {
  const first = customFunction({ forward: (_, x: T, y: T) => x.add(y), backward: (_, g) => [g, null] });
  const [x, y] = [f64([1], true), f64([1], true)];
  const [gx, gy] = grad(first(x, y), [x, y], { allowUnused: true });
  near(gx!, [1]);
  assert.is(gy, null);
  throws(() => grad(first(x, y), y), "AutogradError", "appears to not have been used in the graph");
  near((vjp(first as F, [x, y], f64([1]))[1] as unknown as T[])[1], [0]);
  const none = customFunction({ forward: (_, x: T) => x.mul(1), backward: () => null });
  near(jvp(none, x3, v3)[1], [0, 0, 0]);
});
test("needsInputGrad says of each argument whether a gradient is asked for", () => {
  const seen: unknown[] = [];
  const f = customFunction({
    forward(ctx, x: T, n: number, y: T) {
      seen.push([...ctx.needsInputGrad]);
      return x.mul(y).mul(n);
    },
    backward(ctx, g) {
      seen.push([...ctx.needsInputGrad]);
      return ctx.needsInputGrad.map((needed) => (needed ? g : null));
    },
  });
  const [leaf, constant] = [f64([1], true), f64([2])];
  f(constant, 1, constant);
  pf.noGrad(() => f(leaf, 1, leaf));
  grad(f(constant, 1, leaf), leaf);
  f(leaf, 1, constant);
  const no = [false, false, false];
  assert.equal(seen, [no, no, [false, false, true], [false, false, true], [true, false, false]]);
});
test("without an input that requires grad, or within noGrad, nothing is recorded", async () => {
  assert.not(cube(x3).requiresGrad);
  assert.not(pf.noGrad(() => cube(f64([1], true))).requiresGrad);
  await leavesNothing(() => cube(x3).data());
});
rows("what forward returns where nothing is recorded is what the caller gets, and whose it was", () => {
  const held = f64([1, 2]);
  const constant = customFunction({ forward: (_, _x: T) => held, backward: () => null });
  pf.tidy(() => assert.is(constant(x3), held));
  near(held, [1, 2]);
  held.dispose();
});
test("forward is not recorded, whatever it does", () => {
  let inside: T | null = null;
  const f = customFunction({
    forward(_, x: T) {
      assert.not(pf.isGradEnabled());
      inside = pf.keep(x.mul(2));
      return inside;
    },
    backward: (_, g) => g.mul(2),
  });
  const y = f(f64([1], true));
  assert.not(inside!.requiresGrad);
  assert.ok(y.requiresGrad && !y.isLeaf);
  assert.ok(String(y).includes("gradFn=<CustomCall>"));
  inside!.dispose();
});
test("saved tensors can be read in forward; saving again replaces them", () => {
  const f = customFunction({
    forward(ctx, x: T) {
      assert.equal(ctx.savedTensors, []);
      ctx.saveForBackward(x, x);
      ctx.saveForBackward(x.mul(3));
      assert.is(ctx.savedTensors.length, 1);
      return x.mul(1);
    },
    backward(ctx, g) {
      assert.is(ctx.savedTensors.length, 1);
      return g.mul(ctx.savedTensors[0]);
    },
  });
  near(vjp(f, x3, f64([1, 1, 1]))[1], [1.5, -3.6, 6]);
});
test("an input that its owner disposes stays for backward", () =>
  leavesNothing(() => {
    const leaf = f64([2], true);
    const x = leaf.mul(3);
    const y = cube(x);
    x.dispose();
    near(grad(y, leaf, create)[0], [3 * 36 * 3]);
  }));

// -- what backward may do

const one3 = f64([1, 1, 1]);
/** A backward of d/dx x² = 2x, found in many ways. */
const ways: [string, (g: T, x: T) => T][] = [
  ["evaluates", (g, x) => g.mul(pf.tensor(x.data()).mul(2))],
  ["reads item()", (g, x) => g.mul(x).mul(x.sum().item() === 1.3 ? 2 : 2)],
  ["calls functional.jvp", (g, x) => g.mul(jvp((t: T) => t.mul(t), x, one3, create)[1])],
  ["calls functional.vjp", (g, x) => vjp((t: T) => t.mul(t), x, g, create)[1]],
  ["calls func.grad", (g, x) => g.mul(pf.func.grad((t: T) => t.mul(t).sum())(x))],
  ["calls functional.hvp", (g, x) => g.mul(hvp((t: T) => t.pow(3).sum().div(3), x, one3, create)[1])],
  ["calls jacobian", (g, x) => g.matmul(jacobian((t: T) => t.mul(t), x, create) as T)],
  ["calls vmap", (g, x) => g.mul(pf.func.vmap((t: T) => t.mul(2))(x))],
  ["calls another custom function", (g, x) => g.mul(jvp(square, x, one3, create)[1])],
  ["uses one", (g, x) => cube(x).div(x).div(x).mul(2).mul(g)],
  ["catches an error", (g, x) => {
    assert.throws(() => x.add(f64([1, 2])));
    assert.throws(() => jvp(() => { throw new Error("inner"); }, x, x)); // prettier-ignore
    return g.mul(x).mul(2);
  }],
  ["is run in tidy and noGrad", (g, x) => pf.tidy(() => { pf.noGrad(() => x.exp().data()); return g.mul(x).mul(2); })],
  ["evaluates with pending work", (g, x) => { pf.evaluate(x.exp(), g.sin()); return g.mul(x.mul(2)); }],
]; // prettier-ignore
const square = customFunction({
  forward(ctx, x: T) {
    ctx.saveForBackward(x);
    return x.mul(x);
  },
  backward: (ctx, g) => g.mul(ctx.savedTensors[0]).mul(2),
});
for (const [name, backward] of ways) {
  const f = customFunction({
    forward(ctx, x: T) {
      ctx.saveForBackward(x);
      return x.mul(x);
    },
    backward: (ctx, g) => backward(g, ctx.savedTensors[0]),
  });
  test(`a backward that ${name}`, () =>
    leavesNothing(() => {
      // Other walks are under way around it, before it and after.
      const around = (x: T): T => f(x.sin()).mul(f(x)).exp().sum();
      const plain = (x: T): T => x.sin().square().mul(x.square()).exp().sum();
      const x = f64([0.5, -1.2, 0.9], true);
      near(grad(around(x), x)[0], grad(plain(x), x)[0].toArray());
      near(vjp(around, x)[1], vjp(plain, x)[1].toArray());
      near(jvp(around, x, v3)[1], jvp(plain, x, v3)[1].toArray());
      if (name === "evaluates") return; // What is read is cut off: no second derivative.
      near(hvp(around, x, v3)[1], hvp(plain, x, v3)[1].toArray());
      // Rows of a Jacobian are computed together, but one by one where the cotangent is read.
      near(hessian(around, x) as T, (hessian(plain, x) as T).toArray());
    }));
}
test("nested to any depth: custom functions in backwards of custom functions", () =>
  leavesNothing(() => {
    /** sin with cos for a derivative, down to a level where ops take over. */
    const level = (depth: number, shift: number): ((x: T) => T) =>
      customFunction({
        forward(ctx, x: T) {
          ctx.saveForBackward(x);
          return x.add((shift * Math.PI) / 2).sin();
        },
        backward(ctx, g) {
          const [x] = ctx.savedTensors;
          return g.mul(depth ? level(depth - 1, shift + 1)(x) : x.add(((shift + 1) * Math.PI) / 2).sin());
        },
      });
    const f = level(4, 0);
    let y = f;
    for (let order = 1; order <= 6; order++) {
      const before = y;
      y = (x) => jvp(before, x, f64(1), create)[1];
      near(y(f64(0.7)), Math.sin(0.7 + (order * Math.PI) / 2));
    }
  }));

// -- long chains

const deep: [string, (x: T) => T, number][] = [
  ["in ops", customFunction({ forward: (_, x: T) => x.mul(1.001), backward: (_, g) => g.mul(1.001) }), 1.001],
  ["that evaluate", customFunction({ forward(ctx, x: T) { ctx.x = x; return x.mul(1.001); }, backward(ctx, g) {
    assert.ok(Number.isFinite((ctx.x as T).sum().item()));
    return g.mul(1.001);
  } }), 1.001],
  ["that differentiate", customFunction({ forward: (_, x: T) => x.mul(1.001), backward: (_, g) => vjp((t: T) => t.mul(1.001), g, g, create)[1] }), 1.001],
]; // prettier-ignore
for (const [name, f, factor] of deep) {
  test(`a chain of 2,000 calls ${name}`, () =>
    leavesNothing(() => {
      const chain = (x: T): T => {
        for (let i = 0; i < 2000; i++) x = f(x);
        return x;
      };
      const want = [factor ** 2000, 2 * factor ** 2000];
      near(vjp(chain, f64([1, 1]), f64([1, 2]))[1], want, 1e-10);
      near(jvp(chain, f64([1, 1]), f64([1, 2]))[1], want, 1e-10);
    }));
}

// -- what backward may not do

const returning = (gradients: unknown): ((x: T, y: T) => T) =>
  customFunction({ forward: (_, x: T, y: T) => x.add(y), backward: () => gradients as T[] });
const one1 = f64([1]);
const [a2, b2] = [f64([1, 2], true), f64([3, 4], true)];
const number = "customFunction: backward returned an incorrect number of gradients";
const refused: [string, () => unknown, "AutogradError" | "ShapeError" | "ArgumentError", string][] = [
  ["too few gradients", () => returning([a2]), "AutogradError", `${number} (expected 2, got 1)`],
  ["one for two", () => returning(a2), "AutogradError", `${number} (expected 2, got 1)`],
  ["too many", () => returning([a2, a2, a2]), "AutogradError", `${number} (expected 2, got 3)`],
  ["none", () => returning([]), "AutogradError", `${number} (expected 2, got 0)`],
  ["undefined", () => returning(undefined), "AutogradError", "backward returned undefined: expected 2 gradients"],
  ["a wrong shape", () => returning([a2, one1]), "ShapeError",
    "backward returned an invalid gradient for argument 1: expected shape [2] but got [1]"],
  ["a number", () => returning([a2, 3]), "ArgumentError", "the gradient of argument 1 is a number"],
  ["a promise", () => returning(Promise.resolve(a2)), "AutogradError", number],
]; // prettier-ignore
for (const [name, make, error, phrase] of refused) {
  test(`a backward that returns ${name}`, async () => {
    const f = make() as F;
    for (const derive of [
      () => grad(f(a2, b2).sum(), [a2, b2]),
      () => jvp(f, [a2, b2], [a2, b2]),
      () => vjp(f, [a2, b2], a2),
      () => jacobian(f, [a2, b2]),
    ]) {
      await leavesNothing(() => {
        try {
          derive();
        } catch (thrown) {
          assert.ok(thrown instanceof pf[error], String(thrown));
          assert.ok(thrown.message.includes(phrase), thrown.message);
          return;
        }
        assert.unreachable();
      });
    }
  });
}
test("a gradient of another float dtype is cast", () => {
  const f = customFunction({ forward: (_, x: T) => x.mul(2), backward: (_, g) => g.to("float32").mul(2) });
  const [g] = grad(f(a2).sum(), a2);
  assert.is(g.dtype, "float64");
  near(g, [2, 2]);
});
test("what backward throws passes through, the same object, and leaves nothing behind", async () => {
  const thrown: unknown = { not: "an error" };
  const f = customFunction({
    forward(ctx, x: T) {
      ctx.saveForBackward(x.exp(), x);
      return x.mul(2);
    },
    backward(ctx) {
      ctx.savedTensors[0].mul(2).data();
      throw thrown;
    },
  });
  const inside = (x: T): T => cube(f(x.sin())).sum();
  for (const derive of [
    () => grad(inside(a2), a2),
    () => inside(a2).backward(),
    () => jvp(inside, a2, a2),
    () => hvp(inside, a2, a2),
    () => jacobian(inside, a2),
    () => pf.func.grad(inside)(a2),
    () => jvp((x: T) => vjp(inside, x, null, create)[1], a2, a2),
  ]) {
    await leavesNothing(() => {
      const enabled = pf.isGradEnabled();
      try {
        derive();
        assert.unreachable();
      } catch (error) {
        assert.is(error, thrown);
      }
      assert.is(pf.isGradEnabled(), enabled);
      assert.is(core.isTracing(), 0);
      near(jvp(cube, f64([1]), f64([1]))[1], [3]);
    });
  }
  assert.is(a2.grad, null);
});
test("what forward throws passes through and leaves nothing behind", () =>
  leavesNothing(() => {
    const thrown = new Error("forward");
    const f = customFunction({
      forward(ctx, x: T): T {
        ctx.saveForBackward(x.exp());
        throw thrown;
      },
      backward: (_, g) => g,
    });
    try {
      f(a2);
      assert.unreachable();
    } catch (error) {
      assert.is(error, thrown);
    }
    assert.ok(pf.isGradEnabled());
  }));
test("mistakes in a definition and in forward", async () => {
  const backward = (_: unknown, g: T): T => g;
  throws(() => customFunction(null as never), "ArgumentError", "expected an object with the functions forward and backward");
  throws(() => customFunction({ backward } as never), "ArgumentError", "customFunction:");
  const made = (forward: unknown): F => customFunction({ forward, backward } as never) as F;
  throws(() => made(() => 3)(a2), "ArgumentError", "customFunction: The outputs of forward given to customFunction must be");
  throws(() => made(async () => a2)(a2), "ArgumentError", "must not be async"); // eslint-disable-line @typescript-eslint/require-await
  throws(() => made((c: pf.autograd.Context) => c.saveForBackward(3 as never))(a2), "ArgumentError", "saveForBackward: expected tensors");
  const disposing = made((c: pf.autograd.Context, x: T) => {
    const [kept, gone] = [x.exp(), x.sin()];
    c.saveForBackward(kept, gone);
    gone.dispose();
    return x.mul(2);
  });
  await nextMicrotask();
  throws(() => disposing(a2), "DisposedError", "disposed");
}); // prettier-ignore
test("a context that outlives its call gives an error, not memory of others", async () => {
  let leaked: pf.autograd.Context | null = null;
  const f = customFunction({
    forward(ctx, x: T) {
      leaked = ctx;
      ctx.saveForBackward(x, x.exp());
      return x.mul(2);
    },
    backward: (_, g) => g,
  });
  pf.tidy(() => void f(a2));
  await nextMicrotask();
  throws(() => leaked!.savedTensors, "DisposedError", "savedTensors:");
});

// -- with the other parts

test("inside tidy: results live on, whatever they depend on is freed with them", () =>
  leavesNothing(() => {
    const x = f64([0.5, 1], true);
    const y = pf.tidy(() => exp(cube(x)));
    near(grad(y.sum(), x)[0], [0.75 * Math.exp(0.125), 3 * Math.exp(1)]);
  }));
test("mapped: outputs that nobody uses, and arguments without a gradient", () =>
  leavesNothing(() => {
    const f = customFunction({
      forward: (ctx, x: T, y: T) => (ctx.saveForBackward(y), [x.mul(2), x.mul(y), x.neg()]),
      backward: (ctx, g: T, h: T, k: T) => [g.mul(2).add(h.mul(ctx.savedTensors[0]!)).sub(k), null],
    });
    const [x, y] = [f64([1, 2], true), f64([3, 5], true)];
    const derivatives = [2, [3, 5], -1];
    derivatives.forEach((want, k) => {
      const mapped = pf.func.vmap((a: T, b: T) => f(a, b)[k]!);
      near(mapped(x, y), [[2, 4], [3, 10], [-1, -2]][k]!); // prettier-ignore
      const [gx, gy] = grad(mapped(x, y).sum(), [x, y], { allowUnused: true });
      near(gx!, typeof want === "number" ? [want, want] : (want as number[]));
      assert.is(gy, null);
    });
  }));
test("of two outputs inside vmap: backward runs once", () =>
  pf.tidy(() => {
    let runs = 0;
    const multiples = customFunction({
      forward: (_, x: T) => [x.mul(2), x.mul(3)],
      backward(_, a: T, b: T) {
        runs++;
        return a.mul(2).add(b.mul(3));
      },
    });
    const f = (x: T): T => {
      const [a, b] = multiples(x);
      return a.mul(b).sum();
    };
    // Σ 6x²: 12x
    near(pf.functional.vjp((x: T) => (pf.func.vmap(f) as any)(x).sum() as T, f64([[1, 2], [3, 4]]))[1], [[12, 24], [36, 48]]); // prettier-ignore
    assert.is(runs, 1);
  }));
test("inside vmap", () =>
  leavesNothing(() => {
    const batch = f64([[1, 2], [3, 4]]); // prettier-ignore
    near(pf.func.vmap((x: T) => cube(x))(batch), [[1, 8], [27, 64]]); // prettier-ignore
    near(pf.func.vmap((x: T) => pf.func.grad((t: T) => cube(t).sum())(x))(batch), [[3, 12], [27, 48]]); // prettier-ignore
    const expGrad = pf.func.vmap((x: T) => pf.func.grad((t: T) => exp(t).sum())(x))(batch);
    near(expGrad, batch.exp().toArray());
    near(pf.func.vmap((x: T) => jvp(exp, x, x)[1])(batch), batch.exp().mul(batch).toArray());
    near(pf.func.vmap((x: T) => vjp(exp, x, x)[1])(batch), batch.exp().mul(batch).toArray());
    near(pf.func.vmap((x: T) => hvp((t: T) => cube(t).sum(), x, x)[1])(batch), batch.mul(batch).mul(6).toArray());
    near(pf.func.vmap((x: T) => hvp((t: T) => exp(t).sum(), x, x)[1])(batch), batch.exp().mul(batch).toArray());
  }));
test("wherever memory ends, nothing is left behind", async () => {
  const derive = (): void => void jvp((t: T) => wave(t, exp(t)), x3, v3)[1].data();
  pf.tidy(derive); // lists of the core that stay
  await nextMicrotask();
  let failures = 0;
  for (let room = 64; room < 200_000; room = Math.ceil(room * 1.1)) {
    const before = [core.liveNodes(), pf.backend.memoryBytes];
    const error = within(room, () => pf.tidy(derive));
    if (error !== null) {
      assert.instance(error, pf.OutOfMemoryError);
      failures++;
    }
    await nextMicrotask();
    assert.equal([core.liveNodes(), pf.backend.memoryBytes], before, `with room for ${room} bytes`);
  }
  assert.ok(failures > 10, `${failures} failures`);
});
test("mapped, and differentiated outside: backward is mapped as forward was", () =>
  leavesNothing(() => {
    const x = f64([[0.5, -1.2], [0.3, 0.9]], true); // prettier-ignore
    const scale = f64(1.5, true);
    const { vmap } = pf.func;
    const shared = customFunction({
      forward(ctx, t: T, s: T) {
        const y = t.exp();
        const ys = y.mul(s);
        ctx.saveForBackward(t, ys, s);
        return [ys, y.sum()];
      },
      backward(ctx, g: T, h: T) {
        const [t, ys, s] = ctx.savedTensors as [T, T, T];
        return [g.mul(ys).add(h.mul(t.exp())), g.mul(ys).sum().div(s)];
      },
    });
    const both = (t: T, s: T): T => {
      const [a, b] = shared(t, s) as [T, T];
      return a.sum().mul(b);
    };
    const plain = (t: T, s: T): T => t.exp().sum(-1).square().mul(s).sum();
    const element = customFunction({
      forward(ctx, t: T) {
        ctx.saveForBackward(t);
        return t.square();
      },
      backward: (ctx, g: T) => g.mul(ctx.savedTensors[0]!).mul(2),
    }) as (t: T) => T;
    /** Reaches what is mapped by itself, not by an argument. */
    const timesMapped = (r: T): ((s: T) => T) =>
      customFunction({
        forward(ctx, s: T) {
          ctx.saveForBackward(r);
          return s.mul(r);
        },
        backward: (ctx, g: T) => g.mul(ctx.savedTensors[0]!).sum(),
      });
    const programs: [(t: T, s: T) => T, (t: T, s: T) => T][] = [
      [(t, s) => vmap((r: T) => both(r, s))(t).sum(), plain],
      [(t, s) => vmap(both, { inDims: [0, null], chunkSize: 1 })(t, s).sum(), plain],
      [(t, s) => vmap(both, { inDims: [0, 0] })(t, s.expand(2)).sum(), plain],
      [(t, s) => vmap((r: T) => vmap((e: T) => element(e.sin()).mul(s))(r))(t).sum(), (t, s) => t.sin().square().mul(s).sum()],
      [
        (t, s) => vmap((r: T) => timesMapped(r)(s).sum())(t).sum(),
        (t, s) => t.detach().mul(s).sum(),
      ],
    ]; // prettier-ignore
    programs.forEach(([mapped, direct], i) => {
      const targets = i === 4 ? [scale] : [x, scale];
      const [got, want] = [grad(mapped(x, scale), targets), grad(direct(x, scale), targets)];
      got.forEach((gradient, k) => near(gradient, want[k]!.toArray()));
      if (i === 4) return;
      const v = [f64([[1, -1], [2, 0.5]]), f64(0.7)]; // prettier-ignore
      near(jvp(mapped, [x, scale], v)[1], jvp(direct, [x, scale], v)[1].toArray());
      const [products, expected] = [hvp(mapped, [x, scale], v)[1], hvp(direct, [x, scale], v)[1]];
      products.forEach((product, k) => near(product, expected[k]!.toArray()));
    });
  }));
test("calls leave nothing behind, in 3,000 of them", () =>
  leavesNothing(() => {
    const x = f64([0.5, 1], true);
    for (let i = 0; i < 3000; i++) pf.tidy(() => wave(x, exp(x)).sum().backward());
  }));

rows("a gradient by an output alone: the call behind it has no part in the walk", () => {
  pf.tidy(() => {
    const x = pf.tensor([2], { requiresGrad: true });
    const w = pf.tensor([5], { requiresGrad: true });
    const y = cube(x);
    const z = y.mul(w);
    // dz/dw = y = 8, dz/dy = w = 5, dz/dx = w·3x² = 60
    const by = (...targets: T[]): number[] =>
      pf.autograd.grad(z, targets, { retainGraph: true }).map((g) => g!.item() as number);
    assert.equal(by(x, w), [60, 8]);
    assert.equal(by(w, y), [8, 5]);
    assert.equal(by(y, w), [5, 8]);
    assert.equal(by(y), [5]);
    assert.equal(by(x), [60]);
  });
});

rows.run();
