// Chooses the hyperparameters of a Gaussian process by its marginal likelihood: squared-exponential covariance plus white
// noise (Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006, algorithm 2.1 and section 5.4). Newton's
// method with the exact Hessian in the logarithms of amplitude, length scale and noise; the inverse Hessian at the optimum is
// Laplace's approximation of how uncertain they are (MacKay, "Information Theory, Inference, and Learning Algorithms", ch. 27).
import assert from "node:assert/strict";
import * as pf from "pushforward";

pf.setDefaultDtype("float64");

// -- data: a noisy curve at 40 unevenly spaced places
const N = 40;
const xs = Float64Array.from({ length: N }, (_, i) => (6 * (i + 0.3 * Math.sin(7 * i))) / N);
const ys = xs.map((x, i) => Math.sin(1.7 * x) + 0.4 * x + 0.2 * Math.sin(1000 * (i + 1) ** 2));
const mean = ys.reduce((sum, y) => sum + y, 0) / N;
const x = pf.tensor(xs);
const y = pf.tensor(ys.map((value) => value - mean));

// -- model: theta = log [amplitude, length scale, noise], all three as standard deviations
/** The covariance of the function's values at a and at b. */
function covariance(theta, a, b) {
  const [amplitude, length] = theta.exp().unbind();
  const distances = a.unsqueeze(1).sub(b.unsqueeze(0)).div(length);
  return distances.square().mul(-0.5).exp().mul(amplitude.square());
}

/** The lower Cholesky factor L of K + noise²·I, and α = (K + noise²·I)⁻¹·y. */
function factor(theta, x, y) {
  const noise = theta.at(2).exp();
  const K = covariance(theta, x, x).add(pf.eye(x.size(0), { dtype: x.dtype }).mul(noise.square()));
  const L = pf.linalg.cholesky(K);
  return { L, alpha: pf.choleskySolve(y.unsqueeze(1), L).squeeze(1) };
}

/** -log p(y | x, theta). */
function negativeLogLikelihood(theta, x, y) {
  const { L, alpha } = factor(theta, x, y);
  const fit = y.dot(alpha).mul(0.5);
  const complexity = L.diagonal().log().sum();
  return fit.add(complexity).add((x.size(0) / 2) * Math.log(2 * Math.PI));
}

/** Mean and standard deviation of the function at new places. */
function predict(theta, x, y, at) {
  const { L, alpha } = factor(theta, x, y);
  const cross = covariance(theta, at, x);
  const explained = pf.linalg.solveTriangular(L, cross.T, { upper: false }).square().sum(0);
  const prior = theta.at(0).mul(2).exp();
  return { mean: cross.matmul(alpha), deviation: prior.sub(explained).sqrt() };
}

// -- Newton's method; where the Hessian is not positive definite its eigenvalues are taken by their absolute values
const gradientAndValue = pf.func.gradAndValue(negativeLogLikelihood);
const hessian = pf.func.hessian(negativeLogLikelihood);

const derivatives = pf.compile((theta) => {
  const [gradient, value] = gradientAndValue(theta, x, y);
  return { value, gradient, hessian: hessian(theta, x, y) };
});

function newtonStep({ gradient, hessian }) {
  const [curvatures, directions] = pf.linalg.eigh(hessian);
  const slopes = directions.T.matmul(gradient);
  const step = directions.matmul(slopes.div(curvatures.abs().clamp(1e-3)));
  return step.mul(pf.minimum(step.norm().reciprocal(), 1)); // no longer than 1
}

const numbers = (t, digits = 8) => [...t.data()].map((value) => value.toFixed(digits)).join("  ");

let theta = pf.tensor([0, 0, -1]);
for (let step = 0; step < 30; step++) {
  let size = 0;
  theta = pf.replace(theta, (theta) => {
    const found = derivatives(theta);
    size = found.gradient.norm().item();
    console.log(`step ${step}: -log p = ${found.value.item().toFixed(10)}, |gradient| = ${size.toExponential(2)}`);
    const next = theta.sub(newtonStep(found));
    pf.evaluate(next);
    return next;
  });
  if (size < 1e-9) break;
}

pf.tidy(() => {
  const found = derivatives(theta);
  const deviations = pf.linalg.inv(found.hessian).diagonal().sqrt();
  console.log(`\nlog [amplitude, length, noise] = ${numbers(theta)}`);
  console.log(`Laplace's standard deviations   = ${numbers(deviations)}`);
  console.log(
    `Hessian:\n${found.hessian
      .toArray()
      .map((row) => row.map((h) => h.toFixed(8).padStart(14)).join(""))
      .join("\n")}`,
  );
  const { mean: f, deviation } = predict(theta, x, y, pf.tensor([0.5, 3, 5.5, 7]));
  console.log(
    `\nprediction at 0.5, 3, 5.5, 7:  ${numbers(f.add(mean), 6)}\n± its standard deviation:       ${numbers(deviation, 6)}`,
  );
});

// -- by PyTorch's autograd, and by the derivatives' closed forms in numpy
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-7, `${a} is not ${b}`);
near(negativeLogLikelihood(pf.tensor([0, 0, -1]), x, y).item(), 14.051375485023353);
[0.26720604, 0.20949503, -1.92131387].forEach((value, i) => near(theta.at(i).item(), value));
