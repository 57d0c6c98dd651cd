// The standard normal distribution: Φ, log Φ, Φ⁻¹ and erfcx.
import { DType } from "../../assembly/abi/opcodes";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { asFloat, widely } from "./promotion";
import { from, scale, shift } from "./support";

/** below(x) where x < limit, else beyond(x); each sees arguments of its own side only. */
function splitAt(x: Node, limit: number, below: (x: Node) => Node, beyond: (x: Node) => Node): Node {
  const isBelow = p.lt(x, p.num(limit));
  return p.where(isBelow, below(p.where(isBelow, x, p.num(0))), beyond(p.where(isBelow, p.num(limit), x)));
}

/** Φ(x) = erfc(-x/√2) / 2, for gelu: erfc keeps the left tail, where 1 + erf would cancel; all but the last digits of it (upperTail). */
export const ndtr = (x: Node): Node => scale(p.erfc(scale(x, -Math.SQRT1_2)), 0.5);

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

export const normalOps = {
  "special.ndtr": widely((x) => upperTail(p.neg(x))),
  "special.logNdtr": widely(logNdtr),
  "special.erfcx": (x: Node) => erfcx(asFloat(x)),
  "special.ndtri": p.ndtri,
};
