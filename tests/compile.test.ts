// pf.compile: the same numbers as fn, traced once per signature; with every transform, inside and outside; no growth.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { core } from "../host/core/memory";
import * as pf from "../host/index";
import { f64, near, type T, throws } from "./autograd/support";
import { within } from "./core/exhaustion";

const { compile } = pf;
const { jvp, vjp, hvp, vhp, jacobian, hessian } = pf.functional;
const rows = suite("compile");
const warnings: string[] = [];
console.warn = (...args: unknown[]): void => void warnings.push(args.join(" "));
const usage = (): number[] => [core.liveNodes(), pf.backend.memoryBytes];
/** A row; what its body makes is freed, and nothing else may be left once its compiled functions are cleared. */
const test = (name: string, body: (made: <F extends (...args: any[]) => any>(fn: F) => F & pf.Compiled) => void): void =>
  rows(name, () => {
    const compiled: pf.Compiled[] = [];
    const before = usage();
    pf.tidy(() =>
      body((fn) => {
        const made = compile(fn);
        compiled.push(made);
        return made;
      }),
    );
    for (const made of compiled) made.clear();
    assert.equal(usage(), before, "something is left behind");
  }); // prettier-ignore

const bits = (t: T): unknown => [t.shape, t.dtype, t.requiresGrad, [...new Uint8Array(t.data().buffer)]];
const flat = (value: unknown): T[] => pf.tree.leaves(value);
const same = (got: unknown, want: unknown): void => assert.equal(flat(got).map(bits), flat(want).map(bits));

const x3 = f64([0.5, -1.2, 2]);
const v3 = f64([1, -2, 0.5]);
const m23 = f64([[1, 2, 3], [-4, 5, 0.5]]); // prettier-ignore
const f = (x: T): T => x.sin().mul(x).exp();
const loss = (x: T): T => f(x).sum();

// -- the cache

test("hits, misses, size and clear", (compile) => {
  const g = compile((x: T, n = 1) => x.mul(n));
  const info = (): number[] => [g.cacheInfo().hits, g.cacheInfo().misses, g.cacheInfo().size];
  assert.equal(info(), [0, 0, 0]);
  near(g(x3), [0.5, -1.2, 2]);
  assert.equal(info(), [0, 1, 1]);
  g(v3);
  assert.equal(info(), [1, 1, 1]);
  g(x3, 2);
  assert.equal(info(), [1, 2, 2]);
  g.clear();
  assert.equal(info(), [0, 0, 0]);
  near(g(x3), [0.5, -1.2, 2]);
  assert.equal(info(), [0, 1, 1]);
});
const object = { by: 2 };
class Options {
  constructor(readonly by: number) {}
}
const options = new Options(3);
class Hidden {
  #by: number;
  constructor(by: number) {
    this.#by = by;
  }
  get by() {
    return this.#by;
  }
}
class HiddenBelow extends Hidden {}
class Layer {
  constructor(readonly w: T) {}
}
class Stateless {}
const weak = new WeakMap<object, number>();
class Weak {
  constructor(by: number) {
    weak.set(this, by);
  }
  get by() {
    return weak.get(this);
  }
}
const nonEnumerable = (by: number) => Object.defineProperty({}, "by", { value: by });
function cyclic(by: number) {
  const node: Record<string, unknown> = { by, list: [] };
  (node.list as unknown[]).push(node, { parent: node });
  return node;
}
function detached() {
  const bytes = new Uint8Array(4);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}
/** Two calls' arguments, and whether the second is a hit. */
const signatures: [string, unknown[], unknown[], boolean][] = [
  ["other values", [x3], [v3], true],
  ["another shape", [x3], [m23], false],
  ["a shape of equal size", [m23], [m23.reshape(3, 2)], false],
  ["another dtype", [x3], [x3.to("float32")], false],
  ["a 0-dim tensor and one of one element", [f64(1)], [f64([1])], false],
  ["other strides", [m23], [f64([[1, 2], [3, 4], [5, 6]]).t()], true],
  ["an equal number", [x3, 2], [x3, 2], true],
  ["another number", [x3, 2], [x3, 3], false],
  ["0 and -0", [x3, 0], [x3, -0], false],
  ["NaN", [x3, NaN], [x3, NaN], true],
  ["a number and its string", [x3, 2], [x3, "2"], false],
  ["true and its string", [x3, true], [x3, "true"], false],
  ["a symbol that is registered", [x3, Symbol.for("a")], [x3, Symbol.for("a")], true],
  ["strings that end in each other's beginning", [x3, "a,string:b", "c"], [x3, "a", "b,string:c"], false],
  ["other symbols as keys", [x3, { [Symbol.iterator]: 1 }], [x3, { [Symbol.asyncIterator]: 1 }], false],
  ["equal arrays", [x3, [1, [2]]], [x3, [1, [2]]], true],
  ["arrays with items in another order", [x3, [1, 2]], [x3, [2, 1]], false],
  ["arrays with properties that can't be seen, by identity", [x3, Object.defineProperty([1], "by", { value: 2 })], [x3, Object.defineProperty([1], "by", { value: 3 })], false],
  ["Maps with other properties", [x3, Object.assign(new Map([[1, 2]]), { by: 2 })], [x3, Object.assign(new Map([[1, 2]]), { by: 3 })], false],
  ["Maps with the same properties", [x3, Object.assign(new Map([[1, 2]]), { by: 2 })], [x3, Object.assign(new Map([[1, 2]]), { by: 2 })], true],
  ["a property of a Map and an entry", [x3, Object.assign(new Map(), { by: 2 })], [x3, new Map([["by", 2]])], false],
  ["Sets with other properties", [x3, Object.assign(new Set([1]), { by: 2 })], [x3, Object.assign(new Set([1]), { by: 3 })], false],
  ["null and undefined", [x3, null], [x3, undefined], false],
  ["an argument left out", [x3], [x3, undefined], false],
  ["a bigint and a number", [x3, 2n], [x3, 2], false],
  ["equal options in plain objects", [x3, { by: 2 }], [x3, { by: 2 }], true],
  ["other options in plain objects", [x3, { by: 2 }], [x3, { by: 3 }], false],
  ["other keys", [x3, { by: 2 }], [x3, { of: 2 }], false],
  ["the same instance", [x3, options], [x3, options], true],
  ["an instance of the same class and content", [x3, options], [x3, new Options(3)], true],
  ["an instance of the same class and other content", [x3, options], [x3, new Options(4)], false],
  ["an instance and a plain object of its content", [x3, options], [x3, { by: 3 }], false],
  ["instances with # fields, by identity", [x3, new Hidden(3)], [x3, new Hidden(4)], false],
  ["instances of classes that extend ones with # fields", [x3, new HiddenBelow(3)], [x3, new HiddenBelow(4)], false],
  ["objects with properties that can't be seen, by identity", [x3, nonEnumerable(3)], [x3, nonEnumerable(4)], false],
  ["objects with a prototype that is no class, by identity", [x3, Object.create({ by: 3 })], [x3, Object.create({ by: 4 })], false],
  ["typed arrays of the same content", [x3, Float32Array.of(1, NaN)], [x3, Float32Array.of(1, NaN)], true],
  ["typed arrays of other content", [x3, Float32Array.of(1, 2)], [x3, Float32Array.of(1, 3)], false],
  ["typed arrays that differ in the sign of 0", [x3, Float32Array.of(0)], [x3, Float32Array.of(-0)], false],
  ["typed arrays of the same bytes and another class", [x3, Float32Array.of(1)], [x3, Int32Array.from([0x3f800000])], false],
  ["large typed arrays that differ at their end", [x3, new Uint8Array(100_000)], [x3, new Uint8Array(100_000).fill(1, 99_999)], false],
  ["parts of buffers of the same content", [x3, Uint8Array.of(1, 2, 3).subarray(1)], [x3, Uint8Array.of(2, 3)], true],
  ["a detached typed array and an empty one", [x3, detached()], [x3, new Uint8Array(0)], true],
  ["large typed arrays of the same content", [x3, new Uint8Array(20_000).subarray(1)], [x3, new Uint8Array(19_999)], true],
  ["large typed arrays that differ behind their first part", [x3, new Uint8Array(20_000)], [x3, new Uint8Array(20_000).fill(1, 8192, 8193)], false],
  ["typed arrays that differ at their start", [x3, Uint8Array.of(1, 2)], [x3, Uint8Array.of(3, 2)], false],
  ["buffers of the same content", [x3, Uint8Array.of(1, 2).buffer], [x3, Uint8Array.of(1, 2).buffer], true],
  ["buffers of other content", [x3, Uint8Array.of(1).buffer], [x3, Uint8Array.of(2).buffer], false],
  ["DataViews of other content", [x3, new DataView(Uint8Array.of(1).buffer)], [x3, new DataView(Uint8Array.of(2).buffer)], false],
  ["Dates of the same time", [x3, new Date(5)], [x3, new Date(5)], true],
  ["Dates of another time", [x3, new Date(5)], [x3, new Date(6)], false],
  ["equal regular expressions", [x3, /a,b/g], [x3, /a,b/g], true],
  ["other flags of regular expressions", [x3, /a/g], [x3, /a/i], false],
  ["Maps of the same content", [x3, new Map([["a", 1]])], [x3, new Map([["a", 1]])], true],
  ["Maps of other content", [x3, new Map([["a", 1]])], [x3, new Map([["a", 2]])], false],
  ["Sets of other content", [x3, new Set([1])], [x3, new Set([2])], false],
  ["a Map and a Set", [x3, new Map([[1, 2]])], [x3, new Set([1, 2])], false],
  ["nested content", [x3, { a: [{ b: 1 }] }], [x3, { a: [{ b: 2 }] }], false],
  ["content beside tensors", [{ t: x3, k: [1] }], [{ t: x3, k: [2] }], false],
  ["objects with a built-in's prototype that are none", [x3, Object.create(Date.prototype)], [x3, Object.create(Map.prototype)], false],
  ["invalid Dates", [x3, new Date(NaN)], [x3, new Date(NaN)], true],
  ["URLs, by identity", [x3, new URL("http://a/1")], [x3, new URL("http://a/2")], false],
  ["iterators, by identity", [x3, [1].values()], [x3, [2].values()], false],
  ["generators, by identity", [x3, (function* () {})()], [x3, (function* () {})()], false],
  ["instances whose state is in a WeakMap, by identity", [x3, new Weak(2)], [x3, new Weak(3)], false],
  ["instances of a class without any state", [x3, new (class A {})()], [x3, new (class A {})()], false],
  ["instances of the same class without any state", [x3, new Stateless()], [x3, new Stateless()], true],
  ["accessors, by what they give", [x3, { get by() { return 2; } }], [x3, { get by() { return 3; } }], false],
  ["a proxy, by content", [x3, new Proxy({ by: 2 }, {})], [x3, new Proxy({ by: 3 }, {})], false],
  ["cyclic content", [x3, cyclic(1)], [x3, cyclic(1)], true],
  ["other cyclic content", [x3, cyclic(1)], [x3, cyclic(2)], false],
  ["symbols as keys", [x3, { [Symbol.iterator]: 1 }], [x3, { [Symbol.iterator]: 2 }], false],
  ["no prototype", [x3, { a: 1 }], [x3, Object.assign(Object.create(null), { a: 1 })], false],
  ["boxed numbers, by identity", [x3, Object(3)], [x3, Object(4)], false],
  ["errors, by identity", [x3, new Error("a")], [x3, new Error("b")], false],
  ["instances that hold tensors", [new Layer(x3)], [new Layer(v3)], true],
  ["another class that holds tensors", [new Layer(x3)], [{ w: v3 }], false],
  ["an array with names and one without", [m23.max(1)], [[...m23.max(1)]], false],
  ["bytes that look like the end of themselves", [x3, new TextEncoder().encode("a,string:b"), 1], [x3, new TextEncoder().encode("a"), "b"], false],
  ["a function, by identity", [x3, f], [x3, f], true],
  ["another function", [x3, f], [x3, loss], false],
  ["the same plain object", [x3, object], [x3, object], true],
  ["tensors in arrays", [[x3, v3]], [[v3, x3]], true],
  ["tensors in arrays of another structure", [[x3, v3]], [[[x3, v3]]], false],
  ["an array and separate arguments", [[x3, v3]], [x3, v3], false],
  ["a key that looks like structure", [{ "a:T,b": x3 }], [{ a: x3, b: 1 }], false],
  ["strings that look like several", [x3, "a,string:b"], [x3, "a", "b"], false],
  ["a string that looks like an instance", [x3, options], [x3, "@0"], false],
  ["a symbol", [x3, Symbol.iterator], [x3, Symbol.iterator], true],
  ["another symbol of the same name", [x3, Symbol("a")], [x3, Symbol("a")], false],
]; // prettier-ignore
// Computing them later would count as something left behind.
pf.evaluate(...flat(signatures));
for (const [name, first, second, hit] of signatures) {
  test(`signature: ${name}`, (compile) => {
    const g = compile((...args: unknown[]) => pf.mul(flat(args)[0], 2));
    same(g(...first), flat(first)[0].mul(2));
    same(g(...second), flat(second)[0].mul(2));
    assert.is(g.cacheInfo().hits, hit ? 1 : 0);
    assert.is(g.cacheInfo().size, hit ? 1 : 2);
  });
}
test("the default dtype and the gradient mode are part of the signature", (compile) => {
  const g = compile((x: T) => x.mul(pf.ones([3])));
  g(x3);
  pf.noGrad(() => g(x3));
  assert.is(g.cacheInfo().size, 2);
  const before = pf.getDefaultDtype();
  pf.setDefaultDtype("float64");
  try {
    g(x3);
  } finally {
    pf.setDefaultDtype(before);
  }
  assert.is(g.cacheInfo().size, 3);
});
test("fn runs once per signature", (compile) => {
  let runs = 0;
  const g = compile((x: T) => {
    runs++;
    return f(x);
  });
  for (let i = 0; i < 5; i++) g(x3);
  assert.is(runs, 1);
});
test("the least recently used of 64 signatures goes first", (compile) => {
  let runs = 0;
  const g = compile((x: T, n: number) => {
    runs++;
    return x.mul(n);
  });
  for (let n = 0; n < 64; n++) g(x3, n);
  g(x3, 0);
  assert.equal([runs, g.cacheInfo().size], [64, 64]);
  g(x3, 64); // 1 goes, since 0 was used
  g(x3, 0);
  assert.equal([runs, g.cacheInfo().size], [65, 64]);
  near(g(x3, 1), [0.5, -1.2, 2]);
  assert.equal([runs, g.cacheInfo().size], [66, 64]);
});

// -- arguments and results: to the last bit those of fn

const leaf = f64([[1, 2], [3, 4], [5, 6]], true); // prettier-ignore
const makers: Record<string, () => T> = {
  contiguous: () => f64([[1, 2, 3], [4, 5, 6]]),
  transposed: () => f64([[1, 2], [3, 4], [5, 6]]).t(),
  "a transposed detached leaf": () => leaf.t().detach(),
  sliced: () => f64([[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12], [0, 1, 0, 1, 0, 1]]).slice(0, 0, 3, 2).slice(1, 1, 6, 2),
  flipped: () => f64([[1, 2, 3], [4, 5, 6]]).flip(0, 1),
  expanded: () => f64([1, 2, 3]).expand(2, 3),
  "expanded from one": () => f64(2).expand(2, 3),
  "a constant": () => pf.full([2, 3], 0.3, { dtype: "float64" }),
  "a ramp": () => pf.arange(6, { dtype: "float64" }).reshape(2, 3),
  pending: () => f64([[1, 2, 3], [4, 5, 6]]).sin().mul(3),
  "pending, transposed": () => f64([[1, 2], [3, 4], [5, 6]]).sin().t(),
  "a result of a transform": () => jvp(f, m23, m23)[1],
  "float32": () => pf.tensor([[1, 2, 3], [4, 5, 6]]),
  empty: () => f64([]).reshape(0, 3),
}; // prettier-ignore
const bodies: [string, (x: T) => unknown][] = [
  ["elementwise", (x) => f(x)],
  ["several results", (x) => [x.sum(0), x.mul(2), { mean: x.sum().div(6) }]],
  ["a matrix product", (x) => x.matmul(x.t())],
  ["views", (x) => [x.t(), x.flip(1), x.narrow(1, 1, 2), x.reshape(-1), x.expand(2, -1, -1)]],
  ["a view of something computed", (x) => x.exp().t().narrow(0, 0, 2)],
  ["the argument itself", (x) => [x, x.exp()]],
  ["the same twice", (x) => { const y = x.exp(); return [y, y, y.t(), x, x]; }],
  ["constants", (x) => [pf.ones([2]), f64([1, 2]), x.mul(0).add(1), pf.arange(3)]],
  ["a constant that is computed", (x) => [f64([1, 2]).exp(), x.mul(f64([1, 2, 3]).sin())]],
  ["a clone", (x) => x.clone()],
  ["other dtypes", (x) => [x.gt(2), x.to("int32"), x.sum(0).argmax(), x.to("float32")]],
  ["nothing that depends on it", () => f64([3])],
  ["a gather", (x) => x.gather(0, pf.tensor(Int32Array.from([0]), { shape: [1, 1] }).expand(x.shape[0] ? 1 : 0, 3))],
]; // prettier-ignore
for (const [bodyName, body] of bodies) {
  test(`results equal fn's to the last bit: ${bodyName}`, (compile) => {
    const g = compile(body);
    // One program serves all layouts.
    for (const [name, make] of Object.entries(makers)) {
      const x = make();
      if (name === "pending" || name === "pending, transposed") {
        same(g(make()), body(make()));
        continue;
      }
      same(g(x), body(x));
      same(g(x), body(x));
    }
  });
}
test("arguments in containers, the same tensor more than once, and results in containers", (compile) => {
  const body = ({ a, list }: { a: T; list: T[] }, b: T) => ({ sum: a.add(list[0]).add(b), rest: [list[1].mul(b), [b]] });
  const g = compile(body);
  same(g({ a: x3, list: [v3, x3] }, x3), body({ a: x3, list: [v3, x3] }, x3));
  const result = g({ a: x3, list: [x3, x3] }, v3);
  same(result, body({ a: x3, list: [x3, x3] }, v3));
  assert.equal(Object.keys(result), ["sum", "rest"]);
}); // prettier-ignore
test("results that are arguments stay when these are disposed, and the other way round", (compile) => {
  const g = compile((x: T) => [x, x.t(), x.mul(2)]);
  for (let i = 0; i < 3; i++) {
    const x = f64([[1, 2], [3, 4]]); // prettier-ignore
    const [a, b, c] = g(x);
    x.dispose();
    g(f64([[9, 9], [9, 9]])); // prettier-ignore
    assert.equal(b.toArray(), [[1, 3], [2, 4]]); // prettier-ignore
    a.dispose();
    assert.equal([b.toArray(), c.toArray()], [[[1, 3], [2, 4]], [[2, 4], [6, 8]]]); // prettier-ignore
  }
});
test("results of one call are not those of the next", (compile) => {
  const g = compile((x: T) => [x.exp(), x.sum()]);
  const first = g(x3);
  const second = g(v3);
  same(first, [x3.exp(), x3.sum()]);
  same(second, [v3.exp(), v3.sum()]);
});
test("a loop that feeds results back", (compile) => {
  const step = (x: T): T => x.matmul(x.t()).tanh().matmul(x).mul(0.5).add(0.1);
  const g = compile(step);
  let [a, b] = [m23, m23];
  for (let i = 0; i < 50; i++) [a, b] = [g(a), step(b)];
  same(a, b);
});

// -- with the transforms

const v33 = f64([1, -1, 0.5]);
const inside: [string, (x: T) => unknown][] = [
  ["jvp", (x) => jvp(f, x, v33)],
  ["vjp", (x) => vjp(f, x, v33)],
  ["hvp", (x) => hvp(loss, x, v33)],
  ["vhp", (x) => vhp(loss, x, v33)],
  ["jacobian", (x) => jacobian(f, x)],
  ["jacobian, forward mode", (x) => jacobian(f, x, { strategy: "forward-mode" })],
  ["hessian", (x) => hessian(loss, x)],
  ["func.grad", (x) => pf.func.grad(loss)(x)],
  ["func.gradAndValue", (x) => pf.func.gradAndValue(loss)(x)],
  ["func.jacfwd", (x) => pf.func.jacfwd(f)(x)],
  ["func.hessian", (x) => pf.func.hessian(loss)(x)],
  ["vmap", (x) => pf.func.vmap((t: T) => t.mul(t).add(1))(x)],
  ["vmap of a gradient", (x) => pf.func.vmap(pf.func.grad((t: T) => t.pow(3)))(x)],
  ["a gradient of a gradient", (x) => pf.func.grad((t: T) => pf.func.grad(loss)(t).sum())(x)],
  ["tidy", (x) => pf.tidy(() => x.exp().add(pf.tidy(() => x.sin())))],
  ["noGrad", (x) => pf.noGrad(() => f(x))],
];
for (const [name, body] of inside) {
  test(`${name} inside`, (compile) => {
    const g = compile(body);
    for (const x of [x3, v3, x3.flip(0)]) same(g(x), body(x));
    assert.equal([g.cacheInfo().hits, g.cacheInfo().misses], [2, 1]);
  });
  test(`${name} around`, (compile) => {
    const outside = (h: (x: T) => T): ((x: T) => unknown) => (x) => outer(name, h, x); // prettier-ignore
    let runs = 0;
    const g = compile((x: T) => {
      runs++;
      return f(x);
    });
    same(outside(g)(x3), outside(f)(x3));
    same(outside(g)(v3), outside(f)(v3));
    if (["tidy", "noGrad"].includes(name)) return;
    // In a transform it is fn itself.
    assert.ok(runs >= 2);
    assert.equal(g.cacheInfo().size, 0);
  });
}
function outer(name: string, h: (x: T) => T, x: T): unknown {
  const scalar = (t: T): T => h(t).sum();
  switch (name) {
    case "jvp": return jvp(h, x, v33);
    case "vjp": return vjp(h, x, v33);
    case "hvp": return hvp(scalar, x, v33);
    case "vhp": return vhp(scalar, x, v33);
    case "jacobian": return jacobian(h, x);
    case "jacobian, forward mode": return jacobian(h, x, { strategy: "forward-mode" });
    case "hessian": return hessian(scalar, x);
    case "func.grad": return pf.func.grad(scalar)(x);
    case "func.gradAndValue": return pf.func.gradAndValue(scalar)(x);
    case "func.jacfwd": return pf.func.jacfwd(h)(x);
    case "func.hessian": return pf.func.hessian(scalar)(x);
    case "vmap": return pf.func.vmap(h)(x);
    case "vmap of a gradient": return pf.func.vmap(pf.func.grad(h))(x);
    case "a gradient of a gradient": return pf.func.grad((t: T) => pf.func.grad(scalar)(t).sum())(x);
    case "tidy": return pf.tidy(() => h(x));
    default: return pf.noGrad(() => h(x));
  }
} // prettier-ignore
test("with tensors that require grad it is fn itself", (compile) => {
  const x = f64([0.5, -1.2, 2], true);
  const g = compile(f);
  const y = g(x);
  assert.ok(y.requiresGrad);
  same(pf.autograd.grad(y.sum(), x), pf.autograd.grad(f(x).sum(), x));
  assert.is(g.cacheInfo().size, 0);
  same(pf.noGrad(() => g(x)), pf.noGrad(() => f(x))); // prettier-ignore
  assert.is(g.cacheInfo().size, 1);
});
test("a function whose results depend on captured tensors that require grad is not cut off", (compile) => {
  const w = f64([1, 2, 3], true);
  const g = compile((x: T) => x.mul(w).exp());
  for (let i = 0; i < 3; i++) same(pf.autograd.grad(g(x3).sum(), w), pf.autograd.grad(x3.mul(w).exp().sum(), w));
  const gradient = compile((x: T) => pf.autograd.grad(x.mul(w).exp().sum(), w)[0]);
  for (const x of [x3, v3]) same(gradient(x), pf.autograd.grad(x.mul(w).exp().sum(), w)[0]);
});
test("a compiled function in a compiled function", (compile) => {
  const g = compile(f);
  const h = compile((x: T) => g(x).add(g(x.mul(2))));
  for (const x of [x3, v3]) same(h(x), f(x).add(f(x.mul(2))));
});
test("custom functions inside", (compile) => {
  const cube = pf.autograd.customFunction({
    forward(ctx, x: T) {
      ctx.saveForBackward(x);
      return x.pow(3);
    },
    backward: (ctx, g) => g.mul(ctx.savedTensors[0].square()).mul(3),
  });
  const g = compile((x: T) => jvp(cube, x, v33));
  for (const x of [x3, v3]) same(g(x), jvp(cube, x, v33));
});

// -- captured tensors

test("captured tensors are constants of the trace", (compile) => {
  let c = f64([1, 2, 3]);
  const g = compile((x: T) => x.mul(c).add(c.exp()));
  const traced = c;
  same(g(x3), x3.mul(c).add(c.exp()));
  c = f64([0, 0, 0]);
  same(g(x3), x3.mul(traced).add(traced.exp()));
  g.clear();
  same(g(x3), f64([1, 1, 1]));
});
test("a captured tensor that requires grad since the trace gets its gradient", (compile) => {
  const [w, other] = [f64([1, 2, 3]), f64([1, 1, 2])];
  const [g, h] = [compile((x: T) => x.mul(w).exp()), compile((x: T) => x.mul(other))];
  for (const f of [g, h]) for (let i = 0; i < 2; i++) f(x3);
  w.requiresGrad_();
  for (let i = 0; i < 2; i++) same(pf.autograd.grad(g(x3).sum(), w), pf.autograd.grad(x3.mul(w).exp().sum(), w));
  w.requiresGrad_(false);
  same(g(x3), x3.mul(w).exp());
  same(h(x3), x3.mul(other));
  assert.is(h.cacheInfo().misses, 1);
});
test("a captured tensor that was disposed since gives a DisposedError that says what to do", (compile) => {
  const c = f64([1, 2, 3]).add(1);
  const g = compile((x: T) => x.mul(c));
  near(g(x3), [1, -3.6, 8]);
  c.dispose();
  throws(() => g(x3), "DisposedError", "compile: a tensor of shape [3] that the function captured was disposed after it was traced", "pass them as arguments"); // prettier-ignore
  throws(() => g(x3), "DisposedError", "compile:");
});
test("what a captured tensor was made of is not captured, wherever it stands", (compile) => {
  for (const f of [(x: T, c: T) => x.sub(c), (x: T, c: T) => c.sub(x)]) {
    const w = f64([1, 2, 3]);
    const c = w.mul(2);
    const g = compile((x: T) => f(x, c));
    const want = (): number[] => [...f(x3, f64([2, 4, 6])).data()];
    near(g(x3), want());
    w.dispose();
    near(g(x3), want());
    c.dispose();
    throws(() => g(x3), "DisposedError", "compile: a tensor of shape [3] that the function captured was disposed");
  }
});
test("a program holds what it computes and nothing else of its trace", (compile) => {
  const c = f64([1, 2, 3]);
  const held = (f: (x: T) => T): number => {
    const before = core.liveNodes();
    pf.tidy(() => void compile(f)(x3));
    return core.liveNodes() - before;
  };
  // The parameter, and what depends on it.
  assert.is(
    held((x) => x.exp()),
    2,
  );
  assert.is(
    held((x) => x.exp().mul(c)),
    3,
  );
  assert.is(
    held((x) => x.exp().mul(f64([1, 2, 3]).sin())),
    4,
  );
});
test("signatures that are not compiled are forgotten like others", (compile) => {
  const w = f64([1, 2, 3], true);
  const g = compile((x: T, n: number) => x.mul(w).mul(n));
  for (let n = 0; n < 70; n++) near(g(x3, n).detach(), [0.5 * n, -2.4 * n, 6 * n]);
  assert.is(g.cacheInfo().size, 64);
});
test("tensors that fn makes itself are no captured ones", (compile) => {
  const g = compile((x: T) => pf.tidy(() => x.mul(f64([1, 2, 3])).add(pf.tidy(() => f64([1, 1, 1]).exp()))));
  for (let i = 0; i < 3; i++) same(g(x3), x3.mul(f64([1, 2, 3])).add(f64([1, 1, 1]).exp()));
});

const collectGarbage = (globalThis as { gc?: () => void }).gc;
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
for (const [name, make] of [
  ["a leaf", () => f64([1, 2, 3])],
  ["a computed one", () => pf.tidy(() => f64([0, 1, 2]).add(1))],
  ["one that is still to be computed", () => pf.exp(f64([1, 2, 3])).log()],
  ["a view", () => f64([[1, 9], [2, 9], [3, 9]]).select(1, 0)],
] as [string, () => T][]) {
  rows(`a captured tensor that is collected is a constant all the same: ${name}`, async () => {
    if (!collectGarbage) throw new Error("run node with --expose-gc");
    const { made, handle } = (() => {
      let c = make();
      const handle = new WeakRef(c);
      const g = compile((x: T) => x.mul(c).add(c));
      pf.tidy(() => near(g(x3), [1.5, -0.4, 9], 1e-9));
      c = x3;
      return { made: g, handle };
    })();
    // Handles are collected by pages: those of later tensors push it out.
    for (let i = 0; i < 4; i++) {
      for (let k = 0; k < 64; k++) pf.tidy(() => pf.ones([3]).add(k));
      await turn();
      collectGarbage();
      await turn();
    }
    assert.is(handle.deref(), undefined);
    for (let i = 0; i < 3; i++) pf.tidy(() => near(made(v3), [2, -2, 4.5], 1e-9));
    const before = core.liveNodes();
    made.clear();
    assert.ok(core.liveNodes() < before, "clear lets it go");
  });
} // prettier-ignore
rows("compiled functions are collected with their programs, and objects among arguments by themselves", async () => {
  if (!collectGarbage) throw new Error("run node with --expose-gc");
  const w = f64([1, 2, 3], true);
  const before = core.liveNodes();
  const { g, refs } = pf.tidy(() => {
    // The first signature is not compiled.
    const gone = compile((x: T, n: number) => (n ? x.exp() : x.mul(w)));
    for (const n of [0, 1]) gone(x3, n);
    const g = compile((x: T, ...all: unknown[]) => [x.exp(), ...all]);
    const objects = [{ n: 1 }, () => 1, new Hidden(2)];
    for (const object of objects) g(x3, object);
    return { g, refs: objects.map((object) => new WeakRef<object>(object)) };
  });
  // What the three programs of g hold is all that is left, once the collector has been by.
  const isThere = (): boolean => refs.some((ref) => ref.deref() !== undefined) || core.liveNodes() > before + 6;
  for (let i = 0; i < 50 && isThere(); i++) {
    await turn();
    collectGarbage();
  }
  assert.not(isThere());
  g.clear();
  assert.ok(core.liveNodes() <= before); // the collector may find what other tests have left
  w.dispose();
});
test("only the user's own last dispose counts, also that of tidy", (compile) => {
  const [c, d] = [f64([1, 2, 3]), f64([1, 1, 1])];
  const g = compile((x: T) => x.mul(c));
  const h = compile((x: T) => x.mul(c).add(d));
  g(x3);
  h(x3);
  d.dispose();
  near(g(v3), [1, -4, 1.5]);
  throws(() => h(v3), "DisposedError", "a tensor of shape [3] that the function captured was disposed");
  h.clear();
  near(g(v3), [1, -4, 1.5]);
  let k: (x: T) => T = g;
  pf.tidy(() => {
    const inner = f64([5, 5, 5]);
    k = compile((x: T) => x.mul(inner));
    near(k(v3), [5, -10, 2.5]);
  });
  throws(() => k(v3), "DisposedError", "keep them, or pass them as arguments");
  c.dispose();
  throws(() => g(v3), "DisposedError");
});
test("a gradient that was captured outlives its leaf's next one", (compile) => {
  const leaf = f64([1, 2, 3], true);
  leaf.square().sum().backward();
  const captured = leaf.grad!;
  const g = compile((x: T) => x.mul(captured));
  near(g(v3), [2, -8, 3]);
  leaf.grad = null;
  near(g(x3), [1, -4.8, 12]);
});

// -- arguments that change between calls

class Step {
  calls = 0;
  constructor(
    public rate: number,
    public w: T | null = null,
  ) {}
  apply(t: T): T {
    return t.mul(this.rate).add(this.w ?? 0);
  }
}
test("an instance that is changed between calls: the numbers are those of what it holds now", (compile) => {
  const g = compile((step: Step, t: T) => step.apply(t));
  const step = new Step(2);
  near(g(step, x3), [1, -2.4, 4]);
  step.rate = 3;
  near(g(step, x3), [1.5, -3.6, 6]);
  near(g(new Step(2), x3), [1, -2.4, 4]);
  assert.equal([g.cacheInfo().hits, g.cacheInfo().size], [1, 2]);
  step.w = v3;
  near(g(step, x3), [2.5, -5.6, 6.5]);
  step.w = x3;
  near(g(step, x3), [2, -4.8, 8]);
  assert.equal([g.cacheInfo().hits, g.cacheInfo().size], [2, 3]);
});
test("containers that are changed between calls", (compile) => {
  const g = compile((t: T, how: any) => t.mul(how.list.length).add(how.map.get("by")).mul(how.bytes[0]).add(how.when.getTime()));
  const how = { list: [0], map: new Map([["by", 1]]), bytes: Float64Array.of(2), when: new Date(0) };
  const f = (): number[] => [...x3.mul(how.list.length).add(how.map.get("by")!).mul(how.bytes[0]).add(how.when.getTime()).data()];
  const changes = [() => {}, () => how.list.push(0), () => how.map.set("by", 4), () => (how.bytes[0] = 3), () => how.when.setTime(7)];
  for (const change of changes) {
    change();
    for (let i = 0; i < 2; i++) near(g(x3, how), f());
  }
  assert.equal([g.cacheInfo().hits, g.cacheInfo().size], [5, 5]);
}); // prettier-ignore
test("a property of an instance of a class that extends Map, changed between calls", (compile) => {
  class Settings extends Map<string, number> {
    by = 2;
  }
  const g = compile((t: T, how: Settings) => t.mul(how.by));
  const how = new Settings();
  near(g(v3, how), [2, -4, 1]);
  how.by = 3;
  near(g(v3, how), [3, -6, 1.5]);
});
test("two instances with other # fields", (compile) => {
  const g = compile((t: T, hidden: Hidden) => t.mul(hidden.by));
  const [two, three] = [new Hidden(2), new HiddenBelow(3)];
  for (let i = 0; i < 2; i++) {
    near(g(v3, two), [2, -4, 1]);
    near(g(v3, three), [3, -6, 1.5]);
  }
  assert.is(g.cacheInfo().hits, 2);
});
test("arguments that are the same tensor, at times", (compile) => {
  const g = compile((a: T, { b, c }: { b: T; c: T[] }) => a.mul(b).add(c[0]).sub(c[1].mul(2)));
  near(g(x3, { b: x3, c: [x3, x3] }), [-0.25, 2.64, 2]);
  near(g(x3, { b: v3, c: [x3, v3] }), [-1, 5.2, 2]);
  const view = x3.flip(0);
  near(g(view, { b: x3, c: [view, x3] }), [2, 2.64, -2.5]);
  assert.equal([g.cacheInfo().hits, g.cacheInfo().size], [2, 1]);
});
test("what is no tensor in results: the call's own where it is an argument, else the trace's", (compile) => {
  const shared = { a: 1 };
  const g = compile((t: T, options: any, f: unknown) => ({ t, options, deep: options.deep, f, shared, n: options.n }));
  const make = (n: number) => ({ n, deep: { list: [n] } });
  for (const options of [make(1), make(1), make(2), make(1)]) {
    const result = g(x3, options, f);
    assert.is(result.options, options);
    assert.is(result.deep, options.deep);
    assert.is(result.f, f);
    assert.is(result.shared, shared);
    assert.is(result.n, options.n);
    options.deep.list.push(9); // a later call must not see it
  }
  assert.equal([g.cacheInfo().hits, g.cacheInfo().size], [2, 2]);
}); // prettier-ignore
test("the only thing among the results that is an argument's is the call's own", (compile) => {
  const g = compile((t: T, options: object) => [t, options]);
  for (const options of [{ n: 1 }, { n: 1 }]) assert.is(g(x3, options)[1], options);
  assert.is(g.cacheInfo().hits, 1);
});
test("calls in a row: each is what it would be alone", (compile) => {
  const f = (x: T | null, y?: T | number | null): T => {
    if (x === null) return (y as T).mul(3);
    if (y == null) return x.mul(2);
    return x
      .mul(y)
      .add(pf.isGradEnabled() ? 1 : 2)
      .to(pf.getDefaultDtype());
  };
  const before = pf.getDefaultDtype();
  const g = compile(f);
  const calls: (() => T)[] = [
    ...[null, undefined, 2, m23, v3.to("float32"), x3].map((y) => () => g(x3, y)),
    ...[m23, v3.to("float32")].map((x) => () => g(x, v3)),
    () => g(null, v3),
    () => g(m23.sum(0)),
    () => {
      pf.setDefaultDtype("float64");
      try {
        return g(x3, v3);
      } finally {
        pf.setDefaultDtype(before);
      }
    },
    () => pf.noGrad(() => g(x3, v3)),
    () => pf.func.vmap(g)(m23, m23),
    () => pf.functional.jvp(g, [x3, v3], [x3, v3])[1] as T,
    () => g(x3.clone().requiresGrad_(), v3),
  ];
  for (const call of calls) {
    for (let i = 0; i < 2; i++) same(g(x3, v3), f(x3, v3));
    const want = pf.tidy(() => bits(call()));
    g.clear();
    assert.equal(bits(call()), want);
  }
});
test("functions without a tensor among their arguments", (compile) => {
  const g = compile((options: { n: number }) => pf.full([2], options.n, { dtype: "float64" }));
  const options = { n: 0 };
  for (const n of [1, 1, 2, 3, 3, 1]) {
    options.n = n;
    near(g(options), [n, n]);
  }
  assert.equal([g.cacheInfo().hits, g.cacheInfo().size], [3, 3]);
});
test("a tensor as this is no argument of the next call", (compile) => {
  const g = compile(function (this: T | undefined, ...all: T[]): T {
    return all.reduce((a, b) => a.mul(b)).add(this ?? 0);
  });
  const w = f64([1, 1, 1]);
  for (let i = 0; i < 2; i++) {
    near(g.call(w, x3, v3), [1.5, 3.4, 2]);
    near(g.call(undefined, w, x3, v3), [0.5, 2.4, 1]);
  }
});
test("this is an argument where fn uses it, and none where it does not", (compile) => {
  const holder = {
    rate: 2,
    w: v3,
    uses: compile(function (this: any, t: T): T {
      return t.mul(this.w).mul(this.rate);
    }),
    arrow: compile((t: T): T => t.mul(2)),
    plain: compile(function (t: T): T {
      return t.mul(2);
    }),
    method: new (class {
      rate = 2;
      scale = compile((t: T): T => t.mul(this.rate));
    })().scale,
    cache: new Map([["w", x3]]),
  };
  throws(() => holder.uses(x3), "ArgumentError", "compile: Map (at [0].cache) holds tensors");
  for (const name of ["arrow", "plain", "method"] as const) near(holder[name](x3), [1, -2.4, 4]);
  const { uses } = holder;
  const own = { rate: 2, w: v3, uses };
  near(own.uses(x3), [1, 4.8, 2]);
  own.rate = 1;
  near(own.uses(x3), [0.5, 2.4, 1]);
  own.w = x3;
  near(own.uses(x3), [0.25, 1.44, 4]);
  assert.equal([uses.cacheInfo().hits, uses.cacheInfo().misses], [1, 2]);
  class Model {
    constructor(readonly w: T) {}
    forward(t: T): T {
      return t.mul(this.w);
    }
  }
  const forward = compile(Model.prototype.forward);
  Object.assign(Model.prototype, { forward });
  near(new Model(v3).forward(x3), [0.5, 2.4, 1]);
  near(new Model(x3).forward(x3), [0.25, 1.44, 4]);
  assert.is(forward.cacheInfo().hits, 1);
  near(pf.func.grad((m: Model) => m.forward(x3).sum())(new Model(v3)).w, [0.5, -1.2, 2]);
});

// -- the warning

const warned = (body: () => void): string[] => {
  warnings.length = 0;
  body();
  return [...warnings];
};
const times = (count: number, call: (i: number) => void): void => {
  for (let i = 0; i < count; i++) call(i);
};
// As minifiers write it.
const minified = (0, eval)("o=>o.x.mul(o.lr)"); // eslint-disable-line no-eval
/** Functions, a hundred calls of which trace a hundred times, and what the warning names. */
const retraced: [string, (...args: any[]) => T, (i: number) => unknown[], string, string][] = [
  ["a number", (x, lr) => x.mul(lr), (i) => [x3, i], "lr", "pf.tensor(lr)"],
  ["a number in options", (x, opts) => x.mul(opts.lr), (i) => [x3, { lr: i, beta: 2 }], "opts.lr", "pf.tensor(opts.lr)"],
  ["a number beside tensors", (params, x = 0) => x.mul(params.rate), (i) => [{ w: v3, rate: i }, x3], "params.rate", "pf.tensor(params.rate)"],
  ["a number in an instance", (step, x) => step.apply(x), (i) => [new Step(i), x3], "step.rate", "pf.tensor(step.rate)"],
  ["one of a function's", function (x, lr) { return x.mul(lr); }, (i) => [x3, i], "lr", "pf.tensor(lr)"],
  ["what no plain parameter names", (x, { lr }) => x.mul(lr), (i) => [x3, { lr: i }], "args[1].lr", "pf.tensor(args[1].lr)"],
  ["rest parameters", (...all) => all[0].mul(all[1]), (i) => [x3, i], "args[1]", "pf.tensor(args[1])"],
  ["a bigint", (x, n) => x.mul(Number(n)), (i) => [x3, BigInt(i - 0.5)], "n was another bigint", "pf.tensor(n)"],
  ["one beside this", function (this: unknown, x, lr) { return x.mul(this ? 1 : lr); }, (i) => [x3, i], "lr", "pf.tensor(lr)"],
  ["an arrow without brackets", minified, (i) => [{ x: x3, lr: i }], "o.lr", "pf.tensor(o.lr)"],
  ["a function", (x, f) => f(x), () => [x3, (t: T) => t.mul(2)], "f", "pass the same one"],
]; // prettier-ignore
for (const [name, fn, args, ...phrases] of retraced) {
  test(`retracing at every call is told once: ${name}`, (compile) => {
    const g = compile(fn);
    const got = warned(() => times(100, (i) => g(...args(i + 0.5))));
    assert.is(got.length, 1);
    assert.ok(got[0].startsWith("compile: the argument "), got[0]);
    for (const phrase of phrases) assert.ok(got[0].includes(phrase), `"${got[0]}" should include "${phrase}"`);
    assert.is(g.cacheInfo().misses, 100);
  });
}
test("it is told when an argument has changed for the tenth time in a row", (compile) => {
  const told = (calls: number): number => {
    const g = compile((x: T, n: number) => x.mul(n));
    return warned(() => times(calls, (i) => g(x3, i))).length;
  };
  assert.equal([told(10), told(11)], [0, 1]);
  // At every other call is as good as at each.
  const f = (x: T, n: number): T => x.mul(n);
  const [pairs, triples] = [compile(f), compile(f)];
  assert.is(warned(() => times(40, (i) => pairs(x3, i >> 1))).length, 1);
  assert.is(warned(() => times(60, (i) => triples(x3, Math.floor(i / 3)))).length, 0);
});
test("it is told for each function by itself, and not for what does not retrace at every call", (compile) => {
  const f = (x: T, n: number): T => x.mul(n);
  const many = (g: typeof f): string[] => warned(() => times(30, (i) => g(x3, i)));
  assert.equal([many(compile(f)).length, many(compile(f)).length], [1, 1]);
  const few = compile(f);
  assert.equal(
    warned(() => times(100, (i) => few(x3, i % 5))),
    [],
  );
  // A rate that changes now and then.
  const seldom = compile(f);
  assert.equal(
    warned(() => times(600, (i) => seldom(x3, Math.floor(i / 20)))),
    [],
  );
  // Shapes change: the number is not to blame.
  const shapes = compile(f);
  assert.equal(
    warned(() => times(30, (i) => shapes(pf.ones([i + 1]), i))),
    [],
  );
  // So does what else there is.
  const more = compile((x: T, list: number[]) => x.mul(list[0]!));
  assert.equal(
    warned(() => times(40, (i) => more(x3, Array<number>(1 + (i % 2)).fill(i)))),
    [],
  );
  // Of large arguments the last thousand values are looked at.
  const large = (at: number): number => {
    const g = compile((x: T, list: number[]) => x.mul(list[at]!));
    return warned(() => times(12, (i) => g(x3, Array<number>(1200).fill(0).with(at, i)))).length;
  };
  assert.equal([large(0), large(199), large(200), large(1199)], [0, 0, 1, 1]);
  const named = compile((x: T, options: object) => x.mul(Object.values(options)[0] as number));
  assert.equal(
    warned(() => times(40, (i) => named(x3, { [i % 2 ? "a" : "b"]: i }))),
    [],
  );
  const tensors = compile((x: T, lr: T) => x.mul(lr));
  assert.equal(
    warned(() => times(30, (i) => tensors(x3, pf.tensor(i)))),
    [],
  );
  assert.is(tensors.cacheInfo().misses, 1);
});

// -- errors

const reading = "compile";
test("a value that depends on the arguments can't be read: the error says what to do", (compile) => {
  const readers: ((x: T) => unknown)[] = [
    (x) => x.item(),
    (x) => x.sum().item(),
    (x) => x.mul(2).data(),
    (x) => x.toArray(),
    (x) => String(x.add(1)),
    (x) => pf.evaluate(x.exp()),
    (x) => jvp((t: T) => f(t), x, x)[1].data(),
  ];
  for (const read of readers) {
    const g = compile((x: T) => {
      read(x);
      return x;
    });
    throws(() => g(f64([1])), "AutogradError", "can't be read while it is traced", "Use where instead of branches", reading);
    throws(() => g(f64([1])), "AutogradError", "can't be read while it is traced");
    assert.is(g.cacheInfo().size, 0);
  }
  const constant = compile((x: T) => x.mul(f64(2).exp().item()));
  near(constant(f64(1)), Math.exp(2));
}); // prettier-ignore
test("what fn throws passes through, the same object, and leaves nothing behind", (compile) => {
  const thrown = new Error("fn's own");
  const g = compile((x: T, fails: boolean) => {
    const y = jvp(f, x, x)[1];
    if (fails) throw thrown;
    return y;
  });
  const before = usage();
  for (let i = 0; i < 3; i++) {
    try {
      g(x3, true);
      assert.unreachable();
    } catch (error) {
      assert.is(error, thrown);
    }
  }
  assert.equal(usage(), before);
  assert.is(core.isTracing(), 0);
  same(g(x3, false), jvp(f, x3, x3)[1]);
});
test("mistakes", (compile) => {
  throws(() => pf.compile(3 as never), "ArgumentError", "compile: func should be a function but got number");
  throws(() => compile(() => 3)(), "ArgumentError", "compile: func should return tensors but got number");
  throws(() => compile((x: T) => Promise.resolve(x))(x3), "ArgumentError", "compile: func should be synchronous");
  throws(() => compile((x: T) => x.add(f64([1, 2])))(x3), "ShapeError", "add: shapes [3] and [2] can't be broadcast");
  const gone = f64([1, 2, 3]);
  gone.dispose();
  const g = compile(f);
  throws(() => g(gone), "DisposedError", "compile: this tensor is disposed");
  g(x3);
  throws(() => g(gone), "DisposedError", "compile: this tensor is disposed");
});
test("an index out of range in a call is an error of that call alone", (compile) => {
  const g = compile((x: T, at: T) => x.gather(0, at.add(1)));
  const at = (i: number): T => pf.tensor(Int32Array.from([i]));
  near(g(x3, at(0)), [-1.2]);
  throws(() => g(x3, at(7)), "ArgumentError", "index 8 is out of bounds for dimension 0 with size 3");
  near(g(x3, at(1)), [2]);
});
test("running out of memory leaves the program usable", (compile) => {
  const g = compile((x: T) => x.exp().reshape(-1, 1).mul(x.sin()).add(1));
  const body = (x: T): T => x.exp().reshape(-1, 1).mul(x.sin()).add(1);
  const x = pf.arange(1000, { dtype: "float64" }).div(1000);
  same(g(x), body(x));
  const error = within(1 << 20, () => {
    throws(() => g(x), "OutOfMemoryError", "compile: out of memory");
    const fresh = compile((t: T) => body(t).add(2));
    const run = (): void => {
      try {
        fresh(x);
      } finally {
        fresh.clear();
      }
    };
    throws(run, "OutOfMemoryError", "out of memory");
  });
  assert.is(error, null);
  same(g(x), body(x));
});

test("wherever memory ends, nothing is left behind, and the next call works", (compile) => {
  const body = (x: T): T => jvp((t: T) => t.matmul(m23.t()).tanh(), x, x)[1] as T;
  const want = body(m23);
  want.data();
  compile(body)(m23); // lists of the core that stay
  let failures = 0;
  // The arenas of functions that other tests have compiled go.
  within(64, () => pf.tidy(() => void pf.ones([10_000]).exp().data()));
  for (let room = 64; room < 200_000; room = Math.ceil(room * 1.1)) {
    const before = usage();
    const g = compile(body);
    const error = within(room, () => pf.tidy(() => g(m23).data()));
    if (error !== null) {
      assert.instance(error, pf.OutOfMemoryError);
      failures++;
    }
    g.clear();
    assert.equal(usage(), before, `something is left behind with room for ${room} bytes`);
    pf.tidy(() => same(g(m23), want));
    g.clear();
  }
  assert.ok(failures > 10, `${failures} failures`);
});

// -- memory

test("10,000 calls keep memory as it is", (compile) => {
  const c = f64([[1, 2, 3], [4, 5, 6], [7, 8, 9]]); // prettier-ignore
  const g = compile((x: T) => [jvp((t: T) => c.matmul(t).tanh().mul(t), x, x)[1], x, c.exp()]);
  let before: number[] = [];
  for (let i = 0; i < 10_000; i++) {
    pf.tidy(() => g(x3)[0].data());
    if (i === 1) before = usage();
  }
  assert.equal(usage(), before);
  assert.equal([g.cacheInfo().hits, g.cacheInfo().size], [9_999, 1]);
});
test("a call runs in one arena: it allocates nothing but its results", (compile) => {
  const W = pf.rand([20, 20]);
  const steps = (x: T): T => {
    for (let i = 0; i < 40; i++) x = x.add(W.matmul(x.t()).tanh().sum(0).mul(0.01)).contiguous();
    return x;
  };
  const g = compile((x: T, v: T) => [
    ...(jvp(steps, x, v) as T[]),
    x.t().exp().sum(1, { keepdim: true }).expand(20, 30),
  ]);
  const [x, v] = [pf.rand([20, 20]), pf.rand([20, 20])];
  const call = (a: T, b: T): number => {
    const before = core.allocations();
    const results = g(a, b);
    results.forEach((t) => t.dispose());
    return core.allocations() - before;
  };
  assert.ok(call(x, v) > 40, "the first call makes the arena");
  assert.is(call(x, v), 3);
  assert.is(call(v, x), 3);
  const turned = x.t();
  const want = jvp(steps, turned, v) as T[];
  same(g(turned, v).slice(0, 2), want); // arguments that lie otherwise: made anew
  assert.is(call(turned, v), 3);
  same(g(x, v).slice(0, 2), jvp(steps, x, v));
});
test("clear frees programs, and so do evictions; 1,000 signatures do not pile up", (compile) => {
  const before = usage();
  const g = compile((x: T, n: number) =>
    x
      .mul(n)
      .exp()
      .matmul(f64([1, 2, n])),
  );
  let most = 0;
  for (let n = 0; n < 1000; n++) {
    pf.tidy(() => g(x3, n).item());
    if (n === 200) most = usage()[1];
  }
  assert.ok(usage()[1] <= most * 1.01, `${usage()[1]} bytes, ${most} before`);
  g.clear();
  assert.equal(usage(), before);
});

for (const profiledFirst of [false, true]) {
  test(`results stay what they are whether calls are profiled or not, profiled first: ${profiledFirst}`, (compile) => {
    const fn = (t: T): T[] => {
      const product = t.matmul(t.t()).tanh();
      return [product, t.matmul(product).sin()]; // both with an epilogue
    };
    const [x, y] = [pf.linspace(-1, 1, 64 * 64).reshape(64, 64), pf.linspace(-2, 1, 64 * 64).reshape(64, 64)];
    const want = [x, y].map((t) => flat(fn(t)).map(bits));
    const g = compile(fn);
    const results: [T[], unknown][] = [];
    for (let i = 0; i < 6; i++) {
      let result: T[] = [];
      const call = (): void => void (result = g(i % 2 ? y : x).map(pf.keep));
      if ((i % 3 === 0) === profiledFirst) pf.profile(call);
      else call();
      results.push([result, want[i % 2]]);
    }
    for (const [result, expected] of results) assert.equal(result.map(bits), expected);
    for (const [result] of results) result.forEach((t) => t.dispose());
  });
}

rows.run();
