// Powers: f32 in f64 lanes as 2^(b·log2 a), f64 by the standard library (musl's pow, below 1 ulp), int32 by squaring.
import { exp2 } from "./exp";
import { choose, splat } from "./lanes";
import { log2 } from "./log";

/** a^b of f32 values in f64 lanes: b·log2 a has an absolute error below 2^-44 where the result is finite in f32. */
// @ts-ignore: decorator
@inline
export function powWide(a: v128, b: v128): v128 {
  const one = splat<f64>(1.0);
  const zero = splat<f64>(0.0);
  const base = f64x2.abs(a);
  const half = f64x2.mul(b, splat<f64>(0.5));
  const isInteger = f64x2.eq(f64x2.trunc(b), b);
  const isOdd = v128.andnot(isInteger, f64x2.eq(f64x2.trunc(half), half));
  let result = exp2<f64>(f64x2.mul(b, log2<f64>(base)));
  // |a| = 1 would give 0·infinity for infinite b; NaN there stays only for -1 to a NaN.
  const unit = v128.and(f64x2.eq(base, one), v128.or(f64x2.eq(b, b), f64x2.eq(a, one)));
  result = choose(v128.or(unit, f64x2.eq(b, zero)), one, result);
  result = v128.xor(result, v128.and(isOdd, v128.and(a, splat<f64>(-0.0))));
  const undefined = v128.andnot(v128.and(f64x2.lt(a, zero), f64x2.gt(a, splat<f64>(-Infinity))), isInteger);
  return choose(undefined, splat<f64>(NaN), result);
}

/** C's pow. The standard library follows JavaScript, where 1^NaN and (±1)^(±infinity) are NaN. */
export function powScalar(a: f64, b: f64): f64 {
  if (a == 1.0 || b == 0.0) return 1.0;
  if (a == -1.0 && abs(b) == Infinity) return 1.0;
  return NativeMath.pow(a, b);
}

/** Wraps around; negative exponents give 0 unless the base is ±1. */
export function powInt(base: i32, exponent: i32): i32 {
  if (exponent < 0) {
    if (base == 1) return 1;
    if (base == -1) return exponent & 1 ? -1 : 1;
    return 0;
  }
  let result = 1;
  while (exponent) {
    if (exponent & 1) result *= base;
    base *= base;
    exponent >>>= 1;
  }
  return result;
}
