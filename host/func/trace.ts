// What the transforms of pf.func share: func is traced on fresh aliases of its arguments' tensors, and nodes are made of what
// it returns. Results hang on the caller's graph where the caller's tensors require grad, and on nothing else.
import { check } from "../core/failure";
import { core, writeInts } from "../core/memory";
import { detach, isFloat, type Node } from "../core/prim";
import { countTraced } from "../autograd/tracing";
import { outsideOps, withinOp } from "../core/scope";
import { ArgumentError, DTypeError, typeName } from "../errors";
import { closeScope, openScope } from "../tensor/lifetime";
import { adoptNode, nodeOf, type Tensor, wrapNode } from "../tensor/tensor";
import { wasAsync } from "../tensor/tidy";
import { type Flat, flatten, type Tree, unflatten } from "./tree";
import type { AnyFunction } from "./types";

export type { AnyFunction };

export function checkFunction(name: string, func: unknown): asserts func is AnyFunction {
  if (typeof func !== "function")
    throw new ArgumentError(`${name}: func should be a function but got ${typeName(func)}.`);
}

/** Throws where there is nothing to differentiate by, or what can't be. */
export function checkFloat(name: string, tensors: readonly Tensor[], what: string): void {
  if (tensors.length === 0) throw new ArgumentError(`${name}: ${what} hold no tensors.`);
  withinOp(name, () => {
    for (const tensor of tensors) {
      if (isFloat(nodeOf(tensor))) continue;
      throw new DTypeError(
        `${name}: only tensors of floating dtype can be differentiated, but ${what} hold one of dtype ${tensor.dtype}.`,
      );
    }
  });
}

/** Aliases of tensors as a transform's inputs, in the current scope. */
export function aliasInputs(tensors: readonly Tensor[]): Tensor[] {
  return tensors.map((tensor) => {
    const node = nodeOf(tensor);
    return wrapNode(core.inputAlias(node, core.requiresGrad(node)) as Node);
  });
}

/** Calls the user's function; what it returns, taken apart. */
export function callUser(name: string, func: AnyFunction, args: readonly unknown[]): Flat {
  const result: unknown = countTraced(() => outsideOps(() => func(...args) as unknown));
  checkSynchronous(name, result);
  const flat = flatten(result);
  if (flat.tensors.length === 0) {
    throw new ArgumentError(`${name}: func should return tensors but got ${typeName(result)}.`);
  }
  withinOp(name, () => flat.tensors.forEach(nodeOf));
  return flat;
}
function checkSynchronous(name: string, result: unknown): void {
  if (!wasAsync(result)) return;
  throw new ArgumentError(`${name}: func should be synchronous, but it returned a promise.`);
}

/** What func returned with hasAux: [output, aux]. */
export function splitAux(name: string, hasAux: boolean, value: unknown): [output: unknown, aux: unknown] {
  if (!hasAux) return [value, undefined];
  checkSynchronous(name, value);
  if (Array.isArray(value) && value.length === 2) return value as [unknown, unknown];
  throw new ArgumentError(`${name}: with hasAux: true func should return an array [output, aux].`);
}

/** The results of a transform: nodes and the containers that they go into. */
export interface Result {
  readonly nodes: readonly Node[];
  readonly build: (tensors: Tensor[]) => Tree;
}

/**
 * Runs a transform: `trace` calls the user's function, in a scope of its own with gradients on, and returns what makes the
 * nodes of the results. `inputs` are the transform's aliases: once it is over, the results no longer require grad on their
 * account.
 */
export function transform(name: string, inputs: readonly Tensor[], trace: (inputs: Tensor[]) => () => Result): Tree {
  const scope = openScope();
  const outer = core.setGradEnabled(1);
  core.trace(1);
  let result: Result;
  let nodes: readonly Node[] = [];
  try {
    const own = withinOp(name, () => aliasInputs(inputs));
    const emit = trace(own);
    result = withinOp(name, () => {
      const made = emit();
      const released = own.map(nodeOf);
      check(core.releaseGrad(released.length, writeInts([...released, ...made.nodes]) - released.length));
      nodes = outer ? made.nodes : made.nodes.map(detach);
      core.joinAll(writeInts(nodes));
      nodes.forEach(core.hold);
      return made;
    });
  } finally {
    core.setGradEnabled(outer);
    core.trace(-1);
    closeScope(scope);
  }
  return result.build(nodes.map(adoptNode));
}

/** Builds a container of the results from `start` on, as flat was. */
export const rebuild = (flat: Flat, tensors: readonly Tensor[], start: number): Tree =>
  unflatten(flat.shape, tensors.slice(start, start + flat.tensors.length));
