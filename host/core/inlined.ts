// The core within the library's own text: nothing to fetch and nothing to copy, so the library works synchronously as soon as it
// is loaded, from any bundle and any page.
import { coreText, unpackerText } from "../generated/core";
import { coreLayout } from "../generated/layout";
import { bytesBeside } from "./beside";
import { partOf, provideBytes, type CoreBytes } from "./load";

/** The exports of assembly/unpack. */
interface Unpacker {
  readonly memory: WebAssembly.Memory;
  readonly start: WebAssembly.Global<"i32">;
  readonly overshoot: WebAssembly.Global<"i32">;
  open(text: number, length: number, to: number): void;
  feed(text: number, length: number): void;
  unpack(count: number, target: number): void;
}

/** Frozen, so that no minifier writes the text where it is used: engines would read it twice. */
const texts = Object.freeze({ core: coreText, unpacker: unpackerText });

/** The core in parts (scripts/wasm-split.mjs), of which each is unpacked when it is asked for. */
export function inlinedBytes(): CoreBytes {
  const module = new WebAssembly.Module(decoded(texts.unpacker));
  const { memory, start, overshoot, open, feed, unpack } = new WebAssembly.Instance(module)
    .exports as unknown as Unpacker;
  const { parts } = coreLayout;
  const text = start.value;
  const to = text + texts.core.length;
  const target = parts.reduce((at, { condensed }) => at + condensed, to) + overshoot.value;
  const longest = Math.max(...parts.map(({ length }) => length));
  const missing = target + longest + overshoot.value - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 2 ** 16));
  let taken = 0;
  function part(number: number): CoreBytes {
    const { condensed, length, memoryFlagsAt, textEnd } = parts[number]!;
    writeAscii(texts.core.slice(taken, textEnd), new Uint8Array(memory.buffer, text + taken));
    if (number) feed(text + taken, textEnd - taken);
    else open(text, textEnd, to);
    taken = textEnd;
    unpack(condensed, target);
    const bytes = new Uint8Array(memory.buffer, target, length);
    return { bytes, memoryFlagsAt, next: number + 1 < parts.length ? follower(number + 1) : undefined };
  }
  // What could not be compiled, or was broken off, begins anew: the unpacker has gone on.
  function follower(number: number): () => CoreBytes {
    let isUnderWay = false;
    return () => {
      if (isUnderWay) return partOf(inlinedBytes, number);
      isUnderWay = true;
      return part(number);
    };
  }
  return part(0);
}
/** Bytes in hexadecimal digits, which a server packs to less than base64. */
function decoded(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
function writeAscii(text: string, to: Uint8Array): void {
  // jest's jsdom has no TextEncoder.
  if (typeof TextEncoder === "function") new TextEncoder().encodeInto(text, to);
  else for (let i = 0; i < text.length; i++) to[i] = text.charCodeAt(i);
}

provideBytes(() => bytesBeside(inlinedBytes) ?? inlinedBytes());
