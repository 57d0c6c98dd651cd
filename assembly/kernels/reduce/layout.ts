// Which way a reduction walks memory. Two walks in scratch: the dims kept (a: strides of src, b: those of dst) and the dims
// removed (a: strides of src).
import {
  KEPT_WALK,
  LANE_WALK,
  at,
  merged,
  offsetA,
  offsetB,
  ROW_OFFSETS,
  placeAt,
  seek,
  setDim,
  sizeAt,
  step,
  strideA,
  strideB,
} from "../strided";
import { kernelScratch } from "../../threads/scratch";
import { copyRun, moveRun } from "../copy/runs";
import { setWord } from "../../memory/words";

/** The kept dims with the strides of a contiguous dst; their number, or -1 when there is no element. */
export function keepDims(walk: usize, ndim: i32, dims: usize, strides: usize): i32 {
  let step = 1;
  for (let d = 0; d < ndim; ++d) step *= at(dims, d);
  if (step == 0) return -1;
  let n = 0;
  for (let d = 0; d < ndim; ++d) {
    const size = at(dims, d);
    if (size == 1) continue;
    step /= size;
    setDim(walk, n++, size, at(strides, d), step);
  }
  return n;
}

/** Turns dims around that src is stepped through backwards. The walk's offsets are then where its first element is. */
export function orient(walk: usize, n: i32): void {
  let a = 0;
  let b = 0;
  for (let d = 0; d < n; ++d) {
    const stride = strideA(walk, d);
    if (stride >= 0) continue;
    const last = sizeAt(walk, d) - 1;
    a += last * stride;
    b += last * strideB(walk, d);
    setDim(walk, d, last + 1, -stride, -strideB(walk, d));
  }
  placeAt(walk, a, b);
}

/** Sorts dims by their steps in src, longest first; repeated ones (step 0) come before all others. Then merges neighbours. */
export function orderForReading(walk: usize, n: i32): i32 {
  for (let d = 1; d < n; ++d) {
    const size = sizeAt(walk, d);
    const a = strideA(walk, d);
    const b = strideB(walk, d);
    let e = d;
    for (; e > 0 && isLonger(a, strideA(walk, e - 1)); --e) {
      setDim(walk, e, sizeAt(walk, e - 1), strideA(walk, e - 1), strideB(walk, e - 1));
    }
    setDim(walk, e, size, a, b);
  }
  return merged(walk, n);
}

// @ts-ignore: decorator
@inline
function isLonger(a: i32, than: i32): bool {
  return <u32>(a - 1) > <u32>(than - 1);
}

// The lanes of a tile stand for the innermost kept dims, as far as they lie side by side in src.

/** Moves the innermost kept dims that together are `most` lanes, or the next more, to a walk of their own; returns how many. */
export function separateLanes(kept: i32, most: i32): i32 {
  const from = kernelScratch + KEPT_WALK;
  const to = kernelScratch + LANE_WALK;
  const unit = strideA(from, kept - 1);
  let lanes = sizeAt(from, kept - 1);
  let count = 1;
  while (count < kept && lanes < most && strideA(from, kept - 1 - count) == unit * lanes) {
    lanes *= sizeAt(from, kept - 1 - count++);
  }
  for (let d = 0; d < count; ++d) {
    const e = kept - count + d;
    setDim(to, d, sizeAt(from, e), strideA(from, e), strideB(from, e));
  }
  return count;
}

/** Stores the results of lanes first … first + width - 1 where they belong; `rowStep` is in bytes. */
export function storeLanes<T>(dst: usize, dims: i32, first: i32, row: usize, rowStep: i32, width: i32): void {
  const size = <i32>sizeof<T>();
  const walk = kernelScratch + LANE_WALK;
  const inner = sizeAt(walk, dims - 1);
  const to = strideB(walk, dims - 1) * size;
  let skip = first % inner;
  seek(walk, dims - 1, first / inner);
  while (width > 0) {
    const count = min(inner - skip, width);
    const place = dst + offsetB(walk) * size + skip * to;
    if (to == size && rowStep == size) copyRun<T>(place, row, count);
    else moveRun<T>(place, to, row, rowStep, count);
    row += count * rowStep;
    width -= count;
    skip = 0;
    step(walk, dims - 1);
  }
}

/** Writes the byte offsets of the next `count` ≤ BLOCK rows of the walk, and returns the count. */
export function rowOffsets(walk: usize, reduced: i32, count: i32, size: i32): i32 {
  const table = kernelScratch + ROW_OFFSETS;
  for (let r = 0; r < count; ++r) {
    setWord(table, r, offsetA(walk) * size);
    step(walk, reduced);
  }
  return count;
}
