// Sharing: of equal kernels one is run, and the others become aliases of it. Equal elementwise nodes are one instruction where they
// meet in a program (instructions.ts); constants and views cost nothing.
import { Op } from "../abi/opcodes";
import { failure } from "../abi/failure";
import { dropInputs, retain } from "../graph/graph";
import { Node, sameShape } from "../graph/node";
import { nodeAt } from "../graph/walk";
import { Vector } from "../memory/vector";
import { equalWords } from "../memory/words";
import { Kind, primitiveOf } from "../primitives/primitive";

/** The `value` of an alias that was made here; others have 0. */
const SHARED: f64 = 1;

// Slots + 1 by the hash of what they compute; a power of two of them.
const table = Vector.make(memory.data(12));

/** Rewrites the first `count` nodes of `order`. False: memory is exhausted. */
export function shareEqualKernels(count: i32): bool {
  let kernels = 0;
  for (let slot = 0; slot < count; slot++) if (isShareable(nodeAt(slot))) kernels++;
  if (kernels < 2) return true;
  let size = 16;
  while (size < 2 * kernels) size <<= 1;
  table.length = 0;
  if (!table.resize(size, 0)) return false;
  for (let slot = 0; slot < count; slot++) {
    const n = nodeAt(slot);
    if (!isShareable(n)) continue;
    let at = hashOf(n) & (size - 1);
    let twin: i32 = 0;
    while ((twin = table.at(at)) && !isEqual(nodeAt(twin - 1), n)) at = (at + 1) & (size - 1);
    if (!twin) table.set(at, slot + 1);
    // A tensor that prints the op which its gradient goes through keeps it.
    else if (!(n.handles && n.isDifferentiable)) becomeAlias(n, nodeAt(twin - 1));
  }
  table.clear();
  return !failure;
}

function isShareable(n: Node): bool {
  return n.op >= Op.Sum && n.inputCount > 0 && primitiveOf(n.op).kind == Kind.Kernel;
}
function hashOf(n: Node): i32 {
  let h: u32 = <u32>n.op * 0x9e3779b1;
  for (let i = 0; i < <i32>n.ndim; i++) h = (h ^ n.dim(i)) * 0x85ebca6b;
  for (let k = 0; k < <i32>n.inputCount; k++) h = (h ^ (<u32>changetype<usize>(viewed(n.input(k))))) * 0xc2b2ae35;
  return <i32>(h ^ (h >> 15));
}
@inline
function isView(n: Node): bool {
  return n.op >= Op.Reshape && n.op <= Op.Flip;
}
// What an alias that was made here stands for. An alias of the user's or a transform's has an identity of its own.
function original(n: Node): Node {
  while (n.op == Op.Alias && n.value == SHARED && n.inputCount) n = n.input(0);
  return n;
}
function viewed(n: Node): Node {
  n = original(n);
  while (isView(n) && !n.isComputed) n = original(n.input(0));
  return n;
}
function isEqual(a: Node, b: Node): bool {
  if (!looksEqual(a, b)) return false;
  for (let k = 0; k < <i32>a.inputCount; k++) if (!isSameOperand(a.input(k), b.input(k))) return false;
  return true;
}
function looksEqual(a: Node, b: Node): bool {
  return (
    a.op == b.op &&
    a.dtype == b.dtype &&
    a.flags == b.flags &&
    a.inputCount == b.inputCount &&
    a.attributeCount == b.attributeCount &&
    a.value == b.value &&
    sameShape(a, b) &&
    equalWords(a.attributes, b.attributes, a.attributeCount)
  );
}
// The same node, or the same view of one.
function isSameOperand(a: Node, b: Node): bool {
  a = original(a);
  b = original(b);
  while (a != b) {
    if (!isView(a) || a.isComputed || b.isComputed || !looksEqual(a, b)) return false;
    a = original(a.input(0));
    b = original(b.input(0));
  }
  return true;
}
function becomeAlias(n: Node, twin: Node): void {
  retain(twin);
  dropInputs(n);
  n.op = <i8>Op.Alias;
  n.value = SHARED;
  n.inputCount = 1;
  n.setInput(0, twin);
}
