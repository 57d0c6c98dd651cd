// Unary kernels: arithmetic and rounding for every dtype, functions for the float dtypes. What an op's declaration names is one of
// the loops below over one of the classes of this file or functions.ts; generated/elementwise.ts calls it.
import { DType } from "../../abi/opcodes";
import { Constant, constant, magnitudeOf, negated } from "../math/lanes";
import { map1, mapGuarded1, mapLong1 } from "./loops";

@unmanaged
export class Neg {
  @inline apply<T>(x: v128): v128 {
    return isFloat<T>() ? negated<T>(x) : v128.neg<T>(x);
  }
}
@unmanaged
export class Abs {
  @inline apply<T>(x: v128): v128 {
    return isFloat<T>() ? magnitudeOf<T>(x) : v128.abs<T>(x);
  }
}
@unmanaged
export class Sign {
  @inline apply<T>(x: v128): v128 {
    if (isFloat<T>()) {
      // 0 for NaN and for both zeros, as torch has it: [x > 0] - [x < 0].
      const zero = v128.splat<T>(0 as T),
        one = constant<T>(Constant.One);
      return v128.sub<T>(v128.and(v128.gt<T>(x, zero), one), v128.and(v128.lt<T>(x, zero), one));
    }
    // Masks are -1: (x < 0) - (x > 0).
    const zero = i32x4.splat(0);
    return i32x4.sub(i32x4.lt_s(x, zero), i32x4.gt_s(x, zero));
  }
}
@unmanaged
export class Floor {
  @inline apply<T>(x: v128): v128 {
    return v128.floor<T>(x);
  }
}
@unmanaged
export class Ceil {
  @inline apply<T>(x: v128): v128 {
    return v128.ceil<T>(x);
  }
}
@unmanaged
export class Round {
  @inline apply<T>(x: v128): v128 {
    return v128.nearest<T>(x);
  }
}
@unmanaged
export class Trunc {
  @inline apply<T>(x: v128): v128 {
    return v128.trunc<T>(x);
  }
}
@unmanaged
export class Sqrt {
  @inline apply<T>(x: v128): v128 {
    return v128.sqrt<T>(x);
  }
}
// @ts-ignore: decorator
@inline
export function floats1<F>(dtype: i32, dst: usize, a: usize, n: i32): void {
  if (dtype == DType.Float32) map1<F, f32>(dst, a, n);
  else map1<F, f64>(dst, a, n);
}

// @ts-ignore: decorator
@inline
export function functions1<F>(dtype: i32, dst: usize, a: usize, n: i32): void {
  if (dtype == DType.Float32) mapLong1<F, f32>(dst, a, n);
  else mapLong1<F, f64>(dst, a, n);
}

// @ts-ignore: decorator
@inline
export function guarded1<F>(dtype: i32, dst: usize, a: usize, n: i32): void {
  if (dtype == DType.Float32) mapGuarded1<F, f32>(dst, a, n);
  else mapGuarded1<F, f64>(dst, a, n);
}

/** int32 too; a bool stays as it is. */
// @ts-ignore: decorator
@inline
export function signed1<F>(dtype: i32, dst: usize, a: usize, n: i32): void {
  if (dtype >= DType.Float32) floats1<F>(dtype, dst, a, n);
  else if (dtype == DType.Int32) map1<F, i32>(dst, a, n);
  else if (dst != a) memory.copy(dst, a, n);
}

/** int32 and bool stay as they are. */
// @ts-ignore: decorator
@inline
export function rounded1<F>(dtype: i32, dst: usize, a: usize, n: i32): void {
  if (dtype >= DType.Float32) floats1<F>(dtype, dst, a, n);
  else if (dst != a) memory.copy(dst, a, dtype == DType.Int32 ? n << 2 : n);
}
