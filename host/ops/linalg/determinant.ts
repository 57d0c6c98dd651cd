// Determinants. The value comes from LU; what it is differentiated by, where derivatives are asked for, is a polynomial in the entries
// wherever the matrix is near to a singular one, since the derivative of a determinant is the adjugate, which is finite there.
import { DType } from "../../../assembly/abi/opcodes";
import * as p from "../../core/prim";
import type { Node } from "../../core/prim";
import type { Implementations } from "../define";
import { constantArray } from "../kinds";
import { diagEmbed, diagonal } from "../diagonals";
import { powerOf } from "../math";
import { range, scale, sliceAlong } from "../support";
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
 * constants to this, a is nearly diagonal, the least singular values last. Each row is taken in the power of two in its value, since the
 * determinant may have no room where its derivatives do, or theirs where the product of half the values has none. Of the blocks [p q; r s]
 * of that, p is regular, and det a = ±det p·det(s - r·p⁻¹·q), where the second one is expanded. Where more values vanish than it has, p is
 * taken for a matrix that is off by rounding: derivatives of so low an order are 0. In float64, in which there is room for several units.
 */
function turned(given: Node): Node {
  const a = p.cast(given, DType.Float64);
  const n = p.size(a, -1);
  const k = n - EXPANDED;
  const [u, values, vh] = p.svd(p.detach(a), true);
  const most = sliceAlong(values, -1, 0, 1);
  const unit = p.floor(p.log2(powerOf(most)));
  const isLow = p.lt(values, p.maximum(scale(most, n * 2 ** -52), p.num(5e-324)));
  const column = (x: Node): Node => p.reshape(x, [...p.shape(x), 1]);
  const turn = (dual: Node): Node =>
    p.matmul(p.matmul(transposed(u), p.rescaled(a, column(p.neg(unit)), column(dual))), transposed(vh));
  const rows = p.amax(p.abs(p.detach(turn(unit))), [-1]);
  // Of rows of zeros any, so small that what is made up for p does not show.
  const units = powerOf(p.where(p.gt(rows, p.num(0)), rows, p.num(2 ** -200)));
  const total = p.add(p.sum(p.floor(p.log2(units)), [-1], true), scale(unit, n));
  const whole = p.div(turn(p.sub(total, unit)), column(units));
  const shift = scale(p.cast(isLow, DType.Float64), 2 * n);
  const regular = p.add(block(whole, 0, k, 0, k), diagEmbed(sliceAlong(shift, -1, 0, k)));
  const [factors, pivots] = p.lu(p.detach(regular), true);
  const beside = p.solve(regular, factors, pivots, block(whole, 0, k, k, EXPANDED), false);
  const rest = p.sub(block(whole, k, EXPANDED, k, EXPANDED), p.matmul(block(whole, k, EXPANDED, 0, k), beside));
  const sign = p.sign(p.mul(byFactors(u), byFactors(vh)));
  const product = p.mul(p.mul(sign, byFactors(regular)), expanded(rest));
  return p.cast(p.rescaled(product, p.sum(total, [-1]), p.num(0)), p.dtype(given));
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
