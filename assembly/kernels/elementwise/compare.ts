// Comparisons and logical not: results are bools.
import { DType, Op } from "../../abi/opcodes";
import { map1, mapMask } from "./loops";

@unmanaged
class Eq {
  @inline mask<T>(a: v128, b: v128): v128 {
    return v128.eq<T>(a, b);
  }
}
@unmanaged
class Ne {
  @inline mask<T>(a: v128, b: v128): v128 {
    return v128.ne<T>(a, b);
  }
}
@unmanaged
class Lt {
  @inline mask<T>(a: v128, b: v128): v128 {
    return v128.lt<T>(a, b);
  }
}
@unmanaged
class Le {
  @inline mask<T>(a: v128, b: v128): v128 {
    return v128.le<T>(a, b);
  }
}
@unmanaged
class Not {
  @inline apply<T>(x: v128): v128 {
    return v128.xor(x, i8x16.splat(1));
  }
}

// @ts-ignore: decorator
@inline
function compare<F>(dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  if (dtype == DType.Float32) mapMask<F, f32>(dst, a, b, n);
  else if (dtype == DType.Float64) mapMask<F, f64>(dst, a, b, n);
  else if (dtype == DType.Int32) mapMask<F, i32>(dst, a, b, n);
  else mapMask<F, u8>(dst, a, b, n);
}

/** Eq … Ge. a > b is b < a, for NaN too. */
export function runCompare(op: i32, dtype: i32, dst: usize, a: usize, b: usize, n: i32): void {
  switch (op) {
    case Op.Eq:
      return compare<Eq>(dtype, dst, a, b, n);
    case Op.Ne:
      return compare<Ne>(dtype, dst, a, b, n);
    case Op.Lt:
      return compare<Lt>(dtype, dst, a, b, n);
    case Op.Le:
      return compare<Le>(dtype, dst, a, b, n);
    case Op.Gt:
      return compare<Lt>(dtype, dst, b, a, n);
    case Op.Ge:
      return compare<Le>(dtype, dst, b, a, n);
  }
}

export function runLogicalNot(dst: usize, a: usize, n: i32): void {
  map1<Not, u8>(dst, a, n);
}
