// scatterReduce by amax, amin and prod, whose work is that of sorting the entries. Values and gradients of the first suite are
// torch 1.13's; others are held against a loop over the entries.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { f64, i32, near, nearAll, values } from "./support";

type Reduce = "amax" | "amin" | "prod";
const inf = Infinity;
const index = i32([0, 1, 0, 2, 2, 1]);
const weights = f64([1, 2, 3, 4]);
const rows: [Reduce, boolean, value: number[], byInput: number[], bySource: number[]][] = [
  ["amax", true, [5, 9, 2, 7], [1 / 3, 0, 1, 4], [1 / 3, 0, 1 / 3, 1, 1, 2]],
  ["amax", false, [5, 9, 2, 7], [0, 0, 0, 4], [1 / 3, 0, 1 / 3, 1, 1, 2]],
  ["amin", true, [5, 1, 2, 7], [1 / 3, 2, 1, 4], [1 / 3, 0, 1 / 3, 1, 1, 0]],
  ["amin", false, [5, 3, 2, 7], [0, 0, 0, 4], [1 / 3, 2, 1 / 3, 1, 1, 0]],
  ["prod", true, [125, 27, 8, 7], [25, 54, 12, 4], [25, 18, 25, 12, 12, 6]],
  ["prod", false, [25, 27, 4, 7], [0, 0, 0, 4], [5, 18, 5, 6, 6, 6]],
];
for (const [reduce, includeSelf, value, ...gradients] of rows)
  test(`${reduce}, ${includeSelf ? "with" : "without"} self: values and gradients, ties sharing theirs`, () => {
    const inputs = [f64([5, 1, 2, 7]), f64([5, 3, 5, 2, 2, 9])];
    const f = (x: any, s: any) => x.scatterReduce(0, index, s, reduce, { includeSelf });
    near(f(...(inputs as [any, any])), value);
    // torch divides a tie by all that are equal, also by an input that is not included.
    const shared = reduce === "prod" || includeSelf ? gradients : gradients.map((g) => g.map((c) => (c === 1 / 3 ? 1 / 2 : c === 1 ? 3 / 2 : c))); // prettier-ignore
    nearAll((pf.functional.vjp as any)(f, inputs, weights)[1], shared);
    const ones = inputs.map((x) => pf.onesLike(x));
    const tangent: pf.Tensor = (pf.functional.jvp as any)(f, inputs, ones)[1];
    near(tangent.mul(weights).sum(), shared.flat().reduce((a, b) => a + b), 1e-12); // prettier-ignore
  });

test("infinities and NaN: the values, and ties of infinities share", () => {
  const x = f64([5, NaN, 2, -inf]);
  const s = f64([inf, 3, inf, NaN, 2, -inf]);
  const at = i32([0, 1, 0, 2, 2, 3]);
  const f = (reduce: Reduce, includeSelf: boolean) => (a: any, b: any) => a.scatterReduce(0, at, b, reduce, { includeSelf }); // prettier-ignore
  near(f("amax", true)(x, s), [inf, NaN, NaN, -inf]);
  near(f("amax", false)(x, s), [inf, 3, NaN, -inf]);
  near(f("amin", true)(x, s), [5, NaN, NaN, -inf]);
  near(f("amin", false)(x, s), [inf, 3, NaN, -inf]);
  const [bySelf, bySource] = (pf.functional.vjp as any)(f("amax", true), [x, s], f64([1, 0, 0, 1]))[1];
  near(bySelf, [0, 0, 0, 0.5]);
  near(bySource, [0.5, 0, 0.5, 0, 0, 0.5]);
});

for (const reduce of ["amax", "amin", "prod"] as const)
  for (const dim of [0, 1])
    test(`${reduce} along dim ${dim} of a larger input, as a loop has it`, () => {
      const [shape, entries] = [[5, 4], dim ? [3, 9] : [9, 3]];
      const x = f64(values(20, 1)).reshape(shape);
      const s = f64(values(27, 2)).reshape(entries);
      const at = Int32Array.from(values(27, 3), (v) => Math.floor(((v + 1) / 2) * shape[dim]));
      const where = pf.tensor(at, { shape: entries });
      for (const includeSelf of [true, false]) {
        const wanted = x.toArray() as number[][];
        const hit = new Set<number>();
        const source = s.toArray() as number[][];
        at.forEach((place, i) => {
          const [row, column] = [Math.floor(i / entries[1]), i % entries[1]];
          const [r, c] = dim ? [row, place] : [place, column];
          const value = source[row][column];
          const isFirst = !includeSelf && !hit.has(r * 4 + c);
          hit.add(r * 4 + c);
          const held = wanted[r][c];
          wanted[r][c] = isFirst ? value : reduce === "prod" ? held * value : reduce === "amax" ? Math.max(held, value) : Math.min(held, value); // prettier-ignore
        });
        const f = (a: any, b: any) => a.scatterReduce(dim, where, b, reduce, { includeSelf });
        near(f(x, s), wanted);
        const leaves = [x.clone().requiresGrad_(), s.clone().requiresGrad_()] as any;
        assert.ok(pf.autograd.gradcheck(f, leaves));
        assert.ok(pf.autograd.gradgradcheck(f, leaves));
        const mapped: any = pf.func.vmap(f as any);
        const both = mapped(pf.stack([x, x.neg()]), pf.stack([s, s.mul(2)])) as pf.Tensor;
        near(both.at(1), f(x.neg(), s.mul(2)));
      }
    });

test("products beside zeros have their derivatives to second order", () => {
  const f = (s: any) => f64([1, 1]).scatterReduce(0, [0, 0, 0, 1], s, "prod").sum();
  near((pf.functional.vjp as any)(f, f64([0, 3, 4, 5]))[1], [12, 0, 0, 1]);
  near((pf.functional.hessian as any)(f, f64([0, 0, 4, 5])), [[0, 4, 0, 0], [4, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]); // prettier-ignore
});

test("work in proportion to the entries: 300,000 of them into 300,000 places", () => {
  const n = 300_000;
  const at = pf.randint(n, [n]);
  const start = performance.now();
  for (const reduce of ["amax", "amin", "prod"] as const) {
    const f = (x: any, s: any) => x.scatterReduce(0, at, s, reduce).sum();
    (pf.functional.vjp as any)(f, [pf.rand([n]), pf.rand([n])])[1][0].data();
  }
  assert.ok(performance.now() - start < 20_000);
});

test("an index out of bounds is refused", () => {
  for (const reduce of ["amax", "amin", "prod"] as const)
    for (const at of [-1, 3])
      assert.throws(
        () =>
          f64([1, 2, 3])
            .scatterReduce(0, [at], f64([1]), reduce)
            .data(),
        new RegExp(`^scatterReduce: index ${at} is out of bounds`),
      );
});

test.run();
