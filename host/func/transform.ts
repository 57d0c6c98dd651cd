// How a transform of pf.func runs: func is traced on fresh aliases of its arguments' tensors, and nodes are made of what it
// returns. Results depend on the caller's graph where the caller's tensors require grad, and on nothing else.
import { type Aliases, aliasInputs, holdTogether, withinTrace } from "../autograd/tracing";
import { check } from "../core/failure";
import { core, writeLists } from "../core/memory";
import { withinOp } from "../core/op-scope";
import { detach, fullLike, type Node } from "../core/prim";
import { type Flat, type Tree, unflatten } from "../tensor/containers";
import { adoptNode, nodeOf, type Tensor } from "../tensor/tensor";

/** The results of a transform: nodes and the containers that they go into. */
export interface Result {
  readonly nodes: readonly Node[];
  readonly build: (tensors: Tensor[]) => Tree;
}

/**
 * Runs a transform. `trace` gets aliases of `inputs` and calls the user's function, in a scope of its own with gradients on; what it
 * returns makes the nodes of the results. Once the transform is over, the results don't require grad any more merely because the
 * aliases do.
 */
export function transform(name: string, inputs: readonly Tensor[], trace: (inputs: Aliases) => () => Result): Tree {
  const { made, nodes } = withinTrace((_, gradMode) => {
    const own = withinOp(name, () => aliasInputs(inputs, true));
    const emit = trace(own);
    return withinOp(name, () => {
      const made = emit();
      const released = own.nodes;
      writeLists(released, made.nodes);
      check(core.releaseGrad(released.length, made.nodes.length));
      core.setGradEnabled(gradMode);
      const nodes = gradMode === 1 ? made.nodes : made.nodes.map(detach);
      holdTogether(nodes);
      return { made, nodes };
    });
  });
  return made.build(nodes.map(adoptNode));
}

/** A container like `flat`, of the tensors from `start` on. */
export const rebuild = (flat: Flat, tensors: readonly Tensor[], start: number): Tree =>
  unflatten(flat.structure, tensors.slice(start, start + flat.tensors.length));

/** Zeros like `like` in the place of null. */
export const zerosIfNull = (nodes: readonly (Node | null)[], like: readonly Node[]): Node[] =>
  nodes.map((node, i) => node ?? fullLike(like[i]!, 0));
export const nodesOf = (flat: Flat): Node[] => flat.tensors.map(nodeOf);
