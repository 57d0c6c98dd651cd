// torch.nn.functional's pooling. A window over several dims is a window over each of them in turn, so a k×k window takes
// 2k slices instead of k². The last dims of x are the pooled ones; what comes before (channels, batch) is left alone.
import { DType } from "../../assembly/abi/opcodes";
import { requireNumel } from "../core/memory";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { argumentError, format, shapeError } from "./define";
import { write } from "./indexing";
import { asFloat, requireIndex } from "./promotion";
import { type Ints, alongDim, padAlong, product, range, scale, shift, sizes, sliceAlong, takeAlong } from "./support";

/** The windows along one dim: window i covers start + i·stride + {0, dilation, …}, where start = -padding. */
interface Window {
  readonly length: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  readonly count: number;
}

/** How many windows there are; with ceilMode also one that starts inside and ends beyond the padding. */
function countWindows(w: Omit<Window, "count">, ceilMode: boolean): number {
  const steps = (w.length + 2 * w.padding - w.dilation * (w.kernel - 1) - 1) / w.stride;
  const count = (ceilMode ? Math.ceil(steps) : Math.floor(steps)) + 1;
  return (count - 1) * w.stride >= w.length + w.padding ? count - 1 : count;
}

/** The sizes of x, which are those of `ndim` pooled dims, of the channels before them, and perhaps of a batch. */
function sizesOf(x: Node, ndim: number): number[] {
  const shape = p.shape(x);
  if (shape.length === ndim + 1 || shape.length === ndim + 2) return shape;
  throw shapeError(`input should be ${ndim + 1}-dim or ${ndim + 2}-dim but is [${shape.join(", ")}].`);
}

/** The windows along the last dims of x. An empty stride means the kernel's size, as in torch. */
function windowsOf(
  x: Node,
  ndim: number,
  kernelSize: Ints,
  stride: Ints | undefined,
  padding: Ints,
  dilation: Ints,
  ceilMode: boolean,
): Window[] {
  const shape = sizesOf(x, ndim);
  const kernels = sizes("kernelSize", kernelSize, ndim);
  const strides = stride?.length ? sizes("stride", stride, ndim) : kernels;
  const paddings = sizes("padding", padding, ndim);
  const dilations = sizes("dilation", dilation, ndim);
  return range(0, ndim).map((d) => {
    const w = {
      length: shape[shape.length - ndim + d]!,
      kernel: kernels[d]!,
      stride: strides[d]!,
      padding: paddings[d]!,
      dilation: dilations[d]!,
    };
    if (w.padding < 0 || w.padding > w.kernel / 2)
      throw argumentError(`padding should be at most half of the kernel ${w.kernel} but is ${w.padding}.`);
    if (w.kernel < 1 || w.stride < 1 || w.dilation < 1)
      throw argumentError("kernelSize, stride and dilation should be greater than 0.");
    const count = countWindows(w, ceilMode);
    if (count < 1) throw shapeError(`a window of ${w.kernel} does not fit into [${shape.join(", ")}].`);
    return { ...w, count };
  });
}
/** Runs `pool` along the last dims, the innermost first. */
const alongLast = <W, X>(x: X, ndim: number, windows: readonly W[], pool: (x: X, dim: number, w: W) => X): X =>
  windows.reduceRight((y, w, d) => pool(y, ndim - windows.length + d, w), x);

/** The places of windows: element `place` of window i stands at start + i·stride + place·dilation of x, which is padded. */
interface Places {
  readonly x: Node;
  readonly dim: number;
  readonly start: number;
  readonly count: number;
  readonly stride: number;
  readonly places: number;
  readonly dilation: number;
}
/**
 * Places where every window lies outside of x are left out, but for one if there is no other: they change neither a sum nor a
 * maximum. `outside` stands in the padding.
 */
function placesOf(x: Node, dim: number, w: Window, outside: number): Places {
  const reach = (w.count - 1) * w.stride;
  const first = Math.min(Math.max(0, Math.ceil((w.padding - reach) / w.dilation)), w.kernel - 1);
  const last = Math.max(first, Math.min(w.kernel - 1, Math.floor((w.padding + w.length - 1) / w.dilation)));
  const start = first * w.dilation - w.padding;
  const before = Math.max(0, -start);
  const end = start + (last - first) * w.dilation + reach + 1;
  const padded = padAlong(x, dim, before, Math.max(0, end - w.length), outside);
  const { count, stride, dilation } = w;
  return { x: padded, dim, start: start + before, count, stride, places: last - first + 1, dilation };
}
/** For each place, the values that the windows have there. */
const taps = ({ x, dim, start, count, stride, places, dilation }: Places): Node[] =>
  range(0, places).map((k) => sliceAlong(x, dim, start + k * dilation, count, stride));

/** Windows of more places than this become a dim: as slices, each place would take ops of its own. */
const MANY_PLACES = 256;
/** So many elements are laid out at most: more are not worth their memory, unless they lie side by side already. */
const MOST_LAID_OUT = 2 ** 26;
/** Long windows as [..., window, place, ...]; undefined where slices do better. */
function sideBySide({ x, dim, start, count, stride, places, dilation }: Places): Node | undefined {
  if (places <= MANY_PLACES) return undefined;
  const shape = p.shape(x);
  const apart = [...shape.slice(0, dim), count, places, ...shape.slice(dim + 1)];
  // With a dilation so many places would not fit into the dim: it is 1 here.
  if ((stride === places || count === 1) && count * places === shape[dim]) return p.reshape(x, apart);
  if (product(apart) > MOST_LAID_OUT && places <= MAX_PLACES) return undefined;
  requireNumel(apart);
  const first = p.reshape(p.iota(count, DType.Int32, start, stride), [count, 1]);
  const index = p.reshape(p.add(first, p.iota(places, DType.Int32, 0, dilation)), [count * places]);
  return p.reshape(takeAlong(x, dim, index), apart);
}
/** Of more places than this the slices alone would take all memory. */
const MAX_PLACES = 2 ** 20;

// -- averages

/** Sums over windows that tile the dim: a reshape and a reduction. */
function sumBlocks(x: Node, dim: number, block: number): Node {
  const shape = p.shape(x);
  return p.sum(p.reshape(x, [...shape.slice(0, dim), shape[dim]! / block, block, ...shape.slice(dim + 1)]), [dim + 1]);
}
function sumWindows(x: Node, dim: number, w: Window): Node {
  if (w.stride === w.kernel && w.count * w.kernel === w.length && w.padding === 0) return sumBlocks(x, dim, w.kernel);
  const places = placesOf(x, dim, w, 0);
  const windows = sideBySide(places);
  return windows === undefined ? taps(places).reduce((a, b) => p.add(a, b)) : p.sum(windows, [dim + 1]);
}
/** The number of elements in each window: within the padded input, or only within the input itself. */
function windowSizes(w: Window, dtype: DType, countPad: boolean): Node {
  const start = p.iota(w.count, dtype, -w.padding, w.stride);
  const end = p.minimum(shift(start, w.kernel), p.num(w.length + (countPad ? w.padding : 0)));
  return p.sub(end, countPad ? start : p.maximum(start, p.num(0)));
}
function averageWindows(x: Node, dim: number, w: Window, countPad: boolean): Node {
  const total = sumWindows(x, dim, w);
  const isWhole = (countPad || w.padding === 0) && (w.count - 1) * w.stride + w.kernel <= w.length + 2 * w.padding;
  if (isWhole) return scale(total, 1 / w.kernel);
  return p.div(total, alongDim(windowSizes(w, p.dtype(x), countPad), dim, p.ndim(x)));
}

const avgPool =
  (ndim: number) =>
  (
    x: Node,
    kernelSize: Ints,
    stride?: Ints,
    padding: Ints = [0],
    ceilMode = false,
    countIncludePad = true,
    divisorOverride?: number,
  ): Node => {
    const windows = windowsOf(x, ndim, kernelSize, stride, padding, [1], ceilMode);
    if (divisorOverride === undefined)
      return alongLast(x, p.ndim(x), windows, (y, dim, w) => averageWindows(y, dim, w, countIncludePad));
    if (divisorOverride === 0) throw argumentError("divisorOverride should not be 0.");
    return scale(alongLast(x, p.ndim(x), windows, sumWindows), 1 / divisorOverride);
  };

/** (Σ x^p)^(1/p) over windows, as torch has it: of negative sums and odd roots NaN. */
const lpPool =
  (ndim: number) =>
  (x: Node, normType: number, kernelSize: Ints, stride?: Ints, ceilMode = false): Node => {
    const means = avgPool(ndim)(p.pow(asFloat(x), p.num(normType)), kernelSize, stride, [0], ceilMode);
    return p.pow(scale(means, product(sizes("kernelSize", kernelSize, ndim))), p.num(1 / normType));
  };

// -- maxima

interface Maxima {
  readonly values: Node;
  /** Where each value stands in the flattened pooled dims; int32. */
  readonly indices: Node | undefined;
}
/** Each element as its own maximum. */
function singles(x: Node, ndim: number, withIndices: boolean): Maxima {
  const space = p.shape(x).slice(-ndim);
  const indices = withIndices ? p.expand(p.reshape(p.iota(product(space)), space), p.shape(x)) : undefined;
  return { values: x, indices };
}
/**
 * The first largest of several candidates, or a NaN. Running along the innermost dim first and keeping the earlier of
 * equals gives the first in row-major order, to which torch gives the whole gradient.
 */
function firstLargest(candidates: readonly Maxima[]): Maxima {
  return candidates.reduce((best, next) => {
    const wins = p.logicalOr(p.gt(next.values, best.values), p.ne(next.values, next.values));
    return {
      values: p.where(wins, next.values, best.values),
      indices: best.indices && p.where(wins, next.indices!, best.indices),
    };
  });
}
function maximaBy(x: Maxima, dim: number, placesIn: (v: Node, outside: number) => Places): Maxima {
  const values = placesIn(x.values, p.isFloat(x.values) ? -Infinity : -(2 ** 31));
  const indices = x.indices && placesIn(x.indices, 0);
  const windows = sideBySide(values);
  if (windows === undefined) {
    const positions = indices && taps(indices);
    return firstLargest(taps(values).map((v, k) => ({ values: v, indices: positions?.[k] })));
  }
  const place = p.argmax(windows, [dim + 1], true);
  const shape = p.shape(values.x).map((n, d) => (d === dim ? values.count : n));
  const atPlace = (v: Node) => p.reshape(p.gather(v, dim + 1, place), shape);
  return { values: atPlace(windows), indices: indices && atPlace(sideBySide(indices)!) };
}
const valuesOrBoth = ({ values, indices }: Maxima): Node | Node[] => (indices ? [values, indices] : values);

const maxPool =
  (ndim: number) =>
  (
    x: Node,
    kernelSize: Ints,
    stride?: Ints,
    padding: Ints = [0],
    dilation: Ints = [1],
    ceilMode = false,
    returnIndices = false,
  ): Node | Node[] => {
    const windows = windowsOf(x, ndim, kernelSize, stride, padding, dilation, ceilMode);
    return valuesOrBoth(
      alongLast(singles(x, ndim, returnIndices), p.ndim(x), windows, (y, dim, w) =>
        maximaBy(y, dim, (v, outside) => placesOf(v, dim, w, outside)),
      ),
    );
  };

// -- adaptive: window i of n covers ⌊i·length/n⌋ … ⌈(i+1)·length/n⌉ - 1

interface AdaptiveWindow {
  readonly length: number;
  readonly count: number;
}
/** The first index of each window and the one behind its last, as float64, in which these quotients are exact enough. */
const bounds = ({ length, count }: AdaptiveWindow): { start: Node; end: Node } => ({
  start: p.floor(p.div(p.iota(count, DType.Float64, 0, length), p.num(count))),
  end: p.ceil(p.div(p.iota(count, DType.Float64, length, length), p.num(count))),
});
function adaptiveWindows(x: Node, ndim: number, outputSize: readonly (number | null | undefined)[]): AdaptiveWindow[] {
  const shape = sizesOf(x, ndim);
  if (outputSize.length !== 1 && outputSize.length !== ndim)
    throw argumentError(`outputSize should be a number or ${ndim} numbers but got ${outputSize.length}.`);
  return range(0, ndim).map((d) => {
    const length = shape[shape.length - ndim + d]!;
    const count = (outputSize.length === 1 ? outputSize[0] : outputSize[d]) ?? length;
    if (count < 1 || length < 1) throw shapeError("outputSize and the pooled dims should be greater than 0.");
    return { length, count };
  });
}

/** Windows of one size that tile the dim. */
const isEven = (w: AdaptiveWindow): boolean => w.length % w.count === 0;

/** The size of the longest window: they begin at multiples of their greatest common divisor, modulo count. */
function longestWindow({ length, count }: AdaptiveWindow): number {
  let [divisor, rest] = [count, length % count];
  while (rest > 0) [divisor, rest] = [rest, divisor % rest];
  return Math.ceil((count - divisor + length) / count);
}

/**
 * Σ weight·x[index] over the last dim of index and weight: [count, n], along `dim` of x, which is not negative. Each element is
 * gathered, and one without weight is not looked at: a product with a matrix would make NaN of infinities that no weight sees.
 */
export function weightedWindows(x: Node, dim: number, index: Node, weight: Node): Node {
  const sizes = p.shape(x);
  const before = sizes.slice(0, dim);
  const after = sizes.slice(dim + 1);
  const windows = p.shape(weight);
  requireNumel([...before, ...windows, ...after]);
  const laid = (v: Node) => p.reshape(v, [...windows, ...after.map(() => 1)]);
  const places = p.reshape(p.cast(index, DType.Int32), [product(windows)]);
  const taken = p.reshape(takeAlong(x, dim, places), [...before, ...windows, ...after]);
  const weighted = p.mul(taken, laid(p.cast(weight, p.dtype(x))));
  return p.sum(p.where(laid(p.ne(weight, p.num(0))), weighted, p.num(0)), [dim + 1]);
}
function windowAverages(x: Node, dim: number, w: AdaptiveWindow): Node {
  const column = (v: Node) => p.reshape(v, [w.count, 1]);
  const { start, end } = bounds(w);
  const index = p.add(column(start), p.iota(longestWindow(w), DType.Float64));
  const inside = p.cast(p.lt(index, column(end)), DType.Float64);
  const sums = weightedWindows(x, dim, p.minimum(index, p.num(w.length - 1)), inside);
  return p.div(sums, alongDim(p.cast(p.sub(end, start), p.dtype(x)), dim, p.ndim(x)));
}
/** The averages over the windows along `dim`, which is not negative. */
export function adaptiveAverage(input: Node, dim: number, w: AdaptiveWindow): Node {
  const x = asFloat(input);
  const block = w.length / w.count;
  return isEven(w) ? scale(sumBlocks(x, dim, block), 1 / block) : windowAverages(x, dim, w);
}
/** Windows shorter than the longest repeat their last element, which changes no maximum and no first place. */
function adaptivePlaces(x: Node, dim: number, w: AdaptiveWindow): Places {
  const common = { dim, start: 0, count: w.count, dilation: 1 };
  if (isEven(w)) return { ...common, x, stride: w.length / w.count, places: w.length / w.count };
  const places = longestWindow(w);
  requireNumel([...p.shape(x).slice(0, dim), w.count, places, ...p.shape(x).slice(dim + 1)]);
  const { start, end } = bounds(w);
  const last = p.reshape(shift(end, -1), [w.count, 1]);
  const index = p.minimum(p.add(p.reshape(start, [w.count, 1]), p.iota(places, DType.Float64)), last);
  const laidOut = takeAlong(x, dim, p.cast(p.reshape(index, [w.count * places]), DType.Int32));
  return { ...common, x: laidOut, stride: places, places };
}

const adaptiveAvgPool =
  (ndim: number) =>
  (x: Node, outputSize: readonly (number | null | undefined)[]): Node =>
    alongLast(x, p.ndim(x), adaptiveWindows(x, ndim, outputSize), adaptiveAverage);
const adaptiveMaxPool =
  (ndim: number) =>
  (x: Node, outputSize: readonly (number | null | undefined)[], returnIndices = false): Node | Node[] =>
    valuesOrBoth(
      alongLast(singles(x, ndim, returnIndices), p.ndim(x), adaptiveWindows(x, ndim, outputSize), (y, dim, w) =>
        maximaBy(y, dim, (v) => adaptivePlaces(v, dim, w)),
      ),
    );

/** The inverse of maxPool but for what it left out, which is 0: each element goes to its index in the flattened output. */
const maxUnpool =
  (ndim: number) =>
  (x: Node, indices: Node, kernelSize: Ints, stride?: Ints, padding: Ints = [0], outputSize?: Ints): Node => {
    const shape = sizesOf(x, ndim);
    if (format(requireIndex("indices", indices)) !== format(x))
      throw shapeError(`indices ${format(indices)} should have the shape of input ${format(x)}.`);
    const kernels = sizes("kernelSize", kernelSize, ndim);
    const strides = stride?.length ? sizes("stride", stride, ndim) : kernels;
    const paddings = sizes("padding", padding, ndim);
    const lead = shape.slice(0, -ndim);
    const smallest = shape.slice(-ndim).map((n, d) => (n - 1) * strides[d]! + kernels[d]! - 2 * paddings[d]!);
    const space = outputSize?.slice(-ndim) ?? smallest;
    const isNear = (n: number, d: number) => Math.abs(n - smallest[d]!) < strides[d]!;
    if (outputSize && (![ndim, ndim + 2].includes(outputSize.length) || !space.every(isNear)))
      throw argumentError(
        `outputSize [${outputSize.join(", ")}] should be less than the stride from [${smallest.join(", ")}].`,
      );
    const flat = (v: Node) => p.reshape(v, [...lead, product(shape.slice(-ndim))]);
    const zeros = p.full([...lead, product(space)], 0, p.dtype(x));
    return p.reshape(write(zeros, lead.length, flat(indices), flat(x)), [...lead, ...space]);
  };

export const poolingOps = {
  "nn.functional.avgPool1d": avgPool(1),
  "nn.functional.avgPool2d": avgPool(2),
  "nn.functional.avgPool3d": avgPool(3),
  "nn.functional.lpPool1d": lpPool(1),
  "nn.functional.lpPool2d": lpPool(2),
  "nn.functional.lpPool3d": lpPool(3),
  "nn.functional.maxPool1d": maxPool(1),
  "nn.functional.maxPool2d": maxPool(2),
  "nn.functional.maxPool3d": maxPool(3),
  "nn.functional.maxUnpool1d": maxUnpool(1),
  "nn.functional.maxUnpool2d": maxUnpool(2),
  "nn.functional.maxUnpool3d": maxUnpool(3),
  "nn.functional.adaptiveAvgPool1d": adaptiveAvgPool(1),
  "nn.functional.adaptiveAvgPool2d": adaptiveAvgPool(2),
  "nn.functional.adaptiveAvgPool3d": adaptiveAvgPool(3),
  "nn.functional.adaptiveMaxPool1d": adaptiveMaxPool(1),
  "nn.functional.adaptiveMaxPool2d": adaptiveMaxPool(2),
  "nn.functional.adaptiveMaxPool3d": adaptiveMaxPool(3),
};
