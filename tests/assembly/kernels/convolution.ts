// Convolution against plain JavaScript: every way through the kernel, operands and results in any layout.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DType } from "../../../assembly/abi/opcodes";
import { type Operand, allocate, below, cases, contiguousStrides, core, destination, ints, numeric, operand, pick, product, random, randomStrides, reset, same, view } from "./harness"; // prettier-ignore

const convolving = suite("convolution");

interface Axis {
  size: number;
  taps: number;
  stride?: number;
  low?: number;
  high?: number;
  inputDilation?: number;
  tapDilation?: number;
}
interface Case {
  dtype: DType;
  groups?: number;
  batch: number;
  channels: number;
  outputs: number;
  axes: Axis[];
}
type Layout = (dims: number[]) => number[];
interface Problem {
  x: Operand;
  w: Operand;
  counts: number[];
  axes: Required<Axis>[];
}

const countOf = (a: Required<Axis>): number => {
  const size = a.size ? (a.size - 1) * a.inputDilation + 1 : 0;
  return Math.floor((size + a.low + a.high - (a.taps - 1) * a.tapDilation - 1) / a.stride) + 1;
};
const whole = (a: Axis): Required<Axis> => ({ stride: 1, low: 0, high: 0, inputDilation: 1, tapDilation: 1, ...a });

/** The value at [g, n, o, ...p], and the sum of the absolute terms. */
function valueAt(c: Case, { x, w, axes }: Problem, [g, n, o, ...p]: number[]): [sum: number, absolute: number] {
  const xs = contiguousStrides(x.dims);
  const ws = contiguousStrides(w.dims);
  let [sum, absolute] = [0, 0];
  const walk = (d: number, xAt: number, wAt: number): void => {
    if (d === 3) {
      const term = x.get(xAt) * w.get(wAt);
      sum += term;
      absolute += Math.abs(term);
      return;
    }
    const a = axes[d];
    for (let k = 0; k < a.taps; k++) {
      const at = p[d] * a.stride + k * a.tapDilation - a.low;
      const i = at / a.inputDilation;
      if (at >= 0 && Number.isInteger(i) && i < a.size) walk(d + 1, xAt + i * xs[3 + d], wAt + k * ws[3 + d]);
    }
  };
  for (let channel = 0; channel < c.channels; channel++)
    walk(0, g * xs[0] + n * xs[1] + channel * xs[2], g * ws[0] + o * ws[1] + channel * ws[2]);
  return [sum, absolute];
}

/** The words of assembly/kernels/convolution/descriptor.ts. */
function describe(c: Case, p: Problem, y: number, yStrides: number[], record: number): number {
  const { x, w } = p;
  return ints([
    c.dtype, c.groups ?? 1, c.batch, c.channels, c.outputs,
    x.pointer, x.strides[0], x.strides[1], x.strides[2],
    w.pointer, w.strides[0], w.strides[1], w.strides[2],
    y, yStrides[0], yStrides[1], yStrides[2],
    record,
    ...p.axes.flatMap((a, d) => [
      a.size, a.taps, p.counts[d], a.stride, a.low, a.inputDilation, a.tapDilation,
      x.strides[3 + d], w.strides[3 + d], yStrides[3 + d],
    ]),
    0, 0,
  ]); // prettier-ignore
}

/** All parts, one after another in one workspace. */
function convolve(descriptor: number, workspace: number): void {
  for (let part = 0, parts = core.convolutionParts(descriptor); part < parts; part++)
    core.convolutionPartIn(descriptor, part, workspace);
}

const dense: Layout = contiguousStrides;
/** Results as [batch, groups, outputs, ...] or [groups, outputs, batch, ...]. */
const batchFirst: Layout = ([g, n, o, ...rest]) => {
  const [N, G, ...others] = contiguousStrides([n, g, o, ...rest]);
  return [G, N, ...others];
};
const batchBehind: Layout = ([g, n, o, ...rest]) => {
  const [G, O, N, ...others] = contiguousStrides([g, o, n, ...rest]);
  return [G, N, O, ...others];
};

function check(c: Case, xLayout: Layout = dense, wLayout: Layout = dense, yLayout: Layout = batchFirst): void {
  const { dtype, groups = 1, batch, channels, outputs } = c;
  const axes = [...Array<Axis>(3 - c.axes.length).fill({ size: 1, taps: 1 }), ...c.axes].map(whole);
  const xDims = [groups, batch, channels, ...axes.map((a) => a.size)];
  const wDims = [groups, outputs, channels, ...axes.map((a) => a.taps)];
  const counts = axes.map(countOf);
  const yDims = [groups, batch, outputs, ...counts];
  const problem: Problem = { x: operand(dtype, xDims, xLayout(xDims)), w: operand(dtype, wDims, wLayout(wDims)), counts, axes }; // prettier-ignore
  const dst = destination(dtype, product(yDims));
  const yStrides = yLayout(yDims);
  const record = allocate(1024);
  const bytes = core.convolutionWorkspace(describe(c, problem, dst.pointer, yStrides, record), record);
  const workspace = destination(DType.Bool, bytes);
  convolve(describe(c, problem, dst.pointer, yStrides, record), workspace.pointer);

  const label = JSON.stringify({ ...c, x: problem.x.strides, w: problem.w.strides, y: yStrides });
  const unit = dtype === DType.Float32 ? 2 ** -24 : dtype === DType.Float64 ? 2 ** -53 : 0;
  const terms = channels * product(wDims.slice(3));
  const places = contiguousStrides(yDims);
  for (let i = 0; i < product(yDims); i++) {
    const index = yDims.map((size, d) => Math.floor(i / places[d]) % size);
    const [sum, absolute] = valueAt(c, problem, index);
    const actual = dst.values[index.reduce((at, k, d) => at + k * yStrides[d], 0)];
    const isEqual = Object.is(actual + 0, sum + 0) || Math.abs(actual - sum) <= Math.min(terms + 1, 40) * unit * absolute; // prettier-ignore
    if (!isEqual) assert.unreachable(`${label}: [${index}] is ${actual}, not ${sum}`);
  }
  assert.ok(dst.intact(), label);
  assert.ok(workspace.intact(), `${label}: workspace`);
}

const randomAxis = (): Axis => {
  const taps = pick([1, 1, 2, 3, 3, 4, 5]);
  const tapDilation = pick([1, 1, 1, 2, 3]);
  const size = 1 + below(pick([2, 9, 20]));
  const inputDilation = pick([1, 1, 1, 2, 3, 4]);
  const low = below(5) - 1;
  const needed = (taps - 1) * tapDilation + 1 - low - ((size - 1) * inputDilation + 1);
  return { size, taps, stride: pick([1, 1, 2, 3]), low, high: Math.max(needed, below(5) - 1), inputDilation, tapDilation }; // prettier-ignore
};

convolving("any sizes, any layouts, one to three axes", () => {
  cases(700, () => {
    const c: Case = {
      dtype: pick(numeric),
      groups: pick([1, 1, 2, 3]),
      batch: pick([1, 1, 2, 3]),
      channels: pick([1, 1, 2, 3, 5, 8]),
      outputs: pick([1, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
      axes: Array.from({ length: pick([1, 2, 2, 2, 3]) }, randomAxis),
    };
    const layout = (): Layout => (random() < 0.5 ? dense : (dims) => randomStrides(dims));
    check(c, layout(), layout(), pick([batchFirst, batchBehind, dense]));
  });
});

const many: [string, Case, ...Layout[]][] = [
  ["more columns than a block", { dtype: 2, batch: 2, channels: 3, outputs: 6, axes: [{ size: 25, taps: 3, low: 1, high: 1 }, { size: 31, taps: 3, low: 1, high: 1 }] }],
  ["more depth than a block", { dtype: 2, batch: 1, channels: 90, outputs: 7, axes: [{ size: 6, taps: 3, low: 1, high: 1 }, { size: 5, taps: 3 }] }],
  ["more taps than a block", { dtype: 2, batch: 1, channels: 2, outputs: 5, axes: [{ size: 700, taps: 600 }] }],
  ["more outputs than a block", { dtype: 2, batch: 1, channels: 5, outputs: 135, axes: [{ size: 7, taps: 3, low: 1, high: 1 }, { size: 7, taps: 3, low: 1, high: 1 }] }],
  ["rows of outputs shared out", { dtype: 2, batch: 1, channels: 40, outputs: 300, axes: [{ size: 7, taps: 3, low: 1, high: 1 }, { size: 7, taps: 3, low: 1, high: 1 }] }],
  ["a long signal", { dtype: 2, batch: 1, channels: 1, outputs: 5, axes: [{ size: 3000, taps: 9, low: 4, high: 4 }] }],
  ["a long signal, one output", { dtype: 2, batch: 1, channels: 2, outputs: 1, axes: [{ size: 5000, taps: 64 }] }],
  ["taps far apart", { dtype: 2, batch: 1, channels: 3, outputs: 5, axes: [{ size: 500, taps: 4, low: 2, tapDilation: 150 }] }],
  ["taps far apart, one output", { dtype: 2, batch: 1, channels: 3, outputs: 1, axes: [{ size: 500, taps: 4, tapDilation: 150 }] }],
  ["large strides", { dtype: 2, batch: 2, channels: 3, outputs: 5, axes: [{ size: 40, taps: 2, stride: 13 }, { size: 64, taps: 3, stride: 16 }] }],
  ["windows that tile", { dtype: 3, batch: 2, channels: 3, outputs: 5, axes: [{ size: 32, taps: 8, stride: 8 }, { size: 32, taps: 8, stride: 8 }] }],
  ["1×1 kernels", { dtype: 2, batch: 2, channels: 30, outputs: 9, axes: [{ size: 9, taps: 1 }, { size: 11, taps: 1 }] }],
  ["1×1 kernels, strided", { dtype: 2, batch: 2, channels: 30, outputs: 9, axes: [{ size: 9, taps: 1, stride: 2 }, { size: 11, taps: 1, stride: 2 }] }],
  ["one position", { dtype: 2, batch: 5, channels: 7, outputs: 9, axes: [{ size: 5, taps: 5 }, { size: 5, taps: 5 }] }],
  ["depthwise", { dtype: 2, groups: 9, batch: 2, channels: 1, outputs: 1, axes: [{ size: 14, taps: 3, low: 1, high: 1 }, { size: 14, taps: 3, low: 1, high: 1 }] }],
  ["depthwise, strided, several outputs", { dtype: 3, groups: 4, batch: 2, channels: 1, outputs: 3, axes: [{ size: 15, taps: 3, low: 1, high: 1, stride: 2 }, { size: 18, taps: 3, low: 1, high: 1, stride: 2 }] }],
  ["depthwise, transposed", { dtype: 2, groups: 4, batch: 2, channels: 1, outputs: 1, axes: [{ size: 7, taps: 3, low: 1, high: 2, inputDilation: 2 }, { size: 9, taps: 3, low: 1, high: 2, inputDilation: 2 }] }],
  ["five outputs, rows with tails", { dtype: 2, batch: 2, channels: 3, outputs: 5, axes: [{ size: 9, taps: 3, low: 1, high: 1 }, { size: 29, taps: 3, low: 1, high: 1 }] }],
  ["six outputs, dilated", { dtype: 3, batch: 1, channels: 9, outputs: 6, axes: [{ size: 12, taps: 3, low: 2, high: 2, tapDilation: 2 }, { size: 23, taps: 3, low: 3, high: 3, tapDilation: 3 }] }],
  ["seven outputs, more depth than a block, in place", { dtype: 2, batch: 2, channels: 30, outputs: 7, axes: [{ size: 7, taps: 3 }, { size: 17, taps: 3 }] }],
  ["eight outputs in groups, strided", { dtype: 2, groups: 3, batch: 2, channels: 8, outputs: 8, axes: [{ size: 15, taps: 3, low: 1, high: 1, stride: 2 }, { size: 30, taps: 3, low: 1, high: 1, stride: 2 }] }],
  ["eight outputs, transposed", { dtype: 2, groups: 2, batch: 2, channels: 4, outputs: 8, axes: [{ size: 7, taps: 3, low: 1, high: 2, inputDilation: 2 }, { size: 15, taps: 3, low: 1, high: 2, inputDilation: 2 }] }],
  ["eight outputs, rows that fill their tiles badly", { dtype: 2, batch: 2, channels: 4, outputs: 8, axes: [{ size: 10, taps: 3, low: 1, high: 1 }, { size: 10, taps: 3, low: 1, high: 1 }] }],
  ["taps that no element meets", { dtype: 2, batch: 1, channels: 2, outputs: 5, axes: [{ size: 6, taps: 2, inputDilation: 4, low: 3, high: 3 }, { size: 6, taps: 1, inputDilation: 3 }] }],
  ["cropped", { dtype: 2, batch: 2, channels: 2, outputs: 5, axes: [{ size: 16, taps: 3, low: -3, high: -2 }, { size: 20, taps: 3, low: -4, high: -5 }] }],
  ["gradient by weights", { dtype: 2, batch: 5, channels: 3, outputs: 6, axes: [{ size: 26, taps: 24 }, { size: 26, taps: 24 }] }, dense, dense, batchBehind],
  ["gradient by weights of a strided one", { dtype: 2, batch: 5, channels: 3, outputs: 6, axes: [{ size: 29, taps: 14, low: 1, tapDilation: 2 }, { size: 29, taps: 14, low: 1, tapDilation: 2 }] }, dense, dense, batchBehind],
  ["gradient by depthwise weights", { dtype: 2, groups: 3, batch: 1, channels: 4, outputs: 1, axes: [{ size: 14, taps: 14, low: 1, high: 1 }, { size: 14, taps: 14, low: 1, high: 1 }] }, dense, dense, batchBehind],
  ["gradient by strided depthwise weights, f64", { dtype: 3, groups: 3, batch: 1, channels: 4, outputs: 3, axes: [{ size: 15, taps: 7, low: 1, high: 1, tapDilation: 2 }, { size: 29, taps: 13, low: 1, high: 1, tapDilation: 2, stride: 2 }] }, dense, dense, batchBehind],
  ["gradient by depthwise weights, in place", { dtype: 2, groups: 2, batch: 1, channels: 30, outputs: 2, axes: [{ size: 12, taps: 10 }, { size: 15, taps: 13 }] }, dense, dense, batchBehind],
  ["volumes", { dtype: 2, batch: 2, channels: 3, outputs: 5, axes: [{ size: 6, taps: 3, low: 1, high: 1 }, { size: 7, taps: 2, stride: 2 }, { size: 9, taps: 3, low: 1, high: 1 }] }],
  ["no channels", { dtype: 2, batch: 1, channels: 0, outputs: 5, axes: [{ size: 4, taps: 3 }] }],
  ["no channels, one output", { dtype: 2, batch: 1, channels: 0, outputs: 1, axes: [{ size: 9, taps: 3 }] }],
]; // prettier-ignore
for (const [name, c, ...layouts] of many) {
  convolving(name, () => {
    reset();
    check(c, ...layouts);
    reset();
    check(c, (dims) => randomStrides(dims, false), (dims) => randomStrides(dims, false), layouts[2]); // prettier-ignore
  });
}

convolving("what lies around the operands does not matter", () => {
  for (const outputs of [1, 2, 6, 9]) {
    for (const taps of [3, 14]) {
      reset();
      const c: Case = { dtype: DType.Float32, groups: 2, batch: 1, channels: 2, outputs, axes: [{ size: 15, taps }] };
      const axes = [{ size: 1, taps: 1 }, { size: 1, taps: 1 }, c.axes[0]].map(whole);
      const counts = axes.map(countOf);
      // NaN between the rows of x and w
      const gaps: Layout = (dims) => contiguousStrides([...dims.slice(0, -1), 20]);
      const make = (dims: number[]): Operand => {
        const made = operand(DType.Float32, dims, gaps(dims), () => NaN);
        for (let i = 0; i < product(dims); i++) made.set(i, 1);
        return made;
      };
      const problem: Problem = { x: make([2, 1, 2, 1, 1, 15]), w: make([2, outputs, 2, 1, 1, taps]), counts, axes };
      const strides = batchFirst([2, 1, outputs, ...counts]);
      const dst = destination(DType.Float32, 2 * outputs * counts[2]);
      const record = allocate(1024);
      const descriptor = describe(c, problem, dst.pointer, strides, record);
      convolve(descriptor, allocate(core.convolutionWorkspace(descriptor, record)));
      assert.ok(Array.from(dst.values).every((value) => value === 2 * taps));
    }
  }
});

convolving("parts in any order, in workspaces of their own, give the same bits", () => {
  const shapes: Case[] = [
    { dtype: 2, batch: 4, channels: 16, outputs: 32, axes: [{ size: 26, taps: 3 }, { size: 26, taps: 3 }] },
    { dtype: 2, batch: 16, channels: 16, outputs: 32, axes: [{ size: 26, taps: 24 }, { size: 26, taps: 24 }] },
    { dtype: 2, batch: 1, channels: 64, outputs: 512, axes: [{ size: 9, taps: 3 }, { size: 9, taps: 3 }] },
    { dtype: 2, groups: 4, batch: 4, channels: 8, outputs: 8, axes: [{ size: 30, taps: 3, low: 1, high: 1 }, { size: 30, taps: 3, low: 1, high: 1 }] },
    { dtype: 3, groups: 64, batch: 4, channels: 1, outputs: 1, axes: [{ size: 40, taps: 3 }, { size: 40, taps: 3 }] },
    { dtype: 2, batch: 4, channels: 32, outputs: 16, axes: [{ size: 14, taps: 3, low: 1, high: 2, inputDilation: 2 }, { size: 14, taps: 3, low: 1, high: 2, inputDilation: 2 }] },
  ]; // prettier-ignore
  for (const c of shapes) {
    reset();
    const axes = [{ size: 1, taps: 1 }, ...c.axes].map(whole);
    const counts = axes.map(countOf);
    const xDims = [c.groups ?? 1, c.batch, c.channels, ...axes.map((a) => a.size)];
    const wDims = [c.groups ?? 1, c.outputs, c.channels, ...axes.map((a) => a.taps)];
    const problem: Problem = { x: operand(c.dtype, xDims, dense(xDims)), w: operand(c.dtype, wDims, dense(wDims)), counts, axes }; // prettier-ignore
    const yDims = [c.groups ?? 1, c.batch, c.outputs, ...counts];
    const strides = batchFirst(yDims);
    const serial = allocate(product(yDims) * 8);
    const shared = allocate(product(yDims) * 8);
    const record = allocate(1024);
    const one = describe(c, problem, serial, strides, record);
    const bytes = core.convolutionWorkspace(one, record);
    convolve(one, allocate(bytes));
    const descriptor = describe(c, problem, shared, strides, record);
    const parts = core.convolutionParts(descriptor);
    assert.ok(parts > 1, `${parts} parts`);
    for (let part = parts - 1; part >= 0; part--) core.convolutionPartIn(descriptor, part, allocate(bytes));
    same(view(c.dtype, shared, product(yDims)), view(c.dtype, serial, product(yDims)), JSON.stringify(c));
  }
});
convolving.run();
