// Order statistics: values, ties, NaN, derivatives.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { within } from "../core/exhaustion";
import { bool, checkDerivatives, f64, i32, near, nearAll, values } from "./support";

const m = f64([[3, 1, 2], [9, 7, 8]]); // prettier-ignore
const ties = f64([2, 1, 2, 1, 0]);
const odd = f64([NaN, 1, -Infinity, 3, NaN, Infinity, 2]);
const rows: [name: string, actual: () => any, expected: any][] = [
  ["sort", () => m.sort(), [[[1, 2, 3], [7, 8, 9]], i32([[1, 2, 0], [1, 2, 0]])]],
  ["sort along dim 0, descending", () => m.sort(0, true), [[[9, 7, 8], [3, 1, 2]], i32([[1, 1, 1], [0, 0, 0]])]],
  ["sort by keywords", () => m.sort({ dim: 0, descending: true, stable: true })[1], i32([[1, 1, 1], [0, 0, 0]])],
  ["sort of ties", () => ties.sort(), [[0, 1, 1, 2, 2], i32([4, 1, 3, 0, 2])]],
  ["sort of ties, descending", () => ties.sort(0, true), [[2, 2, 1, 1, 0], i32([0, 2, 1, 3, 4])]],
  ["sort with NaN last", () => odd.sort(), [[-Infinity, 1, 2, 3, Infinity, NaN, NaN], i32([2, 1, 6, 3, 5, 0, 4])]],
  ["sort with NaN first", () => odd.sort(0, true)[1], i32([0, 4, 5, 3, 6, 1, 2])],
  ["sort of zeros of either sign keeps their order", () => f64([0, -0, 0, -1]).sort()[1], i32([3, 0, 1, 2])],
  ["sort of integers", () => i32([5, -3, 2147483647, -2147483648]).sort(), [i32([-2147483648, -3, 5, 2147483647]), i32([3, 1, 0, 2])]],
  ["sort of bools", () => bool([true, false, true]).sort(), [[false, true, true], i32([1, 0, 2])]],
  ["sort of a number", () => f64(4).sort(), [4, i32(0)]],
  ["sort of numbers under vmap", () => pf.func.vmap((y: pf.Tensor) => y.sort() as any)(f64([3, 1])), [[3, 1], i32([0, 0])]],
  ["topk of numbers under vmap, twice", () => pf.func.vmap(pf.func.vmap((y: pf.Tensor) => y.topk(1)[0]))(m) as any, [[3, 1, 2], [9, 7, 8]]],
  ["msort of numbers under vmap", () => pf.func.vmap((y: pf.Tensor) => y.msort())(f64([3, 1])), [3, 1]],
  ["positions alone, of a sort that is mapped", () => pf.func.vmap((y: pf.Tensor) => y.sort(0, true)[1])(m), i32([[0, 2, 1], [0, 2, 1]])],
  ["sort of nothing", () => f64([]).sort(), [[], i32([])]],
  ["argsort", () => m.argsort(), i32([[1, 2, 0], [1, 2, 0]])],
  ["argsort of a transposed view", () => m.t().argsort(0, true), i32([[0, 0], [2, 2], [1, 1]])],
  ["argsort of an expanded view", () => f64([[1], [0]]).expand(2, 3).argsort(1, true), i32([[0, 1, 2], [0, 1, 2]])],
  ["msort", () => m.flip(0).msort(), [[3, 1, 2], [9, 7, 8]]],
  ["topk", () => m.topk(2), [[[3, 2], [9, 8]], i32([[0, 2], [0, 2]])]],
  ["topk of the smallest along dim 0", () => m.topk(1, 0, false), [[[3, 1, 2]], i32([[0, 0, 0]])]],
  ["topk counts NaN as the largest", () => odd.topk(3), [[NaN, NaN, Infinity], i32([0, 4, 5])]],
  ["topk of none", () => m.topk(0)[0].shape.map((n: number) => f64(n)), [2, 0]],
  ["topk of a number", () => f64(4).topk(1), [4, i32(0)]],
  ["kthvalue", () => m.kthvalue(2), [[2, 8], i32([2, 2])]],
  ["kthvalue along dim 0, kept", () => m.kthvalue(1, 0, true), [[[3, 1, 2]], i32([[0, 0, 0]])]],
  ["median is the lower one", () => f64([4, 1, 3, 2]).median(), 2],
  ["median of all", () => m.median(), 3],
  ["median along a dim", () => m.median(1), [[2, 8], i32([2, 2])]],
  ["median along a dim, kept", () => m.median({ dim: 0, keepdim: true }), [[[3, 1, 2]], i32([[0, 0, 0]])]],
  ["median with NaN is the first NaN", () => f64([[1, NaN, 0, NaN], [4, 3, 2, 1]]).median(1), [[NaN, 2], i32([1, 2])]],
  ["median of all with NaN", () => odd.median(), NaN],
  ["median of infinities", () => f64([Infinity, Infinity, 1]).median(), Infinity],
  ["median of integers", () => i32([5, 3, 4, 1]).median(), i32(3)],
  ["median of nothing", () => f64([]).median(), NaN],
  ["nanmedian of all", () => odd.nanmedian(), 2],
  ["nanmedian along a dim", () => f64([[1, NaN, 0, NaN], [4, 3, 2, 1]]).nanmedian(1), [[0, 2], i32([2, 2])]],
  ["nanmedian of NaN alone", () => f64([NaN, NaN]).nanmedian(0), [NaN, i32(0)]],
  ["quantile", () => f64([1, 2, 4]).quantile(0.75), 3],
  ["quantile of several", () => m.quantile(f64([0, 0.25, 1]), 1), [[1, 7], [1.5, 7.5], [3, 9]]],
  ["quantile, kept", () => m.quantile(f64([0, 1]), { dim: 1, keepdim: true }), [[[1], [7]], [[3], [9]]]],
  ["quantile of all, kept", () => m.quantile(0.5, { keepdim: true }), [[5]]],
  ["quantile along dim 0", () => m.quantile(0.5, 0), [6, 4, 5]],
  ["quantile, lower", () => m.quantile(0.3, 1, { interpolation: "lower" }), [1, 7]],
  ["quantile, higher", () => m.quantile(0.3, 1, { interpolation: "higher" }), [2, 8]],
  ["quantile, midpoint", () => m.quantile(0.3, 1, { interpolation: "midpoint" }), [1.5, 7.5]],
  ["quantile, nearest", () => m.quantile(0.3, 1, { interpolation: "nearest" }), [2, 8]],
  ["quantile with NaN", () => f64([[1, NaN], [2, 4]]).quantile(0.5, 1), [NaN, 3]],
  ["nanquantile", () => f64([[1, NaN], [2, 4], [NaN, NaN]]).nanquantile(0.5, 1), [1, 3, NaN]],
  ["nanquantile of several", () => odd.slice(0, 0, 5).nanquantile(f64([0.5, 1])), [1, 3]],
  ["searchsorted", () => pf.searchsorted(f64([1, 3, 3, 5]), f64([[0, 1, 3], [4, 5, 6]])), i32([[0, 0, 1], [3, 3, 4]])],
  ["searchsorted from the right", () => pf.searchsorted(f64([1, 3, 3, 5]), f64([0, 1, 3, 4, 5, 6]), { right: true }), i32([0, 1, 3, 3, 4, 4])],
  ["searchsorted, side", () => pf.searchsorted(f64([1, 3, 3, 5]), 3, { side: "right" }), i32(3)],
  ["searchsorted by rows", () => pf.searchsorted(f64([[1, 2, 3], [4, 5, 6]]), f64([[2.5], [2.5]])), i32([[2], [0]])],
  ["searchsorted with a sorter", () => pf.searchsorted(f64([5, 1, 3]), f64([4]), { sorter: i32([1, 2, 0]) }), i32([2])],
  ["searchsorted in nothing", () => pf.searchsorted(f64([]), f64([1, 2])), i32([0, 0])],
  ["searchsorted of NaN", () => pf.searchsorted(f64([1, 2, 3]), f64([NaN])), i32([3])],
  ["bucketize", () => pf.bucketize(i32([1, 2, 3, 9]), i32([1, 3, 5])), i32([0, 1, 1, 3])],
  ["bucketize from the right", () => pf.bucketize(i32([1, 2, 3, 9]), i32([1, 3, 5]), { right: true }), i32([1, 1, 2, 3])],
]; // prettier-ignore
for (const [name, actual, expected] of rows) test(name, () => nearAll(actual(), expected));

test("indices are int32", () => {
  for (const t of [m.sort()[1], m.argsort(), m.topk(1)[1], m.kthvalue(1)[1], m.median(0)[1], pf.bucketize(m, f64([1]))])
    assert.is(t.dtype, "int32");
});

const x = f64([[0.3, -1.2, 2.5], [1.5, 0.4, -0.7]]); // prettier-ignore
const sizes = f64(values(40, 3)).reshape(4, 5, 2);
const derivatives: [name: string, f: (...inputs: any[]) => any, inputs: pf.Tensor[]][] = [
  ["sort", (a) => a.sort(1, true)[0].pow(3), [x]],
  ["sort of three dims along the middle one", (a) => a.sort(1)[0].sin(), [sizes]],
  ["msort", (a) => a.msort().pow(3), [x]],
  ["topk", (a) => a.topk(2)[0].exp(), [x]],
  ["kthvalue", (a) => a.kthvalue(2, 0)[0].exp(), [x]],
  ["median along a dim", (a) => a.median(1)[0].pow(2), [x]],
  ["median of all", (a) => a.median().pow(3), [x]],
  ["nanmedian", (a) => a.nanmedian(0)[0].exp(), [x]],
  ["quantile", (a) => a.quantile(f64([0.2, 0.9]), 1).pow(3), [x]],
  ["quantile by q", (a, q) => a.quantile(q, 1).pow(2), [x, f64([0.2, 0.9])]],
  ["nanquantile", (a) => a.nanquantile(0.3).pow(3), [x]],
];
for (const [name, f, inputs] of derivatives) {
  test(`${name}: derivatives as differences have them`, () => checkDerivatives(f, inputs));
  test(`${name}: gradcheck and gradgradcheck`, () => {
    const leaves = inputs.map((t) => pf.tensor(t.toArray(), { dtype: "float64", requiresGrad: true }));
    assert.ok(pf.autograd.gradcheck(f, leaves));
    assert.ok(pf.autograd.gradgradcheck(f, leaves));
  });
}

const gradients: [name: string, f: (x: pf.Tensor) => pf.Tensor, x: number[], expected: number[]][] = [
  ["sort is the permutation back", (a) => a.sort()[0].mul(f64([1, 2, 3])), [5, 4, 6], [2, 1, 3]],
  ["topk", (a) => a.topk(2)[0], [1, 3, 2], [0, 1, 1]],
  ["median of all is shared by equal elements", (a) => a.median(), [2, 1, 2, 3], [0.5, 0, 0.5, 0]],
  ["median of all, NaN", (a) => a.median(), [NaN, 1, NaN, 3], [0.5, 0, 0.5, 0]],
  ["nanmedian of all is shared", (a) => a.nanmedian(), [NaN, 2, 2, 2], [0, 1 / 3, 1 / 3, 1 / 3]],
  ["median of all, infinite", (a) => a.median(), [1, Infinity, Infinity], [0, 0.5, 0.5]],
  ["nanmedian of all, infinite", (a) => a.nanmedian(), [-Infinity, NaN, -Infinity, 2], [0.5, 0, 0.5, 0]],
  ["median along a dim goes to one element", (a) => a.median(0)[0], [2, 2, 2], [0, 1, 0]],
  ["kthvalue of ties", (a) => a.kthvalue(1, 0)[0], [2, 2, 3], [1, 0, 0]],
  ["quantile between two", (a) => a.quantile(0.25), [4, 1, 3], [0, 0.5, 0.5]],
  ["quantile, lower", (a) => a.quantile(0.25, { interpolation: "lower" }), [4, 1, 3], [0, 1, 0]],
];
for (const [name, f, at, expected] of gradients)
  test(`gradient of ${name}`, () => nearAll(pf.functional.vjp((a: pf.Tensor) => f(a).sum(), f64(at))[1], expected));

const mapped: [name: string, f: (row: any) => any][] = [
  ["sort", (row) => row.sort(0, true)],
  ["topk of a transposed matrix", (row) => row.reshape(5, 2).t().topk(2, 1)],
  ["median of all", (row) => row.median()],
  ["quantile", (row) => row.quantile(f64([0.3, 0.5]))],
  ["searchsorted", (row) => pf.searchsorted(row.sort()[0], f64([0, 0.5]))],
  ["gradient of a sort", (row) => pf.func.grad((r: pf.Tensor) => r.sort()[0].mul(f64(values(10, 5))).pow(2).sum())(row)],
]; // prettier-ignore
const batch = f64(values(40, 9)).reshape(4, 10);
for (const [name, f] of mapped)
  test(`vmap of ${name} is each row's`, () => {
    const together = [pf.func.vmap(f)(batch)].flat() as pf.Tensor[];
    for (let i = 0; i < 4; i++) {
      const alone = [f(batch.select(0, i))].flat() as pf.Tensor[];
      alone.forEach((expected, k) => near(together[k]!.select(0, i), expected));
    }
  });

test("a compiled sort sorts other values, of every dtype", () => {
  for (const dtype of ["float32", "float64", "int32"] as const) {
    const sorted = pf.compile((a: pf.Tensor) => a.sort(0)[0]);
    for (let seed = 1; seed < 4; seed++) {
      const data = values(300, seed).map((v) => Math.round(v * 100));
      const result = sorted(pf.tensor(data, { dtype }));
      const expected = data.sort((a, b) => a - b);
      near(result, pf.tensor(expected, { dtype }));
    }
  }
});

const errors: [name: string, f: () => unknown, error: any, message: RegExp][] = [
  ["a dim out of range", () => m.sort(2), pf.ShapeError, /^sort: Dimension out of range \(expected to be in range of \[-2, 1\], but got 2\)/],
  ["topk of too many", () => m.topk(4), pf.ArgumentError, /^topk: selected index k out of range/],
  ["kthvalue 0", () => m.kthvalue(0), pf.ArgumentError, /^kthvalue: selected number k out of range for dimension -1/],
  ["median of no elements along a dim", () => f64([[], []]).median(1), pf.ShapeError, /^median: expected reduction dim 1 to have non-zero size/],
  ["quantile of integers", () => i32([1, 2]).quantile(0.5), pf.DTypeError, /^quantile: expected float32 or float64 but got int32/],
  ["median of no integers", () => pf.zeros([0], { dtype: "int32" }).median(), pf.ShapeError, /^median: expected an input that isn't empty: NaN, .* is no int32/],
  ["nanmedian of no bools", () => pf.zeros([0], { dtype: "bool" }).nanmedian(), pf.ShapeError, /^nanmedian: .* is no bool; use .float\(\)/],
  ["quantile of nothing", () => f64([]).quantile(0.5), pf.ShapeError, /^quantile: expected an input that isn't empty/],
  ["q beyond 1", () => m.quantile(1.5), pf.ArgumentError, /^quantile: q should be in the range \[0, 1\] but got 1.5/],
  ["q below 0, as a tensor", () => m.nanquantile(f64([0.5, -1])), pf.ArgumentError, /^nanquantile: q should be in the range \[0, 1\] but got -1/],
  ["q beyond 1, computed later", () => m.quantile(f64([0.75]).mul(2)).data(), pf.ArgumentError, /expected probabilities between 0 and 1 but one is 1\.5/],
  ["q of another dtype", () => m.quantile(pf.tensor([0.5])), pf.DTypeError, /^quantile: q should be float64 as the input but is float32/],
  ["q as a matrix", () => m.quantile(f64([[0.5]])), pf.ShapeError, /^quantile: q should be a number or a vector/],
  ["an unknown interpolation", () => m.quantile(0.5, { interpolation: "cubic" as any }), pf.ArgumentError, /^quantile: interpolation should be "linear"/],
  ["searchsorted of another dtype", () => pf.searchsorted(m, i32([[1], [2]])), pf.DTypeError, /^searchsorted: sequence and values should have one dtype/],
  ["searchsorted of other rows", () => pf.searchsorted(m, f64([[1]])), pf.ShapeError, /^searchsorted: sequence \[2, 3\] should be a vector, or agree/],
  ["searchsorted left and right", () => pf.searchsorted(m, m, { side: "left", right: true }), pf.ArgumentError, /^searchsorted: side "left" and right true/],
  ["bucketize by a matrix", () => pf.bucketize(m, m), pf.ShapeError, /^bucketize: boundaries should be a vector/],
]; // prettier-ignore
for (const [name, f, error, message] of errors)
  test(`refused: ${name}`, () =>
    assert.throws(f, (e: Error) => {
      assert.instance(e, error);
      assert.match(e.message, message);
      return true;
    }));

// Both results of a sort lie in one buffer: each is whole without the other, in either order.
const layouts: [name: string, make: () => pf.Tensor][] = [
  ["bools", () => bool([true, false, true, false, false])],
  ["integers", () => i32([5, -3, 5, 0])],
  ["float64, transposed", () => f64([[3, 1, 2], [0, -1, NaN]]).t()],
  ["an expanded view", () => f64([[1], [0]]).expand(2, 3)],
  ["a number", () => f64(4)],
  ["nothing", () => f64([[], []])],
]; // prettier-ignore
const alone: [name: string, f: (values: pf.Tensor, positions: pf.Tensor) => [number, pf.Tensor]][] = [
  ["values, positions disposed before", (v, p) => (p.dispose(), [0, v])],
  ["positions, values disposed before", (v, p) => (v.dispose(), [1, p])],
  ["values, positions disposed when they were read", (v, p) => (p.data(), p.dispose(), [0, v])],
  ["positions, values disposed when they were read", (v, p) => (v.data(), v.dispose(), [1, p])],
];
for (const [layout, make] of layouts)
  for (const [name, f] of alone)
    test(`sort of ${layout}: ${name}`, () => {
      const expected = make()
        .sort(-1, true)
        .map((t) => t.toArray());
      const before = pf.backend.memoryBytes;
      pf.tidy(() => {
        const [which, left] = f(...(make().sort(-1, true) as unknown as [pf.Tensor, pf.Tensor]));
        assert.equal(left.toArray(), expected[which]);
      });
      assert.is(pf.backend.memoryBytes, before);
    });

test("positions are read before values of a sort that can be differentiated", () => {
  const x = f64([3, 1, 2]).requiresGrad_();
  const [sorted, at] = x.sort();
  assert.equal(at.toArray(), [1, 2, 0]);
  assert.equal(sorted.toArray(), [1, 2, 3]);
  sorted
    .mul(f64([1, 10, 100]))
    .sum()
    .backward();
  assert.equal(x.grad!.toArray(), [100, 1, 10]);
});

test("out of memory for its workspace, a sort says so and works afterwards", () => {
  const [x, room] = [pf.tensor(new Float32Array(values(100_000, 1))), 2 ** 20];
  // The order takes 400 kB, the workspace four times as much.
  assert.instance(
    within(room, () => x.argsort().data()),
    pf.OutOfMemoryError,
  );
  assert.is(x.sort()[0].data()[0], Math.min(...x.data().slice(0)));
});

test.run();
