// Positions of extreme elements. NaN counts as the extreme, the first one wins (torch.argmax, torch.argmin).
import { DType } from "../../abi/opcodes";
import { loadWalked } from "../copy";
import { laneBits } from "../lanes";
import {
  GATHERED,
  KEPT_WALK,
  PARTIAL_ROWS,
  REDUCED_WALK,
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
import { BLOCK, ROW_BYTES, TILE, rowAt, rowOffsets } from "./columns";
import { GATHER, isContiguous, reduceRun } from "./elements";
import { columnDim } from "./layout";
import { Largest, Smallest } from "./operations";

/** Whether x takes the place of the best so far: a NaN does, and nothing takes the place of a NaN. */
@unmanaged
class Above {
  @inline beats<T>(x: T, best: T): bool {
    return isFloat<T>() ? !(x <= best) && best == best : x > best;
  }
  @inline beatsLanes<T>(x: v128, best: v128): v128 {
    if (isFloat<T>()) return v128.andnot(v128.eq<T>(best, best), v128.le<T>(x, best));
    return v128.gt<T>(x, best);
  }
}

@unmanaged
class Below {
  @inline beats<T>(x: T, best: T): bool {
    return isFloat<T>() ? !(x >= best) && best == best : x < best;
  }
  @inline beatsLanes<T>(x: v128, best: v128): v128 {
    if (isFloat<T>()) return v128.andnot(v128.eq<T>(best, best), v128.ge<T>(x, best));
    return v128.lt<T>(x, best);
  }
}

export function arg(largest: bool, dtype: i32, dst: usize, src: usize, kept: i32, reduced: i32): void {
  if (largest) argAs<Above, Largest>(dtype, dst, src, kept, reduced);
  else argAs<Below, Smallest>(dtype, dst, src, kept, reduced);
}

function argAs<O, R>(dtype: i32, dst: usize, src: usize, kept: i32, reduced: i32): void {
  const column = dtype == DType.Bool ? -1 : columnDim(kept, reduced);
  if (dtype == DType.Float32) {
    if (column >= 0) argColumns<O, f32>(dst, src, kept, reduced, column);
    else argEach<O, R, f32>(dst, src, kept, reduced);
  } else if (dtype == DType.Float64) {
    if (column >= 0) argColumns<O, f64>(dst, src, kept, reduced, column);
    else argEach<O, R, f64>(dst, src, kept, reduced);
  } else if (dtype == DType.Int32) {
    if (column >= 0) argColumns<O, i32>(dst, src, kept, reduced, column);
    else argEach<O, R, i32>(dst, src, kept, reduced);
  } else {
    argEach<O, R, u8>(dst, src, kept, reduced);
  }
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
    for (let start = 0; start < n; start += GATHER) {
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

/** Many results at once, for elements of 4 and 8 bytes; positions are kept in lanes as wide as the elements. */
function argColumns<O, T>(dst: usize, src: usize, kept: i32, reduced: i32, column: i32): void {
  const size = <i32>sizeof<T>();
  const outer = kernelScratch + KEPT_WALK;
  const cols = sizeAt(outer, column);
  const dstStep = strideB(outer, column) << 2;
  removeDim(outer, kept, column);
  seek(outer, kept - 1, 0);
  do {
    const from = src + offsetA(outer) * size;
    const to = dst + (offsetB(outer) << 2);
    for (let c = 0; c < cols; c += TILE) {
      const width = min(TILE, cols - c);
      let position = argTile<O, T>(from + c * size, width, reduced);
      let place = to + c * dstStep;
      for (let i = 0; i < width; ++i, position += sizeof<T>()) {
        store<i32>(place, load<i32>(position));
        place += dstStep;
      }
    }
  } while (step(outer, kept - 1));
}

/** Returns where in scratch the tile's row of positions is. */
function argTile<O, T>(src: usize, width: i32, reduced: i32): usize {
  const walk = kernelScratch + REDUCED_WALK;
  const best = kernelScratch + PARTIAL_ROWS;
  const positions = best + ROW_BYTES;
  const bytes = (<usize>width * sizeof<T>() + 15) & ~15;
  const rows = walkLength(walk, reduced);
  seek(walk, reduced, 0);
  memory.copy(best, src, bytes);
  memory.fill(positions, 0, bytes);
  for (let r = 0; r < rows; r += BLOCK) {
    const count = rowOffsets(walk, reduced, min(BLOCK, rows - r), <i32>sizeof<T>());
    let q = 0;
    for (; q + 4 <= count; q += 4) {
      const r0 = rowAt(src, q);
      const r1 = rowAt(src, q + 1);
      const r2 = rowAt(src, q + 2);
      const r3 = rowAt(src, q + 3);
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
      const row = rowAt(src, q);
      for (let j: usize = 0; j < bytes; j += 16) {
        const x = v128.load(row + j);
        const value = v128.load(best + j);
        const mask = changetype<O>(0).beatsLanes<T>(x, value);
        v128.store(best + j, v128.bitselect(x, value, mask));
        v128.store(positions + j, v128.bitselect(splatPosition<T>(r + q), v128.load(positions + j), mask));
      }
    }
  }
  return positions;
}

// @ts-ignore: decorator
@inline
function splatPosition<T>(position: i32): v128 {
  return sizeof<T>() == 4 ? i32x4.splat(position) : i64x2.splat(<i64>position);
}
