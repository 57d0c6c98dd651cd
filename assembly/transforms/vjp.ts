// The vector-Jacobian product: gradient nodes written into the same graph, by one walk against the order of the program.
import { addFacts, clearFailure, fail, failure } from "../abi/failure";
import { Failure } from "../abi/failures";
import { Op } from "../abi/opcodes";
import { adopt, enterProgram, enterRules, joinRing, leaveRules, setOrigin } from "../graph/graph";
import { Node, sameShape } from "../graph/node";
import { Follow, isVisited, nodeAt, order, placeAt, startWalk, walk } from "../graph/walk";
import { allocate, free } from "../memory/heap";
import { Vector } from "../memory/vector";
import { add } from "../primitives/elementwise/emit";
import { SAVED } from "../primitives/custom";
import { primitiveOf } from "../primitives/primitive";
import { resume, suspend, SUSPENDED } from "./suspend";
import { clearPieces, hasPieces, keepPiece, withPieces } from "./pieces";
import { longBytes, pointer, wordBytes } from "../memory/words";

// By slot: what has arrived so far (0: nothing).
export const cotangents = Vector.make(memory.data(12));

/** What arrives at a custom function's call: output, its cotangent, and the next entry; entries count from 1. */
export const customParts = Vector.make(memory.data(12));

/** How many calls of custom functions walks have come to. */
export let backwardCalls: u64 = 0;

function accumulate(n: Node, contribution: Node): void {
  if (contribution.op == Op.Pad && keepPiece(n.slot, contribution)) return;
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
 * depends on. Lists of node addresses; `results` has room for one per target.
 */
export function vjp(
  outputs: usize,
  cotangentsOfOutputs: usize,
  outputCount: i32,
  targets: usize,
  results: usize,
  targetCount: i32,
): void {
  const before = enterRules();
  run(outputs, cotangentsOfOutputs, outputCount, targets, results, targetCount);
  setOrigin(0);
  leaveRules(before);
}
function run(
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
  cotangents.clear();
  customParts.clear();
  clearPieces();
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
    if (isVisited(output)) accumulate(output, g);
  }
  const callsBefore = backwardCalls;
  for (let slot = count - 1; slot >= 0 && !failure; slot--) {
    const n = nodeAt(slot);
    setOrigin(~n.origin);
    if (hasPieces()) {
      const sum = withPieces(slot, changetype<Node | null>(<usize>cotangents.at(slot)));
      cotangents.set(slot, <u32>changetype<usize>(sum));
    }
    const g = cotangents.at(slot);
    if (!g) continue;
    if (n.op == Op.CustomOutput) {
      if (n.attribute(0) >= 0) noteOutput(n, changetype<Node>(g));
      else passSaved(n, changetype<Node>(g));
      continue;
    }
    if (n.op == Op.CustomCall) {
      // A user's backward may dispose the tensors that the walk is about.
      if (backwardCalls == callsBefore) {
        adoptAll(outputs, outputCount);
        adoptAll(targets, targetCount);
      }
      backwardCalls++;
      if (!failure) callBackward(n, g);
      continue;
    }
    const primitive = primitiveOf(n.op);
    for (let k = 0, inputCount = <i32>n.inputCount; k < inputCount; k++) {
      const input = n.input(k);
      if (!isVisited(input)) continue;
      const contribution = primitive.vjp(n, k, changetype<Node>(g));
      if (contribution) accumulate(input, contribution);
    }
  }

  for (let i = 0; i < targetCount; i++) {
    const target = nodeOf(targets, i);
    store<u32>(results + wordBytes(i), isVisited(target) ? cotangents.at(target.slot) : 0);
  }
  cotangents.clear();
  customParts.clear();
  clearPieces();
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
function noteOutput(output: Node, g: Node): void {
  const call = output.input(1);
  if (!isVisited(call)) return;
  customParts.push(<u32>changetype<usize>(output));
  customParts.push(<u32>changetype<usize>(g));
  customParts.push(cotangents.at(call.slot));
  cotangents.set(call.slot, customParts.length / 3);
}

// The cotangent of a saved intermediate goes to what forward computed it from, if that is known.
function passSaved(saved: Node, g: Node): void {
  if (saved.attribute(0) == SAVED) {
    if (isVisited(saved.input(0))) accumulate(saved.input(0), g);
  } else if (isVisited(saved.input(1))) fail(Failure.SavedValue);
}

// @ts-ignore: decorator
@external("host", "customBackward")
declare function customBackward(call: i32, outputs: i32, inputs: i32, exchange: usize): i32;

// Has the host run the user's backward. In the exchange: per output its cotangent and itself, as ids, 0 where nothing has
// arrived; afterwards per input its gradient, 0 for none.
function callBackward(call: Node, firstPart: u32): void {
  const outputs = call.attribute(1),
    inputs = <i32>call.inputCount;
  const bytes = wordBytes(max(2 * outputs, inputs));
  const exchange = allocate(bytes + SUSPENDED);
  if (!exchange) {
    fail(Failure.OutOfMemory);
    return;
  }
  prepare(exchange, outputs, firstPart);
  suspend(exchange + bytes);
  const before = enterProgram();
  const code = customBackward(call.attribute(0), outputs, inputs, exchange);
  leaveRules(before);
  resume(exchange + bytes);
  clearFailure();
  if (code) fail(Failure.Custom);
  setOrigin(~call.origin);
  for (let k = 0; k < inputs && !code; k++) {
    const id = load<u32>(exchange + wordBytes(k));
    if (id && isVisited(call.input(k))) accumulate(call.input(k), changetype<Node>((<usize>id) << 4));
  }
  free(exchange);
}
function prepare(exchange: usize, outputs: i32, part: u32): void {
  memory.fill(exchange, 0, longBytes(outputs));
  while (part) {
    const at = 3 * part - 3;
    const output = changetype<Node>(customParts.at(at));
    const entry = exchange + longBytes(output.attribute(0));
    store<u32>(entry, customParts.at(at + 1) >> 4);
    store<u32>(entry, <u32>(changetype<usize>(output) >> 4), 4);
    part = customParts.at(at + 2);
  }
}

@inline
export function nodeOf(list: usize, i: i32): Node {
  return changetype<Node>(pointer(list, i));
}

/** Links results that are computed together; entries of 0 are none. */
export function joinResults(list: usize, count: i32, first: Node | null): Node | null {
  for (let i = 0; i < count; i++) {
    const n = nodeOf(list, i);
    if (!changetype<usize>(n)) continue;
    if (first) joinRing(first, n);
    else first = n;
  }
  return first;
}
