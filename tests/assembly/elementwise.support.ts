// What the tests of the elementwise kernels share: the kernels as a module, runs over guarded memory, values, errors in ulp.
import * as assert from "uvu/assert";
import { DType, Op } from "../../assembly/abi/opcodes";
import { declarations } from "../../host/generated/primitives";
import { compiled } from "./compiled";
import { fromNumber } from "./elementwise.reference";

interface Kernels {
  memory: WebAssembly.Memory;
  ensureBytes(bytes: number): number;
  runElementwise(op: Op, dtype: DType, src: DType, dst: number, a: number, b: number, c: number, n: number): void;
  runPair(form: number, dtype: DType, dst: number, a: number, b: number, c: number, n: number): void;
}

export const core = compiled("elementwise") as unknown as Kernels;
export const SLOT = 1 << 17;
export const base = core.ensureBytes(4 * SLOT + 256);

export type Elements = Uint8Array | Int32Array | Float32Array | Float64Array;
export const arrays = [Uint8Array, Int32Array, Float32Array, Float64Array] as const;
export const { Bool, Int32, Float32, Float64 } = DType;
export const allDTypes = [Bool, Int32, Float32, Float64];
export const floats = [Float32, Float64];
export const resultDType = (op: Op, dtype: DType): DType =>
  ["comparison", "logical"].includes(String(declarations[Op[op] as keyof typeof Op].dtype)) ? Bool : dtype;

export interface Operand {
  readonly dtype: DType;
  readonly values: readonly number[];
}

/** Runs one block. Around the operands lie bytes of garbage, and what lies behind the allowed padding must not change. */
export function run(op: Op, dtype: DType, operands: readonly Operand[], src: DType = dtype, inPlace = -1): Elements {
  const n = operands[0].values.length;
  const bytes = new Uint8Array(core.memory.buffer, base, 4 * SLOT);
  const used = n * 8 + 512;
  for (let slot = 0; slot < 4; slot++) bytes.fill(0xa5, slot * SLOT, slot * SLOT + used);
  const pointers = [0, 0, 0];
  operands.forEach((operand, i) => {
    pointers[i] = base + (i + 1) * SLOT;
    new arrays[operand.dtype](core.memory.buffer, pointers[i], n).set(operand.values);
  });
  const dst = inPlace < 0 ? base : pointers[inPlace];
  const type = arrays[resultDType(op, dtype)];
  core.runElementwise(op, dtype, src, dst, pointers[0], pointers[1], pointers[2], n);
  const written = Math.ceil((n * type.BYTES_PER_ELEMENT) / 16) * 16;
  if (inPlace < 0) assert.is(bytes.indexOf(0xa5, written), written, `${Op[op]}: wrote behind the block`);
  return new type(core.memory.buffer, dst, n).slice();
}

// -- values

let state = 0x2545f491;
/** Uniform in [0, 1): xorshift32, two draws for 53 bits. */
export function random(): number {
  const draw = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  return (draw() * 2 ** 21 + (draw() >>> 11)) / 2 ** 53;
}
export const uniform = (low: number, high: number) => (): number => low + (high - low) * random();
/** Magnitudes between 2^low and 2^high, evenly by exponent. */
export const scaled = (low: number, high: number) => (): number => 2 ** uniform(low, high)();
export const signed = (draw: () => number) => (): number => (random() < 0.5 ? -draw() : draw());
export const sample = (dtype: DType, n: number, ...draws: (() => number)[]): number[] =>
  Array.from(new arrays[dtype](Array.from({ length: n }, (_, i) => draws[i % draws.length]())));
const integers = (n: number): number[] =>
  Array.from({ length: n }, (_, i) => (i % 3 ? Math.floor(uniform(-40, 40)()) : (random() * 2 ** 32) | 0));

export const INT_MIN = -(2 ** 31);
export const special: Readonly<Record<DType, readonly number[]>> = {
  [Bool]: [0, 1],
  [Int32]: [0, 1, -1, 2, -2, 3, 7, -7, 2 ** 31 - 1, INT_MIN],
  [Float32]: [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, Infinity, -Infinity, NaN, 1e-45, 3e38, -1e-40, 2 ** 24].map(
    Math.fround,
  ),
  [Float64]: [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, Infinity, -Infinity, NaN, 5e-324, 1e308, -1e-310, 2 ** 53],
};
export const pairs = (values: readonly number[]): [number[], number[]] => [
  values.flatMap((a) => values.map(() => a)),
  values.flatMap(() => [...values]),
];

/** Equal with NaN = NaN; the sign of zero counts where `zeros` says so. */
export function same(got: ArrayLike<number>, wanted: ArrayLike<number>, label: string, zeros = true): void {
  assert.is(got.length, wanted.length, label);
  for (let i = 0; i < wanted.length; i++) {
    const equal = Object.is(got[i], wanted[i]) || (!zeros && got[i] === wanted[i]);
    if (!equal) assert.unreachable(`${label}, element ${i}: ${got[i]} instead of ${wanted[i]}`);
  }
}

export function float32Error(got: number, wanted: number): number {
  const rounded = Math.fround(wanted);
  if (!Number.isFinite(rounded) || !Number.isFinite(got)) return Object.is(rounded, got) ? 0 : Infinity;
  const exponent = Math.max(fromNumber(rounded).e + 52, -126) - 23;
  return Math.abs(got - wanted) / 2 ** exponent;
}

export const someOf = (dtype: DType, n: number): number[] =>
  dtype === Bool
    ? Array.from({ length: n }, () => (random() < 0.5 ? 1 : 0))
    : dtype === Int32
      ? integers(n)
      : sample(dtype, n, signed(scaled(-10, 10)), uniform(-8, 8), () => Math.round(uniform(-20, 20)()) / 2);
