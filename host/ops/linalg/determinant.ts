// Determinants. The value comes from LU; what it is differentiated by, where derivatives are asked for, is a polynomial in the entries
// wherever the matrix is near to a singular one, since the derivative of a determinant is the adjugate, which is finite there.
import { DType } from "../../../assembly/abi/opcodes";
import * as p from "../../core/prim";
import type { Node } from "../../core/prim";
import type { Implementations } from "../define";
import { constantArray } from "../kinds";
import { diagEmbed, diagonal } from "../diagonals";
import { leastOf } from "../math";
import { range, sliceAlong } from "../support";
import { requireSquare, transposed } from "./matrices";

/** For each row -1 where it was exchanged for another one, each of which turns the sign, else 1; and the diagonal of u. */
function factored(a: Node): [Node, Node] {
  requireSquare(a);
  const [factors, pivots] = p.lu(a, true);
  const stays = p.cast(p.eq(pivots, p.iota(p.size(a, -1), DType.Int32, 1)), p.dtype(factors));
  return [p.sub(p.mul(stays, p.num(2)), p.num(1)), diagonal(factors, 0, -2, -1)];
}
/** By LU, with its derivatives: those of a matrix that is not singular. */
function byFactors(a: Node): Node {
  const [signs, u] = factored(a);
  return p.prod(p.mul(signs, u), [-1]);
}

/** Up to this size the polynomial is expanded: so many singular values may vanish in its derivatives up to one order less. */
const EXPANDED = 4;

/** The orders of 0 … n-1, each with its sign. */
function permutations(n: number): { order: number[]; sign: number }[] {
  if (n === 0) return [{ order: [], sign: 1 }];
  return permutations(n - 1).flatMap(({ order, sign }) =>
    range(0, n).map((at) => ({
      order: [...order.slice(0, at), n - 1, ...order.slice(at)],
      sign: (n - 1 - at) % 2 === 0 ? sign : -sign,
    })),
  );
}
/** Leibniz's formula. Each term is a product of entries, so that one of small entries is not lost beside large ones. */
function expanded(a: Node): Node {
  const n = p.size(a, -1);
  if (n === 0) return byFactors(a);
  const batch = p.shape(a).slice(0, -2);
  const terms = permutations(n);
  const places = constantArray(terms.map(({ order }) => order.map((column, row) => row * n + column)))!;
  const flat = p.reshape(a, [...batch, 1, n * n]);
  const sizes = [...batch, terms.length, n];
  const entries = p.gather(p.expand(flat, [...batch, terms.length, n * n]), -1, p.expand(places, sizes));
  const signs = p.cast(constantArray(terms.map(({ sign }) => sign))!, p.dtype(a));
  return p.sum(p.mul(p.prod(entries, [-1]), signs), [-1]);
}

/** Rows and columns from `row` and `column` on, of square matrices. */
function block(x: Node, row: number, rows: number, column: number, columns: number): Node {
  return sliceAlong(sliceAlong(x, -2, row, rows), -1, column, columns);
}
/**
 * What equals the determinant near a, for more entries than a polynomial is expanded for: turned by its singular vectors, which are
 * constants to this, a is nearly diagonal, the least singular values last. Of the blocks [p q; r s] of that, p is regular, and det a =
 * ±det p·det(s - r·p⁻¹·q), where the second one is expanded. Where more values vanish than it has, p is taken for a matrix that is off
 * by rounding: derivatives of so low an order are 0.
 */
function turned(a: Node): Node {
  const n = p.size(a, -1);
  const k = n - EXPANDED;
  const [u, values, vh] = p.svd(p.detach(a), true);
  const whole = p.matmul(p.matmul(transposed(u), a), transposed(vh));
  const most = sliceAlong(values, -1, 0, 1);
  const epsilon = p.dtype(a) === DType.Float64 ? 2 ** -52 : 2 ** -23;
  const least = p.where(p.gt(most, p.num(0)), p.mul(most, p.num(n * epsilon)), p.num(1e-20));
  const first = sliceAlong(values, -1, 0, k);
  const shift = p.where(p.lt(first, least), least, p.num(0));
  const regular = p.add(block(whole, 0, k, 0, k), diagEmbed(shift));
  const [factors, pivots] = p.lu(p.detach(regular), true);
  const beside = p.solve(regular, factors, pivots, block(whole, 0, k, k, EXPANDED), false);
  const rest = p.sub(block(whole, k, EXPANDED, k, EXPANDED), p.matmul(block(whole, k, EXPANDED, 0, k), beside));
  const sign = p.sign(p.mul(byFactors(u), byFactors(vh)));
  const product = p.mul(p.mul(sign, byFactors(regular)), expanded(rest));
  // Where a determinant that is not 0 is lost, so are products that its derivatives are made of, though these may have room.
  const isTiny = p.lt(p.abs(p.detach(product)), p.num(leastOf(a)));
  const isRegular = p.gt(p.sum(sliceAlong(p.sub(values, least), -1, n - 1, 1), [-1]), p.num(0));
  return p.mul(product, p.where(p.logicalAnd(isTiny, isRegular), p.num(NaN), p.num(1)));
}

function det(a: Node): Node {
  const value = byFactors(p.detach(a));
  return p.isRecorded(a) ? p.surrogate(value, p.size(a, -1) <= EXPANDED ? expanded(a) : turned(a)) : value;
}

function slogdet(a: Node): [Node, Node] {
  const [signs, u] = factored(a);
  const sign = p.prod(p.mul(signs, p.sign(p.detach(u))), [-1]);
  return [sign, p.sum(p.log(p.abs(u)), [-1])];
}
function logdet(a: Node): Node {
  const [sign, logarithm] = slogdet(a);
  // The logarithm of a negative number.
  return p.where(p.lt(sign, p.num(0)), p.num(NaN), logarithm);
}

export const determinantOps = {
  det,
  "linalg.det": det,
  slogdet,
  "linalg.slogdet": slogdet,
  logdet,
} satisfies Implementations;
