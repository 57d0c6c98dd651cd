// pf.func: whole Jacobians and Hessians as functions.
import { jacobianByColumns, jacobianByRows } from "../autograd/jacobian-nodes";
import { shapeOf } from "../core/memory";
import { ArgumentError } from "../errors";
import { dtype, full, type Node } from "../core/prim";
import { checkChunkSize, checkFunction, checkOptions } from "../options";
import { ComplexTensor } from "../tensor/complex";
import { nodeOf, type Tensor } from "../tensor/tensor";
import { holdsInstance, isSingle, type Tree, unflatten } from "../tensor/containers";
import { withArgnums } from "./arguments";
import { rebuild, transform } from "./transform";
import type { AnyFunction, Argnums, Arguments, Chosen, GradTransformOptions, JacobianOf, WithAux } from "./types";
import { callWithAux } from "./user-function";

export interface JacobianTransformOptions<
  N extends Argnums = Argnums,
  HasAux extends boolean = boolean,
> extends GradTransformOptions<N, HasAux> {
  /** How many rows (jacrev) or columns (jacfwd) are computed at a time; bounds the memory. */
  chunkSize?: number | null | undefined;
}

export type HessianTransformOptions<N extends Argnums = Argnums> = Pick<GradTransformOptions<N>, "argnums">;

type Entries = (outputs: Node[], inputs: Node[], chunkSize: number | undefined) => (Node | null)[][];

const byRows: Entries = (outputs, inputs, chunkSize) =>
  outputs.map((output) => jacobianByRows(output, inputs, true, chunkSize));
const byColumns: Entries = (outputs, inputs, chunkSize) => {
  const columns = inputs.map((_, j) => jacobianByColumns(outputs, inputs, j, true, chunkSize));
  return outputs.map((_, i) => columns.map((column) => column[i]!));
};

function jacobianFunction(
  name: string,
  func: AnyFunction,
  options: JacobianTransformOptions,
  entries: Entries,
): AnyFunction {
  checkFunction(name, func);
  checkOptions(name, options, ["argnums", "hasAux", "chunkSize"]);
  const { argnums = 0, hasAux = false } = options ?? {};
  const chunkSize = checkChunkSize(name, options?.chunkSize);
  return (...args: unknown[]): Tree => {
    const { flat, replace } = withArgnums(name, args, argnums);
    return transform(name, flat.tensors, (inputs) => {
      const { output, aux } = callWithAux(name, func, replace(inputs.tensors), hasAux);
      if (!isSingle(flat) && holdsInstance(output.structure, ComplexTensor.prototype))
        throw new ArgumentError(
          `${name}: the parts of a complex output's Jacobian by a complex input, or by several, are no tensors. Take viewAsReal(z), and ` +
            "within the function viewAsComplex(x).",
        );
      return () => {
        const outputs = output.tensors.map(nodeOf);
        const targets = inputs.nodes;
        const rows = entries(outputs, targets, chunkSize).map((row, i) =>
          row.map((node, j) => {
            const shape = [...shapeOf(outputs[i]!), ...shapeOf(targets[j]!)];
            // As torch has it: a row has the input's dtype, a column the output's.
            return node ?? full(shape, 0, dtype(entries === byRows ? targets[j]! : outputs[i]!));
          }),
        );
        const nodes = rows.flat();
        return {
          nodes: [...nodes, ...aux.tensors.map(nodeOf)],
          build: (tensors: Tensor[]) => {
            const parts = rows.map((_, i) => rebuild(flat, tensors, i * targets.length));
            const jacobian: Tree = unflatten(output.structure, parts);
            return hasAux ? [jacobian, rebuild(aux, tensors, nodes.length)] : jacobian;
          },
        };
      };
    });
  };
}

/**
 * A function that gives func's Jacobian by reverse mode: in the structure of the output, with the structure of the argument
 * (of the array of arguments) that argnums names in each place; shapes as functional.jacobian. Best for few outputs.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.func.jacrev.html
 */
export function jacrev<O, Aux, A extends Arguments = Tensor[], const N extends Argnums = 0>(
  func: (...args: A) => readonly [output: O, aux: Aux],
  options: WithAux<JacobianTransformOptions<N, true>>,
): (...args: A) => [jacobian: JacobianOf<O, Chosen<A, N>>, aux: Aux];
export function jacrev<O, A extends Arguments = Tensor[], const N extends Argnums = 0>(
  func: (...args: A) => O,
  options?: JacobianTransformOptions<N, false>,
): (...args: A) => JacobianOf<O, Chosen<A, N>>;
export function jacrev(func: AnyFunction, options: JacobianTransformOptions = {}): AnyFunction {
  return jacobianFunction("jacrev", func, options, byRows);
}

/**
 * The same by forward mode. Best for few inputs.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.func.jacfwd.html
 */
export function jacfwd<O, Aux, A extends Arguments = Tensor[], const N extends Argnums = 0>(
  func: (...args: A) => readonly [output: O, aux: Aux],
  options: WithAux<JacobianTransformOptions<N, true>>,
): (...args: A) => [jacobian: JacobianOf<O, Chosen<A, N>>, aux: Aux];
export function jacfwd<O, A extends Arguments = Tensor[], const N extends Argnums = 0>(
  func: (...args: A) => O,
  options?: JacobianTransformOptions<N, false>,
): (...args: A) => JacobianOf<O, Chosen<A, N>>;
export function jacfwd(func: AnyFunction, options: JacobianTransformOptions = {}): AnyFunction {
  return jacobianFunction("jacfwd", func, options, byColumns);
}

/**
 * A function that gives func's Hessian: forward over reverse.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.func.hessian.html
 */
export function hessian<O, A extends Arguments = Tensor[], const N extends Argnums = 0>(
  func: (...args: A) => O,
  options: HessianTransformOptions<N> = {},
): (...args: A) => JacobianOf<JacobianOf<O, Chosen<A, N>>, Chosen<A, N>> {
  checkFunction("hessian", func);
  checkOptions("hessian", options, ["argnums"]);
  return jacobianFunction("hessian", jacobianFunction("hessian", func, options, byRows), options, byColumns);
}
