// Moves elements between strided layouts; what an element means does not matter here, only its size (1, 4 or 8 bytes).
import { copyRun, loadRun, moveRun, repeatElements } from "./copy/runs";
import { transpose } from "./copy/transpose";
import {
  COPY_WALK,
  LOAD_WALK,
  at,
  coalesce,
  counterAt,
  merged,
  offsetA,
  offsetB,
  quotientUp,
  removeDim,
  seek,
  setDim,
  sizeAt,
  step,
  strideA,
  strideB,
} from "./strided";
import { kernelScratch } from "../threads/scratch";

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
  copyWalked(esize, dst, src, walk, orderForWriting(walk, ndim, dims, dstStrides, srcStrides));
}

// -- parts

/** The arguments of copyStrided. */
@unmanaged
export class Copy {
  esize: i32;
  dst: usize;
  dstStrides: usize;
  src: usize;
  srcStrides: usize;
  ndim: i32;
  dims: usize;
}

// About 100 µs of work each.
const PART_BYTES: f64 = 2097152;
const MAX_PARTS: i32 = 64;
/** A range of the innermost dim begins where a cache line may. */
const LINE: i32 = 64;

let cutDim: i32 = 0;
/** Positions of the dim to a part. */
let cutLength: i32 = 0;

// The ranges that a walk of n dims is cut into: those of the outermost dim that is long enough, else of the longest.
function countParts(esize: i32, walk: usize, n: i32): i32 {
  let bytes = <f64>esize;
  for (let d = 0; d < n; ++d) bytes *= <f64>sizeAt(walk, d);
  const wanted = <i32>min(<f64>MAX_PARTS, bytes / PART_BYTES);
  if (n <= 0 || wanted < 2) return 1;
  cutDim = 0;
  for (let d = 1; d < n && sizeAt(walk, cutDim) < wanted; ++d) if (sizeAt(walk, d) > sizeAt(walk, cutDim)) cutDim = d;
  const size = sizeAt(walk, cutDim);
  cutLength = quotientUp(size, wanted);
  if (cutDim == n - 1) cutLength = (cutLength + LINE - 1) & ~(LINE - 1);
  return quotientUp(size, cutLength);
}

/** How many parts `copyPart` can be called for, in any order and at once. */
export function copyParts(job: Copy): i32 {
  const walk = kernelScratch + COPY_WALK;
  return countParts(job.esize, walk, orderForWriting(walk, job.ndim, job.dims, job.dstStrides, job.srcStrides));
}

export function copyPart(job: Copy, part: i32): void {
  const walk = kernelScratch + COPY_WALK;
  const n = orderForWriting(walk, job.ndim, job.dims, job.dstStrides, job.srcStrides);
  let dst = job.dst;
  let src = job.src;
  if (countParts(job.esize, walk, n) > 1) {
    const first = part * cutLength;
    const a = strideA(walk, cutDim);
    const b = strideB(walk, cutDim);
    dst += first * a * job.esize;
    src += first * b * job.esize;
    setDim(walk, cutDim, min(cutLength, sizeAt(walk, cutDim) - first), a, b);
  }
  copyWalked(job.esize, dst, src, walk, n);
}

// -- layouts

function copyWalked(esize: i32, dst: usize, src: usize, walk: usize, n: i32): void {
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
  return merged(walk, n);
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
    if (sRow == -size) {
      // From the last row to the first, src is stepped through forwards.
      dst += (rows - 1) * dRow;
      src += (rows - 1) * sRow;
      dRow = -dRow;
      sRow = size;
    }
    if (sRow == size && sCol != size && sCol != 0) {
      transpose<T>(dst, dRow, src, sCol, rows, cols);
      return;
    }
    if (sCol == 0 && sRow == size && dRow == cols * size && dRow <= 16) {
      repeatElements<T>(dst, src, cols, rows);
      return;
    }
    if (abs(sCol) <= abs(sRow) || sRow == 0 || sCol == 0) {
      for (; rows > 0; --rows) {
        loadRun<T>(dst, src, sCol, cols);
        dst += dRow;
        src += sRow;
      }
      return;
    }
  }
  // Tiles whose lines stay in L1 on both sides while they are moved.
  for (let r = 0; <u32>r < <u32>rows; r += TILE) {
    for (let c = 0; <u32>c < <u32>cols; c += TILE) {
      let to = dst + r * dRow + c * dCol;
      let from = src + r * sRow + c * sCol;
      const width = min(TILE, cols - c);
      for (let q = min(TILE, rows - r); q > 0; --q) {
        moveRun<T>(to, dCol, from, sCol, width);
        to += dRow;
        from += sRow;
      }
    }
  }
}
const TILE: i32 = 32;

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
  let first = start / slab;
  let skip = start - first * slab;
  seek(walk, outer, first);
  while (n > 0) {
    // Small slabs in a straight loop: the odometer would cost more than the elements.
    const slabs = slab <= SMALL_SLAB && skip == 0 ? slabsAhead(walk, outer - 1, n / slab) : 0;
    if (slabs > 1) {
      const step = strideA(walk, outer - 1) * size;
      loadSlabs<T>(dst, src + offsetA(walk) * size, step, slabs, slab / inner, rowStride, inner, stride);
      dst += slabs * slab * size;
      n -= slabs * slab;
      first += slabs;
      if (n > 0) seek(walk, outer, first);
      continue;
    }
    const length = min(slab - skip, n);
    loadSlab<T>(dst, src + offsetA(walk) * size, skip, length, inner, rowStride, stride);
    dst += length * size;
    n -= length;
    skip = 0;
    first++;
    step(walk, outer);
  }
}
const SMALL_SLAB: i32 = 32;
// @ts-ignore: decorator
@inline
function slabsAhead(walk: usize, d: i32, most: i32): i32 {
  return min(sizeAt(walk, d) - counterAt(walk, d), most);
}
/** `slabs` times rows × inner elements, the slabs `slabStride` bytes apart. */
function loadSlabs<T>(
  dst: usize,
  src: usize,
  slabStride: i32,
  slabs: i32,
  rows: i32,
  rowStride: i32,
  inner: i32,
  stride: i32,
): void {
  for (; slabs > 0; --slabs, src += slabStride) {
    let row = src;
    for (let r = rows; r > 0; --r, row += rowStride) {
      let from = row;
      for (let i = inner; i > 0; --i, from += stride, dst += sizeof<T>()) store<T>(dst, load<T>(from));
    }
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
  // Whole rows: those of a transposed matrix by squares, short ones by columns or overlapping each other.
  const rows = n >= 4 * inner ? n / inner : 0;
  if (rows > 0 && abs(rowStride) == size && stride != 0 && stride != size) {
    const back = rowStride < 0 ? rows - 1 : 0;
    transpose<T>(
      dst + back * inner * size,
      back ? -inner * size : inner * size,
      from + back * rowStride,
      stride,
      rows,
      inner,
    );
    n -= rows * inner;
    dst += rows * inner * size;
    from += rows * rowStride;
  } else if (rows > 0 && stride == 0 && inner * size >= 16 && inner * size <= SHORT_PERIOD) {
    for (let r = rows - 1; r > 0; --r) {
      splatRow<T>(dst, from, inner * size);
      dst += inner * size;
      from += rowStride;
    }
    n -= (rows - 1) * inner;
  } else if (rows > 0 && inner <= SHORT_ROW && stride != size) {
    for (let j = 0; j < inner; ++j) moveRun<T>(dst + j * size, inner * size, from + j * stride, rowStride, rows);
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

/** A row of one repeated element; up to a vector more is written. */
// @ts-ignore: decorator
@inline
function splatRow<T>(dst: usize, src: usize, bytes: i32): void {
  const vector = v128.splat<T>(load<T>(src));
  const end = dst + <usize>bytes;
  for (; dst < end; dst += 16) v128.store(dst, vector);
}
