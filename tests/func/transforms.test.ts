// The transforms of pf.func, all but vmap: values, hasAux, argnums, containers, what results depend on,
// nesting, errors, and what is left behind.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { type ErrorName, f64, near, throws, type T } from "../autograd/support";
import { leavesNothing } from "../core/support";

const { jvp, vjp, grad, gradAndValue, jacrev, jacfwd, hessian, linearize, vmap } = pf.func;
const test = suite("func");
const any = (value: unknown): any => value;

const x = f64([1, 2, 3]);
const y = f64([4, 5, 6]);
const ones = f64([1, 1, 1]);
const one = f64(1);
const cubes = (t: T): T => t.pow(3);
const sumOfCubes = (t: T): T => t.pow(3).sum();
const diagonal = (...values: number[]): number[][] => values.map((v, i) => values.map((_, j) => (i === j ? v : 0)));

// -- values; the results in the structures that func gives them
type Row = [name: string, actual: () => unknown, expected: unknown];
const rows: Row[] = [
  ["jvp: [output, tangent]", () => jvp(cubes, [x], [y]), [[1, 8, 27], [12, 60, 162]]],
  ["jvp: two primals", () => jvp((a: T, b: T) => a.mul(b), [x, y], [ones, x]), [[4, 10, 18], [4 + 1, 5 + 4, 6 + 9]]],
  ["jvp: hasAux", () => jvp((a: T) => [a.mul(a), a.neg()], [x], [ones], { hasAux: true }), [[1, 4, 9], [2, 4, 6], [-1, -2, -3]]],
  ["jvp: hasAux with a container", () => jvp((a: T) => [a.mul(a), { n: [a], k: 7 }], [x], [ones], { hasAux: true }), [[1, 4, 9], [2, 4, 6], { n: [[1, 2, 3]], k: 7 }]],
  ["jvp: several outputs and aux", () => jvp((a: T) => [[a.sum(), a.mul(2)], a.neg()], [x], [y], { hasAux: true }), [[6, [2, 4, 6]], [15, [8, 10, 12]], [-1, -2, -3]]],
  ["jvp: several outputs", () => jvp((a: T) => [a.sum(), a.mul(2)], [x], [y]), [[6, [2, 4, 6]], [15, [8, 10, 12]]]],
  ["jvp: an output that is constant has tangent zeros", () => jvp((a: T) => [a, ones], [x], [y]), [[[1, 2, 3], [1, 1, 1]], [[4, 5, 6], [0, 0, 0]]]],
  ["jvp: tangents by their keys, in any order", () => jvp((p: { a: T; b: T }) => p.a.mul(p.b), [{ a: x, b: ones }], [{ b: x, a: ones }]), [[1, 2, 3], [2, 5, 10]]],
  ["jvp: numbers among the primals stay", () => jvp((a: T, k: number) => a.mul(k), [x, 2], [y, 2])[1], [8, 10, 12]],
  ["jvp: an unused primal", () => jvp((a: T, _: T) => a.mul(a), [x, y], [ones, ones])[1], [2, 4, 6]],
  ["jvp: tangents of another floating dtype are cast", () => jvp(cubes, [x], [pf.tensor([1, 1, 1])])[1], [3, 12, 27]],
  ["vjp: vjpFn: an array of one for a single primal", () => vjp(cubes, x)[1](y), [[12, 60, 162]]],
  ["vjp: the output", () => vjp(cubes, x)[0], [1, 8, 27]],
  ["vjp: two primals: an array of two", () => vjp((a: T, b: T) => a.mul(b), x, y)[1](ones), [[4, 5, 6], [1, 2, 3]]],
  ["vjp: several outputs: their cotangents", () => vjp((a: T) => [a.sum(), a.mul(a)], x)[1]([one, y]), [[1 + 8, 1 + 20, 1 + 36]]],
  ["vjp: hasAux", () => vjp((a: T) => [a.sum(), [a.neg()]], x, { hasAux: true })[2], [[-1, -2, -3]]],
  ["vjp: cotangents by their keys, in any order", () => vjp((a: T) => ({ p: a.mul(2), q: a.mul(a) }), x)[1]({ q: ones, p: y }), [[8 + 2, 10 + 4, 12 + 6]]],
  ["vjp: hasAux after an argument that is an object", () => vjp((a: T, o: { by: number }) => [a.mul(o.by), a.neg()], x, { by: 2 }, { hasAux: true })[2], [-1, -2, -3]],
  ["vjp: hasAux that is a primal", () => vjp((o: { hasAux: T }) => o.hasAux.mul(2), { hasAux: x })[1](ones), [{ hasAux: [2, 2, 2] }]],
  ["vjp: hasAux: false", () => any(vjp)((a: T) => [a, a.neg()], x, { hasAux: false })[0], [[1, 2, 3], [-1, -2, -3]]],
  ["vjp: an unused primal gets zeros", () => vjp((a: T, _: T) => a.sum(), x, y)[1](one), [[1, 1, 1], [0, 0, 0]]],
  ["vjp: a constant output", () => vjp((_: T) => ones, x)[1](y), [[0, 0, 0]]],
  ["vjp: the output is the primal", () => vjp((a: T) => a, x), { 0: [1, 2, 3] }],
  ["grad", () => grad(sumOfCubes)(x), [3, 12, 27]],
  ["grad: func returns shape [1, 1]", () => grad((a: T) => a.sum().reshape(1, 1))(x), [1, 1, 1]],
  ["grad: only the first argument", () => grad((a: T, b: T) => a.mul(b).sum())(x, y), [4, 5, 6]],
  ["grad: argnums 1", () => grad((a: T, b: T) => a.mul(b).sum(), { argnums: 1 })(x, y), [1, 2, 3]],
  ["grad: argnums -1", () => grad((a: T, b: T) => a.mul(b).sum(), { argnums: -1 })(x, y), [1, 2, 3]],
  ["grad: argnums -2", () => grad((a: T, b: T) => a.mul(b).sum(), { argnums: -2 })(x, y), [4, 5, 6]],
  ["grad: argnums [0]", () => grad((a: T, b: T) => a.mul(b).sum(), { argnums: [0] })(x, y), [[4, 5, 6]]],
  ["grad: argnums [-1, 0]", () => grad((a: T, b: T) => a.mul(b).sum(), { argnums: [-1, 0] })(x, y), [[1, 2, 3], [4, 5, 6]]],
  ["grad: arguments that are no tensors", () => grad((a: T, k: number, o: { times: number }) => a.mul(k * o.times).sum())(x, 2, { times: 3 }), [6, 6, 6]],
  ["grad: hasAux", () => grad((a: T) => [a.sum(), a.neg()], { hasAux: true })(x), [[1, 1, 1], [-1, -2, -3]]],
  ["grad: null for options", () => grad(sumOfCubes, any(null))(x), [3, 12, 27]],
  ["gradAndValue", () => gradAndValue(sumOfCubes)(x), [[3, 12, 27], 36]],
  ["gradAndValue, hasAux", () => gradAndValue((a: T) => [a.sum(), a.neg()], { hasAux: true })(x), [[1, 1, 1], [6, [-1, -2, -3]]]],
  ["gradAndValue, argnums", () => gradAndValue((a: T, b: T) => a.mul(b).sum(), { argnums: [1] })(x, y), [[[1, 2, 3]], 32]],
  ["grad: an unused argument gets zeros", () => grad((_: T) => one.mul(2))(x), [0, 0, 0]],
  ["jacrev", () => jacrev(cubes)(x), diagonal(3, 12, 27)],
  ["jacfwd", () => jacfwd(cubes)(x), diagonal(3, 12, 27)],
  ["jacrev in chunks", () => jacrev(cubes, { chunkSize: 2 })(x), diagonal(3, 12, 27)],
  ["jacfwd in chunks", () => jacfwd(cubes, { chunkSize: 1 })(x), diagonal(3, 12, 27)],
  ["jacrev, argnums -1", () => jacrev((a: T, b: T) => a.sum().mul(b), { argnums: -1 })(x, y), diagonal(6, 6, 6)],
  ["jacfwd, argnums [1, 0]", () => jacfwd((a: T, b: T) => a.sum().mul(b), { argnums: [1, 0] })(x, y), [diagonal(6, 6, 6), [[4, 4, 4], [5, 5, 5], [6, 6, 6]]]],
  ["jacrev of several outputs", () => jacrev((a: T) => [a.sum(), a.mul(2)])(x), [[1, 1, 1], diagonal(2, 2, 2)]],
  ["jacfwd of several outputs", () => jacfwd((a: T) => ({ sum: a.sum(), twice: a.mul(2) }))(x), { sum: [1, 1, 1], twice: diagonal(2, 2, 2) }],
  ["jacrev, hasAux", () => jacrev((a: T) => [a.mul(2), a.neg()], { hasAux: true })(x), [diagonal(2, 2, 2), [-1, -2, -3]]],
  ["jacfwd, hasAux", () => jacfwd((a: T) => [a.mul(2), a.neg()], { hasAux: true })(x), [diagonal(2, 2, 2), [-1, -2, -3]]],
  ["jacrev, hasAux, argnums and chunks", () => jacrev((a: T, b: T) => [b.mul(2), a.neg()], { hasAux: true, argnums: [-1], chunkSize: 2 })(x, y), [[diagonal(2, 2, 2)], [-1, -2, -3]]],
  ["jacrev, jacfwd, hessian: empty tensors", () => { const e = pf.zeros([0, 2]); return [jacrev(cubes)(e).shape, jacfwd(cubes)(e).shape, hessian(sumOfCubes)(e).shape]; }, [[0, 2, 0, 2], [0, 2, 0, 2], [0, 2, 0, 2]]],
  ["jacrev of a constant", () => jacrev((_: T) => one)(x), [0, 0, 0]],
  ["jacfwd of 0-dim by 0-dim", () => jacfwd((a: T) => a.mul(a))(one), 2],
  ["hessian", () => hessian(sumOfCubes)(x), diagonal(6, 12, 18)],
  ["hessian of a vector", () => hessian(cubes)(f64([2])), [[[12]]]],
  ["hessian, argnums 1", () => hessian((a: T, b: T) => a.sum().mul(b.pow(2).sum()), { argnums: 1 })(x, y), diagonal(12, 12, 12)],
  ["hessian, argnums [0, -1]", () => hessian((a: T, b: T) => a.mul(a).mul(b).sum(), { argnums: [0, -1] })(f64([1]), f64([2])), [[[[4]], [[2]]], [[[2]], [[0]]]]],
  ["linearize: jvpFn", () => linearize(cubes, x)[1](y), [12, 60, 162]],
  ["linearize: the output", () => linearize(cubes, x)[0], [1, 8, 27]],
  ["linearize: two primals", () => linearize((a: T, b: T) => a.mul(b), x, y)[1](ones, x), [5, 9, 15]],
  ["linearize: several outputs", () => linearize((a: T) => ({ s: a.sum(), c: ones }), x)[1](y), { s: 15, c: [0, 0, 0] }],
  ["linearize: tangents by their keys, in any order", () => linearize((p: { a: T; b: T }) => p.a.mul(p.b), { a: x, b: ones })[1]({ b: x, a: ones }), [2, 5, 10]],
  ["linearize: its linear part under vmap", () => vmap(linearize(cubes, x)[1])(pf.eye(3)), diagonal(3, 12, 27)],
  ["vjp: its linear part under vmap", () => vmap(vjp(cubes, x)[1])(pf.eye(3)), [diagonal(3, 12, 27)]],
  ["vjp: its linear part under jacrev", () => jacrev(vjp(cubes, x)[1])(y), [diagonal(3, 12, 27)]],
  ["linearize: a linear function of itself", () => linearize((a: T) => a, x)[1](y), [4, 5, 6]],
]; // prettier-ignore

/** The values of all tensors, in the structure that holds them. */
function plain(value: unknown): unknown {
  if (value instanceof pf.Tensor) return value.toArray();
  if (typeof value === "function") return undefined;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
for (const [name, actual, expected] of rows) {
  test(name, () => {
    pf.tidy(() => {
      const result = plain(actual());
      // A row that gives an object of positions looks at those alone.
      if (Array.isArray(result) && !Array.isArray(expected)) {
        for (const [key, item] of Object.entries(any(expected))) assert.equal(result[Number(key)], item);
      } else assert.equal(result, expected);
    });
    leavesNothing(() => pf.tidy(() => void actual()));
  });
}

// -- containers
interface Parameters_ {
  layers: { w: T; b: T }[];
  scale: T;
  name: string;
}
const parameters: Parameters_ = {
  layers: [
    { w: f64([[1, 2], [3, 4]]), b: f64([1, 1]) },
    { w: f64([[1, 0], [0, 1]]), b: f64([0, 2]) },
  ],
  scale: f64(2),
  name: "net",
}; // prettier-ignore
const network = ({ layers, scale }: Parameters_, input: T): T =>
  layers.reduce((t, { w, b }) => t.matmul(w).add(b), input).mul(scale).sum(); // prettier-ignore
test("containers: grad of nested arrays and objects: the argument's structure, what is no tensor stays", () => {
  pf.tidy(() => {
    const g = grad(network)(parameters, f64([1, 1]));
    // output = 2·Σ((x·W₁ + b₁)·W₂ + b₂), x·W₁ + b₁ = [5, 7]
    assert.equal(plain(g), {
      layers: [{ w: [[2, 2], [2, 2]], b: [2, 2] }, { w: [[10, 10], [14, 14]], b: [2, 2] }],
      scale: 14,
      name: "net",
    }); // prettier-ignore
  });
});
test("containers: jvp, vjp, linearize, jacrev with containers", () => {
  pf.tidy(() => {
    const f = (p: { a: T; b: [T] }): { out: [T, T] } => ({ out: [p.a.mul(p.b[0]), p.a.sum()] });
    const p: { a: T; b: [T] } = { a: x, b: [y] };
    const v: { a: T; b: [T] } = { a: ones, b: [x] };
    assert.equal(plain(jvp(f, [p], [v])[1]), { out: [[5, 9, 15], 3] });
    assert.equal(plain(linearize(f, p)[1](v)), { out: [[5, 9, 15], 3] });
    const cotangents: { out: [T, T] } = { out: [ones, one] };
    assert.equal(plain(vjp(f, p)[1](cotangents)[0]), { a: [5, 6, 7], b: [[1, 2, 3]] });
    const jacobian = any(jacrev(f)(p));
    assert.equal(plain(jacobian.out[0].a), diagonal(4, 5, 6));
    assert.equal(plain(jacobian.out[0].b[0]), diagonal(1, 2, 3));
    assert.equal(plain(jacobian.out[1].a), [1, 1, 1]);
    assert.equal(plain(any(jacfwd(f)(p)).out[1].b), [[0, 0, 0]]);
    const h = any(hessian((q: { a: T; b: [T] }) => q.a.mul(q.b[0]).sum())(p));
    assert.equal(plain(h.a.b[0]), diagonal(1, 1, 1));
    assert.equal(plain(h.b[0].b[0]), diagonal(0, 0, 0));
  });
});
test("containers: an object without a prototype is one; keys keep their order", () => {
  const p = Object.assign(Object.create(null) as Record<string, T>, { z: x, a: y });
  const g = pf.tidy(() => plain(grad((q: Record<string, T>) => q.z!.mul(q.a!).sum())(p)));
  assert.equal(Object.keys(g as object), ["z", "a"]);
  assert.equal({ ...(g as object) }, { z: [4, 5, 6], a: [1, 2, 3] });
});

// -- functions that are called again and again
test("vjp, linearize: func is traced once, its linear part runs any number of times", () => {
  pf.tidy(() => {
    let calls = 0;
    const f = (t: T): T => {
      calls++;
      return t.exp().mul(t).sum();
    };
    const [, vjpFn] = vjp(f, x);
    const [, jvpFn] = linearize(f, x);
    assert.is(calls, 2);
    const slopes = [1, 2, 3].map((t) => Math.exp(t) * (1 + t));
    for (let k = 1; k <= 100; k++) {
      near(vjpFn(f64(k))[0], slopes.map((s) => k * s)); // prettier-ignore
      near(jvpFn(f64([0, k, 0])), k * slopes[1]!);
    }
    assert.is(calls, 2);
  });
});
test("linearize: the primal work is done once: further calls run no matrix product for it", () => {
  pf.tidy(() => {
    const w = pf.ones([8, 8], { dtype: "float64" });
    const [output, jvpFn] = linearize((t: T) => t.matmul(w).tanh().matmul(w), pf.ones([4, 8], { dtype: "float64" }));
    output.data();
    jvpFn(pf.ones([4, 8])).data();
    const { matmuls } = pf.inspect(jvpFn(pf.zeros([4, 8], { dtype: "float64" }).add(2))).summary;
    assert.is(matmuls, 2); // J is two products; the two of the function itself are at hand
  });
});
test("vjp, linearize: primals may be disposed of in the meantime", () => {
  pf.tidy(() => {
    const t = f64([1, 2]);
    const [, vjpFn] = vjp(cubes, t);
    const [, jvpFn] = linearize(cubes, t);
    t.dispose();
    near(vjpFn(f64([1, 1]))[0], [3, 12]);
    near(jvpFn(f64([1, 1])), [3, 12]);
  });
});
test("vjp, linearize: out of tidy the functions live on; left in it, they are freed and say so", () => {
  const [, out] = pf.tidy(() => vjp(cubes, x));
  near(out(ones)[0], [3, 12, 27]);
  const { f } = pf.tidy(() => ({ f: linearize(cubes, x)[1] }));
  near(f(ones), [3, 12, 27]);
  let left: (t: T) => unknown = cubes;
  pf.tidy(() => {
    left = vjp(cubes, x)[1];
  });
  assert.throws(() => left(ones), (error: unknown) => error instanceof pf.DisposedError && error.message.startsWith("vjp: ")); // prettier-ignore
});
test("vjp: the cotangent's graph is kept: vjpFn is differentiable in it", () => {
  pf.tidy(() => {
    const u = f64([1, 2, 3], true);
    const [, vjpFn] = vjp(cubes, x);
    near(pf.autograd.grad(vjpFn(u)[0].sum(), u)[0]!, [3, 12, 27]);
    const v = f64([1, 2, 3], true);
    near(pf.autograd.grad(linearize(cubes, x)[1](v).sum(), v)[0]!, [3, 12, 27]);
  });
});

test("jvp, vjp, grad, jacrev, linearize: func may dispose the inputs that it is given", () => {
  pf.tidy(() => {
    const f = (t: T): T => {
      const y = t.pow(3);
      t.dispose();
      return y;
    };
    const total = (t: T): T => f(t).sum();
    near(jvp(f, [x], [ones])[1], [3, 12, 27]);
    near(vjp(f, x)[1](ones)[0], [3, 12, 27]);
    near(linearize(f, x)[1](ones), [3, 12, 27]);
    near(grad(total)(x), [3, 12, 27]);
    near(gradAndValue(total)(x)[1], 36);
    for (const jacobian of [jacrev, jacfwd]) near(jacobian(f)(x), [[3, 0, 0], [0, 12, 0], [0, 0, 27]]); // prettier-ignore
    near(hessian(total)(x), [[6, 0, 0], [0, 12, 0], [0, 0, 18]]); // prettier-ignore
  });
});

// -- what results depend on
test("vjp, linearize: a linear part that is called in another transform leaves nothing to require grad", () => {
  pf.tidy(() => {
    const linear: [string, (u: T) => T][] = [
      ["vjp", (u) => vjp(cubes, x)[1](u)[0]],
      ["linearize", (u) => linearize(cubes, x)[1](u)],
    ];
    const [, vjpFn] = vjp(cubes, x);
    const [, jvpFn] = linearize(cubes, x);
    linear.push(["an earlier vjp", (u) => vjpFn(u)[0]], ["an earlier linearize", jvpFn]);
    for (const [name, f] of linear) {
      for (let call = 0; call < 2; call++) {
        const results: T[] = [
          grad((u: T) => f(u).mul(u).sum())(ones),
          jacrev((u: T) => f(u).mul(u))(ones),
          jacfwd((u: T) => f(u).mul(u))(ones),
          ...jvp((u: T) => f(u).mul(u), [ones], [ones]),
        ];
        for (const result of results) assert.not(result.requiresGrad, name);
        near(results[0]!, [6, 24, 54]);
      }
    }
    const w = f64([1, 2, 3], true);
    const attached = grad((u: T) => vjpFn(u)[0].mul(w).sum())(ones);
    assert.ok(attached.requiresGrad);
    near(pf.autograd.grad(attached.sum(), w)[0]!, [3, 12, 27]);
  });
});
const attached: [string, (t: T, w: T) => T | readonly T[]][] = [
  ["jvp", (t, w) => jvp((a: T) => a.pow(3).mul(w), [t], [ones])],
  ["vjp", (t, w) => [vjp((a: T) => a.pow(3).mul(w), t)[0], vjp((a: T) => a.pow(3).mul(w), t)[1](ones)[0]]],
  ["grad", (t, w) => grad((a: T) => a.pow(3).mul(w).sum())(t)],
  ["gradAndValue", (t, w) => gradAndValue((a: T) => a.pow(3).mul(w).sum())(t)],
  ["jacrev", (t, w) => jacrev((a: T) => a.pow(3).mul(w))(t)],
  ["jacfwd", (t, w) => jacfwd((a: T) => a.pow(3).mul(w))(t)],
  ["hessian", (t, w) => hessian((a: T) => a.pow(3).mul(w).sum())(t)],
  ["linearize", (t, w) => [linearize((a: T) => a.pow(3).mul(w), t)[0], linearize((a: T) => a.pow(3).mul(w), t)[1](ones)]],
  ["vmap of grad", (t, w) => vmap(grad((a: T) => a.pow(3).mul(w.sum())))(t)],
  ["grad of grad", (t, w) => grad((a: T) => grad((b: T) => b.pow(3).mul(w).sum())(a).sum())(t)],
]; // prettier-ignore
const list = <V>(value: V | readonly V[]): readonly V[] => (Array.isArray(value) ? value : [value as V]);
for (const [name, f] of attached) {
  test(`${name}: results require grad where the caller's tensors do, and only there`, () => {
    pf.tidy(() => {
      for (const [t, w] of [
        [x, y],
        [f64([1, 2, 3], true), y],
        [x, f64([4, 5, 6], true)],
      ] as [T, T][]) {
        const leaf = [t, w].find((s) => s.requiresGrad);
        for (const result of list(f(t, w))) {
          assert.is(result.requiresGrad, leaf !== undefined);
          if (!leaf) continue;
          // Every row is t³·w or a derivative of it by t: linear in w, so Σ w·∂/∂w is the result's sum itself.
          const [g] = pf.autograd.grad(result.sum(), leaf);
          if (leaf === w) near(g!.mul(w).sum(), result.sum().item(), 1e-12);
          else assert.ok(g!.data().some((value) => value !== 0));
        }
      }
    });
  });
  test(`${name}: noGrad around it gives the same numbers, detached`, () => {
    pf.tidy(() => {
      const t = f64([1, 2, 3], true);
      const w = f64([4, 5, 6], true);
      const plainly = list(f(x, y));
      list(pf.noGrad(() => f(t, w))).forEach((result, i) => {
        assert.is(result.requiresGrad, false);
        near(result, plainly[i]!.toArray());
      });
    });
  });
}
test("vjp, linearize: the linear parts follow noGrad where they are made and where they are called", () => {
  pf.tidy(() => {
    const w = f64([4, 5, 6], true);
    const f = (t: T): T => t.mul(w);
    const flags = (vjpFn: (u: T) => [T], jvpFn: (u: T) => T): boolean[] =>
      [vjpFn(ones)[0], jvpFn(ones)].map((t) => t.requiresGrad);
    assert.equal(flags(vjp(f, x)[1], linearize(f, x)[1]), [true, true]);
    assert.equal(pf.noGrad(() => flags(vjp(f, x)[1], linearize(f, x)[1])), [false, false]); // prettier-ignore
    const [output, made] = pf.noGrad(() => vjp(f, x));
    assert.equal([output.requiresGrad, made(ones)[0].requiresGrad], [false, false]);
    const [, called] = vjp(f, x);
    assert.is(pf.noGrad(() => called(ones)[0]).requiresGrad, false);
    assert.is(called(ones)[0].requiresGrad, true);
  });
});
test("noGrad inside cuts off, as in torch", () => {
  near(grad((t: T) => t.mul(pf.noGrad(() => t.mul(t))).sum())(x), [1, 4, 9]);
});
test("aux is passed on attached where the caller's tensors are, and does not count", () => {
  pf.tidy(() => {
    const t = f64([1, 2], true);
    const [g, aux] = grad((a: T): [T, T] => [a.pow(2).sum(), a.mul(10)], { hasAux: true })(t);
    near(g, [2, 4]);
    near(pf.autograd.grad(aux.sum(), t)[0]!, [10, 10]);
    assert.is(grad((a: T): [T, T] => [a.sum(), a.mul(10)], { hasAux: true })(x)[1].requiresGrad, false);
  });
});
test("a captured tensor counts as a constant, also where it is the argument", () => {
  near(grad((t: T) => t.mul(x).sum())(x), [1, 2, 3]);
  near(grad((a: T, b: T) => a.mul(b).sum(), { argnums: [0, 1] })(x, x)[1]!, [1, 2, 3]);
});

// -- nesting: the fourth derivative of x⁵·sin x, by all kinds of derivatives in turn
type Scalar = (t: T) => T;
const modes: Record<string, (f: Scalar) => Scalar> = {
  g: (f) => grad(f),
  j: (f) => (t) => jvp(f, [t], [one])[1],
  v: (f) => (t) => vjp(f, t)[1](one)[0],
  r: (f) => jacrev(f),
  f: (f) => jacfwd(f),
  l: (f) => (t) => linearize(f, t)[1](one),
  m: (f) => (t) => vmap(grad(f))(t.unsqueeze(0)).squeeze(0),
};
const POINT = 0.7;
const fourth =
  POINT ** 5 * Math.sin(POINT) - 20 * POINT ** 4 * Math.cos(POINT) - 120 * POINT ** 3 * Math.sin(POINT) +
  240 * POINT ** 2 * Math.cos(POINT) + 120 * POINT * Math.sin(POINT); // prettier-ignore
for (const pattern of [
  "gggg",
  "jjjj",
  "vvvv",
  "rrrr",
  "ffff",
  "llll",
  "mmmm",
  "gjvr",
  "rvjg",
  "flml",
  "lgmf",
  "jmvl",
  "rfrf",
]) {
  test(`nesting to the fourth derivative by ${pattern}`, () => {
    const f = [...pattern].reduce<Scalar>(
      (g, mode) => modes[mode]!(g),
      (t) => t.pow(5).mul(t.sin()),
    );
    near(pf.tidy(() => f(f64(POINT))), fourth, 1e-11); // prettier-ignore
  });
}
const mixed: [string, () => T, pf.NestedArray][] = [
  ["perturbations are not confused", () => grad((a: T) => a.mul(grad((b: T) => a.add(b))(one)))(f64(3)), 1],
  ["the inner derivative by an outer argument", () => grad((a: T) => grad((b: T) => a.mul(b).mul(b))(f64(3)))(f64(5)), 6],
  ["grad of functional.jvp with createGraph", () => grad((t: T) => pf.functional.jvp(cubes, t, ones, { createGraph: true })[1].sum())(x), [6, 12, 18]],
  ["functional.jvp of grad", () => pf.functional.jvp(grad(sumOfCubes), x, ones)[1], [6, 12, 18]],
  ["functional.jacobian of grad", () => pf.functional.jacobian(grad(sumOfCubes), x), diagonal(6, 12, 18)],
  ["autograd.grad of grad", () => { const t = f64([1, 2], true); return pf.autograd.grad(grad(sumOfCubes)(t).sum(), t)[0]!; }, [6, 12]],
  ["jacfwd of jacrev of vmap", () => jacfwd(jacrev((t: T) => vmap((e: T) => e.pow(3))(t).sum()))(x), diagonal(6, 12, 18)],
  ["a data-dependent branch", () => grad((t: T) => (t.sum().item() > 0 ? t.mul(2) : t).sum())(x), [2, 2, 2]],
]; // prettier-ignore
for (const [name, actual, expected] of mixed) test(`nesting: ${name}`, () => near(pf.tidy(actual), expected, 1e-12));

// -- errors
const gone = f64([1]);
gone.dispose();
const ints = pf.tensor(Int32Array.of(1, 2));
test("vjp: without hasAux there are two results", () => assert.is(vjp(cubes, x).length, 2));
test("vjp: a cotangent that comes out as it went in is part of no graph within noGrad", () => {
  const v = f64([1, 2, 3], true);
  const [, pull] = vjp((a: T) => a, x);
  pf.noGrad(() => {
    const [g] = pull(v);
    near(g, [1, 2, 3]);
    assert.not(g.requiresGrad);
  });
  assert.ok(pull(v)[0].requiresGrad);
});
test("jacrev, jacfwd: where nothing depends on anything rows have the input's dtype, columns the output's", () => {
  const f = (_: T): T => pf.ones([2]);
  near(jacrev(f)(x), pf.zeros([2, 3], { dtype: "float64" }));
  near(jacfwd(f)(x), pf.zeros([2, 3], { dtype: "float32" }));
});
const refused: [name: string, body: () => unknown, error: ErrorName, ...phrases: string[]][] = [
  ["grad: a complex loss", () => any(grad)((v: T) => pf.fft.rfft(v).sum())(x), "AutogradError", "grad: func should return a real Tensor but got a ComplexTensor", "z.abs()"],
  ["jvp: no function", () => jvp(any(1), [x], [x]), "ArgumentError", "jvp: func should be a function but got number"],
  ["jvp: tangents of another structure", () => jvp(cubes, [x], any([x, y])), "ArgumentError", "jvp: tangents should have the same structure"],
  ["jvp: tangents of another container", () => jvp(any((o: { a: T }) => o.a), [{ a: x }], any([{ b: x }])), "ArgumentError", "jvp: tangents should have the same structure"],
  ["jvp: a tangent of another shape", () => jvp(cubes, [x], [f64([1, 2])]), "ShapeError", "jvp: tangents: expected a tensor of shape [3] but got [2]"],
  ["jvp: primals without array", () => jvp(cubes, any(x), any(x)), "ArgumentError", "jvp: primals"],
  ["jvp: tangents without array", () => jvp(cubes, [x], any(x)), "ArgumentError", "jvp: primals and tangents should be arrays"],
  ["jvp: primals without array, tangents in one", () => jvp(cubes, any(x), [x]), "ArgumentError", "jvp: primals and tangents should be arrays"],
  ["jvp: an int32 primal", () => jvp(cubes, [ints], [ints]), "DTypeError", "jvp: only tensors of floating dtype", "int32"],
  ["jvp: primals without tensors", () => jvp((k: number) => x.mul(k), [3], [1]), "ArgumentError", "jvp: primals hold no tensors"],
  ["jvp: a disposed tangent", () => jvp(cubes, [x], [gone]), "DisposedError", "jvp: this tensor is disposed"],
  ["jvp: null for a tangent", () => jvp(cubes, [x], any([null])), "ArgumentError", "jvp: tangents should have the same structure"],
  ["jvp: a func that returns a disposed tensor", () => jvp((_: T) => gone, [x], [x]), "DisposedError", "jvp: this tensor is disposed"],
  ["jvp: a disposed aux", () => jvp((a: T) => [a, gone], [x], [x], { hasAux: true }), "DisposedError", "jvp: this tensor is disposed"],
  ["jvp: an unknown option", () => jvp(cubes, [x], [x], any({ has_aux: true })), "ArgumentError", "jvp: unknown option has_aux; known are hasAux"],
  ...[[], [x], [x, x, x], "ab", (_: unknown, __: unknown) => x].map((value): (typeof refused)[0] => [
    `jvp: hasAux where func returns ${typeof value} of ${value.length}`, () => jvp(any(() => value), [x], [x], any({ hasAux: true })), "ArgumentError", "jvp: with hasAux: true func should return an array [output, aux]",
  ]),
  ["jvp: hasAux without aux", () => jvp(cubes, [x], [x], any({ hasAux: true })), "ArgumentError", "jvp: with hasAux: true func should return an array [output, aux]"],
  ["vjp: cotangents of another structure", () => vjp(cubes, x)[1](any([x])), "ArgumentError", "vjp: cotangents should have the same structure"],
  ["vjp: a cotangent of another shape", () => vjp(cubes, x)[1](one), "ShapeError", "vjp: cotangents: expected a tensor of shape [3] but got []"],
  ["vjp: an int32 primal", () => vjp(cubes, ints), "DTypeError", "vjp: only tensors of floating dtype"],
  ["vjp: a disposed primal", () => vjp(cubes, gone), "DisposedError", "vjp: this tensor is disposed"],
  ["vjp: no primals", () => vjp(() => x), "ArgumentError", "vjp: primals hold no tensors"],
  ["vjp: hasAux without aux", () => vjp(any(cubes), x, { hasAux: true }), "ArgumentError", "vjp: with hasAux: true func should return an array [output, aux]"],
  ["vjp: a disposed cotangent", () => vjp((_: T) => one, x)[1](gone), "DisposedError", "vjp: this tensor is disposed"],
  ["vjp: a func that returns no tensors", () => vjp(any(() => 3), x), "ArgumentError", "vjp: func should return tensors but got number"],
  ["grad: several elements", () => grad(cubes)(x), "AutogradError", "grad: func should return a tensor with one element but its shape is [3]"],
  ["grad: several outputs", () => grad(any((t: T) => [t.sum(), t.sum()]))(x), "AutogradError", "grad: func should return a single Tensor"],
  ["gradAndValue of several elements", () => gradAndValue(cubes)(x), "AutogradError", "gradAndValue: func should return a tensor with one element"],
  ["grad: argnums out of range", () => grad(sumOfCubes, { argnums: 1 })(x), "ArgumentError", "grad: argnums 1 should name one of the 1 arguments"],
  ["grad: negative argnums out of range", () => grad(sumOfCubes, { argnums: -2 })(x), "ArgumentError", "grad: argnums -2"],
  ["grad: argnums that are no integer", () => grad(sumOfCubes, { argnums: 0.5 })(x), "ArgumentError", "grad: argnums 0.5"],
  ["grad: argnums of another type", () => grad(sumOfCubes, any({ argnums: "0" }))(x), "ArgumentError", "grad: argnums"],
  ["grad: the same argument twice", () => grad(sumOfCubes, { argnums: [0, -1] })(x), "ArgumentError", "grad: argnums"],
  ["grad: an argument without tensors", () => grad((t: T, _: number) => t.sum(), { argnums: 1 })(x, 3), "ArgumentError", "grad: the arguments that argnums names hold no tensors"],
  ["grad: an int32 argument", () => grad((t: T) => t.sum())(ints), "DTypeError", "grad: only tensors of floating dtype", "int32"],
  ["grad: an async func", () => grad(any((t: T) => Promise.resolve(t)))(x), "ArgumentError", "grad: func should be synchronous"],
  ["grad: an async func with hasAux", () => grad(any((t: T) => Promise.resolve([t, t])), { hasAux: true })(x), "ArgumentError", "grad: func should be synchronous"],
  ["grad: several elements with hasAux", () => gradAndValue((t: T) => [t, t], { hasAux: true })(x), "AutogradError", "gradAndValue: func should return a tensor with one element"],
  ["grad: no arguments", () => any(grad(sumOfCubes))(), "ArgumentError", "grad: argnums 0 should name one of the 0 arguments"],
  ["grad: no argnums", () => grad(sumOfCubes, { argnums: [] })(x), "ArgumentError", "grad: the arguments that argnums names hold no tensors"],
  ["grad: no function", () => grad(any(null)), "ArgumentError", "grad: func should be a function but got null"],
  ["jacrev: argnums out of range", () => jacrev(cubes, { argnums: 3 })(x), "ArgumentError", "jacrev: argnums 3"],
  ["jacfwd: a chunkSize of 0", () => jacfwd(cubes, { chunkSize: 0 }), "ArgumentError", "jacfwd: chunkSize should be a positive integer but got 0"],
  ["jacfwd: hasAux without aux", () => jacfwd(any(cubes), { hasAux: true })(x), "ArgumentError", "jacfwd: with hasAux: true func should return an array [output, aux]"],
  ["hessian: argnums out of range", () => hessian(sumOfCubes, { argnums: -2 })(x), "ArgumentError", "hessian: argnums -2"],
  ["hessian: an unknown option", () => hessian(sumOfCubes, any({ hasAux: true })), "ArgumentError", "hessian: unknown option hasAux"],
  ["hessian: an int32 argument", () => hessian(sumOfCubes)(ints), "DTypeError", "hessian: only tensors of floating dtype"],
  ["hessian: a func that returns no tensors", () => hessian(any(() => 3))(x), "ArgumentError", "hessian: func should return tensors"],
  ["linearize: tangents of another structure", () => any(linearize(cubes, x)[1])(x, x), "ArgumentError", "linearize: tangents should have the same structure"],
  ["linearize: primals without tensors", () => linearize((k: number) => x.mul(k), 3), "ArgumentError", "linearize: primals hold no tensors"],
  ["linearize: an int32 primal", () => linearize(cubes, ints), "DTypeError", "linearize: only tensors of floating dtype", "int32"],
  ["linearize: an async func", () => linearize(any((t: T) => Promise.resolve(t)), x), "ArgumentError", "linearize: func should be synchronous"],
  ["linearize: a tangent of another shape", () => linearize(cubes, x)[1](one), "ShapeError", "linearize: tangents: expected a tensor of shape [3] but got []"],
]; // prettier-ignore
for (const [name, body, error, ...phrases] of refused) {
  test(`refuses ${name}`, () => {
    throws(body, error, ...phrases);
    near(grad(sumOfCubes)(x), [3, 12, 27]); // and works on
  });
}
test("an exception of func passes through unchanged", () => {
  const failure = new RangeError("mine");
  const thrower = (t: T): T => {
    t.mul(2);
    throw failure;
  };
  const calls: (() => unknown)[] = [
    () => jvp(thrower, [x], [x]),
    () => vjp(thrower, x),
    () => grad(thrower)(x),
    () => gradAndValue(thrower)(x),
    () => jacrev(thrower)(x),
    () => jacfwd(thrower)(x),
    () => hessian(thrower)(x),
    () => linearize(thrower, x),
  ];
  leavesNothing(() => {
    for (const call of calls) assert.throws(call, (error: unknown) => error === failure);
    assert.is(pf.isGradEnabled(), true);
  });
});

// -- what is left behind
const loops: [string, () => unknown][] = [
  ["jvp", () => jvp(cubes, [x], [y])[1].data()],
  ["vjp", () => vjp(cubes, x)[1](y)[0].data()],
  ["vjp, its function unused", () => vjp(cubes, x)],
  ["grad", () => grad(sumOfCubes)(x).data()],
  ["grad, unread", () => grad(sumOfCubes)(x)],
  ["gradAndValue, hasAux", () => gradAndValue((a: T) => [a.sum(), a.neg()], { hasAux: true })(x)],
  ["jacrev", () => jacrev(cubes)(x).data()],
  ["jacfwd", () => jacfwd(cubes)(x).data()],
  ["hessian", () => hessian(sumOfCubes)(x).data()],
  ["linearize", () => linearize(cubes, x)[1](y).data()],
  ["linearize within grad", () => grad((t: T) => linearize(cubes, t)[1](ones).sum())(x).data()],
]; // prettier-ignore
for (const [name, body] of loops) {
  test(`10,000 times ${name} leave nothing`, () => {
    const once = (): void => pf.tidy(() => void body());
    once();
    leavesNothing(() => {
      for (let i = 0; i < 10_000; i++) once();
    });
  });
}
test("2,000 steps of x.sub(grad(f)(x).mul(0.1)), disposed of by hand, leave nothing", () => {
  const descend = (): void => {
    let t = f64([1, 2, 3]);
    for (let i = 0; i < 2000; i++) {
      const g = grad(sumOfCubes)(t);
      const scaled = g.mul(0.01);
      const next = t.sub(scaled);
      for (const made of [g, scaled, t]) made.dispose();
      t = next;
    }
    assert.ok(t.data().every((value) => value > 0 && value < 0.02));
    t.dispose();
  };
  // The first run may compute what earlier tests have left pending.
  descend();
  leavesNothing(descend);
});
const steps: [string, (t: T) => T][] = [
  ["x.sub(grad(f)(x))", (t) => t.sub(grad((a: T) => a.mul(a).mul(0.1).sum())(t))],
  ["a Newton step", (t) => t.sub(grad(sumOfCubes)(t).div(pf.diag(hessian(sumOfCubes)(t))))],
  ["a step by vjp", (t) => t.sub(vjp((a: T) => a.mul(a).mul(0.1).sum(), t)[1](one)[0])],
  ["a step by jvp", (t) => t.sub(jvp((a: T) => a.mul(a).mul(0.1), [t], [ones])[1])],
  ["a step by linearize", (t) => t.sub(linearize((a: T) => a.mul(a).mul(0.1), t)[1](ones))],
]; // prettier-ignore
for (const [name, step] of steps) {
  for (const reading of [true, false]) {
    test(`a loop of ${name}${reading ? "" : ", unread until its end"} doesn't grow`, () => {
      const run = (): void => {
        let t = f64([1, 2, 3]);
        let early = 0;
        for (let i = 0; i < 3000; i++) {
          const previous = t;
          t = pf.tidy(() => step(previous));
          previous.dispose();
          if (reading) t.data();
          if (i === 1000) early = pf.backend.memoryBytes;
        }
        // What is pending is bounded: it doesn't grow from a thousand steps on.
        assert.ok(pf.backend.memoryBytes < early + 4e6, `${early} → ${pf.backend.memoryBytes}`);
        assert.ok(Number.isFinite(t.data()[0]));
        t.dispose();
      };
      // The first run may compute what earlier tests have left pending.
      run();
      leavesNothing(run);
    });
  }
}

test("results depend on a leaf that func makes and lets out, as on a captured one", () => {
  pf.tidy(() => {
    const makers: [name: string, make: (f: (t: T) => T) => unknown, ofLeaf: number[]][] = [
      ["grad", (f) => grad((t: T) => f(t).sum())(x), [2, 4, 6]],
      ["vjp", (f) => vjp(f, x)[0], [1, 4, 9]],
      ["vjp's function", (f) => any(vjp(f, x)[1](ones))[0], [2, 4, 6]],
      ["jvp", (f) => jvp(f, [x], [ones])[1], [2, 4, 6]],
      ["linearize's function", (f) => linearize(f, x)[1](ones), [2, 4, 6]],
    ];
    for (const [name, make, ofLeaf] of makers) {
      let leaf!: T;
      const made = make((t) => {
        leaf = pf.keep(f64([1, 1, 1], true));
        return t.mul(t).mul(leaf);
      }) as T;
      assert.is(made.requiresGrad, true, name);
      near(pf.autograd.grad(made.sum(), leaf)[0]!, ofLeaf);
      leaf.dispose();
    }
  });
});

test("an input that func reads, and a leaf that it makes of the argument itself, leave nothing to require grad", () => {
  pf.tidy(() => {
    const makers: [name: string, make: (f: (t: T) => T, x: T) => T][] = [
      ["grad", (f, x) => grad((t: T) => f(t).sum())(x)],
      ["vjp", (f, x) => vjp(f, x)[0]],
      ["vjp's function", (f, x) => any(vjp(f, x)[1](ones))[0]],
      ["jvp", (f, x) => jvp(f, [x], [ones])[1]],
      ["linearize's function", (f, x) => linearize(f, x)[1](ones)],
    ];
    for (const [name, make] of makers) {
      const read = make((t) => {
        t.data();
        return cubes(t);
      }, x);
      assert.is(read.requiresGrad, false, `${name}: read`);
      const late = f64([1, 2, 3]);
      const made = make((t) => {
        late.requiresGrad_();
        return cubes(t);
      }, late);
      assert.is(made.requiresGrad, false, `${name}: requires grad since`);
    }
  });
});

test.run();
