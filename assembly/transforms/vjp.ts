// The vector-Jacobian product: gradient nodes written into the same graph, by one walk against the order of the program.
import { addFacts, clearFailure, fail, failure } from "../abi/failure";
import { Failure } from "../abi/failures";
import { Op } from "../abi/opcodes";
import { joinRing, setOrigin } from "../graph/graph";
import { Node, sameShape } from "../graph/node";
import { Follow, isVisited, nodeAt, order, startWalk, walk } from "../graph/walk";
import { allocate, free } from "../memory/heap";
import { Vector } from "../memory/vector";
import { add } from "../primitives/elementwise/emit";
import { primitiveOf } from "../primitives/primitive";
import { resume, suspend } from "./suspend";
import { hasPieces, keepPiece, resetPieces, clearPieces, withPieces } from "./pieces";

// By slot of the walk: whether a gradient has to get there, and what has arrived so far (0: nothing).
export const needed = Vector.make(memory.data(12));
export const cotangents = Vector.make(memory.data(12));

/** What arrives at a custom function's call: output, its cotangent, and the next entry; entries count from 1. */
export const customParts = Vector.make(memory.data(12));

function accumulate(n: Node, contribution: Node): void {
  if (keepPiece(n.slot, contribution)) return;
  const held = cotangents.at(n.slot);
  let sum = contribution;
  if (held) {
    // The sum belongs to n, not to the consumer that the contribution comes from: it is due when n is.
    const before = setOrigin(n.origin);
    sum = add(changetype<Node>(held), contribution);
    setOrigin(before);
  }
  cotangents.set(n.slot, <u32>changetype<usize>(sum));
}

/**
 * For every target the sum over the outputs of cotangentᵀ · ∂output/∂target, as a node; 0 for a target that no output
 * hangs on. Lists of node addresses; `results` has room for one per target.
 */
export function vjp(
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
  const count = order.length;
  needed.clear();
  cotangents.clear();
  customParts.clear();
  if (!needed.resize(count, 0) || !cotangents.resize(count, 0) || !resetPieces(count)) {
    setOrigin(0);
    return;
  }

  for (let i = 0; i < targetCount; i++) {
    const target = nodeOf(targets, i);
    if (isVisited(target)) needed.set(target.slot, 1);
  }
  for (let slot = 0; slot < count; slot++) {
    const n = nodeAt(slot);
    for (let k = 0; k < <i32>n.inputCount && !needed.at(slot); k++) {
      if (isNeeded(n.input(k))) needed.set(slot, 1);
    }
  }

  for (let i = 0; i < outputCount; i++) {
    const output = nodeOf(outputs, i),
      g = nodeOf(cotangentsOfOutputs, i);
    if (!sameShape(output, g)) {
      fail(Failure.CotangentShape);
      addFacts(output.dims, output.ndim);
      addFacts(g.dims, g.ndim);
      break;
    }
    setOrigin(output.origin);
    if (isNeeded(output)) accumulate(output, g);
  }
  for (let slot = count - 1; slot >= 0 && !failure; slot--) {
    const n = nodeAt(slot);
    setOrigin(n.origin);
    if (hasPieces(slot)) {
      const sum = withPieces(slot, changetype<Node | null>(<usize>cotangents.at(slot)));
      cotangents.set(slot, <u32>changetype<usize>(sum));
    }
    const g = cotangents.at(slot);
    if (!g || !needed.at(slot)) continue;
    if (n.op == Op.CustomOutput) {
      noteOutput(n, changetype<Node>(g));
      continue;
    }
    if (n.op == Op.CustomCall) {
      callBackward(n, g);
      continue;
    }
    const primitive = primitiveOf(n.op);
    for (let k = 0; k < <i32>n.inputCount; k++) {
      const input = n.input(k);
      if (!isNeeded(input)) continue;
      const contribution = primitive.vjp(n, k, changetype<Node>(g));
      if (contribution) accumulate(input, contribution);
    }
  }
  setOrigin(0);

  for (let i = 0; i < targetCount; i++) {
    const target = nodeOf(targets, i);
    store<u32>(results + ((<usize>i) << 2), isVisited(target) ? cotangents.at(target.slot) : 0);
  }
  needed.clear();
  cotangents.clear();
  customParts.clear();
  clearPieces();
}

// -- custom functions

// The cotangent of an output waits at the call until those of all outputs are there: the call is older than they are.
function noteOutput(output: Node, g: Node): void {
  const call = output.input(1);
  if (!isNeeded(call)) return;
  customParts.push(<u32>changetype<usize>(output));
  customParts.push(<u32>changetype<usize>(g));
  customParts.push(cotangents.at(call.slot));
  cotangents.set(call.slot, customParts.length / 3);
}

// @ts-ignore: decorator
@external("host", "customBackward")
declare function customBackward(call: i32, outputs: i32, inputs: i32, exchange: usize): i32;

// Has the host run the user's backward. In the exchange: per output its cotangent and itself, as ids, 0 where nothing has
// arrived; afterwards per input its gradient, 0 for none.
function callBackward(call: Node, firstPart: u32): void {
  const outputs = call.attribute(1),
    inputs = <i32>call.inputCount;
  const exchange = allocate((<usize>max(2 * outputs, inputs)) << 2);
  const suspended = exchange ? prepare(exchange, outputs, firstPart) : 0;
  if (!suspended) {
    if (exchange) free(exchange);
    fail(Failure.OutOfMemory);
    return;
  }
  const code = customBackward(call.attribute(0), outputs, inputs, exchange);
  resume(suspended);
  clearFailure();
  if (code) fail(Failure.Custom);
  setOrigin(call.origin);
  for (let k = 0; k < inputs && !code; k++) {
    const id = load<u32>(exchange + ((<usize>k) << 2));
    if (id && isNeeded(call.input(k))) accumulate(call.input(k), changetype<Node>((<usize>id) << 4));
  }
  free(exchange);
}
function prepare(exchange: usize, outputs: i32, part: u32): u32 {
  memory.fill(exchange, 0, (<usize>outputs) << 3);
  while (part) {
    const at = 3 * part - 3;
    const output = changetype<Node>(customParts.at(at));
    const entry = exchange + ((<usize>output.attribute(0)) << 3);
    store<u32>(entry, customParts.at(at + 1) >> 4);
    store<u32>(entry, <u32>(changetype<usize>(output) >> 4), 4);
    part = customParts.at(at + 2);
  }
  return suspend();
}

@inline
export function nodeOf(list: usize, i: i32): Node {
  return changetype<Node>(load<usize>(list + ((<usize>i) << 2)));
}
@inline
function isNeeded(n: Node): bool {
  return isVisited(n) && needed.at(n.slot) != 0;
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
