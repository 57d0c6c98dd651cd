// Eigenvalues and eigenvectors of general real matrices: Hessenberg form by reflectors, QR steps with double shifts (J. Francis, "The QR
// transformation", 1961), and back substitution, in real arithmetic. After EISPACK's hqr2 (J. Wilkinson and C. Reinsch, "Handbook for
// Automatic Computation", 1971).
import { longBytes } from "../../memory/words";
import { EPSILON, addScaled, at, dot, hypotenuse, put, reflector } from "./dense";

const STEPS: i32 = 60;

let n: i32 = 0;
let h: usize = 0;
let v: usize = 0;
let re: usize = 0;
let im: usize = 0;

// @ts-ignore: decorator
@inline
function get(i: i32, j: i32): f64 {
  return at(h, i * n + j);
}
// @ts-ignore: decorator
@inline
function set(i: i32, j: i32, x: f64): void {
  put(h, i * n + j, x);
}

/** Powers of two by which rows are smaller, and columns larger, than in the matrix that was given: scales[i] for each i. */
let scales: usize = 0;
/** Rounds of balancing, which is done much sooner. */
const ROUNDS: i32 = 100;
/** 2^e; e within the range of normal numbers. */
// @ts-ignore: decorator
@inline
function power(e: i32): f64 {
  return reinterpret<f64>((<u64>(e + 1023)) << 52);
}
// @ts-ignore: decorator
@inline
function exponentOf(x: f64): i32 {
  return ((<i32>(reinterpret<u64>(x) >> 52)) & 2047) - 1023;
}

/**
 * Makes row and column i of about the same size for each i, by powers of two (B. Parlett and C. Reinsch, "Balancing a matrix for calculation
 * of eigenvalues and eigenvectors", 1969): D⁻¹·a·D. Errors are relative to the norm, which badly scaled matrices have from elements that
 * matter little.
 */
function balance(): void {
  for (let i = 0; i < n; i++) put(scales, i, 0);
  let changed = true;
  for (let round = 0; changed && round < ROUNDS; round++) {
    changed = false;
    for (let i = 0; i < n; i++) {
      let column: f64 = 0,
        row: f64 = 0;
      for (let j = 0; j < n; j++) {
        if (j == i) continue;
        column = max(column, abs(get(j, i)));
        row = max(row, abs(get(i, j)));
      }
      if (column == 0 || row == 0) continue;
      // Half the distance of the exponents, and nothing for a factor of 2.
      const by = max<i32>(-900, min<i32>(900, (exponentOf(row) - exponentOf(column)) / 2));
      if (by == 0) continue;
      changed = true;
      put(scales, i, at(scales, i) + <f64>by);
      const up = power(by),
        down = power(-by);
      for (let j = 0; j < n; j++) {
        if (j == i) continue;
        set(j, i, get(j, i) * up);
        set(i, j, get(i, j) * down);
      }
    }
  }
}
/** The power of two that brings the largest element to about 1 is taken out of the matrix; returns its inverse. */
function normalize(): f64 {
  let most: f64 = 0;
  for (let i = 0; i < n * n; i++) most = max(most, abs(at(h, i)));
  // An even one, so that its root is one too.
  const e = max<i32>(-1020, min<i32>(1020, exponentOf(most))) & ~1;
  for (let i = 0; i < n * n; i++) put(h, i, at(h, i) * power(-e));
  return power(e);
}
/** Vectors of the matrix that was given: D·v, the largest element of each, or of the two of a complex pair, about 1. */
function unbalance(): void {
  for (let j = 0; j < n; j++) {
    const columns = at(im, j) == 0 ? 1 : 2;
    let most: f64 = -Infinity;
    for (let i = 0; i < n; i++)
      for (let k = j; k < j + columns; k++) {
        const x = at(v, i * n + k);
        if (x != 0) most = max(most, at(scales, i) + <f64>exponentOf(x));
      }
    for (let i = 0; i < n; i++)
      for (let k = j; k < j + columns; k++) {
        const x = at(v, i * n + k),
          by = <i32>max<f64>(-2044, min<f64>(2044, at(scales, i) - most));
        put(v, i * n + k, x == 0 ? 0 : x * power(by / 2) * power(by - by / 2));
      }
    j += columns - 1;
  }
}

/** What the eigenvalues were multiplied by. */
export let eigenvalueScale: f64 = 1;

/**
 * The eigenvalues of a, [n, n], which is overwritten, and as columns of `vectors` the eigenvectors: of a real eigenvalue one column, of a
 * complex pair the real and the imaginary part of that whose imaginary part is positive, which comes first; the values are to be multiplied
 * by `eigenvalueScale`. space: 3n numbers. False: it has not converged.
 */
export function eigenvectorsOf(
  count: i32,
  a: usize,
  vectors: usize,
  real: usize,
  imaginary: usize,
  space: usize,
): bool {
  if (!schurForm(count, a, vectors, real, imaginary, space, 0)) return false;
  if (norm > 0) substitute();
  unbalance();
  return true;
}
/** What the elements of the Hessenberg form come to. */
let norm: f64 = 0;
/** The norm of the last rows and columns of what the Schur form is of. */
export let lastNorm: f64 = 0;
/**
 * The eigenvalues alone, and in the place of a the real Schur form T of D⁻¹·a·D / eigenvalueScale = V·T·Vᵀ. What is below its diagonal
 * means something beside complex pairs only. `last`: how many rows and columns are for `lastNorm`.
 */
export function schurForm(
  count: i32,
  a: usize,
  vectors: usize,
  real: usize,
  imaginary: usize,
  space: usize,
  last: i32,
): bool {
  n = count;
  h = a;
  v = vectors;
  re = real;
  im = imaginary;
  scales = space + longBytes(2 * n);
  balance();
  eigenvalueScale = normalize();
  lastNorm = 0;
  for (let i = n - last; i < n; i++) for (let j = n - last; j < n; j++) lastNorm = hypotenuse(lastNorm, get(i, j));
  hessenberg(space);
  norm = 0;
  for (let i = 0; i < n; i++) for (let j = max(i - 1, 0); j < n; j++) norm += abs(get(i, j));
  for (let i = 0; i < n; i++) {
    put(re, i, 0);
    put(im, i, 0);
  }
  return schur();
}
/** Dᵢ / Dⱼ */
export function scaleAt(i: i32, j: i32): f64 {
  return power(<i32>max<f64>(-1022, min<f64>(1023, at(scales, i) - at(scales, j))));
}

// a = V·H·Vᵀ
function hessenberg(space: usize): void {
  const x = space,
    row = space + longBytes(n);
  memory.fill(v, 0, longBytes(n * n));
  for (let i = 0; i < n; i++) put(v, i * n + i, 1);
  for (let k = 0; k < n - 2; k++) {
    const rest = n - k - 1;
    for (let i = 0; i < rest; i++) put(x, i, get(k + 1 + i, k));
    const tau = reflector(rest, x);
    if (tau == 0) continue;
    memory.fill(row, 0, longBytes(n));
    for (let i = 0; i < rest; i++) addScaled(n, at(x, i), h + longBytes((k + 1 + i) * n), row);
    for (let i = 0; i < rest; i++) addScaled(n, -tau * at(x, i), row, h + longBytes((k + 1 + i) * n));
    for (let i = 0; i < n; i++) {
      const part = h + longBytes(i * n + k + 1),
        turned = v + longBytes(i * n + k + 1);
      addScaled(rest, -tau * dot(rest, part, x), x, part);
      addScaled(rest, -tau * dot(rest, turned, x), x, turned);
    }
    for (let i = k + 2; i < n; i++) set(i, k, 0);
  }
}

// (column a, column b) of m ← (q·a + p·b, q·b - p·a) in rows 0 … rows - 1
function turnColumns(m: usize, rows: i32, a: i32, q: f64, p: f64): void {
  for (let i = 0; i < rows; i++) {
    const x = at(m, i * n + a),
      y = at(m, i * n + a + 1);
    put(m, i * n + a, q * x + p * y);
    put(m, i * n + a + 1, q * y - p * x);
  }
}

// H to real Schur form, by blocks from the end on.
function schur(): bool {
  let last = n - 1,
    steps = 0,
    shifted: f64 = 0;
  while (last >= 0) {
    let l = last;
    for (; l > 0; l--) {
      let s = abs(get(l - 1, l - 1)) + abs(get(l, l));
      if (s == 0) s = norm;
      if (abs(get(l, l - 1)) <= EPSILON * s) break;
    }
    if (l == last) {
      set(last, last, get(last, last) + shifted);
      put(re, last, get(last, last));
      last--;
      steps = 0;
      continue;
    }
    if (l == last - 1) {
      finishPair(last, shifted);
      last -= 2;
      steps = 0;
      continue;
    }
    if (steps++ == STEPS) return false;
    let x = get(last, last),
      y = get(last - 1, last - 1),
      w = get(last, last - 1) * get(last - 1, last);
    // Exceptional shifts, where the usual ones go round in circles.
    if (steps % 11 == 10) {
      shifted += x;
      for (let i = 0; i <= last; i++) set(i, i, get(i, i) - x);
      const s = abs(get(last, last - 1)) + abs(get(last - 1, last - 2));
      x = 0.75 * s;
      y = x;
      w = -0.4375 * s * s;
    }
    doubleStep(l, last, x, y, w);
  }
  return true;
}
// The block of two that ends at `last`: two real eigenvalues, which are separated, or a complex pair.
function finishPair(last: i32, shifted: f64): void {
  const first = last - 1,
    w = get(last, first) * get(first, last),
    p = (get(first, first) - get(last, last)) / 2,
    q = p * p + w,
    root = sqrt(abs(q));
  set(last, last, get(last, last) + shifted);
  set(first, first, get(first, first) + shifted);
  const x = get(last, last);
  if (q < 0) {
    put(re, first, x + p);
    put(re, last, x + p);
    put(im, first, root);
    put(im, last, -root);
    return;
  }
  const z = p >= 0 ? p + root : p - root;
  put(re, first, x + z);
  put(re, last, z != 0 ? x - w / z : x + z);
  const below = get(last, first),
    r = hypotenuse(below, z);
  if (r == 0) return;
  const c = z / r,
    s = below / r;
  for (let j = first; j < n; j++) {
    const u = get(first, j),
      t = get(last, j);
    set(first, j, c * u + s * t);
    set(last, j, c * t - s * u);
  }
  turnColumns(h, last + 1, first, c, s);
  turnColumns(v, n, first, c, s);
  set(last, first, 0);
}
// A QR step with both eigenvalues of the last block as shifts, on rows l … last.
function doubleStep(l: i32, last: i32, x: f64, y: f64, w: f64): void {
  let p: f64 = 0,
    q: f64 = 0,
    r: f64 = 0,
    m = last - 2;
  // It may begin where two elements below the diagonal are small together.
  for (; m >= l; m--) {
    const z = get(m, m);
    r = x - z;
    let s = y - z;
    p = (r * s - w) / get(m + 1, m) + get(m, m + 1);
    q = get(m + 1, m + 1) - z - r - s;
    r = get(m + 2, m + 1);
    s = abs(p) + abs(q) + abs(r);
    p /= s;
    q /= s;
    r /= s;
    if (m == l) break;
    const around = abs(get(m - 1, m - 1)) + abs(z) + abs(get(m + 1, m + 1));
    if (abs(get(m, m - 1)) * (abs(q) + abs(r)) < EPSILON * abs(p) * around) break;
  }
  for (let i = m + 2; i <= last; i++) {
    set(i, i - 2, 0);
    if (i > m + 2) set(i, i - 3, 0);
  }
  for (let k = m; k < last; k++) {
    const isThree = k < last - 1;
    let size: f64 = 1;
    if (k > m) {
      p = get(k, k - 1);
      q = get(k + 1, k - 1);
      r = isThree ? get(k + 2, k - 1) : 0;
      size = abs(p) + abs(q) + abs(r);
      if (size == 0) continue;
      p /= size;
      q /= size;
      r /= size;
    }
    let s = copysign<f64>(sqrt(p * p + q * q + r * r), p);
    if (s == 0) continue;
    if (k > m) set(k, k - 1, -s * size);
    else if (l != m) set(k, k - 1, -get(k, k - 1));
    p += s;
    const a = p / s,
      b = q / s,
      c = r / s;
    q /= p;
    r /= p;
    for (let j = k; j < n; j++) {
      let t = get(k, j) + q * get(k + 1, j);
      if (isThree) {
        t += r * get(k + 2, j);
        set(k + 2, j, get(k + 2, j) - t * c);
      }
      set(k, j, get(k, j) - t * a);
      set(k + 1, j, get(k + 1, j) - t * b);
    }
    reflectColumns(h, min(last, k + 3) + 1, k, isThree, a, b, c, q, r);
    reflectColumns(v, n, k, isThree, a, b, c, q, r);
  }
}
function reflectColumns(m: usize, rows: i32, k: i32, isThree: bool, a: f64, b: f64, c: f64, q: f64, r: f64): void {
  for (let i = 0, row = m + longBytes(k); i < rows; i++, row += longBytes(n)) {
    let t = a * at(row, 0) + b * at(row, 1);
    if (isThree) {
      t += c * at(row, 2);
      put(row, 2, at(row, 2) - t * r);
    }
    put(row, 0, at(row, 0) - t);
    put(row, 1, at(row, 1) - t * q);
  }
}

// A complex quotient.
let quotientRe: f64 = 0;
let quotientIm: f64 = 0;
function divide(a: f64, b: f64, c: f64, d: f64): void {
  if (abs(c) > abs(d)) {
    const r = d / c,
      by = c + r * d;
    quotientRe = (a + r * b) / by;
    quotientIm = (b - r * a) / by;
  } else {
    const r = c / d,
      by = d + r * c;
    quotientRe = (r * a + b) / by;
    quotientIm = (r * b - a) / by;
  }
}
function setPair(i: i32, j: i32): void {
  set(i, j - 1, quotientRe);
  set(i, j, quotientIm);
}

// Eigenvectors of the Schur form, in its own columns, then in those of a.
function substitute(): void {
  for (let j = n - 1; j >= 0; j--) {
    if (at(im, j) == 0) substituteReal(j);
    else if (at(im, j) < 0) substitutePair(j);
  }
  for (let j = n - 1; j >= 0; j--) {
    for (let i = 0; i < n; i++) {
      let sum: f64 = 0;
      for (let k = 0; k <= j; k++) sum += at(v, i * n + k) * get(k, j);
      put(v, i * n + j, sum);
    }
  }
}
function substituteReal(j: i32): void {
  const p = at(re, j);
  let l = j,
    z: f64 = 0,
    s: f64 = 0;
  set(j, j, 1);
  for (let i = j - 1; i >= 0; i--) {
    const w = get(i, i) - p;
    let r: f64 = 0;
    for (let k = l; k <= j; k++) r += get(i, k) * get(k, j);
    if (at(im, i) < 0) {
      z = w;
      s = r;
      continue;
    }
    l = i;
    if (at(im, i) == 0) set(i, j, -r / (w != 0 ? w : EPSILON * norm));
    else {
      const x = get(i, i + 1),
        y = get(i + 1, i),
        apart = at(re, i) - p,
        t = (x * s - z * r) / (apart * apart + at(im, i) * at(im, i));
      set(i, j, t);
      set(i + 1, j, abs(x) > abs(z) ? (-r - w * t) / x : (-s - y * t) / z);
    }
    const t = abs(get(i, j));
    if (EPSILON * t * t > 1) for (let k = i; k <= j; k++) set(k, j, get(k, j) / t);
  }
}
function substitutePair(j: i32): void {
  const p = at(re, j),
    q = at(im, j);
  let l = j - 1,
    z: f64 = 0,
    r: f64 = 0,
    s: f64 = 0;
  if (abs(get(j, j - 1)) > abs(get(j - 1, j))) {
    quotientRe = q / get(j, j - 1);
    quotientIm = -(get(j, j) - p) / get(j, j - 1);
  } else divide(0, -get(j - 1, j), get(j - 1, j - 1) - p, q);
  setPair(j - 1, j);
  set(j, j - 1, 0);
  set(j, j, 1);
  for (let i = j - 2; i >= 0; i--) {
    let ra: f64 = 0,
      sa: f64 = 0;
    for (let k = l; k <= j; k++) {
      ra += get(i, k) * get(k, j - 1);
      sa += get(i, k) * get(k, j);
    }
    const w = get(i, i) - p;
    if (at(im, i) < 0) {
      z = w;
      r = ra;
      s = sa;
      continue;
    }
    l = i;
    if (at(im, i) == 0) {
      divide(-ra, -sa, w, q);
      setPair(i, j);
    } else {
      const x = get(i, i + 1),
        y = get(i + 1, i),
        apart = at(re, i) - p;
      let vr = apart * apart + at(im, i) * at(im, i) - q * q;
      const vi = apart * 2 * q;
      if (vr == 0 && vi == 0) vr = EPSILON * norm * (abs(w) + abs(q) + abs(x) + abs(y) + abs(z));
      divide(x * r - z * ra + q * sa, x * s - z * sa - q * ra, vr, vi);
      setPair(i, j);
      const a = get(i, j - 1),
        b = get(i, j);
      if (abs(x) > abs(z) + abs(q)) {
        quotientRe = (-ra - w * a + q * b) / x;
        quotientIm = (-sa - w * b - q * a) / x;
      } else divide(-r - y * a, -s - y * b, z, q);
      setPair(i + 1, j);
    }
    const t = max(abs(get(i, j - 1)), abs(get(i, j)));
    if (EPSILON * t * t > 1) {
      for (let k = i; k <= j; k++) {
        set(k, j - 1, get(k, j - 1) / t);
        set(k, j, get(k, j) / t);
      }
    }
  }
}
