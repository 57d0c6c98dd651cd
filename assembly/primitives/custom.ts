// A user's function with a derivative of its own. One node stands for the call: its inputs are the function's, the attributes
// name the call for the host and count the outputs. Each output is a node of its own, which shows what the user's forward
// computed and depends on the call. The backward walk (transforms/vjp.ts) gathers the outputs' cotangents at the call. What backward
// gets of a saved intermediate is such a node as well.
import { failure } from "../abi/failure";
import { DType, Op } from "../abi/opcodes";
import { append, GradMode, getGradMode, isPoison, removePending, seal } from "../graph/graph";
import { Node, OPAQUE, REQUIRES_GRAD, SHADOW } from "../graph/node";
import { copyWords } from "../memory/words";
import { batched, batchedInputs, counterparts, isBatched } from "./batching";
import { Kind, Primitive, primitiveOf, register } from "./primitive";
import { shareValues } from "../graph/values";

/** The call: `inputs` are `inputCount` node addresses. */
export function buildCustomCall(call: i32, outputCount: i32, inputs: usize, inputCount: i32): Node {
  const n = append(Op.CustomCall, DType.Float32, 0, 2, inputCount);
  if (isPoison(n)) return n;
  n.setAttribute(0, call);
  n.setAttribute(1, outputCount);
  copyWords(n.inputs, inputs, inputCount);
  const sealed = seal(n);
  // A call is never computed, only its outputs are.
  removePending(sealed);
  return sealed;
}
/** Output k of a call, with the values of x. */
export function buildCustomOutput(x: Node, call: Node, k: i32): Node {
  const n = append(Op.CustomOutput, x.dtype, x.ndim, 1, 2);
  copyWords(n.dims, x.dims, x.ndim);
  n.setAttribute(0, k);
  n.setInput(0, x);
  n.setInput(1, call);
  return dependingOn(seal(n), call);
}
// Derivatives of n are those of `on`, however its values came about. No shadow leaves the forward that it belongs to.
function dependingOn(n: Node, on: Node): Node {
  n.flags &= ~(REQUIRES_GRAD | SHADOW | OPAQUE);
  if (!on.isRecorded) return n;
  if (getGradMode() == GradMode.On) n.flags |= REQUIRES_GRAD;
  else if (getGradMode() == GradMode.Shadow) n.flags |= SHADOW | (on.flags & OPAQUE);
  return n;
}

/** The "output" of an intermediate that forward saved: gradients flow to what forward computed it from. */
export const SAVED: i32 = -1;
/** Of one that depends on the inputs by a way that is not known: it depends on the call, and no gradient can flow through. */
const OPAQUE_SAVED: i32 = i32.MIN_VALUE;

/** The saved intermediate x of a call as backward sees it. */
export function buildCustomSaved(x: Node, call: Node): Node {
  if (x.flags & OPAQUE) return buildCustomOutput(x, call, OPAQUE_SAVED);
  const n = append(Op.CustomOutput, x.dtype, x.ndim, 1, 1);
  copyWords(n.dims, x.dims, x.ndim);
  n.setAttribute(0, SAVED);
  n.setInput(0, x);
  return dependingOn(seal(n), x);
}

// The host makes a call whose backward is the mapped one of a call's; its number.
// @ts-ignore: decorator
@external("host", "customBatched")
declare function customBatched(call: i32, node: i32): i32;

@final
class CustomCall extends Primitive {
  batch(n: Node): Node {
    const b = buildCustomCall(0, n.attribute(1), batchedInputs(n), n.inputCount);
    // The host holds on to what its call needs until the node goes: so there is one. Backward asks for those that are recorded.
    if (!failure && n.isRecorded) b.setAttribute(0, customBatched(n.attribute(0), <i32>(changetype<usize>(n) >> 4)));
    return b;
  }
}

@final
class CustomOutput extends Primitive {
  batch(n: Node): Node {
    if (!n.isRecorded) return batched(n, 0);
    if (n.attribute(0) == SAVED) return buildCustomSaved(batched(n, 0), n);
    const call = n.input(1);
    // The user's forward got at what is mapped by itself, not by an argument: so does backward.
    if (!isBatched(n, 1)) counterparts.set(call.slot, <u32>changetype<usize>(primitiveOf(call.op).batch(call)));
    return buildCustomOutput(batched(n, 0), batched(n, 1), n.attribute(0));
  }
  evaluate(n: Node): bool {
    shareValues(n, n.input(0));
    return true;
  }
}

register(Op.CustomCall, new CustomCall(Kind.Source));
register(Op.CustomOutput, new CustomOutput(Kind.View));
