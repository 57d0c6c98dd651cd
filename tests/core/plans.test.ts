// Plans and programs: what the cache takes for the same, and that fusing and rewriting change no bit.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { takesNoMore } from "./exhaustion";
import { generator } from "./support";

const SPECIAL = [0, -0, 1, -1, 0.5, -3, Infinity, -Infinity, NaN, 1e-40, 3e38, -1.1754944e-38, 7, 1 / 3];
const bits = (t: Tensor): Uint8Array => {
  const data = t.data();
  // The sign of NaN means nothing.
  if (!(data instanceof Int32Array || data instanceof Uint8Array))
    data.forEach((x, i) => Number.isNaN(x) && (data[i] = NaN));
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
};
function numbers(shape: number[], seed: number, dtype: "float32" | "float64" = "float32"): Tensor {
  const next = generator(seed);
  const values = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 4 * next() - 2);
  return pf.tensor(values, { shape, dtype });
}

function computed(t: Tensor): Tensor {
  pf.evaluate(t);
  return t;
}

/** How many of the evaluations in body had to be planned. */
function planned(body: () => void): number {
  const before = pf.backend.planCache.misses;
  body();
  return pf.backend.planCache.misses - before;
}
const run = (make: () => Tensor): void => pf.tidy(() => pf.evaluate(make()));

// -- the cache: [what, first, second, whether the second is planned anew]
const x = numbers([6, 5], 1);
const y = numbers([6, 5], 2);
const wide = numbers([6, 10], 3);
const [x64, y64] = [numbers([6, 5], 1, "float64"), numbers([6, 5], 2, "float64")];
const square = numbers([6, 6], 4);
const [two, half, third, seventh] = [2, 0.5, 1 / 3, 1 / 7].map((value) => computed(pf.full([], value))) as Tensor[];
const doubled = pf.autograd.customFunction({
  forward: (_, t: Tensor) => t.mul(2),
  backward: (_, g: Tensor) => g.mul(2),
});
/** Computed constants. */
const [filled2, filledHalf, filled3, filled7] = [2, 0.5, 0.3, 0.7].map((c) => computed(pf.full([6, 5], c))) as Tensor[];
const [padded1, padded2] = [1, 2].map((c) => computed(pf.nn.functional.pad(x, [1, 1], "constant", c))) as Tensor[];
/** The third product is of the same numbers as one of the first two, or as none, by where its operand begins alone. */
const sumOfProducts = (from: number): Tensor => {
  const product = (at: number): Tensor => x.narrow(0, at, 4).matmul(square.narrow(0, 0, 5));
  return product(0).exp().add(product(1).sin()).add(product(from));
};
const grown = pf.tensor(x.data(), { shape: [6, 5], requiresGrad: true });
const cases: [string, () => Tensor, () => Tensor, boolean][] = [
  ["the same again", () => x.sin().add(x), () => x.sin().add(x), false],
  ["other values", () => x.sin().add(1), () => y.sin().add(1), false],
  ["an operand twice instead of two", () => x.mul(y).cos(), () => x.mul(x).cos(), true],
  ["another op", () => x.exp().add(2), () => x.exp().sub(2), true],
  ["another small integer, which may be folded", () => x.cosh().add(2), () => x.cosh().add(3), true],
  ["another number", () => x.cosh().add(0.1), () => x.cosh().add(0.3), false],
  ["another number for two", () => x.cosh().add(0.1).mul(0.7), () => x.cosh().add(0.3).mul(0.3), false],
  ["a small integer for another number", () => x.cosh().sub(0.1), () => x.cosh().sub(1), true],
  ["another constant that has been read", () => x.cosh().mul(two), () => x.cosh().mul(half), true],
  ["one that is not folded", () => x.cosh().mul(two), () => x.cosh().mul(third), true],
  ["another that is not folded", () => x.cosh().mul(third), () => x.cosh().mul(seventh), false],
  [
    "one for another that is computed, and not folded",
    () => x.erfc().mul(filled3!),
    () => x.erfc().mul(filled7!),
    false,
  ],
  [
    "one for another that is computed, and may be folded",
    () => x.erfc().mul(filled2!),
    () => x.erfc().mul(filledHalf!),
    true,
  ],
  ["one that is not folded for one that may be", () => x.erfinv().mul(filled2!), () => x.erfinv().mul(filled3!), true],
  ["what an operand was padded with", () => padded1!.sinh(), () => padded2!.sinh(), false],
  ["another dtype of what is compared", () => x.gt(y), () => x64.gt(y64), true],
  ["another shape", () => x.tanh().mul(3), () => wide.tanh().mul(3), true],
  ["another dtype", () => x.asinh().mul(3), () => x.to("float64").asinh().mul(3), true],
  [
    "another layout of a leaf",
    () => x.log1p().mul(3),
    () =>
      computed(wide.narrow(1, 0, 5))
        .log1p()
        .mul(3),
    true,
  ],
  ["another dim", () => x.exp().sum(0), () => x.exp().sum(1), true],
  [
    "a value that is asked for as well",
    () => x.expm1().square(),
    () => {
      const e = x.expm1();
      pf.evaluate(e.square(), e);
      return e;
    },
    true,
  ],
  [
    "a value that has a handle still",
    () => {
      const e = x.erf();
      const result = e.square();
      e.dispose();
      return result;
    },
    () => x.erf().square(),
    true,
  ],
  ["random draws", () => pf.rand([5]).add(4), () => pf.rand([5]).add(4), false],
  ["which of two products a third equals", () => sumOfProducts(0), () => sumOfProducts(1), true],
  ["whether it equals any", () => sumOfProducts(0), () => sumOfProducts(2), true],
  ["where a part of an equal product begins", () => sumOfProducts(2), () => sumOfProducts(2), false],
  [
    "ops made in another order",
    () => {
      const [s, c] = [x.sinh(), x.cosh().neg()];
      return s.mul(c);
    },
    () => {
      const [c, s] = [x.cosh().neg(), x.sinh()];
      return s.mul(c);
    },
    true,
  ],
  ["a custom function, called once more", () => doubled(grown).exp(), () => doubled(grown).exp(), false],
  ["another dim of a square", () => square.exp().sum(0), () => square.exp().sum(1), true],
  ["another dim of a square that is argsorted", () => square.argsort(0), () => square.argsort(1), true],
  ["what requires grad", () => x.atan().exp(), () => grown.atan().exp(), true],
  [
    "what is held and requires grad, instead of asked for",
    () => {
      const e = x.acos();
      const result = e.exp();
      pf.evaluate(e, result);
      return result;
    },
    () => {
      const e = grown.acos();
      return e.exp();
    },
    true,
  ],
];
for (const [what, first, second, anew] of cases) {
  test(`plan cache: ${what}`, () => {
    run(first);
    assert.is(planned(() => run(first)) > 0, false, "the first again");
    assert.is(planned(() => run(second)) > 0, anew);
  });
}

// Without what tells a constant that is folded from other operands, the zero's word would be that of a bool.
test("plan cache: a constant's number is told from operands of no sizes", () => {
  const [zero, five, yes] = [pf.full([], 0), pf.tensor(5), pf.tensor(true)] as const;
  pf.evaluate(zero, five, yes);
  const code = (...ts: Tensor[]): number =>
    pf.tidy(() => ts.map((t, k) => pf.logicalNot(t).to("float64").mul(3 ** k)).reduce((a, b) => a.add(b)).item()); // prettier-ignore
  for (let round = 0; round < 2; round++) {
    assert.is(code(zero, five, yes), 1);
    assert.is(code(five, yes, zero), 9);
  }
});
test("plan cache: whatever lies beside an operand's record", () => {
  const fresh = Array.from({ length: 40 }, (_, i) => {
    const operand = numbers([6, 5], i);
    return [operand, pf.tensor([i]).expand(Array.from({ length: 1 + (i % 6) }, () => 2)).add(i)] as const; // prettier-ignore
  });
  run(() => fresh[0]![0].erfinv().sinh());
  assert.is(planned(() => fresh.forEach(([operand]) => run(() => operand.erfinv().sinh()))), 0); // prettier-ignore
});
test("plan cache: of what has thousands of operands", () => {
  const parts = Array.from({ length: 5000 }, (_, i) => computed(x.select(0, i % 6)));
  const expected = parts.flatMap((t) => [...t.data()]);
  for (let i = 0; i < 2; i++) pf.tidy(() => assert.equal([...pf.cat(parts).data()], expected));
  pf.dispose(parts);
});

test("plan cache: of many ops on many sizes", () => {
  const from = computed(pf.arange(256).reshape([2, 2, 2, 2, 2, 2, 2, 2]));
  const dims = Array.from({ length: 8 }, (_, i) => i);
  const work = (): void =>
    pf.tidy(() => {
      const flips = dims.reduce((t) => dims.reduce((u) => dims.reduce((v, dim) => v.flip(dim).neg(), u), t), from);
      assert.equal(flips.data(), from.data());
    });
  takesNoMore(work, assert.unreachable);
});

// -- values that change from call to call are no part of a plan: [what, the program of the i-th call], i is whole and above 2
const { pad, dropout, softplus } = pf.nn.functional;
const long = numbers([100, 6], 4);
const whole = computed(pf.arange(30, { dtype: "int32" }).reshape(6, 5));
const changing: [string, (i: number) => Tensor][] = [
  ["a whole number that divides", (i) => x.div(i)],
  ["a fraction that divides", (i) => x.div(i * 0.37)],
  ["a whole number that multiplies", (i) => x.mul(i).add(-i)],
  ["a whole number beside whole numbers", (i) => whole.mul(i).remainder(i + 1)],
  ["a bound", (i) => x.clamp(-i, i).maximum(i * 0.17)],
  ["what is compared with", (i) => x.gt(i)],
  ["what is filled in", (i) => x.maskedFill(x.gt(0), i)],
  ["an exponent", (i) => x.abs().pow(i + 1)],
  ["a factor of an addend", (i) => x.add(y, { alpha: i })],
  ["start and step of a range", (i) => pf.arange(i * 0.5, i * 0.5 + 5, 0.5)],
  ["a range of whole numbers", (i) => pf.arange(i, i + 5, { dtype: "int32" })],
  ["the end of a linspace", (i) => pf.linspace(0, i * 0.37, 11)],
  ["a constant", (i) => pf.full([10], 7 * i)],
  ["a constant in whole numbers", (i) => pf.full([10], 7 * i, { dtype: "int32" })],
  ["where a slice begins", (i) => long.narrow(0, i, 8).exp()],
  [
    "where a product's operand begins",
    (i) =>
      long
        .narrow(0, i, 5)
        .t()
        .matmul(long.narrow(0, i + 1, 5)),
  ],
  ["which row", (i) => long.select(0, i).exp()],
  ["where the gradient of a slice goes", (i) => slicesGradient(long, (t) => t.narrow(0, i, 8))],
  ["what is padded with", (i) => pad(x, [1, 1], "constant", i)],
  ["what is padded with in a program", (i) => pad(x, [1, 1], "constant", i * 0.3).exp()],
  ["which place in an order", (i) => long.kthvalue(i, 0)[0]!],
  ["which diagonal", (i) => long.tril(i - 50)],
  ["a probability", (i) => dropout(x, i / 100)],
  ["bounds of random numbers", (i) => pf.randint(0, i, [5])],
  ["a parameter of an activation", (i) => softplus(x, i)],
  ["bias corrections of an optimizer", (i) => x.mul(1 - 0.9 ** i).div(1 - 0.999 ** i)],
  ["what is beside a constant made before", (i) => ones.mul(i).add(x).sub(zeros)],
];
const [ones, zeros] = [pf.ones([6, 5]), pf.zeros([1])];
for (const [what, program] of changing) {
  test(`plan cache: changes from call to call: ${what}`, () => {
    run(() => program(3));
    for (let i = 4; i < 16; i++) {
      assert.is(
        planned(() => run(() => program(i))),
        0,
        `call ${i}`,
      );
    }
  });
}

test("plan cache: numbers that change from call to call are read at each", () => {
  const step = (rate: number): Tensor =>
    x
      .mul(rate)
      .add(pf.full([], rate).mul(y))
      .sub(pf.full([6, 5], -rate));
  for (const rate of [0.1, 0.3, -0.7, 1e-3, 1 / 3, 0.1]) {
    pf.tidy(() =>
      assert.equal(
        bits(step(rate)),
        bits(
          pf.tidy(() =>
            computed(
              computed(computed(x.mul(rate)).add(computed(pf.full([], rate).mul(y)))).sub(pf.full([6, 5], -rate)),
            ),
          ),
        ),
      ),
    );
  }
});

test("plan cache: derivatives of the same function are planned once", () => {
  const f = (t: Tensor): Tensor => t.sin().mul(t).sum();
  const step = (): void =>
    pf.tidy(() => void pf.evaluate(...(pf.functional.hvp(f, x.reshape([30]), y.reshape([30])) as Tensor[])));
  step();
  assert.is(planned(step), 0);
  const { hits } = pf.backend.planCache;
  step();
  assert.ok(pf.backend.planCache.hits > hits);
});

test("plan cache: it is bounded, and gives up the least recently used", () => {
  const first = (): Tensor => x.add(-12345).sin();
  for (let i = 0; i < 600; i++) run(() => x.add(i).sin());
  assert.ok(pf.backend.planCache.size <= 256, `${pf.backend.planCache.size} plans`);
  run(first);
  for (let i = 0; i < 100; i++) {
    run(() => x.mul(i + 2).sin());
    assert.is(
      planned(() => run(first)),
      0,
    );
  }
  const { bytes } = pf.backend.planCache;
  assert.ok(bytes > 0 && bytes <= 16 * 2 ** 20, `${bytes} bytes`);
  assert.ok(pf.backend.reservedBytes >= bytes);
});

// -- sinks: a reduction in the pass that computes its operand gives what it gives of a stored operand
const reductions = ["sum", "prod", "amax", "amin"] as const;
const shapes: [number[], number[]][] = [
  ...[1, 2, 15, 16, 17, 100, 127, 128, 129, 1000, 1023, 1024, 1025, 5000, 16384, 16385, 70000].map(
    (length): [number[], number[]] => [[3, length], [1]],
  ),
  [[1000, 16], [1]],
  [[37, 1000], [1]],
  [[9, 40000], [1]],
  [[400000], [0]],
  [
    [4, 5, 6, 7],
    [2, 3],
  ],
  [
    [4, 5, 6, 7],
    [0, 1, 2, 3],
  ],
  [
    [4, 1, 60, 1],
    [2, 3],
  ],
];
for (const dtype of ["float32", "float64"] as const) {
  for (const [shape, dim] of shapes) {
    test(`sinks: ${dtype} [${shape.join()}] over [${dim.join()}]`, () => {
      pf.tidy(() => {
        const a = numbers(shape, 7, dtype);
        const b = numbers(shape, 8, dtype);
        for (const op of reductions) {
          for (const keepdim of [false, true]) {
            const reduce = (t: Tensor): Tensor =>
              op === "prod" ? dim.reduceRight((part, d) => part.prod(d, { keepdim }), t) : t[op](dim, keepdim);
            const fused = [reduce(a.mul(b).abs()), reduce(a.sub(b))];
            pf.evaluate(...fused);
            const stored = [a.mul(b).abs(), a.sub(b)];
            pf.evaluate(...stored);
            fused.forEach((t, i) => assert.equal(bits(t), bits(reduce(stored[i]!)), `${op} ${i}`));
          }
        }
      });
    });
  }
}

test("sinks: a value is reduced and used in one pass, two rows lengths in two", () => {
  const a = numbers([40, 50], 9);
  const kernels = (f: () => Tensor[]): number => pf.inspect(f).summary.kernels;
  assert.is(
    kernels(() => {
      const e = a.exp();
      return [e.sum(1), e.amax(1), e.mul(2)];
    }),
    1,
  );
  assert.is(
    kernels(() => {
      const e = a.exp();
      return [e.sum(1), e.sum()];
    }),
    2,
  );
  assert.is(
    kernels(() => [a.exp().sum(0)]),
    2,
  );
});

test("the chain of the benchmark is one kernel, primal and tangent", () => {
  const f = (t: Tensor): Tensor => pf.tanh(pf.add(pf.mul(pf.sin(t), t), pf.exp(pf.mul(t, t).neg())));
  const [p, v] = [numbers([5000], 10), numbers([5000], 11)];
  assert.is(pf.inspect(() => pf.functional.jvp(f, p, v)).summary.kernels, 1);
});

// -- pads that only programs read are loaded block by block: the same as of a pad that is stored
const padded: [string, () => Tensor][] = [
  ["1-D", () => pf.nn.functional.pad(numbers([3000], 1), [5, 7], "constant", 0.5)],
  ["1-D, one side", () => pf.nn.functional.pad(numbers([100], 1), [0, 3])],
  ["1-D, cut", () => pf.nn.functional.pad(numbers([100], 1), [-3, 4])],
  ["2-D", () => pf.nn.functional.pad(numbers([30, 50], 2), [2, 3, 4, 5], "constant", -1)],
  ["2-D, rows alone", () => pf.nn.functional.pad(numbers([30, 50], 2), [0, 0, 4, 0])],
  ["3-D, short rows", () => pf.nn.functional.pad(numbers([7, 9, 3], 3), [1, 1, 0, 2, 3, 0])],
  ["transposed", () => pf.nn.functional.pad(numbers([30, 50], 2).t(), [2, 3, 4, 5])],
  ["flipped", () => pf.nn.functional.pad(numbers([30, 50], 2).flip(0, 1), [2, 3, 4, 5])],
  ["repeated", () => pf.nn.functional.pad(numbers([1, 50], 2).expand(30, 50), [2, 3, 4, 5])],
  ["of a constant", () => pf.nn.functional.pad(pf.full([20], 3), [2, 3])],
  ["float64", () => pf.nn.functional.pad(numbers([30, 50], 2, "float64"), [2, 3, 4, 5])],
  ["int32", () => pf.nn.functional.pad(pf.arange(2000, { dtype: "int32" }), [2, 3])],
  ["bool", () => pf.nn.functional.pad(numbers([30, 50], 2).gt(0), [2, 3])],
  [
    "4-D, cut in one dim and padded in others",
    () => pf.nn.functional.pad(numbers([3, 4, 5, 20], 2), [-1, 2, 1, -2, 2, 1]),
  ],
  ["rows of value alone", () => pf.nn.functional.pad(numbers([2, 3, 2], 3), [1, 0, 300, 200, 2, 2], "constant", 0.5)],
  ["of one element", () => pf.nn.functional.pad(numbers([1, 1], 3), [3, 2, 1, 4])],
  ["blocks begin within elements", () => pf.nn.functional.pad(numbers([1, 9000], 3), [1, 1, 1, 1])],
  ["gradient of a slice in twos", () => slicesGradient(numbers([13, 900], 4), (t) => t.slice(1, 0, 900, 2))],
  ["gradient of a slice in twos, odd", () => slicesGradient(numbers([13, 901], 4), (t) => t.slice(1, 1, 901, 2))],
  [
    "gradient of a slice in twos, float64",
    () => slicesGradient(numbers([13, 901], 4, "float64"), (t) => t.slice(1, 2, 897, 2)),
  ],
  ["gradient of rows in twos", () => slicesGradient(numbers([31, 9, 8], 4), (t) => t.slice(1, 1, 9, 2))],
  [
    "gradient of one row in three",
    () => slicesGradient(numbers([2, 31, 9, 8], 4), (t) => t.slice(1, 2, 31, 3).slice(3, 1, 7)),
  ],
  ["gradient of a transposed slice", () => slicesGradient(numbers([40, 50], 4), (t) => t.slice(1, 1, 50, 2).t())],
  ["gradient of a stepping slice", () => slicesGradient(numbers([20, 30], 4), (t) => t.slice(1, 2, 29, 4))],
  [
    "gradient of two stepping slices",
    () => slicesGradient(numbers([20, 30], 4), (t) => t.slice(0, 1, 20, 3).slice(1, 3, 30, 2)),
  ],
];
function slicesGradient(t: Tensor, f: (t: Tensor) => Tensor): Tensor {
  return pf.functional.vjp((u: Tensor) => f(u).square(), t, f(t).mul(3))[1] as Tensor;
}
for (const [name, make] of padded) {
  test(`pads: ${name}`, () => {
    const other = (t: Tensor): Tensor => pf.arange(t.numel, { dtype: t.dtype }).reshape(t.shape);
    const inPass = pf.tidy(() => {
      const t = make();
      const result = t.mul(other(t)).sub(1);
      t.dispose();
      return result;
    });
    const stored = pf.tidy(() => {
      const t = computed(make());
      return t.mul(other(t)).sub(1);
    });
    assert.equal(bits(inPass), bits(stored));
    inPass.dispose();
    stored.dispose();
  });
}
test("pads: of equal ones all are right", () => {
  const t = numbers([100], 1);
  const padded = (): Tensor => pf.nn.functional.pad(t, [3, 5], "constant", 0.5);
  const result = pf.tidy(() => padded().exp().add(padded()).add(padded().sum(0, true)));
  const stored = pf.tidy(() => computed(padded()));
  assert.equal(bits(result), bits(stored.exp().add(stored).add(stored.sum(0, true))));
});
test("pads: none is a kernel of its own", () => {
  const [p, v] = [numbers([1000], 1), numbers([1000], 2)];
  const f = (t: Tensor): Tensor =>
    t
      .narrow(0, 1, 999)
      .sub(t.narrow(0, 0, 999).square())
      .square()
      .sum();
  assert.is(pf.inspect(() => pf.functional.hvp(f, p, v)).summary.kernels, 2);
});

// -- sharing: equal kernels run once
const shared: [string, number, (a: Tensor, b: Tensor) => Tensor][] = [
  ["a product", 1, (a, b) => a.matmul(b).add(a.matmul(b).exp())],
  ["products of vectors", 1, (a, b) => a.matmul(b.select(1, 0)).add(a.matmul(b.select(1, 0)).sin())],
  ["of transposed operands", 1, (a, b) => a.t().matmul(b).mul(a.t().matmul(b).exp())],
  ["what depends on shared ones", 2, (a, b) => a.matmul(b).matmul(a).add(a.matmul(b).matmul(a).exp())],
  ["not of other operands", 2, (a, b) => a.matmul(b).add(b.matmul(a).exp())],
  ["not of other views", 2, (a, b) => a.t().matmul(b).mul(a.matmul(b).exp())],
];
for (const [name, matmuls, f] of shared) {
  test(`sharing: ${name}`, () => {
    pf.tidy(() => {
      const [a, b] = [numbers([7, 7], 1), numbers([7, 7], 2)];
      const g = pf.compile(f);
      assert.is(pf.inspect(g, a, b).summary.matmuls, matmuls);
      const apart = pf.tidy(() => {
        const results = f(a, b);
        return results;
      });
      assert.equal(bits(g(a, b)), bits(apart));
      // As a function of a transform, too, and its derivative goes through what was shared.
      const [y, jvp] = pf.functional.jvp(f, [a, b], [b, a]) as [Tensor, Tensor];
      assert.equal(bits(y), bits(apart));
      const [, want] = pf.functional.jvp((p: Tensor, q: Tensor) => f(p, q.mul(1)), [a, b], [b, a]) as [Tensor, Tensor];
      assert.equal(bits(jvp), bits(want));
    });
  });
}
test("sharing: gradients reach the operands from both, before and after evaluation", () => {
  const gradients = (first: boolean): Tensor[] => {
    const [a, b] = [numbers([5, 5], 1), numbers([5, 5], 2)].map((t) =>
      pf.tensor(t.data(), { shape: [5, 5], requiresGrad: true }),
    );
    const [p, q] = [a!.matmul(b!), a!.matmul(b!)];
    const loss = p.mul(q.sin()).sum();
    if (first) pf.evaluate(loss);
    return pf.autograd.grad(loss, [a!, b!]) as Tensor[];
  };
  const [before, after] = [gradients(false), gradients(true)];
  before.forEach((t, i) => assert.equal(bits(t), bits(after[i]!)));
  const sum = (t: Tensor): Tensor => t.sum(0);
  assert.is(
    pf.inspect(
      pf.compile((t: Tensor) => [sum(t), sum(t), t.sum(1)]),
      numbers([5, 5], 1),
    ).summary.kernels,
    2,
  );
});

// -- recomputation: what is cheap is not stored for the one program that reads it again
test("recomputation: the same bits, and less memory", () => {
  const a = numbers([300, 400], 1);
  const centred = (t: Tensor, stop: (t: Tensor) => Tensor): Tensor => {
    const d = stop(t.sub(stop(t.mean(1, { keepdim: true }))));
    return stop(d.mul(stop(stop(d.square()).sum(1, { keepdim: true })).rsqrt()));
  };
  const f = pf.compile((t: Tensor) => centred(t, (u) => u));
  const result = f(a);
  assert.equal(bits(result), bits(pf.tidy(() => centred(a, computed))));
  result.dispose();
  // Nothing but the result is large: the first call of a compiled function allocates like any evaluation.
  const first = pf.compile((t: Tensor) => centred(t, (u) => u));
  assert.ok(pf.inspect(first, a).summary.peakBytes < 1.1 * 4 * a.numel);
});

// -- epilogues: what is done to a product as it is made has the bits of what is done to it afterwards
type Product = (a: Tensor, b: Tensor, stop: (t: Tensor) => Tensor) => Tensor;
const products: [string, number[], number[], number, Product][] = [
  ["bias and activation", [70, 40], [40, 64], 1, (a, b, stop) => stop(a.matmul(b)).add(b.narrow(0, 0, 1)).tanh()],
  ["a column", [64, 30], [30, 80], 1, (a, b, stop) => stop(a.matmul(b)).mul(a.narrow(1, 3, 1)).exp()],
  ["the sum of two products", [64, 64], [64, 64], 2, (a, b, stop) => stop(a.matmul(b)).add(b.matmul(a)).sin()],
  ["with itself, transposed", [64, 64], [64, 64], 2, (a, b, stop) => {
    const t = stop(a.matmul(b));
    return t.t().mul(t).cos();
  }],
  ["large: regions of columns and rows", [300, 500], [500, 544], 1, (a, b, stop) => stop(a.matmul(b)).mul(0.01).tanh().add(1)],
  ["a batch", [20, 16, 24], [20, 24, 32], 1, (a, b, stop) => stop(a.matmul(b)).sigmoid().mul(3)],
  ["a shared factor", [20, 16, 24], [24, 32], 1, (a, b, stop) => stop(a.matmul(b)).sigmoid().mul(3)],
  ["vectors in a batch", [300, 1, 24], [300, 24, 32], 1, (a, b, stop) => stop(a.matmul(b)).sigmoid().mul(3)],
  ["columns that fill no vectors", [80, 24], [24, 70], 2, (a, b, stop) => stop(a.matmul(b)).sigmoid().mul(3)],
  ["a comparison", [80, 24], [24, 64], 2, (a, b, stop) => stop(a.matmul(b)).gt(0.5)],
  ["few results", [8, 8], [8, 16], 2, (a, b, stop) => stop(a.matmul(b)).sigmoid().mul(3)],
]; // prettier-ignore
for (const dtype of ["float32", "float64"] as const) {
  for (const [name, left, right, kernels, make] of products) {
    test(`epilogues ${dtype}: ${name}`, () => {
      pf.tidy(() => {
        const [a, b] = [numbers(left, 1, dtype), numbers(right, 2, dtype)];
        const inOne = pf.compile((p: Tensor, q: Tensor) => make(p, q, (t) => t))(a, b);
        assert.equal(bits(inOne), bits(make(a, b, computed)));
        const { summary } = pf.inspect(
          pf.compile((p: Tensor, q: Tensor) => make(p, q, (t) => t)),
          a,
          b,
        );
        assert.is(summary.kernels, kernels);
      });
    });
  }
}

// A constant that programs find by folding.
const three = (a: Tensor, stop: (t: Tensor) => Tensor): Tensor => stop(pf.full(a.shape, 2, { dtype: a.dtype }).add(1));
// -- rewriting: each expression, in one pass, has the bits of the same ops evaluated one by one
const expressions: [string, (a: Tensor, b: Tensor, stop: (t: Tensor) => Tensor) => Tensor][] = [
  ["−(−a)", (a, _, stop) => stop(stop(a.neg()).neg())],
  ["a·1", (a, _, stop) => stop(a.mul(1)).add(0.5)],
  ["a·−1", (a, _, stop) => stop(a.mul(-1)).add(0.5)],
  ["a + 0", (a, _, stop) => stop(a.add(0)).reciprocal()],
  ["a + −0", (a, _, stop) => stop(a.add(-0)).reciprocal()],
  ["a − 0", (a, _, stop) => stop(a.sub(0)).reciprocal()],
  ["0 − a", (a, _, stop) => stop(pf.sub(0, a)).reciprocal()],
  ["−0 + a", (a, _, stop) => stop(pf.add(-0, a)).reciprocal()],
  ["(−a)·b", (a, b, stop) => stop(stop(a.neg()).mul(b))],
  ["(−a)·(−b)", (a, b, stop) => stop(stop(a.neg()).mul(stop(b.neg())))],
  ["(−a)/b", (a, b, stop) => stop(stop(a.neg()).div(b))],
  ["a/(−b)", (a, b, stop) => stop(a.div(stop(b.neg())))],
  ["a + (−b)", (a, b, stop) => stop(a.add(stop(b.neg()))).reciprocal()],
  ["(−a) + b", (a, b, stop) => stop(stop(a.neg()).add(b)).reciprocal()],
  ["(−a) + (−b)", (a, b, stop) => stop(stop(a.neg()).add(stop(b.neg()))).reciprocal()],
  ["a − (−b)", (a, b, stop) => stop(a.sub(stop(b.neg()))).reciprocal()],
  ["(−a) − b", (a, b, stop) => stop(stop(a.neg()).sub(b)).reciprocal()],
  ["(−a) − (−b)", (a, b, stop) => stop(stop(a.neg()).sub(stop(b.neg()))).reciprocal()],
  ["(a − b) + (b − a)", (a, b, stop) => stop(stop(a.sub(b)).add(stop(b.sub(a)))).reciprocal()],
  ["|−a|", (a, _, stop) => stop(stop(a.neg()).abs())],
  ["a/4", (a, _, stop) => stop(a.div(4))],
  ["a/−0.125", (a, _, stop) => stop(a.div(-0.125))],
  ["a/3", (a, _, stop) => stop(a.div(3))],
  ["a/0", (a, _, stop) => stop(a.div(0))],
  ["a·(−2) + a·2", (a, _, stop) => stop(stop(a.mul(-2)).add(stop(a.mul(2))))],
  ["a·b + a·b", (a, b, stop) => stop(stop(a.mul(b)).add(stop(a.mul(b))))],
  ["a·b + a", (a, b, stop) => stop(stop(a.mul(b)).add(a))],
  ["a + a·b", (a, b, stop) => stop(a.add(stop(a.mul(b))))],
  ["a·b − a", (a, b, stop) => stop(stop(a.mul(b)).sub(a))],
  ["a − a·b", (a, b, stop) => stop(a.sub(stop(a.mul(b))))],
  ["a·b + b·3", (a, b, stop) => stop(stop(a.mul(b)).add(stop(b.mul(3))))],
  ["a − (−a)·b", (a, b, stop) => stop(a.sub(stop(stop(a.neg()).mul(b))))],
  ["(a·(2 + 1))·(2 + 1)", (a, _, stop) => stop(stop(a.mul(three(a, stop))).mul(three(a, stop)))],
  ["a/(2 + 1)", (a, _, stop) => stop(a.div(three(a, stop)))],
  ["1/(2 + 1)·a", (a, _, stop) => stop(stop(pf.full(a.shape, 1, { dtype: a.dtype }).div(three(a, stop))).mul(a))],
  ["(a·2)·½", (a, _, stop) => stop(stop(a.mul(2)).mul(0.5))],
  ["(a·2)·∞", (a, _, stop) => stop(stop(a.mul(2)).mul(Infinity))],
  ["(a·∞)·2", (a, _, stop) => stop(stop(a.mul(Infinity)).mul(2))],
  ["a/∞", (a, _, stop) => stop(a.div(Infinity))],
  ["(2·3)·a", (a, _, stop) => stop(stop(pf.full([], 2).mul(pf.full([], 3))).mul(a))],
  ["where(a < b, −a, b)", (a, b, stop) => stop(pf.where(stop(a.lt(b)), stop(a.neg()), b))],
  ["(a·2)·3", (a, _, stop) => stop(stop(a.mul(2)).mul(3))],
  ["(a·−4)·100", (a, _, stop) => stop(stop(a.mul(-4)).mul(100))],
  ["(a·4)·0.1", (a, _, stop) => stop(stop(a.mul(4)).mul(0.1))],
  ["(a·0.5)·3", (a, _, stop) => stop(stop(a.mul(0.5)).mul(3))],
  ["(a·2)·3e38", (a, _, stop) => stop(stop(a.mul(2)).mul(3e38))],
  ["((a/0.25)·3)·−1", (a, _, stop) => stop(stop(stop(a.div(0.25)).mul(3)).mul(-1))],
  ["−a stored and used", (a, b, stop) => pf.cat([stop(a.neg()), stop(stop(a.neg()).mul(b))])],
  ["−(a·b)", (a, b, stop) => stop(stop(a.mul(b)).neg())],
  ["a² − b²", (a, b, stop) => stop(stop(a.mul(a)).sub(stop(b.mul(b))))],
];
for (const dtype of ["float32", "float64"] as const) {
  const pairs = SPECIAL.flatMap((p) => SPECIAL.map((q): [number, number] => [p, q]));
  const a = pf.tensor(
    Float64Array.from(pairs, ([p]) => p),
    { shape: [pairs.length], dtype },
  );
  const b = pf.tensor(
    Float64Array.from(pairs, ([, q]) => q),
    { shape: [pairs.length], dtype },
  );
  for (const [name, expression] of expressions) {
    test(`rewriting ${dtype}: ${name}`, () => {
      pf.tidy(() => {
        const fused = expression(a, b, (t) => t);
        const stepwise = expression(a, b, computed);
        assert.equal(bits(fused), bits(stepwise));
      });
    });
  }
}

test("rewriting leaves integers alone: sums and products wrap", () => {
  const n = pf.tensor(Int32Array.of(2 ** 31 - 1, -(2 ** 31), 0, -5));
  const expression = (stop: (t: Tensor) => Tensor): Tensor =>
    stop(stop(stop(n.neg()).mul(stop(n.neg()))).add(stop(n.mul(-1))));
  assert.equal(bits(expression((t) => t)), bits(expression(computed)));
});

// Blocks of whole rows begin anywhere in a vector, so whole vectors would pass the ends of arrays: all of these sizes fill up
// what the heap gives for them.
for (const [dtype, rows, columns] of [
  ["float32", 36, 31],
  ["float32", 108, 31],
  ["float64", 46, 23],
  ["float64", 142, 15],
] as const) {
  test(`rows that are reduced are stored no further than they go: ${dtype} [${rows}, ${columns}]`, () => {
    for (let i = 0; i < 8; i++) {
      pf.tidy(() => {
        const t = computed(numbers([rows, columns], i, dtype));
        const [doubled, positive] = [t.mul(2.5), t.gt(0)];
        const total = doubled.sum(-1);
        pf.evaluate(doubled, positive, total);
        assert.equal(bits(doubled), bits(t.mul(2.5)));
        assert.equal(bits(positive), bits(t.gt(0)));
        assert.equal(bits(total), bits(computed(t.mul(2.5)).sum(-1)));
      });
    }
  });
}

test.run();
