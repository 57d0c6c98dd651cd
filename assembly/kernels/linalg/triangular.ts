// Triangular systems of many right-hand sides, by halves: x₁ = t₁₁⁻¹b₁, x₂ = t₂₂⁻¹(b₂ - t₂₁x₁), where nearly all of the work is the
// product. What is left in place of b is -x, so that the product is added and no factor has to be copied with another sign. (Elmroth,
// Gustavson, Jonsson, Kågström, "Recursive blocked algorithms and hybrid data structures for dense matrix library software", 2004.)
import { addProduct, splatAt, storeFirst } from "../vectors";
import { addMatmul } from "./multiply";

/** Up to this size row by row. */
export const BASE: i32 = 16;

/** A half of n, in whole tiles. */
// @ts-ignore: decorator
@inline
export function half(n: i32): i32 {
  return ((n >> 1) + 7) & ~7;
}

/**
 * x = -t⁻¹·x in place, for t [n, n], of which the upper or lower triangle is read, with ones for its diagonal where `unit` says so,
 * and x [n, k] with rows `pitch` apart. Strides in elements.
 */
export function solveTriangular<T>(
  upper: bool,
  unit: bool,
  n: i32,
  t: usize,
  tRow: i32,
  tCol: i32,
  x: usize,
  pitch: i32,
  k: i32,
): void {
  if (n <= BASE) return solveRows<T>(upper, unit, n, t, tRow, tCol, x, pitch, k);
  const h = half(n);
  const size = <i32>sizeof<T>();
  const below = x + h * pitch * size;
  const t22 = t + h * (tRow + tCol) * size;
  if (upper) {
    solveTriangular<T>(true, unit, n - h, t22, tRow, tCol, below, pitch, k);
    addMatmul<T>(h, k, n - h, t + h * tCol * size, tRow, tCol, below, pitch, 1, x, pitch);
    solveTriangular<T>(true, unit, h, t, tRow, tCol, x, pitch, k);
  } else {
    solveTriangular<T>(false, unit, h, t, tRow, tCol, x, pitch, k);
    addMatmul<T>(n - h, k, h, t + h * tRow * size, tRow, tCol, x, pitch, 1, below, pitch);
    solveTriangular<T>(false, unit, n - h, t22, tRow, tCol, below, pitch, k);
  }
}

function solveRows<T>(
  upper: bool,
  unit: bool,
  n: i32,
  t: usize,
  tRow: i32,
  tCol: i32,
  x: usize,
  pitch: i32,
  k: i32,
): void {
  const size = <i32>sizeof<T>();
  const xRow = pitch * size;
  const along = upper ? -tCol * size : tCol * size;
  const down = upper ? -xRow : xRow;
  // The diagonal, from where the first row to be solved is.
  let corner = upper ? t + (n - 1) * (tRow + tCol) * size : t;
  if (upper) x += (n - 1) * xRow;
  const step = (upper ? -1 : 1) * (tRow + tCol) * size;
  // Four vectors of each row at a time.
  for (let left = k * size; left > 0; left -= 64, x += 64) {
    let row = x;
    let diagonal = corner;
    for (let i = 0; i < n; ++i, row += down, diagonal += step) {
      let s0 = v128.load(row);
      let s1 = v128.load(row, 16);
      let s2 = v128.load(row, 32);
      let s3 = v128.load(row, 48);
      let factor = diagonal - i * along;
      for (let from = x; from != row; from += down, factor += along) {
        const splat = splatAt<T>(factor);
        s0 = addProduct<T>(s0, splat, v128.load(from));
        if (left > 16) {
          s1 = addProduct<T>(s1, splat, v128.load(from, 16));
          if (left > 32) {
            s2 = addProduct<T>(s2, splat, v128.load(from, 32));
            if (left > 48) s3 = addProduct<T>(s3, splat, v128.load(from, 48));
          }
        }
      }
      const d = splatAt<T>(diagonal);
      storeSolved<T>(row, s0, d, unit, left);
      if (left > 16) {
        storeSolved<T>(row + 16, s1, d, unit, left - 16);
        if (left > 32) {
          storeSolved<T>(row + 32, s2, d, unit, left - 32);
          if (left > 48) storeSolved<T>(row + 48, s3, d, unit, left - 48);
        }
      }
    }
  }
}
// @ts-ignore: decorator
@inline
function storeSolved<T>(at: usize, sum: v128, d: v128, unit: bool, left: i32): void {
  sum = v128.neg<T>(sum);
  if (!unit) sum = v128.div<T>(sum, d);
  if (left >= 16) v128.store(at, sum);
  else storeFirst<T>(at, sum, left / <i32>sizeof<T>());
}

/**
 * x = -x·t⁻ᵀ in place for a lower triangular t [n, n] and x [m, n]: what solveTriangular does, for x stored by columns. `block` is
 * room for BASE rows of BLOCK elements.
 */
export function solveTransposed<T>(n: i32, t: usize, tPitch: i32, x: usize, pitch: i32, m: i32, block: usize): void {
  const size = <i32>sizeof<T>();
  if (n > BASE) {
    const h = half(n);
    const right = x + h * size;
    solveTransposed<T>(h, t, tPitch, x, pitch, m, block);
    addMatmul<T>(m, n - h, h, x, pitch, 1, t + h * tPitch * size, 1, tPitch, right, pitch);
    solveTransposed<T>(n - h, t + h * (tPitch + 1) * size, tPitch, right, pitch, m, block);
    return;
  }
  for (; m > 0; m -= BLOCK, x += BLOCK * pitch * size) {
    const rows = min(m, BLOCK);
    transpose<T>(block, BLOCK, x, pitch, rows, n);
    solveRows<T>(false, false, n, t, tPitch, 1, block, BLOCK, rows);
    transpose<T>(x, pitch, block, BLOCK, n, rows);
  }
}
/** Rows of x that are turned over at a time. */
export const BLOCK: i32 = 32;

/** dst [columns, rows] = the transpose of src [rows, columns]. */
function transpose<T>(dst: usize, dstPitch: i32, src: usize, srcPitch: i32, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; ++i) {
    let to = dst + i * sizeof<T>();
    let from = src + <usize>(i * srcPitch) * sizeof<T>();
    for (let j = columns; j > 0; --j) {
      store<T>(to, load<T>(from));
      from += sizeof<T>();
      to += <usize>dstPitch * sizeof<T>();
    }
  }
}
