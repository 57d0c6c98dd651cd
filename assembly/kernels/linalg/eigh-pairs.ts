// Eigenvalues and eigenvectors of two small symmetric matrices at once: tridiagonal form by reflectors, then QL with implicit shifts, as
// LAPACK's steqr and EISPACK's tql2, where each lane has its own lower end.
import { addProduct } from "../vectors";
import { addMultiples, betas, cell, dots, get, reflectors, select, set, signed, turnPairs } from "./pairs";

const STEPS: i32 = 50;
/** Less, beside a matrix whose elements are about 1, is nothing: its square still has all digits. */
const TINY: f64 = 1e-140;

/** Bytes that eighPair needs beside the matrices. */
export function eighPairBytes(n: i32): i32 {
  return (n * n + 4 * n + 4) * 16;
}

/** Where eighPair leaves the eigenvalues, in no order, and the vectors as rows. */
export let pairValues: usize = 0;
export let pairVectors: usize = 0;

/** a: [n, n], overwritten. Elements beside the diagonal that are below `tolerance`, beside it, are 0. Returns whether both converged. */
export function eighPair(n: i32, a: usize, space: usize, vectors: bool, tolerance: f64): bool {
  const d = space,
    e = cell(d, n),
    taus = cell(e, n),
    w = cell(taus, n),
    z = cell(w, n + 1);
  pairValues = d;
  pairVectors = z;
  for (let k = 0; k < n; k++) {
    set(d, k, get(a, k * n + k));
    const rest = n - k - 1,
      v = cell(a, k * n + k + 1);
    if (rest < 1) set(e, k, f64x2.splat(0));
    if (rest == 1) set(e, k, v128.load(v));
    if (rest < 2) continue;
    const tau = reflectors(rest, v);
    set(taus, k, tau);
    set(e, k, betas);
    for (let i = 0; i < rest; i++) set(w, i, f64x2.mul(tau, dots(rest, cell(a, (k + 1 + i) * n + k + 1), v)));
    const half = f64x2.mul(f64x2.splat(-0.5), f64x2.mul(tau, dots(rest, w, v)));
    addMultiples(rest, half, v, w);
    for (let i = 0; i < rest; i++) {
      const row = cell(a, (k + 1 + i) * n + k + 1),
        vi = f64x2.neg(get(v, i)),
        wi = f64x2.neg(get(w, i));
      for (let j = 0; j < rest; j++) {
        set(row, j, addProduct<f64>(addProduct<f64>(get(row, j), vi, get(w, j)), wi, get(v, j)));
      }
    }
  }
  if (vectors) {
    for (let i = 0; i < n * n; i++) set(z, i, f64x2.splat(0));
    for (let i = 0; i < n; i++) set(z, i * n + i, f64x2.splat(1));
    for (let k = n - 3; k >= 0; k--) {
      const rest = n - k - 1,
        v = cell(a, k * n + k + 1),
        minus = f64x2.neg(get(taus, k));
      for (let j = k + 1; j < n; j++) {
        const column = cell(z, j * n + k + 1);
        addMultiples(rest, f64x2.mul(minus, dots(rest, v, column)), v, column);
      }
    }
  }
  for (let l = 0; l < n - 1; l++) if (!converge(n, l, d, e, z, vectors, f64x2.splat(tolerance))) return false;
  return true;
}

// Eigenvalue l.
function converge(n: i32, l: i32, d: usize, e: usize, z: usize, vectors: bool, tolerance: v128): bool {
  const zero = f64x2.splat(0),
    one = f64x2.splat(1);
  for (let step = 0; step < STEPS; step++) {
    // The end of the block that begins at l, in each lane.
    let end = f64x2.splat(<f64>(n - 1)),
      last = get(d, n - 1);
    for (let i = n - 2; i >= l; i--) {
      const size = f64x2.add(f64x2.splat(1e-100), f64x2.add(f64x2.abs(get(d, i)), f64x2.abs(get(d, i + 1))));
      const isSmall = f64x2.le(f64x2.abs(get(e, i)), f64x2.mul(tolerance, size));
      end = select(isSmall, f64x2.splat(<f64>i), end);
      last = select(isSmall, get(d, i), last);
    }
    let going = f64x2.gt(end, f64x2.splat(<f64>l));
    if (!v128.any_true(going)) return true;
    const dl = get(d, l),
      el = get(e, l);
    let g = f64x2.div(f64x2.sub(get(d, l + 1), dl), f64x2.add(el, el));
    const root = f64x2.sqrt(addProduct<f64>(one, g, g));
    g = f64x2.add(f64x2.sub(last, dl), f64x2.div(el, f64x2.add(g, signed(root, g))));
    let s = one,
      c = one,
      p = zero;
    for (let i = n - 2; i >= l; i--) {
      const index = f64x2.splat(<f64>i);
      const active = v128.and(going, f64x2.lt(index, end));
      if (!v128.any_true(active)) continue;
      const ei = get(e, i),
        f = f64x2.mul(s, ei),
        b = f64x2.mul(c, ei);
      const r = f64x2.sqrt(addProduct<f64>(f64x2.mul(f, f), g, g));
      const isFirst = f64x2.eq(f64x2.add(index, one), end);
      set(e, i + 1, select(active, v128.andnot(r, isFirst), get(e, i + 1)));
      const splits = v128.and(active, f64x2.le(r, f64x2.splat(TINY))),
        turns = v128.andnot(active, splits);
      const inverse = f64x2.div(one, r);
      s = select(turns, f64x2.mul(f, inverse), s);
      c = select(turns, f64x2.mul(g, inverse), c);
      const above = f64x2.sub(get(d, i + 1), p);
      const t = addProduct<f64>(f64x2.mul(f64x2.sub(get(d, i), above), s), f64x2.add(c, c), b);
      p = select(turns, f64x2.mul(s, t), p);
      set(d, i + 1, select(turns, f64x2.add(above, p), select(splits, above, get(d, i + 1))));
      g = select(turns, f64x2.sub(f64x2.mul(c, t), b), g);
      // What has come apart is done for this time.
      going = v128.andnot(going, splits);
      if (vectors) turnPairs(n, cell(z, i * n), cell(z, (i + 1) * n), select(turns, c, one), v128.and(turns, s));
    }
    set(d, l, select(going, f64x2.sub(get(d, l), p), get(d, l)));
    set(e, l, select(going, g, get(e, l)));
  }
  return false;
}
