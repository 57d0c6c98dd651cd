// Derivatives of eigenvectors and singular vectors where values are equal, or zero: right to any order for what does not depend on the
// choice of vectors, held against differences of the function itself; NaN for what does.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { f64, values } from "./support";

const random = (m: number, n: number, seed: number): pf.Tensor => f64(values(m * n, seed)).reshape(m, n);
const symmetric = (x: pf.Tensor): pf.Tensor => x.add(x.mT).mul(0.5);
const orthogonal = (n: number, seed: number): pf.Tensor => pf.linalg.svd(random(n, n, seed))[0];
const near = (actual: number, expected: number, tolerance: number, what: string): void => {
  if (!(Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected))))
    assert.unreachable(`${what} is ${actual}, expected ${expected}`);
};

type F = (x: pf.Tensor) => pf.Tensor;

/** Holds derivatives of f at a to third order, each in as many ways as there are, against central differences. */
function checkOrders(f: F, a: pf.Tensor): void {
  const [D, E, G] = [1, 2, 3].map((seed) => random(a.shape[0], a.shape[1], seed));
  const weights = f64(values(f(a).numel, 4)).reshape(f(a).shape);
  const loss: F = (x) => f(x).mul(weights).sum();
  const slope = (g: F, along: pf.Tensor): F => (x) => pf.func.grad((y: pf.Tensor) => g(y))(x).mul(along).sum(); // prettier-ignore
  const at = (...steps: [pf.Tensor, number][]) => loss(steps.reduce((x, [v, h]) => x.add(v.mul(h)), a)).item();
  const signs = [1, -1];

  const first = signs.reduce((sum, s) => sum + s * at([D, s * 1e-5]), 0) / 2e-5;
  near(slope(loss, D)(a).item(), first, 1e-7, "the gradient");
  near(pf.functional.jvp(f, a, D)[1].mul(weights).sum().item(), first, 1e-7, "the jvp");

  let [second, third] = [0, 0];
  for (const s of signs)
    for (const t of signs) {
      second += (s * t * at([D, s * 1e-3], [E, t * 1e-3])) / 4e-6;
      for (const u of signs) third += (s * t * u * at([D, s * 1e-3], [E, t * 1e-3], [G, u * 1e-3])) / 8e-9;
    }
  near(slope(slope(loss, D), E)(a).item(), second, 1e-4, "the Hessian");
  near(pf.functional.jvp(slope(loss, D), a, E)[1].item(), second, 1e-4, "the Hessian, forward over reverse");
  const along: F = (x) => pf.functional.jvp(loss, x, D, { createGraph: true })[1];
  near(slope(along, E)(a).item(), second, 1e-4, "the Hessian, reverse over forward");
  near(slope(slope(slope(loss, D), E), G)(a).item(), third, 2e-3, "the third derivative");
}

const projector = (from: number, count: number): F => (x) => {
  const V = pf.linalg.eigh(symmetric(x))[1].narrow(1, from, count);
  return V.matmul(V.mT);
}; // prettier-ignore
const withEigenvalues = (list: number[]): pf.Tensor => {
  const V = orthogonal(list.length, 5);
  return V.mul(f64(list)).matmul(V.mT);
};
/** Of the largest eigenvalues V·exp(Λ)·Vᵀ. */
const top = (count: number): F => (x) => {
  const n = x.shape[0];
  const [w, V] = pf.linalg.eigh(x).map((y: pf.Tensor) => y.narrow(-1, n - count, count));
  return V.mul(w.exp()).matmul(V.mT);
}; // prettier-ignore
for (const [name, f, a] of [
  ["a projector, equal ones within", projector(0, 3), withEigenvalues([1, 1, 1, 3, 4])],
  ["a projector, equal ones beyond", projector(0, 2), withEigenvalues([1, 2, 3, 3, 5])],
  ["a projector, zeros", projector(0, 3), withEigenvalues([0, 0, 0, 1, 2])],
  ["a projector, equal but for rounding", projector(1, 2), withEigenvalues([-1, 2, 2 + 1e-15, 5])],
  ["a projector of a diagonal", projector(0, 1), f64([[1, 0, 0], [0, 2, 0], [0, 0, 2]])],
  ["the sum of the lowest", (x) => pf.linalg.eigvalsh(symmetric(x)).narrow(0, 0, 3).sum(), withEigenvalues([1, 1, 1, 3, 4])],
  ["the upper pair, equal ones beyond", (x) => top(1)(symmetric(x)), withEigenvalues([1, 1, 1, 3])],
  ["two upper pairs, zeros beyond", (x) => top(2)(symmetric(x)), withEigenvalues([0, 0, 2, 3])],
  ["the largest value, squared, beside its vector", (x) => { const [w, V] = pf.linalg.eigh(symmetric(x)); return V.at(":", 3).square().mul(w.at(3).square()); }, withEigenvalues([1, 1, 1, 3])],
  ["the trace", (x) => pf.linalg.eigvalsh(symmetric(x)).sum(), withEigenvalues([1, 1, 2, 2])],
] as [string, F, pf.Tensor][]) test(`eigh: ${name}`, () => checkOrders(f, a)); // prettier-ignore

const polar: F = (x) => {
  const [U, , Vh] = pf.linalg.svd(x, { fullMatrices: false });
  return U.matmul(Vh);
};
const left = (count: number): F => (x) => {
  const U = pf.linalg.svd(x, { fullMatrices: false })[0].narrow(1, 0, count);
  return U.matmul(U.mT);
}; // prettier-ignore
const right = (count: number): F => (x) => {
  const Vh = pf.linalg.svd(x, { fullMatrices: false })[2].narrow(0, 0, count);
  return Vh.mT.matmul(Vh);
}; // prettier-ignore
const lowRank = (count: number): F => (x) => {
  const [U, S, Vh] = pf.linalg.svd(x, { fullMatrices: false });
  return U.narrow(1, 0, count).mul(S.narrow(0, 0, count)).matmul(Vh.narrow(0, 0, count));
}; // prettier-ignore
const positive: F = (x) => pf.linalg.polar(x.shape[0] < x.shape[1] ? x.mT : x)[1];
const both: F = (x) => {
  const [U, , Vh] = pf.linalg.svd(x, { fullMatrices: false });
  return U.narrow(1, 0, 2).matmul(Vh.narrow(0, 0, 2));
};
const beyond: F = (x) => {
  const [U, , Vh] = pf.linalg.svd(x);
  const rest = x.shape[0] >= x.shape[1] ? U.narrow(1, 2, x.shape[0] - 2) : Vh.mT.narrow(1, 2, x.shape[1] - 2);
  return rest.matmul(rest.mT);
};
for (const [m, n] of [
  [4, 4],
  [6, 4],
  [4, 6],
]) {
  const withValues = (list: number[]) => orthogonal(m, 6).narrow(1, 0, 4).mul(f64(list)).matmul(orthogonal(n, 7).narrow(1, 0, 4).mT); // prettier-ignore
  for (const [name, f, list] of [
    ["the polar factor", polar, [3, 2, 2, 1]],
    ["the polar factor, all equal", polar, [2, 2, 2, 2]],
    ["the part of rank 1, equal values beyond", lowRank(1), [3, 1, 1, 1]],
    ["the part of rank 2, zeros beyond", lowRank(2), [3, 2, 0, 0]],
    ["the positive factor", (x) => positive(x), [3, 2, 2, 1]],
    ["the positive factor, all equal", (x) => positive(x), [2, 2, 2, 2]],
    ["the nuclear norm", (x) => pf.linalg.svdvals(x).sum(), [3, 2, 2, 1]],
    ["the nuclear norm, all equal", (x) => pf.norm(x, "nuc"), [2, 2, 2, 2]],
    ["left vectors of rank 2", left(2), [3, 2, 0, 0]],
    ["left vectors of rank 2, equal", left(2), [3, 3, 0, 0]],
    ["right vectors of rank 2", right(2), [3, 2, 0, 0]],
    ["vectors of both sides, of rank 2, equal", both, [3, 3, 0, 0]],
    ["what is beyond rank 2", beyond, [3, 3, 0, 0]],
    ["what is beyond rank 2, of all", beyond, [3, 2, 0.5, 0.1]],
  ] as [string, F, number[]][]) test(`svd ${m}×${n}: ${name}`, () => checkOrders(f, withValues(list))); // prettier-ignore
}

// -- values that are nearly equal, held against the same functions by way of sqrtm, which knows no vectors

const inverseRoot: F = (x) => pf.linalg.inv(pf.linalg.sqrtm(x));
const polarByRoot: F = (x) => x.matmul(inverseRoot(x.mT.matmul(x)));
const eye4 = pf.eye(4, { dtype: "float64" });
/** (I - sign(x - 2))/2, of what is less than 2. */
const projectorByRoot: F = (x) => {
  const y = symmetric(x).sub(eye4.mul(2));
  return eye4.sub(y.matmul(inverseRoot(y.matmul(y)))).mul(0.5);
};
const [U4, V4, G4, D4] = [orthogonal(4, 21), orthogonal(4, 22), random(4, 4, 23), random(4, 4, 24)];
const distance = (x: pf.Tensor, y: pf.Tensor): number => x.sub(y).abs().max().item() / y.abs().max().item();
for (const gap of [1e-15, 3e-14, 1e-13, 1e-12, 1e-11, 1e-9, 1e-6, 1e-3])
  test(`values that differ by ${gap}: derivatives of what does not depend on vectors between them`, () => {
    const general = U4.mul(f64([3, 2 + gap, 2, 1])).matmul(V4.mT);
    const definite = symmetric(U4.mul(f64([1, 1 + gap, 3, 4])).matmul(U4.mT));
    for (const [f, expected, a] of [
      [polar, polarByRoot, general],
      [projector(0, 2), projectorByRoot, definite],
    ] as const) {
      const [g, gExpected] = [f, expected].map(
        (h) => (x: pf.Tensor) => pf.func.grad((y: pf.Tensor) => h(y).mul(G4).sum())(x),
      );
      assert.ok(distance(g(a), gExpected(a)) < 3e-14, "the gradient");
      const [h, hExpected] = [g, gExpected].map((k) => pf.func.grad((x: pf.Tensor) => k(x).mul(D4).sum())(a));
      // Beyond what counts as equal, rounding is divided by the square of the gap.
      assert.ok(distance(h, hExpected) < (gap < 3e-11 ? 1e-12 : 1e-14 / gap ** 2), "the Hessian");
    }
    const hessian = (f: F) => pf.func.grad((x: pf.Tensor) => pf.func.grad(f)(x).mul(D4).sum())(general);
    assert.ok(
      distance(
        hessian((x) => pf.linalg.svdvals(x).sum()),
        hessian((x) => polarByRoot(x).mul(x).sum()),
      ) < 1e-13,
    );
  });
for (const third of [1e-14, 1e-13, 1e-12, 1e-11])
  test(`equal values and a third one, off by ${third}`, () =>
    checkOrders(projector(0, 3), withEigenvalues([1, 1, 1 + third, 4])));

// -- what depends on the choice of vectors

const w3 = random(3, 3, 8);
const I = f64([[1, 0, 0], [0, 1, 0], [0, 0, 1]]); // prettier-ignore
const Q = orthogonal(3, 9);
for (const [name, f, a] of [
  ["a vector of equal eigenvalues", (x) => pf.linalg.eigh(symmetric(x))[1].mul(w3).sum(), I],
  ["its projector", (x) => { const v = pf.linalg.eigh(symmetric(x))[1].narrow(1, 0, 1); return v.matmul(v.mT).mul(w3).sum(); }, Q.mul(f64([1, 1, 4])).matmul(Q.mT)],
  ["V·f(Λ)·Vᵀ", (x) => { const [w, V] = pf.linalg.eigh(symmetric(x)); return V.mul(w.exp()).matmul(V.mT).mul(w3).sum(); }, I],
  ["V·f(Λ)·Vᵀ, by one element", (x) => { const [w, V] = pf.linalg.eigh(symmetric(x)); return V.mul(w.exp()).matmul(V.mT).at(0, 1); }, I],
  ["a part whose rank parts equal values", (x) => lowRank(2)(x).mul(w3).sum(), Q.mul(f64([3, 1, 1])).matmul(Q.mT)],
  ["a singular vector of equal values", (x) => pf.linalg.svd(x)[0].mul(w3).sum(), I],
  ["U·f(Σ)·Vᵀ", (x) => { const [U, S, Vh] = pf.linalg.svd(x); return U.mul(S.exp()).matmul(Vh).mul(w3).sum(); }, I],
  ["the polar factor of a singular matrix", (x) => polar(x).mul(w3).sum(), Q.mul(f64([1, 0, 0]))],
  ["vectors without a value", (x) => pf.linalg.svd(x)[0].mul(w3).sum(), random(3, 1, 2)],
] as [string, F, pf.Tensor][]) {
  test(`NaN: ${name}`, () => {
    assert.ok(pf.func.grad(f)(a).isnan().any().item(), "the gradient");
    assert.ok(pf.functional.jvp(f, a, random(a.shape[0], a.shape[1], 1))[1].isnan().any().item(), "the jvp");
  });
} // prettier-ignore

test("float32 at equal values: finite, and no square of a gap", () => {
  const a = pf.tensor([[1, 0, 0], [0, 1, 0], [0, 0, 1 + 3e-6]], { dtype: "float32" }); // prettier-ignore
  const g = pf.func.grad((x: pf.Tensor) => polar(x).mul(w3.float()).sum())(a);
  assert.ok(g.isfinite().all().item());
});

test("pinv of the identity has its derivative", () => {
  const D = random(3, 3, 1);
  const [, t] = pf.functional.jvp((x: pf.Tensor) => pf.linalg.pinv(x), I, D);
  assert.ok(t.add(D).abs().max().item() < 1e-14);
});

test.run();
