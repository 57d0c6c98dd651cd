// sinh, cosh, tanh. Errors below 2 ulp. sinh and cosh have slow forms for where e^|x| is too large (exp.ts, isExtreme).
import { exp, expShifted } from "./exp";
import { at, choose, Constant, constant, copySign, madd, magnitudeOf, monic, polynomial } from "./lanes";

/** sinh x = x + x³·P(x²) below 1; Chebyshev interpolation, error 2e-10 (f32), 4e-19 (f64). */
const SINH_32 = memory.data<f32>([0.1666666665, 0.008333339676, 0.0001983810197, 2.806280258e-6]);
const SINH_64 = memory.data<f64>([
  0.16666666666666666, 8.333333333333299e-3, 1.9841269841324198e-4, 2.7557319191381816e-6, 2.5052117695907823e-8,
  1.6057679623801638e-10, 7.746178593018827e-13,
]); // prettier-ignore
/** tanh x = x + x³·P(x²) below 5/8, error 4e-8·x². */
const TANH_32 = memory.data<f32>([-0.3333332894, 0.1333276974, -0.05385090958, 0.020997179, -0.006096714166]);
/** tanh x = x + x³·P(x²) / Q(x²) below 5/8: Cephes tanh.c. */
const TANH_P_64 = memory.data<f64>([-1.61468768441708447952e3, -9.92877231001918586564e1, -9.64399179425052238628e-1]);
const TANH_Q_64 = memory.data<f64>([4.84406305325125486048e3, 2.23548839060100448583e3, 1.12811678491632931402e2]);
// The bounds of the small arguments, 1/4, and where tanh is 1 to the last bit.
const BOUNDS_32 = memory.data<f32>([1.0, 0.625, 0.25, 10.0]);
const BOUNDS_64 = memory.data<f64>([1.0, 0.625, 0.25, 22.0]);

// @ts-ignore: decorator
@inline
function bound<T>(index: usize): v128 {
  return at<T>(sizeof<T>() == 8 ? BOUNDS_64 : BOUNDS_32, index);
}

// @ts-ignore: decorator
@inline
function coshOf<T>(h: v128): v128 {
  return v128.add<T>(h, v128.div<T>(bound<T>(2), h));
}

export function coshSlow<T>(x: v128): v128 {
  return coshOf<T>(expShifted<T>(magnitudeOf<T>(x), -1));
}

/** h = e^|x| / 2, then h + 1/(4h): no overflow before the result's. */
// @ts-ignore: decorator
@inline
export function cosh<T>(x: v128): v128 {
  return coshOf<T>(v128.mul<T>(exp<T>(magnitudeOf<T>(x)), constant<T>(Constant.Half)));
}

/** h - 1/(4h), but below 1, where the difference would cancel, the polynomial. */
// @ts-ignore: decorator
@inline
function sinhOf<T>(x: v128, h: v128): v128 {
  const magnitude = magnitudeOf<T>(x);
  const large = v128.sub<T>(h, v128.div<T>(bound<T>(2), h));
  const z = v128.mul<T>(x, x);
  const p = sizeof<T>() == 8 ? polynomial<T>(z, SINH_64, 7) : polynomial<T>(z, SINH_32, 4);
  const small = madd<T>(v128.mul<T>(magnitude, z), p, magnitude);
  return copySign<T>(choose(v128.lt<T>(magnitude, bound<T>(0)), small, large), x);
}

export function sinhSlow<T>(x: v128): v128 {
  return sinhOf<T>(x, expShifted<T>(magnitudeOf<T>(x), -1));
}

// @ts-ignore: decorator
@inline
export function sinh<T>(x: v128): v128 {
  return sinhOf<T>(x, v128.mul<T>(exp<T>(magnitudeOf<T>(x)), constant<T>(Constant.Half)));
}

/** The small form below 5/8 and for NaN, above 1 - 2/(e^2x + 1). In f64 both quotients are one division. */
// @ts-ignore: decorator
@inline
export function tanh<T>(x: v128): v128 {
  const magnitude = magnitudeOf<T>(x);
  const isLarge = v128.ge<T>(magnitude, bound<T>(1));
  const one = constant<T>(Constant.One);
  const two = constant<T>(Constant.Two);
  const z = v128.mul<T>(x, x);
  const bounded = v128.pmin<T>(magnitude, bound<T>(3));
  const e = exp<T>(v128.add<T>(bounded, bounded));
  if (sizeof<T>() == 8) {
    const p = v128.mul<T>(z, polynomial<T>(z, TANH_P_64, 3));
    const q = monic<T>(z, TANH_Q_64, 3);
    const quotient = v128.div<T>(choose(isLarge, two, p), choose(isLarge, v128.add<T>(e, one), q));
    const small = madd<T>(magnitude, quotient, magnitude);
    return copySign<T>(choose(isLarge, v128.sub<T>(one, quotient), small), x);
  }
  const small = madd<T>(v128.mul<T>(magnitude, z), polynomial<T>(z, TANH_32, 5), magnitude);
  const large = v128.sub<T>(one, v128.div<T>(two, v128.add<T>(e, one)));
  return copySign<T>(choose(isLarge, large, small), x);
}
