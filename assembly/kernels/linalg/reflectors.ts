// Householder reflectors H = I - τ·v·vᵀ with v₁ = 1, and blocks of them, H₁H₂… = I - V·T·Vᵀ (Schreiber and Van Loan, "A storage-efficient
// WY representation for products of Householder transformations", 1989).
import { addProduct, storeFirst } from "../vectors";
import { addMatmul } from "./multiply";

// @ts-ignore: decorator
@inline
function splat<T>(x: T): v128 {
  return sizeof<T>() == 4 ? f32x4.splat(<f32>x) : f64x2.splat(<f64>x);
}

/**
 * Makes the reflector that takes x, m elements `step` apart, to its first one: x becomes v, whose first element is stored as 1, `norm`
 * gets what the first one becomes. Returns τ: 0 where nothing is left to reflect.
 */
export function makeReflector<T>(m: i32, x: usize, step: i32, norm: usize): T {
  const size = step * <i32>sizeof<T>();
  const first = load<T>(x);
  // Scaled, so that no square overflows and none that counts is lost.
  let largest: T = 0;
  for (let i = 1, at = x + size; i < m; ++i, at += size) largest = max<T>(largest, abs<T>(load<T>(at)));
  store<T>(x, 1);
  store<T>(norm, first);
  if (largest == 0) return 0;
  largest = max<T>(largest, abs<T>(first));
  let squares: f64 = 0;
  for (let i = 1, at = x + size; i < m; ++i, at += size) {
    const part = <f64>load<T>(at) / <f64>largest;
    squares += part * part;
  }
  const head = <f64>first / <f64>largest;
  const length = sqrt<f64>(head * head + squares);
  const end = head > 0 ? -length : length;
  store<T>(norm, <T>(end * <f64>largest));
  const distance = head - end;
  // The quotient first: 1 / largest may overflow.
  for (let i = 1, at = x + size; i < m; ++i, at += size) {
    store<T>(at, <T>(<f64>load<T>(at) / <f64>largest / distance));
  }
  return <T>((end - head) / end);
}

/** x = H·x for x [m, n] with rows `pitch` apart, v's elements `step` apart. */
export function reflect<T>(m: i32, v: usize, step: i32, tau: T, x: usize, pitch: i32, n: i32): void {
  const lanes = <i32>(16 / sizeof<T>());
  if (tau == 0) return;
  for (; n >= 4 * lanes; n -= 4 * lanes, x += 64) reflectFour<T>(m, v, step, tau, x, pitch);
  for (; n > 0; n -= lanes, x += 16) reflectOne<T>(m, v, step, tau, x, pitch, min(n, lanes));
}
function reflectFour<T>(m: i32, v: usize, step: i32, tau: T, x: usize, pitch: i32): void {
  const row = pitch * <i32>sizeof<T>();
  const next = step * <i32>sizeof<T>();
  let s0 = i32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (let i = m, at = x, from = v; i > 0; --i, at += row, from += next) {
    const factor = splat<T>(load<T>(from));
    s0 = addProduct<T>(s0, factor, v128.load(at));
    s1 = addProduct<T>(s1, factor, v128.load(at, 16));
    s2 = addProduct<T>(s2, factor, v128.load(at, 32));
    s3 = addProduct<T>(s3, factor, v128.load(at, 48));
  }
  const scale = splat<T>(<T>-tau);
  s0 = v128.mul<T>(s0, scale);
  s1 = v128.mul<T>(s1, scale);
  s2 = v128.mul<T>(s2, scale);
  s3 = v128.mul<T>(s3, scale);
  for (let i = m, at = x, from = v; i > 0; --i, at += row, from += next) {
    const factor = splat<T>(load<T>(from));
    v128.store(at, addProduct<T>(v128.load(at), factor, s0));
    v128.store(at, addProduct<T>(v128.load(at, 16), factor, s1), 16);
    v128.store(at, addProduct<T>(v128.load(at, 32), factor, s2), 32);
    v128.store(at, addProduct<T>(v128.load(at, 48), factor, s3), 48);
  }
}
function reflectOne<T>(m: i32, v: usize, step: i32, tau: T, x: usize, pitch: i32, count: i32): void {
  const row = pitch * <i32>sizeof<T>();
  const next = step * <i32>sizeof<T>();
  const lanes = <i32>(16 / sizeof<T>());
  let s = i32x4.splat(0);
  for (let i = m, at = x, from = v; i > 0; --i, at += row, from += next) {
    s = addProduct<T>(s, splat<T>(load<T>(from)), v128.load(at));
  }
  s = v128.mul<T>(s, splat<T>(<T>-tau));
  for (let i = m, at = x, from = v; i > 0; --i, at += row, from += next) {
    const sum = addProduct<T>(v128.load(at), splat<T>(load<T>(from)), s);
    if (count == lanes) v128.store(at, sum);
    else storeFirst<T>(at, sum, count);
  }
}

/**
 * -T of a block of k reflectors, the columns of v [m, k] with ones and zeros in their places: upper triangular [k, k]. On t's diagonal
 * stands τ. `products` is room for [k, k].
 */
export function makeBlock<T>(m: i32, k: i32, v: usize, t: usize, products: usize): void {
  const size = <i32>sizeof<T>();
  const row = k * size;
  memory.fill(products, 0, k * row);
  addMatmul<T>(k, k, m, v, 1, k, v, k, 1, products, k);
  fillBlock<T>(k, t, products);
}
/** -T [k, k], upper triangular, of reflectors by their products with each other; on t's diagonal stands τ. */
export function fillBlock<T>(k: i32, t: usize, products: usize): void {
  const size = <i32>sizeof<T>();
  const row = k * size;
  for (let j = 0; j < k; ++j) {
    const tau = load<T>(t + j * (row + size));
    // T's column is -τ·T·Vᵀv.
    for (let i = 0; i < j; ++i) {
      let sum: T = 0;
      for (let p = i; p < j; ++p) sum += load<T>(t + i * row + p * size) * load<T>(products + p * row + j * size);
      store<T>(t + i * row + j * size, <T>(-sum * tau));
    }
    for (let i = j + 1; i < k; ++i) store<T>(t + i * row + j * size, 0);
    store<T>(t + j * (row + size), <T>-tau);
  }
}

/** x = (I - V·T·Vᵀ)·x, or the transpose of it, for x [m, n]. `room` is for two of [k, n]. */
export function applyBlock<T>(
  transposed: bool,
  m: i32,
  k: i32,
  v: usize,
  t: usize,
  x: usize,
  pitch: i32,
  n: i32,
  room: usize,
): void {
  const bytes = <usize>(k * n) * sizeof<T>();
  const second = room + bytes;
  memory.fill(room, 0, 2 * bytes);
  addMatmul<T>(k, n, m, v, 1, k, x, pitch, 1, room, n);
  addMatmul<T>(k, n, k, t, transposed ? 1 : k, transposed ? k : 1, room, n, 1, second, n);
  addMatmul<T>(m, n, k, v, k, 1, second, n, 1, x, pitch);
}
