// The bytes of the core, inlined: nothing to fetch and nothing to copy, so the library works synchronously as soon as it is
// loaded, from any bundle and any page. One compressed text (scripts/generate.mjs) holds the module, without its data, and
// the data; both builds and both kinds of memory come from it by changing bytes in place.
import { coreDeflated, coreLayout } from "../generated/core";
import { inflateSync } from "fflate";
import { builtin, hasBuiltins } from "./nodejs";

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

let unpacked: Uint8Array<ArrayBuffer> | undefined;
function unpack(): Uint8Array<ArrayBuffer> {
  return (unpacked ??= hasBuiltins ? unpackInNode() : unpackAnywhere());
}
/** Node's own decompression is faster by several milliseconds than code that runs for the first time. */
function unpackInNode(): Uint8Array<ArrayBuffer> {
  return builtin("node:zlib").inflateRawSync(builtin("node:buffer").Buffer.from(coreDeflated, "base64"));
}
/** The same anywhere. */
export function unpackAnywhere(): Uint8Array<ArrayBuffer> {
  const text = atob(coreDeflated);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return inflateSync(bytes, { out: new Uint8Array(coreLayout.unpackedLength) });
}

/** The WebAssembly module of the core, for memory that is shared or not. It has no data, so that any thread can make it. */
export function moduleBytes(simd: Simd, shared: boolean): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(unpack().subarray(0, coreLayout.moduleLength));
  bytes[coreLayout.memoryFlagsAt] = shared ? LIMITS_WITH_MAXIMUM | SHARED : LIMITS_WITH_MAXIMUM;
  if (simd === "relaxed") fuseMultiplyAdds(bytes);
  return bytes;
}

/** Static data of the core, and where they lie in memory, which has zeros elsewhere. */
export function initialData(): { address: number; bytes: Uint8Array }[] {
  let end = coreLayout.moduleLength;
  return coreLayout.data.map(({ address, length }) => ({ address, bytes: unpack().subarray(end, (end += length)) }));
}

/**
 * Puts a relaxed multiply-add in the place of every `local.set t; mul; local.set u; local.get t; local.get u; add`, which
 * scripts/wasm.mjs has made of one, and nops after it, so that all lengths stay; returns how many there were.
 */
export function fuseMultiplyAdds(bytes: Uint8Array): number {
  let count = 0;
  for (let setAt = bytes.indexOf(LOCAL_SET); setAt >= 0; setAt = bytes.indexOf(LOCAL_SET, setAt + 1)) {
    const mulAt = endOfNumber(bytes, setAt + 1);
    const mul = bytes[mulAt + 1];
    if (bytes[mulAt] !== VECTOR || (mul !== F32_MUL && mul !== F64_MUL) || bytes[mulAt + 2] !== 1) continue;
    const keepAt = mulAt + 3;
    if (bytes[keepAt] !== LOCAL_SET) continue;
    const getAt = endOfNumber(bytes, keepAt + 1);
    const sum = bytes.subarray(setAt + 1, mulAt);
    const product = bytes.subarray(keepAt + 1, getAt);
    const add = mul === F32_MUL ? F32_ADD : F64_ADD;
    const rest = [LOCAL_GET, ...sum, LOCAL_GET, ...product, VECTOR, add, 1];
    if (!rest.every((byte, i) => byte === bytes[getAt + i])) continue;
    const end = getAt + rest.length;
    bytes.fill(NOP, setAt, end);
    bytes.set([VECTOR, mul === F32_MUL ? F32_MADD : F64_MADD, 2], setAt);
    count++;
    setAt = end - 1;
  }
  return count;
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
  typeof WebAssembly === "object" && WebAssembly.validate(new Uint8Array(RELAXED_PROBE));
