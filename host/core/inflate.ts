// Decompression of a DEFLATE stream (RFC 1951). Browsers have an asynchronous one alone, and loading is synchronous.

/** A canonical Huffman code. */
interface Code {
  /** By the next FAST_BITS bits: symbol · 16 + length of the word they begin with, or 0 where it is longer. */
  fast: Uint16Array;
  /** How many words there are of each length, and the symbols in the order of their words. */
  counts: Uint16Array;
  symbols: Uint16Array;
}

const MAX_BITS = 15;
const FAST_BITS = 9;
const END_OF_BLOCK = 256;
/** The order in which lengths of the code of code lengths are sent. */
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function codeOf(lengths: ArrayLike<number>): Code {
  const counts = new Uint16Array(MAX_BITS + 1);
  for (let i = 0; i < lengths.length; i++) counts[lengths[i]!]!++;
  counts[0] = 0;
  const nextIndex = new Uint16Array(MAX_BITS + 2);
  const nextWord = new Uint16Array(MAX_BITS + 2);
  for (let bits = 1; bits <= MAX_BITS; bits++) {
    nextIndex[bits + 1] = nextIndex[bits]! + counts[bits]!;
    nextWord[bits + 1] = (nextWord[bits]! + counts[bits]!) << 1;
  }
  const symbols = new Uint16Array(lengths.length);
  const fast = new Uint16Array(1 << FAST_BITS);
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i]!;
    if (!length) continue;
    symbols[nextIndex[length]!++] = i;
    const word = nextWord[length]!++;
    if (length > FAST_BITS) continue;
    // The first bit of a word is its highest, and the lowest of what is held.
    let reversed = 0;
    for (let bit = 0; bit < length; bit++) reversed |= ((word >> bit) & 1) << (length - 1 - bit);
    for (let at = reversed; at < fast.length; at += 1 << length) fast[at] = (i << 4) | length;
  }
  return { fast, counts, symbols };
}

/** The first value and the extra bits of each symbol, where `perStep` symbols share their number of extra bits. */
function ranges(count: number, start: number, perStep: number): [bases: number[], extras: number[]] {
  const bases: number[] = [];
  const extras: number[] = [];
  for (let i = 0, base = start; i < count; i++) {
    const extra = Math.max(0, Math.floor(i / perStep) - 1);
    bases.push(base);
    extras.push(extra);
    base += 2 ** extra;
  }
  return [bases, extras];
}

/** The `length` bytes that a stream stands for. The stream is trusted: it comes with the library. */
export function inflate(stream: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(length);
  const [lengthBases, lengthExtras] = ranges(28, 3, 4);
  lengthBases.push(258);
  lengthExtras.push(0);
  const [distanceBases, distanceExtras] = ranges(30, 1, 2);
  let at = 0;
  let written = 0;
  let held = 0;
  let heldBits = 0;

  // Bytes beyond the end count as 0.
  function fill(count: number): void {
    for (; heldBits < count; heldBits += 8) held |= stream[at++]! << heldBits;
  }
  function bits(count: number): number {
    fill(count);
    const value = held & ((1 << count) - 1);
    held >>>= count;
    heldBits -= count;
    return value;
  }
  function symbol({ fast, counts, symbols }: Code): number {
    fill(MAX_BITS);
    const entry = fast[held & ((1 << FAST_BITS) - 1)]!;
    if (entry) {
      held >>>= entry & 15;
      heldBits -= entry & 15;
      return entry >> 4;
    }
    // Words of one length are consecutive numbers: `word` counts from the first of the present length.
    let word = 0;
    let index = 0;
    for (let bit = 1; ; bit++) {
      word |= bits(1);
      const count = counts[bit]!;
      if (word < count) return symbols[index + word]!;
      index += count;
      word = (word - count) << 1;
    }
  }
  function dynamicCodes(): [Code, Code] {
    const literals = bits(5) + 257;
    const distances = bits(5) + 1;
    const sent = bits(4) + 4;
    const lengths = new Uint8Array(19);
    for (let i = 0; i < sent; i++) lengths[LENGTH_ORDER[i]!] = bits(3);
    const lengthCode = codeOf(lengths);
    const all = new Uint8Array(literals + distances);
    for (let i = 0; i < all.length;) {
      const each = symbol(lengthCode);
      if (each < 16) all[i++] = each;
      else {
        const value = each === 16 ? all[i - 1]! : 0;
        const repeat = each === 16 ? 3 + bits(2) : each === 17 ? 3 + bits(3) : 11 + bits(7);
        all.fill(value, i, (i += repeat));
      }
    }
    return [codeOf(all.subarray(0, literals)), codeOf(all.subarray(literals))];
  }
  function fixedCodes(): [Code, Code] {
    const lengths = new Uint8Array(288).fill(8).fill(9, 144, 256).fill(7, 256, 280);
    return [codeOf(lengths), codeOf(new Uint8Array(30).fill(5))];
  }
  function stored(): void {
    // The block begins at a whole byte: those that are held and not begun go back.
    at -= heldBits >> 3;
    held = heldBits = 0;
    const size = stream[at]! | (stream[at + 1]! << 8);
    out.set(stream.subarray(at + 4, at + 4 + size), written);
    at += 4 + size;
    written += size;
  }
  function compressed([literals, distances]: [Code, Code]): void {
    for (let each = symbol(literals); each !== END_OF_BLOCK; each = symbol(literals)) {
      if (each < END_OF_BLOCK) {
        out[written++] = each;
        continue;
      }
      const count = lengthBases[each - 257]! + bits(lengthExtras[each - 257]!);
      const code = symbol(distances);
      const distance = distanceBases[code]! + bits(distanceExtras[code]!);
      // What is copied may overlap with what is written.
      for (const end = written + count; written < end; written++) out[written] = out[written - distance]!;
    }
  }

  for (let last = 0; !last;) {
    last = bits(1);
    const kind = bits(2);
    if (kind === 0) stored();
    else compressed(kind === 1 ? fixedCodes() : dynamicCodes());
  }
  return out;
}
