// Moves elements between strided layouts; what an element means does not matter here, only its size (1, 4 or 8 bytes).
import { fillRun } from "./fill";
import {
  COPY_WALK,
  LOAD_WALK,
  appendDim,
  at,
  coalesce,
  kernelScratch,
  offsetA,
  offsetB,
  removeDim,
  seek,
  setDim,
  sizeAt,
  step,
  strideA,
  strideB,
} from "./strided";

/** dst[i…] = src[i…] over `dims`; the strides of dst must not make two elements meet. */
export function copyStrided(
  esize: i32,
  dst: usize,
  dstStrides: usize,
  src: usize,
  srcStrides: usize,
  ndim: i32,
  dims: usize,
): void {
  const walk = kernelScratch + COPY_WALK;
  let n = orderForWriting(walk, ndim, dims, dstStrides, srcStrides);
  if (n < 0) return;
  // Rows and columns of the innermost, two-dimensional part; what is left of the walk is outer.
  let cols = 1;
  let dCol = 1;
  let sCol = 1;
  if (n > 0) {
    --n;
    cols = sizeAt(walk, n);
    dCol = strideA(walk, n);
    sCol = strideB(walk, n);
  }
  let rows = 1;
  let dRow = 0;
  let sRow = 0;
  if (n > 0) {
    const d = rowDim(walk, n);
    rows = sizeAt(walk, d);
    dRow = strideA(walk, d);
    sRow = strideB(walk, d);
    removeDim(walk, n, d);
    --n;
  }
  seek(walk, n, 0);
  do {
    const to = dst + <usize>(offsetA(walk) * esize);
    const from = src + <usize>(offsetB(walk) * esize);
    if (esize == 4) copyRows<u32>(to, dRow << 2, dCol << 2, from, sRow << 2, sCol << 2, rows, cols);
    else if (esize == 8) copyRows<u64>(to, dRow << 3, dCol << 3, from, sRow << 3, sCol << 3, rows, cols);
    else copyRows<u8>(to, dRow, dCol, from, sRow, sCol, rows, cols);
  } while (step(walk, n));
}

/** Like coalesce, with the dims sorted by the step that dst makes, longest first: a permuted dst is written in order. */
function orderForWriting(walk: usize, ndim: i32, dims: usize, dstStrides: usize, srcStrides: usize): i32 {
  let n = 0;
  for (let d = 0; d < ndim; ++d) {
    const size = at(dims, d);
    if (size == 0) return -1;
    if (size == 1) continue;
    const a = at(dstStrides, d);
    let e = n++;
    for (; e > 0 && abs(strideA(walk, e - 1)) < abs(a); --e) {
      setDim(walk, e, sizeAt(walk, e - 1), strideA(walk, e - 1), strideB(walk, e - 1));
    }
    setDim(walk, e, size, a, at(srcStrides, d));
  }
  let merged = 0;
  for (let d = 0; d < n; ++d) merged = appendDim(walk, merged, sizeAt(walk, d), strideA(walk, d), strideB(walk, d));
  return merged;
}

/** The dim to pair with the innermost: that of the shortest step in src, so that whole cache lines of src are used. */
function rowDim(walk: usize, n: i32): i32 {
  let best = n - 1;
  for (let d = n - 2; d >= 0; --d) {
    const stride = abs(strideB(walk, d));
    if (stride != 0 && (stride < abs(strideB(walk, best)) || strideB(walk, best) == 0)) best = d;
  }
  return best;
}

// Strides of copyRows and below are in bytes.

function copyRows<T>(dst: usize, dRow: i32, dCol: i32, src: usize, sRow: i32, sCol: i32, rows: i32, cols: i32): void {
  const size = <i32>sizeof<T>();
  if (dCol == size) {
    if (sizeof<T>() > 1 && sRow == size && sCol != size && sCol != 0) {
      transpose<T>(dst, dRow, src, sCol, rows, cols);
      return;
    }
    for (; rows > 0; --rows) {
      loadRun<T>(dst, src, sCol, cols);
      dst += dRow;
      src += sRow;
    }
    return;
  }
  for (; rows > 0; --rows) {
    let to = dst;
    let from = src;
    for (let i = 0; i < cols; ++i) {
      store<T>(to, load<T>(from));
      to += dCol;
      from += sCol;
    }
    dst += dRow;
    src += sRow;
  }
}

// Tiles of 32 × 32: 32 cache lines of each side stay in L1 while a tile is moved.
const TILE: i32 = 32;

/** dst[r][c] = src[c][r] with unit steps along c in dst and along r in src. */
function transpose<T>(dst: usize, dRow: i32, src: usize, sCol: i32, rows: i32, cols: i32): void {
  const lanes = <i32>(16 / sizeof<T>());
  for (let r0 = 0; r0 < rows; r0 += TILE) {
    const rEnd = min(r0 + TILE, rows);
    for (let c0 = 0; c0 < cols; c0 += TILE) {
      const cEnd = min(c0 + TILE, cols);
      let r = r0;
      for (; r + lanes <= rEnd; r += lanes) {
        let c = c0;
        for (; c + lanes <= cEnd; c += lanes) {
          transposeLanes<T>(dst + r * dRow + c * <i32>sizeof<T>(), dRow, src + c * sCol + r * <i32>sizeof<T>(), sCol);
        }
        for (let q = r; q < r + lanes; ++q) transposeRow<T>(dst, dRow, src, sCol, q, c, cEnd);
      }
      for (; r < rEnd; ++r) transposeRow<T>(dst, dRow, src, sCol, r, c0, cEnd);
    }
  }
}

// @ts-ignore: decorator
@inline
function transposeRow<T>(dst: usize, dRow: i32, src: usize, sCol: i32, r: i32, c: i32, cEnd: i32): void {
  const size = <i32>sizeof<T>();
  for (; c < cEnd; ++c) store<T>(dst + r * dRow + c * size, load<T>(src + c * sCol + r * size));
}

/** A square of one vector's width. */
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
  } else {
    const a = v128.load(src);
    const b = v128.load(src + sRow);
    v128.store(dst, v128.shuffle<i64>(a, b, 0, 2));
    v128.store(dst + dRow, v128.shuffle<i64>(a, b, 1, 3));
  }
}

/** Gathers the n elements at row-major positions start … start+n-1 of a strided view into contiguous dst. */
export function loadBlock(
  esize: i32,
  dst: usize,
  src: usize,
  start: i32,
  n: i32,
  ndim: i32,
  dims: usize,
  strides: usize,
): void {
  if (n <= 0) return;
  const walk = kernelScratch + LOAD_WALK;
  loadWalked(esize, dst, src, start, n, walk, coalesce(walk, ndim, dims, strides, strides));
}

/** loadBlock over dims that are in a walk already (strides of a). */
export function loadWalked(esize: i32, dst: usize, src: usize, start: i32, n: i32, walk: usize, ndim: i32): void {
  if (esize == 4) loadRuns<u32>(dst, src, start, n, walk, ndim);
  else if (esize == 8) loadRuns<u64>(dst, src, start, n, walk, ndim);
  else loadRuns<u8>(dst, src, start, n, walk, ndim);
}

function loadRuns<T>(dst: usize, src: usize, start: i32, n: i32, walk: usize, ndim: i32): void {
  const size = <i32>sizeof<T>();
  if (ndim <= 1) {
    const stride = ndim == 1 ? strideA(walk, 0) * size : 0;
    loadRun<T>(dst, src + start * stride, stride, n);
    return;
  }
  // The two innermost dims are a slab, of which rows are runs; the odometer turns over the dims outside.
  const inner = sizeAt(walk, ndim - 1);
  const stride = strideA(walk, ndim - 1) * size;
  const rowStride = strideA(walk, ndim - 2) * size;
  const outer = ndim - 2;
  if (outer == 0) {
    loadSlab<T>(dst, src, start, n, inner, rowStride, stride);
    return;
  }
  const slab = sizeAt(walk, ndim - 2) * inner;
  const first = start / slab;
  let skip = start - first * slab;
  seek(walk, outer, first);
  while (n > 0) {
    const length = min(slab - skip, n);
    loadSlab<T>(dst, src + offsetA(walk) * size, skip, length, inner, rowStride, stride);
    dst += length * size;
    n -= length;
    skip = 0;
    step(walk, outer);
  }
}

// Rows shorter than this many bytes are repeated by doubling, shorter than this many elements are loaded by columns.
const SHORT_PERIOD: i32 = 256;
const SHORT_ROW: i32 = 8;

/** loadBlock over rows of `inner` elements. */
function loadSlab<T>(dst: usize, src: usize, start: i32, n: i32, inner: i32, rowStride: i32, stride: i32): void {
  const size = <i32>sizeof<T>();
  let row = 0;
  let skip = start;
  if (start >= inner) {
    row = start / inner;
    skip = start - row * inner;
  }
  let from = src + row * rowStride;
  if (skip > 0) {
    const length = min(inner - skip, n);
    loadRun<T>(dst, from + skip * stride, stride, length);
    dst += length * size;
    from += rowStride;
    n -= length;
  }
  if (n > inner && rowStride == 0 && inner * size < SHORT_PERIOD) {
    loadRun<T>(dst, from, stride, inner);
    for (let done = inner; done < n; done <<= 1) copyRun<T>(dst + done * size, dst, min(done, n - done));
    return;
  }
  if (n >= 4 * inner && inner <= SHORT_ROW) {
    const rows = n / inner;
    for (let j = 0; j < inner; ++j) {
      let to = dst + j * size;
      let x = from + j * stride;
      for (let r = rows; r > 0; --r) {
        store<T>(to, load<T>(x));
        to += inner * size;
        x += rowStride;
      }
    }
    n -= rows * inner;
    dst += rows * inner * size;
    from += rows * rowStride;
  }
  while (n > 0) {
    const length = min(inner, n);
    loadRun<T>(dst, from, stride, length);
    dst += length * size;
    from += rowStride;
    n -= length;
  }
}

// From here on a call of memory.copy costs less than the loop does.
const LONG_RUN: i32 = 512;

/** dst[i] = src[i · stride] for i < n, exactly n elements written. */
// @ts-ignore: decorator
@inline
function loadRun<T>(dst: usize, src: usize, stride: i32, n: i32): void {
  if (stride == <i32>sizeof<T>()) copyRun<T>(dst, src, n);
  else if (stride == 0) fillRun<T>(dst, load<T>(src), n);
  else stridedRun<T>(dst, src, stride, n);
}

export function copyRun<T>(dst: usize, src: usize, n: i32): void {
  const bytes = n * <i32>sizeof<T>();
  if (bytes >= LONG_RUN) {
    memory.copy(dst, src, <usize>bytes);
    return;
  }
  const end = dst + <usize>bytes;
  for (; dst + 16 <= end; dst += 16, src += 16) v128.store(dst, v128.load(src));
  for (; dst < end; dst += sizeof<T>(), src += sizeof<T>()) store<T>(dst, load<T>(src));
}

function stridedRun<T>(dst: usize, src: usize, stride: i32, n: i32): void {
  const size = sizeof<T>();
  const end = dst + <usize>n * size;
  const step4 = stride << 2;
  for (; dst + 4 * size <= end; dst += 4 * size) {
    store<T>(dst, load<T>(src));
    store<T>(dst + size, load<T>(src + stride));
    store<T>(dst + 2 * size, load<T>(src + 2 * stride));
    store<T>(dst + 3 * size, load<T>(src + 3 * stride));
    src += step4;
  }
  for (; dst < end; dst += size) {
    store<T>(dst, load<T>(src));
    src += stride;
  }
}
