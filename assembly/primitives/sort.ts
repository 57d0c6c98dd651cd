// The order of the elements along one dim, as int32 positions: attributes are the dim and whether the largest comes first.
// Stable, NaN is the largest. No derivative of its own: sorted values are a gather at these positions, which has one.
import { DType, Op } from "../abi/opcodes";
import { fail } from "../abi/failure";
import { Failure } from "../abi/failures";
import { append, seal } from "../graph/graph";
import { Node } from "../graph/node";
import { Argsort as Task, argsortParts, argsortWorkspace } from "../kernels/sort";
import { Buffer } from "../memory/buffer";
import { parallelFor } from "../runtime/parallel";
import { Job } from "../runtime/parts";
import { batched } from "./batching";
import { Kind, Primitive, register } from "./primitive";
import { allocateValues, buildFull } from "./source";
import { normalizedDim } from "./views";

export function buildArgsort(x: Node, dim: i32, descending: bool): Node {
  const axis = normalizedDim(dim, x.ndim);
  if (axis < 0) return x;
  if (!x.ndim) return buildFull(DType.Int32, 0, x.dims, 0);
  const n = append(Op.Argsort, DType.Int32, x.ndim, 2, 1);
  memory.copy(n.dims, x.dims, (<usize>x.ndim) << 2);
  n.setAttribute(0, axis);
  n.setAttribute(1, descending);
  n.setInput(0, x);
  return seal(n);
}

const task = changetype<Task>(memory.data(48, 8));

@final
class Argsort extends Primitive {
  batch(n: Node): Node {
    return buildArgsort(batched(n, 0), n.attribute(0) + 1, n.attribute(1) != 0);
  }
  evaluate(n: Node): bool {
    const x = n.input(0);
    if (!allocateValues(n)) return false;
    if (!n.numel) return true;
    task.dtype = x.dtype;
    task.descending = n.attribute(1);
    task.ndim = n.ndim;
    task.dim = n.attribute(0);
    task.dims = n.dims;
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
    parallelFor(Job.Argsort, changetype<usize>(task), argsortParts(task));
    if (workspace) workspace.release();
    return true;
  }
}

register(Op.Argsort, new Argsort(Kind.Kernel));
