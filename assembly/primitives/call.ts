// Primitives with several results: a call, which computes all of them into one buffer, and an Output for each, a view of its part.
// The derivative rule of a call gets the cotangents of all outputs at once. A user's function is a call too (custom.ts), but one that
// computes nothing: its outputs show what the user's forward has made.
//
//      attributes of a call that computes; its own "values" are words, as many as all results take
//      ┌───────┬────────────────────────┬────────────────────────┬────────────┐
//      │ words │ dtype │ ndim │ sizes …  │ dtype │ ndim │ sizes …  │ its own …  │      words: of the results
//      └───────┴────────────────────────┴────────────────────────┴────────────┘
import { fail, failure } from "../abi/failure";
import { Failure } from "../abi/failures";
import { DType, Op } from "../abi/opcodes";
import { GradMode } from "../abi/numbers";
import { append, getGradMode, seal } from "../graph/graph";
import { Node, OPAQUE, REQUIRES_GRAD, SHADOW, setContiguousStrides, sizeOf } from "../graph/node";
import { shareBuffer, shareValues } from "../graph/values";
import { copyWords, word, wordBytes } from "../memory/words";
import { batched, counterparts, isBatched } from "./batching";
import { Primitive, primitiveOf } from "./primitive";

export abstract class Call extends Primitive {
  /** How many outputs a call has: of one that computes, as many as results have been described. */
  outputCount(call: Node): i32 {
    let count = 0;
    for (let at = 1, end = 1 + call.attribute(0); at < end; at += 2 + call.attribute(at + 1)) count++;
    return count;
  }
  /**
   * The derivative rule. At `exchange` there are, for each output, its cotangent and itself, or 0 and 0 where no cotangent has arrived;
   * afterwards for each input its contribution, or 0. They are addresses of nodes. False: it failed, which is noted.
   */
  abstract backward(call: Node, exchange: usize): bool;
  vjp(n: Node, k: i32, g: Node): Node | null {
    unreachable();
    return null;
  }
}

// The results of the call that is being built.
const results: usize = memory.data(4 * 34 * 4); // four of 32 dims
let resultWords: i32 = 0;
/** Words of all results, each from a multiple of 64 bytes on. */
let total: i64 = 0;

function wordsOf(dtype: i32, ndim: i32, dims: usize): i64 {
  let numel: i64 = 1;
  for (let i = 0; i < ndim; i++) numel *= word(dims, i);
  return ((numel * sizeOf(dtype) + 63) >> 6) << 4;
}
export function startResults(): void {
  resultWords = 0;
  total = 0;
}
/** One more result; there may be four. */
export function addResult(dtype: DType, ndim: i32, dims: usize): void {
  if (resultWords > 3 * 34) unreachable();
  const at = results + wordBytes(resultWords);
  store<i32>(at, dtype);
  store<i32>(at, ndim, 4);
  copyWords(at + 8, dims, ndim);
  resultWords += 2 + ndim;
  total += wordsOf(dtype, ndim, dims);
}
/** A call with these results and `own` attributes beside; the caller fills in these and the inputs, and seals it. */
export function appendCall(op: Op, own: i32, inputCount: i32): Node {
  // More than any memory has.
  if (total > i32.MAX_VALUE) fail(Failure.OutOfMemory);
  const n = append(op, DType.Float32, 1, 1 + resultWords + own, inputCount);
  n.setDim(0, <i32>total);
  n.setAttribute(0, resultWords);
  copyWords(n.attributes + 4, results, resultWords);
  return n;
}
/** Where attribute i of those that are a call's own stands. */
@inline
export function ownAttribute(call: Node, i: i32): i32 {
  return call.attribute(0) + 1 + i;
}
// Of the result looked up last: where it is described, and where its values begin, in words.
let described: usize = 0;
let begins: i64 = 0;
function lookUp(call: Node, k: i32): void {
  described = call.attributes + 4;
  begins = 0;
  while (k--) {
    const ndim = word(described, 1);
    begins += wordsOf(word(described, 0), ndim, described + 8);
    described += wordBytes(2 + ndim);
  }
}
/** Size `dim` of result k of a call; 1 where it has no dims. */
export function resultSize(call: Node, k: i32, dim: i32): i32 {
  lookUp(call, k);
  return word(described, 1) ? word(described, 2 + dim) : 1;
}
/** Where the values of result k of a call begin; the call has its buffer. */
export function resultData(call: Node, k: i32): usize {
  lookUp(call, k);
  return call.data + wordBytes(<i32>begins);
}

// Which results of the call that is computed next somebody reads, by bits.
let wanted: u32 = <u32>-1;
export function setWanted(results: u32): void {
  wanted = results;
}
export function isWanted(k: i32): bool {
  return ((wanted >> k) & 1) != 0;
}

/** Result k of a call that computes. */
export function buildOutput(call: Node, k: i32): Node {
  if (failure) return call; // which could not be made
  if (k >= changetype<Call>(primitiveOf(call.op)).outputCount(call)) unreachable();
  lookUp(call, k);
  const ndim = word(described, 1),
    n = append(Op.Output, <DType>word(described, 0), ndim, 1, 1);
  copyWords(n.dims, described + 8, ndim);
  n.setAttribute(0, k);
  n.setInput(0, call);
  return seal(n);
}
/** Of an output: its call, which comes last; before it there may be where its values are. */
@inline
export function callOf(output: Node): Node {
  return output.input(<i32>output.inputCount - 1);
}

/** Output k of a call that computes nothing, with the values of x; as a user's function. */
export function buildOutputOf(x: Node, call: Node, k: i32): Node {
  const n = append(Op.Output, x.dtype, x.ndim, 1, 2);
  copyWords(n.dims, x.dims, x.ndim);
  n.setAttribute(0, k);
  n.setInput(0, x);
  n.setInput(1, call);
  return dependingOn(seal(n), call);
}
/** n, whose derivatives are those of `on`, however its values came about. No shadow leaves the forward that it belongs to. */
export function dependingOn(n: Node, on: Node): Node {
  n.flags &= ~(REQUIRES_GRAD | SHADOW | OPAQUE);
  if (!on.isRecorded) return n;
  if (getGradMode() == GradMode.On) n.flags |= REQUIRES_GRAD;
  else if (getGradMode() == GradMode.Shadow) n.flags |= SHADOW | (on.flags & OPAQUE);
  return n;
}

/** The batched counterpart of the call that n, an output of it or a value saved for it, has as input 1. */
export function batchedCall(n: Node): Node {
  const call = n.input(1);
  // The user's forward got at what is mapped by itself, not by an argument: so does backward.
  if (!isBatched(n, 1)) counterparts.set(call.slot, <u32>changetype<usize>(primitiveOf(call.op).batch(call)));
  return batched(n, 1);
}

@primitive({ op: "Output", kind: "view", rearranges: true, attributes: { index: "int" } })
@final
export class Output extends Primitive {
  vjp(n: Node, k: i32, g: Node): Node | null {
    unreachable(); // its cotangent waits at the call
    return null;
  }
  batch(n: Node): Node {
    if (n.inputCount == 1) return buildOutput(batched(n, 0), n.attribute(0));
    if (!n.isRecorded) return batched(n, 0);
    return buildOutputOf(batched(n, 0), batchedCall(n), n.attribute(0));
  }
  evaluate(n: Node): bool {
    const x = n.input(0);
    if (n.inputCount > 1) shareValues(n, x);
    else {
      lookUp(x, n.attribute(0));
      shareBuffer(n, x);
      n.offset = <i32>(<i64>wordBytes(x.offset + <i32>begins) / sizeOf(n.dtype));
      setContiguousStrides(n);
    }
    return true;
  }
}
