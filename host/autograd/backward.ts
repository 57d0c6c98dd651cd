// backward: gradients accumulated in the .grad of leaves.
import { GradMode } from "../../assembly/abi/numbers";
import { Op } from "../../assembly/abi/opcodes";
import { hooks } from "../core/hooks";
import { core } from "../core/memory";
import { add, type Node, walked } from "../core/prim";
import { withinOp } from "../core/op-scope";
import { checkOptions, splitOptions, type ThenOptions } from "../options";
import { AutogradError } from "../errors";
import { gradientOf, setGradient } from "../tensor/gradients";
import { type BackwardOptions, isLeafOp, nodeOf, type Tensor, type TensorList, wrapNode } from "../tensor/tensor";
import { gradientsOf } from "./grad";
import { takeApart, type Tensors } from "./tensors";

// The leaves that tensors depend on and that someone still holds.
const leavesOf = (tensors: readonly Tensor[]): Node[] =>
  walked(tensors.map(nodeOf)).filter(
    (node) => core.requiresGrad(node) && isLeafOp(core.opOf(node)) && core.handlesOf(node) > 0,
  );

// Whether a node is computed from stand-ins, whose values are those of each call.
const isTraced = (node: Node): boolean =>
  walked([node]).some((below) => core.opOf(below) === (Op.Placeholder as number));

/**
 * Adds the gradients of the tensors to the .grad of the leaves they depend on. .grad is replaced, never written into.
 *
 * @param tensors tensors that require grad
 * @param gradTensors their cotangents, as gradOutputs of grad
 * @param options also in the place of gradTensors
 * @throws as grad; AutogradError within compile and vmap, for leaves from outside
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.backward.html
 */
export function backward(
  tensors: Tensors,
  ...rest: ThenOptions<Tensor | TensorList<Tensor | null | undefined>, BackwardOptions>
): void {
  const { value: gradTensors, options } = splitOptions(rest);
  withinOp("backward", () => {
    checkOptions("backward", options, ["createGraph", "retainGraph", "inputs"]);
    const { createGraph = false, inputs = null } = options ?? {};
    const outputs = takeApart(tensors, "tensors", "backward").tensors;
    const leaves =
      inputs === null
        ? leavesOf(outputs).map(wrapNode)
        : takeApart(inputs, "inputs", "backward").tensors.map((tensor) => wrapNode(nodeOf(tensor)));
    try {
      // Without a leaf grad still says what is wrong with the outputs, if anything is.
      const targets = leaves.length > 0 ? leaves : outputs;
      const found = gradientsOf("backward", outputs, targets, {
        gradOutputs: gradTensors,
        createGraph,
        allowUnused: true,
      });
      found.forEach((gradient, i) => {
        if (gradient === null) return;
        if (leaves.length > 0 && core.isTracing() && isTraced(gradient.node) && !isTraced(leaves[i]!.node)) {
          throw new AutogradError(
            "backward: within a function that is traced (compile, vmap) the .grad of tensors from outside would depend on values that are " +
              "there in the trace alone. Use autograd.grad, and return the gradients.",
          );
        }
        if (leaves.length > 0) accumulate(leaves[i]!.node, gradient, createGraph);
        gradient.dispose();
      });
    } finally {
      for (const leaf of leaves) leaf.dispose();
    }
  });
}

function accumulate(leaf: Node, gradient: Tensor, createGraph: boolean): void {
  const held = gradientOf(leaf);
  const before = core.setGradEnabled(createGraph ? GradMode.On : GradMode.Off);
  try {
    const sum = held === null ? gradient.node : add(held, gradient.node);
    setGradient(leaf, sum);
    if (hooks.beforeEvaluation !== null) hooks.beforeEvaluation([sum]);
  } finally {
    core.setGradEnabled(before);
  }
}
