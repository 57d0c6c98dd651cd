// Reductions and norms: values, dims, dtypes, derivatives.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { checkDerivatives, f64, i32, nearAll } from "./support";

const m = f64([[1, 2, 3], [4, 6, 11]]); // prettier-ignore
const nan = f64([1, NaN, 3]);
const rows: [name: string, actual: () => any, expected: any][] = [
  ["sum of all", () => m.sum(), 27],
  ["sum over an empty list of dims is of all", () => m.sum([]), 27],
  ["sum over a dim", () => m.sum(1), [6, 21]],
  ["sum over two dims, kept", () => m.sum([0, -1], true), [[27]]],
  ["sum of bools counts", () => m.gt(2).sum(), i32(4)],
  ["sum of nothing", () => f64([]).sum(), 0],
  ["nansum", () => nan.nansum(), 4],
  ["mean", () => m.mean(), 4.5],
  ["mean of integers in a dtype", () => i32([1, 2]).mean({ dtype: "float64" }), 1.5],
  ["mean of nothing", () => f64([]).mean(), NaN],
  ["mean of a number over dim −1", () => f64(3).mean(-1), 3],
  ["nanmean", () => nan.nanmean(), 2],
  ["prod along a dim", () => m.prod(1, true), [[6], [264]]],
  ["prod of nothing", () => f64([]).prod(), 1],
  ["var", () => m.var(1), [1, 13]],
  ["var, biased", () => m.var(1, false), [2 / 3, 26 / 3]],
  ["var of all, biased", () => m.var(false), 65.5 / 6],
  ["var with correction", () => m.var({ dim: 0, correction: 0, keepdim: true }), [[2.25, 4, 16]]],
  ["var of one element", () => f64([2]).var(), NaN],
  ["std", () => m.std(1), [1, Math.sqrt(13)]],
  ["varMean", () => pf.varMean(m, 1), [[1, 13], [2, 7]]],
  ["stdMean, kept", () => pf.stdMean(m, 1, true, true), [[[1], [Math.sqrt(13)]], [[2], [7]]]],
  ["amax over two dims", () => m.amax([0, 1]), 11],
  ["amin", () => m.amin(0), [1, 2, 3]],
  ["aminmax", () => m.aminmax({ dim: 1 }), [[1, 4], [3, 11]]],
  ["max of all", () => m.max(), 11],
  ["max along a dim", () => m.max(1), [[3, 11], i32([2, 2])]],
  ["max along a dim, kept", () => m.max(0, true), [[[4, 6, 11]], i32([[1, 1, 1]])]],
  ["max of a number", () => f64(2).max(0), [2, i32(0)]],
  ["max of two", () => m.max(f64(3)), [[3, 3, 3], [4, 6, 11]]],
  ["min along a dim", () => m.min({ dim: 1 }), [[1, 4], i32([0, 0])]],
  ["argmax", () => m.argmax(), i32(5)],
  ["argmax, first of equals", () => f64([1, 2, 2]).argmax(0), i32(1)],
  ["argmin, kept", () => m.argmin(1, true), i32([[0], [0]])],
  ["all", () => m.gt(1).all(1), [false, true]],
  ["any", () => m.gt(3).any(1), [false, true]],
  ["all of nothing", () => f64([]).all(), true],
  ["countNonzero", () => f64([[0, 1], [2, 0]]).countNonzero(), i32(2)],
  ["logsumexp", () => f64([1000, 1000]).logsumexp(0), 1000 + Math.LN2],
  ["logsumexp of −∞", () => f64([-Infinity, -Infinity]).logsumexp(0), -Infinity],
  ["logsumexp of ∞", () => f64([Infinity, 0]).logsumexp(0), Infinity],
  ["logsumexp of nothing", () => f64([]).logsumexp(0), -Infinity],
  ["norm", () => f64([[3, 4], [0, 0]]).norm(), 5],
  ["norm of order 3 over a dim", () => f64([[3, 4, 5]]).norm(3, 1), [6]],
  ["norm of order ∞", () => m.norm(Infinity, 1), [3, 11]],
  ["norm of order 0", () => f64([0, 2, 0]).norm(0), 1],
  ["norm of order −1 with a zero", () => f64([0, 2]).norm(-1), 0],
  ["dist", () => f64([1, 2]).dist(f64([4, 6])), 5],
  ["vectorNorm", () => pf.linalg.vectorNorm(m, 1, 0), [5, 8, 14]],
  ["matrixNorm, rows", () => pf.linalg.matrixNorm(m, Infinity), 21],
  ["matrixNorm, columns", () => pf.linalg.matrixNorm(m, 1), 14],
  ["matrixNorm, smallest column", () => pf.linalg.matrixNorm(m, -1, { keepdim: true }), [[5]]],
  ["linalg.norm with an order is the matrix's", () => pf.linalg.norm(m, 1), 14],
  ["linalg.norm without is the vector's", () => pf.linalg.norm(m), Math.sqrt(187)],
]; // prettier-ignore
for (const [name, actual, expected] of rows) test(name, () => nearAll(actual(), expected));

const x = f64([[0.3, -1.2, 2.5], [1.5, 0.4, -0.7]]); // prettier-ignore
const derivatives: [name: string, f: (...inputs: any[]) => any][] = [
  ["mean", (a) => a.mean(1)],
  ["prod", (a) => a.prod(1)],
  ["var", (a) => a.var(1)],
  ["std", (a) => a.std()],
  ["stdMean", (a) => pf.stdMean(a, 0)],
  ["logsumexp", (a) => a.logsumexp([0, 1])],
  ["norm of order 2", (a) => a.norm()],
  ["norm of order 3", (a) => a.norm(3, 1)],
  ["max along a dim", (a) => a.max(1)[0]],
  ["amin", (a) => a.amin(0)],
  ["matrixNorm", (a) => pf.linalg.matrixNorm(a, 1)],
];
for (const [name, f] of derivatives)
  test(`${name}: derivatives as differences have them`, () => checkDerivatives(f, [x]));

const gradients: [name: string, f: (x: pf.Tensor) => pf.Tensor, x: number[], expected: number[]][] = [
  ["norm at 0", (a) => a.norm(), [0, 0], [0, 0]],
  ["norm of order 3 beside a zero", (a) => a.norm(3), [0, 2], [0, 1]],
  ["norm of order 1 at 0", (a) => a.norm(1), [0, -2], [0, -1]],
  ["std of equal elements", (a) => a.std(), [2, 2], [0, 0]],
  ["amax shares ties", (a) => a.amax(), [2, 2, 1], [0.5, 0.5, 0]],
  ["max along a dim gives ties to the first", (a) => a.max(0)[0], [2, 2, 1], [1, 0, 0]],
  ["prod with a zero", (a) => a.prod(), [0, 2, 3], [6, 0, 0]],
  ["nansum", (a) => a.nansum(), [NaN, 1], [0, 1]],
];
for (const [name, f, at, expected] of gradients)
  test(`gradient of ${name}`, () => nearAll(pf.functional.vjp(f, f64(at))[1], expected));

test("sums of integers are int32, means of them an error", () => {
  assert.is(i32([1, 2]).sum().dtype, "int32");
  assert.is(m.gt(1).sum(0).dtype, "int32");
  assert.is(m.max(1)[1].dtype, "int32");
  assert.throws(() => i32([1, 2]).mean(), /^mean: expected float32 or float64 but got int32/);
});

test("logsumexp of nothing has no derivative", () => {
  const nothing = f64([[], []]);
  nearAll(pf.functional.jvp((x: pf.Tensor) => x.logsumexp(1), nothing, nothing)[1], [0, 0]);
});

test("prod: the gradient is the product of the others, of any number of them, with and without zeros", () => {
  pf.tidy(() => {
    for (let n = 1; n <= 18; n++)
      for (const zeros of [[], [0], [n >> 1, n - 1]]) {
        const x = Array.from({ length: n }, (_, i) => (zeros.includes(i) ? 0 : 1 + ((i * 7) % 5) / 4));
        const others = x.map((_, i) => x.reduce((all, each, j) => (i === j ? all : all * each), 1));
        const rows = (values: number[]): number[][] => values.map((each) => [each, 3 * each]);
        const { vjp } = pf.functional;
        nearAll(vjp((t: pf.Tensor) => t.prod(), f64(x))[1] as pf.Tensor, others);
        nearAll(vjp((t: pf.Tensor) => t.prod(0), f64(rows(x)), f64([1, 1]))[1] as pf.Tensor, others.map((each) => [each, 3 ** (n - 1) * each]), 1e-12); // prettier-ignore
      }
  });
});
test.run();
