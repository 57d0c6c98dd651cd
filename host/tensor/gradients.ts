// The .grad of leaves, by node: all handles on a leaf see the same one, and it is dropped with the last handle. What is kept are nodes
// and not Tensors, so that a gradient that is replaced is freed at once, unless its user holds a handle on it.
import { core } from "../core/memory";
import type { Node } from "../core/prim";

const gradients = new Map<Node, Node>();

export const gradientOf = (leaf: Node): Node | null => gradients.get(leaf) ?? null;
/** Replaces the gradient of a leaf. */
export function setGradient(leaf: Node, gradient: Node | null): void {
  if (gradient !== null) core.hold(gradient);
  const held = gradients.get(leaf);
  if (gradient === null) gradients.delete(leaf);
  else gradients.set(leaf, gradient);
  if (held !== undefined) core.drop(held);
}
/** A handle on the node is about to be dropped. */
export function beforeDrop(node: Node): void {
  if (gradients.size > 0 && core.handlesOf(node) === 1) setGradient(node, null);
}
