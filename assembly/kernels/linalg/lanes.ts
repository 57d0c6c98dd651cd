// Small matrices, one in each lane of a vector: four of float32, two of float64. An element of all of them is one vector; what is beside
// the last matrix of a batch is a copy of it. No lane looks at another, so that a matrix comes out the same whatever its neighbours are.
import { transposeLanes } from "../copy/transpose";
import { addProduct } from "../vectors";

/** Matrices of up to so many rows and columns are factored here. */
const LIMIT: i32 = 16;
// @ts-ignore: decorator
@inline
export function fitsLanes(m: i32, n: i32): bool {
  return m <= LIMIT && n <= LIMIT;
}
/** Bytes of room for three matrices, which no factorisation needs more of, and for a few vectors. */
export const LANE_BYTES: i32 = 3 * LIMIT * LIMIT * 16 + 256;
export const LANE_MATRIX: i32 = LIMIT * LIMIT * 16;

// @ts-ignore: decorator
@inline
export function lanesOf<T>(): i32 {
  return 16 / <i32>sizeof<T>();
}
// @ts-ignore: decorator
@inline
function splatInt<T>(x: i32): v128 {
  return sizeof<T>() == 4 ? i32x4.splat(x) : i64x2.splat(<i64>x);
}
// @ts-ignore: decorator
@inline
function equalInt<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.eq(a, b) : i64x2.eq(a, b);
}
// @ts-ignore: decorator
@inline
function ones<T>(): v128 {
  return sizeof<T>() == 4 ? f32x4.splat(1) : f64x2.splat(1);
}
// @ts-ignore: decorator
@inline
function zeros(): v128 {
  return i32x4.splat(0);
}

/** Vectors of `elements` elements of `count` matrices, `step` bytes apart. */
export function loadLanes<T>(to: usize, from: usize, elements: i32, step: i32, count: i32): void {
  const lanes = lanesOf<T>();
  if (count == lanes) {
    // What is read behind the last element is not used.
    for (let i = 0; i < elements; i += lanes, from += 16, to += 16 * lanes) transposeLanes<T>(to, 16, from, step);
    return;
  }
  for (let lane = 0; lane < lanes; ++lane) {
    for (
      let i = 0, at = from + min(lane, count - 1) * step, place = to + lane * sizeof<T>();
      i < elements;
      ++i, place += 16
    ) {
      store<T>(place, load<T>(at));
      at += sizeof<T>();
    }
  }
}
/** Vectors of the elements of matrices that lie as strides say, in bytes: row by row of one of them. */
export function gatherLane<T>(to: usize, lane: i32, from: usize, rows: i32, columns: i32, row: i32, column: i32): void {
  to += lane * sizeof<T>();
  for (let i = 0; i < rows; ++i, from += row) {
    for (let j = 0, at = from; j < columns; ++j, at += column, to += 16) store<T>(to, load<T>(at));
  }
}
/** And back. */
export function storeLanes<T>(to: usize, from: usize, elements: i32, step: i32, count: i32): void {
  const lanes = lanesOf<T>();
  let first = 0;
  if (count == lanes) {
    first = elements & -lanes;
    for (let i = 0; i < first; i += lanes) {
      transposeLanes<T>(to + i * sizeof<T>(), step, from + (i << 4), 16);
    }
  }
  for (let lane = 0; lane < count; ++lane) {
    for (let i = first, at = to + lane * step, place = from + lane * sizeof<T>(); i < elements; ++i) {
      store<T>(at + i * sizeof<T>(), load<T>(place + (i << 4)));
    }
  }
}
/** Element `lane` of integers as wide as T's. */
// @ts-ignore: decorator
@inline
export function intAt<T>(vector: usize, lane: i32): i32 {
  return load<i32>(vector + lane * sizeof<T>());
}

/**
 * Cholesky's factors l of matrices [n, n] with zeros above the diagonal, in place, a column of all of them at a time: roots and quotients of one
 * don't wait for another's. The first vectors lie at `a`, the next ones, up to `end`, `apart` bytes behind. Behind each of them come the orders of minors
 * that are not positive, and a vector of room.
 */
export function choleskyLanes<T>(n: i32, a: usize, end: usize, apart: i32): void {
  const row = n << 4,
    ownAt = n * row;
  for (let own = a + ownAt; own < end; own += apart) v128.store(own, zeros());
  for (let j = 0; j < n; ++j) {
    const column = j << 4;
    for (let item = a; item < end; item += apart) {
      const top = item + j * row,
        place = top + column,
        own = item + ownAt,
        orders = v128.load(own);
      const d = v128.sub<T>(v128.load(place), sumOfProducts<T>(j, top, 16, top, 16));
      // Also where it is NaN; the first counts.
      const isBad = v128.andnot(equalInt<T>(orders, zeros()), v128.gt<T>(d, zeros()));
      v128.store(own, v128.or(orders, v128.and(isBad, splatInt<T>(j + 1))));
      const root = v128.sqrt<T>(d);
      v128.store(place, root);
      v128.store(own, v128.div<T>(ones<T>(), root), 16);
      for (let above = item + column; above < place; above += row) v128.store(above, zeros());
    }
    for (let item = a; item < end; item += apart) {
      const top = item + j * row,
        inverse = v128.load(item + ownAt, 16);
      for (let from = top + row; from < item + ownAt; from += row) {
        const s = sumOfProducts<T>(j, top, 16, from, 16),
          place = from + column;
        v128.store(place, v128.mul<T>(v128.sub<T>(v128.load(place), s), inverse));
      }
    }
  }
}

/** Exchanges rows i and k of x [.., columns] in the lanes of the mask. */
// @ts-ignore: decorator
@inline
function exchangeLanes(x: usize, row: i32, i: i32, k: i32, mask: v128): void {
  for (let p = x + i * row, q = x + k * row, end = p + row; p < end; p += 16, q += 16) {
    const a = v128.load(p);
    const b = v128.load(q);
    v128.store(p, v128.bitselect(b, a, mask));
    v128.store(q, v128.bitselect(a, b, mask));
  }
}
/**
 * The factors of P·a = l·u in place of a [m, n]; pivots: vectors of exchanges, counted from 1; failed: places of zeros on u's diagonal,
 * by which nothing is eliminated. Column by column, each a sum of products of what is left of it and above it.
 */
export function luLanes<T>(m: i32, n: i32, a: usize, isPivoted: bool, pivots: usize, failed: usize): void {
  const row = n << 4;
  const k = min(m, n);
  let places = zeros();
  for (let j = 0, column = a; j < n; ++j, column += 16) {
    let best = splatInt<T>(j);
    let largest = zeros();
    for (let i = 0, left = a, place = column; i < m; ++i, left += row, place += row) {
      let x = v128.load(place);
      if (j > 0 && i > 0) {
        x = v128.sub<T>(x, sumOfProducts<T>(min(i, j), left, 16, column, row));
        v128.store(place, x);
      }
      if (i < j) continue;
      x = v128.abs<T>(x);
      if (i == j) largest = x;
      else {
        const isLarger = v128.gt<T>(x, largest);
        largest = v128.bitselect(x, largest, isLarger);
        best = v128.bitselect(splatInt<T>(i), best, isLarger);
      }
    }
    if (j >= k) continue;
    if (isPivoted) {
      for (let i = j + 1; i < m; ++i) {
        const mask = equalInt<T>(best, splatInt<T>(i));
        if (v128.any_true(mask)) exchangeLanes(a, row, j, i, mask);
      }
    } else best = splatInt<T>(j);
    v128.store(pivots + (j << 4), sizeof<T>() == 4 ? i32x4.add(best, i32x4.splat(1)) : i64x2.add(best, i64x2.splat(1)));
    let place = column + j * row;
    const pivot = v128.load(place);
    const isZero = v128.eq<T>(pivot, zeros());
    places = v128.or(places, v128.and(v128.and(isZero, equalInt<T>(places, zeros())), splatInt<T>(j + 1)));
    // By a zero nothing is eliminated, and without exchanges what would have to be becomes infinite: there are no such factors.
    const divisor = isPivoted ? v128.bitselect(v128.div<T>(ones<T>(), zeros()), pivot, isZero) : pivot;
    for (let i = j + 1; i < m; ++i) {
      place += row;
      const x = v128.load(place);
      v128.store(place, v128.bitselect(x, v128.div<T>(x, divisor), v128.eq<T>(x, zeros())));
    }
  }
  v128.store(failed, places);
}
/** Σ aᵢ·bᵢ of n vectors. */
// @ts-ignore: decorator
@inline
function sumOfProducts<T>(n: i32, a: usize, aStep: i32, b: usize, bStep: i32): v128 {
  let sum = zeros();
  for (; n >= 2; n -= 2) {
    sum = addProduct<T>(sum, v128.load(a), v128.load(b));
    sum = addProduct<T>(sum, v128.load(a + aStep), v128.load(b + bStep));
    a += 2 * aStep;
    b += 2 * bStep;
  }
  return n > 0 ? addProduct<T>(sum, v128.load(a), v128.load(b)) : sum;
}

/** x = t⁻¹·x for triangles of t, whose rows and columns are so many bytes apart; the next ones, up to `end`, lie `apart` bytes behind. */
export function substituteLanes<T>(
  upper: bool,
  unit: bool,
  n: i32,
  t: usize,
  tRow: i32,
  tCol: i32,
  x: usize,
  row: i32,
  end: usize,
  apart: i32,
): void {
  for (let step = 0; step < n; ++step) {
    const i = upper ? n - 1 - step : step;
    const first = upper ? i + 1 : 0;
    let at = x + i * row;
    let from = x + first * row;
    for (let line = t + i * tRow; line < end; line += apart, at += apart, from += apart) {
      const diagonal = v128.load(line + i * tCol);
      const factors = line + first * tCol;
      for (let c = 0; c < row; c += 16) {
        let sum = sumOfProducts<T>(step, factors, tCol, from + c, row);
        sum = v128.sub<T>(v128.load(at + c), sum);
        v128.store(at + c, unit ? sum : v128.div<T>(sum, diagonal));
      }
    }
  }
}

/** x = (I - τ·v·vᵀ)·x for x [m, columns] from column `first` on, v's elements `step` bytes apart, its first one 1. */
// @ts-ignore: decorator
@inline
function reflectLanes<T>(m: i32, v: usize, step: i32, tau: v128, x: usize, row: i32, first: i32): void {
  for (let c = x + first; c < x + row; c += 16) {
    let sum = v128.load(c);
    for (let i = 1, p = v + step, q = c + row; i < m; ++i, p += step, q += row) {
      sum = addProduct<T>(sum, v128.load(p), v128.load(q));
    }
    sum = v128.neg<T>(v128.mul<T>(sum, tau));
    v128.store(c, v128.add<T>(v128.load(c), sum));
    for (let i = 1, p = v + step, q = c + row; i < m; ++i, p += step, q += row) {
      v128.store(q, addProduct<T>(v128.load(q), v128.load(p), sum));
    }
  }
}
/** r in place of a [m, n], and Q [m, columns] where `q` is not 0; `taus` is room for n vectors. */
export function qrLanes<T>(m: i32, n: i32, a: usize, columns: i32, q: usize, taus: usize): void {
  const row = n << 4;
  const k = min(m, n);
  for (let j = 0; j < k; ++j) {
    const diagonal = a + j * (row + 16);
    const head = v128.load(diagonal);
    let largest = zeros();
    for (let i = j + 1, at = diagonal + row; i < m; ++i, at += row) {
      largest = v128.max<T>(largest, v128.abs<T>(v128.load(at)));
    }
    const isNothing = v128.eq<T>(largest, zeros());
    // Scaled, so that no square overflows and none that counts is lost.
    largest = v128.bitselect(ones<T>(), v128.max<T>(largest, v128.abs<T>(head)), isNothing);
    const first = v128.div<T>(head, largest);
    let squares = v128.mul<T>(first, first);
    for (let i = j + 1, at = diagonal + row; i < m; ++i, at += row) {
      const part = v128.div<T>(v128.load(at), largest);
      squares = addProduct<T>(squares, part, part);
    }
    const length = v128.sqrt<T>(squares);
    const end = v128.bitselect(v128.neg<T>(length), length, v128.gt<T>(first, zeros()));
    const distance = v128.sub<T>(first, end);
    const tau = v128.andnot(v128.div<T>(v128.neg<T>(distance), end), isNothing);
    const divisor = v128.bitselect(ones<T>(), distance, isNothing);
    for (let i = j + 1, at = diagonal + row; i < m; ++i, at += row) {
      v128.store(at, v128.div<T>(v128.div<T>(v128.load(at), largest), divisor));
    }
    v128.store(taus + (j << 4), tau);
    v128.store(diagonal, v128.bitselect(head, v128.mul<T>(end, largest), isNothing));
    reflectLanes<T>(m - j, diagonal, row, tau, a + j * row, row, (j + 1) << 4);
  }
  if (q) {
    const wide = columns << 4;
    for (let i = 0, at = q; i < m; ++i) {
      for (let j = 0; j < columns; ++j, at += 16) v128.store(at, i == j ? ones<T>() : zeros());
    }
    for (let j = k - 1; j >= 0; --j) {
      reflectLanes<T>(m - j, a + j * (row + 16), row, v128.load(taus + (j << 4)), q + j * wide, wide, j << 4);
    }
  }
  for (let i = 1; i < m; ++i) memory.fill(a + i * row, 0, min(i, n) << 4);
}
