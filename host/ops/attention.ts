// torch.nn.functional.scaled_dot_product_attention.
import { DType } from "../../assembly/abi/opcodes";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { softmax } from "./activation";
import { argumentError, format, shapeError } from "./define";
import { linear } from "./layers";
import { asDType, asFloat } from "./promotion";
import { dropout } from "./random";
import { squeeze, transpose, unsqueeze } from "./shape";
import { meanOver, padAlong, scale, sliceAlong } from "./support";

/** -∞ where a query may not see a key: by a bool mask, or by a causal one; another mask is added. */
function masked(scores: Node, mask: Node | undefined, isCausal: boolean): Node {
  if (isCausal) {
    const rows = p.reshape(p.iota(p.size(scores, -2)), [-1, 1]);
    return p.where(p.ge(rows, p.iota(p.size(scores, -1))), scores, p.num(-Infinity));
  }
  if (mask === undefined) return scores;
  return p.dtype(mask) === DType.Bool ? p.where(mask, scores, p.num(-Infinity)) : p.add(scores, mask);
}

/** The arguments of torch.nn.functional.multi_head_attention_forward. */
type MultiHead = [
  query: Node,
  key: Node,
  value: Node,
  embedDim: number,
  numHeads: number,
  inProjWeight: Node | undefined,
  inProjBias: Node | undefined,
  biasK: Node | undefined,
  biasV: Node | undefined,
  addZeroAttn: boolean,
  dropoutP: number,
  outProjWeight: Node,
  outProjBias?: Node,
  training?: boolean,
  keyPaddingMask?: Node,
  needWeights?: boolean,
  attnMask?: Node,
  useSeparateProjWeight?: boolean,
  qProjWeight?: Node,
  kProjWeight?: Node,
  vProjWeight?: Node,
  staticK?: Node,
  staticV?: Node,
  averageAttnWeights?: boolean,
  isCausal?: boolean,
];
/** -∞ at the keys that a mask hides, which here is where a bool one holds; another mask is added. */
const hidden = (scores: Node, mask: Node | undefined): Node =>
  masked(scores, mask !== undefined && p.dtype(mask) === DType.Bool ? p.logicalNot(mask) : mask, false);

/** query: [l, n, e], key and value: [s, n, …], or without n; gives the output, shaped as query, and the weights [n, l, s]. */
function multiHeadAttention(...args: MultiHead): [output: Node, weights: Node] {
  const [, , , e, h, inWeight, inBias, biasK, biasV, addZero, dropoutP, outWeight, outBias, training = true] = args;
  const [keyPaddingMask, , attnMask, isSeparate, qWeight, kWeight, vWeight] = args.slice(14) as [Node?, boolean?, Node?, boolean?, Node?, Node?, Node?]; // prettier-ignore
  const [staticK, staticV, isAveraged = true, isCausal = false] = args.slice(21) as [Node?, Node?, boolean?, boolean?];
  const isBatched = p.ndim(args[0]) === 3;
  const inputs = args.slice(0, 3).map((x) => (isBatched ? x : unsqueeze(x as Node, 1))) as [Node, Node, Node];
  const [l, n] = p.shape(inputs[0]) as [number, number];
  if (inputs.some((x) => p.ndim(x) !== 3) || p.size(inputs[0], -1) !== e || e % h !== 0)
    throw shapeError(
      `query ${format(args[0])} should be [l, n, ${e}] or [l, ${e}] with a last size that ${h} heads divide.`,
    );
  const weights = isSeparate ? [qWeight, kWeight, vWeight] : inWeight && [0, 1, 2].map((i) => sliceAlong(inWeight, 0, i * e, e)); // prettier-ignore
  if (!weights?.every((weight) => weight !== undefined))
    throw argumentError("inProjWeight, or all of qProjWeight, kProjWeight and vProjWeight, should be given.");
  const [q, k, v] = inputs.map((x, i) => linear(x, weights[i]!, inBias && sliceAlong(inBias, 0, i * e, e))) as [Node, Node, Node]; // prettier-ignore
  const d = e / h;
  /** [rows, n, e] as [n, heads, rows, d]. */
  const heads = (x: Node): Node => p.permute(p.reshape(x, [p.size(x, 0), n, h, d]), [1, 2, 0, 3]);
  const withBias = (x: Node, bias?: Node) => (bias === undefined ? x : p.concat([x, p.expand(bias, [1, n, e])], 0));
  const given = (x: Node | undefined, otherwise: Node) => x === undefined ? heads(otherwise) : p.reshape(x, [n, h, p.size(x, 1), d]); // prettier-ignore
  const withZero = (x: Node) => (addZero ? padAlong(x, 2, 0, 1) : x);
  const [keys, values] = [given(staticK, withBias(k, biasK)), given(staticV, withBias(v, biasV))].map(withZero) as [Node, Node]; // prettier-ignore
  // Every query sees what is added behind the keys.
  const wide = (mask: Node): Node => padAlong(mask, -1, 0, p.size(keys, 2) - p.size(mask, -1));
  const scores = p.matmul(scale(heads(q), 1 / Math.sqrt(d)), transpose(keys, -2, -1));
  const perHead = attnMask && p.ndim(attnMask) === 3 ? p.reshape(attnMask, [n, h, ...p.shape(attnMask).slice(1)]) : attnMask; // prettier-ignore
  const open = masked(scores, undefined, isCausal && attnMask === undefined);
  const seen = hidden(hidden(open, perHead && wide(perHead)), keyPaddingMask && p.reshape(wide(keyPaddingMask), [-1, 1, 1, p.size(keys, 2)])); // prettier-ignore
  const shares = dropout(softmax(seen, -1), dropoutP, training);
  const joined = p.reshape(p.permute(p.matmul(shares, values), [2, 0, 1, 3]), [l, n, e]);
  const results = [linear(joined, outWeight, outBias), isAveraged ? meanOver(shares, [1]) : shares];
  const dtype = p.dtype(asFloat(args[0]));
  return results.map((x, i) => asDType(isBatched ? x : squeeze(x, [1 - i]), dtype)) as [Node, Node];
}

export const attentionOps = {
  "nn.functional.multiHeadAttentionForward": multiHeadAttention,
  "nn.functional.multiHeadAttention": multiHeadAttention,
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
