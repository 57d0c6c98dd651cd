// Packing: lanes × depth elements of a strided matrix into panels of `width` lanes, depth-major.
import { transposeLanes } from "../copy/transpose";

/**
 * Strides in bytes; panel p holds lanes p·width … and takes width · depth elements. The lanes that the last panel has too
 * many hold anything: the micro-kernel does not store what becomes of them.
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
  for (; lanes > 0; lanes -= width) {
    if (laneStride == size) packContiguousLanes(dst, width * size, src, depthStride, depth);
    else if (depthStride == size && lanes >= width) packContiguousDepth<T>(dst, width, src, laneStride, depth);
    else packElements<T>(dst, width, src, laneStride, depthStride, min(lanes, width), depth);
    dst += width * depth * size;
    src += width * laneStride;
  }
}

/** Rows of 16 or 32 bytes. */
function packContiguousLanes(dst: usize, bytes: i32, src: usize, depthStride: i32, depth: i32): void {
  if (bytes == 16) {
    for (; depth > 0; --depth, dst += 16) {
      v128.store(dst, v128.load(src));
      src += depthStride;
    }
    return;
  }
  for (; depth > 0; --depth, dst += 32) {
    v128.store(dst, v128.load(src));
    v128.store(dst, v128.load(src, 16), 16);
    src += depthStride;
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
