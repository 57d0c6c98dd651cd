// Vocabulary of the vector kernels. A function over T = f32 works on four lanes, over T = f64 on two; both come from the
// same source, and `sizeof<T>() == 8` is decided at compile time.

/** All lanes hold `value`, rounded to T. */
// @ts-ignore: decorator
@inline
export function splat<T>(value: f64): v128 {
  return v128.splat<T>(value as T);
}

/** a·b + c, rounded twice; in the relaxed build once, where the processor does so at no cost. */
// @ts-ignore: decorator
@inline
export function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(v128.mul<T>(a, b), c);
}

/** One Horner step: p·x + c. */
// @ts-ignore: decorator
@inline
export function horner<T>(p: v128, x: v128, c: f64): v128 {
  return madd<T>(p, x, splat<T>(c));
}

/** Lanes of a where the mask is set, else of b. */
// @ts-ignore: decorator
@inline
export function choose(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask);
}

// @ts-ignore: decorator
@inline
export function signBits<T>(): v128 {
  return splat<T>(-0.0);
}

/** The magnitude of x with the sign of y. */
// @ts-ignore: decorator
@inline
export function copySign<T>(x: v128, y: v128): v128 {
  return v128.bitselect(y, x, signBits<T>());
}

/** Flips the sign of x where y is negative. */
// @ts-ignore: decorator
@inline
export function mulSign<T>(x: v128, y: v128): v128 {
  return v128.xor(x, v128.and(y, signBits<T>()));
}

/** A mask of the lanes that are NaN. */
// @ts-ignore: decorator
@inline
export function nanMask<T>(x: v128): v128 {
  return v128.ne<T>(x, x);
}

/** 1.5·2^mantissaBits: adding it rounds to the nearest integer and leaves that integer in the low bits of the sum. */
// @ts-ignore: decorator
@inline
export function roundingMagic<T>(): v128 {
  return sizeof<T>() == 8 ? splat<T>(6755399441055744.0) : splat<T>(12582912.0);
}

/** 2^n for the integer n that `roundingMagic` left in the low bits of t; n must be a normal exponent. */
// @ts-ignore: decorator
@inline
export function powerOfTwo<T>(t: v128): v128 {
  if (sizeof<T>() == 8) return i64x2.add(i64x2.shl(t, 52), splat<T>(1.0));
  return i32x4.add(i32x4.shl(t, 23), splat<T>(1.0));
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
