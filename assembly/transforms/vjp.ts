// The vector-Jacobian product: gradient nodes written into the same graph, by one walk against the order of the program.
import { addFacts, clearFailure, fail, failure } from "../abi/failure";
import { Failure } from "../abi/failures";
import { Op } from "../abi/opcodes";
import { adopt, enterProgram, enterRules, leaveRules, setOrigin } from "../graph/graph";
import { Node, nodeOf, sameShape } from "../graph/node";
import { Follow, isVisited, nodeAt, order, placeAt, startWalk, walk } from "../graph/walk";
import { allocate, free } from "../memory/heap";
import { add } from "../primitives/elementwise/emit";
import { SAVED } from "../primitives/custom";
import { primitiveOf } from "../primitives/primitive";
import { Frame } from "./frame";
import { hasPieces, keepPiece, withPieces } from "./pieces";
import { longBytes, pointer, wordBytes } from "../memory/words";

/** How many calls of custom functions walks have come to. */
export let backwardCalls: u64 = 0;

function accumulate(frame: Frame, n: Node, contribution: Node): void {
  if (contribution.op == Op.Pad && keepPiece(frame, n.slot, contribution)) return;
  const cotangents = frame.cotangents;
  const held = cotangents.at(n.slot);
  let sum = contribution;
  if (held) {
    // It is due as soon as both are there.
    const before = setOrigin(max(changetype<Node>(held).origin, contribution.origin));
    sum = add(changetype<Node>(held), contribution);
    setOrigin(before);
  }
  cotangents.set(n.slot, <u32>changetype<usize>(sum));
}

/**
 * For every target the sum over the outputs of cotangentᵀ · ∂output/∂target, as a node; 0 for a target that no output
 * depends on. Lists of node addresses; `results` has room for one per target. The walk keeps its lists in the frame.
 */
export function vjp(
  frame: Frame,
  outputs: usize,
  cotangentsOfOutputs: usize,
  outputCount: i32,
  targets: usize,
  results: usize,
  targetCount: i32,
): void {
  const before = enterRules();
  run(frame, outputs, cotangentsOfOutputs, outputCount, targets, results, targetCount);
  setOrigin(0);
  leaveRules(before);
}
function run(
  frame: Frame,
  outputs: usize,
  cotangentsOfOutputs: usize,
  outputCount: i32,
  targets: usize,
  results: usize,
  targetCount: i32,
): void {
  let oldest = u64.MAX_VALUE;
  for (let i = 0; i < targetCount; i++) oldest = min(oldest, nodeOf(targets, i).serial);
  startWalk();
  for (let i = 0; i < outputCount; i++) walk(nodeOf(outputs, i), Follow.Gradients, oldest);
  keepNeeded(targets, targetCount);
  const count = order.length;
  clearWalk(frame);
  const cotangents = frame.cotangents;
  if (!cotangents.resize(count, 0)) return;

  for (let i = 0; i < outputCount; i++) {
    const output = nodeOf(outputs, i),
      g = nodeOf(cotangentsOfOutputs, i);
    if (!sameShape(output, g)) {
      fail(Failure.CotangentShape);
      addFacts(output.dims, output.ndim);
      addFacts(g.dims, g.ndim);
      break;
    }
    setOrigin(~output.origin);
    if (isVisited(output)) accumulate(frame, output, g);
  }
  const callsBefore = backwardCalls;
  for (let slot = count - 1; slot >= 0 && !failure; slot--) {
    const n = nodeAt(slot);
    setOrigin(~n.origin);
    if (hasPieces(frame)) {
      const sum = withPieces(frame, slot, changetype<Node | null>(<usize>cotangents.at(slot)));
      cotangents.set(slot, <u32>changetype<usize>(sum));
    }
    const g = cotangents.at(slot);
    if (!g) continue;
    if (n.op == Op.CustomOutput) {
      if (n.attribute(0) >= 0) noteOutput(frame, n, changetype<Node>(g));
      else passSaved(frame, n, changetype<Node>(g));
      continue;
    }
    if (n.op == Op.CustomCall) {
      // A user's backward may dispose the tensors that the walk is about.
      if (backwardCalls == callsBefore) {
        adoptAll(outputs, outputCount);
        adoptAll(targets, targetCount);
      }
      backwardCalls++;
      if (!failure) callBackward(frame, n, g);
      continue;
    }
    const primitive = primitiveOf(n.op);
    for (let k = 0, inputCount = <i32>n.inputCount; k < inputCount; k++) {
      const input = n.input(k);
      if (!isVisited(input)) continue;
      const contribution = primitive.vjp(n, k, changetype<Node>(g));
      if (contribution) accumulate(frame, input, contribution);
    }
  }

  for (let i = 0; i < targetCount; i++) {
    const target = nodeOf(targets, i);
    store<u32>(results + wordBytes(i), isVisited(target) ? cotangents.at(target.slot) : 0);
  }
  clearWalk(frame);
}
// What one walk leaves in a frame.
function clearWalk(frame: Frame): void {
  frame.cotangents.clear();
  frame.parts.clear();
  frame.pieces.clear();
  frame.newestPiece.clear();
  frame.sortedPieces.clear();
  frame.concatenated.clear();
}

function adoptAll(list: usize, count: i32): void {
  for (let i = 0; i < count; i++) adopt(nodeOf(list, i));
}

/** The slot of a target until `keepNeeded` gives it another. */
const TARGET: i32 = i32.MIN_VALUE;

// Drops the nodes that no gradient has to get to from the walk: afterwards it is those that are visited which depend on a target.
function keepNeeded(targets: usize, targetCount: i32): void {
  for (let i = 0; i < targetCount; i++) {
    const target = nodeOf(targets, i);
    if (isVisited(target)) target.slot = TARGET;
  }
  let kept = 0;
  for (let slot = 0, count = order.length; slot < count; slot++) {
    const n = nodeAt(slot);
    if (n.slot == TARGET || hasVisitedInput(n)) {
      placeAt(n, kept);
      order.set(kept++, <u32>changetype<usize>(n));
    } else n.mark = 0;
  }
  order.length = kept;
}
@inline
function hasVisitedInput(n: Node): bool {
  let found = false;
  for (let k = 0, count = <i32>n.inputCount; k < count && !found; k++) found = isVisited(n.input(k));
  return found;
}

// -- custom functions

// The cotangent of an output waits at the call until those of all outputs are there: the call is older than they are.
function noteOutput(frame: Frame, output: Node, g: Node): void {
  const call = output.input(1);
  if (!isVisited(call)) return;
  const parts = frame.parts;
  parts.push(<u32>changetype<usize>(output));
  parts.push(<u32>changetype<usize>(g));
  parts.push(frame.cotangents.at(call.slot));
  frame.cotangents.set(call.slot, parts.length / 3);
}

// The cotangent of a saved intermediate goes to what forward computed it from, if that is known.
function passSaved(frame: Frame, saved: Node, g: Node): void {
  if (saved.attribute(0) == SAVED) {
    if (isVisited(saved.input(0))) accumulate(frame, saved.input(0), g);
  } else if (isVisited(saved.input(1))) fail(Failure.SavedValue);
}

// @ts-ignore: decorator
@external("host", "customBackward")
declare function customBackward(call: i32, outputs: i32, inputs: i32, exchange: usize): i32;

// Has the host run the user's backward. In the exchange: per output its cotangent and itself, as ids, 0 where nothing has
// arrived; afterwards per input its gradient, 0 for none.
function callBackward(frame: Frame, call: Node, firstPart: u32): void {
  const outputs = call.attribute(1),
    inputs = <i32>call.inputCount;
  const bytes = wordBytes(max(2 * outputs, inputs));
  const exchange = allocate(bytes);
  if (!exchange) {
    fail(Failure.OutOfMemory);
    return;
  }
  prepare(frame, exchange, outputs, firstPart);
  frame.suspend();
  const before = enterProgram();
  const code = customBackward(call.attribute(0), outputs, inputs, exchange);
  leaveRules(before);
  frame.resume();
  clearFailure();
  if (code) fail(Failure.Custom);
  setOrigin(~call.origin);
  for (let k = 0; k < inputs && !code; k++) {
    const id = load<u32>(exchange + wordBytes(k));
    if (id && isVisited(call.input(k))) accumulate(frame, call.input(k), changetype<Node>((<usize>id) << 4));
  }
  free(exchange);
}
function prepare(frame: Frame, exchange: usize, outputs: i32, part: u32): void {
  memory.fill(exchange, 0, longBytes(outputs));
  while (part) {
    const at = 3 * part - 3;
    const output = changetype<Node>(frame.parts.at(at));
    const entry = exchange + longBytes(output.attribute(0));
    store<u32>(entry, frame.parts.at(at + 1) >> 4);
    store<u32>(entry, <u32>(changetype<usize>(output) >> 4), 4);
    part = frame.parts.at(at + 2);
  }
}
