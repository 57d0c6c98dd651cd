// The micro-kernels: tiles of c that are held in accumulators while the depth runs.
//
// V8 has 16 vector registers and, up to version 12 (Node 22), does all loads of an iteration before any arithmetic: beside the
// accumulators, what is read of a and b has to fit, and, where a multiply-add is two instructions, a product.
import { addProduct, splatAt, storeFirst } from "../vectors";

/**
 * Rows of a tile: 4 or 6. With relaxed SIMD, 6 gains a tenth over 4 in V8 13 (Node 24), but spills and loses half in V8 11 and
 * 12; without, it spills in all of them.
 */
export const ROWS: i32 = 4;
/** Bytes to a row of a tile: 8 float32 or int32, 4 float64. */
export const COLUMN_BYTES: i32 = 32;
/** Rows of a tall tile, which is one vector wide. */
export const TALL_ROWS: i32 = 6;
export const TALL_BYTES: i32 = 16;
/** Rows of a flat tile, which is twice COLUMN_BYTES wide. */
export const FLAT_ROWS: i32 = 2;

/**
 * tile (+)= a · b over depth k, where a's element (i, p) is at a + i·aRow + p·aCol and row p of b is at b + p·bRow, 32 bytes
 * of it read. `rows` ≤ ROWS and `columnBytes` ≤ 32 say how much of the tile c has; a row that it has not is not read either.
 */
// @ts-ignore: decorator
@inline
export function microTile<T>(
  k: i32,
  a: usize,
  aRow: i32,
  aCol: i32,
  b: usize,
  bRow: i32,
  tile: usize,
  cRow: i32,
  rows: i32,
  columnBytes: i32,
  accumulate: bool,
): void {
  let a1 = a;
  let a2 = a;
  let a3 = a;
  let a4 = a;
  let a5 = a;
  if (rows > 1) a1 += aRow;
  if (rows > 2) a2 += 2 * aRow;
  if (rows > 3) a3 += 3 * aRow;
  if (ROWS > 4) {
    if (rows > 4) a4 += 4 * aRow;
    if (rows > 5) a5 += 5 * aRow;
  }
  let c00 = i32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  let c40 = c00;
  let c41 = c00;
  let c50 = c00;
  let c51 = c00;
  for (; k > 0; --k) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let splat = splatAt<T>(a);
    c00 = addProduct<T>(c00, splat, b0);
    c01 = addProduct<T>(c01, splat, b1);
    splat = splatAt<T>(a1);
    c10 = addProduct<T>(c10, splat, b0);
    c11 = addProduct<T>(c11, splat, b1);
    splat = splatAt<T>(a2);
    c20 = addProduct<T>(c20, splat, b0);
    c21 = addProduct<T>(c21, splat, b1);
    splat = splatAt<T>(a3);
    c30 = addProduct<T>(c30, splat, b0);
    c31 = addProduct<T>(c31, splat, b1);
    if (ROWS > 4) {
      splat = splatAt<T>(a4);
      c40 = addProduct<T>(c40, splat, b0);
      c41 = addProduct<T>(c41, splat, b1);
      splat = splatAt<T>(a5);
      c50 = addProduct<T>(c50, splat, b0);
      c51 = addProduct<T>(c51, splat, b1);
      a4 += aCol;
      a5 += aCol;
    }
    a += aCol;
    a1 += aCol;
    a2 += aCol;
    a3 += aCol;
    b += bRow;
  }
  storePair<T>(tile, c00, c01, columnBytes, accumulate);
  if (rows > 1) storePair<T>(tile + cRow, c10, c11, columnBytes, accumulate);
  if (rows > 2) storePair<T>(tile + 2 * cRow, c20, c21, columnBytes, accumulate);
  if (rows > 3) storePair<T>(tile + 3 * cRow, c30, c31, columnBytes, accumulate);
  if (ROWS > 4) {
    if (rows > 4) storePair<T>(tile + 4 * cRow, c40, c41, columnBytes, accumulate);
    if (rows > 5) storePair<T>(tile + 5 * cRow, c50, c51, columnBytes, accumulate);
  }
}

/**
 * microTile for up to 2 rows, more than 32 and up to 64 bytes wide: for products of few rows, which the other tile would
 * spend on rows that c has not. The second 32 bytes of a row of b are at `right` + p·bRow.
 */
// @ts-ignore: decorator
@inline
export function flatTile<T>(
  k: i32,
  a: usize,
  aRow: i32,
  aCol: i32,
  b: usize,
  right: usize,
  bRow: i32,
  tile: usize,
  cRow: i32,
  rows: i32,
  columnBytes: i32,
  accumulate: bool,
): void {
  let a1 = a;
  if (rows > 1) a1 += aRow;
  let c00 = i32x4.splat(0);
  let c01 = c00;
  let c02 = c00;
  let c03 = c00;
  let c10 = c00;
  let c11 = c00;
  let c12 = c00;
  let c13 = c00;
  for (; k > 0; --k) {
    const s0 = splatAt<T>(a);
    const s1 = splatAt<T>(a1);
    let v = v128.load(b);
    c00 = addProduct<T>(c00, s0, v);
    c10 = addProduct<T>(c10, s1, v);
    v = v128.load(b, 16);
    c01 = addProduct<T>(c01, s0, v);
    c11 = addProduct<T>(c11, s1, v);
    v = v128.load(right);
    c02 = addProduct<T>(c02, s0, v);
    c12 = addProduct<T>(c12, s1, v);
    v = v128.load(right, 16);
    c03 = addProduct<T>(c03, s0, v);
    c13 = addProduct<T>(c13, s1, v);
    a += aCol;
    a1 += aCol;
    b += bRow;
    right += bRow;
  }
  storePair<T>(tile, c00, c01, COLUMN_BYTES, accumulate);
  storePair<T>(tile + COLUMN_BYTES, c02, c03, columnBytes - COLUMN_BYTES, accumulate);
  if (rows > 1) {
    storePair<T>(tile + cRow, c10, c11, COLUMN_BYTES, accumulate);
    storePair<T>(tile + cRow + COLUMN_BYTES, c12, c13, columnBytes - COLUMN_BYTES, accumulate);
  }
}

/** microTile for up to 6 rows of at most 16 bytes: what is left over at the right of c. */
// @ts-ignore: decorator
@inline
export function tallTile<T>(
  k: i32,
  a: usize,
  aRow: i32,
  aCol: i32,
  b: usize,
  bRow: i32,
  tile: usize,
  cRow: i32,
  rows: i32,
  columnBytes: i32,
  accumulate: bool,
): void {
  // Two pointers and two distances, for the sake of the general registers. The lower three rows are the last there are.
  const a1 = rows > 1 ? aRow : 0;
  const a2 = rows > 2 ? 2 * aRow : 0;
  const shift = max(rows - 3, 0);
  let below = a + shift * aRow;
  let c0 = i32x4.splat(0);
  let c1 = c0;
  let c2 = c0;
  let c3 = c0;
  let c4 = c0;
  let c5 = c0;
  for (; k > 0; --k) {
    const v = v128.load(b);
    c0 = addProduct<T>(c0, splatAt<T>(a), v);
    c1 = addProduct<T>(c1, splatAt<T>(a + a1), v);
    c2 = addProduct<T>(c2, splatAt<T>(a + a2), v);
    c3 = addProduct<T>(c3, splatAt<T>(below), v);
    c4 = addProduct<T>(c4, splatAt<T>(below + a1), v);
    c5 = addProduct<T>(c5, splatAt<T>(below + a2), v);
    a += aCol;
    below += aCol;
    b += bRow;
  }
  storeRow<T>(tile, c0, columnBytes, accumulate);
  if (rows > 1) storeRow<T>(tile + cRow, c1, columnBytes, accumulate);
  if (rows > 2) storeRow<T>(tile + 2 * cRow, c2, columnBytes, accumulate);
  const lower = tile + shift * cRow;
  if (rows > 5) storeRow<T>(lower, c3, columnBytes, accumulate);
  if (rows > 4) storeRow<T>(lower + cRow, c4, columnBytes, accumulate);
  if (rows > 3) storeRow<T>(lower + 2 * cRow, c5, columnBytes, accumulate);
}

/** Up to 32 bytes. */
// @ts-ignore: decorator
@inline
function storePair<T>(c: usize, left: v128, right: v128, bytes: i32, accumulate: bool): void {
  if (bytes == COLUMN_BYTES) {
    if (accumulate) {
      left = v128.add<T>(v128.load(c), left);
      right = v128.add<T>(v128.load(c, 16), right);
    }
    v128.store(c, left);
    v128.store(c, right, 16);
    return;
  }
  storeRow<T>(c, left, min(bytes, 16), accumulate);
  if (bytes > 16) storeRow<T>(c + 16, right, bytes - 16, accumulate);
}

/** Up to 16 bytes. */
// @ts-ignore: decorator
@inline
function storeRow<T>(c: usize, sums: v128, bytes: i32, accumulate: bool): void {
  if (accumulate) sums = v128.add<T>(v128.load(c), sums);
  if (bytes == 16) v128.store(c, sums);
  else storeFirst<T>(c, sums, bytes / <i32>sizeof<T>());
}
