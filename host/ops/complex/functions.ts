// Analytic functions of complex numbers, x + iy, with torch's branch cuts, whose sides signed zeros tell apart. Their derivatives are
// those of the real formulas, which are smooth wherever the functions are.
import * as p from "../../core/prim";
import type { Node } from "../../core/prim";
import { Pair } from "../../tensor/complex";
import { hypot, magnitudeOf, powerOf, unitOf } from "../math";
import { asFloats } from "../promotion";
import { guarded, isInfinite, scale, shift, square } from "../support";
import { div, mul, type Operand, overI, pair, timesI, toPair } from "./arithmetic";

const zero = (): Node => p.num(0);
const half = (x: Node): Node => scale(x, 0.5);

export const abs = ({ re, im }: Pair): Node => hypot(re, im);
/** The derivative at 0 is 0, as torch has it. */
export const angle = ({ re, im }: Pair): Node => {
  const isZero = p.logicalAnd(p.eq(re, zero()), p.eq(im, zero()));
  return p.where(isZero, p.atan2(p.detach(im), p.detach(re)), p.atan2(im, p.where(isZero, p.num(1), re)));
};
export const polar = (r: Node, phi: Node): Pair => pair(p.mul(r, p.cos(phi)), p.mul(r, p.sin(phi)));

/** By the root in the right half-plane, t = √((|x| + |z|) / 2), beside which the other part is y / 2t. */
export function sqrt({ re: x, im: y }: Pair): Pair {
  const unit = unitOf(x, y);
  const [a, b] = [p.div(x, unit), p.div(y, unit)];
  const isLeft = p.lt(a, zero());
  const size = p.sqrt(p.add(square(a), square(b)));
  const t = p.mul(p.sqrt(half(p.add(p.where(isLeft, p.neg(a), a), size))), p.sqrt(unit));
  const other = p.where(p.logicalOr(p.eq(t, zero()), isInfinite(y)), y, p.div(y, scale(t, 2)));
  const sign = p.where(p.signbit(y), p.num(-1), p.num(1));
  return new Pair(p.where(isLeft, p.mul(other, sign), t), p.where(isLeft, p.mul(t, sign), other));
}

/**
 * log|z| for z = 1 + x + iy: where |z| is near 1 by |z|² - 1 = x(2 + x) + y², else `far`. What is far off is masked before it is squared: in
 * derivatives its square would be 0·∞.
 */
function logNear(x: Node, y: Node, far: Node): Node {
  const isBounded = p.lt(magnitudeOf(x, y), p.num(4));
  const [a, b] = [p.where(isBounded, x, p.num(-1)), p.where(isBounded, y, zero())];
  const distance = p.add(p.mul(a, shift(a, 2)), square(b));
  return guarded(p.lt(p.abs(distance), p.num(0.5)), distance, 0, (d) => half(p.log1p(d)), far);
}
/** log|z|, by 1 less than the magnitude of its larger part, which cancels least. */
function logAbs(x: Node, y: Node): Node {
  const swaps = p.lt(p.abs(x), p.abs(y));
  const unit = unitOf(x, y);
  const far = p.add(half(p.log(p.add(square(p.div(x, unit)), square(p.div(y, unit))))), p.log(unit));
  return logNear(shift(p.abs(p.where(swaps, y, x)), -1), p.where(swaps, x, y), far);
}
export const log = ({ re, im }: Pair): Pair => new Pair(logAbs(re, im), p.atan2(im, re));
export function log1p({ re: x, im: y }: Pair): Pair {
  const u = shift(x, 1);
  return new Pair(logNear(x, y, logAbs(u, y)), p.atan2(y, u));
}
export const exp = ({ re, im }: Pair): Pair => polar(p.exp(re), im);
/** exp(x)·cos y - 1 as expm1(x)·cos y - 2 sin²(y/2). */
export const expm1 = ({ re, im }: Pair): Pair =>
  new Pair(p.sub(p.mul(p.expm1(re), p.cos(im)), scale(square(p.sin(half(im))), 2)), p.mul(p.exp(re), p.sin(im)));

export const cosh = ({ re, im }: Pair): Pair => new Pair(p.mul(p.cosh(re), p.cos(im)), p.mul(p.sinh(re), p.sin(im)));
export const sinh = ({ re, im }: Pair): Pair => new Pair(p.mul(p.sinh(re), p.cos(im)), p.mul(p.cosh(re), p.sin(im)));
/** With h = tanh x and t = tan y: (h(1 + t²) + i·t·sech²x) / (1 + h²t²), where no factor overflows. */
export function tanh({ re: x, im: y }: Pair): Pair {
  const [h, t] = [p.tanh(x), p.tan(y)];
  const sech2 = scale(p.mul(p.sigmoid(scale(x, 2)), p.sigmoid(scale(x, -2))), 4);
  const divisor = shift(square(p.mul(h, t)), 1);
  return new Pair(p.div(p.mul(h, shift(square(t), 1)), divisor), p.div(p.mul(t, sech2), divisor));
}

// The inverses by W. Kahan, "Branch cuts for complex elementary functions", 1987.
const plusOne = ({ re, im }: Pair): Pair => new Pair(shift(re, 1), im);
const oneMinus = ({ re, im }: Pair): Pair => new Pair(p.sub(p.num(1), re), p.neg(im));
const minusOne = ({ re, im }: Pair): Pair => new Pair(shift(re, -1), im);
/** Im(conj(a)·b). */
const turned = (a: Pair, b: Pair): Node => p.sub(p.mul(a.re, b.im), p.mul(a.im, b.re));
export function asin(z: Pair): Pair {
  const [a, b] = [sqrt(oneMinus(z)), sqrt(plusOne(z))];
  return new Pair(p.atan2(z.re, p.sub(p.mul(a.re, b.re), p.mul(a.im, b.im))), p.asinh(turned(a, b)));
}
export function acos(z: Pair): Pair {
  const [a, b] = [sqrt(oneMinus(z)), sqrt(plusOne(z))];
  return new Pair(scale(p.atan2(a.re, b.re), 2), p.asinh(turned(b, a)));
}
export function acosh(z: Pair): Pair {
  const [a, b] = [sqrt(minusOne(z)), sqrt(plusOne(z))];
  return new Pair(p.asinh(p.add(p.mul(a.re, b.re), p.mul(a.im, b.im))), scale(p.atan2(a.im, b.re), 2));
}
/** ¼·log(1 + 4x / ((1 - x)² + y²)) + ½·i·arg((1 - x)(1 + x) - y² + 2iy) for x ≥ 0, where nothing cancels; the function is odd. */
export function atanh({ re, im }: Pair): Pair {
  const sign = p.where(p.signbit(re), p.num(-1), p.num(1));
  const [x, y] = [p.mul(sign, re), p.mul(sign, im)];
  const [below, above] = [p.sub(p.num(1), x), shift(x, 1)];
  const unit = powerOf(magnitudeOf(below, y));
  const [a, b, c, d] = [x, y, below, above].map((part) => p.div(part, unit)) as [Node, Node, Node, Node];
  const ratio = p.div(scale(a, 4), p.mul(p.add(square(c), square(b)), unit));
  const angle = p.atan2(p.div(scale(b, 2), unit), p.sub(p.mul(c, d), square(b)));
  return new Pair(p.mul(sign, scale(p.log1p(ratio), 0.25)), p.mul(sign, half(angle)));
}
/** -i·f(iz): sin by sinh, asinh by asin and so on. */
export const byTurning =
  (f: (z: Pair) => Pair) =>
  (z: Pair): Pair =>
    overI(f(timesI(z)));
export const cos = (z: Pair): Pair => cosh(timesI(z));

export const reciprocal = (z: Pair): Pair => div(p.num(1), z);
/** z / |z|; 0, with derivatives 0, at 0. */
export function sgn({ re, im }: Pair): Pair {
  const unit = unitOf(re, im);
  const [x, y] = [p.div(re, unit), p.div(im, unit)];
  const size = hypot(x, y);
  const isZero = p.eq(size, zero());
  const part = (z: Node): Node => p.where(isZero, zero(), p.div(z, p.where(isZero, p.num(1), size)));
  return new Pair(part(x), part(y));
}

const MAX_POWER = 64;
/** Whole powers by squaring, exact in their derivatives at 0 too; others are exp(w·log z), and 0 or 1 at 0. */
export function pow(base: Operand, exponent: Operand): Pair {
  if (!(exponent instanceof Pair) && p.isScalar(exponent)) {
    const n = p.numberOf(exponent);
    if (Number.isInteger(n) && Math.abs(n) <= MAX_POWER) return wholePower(toPair(base), n);
    if (n === 0.5) return sqrt(toPair(base));
  }
  const w = toPair(exponent);
  const z = base instanceof Pair ? base : toPair(asFloats(base, w.re)[0]);
  const isZero = p.logicalAnd(p.eq(z.re, zero()), p.eq(z.im, zero()));
  const usable = new Pair(p.where(isZero, p.num(1), z.re), z.im);
  const { re, im } = exp(mul(log(usable), w));
  // At 0 by the real power, whose derivatives are those along the axis.
  const atZero = p.pow(p.where(isZero, z.re, p.num(1)), w.re);
  return pair(p.where(isZero, atZero, re), p.where(isZero, zero(), im));
}
function wholePower(z: Pair, n: number): Pair {
  if (n < 0) return wholePower(reciprocal(z), -n);
  if (n === 0) return new Pair(p.fullLike(z.re, 1), p.fullLike(z.im, 0));
  const root = n > 1 ? wholePower(z, n >> 1) : z;
  if (n === 1) return z;
  const even = mul(root, root);
  return n & 1 ? mul(even, z) : even;
}
