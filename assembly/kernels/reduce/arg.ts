// Positions of extreme elements. NaN counts as the extreme, the first one wins (torch.argmax, torch.argmin).
import { DType } from "../../abi/opcodes";
import { loadWalked } from "../copy";
import { laneBits } from "../vectors";
import {
  GATHERED,
  KEPT_WALK,
  PARTIAL_ROWS,
  REDUCED_WALK,
  offsetA,
  offsetB,
  removeDim,
  seek,
  setDim,
  sizeAt,
  step,
  strideA,
  walkLength,
} from "../strided";
import { kernelScratch } from "../../threads/scratch";
import { argRows } from "./argRows";
import { BLOCK, GATHERED_TILE, ROW_BYTES, TILE, joinedRows, rowOf } from "./columns";
import { GATHER, isContiguous, reduceRun } from "./elements";
import { MOST_ROWS_OF_POSITIONS, Position, areGroups, reduceGroups } from "./groups";
import { rowOffsets, separateLanes, storeLanes } from "./layout";
import { Above, Below, Largest, Smallest } from "./operations";
import { wordBytes } from "../../memory/words";

export function arg(largest: bool, dtype: i32, dst: usize, src: usize, kept: i32, reduced: i32): void {
  if (largest) argAs<Above, Largest>(dtype, dst, src, kept, reduced);
  else argAs<Below, Smallest>(dtype, dst, src, kept, reduced);
}

function argAs<O, R>(dtype: i32, dst: usize, src: usize, kept: i32, reduced: i32): void {
  if (dtype == DType.Float32) argLayout<O, R, f32>(dst, src, kept, reduced);
  else if (dtype == DType.Float64) argLayout<O, R, f64>(dst, src, kept, reduced);
  else if (dtype == DType.Int32) argLayout<O, R, i32>(dst, src, kept, reduced);
  else argEach<O, R, u8>(dst, src, kept, reduced);
}

// The walk of the removed dims is in the order of positions, whatever their strides are.
function argLayout<O, R, T>(dst: usize, src: usize, kept: i32, reduced: i32): void {
  const outer = kernelScratch + KEPT_WALK;
  const walk = kernelScratch + REDUCED_WALK;
  const nearest = nearestDim(walk, reduced);
  const column = kept > 0 ? strideA(outer, kept - 1) : 0;
  const run = reduced > 0 ? strideA(walk, nearest) : 0;
  if (reduced > 0 && column > 0 && column < abs(run)) argColumns<O, T>(dst, src, kept, reduced);
  else if (reduced == 1 && run == 1 && kept > 0 && sizeAt(walk, 0) <= SHORT) argRows<O, T>(dst, src, kept);
  else if (run == 1 && nearest < reduced - 1) argAcross<O, T>(dst, src, kept, reduced, nearest);
  else argEach<O, R, T>(dst, src, kept, reduced);
}
/** Longer rows are faster one by one: a block is searched only where its extreme is a new one. */
const SHORT: i32 = 32;

/** The dim of the shortest step other than 0, or else the last. */
function nearestDim(walk: usize, n: i32): i32 {
  let best = n - 1;
  for (let d = n - 2; d >= 0; --d) {
    const stride = abs(strideA(walk, d));
    if (stride != 0 && (stride < abs(strideA(walk, best)) || strideA(walk, best) == 0)) best = d;
  }
  return best;
}

/** One result at a time: the extreme of a block first; only a block that holds a new one is searched for its position. */
function argEach<O, R, T>(dst: usize, src: usize, kept: i32, reduced: i32): void {
  const size = <i32>sizeof<T>();
  const outer = kernelScratch + KEPT_WALK;
  const inner = kernelScratch + REDUCED_WALK;
  const n = walkLength(inner, reduced);
  const contiguous = isContiguous(reduced);
  seek(outer, kept, 0);
  do {
    const from = src + offsetA(outer) * size;
    let best: T = 0;
    let bestAt = -1;
    for (let start = 0; <u32>start < <u32>n; start += GATHER) {
      const count = min(GATHER, n - start);
      let block = from + start * size;
      if (!contiguous) {
        block = kernelScratch + GATHERED;
        loadWalked(size, block, from, start, count, inner, reduced);
      }
      const extreme = reduceRun<R, T>(block, count);
      if (bestAt < 0 || changetype<O>(0).beats<T>(extreme, best)) {
        best = extreme;
        bestAt = start + find<T>(block, extreme);
      }
    }
    store<i32>(dst + (offsetB(outer) << 2), bestAt);
  } while (step(outer, kept));
}

/** Position of the first element that is `value`, which is there. */
// @ts-ignore: decorator
@inline
function find<T>(src: usize, value: T): i32 {
  const wanted = v128.splat<T>(value);
  const isNaN = v128.ne<T>(wanted, wanted);
  let position = 0;
  while (true) {
    const lanes = v128.load(src);
    const found = laneBits<T>(v128.or(v128.eq<T>(lanes, wanted), v128.and(isNaN, v128.ne<T>(lanes, lanes))));
    if (found) return position + ctz(found);
    src += 16;
    position += <i32>(16 / sizeof<T>());
  }
}

/**
 * Many results at once, for elements of 4 and 8 bytes; positions are kept in lanes as wide as the elements. As in sums, rows
 * of few lanes are joined.
 */
function argColumns<O, T>(dst: usize, src: usize, kept: i32, reduced: i32): void {
  const size = <i32>sizeof<T>();
  const outer = kernelScratch + KEPT_WALK;
  const walk = kernelScratch + REDUCED_WALK;
  const stride = strideA(outer, kept - 1);
  const dims = separateLanes(kept, TILE);
  kept -= dims;
  const lanes = walkLength(outer + wordBytes(kept), dims);
  if (stride == 1 && areGroups<T>(kept, reduced, lanes, MOST_ROWS_OF_POSITIONS)) {
    reduceGroups<Position<O>, T, i32>(dst, src, kept, dims, reduced, 1);
    return;
  }
  const joined = reduced > 1 || stride > 1 ? 1 : joinedRows(lanes, sizeAt(walk, 0), strideA(walk, 0));
  const most = stride > 1 ? GATHERED_TILE : TILE;
  seek(outer, kept, 0);
  do {
    const from = src + offsetA(outer) * size;
    const to = dst + (offsetB(outer) << 2);
    for (let c = 0; <u32>c < <u32>lanes; c += most) {
      const width = min(most, lanes - c);
      if (joined > 1) argJoined<O, T>(from, width, joined);
      else argTile<O, T>(from + c * stride * size, width, reduced, stride);
      storeLanes<i32>(to, dims, c, kernelScratch + POSITIONS, size, width);
    }
  } while (step(outer, kept));
}
const POSITIONS: usize = PARTIAL_ROWS + ROW_BYTES;

function argJoined<O, T>(src: usize, width: i32, joined: i32): void {
  const size = <i32>sizeof<T>();
  const walk = kernelScratch + REDUCED_WALK;
  const rows = sizeAt(walk, 0);
  const rowStride = strideA(walk, 0);
  const groups = rows / joined;
  setDim(walk, 0, groups, rowStride * joined, 0);
  argTile<O, T>(src, (joined - 1) * rowStride + width, 1, 1);
  setDim(walk, 0, rows, rowStride, 0);
  const values = kernelScratch + PARTIAL_ROWS;
  const positions = kernelScratch + POSITIONS;
  for (let j = 0; j < width; ++j) {
    let best = load<T>(values + j * size);
    let bestAt = load<i32>(positions + j * size) * joined;
    for (let i = 1; i < joined; ++i) {
      const lane = (i * rowStride + j) * size;
      const x = load<T>(values + lane);
      const position = load<i32>(positions + lane) * joined + i;
      if (changetype<O>(0).beats<T>(x, best) || (position < bestAt && isSame<T>(x, best))) {
        best = x;
        bestAt = position;
      }
    }
    for (let r = groups * joined; r < rows; ++r) {
      const x = load<T>(src + (r * rowStride + j) * size);
      if (!changetype<O>(0).beats<T>(x, best)) continue;
      best = x;
      bestAt = r;
    }
    store<i32>(positions + j * size, bestAt);
  }
}

// @ts-ignore: decorator
@inline
function isSame<T>(a: T, b: T): bool {
  return a == b || (isFloat<T>() && a != a && b != b);
}

/** Where the contiguous removed dim `across` is not the innermost: its elements are lanes, which are compared in the end. */
function argAcross<O, T>(dst: usize, src: usize, kept: i32, reduced: i32, across: i32): void {
  const size = <i32>sizeof<T>();
  const outer = kernelScratch + KEPT_WALK;
  const walk = kernelScratch + REDUCED_WALK;
  const length = sizeAt(walk, across);
  const inner = walkLength(walk + wordBytes(across + 1), reduced - 1 - across);
  removeDim(walk, reduced, across);
  const values = kernelScratch + PARTIAL_ROWS;
  const positions = kernelScratch + POSITIONS;
  seek(outer, kept, 0);
  do {
    const from = src + offsetA(outer) * size;
    let best: T = 0;
    let bestAt = -1;
    for (let c = 0; <u32>c < <u32>length; c += TILE) {
      const width = min(TILE, length - c);
      argTile<O, T>(from + c * size, width, reduced - 1, 1);
      for (let j = 0; j < width; ++j) {
        const x = load<T>(values + j * size);
        if (bestAt >= 0 && !changetype<O>(0).beats<T>(x, best) && !isSame<T>(x, best)) continue;
        const row = load<i32>(positions + j * size);
        const before = row / inner;
        const position = (before * length + c + j) * inner + (row - before * inner);
        if (bestAt < 0 || changetype<O>(0).beats<T>(x, best) || position < bestAt) {
          best = x;
          bestAt = position;
        }
      }
    }
    store<i32>(dst + (offsetB(outer) << 2), bestAt);
  } while (step(outer, kept));
}

/** Leaves the extremes of a tile of lanes, and their positions among the rows, at the start of the scratch's rows. */
function argTile<O, T>(src: usize, width: i32, reduced: i32, stride: i32): void {
  const walk = kernelScratch + REDUCED_WALK;
  const best = kernelScratch + PARTIAL_ROWS;
  const positions = kernelScratch + POSITIONS;
  const bytes = (<usize>width * sizeof<T>() + 15) & ~15;
  const rows = walkLength(walk, reduced);
  seek(walk, reduced, 0);
  memory.fill(positions, 0, bytes);
  for (let r = 0; <u32>r < <u32>rows; r += BLOCK) {
    const count = rowOffsets(walk, reduced, min(BLOCK, rows - r), <i32>sizeof<T>());
    if (r == 0) memory.copy(best, rowOf<T>(src, 0, 0, width, stride), bytes);
    let q = 0;
    for (; q + 4 <= count; q += 4) {
      const r0 = rowOf<T>(src, q, 0, width, stride);
      const r1 = rowOf<T>(src, q + 1, 1, width, stride);
      const r2 = rowOf<T>(src, q + 2, 2, width, stride);
      const r3 = rowOf<T>(src, q + 3, 3, width, stride);
      for (let j: usize = 0; j < bytes; j += 16) {
        let value = v128.load(best + j);
        let position = v128.load(positions + j);
        let x = v128.load(r0 + j);
        let mask = changetype<O>(0).beatsLanes<T>(x, value);
        value = v128.bitselect(x, value, mask);
        position = v128.bitselect(splatPosition<T>(r + q), position, mask);
        x = v128.load(r1 + j);
        mask = changetype<O>(0).beatsLanes<T>(x, value);
        value = v128.bitselect(x, value, mask);
        position = v128.bitselect(splatPosition<T>(r + q + 1), position, mask);
        x = v128.load(r2 + j);
        mask = changetype<O>(0).beatsLanes<T>(x, value);
        value = v128.bitselect(x, value, mask);
        position = v128.bitselect(splatPosition<T>(r + q + 2), position, mask);
        x = v128.load(r3 + j);
        mask = changetype<O>(0).beatsLanes<T>(x, value);
        v128.store(best + j, v128.bitselect(x, value, mask));
        v128.store(positions + j, v128.bitselect(splatPosition<T>(r + q + 3), position, mask));
      }
    }
    for (; q < count; ++q) {
      const row = rowOf<T>(src, q, 0, width, stride);
      for (let j: usize = 0; j < bytes; j += 16) {
        const x = v128.load(row + j);
        const value = v128.load(best + j);
        const mask = changetype<O>(0).beatsLanes<T>(x, value);
        v128.store(best + j, v128.bitselect(x, value, mask));
        v128.store(positions + j, v128.bitselect(splatPosition<T>(r + q), v128.load(positions + j), mask));
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function splatPosition<T>(position: i32): v128 {
  return sizeof<T>() == 4 ? i32x4.splat(position) : i64x2.splat(<i64>position);
}
