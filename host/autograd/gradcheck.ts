// autograd.gradcheck and gradgradcheck: derivatives held against central differences.
import { withinOp } from "../core/op-scope";
import { dtype, isFloat, numel } from "../core/prim";
import { core, shapeOf } from "../core/memory";
import { ArgumentError, DTypeError, refuseForeign, ShapeError, typeName } from "../errors";
import { checkFunction, checkOptions, splitOptions, type ThenOptions } from "../options";
import { makeData } from "../tensor/create";
import { isTensor, nodeOf, type Tensor, wrapNode } from "../tensor/tensor";
import { tidy } from "../tensor/tidy";
import { grad } from "./grad";
import { checkAll, scattered } from "./gradcheck-compare";
import { outputsOf, runAtInputs } from "./gradcheck-jacobians";
import {
  type Arguments,
  type Check,
  type CheckedFunction,
  type CheckedInputs,
  type GradcheckOptions,
  type GradgradcheckOptions,
  Mismatch,
} from "./gradcheck-options";
import { enableGrad } from "./grad-mode";
import { takeApart, type Tensors } from "./tensors";

const KNOWN = ["eps", "atol", "rtol", "raiseException", "nondetTol", "checkGradDtypes", "checkBatchedGrad"];

function checkNumbers(name: string, options: GradcheckOptions): void {
  for (const key of ["eps", "atol", "rtol", "nondetTol"] as const) {
    const value: unknown = options[key];
    if (
      value === undefined ||
      value === null ||
      (typeof value === "number" && value >= 0 && (key !== "eps" || value > 0))
    )
      continue;
    throw new ArgumentError(
      `${name}: ${key} should be a ${key === "eps" ? "positive" : "non-negative"} number but got ${typeof value === "number" ? value : typeName(value)}.`,
    );
  }
}

/** The arguments as an array, and which of them are differentiated by. */
function argumentsOf(name: string, func: unknown, inputs: CheckedInputs): Pick<Check, "args" | "checked"> {
  checkFunction(name, func);
  const args = isTensor(inputs) ? [inputs] : inputs;
  if (!Array.isArray(args)) {
    throw new ArgumentError(`${name}: inputs should be a Tensor or an array but got ${typeName(inputs)}.`);
  }
  args.forEach((arg: unknown, i) => refuseForeign(name, arg, `the input at index ${i}`));
  const checked = args.flatMap((arg: unknown, i) => (isTensor(arg) && core.requiresGrad(nodeOf(arg)) ? [i] : []));
  if (checked.length === 0) {
    throw new ArgumentError(
      `${name}: ${name} expects at least one input tensor to require gradient, but none of them have requiresGrad = true.`,
    );
  }
  return { args, checked };
}
function checkDouble(name: string, args: readonly unknown[], positions: readonly number[], eps: number): void {
  for (const i of positions) {
    const tensor = args[i] as Tensor;
    if (tensor.dtype === "float64") continue;
    throw new DTypeError(
      `${name}: the input at index ${i} requires grad and is not in double precision (its dtype is ${tensor.dtype}): the rounding of ` +
        `${tensor.dtype} is larger than what a step of ${eps} changes, so differences can't tell right from wrong. Make it ` +
        `float64.`,
    );
  }
}

function perform(
  name: string,
  func: CheckedFunction,
  given: Pick<Check, "args" | "checked">,
  options: GradcheckOptions,
): boolean {
  const check: Check = {
    name,
    func,
    ...given,
    eps: options.eps ?? 1e-6,
    atol: options.atol ?? 1e-5,
    rtol: options.rtol ?? 1e-3,
    raiseException: options.raiseException ?? true,
    nondetTol: options.nondetTol ?? 0,
    checkGradDtypes: options.checkGradDtypes ?? false,
    checkBatchedGrad: options.checkBatchedGrad ?? false,
    checkBatchedForwardGrad: options.checkBatchedForwardGrad ?? false,
    checkBackwardAd: options.checkBackwardAd ?? true,
    checkForwardAd: options.checkForwardAd ?? true,
  };
  if (!check.checkBackwardAd && !check.checkForwardAd) {
    throw new ArgumentError(`${name}: Expected at least one of reverse mode and forward mode to be checked.`);
  }
  try {
    enableGrad(() => checkAll(check));
    return true;
  } catch (error) {
    if (error instanceof Mismatch && !check.raiseException) return false;
    throw error;
  }
}

/**
 * Checks the derivatives of func against central differences: reverse mode and forward mode, for every input that requires
 * grad and every output that does.
 *
 * @param func takes the inputs as separate arguments and returns a Tensor or an array of Tensors
 * @param inputs a Tensor or an array; Tensors that require grad must be float64, anything else is passed on as it is
 * @returns true; false for a wrong derivative with raiseException = false
 * @throws AutogradError for a wrong derivative, with the entry that differs most, its numerical and its analytical value;
 *   DTypeError for a float32 input that requires grad; ArgumentError when none requires grad; whatever func throws
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html
 * @example
 * const x = pf.tensor([0.5, 2], { dtype: "float64", requiresGrad: true });
 * pf.autograd.gradcheck((x) => x.sin().mul(x), x); // true
 */
export function gradcheck<A extends Arguments = Tensor[]>(
  func: CheckedFunction<A>,
  inputs: CheckedInputs<A>,
  options: GradcheckOptions = {},
): boolean {
  checkOptions("gradcheck", options, [...KNOWN, "checkBackwardAd", "checkForwardAd", "checkBatchedForwardGrad"]);
  const settings = options ?? {};
  checkNumbers("gradcheck", settings);
  const given = argumentsOf("gradcheck", func, inputs);
  checkDouble("gradcheck", given.args, given.checked, settings.eps ?? 1e-6);
  return perform("gradcheck", func, given, settings);
}

// A cotangent per differentiable output, of a fixed pattern: a check gives the same answer every time.
function defaultCotangents(func: CheckedFunction, { args, checked }: Pick<Check, "args" | "checked">): Tensor[] {
  const check = { name: "gradgradcheck", func, args, checked } as unknown as Check;
  return tidy(() => {
    const outputs = runAtInputs(check).outputs.filter((output) => output.requiresGrad);
    return withinOp("gradgradcheck", () =>
      outputs.map((output, i) => {
        const node = nodeOf(output);
        const values = makeData(scattered(numel(node), i), shapeOf(node), dtype(node));
        core.requireGrad(values);
        return wrapNode(values);
      }),
    );
  });
}
function givenCotangents(given: Tensors): Tensor[] {
  const cotangents = takeApart(given, "gradOutputs", "gradgradcheck").tensors;
  return withinOp("gradgradcheck", () =>
    cotangents.map((tensor, i) => {
      if (isFloat(nodeOf(tensor))) return tensor;
      throw new DTypeError(`gradgradcheck: gradOutputs[${i}] should have a floating dtype but got ${tensor.dtype}.`);
    }),
  );
}

/**
 * Checks the second derivatives of func: gradcheck of its gradient, as a function of the inputs and of the cotangents. In a
 * message the outputs are the gradients, and the inputs are those of func followed by gradOutputs.
 *
 * @param gradOutputs the cotangents, one per output that requires grad; of a fixed pattern if they are left out
 * @param options also in the place of gradOutputs
 * @throws as gradcheck
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradgradcheck.html
 */
export function gradgradcheck<A extends Arguments = Tensor[]>(
  func: CheckedFunction<A>,
  inputs: CheckedInputs<A>,
  ...rest: ThenOptions<Tensors, GradgradcheckOptions>
): boolean {
  const { value: gradOutputs, options } = splitOptions(rest);
  checkOptions("gradgradcheck", options, [...KNOWN, "checkFwdOverRev", "checkRevOverRev"]);
  const { checkFwdOverRev = true, checkRevOverRev = true, ...settings } = options ?? {};
  checkNumbers("gradgradcheck", settings);
  const { args, checked } = argumentsOf("gradgradcheck", func, inputs);
  checkDouble("gradgradcheck", args, checked, settings.eps ?? 1e-6);
  return tidy(() => {
    const cotangents = enableGrad(() =>
      gradOutputs ? givenCotangents(gradOutputs) : defaultCotangents(func, { args, checked }),
    );
    const gradient = (...all: unknown[]): Tensor[] => {
      const lent = all.slice(0, args.length);
      for (const position of checked) lent[position] = wrapNode(nodeOf(all[position] as Tensor));
      const result = outputsOf("gradgradcheck", func(...(lent as A)));
      const outputs = result.filter((output) => output.requiresGrad);
      const seeds = all.slice(args.length) as Tensor[];
      if (outputs.length === 0) return [];
      if (outputs.length !== seeds.length) {
        throw new ShapeError(
          `gradgradcheck: func has ${outputs.length} outputs that require grad but gradOutputs has ${seeds.length} entries.`,
        );
      }
      const targets = checked.map((position) => all[position] as Tensor);
      const gradients = grad(outputs, targets, { gradOutputs: seeds, createGraph: true, allowUnused: true });
      return gradients.filter((node) => node !== null);
    };
    const all = [...args, ...cotangents];
    const positions = all.flatMap((arg, i) => (isTensor(arg) && arg.requiresGrad ? [i] : []));
    checkDouble("gradgradcheck", all, positions, settings.eps ?? 1e-6);
    const given = { args: all, checked: positions };
    const modes = { checkForwardAd: checkFwdOverRev, checkBackwardAd: checkRevOverRev };
    return perform("gradgradcheck", gradient, given, { ...settings, ...modes });
  });
}
