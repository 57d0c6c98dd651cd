// The dtypes as users name them, and their numbers in the core.
import { DType } from "../../assembly/abi/opcodes";

/** The dtypes by name, as they stand in the public API. */
export type DTypeName = "float32" | "float64" | "int32" | "bool";

/** What `data()` gives and `tensor()` takes. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

// Of every dtype: its name, and what holds its elements. A Tensor whose dtype isn't known has the dtype any, for which the index
// signature stands.
export interface NameOf {
  float32: "float32";
  float64: "float64";
  int32: "int32";
  bool: "bool";
  [unknown: string]: DTypeName;
}
// By what a constructor gives: since TypeScript 5.7 that is a Float32Array<ArrayBuffer>, which no earlier one knows.
type Float32Elements = ReturnType<Float32ArrayConstructor["of"]>;
type Float64Elements = ReturnType<Float64ArrayConstructor["of"]>;
type Int32Elements = ReturnType<Int32ArrayConstructor["of"]>;
type BoolElements = ReturnType<Uint8ArrayConstructor["of"]>;
export interface ElementsOf {
  float32: Float32Elements;
  float64: Float64Elements;
  int32: Int32Elements;
  bool: BoolElements;
  [unknown: string]: Float32Elements | Float64Elements | Int32Elements | BoolElements;
}

const names: Readonly<Record<DType, DTypeName>> = {
  [DType.Bool]: "bool",
  [DType.Int32]: "int32",
  [DType.Float32]: "float32",
  [DType.Float64]: "float64",
};

const numbers: ReadonlyMap<unknown, DType> = new Map<unknown, DType>([
  ["bool", DType.Bool],
  ["int32", DType.Int32],
  ["float32", DType.Float32],
  ["float64", DType.Float64],
]);

export const dtypeName = (dtype: DType): DTypeName => names[dtype];

/** The core's number of a dtype, undefined for anything that is not the name of one. */
export const dtypeFromName = (name: unknown): DType | undefined => numbers.get(name);

/** The names as they stand in messages. */
export const dtypeList = '"float32", "float64", "int32" or "bool"';

/** The TypedArray constructor that holds a dtype's elements; bools are bytes of 0 and 1. */
export const arrayTypes = {
  [DType.Bool]: Uint8Array,
  [DType.Int32]: Int32Array,
  [DType.Float32]: Float32Array,
  [DType.Float64]: Float64Array,
} as const satisfies Record<DType, unknown>;

const dtypesOfArrays: Readonly<Record<string, DType>> = {
  Float64Array: DType.Float64,
  Float32Array: DType.Float32,
  Int32Array: DType.Int32,
  Uint8Array: DType.Bool,
};
/**
 * The dtype whose elements a TypedArray holds, undefined for any other value. By its tag: it may be that of another realm (a
 * frame, a test runner's sandbox), whose constructors are others.
 */
export const dtypeOfArray = (data: unknown): DType | undefined =>
  ArrayBuffer.isView(data) ? dtypesOfArrays[(data as TypedArray)[Symbol.toStringTag]] : undefined;

export const isFloatDType = (dtype: DType): boolean => dtype >= DType.Float32;
