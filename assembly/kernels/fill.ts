// Constant and arithmetic sequences, contiguous.
import { DType } from "../abi/opcodes";
import { longBytes, setWord, wordBytes } from "../memory/words";

export function fill(dtype: i32, dst: usize, value: f64, n: i32): void {
  if (n <= 0) return;
  if (dtype == DType.Float32) fillRun<f32>(dst, <f32>value, n);
  else if (dtype == DType.Float64) fillRun<f64>(dst, value, n);
  else if (dtype == DType.Int32) fillRun<i32>(dst, <i32>value, n);
  else memory.fill(dst, <u8>(value != 0), <usize>n);
}

/** n elements of one value at dst. */
@unmanaged
export class Fill {
  dtype: i32;
  /** Bytes of an element. */
  esize: i32;
  dst: usize;
  n: i32;
  value: f64;
}
/** Elements of a part: about 100 µs. */
const FILL_PART: i32 = 1 << 18;

export function fillParts(job: Fill): i32 {
  return <i32>((<u32>job.n + FILL_PART - 1) / FILL_PART);
}
export function fillPart(job: Fill, part: i32): void {
  const first = part * FILL_PART;
  fill(job.dtype, job.dst + <usize>first * job.esize, job.value, min(FILL_PART, job.n - first));
}

/** dst[0 … n-1] = value, exactly n elements. */
export function fillRun<T>(dst: usize, value: T, n: i32): void {
  const end = dst + <usize>n * sizeof<T>();
  const vector = v128.splat<T>(value);
  for (; dst + 64 <= end; dst += 64) {
    v128.store(dst, vector);
    v128.store(dst, vector, 16);
    v128.store(dst, vector, 32);
    v128.store(dst, vector, 48);
  }
  for (; dst + 16 <= end; dst += 16) v128.store(dst, vector);
  if (n >= <i32>(16 / sizeof<T>())) {
    if (dst < end) v128.store(end - 16, vector);
  } else {
    for (; dst < end; dst += sizeof<T>()) store<T>(dst, value);
  }
}

/** dst[i] = start + i · step, each computed in float64 so that errors do not add up. */
export function iota(dtype: i32, dst: usize, start: f64, step: f64, n: i32): void {
  if (dtype == DType.Float32) {
    let i = f64x2(0, 1);
    const two = f64x2.splat(2);
    const end = dst + wordBytes(n);
    for (; dst + 16 <= end; dst += 16) {
      const next = f64x2.add(i, two);
      const low = f32x4.demote_f64x2_zero(ramp(i, start, step));
      v128.store(dst, v128.shuffle<i64>(low, f32x4.demote_f64x2_zero(ramp(next, start, step)), 0, 2));
      i = f64x2.add(next, two);
    }
    for (let k = n & ~3; dst < end; dst += 4, ++k) store<f32>(dst, <f32>(start + k * step));
  } else if (dtype == DType.Float64) {
    let i = f64x2(0, 1);
    const end = dst + longBytes(n);
    for (; dst + 16 <= end; dst += 16, i = f64x2.add(i, f64x2.splat(2))) v128.store(dst, ramp(i, start, step));
    if (dst < end) store<f64>(dst, start + (n - 1) * step);
  } else if (dtype == DType.Int32) {
    if (isInt32(start) && isInt32(step) && isInt32(start + step * n)) integerRamp(dst, <i32>start, <i32>step, n);
    else for (let i = 0; i < n; ++i) setWord(dst, i, <i32>(start + i * step));
  } else {
    for (let i = 0; i < n; ++i) store<u8>(dst + i, <u8>(start + i * step != 0));
  }
}

// @ts-ignore: decorator
@inline
function ramp(i: v128, start: f64, step: f64): v128 {
  return f64x2.add(f64x2.splat(start), f64x2.mul(i, f64x2.splat(step)));
}

function isInt32(x: f64): bool {
  return x == Math.trunc(x) && abs(x) <= 2147483647;
}

function integerRamp(dst: usize, start: i32, step: i32, n: i32): void {
  const end = dst + wordBytes(n);
  let x = i32x4.add(i32x4.splat(start), i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(step)));
  const four = i32x4.splat(step << 2);
  for (; dst + 16 <= end; dst += 16, x = i32x4.add(x, four)) v128.store(dst, x);
  for (let k = n & ~3; dst < end; dst += 4, ++k) store<i32>(dst, start + k * step);
}
