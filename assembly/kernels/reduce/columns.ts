// Many results at once: the lanes of a tile are elements side by side in src (or gathered, where they lie apart), and rows of
// lanes are combined vector by vector. Rows are taken in blocks of 128, eight at a time, and the blocks' partial rows are
// combined pairwise on a stack of rows.
//
// Two layouts have lanes that are not one result each. Where few lanes follow each other row by row without gaps worth
// speaking of, as in the sum of [1000000, 3] over dim 0, 2^j rows become one, and its parts are combined in the end. Where
// the innermost removed dim is short and contiguous, its elements are lanes too and are combined in the end.
import { stridedRun } from "../copy/runs";
import {
  GATHERED,
  KEPT_WALK,
  LANE_RESULTS,
  PARTIAL_ROWS,
  REDUCED_WALK,
  ROW_OFFSETS,
  offsetA,
  offsetB,
  seek,
  setDim,
  sizeAt,
  step,
  strideA,
  walkLength,
} from "../strided";
import { kernelScratch } from "../../threads/scratch";
import { Combine, MOST_ROWS, areGroups, reduceGroups } from "./groups";
import { rowOffsets, separateLanes, storeLanes } from "./layout";
import { reduceShort } from "./rows";
import { word, wordBytes } from "../../memory/words";

/** Elements to a tile: a partial row of it is at most 2 KiB, so that the lower levels of the stack live in L1. */
export const TILE: i32 = 256;
export const ROW_BYTES: usize = 2048;
/** Gathered rows are shorter: eight of them find room. */
export const GATHERED_TILE: i32 = 128;
const GATHERED_BYTES: usize = 1024;
/** Rows to a block. */
export const BLOCK: i32 = 128;

/** `each`: how many elements of the innermost removed dim, which is contiguous and no part of `reduced`, make one result. */
export function reduceColumns<R, T>(dst: usize, src: usize, kept: i32, reduced: i32, each: i32): void {
  const size = <i32>sizeof<T>();
  const outer = kernelScratch + KEPT_WALK;
  const walk = kernelScratch + REDUCED_WALK;
  const tile = TILE / each;
  const stride = each > 1 ? 1 : strideA(outer, kept - 1);
  const dims = separateLanes(kept, tile);
  kept -= dims;
  const lanes = walkLength(outer + wordBytes(kept), dims);
  if (stride == 1 && areGroups<T>(kept, reduced, lanes * each, MOST_ROWS)) {
    reduceGroups<Combine<R>, T, T>(dst, src, kept, dims, reduced, each);
    return;
  }
  const joined = each > 1 || stride > 1 ? 1 : joinedRows(lanes, sizeAt(walk, reduced - 1), strideA(walk, reduced - 1));
  const most = stride > 1 ? GATHERED_TILE : tile;
  seek(outer, kept, 0);
  do {
    const from = src + offsetA(outer) * size;
    const to = dst + offsetB(outer) * size;
    for (let c = 0; <u32>c < <u32>lanes; c += most) {
      const width = min(most, lanes - c);
      let row: usize;
      if (joined > 1) row = reduceJoined<R, T>(from, width, reduced, joined);
      else row = reduceTile<R, T>(from + c * stride * each * size, width * each, reduced, stride);
      if (each > 1) {
        reduceShort<R, T>(kernelScratch + LANE_RESULTS, size, row, each * size, each, width);
        row = kernelScratch + LANE_RESULTS;
      }
      storeLanes<T>(to, dims, c, row, size, width);
    }
  } while (step(outer, kept));
}

/** How many rows become one: a power of two. */
export function joinedRows(lanes: i32, rows: i32, rowStride: i32): i32 {
  if (rowStride < lanes || rowStride > 2 * lanes) return 1;
  const most = min(TILE / rowStride, rows >> 2);
  return most < 2 ? 1 : 1 << (31 - clz(most));
}

/** reduceTile where 2^j = `joined` rows are read as one, with what lies between them; what is left over is one shorter row. */
function reduceJoined<R, T>(src: usize, width: i32, reduced: i32, joined: i32): usize {
  const walk = kernelScratch + REDUCED_WALK;
  const result = kernelScratch + LANE_RESULTS;
  const rows = sizeAt(walk, reduced - 1);
  const rowStride = strideA(walk, reduced - 1);
  const groups = rows / joined;
  const rest = rows - groups * joined;
  setDim(walk, reduced - 1, groups, rowStride * joined, 0);
  const joinedWidth = (joined - 1) * rowStride + width;
  memory.copy(result, reduceTile<R, T>(src, joinedWidth, reduced, 1), <usize>joinedWidth * sizeof<T>());
  if (rest > 0) {
    const restWidth = (rest - 1) * rowStride + width;
    const from = src + groups * joined * rowStride * <i32>sizeof<T>();
    const row = reduceTile<R, T>(from, restWidth, reduced - 1, 1);
    const end = row + <usize>restWidth * sizeof<T>();
    for (let i: usize = 0; i < 16; i += sizeof<T>()) store<T>(end + i, changetype<R>(0).neutral<T>());
    combineRow<R, T>(result, row, (<usize>restWidth * sizeof<T>() + 15) & ~15);
  }
  setDim(walk, reduced - 1, rows, rowStride, 0);
  for (let half = joined >> 1; half > 0; half >>= 1) {
    const bytes = <usize>((half - 1) * rowStride + width) * sizeof<T>();
    combineRow<R, T>(result, result + <usize>(half * rowStride) * sizeof<T>(), (bytes + 15) & ~15);
  }
  return result;
}

/** Reduces a tile of lanes; returns where in scratch its row of results is. */
function reduceTile<R, T>(src: usize, width: i32, reduced: i32, stride: i32): usize {
  const walk = kernelScratch + REDUCED_WALK;
  const stack = kernelScratch + PARTIAL_ROWS;
  const bytes = (<usize>width * sizeof<T>() + 15) & ~15;
  const rows = walkLength(walk, reduced);
  let blocks = 0;
  seek(walk, reduced, 0);
  for (let r = 0; <u32>r < <u32>rows; r += BLOCK) {
    // A block is accumulated in the place above the occupied part of the stack, then sinks to its level.
    const top = stack + <usize>(32 - clz(blocks)) * ROW_BYTES;
    const count = rowOffsets(walk, reduced, min(BLOCK, rows - r), <i32>sizeof<T>());
    reduceBlockOfRows<R, T>(top, src, bytes, count, width, stride);
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

/** Row `r` of the block. */
// @ts-ignore: decorator
@inline
function rowAt(src: usize, r: i32): usize {
  return src + word(kernelScratch + ROW_OFFSETS, r);
}

/** Row `r` of the block, the `slot`-th of those at hand: in place, or gathered. */
// @ts-ignore: decorator
@inline
export function rowOf<T>(src: usize, r: i32, slot: i32, width: i32, stride: i32): usize {
  return stride == 1 ? rowAt(src, r) : gatheredRow<T>(rowAt(src, r), slot, width, stride);
}

function gatheredRow<T>(src: usize, slot: i32, width: i32, stride: i32): usize {
  const row = kernelScratch + GATHERED + <usize>slot * GATHERED_BYTES;
  stridedRun<T>(row, src, stride * <i32>sizeof<T>(), width);
  return row;
}

/** acc = the rows of a block combined. Vectors may reach past the row: those lanes are never stored. */
function reduceBlockOfRows<R, T>(acc: usize, src: usize, bytes: usize, rows: i32, width: i32, stride: i32): void {
  let r = 0;
  for (; r + 8 <= rows; r += 8) combineRows<R, T>(acc, src, bytes, r, 8, width, stride);
  if (rows & 4) {
    combineRows<R, T>(acc, src, bytes, r, 4, width, stride);
    r += 4;
  }
  if (rows & 2) {
    combineRows<R, T>(acc, src, bytes, r, 2, width, stride);
    r += 2;
  }
  if (rows & 1) combineRows<R, T>(acc, src, bytes, r, 1, width, stride);
}

/** Combines `count` rows, 8, 4, 2 or 1 (a constant), with what is in acc: nothing yet where r is 0. */
// @ts-ignore: decorator
@inline
function combineRows<R, T>(acc: usize, src: usize, bytes: usize, r: i32, count: i32, width: i32, stride: i32): void {
  const operation = changetype<R>(0);
  const r0 = rowOf<T>(src, r, 0, width, stride);
  const r1 = count > 1 ? rowOf<T>(src, r + 1, 1, width, stride) : 0;
  const r2 = count > 2 ? rowOf<T>(src, r + 2, 2, width, stride) : 0;
  const r3 = count > 2 ? rowOf<T>(src, r + 3, 3, width, stride) : 0;
  const r4 = count > 4 ? rowOf<T>(src, r + 4, 4, width, stride) : 0;
  const r5 = count > 4 ? rowOf<T>(src, r + 5, 5, width, stride) : 0;
  const r6 = count > 4 ? rowOf<T>(src, r + 6, 6, width, stride) : 0;
  const r7 = count > 4 ? rowOf<T>(src, r + 7, 7, width, stride) : 0;
  for (let j: usize = 0; j < bytes; j += 16) {
    let a = v128.load(r0 + j);
    if (count > 1) a = operation.combineLanes<T>(a, v128.load(r1 + j));
    if (count > 2) {
      a = operation.combineLanes<T>(a, operation.combineLanes<T>(v128.load(r2 + j), v128.load(r3 + j)));
    }
    if (count > 4) {
      const b = operation.combineLanes<T>(v128.load(r4 + j), v128.load(r5 + j));
      const c = operation.combineLanes<T>(v128.load(r6 + j), v128.load(r7 + j));
      a = operation.combineLanes<T>(a, operation.combineLanes<T>(b, c));
    }
    v128.store(acc + j, r == 0 ? a : operation.combineLanes<T>(v128.load(acc + j), a));
  }
}

function combineRow<R, T>(acc: usize, row: usize, bytes: usize): void {
  const operation = changetype<R>(0);
  for (let j: usize = 0; j < bytes; j += 16) {
    v128.store(acc + j, operation.combineLanes<T>(v128.load(row + j), v128.load(acc + j)));
  }
}
