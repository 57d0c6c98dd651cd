// torch.autograd.functional: whole Jacobians and Hessians.
import { core, shapeOf } from "../core/memory";
import { detach, full, dtype, type Node } from "../core/prim";
import { withinOp } from "../core/op-scope";
import { ArgumentError, AutogradError, describe } from "../errors";
import { checkChunkSize, checkOptions } from "../options";
import type { Common } from "../generated/dtypes";
import { type DTypeOf, nodeOf, type Tensor } from "../tensor/tensor";
import type { Func, Mirror } from "./functional";
import { jacobianByColumns, jacobianByRows } from "./jacobian-nodes";
import { type Parts, type Tensors } from "./tensors";
import { aliasInputs, countTraced, holdTogether, traced } from "./tracing";
import {
  callFunc,
  checkInputs,
  checkJacobian,
  checkOutputsRequireGrad,
  checkScalarOutput,
  NOT_STRICT,
  strictError,
} from "./validate";

export type Strategy = "reverse-mode" | "forward-mode";
export interface JacobianOptions {
  /** Whether the result can be differentiated again; otherwise it is detached. */
  createGraph?: boolean | undefined;
  /** Whether an output that is independent of an input is an error; otherwise its entries are zeros. */
  strict?: boolean | undefined;
  /** Accepted for PyTorch's sake: all rows come out of one batched graph either way. */
  vectorize?: boolean | undefined;
  /** Rows by reverse mode, or columns by forward mode: take the fewer. */
  strategy?: Strategy | undefined;
  /** How many rows or columns are computed at a time; bounds the memory. */
  chunkSize?: number | null | undefined;
}
export interface HessianOptions extends Omit<JacobianOptions, "strategy"> {
  /** How the gradient is differentiated. */
  outerJacobianStrategy?: Strategy | undefined;
}

function checkStrategy(fn: string, name: string, value: unknown): Strategy {
  if (value === undefined || value === null || value === "reverse-mode") return "reverse-mode";
  if (value === "forward-mode") return value;
  throw new ArgumentError(
    `${fn}: expected ${name} to be either "reverse-mode" or "forward-mode" but got ${describe(value)}.`,
  );
}
interface Checked {
  createGraph: boolean;
  strict: boolean;
  strategy: Strategy;
  chunkSize: number | undefined;
}

// The options of either function. They have different names for the strategy.
function readOptions(
  fn: string,
  strategyName: "strategy" | "outerJacobianStrategy",
  options: (JacobianOptions & HessianOptions) | null,
): Checked {
  checkOptions(fn, options, ["createGraph", "strict", "vectorize", strategyName, "chunkSize"]);
  const { createGraph = false, strict = false, vectorize = false } = options ?? {};
  const strategy = checkStrategy(fn, strategyName, options?.[strategyName]);
  if (strict && (vectorize || strategy === "forward-mode")) {
    throw new AutogradError(
      `${fn}: strict = true and ${vectorize ? "vectorize = true" : `${strategyName} = "forward-mode"`} are not supported ` +
        `together. Set strict = false.`,
    );
  }
  return { createGraph, strict, strategy, chunkSize: checkChunkSize(fn, options?.chunkSize) };
}

// Entry [i][j] of the Jacobian, flat by rows, on traced nodes.
function entries(
  fn: string,
  outputs: readonly Node[],
  inputs: readonly Node[],
  { createGraph, strict, strategy, chunkSize }: Checked,
): Node[] {
  const found: (Node | null)[] = new Array<Node | null>(outputs.length * inputs.length).fill(null);
  if (strategy === "reverse-mode") {
    outputs.forEach((output, i) => {
      jacobianByRows(output, inputs, createGraph, chunkSize).forEach(
        (node, j) => (found[i * inputs.length + j] = node),
      );
    });
  } else {
    inputs.forEach((_, j) => {
      jacobianByColumns(outputs, inputs, j, createGraph, chunkSize).forEach(
        (node, i) => (found[i * inputs.length + j] = node),
      );
    });
  }
  return found.map((node, at) => {
    const [i, j] = [Math.floor(at / inputs.length), at % inputs.length];
    if (node === null) {
      if (strict)
        strictError(fn, `Output ${i} of the user-provided function is independent of input ${j}. ${NOT_STRICT}.`);
      const [output, input] = [outputs[i]!, inputs[j]!];
      // Rows are gradients, of the input's dtype; columns are tangents, of the output's.
      const like = strategy === "reverse-mode" ? input : output;
      return full([...shapeOf(output), ...shapeOf(input)], 0, dtype(like));
    }
    if (strict && createGraph && !core.requiresGrad(node)) {
      strictError(
        fn,
        `The jacobian of the user-provided function is independent of input ${i}. ${NOT_STRICT} when createGraph = true.`,
      );
    }
    return node;
  });
}

type Nested = Tensor | Tensor[] | Tensor[][];

// Nested as outputs × inputs, without the levels that are single.
function nest(flat: Tensor[], inputCount: number, outputIsArray: boolean, inputIsArray: boolean): Nested {
  const rows: Tensor[][] = [];
  for (let at = 0; at < flat.length; at += inputCount) rows.push(flat.slice(at, at + inputCount));
  const nested = inputIsArray ? rows : rows.map((row) => row[0]!);
  return outputIsArray ? nested : nested[0]!;
}

/** Jacobians are of real tensors alone. */
function refuseComplex(fn: string, { complex }: Parts, what: string): void {
  if (!complex) return;
  throw new ArgumentError(
    `${fn}: ${what} should be real Tensors, but there is a ComplexTensor. Take viewAsReal(z), and within the function ` +
      "viewAsComplex(x).",
  );
}

function jacobianOf(fn: string, func: Func, inputs: Tensors, options: Checked): Nested {
  const given = withinOp(fn, () => checkInputs(fn, func, inputs));
  refuseComplex(fn, given, "inputs");
  let outputIsArray = false;
  const jacobian = traced(() => {
    const own = withinOp(fn, () => aliasInputs(given.tensors, options.createGraph));
    const outputs: Parts = withinOp(fn, () => countTraced(() => callFunc(fn, func, own.tensors)));
    refuseComplex(fn, outputs, "outputs of the user-provided function");
    outputIsArray = outputs.isArray;
    return withinOp(fn, () => {
      const outputNodes = outputs.tensors.map(nodeOf);
      checkOutputsRequireGrad(fn, outputNodes, options.strict, outputs);
      const nodes = entries(fn, outputNodes, own.nodes, options);
      const finished = options.createGraph ? nodes : nodes.map(detach);
      holdTogether(finished);
      return finished;
    });
  });
  return nest(jacobian, given.tensors.length, outputIsArray, given.isArray);
}

/** The Jacobian's structure: outputs × inputs, without the levels that are single. */
export type Jacobian<O, I> = O extends readonly unknown[] ? { -readonly [K in keyof O]: Row<O[K], I> } : Row<O, I>;
// Reverse mode gives the dtype of the input, forward mode that of the output.
type Row<O, I> = I extends readonly unknown[]
  ? { -readonly [K in keyof I]: Block<O, I[K]> }
  : I extends Tensor
    ? Block<O, I>
    : Mirror<I>;
type Block<O, I> = Tensor<Common[DTypeOf<O>][DTypeOf<I>]>;
/** The Hessian's structure: inputs × inputs, or a single tensor. */
export type Hessian<I> = Jacobian<I, I>;

/**
 * The Jacobian of func at inputs: entry [i][j] is ∂outputs[i]/∂inputs[j], of shape outputs[i].shape ++ inputs[j].shape. The
 * levels of nesting that are single tensors are dropped. All rows of an output are computed in one batched graph.
 *
 * @param func takes tensors and returns a Tensor or an array of Tensors
 * @throws ArgumentError, DTypeError for bad input; AutogradError in strict mode; whatever func throws
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.functional.jacobian.html
 * @example
 * pf.functional.jacobian((x) => x.mul(x), pf.tensor([1, 2])).toArray(); // [[2, 0], [0, 4]]
 */
export function jacobian<F extends Func, const I extends Tensors>(
  func: F,
  inputs: I,
  options: JacobianOptions = {},
): Jacobian<ReturnType<F>, I> {
  const checked = readOptions("jacobian", "strategy", options);
  return jacobianOf("jacobian", func, inputs, checked) as Jacobian<ReturnType<F>, I>;
}

/**
 * The Hessian of a scalar function at inputs: entry [i][j] is ∂²output/∂inputs[i]∂inputs[j], of shape inputs[i].shape ++
 * inputs[j].shape; a single tensor for a single input.
 *
 * @param func returns a Tensor with one element
 * @throws as jacobian; AutogradError when func returns something else than one Tensor with one element
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.functional.hessian.html
 */
export function hessian<const I extends Tensors>(func: Func, inputs: I, options: HessianOptions = {}): Hessian<I> {
  const outer = readOptions("hessian", "outerJacobianStrategy", options);
  const { strict } = outer;
  const given = withinOp("hessian", () => checkInputs("hessian", func, inputs));
  const { isArray } = given;
  const single = (...args: Tensor[]): Tensor => {
    const outputs = withinOp("hessian", () => callFunc("hessian", func, args));
    checkOutputsRequireGrad("hessian", outputs.tensors.map(nodeOf), strict, outputs);
    return checkScalarOutput("hessian", outputs).reshape([]);
  };
  const gradient = (...args: Tensor[]): Tensor[] => {
    // Strict mode looks at the gradient as a whole, below.
    const inner: Checked = { createGraph: true, strict: false, strategy: "reverse-mode", chunkSize: undefined };
    const rows = jacobianOf("hessian", single, args, inner) as Tensor[];
    checkJacobian("hessian", rows.map(nodeOf), strict, given);
    return rows;
  };
  const rows = jacobianOf("hessian", gradient, isArray ? inputs : [inputs as Tensor], outer) as Tensor[][];
  return (isArray ? rows : rows[0]![0]!) as Hessian<I>;
}
