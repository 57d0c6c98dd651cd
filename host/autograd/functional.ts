// torch.autograd.functional: products with the Jacobian and the Hessian of a function.
import { check } from "../core/failure";
import { core } from "../core/memory";
import { detach, fullLike, type Node } from "../core/prim";
import { withinOp } from "../core/op-scope";
import { checkOptions, splitOptions, type ThenOptions } from "../options";
import { nodeOf, type Tensor } from "../tensor/tensor";
import { Found, jvpNodes, vjpNodes } from "./core-transforms";
import { type Parts, putTogether, type Tensors } from "./tensors";
import { aliasInputs, countTraced, holdTogether, traced } from "./tracing";
import {
  callFunc,
  checkInputs,
  checkInputV,
  checkJacobian,
  checkOutputsRequireGrad,
  checkOutputV,
  checkScalarOutput,
  fillInZeros,
  STAGES,
  strictError,
} from "./validate";

export interface FunctionalOptions {
  /** Whether the results can be differentiated again; otherwise they are detached. */
  createGraph?: boolean | undefined;
  /** Whether an output that depends on no input, or an input that no output depends on, is an error; otherwise its product is zeros. */
  strict?: boolean | undefined;
}

/** v and the options, which may stand in the place of v where that is left out. */
export type VAndOptions = ThenOptions<Tensors, FunctionalOptions>;

/** A function of tensors, given as separate arguments, to a Tensor or an array of Tensors. */
export type Func = (...inputs: Tensor[]) => Tensors;
/** The structure that mirrors inputs. */
export type Mirror<T> = T extends readonly Tensor[]
  ? { -readonly [K in keyof T]: Tensor }
  : T extends Tensor
    ? Tensor
    : T extends { readonly length: number }
      ? T // results with names, of which one is that of a method of arrays
      : Tensor;
/** The structure that mirrors what func returns. */
export type MirrorOfResult<F extends Func> = Mirror<ReturnType<F>>;

interface Traced {
  /** The aliases that func worked on. */
  inputs: Node[];
  /** What func returned. */
  outputs: Parts;
  outputNodes: Node[];
  createGraph: boolean;
  strict: boolean;
}

const OPTIONS = ["createGraph", "strict"];

// What jvp, vjp, vhp and hvp share: validates, traces func on aliases, transforms, and hands out the outputs and the
// product, detached unless createGraph. `transform` runs within the op `fn` and gives the nodes of the product.
function functionProduct(
  fn: string,
  func: Func,
  inputs: Tensors,
  options: FunctionalOptions | undefined,
  prepare: (inputs: Node[], isArray: boolean) => Node[] | null,
  transform: (traced: Traced, v: Node[] | null) => Node[],
): {
  outputs: Tensor[];
  product: Tensor[];
  inputIsArray: boolean;
  outputIsArray: boolean;
  fields: readonly string[] | undefined;
} {
  // First: where inputs are a container, v is one, which looks like options.
  const given = withinOp(fn, () => checkInputs(fn, func, inputs));
  checkOptions(fn, options, OPTIONS);
  const createGraph = options?.createGraph ?? false;
  const strict = options?.strict ?? false;
  let outputs: Parts;
  const results = traced(() =>
    withinOp(fn, () => {
      let inputNodes: Node[] = [];
      let v: Node[] | null = null;
      outputs = countTraced(() => {
        // func never works on the caller's own tensors: one that it captures is a constant, though it is an input too.
        const own = aliasInputs(given.tensors, createGraph);
        inputNodes = own.nodes;
        v = prepare(inputNodes, given.isArray);
        v?.forEach((node) => check(core.adopt(node))); // func may dispose the Tensors of v
        return callFunc(fn, func, own.tensors);
      });
      const outputNodes = outputs.tensors.map(nodeOf);
      const trace = { inputs: inputNodes, outputs, outputNodes, createGraph, strict };
      const products = transform(trace, v);
      const nodes = outputNodes.slice();
      for (let i = 0; i < products.length; i++) nodes.push(products[i]!);
      if (!createGraph) for (let i = 0; i < nodes.length; i++) nodes[i] = detach(nodes[i]!);
      holdTogether(nodes);
      return nodes;
    }),
  );
  const { isArray, tensors, fields } = outputs!;
  return {
    outputs: results.slice(0, tensors.length),
    product: results.slice(tensors.length),
    inputIsArray: given.isArray,
    outputIsArray: isArray,
    fields,
  };
}

/**
 * The product of the Jacobian of func at inputs and a vector v: [output, J·v]. Costs about as much as two to three
 * evaluations of func, in time and in memory: the double backward pass is pruned to what forward mode computes.
 *
 * @param func takes tensors and returns a Tensor or an array of Tensors
 * @param inputs a Tensor or an array of Tensors of floating dtype, at which the Jacobian is taken
 * @param v of the inputs' structure and shapes; may be left out for a single input with a single element, and is ones then
 * @param options also in the place of v; createGraph: the results can be differentiated again; strict: independence is an error, not zeros
 * @returns [output, jvp]: what func returned, and J·v of the same structure and shapes; detached unless createGraph
 * @throws ArgumentError, ShapeError, DTypeError for inputs or v that don't fit; AutogradError in strict mode; and whatever
 *   func throws
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.functional.jvp.html
 * @example
 * const [output, tangent] = pf.functional.jvp((x) => x.exp().sum(1), pf.zeros([4, 4]), pf.ones([4, 4]));
 */
export function jvp<F extends Func>(
  func: F,
  inputs: Tensors,
  ...rest: VAndOptions
): [output: MirrorOfResult<F>, jvp: MirrorOfResult<F>] {
  const { value: v, options } = splitOptions(rest);
  const {
    outputs,
    product: tangents,
    outputIsArray,
    fields,
  } = functionProduct(
    "jvp",
    func,
    inputs,
    options,
    (nodes, isArray) => checkInputV("jvp", v, nodes, isArray),
    ({ inputs: nodes, outputNodes, createGraph, strict }, seeds) => {
      checkOutputsRequireGrad("jvp", outputNodes, strict);
      const result = jvpNodes(outputNodes, nodes, seeds!, createGraph);
      if (strict) checkFound(result.found);
      return fillInZeros("jvp", result.tangents, outputNodes, "backTrick", strict, createGraph);
    },
  );
  return [putTogether(outputs, outputIsArray, fields), putTogether(tangents, outputIsArray, fields)] as [
    MirrorOfResult<F>,
    MirrorOfResult<F>,
  ];
}

// In strict mode every input is used by an output, and its gradient depends on the dummy cotangents.
function checkFound(found: readonly Found[]): void {
  found.forEach((state, i) => {
    if (state === Found.Independent) strictError("jvp", STAGES.back(i));
    if (state === Found.NotOnCotangents) {
      strictError(
        "jvp",
        `The gradient with respect to input ${i} is independent of the inputs of the user-provided function. ` +
          `This is not allowed in strict mode.`,
      );
    }
  });
}

/**
 * The product of a vector v and the Jacobian of func at inputs: [output, vᵀ·J].
 *
 * @param v of the structure and shapes of what func returns; may be left out for a single output with a single element
 * @returns [output, vjp]: what func returned, and vᵀ·J of the inputs' structure and shapes; detached unless createGraph
 * @throws as jvp
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.functional.vjp.html
 */
export function vjp<F extends Func, const I extends Tensors>(
  func: F,
  inputs: I,
  ...rest: VAndOptions
): [output: MirrorOfResult<F>, vjp: Mirror<I>] {
  const { value: v, options } = splitOptions(rest);
  const result = functionProduct(
    "vjp",
    func,
    inputs,
    options,
    () => null,
    ({ inputs: nodes, outputs, outputNodes, createGraph, strict }) => {
      checkOutputsRequireGrad("vjp", outputNodes, strict);
      const cotangents = checkOutputV("vjp", v, outputNodes, outputs.isArray);
      const gradients = vjpNodes(outputNodes, cotangents, nodes, createGraph);
      return fillInZeros("vjp", gradients, nodes, "back", strict, createGraph);
    },
  );
  return [
    putTogether(result.outputs, result.outputIsArray, result.fields),
    putTogether(result.product, result.inputIsArray),
  ] as [MirrorOfResult<F>, Mirror<I>];
}

/**
 * The product of the Hessian of a scalar function and a vector v: [output, H·v], by the double-backward trick over the
 * gradient: forward over reverse once it is pruned.
 *
 * @param func returns a Tensor with one element
 * @param v of the inputs' structure and shapes; may be left out for a single input with a single element
 * @returns [output, hvp]: what func returned, and H·v of the inputs' structure and shapes; detached unless createGraph
 * @throws as jvp; AutogradError when func returns something else than one Tensor with one element
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.functional.hvp.html
 */
export function hvp<const I extends Tensors>(
  func: Func,
  inputs: I,
  ...rest: VAndOptions
): [output: Tensor, hvp: Mirror<I>] {
  return hessianProduct("hvp", func, inputs, rest, ({ inputs: nodes, createGraph, strict }, gradient, seeds) => {
    const { indices, present } = withoutNull(gradient);
    const tangents = jvpNodes(present, nodes, seeds, createGraph).tangents;
    // Row i of the Hessian belongs to input i; an input that the output is independent of has none.
    const rows: (Node | null)[] = nodes.map(() => null);
    indices.forEach((index, at) => (rows[index] = tangents[at]!));
    return fillInZeros("hvp", rows, nodes, "doubleBackTrick", strict, createGraph);
  });
}

/**
 * The product of a vector v and the Hessian of a scalar function: [output, vᵀ·H], by two reverse passes. For a function
 * with continuous second derivatives the same numbers as hvp.
 *
 * @throws as hvp
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.functional.vhp.html
 */
export function vhp<const I extends Tensors>(
  func: Func,
  inputs: I,
  ...rest: VAndOptions
): [output: Tensor, vhp: Mirror<I>] {
  return hessianProduct("vhp", func, inputs, rest, ({ inputs: nodes, createGraph, strict }, gradient, seeds) => {
    const { indices, present } = withoutNull(gradient);
    const cotangents = indices.map((index) => seeds[index]!);
    const rows = vjpNodes(present, cotangents, nodes, createGraph);
    return fillInZeros("vhp", rows, nodes, "doubleBack", strict, createGraph);
  });
}

function withoutNull(nodes: readonly (Node | null)[]): { indices: number[]; present: Node[] } {
  const indices = nodes.flatMap((node, i) => (node === null ? [] : [i]));
  return { indices, present: indices.map((i) => nodes[i]!) };
}

// What hvp and vhp share: one scalar output, whose gradient goes to `transform` with v.
function hessianProduct<I extends Tensors>(
  fn: string,
  func: Func,
  inputs: I,
  rest: VAndOptions,
  transform: (traced: Traced, gradient: (Node | null)[], v: Node[]) => Node[],
): [Tensor, Mirror<I>] {
  const { value: v, options } = splitOptions(rest);
  const result = functionProduct(
    fn,
    func,
    inputs,
    options,
    (nodes, isArray) => checkInputV(fn, v, nodes, isArray),
    (trace, seeds) => {
      checkOutputsRequireGrad(fn, trace.outputNodes, trace.strict);
      const output = nodeOf(checkScalarOutput(fn, trace.outputs));
      const gradient = vjpNodes([output], [fullLike(output, 1)], trace.inputs, true);
      checkJacobian(fn, gradient, trace.strict);
      return transform(trace, gradient, seeds!);
    },
  );
  return [result.outputs[0]!, putTogether(result.product, result.inputIsArray) as Mirror<I>];
}
