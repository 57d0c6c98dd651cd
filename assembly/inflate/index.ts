// Unpacks the core where the host has no synchronous inflate of its own, in every browser: text in base64, then deflate (RFC 1951).
// A module by itself, small enough for engines that compile no more than 4 KiB on a page's own thread. As WebAssembly it runs at
// speed from its first byte on; JavaScript that does the same takes some ten times as long, since it starts in an interpreter.

/** Where the tables lie, behind the compiler's own data. They are written before they are read. */
const LITERALS: usize = 0x1000;
const DISTANCES: usize = LITERALS + 0x2000;
const LENGTHS: usize = DISTANCES + 0x2000;
/** The first address that is free for text and bytes. */
export const start: usize = 0x8000;

// A table: what FAST bits say at once, symbol << 4 | length, or 0 where the code is longer; how many codes of each length there are;
// the symbols in the order of their codes.
const FAST: u32 = 10;
const COUNTS: usize = 2 << FAST;
const SYMBOLS: usize = COUNTS + 32;

let bits: u64 = 0;
/** How many of the bits count. */
let count: u64 = 0;
let from: usize = 0;

/** Sees to it that 56 bits are there. */
// @ts-ignore: decorator
@inline
function refill(): void {
  bits |= load<u64>(from) << count;
  from += usize((63 - count) >> 3);
  count |= 56;
}
// @ts-ignore: decorator
@inline
function take(width: u64): u32 {
  const value = u32(bits & ((1 << width) - 1));
  bits >>= width;
  count -= width;
  return value;
}

function symbolOf(table: usize): u32 {
  const entry = <u32>load<u16>(table + (((<usize>bits) & ((1 << FAST) - 1)) << 1));
  if (entry) {
    take(entry & 15);
    return entry >> 4;
  }
  // The codes of a length are consecutive numbers, and follow those of the lengths below it.
  let code: u32 = 0;
  let first: u32 = 0;
  let index: u32 = 0;
  let length: usize = 1;
  while (true) {
    code |= take(1);
    const some = <u32>load<u16>(table + COUNTS + (length << 1));
    if (code - first < some) return load<u16>(table + SYMBOLS + ((index + (code - first)) << 1));
    length++;
    index += some;
    first = (first + some) << 1;
    code <<= 1;
  }
}

/** Makes a table of the lengths of codes, a byte for each symbol. */
function build(table: usize, lengths: usize, symbols: u32): void {
  memory.fill(table, 0, SYMBOLS);
  for (let i: u32 = 0; i < symbols; i++) {
    const at = table + COUNTS + ((<usize>load<u8>(lengths + i)) << 1);
    store<u16>(at, load<u16>(at) + 1);
  }
  store<u16>(table + COUNTS, 0);
  let code: u32 = 0;
  let index: u32 = 0;
  for (let length: u32 = 1; length < 16; length++) {
    for (let symbol: u32 = 0; symbol < symbols; symbol++) {
      if (load<u8>(lengths + symbol) != length) continue;
      store<u16>(table + SYMBOLS + (index++ << 1), symbol);
      if (length <= FAST) {
        // Codes come with their first bit first.
        let reversed: u32 = 0;
        for (let bit: u32 = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
        for (; reversed < 1 << FAST; reversed += 1 << length)
          store<u16>(table + (reversed << 1), (symbol << 4) | length);
      }
      code++;
    }
    code <<= 1;
  }
}

function fixedTables(): void {
  memory.fill(LENGTHS, 8, 288);
  memory.fill(LENGTHS + 144, 9, 112);
  memory.fill(LENGTHS + 256, 7, 24);
  build(LITERALS, LENGTHS, 288);
  memory.fill(LENGTHS, 5, 30);
  build(DISTANCES, LENGTHS, 30);
}

/** The order in which the lengths of the code for lengths are sent. */
const ORDER = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

function sentTables(): void {
  refill();
  const literals = take(5) + 257;
  const distances = take(5) + 1;
  const sent = take(4) + 4;
  memory.fill(LENGTHS, 0, 19);
  for (let i: u32 = 0; i < sent; i++) {
    refill();
    store<u8>(LENGTHS + load<u8>(ORDER + i), take(3));
  }
  build(LITERALS, LENGTHS, 19);
  for (let i: u32 = 0; i < literals + distances;) {
    refill();
    const symbol = symbolOf(LITERALS);
    if (symbol < 16) {
      store<u8>(LENGTHS + i++, symbol);
      continue;
    }
    const value = symbol == 16 ? load<u8>(LENGTHS + i - 1) : 0;
    const times = symbol == 16 ? 3 + take(2) : symbol == 17 ? 3 + take(3) : 11 + take(7);
    memory.fill(LENGTHS + i, value, times);
    i += times;
  }
  build(LITERALS, LENGTHS, literals);
  build(DISTANCES, LENGTHS + literals, distances);
}

function block(at: usize): usize {
  while (true) {
    refill();
    const symbol = symbolOf(LITERALS);
    if (symbol < 256) {
      store<u8>(at++, symbol);
      continue;
    }
    if (symbol == 256) return at;
    // Lengths: 3 … 10 by themselves, then four to each number of further bits; 258 by itself. Distances: two to each number.
    const step = symbol - 257;
    let width: u64 = step < 8 || step == 28 ? 0 : (step >> 2) - 1;
    const length = step == 28 ? 258 : step < 8 ? step + 3 : (((step & 3) + 4) << (<u32>width)) + 3 + take(width);
    refill();
    const place = symbolOf(DISTANCES);
    width = place < 4 ? 0 : (place >> 1) - 1;
    const distance = place < 4 ? place + 1 : (((place & 1) + 2) << (<u32>width)) + 1 + take(width);
    const end = at + length;
    // Eight at a time, and some behind the end, which come to be written later. The bytes may be among those that are written now.
    if (distance >= 8) for (; at < end; at += 8) store<u64>(at, load<u64>(at - distance));
    else for (; at < end; at++) store<u8>(at, load<u8>(at - distance));
    at = end;
  }
}

function stored(at: usize): usize {
  // Back to the first byte that no bit has been taken of.
  from -= <usize>(count >> 3);
  bits = count = 0;
  const length = <usize>load<u16>(from);
  memory.copy(at, from + 4, length);
  from += 4 + length;
  return at + length;
}

/** What six bits each character of base64 stands for, from "+" on. */
const SEXTETS = memory.data<u8>([
  62, 0, 0, 0, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
  12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 0, 0, 0, 0, 0, 0, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36,
  37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
]);
// @ts-ignore: decorator
@inline
function sextet(at: usize): u32 {
  return load<u8>(SEXTETS - 43 + load<u8>(at));
}

/** Text of base64 to bytes, in their own place, of which they take less. In whole groups of four, without equals signs. */
function decode(text: usize, length: usize): void {
  for (let to = text, end = text + length; text < end; text += 4, to += 3) {
    const first = (sextet(text) << 18) | (sextet(text + 1) << 12);
    const value = first | (sextet(text + 2) << 6) | sextet(text + 3);
    store<u8>(to, value >> 16);
    store<u8>(to, value >> 8, 1);
    store<u8>(to, value, 2);
  }
}

/**
 * Inflates `length` characters of base64 at `text` to the bytes at `to`, which nothing overlaps; returns their end. What is given is
 * whole and right: it is a part of the library.
 */
export function inflate(text: usize, length: usize, to: usize): usize {
  decode(text, length);
  from = text;
  bits = count = 0;
  while (true) {
    refill();
    const isLast = take(1);
    const kind = take(2);
    if (kind == 0) to = stored(to);
    else {
      if (kind == 1) fixedTables();
      else sentTables();
      to = block(to);
    }
    if (isLast) return to;
  }
}
