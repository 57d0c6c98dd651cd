// The standard normal distribution: Φ, log Φ, Φ⁻¹ and erfcx.
import { DType } from "../../assembly/abi/opcodes";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { outsideUnit } from "./math";
import { asFloat } from "./promotion";
import { from, polynomial, scale, shift } from "./support";

/** below(x) where x < limit, else beyond(x); each sees arguments of its own side only. */
function splitAt(x: Node, limit: number, below: (x: Node) => Node, beyond: (x: Node) => Node): Node {
  const isBelow = p.lt(x, p.num(limit));
  return p.where(isBelow, below(p.where(isBelow, x, p.num(0))), beyond(p.where(isBelow, p.num(limit), x)));
}

/** Φ(x) = erfc(-x/√2) / 2: erfc keeps the left tail exact, where 1 + erf would cancel. */
export const ndtr = (x: Node): Node => scale(p.erfc(scale(x, -Math.SQRT1_2)), 0.5);

/** f evaluated in float64, whatever float x is. */
const widely =
  (f: (x: Node) => Node) =>
  (input: Node): Node => {
    const x = asFloat(input);
    return p.dtype(x) === DType.Float64 ? f(x) : p.cast(f(p.cast(x, DType.Float64)), DType.Float32);
  };

// √½ as a head of 26 bits and the rest; 2/√π
const ROOT_HEAD = 0.7071067690849304;
const ROOT_TAIL = 1.210161710447897e-8;
const SLOPE = 1.1283791670955126;
/**
 * Φ(-x) in float64. What x/√2 loses in rounding is x² times as much in the tail: it is found by products of short factors, and put back by
 * the slope of log erfc, as a constant.
 */
function upperTail(x: Node): Node {
  const z = scale(x, Math.SQRT1_2);
  const bounded = p.detach(p.where(p.le(p.abs(x), p.num(40)), x, p.num(0)));
  const short = p.cast(p.cast(bounded, DType.Float32), DType.Float64);
  const head = scale(short, ROOT_HEAD);
  const tail = p.add(scale(short, ROOT_TAIL), scale(p.sub(bounded, short), Math.SQRT1_2));
  const rounded = scale(bounded, Math.SQRT1_2);
  const lost = p.add(p.sub(head, rounded), tail);
  const correction = from(1, p.div(scale(lost, SLOPE), p.erfcRatio(rounded, -1)));
  return p.mul(scale(p.erfc(z), 0.5), correction);
}
const erfcx = (x: Node): Node => p.erfcRatio(x, -1);
/** log Φ(x): log(erfcx(-x/√2)/2) - x²/2 on the left, where Φ would underflow and log(1 + …) cancels in the derivatives. */
const logNdtr = (x: Node): Node =>
  splitAt(
    x,
    0,
    (z) => p.sub(shift(p.erfcRatio(scale(z, -Math.SQRT1_2), -2), -Math.LN2), p.mul(scale(z, 0.5), z)),
    (z) => p.log1p(p.neg(upperTail(z))),
  );

// Rational approximations of Φ⁻¹ from Moshier's Cephes (ndtri.c), constant coefficient first: in (p - 1/2)² for the centre,
// in 1/√(-2·log p) for the tail as far as p = exp(-32), and beyond.
const CENTRE = {
  limit: Math.exp(-2),
  numerator: [
    -1.23916583867381258016, 13.9312609387279679503, -56.6762857469070293439, 98.0010754185999661536,
    -59.9633501014107895267,
  ],
  denominator: [
    -1.18331621121330003142, 15.9056225126211695515, -82.0372256168333339912, 200.260212380060660359,
    -225.462687854119370527, 86.3602421390890590575, 4.67627912898881538453, 1.95448858338141759834, 1,
  ],
};
const NEAR_TAIL = {
  numerator: [
    -8.57456785154685413611e-4, -3.50424626827848203418e-2, -1.40256079171354495875e-1, 2.18663306850790267539,
    14.6849561928858024014, 44.08050738932008347, 57.1628192246421288162, 31.5251094599893866154,
    4.05544892305962419923,
  ],
  denominator: [
    -9.33259480895457427372e-4, -3.80806407691578277194e-2, -1.42182922854787788574e-1, 2.50464946208309415979,
    15.0425385692907503408, 41.317203825467203044, 45.3907635128879210584, 15.7799883256466749731, 1,
  ],
};
const FAR_TAIL = {
  numerator: [
    6.2397453918498329373e-9, 2.65806974686737550832e-6, 3.01581553508235416007e-4, 1.23716634817820021358e-2,
    2.01485389549179081538e-1, 1.33303460815807542389, 3.93881025292474443415, 6.91522889068984211695,
    3.2377489177694603597,
  ],
  denominator: [
    6.79019408009981274425e-9, 2.89247864745380683936e-6, 3.28014464682127739104e-4, 1.34204006088543189037e-2,
    2.1623699359449663589e-1, 1.37702099489081330271, 3.67983563856160859403, 6.02427039364742014255, 1,
  ],
};
type Rational = Pick<typeof CENTRE, "numerator" | "denominator">;
const rational = (x: Node, { numerator, denominator }: Rational): Node =>
  p.div(polynomial(x, numerator), polynomial(x, denominator));

/** -Φ⁻¹(y) for y <= exp(-2): z - log(z)/z - R(1/z)/z with z = √(-2·log y). */
function upperQuantile(y: Node): Node {
  const z = p.sqrt(scale(p.log(y), -2));
  const inverse = p.reciprocal(z);
  const correction = splitAt(
    inverse,
    1 / 8,
    (v) => rational(v, FAR_TAIL),
    (v) => rational(v, NEAR_TAIL),
  );
  return p.sub(p.sub(z, p.mul(p.log(z), inverse)), p.mul(correction, inverse));
}
/** Φ⁻¹(y) around 1/2. */
function centralQuantile(y: Node): Node {
  const d = shift(y, -0.5);
  const square = p.mul(d, d);
  return scale(p.mul(d, shift(p.mul(square, rational(square, CENTRE)), 1)), Math.sqrt(2 * Math.PI));
}
/** Φ⁻¹: -∞ at 0, ∞ at 1, NaN outside. */
function ndtri(y: Node): Node {
  const isLow = p.le(y, p.num(CENTRE.limit));
  const isHigh = p.ge(y, p.num(1 - CENTRE.limit));
  const isTail = p.logicalOr(isLow, isHigh);
  const inside = p.logicalAnd(p.gt(y, p.num(0)), p.lt(y, p.num(1)));
  const tail = p.where(p.logicalAnd(isTail, inside), p.where(isHigh, from(1, y), y), p.num(CENTRE.limit));
  const upper = upperQuantile(tail);
  const quantile = p.where(
    isTail,
    p.where(isHigh, upper, p.neg(upper)),
    centralQuantile(p.where(isTail, p.num(0.5), y)),
  );
  // log y and −log(1 − y), which have the infinite derivatives too
  const isEnd = p.logicalOr(p.eq(y, p.num(0)), p.eq(y, p.num(1)));
  const log = p.log(p.where(isEnd, p.where(isHigh, from(1, y), y), p.num(0.5)));
  const outside = outsideUnit(y, p.logicalOr(inside, isEnd));
  return p.where(inside, quantile, p.where(isEnd, p.where(isHigh, p.neg(log), log), outside));
}

export const normalOps = {
  "special.ndtr": (x: Node) => ndtr(asFloat(x)),
  "special.logNdtr": widely(logNdtr),
  "special.erfcx": (x: Node) => erfcx(asFloat(x)),
  "special.ndtri": widely(ndtri),
};
