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
export const asDType = (x: Node, dtype: DType | undefined): Node =>
  dtype === undefined || (p.dtype(x) === dtype && !p.isScalar(x)) ? x : p.cast(x, dtype);

/** The float dtype of an expression in x: int32 and bool count as the default dtype. */
const floatType = (x: DType): DType => (x >= DType.Float32 ? x : defaultDType());

/** x in its own float dtype, int32 and bool in the default dtype. */
export const asFloat = (x: Node): Node => asDType(x, floatType(p.dtype(x)));

/** Two operands in their common float dtype. */
export function asFloats(a: Node, b: Node): [Node, Node] {
  const dtype = floatType(p.resultType(a, b));
  return [asDType(a, dtype), asDType(b, dtype)];
}

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

/** A factor that stands before integers. */
export function requireInteger(name: string, value: number): void {
  if (!Number.isInteger(value))
    throw argumentError(`${name} should be an integer for integer tensors but got ${value}.`);
}
