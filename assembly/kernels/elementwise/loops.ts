// The loops of the elementwise kernels. F is an op class: a type with an inlined method and no state, called on a null
// reference, so that the method is compiled into the loop. Whole vectors are read and written up to n elements rounded up to 16
// bytes (see index.ts for what callers guarantee).

/** dst = f(a); F has `apply<T>(x: v128): v128`. */
export function map1<F, T>(dst: usize, a: usize, n: i32): void {
  const end = dst + <usize>n * sizeof<T>();
  while (dst < end) {
    v128.store(dst, changetype<F>(0).apply<T>(v128.load(a)));
    dst += 16;
    a += 16;
  }
}

/** dst = f(a, b); F has `apply<T>(a: v128, b: v128): v128`. */
export function map2<F, T>(dst: usize, a: usize, b: usize, n: i32): void {
  const end = dst + <usize>n * sizeof<T>();
  while (dst < end) {
    v128.store(dst, changetype<F>(0).apply<T>(v128.load(a), v128.load(b)));
    dst += 16;
    a += 16;
    b += 16;
  }
}

/** dst = f(a) one by one; F has `scalar(x: f64): f64`, T is f32 or f64. */
export function mapScalar1<F, T>(dst: usize, a: usize, n: i32): void {
  const end = dst + <usize>n * sizeof<T>();
  while (dst < end) {
    store<T>(dst, <T>changetype<F>(0).scalar(<f64>load<T>(a)));
    dst += sizeof<T>();
    a += sizeof<T>();
  }
}

/** dst = f(a, b) one by one; F has `scalar(a: f64, b: f64): f64`, T is f32 or f64. */
export function mapScalar2<F, T>(dst: usize, a: usize, b: usize, n: i32): void {
  const end = dst + <usize>n * sizeof<T>();
  while (dst < end) {
    store<T>(dst, <T>changetype<F>(0).scalar(<f64>load<T>(a), <f64>load<T>(b)));
    dst += sizeof<T>();
    a += sizeof<T>();
    b += sizeof<T>();
  }
}

/** dst = f(a, b) one by one over int32; F has `int(a: i32, b: i32): i32`. */
export function mapInt2<F>(dst: usize, a: usize, b: usize, n: i32): void {
  const end = dst + ((<usize>n) << 2);
  while (dst < end) {
    store<i32>(dst, changetype<F>(0).int(load<i32>(a), load<i32>(b)));
    dst += 4;
    a += 4;
    b += 4;
  }
}

/**
 * Bools of sixteen elements of T at a time; F has `mask<T>(a: v128, b: v128): v128` giving all-ones lanes. Reads at most
 * 15 elements (120 bytes) past the operands.
 */
export function mapMask<F, T>(dst: usize, a: usize, b: usize, n: i32): void {
  const end = dst + <usize>n;
  while (dst < end) {
    let mask: v128;
    if (sizeof<T>() == 1) {
      mask = changetype<F>(0).mask<T>(v128.load(a), v128.load(b));
    } else {
      const low = i16x8.narrow_i32x4_s(mask4<F, T>(a, b, 0), mask4<F, T>(a, b, 1));
      const high = i16x8.narrow_i32x4_s(mask4<F, T>(a, b, 2), mask4<F, T>(a, b, 3));
      mask = i8x16.narrow_i16x8_s(low, high);
    }
    v128.store(dst, v128.and(mask, i8x16.splat(1)));
    dst += 16;
    a += 16 * sizeof<T>();
    b += 16 * sizeof<T>();
  }
}

/** The masks of the elements 4·index … 4·index + 3 as four 32-bit lanes. */
// @ts-ignore: decorator
@inline
function mask4<F, T>(a: usize, b: usize, index: usize): v128 {
  const at = index * 4 * sizeof<T>();
  const low = changetype<F>(0).mask<T>(v128.load(a + at), v128.load(b + at));
  if (sizeof<T>() == 4) return low;
  const high = changetype<F>(0).mask<T>(v128.load(a + at, 16), v128.load(b + at, 16));
  return v128.shuffle<i32>(low, high, 0, 2, 4, 6);
}
