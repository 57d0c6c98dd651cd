// L·D·Lᵀ of symmetric matrices that are not definite, with blocks of one and two on D's diagonal (Bunch and Kaufman, "Some stable methods
// for calculating inertia and solving symmetric linear systems", 1977), as LAPACK's sytrf leaves it: rows of l are not exchanged by
// later steps. In float64 alone.
import { wordBytes } from "../../memory/words";
import { exchangeRows } from "./lu";

/** (1 + √17)/8 bounds the growth of elements. */
const ALPHA: f64 = 0.6403882032022076;

/** The first place of the largest of x[first …], but of x[except]; `first` where all are 0. */
function placeOfLargest(x: usize, first: i32, end: i32, except: i32): i32 {
  let place = first,
    largest = 0.0;
  for (let i = first; i < end; ++i) {
    const size = abs(load<f64>(x + (i << 3)));
    if (i != except && size > largest) {
      place = i;
      largest = size;
    }
  }
  return place;
}

/** Exchanges elements of columns x and y, `row` bytes apart. */
function exchangeColumns(x: usize, y: usize, row: i32, count: i32): void {
  for (; count > 0; --count, x += row, y += row) {
    const value = load<f64>(x);
    store<f64>(x, load<f64>(y));
    store<f64>(y, value);
  }
}

/**
 * The factors of a [n, n], of which the lower triangle is read, in place of that: D, and below it l without its ones. Of a block of one
 * pivots[k] is the row, counted from 1, that row and column k were exchanged with; of a block of two both pivots are minus the row that its
 * second one was. Returns 0, or the place of the first column of zeros that was left, counted from 1.
 */
export function ldl(n: i32, a: usize, pivots: usize): i32 {
  const row = n << 3;
  let info = 0;
  // What is left is kept whole: a row is a column, too.
  for (let i = 0; i < n; ++i) {
    for (let j = 0; j < i; ++j) store<f64>(a + j * row + (i << 3), load<f64>(a + i * row + (j << 3)));
  }
  for (let k = 0, width = 1; k < n; k += width) {
    const top = a + k * row,
      first = k << 3,
      size = abs(load<f64>(top + first)),
      other = placeOfLargest(top, k, n, k),
      column = other > k ? abs(load<f64>(top + (other << 3))) : 0,
      isZero = !(max(size, column) > 0);
    let pivot = k;
    width = 1;
    if (isZero && !info) info = k + 1;
    if (size < ALPHA * column) {
      const from = a + other * row,
        most = abs(load<f64>(from + (placeOfLargest(from, k, n, other) << 3)));
      if (size < ALPHA * column * (column / most)) {
        pivot = other;
        if (!(abs(load<f64>(from + (other << 3))) >= ALPHA * most)) width = 2;
      }
    }
    const last = k + width - 1,
      bottom = a + last * row;
    store<i32>(pivots + wordBytes(k), width == 1 ? pivot + 1 : ~pivot);
    store<i32>(pivots + wordBytes(last), width == 1 ? pivot + 1 : ~pivot);
    exchangeRows<f64>(bottom + first, a + pivot * row + first, n - k);
    exchangeColumns(top + (last << 3), top + (pivot << 3), row, n - k);
    if (isZero) continue;
    // [d₁ b; b d₂], over b
    const b = width == 2 ? load<f64>(top + (last << 3)) : 1,
      d1 = load<f64>(top + first) / b,
      d2 = load<f64>(bottom + (last << 3)) / b;
    for (let i = last + 1, at = bottom + row; i < n; ++i, at += row) {
      const x = load<f64>(top + (i << 3)),
        y = load<f64>(bottom + (i << 3)),
        u = width == 2 ? (d2 * x - y) / (b * (d1 * d2 - 1)) : x / d1,
        v = width == 2 ? (d1 * y - x) / (b * (d1 * d2 - 1)) : 0;
      // By pairs, of which the first may begin before the rest, where l comes.
      for (let j = n - ((n - last) & ~1); j < n; j += 2) {
        const place = at + (j << 3);
        const products = f64x2.add(
          f64x2.mul(f64x2.splat(u), v128.load(top + (j << 3))),
          f64x2.mul(f64x2.splat(v), v128.load(bottom + (j << 3))),
        );
        v128.store(place, f64x2.sub(v128.load(place), products));
      }
      store<f64>(at + (last << 3), v);
      store<f64>(at + first, u);
    }
  }
  return info;
}
