// What the tests of the core share: counting what is alive, and numbers from a seed.
import * as assert from "uvu/assert";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";

export interface Usage {
  nodes: number;
  bytes: number;
}
/** What is alive now. */
export const usage = (): Usage => ({ nodes: core.liveNodes(), bytes: pf.backend.memoryBytes });

/** Runs body, afterwards exactly what was alive before has to be alive. */
export function leavesNothing<T>(body: () => T): T {
  const before = usage();
  const result = body();
  assert.equal(usage(), before);
  return result;
}

/** A generator of numbers in [0, 1) with a seed (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Numbers in [-1, 1) of a shape, float64. */
export function uniform(shape: readonly number[], seed: number): pf.Tensor {
  const next = generator(seed);
  const count = shape.reduce((a, b) => a * b, 1);
  return pf.tensor(
    Float64Array.from({ length: count }, () => 2 * next() - 1),
    { shape },
  );
}
