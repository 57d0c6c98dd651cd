// pf.func
export { associativeScan, type AssociativeScanOptions } from "./associative-scan";
export { grad, gradAndValue } from "./grad";
export { hessian, type HessianTransformOptions, jacfwd, jacrev, type JacobianTransformOptions } from "./jacobians";
export { jvp } from "./jvp";
export { linearize, vjp } from "./linearize";
export type {
  AnyFunction,
  Argnums,
  Arguments,
  AuxOptions,
  Chosen,
  GradTransformOptions,
  JacobianOf,
  Mirrored,
  TensorFunction,
  WithAux,
} from "./types";
export { type MappedDims, vmap, type VmapOptions } from "./vmap";
export type { Randomness } from "../random";
