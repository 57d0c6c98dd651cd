// pf.autograd
export * as functional from "./functional-index";
export { backward } from "./backward";
export type { BackwardOptions } from "../tensor/tensor";
export { type Applicable, customFunction, type CustomFunction } from "./custom";
export type { Context, SavedTensors } from "./custom-context";
export { grad, type Gradients, type GradOptions } from "./grad";
export { gradcheck, gradgradcheck } from "./gradcheck";
export type { CheckedFunction, CheckedInputs, GradcheckOptions, GradgradcheckOptions } from "./gradcheck-options";
export { enableGrad, isGradEnabled, noGrad } from "./grad-mode";
