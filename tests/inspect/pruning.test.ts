// The claim that the library rests on: after pruning, the double-backward jvp is the forward-mode program, node by node.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import { f64, near, values } from "../ops/support";

type Program = (...inputs: any[]) => pf.Tensor;
const { jvp, vjp, hvp } = pf.functional;

const matrix = (rows: number, columns: number, seed: number) =>
  pf.tensor(Float64Array.from(values(rows * columns, seed)), { shape: [rows, columns] });
const vector = (n: number, seed: number) => f64(values(n, seed));
const a = matrix(3, 3, 1);
const b = matrix(3, 3, 2);
const da = matrix(3, 3, 3);
const db = matrix(3, 3, 4);
const x = vector(6, 5);
const dx = vector(6, 6);
const y = vector(6, 7);
const dy = vector(6, 8);

const matmulsOf = (f: () => unknown) => pf.inspect(f).summary.matmuls;

// -- matrix products

const seeds = (count: number) => Array.from({ length: count }, (_, i) => i);
/** tanh(… tanh(h·W₁ + b₁) …): [rows, n] → [rows, n] for parameters W₁, b₁, W₂, b₂ … */
function network(h: pf.Tensor, ...parameters: pf.Tensor[]): pf.Tensor {
  for (let i = 0; i < parameters.length; i += 2)
    h = h
      .matmul(parameters[i])
      .add(parameters[i + 1])
      .tanh();
  return h;
}
const parametersOf = (layers: number, seed: number) =>
  seeds(layers).flatMap((i) => [matrix(3, 3, seed + 2 * i), vector(3, seed + 2 * i + 1)]);

test("y = A·B: 3 products with both tangents, 2 with one", () => {
  const product = (f: Program, inputs: any, v: any) => matmulsOf(() => jvp(f, inputs, v));
  assert.is(product(pf.matmul, [a, b], [da, db]), 3);
  assert.is(
    product((p) => pf.matmul(p, b), a, da),
    2,
  );
  assert.is(
    product((q) => pf.matmul(a, q), b, db),
    2,
  );
  assert.is(
    product((p) => pf.matmul(p, p), a, da),
    3,
  );
  assert.is(
    product((p, q) => pf.matmul(p.detach(), q), [a, b], [da, db]),
    2,
  );
  // an input that no output depends on
  assert.is(
    product((p) => pf.matmul(p, b), [a, x], [da, dx]),
    2,
  );
  assert.is(product(pf.matmul, [pf.stack([a, b]), b], [pf.stack([da, db]), db]), 3);
});

test("without the primal: the product that only it needs is not run", () => {
  const tangent = (f: Program, inputs: any, v: any) => pf.tidy(() => jvp(f, inputs, v)[1]);
  assert.is(
    matmulsOf(() => tangent(pf.matmul, [a, b], [da, db])),
    2,
  );
  // here the tangent needs it
  assert.is(
    matmulsOf(() => tangent((p) => pf.matmul(p, b).sin(), a, da)),
    2,
  );
});

const layers = [1, 2, 5, 12];
for (const L of layers) {
  const parameters = parametersOf(L, 10);
  const tangents = parametersOf(L, 50);
  const ofAll = (...inputs: any[]) => network(inputs[0], ...inputs.slice(1));
  const ofParameters = (...inputs: any[]) => network(a, ...inputs);
  const ofInput = (h: pf.Tensor) => network(h, ...parameters);
  const ofWeight = (k: number) => (W: pf.Tensor) => network(a, ...parameters.with(2 * k, W));
  const scalar = (f: Program) => (...inputs: any[]) => f(...inputs).sum(); // prettier-ignore

  // h·W forward; ḣ·W where h has a tangent, which it has from the first layer on that is or follows an input; h·Ẇ.
  const forwardMode: [what: string, f: Program, inputs: any, v: any, products: number][] = [
    ["all inputs", ofAll, [a, ...parameters], [da, ...tangents], L + L + L],
    ["parameters only", ofParameters, parameters, tangents, L + (L - 1) + L],
    ["input only", ofInput, a, da, L + L],
    ["first weight only", ofWeight(0), parameters[0], tangents[0], L + (L - 1) + 1],
    ["last weight only", ofWeight(L - 1), parameters[2 * L - 2], tangents[2 * L - 2], L + 1],
  ];
  for (const [what, f, inputs, v, products] of forwardMode)
    test(`${L} layers, jvp by ${what}: ${products} products`, () => {
      assert.is(
        matmulsOf(() => jvp(f, inputs, v)),
        products,
      );
    });

  // Forward and its tangent as above; cotangents δ·Wᵀ of layers 2 … L; their tangents δ̇·Wᵀ + δ·Ẇᵀ; and of each gradient
  // hᵀ·δ of a weight only the tangent, ḣᵀ·δ + hᵀ·δ̇. The gradients themselves are not asked for.
  const forwardOverReverse: [what: string, f: Program, inputs: any, v: any, products: number][] = [
    ["all inputs", ofAll, [a, ...parameters], [da, ...tangents], 3 * L + (L - 1) + 2 * L + 2 * L],
    ["parameters only", ofParameters, parameters, tangents, 3 * L - 1 + (L - 1) + 2 * (L - 1) + (2 * L - 1)],
    ["input only", ofInput, a, da, 2 * L + (L - 1) + L],
  ];
  for (const [what, f, inputs, v, products] of forwardOverReverse)
    test(`${L} layers, hvp by ${what}: ${products} products`, () => {
      assert.is(
        matmulsOf(() => hvp(scalar(f), inputs, v)),
        products,
      );
    });
  test(`${L} layers, vjp: ${3 * L} products`, () => {
    assert.is(
      matmulsOf(() => vjp(ofAll, [a, ...parameters], da)),
      3 * L,
    );
  });
}

test("a quadratic form: 1 product for its value, 2 for its hvp", () => {
  const form = (h: pf.Tensor) => h.matmul(a).mul(h).sum();
  const row = matrix(1, 3, 9);
  assert.is(
    matmulsOf(() => form(row)),
    1,
  );
  // h·A for the value, ḣ·A and ḣ·Aᵀ for the product
  assert.is(
    matmulsOf(() => hvp(form, row, matrix(1, 3, 10))),
    3,
  );
});

// -- node by node

interface ForwardMode {
  name: string;
  f: Program;
  inputs: pf.Tensor[];
  v: pf.Tensor[];
  /** What somebody would write who does forward mode by hand: the result and its tangent. */
  byHand: (primals: any[], tangents: any[]) => [pf.Tensor, pf.Tensor];
}
const weights = [matrix(3, 3, 20), vector(3, 21), matrix(3, 3, 22), vector(3, 23)];
const dWeights = [matrix(3, 3, 24), vector(3, 25), matrix(3, 3, 26), vector(3, 27)];
const index = pf.tensor([0, 2, 2, 5], { dtype: "int32" });
const square = (t: pf.Tensor) => t.mul(t);

const programs: ForwardMode[] = [
  {
    name: "a chain of functions",
    f: (p) => p.sin().exp().atan().cosh(),
    inputs: [x],
    v: [dx],
    byHand([p], [dp]) {
      const [s, ds] = [p.sin(), dp.mul(p.cos())];
      const e = s.exp();
      const de = ds.mul(e);
      const t = e.atan();
      const dt = de.div(square(e).add(1));
      return [t.cosh(), dt.mul(t.sinh())];
    },
  },
  {
    name: "sums, products and numbers",
    f: (p, q) => p.mul(q).add(p).sub(q.mul(3)).neg(),
    inputs: [x, y],
    v: [dx, dy],
    byHand: ([p, q], [dp, dq]) => [
      p.mul(q).add(p).sub(q.mul(3)).neg(),
      dp
        .mul(q)
        .add(dp)
        .add(dq.mul(p).add(dq.neg().mul(3)))
        .neg(),
    ],
  },
  {
    name: "a square",
    f: (p) => p.square().sum(),
    inputs: [x],
    v: [dx],
    byHand: ([p], [dp]) => [square(p).sum(), dp.mul(p.mul(2)).sum()],
  },
  {
    name: "a matrix product",
    f: pf.matmul as Program,
    inputs: [a, b],
    v: [da, db],
    byHand: ([p, q], [dp, dq]) => [p.matmul(q), dp.matmul(q).add(p.matmul(dq))],
  },
  {
    name: "a product of transposes",
    f: (p, q) => pf.matmul(p.t(), q.t()),
    inputs: [a, b],
    v: [da, db],
    byHand: ([p, q], [dp, dq]) => {
      const [pt, qt] = [p.t(), q.t()];
      return [pt.matmul(qt), dp.t().matmul(qt).add(pt.matmul(dq.t()))];
    },
  },
  {
    // Of sines: the slope of tanh is a primitive of its own, which no user's op is.
    name: "a network",
    f: (h, ...p) => {
      for (let i = 0; i < p.length; i += 2) h = h.matmul(p[i]).add(p[i + 1]).sin(); // prettier-ignore
      return h;
    },
    inputs: [a, ...weights],
    v: [da, ...dWeights],
    byHand: ([h, ...p], [dh, ...dp]) => {
      for (let i = 0; i < p.length; i += 2) {
        const z = h.matmul(p[i]).add(p[i + 1]);
        const change = dh
          .matmul(p[i])
          .add(h.matmul(dp[i]))
          .add(dp[i + 1]);
        [h, dh] = [z.sin(), change.mul(z.cos())];
      }
      return [h, dh];
    },
  },
  {
    name: "a recurrence",
    f: (p, q) => seeds(20).reduce((h) => h.mul(q).sin(), p),
    inputs: [x, y],
    v: [dx, dy],
    byHand: ([p, q], [dp, dq]) => {
      for (let i = 0; i < 20; i++) {
        const z = p.mul(q);
        [p, dp] = [z.sin(), dp.mul(q).add(dq.mul(p)).mul(z.cos())];
      }
      return [p, dp];
    },
  },
  {
    name: "views and gathers",
    f: (p) => p.gather(0, index).reshape(2, 2).t().flip([0]).slice(1, 0, 1),
    inputs: [x],
    v: [dx],
    byHand: ([p], [dp]) => {
      const views = (t: pf.Tensor) => t.gather(0, index).reshape(2, 2).t().flip([0]).slice(1, 0, 1);
      return [views(p), views(dp)];
    },
  },
  {
    name: "concatenations",
    f: (p, q) => pf.cat([p.sin(), q, p.narrow(0, 2, 3)]),
    inputs: [x, y],
    v: [dx, dy],
    byHand: ([p, q], [dp, dq]) => [
      pf.cat([p.sin(), q, p.narrow(0, 2, 3)]),
      pf.cat([dp.mul(p.cos()), dq, dp.narrow(0, 2, 3)]),
    ],
  },
  {
    name: "a bias and a sum over rows",
    f: (p, q) => p.add(q).sum(0),
    inputs: [a, vector(3, 30)],
    v: [da, vector(3, 31)],
    byHand: ([p, q], [dp, dq]) => [p.add(q).sum(0), dp.add(dq).sum(0)],
  },
];

/** How often each primitive occurs among the nodes that an evaluation computes. */
function census({ nodes }: pf.Graph): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { op, computed } of nodes) if (!computed) counts[op] = (counts[op] ?? 0) + 1;
  return counts;
}

for (const { name, f, inputs, v, byHand } of programs)
  test(`${name}: jvp is the program that forward mode is by hand`, () => {
    const double = () => jvp(f, inputs, v);
    // jvp works on aliases of its inputs, which it makes while it traces, and gives detached results
    const aliases = () => {
      core.trace(1);
      try {
        return inputs.map((p) => p.detach());
      } finally {
        core.trace(-1);
      }
    };
    const forward = () => pf.tidy(() => byHand(aliases(), v).map((t) => t.detach()));
    const [graph, expected] = [pf.inspect(double), pf.inspect(forward)];
    assert.equal(census(graph), census(expected));
    for (const key of ["pruned", "kernels", "matmuls", "flops", "peakBytes"] as const)
      assert.is(graph.summary[key], expected.summary[key], key);
    assert.ok(graph.summary.doubleBackward > graph.summary.backward);
    assert.ok(graph.summary.backward > graph.summary.traced);
    const wanted = forward();
    double().forEach((t, i) => near(t.sub(wanted[i]).flatten(), Array(t.numel).fill(0), 1e-13));
  });

for (const n of [1, 10, 100])
  test(`a chain of ${n} sines: 3·${n} operations an element for value and tangent, ${3 * n + 3} nodes`, () => {
    const { summary } = pf.inspect(() => jvp((p) => seeds(n).reduce((h) => h.sin(), p), x, dx));
    // sin, cos and the product, each counted once
    assert.is(summary.flops, 3 * n * x.numel);
    assert.is(summary.pruned, 3 * n + 3); // and the alias and two detached results
  });

// -- what is never computed

/** A dummy cotangent is the only kind of constant that derivatives are asked by. */
const dummies = ({ nodes }: pf.Graph) => nodes.filter(({ op, requiresGrad }) => op === "Full" && requiresGrad);

for (const { name, f, inputs, v } of programs)
  test(`${name}: nothing depends on the dummy cotangent`, () => {
    for (const createGraph of [false, true])
      assert.equal(dummies(pf.inspect(() => jvp(f, inputs, v, { createGraph }))), []);
    assert.equal(
      dummies(
        pf.inspect(() =>
          hvp(
            (...p) =>
              f(...p)
                .square()
                .sum(),
            inputs,
            v,
          ),
        ),
      ),
      [],
    );
  });

test("the dummies are there before pruning", () => {
  const { summary } = pf.inspect(() => jvp((p) => p.exp(), x, dx));
  // input, exp | u, u·exp | v·exp; the two detached results are pruned's, but not in these counts
  assert.equal([summary.traced, summary.backward, summary.doubleBackward], [2, 4, 5]);
  assert.is(summary.pruned, 5);
});

const infinite = f64([0, 1]);
const special: [name: string, f: Program, at: pf.Tensor, v: number[], tangent: number[]][] = [
  ["a masked square root at 0", (p) => pf.where(p.gt(0.5), p.sqrt(), p), f64([0, 1]), [1, 1], [1, 0.5]],
  ["a masked logarithm at 0", (p) => pf.where(p.gt(0.5), p.log(), 0), f64([0, 1]), [1, 3], [0, 3]],
  ["a masked reciprocal at 0", (p) => pf.where(p.ne(0), p.reciprocal(), 5), f64([0, 2]), [1, 4], [0, -1]],
  ["a masked overflow", (p) => pf.where(p.lt(100), p.exp(), p), f64([1000, 0]), [1, 2], [1, 2]],
];
for (const [name, f, at, v, tangent] of special)
  test(`${name}: the vjp is NaN, the jvp finite`, () => {
    near(jvp(f, at, f64(v))[1], tangent, 0);
    const gradient = Array.from(vjp(f, at, pf.zerosLike(f(at)))[1].data());
    assert.ok(gradient.some(Number.isNaN), `the vjp with the dummy cotangent is ${gradient}`);
  });

test("an infinite primal meets no zero cotangent", () => {
  const [value, tangent] = jvp((p: pf.Tensor) => p.reciprocal().add(p), infinite, f64([1, 1]));
  near(value, [Infinity, 2]);
  near(tangent, [-Infinity, 0]);
  const [, linear] = jvp((p: pf.Tensor) => p.mul(Infinity), infinite, f64([1, -1]));
  near(linear, [Infinity, -Infinity]);
});

// -- memory

const big = matrix(40, 40, 40);
const inputsOf = seeds(200).map((i) => matrix(40, 40, 100 + i));
const steps: [name: string, f: Program][] = [
  ["h·sin(h)", (h) => h.mul(h.sin())],
  ["kernels that do not fuse", (h) => h.flip([0]).sin().add(h)],
  ["tanh(h·U + x_t·W)", (h, x_t) => h.matmul(a40).add(x_t.matmul(b40)).tanh()],
];
const a40 = matrix(40, 40, 41);
const b40 = matrix(40, 40, 42);
for (const [name, step] of steps)
  test(`${name}: the peak of n steps does not grow with n`, () => {
    const peak = (n: number) =>
      pf.inspect(() => jvp((p) => seeds(n).reduce((h, t) => step(h, inputsOf[t]), p), big, big)).summary.peakBytes;
    const few = peak(100);
    assert.is(peak(200), few);
    assert.ok(few < 12 * 8 * big.numel, `${few} bytes`);
  });

test.run();
