// What the tests of the kernels share: the compiled module, operands of random strided layouts in its memory, comparison.
import * as assert from "uvu/assert";
import { DType } from "../../../assembly/abi/opcodes";
import { compiled } from "../compiled";

// -- the module under test

interface Kernels {
  memory: WebAssembly.Memory;
  heapBase(): number;
  convolutionPartIn(descriptor: number, part: number, workspace: number): void;
  convolutionParts(descriptor: number): number;
  convolutionWorkspace(descriptor: number, record: number): number;
  copyStrided(esize: number, dst: number, ds: number, src: number, ss: number, ndim: number, dims: number): void;
  loadBlock(e: number, dst: number, src: number, start: number, n: number, nd: number, dims: number, st: number): void;
  copyParts(job: number): number;
  copyPart(job: number, part: number): void;
  panelBytes(esize: number, block: number, ndim: number, dims: number, strides: number): number;
  loadThrough(panel: number, ...args: number[]): void;
  fill(dtype: DType, dst: number, value: number, n: number): void;
  iota(dtype: DType, dst: number, start: number, step: number, n: number): void;
  gemmBytes: WebAssembly.Global;
  describeGemm(at: number, dtype: DType, m: number, n: number, k: number, ...operandsAndResult: number[]): void;
  addBatchDim(gemm: number, size: number, aStride: number, bStride: number): void;
  accumulateGemm(gemm: number): void;
  addToGemm(gemm: number, addend: number, rows: number, row: number, column: number): void;
  gemmParts(gemm: number): number;
  gemmPartWorkspace(gemm: number): number;
  gemmPartIn(gemm: number, part: number, workspace: number): void;
  gather(task: number): number;
  gatherParts(task: number): number;
  gatherPart(task: number, part: number): void;
  scatter(task: number): number;
  scatterPart(task: number, part: number): void;
  scatterAdd(task: number): number;
  scatterAddParts(task: number): number;
  scatterAddPart(task: number, part: number): void;
  outOfRange(task: number): number;
  philox(dst: number, low: bigint, high: bigint, key: bigint): void;
  argsort(task: number): void;
  argsortParts(task: number): number;
  argsortPart(task: number, part: number): void;
  argsortWorkspace(task: number): number;
  planScan(job: number): number;
  scanOffsets(job: number): void;
  scanPart(job: number, part: number): void;
  scanTotals(job: number, part: number): void;
  reduce(job: number): void;
  reduceWorkspace(job: number): number;
  reduceParts(job: number): number;
  reducePart(job: number, part: number): void;
  reduceFinish(job: number): void;
}

export const core = compiled("kernels") as unknown as Kernels;
core.memory.grow(2048);

// -- operands in its memory

let top = 0;
export const reset = (): void => {
  top = core.heapBase();
};
/** 64-byte aligned, with room for vectors to read beyond the end. */
export function allocate(bytes: number): number {
  const pointer = top;
  top = (top + bytes + 191) & ~63;
  return pointer;
}
export function ints(values: readonly number[]): number {
  const pointer = allocate(values.length * 4);
  new Int32Array(core.memory.buffer, pointer, values.length).set(values);
  return pointer;
}

/** A job for `core.reduce` with its workspace, from its arguments in the record's order (assembly/kernels/reduce.ts). */
export function reduction(...fields: number[]): number {
  const job = ints([...fields, 0]);
  const workspace = core.reduceWorkspace(job);
  if (workspace) new Int32Array(core.memory.buffer, job)[fields.length] = allocate(workspace);
  return job;
}

export const allDTypes = [DType.Bool, DType.Int32, DType.Float32, DType.Float64];
export const numeric = [DType.Int32, DType.Float32, DType.Float64];
export const esize = (dtype: DType): number => [1, 4, 4, 8][dtype];
type Elements = Uint8Array | Int32Array | Float32Array | Float64Array;
export function view(dtype: DType, pointer: number, n: number): Elements {
  const type = [Uint8Array, Int32Array, Float32Array, Float64Array][dtype];
  return new type(core.memory.buffer, pointer, n);
}

let seed = 1;
/** A linear congruential generator: the same layouts in every run. */
export function random(): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
  return (seed >>> 8) / 2 ** 24;
}
export const below = (n: number): number => Math.floor(random() * n);
export const pick = <T>(values: readonly T[]): T => values[below(values.length)];

function randomValue(dtype: DType): number {
  if (dtype === DType.Bool) return below(2);
  return dtype === DType.Int32 ? below(21) - 10 : random() * 2 - 1;
}

export interface Operand {
  /** Of element [0, 0, …]. */
  pointer: number;
  dims: number[];
  strides: number[];
  /** The element at a row-major position. */
  get(position: number): number;
  set(position: number, value: number): void;
}

export const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);
export function contiguousStrides(dims: readonly number[]): number[] {
  return dims.map((_, d) => product(dims.slice(d + 1)));
}
function offsetOf(position: number, dims: readonly number[], strides: readonly number[]): number {
  let offset = 0;
  for (let d = dims.length - 1; d >= 0; d--) {
    offset += (position % dims[d]) * strides[d];
    position = Math.floor(position / dims[d]);
  }
  return offset;
}

/** An operand with these strides, filled with `value()`. */
export function operand(
  dtype: DType,
  dims: number[],
  strides: number[],
  value = (): number => randomValue(dtype),
): Operand {
  let low = 0;
  let high = 0;
  dims.forEach((size, d) => {
    const reach = Math.max(size - 1, 0) * strides[d];
    if (reach < 0) low += reach;
    else high += reach;
  });
  const span = high - low + 1;
  const base = allocate(span * esize(dtype));
  const all = view(dtype, base, span);
  for (let i = 0; i < span; i++) all[i] = value();
  const at = (position: number): number => offsetOf(position, dims, strides) - low;
  return {
    pointer: base - low * esize(dtype),
    dims,
    strides,
    get: (position) => all[at(position)],
    set: (position, v) => void (all[at(position)] = v),
  };
}
export const contiguous = (dtype: DType, dims: number[], value?: () => number): Operand =>
  operand(dtype, dims, contiguousStrides(dims), value);

/** Strides of a permuted layout, some dims stepped over, flipped or (where several elements may be one) broadcast. */
export function randomStrides(dims: readonly number[], mayBroadcast = true): number[] {
  const order = dims.map((_, d) => d);
  if (random() < 0.6) order.sort(() => random() - 0.5);
  const strides = dims.map(() => 0);
  let step = 1;
  for (const d of order.reverse()) {
    if (mayBroadcast && random() < 0.15) continue;
    const gap = random() < 0.15 ? 2 : 1;
    strides[d] = step * gap * (random() < 0.15 ? -1 : 1);
    step *= Math.max(dims[d], 1) * gap;
  }
  return strides;
}
export const scattered = (dtype: DType, dims: number[], value?: () => number): Operand =>
  operand(dtype, dims, randomStrides(dims), value);

export const sizes = [0, 1, 1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 33];
export const randomDims = (ndim: number, from: readonly number[] = sizes): number[] =>
  Array.from({ length: ndim }, () => pick(from));

export const CANARY = 77;
/** A contiguous destination followed by sentinels, from the next multiple of 16 bytes on. */
export function destination(dtype: DType, n: number): { pointer: number; values: Elements; intact(): boolean } {
  const bytes = n * esize(dtype);
  const guard = (bytes + 15) & ~15;
  const pointer = allocate(guard + 64);
  const around = new Uint8Array(core.memory.buffer, pointer, guard + 64).fill(CANARY);
  return { pointer, values: view(dtype, pointer, n), intact: () => around.subarray(guard).every((x) => x === CANARY) };
}

export function same(actual: ArrayLike<number>, expected: ArrayLike<number>, message: string): void {
  assert.is(actual.length, expected.length, message);
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(actual[i] + 0, expected[i] + 0))
      assert.unreachable(`${message}: [${i}] is ${actual[i]}, not ${expected[i]}`);
  }
}
export function close(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: (i: number) => number,
  message: string,
): void {
  assert.is(actual.length, expected.length, message);
  for (let i = 0; i < expected.length; i++) {
    const isEqual = Object.is(actual[i] + 0, expected[i] + 0) || Math.abs(actual[i] - expected[i]) <= tolerance(i);
    if (!isEqual) assert.unreachable(`${message}: [${i}] is ${actual[i]}, not ${expected[i]}`);
  }
}
export const cases = (n: number, body: (i: number) => void): void => {
  for (let i = 0; i < n; i++) {
    reset();
    body(i);
  }
};
