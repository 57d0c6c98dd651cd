// The transforms of the core, over node ids: the host's only callers of `core.vjp` and `core.jvp`.
import { GradMode, Purpose } from "../../assembly/abi/numbers";
import type { DType } from "../../assembly/abi/opcodes";
import { Failure } from "../../assembly/abi/failures";
import { check } from "../core/failure";
import { hooks } from "../core/hooks";
import { core, readInts, shapeOf, writeInts, writeLists } from "../core/memory";
import { concat, dtype, type Node } from "../core/prim";
import { nodeCounts } from "./tracing";

/**
 * For every target the node of Σ cotangentᵀ·∂output/∂target; null where no output depends on it. The nodes belong to the
 * op's scope that is open.
 */
export function vjpNodes(
  outputs: readonly Node[],
  cotangents: readonly Node[],
  targets: readonly Node[],
  createGraph: boolean,
): (Node | null)[] {
  writeLists(outputs, cotangents, targets);
  const start = core.appendedNodes();
  const before = core.setGradEnabled(createGraph ? GradMode.On : GradMode.Off);
  try {
    check(core.vjp(outputs.length, targets.length));
  } finally {
    core.setGradEnabled(before);
  }
  nodeCounts.backward += core.appendedNodes() - start;
  return readNodes(targets.length);
}

/** What strict mode wants to know of an input: whether an output depends on it, and its gradient on the dummy cotangents. */
export enum Found {
  Independent = 0,
  NotOnCotangents = 1,
  Dependent = 2,
}

/** One Jacobian-vector product by double backward, in one call: a node per output, null where it depends on no input. */
export function jvpNodes(
  outputs: readonly Node[],
  inputs: readonly Node[],
  tangents: readonly (Node | null)[],
  createGraph: boolean,
): { tangents: (Node | null)[]; found: Found[] } {
  writeLists(outputs, inputs, tangents);
  check(core.jvp(outputs.length, inputs.length, createGraph ? 1 : 0));
  nodeCounts.backward += core.backwardNodes();
  nodeCounts.doubleBackward += core.doubleBackwardNodes();
  return { tangents: readNodes(outputs.length), found: readInts(inputs.length, outputs.length) };
}
// The first `count` ids that the last call left in scratch; 0 is null.
function readNodes(count: number): (Node | null)[] {
  const nodes: (number | null)[] = readInts(count);
  for (let i = 0; i < count; i++) if (nodes[i] === 0) nodes[i] = null;
  return nodes as (Node | null)[];
}

/**
 * The outputs over a whole batch: what depends on the placeholders is rewritten with the batch as first dimension, the rest
 * repeated. Batch i has placeholder i's shape behind a first dim of `size`; it may be the chunk from `start` on of a `whole` one.
 */
export function vmapNodes(
  placeholders: readonly Node[],
  batches: readonly Node[],
  size: number,
  outputs: readonly Node[],
  start = 0,
  whole = size,
): Node[] {
  writeLists(placeholders, batches, outputs);
  mapping = { placeholders, batches, size, start, whole };
  check(core.vmap(placeholders.length, size, outputs.length, start, whole));
  return readInts(outputs.length) as Node[];
}
/** What vmapNodes works on. */
export interface Mapping {
  readonly placeholders: readonly Node[];
  readonly batches: readonly Node[];
  readonly size: number;
  readonly start: number;
  readonly whole: number;
}
let mapping: Mapping;
/** The mapping under way, while the core asks for batched calls. */
export const currentMapping = (): Mapping => mapping;

// Computes what can be computed now. Within vmap and compile the values are not there yet: then the nodes stay as they are.
function computeIfKnown(nodes: readonly Node[]): void {
  if (hooks.beforeEvaluation !== null) hooks.beforeEvaluation(nodes);
  const result = core.evaluate(writeInts(nodes));
  if (result !== (Failure.Placeholder as number)) check(result);
}

/**
 * The same, `chunk` elements at a time. Each chunk is computed, which frees its intermediates, before the next one needs memory;
 * but one that can be differentiated has to keep them, and waits. `batchesOf` makes the batches of one chunk.
 */
export function vmapInChunks(
  placeholders: readonly Node[],
  batchesOf: (start: number, count: number) => Node[],
  whole: number,
  chunk: number,
  outputs: readonly Node[],
): Node[] {
  if (chunk >= whole) return vmapNodes(placeholders, batchesOf(0, whole), whole, outputs);
  const parts: Node[][] = [];
  try {
    for (let start = 0; start < whole; start += chunk) {
      const count = Math.min(chunk, whole - start);
      // In a scope of its own, which is closed before the chunk is computed: nodes that a scope holds keep their values.
      const mark = core.openScope(0);
      try {
        const part = vmapNodes(placeholders, batchesOf(start, count), count, outputs, start, whole);
        part.forEach((node) => core.retain(node));
        parts.push(part);
      } finally {
        core.closeScope(mark);
      }
      const part = parts.at(-1)!;
      if (!part.some((node) => core.requiresGrad(node))) computeIfKnown(part);
    }
    return outputs.map((_, k) =>
      concat(
        parts.map((part) => part[k]!),
        0,
      ),
    );
  } finally {
    parts.flat().forEach((node) => core.release(node));
  }
}
/** What stands for one element of a batch of elements like `like`. */
export function placeholderLike(like: Node): Node {
  return placeholder(shapeOf(like), dtype(like), false, Purpose.Vmap);
}
export const placeholder = (shape: readonly number[], dtype: DType, requiresGrad: boolean, purpose: Purpose): Node =>
  check(core.placeholder(dtype, writeInts(shape), requiresGrad ? 1 : 0, purpose)) as Node;
