// Views and other rearrangements: nothing here computes a value.
import { DType } from "../../assembly/abi/opcodes";
import { requireNumel } from "../core/memory";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { makeData, makeFilled } from "../tensor/create";
import { argumentError, format, type Implementations, shapeError } from "./define";
import { asDType } from "./promotion";
import { type Ints, padAlong, product, range, sliceAlong, takeAlong } from "./support";

/** `list` with `items` in place of `count` entries from `start`. */
const splice = <T>(list: readonly T[], start: number, count: number, ...items: T[]): T[] => [
  ...list.slice(0, start),
  ...items,
  ...list.slice(start + count),
];

export const ravel = (x: Node): Node => p.reshape(x, [-1]);

export function flatten(x: Node, startDim = 0, endDim = -1): Node {
  const sizes = p.shape(x);
  const start = p.normalizeDim(startDim, sizes.length);
  const end = p.normalizeDim(endDim, sizes.length);
  if (start > end) throw argumentError(`startDim (${startDim}) should not come after endDim (${endDim}).`);
  return p.reshape(x, splice(sizes, start, end - start + 1, product(sizes.slice(start, end + 1))));
}

function unflatten(x: Node, dim: number, sizes: Ints): Node {
  const all = p.shape(indexable(x));
  const d = p.normalizeDim(dim, all.length);
  const size = all[d]!;
  // Here, since in the whole shape a −1 could make good for sizes that don't fit.
  const known = product(sizes.filter((n) => n !== -1));
  const filled = sizes.map((n) => (n === -1 ? size / known : n));
  if (product(filled) !== size || filled.some((n) => !Number.isInteger(n)))
    throw shapeError(`sizes [${sizes.join(", ")}] don't multiply to the size ${size} of dim ${dim}.`);
  return p.reshape(x, splice(all, d, 1, ...filled));
}

export function squeeze(x: Node, dims?: Ints): Node {
  const sizes = p.shape(x);
  const chosen = dims?.map((dim) => p.normalizeDim(dim, sizes.length));
  return p.reshape(
    x,
    sizes.filter((n, i) => n !== 1 || (chosen !== undefined && !chosen.includes(i))),
  );
}

export function unsqueeze(x: Node, dim: number): Node {
  const sizes = p.shape(x);
  return p.reshape(x, splice(sizes, p.normalizeDim(dim, sizes.length + 1), 0, 1));
}

export function transpose(x: Node, dim0: number, dim1: number): Node {
  const ndim = p.ndim(x);
  const a = p.normalizeDim(dim0, ndim);
  const b = p.normalizeDim(dim1, ndim);
  return p.permute(
    x,
    range(0, ndim).map((i) => (i === a ? b : i === b ? a : i)),
  );
}

function t(x: Node): Node {
  if (p.ndim(x) > 2) throw shapeError(`expected at most 2 dims but got ${format(x)}.`);
  return p.ndim(x) < 2 ? p.alias(x) : p.permute(x, [1, 0]);
}

export function movedim(x: Node, source: Ints, destination: Ints): Node {
  const ndim = p.ndim(x);
  const from = source.map((dim) => p.normalizeDim(dim, ndim));
  const to = destination.map((dim) => p.normalizeDim(dim, ndim));
  if (from.length !== to.length)
    throw argumentError(
      `source and destination should name equally many dims but name ${from.length} and ${to.length}.`,
    );
  if (new Set(from).size !== from.length || new Set(to).size !== to.length)
    throw argumentError(
      `a dim is repeated in source [${source.join(", ")}] or destination [${destination.join(", ")}].`,
    );
  const others = range(0, ndim).filter((dim) => !from.includes(dim));
  const order = range(0, ndim).map((place) => {
    const moved = to.indexOf(place);
    return moved < 0 ? others.shift()! : from[moved]!;
  });
  return p.permute(x, order);
}

function broadcastTensors(tensors: readonly Node[]): Node[] {
  const shape = p.broadcastShape(...tensors);
  return tensors.map((x) => p.expand(x, shape));
}

/** x with at least one dim: torch indexes a 0-dim tensor as if it had one of size 1. */
export const indexable = (x: Node): Node => {
  if (p.ndim(x) > 0) return x;
  throw shapeError("can't be applied to a 0-dim tensor.");
};

function narrow(x: Node, dim: number, start: number, length: number): Node {
  const size = p.size(indexable(x), dim);
  const first = start < 0 ? start + size : start;
  if (first < 0 || length < 0 || first + length > size)
    throw argumentError(`start (${start}) and length (${length}) reach beyond the size ${size} of dim ${dim}.`);
  return sliceAlong(x, dim, first, length);
}

/** The index of an entry, counted from the end where it is negative. */
export function entryOf(x: Node, dim: number, index: number): number {
  const size = p.size(indexable(x), dim);
  if (index < -size || index >= size)
    throw argumentError(`index ${index} is out of range for dim ${dim} with size ${size}.`);
  return index < 0 ? index + size : index;
}

export function select(x: Node, dim: number, index: number): Node {
  const entry = sliceAlong(x, dim, entryOf(x, dim, index), 1);
  return p.reshape(entry, splice(p.shape(x), p.normalizeDim(dim, p.ndim(x)), 1));
}

/** start:end:step as Python reads it: the first index, and how many. */
export function sliceBounds(size: number, start = 0, end = size, step = 1): [start: number, length: number] {
  if (step < 1) throw argumentError(`step should be greater than zero but got ${step}.`);
  const clip = (index: number) => Math.min(Math.max(index < 0 ? index + size : index, 0), size);
  const first = clip(start);
  return [first, Math.max(0, Math.ceil((clip(end) - first) / step))];
}
function slice(x: Node, dim = 0, start?: number, end?: number, step = 1): Node {
  const [first, length] = sliceBounds(p.size(indexable(x), dim), start, end, step);
  return sliceAlong(x, dim, first, length, step);
}

const flip = (x: Node, dims: Ints): Node => (dims.length === 0 ? p.alias(x) : p.flip(x, dims));

export function requireDims(x: Node, least: number): Node {
  if (p.ndim(x) >= least) return x;
  throw shapeError(`expected at least ${least} dim${least > 1 ? "s" : ""} but got ${format(x)}.`);
}

function rot90(x: Node, k = 1, dims: Ints = [0, 1]): Node {
  if (dims.length !== 2) throw argumentError(`dims should be two dims but got [${dims.join(", ")}].`);
  const [from, to] = dims as [number, number];
  if (p.normalizeDim(from, p.ndim(x)) === p.normalizeDim(to, p.ndim(x)))
    throw argumentError(`dims should be two different dims but got [${dims.join(", ")}].`);
  switch (((k % 4) + 4) % 4) {
    case 1:
      return transpose(p.flip(x, [to]), from, to);
    case 2:
      return p.flip(x, dims);
    case 3:
      return transpose(p.flip(x, [from]), from, to);
    default:
      return p.alias(x);
  }
}

export function rollAlong(x: Node, dim: number, shift: number): Node {
  const size = p.size(x, dim);
  const start = size === 0 ? 0 : ((-shift % size) + size) % size;
  if (start === 0) return x;
  return p.concat(
    [sliceAlong(x, dim, start, size - start), sliceAlong(x, dim, 0, start)],
    p.normalizeDim(dim, p.ndim(x)),
  );
}
function roll(x: Node, shifts: Ints, dims?: Ints): Node {
  if (dims === undefined || dims.length === 0) {
    if (shifts.length !== 1)
      throw argumentError(`without dims shifts should be one integer but got [${shifts.join(", ")}].`);
    return p.reshape(rollAlong(ravel(x), 0, shifts[0]!), p.shape(x));
  }
  if (shifts.length !== dims.length)
    throw argumentError(`shifts and dims should be equally many but are ${shifts.length} and ${dims.length}.`);
  return p.alias(dims.reduce<Node>((rolled, dim, i) => rollAlong(rolled, dim, shifts[i]!), x));
}

function repeat(x: Node, repeats: Ints): Node {
  const missing = repeats.length - p.ndim(x);
  if (missing < 0)
    throw shapeError(`repeats should give a count for each of ${p.ndim(x)} dims but gives ${repeats.length}.`);
  const sizes = [...range(0, missing).map(() => 1), ...p.shape(x)];
  const apart = p.reshape(x, sizes.flatMap((n) => [1, n])); // prettier-ignore
  const copies = p.expand(apart, sizes.flatMap((n, i) => [repeats[i]!, n])); // prettier-ignore
  return p.reshape(copies, sizes.map((n, i) => n * repeats[i]!)); // prettier-ignore
}
const tile = (x: Node, dims: Ints): Node =>
  repeat(x, [...range(0, Math.max(0, p.ndim(x) - dims.length)).map(() => 1), ...dims]);

/** Constant integers, as a vector. */
export const constantInts = (values: Ints | Int32Array): Node => makeData(values, [values.length], DType.Int32);

function repeatInterleave(x: Node, counts: Ints, dim?: number, outputSize?: number): Node {
  const source = dim === undefined ? ravel(x) : indexable(x);
  const d = p.normalizeDim(dim ?? 0, p.ndim(source));
  if (counts.some((count) => count < 0)) throw argumentError("repeats should not be negative.");
  const result = counts.length === 1 ? repeatEach(source, d, counts[0]!) : repeatBy(source, d, counts);
  if (outputSize !== undefined && outputSize !== p.size(result, d))
    throw argumentError(`outputSize should be ${p.size(result, d)} but got ${outputSize}.`);
  return result;
}
function repeatBy(x: Node, dim: number, counts: Ints): Node {
  const size = p.size(x, dim);
  if (counts.length !== size)
    throw argumentError(`repeats should hold 1 or ${size} counts, the size of the dim, but holds ${counts.length}.`);
  const total = counts.reduce((a, b) => a + b, 0);
  requireNumel([total]);
  const index = makeFilled([total], DType.Int32, (elements) => {
    let at = 0;
    counts.forEach((count, i) => elements.fill(i, at, (at += count)));
  });
  return takeAlong(x, dim, index);
}
function repeatEach(x: Node, dim: number, count: number): Node {
  const sizes = p.shape(x);
  const copies = p.expand(unsqueeze(x, dim + 1), splice(sizes, dim + 1, 0, count));
  return p.reshape(copies, splice(sizes, dim, 1, sizes[dim]! * count));
}

export function unfold(x: Node, dimension: number, size: number, step: number): Node {
  const sizes = p.ndim(x) === 0 ? [1] : p.shape(x);
  const d = p.normalizeDim(dimension, sizes.length);
  if (size < 0 || size > sizes[d]!)
    throw argumentError(`size (${size}) should lie in 0 … ${sizes[d]}, the size of the dim.`);
  if (step < 1) throw argumentError(`step should be greater than zero but got ${step}.`);
  // A 0-dim tensor has the one window, without a dim that counts windows.
  if (p.ndim(x) === 0) return sliceAlong(p.reshape(x, [1]), 0, 0, size);
  const count = Math.floor((sizes[d]! - size) / step) + 1;
  const windows =
    size === step
      ? sliceAlong(x, d, 0, count * size)
      : takeAlong(
          x,
          d,
          ravel(p.add(p.reshape(p.iota(count, DType.Int32, 0, step), [count, 1]), p.reshape(p.iota(size), [1, size]))),
        );
  return movedim(p.reshape(windows, splice(sizes, d, 1, count, size)), [d + 1], [-1]);
}

export function constantPadNd(x: Node, pad: Ints, value: number | boolean = 0): Node {
  const ndim = p.ndim(x);
  if (pad.length % 2 !== 0 || pad.length / 2 > ndim)
    throw argumentError(`pad should hold at most ${ndim} pairs (before, after) but holds ${pad.length} numbers.`);
  let result = x;
  for (let i = 0; i < pad.length / 2; i++) {
    const [dim, before, after] = [ndim - 1 - i, pad[2 * i]!, pad[2 * i + 1]!];
    const size = p.size(x, dim);
    if (size + before + after < 0)
      throw shapeError(`pad (${before}, ${after}) cuts more than the size ${size} of dim ${dim}.`);
    const [cutBefore, cutAfter] = [Math.max(0, -before), Math.max(0, -after)];
    // Where one side cuts beyond what is there, the other side's fill is cut as well.
    const kept = Math.max(0, size - cutBefore - cutAfter);
    const filled = size + before + after - kept;
    const fillBefore = Math.min(Math.max(0, before), filled);
    if (cutBefore || cutAfter) result = sliceAlong(result, dim, Math.min(cutBefore, size), kept);
    result = padAlong(result, dim, fillBefore, filled - fillBefore, Number(value));
  }
  return result === x ? p.alias(x) : result;
}

export const atleast1d = (x: Node): Node => (p.ndim(x) >= 1 ? x : p.reshape(x, [1]));
export const atleast2d = (x: Node): Node => (p.ndim(x) >= 2 ? x : p.reshape(x, [1, p.numel(x)]));
export function atleast3d(x: Node): Node {
  const sizes = p.shape(x);
  if (sizes.length >= 3) return x;
  return p.reshape(x, sizes.length === 2 ? [...sizes, 1] : [1, p.numel(x), 1]);
}
/** Of one tensor, or of several. */
const ofEach = (f: (x: Node) => Node) => [f, (tensors: readonly Node[]) => tensors.map(f)];

const to =
  (dtype: DType) =>
  (x: Node): Node =>
    asDType(x, dtype);

const reshapeAs = (x: Node, other: Node): Node => p.reshape(x, p.shape(other));

export const shapeOps = {
  reshape: p.reshape,
  view: p.reshape,
  reshapeAs,
  viewAs: reshapeAs,
  flatten,
  unflatten,
  ravel,
  squeeze,
  unsqueeze,
  transpose,
  swapdims: transpose,
  swapaxes: transpose,
  t,
  adjoint: (x: Node) => transpose(requireDims(x, 2), -2, -1),
  permute: p.permute,
  movedim,
  moveaxis: movedim,
  expand: p.expand,
  expandAs: (x: Node, other: Node) => p.expand(x, p.shape(other)),
  broadcastTo: p.expand,
  broadcastTensors,
  narrow,
  narrowCopy: narrow,
  select,
  slice,
  flip,
  fliplr: (x: Node) => p.flip(requireDims(x, 2), [1]),
  flipud: (x: Node) => p.flip(requireDims(x, 1), [0]),
  rot90,
  roll,
  tile,
  repeat,
  repeatInterleave,
  unfold,
  constantPadNd,
  atleast1d: ofEach(atleast1d),
  atleast2d: ofEach(atleast2d),
  atleast3d: ofEach(atleast3d),
  clone: p.alias,
  contiguous: (x: Node) => x,
  detach: p.detach,
  to: asDType,
  typeAs: (x: Node, other: Node) => asDType(x, p.dtype(other)),
  float: to(DType.Float32),
  double: to(DType.Float64),
  int: to(DType.Int32),
  long: to(DType.Int32),
  bool: to(DType.Bool),
} satisfies Implementations;
