// sinh, cosh, tanh and the inverse functions. f64 and f32 share the vector forms of sinh, cosh and tanh; the f32 inverse functions
// are formulas in f64 lanes, where their cancellation does not matter.
import { exp, expShifted } from "./exp";
import { choose, copySign, horner, madd, mulSign, splat } from "./lanes";
import { log1p } from "./log";

/** h = e^|x| / 2, then h ± 1/(4h). Error below 2 ulp, no overflow before the result's. */
// @ts-ignore: decorator
@inline
export function cosh<T>(x: v128): v128 {
  const h = expShifted<T>(v128.abs<T>(x), -1);
  return v128.add<T>(h, v128.div<T>(splat<T>(0.25), h));
}

/** Below 1 x + x³·P(x²), where the difference would cancel; Chebyshev interpolation, error 4e-19 (f64), 2e-10 (f32). */
// @ts-ignore: decorator
@inline
export function sinh<T>(x: v128): v128 {
  const magnitude = v128.abs<T>(x);
  const h = expShifted<T>(magnitude, -1);
  const large = v128.sub<T>(h, v128.div<T>(splat<T>(0.25), h));
  const z = v128.mul<T>(x, x);
  let p: v128;
  if (sizeof<T>() == 8) {
    p = splat<T>(7.746178593018827e-13);
    p = horner<T>(p, z, 1.6057679623801638e-10);
    p = horner<T>(p, z, 2.5052117695907823e-8);
    p = horner<T>(p, z, 2.7557319191381816e-6);
    p = horner<T>(p, z, 1.9841269841324198e-4);
    p = horner<T>(p, z, 8.333333333333299e-3);
    p = horner<T>(p, z, 0.16666666666666666);
  } else {
    p = splat<T>(2.806280258e-6);
    p = horner<T>(p, z, 0.0001983810197);
    p = horner<T>(p, z, 0.008333339676);
    p = horner<T>(p, z, 0.1666666665);
  }
  const small = madd<T>(v128.mul<T>(magnitude, z), p, magnitude);
  return copySign<T>(choose(v128.lt<T>(magnitude, splat<T>(1.0)), small, large), x);
}

/**
 * Below 5/8 x + x·z·P(z)/Q(z) with z = x² (f64: Cephes tanh.c; f32: polynomial, error 4e-8·z), above 1 - 2/(e^2x + 1).
 * Both quotients are one division. Error below 2 ulp.
 */
// @ts-ignore: decorator
@inline
export function tanh<T>(x: v128): v128 {
  const magnitude = v128.abs<T>(x);
  const isSmall = v128.lt<T>(magnitude, splat<T>(0.625));
  const one = splat<T>(1.0);
  const z = v128.mul<T>(x, x);
  const e = exp<T>(v128.add<T>(magnitude, magnitude));
  const two = splat<T>(2.0);
  if (sizeof<T>() == 8) {
    let p = splat<T>(-9.64399179425052238628e-1);
    p = horner<T>(p, z, -9.92877231001918586564e1);
    p = horner<T>(p, z, -1.61468768441708447952e3);
    let q = v128.add<T>(z, splat<T>(1.12811678491632931402e2));
    q = horner<T>(q, z, 2.23548839060100448583e3);
    q = horner<T>(q, z, 4.84406305325125486048e3);
    const quotient = v128.div<T>(choose(isSmall, v128.mul<T>(z, p), two), choose(isSmall, q, v128.add<T>(e, one)));
    const small = madd<T>(magnitude, quotient, magnitude);
    return copySign<T>(choose(isSmall, small, v128.sub<T>(one, quotient)), x);
  }
  let p = splat<T>(-0.006096714166);
  p = horner<T>(p, z, 0.020997179);
  p = horner<T>(p, z, -0.05385090958);
  p = horner<T>(p, z, 0.1333276974);
  p = horner<T>(p, z, -0.3333332894);
  const small = madd<T>(v128.mul<T>(magnitude, z), p, magnitude);
  const large = v128.sub<T>(one, v128.div<T>(two, v128.add<T>(e, one)));
  return copySign<T>(choose(isSmall, small, large), x);
}

// The following take f32 values in f64 lanes: 2^±149 squared is neither lost nor infinite.

/** log1p(|x| + x² / (1 + sqrt(1 + x²))). */
// @ts-ignore: decorator
@inline
export function asinhWide(x: v128): v128 {
  const one = splat<f64>(1.0);
  const magnitude = f64x2.abs(x);
  const z = f64x2.mul(x, x);
  const root = f64x2.sqrt(f64x2.add(one, z));
  // Infinity / infinity: the sum is infinite by |x| already, so the quotient is taken of the finite lanes only.
  const quotient = f64x2.div(z, f64x2.add(one, root));
  const finite = f64x2.lt(z, splat<f64>(Infinity));
  return copySign<f64>(log1p<f64>(f64x2.add(magnitude, choose(finite, quotient, z))), x);
}

/** log1p((x - 1) + sqrt((x - 1)·(x + 1))). */
// @ts-ignore: decorator
@inline
export function acoshWide(x: v128): v128 {
  const one = splat<f64>(1.0);
  const over = f64x2.sub(x, one);
  const root = f64x2.sqrt(f64x2.mul(over, f64x2.add(x, one)));
  // x <= -1 has a real root as well.
  const outside = f64x2.lt(x, one);
  return choose(outside, splat<f64>(NaN), log1p<f64>(f64x2.add(over, root)));
}

/** log1p(2|x| / (1 - |x|)) / 2. */
// @ts-ignore: decorator
@inline
export function atanhWide(x: v128): v128 {
  const magnitude = f64x2.abs(x);
  const quotient = f64x2.div(f64x2.add(magnitude, magnitude), f64x2.sub(splat<f64>(1.0), magnitude));
  const outside = f64x2.gt(magnitude, splat<f64>(1.0));
  const half = f64x2.mul(splat<f64>(0.5), log1p<f64>(quotient));
  return mulSign<f64>(choose(outside, splat<f64>(NaN), half), x);
}
