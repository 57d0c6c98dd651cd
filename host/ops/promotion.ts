// Dtypes and JavaScript numbers in compositions: what an operand is cast to before a formula sees it. A formula that meets a
// number as it came would compute with it in the default dtype, float32, beside a float64 tensor.
import { DType } from "../../assembly/abi/opcodes";
import { dtypeName } from "../core/dtype";
import { core } from "../core/memory";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { DTypeError } from "../errors";
import { argumentError, failure } from "./define";

/** The dtype of floats that come from nowhere; set by `setDefaultDtype`. */
export const defaultDType = (): DType => core.defaultDType();

/** x as it is if that has the dtype, else cast. */
export function asDType(x: Node, dtype: DType | undefined): Node {
  if (dtype === undefined) return x;
  if (!p.isScalar(x)) return p.dtype(x) === dtype ? x : p.cast(x, dtype);
  if (dtype === DType.Int32) p.requireInt32(p.numberOf(x));
  return p.cast(x, dtype);
}

/** Each dtype's part in promotion: bool < int < float. */
export const category = (dtype: DType): number => Math.min(dtype, DType.Float32);
/**
 * torch.result_type of any number of operands at once: of tensors with dims the largest; 0-dim tensors, and then numbers, raise
 * the category at most. Taken two by two, a 0-dim operand might have raised what another tensor raises differently.
 */
export function commonType(...operands: Node[]): DType {
  const largest = (priority: number): DType | -1 =>
    operands.reduce<DType | -1>(
      (found, x) => ((p.isScalar(x) ? 0 : p.ndim(x) ? 2 : 1) === priority && p.dtype(x) > found ? p.dtype(x) : found),
      -1,
    );
  // -1, of none, is below all.
  const combined = (high: DType | -1, low: DType | -1): DType | -1 =>
    category(low as DType) <= category(high as DType) ? high : low;
  return combined(combined(largest(2), largest(1)), largest(0)) as DType;
}

/** The float dtype of an expression in x: int32 and bool count as the default dtype. */
const floatType = (x: DType): DType => (x >= DType.Float32 ? x : defaultDType());

/** x in its own float dtype, int32 and bool in the default dtype. */
export const asFloat = (x: Node): Node => asDType(x, floatType(p.dtype(x)));

/** Operands in their common float dtype. */
export function asFloats<Operands extends Node[]>(...operands: Operands): Operands {
  // Two are for the core, which is faster.
  const common = operands.length === 2 ? p.resultType(operands[0]!, operands[1]!) : commonType(...operands);
  const dtype = floatType(common);
  return operands.map((x) => asDType(x, dtype)) as Operands;
}

/** f evaluated in float64, whatever float its operands have in common, and rounded to that once. */
export const widely =
  <Operands extends Node[]>(f: (...operands: Operands) => Node) =>
  (...inputs: Operands): Node => {
    const operands = asFloats(...inputs);
    if (p.dtype(operands[0]!) === DType.Float64) return f(...operands);
    return p.cast(f(...(operands.map((x) => p.cast(x, DType.Float64)) as Operands)), DType.Float32);
  };

/** Whether each element is nonzero. */
export const asBool = (x: Node): Node => (p.dtype(x) === DType.Bool ? x : p.ne(x, p.num(0)));

/** A constant of x's dtype, 0-dim. */
export const constantLike = (x: Node, value: number): Node => p.full([], value, p.dtype(x));

/** x in `dtype` if that is given; throws if what results isn't float. */
export function requireFloat(x: Node, dtype?: DType): Node {
  const cast = asDType(x, dtype);
  if (p.isFloat(cast)) return cast;
  throw failure(DTypeError, `expected float32 or float64 but got ${dtypeName(p.dtype(cast))}; cast with .to() first.`);
}

export function requireSameDType(x: Node, src: Node): Node {
  if (p.dtype(x) === p.dtype(src)) return src;
  throw failure(
    DTypeError,
    `expected input and source of one dtype but got ${dtypeName(p.dtype(x))} and ${dtypeName(p.dtype(src))}.`,
  );
}

/** What names places: int32, since a float may lie between them. */
export function requireIndex(name: string, index: Node): Node {
  const dtype = p.dtype(index);
  if (dtype === DType.Int32) return index;
  const advice =
    dtype === DType.Bool
      ? "a mask selects by at, where or maskedFill"
      : 'cast it by .int(), or make it with { dtype: "int32" }';
  throw failure(DTypeError, `expected an int32 ${name} but got ${dtypeName(dtype)}; ${advice}.`);
}

/** A factor that stands before integers. */
export function requireInteger(name: string, value: number): void {
  if (!Number.isInteger(value))
    throw argumentError(`${name} should be an integer for integer tensors but got ${value}.`);
}
