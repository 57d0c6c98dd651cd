// The vector-Jacobian product: gradient nodes written into the same graph, by one walk against the order of the program.
import { addFacts, fail, failure } from "../abi/failure";
import { Failure } from "../abi/failures";
import { joinRing, setOrigin } from "../graph/graph";
import { Node, sameShape } from "../graph/node";
import { Follow, isVisited, nodeAt, order, startWalk, walk } from "../graph/walk";
import { Vector } from "../memory/vector";
import { add } from "../primitives/elementwise/emit";
import { primitiveOf } from "../primitives/primitive";
import { hasPieces, keepPiece, resetPieces, clearPieces, withPieces } from "./pieces";

// By slot of the walk: whether a gradient has to get there, and what has arrived so far (0: nothing).
const needed = Vector.make(memory.data(12));
const cotangents = Vector.make(memory.data(12));

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
  clearPieces();
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
