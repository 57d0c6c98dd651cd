// torch.nn.functional's layers without a kernel of their own: linear maps, table look-ups, moves between channels and space.
import { DType, Requirement } from "../../assembly/abi/opcodes";
import { requireNumel } from "../core/memory";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { counted } from "./counting";
import { argumentError, format, shapeError } from "./define";
import { dependsOnValues, readForShape } from "./masks";
import { requireFloat, requireIndex, requireSameDType } from "./promotion";
import { insertionPoints } from "./sorting";
import {
  alongDim,
  type Ints,
  padAlong,
  product,
  range,
  scale,
  shift,
  sizes,
  sliceAlong,
  takeAlong,
  upTo,
} from "./support";

/** x: [..., n] as rows: [m, n]. */
const rowsOf = (x: Node): Node => p.reshape(x, [product(p.shape(x).slice(0, -1)), p.size(x, -1)]);
const plus = (x: Node, bias: Node | undefined): Node => (bias === undefined ? x : p.add(x, bias));

/** How many windows of `kernel` taps, `dilation` apart, fit into `length` when one begins every `stride` elements. */
const windowCount = (length: number, kernel: number, stride: number, dilation: number): number =>
  Math.floor((length - dilation * (kernel - 1) - 1) / stride) + 1;

interface Windows {
  readonly kernel: number[];
  readonly stride: number[];
  readonly dilation: number[];
  readonly padding: number[];
  /** How many windows along each dim. */
  readonly counts: number[];
}
function windows(
  space: readonly number[],
  kernelSize: readonly number[],
  dilation: readonly number[],
  padding: readonly number[],
  stride: readonly number[],
): Windows {
  const w = {
    kernel: sizes("kernelSize", kernelSize, 2),
    stride: sizes("stride", stride, 2),
    dilation: sizes("dilation", dilation, 2),
    padding: sizes("padding", padding, 2),
  };
  if ([w.kernel, w.stride, w.dilation].some((list) => list.some((n) => n < 1)) || w.padding.some((n) => n < 0))
    throw argumentError("kernelSize, stride and dilation should be greater than 0, padding not negative.");
  const counts = space.map((n, d) => windowCount(n + 2 * w.padding[d]!, w.kernel[d]!, w.stride[d]!, w.dilation[d]!));
  if (counts.some((n) => n < 1))
    throw shapeError(`the kernel [${w.kernel.join(", ")}] does not fit into [${space.join(", ")}].`);
  return { ...w, counts };
}
/** Kernels with more taps than this are read by one gather: a slice for each tap would cost more than its elements do. */
const MANY_TAPS = 256;
/** For each tap of the kernel and each window its position in a flattened image of the given width; int32. */
function tapPositions(w: Windows, width: number): Node {
  const [rows, columns] = [0, 1].map((d) => {
    const steps = (n: number, step: number, at: number) => alongDim(p.iota(n, DType.Int32, 0, step), at + d, 4); // [kernel rows, columns, window rows, columns]
    return p.add(steps(w.kernel[d]!, w.dilation[d]!, 0), steps(w.counts[d]!, w.stride[d]!, 2));
  }) as [Node, Node];
  return p.reshape(p.add(scale(rows, width), columns), [-1]);
}
/** The taps of a kernel, [row, column], in row-major order. */
const taps = (kernel: readonly number[]): [number, number][] =>
  range(0, kernel[0]!).flatMap((i) => range(0, kernel[1]!).map((j): [number, number] => [i, j]));

/** x·weightᵀ + bias; x: [..., in], weight: [out, in] or [in]. */
export function linear(x: Node, weight: Node, bias?: Node): Node {
  const single = p.ndim(weight) === 1;
  const matrix = single ? p.reshape(weight, [1, p.numel(weight)]) : weight;
  if (p.ndim(x) === 0 || p.ndim(matrix) !== 2 || p.size(x, -1) !== p.size(matrix, 1))
    throw shapeError(`input ${format(x)} should end in the last size of weight ${format(weight)}.`);
  const lead = p.shape(x).slice(0, -1);
  const y = p.matmul(rowsOf(x), p.permute(matrix, [1, 0]));
  return plus(p.reshape(y, single ? lead : [...lead, p.size(matrix, 0)]), bias);
}

/** What a look-up was given, in either order, which the dtypes tell: the index, which is int32, and the table. */
function lookUp(input: Node, weight: Node): [index: Node, table: Node] {
  const [index, table] = p.isFloat(input) && !p.isFloat(weight) ? [weight, input] : [input, weight];
  return [requireIndex("input", index), table];
}
/** Which row of the table has no gradient. */
const paddingOf = (paddingIdx: number, table: Node): Node =>
  p.num(paddingIdx < 0 ? paddingIdx + p.size(table, 0) : paddingIdx);

/** The sums, means or maxima of the rows in each bag. What belongs to no bag, such as padding, lies in one more, which is dropped. */
function embeddingBag(
  input: Node,
  weight: Node,
  offsets?: Node,
  mode: "sum" | "mean" | "max" = "mean",
  sampleWeights?: Node,
  includeLastOffset = false,
  paddingIdx?: number,
): Node {
  const [index, given] = lookUp(input, weight);
  const table = requireFloat(given);
  const [shape, n] = [p.shape(index), p.numel(index)];
  if (shape.length !== (offsets === undefined ? 2 : 1) || (offsets !== undefined && p.ndim(offsets) !== 1))
    throw shapeError(`input should be [bags, n], or a vector with a vector of offsets, but is ${format(index)}.`);
  if (sampleWeights !== undefined && (mode !== "sum" || format(sampleWeights) !== format(index)))
    throw argumentError(`perSampleWeights should have the shape of input ${format(index)}, and mode be "sum".`);
  const bags = offsets === undefined ? shape[0]! : p.size(offsets, 0) - Number(includeLastOffset);
  const flat = p.reshape(index, [n]);
  let bag =
    offsets === undefined
      ? p.reshape(p.expand(p.reshape(p.iota(bags), [bags, 1]), shape), [n])
      : shift(insertionPoints(upTo(n, requireIndex("offsets", offsets)), p.iota(n), true), -1);
  if (paddingIdx !== undefined) bag = p.where(p.eq(flat, paddingOf(paddingIdx, table)), p.num(bags), bag);
  const rows = takeAlong(table, 0, flat);
  const each = (v: Node) => alongDim(v, 0, p.ndim(rows));
  const key = p.expand(each(bag), p.shape(rows));
  const size = [bags + 1, ...p.shape(table).slice(1)];
  let result: Node;
  if (mode === "max" && n > 0) {
    // Of equal ones the first is last in this order, and gets the gradient.
    const order = p.flip(p.argsort(rows, 0, true), [0]);
    const last = p.lastWriter(p.gather(key, 0, order), 0, bags + 1);
    const values = p.gather(rows, 0, p.gather(order, 0, p.maximum(last, p.num(0))));
    result = p.where(p.lt(last, p.num(0)), p.num(0), values);
  } else {
    const terms = sampleWeights ? p.mul(rows, each(requireSameDType(table, p.reshape(sampleWeights, [n])))) : rows;
    result = p.scatterAdd(p.full(size, 0, p.dtype(rows)), 0, key, terms);
    if (mode === "mean")
      result = p.div(result, each(p.maximum(counted(bag, p.full([n], 1, DType.Int32), bags + 1), p.num(1))));
  }
  return sliceAlong(result, 0, 0, bags);
}

/** Products of groups of matrices; a matrix without a dim of groups is cut where offs say that a group ends. */
function groupedMm(a: Node, b: Node, offs?: Node): Node {
  const [isCutA, isCutB] = [a, b].map((x) => p.ndim(x) === 2) as [boolean, boolean];
  if ((offs !== undefined) !== (isCutA || isCutB))
    throw argumentError("offs should be given if a matrix has 2 dims, and only then.");
  const groups = [a, b].filter((x) => p.ndim(x) === 3).map((x) => p.size(x, 0));
  if (offs !== undefined) groups.push(p.numel(requireIndex("offs", offs)));
  if (groups.some((n) => n !== groups[0]))
    throw shapeError(`matA ${format(a)}, matB ${format(b)} and offs should have as many groups.`);
  if (offs === undefined) return p.matmul(a, b);
  const ends = readForShape(offs, dependsOnValues("how large the groups are"), (values) => [...values]);
  const part = (x: Node, dim: number, group: number) => {
    const start = ends[group - 1] ?? 0;
    return p.ndim(x) === 2 ? sliceAlong(x, dim, start, ends[group]! - start) : p.reshape(sliceAlong(x, 0, group, 1), p.shape(x).slice(1)); // prettier-ignore
  };
  const products = ends.map((_, group) => p.matmul(part(a, Number(isCutB), group), part(b, Number(!isCutA), group)));
  const [rows, columns] = [p.size(a, -2), p.size(b, -1)];
  const end = ends.at(-1) ?? 0;
  const rest = (shape: Ints) => p.full(shape, 0, p.resultType(a, b));
  if (isCutA && isCutB) return p.concat([rest([0, rows, columns]), ...products.map((x) => p.reshape(x, [1, rows, columns]))], 0); // prettier-ignore
  return p.concat([...products, rest(isCutA ? [rows - end, columns] : [rows, columns - end])], isCutA ? 0 : 1);
}

export const layerOps = {
  "nn.functional.linear": linear,
  /** y_k = Σ_ij a_i·weight_kij·b_j + bias_k; a: [..., i], b: [..., j], weight: [k, i, j]. */
  "nn.functional.bilinear"(a: Node, b: Node, weight: Node, bias?: Node): Node {
    const [k = 0, i = 0, j = 0] = p.shape(weight);
    if (p.ndim(weight) !== 3 || p.size(a, -1) !== i || p.size(b, -1) !== j)
      throw shapeError(`inputs ${format(a)} and ${format(b)} should end in the sizes of weight ${format(weight)}.`);
    const maps = p.reshape(p.permute(weight, [1, 0, 2]), [i, k * j]);
    const left = p.reshape(p.matmul(rowsOf(a), maps), [-1, k, j]);
    const y = p.sum(p.mul(left, p.reshape(rowsOf(b), [-1, 1, j])), [2]);
    return plus(p.reshape(y, [...p.shape(a).slice(0, -1), k]), bias);
  },
  /**
   * The rows of weight: [n, m] that input (int32) names. torch.embedding's order, (weight, indices), works too; the dtypes
   * tell which is meant. The row paddingIdx gets no gradient.
   */
  "nn.functional.embedding"(input: Node, weight: Node, paddingIdx?: number, maxNorm?: number): Node {
    if (maxNorm !== undefined)
      throw argumentError("maxNorm would write into weight, but tensors are immutable: use renorm on weight instead.");
    const [index, table] = lookUp(input, weight);
    const flat = p.reshape(index, [p.numel(index)]);
    const rows = takeAlong(table, 0, flat);
    const shape = [...p.shape(index), ...p.shape(table).slice(1)];
    if (paddingIdx === undefined) return p.reshape(rows, shape);
    const isPadding = p.eq(p.reshape(flat, [-1, 1]), paddingOf(paddingIdx, table));
    return p.reshape(p.where(isPadding, p.detach(rows), rows), shape);
  },
  "nn.functional.embeddingBag": embeddingBag,
  "nn.functional.groupedMm": groupedMm,
  /** 1 at the class of each element along a new last dim; int32. */
  "nn.functional.oneHot"(input: Node, numClasses: number): Node {
    if (numClasses < 1)
      throw argumentError("numClasses should be given: it can't depend on the values of a lazy tensor.");
    const classes = p.required(requireIndex("input", input), Requirement.Class, numClasses);
    const column = p.reshape(classes, [...p.shape(input), 1]);
    return p.cast(p.eq(column, p.iota(numClasses)), DType.Int32);
  },

  /** [..., c·r², h, w] to [..., c, h·r, w·r]. */
  "nn.functional.pixelShuffle"(x: Node, r: number): Node {
    const shape = p.shape(x);
    const lead = shape.slice(0, -3);
    const [channels = 0, h = 0, w = 0] = shape.slice(-3);
    if (shape.length < 3 || r < 1 || channels % (r * r) !== 0)
      throw shapeError(`input should be [..., c·${r}², h, w] but is ${format(x)}.`);
    const n = lead.length;
    const blocks = p.reshape(x, [...lead, channels / (r * r), r, r, h, w]);
    const order = [...range(0, n), n, n + 3, n + 1, n + 4, n + 2];
    return p.reshape(p.permute(blocks, order), [...lead, channels / (r * r), h * r, w * r]);
  },
  /** [..., c, h·r, w·r] to [..., c·r², h, w]. */
  "nn.functional.pixelUnshuffle"(x: Node, r: number): Node {
    const shape = p.shape(x);
    const lead = shape.slice(0, -3);
    const [channels = 0, h = 0, w = 0] = shape.slice(-3);
    if (shape.length < 3 || r < 1 || h % r !== 0 || w % r !== 0)
      throw shapeError(`input should be [..., c, h·${r}, w·${r}] but is ${format(x)}.`);
    const n = lead.length;
    const blocks = p.reshape(x, [...lead, channels, h / r, r, w / r, r]);
    const order = [...range(0, n), n, n + 2, n + 4, n + 1, n + 3];
    return p.reshape(p.permute(blocks, order), [...lead, channels * r * r, h / r, w / r]);
  },

  /** [n, groups·k, ...] in the order of [n, k, groups, ...]. */
  "nn.functional.channelShuffle"(x: Node, groups: number): Node {
    const [n = 0, channels = 0, ...space] = p.shape(x);
    if (p.ndim(x) < 3 || groups < 1 || channels % groups !== 0)
      throw shapeError(`input should be [n, c·${groups}, ...] with 3 dims at least but is ${format(x)}.`);
    const apart = p.reshape(x, [n, groups, channels / groups, ...space]);
    return p.reshape(p.permute(apart, [0, 2, 1, ...range(3, p.ndim(apart))]), p.shape(x));
  },

  /** The windows of x: [n, c, h, w] or [c, h, w] as columns: [n, c·kh·kw, windows]. */
  "nn.functional.unfold"(
    x: Node,
    kernelSize: readonly number[],
    dilation: readonly number[] = [1],
    padding: readonly number[] = [0],
    stride: readonly number[] = [1],
  ): Node {
    const shape = p.shape(x);
    if (shape.length !== 3 && shape.length !== 4)
      throw shapeError(`input should be 3-dim or 4-dim but is ${format(x)}.`);
    const lead = shape.slice(0, -3);
    const channels = shape.at(-3)!;
    const w = windows(shape.slice(-2), kernelSize, dilation, padding, stride);
    const image = padAlong(padAlong(x, -2, w.padding[0]!, w.padding[0]!), -1, w.padding[1]!, w.padding[1]!);
    const all = [...lead, channels * product(w.kernel), product(w.counts)];
    requireNumel(all);
    if (product(w.kernel) > MANY_TAPS) {
      const [height, width] = p.shape(image).slice(-2) as [number, number];
      return p.reshape(
        takeAlong(p.reshape(image, [...lead, channels, height * width]), -1, tapPositions(w, width)),
        all,
      );
    }
    const columns = taps(w.kernel).map(([i, j]) => {
      const rows = sliceAlong(image, -2, i * w.dilation[0]!, w.counts[0]!, w.stride[0]);
      const tap = sliceAlong(rows, -1, j * w.dilation[1]!, w.counts[1]!, w.stride[1]);
      return p.reshape(tap, [...lead, channels, 1, product(w.counts)]);
    });
    return p.reshape(p.concat(columns, lead.length + 1), all);
  },
  /** The transpose of unfold: columns added where their windows lie. x: [n, c·kh·kw, windows] or without n. */
  "nn.functional.fold"(
    x: Node,
    outputSize: readonly number[],
    kernelSize: readonly number[],
    dilation: readonly number[] = [1],
    padding: readonly number[] = [0],
    stride: readonly number[] = [1],
  ): Node {
    const shape = p.shape(x);
    const space = sizes("outputSize", outputSize, 2);
    const w = windows(space, kernelSize, dilation, padding, stride);
    const area = product(w.kernel);
    if ((shape.length !== 2 && shape.length !== 3) || shape.at(-2)! % area !== 0 || shape.at(-1) !== product(w.counts))
      throw shapeError(`input should be [n, c·${area}, ${product(w.counts)}] but is ${format(x)}.`);
    const lead = shape.slice(0, -2);
    const blocks = p.reshape(x, [...lead, shape.at(-2)! / area, area, ...w.counts]);
    const crop = (image: Node) =>
      sliceAlong(sliceAlong(image, -2, w.padding[0]!, space[0]!), -1, w.padding[1]!, space[1]!);
    const padded = space.map((n, d) => n + 2 * w.padding[d]!) as [number, number];
    if (area > MANY_TAPS) {
      const channels = [...lead, shape.at(-2)! / area];
      const flat = p.full([...channels, product(padded)], 0, p.dtype(x));
      const source = p.reshape(x, [...channels, area * product(w.counts)]);
      const index = p.expand(tapPositions(w, padded[1]), p.shape(source));
      return crop(p.reshape(p.scatterAdd(flat, channels.length, index, source), [...channels, ...padded]));
    }
    const zero = lead.map(() => 0);
    const placed = taps(w.kernel).map((tap, k) => {
      const block = p.reshape(sliceAlong(blocks, lead.length + 1, k, 1), [...lead, shape.at(-2)! / area, ...w.counts]);
      const before = tap.map((t, d) => t * w.dilation[d]!);
      const covered = w.counts.map((n, d) => (n - 1) * w.stride[d]! + 1);
      const after = space.map((n, d) => n + 2 * w.padding[d]! - covered[d]! - before[d]!);
      const between = w.stride.map((s) => s - 1);
      return p.pad(block, [...zero, 0, ...before], [...zero, 0, ...after], [...zero, 0, ...between]);
    });
    return crop(placed.reduce((a, b) => p.add(a, b)));
  },
};
