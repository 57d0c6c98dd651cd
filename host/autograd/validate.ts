// What the functions of autograd.functional check, and how they say it. Rules and phrases are those of
// torch/autograd/functional.py.
import { core, isSameShape, shapeOf } from "../core/memory";
import { cast, dtype, fullLike, isFloat, type Node, numel } from "../core/prim";
import { outsideOps } from "../core/op-scope";
import { dtypeName } from "../core/dtype";
import { ArgumentError, AutogradError, DTypeError, ShapeError, formatShape } from "../errors";
import { checkFunction } from "../options";
import { nodeOf, type Tensor } from "../tensor/tensor";
import { type MaybeComplex, type Parts, placesOf, takeApart } from "./tensors";

/** The inputs: a Tensor or an array of Tensors, all of floating dtype. */
export function checkInputs(fn: string, func: unknown, inputs: unknown): Parts {
  checkFunction(fn, func);
  const parts = takeApart(inputs, "inputs", fn, true);
  parts.tensors.forEach((tensor, i) => {
    if (isFloat(nodeOf(tensor))) return;
    throw new DTypeError(
      `${fn}: only tensors of floating dtype can be differentiated, but the input at index ${i} has dtype ${tensor.dtype}.`,
    );
  });
  return parts;
}

/** Calls func on the aliases of its inputs; gives its outputs, a Tensor or an array of Tensors. */
export function callFunc(fn: string, func: (...inputs: never[]) => unknown, inputs: unknown[]): Parts {
  const result = outsideOps(() => func(...(inputs as never[])));
  const parts = takeApart(result, "outputs of the user-provided function", fn, true);
  parts.tensors.forEach(nodeOf);
  return parts;
}

/** The nodes of v, which has the number and shapes of `like`, the nodes of `parts`; cast to their dtypes, in the scope that is open. */
function checkV(fn: string, v: MaybeComplex, like: readonly Node[], parts: Parts): Node[] {
  const given = takeApart(v, "v", fn, true);
  const [places, items] = [placesOf(given), placesOf(parts)];
  if (places.length !== items.length) {
    throw new ArgumentError(
      parts.isArray
        ? `${fn}: v is a tuple of invalid length: should be ${items.length} but got ${places.length}.`
        : `${fn}: The given v should contain a single Tensor.`,
    );
  }
  return items.flatMap((item, i) => {
    const entry = given.isArray || parts.isArray ? `Entry ${i} in v` : "v";
    if (item.length !== places[i]!.length) {
      const [want, got] = item.length > 1 ? ["ComplexTensor", "real Tensor"] : ["real Tensor", "ComplexTensor"];
      throw new ArgumentError(`${fn}: ${entry} should be a ${want} but got a ${got}.`);
    }
    return places[i]!.map((place, k) => {
      const node = nodeOf(given.tensors[place]!);
      const expected = like[item[k]!]!;
      if (!isSameShape(expected, node)) {
        const [want, got] = [formatShape(shapeOf(expected)), formatShape(shapeOf(node))];
        throw new ShapeError(`${fn}: ${entry} has invalid size: should be ${want} but got ${got}.`);
      }
      if (!isFloat(node)) {
        const entry = given.isArray ? `entry ${i} in v` : "v";
        throw new DTypeError(`${fn}: ${entry} should have a floating dtype but got ${dtypeName(dtype(node))}.`);
      }
      return cast(node, dtype(expected));
    });
  });
}

/** A v that mirrors the inputs. It may be left out for a single input with one element, and is ones then. */
export function checkInputV(fn: string, v: MaybeComplex | null, inputs: readonly Node[], parts: Parts): Node[] {
  if (v !== null) return checkV(fn, v, inputs, parts);
  if (inputs.length !== 1 || numel(inputs[0]!) !== 1) {
    throw new AutogradError(
      `${fn}: The vector v can only be None if the input to the user-provided function is a single Tensor with a single element.`,
    );
  }
  return [fullLike(inputs[0]!, 1)];
}
/** A v that mirrors the outputs. It may be left out for a single output with one element, and is ones then. */
export function checkOutputV(fn: string, v: MaybeComplex | null, outputs: readonly Node[], parts: Parts): Node[] {
  if (v !== null) return checkV(fn, v, outputs, parts);
  if (outputs.length !== 1 || numel(outputs[0]!) !== 1) {
    throw new AutogradError(
      `${fn}: The vector v can only be None if the user-provided function returns a single Tensor with a single element.`,
    );
  }
  return [fullLike(outputs[0]!, 1)];
}

/** The output of a function that has derivatives of second order: a single Tensor with one element. */
export function checkScalarOutput(fn: string, outputs: Parts): Tensor {
  if (outputs.isArray) throw new AutogradError(`${fn}: The function given to ${fn} should return a single Tensor.`);
  const output = outputs.tensors[0]!;
  if (outputs.complex)
    throw new AutogradError(`${fn}: The Tensor returned by the function given to ${fn} should be real.`);
  if (output.numel !== 1) {
    throw new AutogradError(
      `${fn}: The Tensor returned by the function given to ${fn} should contain a single element.`,
    );
  }
  return output;
}

export const NOT_STRICT = "This is not allowed in strict mode";
/** Throws the error of strict mode. */
export function strictError(fn: string, message: string): never {
  throw new AutogradError(`${fn}: ${message}`);
}
/** In strict mode every output depends on something that requires grad: of a complex one, one of its parts. */
export function checkOutputsRequireGrad(fn: string, outputs: readonly Node[], strict: boolean, parts: Parts): void {
  if (!strict) return;
  placesOf(parts).forEach((places, i) => {
    if (places.some((k) => core.requiresGrad(outputs[k]!))) return;
    strictError(
      fn,
      `Output ${i} of the user-provided function does not require gradients. The outputs must be computed in a ` +
        `differentiable manner from the input when running in strict mode.`,
    );
  });
}
/** In strict mode the output depends on every input, and so does its gradient. */
export function checkJacobian(fn: string, jacobian: readonly (Node | null)[], strict: boolean, parts: Parts): void {
  if (!strict) return;
  placesOf(parts).forEach((places, i) => {
    const found = places.map((k) => jacobian[k]!).filter((node) => node !== null);
    if (found.length === 0)
      strictError(fn, `The output of the user-provided function is independent of input ${i}. ${NOT_STRICT}.`);
    if (found.some((node) => core.requiresGrad(node))) return;
    strictError(
      fn,
      `While computing the hessian, found that the jacobian of the user-provided function with respect to input ${i} is ` +
        `independent of the input. ${NOT_STRICT}. You should ensure that your function is twice differentiable and that the ` +
        `jacobian depends on the inputs (this would be violated by a linear function for example).`,
    );
  });
}

/** The stages of torch's `_fill_in_zeros`, each with what strict mode says where a result is missing. */
export const STAGES = {
  back: (i: number) => `The output of the user-provided function is independent of input ${i}. ${NOT_STRICT}.`,
  backTrick: (i: number) =>
    `The gradient with respect to the input is independent of entry ${i} in the grad_outputs when using the double ` +
    `backward trick to compute forward mode gradients. ${NOT_STRICT}.`,
  doubleBack: (i: number) => `The jacobian of the user-provided function is independent of input ${i}. ${NOT_STRICT}.`,
  doubleBackTrick: (i: number) =>
    `The hessian of the user-provided function is independent of entry ${i} in the grad_jacobian. ${NOT_STRICT} as it ` +
    `prevents from using the double backward trick to replace forward mode AD.`,
} as const;

/** Zeros for what is missing; in strict mode the stage's error instead. `like` are the nodes of `parts`. */
export function fillInZeros(
  fn: string,
  results: readonly (Node | null)[],
  like: readonly Node[],
  stage: keyof typeof STAGES,
  { strict, createGraph }: { strict: boolean; createGraph: boolean },
  parts: Parts,
): Node[] {
  const subject = stage.startsWith("double") ? "hessian" : "jacobian";
  const checked = strict ? placesOf(parts) : [];
  checked.forEach((places, i) => {
    const found = places.map((k) => results[k]!).filter((node) => node !== null);
    if (found.length === 0) strictError(fn, STAGES[stage](i));
    if (createGraph && !found.some((node) => core.requiresGrad(node))) {
      strictError(
        fn,
        `The ${subject} of the user-provided function is independent of input ${i}. ${NOT_STRICT} when createGraph = true.`,
      );
    }
  });
  return results.map((node, k) => node ?? fullLike(like[k]!, 0));
}
