// Canonical correlations of two sets of variables, and how they depend on the data. The cosines of the angles between the
// column spaces of X and Y come from QR and SVD (Björck and Golub, "Numerical Methods for Computing Angles Between Linear
// Subspaces", Mathematics of Computation 27, 1973); the usual way, by Cholesky factors of the covariances, gives the same. The
// gradient of the first is compared with the formula of first-order perturbation, and used for the influence of single
// observations (Romanazzi, "Influence in Canonical Correlation Analysis", Psychometrika 57, 1992).
import assert from "node:assert/strict";
import * as pf from "pushforward";

pf.setDefaultDtype("float64");

// -- data: four and three variables that share two hidden signals; numbers as if at random, the same everywhere
const N = 60;
const noise = (i, j) => Math.sin(1000 * (i + 1) * (j + 1) + 37 * (j + 1) ** 2);
const rows = Array.from({ length: N }, (_, i) => {
  const [s, t] = [Math.sin(0.37 * i), Math.cos(0.83 * i + 1)];
  const e = (j, size) => size * noise(i, j);
  return {
    x: [s + e(0, 0.4), 0.5 * s - t + e(1, 0.6), t + e(2, 0.9), e(3, 1)],
    y: [2 * s + e(4, 0.7), t - s + e(5, 0.8), e(6, 1)],
  };
});
const X = pf.tensor(rows.map(({ x }) => x));
const Y = pf.tensor(rows.map(({ y }) => y));

const center = (A) => A.sub(A.mean(0));

/** Correlations ρ, descending, and the variates: U = X·A and V = Y·B have orthonormal columns, and Uᵀ·V = diag ρ. */
function canonical(X, Y) {
  const [QX, RX] = pf.linalg.qr(center(X));
  const [QY, RY] = pf.linalg.qr(center(Y));
  const { U, S, Vh } = pf.linalg.svd(QX.T.matmul(QY), false);
  return {
    rho: S,
    U: QX.matmul(U),
    V: QY.matmul(Vh.T),
    A: pf.linalg.solveTriangular(RX, U, { upper: true }),
    B: pf.linalg.solveTriangular(RY, Vh.T, { upper: true }),
  };
}

/** The same correlations as singular values of Lx⁻¹·Cxy·Ly⁻ᵀ. */
function correlationsByCholesky(X, Y) {
  const [x, y] = [center(X), center(Y)];
  const white = (a) => pf.linalg.solveTriangular(pf.linalg.cholesky(a.T.matmul(a)), a.T, { upper: false });
  return pf.linalg.svdvals(white(x).matmul(white(y).T));
}

const leading = (X, Y) => canonical(X, Y).rho.at(0);

/** How much of a signal (a column) lies in the space of the first k variates of X; it does not depend on their signs. */
function explained(X, Y, signal, k = 2) {
  const U = canonical(X, Y).U.narrow(1, 0, k);
  const s = signal.sub(signal.mean());
  return U.T.matmul(s).square().sum().div(s.square().sum());
}

const list = (t, digits = 10) => [...t.data()].map((v) => v.toFixed(digits)).join("  ");
const worst = (a, b) => a.sub(b).abs().max().item().toExponential(1);

console.log(`canonical correlations ${list(canonical(X, Y).rho)}`);
console.log(`  by Cholesky          ${list(correlationsByCholesky(X, Y))}`);

// -- the gradient of ρ₁ by the data, against centre((v - ρu)·aᵀ)
const gradient = pf.compile(pf.func.gradAndValue(leading, { argnums: [0, 1] }));
const [[byX, byY], rho] = gradient(X, Y);
console.log(`∂ρ₁/∂X, first row      ${list(byX.at(0))}`);
console.log(`∂ρ₁/∂Y, first row      ${list(byY.at(0))}`);
const { U, V, A, B } = canonical(X, Y);
const [u, v] = [U.at(":", 0), V.at(":", 0)];
console.log(
  `  from the formula:    ${worst(byX, v.sub(u.mul(rho)).outer(A.at(":", 0)))}, ${worst(byY, u.sub(v.mul(rho)).outer(B.at(":", 0)))}`,
);
const byCholesky = pf.func.grad((X, Y) => correlationsByCholesky(X, Y).at(0))(X, Y);
console.log(`  through Cholesky:    ${worst(byX, byCholesky)}`);

// -- the space of the first two variates
const signal = pf.tensor(rows.map((_, i) => Math.sin(0.37 * i)));
const [share, [spaceByX, spaceByY]] = pf.functional.vjp((X, Y) => explained(X, Y, signal), [X, Y]);
console.log(`\nthe signal's share in the space of two variates: ${share.item().toFixed(10)}`);
console.log(`  its gradient by X, first row  ${list(spaceByX.at(0))}`);
console.log(`  its gradient by Y, first row  ${list(spaceByY.at(0))}`);
const [dX, dY] = [X.sin(), Y.cos()];
const [, slope] = pf.functional.jvp((X, Y) => explained(X, Y, signal), [X, Y], [dX, dY]);
const shifted = (h) => explained(X.add(dX.mul(h)), Y.add(dY.mul(h)), signal).item();
console.log(
  `  along a direction: jvp ${slope.item().toFixed(10)}, vjp ${spaceByX.mul(dX).sum().add(spaceByY.mul(dY).sum()).item().toFixed(10)}`,
);
console.log(`                     differences ${((shifted(1e-5) - shifted(-1e-5)) / 2e-5).toFixed(10)}`);

// -- influence: how ρ₁ changes with the weight of each observation
function weighted(w, X, Y) {
  const scaled = (M) => M.sub(w.matmul(M).div(w.sum())).mul(w.sqrt().unsqueeze(1));
  const [QX, QY] = [pf.linalg.qr(scaled(X)).Q, pf.linalg.qr(scaled(Y)).Q];
  return pf.linalg.svdvals(QX.T.matmul(QY)).at(0);
}
const influence = pf.func.grad(weighted)(pf.ones([N]), X, Y);
const [, places] = influence.abs().topk(3);
console.log("\nthe observations of most influence, and what leaving them out does:");
for (const i of places.toArray()) {
  const others = pf.arange(N).ne(i);
  const change = leading(X.at(others), Y.at(others)).sub(rho).item();
  console.log(
    `  ${String(i).padStart(2)}: influence ${influence.at(i).item().toFixed(6)}, without it ${change.toFixed(6)}`,
  );
}
const jackknife = influence.square().sum().sqrt().item();
console.log(`standard error of ρ₁ by the infinitesimal jackknife: ${jackknife.toFixed(8)}`);

// -- by scipy.linalg.subspace_angles
[0.8883705513, 0.6897893193, 0.0132872099].forEach((value, i) => {
  assert.ok(Math.abs(canonical(X, Y).rho.at(i).item() - value) < 1e-9);
});
assert.ok(pf.allclose(byX, v.sub(u.mul(rho)).outer(A.at(":", 0)), 0, 1e-12));
assert.ok(Math.abs(spaceByX.mul(dX).sum().add(spaceByY.mul(dY).sum()).item() - slope.item()) < 1e-12);
