// Packing into the panels of the matrix product's micro-kernel (kernels/gemm/micro.ts): patches straight from the window, never
// as a matrix of their own; and weights.
import { transposeLanes } from "../copy/transpose";
import { COLUMN_BYTES, ROWS } from "../gemm/micro";
import { word, wordBytes } from "../../memory/words";

// @ts-ignore: decorator
@inline
function entry(table: usize, i: i32): i32 {
  return word(table, i);
}
// Whether `count` offsets step by one element.
function areNeighbours(offsets: usize, count: i32, size: i32): bool {
  for (let i = 1; i < count; ++i) if (entry(offsets, i) != entry(offsets, i - 1) + size) return false;
  return true;
}

/**
 * Panels of 32 bytes of columns, depth-major: element (d, j) is at base + depths[d] + columns[j]. `columns` is filled up to whole
 * panels. Depth consists of runs of `run` neighbours.
 */
export function packPatches<T>(
  dst: usize,
  base: usize,
  columns: usize,
  count: i32,
  depths: usize,
  depth: i32,
  run: i32,
): void {
  const size = <i32>sizeof<T>();
  const lanes = 16 / size;
  for (let j = 0; j < count; j += 2 * lanes, dst += COLUMN_BYTES * depth) {
    const left = columns + wordBytes(j),
      right = left + 4 * lanes;
    const leftTogether = areNeighbours(left, lanes, size),
      rightTogether = areNeighbours(right, lanes, size);
    if (leftTogether && rightTogether) {
      packNeighbours(dst, base + entry(left, 0), base + entry(right, 0), depths, depth);
      continue;
    }
    packHalf<T>(dst, base, left, leftTogether, depths, depth, run);
    packHalf<T>(dst + 16, base, right, rightTogether, depths, depth, run);
  }
}
function packNeighbours(dst: usize, left: usize, right: usize, depths: usize, depth: i32): void {
  for (const end = depths + wordBytes(depth); depths < end; depths += 4, dst += COLUMN_BYTES) {
    const at = load<i32>(depths);
    v128.store(dst, v128.load(left + at));
    v128.store(dst, v128.load(right + at), 16);
  }
}
function packHalf<T>(
  dst: usize,
  base: usize,
  columns: usize,
  together: bool,
  depths: usize,
  depth: i32,
  run: i32,
): void {
  const end = depths + wordBytes(depth);
  const lanes = 16 / <i32>sizeof<T>();
  const a = base + entry(columns, 0),
    b = base + entry(columns, 1);
  const c = sizeof<T>() == 4 ? base + entry(columns, 2) : 0,
    d = sizeof<T>() == 4 ? base + entry(columns, 3) : 0;
  if (together) {
    for (; depths < end; depths += 4, dst += COLUMN_BYTES) v128.store(dst, v128.load(a + load<i32>(depths)));
    return;
  }
  while (depths < end) {
    let left = run;
    for (; left >= lanes; left -= lanes, depths += 4 * lanes, dst += COLUMN_BYTES * lanes) {
      packSquare<T>(dst, load<i32>(depths), a, b, c, d);
    }
    for (; left > 0; --left, depths += 4, dst += COLUMN_BYTES) {
      const at = load<i32>(depths);
      if (sizeof<T>() == 4) {
        store<u32>(dst, load<u32>(a + at));
        store<u32>(dst, load<u32>(b + at), 4);
        store<u32>(dst, load<u32>(c + at), 8);
        store<u32>(dst, load<u32>(d + at), 12);
      } else {
        store<u64>(dst, load<u64>(a + at));
        store<u64>(dst, load<u64>(b + at), 8);
      }
    }
  }
}
// A vector's width of neighbours in depth from each lane.
// @ts-ignore: decorator
@inline
function packSquare<T>(dst: usize, at: i32, a: usize, b: usize, c: usize, d: usize): void {
  const va = v128.load(a + at),
    vb = v128.load(b + at);
  if (sizeof<T>() == 8) {
    v128.store(dst, v128.shuffle<i64>(va, vb, 0, 2));
    v128.store(dst, v128.shuffle<i64>(va, vb, 1, 3), COLUMN_BYTES);
    return;
  }
  const vc = v128.load(c + at),
    vd = v128.load(d + at);
  const ab = v128.shuffle<i32>(va, vb, 0, 4, 1, 5),
    cd = v128.shuffle<i32>(vc, vd, 0, 4, 1, 5);
  const AB = v128.shuffle<i32>(va, vb, 2, 6, 3, 7),
    CD = v128.shuffle<i32>(vc, vd, 2, 6, 3, 7);
  v128.store(dst, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(dst, v128.shuffle<i64>(ab, cd, 1, 3), COLUMN_BYTES);
  v128.store(dst, v128.shuffle<i64>(AB, CD, 0, 2), 2 * COLUMN_BYTES);
  v128.store(dst, v128.shuffle<i64>(AB, CD, 1, 3), 3 * COLUMN_BYTES);
}

/**
 * Panels of 4 rows, depth-major: element (i, d) is at src + i · row + depths[d]; rows that are missing hold anything. Depth
 * consists of runs of `run` neighbours, up (step 1) or down (-1).
 */
export function packWeights<T>(
  dst: usize,
  src: usize,
  row: i32,
  rows: i32,
  depths: usize,
  depth: i32,
  run: i32,
  step: i32,
): void {
  const size = <i32>sizeof<T>();
  const lanes = 16 / size;
  // A square downwards is one upwards from its end, written in reverse.
  const first = step > 0 ? 0 : lanes - 1;
  const line = step * ROWS * size;
  for (; rows > 0; rows -= ROWS, src += ROWS * row) {
    let b = src,
      c = src,
      d = src;
    if (rows > 1) b += row;
    if (rows > 2) c += 2 * row;
    if (rows > 3) d += 3 * row;
    for (let i = 0; i < depth;) {
      let left = run;
      if (rows >= ROWS) {
        for (; left >= lanes; left -= lanes, i += lanes, dst += ROWS * 16) {
          const at = src + entry(depths, i + first);
          const to = dst + first * ROWS * size;
          transposeLanes<T>(to, line, at, row);
          if (size == 8) transposeLanes<T>(to + 16, line, at + 2 * row, row);
        }
      }
      for (; left > 0; --left, ++i, dst += ROWS * size) {
        const at = entry(depths, i);
        store<T>(dst, load<T>(src + at));
        store<T>(dst + size, load<T>(b + at));
        store<T>(dst + 2 * size, load<T>(c + at));
        store<T>(dst + 3 * size, load<T>(d + at));
      }
    }
  }
}
