// The modified Bessel functions of the first kind, with all derivatives.
import { DType } from "../../assembly/abi/opcodes";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { asFloat } from "./promotion";
import { guarded, polynomial, scale, series, square } from "./support";

// Below the limit the power series, in (x/limit)² so that no power over- or underflows in float32's derivatives: all terms
// are positive, and after 41 of them the rest is below 1e-17 of the sum. Beyond it Hankel's asymptotic series in 1/x (DLMF
// 10.40.1), whose 25th term is below 1e-16 there.
const LIMIT = 24;
const QUARTER_SQUARE = LIMIT ** 2 / 4;
const I0_POWERS = series(42, (k) => QUARTER_SQUARE / (k * k));
const I1_POWERS = series(42, (k) => QUARTER_SQUARE / (k * (k + 1)));
const hankel = (order: number): number[] => series(25, (k) => -(4 * order * order - (2 * k - 1) ** 2) / (8 * k));
const I0_TAIL = hankel(0);
const I1_TAIL = hankel(1);

const relativeSquare = (x: Node): Node => square(scale(x, 1 / LIMIT));
const tailSum = (a: Node, coefficients: readonly number[]): Node => polynomial(p.reciprocal(a), coefficients);
/** exp(-|x|)·I(|x|) for large |x|. */
const besselTail = (a: Node, coefficients: readonly number[]): Node =>
  p.div(tailSum(a, coefficients), scale(p.sqrt(a), Math.sqrt(2 * Math.PI)));
/** near(x) for |x| < limit, else far(|x|). */
function byMagnitude(x: Node, near: (x: Node) => Node, far: (a: Node) => Node): Node {
  const isNear = p.lt(p.abs(x), p.num(LIMIT));
  const outer = p.where(isNear, p.num(LIMIT), x);
  return p.where(isNear, near(p.where(isNear, x, p.num(0))), far(outer));
}
const i0Near = (x: Node): Node => polynomial(relativeSquare(x), I0_POWERS);
const i1Near = (x: Node): Node => p.mul(scale(x, 0.5), polynomial(relativeSquare(x), I1_POWERS));
const i0eFar = (x: Node): Node => besselTail(p.abs(x), I0_TAIL);
const i1eFar = (x: Node): Node => p.mul(p.sign(x), besselTail(p.abs(x), I1_TAIL));
const decay = (x: Node): Node => p.exp(p.neg(p.abs(x)));
/** exp(|x|)·f/√(2π|x|) for large |x|, as f and two equal factors: only what is too large itself overflows, in derivatives too. */
const grow = (x: Node, f: Node): Node => {
  const a = p.abs(x);
  // 8 goes from one factor to the other, so that no derivative of the second is much larger than the result.
  const root = p.mul(scale(p.exp(scale(a, 0.5)), 1 / 8), p.rsqrt(p.sqrt(scale(a, (2 * Math.PI) / 8 ** 4))));
  return p.mul(p.mul(root, f), root);
};

/** f(x), or where that overflows, as all its derivatives do, `infinity`; NaN with derivatives of NaN. */
function overflowing(input: Node, f: (x: Node) => Node, infinity: (x: Node) => Node): Node {
  const x = asFloat(input);
  const limit = p.num(p.dtype(x) === DType.Float32 ? 92 : 714);
  const isFinite = p.le(p.abs(x), limit);
  const near = guarded(isFinite, x, 0, f, square(p.where(p.eq(x, x), p.num(1), x)));
  return guarded(p.gt(p.abs(x), limit), x, 1, infinity, near);
}
const even = (x: Node): Node => p.exp(p.abs(x));
const odd = (x: Node): Node => p.mul(p.sign(x), p.exp(p.abs(x)));
const i0 = (x: Node): Node =>
  overflowing(x, (y) => byMagnitude(y, i0Near, (z) => grow(z, tailSum(p.abs(z), I0_TAIL))), even);
const i1 = (x: Node): Node =>
  overflowing(x, (y) => byMagnitude(y, i1Near, (z) => grow(z, p.mul(p.sign(z), tailSum(p.abs(z), I1_TAIL)))), odd);

export const besselOps = {
  i0,
  "special.i0": i0,
  "special.i0e": (x: Node) => byMagnitude(asFloat(x), (z) => p.mul(decay(z), i0Near(z)), i0eFar),
  "special.i1": i1,
  "special.i1e": (x: Node) => byMagnitude(asFloat(x), (z) => p.mul(decay(z), i1Near(z)), i1eFar),
};
