// The Moore-Penrose inverse, as a function of the matrix.
import { Op } from "../../abi/opcodes";
import { append, seal } from "../../graph/graph";
import { Node, nodeOf } from "../../graph/node";
import { shareValues } from "../../graph/values";
import { copyWords } from "../../memory/words";
import { batchedInputs } from "../batching";
import { add, neg } from "../elementwise/emit";
import { buildMatmul } from "../matmul";
import { Primitive } from "../primitive";
import { transposed } from "../views";

/**
 * The pseudo-inverse of a [..., m, n], whose values p [..., n, m] has; differentiated at constant rank. By products of m×n and n×n
 * matrices: of a with m < n the transpose is to be taken.
 */
@binding
export function buildPseudoInverse(a: Node, p: Node): Node {
  const n = append(Op.PseudoInverse, p.dtype, p.ndim, 0, 2);
  copyWords(n.dims, p.dims, p.ndim);
  n.setInput(0, a);
  n.setInput(1, p);
  return seal(n);
}

@primitive({ op: "PseudoInverse", kind: "view", reads: "all" })
@final
export class PseudoInverse extends Primitive {
  // dP = -P·dA·P + P·Pᵀ·dAᵀ·(I - A·P) + (I - P·A)·dAᵀ·Pᵀ·P (G. Golub and V. Pereyra, "The differentiation of pseudo-inverses",
  // 1973). In an order of products in which none is m×m.
  vjp(n: Node, k: i32, g: Node): Node | null {
    if (k) return null;
    const a = n.input(0),
      p = n,
      pt = transposed(p),
      gt = transposed(g),
      gpp = buildMatmul(gt, buildMatmul(p, pt)),
      gpa = buildMatmul(gt, buildMatmul(p, a)),
      inner = neg(buildMatmul(pt, buildMatmul(g, pt))),
      fromRows = add(gpp, neg(buildMatmul(a, buildMatmul(p, gpp)))),
      kept = add(gt, neg(gpa)),
      fromColumns = buildMatmul(pt, buildMatmul(p, kept));
    return add(inner, add(fromRows, fromColumns));
  }
  batch(n: Node): Node {
    const all = batchedInputs(n);
    return all ? buildPseudoInverse(nodeOf(all, 0), nodeOf(all, 1)) : n;
  }
  evaluate(n: Node): bool {
    shareValues(n, n.input(1));
    return true;
  }
}
