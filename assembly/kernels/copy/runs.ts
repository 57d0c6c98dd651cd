// Runs: the elements of one row, read with a fixed step and written side by side. An element is its size (1, 4 or 8 bytes).
import { fillRun } from "../fill";

// From here on a call of memory.copy costs less than the loop does.
const LONG_RUN: i32 = 512;

/** dst[i] = src[i · stride] for i < n, exactly n elements written; the stride is in bytes. */
// @ts-ignore: decorator
@inline
export function loadRun<T>(dst: usize, src: usize, stride: i32, n: i32): void {
  if (stride == <i32>sizeof<T>()) copyRun<T>(dst, src, n);
  else if (stride == 0) fillRun<T>(dst, load<T>(src), n);
  else if (stride == -(<i32>sizeof<T>())) reversedRun<T>(dst, src, n);
  else stridedRun<T>(dst, src, stride, n);
}

/** dst[i] = src[i]; the two don't overlap. */
export function copyRun<T>(dst: usize, src: usize, n: i32): void {
  const bytes = n * <i32>sizeof<T>();
  if (bytes >= LONG_RUN) {
    memory.copy(dst, src, <usize>bytes);
    return;
  }
  const end = dst + <usize>bytes;
  for (; dst + 16 <= end; dst += 16, src += 16) v128.store(dst, v128.load(src));
  for (; dst < end; dst += sizeof<T>(), src += sizeof<T>()) store<T>(dst, load<T>(src));
}

/** dst[i] = src[-i]. */
function reversedRun<T>(dst: usize, src: usize, n: i32): void {
  const end = dst + <usize>n * sizeof<T>();
  for (; dst + 16 <= end; dst += 16, src -= 16) v128.store(dst, reversed<T>(v128.load(src + sizeof<T>() - 16)));
  for (; dst < end; dst += sizeof<T>(), src -= sizeof<T>()) store<T>(dst, load<T>(src));
}

// @ts-ignore: decorator
@inline
function reversed<T>(a: v128): v128 {
  if (sizeof<T>() == 8) return v128.shuffle<i64>(a, a, 1, 0);
  if (sizeof<T>() == 4) return v128.shuffle<i32>(a, a, 3, 2, 1, 0);
  return v128.shuffle<i8>(a, a, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
}

export function stridedRun<T>(dst: usize, src: usize, stride: i32, n: i32): void {
  const size = sizeof<T>();
  const end = dst + <usize>n * size;
  const step4 = stride << 2;
  for (; dst + 4 * size <= end; dst += 4 * size) {
    store<T>(dst, load<T>(src));
    store<T>(dst + size, load<T>(src + stride));
    store<T>(dst + 2 * size, load<T>(src + 2 * stride));
    store<T>(dst + 3 * size, load<T>(src + 3 * stride));
    src += step4;
  }
  for (; dst < end; dst += size) {
    store<T>(dst, load<T>(src));
    src += stride;
  }
}

/** dst[i · to] = src[i · from], steps in bytes. */
export function moveRun<T>(dst: usize, to: i32, src: usize, from: i32, n: i32): void {
  for (; n >= 4; n -= 4) {
    store<T>(dst, load<T>(src));
    store<T>(dst + to, load<T>(src + from));
    store<T>(dst + 2 * to, load<T>(src + 2 * from));
    store<T>(dst + 3 * to, load<T>(src + 3 * from));
    dst += to << 2;
    src += from << 2;
  }
  for (; n > 0; --n) {
    store<T>(dst, load<T>(src));
    dst += to;
    src += from;
  }
}

/** Each of the elements `times` times, at most 16 bytes: as whole vectors, of which the next one overwrites what is too much. */
export function repeatElements<T>(dst: usize, src: usize, times: i32, n: i32): void {
  const size = sizeof<T>(),
    step = <usize>times * size;
  const end = dst + <usize>n * step;
  for (; dst + 16 <= end; dst += step, src += size) v128.store(dst, v128.splat<T>(load<T>(src)));
  for (; dst < end; dst += step, src += size) {
    for (let at = dst; at < dst + step; at += size) store<T>(at, load<T>(src));
  }
}
