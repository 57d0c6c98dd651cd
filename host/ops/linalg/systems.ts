// Linear systems, inverses, powers, exponentials and roots.
import { DType } from "../../../assembly/abi/opcodes";
import * as p from "../../core/prim";
import type { Node } from "../../core/prim";
import { Want } from "../../core/matrix-failures";
import { argumentError, format, type Implementations, shapeError } from "../define";
import { asFloat } from "../promotion";
import { product } from "../support";
import { checked, identityLike, requireMatrices, requireSquare, together, transposed } from "./matrices";

/** x of a·x = b for matrices of one batch, with what the factorisation of a says. */
function solved(a: Node, b: Node): [Node, Node] {
  const [factors, pivots, info] = p.lu(p.detach(a), true);
  return [p.solve(a, factors, pivots, b, false), info];
}

/** Whether b is a batch of vectors for a, as torch decides. */
function isVectors(a: Node, b: Node): boolean {
  const expected = p.shape(a).slice(0, -1);
  const sizes = p.shape(b);
  return sizes.length === 1 || (sizes.length === expected.length && sizes.every((n, i) => n === expected[i]));
}
function solveEx(a: Node, given: Node, left = true, checkErrors = false): [Node, Node] {
  const [x, info] = systems(a, given, left);
  return [checkErrors ? checked(x, info, Want.Solve) : x, info];
}
function systems(a: Node, given: Node, left: boolean): [Node, Node] {
  requireSquare(a);
  const vectors = isVectors(a, given);
  if (vectors && !left)
    throw argumentError("vector broadcasting of the left hand side is not supported for left = false.");
  const b = vectors ? p.reshape(given, [...p.shape(given), 1]) : given;
  requireMatrices(b, "B");
  const right = left ? b : transposed(b);
  if (p.size(right, -2) !== p.size(a, -1))
    throw shapeError(
      `Incompatible shapes of A and B for the equation ${left ? "AX = B" : "XA = B"} (${format(a)} and ${format(given)}).`,
    );
  const [x, info] = solved(...together(left ? a : transposed(a), right));
  if (vectors) return [p.reshape(x, p.shape(x).slice(0, -1)), info];
  return [left ? x : transposed(x), info];
}
function solve(a: Node, b: Node, left = true): Node {
  const [x, info] = systems(a, b, left);
  return checked(x, info, Want.Solve);
}

function solveTriangular(t: Node, b: Node, upper: boolean, left = true, unitriangular = false): Node {
  requireSquare(t);
  requireMatrices(b, "B");
  if (p.size(b, left ? -2 : -1) !== p.size(t, -1))
    throw shapeError(
      `Incompatible shapes of A and B for the equation ${left ? "AX = B" : "XA = B"} (${format(t)} and ${format(b)}).`,
    );
  const [a, right] = together(t, b);
  if (left) return p.solveTriangular(a, right, upper, unitriangular);
  return transposed(p.solveTriangular(transposed(a), transposed(right), !upper, unitriangular));
}
function triangularSolve(b: Node, a: Node, upper = true, transpose = false, unitriangular = false): [Node, Node] {
  const x = solveTriangular(transpose ? transposed(a) : a, b, upper !== transpose, true, unitriangular);
  return [x, p.alias(a)];
}

export function inverseOf(a: Node): [Node, Node] {
  requireSquare(a);
  return solved(a, identityLike(a));
}
function inv(a: Node): Node {
  const [x, info] = inverseOf(a);
  return checked(x, info, Want.Inverse);
}
function invEx(a: Node, checkErrors = false): [Node, Node] {
  const [x, info] = inverseOf(a);
  return [checkErrors ? checked(x, info, Want.Inverse) : x, info];
}

function matrixPower(a: Node, n: number): Node {
  requireSquare(a);
  if (n < 0) return matrixPower(inv(a), -n);
  let result: Node | null = null;
  for (let rest = n, power = a; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = result === null ? power : p.matmul(result, power);
    if (rest > 1) power = p.matmul(power, power);
  }
  return result === null ? identityLike(a) : n === 1 ? p.alias(a) : result;
}

/** The exponential, in float64 whatever the dtype is: squaring amplifies rounding. */
function matrixExp(a: Node): Node {
  requireSquare(a);
  return p.isFloat(a) ? p.cast(p.matrixExp(p.cast(a, DType.Float64)), p.dtype(a)) : p.matrixExp(a);
}
function sqrtm(given: Node): Node {
  const a = asFloat(given);
  requireSquare(a);
  return p.sqrtm(a);
}

// -- tensors as matrices

function tensorinv(a: Node, ind = 2): Node {
  if (ind <= 0) throw argumentError("Expected a strictly positive integer for 'ind'.");
  const sizes = p.shape(a);
  const [first, last] = [sizes.slice(0, ind), sizes.slice(ind)];
  if (product(first) !== product(last))
    throw shapeError(
      `Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got ${product(last)} != ${product(first)}.`,
    );
  return p.reshape(inv(p.reshape(a, [product(first), product(last)])), [...last, ...first]);
}
function tensorsolve(a: Node, b: Node, dims?: readonly number[]): Node {
  let moved = a;
  if (dims !== undefined) {
    const ends = dims.map((dim) => p.normalizeDim(dim, p.ndim(a)));
    const rest = p.shape(a).map((_, i) => i).filter((i) => !ends.includes(i)); // prettier-ignore
    moved = p.permute(a, [...rest, ...ends]);
  }
  const unknowns = p.shape(moved).slice(p.ndim(b));
  const n = product(unknowns);
  if (n !== p.numel(b))
    throw shapeError(
      `Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but got ${n} != ${p.numel(b)}.`,
    );
  const x = solve(p.reshape(moved, [n, n]), p.reshape(b, [n, 1]));
  return p.reshape(x, unknowns);
}

export const systemOps = {
  "linalg.solve": solve,
  "linalg.solveEx": solveEx,
  "linalg.solveTriangular": solveTriangular,
  triangularSolve,
  "linalg.inv": inv,
  inverse: inv,
  "linalg.invEx": invEx,
  "linalg.matrixPower": matrixPower,
  matrixPower,
  matrixExp,
  "linalg.matrixExp": matrixExp,
  "linalg.sqrtm": sqrtm,
  "linalg.tensorinv": tensorinv,
  "linalg.tensorsolve": tensorsolve,
} satisfies Implementations;
