// Tracing a user's function: its Tensors live in a scope of their own, gradients are recorded, and pending work may grow,
// until the function's results have been transformed.
import { core } from "../core/memory";
import type { Node } from "../core/prim";
import { adoptNode, type Tensor } from "../tensor/tensor";
import { closeScope, openScope } from "../tensor/lifetime";

/** Nodes that func and the transforms have appended; `inspect` resets and reads it. */
export const tracing = { traced: 0, backward: 0, doubleBackward: 0 };

const counted = (): number => tracing.traced + tracing.backward + tracing.doubleBackward;
/** Runs a user's function and counts the nodes that it appends as traced, but for those that transforms within it count. */
export function countTraced<R>(call: () => R): R {
  const start = core.appendedNodes() - counted();
  const result = call();
  tracing.traced += core.appendedNodes() - counted() - start;
  return result;
}

/**
 * Runs `body` with gradients on (unless recording is false) in a scope that ends with it. What comes out are the nodes that
 * it returns, as Tensors of the surrounding scope; computing one of them computes all. Whatever body throws passes through,
 * with nothing left behind.
 */
export function traced<K extends string>(
  body: () => Record<K, readonly Node[]>,
  recording = true,
): Record<K, Tensor[]> {
  const scope = openScope();
  const gradEnabled = core.setGradEnabled(recording ? 1 : 0);
  core.trace(1);
  let results: Record<K, readonly Node[]> | null = null;
  try {
    results = body();
  } finally {
    core.setGradEnabled(gradEnabled);
    core.trace(-1);
    closeScope(scope);
  }
  const tensors = {} as Record<K, Tensor[]>;
  for (const key in results) tensors[key] = results[key].map(adoptNode);
  return tensors;
}
