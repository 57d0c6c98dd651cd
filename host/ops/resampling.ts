// torch.nn.functional.interpolate and gridSample: values between the elements of a grid.
import { DType } from "../../assembly/abi/opcodes";
import { requireNumel } from "../core/memory";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { argumentError, format, shapeError } from "./define";
import { adaptiveAverage, weightedWindows } from "./pooling";
import { asFloat } from "./promotion";
import {
  alongDim,
  from,
  mapSparsely,
  polynomial,
  product,
  range,
  scale,
  shift,
  sliceAlong,
  takeAlong,
} from "./support";

const column = (v: Node): Node => p.reshape(v, [-1, 1]);
/** The nearest number in 0 … last. */
const clampTo = (x: Node, last: number): Node => p.minimum(p.maximum(x, p.num(0)), p.num(last));

/** The two pieces of Keys' cubic convolution kernel (1981): for distances up to 1, and from 1 to 2. */
const cubicInner = (d: Node, a: number): Node => polynomial(d, [1, 0, -(a + 3), a + 2]);
const cubicOuter = (d: Node, a: number): Node => polynomial(d, [-4 * a, 8 * a, -5 * a, a]);

/**
 * The four weights of cubic convolution (with a = -0.75 as in torch) for the elements at -1, 0, 1 and 2 from the one below
 * the point, which is t in [0, 1) beyond it.
 */
function cubicWeights(t: Node): Node[] {
  const a = -0.75;
  return [cubicOuter(shift(t, 1), a), cubicInner(t, a), cubicInner(from(1, t), a), cubicOuter(from(2, t), a)];
}

// -- interpolate

interface Resize {
  readonly length: number;
  readonly count: number;
  /** How far apart neighbouring outputs lie in the input. */
  readonly step: number;
}
type Mode = "nearest" | "nearest-exact" | "linear" | "bilinear" | "bicubic" | "trilinear" | "area";

/** Where the outputs lie in the input, as float64. */
function sources({ length, count, step }: Resize, alignCorners: boolean): Node {
  const i = p.iota(count, DType.Float64);
  if (alignCorners) return scale(i, count > 1 ? (length - 1) / (count - 1) : 0);
  return shift(scale(shift(i, 0.5), step), -0.5);
}
/** float32 as in torch, whose rounding decides which neighbour is nearest. */
function nearestIndex({ length, count, step }: Resize, exact: boolean): Node {
  const i = p.iota(count, DType.Float32, exact ? 0.5 : 0);
  return p.cast(clampTo(p.floor(scale(i, step)), length - 1), DType.Int32);
}
/** Kernels over the distance, for antialiased modes; torch has another a for the cubic there, as Pillow does. */
type Kernel = (distance: Node) => Node;
const kernels: Partial<Record<Mode, Kernel>> = {
  bilinear: (d) => p.maximum(from(1, d), p.num(0)),
  bicubic: (d) => {
    const outer = p.where(p.lt(d, p.num(2)), cubicOuter(d, -0.5), p.num(0));
    return p.where(p.lt(d, p.num(1)), cubicInner(d, -0.5), outer);
  },
};
/** By a kernel that is widened with the step, so that a smaller image averages all of the larger. */
function antialiased(x: Node, dim: number, r: Resize, mode: Mode, alignCorners: boolean, kernel: Kernel): Node {
  const step = alignCorners ? (r.count > 1 ? (r.length - 1) / (r.count - 1) : 0) : r.step;
  const width = Math.max(1, step);
  const support = width * (mode === "bicubic" ? 2 : 1);
  const taps = 2 * Math.ceil(support) + 2;
  const centers = column(scale(shift(p.iota(r.count, DType.Float64), 0.5), step));
  const index = p.add(p.floor(shift(centers, -support)), p.iota(taps, DType.Float64));
  const within = clampTo(index, r.length - 1);
  const distance = scale(p.abs(p.sub(shift(index, 0.5), centers)), 1 / width);
  const weight = p.where(p.eq(index, within), kernel(distance), p.num(0));
  return weightedWindows(x, dim, within, p.div(weight, p.sum(weight, [1], true)));
}

/** Around each output two elements, or four for a cubic; beyond the ends the outermost elements repeat. */
function resized(x: Node, dim: number, r: Resize, mode: Mode, alignCorners: boolean): Node {
  const isCubic = mode === "bicubic";
  const within = (index: Node) => clampTo(index, r.length - 1);
  const at = isCubic ? sources(r, alignCorners) : within(sources(r, alignCorners));
  const below = p.floor(at);
  const t = p.sub(at, below);
  const weights = isCubic ? cubicWeights(t) : [from(1, t), t];
  // The distance t is less than 1, so the element below the point has some weight.
  const main = isCubic ? 1 : 0;
  return mapSparsely(x, dim, weights.map((weight, k) => ({ index: within(shift(below, k - main)), weight })), main); // prettier-ignore
}

/** The dims that a mode resizes; undefined: any number of them. */
const modeDims: Record<Mode, number | undefined> = {
  nearest: undefined,
  "nearest-exact": undefined,
  area: undefined,
  linear: 1,
  bilinear: 2,
  bicubic: 2,
  trilinear: 3,
};

function resizes(
  space: readonly number[],
  size: readonly number[] | undefined,
  scaleFactor: readonly number[] | undefined,
  recompute: boolean,
): Resize[] {
  const given = size ?? scaleFactor;
  if (given === undefined || (size !== undefined && scaleFactor !== undefined))
    throw argumentError("exactly one of size and scaleFactor should be given.");
  if (given.length !== 1 && given.length !== space.length)
    throw argumentError(`${size ? "size" : "scaleFactor"} should be a number or ${space.length} numbers.`);
  return space.map((length, d) => {
    const value = given.length === 1 ? given[0]! : given[d]!;
    const count = size ? value : Math.floor(length * value);
    if (!(count >= 1) || length < 1) throw shapeError(`a dimension of size ${length} can't become ${count}.`);
    return { length, count, step: size || recompute ? length / count : 1 / value };
  });
}

function interpolate(
  input: Node,
  size?: readonly number[],
  scaleFactor?: readonly number[],
  mode: Mode = "nearest",
  alignCorners?: boolean,
  recomputeScaleFactor = false,
  antialias = false,
): Node {
  // Weights are fractions.
  const x = mode.startsWith("nearest") ? input : asFloat(input);
  const ndim = p.ndim(x) - 2;
  const expected = modeDims[mode];
  if (ndim < 1 || ndim > 3 || (expected !== undefined && ndim !== expected))
    throw shapeError(
      `mode "${mode}" takes ${expected ? `${expected + 2}-dim` : "3-dim to 5-dim"} input but got ${ndim + 2}-dim.`,
    );
  const kernel = antialias ? kernels[mode] : undefined;
  if (antialias && kernel === undefined)
    throw argumentError(`antialias needs mode "bilinear" or "bicubic" but the mode is "${mode}".`);
  if (expected === undefined && alignCorners !== undefined)
    throw argumentError(`alignCorners has no meaning for mode "${mode}".`);
  const align = alignCorners ?? false;
  const resize = (y: Node, r: Resize, d: number): Node => {
    const dim = d + 2;
    requireNumel([r.count]);
    if (mode === "area") return adaptiveAverage(y, dim, r);
    if (mode.startsWith("nearest")) return takeAlong(y, dim, nearestIndex(r, mode === "nearest-exact"));
    return kernel ? antialiased(y, dim, r, mode, align, kernel) : resized(y, dim, r, mode, align);
  };
  return resizes(p.shape(x).slice(2), size, scaleFactor, recomputeScaleFactor).reduce(resize, x);
}

// -- gridSample

type GridMode = "bilinear" | "nearest" | "bicubic";
type PaddingMode = "zeros" | "border" | "reflection";

/** One coordinate of the sampled elements along one dim, and with which weight they count. */
interface GridTap {
  /** A whole number, perhaps outside of the grid. */
  readonly at: Node;
  readonly weight: Node | undefined;
}

/** Limited to the grid, with the derivative 0 at its borders, as in torch. */
const toBorder = (at: Node, length: number): Node =>
  p.where(p.le(at, p.num(0)), p.num(0), p.where(p.ge(at, p.num(length - 1)), p.num(length - 1), at));
/** Mirrored at the centres of the outermost elements (alignCorners), else at their outer edges. */
function reflect(at: Node, length: number, alignCorners: boolean): Node {
  const low = alignCorners ? 0 : -0.5;
  const span = alignCorners ? length - 1 : length;
  if (span === 0) return scale(at, 0);
  const distance = p.abs(shift(at, -low));
  const extra = p.fmod(distance, p.num(span));
  const isEven = p.eq(p.fmod(p.floor(scale(distance, 1 / span)), p.num(2)), p.num(0));
  return toBorder(p.where(isEven, shift(extra, low), from(span + low, extra)), length);
}
function bounded(at: Node, length: number, paddingMode: PaddingMode, alignCorners: boolean): Node {
  if (paddingMode === "zeros") return at;
  return paddingMode === "border" ? toBorder(at, length) : reflect(at, length, alignCorners);
}

function tapsAlong(
  coordinate: Node,
  length: number,
  mode: GridMode,
  paddingMode: PaddingMode,
  alignCorners: boolean,
): GridTap[] {
  // from -1 … 1 to the centres (alignCorners) or the outer edges of the outermost elements
  const at = alignCorners
    ? scale(shift(coordinate, 1), (length - 1) / 2)
    : shift(scale(shift(coordinate, 1), length / 2), -0.5);
  if (mode === "bicubic") {
    const below = p.floor(at);
    return cubicWeights(p.sub(at, below)).map((weight, k) => ({
      at: bounded(shift(below, k - 1), length, paddingMode, alignCorners),
      weight,
    }));
  }
  const inside = bounded(at, length, paddingMode, alignCorners);
  if (mode === "nearest") return [{ at: p.round(inside), weight: undefined }];
  const below = p.floor(inside);
  const t = p.sub(inside, below);
  return [
    { at: below, weight: from(1, t) },
    { at: shift(below, 1), weight: t },
  ];
}

/** All choices of one item of each list. */
const choices = <T>(lists: readonly (readonly T[])[]): T[][] =>
  lists.reduce<T[][]>((heads, list) => heads.flatMap((head) => list.map((item) => [...head, item])), [[]]);

/** x: [n, c, …space], grid: [n, …out, dims] with coordinates in -1 … 1, the last dim of space first. */
function gridSample(
  x: Node,
  grid: Node,
  mode: GridMode = "bilinear",
  paddingMode: PaddingMode = "zeros",
  alignCorners = false,
): Node {
  const [n = 0, c = 0, ...space] = p.shape(x);
  const gridShape = p.shape(grid);
  const out = gridShape.slice(1, -1);
  const dims = space.length;
  if ((dims !== 2 && dims !== 3) || gridShape.length !== dims + 2 || gridShape[0] !== n || gridShape.at(-1) !== dims)
    throw shapeError(
      `input should be [n, c, h, w] with grid [n, h', w', 2], or 5-dim likewise, but they are ${format(x)} and [${gridShape.join(", ")}].`,
    );
  if (mode === "bicubic" && dims !== 2) throw shapeError('mode "bicubic" takes 4-dim input.');
  const points = product(out);
  const coordinates = p.reshape(grid, [n, points, dims]);
  const along = (d: number) => p.reshape(sliceAlong(coordinates, 2, dims - 1 - d, 1), [n, points]);
  const flat = p.reshape(x, [n, c, product(space)]);

  const sample = (chosen: readonly GridTap[]): Node => {
    let index: Node | undefined;
    let weight: Node | undefined;
    let inside: Node | undefined;
    chosen.forEach((tap, d) => {
      const length = space[d]!;
      const valid = p.logicalAnd(p.ge(tap.at, p.num(0)), p.lt(tap.at, p.num(length)));
      const place = p.cast(p.where(valid, tap.at, p.num(0)), DType.Int32);
      index = index === undefined ? place : p.add(scale(index, length), place);
      inside = inside === undefined ? valid : p.logicalAnd(inside, valid);
      weight = weight === undefined ? tap.weight : p.mul(weight, tap.weight!);
    });
    const shape = [n, 1, points];
    const places = p.expand(p.reshape(index!, shape), [n, c, points]);
    const values = p.where(p.reshape(inside!, shape), p.gather(flat, 2, places), p.num(0));
    return weight === undefined ? values : p.mul(values, p.reshape(weight, shape));
  };
  const taps = range(0, dims).map((d) => tapsAlong(along(d), space[d]!, mode, paddingMode, alignCorners));
  const samples = choices(taps).map(sample);
  return p.reshape(
    samples.reduce((a, b) => p.add(a, b)),
    [n, c, ...out],
  );
}

/** The grid for gridSample of the affine map theta: [n, 2, 3] (or [n, 3, 4]), for an output [n, c, h, w] (or 5-dim). */
function affineGrid(input: Node, size: readonly number[], alignCorners = false): Node {
  const theta = asFloat(input);
  const [n = 0, , ...space] = size;
  const dims = space.length;
  const shape = p.shape(theta);
  if ((dims !== 2 && dims !== 3) || shape.length !== 3 || shape[0] !== n || shape[1] !== dims || shape[2] !== dims + 1)
    throw shapeError(
      `theta should be [n, 2, 3] for size [n, c, h, w], or 5-dim likewise, but is [${shape.join(", ")}].`,
    );
  // The coordinates of the output's elements, the last dim first, and a 1 for the translation.
  const along = (length: number, d: number): Node => {
    const span = alignCorners ? Math.max(length - 1, 1) : length;
    const centred = p.iota(length, DType.Float64, 1 - length, 2);
    return p.expand(alongDim(p.div(centred, p.num(span)), d, dims), space);
  };
  const coordinates = space.map(along).reverse();
  const base = [...coordinates, p.full(space, 1, DType.Float64)].map((v) => p.reshape(v, [product(space), 1]));
  const points = p.cast(p.concat(base, 1), p.dtype(theta));
  return p.reshape(p.matmul(points, p.permute(theta, [0, 2, 1])), [n, ...space, dims]);
}

export const resamplingOps = {
  "nn.functional.interpolate": interpolate,
  "nn.functional.upsample": interpolate,
  "nn.functional.upsampleNearest": interpolate,
  "nn.functional.upsampleBilinear": (x: Node, size?: readonly number[], scaleFactor?: readonly number[]): Node =>
    interpolate(x, size, scaleFactor, "bilinear", true),
  "nn.functional.gridSample": gridSample,
  "nn.functional.affineGrid": affineGrid,
};
