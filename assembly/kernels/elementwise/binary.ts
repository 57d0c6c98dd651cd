// Binary kernels whose result has the operands' dtype.
import { DType } from "../../abi/opcodes";
import { atan2, atan2Slow, isSpecialPoint } from "../math/arc";
import { sphericalBessel } from "../math/bessel";
import { erfcRatio } from "../math/erfcRatio";
import { exp, expSlow, isExtreme } from "../math/exp";
import { choose, Constant, constant, magnitudeOf, nanMask, splat } from "../math/lanes";
import { isSpecialOfLog, log, logSlow } from "../math/log";
import { isSpecialPower, pow, powInt, powSlow } from "../math/pow";
import { isFar } from "../math/trig";
import { fmod, fmodInt, remainder, remainderInt } from "../math/remainder";
import { map2, mapGuarded2, mapInt2, mapSlope } from "./loops";

@unmanaged
export class Add {
  @inline apply<T>(a: v128, b: v128): v128 {
    return v128.add<T>(a, b);
  }
}
@unmanaged
export class Sub {
  @inline apply<T>(a: v128, b: v128): v128 {
    return v128.sub<T>(a, b);
  }
}
@unmanaged
export class Mul {
  @inline apply<T>(a: v128, b: v128): v128 {
    return v128.mul<T>(a, b);
  }
}
@unmanaged
export class Div {
  @inline apply<T>(a: v128, b: v128): v128 {
    return v128.div<T>(a, b);
  }
}
// pmax and pmin give a where either is NaN: only a NaN b is missing. Shorter than the code engines make for max.
@unmanaged
export class Maximum {
  @inline apply<T>(a: v128, b: v128): v128 {
    return isFloat<T>() ? choose(nanMask<T>(b), b, v128.pmax<T>(a, b)) : v128.max<T>(a, b);
  }
}
@unmanaged
export class Minimum {
  @inline apply<T>(a: v128, b: v128): v128 {
    return isFloat<T>() ? choose(nanMask<T>(b), b, v128.pmin<T>(a, b)) : v128.min<T>(a, b);
  }
}
@unmanaged
export class Fmod {
  @inline apply<T>(a: v128, b: v128): v128 {
    return fmod<T>(a, b);
  }
  @inline int(a: i32, b: i32): i32 {
    return fmodInt(a, b);
  }
}
@unmanaged
export class Remainder {
  @inline apply<T>(a: v128, b: v128): v128 {
    return remainder<T>(a, b);
  }
  @inline int(a: i32, b: i32): i32 {
    return remainderInt(a, b);
  }
}
@unmanaged
class Pow {
  @inline apply<T>(a: v128, b: v128): v128 {
    return pow<T>(a, b);
  }
  @inline isSpecial<T>(a: v128, b: v128): v128 {
    return isSpecialPower<T>(a, b);
  }
  @inline special<T>(a: v128, b: v128): v128 {
    return powSlow<T>(a, b);
  }
  @inline int(a: i32, b: i32): i32 {
    return powInt(a, b);
  }
}
@unmanaged
export class Atan2 {
  @inline apply<T>(y: v128, x: v128): v128 {
    return atan2<T>(y, x);
  }
  @inline isSpecial<T>(y: v128, x: v128): v128 {
    return isSpecialPoint<T>(y, x);
  }
  @inline special<T>(y: v128, x: v128): v128 {
    return atan2Slow<T>(y, x);
  }
}

@unmanaged
export class SphericalBessel {
  @inline apply<T>(x: v128, order: v128): v128 {
    return sphericalBessel<T>(x, order, false);
  }
  @inline isSpecial<T>(x: v128, order: v128): v128 {
    return isFar<T>(x);
  }
  @inline special<T>(x: v128, order: v128): v128 {
    return sphericalBessel<T>(x, order, true);
  }
}

@unmanaged
export class ErfcRatio {
  @inline apply<T>(x: v128, order: v128): v128 {
    return erfcRatio<T>(x, order);
  }
}

/** a / (2√b), 0 where b is 0. */
@unmanaged
export class RootSlope {
  @inline apply<T>(a: v128, b: v128): v128 {
    const slope = v128.div<T>(a, v128.mul<T>(v128.sqrt<T>(b), constant<T>(Constant.Two)));
    return v128.andnot(slope, v128.eq<T>(b, v128.splat<T>(0 as T)));
  }
}

/** What is left of 1 below which the formulas by the function's value have lost four bits. */
const SATURATED: f64 = 0.0625;

/** sech²x by y = tanh x, where that is near ±1 as 4e/(1 + e)² with e = exp(-2|x|). */
@unmanaged
export class TanhSlope {
  @inline slope<T>(y: v128): v128 {
    return v128.sub<T>(constant<T>(Constant.One), v128.mul<T>(y, y));
  }
  @inline isSaturated<T>(y: v128, slope: v128): v128 {
    return v128.lt<T>(slope, splat<T>(SATURATED));
  }
  @inline special<T>(x: v128, y: v128): v128 {
    const m = magnitudeOf<T>(x),
      slope = this.slope<T>(y);
    const far = logisticSlope<T>(v128.add<T>(m, m));
    return choose(this.isSaturated<T>(y, slope), v128.mul<T>(far, splat<T>(4)), slope);
  }
}
/** y·(1 - y) by y = sigmoid x, where that is near 1 as e/(1 + e)² with e = exp(-x). */
@unmanaged
export class SigmoidSlope {
  @inline slope<T>(y: v128): v128 {
    return v128.mul<T>(y, v128.sub<T>(constant<T>(Constant.One), y));
  }
  @inline isSaturated<T>(y: v128, slope: v128): v128 {
    return v128.gt<T>(y, splat<T>(1 - SATURATED));
  }
  @inline special<T>(x: v128, y: v128): v128 {
    const slope = this.slope<T>(y);
    return choose(this.isSaturated<T>(y, slope), logisticSlope<T>(x), slope);
  }
}
function logisticSlope<T>(x: v128): v128 {
  const m = v128.neg<T>(x);
  const e = v128.any_true(isExtreme<T>(m)) ? expSlow<T>(m) : exp<T>(m);
  const sum = v128.add<T>(e, constant<T>(Constant.One));
  return v128.div<T>(e, v128.mul<T>(sum, sum));
}

/** a·log b, 0 for a = 0 beside a b without a finite logarithm. */
@unmanaged
export class XLogY {
  @inline apply<T>(a: v128, b: v128): v128 {
    return v128.mul<T>(a, log<T>(b));
  }
  @inline isSpecial<T>(a: v128, b: v128): v128 {
    return isSpecialOfLog<T>(b);
  }
  @inline special<T>(a: v128, b: v128): v128 {
    const zero = v128.splat<T>(0 as T);
    const isPole = v128.or(v128.le<T>(b, zero), v128.eq<T>(b, v128.splat<T>(<T>Infinity)));
    return v128.andnot(v128.mul<T>(a, logSlow<T>(b)), v128.and(v128.eq<T>(a, zero), isPole));
  }
}

// Bools: bytes 0 and 1.
@unmanaged
export class Or {
  @inline apply<T>(a: v128, b: v128): v128 {
    return v128.or(a, b);
  }
}
@unmanaged
export class And {
  @inline apply<T>(a: v128, b: v128): v128 {
    return v128.and(a, b);
  }
}
@unmanaged
export class Xor {
  @inline apply<T>(a: v128, b: v128): v128 {
    return v128.xor(a, b);
  }
}
/** a^b: 1 where b is 0. */
@unmanaged
class BoolPow {
  @inline apply<T>(a: v128, b: v128): v128 {
    return v128.or(a, v128.xor(b, i8x16.splat(1)));
  }
}
/** The remainder by 1, and by 0 as for int32. */
@unmanaged
class BoolRemainder {
  @inline apply<T>(a: v128, b: v128): v128 {
    return i8x16.splat(0);
  }
}

/** Euclid's algorithm over magnitudes, so that -2^31 is one of them; 2^31 as a result wraps. */
@unmanaged
export class Gcd {
  @inline int(a: i32, b: i32): i32 {
    let x = <u32>abs(a),
      y = <u32>abs(b);
    while (y) {
      const rest = x % y;
      x = y;
      y = rest;
    }
    return x;
  }
}

// @ts-ignore: decorator
@inline
export function floats2<F>(dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  if (dtype == DType.Float32) map2<F, f32>(dst, a, b, n);
  else map2<F, f64>(dst, a, b, n);
}

// @ts-ignore: decorator
@inline
export function guarded2<F>(dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  if (dtype == DType.Float32) mapGuarded2<F, f32>(dst, a, b, n);
  else mapGuarded2<F, f64>(dst, a, b, n);
}

// @ts-ignore: decorator
@inline
export function numbers2<F, B>(dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  if (dtype == DType.Float32) map2<F, f32>(dst, a, b, n);
  else if (dtype == DType.Float64) map2<F, f64>(dst, a, b, n);
  else if (dtype == DType.Int32) map2<F, i32>(dst, a, b, n);
  else map2<B, u8>(dst, a, b, n);
}

// @ts-ignore: decorator
@inline
export function divisions2<F>(dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  if (dtype == DType.Int32) mapInt2<F>(dst, a, b, n);
  else if (dtype == DType.Bool) map2<BoolRemainder, u8>(dst, a, b, n);
  else floats2<F>(dtype, dst, a, b, n);
}

export function slopes2<F>(dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  if (dtype == DType.Float32) mapSlope<F, f32>(dst, a, b, n);
  else mapSlope<F, f64>(dst, a, b, n);
}

/** The bits of any dtype. */
export function bits2(dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  map2<And, u8>(dst, a, b, dtype == DType.Bool ? n : n << (dtype == DType.Float64 ? 3 : 2));
}

/** Floats, int32 with wrap-around, bools. */
export function powers2(dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  if (dtype == DType.Int32) mapInt2<Pow>(dst, a, b, n);
  else if (dtype == DType.Bool) map2<BoolPow, u8>(dst, a, b, n);
  else guarded2<Pow>(dtype, dst, a, b, n);
}
