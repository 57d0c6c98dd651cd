// The public surface apart from the ops.
import { type BackwardOptions, Tensor } from "./tensor/tensor";
import { backward } from "./autograd/backward";
import { ComplexTensor, isComplexTensor } from "./tensor/complex";
import type { ThenOptions } from "./options";
import { installMethods, methodOf } from "./ops";
import { installTransposes } from "./tensor/transposes";
import "./generated/methods";

installTransposes(Tensor.prototype);
installMethods(Tensor.prototype);
// What is not defined for complex numbers says so, as the function does.
installTransposes(ComplexTensor.prototype, methodOf);
installMethods(ComplexTensor.prototype, true);
Object.defineProperty(Tensor.prototype, "backward", {
  value(this: Tensor, ...rest: ThenOptions<Tensor, BackwardOptions>): void {
    backward(this, ...rest);
  },
  writable: true,
  configurable: true,
});

export { ComplexTensor, Tensor };
/** Whether a value is a ComplexTensor. */
export { isComplexTensor as isComplex };
export type { ComplexDTypeName } from "./tensor/complex";
export { evaluate } from "./tensor/evaluate";
export { isTensor } from "./tensor/tensor";
export {
  asTensor,
  type AsTensorOptions,
  getDefaultDtype,
  setDefaultDtype,
  tensor,
  type TensorOptions,
} from "./tensor/create";
export { dispose, keep, replace, tidy } from "./tensor/tidy";
export type { NestedInts, SliceText } from "./tensor/entry";
export type {
  BackwardOptions,
  CreationOptions,
  DTypeOf,
  IndexEntry,
  Named,
  Operand,
  TensorList,
} from "./tensor/tensor";
export type { NestedArray, NestedBooleans, NestedData, NestedNumbers, NestedOf } from "./tensor/nested";
export type { DTypeName, ElementsOf, NameOf, TypedArray } from "./core/dtype";
// What stands for the dtypes of results in the types of functions that are generic over dtypes.
export type { Common, Float, Sum } from "./generated/dtypes";
export * as autograd from "./autograd";
export type {
  Applicable,
  CheckedFunction,
  Context,
  CustomFunction,
  GradcheckOptions,
  GradgradcheckOptions,
  GradOptions,
} from "./autograd";
export * as functional from "./autograd/functional-index";
export type {
  FunctionalOptions,
  HessianOptions,
  HvpOptions,
  JacobianOptions,
  JvpOptions,
  Strategy,
  Tensors,
  VhpOptions,
  VjpOptions,
} from "./autograd/functional-index";
export * as func from "./func";
export type {
  Argnums,
  AssociativeScanOptions,
  AuxOptions,
  GradTransformOptions,
  HessianTransformOptions,
  JacobianTransformOptions,
  MappedDims,
  Randomness,
  VmapOptions,
} from "./func";
export * as tree from "./tree";
export type { Structure } from "./tree";
export { ravel } from "./tree/ravel"; // in the place of the op's
export { enableGrad, isGradEnabled, noGrad } from "./autograd/grad-mode";
export { debugNans } from "./debug-nans";
export { Graph, type GraphNode, inspect, type Summary } from "./inspect";
export { type KernelProfile, Profile, profile, type ProfileOptions } from "./profile";
export { getRngState, initialSeed, manualSeed, setRngState } from "./random";
export { compile, type CacheInfo, type Compiled } from "./compile";
export { backend, type Backend, configure, type Configuration, type PlanCache, ready } from "./backend";
export type { Simd } from "./core/bytes";
export {
  ArgumentError,
  AutogradError,
  DisposedError,
  DTypeError,
  LinAlgError,
  NonFiniteError,
  type NonFiniteOperand,
  OutOfMemoryError,
  PushforwardError,
  ShapeError,
} from "./errors";
