// vjp, jvp, vmap, and what ends them.
import { nodeFrom } from "../graph/node";
import { fail, failure } from "../abi/failure";
import { Failure } from "../abi/failures";
import { Phase } from "../abi/phases";
import * as graph from "../graph/graph";
import * as heap from "../memory/heap";
import { enterPhase, leavePhase } from "../runtime/profile";
import { enterFrame, leaveFrame } from "../transforms/frame";
import * as doubleBackward from "../transforms/jvp";
import { vjp as runVjp } from "../transforms/vjp";
import {
  keepForClosure as runKeep,
  releaseGrad as runRelease,
  requiresGradBeyond as runBeyond,
} from "../transforms/release";
import { vmap as runVmap } from "../transforms/vmap";
import { wordBytes } from "../memory/words";
import { begin, scratchAddress, toAddresses, toIds } from "./scratch";

/**
 * scratch in: outputs, their cotangents (`outputCount` ids each), targets (`targetCount` ids).
 * scratch out: one id per target, 0 where no output depends on it.
 */
export function vjp(outputCount: i32, targetCount: i32): i32 {
  begin();
  const at = takeList(2 * outputCount + targetCount),
    list = wordBytes(outputCount),
    targets = at + 2 * list;
  if (failure) return failure;
  const frame = enterFrame();
  if (!frame) return giveList(at, targets, targetCount);
  const phase = enterPhase(Phase.Transform);
  runVjp(frame, at, at + list, outputCount, targets, targets, targetCount);
  leavePhase(phase);
  leaveFrame(frame);
  return giveList(at, targets, targetCount);
}
/**
 * scratch in: outputs (`outputCount` ids), inputs, tangents (`inputCount` ids each, 0 for an input that has none).
 * scratch out: one id per output, 0 where it depends on no input; then per input what transforms/jvp.ts calls `found`.
 */
export function jvp(outputCount: i32, inputCount: i32, createGraph: bool): i32 {
  begin();
  const at = takeList(outputCount + 2 * inputCount),
    inputs = at + wordBytes(outputCount),
    tangents = inputs + wordBytes(inputCount);
  if (failure) return failure;
  const frame = enterFrame();
  if (!frame) return giveList(at, at, outputCount);
  const phase = enterPhase(Phase.Transform);
  doubleBackward.jvp(frame, at, outputCount, inputs, tangents, inputCount, at, inputs, createGraph);
  leavePhase(phase);
  leaveFrame(frame);
  const found = scratchAddress() + wordBytes(outputCount);
  if (!failure) memory.copy(found, inputs, wordBytes(inputCount));
  return giveList(at, at, outputCount);
}
// The first `count` ids in scratch as addresses, in memory of their own: a user's code that runs meanwhile writes scratch.
function takeList(count: i32): usize {
  const at = heap.allocate(wordBytes(max(count, 1)));
  if (!at) {
    fail(Failure.OutOfMemory);
    return 0;
  }
  toAddresses(0, count);
  memory.copy(at, scratchAddress(), wordBytes(count));
  return at;
}
// Frees such a list; `count` addresses in it, from `results` on, go to the front of scratch as ids.
function giveList(list: usize, results: usize, count: i32): i32 {
  if (!failure) memory.copy(scratchAddress(), results, wordBytes(count));
  heap.free(list);
  if (failure) return failure;
  toIds(0, count);
  return 0;
}
/**
 * The transform that has made `inputCount` ids in scratch is over: what follows them, its `resultCount` results, no longer
 * requires grad on their account.
 */
export function releaseGrad(inputCount: i32, resultCount: i32): i32 {
  begin();
  toAddresses(0, inputCount + resultCount);
  runRelease(scratchAddress(), inputCount, scratchAddress() + wordBytes(inputCount), resultCount);
  return failure;
}
/** `inputCount` ids in scratch, then `resultCount`: what lies between is differentiable for a closure alone. */
export function keepForClosure(inputCount: i32, resultCount: i32): i32 {
  begin();
  toAddresses(0, inputCount + resultCount);
  runKeep(scratchAddress(), inputCount, scratchAddress() + wordBytes(inputCount), resultCount);
  return failure;
}
/** Whether the node depends on something that requires grad other than the `inputCount` ids in scratch. */
export function requiresGradBeyond(id: i32, inputCount: i32): i32 {
  begin();
  toAddresses(0, inputCount);
  const found = runBeyond(nodeFrom(id), scratchAddress(), inputCount);
  return failure ? failure : <i32>found;
}
/** Nodes in scratch are the results of one call: reading one computes all. */
export function joinAll(count: i32): void {
  toAddresses(0, count);
  graph.joinResults(scratchAddress(), count, null);
}
/**
 * scratch in: placeholders, their batches (`count` ids each), outputs (`outputCount` ids).
 * scratch out: the outputs over the batch of `size`, which begins at `start` of a `whole` one.
 */
export function vmap(count: i32, size: i32, outputCount: i32, start: i32, whole: i32): i32 {
  begin();
  toAddresses(0, 2 * count + outputCount);
  const at = scratchAddress(),
    list = wordBytes(count);
  const phase = enterPhase(Phase.Transform);
  runVmap(at, at + list, count, size, start, whole, at + 2 * list, outputCount);
  leavePhase(phase);
  if (failure) return failure;
  memory.copy(at, at + 2 * list, wordBytes(outputCount));
  toIds(0, outputCount);
  return 0;
}
