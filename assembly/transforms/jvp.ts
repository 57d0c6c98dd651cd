// The Jacobian-vector product by double backward. With a dummy cotangent u per output, g(u) = uᵀJ is linear in u, so
// the vjp of g at v is Jv: forward mode out of reverse-mode rules alone. No rule lets u into what comes out, so the
// evaluation never computes u, g or any value that only they need. While the passes run u has no value: a custom function's backward
// that reads what depends on u would be differentiated wrongly. Afterwards it is zeros, where a backward that is not linear
// (clipping) is differentiated.
import { failure } from "../abi/failure";
import { appendedNodes, GradMode, setGradMode, setOrigin } from "../graph/graph";
import { Vector } from "../memory/vector";
import { becomeFull, buildPlaceholder } from "../primitives/source";
import { nodeOf, vjp } from "./vjp";

/** Nodes that the first and the second pass of the last jvp appended. */
export let backwardNodes: u64 = 0;
export let doubleBackwardNodes: u64 = 0;

/** The purpose of a dummy cotangent as a placeholder. */
const DUMMY: i32 = 2;

export const dummies = Vector.make(memory.data(12));
export const gradients = Vector.make(memory.data(12));
export const seeds = Vector.make(memory.data(12));

/**
 * outputs[outputCount], inputs and tangents[inputCount] → results[outputCount], an entry of 0 where an output does not
 * hang on any input that has a tangent (an entry of 0 is none). `found[inputCount]` tells of each input: 0 no output hangs
 * on it, 1 its gradient does not hang on the dummy cotangents, 2 it does (what strict mode judges by). createGraph: the results can be differentiated again.
 */
export function jvp(
  outputs: usize,
  outputCount: i32,
  inputs: usize,
  tangents: usize,
  inputCount: i32,
  results: usize,
  found: usize,
  createGraph: bool,
): void {
  const start = appendedNodes;
  dummies.clear();
  gradients.clear();
  seeds.clear();
  dummies.reserve(outputCount);
  gradients.reserve(inputCount);
  seeds.reserve(inputCount);
  if (failure) return;
  const before = setGradMode(GradMode.On);
  for (let i = 0; i < outputCount; i++) {
    const output = nodeOf(outputs, i);
    setOrigin(output.origin);
    const u = buildPlaceholder(output.dtype, output.ndim, output.dims, true, DUMMY);
    dummies.set(i, <u32>changetype<usize>(u));
  }
  vjp(outputs, dummies.data, outputCount, inputs, gradients.data, inputCount);
  const middle = appendedNodes;

  // <g, v> = Σ gᵢ·vᵢ: its derivative by u is the vjp of g with cotangent v
  let count = 0;
  for (let i = 0; i < inputCount && !failure; i++) {
    const g = nodeOf(gradients.data, i);
    const hangs = changetype<usize>(g) != 0;
    const onDummies = hangs && g.requiresGrad;
    store<i32>(found + ((<usize>i) << 2), hangs ? (onDummies ? 2 : 1) : 0);
    // No tangent: the input stays where it is.
    if (!onDummies || !changetype<usize>(nodeOf(tangents, i))) continue;
    gradients.set(count, <u32>changetype<usize>(g));
    seeds.set(count++, <u32>changetype<usize>(nodeOf(tangents, i)));
  }
  const unrecorded = before == GradMode.Shadow ? before : GradMode.Off;
  setGradMode(createGraph ? GradMode.On : unrecorded);
  vjp(gradients.data, seeds.data, count, dummies.data, results, outputCount);
  setGradMode(before);
  for (let i = 0; i < outputCount; i++) becomeFull(nodeOf(dummies.data, i), 0);

  backwardNodes = middle - start;
  doubleBackwardNodes = appendedNodes - middle;
  dummies.clear();
  gradients.clear();
  seeds.clear();
}
