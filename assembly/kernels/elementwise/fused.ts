// Kernels of two ops at once: what the block machine would otherwise run as two instructions.
import { DType } from "../../abi/opcodes";

/** The forms of a product and a sum. */
export const enum MulAdd {
  /** a·b + c */
  Add,
  /** a·b - c */
  Sub,
  /** c - a·b */
  SubFrom,
}

@unmanaged
class Plus {
  @inline apply<T>(product: v128, c: v128): v128 {
    return v128.add<T>(product, c);
  }
}
@unmanaged
class Minus {
  @inline apply<T>(product: v128, c: v128): v128 {
    return v128.sub<T>(product, c);
  }
}
@unmanaged
class From {
  @inline apply<T>(product: v128, c: v128): v128 {
    return v128.sub<T>(c, product);
  }
}

/** dst = f(a·b, c), rounded twice: the bits are those of two instructions in every build, so this is no place for madd. */
function mulAdd<F, T>(dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  const end = dst + <usize>n * sizeof<T>();
  while (dst + 16 < end) {
    const x = changetype<F>(0).apply<T>(v128.mul<T>(v128.load(a), v128.load(b)), v128.load(c));
    const y = changetype<F>(0).apply<T>(v128.mul<T>(v128.load(a, 16), v128.load(b, 16)), v128.load(c, 16));
    v128.store(dst, x);
    v128.store(dst, y, 16);
    dst += 32;
    a += 32;
    b += 32;
    c += 32;
  }
  if (dst < end) v128.store(dst, changetype<F>(0).apply<T>(v128.mul<T>(v128.load(a), v128.load(b)), v128.load(c)));
}

// @ts-ignore: decorator
@inline
function mulAddOf<F>(dtype: i32, dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  if (dtype == DType.Float32) mulAdd<F, f32>(dst, a, b, c, n);
  else if (dtype == DType.Float64) mulAdd<F, f64>(dst, a, b, c, n);
  else mulAdd<F, i32>(dst, a, b, c, n);
}

/** One of the forms of MulAdd for float32, float64 or int32; see index.ts for what is read and written. dst may be an operand. */
export function runMulAdd(form: i32, dtype: i32, dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  if (form == MulAdd.Add) mulAddOf<Plus>(dtype, dst, a, b, c, n);
  else if (form == MulAdd.Sub) mulAddOf<Minus>(dtype, dst, a, b, c, n);
  else mulAddOf<From>(dtype, dst, a, b, c, n);
}
