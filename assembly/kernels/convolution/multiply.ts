// The products of a block: weights as rows, output positions as columns, so that results land where they belong.
import { addProduct, firstLanes, laneSum, splatAt, storeFirst } from "../vectors";
import { COLUMN_BYTES, ROWS, microTile } from "../gemm/micro";
import { word, wordBytes } from "../../memory/words";

/**
 * y (+)= packed weights · packed patches. Element (i, j) of the result is at y + i · yRow + targets[j]; a tile whose columns
 * do not lie together there goes by `scratch`.
 */
export function multiplyPanels<T>(
  rows: i32,
  columns: i32,
  depth: i32,
  packedA: usize,
  packedB: usize,
  y: usize,
  yRow: i32,
  targets: usize,
  scratch: usize,
  accumulate: bool,
): void {
  const size = <i32>sizeof<T>();
  const width = COLUMN_BYTES / size;
  // Row after row: a panel of weights stays in the first cache, and results are written along, whatever the distance of rows.
  for (let i = 0; i < rows; i += ROWS, packedA += depth * ROWS * size, y += ROWS * yRow) {
    const tileRows = min(ROWS, rows - i);
    let panelB = packedB;
    for (let j = 0; j < columns; j += width, panelB += depth * COLUMN_BYTES) {
      const count = min(width, columns - j);
      const bytes = count * size;
      const to = targets + wordBytes(j);
      const first = load<i32>(to);
      // Columns lie in order: together where the last is as far as it can be.
      const isTogether = word(to, count - 1) == first + bytes - size;
      const tile = isTogether ? y + first : scratch,
        tileRow = isTogether ? yRow : COLUMN_BYTES;
      const adds = accumulate && isTogether;
      // Constants for the strides of packed panels: one pointer to each panel is all that the inner loop carries.
      if (tileRows == ROWS) {
        microTile<T>(depth, packedA, size, ROWS * size, panelB, COLUMN_BYTES, tile, tileRow, ROWS, bytes, adds);
      } else {
        microTile<T>(depth, packedA, size, ROWS * size, panelB, COLUMN_BYTES, tile, tileRow, tileRows, bytes, adds);
      }
      if (!isTogether) scatterTile<T>(y, yRow, to, scratch, tileRows, count, accumulate);
    }
  }
}
function scatterTile<T>(
  y: usize,
  yRow: i32,
  targets: usize,
  tile: usize,
  rows: i32,
  count: i32,
  accumulate: bool,
): void {
  for (let i = 0; i < rows; ++i, y += yRow, tile += COLUMN_BYTES) {
    for (let j = 0; j < count; ++j) {
      const at = y + word(targets, j);
      const value = load<T>(tile + j * sizeof<T>());
      store<T>(at, accumulate ? <T>(load<T>(at) + value) : value);
    }
  }
}

/**
 * Up to four rows of results: y[i][j] (+)= Σ over d of w[i][d] · x[j + depths[d]] for j < count; rows of y are contiguous. Those
 * of w follow each other, or are a panel of four where there are more than two (pack.ts).
 */
export function multiplyRows<T>(
  rows: i32,
  depth: i32,
  w: usize,
  x: usize,
  depths: usize,
  y: usize,
  yRow: i32,
  count: i32,
  accumulate: bool,
): void {
  let bytes = count * <i32>sizeof<T>();
  if (rows > 2) return multiplyPanel<T>(rows, depth, w, x, depths, y, yRow, bytes, accumulate);
  if (rows == 2) {
    for (; bytes > 0; bytes -= 64, x += 64, y += 64) {
      if (bytes > 32) rowTile<T>(4, 2, depth, w, x, depths, y, yRow, bytes, accumulate);
      else if (bytes > 16) rowTile<T>(2, 2, depth, w, x, depths, y, yRow, bytes, accumulate);
      else rowTile<T>(1, 2, depth, w, x, depths, y, yRow, bytes, accumulate);
    }
    return;
  }
  for (; bytes > 0; bytes -= 128, x += 128, y += 128) {
    if (bytes > 64) rowTile<T>(4, 1, depth, w, x, depths, y, 64, bytes, accumulate);
    else if (bytes > 32) rowTile<T>(2, 1, depth, w, x, depths, y, 32, bytes, accumulate);
    else rowTile<T>(1, 1, depth, w, x, depths, y, 16, bytes, accumulate);
  }
}
// Two rows of `vectors` (1, 2 or 4) vectors, which is what `rows` says: of two outputs, or two stretches of one. Both are
// constants: the rest folds away. The second row of y is `next` bytes on.
// @ts-ignore: decorator
@inline
function rowTile<T>(
  vectors: i32,
  rows: i32,
  depth: i32,
  w: usize,
  x: usize,
  depths: usize,
  y: usize,
  next: i32,
  bytes: i32,
  accumulate: bool,
): void {
  const stretch: usize = rows > 1 ? 0 : 16 * vectors;
  let v = w + depth * sizeof<T>();
  let c00 = i32x4.splat(0);
  let c01 = c00;
  let c02 = c00;
  let c03 = c00;
  let c10 = c00;
  let c11 = c00;
  let c12 = c00;
  let c13 = c00;
  for (; depth > 0; --depth, w += sizeof<T>(), v += sizeof<T>(), depths += 4) {
    const at = x + load<i32>(depths);
    const a0 = splatAt<T>(w);
    const a1 = rows > 1 ? splatAt<T>(v) : a0;
    let b = v128.load(at);
    c00 = addProduct<T>(c00, a0, b);
    if (rows == 1) b = v128.load(at + stretch);
    c10 = addProduct<T>(c10, a1, b);
    if (vectors > 1) {
      b = v128.load(at, 16);
      c01 = addProduct<T>(c01, a0, b);
      if (rows == 1) b = v128.load(at + stretch, 16);
      c11 = addProduct<T>(c11, a1, b);
    }
    if (vectors > 2) {
      b = v128.load(at, 32);
      c02 = addProduct<T>(c02, a0, b);
      if (rows == 1) b = v128.load(at + stretch, 32);
      c12 = addProduct<T>(c12, a1, b);
      b = v128.load(at, 48);
      c03 = addProduct<T>(c03, a0, b);
      if (rows == 1) b = v128.load(at + stretch, 48);
      c13 = addProduct<T>(c13, a1, b);
    }
  }
  storeVectors<T>(vectors, y, c00, c01, c02, c03, bytes, accumulate);
  storeVectors<T>(vectors, y + next, c10, c11, c12, c13, rows > 1 ? bytes : bytes - 16 * vectors, accumulate);
}
// @ts-ignore: decorator
@inline
function storeVectors<T>(
  vectors: i32,
  y: usize,
  a: v128,
  b: v128,
  c: v128,
  d: v128,
  bytes: i32,
  accumulate: bool,
): void {
  storeVector<T>(y, a, bytes, accumulate);
  if (vectors > 1) storeVector<T>(y + 16, b, bytes - 16, accumulate);
  if (vectors > 2) {
    storeVector<T>(y + 32, c, bytes - 32, accumulate);
    storeVector<T>(y + 48, d, bytes - 48, accumulate);
  }
}
// Tiles like those of the micro-kernel, but of patches as they lie.
function multiplyPanel<T>(
  rows: i32,
  depth: i32,
  panel: usize,
  x: usize,
  depths: usize,
  y: usize,
  yRow: i32,
  bytes: i32,
  accumulate: bool,
): void {
  for (; bytes > 0; bytes -= COLUMN_BYTES) {
    let c00 = i32x4.splat(0);
    let c01 = c00;
    let c10 = c00;
    let c11 = c00;
    let c20 = c00;
    let c21 = c00;
    let c30 = c00;
    let c31 = c00;
    let w = panel;
    for (let entry = depths, end = depths + wordBytes(depth); entry < end; entry += 4, w += ROWS * sizeof<T>()) {
      const at = x + load<i32>(entry);
      const b0 = v128.load(at);
      const b1 = v128.load(at, 16);
      let splat = splatAt<T>(w);
      c00 = addProduct<T>(c00, splat, b0);
      c01 = addProduct<T>(c01, splat, b1);
      splat = splatAt<T>(w + sizeof<T>());
      c10 = addProduct<T>(c10, splat, b0);
      c11 = addProduct<T>(c11, splat, b1);
      splat = splatAt<T>(w + 2 * sizeof<T>());
      c20 = addProduct<T>(c20, splat, b0);
      c21 = addProduct<T>(c21, splat, b1);
      splat = splatAt<T>(w + 3 * sizeof<T>());
      c30 = addProduct<T>(c30, splat, b0);
      c31 = addProduct<T>(c31, splat, b1);
    }
    storeTwo<T>(y, c00, c01, bytes, accumulate);
    storeTwo<T>(y + yRow, c10, c11, bytes, accumulate);
    storeTwo<T>(y + 2 * yRow, c20, c21, bytes, accumulate);
    if (rows > 3) storeTwo<T>(y + 3 * yRow, c30, c31, bytes, accumulate);
    x += COLUMN_BYTES;
    y += COLUMN_BYTES;
  }
}
// @ts-ignore: decorator
@inline
function storeTwo<T>(y: usize, a: v128, b: v128, bytes: i32, accumulate: bool): void {
  storeVector<T>(y, a, bytes, accumulate);
  storeVector<T>(y + 16, b, bytes - 16, accumulate);
}
// @ts-ignore: decorator
@inline
function storeVector<T>(y: usize, value: v128, bytes: i32, accumulate: bool): void {
  if (bytes <= 0) return;
  if (accumulate) value = v128.add<T>(v128.load(y), value);
  if (bytes >= 16) v128.store(y, value);
  else storeFirst<T>(y, value, bytes / <i32>sizeof<T>());
}

/**
 * y (+)= w · xᵀ for few rows of w and few columns, by vectors of depth, which consists of `runs` rows of `run` neighbours:
 * those of w begin at weights[r], those of column j at x + columns[j] + depths[r]. `columns` is filled up to four.
 */
export function multiplyDots<T>(
  rows: i32,
  count: i32,
  runs: i32,
  run: i32,
  w: usize,
  wRow: i32,
  weights: usize,
  x: usize,
  depths: usize,
  columns: usize,
  y: usize,
  yRow: i32,
  targets: usize,
  accumulate: bool,
): void {
  for (let i = 0; i < rows; i += 2, w += 2 * wRow, y += 2 * yRow) {
    for (let j: usize = 0; j < <usize>count; j += 4) {
      const four = columns + (j << 2);
      const isPair = i + 1 < rows;
      dotTile<T>(
        runs,
        run,
        w,
        isPair ? w + wRow : w,
        weights,
        x + load<i32>(four),
        x + load<i32>(four, 4),
        x + load<i32>(four, 8),
        x + load<i32>(four, 12),
        depths,
        y,
        isPair ? y + yRow : 0,
        targets + (j << 2),
        min(4, count - <i32>j),
        accumulate,
      );
    }
  }
}
function dotTile<T>(
  runs: i32,
  run: i32,
  w0: usize,
  w1: usize,
  weights: usize,
  x0: usize,
  x1: usize,
  x2: usize,
  x3: usize,
  depths: usize,
  y0: usize,
  y1: usize,
  targets: usize,
  count: i32,
  accumulate: bool,
): void {
  const whole = (<usize>(run * <i32>sizeof<T>())) & ~15;
  const rest = run % (16 / <i32>sizeof<T>());
  const mask = firstLanes<T>(rest);
  let c00 = i32x4.splat(0);
  let c01 = c00;
  let c02 = c00;
  let c03 = c00;
  let c10 = c00;
  let c11 = c00;
  let c12 = c00;
  let c13 = c00;
  for (; runs > 0; --runs, weights += 4, depths += 4) {
    const from = load<i32>(weights);
    let a = w0 + from,
      b = w1 + from,
      at = <usize>load<i32>(depths);
    for (const end = a + whole; a < end; a += 16, b += 16, at += 16) {
      const a0 = v128.load(a),
        a1 = v128.load(b);
      let v = v128.load(x0 + at);
      c00 = addProduct<T>(c00, a0, v);
      c10 = addProduct<T>(c10, a1, v);
      v = v128.load(x1 + at);
      c01 = addProduct<T>(c01, a0, v);
      c11 = addProduct<T>(c11, a1, v);
      v = v128.load(x2 + at);
      c02 = addProduct<T>(c02, a0, v);
      c12 = addProduct<T>(c12, a1, v);
      v = v128.load(x3 + at);
      c03 = addProduct<T>(c03, a0, v);
      c13 = addProduct<T>(c13, a1, v);
    }
    if (!rest) continue;
    // Of both operands: what lies behind a run may be NaN.
    const a0 = v128.and(v128.load(a), mask),
      a1 = v128.and(v128.load(b), mask);
    let v = v128.and(v128.load(x0 + at), mask);
    c00 = addProduct<T>(c00, a0, v);
    c10 = addProduct<T>(c10, a1, v);
    v = v128.and(v128.load(x1 + at), mask);
    c01 = addProduct<T>(c01, a0, v);
    c11 = addProduct<T>(c11, a1, v);
    v = v128.and(v128.load(x2 + at), mask);
    c02 = addProduct<T>(c02, a0, v);
    c12 = addProduct<T>(c12, a1, v);
    v = v128.and(v128.load(x3 + at), mask);
    c03 = addProduct<T>(c03, a0, v);
    c13 = addProduct<T>(c13, a1, v);
  }
  storeSums<T>(y0, c00, c01, c02, c03, targets, count, accumulate);
  if (y1) storeSums<T>(y1, c10, c11, c12, c13, targets, count, accumulate);
}
// @ts-ignore: decorator
@inline
function storeSums<T>(
  y: usize,
  a: v128,
  b: v128,
  c: v128,
  d: v128,
  targets: usize,
  count: i32,
  accumulate: bool,
): void {
  storeSum<T>(y + load<i32>(targets), a, accumulate);
  if (count > 1) storeSum<T>(y + load<i32>(targets, 4), b, accumulate);
  if (count > 2) storeSum<T>(y + load<i32>(targets, 8), c, accumulate);
  if (count > 3) storeSum<T>(y + load<i32>(targets, 12), d, accumulate);
}
// @ts-ignore: decorator
@inline
function storeSum<T>(y: usize, sums: v128, accumulate: bool): void {
  const sum = laneSum<T>(sums);
  store<T>(y, accumulate ? <T>(load<T>(y) + sum) : sum);
}
