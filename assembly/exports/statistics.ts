// What was done: counts of nodes and kernels, the plan cache, profiles.
import * as graph from "../graph/graph";
import * as cache from "../runtime/cache";
import * as runtime from "../runtime/evaluate";
import * as doubleBackward from "../transforms/jvp";

/** Nodes that the first (0) and the second (1) pass of the last jvp appended. */
export function passNodes(pass: i32): f64 {
  return <f64>(pass ? doubleBackward.doubleBackwardNodes : doubleBackward.backwardNodes);
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
/** 0 nodes evaluated, 1 kernels, 2 matrix products, 3 floating-point operations, 4 peak bytes, since the reset. */
export function statistic(which: i32): f64 {
  if (which == 0) return runtime.prunedNodes;
  if (which == 1) return runtime.kernels;
  if (which == 2) return runtime.matmuls;
  return which == 3 ? runtime.flops : runtime.peakBytes();
}
/** The plan cache: 0 evaluations that found their plan, 1 that made one, 2 plans held, 3 their bytes. */
export function planCache(which: i32): f64 {
  if (which == 0) return cache.hits;
  if (which == 1) return cache.misses;
  return which == 2 ? <f64>cache.heldPlans : cache.heldBytes;
}
