// The micro-kernel: a tile of 4 rows × 32 bytes of c in eight accumulators. Other shapes spill: V8 has 16 vector registers,
// and beside the accumulators two vectors of b, a splat of a and a product are live.
import { addProduct, splatAt, storeFirst } from "../lanes";

export const ROWS: i32 = 4;
/** Bytes to a row of a tile: 8 float32 or int32, 4 float64. */
export const COLUMN_BYTES: i32 = 32;

/**
 * tile (+)= a · b over depth k, where a's element (i, p) is at a + i·aRow + p·aCol and row p of b is at b + p·bRow, 32 bytes
 * of it read. `rows` ≤ 4 and `columnBytes` ≤ 32 say how much of the tile c has; a row that it has not is not read either.
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
  if (rows > 1) a1 += aRow;
  if (rows > 2) a2 += 2 * aRow;
  if (rows > 3) a3 += 3 * aRow;
  let c00 = i32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
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
    a += aCol;
    a1 += aCol;
    a2 += aCol;
    a3 += aCol;
    b += bRow;
  }
  storeRow<T>(tile, c00, c01, columnBytes, accumulate);
  if (rows > 1) storeRow<T>(tile + cRow, c10, c11, columnBytes, accumulate);
  if (rows > 2) storeRow<T>(tile + 2 * cRow, c20, c21, columnBytes, accumulate);
  if (rows > 3) storeRow<T>(tile + 3 * cRow, c30, c31, columnBytes, accumulate);
}

// @ts-ignore: decorator
@inline
function storeRow<T>(c: usize, left: v128, right: v128, bytes: i32, accumulate: bool): void {
  if (accumulate) {
    left = v128.add<T>(v128.load(c), left);
    right = v128.add<T>(v128.load(c, 16), right);
  }
  if (bytes == COLUMN_BYTES) {
    v128.store(c, left);
    v128.store(c, right, 16);
  } else if (bytes >= 16) {
    v128.store(c, left);
    storeFirst<T>(c + 16, right, (bytes - 16) / <i32>sizeof<T>());
  } else {
    storeFirst<T>(c, left, bytes / <i32>sizeof<T>());
  }
}
