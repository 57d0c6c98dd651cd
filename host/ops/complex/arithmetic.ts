// Arithmetic of pairs of nodes: complex numbers, x + iy as re and im. A node beside a pair is a real number.
import * as p from "../../core/prim";
import type { Node } from "../../core/prim";
import { isPair, Pair } from "../../tensor/complex";
import { magnitudeOf, powerOf } from "../math";
import { square } from "../support";

/** A complex or a real operand. */
export type Operand = Node | Pair;

const fitted = (x: Node, like: Node, shape: readonly number[]): Node =>
  p.expand(p.dtype(x) === p.dtype(like) && !p.isScalar(x) ? x : p.cast(x, p.dtype(like)), shape);
/** A pair of parts that broadcast, in their common dtype. */
export function pair(re: Node, im: Node): Pair {
  if (p.dtype(re) === p.dtype(im) && p.shape(re).join() === p.shape(im).join() && !p.isScalar(re) && !p.isScalar(im))
    return new Pair(re, im);
  const sum = p.add(re, im);
  return new Pair(fitted(re, sum, p.shape(sum)), fitted(im, sum, p.shape(sum)));
}
/** A number stays one, whose dtype yields to that of what is beside it. */
export const toPair = (z: Operand): Pair => (isPair(z) ? z : new Pair(z, p.isScalar(z) ? p.num(0) : p.fullLike(z, 0)));

export const conj = ({ re, im }: Pair): Pair => new Pair(re, p.neg(im));
/** i·z and -i·z. */
export const timesI = ({ re, im }: Pair): Pair => new Pair(p.neg(im), re);
export const overI = ({ re, im }: Pair): Pair => new Pair(im, p.neg(re));
export const scaled = ({ re, im }: Pair, factor: Node): Pair => pair(p.mul(re, factor), p.mul(im, factor));

/** A function of reals that is linear in each of its operands, for complex ones. */
export function multilinear(f: (...args: Node[]) => Node): (...args: Operand[]) => Operand {
  const apply = (...args: Operand[]): Operand => {
    const at = args.findIndex(isPair);
    if (at < 0) return f(...(args as Node[]));
    const { re, im } = args[at] as Pair;
    const [a, b] = [re, im].map((part) => apply(...args.slice(0, at), part, ...args.slice(at + 1))) as [
      Operand,
      Operand,
    ];
    // a + i·b
    if (!isPair(a) || !isPair(b)) return new Pair(a as Node, b as Node);
    return new Pair(p.sub(a.re, b.im), p.add(a.im, b.re));
  };
  return apply;
}
export const mul = multilinear(p.mul) as (a: Operand, b: Operand) => Pair;

const plus = (a: Node | undefined, b: Node | undefined, sign: (x: Node) => Node): Node =>
  a === undefined ? sign(b!) : b === undefined ? a : p.add(a, sign(b));
const part = (z: Operand, key: "re" | "im"): Node | undefined => (isPair(z) ? z[key] : key === "re" ? z : undefined);
const sum =
  (sign: (x: Node) => Node) =>
  (a: Operand, b: Operand): Pair =>
    pair(plus(part(a, "re"), part(b, "re"), sign), plus(part(a, "im"), part(b, "im"), sign));
export const add = sum((x) => x);
export const sub = sum(p.neg);

/**
 * a·b̄ / |b|². With b in units of the power of two in its larger part |b|² is at least 1 and below 8. a is
 * quartered, so that the product doesn't overflow; a tiny one, where the quotient may be less so, is multiplied by 2⁶⁰, for subnormal
 * numbers have few bits.
 */
export function div(a: Operand, b: Operand): Pair {
  if (!isPair(b)) return pair(p.div((a as Pair).re, b), p.div((a as Pair).im, b));
  const unit = powerOf(magnitudeOf(b.re, b.im));
  const { re: u, im: v } = toPair(a);
  const isTiny = p.logicalAnd(p.lt(magnitudeOf(u, v), p.num(2 ** -112)), p.lt(unit, p.num(16)));
  const factor = p.where(isTiny, p.num(2 ** 60), p.num(0.25));
  const [x, y] = [p.div(b.re, unit), p.div(b.im, unit)];
  const { re, im } = toPair(mul(mul(a, factor), new Pair(x, p.neg(y))));
  const size = p.add(square(x), square(y));
  const last = p.mul(unit, factor);
  return pair(p.div(p.div(re, size), last), p.div(p.div(im, size), last));
}
