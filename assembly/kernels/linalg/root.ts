// The principal square root of a matrix by its real Schur form, from the diagonal on (N. Higham, "Computing real square roots of a real
// matrix", 1987).
import { longBytes } from "../../memory/words";
import { EPSILON, at, hypotenuse, multiply, put } from "./dense";
import { eigenvalueScale, lastNorm, scaleAt, schurForm } from "./eig";

let n: i32 = 0;
let t: usize = 0;
let x: usize = 0;
/** What is 0 beside the rounding of the matrix that was given, and of this. */
let limit: f64 = 0;
let tiny: f64 = 0;
let system: usize = 0;

// @ts-ignore: decorator
@inline
function get(m: usize, i: i32, j: i32): f64 {
  return at(m, i * n + j);
}
// @ts-ignore: decorator
@inline
function blockAt(im: usize, i: i32): i32 {
  return at(im, i) != 0 ? 2 : 1;
}
/** Numbers that it needs beside four matrices. */
export function rootSpace(count: usize): usize {
  return 5 * count + 20;
}

/**
 * The root of a, [n, n], which is overwritten, at `to`; v and x have room for a matrix each. `epsilon`: what the elements of a are known
 * to; `own`: the rows of the matrix of whose root a derivative is computed, which is the last block of a. False: there is none, or no
 * real one.
 */
export function squareRoot(
  count: i32,
  own: i32,
  a: usize,
  v: usize,
  root: usize,
  to: usize,
  space: usize,
  epsilon: f64,
): bool {
  const re = space + longBytes(3 * count),
    im = re + longBytes(count);
  n = count;
  t = a;
  x = root;
  system = im + longBytes(count);
  if (!schurForm(n, a, v, re, im, space, own)) return false;
  memory.fill(x, 0, longBytes(n * n));
  limit = epsilon * <f64>(8 + own) * lastNorm;
  tiny = EPSILON * <f64>(8 + own) * lastNorm;
  for (let i = 0; i < n; i++) {
    let value = at(re, i);
    if (at(im, i) != 0) {
      if (!pairRoot(i, value, abs(at(im, i)))) return false;
      i++;
      continue;
    }
    // An eigenvalue 0 is lost in rounding, unless the matrix has had it on its diagonal.
    if (value >= -limit && value <= tiny && isTurned(v, i)) value = 0;
    if (value < 0) return false;
    put(x, i * n + i, sqrt(value));
  }
  let most = lastNorm;
  for (let i = 0; i < n * n; i++) most = max(most, abs(at(t, i)));
  limit = epsilon * <f64>(8 + n) * most;
  for (let j = 0; j < n; j += blockAt(im, j)) {
    for (let end = j, start = 0; end > 0; end = start) {
      start = end - blockAt(im, end - 1);
      if (!between(start, end, j, j + blockAt(im, j))) return false;
    }
  }
  multiply(n, n, n, x, n, 1, v, 1, n, t, n, false);
  multiply(n, n, n, v, n, 1, t, n, 1, to, n, false);
  const by = sqrt(eigenvalueScale);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) put(to, i * n + j, get(to, i, j) * by * scaleAt(i, j));
  return true;
}
/** Whether eigenvalue i is one of several elements. */
function isTurned(v: usize, i: i32): bool {
  let sum: f64 = 0;
  for (let k = 0; k < n; k++) sum += abs(get(v, k, i));
  return sum != 1;
}
/** Of a block of two, which has the eigenvalues re ± i·im; where these are 0 but for rounding, it is, where they are negative, there is none. */
function pairRoot(i: i32, re: f64, im: f64): bool {
  const size = hypotenuse(re, im);
  if (size <= (re < 0 ? limit : tiny)) return true;
  if (re < 0 && im <= limit) return false;
  const larger = sqrt((size + abs(re)) / 2),
    real = re < 0 ? im / 2 / larger : larger;
  for (let k = i; k < i + 2; k++)
    for (let l = i; l < i + 2; l++)
      put(x, k * n + l, k == l ? real + (get(t, k, k) - re) / (2 * real) : get(t, k, l) / (2 * real));
  return true;
}
/** The block y in rows from … to - 1 and columns first … last - 1, of xᵢ·y + y·xⱼ = what t leaves for it, by elimination. */
function between(from: i32, to: i32, first: i32, last: i32): bool {
  const columns = last - first,
    size = (to - from) * columns;
  for (let i = from, row = system; i < to; i++) {
    for (let j = first; j < last; j++, row += 40) {
      let rest = get(t, i, j);
      for (let k = to; k < first; k++) rest -= get(x, i, k) * get(x, k, j);
      for (let k = from, place = row; k < to; k++)
        for (let l = first; l < last; l++, place += 8)
          store<f64>(place, (l == j ? get(x, i, k) : 0) + (k == i ? get(x, l, j) : 0));
      store<f64>(row, rest, 32);
    }
  }
  for (let i = 0; i < size; i++) {
    const row = system + 40 * i;
    let pivot = row;
    for (let other = row; other < system + 40 * size; other += 40)
      if (abs(at(other, i)) > abs(at(pivot, i))) pivot = other;
    for (let k = 0; k < 5; k++) {
      const kept = at(row, k);
      put(row, k, at(pivot, k));
      put(pivot, k, kept);
    }
    // Only two eigenvalues 0 have none: they have no root where they belong together.
    if (at(row, i) == 0) {
      if (!(abs(at(row, 4)) <= limit)) return false;
      put(row, i, 1);
      put(row, 4, 0);
    }
    for (let other = system; other < system + 40 * size; other += 40) {
      if (other == row) continue;
      const by = at(other, i) / at(row, i);
      for (let k = 0; k < 5; k++) put(other, k, at(other, k) - by * at(row, k));
    }
  }
  for (let i = 0; i < size; i++)
    put(x, (from + i / columns) * n + first + (i % columns), at(system, 5 * i + 4) / at(system, 6 * i));
  return true;
}
