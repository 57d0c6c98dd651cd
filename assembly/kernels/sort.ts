// Sorting along one dim: the positions of the elements in order, stable, or a part of that order, for which nothing else is
// sorted. Rows are sorted where they lie if their elements are neighbours; others are gathered, tiles of rows at a time, so
// that whole cache lines are used.
import { DType } from "../abi/opcodes";
import { copyStrided } from "./copy";
import { sortBools } from "./sort/radix";
import { mergedLength, sortRow } from "./sort/row";
import { SCANNED, scanRow } from "./sort/scan";
import { selectRow, selectionBytes } from "./sort/select";
import {
  KEPT_WALK,
  PARTIAL_ROWS,
  appendDim,
  at,
  offsetA,
  offsetB,
  seek,
  sizeAt,
  step,
  strideA,
  strideB,
} from "./strided";
import { kernelScratch } from "../threads/scratch";
import { longBytes, wordBytes } from "../memory/words";

/** What is to be sorted: the caller fills it in, argsortWorkspace last. Strides are in elements. */
@unmanaged
export class Argsort {
  dtype: i32;
  descending: i32;
  ndim: i32;
  dim: i32;
  /** Places start … start+count-1 of the order are wanted, within the dim. */
  start: i32;
  count: i32;
  /** Those of src. */
  dims: usize;
  src: usize;
  srcStrides: usize;
  /** int32, of the same dims, but count along the sorted one. */
  dst: usize;
  dstStrides: usize;
  /** argsortWorkspace bytes; not read where that is 0. */
  workspace: usize;
}

const SHORT_TILE: i32 = 64;
const TILE_BYTES: i32 = 1 << 20;
/** Elements that are worth a part: some 100 µs. */
const PART: i32 = 16384;
const MAX_PARTS: i32 = 8;
/** All parts' workspace together, unless a single part needs more. */
const MAX_WORKSPACE: f64 = 67108864;

// @ts-ignore: decorator
@inline
function elementSize(dtype: i32): i32 {
  return dtype == DType.Float64 ? 8 : dtype == DType.Bool ? 1 : 4;
}
// @ts-ignore: decorator
@inline
function length(d: Argsort): i32 {
  return d.ndim ? at(d.dims, d.dim) : 1;
}
function rowCount(d: Argsort): i32 {
  let rows = 1;
  for (let i = 0; i < d.ndim; ++i) if (i != d.dim) rows *= at(d.dims, i);
  return rows;
}
// @ts-ignore: decorator
@inline
function liesInRows(strides: usize, n: i32, d: Argsort): bool {
  return n == 1 || at(strides, d.dim) == 1;
}
// @ts-ignore: decorator
@inline
function tileRows(n: i32): i32 {
  return max(1, min(SHORT_TILE, TILE_BYTES / 8 / max(n, 1)));
}
// @ts-ignore: decorator
@inline
function aligned(bytes: f64): f64 {
  return Math.ceil(bytes / 64) * 64;
}

// A part's workspace: what a row needs to be sorted, then a tile of elements and one of positions, each where it is needed.
function rowBytes(d: Argsort): f64 {
  const n = length(d);
  const size = elementSize(d.dtype);
  if (size == 1 || n <= (size == 8 ? mergedLength<f64>() : mergedLength<f32>())) return 0;
  if (d.count == n) return 2 * aligned(<f64>n * 8);
  return d.start + d.count <= SCANNED ? 0 : aligned(selectionBytes(n, size));
}
function tileBytes(d: Argsort, strides: usize, cols: i32, size: i32): f64 {
  // A vector more: keys are loaded in whole vectors.
  return liesInRows(strides, cols, d) ? 0 : aligned(<f64>cols * <f64>tileRows(length(d)) * <f64>size + 16);
}
function partBytes(d: Argsort): f64 {
  const srcBytes = tileBytes(d, d.srcStrides, length(d), elementSize(d.dtype));
  return rowBytes(d) + srcBytes + tileBytes(d, d.dstStrides, d.count, 4);
}

/** How many parts there are: they sort different rows. */
export function argsortParts(d: Argsort): i32 {
  const rows = rowCount(d);
  const bytes = partBytes(d);
  const byWork = <i32>min(<f64>MAX_PARTS, (<f64>rows * <f64>length(d)) / <f64>PART);
  const byMemory = bytes > 0 ? <i32>min(<f64>MAX_PARTS, MAX_WORKSPACE / bytes) : MAX_PARTS;
  return max(1, min(rows, min(byWork, byMemory)));
}

/** Bytes of workspace, which should be 64-byte aligned. */
export function argsortWorkspace(d: Argsort): f64 {
  return partBytes(d) * <f64>argsortParts(d);
}

export function argsort(d: Argsort): void {
  const parts = argsortParts(d);
  for (let part = 0; part < parts; ++part) argsortPart(d, part);
}

export function argsortPart(d: Argsort, part: i32): void {
  const rows = rowCount(d);
  if (rows == 0 || d.count == 0) return;
  const parts = argsortParts(d);
  const start = <i32>((<i64>rows * part) / parts);
  const end = <i32>((<i64>rows * (part + 1)) / parts);
  if (d.dtype == DType.Float32) sortTiles<f32>(d, part, start, end);
  else if (d.dtype == DType.Float64) sortTiles<f64>(d, part, start, end);
  else if (d.dtype == DType.Int32) sortTiles<i32>(d, part, start, end);
  else sortTiles<u8>(d, part, start, end);
}

// Dims and strides of a tile, for copyStrided, follow the walk in scratch.
const TILE_DIMS: usize = PARTIAL_ROWS;
const TILE_STRIDES: usize = PARTIAL_ROWS + 8;
const PLACE_STRIDES: usize = PARTIAL_ROWS + 16;
const ROW_SCRATCH: usize = PARTIAL_ROWS + 64;
/** Where a short row's whole order goes when only a part of it is wanted: behind the scratch of sorting the row. */
const ROW_ORDER: usize = ROW_SCRATCH + 8192;

/** Rows [start, end) of the row-major order of all dims but the sorted one. */
function sortTiles<T>(d: Argsort, part: i32, start: i32, end: i32): void {
  const size = <i32>sizeof<T>();
  const n = length(d);
  const walk = kernelScratch + KEPT_WALK;
  let outer = 0;
  for (let i = 0; i < d.ndim; ++i) {
    if (i == d.dim || at(d.dims, i) == 1) continue;
    outer = appendDim(walk, outer, at(d.dims, i), at(d.srcStrides, i), at(d.dstStrides, i));
  }
  let inner = 1;
  let srcRow = 0;
  let dstRow = 0;
  if (outer > 0) {
    --outer;
    inner = sizeAt(walk, outer);
    srcRow = strideA(walk, outer);
    dstRow = strideB(walk, outer);
  }
  const count = d.count;
  const srcInRows = liesInRows(d.srcStrides, n, d);
  const dstInRows = liesInRows(d.dstStrides, count, d);
  const srcStep = d.ndim ? at(d.srcStrides, d.dim) : 1;
  const dstStep = d.ndim ? at(d.dstStrides, d.dim) : 1;
  const tall = srcInRows && dstInRows ? inner : tileRows(n);
  const workspace = d.workspace + <usize>(partBytes(d) * <f64>part);
  const srcTile = workspace + <usize>rowBytes(d);
  const dstTile = srcTile + <usize>tileBytes(d, d.srcStrides, n, size);

  let row = start % inner;
  seek(walk, outer, start / inner);
  while (start < end) {
    const rows = min(tall, min(inner - row, end - start));
    const src = d.src + (offsetA(walk) + row * srcRow) * size;
    const dst = d.dst + ((offsetB(walk) + row * dstRow) << 2);
    if (!srcInRows) copyTile(size, srcTile, n, 1, src, srcRow, srcStep, rows, n);
    const to = dstInRows ? dst : dstTile;
    const toRow = (dstInRows ? dstRow : count) << 2;
    const from = srcInRows ? src : srcTile;
    const fromRow = (srcInRows ? srcRow : n) * size;
    if (count == n) sortRows<T>(to, toRow, from, fromRow, rows, n, d.descending, workspace);
    else sortParts<T>(to, toRow, from, fromRow, rows, d, workspace);
    if (!dstInRows) copyTile(4, dst, dstRow, dstStep, dstTile, count, 1, rows, count);
    start += rows;
    row += rows;
    if (row == inner) {
      row = 0;
      step(walk, outer);
    }
  }
}

/** dst[r][c] = src[r][c]. */
function copyTile(
  esize: i32,
  dst: usize,
  dstRow: i32,
  dstCol: i32,
  src: usize,
  srcRow: i32,
  srcCol: i32,
  rows: i32,
  cols: i32,
): void {
  const dims = kernelScratch + TILE_DIMS;
  const to = kernelScratch + TILE_STRIDES;
  const from = kernelScratch + PLACE_STRIDES;
  store<i32>(dims, rows);
  store<i32>(dims, cols, 4);
  store<i32>(to, dstRow);
  store<i32>(to, dstCol, 4);
  store<i32>(from, srcRow);
  store<i32>(from, srcCol, 4);
  copyStrided(esize, dst, to, src, from, 2, dims);
}

/** Rows of n neighbours each; dstRow and srcRow in bytes. */
function sortRows<T>(
  dst: usize,
  dstRow: i32,
  src: usize,
  srcRow: i32,
  rows: i32,
  n: i32,
  descending: i32,
  workspace: usize,
): void {
  const scratch = kernelScratch + ROW_SCRATCH;
  const flip = descending ? -1 : 0;
  const records = workspace + longBytes(n);
  for (; rows > 0; --rows, dst += dstRow, src += srcRow) {
    if (sizeof<T>() == 1) sortBools(dst, src, n, descending ? 1 : 0, 0, n);
    else sortRow<T>(dst, src, n, flip, scratch, workspace, records);
  }
}

/** Of each row, the places that are wanted. */
function sortParts<T>(dst: usize, dstRow: i32, src: usize, srcRow: i32, rows: i32, d: Argsort, workspace: usize): void {
  const n = length(d);
  const start = d.start;
  const end = start + d.count;
  const flip = d.descending ? -1 : 0;
  const scratch = kernelScratch + ROW_SCRATCH;
  const order = kernelScratch + ROW_ORDER;
  for (; rows > 0; --rows, dst += dstRow, src += srcRow) {
    if (sizeof<T>() == 1) sortBools(dst, src, n, d.descending ? 1 : 0, start, end);
    else if (n <= mergedLength<T>()) {
      sortRow<T>(order, src, n, flip, scratch, 0, 0);
      memory.copy(dst, order + wordBytes(start), wordBytes(d.count));
    } else if (end <= SCANNED) {
      if (sizeof<T>() == 8) scanRow<T, i64>(dst, src, n, flip, start, end, scratch);
      else scanRow<T, i32>(dst, src, n, flip, start, end, scratch);
    } else if (sizeof<T>() == 8) selectRow<T, i64>(dst, src, n, flip, start, end, scratch, workspace);
    else selectRow<T, i32>(dst, src, n, flip, start, end, scratch, workspace);
  }
}
