// The primitives of the core as functions over node ids: what compositions in host/ops are written in. A node made here
// lives until the scope that the op wrapper opened ends (host/ops/define.ts), unless it is the op's result or an input of
// something that lives on; so a composition never frees anything. Shape and dtype rules are the core's alone: broadcasting,
// promotion and negative dims work here as in torch, and a violation throws from here with the user's op in the message.
// Those whose operands and attributes are plain values are made from the declarations in assembly/primitives/; here are the others.
import { DType, Op } from "../../assembly/abi/opcodes";
import { ArgumentError } from "../errors";
import type { TypedArray } from "./dtype";
import { check, checkAddress } from "./failure";
import {
  areInts,
  core,
  elementsAt,
  readShape,
  requireSizes,
  shapeOf,
  writeInts,
  writeLists,
  writeSizes,
} from "./memory";
import { made, type Node } from "./made";
import { currentOp } from "./op-scope";

export * from "../generated/primitives";
export type { Dims, Node } from "./made";

// -- what is known of a node without computing it
export const dtype = (x: Node): DType => core.dtypeOf(x);
export const ndim = (x: Node): number => core.ndimOf(x);
export const numel = (x: Node): number => core.numelOf(x);
/** A fresh array of the sizes. */
export const shape = (x: Node): number[] => shapeOf(x);
/** The size of dimension `dim`, which may be negative. */
export const size = (x: Node, dim: number): number => check(core.sizeOf(x, dim));
/** `dim` in 0 … ndim-1; throws the ShapeError for a dim out of range. A 0-dim tensor counts as 1-dim, as in torch. */
export const normalizeDim = (dim: number, ndim: number): number => check(core.normalizeDim(dim, ndim));
export const isFloat = (x: Node): boolean => dtype(x) >= DType.Float32;
/** Whether x is a JavaScript number that entered as an operand (its dtype yields to any tensor's). */
export const isScalar = (x: Node): boolean => core.isWeak(x) !== 0;
/** Whether derivatives of what is made of x may be asked for. */
export const isRecorded = (x: Node): boolean => core.isRecorded(x) !== 0;
/** The number that x stands for; for a number as an operand only. */
export const numberOf = (x: Node): number => core.numberOf(x);
/** The dtype of a mixed expression of a and b, after torch.result_type. */
export const resultType = (a: Node, b: Node): DType => core.resultType(a, b);
/** The shape that the given nodes broadcast to. */
export function broadcastShape(...nodes: Node[]): number[] {
  writeInts(nodes);
  return readShape(check(core.broadcastShape(nodes.length)));
}
/** x's elements if they are at hand without computing anything. */
export function known(x: Node): number[] | undefined {
  return core.isComputed(x) ? withValues(x, (values) => Array.from(values)) : undefined;
}
/** What `use` gives for x's elements, computed if need be. They are in the core's memory, and gone when it returns. */
export function withValues<R>(x: Node, use: (values: TypedArray) => R): R {
  const address = checkAddress(core.read(x));
  try {
    return use(elementsAt(address, dtype(x), numel(x)));
  } finally {
    core.endRead();
  }
}

// -- sources
/** Throws for what int32 does not hold, which would come out as another number. Fractions are cut off, as in torch. */
export function requireInt32(value: number): void {
  if (value >= -(2 ** 31) && value <= 2 ** 31 - 1) return;
  throw new ArgumentError(
    `${currentOp()}: ${value} is out of the range of int32, -2147483648 … 2147483647; use float64 for larger numbers.`,
  );
}
/** A JavaScript number as an operand: 0-dim, its dtype yields to that of any tensor beside it. */
export const num = (value: number): Node => made(core.scalar(value));
export const full = (shape: readonly number[], value: number, dtype: DType): Node => {
  if (dtype === DType.Int32) requireInt32(value);
  return made(core.full(dtype, writeSizes(shape), value));
};
export const fullLike = (x: Node, value: number, dt: DType = dtype(x)): Node => full(shape(x), value, dt);
/** start, start + step, … : n values, 1-dim. */
export const iota = (n: number, dtype: DType = DType.Int32, start = 0, step = 1): Node => {
  if (n > 2 ** 31 - 1) requireSizes([n]);
  if (dtype === DType.Int32 && n > 0) {
    requireInt32(start);
    requireInt32(start + (n - 1) * step);
  }
  return made(core.iota(dtype, n, start, step));
};

// -- the same values under another identity
export const detach = (x: Node): Node => made(core.detach(x));
export const alias = (x: Node): Node => made(core.alias(x));
/** The nodes that `roots` depend on, with these: inputs first. */
export const walked = (roots: readonly Node[]): Node[] =>
  Array.from({ length: check(core.walkNodes(writeInts(roots))) }, (_, i) => core.walkedNode(i) as Node);
/** The input of a transform: a fresh identity that requires grad; connected, gradients flow on to the original. */
export const inputAlias = (x: Node, connected: boolean): Node => made(core.inputAlias(x, connected ? 1 : 0));
export const cast = (x: Node, dtype: DType): Node => made(core.cast(x, dtype));

// -- elementwise
/** The spherical Bessel function of the first kind, its order a whole number >= 0: j₀(x) = sin(x)/x. */
export const sphericalBessel = (x: Node, order: number): Node => made(core.binary(Op.SphericalBessel, x, num(order)));
/** The ratio iⁿ⁺¹erfc(x)/iⁿerfc(x) of repeated integrals of erfc; order -1 is erfcx(x), -2 its logarithm. */
export const erfcRatio = (x: Node, order: number): Node => made(core.binary(Op.ErfcRatio, x, num(order)));
/** a where the bool condition holds, else b. All three broadcast; a and b are promoted. */
export const where = (condition: Node, a: Node, b: Node): Node => made(core.where(condition, a, b));

// -- views
/** One size may be -1. */
export const reshape = (x: Node, shape: readonly number[]): Node => made(core.reshape(x, writeSizes(shape)));
/** Sizes of -1 stay as they are; new leading dims are allowed. */
export const expand = (x: Node, shape: readonly number[]): Node => made(core.expand(x, writeSizes(shape)));
/** Per dim: the first index, how many, and the step (> 0). All must lie within x. */
export function slice(x: Node, starts: readonly number[], lengths: readonly number[], steps: readonly number[]): Node {
  writeSizes(starts, lengths, steps);
  return made(core.slice(x, starts.length));
}
export const flip = (x: Node, dims: readonly number[]): Node => made(core.flip(x, writeInts(dims)));

// -- moves of data
/** Per dim: how many fill values before, after, and between neighbours (all >= 0). */
export function pad(
  x: Node,
  before: readonly number[],
  after: readonly number[],
  between: readonly number[] = before.map(() => 0),
  value = 0,
): Node {
  if (value !== 0 && dtype(x) === DType.Int32) requireInt32(value);
  // An amount too wide makes a size that is.
  if (!areInts(before) || !areInts(after) || !areInts(between))
    requireSizes(shape(x).map((n, i) => n + Math.max(0, n - 1) * between[i]! + before[i]! + after[i]!));
  writeLists(before, after, between);
  return made(core.pad(x, before.length, value));
}
/** dtypes are promoted; sizes must agree outside of `dim`. */
export function concat(nodes: readonly Node[], dim: number): Node {
  return made(core.concat(writeInts(nodes), dim));
}

/** How a convolution goes along one axis. */
export interface ConvolutionAxis {
  readonly stride: number;
  /** Zeros before and after x; negative: elements left out. */
  readonly low: number;
  readonly high: number;
  /** Steps between neighbours of x, the gaps filled with zeros, and between neighbouring taps. */
  readonly inputDilation: number;
  readonly dilation: number;
}
/**
 * x: [batch, channels, ...sizes], batch may be missing; w: [outputs, channels / groups, ...taps], for a transposed one
 * [channels, outputs / groups, ...taps], used flipped; gives [batch, outputs, ...].
 */
export function convolution(
  x: Node,
  w: Node,
  axes: readonly ConvolutionAxis[],
  groups: number,
  isTransposed: boolean,
): Node {
  writeSizes(axes.flatMap((a) => [a.stride, a.low, a.high, a.inputDilation, a.dilation]));
  return made(core.convolution(x, w, groups, isTransposed ? 1 : 0));
}
