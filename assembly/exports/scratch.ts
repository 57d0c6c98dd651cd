// How calls of the host begin and end, and the scratch region that lists go through.
import { addFact, addFacts, clearFailure, fail, facts, failure } from "../abi/failure";
import { Failure } from "../abi/failures";
import { MAX_DIMS } from "../graph/graph";
import { Node, idOf } from "../graph/node";
import { Vector } from "../memory/vector";
import { normalizedDim } from "../primitives/views";
import { repair } from "../runtime/repair";
import { underWay } from "../runtime/under-way";

export const scratchWords = Vector.make(memory.data(12));

@inline
export function begin(): void {
  if (underWay) repair();
  clearFailure();
}
@inline
export function result(n: Node): i32 {
  return failure ? failure : idOf(n);
}
@inline
export function scratchAddress(): usize {
  return scratchWords.data;
}
/** Ids in scratch become addresses. */
export function toAddresses(from: i32, count: i32): void {
  for (let i = from; i < from + count; i++) scratchWords.set(i, scratchWords.at(i) << 4);
}
/** And back. */
export function toIds(from: i32, count: i32): void {
  for (let i = from; i < from + count; i++) scratchWords.set(i, scratchWords.at(i) >> 4);
}

/** While positive, a function is being traced. */
export let tracing: i32 = 0;
export function changeTracing(change: i32): void {
  tracing += change;
}

/** Whether `ndim` sizes in scratch are a shape. */
export function isShape(ndim: i32): bool {
  if (tooManyDims(ndim)) return false;
  for (let i = 0; i < ndim; i++) {
    if (<i32>scratchWords.at(i) >= 0) continue;
    fail(Failure.NegativeSize);
    addFacts(scratchAddress(), ndim);
    return false;
  }
  return true;
}
export function tooManyDims(ndim: i32): bool {
  if (ndim <= MAX_DIMS) return false;
  fail(Failure.TooManyDims);
  addFact(ndim);
  return true;
}
/** The set of `count` dims in scratch (none given: all dims), or a negative failure. */
export function dimSet(ndim: i32, count: i32): i64 {
  if (!count) return ndim ? <i64>((<u32>-1) >> (32 - ndim)) : 0;
  let set: i64 = 0;
  for (let i = 0; i < count; i++) {
    const dim = normalizedDim(scratchWords.at(i), ndim);
    if (dim < 0) return failure;
    if ((set >> dim) & 1) {
      fail(Failure.DuplicateDim);
      addFact(dim);
      return failure;
    }
    set |= 1 << dim;
  }
  return ndim ? set & 0xffffffff : 0;
}

// -- exports

/** The address of the scratch region, which has room for `count` words at least; or a failure. */
export function scratch(count: i32): usize {
  begin();
  scratchWords.reserve(max(count, 1024));
  scratchWords.length = scratchWords.capacity;
  return failure ? <usize>failure : scratchAddress();
}
export function factsAddress(): usize {
  return facts;
}
