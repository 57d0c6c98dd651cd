// pf.autograd
export * as functional from "./functional-index";
export { backward, type BackwardOptions } from "./backward";
export { type Applicable, customFunction, type CustomFunction } from "./custom";
export type { Context } from "./custom-context";
export { grad, type GradOptions } from "./grad";
export {
  type CheckedFunction,
  type CheckedInputs,
  gradcheck,
  type GradcheckOptions,
  gradgradcheck,
  type GradgradcheckOptions,
} from "./gradcheck";
export { enableGrad, isGradEnabled, noGrad } from "./mode";
