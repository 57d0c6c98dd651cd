// Programs run block by block, in registers that values of all sizes share: in one pass they give the bits of the same ops
// evaluated one by one, wherever an operand comes from, and whatever lay in memory before.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { heapBytes } from "./exhaustion";
import { generator } from "./support";

type Dtype = "float32" | "float64" | "int32" | "bool";
const dtypes: readonly Dtype[] = ["float32", "float64", "int32", "bool"];
const { pad } = pf.nn.functional;

const bits = (t: Tensor): Uint8Array => {
  const data = t.data();
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
};
const computed = (t: Tensor): Tensor => (pf.evaluate(t), t);
function numbers(shape: number[], seed: number, dtype: Dtype = "float32"): Tensor {
  const next = generator(seed);
  const count = shape.reduce((a, b) => a * b, 1);
  const all = pf.tensor(Float64Array.from({ length: count }, () => 8 * next() - 4), { shape, dtype: "float64" }); // prettier-ignore
  return computed(dtype === "bool" ? all.gt(0) : all.to(dtype));
}
/** Leaves garbage in memory that is free. */
function litter(): void {
  for (const size of [64, 1000, 5000, 30_000]) {
    const all = Array.from({ length: 6 }, () => pf.tensor(new Int32Array(size).fill(-1)));
    for (const each of all) each.dispose();
  }
}
type Stop = (t: Tensor) => Tensor;
/** What `make` gives in one pass, and with each value evaluated by itself. */
function same(make: (stop: Stop) => Tensor[]): void {
  const stepwise = pf.tidy(() => make(computed).map(bits));
  litter();
  const fused = pf.tidy(() => {
    const results = pf.tidy(() => make((t) => t));
    pf.evaluate(...results);
    return results.map(bits);
  });
  assert.equal(fused, stepwise);
}

// -- where operands come from: [what, a tensor of this dtype and seed, of shape [45, 37]]
const sources: [string, (dtype: Dtype, seed: number) => Tensor][] = [
  ["there", (dtype, seed) => numbers([45, 37], seed, dtype)],
  ["transposed", (dtype, seed) => numbers([37, 45], seed, dtype).t()],
  ["in steps", (dtype, seed) => numbers([45, 74], seed, dtype).slice(1, 0, 74, 2)],
  ["repeated", (dtype, seed) => numbers([1, 1], seed, dtype).expand(45, 37)],
  ["a row", (dtype, seed) => numbers([37], seed, dtype).expand(45, 37)],
  ["a column", (dtype, seed) => numbers([45, 1], seed, dtype).expand(45, 37)],
  ["padded", (dtype, seed) => pad(numbers([44, 35], seed, dtype), [1, 1, 0, 1], "constant", 1)],
  ["computed", (dtype, seed) => { const t = numbers([45, 37], seed, dtype); return dtype === "bool" ? t.logicalNot() : t.neg(); }],
]; // prettier-ignore
for (const [source, make] of sources) {
  for (const dtype of dtypes)
    test(`casts of an operand that is ${source}: ${dtype}`, () => {
      for (const to of dtypes)
        for (const use of [
          (cast: Tensor) => (to === "bool" ? pf.where(cast, 2, 3) : cast.abs()),
          (cast: Tensor) => cast.eq(1),
          (cast: Tensor, stop: Stop) => stop(cast.double()).mul(0.5),
        ])
          same((stop) => [stop(use(stop(stop(make(dtype, 1)).to(to)), stop))]);
    });
  for (const [other, makeOther] of sources)
    test(`operands of several sizes: one is ${source}, one is ${other}`, () => {
      for (const dtype of dtypes)
        same((stop) => {
          const [c, x, y] = [stop(make("bool", 1)), stop(makeOther(dtype, 2)), stop(make(dtype, 3))];
          const chosen = stop(pf.where(c, x, y));
          const larger = stop(x.gt(y));
          const both = stop(pf.logicalXor(larger, c));
          return [chosen, stop(pf.where(both, y, chosen)), stop(stop(both.float()).add(stop(chosen.double())))];
        });
      for (const dtype of dtypes) same((stop) => [stop(stop(make(dtype, 2)).le(stop(makeOther(dtype, 3))))]);
    });
}

// -- many values at a time, of sizes that begin and end anywhere in a block
const sizes = [1, 3, 15, 16, 17, 100, 1023, 1024, 1025, 3000];
for (const dtype of ["float32", "float64"] as const)
  for (const count of [2, 7, 13, 40, 60])
    test(`${count} values at a time, ${dtype}`, () => {
      for (const size of sizes)
        same((stop) => {
          const x = numbers([size], size, dtype);
          const held = Array.from({ length: count }, (_, i) => stop(stop(x.mul(i + 0.3)).sin()));
          const signs = stop(held[0]!.gt(held[1]!));
          const sum = held.reduce((a, b) => stop(a.add(b)));
          return [stop(pf.where(signs, sum, held[1]!)), stop(sum.mul(2.5)), stop(signs.logicalNot())];
        });
    });

test("whole numbers wrap, those that are known, too", () => {
  const [n, two] = [pf.tensor(Int32Array.of(3, -5, 2 ** 31 - 1)), pf.full([3], 2, { dtype: "int32" })];
  same((stop) => {
    let [product, power, sum] = [n, two, two];
    for (let i = 0; i < 30; i++) product = stop(product.mul(2));
    for (let i = 0; i < 31; i++) [power, sum] = [stop(power.mul(two)), stop(sum.add(sum))];
    const three = stop(stop(two.add(1)).mul(two));
    return [product, stop(power.add(n)), stop(sum.sub(n)), stop(three.mul(n)), stop(stop(n.neg()).abs())];
  });
});
// -- numbers: some are known when a program is made, others are looked up at each run
for (const dtype of ["float32", "float64"] as const) {
  const x = numbers([20], 1, dtype);
  const full = (value: number): Tensor => pf.full([20], value, { dtype });
  const ofNumbers: [string, (stop: Stop) => Tensor][] = [
    ["two that are looked up, multiplied", (stop) => stop(full(0.3)).mul(full(0.7))],
    ["two that are looked up, added", (stop) => stop(full(0.3)).add(full(0.7))],
    ["two that are looked up, subtracted", (stop) => stop(full(0.3)).sub(full(0.7))],
    ["two that are looked up, divided", (stop) => stop(full(0.3)).div(full(0.7))],
    ["one that is looked up, and 0", (stop) => stop(stop(full(7.3)).mul(x)).add(0)],
    ["0, and one that is looked up", (stop) => stop(stop(x.add(0)).mul(full(7.3))).sub(full(-7.3))],
    ["one that is known beside one that is looked up", (stop) => stop(stop(full(7.3)).mul(2)).div(stop(full(2).add(1)))],
    ["a negative one", (stop) => stop(stop(x.mul(-7.3)).sub(-0.3)).div(-1.7)],
    ["negative ones that are known", (stop) => stop(stop(pf.sub(-2, x)).mul(-1)).maximum(-2)],
    ["one that is rounded on the way", (stop) => {
      const [one, two] = [full(1), full(2)];
      const three = stop(two.add(one));
      return stop(stop(one.div(three)).mul(stop(three.add(two)))).mul(x);
    }],
    ["all of them again", (stop) => stop(stop(x.mul(7.3)).add(0.3)).sub(stop(stop(x.mul(0.3)).add(7.3)))],
  ]; // prettier-ignore
  for (const [what, make] of ofNumbers) test(`numbers, ${dtype}: ${what}`, () => same((stop) => [stop(make(stop))]));
}
for (const dtype of dtypes)
  test(`what is repeated in memory has its value: ${dtype}`, () =>
    pf.tidy(() => {
      const wanted = { float32: 7.25, float64: 0.1, int32: -70_000, bool: 1 }[dtype];
      for (const value of [wanted, 0]) {
        const one = computed(pf.tensor(Float64Array.of(value, 1 - value)).to(dtype)).narrow(0, 0, 1);
        const sum = one
          .expand([5])
          .double()
          .add(pf.arange(5, { dtype: "float64" }));
        assert.equal(Array.from(sum.data()), [0, 1, 2, 3, 4].map((i) => value + i)); // prettier-ignore
        const same = pf
          .full([5], value, { dtype })
          .double()
          .sub(pf.arange(5, { dtype: "float64" }));
        assert.equal(Array.from(same.data()), [0, 1, 2, 3, 4].map((i) => value - i)); // prettier-ignore
      }
    }));
// What is known is computed in float64, and rounded at each step.
for (const dtype of ["float32", "float64"] as const) {
  const round = dtype === "float32" ? Math.fround : (x: number) => x;
  const data = [3, -5, 0.1, 1e-30, 0, 1 / 3].map(round);
  const x = pf.tensor(data, { dtype });
  const full = (value: number): Tensor => pf.full([6], value, { dtype });
  const [one, two, half] = [() => full(1), () => full(2), () => full(0.5)];
  const three = (): Tensor => two().add(one());
  /** 2ⁿ, of powers that are squares. */
  const power = (n: number): Tensor => {
    let [square, all] = [two(), one()];
    for (; n; n >>= 1, square = square.mul(square)) if (n & 1) all = all.mul(square);
    return all;
  };
  const most = dtype === "float32" ? 127 : 1023;
  const known: [string, () => Tensor, (v: number) => number][] = [
    ["2·2", () => two().mul(two()), () => 4],
    ["2·(−½)", () => two().mul(half().neg()), () => -1],
    ["2 + 1", () => three(), () => 3],
    ["2 − ½", () => two().sub(half()), () => 1.5],
    ["½ − 2", () => half().sub(two()), () => -1.5],
    ["−2 + ½", () => full(-2).add(half()), () => -1.5],
    ["1/2", () => one().div(two()), () => 0.5],
    ["1/(2 + 1)", () => one().div(three()), () => 1 / 3],
    ["(1/(2 + 1))·(2 + 1 + 2)", () => one().div(three()).mul(three().add(two())), () => round(1 / 3) * 5],
    ["x·(2·2)", () => x.mul(two().mul(two())), (v) => v * 4],
    ["max(x, 2)·(2·½)", () => x.maximum(2).mul(two().mul(half())), (v) => Math.max(v, 2)],
    [
      "max(x, 2)·(½ + ½)·(1·2)",
      () => x.maximum(2).mul(half().add(half())).mul(one().mul(two())),
      (v) => Math.max(v, 2) * 2,
    ],
    ["x/2", () => x.div(2), (v) => v / 2],
    ["x/(2 + 2)", () => x.div(two().add(two())), (v) => v / 4],
    ["x/(−½)", () => x.div(-0.5), (v) => v / -0.5],
    ["x/(2 + 1)", () => x.div(three()), (v) => v / 3],
    ["(2 + 1)/x", () => three().div(x), (v) => 3 / v],
    ["x·2·2·(2 + 1)", () => x.mul(2).mul(2).mul(three()), (v) => v * 12],
    ["−2 + x", () => pf.add(-2, x), (v) => v - 2],
    ["−2 − x", () => pf.sub(-2, x), (v) => -2 - v],
    ["−x − 2", () => x.neg().sub(2), (v) => -v - 2],
    ["x·2·2ⁿ", () => x.mul(2).mul(power(most)).mul(1e-6), (v) => round(round(v * 2) * 2 ** most) * round(1e-6)],
    ["x·2ⁿ·2", () => pf.tidy(() => x.mul(power(most)).mul(2)), (v) => round(v * 2 ** most) * 2],
    ["x·2⁻ⁿ·2", () => x.mul(one().div(power(most))).mul(2), (v) => round(v / 2 ** most) * 2],
  ];
  for (const [what, make, right] of known)
    test(`numbers that are known, ${dtype}: ${what}`, () => {
      const found = pf.tidy(() => pf.tidy(make).data());
      assert.equal(Array.from(found), data.map((v) => round(right(v)))); // prettier-ignore
    });
  const y = numbers([20], 2, dtype);
  const mistakable: [string, (stop: Stop) => Tensor][] = [
    ["sin² y·2", (stop) => { const s = stop(y.sin()); return stop(s.mul(s)).mul(2); }],
    ["(y·2)·sin y", (stop) => { const s = stop(y.sin()); return stop(y.mul(2)).mul(s); }],
    ["sin y·(y·2)", (stop) => { const s = stop(y.sin()); return s.mul(stop(y.mul(2))); }],
    ["(y·sin y)·2", (stop) => stop(y.mul(stop(y.sin()))).mul(2)],
    ["(y·2)/sin y", (stop) => { const s = stop(y.sin()); return stop(y.mul(2)).div(s); }],
    ["(y·2) + sin y", (stop) => { const s = stop(y.sin()); return stop(y.mul(2)).add(s); }],
  ]; // prettier-ignore
  for (const [what, make] of mistakable)
    test(`what is no number is taken for none, ${dtype}: ${what}`, () => same((stop) => [stop(make(stop))]));
}
test("numbers of several dtypes", () => {
  for (const value of [2, 0, -1, 7.3])
    same((stop) => {
      const [x, y, n] = (["float32", "float64", "int32"] as const).map((dtype, i) => numbers([20], i, dtype)) as Tensor[] as [Tensor, Tensor, Tensor]; // prettier-ignore
      const all = [x, y, n].map((t) => stop(t.maximum(value)));
      return [...all, stop(stop(x.double()).mul(value)), stop(stop(y.float()).sub(value)), stop(stop(x.int()).sub(2))];
    });
});
// -- results: each has an array of its own
for (const dtype of dtypes)
  for (const shape of [[20], [45, 37], [3, 1025]])
    test(`results that are equal, or are there already: ${dtype} [${shape.join()}]`, () => {
      const x = numbers(shape, 1, dtype);
      const y = numbers([...shape].reverse(), 2, dtype).permute(shape.map((_, i) => shape.length - 1 - i));
      const f = (t: Tensor): Tensor => (dtype === "bool" ? t.logicalNot() : t.abs().neg());
      const unit = (t: Tensor): Tensor => (dtype === "bool" ? t.logicalAnd(t) : t.mul(1));
      same((stop) => [stop(f(x)), stop(f(x)), stop(f(stop(f(x)))), stop(f(y)), stop(f(y))]);
      same((stop) => [stop(unit(x)), stop(unit(x)), stop(unit(y)), stop(unit(y)), stop(unit(y)).to("float64")]);
      same((stop) => [stop(y.to(dtype === "int32" ? "float32" : "int32")), stop(y.to(dtype === "int32" ? "float32" : "int32"))]); // prettier-ignore
      same((stop) => {
        const rows = [stop(unit(x)), stop(unit(y)), stop(f(x)), stop(f(x))];
        return dtype === "bool" ? rows : [...rows, ...rows.map((t) => stop(t.sum(-1)))];
      });
      if (dtype === "bool") return;
      const two = (): Tensor => pf.full(shape, 2, { dtype });
      same((stop) => [stop(x.sub(y)), stop(x.add(y.neg()))]);
      same((stop) => [stop(two().mul(two())), stop(two().add(1)), stop(two().mul(two())), stop(stop(two().neg()).mul(x))]); // prettier-ignore
      same((stop) => {
        const padded = stop(pad(x, [1, 1], "constant", 1));
        return [stop(unit(padded)), stop(unit(padded)), stop(f(padded)), ...(shape.length > 1 ? [stop(padded.mul(1).sum(-1))] : [])]; // prettier-ignore
      });
    });

for (const dtype of ["float32", "float64"] as const)
  test(`results are no registers, and give none up: ${dtype}`, () => {
    for (const size of [20, 1000, 5000])
      for (let count = 1; count < 9; count++)
        same((stop) => {
          const x = numbers([size], 1, dtype);
          const stored = Array.from({ length: count }, (_, i) => stop(i ? stop(x.add(i)).sin() : x.sin()));
          const held = Array.from({ length: count }, (_, i) => stop(x.sub(i).cos()));
          const read = stored.map((y, i) => stop(stop(y.tanh()).mul(held[i]!)));
          return [...stored, stop(read.reduce((a, b) => stop(a.maximum(b))).sub(x)), stop(held.reduce((a, b) => stop(a.mul(b))).add(x))]; // prettier-ignore
        });
  });
test("what is computed is computed once, however many ways lead to it", () => {
  same((stop) => {
    let x = numbers([20], 1);
    for (let i = 0; i < 90; i++) x = i % 3 ? stop(x.maximum(stop(x.neg()))) : stop(stop(x.mul(x)).sub(x));
    return [x];
  });
});

// -- values that several programs read, of operands that are gone by then
test("what two programs read", () => {
  for (const dtype of ["float32", "float64"] as const)
    for (const size of [20, 64, 256])
      same((stop) => {
        const [a, b] = [numbers([size, size], 1, dtype), numbers([size, size], 2, dtype)];
        const product = stop(a.matmul(b));
        const [e, f] = [stop(product.sin()), stop(product.t().cos())];
        const [d, g] = [stop(product.sub(a.narrow(1, 0, 1))), stop(f.mul(0.7))];
        return [e, f, d, g].map((x) => stop(x.mul(stop(stop(x.square()).sum(1, true)))));
      });
});

// -- rows that are reduced: shorter and longer than blocks and parts, several at a time
for (const dtype of ["float32", "float64", "int32"] as const)
  for (const [rows, columns] of [
    [40, 3],
    [5, 17],
    [3, 128],
    [3, 129],
    [4, 500],
    [2, 1025],
    [3, 2000],
    [40, 511],
    [3, 16_385],
    [1, 40_000],
    [700, 31],
  ] as const)
    // prettier-ignore
    test(`rows: ${dtype} [${rows}, ${columns}]`, () => {
      const [x, y] = [numbers([rows, columns], 1, dtype), numbers([columns, rows], 2, dtype).t()];
      for (const count of [1, 2, 9])
        same((stop) => {
          const values = Array.from({ length: count }, (_, i) => stop(stop(x.mul(i + 2)).sub(y)));
          const positive = stop(values.at(-1)!.gt(0));
          return [
            ...values.flatMap((v, i) => [stop(v.sum(1)), stop(i % 2 ? v.amax(1) : v.amin(1))]),
            values[0]!,
            positive,
            stop(stop(pf.where(positive, values[0]!, y)).prod(1)),
          ];
        });
      // Nothing wrote beyond what it had: the heap's blocks still lie end to end.
      heapBytes();
    });

// -- products with what is done to them, of operands from anywhere
for (const dtype of ["float32", "float64"] as const)
  for (const [n, k, m] of [
    [64, 20, 64],
    [70, 30, 80],
    [300, 17, 272],
    [2, 5, 4096],
  ] as const)
    // prettier-ignore
    test(`products: ${dtype} [${n}, ${k}]·[${k}, ${m}]`, () => {
      const [a, b] = [numbers([n, k], 1, dtype), numbers([k, m], 2, dtype)];
      const [other, column, row] = [numbers([m, n], 3, dtype).t(), numbers([n, 1], 4, dtype), numbers([m], 5, dtype)];
      same((stop) => {
        const product = stop(a.matmul(b));
        const centred = stop(stop(product.sub(column)).mul(row));
        return [stop(stop(centred.sin()).add(other)), stop(stop(centred.cos()).mul(0.3))];
      });
    });

test.run();
