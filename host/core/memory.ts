// The core as the host sees it: its exports, and the regions of its memory that calls read and write. This is the one
// place that touches linear memory; views of it are renewed whenever it has grown.
import { arrayTypes, type TypedArray } from "./dtype";
import type { DType } from "../../assembly/abi/opcodes";
import type { Abi } from "../generated/abi";

/** The core: its exports, its memory, and its start, which runs what the module's top level says, once for a memory. */
export interface Core extends Abi, Record<string, unknown> {
  memory: WebAssembly.Memory;
  start(): void;
}

let loadMissing = (): void => {};
/** Says what sees to it that there is a core, or the next part of it (load.ts, which imports this file). */
export function onMissing(load: () => void): void {
  loadMissing = load;
}

// The core's functions are those of its prototype, so that another core can take the place of the first one. Engines call them as fast
// as constants. Whoever looks for a function that is not there yet finds the proxy, which has it loaded: the next part of the core, in which it
// is or which ends with the proxy again.
const missing: object = new Proxy(Object.freeze({}), {
  get(_, name) {
    loadMissing();
    return Reflect.get(core, name) as unknown;
  },
});
export const core = Object.create(missing) as Core;

/**
 * Makes what instances export the core's functions, apart from what is exported by a number: that they lend to other parts of the core
 * (scripts/wasm-split.mjs). The prototype is a fresh object each time: of one that is a prototype already, or has a proxy above it, V8 would
 * make another shape for every function, half a megabyte in all.
 */
function place(instances: readonly Record<string, unknown>[], isWhole: boolean): void {
  const functions = Object.create(null) as Record<string, unknown>;
  for (const exports of instances)
    for (const name of Object.keys(exports)) if (!(Number(name) >= 0)) functions[name] = exports[name];
  if (!isWhole) Object.setPrototypeOf(functions, missing);
  Object.setPrototypeOf(core, functions);
}
/** Puts the exports of a further part beside those of the core. */
export const placePart = (exports: Record<string, unknown>, isWhole: boolean): void =>
  place([Object.getPrototypeOf(core) as Core, exports], isWhole);
/** Puts the exports of an instance into the place of those of the one before, if any. */
export function placeCore(exports: Core, isWhole: boolean): void {
  place([exports], isWhole);
  words = new Int32Array(core.memory.buffer);
  scratchAt = scratchLength = 0;
}

/** Empty until there is a core: the first call of one makes it. */
let words = new Int32Array(0);
/** All of memory as 32-bit words, those before `end` at least. */
function allWords(end: number): Int32Array {
  // When memory has grown, a view of the old buffer has no elements any more, or, of shared memory, no more than it had.
  if (words.length < end) words = new Int32Array(core.memory.buffer);
  return words;
}

let exhausted = (): Error => new RangeError("out of memory");
/** Says which error is thrown when there is no room for a list (host/core/failure.ts, which imports this file). */
export function onExhausted(makeError: () => Error): void {
  exhausted = makeError;
}

let scratchAt = 0;
let scratchLength = 0;
// Where lists for a call of `count` words go, as an index into all words.
function scratchFor(count: number): number {
  if (count > scratchLength) {
    const address = core.scratch(count);
    if (address < 0 && address > -64) throw exhausted();
    scratchAt = address >>> 2;
    scratchLength = Math.max(count, 1024);
  }
  return scratchAt;
}

const none: readonly number[] = [];

let tooWide = (sizes: readonly number[]): Error => new RangeError(String(sizes));
/** Says which error is thrown for sizes that no 32-bit integer holds. */
export function onTooWide(makeError: (sizes: readonly number[]) => Error): void {
  tooWide = makeError;
}
/** Throws for sizes that would become other ones as 32-bit integers. */
export function requireSizes(sizes: readonly number[]): void {
  if (!areInts(sizes)) throw tooWide(sizes);
}
/** Throws for a shape of more elements than a tensor can have, before work goes into its parts. */
export function requireNumel(shape: readonly number[]): void {
  if (shape.reduce((product, size) => product * size, 1) > 2 ** 31 - 1) throw tooWide(shape);
}
/** Whether 32-bit integers hold all values. */
export function areInts(values: readonly number[]): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] !== (values[i]! | 0)) return false;
  return true;
}
/** Writes lists of sizes, or of places in them, one after the other for the next call; throws for what is too wide. */
export function writeSizes(first: readonly number[], second = none, third = none): number {
  const total = first.length + second.length + third.length;
  const at = scratchFor(total);
  const all = allWords(at + total);
  putSizes(all, at, first);
  if (second !== none) putSizes(all, at + first.length, second);
  if (third !== none) putSizes(all, at + first.length + second.length, third);
  return total;
}
function putSizes(all: Int32Array, at: number, sizes: readonly number[]): void {
  for (let i = 0; i < sizes.length; i++) {
    const size = sizes[i]! | 0;
    if (size !== sizes[i]) throw tooWide(sizes);
    all[at + i] = size;
  }
}
/** Writes a list for the next call; returns its length. Values are taken as 32-bit integers. */
export function writeInts(values: readonly number[]): number {
  const at = scratchFor(values.length);
  const all = allWords(at + values.length);
  for (let i = 0; i < values.length; i++) all[at + i] = values[i]!;
  return values.length;
}
/** Writes lists one after the other for the next call, an entry of null as 0; returns the total length. */
export function writeLists(
  first: readonly (number | null)[],
  second: readonly (number | null)[],
  third: readonly (number | null)[] = none,
): number {
  const total = first.length + second.length + third.length;
  let at = scratchFor(total);
  const all = allWords(at + total);
  for (let i = 0; i < first.length; i++) all[at++] = first[i] ?? 0;
  for (let i = 0; i < second.length; i++) all[at++] = second[i] ?? 0;
  for (let i = 0; i < third.length; i++) all[at++] = third[i] ?? 0;
  return total;
}
/** Reads what the last call left in scratch. */
export function readInts(count: number, from = 0): number[] {
  return copyWords(scratchFor(count + from) + from, count);
}
// Most lists are of one or two words: an array that is written as a whole need not grow.
function copyWords(at: number, count: number): number[] {
  const all = allWords(at + count);
  if (count === 1) return [all[at]!];
  if (count === 2) return [all[at]!, all[at + 1]!];
  const values: number[] = [];
  for (let i = 0; i < count; i++) values.push(all[at + i]!);
  return values;
}
/** A shape that the last call left in scratch. */
export const readShape = (ndim: number): number[] => readInts(ndim);

/** A fresh array of a node's sizes. */
export function shapeOf(node: number): number[] {
  return copyWords(core.dimsOf(node) >>> 2, core.ndimOf(node));
}

/** Whether a node has these sizes. */
export function hasShape(node: number, shape: readonly number[]): boolean {
  const ndim = core.ndimOf(node);
  if (ndim !== shape.length) return false;
  const at = core.dimsOf(node) >>> 2;
  const all = allWords(at + ndim);
  for (let i = 0; i < ndim; i++) if (all[at + i] !== shape[i]) return false;
  return true;
}

/** Whether two nodes have the same sizes. */
export function isSameShape(a: number, b: number): boolean {
  const ndim = core.ndimOf(a);
  if (core.ndimOf(b) !== ndim) return false;
  const [atA, atB] = [core.dimsOf(a) >>> 2, core.dimsOf(b) >>> 2];
  const all = allWords(Math.max(atA, atB) + ndim);
  for (let i = 0; i < ndim; i++) if (all[atA + i] !== all[atB + i]) return false;
  return true;
}

/** Words at an address, and writing them there. */
export function readWords(address: number, count: number): number[] {
  const at = address >>> 2;
  return Array.from(allWords(at + count).subarray(at, at + count));
}
export function writeWords(address: number, values: readonly number[]): void {
  const at = address >>> 2;
  allWords(at + values.length).set(values, at);
}

/** What the last failing call found: lists of integers. */
export function readFacts(): number[][] {
  const at = core.factsAddress() >>> 2;
  const total = allWords(at + 1)[at]!;
  const all = allWords(at + total);
  const facts: number[][] = [];
  for (let i = 1; i < total;) {
    const count = all[at + i]!;
    facts.push(Array.from(all.subarray(at + i + 1, at + i + 1 + count)));
    i += count + 1;
  }
  return facts;
}

/** Bytes at an address, as a view that holds until memory grows. */
export function bytesAt(address: number, count: number): DataView {
  return new DataView(core.memory.buffer, address >>> 0, count);
}
/** `count` elements of a dtype at an address, as a view that holds until memory grows. */
export function elementsAt(address: number, dtype: DType, count: number): TypedArray {
  return new arrayTypes[dtype](core.memory.buffer, address >>> 0, count);
}
