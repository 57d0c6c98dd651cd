// Keys: integers in the order in which torch sorts, NaN above everything and equal to itself, −0 equal to 0. `flip`, all ones
// for a descending sort and zero else, turns the order round while equal elements stay equal, so the sort stays stable.

/** The order of T as unsigned integers of 32 or 64 bits, for elements of 4 or 8 bytes. */
// @ts-ignore: decorator
@inline
export function key32<T>(address: usize): u32 {
  if (!isFloat<T>()) return load<u32>(address) ^ 0x80000000;
  // Adding 0 makes 0 of −0.
  const bits = reinterpret<u32>(load<f32>(address) + <f32>0);
  const key = bits ^ ((<u32>((<i32>bits) >> 31)) | 0x80000000);
  return (bits & 0x7fffffff) > 0x7f800000 ? u32.MAX_VALUE : key;
}

// @ts-ignore: decorator
@inline
export function key64<T>(address: usize): u64 {
  if (!isFloat<T>()) return load<u64>(address) ^ 0x8000000000000000;
  const bits = reinterpret<u64>(load<f64>(address) + 0);
  const key = bits ^ ((<u64>((<i64>bits) >> 63)) | 0x8000000000000000);
  return (bits & 0x7fffffffffffffff) > 0x7ff0000000000000 ? u64.MAX_VALUE : key;
}

/** The same order as signed integers as wide as T, K. */
// @ts-ignore: decorator
@inline
export function signedKey<T, K>(address: usize, flip: i32): K {
  if (sizeof<T>() == 4) return <K>((<i32>(key32<T>(address) ^ 0x80000000)) ^ flip);
  return <K>((<i64>(key64<T>(address) ^ 0x8000000000000000)) ^ (<i64>flip));
}

/** The same in lanes. */
// @ts-ignore: decorator
@inline
export function keyLanes<T>(x: v128): v128 {
  if (!isFloat<T>()) return x;
  if (sizeof<T>() == 4) {
    const bits = f32x4.add(x, f32x4.splat(0));
    const magnitude = i32x4.splat(0x7fffffff);
    const key = v128.xor(bits, v128.and(i32x4.shr_s(bits, 31), magnitude));
    return v128.bitselect(magnitude, key, f32x4.ne(x, x));
  }
  const bits = f64x2.add(x, f64x2.splat(0));
  const magnitude = i64x2.splat(0x7fffffffffffffff);
  const key = v128.xor(bits, v128.and(i64x2.shr_s(bits, 63), magnitude));
  return v128.bitselect(magnitude, key, f64x2.ne(x, x));
}

/** Signed keys of n elements, in whole vectors: up to 12 bytes behind them are written too. */
// @ts-ignore: decorator
@inline
export function loadKeys<T>(keys: usize, src: usize, n: i32, flip: i32): void {
  const mask = i32x4.splat(flip);
  const end = keys + <usize>n * sizeof<T>();
  for (; keys < end; keys += 16, src += 16) v128.store(keys, v128.xor(keyLanes<T>(v128.load(src)), mask));
}
