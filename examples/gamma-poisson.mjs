// Regression of counts that vary more than Poisson's: yᵢ ~ Poisson(λᵢ) where λᵢ follows a gamma distribution of mean
// μᵢ = exp(xᵢ·β) and shape r, so that y is negative binomial with variance μ + μ²/r (Hilbe, "Negative Binomial Regression",
// 2011, chapter 8). Maximum likelihood for β and log r together, by Newton's method with the exact Hessian, in which are
// digamma and trigamma; standard errors from its inverse. The first data are Bliss and Fisher's red mites on apple leaves
// (Biometrics 9, 1953), whose shape they found to be 1.0246.
import assert from "node:assert/strict";
import * as pf from "pushforward";

pf.setDefaultDtype("float64");

/** -log p(y | X, θ) with θ = [β, log r]. */
function negativeLogLikelihood(theta, X, y) {
  const [beta, logR] = theta.split([X.size(1), 1]);
  const eta = X.matmul(beta);
  const r = logR.exp();
  const logTotal = pf.logaddexp(eta, logR); // log(μ + r)
  const ways = y.add(r).lgamma().sub(r.lgamma()).sub(y.add(1).lgamma());
  return ways
    .add(r.mul(logR.sub(logTotal)))
    .add(y.mul(eta.sub(logTotal)))
    .sum()
    .neg();
}

const derivatives = pf.compile((theta, X, y) => {
  const [gradient, value] = pf.func.gradAndValue(negativeLogLikelihood)(theta, X, y);
  return { value, gradient, hessian: pf.func.hessian(negativeLogLikelihood)(theta, X, y) };
});

/** Newton's method, with half the step as long as it does not go down; away from the optimum |eigenvalues| stand for them. */
function fit(X, y) {
  let theta = pf.cat([pf.zeros([X.size(1)]), pf.zeros([1])]);
  for (let iteration = 0; iteration < 50; iteration++) {
    let decrement = 0;
    theta = pf.replace(theta, (theta) => {
      const { value, gradient, hessian } = derivatives(theta, X, y);
      const [curvatures, directions] = pf.linalg.eigh(hessian);
      const step = directions.matmul(directions.T.matmul(gradient).div(curvatures.abs().clamp(1e-6)));
      decrement = gradient.dot(step).item();
      let next = theta.sub(step);
      for (let scale = 0.5; scale > 1e-6 && decrement > 1e-10; scale /= 2) {
        if (negativeLogLikelihood(next, X, y).item() < value.item()) break;
        next = theta.sub(step.mul(scale));
      }
      pf.evaluate(next);
      return next;
    });
    if (decrement < 1e-20) return { theta, iterations: iteration + 1 };
  }
  throw new Error("Newton's method has not converged: the counts may vary less than Poisson's.");
}

function report(title, names, X, y) {
  const { theta, iterations } = fit(X, y);
  pf.tidy(() => {
    const { value, gradient, hessian } = derivatives(theta, X, y);
    const errors = pf.linalg.inv(hessian).diagonal().sqrt().data();
    console.log(
      `${title}: ${y.size(0)} counts, mean ${y.mean().item().toFixed(4)}, variance ${y.var().item().toFixed(4)}`,
    );
    console.log(
      `  log likelihood ${(-value.item()).toFixed(10)} after ${iterations} steps, |gradient| ${gradient.norm().item().toExponential(1)}`,
    );
    theta
      .data()
      .forEach((t, i) =>
        console.log(`  ${(names[i] ?? "log r").padEnd(12)} ${t.toFixed(10)} ± ${errors[i].toFixed(10)}`),
      );
    console.log(`  r            ${theta.at(-1).exp().item().toFixed(10)}\n`);
  });
  return theta;
}

// -- mites: so many leaves with 0, 1, 2 … of them
const leaves = [70, 38, 17, 10, 9, 3, 2, 1];
const mites = pf.tensor(leaves.flatMap((count, k) => Array(count).fill(k)));
report("mites", ["intercept"], pf.ones([mites.size(0), 1]), mites);

// -- a regression on two variables; numbers as if at random, the same everywhere
const N = 200;
const fraction = (value) => value - Math.floor(value);
const rows = Array.from({ length: N }, (_, i) => [1, 2 * fraction((i + 1) * 0.7548776662466927) - 1, (i % 3) - 1]);
const X = pf.tensor(rows);
const y = pf.tensor(
  rows.map(([, a, b], i) =>
    Math.floor(-Math.log(1 - fraction((i + 1) * 0.5698402909980532)) * Math.exp(1 + 0.8 * a - 0.5 * b) + 0.3),
  ),
);
const theta = report("regression", ["intercept", "a", "b"], X, y);

// -- does b matter? Twice the logarithm of the likelihoods' ratio is χ² distributed with one degree of freedom
const without = fit(X.narrow(1, 0, 2), y).theta;
const ratio = negativeLogLikelihood(without, X.narrow(1, 0, 2), y)
  .sub(negativeLogLikelihood(theta, X, y))
  .mul(2);
console.log(
  `likelihood ratio for b: ${ratio.item().toFixed(8)}, p = ${pf.special.gammaincc(pf.tensor(0.5), ratio.div(2)).item().toExponential(6)}`,
);

// -- by mpmath with 40 digits, and by scipy's nbinom
const shape = fit(pf.ones([mites.size(0), 1]), mites)
  .theta.at(-1)
  .exp()
  .item();
assert.ok(Math.abs(shape - 1.02459238679) < 1e-9, `${shape}`);
assert.ok(Math.abs(ratio.item() - 30.32921508) < 1e-7, `${ratio}`);
