// Vectorisation: the program between some placeholders and its outputs, rewritten to work on a whole batch at once. Each
// node that depends on a placeholder gets a counterpart with the batch as its first dimension, by its primitive's batching
// rule; everything else is shared. Nothing is evaluated, and the result is an ordinary graph: it can be differentiated,
// batched again, and fused like any other.
import { addFact, fail, failure } from "../abi/failure";
import { Failure } from "../abi/failures";
import { GradMode } from "../abi/numbers";
import { countByValues, enterRules, leaveRules, MAX_DIMS, setGradMode, setOrigin } from "../graph/graph";
import { Node, ROOTED, SHADOW, nodeOf } from "../graph/node";
import { Follow, isVisited, nodeAt, order, startWalk, walk } from "../graph/walk";
import { counterparts, repeated, setBatch } from "../primitives/batching";
import { primitiveOf } from "../primitives/primitive";
import { wordBytes } from "../memory/words";

/**
 * placeholders[count], and for each its batch [size, ...shape]; outputs[outputCount] → results [size, ...shape] in place.
 * Lists of node addresses. The batch begins at `start` of a `whole` one, of which it may be a chunk.
 */
export function vmap(
  placeholders: usize,
  batches: usize,
  count: i32,
  size: i32,
  start: i32,
  whole: i32,
  outputs: usize,
  outputCount: i32,
): void {
  let oldest = u64.MAX_VALUE;
  for (let i = 0; i < count; i++) oldest = min(oldest, nodeOf(placeholders, i).serial);
  startWalk();
  for (let i = 0; i < outputCount; i++) walk(nodeOf(outputs, i), Follow.Dependents, oldest);
  counterparts.clear();
  if (!counterparts.start(order.length, 0)) return;
  setBatch(size, start, whole);
  for (let i = 0; i < count; i++) {
    const placeholder = nodeOf(placeholders, i);
    if (isVisited(placeholder)) counterparts.set(placeholder.slot, <u32>changetype<usize>(nodeOf(batches, i)));
  }
  const before = setGradMode(GradMode.On),
    maker = enterRules();
  for (let slot = 0; slot < order.length && !failure; slot++) {
    const n = nodeAt(slot);
    if (!dependsOnBatch(n)) continue;
    if (!hasRoom(n)) break;
    setOrigin(n.origin);
    // What func computed within noGrad stays so.
    setGradMode(n.requiresGrad ? GradMode.On : n.flags & SHADOW ? GradMode.Shadow : GradMode.Off);
    const batched = primitiveOf(n.op).batch(n);
    // And what counts by its values goes on to.
    if (!(n.flags & ROOTED)) countByValues(batched);
    counterparts.set(slot, <u32>changetype<usize>(batched));
  }
  leaveRules(maker);
  setOrigin(0);
  setGradMode(before);
  for (let i = 0; i < outputCount && !failure; i++) {
    const output = nodeOf(outputs, i);
    let found = isVisited(output) ? counterparts.at(output.slot) : 0;
    if (!found && hasRoom(output)) found = <u32>changetype<usize>(repeated(output));
    store<u32>(outputs + wordBytes(i), found);
  }
  counterparts.clear();
}

// Whether n may get a dim more.
function hasRoom(n: Node): bool {
  if (<i32>n.ndim < MAX_DIMS) return true;
  fail(Failure.TooManyDims);
  addFact(n.ndim + 1);
  return false;
}
function dependsOnBatch(n: Node): bool {
  for (let k = 0; k < <i32>n.inputCount; k++) {
    const input = n.input(k);
    if (isVisited(input) && counterparts.at(input.slot)) return true;
  }
  return false;
}
