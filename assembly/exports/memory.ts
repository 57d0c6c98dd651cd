// Memory: what is in use, its limits, and how tests interfere. The threads.
import * as graph from "../graph/graph";
import * as heap from "../memory/heap";
import * as live from "../memory/live";
import { useChunks } from "../memory/slab";

export function memoryBytes(): f64 {
  return live.liveBytes;
}
export function peakMemoryBytes(): f64 {
  return live.peakLiveBytes();
}
export function reservedBytes(): f64 {
  return heap.reservedBytes();
}
/** How many blocks have been allocated since the module started. */
export function allocations(): f64 {
  return heap.allocations;
}
/**
 * For tests: what happens (abi/failures.ts, Fault) when memory is requested for the time after the next `count`. With `each`, each
 * record of the graph is a request.
 */
export function interfere(kind: i32, count: i32, each: bool): void {
  heap.interfere(kind, count);
  useChunks(!each);
}
export function setLimit(bytes: f64): void {
  heap.setLimit(bytes);
  live.noteLimit(bytes);
}
export function limitBytes(): f64 {
  return heap.limitBytes();
}
export { allowGrowth, claimedBytes, grownBytes, restartGrowth } from "../memory/live";
export function liveNodes(): i32 {
  return graph.liveNodes;
}

// -- threads

export {
  activeWorkers,
  createWorker,
  dismissWorker,
  freeWorker,
  hasLeft,
  joinPool,
  partsOfWorkers,
  setMayBlock,
  sleepingWorkers,
  workerLoop,
} from "../threads/pool";
