// The kernels as a module of their own, for tests and measurements: the tests lay operands out in memory from heapBase on.
export { copyStrided, loadBlock } from "../kernels/copy";
export { fill, iota } from "../kernels/fill";
export {
  gather,
  gatherPart,
  gatherParts,
  outOfRange,
  scatterAdd,
  scatterAddPart,
  scatterAddParts,
} from "../kernels/gather";
export { gemm, gemmWorkspace } from "../kernels/gemm";
export { philox } from "../kernels/philox";
export { reduce } from "../kernels/reduce";
export { argsort, argsortPart, argsortParts, argsortWorkspace } from "../kernels/sort";

/** First byte that the tests may use. */
export function heapBase(): usize {
  return (__heap_base + 63) & ~63;
}
