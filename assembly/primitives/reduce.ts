// Reductions over any set of dims: attributes are the set (a bit per dim) and whether the dims stay with size 1.
import { DType, Op } from "../abi/opcodes";
import { addFact, addFacts, fail } from "../abi/failure";
import { Failure } from "../abi/failures";
import { append, seal } from "../graph/graph";
import { Node } from "../graph/node";
import { Reduction as ReductionJob, reduceFinish, reducePart, reduceParts, reduceWorkspace } from "../kernels/reduce";
import { Buffer } from "../memory/buffer";
import { parallelFor } from "../threads/pool";
import { batched } from "./batching";
import { binary, cast, div, mul, where, zerosLike } from "./elementwise/emit";
import { Primitive } from "./primitive";
import { leaveOneOut } from "./product";
import { allocateValues } from "../graph/values";
import { buildReshape, expandLike } from "./views";
import { setWord } from "../memory/words";

/** op over the dims in the set; all dims of a 0-dim tensor are none. */
export function buildReduce(op: Op, x: Node, dims: u32, keepdim: bool): Node {
  const ndim = <i32>x.ndim;
  const isArg = op == Op.Argmax || op == Op.Argmin;
  if (op != Op.Sum && op != Op.Prod) {
    for (let i = 0; i < ndim; i++) {
      if (((dims >> i) & 1) == 0 || x.dim(i)) continue;
      fail(Failure.EmptyReduction);
      addFacts(x.dims, ndim);
      addFact(i);
      return x;
    }
  } else if (x.dtype == DType.Bool) x = cast(x, DType.Int32);
  if (!dims && !isArg) return x;
  const kept = keepdim ? ndim : ndim - popcnt(dims);
  const n = append(op, isArg ? DType.Int32 : x.dtype, kept, 2, 1);
  for (let i = 0, at = 0; i < ndim; i++) {
    const reduced = (dims >> i) & 1;
    if (!reduced || keepdim) n.setDim(at++, reduced ? 1 : x.dim(i));
  }
  n.setAttribute(0, <i32>dims);
  n.setAttribute(1, keepdim);
  n.setInput(0, x);
  return seal(n);
}
export function buildSum(x: Node, dims: u32, keepdim: bool): Node {
  return buildReduce(Op.Sum, x, dims, keepdim);
}

const restoredDims: usize = memory.data(32 * 4);
/** t, shaped like n, with n's reduced dims back as 1. */
function restored(t: Node, n: Node): Node {
  const x = n.input(0);
  if (n.attribute(1)) return t;
  for (let i = 0; i < <i32>x.ndim; i++) {
    setWord(restoredDims, i, (n.attribute(0) >> i) & 1 ? 1 : x.dim(i));
  }
  return buildReshape(t, x.ndim, restoredDims);
}

/** t, shaped like n, repeated along n's reduced dims. Leading ones come back by the expansion itself. */
function spread(t: Node, n: Node): Node {
  const dims = <u32>n.attribute(0);
  return expandLike(dims & (dims + 1) ? restored(t, n) : t, n.input(0));
}

const outDims: usize = memory.data(32 * 4);
const outStrides: usize = memory.data(32 * 4);
const reducedDims: usize = memory.data(32 * 4);
const reducedStrides: usize = memory.data(32 * 4);

const job = changetype<ReductionJob>(memory.data(44));
job.outDims = outDims;
job.outStrides = outStrides;
job.redDims = reducedDims;
job.redStrides = reducedStrides;

abstract class Reduction extends Primitive {
  batch(n: Node): Node {
    return buildReduce(<Op>n.op, batched(n, 0), (<u32>n.attribute(0)) << 1, n.attribute(1) != 0);
  }
  evaluate(n: Node): bool {
    const x = n.input(0);
    if (!allocateValues(n)) return false;
    let kept = 0,
      reduced = 0;
    for (let i = 0; i < <i32>x.ndim; i++) {
      if ((n.attribute(0) >> i) & 1) {
        // The extreme of repetitions is that of one.
        const once = x.stride(i) == 0 && (n.op == Op.Amax || n.op == Op.Amin);
        setWord(reducedDims, reduced, once ? 1 : x.dim(i));
        setWord(reducedStrides, reduced, x.stride(i));
        reduced++;
      } else {
        setWord(outDims, kept, x.dim(i));
        setWord(outStrides, kept, x.stride(i));
        kept++;
      }
    }
    job.op = n.op;
    job.dtype = x.dtype;
    job.dst = n.data;
    job.src = x.data;
    job.outNdim = kept;
    job.redNdim = reduced;
    const bytes = reduceWorkspace(job);
    const partials = bytes ? Buffer.create(<f64>bytes) : null;
    if (bytes && !partials) {
      fail(Failure.OutOfMemory);
      return false;
    }
    if (partials) job.partials = partials.data;
    parallelFor<ReductionJob>(reducePart, job, reduceParts(job));
    if (partials) {
      reduceFinish(job);
      partials.release();
    }
    return true;
  }
  flops(n: Node): f64 {
    return <f64>n.input(0).numel;
  }
}
@primitive({
  op: "Sum",
  kind: "kernel",
  operands: "reduction",
  kernel: "Total",
  sink: true,
  attributes: { dims: "dimSet", keepdim: "bool" },
  reads: "none",
  doc: "int32 for int32 and bool operands.",
})
@final
export class Sum extends Reduction {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return spread(g, n);
  }
}
@primitive({
  op: "Prod",
  kind: "kernel",
  operands: "reduction",
  kernel: "Product",
  sink: true,
  attributes: { dims: "dimSet", keepdim: "bool" },
})
@final
export class Prod extends Reduction {
  // The product of all others, never by division: x may hold zeros.
  vjp(n: Node, k: i32, g: Node): Node | null {
    const x = n.input(0);
    return mul(spread(g, n), leaveOneOut(x, n.attribute(0)));
  }
}
// The elements that equal the extreme share the gradient; those that are NaN where that is the extreme.
@primitive({
  op: "Amax",
  kind: "kernel",
  operands: "reduction",
  kernel: "Largest",
  sink: true,
  attributes: { dims: "dimSet", keepdim: "bool" },
  doc: "The largest value; the gradient of a tie is shared equally.",
})
@primitive({
  op: "Amin",
  kind: "kernel",
  operands: "reduction",
  kernel: "Smallest",
  sink: true,
  attributes: { dims: "dimSet", keepdim: "bool" },
})
@final
export class Extreme extends Reduction {
  vjp(n: Node, k: i32, g: Node): Node | null {
    const x = n.input(0);
    const chosen = binary(Op.LogicalOr, binary(Op.Eq, x, expandLike(restored(n, n), x)), binary(Op.Ne, x, x));
    const share = div(restored(g, n), buildSum(cast(chosen, x.dtype), n.attribute(0), true));
    return where(chosen, expandLike(share, x), zerosLike(x));
  }
}
@primitive({
  op: "Argmax",
  kind: "kernel",
  operands: "reduction",
  kernel: "arg(true, dtype, dst, src, kept, reduced)",
  attributes: { dims: "dimSet", keepdim: "bool" },
  doc: "Index of the first largest value along one dim (dims: [dim]), or in the flattened tensor; int32.",
})
@primitive({
  op: "Argmin",
  kind: "kernel",
  operands: "reduction",
  kernel: "arg(false, dtype, dst, src, kept, reduced)",
  attributes: { dims: "dimSet", keepdim: "bool" },
})
@final
export class ArgExtreme extends Reduction {
  // Positions have no derivative.
  vjp(n: Node, k: i32, g: Node): Node | null {
    return null;
  }
}
