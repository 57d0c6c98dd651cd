// The kernels as a module of their own, for tests and measurements: the tests lay operands out in memory from heapBase on.
export { copyPart, copyParts, copyStrided, loadBlock } from "../kernels/copy";
export { loadThrough, panelBytes } from "../kernels/copy/panel";
export { convolutionPartIn, convolutionParts, convolutionWorkspace } from "../kernels/convolution";
export { fill, iota } from "../kernels/fill";
export { gemmPartIn, gemmPartWorkspace, gemmParts } from "../kernels/gemm";
import { Epilogue, GEMM_BYTES, Gemm } from "../kernels/gemm/descriptor";
export {
  gather,
  gatherPart,
  gatherParts,
  outOfRange,
  scatter,
  scatterAdd,
  scatterAddPart,
  scatterAddParts,
  scatterPart,
} from "../kernels/gather";
export { draw, philox } from "../kernels/philox";
export { reduce, reduceFinish, reducePart, reduceParts, reduceWorkspace } from "../kernels/reduce";
export { planScan, scanOffsets, scanPart, scanTotals } from "../kernels/scan";
export { argsort, argsortPart, argsortParts, argsortWorkspace } from "../kernels/sort";

// -- descriptors of matrix products, at addresses of the tests' own

export { GEMM_BYTES as gemmBytes };

export function describeGemm(
  at: usize,
  dtype: i32,
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aRow: i32,
  aCol: i32,
  b: usize,
  bRow: i32,
  bCol: i32,
  c: usize,
): void {
  changetype<Gemm>(at).set(dtype, m, n, k, a, aRow, aCol, b, bRow, bCol, c);
}
export function addBatchDim(at: usize, size: i32, aStride: i32, bStride: i32): void {
  changetype<Gemm>(at).addBatchDim(size, aStride, bStride);
}
export function accumulateGemm(at: usize): void {
  changetype<Gemm>(at).accumulate = 1;
}
export function addToGemm(at: usize, addend: usize, rows: i32, row: i32, column: i32): void {
  const g = changetype<Gemm>(at);
  g.epilogue = Epilogue.Add;
  g.addend = addend;
  g.addendRows = rows;
  g.addendRow = row;
  g.addendCol = column;
}

/** First byte that the tests may use. */
export function heapBase(): usize {
  return (__heap_base + 63) & ~63;
}
