// Tensors that come from sizes and numbers.
import { DType } from "../../assembly/abi/opcodes";
import { core } from "../core/memory";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { AutogradError } from "../errors";
import { argumentError, failure, format, type Implementations, shapeError } from "./define";
import { asDType, defaultDType } from "./promotion";
import { constantInts } from "./shape";
import type { Ints } from "./support";

type Scalar = number | boolean;

/** x as a leaf that derivatives can be asked for, if they will be. */
function asLeaf(x: Node, requiresGrad = false): Node {
  if (!requiresGrad) return x;
  if (!p.isFloat(x)) throw failure(AutogradError, "only tensors of floating dtype can require gradients.");
  const leaf = p.detach(x);
  core.requireGrad(leaf);
  return leaf;
}
/** The function f with a further argument, requiresGrad, in the place behind its last. */
export const creator =
  <A extends unknown[]>(f: (...args: A) => Node) =>
  (...args: [...A, requiresGrad: boolean | undefined]): Node =>
    asLeaf(f(...(args.slice(0, -1) as unknown as A)), args.at(-1) as boolean | undefined);

function filled(size: Ints, value: number, dtype: DType): Node {
  if (size.some((n) => n < 0)) throw shapeError(`sizes should not be negative but got [${size.join(", ")}].`);
  return p.full(size, value, dtype);
}
const full = (size: Ints, value: Scalar, dtype?: DType): Node =>
  filled(size, Number(value), dtype ?? (typeof value === "boolean" ? DType.Bool : defaultDType()));

function fill(x: Node, value: Node | boolean): Node {
  if (typeof value === "boolean") return p.fullLike(x, Number(value));
  if (p.ndim(value) !== 0) throw shapeError(`value should be 0-dim but is ${format(value)}.`);
  return p.expand(asDType(value, p.dtype(x)), p.shape(x));
}

function arange(start: number, end: number, step = 1, dtype?: DType): Node {
  const count = Math.ceil((end - start) / step);
  if (!Number.isFinite(count) || count < 0)
    throw argumentError(`step (${step}) should lead from start (${start}) to end (${end}).`);
  return p.iota(count, dtype ?? defaultDType(), start, step);
}

/** From both ends to the middle, so that both ends are exact and the values symmetric. */
function linspace(start: number, end: number, steps: number, dtype: DType = defaultDType()): Node {
  if (steps < 0) throw argumentError(`steps should not be negative but got ${steps}.`);
  if (steps < 2) return p.full([steps], start, dtype);
  const step = (end - start) / (steps - 1);
  const half = Math.floor(steps / 2);
  const fromEnd = p.iota(steps - half, dtype, end, -step);
  return p.concat([p.iota(half, dtype, start, step), p.flip(fromEnd, [0])], 0);
}

function logspace(start: number, end: number, steps: number, base = 10, dtype: DType = defaultDType()): Node {
  // In float64, since an error in the exponent grows with it.
  return asDType(p.pow(p.num(base), linspace(start, end, steps, DType.Float64)), dtype);
}

/** Ones where row and column are the same. */
export function eye(n: number, m = n, dtype: DType = defaultDType()): Node {
  if (n < 0 || m < 0) throw shapeError(`sizes should not be negative but got [${n}, ${m}].`);
  return p.cast(p.eq(p.reshape(p.iota(n), [n, 1]), p.reshape(p.iota(m), [1, m])), dtype);
}

/** The most places of a triangle that are listed: 2 GiB of them. */
const MAX_PLACES = 2 ** 28;
/** How many entries of a matrix lie on or below its diagonal `offset`. */
function placesBelow(rows: number, columns: number, offset: number): number {
  const first = Math.min(Math.max(0, -offset), rows);
  const whole = Math.min(Math.max(first, columns - offset), rows);
  return ((whole - first) * (first + whole + 2 * offset + 1)) / 2 + (rows - whole) * columns;
}
/** The places [row, column] of a triangle of a matrix, in row-major order: int32 unless dtype says otherwise. */
const triangle =
  (isLower: boolean) =>
  (rows: number, columns: number, offset = 0, dtype?: DType): Node => {
    if (rows < 0 || columns < 0) throw shapeError(`sizes should not be negative but got [${rows}, ${columns}].`);
    const count = isLower
      ? placesBelow(rows, columns, offset)
      : rows * columns - placesBelow(rows, columns, offset - 1);
    if (count > MAX_PLACES) throw shapeError(`the result would be ${count} places, more than ${MAX_PLACES}.`);
    const places = new Int32Array(2 * count);
    let at = 0;
    for (let i = isLower ? Math.max(0, -offset) : 0; i < rows && at < count; i++) {
      const [from, to] = isLower ? [0, Math.min(columns, i + offset + 1)] : [Math.max(0, i + offset), columns];
      for (let j = from; j < to; j++) {
        places[at] = i;
        places[count + at++] = j;
      }
    }
    return asDType(p.reshape(constantInts(places), [2, count]), dtype);
  };

const zeros = creator((size: Ints, dtype: DType = defaultDType()) => filled(size, 0, dtype));
const zerosLike = creator((x: Node, dtype?: DType) => p.fullLike(x, 0, dtype));

export const creationOps = {
  empty: zeros,
  emptyLike: zerosLike,
  zeros,
  ones: creator((size: Ints, dtype: DType = defaultDType()) => filled(size, 1, dtype)),
  full: creator(full),
  zerosLike,
  onesLike: creator((x: Node, dtype?: DType) => p.fullLike(x, 1, dtype)),
  fullLike: creator((x: Node, value: Scalar, dtype?: DType) => p.fullLike(x, Number(value), dtype)),
  fill,
  arange: [creator((end: number, dtype?: DType) => arange(0, end, 1, dtype)), creator(arange)],
  linspace: creator(linspace),
  logspace: creator(logspace),
  eye: creator(eye),
  trilIndices: triangle(true),
  triuIndices: triangle(false),
} satisfies Implementations;
