// What inflates the core where the host can't (assembly/inflate) against zlib: every kind of block, random bytes of many sorts.
import { readFileSync } from "node:fs";
import { constants, deflateRawSync } from "node:zlib";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";

const wasm = readFileSync(new URL("../../build/inflate.wasm", import.meta.url));

interface Inflater {
  memory: WebAssembly.Memory;
  start: WebAssembly.Global;
  inflate(text: number, length: number, to: number): number;
}
const module = new WebAssembly.Module(wasm);
function inflated(deflated: Buffer, length: number): Buffer {
  const text = Buffer.concat([deflated, Buffer.alloc((3 - (deflated.length % 3)) % 3)]).toString("base64");
  const { memory, start, inflate } = new WebAssembly.Instance(module).exports as unknown as Inflater;
  const from = Number(start.value);
  const to = from + text.length;
  memory.grow(Math.ceil((to + length) / 2 ** 16));
  Buffer.from(memory.buffer, from).write(text, "latin1");
  return Buffer.from(memory.buffer).subarray(to, inflate(from, text.length, to));
}

test("it is small enough for engines that compile no more than 4 KiB at once", () => {
  assert.ok(wasm.length < 4096, String(wasm.length));
});

const options = [
  ...[0, 1, 6, 9].map((level) => ({ level })),
  { strategy: constants.Z_FIXED },
  { strategy: constants.Z_HUFFMAN_ONLY },
  { strategy: constants.Z_RLE },
];
/** Bytes with few and many values, with long repetitions near and far. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 5000 }),
  fc.uint8Array({ maxLength: 5000, max: 3 }),
  fc
    .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.nat(400)), { maxLength: 40 })
    .map((runs) => Buffer.concat(runs.flatMap(([run, times]) => Array.from({ length: times }, () => run)))),
);
test("what zlib has deflated comes back, by every strategy", () => {
  fc.assert(
    fc.property(bytes, fc.constantFrom(...options), (source, option) => {
      assert.is(Buffer.compare(inflated(deflateRawSync(source, option), source.length), source), 0);
    }),
    { numRuns: 600 },
  );
});

test("codes longer than the table looks up, and matches as far back as there are", () => {
  // Frequencies like Fibonacci's numbers make the longest codes.
  const counts = [1, 1];
  while (counts.length < 22) counts.push(counts.at(-1)! + counts.at(-2)!);
  const skewed = Buffer.concat(counts.map((count, value) => Buffer.alloc(count, value * 11)));
  const huffman = { strategy: constants.Z_HUFFMAN_ONLY };
  assert.is(Buffer.compare(inflated(deflateRawSync(skewed, huffman), skewed.length), skewed), 0);
  const noise = Buffer.from(Array.from({ length: 32_500 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24));
  const far = Buffer.concat([noise, noise, Buffer.alloc(70_000, 7), noise]);
  assert.is(Buffer.compare(inflated(deflateRawSync(far, { level: 9 }), far.length), far), 0);
});

test.run();
