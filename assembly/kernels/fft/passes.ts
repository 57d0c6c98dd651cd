// The passes of a transform: Stockham's autosort form of decimation in frequency (C. Van Loan, "Computational frameworks for the fast
// Fourier transform", 1992, section 1.7). A block is `n` rows of `s` bytes, the elements of a row belong to different transforms; all
// arithmetic is in whole vectors. The real parts are at x, the imaginary ones `im` bytes behind. A pass of factor r takes rows
// p + m·k, k < r, to rows r·p + j; after it, rows are r times as long, and m is the next length.
import { addProduct, splatAt } from "../vectors";
import { factorOf, Plan, rootsOf } from "./plan";

/** Bytes for what a pass of an odd factor notes. */
export const NOTES: usize = 64 * 64;

// Stores (re + i·im)·w at row y, or without w.
// @ts-ignore: decorator
@inline
function put<T>(y: usize, im: usize, re: v128, i: v128, wr: v128, wi: v128, turns: bool): void {
  if (turns) {
    v128.store(y, addProduct<T>(v128.mul<T>(re, wr), v128.neg<T>(i), wi));
    v128.store(y + im, addProduct<T>(v128.mul<T>(re, wi), i, wr));
  } else {
    v128.store(y, re);
    v128.store(y + im, i);
  }
}

// @ts-ignore: decorator
@inline
function butterflies2<T>(x: usize, y: usize, im: usize, step: usize, s: usize, w: usize, turns: bool): void {
  const wr = splatAt<T>(w),
    wi = splatAt<T>(w + sizeof<T>());
  for (const end = x + s; x < end; x += 16, y += 16) {
    const ar = v128.load(x),
      ai = v128.load(x + im),
      br = v128.load(x + step),
      bi = v128.load(x + step + im);
    put<T>(y, im, v128.add<T>(ar, br), v128.add<T>(ai, bi), wr, wi, false);
    put<T>(y + s, im, v128.sub<T>(ar, br), v128.sub<T>(ai, bi), wr, wi, turns);
  }
}
// @ts-ignore: decorator
@inline
function butterflies4<T>(x: usize, y: usize, im: usize, step: usize, s: usize, w: usize, turns: bool): void {
  const w1r = splatAt<T>(w),
    w1i = splatAt<T>(w + sizeof<T>()),
    w2r = splatAt<T>(w + 2 * sizeof<T>()),
    w2i = splatAt<T>(w + 3 * sizeof<T>()),
    w3r = splatAt<T>(w + 4 * sizeof<T>()),
    w3i = splatAt<T>(w + 5 * sizeof<T>());
  for (const end = x + s; x < end; x += 16, y += 16) {
    const x2 = x + 2 * step;
    const r0 = v128.load(x),
      r2 = v128.load(x2),
      i0 = v128.load(x + im),
      i2 = v128.load(x2 + im),
      r1 = v128.load(x + step),
      r3 = v128.load(x2 + step),
      i1 = v128.load(x + step + im),
      i3 = v128.load(x2 + step + im);
    const ar = v128.add<T>(r0, r2),
      ai = v128.add<T>(i0, i2),
      br = v128.sub<T>(r0, r2),
      bi = v128.sub<T>(i0, i2),
      cr = v128.add<T>(r1, r3),
      ci = v128.add<T>(i1, i3),
      dr = v128.sub<T>(r1, r3),
      di = v128.sub<T>(i1, i3);
    put<T>(y, im, v128.add<T>(ar, cr), v128.add<T>(ai, ci), w1r, w1i, false);
    put<T>(y + s, im, v128.add<T>(br, di), v128.sub<T>(bi, dr), w1r, w1i, turns);
    put<T>(y + 2 * s, im, v128.sub<T>(ar, cr), v128.sub<T>(ai, ci), w2r, w2i, turns);
    put<T>(y + 3 * s, im, v128.sub<T>(br, di), v128.add<T>(bi, dr), w3r, w3i, turns);
  }
}
/**
 * Of an odd factor r: with the sums and differences of elements k and r - k, results j and r - j are
 * x₀ + Σ sum_k·cos(2πjk/r) ∓ i·Σ difference_k·sin(2πjk/r).
 */
function butterfliesOdd<T>(
  x: usize,
  y: usize,
  im: usize,
  step: usize,
  s: usize,
  w: usize,
  r: i32,
  table: usize,
  notes: usize,
): void {
  const pair = 2 * sizeof<T>();
  for (const end = x + s; x < end; x += 16, y += 16) {
    const zr = v128.load(x),
      zi = v128.load(x + im);
    let br = zr,
      bi = zi,
      a = x + step,
      b = x + <usize>(r - 1) * step;
    const last = notes + (((<usize>r) >> 1) << 6);
    for (let note = notes; note < last; note += 64, a += step, b -= step) {
      const ar = v128.load(a),
        ai = v128.load(a + im),
        cr = v128.load(b),
        ci = v128.load(b + im);
      const sr = v128.add<T>(ar, cr),
        si = v128.add<T>(ai, ci);
      br = v128.add<T>(br, sr);
      bi = v128.add<T>(bi, si);
      v128.store(note, sr);
      v128.store(note, si, 16);
      v128.store(note, v128.sub<T>(ar, cr), 32);
      v128.store(note, v128.sub<T>(ai, ci), 48);
    }
    v128.store(y, br);
    v128.store(y + im, bi);
    for (let j = 1; 2 * j < r; j++) {
      let cr = zr,
        ci = zi,
        dr = v128.splat<T>(0),
        di = v128.splat<T>(0),
        at = 0;
      for (let note = notes; note < last; note += 64) {
        at += j;
        if (at >= r) at -= r;
        const cosine = splatAt<T>(table + <usize>at * pair),
          sine = splatAt<T>(table + <usize>at * pair + sizeof<T>());
        cr = addProduct<T>(cr, v128.load(note), cosine);
        ci = addProduct<T>(ci, v128.load(note, 16), cosine);
        dr = addProduct<T>(dr, v128.load(note, 32), sine);
        di = addProduct<T>(di, v128.load(note, 48), sine);
      }
      // The roots are those of a negative angle: the differences come with -sin.
      const low = w + <usize>(j - 1) * pair,
        high = w + <usize>(r - 1 - j) * pair;
      put<T>(y + <usize>j * s, im, v128.sub<T>(cr, di), v128.add<T>(ci, dr), splatAt<T>(low), splatAt<T>(low + sizeof<T>()), true); // prettier-ignore
      put<T>(y + <usize>(r - j) * s, im, v128.add<T>(cr, di), v128.sub<T>(ci, dr), splatAt<T>(high), splatAt<T>(high + sizeof<T>()), true); // prettier-ignore
    }
  }
}

/** Transforms the block at x, with y for its passes; where the results are, x or y. `im` is n·s. */
export function runPasses<T>(plan: Plan, x: usize, y: usize, im: usize, s: usize, notes: usize): usize {
  const pair = 2 * sizeof<T>();
  for (let pass = 0, n = plan.n; pass < plan.passes; pass++) {
    const r = factorOf(plan, pass),
      m = n / r;
    const step = <usize>m * s,
      table = rootsOf(plan, pass);
    const isOdd = (r & 1) != 0;
    let w = isOdd ? table + <usize>r * pair : table;
    const each = <usize>(r - 1) * pair;
    for (let p = 0, a = x, b = y; p < m; p++, a += s, b += <usize>r * s, w += each) {
      if (isOdd) butterfliesOdd<T>(a, b, im, step, s, w, r, table, notes);
      else if (r == 4) {
        if (p) butterflies4<T>(a, b, im, step, s, w, true);
        else butterflies4<T>(a, b, im, step, s, w, false);
      } else if (p) butterflies2<T>(a, b, im, step, s, w, true);
      else butterflies2<T>(a, b, im, step, s, w, false);
    }
    n = m;
    s *= r;
    const t = x;
    x = y;
    y = t;
  }
  return x;
}
