// Reductions over any dims of a strided view.
//
// The order of combining is fixed by position alone, so that a result does not depend on the layout's path having been split
// between threads: elements (or rows) in blocks of 128, blocks combined pairwise as a binary counter would (a block is merged
// with the partial result before it whenever both cover equally many blocks). The error of a sum grows with log n.
import { DType, Op } from "../abi/opcodes";
import { arg } from "./reduce/arg";
import { reduceColumns } from "./reduce/columns";
import { Largest, Product, Smallest, Total } from "./reduce/operations";
import { reduceEach } from "./reduce/elements";
import { KEPT_WALK, REDUCED_WALK, coalesce, kernelScratch } from "./strided";
import { columnDim, keepDims } from "./reduce/layout";

/**
 * dst (contiguous over outDims) = op over redDims of src. Sum, Prod, Amax, Amin keep the dtype; Argmax and Argmin give int32,
 * the row-major position within redDims of the first extreme element. NaN wins over every number.
 */
export function reduce(
  op: i32,
  dtype: i32,
  dst: usize,
  src: usize,
  outNdim: i32,
  outDims: usize,
  outStrides: usize,
  redNdim: i32,
  redDims: usize,
  redStrides: usize,
): void {
  const kept = keepDims(kernelScratch + KEPT_WALK, outNdim, outDims, outStrides);
  if (kept < 0) return;
  const reduced = coalesce(kernelScratch + REDUCED_WALK, redNdim, redDims, redStrides, redStrides);
  if (op == Op.Sum) reduceAs<Total>(dtype, dst, src, kept, reduced);
  else if (op == Op.Prod) reduceAs<Product>(dtype, dst, src, kept, reduced);
  else if (op == Op.Amax) reduceAs<Largest>(dtype, dst, src, kept, reduced);
  else if (op == Op.Amin) reduceAs<Smallest>(dtype, dst, src, kept, reduced);
  else arg(op == Op.Argmax, dtype, dst, src, kept, reduced);
}

function reduceAs<R>(dtype: i32, dst: usize, src: usize, kept: i32, reduced: i32): void {
  if (dtype == DType.Float32) reduceLayout<R, f32>(dst, src, kept, reduced);
  else if (dtype == DType.Float64) reduceLayout<R, f64>(dst, src, kept, reduced);
  else if (dtype == DType.Int32) reduceLayout<R, i32>(dst, src, kept, reduced);
  else reduceLayout<R, u8>(dst, src, kept, reduced);
}

function reduceLayout<R, T>(dst: usize, src: usize, kept: i32, reduced: i32): void {
  const column = columnDim(kept, reduced);
  if (column >= 0) reduceColumns<R, T>(dst, src, kept, reduced, column);
  else reduceEach<R, T>(dst, src, kept, reduced);
}
