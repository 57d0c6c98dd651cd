// Many results at once: src is contiguous along a kept dim, so rows are combined vector by vector. Rows are taken in blocks of
// 128, eight at a time, and the blocks' partial rows are combined pairwise on a stack of rows.
import {
  KEPT_WALK,
  PARTIAL_ROWS,
  REDUCED_WALK,
  ROW_OFFSETS,
  kernelScratch,
  offsetA,
  offsetB,
  removeDim,
  seek,
  sizeAt,
  step,
  strideB,
  walkLength,
} from "../strided";

/** Columns to a tile: a partial row of it is at most 2 KiB, so that the lower levels of the stack live in L1. */
export const TILE: i32 = 256;
export const ROW_BYTES: usize = 2048;
/** Rows to a block. */
export const BLOCK: i32 = 128;

export function reduceColumns<R, T>(dst: usize, src: usize, kept: i32, reduced: i32, column: i32): void {
  const size = <i32>sizeof<T>();
  const outer = kernelScratch + KEPT_WALK;
  const cols = sizeAt(outer, column);
  const dstStep = strideB(outer, column) * size;
  removeDim(outer, kept, column);
  seek(outer, kept - 1, 0);
  do {
    const from = src + offsetA(outer) * size;
    const to = dst + offsetB(outer) * size;
    for (let c = 0; c < cols; c += TILE) {
      const width = min(TILE, cols - c);
      const row = reduceTile<R, T>(from + c * size, width, reduced);
      storeRow<T>(to + c * dstStep, dstStep, row, width);
    }
  } while (step(outer, kept - 1));
}

function storeRow<T>(dst: usize, dstStep: i32, row: usize, width: i32): void {
  if (dstStep == <i32>sizeof<T>()) {
    memory.copy(dst, row, <usize>width * sizeof<T>());
    return;
  }
  for (; width > 0; --width, row += sizeof<T>()) {
    store<T>(dst, load<T>(row));
    dst += dstStep;
  }
}

/** Reduces a tile of columns; returns where in scratch its row of results is. */
function reduceTile<R, T>(src: usize, width: i32, reduced: i32): usize {
  const walk = kernelScratch + REDUCED_WALK;
  const stack = kernelScratch + PARTIAL_ROWS;
  const bytes = (<usize>width * sizeof<T>() + 15) & ~15;
  const rows = walkLength(walk, reduced);
  let blocks = 0;
  seek(walk, reduced, 0);
  for (let r = 0; r < rows; r += BLOCK) {
    // A block is accumulated in the place above the occupied part of the stack, then sinks to its level.
    const top = stack + <usize>(32 - clz(blocks)) * ROW_BYTES;
    reduceRows<R, T>(top, src, bytes, rowOffsets(walk, reduced, min(BLOCK, rows - r), <i32>sizeof<T>()));
    let level = 0;
    for (; (blocks >> level) & 1; ++level) combineRow<R, T>(top, stack + <usize>level * ROW_BYTES, bytes);
    const place = stack + <usize>level * ROW_BYTES;
    if (place != top) memory.copy(place, top, bytes);
    ++blocks;
  }
  let level = ctz(blocks);
  const result = stack + <usize>level * ROW_BYTES;
  for (++level; blocks >> level; ++level) {
    if ((blocks >> level) & 1) combineRow<R, T>(result, stack + <usize>level * ROW_BYTES, bytes);
  }
  return result;
}

/** Writes the byte offsets of the next `count` ≤ BLOCK rows of the walk, and returns the count. */
export function rowOffsets(walk: usize, reduced: i32, count: i32, size: i32): i32 {
  const table = kernelScratch + ROW_OFFSETS;
  for (let r = 0; r < count; ++r) {
    store<i32>(table + ((<usize>r) << 2), offsetA(walk) * size);
    step(walk, reduced);
  }
  return count;
}

/** Row `r` of the block. */
// @ts-ignore: decorator
@inline
export function rowAt(src: usize, r: i32): usize {
  return src + load<i32>(kernelScratch + ROW_OFFSETS + ((<usize>r) << 2));
}

/** acc = the rows of a block combined. Vectors may reach past the row: those lanes are never stored. */
function reduceRows<R, T>(acc: usize, src: usize, bytes: usize, rows: i32): void {
  const operation = changetype<R>(0);
  let r = rows & 7;
  if (r == 0) {
    eightRows<R, T>(acc, src, bytes, 0, true);
    r = 8;
  } else {
    memory.copy(acc, rowAt(src, 0), bytes);
    for (let q = 1; q < r; ++q) {
      const row = rowAt(src, q);
      for (let j: usize = 0; j < bytes; j += 16) {
        v128.store(acc + j, operation.combineLanes<T>(v128.load(acc + j), v128.load(row + j)));
      }
    }
  }
  for (; r < rows; r += 8) eightRows<R, T>(acc, src, bytes, r, false);
}

// @ts-ignore: decorator
@inline
function eightRows<R, T>(acc: usize, src: usize, bytes: usize, r: i32, first: bool): void {
  const operation = changetype<R>(0);
  const r0 = rowAt(src, r);
  const r1 = rowAt(src, r + 1);
  const r2 = rowAt(src, r + 2);
  const r3 = rowAt(src, r + 3);
  const r4 = rowAt(src, r + 4);
  const r5 = rowAt(src, r + 5);
  const r6 = rowAt(src, r + 6);
  const r7 = rowAt(src, r + 7);
  for (let j: usize = 0; j < bytes; j += 16) {
    const a = operation.combineLanes<T>(v128.load(r0 + j), v128.load(r1 + j));
    const b = operation.combineLanes<T>(v128.load(r2 + j), v128.load(r3 + j));
    const c = operation.combineLanes<T>(v128.load(r4 + j), v128.load(r5 + j));
    const d = operation.combineLanes<T>(v128.load(r6 + j), v128.load(r7 + j));
    const e = operation.combineLanes<T>(operation.combineLanes<T>(a, b), operation.combineLanes<T>(c, d));
    v128.store(acc + j, first ? e : operation.combineLanes<T>(v128.load(acc + j), e));
  }
}

function combineRow<R, T>(acc: usize, row: usize, bytes: usize): void {
  const operation = changetype<R>(0);
  for (let j: usize = 0; j < bytes; j += 16) {
    v128.store(acc + j, operation.combineLanes<T>(v128.load(row + j), v128.load(acc + j)));
  }
}
