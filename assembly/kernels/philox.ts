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
// Four blocks are computed at once: a group of 16 elements. Only operations that round alike everywhere are used, so that all
// machines draw the same numbers.
import { DType, Distribution } from "../abi/opcodes";
import { plainLog, QUARTER_TURN, sineOfTurn } from "./math/plain";
import { storeFirst } from "./vectors";
import { GATHERED } from "./strided";
import { kernelScratch } from "../threads/scratch";
import { longBytes, setWord, wordBytes } from "../memory/words";

const GROUP: i32 = 16;
// The group at hand has a reduction's place in the scratch: the elements' high words, and 64 bytes on their low ones.
const LOW_WORDS: usize = 64;

// The high words of the products of unsigned 32-bit lanes.
@inline
function highProduct(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(v128.extmul_low<u32>(a, b), v128.extmul_high<u32>(a, b), 1, 3, 5, 7);
}

/** The words for the 128-bit counters (low, high) … (low + 3, high) and a key, one after the other; low is a multiple of 4. */
export function philox(dst: usize, low: u64, high: u64, key: u64): void {
  const left = i32x4.splat(0xd2511f53),
    right = i32x4.splat(0xcd9e8d57);
  let a = v128.or(i32x4.splat(<i32>low), i32x4(0, 1, 2, 3)),
    b = i32x4.splat(<i32>(low >> 32)),
    c = i32x4.splat(<i32>high),
    d = i32x4.splat(<i32>(high >> 32)),
    k0 = <i32>key,
    k1 = <i32>(key >> 32);
  for (let round = 0; round < 10; round++) {
    const fromRight = v128.xor(v128.xor(highProduct(c, right), b), i32x4.splat(k0));
    const fromLeft = v128.xor(v128.xor(highProduct(a, left), d), i32x4.splat(k1));
    b = i32x4.mul(c, right);
    d = i32x4.mul(a, left);
    a = fromRight;
    c = fromLeft;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5),
    cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5),
    abEnd = v128.shuffle<i32>(a, b, 2, 6, 3, 7),
    cdEnd = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(dst, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(dst, v128.shuffle<i64>(ab, cd, 1, 3), 16);
  v128.store(dst, v128.shuffle<i64>(abEnd, cdEnd, 0, 2), 32);
  v128.store(dst, v128.shuffle<i64>(abEnd, cdEnd, 1, 3), 48);
}

// Lane `lane` of the group as 64 bits.
@inline
function bits(words: usize, lane: i32): u64 {
  const at = words + wordBytes(lane);
  return ((<u64>load<u32>(at)) << 32) | load<u32>(at, LOW_WORDS);
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
  const words = kernelScratch + GATHERED;
  const bytes: isize = dtype == DType.Float64 ? 8 : 4;
  for (let i = 0; i < count;) {
    const from = (<i32>index) & (GROUP - 1),
      end = min(GROUP, from + count - i),
      first = i - from; // the element that lane 0 is, or would be
    const block = (index - from) >> 2,
      base = dst + <isize>first * bytes;
    philox(words, block, distribution, seed);
    if (distribution == Distribution.Uniform && dtype == DType.Float32) uniform32(words, base, from, end);
    else {
      philox(words + LOW_WORDS, block, distribution + 1, seed);
      if (distribution == Distribution.Uniform) uniform64(words, base, from, end);
      else if (distribution == Distribution.Normal) {
        if (dtype == DType.Float32) normal<f32>(words, base, from, end);
        else normal<f64>(words, base, from, end);
      } else if (distribution == Distribution.Integer) integers(words, base, from, end, low, range);
      else permutation(words, dst, first, from, end);
    }
    i += end - from;
    index += end - from;
  }
}

// The 24 highest bits: a float32 draw is the float64 draw of the same index, cut off.
function uniform32(words: usize, base: usize, from: i32, end: i32): void {
  for (let lane = from; lane < end; lane += 4) {
    const at = wordBytes(lane);
    const high24 = i32x4.shr_u(v128.load(words + at), 8);
    const value = f32x4.mul(f32x4.convert_i32x4_u(high24), f32x4.splat(5.9604644775390625e-8));
    if (end - lane >= 4) v128.store(base + at, value);
    else storeFirst<f32>(base + at, value, end - lane);
  }
}
// The 53 highest bits; the sum of their two parts is exact.
function uniform64(words: usize, base: usize, from: i32, end: i32): void {
  for (let lane = from; lane < end; lane += 2) {
    const at = words + wordBytes(lane);
    const high = f64x2.convert_low_i32x4_u(v128.load64_zero(at)),
      low = f64x2.convert_low_i32x4_u(i32x4.shr_u(v128.load64_zero(at, LOW_WORDS), 11));
    const value = f64x2.add(
      f64x2.mul(high, f64x2.splat(2.3283064365386963e-10)),
      f64x2.mul(low, f64x2.splat(1.1102230246251565e-16)),
    );
    const to = base + longBytes(lane);
    if (end - lane >= 2) v128.store(to, value);
    else storeFirst<f64>(to, value, 1);
  }
}

// Box and Muller: two uniform numbers are the radius and the angle of two normal ones. In float64, by functions that give the same
// bits everywhere; tails reach to 8.5 deviations.
function normal<T>(words: usize, base: usize, from: i32, end: i32): void {
  for (let lane = from & ~1; lane < end; lane += 2) {
    // 1 … 2⁵³ rather than 0 … 2⁵³ - 1: the logarithm of 0 is none
    const radius = sqrt(-2 * plainLog(<f64>((bits(words, lane) >> 11) + 1) * 1.1102230246251565e-16));
    const turn = bits(words, lane + 1) >> 11;
    const to = base + <usize>lane * sizeof<T>();
    if (lane >= from) store<T>(to, <T>(radius * sineOfTurn(turn + QUARTER_TURN)));
    if (lane + 1 < end) store<T>(to, <T>(radius * sineOfTurn(turn)), sizeof<T>());
  }
}

function integers(words: usize, base: usize, from: i32, end: i32, low: i32, range: u32): void {
  for (let lane = from; lane < end; lane++) {
    setWord(base, lane, low + <i32>below(bits(words, lane), range));
  }
}

// Fisher and Yates from the front: what has come to place i is swapped with one of the places 0 … i.
function permutation(words: usize, dst: usize, first: i32, from: i32, end: i32): void {
  for (let lane = from; lane < end; lane++) {
    const i = first + lane;
    const here = dst + wordBytes(i);
    const other = dst + wordBytes(below(bits(words, lane), i + 1));
    store<i32>(here, i);
    const moved = load<i32>(other);
    store<i32>(other, i);
    store<i32>(here, moved);
  }
}
