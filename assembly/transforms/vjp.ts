// The vector-Jacobian product: gradient nodes written into the same graph, by one walk against the order of the program.
import { addFacts, fail, failure } from "../abi/failure";
import { Failure } from "../abi/failures";
import { Op } from "../abi/opcodes";
import { Trait } from "../abi/traits";
import { hasTrait } from "../generated/traits";
import { adopt, enterRules, leaveRules, setOrigin } from "../graph/graph";
import { Node, nodeOf, sameShape } from "../graph/node";
import { Follow, isVisited, nodeAt, order, placeAt, startWalk, walk } from "../graph/walk";
import { allocate, free } from "../memory/heap";
import { add } from "../primitives/elementwise/emit";
import { Call, callOf } from "../primitives/call";
import { primitiveOf } from "../primitives/primitive";
import { Frame } from "./frame";
import { hasPieces, keepPiece, withPieces } from "./pieces";
import { longBytes, wordBytes } from "../memory/words";

/** How many calls of custom functions walks have come to. */
export let backwardCalls: u64 = 0;

function accumulate(frame: Frame, n: Node, contribution: Node): void {
  if (contribution.op == Op.Pad && keepPiece(frame, n.slot, contribution)) return;
  const held = changetype<Node | null>(<usize>frame.cotangents.at(n.slot));
  frame.cotangents.set(n.slot, <u32>changetype<usize>(sumOf(held, contribution)));
}
function sumOf(held: Node | null, contribution: Node): Node {
  if (!held) return contribution;
  // It is due as soon as both are there.
  const before = setOrigin(max(held.origin, contribution.origin));
  const sum = add(held, contribution);
  setOrigin(before);
  return sum;
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
    if (n.op == Op.Output) {
      noteOutput(frame, n, changetype<Node>(g));
      continue;
    }
    if (hasTrait(n.op, Trait.Call)) {
      // A user's backward may dispose the tensors that the walk is about.
      if (n.op == Op.CustomCall && backwardCalls++ == callsBefore) {
        adoptAll(outputs, outputCount);
        adoptAll(targets, targetCount);
      }
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

// Drops nodes that do not depend on a target from the walk: no gradient has to get there. Those left are the visited ones.
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

// -- calls: primitives with several results, and custom functions

// The cotangent of an output waits at the call until those of all outputs are there: the call is older than they are.
function noteOutput(frame: Frame, output: Node, g: Node): void {
  const call = callOf(output);
  if (!isVisited(call)) return;
  const parts = frame.parts;
  parts.push(<u32>changetype<usize>(output));
  parts.push(<u32>changetype<usize>(g));
  parts.push(frame.cotangents.at(call.slot));
  frame.cotangents.set(call.slot, parts.length / 3);
}

// Runs a call's rule, which may be a user's code. In the exchange: per output its cotangent and itself, 0 where nothing has arrived;
// afterwards per input its contribution, 0 for none.
function callBackward(frame: Frame, call: Node, firstPart: u32): void {
  const primitive = changetype<Call>(primitiveOf(call.op)),
    outputs = primitive.outputCount(call),
    inputs = <i32>call.inputCount;
  const exchange = allocate(wordBytes(max(2 * outputs, inputs)));
  if (!exchange) {
    fail(Failure.OutOfMemory);
    return;
  }
  memory.fill(exchange, 0, wordBytes(max(2 * outputs, inputs)));
  for (let part = <i32>firstPart; part; part = <i32>frame.parts.at(3 * part - 1)) {
    const output = changetype<Node>(frame.parts.at(3 * part - 3)),
      entry = exchange + longBytes(output.attribute(0));
    // A rule may have made another node of the same output.
    const g = sumOf(changetype<Node | null>(load<usize>(entry)), changetype<Node>(frame.parts.at(3 * part - 2)));
    store<usize>(entry, changetype<usize>(g));
    store<usize>(entry, changetype<usize>(output), 4);
  }
  frame.suspend();
  const done = primitive.backward(call, exchange);
  frame.resume();
  for (let k = 0; k < inputs && done; k++) {
    const contribution = nodeOf(exchange, k);
    if (changetype<usize>(contribution) && isVisited(call.input(k))) accumulate(frame, call.input(k), contribution);
  }
  free(exchange);
}
