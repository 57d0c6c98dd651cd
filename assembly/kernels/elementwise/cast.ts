// Casts between the four dtypes. Float to int32 truncates, saturates, and gives 0 for NaN; to bool is x != 0.
import { DType } from "../../abi/opcodes";
import { narrow } from "../math/lanes";
import { mapMask } from "./loops";

/** A comparison with 0; `mapMask` is given the one operand twice. */
@unmanaged
class NotZero {
  @inline mask<T>(a: v128, b: v128): v128 {
    return v128.ne<T>(a, v128.splat<T>(0 as T));
  }
}

// Each class turns the operand at `a` into one vector of the destination: Target elements from as many of Source.
@unmanaged
class BoolToInt {
  @inline convert(a: usize): v128 {
    return bytes4(a);
  }
}
@unmanaged
class BoolToFloat {
  @inline convert(a: usize): v128 {
    return f32x4.convert_i32x4_s(bytes4(a));
  }
}
@unmanaged
class BoolToDouble {
  @inline convert(a: usize): v128 {
    return f64x2.convert_low_i32x4_s(bytes4(a));
  }
}
@unmanaged
class IntToFloat {
  @inline convert(a: usize): v128 {
    return f32x4.convert_i32x4_s(v128.load(a));
  }
}
@unmanaged
class IntToDouble {
  @inline convert(a: usize): v128 {
    return f64x2.convert_low_i32x4_s(v128.load_zero<u64>(a));
  }
}
@unmanaged
class FloatToInt {
  @inline convert(a: usize): v128 {
    return i32x4.trunc_sat_f32x4_s(v128.load(a));
  }
}
@unmanaged
class FloatToDouble {
  @inline convert(a: usize): v128 {
    return f64x2.promote_low_f32x4(v128.load_zero<u64>(a));
  }
}
@unmanaged
class DoubleToInt {
  @inline convert(a: usize): v128 {
    const low = i32x4.trunc_sat_f64x2_s_zero(v128.load(a));
    return v128.shuffle<i64>(low, i32x4.trunc_sat_f64x2_s_zero(v128.load(a, 16)), 0, 2);
  }
}
@unmanaged
class DoubleToFloat {
  @inline convert(a: usize): v128 {
    return narrow(v128.load(a), v128.load(a, 16));
  }
}

/** Four bytes as int32 lanes. */
// @ts-ignore: decorator
@inline
function bytes4(a: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load_zero<u32>(a)));
}

function convert<F, Source, Target>(dst: usize, a: usize, n: i32): void {
  const end = dst + <usize>n * sizeof<Target>();
  while (dst < end) {
    v128.store(dst, changetype<F>(0).convert(a));
    dst += 16;
    a += (16 / sizeof<Target>()) * sizeof<Source>();
  }
}

export function runCast(dtype: i32, src: i32, dst: usize, a: usize, n: i32): void {
  if (dtype == src) {
    if (dst != a) memory.copy(dst, a, src == DType.Bool ? n : n << (src == DType.Float64 ? 3 : 2));
    return;
  }
  switch ((src << 2) | dtype) {
    case (DType.Bool << 2) | DType.Int32:
      return convert<BoolToInt, u8, i32>(dst, a, n);
    case (DType.Bool << 2) | DType.Float32:
      return convert<BoolToFloat, u8, f32>(dst, a, n);
    case (DType.Bool << 2) | DType.Float64:
      return convert<BoolToDouble, u8, f64>(dst, a, n);
    case (DType.Int32 << 2) | DType.Bool:
      return mapMask<NotZero, i32>(dst, a, a, n);
    case (DType.Int32 << 2) | DType.Float32:
      return convert<IntToFloat, i32, f32>(dst, a, n);
    case (DType.Int32 << 2) | DType.Float64:
      return convert<IntToDouble, i32, f64>(dst, a, n);
    case (DType.Float32 << 2) | DType.Bool:
      return mapMask<NotZero, f32>(dst, a, a, n);
    case (DType.Float32 << 2) | DType.Int32:
      return convert<FloatToInt, f32, i32>(dst, a, n);
    case (DType.Float32 << 2) | DType.Float64:
      return convert<FloatToDouble, f32, f64>(dst, a, n);
    case (DType.Float64 << 2) | DType.Bool:
      return mapMask<NotZero, f64>(dst, a, a, n);
    case (DType.Float64 << 2) | DType.Int32:
      return convert<DoubleToInt, f64, i32>(dst, a, n);
    case (DType.Float64 << 2) | DType.Float32:
      return convert<DoubleToFloat, f64, f32>(dst, a, n);
  }
}
