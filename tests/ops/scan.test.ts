// Scans: dtypes, layouts, derivatives at zeros, ties and infinities, errors of long ones. Values beside PyTorch's are in options.rows.py.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { bool, checkDerivatives, f32, f64, i32, near, nearAll, type Refusal, testRefusal, values } from "./support";

const m = f64([[3, 1, 2], [9, 7, 8]]); // prettier-ignore
const rows: [name: string, actual: () => any, expected: any][] = [
  ["cumsum by a method", () => m.cumsum(1), [[3, 4, 6], [9, 16, 24]]],
  ["cumsum by keywords", () => pf.cumsum(m, { dim: 0 }), [[3, 1, 2], [12, 8, 10]]],
  ["cumsum of integers wraps around", () => i32([2 ** 31 - 1, 1, 5]).cumsum(0), i32([2 ** 31 - 1, -(2 ** 31), -(2 ** 31) + 5])],
  ["cumsum of bools", () => bool([[true, true], [false, true]]).cumsum(0), i32([[1, 1], [1, 2]])],
  ["cumsum of float32", () => f32([1e8, 1, -1e8]).cumsum(0), f32([1e8, 1e8, 1])],
  ["cumsum with a dtype", () => i32([2 ** 31 - 1, 1]).cumsum(0, { dtype: "float64" }), [2147483647, 2147483648]],
  ["cumsum of a number", () => f64(3).cumsum(-1), 3],
  ["cumsum of a transposed view", () => m.t().cumsum(1), [[3, 12], [1, 8], [2, 10]]],
  ["cumsum of an expanded view", () => f64([[1], [2]]).expand(2, 3).cumsum(1), [[1, 2, 3], [2, 4, 6]]],
  ["cumsum of a flipped view", () => f64([1, 2, 3]).flip(0).cumsum(0), [3, 5, 6]],
  ["cumsum of nothing", () => pf.zeros([2, 0], { dtype: "float64" }).cumsum(1).shape.map((n) => f64(n)), [2, 0]],
  ["cumprod", () => m.cumprod(1), [[3, 3, 6], [9, 63, 504]]],
  ["cumprod of integers wraps around", () => i32([65536, 65536, 3]).cumprod(0), i32([65536, 0, 0])],
  ["cumprod of bools", () => bool([true, true, false]).cumprod(0), i32([1, 1, 0])],
  ["cumprod keeps the sign of zeros", () => f64([-1, 0, 2, -1]).cumprod(0).reciprocal(), [-1, -Infinity, -Infinity, Infinity]],
  ["cumprod of float32 comes back from beyond float32", () => f32([1e30, 1e30, 1e-30]).cumprod(0), f32([1e30, Infinity, 1e30])],
  ["cummax, names", () => [f64([1, 3, 3, 2]).cummax(0).values, f64([1, 3, 3, 2]).cummax(0).indices], [[1, 3, 3, 3], i32([0, 1, 2, 2])]],
  ["cummin of integers", () => i32([2 ** 31 - 1, -(2 ** 31), 5]).cummin(0), [i32([2 ** 31 - 1, -(2 ** 31), -(2 ** 31)]), i32([0, 1, 1])]],
  ["cummax of bools", () => bool([false, true, false]).cummax(0), [[false, true, true], i32([0, 1, 1])]],
  ["cummax of a number", () => f64(4).cummax(0), [4, i32(0)]],
  ["cummax of zeros of either sign", () => f64([-0, 0, -0]).cummax(0)[1], i32([0, 1, 2])],
  ["cummin with NaN", () => f64([2, NaN, 1, NaN, 0]).cummin(0), [[2, NaN, NaN, NaN, NaN], i32([0, 1, 1, 3, 3])]],
  ["logcumsumexp of integers", () => i32([0, 0]).logcumsumexp(0), f32([0, Math.log(2)])],
  ["logcumsumexp from −∞ on", () => f64([-Infinity, -Infinity, 0, -Infinity]).logcumsumexp(0), [-Infinity, -Infinity, 0, 0]],
  ["cumulativeTrapezoid", () => pf.cumulativeTrapezoid(f64([1, 2, 4])), [1.5, 4.5]],
  ["cumulativeTrapezoid at points", () => pf.cumulativeTrapezoid(f64([1, 2, 4]), f64([0, 2, 3])), [3, 6]],
  ["cumulativeTrapezoid of a sample", () => pf.cumulativeTrapezoid(f64([1])).shape.map((n) => f64(n)), [0]],
  ["cumulativeTrapezoid of nothing", () => pf.cumulativeTrapezoid(f64([])).shape.map((n) => f64(n)), [0]],
]; // prettier-ignore
for (const [name, actual, expected] of rows) test(name, () => nearAll(actual(), expected, 1e-7));

const x = f64([[0.3, -1.2, 2.5], [1.5, 0.4, -0.7]]); // prettier-ignore
const deep = f64(values(40, 3)).reshape(4, 5, 2);
const derivatives: [name: string, f: (...inputs: any[]) => any, inputs: pf.Tensor[]][] = [
  ["cumsum along the middle one of three dims", (a) => a.cumsum(1).pow(3), [deep]],
  ["cumprod along the middle one of three dims", (a) => a.cumprod(1).sin(), [deep]],
  ["cumprod of a transposed view", (a) => a.t().cumprod(0).exp(), [x]],
  ["logcumsumexp along the middle one of three dims", (a) => a.mul(3).logcumsumexp(1).pow(2), [deep]],
  ["cummax", (a) => a.cummax(1)[0].pow(3), [deep]],
  ["cummin", (a) => a.cummin(0)[0].pow(3), [x]],
  ["cumulativeTrapezoid", (y, at) => pf.cumulativeTrapezoid(y, at).pow(2), [x, f64([0.1, 0.5, 1.2])]],
];
for (const [name, f, inputs] of derivatives) {
  test(`${name}: derivatives as differences have them`, () => checkDerivatives(f, inputs));
  test(`${name}: gradcheck and gradgradcheck`, () => {
    const leaves = inputs.map((t) => pf.tensor(t.toArray(), { dtype: "float64", requiresGrad: true }));
    assert.ok(pf.autograd.gradcheck(f, leaves));
    assert.ok(pf.autograd.gradgradcheck(f, leaves));
  });
}

/** The products that a derivative of y_n of cumprod by x at each of `places` leaves: all others up to n, 0 where a place comes twice. */
function mixed(data: readonly number[], n: number, places: readonly number[]): number {
  if (new Set(places).size < places.length || places.some((at) => at > n)) return 0;
  return data.slice(0, n + 1).reduce((all, value, i) => (places.includes(i) ? all : all * value), 1);
}
for (const data of [[2, 0, 3, -1], [0, 2, 0, 3], [0, 0, 0, 1], [1.5, 2, 3, 0]])
  test(`three derivatives of cumprod of ${data} are the products of the others`, () => {
    const last = (a: pf.Tensor) => a.cumprod(0).select(0, 3);
    const gradient = pf.func.grad(last);
    const [first, second, third] = [gradient, pf.func.jacrev(gradient), pf.func.jacfwd(pf.func.jacrev(gradient))].map((f) => f(f64(data)) as pf.Tensor); // prettier-ignore
    const at = [0, 1, 2, 3];
    near(first, at.map((i) => mixed(data, 3, [i])));
    near(second, at.map((i) => at.map((j) => mixed(data, 3, [i, j]))));
    near(third, at.map((i) => at.map((j) => at.map((k) => mixed(data, 3, [i, j, k])))));
  }); // prettier-ignore
test("the derivatives of a long product with zeros take linear time and memory", () => {
  const n = 100_000;
  const data = Float64Array.from({ length: n }, (_, i) => (i % 40000 === 20000 ? 0 : 1 + Math.sin(i) / 1000));
  const [, gradient] = pf.functional.vjp((a: pf.Tensor) => a.cumprod(0).sum(), pf.tensor(data));
  const got = (gradient as pf.Tensor).data();
  // By the first zero: all that comes behind it up to the second.
  let [before, sum, running] = [1, 0, 1];
  for (let i = 0; i < 20000; i++) before *= data[i];
  for (let i = 20000; i < 60000; i++) sum += i === 20000 ? 1 : (running *= data[i]);
  assert.ok(Math.abs(got[20000] / (before * sum) - 1) < 1e-12);
  assert.is(got[20001], 0);
});

const gradients: [name: string, f: (x: pf.Tensor) => pf.Tensor, x: number[], expected: number[]][] = [
  ["cumsum", (a) => a.cumsum(0), [1, 2, 3], [3, 2, 1]],
  ["cummax goes to the last of equal ones", (a) => a.cummax(0)[0], [2, 1, 2, 0], [2, 0, 2, 0]],
  ["cummin with a NaN", (a) => a.cummin(0)[0], [1, NaN, 0], [1, 2, 0]],
  ["logcumsumexp, whose elements before are −∞", (a) => a.logcumsumexp(0), [-Infinity, 0, -Infinity, 0], [0, 2.5, 0, 0.5]],
  ["logcumsumexp of −∞ alone", (a) => a.logcumsumexp(0), [-Infinity, -Infinity], [0, 0]],
  ["logcumsumexp far apart", (a) => a.logcumsumexp(0), [1000, -1000, 1000], [2.5, 0, 0.5]],
]; // prettier-ignore
for (const [name, f, at, expected] of gradients)
  test(`gradient of ${name}`, () => nearAll(pf.functional.vjp((a: pf.Tensor) => f(a).sum(), f64(at))[1], expected));

const mapped: [name: string, f: (row: any) => any][] = [
  ["cumsum", (row) => row.cumsum(0)],
  ["cumprod of a transposed matrix", (row) => row.reshape(5, 2).t().cumprod(1)],
  ["cummax", (row) => row.reshape(5, 2).cummax(0)],
  ["logcumsumexp", (row) => row.mul(9).logcumsumexp(0)],
  ["the gradient of cumprod", (row) => pf.func.grad((r: pf.Tensor) => r.cumprod(0).mul(f64(values(10, 5))).pow(2).sum())(row)],
  ["the Hessian of logcumsumexp", (row) => pf.func.hessian((r: pf.Tensor) => r.logcumsumexp(0).sum())(row)],
]; // prettier-ignore
const batch = f64(values(40, 9)).reshape(4, 10);
for (const [name, f] of mapped) {
  const alone = (): pf.Tensor[][] => [0, 1, 2, 3].map((i) => [f(batch.select(0, i))].flat() as pf.Tensor[]);
  test(`vmap of ${name} is each row's`, () => {
    const together = [pf.func.vmap(f)(batch)].flat() as pf.Tensor[];
    alone().forEach((row, i) => row.forEach((expected, k) => near(together[k]!.select(0, i), expected)));
  });
  test(`compiled, ${name} is what it is`, () => {
    const compiled = pf.compile(f);
    alone().forEach((row, i) => nearAll([compiled(batch.select(0, i))].flat(), row));
  });
}

test("ten million float32 are summed with small errors", () => {
  const n = 10_000_000;
  const data = new Float32Array(n);
  for (let i = 0, seed = 1; i < n; i++) data[i] = (seed = (Math.imul(seed, 1664525) + 1013904223) | 0) / 2 ** 31;
  const sums = pf.tidy(() => pf.tensor(data).cumsum(0).data());
  let [sum, magnitude, worst] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    sum += data[i];
    magnitude += Math.abs(data[i]);
    worst = Math.max(worst, Math.abs(sums[i] - sum) / magnitude);
  }
  assert.ok(worst < 1.2e-7, `${worst}`);
});

test("equal scans run once", () => {
  const { summary } = pf.inspect((a: pf.Tensor) => pf.functional.vjp((y: pf.Tensor) => y.cumprod(0), a, pf.onesLike(a)), batch);
  assert.is(summary.kernels, 3, "the products, the recurrence, and what multiplies them");
}); // prettier-ignore

const refusals: Refusal[] = [
  ["ShapeError", () => m.cumsum(2), "cumsum: Dimension out of range (expected to be in range of [-2, 1], but got 2)."],
  ["ShapeError", () => f64(1).cummax(1), "cummax: Dimension out of range (expected to be in range of [-1, 0], but got 1)."],
  ["ArgumentError", () => (m as any).cumprod(), "cumprod: missing argument: dim."],
  ["ShapeError", () => pf.cumulativeTrapezoid(f64(1)), "cumulativeTrapezoid: expected y of at least 1 dim."],
  ["DTypeError", () => pf.cumulativeTrapezoid(bool([true])), "cumulativeTrapezoid: y should not be bool; cast it by .float()."],
  ["DTypeError", () => pf.trapezoid(bool([true])), "trapezoid: y should not be bool; cast it by .float()."],
]; // prettier-ignore
for (const refusal of refusals) testRefusal(test, refusal);

test("logcumsumexp: the weights of a place sum to 1 however large the elements are", () => {
  const x = f64([0.5, -1, 2, 0, -3, 1]);
  const grad = (at: pf.Tensor): number[] => [
    ...pf.func
      .grad((y: pf.Tensor) => y.logcumsumexp(0).sum())(at)
      .data(),
  ];
  const expected = grad(x);
  // Sums of these and 2²⁰ are exact, and what the results lose counts by the product of the two weights.
  grad(x.add(2 ** 20)).forEach((y, i) =>
    assert.ok(Math.abs(y - expected[i]) < 1.2e-10, `${y}, expected ${expected[i]}`),
  );
  assert.ok(Math.abs(grad(x.add(2 ** 20)).reduce((a, b) => a + b) - 6) < 4e-15);
});

test.run();
