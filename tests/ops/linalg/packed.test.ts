// Factors as LAPACK packs them, and what they are good for: reflectors of QR, and L·D·Lᵀ of symmetric matrices. Numbers are PyTorch's
// (more of them are in tests/conformance/by-name.samples.py); else products say how exact factors are, in every size around a block.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../../host/index";
import { checkDerivatives } from "../../primitives/support";
import { f64, i32, nearAll, testRefusal, type Refusal, values } from "../support";

const EPSILON = { float32: 2 ** -23, float64: 2 ** -52 } as const;
type Float = keyof typeof EPSILON;

const random = (shape: number[], dtype: Float = "float64", seed = 1): pf.Tensor =>
  f64(values(shape.reduce((a, b) => a * b, 1), seed)).reshape(shape).to(dtype); // prettier-ignore
const most = (x: pf.Tensor): number => (x.numel ? x.abs().max().item() : 0);
/** a is b but for `factor`·n·ε of the largest element. */
function close(a: pf.Tensor, b: pf.Tensor, factor: number, what: string): void {
  assert.equal([a.shape, a.dtype], [b.shape, b.dtype], what);
  const unit = Math.max(...a.shape.slice(-2), 1) * EPSILON[a.dtype as Float] * Math.max(most(b), 1e-300);
  assert.ok(most(a.double().sub(b.double())) <= factor * unit, `${what}: ${most(a.sub(b)) / unit}·n·ε`);
}

// -- reflectors

for (const dtype of ["float64", "float32"] as const)
  for (const [m, n] of [
    [1, 1],
    [3, 3],
    [5, 3],
    [3, 5],
    [4, 1],
    [1, 4],
    [0, 3],
    [3, 0],
    [33, 33],
    [60, 50],
    [20, 70],
    [130, 40],
    [150, 140],
    [70, 90],
    [200, 65],
  ])
    // prettier-ignore
    test(`${dtype} [2, ${m}, ${n}]: geqrf and ormqr, as QR has them`, () => {
      const a = random([2, m, n], dtype);
      const [packed, tau] = pf.geqrf(a);
      const [q, r] = pf.linalg.qr(a, "complete");
      assert.equal([packed.shape, tau.shape, tau.dtype], [[2, m, n], [2, Math.min(m, n)], dtype]); // prettier-ignore
      close(pf.triu(packed), pf.triu(r), 2, "R");
      assert.ok(tau.eq(0).logicalOr(tau.ge(1).logicalAnd(tau.le(2))).all().item());
      const [b, c] = [random([2, m, 4], dtype, 2), random([2, 4, m], dtype, 3)];
      close(pf.ormqr(packed, tau, b), q.matmul(b), 3, "Q·B");
      close(pf.ormqr(packed, tau, b, true, true), q.mT.matmul(b), 3, "Qᵀ·B");
      close(pf.ormqr(packed, tau, c, false), c.matmul(q), 3, "C·Q");
      close(pf.ormqr(packed, tau, c, false, true), c.matmul(q.mT), 3, "C·Qᵀ");
      if (m >= n) close(pf.linalg.householderProduct(packed, tau), pf.linalg.qr(a)[0], 3, "Q");
    });
test("geqrf where nothing is to be reflected, and where a square is lost", () => {
  const [a, tau] = pf.geqrf(f64([[0, 1], [0, 2], [0, -2]])); // prettier-ignore
  nearAll([a, tau], [[[0, 1], [0, -Math.sqrt(8)], [0, -2 / (2 + Math.sqrt(8))]], [0, 1 + Math.SQRT1_2]]); // prettier-ignore
  const tiny = pf.geqrf(f64([[1], [1e-170]]));
  nearAll([tiny.a, tiny.tau], [[[-1], [0.5e-170]], [2]]);
  assert.ok(tiny.a.at(1, 0).item() > 0);
});
test("derivatives of reflectors, by all that they are made of", () => {
  for (const shape of [[1, 3], [3, 1], [4, 2], [2, 4], [3, 3], [2, 3, 2]]) // prettier-ignore
    checkDerivatives((x) => pf.cat([...pf.geqrf(x)].map((y) => y.flatten())), [random(shape)], { order: 3, tolerance: 1e-6 }); // prettier-ignore
  const [a, tau] = pf.geqrf(random([4, 3]));
  for (const [left, transpose] of [[true, false], [true, true], [false, false], [false, true]]) // prettier-ignore
    checkDerivatives((x, t, c) => pf.ormqr(x, t, c, left, transpose), [a, tau, random(left ? [4, 2] : [2, 4], "float64", 2)], { order: 3, tolerance: 1e-6 }); // prettier-ignore
});
test("several blocks of reflectors: derivatives, batches beside one matrix, cost", () => {
  const [a, tau] = pf.geqrf(random([72, 68]));
  const b = random([72, 1], "float64", 2);
  for (const transpose of [false, true])
    checkDerivatives((x, t, c) => pf.ormqr(x, t, c, true, transpose), [a, tau, b], { order: 2, tolerance: 1e-6 });
  const many = random([3, 72, 2], "float64", 3);
  close(pf.ormqr(a, tau, many).at(1), pf.ormqr(a, tau, many.at(1)), 1, "one of a batch");
  const factors = pf.stack([a, a.mul(0.5)]);
  const taus = pf.stack([tau, tau.mul(0.7)]);
  close(pf.ormqr(factors, taus, b).at(1), pf.ormqr(factors.at(1), taus.at(1), b), 1, "by one of a batch");
  // With a T of all reflectors the products alone would be 2·k²·m + k³ more.
  const [k, m] = [512, 512];
  const { summary } = pf.inspect((x: any) => pf.ormqr(x, pf.ones([k]), pf.ones([m, 1])), random([m, k], "float32"));
  assert.ok(summary.flops < k * k * m, `${summary.flops} flops`);
});
test("ormqr of a tall matrix takes no square", () => {
  const before = pf.backend.reservedBytes;
  const [a, tau] = pf.geqrf(random([6000, 6]));
  const b = random([6000, 2], "float64", 2);
  close(pf.ormqr(a, tau, pf.ormqr(a, tau, b, true, true)), b, 1, "Q·Qᵀ·B");
  assert.ok(pf.backend.reservedBytes - before < 100e6);
});

// -- L·D·Lᵀ

const indefinite = (shape: number[], dtype: Float = "float64", seed = 1): pf.Tensor => {
  const a = random(shape, dtype, seed);
  return a.add(a.mT);
};
/** Without a diagonal there are blocks of two. */
const hollow = (shape: number[], dtype: Float = "float64"): pf.Tensor => {
  const a = pf.tril(random(shape, dtype, 5), -1);
  return a.add(a.mT);
};
const pair = f64([[0, 2, 3], [2, 0, 4], [3, 4, 0]]); // prettier-ignore
const single = f64([[1, 2, 3], [2, 1, 4], [3, 4, -5]]); // prettier-ignore
const singular = f64([[1, 2], [2, 4]]); // prettier-ignore

test("L·D·Lᵀ, packed, as LAPACK has it", () => {
  const one = pf.linalg.ldlFactor(single);
  nearAll([one.LD], [[[-5, 0, 0], [-0.8, 4.2, 0], [-0.6, 22 / 21, -38 / 21]]]); // prettier-ignore
  assert.equal(one.pivots.toArray(), [3, 2, 3]);
  const two = pf.linalg.ldlFactor(pair);
  nearAll([two.LD], [[[0, 0, 0], [3, 0, 0], [4 / 3, 2 / 3, -16 / 3]]]); // prettier-ignore
  assert.equal(two.pivots.toArray(), [-3, -3, 3]);
  // The triangle above the diagonal is not read.
  nearAll([pf.linalg.ldlFactor(pf.tril(pair).add(pf.triu(pf.fullLike(pair, NaN), 1)))[0]], [two.LD]);
});
test("L·D·Lᵀ of what is singular or not finite", () => {
  const of = (a: pf.Tensor) => pf.linalg.ldlFactorEx(a).map((x) => x.toArray());
  assert.equal(of(singular), [[[4, 0], [0.5, 0]], [2, 2], 2]); // prettier-ignore
  assert.equal(of(f64([[NaN, 1], [1, 2]])), [[[NaN, 0], [1, 2]], [1, 2], 1]); // prettier-ignore
  assert.equal(of(f64([[0, 1], [1, NaN]])), [[[0, 0], [1, NaN]], [-2, -2], 0]); // prettier-ignore
  assert.equal(of(pf.zeros([3, 3], { dtype: "float64" })), [pf.zeros([3, 3]).toArray(), [1, 2, 3], 1]);
  assert.equal(of(pf.stack([singular, f64([[3, 1], [1, 2]])])).slice(1), [[[2, 2], [1, 2]], [2, 0]]); // prettier-ignore
  const [plain, checking] = [() => pf.linalg.ldlFactor(singular)[0], () => pf.linalg.ldlFactorEx(singular, { checkErrors: true })[0]]; // prettier-ignore
  for (const [name, call] of [["ldlFactor", plain], ["ldlFactorEx", checking]] as const) // prettier-ignore
    assert.throws(() => call().data(), (e: unknown) => e instanceof pf.LinAlgError && e.message === `linalg.${name}: D[2,2] is zero.`); // prettier-ignore
});
for (const dtype of ["float64", "float32"] as const)
  for (const n of [0, 1, 2, 3, 4, 5, 8, 16, 17, 33, 64, 100])
    test(`${dtype} ${n}×${n}: ldlSolve`, () => {
      for (const make of [indefinite, hollow]) {
        // An odd number of rows without a diagonal is singular for n = 1.
        if (n === 1 && make === hollow) continue;
        const a = make([2, n, n], dtype);
        const [factors, pivots] = pf.linalg.ldlFactor(a);
        assert.equal([factors.dtype, pivots.dtype, pivots.shape], [dtype, "int32", [2, n]]);
        if (n > 1 && make === hollow) assert.ok(pivots.lt(0).any().item());
        for (const b of [random([2, n, 3], dtype, 2), random([n, 1], dtype, 3)]) {
          const x = pf.linalg.ldlSolve(factors, pivots, b);
          // The residual of a solution is small whatever the condition.
          close(a.matmul(x), b.expand([2, ...b.shape.slice(-2)]), Math.max(2, (4 * most(a) * most(x)) / Math.max(most(b), 1e-9)), "A·X"); // prettier-ignore
        }
      }
    });
test("ldlSolve where products of D's elements overflow or are lost", () => {
  for (const scale of [1e-300, 1e-200, 1e200, 1e300]) {
    const [factors, pivots] = pf.linalg.ldlFactor(pair.mul(scale));
    const expected = pf.linalg.solve(pair, f64([[1], [2], [3]]));
    nearAll([pf.linalg.ldlSolve(factors, pivots, f64([[1], [2], [3]]).mul(scale))], [expected]);
  }
});
test("L·D·Lᵀ within vmap and compile", () => {
  const batch = pf.stack([pair, single, pair.mul(-2)]);
  const [factors, pivots] = pf.linalg.ldlFactor(batch);
  const solve = (a: pf.Tensor, b: pf.Tensor) => pf.linalg.ldlSolve(...(pf.linalg.ldlFactor(a) as unknown as [pf.Tensor, pf.Tensor]), b); // prettier-ignore
  const b = random([3, 2], "float64", 2);
  const expected = pf.linalg.ldlSolve(factors, pivots, b);
  nearAll([pf.func.vmap((a: pf.Tensor) => solve(a, b))(batch) as pf.Tensor], [expected], 1e-14);
  const compiled = pf.compile(solve);
  for (let i = 0; i < 2; i++) nearAll([compiled(batch, b)], [expected], 1e-14);
});
test("derivatives of ldlSolve, by its factors and by B", () => {
  for (const a of [pair, single, hollow([5, 5]), pf.stack([pair, single])]) {
    const [factors, pivots] = pf.linalg.ldlFactor(a);
    const b = random([a.shape.at(-1)!, 2], "float64", 2);
    checkDerivatives((f, y) => pf.linalg.ldlSolve(f, pivots, y), [factors, b], { order: 2, tolerance: 1e-6 });
  }
});

const x = f64([[1, 2], [3, 4]]); // prettier-ignore
const identity = pf.eye(3, { dtype: "float64" });
const refusals: Refusal[] = [
  ["ShapeError", () => pf.geqrf(f64([1])), "geqrf: The input tensor input must have at least 2 dimensions but is [1]."],
  ["DTypeError", () => pf.geqrf(i32([[1]])), "geqrf: is not defined for dtype int32."],
  ["ShapeError", () => pf.ormqr(random([3, 2]), f64([1, 1]), random([4, 2])), "ormqr: other.shape[-2] must be equal to input.shape[-2]."], // prettier-ignore
  ["ShapeError", () => pf.ormqr(random([3, 2]), f64([1, 1, 1]), random([3, 2])), "ormqr: tau.shape[-1] must be less than or equal to input.shape[-1] and input.shape[-2]."], // prettier-ignore
  ["ShapeError", () => pf.ormqr(random([2, 3]), f64([1, 1, 1]), random([3, 2]), false), "ormqr: tau.shape[-1] must be less than or equal to input.shape[-1] and input.shape[-2]."], // prettier-ignore
  ["ShapeError", () => pf.ormqr(random([3, 2]), f64([1, 1]), f64([1, 2, 3])), "ormqr: The input tensor other must have at least 2 dimensions but is [3]."], // prettier-ignore
  ["ShapeError", () => pf.linalg.ldlFactor(f64([[1, 2]])), "ldlFactor: A must be batches of square matrices, but they are 1 by 2 matrices."], // prettier-ignore
  ["DTypeError", () => pf.linalg.ldlFactor(i32([[1]])), "ldlFactor: is not defined for dtype int32."],
  ["ShapeError", () => pf.linalg.ldlSolve(identity, i32([1, 2]), random([3, 2])), "ldlSolve: Number of pivots per batch should be same as the dimension of the matrix: expected 3 but got pivots [2]."], // prettier-ignore
  ["ShapeError", () => pf.linalg.ldlSolve(identity, i32([1, 2, 3]), random([4, 2])), "ldlSolve: Incompatible matrix sizes: each A matrix is 3 by 3 but B is [4, 2]."], // prettier-ignore
  ["AutogradError", () => pf.func.grad((y: pf.Tensor) => pf.linalg.ldlFactor(y)[0].sum())(x), "grad: this derivative is not known: those of ldlFactor, of zeta by its first argument, and of incomplete gamma and beta functions by their parameters from the third order on."], // prettier-ignore
];
for (const refusal of refusals) testRefusal(test, refusal);

test.run();
