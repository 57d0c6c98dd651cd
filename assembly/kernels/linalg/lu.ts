// LU with partial pivoting by halves of the columns (Toledo, "Locality of reference in LU decomposition with partial pivoting", 1997):
// the left one is factored, what is beside it solved and updated, and the rest factored. It works on -a, so that the update is a
// product that is added. Few columns are factored in a copy, whose rows lie side by side: those of a large matrix share the sets of a
// cache.
import { addProduct, splatAt } from "../vectors";
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
  return (m + 1) * panelWidth(min(m, n)) * <i32>sizeof<T>();
}

/**
 * The factors of P·a = l·u in place of -a [m, n]: u, and below its diagonal l without its ones. pivots[i] is the row, counted from 1,
 * that row i was exchanged with after those before it. Where `isPivoted` says so, else each row stays. Returns 0, or the place of the first zero on u's diagonal,
 * counted from 1.
 */
export function lu<T>(m: i32, n: i32, a: usize, pivots: usize, isPivoted: bool, own: usize): i32 {
  const k = min(m, n);
  const failed = factor<T>(m, k, a, n, pivots, 0, isPivoted, n, own);
  if (n > m) solveTriangular<T>(false, true, m, a, n, 1, a + m * sizeof<T>(), n, n - m);
  return failed;
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
  own: usize,
): i32 {
  if (columns <= PANEL) return factorPanel<T>(m, columns, a, pitch, pivots, first, isPivoted, width, own);
  const h = half(columns);
  const size = <i32>sizeof<T>();
  const failed = factor<T>(m, h, a, pitch, pivots, first, isPivoted, width, own);
  const a12 = a + h * size;
  const a21 = a + h * pitch * size;
  const a22 = a21 + h * size;
  solveTriangular<T>(false, true, h, a, pitch, 1, a12, pitch, columns - h);
  addMatmul<T>(m - h, columns - h, h, a21, pitch, 1, a12, pitch, 1, a22, pitch);
  const later = factor<T>(m - h, columns - h, a22, pitch, pivots + ((<usize>h) << 2), first + h, isPivoted, width, own);
  return failed ? failed : later;
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
  own: usize,
): i32 {
  const bytes = columns * <i32>sizeof<T>();
  const panel = panelWidth(columns);
  const row = panel * <i32>sizeof<T>();
  const step = pitch * <i32>sizeof<T>();
  const copy = own + row;
  for (let i = 0, from = a, to = copy; i < m; ++i, from += step, to += row) moveRow<T>(to, from, bytes);
  const failed = factorColumns<T>(m, columns, copy, panel, copy, panel, pivots, first, isPivoted, own);
  // The rows of all else, and then those of the panel.
  if (isPivoted) {
    const start = a - first * sizeof<T>();
    for (let j = 0; j < columns; ++j) {
      const other = load<i32>(pivots + ((<usize>j) << 2)) - 1 - first;
      if (other != j) exchangeRows<T>(start + j * step, start + other * step, width);
    }
  }
  for (let i = 0, to = a, from = copy; i < m; ++i, to += step, from += row) moveRow<T>(to, from, bytes);
  return failed ? first + failed : 0;
}

// @ts-ignore: decorator
@inline
export function moveRow<T>(to: usize, from: usize, bytes: i32): void {
  for (const end = to + bytes; to < end; to += sizeof<T>(), from += sizeof<T>()) store<T>(to, load<T>(from));
}
/** Exchanges n elements of a with those of b. */
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
  width: i32,
  pivots: usize,
  first: i32,
  isPivoted: bool,
  own: usize,
): i32 {
  if (columns <= BASE) return eliminate<T>(m, columns, a, pitch, rows, width, pivots, first, isPivoted, own);
  const h = BASE;
  const size = <i32>sizeof<T>();
  const below = h * pitch * size;
  const failed = factorColumns<T>(m, h, a, pitch, rows, width, pivots, first, isPivoted, own);
  const beside = a + h * size;
  solveTriangular<T>(false, true, h, a, pitch, 1, beside, pitch, columns - h);
  if (m > h) addMatmul<T>(m - h, columns - h, h, a + below, pitch, 1, beside, pitch, 1, beside + below, pitch);
  const later = factorColumns<T>(
    m - h,
    columns - h,
    beside + below,
    pitch,
    rows + below,
    width,
    pivots + ((<usize>h) << 2),
    first + h,
    isPivoted,
    own,
  );
  return failed ? failed : later ? h + later : 0;
}

/** Column by column. `pivot` is room for a row: that of the pivot, with zeros where a row is not to change. */
function eliminate<T>(
  m: i32,
  columns: i32,
  a: usize,
  pitch: i32,
  rows: usize,
  width: i32,
  pivots: usize,
  first: i32,
  isPivoted: bool,
  pivot: usize,
): i32 {
  const size = <i32>sizeof<T>();
  const lanes = 16 / size;
  const row = pitch * size;
  const end = a + m * row;
  const vectors = (columns + lanes - 1) / lanes;
  let failed = 0;
  for (let j = 0; j < columns; ++j) {
    const column = <usize>(j * size);
    const diagonal = a + j * row;
    let best = diagonal;
    if (isPivoted) {
      let largest = abs<T>(load<T>(diagonal + column));
      for (let at = diagonal + row; at < end; at += row) {
        const candidate = abs<T>(load<T>(at + column));
        if (candidate > largest) {
          largest = candidate;
          best = at;
        }
      }
      if (best != diagonal) exchangeRows<T>(rows + j * row, rows + (best - a), width);
    }
    store<i32>(pivots + ((<usize>j) << 2), first + j + 1 + <i32>(best - diagonal) / row);
    const value = load<T>(diagonal + column);
    if (value == 0) {
      if (!failed) failed = j + 1;
      // Without pivoting there may be something below, by which nothing is eliminated.
      for (let at = diagonal + row; at < end; at += row) store<T>(at + column, 0);
      continue;
    }
    const after = (j + 1) / lanes;
    for (let i = after * lanes; i < vectors * lanes; ++i) {
      store<T>(pivot + i * size, i > j && i < columns ? <T>-load<T>(diagonal + i * size) : 0);
    }
    // 1 / value would overflow for the smallest.
    const inverse = <T>(1 / value);
    const isTiny = abs<T>(inverse) == Infinity;
    for (let at = diagonal + row; at < end; at += row) {
      const l = isTiny ? <T>(load<T>(at + column) / value) : <T>(load<T>(at + column) * inverse);
      store<T>(at + column, l);
      const splat = sizeof<T>() == 4 ? f32x4.splat(<f32>l) : f64x2.splat(<f64>l);
      for (let v = after; v < vectors; ++v) {
        const place = at + (v << 4);
        v128.store(place, addProduct<T>(v128.load(place), splat, v128.load(pivot + (v << 4))));
      }
    }
  }
  for (let i = 0; i < columns; ++i) {
    for (let j = i; j < columns; ++j) {
      const at = a + i * row + j * size;
      store<T>(at, <T>-load<T>(at));
    }
  }
  return failed;
}
