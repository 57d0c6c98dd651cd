// pf.autograd.functional
export {
  type Func,
  type FunctionalOptions,
  type FunctionalOptions as HvpOptions,
  type FunctionalOptions as JvpOptions,
  type FunctionalOptions as VhpOptions,
  type FunctionalOptions as VjpOptions,
  hvp,
  jvp,
  type Mirror,
  type MirrorOfResult,
  vhp,
  vjp,
} from "./functional";
export type { Tensors } from "./tensors";
export {
  hessian,
  type Hessian,
  type HessianOptions,
  jacobian,
  type Jacobian,
  type JacobianOptions,
  type Strategy,
} from "./jacobian";
