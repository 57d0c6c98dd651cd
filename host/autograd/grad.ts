// autograd.grad: gradients of computed tensors with respect to tensors that they depend on.
import { core, shapeOf, writeInts } from "../core/memory";
import { cast, detach, dtype, fullLike, type Node, numel } from "../core/prim";
import { withinOp } from "../core/op-scope";
import { ArgumentError, AutogradError, ShapeError, formatShape, typeName } from "../errors";
import { checkOptions } from "../options";
import { type DTypeOf, isTensor, nodeOf, type Tensor, type TensorList, wrapNode } from "../tensor/tensor";
import { vjpNodes } from "./core-transforms";
import { takeApart, type Tensors } from "./tensors";

export interface GradOptions<AllowUnused extends boolean = boolean> {
  /** The cotangents, one per output and of its shape; null stands for 1 where the output has one element. */
  gradOutputs?: Tensor | TensorList<Tensor | null | undefined> | null | undefined;
  /** Whether the gradients can be differentiated again. */
  createGraph?: boolean | undefined;
  /** Accepted for PyTorch's sake: the graph is immutable and stays usable. */
  retainGraph?: boolean | null | undefined;
  /** An input that no output depends on gives null instead of an error. */
  allowUnused?: AllowUnused | undefined;
}

function cotangentOf(fn: string, output: Node, given: Tensor | null | undefined, index: number): Node {
  if (given === null || given === undefined) {
    if (numel(output) !== 1) {
      throw new AutogradError(
        `${fn}: grad can be implicitly created only for scalar outputs, but output ${index} has shape ` +
          `${formatShape(shapeOf(output))}. Give gradOutputs.`,
      );
    }
    return fullLike(output, 1);
  }
  if (!isTensor(given)) {
    throw new ArgumentError(`${fn}: gradOutputs should be tensors or null but entry ${index} is a ${typeName(given)}.`);
  }
  const node = nodeOf(given);
  const [want, got] = [formatShape(shapeOf(output)), formatShape(shapeOf(node))];
  if (want !== got) {
    throw new ShapeError(
      `${fn}: Mismatch in shape: gradOutputs[${index}] has a shape of ${got} and outputs[${index}] has a shape of ${want}.`,
    );
  }
  return cast(node, dtype(output));
}

/** grad, under the name `fn` in messages. */
export function gradientsOf(fn: string, outputs: Tensors, inputs: Tensors, options: GradOptions): (Tensor | null)[] {
  return withinOp(fn, () => {
    checkOptions(fn, options, ["gradOutputs", "createGraph", "retainGraph", "allowUnused"]);
    const { createGraph = false, allowUnused = false } = options ?? {};
    const outputNodes = takeApart(outputs, "outputs", fn).tensors.map(nodeOf);
    const inputNodes = takeApart(inputs, "inputs", fn).tensors.map(nodeOf);
    const given = isTensor(options?.gradOutputs) ? [options.gradOutputs] : (options?.gradOutputs ?? null);
    const isArray: boolean = Array.isArray(given);
    if (given !== null && !isArray) {
      throw new ArgumentError(
        `${fn}: gradOutputs should be a Tensor or an array of Tensors but got ${typeName(given)}.`,
      );
    }
    if (given && given.length !== outputNodes.length) {
      throw new ArgumentError(`${fn}: got ${outputNodes.length} outputs and ${given.length} gradOutputs.`);
    }
    outputNodes.forEach((node, i) => {
      if (core.requiresGrad(node)) return;
      throw new AutogradError(
        `${fn}: element ${i} of tensors does not require grad and does not have a gradFn: it was not computed from a tensor ` +
          `with requiresGrad, or within noGrad.`,
      );
    });
    inputNodes.forEach((node, i) => {
      if (!core.requiresGrad(node)) {
        throw new AutogradError(`${fn}: One of the differentiated Tensors does not require grad: inputs[${i}].`);
      }
    });
    const cotangents = outputNodes.map((node, i) => cotangentOf(fn, node, given?.[i], i));
    const gradients = vjpNodes(outputNodes, cotangents, inputNodes, createGraph).map((node, i) => {
      if (node === null) {
        if (allowUnused) return null;
        throw new AutogradError(
          `${fn}: One of the differentiated Tensors appears to not have been used in the graph: inputs[${i}]. ` +
            `Set allowUnused: true if this is the desired behavior.`,
        );
      }
      // A cotangent that comes out as it went in may be part of the caller's graph.
      return !createGraph && core.requiresGrad(node) ? detach(node) : node;
    });
    core.joinAll(writeInts(gradients.filter((node) => node !== null)));
    return gradients.map((node) => node && wrapNode(node));
  });
}

/** An array with a gradient, or what stands for a missing one, for each input. */
export type Gradients<I, Missing> = I extends Tensor
  ? [Tensor<DTypeOf<I>> | Missing]
  : I extends readonly unknown[]
    ? { -readonly [K in keyof I]: I[K] extends Tensor ? Tensor<DTypeOf<I[K]>> | Missing : never }
    : (Tensor | Missing)[];

/**
 * The gradients of the outputs with respect to the inputs: for each input the sum over the outputs of
 * gradOutputᵀ · ∂output/∂input.
 *
 * @param outputs tensors that require grad
 * @param inputs tensors that require grad
 * @returns an array with a gradient per input, of its shape and dtype; null for an unused one with allowUnused
 * @throws AutogradError when an output has more than one element and no cotangent, when an output or input does not require
 *   grad, or when an input is unused; ShapeError for a cotangent of another shape; ArgumentError
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.grad.html
 * @example
 * const x = pf.tensor([1, 2], { requiresGrad: true });
 * const [g] = pf.autograd.grad(x.mul(x).sum(), x); // [2, 4]
 */
export function grad<const I extends Tensors>(
  outputs: Tensors,
  inputs: I,
  options?: GradOptions<false>,
): Gradients<I, never>;
export function grad<const I extends Tensors>(outputs: Tensors, inputs: I, options: GradOptions): Gradients<I, null>;
export function grad(outputs: Tensors, inputs: Tensors, options: GradOptions = {}): unknown {
  return gradientsOf("grad", outputs, inputs, options);
}
