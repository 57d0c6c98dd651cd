// Options stand in the place of any optional argument before them, in functional.* and autograd.*.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { f64, near, type T, throws } from "./support";

const { jvp, vjp, hvp, vhp, jacobian, hessian } = pf.functional;
const { backward, grad, gradcheck, gradgradcheck } = pf.autograd;
const one = f64(2);
const cube = (x: T): T => x.pow(3);

const products = { jvp, vjp, hvp, vhp } as Record<string, (...args: any[]) => [T, T]>;
for (const [name, product] of Object.entries(products)) {
  test(`${name} takes options in the place of v`, () => {
    for (const rest of [[], [null], [{}], [{ strict: true }], [Object.create(null)], [{ createGraph: true }, null], [undefined, { strict: true }]]) {
      // 3x² and 6x are the same at 2.
      assert.equal(product(cube, one, ...rest).map((t) => t.item()), [8, 12]);
    }
    assert.ok(product(cube, f64(2, true), { createGraph: true })[1].requiresGrad);
    throws(() => product(() => f64(1), one, { strict: true }), "AutogradError", `${name}: `);
    const unknown = `${name}: unknown option createGrad; known are createGraph, strict`;
    throws(() => product(cube, one, { createGrad: true }), "ArgumentError", unknown);
    throws(() => product(cube, one, { strict: true }, { createGraph: true }), "ArgumentError", `${name}: The v given`);
    throws(() => product(cube, one, new Map()), "ArgumentError", `${name}: The v given`, "Map");
    throws(() => product(cube, f64([1, 2]), { strict: true }), "AutogradError", `${name}: `); // v is needed
  }); // prettier-ignore
}

test("backward, as a function and as a method, takes options in the place of the cotangents", () => {
  const [call, method] = [backward, pf.Tensor.prototype.backward] as ((...args: any[]) => void)[];
  for (const run of [
    (t: T, ...rest: unknown[]) => method.call(t, ...rest),
    (t: T, ...rest: unknown[]) => call(t, ...rest),
    (t: T, ...rest: unknown[]) => call([t], ...rest),
  ]) {
    const [x, y] = [f64(2, true), f64(3, true)];
    const z = x.mul(y);
    run(z, { retainGraph: true });
    near(x.grad!, 3);
    run(z, { inputs: [x] });
    assert.equal([x.grad!.item(), y.grad!.item()], [6, 2]);
    run(z.mul(x), { createGraph: true });
    assert.ok(x.grad!.requiresGrad);
    throws(() => run(z, { input: x }), "ArgumentError", "backward: unknown option input; known are");
    throws(() => run(z, { inputs: x }, { createGraph: true }), "ArgumentError", "backward: ");
  }
});
test("gradgradcheck takes options in the place of gradOutputs", () => {
  const x = f64([0.5, 1], true);
  assert.is(gradgradcheck(cube, x, { atol: 1e-4, checkFwdOverRev: false }), true);
  assert.is(gradgradcheck(cube, x, [f64([1, 2], true)], { atol: 1e-4 }), true);
  throws(() => gradgradcheck(cube, x, { tolerance: 1 } as never), "ArgumentError", "gradgradcheck: unknown option tolerance"); // prettier-ignore
});
test("functions without an optional argument before their options take them as ever", () => {
  const x = f64([1, 2], true);
  near(jacobian(cube, x, { strict: true }), [[3, 0], [0, 12]]); // prettier-ignore
  near(hessian((t: T) => cube(t).sum(), x, { strict: true }), [[6, 0], [0, 12]]); // prettier-ignore
  near(grad(cube(x).sum(), x, { createGraph: true })[0], [3, 12]);
  assert.ok(gradcheck(cube, x, { atol: 1e-4 }));
});
test("ops take keywords in the place of any argument", () => {
  const m = f64([[1, 2], [3, 5]]); // prettier-ignore
  near(m.sum({ dim: 1 }), [3, 8]);
  near(m.sum(1, { keepdim: true }), [[3], [8]]);
  near(m.std({ correction: 0 }), 1.479019945774904);
  near(pf.sub(m, 1, { alpha: 2 }), [[-1, 0], [1, 3]]); // prettier-ignore
  near(m.quantile({ q: 0.5, dim: 0 }), [2, 3.5]);
  near(pf.nn.functional.gelu(f64(1), { approximate: "tanh" }), 0.8411919906082768, 1e-12);
  near(m.clamp({ max: 2 }), [[1, 2], [2, 2]]); // prettier-ignore
  near(pf.zeros([2], { dtype: "float64" }), [0, 0]);
});
test("in func.* a plain object is a container", () => {
  const f = (p: { strict: T }): T => p.strict.square().sum();
  near(pf.func.grad(f)({ strict: one }).strict, 4);
  near(pf.func.jvp(f, [{ strict: one }], [{ strict: one }])[1], 8);
  near(pf.func.vjp(f, { strict: one })[1](f64(1))[0].strict, 4);
  near(pf.func.vmap(f)({ strict: f64([[1, 2]]) }), [5]);
});

test.run();
