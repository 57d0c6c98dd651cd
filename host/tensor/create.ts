// Tensors from the host's data.
/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-return -- a dtype that is not known is any */
import { DType } from "../../assembly/abi/opcodes";
import {
  dtypeFromName,
  dtypeList,
  dtypeName,
  type DTypeName,
  dtypeOfArray,
  isFloatDType,
  type TypedArray,
} from "../core/dtype";
import { check } from "../core/failure";
import { core, elementsAt, writeSizes } from "../core/memory";
import { cast, type Node, requireInt32 } from "../core/prim";
import { withinOp } from "../core/op-scope";
import { ArgumentError, AutogradError, describe, DTypeError, ShapeError, formatShape, typeName } from "../errors";
import { checkOptions } from "../options";
import { flattenNested, type NestedData } from "./nested";
import { isTensor, nodeOf, type Tensor, wrapNode } from "./tensor";

export interface TensorOptions<D extends DTypeName = DTypeName> {
  /** Element type; that of a TypedArray, or the default dtype, where it is left out. */
  dtype?: D | null | undefined;
  /** Sizes; for a TypedArray or a flat list whose elements lie row-major. */
  shape?: readonly number[] | null | undefined;
  /** Whether derivatives with respect to this tensor will be asked for; float dtypes only. */
  requiresGrad?: boolean | null | undefined;
}

export type AsTensorOptions<D extends DTypeName = DTypeName> = Pick<TensorOptions<D>, "dtype">;
/** The dtype that a TypedArray gives. */
interface DTypeByTag {
  Float32Array: "float32";
  Float64Array: "float64";
  Int32Array: "int32";
  Uint8Array: "bool";
}
type DTypeOfArray<A extends TypedArray> = DTypeByTag[A[typeof Symbol.toStringTag]];
type Numbers = number | readonly Numbers[];
/** With one boolean at least: an empty array gives the default dtype. */
type Booleans = boolean | readonly [Booleans, ...Booleans[]];

/** The DType that an option names, or the fallback; throws the DTypeError for an unknown name. */
function dtypeOption(name: string, value: unknown, fallback: DType): DType {
  if (value === undefined || value === null) return fallback;
  const dtype = dtypeFromName(value);
  if (dtype === undefined) {
    throw new DTypeError(
      `${name}: dtype should be ${dtypeList} but got ${typeof value === "string" ? value : typeName(value)}.`,
    );
  }
  return dtype;
}

/** A copy of the sizes that an option gives, made before they are checked: getters may answer otherwise the next time. */
function checkedShape(name: string, given: readonly number[], count: number): number[] {
  if (!Array.isArray(given)) throw new ArgumentError(`${name}: shape should be an array but got ${typeName(given)}.`);
  const shape = Array.from(given as readonly number[]);
  // Sizes travel as int32: 2³² would come out as 0.
  if (!shape.every((size) => Number.isInteger(size) && size >= 0 && size < 2 ** 31)) {
    throw new ShapeError(
      `${name}: sizes should be non-negative integers below 2^31 but got [${shape.map(String).join(", ")}].`,
    );
  }
  if (shape.reduce((a, b) => a * b, 1) !== count) {
    throw new ShapeError(`${name}: shape ${formatShape(shape)} does not hold ${count} elements.`);
  }
  return shape;
}

/** The array, if its elements are there. */
function usable<A extends TypedArray>(name: string, array: A): A {
  try {
    array.keys();
  } catch {
    throw new ArgumentError(
      `${name}: the ${typeName(array)} is detached: its buffer was transferred to another thread, or has shrunk.`,
    );
  }
  return array;
}

/** A leaf whose elements, which are whatever was there, `fill` writes in place. It must not call the core. */
export function makeFilled(shape: readonly number[], dtype: DType, fill: (elements: TypedArray) => void): Node {
  const node = check(core.data(dtype, writeSizes(shape))) as Node;
  fill(elementsAt(core.dataOf(node), dtype, core.numelOf(node)));
  return node;
}
/** A leaf with the given elements, converted to the dtype. */
export function makeData(elements: ArrayLike<number>, shape: readonly number[], dtype: DType): Node {
  const node = check(core.data(dtype, writeSizes(shape))) as Node;
  const target = elementsAt(core.dataOf(node), dtype, elements.length);
  if (dtype === DType.Bool && dtypeOfArray(elements) !== dtype) {
    for (let i = 0; i < elements.length; i++) target[i] = elements[i] !== 0 ? 1 : 0;
  } else if (dtype === DType.Bool) {
    for (let i = 0; i < elements.length; i++) target[i] = elements[i] ? 1 : 0;
  } else {
    if (dtype === DType.Int32 && !(elements instanceof Int32Array)) {
      for (let i = 0; i < elements.length; i++) requireInt32(elements[i]!);
    }
    target.set(elements);
  }
  return node;
}

/**
 * A tensor of the given elements; the data is copied.
 *
 * @param data a number or boolean, nested arrays of them, or a TypedArray (Float64Array: float64, Float32Array: float32,
 *   Int32Array: int32, Uint8Array: bool). Plain numbers get the default dtype, also whole ones; booleans give bool.
 * @param options dtype, shape, requiresGrad
 * @throws ShapeError for ragged arrays or a shape that does not fit; DTypeError; ArgumentError, also for what int32 does not
 *   hold (NaN, 3e9; fractions are cut off); OutOfMemoryError
 * @see https://pytorch.org/docs/stable/generated/torch.tensor.html
 * @example
 * const x = pf.tensor([[1, 2], [3, 4]], { dtype: "float64", requiresGrad: true });
 */
export function tensor<const D extends DTypeName = any>(data: Numbers, options?: TensorOptions<D>): Tensor<D>;
export function tensor<A extends TypedArray, const D extends DTypeName = DTypeOfArray<A>>(
  data: A,
  options?: TensorOptions<D>,
): Tensor<D>;
export function tensor<const D extends DTypeName = "bool">(data: Booleans, options?: TensorOptions<D>): Tensor<D>;
export function tensor<const D extends DTypeName = any>(
  data: NestedData | TypedArray,
  options?: TensorOptions<D>,
): Tensor<D>;
export function tensor(data: NestedData | TypedArray, options: TensorOptions = {}): Tensor {
  checkOptions("tensor", options, ["dtype", "shape", "requiresGrad"]);
  if (isTensor(data)) throw new ArgumentError("tensor: data is a Tensor already; clone or detach it, or use asTensor.");
  return makeTensor("tensor", data, options);
}
function makeTensor(name: string, data: NestedData | TypedArray, options: TensorOptions | null): Tensor {
  return withinOp(name, () => {
    const ownDtype = dtypeOfArray(data);
    let elements: ArrayLike<number>;
    let shape: readonly number[];
    let inferred: DType;
    if (ownDtype !== undefined) {
      elements = usable(name, data as TypedArray);
      shape = [elements.length];
      inferred = ownDtype;
    } else {
      if (ArrayBuffer.isView(data)) {
        throw new DTypeError(
          `${name}: ${typeName(data)} has no dtype; use a Float32Array, Float64Array, Int32Array or Uint8Array.`,
        );
      }
      const flat = flattenNested(data, name);
      elements = flat.data;
      shape = flat.shape;
      inferred = flat.isBool ? DType.Bool : core.defaultDType();
    }
    const dtype = dtypeOption(name, options?.dtype, inferred);
    const given = options?.shape;
    if (given !== undefined && given !== null) shape = checkedShape(name, given, elements.length);
    const node = makeData(elements, shape, dtype);
    if (options?.requiresGrad) {
      if (!isFloatDType(dtype)) {
        throw new AutogradError(
          `${name}: only tensors of floating dtype can require gradients but got ${dtypeName(dtype)}.`,
        );
      }
      core.requireGrad(node);
    }
    return wrapNode(node);
  });
}

/**
 * data itself where it is a Tensor (of that dtype, or cast to it, with its graph), else a tensor of its elements.
 *
 * @throws as tensor and `to` do
 * @see https://docs.pytorch.org/docs/stable/generated/torch.as_tensor.html
 */
export function asTensor<S extends DTypeName = any, const D extends DTypeName = S>(
  data: Tensor<S>,
  options?: AsTensorOptions<D>,
): Tensor<D>;
export function asTensor<const D extends DTypeName = any>(data: Numbers, options?: AsTensorOptions<D>): Tensor<D>;
export function asTensor<A extends TypedArray, const D extends DTypeName = DTypeOfArray<A>>(
  data: A,
  options?: AsTensorOptions<D>,
): Tensor<D>;
export function asTensor<const D extends DTypeName = "bool">(data: Booleans, options?: AsTensorOptions<D>): Tensor<D>;
export function asTensor<const D extends DTypeName = any>(
  data: Tensor | NestedData | TypedArray,
  options?: AsTensorOptions<D>,
): Tensor<D>;
export function asTensor(data: Tensor | NestedData | TypedArray, options: AsTensorOptions = {}): Tensor {
  checkOptions("asTensor", options, ["dtype"]);
  if (!isTensor(data)) return makeTensor("asTensor", data, options);
  return withinOp("asTensor", () => {
    const node = nodeOf(data);
    const own = core.dtypeOf(node);
    const dtype = dtypeOption("asTensor", options?.dtype, own);
    return dtype === own ? data : wrapNode(cast(node, dtype));
  });
}

/**
 * The dtype of plain numbers and of float functions of integers: "float32" at first.
 * @throws DTypeError for anything but "float32" and "float64"
 */
export function setDefaultDtype(dtype: "float32" | "float64"): void {
  if (dtype !== "float32" && dtype !== "float64") {
    throw new DTypeError(`setDefaultDtype: dtype should be "float32" or "float64" but got ${describe(dtype)}.`);
  }
  core.setDefaultDType(dtypeOption("setDefaultDtype", dtype, DType.Float32));
}
/** What setDefaultDtype has set. */
export function getDefaultDtype(): "float32" | "float64" {
  return core.defaultDType() === DType.Float64 ? "float64" : "float32";
}
