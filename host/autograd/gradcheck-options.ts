// What gradcheck and gradgradcheck take, and what their parts hand to each other.
import { AutogradError } from "../errors";
import type { Tensor } from "../tensor/tensor";
import type { Tensors } from "./tensors";

interface CheckOptions {
  /** Half the distance of the two points of a difference; 1e-6. */
  eps?: number | undefined;
  /** How far an entry may be off: atol + rtol·|numerical|; 1e-5. */
  atol?: number | undefined;
  /** 1e-3. */
  rtol?: number | undefined;
  /** Whether a derivative that is wrong throws, or gives false. */
  raiseException?: boolean | undefined;
  /** How much two runs of the same backward pass may differ; 0. */
  nondetTol?: number | undefined;
  /** Whether gradients should have their inputs' dtypes and tangents their outputs'. */
  checkGradDtypes?: boolean | undefined;
  /** Whether products under vmap are held against products one by one, in reverse mode. */
  checkBatchedGrad?: boolean | undefined;
}
export interface GradcheckOptions extends CheckOptions {
  /** Whether reverse mode is checked; true. */
  checkBackwardAd?: boolean | undefined;
  /** Whether forward mode is checked; true. */
  checkForwardAd?: boolean | undefined;
  /** checkBatchedGrad, in forward mode. */
  checkBatchedForwardGrad?: boolean | undefined;
}
export interface GradgradcheckOptions extends CheckOptions {
  /** Whether the gradient is differentiated by forward mode; true. */
  checkFwdOverRev?: boolean | undefined;
  /** Whether the gradient is differentiated by reverse mode; true. */
  checkRevOverRev?: boolean | undefined;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Arguments = any[];
/** A function to check: Tensors among its arguments that require grad are differentiated by, whatever else is passed on. */
export type CheckedFunction<A extends Arguments = Arguments> = (...inputs: A) => Tensors | readonly [];
/** Its arguments, or the only one; those of a function without annotations say what its parameters are. */
export type CheckedInputs<A extends Arguments = Arguments> = Tensor | readonly [...A] | readonly unknown[];

/** A derivative is wrong, and not the call: what raiseException = false gives false for. */
export class Mismatch extends AutogradError {}

export interface Check extends Required<GradcheckOptions> {
  name: string;
  func: CheckedFunction;
  args: readonly unknown[];
  /** The positions of the arguments that are differentiated by. */
  checked: readonly number[];
}
