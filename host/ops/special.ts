// Special functions over the primitives of the core that evaluate them: gamma and zeta, Bessel, incomplete gamma and beta functions,
// orthogonal polynomials.
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { DType } from "../../assembly/abi/opcodes";
import { argumentError } from "./define";
import { asFloats, widely } from "./promotion";
import { scale, shift } from "./support";

const lgamma = (x: Node): Node => p.polygamma(x, p.num(-1));
const digamma = (x: Node): Node => p.polygamma(x, p.num(0));
function polygamma(n: number, x: Node): Node {
  if (n < 0) throw argumentError(`polygamma(n, x) does not support negative n, but got ${n}.`);
  return p.polygamma(x, p.num(n));
}
/** Σ log Γ(x - j/2), j < count, and the logarithm of a power of π. */
function mvlgamma(input: Node, count: number): Node {
  if (count < 1) throw argumentError(`p has to be greater than or equal to 1 but got ${count}.`);
  return widely((x) => {
    const shifts = p.iota(count, DType.Float64, 0, -0.5);
    const terms = lgamma(p.add(p.reshape(x, [...p.shape(x), 1]), shifts));
    return shift(p.sum(terms, [-1]), (Math.log(Math.PI) * count * (count - 1)) / 4);
  })(input);
}

function gammainc(a: Node, x: Node): Node {
  return p.gammainc(...asFloats(a, x), p.num(0));
}
const gammaincc = (a: Node, x: Node): Node => p.gammaincc(a, x);
const betainc = (a: Node, b: Node, x: Node): Node => p.betainc(...asFloats(a, b, x));

/** A function of one order of a family. */
const ordered =
  (family: (x: Node, order: Node) => Node, order: number) =>
  (x: Node): Node =>
    family(x, p.num(order));
/** The same of a family with derivatives as a third operand. */
const scaled =
  (family: (x: Node, order: Node, derivative: Node) => Node, order: number) =>
  (x: Node): Node =>
    family(x, p.num(order), p.num(0));
const i0 = ordered(p.besselI, 0);
const i1 = ordered(p.besselI, 1);

/** Families of orthogonal polynomials, as the core counts them (assembly/kernels/special/polynomials.ts). */
const orthogonal =
  (family: number) =>
  (input: Node, n: Node): Node =>
    p.orthogonal(...asFloats(input, n), p.num(family));
/** Of 2x − 1, which float32 would round. */
const shifted = (family: number) =>
  widely((x: Node, n: Node) => p.orthogonal(shift(scale(x, 2), -1), n, p.num(family)));
const [legendre, second, first, third, fourth, hermite, probabilist, laguerre] = [
  0.5, 1, -1, -2, -3, -4, -5, -6,
] as const;

export const specialOps = {
  lgamma,
  "special.gammaln": lgamma,
  digamma,
  "special.digamma": digamma,
  "special.psi": digamma,
  polygamma,
  "special.polygamma": polygamma,
  mvlgamma,
  "special.multigammaln": mvlgamma,
  "special.zeta": p.zeta,
  "special.betaln": p.betaln,

  igamma: gammainc,
  "special.gammainc": gammainc,
  igammac: gammaincc,
  "special.gammaincc": gammaincc,
  "special.betainc": betainc,

  i0,
  "special.i0": i0,
  "special.i0e": scaled(p.scaledBesselI, 0),
  "special.i1": i1,
  "special.i1e": scaled(p.scaledBesselI, 1),
  "special.modifiedBesselI0": i0,
  "special.modifiedBesselI1": i1,
  "special.modifiedBesselK0": ordered(p.besselK, 0),
  "special.modifiedBesselK1": ordered(p.besselK, 1),
  "special.scaledModifiedBesselK0": scaled(p.scaledBesselK, 0),
  "special.scaledModifiedBesselK1": scaled(p.scaledBesselK, 1),
  "special.besselJ0": ordered(p.besselJ, 0),
  "special.besselJ1": ordered(p.besselJ, 1),
  "special.besselY0": ordered(p.besselY, 0),
  "special.besselY1": ordered(p.besselY, 1),
  "special.airyAi": ordered(p.airy, 0),
  "special.sphericalBesselJ0": widely((x) => p.sphericalBessel(x, 0)),

  "special.legendrePolynomialP": orthogonal(legendre),
  "special.chebyshevPolynomialT": orthogonal(first),
  "special.chebyshevPolynomialU": orthogonal(second),
  "special.chebyshevPolynomialV": orthogonal(third),
  "special.chebyshevPolynomialW": orthogonal(fourth),
  "special.shiftedChebyshevPolynomialT": shifted(first),
  "special.shiftedChebyshevPolynomialU": shifted(second),
  "special.shiftedChebyshevPolynomialV": shifted(third),
  "special.shiftedChebyshevPolynomialW": shifted(fourth),
  "special.hermitePolynomialH": orthogonal(hermite),
  "special.hermitePolynomialHe": orthogonal(probabilist),
  "special.laguerrePolynomialL": orthogonal(laguerre),
};
