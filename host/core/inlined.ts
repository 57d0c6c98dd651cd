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
/** The bytes of base64, which is short; a worklet has no atob, and no engine of before 2025 the other. */
function decoded(text: string): Uint8Array<ArrayBuffer> {
  const { fromBase64 } = Uint8Array as { fromBase64?(this: typeof Uint8Array, text: string): Uint8Array<ArrayBuffer> };
  if (fromBase64) return fromBase64.call(Uint8Array, text);
  const length = text.indexOf("=");
  const count = length < 0 ? text.length : length;
  const bytes = new Uint8Array((count * 3) >> 2);
  for (let i = 0, at = 0, bits = 0; i < count; i++) {
    const unit = text.charCodeAt(i);
    // "a" and what follows, "A", "0", "/", and "+".
    const value = unit > 96 ? unit - 71 : unit > 64 ? unit - 65 : unit > 47 ? unit + 4 : unit > 46 ? 63 : 62;
    bits = ((bits << 6) | value) & 0xffff;
    if (i % 4) bytes[at++] = bits >> (6 - 2 * (i % 4));
  }
  return bytes;
}
function writeAscii(text: string, to: Uint8Array): void {
  // jest's jsdom has no TextEncoder.
  if (typeof TextEncoder === "function") new TextEncoder().encodeInto(text, to);
  else for (let i = 0; i < text.length; i++) to[i] = text.charCodeAt(i);
}

provideBytes(() => bytesBeside(inlinedBytes) ?? inlinedBytes());
