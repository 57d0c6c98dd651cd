// pf.func.vmap: a function of single elements, over a batch.
import { Purpose } from "../../assembly/abi/numbers";
import { core, shapeOf } from "../core/memory";
import { type Node, permute, slice } from "../core/prim";
import { withinOp } from "../core/op-scope";
import { ArgumentError, describe, ShapeError } from "../errors";
import { placeholder, vmapInChunks } from "../autograd/core-transforms";
import { checkChunkSize, checkFunction, checkOptions } from "../options";
import { type Randomness, randomnessModes, withinVmap } from "../random";
import { nodeOf, wrapNode } from "../tensor/tensor";
import { broadcastPrefix, flatten, type Structure, unflatten } from "../tensor/containers";
import { checkHasTensors } from "./arguments";
import type { AnyFunction, TensorFunction } from "./types";
import { callUser } from "./user-function";
import { holdTogether, traced } from "../autograd/tracing";

/** The mapped dim of a tensor, or of all below; null: none. Nested as what it belongs to. */
export type MappedDims = number | null | readonly MappedDims[] | { readonly [key: string]: MappedDims };

export interface VmapOptions {
  /** Which dim of each argument is mapped; null: none. A number for all, or an array per argument, nested as they are. */
  inDims?: MappedDims | undefined;
  /** Where the mapped dim goes in each result; nested as the results are. */
  outDims?: MappedDims | undefined;
  /**
   * What random ops do inside: throw ("error"), draw anew for each element of the batch ("different"), or draw once for all
   * ("same"). The numbers do not depend on chunkSize.
   */
  randomness?: Randomness | undefined;
  /** How many elements are computed at a time; bounds the memory. */
  chunkSize?: number | null | undefined;
}

const toFront = (node: Node, dim: number): Node => {
  const rest = shapeOf(node).flatMap((_, i) => (i === dim ? [] : [i]));
  return dim === 0 ? node : permute(node, [dim, ...rest]);
};
const fromFront = (node: Node, dim: number): Node => {
  const order = shapeOf(node).map((_, i) => i + 1);
  order.pop();
  order.splice(dim, 0, 0);
  return dim === 0 ? node : permute(node, order);
};
const part = (node: Node, start: number, count: number): Node => {
  const shape = shapeOf(node);
  return slice(
    node,
    shape.map((_, i) => (i ? 0 : start)),
    [count, ...shape.slice(1)],
    shape.map(() => 1),
  );
};
function normalized(what: string, dim: unknown, ndim: number): number {
  if (ndim === 0) {
    throw new ArgumentError(
      `vmap: ${what} ${describe(dim)} is no dim of a tensor with 0 dims; null is for a tensor that is not mapped.`,
    );
  }
  if (!Number.isInteger(dim) || (dim as number) < -ndim || (dim as number) >= ndim) {
    throw new ArgumentError(
      `vmap: ${what} ${describe(dim)} should be an integer in [${-ndim}, ${ndim - 1}] for a tensor with ${ndim} dims.`,
    );
  }
  return (dim as number) < 0 ? (dim as number) + ndim : (dim as number);
}

/**
 * A function that applies func to every element along the mapped dims at once: func is traced on a single element, and its
 * program is rewritten to work on the whole batch. Nests with itself and with every derivative.
 *
 * @param func takes and returns tensors, alone or in containers (arrays, plain objects, instances of classes); it can't
 *   read values
 * @returns a function of the batched arguments; its results have the mapped dim at outDims
 * @throws ArgumentError for dims that don't fit; ShapeError when mapped sizes differ
 * @see https://pytorch.org/docs/stable/generated/torch.func.vmap.html
 * @example
 * const dots = pf.func.vmap((a, b) => a.dot(b)); // [n, k], [n, k] → [n]
 */
export function vmap<F extends TensorFunction>(func: F, options?: VmapOptions): F;
export function vmap<F extends AnyFunction>(func: F, options?: VmapOptions): F;
export function vmap<F extends AnyFunction>(func: F, options: VmapOptions = {}): F {
  checkFunction("vmap", func);
  checkOptions("vmap", options, ["inDims", "outDims", "randomness", "chunkSize"]);
  const {
    inDims = 0,
    outDims = 0,
    randomness = "error",
  } = (options ?? {}) as Omit<VmapOptions, "inDims" | "outDims"> & { inDims?: unknown; outDims?: unknown };
  if (!randomnessModes.includes(randomness)) {
    throw new ArgumentError(
      `vmap: randomness should be "error", "different" or "same" but got ${describe(randomness)}.`,
    );
  }
  const chunkSize = checkChunkSize("vmap", options?.chunkSize);
  const overBatch = (...args: Parameters<F>): ReturnType<F> => {
    const flat = flatten("vmap", args, true);
    checkHasTensors("vmap", flat.tensors, "the arguments", args);
    const dims = broadcastPrefix(inDims, flat.structure);
    if (dims === null) {
      throw new ArgumentError(
        `vmap: inDims is not compatible with the structure of the ${args.length} arguments: ${describe(inDims)}.`,
      );
    }
    let structure: Structure | null = null;
    const results = traced(() => {
      const mapped: { placeholder: Node; batch: Node }[] = [];
      const sizes: number[] = [];
      const leaves = withinOp("vmap", () =>
        flat.tensors.map((tensor, i) => {
          const dim = dims[i];
          if (dim == null) return tensor;
          const node = nodeOf(tensor);
          const batch = toFront(node, normalized("inDims", dim, tensor.ndim));
          const [size, ...rest] = shapeOf(batch);
          sizes.push(size!);
          const single = wrapNode(placeholder(rest, core.dtypeOf(node), tensor.requiresGrad, Purpose.Vmap));
          mapped.push({ placeholder: single.node, batch: wrapNode(batch).node });
          return single;
        }),
      );
      if (mapped.length === 0) {
        throw new ArgumentError("vmap: at least one argument should be mapped: all inDims are null.");
      }
      const size = sizes[0]!;
      if (sizes.some((other) => other !== size)) {
        throw new ShapeError(
          `vmap: Expected all tensors to have the same size in the mapped dimension, got sizes [${sizes.join(", ")}] for the ` +
            `mapped dimension.`,
        );
      }
      const outputs = withinVmap({ randomness, placeholder: mapped[0]!.placeholder, size }, () =>
        callUser("vmap", func, unflatten(flat.structure, leaves) as unknown[]),
      );
      structure = outputs.structure;
      const outputDims = broadcastPrefix(outDims, outputs.structure);
      if (outputDims === null) {
        throw new ArgumentError(
          `vmap: outDims is not compatible with the structure of what func returned: ${describe(outDims)}.`,
        );
      }
      return withinOp("vmap", () => {
        const nodes = outputs.tensors.map(nodeOf);
        const batched = vmapInChunks(
          mapped.map((m) => m.placeholder),
          (start, count) => mapped.map(({ batch }) => (count === size ? batch : part(batch, start, count))),
          size,
          chunkSize ?? size,
          nodes,
        );
        const placed = batched.map((node, k) =>
          fromFront(node, normalized("outDims", outputDims[k], shapeOf(node).length)),
        );
        holdTogether(placed);
        return placed;
      });
    }, core.isGradEnabled() !== 0);
    return unflatten(structure!, results) as ReturnType<F>;
  };
  return overBatch as F;
}
