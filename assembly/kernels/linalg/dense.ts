// What factorisations of one float64 matrix in a thread's workspace are written in: vectors, products, Householder reflectors one by one
// and in blocks. Rows are contiguous; a reflector is a row.
import { DType } from "../../abi/opcodes";
import { longBytes } from "../../memory/words";
import { gemmPartIn, gemmParts } from "../gemm";
import { MOST_WORKSPACE } from "../gemm/blocked";
import { GEMM_BYTES, Gemm } from "../gemm/descriptor";
import { addProduct, laneSum } from "../vectors";
import { fillBlock } from "./reflectors";

export const EPSILON: f64 = f64.EPSILON;

/** Reflectors that are applied together. */
export const BLOCK: i32 = 32;

// The workspace is handed out from its beginning; what lies first serves the products.
let product: usize = 0;
let next: usize = 0;
const PRODUCT_BYTES: usize = ((<usize>GEMM_BYTES + 63) & ~63) + <usize>MOST_WORKSPACE;

/** Bytes of workspace for `doubles` numbers in at most 32 regions. */
export function denseBytes(doubles: usize): usize {
  return PRODUCT_BYTES + doubles * 8 + 32 * 64;
}
export function startDense(workspace: usize): void {
  product = workspace;
  next = workspace + PRODUCT_BYTES;
}
/** The next region of the workspace. */
export function region(count: usize): usize {
  const at = next;
  next += (count * 8 + 63) & ~63;
  return at;
}

// @ts-ignore: decorator
@inline
export function at(list: usize, i: i32): f64 {
  return load<f64>(list + longBytes(i));
}
// @ts-ignore: decorator
@inline
export function put(list: usize, i: i32, x: f64): void {
  store<f64>(list + longBytes(i), x);
}

/** A float32 or float64, as float64. */
// @ts-ignore: decorator
@inline
export function loadReal(at: usize, isDouble: bool): f64 {
  return isDouble ? load<f64>(at) : <f64>load<f32>(at);
}
// @ts-ignore: decorator
@inline
export function storeReal(at: usize, isDouble: bool, x: f64): void {
  if (isDouble) store<f64>(at, x);
  else store<f32>(at, <f32>x);
}

/** c[m, n], rows `cPitch` apart, = a·b or += a·b; strides in elements. */
export function multiply(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aRow: i32,
  aCol: i32,
  b: usize,
  bRow: i32,
  bCol: i32,
  c: usize,
  cPitch: i32,
  accumulate: bool,
): void {
  if (m <= 0 || n <= 0) return;
  if (k == 0) {
    if (!accumulate) for (let i = 0; i < m; i++) memory.fill(c + longBytes(i * cPitch), 0, longBytes(n));
    return;
  }
  const g = changetype<Gemm>(product);
  g.set(DType.Float64, m, n, k, a, aRow, aCol, b, bRow, bCol, c);
  g.cPitch = cPitch;
  g.accumulate = accumulate;
  const parts = gemmParts(g);
  for (let part = 0; part < parts; part++) gemmPartIn(g, part, productSpace());
}
/** For kernels that pack a vector. */
// @ts-ignore: decorator
@inline
export function productSpace(): usize {
  return product + ((<usize>GEMM_BYTES + 63) & ~63);
}

export function dot(n: i32, x: usize, y: usize): f64 {
  let a = f64x2.splat(0),
    b = a;
  const end = x + longBytes(n & ~3);
  for (; x < end; x += 32, y += 32) {
    a = addProduct<f64>(a, v128.load(x), v128.load(y));
    b = addProduct<f64>(b, v128.load(x, 16), v128.load(y, 16));
  }
  let sum = laneSum<f64>(f64x2.add(a, b));
  for (let i = 0; i < (n & 3); i++) sum += at(x, i) * at(y, i);
  return sum;
}
/** y += c·x */
export function addScaled(n: i32, c: f64, x: usize, y: usize): void {
  const by = f64x2.splat(c);
  const end = x + longBytes(n & ~1);
  for (; x < end; x += 16, y += 16) v128.store(y, addProduct<f64>(v128.load(y), by, v128.load(x)));
  if (n & 1) store<f64>(y, load<f64>(y) + c * load<f64>(x));
}
export function scaleBy(n: i32, c: f64, x: usize): void {
  for (let i = 0; i < n; i++) put(x, i, c * at(x, i));
}
/** (x, y) ← (c·x + s·y, c·y - s·x) */
export function rotate(n: i32, x: usize, y: usize, c: f64, s: f64): void {
  const cc = f64x2.splat(c),
    ss = f64x2.splat(s);
  const end = x + longBytes(n & ~1);
  for (; x < end; x += 16, y += 16) {
    const u = v128.load(x),
      v = v128.load(y);
    v128.store(x, f64x2.add(f64x2.mul(cc, u), f64x2.mul(ss, v)));
    v128.store(y, f64x2.sub(f64x2.mul(cc, v), f64x2.mul(ss, u)));
  }
  if (n & 1) {
    const u = load<f64>(x),
      v = load<f64>(y);
    store<f64>(x, c * u + s * v);
    store<f64>(y, c * v - s * u);
  }
}
export function hypotenuse(a: f64, b: f64): f64 {
  a = abs(a);
  b = abs(b);
  const most = max(a, b);
  if (!(most > 0) || most == Infinity) return most;
  const ratio = min(a, b) / most;
  return most * sqrt(1 + ratio * ratio);
}
/** √Σx², without overflow or underflow on the way. */
export function norm(n: i32, x: usize): f64 {
  const plain = dot(n, x, x);
  if (plain > 1e-250 && plain < 1e250) return sqrt(plain);
  let most: f64 = 0;
  for (let i = 0; i < n; i++) most = max(most, abs(at(x, i)));
  if (!(most > 0) || most == Infinity) return most;
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) {
    const ratio = at(x, i) / most;
    sum += ratio * ratio;
  }
  return most * sqrt(sum);
}

/** What the last reflector leaves of its vector. */
export let beta: f64 = 0;
/**
 * Makes x[n] the vector v, v[0] = 1, of the reflector I - τvvᵀ that sends x to a multiple of the first unit vector, `beta`; returns τ.
 * As LAPACK's larfg.
 */
export function reflector(n: i32, x: usize): f64 {
  const first = load<f64>(x);
  const rest = norm(n - 1, x + 8);
  beta = first;
  store<f64>(x, 1);
  if (rest == 0) return 0;
  beta = -copysign<f64>(hypotenuse(first, rest), first);
  const by = first - beta;
  for (let i = 1; i < n; i++) put(x, i, at(x, i) / by);
  return -by / beta;
}

/**
 * m[rows, …] ← m·Hᵀ for the product H = H₀H₁… of `count` reflectors, of which number i is the row i of `vectors`, zero before its element
 * `i + shift`; `length` elements. By blocks I - YᵀTY (Schreiber and Van Loan, "A storage-efficient WY representation", 1989).
 * space: rows × 2·BLOCK and 2·BLOCK² numbers.
 */
export function applyReflectors(
  rows: i32,
  m: usize,
  pitch: i32,
  count: i32,
  vectors: usize,
  vectorPitch: i32,
  taus: usize,
  length: i32,
  shift: i32,
  space: usize,
): void {
  for (let first = ((count - 1) / BLOCK) * BLOCK; first >= 0 && count > 0; first -= BLOCK) {
    const k = min(BLOCK, count - first);
    const start = first + shift;
    const y = vectors + longBytes(first * vectorPitch + start);
    applyBlock(
      true,
      rows,
      m + longBytes(start),
      pitch,
      k,
      y,
      vectorPitch,
      taus + longBytes(first),
      length - start,
      space,
    );
  }
}
/** m[rows, n] ← m·Hᵀ, or m·H, for the product H of k ≤ BLOCK reflectors, the rows of y, zero before their elements 0, 1, …. */
function applyBlock(
  transposed: bool,
  rows: i32,
  m: usize,
  pitch: i32,
  k: i32,
  y: usize,
  yPitch: i32,
  taus: usize,
  n: i32,
  space: usize,
): void {
  const gram = space,
    t = gram + 8 * BLOCK * BLOCK,
    along = t + 8 * BLOCK * BLOCK,
    turned = along + longBytes(rows * BLOCK);
  multiply(k, k, n, y, yPitch, 1, y, 1, yPitch, gram, k, false);
  triangularFactor(k, gram, taus, t);
  multiply(rows, k, n, m, pitch, 1, y, 1, yPitch, along, k, false);
  // t holds -T
  multiply(rows, k, k, along, k, 1, t, transposed ? 1 : k, transposed ? k : 1, turned, k, false);
  multiply(rows, n, k, turned, k, 1, y, yPitch, 1, m, pitch, true);
}
/**
 * The columns of a tall matrix, the n rows of `columns` [n, m], made those of Q·R: r [n, n], and the reflectors of Q for `applyReflectors`
 * in the place of the columns, with `taus`. space: n × 2·BLOCK and 2·BLOCK² numbers.
 */
export function triangularise(m: i32, n: i32, columns: usize, r: usize, taus: usize, space: usize): void {
  memory.fill(r, 0, longBytes(n * n));
  for (let first = 0; first < n; first += BLOCK) {
    const end = min(first + BLOCK, n);
    for (let i = first; i < end; i++) {
      const v = columns + longBytes(i * m + i),
        length = m - i;
      const tau = reflector(length, v);
      put(taus, i, tau);
      put(r, i * n + i, beta);
      for (let j = i + 1; j < end; j++) {
        const column = columns + longBytes(j * m + i);
        addScaled(length, -tau * dot(length, v, column), v, column);
      }
      for (let p = 0; p < i; p++) {
        put(r, p * n + i, at(columns, i * m + p));
        put(columns, i * m + p, 0);
      }
    }
    if (end == n) break;
    const y = columns + longBytes(first * m + first);
    const rest = columns + longBytes(end * m + first);
    applyBlock(false, n - end, rest, m, end - first, y, m, taus + longBytes(first), m - first, space);
  }
}
// -T of I - YᵀTY, upper triangular, from the products of the reflectors with each other.
function triangularFactor(k: i32, gram: usize, taus: usize, t: usize): void {
  for (let i = 0; i < k; i++) put(t, i * k + i, at(taus, i));
  fillBlock<f64>(k, t, gram);
}
