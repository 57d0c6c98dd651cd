// Values that are computed in one way and differentiated in another: by a formula that gives the same values, but whose derivatives
// hold where those of the first one don't. The formula is evaluated only as far as derivatives need it.
import { Op } from "../abi/opcodes";
import { append, seal } from "../graph/graph";
import { Node } from "../graph/node";
import { shareValues } from "../graph/values";
import { copyWords } from "../memory/words";
import { batched } from "./batching";
import { Primitive } from "./primitive";

/** x as it is computed, with the derivatives of `model`, which has x's shape and dtype. */
@binding
export function buildSurrogate(x: Node, model: Node): Node {
  const n = append(Op.Surrogate, x.dtype, x.ndim, 0, 2);
  copyWords(n.dims, x.dims, x.ndim);
  n.setInput(0, x);
  n.setInput(1, modelOf(model));
  return seal(n);
}
function modelOf(x: Node): Node {
  const n = append(Op.Model, x.dtype, x.ndim, 0, 1);
  copyWords(n.dims, x.dims, x.ndim);
  n.setInput(0, x);
  return seal(n);
}

@primitive({ op: "Surrogate", kind: "view", reads: "none" })
@final
export class Surrogate extends Primitive {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return k ? g : null;
  }
  batch(n: Node): Node {
    return buildSurrogate(batched(n, 0), batched(n.input(1), 0));
  }
  evaluate(n: Node): bool {
    shareValues(n, n.input(0));
    return true;
  }
}

// A walk for an evaluation does not come to it (graph/walk.ts).
@primitive({ op: "Model", kind: "source", reads: "none" })
@final
export class Model extends Primitive {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return g;
  }
  batch(n: Node): Node {
    return modelOf(batched(n, 0));
  }
  evaluate(n: Node): bool {
    return true;
  }
}
