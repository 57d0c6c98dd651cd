// torch.nn.functional.scaled_dot_product_attention.
import { DType } from "../../assembly/abi/opcodes";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { softmax } from "./activation";
import { argumentError } from "./define";
import { range, scale } from "./support";

/** The last two dims swapped. */
const transpose = (x: Node): Node => {
  const n = p.ndim(x);
  return p.permute(x, [...range(0, n - 2), n - 1, n - 2]);
};

export const attentionOps = {
  /** softmax(query·keyᵀ·s + mask)·value with s = 1/√e; query: [..., l, e], key: [..., s, e], value: [..., s, v]. */
  "nn.functional.scaledDotProductAttention"(
    query: Node,
    key: Node,
    value: Node,
    mask?: Node,
    dropoutP = 0,
    isCausal = false,
    factor?: number,
  ): Node {
    if (dropoutP !== 0) throw argumentError("dropoutP other than 0 is not supported.");
    if (mask !== undefined && isCausal) throw argumentError("attnMask and isCausal can't be given both.");
    const scores = p.matmul(scale(query, factor ?? 1 / Math.sqrt(p.size(query, -1))), transpose(key));
    if (isCausal) {
      const rows = p.reshape(p.iota(p.size(query, -2)), [-1, 1]);
      const past = p.ge(rows, p.iota(p.size(key, -2)));
      return p.matmul(softmax(p.where(past, scores, p.num(-Infinity)), -1), value);
    }
    if (mask === undefined) return p.matmul(softmax(scores, -1), value);
    const masked = p.dtype(mask) === DType.Bool ? p.where(mask, scores, p.num(-Infinity)) : p.add(scores, mask);
    return p.matmul(softmax(masked, -1), value);
  },
};
