// What batching rules are written in: the counterparts of a node's inputs under vmap. A batched counterpart has the batch as
// its first dimension; an input that does not depend on what is mapped has none and serves for the whole batch.
import { Node } from "../graph/node";
import { isVisited } from "../graph/walk";
import { Vector } from "../memory/vector";
import { copyWords } from "../memory/words";
import { expanded } from "./registry";

/** By slot of the walk: the batched counterpart, 0 where there is none. */
export const counterparts = Vector.make(memory.data(12));
/** The size of the batch. It may be a chunk of a larger one: where it begins there, and the size of that. */
export let batchSize: i32 = 0;
export let batchStart: i32 = 0;
export let wholeBatch: i32 = 0;
export function setBatch(size: i32, start: i32, whole: i32): void {
  batchSize = size;
  batchStart = start;
  wholeBatch = whole;
}

const dims: usize = memory.data(33 * 4);

/** Whether input k depends on what is mapped. */
export function isBatched(n: Node, k: i32): bool {
  const input = n.input(k);
  return isVisited(input) && counterparts.at(input.slot) != 0;
}
/** The batched counterpart of input k; the input itself, repeated over the batch, where it has none. */
export function batched(n: Node, k: i32): Node {
  const input = n.input(k);
  return isBatched(n, k) ? changetype<Node>(counterparts.at(input.slot)) : repeated(input);
}
/** The dims of x under a leading batch, in a region that the next call overwrites. */
export function batchedDims(x: Node): usize {
  store<i32>(dims, batchSize);
  copyWords(dims + 4, x.dims, x.ndim);
  return dims;
}
/** x, repeated over the batch as a view. */
export function repeated(x: Node): Node {
  return expanded(x, <i32>x.ndim + 1, batchedDims(x));
}
const inputs = Vector.make(memory.data(12));
/** The batched counterparts of all inputs, in a region that the next call overwrites; 0 where memory is exhausted. */
export function batchedInputs(n: Node): usize {
  const count = <i32>n.inputCount;
  inputs.clear();
  if (!inputs.reserve(count)) return 0;
  for (let k = 0; k < count; k++) inputs.set(k, <u32>changetype<usize>(batched(n, k)));
  return inputs.data;
}
