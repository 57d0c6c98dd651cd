// where(condition, b, c): bytes of the condition widen to lane masks.
import { DType } from "../../abi/opcodes";

/** The masks of 16 / sizeof<T> conditions: 0 - (0 or 1) in each lane. */
// @ts-ignore: decorator
@inline
function laneMask<T>(condition: usize): v128 {
  if (sizeof<T>() == 1) return i8x16.neg(v128.load(condition));
  const words = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load_zero<u32>(condition)));
  if (sizeof<T>() == 4) return i32x4.neg(words);
  return i64x2.neg(i64x2.extend_low_i32x4_u(words));
}

/** The masks of twice as many, of which the lower half is wanted, or the higher. */
// @ts-ignore: decorator
@inline
function narrowMasks<T>(condition: usize): v128 {
  if (sizeof<T>() == 4) return i16x8.neg(v128.load_ext<u8>(condition));
  return i32x4.neg(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load_zero<u32>(condition))));
}
// @ts-ignore: decorator
@inline
function lowMask<T>(masks: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.extend_low_i16x8_s(masks) : i64x2.extend_low_i32x4_s(masks);
}
// @ts-ignore: decorator
@inline
function highMask<T>(masks: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.extend_high_i16x8_s(masks) : i64x2.extend_high_i32x4_s(masks);
}

function whereOf<T>(dst: usize, condition: usize, b: usize, c: usize, n: i32): void {
  const end = dst + <usize>n * sizeof<T>();
  if (sizeof<T>() > 1) {
    while (dst + 16 < end) {
      const masks = narrowMasks<T>(condition);
      const x = v128.bitselect(v128.load(b), v128.load(c), lowMask<T>(masks));
      const y = v128.bitselect(v128.load(b, 16), v128.load(c, 16), highMask<T>(masks));
      v128.store(dst, x);
      v128.store(dst, y, 16);
      dst += 32;
      condition += 32 / sizeof<T>();
      b += 32;
      c += 32;
    }
  }
  while (dst < end) {
    v128.store(dst, v128.bitselect(v128.load(b), v128.load(c), laneMask<T>(condition)));
    dst += 16;
    condition += 16 / sizeof<T>();
    b += 16;
    c += 16;
  }
}

export function runWhere(dtype: i32, dst: usize, condition: usize, b: usize, c: usize, n: i32): void {
  if (dtype == DType.Float64) whereOf<u64>(dst, condition, b, c, n);
  else if (dtype == DType.Bool) whereOf<u8>(dst, condition, b, c, n);
  else whereOf<u32>(dst, condition, b, c, n);
}
