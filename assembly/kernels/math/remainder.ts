// fmod (the dividend's sign) and remainder (the divisor's sign), exact.
import { choose, copySign, narrow, splat, widenHigh, widenLow } from "./lanes";

/** Quotients below this are taken in lanes. */
const QUOTIENT_LIMIT: f64 = 67108864.0; // 2^26

/**
 * With q < 2^26, q·(upper 26 bits of b) and q·(the rest of b) are exact, and so are both differences. The rounded a / b may
 * be an integer too high by one, which shows as a negative result.
 */
// @ts-ignore: decorator
@inline
function fmodWide(a: v128, b: v128): v128 {
  const dividend = f64x2.abs(a);
  const divisor = f64x2.abs(b);
  const quotient = f64x2.div(dividend, divisor);
  const within = v128.and(f64x2.lt(quotient, splat<f64>(QUOTIENT_LIMIT)), f64x2.lt(divisor, splat<f64>(Infinity)));
  if (!i64x2.all_true(within)) {
    return f64x2.replace_lane(
      f64x2.splat(NativeMath.mod(f64x2.extract_lane(a, 0), f64x2.extract_lane(b, 0))),
      1,
      NativeMath.mod(f64x2.extract_lane(a, 1), f64x2.extract_lane(b, 1)),
    );
  }
  const q = f64x2.trunc(quotient);
  const upper = v128.and(divisor, i64x2.splat(0xfffffffff8000000));
  const lower = f64x2.sub(divisor, upper);
  const r = f64x2.sub(f64x2.sub(dividend, f64x2.mul(q, upper)), f64x2.mul(q, lower));
  return copySign<f64>(choose(f64x2.lt(r, splat<f64>(0.0)), f64x2.add(r, divisor), r), a);
}

// @ts-ignore: decorator
@inline
export function fmod<T>(a: v128, b: v128): v128 {
  if (sizeof<T>() == 8) return fmodWide(a, b);
  return narrow(fmodWide(widenLow(a), widenLow(b)), fmodWide(widenHigh(a), widenHigh(b)));
}

// @ts-ignore: decorator
@inline
export function remainder<T>(a: v128, b: v128): v128 {
  const zero = splat<T>(0.0);
  const m = fmod<T>(a, b);
  const otherSign = v128.xor(v128.lt<T>(b, zero), v128.lt<T>(m, zero));
  return choose(v128.and(v128.ne<T>(m, zero), otherSign), v128.add<T>(m, b), m);
}

/** a % 0 is 0, and INT_MIN % -1 does not trap. */
// @ts-ignore: decorator
@inline
export function fmodInt(a: i32, b: i32): i32 {
  return b == 0 || b == -1 ? 0 : a % b;
}

// @ts-ignore: decorator
@inline
export function remainderInt(a: i32, b: i32): i32 {
  const m = fmodInt(a, b);
  return m != 0 && (m ^ b) < 0 ? m + b : m;
}
