// Walking strided views without allocating: coalesced dims, an odometer over them, and what lies where in the kernels' scratch.
//
// A walk (WALK_BYTES in scratch): up to 32 dims and the strides, in elements, of two operands a and b that are walked together.
//   0    i32[32] size
//   128  i32[32] stride of a
//   256  i32[32] stride of b
//   384  i32[32] counter
//   512  i32     offset of a
//   516  i32     offset of b
import { SCRATCH_BYTES } from "../threads/scratch";
import { word, wordBytes } from "../memory/words";

const WALK_BYTES: usize = 528;
const STRIDE_A: usize = 128;
const STRIDE_B: usize = 256;
const COUNTER: usize = 384;
const OFFSET_A: usize = 512;
const OFFSET_B: usize = 516;

// Scratch of the kernels (threads/scratch.ts):
//   0      walk of copyStrided
//   528    walk of loadBlock, also that of gatherDim and scatterAddDim
//   1056   walk over the dims that a reduction keeps
//   1584   walk over the dims that a reduction removes
//   2112   reduction: i32[128], offsets of the rows of a block
//   2624   reduction: stack of partial results, v128[32]
//   3136   reduction: gathered elements, 1024 of at most 8 bytes; also the words of a random draw, the dims of loadPadded
//   11328  reduction: 26 rows (a stack of partial rows) of 256 elements of at most 8 bytes
//   64576  walk over the dims that the lanes of a reduction stand for
//   65104  reduction: results of a tile of lanes, 256 of at most 8 bytes
export const COPY_WALK: usize = 0;
export const LOAD_WALK: usize = 528;
export const KEPT_WALK: usize = 1056;
export const REDUCED_WALK: usize = 1584;
export const ROW_OFFSETS: usize = 2112;
export const PARTIALS: usize = 2624;
export const GATHERED: usize = 3136;
export const PARTIAL_ROWS: usize = 11328;
export const LANE_WALK: usize = 64576;
export const LANE_RESULTS: usize = 65104;
if (LANE_RESULTS + 256 * 8 != SCRATCH_BYTES) ERROR("SCRATCH_BYTES of threads/scratch.ts are not what the kernels use");

/** a / b, rounded up: unsigned, since the sum may pass 2³¹. */
// @ts-ignore: decorator
@inline
export function quotientUp(a: i32, b: i32): i32 {
  return <i32>((<u32>a + <u32>b - 1) / <u32>b);
}

/** Where element `flat`, counted in row-major order of the first `ndim` dims, lies: in elements, as the strides say. */
export function elementAt(flat: i32, ndim: i32, dims: usize, strides: usize): i32 {
  let elements = 0;
  for (let d = ndim - 1; d >= 0; --d) {
    const size = word(dims, d);
    const outer = flat / size;
    elements += (flat - outer * size) * word(strides, d);
    flat = outer;
  }
  return elements;
}

/** Element `d` of an i32 array. */
// @ts-ignore: decorator
@inline
export function at(array: usize, d: i32): i32 {
  return word(array, d);
}

// @ts-ignore: decorator
@inline
export function sizeAt(walk: usize, d: i32): i32 {
  return word(walk, d);
}

// @ts-ignore: decorator
@inline
export function strideA(walk: usize, d: i32): i32 {
  return load<i32>(walk + wordBytes(d), STRIDE_A);
}

// @ts-ignore: decorator
@inline
export function strideB(walk: usize, d: i32): i32 {
  return load<i32>(walk + wordBytes(d), STRIDE_B);
}

// @ts-ignore: decorator
@inline
export function counterAt(walk: usize, d: i32): i32 {
  return load<i32>(walk + wordBytes(d), COUNTER);
}

// @ts-ignore: decorator
@inline
export function setDim(walk: usize, d: i32, size: i32, a: i32, b: i32): void {
  const entry = walk + wordBytes(d);
  store<i32>(entry, size);
  store<i32>(entry, a, STRIDE_A);
  store<i32>(entry, b, STRIDE_B);
}

// @ts-ignore: decorator
@inline
export function offsetA(walk: usize): i32 {
  return load<i32>(walk, OFFSET_A);
}

// @ts-ignore: decorator
@inline
export function offsetB(walk: usize): i32 {
  return load<i32>(walk, OFFSET_B);
}

// @ts-ignore: decorator
@inline
export function placeAt(walk: usize, a: i32, b: i32): void {
  store<i32>(walk, a, OFFSET_A);
  store<i32>(walk, b, OFFSET_B);
}

/**
 * Writes the dims of two operands to `walk`, without those of size 1 and with neighbours merged where both operands step
 * evenly across them; returns how many are left, or -1 when there is no element at all. Order is kept.
 */
export function coalesce(walk: usize, ndim: i32, dims: usize, a: usize, b: usize): i32 {
  let n = 0;
  for (let d = 0; d < ndim; ++d) {
    const size = at(dims, d);
    if (size == 0) return -1;
    if (size != 1) n = appendDim(walk, n, size, at(a, d), at(b, d));
  }
  return n;
}

/** Appends a dim inside of the `n` there are, or merges it with the last of them; returns the new number. */
// @ts-ignore: decorator
@inline
export function appendDim(walk: usize, n: i32, size: i32, a: i32, b: i32): i32 {
  if (n > 0 && strideA(walk, n - 1) == size * a && strideB(walk, n - 1) == size * b) {
    setDim(walk, n - 1, sizeAt(walk, n - 1) * size, a, b);
    return n;
  }
  setDim(walk, n, size, a, b);
  return n + 1;
}

/** Merges neighbours among the `n` dims of a walk; returns how many are left. */
export function merged(walk: usize, n: i32): i32 {
  let left = 0;
  for (let d = 0; d < n; ++d) left = appendDim(walk, left, sizeAt(walk, d), strideA(walk, d), strideB(walk, d));
  return left;
}

/** Takes dim `d` out of a walk of `n` dims. */
export function removeDim(walk: usize, n: i32, d: i32): void {
  for (let e = d + 1; e < n; ++e) setDim(walk, e - 1, sizeAt(walk, e), strideA(walk, e), strideB(walk, e));
}

/** Number of elements of the first `n` dims. */
export function walkLength(walk: usize, n: i32): i32 {
  let length = 1;
  for (let d = 0; d < n; ++d) length *= sizeAt(walk, d);
  return length;
}

/** Sets the odometer of the first `n` dims to the row-major position `start`. */
export function seek(walk: usize, n: i32, start: i32): void {
  let a = 0;
  let b = 0;
  let rest = start;
  for (let d = n - 1; d >= 0; --d) {
    let count = 0;
    if (rest != 0) {
      const size = sizeAt(walk, d);
      const quotient = rest / size;
      count = rest - quotient * size;
      rest = quotient;
      a += count * strideA(walk, d);
      b += count * strideB(walk, d);
    }
    store<i32>(walk + wordBytes(d), count, COUNTER);
  }
  placeAt(walk, a, b);
}

/** Steps the odometer of the first `n` dims; false after the last position (it then stands at the first again). */
export function step(walk: usize, n: i32): bool {
  let a = offsetA(walk);
  let b = offsetB(walk);
  let more = false;
  for (let d = n - 1; d >= 0; --d) {
    const count = counterAt(walk, d) + 1;
    const size = sizeAt(walk, d);
    a += strideA(walk, d);
    b += strideB(walk, d);
    if (count < size) {
      store<i32>(walk + wordBytes(d), count, COUNTER);
      more = true;
      break;
    }
    store<i32>(walk + wordBytes(d), 0, COUNTER);
    a -= size * strideA(walk, d);
    b -= size * strideB(walk, d);
  }
  placeAt(walk, a, b);
  return more;
}
