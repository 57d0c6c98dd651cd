// Real transforms by complex ones of half the length: of x₀ + ix₁, x₂ + ix₃, … (W. Press et al., "Numerical recipes", section 12.3).
// An odd length can't be halved: its imaginary parts are zeros.
import { addProduct, storeFirst } from "../vectors";
import { Plan } from "./plan";

/** Rows that are taken apart, or put together; strides in bytes. */
@unmanaged
export class Rows {
  /** Of the signals; points of the complex transforms, n / 2 or n. */
  n: i32;
  points: i32;
  count: i32;
  /** Bytes of an element. */
  size: i32;
  /** The plan of the roots of halves; none of odd lengths. */
  halves: usize;
  /** exp(sign·2πi…): -1 or 1. */
  sign: f64;
  /** What all but the first and the last coefficient, which stand for two each, count. */
  weight: f64;
  /** The complex rows. */
  re: usize;
  im: usize;
  stride: usize;
  /** The half spectra, rows without gaps. */
  halfRe: usize;
  halfIm: usize;
}
const CHUNK: i32 = 4096;

// @ts-ignore: decorator
@inline
function reversed<T>(a: v128): v128 {
  return sizeof<T>() == 4 ? v128.shuffle<i32>(a, a, 3, 2, 1, 0) : v128.shuffle<i64>(a, a, 1, 0);
}
// @ts-ignore: decorator
@inline
function chunks(rows: Rows): i32 {
  return (rows.points + CHUNK) / CHUNK;
}
export function rowParts(rows: Rows): i32 {
  return rows.count * chunks(rows);
}

export function takeApartPart(rows: Rows, part: i32): void {
  if (rows.size == 4) takeApart<f32>(rows, part);
  else takeApart<f64>(rows, part);
}
export function putTogetherPart(rows: Rows, part: i32): void {
  if (rows.size == 4) putTogether<f32>(rows, part);
  else putTogether<f64>(rows, part);
}

/** Half a spectrum of points of a complex row. Element `points` of the row is its first again. */
function takeApart<T>(rows: Rows, part: i32): void {
  const row = part / chunks(rows),
    begin = (part % chunks(rows)) * CHUNK,
    m = rows.points,
    size = rows.n / 2 + 1;
  const re = rows.re + <usize>row * rows.stride,
    im = rows.im + <usize>row * rows.stride;
  const toRe = rows.halfRe + <usize>row * size * sizeof<T>(),
    toIm = rows.halfIm + <usize>row * size * sizeof<T>();
  const end = min(size, begin + CHUNK);
  const sign = <T>-rows.sign,
    weight = <T>rows.weight;
  if (m == rows.n) {
    for (let k = begin; k < end; k++) {
      const at = <usize>k * sizeof<T>();
      store<T>(toRe + at, load<T>(re + at) * (k ? weight : <T>1));
      store<T>(toIm + at, k ? load<T>(im + at) * weight * sign : <T>0);
    }
    return;
  }
  const plan = changetype<Plan>(rows.halves);
  const width = <i32>(16 / sizeof<T>());
  const half = v128.splat<T>(<T>0.5 * weight),
    halfIm = v128.splat<T>(<T>0.5 * weight * sign);
  for (let k = begin; k < end; k += width) {
    const at = <usize>k * sizeof<T>(),
      mirror = <usize>(m - k - width + 1) * sizeof<T>();
    const ar = v128.load(re + at),
      ai = v128.load(im + at),
      br = reversed<T>(v128.load(re + mirror)),
      bi = reversed<T>(v128.load(im + mirror)),
      wr = v128.load(plan.roots + at),
      wi = v128.load(plan.roots + plan.distance + at);
    const dr = v128.sub<T>(br, ar),
      di = v128.add<T>(ai, bi);
    // (a + b̄ - i·w(a - b̄)) / 2
    let xr = addProduct<T>(addProduct<T>(v128.add<T>(ar, br), wr, di), v128.neg<T>(wi), dr);
    let xi = addProduct<T>(addProduct<T>(v128.sub<T>(ai, bi), wr, dr), wi, di);
    xr = v128.mul<T>(xr, half);
    xi = v128.mul<T>(xi, halfIm);
    if (k + width <= end) {
      v128.store(toRe + at, xr);
      v128.store(toIm + at, xi);
    } else {
      storeFirst<T>(toRe + at, xr, end - k);
      storeFirst<T>(toIm + at, xi, end - k);
    }
  }
  if (!begin) {
    store<T>(toRe, load<T>(re) + load<T>(im));
    store<T>(toIm, <T>0);
  }
  if (end == size) {
    const last = <usize>m * sizeof<T>();
    store<T>(toRe + last, load<T>(re) - load<T>(im));
    store<T>(toIm + last, <T>0);
  }
}

/** The complex row whose transform, with a positive angle, has the signal of half a spectrum. */
function putTogether<T>(rows: Rows, part: i32): void {
  const row = part / chunks(rows),
    begin = (part % chunks(rows)) * CHUNK,
    m = rows.points,
    size = rows.n / 2 + 1;
  const toRe = rows.re + <usize>row * rows.stride,
    toIm = rows.im + <usize>row * rows.stride;
  const re = rows.halfRe + <usize>row * size * sizeof<T>(),
    im = rows.halfIm + <usize>row * size * sizeof<T>();
  const sign = <T>rows.sign,
    weight = <T>rows.weight;
  if (m == rows.n) {
    for (let k = begin, end = min(size, begin + CHUNK); k < end; k++) {
      const at = <usize>k * sizeof<T>(),
        mirror = <usize>(m - k) * sizeof<T>();
      const r = load<T>(re + at) * (k ? weight : <T>1),
        i = k ? load<T>(im + at) * weight * sign : <T>0;
      store<T>(toRe + at, r);
      store<T>(toIm + at, i);
      if (!k) continue;
      store<T>(toRe + mirror, r);
      store<T>(toIm + mirror, -i);
    }
    return;
  }
  const plan = changetype<Plan>(rows.halves);
  const width = <i32>(16 / sizeof<T>());
  const factor = v128.splat<T>(weight),
    factorIm = v128.splat<T>(weight * sign);
  for (let k = begin, end = min(m, begin + CHUNK); k < end; k += width) {
    const at = <usize>k * sizeof<T>(),
      mirror = <usize>(m - k - width + 1) * sizeof<T>();
    const ar = v128.mul<T>(v128.load(re + at), factor),
      ai = v128.mul<T>(v128.load(im + at), factorIm),
      br = v128.mul<T>(reversed<T>(v128.load(re + mirror)), factor),
      bi = v128.mul<T>(reversed<T>(v128.load(im + mirror)), factorIm),
      wr = v128.load(plan.roots + at),
      wi = v128.load(plan.roots + plan.distance + at);
    const dr = v128.sub<T>(ar, br),
      di = v128.add<T>(ai, bi);
    // a + b̄ + i·w̄(a - b̄)
    const zr = addProduct<T>(addProduct<T>(v128.add<T>(ar, br), wi, dr), v128.neg<T>(wr), di);
    const zi = addProduct<T>(addProduct<T>(v128.sub<T>(ai, bi), wr, dr), wi, di);
    // Behind the row there is room.
    v128.store(toRe + at, zr);
    v128.store(toIm + at, zi);
  }
  if (!begin) {
    const first = load<T>(re),
      last = load<T>(re + <usize>m * sizeof<T>());
    store<T>(toRe, first + last);
    store<T>(toIm, first - last);
  }
}
