// Derivatives of linear algebra where they are easily got wrong: determinants of singular matrices to any order, tangents that are not
// symmetric, triangles that are not read. Expected are the adjugate by minors, sums over permutations, and the rules' own adjoints.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../../host/index";
import { checkDerivatives } from "../../primitives/support";
import { f64, near, values } from "../support";

type Matrix = number[][];
const { jacrev } = pf.func;
const random = (shape: number[], seed = 1): pf.Tensor => f64(values(shape.reduce((a, b) => a * b, 1), seed)).reshape(shape); // prettier-ignore

// -- the determinant and its derivatives by the plainest formula

const without = (a: Matrix, i: number, j: number): Matrix =>
  a.filter((_, row) => row !== i).map((row) => row.filter((_, column) => column !== j));
const determinant = (a: Matrix): number =>
  a.length === 0 ? 1 : a[0].reduce((sum, x, j) => sum + (j % 2 ? -x : x) * determinant(without(a, 0, j)), 0);
/** The k-th derivatives, flat: minors without k rows and columns, with the signs of their places. */
function derivatives(a: Matrix, order: number): number[] {
  if (order === 0) return [determinant(a)];
  return a.flatMap((row, i) =>
    row.flatMap((_, j) => {
      // By aᵢⱼ: the determinant of a with row i replaced by eⱼ, whose row has no further derivative.
      const replaced = a.map((other, k) => (k === i ? other.map((__, c) => Number(c === j)) : other));
      return nested(replaced, order - 1, [i]);
    }),
  );
}
function nested(a: Matrix, order: number, fixed: number[]): number[] {
  if (order === 0) return [determinant(a)];
  return a.flatMap((row, i) =>
    row.flatMap((_, j) => {
      if (fixed.includes(i)) return Array(a.length ** (2 * (order - 1))).fill(0) as number[];
      const replaced = a.map((other, k) => (k === i ? other.map((__, c) => Number(c === j)) : other));
      return nested(replaced, order - 1, [...fixed, i]);
    }),
  );
}
const ofRank = (n: number, rank: number, seed: number): pf.Tensor =>
  random([n, rank], seed).matmul(random([rank, n], seed + 1));

const det = (x: pf.Tensor): pf.Tensor => pf.linalg.det(x);
const singular: [string, pf.Tensor, number][] = [
  ["[[1, 2], [2, 4]]", f64([[1, 2], [2, 4]]), 3], // prettier-ignore
  ["2×2 of zeros", pf.zeros([2, 2], { dtype: "float64" }), 3],
  ["3×3 of rank 2", ofRank(3, 2, 1), 3],
  ["3×3 of rank 1", ofRank(3, 1, 3), 3],
  ["3×3 of zeros", pf.zeros([3, 3], { dtype: "float64" }), 3],
  ["3×3 with a column of zeros in the middle", f64([[1, 0, 2], [3, 0, 4], [5, 0, 7]]), 3], // prettier-ignore
  ["4×4 of rank 3", ofRank(4, 3, 5), 3],
  ["4×4 of rank 2", ofRank(4, 2, 7), 3],
  ["1×1", f64([[0]]), 2],
  ["5×5 of rank 4", ofRank(5, 4, 9), 3],
  ["5×5 of rank 3", ofRank(5, 3, 11), 3],
  ["5×5 of rank 1", ofRank(5, 1, 13), 3],
  ["5×5 of zeros", pf.zeros([5, 5], { dtype: "float64" }), 3],
  ["6×6 of rank 5", ofRank(6, 5, 15), 2],
  ["6×6, regular", random([6, 6], 17), 2],
  ["5×5, nearly of rank 3", ofRank(5, 3, 19).add(random([5, 5], 21).mul(1e-9)), 3],
  ["5×5 of entries that differ by 10⁸", random([5, 5], 23).mul(f64([1, 1e-4, 1e-8, 1e4, 1])), 2],
];
for (const [name, a, order] of singular)
  test(`det of ${name}: derivatives up to order ${order}`, () => {
    const matrix = a.toArray() as Matrix;
    const n = matrix.length;
    let f: (x: pf.Tensor) => pf.Tensor = det;
    for (let k = 0; k <= order; k++) {
      const expected = derivatives(matrix, k);
      near(f(a).reshape(-1), f64(expected), 1e-10 * Math.max(1, ...expected.map(Math.abs)));
      assert.is(f(a).numel, n ** (2 * k));
      const before = f;
      f = (x) => jacrev(before)(x) as pf.Tensor;
    }
  });
test("det of a batch, some of it singular", () => {
  const batch = pf.stack([ofRank(5, 4, 1), random([5, 5], 2), ofRank(5, 3, 3)]);
  const gradients = pf.func.grad((x: pf.Tensor) => det(x).sum())(batch) as pf.Tensor;
  for (let i = 0; i < 3; i++) near(gradients.at(i).reshape(-1), f64(derivatives(batch.at(i).toArray() as Matrix, 1)), 1e-10); // prettier-ignore
  const mapped = pf.func.vmap(pf.func.grad(det))(batch) as pf.Tensor;
  near(mapped, gradients, 1e-10);
});
test("derivatives of determinants that over- or underflow, or whose derivatives do", () => {
  const gradient = (x: pf.Tensor) => pf.func.grad(det)(x) as pf.Tensor;
  const hessian = (x: pf.Tensor) => pf.func.hessian(det)(x) as pf.Tensor;
  const regular = pf.eye(5, { dtype: "float64" }).add(1 / 7);
  for (const a of [regular, random([5, 5], 29)]) {
    const [first, second] = [gradient(a), hessian(a)];
    const size = first.abs().max().item();
    // The order in which the scale is taken back out keeps both in the range, and the tolerance's scale beside it.
    const back = (x: pf.Tensor, scale: number, times: number): pf.Tensor => times === 0 ? x : back(x.div(scale), scale, times - 1); // prettier-ignore
    for (const scale of [1e-75, 1e-70, 1e-66, 1e-60, 1e60, 1e70, 1e75]) {
      near(back(gradient(a.mul(scale)), scale, 4), first, 1e-14 * size);
      near(back(hessian(a.mul(scale)), scale, 3), second, 1e-14 * second.abs().max().item());
      const tangent = pf.functional.jvp(det, a.mul(scale), a)[1] as pf.Tensor;
      near(back(tangent, scale, 4), det(a).mul(5), 1e-14 * size);
    }
    near(back(hessian(a.mul(1e-90)), 1e-90, 3), second, 1e-14 * second.abs().max().item());
    for (const scale of [1e-8, 1e8]) near(back(gradient(a.float().mul(scale)).double(), scale, 4), first, 1e-6 * size);
    near(gradient(a.mul(1e-90)), pf.zerosLike(a));
    assert.ok(gradient(a.mul(1e90)).isinf().all().item());
    near(gradient(a.float().mul(1e-30)), pf.zerosLike(a.float()));
  }
  near(gradient(pf.eye(30).mul(0.01)), pf.zeros([30, 30]));
  near(gradient(random([100, 100], 3).mul(1e-5)), pf.zeros([100, 100], { dtype: "float64" }));
  const many = random([20, 20], 3);
  const inverse = pf.linalg.inv(many).mT.mul(pf.linalg.det(many));
  near(
    gradient(many.float().mul(0.03))
      .double()
      .div(0.03 ** 19),
    inverse,
    1e-5 * inverse.abs().max().item(),
  );
  // Large values beside small ones.
  const list = [1e60, 1e60, 1e60, 1e60, 1e60, 1e60, 1e-90, 1e-90, 1e-90, 1e-90];
  near(gradient(f64(list).diag()).diagonal().mul(f64(list)), pf.ones([10], { dtype: "float64" }), 1e-14);
  // What is 0 since the rank is low.
  for (const dtype of ["float32", "float64"] as const) {
    const low = pf.outer(pf.arange(1, 9, { dtype }), pf.arange(3, 11, { dtype })).div(100);
    assert.ok(gradient(low).abs().max().item() < 1e-9);
    let f = det;
    for (let order = 0; order < 4; order++) {
      assert.ok(
        f(pf.zeros([5, 5], { dtype }))
          .eq(0)
          .all()
          .item(),
      );
      const before = f;
      f = (x) => jacrev(before)(x) as pf.Tensor;
    }
  }
});
test("slogdet and logdet of matrices whose determinant has no room", () => {
  const logarithm = (x: pf.Tensor) => pf.linalg.slogdet(x)[1];
  const a = random([5, 5], 29);
  const inverse = pf.linalg.inv(a).mT;
  const size = inverse.abs().max().item();
  for (const scale of [1e-100, 1e-70, 1e70, 1e100])
    near(pf.func.grad(logarithm)(a.mul(scale)).mul(scale) as pf.Tensor, inverse, 1e-14 * size);
  for (const scale of [1e-30, 1e30])
    near(pf.func.grad(logarithm)(a.float().mul(scale)).mul(scale).double() as pf.Tensor, inverse, 1e-5 * size);
  near(pf.func.grad((x: pf.Tensor) => pf.logdet(x))(pf.eye(30).mul(0.01)) as pf.Tensor, pf.eye(30).mul(100), 1e-4);
});
test("slogdet and logdet of regular matrices", () => {
  const a = random([4, 4], 3).add(pf.eye(4, { dtype: "float64" }).mul(2));
  checkDerivatives((x) => pf.linalg.slogdet(x)[1], [a], { order: 3, tolerance: 1e-7 });
  const inverse = pf.linalg.inv(a).mT;
  near(pf.func.grad((x: pf.Tensor) => pf.logdet(x))(a.matmul(a.mT)) as pf.Tensor, pf.linalg.inv(a.matmul(a.mT)).mT, 1e-9); // prettier-ignore
  near(pf.func.grad((x: pf.Tensor) => pf.linalg.slogdet(x)[1])(a) as pf.Tensor, inverse, 1e-12);
  const [sign, log] = pf.linalg.slogdet(f64([[1, 2], [2, 4]])); // prettier-ignore
  assert.equal([sign.item(), log.item()], [0, -Infinity]);
  assert.ok(Number.isNaN(pf.logdet(f64([[0, 1], [1, 0]])).item())); // prettier-ignore
});

// -- Cholesky

test("the gradient of cholesky is symmetric, and jvp is its adjoint for tangents that aren't", () => {
  for (const upper of [false, true]) {
    const x = random([5, 5], 1);
    const a = x.matmul(x.mT).add(pf.eye(5, { dtype: "float64" }));
    const f = (y: pf.Tensor) => pf.linalg.cholesky(y, { upper });
    const [u, v] = [random([5, 5], 2), random([5, 5], 3)];
    const [, cotangent] = pf.functional.vjp(f, a, u) as [pf.Tensor, pf.Tensor];
    near(cotangent, cotangent.mT, 1e-14);
    const [, tangent] = pf.functional.jvp(f, a, v) as unknown as [pf.Tensor, pf.Tensor];
    near(u.mul(tangent).sum(), cotangent.mul(v).sum(), 1e-12);
    near(tangent, pf.functional.jvp(f, a, v.add(v.mT).div(2))[1] as pf.Tensor, 1e-12);
  }
});
test("a triangular system's matrix gets a gradient in its triangle alone", () => {
  const a = random([4, 4], 1).add(pf.eye(4, { dtype: "float64" }).mul(3));
  const b = random([4, 2], 2);
  for (const upper of [true, false])
    for (const unitriangular of [true, false]) {
      const f = (x: pf.Tensor) => pf.linalg.solveTriangular(x, b, { upper, unitriangular }).sin().sum();
      const g = pf.func.grad(f)(a) as pf.Tensor;
      const outside = unitriangular ? 1 : 0;
      near(g, upper ? pf.triu(g, outside) : pf.tril(g, -outside), 0);
    }
});

test("a Cholesky factor gets the gradient of a whole matrix, as in torch; tril restricts it", () => {
  const L = f64([[2, 0], [1, 3]]); // prettier-ignore
  const b = f64([[1], [2]]);
  // By PyTorch 1.13.
  const expected = [-0.19444444444444445, -0.1388888888888889, -0.1111111111111111, -0.05555555555555555];
  const g = pf.func.grad((x: pf.Tensor) => pf.choleskySolve(b, x).sum())(L) as pf.Tensor;
  near(g, f64([expected.slice(0, 2), expected.slice(2)]), 1e-15);
  near(pf.func.grad((x: pf.Tensor) => pf.choleskySolve(b, pf.tril(x)).sum())(L) as pf.Tensor, pf.tril(g), 0);
});

// -- others, to the third order

const a = random([3, 3], 5).add(pf.eye(3, { dtype: "float64" }).mul(2));
const tall = random([5, 3], 6);
const cases: [string, (...xs: any[]) => pf.Tensor, pf.Tensor[]][] = [
  ["inv", (x) => pf.linalg.inv(x), [a]],
  ["inv of a batch", (x) => pf.linalg.inv(x), [pf.stack([a, a.mT.mul(2)])]],
  ["solve", (x, y) => pf.linalg.solve(x, y), [a, tall.narrow(0, 0, 3)]],
  ["solve from the right", (x, y) => pf.linalg.solve(x, y, { left: false }), [a, tall]],
  ["solve, broadcast", (x, y) => pf.linalg.solve(x, y), [a, random([2, 3, 2], 7)]],
  ["solve of a vector", (x, y) => pf.linalg.solve(x, y), [a, random([3], 7)]],
  ["choleskySolve", (x, y) => pf.choleskySolve(y, pf.tril(x)), [a, tall.narrow(0, 0, 3)]],
  ["choleskyInverse", (x) => pf.choleskyInverse(pf.tril(x)), [a]],
  ["luSolve", (x, y) => { const [lu, pivots] = pf.linalg.luFactor(x); return pf.linalg.luSolve(lu, pivots, y, { adjoint: true }); }, [a, tall.narrow(0, 0, 3)]], // prettier-ignore
  ["lu of a tall one", (x) => { const [p, l, u] = pf.linalg.lu(x); return p.matmul(l.sin()).matmul(u.cos()); }, [tall]], // prettier-ignore
  ["qr of a tall one", (x) => { const [q, r] = pf.linalg.qr(x); return q.sin().matmul(r.cos()); }, [tall]], // prettier-ignore
  ["qr of a wide one", (x) => { const [q, r] = pf.linalg.qr(x); return q.sin().matmul(r.cos()); }, [tall.mT]], // prettier-ignore
  ["householderProduct", (x, tau) => pf.linalg.householderProduct(x, tau), [tall, f64([0.7, 0, 1.3])]],
  ["matrixPower 5", (x) => pf.matrixPower(x, 5), [a.mul(0.4)]],
  ["matrixPower −3", (x) => pf.matrixPower(x, -3), [a]],
  ["matrixPower 0", (x) => pf.matrixPower(x, 0).mul(x), [a]],
  ["matrixExp", (x) => pf.matrixExp(x), [a.mul(0.5)]],
  ["matrixExp of zeros", (x) => pf.matrixExp(x), [pf.zeros([3, 3], { dtype: "float64" })]],
  ["matrixExp of one that is scaled", (x) => pf.matrixExp(x).mul(1e-6), [a.mul(3)]],
  ["tensorinv", (x) => pf.linalg.tensorinv(x.reshape(2, 2, 4)), [random([4, 4], 9).add(pf.eye(4, { dtype: "float64" }).mul(2))]], // prettier-ignore
  ["tensorsolve", (x, y) => pf.linalg.tensorsolve(x.reshape(2, 2, 4), y), [random([4, 4], 9).add(pf.eye(4, { dtype: "float64" }).mul(2)), random([2, 2], 3)]], // prettier-ignore
];
for (const [name, f, inputs] of cases) test(`${name}: derivatives`, () => checkDerivatives(f, inputs, { order: 3, tolerance: 3e-8 })); // prettier-ignore

// -- matrixExp

test("matrixExp: no overscaling, a scale for each of a batch, and what it gives in closed form", () => {
  const steep = f64([[1, 1e6], [0, -1]]); // prettier-ignore
  const expected = f64([[Math.E, 1e6 * Math.sinh(1)], [0, 1 / Math.E]]); // prettier-ignore
  near(pf.matrixExp(steep).div(expected.add(f64([[0, 0], [1, 0]]))), f64([[1, 1], [0, 1]]), 1e-15); // prettier-ignore
  const small = f64([[0, 1e-3], [-1e-3, 0]]); // prettier-ignore
  const batch = pf.stack([small, small.mul(1e5), steep, pf.zeros([2, 2], { dtype: "float64" })]);
  const all = pf.matrixExp(batch);
  for (let i = 0; i < 4; i++) assert.equal(all.at(i).toArray(), pf.matrixExp(batch.at(i)).toArray());
  near(all.at(0), f64([[Math.cos(1e-3), Math.sin(1e-3)], [-Math.sin(1e-3), Math.cos(1e-3)]]), 2e-16); // prettier-ignore
  near(all.at(1), f64([[Math.cos(100), Math.sin(100)], [-Math.sin(100), Math.cos(100)]]), 1e-14); // prettier-ignore
  assert.equal(all.at(3).toArray(), [[1, 0], [0, 1]]); // prettier-ignore
  near(pf.matrixExp(f64([[0, 6, 0, 0], [0, 0, 6, 0], [0, 0, 0, 6], [0, 0, 0, 0]])), f64([[1, 6, 18, 36], [0, 1, 6, 18], [0, 0, 1, 6], [0, 0, 0, 1]]), 1e-14); // prettier-ignore
  assert.ok(pf.matrixExp(f64([[NaN, 0], [0, 1]])).isnan().all().item()); // prettier-ignore
  const large = pf.matrixExp(random([70, 70], 3).mul(0.2));
  near(large.matmul(pf.matrixExp(random([70, 70], 3).mul(-0.2))), pf.eye(70, { dtype: "float64" }), 1e-12);
  assert.is(pf.matrixExp(steep.float()).dtype, "float32");
});
test("matrixExp of entries beyond all digits: what has decayed, grown or is nilpotent; NaN for the rest", () => {
  const rows: [matrix: number[][], expected: number[][]][] = [
    [[[-2, 1], [1, -3]], [[0, 0], [0, 0]]],
    [[[2, 1], [1, 3]], [[Infinity, Infinity], [Infinity, Infinity]]],
    [[[0, 1], [-1, 0]], [[NaN, NaN], [NaN, NaN]]],
    [[[-1, 1], [1, -1]], [[NaN, NaN], [NaN, NaN]]],
  ]; // prettier-ignore
  for (const scale of [1e17, 1e40, 1e160, 1e300]) {
    for (const [matrix, expected] of rows) near(pf.matrixExp(f64(matrix).mul(scale)), expected, 0);
    near(pf.matrixExp(f64([[0, scale], [0, 0]])).div(f64([[1, scale], [1, 1]])), [[1, 1], [0, 1]], 1e-15); // prettier-ignore
  }
  // Below, results are those of a matrix that differs by rounding.
  const angle = 1e5;
  near(pf.matrixExp(f64([[0, angle], [-angle, 0]])), [[Math.cos(angle), Math.sin(angle)], [-Math.sin(angle), Math.cos(angle)]], 1e-10); // prettier-ignore
});

test.run();
