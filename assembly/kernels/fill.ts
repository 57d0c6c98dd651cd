// Constant and arithmetic sequences, contiguous.
import { DType } from "../abi/opcodes";

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
  for (; dst < end; dst += sizeof<T>()) store<T>(dst, value);
}

/** dst[i] = start + i · step, each computed in float64 so that errors do not add up. */
export function iota(dtype: i32, dst: usize, start: f64, step: f64, n: i32): void {
  if (dtype == DType.Float32) for (let i = 0; i < n; ++i) store<f32>(dst + ((<usize>i) << 2), <f32>(start + i * step));
  else if (dtype == DType.Float64) for (let i = 0; i < n; ++i) store<f64>(dst + ((<usize>i) << 3), start + i * step);
  else if (dtype == DType.Int32)
    for (let i = 0; i < n; ++i) store<i32>(dst + ((<usize>i) << 2), <i32>(start + i * step));
  else for (let i = 0; i < n; ++i) store<u8>(dst + i, <u8>(start + i * step != 0));
}
