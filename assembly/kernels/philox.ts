// Random numbers from a counter: Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3, SC
// 2011). Element `index` of a draw depends on (seed, index) and its distribution alone: not on the shape, on how the work is
// split, or on what was drawn before.
//
//      key      seed                                        the four words of a block belong to its four elements;
//      counter  ┌─────────────────┬────────┬────────┐       each has 64 bits: the high word from an even stream,
//               │ index / 4 (u64) │ stream │ 0      │       the low one from the stream after it
//               └─────────────────┴────────┴────────┘
//
// Each distribution has streams of its own, so that no bit is used twice when draws of several kinds follow each other.
import { DType, Distribution } from "../abi/opcodes";

/** The four words for a 128-bit counter (low, high) and a key, stored at dst. */
export function philox(dst: usize, low: u64, high: u64, key: u64): void {
  let a = <u32>low,
    b = <u32>(low >> 32),
    c = <u32>high,
    d = <u32>(high >> 32),
    k0 = <u32>key,
    k1 = <u32>(key >> 32);
  for (let round = 0; round < 10; round++) {
    const left = <u64>a * 0xd2511f53,
      right = <u64>c * 0xcd9e8d57;
    a = (<u32>(right >> 32)) ^ b ^ k0;
    b = <u32>right;
    c = (<u32>(left >> 32)) ^ d ^ k1;
    d = <u32>left;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  store<u32>(dst, a);
  store<u32>(dst, b, 4);
  store<u32>(dst, c, 8);
  store<u32>(dst, d, 12);
}

// The block at hand: its high words, then its low words.
const words: usize = memory.data(32, 16);

// Element `lane` of the block as 64 bits.
@inline
function bits(lane: u32): u64 {
  const at = words + ((<usize>lane) << 2);
  return ((<u64>load<u32>(at)) << 32) | load<u32>(at, 16);
}
@inline
function fillBlock(block: u64, stream: u32, seed: u64): void {
  philox(words, block, stream, seed);
  philox(words + 16, block, stream + 1, seed);
}

/** ⌊x / 2⁶⁴ · range⌋: each value of 0 … range-1 with a probability that is off by less than 2⁻⁶⁴. */
@inline
function below(x: u64, range: u32): u32 {
  return <u32>(((x >> 32) * range + (((x & 0xffffffff) * range) >> 32)) >> 32);
}

/** `count` elements from `index` on; `low` and `range` are those of integers. */
export function draw(
  distribution: i32,
  dtype: i32,
  dst: usize,
  seed: u64,
  index: u64,
  count: i32,
  low: i32,
  range: u32,
): void {
  if (distribution == Distribution.Uniform) {
    if (dtype == DType.Float32) uniform32(dst, seed, index, count);
    else uniform64(dst, seed, index, count);
  } else if (distribution == Distribution.Normal) {
    if (dtype == DType.Float32) normal<f32>(dst, seed, index, count);
    else normal<f64>(dst, seed, index, count);
  } else if (distribution == Distribution.Integer) integers(dst, seed, index, count, low, range);
  else permutation(dst, seed, index, count);
}

// The 24 highest bits: a float32 draw is the float64 draw of the same index, cut off.
function uniform32(dst: usize, seed: u64, index: u64, count: i32): void {
  for (let i = 0; i < count; i++, index++) {
    if (!i || !(index & 3)) philox(words, index >> 2, Distribution.Uniform, seed);
    const word = load<u32>(words + (((<usize>index) & 3) << 2));
    store<f32>(dst + ((<usize>i) << 2), <f32>(word >> 8) * <f32>5.9604644775390625e-8);
  }
}
function uniform64(dst: usize, seed: u64, index: u64, count: i32): void {
  for (let i = 0; i < count; i++, index++) {
    if (!i || !(index & 3)) fillBlock(index >> 2, Distribution.Uniform, seed);
    store<f64>(dst + ((<usize>i) << 3), <f64>(bits((<u32>index) & 3) >> 11) * 1.1102230246251565e-16);
  }
}

// Box and Muller: two uniform numbers are the radius and the angle of two normal ones. In float64 with AssemblyScript's
// logarithm and sines, plain code that gives the same bits everywhere; tails reach to 8.5 deviations.
function normal<T>(dst: usize, seed: u64, index: u64, count: i32): void {
  for (let i = 0; i < count;) {
    const lane = (<u32>index) & 2;
    if (!i || !lane) fillBlock(index >> 2, Distribution.Normal, seed);
    // 1 … 2⁵³ rather than 0 … 2⁵³ - 1: the logarithm of 0 is none
    const radius = Math.sqrt(-2 * Math.log(<f64>((bits(lane) >> 11) + 1) * 1.1102230246251565e-16));
    const angle = <f64>(bits(lane + 1) >> 11) * (1.1102230246251565e-16 * 2 * Math.PI);
    if (!(index & 1)) {
      store<T>(dst + <usize>i * sizeof<T>(), <T>(radius * Math.cos(angle)));
      i++;
      index++;
    }
    if (i < count) {
      store<T>(dst + <usize>i * sizeof<T>(), <T>(radius * Math.sin(angle)));
      i++;
      index++;
    }
  }
}

function integers(dst: usize, seed: u64, index: u64, count: i32, low: i32, range: u32): void {
  for (let i = 0; i < count; i++, index++) {
    if (!i || !(index & 3)) fillBlock(index >> 2, Distribution.Integer, seed);
    store<i32>(dst + ((<usize>i) << 2), low + <i32>below(bits((<u32>index) & 3), range));
  }
}

// Fisher and Yates from the front: what has come to place i is swapped with one of the places 0 … i.
function permutation(dst: usize, seed: u64, index: u64, count: i32): void {
  for (let i = 0; i < count; i++, index++) {
    if (!i || !(index & 3)) fillBlock(index >> 2, Distribution.Permutation, seed);
    const other = dst + ((<usize>below(bits((<u32>index) & 3), i + 1)) << 2);
    const here = dst + ((<usize>i) << 2);
    store<i32>(here, i);
    const moved = load<i32>(other);
    store<i32>(other, i);
    store<i32>(here, moved);
  }
}
