// The core within the library's own text: nothing to fetch and nothing to copy, so the library works synchronously as soon as it
// is loaded, from any bundle and any page.
import { coreText, unpackerText } from "../generated/core";
import { coreLayout } from "../generated/layout";
import { areCore } from "./bytes";
import { provideBytes, type CoreBytes } from "./load";
import { builtin, hasBuiltins } from "./nodejs";

/** The exports of assembly/unpack. */
interface Unpacker {
  readonly memory: WebAssembly.Memory;
  readonly start: WebAssembly.Global<"i32">;
  readonly overshoot: WebAssembly.Global<"i32">;
  feed(text: number, length: number): void;
  open(to: number): void;
  unpack(count: number, target: number): void;
}

/** Frozen, so that no minifier writes the text where it is used: engines would read it twice. */
const texts = Object.freeze({ core: coreText, unpacker: unpackerText });

/** The core in two parts (scripts/wasm-split.mjs), of which the second is unpacked when it is asked for. */
export function inlinedBytes(): CoreBytes {
  const module = new WebAssembly.Module(decoded(texts.unpacker));
  const { memory, start, overshoot, feed, open, unpack } = new WebAssembly.Instance(module)
    .exports as unknown as Unpacker;
  const { first, rest } = coreLayout;
  const text = start.value;
  const to = text + texts.core.length;
  const target = to + first.condensed + rest.condensed + overshoot.value;
  const missing = target + Math.max(first.length, rest.length) + overshoot.value - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 2 ** 16));
  const take = (begin: number, end: number): void => {
    writeAscii(texts.core.slice(begin, end), new Uint8Array(memory.buffer, text + begin));
    feed(text + begin, end - begin);
  };
  take(0, coreLayout.firstText);
  open(to);
  const next = ({ condensed, length, memoryFlagsAt }: typeof first) => {
    unpack(condensed, target);
    return { bytes: new Uint8Array(memory.buffer, target, length), memoryFlagsAt };
  };
  const parts = { ...next(first), rest: restOf };
  let isUnderWay = false;
  // What could not be compiled, or was broken off, begins anew: the unpacker has gone on.
  function restOf(): CoreBytes {
    if (isUnderWay) return inlinedBytes().rest!();
    isUnderWay = true;
    take(coreLayout.firstText, texts.core.length);
    return next(rest);
  }
  return parts;
}
/** The bytes of base64, which is short; a worklet has no atob. */
function decoded(text: string): Uint8Array<ArrayBuffer> {
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

const FILE = "pushforward.wasm";
/** What a stack says of a place in a file: its directory, and the rest. */
const PLACE = /[ (@]((?:file:|\/|[a-z]:[\\/]).*[\\/])[^\\/]*:\d+:\d+\)?$/im;
/**
 * In Node the same bytes lie in a file beside the library's own, unless that has been bundled or copied: reading it takes a tenth of the
 * time of unpacking. Where the library lies its stack tells; `import.meta.url` is not there in all bundles, and is written into others.
 */
function bytesBeside(): CoreBytes | undefined {
  // Deno would ask its user for leave to read.
  if (!hasBuiltins || "Deno" in globalThis) return undefined;
  try {
    const directory = PLACE.exec(new Error("where").stack!)![1]!;
    const file = directory.startsWith("file:") ? new URL(directory + FILE) : directory + FILE;
    const bytes = builtin("node:fs").readFileSync(file);
    return areCore(bytes) ? { bytes, memoryFlagsAt: coreLayout.memoryFlagsAt } : undefined;
  } catch {
    return undefined;
  }
}

provideBytes(() => bytesBeside() ?? inlinedBytes());
