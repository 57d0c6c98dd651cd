// Which way a reduction walks memory. Two walks in scratch: the dims kept (a: strides of src, b: those of dst) and the dims
// removed (a: strides of src).
import { KEPT_WALK, REDUCED_WALK, appendDim, at, kernelScratch, sizeAt, strideA } from "../strided";

/** The kept dims with the strides of a contiguous dst, coalesced; their number, or -1 when there is no element. */
export function keepDims(walk: usize, ndim: i32, dims: usize, strides: usize): i32 {
  let step = 1;
  for (let d = 0; d < ndim; ++d) step *= at(dims, d);
  if (step == 0) return -1;
  let n = 0;
  for (let d = 0; d < ndim; ++d) {
    const size = at(dims, d);
    if (size == 1) continue;
    step /= size;
    n = appendDim(walk, n, size, at(strides, d), step);
  }
  return n;
}

/**
 * The kept dim along which src is contiguous, to reduce many columns at once with whole vectors; -1 where elements of
 * a single result should be read one after the other instead: the innermost removed dim is itself contiguous, or there is
 * no such dim.
 */
export function columnDim(kept: i32, reduced: i32): i32 {
  if (reduced <= 0 || strideA(kernelScratch + REDUCED_WALK, reduced - 1) == 1) return -1;
  const walk = kernelScratch + KEPT_WALK;
  for (let d = kept - 1; d >= 0; --d) if (strideA(walk, d) == 1 && sizeAt(walk, d) > 1) return d;
  return -1;
}
