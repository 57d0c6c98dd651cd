// jacobian and hessian: what they refuse, strict mode, torch's own cases (TestAutogradFunctional), and the cost of the rows.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { leavesNothing, uniform } from "../core/support";
import { type ErrorName, f64, near, throws, type T } from "./support";

const { jacobian, hessian } = pf.functional;
const test = suite("jacobian rules");
type Loose = (func: unknown, inputs: unknown, options?: unknown) => any;
const J = jacobian as Loose;
const H = hessian as Loose;

const x3 = f64([0.5, -1, 2]);
const y2 = f64([1.5, 0.25]);
const cubes = (x: T): T => x.pow(3).sum();
const zeros = (...shape: number[]): pf.NestedArray => pf.zeros(shape).toArray();

// -- what is refused
const inputsPhrase = (fn: string): string =>
  `${fn}: The inputs given to ${fn} must be either a Tensor or a tuple of Tensors but`;
const outputsPhrase = (fn: string): string =>
  `${fn}: The outputs of the user-provided function given to ${fn} must be either a Tensor or a tuple of Tensors`;
const NO_GRAD = (i: number): string => `Output ${i} of the user-provided function does not require gradients.`;
const INDEPENDENT = (i: number, j: number): string =>
  `Output ${i} of the user-provided function is independent of input ${j}. This is not allowed in strict mode.`;
const CONSTANT = (i: number): string =>
  `The jacobian of the user-provided function is independent of input ${i}. This is not allowed in strict mode`;
const LINEAR = (i: number): string =>
  `jacobian of the user-provided function with respect to input ${i} is independent of the input`;
const SINGLE = "hessian: The function given to hessian should return a single Tensor";
const ONE_ELEMENT = "hessian: The Tensor returned by the function given to hessian should contain a single element";
const strict = { strict: true };
const strictGraph = { strict: true, createGraph: true };
const weight = f64([1, 2, 3], true);

type Refused = [name: string, body: () => unknown, error: ErrorName, ...phrases: string[]];
const refused: Refused[] = [
  ...([["jacobian", J], ["hessian", H]] as const).flatMap(([fn, call]): Refused[] => [
    [`${fn}: a number for inputs`, () => call(cubes, 3), "ArgumentError", inputsPhrase(fn), "type number"],
    [`${fn}: null for inputs`, () => call(cubes, null), "ArgumentError", inputsPhrase(fn), "type null"],
    [`${fn}: no inputs`, () => call(cubes, []), "ArgumentError", inputsPhrase(fn)],
    [`${fn}: a number among inputs`, () => call(cubes, [x3, 2]), "ArgumentError", inputsPhrase(fn), "the value at index 1 has type number"],
    [`${fn}: no function`, () => call("f", x3), "ArgumentError", `${fn}: func should be a function but got string`],
    [`${fn}: a number for outputs`, () => call(() => 3, x3), "ArgumentError", outputsPhrase(fn), "type number"],
    [`${fn}: nothing for outputs`, () => call(() => undefined, x3), "ArgumentError", outputsPhrase(fn), "type undefined"],
    [`${fn}: a string among outputs`, () => call((x: T) => [x.sum(), "bar"], x3), "ArgumentError", outputsPhrase(fn), "the value at index 1 has type string"],
    [`${fn}: an async function`, () => call((x: T) => Promise.resolve(x.sum()), x3), "ArgumentError", outputsPhrase(fn), "must not be async"],
    [`${fn}: an int32 input`, () => call(cubes, [x3, pf.tensor(Int32Array.of(1))]), "DTypeError", fn, "index 1", "int32"],
    [`${fn}: a bool input`, () => call(cubes, pf.tensor([true])), "DTypeError", fn, "index 0", "bool"],
    [`${fn}: an unknown option`, () => call(cubes, x3, { create_graph: true }), "ArgumentError", `${fn}: unknown option create_graph; known are`],
    [`${fn}: a chunkSize of 0`, () => call(cubes, x3, { chunkSize: 0 }), "ArgumentError", `${fn}: chunkSize should be a positive integer but got 0`],
    [`${fn}: a broken chunkSize`, () => call(cubes, x3, { chunkSize: 2.5 }), "ArgumentError", `${fn}: chunkSize should be a positive integer but got 2.5`],
    [`${fn}: a disposed input`, () => { const x = f64([1]); x.dispose(); return call(cubes, x); }, "DisposedError", fn],
    [`${fn}: a disposed output`, () => call((x: T) => { const y = x.sum(); y.dispose(); return y; }, x3), "DisposedError", fn],
    [`${fn}: strict with vectorize`, () => call(cubes, x3, { strict: true, vectorize: true }), "AutogradError", fn, "not supported together"],
    [`${fn}: a detached output, strict`, () => call((x: T) => x.detach().sum(), x3, strict), "AutogradError", `${fn}: ${NO_GRAD(0)}`],
  ]),
  ["jacobian: an unknown strategy", () => J(cubes, x3, { strategy: "sideways" }), "ArgumentError", 'jacobian: expected strategy to be either "reverse-mode" or "forward-mode" but got "sideways"'],
  ["jacobian: no strategy at all", () => J(cubes, x3, { strategy: {} }), "ArgumentError", "but got an Object."],
  ["hessian: an unknown outerJacobianStrategy", () => H(cubes, x3, { outerJacobianStrategy: 3 }), "ArgumentError", 'hessian: expected outerJacobianStrategy to be either "reverse-mode" or "forward-mode" but got 3'],
  ["jacobian: strict with forward-mode", () => J(cubes, x3, { strict: true, strategy: "forward-mode" }), "AutogradError", 'strategy = "forward-mode"', "not supported together"],
  ["hessian: strict with forward-mode", () => H(cubes, x3, { strict: true, outerJacobianStrategy: "forward-mode" }), "AutogradError", 'outerJacobianStrategy = "forward-mode"', "not supported together"],

  ["jacobian: the second output is detached", () => J((x: T) => [x.exp(), x.detach()], x3, strict), "AutogradError", `jacobian: ${NO_GRAD(1)}`],
  ["jacobian: an output within noGrad", () => J((x: T) => pf.noGrad(() => x.mul(2)), x3, strict), "AutogradError", NO_GRAD(0)],
  ["jacobian: an unused input", () => J((x: T, _: T) => x.exp(), [x3, y2], strict), "AutogradError", `jacobian: ${INDEPENDENT(0, 1)}`],
  ["jacobian: outputs that depend on one input each", () => J((x: T, y: T) => [x.exp(), y.exp()], [x3, y2], strict), "AutogradError", INDEPENDENT(0, 1)],
  ["jacobian: the second output is independent of the first input", () => J((x: T, y: T) => [x.outer(y), y.exp()], [x3, y2], strict), "AutogradError", INDEPENDENT(1, 0)],
  ["jacobian: an output that depends on something else", () => J(() => weight.exp(), x3, strict), "AutogradError", INDEPENDENT(0, 0)],
  ["jacobian: a fresh leaf for output", () => J((x: T) => f64(x.toArray(), true).mul(1), x3, strict), "AutogradError", INDEPENDENT(0, 0)],
  ["jacobian: createGraph: a linear function", () => J((x: T) => x.mul(2), x3, strictGraph), "AutogradError", `jacobian: ${CONSTANT(0)}`],
  ["jacobian: createGraph: torch names the output's index", () => J((x: T) => [x.exp(), x.mul(2)], x3, strictGraph), "AutogradError", CONSTANT(1)],
  ["jacobian: createGraph: linear in one input", () => J((x: T, y: T) => x.exp().add(y), [x3, x3], strictGraph), "AutogradError", CONSTANT(0)],

  ["hessian: an array of one", () => H((x: T) => [x.sum()], x3), "AutogradError", SINGLE],
  ["hessian: an array of two", () => H((x: T) => [x.sum(), x.sum()], x3), "AutogradError", SINGLE],
  ["hessian: a vector", () => H((x: T) => x.mul(3), x3), "AutogradError", ONE_ELEMENT],
  ["hessian: an empty output", () => H((x: T) => x.slice(0, 0, 0), x3), "AutogradError", ONE_ELEMENT],
  ["hessian: a linear function", () => H((x: T) => x.sum(), x3, strict), "AutogradError", `hessian: While computing the hessian, found that the ${LINEAR(0)}`],
  ["hessian: linear in the second input", () => H((x: T, y: T) => cubes(x).add(y.sum()), [x3, y2], strict), "AutogradError", LINEAR(1)],
  ["hessian: an unused input", () => H((x: T, _: T) => cubes(x), [x3, y2], strict), "AutogradError", LINEAR(1)],
  ["hessian: an output that depends on something else", () => H(() => weight.sum(), x3, strict), "AutogradError", LINEAR(0)],
  ["hessian: a fresh leaf for output", () => H((x: T) => f64(x.toArray(), true).exp().sum(), x3, strict), "AutogradError", LINEAR(0)],
  ["hessian: inputs that do not meet", () => H((x: T, y: T) => cubes(x).add(cubes(y)), [x3, y2], strict), "AutogradError", `hessian: ${INDEPENDENT(0, 1)}`],
  ["hessian: a gradient that depends on something else", () => H((x: T) => x.mul(weight).sum(), x3, strict), "AutogradError", INDEPENDENT(0, 0)],
  ["hessian: createGraph: a quadratic form", () => H((x: T) => x.mul(x).sum(), x3, strictGraph), "AutogradError", `hessian: ${CONSTANT(0)}`],
  ["hessian: what strict refuses comes before the number of elements", () => H((x: T) => x.detach(), x3, strict), "AutogradError", NO_GRAD(0)],
]; // prettier-ignore
for (const [name, body, error, ...phrases] of refused) {
  test(`refused: ${name}`, () => {
    throws(body, error, ...phrases);
    near(jacobian((x: T) => x.mul(x), y2), [[3, 0], [0, 0.5]]); // prettier-ignore
  });
}

const allowed: [name: string, body: () => T, expected: pf.NestedArray][] = [
  ["jacobian: x·0 is connected", () => J((x: T) => x.mul(0), x3, strict), zeros(3, 3)],
  ["jacobian: a linear function without createGraph", () => J((x: T) => x.mul(2), y2, strict), [[2, 0], [0, 2]]],
  ["jacobian: a linear function of a captured tensor, with createGraph", () => J((x: T) => x.mul(weight), x3, strictGraph), [[1, 0, 0], [0, 2, 0], [0, 0, 3]]],
  ["jacobian: a quadratic function with createGraph", () => J((x: T) => x.mul(x), y2, strictGraph), [[3, 0], [0, 0.5]]],
  ["jacobian: strict with reverse-mode by name", () => J((x: T) => x.mul(x), y2, { strict: true, strategy: "reverse-mode" }), [[3, 0], [0, 0.5]]],
  ["hessian: a quadratic form without createGraph", () => H((x: T) => x.mul(x).sum(), y2, strict), [[2, 0], [0, 2]]],
  ["hessian: a cubic with createGraph", () => H(cubes, y2, strictGraph), [[9, 0], [0, 1.5]]],
  ["hessian: reading the input's captured self", () => H((x: T) => x.pow(2).mul(x.detach()).sum(), y2, strict), [[3, 0], [0, 0.5]]],
  ["null for options", () => J((x: T) => x.mul(x), y2, null), [[3, 0], [0, 0.5]]],
  ["null for strategy", () => J((x: T) => x.mul(x), y2, { strategy: null }), [[3, 0], [0, 0.5]]],
]; // prettier-ignore
for (const [name, body, expected] of allowed) test(`allowed: ${name}`, () => near(pf.tidy(body), expected));

test("an error of func passes through, the same object, and leaves nothing", () => {
  const failure = new RangeError("mine");
  for (const call of [J, H])
    leavesNothing(() => {
      const fail = (x: T): T => {
        x.exp().sum();
        throw failure;
      };
      assert.throws(
        () => call(fail, x3),
        (error: unknown) => error === failure,
      );
    });
});

// -- torch's test_autograd.py, TestAutogradFunctional
const expReducer = (x: T): T => x.exp().sum(1);
const addExpReducer = (x: T, y: T): T => x.add(y.exp()).sum(1);
const m = uniform([4, 4], 1);
const n = uniform([4, 4], 2);
const v4 = uniform([4], 3);
const v5 = uniform([5], 4);
const shapesOf = (value: any): unknown => (Array.isArray(value) ? value.map(shapesOf) : (value as T).shape);

const shapes: [name: string, body: () => unknown, expected: unknown][] = [
  ["jacobian_err_check", () => J((x: T) => x.narrow(0, 0, 3).mul(3), v4), [3, 4]],
  ["jacobian_err_check, two", () => J((x: T, y: T) => [y, x.narrow(0, 0, 3).mul(3)], [v4, v5]), [[[5, 4], [5, 5]], [[3, 4], [3, 5]]]],
  ["jacobian_output", () => J(expReducer, m), [4, 4, 4]],
  ["jacobian_output, identity", () => J((x: T) => x.clone(), m), [4, 4, 4, 4]],
  ["jacobian_output, add_exp_reducer", () => J(addExpReducer, [m, n]), [[4, 4, 4], [4, 4, 4]]],
  ["jacobian_scalar, reducer", () => J((x: T) => x.sum(), m), [4, 4]],
  ["jacobian_scalar, expander", () => J((x: T) => x.unsqueeze(0).repeat(4), f64(0.3)), [4]],
  ["hessian_err_check", () => H((x: T) => x.narrow(0, 0, 3).exp().sum().mul(3), v4), [4, 4]],
  ["hessian_err_check, two", () => H((x: T, y: T) => y.narrow(0, 0, 3).mul(x.narrow(0, 0, 3)).sum().mul(3), [v4, v5]), [[[4, 4], [4, 5]], [[5, 4], [5, 5]]]],
  ["hessian_output", () => H((x: T) => x.pow(3).sum(), uniform([2, 2], 5)), [2, 2, 2, 2]],
  ["hessian_output, two", () => H((x: T, y: T) => x.pow(3).sum().add(y.pow(3).sum()), [uniform([2, 2], 5), uniform([2, 2], 6)]), [[[2, 2, 2, 2], [2, 2, 2, 2]], [[2, 2, 2, 2], [2, 2, 2, 2]]]],
  ["hessian_scalar, reducer", () => H((x: T) => x.sum(), m), [4, 4, 4, 4]],
  ["hessian_scalar, reducer of a scalar", () => H((x: T) => x.sum(), f64(0.3)), []],
  ["hessian_scalar, bad_reducer", () => H((x: T) => x.sum().reshape(1, 1, 1), m), [4, 4, 4, 4]],
]; // prettier-ignore
for (const [name, body, expected] of shapes)
  test(`torch test_${name}`, () => pf.tidy(() => assert.equal(shapesOf(body()), expected)));

const fresh = (x: T): T => f64(x.toArray(), true).clone();
const zerosWhere: [name: string, body: () => T, expected: pf.NestedArray][] = [
  ["jacobian_err_check_strict: foo", () => J((x: T) => x.detach(), v4), zeros(4, 4)],
  ["jacobian_err_check_strict: bar", () => J(fresh, v4), zeros(4, 4)],
  ["jacobian_err_check_strict: a clone, createGraph", () => J((x: T) => x.clone(), f64([1, 2], true), { createGraph: true }), [[1, 0], [0, 1]]],
  ["hessian_err_check_strict: foo", () => H((x: T) => x.detach().sum(), v4), zeros(4, 4)],
  ["hessian_err_check_strict: bar", () => H((x: T) => fresh(x).sum(), v4), zeros(4, 4)],
  ["hessian_err_check_strict: bar2", () => H((x: T) => x.sum(), v4), zeros(4, 4)],
]; // prettier-ignore
for (const [name, body, expected] of zerosWhere) test(`torch test_${name}`, () => near(pf.tidy(body), expected));

const checks: [name: string, f: (...inputs: any[]) => any, inputs: T[]][] = [
  ["jacobian_create_graph", (x: T) => jacobian(expReducer, x, { createGraph: true }), [m]],
  ["jacobian_create_graph, two", (x: T, y: T) => jacobian(addExpReducer, [x, y], { createGraph: true }), [m, n]],
  ["jacobian_create_graph, foo", (x: T, y: T) => {
    const z = x.cos();
    const jac = jacobian(addExpReducer, [z, y], { createGraph: true });
    return jac[0]!.exp().sum().add(jac[1]!.exp().sum()).add(jac[0]!.exp().sum());
  }, [m, n]],
  ["hessian_create_graph", (x: T) => hessian((y: T) => y.pow(3).sum(), x, { createGraph: true }), [uniform([2, 2], 7)]],
  ["hessian_create_graph, two", (x: T, y: T) => hessian((s: T, t: T) => s.pow(3).sum().add(t.pow(3).sum()), [x, y], { createGraph: true }).flat(), [uniform([2, 2], 8), uniform([2, 2], 9)]],
  ["hessian_create_graph, foo", (x: T, y: T) => {
    const hess = hessian((s: T, t: T) => s.pow(3).sum().add(t.pow(3).mul(s).sum()), [x.cos(), y], { createGraph: true });
    return hess[0]![0]!.cos().sum().add(hess[1]![1]!.cos().sum()).add(x.cos().sum());
  }, [uniform([2, 2], 10), uniform([2, 2], 11)]],
]; // prettier-ignore
for (const [name, f, inputs] of checks) {
  test(`torch test_${name}`, () => {
    const leaves = inputs.map((x) => f64(x.toArray(), true));
    assert.ok(pf.autograd.gradcheck(f, leaves));
    assert.ok(pf.autograd.gradgradcheck(f, leaves));
  });
}
test("torch test_jacobian_no_grad, test_hessian_no_grad", () => {
  pf.noGrad(() => {
    for (const [call, f] of [[J, expReducer], [H, (x: T) => x.pow(3).sum()]] as const) {
      const plain = call(f, m) as T;
      assert.not(plain.requiresGrad);
      assert.ok(plain.abs().sum().item() > 1);
      assert.match(String(call(f, m, { createGraph: true })), "gradFn=<");
    }
  }); // prettier-ignore
});

// -- the rows come from one batched graph
const W = uniform([64, 128], 12);
const V = uniform([128, 64], 13);
const x64 = uniform([64], 14);
const net = (rows: number) => {
  const last = V.slice(1, 0, rows);
  return (x: T): T => x.matmul(W).tanh().matmul(last).tanh();
};
const summary = (body: () => T) => {
  pf.evaluate(W, V, x64);
  return pf.inspect(body).summary;
};
for (const strategy of ["reverse-mode", "forward-mode"] as const) {
  test(`${strategy}: products, kernels and nodes of a network's Jacobian do not grow with its rows`, () => {
    pf.tidy(() => {
      const all = [2, 8, 32, 64].map((rows) => summary(() => jacobian(net(rows), x64, { strategy })));
      for (const { matmuls, kernels, traced } of all) {
        // two of the network itself, two of its derivative
        assert.equal([matmuls, traced], [4, all[0]!.traced]);
        assert.ok(kernels <= all[0]!.kernels, `${kernels} kernels, ${all[0]!.kernels} for two rows`);
      }
    });
  });
}
test("the Jacobian costs what a batch of 64 forward passes costs, and the batch of backward passes", () => {
  pf.tidy(() => {
    const forward = summary(() => net(64)(x64.expand(64, 64)));
    assert.ok(summary(() => jacobian(net(64), x64)).flops < 2 * forward.flops);
  });
});
test("rows within one chunk are one product, and each chunk is one more", () => {
  pf.tidy(() => {
    for (const [chunkSize, matmuls] of [[64, 4], [100, 4], [32, 6], [16, 10], [63, 6], [1, 130]] as const)
      assert.is(summary(() => jacobian(net(64), x64, { chunkSize })).matmuls, matmuls, `chunkSize ${chunkSize}`);
  }); // prettier-ignore
});
test("products and kernels of a Hessian do not grow with its rows", () => {
  pf.tidy(() => {
    for (const outerJacobianStrategy of ["reverse-mode", "forward-mode"] as const) {
      const all = [2, 8, 64].map((size) => {
        const A = uniform([50, size], 15);
        return summary(() => hessian((x: T) => A.matmul(x).logsumexp(0), x64.slice(0, 0, size), { outerJacobianStrategy }));
      });
      for (const { matmuls, kernels } of all) assert.equal([matmuls, kernels], [3, all[0]!.kernels]);
    }
  }); // prettier-ignore
});
test("inspect counts the nodes of func as traced, and those of derivatives as backward, also where they nest", () => {
  pf.tidy(() => {
    const f = (x: T): T => x.exp().mul(2);
    const own = pf.inspect(f, x64).summary.traced;
    const one = summary(() => jacobian(f, x64));
    const two = summary(() => jacobian((x: T) => pf.functional.vjp(f, x, x64, { createGraph: true })[1], x64));
    // The transform makes an alias of the inputs.
    assert.equal([one.traced, two.traced], [own, own + 1]);
    assert.ok(one.backward > own && two.backward > one.backward);
    const [alone, within] = [(x: T) => f(x), (x: T) => pf.functional.jvp(f, x, x64, { createGraph: true })[1]].map(
      (g) => summary(() => jacobian(g, x64)),
    );
    assert.is(within!.traced, alone!.traced + 1);
  });
});
test("chunks bound the memory", () => {
  // A row's intermediates have 100 × 100 elements: 8 MB for all rows at once.
  const x = uniform([100], 16);
  const f = (y: T): T => y.outer(y).tanh().matmul(y.outer(y).sin()).tanh().sum(1);
  const peakOf = (chunkSize: number | null): number =>
    pf.tidy(() => {
      const before = pf.backend.peakBytes;
      jacobian(f, x, { chunkSize }).data();
      return pf.backend.peakBytes - before;
    });
  const chunked = peakOf(5);
  assert.ok(chunked < 4e6, `${chunked} bytes in chunks`);
  const whole = peakOf(null);
  assert.ok(whole > 8e6, `${whole} bytes more at once`);
});
// Last: what it needs is the most of all.
test("16 Mi elements of rows go together", () => {
  // One row more than 2^24 / 4097 are: two products, of which each is the diagonal's part.
  const kernels = (n: number, chunkSize?: number): number =>
    pf.tidy(() => pf.inspect(() => jacobian((y: T) => y.sin(), pf.ones([n]), { chunkSize })).summary.kernels);
  assert.ok(kernels(4097) > kernels(4097, 4097));
  assert.is(kernels(4097), kernels(4097, 4095));
  assert.is(kernels(4096), kernels(4096, 4096));
});
test.run();
