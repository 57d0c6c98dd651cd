// pf.func.grad and gradAndValue.
import { vjpNodes } from "../autograd/core-transforms";
import { shapeOf } from "../core/memory";
import { fullLike, type Node, numel } from "../core/prim";
import { AutogradError, formatShape } from "../errors";
import { checkFunction, checkOptions } from "../options";
import { type Flat, holdsInstance, isSingle, type Tree } from "../tensor/containers";
import { ComplexTensor } from "../tensor/complex";
import { nodeOf, type Tensor } from "../tensor/tensor";
import { withArgnums } from "./arguments";
import { nodesOf, rebuild, transform, zerosIfNull } from "./transform";
import type { AnyFunction, Argnums, Arguments, Chosen, GradTransformOptions, WithAux } from "./types";
import { callWithAux } from "./user-function";

/** The only output, which has one element. */
function scalarOf(name: string, output: Flat): Node {
  if (!isSingle(output)) {
    throw new AutogradError(
      holdsInstance(output.structure, ComplexTensor.prototype)
        ? `${name}: func should return a real Tensor but got a ComplexTensor: its parts are z.real and z.imag, its modulus z.abs().`
        : `${name}: func should return a single Tensor (or [Tensor, aux] with hasAux: true).`,
    );
  }
  const node = nodeOf(output.tensors[0]!);
  if (numel(node) !== 1) {
    throw new AutogradError(
      `${name}: func should return a tensor with one element but its shape is ${formatShape(shapeOf(node))}.`,
    );
  }
  return node;
}

function gradientFunction(
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
export function grad<Aux, A extends Arguments = Tensor[], const N extends Argnums = 0>(
  func: (...args: A) => readonly [output: Tensor, aux: Aux],
  options: WithAux<GradTransformOptions<N, true>>,
): (...args: A) => [gradient: Chosen<A, N>, aux: Aux];
export function grad<A extends Arguments = Tensor[], const N extends Argnums = 0>(
  func: (...args: A) => Tensor,
  options?: GradTransformOptions<N, false>,
): (...args: A) => Chosen<A, N>;
export function grad(func: AnyFunction, options: GradTransformOptions = {}): AnyFunction {
  return gradientFunction("grad", func, options, (g, value, aux, hasAux) => {
    value.dispose();
    return hasAux ? [g, aux] : g;
  });
}

/**
 * Like grad, with the function's value: [gradient, value], or [gradient, [value, aux]] with hasAux.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.func.grad_and_value.html
 */
export function gradAndValue<Aux, A extends Arguments = Tensor[], const N extends Argnums = 0>(
  func: (...args: A) => readonly [output: Tensor, aux: Aux],
  options: WithAux<GradTransformOptions<N, true>>,
): (...args: A) => [gradient: Chosen<A, N>, valueAndAux: [value: Tensor, aux: Aux]];
export function gradAndValue<A extends Arguments = Tensor[], const N extends Argnums = 0>(
  func: (...args: A) => Tensor,
  options?: GradTransformOptions<N, false>,
): (...args: A) => [gradient: Chosen<A, N>, value: Tensor];
export function gradAndValue(func: AnyFunction, options: GradTransformOptions = {}): AnyFunction {
  return gradientFunction("gradAndValue", func, options, (g, value, aux, hasAux) => [g, hasAux ? [value, aux] : value]);
}
