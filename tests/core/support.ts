// What the tests of the core share: counting what is alive, and numbers from a seed.
import * as assert from "uvu/assert";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import { generator } from "../../scripts/lib.mjs";

export { generator };

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

/** Numbers in [-1, 1) of a shape, float64. */
export function uniform(shape: readonly number[], seed: number): pf.Tensor {
  const next = generator(seed);
  const count = shape.reduce((a, b) => a * b, 1);
  return pf.tensor(
    Float64Array.from({ length: count }, () => 2 * next() - 1),
    { shape },
  );
}
