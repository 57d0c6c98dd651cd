// Containers: nested arrays, plain objects and instances of classes, in all that takes them; what is carried along; what is refused.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import { f64, near, type T, throws } from "../autograd/support";

const { grad, gradAndValue, jvp, vjp, jacrev, jacfwd, hessian, linearize, vmap } = pf.func;
const x = f64([1, 2, 3]);
const w = f64([0.5, -1, 2]);
const rows = f64([[1, 2, 3], [4, 5, 6]]); // prettier-ignore

class Layer {
  constructor(
    readonly w: T,
    readonly b: T,
    readonly activation: (t: T) => T = (t) => t.mul(t),
  ) {}
  forward(t: T): T {
    return this.activation(t.mul(this.w).add(this.b));
  }
  get size(): number {
    return this.w.numel;
  }
}
class Model {
  layers: Layer[];
  rate = 0.5;
  label = "net";
  constructor(...layers: Layer[]) {
    this.layers = layers;
  }
  forward(t: T): T {
    return this.layers.reduce((value, layer) => layer.forward(value), t).mul(this.rate);
  }
}
const model = new Model(new Layer(w, x), new Layer(x, w, pf.sin));
const loss = (m: Model, t: T): T => m.forward(t).sum();
/** The same without classes. */
const plain = { layers: [{ w, b: x }, { w: x, b: w }] }; // prettier-ignore
const plainLoss = ({ layers: [p, q] }: typeof plain, t: T): T =>
  pf.sin(t.mul(p.w).add(p.b).square().mul(q.w).add(q.b)).mul(0.5).sum();

const isModel = (value: unknown): void => {
  assert.instance(value, Model);
  assert.instance((value as Model).layers[1], Layer);
  assert.is((value as Model).layers[1].activation, pf.sin);
  assert.is((value as Model).layers[1].size, (value as Model).layers[1].w.numel);
  assert.is((value as Model).label, "net");
};
/** Transforms of a function of a model, and of the plain containers; results that have the model's structure. */
const transforms: [string, (loss: any, model: any) => any][] = [
  ["grad", (f, m) => grad(f)(m, x)],
  ["gradAndValue", (f, m) => gradAndValue(f)(m, x)[0]],
  ["jvp", (f, m) => jvp((p) => pf.tree.map((t) => t.mul(f(p, x)), p), [m], [m])[1]],
  ["vjp", (f, m) => vjp((p: any) => f(p, x), m)[1](f64(1))[0]],
  ["linearize", (_, m) => linearize((p: any) => pf.tree.map((t) => t.exp(), p), m)[1](m)],
  ["jacrev", (f, m) => jacrev(f as (p: any, t: T) => T)(m, x)],
  ["jacfwd", (f, m) => jacfwd(f as (p: any, t: T) => T)(m, x)],
  ["hessian", (f, m) => (hessian(f)(m, x) as any).layers[0].w],
  ["vmap", (f, m) => vmap((p, t: T) => pf.tree.map((u) => u.mul(f(p, t)), p), { inDims: [null, 0] })(m, rows)],
  ["compile", (f, m) => pf.compile(grad(f))(m, x)],
  ["tidy", (f, m) => pf.tidy(() => grad(f)(m, x))],
  ["tree.map", (_, m) => pf.tree.map((t) => t.exp(), m)],
  ["replace", (_, m) => pf.replace(pf.tree.map((t) => t.add(0), m), (p) => pf.tree.map((t) => t.exp(), p))],
]; // prettier-ignore
for (const [name, transform] of transforms) {
  test(`a class as model: ${name}`, () =>
    pf.tidy(() => {
      const result = transform(loss, model);
      isModel(result);
      const expected = pf.tree.leaves(transform(plainLoss, plain));
      const got = pf.tree.leaves(result);
      assert.is(got.length, 4);
      got.forEach((t, i) => near(t, expected[i].toArray()));
      assert.is(model.layers[0].w, w);
    }));
}

test("a container that holds no tensor is the very same object, in func and in the result", () => {
  const scene: Record<string, unknown> = { children: [{ name: "a" }] };
  (scene.children as any)[0].parent = scene;
  const others = { scene, list: [1, 2], when: new Date(), bytes: new Float32Array(3), map: new Map([[1, scene]]), f: () => 3, none: null }; // prettier-ignore
  const same = (value: Record<string, unknown>): void => {
    for (const [key, other] of Object.entries(others)) assert.is(value[key], other, key);
  };
  const given = { w, ...others };
  const f = (p: typeof given): T => {
    same(p);
    return p.w.square().sum();
  };
  const gradient = grad(f)(given);
  same(gradient);
  near(gradient.w, [1, -2, 4]);
  same(jvp((p: typeof given) => ({ ...p, w: p.w.exp() }), [given], [given])[1]);
  same(vmap((p: typeof given) => ({ ...p, w: p.w.exp() }))(given));
  same(pf.tree.map((t) => t.exp(), given));
  const compiled = pf.compile((p: typeof given) => ({ ...p, w: p.w.exp() }));
  for (let i = 0; i < 2; i++) same(compiled(given));
  assert.is(compiled.cacheInfo().hits, 1);
});

test("a scene graph of a million references is looked through once", () => {
  const nodes: unknown[][] = Array.from({ length: 1000 }, () => []);
  for (const node of nodes) node.push(...nodes);
  near(grad((p: { w: T; nodes: unknown }) => p.w.sum())({ w, nodes }).w, [1, 1, 1]);
});

const deep = (leaf: unknown, depth = 100_000): unknown => {
  let value = leaf;
  for (let i = 0; i < depth; i++) value = i % 2 ? [value] : { value };
  return value;
};
const bottom = (value: unknown): T => {
  while (!(value instanceof pf.Tensor)) value = Object.values(value as object)[0];
  return value;
};
test("containers may be 100,000 deep, with tensors and without", () => {
  const f = (tree: unknown): T => bottom(tree).square().sum();
  near(bottom(grad(f)(deep(x))), [2, 4, 6]);
  near(bottom(vmap((tree: unknown) => deep(bottom(tree).mul(2)))(deep(x))), [2, 4, 6]);
  near(bottom(vmap((tree: unknown) => tree, { inDims: [deep(0)] as any })(deep(x))), [1, 2, 3]);
  const compiled = pf.compile((tree: unknown, _: unknown) => deep(bottom(tree).mul(2)));
  for (let i = 0; i < 2; i++) near(bottom(compiled(deep(x), deep(1))), [2, 4, 6]);
  assert.is(compiled.cacheInfo().hits, 1);
  near(bottom(pf.tidy(() => deep(x.add(1)))), [2, 3, 4]);
  near(bottom(jvp((tree: unknown) => tree, [deep(x)], [deep(w)])[1]), [0.5, -1, 2]);
  near(pf.tree.ravel(deep(x))[0], [1, 2, 3]);
  const made = deep(x.add(1));
  pf.dispose(made);
  assert.ok(bottom(made).isDisposed);
  throws(() => grad((_: T) => deep(1) as T)(x), "ArgumentError", "grad: func should return tensors");
});

class Cache extends Map<string, unknown> {}
class Node {
  parent: Node | null = null;
  children: Node[] = [];
  constructor(readonly w: T) {}
}
const family = (): Node => {
  const [parent, child] = [new Node(x), new Node(w)];
  parent.children.push(child);
  child.parent = parent;
  return parent;
};
const selfish = (): unknown => {
  const list: unknown[] = [x];
  list.push(list);
  return list;
};
const sneaky: [string, () => unknown, ...string[]][] = [
  ["a Map", () => new Map([["w", x]]), "Map", "a Map is no container of tensors: use a plain object"],
  ["a Map of arrays, in an object", () => ({ cache: new Map([["w", [x]]]) }), "Map", ".cache)"],
  ["a Map whose keys are tensors", () => new Map([[x, 1]]), "Map"],
  ["a class that extends Map", () => [new Cache([["w", x]])], "Cache", "a Map is no container"],
  ["a property of a Map", () => Object.assign(new Map(), { w: x }), "Map", "a Map is no container"],
  ["a Set", () => new Set([x]), "Set", "a Set is no container of tensors: use an array"],
  ["a cyclic instance", family, "Node", "holds tensors, and itself again", "can't be cyclic"],
  ["a cyclic array", selfish, "Array", "can't be cyclic"],
  ["a cyclic part", () => ({ x, part: selfish() }), "Array (at", ".part)"],
];
const takers: Record<string, (tree: any) => unknown> = {
  grad: (tree) => grad((_: any) => x.sum())(tree),
  jvp: (tree) => jvp((_: any) => x, [tree], [tree]),
  vjp: (tree) => vjp((_: any) => x, tree),
  linearize: (tree) => linearize((_: any) => x, tree),
  jacrev: (tree) => jacrev((_: any) => x)(tree),
  hessian: (tree) => hessian((_: any) => x)(tree),
  vmap: (tree) => vmap((_: any) => x)(tree),
  compile: (tree) => pf.compile((_: any) => x)(tree),
  replace: (tree) => pf.replace(tree, (_: any) => x),
  "tree.map": (tree) => pf.tree.map((t) => t, tree),
  "tree.leaves": (tree) => pf.tree.leaves(tree),
  "tree.structure": (tree) => pf.tree.structure(tree),
  ravel: (tree) => pf.ravel(tree),
};
for (const [name, make, ...phrases] of sneaky) {
  test(`refuses ${name} with tensors by name`, () => {
    for (const [fn, take] of Object.entries(takers)) throws(() => take(make()), "ArgumentError", `${fn}: `, ...phrases);
    throws(
      () => grad((t: T): [T, unknown] => [t.sum(), make()], { hasAux: true })(x),
      "ArgumentError",
      "grad: ",
      ...phrases,
    );
    for (const [fn, call] of Object.entries({ grad, jacrev, vmap, compile: pf.compile })) {
      throws(() => (call as (f: () => unknown) => (t: T) => unknown)(make)(x), "ArgumentError", `${fn}: `, ...phrases);
    }
    throws(() => pf.dispose(make()), "ArgumentError", "dispose: ", ...phrases);
    assert.not(x.isDisposed || w.isDisposed);
  });
}

class Private {
  #factor = 2;
  constructor(readonly w: T) {}
  forward(): T {
    return this.w.mul(this.#factor).sum();
  }
}
class PrivateMethod {
  constructor(readonly w: T) {}
  #scale(t: T): T {
    return t.mul(2);
  }
  forward(): T {
    return this.#scale(this.w).sum();
  }
}
class Below extends Private {}
class Writing {
  #calls = 0;
  constructor(readonly w: T) {}
  forward(): T {
    this.#calls = 1;
    return this.w.mul(this.#calls);
  }
}
/** Whether errors name the field that is lacking, as V8's do. Of other engines' all classes may be meant. */
const namesFields = ((): boolean => {
  try {
    return Boolean(Private.prototype.forward.call({ w: x } as Private));
  } catch (error) {
    return (error as Error).message.includes("#factor");
  }
})();
for (const make of [Private, PrivateMethod, Below, Writing]) {
  test(`a method that fails for a # field: the error names the class ${make.name}`, () => {
    const f = (m: any): T => m.inner.forward();
    // Of those with # fields the one that has the field in question, or extends it.
    const others = [Private, PrivateMethod, Writing].filter((other) => !(make.prototype instanceof other));
    const rest = others.filter((other) => other !== make).map((other) => new other(x));
    const holder = { inner: new make(x), other: new Layer(x, w), rest };
    for (const [fn, call] of Object.entries({ grad, jacrev, vmap, compile: pf.compile })) {
      const names = namesFields ? [`${fn}: a method of ${make.name} failed`] : [`${fn}: a method of `, make.name];
      const phrases = [...names, "# field", "Make it an ordinary property"];
      throws(() => (call as any)(f)(holder), "ArgumentError", ...phrases);
    }
    try {
      grad(f)(holder);
    } catch (error) {
      assert.instance((error as Error).cause, TypeError);
    }
  });
}
test("other errors pass through, also those about # fields of what was not rebuilt", () => {
  class Unrelated {
    #w = x;
    static read = (o: Unrelated) => o.#w;
  }
  const outside = (): T => Unrelated.read({} as never);
  // Neither what is no TypeError nor what is none about such fields, whatever the arguments are.
  for (const thrown of [new Error("private"), new TypeError("other"), null, "private", new TypeError("private")]) {
    const f = (_: unknown): T => {
      throw thrown; // eslint-disable-line @typescript-eslint/only-throw-error
    };
    const given = thrown instanceof TypeError && thrown.message === "private" ? { list: [x] } : new Layer(x, w);
    try {
      grad(f)(given);
      assert.unreachable();
    } catch (error) {
      assert.is(error, thrown);
    }
  }
  // As compilers for older engines say it, where no field is named: all classes may be meant, and no plain containers.
  const old = new TypeError("Cannot read private member from an object whose class did not declare it");
  const late = (_: unknown): T => {
    throw old;
  };
  throws(() => grad(late)([{ inner: new Layer(x, w), list: [x] }]), "ArgumentError", "grad: a method of Layer failed for a # field"); // prettier-ignore
  for (const f of [outside, () => (null as never as T).sum()]) assert.throws(() => grad(f as (t: T) => T)(x), (e: unknown) => e instanceof TypeError); // prettier-ignore
});

test("what holds no tensors: the error says what came and where tensors are looked for", () => {
  class Hidden {
    #w = x;
    forward = (): T => this.#w;
  }
  const hold = ["hold no tensors", "# fields are not seen"];
  throws(() => grad((m: Hidden) => m.forward())(new Hidden()), "ArgumentError", "grad: ", ...hold, "but got Hidden.");
  throws(() => grad((_: any) => x.sum())(new Map()), "ArgumentError", ...hold, "but got Map.");
  throws(() => grad((_: unknown, __: unknown) => x.sum(), { argnums: [0, 1] })(3, null), "ArgumentError", "but got number, null."); // prettier-ignore
  throws(() => jvp((_: any) => x, [[3]], [[3]]), "ArgumentError", "jvp: primals hold no tensors", "but got Array.");
  throws(() => vmap(() => x)(), "ArgumentError", "but got none.");
  throws(() => grad((_: T) => x, { argnums: [] })(x), "ArgumentError", "but got none.");
  throws(() => vmap((_: any) => x)("a"), "ArgumentError", "vmap: the arguments hold no tensors", "but got string.");
});

test("getters are read once", () => {
  let reads = 0;
  const make = () => ({
    inner: {
      get w() {
        reads++;
        return x;
      },
      get rate() {
        reads++;
        return 2;
      },
    },
  });
  const f = (p: any): T => p.inner.w.mul(p.inner.rate).sum();
  const calls: (() => unknown)[] = [
    () => grad(f)(make()),
    () => vmap(f)(make()),
    () => pf.tree.map((t) => t, make()),
    () => jvp(f, [make()], [{ inner: { w, rate: 0 } }]),
    () => vjp(f, make()),
    () => pf.compile(f)(make()),
    () => pf.ravel(make()),
    () => pf.tidy(make),
  ];
  for (const call of calls) {
    reads = 0;
    call();
    assert.is(reads, 2, String(call));
  }
});

test("keys of every kind come through", () => {
  const symbol = Symbol("w");
  const tree = Object.defineProperty({ [symbol]: x, constructor: w, toString: 3, "": w, 7: x }, "hidden", { value: x });
  Object.defineProperty(tree, "__proto__", { value: w, enumerable: true });
  const mapped = pf.tree.map((t) => t.neg(), tree as any);
  assert.equal(Reflect.ownKeys(mapped), ["7", "constructor", "toString", "", "__proto__", symbol]);
  assert.is(Object.getPrototypeOf(mapped), Object.prototype);
  near(mapped[symbol], [-1, -2, -3]);
  near(Object.getOwnPropertyDescriptor(mapped, "__proto__")!.value, [-0.5, 1, -2]);
  assert.is(pf.tree.leaves(tree).length, 5);
});
test("setters, accessors and fields of a class are left alone when it is rebuilt", () => {
  let sets = 0;
  class Traced {
    declare w: T;
    constructor(t: T) {
      Object.defineProperty(this, "w", { value: t, enumerable: true });
    }
    set v(_: T) {
      sets++;
    }
  }
  Object.defineProperty(Traced.prototype, "w", { set: () => sets++, configurable: true });
  const rebuilt = pf.tree.map((t) => t.mul(2), new Traced(x));
  assert.instance(rebuilt, Traced);
  near(rebuilt.w, [2, 4, 6]);
  assert.is(sets, 0);
  class Frozen {
    constructor(readonly w: T) {
      Object.freeze(this);
    }
  }
  near(grad((m: Frozen) => m.w.sum())(new Frozen(x)).w, [1, 1, 1]);
});
test("an array of a user's class stays one", () => {
  class Stack extends Array<T> {
    total(): T {
      return this.reduce((a, b) => a.add(b));
    }
    rate = 2;
  }
  const stack = Stack.of(x, w) as Stack;
  const gradient = grad((s: Stack) => s.total().mul(s.rate).sum())(stack);
  assert.instance(gradient, Stack);
  assert.ok(Array.isArray(gradient));
  assert.equal([gradient.length, gradient.rate], [2, 2]);
  near(gradient.total(), [4, 4, 4]);
});
test("an array's properties beside its items come through, tensors too", () => {
  const list = Object.assign([x, 3], { rate: 0.5, more: { w: x }, index: 7 });
  const slope = pf.func.grad((l: typeof list) => (l[0] as T).mul(l.more.w).sum().mul(l.rate))(list);
  assert.ok(Array.isArray(slope) && slope.length === 2);
  assert.equal([slope[1], slope.rate, slope.index], [3, 0.5, 7]);
  near(slope.more.w, x.mul(0.5).toArray());
  const named = Object.assign(pf.tensor([[1, 5]]).max(1), { rate: 2 });
  const twice = pf.tree.map((t) => t.mul(2), named);
  assert.equal([twice.rate, twice.values === twice[0], twice.indices === twice[1]], [2, true, true]);
});
test("functions as constructors, prototypes without one, and no prototype", () => {
  function Old(this: { w: T }, t: T) {
    this.w = t;
  }
  Old.prototype.double = function (this: { w: T }) {
    return this.w.mul(2);
  };
  const base = { triple(this: { w: T }) { return this.w.mul(3); } }; // prettier-ignore
  near(grad((o: any) => o.double().sum())(new (Old as any)(x)).w, [2, 2, 2]);
  near(grad((o: any) => o.triple().sum())(Object.assign(Object.create(base), { w: x })).w, [3, 3, 3]);
  assert.is(Object.getPrototypeOf(pf.tree.map((t) => t, Object.assign(Object.create(null), { w: x }))), null);
});
test("tangents fit by key, in any order, and need not be instances; what is no tensor may differ", () => {
  const f = (m: Layer): T => m.forward(x);
  const tangent = { activation: null, b: w, w: x };
  near(
    jvp(f, [new Layer(w, x)], [tangent as never])[1],
    jvp(f, [new Layer(w, x)], [new Layer(x, w)])[1].toArray() as number[],
  );
  const wrong: unknown[] = [{ w: x, b: x }, { w: x, b: 3, activation: 0 }, [x, x, x], x, { w: x, b: x, activation: [x] }, null]; // prettier-ignore
  for (const other of wrong) {
    throws(() => jvp(f, [new Layer(w, x)], [other as never]), "ArgumentError", "jvp: tangents should have the same structure"); // prettier-ignore
  }
});
test("inDims and outDims of vmap go along classes", () => {
  const f = (m: Layer, t: T): Layer => new Layer(m.w.mul(t), m.b.add(t));
  const mapped = vmap(f, {
    inDims: [{ w: 1, b: null, activation: null }, 0],
    outDims: { w: 1, b: 0, activation: null },
  });
  const result = mapped(new Layer(rows.t(), x), f64([2, 3]));
  assert.instance(result, Layer);
  near(result.w, [[2, 12], [4, 15], [6, 18]]); // prettier-ignore
  near(result.b, [[3, 4, 5], [4, 5, 6]]); // prettier-ignore
});
test("a shared part is a part in each place", () => {
  const shared = { w };
  const gradient = grad(([a, b]: { w: T }[]) => a.w.mul(b.w).mul(3).sum())([shared, shared]);
  near(gradient[0].w, [1.5, -3, 6]);
  assert.is.not(gradient[0], gradient[1]);
});
test("refusals and rebuilding leave nothing", () => {
  const before = [core.liveNodes(), pf.backend.memoryBytes];
  pf.tidy(() => {
    for (let i = 0; i < 100; i++) pf.dispose(grad(loss)(model, x));
    isModel(grad(loss)(model, x));
  });
  assert.equal([core.liveNodes(), pf.backend.memoryBytes], before);
});

test.run();
