// How a perturbation of a matrix turns its eigenvectors or singular vectors, and the transpose of that map: divisions by differences of
// values, and by their sums. Values that are equal up to rounding form a cluster, whose vectors are determined but for a rotation among
// themselves: within it nothing is divided, and what is asked of the rotation must not matter.
import { setWord, word } from "../../memory/words";
import { loadReal, storeReal } from "./dense";

/** A matrix of floats, strides in bytes. */
@unmanaged
export class Operand {
  at: usize;
  row: i32;
  column: i32;
  isDouble: bool;

  get(i: i32, j: i32): f64 {
    return loadReal(this.at + i * this.row + j * this.column, this.isDouble);
  }
  set(i: i32, j: i32, x: f64): void {
    storeReal(this.at + i * this.row + j * this.column, this.isDouble, x);
  }
}

/** ε^⅔ of float64 and of float32. */
const EPSILON_23_64: f64 = 3.666852862501037e-11;
const EPSILON_23_32: f64 = 2.4221817809573348e-5;

/** The problem: k values; p left and q right vectors (of eigenvectors p alone), the left ones of `rows` elements if there are more. */
@unmanaged
export class Clusters {
  values: usize;
  step: i32;
  k: i32;
  p: i32;
  q: i32;
  /** Elements of the left vectors where these don't span all directions; else 0. */
  rows: i32;
  /** The larger size of the matrix: what rounding grows with. */
  size: i32;
  isSymmetric: bool;
  /** max(p, k) words: the cluster of each vector; 0 that of singular values 0 and of vectors without a value. */
  ids: usize;

  isDouble: bool;

  value(i: i32): f64 {
    return i < this.k ? loadReal(this.values + i * this.step, this.isDouble) : 0;
  }
  @inline get epsilon(): f64 {
    return this.isDouble ? f64.EPSILON : <f64>f32.EPSILON;
  }
  @inline get epsilon23(): f64 {
    return this.isDouble ? EPSILON_23_64 : EPSILON_23_32;
  }
  @inline id(i: i32): i32 {
    return word(this.ids, i);
  }
}

/** `wide`: for functions that depend on no choice of vectors of values that are as near as that, either. */
export function findClusters(c: Clusters, wide: bool): void {
  let most: f64 = 0;
  for (let i = 0; i < c.k; i++) most = max(most, abs(c.value(i)));
  const limit = c.epsilon * <f64>(8 + c.size) * most,
    near = wide ? max(limit, most * c.epsilon23) : limit;
  let id = 1;
  for (let i = 0; i < max(c.p, c.k); i++) {
    const x = c.value(i);
    if (!c.isSymmetric && x <= limit) setWord(c.ids, i, 0);
    else {
      if (i && !(abs(x - c.value(i - 1)) <= near)) id++;
      setWord(c.ids, i, id);
    }
  }
}

/**
 * The cotangent of the perturbation, m [p, q] and beside it mRest [rows, k], for cotangents x [p, p], y [q, q] of the rotations and rest
 * [rows, k] of what turns the left vectors out of their span. `checks`: whether rotations within clusters must not matter. False: they do.
 * `ofValues` [1, k], if there is one, are the cotangents of the values themselves, which have no derivative at ties when vectors are made
 * use of, too: one point does not tell how both belong together. Of values that are made no use of it does not matter.
 */
export function pull(
  c: Clusters,
  x: Operand,
  y: Operand,
  rest: Operand,
  m: Operand,
  mRest: Operand,
  checks: bool,
  ofValues: Operand | null,
): bool {
  const p = c.p,
    q = c.q,
    symmetric = c.isSymmetric;
  let most: f64 = 0;
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < p; j++) {
      most = max(most, abs(x.get(i, j)));
      if (!symmetric && i < q && j < q) most = max(most, abs(y.get(i, j)));
    }
  }
  for (let i = 0; i < c.rows; i++) for (let j = 0; j < c.k; j++) most = max(most, abs(rest.get(i, j)));
  // What is left of rounding, also where all of it cancels for cotangents of about 1.
  const limit = max(most * c.epsilon23, c.isDouble ? 1e-14 : 1e-8);
  // Cotangents of values may also vanish by chance, as those of V·f(T)·Vᵀ for one element beside the diagonal.
  let hidden = ofValues != null;
  for (let i = 0; i < c.k; i++) if (isAsked(ofValues, i, c.k)) hidden = false;
  const rounding = 16 * c.epsilon * most;
  let matters = false;
  for (let i = 0; i < p; i++) {
    if (i < q) m.set(i, i, 0);
    const id = c.id(i),
      si = c.value(i);
    for (let j = i + 1; j < p; j++) {
      const sj = c.value(j),
        tied = c.id(j) == id,
        asked = isAsked(ofValues, i, c.k) || isAsked(ofValues, j, c.k);
      const u = x.get(i, j) - x.get(j, i);
      const strict =
        tied && ofValues != null && (hidden ? uses(x, i, j) || (!symmetric && j < q && uses(y, i, j)) : asked);
      if (symmetric) {
        if (tied) matters = matters || strict || abs(u) > limit;
        const both = tied || isRounding(u, rounding, asked) ? 0 : u / 2 / (sj - si);
        m.set(i, j, both);
        m.set(j, i, both);
        continue;
      }
      const v = j < q ? y.get(i, j) - y.get(j, i) : 0;
      let even: f64 = 0,
        odd: f64 = 0;
      if (!tied) {
        if (!isRounding(u + v, rounding, asked)) even = (u + v) / 2 / (sj - si);
        odd = (u - v) / 2 / (sj + si);
      } else if (id) {
        matters = matters || strict || abs(u + v) > limit;
        odd = (u - v) / 2 / (sj + si);
      } else matters = matters || strict || max(abs(u), abs(v)) > limit;
      if (j < q) m.set(i, j, even + odd);
      if (i < q) m.set(j, i, even - odd);
    }
  }
  for (let j = 0; j < c.k; j++) {
    if (!c.rows) break;
    const s = c.value(j),
      isZero = !symmetric && !c.id(j);
    if (isZero && isAsked(ofValues, j, c.k)) matters = true;
    for (let i = 0; i < c.rows; i++) {
      const r = rest.get(i, j);
      if (isZero && abs(r) > limit) matters = true;
      mRest.set(i, j, isZero ? 0 : r / s);
    }
  }
  return !(checks && matters);
}

/** Whether u is 0 but for rounding, which small gaps make large; with values that are made use of it may be what a small gap leaves. */
@inline
function isRounding(u: f64, rounding: f64, asked: bool): bool {
  return !asked && abs(u) <= rounding;
}
@inline
function uses(x: Operand, i: i32, j: i32): bool {
  return x.get(i, j) != 0 || x.get(j, i) != 0;
}
/** Whether value i has a cotangent. */
@inline
function isAsked(ofValues: Operand | null, i: i32, k: i32): bool {
  return ofValues ? i < k && ofValues.get(0, i) != 0 : false;
}

/** The rotations, u [p, p] and v [q, q], and uRest [rows, k], by a perturbation m [p, q], mRest [rows, k]: the transpose of pull. */
export function turn(c: Clusters, m: Operand, mRest: Operand, u: Operand, v: Operand, uRest: Operand): void {
  const p = c.p,
    q = c.q;
  for (let i = 0; i < p; i++) {
    u.set(i, i, 0);
    if (!c.isSymmetric && i < q) v.set(i, i, 0);
    const id = c.id(i),
      si = c.value(i);
    for (let j = i + 1; j < p; j++) {
      const sj = c.value(j),
        tied = c.id(j) == id,
        mij = j < q ? m.get(i, j) : 0,
        mji = i < q ? m.get(j, i) : 0;
      const even = tied ? 0 : (mij + mji) / (sj - si);
      if (c.isSymmetric) {
        u.set(i, j, even / 2);
        u.set(j, i, -even / 2);
        continue;
      }
      const odd = tied && !id ? 0 : (mij - mji) / (sj + si);
      u.set(i, j, (even + odd) / 2);
      u.set(j, i, -(even + odd) / 2);
      if (j >= q) continue;
      v.set(i, j, (even - odd) / 2);
      v.set(j, i, -(even - odd) / 2);
    }
  }
  for (let i = 0; i < c.rows; i++) {
    for (let j = 0; j < c.k; j++) uRest.set(i, j, c.id(j) ? mRest.get(i, j) / c.value(j) : 0);
  }
}

/** The part of x [p, q] within clusters, symmetric but in that of zeros; or of x [rows, k] the columns in the cluster of zeros. */
export function within(c: Clusters, x: Operand, to: Operand, ofRest: bool): void {
  if (ofRest) {
    for (let i = 0; i < c.rows; i++) for (let j = 0; j < c.k; j++) to.set(i, j, c.id(j) ? 0 : x.get(i, j));
    return;
  }
  for (let i = 0; i < c.p; i++) {
    for (let j = 0; j < c.q; j++) {
      const id = c.id(i);
      to.set(i, j, id != c.id(j) ? 0 : id ? (x.get(i, j) + x.get(j, i)) / 2 : x.get(i, j));
    }
  }
}
