// The bytes of the core: dist/pushforward.wasm, a module for memory that is not shared, and its data in a section of its own. Both
// builds and both kinds of memory come from it by changing bytes in place.
import { coreLayout } from "../generated/layout";

/** SIMD instructions of a build: relaxed ones round a·b + c once where the processor does so at no cost. */
export type Simd = "simd128" | "relaxed";

const LIMITS_WITH_MAXIMUM = 1;
const SHARED = 2;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const NOP = 0x01;
const VECTOR = 0xfd;
/** The bytes that follow in vector instructions; the last one is 1, of relaxed ones 2. */
const F32_MUL = 0xe6;
const F32_ADD = 0xe4;
const F32_MADD = 0x85;
const F64_MUL = 0xf2;
const F64_ADD = 0xf0;
const F64_MADD = 0x87;

/** The section that has the data: what tells one build of the core from another, then what goes into memory. */
const DATA_SECTION = "pushforward";
const dataBytes = coreLayout.data.reduce((sum, { length }) => sum + length, coreLayout.id.length);

/** Whether what is at hand begins with what tells this build of the core from others. */
export const hasId = (bytes: Uint8Array): boolean => coreLayout.id.every((byte, i) => byte === bytes[i]);
const isData = (section: Uint8Array): boolean => section.length === dataBytes && hasId(section);
/** The section, at the end of the core's bytes, or of its first part's, or of a module that was made of them. */
const sectionOf = (from: Uint8Array | WebAssembly.Module): Uint8Array =>
  "byteLength" in from
    ? from.subarray(from.length - dataBytes)
    : new Uint8Array(WebAssembly.Module.customSections(from, DATA_SECTION)[0] ?? []);

/** Whether these are the bytes of the core that this build of the library goes with. */
export const areCore = (bytes: Uint8Array): boolean => bytes.length === coreLayout.length && isData(sectionOf(bytes));
/** Whether this module was compiled from them. */
export const isModuleOfCore = (module: WebAssembly.Module): boolean => isData(sectionOf(module));

/** Static data of the core, and where they lie in memory, which has zeros elsewhere. */
export function initialData(from: Uint8Array | WebAssembly.Module): { address: number; bytes: Uint8Array }[] {
  const section = sectionOf(from);
  let end = coreLayout.id.length;
  return coreLayout.data.map(({ address, length }) => ({ address, bytes: section.subarray(end, (end += length)) }));
}

/** Makes of the core's bytes, or a part's, those of the module for a build and for memory that is shared or not. */
export function adapt(bytes: Uint8Array, memoryFlagsAt: number, simd: Simd, shared: boolean): void {
  bytes[memoryFlagsAt] = shared ? LIMITS_WITH_MAXIMUM | SHARED : LIMITS_WITH_MAXIMUM;
  if (simd === "relaxed") fuseMultiplyAdds(bytes);
}

/**
 * Puts a relaxed multiply-add in the place of every `local.set t; mul; local.set u; local.get t; local.get u; add`, which
 * scripts/wasm.mjs has made of one, and nops after it, so that all lengths stay; returns how many there were.
 */
export function fuseMultiplyAdds(bytes: Uint8Array): number {
  return fuseEach(bytes, F32_MUL, F32_ADD, F32_MADD) + fuseEach(bytes, F64_MUL, F64_ADD, F64_MADD);
}
function fuseEach(bytes: Uint8Array, mul: number, add: number, madd: number): number {
  let count = 0;
  // The byte that names the product is rare. What is looked at more often would take an engine longer than compiling the module.
  for (let at = bytes.indexOf(mul); at >= 0; at = bytes.indexOf(mul, at + 1)) {
    if (bytes[at - 1] !== VECTOR || bytes[at + 1] !== 1 || bytes[at + 2] !== LOCAL_SET) continue;
    const product = at + 3;
    const getSum = endOfNumber(bytes, product);
    const sum = getSum + 1;
    const getProduct = endOfNumber(bytes, sum);
    const addAt = getProduct + 1 + (getSum - product);
    const setSum = at - 2 - (getProduct - sum);
    if (bytes[setSum] !== LOCAL_SET || bytes[getSum] !== LOCAL_GET || bytes[getProduct] !== LOCAL_GET) continue;
    if (bytes[addAt] !== VECTOR || bytes[addAt + 1] !== add || bytes[addAt + 2] !== 1) continue;
    if (!isSame(bytes, setSum + 1, sum, getProduct) || !isSame(bytes, getProduct + 1, product, getSum)) continue;
    bytes.fill(NOP, setSum, addAt + 3);
    bytes[setSum] = VECTOR;
    bytes[setSum + 1] = madd;
    bytes[setSum + 2] = 2;
    count++;
  }
  return count;
}
/** Whether the bytes from `at` on are those from `start` to `end`. */
function isSame(bytes: Uint8Array, at: number, start: number, end: number): boolean {
  while (start < end) if (bytes[at++] !== bytes[start++]) return false;
  return true;
}
/** Where the LEB128 number at `at` ends. */
function endOfNumber(bytes: Uint8Array, at: number): number {
  while (bytes[at]! >= 128) at++;
  return at + 1;
}

/** `(module (func (result v128) (f32x4.relaxed_madd (v128.const …) …)))`, without a memory. */
const RELAXED_PROBE = [
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 5, 1, 0x60, 0, 1, 0x7b],
  ...[3, 2, 1, 0],
  ...[10, 19, 1, 17, 0, 0x41, 0, VECTOR, 0x11, 0x41, 0, VECTOR, 0x11, 0x41, 0, VECTOR, 0x11, VECTOR, 0x85, 2, 0x0b],
];
/** Whether the engine has relaxed SIMD instructions. */
export const hasRelaxedSimd = (): boolean =>
  typeof WebAssembly === "object" &&
  typeof WebAssembly.validate === "function" &&
  WebAssembly.validate(new Uint8Array(RELAXED_PROBE));
