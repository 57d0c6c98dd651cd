// Cholesky, LU, QR, and what their factors solve: how exact they are, in every size around a block, and what they say of matrices that
// can't be factored. (Derivatives: tests/primitives/rows.ts, and derivatives.test.ts beside this file.)
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../../host/index";
import { bool, f64, i32, nearAll, testRefusal, type Refusal, values } from "../support";

const EPSILON = { float32: 2 ** -23, float64: 2 ** -52 } as const;
type Float = keyof typeof EPSILON;

const random = (shape: number[], dtype: Float, seed = 1): pf.Tensor =>
  f64(values(shape.reduce((a, b) => a * b, 1), seed)).reshape(shape).to(dtype); // prettier-ignore
const most = (x: pf.Tensor): number => (x.numel ? x.abs().max().item() : 0);
/** Elements of a that are off b's by at most `factor`·n·ε·‖a‖. */
function residual(a: pf.Tensor, b: pf.Tensor, factor: number, what: string): void {
  assert.equal(a.shape, b.shape, what);
  assert.is(a.dtype, b.dtype, what);
  const n = Math.max(...a.shape.slice(-2), 1);
  const error = most(a.double().sub(b.double())) / (n * EPSILON[a.dtype as Float] * Math.max(most(b), 1e-300));
  assert.ok(error <= factor, `${what}: the error is ${error}·n·ε·‖a‖`);
}
const product = (...factors: pf.Tensor[]): pf.Tensor =>
  factors.map((x) => x.double()).reduce((a, b) => a.matmul(b)).to(factors[0].dtype); // prettier-ignore
const definite = (shape: number[], dtype: Float): pf.Tensor => {
  const a = random(shape, dtype);
  return product(a, a.mT).add(pf.eye(shape.at(-1)!, { dtype }));
};

const SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 24, 31, 32, 33, 40, 64, 65, 100, 129, 200];
for (const dtype of ["float64", "float32"] as const) {
  for (const n of SIZES) {
    test(`${dtype} [${n}, ${n}]: Cholesky, LU, solve, inverse`, () => {
      const s = definite([n, n], dtype);
      const l = pf.linalg.cholesky(s);
      residual(product(l, l.mT), s, 1, "L·Lᵀ");
      assert.is(most(pf.triu(l, 1)), 0);
      const u = pf.linalg.cholesky(s, { upper: true });
      residual(product(u.mT, u), s, 1, "Uᵀ·U");
      assert.is(most(pf.tril(u, -1)), 0);
      residual(pf.linalg.solve(s, product(s, s)), s, 8 * n + 8, "solve");
      const b = random([n, 3], dtype, 2);
      const x = pf.linalg.solve(s, b);
      // The residual of a solution is small whatever the condition.
      residual(product(s, x), b, Math.max(2, (4 * most(s) * most(x)) / Math.max(most(b), 1e-9)), "A·X");
      const y = pf.linalg.solve(s, b.mT, { left: false });
      assert.equal(y.mT.toArray(), x.toArray());
      residual(product(s, pf.choleskySolve(b, l)), b, Math.max(2, (4 * most(s) * most(x)) / Math.max(most(b), 1e-9)), "by L"); // prettier-ignore
      if (n > 0) residual(product(s, pf.linalg.inv(s)), pf.eye(n, { dtype }), 8 * most(s) * most(pf.linalg.inv(s)), "A·A⁻¹"); // prettier-ignore
    });
  }
  for (const [m, n] of [
    [3, 5],
    [5, 3],
    [0, 3],
    [3, 0],
    [16, 40],
    [40, 16],
    [17, 33],
    [33, 17],
    [64, 130],
    [130, 64],
    [1, 9],
    [9, 1],
  ]) {
    test(`${dtype} [2, ${m}, ${n}]: LU and QR`, () => {
      const a = random([2, m, n], dtype);
      const [p, l, u] = pf.linalg.lu(a);
      residual(product(p, l, u), a, 2, "P·L·U");
      assert.ok(most(l) <= 1, "pivots are the largest");
      for (const mode of ["reduced", "complete"] as const) {
        const [q, r] = pf.linalg.qr(a, mode);
        const k = mode === "complete" ? m : Math.min(m, n);
        assert.equal([q.shape, r.shape], [[2, m, k], [2, k, n]]); // prettier-ignore
        residual(product(q, r), a, 2, "Q·R");
        residual(product(q.mT, q), pf.eye(k, { dtype }).expand(2, k, k), 2, "Qᵀ·Q");
        assert.is(most(pf.tril(r, -1)), 0);
      }
      const [none, r] = pf.linalg.qr(a, "r");
      assert.equal(none.shape, [0]);
      assert.equal(r.toArray(), pf.linalg.qr(a)[1].toArray());
    });
  }
}

test("names of results", () => {
  const a = f64([[4, 1], [1, 3]]); // prettier-ignore
  const [qr, lu, factors] = [pf.linalg.qr(a), pf.linalg.lu(a), pf.linalg.luFactorEx(a)];
  assert.is(qr.Q, qr[0]);
  assert.is(qr.R, qr[1]);
  assert.is(lu.U, lu[2]);
  assert.is(factors.pivots, factors[1]);
  assert.is(factors.info, factors[2]);
});
test("LU, packed, as LAPACK counts", () => {
  const [lu, pivots, info] = pf.linalg.luFactorEx(f64([[1, 2, 3], [4, 5, 6], [7, 8, 10]])); // prettier-ignore
  nearAll([lu], [[[7, 8, 10], [1 / 7, 6 / 7, 11 / 7], [4 / 7, 1 / 2, -0.5]]]); // prettier-ignore
  assert.equal(pivots.toArray(), [3, 3, 3]);
  assert.is(info.item(), 0);
  const [p, l, u] = pf.luUnpack(lu, pivots);
  nearAll([p.matmul(l).matmul(u)], [[[1, 2, 3], [4, 5, 6], [7, 8, 10]]]); // prettier-ignore
});
test("LU without pivoting of what has no such factors is never finite", () => {
  for (const dtype of ["float32", "float64"] as const) {
    for (const n of [2, 3, 6, 9, 40]) {
      // The last but one leading minor is zero, and what is below it is not.
      const a = pf.eye(n, { dtype }).mul(3).add(pf.eye(n, { dtype }).roll(1, 0));
      const rows = pf.cat([a.narrow(0, 0, n - 2), pf.tensor([[0, 1], [1, 0]], { dtype }).matmul(pf.eye(n, { dtype }).narrow(0, n - 2, 2))]); // prettier-ignore
      for (const x of [rows, pf.stack([rows, rows, rows, rows, rows])]) {
        const [, l, u] = pf.linalg.lu(x, { pivot: false });
        assert.not(l.isfinite().all().item() && u.isfinite().all().item(), `${dtype} ${x.shape.join()}`);
      }
    }
    // The zero is the last of its column: there are factors.
    const [, l, u] = pf.linalg.lu(pf.tensor([[0, 1], [0, 2]], { dtype }), { pivot: false }); // prettier-ignore
    assert.equal(l.matmul(u).toArray(), [[0, 1], [0, 2]]); // prettier-ignore
  }
});
test("LU without pivoting leaves the rows", () => {
  const [p, l, u] = pf.linalg.lu(f64([[1, 2], [3, 4]]), { pivot: false }); // prettier-ignore
  assert.equal([p.shape, l.toArray(), u.toArray()], [[0], [[1, 0], [3, 1]], [[1, 2], [0, -2]]]); // prettier-ignore
});
test("luSolve, from both sides, of A and of Aᵀ", () => {
  const a = random([2, 5, 5], "float64");
  const b = random([5, 3], "float64", 3);
  const [lu, pivots] = pf.linalg.luFactor(a);
  nearAll([pf.linalg.luSolve(lu, pivots, b)], [pf.linalg.solve(a, b)], 1e-10);
  nearAll([pf.linalg.luSolve(lu, pivots, b, { adjoint: true })], [pf.linalg.solve(a.mT, b)], 1e-10);
  nearAll([pf.linalg.luSolve(lu, pivots, b.mT, { left: false })], [pf.linalg.solve(a, b.mT, { left: false })], 1e-10);
  nearAll([pf.linalg.luSolve(lu, pivots, b.mT, { left: false, adjoint: true })], [pf.linalg.solve(a.mT, b.mT, { left: false })], 1e-10); // prettier-ignore
});
test("solve: shapes as torch takes them", () => {
  const a = definite([3, 3], "float64");
  const many = pf.stack([a, a.mul(2), a.mul(4)]);
  const b = random([3, 3], "float64", 5);
  // [n, n, n] with [n, n] is a batch of vectors.
  nearAll([pf.linalg.solve(many, b)], [pf.stack([0, 1, 2].map((i) => pf.linalg.solve(many.at(i), b.at(i))))]);
  assert.equal(pf.linalg.solve(many, random([3], "float64")).shape, [3, 3]);
  assert.equal(pf.linalg.solve(a, random([2, 3, 4], "float64")).shape, [2, 3, 4]);
  assert.equal(pf.linalg.solve(many.unsqueeze(1), random([2, 3, 4], "float64")).shape, [3, 2, 3, 4]);
  assert.equal(pf.linalg.solve(pf.zeros([0, 3, 3]), pf.zeros([3, 2])).shape, [0, 3, 2]);
  assert.is(pf.linalg.solve(a.float(), b).dtype, "float64");
});
test("solveTriangular reads its triangle alone", () => {
  for (const n of [3, 40])
    for (const upper of [true, false])
      for (const unitriangular of [true, false])
        for (const left of [true, false]) {
          const a = random([n, n], "float64")
            .mul(0.1)
            .add(pf.eye(n, { dtype: "float64" }));
          const own = upper ? pf.triu(a) : pf.tril(a);
          const whole = unitriangular ? own.sub(pf.diag(own.diagonal())).add(pf.eye(n, { dtype: "float64" })) : own;
          const b = random(left ? [n, 4] : [4, n], "float64", 2);
          const dirty = pf.where(own.eq(0), f64(NaN), unitriangular ? own.add(pf.diag(f64(NaN).expand(n))) : own);
          const x = pf.linalg.solveTriangular(dirty, b, { upper, left, unitriangular });
          nearAll([left ? whole.matmul(x) : x.matmul(whole)], [b], 1e-9);
        }
});
test("cholesky reads its triangle alone", () => {
  nearAll([pf.linalg.cholesky(f64([[4, NaN], [2, 5]]))], [[[2, 0], [1, 2]]]); // prettier-ignore
  nearAll([pf.cholesky(f64([[4, 2], [NaN, 5]]), true)], [[[2, 1], [0, 2]]]); // prettier-ignore
});

// -- matrices that factorisations are known to suffer from

test("Läuchli's and Hilbert's matrices have orthogonal Q", () => {
  for (const tiny of [1e-7, 1e-12, 1e-200]) {
    const a = pf.cat([pf.ones([1, 4], { dtype: "float64" }), pf.eye(4, { dtype: "float64" }).mul(tiny)]);
    const [q, r] = pf.linalg.qr(a);
    residual(q.mT.matmul(q), pf.eye(4, { dtype: "float64" }), 1, "Qᵀ·Q");
    residual(q.matmul(r), a, 1, "Q·R");
  }
  const i = pf.arange(12, { dtype: "float64" });
  const hilbert = i.reshape(-1, 1).add(i).add(1).reciprocal();
  const [q, r] = pf.linalg.qr(hilbert);
  residual(q.mT.matmul(q), pf.eye(12, { dtype: "float64" }), 1, "Qᵀ·Q");
  residual(q.matmul(r), hilbert, 1, "Q·R");
  const l = pf.linalg.cholesky(hilbert);
  residual(l.matmul(l.mT), hilbert, 1, "L·Lᵀ");
});
test("no square overflows or is lost", () => {
  for (const scale of [1e-300, 1e-170, 1e170, 1e300]) {
    const a = random([6, 4], "float64").mul(scale);
    const [q, r] = pf.linalg.qr(a);
    residual(q.matmul(r.div(scale)), a.div(scale), 2, `QR at ${scale}`);
    const x = pf.linalg.solve(a.narrow(0, 0, 4), a.narrow(0, 0, 4));
    residual(x, pf.eye(4, { dtype: "float64" }), 1e3, `solve at ${scale}`);
  }
  const tiny = pf.tensor([[1e-40, 1e-45], [1e-42, 1e-41]], { dtype: "float32" }); // prettier-ignore
  assert.ok(pf.linalg.luFactor(tiny)[0].isfinite().all().item());
});
test("a zero matrix and one of rank one", () => {
  const [q, r] = pf.linalg.qr(pf.zeros([3, 2], { dtype: "float64" }));
  nearAll([q, r], [[[1, 0], [0, 1], [0, 0]], [[0, 0], [0, 0]]]); // prettier-ignore
  const [lu, , info] = pf.linalg.luFactorEx(f64([[2, 4], [1, 2]])); // prettier-ignore
  nearAll([lu], [[[2, 4], [0.5, 0]]]); // prettier-ignore
  assert.is(info.item(), 2);
});
test("a tall matrix of 6000×6 takes no square", () => {
  const before = pf.backend.reservedBytes;
  const a = random([6000, 6], "float64");
  const [q, r] = pf.linalg.qr(a);
  residual(product(q, r), a, 1, "Q·R");
  assert.ok(pf.backend.reservedBytes - before < 100e6);
});

// -- failures

const bad = f64([[1, 2], [2, 1]]); // prettier-ignore
const singular = f64([[1, 2], [2, 4]]); // prettier-ignore
const minor = "The factorization could not be completed because the input is not positive-definite (the leading minor of order 2 is not positive-definite)."; // prettier-ignore
const inversion = "The diagonal element 2 is zero, the inversion could not be completed because the input matrix is singular."; // prettier-ignore
const failures: [string, () => pf.Tensor, string][] = [
  ["cholesky", () => pf.linalg.cholesky(bad), `linalg.cholesky: ${minor}`],
  ["cholesky, upper", () => pf.cholesky(bad, true), `linalg.cholesky: ${minor}`],
  ["choleskyEx that checks", () => pf.linalg.choleskyEx(bad, { checkErrors: true })[0], `linalg.choleskyEx: ${minor}`],
  ["cholesky of NaN", () => pf.linalg.cholesky(f64([[NaN]])), "linalg.cholesky: The factorization could not be completed because the input is not positive-definite (the leading minor of order 1 is not positive-definite)."], // prettier-ignore
  ["the second of a batch", () => pf.linalg.cholesky(pf.stack([f64([[1, 0], [0, 1]]), bad])), `linalg.cholesky: (Batch element 1): ${minor}`], // prettier-ignore
  ["one that vmap has made", () => pf.func.vmap((x) => pf.linalg.cholesky(x))(pf.stack([singular.abs().add(pf.eye(2, { dtype: "float64" })), bad])) as pf.Tensor, `linalg.cholesky: (Batch element 1): ${minor}`], // prettier-ignore
  ["inv", () => pf.linalg.inv(singular), `linalg.inv: ${inversion}`],
  ["inverse", () => singular.inverse(), `inverse: ${inversion}`],
  ["matrixPower", () => singular.matrixPower(-2), `linalg.matrixPower: ${inversion}`],
  ["tensorinv", () => pf.linalg.tensorinv(singular, 1), `linalg.tensorinv: ${inversion}`],
  ["solve", () => pf.linalg.solve(singular, f64([1, 2])), "linalg.solve: The solver failed because the input matrix is singular."], // prettier-ignore
  ["luFactor", () => pf.linalg.luFactor(singular)[0], "linalg.luFactor: U[2,2] is zero and using it on luSolve would result in a division by zero. If you still want to perform the factorization, consider calling linalg.lu(A, { pivot }) or linalg.luFactorEx(A, { pivot })."], // prettier-ignore
  ["a gradient", () => pf.func.grad((x: pf.Tensor) => pf.linalg.cholesky(x).sum())(bad), `linalg.cholesky: ${minor}`],
  ["a tangent", () => pf.functional.jvp((x) => pf.linalg.inv(x), singular, singular)[1] as pf.Tensor, `linalg.inv: ${inversion}`], // prettier-ignore
];
for (const [name, call, message] of failures)
  test(`${name}: told when it is read, by the name of the op`, () => {
    const result = call();
    for (let i = 0; i < 2; i++)
      assert.throws(
        () => result.sum().item(),
        (error: Error) => {
          assert.is(error.message, message);
          assert.is(error.name, "LinAlgError");
          return error instanceof pf.LinAlgError && error instanceof pf.ArgumentError;
        },
      );
  });
test("a compiled function throws at every call that is bad", () => {
  const inverse = pf.compile((x: pf.Tensor) => pf.linalg.inv(x));
  for (let i = 0; i < 3; i++) {
    assert.throws(() => inverse(singular).data(), /linalg\.inv: The diagonal element 2 is zero/);
    nearAll([inverse(bad)], [[[-1 / 3, 2 / 3], [2 / 3, -1 / 3]]]); // prettier-ignore
  }
});
test("what else is computed stays intact", () => {
  const [factor, doubled] = [pf.linalg.cholesky(bad), bad.mul(2)];
  assert.throws(() => pf.evaluate(factor, doubled), /minor of order 2/);
  assert.equal(doubled.toArray(), [[2, 4], [4, 2]]); // prettier-ignore
  // Results of one transform are computed together, but one that can be is told.
  const f = (x: pf.Tensor) => [pf.linalg.cholesky(x).sum(), x.sum()] as [pf.Tensor, pf.Tensor];
  const [[sum, total]] = pf.functional.vjp(f, bad, [f64(1), f64(1)]) as [[pf.Tensor, pf.Tensor], pf.Tensor];
  assert.is(total.item(), 6);
  assert.throws(() => sum.item(), /minor of order 2/);
});
test("one bad matrix of a batch spoils no other", () => {
  const batch = pf.stack([f64([[4, 0], [0, 9]]), bad, f64([[NaN, 0], [0, 1]]), f64([[1, 0], [0, 16]])]); // prettier-ignore
  const [factors, info] = pf.linalg.choleskyEx(batch);
  assert.equal(info.toArray(), [0, 2, 1, 0]);
  nearAll([factors.at(0), factors.at(3)], [[[2, 0], [0, 3]], [[1, 0], [0, 4]]]); // prettier-ignore
  const [inverses, zeros] = pf.linalg.invEx(pf.stack([singular, bad]));
  assert.equal(zeros.toArray(), [2, 0]);
  nearAll([inverses.at(1)], [[[-1 / 3, 2 / 3], [2 / 3, -1 / 3]]]); // prettier-ignore
  const [, lu] = pf.linalg.luFactorEx(pf.stack([f64([[NaN, 1], [1, 1]]), f64([[1, 2], [3, 4]])])); // prettier-ignore
  assert.equal(lu.at(1).toArray(), [2, 2]);
});

const x = f64([[1, 2], [3, 4]]); // prettier-ignore
const refusals: Refusal[] = [
  ["ShapeError", () => pf.linalg.cholesky(f64([1, 2])), "cholesky: The input tensor A must have at least 2 dimensions but is [2]."], // prettier-ignore
  ["ShapeError", () => pf.linalg.inv(f64([[1, 2]])), "inv: A must be batches of square matrices, but they are 1 by 2 matrices."], // prettier-ignore
  ["ShapeError", () => pf.linalg.solve(x, f64([1, 2, 3])), "solve: Incompatible shapes of A and B for the equation AX = B ([2, 2] and [3])."], // prettier-ignore
  ["ShapeError", () => pf.linalg.solveTriangular(x, f64([[1, 2, 3]]), { upper: true, left: false }), "solveTriangular: Incompatible shapes of A and B for the equation XA = B ([2, 2] and [1, 3])."], // prettier-ignore
  ["ArgumentError", () => pf.linalg.solve(x, f64([1, 2]), { left: false }), "solve: vector broadcasting of the left hand side is not supported for left = false."], // prettier-ignore
  ["ShapeError", () => pf.choleskySolve(f64([[1]]), x), "choleskySolve: Incompatible matrix sizes: B is [1, 1] and L is [2, 2]."], // prettier-ignore
  ["DTypeError", () => pf.linalg.inv(i32([[1]])), "inv: is not defined for dtype int32."],
  ["DTypeError", () => pf.linalg.qr(bool([[true]])), "qr: is not defined for dtype bool."],
  ["ArgumentError", () => pf.linalg.tensorinv(x, 0), "tensorinv: Expected a strictly positive integer for 'ind'."],
  ["ShapeError", () => pf.linalg.householderProduct(f64([[1, 2]]), f64([1])), "householderProduct: input should have as many rows as columns or more, and as many columns as tau has elements or more, but is [1, 2] with tau [1]."], // prettier-ignore
  ["ShapeError", () => pf.linalg.luSolve(f64([[1, 2], [3, 4]]), pf.tensor([1], { dtype: "int32" }), f64([[1], [2]])), "luSolve: Number of pivots per batch should be same as the dimension of the matrix: expected 2 but got pivots [1]."], // prettier-ignore
  ["ShapeError", () => pf.luUnpack(f64([[1, 2], [3, 4], [5, 6]]), pf.tensor([1, 2, 2], { dtype: "int32" })), "luUnpack: Number of pivots per batch should be same as the dimension of the matrix: expected 2 but got pivots [3]."], // prettier-ignore
  ["AutogradError", () => pf.func.grad((y: pf.Tensor) => pf.linalg.qr(y, "complete")[0].sum())(f64([[1], [2]])), 'grad: The QR decomposition is not differentiable when mode = "complete" and nrows > ncols: some columns of Q [2, 2] are not determined by the matrix.'], // prettier-ignore
];
for (const refusal of refusals) testRefusal(test, refusal);

test.run();
