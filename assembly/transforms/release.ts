// The end of a transform in the manner of torch.func. Its inputs were leaves that required grad only for its own sake; once it is over
// they don't, nor does what depends on them alone, so that it keeps no graph alive.
import { failure } from "../abi/failure";
import { Op } from "../abi/opcodes";
import { dropInputs } from "../graph/graph";
import { Node, OPAQUE, REQUIRES_GRAD, SHADOW, TRACED, nodeOf } from "../graph/node";
import { Follow, markVisited, nodeAt, order, startWalk, walk } from "../graph/walk";

/** inputs[inputCount] no longer require grad, nor do the nodes between them and results[resultCount] that depend on them alone. */
export function releaseGrad(inputs: usize, inputCount: i32, results: usize, resultCount: i32): void {
  let oldest = u64.MAX_VALUE;
  for (let i = 0; i < inputCount; i++) {
    const input = nodeOf(inputs, i);
    oldest = min(oldest, input.serial);
    if (!isConnected(input)) input.flags &= ~REQUIRES_GRAD;
  }
  startWalk();
  for (let i = 0; i < resultCount; i++) walk(nodeOf(results, i), Follow.Gradients, oldest);
  for (let slot = 0; slot < order.length && !failure; slot++) {
    const n = nodeAt(slot);
    if (n.inputCount && !dependsOnGradient(n)) n.flags &= ~(REQUIRES_GRAD | SHADOW);
  }
}
function dependsOnGradient(n: Node): bool {
  for (let k = 0; k < <i32>n.inputCount; k++) if (n.input(k).isRecorded) return true;
  return false;
}
// Whether an input of a transform is an alias that gradients flow through, to a tensor that requires grad itself.
@inline
function isConnected(input: Node): bool {
  return input.op == Op.Alias;
}

/**
 * A closure will differentiate results[resultCount] by inputs[inputCount] later on: from now on gradients flow between them for it
 * alone.
 */
export function keepForClosure(inputs: usize, inputCount: i32, results: usize, resultCount: i32): void {
  let oldest = u64.MAX_VALUE;
  for (let i = 0; i < inputCount; i++) oldest = min(oldest, nodeOf(inputs, i).serial);
  startWalk();
  for (let i = 0; i < resultCount; i++) walk(nodeOf(results, i), Follow.Gradients, oldest);
  for (let slot = 0; slot < order.length && !failure; slot++) {
    const n = nodeAt(slot);
    n.flags = (n.flags & ~REQUIRES_GRAD) | TRACED;
  }
}
/**
 * The forward of a custom function is over. Its nodes are those after `start`; of list[count] backward will ask for the first
 * `kept`, which walks go through from then on. The rest can't be differentiated any more.
 */
export function endForward(list: usize, kept: i32, count: i32, start: u64): void {
  startWalk();
  for (let i = 0; i < kept; i++) {
    const saved = nodeOf(list, i);
    if (!(saved.flags & OPAQUE)) walk(saved, Follow.Gradients, start + 1);
  }
  const needed = order.length;
  for (let i = 0; i < count; i++) walk(nodeOf(list, i), Follow.Gradients, start + 1);
  for (let slot = needed; slot < order.length && !failure; slot++) {
    const n = nodeAt(slot);
    n.flags &= ~SHADOW;
    // While backward could have asked for it, an evaluation has left its inputs.
    if (n.isComputed && !n.isDifferentiable) dropInputs(n);
  }
}

/** Whether a node depends on something that requires grad and is none of inputs[inputCount]. */
export function requiresGradBeyond(n: Node, inputs: usize, inputCount: i32): bool {
  startWalk();
  for (let i = 0; i < inputCount; i++) if (!isConnected(nodeOf(inputs, i))) markVisited(nodeOf(inputs, i));
  walk(n, Follow.Gradients, 0);
  for (let slot = 0; slot < order.length; slot++) {
    const at = nodeAt(slot);
    if (!at.inputCount || !dependsOnGradient(at)) return true;
  }
  return false;
}
