// What unpacks the core (assembly/unpack) against what packs it: random bytes of many sorts, and what takes each way through the format.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";

const wasm = readFileSync(new URL("../../build/unpack.wasm", import.meta.url));
const { LZMA } = createRequire(import.meta.url)("lzma/src/lzma-c.js") as {
  LZMA: { compress(bytes: readonly number[], mode: number): number[] };
};
/** The properties, the size of the window, and the length. */
const HEADER_BYTES = 13;

interface Unpacker {
  memory: WebAssembly.Memory;
  start: WebAssembly.Global;
  unpack(text: number, length: number, to: number, count: number): void;
}
const module = new WebAssembly.Module(wasm);
function unpacked(packed: Buffer, length: number): Buffer {
  const text = Buffer.concat([packed, Buffer.alloc((3 - (packed.length % 3)) % 3)]).toString("base64");
  const { memory, start, unpack } = new WebAssembly.Instance(module).exports as unknown as Unpacker;
  const from = Number(start.value);
  const to = from + text.length;
  memory.grow(Math.ceil((to + length) / 2 ** 16));
  Buffer.from(memory.buffer, from).write(text, "latin1");
  unpack(from, text.length, to, length);
  return Buffer.from(memory.buffer).subarray(to, to + length);
}
function assertReturns(source: Uint8Array, mode: number): void {
  const packed = Buffer.from(LZMA.compress([...source], mode)).subarray(HEADER_BYTES);
  assert.is(Buffer.compare(unpacked(packed, source.length), source), 0);
}

test("it is small enough for engines that compile no more than 4 KiB at once", () => {
  assert.ok(wasm.length < 4096, String(wasm.length));
});

/** Bytes with few and many values, with long repetitions near and far. */
const bytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 5000 }),
  fc.uint8Array({ minLength: 1, maxLength: 5000, max: 3 }),
  fc
    .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.nat(400)), { minLength: 1, maxLength: 40 })
    .map((runs) =>
      Buffer.concat([Buffer.of(1), ...runs.flatMap(([run, times]) => Array.from({ length: times }, () => run))]),
    ),
);
test("what is packed comes back, fast and well packed", () => {
  fc.assert(
    fc.property(bytes, fc.constantFrom(1, 2, 3), (source, mode) => assertReturns(source, mode)),
    { numRuns: 60 },
  );
});

test("matches as far back as there are, of all lengths, and the four distances that came last", () => {
  const noise = Buffer.from(Array.from({ length: 60_000 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24));
  const pieces = [noise];
  // Distances that come in turns, between bytes that are new.
  const turns = [5, 99, 1000, 20_000, 50_000];
  for (let i = 0, length = noise.length; i < 400; i++) {
    const at = length - turns[(i * i + (i >> 3)) % turns.length]!;
    const piece = Buffer.concat([noise.subarray(at % 59_000).subarray(0, 1 + (i % 300)), Buffer.of(i)]);
    pieces.push(piece);
    length += piece.length;
  }
  assertReturns(Buffer.concat(pieces), 9);
  assertReturns(Buffer.concat([noise, Buffer.alloc(70_000, 7), noise]), 3);
});

test.run();
