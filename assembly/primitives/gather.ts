// Gather and its transpose, scatter-add, along one dim (the attribute): out[i][j][k] = x[i][index[i][j][k]][k] for dim 1; and who
// writes last where.
import { DType, Op } from "../abi/opcodes";
import { addFact, addFacts, fail } from "../abi/failure";
import { Failure } from "../abi/failures";
import { Trait } from "../abi/traits";
import { hasTrait } from "../generated/traits";
import { append, seal } from "../graph/graph";
import { Node, isContiguous, sizeOf } from "../graph/node";
import {
  Indexing,
  gatherPart,
  gatherParts,
  outOfRange as firstOutOfRange,
  scatterAddPart,
  scatterAddParts,
  scatterPart,
} from "../kernels/gather";
import { elementAt } from "../kernels/strided";
import { copyWords, setWord, word, wordBytes } from "../memory/words";
import { copyValues } from "../kernels/copy/values";
import { parallelFor } from "../threads/pool";
import { batched } from "./batching";
import { cast } from "./elementwise/emit";
import { Primitive } from "./primitive";
import { allocateValues } from "../graph/values";
import { buildAlias, buildIota, fullLike } from "./source";
import { buildReshape, buildSlice, expandLike, normalizedDim, rowMajorStrides } from "./views";

function outOfRange(index: i32, size: i32, dim: i32, op: i32): bool {
  fail(Failure.IndexOutOfRange);
  addFact(index);
  addFact(size);
  addFact(dim);
  addFact(op);
  return false;
}
// Whether a view shows every element of its operand.
function showsAll(n: Node): bool {
  return hasTrait(n.op, Trait.ShowsAll) && n.inputCount != 0;
}
// An index that is at hand, or a view of one, is checked when the op is called, any other when it is computed.
function checkIndex(index: Node, size: i32, dim: i32): bool {
  if (!index.numel) return true;
  while (!index.isComputed && showsAll(index)) index = index.input(0);
  if (!index.isComputed || !isContiguous(index)) return true;
  for (let i = 0; i < index.numel; i++) {
    const at = word(index.data, i);
    if (<u32>at >= <u32>size) return outOfRange(at, size, dim, -1);
  }
  return true;
}
// Whether index fits x: same number of dims, no larger outside of `dim`.
function fits(x: Node, index: Node, dim: i32): bool {
  let valid = x.ndim == index.ndim && index.dtype == DType.Int32;
  for (let i = 0; valid && i < <i32>x.ndim; i++) valid = i == dim || index.dim(i) <= x.dim(i);
  if (valid) return true;
  fail(index.dtype == DType.Int32 ? Failure.Gather : Failure.DType);
  if (index.dtype == DType.Int32) {
    addFacts(x.dims, x.ndim);
    addFacts(index.dims, index.ndim);
    addFact(dim);
  } else addFact(index.dtype);
  return false;
}

/** out[i][j][k] = x[i][index[i][j][k]][k] for dim 1; index: int32, no larger than x outside of dim. */
@binding
export function buildGather(x: Node, dim: i32, index: Node): Node {
  const axis = normalizedDim(dim, x.ndim);
  if (axis < 0 || !fits(x, index, axis)) return x;
  if (!x.ndim) return checkIndex(index, 1, 0) ? buildAlias(x, true, false) : x;
  if (!checkIndex(index, x.dim(axis), axis)) return x;
  const n = append(Op.Gather, x.dtype, index.ndim, 1, 2);
  copyWords(n.dims, index.dims, index.ndim);
  n.setAttribute(0, axis);
  n.setInput(0, x);
  n.setInput(1, index);
  return seal(n);
}

const region: usize = memory.data(3 * 32 * 4);
/** base with src (its part of index's shape) added at index along dim: the transpose of gather. */
@binding
export function buildScatterAdd(base: Node, dim: i32, index: Node, src: Node): Node {
  const axis = normalizedDim(dim, base.ndim);
  if (axis < 0 || !fits(base, index, axis) || !fits(src, index, -1)) return base;
  if (base.ndim && !checkIndex(index, base.dim(axis), axis)) return base;
  const ndim = <i32>base.ndim;
  for (let i = 0; i < ndim; i++) {
    setWord(region, i, 0);
    setWord(region, i + ndim, index.dim(i));
    setWord(region, i + 2 * ndim, 1);
  }
  const n = append(Op.ScatterAdd, base.dtype, ndim, 1, 3);
  copyWords(n.dims, base.dims, ndim);
  n.setAttribute(0, axis);
  n.setInput(0, base);
  n.setInput(1, index);
  n.setInput(2, buildSlice(cast(src, base.dtype), ndim, region));
  return seal(n);
}

/**
 * For each of `size` places along dim, the int32 position along dim of the last entry of index that names it, -1 where none does;
 * shaped as index elsewhere. What writes at indices gathers what the winners hold, so every derivative is theirs.
 */
@binding
export function buildLastWriter(index: Node, dim: i32, size: i32): Node {
  const axis = normalizedDim(dim, index.ndim);
  if (axis < 0 || !fits(index, index, -1) || !checkIndex(index, size, axis)) return index;
  const ndim = <i32>index.ndim;
  for (let i = 0; i < ndim; i++) setWord(region, i, i == axis ? -1 : 1);
  const positions = buildReshape(buildIota(DType.Int32, index.dim(axis), 0, 1), ndim, region);
  const n = append(Op.LastWriter, DType.Int32, ndim, 1, 2);
  copyWords(n.dims, index.dims, ndim);
  n.setDim(axis, size);
  n.setAttribute(0, axis);
  n.setInput(0, index);
  n.setInput(1, expandLike(positions, index));
  return seal(n);
}

const task = changetype<Indexing>(memory.data(48, 8));
// Fills in the kernels' record.
function describe(index: Node, dim: i32, table: Node, other: Node): void {
  task.dtype = table.dtype;
  task.ndim = index.ndim;
  task.dim = dim;
  task.dims = index.dims;
  task.index = index.data;
  task.indexStrides = index.strides;
  task.table = table.data;
  task.tableStrides = table.strides;
  task.tableSize = table.ndim ? table.dim(dim) : 1;
  task.other = other.data;
  task.otherStrides = other.strides;
}

@primitive({ op: "Gather", kind: "kernel", attributes: { dim: "int" }, reads: "none" })
@final
export class Gather extends Primitive {
  batch(n: Node): Node {
    return buildGather(batched(n, 0), n.attribute(0) + 1, batched(n, 1));
  }
  vjp(n: Node, k: i32, g: Node): Node | null {
    return k ? null : buildScatterAdd(fullLike(n.input(0), 0), n.attribute(0), n.input(1), g);
  }
  evaluate(n: Node): bool {
    const x = n.input(0),
      index = n.input(1),
      dim = n.attribute(0);
    if (!allocateValues(n)) return false;
    if (!n.numel) return true;
    describe(index, dim, x, n);
    task.failed = 0;
    parallelFor<Indexing>(gatherPart, task, gatherParts(task));
    const bad = firstOutOfRange(task);
    return bad ? outOfRange(valueAt(index, bad - 1), x.dim(dim), dim, n.op) : true;
  }
}
// Element `flat` (row-major) of an int32 node.
function valueAt(x: Node, flat: i32): i32 {
  return word(x.data, elementAt(flat, x.ndim, x.dims, x.strides));
}

@primitive({ op: "ScatterAdd", kind: "kernel", attributes: { dim: "int" }, reads: "none" })
@final
export class ScatterAdd extends Primitive {
  batch(n: Node): Node {
    return buildScatterAdd(batched(n, 0), n.attribute(0) + 1, batched(n, 1), batched(n, 2));
  }
  vjp(n: Node, k: i32, g: Node): Node | null {
    if (k == 1) return null;
    return k ? buildGather(g, n.attribute(0), n.input(1)) : g;
  }
  evaluate(n: Node): bool {
    const base = n.input(0),
      index = n.input(1),
      src = n.input(2),
      dim = n.attribute(0);
    if (!allocateValues(n)) return false;
    if (!n.numel) return true;
    copyValues(sizeOf(n.dtype), n.numel, n.data, rowMajorStrides(n), base.data, base.strides, base.ndim, base.dims);
    if (!index.numel) return true;
    describe(index, dim, n, src);
    task.failed = 0;
    parallelFor<Indexing>(scatterAddPart, task, scatterAddParts(task));
    const bad = firstOutOfRange(task);
    return bad ? outOfRange(valueAt(index, bad - 1), task.tableSize, dim, n.op) : true;
  }
  flops(n: Node): f64 {
    return <f64>n.input(2).numel;
  }
}

// Positions have no derivative.
@primitive({ op: "LastWriter", kind: "kernel", attributes: { dim: "int" } })
@final
export class LastWriter extends Primitive {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return null;
  }
  batch(n: Node): Node {
    const dim = n.attribute(0);
    return buildLastWriter(batched(n, 0), dim + 1, n.dim(dim));
  }
  evaluate(n: Node): bool {
    const index = n.input(0),
      dim = n.attribute(0);
    if (!allocateValues(n)) return false;
    memory.fill(n.data, 0xff, wordBytes(n.numel)); // -1
    if (!index.numel) return true;
    describe(index, dim, n, n.input(1));
    task.failed = 0;
    parallelFor<Indexing>(scatterPart, task, scatterAddParts(task));
    const bad = firstOutOfRange(task);
    return bad ? outOfRange(valueAt(index, bad - 1), task.tableSize, dim, n.op) : true;
  }
}
