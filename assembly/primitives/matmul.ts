// Batched matrix product: [..., m, k] · [..., k, n], batch dims broadcast (as expanded views: strides of 0).
import { DType, Op } from "../abi/opcodes";
import { addFact, addFacts, clearFailure, fail, failure } from "../abi/failure";
import { Failure } from "../abi/failures";
import { append, seal } from "../graph/graph";
import { Node, sizeOf } from "../graph/node";
import { gemm, gemmWorkspace } from "../kernels/gemm";
import { Buffer } from "../memory/buffer";
import { copyWords } from "../memory/words";
import { batchSize, batched, isBatched } from "./batching";
import { cast } from "./elementwise/emit";
import { broadcastDims, broadcastInto, broadcastNdim, resetBroadcast, resultType } from "./elementwise/binary";
import { Kind, Primitive, register } from "./primitive";
import { allocateValues } from "./source";
import { buildExpand, buildPermute, buildReshape, transposed } from "./views";

const dims: usize = memory.data(32 * 4);
const counter: usize = memory.data(32 * 4);

export function buildMatmul(a: Node, b: Node): Node {
  const rowsAt = <i32>a.ndim - 2,
    innerAt = <i32>b.ndim - 2;
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
  if (failure == Failure.Broadcast) clearFailure();
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
  store<i32>(dims + ((<usize>(ndim - 2)) << 2), rows);
  store<i32>(dims + ((<usize>(ndim - 1)) << 2), columns);
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

@final
class Matmul extends Primitive {
  // dA = G·Bᵀ, dB = Aᵀ·G
  vjp(n: Node, k: i32, g: Node): Node | null {
    return k ? multiply(transposed(n.input(0)), g) : multiply(g, transposed(n.input(1)));
  }

  // One large product instead of many small ones where only one operand is batched: the batch joins the rows of a, or the
  // columns of b.
  batch(n: Node): Node {
    const a = n.input(0),
      b = n.input(1);
    if (n.ndim == 2 && !isBatched(n, 1)) {
      const rows = flattened(batched(n, 0), batchSize * a.dim(0), a.dim(1));
      return unflattened(multiply(rows, b), batchSize, a.dim(0), b.dim(1));
    }
    if (n.ndim == 2 && !isBatched(n, 0)) {
      const columns = flattened(moveBatch(batched(n, 1)), b.dim(0), batchSize * b.dim(1));
      return moveBatch(unflattened(multiply(a, columns), a.dim(0), batchSize, b.dim(1)));
    }
    return multiply(batched(n, 0), batched(n, 1));
  }

  evaluate(n: Node): bool {
    const a = n.input(0),
      b = n.input(1);
    if (!allocateValues(n)) return false;
    if (!n.numel) return true;
    const batch = <i32>n.ndim - 2;
    const m = n.dim(batch),
      columns = n.dim(batch + 1),
      k = a.dim(batch + 1);
    const bytes = gemmWorkspace(n.dtype, m, columns, k);
    const workspace = bytes ? Buffer.create(<f64>bytes) : null;
    if (bytes && !workspace) {
      fail(Failure.OutOfMemory);
      return false;
    }
    const size = sizeOf(n.dtype);
    const aRow = a.stride(batch),
      aColumn = a.stride(batch + 1);
    const bRow = b.stride(batch),
      bColumn = b.stride(batch + 1);
    let aAt = a.data,
      bAt = b.data,
      at = n.data;
    memory.fill(counter, 0, (<usize>batch) << 2);
    for (let left = n.numel / (m * columns); left > 0; left--) {
      gemm(n.dtype, m, columns, k, aAt, aRow, aColumn, bAt, bRow, bColumn, at, workspace ? workspace.data : 0);
      at += <usize>(m * columns * size);
      for (let i = batch - 1; i >= 0; i--) {
        const place = counter + ((<usize>i) << 2);
        const next = load<i32>(place) + 1;
        aAt += a.stride(i) * size;
        bAt += b.stride(i) * size;
        store<i32>(place, next);
        if (next < n.dim(i)) break;
        store<i32>(place, 0);
        aAt -= next * a.stride(i) * size;
        bAt -= next * b.stride(i) * size;
      }
    }
    if (workspace) workspace.release();
    return true;
  }
  flops(n: Node): f64 {
    const a = n.input(0);
    return 2 * <f64>n.numel * <f64>a.dim(<i32>a.ndim - 1);
  }
}

register(Op.Matmul, new Matmul(Kind.Kernel));
