// The Jacobian-vector product by double backward. With a dummy cotangent u per output, g(u) = uᵀJ is linear in u, so
// the vjp of g at v is Jv: forward mode out of reverse-mode rules alone. No rule lets u into what comes out, so the
// evaluation never computes u, g or any value that only they need. While the passes run u has no value: a custom function's backward
// that reads what depends on u would be differentiated wrongly. Afterwards it is zeros, where a backward that is not linear
// (clipping) is differentiated; but where vectors of equal eigenvalues are, u is numbers without pattern, since whether the choice of
// vectors matters is told by what it is multiplied with (primitives/linalg/rotations.ts).
import { failure } from "../abi/failure";
import { DType, Op } from "../abi/opcodes";
import { GradMode, Purpose } from "../abi/numbers";
import { appendedNodes, setGradMode, setOrigin } from "../graph/graph";
import { REQUIRES_GRAD, nodeOf } from "../graph/node";
import { Follow, nodeAt, order, startWalk, walk } from "../graph/walk";
import { gaugeChecks } from "../primitives/linalg/rotations";
import { becomeFull, becomeProbe, buildPlaceholder } from "../primitives/source";
import { Frame } from "./frame";
import { backwardCalls, vjp } from "./vjp";
import { setWord } from "../memory/words";

/** Nodes that the first and the second pass of the last jvp appended. */
export let backwardNodes: u64 = 0;
export let doubleBackwardNodes: u64 = 0;

/**
 * outputs[outputCount], inputs and tangents[inputCount] (0 for an input without tangent) → results[outputCount], 0 for an output that
 * depends on no input with a tangent. `found[inputCount]` tells of each input: 0 no output depends on it, 1 its gradient does not
 * depend on the dummy cotangents, 2 it does (what strict mode judges by). createGraph: the results can be differentiated again.
 */
export function jvp(
  frame: Frame,
  outputs: usize,
  outputCount: i32,
  inputs: usize,
  tangents: usize,
  inputCount: i32,
  results: usize,
  found: usize,
  createGraph: bool,
): void {
  const start = appendedNodes,
    calls = backwardCalls,
    checks = gaugeChecks;
  const dummies = frame.dummies,
    gradients = frame.gradients,
    seeds = frame.seeds;
  dummies.reserve(outputCount);
  gradients.reserve(inputCount);
  seeds.reserve(inputCount);
  if (failure) return;
  const before = setGradMode(GradMode.On);
  for (let i = 0; i < outputCount; i++) {
    const output = nodeOf(outputs, i);
    setOrigin(output.origin);
    const u = buildPlaceholder(output.dtype, output.ndim, output.dims, true, Purpose.Dummy);
    dummies.set(i, <u32>changetype<usize>(u));
  }
  const first = outputCount ? nodeOf(dummies.data, 0).serial : 0;
  vjp(frame, outputs, dummies.data, outputCount, inputs, gradients.data, inputCount);
  const middle = appendedNodes;

  // <g, v> = Σ gᵢ·vᵢ: its derivative by u is the vjp of g with cotangent v
  let count = 0;
  for (let i = 0; i < inputCount && !failure; i++) {
    const g = nodeOf(gradients.data, i);
    const isReached = changetype<usize>(g) != 0;
    const onDummies = isReached && g.requiresGrad;
    setWord(found, i, isReached ? (onDummies ? 2 : 1) : 0);
    // No tangent: the input stays where it is.
    if (!onDummies || !changetype<usize>(nodeOf(tangents, i))) continue;
    gradients.set(count, <u32>changetype<usize>(g));
    seeds.set(count++, <u32>changetype<usize>(nodeOf(tangents, i)));
  }
  const unrecorded = before == GradMode.Shadow ? before : GradMode.Off;
  setGradMode(createGraph ? GradMode.On : unrecorded);
  vjp(frame, gradients.data, seeds.data, count, dummies.data, results, outputCount);
  setGradMode(before);
  for (let i = 0; i < outputCount; i++) {
    const u = nodeOf(dummies.data, i);
    if (gaugeChecks == checks || u.dtype < DType.Float32) becomeFull(u, 0);
    else becomeProbe(u);
  }
  if (createGraph && backwardCalls != calls) leaveDummies(results, outputCount, first);

  backwardNodes = middle - start;
  doubleBackwardNodes = appendedNodes - middle;
}
// A custom function's backward that is not linear leaves dummies in what comes out: no derivatives by them can be asked for, so what
// rests on nothing else has none. `first` is the serial of the first dummy.
function leaveDummies(results: usize, count: i32, first: u64): void {
  startWalk();
  for (let i = 0; i < count; i++) {
    const result = nodeOf(results, i);
    if (changetype<usize>(result)) walk(result, Follow.Gradients, first);
  }
  for (let slot = 0; slot < order.length && !failure; slot++) {
    const n = nodeAt(slot);
    let flows = false;
    for (let k = 0; k < <i32>n.inputCount; k++) flows = flows || n.input(k).isDifferentiable;
    if (!flows && (n.inputCount || n.op == Op.Full)) n.flags &= ~REQUIRES_GRAD;
  }
  order.clear();
}
