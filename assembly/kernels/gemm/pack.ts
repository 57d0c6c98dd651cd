// Packing: lanes × depth elements of a strided matrix, in the order in which the micro-kernels read them. Strides in bytes.
import { transposeLanes } from "../copy/transpose";

/** Rows of a source that are read side by side: fewer than an L1 set has ways, for rows a multiple of 4 KiB apart share one. */
const STREAMS: i32 = 8;

/**
 * Panels of `width` lanes, depth-major: panel p holds lanes p·width … and takes width · depth elements. The lanes that the
 * last panel has too many hold anything: the micro-kernel does not store what becomes of them.
 */
export function packPanels<T>(
  dst: usize,
  width: i32,
  src: usize,
  laneStride: i32,
  depthStride: i32,
  lanes: i32,
  depth: i32,
): void {
  const size = <i32>sizeof<T>();
  const panel = width * depth * size;
  if (laneStride == size) {
    // In groups of a few source rows, each read from end to end: panel by panel the reads would be a few bytes per row.
    for (; depth > 0; depth -= STREAMS) {
      packContiguousLanes(dst, panel, width * size, src, depthStride, lanes * size, min(depth, STREAMS));
      dst += STREAMS * width * size;
      src += STREAMS * depthStride;
    }
    return;
  }
  for (; lanes > 0; lanes -= width) {
    if (depthStride == size && lanes >= width) packContiguousDepth<T>(dst, width, src, laneStride, depth);
    else packElements<T>(dst, width, src, laneStride, depthStride, min(lanes, width), depth);
    dst += panel;
    src += width * laneStride;
  }
}

/** Panels of 16 or 32 bytes a row. */
function packContiguousLanes(
  dst: usize,
  panel: i32,
  bytes: i32,
  src: usize,
  depthStride: i32,
  laneBytes: i32,
  depth: i32,
): void {
  for (; laneBytes > 0; laneBytes -= bytes) {
    let from = src;
    let to = dst;
    if (bytes == 16) {
      for (let p = depth; p > 0; --p, to += 16) {
        v128.store(to, v128.load(from));
        from += depthStride;
      }
    } else {
      for (let p = depth; p > 0; --p, to += 32) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
        from += depthStride;
      }
    }
    dst += panel;
    src += bytes;
  }
}

function packContiguousDepth<T>(dst: usize, width: i32, src: usize, laneStride: i32, depth: i32): void {
  const size = <i32>sizeof<T>();
  const square = 16 / size;
  const row = width * size;
  for (; depth >= square; depth -= square, src += 16, dst += 16 * width) {
    for (let lane = 0; lane < width; lane += square) {
      transposeLanes<T>(dst + lane * size, row, src + lane * laneStride, laneStride);
    }
  }
  packElements<T>(dst, width, src, laneStride, size, width, depth);
}

function packElements<T>(
  dst: usize,
  width: i32,
  src: usize,
  laneStride: i32,
  depthStride: i32,
  lanes: i32,
  depth: i32,
): void {
  const row = width * <i32>sizeof<T>();
  for (; depth > 0; --depth, dst += row) {
    let from = src;
    let to = dst;
    for (let i = 0; i < lanes; ++i, to += sizeof<T>()) {
      store<T>(to, load<T>(from));
      from += laneStride;
    }
    src += depthStride;
  }
}

/** Lanes as rows of `depth` contiguous elements, `row` bytes apart. */
export function packRows<T>(
  dst: usize,
  row: i32,
  src: usize,
  laneStride: i32,
  depthStride: i32,
  lanes: i32,
  depth: i32,
): void {
  const size = <i32>sizeof<T>();
  const square = 16 / size;
  let p = 0;
  if (laneStride == size) {
    // Along the lanes first: whole cache lines of the source are used up before the next depth evicts them.
    for (; p + square <= depth; p += square) {
      let lane = 0;
      for (; lane + square <= lanes; lane += square) {
        transposeLanes<T>(dst + lane * row + p * size, row, src + lane * size, depthStride);
      }
      for (; lane < lanes; ++lane) {
        for (let q = 0; q < square; ++q) {
          store<T>(dst + lane * row + (p + q) * size, load<T>(src + lane * size + q * depthStride));
        }
      }
      src += square * depthStride;
    }
  }
  for (; p < depth; ++p) {
    let from = src;
    let to = dst + p * size;
    for (let lane = 0; lane < lanes; ++lane) {
      store<T>(to, load<T>(from));
      from += laneStride;
      to += row;
    }
    src += depthStride;
  }
}
