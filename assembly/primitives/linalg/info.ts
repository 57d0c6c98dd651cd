// Failures of factorisations: they are results, an int32 for each matrix, and an error where what was computed is used.
import { Op } from "../../abi/opcodes";
import { addFact, fail } from "../../abi/failure";
import { Failure } from "../../abi/failures";
import { append, seal } from "../../graph/graph";
import { Node } from "../../graph/node";
import { shareValues } from "../../graph/values";
import { elementAt } from "../../kernels/strided";
import { copyWords, word } from "../../memory/words";
import { batched } from "../batching";
import { Primitive } from "../primitive";

/**
 * x, for whoever info is 0 everywhere: whoever reads x or a derivative of what is made of it is told otherwise. `what` is the host's
 * number of the message and the op that asks, info int32, one for each matrix.
 */
@binding
export function buildCheckInfo(x: Node, info: Node, what: i32): Node {
  const n = append(Op.CheckInfo, x.dtype, x.ndim, 1, 2);
  copyWords(n.dims, x.dims, x.ndim);
  n.setAttribute(0, what);
  n.setInput(0, x);
  n.setInput(1, info);
  return seal(n);
}

@primitive({ op: "CheckInfo", kind: "view", attributes: { what: "late int" } })
@final
export class CheckInfo extends Primitive {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return k ? null : buildCheckInfo(g, n.input(1), n.attribute(0));
  }
  batch(n: Node): Node {
    return buildCheckInfo(batched(n, 0), batched(n, 1), n.attribute(0));
  }
  evaluate(n: Node): bool {
    const info = n.input(1),
      ndim = <i32>info.ndim;
    shareValues(n, n.input(0));
    for (let item = 0; item < info.numel; item++) {
      const found = word(info.data, elementAt(item, ndim, info.dims, info.strides));
      if (!found) continue;
      fail(Failure.Matrix);
      addFact(n.attribute(0));
      addFact(ndim ? item : -1);
      addFact(found);
      return false;
    }
    return true;
  }
}
