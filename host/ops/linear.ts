// Matrix products, and what is made of them.
import { DType, Requirement } from "../../assembly/abi/opcodes";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { argumentError, format, type Implementations, shapeError } from "./define";
import { diagonal } from "./diagonals";
import { einsum } from "./einsum";
import { asFloat, requireInteger } from "./promotion";
import { ravel, rollAlong, transpose } from "./shape";
import { clamp } from "./math";
import { product, range, scale, sliceAlong } from "./support";

const hasDims = (name: string, x: Node, ndim: number): void => {
  const kind = ["a number", "a vector", "a matrix", "a batch of matrices"][ndim]!;
  if (p.ndim(x) !== ndim) throw shapeError(`${name} should be ${kind} but is ${format(x)}.`);
};
const sameSize = (a: Node, b: Node): void => {
  if (p.numel(a) !== p.numel(b))
    throw shapeError(`vectors should have equal sizes but are ${format(a)} and ${format(b)}.`);
};
const row = (x: Node): Node => p.reshape(x, [1, p.numel(x)]);
const column = (x: Node): Node => p.reshape(x, [p.numel(x), 1]);

/** a @ b; a vector is a row on the left, a column on the right, and its dim is not in the result. */
function matmul(a: Node, b: Node): Node {
  if (p.ndim(a) === 0 || p.ndim(b) === 0)
    throw shapeError(`operands should have at least 1 dim but are ${format(a)} and ${format(b)}.`);
  const [isRow, isColumn] = [p.ndim(a) === 1, p.ndim(b) === 1];
  const full = p.matmul(isRow ? row(a) : a, isColumn ? column(b) : b);
  if (!isRow && !isColumn) return full;
  const sizes = p.shape(full);
  const end = sizes.length;
  return p.reshape(
    full,
    sizes.filter((_, i) => !(isRow && i === end - 2) && !(isColumn && i === end - 1)),
  );
}
function mm(a: Node, b: Node): Node {
  hasDims("input", a, 2);
  hasDims("mat2", b, 2);
  return p.matmul(a, b);
}
function bmm(a: Node, b: Node): Node {
  hasDims("input", a, 3);
  hasDims("mat2", b, 3);
  if (p.size(a, 0) !== p.size(b, 0))
    throw shapeError(`batches should have equal sizes but are ${format(a)} and ${format(b)}.`);
  return p.matmul(a, b);
}
function mv(matrix: Node, vector: Node): Node {
  hasDims("input", matrix, 2);
  hasDims("vec", vector, 1);
  return matmul(matrix, vector);
}
export function dot(a: Node, b: Node): Node {
  hasDims("input", a, 1);
  hasDims("the other", b, 1);
  sameSize(a, b);
  return p.sum(p.mul(a, b));
}
function outer(a: Node, b: Node): Node {
  hasDims("input", a, 1);
  hasDims("vec2", b, 1);
  return p.mul(column(a), row(b));
}
const inner = (a: Node, b: Node): Node =>
  p.ndim(a) === 0 || p.ndim(b) === 0 ? p.mul(a, b) : tensordot(a, b, [[-1], [-1]]);

/** beta·input + alpha·product; with beta 0 the input counts for nothing, not even its NaNs. */
function addScaled(input: Node, term: Node, beta: number, alpha: number): Node {
  if (!p.isFloat(input) && !p.isFloat(term)) {
    requireInteger("beta", beta);
    requireInteger("alpha", alpha);
  }
  // Of bools the factors are bools as well.
  if (p.dtype(input) === DType.Bool && p.dtype(term) === DType.Bool) {
    const kept = alpha === 0 ? p.fullLike(term, 0) : term;
    return beta === 0 ? kept : p.logicalOr(p.expand(input, p.shape(term)), kept);
  }
  const scaled = alpha === 1 ? term : scale(term, alpha);
  const fitting = p.expand(input, p.shape(term));
  return beta === 0 ? scaled : p.add(beta === 1 ? fitting : scale(fitting, beta), scaled);
}
const addmm = (input: Node, a: Node, b: Node, beta = 1, alpha = 1): Node => addScaled(input, mm(a, b), beta, alpha);
const addmv = (input: Node, a: Node, v: Node, beta = 1, alpha = 1): Node => addScaled(input, mv(a, v), beta, alpha);
const addr = (input: Node, a: Node, b: Node, beta = 1, alpha = 1): Node => addScaled(input, outer(a, b), beta, alpha);
const baddbmm = (input: Node, a: Node, b: Node, beta = 1, alpha = 1): Node => addScaled(input, bmm(a, b), beta, alpha);
/** The sum over the batch is part of the inner dimension of one product. */
function addbmm(input: Node, a: Node, b: Node, beta = 1, alpha = 1): Node {
  hasDims("batch1", a, 3);
  hasDims("batch2", b, 3);
  return addScaled(input, tensordot(a, b, [[0, 2], [0, 1]]), beta, alpha); // prettier-ignore
}

const MAX_PLANNED = 500;

/** The order of least cost by dynamic programming over the spans of the chain (Cormen et al., section 14.2). */
function multiDot(tensors: readonly Node[]): Node {
  if (tensors.length < 2) throw argumentError(`expected at least two tensors but got ${tensors.length}.`);
  const last = tensors.length - 1;
  const matrices = tensors.map((x, i) => {
    if (p.ndim(x) === 1 && i === 0) return row(x);
    if (p.ndim(x) === 1 && i === last) return column(x);
    hasDims(`tensors[${i}]`, x, 2);
    return x;
  });
  const sizes = [p.size(matrices[0]!, 0), ...matrices.map((x) => p.size(x, 1))];
  // Choosing takes the cube of their number: of very many it would last longer than what it saves.
  const isLong = matrices.length > MAX_PLANNED;
  const table = isLong ? [] : matrices;
  const cost = table.map(() => table.map(() => 0));
  const cut = table.map(() => table.map(() => 0));
  for (let span = 1; span <= last && !isLong; span++)
    for (let i = 0; i + span <= last; i++) {
      const j = i + span;
      cost[i]![j] = Infinity;
      for (let k = i; k < j; k++) {
        const total = cost[i]![k]! + cost[k + 1]![j]! + sizes[i]! * sizes[k + 1]! * sizes[j + 1]!;
        if (total < cost[i]![j]!) [cost[i]![j], cut[i]![j]] = [total, k];
      }
    }
  const multiply = (i: number, j: number): Node =>
    i === j ? matrices[i]! : p.matmul(multiply(i, cut[i]![j]!), multiply(cut[i]![j]! + 1, j));
  const result = isLong ? matrices.reduce((a, b) => p.matmul(a, b)) : multiply(0, last);
  const shape = [
    ...(p.ndim(tensors[0]!) === 1 ? [] : [p.size(result, 0)]),
    ...(p.ndim(tensors[last]!) === 1 ? [] : [p.size(result, 1)]),
  ];
  return shape.length === 2 ? result : p.reshape(result, shape);
}

type DimLists = readonly (readonly number[])[];
function tensordot(a: Node, b: Node, dims: number | DimLists = 2): Node {
  const [ndimA, ndimB] = [p.ndim(a), p.ndim(b)];
  if (typeof dims === "number" && (dims < 0 || dims > Math.min(ndimA, ndimB)))
    throw argumentError(`dims should be between 0 and ${Math.min(ndimA, ndimB)} but got ${dims}.`);
  const lists = typeof dims === "number" ? [range(ndimA - dims, ndimA), range(0, dims)] : dims;
  if (lists.length !== 2 || lists[0]!.length !== lists[1]!.length)
    throw argumentError("dims should be two lists of equally many dims.");
  const overA = lists[0]!.map((dim) => p.normalizeDim(dim, ndimA));
  const overB = lists[1]!.map((dim) => p.normalizeDim(dim, ndimB));
  const [sizesA, sizesB] = [p.shape(a), p.shape(b)];
  const wrong = overA.findIndex((dim, i) => sizesA[dim] !== sizesB[overB[i]!]);
  if (wrong >= 0)
    throw shapeError(
      `dim ${overA[wrong]} of ${format(a)} and dim ${overB[wrong]} of ${format(b)} should have equal sizes.`,
    );
  const restA = range(0, ndimA).filter((dim) => !overA.includes(dim));
  const restB = range(0, ndimB).filter((dim) => !overB.includes(dim));
  const [rows, columns] = [restA.map((dim) => sizesA[dim]!), restB.map((dim) => sizesB[dim]!)];
  const summed = product(overA.map((dim) => sizesA[dim]!));
  const left = p.reshape(p.permute(a, [...restA, ...overA]), [product(rows), summed]);
  const right = p.reshape(p.permute(b, [...overB, ...restB]), [summed, product(columns)]);
  return p.reshape(p.matmul(left, right), [...rows, ...columns]);
}

function trace(x: Node): Node {
  hasDims("input", x, 2);
  return p.sum(diagonal(x));
}

/** aᵢ₊₁ bᵢ₊₂ − aᵢ₊₂ bᵢ₊₁, indices counted round. */
function crossAlong(a: Node, b: Node, dim: number): Node {
  const shape = p.broadcastShape(a, b);
  const [x, y] = [p.expand(a, shape), p.expand(b, shape)];
  if (p.size(a, dim) !== 3 || p.size(b, dim) !== 3)
    throw shapeError(`dim ${dim} should have size 3 in both operands, which are ${format(a)} and ${format(b)}.`);
  const next = (v: Node) => rollAlong(v, dim, -1);
  const [x1, y1] = [next(x), next(y)];
  return p.sub(p.mul(x1, next(y1)), p.mul(next(x1), y1));
}
function cross(a: Node, b: Node, dim?: number): Node {
  const first = dim ?? p.broadcastShape(a, b).indexOf(3);
  if (dim === undefined && first < 0) throw shapeError(`no dim of ${format(a)} has size 3.`);
  return crossAlong(a, b, first);
}

export const vecdot = (a: Node, b: Node, dim = -1): Node => p.sum(p.mul(a, b), [dim]);

function kron(a: Node, b: Node): Node {
  const ndim = Math.max(p.ndim(a), p.ndim(b));
  const padded = (x: Node) => [...range(0, ndim - p.ndim(x)).map(() => 1), ...p.shape(x)];
  const [sizesA, sizesB] = [padded(a), padded(b)];
  const products = p.mul(
    p.reshape(a, sizesA.flatMap((n) => [n, 1])), // prettier-ignore
    p.reshape(b, sizesB.flatMap((n) => [1, n])), // prettier-ignore
  );
  return p.reshape(products, sizesA.map((n, i) => n * sizesB[i]!)); // prettier-ignore
}

/** Σ w (x − x̄)(x − x̄)ᵀ / norm, with frequency weights that count observations and weights of their importance. */
function cov(x: Node, correction = 1, fweights?: Node, aweights?: Node): Node {
  if (p.ndim(x) > 2) throw shapeError(`expected at most 2 dims but got ${format(x)}.`);
  const rows = asFloat(p.ndim(x) === 2 ? x : row(x));
  const count = p.size(rows, 1);
  for (const [name, weights] of [
    ["fweights", fweights],
    ["aweights", aweights],
  ] as const)
    // prettier-ignore
    if (weights !== undefined && (p.ndim(weights) !== 1 || p.numel(weights) !== count))
      throw shapeError(`${name} should be [${count}], one for each observation, but is ${format(weights)}.`);
  const [frequency, importance] = [fweights, aweights].map((w) => w && p.required(w, Requirement.NotNegative));
  const w = frequency && importance ? p.mul(frequency, importance) : (frequency ?? importance);
  const sum = w === undefined ? p.num(count) : p.sum(w);
  const mean = p.div(p.sum(w === undefined ? rows : p.mul(rows, w), [1], true), sum);
  const centered = p.sub(rows, mean);
  const loss = aweights === undefined ? p.num(correction) : weightedCorrection(w!, aweights, sum, correction);
  const norm = p.sub(sum, loss);
  const products = p.matmul(w === undefined ? centered : p.mul(centered, w), transpose(centered, 0, 1));
  const result = p.div(products, p.where(p.gt(norm, p.num(0)), norm, p.num(0)));
  return p.size(rows, 0) === 1 ? p.reshape(result, []) : result;
}
const weightedCorrection = (w: Node, aweights: Node, sum: Node, correction: number): Node =>
  p.div(scale(p.sum(p.mul(w, aweights)), correction), sum);

function corrcoef(x: Node): Node {
  const c = cov(x);
  if (p.ndim(c) === 0) return p.div(c, c);
  const deviation = p.sqrt(diagonal(c));
  return clamp(p.div(p.div(c, column(deviation)), row(deviation)), p.num(-1), p.num(1));
}

/** The powers by products, twice as many with each: exact where pow isn't, and with derivatives at 0. */
function powers(given: Node, count: number): Node {
  const x = p.dtype(given) === DType.Bool ? p.cast(given, DType.Int32) : given;
  if (count < 0) throw argumentError(`N should not be negative but got ${count}.`);
  const last = p.reshape(x, [...p.shape(x), 1]);
  const dim = p.ndim(last) - 1;
  // Refuses what is too large before anything is made of it.
  if (p.numel(p.full([...p.shape(x), count], 0, DType.Bool)) === 0)
    return p.full([...p.shape(x), count], 0, p.dtype(x));
  let columns = p.fullLike(last, 1);
  for (let made = 1, power = last; made < count; made *= 2) {
    if (made > 1) power = p.mul(power, power);
    const missing = Math.min(made, count - made);
    columns = p.concat([columns, p.mul(sliceAlong(columns, dim, 0, missing), power)], dim);
  }
  return columns;
}
function vander(x: Node, N?: number, increasing = false): Node {
  hasDims("x", x, 1);
  const rising = powers(x, N ?? p.numel(x));
  return increasing ? rising : p.flip(rising, [1]);
}
/** torch's rule has x 1-dim at least; a 0-dim x counts as a vector of one. */
const linalgVander = (x: Node, N?: number): Node => {
  const vectors = p.ndim(x) === 0 ? ravel(x) : x;
  return powers(vectors, N ?? p.size(vectors, -1));
};

export const linearOps = {
  matmul,
  "linalg.matmul": matmul,
  mm,
  bmm,
  mv,
  dot,
  vdot: dot,
  inner,
  outer,
  ger: outer,
  addmm,
  addmv,
  addbmm,
  baddbmm,
  addr,
  "linalg.multiDot": multiDot,
  chainMatmul(matrices: readonly Node[]): Node {
    matrices.forEach((x, i) => hasDims(`matrices[${i}]`, x, 2));
    return matrices.length === 1 ? p.alias(matrices[0]!) : multiDot(matrices);
  },
  tensordot,
  einsum,
  trace,
  cross,
  "linalg.cross": (a: Node, b: Node, dim = -1) => crossAlong(a, b, dim),
  "linalg.vecdot": vecdot,
  kron,
  cov,
  corrcoef,
  vander,
  "linalg.vander": linalgVander,
} satisfies Implementations;
