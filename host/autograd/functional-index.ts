// pf.autograd.functional
export { type Func, type FunctionalOptions, hvp, jvp, type Mirror, type MirrorOfResult, vhp, vjp } from "./functional";
export {
  hessian,
  type Hessian,
  type HessianOptions,
  jacobian,
  type Jacobian,
  type JacobianOptions,
  type Strategy,
} from "./jacobian";
