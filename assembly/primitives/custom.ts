// A user's function with a derivative of its own is a call (call.ts): its inputs are the function's, the attributes name the call for
// the host and count the outputs, and the derivative rule is the user's backward, which the host runs. Its outputs show what the
// user's forward has computed. What backward gets of an intermediate that forward saved is a node of its own as well.
import { clearFailure, fail, failure } from "../abi/failure";
import { Failure } from "../abi/failures";
import { DType, Op } from "../abi/opcodes";
import { append, enterProgram, isPoison, leaveRules, seal, setOrigin } from "../graph/graph";
import { Node, OPAQUE, idOf } from "../graph/node";
import { shareValues } from "../graph/values";
import { copyWords, pointer, setPointer } from "../memory/words";
import { batched, batchedInputs } from "./batching";
import { Call, batchedCall, dependingOn } from "./call";
import { Primitive } from "./primitive";

/** The call: `inputs` are `inputCount` node addresses. */
export function buildCustomCall(call: i32, outputCount: i32, inputs: usize, inputCount: i32): Node {
  const n = append(Op.CustomCall, DType.Float32, 0, 2, inputCount);
  if (isPoison(n)) return n;
  n.setAttribute(0, call);
  n.setAttribute(1, outputCount);
  copyWords(n.inputs, inputs, inputCount);
  return seal(n);
}

// Of the call, outputs and inputs are counted; in the exchange nodes are ids.
// @ts-ignore: decorator
@external("host", "customBackward")
declare function customBackward(call: i32, outputs: i32, inputs: i32, exchange: usize): i32;
// The host makes a call whose backward is the mapped one of a call's; its number.
// @ts-ignore: decorator
@external("host", "customBatched")
declare function customBatched(call: i32, node: i32): i32;

// Its values aren't there to be computed: a walk for an evaluation does not come to it (graph/walk.ts).
@primitive({ op: "CustomCall", kind: "source", isCall: true, attributes: { call: "int", outputs: "int" } })
@final
export class CustomCall extends Call {
  outputCount(call: Node): i32 {
    return call.attribute(1);
  }
  backward(call: Node, exchange: usize): bool {
    const outputs = this.outputCount(call),
      inputs = <i32>call.inputCount;
    for (let i = 0; i < 2 * outputs; i++) setPointer(exchange, i, pointer(exchange, i) >> 4);
    const rules = enterProgram(),
      code = customBackward(call.attribute(0), outputs, inputs, exchange);
    leaveRules(rules);
    clearFailure();
    if (code) fail(Failure.Custom);
    setOrigin(~call.origin);
    for (let k = 0; k < inputs; k++) setPointer(exchange, k, pointer(exchange, k) << 4);
    return !code;
  }
  batch(n: Node): Node {
    const b = buildCustomCall(0, n.attribute(1), batchedInputs(n), n.inputCount);
    // The host holds on to what its call needs until the node goes: so there is one. Backward asks for those that are recorded.
    if (!failure && n.isRecorded) b.setAttribute(0, customBatched(n.attribute(0), idOf(n)));
    return b;
  }
  evaluate(n: Node): bool {
    return true;
  }
}

/**
 * The saved intermediate x of a call as backward sees it: gradients flow to what forward computed it from. One that depends on the
 * inputs by a way that is not known depends on the call, and no gradient can flow through.
 */
export function buildSaved(x: Node, call: Node): Node {
  const isOpaque = (x.flags & OPAQUE) != 0,
    n = append(Op.Saved, x.dtype, x.ndim, 0, isOpaque ? 2 : 1);
  copyWords(n.dims, x.dims, x.ndim);
  n.setInput(0, x);
  if (isOpaque) n.setInput(1, call);
  return dependingOn(seal(n), isOpaque ? call : x);
}

@primitive({ op: "Saved", kind: "view" })
@final
export class Saved extends Primitive {
  vjp(n: Node, k: i32, g: Node): Node | null {
    if (n.inputCount == 1) return g;
    if (k) fail(Failure.SavedValue);
    return null;
  }
  batch(n: Node): Node {
    if (!n.isRecorded) return batched(n, 0);
    if (n.inputCount == 1) return buildSaved(batched(n, 0), n);
    return buildSaved(batched(n, 0), batchedCall(n));
  }
  evaluate(n: Node): bool {
    shareValues(n, n.input(0));
    return true;
  }
}
