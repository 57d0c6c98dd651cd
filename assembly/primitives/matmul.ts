// Batched matrix product: [..., m, k] · [..., k, n], batch dims broadcast (as expanded views: strides of 0).
import { DType, Op } from "../abi/opcodes";
import { addFact, addFacts, clearFailure, fail, failure } from "../abi/failure";
import { Failure } from "../abi/failures";
import { append, seal } from "../graph/graph";
import { Node } from "../graph/node";
import { gemmPart, gemmPartWorkspace, gemmParts } from "../kernels/gemm";
import { Epilogue, GEMM_BYTES, Gemm } from "../kernels/gemm/descriptor";
import { RegionRunner } from "../kernels/gemm/epilogue";
import { parallelFor, reserveWorkspace } from "../threads/pool";
import { copyWords, setWord } from "../memory/words";
import { batchSize, batched, isBatched } from "./batching";
import { cast } from "./elementwise/emit";
import { broadcastDims, broadcastInto, broadcastNdim, resetBroadcast, resultType } from "./elementwise/binary";
import { Primitive } from "./primitive";
import { allocateValues } from "../graph/values";
import { buildExpand, buildPermute, buildReshape, transposed } from "./views";

const dims: usize = memory.data(32 * 4);
const gemm = changetype<Gemm>(memory.data(GEMM_BYTES, 8));

/** a: [..., m, k], b: [..., k, n]; both at least 2-dim, batch dims broadcast; gives [..., m, n]. */
@binding
export function buildMatmul(a: Node, b: Node): Node {
  const rowsAt = <i32>a.ndim - 2,
    innerAt = <i32>b.ndim - 2;
  if (failure) return a; // which could not be made, or b
  if (rowsAt < 0 || innerAt < 0 || a.dim(rowsAt + 1) != b.dim(innerAt)) return mismatch(a, b);
  const dtype = resultType(a, b);
  if (dtype == DType.Bool) {
    fail(Failure.DType);
    addFact(dtype);
    return a;
  }
  // Broadcast the batch dims alone: with the matrix dims set to 1.
  resetBroadcast();
  const m = a.dim(rowsAt),
    k = b.dim(innerAt),
    n = b.dim(innerAt + 1);
  if (!broadcastBatch(a) || !broadcastBatch(b)) return mismatch(a, b);
  const ndim = broadcastNdim;
  copyWords(dims, broadcastDims, ndim);
  return multiply(expanded(a, dtype, ndim, m, k), expanded(b, dtype, ndim, k, n));
}
function mismatch(a: Node, b: Node): Node {
  // A failed broadcast of the batch dims is told with the whole shapes.
  clearFailure();
  fail(Failure.Matmul);
  addFacts(a.dims, a.ndim);
  addFacts(b.dims, b.ndim);
  return a;
}
function broadcastBatch(x: Node): bool {
  const ndim = <i32>x.ndim,
    rows = x.dim(ndim - 2),
    columns = x.dim(ndim - 1);
  x.setDim(ndim - 2, 1);
  x.setDim(ndim - 1, 1);
  const fitting = broadcastInto(x);
  x.setDim(ndim - 2, rows);
  x.setDim(ndim - 1, columns);
  return fitting;
}
function expanded(x: Node, dtype: DType, ndim: i32, rows: i32, columns: i32): Node {
  setWord(dims, ndim - 2, rows);
  setWord(dims, ndim - 1, columns);
  return buildExpand(cast(x, dtype), ndim, dims);
}
/** a·b for operands of one dtype and equal batch dims. */
function multiply(a: Node, b: Node): Node {
  const ndim = <i32>a.ndim;
  const n = append(Op.Matmul, a.dtype, ndim, 0, 2);
  copyWords(n.dims, a.dims, ndim);
  n.setDim(ndim - 1, b.dim(ndim - 1));
  n.setInput(0, a);
  n.setInput(1, b);
  return seal(n);
}

function flattened(x: Node, rows: i32, columns: i32): Node {
  store<i32>(dims, rows);
  store<i32>(dims, columns, 4);
  return buildReshape(x, 2, dims);
}
function unflattened(x: Node, first: i32, second: i32, third: i32): Node {
  store<i32>(dims, first);
  store<i32>(dims, second, 4);
  store<i32>(dims, third, 8);
  return buildReshape(x, 3, dims);
}
// [p, q, r] ↔ [q, p, r]
function moveBatch(x: Node): Node {
  store<i32>(dims, 1);
  store<i32>(dims, 0, 4);
  store<i32>(dims, 2, 8);
  return buildPermute(x, 3, dims);
}

// The product of a node that has its buffer and whose inputs are computed.
function describeMatmul(n: Node, g: Gemm): void {
  const a = n.input(0),
    b = n.input(1),
    row = <i32>n.ndim - 2,
    column = row + 1;
  g.set(
    n.dtype,
    n.dim(row),
    n.dim(column),
    a.dim(column),
    a.data,
    a.stride(row),
    a.stride(column),
    b.data,
    b.stride(row),
    b.stride(column),
    n.data,
  );
  for (let i = 0; i < row; i++) g.addBatchDim(n.dim(i), a.stride(i), b.stride(i));
}

// What runs on the products that are computed, until it is taken back; none where the program is 0.
let runner: u32 = 0;
let program: usize = 0;
let programBytes: u32 = 0;
/** From now on `run` runs the program on what products compute; it needs `bytes` of each thread's workspace. */
export function setEpilogue(run: RegionRunner, epilogue: usize, bytes: u32): void {
  runner = run.index;
  program = epilogue;
  programBytes = bytes;
}
export function clearEpilogue(): void {
  program = 0;
  programBytes = 0;
}

@primitive({ op: "Matmul", kind: "kernel", reads: "others" })
@final
export class Matmul extends Primitive {
  // dA = G·Bᵀ, dB = Aᵀ·G
  vjp(n: Node, k: i32, g: Node): Node | null {
    return k ? multiply(transposed(n.input(0)), g) : multiply(g, transposed(n.input(1)));
  }

  // One large product instead of many small ones where only one operand is batched: the batch joins the rows of a, or the
  // columns of b.
  batch(n: Node): Node {
    const a = n.input(0),
      b = n.input(1);
    if (n.ndim == 2 && b.dim(0) && !isBatched(n, 1)) {
      const rows = flattened(batched(n, 0), batchSize * a.dim(0), a.dim(1));
      return unflattened(multiply(rows, b), batchSize, a.dim(0), b.dim(1));
    }
    if (n.ndim == 2 && b.dim(0) && !isBatched(n, 0)) {
      const columns = flattened(moveBatch(batched(n, 1)), b.dim(0), batchSize * b.dim(1));
      return moveBatch(unflattened(multiply(a, columns), a.dim(0), batchSize, b.dim(1)));
    }
    return multiply(batched(n, 0), batched(n, 1));
  }

  evaluate(n: Node): bool {
    // One with an epilogue has its buffer already.
    if (!n.isComputed && !allocateValues(n)) return false;
    describeMatmul(n, gemm);
    if (program) {
      gemm.epilogue = Epilogue.Program;
      gemm.runner = runner;
      gemm.program = program;
    }
    const parts = gemmParts(gemm);
    // The program's space comes behind the product's and begins on a cache line.
    gemm.programSpace = (gemmPartWorkspace(gemm) + 63) & ~63;
    const bytes = gemm.programSpace + programBytes;
    if (bytes && !reserveWorkspace(bytes)) {
      fail(Failure.OutOfMemory);
      return false;
    }
    parallelFor<Gemm>(gemmPart, gemm, parts);
    return true;
  }
  flops(n: Node): f64 {
    const a = n.input(0);
    return 2 * <f64>n.numel * <f64>a.dim(<i32>a.ndim - 1);
  }
}
