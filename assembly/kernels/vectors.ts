// Vectors of T at addresses: the few operations that simd128 has under another name for each element size.

// @ts-ignore: decorator
@inline
export function splatAt<T>(address: usize): v128 {
  return sizeof<T>() == 4 ? v128.load32_splat(address) : v128.load64_splat(address);
}

/** All bits set in the first `count` < 16 / sizeof T lanes. */
// @ts-ignore: decorator
@inline
export function firstLanes<T>(count: i32): v128 {
  if (sizeof<T>() == 1) {
    return i8x16.lt_s(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<i8>count));
  }
  if (sizeof<T>() == 4) return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
  return i64x2.lt_s(i64x2(0, 1), i64x2.splat(<i64>count));
}

/** Writes the first `count` < 16 / sizeof T lanes. */
// @ts-ignore: decorator
@inline
export function storeFirst<T>(address: usize, value: v128, count: i32): void {
  if (sizeof<T>() == 8) {
    if (count > 0) v128.store64_lane(address, value, 0);
  } else if (count >= 2) {
    v128.store64_lane(address, value, 0);
    if (count == 3) v128.store32_lane(address, value, 2, 8);
  } else if (count == 1) {
    v128.store32_lane(address, value, 0);
  }
}

/** The top bits of the lanes, lane 0 lowest. */
// @ts-ignore: decorator
@inline
export function laneBits<T>(mask: v128): i32 {
  if (sizeof<T>() == 1) return i8x16.bitmask(mask);
  return sizeof<T>() == 4 ? i32x4.bitmask(mask) : i64x2.bitmask(mask);
}

/** a + b·c; of floats in the relaxed build, rounded once where the processor does so at no cost. */
// @ts-ignore: decorator
@inline
export function addProduct<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD && isFloat<T>()) return v128.relaxed_madd<T>(b, c, a);
  return v128.add<T>(a, v128.mul<T>(b, c));
}

/** The sum of the lanes. */
// @ts-ignore: decorator
@inline
export function laneSum<T>(a: v128): T {
  a = v128.add<T>(a, v128.shuffle<i64>(a, a, 1, 0));
  if (sizeof<T>() == 4) a = v128.add<T>(a, v128.shuffle<i32>(a, a, 1, 0, 3, 2));
  return v128.extract_lane<T>(a, 0);
}
