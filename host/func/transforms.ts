// pf.func, after torch.func: derivatives as functions of functions, over nested containers.
import { jvpNodes, vjpNodes } from "../autograd/engine";
import { checkOptions } from "../options";
import { isSameShape, shapeOf } from "../core/memory";
import { cast, dtype, fullLike, type Node, numel } from "../core/prim";
import { ArgumentError, AutogradError, describe, ShapeError, formatShape } from "../errors";
import { nodeOf, type Tensor } from "../tensor/tensor";
import { callUser, checkFloat, checkFunction, rebuild, splitAux, transform } from "./trace";
import { type Flat, flatten, flattenLike, isSingle, type Tree, unflatten } from "../tensor/tree";
import type { AnyFunction, Argnums, Arguments, Chosen } from "./types";

export interface AuxOptions<HasAux extends boolean = boolean> {
  /** func returns [output, aux]; aux is passed through, undifferentiated. */
  hasAux?: HasAux | undefined;
}
export interface GradTransformOptions<
  N extends Argnums = Argnums,
  HasAux extends boolean = boolean,
> extends AuxOptions<HasAux> {
  /** Which arguments to differentiate by: a position, or an array of them; 0 unless given. Negative ones count from the end. */
  argnums?: N | undefined;
}
/** Options with which func returns [output, aux]. */
export type WithAux<Options> = Options & { hasAux: true };

/** Calls func; its output, and its aux where hasAux says so, taken apart. */
export function callWithAux(
  name: string,
  func: AnyFunction,
  args: readonly unknown[],
  hasAux: boolean,
): { output: Flat; aux: Flat } {
  let aux: unknown;
  const withoutAux = (...values: unknown[]): unknown => {
    const [output, rest] = splitAux(name, hasAux, func(...values));
    aux = rest;
    return output;
  };
  const output = callUser(name, withoutAux, args);
  return { output, aux: flatten(name, aux) };
}

/** The nodes of tangents or cotangents that mirror `like`, of its dtypes. */
export function mirrored(name: string, what: string, value: unknown, like: Flat): Node[] {
  const tensors = flattenLike(name, like.structure, value);
  if (tensors === null) {
    throw new ArgumentError(`${name}: ${what} should have the same structure of tensors as what they belong to.`);
  }
  return tensors.map((tensor, i) => {
    const node = nodeOf(tensor);
    const other = nodeOf(like.tensors[i]!);
    if (!isSameShape(node, other)) {
      const [got, want] = [formatShape(shapeOf(node)), formatShape(shapeOf(other))];
      throw new ShapeError(`${name}: ${what}: expected a tensor of shape ${want} but got ${got}.`);
    }
    return cast(node, dtype(other));
  });
}
const zerosIfNull = (nodes: readonly (Node | null)[], like: readonly Node[]): Node[] =>
  nodes.map((node, i) => node ?? fullLike(like[i]!, 0));
const nodesOf = (flat: Flat): Node[] => flat.tensors.map(nodeOf);

/**
 * The Jacobian-vector product: [output, tangent], or [output, tangent, aux] with hasAux.
 *
 * @param primals an array with func's arguments
 * @param tangents of the same structure and shapes
 * @returns func's output, and the tangent of the same structure
 * @throws ArgumentError, ShapeError, DTypeError for tangents that don't fit; whatever func throws
 * @see https://pytorch.org/docs/stable/generated/torch.func.jvp.html
 * @example
 * const [y, dy] = pf.func.jvp(pf.sin, [x], [pf.onesLike(x)]);
 */
export function jvp<P extends Arguments, O, Aux>(
  func: (...args: P) => readonly [output: O, aux: Aux],
  primals: readonly [...P],
  tangents: readonly [...P],
  options: WithAux<AuxOptions<true>>,
): [output: O, tangent: O, aux: Aux];
export function jvp<P extends Arguments, O>(
  func: (...args: P) => O,
  primals: readonly [...P],
  tangents: readonly [...P],
  options?: AuxOptions<false>,
): [output: O, tangent: O];
export function jvp(
  func: AnyFunction,
  primals: readonly Tree[],
  tangents: readonly Tree[],
  options: AuxOptions = {},
): Tree {
  checkFunction("jvp", func);
  checkOptions("jvp", options, ["hasAux"]);
  const hasAux = options?.hasAux ?? false;
  if (!Array.isArray(primals) || !Array.isArray(tangents)) {
    throw new ArgumentError("jvp: primals and tangents should be arrays, with an entry for each argument of func.");
  }
  const flat = flatten("jvp", primals, true);
  checkFloat("jvp", flat.tensors, "primals", primals);
  return transform("jvp", flat.tensors, (inputs) => {
    const { output, aux } = callWithAux("jvp", func, unflatten(flat.structure, inputs.tensors) as unknown[], hasAux);
    return () => {
      const outputs = nodesOf(output);
      const seeds = mirrored("jvp", "tangents", tangents, flat);
      const result = zerosIfNull(jvpNodes(outputs, inputs.nodes, seeds, true).tangents, outputs);
      const count = outputs.length;
      return {
        nodes: [...outputs, ...result, ...nodesOf(aux)],
        build: (tensors) => {
          const parts: Tree[] = [rebuild(output, tensors, 0), rebuild(output, tensors, count)];
          return hasAux ? [...parts, rebuild(aux, tensors, 2 * count)] : parts;
        },
      };
    };
  });
}

// The positions that argnums names, all different.
function positionsOf(name: string, argnums: unknown, count: number): number[] {
  const positions = (Array.isArray(argnums) ? (argnums as unknown[]) : [argnums]).map((position) => {
    const index = typeof position === "number" && position < 0 ? position + count : position;
    if (!Number.isInteger(index) || (index as number) < 0 || (index as number) >= count) {
      throw new ArgumentError(`${name}: argnums ${describe(position)} should name one of the ${count} arguments.`);
    }
    return index as number;
  });
  if (new Set(positions).size < positions.length) {
    throw new ArgumentError(`${name}: argnums should name different arguments but got ${describe(argnums)}.`);
  }
  return positions;
}

/** What transforms with argnums work on: the chosen arguments taken apart, and how to call func with others in place. */
export function withArgnums(
  name: string,
  args: readonly unknown[],
  argnums: number | readonly number[],
): { flat: Flat; replace: (tensors: readonly Tensor[]) => unknown[] } {
  const positions = positionsOf(name, argnums, args.length);
  // One argument is a container of its own, several are an array of them.
  const isSingle = typeof argnums === "number";
  const chosen = positions.map((position) => args[position]);
  const flat = flatten(name, isSingle ? chosen[0] : chosen);
  checkFloat(name, flat.tensors, "the arguments that argnums names", chosen);
  const replace = (tensors: readonly Tensor[]): unknown[] => {
    const parts: unknown = unflatten(flat.structure, tensors);
    const all = [...args];
    if (isSingle) all[positions[0]!] = parts;
    else positions.forEach((position, i) => (all[position] = (parts as unknown[])[i]));
    return all;
  };
  return { flat, replace };
}

/** The only output, which has one element. */
function scalarOf(name: string, output: Flat): Node {
  if (!isSingle(output)) {
    throw new AutogradError(`${name}: func should return a single Tensor (or [Tensor, aux] with hasAux: true).`);
  }
  const node = nodeOf(output.tensors[0]!);
  if (numel(node) !== 1) {
    throw new AutogradError(
      `${name}: func should return a tensor with one element but its shape is ${formatShape(shapeOf(node))}.`,
    );
  }
  return node;
}

function gradient(
  name: string,
  func: AnyFunction,
  options: GradTransformOptions,
  collect: (gradient: Tree, value: Tensor, aux: Tree, hasAux: boolean) => Tree,
): AnyFunction {
  checkFunction(name, func);
  checkOptions(name, options, ["argnums", "hasAux"]);
  const { argnums = 0, hasAux = false } = options ?? {};
  return (...args: unknown[]): Tree => {
    const { flat, replace } = withArgnums(name, args, argnums);
    return transform(name, flat.tensors, (inputs) => {
      const { output, aux } = callWithAux(name, func, replace(inputs.tensors), hasAux);
      return () => {
        const value = scalarOf(name, output);
        const targets = inputs.nodes;
        const gradients = zerosIfNull(vjpNodes([value], [fullLike(value, 1)], targets, true), targets);
        const count = gradients.length;
        return {
          nodes: [...gradients, value, ...nodesOf(aux)],
          build: (tensors) =>
            collect(rebuild(flat, tensors, 0), tensors[count]!, rebuild(aux, tensors, count + 1), hasAux),
        };
      };
    });
  };
}

/**
 * A function that gives the gradient of a scalar function: in the structure of the argument that argnums names, or an array
 * of them; [gradient, aux] with hasAux.
 *
 * @param func returns a tensor with one element
 * @throws AutogradError when func returns something else; ArgumentError, DTypeError; whatever func throws
 * @see https://pytorch.org/docs/stable/generated/torch.func.grad.html
 * @example
 * const secondDerivative = pf.func.grad(pf.func.grad((x) => x.sin()));
 */
export function grad<A extends Arguments, Aux, const N extends Argnums = 0>(
  func: (...args: A) => readonly [output: Tensor, aux: Aux],
  options: WithAux<GradTransformOptions<N, true>>,
): (...args: A) => [gradient: Chosen<A, N>, aux: Aux];
export function grad<A extends Arguments, const N extends Argnums = 0>(
  func: (...args: A) => Tensor,
  options?: GradTransformOptions<N, false>,
): (...args: A) => Chosen<A, N>;
export function grad(func: AnyFunction, options: GradTransformOptions = {}): AnyFunction {
  return gradient("grad", func, options, (g, value, aux, hasAux) => {
    value.dispose();
    return hasAux ? [g, aux] : g;
  });
}

/**
 * Like grad, with the function's value: [gradient, value], or [gradient, [value, aux]] with hasAux.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.func.grad_and_value.html
 */
export function gradAndValue<A extends Arguments, Aux, const N extends Argnums = 0>(
  func: (...args: A) => readonly [output: Tensor, aux: Aux],
  options: WithAux<GradTransformOptions<N, true>>,
): (...args: A) => [gradient: Chosen<A, N>, valueAndAux: [value: Tensor, aux: Aux]];
export function gradAndValue<A extends Arguments, const N extends Argnums = 0>(
  func: (...args: A) => Tensor,
  options?: GradTransformOptions<N, false>,
): (...args: A) => [gradient: Chosen<A, N>, value: Tensor];
export function gradAndValue(func: AnyFunction, options: GradTransformOptions = {}): AnyFunction {
  return gradient("gradAndValue", func, options, (g, value, aux, hasAux) => [g, hasAux ? [value, aux] : value]);
}
