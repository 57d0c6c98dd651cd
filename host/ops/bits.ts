// Bits of integers and floats, and divisors of integers. Of all these the core has two: BitAnd and Gcd.
import { DType } from "../../assembly/abi/opcodes";
import { dtypeName } from "../core/dtype";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { DTypeError } from "../errors";
import { failure, type Implementations } from "./define";
import { largestOf, ldexp, nanToNum, powerIn } from "./math";
import { asDType, requireFloat } from "./promotion";
import { from, scale } from "./support";

type Binary = (a: Node, b: Node) => Node;
/** f of integers in their common dtype; of bools `logical`, without which they are refused as floats are, in the core's words. */
const whole =
  (f: Binary, logical?: Binary): Binary =>
  (a, b) => {
    const dtype = p.resultType(a, b);
    const g = [logical, f][dtype]; // bool is 0, int32 is 1
    if (!g) throw failure(DTypeError, `is not defined for dtype ${dtypeName(dtype)}.`);
    return g(asDType(a, dtype), asDType(b, dtype));
  };

// Sums wrap round, so that these are exact.
const or: Binary = (a, b) => p.sub(p.add(a, b), p.bitAnd(a, b));
const xor: Binary = (a, b) => p.sub(or(a, b), p.bitAnd(a, b));
const not = whole((x) => from(-1, x), p.logicalNot);

/** By powers that wrap round: 0 from 2³² on, and for negative exponents. */
const leftShift: Binary = (a, b) => p.mul(a, p.pow(p.num(2), b));
/** By powers of float64, which holds the quotients. What is no shift by 0 … 31 leaves the sign alone, as one by 31 does. */
const rightShift: Binary = (a, b) => {
  const steps = p.where(p.eq(p.bitAnd(b, p.num(-32)), p.num(0)), b, p.num(31));
  return p.cast(p.floor(ldexp(p.cast(a, DType.Float64), p.neg(steps))), DType.Int32);
};

/** The quotient is whole; that of 0 by 0, NaN, becomes 0. */
const lcm: Binary = (a, b) => {
  const quotient = p.div(p.cast(a, DType.Float64), p.gcd(a, b));
  return p.abs(p.mul(p.cast(quotient, DType.Int32), b));
};

/** In float64, where float32 has no subnormal numbers. What is below 1 is looked at 2⁵⁴ times as large, since float64 has some. */
function frexp(input: Node): Node[] {
  const x = p.cast(requireFloat(input), DType.Float64);
  const shifted = p.where(p.lt(p.abs(x), p.num(1)), p.num(-53), p.num(1));
  // The logarithm for 0 is -∞, for infinities and NaN ∞. No derivative goes through bits.
  const power = p.log2(powerIn(ldexp(x, from(1, shifted))));
  const exponent = nanToNum(p.add(power, shifted), 0, 0, 0);
  // In two steps: 2¹⁰⁷⁴ is no number.
  const half = p.trunc(scale(exponent, 0.5));
  const mantissa = ldexp(ldexp(x, p.neg(half)), p.sub(half, exponent));
  return [p.cast(mantissa, p.dtype(input)), p.cast(exponent, DType.Int32)];
}

/** What lies between the two neighbours of a, and no farther away, towards b. */
function nextafter(a: Node, b: Node): Node {
  const dtype = p.resultType(a, b);
  const [start, end] = [a, b].map((x) => requireFloat(x, dtype)) as [Node, Node];
  const [distance, least] = dtype === DType.Float32 ? [2 ** -23, 2 ** -149] : [2 ** -52, 2 ** -1074];
  const isNegative = p.signbit(start);
  const signed = (x: Node): Node => p.where(isNegative, p.neg(x), x);
  const x = signed(start);
  const step = (y: Node): Node => p.maximum(scale(powerIn(y), distance), p.num(least));
  // Below a power of two neighbours are half as far apart. Below ∞, of which NaN is left, comes the largest number.
  const down = nanToNum(p.sub(x, step(scale(x, 1 - distance / 2))), largestOf(x));
  const limited = p.minimum(p.add(x, step(x)), signed(end));
  // Of two zeros it is the first.
  return p.detach(signed(p.maximum(down, limited)));
}

export const bitOps = {
  bitwiseAnd: whole(p.bitAnd, p.logicalAnd),
  bitwiseOr: whole(or, p.logicalOr),
  bitwiseXor: whole(xor, p.logicalXor),
  bitwiseNot: (x: Node) => not(x, x),
  bitwiseLeftShift: whole(leftShift),
  bitwiseRightShift: whole(rightShift),
  gcd: whole(p.gcd),
  lcm: whole(lcm),
  frexp,
  nextafter,
} satisfies Implementations;
