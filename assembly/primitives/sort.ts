// A part of the order of the elements along one dim, as int32 positions: attributes are the dim, whether the largest comes
// first, and where in the order the part begins; how long it is, the size of the dim says. Stable, NaN is the largest. No
// derivative of its own: sorted values are a gather at these positions, which has one.
import { DType, Op } from "../abi/opcodes";
import { fail } from "../abi/failure";
import { Failure } from "../abi/failures";
import { append, seal } from "../graph/graph";
import { Node } from "../graph/node";
import { Argsort as Task, argsortPart, argsortParts, argsortWorkspace } from "../kernels/sort";
import { Buffer } from "../memory/buffer";
import { copyWords } from "../memory/words";
import { parallelFor } from "../threads/pool";
import { batched } from "./batching";
import { Kind, Primitive, register } from "./primitive";
import { allocateValues } from "../graph/values";
import { buildFull } from "./source";
import { normalizedDim } from "./views";

/** `count` places of the order from `start` on, or those of them that there are; of the only element of a number, always 1. */
export function buildArgsort(x: Node, dim: i32, descending: bool, start: i32, count: i32): Node {
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

const task = changetype<Task>(memory.data(48, 8));

@final
class Argsort extends Primitive {
  batch(n: Node): Node {
    const dim = n.attribute(0);
    return buildArgsort(batched(n, 0), dim + 1, n.attribute(1) != 0, n.attribute(2), n.dim(dim));
  }
  evaluate(n: Node): bool {
    const x = n.input(0);
    if (!allocateValues(n)) return false;
    if (!n.numel) return true;
    task.dtype = x.dtype;
    task.descending = n.attribute(1);
    task.ndim = n.ndim;
    task.dim = n.attribute(0);
    task.start = n.attribute(2);
    task.count = n.dim(n.attribute(0));
    task.dims = x.dims;
    task.src = x.data;
    task.srcStrides = x.strides;
    task.dst = n.data;
    task.dstStrides = n.strides;
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
}

register(Op.Argsort, new Argsort(Kind.Kernel));
