// Copies between strided layouts on all threads.
import { parallelFor } from "../../threads/pool";
import { Copy, copyPart, copyParts, copyStrided } from "../copy";

/** Smaller copies are one part: finding that out costs more than it is worth. */
const SMALL: i32 = 65536;
const job = changetype<Copy>(memory.data(28));

/** copyStrided (kernels/copy.ts) for `numel` elements. */
export function copyValues(
  esize: i32,
  numel: i32,
  dst: usize,
  dstStrides: usize,
  src: usize,
  srcStrides: usize,
  ndim: i32,
  dims: usize,
): void {
  if (numel < SMALL) return copyStrided(esize, dst, dstStrides, src, srcStrides, ndim, dims);
  job.esize = esize;
  job.dst = dst;
  job.dstStrides = dstStrides;
  job.src = src;
  job.srcStrides = srcStrides;
  job.ndim = ndim;
  job.dims = dims;
  parallelFor<Copy>(copyPart, job, copyParts(job));
}
