// Eigenvalues, singular values, and what rests on them: backward errors on matrices that are known to be hard, values by hand, errors.
// Derivatives where values are equal have a suite of their own (spectral-ties.test.ts).
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { checkDerivatives, f32, f64, i32, nearAll, values } from "./support";

const eye = (n: number): pf.Tensor => pf.eye(n, { dtype: "float64" });
const most = (x: pf.Tensor): number => (x.numel ? x.abs().max().item() : 0);
const matrix = (m: number, n: number, f: (i: number, j: number) => number): pf.Tensor =>
  f64(Array.from({ length: m * n }, (_, at) => f(Math.floor(at / n), at % n))).reshape(m, n);
const random = (m: number, n: number, seed: number): pf.Tensor => f64(values(m * n, seed)).reshape(m, n);
const symmetric = (x: pf.Tensor): pf.Tensor => x.add(x.mT).mul(0.5);

const hard: [name: string, a: pf.Tensor][] = [
  ...[1, 2, 3, 5, 8, 16, 17, 33, 64, 65, 100].map((n): [string, pf.Tensor] => [`random ${n}`, symmetric(random(n, n, n))]),
  ["Hilbert", matrix(20, 20, (i, j) => 1 / (i + j + 1))],
  ["Hilbert, small", matrix(12, 12, (i, j) => 1 / (i + j + 1))],
  ["Wilkinson", matrix(21, 21, (i, j) => (i === j ? Math.abs(i - 10) : Math.abs(i - j) === 1 ? 1 : 0))],
  ["Wilkinson, glued", matrix(63, 63, (i, j) => (i === j ? Math.abs((i % 21) - 10) : Math.abs(i - j) === 1 ? (Math.max(i, j) % 21 ? 1 : 1e-8) : 0))],
  ["graded", matrix(30, 30, (i, j) => 10 ** -Math.max(i, j) * (1 + ((i * j) % 7)))],
  ["graded steeply", matrix(10, 10, (i, j) => 10 ** (-20 * (i + j)))],
  ["of rank 1", matrix(40, 40, () => 1)],
  ["of rank 1, small", matrix(14, 14, () => 1)],
  ["clustered", eye(40).add(symmetric(random(40, 40, 3)).mul(1e-14))],
  ["the identity", eye(33)],
  ["the identity, small", eye(7)],
  ["zeros", eye(20).mul(0)],
  ["zeros, small", eye(3).mul(0)],
  ["diagonal, in no order", matrix(25, 25, (i, j) => (i === j ? ((7 * i) % 25) - 12 : 0))],
  ["tridiagonal", matrix(50, 50, (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0))],
  ["in blocks", matrix(32, 32, (i, j) => (i >> 3 === j >> 3 ? (i === j ? 1 : 0.25) : 0))],
  ["with one element far from the diagonal", matrix(20, 20, (i, j) => (i + j === 19 && i * j === 0 ? 1 : 0))],
]; // prettier-ignore

for (const [name, a] of hard) {
  for (const power of [0, 150, -150, 300, -300]) {
    if (power && !/random (5|33)$|^of rank/.test(name)) continue;
    const scaled = a.mul(2 ** power);
    const n = a.shape[0];
    test(`eigh: ${name}${power ? `, times 2^${power}` : ""}`, () => {
      const [w, V] = pf.linalg.eigh(scaled);
      const size = most(a) * Math.sqrt(n) || 1;
      assert.ok(
        most(
          V.mul(w.mul(2 ** -power))
            .matmul(V.mT)
            .sub(a),
        ) <=
          4 * n ** 0.5 * 2e-15 * size,
        "V·Λ·Vᵀ",
      );
      assert.ok(most(V.mT.matmul(V).sub(eye(n))) <= n * 2e-15, "Vᵀ·V");
      const list = w.tolist() as number[];
      assert.equal(
        list,
        [...list].sort((x, y) => x - y),
      );
      assert.ok(
        most(
          pf.linalg
            .eigvalsh(scaled)
            .sub(w)
            .mul(2 ** -power),
        ) <=
          n * 1e-15 * size,
      );
    });
  }
}

const rectangular: [name: string, a: pf.Tensor][] = [
  ...([[5, 3], [3, 5], [40, 7], [7, 40], [17, 17], [40, 33], [33, 40], [70, 40], [1, 6], [6, 1], [100, 20], [130, 40], [40, 130]] as const).map(
    ([m, n]): [string, pf.Tensor] => [`random ${m}×${n}`, random(m, n, m + n)],
  ),
  ["Läuchli", matrix(21, 20, (i, j) => (i === 0 ? 1 : i - 1 === j ? 1e-9 : 0))],
  ["Läuchli, small", matrix(4, 3, (i, j) => (i === 0 ? 1 : i - 1 === j ? 1e-9 : 0))],
  ["Kahan", matrix(40, 40, (i, j) => (i > j ? 0 : Math.sin(1.2) ** i * (i === j ? 1 : -Math.cos(1.2))))],
  ["a shift", matrix(30, 30, (i, j) => (i + 1 === j ? 1 : 0))],
  ["of rank 3, tall", random(50, 3, 1).matmul(random(3, 30, 2))],
  ["of rank 3, wide", random(30, 3, 1).matmul(random(3, 50, 2))],
  ["of rank 3, small", random(12, 3, 1).matmul(random(3, 9, 2))],
  ["with columns of zeros", matrix(30, 20, (i, j) => (j % 3 ? Math.sin(i * j + 1) : 0))],
  ["with columns of very different size", random(30, 20, 5).mul(f64(Array.from({ length: 20 }, (_, j) => 10 ** -j)))],
]; // prettier-ignore
for (const [name, a] of [...hard, ...rectangular]) {
  const [m, n] = a.shape;
  const k = Math.min(m, n);
  for (const fullMatrices of [true, false]) {
    test(`svd: ${name}${fullMatrices ? ", full" : ""}`, () => {
      const [U, S, Vh] = pf.linalg.svd(a, { fullMatrices });
      assert.equal([U.shape, S.shape, Vh.shape], [[m, fullMatrices ? m : k], [k], [fullMatrices ? n : k, n]]);
      const size = (most(a) || 1) * Math.sqrt(Math.max(m, n));
      assert.ok(
        most(
          U.narrow(1, 0, k)
            .mul(S)
            .matmul(Vh.narrow(0, 0, k))
            .sub(a),
        ) <=
          8 * k ** 0.5 * 2e-15 * size,
        "U·Σ·Vᵀ",
      );
      assert.ok(most(U.mT.matmul(U).sub(eye(U.shape[1]))) <= m * 2e-15, "Uᵀ·U");
      assert.ok(most(Vh.matmul(Vh.mT).sub(eye(Vh.shape[0]))) <= n * 2e-15, "Vᵀ·V");
      const list = S.tolist() as number[];
      assert.equal(
        list,
        [...list].sort((x, y) => y - x),
      );
      assert.ok(list.every((s) => s >= 0));
      assert.ok(most(pf.linalg.svdvals(a).sub(S)) <= k * 1e-15 * size);
    });
  }
}

// Of D·Q, D diagonal and Q orthogonal, the singular values are D's, to their last digits however small they are.
for (const n of [6, 16, 24, 60]) {
  test(`svd: small singular values to relative accuracy, ${n}`, () => {
    const Q = pf.linalg.svd(random(n, n, 8))[0];
    const exponents = Array.from({ length: n }, (_, i) => -((20 * i) / (n - 1)));
    const d = f64(exponents.map((x) => 10 ** x));
    for (const a of [Q.mul(d), Q.mul(d).mT.clone()]) {
      // The rows of Q are not exactly orthonormal: to some ε.
      const error = most(pf.linalg.svdvals(a).div(d).sub(1));
      assert.ok(error <= n * 1e-15, `relative error ${error}`);
    }
  });
}

test("only the triangle that is named is read", () => {
  const a = f64([[2, 99], [1, 2]]); // prettier-ignore
  nearAll(pf.linalg.eigvalsh(a), [1, 3]);
  nearAll(pf.linalg.eigvalsh(a.mT, "U"), [1, 3]);
  nearAll(pf.linalg.eigh(a.mT, { UPLO: "U" })[0], [1, 3]);
  nearAll(pf.func.grad((x: pf.Tensor) => pf.linalg.eigvalsh(x).at(1))(a), [[0.5, 0.5], [0.5, 0.5]]); // prettier-ignore
});

test("no result depends on its neighbours in the batch", () => {
  for (const n of [3, 8, 20]) {
    const batch = pf.stack([random(n, n, 1), random(n, n, 2).mul(1e-3), eye(n), random(n, n, 4), eye(n).mul(0)]);
    const [w, V] = pf.linalg.eigh(batch);
    const [U, S, Vh] = pf.linalg.svd(batch);
    for (let i = 0; i < 5; i++) {
      const alone = [...pf.linalg.eigh(batch.at(i)), ...pf.linalg.svd(batch.at(i))];
      [w, V, U, S, Vh].forEach((x, k) => assert.equal(x.at(i).tolist(), alone[k].tolist()));
    }
  }
});

test("float32 is float64, rounded", () => {
  for (const n of [4, 40]) {
    const a = symmetric(random(n, n, 3)).float();
    const error = most(pf.linalg.eigvalsh(a).double().sub(pf.linalg.eigvalsh(a.double())));
    assert.ok(error <= 2 ** -22 * Math.sqrt(n), `${error}`);
    const [U, S, Vh] = pf.linalg.svd(a);
    assert.is(U.dtype, "float32");
    assert.ok(most(U.mul(S).matmul(Vh).sub(a)) <= 1e-5);
  }
});

test("matrices without elements", () => {
  assert.equal(pf.linalg.eigh(pf.zeros([0, 0]))[1].shape, [0, 0]);
  assert.equal(pf.linalg.eigvalsh(pf.zeros([2, 0, 0])).shape, [2, 0]);
  const [U, S, Vh] = pf.linalg.svd(pf.zeros([3, 0], { dtype: "float64" }));
  nearAll(U, eye(3));
  assert.equal([S.shape, Vh.shape], [[0], [0, 0]]);
  nearAll(pf.linalg.svd(pf.zeros([0, 2], { dtype: "float64" }))[2], eye(2));
  assert.equal(pf.linalg.svdvals(pf.zeros([0, 5, 3])).shape, [0, 3]);
});

const message = "The algorithm failed to converge because the input matrix contained non-finite values.";
test("elements that are not finite: an error of the op, with the batch element, and no other matrix is touched", () => {
  const isLinAlgError = (text: string) => (error: Error) =>
    error instanceof pf.LinAlgError && error.message.startsWith(text);
  for (const n of [2, 18]) {
    for (const bad of [NaN, Infinity, -Infinity]) {
      const batch = pf.stack([eye(n), eye(n).mul(f64([...Array<number>(n - 1).fill(1), bad])), eye(n).mul(2)]);
      const w = pf.linalg.eigvalsh(batch);
      assert.throws(() => w.tolist(), isLinAlgError(`linalg.eigvalsh: (Batch element 1): ${message}`));
      const [, S] = pf.linalg.svd(batch);
      assert.throws(() => S.tolist(), isLinAlgError(`linalg.svd: (Batch element 1): ${message}`));
      for (const name of ["svdvals", "pinv", "matrixRank", "cond", "polar"] as const) {
        const made = (pf.linalg[name] as (x: pf.Tensor) => pf.Tensor | readonly pf.Tensor[])(batch);
        const result = made instanceof pf.Tensor ? made : made[0];
        assert.throws(() => result.tolist(), isLinAlgError(`linalg.${name}: (Batch element 1): ${message}`));
      }
      assert.throws(() => pf.linalg.lstsq(batch, batch)[0].tolist(), isLinAlgError("linalg.lstsq: (Batch element 1)"));
      const compiled = pf.compile((x: pf.Tensor) => pf.linalg.eigh(x)[0]);
      for (let i = 0; i < 2; i++)
        assert.throws(() => compiled(batch.at(1)).tolist(), isLinAlgError(`linalg.eigh: ${message}`));
      nearAll(compiled(eye(n)), Array<number>(n).fill(1));
    }
  }
});

const a = f64([[3, 1], [0, 2], [1, 1]]); // prettier-ignore
const deficient = f64([[1, 2], [2, 4]]); // prettier-ignore
const rows: [name: string, actual: () => any, expected: any][] = [
  ["svdvals", () => pf.linalg.svdvals(f64([[3, 0], [4, 5]])), [Math.sqrt(45), Math.sqrt(5)]],
  ["pinv of a diagonal", () => pf.linalg.pinv(f64([[2, 0], [0, 0]])), [[0.5, 0], [0, 0]]],
  ["pinv of rank 1", () => pf.linalg.pinv(deficient), [[0.04, 0.08], [0.08, 0.16]]],
  ["pinv, tall", () => pf.linalg.pinv(a).matmul(a), [[1, 0], [0, 1]]],
  ["pinv, hermitian", () => pf.linalg.pinv(f64([[1, 99], [2, 4]]), { hermitian: true }), [[0.04, 0.08], [0.08, 0.16]]],
  ["pinv, rtol", () => pf.linalg.pinv(f64([[4, 0], [0, 1]]), { rtol: 0.5 }), [[0.25, 0], [0, 0]]],
  ["pinv, atol", () => pf.linalg.pinv(f64([[4, 0], [0, 1]]), { atol: 2 }), [[0.25, 0], [0, 0]]],
  ["pinv, a tolerance for each", () => pf.linalg.pinv(f64([[[4, 0], [0, 1]], [[4, 0], [0, 1]]]), { atol: f64([2, 0]) }), [[[0.25, 0], [0, 0]], [[0.25, 0], [0, 1]]]],
  ["pinverse", () => pf.pinverse(f64([[4, 0], [0, 1]]), 0.5), [[0.25, 0], [0, 0]]],
  ["matrixRank", () => pf.linalg.matrixRank(pf.stack([deficient, f64([[1, 2], [2, 3]])])), i32([1, 2])],
  ["matrixRank, hermitian", () => pf.linalg.matrixRank(deficient, { hermitian: true }), i32(1)],
  ["matrixRank, atol", () => pf.linalg.matrixRank(f64([[4, 0], [0, 1]]), { atol: 2 }), i32(1)],
  ["matrixRank of nothing", () => pf.linalg.matrixRank(pf.zeros([3, 0])), i32(0)],
  ["cond", () => pf.linalg.cond(f64([[4, 0], [0, 0.5]])), 8],
  ["cond, -2", () => pf.linalg.cond(f64([[4, 0], [0, 0.5]]), -2), 0.125],
  ["cond, 1", () => pf.linalg.cond(f64([[1, 2], [3, 4]]), 1), 21],
  ["cond, fro", () => pf.linalg.cond(f64([[1, 2], [3, 4]]), "fro"), 15],
  ["cond, nuc", () => pf.linalg.cond(f64([[4, 0], [0, 0.5]]), "nuc"), 4.5 * 2.25],
  ["cond of a singular matrix", () => pf.linalg.cond(f64([[1, 1], [1, 1]]), 1), Infinity],
  ["norm, nuc", () => pf.norm(f64([[3, 0], [4, 5]]), "nuc"), Math.sqrt(45) + Math.sqrt(5)],
  ["matrixNorm, 2", () => pf.linalg.matrixNorm(f64([[3, 0], [4, 5]]), 2), Math.sqrt(45)],
  ["matrixNorm, -2, of other dims", () => pf.linalg.matrixNorm(pf.stack([f64([[3, 0], [4, 5]]), eye(2)], 2), -2, [0, 1], { keepdim: true }), [[[Math.sqrt(5), 1]]]],
  ["linalg.norm, nuc", () => pf.linalg.norm(eye(3), "nuc"), 3],
  ["lstsq", () => pf.linalg.lstsq(f64([[1, 0], [1, 1], [1, 2]]), f64([[1], [2], [4]])).slice(0, 3), [[[5 / 6], [1.5]], f64([]), i32(2)]],
  ["lstsq of a vector", () => pf.linalg.lstsq(f64([[1, 0], [1, 1], [1, 2]]), f64([1, 2, 4]), { driver: "gelsd" }).slice(0, 3), [[5 / 6, 1.5], [1 / 6], i32(2)]],
  ["lstsq of rank 1", () => pf.linalg.lstsq(deficient, f64([[5], [10]])).solution, [[1], [2]]],
]; // prettier-ignore
for (const [name, actual, expected] of rows) test(name, () => nearAll(actual(), expected, 1e-14));

const square = random(3, 3, 6);
const derivatives: [name: string, f: (...inputs: pf.Tensor[]) => pf.Tensor | pf.Tensor[], inputs: pf.Tensor[]][] = [
  ["eigh", (x) => { const [w, V] = pf.linalg.eigh(symmetric(x)); return [w, V.square()]; }, [square]],
  ["eigh of a batch", (x) => { const [w, V] = pf.linalg.eigh(symmetric(x)); return V.mul(w.exp().unsqueeze(-2)).matmul(V.mT); }, [pf.stack([square, random(3, 3, 9)])]],
  ["eigvalsh", (x) => pf.linalg.eigvalsh(symmetric(x), "U"), [square]],
  ...([[4, 2], [2, 4], [3, 3]] as const).flatMap(([m, n]): [string, (x: pf.Tensor) => pf.Tensor[], pf.Tensor[]][] => [
    [`svd ${m}×${n}`, (x) => { const [U, S, Vh] = pf.linalg.svd(x, { fullMatrices: false }); return [U.square(), S, Vh.square()]; }, [random(m, n, 11)]],
    [`svd ${m}×${n}, what is full`, (x) => { const [U, S, Vh] = pf.linalg.svd(x); const [u, v] = [U.narrow(1, 2, m - 2), Vh.narrow(0, 2, n - 2)]; return [u.matmul(u.mT), S, v.mT.matmul(v)]; }, [random(m, n, 12)]],
  ]),
  ["svdvals", pf.linalg.svdvals, [random(4, 3, 2)]],
  ["pinv, tall", (x) => pf.linalg.pinv(x), [random(4, 3, 3)]],
  ["pinv, wide", (x) => pf.linalg.pinv(x), [random(2, 4, 3)]],
  ["pinv of constant rank", (x, y) => pf.linalg.pinv(x.matmul(y)), [random(4, 2, 3), random(2, 3, 4)]],
  ["lstsq", (x, y) => pf.linalg.lstsq(x, y).solution, [random(4, 2, 5), random(4, 3, 6)]],
  ["lstsq, of rows", (x, y) => pf.linalg.lstsq(x, y).solution, [random(2, 4, 5), random(2, 3, 6)]],
  ["cond", (x) => pf.linalg.cond(x), [random(4, 3, 3)]],
  ["cond, fro", (x) => pf.linalg.cond(x, "fro"), [square]],
  ["norm, nuc", (x) => pf.norm(x, "nuc"), [random(4, 3, 4)]],
  ["matrixNorm, 2", (x) => pf.linalg.matrixNorm(x, 2), [pf.stack([square, random(3, 3, 9)])]],
]; // prettier-ignore
for (const [name, f, inputs] of derivatives) test(`derivatives: ${name}`, () => checkDerivatives(f, inputs, 1e-6));

for (const [dtype, ofInverse, ofSolution] of [
  ["float32", 46, 40],
  ["float64", 352, 330],
] as const) {
  test(`gradients of pinv and lstsq at every scale, ${dtype}`, () => {
    const a = random(5, 3, 8).to(dtype);
    const b = random(5, 2, 9).to(dtype);
    const weight = random(3, 5, 10).to(dtype);
    const inverse = pf.func.grad((x: pf.Tensor) => pf.linalg.pinv(x).mul(weight).sum());
    const solution = pf.func.grad((x: pf.Tensor) => pf.linalg.lstsq(x, b).solution.square().sum());
    for (const sign of [1, -1]) {
      // pinv(c·a) is pinv(a)/c, so its gradient is that at a by c².
      const c = 2 ** (sign * ofInverse);
      nearAll([inverse(a.mul(c)).mul(c).mul(c)], [inverse(a)], 1e-6);
      const d = 2 ** (sign * ofSolution);
      nearAll([solution(a.mul(d)).mul(d).mul(d).mul(d)], [solution(a)], 1e-6);
    }
  });
}
test("lstsq with gels cuts nothing off", () => {
  const x = pf.linspace(0, 1000, 20, { dtype: "float64" });
  const powers = pf.vander(x, 6, true);
  const y = x.mul(0.01).sin();
  const { solution } = pf.linalg.lstsq(powers, y, { driver: "gels" });
  const [q, r] = pf.linalg.qr(powers);
  const expected = pf.linalg.solveTriangular(r, q.mT.matmul(y.unsqueeze(1)), { upper: true }).squeeze(1);
  nearAll([powers.matmul(solution)], [powers.matmul(expected)], 1e-9);
  nearAll([pf.linalg.lstsq(f64([[1, 0], [0, 1e-17], [0, 0]]), f64([1, 1e-17, 5]), { driver: "gels" })[0]], [f64([1, 1])]); // prettier-ignore
});
test("condition numbers of singular and of empty matrices", () => {
  const singular = f64([[1, 2], [2, 4]]); // prettier-ignore
  for (const order of ["fro", "nuc", 1, -1, Infinity] as const)
    assert.ok(pf.linalg.cond(singular, order).item() > 1e15, String(order));
  assert.is(pf.linalg.cond(f64([[0, 0], [0, 0]])).item(), Infinity); // prettier-ignore
  assert.is(pf.linalg.cond(f64([[3, 0], [0, 4]]), "nuc").item(), 7 * (1 / 3 + 1 / 4)); // prettier-ignore
  assert.equal(pf.linalg.cond(pf.zeros([2, 0, 0])).toArray(), [0, 0]);
});

// -- lobpcg

test("lobpcg: some of the eigenvalues, of two matrices too", () => {
  const a = symmetric(random(9, 9, 1));
  const root = random(9, 9, 2);
  const b = root.matmul(root.mT).add(pf.eye(9, { dtype: "float64" }));
  const all = pf.linalg.eigvalsh(a);
  nearAll(pf.lobpcg(a)[0], all.narrow(0, 8, 1));
  nearAll(pf.lobpcg(a, 3)[0], all.flip([0]).narrow(0, 0, 3));
  nearAll(pf.lobpcg(a, { largest: false, X: pf.zeros([9, 2], { dtype: "float64" }) })[0], all.narrow(0, 0, 2));
  for (const largest of [true, false])
    for (const B of [undefined, b, pf.stack([b, b.mul(2)])]) {
      const A = B?.ndim === 3 ? pf.stack([a, a.mul(-1)]) : a;
      const [E, X] = pf.lobpcg(A, 3, B, { largest });
      assert.equal([E.shape, X.shape], [[...A.shape.slice(0, -2), 3], [...A.shape.slice(0, -1), 3]]); // prettier-ignore
      const of = (x: pf.Tensor) => (B ? B.matmul(x) : x);
      nearAll(A.matmul(X), of(X).mul(E.unsqueeze(-2)), 1e-11);
      nearAll(X.mT.matmul(of(X)), pf.eye(3, { dtype: "float64" }).expand([...A.shape.slice(0, -2), 3, 3]), 1e-12);
      assert.ok(E.diff().mul(largest ? -1 : 1).gt(0).all().item()); // prettier-ignore
    }
});
test("lobpcg: derivatives, of projections by both matrices", () => {
  const [a, root] = [symmetric(random(6, 6, 1)), random(6, 6, 2)];
  const b = root.matmul(root.mT).add(pf.eye(6, { dtype: "float64" }));
  const f = (x: pf.Tensor, y: pf.Tensor) => {
    const [E, X] = pf.lobpcg(symmetric(x), 2, symmetric(y));
    return X.mul(E).matmul(X.mT);
  };
  checkDerivatives(f, [a, b], 1e-6);
});
test("lobpcg refuses what torch refuses", () => {
  const a = pf.eye(5);
  assert.throws(() => pf.lobpcg(a, 2), /lobpcg: LOBPCG algorithm is not applicable when the number of A rows \(=5\) is smaller than 3 x the number of requested eigenpairs \(=2\)\./); // prettier-ignore
  assert.throws(() => pf.lobpcg(a, 1, pf.eye(4)), /lobpcg: A and B must have the same shape, but they are \[5, 5\] and \[4, 4\]\./); // prettier-ignore
  assert.throws(() => pf.lobpcg(pf.ones([3, 4])), /lobpcg: A must be batches of square matrices/);
  assert.throws(() => pf.lobpcg(a, 1, a.neg())[0].data(), /positive-definite/);
});

test("vmap and compile", () => {
  const batch = pf.stack([symmetric(random(3, 3, 1)), symmetric(random(3, 3, 2))]);
  const f = (x: pf.Tensor): pf.Tensor => {
    const [w, V] = pf.linalg.eigh(x);
    return V.mul(w.sin()).matmul(V.mT).add(pf.linalg.pinv(x)).sum();
  };
  const each = [0, 1].map((i) => pf.func.hessian(f)(batch.at(i)));
  nearAll(pf.func.vmap(pf.func.hessian(f))(batch), pf.stack(each), 1e-11);
  nearAll(pf.compile(pf.func.hessian(f))(batch.at(1)), each[1], 1e-11);
});

test("a tall matrix takes no square of its height", () => {
  const before = pf.backend.memoryBytes;
  const x = f64(values(6000 * 6, 1)).reshape(6000, 6);
  const g = pf.func.grad((y: pf.Tensor) => pf.linalg.svd(y, { fullMatrices: false })[0].square().square().sum())(x);
  assert.ok(Number.isFinite(g.sum().item()));
  assert.ok(most(f32([1])) === 1 && pf.backend.memoryBytes - before < 20e6);
});
for (const [m, n] of [[6000, 6], [6, 6000]]) {
  test(`derivatives of pinv and lstsq of ${m}×${n} take no square of the larger size`, () => {
    const before = pf.backend.memoryBytes;
    const [x, v] = [1, 2].map((seed) => f64(values(m * n, seed)).reshape(m, n));
    const b = f64(values(m, 3));
    for (const f of [(y: pf.Tensor) => pf.linalg.pinv(y).square().sum(), (y: pf.Tensor) => pf.linalg.lstsq(y, b)[0].square().sum()]) {
      const [first, product] = [pf.func.grad(f)(x), pf.functional.hvp(f, x, v)[1]];
      // Of degree −2 in x: by Euler's theorem.
      nearAll(first.mul(x).sum().div(f(x)), f64(-2), 1e-12);
      nearAll(product.mul(x).sum().div(first.mul(v).sum()), f64(-3), 1e-11);
    }
    assert.ok(pf.backend.memoryBytes - before < 40e6);
  });
} // prettier-ignore

test.run();
