// What the primitives of matrices share: shape rules, and a description of the batch for the kernels.
import { addFact, addFacts, fail } from "../../abi/failure";
import { Failure } from "../../abi/failures";
import { DType } from "../../abi/opcodes";
import { Node, isContiguous, sizeOf } from "../../graph/node";
import { Batch } from "../../kernels/linalg/batch";
import { fitsLanes } from "../../kernels/linalg/lanes";
import { copyValues } from "../../kernels/copy/values";
import { copyWords, setWord } from "../../memory/words";
import { parallelFor, reserveWorkspace } from "../../threads/pool";
import { rowMajorStrides } from "../views";

/** The batch of the evaluation under way. */
export const batch = changetype<Batch>(memory.data(offsetof<Batch>(), 8));
/** Sizes of a result that is being described. */
export const sizes: usize = memory.data(33 * 4);

@inline
export function rowsOf(x: Node): i32 {
  return x.dim(<i32>x.ndim - 2);
}
@inline
export function columnsOf(x: Node): i32 {
  return x.dim(<i32>x.ndim - 1);
}
/** How many matrices x holds. */
export function matricesOf(x: Node): i32 {
  let count = 1;
  for (let i = <i32>x.ndim - 3; i >= 0; i--) count *= x.dim(i);
  return count;
}

/** Whether x holds matrices of floats, square ones if that is asked; fails otherwise. */
export function holdsMatrices(x: Node, square: bool): bool {
  if (x.dtype < DType.Float32) {
    fail(Failure.DType);
    addFact(x.dtype);
    return false;
  }
  if (<i32>x.ndim >= 2 && (!square || rowsOf(x) == columnsOf(x))) return true;
  fail(Failure.NotMatrices);
  addFacts(x.dims, x.ndim);
  return false;
}
/** Whether a and b have the same batch dims, dtype and as many rows; fails otherwise. */
export function fitTogether(a: Node, b: Node): bool {
  let fits = a.ndim == b.ndim && a.dtype == b.dtype;
  for (let i = 0; fits && i < <i32>a.ndim - 1; i++) fits = a.dim(i) == b.dim(i);
  if (fits) return true;
  fail(Failure.Matmul);
  addFacts(a.dims, a.ndim);
  addFacts(b.dims, b.ndim);
  return false;
}
/** The batch dims of x as the sizes of a result, with up to two more. */
export function sizesLike(x: Node, first: i32 = -1, second: i32 = -1): i32 {
  let ndim = <i32>x.ndim - 2;
  copyWords(sizes, x.dims, ndim);
  if (first >= 0) setWord(sizes, ndim++, first);
  if (second >= 0) setWord(sizes, ndim++, second);
  return ndim;
}

/** Describes matrices that are computed in place at `values`, of x's number and dtype. */
export function describe(x: Node, rows: i32, columns: i32, values: usize): void {
  batch.dtype = x.dtype;
  batch.count = matricesOf(x);
  batch.rows = rows;
  batch.columns = columns;
  batch.values = values;
}
/** Copies x to where it is factored, row-major. */
export function copyTo(values: usize, x: Node): void {
  copyValues(sizeOf(x.dtype), x.numel, values, rowMajorStrides(x), x.data, x.strides, x.ndim, x.dims);
}
/** Describes x as what is factored at the batch's values; it is copied there, unless the factorisation of small matrices reads it where it lies. */
export function describeSource(x: Node): void {
  batch.source = batch.values;
  if (fitsLanes(batch.rows, batch.columns) && isContiguous(x)) batch.source = x.data;
  else if (x.numel) copyTo(batch.values, x);
}
/** What is solved with: matrices of the same batch. */
export function describeFactor(f: Node): void {
  const ndim = <i32>f.ndim - 2;
  batch.factor = f.data;
  batch.factorRow = f.stride(ndim);
  batch.factorCol = f.stride(ndim + 1);
  batch.ndim = ndim;
  batch.dims = f.dims;
  batch.factorStrides = f.strides;
  batch.isPacked = isContiguous(f);
}
/** Runs a job, with so many bytes of workspace. False: memory is exhausted. */
export function runJob<D>(run: (job: D, part: i32) => void, job: D, parts: i32, bytes: usize): bool {
  if (!reserveWorkspace(bytes)) {
    fail(Failure.OutOfMemory);
    return false;
  }
  parallelFor<D>(run, job, parts);
  return true;
}
/** The same on the batch. */
export function runBatch(run: (b: Batch, part: i32) => void, parts: i32, bytes: i32): bool {
  return runJob<Batch>(run, batch, parts, bytes);
}
