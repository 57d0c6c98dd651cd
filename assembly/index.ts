// The ABI: everything that the host calls. Numbers go in and out; lists go through the scratch region, which the host writes before
// a call and reads after it (exports/scratch.ts). A call that fails returns a negative code (abi/failures.ts) and leaves what it
// found in the facts region. The host's `Core` is made from the declarations that the compiler emits (scripts/generate.mjs).
import "./primitives/all";
import { dropRoots } from "./kernels/fft";
import { setReclaimer } from "./memory/heap";
import { freeEmptyChunks } from "./memory/slab";
import { dropPlans } from "./runtime/cache";
import { dropArenas } from "./runtime/compiled";

export { factsAddress, scratch } from "./exports/scratch";
export * from "./exports/memory";
export * from "./exports/lifetime";
export * from "./exports/nodes";
export * from "./exports/sources";
export * from "./exports/primitives";
export * from "./generated/bindings";
export * from "./exports/custom";
export * from "./exports/transforms";
export * from "./exports/evaluation";
export * from "./exports/statistics";

// Everything that can be made again is given up before memory counts as exhausted.
setReclaimer(() => {
  dropRoots();
  dropPlans();
  dropArenas();
  freeEmptyChunks();
});
