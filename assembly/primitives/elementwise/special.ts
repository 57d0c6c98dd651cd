// Special functions: each rule is a formula of the DLMF that leads to the function itself at another order, so derivatives of any order
// are there; only the parameters of the incomplete gamma and beta functions are differentiated twice at most. Orders are operands
// too, constants for the most part, whose derivatives there are none of.
import { fail } from "../../abi/failure";
import { Failure } from "../../abi/failures";
import { DType, Op } from "../../abi/opcodes";
import { Node } from "../../graph/node";
import { fullLike, isConstant } from "../source";
import { add, binary, cast, div, minusFrom, mul, neg, scale, shift, square, sub, ternary, where } from "./emit";
import { Pointwise } from "./pointwise";

/** An order, moved on. */
function moved(order: Node, by: f64): Node {
  return isConstant(order) ? fullLike(order, order.value + by) : shift(order, by);
}
/** The gradient for something of which no derivative is known. */
function unknown(g: Node): Node {
  fail(Failure.NoDerivative);
  return g;
}

// -- the gamma function

@primitive({
  op: "Polygamma",
  kind: "elementwise",
  operands: 2,
  dtype: "float",
  kernel: "specials(POLYGAMMA, dtype, dst, a, b, b, n)",
  flops: 1,
  doc: "The derivative of the digamma function of x, of order n: a whole number, 0 for itself, -1 for log |Γ|.",
})
@final
export class Polygamma extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return k ? null : mul(g, binary(Op.Polygamma, n.input(0), moved(n.input(1), 1)));
  }
}
@primitive({
  op: "Zeta",
  kind: "elementwise",
  operands: 2,
  dtype: "float",
  kernel: "specials(ZETA, dtype, dst, a, b, b, n)",
  flops: 1,
  doc: "Hurwitz's zeta function of s and q.",
})
@final
export class Zeta extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    const s = n.input(0);
    return k ? mul(g, neg(mul(s, binary(Op.Zeta, moved(s, 1), n.input(1))))) : unknown(g);
  }
}
function psi(x: Node, order: f64): Node {
  return binary(Op.Polygamma, x, fullLike(x, order));
}
@primitive({
  op: "Betaln",
  kind: "elementwise",
  operands: 2,
  dtype: "float",
  kernel: "specials(BETALN, dtype, dst, a, b, b, n)",
  flops: 1,
  doc: "The logarithm of the beta function.",
})
@final
export class Betaln extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    // In float64, since the sum of a large one and a small one leaves little of the difference.
    const a = cast(n.input(0), DType.Float64),
      b = cast(n.input(1), DType.Float64);
    return mul(g, cast(sub(psi(k ? b : a, 0), psi(add(a, b), 0)), n.dtype));
  }
}

// -- Bessel functions: n.input(1) is the order, a constant

function ofOrder(n: Node, order: f64): Node {
  return binary(<Op>n.op, n.input(0), fullLike(n, order));
}
/** Half the sum of the orders below and above; what is below 0 is what is above. */
function neighbours(n: Node): Node {
  const order = n.input(1).value;
  const above = ofOrder(n, order + 1);
  return order == 0 ? above : scale(add(ofOrder(n, order - 1), above), 0.5);
}
@primitive({
  op: "BesselJ",
  kind: "elementwise",
  operands: 2,
  dtype: "float",
  kernel: "specials(BESSEL_J, dtype, dst, a, b, b, n)",
  flops: 1,
})
@primitive({
  op: "BesselY",
  kind: "elementwise",
  operands: 2,
  dtype: "float",
  kernel: "specials(BESSEL_Y, dtype, dst, a, b, b, n)",
  flops: 1,
})
@final
export class Bessel extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    if (k) return null;
    const order = n.input(1).value;
    const above = ofOrder(n, order + 1);
    if (order == 0) return mul(g, neg(above));
    let below = ofOrder(n, order - 1);
    if (n.op == Op.BesselY) {
      // Where that above is -∞ it alone counts.
      const x = n.input(0),
        isPole = binary(Op.Eq, above, fullLike(x, -Infinity));
      below = binary(Op.BesselY, where(isPole, fullLike(x, 1), x), fullLike(x, order - 1));
    }
    return mul(g, scale(sub(below, above), 0.5));
  }
}
@primitive({
  op: "BesselI",
  kind: "elementwise",
  operands: 2,
  dtype: "float",
  kernel: "specials(BESSEL_I, dtype, dst, a, b, b, n)",
  flops: 1,
})
@final
export class BesselI extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return k ? null : mul(g, neighbours(n));
  }
}
@primitive({
  op: "BesselK",
  kind: "elementwise",
  operands: 2,
  dtype: "float",
  kernel: "specials(BESSEL_K, dtype, dst, a, b, b, n)",
  flops: 1,
})
@final
export class BesselK extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return k ? null : mul(g, neg(neighbours(n)));
  }
}
// Their differences cancel for large x: derivatives are orders of these primitives, which the kernels know.
@primitive({
  op: "ScaledBesselI",
  kind: "elementwise",
  operands: 3,
  dtype: "float",
  kernel: "specials(SCALED_I, dtype, dst, a, b, c, n)",
  flops: 1,
  doc: "exp(-|x|)·I(x), or its derivative of an order, the third operand.",
})
@primitive({
  op: "ScaledBesselK",
  kind: "elementwise",
  operands: 3,
  dtype: "float",
  kernel: "specials(SCALED_K, dtype, dst, a, b, c, n)",
  flops: 1,
  doc: "exp(x)·K(x), or its derivative of an order, the third operand.",
})
@final
export class ScaledBessel extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return k ? null : mul(g, ternary(<Op>n.op, n.input(0), n.input(1), moved(n.input(2), 1)));
  }
}

// -- Airy's function

@primitive({
  op: "Airy",
  kind: "elementwise",
  operands: 2,
  dtype: "float",
  kernel: "specials(AIRY, dtype, dst, a, b, b, n)",
  flops: 1,
  doc: "Airy's function Ai(x), or its derivative where the order, the second operand, is 1.",
})
@final
export class Airy extends Pointwise {
  // Ai" = x·Ai
  vjp(n: Node, k: i32, g: Node): Node | null {
    if (k) return null;
    return mul(g, n.input(1).value ? mul(n.input(0), ofOrder(n, 0)) : ofOrder(n, 1));
  }
}

// -- units

// x·2ᵏ, into the units of a function that is computed in units of its own, or out of them, without over- or underflow on the way. With
// cotangents it is the other way round: there they count in the units of the function's value. So what goes in by 2⁻ᵘ for a value that
// comes out by 2ᵗ has a gradient that goes in by 1 and comes out by 2ᵗ⁻ᵘ: the third operand is the exponent for that.
@primitive({
  op: "Rescaled",
  kind: "elementwise",
  operands: 3,
  dtype: "float",
  kernel: "specials(RESCALED, dtype, dst, a, b, c, n)",
  flops: 1,
  doc: "x·2ᵏ for a whole number k; the third operand is that of its derivative.",
})
@final
export class Rescaled extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return k ? null : ternary(Op.Rescaled, g, n.input(2), n.input(1));
  }
}

// -- incomplete gamma functions

// Densities are without the factors 1/Γ has near 0, a, or ab/(a+b): so all that is made of them holds at a = 0, too.

/** y·(log x - ψ(a+1) + ψ(whole+1)): the derivative by a of y = xᵃ/Γ(a+1)·…; what is 0 stays 0 beside log 0. */
function scored(y: Node, x: Node, a: Node, whole: Node | null): Node {
  const own = psi(shift(a, 1), 0),
    mean = whole ? sub(own, psi(shift(whole, 1), 0)) : own;
  return sub(binary(Op.XLogY, y, x), mul(y, mean));
}
// The derivative of a density xᵃ⁻¹·… by its power of x is, for a > 1, a multiple of that of a - 1, and so right at x = 0; else it is
// (a-1)/x of the density: 0 for a = 1 at x = 0, too.
function isSteep(a: Node): Node {
  return binary(Op.Gt, a, fullLike(a, 1));
}
/** a - 1 where it is positive. */
function lowered(a: Node): Node {
  return where(isSteep(a), shift(a, -1), fullLike(a, 1));
}
/** x, but 1/2 at an end if a is one that `which`, Ge or Lt, holds for beside 1. */
function awayFrom(end: f64, x: Node, a: Node, which: Op): Node {
  const isEnd = binary(Op.LogicalAnd, binary(Op.Eq, x, fullLike(x, end)), binary(which, a, fullLike(a, 1)));
  return where(isEnd, fullLike(x, 0.5), x);
}
/** That derivative: a - 1 times `low`, that of a - 1, for a > 1, and else times the density y over the distance from the end. */
function byPower(a: Node, low: Node, y: Node, distance: Node): Node {
  return mul(shift(a, -1), where(isSteep(a), low, div(y, distance)));
}
@primitive({
  op: "Gammainc",
  kind: "elementwise",
  operands: 3,
  dtype: "float",
  kernel: "specials(GAMMAINC, dtype, dst, a, b, c, n)",
  flops: 1,
  doc: "P(a, x) = 1/Γ(a)·∫tᵃ⁻¹e⁻ᵗdt from 0 to x, or its derivative by a of order 1 or 2, which is that of the integrand.",
})
@final
export class Gammainc extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    const a = n.input(0),
      x = n.input(1),
      order = n.input(2).value;
    if (k > 1) return null;
    if (!k) return order < 2 ? mul(g, ternary(Op.Gammainc, a, x, fullLike(a, order + 1))) : unknown(g);
    const density = binary(Op.GammaDensity, a, x);
    if (!order) return mul(g, mul(a, density));
    const first = scored(density, x, a, null);
    if (order == 1) return mul(g, add(density, mul(a, first)));
    const second = sub(scored(first, x, a, null), mul(density, psi(shift(a, 1), 1)));
    return mul(g, add(scale(first, 2), mul(a, second)));
  }
}
@primitive({
  op: "Gammaincc",
  kind: "elementwise",
  operands: 2,
  dtype: "float",
  kernel: "specials(GAMMAINCC, dtype, dst, a, b, b, n)",
  flops: 1,
  doc: "Q(a, x) = 1 - P(a, x)",
})
@final
export class Gammaincc extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    const a = n.input(0),
      x = n.input(1);
    return mul(g, neg(k ? mul(a, binary(Op.GammaDensity, a, x)) : ternary(Op.Gammainc, a, x, fullLike(a, 1))));
  }
}
@primitive({
  op: "GammaDensity",
  kind: "elementwise",
  operands: 2,
  dtype: "float",
  kernel: "specials(GAMMA_DENSITY, dtype, dst, a, b, b, n)",
  flops: 1,
  doc: "xᵃ⁻¹·e⁻ˣ/Γ(a+1)",
})
@final
export class GammaDensity extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    const a = n.input(0),
      x = n.input(1);
    if (!k) return mul(g, scored(n, x, a, null));
    const away = awayFrom(0, x, a, Op.Ge),
      low = div(binary(Op.GammaDensity, lowered(a), x), a);
    return mul(g, sub(byPower(a, low, binary(Op.GammaDensity, a, away), away), n));
  }
}

// -- the incomplete beta function of a, b and x, and its derivatives by a and b

function betaOf(op: Op, n: Node): Node {
  return ternary(op, n.input(0), n.input(1), n.input(2));
}
/** The derivative by a of y, which is made of the density, or by b. */
function byShape(y: Node, n: Node, isB: bool): Node {
  const a = n.input(0),
    b = n.input(1),
    x = n.input(2);
  return scored(y, isB ? minusFrom(1, x) : x, isB ? b : a, add(a, b));
}
/** b/(a+b), of which the square is the derivative by a of ab/(a+b); or that of b. */
function share(n: Node, isB: bool): Node {
  const a = n.input(0),
    b = n.input(1);
  return div(isB ? a : b, add(a, b));
}
/** ab/(a+b)·y */
function weighted(y: Node, n: Node): Node {
  return mul(mul(n.input(0), share(n, false)), y);
}
/** The derivative by x of that by a, or by b: by the product rule for ab/(a+b) and the density. */
function onceByShape(n: Node, g: Node, isB: bool): Node {
  const density = betaOf(Op.BetaDensity, n);
  return mul(g, add(mul(square(share(n, isB)), density), weighted(byShape(density, n, isB), n)));
}
@primitive({
  op: "Betainc",
  kind: "elementwise",
  operands: 3,
  dtype: "float",
  kernel: "specials(BETAINC, dtype, dst, a, b, c, n)",
  flops: 1,
})
@final
export class Betainc extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    if (k == 2) return mul(g, weighted(betaOf(Op.BetaDensity, n), n));
    return mul(g, betaOf(k ? Op.BetaincB : Op.BetaincA, n));
  }
}
@primitive({ op: "BetaincA", kind: "elementwise", operands: 3, dtype: "float", kernel: "specials(BETAINC_A, dtype, dst, a, b, c, n)", flops: 1, binding: false }) // prettier-ignore
@final
export class BetaincA extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    if (k < 2) return mul(g, betaOf(k ? Op.BetaincAB : Op.BetaincAA, n));
    return onceByShape(n, g, false);
  }
}
@primitive({ op: "BetaincB", kind: "elementwise", operands: 3, dtype: "float", kernel: "specials(BETAINC_B, dtype, dst, a, b, c, n)", flops: 1, binding: false }) // prettier-ignore
@final
export class BetaincB extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    if (k < 2) return mul(g, betaOf(k ? Op.BetaincBB : Op.BetaincAB, n));
    return onceByShape(n, g, true);
  }
}
/** A second derivative, by x, with (ab/(a+b))″: by a that is -2·(b/(a+b))²/(a+b), by both 2ab/(a+b)³. */
function twiceByShape(n: Node, g: Node, first: bool, second: bool): Node {
  const density = betaOf(Op.BetaDensity, n),
    sum = add(n.input(0), n.input(1));
  const byFirst = byShape(density, n, first),
    bySecond = first == second ? byFirst : byShape(density, n, second);
  const isMixed = first != second,
    one = share(n, first),
    other = share(n, second);
  const both = psi(shift(sum, 1), 1),
    variance = isMixed ? both : sub(both, psi(shift(n.input(first ? 1 : 0), 1), 1));
  const twice = mul(div(mul(scale(one, isMixed ? 2 : -2), other), sum), density);
  const mixed = add(mul(square(one), bySecond), mul(square(other), byFirst));
  return mul(g, add(add(twice, mixed), weighted(add(byShape(byFirst, n, second), mul(density, variance)), n)));
}
@primitive({ op: "BetaincAA", kind: "elementwise", operands: 3, dtype: "float", kernel: "specials(BETAINC_AA, dtype, dst, a, b, c, n)", flops: 1, binding: false }) // prettier-ignore
@final
export class BetaincAA extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return k < 2 ? unknown(g) : twiceByShape(n, g, false, false);
  }
}
@primitive({ op: "BetaincAB", kind: "elementwise", operands: 3, dtype: "float", kernel: "specials(BETAINC_AB, dtype, dst, a, b, c, n)", flops: 1, binding: false }) // prettier-ignore
@final
export class BetaincAB extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return k < 2 ? unknown(g) : twiceByShape(n, g, false, true);
  }
}
@primitive({ op: "BetaincBB", kind: "elementwise", operands: 3, dtype: "float", kernel: "specials(BETAINC_BB, dtype, dst, a, b, c, n)", flops: 1, binding: false }) // prettier-ignore
@final
export class BetaincBB extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return k < 2 ? unknown(g) : twiceByShape(n, g, true, true);
  }
}
@primitive({
  op: "BetaDensity",
  kind: "elementwise",
  operands: 3,
  dtype: "float",
  kernel: "specials(BETA_DENSITY, dtype, dst, a, b, c, n)",
  flops: 1,
  binding: false,
  doc: "xᵃ⁻¹·(1-x)ᵇ⁻¹·(a+b)/(a·b·B(a, b))",
})
@final
export class BetaDensity extends Pointwise {
  vjp(n: Node, k: i32, g: Node): Node | null {
    if (k < 2) return mul(g, byShape(n, n, k == 1));
    const a = n.input(0),
      b = n.input(1),
      x = n.input(2),
      sum = add(a, b),
      // By the one power the derivative is finite where that by the other is infinitely larger.
      for0 = awayFrom(1, x, b, Op.Lt),
      for1 = awayFrom(0, x, a, Op.Lt),
      away0 = awayFrom(0, for0, a, Op.Ge),
      away1 = awayFrom(1, for1, b, Op.Ge),
      lowA = div(mul(sum, ternary(Op.BetaDensity, lowered(a), b, for0)), a),
      lowB = div(mul(sum, ternary(Op.BetaDensity, a, lowered(b), for1)), b),
      ofX = byPower(a, lowA, ternary(Op.BetaDensity, a, b, away0), away0),
      ofY = byPower(b, lowB, ternary(Op.BetaDensity, a, b, away1), minusFrom(1, away1));
    return mul(g, sub(ofX, ofY));
  }
}

// -- orthogonal polynomials of x, the degree and the family (kernels/special/polynomials.ts), a constant

function polynomial(n: Node, degreeBy: f64, family: f64): Node {
  const degree = n.input(1);
  return ternary(Op.Orthogonal, n.input(0), moved(degree, degreeBy), fullLike(degree, family));
}
@primitive({
  op: "Orthogonal",
  kind: "elementwise",
  operands: 3,
  dtype: "float",
  kernel: "specials(ORTHOGONAL, dtype, dst, a, b, c, n)",
  flops: 1,
  doc: "The orthogonal polynomial of x of a degree, which may be a tensor, and a family, a number (kernels/special/polynomials.ts).",
})
@final
export class Orthogonal extends Pointwise {
  // T' = n·U, V' and W' by U' = 2C⁽²⁾, H' = 2n·H, He' = n·He, (C⁽λ⁾)' = 2λ·C⁽λ⁺¹⁾, (L⁽ᵅ⁾)' = -L⁽ᵅ⁺¹⁾, all of degree n - 1
  vjp(n: Node, k: i32, g: Node): Node | null {
    if (k) return null;
    const degree = n.input(1),
      family = n.input(2).value;
    if (family > 0) return mul(g, scale(polynomial(n, -1, family + 1), 2 * family));
    if (family <= -6) return mul(g, neg(polynomial(n, -1, family - 1)));
    if (family == -1) return mul(g, mul(degree, polynomial(n, -1, 1)));
    if (family <= -4) return mul(g, mul(family == -4 ? scale(degree, 2) : degree, polynomial(n, -1, family)));
    const high = polynomial(n, -1, 2),
      low = polynomial(n, -2, 2);
    return mul(g, scale(family == -2 ? sub(high, low) : add(high, low), 2));
  }
}
