// L·D·Lᵀ of symmetric matrices, and what its factors solve.
import { DType } from "../../../assembly/abi/opcodes";
import * as p from "../../core/prim";
import type { Node } from "../../core/prim";
import { Want } from "../../core/matrix-failures";
import { format, type Implementations, shapeError } from "../define";
import { diagonal } from "../diagonals";
import { shift } from "../support";
import { exchanged, requirePivots } from "./factorizations";
import { checked, requireMatrices, requireSquare, together, transposed } from "./matrices";

function ldlFactorEx(a: Node, _hermitian?: boolean, checkErrors = false): [Node, Node, Node] {
  requireSquare(a);
  const dtype = p.isFloat(a) ? DType.Float64 : p.dtype(a);
  const [factors, pivots, info] = p.lu(p.cast(a, dtype), true, true);
  const ld = p.cast(factors, p.dtype(a));
  return [checkErrors ? checked(ld, info, Want.Ldl) : ld, pivots, info];
}
const ldlFactor = (a: Node): [Node, Node] => ldlFactorEx(a, false, true).slice(0, 2) as [Node, Node];

/**
 * x of a·x = b. In LAPACK's factors the rows of a column of L have not been exchanged by later steps: that is made up for. Blocks of two
 * [d, b; b, d'] are solved by ratios to b, lest products overflow.
 */
function ldlSolve(ld: Node, pivots: Node, given: Node): Node {
  requireSquare(ld, "LD");
  requireMatrices(given, "B");
  requirePivots(ld, pivots);
  const n = p.size(ld, -1);
  if (p.size(given, -2) !== n)
    throw shapeError(`Incompatible matrix sizes: each A matrix is ${n} by ${n} but B is ${format(given)}.`);
  const [f, b] = together(ld, given);
  const batch = p.shape(f).slice(0, -2);
  const column = (x: Node): Node => p.expand(p.reshape(x, [...p.shape(x), 1]), [...batch, n, 1]);
  const places = p.iota(n);
  const isOfTwo = p.lt(pivots, p.num(0));
  const pairs = p.cast(isOfTwo, DType.Int32);
  const first = p.remainder(p.cumsum(pairs, -1), p.num(2));
  const second = p.sub(pairs, first);
  const own = shift(places, 1);
  const swaps = p.where(p.eq(first, p.num(1)), own, p.abs(pivots));
  // Where each column's block ends.
  const last = column(p.add(places, first));
  const later = p.where(p.gt(places, last), transposed(column(swaps)), own);
  const rows = p.gather(transposed(f), -1, p.rowOrder(later, n));
  const lt = p.where(p.eq(places, last), p.num(0), rows);
  const y = p.solveTriangular(transposed(lt), exchanged(b, swaps, false), false, true);
  // Of blocks of one the element itself.
  const beside = p.gather(p.gather(rows, -1, last), -2, column(p.sub(places, second)));
  const partner = column(p.sub(p.add(places, first), second));
  const ratio = p.div(column(diagonal(f, 0, -2, -1)), beside);
  const isPaired = column(isOfTwo);
  const across = p.where(isPaired, p.gather(ratio, -2, partner), p.num(1));
  const scale = p.mul(beside, p.where(isPaired, shift(p.mul(ratio, across), -1), p.num(1)));
  const other = p.where(isPaired, p.gather(y, -2, p.expand(partner, p.shape(y))), p.num(0));
  const z = p.div(p.sub(p.mul(across, y), other), scale);
  return exchanged(p.solveTriangular(lt, z, true, true), swaps, true);
}

export const symmetricOps = {
  "linalg.ldlFactor": ldlFactor,
  "linalg.ldlFactorEx": ldlFactorEx,
  "linalg.ldlSolve": ldlSolve,
} satisfies Implementations;
