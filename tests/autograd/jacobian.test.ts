// jacobian and hessian in every combination of options, held against products with unit vectors.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { leavesNothing, uniform } from "../core/support";
import { close } from "../primitives/support";
import { f64, near, type T, throws } from "./support";

const { jacobian, hessian, jvp, vjp, hvp } = pf.functional;
const test = suite("jacobian");
type Func = (...inputs: any[]) => T | T[];
type Inputs = T | T[];
type Options = Record<string, unknown>;
type Nested = T | T[] | T[][];
const list = <V>(value: V | readonly V[]): readonly V[] => (Array.isArray(value) ? value : [value as V]);
const float64 = (x: T): T => x.to("float64");

// -- expectations, one product at a time

const unit = (like: T, at: number): T =>
  pf.tensor(
    Float64Array.from({ length: like.numel }, (_, i) => (i === at ? 1 : 0)),
    { shape: like.shape },
  );
const indices = (x: T): number[] => Array.from({ length: x.numel }, (_, i) => i);
const stackOr = (parts: T[], shape: number[]): T =>
  parts.length ? pf.stack(parts).reshape(shape) : pf.zeros(shape, { dtype: "float64" });

/** [output][input], row by row. */
function byRows(f: Func, inputs: Inputs): T[][] {
  const outputs = list(f(...list(inputs)));
  return outputs.map((output, i) => {
    const rows = indices(output).map((at) => {
      const v = outputs.map((other, k) => unit(other, k === i ? at : -1));
      return list(vjp((...xs: T[]) => [...list(f(...xs))], [...list(inputs)], v)[1] as T[]);
    });
    return list(inputs).map((input, j) => stackOr(rows.map((row) => float64(row[j]!)), [...output.shape, ...input.shape])); // prettier-ignore
  });
}
/** The Hessian's [input][input], column by column. */
function hessianByColumns(f: Func, inputs: Inputs): T[][] {
  const xs = [...list(inputs)];
  const columns = xs.map((input, j) =>
    indices(input).map((at) => {
      const v = xs.map((other, k) => unit(other, k === j ? at : -1));
      return hvp((...at: T[]) => f(...at) as T, xs, v)[1] as T[];
    }),
  );
  return xs.map((row, i) =>
    xs.map((input, j) => {
      const flat = stackOr(columns[j]!.map((of) => float64(of[i]!).reshape(-1)), [input.numel, row.numel]); // prettier-ignore
      return flat.t().reshape([...row.shape, ...input.shape]);
    }),
  );
}

/** Of what the derivatives by these inputs are rounded to. */
const precision = (inputs: Inputs): number => (list(inputs).every((x) => x.dtype === "float64") ? 1e-12 : 1e-6);

/** Nested as outputs × inputs, without the levels that are single. */
function grid(result: Nested, outputIsArray: boolean, inputIsArray: boolean): T[][] {
  assert.is(Array.isArray(result), outputIsArray || inputIsArray);
  const rows = outputIsArray ? (result as (T | T[])[]) : [result as T | T[]];
  return rows.map((row) => {
    assert.is(Array.isArray(row), inputIsArray);
    return [...list(row)];
  });
}
function agree(actual: T[][], expected: T[][], tolerance: number, what: string): void {
  assert.equal(actual.map((row) => row.length), expected.map((row) => row.length), what); // prettier-ignore
  actual.forEach((row, i) =>
    row.forEach((entry, j) => {
      const want = expected[i]![j]!;
      assert.equal(entry.shape, want.shape, `${what}, entry [${i}][${j}]`);
      close(float64(entry), want, tolerance, `${what}, entry [${i}][${j}]`);
    }),
  );
}

const chunkSizes = [undefined, null, 1, 2, 100];
const combinations = (name: "strategy" | "outerJacobianStrategy"): Options[] =>
  [undefined, "reverse-mode", "forward-mode"].flatMap((strategy) =>
    [false, true].flatMap((vectorize) =>
      [false, true].flatMap((createGraph) =>
        chunkSizes.map((chunkSize) => ({ [name]: strategy, vectorize, createGraph, chunkSize })),
      ),
    ),
  );

// -- all structures and dtypes in all combinations of options

const F = pf.nn.functional;
const a = uniform([2, 3], 1);
const b = uniform([3, 5], 2);
const x3 = uniform([3], 3);
const y2 = uniform([2], 4);
const scalar = f64(0.7);
const float32 = pf.tensor([0.5, -1.25, 2], { dtype: "float32" });
const constant = uniform([2, 2], 5);
const none = pf.zeros([0], { dtype: "float64" });

const cases: [name: string, f: Func, inputs: Inputs][] = [
  ["one output, one input", (x: T) => x.mul(x).sum(0), a],
  ["one output in an array", (x: T) => [x.sin()], x3],
  ["one input in an array", (x: T) => x.sin(), [x3]],
  ["one of each in arrays", (x: T) => [x.sin()], [x3]],
  ["one output, two inputs", (x: T, y: T) => x.cos().mul(x).matmul(y.sin()), [a, b]],
  ["three outputs, two inputs", (x: T, y: T) => [x.mul(x).matmul(y), x.matmul(x.sum(0).unsqueeze(1).mul(y)), y.sum()], [a, b]],
  ["two outputs, one input", (x: T) => [x.exp(), x.outer(x)], x3],
  ["outputs that depend on one input each", (x: T, y: T) => [x, y, x.sin(), y.exp()], [y2, x3]],
  ["a constant output", () => constant, x3],
  ["a constant among outputs", (x: T) => [x.exp(), constant], x3],
  ["a detached output", (x: T) => x.detach(), x3],
  ["an output within noGrad", (x: T) => [pf.noGrad(() => x.mul(2)), x.mul(3)], x3],
  ["outputs that are inputs", (x: T, y: T) => [y, x], [x3, scalar]],
  ["the same output twice", (x: T) => { const y = x.tanh(); return [y, y]; }, x3],
  ["the same input twice", (x: T, y: T) => x.mul(y.exp()), [x3, x3]],
  ["a linear function", (x: T) => constant.matmul(x), y2],
  ["0-dim to 0-dim", (x: T) => x.exp(), scalar],
  ["0-dim to vector", (x: T) => pf.stack([x, x.sin(), x.mul(x)]), scalar],
  ["0-dim to one element", (x: T) => x.exp().reshape(1, 1), scalar],
  ["vector to 0-dim", (x: T) => x.prod(), x3],
  ["one element to 0-dim", (x: T) => x.exp().sum(), f64([[0.3]])],
  ["0-dim among vectors", (x: T, y: T) => [y.sum(), x.mul(y), x.exp()], [scalar, y2]],
  ["an empty input", (x: T, y: T) => x.sum().add(y.sin()), [none, y2]],
  ["an empty output", (x: T) => [x.slice(0, 1, 1).exp(), x.exp()], x3],
  ["empty to empty", (x: T) => x.exp(), pf.zeros([2, 0], { dtype: "float64" })],
  ["empty by an unrelated input", (x: T, y: T) => [x.exp(), y.exp()], [none, y2]],
  ["float32 and float64 inputs", (x: T, y: T) => [x.mul(y).to("float32"), x.mul(y)], [float32, x3]],
  ["float32 and float64 inputs, one output each", (x: T, y: T) => [x.mul(x), y.mul(y)], [float32, x3]],
  ["an integer output", (x: T) => [x.mul(3).to("int32"), x.exp()], x3],
  ["a bool output", (x: T) => [x.gt(0), x.exp()], x3],
  ["an output that does not depend on its input by value", (x: T) => x.mul(0), x3],
  ["views", (x: T) => x.permute(1, 0).flip([0]).narrow(1, 0, 1), a],
  ["softmax", (x: T) => x.softmax(-1), a],
  ["layerNorm", (x: T, w: T) => F.layerNorm(x, [3], w), [a, x3]],
  ["crossEntropy", (x: T) => F.crossEntropy(x, pf.tensor(Int32Array.of(2, 0)), { reduction: "none" }), a],
  ["cdist", (x: T, y: T) => pf.cdist(x, y), [a, uniform([2, 3], 6)]],
  ["gather and cat", (x: T) => pf.cat([x.gather(1, pf.tensor(Int32Array.of(2, 0), { shape: [2, 1] })), x], 1), a],
  ["control flow by value", (x: T) => (x.sum().item() > 0 ? x.exp() : x.mul(x)), x3],
  ["a jvp inside", (x: T) => jvp((y: T) => y.pow(3), x, x3)[1], x3],
  ["a jacobian inside", (x: T) => jacobian((y: T) => y.pow(3), x, { createGraph: true }), y2],
  ["a vmap inside", (x: T) => pf.func.vmap((row: T) => row.softmax(0).mul(row.sum()))(x), a],
  ["a gradient inside", (x: T) => pf.func.grad((y: T) => y.exp().prod())(x) as T, x3],
]; // prettier-ignore

for (const [name, f, inputs] of cases) {
  test(`jacobian of ${name}: all options`, () => {
    pf.tidy(() => {
      const expected = byRows(f, inputs);
      const outputs = f(...list(inputs));
      for (const options of combinations("strategy")) {
        const what = JSON.stringify(options);
        pf.tidy(() => {
          const result = jacobian(f, inputs, options) as Nested;
          const entries = grid(result, Array.isArray(outputs), Array.isArray(inputs));
          agree(entries, expected, precision(inputs), what);
          entries.forEach((row, i) =>
            row.forEach((entry, j) => {
              if (!options.createGraph) assert.not(entry.requiresGrad, what);
              // Rows are gradients, columns are tangents.
              const like = options.strategy === "forward-mode" ? list(outputs)[i]! : list(inputs)[j]!;
              if (like.dtype.startsWith("float")) assert.is(entry.dtype, like.dtype, `${what}, [${i}][${j}]`);
            }),
          );
        });
      }
    });
  });
}

// -- the same for Hessians

const scalarCases: [name: string, f: Func, inputs: Inputs][] = [
  ["one input", (x: T) => x.sin().prod(), a],
  ["one input in an array", (x: T) => x.sin().prod(), [x3]],
  ["one input in an array, shape [1, 1]", (x: T) => x.sin().prod().reshape(1, 1), [x3]],
  ["an output of shape [1]", (x: T) => x.pow(3).sum().reshape(1), x3],
  ["an output of shape [1, 1]", (x: T) => x.pow(3).sum().reshape(1, 1), x3],
  ["three inputs", (x: T, y: T, z: T) => x.relu().mul(x).matmul(y.sin()).matmul(z).sum(), [a, b, uniform([5, 4], 7)]],
  ["an unrelated input", (x: T, _y: T) => x.pow(3).sum(), [y2, x3]],
  ["inputs that do not meet", (x: T, y: T) => x.pow(3).sum().add(y.exp().sum()), [y2, x3]],
  ["a linear function", (x: T) => x.sum(), x3],
  ["linear in one input", (x: T, y: T) => x.pow(3).sum().add(y.sum()), [y2, x3]],
  ["a constant", () => scalar, x3],
  ["a constant of several inputs", () => scalar, [x3, y2]],
  ["a quadratic form", (x: T) => x.matmul(constant).dot(x), y2],
  ["a 0-dim input", (x: T) => x.exp(), scalar],
  ["an input of one element", (x: T) => x.exp(), f64([[0.4]])],
  ["0-dim and a vector", (x: T, y: T) => x.mul(y).sin().sum(), [scalar, y2]],
  ["an empty input", (x: T, y: T) => x.exp().sum().add(y.exp().sum()), [none, y2]],
  ["only an empty input", (x: T) => x.exp().sum(), none],
  ["the same input twice", (x: T, y: T) => x.mul(y).exp().sum(), [x3, x3]],
  ["float32 and float64", (x: T, y: T) => x.mul(y).exp().sum(), [float32, x3]],
  ["logsumexp", (x: T) => x.logsumexp([0, 1]), a],
  ["crossEntropy", (x: T) => F.crossEntropy(x, pf.tensor(Int32Array.of(2, 0))), a],
  ["the input itself", (x: T) => x, f64([0.4])],
]; // prettier-ignore

for (const [name, f, inputs] of scalarCases) {
  test(`hessian of ${name}: all options`, () => {
    pf.tidy(() => {
      const expected = hessianByColumns(f, inputs);
      for (const options of combinations("outerJacobianStrategy")) {
        pf.tidy(() => {
          const what = JSON.stringify(options);
          const result = hessian(f, inputs, options) as Nested;
          const entries = grid(result, Array.isArray(inputs), Array.isArray(inputs));
          agree(entries, expected, precision(inputs), what);
          if (!options.createGraph) for (const entry of entries.flat()) assert.not(entry.requiresGrad, what);
        });
      }
    });
  });
}

// -- differentiated again

const xg = f64([0.3, -0.7, 1.1], true);
for (const options of combinations("strategy").filter(({ createGraph }) => createGraph)) {
  const what = JSON.stringify(options);
  test(`jacobian ${what}: attached, differentiable by inputs and captured tensors, again and again`, () => {
    pf.tidy(() => {
      const w = f64(2, true);
      const rows = jacobian((x: T) => x.pow(3).mul(w), xg, options);
      assert.ok(rows.requiresGrad);
      const [gx, gw] = pf.autograd.grad(rows.sum(), [xg, w], { createGraph: true });
      near(gx!, xg.mul(12).toArray());
      near(gw!, xg.mul(xg).mul(3).sum().toArray());
      near(pf.autograd.grad(gx!.sum(), w)[0]!, 6 * (0.3 - 0.7 + 1.1));
      const attached = jacobian((x: T) => x.pow(3), x3, options);
      assert.ok(attached.requiresGrad, "also where no input requires grad");
      assert.match(String(attached), "gradFn=<");
    });
  });
  test(`jacobian ${what}: passes gradcheck and gradgradcheck`, () => {
    const f = (x: T, y: T): T[] => jacobian((s: T, t: T) => s.exp().mul(t.sin()), [x, y], options) as T[];
    const inputs = [f64([0.3, -0.7], true), f64([0.9, 0.4], true)];
    assert.ok(pf.autograd.gradcheck(f, inputs));
    assert.ok(pf.autograd.gradgradcheck(f, inputs));
  });
}
for (const options of combinations("outerJacobianStrategy").filter(({ createGraph }) => createGraph)) {
  test(`hessian ${JSON.stringify(options)}: attached and differentiable`, () => {
    const f = (x: T): T => hessian((s: T) => s.exp().prod().add(s.pow(4).sum()), x, options);
    pf.tidy(() => assert.ok(f(x3).requiresGrad));
    assert.ok(pf.autograd.gradcheck(f, [f64([0.3, -0.7], true)]));
  });
}
test("the caller's graph flows through", () => {
  pf.tidy(() => {
    const x = f64([0.5, 1.5], true);
    const h = jacobian((y: T) => y.pow(3), x.mul(2), { createGraph: true });
    near(pf.autograd.grad(h.sum(), x)[0]!, [12 * 2 * 0.5, 12 * 2 * 1.5]);
    const second = hessian((y: T) => y.pow(4).sum(), x.mul(2), { createGraph: true });
    near(pf.autograd.grad(second.sum(), x)[0]!, [24 * 4 * 0.5, 24 * 4 * 1.5]);
  });
});
test("fourth derivatives: the Hessian of an entry of a Hessian", () => {
  pf.tidy(() => {
    const trace = (x: T): T => hessian((y: T) => y.sin().sum(), x, { createGraph: true }).trace();
    near(hessian(trace, x3), pf.diag(x3.sin()).toArray(), 1e-10);
  });
});
test("a jacobian of a jacobian is the Hessian, whichever way each goes", () => {
  pf.tidy(() => {
    const f = (x: T): T => x.prod().add(x.pow(3).sum());
    const expected = hessian(f, x3).toArray();
    for (const inner of ["reverse-mode", "forward-mode"] as const)
      for (const outer of ["reverse-mode", "forward-mode"] as const) {
        const gradient = (x: T): T => jacobian(f, x, { createGraph: true, strategy: inner });
        near(jacobian(gradient, x3, { strategy: outer, chunkSize: 2 }), expected);
      }
  });
});
test("works within noGrad", () => {
  pf.noGrad(() => {
    near(jacobian((x: T) => x.mul(x), f64([1, 2])), [[2, 0], [0, 4]]); // prettier-ignore
    assert.not(jacobian((x: T) => x.mul(x), f64([1, 2])).requiresGrad);
    assert.ok(jacobian((x: T) => x.mul(x), f64([1, 2]), { createGraph: true }).requiresGrad);
    near(hessian((x: T) => x.pow(3).sum(), f64([1, 2])), [[6, 0], [0, 12]]); // prettier-ignore
    assert.ok(hessian((x: T) => x.pow(3).sum(), f64([1, 2]), { createGraph: true }).requiresGrad);
  });
});
test("a captured tensor is a constant, also the input itself", () => {
  const x = f64([1, 2], true);
  near(jacobian((y: T) => y.mul(x), x), [[1, 0], [0, 2]]); // prettier-ignore
  near(hessian((y: T) => y.mul(x).sum(), x), [[0, 0], [0, 0]]); // prettier-ignore
});

// -- compile and lifetime

test("within compile, in chunks and not", () => {
  for (const options of combinations("strategy")) {
    const f = (x: T): T => jacobian((y: T) => y.sin().outer(y), x, options);
    const compiled = pf.compile(f);
    for (const x of [x3, x3.mul(2).add(1)]) near(compiled(x), f(x).toArray());
  }
});
test("a backward that reads: rows one by one, of inputs of every kind", () => {
  const reading = pf.autograd.customFunction({
    forward: (ctx, a: T, b: T, _c: T) => (ctx.saveForBackward(a, b), a.mul(b)),
    backward(ctx, g) {
      const [a, b] = ctx.savedTensors as [T, T];
      assert.ok(Number.isFinite(g.sum().item()));
      return [g.mul(b), g.mul(a).sum(), null];
    },
  });
  const [a, b] = [f64([1, 2, 3]), f64(5)];
  const [byA, byB, byC] = jacobian(reading, [a, b, f64([7, 7])]) as [T, T, T];
  near(byA, [[5, 0, 0], [0, 5, 0], [0, 0, 5]]); // prettier-ignore
  near(byB, [1, 2, 3]);
  near(byC, [[0, 0], [0, 0], [0, 0]]); // prettier-ignore
});
test("what backward throws is not tried again", () => {
  let runs = 0;
  const failing = pf.autograd.customFunction({
    forward: (_, x: T) => x.mul(2),
    backward(_, g): T {
      if (runs++ === 0) throw new Error("at first");
      return g.mul(2);
    },
  });
  assert.throws(() => jacobian(failing, x3), /^at first$/);
  assert.is(runs, 1);
});
test("outputs that depend on nothing, also of integers", () => {
  const w = f64(3, true);
  const f = (x: T): T[] => [f64([1, 2]), x.argmax(), x.gt(0), x.sum(), w.mul(2)];
  for (const options of combinations("strategy")) {
    const rows = jacobian(f, x3, options) as unknown as T[];
    assert.equal(rows.map((row) => Array.from(row.data(), Number)), [[0, 0, 0, 0, 0, 0], [0, 0, 0], Array(9).fill(0), [1, 1, 1], [0, 0, 0]]); // prettier-ignore
  }
});
test("without createGraph nothing depends on what func captures", () => {
  const w = f64([3], true);
  for (const strategy of ["reverse-mode", "forward-mode"] as const) {
    assert.not(jacobian((x: T) => x.mul(w), f64([2]), { strategy }).requiresGrad);
    assert.not(jacobian((x: T) => x.mul(w.expand(3)), x3, { strategy }).requiresGrad);
    // A gradient that is the captured tensor itself.
    const own = pf.autograd.customFunction({ forward: (_, x: T) => x.mul(w), backward: () => w });
    assert.not(jacobian(own, f64([2]), { strategy }).requiresGrad);
  }
});
test("what fails in a chunk fails in the call", () => {
  const at = pf.tensor(Int32Array.from([5]));
  const wild = (x: T): T => x.mul(x).mul(x.gather(0, at.add(0)).detach());
  throws(() => jacobian(wild, x3, { chunkSize: 1 }), "ArgumentError", "index 5 is out of bounds");
});
const loops: [string, () => unknown][] = [
  ["jacobian", () => jacobian((x: T) => x.tanh(), x3).data()],
  ["jacobian, unread", () => jacobian((x: T) => [x.tanh(), x.exp()], [x3])],
  ["jacobian, in chunks", () => jacobian((x: T) => x.tanh(), x3, { chunkSize: 2 })],
  ["jacobian, columns in chunks", () => jacobian((x: T) => x.tanh(), x3, { chunkSize: 1, strategy: "forward-mode" })],
  ["jacobian, attached", () => jacobian((x: T) => x.tanh(), x3, { createGraph: true })],
  ["hessian", () => hessian((x: T) => x.tanh().prod(), x3)],
  ["hessian, attached", () => hessian((x: T) => x.tanh().prod(), x3, { createGraph: true }).data()],
];
for (const [name, body] of loops) {
  test(`2,000 times ${name} leave nothing`, () => {
    const once = (): void => pf.tidy(() => void body());
    once();
    leavesNothing(() => {
      for (let i = 0; i < 2000; i++) once();
    });
  });
}
test.run();
