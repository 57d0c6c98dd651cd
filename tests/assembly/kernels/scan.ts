// Scans against one loop in plain JavaScript, which keeps floats in float64 as they do.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DType } from "../../../assembly/abi/opcodes";
import {
  allocate,
  below,
  cases,
  close,
  contiguous,
  core,
  destination,
  esize,
  ints,
  numeric,
  type Operand,
  pick,
  product,
  random,
  reset,
  same,
} from "./harness";

const scans = suite("scans");

/** The values of assembly/kernels/scan.ts. */
const kinds = ["sum", "product", "linear", "logarithm", "largest", "smallest"] as const;
type Kind = (typeof kinds)[number];
type Dims = [outer: number, n: number, inner: number];
interface Task {
  readonly kind: Kind;
  readonly dtype: DType;
  readonly dims: Dims;
  readonly isBackwards?: boolean;
  readonly isShared?: boolean;
}

/** Runs a scan, the parts from last to first; in place, if asked for. */
function run(
  { kind, dtype, dims, isBackwards = false, isShared = true }: Task,
  x: Operand,
  other = 0,
  dst = x.pointer,
): number {
  const words = [kinds.indexOf(kind), dtype, Number(isBackwards), Number(isShared), ...dims, dst, x.pointer, other];
  const job = ints([...words, 0, 0, 0, 0, 0, 0]);
  const workspace = core.planScan(job);
  const record = new Int32Array(core.memory.buffer, job);
  const parts = record[10];
  if (workspace) {
    record[14] = allocate(workspace);
    for (let part = parts - 1; part >= 0; part--) core.scanTotals(job, part);
    core.scanOffsets(job);
  }
  for (let part = parts - 1; part >= 0; part--) core.scanPart(job, part);
  return parts;
}

function logOfSum(a: number, b: number): number {
  if (a === b && !Number.isFinite(a)) return a;
  return Math.max(a, b) + Math.log1p(Math.exp(Math.min(a, b) - Math.max(a, b)));
}
const wrap = (dtype: DType, value: number) => (dtype === DType.Int32 ? value | 0 : value);
/** The value at a place from what comes before it, the element there, and the coefficient between the two. */
const steps: Record<Kind, (y: number, x: number, a: number, dtype: DType) => number> = {
  sum: (y, x, _, dtype) => wrap(dtype, y + x),
  product: (y, x, _, dtype) => (dtype === DType.Int32 ? Math.imul(y, x) : y * x),
  linear: (y, x, a) => a * y + x,
  logarithm: logOfSum,
  largest: (y, x) => (x >= y || Number.isNaN(x) ? x : y),
  smallest: (y, x) => (x <= y || Number.isNaN(x) ? x : y),
};

interface Reference {
  values: number[];
  positions: number[];
  /** Sums of magnitudes: what errors are measured by. */
  scale: number[];
}
function reference({ kind, dtype, dims: [outer, n, inner], isBackwards }: Task, x: Operand, a?: Operand): Reference {
  const result: Reference = { values: [], positions: [], scale: [] };
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < inner; c++) {
      let [y, at, scale] = [0, 0, 0];
      for (let k = 0; k < n; k++) {
        const i = isBackwards ? n - 1 - k : k;
        const place = (o * n + i) * inner + c;
        const value = x.get(place);
        const before = y;
        y = k === 0 ? value : steps[kind](before, value, a?.get(isBackwards ? place + inner : place) ?? 0, dtype);
        if (kind === "largest" || kind === "smallest") {
          const takes = k === 0 || Number.isNaN(value) || (kind === "largest" ? value >= before : value <= before);
          if (takes) at = i;
        }
        scale = kind === "sum" ? scale + Math.abs(value) : kind === "linear" ? Math.max(scale * Math.abs(a!.get(isBackwards ? place + inner : place) || 0), 1) + Math.abs(value) : Math.max(1, Math.abs(y)); // prettier-ignore
        result.values[place] = y;
        result.positions[place] = at;
        result.scale[place] = scale;
      }
    }
  }
  return result;
}

const epsilon = (dtype: DType): number => (dtype === DType.Float32 ? 2 ** -23 : 2 ** -46);
function check(task: Task, x: Operand, inPlace = false, a?: Operand): void {
  const { kind, dtype, dims } = task;
  const message = `${kind} of [${dims}], dtype ${dtype}${task.isBackwards ? ", backwards" : ""}${inPlace ? ", in place" : ""}`;
  const expected = reference(task, x, a);
  const numel = product(dims);
  const dst = destination(dtype, numel);
  const places = destination(DType.Int32, numel);
  let from = x;
  if (inPlace) {
    for (let i = 0; i < numel; i++) dst.values[i] = x.get(i);
    from = { ...x, pointer: dst.pointer };
  }
  const hasPlaces = kind === "largest" || kind === "smallest";
  run(task, from, hasPlaces ? places.pointer : a?.pointer, dst.pointer);
  const isExact = dtype === DType.Int32 || hasPlaces;
  if (isExact) same(dst.values, expected.values, message);
  else close(dst.values, dtype === DType.Float32 ? Float32Array.from(expected.values) : expected.values, (i) => epsilon(dtype) * expected.scale[i], message); // prettier-ignore
  if (hasPlaces) same(places.values, expected.positions, `${message}, positions`);
  assert.ok(dst.intact() && places.intact(), `${message}: wrote beyond its end`);
}

const specials = [0, -0, NaN, Infinity, -Infinity, 1, -1, 700, -700, 1e30, -1e30];
const fills: Record<string, (dtype: DType) => () => number> = {
  "without pattern": (dtype) => () =>
    dtype === DType.Int32 ? Math.floor((random() - 0.5) * 2 ** 32) : random() * 2 - 1,
  "few values": () => () => below(4) - 1,
  special: (dtype) => () => (dtype === DType.Int32 ? below(3) : pick(specials)),
  steep: () => {
    let next = -60;
    return () => Math.round((next += 3 * (random() - 0.3)));
  },
};
// Of special values the order of additions decides which is NaN.
const fillsOf = (kind: Kind): string[] =>
  kind === "linear" || kind === "product" ? ["without pattern", "few values"] : Object.keys(fills);
const dtypesOf = (kind: Kind): DType[] =>
  kind === "sum" || kind === "product" ? numeric : [DType.Float32, DType.Float64];
const isEitherWay = (kind: Kind): boolean => kind === "sum" || kind === "linear";

const lengths = [0, 1, 2, 3, 4, 5, 7, 8, 16, 17, 33, 64, 65, 130, 300];
const inners = [1, 1, 1, 2, 3, 4, 5, 8, 15, 16, 17, 40, 130, 600];
for (const kind of kinds) {
  scans(`${kind} of any shape`, () => {
    cases(300, () => {
      const dtype = pick(dtypesOf(kind));
      const dims: Dims = [pick([1, 1, 2, 3, 9, 17, 70]), pick(lengths), pick(inners)];
      if (product(dims) === 0 || product(dims) > 60000) return;
      const x = contiguous(dtype, dims, fills[pick(fillsOf(kind))](dtype));
      const a = kind === "linear" ? contiguous(dtype, dims, () => random() * 2 - 1) : undefined;
      const isBackwards = isEitherWay(kind) && below(2) === 1;
      check({ kind, dtype, dims, isBackwards, isShared: below(2) === 1 }, x, below(2) === 1, a);
    });
  });
}
scans("long sums are cut into chunks, whatever the number of parts", () => {
  for (const dtype of [DType.Float32, DType.Float64])
    for (const isBackwards of [false, true])
      for (const dims of [
        [1, 200001, 1],
        [3, 65537, 1],
        [1, 65536, 1],
        [2, 140000, 1],
      ] as Dims[]) {
        reset();
        check({ kind: "sum", dtype, dims, isBackwards }, contiguous(dtype, dims, () => random() * 2 - 1)); // prettier-ignore
      }
});
scans("more columns than go together", () => {
  for (const kind of kinds)
    for (const dtype of dtypesOf(kind)) {
      reset();
      const dims: Dims = [1, 3, 4500];
      const x = contiguous(dtype, dims, () => random() * 2 - 0.5);
      check({ kind, dtype, dims, isShared: false }, x, false, kind === "linear" ? contiguous(dtype, dims) : undefined);
    }
});
scans("threads change no bit", () => {
  for (const kind of kinds)
    for (const dtype of dtypesOf(kind))
      for (const dims of [[2, 70001, 1], [1, 300, 250], [9, 33, 600], [70, 9, 1], [70, 130, 1]] as Dims[]) {
        reset();
        const x = contiguous(dtype, dims, () => random() * 2 - 0.5);
        const other = contiguous(kind === "linear" ? dtype : DType.Int32, dims);
        const [alone, together] = [false, true].map((isShared) => {
          const dst = destination(dtype, product(dims));
          run({ kind, dtype, dims, isShared }, x, other.pointer, dst.pointer);
          return dst.values;
        });
        same(together, alone, `${kind} of [${dims}], dtype ${dtype}`);
      }
}); // prettier-ignore
scans("a long sum of float32 has small errors", () => {
  reset();
  const n = 1_000_000;
  const x = contiguous(DType.Float32, [n], () => random());
  const dst = destination(DType.Float32, n);
  run({ kind: "sum", dtype: DType.Float32, dims: [1, n, 1] }, x, 0, dst.pointer);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    sum += x.get(i);
    if (Math.abs(dst.values[i] - sum) > 1e-7 * sum) assert.unreachable(`[${i}] is ${dst.values[i]}, not ${sum}`);
  }
});
scans("sums of what is not negative never fall", () => {
  reset();
  const n = 300_000;
  const x = contiguous(DType.Float64, [n], () => (below(3) ? 0 : random() * 2 ** -below(60)));
  const dst = destination(DType.Float64, n);
  run({ kind: "sum", dtype: DType.Float64, dims: [1, n, 1] }, x, 0, dst.pointer);
  for (let i = 1; i < n; i++) if (dst.values[i] < dst.values[i - 1]) assert.unreachable(`[${i}] is less than before`);
});
scans("of many rows or columns there are many parts", () => {
  for (const [dims, kind] of [
    [[1000, 1000, 1], "sum"],
    [[1, 1000, 1000], "linear"],
    [[1, 300000, 8], "largest"],
    [[1, 2000, 100], "logarithm"],
    [[1, 1000000, 1], "sum"],
  ] as [Dims, Kind][]) {
    reset();
    const x = contiguous(DType.Float32, dims);
    const other = kind === "linear" ? contiguous(DType.Float32, dims).pointer : allocate(product(dims) * esize(DType.Int32)); // prettier-ignore
    const parts = run({ kind, dtype: DType.Float32, dims }, x, other);
    assert.is(parts > 1, dims[2] !== 8, `${kind} of [${dims}]: ${parts} parts`);
  }
});
scans("a product passes neither beyond float64 nor below it where the whole does not", () => {
  reset();
  const values = [1e-200, 1e200, 1e200, 1e-200, 0, 1e300, 1e300];
  const x = contiguous(DType.Float64, [7]);
  values.forEach((value, i) => x.set(i, value));
  const dst = destination(DType.Float64, 7);
  run({ kind: "product", dtype: DType.Float64, dims: [1, 7, 1] }, x, 0, dst.pointer);
  close(dst.values, [1e-200, 1, 1e200, 1, 0, 0, 0], (i) => 1e-15 * [1e-200, 1, 1e200, 1, 0, 0, 0][i], "product");
});
scans.run();
