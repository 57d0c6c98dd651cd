// pf.autograd
export * as functional from "./functional";
export { grad, type GradOptions } from "./grad";
export { enableGrad, isGradEnabled, noGrad } from "./mode";
