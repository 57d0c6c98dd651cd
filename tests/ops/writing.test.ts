// Writes with duplicate indices: of several writers to one place the last one counts, in the value and in every derivative.
// Expectations are by hand; torch adds up the tangents of all writers, which no function does.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { bool, f64, i32, near, nearAll } from "./support";

const { jvp, vjp, hvp, jacobian } = pf.functional as any;
type Write = (base: any, source: any) => pf.Tensor;

/** All of them write [s₀, s₁, s₂] to the places 0, 0 and 1 of three. */
const at = i32([0, 0, 1]);
const writes: Record<string, Write> = {
  scatter: (a, s) => a.scatter(0, at, s),
  "scatter of a larger source": (a, s) => a.scatter(0, at, pf.cat([s, s.sin()])),
  "scatter along columns, into more rows than are written": (a, s) =>
    pf.stack([a, a.neg()]).scatter(1, at.unsqueeze(0), s.unsqueeze(0)).select(0, 0),
  "scatter along rows": (a, s) => pf.stack([a, a], 1).scatter(0, at.unsqueeze(1).expand(3, 2), pf.stack([s, s.exp()], 1)).select(1, 0), // prettier-ignore
  indexPut: (a, s) => a.indexPut([i32([0, -3, 1])], s),
  "indexPut in pairs": (a, s) =>
    a
      .reshape(1, 3)
      .indexPut([i32([0, 0, 0]), at], s)
      .flatten(),
  put: (a, s) =>
    a
      .reshape(3, 1)
      .put(i32([0, 0, -2]), s)
      .flatten(),
  indexCopy: (a, s) => a.indexCopy(0, at, s),
  "indexCopy of rows": (a, s) =>
    pf
      .stack([a, a.cos()], 1)
      .indexCopy(0, at, pf.stack([s, s], 1))
      .select(1, 0),
};
const base = f64([10, 20, 30]);
const source = f64([5, 3, 2]);
const [v, w] = [f64([1, 3, 7]), f64([11, 12, 13])];
const squared = (f: Write, u: pf.Tensor) => (a: pf.Tensor, s: pf.Tensor) => f(a.square(), s.square()).mul(u).sum();
const u = f64([1, 2, 4]);

for (const [name, f] of Object.entries(writes)) {
  test(`${name}: value, tangents and gradients`, () => {
    const [value, tangent] = jvp(f, [base, source], [w, v]);
    near(value, [3, 2, 30], 0);
    near(tangent, [3, 7, 13], 0);
    near(jvp((s: pf.Tensor) => f(pf.zeros(3, { dtype: "float64" }), s), source, v)[1], [3, 7, 0], 0);
    nearAll(vjp(f, [base, source], u)[1], [[0, 0, 4], [0, 1, 2]], 0); // prettier-ignore
  });
  test(`${name}: second derivatives`, () => {
    nearAll(hvp(squared(f, u), [base, source], [w, v])[1], [[0, 0, 104], [0, 6, 28]], 0); // prettier-ignore
  });
  for (const options of [{}, { vectorize: true }, { vectorize: true, strategy: "forward-mode" }])
    test(`${name}: jacobian ${JSON.stringify(options)}`, () => {
      const [byBase, bySource] = jacobian(f, [base, source], options);
      near(byBase, [[0, 0, 0], [0, 0, 0], [0, 0, 1]], 0); // prettier-ignore
      near(bySource, [[0, 1, 0], [0, 0, 1], [0, 0, 0]], 0); // prettier-ignore
    });
  test(`${name}: under vmap and compile`, () => {
    const pairs: [pf.Tensor, pf.Tensor] = [pf.stack([base, base.neg()]), pf.stack([source, source.mul(2)])];
    near(pf.func.vmap(f)(...pairs) as pf.Tensor, [[3, 2, 30], [6, 4, -30]], 0); // prettier-ignore
    const tangent = pf.compile((s: pf.Tensor, t: pf.Tensor) => jvp((x: pf.Tensor) => f(base, x), s, t)[1]);
    near(tangent(source, v) as pf.Tensor, [3, 7, 0], 0);
    near(tangent(source, w) as pf.Tensor, [12, 13, 0], 0);
  });
  test(`${name}: what is outdone or overwritten may be infinite or NaN`, () => {
    for (const odd of [Infinity, -Infinity, NaN]) {
      const [value, tangent] = jvp(f, [f64([odd, odd, 30]), f64([odd, 3, 2])], [f64([odd, odd, 1]), f64([odd, 3, 7])]);
      near(value, [3, 2, 30], 0);
      near(tangent, [3, 7, 1], 0);
    }
  });
}

test("-0 is written as -0", () => {
  for (const f of Object.values(writes)) assert.ok(Object.is(f(base, f64([0, -0, 1])).data()[0], -0));
});
test("a batch of indices: each has its own winners", () => {
  const f = (i: pf.Tensor, s: pf.Tensor) => base.scatter(0, i, s);
  const indices = i32([[0, 0, 1], [2, 1, 2]]); // prettier-ignore
  near(pf.func.vmap(f, { inDims: [0, null] })(indices, source) as pf.Tensor, [[3, 2, 30], [10, 3, 2]], 0); // prettier-ignore
  const slope = (i: pf.Tensor) => (pf.func.grad((s: any) => f(i, s).mul(u).sum()) as any)(source);
  near(pf.func.vmap(slope)(indices) as pf.Tensor, [[0, 1, 2], [0, 2, 4]], 0); // prettier-ignore
});
test("other dtypes, and indices of nothing", () => {
  near(i32([7, 8, 9]).scatter(0, at, i32([1, 2, 16777217])), i32([2, 16777217, 9]), 0);
  near(bool([false, true, true]).put(at, bool([true, true, false])), bool([true, false, true]));
  near(base.scatter(0, i32([]), f64([])), [10, 20, 30], 0);
  near(base.indexCopy(0, i32([]), f64([])), [10, 20, 30], 0);
  near(base.put(i32([]), f64([])), [10, 20, 30], 0);
  near(base.scatter(0, i32([]), 5), [10, 20, 30], 0);
  nearAll(vjp((x: pf.Tensor) => x.scatter(0, i32([]), 5).square(), base, u)[1], [20, 80, 240], 0);
  near(base.indexFill(0, i32([]), 5), [10, 20, 30], 0);
  near(base.scatter(0, i32([1, 1]), 5), [10, 5, 30], 0);
  near(base.indexFill(0, i32([-1, 2]), 5), [10, 20, 5], 0);
  near(f64(1).scatter(0, i32([0]), f64([2])), 2, 0);
});
test("many writers to few places, along each dim, as a loop writes them", () => {
  const [rows, columns, places] = [2000, 3, 70];
  const index = Int32Array.from({ length: rows * columns }, (_, i) => (i * 7919 + (i % 13) * i) % places);
  const values = pf.arange(rows * columns, { dtype: "float64" }).reshape(rows, columns);
  const expected = Array.from({ length: places }, () => Array<number>(columns).fill(-5));
  for (let i = 0; i < index.length; i++) expected[index[i]][i % columns] = i;
  const target = pf.full([places, columns], -5, { dtype: "float64" });
  const indices = pf.tensor(index, { shape: [rows, columns] });
  near(target.scatter(0, indices, values), expected, 0);
  near(target.t().scatter(1, indices.t(), values.t()).t(), expected, 0);
});
for (const [name, bad] of [
  ["scatter", 3],
  ["put", 3],
  ["indexCopy", 3],
  ["indexFill", 3],
  ["indexPut", 3],
  ["scatter", -1],
  ["indexCopy", -1],
] as const)
  // prettier-ignore
  test(`${name}: an index of ${bad} is out of range, known at once and later`, () => {
    const call = (index: pf.Tensor) => {
      const x: any = base;
      if (name === "scatter") return x.scatter(0, index, f64([1, 2]));
      if (name === "put") return x.put(index, f64([1, 2]));
      if (name === "indexFill") return x.indexFill(0, index, 1);
      return name === "indexPut" ? x.indexPut([index], f64([1, 2])) : x.indexCopy(0, index, f64([1, 2]));
    };
    assert.throws(() => call(i32([0, bad])).data(), /index -?\d+ is out of bounds/);
    assert.throws(() => call(i32([0, bad]).add(i32([0, 0]))).data(), /index -?\d+ is out of bounds/);
  });

test.run();
