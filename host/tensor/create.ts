// Tensors from the host's data.
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
import { core, elementsAt, writeInts } from "../core/memory";
import { type Node, requireInt32 } from "../core/prim";
import { withinOp } from "../core/scope";
import { ArgumentError, AutogradError, DTypeError, ShapeError, formatShape, typeName } from "../errors";
import { checkOptions } from "../options";
import { flattenNested, type NestedArray } from "./nested";
import { isTensor, type Tensor, wrapNode } from "./tensor";

export interface TensorOptions {
  /** Element type; that of a TypedArray, or the default dtype, where it is left out. */
  dtype?: DTypeName | null | undefined;
  /** Sizes; for a TypedArray or a flat list whose elements lie row-major. */
  shape?: readonly number[] | null | undefined;
  /** Whether derivatives with respect to this tensor will be asked for; float dtypes only. */
  requiresGrad?: boolean | null | undefined;
}

/** The DType that an option names, or the fallback; throws the DTypeError for an unknown name. */
export function dtypeOption(name: string, value: unknown, fallback: DType): DType {
  if (value === undefined || value === null) return fallback;
  const dtype = dtypeFromName(value);
  if (dtype === undefined) {
    throw new DTypeError(
      `${name}: dtype should be ${dtypeList} but got ${typeof value === "string" ? value : typeName(value)}.`,
    );
  }
  return dtype;
}

function checkShape(shape: readonly number[], count: number): void {
  if (!Array.isArray(shape)) throw new ArgumentError(`tensor: shape should be an array but got ${typeName(shape)}.`);
  for (const size of shape) {
    // Sizes travel as int32: 2³² would come out as 0.
    if (!Number.isInteger(size) || size < 0 || size >= 2 ** 31) {
      const got = Array.from(shape, String).join(", ");
      throw new ShapeError(`tensor: sizes should be non-negative integers below 2^31 but got [${got}].`);
    }
  }
  if (shape.reduce((a, b) => a * b, 1) !== count) {
    throw new ShapeError(`tensor: shape ${formatShape(shape)} does not hold ${count} elements.`);
  }
}

/** A leaf with the given elements, converted to the dtype. */
export function makeData(elements: ArrayLike<number>, shape: readonly number[], dtype: DType): Node {
  const node = check(core.data(dtype, writeInts(shape))) as Node;
  const target = elementsAt(core.dataOf(node), dtype, elements.length);
  if (dtype === DType.Bool && !(elements instanceof Uint8Array && dtypeOfArray(elements) === dtype)) {
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
export function tensor(data: NestedArray | TypedArray, options: TensorOptions = {}): Tensor {
  return withinOp("tensor", () => {
    checkOptions("tensor", options, ["dtype", "shape", "requiresGrad"]);
    if (isTensor(data)) throw new ArgumentError("tensor: data is a Tensor already; clone or detach it.");
    const ownDtype = dtypeOfArray(data);
    let elements: ArrayLike<number>;
    let shape: readonly number[];
    let inferred: DType;
    if (ownDtype !== undefined) {
      elements = data as TypedArray;
      shape = [elements.length];
      inferred = ownDtype;
    } else {
      if (ArrayBuffer.isView(data)) {
        throw new DTypeError(
          `tensor: ${typeName(data)} has no dtype; use a Float32Array, Float64Array, Int32Array or Uint8Array.`,
        );
      }
      const flat = flattenNested(data);
      elements = flat.data;
      shape = flat.shape;
      inferred = flat.isBool ? DType.Bool : core.defaultDType();
    }
    const dtype = dtypeOption("tensor", options?.dtype, inferred);
    const given = options?.shape;
    if (given !== undefined && given !== null) {
      checkShape(given, elements.length);
      shape = given;
    }
    const node = makeData(elements, shape, dtype);
    if (options?.requiresGrad) {
      if (!isFloatDType(dtype)) {
        throw new AutogradError(
          `tensor: only tensors of floating dtype can require gradients but got ${dtypeName(dtype)}.`,
        );
      }
      core.requireGrad(node);
    }
    return wrapNode(node);
  });
}

/**
 * The dtype of plain numbers and of float functions of integers: "float32" at first.
 * @throws DTypeError for anything but "float32" and "float64"
 */
export function setDefaultDtype(dtype: "float32" | "float64"): void {
  if (dtype !== "float32" && dtype !== "float64") {
    throw new DTypeError(`setDefaultDtype: dtype should be "float32" or "float64" but got ${String(dtype)}.`);
  }
  core.setDefaultDType(dtypeOption("setDefaultDtype", dtype, DType.Float32));
}
/** What setDefaultDtype has set. */
export function getDefaultDtype(): "float32" | "float64" {
  return core.defaultDType() === DType.Float64 ? "float64" : "float32";
}
