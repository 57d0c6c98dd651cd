// What unpacks the core (assembly/unpack) against what packs it: random bytes of many sorts, and what takes each way through the format.
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compress } from "../../scripts/lzma.mjs";
import { plainText } from "../../scripts/plain-text.mjs";
import { alignNaturally, condense } from "../../scripts/wasm-condensed.mjs";
import { orderLocals } from "../../scripts/wasm-locals.mjs";
import { join, leb, sectionsOf } from "../../scripts/wasm.mjs";

const wasm = readFileSync(new URL("../../build/unpack.wasm", import.meta.url));

interface Unpacker {
  memory: WebAssembly.Memory;
  start: WebAssembly.Global;
  overshoot: WebAssembly.Global;
  open(text: number, length: number, to: number): void;
  feed(text: number, length: number): void;
  decompress(count: number): void;
  unpack(count: number, target: number): void;
}
const module = new WebAssembly.Module(wasm);
/**
 * Condensed bytes of which those from `known` on come packed by LZMA, in two pieces of text, the others as plain text; or, with the length of the
 * module, what it is.
 */
function unpacked(condensed: Uint8Array, mode: number, known = 0, moduleLength = 0): Buffer {
  const packed = compress(condensed, mode, known);
  const plain = plainText(condensed.subarray(0, known));
  const base64 = Buffer.concat([packed, Buffer.alloc((3 - (packed.length % 3)) % 3)]).toString("base64");
  const { memory, start, overshoot, open, feed, decompress, unpack } = new WebAssembly.Instance(module)
    .exports as unknown as Unpacker;
  const from = Number(start.value);
  const { length } = condensed;
  const to = from + plain.length + base64.length;
  const target = to + length + Number(overshoot.value);
  memory.grow(Math.ceil((target + moduleLength + Number(overshoot.value)) / 2 ** 16));
  Buffer.from(memory.buffer, from).write(plain + base64, "latin1");
  open(from, plain.length, to);
  const piece = 4 * Math.floor(base64.length / 12);
  feed(from + plain.length, piece);
  feed(from + plain.length + piece, base64.length - piece);
  if (moduleLength) unpack(length, target);
  else {
    // In two goes, of which the first may end within a match.
    decompress(Math.floor(length / 2));
    decompress(length);
  }
  return moduleLength ? Buffer.from(memory.buffer, target, moduleLength) : Buffer.from(memory.buffer, to, length);
}
function assertReturns(source: Uint8Array, mode: number, known = 0): void {
  assert.is(Buffer.compare(unpacked(source, mode, known), source), 0);
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
    fc.property(bytes, fc.constantFrom(1, 2, 3), fc.nat(4), (source, mode, quarters) =>
      assertReturns(source, mode, Math.floor((source.length * quarters) / 4)),
    ),
    { numRuns: 100 },
  );
});

test("plain text of every byte; it is printable, and nothing that is escaped in strings or pages", () => {
  const all = Buffer.from([...Array(256).keys()].flatMap((byte) => Array<number>(1 + (byte % 5)).fill(byte)));
  assertReturns(all, 1, all.length);
  assert.match(plainText(all), /^[ -~]*$/);
  assert.not.match(plainText(all), /["$'<\\`]/);
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
  assertReturns(Buffer.concat(pieces), 9, noise.length);
  assertReturns(Buffer.concat([noise, Buffer.alloc(70_000, 7), noise]), 3);
});

interface Func {
  type: number;
  code: number[];
}
/** A module of functions with these types, in section order; it need not be valid. */
function moduleOf(types: readonly number[][], functions: readonly Func[]): Buffer {
  const section = (id: number, items: readonly number[][]): { id: number; content: Buffer } => ({
    id,
    content: Buffer.from([...leb(items.length), ...items.flat()]),
  });
  return join(
    alignNaturally(
      orderLocals([
        section(
          1,
          types.map((parameters) => [0x60, ...leb(parameters.length), ...parameters, 1, 0x7f]),
        ),
        section(
          3,
          functions.map(({ type }) => leb(type)),
        ),
        section(
          10,
          functions.map(({ code }) => [...leb(code.length), ...code]),
        ),
        { id: 0, content: Buffer.from([1, 0x20, 9, 9]) },
      ]),
    ),
  );
}
function assertComesBack(types: readonly number[][], functions: readonly Func[]): void {
  const whole = moduleOf(types, functions);
  const condensed = condense(sectionsOf(whole));
  const back = unpacked(condensed, 1, 0, whole.length);
  assert.is(Buffer.compare(back, whole), 0);
}
const get = (local: number): number[] => [0x20, ...leb(local)];
const float32 = (value: number): number[] => [...new Uint8Array(Float32Array.of(value).buffer)];
const float64 = (value: number): number[] => [...new Uint8Array(Float64Array.of(value).buffer)];
/** Instructions of every form that has immediates, between local variables. */
const FORMS: number[][] = [
  [0x02, 0x40, 0x0b],
  [0x03, 0x40, 0x02, 0x7f, 0x03, 0x81, 1, 0x0b, 0x0b, 0x0b],
  [0x04, 0x7b, 0x05, 0x0b],
  ...[...Array(128).keys()].map((i) => [0x41, i]),
  [0x04, 0x40, 0x05, 0x0b],
  [0x1a, 0x6a, 0xa3, 0xc4],
  [0x0c, 3],
  [0x0d, 0x81, 1],
  [0x0e, 3, 1, 2, 0x20, 0x22],
  [0x10, 0xa0, 0x20],
  [0x11, 0x20, 0],
  [0x23, 0x21],
  [0x24, 0xa0, 1],
  ...Array.from({ length: 0x3f - 0x28 }, (_, i) => [0x28 + i, 0, 0xa0, 0xa0, 0x20]),
  [0x3f, 0],
  [0x40, 0],
  [0x41, 0xa0, 0x20],
  [0x42, 0xa0, 0xa0, 0x20],
  [0x43, 0x20, 0x21, 0x22, 0x20],
  [0x44, ...Array<number>(8).fill(0x20)],
  ...[0, -0, 1.5, 0.1, 2 ** -149, 1e300, Infinity, NaN].map((value) => [0x44, ...float64(value)]),
  [0xd2, 0x20],
  [0xfc, 2],
  [0xfc, 10, 0, 0],
  [0xfc, 11, 0],
  ...[...Array(12).keys(), 92, 93].map((code) => [0xfd, code, 0, 0xa0, 0x20]),
  ...Array.from({ length: 8 }, (_, i) => [0xfd, 84 + i, 0, 0x20, 7]),
  [0xfd, 12, ...Array(16).keys()],
  ...[...Array<number[]>(3).fill([0, 0, 0, 0]), float32(1.5), [1, 0, 0, 0]].map((lane) => [
    ...[0xfd, 12, ...lane, ...lane, ...lane, ...lane],
  ]),
  ...[0, 1.5, 0.1, NaN].map((value) => [0xfd, 12, ...float64(value), ...float64(value)]),
  [0xfd, 13, ...Array<number>(16).fill(0x21)],
  [0xfd, 15],
  [0xfd, 21, 0x20],
  [0xfd, 34, 1],
  [0xfd, 0xe4, 1],
  [0xfe, 3, 0],
  [0xfe, 0x20, 2, 0x20],
];
/** What changes the width, or keeps it. */
const WIDTHS = [[], [0x92], [0xa0], [0xfd, 0xe4, 1], [0xfd, 0xf0, 1]];

test("a module comes back as it was, with local variables of every type between instructions of every form", () => {
  const types = [[], [0x7f], Array<number>(200).fill(0x7b)];
  const declared = [6, 1, 0x7f, ...leb(150), 0x7e, 1, 0x7b, 1, 0x7d, 1, 0x7c, 1, 0x7d];
  const functions = FORMS.flatMap((form, i) =>
    types.map((parameters, type) => ({
      type,
      code: [
        ...declared,
        ...Array.from({ length: 140 }, (_, k) => [
          ...(k % 40 > 36 ? get(parameters.length + k) : []),
          ...WIDTHS[(k + i) % WIDTHS.length]!,
          ...get(parameters.length + 1 + ((k * (i + 3)) % 150)),
          ...form,
        ]).flat(),
        ...get(parameters.length + 151 + (i % 4)),
        ...(type ? [...get(0), 0x21, 0, 0x22, ...leb(parameters.length - 1)] : []),
        0x0b,
      ],
    })),
  );
  assertComesBack(types, functions);
});
test("instructions for 32 and for 64 bits, in any order", () => {
  const scalar = [...Array(0xc5 - 0x45).keys()].map((i) => [0x45 + i]);
  const others = [0x9a, 0xa2, 0xa5, 0xc2, 0xc5];
  const vector = [...Array(0x100).keys()].filter((i) => i > 34 && (i < 84 || i > 93) && !others.includes(i));
  const all = [...scalar, ...vector.map((code) => [0xfd, ...leb(code)])];
  const one = fc.constantFrom(...all);
  fc.assert(
    fc.property(fc.array(one, { maxLength: 500 }), (instructions) =>
      assertComesBack([[]], [{ type: 0, code: [0, ...instructions.flat(), 0x0b] }]),
    ),
    { numRuns: 20 },
  );
});

/** What scripts/wasm.mjs makes of a multiply-add. */
const multiplyAdd = (sum: number, product: number, multiply: number): number[] => [
  ...[0x21, ...leb(sum), 0xfd, multiply, 1, 0x21, ...leb(product)],
  ...[...get(sum), ...get(product), 0xfd, multiply - 2, 1],
];
test("multiply-adds come back, and what only looks like one", () => {
  const code = (count: number, ...parts: number[][]): number[] => [1, ...leb(count), 0x7b, ...parts.flat(), 0x0b];
  const [narrow, wide] = [0xe6, 0xf2];
  assertComesBack(
    [[], [0x7b]],
    [
      { type: 0, code: code(2, multiplyAdd(0, 1, narrow), multiplyAdd(0, 1, wide), multiplyAdd(0, 1, wide)) },
      { type: 1, code: code(3, get(1), multiplyAdd(2, 3, wide), get(1), multiplyAdd(2, 3, narrow), get(0)) },
      { type: 1, code: code(202, ...[...Array(200).keys()].map((i) => get(1 + i)), multiplyAdd(201, 202, narrow)) },
      // The sum is a parameter, the product a variable that was there before, an addition of the other width.
      { type: 1, code: code(1, multiplyAdd(0, 1, narrow)) },
      { type: 1, code: code(2, get(2), multiplyAdd(1, 2, narrow)) },
      { type: 0, code: code(2, [...multiplyAdd(0, 1, narrow).slice(0, -2), 0xf0, 1]) },
    ],
  );
});

const condensedOf = (code: readonly number[]): Buffer =>
  condense(sectionsOf(moduleOf([[0x7f]], [{ type: 0, code: [...code, 0x0b] }])));
test("a module in which nothing but the numbers of variables differs is the same, condensed", () => {
  const of = (...locals: number[]): Buffer => condensedOf([1, 5, 0x7f, ...locals.flatMap((local) => get(local))]);
  assert.equal(of(0, 4, 5, 4, 0), of(0, 2, 1, 2, 0));
  assert.not.equal(of(0, 4, 5, 4, 0), of(0, 4, 5, 5, 0));
});
test("templates for floats of 32 and of 64 bits differ in the first instruction, condensed", () => {
  const narrow = [
    0x2a,
    2,
    0x20,
    0x43,
    ...float32(0.5),
    0x92,
    0x21,
    1,
    0xfd,
    12,
    ...[0, 1, 2, 3].flatMap(() => float32(3)),
  ];
  const wide = [0x2b, 3, 0x20, 0x44, ...float64(0.5), 0xa0, 0x21, 1, 0xfd, 12, ...float64(3), ...float64(3)];
  const [one, other] = [
    condensedOf([1, 1, 0x7d, ...narrow, 0xfd, 0xe4, 1]),
    condensedOf([1, 1, 0x7c, ...wide, 0xfd, 0xf0, 1]),
  ];
  assert.is(one.length, other.length);
  const differences = [...one.keys()].filter((i) => one[i] !== other[i]);
  // One byte, and those that say how long the section is.
  assert.ok(differences.length <= 2, String(differences));
});

test.run();
