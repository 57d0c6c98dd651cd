// The order of the elements along one dim: their int32 positions, of which a part of the order can be asked for, and the elements in
// that order with their positions. Stable, NaN is the largest.
import { DType, Op } from "../abi/opcodes";
import { addFact, fail } from "../abi/failure";
import { Failure } from "../abi/failures";
import { append, seal } from "../graph/graph";
import { Node, nodeOf } from "../graph/node";
import { allocateValues } from "../graph/values";
import { Indexing, gatherPart, gatherParts } from "../kernels/gather";
import { Argsort as Task, argsortPart, argsortParts, argsortWorkspace } from "../kernels/sort";
import { Buffer } from "../memory/buffer";
import { copyWords, setPointer, setWord } from "../memory/words";
import { parallelFor } from "../threads/pool";
import { batched } from "./batching";
import {
  Call,
  addResult,
  appendCall,
  buildOutput,
  isWanted,
  ownAttribute,
  resultData,
  resultSize,
  startResults,
} from "./call";
import { buildScatterAdd } from "./gather";
import { Primitive } from "./primitive";
import { buildFull, fullLike } from "./source";
import { normalizedDim } from "./views";

/**
 * The int32 positions of x's elements along dim in order: stable, NaN the largest. Nothing is differentiated through it. `count`
 * places of the order from `start` on, or those of them that there are, cost less than all of it.
 */
@binding
export function buildArgsort(
  x: Node,
  dim: i32,
  descending: bool = false,
  start: i32 = 0,
  count: i32 = i32.MAX_VALUE,
): Node {
  const axis = normalizedDim(dim, x.ndim);
  if (axis < 0) return x;
  if (!x.ndim) return buildFull(DType.Int32, 0, x.dims, 0);
  const n = append(Op.Argsort, DType.Int32, x.ndim, 3, 1);
  const size = x.dim(axis);
  const first = min(max(start, 0), size);
  copyWords(n.dims, x.dims, x.ndim);
  n.setDim(axis, min(max(count, 0), size - first));
  n.setAttribute(0, axis);
  n.setAttribute(1, descending);
  n.setAttribute(2, first);
  n.setInput(0, x);
  return seal(n);
}

/**
 * x's elements along dim in order, stable, NaN the largest, and their int32 positions: the first `count` of either, or as many as
 * there are. x has a dim at least.
 */
@binding
export function buildSort(x: Node, dim: i32, descending: bool = false, count: i32 = i32.MAX_VALUE): Node {
  const axis = normalizedDim(dim, x.ndim);
  if (axis < 0) return x;
  const ndim = <i32>x.ndim;
  if (!ndim) {
    fail(Failure.DimCount);
    addFact(1);
    addFact(0);
    return x;
  }
  copyWords(sizes, x.dims, ndim);
  setWord(sizes, axis, min(max(count, 0), x.dim(axis)));
  startResults();
  addResult(x.dtype, ndim, sizes);
  addResult(DType.Int32, ndim, sizes);
  const n = appendCall(Op.Sort, 2, 1),
    own = ownAttribute(n, 0);
  n.setAttribute(own, axis);
  n.setAttribute(own + 1, descending);
  n.setInput(0, x);
  return seal(n);
}
const sizes: usize = memory.data(32 * 4);
const rowMajor: usize = memory.data(32 * 4);

const task = changetype<Task>(memory.data(48, 8));
const gathering = changetype<Indexing>(memory.data(48, 8));

// Computes the positions, in row-major order of x's dims but for `count` along `dim`. False: memory is exhausted.
function sortInto(dst: usize, strides: usize, x: Node, dim: i32, descending: i32, start: i32, count: i32): bool {
  task.dtype = x.dtype;
  task.descending = descending;
  task.ndim = x.ndim;
  task.dim = dim;
  task.start = start;
  task.count = count;
  task.dims = x.dims;
  task.src = x.data;
  task.srcStrides = x.strides;
  task.dst = dst;
  task.dstStrides = strides;
  const bytes = argsortWorkspace(task);
  const workspace = bytes ? Buffer.create(bytes) : null;
  if (bytes && !workspace) {
    fail(Failure.OutOfMemory);
    return false;
  }
  if (workspace) task.workspace = workspace.data;
  parallelFor<Task>(argsortPart, task, argsortParts(task));
  if (workspace) workspace.release();
  return true;
}

@primitive({ op: "Argsort", kind: "kernel", attributes: { dim: "int", descending: "bool", start: "late int" } })
@final
export class Argsort extends Primitive {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return null;
  }
  batch(n: Node): Node {
    const dim = n.attribute(0);
    return buildArgsort(batched(n, 0), dim + 1, n.attribute(1) != 0, n.attribute(2), n.dim(dim));
  }
  evaluate(n: Node): bool {
    const x = n.input(0),
      dim = n.attribute(0);
    if (!allocateValues(n)) return false;
    return !n.numel || sortInto(n.data, n.strides, x, dim, n.attribute(1), n.attribute(2), n.dim(dim));
  }
}

/** The rule of a call whose first result holds elements of its input along a dim, its first attribute, at the positions of the second. */
export function backToPositions(call: Node, exchange: usize): bool {
  const g = nodeOf(exchange, 0),
    x = call.input(0);
  if (!changetype<usize>(g)) return true;
  const at = buildOutput(call, 1),
    dx = buildScatterAdd(fullLike(x, 0), call.attribute(ownAttribute(call, 0)), at, g);
  setPointer(exchange, 0, changetype<usize>(dx));
  return true;
}

@primitive({
  op: "Sort",
  kind: "kernel",
  isCall: true,
  results: "values, positions",
  attributes: { results: "results", dim: "int", descending: "bool" },
})
@final
export class Sort extends Call {
  // The sorted values are a gather at the positions.
  backward(call: Node, exchange: usize): bool {
    return backToPositions(call, exchange);
  }
  batch(n: Node): Node {
    const own = ownAttribute(n, 0),
      dim = n.attribute(own);
    return buildSort(batched(n, 0), dim + 1, n.attribute(own + 1) != 0, resultSize(n, 1, dim));
  }
  evaluate(n: Node): bool {
    const x = n.input(0),
      own = ownAttribute(n, 0),
      dim = n.attribute(own);
    if (!allocateValues(n)) return false;
    const values = resultData(n, 0),
      positions = resultData(n, 1),
      count = resultSize(n, 1, dim);
    let stride = 1;
    for (let i = <i32>x.ndim - 1; i >= 0; i--) {
      const size = i == dim ? count : x.dim(i);
      setWord(sizes, i, size);
      setWord(rowMajor, i, stride);
      stride *= size;
    }
    if (!stride) return true;
    if (!sortInto(positions, rowMajor, x, dim, n.attribute(own + 1), 0, count)) return false;
    if (!isWanted(0)) return true;
    gathering.dtype = x.dtype;
    gathering.ndim = x.ndim;
    gathering.dim = dim;
    gathering.dims = sizes;
    gathering.index = positions;
    gathering.indexStrides = rowMajor;
    gathering.table = x.data;
    gathering.tableStrides = x.strides;
    gathering.tableSize = x.dim(dim);
    gathering.other = values;
    gathering.otherStrides = rowMajor;
    gathering.failed = 0;
    parallelFor<Indexing>(gatherPart, gathering, gatherParts(gathering));
    return true;
  }
}
