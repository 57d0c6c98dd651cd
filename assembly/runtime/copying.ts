// Copies between strided layouts on all threads.
import { Copy, copyParts, copyStrided } from "../kernels/copy";
import { parallelFor } from "./parallel";
import { Job } from "./parts";

/** Smaller copies are not worth asking how they would be cut. */
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
  parallelFor(Job.Copy, changetype<usize>(job), copyParts(job));
}
