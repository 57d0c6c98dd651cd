// Scratch memory of the kernels, one region per thread; kernels/strided.ts says what lies where.

/** Bytes of the region. */
export const SCRATCH_BYTES: i32 = 67152;

/** Where this thread's region is. A wasm global belongs to the instance, so a worker on shared memory sets its own. */
export let kernelScratch: usize = memory.data(SCRATCH_BYTES, 16);

export function setKernelScratch(base: usize): void {
  kernelScratch = base;
}
