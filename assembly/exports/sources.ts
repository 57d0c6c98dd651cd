// Nodes without operands, and the same values under another identity.
import { DType } from "../abi/opcodes";
import { addFact, fail, failure } from "../abi/failure";
import { Failure } from "../abi/failures";
import { WEAK, nodeFrom } from "../graph/node";
import { buildRandom } from "../primitives/random";
import * as source from "../primitives/source";
import * as runtime from "../runtime/evaluate";
import { wordBytes } from "../memory/words";
import { begin, result, scratchAddress, toAddresses, isShape, tracing } from "./scratch";

/** A leaf of the shape in scratch; the host writes its values at `dataOf`. */
export function data(dtype: i32, ndim: i32): i32 {
  begin();
  return isShape(ndim) ? result(source.buildData(dtype, ndim, scratchAddress())) : failure;
}
export function full(dtype: i32, ndim: i32, value: f64): i32 {
  begin();
  return isShape(ndim) ? result(source.buildFull(dtype, ndim, scratchAddress(), value)) : failure;
}
/** A JavaScript number as an operand: whole numbers that int32 holds count as integers. */
export function scalar(value: f64): i32 {
  begin();
  // -0 is no integer: x.mul(-0) keeps its sign.
  const whole = <f64>(<i32>value) == value && reinterpret<u64>(value) != 0x8000000000000000;
  const n = source.buildFull(whole ? DType.Int32 : DType.Float64, 0, scratchAddress(), value);
  if (!whole) n.dtype = <i8>source.defaultDType();
  n.flags |= WEAK;
  return result(n);
}
/** What a mapped or compiled function gets for an element or argument of the shape in scratch (abi/numbers.ts, Purpose). */
export function placeholder(dtype: i32, ndim: i32, requiresGrad: bool, purpose: i32): i32 {
  begin();
  return isShape(ndim)
    ? result(source.buildPlaceholder(dtype, ndim, scratchAddress(), requiresGrad, purpose))
    : failure;
}
export function iota(dtype: i32, count: i32, start: f64, step: f64): i32 {
  begin();
  if (count < 0) {
    fail(Failure.NegativeSize);
    addFact(count);
    return failure;
  }
  return result(source.buildIota(dtype, count, start, step));
}
/**
 * scratch in: sizes; seed, offset (two words each), low and range of integers; `inputCount` node ids (primitives/random.ts),
 * the first of them the generator's state if hasState.
 */
export function random(distribution: i32, dtype: i32, ndim: i32, hasState: bool, inputCount: i32): i32 {
  begin();
  if (!isShape(ndim)) return failure;
  toAddresses(ndim + 6, inputCount);
  const at = scratchAddress();
  return result(buildRandom(distribution, dtype, ndim, at, at + wordBytes(ndim), hasState, inputCount));
}
export function alias(id: i32): i32 {
  begin();
  return result(source.buildAlias(nodeFrom(id), true, false));
}
/** The input of a transform: a fresh identity that requires grad; connected, gradients flow on to the original. */
export function inputAlias(id: i32, connected: bool): i32 {
  begin();
  return result(source.buildAlias(nodeFrom(id), connected, true));
}
export function detach(id: i32): i32 {
  begin();
  const n = source.buildAlias(nodeFrom(id), false, false);
  if (!failure && !tracing && nodeFrom(id).isComputed) runtime.settleDetached(n);
  return result(n);
}
/** Pending nodes that are detached from computed ones become leaves, which hold no graph. */
export function settleDetached(): void {
  begin();
  runtime.settleAllDetached();
}
