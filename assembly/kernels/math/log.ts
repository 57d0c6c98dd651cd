// log, log1p, log2, log10 after fdlibm (FreeBSD msun e_log.c, s_log1p.c, k_log.h, e_log2.c, e_log10.c): x = 2^k·(1 + f) with
// sqrt(1/2) <= 1 + f < sqrt 2, s = f / (2 + f), log(1 + f) = f - f²/2 + s·(f²/2 + R(s²)). Errors below 1 ulp.
// f64 coefficients: fdlibm; f32: Chebyshev interpolation, error of R/s² 1.2e-9.
import { ln2Head, ln2Tail } from "./exp";
import { choose, horner, madd, splat } from "./lanes";

/** R(z) = z·(2/3 + …) with z = s². */
// @ts-ignore: decorator
@inline
function logTail<T>(z: v128): v128 {
  let p: v128;
  if (sizeof<T>() == 8) {
    p = splat<T>(1.479819860511658591e-1);
    p = horner<T>(p, z, 1.531383769920937332e-1);
    p = horner<T>(p, z, 1.818357216161805012e-1);
    p = horner<T>(p, z, 2.222219843214978396e-1);
    p = horner<T>(p, z, 2.857142874366239149e-1);
    p = horner<T>(p, z, 3.999999999940941908e-1);
    p = horner<T>(p, z, 6.66666666666673513e-1);
  } else {
    p = splat<T>(0.2333276296);
    p = horner<T>(p, z, 0.2855073636);
    p = horner<T>(p, z, 0.4000012258);
    p = horner<T>(p, z, 0.6666666655);
  }
  return v128.mul<T>(z, p);
}

/** The bits of x moved so that the exponent field changes at sqrt(1/2) instead of 1. */
// @ts-ignore: decorator
@inline
function movedBits<T>(x: v128): v128 {
  if (sizeof<T>() == 8) return i64x2.add(x, i64x2.splat(0x3ff0000000000000 - 0x3fe6a09e00000000));
  return i32x4.add(x, i32x4.splat(0x3f800000 - 0x3f3504f3));
}

/** k of moved bits, as a float: the field is put into the mantissa of 2^52 (2^23), which is then taken away. */
// @ts-ignore: decorator
@inline
function exponentOf<T>(moved: v128): v128 {
  if (sizeof<T>() == 8) {
    const field = v128.or(i64x2.shr_u(moved, 52), i64x2.splat(0x4330000000000000));
    return f64x2.sub(field, f64x2.splat(4503599627370496.0 + 1023.0));
  }
  const field = v128.or(i32x4.shr_u(moved, 23), i32x4.splat(0x4b000000));
  return f32x4.sub(field, f32x4.splat(8388608.0 + 127.0));
}

/** 1 + f of moved bits. */
// @ts-ignore: decorator
@inline
function mantissaOf<T>(moved: v128): v128 {
  if (sizeof<T>() == 8) {
    return i64x2.add(v128.and(moved, i64x2.splat(0x000fffffffffffff)), i64x2.splat(0x3fe6a09e00000000));
  }
  return i32x4.add(v128.and(moved, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
}

// @ts-ignore: decorator
@inline
function isSubnormal<T>(x: v128): v128 {
  return v128.lt<T>(x, splat<T>(sizeof<T>() == 8 ? 2.2250738585072014e-308 : 1.1754943508222875e-38));
}

// Subnormals are brought up by 2^54 (2^25) and their k is corrected.
// @ts-ignore: decorator
@inline
function normalized<T>(x: v128): v128 {
  const up = splat<T>(sizeof<T>() == 8 ? 18014398509481984.0 : 33554432.0);
  return choose(isSubnormal<T>(x), v128.mul<T>(x, up), x);
}
// @ts-ignore: decorator
@inline
function corrected<T>(k: v128, x: v128): v128 {
  return v128.sub<T>(k, v128.and(isSubnormal<T>(x), splat<T>(sizeof<T>() == 8 ? 54.0 : 25.0)));
}

/** log at 0 is -infinity, below NaN; infinity and NaN are their own results. */
// @ts-ignore: decorator
@inline
function specials<T>(x: v128, zero: f64, result: v128): v128 {
  const origin = splat<T>(zero);
  result = choose(v128.lt<T>(x, splat<T>(Infinity)), result, x);
  result = choose(v128.eq<T>(x, origin), splat<T>(-Infinity), result);
  return choose(v128.lt<T>(x, origin), splat<T>(NaN), result);
}

// @ts-ignore: decorator
@inline
export function log<T>(x: v128): v128 {
  const moved = movedBits<T>(normalized<T>(x));
  const k = corrected<T>(exponentOf<T>(moved), x);
  const f = v128.sub<T>(mantissaOf<T>(moved), splat<T>(1.0));
  const half = v128.mul<T>(v128.mul<T>(f, splat<T>(0.5)), f);
  const s = v128.div<T>(f, v128.add<T>(f, splat<T>(2.0)));
  const tail = v128.mul<T>(s, v128.add<T>(half, logTail<T>(v128.mul<T>(s, s))));
  const low = v128.sub<T>(madd<T>(k, ln2Tail<T>(), tail), half);
  return specials<T>(x, 0, madd<T>(k, ln2Head<T>(), v128.add<T>(low, f)));
}

/** log(1 + x): u = 1 + x rounded, and c = (what the rounding lost) / u is added. */
// @ts-ignore: decorator
@inline
export function log1p<T>(x: v128): v128 {
  const one = splat<T>(1.0);
  const u = v128.add<T>(x, one);
  const moved = movedBits<T>(u);
  const k = exponentOf<T>(moved);
  const near = v128.eq<T>(k, splat<T>(0.0));
  const large = v128.gt<T>(k, one);
  const lost = choose(large, v128.sub<T>(one, v128.sub<T>(u, x)), v128.sub<T>(x, v128.sub<T>(u, one)));
  const c = v128.andnot(v128.div<T>(lost, u), near);
  const f = choose(near, x, v128.sub<T>(mantissaOf<T>(moved), one));
  const half = v128.mul<T>(v128.mul<T>(f, splat<T>(0.5)), f);
  const s = v128.div<T>(f, v128.add<T>(f, splat<T>(2.0)));
  const tail = v128.mul<T>(s, v128.add<T>(half, logTail<T>(v128.mul<T>(s, s))));
  const low = v128.sub<T>(v128.add<T>(tail, madd<T>(k, ln2Tail<T>(), c)), half);
  const result = madd<T>(k, ln2Head<T>(), v128.add<T>(low, f));
  // Tiny x is its own result: keeps -0 and subnormals.
  const tiny = v128.lt<T>(v128.abs<T>(x), splat<T>(sizeof<T>() == 8 ? 1e-17 : 1e-9));
  return choose(tiny, x, specials<T>(x, -1, result));
}

/**
 * log to another base: log(1 + f) as head + tail with a short head, times the reciprocal of the base's logarithm as head + tail,
 * so that only the last additions round. `twoHead + twoTail` is log_base(2).
 */
// @ts-ignore: decorator
@inline
function logBase<T>(x: v128, scaleHead: f64, scaleTail: f64, twoHead: f64, twoTail: f64): v128 {
  const moved = movedBits<T>(normalized<T>(x));
  const k = corrected<T>(exponentOf<T>(moved), x);
  const f = v128.sub<T>(mantissaOf<T>(moved), splat<T>(1.0));
  const half = v128.mul<T>(v128.mul<T>(f, splat<T>(0.5)), f);
  const s = v128.div<T>(f, v128.add<T>(f, splat<T>(2.0)));
  const tail = v128.mul<T>(s, v128.add<T>(half, logTail<T>(v128.mul<T>(s, s))));
  const shorten = sizeof<T>() == 8 ? i64x2.splat(0xffffffff00000000) : i32x4.splat(0xfffff000);
  const head = v128.and(v128.sub<T>(f, half), shorten);
  const low = v128.add<T>(v128.sub<T>(v128.sub<T>(f, head), half), tail);
  const scaledHead = v128.mul<T>(head, splat<T>(scaleHead));
  let scaledLow = madd<T>(v128.add<T>(low, head), splat<T>(scaleTail), v128.mul<T>(low, splat<T>(scaleHead)));
  if (twoTail != 0) scaledLow = madd<T>(k, splat<T>(twoTail), scaledLow);
  const y = twoTail != 0 ? v128.mul<T>(k, splat<T>(twoHead)) : k;
  const w = v128.add<T>(y, scaledHead);
  const lost = v128.add<T>(v128.sub<T>(y, w), scaledHead);
  return specials<T>(x, 0, v128.add<T>(w, v128.add<T>(scaledLow, lost)));
}

// @ts-ignore: decorator
@inline
export function log2<T>(x: v128): v128 {
  if (sizeof<T>() == 8) return logBase<T>(x, 1.44269504072144627571, 1.67517131648865118353e-10, 1, 0);
  return logBase<T>(x, 1.4423828125, 3.122283962e-4, 1, 0);
}

// @ts-ignore: decorator
@inline
export function log10<T>(x: v128): v128 {
  if (sizeof<T>() == 8) {
    return logBase<T>(
      x,
      4.34294481878168880939e-1,
      2.50829467116452752298e-11,
      3.01029995663611771306e-1,
      3.69423907715893078616e-13,
    );
  }
  return logBase<T>(x, 0.4342041015625, 9.038033749675378e-5, 0.301025390625, 4.605039066518657e-6);
}
