// Sensitivities of the viscous Burgers equation uₜ + u·uₓ = ν·uₓₓ on a circle: the derivatives of a functional of the final
// state with respect to the viscosity and the initial condition, forward (jvp) and by the discrete adjoint (vjp). In space a
// Fourier pseudospectral method with the 2/3 rule, in time Runge and Kutta's fourth order with an integrating factor for the
// viscous term (Trefethen, "Spectral Methods in MATLAB", 2000, program 27). The exact solution is Cole's and Hopf's.
import assert from "node:assert/strict";
import * as pf from "pushforward";

pf.setDefaultDtype("float64");

const POINTS = 256;
const STEPS = 300;
const TIME = 1;

const x = pf.arange(POINTS).mul((2 * Math.PI) / POINTS);
const initial = x.sin().add(x.mul(2).cos().mul(0.5));

// -- the solver
/** The state at the time `time`; nu is a tensor with one element, u0 has the values at the points of the grid. */
function solve(nu, u0, steps = STEPS, time = TIME) {
  const n = u0.size(-1);
  const dt = time / steps;
  const k = pf.fft.rfftfreq(n, 1 / n, { dtype: u0.dtype });
  const kept = k.lt(n / 3).to(u0.dtype);
  const flux = pf.complex(0, k.mul(kept).mul(-0.5)); // -(u²/2)ₓ = -i·k/2 · û²
  const nonlinear = (v) => pf.fft.rfft(pf.fft.irfft(v, n).square()).mul(flux);
  const half = nu
    .mul(k.square())
    .mul(-dt / 2)
    .exp(); // what viscosity leaves of a mode in half a step
  const full = half.square();
  let v = pf.fft.rfft(u0);
  for (let step = 0; step < steps; step++) {
    const a = nonlinear(v);
    const b = nonlinear(v.add(a.mul(dt / 2)).mul(half));
    const c = nonlinear(v.mul(half).add(b.mul(dt / 2)));
    const d = nonlinear(v.mul(full).add(c.mul(half).mul(dt)));
    const slope = a.mul(full).add(b.add(c).mul(half).mul(2)).add(d);
    v = v.mul(full).add(slope.mul(dt / 6));
  }
  return pf.fft.irfft(v, n);
}

/** ½ ∫ uₓ² dx, by Parseval's formula. */
function enstrophy(u) {
  const n = u.size(-1);
  const k = pf.fft.rfftfreq(n, 1 / n, { dtype: u.dtype });
  const power = pf.fft.rfft(u, { norm: "forward" }).abs().square();
  return k
    .square()
    .mul(power)
    .sum(-1)
    .mul(2 * Math.PI); // the modes -k count as well
}
const functional = (nu, u0) => enstrophy(solve(nu, u0));

// -- Cole and Hopf: u = -2ν·φₓ/φ where φ solves the heat equation
function exact(nu, u0, time = TIME) {
  const n = u0.size(-1);
  const k = pf.fft.rfftfreq(n, 1 / n, { dtype: u0.dtype });
  const mode = pf.fft.rfft(u0);
  const inverse = pf.where(k.eq(0), 0, k.clamp(1).reciprocal());
  const integral = pf.fft.irfft(mode.mul(pf.complex(0, inverse.neg())), n);
  const phi = pf.fft.rfft(integral.div(nu.mul(-2)).exp()).mul(nu.mul(k.square()).mul(-time).exp());
  const slope = pf.fft.irfft(phi.mul(pf.complex(0, k)), n);
  return slope.div(pf.fft.irfft(phi, n)).mul(nu).mul(-2);
}

// -- derivatives
const nu = pf.tensor(0.1);
const direction = [pf.tensor(1), x.mul(3).cos()]; // of the viscosity, of the initial condition
const worst = (a, b) => a.sub(b).abs().max().item().toExponential(1);

const u = solve(nu, initial);
console.log(`max |u| ${u.abs().max().item().toFixed(10)}, largest error ${worst(u, exact(nu, initial))}`);

const [value, [byNu, byInitial]] = pf.functional.vjp(functional, [nu, initial]);
const adjoint = byNu.add(byInitial.dot(direction[1])).item();
const [, tangent] = pf.functional.jvp(functional, [nu, initial], direction);
const shifted = (h) => functional(nu.add(h), initial.add(direction[1].mul(h))).item();
console.log(`enstrophy           ${value.item().toFixed(12)}`);
console.log(`∂/∂ν                ${byNu.item().toFixed(10)}`);
console.log(`∂/∂u₀ (first four)  ${[...byInitial.data().slice(0, 4)].map((d) => d.toFixed(10)).join("  ")}`);
console.log(`along a direction   ${tangent.item().toFixed(10)} (jvp)`);
console.log(`                    ${adjoint.toFixed(10)} (vjp)`);
console.log(`                    ${((shifted(1e-5) - shifted(-1e-5)) / 2e-5).toFixed(10)} (differences)`);
const [, [exactByNu, exactByInitial]] = pf.functional.vjp((nu, u0) => enstrophy(exact(nu, u0)), [nu, initial]);
console.log(`from the exact solution's derivatives: ${worst(byNu, exactByNu)} and ${worst(byInitial, exactByInitial)}`);

// -- an inverse problem: the viscosity from the final state, by Gauss and Newton with jvp's ∂u/∂ν
const seen = exact(pf.tensor(0.07), initial);
const sensitivity = pf.compile((nu) => pf.functional.jvp((nu) => solve(nu, initial), nu, pf.tensor(1)));
let guess = pf.tensor(0.2);
for (let step = 0; step < 6; step++) {
  guess = pf.replace(guess, (nu) => {
    const [u, slope] = sensitivity(nu);
    const residual = u.sub(seen);
    console.log(`step ${step}: ν = ${nu.item().toFixed(10)}, residual ${residual.norm().item().toExponential(2)}`);
    const next = nu.sub(slope.dot(residual).div(slope.dot(slope)));
    pf.evaluate(next);
    return next;
  });
}

// -- the same scheme in PyTorch
assert.ok(Math.abs(value.item() - 3.45287783912407) < 1e-11);
assert.ok(Math.abs(byNu.item() + 37.708546479936) < 1e-9);
assert.ok(Math.abs(tangent.item() - adjoint) < 1e-9);
assert.ok(Math.abs(guess.item() - 0.07) < 1e-6);
