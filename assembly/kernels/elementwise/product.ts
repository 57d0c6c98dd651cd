// Products with a sum: one pass instead of two, each of the two operations rounded as if it were alone, so that fusing them
// changes no bit, in no build.
import { DType } from "../../abi/opcodes";

/** What is made of a·b and c. */
export enum Form {
  /** a·b + c */
  Add,
  /** a·b − c */
  Sub,
  /** c − a·b */
  SubFrom,
}

/** dst = form(a·b, c) for n ≥ 1 float elements; reads and writes whole vectors, as runElementwise does. */
export function runProduct(form: i32, dtype: i32, dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  if (dtype == DType.Float32) productOf<f32>(form, dst, a, b, c, n);
  else productOf<f64>(form, dst, a, b, c, n);
}
function productOf<T>(form: i32, dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  if (form == Form.Add) map3<Added, T>(dst, a, b, c, n);
  else if (form == Form.Sub) map3<Subtracted, T>(dst, a, b, c, n);
  else map3<SubtractedFrom, T>(dst, a, b, c, n);
}

@unmanaged
class Added {
  @inline apply<T>(product: v128, c: v128): v128 {
    return v128.add<T>(product, c);
  }
}
@unmanaged
class Subtracted {
  @inline apply<T>(product: v128, c: v128): v128 {
    return v128.sub<T>(product, c);
  }
}
@unmanaged
class SubtractedFrom {
  @inline apply<T>(product: v128, c: v128): v128 {
    return v128.sub<T>(c, product);
  }
}

function map3<F, T>(dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  const form = changetype<F>(0);
  const end = dst + <usize>n * sizeof<T>();
  for (; dst + 48 < end; dst += 64, a += 64, b += 64, c += 64) {
    // All loads before the stores: dst may be an operand.
    const p = form.apply<T>(v128.mul<T>(v128.load(a), v128.load(b)), v128.load(c));
    const q = form.apply<T>(v128.mul<T>(v128.load(a, 16), v128.load(b, 16)), v128.load(c, 16));
    const r = form.apply<T>(v128.mul<T>(v128.load(a, 32), v128.load(b, 32)), v128.load(c, 32));
    const s = form.apply<T>(v128.mul<T>(v128.load(a, 48), v128.load(b, 48)), v128.load(c, 48));
    v128.store(dst, p);
    v128.store(dst, q, 16);
    v128.store(dst, r, 32);
    v128.store(dst, s, 48);
  }
  for (; dst < end; dst += 16, a += 16, b += 16, c += 16) {
    v128.store(dst, form.apply<T>(v128.mul<T>(v128.load(a), v128.load(b)), v128.load(c)));
  }
}
