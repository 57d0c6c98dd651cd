// torch.fft: transforms of real and complex tensors along one dim or several, on three primitives of the core.
import { DType } from "../../assembly/abi/opcodes";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { isPair, Pair } from "../tensor/complex";
import { type Operand, toPair } from "./complex/arithmetic";
import { creator } from "./creation";
import { argumentError, type Implementations, type Result } from "./define";
import { asDType, asFloat, defaultDType } from "./promotion";
import { movedim, rollAlong } from "./shape";
import { type Ints, padAlong, range, sliceAlong } from "./support";

export type Norm = "backward" | "forward" | "ortho";
/** 0 as it is, 1 divided by n, 2 by √n. */
const normCode = (norm: Norm = "backward", isInverse: boolean): number =>
  norm === "ortho" ? 2 : Number((norm === "forward") !== isInverse);

const each = (x: Operand, f: (part: Node) => Node): Operand => (isPair(x) ? new Pair(f(x.re), f(x.im)) : f(x));
const some = (x: Operand): Node => (isPair(x) ? x.re : x);
const asFloatOperand = (x: Operand): Operand => each(x, asFloat);

function dimOf(x: Operand, dim: number): number {
  const ndim = p.ndim(some(x));
  if (ndim === 0) throw argumentError("expected a tensor with at least one dim.");
  return p.normalizeDim(dim, ndim);
}
function requirePoints(n: number): number {
  if (n >= 1) return n;
  throw argumentError(`Invalid number of data points (${n}) specified: at least one is needed.`);
}
/** x cut off, or with zeros behind, so that it has n elements along dim. */
function resized(x: Operand, dim: number, n: number): Operand {
  const size = p.size(some(x), dim);
  if (n === size) return x;
  return each(x, (part) => (n < size ? sliceAlong(part, dim, 0, n) : padAlong(part, dim, 0, n - size)));
}

/** f along the last dim, for a transform along `dim`. */
function alongLast(x: Operand, dim: number, f: (x: Operand) => Operand): Operand {
  if (dim === p.ndim(some(x)) - 1) return f(x);
  return each(f(each(x, (part) => movedim(part, [dim], [-1]))), (part) => movedim(part, [-1], [dim]));
}
/** Coefficients 0 … n - 1 of a real signal: those beyond n/2 are the others' conjugates. */
function whole({ re, im }: Pair, n: number): Pair {
  const rest = n - p.size(re, -1);
  const mirrored = (x: Node): Node => p.flip(sliceAlong(x, -1, 1, rest), [p.ndim(x) - 1]);
  return rest === 0
    ? new Pair(re, im)
    : new Pair(p.concat([re, mirrored(re)], -1), p.concat([im, p.neg(mirrored(im))], -1));
}

export function complexTransform(input: Operand, dim: number, isInverse: boolean, norm?: Norm, n?: number): Pair {
  const d = dimOf(input, dim);
  const float = asFloatOperand(input);
  const points = requirePoints(n ?? p.size(some(float), d));
  const x = resized(float, d, points);
  const code = normCode(norm, isInverse);
  if (isPair(x)) return new Pair(...p.fft(x.re, x.im, d, isInverse, code));
  return alongLast(x, d, (y) => whole(new Pair(...p.realFft(y as Node, isInverse, code)), points)) as Pair;
}
export function halfTransform(input: Node, dim: number, isInverse: boolean, norm?: Norm, n?: number): Pair {
  const d = dimOf(input, dim);
  const points = requirePoints(n ?? p.size(input, d));
  const code = normCode(norm, isInverse);
  const x = resized(asFloat(input), d, points);
  return alongLast(x, d, (y) => new Pair(...p.realFft(y as Node, isInverse, code))) as Pair;
}
export function realTransform(input: Operand, dim: number, isInverse: boolean, norm?: Norm, n?: number): Node {
  const d = dimOf(input, dim);
  const float = toPair(asFloatOperand(input));
  const points = requirePoints(n ?? 2 * (p.size(float.re, d) - 1));
  const x = resized(float, d, Math.floor(points / 2) + 1);
  const code = normCode(norm, isInverse);
  return alongLast(x, d, (y) => p.hermitianFft((y as Pair).re, (y as Pair).im, points, isInverse, code)[0]) as Node;
}

/** The dims of a transform along several, and the sizes that are asked for. */
function dimsOf(x: Operand, s?: Ints, dims?: Ints): { dims: number[]; sizes: (number | undefined)[] } {
  const ndim = p.ndim(some(x));
  if (s && dims && s.length !== dims.length)
    throw argumentError(`dim and s should have the same length but have ${dims.length} and ${s.length}.`);
  if (s && s.length > ndim) throw argumentError(`got s of ${s.length} sizes, but the input has ${ndim} dims.`);
  const over = (dims ?? range(s ? ndim - s.length : 0, ndim)).map((dim) => dimOf(x, dim));
  if (new Set(over).size < over.length) throw argumentError(`dims should be unique but are [${over.join(", ")}].`);
  return { dims: over, sizes: over.map((_, i) => (s && s[i] !== -1 ? s[i] : undefined)) };
}
type Along = (x: never, dim: number, isInverse: boolean, norm?: Norm, n?: number) => Operand;
/** Along several dims: along the last one by `last`, which comes first or at the end, along the others by complex transforms. */
const several =
  (isInverse: boolean, last: Along, comesFirst: boolean, standard?: Ints) =>
  (input: Operand, s?: Ints, dim: Ints | undefined = standard, norm?: Norm): Result => {
    const { dims, sizes } = dimsOf(input, s, dim);
    const end = dims.length - 1;
    if (end < 0 && last !== complexTransform) throw argumentError("at least one dim should be transformed.");
    const ofLast = (x: Operand): Operand =>
      end < 0 ? toPair(asFloatOperand(x)) : last(x as never, dims[end]!, isInverse, norm, sizes[end]);
    const ofOthers = (x: Operand): Operand =>
      dims.slice(0, -1).reduce<Operand>((y, d, i) => complexTransform(y, d, isInverse, norm, sizes[i]), x);
    return comesFirst ? ofOthers(ofLast(input)) : ofLast(ofOthers(input));
  };
const one =
  (transform: Along, isInverse: boolean) =>
  (x: Operand, n?: number, dim = -1, norm?: Norm): Result =>
    transform(x as never, dim, isInverse, norm, n);

/** Counts from each start on, over n·d. */
function frequencies(
  n: number,
  counts: readonly [start: number, count: number][],
  d = 1,
  dtype = defaultDType(),
): Node {
  const all = counts.map(([start, count]) => p.iota(count, DType.Float64, start));
  return asDType(p.div(p.concat(all, 0), p.num(requirePoints(n) * d)), dtype);
}
const shifted =
  (up: number) =>
  (x: Node, dims?: Ints): Node =>
    (dims ?? range(0, p.ndim(x))).reduce<Node>((y, dim) => rollAlong(y, dim, Math.floor((p.size(x, dim) + up) / 2)), x);

const LAST_TWO = [-2, -1];
export const fftOps = {
  "fft.fft": one(complexTransform, false),
  "fft.ifft": one(complexTransform, true),
  "fft.rfft": one(halfTransform, false),
  "fft.irfft": one(realTransform, true),
  "fft.hfft": one(realTransform, false),
  "fft.ihfft": one(halfTransform, true),
  "fft.fft2": several(false, complexTransform, true, LAST_TWO),
  "fft.ifft2": several(true, complexTransform, true, LAST_TWO),
  "fft.rfft2": several(false, halfTransform, true, LAST_TWO),
  "fft.irfft2": several(true, realTransform, false, LAST_TWO),
  "fft.hfft2": several(false, realTransform, false, LAST_TWO),
  "fft.ihfft2": several(true, halfTransform, true, LAST_TWO),
  "fft.fftn": several(false, complexTransform, true),
  "fft.ifftn": several(true, complexTransform, true),
  "fft.rfftn": several(false, halfTransform, true),
  "fft.irfftn": several(true, realTransform, false),
  "fft.hfftn": several(false, realTransform, false),
  "fft.ihfftn": several(true, halfTransform, true),
  "fft.fftfreq": creator((n: number, d?: number, dtype?: DType) =>
    frequencies(n, [[0, (n + 1) >> 1], [-(n >> 1), n >> 1]], d, dtype)), // prettier-ignore
  "fft.rfftfreq": creator((n: number, d?: number, dtype?: DType) => frequencies(n, [[0, (n >> 1) + 1]], d, dtype)),
  "fft.fftshift": shifted(0),
  "fft.ifftshift": shifted(1),
} satisfies Implementations;
