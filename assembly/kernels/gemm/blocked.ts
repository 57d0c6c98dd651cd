// The blocked product after Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (2008): panels of b
// and a are packed in the order in which the micro-kernel reads them. Workspace:  [ packed b: kc × nc ][ packed a: mc × kc ]
import { COLUMN_BYTES, ROWS, microTile } from "./micro";
import { packPanels } from "./pack";

/** Depth of a block: partial products of 256 terms are added up, so errors stay like those of a blockwise sum. */
const KC: i32 = 256;
/** Rows of packed a: 128 × 256 float32 are 128 KiB, half of a usual L2. */
const MC: i32 = 128;
/** Bytes of a row of packed b: 256 rows of 2 KiB are 512 KiB. */
const NC_BYTES: i32 = 2048;
/** Up to here a is read in place: packing it would cost as much as the few times that it is read. */
const NARROW_BYTES: i32 = 128;
/** Up to this many rows b is read in place, for the same reason. */
const FLAT: i32 = 8;
/** Up to this many multiplications neither operand is packed where b's rows are contiguous; all of it is in L1 or L2. */
const SMALL: i32 = 64 * 64 * 64;

// @ts-ignore: decorator
@inline
function roundUp(x: i32, unit: i32): i32 {
  return (x + unit - 1) & -unit;
}

export function blockedWorkspace(esize: i32, m: i32, n: i32, k: i32): i32 {
  const kc = min(k, KC);
  const mc = roundUp(min(m, MC), ROWS);
  const rowBytes = min(n, NC_BYTES / esize) * esize;
  return kc * (mc * esize + roundUp(rowBytes, COLUMN_BYTES));
}

/** Strides in bytes here and below. */
export function blocked<T>(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aRow: i32,
  aCol: i32,
  b: usize,
  bRow: i32,
  bCol: i32,
  c: usize,
  workspace: usize,
): void {
  const size = <i32>sizeof<T>();
  const columns = COLUMN_BYTES / size;
  const nc = NC_BYTES / size;
  const rowBytes = n * size;
  const isSmall = <i64>m * <i64>n * <i64>k <= <i64>SMALL;
  const packsB = (!isSmall && m > FLAT) || bCol != size;
  const packsA = !isSmall && m > FLAT && rowBytes > NARROW_BYTES;
  const packedA = workspace + min(k, KC) * roundUp(min(n, nc) * size, COLUMN_BYTES);
  for (let j0 = 0; j0 < n; j0 += nc) {
    const jn = min(nc, n - j0);
    for (let k0 = 0; k0 < k; k0 += KC) {
      const kn = min(KC, k - k0);
      let panelB = b + k0 * bRow + j0 * size;
      let panelStride = COLUMN_BYTES;
      let depthB = bRow;
      if (packsB) {
        packPanels<T>(workspace, columns, b + k0 * bRow + j0 * bCol, bCol, bRow, jn, kn);
        panelB = workspace;
        panelStride = COLUMN_BYTES * kn;
        depthB = COLUMN_BYTES;
      }
      for (let i0 = 0; i0 < m; i0 += MC) {
        const im = min(MC, m - i0);
        const blockA = a + i0 * aRow + k0 * aCol;
        const tiles = c + i0 * rowBytes + j0 * size;
        if (packsA) {
          packPanels<T>(packedA, ROWS, blockA, aRow, aCol, im, kn);
          multiplyPacked<T>(im, jn * size, kn, packedA, panelB, tiles, rowBytes, k0 > 0);
        } else {
          multiplyInPlace<T>(
            im,
            jn * size,
            kn,
            blockA,
            aRow,
            aCol,
            panelB,
            panelStride,
            depthB,
            tiles,
            rowBytes,
            k0 > 0,
          );
        }
      }
    }
  }
}

function multiplyPacked<T>(
  m: i32,
  nBytes: i32,
  k: i32,
  packedA: usize,
  packedB: usize,
  c: usize,
  cRow: i32,
  accumulate: bool,
): void {
  const size = <i32>sizeof<T>();
  for (let j = 0; j < nBytes; j += COLUMN_BYTES) {
    const columnBytes = min(COLUMN_BYTES, nBytes - j);
    let panelA = packedA;
    for (let i = 0; i < m; i += ROWS) {
      const tile = c + i * cRow + j;
      // Constants for the strides of packed panels: one pointer to each panel is all that the inner loop carries.
      const rows = min(ROWS, m - i);
      if (rows == ROWS) {
        microTile<T>(k, panelA, size, ROWS * size, packedB, COLUMN_BYTES, tile, cRow, ROWS, columnBytes, accumulate);
      } else {
        microTile<T>(k, panelA, size, ROWS * size, packedB, COLUMN_BYTES, tile, cRow, rows, columnBytes, accumulate);
      }
      panelA += k * ROWS * size;
    }
    packedB += k * COLUMN_BYTES;
  }
}

function multiplyInPlace<T>(
  m: i32,
  nBytes: i32,
  k: i32,
  a: usize,
  aRow: i32,
  aCol: i32,
  b: usize,
  panelStride: i32,
  bRow: i32,
  c: usize,
  cRow: i32,
  accumulate: bool,
): void {
  for (let i = 0; i < m; i += ROWS) {
    const rows = min(ROWS, m - i);
    let panelB = b;
    for (let j = 0; j < nBytes; j += COLUMN_BYTES) {
      const columnBytes = min(COLUMN_BYTES, nBytes - j);
      microTile<T>(k, a, aRow, aCol, panelB, bRow, c + j, cRow, rows, columnBytes, accumulate);
      panelB += panelStride;
    }
    a += ROWS * aRow;
    c += ROWS * cRow;
  }
}
