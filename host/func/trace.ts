// What the transforms of pf.func share: func is traced on fresh aliases of its arguments' tensors, and nodes are made of what
// it returns. Results depend on the caller's graph where the caller's tensors require grad, and on nothing else.
import { check } from "../core/failure";
import { core, writeLists } from "../core/memory";
import { detach, isFloat, type Node } from "../core/prim";
import { type Aliases, aliasInputs, countTraced, holdTogether, withinTrace } from "../autograd/tracing";
import { outsideOps, withinOp } from "../core/scope";
import { ArgumentError, DTypeError, typeName } from "../errors";
import { adoptNode, nodeOf, type Tensor } from "../tensor/tensor";
import { wasAsync } from "../tensor/tidy";
import { Branch, type Flat, flatten, type Tree, unflatten } from "../tensor/tree";
import type { AnyFunction } from "./types";

export type { AnyFunction };

export function checkFunction(name: string, func: unknown): asserts func is AnyFunction {
  if (typeof func !== "function")
    throw new ArgumentError(`${name}: func should be a function but got ${typeName(func)}.`);
}

/** Throws where there is no tensor in `values`, which `what` names. */
export function checkSome(name: string, tensors: readonly Tensor[], what: string, values: readonly unknown[]): void {
  if (tensors.length > 0) return;
  const got = Array.from(values, typeName).join(", ") || "none";
  throw new ArgumentError(
    `${name}: ${what} hold no tensors: expected Tensors, alone or in arrays, plain objects and instances of classes (in own ` +
      `enumerable properties: # fields are not seen) but got ${got}.`,
  );
}
/** Throws where there is nothing to differentiate by, or what can't be. */
export function checkFloat(name: string, tensors: readonly Tensor[], what: string, values: readonly unknown[]): void {
  checkSome(name, tensors, what, values);
  withinOp(name, () => {
    for (const tensor of tensors) {
      if (isFloat(nodeOf(tensor))) continue;
      throw new DTypeError(
        `${name}: only tensors of floating dtype can be differentiated, but ${what} hold one of dtype ${tensor.dtype}.`,
      );
    }
  });
}

/** Calls the user's function; what it returns, taken apart. */
export function callUser(name: string, func: AnyFunction, args: readonly unknown[]): Flat {
  const result: unknown = countTraced(() =>
    outsideOps(() => {
      try {
        return func(...args) as unknown;
      } catch (error) {
        throw explained(name, error, args);
      }
    }),
  );
  checkSynchronous(name, result);
  const flat = flatten(name, result);
  if (flat.tensors.length === 0) {
    throw new ArgumentError(`${name}: func should return tensors but got ${typeName(result)}.`);
  }
  withinOp(name, () => flat.tensors.forEach(nodeOf));
  return flat;
}

// What engines, and compilers for older ones, say where an object lacks a # field or method.
const LACKS_PRIVATE = /private|must be an instance of class/i;
/** What func threw; where it is for a # field that a rebuilt instance lacks, an error that names the class. */
function explained(name: string, error: unknown, args: readonly unknown[]): unknown {
  if (!(error instanceof TypeError) || !LACKS_PRIVATE.test(error.message)) return error;
  const constructors = flatten(name, args).structure.parts.flatMap((part) => {
    const own: unknown = part instanceof Branch ? part.prototype?.constructor : null;
    return typeof own === "function" && own !== Object && own !== Array ? [own] : [];
  });
  // Of a method the engine names the class.
  const named = /#[\w$]+|class [\w$]+/.exec(error.message)?.[0] ?? "#";
  const declares = (at: unknown): boolean =>
    typeof at === "function" && (String(at).includes(named) || declares(Object.getPrototypeOf(at)));
  const declaring = constructors.filter(declares);
  const names = [...new Set((declaring.length > 0 ? declaring : constructors).map(({ name }) => name))];
  if (names.length === 0) return error;
  const explanation = new ArgumentError(
    `${name}: a method of ${names.join(" or ")} failed for a # field (${error.message}): instances in arguments are rebuilt ` +
      `around traced tensors with their own enumerable properties, which # fields are not. Make it an ordinary property.`,
  );
  explanation.cause = error;
  return explanation;
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

/** Builds a container of the results from `start` on, as flat was. */
export const rebuild = (flat: Flat, tensors: readonly Tensor[], start: number): Tree =>
  unflatten(flat.structure, tensors.slice(start, start + flat.tensors.length));
