// The elementwise kernels on their own, for tests/assembly/elementwise.test.ts: memory above __heap_base is the test's.
export { runElementwise } from "../generated/elementwise";
export { runPair } from "../kernels/elementwise/fused";

export function ensureBytes(bytes: usize): usize {
  const base = (__heap_base + 63) & ~(<usize>63);
  const pages = ((base + bytes + 0xffff) >>> 16) as i32;
  if (pages > memory.size()) memory.grow(pages - memory.size());
  return base;
}
