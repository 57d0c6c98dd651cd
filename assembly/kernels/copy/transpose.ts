// Transposes, in tiles of squares of one vector's width. Strides are in bytes.
import { loadRun, moveRun } from "./runs";

// Low, wide tiles: few lines of dst are written from end to end, as many as a line of src has elements.
const LOW: i32 = 16;
const WIDE: i32 = 256;
const LINE: i32 = 64;
// Lines that lie a multiple of this apart share few sets of the caches (4 KiB to a way of L1): then tiles whose lines still find
// room beside each other, measured for each size of elements.
const CONFLICTING: i32 = 1024;
// Columns of a matrix of few rows that are taken together.
const STRIPE: i32 = 1024;

/** dst[r][c] = src[c][r] with unit steps along c in dst and along r in src. */
export function transpose<T>(dst: usize, dRow: i32, src: usize, sCol: i32, rows: i32, cols: i32): void {
  const size = <i32>sizeof<T>();
  const lanes = lanesOf<T>();
  if (cols < max(lanes, 4)) {
    for (let c = 0; c < cols; ++c) moveRun<T>(dst + c * size, dRow, src + c * sCol, size, rows);
    return;
  }
  if (rows < lanes) {
    for (let c = 0; <u32>c < <u32>cols; c += STRIPE) {
      const width = min(STRIPE, cols - c);
      for (let r = 0; r < rows; ++r) loadRun<T>(dst + r * dRow + c * size, src + c * sCol + r * size, sCol, width);
    }
    return;
  }
  const conflicting = dRow % CONFLICTING == 0 || sCol % CONFLICTING == 0;
  const height = !conflicting ? max(LOW, LINE / size) : size == 4 ? 32 : 256;
  const width = !conflicting ? WIDE : size == 8 ? 16 : 32;
  for (let r = 0; <u32>r < <u32>rows; r += height) {
    for (let c = 0; <u32>c < <u32>cols; c += width) {
      const from = src + c * sCol + r * size;
      transposeTile<T>(dst + r * dRow + c * size, dRow, from, sCol, min(height, rows - r), min(width, cols - c));
    }
  }
}

function transposeTile<T>(dst: usize, dRow: i32, src: usize, sCol: i32, rows: i32, cols: i32): void {
  const size = <i32>sizeof<T>();
  const lanes = lanesOf<T>();
  let r = 0;
  for (; r + lanes <= rows; r += lanes) {
    let to = dst + r * dRow;
    let from = src + r * size;
    let c = 0;
    for (; c + lanes <= cols; c += lanes) {
      transposeLanes<T>(to, dRow, from, sCol);
      to += lanes * size;
      from += lanes * sCol;
    }
  }
  for (let c = cols - (cols & (lanes - 1)); c < cols; ++c) moveRun<T>(dst + c * size, dRow, src + c * sCol, size, r);
  for (; r < rows; ++r) loadRun<T>(dst + r * dRow, src + r * size, sCol, cols);
}

/** Rows and columns of a square that transposeLanes moves. */
// @ts-ignore: decorator
@inline
function lanesOf<T>(): i32 {
  return sizeof<T>() == 1 ? 8 : <i32>(16 / sizeof<T>());
}

/** A square: of one vector's width for elements of 4 and 8 bytes, 8 × 8 bytes. */
// @ts-ignore: decorator
@inline
export function transposeLanes<T>(dst: usize, dRow: i32, src: usize, sRow: i32): void {
  if (sizeof<T>() == 4) {
    const a = v128.load(src);
    const b = v128.load(src + sRow);
    const c = v128.load(src + 2 * sRow);
    const d = v128.load(src + 3 * sRow);
    const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
    const AB = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const CD = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
    v128.store(dst, v128.shuffle<i64>(ab, cd, 0, 2));
    v128.store(dst + dRow, v128.shuffle<i64>(ab, cd, 1, 3));
    v128.store(dst + 2 * dRow, v128.shuffle<i64>(AB, CD, 0, 2));
    v128.store(dst + 3 * dRow, v128.shuffle<i64>(AB, CD, 1, 3));
  } else if (sizeof<T>() == 8) {
    const a = v128.load(src);
    const b = v128.load(src + sRow);
    v128.store(dst, v128.shuffle<i64>(a, b, 0, 2));
    v128.store(dst + dRow, v128.shuffle<i64>(a, b, 1, 3));
  } else {
    const ab = zip<u8>(v128.load64_zero(src), v128.load64_zero(src + sRow));
    const cd = zip<u8>(v128.load64_zero(src + 2 * sRow), v128.load64_zero(src + 3 * sRow));
    const ef = zip<u8>(v128.load64_zero(src + 4 * sRow), v128.load64_zero(src + 5 * sRow));
    const gh = zip<u8>(v128.load64_zero(src + 6 * sRow), v128.load64_zero(src + 7 * sRow));
    const abcd = zip<u16>(ab, cd);
    const efgh = zip<u16>(ef, gh);
    const ABCD = v128.shuffle<i16>(ab, cd, 4, 12, 5, 13, 6, 14, 7, 15);
    const EFGH = v128.shuffle<i16>(ef, gh, 4, 12, 5, 13, 6, 14, 7, 15);
    storePair(dst, dRow, v128.shuffle<i32>(abcd, efgh, 0, 4, 1, 5));
    storePair(dst + 2 * dRow, dRow, v128.shuffle<i32>(abcd, efgh, 2, 6, 3, 7));
    storePair(dst + 4 * dRow, dRow, v128.shuffle<i32>(ABCD, EFGH, 0, 4, 1, 5));
    storePair(dst + 6 * dRow, dRow, v128.shuffle<i32>(ABCD, EFGH, 2, 6, 3, 7));
  }
}

// The lower halves, lane by lane.
// @ts-ignore: decorator
@inline
function zip<T>(a: v128, b: v128): v128 {
  if (sizeof<T>() == 1) return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

// @ts-ignore: decorator
@inline
function storePair(dst: usize, dRow: i32, rows: v128): void {
  v128.store64_lane(dst, rows, 0);
  v128.store64_lane(dst + dRow, rows, 1);
}
