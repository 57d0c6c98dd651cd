// pf.func
export { hessian, jacfwd, jacrev, type JacobianTransformOptions } from "./jacobians";
export { linearize, vjp } from "./pullback";
export { type AuxOptions, grad, gradAndValue, type GradTransformOptions, jvp, type WithAux } from "./transforms";
export type { AnyFunction, Argnums, Arguments, Chosen, JacobianOf } from "./types";
export { type MappedDims, vmap, type VmapOptions } from "./vmap";
