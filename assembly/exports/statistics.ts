// What was done: counts of nodes and kernels, the plan cache, profiles.
import * as graph from "../graph/graph";
import * as cache from "../runtime/cache";
import * as runtime from "../runtime/evaluate";
import * as doubleBackward from "../transforms/jvp";

/** Nodes that the first and the second pass of the last jvp appended. */
export function backwardNodes(): f64 {
  return <f64>doubleBackward.backwardNodes;
}
export function doubleBackwardNodes(): f64 {
  return <f64>doubleBackward.doubleBackwardNodes;
}
export function appendedNodes(): f64 {
  return <f64>graph.appendedNodes;
}

export function resetStatistics(): void {
  runtime.resetStatistics();
}
export {
  startProfile,
  stopProfile,
  clearProfile,
  phaseTime,
  recordsAddress,
  recordsEnd,
  lostRecords,
} from "../runtime/profile";
/** Nodes evaluated since the reset. */
export function evaluatedNodes(): f64 {
  return runtime.prunedNodes;
}
export function kernelsRun(): f64 {
  return runtime.kernels;
}
export function matmulsRun(): f64 {
  return runtime.matmuls;
}
export function flopsRun(): f64 {
  return runtime.flops;
}
/** The most bytes of buffers at any time since the reset, beyond those that were there. */
export function peakBytes(): f64 {
  return runtime.peakBytes();
}
/** Evaluations that found their plan in the cache, and that made one; plans held, and their bytes with what is lowered of them. */
export function planHits(): f64 {
  return cache.hits;
}
export function planMisses(): f64 {
  return cache.misses;
}
export function heldPlans(): i32 {
  return cache.heldPlans;
}
export function heldPlanBytes(): f64 {
  return cache.heldBytes;
}
