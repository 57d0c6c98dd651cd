// Unary kernels: arithmetic and rounding for every dtype, functions for the float dtypes.
import { DType, Op } from "../../abi/opcodes";
import { Constant, constant, magnitudeOf, negated } from "../math/lanes";
import {
  Acos,
  Acosh,
  Asin,
  Asinh,
  Atan,
  Atanh,
  Cos,
  Cosh,
  Erf,
  Erfc,
  Erfinv,
  Exp,
  Exp2,
  Expm1,
  Log,
  Log10,
  Log1p,
  Log2,
  Reciprocal,
  Rsqrt,
  Sigmoid,
  Softplus,
  Sin,
  Sinh,
  Tan,
  Tanh,
} from "./functions";
import { map1, mapGuarded1, mapLong1 } from "./loops";

@unmanaged
class Neg {
  @inline apply<T>(x: v128): v128 {
    return isFloat<T>() ? negated<T>(x) : v128.neg<T>(x);
  }
}
@unmanaged
class Abs {
  @inline apply<T>(x: v128): v128 {
    return isFloat<T>() ? magnitudeOf<T>(x) : v128.abs<T>(x);
  }
}
@unmanaged
class Sign {
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
class Floor {
  @inline apply<T>(x: v128): v128 {
    return v128.floor<T>(x);
  }
}
@unmanaged
class Ceil {
  @inline apply<T>(x: v128): v128 {
    return v128.ceil<T>(x);
  }
}
@unmanaged
class Round {
  @inline apply<T>(x: v128): v128 {
    return v128.nearest<T>(x);
  }
}
@unmanaged
class Trunc {
  @inline apply<T>(x: v128): v128 {
    return v128.trunc<T>(x);
  }
}
@unmanaged
class Sqrt {
  @inline apply<T>(x: v128): v128 {
    return v128.sqrt<T>(x);
  }
}
// @ts-ignore: decorator
@inline
function floats<F>(dtype: i32, dst: usize, a: usize, n: i32): void {
  if (dtype == DType.Float32) map1<F, f32>(dst, a, n);
  else map1<F, f64>(dst, a, n);
}

// @ts-ignore: decorator
@inline
function functions<F>(dtype: i32, dst: usize, a: usize, n: i32): void {
  if (dtype == DType.Float32) mapLong1<F, f32>(dst, a, n);
  else mapLong1<F, f64>(dst, a, n);
}

// @ts-ignore: decorator
@inline
function guarded<F>(dtype: i32, dst: usize, a: usize, n: i32): void {
  if (dtype == DType.Float32) mapGuarded1<F, f32>(dst, a, n);
  else mapGuarded1<F, f64>(dst, a, n);
}

/** Neg, Abs and Sign of int32; rounding leaves it as it is, and so does every one of them (but Neg) a bool. */
function runDiscrete(op: i32, dtype: i32, dst: usize, a: usize, n: i32): void {
  if (dtype == DType.Int32) {
    switch (op) {
      case Op.Neg:
        return map1<Neg, i32>(dst, a, n);
      case Op.Abs:
        return map1<Abs, i32>(dst, a, n);
      case Op.Sign:
        return map1<Sign, i32>(dst, a, n);
    }
  }
  if (dst != a) memory.copy(dst, a, dtype == DType.Int32 ? n << 2 : n);
}

/** Neg … Erfinv. */
export function runUnary(op: i32, dtype: i32, dst: usize, a: usize, n: i32): void {
  if (dtype < DType.Float32) return runDiscrete(op, dtype, dst, a, n);
  switch (op) {
    case Op.Neg:
      return floats<Neg>(dtype, dst, a, n);
    case Op.Abs:
      return floats<Abs>(dtype, dst, a, n);
    case Op.Sign:
      return floats<Sign>(dtype, dst, a, n);
    case Op.Floor:
      return floats<Floor>(dtype, dst, a, n);
    case Op.Ceil:
      return floats<Ceil>(dtype, dst, a, n);
    case Op.Round:
      return floats<Round>(dtype, dst, a, n);
    case Op.Trunc:
      return floats<Trunc>(dtype, dst, a, n);
    case Op.Exp:
      return guarded<Exp>(dtype, dst, a, n);
    case Op.Exp2:
      return guarded<Exp2>(dtype, dst, a, n);
    case Op.Expm1:
      return guarded<Expm1>(dtype, dst, a, n);
    case Op.Log:
      return guarded<Log>(dtype, dst, a, n);
    case Op.Log2:
      return guarded<Log2>(dtype, dst, a, n);
    case Op.Log10:
      return guarded<Log10>(dtype, dst, a, n);
    case Op.Log1p:
      return guarded<Log1p>(dtype, dst, a, n);
    case Op.Sqrt:
    case Op.Root:
      return floats<Sqrt>(dtype, dst, a, n);
    case Op.Rsqrt:
      return floats<Rsqrt>(dtype, dst, a, n);
    case Op.Reciprocal:
      return floats<Reciprocal>(dtype, dst, a, n);
    case Op.Sin:
      return guarded<Sin>(dtype, dst, a, n);
    case Op.Cos:
      return guarded<Cos>(dtype, dst, a, n);
    case Op.Tan:
      return guarded<Tan>(dtype, dst, a, n);
    case Op.Asin:
      return functions<Asin>(dtype, dst, a, n);
    case Op.Acos:
      return functions<Acos>(dtype, dst, a, n);
    case Op.Atan:
      return functions<Atan>(dtype, dst, a, n);
    case Op.Sinh:
      return guarded<Sinh>(dtype, dst, a, n);
    case Op.Cosh:
      return guarded<Cosh>(dtype, dst, a, n);
    case Op.Tanh:
      return functions<Tanh>(dtype, dst, a, n);
    case Op.Asinh:
      return guarded<Asinh>(dtype, dst, a, n);
    case Op.Acosh:
      return guarded<Acosh>(dtype, dst, a, n);
    case Op.Atanh:
      return guarded<Atanh>(dtype, dst, a, n);
    case Op.Sigmoid:
      return guarded<Sigmoid>(dtype, dst, a, n);
    case Op.Softplus:
      return guarded<Softplus>(dtype, dst, a, n);
    case Op.Erf:
      return functions<Erf>(dtype, dst, a, n);
    case Op.Erfc:
      return functions<Erfc>(dtype, dst, a, n);
    case Op.Erfinv:
      return functions<Erfinv>(dtype, dst, a, n);
  }
}
