// Random ops: what a seed determines, distributions, ranges, dtypes, derivatives, errors.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { leavesNothing } from "../core/support";
import { checkDerivatives, values } from "../ops/support";
import { list, seeded } from "./support";

const F = pf.nn.functional;

// -- what a seed determines

const seeds = suite("seeds");
// First of all, while nobody has set a seed.
const chosen = { numbers: list(pf.rand(4)), seed: pf.initialSeed() };
seeds("the seed that nobody set is an integer with which the numbers come again", () => {
  assert.ok(Number.isSafeInteger(chosen.seed) && chosen.seed >= 0);
  assert.equal(
    seeded(chosen.seed, () => list(pf.rand(4))),
    chosen.numbers,
  );
});
const kinds: [name: string, draw: () => pf.Tensor][] = [
  ["rand", () => pf.rand(5, 3)],
  ["rand float64", () => pf.rand([5, 3], { dtype: "float64" })],
  ["randn", () => pf.randn(15)],
  ["randint", () => pf.randint(1000000, [15])],
  ["randperm", () => pf.randperm(15)],
  ["bernoulli", () => pf.bernoulli(pf.full([40], 0.5))],
  ["randLike", () => pf.randLike(pf.zeros(15))],
  ["randnLike", () => pf.randnLike(pf.zeros(15))],
  ["randintLike", () => pf.randintLike(pf.zeros(15), 1000000)],
  ["normal", () => pf.normal(pf.zeros(15), pf.ones(15))],
  ["dropout", () => F.dropout(pf.ones(40))],
  ["dropout2d", () => F.dropout2d(pf.ones([2, 20, 1, 1]))],
  ["alphaDropout", () => F.alphaDropout(pf.ones(40), 0.5, true)],
  ["rrelu", () => F.rrelu(pf.full([15], -1), { training: true })],
];
for (const [name, draw] of kinds) {
  seeds(`${name}: the same after manualSeed, another at the next call, another with another seed`, () => {
    const [first, next] = seeded(3, () => [list(draw()), list(draw())]);
    const again = seeded(3, () => [list(draw()), list(draw())]);
    assert.equal(again, [first, next]);
    assert.not.equal(next, first);
    assert.not.equal(seeded(4, () => list(draw())), first); // prettier-ignore
  });
  seeds(`${name}: fixed when the op is called, whenever it is computed and however often`, () => {
    const [first, next] = seeded(3, () => [list(draw()), list(draw())]);
    const [a, b] = seeded(3, () => [draw(), draw()]);
    pf.manualSeed(9);
    list(pf.rand(3));
    assert.equal(list(b), next);
    assert.equal(list(a), first);
    assert.equal(list(a), first);
  });
  seeds(`${name}: leaves nothing behind`, () => leavesNothing(() => pf.tidy(() => void list(draw()))));
}
seeds("the shape and the split don't change the numbers", () => {
  const whole = seeded(1, () => list(pf.randn(60)));
  assert.equal(seeded(1, () => list(pf.randn(3, 4, 5))), whole); // prettier-ignore
  const split = seeded(1, () => [1, 2, 3, 5, 49].flatMap((n) => list(pf.randn(n))));
  assert.equal(split, whole);
});
seeds("draws of several kinds are independent though they lie at the same place of the sequence", () => {
  const n = 4096;
  const at = <T>(f: () => T) => seeded(2, f);
  const centered = [
    at(() => pf.rand([n], { dtype: "float64" })).sub(0.5).mul(Math.sqrt(12)), // prettier-ignore
    at(() => pf.randn([n], { dtype: "float64" })),
    at(() => pf.randint(2, [n])).mul(2).sub(1).to("float64"), // prettier-ignore
  ];
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < i; j++) {
      for (const shift of [0, 1]) {
        const [a, b] = [list(centered[i]), list(centered[j])];
        const correlation = a.reduce((sum, x, k) => sum + x * b[(k + shift) % n], 0) / n;
        assert.ok(Math.abs(correlation) < 4 / Math.sqrt(n), `kinds ${i} and ${j} correlate by ${correlation}`);
      }
    }
  }
});
seeds("initialSeed tells the seed that was set", () => {
  pf.manualSeed(-7);
  assert.is(pf.initialSeed(), -7);
  pf.rand(3);
  assert.is(pf.initialSeed(), -7);
});
for (const seed of [0, 7, -7, 2 ** 53 - 1, 1 - 2 ** 53]) {
  seeds(`setRngState brings back the seed ${seed} and the place in its sequence`, () => {
    pf.manualSeed(seed);
    pf.rand(5);
    const state = pf.getRngState();
    const numbers = list(pf.randn(6));
    pf.manualSeed(1);
    pf.rand(2);
    pf.setRngState(state);
    assert.is(pf.initialSeed(), seed);
    assert.equal(list(pf.randn(6)), numbers);
    pf.setRngState(state);
    assert.equal(list(pf.getRngState()), list(state));
  });
}
seeds("getRngState draws nothing and leaves nothing behind", () => {
  const after = seeded(3, () => [list(pf.getRngState()), list(pf.rand(4))][1]);
  assert.equal(after, seeded(3, () => list(pf.rand(4)))); // prettier-ignore
  leavesNothing(() => pf.tidy(() => pf.setRngState(pf.getRngState())));
});
seeds("dropping a draw, or reading it twice, uses up as much of the sequence", () => {
  const after = (use: (x: pf.Tensor) => void) =>
    seeded(6, () => {
      use(pf.rand(5));
      return list(pf.rand(2));
    });
  assert.equal(after((x) => x.dispose()), after((x) => [x.data(), x.data()])); // prettier-ignore
});
seeds.run();

// -- distributions; seeds are fixed, so that each of these holds or fails for good

const distributions = suite("distributions");
const N = 100000;
const moments: [name: string, draw: () => pf.Tensor, mean: number, variance: number, fourth: number][] = [
  ["rand", () => pf.rand(N), 1 / 2, 1 / 12, 1 / 80],
  ["rand float64", () => pf.rand([N], { dtype: "float64" }), 1 / 2, 1 / 12, 1 / 80],
  ["randn", () => pf.randn(N), 0, 1, 3],
  ["randn float64", () => pf.randn([N], { dtype: "float64" }), 0, 1, 3],
  ["randint(-2, 3)", () => pf.randint(-2, 3, [N]), 0, 2, 34 / 5],
  ["bernoulli(x)", () => pf.bernoulli(pf.full([N], 0.25)), 1 / 4, 3 / 16, (1 / 4) * (3 / 4) ** 4 + (3 / 4) * (1 / 4) ** 4],
  ["bernoulli(x, p)", () => pf.bernoulli(pf.zeros(N), 0.7), 0.7, 0.21, 0.7 * 0.3 ** 4 + 0.3 * 0.7 ** 4],
  ["normal(2, 3, size)", () => pf.normal(2, 3, [N]), 2, 9, 243],
  ["normal(mean, 2)", () => pf.normal(pf.full([N], -1), 2), -1, 4, 48],
]; // prettier-ignore
for (const [name, draw, mean, variance, fourth] of moments) {
  distributions(`${name}: mean and variance within 4 deviations`, () => {
    const x = seeded(12, () => list(draw()));
    const average = (f: (value: number) => number) => x.reduce((sum, value) => sum + f(value), 0) / x.length;
    const near = (got: number, want: number, deviation: number) =>
      assert.ok(Math.abs(got - want) < (4 * deviation) / Math.sqrt(N), `${got}, expected ${want}`);
    near(average((value) => value), mean, Math.sqrt(variance)); // prettier-ignore
    near(average((value) => (value - mean) ** 2), variance, Math.sqrt(fourth - variance ** 2)); // prettier-ignore
  });
}
distributions("randn: 68.3, 95.4 and 99.73 of 100 within 1, 2 and 3 deviations", () => {
  const x = seeded(8, () => list(pf.randn(N)));
  for (const [limit, share] of [
    [1, 0.682689],
    [2, 0.9545],
    [3, 0.9973],
  ]) {
    // prettier-ignore
    const found = x.filter((value) => Math.abs(value) < limit).length / N;
    assert.ok(Math.abs(found - share) < 4 * Math.sqrt((share * (1 - share)) / N), `${found} within ${limit}`);
  }
});
distributions("rand is in [0, 1) and reaches both ends", () => {
  for (const dtype of ["float32", "float64"] as const) {
    const x = seeded(8, () => list(pf.rand([N], { dtype })));
    assert.ok(x.every((value) => value >= 0 && value < 1));
    assert.ok(Math.min(...x) < 1e-4 && Math.max(...x) > 1 - 1e-4);
  }
});
distributions("randint takes each value of its range as often as the others, and no other", () => {
  const counts = new Map<number, number>();
  for (const value of seeded(4, () => list(pf.randint(-3, 7, [N])))) counts.set(value, (counts.get(value) ?? 0) + 1);
  assert.equal(
    [...counts.keys()].sort((a, b) => a - b),
    [-3, -2, -1, 0, 1, 2, 3, 4, 5, 6],
  );
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - N / 10) ** 2 / (N / 10), 0);
  assert.ok(chiSquare < 27.9, `χ² of ${chiSquare} with 9 degrees of freedom`); // exceeded once in 1000
});
distributions("randperm is a permutation; each of the 24 of 4 comes as often", () => {
  pf.manualSeed(4);
  for (const n of [0, 1, 2, 1000])
    assert.equal(list(pf.randperm(n)).sort((a, b) => a - b), Array.from({ length: n }, (_, i) => i)); // prettier-ignore
  const counts = new Map<string, number>();
  for (let i = 0; i < 4800; i++) pf.tidy(() => {
    const key = list(pf.randperm(4)).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }); // prettier-ignore
  assert.is(counts.size, 24);
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0);
  assert.ok(chiSquare < 49.7, `χ² of ${chiSquare} with 23 degrees of freedom`); // exceeded once in 1000
});
distributions("bernoulli: what is no probability is refused", () => {
  for (const p of [-1, 2, NaN, Infinity])
    assert.throws(() => pf.bernoulli(pf.tensor([0.5, p])), /expected probabilities between 0 and 1/);
});
distributions("bernoulli: probabilities 0 and 1 are certain", () => {
  const p = pf.tensor([0, 1, 0, 1]);
  pf.manualSeed(1);
  for (let i = 0; i < 50; i++) assert.equal(list(pf.bernoulli(p)), [0, 1, 0, 1]);
  assert.equal(list(pf.bernoulli(pf.zeros(3), 1)), [1, 1, 1]);
});
distributions.run();

// -- shapes, dtypes, options

const results = suite("results");
const f64 = pf.zeros([2, 3], { dtype: "float64" });
const i32 = pf.zeros([2, 3], { dtype: "int32" });
const made: [name: string, draw: () => pf.Tensor, dtype: pf.DTypeName, shape: number[]][] = [
  ["rand([])", () => pf.rand([]), "float32", []],
  ["rand(2, 3)", () => pf.rand(2, 3), "float32", [2, 3]],
  ["rand([2, 0])", () => pf.rand([2, 0]), "float32", [2, 0]],
  ["randn(2, { dtype })", () => pf.randn(2, { dtype: "float64" }), "float64", [2]],
  ["randLike", () => pf.randLike(f64), "float64", [2, 3]],
  ["randLike of int32, with a dtype", () => pf.randLike(i32, { dtype: "float32" }), "float32", [2, 3]],
  ["randnLike", () => pf.randnLike(f64), "float64", [2, 3]],
  ["randint(5, [2])", () => pf.randint(5, [2]), "int32", [2]],
  ["randint(1, 5, [2], { dtype })", () => pf.randint(1, 5, [2], { dtype: "float64" }), "float64", [2]],
  ["randint(2, [3], bool)", () => pf.randint(2, [3], { dtype: "bool" }), "bool", [3]],
  ["randintLike", () => pf.randintLike(f64, 5), "float64", [2, 3]],
  ["randintLike(x, low, high)", () => pf.randintLike(i32, 1, 5), "int32", [2, 3]],
  ["randperm(4)", () => pf.randperm(4), "int32", [4]],
  ["randperm(4, { dtype })", () => pf.randperm(4, { dtype: "float32" }), "float32", [4]],
  ["bernoulli of float64", () => pf.bernoulli(f64), "float64", [2, 3]],
  ["bernoulli of int32 with p", () => pf.bernoulli(i32, 0.5), "int32", [2, 3]],
  ["bernoulli as a method", () => f64.bernoulli(), "float64", [2, 3]],
  ["normal(0, 1, size)", () => pf.normal(0, 1, [2, 3]), "float32", [2, 3]],
  ["normal(mean)", () => pf.normal(f64), "float64", [2, 3]],
  ["normal(mean, std) broadcasts", () => pf.normal(pf.zeros(2, 1), pf.ones(3)), "float32", [2, 3]],
  ["normal(0.5, std)", () => pf.normal(0.5, f64), "float64", [2, 3]],
  ["dropout of float64", () => F.dropout(f64), "float64", [2, 3]],
];
for (const [name, draw, dtype, shape] of made) {
  results(name, () => {
    const x = draw();
    assert.is(x.dtype, dtype);
    assert.equal(x.shape, shape);
    assert.is(x.data().length, x.numel);
  });
}
results("the default dtype counts", () => {
  pf.setDefaultDtype("float64");
  try {
    assert.equal([pf.rand(1), pf.randn(1), pf.normal(0, 1, [1])].map((x) => x.dtype), Array(3).fill("float64")); // prettier-ignore
    assert.is(pf.normal(0.5, pf.ones([2], { dtype: "float32" })).dtype, "float32");
  } finally {
    pf.setDefaultDtype("float32");
  }
});
results("requiresGrad makes a leaf", () => {
  const x = seeded(1, () => pf.randn(3, { requiresGrad: true }));
  assert.ok(x.requiresGrad && x.isLeaf);
  x.square().sum().backward();
  assert.equal(list(x.grad!), list(x.mul(2)));
  assert.equal(list(x), seeded(1, () => list(pf.randn(3)))); // prettier-ignore
});
results.run();

// -- derivatives

const derivatives = suite("derivatives");
const x = pf.tensor(values(40, 3), { dtype: "float64" });
derivatives("dropout: elements are 0 or scaled by 1 / (1 - p), and so is the derivative", () => {
  for (const p of [0.2, 0.5, 0.9]) {
    const [y, [, gradient]] = seeded(2, () => [
      list(F.dropout(x, p)),
      seeded(2, () => pf.functional.vjp((z: pf.Tensor) => F.dropout(z, p), x, pf.onesLike(x))),
    ]);
    const factors = list(gradient);
    const scaled = 1 / (1 - p);
    assert.ok(factors.every((factor) => factor === 0 || factor === scaled));
    assert.ok(factors.includes(0) && factors.includes(scaled));
    list(x).forEach((value, i) => assert.is(y[i], value * factors[i]));
  }
});
derivatives("dropout drops the share p", () => {
  const kept = seeded(2, () => list(F.dropout(pf.ones(N), 0.3))).filter(Boolean).length / N;
  assert.ok(Math.abs(kept - 0.7) < 4 * Math.sqrt(0.21 / N), `kept ${kept}`);
});
derivatives("dropout of channels drops the share p of them, and whole ones", () => {
  const drops: [(x: pf.Tensor) => pf.Tensor, number[], dim: number[]][] = [
    [(x) => F.dropout1d(x, 0.3), [N, 2], [1]],
    [(x) => F.dropout1d(x, 0.3), [10, N / 10, 2], [2]],
    [(x) => F.dropout2d(x, 0.3), [10, N / 10, 2], [2]],
    [(x) => F.dropout2d(x, 0.3), [10, N / 10, 2, 1], [2, 3]],
    [(x) => F.dropout3d(x, 0.3), [N, 2, 1, 1], [1, 2, 3]],
    [(x) => F.dropout3d(x, 0.3), [10, N / 10, 1, 2, 1], [2, 3, 4]],
  ];
  drops.forEach(([drop, shape, dim], i) => {
    const y = seeded(2 + i, () => drop(pf.ones(shape)));
    assert.ok(y.amax(dim).equal(y.amin(dim)));
    const kept = y.amax(dim).gt(0).to("float64").mean().item();
    assert.ok(Math.abs(kept - 0.7) < 4 * Math.sqrt(0.21 / N), `kept ${kept} of [${shape.join()}]`);
  });
});
derivatives("alphaDropout keeps mean 0 and variance 1, and drops to the limit of selu", () => {
  const normal = seeded(5, () => pf.randn([N], { dtype: "float64" }));
  for (const p of [0.1, 0.5]) {
    const y = seeded(6, () => F.alphaDropout(normal, p, true));
    assert.ok(Math.abs(y.mean().item()) < 5 / Math.sqrt(N));
    assert.ok(Math.abs(y.std().item() - 1) < 5 / Math.sqrt(N));
    const limit = y.amin().item();
    const dropped = y.eq(y.mode().values).to("float64").mean().item();
    assert.ok(Math.abs(dropped - p) < 4 * Math.sqrt((p * (1 - p)) / N), `dropped ${dropped} to ${limit}`);
  }
  const channels = seeded(7, () => F.featureAlphaDropout(pf.randn([10, N / 100, 3]), 0.5, true));
  const isDropped = channels.eq(channels.flatten().mode().values).all(2).to("float64").mean().item();
  assert.ok(Math.abs(isDropped - 0.5) < 4 * Math.sqrt(0.25 / (N / 10)), `dropped ${isDropped}`);
  assert.equal(list(F.alphaDropout(x, 1, true)), list(x.mul(0)));
});
derivatives("rrelu draws slopes between lower and upper, and takes their mean without training", () => {
  const slopes = seeded(8, () => F.rrelu(pf.full([N], -1, { dtype: "float64" }), 0.1, 0.3, true).neg());
  assert.ok(slopes.amin().item() >= 0.1 && slopes.amax().item() <= 0.3);
  assert.ok(Math.abs(slopes.mean().item() - 0.2) < 1e-3);
  assert.equal(list(F.rrelu(pf.tensor([-8, 2]), 0.25, 0.5)), [-3, 2]);
});
derivatives("dropout: p of 0 and 1, and no training", () => {
  assert.equal(list(F.dropout(x, 0)), list(x));
  assert.equal(list(F.dropout(x, 0.7, false)), list(x));
  assert.equal(list(F.dropout(x, { p: 0.7, training: false })), list(x));
  assert.ok(list(F.dropout(x, 1)).every((value) => value === 0));
  const [, gradient] = pf.functional.vjp((z: pf.Tensor) => F.dropout(z, 1), x, pf.onesLike(x));
  assert.ok(list(gradient).every((value) => value === 0));
});
derivatives("jvp, vjp and hvp of a network with dropout and noise", () =>
  checkDerivatives(
    (z: pf.Tensor) => {
      pf.manualSeed(11);
      return F.dropout(z.mul(pf.randnLike(z)).tanh(), 0.4).square();
    },
    [x],
  ),
);
derivatives("no gradient flows to the parameters of a distribution", () => {
  const p = pf.full([3], 0.5, { requiresGrad: true });
  assert.is(pf.bernoulli(p).requiresGrad, false);
  assert.is(pf.normal(p, p).requiresGrad, false);
});
derivatives("the numbers are the same in the value and in its derivative", () => {
  const [y, gradient] = seeded(3, () => pf.functional.vjp((z: pf.Tensor) => z.mul(pf.randnLike(z)), x, pf.onesLike(x)));
  assert.equal(list(y), list(gradient.mul(x)));
});
derivatives.run();

// -- errors

const errors = suite("errors");
const disposed = pf.getRngState();
disposed.dispose();
const wrong: [call: () => unknown, kind: new (message: string) => Error, message: string][] = [
  [() => pf.rand(2, { dtype: "int32" }), pf.DTypeError, "rand: dtype should be float32 or float64 but got int32."],
  [() => pf.randLike(i32), pf.DTypeError, "randLike: dtype should be float32 or float64 but got int32."],
  [() => pf.randn(-1), pf.ShapeError, "randn: sizes should not be negative but got [-1]."],
  [() => pf.randint(0, [2]), pf.ArgumentError, "randint: low (0) should be less than high (0)."],
  [() => pf.randint(5, 3, [2]), pf.ArgumentError, "randint: low (5) should be less than high (3)."],
  [() => pf.randintLike(f64, 3, 3), pf.ArgumentError, "randintLike: low (3) should be less than high (3)."],
  [() => pf.randint(3, [2], { requiresGrad: true }), pf.AutogradError, "randint: only tensors of floating dtype"],
  [() => pf.randperm(-1), pf.ArgumentError, "randperm: n should not be negative but got -1."],
  [() => pf.bernoulli(i32), pf.DTypeError, "bernoulli: expected float32 or float64 but got int32"],
  [() => pf.bernoulli(f64, 1.5), pf.ArgumentError, "bernoulli: p should be a probability between 0 and 1 but got 1.5."],
  [() => pf.normal(0, -1, [2]), pf.ArgumentError, "normal: std should not be negative but got -1."],
  [() => pf.normal(f64, -1), pf.ArgumentError, "normal: std should not be negative but got -1."],
  [() => F.dropout(f64, 1.5), pf.ArgumentError, "dropout: p should be a probability between 0 and 1 but got 1.5."],
  [() => F.dropout(f64, NaN), pf.ArgumentError, "dropout: p should be a probability between 0 and 1 but got NaN."],
  [() => F.dropout(i32), pf.DTypeError, "dropout: expected float32 or float64 but got int32"],
  [() => pf.manualSeed(1.5), pf.ArgumentError, "manualSeed: seed should be an integer between"],
  [() => pf.manualSeed("1" as any), pf.ArgumentError, "but got string."],
  [() => pf.manualSeed(2 ** 53), pf.ArgumentError, "2**53 - 1 but got 9007199254740992."],
  [() => pf.setRngState([1, 2, 3, 4] as any), pf.ArgumentError, "setRngState: newState should be what getRngState returned but got Array."],
  [() => pf.setRngState(disposed), pf.DisposedError, "setRngState: this tensor is disposed"],
  [() => pf.setRngState(pf.zeros(4)), pf.ArgumentError, "getRngState returned but got float32 of shape [4]."],
  [() => pf.setRngState(pf.zeros([2, 2], { dtype: "int32" })), pf.ArgumentError, "but got int32 of shape [2, 2]."],
  [() => pf.setRngState(pf.tensor([0, 2 ** 30, 0, 0], { dtype: "int32" })), pf.ArgumentError, "its seed is 4611686018427387904."],
]; // prettier-ignore
for (const [call, kind, message] of wrong) {
  errors(message, () => {
    assert.throws(call, (error: Error) => {
      assert.instance(error, kind);
      assert.ok(error.message.includes(message), error.message);
      return true;
    });
  });
}
errors("a state that was refused changes nothing", () => {
  const after = seeded(1, () => {
    assert.throws(() => pf.setRngState(pf.tensor([0, 2 ** 30, 0, 0], { dtype: "int32" })), /its seed is/);
    return list(pf.rand(3));
  });
  assert.equal(after, seeded(1, () => list(pf.rand(3)))); // prettier-ignore
});
errors("an op that failed has drawn nothing", () => {
  const after = seeded(1, () => {
    assert.throws(() => pf.randint(0, [5]));
    assert.throws(() => pf.rand(-1, 5));
    return list(pf.rand(3));
  });
  assert.equal(after, seeded(1, () => list(pf.rand(3)))); // prettier-ignore
});
errors.run();
