// pf.tree, pf.ravel, pf.dispose and pf.replace: containers of tensors as users handle them.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { core } from "../host/core/memory";
import * as pf from "../host/index";
import { f64, near as isNear, type T, throws } from "./autograd/support";
import { leavesNothing, usage } from "./core/support";

/** near, which leaves nothing. */
const near = (...args: Parameters<typeof isNear>): void => pf.tidy(() => isNear(...args));
const { map, leaves, structure, unflatten } = pf.tree;
const x = f64([1, 2, 3]);
const w = f64([[0.5, -1], [2, 4]]); // prettier-ignore
class Pair {
  note = "kept";
  constructor(
    readonly a: T,
    readonly b: T,
  ) {}
  product(): T {
    return this.a.mul(this.b);
  }
}

test("leaves come in the order of the keys, each as often as it is there", () => {
  assert.equal(leaves({ b: x, a: [w, { c: x }], n: 3 }), [x, w, x]);
  assert.equal([leaves(x), leaves(3), leaves(null), leaves([]), leaves(new Pair(x, w))], [[x], [], [], [], [x, w]]);
});
test("a structure gives the container again, with other leaves, in jax's order of arguments and in torch's", () => {
  const tree = { pair: new Pair(x, w), list: [x, 3] as const };
  const made = structure(tree);
  assert.is(made.leafCount, 3);
  for (const again of [unflatten(made, [1, 2, 3]), unflatten([1, 2, 3], made)] as any[]) {
    assert.equal([again.pair.a, again.pair.b, again.list], [1, 2, [3, 3]]);
    assert.instance(again.pair, Pair);
  }
  assert.equal(structure({ ...tree }), made);
  assert.equal([unflatten(structure(x), [w]), unflatten(structure(3), [])], [w, 3]);
});
test("map takes one container or several, gives any values, and keeps what is no tensor", () => {
  const tree = { pair: new Pair(x, w), list: [x, "a"] };
  const sum = map((...all) => all.reduce((p, q) => p.add(q)), tree, tree, {
    list: [x, 3],
    pair: { b: w, a: x, note: 0 },
  });

  near(sum.list[0] as T, [3, 6, 9]);
  assert.is(sum.list[1], "a");
  const shapes = map((t) => t.shape, tree);
  assert.equal([shapes.pair.a, shapes.list[0], shapes.pair.note], [[3], [3], "kept"]);
  assert.is(
    map(() => 0, 5 as unknown),
    5,
  );
});
test("mistakes with trees", () => {
  const wrong: [() => unknown, ...string[]][] = [
    [() => map(3 as never, x), "tree.map: f should be a function but got number"],
    [() => map((t) => t, [x], [x], [x, x]), "tree.map: tree 2 should have its tensors in the same places as the first"],
    [() => map((t) => t, { a: x }, { b: x }), "tree.map: tree 1"],
    [() => map((t) => t, { a: x, b: 3 }, { a: x, b: x }), "tree.map: tree 1"],
    [() => unflatten(structure([x]), []), "tree.unflatten: expected an array of 1 leaves but got 0"],
    [() => unflatten(structure([x]), x as never), "tree.unflatten: expected an array of 1 leaves but got Tensor"],
    [() => unflatten([x] as never, [x] as never), "tree.unflatten: expected what tree.structure gives", "Array, Array"],
    [() => pf.ravel([]), "ravel: expected a Tensor, or some in arrays", "in the Array given"],
    [() => pf.ravel({ a: 3 }), "ravel: expected a Tensor", "Object"],
    [() => pf.ravel(3 as never), "ravel: input should be a Tensor but got 3"],
    [() => (pf.ravel as any)(), "ravel: missing argument: input"],
    [() => pf.tree.ravel([x])[1](3 as never), "unravel: expected a Tensor but got number"],
  ];
  for (const [body, ...phrases] of wrong) throws(body, "ArgumentError", ...phrases);
  const unravel = pf.ravel([x, w])[1];
  throws(() => unravel(x), "ShapeError", "unravel: expected a tensor of shape [7] but got [3]");
  throws(() => unravel(pf.ones([7, 1])), "ShapeError", "but got [7, 1]");
  throws(() => pf.ravel([x, pf.ones([2])])[1](pf.ones([5])), "DTypeError", "unravel: expected a tensor of dtype float64", "float32"); // prettier-ignore
}); // prettier-ignore

// -- ravel

test("ravel gives a vector and the way back; of a Tensor it is torch's", () => {
  const [flat, unravel] = pf.ravel({ pair: new Pair(x, w), one: f64(7), none: f64([]), k: 3 });
  near(flat, [1, 2, 3, 0.5, -1, 2, 4, 7]);
  const again = unravel(flat.mul(2));
  near(again.pair.product.call({ a: again.pair.a, b: again.one } as never), [28, 56, 84]);
  near(again.pair.b, [[1, -2], [4, 8]]); // prettier-ignore
  assert.equal([again.one.shape, again.none.shape, again.k, again.pair.note], [[], [0], 3, "kept"]);
  near(pf.ravel(w), [0.5, -1, 2, 4]);
  const [alone, back] = pf.tree.ravel(w);
  near(alone, [0.5, -1, 2, 4]);
  near(back(alone), [[0.5, -1], [2, 4]]); // prettier-ignore
});
test("dtypes are promoted, and each tensor gets its own again", () => {
  const tree = [pf.tensor([true, false]), pf.tensor(Int32Array.of(3, -4)), pf.tensor(1.5), f64(2)];
  const [flat, unravel] = pf.ravel(tree);
  assert.is(flat.dtype, "float64");
  near(flat, [1, 0, 3, -4, 1.5, 2]);
  const again = unravel(flat);
  assert.equal(again.map((t) => t.dtype), tree.map((t) => t.dtype));
  assert.equal(again.map((t) => t.toArray()), tree.map((t) => t.toArray()));
  assert.is(pf.ravel([pf.tensor([true]), pf.tensor(Int32Array.of(3))])[0].dtype, "int32");
  assert.is(pf.ravel([pf.ones([2]), f64(1)])[0].dtype, "float64", "0-dim ones count");
  // Of one dtype: unravel keeps that of what it gets.
  assert.is(pf.ravel([x, w])[1](pf.ones([7]))[0].dtype, "float32");
}); // prettier-ignore
test("ravel and unravel are differentiable, under vmap and compile too", () => {
  const tree = { a: x, b: w };
  const [flat, unravel] = pf.ravel(tree);
  const f = (t: typeof tree): T => t.a.square().sum().mul(t.b.sum());
  const g = (v: T): T => f(unravel(v));
  const gradient = pf.func.grad(f)(tree);
  near(pf.func.grad(g)(flat), pf.ravel(gradient)[0].toArray());
  near(pf.functional.hessian(g, flat).slice(0, 0, 3).slice(1, 0, 3), pf.eye(3, { dtype: "float64" }).mul(11).toArray());
  near(pf.func.jvp((t: typeof tree) => pf.ravel(t)[0], [tree], [tree])[1], flat.toArray());
  near(pf.func.grad((t: typeof tree) => g(pf.ravel(t)[0]))(tree).a, gradient.a.toArray());
  const batch = pf.stack([flat, flat.mul(2)]);
  near(pf.func.vmap(g)(batch), [g(flat).item(), 8 * g(flat).item()]);
  const compiled = pf.compile((v: T) => pf.ravel(pf.func.grad(f)(unravel(v)))[0]);
  for (const v of [flat, flat.mul(2)]) near(compiled(v), pf.func.grad(g)(v).toArray());
  const leaf = f64([1, 2], true);
  near(pf.autograd.grad(pf.ravel([leaf, x])[0].square().sum(), leaf)[0], [2, 4]);
  const mixed = { a: pf.tensor([1, 2]), b: f64(3) };
  const [mixedFlat, unravelMixed] = pf.ravel(mixed);
  near(pf.func.grad((v: T) => { const t = unravelMixed(v); return t.a.to("float64").square().sum().mul(t.b); })(mixedFlat), [6, 12, 5]); // prettier-ignore
});

// -- dispose

test("dispose frees every tensor of a container, once", () => {
  leavesNothing(() => {
    const pair = new Pair(x.add(1), x.add(2));
    const [y, vjpFn] = pf.func.vjp((t: T) => t.exp(), x);
    const tree = { pair, list: [pair.a, [pair]], y, vjpFn, n: 3, cycle: {} as Record<string, unknown> };
    tree.cycle.self = tree.cycle;
    pf.dispose(tree);
    pf.dispose(tree);
    assert.ok(pair.a.isDisposed && pair.b.isDisposed && y.isDisposed);
    const single = x.add(1);
    pf.dispose(single);
    assert.ok(single.isDisposed);
    for (const nothing of [null, undefined, 3, "a", [], {}, () => 3]) pf.dispose(nothing);
  });
  let shared: unknown = [x.add(1)];
  for (let i = 0; i < 60; i++) shared = [shared, shared];
  pf.dispose(shared); // a tree of 2^60 leaves
});

// -- replace

test("replace gives fn's result and disposes what of the old tree is not in it", () => {
  leavesNothing(() => {
    const [a, b, c] = [x.add(1), x.add(2), x.add(3)];
    const old = { a, list: [b, c], n: 3 };
    const made = pf.replace(old, (tree) => {
      assert.is(tree, old);
      const d = tree.a.mul(2); // made and not returned
      return { ...tree, list: [tree.list[1], d.add(1)] };
    });
    assert.equal([a.isDisposed, b.isDisposed, c.isDisposed], [false, true, false]);
    near(made.list[1], [5, 7, 9]);
    assert.is(made.n, 3);
    pf.dispose(made);
  });
});
test("handles count: an old one goes also where the result shares its node; views, aliases and graphs keep what they need", () => {
  leavesNothing(() => {
    const [a, b] = [f64([[1, 2], [3, 4]]), f64([1, 2], true)]; // prettier-ignore
    const leaf = b.mul(1);
    const [view, alias, graph] = pf.replace([a, leaf], ([p, q]) => [p.narrow(0, 0, 1), p.detach(), q.square().sum()]);
    assert.ok(a.isDisposed && leaf.isDisposed);
    near(view, [[1, 2]]);
    near(alias, [[1, 2], [3, 4]]); // prettier-ignore
    pf.tidy(() => near(pf.autograd.grad(graph, b)[0], [2, 4]));
    assert.ok(graph.requiresGrad);
    pf.dispose([view, alias, graph, b]);
  });
});
test("frozen tensors: replace leaves them to the collector, dispose frees the others and says so", () => {
  const tree = Object.freeze({ w: Object.freeze(x.clone()), b: w.clone() });
  const next = pf.replace(tree, (t) => Object.freeze({ w: t.w.add(1), b: t.b, again: t.w }));
  near(next.w, [2, 3, 4]);
  assert.equal([tree.w.isDisposed, tree.b.isDisposed], [false, false]);
  const last = pf.replace(next, (t) => ({ w: t.w.add(1) }));
  assert.equal([next.again.isDisposed, next.b.isDisposed, next.w.isDisposed], [false, true, true]);
  assert.throws(() => pf.dispose([Object.freeze(x.clone()), last]), /^dispose: this tensor is frozen/);
  assert.ok(last.w.isDisposed);
});
test("an instance that fn changes in place: what was in it before goes", () => {
  leavesNothing(() => {
    const model = { w: x.add(1), b: x.add(2) };
    const { w: old, b } = model;
    const same = pf.replace(model, (m) => {
      m.w = m.w.mul(2);
      return m;
    });
    assert.is(same, model);
    assert.ok(old.isDisposed && !b.isDisposed);
    near(model.w, [4, 6, 8]);
    pf.dispose(model);
  });
});
test("when fn throws, or its result is refused, the old tree is as it was and nothing is left", () => {
  const old = { a: x.add(1) };
  const failure = new Error("mine");
  const fail = (t: T): never => {
    t.mul(2);
    throw failure;
  };
  const refused: [() => unknown, ...string[]][] = [
    [() => pf.replace(old, () => Promise.resolve(old)), "replace: fn should be synchronous, but it returned a promise"],
    [() => pf.replace(old, ({ a }) => new Map([["a", a.mul(2)]])), "replace: Map holds tensors"],
    [
      () => pf.replace(old, ({ a }) => void a.mul(2)),
      "replace: fn returned undefined: return what takes the tree's place",
    ],
    [() => pf.replace(old, 3 as never), "replace: fn should be a function but got number"],
    [() => pf.replace(new Map([["a", x]]), () => x), "replace: Map holds tensors"],
    [() => pf.dispose([new Set([x])]), "dispose: Set (at [0]) holds tensors"],
  ];
  leavesNothing(() => {
    for (const [body, ...phrases] of refused) throws(body, "ArgumentError", ...phrases);
    assert.throws(() => pf.replace(old, ({ a }) => fail(a)), (error: unknown) => error === failure); // prettier-ignore
  });
  near(old.a, [2, 3, 4]);
  pf.dispose(old);
});
test("replace within tidy, within another replace and within a transform", () => {
  leavesNothing(() => {
    const out = pf.tidy(() => {
      let p = { a: x.add(1) };
      for (let i = 0; i < 3; i++) p = pf.replace(p, ({ a }) => pf.replace({ a: a.add(1) }, (q) => ({ a: q.a.add(1) })));
      return p;
    });
    near(out.a, [8, 9, 10]);
    pf.dispose(out);
    const derivative = pf.func.grad((t: T) => pf.replace([t.mul(2)], ([u]) => [u.mul(t)])[0].sum())(x);
    near(derivative, [4, 8, 12]);
    pf.dispose(derivative);
  });
});

// -- loops

const inputs = uniform([16, 4]);
const targets = inputs.matmul(f64([[1], [-2], [3], [0.5]])).add(0.25); // prettier-ignore
pf.evaluate(targets);
function uniform(shape: number[]): T {
  let state = 1;
  const next = () => (state = (state * 16807) % 2147483647) / 2147483647 - 0.5;
  return pf.tensor(Float64Array.from({ length: shape[0] * shape[1] }, next), { shape });
}
const leafOf = (t: T): T => pf.tensor(t.data(), { shape: t.shape, requiresGrad: true });
class Linear {
  constructor(
    readonly w: T,
    readonly b: T,
  ) {}
  loss(): T {
    return inputs.matmul(this.w).add(this.b).sub(targets).square().mean();
  }
}
const start = () => pf.tidy(() => [leafOf(pf.zeros([4, 1], { dtype: "float64" })), leafOf(f64([0]))] as const);
const loops: [string, () => Linear, (m: Linear) => Linear][] = [
  ["backward and .grad of leaves", () => new Linear(...start()), (m) =>
      pf.replace(m, (model) => {
        model.loss().backward();
        return pf.tree.map((t) => leafOf(t.detach().sub(t.grad!.mul(0.3))), model);
      })], // prettier-ignore
  ["autograd.grad of leaves", () => new Linear(...start()), (m) =>
      pf.replace(m, (model) => {
        const gradients = pf.autograd.grad(model.loss(), pf.tree.leaves(model));
        return pf.tree.map((t, g) => leafOf(t.detach().sub(g.mul(0.3))), model, pf.tree.unflatten(pf.tree.structure(model), gradients));
      })], // prettier-ignore
  ["leaves made by detach and requiresGrad_", () => new Linear(...start()), (m) =>
      pf.replace(m, (model) => {
        const gradients = pf.autograd.grad(model.loss(), pf.tree.leaves(model));
        return pf.tree.map((t, g) => t.sub(g.mul(0.3)).detach().requiresGrad_(), model, pf.tree.unflatten(pf.tree.structure(model), gradients));
      })], // prettier-ignore
  ["func.grad", () => pf.tidy(() => pf.tree.map((t) => t.detach(), new Linear(...start()))), (m) =>
      pf.replace(m, (model) => pf.tree.map((t, g) => t.sub(g.mul(0.3)), model, pf.func.grad((n: Linear) => n.loss())(model)))], // prettier-ignore
];
for (const [name, make, step] of loops) {
  test(`10,000 steps of a training loop are flat: ${name}`, () => {
    leavesNothing(() => {
      let model = make();
      let before = usage();
      for (let i = 0; i < 10_000; i++) {
        model = step(model);
        // Reading, as a user would now and then.
        if (i % 100 === 0) pf.evaluate(model.w, model.b);
        if (i === 200) before = usage();
        if (i === 9_900) assert.equal(usage(), before);
      }
      near(model.w, [[1], [-2], [3], [0.5]], 1e-6);
      near(model.b, [0.25], 1e-6);
      pf.dispose(model);
    });
    assert.is(core.isTracing(), 0);
  });
}

test.run();
