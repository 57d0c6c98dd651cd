// Walks: the nodes that some roots rest on, inputs first, by depth-first search with an explicit stack.
import { Op } from "../abi/opcodes";
import { failure } from "../abi/failure";
import { Vector } from "../memory/vector";
import { Node } from "./node";
import { pointer, wordBytes } from "../memory/words";

/** The nodes of the last walk in topological order; a node's `slot` is its position while its `mark` is `epoch`. */
export const order = Vector.make(memory.data(12));
let epoch: u32 = 0;
// Pairs: a node and which of its inputs comes next.
const stack = Vector.make(memory.data(12));

/** Begins a new walk. */
export function startWalk(): void {
  nextEpoch();
  order.clear();
  stack.length = 0;
}
function nextEpoch(): void {
  if (!++epoch) epoch = 1; // new nodes have a mark of 0
}
@inline
export function isVisited(n: Node): bool {
  return n.mark == epoch;
}
/** Marks a node without giving it a slot. */
@inline
export function markVisited(n: Node): void {
  n.mark = epoch;
}
/** Gives a node its place in an order that was kept from an earlier walk. */
@inline
export function placeAt(n: Node, slot: i32): void {
  n.mark = epoch;
  n.slot = slot;
}
/** Puts the walk under way aside: its order goes to `to`. Returns its epoch. */
export function keepWalk(to: Vector): u32 {
  to.moveFrom(order);
  return epoch;
}
/** Takes a walk up again; its nodes get their places back if another walk has been there since. */
export function resumeWalk(from: Vector, kept: u32): void {
  order.moveFrom(from);
  if (epoch == kept) return;
  nextEpoch();
  for (let slot = 0; slot < order.length; slot++) placeAt(nodeAt(slot), slot);
}
@inline
export function nodeAt(slot: i32): Node {
  return changetype<Node>(order.at(slot));
}

// The stack has room for it.
@inline
function enter(n: Node): void {
  n.mark = epoch;
  n.slot = -1;
  const top = stack.data + wordBytes(stack.length);
  store<usize>(top, changetype<usize>(n));
  store<u32>(top, 0, 4);
  stack.length += 2;
}

/** What a walk follows. */
export enum Follow {
  /** Nodes that gradients flow through, no older than `oldest`. */
  Gradients,
  /** Nodes that are not computed. */
  Pending,
  /** Nodes no older than `oldest`, computed or not. */
  Dependents,
  /** Everything. */
  All,
}

@inline
function follows(n: Node, follow: Follow, oldest: u64): bool {
  if (n.mark == epoch) return false;
  // What a user's function was called with is no business of evaluating what it returned, nor is what something is differentiated by.
  if (follow == Follow.Pending && (n.op == Op.CustomCall || n.op == Op.Model)) return false;
  // An input is older than its node: what is older than all targets can't depend on any.
  if (follow == Follow.Gradients) return n.isDifferentiable && n.serial >= oldest;
  if (follow == Follow.Dependents) return n.serial >= oldest;
  return follow == Follow.All || !n.isComputed;
}

// Breaks off: a node without a slot must not look visited, whoever looks before seeing the failure.
function abandon(): void {
  while (stack.length) {
    stack.pop();
    changetype<Node>(stack.pop()).mark = 0;
  }
}

/** Appends to `order` what `root` rests on and has not been visited, root last. When memory is exhausted, only a part. */
export function walk(root: Node, follow: Follow, oldest: u64): void {
  if (failure || !follows(root, follow, oldest) || !stack.reserve(2)) return;
  enter(root);
  while (stack.length) {
    // Room for the input that may be entered and for the node that may be left.
    if (stack.length + 2 > stack.capacity && !stack.reserve(stack.length + 2)) return abandon();
    if (!order.reserveOne()) return abandon();
    const top = stack.length - 2;
    const n = changetype<Node>(stack.at(top));
    const inputs = n.inputs,
      count = n.inputCount;
    let next = stack.at(top + 1),
      input = n;
    for (; next < count; next++) {
      input = changetype<Node>(pointer(inputs, next));
      if (follows(input, follow, oldest)) break;
    }
    if (next < count) {
      stack.set(top + 1, next + 1);
      enter(input);
    } else {
      stack.length = top;
      n.slot = order.length;
      order.set(order.length++, <u32>changetype<usize>(n));
    }
  }
  stack.clear();
}
