// Concat: operands side by side along one dim (the attribute).
import { DType, Op } from "../abi/opcodes";
import { addFact, addFacts, fail } from "../abi/failure";
import { Failure } from "../abi/failures";
import { append, areSizes, isPoison, seal, setSize } from "../graph/graph";
import { Node, sizeOf } from "../graph/node";
import { copyWords, pointer, wordBytes } from "../memory/words";
import { copyValues } from "../kernels/copy/values";
import { batchedInputs } from "./batching";
import { cast } from "./elementwise/emit";
import { resultType } from "./elementwise/binary";
import { Primitive } from "./primitive";
import { allocateValues } from "../graph/values";
import { narrowed, normalizedDim } from "./views";

/** `count` (> 0) operands, node addresses at `operands`. dtypes are promoted; sizes agree outside of dim. */
export function buildConcat(count: i32, operands: usize, dim: i32): Node {
  const first = changetype<Node>(load<usize>(operands));
  const axis = normalizedDim(dim, first.ndim);
  if (axis < 0) return first;
  if (!first.ndim) {
    fail(Failure.DimCount);
    addFact(1);
    addFact(0);
    return first;
  }
  let total: i64 = 0;
  let dtype = <DType>first.dtype;
  for (let k = 0; k < count; k++) {
    const x = changetype<Node>(pointer(operands, k));
    let fits = x.ndim == first.ndim;
    for (let i = 0; fits && i < <i32>first.ndim; i++) fits = i == axis || x.dim(i) == first.dim(i);
    if (!fits) {
      fail(Failure.Concat);
      addFacts(first.dims, first.ndim);
      addFacts(x.dims, x.ndim);
      addFact(axis);
      return first;
    }
    total += x.dim(axis);
    dtype = max(dtype, resultType(first, x));
  }
  for (let k = 0; k < count; k++) {
    const at = operands + wordBytes(k);
    store<usize>(at, changetype<usize>(cast(changetype<Node>(load<usize>(at)), dtype)));
  }
  for (let i = 0; i < <i32>first.ndim; i++) setSize(i, i == axis ? total : first.dim(i));
  if (!areSizes(first.ndim)) return first;
  const n = append(Op.Concat, dtype, first.ndim, 1, count);
  if (isPoison(n)) return n;
  copyWords(n.dims, first.dims, first.ndim);
  n.setDim(axis, <i32>total);
  n.setAttribute(0, axis);
  copyWords(n.inputs, operands, count);
  return seal(n);
}
const pair: usize = memory.data(8);
export function buildConcatPair(a: Node, b: Node, dim: i32): Node {
  store<usize>(pair, changetype<usize>(a));
  store<usize>(pair, changetype<usize>(b), 4);
  return buildConcat(2, pair, dim);
}

// Where operand k begins. A walk asks for the operands in order, so the last answer is remembered: linear in all.
let lastNode: u64 = 0;
let lastOperand: i32 = 0;
let lastStart: i32 = 0;
function startOf(n: Node, k: i32): i32 {
  const axis = n.attribute(0);
  if (lastNode != n.serial || k < lastOperand) {
    lastNode = n.serial;
    lastOperand = 0;
    lastStart = 0;
  }
  for (; lastOperand < k; lastOperand++) lastStart += n.input(lastOperand).dim(axis);
  return lastStart;
}

@primitive({ op: "Concat", kind: "kernel", attributes: { dim: "int" }, reads: "none" })
@final
export class Concat extends Primitive {
  vjp(n: Node, k: i32, g: Node): Node | null {
    const axis = n.attribute(0);
    return narrowed(g, axis, startOf(n, k), n.input(k).dim(axis));
  }
  batch(n: Node): Node {
    const operands = batchedInputs(n);
    return operands ? buildConcat(n.inputCount, operands, n.attribute(0) + 1) : n;
  }
  evaluate(n: Node): bool {
    if (!allocateValues(n)) return false;
    const axis = n.attribute(0),
      size = sizeOf(n.dtype);
    let at = n.data;
    for (let k = 0; k < <i32>n.inputCount; k++) {
      const x = n.input(k);
      if (x.numel) copyValues(size, x.numel, at, n.strides, x.data, x.strides, x.ndim, x.dims);
      at += <usize>(x.dim(axis) * n.stride(axis) * size);
    }
    return true;
  }
}
