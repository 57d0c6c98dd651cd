// Comparisons and logical not: results are bools. a > b is b < a, for NaN too.
import { DType } from "../../abi/opcodes";
import { mapMask } from "./loops";

@unmanaged
export class Eq {
  @inline mask<T>(a: v128, b: v128): v128 {
    return v128.eq<T>(a, b);
  }
}
@unmanaged
export class Ne {
  @inline mask<T>(a: v128, b: v128): v128 {
    return v128.ne<T>(a, b);
  }
}
@unmanaged
export class Lt {
  @inline mask<T>(a: v128, b: v128): v128 {
    return v128.lt<T>(a, b);
  }
}
@unmanaged
export class Le {
  @inline mask<T>(a: v128, b: v128): v128 {
    return v128.le<T>(a, b);
  }
}
/** Whether a is below 0, or -0: by its bits, as an integer, of which those of a NaN are larger than those of -Infinity. */
@unmanaged
export class Negative {
  @inline mask<T>(a: v128, b: v128): v128 {
    if (sizeof<T>() == 8) return i64x2.le_s(a, i64x2.splat(0xfff0000000000000));
    if (isFloat<T>()) return i32x4.le_s(a, i32x4.splat(0xff800000));
    return sizeof<T>() == 4 ? i32x4.lt_s(a, i32x4.splat(0)) : i8x16.splat(0);
  }
}
@unmanaged
export class Not {
  @inline apply<T>(x: v128): v128 {
    return v128.xor(x, i8x16.splat(1));
  }
}

// @ts-ignore: decorator
@inline
export function compare2<F>(dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  if (dtype == DType.Float32) mapMask<F, f32>(dst, a, b, n);
  else if (dtype == DType.Float64) mapMask<F, f64>(dst, a, b, n);
  else if (dtype == DType.Int32) mapMask<F, i32>(dst, a, b, n);
  else mapMask<F, u8>(dst, a, b, n);
}
