// torch.autograd.functional: products with the Jacobian and the Hessian of a function.
import { check } from "../core/failure";
import { core } from "../core/memory";
import { detach, fullLike, type Node } from "../core/prim";
import { withinOp } from "../core/op-scope";
import { checkOptions, splitOptions, type ThenOptions } from "../options";
import type { ComplexTensor } from "../tensor/complex";
import { type DTypeOf, nodeOf, type Tensor } from "../tensor/tensor";
import { Found, jvpNodes, vjpNodes } from "./core-transforms";
import { itemsOf, type MaybeComplex, type Parts, placesOf, putTogether, type Tensors } from "./tensors";
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
export type Mirror<T> = T extends readonly (Tensor | ComplexTensor)[]
  ? { -readonly [K in keyof T]: T[K] }
  : T extends Tensor
    ? Tensor<DTypeOf<T>>
    : T extends ComplexTensor
      ? ComplexTensor
      : T extends { readonly length: number }
        ? T // results with names, of which one is that of a method of arrays
        : Tensor;
/** The structure that mirrors what func returns. */
export type MirrorOfResult<F extends Func> = Mirror<ReturnType<F>>;

/** The arguments of a function at inputs of which some are complex. */
type ArgumentsAt<I> = I extends readonly (Tensor | ComplexTensor)[] ? { -readonly [K in keyof I]: I[K] } : [Mirror<I>];
type FuncAt<I, R> = (...inputs: ArgumentsAt<I> extends infer A extends unknown[] ? A : never) => R;
type ComplexV = ThenOptions<MaybeComplex, FunctionalOptions>;

/** A call of one of these functions, checked. */
interface Call {
  fn: string;
  func: (...inputs: never[]) => unknown;
  given: Parts;
  createGraph: boolean;
  strict: boolean;
}
interface Traced {
  /** The aliases that func worked on. */
  inputs: Node[];
  /** v, one for each input, where it belongs to these. */
  seeds: Node[];
  /** What func returned. */
  outputs: Parts;
  outputNodes: Node[];
}

const OPTIONS = ["createGraph", "strict"];

function checkedCall(
  fn: string,
  func: Call["func"],
  inputs: MaybeComplex,
  options: FunctionalOptions | undefined,
): Call {
  // First: where inputs are a container, v is one, which looks like options.
  const given = withinOp(fn, () => checkInputs(fn, func, inputs));
  checkOptions(fn, options, OPTIONS);
  return { fn, func, given, createGraph: options?.createGraph ?? false, strict: options?.strict ?? false };
}

/** What a `v` that belongs to the inputs is checked and adopted for; one of outputs is not here. */
type InputV = { readonly v: MaybeComplex | null };

// Runs func on aliases of its inputs: one that it captures as well is a constant there.
function traceFunction({ fn, func, given, createGraph }: Call, ofInputs?: InputV): Traced {
  let inputs: Node[] = [];
  let seeds: Node[] = [];
  const outputs = countTraced(() => {
    const own = aliasInputs(given.tensors, createGraph);
    inputs = own.nodes;
    if (ofInputs) {
      seeds = checkInputV(fn, ofInputs.v, inputs, given);
      seeds.forEach((node) => check(core.adopt(node))); // func may dispose the Tensors of v
    }
    return callFunc(fn, func, itemsOf(own.tensors, given));
  });
  return { inputs, seeds, outputs, outputNodes: outputs.tensors.map(nodeOf) };
}

// Hands out what func returned and the product that `compute` gives, detached unless createGraph, from a scope of their own.
function handOut(
  { fn, createGraph }: Call,
  compute: () => readonly [Traced, Node[]],
): { outputs: unknown; parts: Parts; product: Tensor[] } {
  let parts: Parts;
  const results = traced(() =>
    withinOp(fn, () => {
      const [trace, products] = compute();
      parts = trace.outputs;
      const nodes = trace.outputNodes.slice();
      for (let i = 0; i < products.length; i++) nodes.push(products[i]!);
      if (!createGraph) for (let i = 0; i < nodes.length; i++) nodes[i] = detach(nodes[i]!);
      holdTogether(nodes);
      return nodes;
    }),
  );
  const count = parts!.tensors.length;
  return { outputs: putTogether(results.slice(0, count), parts!), parts: parts!, product: results.slice(count) };
}

/**
 * The product of the Jacobian of func at inputs and a vector v: [output, J·v]. Costs about as much as two to three
 * evaluations of func, in time and in memory: the double backward pass is pruned to what forward mode computes.
 *
 * @param func takes tensors and returns a Tensor or an array of Tensors
 * @param inputs a Tensor or an array of Tensors of floating dtype, any of which may be a ComplexTensor, at which the Jacobian is taken
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
): [output: MirrorOfResult<F>, jvp: MirrorOfResult<F>];
export function jvp<R extends MaybeComplex, const I extends MaybeComplex>(
  func: FuncAt<I, R>,
  inputs: I,
  ...rest: ComplexV
): [output: Mirror<R>, jvp: Mirror<R>];
export function jvp(func: Call["func"], inputs: MaybeComplex, ...rest: ComplexV): unknown {
  const { value: v, options } = splitOptions<MaybeComplex, FunctionalOptions>(rest);
  const call = checkedCall("jvp", func, inputs, options);
  const { createGraph, strict } = call;
  const { outputs, parts, product } = handOut(call, () => {
    const trace = traceFunction(call, { v });
    checkOutputsRequireGrad("jvp", trace.outputNodes, strict, trace.outputs);
    const { tangents, found } = jvpNodes(trace.outputNodes, trace.inputs, trace.seeds, createGraph);
    if (strict) checkFound(found, call.given);
    return [trace, fillInZeros("jvp", tangents, trace.outputNodes, "backTrick", call, trace.outputs)];
  });
  return [outputs, putTogether(product, parts)];
}

// In strict mode every input is used by an output, and its gradient depends on the dummy cotangents.
function checkFound(found: readonly Found[], inputs: Parts): void {
  placesOf(inputs).forEach((places, i) => {
    const states = places.map((k) => found[k]!);
    if (states.every((state) => state === Found.Independent)) strictError("jvp", STAGES.back(i));
    if (states.every((state) => state === Found.Independent || state === Found.NotOnCotangents)) {
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
): [output: MirrorOfResult<F>, vjp: Mirror<I>];
export function vjp<R extends MaybeComplex, const I extends MaybeComplex>(
  func: FuncAt<I, R>,
  inputs: I,
  ...rest: ComplexV
): [output: Mirror<R>, vjp: Mirror<I>];
export function vjp(func: Call["func"], inputs: MaybeComplex, ...rest: ComplexV): unknown {
  const { value: v, options } = splitOptions<MaybeComplex, FunctionalOptions>(rest);
  const call = checkedCall("vjp", func, inputs, options);
  const { outputs, product } = handOut(call, () => {
    const trace = traceFunction(call);
    checkOutputsRequireGrad("vjp", trace.outputNodes, call.strict, trace.outputs);
    const cotangents = checkOutputV("vjp", v, trace.outputNodes, trace.outputs);
    const gradients = vjpNodes(trace.outputNodes, cotangents, trace.inputs, call.createGraph);
    return [trace, fillInZeros("vjp", gradients, trace.inputs, "back", call, call.given)];
  });
  return [outputs, mirrorInputs(product, call)];
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
): [output: Tensor, hvp: Mirror<I>];
export function hvp<const I extends MaybeComplex>(
  func: FuncAt<I, Tensor>,
  inputs: I,
  ...rest: ComplexV
): [output: Tensor, hvp: Mirror<I>];
export function hvp(func: Call["func"], inputs: MaybeComplex, ...rest: ComplexV): unknown {
  const { value: v, options } = splitOptions<MaybeComplex, FunctionalOptions>(rest);
  const call = checkedCall("hvp", func, inputs, options);
  const { createGraph } = call;
  const { outputs, product } = handOut(call, () => {
    const { trace, gradient } = traceGradient(call, { v });
    const { indices, present } = withoutNull(gradient);
    const { tangents } = jvpNodes(present, trace.inputs, trace.seeds, createGraph);
    // Row i of the Hessian belongs to input i; an input that the output is independent of has none.
    const rows: (Node | null)[] = trace.inputs.map(() => null);
    indices.forEach((index, at) => (rows[index] = tangents[at]!));
    return [trace, fillInZeros("hvp", rows, trace.inputs, "doubleBackTrick", call, call.given)];
  });
  return [outputs, mirrorInputs(product, call)];
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
): [output: Tensor, vhp: Mirror<I>];
export function vhp<const I extends MaybeComplex>(
  func: FuncAt<I, Tensor>,
  inputs: I,
  ...rest: ComplexV
): [output: Tensor, vhp: Mirror<I>];
export function vhp(func: Call["func"], inputs: MaybeComplex, ...rest: ComplexV): unknown {
  const { value: v, options } = splitOptions<MaybeComplex, FunctionalOptions>(rest);
  const call = checkedCall("vhp", func, inputs, options);
  const { createGraph } = call;
  const { outputs, product } = handOut(call, () => {
    const { trace, gradient } = traceGradient(call, { v });
    const { indices, present } = withoutNull(gradient);
    const cotangents = indices.map((index) => trace.seeds[index]!);
    const rows = vjpNodes(present, cotangents, trace.inputs, createGraph);
    return [trace, fillInZeros("vhp", rows, trace.inputs, "doubleBack", call, call.given)];
  });
  return [outputs, mirrorInputs(product, call)];
}

const mirrorInputs = (tensors: Tensor[], { given: { isArray, tensors: own, complex } }: Call): unknown =>
  putTogether(tensors, { isArray, tensors: own, complex });

function withoutNull(nodes: readonly (Node | null)[]): { indices: number[]; present: Node[] } {
  const indices = nodes.flatMap((node, i) => (node === null ? [] : [i]));
  return { indices, present: indices.map((i) => nodes[i]!) };
}

// What hvp and vhp share: the gradient of the one scalar output.
function traceGradient(call: Call, ofInputs: InputV): { trace: Traced; gradient: (Node | null)[] } {
  const trace = traceFunction(call, ofInputs);
  checkOutputsRequireGrad(call.fn, trace.outputNodes, call.strict, trace.outputs);
  const output = nodeOf(checkScalarOutput(call.fn, trace.outputs));
  const gradient = vjpNodes([output], [fullLike(output, 1)], trace.inputs, true);
  checkJacobian(call.fn, gradient, call.strict, call.given);
  return { trace, gradient };
}
