// Many groups of few short rows, as in the sum of [300000, 2, 2] over dim 1: a group is one position of the outer kept dims,
// its rows are the positions of the removed dims, the lanes of a row are results side by side. The offsets of the rows are the
// same in every group, so that groups follow each other in a straight loop, each combined in registers.
//
// Results of a group leave as whole vectors, which reach into the place of the next group, before that is written: the groups
// of a batch are written to scratch, and from there to dst.
import { moveRun } from "../copy/runs";
import {
  KEPT_WALK,
  LANE_WALK,
  PARTIAL_ROWS,
  REDUCED_WALK,
  ROW_OFFSETS,
  at,
  merged,
  offsetA,
  offsetB,
  seek,
  setDim,
  sizeAt,
  step,
  strideA,
  strideB,
  walkLength,
} from "../strided";
import { kernelScratch } from "../../threads/scratch";
import { rowOffsets, storeLanes } from "./layout";
import { reduceShort } from "./rows";
import { wordBytes } from "../../memory/words";

/** Rows to a group; they are combined without a stack of partial results. */
export const MOST_ROWS: i32 = 128;
/** Positions are one chain of comparisons: of more rows, no second group is under way beside it. */
export const MOST_ROWS_OF_POSITIONS: i32 = 32;
/** A group is read column by column of vectors: it must stay in L1 meanwhile. */
const MAX_GROUP_BYTES: i32 = 8192;
/** Of longer rows the kernels that combine row by row are as fast. */
const MAX_WIDTH_BYTES: i32 = 512;
/** Where there are fewer groups, preparing a batch isn't worth it. */
const MIN_GROUPS: i32 = 4;
const BATCH_BYTES: i32 = 8192;

/** Whether a walk of `kept` outer dims, of at most `most` rows `width` elements wide, is one of groups. */
export function areGroups<T>(kept: i32, reduced: i32, width: i32, most: i32): bool {
  if (kept < 1 || sizeAt(kernelScratch + KEPT_WALK, kept - 1) < MIN_GROUPS) return false;
  const rows = walkLength(kernelScratch + REDUCED_WALK, reduced);
  const bytes = width * <i32>sizeof<T>();
  return rows <= most && bytes <= MAX_WIDTH_BYTES && rows * bytes <= MAX_GROUP_BYTES;
}

/** What is done with the rows of a group; a static strategy. */
@unmanaged
export class Combine<R> {
  @inline run<T>(to: usize, src: usize, from: i32, groups: i32, rows: i32, bytes: i32): void {
    if (rows == 2) combineFew<R, T>(to, src, from, groups, 2, bytes);
    else if (rows == 3) combineFew<R, T>(to, src, from, groups, 3, bytes);
    else if (rows == 4) combineFew<R, T>(to, src, from, groups, 4, bytes);
    else combineMany<R, T>(to, src, from, groups, rows, bytes);
  }
  /** Reduces what is left of `each` elements side by side to one result; returns where the results are. */
  @inline finish<T>(row: usize, each: i32, count: i32): usize {
    if (each == 1) return row;
    const size = <i32>sizeof<T>();
    const results = row + BATCH_BYTES + MAX_WIDTH_BYTES;
    reduceShort<R, T>(results, size, row, each * size, each, count);
    return results;
  }
}

@unmanaged
export class Position<O> {
  @inline run<T>(to: usize, src: usize, from: i32, groups: i32, rows: i32, bytes: i32): void {
    if (rows == 2) positionsOf<O, T>(to, src, from, groups, 2, bytes);
    else positionsOf<O, T>(to, src, from, groups, rows, bytes);
  }
  @inline finish<T>(row: usize, each: i32, count: i32): usize {
    return row;
  }
}

/**
 * dst, of elements D, = the results of all groups. The innermost kept dims, which are the lanes, are no part of `kept`; there
 * are `dims` of them. `each`: how many elements side by side make one result.
 */
export function reduceGroups<K, T, D>(dst: usize, src: usize, kept: i32, dims: i32, reduced: i32, each: i32): void {
  const size = <i32>sizeof<T>();
  const outer = kernelScratch + KEPT_WALK;
  const walk = kernelScratch + REDUCED_WALK;
  const groups = sizeAt(outer, kept - 1);
  const from = strideA(outer, kept - 1) * size;
  const lanes = walkLength(outer + wordBytes(kept), dims);
  const bytes = lanes * each * size;
  const batch = BATCH_BYTES / bytes;
  const row = kernelScratch + PARTIAL_ROWS;
  const rows = walkLength(walk, reduced);
  seek(walk, reduced, 0);
  rowOffsets(walk, reduced, rows, size);
  // Results are stored as lanes of the whole batch.
  for (let d = 0; d <= dims; ++d) {
    const to = strideB(outer, kept - 1 + d);
    setDim(kernelScratch + LANE_WALK, d, sizeAt(outer, kept - 1 + d), to, to);
  }
  const laneDims = merged(kernelScratch + LANE_WALK, dims + 1);
  seek(outer, kept - 1, 0);
  do {
    const group = src + offsetA(outer) * size;
    const to = dst + offsetB(outer) * <i32>sizeof<D>();
    for (let g = 0; <u32>g < <u32>groups; g += batch) {
      const count = min(batch, groups - g);
      changetype<K>(0).run<T>(row, group + g * from, from, count, rows, bytes);
      const results = changetype<K>(0).finish<T>(row, each, count * lanes);
      if (laneDims == 2 && sizeAt(kernelScratch + LANE_WALK, 1) == lanes && lanes < count) {
        storeAcross<D>(to, g, results, size, lanes, count);
      } else storeLanes<D>(to, laneDims, g * lanes, results, size, count * lanes);
    }
  } while (step(outer, kept - 1));
}

/** storeLanes of groups whose results lie apart in dst: the same lane of all groups is one run. */
function storeAcross<D>(dst: usize, first: i32, row: usize, size: i32, lanes: i32, count: i32): void {
  const step = strideB(kernelScratch + LANE_WALK, 0) * <i32>sizeof<D>();
  const next = strideB(kernelScratch + LANE_WALK, 1) * <i32>sizeof<D>();
  dst += first * step;
  for (let l = 0; l < lanes; ++l) moveRun<D>(dst + l * next, step, row + l * size, lanes * size, count);
}

// @ts-ignore: decorator
@inline
function offsetOf(row: i32): usize {
  return at(kernelScratch + ROW_OFFSETS, row);
}

/** Two, three or four rows (a constant). */
// @ts-ignore: decorator
@inline
function combineFew<R, T>(to: usize, src: usize, from: i32, groups: i32, rows: i32, bytes: i32): void {
  const operation = changetype<R>(0);
  const second = offsetOf(1);
  const third = rows > 2 ? offsetOf(2) : 0;
  const fourth = rows > 3 ? offsetOf(3) : 0;
  for (; groups > 0; --groups) {
    for (let j = 0; j < bytes; j += 16) {
      const p = src + j;
      let a = operation.combineLanes<T>(v128.load(p), v128.load(p + second));
      if (rows == 3) a = operation.combineLanes<T>(a, v128.load(p + third));
      if (rows == 4)
        a = operation.combineLanes<T>(a, operation.combineLanes<T>(v128.load(p + third), v128.load(p + fourth)));
      v128.store(to + j, a);
    }
    src += from;
    to += bytes;
  }
}

/** Five rows or more: four sums side by side, combined in the end. */
function combineMany<R, T>(to: usize, src: usize, from: i32, groups: i32, rows: i32, bytes: i32): void {
  const operation = changetype<R>(0);
  for (; groups > 0; --groups) {
    for (let j = 0; j < bytes; j += 16) {
      const p = src + j;
      let a = v128.load(p);
      let b = v128.load(p + offsetOf(1));
      let c = v128.load(p + offsetOf(2));
      let d = v128.load(p + offsetOf(3));
      let r = 4;
      for (; r + 4 <= rows; r += 4) {
        a = operation.combineLanes<T>(a, v128.load(p + offsetOf(r)));
        b = operation.combineLanes<T>(b, v128.load(p + offsetOf(r + 1)));
        c = operation.combineLanes<T>(c, v128.load(p + offsetOf(r + 2)));
        d = operation.combineLanes<T>(d, v128.load(p + offsetOf(r + 3)));
      }
      for (; r < rows; ++r) a = operation.combineLanes<T>(a, v128.load(p + offsetOf(r)));
      a = operation.combineLanes<T>(operation.combineLanes<T>(a, b), operation.combineLanes<T>(c, d));
      v128.store(to + j, a);
    }
    src += from;
    to += bytes;
  }
}

/** Positions in lanes as wide as the elements. */
// @ts-ignore: decorator
@inline
function positionsOf<O, T>(to: usize, src: usize, from: i32, groups: i32, rows: i32, bytes: i32): void {
  const operation = changetype<O>(0);
  for (; groups > 0; --groups) {
    for (let j = 0; j < bytes; j += 16) {
      const p = src + j;
      let best = v128.load(p);
      let bestAt = i64x2.splat(0);
      let position = bestAt;
      for (let r = 1; r < rows; ++r) {
        const x = v128.load(p + offsetOf(r));
        const mask = operation.beatsLanes<T>(x, best);
        position = sizeof<T>() == 4 ? i32x4.add(position, i32x4.splat(1)) : i64x2.add(position, i64x2.splat(1));
        best = v128.bitselect(x, best, mask);
        bestAt = v128.bitselect(position, bestAt, mask);
      }
      v128.store(to + j, bestAt);
    }
    src += from;
    to += bytes;
  }
}
