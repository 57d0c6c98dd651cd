// The kernels as a module of their own, for tests and measurements: the tests lay operands out in memory from heapBase on.
export { copyPart, copyParts, copyStrided, loadBlock } from "../kernels/copy";
export { loadThrough, panelBytes } from "../kernels/copy/panel";
export { fill, iota } from "../kernels/fill";
export { gatherDim, scatterAddDim } from "../kernels/gather";
export { gemm, gemmWorkspace } from "../kernels/gemm";
export { draw, philox } from "../kernels/philox";
export { reduce, reduceFinish, reducePart, reduceParts, reduceWorkspace } from "../kernels/reduce";

/** First byte that the tests may use. */
export function heapBase(): usize {
  return (__heap_base + 63) & ~63;
}
