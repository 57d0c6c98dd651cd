// The core within the library's own text: nothing to fetch and nothing to copy, so the library works synchronously as soon as it
// is loaded, from any bundle and any page.
import { coreText, rankedLength, unpackerText } from "../generated/core";
import { coreLayout } from "../generated/layout";
import { areCore } from "./bytes";
import { provideBytes } from "./load";
import { builtin, hasBuiltins } from "./nodejs";

/** The exports of assembly/unpack. */
interface Unpacker {
  readonly memory: WebAssembly.Memory;
  readonly start: WebAssembly.Global<"i32">;
  unpack(text: number, length: number, to: number, count: number, target: number): void;
}

/** So many bytes behind `to` and its count `unpack` may write to. */
const OVERSHOOT = 8;

/** The bytes of dist/pushforward.wasm. */
export function inlinedBytes(): Uint8Array<ArrayBuffer> {
  const module = new WebAssembly.Module(decoded(unpackerText));
  const { memory, start, unpack } = new WebAssembly.Instance(module).exports as unknown as Unpacker;
  const text = start.value;
  const to = text + coreText.length;
  const target = to + rankedLength + OVERSHOOT;
  const missing = target + coreLayout.length - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 2 ** 16));
  writeAscii(coreText, new Uint8Array(memory.buffer, text));
  unpack(text, coreText.length, to, rankedLength, target);
  return new Uint8Array(memory.buffer, target, coreLayout.length);
}
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** The bytes of base64, which is short; a worklet has no atob. */
function decoded(text: string): Uint8Array<ArrayBuffer> {
  const length = text.indexOf("=");
  const count = length < 0 ? text.length : length;
  const bytes = new Uint8Array((count * 3) >> 2);
  for (let i = 0, at = 0, bits = 0; i < count; i++) {
    bits = ((bits << 6) | BASE64.indexOf(text[i]!)) & 0xffff;
    if (i % 4) bytes[at++] = bits >> (6 - 2 * (i % 4));
  }
  return bytes;
}
function writeAscii(text: string, to: Uint8Array): void {
  // jest's jsdom has no TextEncoder.
  if (typeof TextEncoder === "function") new TextEncoder().encodeInto(text, to);
  else for (let i = 0; i < text.length; i++) to[i] = text.charCodeAt(i);
}

const FILE = "pushforward.wasm";
/** What a stack says of a place in a file: its directory, and the rest. */
const PLACE = /[ (@]((?:file:|\/|[a-z]:[\\/]).*[\\/])[^\\/]*:\d+:\d+\)?$/im;
/**
 * In Node the same bytes lie in a file beside the library's own, unless that has been bundled or copied: reading it takes a tenth of the
 * time of unpacking. Where the library lies its stack tells; `import.meta.url` is not there in all bundles, and is written into others.
 */
function bytesBeside(): Uint8Array<ArrayBuffer> | undefined {
  // Deno would ask its user for leave to read.
  if (!hasBuiltins || "Deno" in globalThis) return undefined;
  try {
    const directory = PLACE.exec(new Error("where").stack!)![1]!;
    const file = directory.startsWith("file:") ? new URL(directory + FILE) : directory + FILE;
    const bytes = builtin("node:fs").readFileSync(file);
    return areCore(bytes) ? bytes : undefined;
  } catch {
    return undefined;
  }
}

provideBytes(() => bytesBeside() ?? inlinedBytes());
