// One step of recurrent networks (torch.rnn_tanh_cell and its kin): gates of input: [n, in] and state: [n, hidden], or without n. The next
// state has the dtype of the input.
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { argumentError, type Implementations } from "./define";
import { relu } from "./activation";
import { linear } from "./layers";
import { asDType, asFloat } from "./promotion";
import { sliceAlong } from "./support";

/** `count` gates that lie side by side in the last dim. */
function gates(x: Node, count: number): Node[] {
  const size = p.size(x, -1) / count;
  return Array.from({ length: count }, (_, i) => sliceAlong(x, -1, i * size, size));
}
type Cell = (input: Node, hx: Node, wIh: Node, wHh: Node, bIh?: Node, bHh?: Node) => Node;
const like = (x: Node, input: Node): Node => asDType(x, p.dtype(asFloat(input)));
const cell =
  (activation: (x: Node) => Node): Cell =>
  (input, hx, wIh, wHh, bIh, bHh) =>
    like(activation(p.add(linear(input, wIh, bIh), linear(hx, wHh, bHh))), input);

/** r and z of both; n = tanh(i_n + r·h_n), h' = n + z·(h − n). */
const gruCell: Cell = (input, hx, wIh, wHh, bIh, bHh) => {
  const [ir, iz, ni] = gates(linear(input, wIh, bIh), 3) as [Node, Node, Node];
  const [hr, hz, nh] = gates(linear(hx, wHh, bHh), 3) as [Node, Node, Node];
  const n = p.tanh(p.add(ni, p.mul(p.sigmoid(p.add(ir, hr)), nh)));
  return like(p.add(n, p.mul(p.sigmoid(p.add(iz, hz)), p.sub(hx, n))), input);
};

/** i, f, g and o: c' = σ(f)·c + σ(i)·tanh(g), h' = σ(o)·tanh(c'). */
function lstmCell(input: Node, hx: readonly Node[], wIh: Node, wHh: Node, bIh?: Node, bHh?: Node): [Node, Node] {
  if (hx.length !== 2) throw argumentError(`hx should be two tensors, h and c, but are ${hx.length}.`);
  const [h, c] = hx as [Node, Node];
  const [i, f, g, o] = gates(cell((x) => x)(input, h, wIh, wHh, bIh, bHh), 4) as [Node, Node, Node, Node];
  const next = like(p.add(p.mul(p.sigmoid(f), c), p.mul(p.sigmoid(i), p.tanh(g))), input);
  return [p.mul(p.sigmoid(o), p.tanh(next)), next];
}

export const recurrentOps = {
  rnnTanhCell: cell(p.tanh),
  rnnReluCell: cell(relu),
  gruCell,
  lstmCell,
} satisfies Implementations;
