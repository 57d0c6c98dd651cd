// pf.autograd
export * as functional from "./functional-index";
export { grad, type GradOptions } from "./grad";
export { enableGrad, isGradEnabled, noGrad } from "./mode";
