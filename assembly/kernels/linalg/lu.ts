// LU with partial pivoting by halves of the columns (Toledo, "Locality of reference in LU decomposition with partial pivoting", 1997):
// the left one is factored, what is beside it solved and updated, and the rest factored. It works on -a, so that the update is a
// product that is added. Few columns are factored in a copy, whose rows lie side by side: those of a large matrix share the sets of a
// cache.
import { addProduct, firstLanes } from "../vectors";
import { addMatmul } from "./multiply";
import { BASE, half, solveTriangular } from "./triangular";

/** Columns of a panel. */
const PANEL: i32 = 32;

// @ts-ignore: decorator
@inline
function panelWidth(columns: i32): i32 {
  return min(PANEL, (columns + 3) & ~3);
}

/** Bytes that a factorisation of [m, n] needs for itself. */
export function luBytes<T>(m: i32, n: i32): i32 {
  return m * panelWidth(min(m, n)) * <i32>sizeof<T>();
}

/**
 * The factors of P·a = l·u in place of -a [m, n]: u, and below its diagonal l without its ones. pivots[i] is the row, counted from 1,
 * that row i was exchanged with after those before it. Where `isPivoted` says so, else each row stays. Returns 0, or the place of the first zero on u's diagonal,
 * counted from 1.
 */
export function lu<T>(m: i32, n: i32, a: usize, pivots: usize, isPivoted: bool, info: usize, own: usize): void {
  const k = min(m, n);
  store<i32>(info, 0);
  factor<T>(m, k, a, n, pivots, 0, isPivoted, n, info, own);
  if (n > m) solveTriangular<T>(false, true, m, a, n, 1, a + m * sizeof<T>(), n, n - m);
}

/** Factors `columns` of a from column `first` on, its first row that of the diagonal, and exchanges whole rows. */
function factor<T>(
  m: i32,
  columns: i32,
  a: usize,
  pitch: i32,
  pivots: usize,
  first: i32,
  isPivoted: bool,
  width: i32,
  info: usize,
  own: usize,
): void {
  if (columns <= PANEL) return factorPanel<T>(m, columns, a, pitch, pivots, first, isPivoted, width, info, own);
  const h = half(columns);
  const size = <i32>sizeof<T>();
  factor<T>(m, h, a, pitch, pivots, first, isPivoted, width, info, own);
  const a12 = a + h * size;
  const a21 = a + h * pitch * size;
  const a22 = a21 + h * size;
  solveTriangular<T>(false, true, h, a, pitch, 1, a12, pitch, columns - h);
  addMatmul<T>(m - h, columns - h, h, a21, pitch, 1, a12, pitch, 1, a22, pitch);
  pivots += (<usize>h) << 2;
  factor<T>(m - h, columns - h, a22, pitch, pivots, first + h, isPivoted, width, info, own);
}

function factorPanel<T>(
  m: i32,
  columns: i32,
  a: usize,
  pitch: i32,
  pivots: usize,
  first: i32,
  isPivoted: bool,
  width: i32,
  info: usize,
  own: usize,
): void {
  const bytes = columns * <i32>sizeof<T>();
  const panel = panelWidth(columns);
  const row = panel * <i32>sizeof<T>();
  const step = pitch * <i32>sizeof<T>();
  for (let i = 0, from = a, to = own; i < m; ++i, from += step, to += row) moveRow<T>(to, from, bytes);
  factorColumns<T>(m, columns, own, panel, own, pivots, first, isPivoted, info);
  // The rows of all else, and then those of the panel.
  if (isPivoted) {
    const start = a - first * sizeof<T>();
    for (let j = 0; j < columns; ++j) {
      const other = load<i32>(pivots + ((<usize>j) << 2)) - 1 - first;
      if (other != j) exchangeRows<T>(start + j * step, start + other * step, width);
    }
  }
  for (let i = 0, to = a, from = own; i < m; ++i, to += step, from += row) moveRow<T>(to, from, bytes);
}

// @ts-ignore: decorator
@inline
export function moveRow<T>(to: usize, from: usize, bytes: i32): void {
  for (const end = to + bytes; to < end; to += sizeof<T>(), from += sizeof<T>()) store<T>(to, load<T>(from));
}
/** Exchanges n elements of a with those of b. */
// @ts-ignore: decorator
@inline
export function exchangeRows<T>(a: usize, b: usize, n: i32): void {
  const lanes = <i32>(16 / sizeof<T>());
  for (; n >= lanes; n -= lanes, a += 16, b += 16) {
    const x = v128.load(a);
    v128.store(a, v128.load(b));
    v128.store(b, x);
  }
  for (; n > 0; --n, a += sizeof<T>(), b += sizeof<T>()) {
    const x = load<T>(a);
    store<T>(a, load<T>(b));
    store<T>(b, x);
  }
}

/** The columns of a panel, whose rows begin at `rows` (those of the diagonal's) and are exchanged whole. */
function factorColumns<T>(
  m: i32,
  columns: i32,
  a: usize,
  pitch: i32,
  rows: usize,
  pivots: usize,
  first: i32,
  isPivoted: bool,
  info: usize,
): void {
  const size = <i32>sizeof<T>();
  if (columns <= BASE) {
    eliminate<T>(1, 0, m, columns, a, pitch, rows, pivots, first, isPivoted, info);
    for (let i = 0; i < columns; ++i, a += (pitch + 1) * size) {
      for (let j = 0; j < columns - i; ++j) store<T>(a + j * size, <T>-load<T>(a + j * size));
    }
    return;
  }
  const h = BASE;
  const below = h * pitch * size;
  factorColumns<T>(m, h, a, pitch, rows, pivots, first, isPivoted, info);
  const beside = a + h * size;
  const rest = columns - h;
  solveTriangular<T>(false, true, h, a, pitch, 1, beside, pitch, rest);
  if (m > h) addMatmul<T>(m - h, rest, h, a + below, pitch, 1, beside, pitch, 1, beside + below, pitch);
  pivots += (<usize>h) << 2;
  factorColumns<T>(m - h, rest, beside + below, pitch, rows + below, pivots, first + h, isPivoted, info);
}

/**
 * Factors `count` matrices [m, columns] that lie `apart` bytes apart, a column of all of them at a time: where one waits for a result, the next
 * goes on. Rows are whole vectors, and are exchanged from `rows` on. Of -a the l is the same as a's, and u has the other sign. `info` is where a
 * place is written that has a zero, unless there is one.
 */
export function eliminate<T>(
  count: i32,
  apart: i32,
  m: i32,
  columns: i32,
  a: usize,
  pitch: i32,
  rows: usize,
  pivots: usize,
  first: i32,
  isPivoted: bool,
  info: usize,
): void {
  const size = <i32>sizeof<T>();
  const lanes = 16 / size;
  const row = pitch * size;
  const k = min(m, columns);
  const left = <i32>(a - rows);
  const end = left + ((columns * size + 15) & ~15);
  if (k > 0) {
    for (let item = 0, top = rows + left; item < count; ++item, top += apart) {
      store<i32>(pivots + ((<usize>(item * k)) << 2), first + 1 + (isPivoted ? placeOfLargest<T>(top, row, m) : 0));
    }
  }
  for (let j = 0; j < k; ++j) {
    const column = left + j * size;
    // Vectors of what is right of it: the first may hold columns that stay as they are.
    const after = (column + size) & ~15;
    const before = (j + 1) & (lanes - 1);
    const kept = firstLanes<T>(before);
    const height = m - j;
    const now = first + j + 1;
    let top = rows + j * row;
    let pivot = pivots + ((<usize>j) << 2);
    for (let item = 0; item < count; ++item, top += apart, pivot += k << 2) {
      const chosen = top + (load<i32>(pivot) - now) * row;
      const value = load<T>(chosen + column);
      if (value == 0) {
        const place = info + ((<usize>item) << 2);
        if (!load<i32>(place)) store<i32>(place, now);
      }
      if (height == 1) continue;
      for (let v = 0; v < row; v += 16) {
        const x = v128.load(top + v);
        v128.store(top + v, v128.load(chosen + v));
        v128.store(chosen + v, x);
      }
      const bottom = top + height * row;
      // By a zero nothing is eliminated, and without exchanges what would have to be becomes infinite: there are no such factors.
      // 1 / value would overflow for the smallest.
      let factor = value == 0 ? <T>0 : <T>(1 / value);
      let divides = abs<T>(factor) == Infinity || (value == 0 && !isPivoted);
      let mask = kept;
      // Four vectors of each row at a time; where these are not the first ones, l is there already.
      let v = after;
      // The next pivot is looked for among what has just been computed.
      const one = i32x4.splat(1);
      let place = one;
      do {
        let here = i32x4.splat(0);
        place = here;
        let largest = sizeof<T>() == 4 ? f32x4.splat(-1) : f64x2.splat(-1);
        const from = top + v;
        const p0 = v128.neg<T>(v128.load(from));
        const p1 = v128.neg<T>(v128.load(from, 16));
        const p2 = v128.neg<T>(v128.load(from, 32));
        const p3 = v128.neg<T>(v128.load(from, 48));
        const rest = end - v;
        for (let at = top + row; at < bottom; at += row) {
          const x = load<T>(at + column);
          const l = divides ? (x == 0 ? x : <T>(x / value)) : <T>(x * factor);
          if (rest > 0) {
            const splat = sizeof<T>() == 4 ? f32x4.splat(<f32>l) : f64x2.splat(<f64>l);
            const to = at + v;
            const old = v128.load(to);
            const first = addProduct<T>(old, splat, p0);
            v128.store(to, sizeof<T>() == 4 ? v128.bitselect(old, first, mask) : first);
            if (rest > 16) {
              v128.store(to, addProduct<T>(v128.load(to, 16), splat, p1), 16);
              if (rest > 32) {
                v128.store(to, addProduct<T>(v128.load(to, 32), splat, p2), 32);
                if (rest > 48) v128.store(to, addProduct<T>(v128.load(to, 48), splat, p3), 48);
              }
            }
          }
          store<T>(at + column, l);
          const next = magnitude<T>(at + column + size);
          place = i32x4.max_u(place, v128.and(here, v128.gt<T>(next, largest)));
          largest = v128.pmax<T>(largest, next);
          here = i32x4.add(here, one);
        }
        factor = 1;
        divides = false;
        mask = i32x4.splat(0);
        v += 64;
      } while (v < end);
      if (j < k - 1) store<i32>(pivot, now + 1 + (isPivoted ? i32x4.extract_lane(place, 0) : 0), 4);
    }
  }
}
/** Which of n elements is the first of the largest magnitude; NaN is no larger than anything, and nothing larger than a first one. */
// @ts-ignore: decorator
@inline
function placeOfLargest<T>(at: usize, step: i32, n: i32): i32 {
  let largest = magnitude<T>(at);
  let place = i32x4.splat(0);
  let here = place;
  // In a vector's first lane: without branches, which nothing could foresee.
  for (let i = 1; i < n; ++i) {
    at += step;
    here = i32x4.add(here, i32x4.splat(1));
    const x = magnitude<T>(at);
    place = i32x4.max_u(place, v128.and(here, v128.gt<T>(x, largest)));
    largest = v128.pmax<T>(largest, x);
  }
  return i32x4.extract_lane(place, 0);
}
// @ts-ignore: decorator
@inline
function magnitude<T>(at: usize): v128 {
  return v128.abs<T>(sizeof<T>() == 4 ? v128.load32_zero(at) : v128.load64_zero(at));
}
