// pf.func
export { hessian, jacfwd, jacrev, type JacobianTransformOptions } from "./jacobians";
export { linearize, vjp } from "./pullback";
export { type AuxOptions, grad, gradAndValue, type GradTransformOptions, jvp } from "./transforms";
export { vmap, type VmapOptions } from "./vmap";
