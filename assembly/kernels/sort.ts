// Sorting along one dim: the positions of the elements in order, stable. Rows are sorted where they lie if their elements are
// neighbours; others are gathered, tiles of rows at a time, so that whole cache lines are used.
import { DType } from "../abi/opcodes";
import { copyStrided } from "./copy";
import { sortBools, sortRadix } from "./sort/radix";
import { MERGED_32, MERGED_64, RANKED, sortMerged, sortRanked } from "./sort/short";
import {
  KEPT_WALK,
  PARTIAL_ROWS,
  appendDim,
  at,
  kernelScratch,
  offsetA,
  offsetB,
  seek,
  sizeAt,
  step,
  strideA,
  strideB,
  walkLength,
} from "./strided";

/** What is to be sorted: the caller fills it in, argsortWorkspace last. Strides are in elements. */
@unmanaged
export class Argsort {
  dtype: i32;
  descending: i32;
  ndim: i32;
  dim: i32;
  dims: usize;
  src: usize;
  srcStrides: usize;
  /** int32, of the same dims. */
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
function liesInRows(strides: usize, d: Argsort): bool {
  return length(d) == 1 || at(strides, d.dim) == 1;
}
// @ts-ignore: decorator
@inline
function tileRows(n: i32): i32 {
  return max(1, min(SHORT_TILE, TILE_BYTES / 8 / max(n, 1)));
}
// @ts-ignore: decorator
@inline
function isRadix(dtype: i32, n: i32): bool {
  return dtype != DType.Bool && n > (dtype == DType.Float64 ? MERGED_64 : MERGED_32);
}
// @ts-ignore: decorator
@inline
function aligned(bytes: f64): f64 {
  return Math.ceil(bytes / 64) * 64;
}

// A part's workspace: two lists of records, then a tile of elements and one of positions, each where it is needed.
function recordBytes(d: Argsort): f64 {
  return isRadix(d.dtype, length(d)) ? aligned(<f64>length(d) * 8) : 0;
}
function tileBytes(d: Argsort, strides: usize, size: i32): f64 {
  const n = length(d);
  // A vector more: keys are loaded in whole vectors.
  return liesInRows(strides, d) ? 0 : aligned(<f64>n * <f64>tileRows(n) * <f64>size + 16);
}
function partBytes(d: Argsort): f64 {
  return 2 * recordBytes(d) + tileBytes(d, d.srcStrides, elementSize(d.dtype)) + tileBytes(d, d.dstStrides, 4);
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
  if (rows == 0 || length(d) == 0) return;
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
  const srcInRows = liesInRows(d.srcStrides, d);
  const dstInRows = liesInRows(d.dstStrides, d);
  const srcStep = d.ndim ? at(d.srcStrides, d.dim) : 1;
  const dstStep = d.ndim ? at(d.dstStrides, d.dim) : 1;
  const tall = srcInRows && dstInRows ? inner : tileRows(n);
  const records = d.workspace + <usize>(partBytes(d) * <f64>part);
  const srcTile = records + <usize>(2 * recordBytes(d));
  const dstTile = srcTile + <usize>tileBytes(d, d.srcStrides, size);

  let row = start % inner;
  seek(walk, outer, start / inner);
  while (start < end) {
    const rows = min(tall, min(inner - row, end - start));
    const src = d.src + (offsetA(walk) + row * srcRow) * size;
    const dst = d.dst + ((offsetB(walk) + row * dstRow) << 2);
    if (!srcInRows) copyTile(size, srcTile, n, 1, src, srcRow, srcStep, rows, n);
    const to = dstInRows ? dst : dstTile;
    const toRow = (dstInRows ? dstRow : n) << 2;
    sortRows<T>(
      to,
      toRow,
      srcInRows ? src : srcTile,
      (srcInRows ? srcRow : n) * size,
      rows,
      n,
      d.descending,
      records,
      <usize>recordBytes(d),
    );
    if (!dstInRows) copyTile(4, dst, dstRow, dstStep, dstTile, n, 1, rows, n);
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
  records: usize,
  bytes: usize,
): void {
  const scratch = kernelScratch + ROW_SCRATCH;
  const flip = descending ? -1 : 0;
  if (sizeof<T>() == 1) {
    for (; rows > 0; --rows, dst += dstRow, src += srcRow) sortBools(dst, src, n, descending ? 1 : 0);
    return;
  }
  if (n <= RANKED) {
    for (; rows > 0; --rows, dst += dstRow, src += srcRow) sortRanked<T>(dst, src, n, flip, scratch);
    return;
  }
  if (n <= (sizeof<T>() == 8 ? MERGED_64 : MERGED_32)) {
    for (; rows > 0; --rows, dst += dstRow, src += srcRow) {
      if (sizeof<T>() == 8) sortMerged<T, i64>(dst, src, n, flip, scratch);
      else sortMerged<T, i32>(dst, src, n, flip, scratch);
    }
    return;
  }
  for (; rows > 0; --rows, dst += dstRow, src += srcRow) {
    sortRadix<T>(dst, src, n, flip, scratch, records, records + bytes);
  }
}
