// Unpacks the core: what condensed.ts takes back, of the first part as plain text (scripts/plain-text.mjs), which is there soonest, of the others
// as base64 of LZMA (Igor Pavlov's specification, which is in the public domain), which refers to the parts before. Of functions that are one
// template for several dtypes that makes a third less than deflate does.
// A module by itself, small enough for engines that compile no more than 4 KiB on a page's own thread. As WebAssembly it runs at
// speed from its first byte on; JavaScript that does the same takes some ten times as long, since it starts in an interpreter.

import { GAP, restoreModule } from "./condensed";

// How scripts/lzma.mjs packs: literals are told by the upper four bits of the byte before them, and nothing by its place.
const CONTEXT_BITS: u32 = 4;

// The probabilities of a bit being 0, in units of 2^-11, as u16. They lie behind the compiler's own data, one for each node of a tree
// of bits: that of n bits has its root at 1.
const STATES: usize = 12;
const IS_MATCH: usize = 0x1000;
const IS_REPEATED: usize = IS_MATCH + 2 * STATES;
const IS_NOT_FIRST: usize = IS_REPEATED + 2 * STATES;
const IS_NOT_SECOND: usize = IS_NOT_FIRST + 2 * STATES;
const IS_NOT_THIRD: usize = IS_NOT_SECOND + 2 * STATES;
const IS_LONG: usize = IS_NOT_THIRD + 2 * STATES;
/** Distances: how many bits, by the length; then the bits of short ones, and the last four of long ones. */
const SLOTS: usize = IS_LONG + 2 * STATES;
const SHORT_DISTANCES: usize = SLOTS + 2 * 4 * 64;
const LAST_BITS: usize = SHORT_DISTANCES + 2 * 128;
/** Lengths of matches, and of those at a distance that was there before. */
const LENGTHS: usize = LAST_BITS + 2 * 16;
const LENGTHS_BYTES: usize = 2 * (2 + 8 * 2 + 256);
const REPEATED_LENGTHS: usize = LENGTHS + LENGTHS_BYTES;
const LITERALS: usize = REPEATED_LENGTHS + LENGTHS_BYTES;
const LITERAL_BYTES: usize = 2 * 0x300;
const END: usize = LITERALS + (LITERAL_BYTES << CONTEXT_BITS);
/** The first address that is free for text and bytes, and how many bytes behind a module `unpack` may write. */
export const start: usize = 0x10000;
export const overshoot: usize = GAP;

let range: u32 = 0;
let code: u32 = 0;
/** Where the next byte lies that is read. */
export let from: usize = 0;

// @ts-ignore: decorator
@inline
function refill(): void {
  if (range >> 24) return;
  range <<= 8;
  code = (code << 8) | load<u8>(from++);
}

/** The next bit, of which the probability is at `at` and learns. */
function bit(at: usize): u32 {
  const probability = <u32>load<u16>(at);
  const bound = (range >> 11) * probability;
  const isOne = code >= bound;
  if (isOne) {
    code -= bound;
    range -= bound;
    store<u16>(at, probability - (probability >> 5));
  } else {
    range = bound;
    store<u16>(at, probability + ((2048 - probability) >> 5));
  }
  refill();
  return <u32>isOne;
}
/**
 * From a node of a tree of bits down to the first one that is `end` or more. The same as `bit` for each, but that locals are registers where
 * globals are memory: most bits are read here.
 */
function descend(root: usize, node: u32, end: u32): u32 {
  let width = range;
  let value = code;
  do {
    const at = root + (node << 1);
    const probability = <u32>load<u16>(at);
    const bound = (width >> 11) * probability;
    node <<= 1;
    if (value >= bound) {
      value -= bound;
      width -= bound;
      node |= 1;
      store<u16>(at, probability - (probability >> 5));
    } else {
      width = bound;
      store<u16>(at, probability + ((2048 - probability) >> 5));
    }
    if (!(width >> 24)) {
      width <<= 8;
      value = (value << 8) | load<u8>(from++);
    }
  } while (node < end);
  range = width;
  code = value;
  return node;
}
/** A number of `count` bits, the highest first. */
function tree(root: usize, count: u32): u32 {
  const end: u32 = 1 << count;
  return descend(root, 1, end) - end;
}
/** The same, the lowest first. */
function reversedTree(root: usize, count: u32): u32 {
  let node: u32 = 1;
  let value: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const next = bit(root + (node << 1));
    node = (node << 1) | next;
    value |= next << i;
  }
  return value;
}
/** Bits that are 0 as often as 1. */
function evenBits(count: u32): u32 {
  let value: u32 = 0;
  for (; count > 0; count--) {
    range >>= 1;
    const isOne = code >= range;
    if (isOne) code -= range;
    value = (value << 1) | (<u32>isOne);
    refill();
  }
  return value;
}

/** A byte, of which `before` comes before; after a match it most likely differs from `expected`, the byte that would go on with it. */
function literal(before: u32, expected: u32, afterMatch: bool): u32 {
  const root = LITERALS + <usize>(before >> (8 - CONTEXT_BITS)) * LITERAL_BYTES;
  let node: u32 = 1;
  while (afterMatch && node < 0x100) {
    const other = (expected >> 7) & 1;
    expected <<= 1;
    const next = bit(root + ((((1 + other) << 8) + node) << 1));
    node = (node << 1) | next;
    afterMatch = next == other;
  }
  return node < 0x100 ? descend(root, node, 0x100) : node;
}

function lengthOf(table: usize): u32 {
  if (!bit(table)) return 2 + tree(table + 4, 3);
  if (!bit(table + 2)) return 10 + tree(table + 20, 3);
  return 18 + tree(table + 36, 8);
}

/** How many bytes lie between a match and what it repeats. */
function distanceOf(length: u32): u32 {
  const slot = tree(SLOTS + min<u32>(length - 2, 3) * 128, 6);
  if (slot < 4) return slot;
  const count = (slot >> 1) - 1;
  const base = (2 | (slot & 1)) << count;
  if (slot < 14) return base + reversedTree(SHORT_DISTANCES + ((base - slot) << 1), count);
  return base + (evenBits(count - 4) << 4) + reversedTree(LAST_BITS, 4);
}

/** What characters of base64 stand for, from "+" on. */
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

/** Where the bytes of the next text go. */
let fed: usize = start;
/**
 * Takes `length` characters of base64 at `text`, in whole groups of four without equals signs: the first at `start`, the next behind those that
 * came before. Their bytes lie together in the place of the texts, of which they take less.
 */
export function feed(text: usize, length: usize): void {
  let to = fed;
  for (const end = text + length; text < end; text += 4, to += 3) {
    const first = (sextet(text) << 18) | (sextet(text + 1) << 12);
    const value = first | (sextet(text + 2) << 6) | sextet(text + 3);
    store<u8>(to, value >> 16);
    store<u8>(to, value >> 8, 1);
    store<u8>(to, value, 2);
  }
  fed = to;
}

/** Where the condensed bytes of all parts go, and where the next one goes. */
let begin: usize = 0;
let at: usize = 0;
/** Where the part that was unpacked last ends. */
let done: usize = 0;
// What came last: 0 … 6 a literal, with what came before it; 7 … 11 a match.
let state: u32 = 0;
// The last four distances, less one.
let first: u32 = 0;
let second: u32 = 0;
let third: u32 = 0;
let fourth: u32 = 0;

/** What plain text leaves out of the printable characters, each as its distance from the space. */
const LEFT_OUT = memory.data<u8>([2, 4, 7, 28, 60, 64]);
/** What the others count as. */
const RANKS: usize = IS_MATCH;
/** So many of them stand for a byte alone. */
const SINGLE: u32 = 87;
/** Of the base64 that plain text begins with: the bytes, by how common they are. */
const ORDER_LENGTH: usize = 344;

/**
 * Begins, with the plain text of the first part, of `length` characters. The condensed bytes of all parts go to `to`. The texts are whole and
 * right: a part of the library.
 */
export function open(text: usize, length: usize, to: usize): void {
  begin = at = done = to;
  let rank = 0;
  let skipped: usize = LEFT_OUT;
  for (let i = 0; i < 95; i++) {
    if (load<u8>(skipped) == i) skipped++;
    else store<u8>(RANKS + 32 + i, rank++);
  }
  const end = text + length;
  feed(text, ORDER_LENGTH);
  fed = start;
  for (text += ORDER_LENGTH; text < end;) {
    let index: u32 = load<u8>(RANKS + load<u8>(text++));
    if (index >= SINGLE) index = (index - SINGLE + 1) * SINGLE + load<u8>(RANKS + load<u8>(text++));
    store<u8>(at++, load<u8>(start + index));
  }
}

/**
 * Unpacks the next part, of which all text has been given: the module that is `count` bytes when it is condensed, to `target`. By the way up to
 * `overshoot` bytes are written behind all that is condensed, and behind the module; nothing may overlap.
 */
export function unpack(count: usize, target: usize): void {
  const start = done;
  done += count;
  decompress(done - begin);
  restoreModule(start, done, target);
}

function startDecoder(): void {
  for (let at = IS_MATCH; at < END; at += 2) store<u16>(at, 1024);
  // The first byte is 0, and the next four the highest first.
  from = start + 5;
  code = bswap<u32>(load<u32>(start, 1));
  range = 0xffffffff;
}
/** LZMA alone, until there are `count` bytes of all parts together. */
export function decompress(count: usize): void {
  const end = begin + count;
  if (!from && at < end) startDecoder();
  while (at < end) {
    const inState = state << 1;
    if (!bit(IS_MATCH + inState)) {
      const before: u32 = at > begin ? load<u8>(at - 1) : 0;
      const afterMatch = state > 6;
      store<u8>(at, literal(before, afterMatch ? load<u8>(at - first - 1) : 0, afterMatch));
      at++;
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let length: u32;
    if (!bit(IS_REPEATED + inState)) {
      fourth = third;
      third = second;
      second = first;
      length = lengthOf(LENGTHS);
      first = distanceOf(length);
      state = state < 7 ? 7 : 10;
    } else {
      if (bit(IS_NOT_FIRST + inState)) {
        let distance = second;
        if (bit(IS_NOT_SECOND + inState)) {
          distance = third;
          if (bit(IS_NOT_THIRD + inState)) {
            distance = fourth;
            fourth = third;
          }
          third = second;
        }
        second = first;
        first = distance;
      } else if (!bit(IS_LONG + inState)) {
        store<u8>(at, load<u8>(at - first - 1));
        at++;
        state = state < 7 ? 9 : 11;
        continue;
      }
      length = lengthOf(REPEATED_LENGTHS);
      state = state < 7 ? 8 : 11;
    }
    const distance = first + 1;
    const next = at + length;
    // Eight at a time, and some behind the end, which come to be written later. The bytes may be among those that are written now.
    if (distance >= 8) for (; at < next; at += 8) store<u64>(at, load<u64>(at - distance));
    else for (; at < next; at++) store<u8>(at, load<u8>(at - distance));
    at = next;
  }
}
