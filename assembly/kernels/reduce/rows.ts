// Many rows of one block or less, one result each. Short ones four at once, so that their results leave as vectors; longer ones
// one by one, as one stream of memory.
import { moveRun } from "../copy/runs";
import { firstLanes } from "../vectors";
import { GATHERED, KEPT_WALK, offsetA, offsetB, seek, sizeAt, step, strideA, strideB } from "../strided";
import { kernelScratch } from "../../threads/scratch";
import { fold, reduceBlock } from "./elements";

const SHORT_BYTES: i32 = 256;

/** dst = the rows of n ≤ BLOCK contiguous elements along the innermost kept dim reduced, for all positions of the others. */
export function reduceRows<R, T>(dst: usize, src: usize, kept: i32, n: i32): void {
  const size = <i32>sizeof<T>();
  const walk = kernelScratch + KEPT_WALK;
  const rows = sizeAt(walk, kept - 1);
  const from = strideA(walk, kept - 1) * size;
  const to = strideB(walk, kept - 1) * size;
  seek(walk, kept - 1, 0);
  do {
    const place = dst + offsetB(walk) * size;
    const row = src + offsetA(walk) * size;
    reduceEvenly<R, T>(place, to, row, from, n, rows);
  } while (step(walk, kept - 1));
}
/** One result for each of `rows` rows of n ≤ BLOCK elements; steps in bytes. The order of combining is a matter of n alone. */
export function reduceEvenly<R, T>(dst: usize, to: i32, src: usize, from: i32, n: i32, rows: i32): void {
  if (sizeof<T>() > 1 && n * <i32>sizeof<T>() < SHORT_BYTES) reduceShort<R, T>(dst, to, src, from, n, rows);
  else reduceOneByOne<R, T>(dst, to, src, from, n, rows);
}

/** One result for each of `rows` rows of n ≤ BLOCK elements; steps in bytes. Elements of 4 and 8 bytes. */
export function reduceShort<R, T>(dst: usize, to: i32, src: usize, from: i32, n: i32, rows: i32): void {
  const operation = changetype<R>(0);
  const lanes = <i32>(16 / sizeof<T>());
  const size = <i32>sizeof<T>();
  const rest = n & (lanes - 1);
  const end = <usize>((n - rest) * size);
  const neutral = v128.splat<T>(operation.neutral<T>());
  const mask = firstLanes<T>(rest);
  const results = kernelScratch + GATHERED;
  for (; rows > 0; rows -= 4) {
    // Of the last rows there may be fewer than four: the first stands in.
    const b = rows > 1 ? src + from : src;
    const c = rows > 2 ? b + from : src;
    const d = rows > 3 ? c + from : src;
    let x = neutral;
    let y = neutral;
    let z = neutral;
    let w = neutral;
    if (rest > 0) {
      x = v128.bitselect(v128.load(src + end), neutral, mask);
      y = v128.bitselect(v128.load(b + end), neutral, mask);
      z = v128.bitselect(v128.load(c + end), neutral, mask);
      w = v128.bitselect(v128.load(d + end), neutral, mask);
    }
    for (let j: usize = 0; j < end; j += 16) {
      x = operation.combineLanes<T>(x, v128.load(src + j));
      y = operation.combineLanes<T>(y, v128.load(b + j));
      z = operation.combineLanes<T>(z, v128.load(c + j));
      w = operation.combineLanes<T>(w, v128.load(d + j));
    }
    const inPlace = to == size && rows > 3;
    const place = inPlace ? dst : results;
    if (sizeof<T>() == 4) {
      x = operation.combineLanes<T>(v128.shuffle<i32>(x, y, 0, 4, 1, 5), v128.shuffle<i32>(x, y, 2, 6, 3, 7));
      z = operation.combineLanes<T>(v128.shuffle<i32>(z, w, 0, 4, 1, 5), v128.shuffle<i32>(z, w, 2, 6, 3, 7));
      v128.store(place, operation.combineLanes<T>(v128.shuffle<i64>(x, z, 0, 2), v128.shuffle<i64>(x, z, 1, 3)));
    } else {
      v128.store(place, operation.combineLanes<T>(v128.shuffle<i64>(x, y, 0, 2), v128.shuffle<i64>(x, y, 1, 3)));
      v128.store(place, operation.combineLanes<T>(v128.shuffle<i64>(z, w, 0, 2), v128.shuffle<i64>(z, w, 1, 3)), 16);
    }
    if (!inPlace) moveRun<T>(dst, to, results, size, min(rows, 4));
    dst += to << 2;
    src += from << 2;
  }
}

function reduceOneByOne<R, T>(dst: usize, to: i32, src: usize, from: i32, n: i32, rows: i32): void {
  for (; rows > 0; --rows) {
    store<T>(dst, fold<R, T>(reduceBlock<R, T>(src, n)));
    dst += to;
    src += from;
  }
}
