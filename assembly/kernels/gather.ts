// Reading and adding at indices along one dim (torch.gather, Tensor.scatter_add). Indices are int32.
import { DType } from "../abi/opcodes";
import { copyRun } from "./copy/runs";
import { LOAD_WALK, at, counterAt, kernelScratch, offsetA, offsetB, seek, setDim, step } from "./strided";

/**
 * dst[…, i, …] = src[…, index[…, i, …], …] along `dim`; dst is contiguous in the index's shape. Returns 0, or one more than
 * the flat position of the first index outside 0 … srcSize-1, where it stops.
 */
export function gatherDim(
  esize: i32,
  dst: usize,
  ndim: i32,
  outDims: usize,
  dim: i32,
  src: usize,
  srcStrides: usize,
  srcSize: i32,
  index: usize,
  indexStrides: usize,
): i32 {
  if (esize == 4) return gatherRows<u32>(dst, ndim, outDims, dim, src, srcStrides, srcSize, index, indexStrides);
  if (esize == 8) return gatherRows<u64>(dst, ndim, outDims, dim, src, srcStrides, srcSize, index, indexStrides);
  return gatherRows<u8>(dst, ndim, outDims, dim, src, srcStrides, srcSize, index, indexStrides);
}

function gatherRows<T>(
  dst: usize,
  ndim: i32,
  outDims: usize,
  dim: i32,
  src: usize,
  srcStrides: usize,
  srcSize: i32,
  index: usize,
  indexStrides: usize,
): i32 {
  const size = <i32>sizeof<T>();
  const walk = kernelScratch + LOAD_WALK;
  // Operand a is the index; b is src, standing still along `dim`, where the index decides.
  const outer = walkBeside(walk, ndim, outDims, dim, indexStrides, srcStrides);
  if (outer < 0) return 0;
  const cols = ndim > 0 ? at(outDims, ndim - 1) : 1;
  const indexStep = ndim > 0 ? at(indexStrides, ndim - 1) << 2 : 0;
  const srcStep = ndim > 0 && dim != ndim - 1 ? at(srcStrides, ndim - 1) * size : 0;
  const pick = ndim > 0 ? at(srcStrides, dim) * size : 0;
  const wholeRows = indexStep == 0 && srcStep == size;
  const first = dst;
  seek(walk, outer, 0);
  do {
    let indexAt = index + (offsetA(walk) << 2);
    let from = src + offsetB(walk) * size;
    if (wholeRows) {
      const i = load<i32>(indexAt);
      if (<u32>i >= <u32>srcSize) return failure<T>(first, dst);
      copyRun<T>(dst, from + i * pick, cols);
      dst += cols * size;
      continue;
    }
    for (let j = 0; j < cols; ++j) {
      const i = load<i32>(indexAt);
      if (<u32>i >= <u32>srcSize) return failure<T>(first, dst);
      store<T>(dst, load<T>(from + i * pick));
      dst += size;
      indexAt += indexStep;
      from += srcStep;
    }
  } while (step(walk, outer));
  return 0;
}

// @ts-ignore: decorator
@inline
function failure<T>(first: usize, dst: usize): i32 {
  return <i32>((dst - first) / sizeof<T>()) + 1;
}

/** All dims but the last, b with stride 0 along `dim`; returns their number, or -1 when there is no element. */
function walkBeside(walk: usize, ndim: i32, dims: usize, dim: i32, a: usize, b: usize): i32 {
  for (let d = 0; d < ndim; ++d) {
    const size = at(dims, d);
    if (size == 0) return -1;
    setDim(walk, d, size, at(a, d), d == dim ? 0 : at(b, d));
  }
  return max(ndim - 1, 0);
}

/**
 * dst[…, index[…, i, …], …] += src[…, i, …] along `dim`, in row-major order of the index (so that a sum at one place is
 * always added up in the same order). Bool elements are or-ed. Returns as gatherDim does.
 */
export function scatterAddDim(
  dtype: i32,
  dst: usize,
  ndim: i32,
  dstStrides: usize,
  dstSize: i32,
  dim: i32,
  indexDims: usize,
  src: usize,
  srcStrides: usize,
  index: usize,
  indexStrides: usize,
): i32 {
  if (dtype == DType.Float32)
    return scatterRows<f32>(dst, ndim, dstStrides, dstSize, dim, indexDims, src, srcStrides, index, indexStrides);
  if (dtype == DType.Float64)
    return scatterRows<f64>(dst, ndim, dstStrides, dstSize, dim, indexDims, src, srcStrides, index, indexStrides);
  if (dtype == DType.Int32)
    return scatterRows<i32>(dst, ndim, dstStrides, dstSize, dim, indexDims, src, srcStrides, index, indexStrides);
  return scatterRows<u8>(dst, ndim, dstStrides, dstSize, dim, indexDims, src, srcStrides, index, indexStrides);
}

function scatterRows<T>(
  dst: usize,
  ndim: i32,
  dstStrides: usize,
  dstSize: i32,
  dim: i32,
  indexDims: usize,
  src: usize,
  srcStrides: usize,
  index: usize,
  indexStrides: usize,
): i32 {
  const size = <i32>sizeof<T>();
  const walk = kernelScratch + LOAD_WALK;
  const outer = walkBeside(walk, ndim, indexDims, dim, indexStrides, dstStrides);
  if (outer < 0) return 0;
  const last = ndim - 1;
  const cols = ndim > 0 ? at(indexDims, last) : 1;
  const indexStep = ndim > 0 ? at(indexStrides, last) << 2 : 0;
  const srcStep = ndim > 0 ? at(srcStrides, last) * size : 0;
  const dstStep = ndim > 0 && dim != last ? at(dstStrides, last) * size : 0;
  const pick = ndim > 0 ? at(dstStrides, dim) * size : 0;
  const wholeRows = indexStep == 0 && dstStep == size && srcStep == size;
  let position = 0;
  seek(walk, outer, 0);
  do {
    let indexAt = index + (offsetA(walk) << 2);
    let to = dst + offsetB(walk) * size;
    let from = src + outerOffset(walk, outer, srcStrides) * size;
    if (wholeRows) {
      const i = load<i32>(indexAt);
      if (<u32>i >= <u32>dstSize) return position + 1;
      accumulateRun<T>(to + i * pick, from, cols);
      position += cols;
      continue;
    }
    for (let j = 0; j < cols; ++j) {
      const i = load<i32>(indexAt);
      if (<u32>i >= <u32>dstSize) return position + j + 1;
      accumulate<T>(to + i * pick, from);
      to += dstStep;
      indexAt += indexStep;
      from += srcStep;
    }
    position += cols;
  } while (step(walk, outer));
  return 0;
}

/** A third operand's offset at the walk's position. */
function outerOffset(walk: usize, outer: i32, strides: usize): i32 {
  let offset = 0;
  for (let d = 0; d < outer; ++d) offset += counterAt(walk, d) * at(strides, d);
  return offset;
}

// @ts-ignore: decorator
@inline
function accumulate<T>(dst: usize, src: usize): void {
  if (sizeof<T>() == 1) store<u8>(dst, load<u8>(dst) | load<u8>(src));
  else store<T>(dst, <T>(load<T>(dst) + load<T>(src)));
}

function accumulateRun<T>(dst: usize, src: usize, n: i32): void {
  const end = dst + <usize>n * sizeof<T>();
  for (; dst + 16 <= end; dst += 16, src += 16) {
    const a = v128.load(dst);
    const b = v128.load(src);
    v128.store(dst, sizeof<T>() == 1 ? v128.or(a, b) : v128.add<T>(a, b));
  }
  for (; dst < end; dst += sizeof<T>(), src += sizeof<T>()) accumulate<T>(dst, src);
}
