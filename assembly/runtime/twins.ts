// Sharing: of equal kernels one is computed, and the others show its values. That is a fact of the plan, kept beside the nodes
// (`twins`): what can be differentiated keeps its op and its inputs whether it was read or not. Equal elementwise nodes are one
// instruction where they meet in a program (lowering/translate.ts); constants and views cost nothing.
import { Trait } from "../abi/traits";
import { hasTrait } from "../generated/traits";
import { Node, sameShape } from "../graph/node";
import { isVisited, nodeAt } from "../graph/walk";
import { Vector } from "../memory/vector";
import { equalWords } from "../memory/words";

/** By slot: 1 + the slot of the equal kernel whose values it shows; OMITTED: nobody reads it; 0: it is computed. */
export const twins = Vector.make(memory.data(12));
export const OMITTED: u32 = <u32>-1;

// Slots + 1 by the hash of what they compute; a power of two of them.
const table = Vector.make(memory.data(12));

/** Finds the twins among the first `count` nodes of `order`; whether there are any. Memory may be exhausted. */
export function findTwins(count: i32): bool {
  if (!twins.start(count, 0)) return false;
  let kernels = 0;
  for (let slot = 0; slot < count; slot++) if (isShareable(nodeAt(slot))) kernels++;
  if (kernels < 2) return false;
  let size = 16;
  while (size < 2 * kernels) size <<= 1;
  if (!table.start(size, 0)) return false;
  let found = false;
  for (let slot = 0; slot < count; slot++) {
    const n = nodeAt(slot);
    if (!isShareable(n)) continue;
    let at = hashOf(n) & (size - 1),
      twin = table.at(at);
    for (; twin && !isEqual(nodeAt(twin - 1), n); twin = table.at(at)) at = (at + 1) & (size - 1);
    if (!twin) table.set(at, slot + 1);
    else {
      twins.set(slot, twin);
      found = true;
    }
  }
  table.clear();
  return found;
}

function isShareable(n: Node): bool {
  return hasTrait(n.op, Trait.Shareable);
}
function hashOf(n: Node): i32 {
  let h: u32 = <u32>n.op * 0x9e3779b1;
  for (let i = 0; i < <i32>n.ndim; i++) h = (h ^ n.dim(i)) * 0x85ebca6b;
  for (let k = 0; k < <i32>n.inputCount; k++) {
    let x = original(n.input(k));
    // Through views: which part of a tensor it is tells most operands apart.
    while (isView(x)) {
      for (let i = 0; i < <i32>x.attributeCount; i++) h = (h ^ x.attribute(i)) * 0x85ebca6b;
      h = (h ^ (h >> 13) ^ x.op) * 0x9e3779b1;
      x = original(x.input(0));
    }
    h = (h ^ (<u32>changetype<usize>(x))) * 0xc2b2ae35;
  }
  return <i32>(h ^ (h >> 15));
}
// A view of what it is made of still: those that have become leaves are of nothing.
@inline
function isView(n: Node): bool {
  return n.inputCount > 0 && hasTrait(n.op, Trait.Rearranges);
}
// The node that computes what n shows.
function original(n: Node): Node {
  if (!isVisited(n)) return n;
  const twin = <i32>twins.at(n.slot);
  return twin ? nodeAt(twin - 1) : n;
}
function isEqual(a: Node, b: Node): bool {
  if (!looksEqual(a, b)) return false;
  for (let k = 0; k < <i32>a.inputCount; k++) if (!isSameOperand(a.input(k), b.input(k))) return false;
  return true;
}
// But for their inputs, which tell their dtype. Values are compared by their bits: 0 is not -0, and a NaN is itself.
function looksEqual(a: Node, b: Node): bool {
  return (
    a.op == b.op &&
    a.inputCount == b.inputCount &&
    reinterpret<u64>(a.value) == reinterpret<u64>(b.value) &&
    sameShape(a, b) &&
    equalWords(a.attributes, b.attributes, a.attributeCount)
  );
}
// The same node, or the same view of one.
function isSameOperand(a: Node, b: Node): bool {
  a = original(a);
  b = original(b);
  while (a != b) {
    if (!isView(a) || !looksEqual(a, b)) return false;
    a = original(a.input(0));
    b = original(b.input(0));
  }
  return true;
}
