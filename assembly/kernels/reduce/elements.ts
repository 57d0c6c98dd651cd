// One result at a time: the elements of a result are read one after the other, in place where they lie in runs, otherwise
// gathered by blocks. A run is cut into blocks of its own.
import { loadWalked } from "../copy";
import { firstLanes } from "../vectors";
import {
  GATHERED,
  KEPT_WALK,
  PARTIALS,
  REDUCED_WALK,
  offsetA,
  offsetB,
  seek,
  sizeAt,
  step,
  strideA,
  walkLength,
} from "../strided";
import { kernelScratch } from "../../threads/scratch";

/** Elements to a block, and to a gathered run of blocks. */
export const BLOCK: i32 = 128;
export const GATHER: i32 = 1024;
/** Shorter runs are gathered. */
const SHORT_RUN: i32 = 16;

/** Reduces to one result per position of the kept walk. */
export function reduceEach<R, T>(dst: usize, src: usize, kept: i32, reduced: i32): void {
  const operation = changetype<R>(0);
  const size = <i32>sizeof<T>();
  const outer = kernelScratch + KEPT_WALK;
  const inner = kernelScratch + REDUCED_WALK;
  const n = reduced < 0 ? 0 : walkLength(inner, reduced);
  const contiguous = isContiguous(reduced);
  const inRuns = reduced > 1 && strideA(inner, reduced - 1) == 1 && sizeAt(inner, reduced - 1) >= SHORT_RUN;
  seek(outer, kept, 0);
  do {
    const from = src + offsetA(outer) * size;
    let result: T;
    if (n == 0) result = operation.neutral<T>();
    else if (contiguous) result = reduceRun<R, T>(from, n);
    else if (inRuns) result = reduceRuns<R, T>(from, inner, reduced);
    else result = reduceGathered<R, T>(from, n, inner, reduced);
    store<T>(dst + offsetB(outer) * size, result);
  } while (step(outer, kept));
}

/** Whether the elements of one result lie side by side. */
export function isContiguous(reduced: i32): bool {
  return reduced == 0 || (reduced == 1 && strideA(kernelScratch + REDUCED_WALK, 0) == 1);
}

function reduceRuns<R, T>(src: usize, walk: usize, reduced: i32): T {
  const length = sizeAt(walk, reduced - 1);
  let blocks = 0;
  seek(walk, reduced - 1, 0);
  do {
    blocks = pushBlocks<R, T>(kernelScratch + PARTIALS, src + offsetA(walk) * <i32>sizeof<T>(), length, blocks);
  } while (step(walk, reduced - 1));
  return fold<R, T>(drain<R, T>(kernelScratch + PARTIALS, blocks));
}

function reduceGathered<R, T>(src: usize, n: i32, walk: usize, reduced: i32): T {
  const gathered = kernelScratch + GATHERED;
  if (n <= BLOCK) {
    loadWalked(<i32>sizeof<T>(), gathered, src, 0, n, walk, reduced);
    return fold<R, T>(reduceBlock<R, T>(gathered, n));
  }
  let blocks = 0;
  for (let start = 0; <u32>start < <u32>n; start += GATHER) {
    const count = min(GATHER, n - start);
    loadWalked(<i32>sizeof<T>(), gathered, src, start, count, walk, reduced);
    blocks = pushBlocks<R, T>(kernelScratch + PARTIALS, gathered, count, blocks);
  }
  return fold<R, T>(drain<R, T>(kernelScratch + PARTIALS, blocks));
}

/** Reduces n ≥ 1 contiguous elements. */
export function reduceRun<R, T>(src: usize, n: i32): T {
  if (n <= BLOCK) return fold<R, T>(reduceBlock<R, T>(src, n));
  const stack = kernelScratch + PARTIALS;
  return fold<R, T>(drain<R, T>(stack, pushBlocks<R, T>(stack, src, n, 0)));
}

/** Reduces n contiguous elements block by block onto a stack that already holds `blocks`; returns their new number. */
export function pushBlocks<R, T>(stack: usize, src: usize, n: i32, blocks: i32): i32 {
  for (; n > 0; n -= BLOCK, src += BLOCK * <i32>sizeof<T>()) {
    push<R, T>(stack, reduceBlock<R, T>(src, min(n, BLOCK)), blocks);
    ++blocks;
  }
  return blocks;
}
/** Pushes the partial result of one block onto the stack that holds `blocks`. */
// @ts-ignore: decorator
@inline
export function push<R, T>(stack: usize, partial: v128, blocks: i32): void {
  // Entry i of the stack exists where bit i of `blocks` is set, and covers 2^i blocks.
  let level = 0;
  for (; (blocks >> level) & 1; ++level) {
    partial = changetype<R>(0).combineLanes<T>(v128.load(stack + ((<usize>level) << 4)), partial);
  }
  v128.store(stack + ((<usize>level) << 4), partial);
}

/** Combines what is on the stack, the shortest partial result first. */
export function drain<R, T>(stack: usize, blocks: i32): v128 {
  const operation = changetype<R>(0);
  let level = ctz(blocks);
  let result = v128.load(stack + ((<usize>level) << 4));
  for (++level; blocks >> level; ++level) {
    if ((blocks >> level) & 1) result = operation.combineLanes<T>(v128.load(stack + ((<usize>level) << 4)), result);
  }
  return result;
}

/** Reduces 1 ≤ n ≤ BLOCK contiguous elements to the lanes of a vector. */
// @ts-ignore: decorator
@inline
export function reduceBlock<R, T>(src: usize, n: i32): v128 {
  const operation = changetype<R>(0);
  const end = src + <usize>n * sizeof<T>();
  let a = v128.splat<T>(operation.neutral<T>());
  if (src + 64 <= end) {
    a = v128.load(src);
    let b = v128.load(src, 16);
    let c = v128.load(src, 32);
    let d = v128.load(src, 48);
    for (src += 64; src + 64 <= end; src += 64) {
      a = operation.combineLanes<T>(a, v128.load(src));
      b = operation.combineLanes<T>(b, v128.load(src, 16));
      c = operation.combineLanes<T>(c, v128.load(src, 32));
      d = operation.combineLanes<T>(d, v128.load(src, 48));
    }
    a = operation.combineLanes<T>(operation.combineLanes<T>(a, b), operation.combineLanes<T>(c, d));
  }
  for (; src + 16 <= end; src += 16) a = operation.combineLanes<T>(a, v128.load(src));
  if (src < end) {
    const rest = firstLanes<T>(<i32>((end - src) / sizeof<T>()));
    a = operation.combineLanes<T>(a, v128.bitselect(v128.load(src), v128.splat<T>(operation.neutral<T>()), rest));
  }
  return a;
}

/** Combines the lanes. */
// @ts-ignore: decorator
@inline
export function fold<R, T>(a: v128): T {
  const operation = changetype<R>(0);
  if (sizeof<T>() == 1) {
    a = operation.combineLanes<T>(a, v128.shuffle<i8>(a, a, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
    a = operation.combineLanes<T>(a, v128.shuffle<i16>(a, a, 1, 0, 3, 2, 5, 4, 7, 6));
  }
  if (sizeof<T>() <= 4) a = operation.combineLanes<T>(a, v128.shuffle<i32>(a, a, 1, 0, 3, 2));
  a = operation.combineLanes<T>(a, v128.shuffle<i64>(a, a, 1, 0));
  return v128.extract_lane<T>(a, 0);
}
