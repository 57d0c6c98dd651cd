// torch.nn.functional.scaled_dot_product_attention.
import { DType } from "../../assembly/abi/opcodes";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { softmax } from "./activation";
import { argumentError } from "./define";
import { dropout } from "./random";
import { transpose } from "./shape";
import { scale } from "./support";

/** -∞ where a query may not see a key: by a bool mask, or by a causal one; another mask is added. */
function masked(scores: Node, mask: Node | undefined, isCausal: boolean): Node {
  if (isCausal) {
    const rows = p.reshape(p.iota(p.size(scores, -2)), [-1, 1]);
    return p.where(p.ge(rows, p.iota(p.size(scores, -1))), scores, p.num(-Infinity));
  }
  if (mask === undefined) return scores;
  return p.dtype(mask) === DType.Bool ? p.where(mask, scores, p.num(-Infinity)) : p.add(scores, mask);
}

export const attentionOps = {
  /** dropout(softmax(query·keyᵀ·s + mask))·value with s = 1/√e; query: [..., l, e], key: [..., s, e], value: [..., s, v]. */
  "nn.functional.scaledDotProductAttention"(
    query: Node,
    key: Node,
    value: Node,
    mask?: Node,
    dropoutP = 0,
    isCausal = false,
    factor?: number,
  ): Node {
    if (mask !== undefined && isCausal) throw argumentError("attnMask and isCausal can't be given both.");
    const scores = p.matmul(scale(query, factor ?? 1 / Math.sqrt(p.size(query, -1))), transpose(key, -2, -1));
    const weights = dropout(softmax(masked(scores, mask, isCausal), -1), dropoutP);
    return p.matmul(weights, value);
  },
};
