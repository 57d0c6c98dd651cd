// The blocked product after Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (2008). A block of b
// (KC × NC_BYTES) stays in L2, packed in the order in which the micro-kernel reads it; a strip of rows of a stays in L1
// beside one panel of b. Rows of a are read in place where they are contiguous. Workspace:
//   [ packed b: KC × NC_BYTES ][ packed a: STRIP × KC ]
//
// Whatever is packed or not, an element of c is the sum of its terms in order, in blocks of KC.
import { Gemm } from "./descriptor";
import { finishRegion } from "./epilogue";
import { COLUMN_BYTES, FLAT_ROWS, ROWS, TALL_BYTES, TALL_ROWS, flatTile, microTile, tallTile } from "./micro";
import { packPanels, packRows } from "./pack";

/** Depth of a block: partial products of 256 terms are added up, so errors stay like those of a blockwise sum. */
const KC: i32 = 256;
/** Bytes of a row of a block of b: 256 rows of 1 KiB are a quarter of a usual L2. */
const NC_BYTES: i32 = 1024;
/** Rows of a strip, whole tiles of any kind: 24 × 256 float32 are 24 KiB, half of an L1 or more. */
const STRIP: i32 = 24;
/** Bytes of workspace, at most. */
export const MOST_WORKSPACE: i32 = KC * (NC_BYTES + STRIP * 8);
/** A block of b that spans no more is in L1, where packing changes nothing. */
const L1_BYTES: i32 = 32768;
/** Up to so many rows of a block of b or depths of a, one set of L1 holds them even if they are 4 KiB apart. */
const WAYS: i32 = 8;
/** Up to this many rows of c, b is read in place: packing it would cost as much as the few times that it is read. */
const FLAT: i32 = 8;
/** Up to this many bytes a row of c, a is read in place, for the same reason. */
const NARROW_BYTES: i32 = 32;

// @ts-ignore: decorator
@inline
function roundUp(x: i32, unit: i32): i32 {
  return (x + unit - 1) & -unit;
}

// @ts-ignore: decorator
@inline
function packsRight(size: i32, rows: i32, bytes: i32, rightRow: i32, rightCol: i32, depth: i32): bool {
  return rightCol != size || (rows > FLAT && depth > WAYS && max(bytes, abs(rightRow)) * depth > L1_BYTES);
}

// @ts-ignore: decorator
@inline
function packsLeft(size: i32, rows: i32, bytes: i32, leftCol: i32, depth: i32): bool {
  return leftCol != size && rows > WAYS && depth > WAYS && bytes > NARROW_BYTES && abs(leftCol) * depth > L1_BYTES;
}

/** Whether one call of multiplyStrip does it. */
export function isInPlace(
  size: i32,
  rows: i32,
  leftRow: i32,
  leftCol: i32,
  columns: i32,
  rightRow: i32,
  rightCol: i32,
  k: i32,
): bool {
  if (rightCol != size || k > KC || rows > 4 * STRIP || columns * size > NC_BYTES) return false;
  return abs(rightRow) * k <= L1_BYTES && max(abs(leftRow) * rows, abs(leftCol) * k) <= L1_BYTES;
}

/** For regions of so many columns. */
export function blockedWorkspace(
  size: i32,
  rows: i32,
  leftCol: i32,
  columns: i32,
  rightRow: i32,
  rightCol: i32,
  k: i32,
): i32 {
  // A last block that is less deep than KC is packed only if that one is.
  const depth = min(k, KC);
  const bytes = min(columns * size, NC_BYTES);
  let width = packsRight(size, rows, bytes, rightRow, rightCol, depth) ? roundUp(bytes, COLUMN_BYTES) : 0;
  if (packsLeft(size, rows, bytes, leftCol, depth)) width += STRIP * size;
  return depth * width;
}

/** rows × columns of c from [row, column] on, of the product whose factors and result begin at left, right and c. */
export function blocked<T>(
  g: Gemm,
  left: usize,
  right: usize,
  c: usize,
  row: i32,
  rows: i32,
  column: i32,
  columns: i32,
  finished: i32,
  workspace: usize,
): void {
  const size = <i32>sizeof<T>();
  const width = NC_BYTES / size;
  left += row * g.leftRow;
  right += column * g.rightCol;
  c += row * g.cRow + column * size;
  for (; columns > 0; columns -= width, column += width, c += NC_BYTES) {
    panels<T>(g, left, right, c, rows, min(columns, width), workspace, finished + row, column, finished >= 0);
    right += width * g.rightCol;
  }
}

/** blocked for at most NC_BYTES of columns. */
function panels<T>(
  g: Gemm,
  left: usize,
  right: usize,
  c: usize,
  rows: i32,
  columns: i32,
  workspace: usize,
  firstRow: i32,
  firstColumn: i32,
  finishes: bool,
): void {
  const size = <i32>sizeof<T>();
  const leftRow = g.leftRow;
  const leftCol = g.leftCol;
  const rightRow = g.rightRow;
  const cRow = g.cRow;
  const bytes = columns * size;
  const deepest = min(g.k, KC);
  const packedA =
    workspace +
    (packsRight(size, rows, bytes, rightRow, g.rightCol, deepest)
      ? <usize>(deepest * roundUp(bytes, COLUMN_BYTES))
      : 0);
  for (let p = 0; <u32>p < <u32>g.k; p += KC) {
    const depth = min(KC, g.k - p);
    const accumulate = p > 0 || g.accumulate != 0;
    let b = right;
    let bRow = rightRow;
    let panel = COLUMN_BYTES;
    if (packsRight(size, rows, bytes, rightRow, g.rightCol, depth)) {
      packPanels<T>(workspace, COLUMN_BYTES / size, right, g.rightCol, rightRow, columns, depth);
      b = workspace;
      bRow = COLUMN_BYTES;
      panel = COLUMN_BYTES * depth;
    }
    const packsA = packsLeft(size, rows, bytes, leftCol, depth);
    // Where b is in L1, c is written row by row.
    const strip = depth <= 4 * WAYS ? STRIP / 2 : STRIP;
    for (let i = 0; <u32>i < <u32>rows; i += strip) {
      const height = min(strip, rows - i);
      const tiles = c + i * cRow;
      const a = left + i * leftRow;
      if (packsA) {
        packRows<T>(packedA, depth * size, a, leftRow, leftCol, height, depth);
        multiplyStrip<T>(height, bytes, depth, packedA, depth * size, size, b, panel, bRow, tiles, cRow, accumulate);
      } else {
        multiplyStrip<T>(height, bytes, depth, a, leftRow, leftCol, b, panel, bRow, tiles, cRow, accumulate);
      }
      if (finishes && p + depth == g.k) finishRegion(g, firstRow + i, height, firstColumn, columns);
    }
    left += depth * leftCol;
    right += depth * rightRow;
  }
}

/**
 * c (+)= a · b where both fit the caches. Tiles of full size are compiled on their own: with their size and `accumulate` as
 * constants, nothing is left to ask behind the inner loop.
 */
export function multiplyStrip<T>(
  rows: i32,
  bytes: i32,
  depth: i32,
  a: usize,
  aRow: i32,
  aCol: i32,
  b: usize,
  panel: i32,
  bRow: i32,
  c: usize,
  cRow: i32,
  accumulate: bool,
): void {
  const size = <i32>sizeof<T>();
  const flat = rows % ROWS;
  const hasFlat = flat > 0 && flat <= FLAT_ROWS && bytes > COLUMN_BYTES;
  const full = hasFlat ? rows - flat : rows;
  if (full > 0) {
    const rest = bytes % COLUMN_BYTES;
    const beside = rest <= TALL_BYTES ? bytes - rest : bytes;
    let right = b;
    for (let j = 0; j < beside; j += COLUMN_BYTES) {
      let from = a;
      let tile = c + j;
      let i = full;
      if (j + COLUMN_BYTES <= bytes) {
        i = full % ROWS;
        const count = full - i;
        if (accumulate) {
          if (bRow == COLUMN_BYTES && aCol == size) packedTiles<T>(count, depth, a, aRow, right, tile, cRow, true);
          else fullTiles<T>(count, depth, a, aRow, aCol, right, bRow, tile, cRow, true);
        } else if (bRow == COLUMN_BYTES && aCol == size) {
          packedTiles<T>(count, depth, a, aRow, right, tile, cRow, false);
        } else {
          fullTiles<T>(count, depth, a, aRow, aCol, right, bRow, tile, cRow, false);
        }
        from += count * aRow;
        tile += count * cRow;
      }
      for (; i > 0; i -= ROWS) {
        edgeTile<T>(
          depth,
          from,
          aRow,
          aCol,
          right,
          bRow,
          tile,
          cRow,
          min(ROWS, i),
          min(COLUMN_BYTES, bytes - j),
          accumulate,
        );
        from += ROWS * aRow;
        tile += ROWS * cRow;
      }
      right += panel;
    }
    if (beside < bytes) {
      multiplyTall<T>(full, rest, depth, a, aRow, aCol, right, bRow, c + beside, cRow, accumulate);
    }
  }
  if (hasFlat) {
    multiplyFlat<T>(flat, bytes, depth, a + full * aRow, aRow, aCol, b, panel, bRow, c + full * cRow, cRow, accumulate);
  }
}

// @ts-ignore: decorator
@inline
function fullTiles<T>(
  rows: i32,
  depth: i32,
  a: usize,
  aRow: i32,
  aCol: i32,
  b: usize,
  bRow: i32,
  c: usize,
  cRow: i32,
  accumulate: bool,
): void {
  for (; rows > 0; rows -= ROWS) {
    microTile<T>(depth, a, aRow, aCol, b, bRow, c, cRow, ROWS, COLUMN_BYTES, accumulate);
    a += ROWS * aRow;
    c += ROWS * cRow;
  }
}

function packedTiles<T>(
  rows: i32,
  depth: i32,
  a: usize,
  aRow: i32,
  b: usize,
  c: usize,
  cRow: i32,
  accumulate: bool,
): void {
  const size = <i32>sizeof<T>();
  if (accumulate) fullTiles<T>(rows, depth, a, aRow, size, b, COLUMN_BYTES, c, cRow, true);
  else fullTiles<T>(rows, depth, a, aRow, size, b, COLUMN_BYTES, c, cRow, false);
}

function edgeTile<T>(
  depth: i32,
  a: usize,
  aRow: i32,
  aCol: i32,
  b: usize,
  bRow: i32,
  c: usize,
  cRow: i32,
  rows: i32,
  bytes: i32,
  accumulate: bool,
): void {
  microTile<T>(depth, a, aRow, aCol, b, bRow, c, cRow, rows, bytes, accumulate);
}

/** Up to 16 bytes of columns. */
function multiplyTall<T>(
  rows: i32,
  bytes: i32,
  depth: i32,
  a: usize,
  aRow: i32,
  aCol: i32,
  b: usize,
  bRow: i32,
  c: usize,
  cRow: i32,
  accumulate: bool,
): void {
  for (; rows >= TALL_ROWS; rows -= TALL_ROWS) {
    tallTile<T>(depth, a, aRow, aCol, b, bRow, c, cRow, TALL_ROWS, bytes, accumulate);
    a += TALL_ROWS * aRow;
    c += TALL_ROWS * cRow;
  }
  if (rows > 0) tallTile<T>(depth, a, aRow, aCol, b, bRow, c, cRow, rows, bytes, accumulate);
}

/** Up to two rows. */
function multiplyFlat<T>(
  rows: i32,
  bytes: i32,
  depth: i32,
  a: usize,
  aRow: i32,
  aCol: i32,
  b: usize,
  panel: i32,
  bRow: i32,
  c: usize,
  cRow: i32,
  accumulate: bool,
): void {
  for (; bytes > COLUMN_BYTES; bytes -= 2 * COLUMN_BYTES) {
    flatTile<T>(depth, a, aRow, aCol, b, b + panel, bRow, c, cRow, rows, min(2 * COLUMN_BYTES, bytes), accumulate);
    b += 2 * panel;
    c += 2 * COLUMN_BYTES;
  }
  if (bytes > 0) edgeTile<T>(depth, a, aRow, aCol, b, bRow, c, cRow, rows, bytes, accumulate);
}
