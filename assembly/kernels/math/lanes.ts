// Vocabulary of the vector kernels. A function over T = f32 works on four lanes, over T = f64 on two; both come from the
// same source, and `sizeof<T>() == 8` is decided at compile time.
//
// Constants of the kernels are tables in memory, loaded where they are used: V8 builds a v128.const anew in each iteration of
// a loop by three instructions, two of which compete with the arithmetic; a load is one, on ports of its own. That
// makes the functions about twice as fast.

/** The constants that many kernels use, as indices into SINGLES and DOUBLES. */
export const enum Constant {
  Half,
  One,
  Two,
  NegativeZero,
  Infinity,
  NaN,
  /** 1.5·2^mantissaBits: adding it rounds to the nearest integer and leaves that integer in the low bits of the sum. */
  RoundingMagic,
  Log2E,
  /** The head of ln 2, short enough that n·head is exact for every exponent n (f64: fdlibm). */
  Ln2Head,
  /** ln 2 minus its head. */
  Ln2Tail,
}

const SINGLES = memory.data<f32>([
  0.5, 1.0, 2.0, -0.0, Infinity, NaN, 12582912.0, 1.4426950408889634074, 0.693145751953125, 1.428606765330187e-6,
]); // prettier-ignore
const DOUBLES = memory.data<f64>([
  0.5, 1.0, 2.0, -0.0, Infinity, NaN, 6755399441055744.0, 1.4426950408889634074, 6.9314718036912381649e-1,
  1.90821492927058770002e-10,
]); // prettier-ignore

/** All lanes hold the element of a table of T. */
// @ts-ignore: decorator
@inline
export function at<T>(table: usize, index: usize): v128 {
  if (sizeof<T>() == 8) return v128.load64_splat(table + (index << 3));
  return v128.load32_splat(table + (index << 2));
}

// @ts-ignore: decorator
@inline
export function constant<T>(which: Constant): v128 {
  return at<T>(sizeof<T>() == 8 ? DOUBLES : SINGLES, which);
}

/** All lanes hold `value`, rounded to T: for paths that seldom run (see above). */
// @ts-ignore: decorator
@inline
export function splat<T>(value: f64): v128 {
  return v128.splat<T>(value as T);
}

/**
 * a·b + c, rounded twice, or once where the build has relaxed multiply-add: callers' error bounds hold for both, and steps that
 * need the rounded product (error-free sums, exact products taken apart) spell out mul and add.
 */
// @ts-ignore: decorator
@inline
export function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(v128.mul<T>(a, b), c);
}

// @ts-ignore: decorator
@inline
function step<T>(p: v128, x: v128, table: usize, index: usize): v128 {
  return madd<T>(p, x, at<T>(table, index));
}

/**
 * Σ table[i]·x^i for i < count, 2 <= count <= 14; count is known at compile time. Even and odd powers are summed apart, by Horner's
 * rule in x²: half as many steps depend on each other, and on those depends how many iterations run at once.
 */
// @ts-ignore: decorator
@inline
export function polynomial<T>(x: v128, table: usize, count: usize): v128 {
  if (count < 4) {
    const top = count == 3 ? step<T>(at<T>(table, 2), x, table, 1) : at<T>(table, 1);
    return step<T>(top, x, table, 0);
  }
  const square = v128.mul<T>(x, x);
  const lastEven = (count - 1) & ~1;
  let even = at<T>(table, lastEven);
  if (lastEven > 10) even = step<T>(even, square, table, 10);
  if (lastEven > 8) even = step<T>(even, square, table, 8);
  if (lastEven > 6) even = step<T>(even, square, table, 6);
  if (lastEven > 4) even = step<T>(even, square, table, 4);
  if (lastEven > 2) even = step<T>(even, square, table, 2);
  if (lastEven > 0) even = step<T>(even, square, table, 0);
  const lastOdd = (count - 2) | 1;
  let odd = at<T>(table, lastOdd);
  if (lastOdd > 11) odd = step<T>(odd, square, table, 11);
  if (lastOdd > 9) odd = step<T>(odd, square, table, 9);
  if (lastOdd > 7) odd = step<T>(odd, square, table, 7);
  if (lastOdd > 5) odd = step<T>(odd, square, table, 5);
  if (lastOdd > 3) odd = step<T>(odd, square, table, 3);
  if (lastOdd > 1) odd = step<T>(odd, square, table, 1);
  return madd<T>(odd, x, even);
}

/** The same for count + 1 coefficients, of which the last is 1. */
// @ts-ignore: decorator
@inline
export function monic<T>(x: v128, table: usize, count: usize): v128 {
  let p = v128.add<T>(x, at<T>(table, count - 1));
  if (count > 8) p = step<T>(p, x, table, 7);
  if (count > 7) p = step<T>(p, x, table, 6);
  if (count > 6) p = step<T>(p, x, table, 5);
  if (count > 5) p = step<T>(p, x, table, 4);
  if (count > 4) p = step<T>(p, x, table, 3);
  if (count > 3) p = step<T>(p, x, table, 2);
  if (count > 2) p = step<T>(p, x, table, 1);
  return step<T>(p, x, table, 0);
}

/** Lanes of a where the mask is set, else of b. */
// @ts-ignore: decorator
@inline
export function choose(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask);
}

/** The sign bits of x. */
// @ts-ignore: decorator
@inline
export function signOf<T>(x: v128): v128 {
  return v128.and(x, constant<T>(Constant.NegativeZero));
}

/** |x|: one instruction, where the engine's abs is three. */
// @ts-ignore: decorator
@inline
export function magnitudeOf<T>(x: v128): v128 {
  return v128.andnot(x, constant<T>(Constant.NegativeZero));
}

/** -x. */
// @ts-ignore: decorator
@inline
export function negated<T>(x: v128): v128 {
  return v128.xor(x, constant<T>(Constant.NegativeZero));
}

/** The magnitude of x with the sign of y. */
// @ts-ignore: decorator
@inline
export function copySign<T>(x: v128, y: v128): v128 {
  return v128.bitselect(y, x, constant<T>(Constant.NegativeZero));
}

/** A mask of the lanes that are NaN. */
// @ts-ignore: decorator
@inline
export function nanMask<T>(x: v128): v128 {
  return v128.ne<T>(x, x);
}

/** The lanes of which the bits, as signed integers, are larger than table[index] of i32 (T = f32) or i64 (T = f64). */
// @ts-ignore: decorator
@inline
export function bitsAbove<T>(x: v128, table: usize, index: usize): v128 {
  if (sizeof<T>() == 8) return i64x2.gt_s(x, at<T>(table, index));
  return i32x4.gt_s(x, at<T>(table, index));
}

/** 2^n for the integer n that the rounding magic left in the low bits of t; n must be a normal exponent. */
// @ts-ignore: decorator
@inline
export function powerOfTwo<T>(t: v128): v128 {
  return timesPowerOfTwo<T>(constant<T>(Constant.One), t);
}

/** p·2^n, n as above, by the exponent field: p and the product must be normal. */
// @ts-ignore: decorator
@inline
export function timesPowerOfTwo<T>(p: v128, t: v128): v128 {
  if (sizeof<T>() == 8) return i64x2.add(p, i64x2.shl(t, 52));
  return i32x4.add(p, i32x4.shl(t, 23));
}

/** The two low f32 lanes as f64. */
// @ts-ignore: decorator
@inline
export function widenLow(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

/** The two high f32 lanes as f64. */
// @ts-ignore: decorator
@inline
export function widenHigh(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1));
}

/** Two pairs of f64 as four f32. */
// @ts-ignore: decorator
@inline
export function narrow(low: v128, high: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}
