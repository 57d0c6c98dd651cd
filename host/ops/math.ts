// Elementwise functions. Derivatives are those of the primitives; where torch masks a singularity the formula sees a harmless
// argument there, so that no derivative of it is NaN.
import { DType, Requirement } from "../../assembly/abi/opcodes";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { DTypeError } from "../errors";
import { argumentError, failure, type Implementations } from "./define";
import { asDType, asFloats, commonType, constantLike, requireInteger, widely } from "./promotion";
import { guarded, isInfinite, isnan, scale, shift, square } from "./support";

const zero = (): Node => p.num(0);

function round(x: Node, decimals = 0): Node {
  if (decimals === 0) return p.round(x);
  // Powers of ten with a positive exponent are exact, so the division comes last or first.
  const power = p.num(10 ** Math.abs(decimals));
  return decimals > 0 ? p.div(p.round(p.mul(x, power)), power) : p.mul(p.round(p.div(x, power)), power);
}

const frac = (x: Node): Node => p.sub(x, p.trunc(x));

/** sin(πx) / (πx); beyond 1 by what x is more than an even number, which is exact where πx is not. */
const sinc = widely((x) => {
  const isNear = p.le(p.abs(x), p.num(1));
  const beyond = p.where(isNear, p.num(1), x);
  const rest = p.sub(beyond, scale(p.round(scale(beyond, 0.5)), 2));
  const far = p.div(p.sin(scale(rest, Math.PI)), scale(beyond, Math.PI));
  return guarded(isNear, x, 0, (near) => p.sphericalBessel(scale(near, Math.PI), 0), far);
});

/** NaN with NaN derivatives where x lies outside of [0, 1], where torch has them; a number inside. */
const outsideUnit = (x: Node, isInside: Node): Node => {
  const z = p.where(isInside, p.num(0.5), x);
  return p.sqrt(p.mul(z, p.sub(p.num(1), z)));
};

/**
 * log x − log(1 − x): unlike log(x / (1 − x)) it has its limits' derivatives at 0 and 1. Around ½, where the difference cancels,
 * 2·atanh(2x − 1).
 */
const logit = (input: Node, eps?: number): Node => widely((x) => logitOf(x, eps))(input);
function logitOf(x: Node, eps?: number): Node {
  const z = eps === undefined ? x : clamp(x, p.num(eps), p.num(1 - eps));
  const distance = shift(scale(z, 2), -1);
  const isMiddle = p.lt(p.abs(distance), p.num(0.5));
  const isWithin = p.logicalAnd(p.ge(z, p.num(0)), p.le(z, p.num(1)));
  const logs = guarded(isWithin, z, 0.5, (y) => p.sub(p.log(y), p.log1p(p.neg(y))), outsideUnit(z, isWithin));
  return guarded(isMiddle, distance, 0, (d) => scale(p.atanh(d), 2), logs);
}

/** −x log x; at 0 a square root stands in, whose value is 0 and whose derivative is +∞ as that of the entropy. */
function entr(x: Node): Node {
  // log(0·eˣ), which is −∞ with NaN for its derivatives, as torch has them
  const isOutside = p.logicalNot(p.ge(x, zero())); // or NaN
  const outside = p.log(p.where(isOutside, scale(p.exp(p.where(isOutside, x, zero())), 0), p.num(1)));
  const atZero = guarded(p.eq(x, zero()), x, 1, (z) => p.sqrt(shift(z, 0)), outside); // −0 + 0 is 0
  return guarded(p.gt(x, zero()), x, 1, (z) => p.neg(p.xlogy(z, z)), atZero);
}

/** The smallest number of x's dtype that isn't subnormal. */
const leastOf = (x: Node): number => (p.dtype(x) === DType.Float32 ? 2 ** -126 : 2 ** -1022);
/** The largest number of x's dtype. */
export const largestOf = (x: Node): number => (p.dtype(x) === DType.Float32 ? 3.4028234663852886e38 : Number.MAX_VALUE);

export function nanToNum(x: Node, nan = 0, posinf?: number, neginf?: number): Node {
  if (!p.isFloat(x)) return x;
  const limit = largestOf(x);
  const high = p.where(p.eq(x, p.num(Infinity)), p.num(posinf ?? limit), x);
  const finite = p.where(p.eq(x, p.num(-Infinity)), p.num(neginf ?? -limit), high);
  return p.where(isnan(x), p.num(nan), finite);
}

const scaled = (x: Node, factor: number): Node => (factor === 1 ? x : scale(x, factor));
/** alpha·b as a term beside a: in their common dtype, which alpha doesn't change. */
function scaledFor(a: Node, b: Node, alpha: number): Node {
  if (alpha === 1) return b;
  const dtype = p.resultType(a, b);
  if (dtype < DType.Float32) requireInteger("alpha", alpha);
  // Of bools alpha is a bool as well, as torch has it.
  if (dtype === DType.Bool) return alpha === 0 ? constantLike(b, 0) : b;
  return scale(asDType(b, dtype), alpha);
}
const add = (a: Node, b: Node, alpha = 1): Node => p.add(a, scaledFor(a, b, alpha));
const sub = (a: Node, b: Node, alpha = 1): Node => p.sub(a, scaledFor(a, b, alpha));
const rsub = (a: Node, b: Node, alpha = 1): Node => p.sub(b, scaledFor(b, a, alpha));

/** A divisor: of integers it must not be 0, unless nothing is divided. */
const divisor = (a: Node, b: Node): Node =>
  p.resultType(a, b) < DType.Float32 && p.numel(a) > 0 ? p.required(b, Requirement.NonZero) : b;
const fmod = (a: Node, b: Node): Node => p.fmod(a, divisor(a, b));
const remainder = (a: Node, b: Node): Node => p.remainder(a, divisor(a, b));

/**
 * ⌊a / b⌋ as Python and torch define it: from the exact remainder, since a / b may round up to the next integer
 * (1 / 0.1 is 10, but 0.1 goes into 1 only 9 times).
 */
function floorDivide(a: Node, b: Node): Node {
  if (p.resultType(a, b) < DType.Float32) {
    return p.cast(p.floor(wideQuotient(a, b)), DType.Int32);
  }
  const [x, y] = asFloats(a, b);
  const rest = p.fmod(x, y);
  const quotient = p.div(p.sub(x, rest), y);
  const signsDiffer = p.ne(p.lt(rest, zero()), p.lt(y, zero()));
  const floored = p.where(p.logicalAnd(p.ne(rest, zero()), signsDiffer), p.sub(quotient, p.num(1)), quotient);
  return p.round(p.where(p.eq(y, zero()), p.div(x, y), floored));
}

/** a / b of integers in float64, which holds it closely enough to round it. */
const wideQuotient = (a: Node, b: Node): Node => p.div(p.cast(a, DType.Float64), p.cast(divisor(a, b), DType.Float64));

function truncDivide(a: Node, b: Node): Node {
  if (p.resultType(a, b) >= DType.Float32) return p.trunc(p.div(a, b));
  return p.cast(wideQuotient(a, b), DType.Int32);
}

/** f of floats a and b with derivatives of 0 that no infinite quotient makes NaN: they select, where those of a step would multiply. */
function stepwise(a: Node, b: Node, f: (a: Node, b: Node) => Node): Node {
  if (p.resultType(a, b) < DType.Float32) return f(a, b);
  const always = p.full([], 1, DType.Bool);
  return p.where(always, p.where(always, f(p.detach(a), p.detach(b)), a), b);
}

function div(a: Node, b: Node, roundingMode?: "trunc" | "floor"): Node {
  if (roundingMode === "floor") return stepwise(a, b, floorDivide);
  return roundingMode === "trunc" ? stepwise(a, b, truncDivide) : p.div(a, b);
}

/** A number as the exponent of integers must not be negative; a tensor may be, as in torch: the result is the integer part. */
function pow(a: Node, b: Node): Node {
  if (p.isScalar(b) && p.resultType(a, b) < DType.Float32) {
    const exponent = p.numberOf(b);
    if (exponent < 0)
      throw argumentError(
        `integers can't be raised to negative integer powers (${exponent}); use floatPower, or .float() first.`,
      );
  }
  return p.pow(a, b);
}

/** The larger of two magnitudes, which counts as a constant. */
export const magnitudeOf = (x: Node, y: Node): Node => p.detach(p.maximum(p.abs(x), p.abs(y)));
/** The power of two in a float, of which only the exponent's bits are left: 0 for what is subnormal, ∞ for NaN. */
export const powerIn = (x: Node): Node => p.bitAnd(x, p.num(Infinity));
/** That in a magnitude; 1 where it is 0 or infinite. Dividing by it rounds nothing. */
export function powerOf(magnitude: Node): Node {
  const isUsable = p.logicalAnd(p.gt(magnitude, zero()), p.lt(magnitude, p.num(Infinity)));
  return p.where(isUsable, p.maximum(powerIn(magnitude), p.num(leastOf(magnitude))), p.num(1));
}
/** A unit in which squares neither over- nor underflow; 1 for most, and otherwise nearer to 1 than x or y, since gradients are multiplied by it. */
export function unitOf(x: Node, y: Node): Node {
  const power = powerOf(magnitudeOf(x, y));
  return p.div(power, p.minimum(p.maximum(power, p.num(2 ** -40)), p.num(2 ** 40)));
}
/** √(a² + b²), in units in which no square overflows. */
export function hypot(a: Node, b: Node): Node {
  const [x, y] = asFloats(a, b);
  const unit = unitOf(x, y);
  // Infinite beside NaN as well: what the NaN stands for doesn't matter.
  const infinite = p.logicalOr(isInfinite(x), isInfinite(y));
  const side = (z: Node): Node => square(p.where(infinite, p.num(Infinity), p.div(z, unit)));
  return p.mul(p.root(p.add(side(x), side(y))), unit);
}

function copysign(a: Node, b: Node): Node {
  const [x, sign] = asFloats(a, b);
  const magnitude = p.abs(x);
  const signed = p.where(p.signbit(b), p.neg(magnitude), magnitude);
  // The derivative by what gives the sign is 0, and there, as in torch.
  return p.isScalar(b) ? signed : p.where(p.full([], 1, DType.Bool), signed, sign);
}

export function ldexp(a: Node, b: Node): Node {
  const [x, exponent] = asFloats(a, b);
  return p.mul(x, p.exp2(exponent));
}

/** larger + log(1 + exp(smaller − larger)); two equal infinities differ by 0. */
function logAddExp(a: Node, b: Node, logOnePlus: (difference: Node) => Node): Node {
  const [x, y] = asFloats(a, b);
  const swap = p.lt(x, y);
  const larger = p.where(swap, y, x);
  const smaller = p.where(swap, x, y);
  const equal = p.logicalAnd(p.eq(x, y), isInfinite(x));
  const difference = p.where(equal, zero(), p.sub(smaller, larger));
  return p.add(larger, logOnePlus(difference));
}
const logaddexp = (a: Node, b: Node): Node => logAddExp(a, b, p.softplus);
const logaddexp2 = (a: Node, b: Node): Node =>
  logAddExp(a, b, (d) => scale(p.softplus(scale(d, Math.LN2)), Math.LOG2E));

/** x·log(1 + y), 0 for x = 0 beside a y without a finite logarithm; NaN stays NaN. */
const xlog1py = widely((x: Node, y: Node) => {
  const infinite = p.logicalOr(p.le(y, p.num(-1)), p.eq(y, p.num(Infinity)));
  const isMasked = p.logicalAnd(p.eq(x, zero()), infinite);
  return p.where(isMasked, zero(), p.mul(x, p.log1p(p.where(isMasked, zero(), y))));
});

const heaviside = (x: Node, values: Node): Node =>
  p.where(p.eq(x, zero()), values, p.cast(p.gt(x, zero()), p.dtype(x)));

/** From the nearer end, so that weights of 0 and 1 give the ends exactly. */
export function lerp(a: Node, b: Node, weight: Node): Node {
  const [start, end] = asFloats(a, b);
  const w = p.isScalar(weight) ? asDType(weight, p.dtype(start)) : weight;
  const nearStart = p.lt(p.abs(w), p.num(0.5));
  const fraction = p.where(nearStart, w, p.sub(w, p.num(1)));
  return p.add(p.where(nearStart, start, end), p.mul(fraction, p.sub(end, start)));
}

function addcmul(x: Node, a: Node, b: Node, value = 1): Node {
  const dtype = commonType(x, a, b);
  if (dtype < DType.Float32) requireInteger("value", value);
  return p.add(asDType(x, dtype), p.mul(scaled(asDType(a, dtype), value), asDType(b, dtype)));
}
function addcdiv(x: Node, a: Node, b: Node, value = 1): Node {
  if (p.resultType(a, b) < DType.Float32)
    throw failure(DTypeError, "integers can't be divided here, as in torch; use .float(), or div with a roundingMode.");
  const dtype = commonType(x, a, b);
  return p.add(asDType(x, dtype), p.div(scaled(asDType(a, dtype), value), asDType(b, dtype)));
}

const isNaNNumber = (limit: Node): boolean => p.isScalar(limit) && Number.isNaN(p.numberOf(limit));
/** x where it isn't `outside` of the limit; where the limit is NaN, that is the result. */
function limited(x: Node, limit: Node, outside: (x: Node, limit: Node) => Node): Node {
  if (isNaNNumber(limit)) return p.fullLike(x, NaN, p.resultType(x, limit));
  const beyond = outside(x, limit);
  return p.where(p.isScalar(limit) ? beyond : p.logicalOr(beyond, isnan(limit)), limit, x);
}
const clampMin = (x: Node, min: Node): Node => limited(x, min, p.lt);
const clampMax = (x: Node, max: Node): Node => limited(x, max, p.gt);
export function clamp(x: Node, min?: Node, max?: Node): Node {
  if (min === undefined || max === undefined) {
    const limit = min ?? max;
    if (limit === undefined) throw argumentError("at least one of min and max should be given.");
    // A lone NaN is no limit: torch has it so here, though not in clampMin and clampMax.
    if (isNaNNumber(limit)) return asDType(x, p.resultType(x, limit));
    return min === undefined ? clampMax(x, limit) : clampMin(x, limit);
  }
  if (p.isScalar(min) && p.isScalar(max)) return clampMax(clampMin(x, min), max);
  const dtype = commonType(x, min, max);
  return clampMax(clampMin(asDType(x, dtype), asDType(min, dtype)), asDType(max, dtype));
}

const fmax = (a: Node, b: Node): Node => p.where(p.logicalOr(p.ge(a, b), isnan(b)), a, b);
const fmin = (a: Node, b: Node): Node => p.where(p.logicalOr(p.le(a, b), isnan(b)), a, b);

const floatPower = (a: Node, b: Node): Node => p.pow(asDType(a, DType.Float64), asDType(b, DType.Float64));

export const mathOps = {
  abs: p.abs,
  absolute: p.abs,
  neg: p.neg,
  negative: p.neg,
  positive: (x: Node) => x,
  sign: p.sign,
  sgn: p.sign,
  signbit: p.signbit,
  floor: p.floor,
  ceil: p.ceil,
  round,
  trunc: p.trunc,
  fix: p.trunc,
  frac,
  exp: p.exp,
  exp2: p.exp2,
  expm1: p.expm1,
  log: p.log,
  log2: p.log2,
  log10: p.log10,
  log1p: p.log1p,
  sqrt: p.sqrt,
  rsqrt: p.rsqrt,
  reciprocal: p.reciprocal,
  // By pow, which makes int32 of bool, as torch does.
  square: (x: Node): Node => p.pow(x, p.num(2)),
  sin: p.sin,
  cos: p.cos,
  tan: p.tan,
  asin: p.asin,
  arcsin: p.asin,
  acos: p.acos,
  arccos: p.acos,
  atan: p.atan,
  arctan: p.atan,
  sinh: p.sinh,
  cosh: p.cosh,
  tanh: p.tanh,
  asinh: p.asinh,
  arcsinh: p.asinh,
  acosh: p.acosh,
  arccosh: p.acosh,
  atanh: p.atanh,
  arctanh: p.atanh,
  sigmoid: p.sigmoid,
  erf: p.erf,
  erfc: p.erfc,
  erfinv: p.erfinv,
  deg2rad: (x: Node) => scale(x, Math.PI / 180),
  rad2deg: (x: Node) => scale(x, 180 / Math.PI),
  sinc,
  logit,
  nanToNum,
  "special.entr": widely(entr),
  "special.expit": p.sigmoid,
  "special.exp2": p.exp2,
  "special.expm1": p.expm1,
  "special.log1p": p.log1p,
  "special.erf": p.erf,
  "special.erfc": p.erfc,
  "special.erfinv": p.erfinv,
  "special.logit": logit,
  "special.sinc": sinc,
  "special.round": round,

  add,
  sub,
  subtract: sub,
  rsub,
  mul: p.mul,
  multiply: p.mul,
  div,
  divide: div,
  trueDivide: p.div,
  floorDivide: (a: Node, b: Node) => stepwise(a, b, floorDivide),
  fmod,
  remainder,
  pow,
  floatPower,
  atan2: p.atan2,
  arctan2: p.atan2,
  hypot,
  copysign,
  ldexp,
  logaddexp,
  logaddexp2,
  xlogy: p.xlogy,
  "special.xlogy": p.xlogy,
  "special.xlog1py": xlog1py,
  heaviside,
  lerp,
  addcmul,
  addcdiv,
  clamp,
  clip: clamp,
  clampMin,
  clampMax,
  maximum: p.maximum,
  minimum: p.minimum,
  fmax,
  fmin,
} satisfies Implementations;
