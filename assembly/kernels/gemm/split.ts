// How a product is computed and in which parts: decided from shape and layout alone, so that results don't depend on threads.
import { DType } from "../../abi/opcodes";
import { isInPlace } from "./blocked";
import { quotientUp } from "../strided";
import { Gemm, Path } from "./descriptor";

/** What a core does per nanosecond: multiply-adds of float32, and bytes from beyond the L2. */
const PRODUCTS_PER_NS: i64 = 30;
const BYTES_PER_NS: i64 = 24;
/** A part should take so long: less does not pay the handing out, much more balances badly. */
const PART_NS: i64 = 200_000;
/** Rows that a part has at least: it packs its columns of b by itself, an element for so many multiply-adds. */
const PART_ROWS: i32 = 256;
/** Bytes of a row that a part has at least (the second where it packs its rows of a too) and at most. */
const NARROW_BYTES: i32 = 256;
const NARROW_PACKED_BYTES: i32 = 512;
const WIDE_BYTES: i32 = 1024;
/** Parts are multiples of whole tiles of any kind (4, 6 or 8 rows), and of cache lines. */
const ROW_UNIT: i32 = 24;
const COLUMN_UNIT_BYTES: i32 = 64;
/** The same for a matrix-vector product (vector.ts). */
const VECTOR_UNIT: i32 = 256;

/** Fills in what is derived, and returns the number of parts. */
export function split(g: Gemm): i32 {
  const size = g.dtype == DType.Float64 ? 8 : 4;
  g.swapped = 0;
  g.rows = g.m;
  g.columns = g.n;
  g.left = g.a;
  g.leftRow = g.aRow * size;
  g.leftCol = g.aCol * size;
  g.right = g.b;
  g.rightRow = g.bRow * size;
  g.rightCol = g.bCol * size;
  g.dims = g.batchDims;
  joinBatch(g, size);
  if (g.rows == 1 && (g.columns > 1 || (g.leftCol != size && g.rightRow == size))) swap(g);
  g.items = 1;
  for (let d = 0; d < g.dims; ++d) g.items *= g.size(d);
  // The vectors of a batch may be rows of one product now.
  g.cRow = (g.swapped || g.cPitch == g.n ? g.columns : g.cPitch) * size;
  g.path = choosePath(g, size);
  return cut(g, size);
}

// A batch of which the right factor is shared is one large product. A batch of matrix-vector products with one matrix is
// that too, with the vectors as rows of the left factor.
function joinBatch(g: Gemm, size: i32): void {
  if (g.columns == 1 && g.rows > 1 && g.dims > 0 && g.aStride(g.dims - 1) == 0) swap(g);
  while (g.dims > 0 && g.rightStride(g.dims - 1) == 0) {
    const stride = g.leftStride(g.dims - 1) * size;
    if (g.rows == 1) g.leftRow = stride;
    else if (stride != g.rows * g.leftRow) break;
    g.rows *= g.size(--g.dims);
  }
}

// c = a·b as cᵀ = bᵀ·aᵀ; c is a vector.
function swap(g: Gemm): void {
  const right = g.right;
  const row = g.rightRow;
  const column = g.rightCol;
  const columns = g.columns;
  g.right = g.left;
  g.rightRow = g.leftCol;
  g.rightCol = g.leftRow;
  g.columns = g.rows;
  g.left = right;
  g.leftRow = column;
  g.leftCol = row;
  g.rows = columns;
  g.swapped ^= 1;
}

function choosePath(g: Gemm, size: i32): Path {
  if (g.k == 0) return Path.Empty;
  if (g.columns == 1 && g.cRow == size) {
    if (g.leftCol == size || g.k == 1) return Path.Rows;
    return g.leftRow == size ? Path.Columns : tiles(g, size);
  }
  return g.k == 1 ? Path.Outer : tiles(g, size);
}

function tiles(g: Gemm, size: i32): Path {
  return isInPlace(size, g.rows, g.leftRow, g.leftCol, g.columns, g.rightRow, g.rightCol, g.k)
    ? Path.Small
    : Path.Blocked;
}

function cut(g: Gemm, size: i32): i32 {
  g.partItems = 1;
  g.partRows = g.rows;
  g.partColumns = g.columns;
  g.rowParts = 1;
  g.columnParts = 1;
  if (g.rows == 0 || g.columns == 0 || g.items == 0) return 0;
  const products = <i64>g.rows * <i64>g.columns * <i64>g.k * <i64>size;
  const bytes = (<i64>g.rows * <i64>g.k + <i64>g.k * <i64>g.columns + <i64>g.rows * <i64>g.columns) * <i64>size;
  // Divisions would be much of the time of a tiny one.
  if (g.items == 1 && products < 2 * PART_NS * PRODUCTS_PER_NS * 4 && bytes < 2 * PART_NS * BYTES_PER_NS) return 1;
  // Estimated time of one product of the batch.
  const cost = max<i64>(products / (4 * PRODUCTS_PER_NS), bytes / BYTES_PER_NS);
  if (cost < 2 * PART_NS) {
    if (g.items > 1) g.partItems = even(g.items, <i32>max<i64>(1, PART_NS / max<i64>(cost, 1)), 1);
    return quotientUp(g.items, g.partItems);
  }
  if (g.path != Path.Blocked || g.columns == 1) {
    cutRows(g, cost, 1, VECTOR_UNIT);
  } else {
    cutRows(g, cost, PART_ROWS, ROW_UNIT);
    const narrow = (g.leftCol == size ? NARROW_BYTES : NARROW_PACKED_BYTES) / size;
    const width = (<i64>g.columns * PART_NS * <i64>g.rowParts) / cost;
    cutColumns(g, <i32>max<i64>(narrow, min<i64>(width, WIDE_BYTES / size)), COLUMN_UNIT_BYTES / size);
  }
  return g.items * g.rowParts * g.columnParts;
}

function cutRows(g: Gemm, cost: i64, least: i32, unit: i32): void {
  const share = <i32>max<i64>(least, (<i64>g.rows * PART_NS) / cost);
  g.partRows = even(g.rows, share, unit);
  g.rowParts = quotientUp(g.rows, g.partRows);
}
function cutColumns(g: Gemm, share: i32, unit: i32): void {
  g.partColumns = even(g.columns, share, unit);
  g.columnParts = quotientUp(g.columns, g.partColumns);
}
/** Length of equal parts of about `share`, in whole units. */
function even(length: i32, share: i32, unit: i32): i32 {
  const parts = quotientUp(length, share);
  const part = quotientUp(length, parts);
  return min(length, quotientUp(part, unit) * unit);
}
