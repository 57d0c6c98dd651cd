// Strict mode: judged by connection in the graph, not by values; in torch's words and torch's order.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { f64, near, type T, throws } from "./support";

const { jvp, vjp, hvp, vhp } = pf.functional;
const test = suite("strict");
type Loose = (func: unknown, inputs: unknown, v: unknown, options: unknown) => [unknown, unknown];

const x = f64([1, 2]);
const v = f64([1, 1]);
const one = f64(1);
const strict = { strict: true };
const strictGraph = { strict: true, createGraph: true };

const NO_GRAD = "Output 0 of the user-provided function does not require gradients.";
const UNUSED = (i: number): string =>
  `The output of the user-provided function is independent of input ${i}. This is not allowed in strict mode`;
const ENTRY = (i: number): string =>
  `The gradient with respect to the input is independent of entry ${i} in the grad_outputs`;
const JACOBIAN = "The jacobian of the user-provided function is independent of input 0.";
const LINEAR = "jacobian of the user-provided function with respect to input 0 is independent of the input";
const HESSIAN = "The hessian of the user-provided function is independent of input 0";

const sum = (t: T): T => t.sum();
const squares = (t: T): T => t.mul(t).sum();
const first = (a: T, _b: T): T => a.mul(a).sum();
const weight = f64([3, 4], true);

const GRADIENT =
  "The gradient with respect to input 0 is independent of the inputs of the user-provided function. This is not allowed in strict mode";
// The double-backward trick finds nothing to differentiate: no cotangent goes into the gradient.
const constantBackward = pf.autograd.customFunction({
  forward: (_ctx, t: T): T => t.mul(2),
  backward: () => v,
});

/** function, inputs, v, options, the phrase of the error (null: none) */
type Row = [string, Loose, unknown, unknown, unknown, object, string | null];
const rows: Row[] = [
  ["jvp: a detached output", jvp as Loose, () => one, x, v, strict, `jvp: ${NO_GRAD}`],
  ["jvp: an output detached by the user", jvp as Loose, (t: T) => t.mul(2).detach(), x, v, strict, NO_GRAD],
  ["jvp: computed within noGrad", jvp as Loose, (t: T) => pf.noGrad(() => t.mul(2)), x, v, strict, NO_GRAD],
  [
    "jvp: the second output is detached",
    jvp as Loose,
    (t: T) => [t, one],
    x,
    v,
    strict,
    "Output 1 of the user-provided",
  ],
  ["jvp: an unused input", jvp as Loose, first, [x, x], [v, v], strict, UNUSED(1)],
  ["jvp: an output that depends on something else", jvp as Loose, (t: T) => [t, weight.mul(2)], x, v, strict, ENTRY(1)],
  [
    "jvp: nothing depends on the input, but on something else",
    jvp as Loose,
    () => weight.mul(2),
    x,
    v,
    strict,
    UNUSED(0),
  ],
  ["jvp: x·0 is connected", jvp as Loose, (t: T) => t.mul(0), x, v, strict, null],
  ["jvp: a linear function without createGraph", jvp as Loose, sum, x, v, strict, null],
  ["jvp: a linear function with createGraph", jvp as Loose, sum, x, v, strictGraph, JACOBIAN],
  [
    "jvp: a linear function with createGraph, v requires grad",
    jvp as Loose,
    sum,
    x,
    f64([1, 1], true),
    strictGraph,
    null,
  ],
  ["jvp: a quadratic function with createGraph", jvp as Loose, squares, x, v, strictGraph, null],
  ["vjp: a detached output", vjp as Loose, () => one, x, one, strict, `vjp: ${NO_GRAD}`],
  ["vjp: an unused input", vjp as Loose, first, [x, x], one, strict, UNUSED(1)],
  ["vjp: a linear function without createGraph", vjp as Loose, sum, x, one, strict, null],
  ["vjp: a linear function with createGraph", vjp as Loose, sum, x, one, strictGraph, JACOBIAN],
  ["vjp: a quadratic function with createGraph", vjp as Loose, squares, x, one, strictGraph, null],
  ...([hvp, vhp] as Loose[]).flatMap((product, k): Row[] => {
    const name = k ? "vhp" : "hvp";
    return [
      [`${name}: a detached output`, product, () => one, x, v, strict, `${name}: ${NO_GRAD}`],
      [`${name}: a linear function`, product, sum, x, v, strict, LINEAR],
      [`${name}: an unused input`, product, first, [x, x], [v, v], strict, UNUSED(1)],
      [`${name}: a quadratic function`, product, squares, x, v, strict, null],
      [`${name}: a quadratic function with createGraph`, product, squares, x, v, strictGraph, HESSIAN],
      [
        `${name}: nothing depends on the input, but on something else`,
        product,
        () => weight.sum(),
        x,
        v,
        strict,
        UNUSED(0),
      ],
      [
        `${name}: the second input is linear`,
        product,
        (a: T, b: T) => squares(a).add(b.sum()),
        [x, x],
        [v, v],
        strict,
        "respect to input 1 is independent",
      ],
      [
        `${name}: inputs that are each linear, but not together`,
        product,
        (a: T, b: T) => a.mul(b).sum(),
        [x, x],
        [v, v],
        strict,
        null,
      ],
      [
        `${name}: quadratic with createGraph, v requires grad`,
        product,
        squares,
        x,
        f64([1, 1], true),
        strictGraph,
        null,
      ],
      [
        `${name}: quadratic by a weight that requires grad`,
        product,
        (t: T) => squares(t).mul(weight.sum()),
        x,
        v,
        strictGraph,
        null,
      ],
      [`${name}: x²·0 is connected`, product, (t: T) => squares(t).mul(0), x, v, strict, null],
      [`${name}: a cubic function with createGraph`, product, (t: T) => t.pow(3).sum(), x, v, strictGraph, null],
    ];
  }),
  ["jvp: an output that is the input", jvp as Loose, (t: T) => t, x, v, strict, null],
  [
    "jvp: an input that only one output uses",
    jvp as Loose,
    (a: T, b: T) => [a, a.mul(b)],
    [x, x],
    [v, v],
    strict,
    null,
  ],
  ["jvp: sign is connected, its gradient is not", jvp as Loose, (t: T) => t.sign(), x, v, strict, GRADIENT],
  ["jvp: floor is connected, its gradient is not", jvp as Loose, (t: T) => t.floor(), x, v, strict, GRADIENT],
  ["jvp: a comparison is not", jvp as Loose, (t: T) => t.gt(1), x, v, strict, NO_GRAD],
  ["jvp: an argmax is not", jvp as Loose, (t: T) => t.argmax(), x, v, strict, NO_GRAD],
  [
    "jvp: the branch not taken is connected",
    jvp as Loose,
    (a: T, b: T) => pf.where(a.gt(0), a, b),
    [x, x],
    [v, v],
    strict,
    null,
  ],
  ["jvp: a captured input is a constant", jvp as Loose, () => x.mul(2), x, v, strict, NO_GRAD],
  ["jvp: a captured input that requires grad", jvp as Loose, () => weight, weight, v, strict, UNUSED(0)],
  ["jvp: the first of several is told", jvp as Loose, (a: T) => [a, one, one], [x, x], [v, v], strict, "Output 1 of"],
  ["jvp: an output comes before an input", jvp as Loose, () => [one, weight], [x, x], [v, v], strict, NO_GRAD],
  [
    "jvp: a gradient that does not depend on the cotangent",
    jvp as Loose,
    constantBackward,
    x,
    v,
    strict,
    `jvp: ${GRADIENT}`,
  ],
  [
    "jvp: with createGraph, one of two outputs is linear",
    jvp as Loose,
    (t: T) => [t.mul(t), t],
    x,
    v,
    strictGraph,
    "The jacobian of the user-provided function is independent of input 1.",
  ],
  [
    "jvp: an input that requires grad makes no linear function depend on it",
    jvp as Loose,
    sum,
    weight,
    v,
    strictGraph,
    JACOBIAN,
  ],
  ["jvp: a captured weight that requires grad", jvp as Loose, (t: T) => t.mul(weight), x, v, strictGraph, null],
  ["vjp: a detached output among others", vjp as Loose, (t: T) => [t, one], x, [v, one], strict, `vjp: Output 1 of`],
  ["vjp: an input that one output uses", vjp as Loose, (a: T, b: T) => [a, a.mul(b)], [x, x], [v, v], strict, null],
  [
    "vjp: nothing depends on the input, but on something else",
    vjp as Loose,
    () => weight.mul(2),
    x,
    v,
    strict,
    UNUSED(0),
  ],
  ["vjp: x·0 is connected", vjp as Loose, (t: T) => t.mul(0), x, v, strict, null],
  [
    "vjp: with createGraph, the second input is linear",
    vjp as Loose,
    (a: T, b: T) => a.mul(a).add(b),
    [x, x],
    v,
    strictGraph,
    "The jacobian of the user-provided function is independent of input 1.",
  ],
  ["vjp: a linear function with createGraph, v requires grad", vjp as Loose, sum, x, f64(1, true), strictGraph, null],
  ["vjp: a captured weight that requires grad", vjp as Loose, (t: T) => t.mul(weight).sum(), x, one, strictGraph, null],
  [
    "vhp: a gradient that depends on another input only",
    vhp as Loose,
    (a: T, b: T) => a.sum().mul(b.sum().detach()).add(b.mul(b).sum()),
    [x, x],
    [v, v],
    strict,
    LINEAR,
  ],
];
for (const [name, product, func, inputs, vector, options, phrase] of rows) {
  test(name, () => {
    const call = (): unknown => product(func, inputs, vector, options);
    if (phrase === null) pf.tidy(() => void call());
    else throws(call, "AutogradError", phrase);
  });
}

test("not strict: the same functions give zeros", () => {
  near(jvp(() => one, x, v)[1], 0);
  near(jvp((t: T) => [t, weight.mul(2)], x, v)[1][1]!, [0, 0]);
  near(vjp(first, [x, x] as const, one)[1][1], [0, 0]);
  for (const product of [hvp, vhp]) {
    near(product(sum, x, v)[1], [0, 0]);
    near(product(first, [x, x] as const, [v, v])[1][1], [0, 0]);
    near(product(() => one, x, v)[1], [0, 0]);
  }
});
test("not strict with createGraph: a constant result may stay unattached", () => {
  const [output, tangent] = jvp(sum, x, v, { createGraph: true });
  assert.ok(output.requiresGrad);
  assert.not(tangent.requiresGrad);
});

test.run();
