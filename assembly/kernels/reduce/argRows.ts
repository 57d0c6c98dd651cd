// Positions of the extremes of many short rows: the rows are the lanes.
import { moveRun } from "../copy/runs";
import { GATHERED, KEPT_WALK, REDUCED_WALK, offsetA, offsetB, seek, sizeAt, step, strideA, strideB } from "../strided";
import { kernelScratch } from "../../threads/scratch";

/** dst = positions of the extremes of contiguous rows, for all positions of the kept dims. Elements of 4 and 8 bytes. */
export function argRows<O, T>(dst: usize, src: usize, kept: i32): void {
  const size = <i32>sizeof<T>();
  const walk = kernelScratch + KEPT_WALK;
  const n = sizeAt(kernelScratch + REDUCED_WALK, 0);
  const rows = sizeAt(walk, kept - 1);
  const from = strideA(walk, kept - 1) * size;
  const to = strideB(walk, kept - 1) << 2;
  seek(walk, kept - 1, 0);
  do {
    rowsAtOnce<O, T>(dst + (offsetB(walk) << 2), to, src + offsetA(walk) * size, from, n, rows);
  } while (step(walk, kept - 1));
}

// What is left of the rows goes again with rows before it, or by itself where there are too few.
function rowsAtOnce<O, T>(dst: usize, to: i32, src: usize, from: i32, n: i32, rows: i32): void {
  const lanes = <i32>(16 / sizeof<T>());
  for (let r = 0; r + lanes <= rows; r += lanes)
    storePositions<T>(dst + r * to, to, rowsOf<O, T>(src + r * from, from, n));
  const rest = rows & (lanes - 1);
  if (rest == 0) return;
  if (rows > lanes) {
    const r = rows - lanes;
    storePositions<T>(dst + r * to, to, rowsOf<O, T>(src + r * from, from, n));
    return;
  }
  for (let r = 0; r < rest; ++r) {
    const positions = rowsOf<O, T>(src + r * from, 0, n);
    store<i32>(dst + r * to, i32x4.extract_lane(positions, 0));
  }
}

// @ts-ignore: decorator
@inline
function storePositions<T>(dst: usize, to: i32, positions: v128): void {
  const place = kernelScratch + GATHERED;
  if (sizeof<T>() == 4 && to == 4) v128.store(dst, positions);
  else {
    v128.store(place, positions);
    moveRun<i32>(dst, to, place, <i32>sizeof<T>(), <i32>(16 / sizeof<T>()));
  }
}

/** Positions, in lanes as wide as the elements, in as many rows as there are lanes. */
// @ts-ignore: decorator
@inline
function rowsOf<O, T>(src: usize, from: i32, n: i32): v128 {
  const operation = changetype<O>(0);
  const b = src + from;
  const c = b + from;
  const d = c + from;
  const end = <usize>n * sizeof<T>();
  let best = columnOf<T>(src, b, c, d);
  let positions = i32x4.splat(0);
  let position = positions;
  let j: usize = 0;
  if (sizeof<T>() == 4) {
    const one = i32x4.splat(1);
    for (; j + 16 <= end; j += 16) {
      const x = v128.load(src + j);
      const y = v128.load(b + j);
      const z = v128.load(c + j);
      const w = v128.load(d + j);
      const xy = v128.shuffle<i32>(x, y, 0, 4, 1, 5);
      const zw = v128.shuffle<i32>(z, w, 0, 4, 1, 5);
      const XY = v128.shuffle<i32>(x, y, 2, 6, 3, 7);
      const ZW = v128.shuffle<i32>(z, w, 2, 6, 3, 7);
      let column = v128.shuffle<i64>(xy, zw, 0, 2);
      let mask = operation.beatsLanes<T>(column, best);
      best = v128.bitselect(column, best, mask);
      positions = v128.bitselect(position, positions, mask);
      position = i32x4.add(position, one);
      column = v128.shuffle<i64>(xy, zw, 1, 3);
      mask = operation.beatsLanes<T>(column, best);
      best = v128.bitselect(column, best, mask);
      positions = v128.bitselect(position, positions, mask);
      position = i32x4.add(position, one);
      column = v128.shuffle<i64>(XY, ZW, 0, 2);
      mask = operation.beatsLanes<T>(column, best);
      best = v128.bitselect(column, best, mask);
      positions = v128.bitselect(position, positions, mask);
      position = i32x4.add(position, one);
      column = v128.shuffle<i64>(XY, ZW, 1, 3);
      mask = operation.beatsLanes<T>(column, best);
      best = v128.bitselect(column, best, mask);
      positions = v128.bitselect(position, positions, mask);
      position = i32x4.add(position, one);
    }
  }
  for (; j < end; j += sizeof<T>()) {
    const column = columnOf<T>(src + j, b + j, c + j, d + j);
    const mask = operation.beatsLanes<T>(column, best);
    best = v128.bitselect(column, best, mask);
    positions = v128.bitselect(position, positions, mask);
    position = sizeof<T>() == 4 ? i32x4.add(position, i32x4.splat(1)) : i64x2.add(position, i64x2.splat(1));
  }
  return positions;
}

// @ts-ignore: decorator
@inline
function columnOf<T>(a: usize, b: usize, c: usize, d: usize): v128 {
  if (sizeof<T>() == 8) return v128.load64_lane(b, v128.load64_zero(a), 1);
  return v128.load32_lane(d, v128.load32_lane(c, v128.load32_lane(b, v128.load32_zero(a), 1), 2), 3);
}
