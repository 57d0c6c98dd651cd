// Kernels of two ops at once, what the block machine would otherwise run as two instructions: an arithmetic op on the result of
// another. Both are rounded, so the bits are those of two instructions in every build, and this is no place for madd.
import { DType } from "../../abi/opcodes";

/** The first op: t = a ∘ b. */
export const enum First {
  Add,
  Sub,
  Mul,
}
/** The second: what is made of t and c. */
export const enum Second {
  /** t + c */
  Add,
  /** t - c */
  Sub,
  /** c - t */
  SubFrom,
  /** t · c */
  Mul,
  /** t · t; c is not read */
  Square,
}
const SECONDS: i32 = 5;
@inline
export function pairOf(first: i32, second: i32): i32 {
  return first * SECONDS + second;
}

@unmanaged
class Sum {
  @inline apply<T>(a: v128, b: v128): v128 {
    return v128.add<T>(a, b);
  }
}
@unmanaged
class Difference {
  @inline apply<T>(a: v128, b: v128): v128 {
    return v128.sub<T>(a, b);
  }
}
@unmanaged
class Reverse {
  @inline apply<T>(a: v128, b: v128): v128 {
    return v128.sub<T>(b, a);
  }
}
@unmanaged
class Product {
  @inline apply<T>(a: v128, b: v128): v128 {
    return v128.mul<T>(a, b);
  }
}

/** dst = G(F(a, b), c). */
function pair<F, G, T>(dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  const first = changetype<F>(0),
    second = changetype<G>(0);
  const end = dst + <usize>n * sizeof<T>();
  // Both vectors are computed before either is stored: dst may be an operand.
  for (; dst + 16 < end; dst += 32, a += 32, b += 32, c += 32) {
    const x = second.apply<T>(first.apply<T>(v128.load(a), v128.load(b)), v128.load(c));
    const y = second.apply<T>(first.apply<T>(v128.load(a, 16), v128.load(b, 16)), v128.load(c, 16));
    v128.store(dst, x);
    v128.store(dst, y, 16);
  }
  if (dst < end) v128.store(dst, second.apply<T>(first.apply<T>(v128.load(a), v128.load(b)), v128.load(c)));
}
/** dst = F(a, b)². */
function square<F, T>(dst: usize, a: usize, b: usize, n: i32): void {
  const first = changetype<F>(0);
  const end = dst + <usize>n * sizeof<T>();
  for (; dst + 16 < end; dst += 32, a += 32, b += 32) {
    const x = first.apply<T>(v128.load(a), v128.load(b));
    const y = first.apply<T>(v128.load(a, 16), v128.load(b, 16));
    v128.store(dst, v128.mul<T>(x, x));
    v128.store(dst, v128.mul<T>(y, y), 16);
  }
  if (dst < end) {
    const x = first.apply<T>(v128.load(a), v128.load(b));
    v128.store(dst, v128.mul<T>(x, x));
  }
}

function pairsOf<F, T>(second: i32, dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  if (second == Second.Add) pair<F, Sum, T>(dst, a, b, c, n);
  else if (second == Second.Sub) pair<F, Difference, T>(dst, a, b, c, n);
  else if (second == Second.SubFrom) pair<F, Reverse, T>(dst, a, b, c, n);
  else if (second == Second.Mul) pair<F, Product, T>(dst, a, b, c, n);
  else square<F, T>(dst, a, b, n);
}
function pairs<T>(form: i32, dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  const first = form / SECONDS,
    second = form - first * SECONDS;
  if (first == First.Add) pairsOf<Sum, T>(second, dst, a, b, c, n);
  else if (first == First.Sub) pairsOf<Difference, T>(second, dst, a, b, c, n);
  else pairsOf<Product, T>(second, dst, a, b, c, n);
}

/** A pair of ops, `pairOf(first, second)`, for float32 or float64; see index.ts for what is read and written. dst may be an operand. */
export function runPair(form: i32, dtype: i32, dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  if (dtype == DType.Float32) pairs<f32>(form, dst, a, b, c, n);
  else pairs<f64>(form, dst, a, b, c, n);
}
