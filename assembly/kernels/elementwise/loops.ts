// The loops of the elementwise kernels. F is an op class: a type with inlined methods and no state, called on a null
// reference, so that the method is compiled into the loop. Whole vectors are read and written up to n elements rounded up to 16
// bytes (see index.ts for what callers guarantee).
//
// Two vectors an iteration, and both computed before either is stored: then their constants are loaded once.
import { wordBytes } from "../../memory/words";

/** dst = f(a); F has `apply<T>(x: v128): v128`. For functions of a few instructions. */
export function map1<F, T>(dst: usize, a: usize, n: i32): void {
  const end = dst + <usize>n * sizeof<T>();
  while (dst + 16 < end) {
    const x = changetype<F>(0).apply<T>(v128.load(a));
    const y = changetype<F>(0).apply<T>(v128.load(a, 16));
    v128.store(dst, x);
    v128.store(dst, y, 16);
    dst += 32;
    a += 32;
  }
  if (dst < end) v128.store(dst, changetype<F>(0).apply<T>(v128.load(a)));
}

/** The same for longer functions, which are compiled in only twice. */
export function mapLong1<F, T>(dst: usize, a: usize, n: i32): void {
  const end = dst + <usize>n * sizeof<T>();
  while (dst < end) {
    const isPair = dst + 16 < end;
    const x = changetype<F>(0).apply<T>(v128.load(a));
    const y = changetype<F>(0).apply<T>(v128.load(second(a, isPair)));
    v128.store(dst, x);
    if (isPair) v128.store(dst, y, 16);
    dst += 32;
    a += 32;
  }
}

/** Where the second vector of a pair is; the first one again where there is none, so that nothing depends on what lies behind. */
// @ts-ignore: decorator
@inline
function second(a: usize, isPair: bool): usize {
  return select<usize>(a + 16, a, isPair);
}

/**
 * dst = f(a) for functions that treat some arguments apart: `isSpecial<T>(x: v128): v128` masks them, `special<T>(x: v128): v128` is right
 * for every argument and gives the others the same bits as `apply`.
 */
export function mapGuarded1<F, T>(dst: usize, a: usize, n: i32): void {
  const end = dst + <usize>n * sizeof<T>();
  while (dst < end) {
    const isPair = dst + 16 < end;
    let x = v128.load(a);
    let y = v128.load(second(a, isPair));
    if (v128.any_true(v128.or(changetype<F>(0).isSpecial<T>(x), changetype<F>(0).isSpecial<T>(y)))) {
      x = changetype<F>(0).special<T>(x);
      y = changetype<F>(0).special<T>(y);
    } else {
      x = changetype<F>(0).apply<T>(x);
      y = changetype<F>(0).apply<T>(y);
    }
    v128.store(dst, x);
    if (isPair) v128.store(dst, y, 16);
    dst += 32;
    a += 32;
  }
}

/** dst = f(a, b); F has `apply<T>(a: v128, b: v128): v128`. For functions of a few instructions. */
export function map2<F, T>(dst: usize, a: usize, b: usize, n: i32): void {
  const end = dst + <usize>n * sizeof<T>();
  while (dst + 16 < end) {
    const x = changetype<F>(0).apply<T>(v128.load(a), v128.load(b));
    const y = changetype<F>(0).apply<T>(v128.load(a, 16), v128.load(b, 16));
    v128.store(dst, x);
    v128.store(dst, y, 16);
    dst += 32;
    a += 32;
    b += 32;
  }
  if (dst < end) v128.store(dst, changetype<F>(0).apply<T>(v128.load(a), v128.load(b)));
}

/** dst = f(a, b) for functions that treat some arguments apart, as in `mapGuarded1`; long enough a vector at a time. */
export function mapGuarded2<F, T>(dst: usize, a: usize, b: usize, n: i32): void {
  const end = dst + <usize>n * sizeof<T>();
  while (dst < end) {
    const x = v128.load(a);
    const y = v128.load(b);
    let z: v128;
    if (v128.any_true(changetype<F>(0).isSpecial<T>(x, y))) z = changetype<F>(0).special<T>(x, y);
    else z = changetype<F>(0).apply<T>(x, y);
    v128.store(dst, z);
    dst += 16;
    a += 16;
    b += 16;
  }
}

/**
 * dst = F.slope(y) for b = y = f(x) and a = x; where F.isSaturated(y, slope) a vector is F.special(x, y). Four vectors are looked
 * at together, and x is read where one of them is special alone.
 */
export function mapSlope<F, T>(dst: usize, a: usize, b: usize, n: i32): void {
  const end = dst + <usize>n * sizeof<T>();
  for (; dst + 64 <= end; dst += 64, a += 64, b += 64) {
    const y0 = v128.load(b),
      y1 = v128.load(b, 16),
      y2 = v128.load(b, 32),
      y3 = v128.load(b, 48);
    let z0 = changetype<F>(0).slope<T>(y0),
      z1 = changetype<F>(0).slope<T>(y1),
      z2 = changetype<F>(0).slope<T>(y2),
      z3 = changetype<F>(0).slope<T>(y3);
    const low = v128.or(changetype<F>(0).isSaturated<T>(y0, z0), changetype<F>(0).isSaturated<T>(y1, z1));
    const high = v128.or(changetype<F>(0).isSaturated<T>(y2, z2), changetype<F>(0).isSaturated<T>(y3, z3));
    if (v128.any_true(v128.or(low, high))) {
      z0 = changetype<F>(0).special<T>(v128.load(a), y0);
      z1 = changetype<F>(0).special<T>(v128.load(a, 16), y1);
      z2 = changetype<F>(0).special<T>(v128.load(a, 32), y2);
      z3 = changetype<F>(0).special<T>(v128.load(a, 48), y3);
    }
    v128.store(dst, z0);
    v128.store(dst, z1, 16);
    v128.store(dst, z2, 32);
    v128.store(dst, z3, 48);
  }
  for (; dst < end; dst += 16, a += 16, b += 16) {
    const y = v128.load(b);
    let z = changetype<F>(0).slope<T>(y);
    if (v128.any_true(changetype<F>(0).isSaturated<T>(y, z))) z = changetype<F>(0).special<T>(v128.load(a), y);
    v128.store(dst, z);
  }
}

/** dst = f(a, b) one by one over int32; F has `int(a: i32, b: i32): i32`. */
export function mapInt2<F>(dst: usize, a: usize, b: usize, n: i32): void {
  const end = dst + wordBytes(n);
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
