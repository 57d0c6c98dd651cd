// A linear-Gaussian state space model: the Kalman filter, the Rauch-Tung-Striebel smoother, and the log likelihood's gradient
// with respect to the transition matrix and the noise (Särkkä, "Bayesian Filtering and Smoothing", 2013, chapters 4, 8, 12).
// The filter and the smoother are written twice: as loops over time, which are traced into straight programs, and as
// associative scans of logarithmic depth (Särkkä and García-Fernández, "Temporal Parallelization of Bayesian Smoothers", IEEE
// Transactions on Automatic Control 66, 2021), which are the faster ones here too.
import assert from "node:assert/strict";
import * as pf from "pushforward";

pf.setDefaultDtype("float64");

// -- data: the place of a damped oscillator that is pushed at random, observed with noise; numbers the same everywhere
const STEPS = 60;
const noise = (k, j) => Math.sin(777 * (k + 1) ** 2 + 99 * j * (k + 1));
let state = [1, 0];
const observed = Array.from({ length: STEPS }, (_, k) => {
  const [a, b] = state;
  state = [0.95 * a + 0.3 * b + 0.4 * noise(k, 1), -0.3 * a + 0.9 * b + 0.3 * noise(k, 2)];
  return [a + 0.3 * noise(k, 3)];
});
const ys = pf.tensor(observed);

// -- model: x₀ ~ N(0, I), xₖ = F·xₖ₋₁ + N(0, Q), yₖ = H·xₖ + N(0, R)
const parameters = {
  F: pf.tensor([
    [0.95, 0.3],
    [-0.3, 0.9],
  ]),
  logQ: pf.tensor([-4, -3]), // logarithms of the variances
  logR: pf.tensor([-3]),
};
const H = pf.tensor([[1, 0]]);
const matrices = ({ F, logQ, logR }) => ({
  F,
  Q: logQ.exp().diag(),
  R: logR.exp().diag(),
  H: H.to(F.dtype),
  I: pf.eye(2, { dtype: F.dtype }),
});

/** Condition N(m, P) on y = H·x + N(0, R): its mean, covariance, and the log density of y. */
function update(m, P, y, { H, R, I }) {
  const S = H.matmul(P).matmul(H.T).add(R);
  const L = pf.linalg.cholesky(S);
  const gain = pf.choleskySolve(H.matmul(P), L).T;
  const residual = y.sub(H.matmul(m));
  const white = pf.linalg.solveTriangular(L, residual.unsqueeze(1), { upper: false });
  const density = white
    .square()
    .sum()
    .mul(-0.5)
    .sub(L.diagonal().log().sum())
    .sub((y.size(0) / 2) * Math.log(2 * Math.PI));
  const keep = I.sub(gain.matmul(H)); // Joseph's form below stays symmetric and positive definite
  return {
    m: m.add(gain.matmul(residual)),
    P: keep.matmul(P).matmul(keep.T).add(gain.matmul(R).matmul(gain.T)),
    density,
  };
}

// -- loops over time
function filter(parameters, ys) {
  const model = matrices(parameters);
  const { F, Q, I } = model;
  const [means, covariances, densities] = [[], [], []];
  let [m, P] = [pf.zeros([2], { dtype: F.dtype }), I];
  for (const y of ys) {
    if (means.length > 0) [m, P] = [F.matmul(m), F.matmul(P).matmul(F.T).add(Q)];
    const step = update(m, P, y, model);
    [m, P] = [step.m, step.P];
    (means.push(m), covariances.push(P), densities.push(step.density));
  }
  return { means: pf.stack(means), covariances: pf.stack(covariances), logLikelihood: pf.stack(densities).sum() };
}

function smooth(parameters, ys) {
  const { F, Q } = matrices(parameters);
  const { means, covariances } = filter(parameters, ys);
  const [ms, Ps] = [[...means], [...covariances]];
  for (let k = ms.length - 2; k >= 0; k--) {
    const predicted = F.matmul(Ps[k]).matmul(F.T).add(Q);
    const G = pf.linalg.solve(predicted, F.matmul(Ps[k])).T;
    ms[k] = ms[k].add(G.matmul(ms[k + 1].sub(F.matmul(ms[k]))));
    Ps[k] = Ps[k].add(G.matmul(Ps[k + 1].sub(predicted)).matmul(G.T));
  }
  return { means: pf.stack(ms), covariances: pf.stack(Ps) };
}

// -- associative scans: f takes what is known of two stretches of time, the first one first, and joins them
function scanFilter(parameters, ys) {
  const model = matrices(parameters);
  const { F, Q, R, H, I } = model;
  const S = H.matmul(Q).matmul(H.T).add(R);
  const gain = pf.linalg.solve(S, H.matmul(Q)).T;
  const A = I.sub(gain.matmul(H)).matmul(F);
  const back = pf.linalg.solve(S, H.matmul(F)).T;
  const rest = ys.narrow(0, 1, ys.size(0) - 1);
  const first = update(pf.zeros([2], { dtype: F.dtype }), I, ys.at(0), model);
  const zero = pf.zerosLike(first.P);
  const all = (first, later) =>
    pf.cat([first.unsqueeze(0), later.dim() > first.dim() ? later : later.expand(rest.size(0), ...later.shape)]);
  const elements = {
    A: all(zero, A),
    b: all(first.m, rest.matmul(gain.T)),
    C: all(first.P, I.sub(gain.matmul(H)).matmul(Q)),
    eta: all(zero.at(0), rest.matmul(back.T)),
    J: all(zero, back.matmul(H).matmul(F)),
  };
  const { b: means, C: covariances } = pf.func.associativeScan((i, j) => {
    const M = pf.linalg.inv(I.add(i.C.matmul(j.J)));
    const AM = j.A.matmul(M);
    const MA = M.matmul(i.A).T; // Aᵢᵀ·(I + Jⱼ·Cᵢ)⁻¹, since J and C are symmetric
    return {
      A: AM.matmul(i.A),
      b: AM.matmul(i.b.add(i.C.matmul(j.eta))).add(j.b),
      C: AM.matmul(i.C).matmul(j.A.T).add(j.C),
      eta: MA.matmul(j.eta.sub(j.J.matmul(i.b))).add(i.eta),
      J: MA.matmul(j.J).matmul(i.A).add(i.J),
    };
  }, elements);
  const [m, P] = [means.narrow(0, 0, rest.size(0)), covariances.narrow(0, 0, rest.size(0))];
  const steps = pf.func.vmap((m, P, y) => update(F.matmul(m), F.matmul(P).matmul(F.T).add(Q), y, model).density)(
    m,
    P,
    rest,
  );
  return { means, covariances, logLikelihood: steps.sum().add(first.density) };
}

function scanSmooth(parameters, ys) {
  const { F, Q } = matrices(parameters);
  const { means, covariances } = scanFilter(parameters, ys);
  const last = (t) => t.at("-1:");
  const [m, P] = [means.at(":-1"), covariances.at(":-1")];
  const E = pf.linalg.solve(F.matmul(P).matmul(F.T).add(Q), F.matmul(P)).mT;
  const elements = {
    E: pf.cat([E, pf.zerosLike(last(covariances))]),
    g: pf.cat([m.sub(pf.einsum("kij,jl,kl->ki", E, F, m)), last(means)]),
    L: pf.cat([P.sub(E.matmul(F).matmul(P)), last(covariances)]),
  };
  const { g, L } = pf.func.associativeScan(
    (j, i) => ({ E: i.E.matmul(j.E), g: i.E.matmul(j.g).add(i.g), L: i.E.matmul(j.L).matmul(i.E.T).add(i.L) }),
    elements,
    { reverse: true },
  );
  return { means: g, covariances: L };
}

// -- the likelihood's gradient, and Newton's method for the noise with F as it is
const gradientBy = (filter) =>
  pf.compile(pf.func.gradAndValue((parameters, ys) => filter(parameters, ys).logLikelihood));
const text = (t, digits = 8) =>
  JSON.stringify(t.toArray().flat(), (_, v) => (typeof v === "number" ? +v.toFixed(digits) : v));
for (const f of [filter, scanFilter]) {
  const [gradient, value] = gradientBy(f)(parameters, ys);
  console.log(`${f.name}: log likelihood ${value.item().toFixed(10)}`);
  for (const key in gradient) console.log(`  ∂/∂${key}: ${text(gradient[key])}`);
}
const [a, b] = [smooth(parameters, ys), scanSmooth(parameters, ys)];
for (const k of [0, 30, 59])
  console.log(`smoothed x at ${k}: ${text(a.means.at(k))}, covariance ${text(a.covariances.at(k))}`);
console.log(
  "loop and scan agree:",
  pf.allclose(a.means, b.means, 1e-10, 1e-12),
  pf.allclose(a.covariances, b.covariances, 1e-10, 1e-12),
);

// Newton's method; eigenvalues of the Hessian are taken by their absolute values
const [start, unravel] = pf.ravel({ logQ: parameters.logQ, logR: parameters.logR });
const loss = (noise) => scanFilter({ F: parameters.F, ...unravel(noise) }, ys).logLikelihood.neg();
const derivatives = pf.compile((noise) => [...pf.func.gradAndValue(loss)(noise), pf.func.hessian(loss)(noise)]);
let fitted = start;
for (let step = 0; step < 10; step++) {
  fitted = pf.replace(fitted, (noise) => {
    const [gradient, value, hessian] = derivatives(noise);
    console.log(`step ${step}: log likelihood ${(-value.item()).toFixed(8)}, log Q and log R ${text(noise, 6)}`);
    const [curvatures, directions] = pf.linalg.eigh(hessian);
    const newton = directions.matmul(directions.T.matmul(gradient).div(curvatures.abs()));
    const next = noise.sub(newton.mul(pf.minimum(newton.norm().reciprocal(), 1))); // no longer than 1
    pf.evaluate(next);
    return next;
  });
}

// -- by the joint Gaussian of all states, in one piece, in PyTorch
for (const f of [filter, scanFilter])
  assert.ok(Math.abs(f(parameters, ys).logLikelihood.item() + 33.9758806079) < 1e-9, f.name);
assert.ok(pf.allclose(a.means, b.means, 1e-10, 1e-12) && pf.allclose(a.covariances, b.covariances, 1e-10, 1e-12));
