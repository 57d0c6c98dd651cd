// The ABI: everything that the host calls. Numbers go in and out; lists go through the scratch region, which the host
// writes before a call and reads after it. A node travels as its id, its address divided by 16. A call that fails returns a
// negative code (abi/failures.ts) and leaves what it found in the facts region. host/core/memory.ts declares the same list.
import { DType, Op } from "./abi/opcodes";
import { addFact, addFacts, clearFailure, fail, facts, failedOrigin as lastFailedOrigin, failure } from "./abi/failure";
import { Failure } from "./abi/failures";
import { Phase } from "./abi/phases";
import * as graph from "./graph/graph";
import { Node, PENDING, REQUIRES_GRAD, WEAK, isContiguous, sizeOf as bytesOf, OPAQUE, SHADOW } from "./graph/node";
import { Follow, nodeAt, order, startWalk, walk } from "./graph/walk";
import { copyValues } from "./kernels/copy/values";
import { Buffer } from "./memory/buffer";
import * as heap from "./memory/heap";
import * as live from "./memory/live";
import { freeEmptyChunks, useChunks } from "./memory/slab";
import { Vector } from "./memory/vector";
import "./primitives/all";
import { buildConcat } from "./primitives/concat";
import { buildConvolution } from "./primitives/convolution";
import { buildCustomCall, buildCustomOutput, buildCustomSaved } from "./primitives/custom";
import * as elementwise from "./primitives/elementwise/binary";
import { buildCast, buildUnary } from "./primitives/elementwise/unary";
import { buildGather, buildLastWriter, buildScatterAdd } from "./primitives/gather";
import { buildMatmul } from "./primitives/matmul";
import { buildPad } from "./primitives/pad";
import { buildRandom } from "./primitives/random";
import { buildReduce } from "./primitives/reduce";
import { buildRequire } from "./primitives/require";
import { buildArgsort } from "./primitives/sort";
import * as source from "./primitives/source";
import * as views from "./primitives/views";
import * as compiled from "./runtime/compiled";
import * as cache from "./runtime/cache";
import { noteOrphan } from "./runtime/compact";
import * as runtime from "./runtime/evaluate";
import { enterPhase, leavePhase } from "./runtime/profile";
import { enterFrame, leaveFrame } from "./transforms/frame";
import * as doubleBackward from "./transforms/jvp";
import { vjp as runVjp } from "./transforms/vjp";
import {
  endForward as runEndForward,
  keepForClosure as runKeep,
  releaseGrad as runRelease,
  requiresGradBeyond as runBeyond,
} from "./transforms/release";
import { vmap as runVmap } from "./transforms/vmap";
import { wordBytes } from "./memory/words";

/** Pending nodes beyond which work is done on the spot, outside of a trace. */
const MAX_PENDING: i32 = 4096;
let mostPending = MAX_PENDING;
/** Results up to this part of the limit are computed before that for what they hold, when memory has grown. */
const SMALL: f64 = 1 / 512;
/** What is pending is computed with what there is no memory for otherwise, up to this part of the limit. */
const RESCUED: f64 = 1 / 8;

// What lower layers call in higher ones.
heap.setReclaimer(reclaim);

// Everything that can be made again, before memory counts as exhausted.
function reclaim(): void {
  cache.dropPlans();
  compiled.dropArenas();
  freeEmptyChunks();
}

const scratchWords = Vector.make(memory.data(12));
let tracing: i32 = 0;

@inline
function nodeFrom(id: i32): Node {
  return changetype<Node>((<usize>id) << 4);
}
@inline
function idOf(n: Node): i32 {
  return <i32>(changetype<usize>(n) >> 4);
}
@inline
function begin(): void {
  clearFailure();
}
@inline
function result(n: Node): i32 {
  return failure ? failure : idOf(n);
}
@inline
function words(): usize {
  return scratchWords.data;
}
// Ids in scratch become addresses, and back.
function toAddresses(from: i32, count: i32): void {
  for (let i = from; i < from + count; i++) scratchWords.set(i, scratchWords.at(i) << 4);
}
function toIds(from: i32, count: i32): void {
  for (let i = from; i < from + count; i++) scratchWords.set(i, scratchWords.at(i) >> 4);
}

// -- memory

/** The address of the scratch region, which has room for `count` words at least; or a failure. */
export function scratch(count: i32): usize {
  begin();
  scratchWords.reserve(max(count, 1024));
  scratchWords.length = scratchWords.capacity;
  return failure ? <usize>failure : words();
}
export function factsAddress(): usize {
  return facts;
}
export function memoryBytes(): f64 {
  return live.liveBytes;
}
export function peakMemoryBytes(): f64 {
  return live.peakLiveBytes();
}
export function reservedBytes(): f64 {
  return heap.reservedBytes();
}
/** How many blocks have been allocated since the module started. */
export function allocations(): f64 {
  return heap.allocations;
}
/**
 * For tests: what happens (abi/failures.ts, Fault) when memory is requested for the time after the next `count`. With `each`, each
 * record of the graph is a request.
 */
export function interfere(kind: i32, count: i32, each: bool): void {
  heap.interfere(kind, count);
  useChunks(!each);
}
export function setLimit(bytes: f64): void {
  heap.setLimit(bytes);
  live.noteLimit(bytes);
}
export function limitBytes(): f64 {
  return heap.limitBytes();
}
export { allowGrowth, claimedBytes, grownBytes, restartGrowth } from "./memory/live";
export function liveNodes(): i32 {
  return graph.liveNodes;
}

// -- threads

export {
  activeWorkers,
  createWorker,
  dismissWorker,
  freeWorker,
  hasLeft,
  joinPool,
  partsOfWorkers,
  setMayBlock,
  sleepingWorkers,
  workerLoop,
} from "./threads/pool";

// -- lifetime

export function openScope(): i32 {
  return graph.openScope();
}
/** Lets go of what was made since `mark` and is held by nothing else. */
export function closeScope(mark: i32): void {
  graph.closeScope(mark);
  if (!mark && !tracing && (graph.pendingCount > mostPending || live.isCrowded())) settlePending();
}
function settlePending(): void {
  begin();
  const phase = enterPhase(Phase.Plan);
  const limit = heap.limitBytes();
  if (graph.pendingCount > MAX_PENDING) runtime.flush(Infinity, Infinity);
  else runtime.flush(limit * SMALL, Infinity);
  // What nobody but a custom function's call holds stays pending: it is not to be gone through again and again.
  mostPending = max(MAX_PENDING, 2 * graph.pendingCount);
  live.noteFlush(limit);
  leavePhase(phase);
}
/** While positive, pending work may grow: a function is being traced. */
export function trace(change: i32): void {
  tracing += change;
}
export function isTracing(): bool {
  return tracing > 0;
}
/** A reference without a handle. */
export function retain(id: i32): void {
  graph.retain(nodeFrom(id));
}
export function release(id: i32): void {
  graph.release(nodeFrom(id));
}
export function handlesOf(id: i32): i32 {
  return nodeFrom(id).handles;
}
/** Grows with every node. */
export function serialOf(id: i32): f64 {
  return <f64>nodeFrom(id).serial;
}
/** The serial of the user's op that the node derives from. */
export function originOf(id: i32): f64 {
  return <f64>nodeFrom(id).userSerial;
}
/** The same of the node whose evaluation is the last failure; 0 where it was something else. */
export function failedOrigin(): f64 {
  return <f64>lastFailedOrigin;
}
/** The node is computed without the other results of its transform. */
export function leaveResults(id: i32): void {
  graph.leaveRing(nodeFrom(id));
}
/** A host handle takes the node; what `weightOf` says of it. */
export function hold(id: i32): f64 {
  const n = nodeFrom(id);
  graph.retain(n);
  if (!n.handles++) {
    graph.countByValues(n);
    if (n.flags & PENDING) live.promise(graph.claimOf(n));
  }
  return weight(n);
}
/** A host handle lets go of the node. */
export function drop(id: i32): void {
  const n = nodeFrom(id);
  if (!--n.handles) {
    if (n.flags & PENDING) live.unpromise(graph.claimOf(n));
    if (n.refs > 1) noteOrphan(n);
  }
  graph.release(n);
}

// -- what is known of a node

export function opOf(id: i32): i32 {
  return nodeFrom(id).op;
}
export function dtypeOf(id: i32): i32 {
  return nodeFrom(id).dtype;
}
export function ndimOf(id: i32): i32 {
  return nodeFrom(id).ndim;
}
export function numelOf(id: i32): i32 {
  return nodeFrom(id).numel;
}
/** The bytes of its elements, for a node that holds a graph as well below zero, by one more. */
export function weightOf(id: i32): f64 {
  return weight(nodeFrom(id));
}
@inline
function weight(n: Node): f64 {
  const bytes = n.valueBytes;
  return n.inputCount && n.isDifferentiable ? -bytes - 1 : bytes;
}
/** The address of the sizes. */
export function dimsOf(id: i32): usize {
  return nodeFrom(id).dims;
}
export function sizeOf(id: i32, dim: i32): i32 {
  begin();
  const n = nodeFrom(id);
  const at = views.normalizedDim(dim, n.ndim);
  return at < 0 ? failure : n.ndim ? n.dim(at) : 1;
}
export function normalizeDim(dim: i32, ndim: i32): i32 {
  begin();
  const at = views.normalizedDim(dim, ndim);
  return at < 0 ? failure : at;
}
export function isWeak(id: i32): bool {
  return nodeFrom(id).isWeak;
}
/** What a constant repeats. */
export function numberOf(id: i32): f64 {
  return nodeFrom(id).value;
}
export function isComputed(id: i32): bool {
  const n = nodeFrom(id);
  return n.isComputed || n.op == Op.Full;
}
export function requiresGrad(id: i32): bool {
  return nodeFrom(id).requiresGrad;
}
/** Marks a leaf as something that derivatives are asked for. */
export function requireGrad(id: i32): void {
  nodeFrom(id).flags |= REQUIRES_GRAD;
}
export function inputCount(id: i32): i32 {
  return nodeFrom(id).inputCount;
}
export function inputOf(id: i32, k: i32): i32 {
  return idOf(nodeFrom(id).input(k));
}
export function resultType(a: i32, b: i32): i32 {
  return elementwise.resultType(nodeFrom(a), nodeFrom(b));
}
/** Node ids in scratch → their broadcast dims in scratch; returns how many. */
export function broadcastShape(count: i32): i32 {
  begin();
  elementwise.resetBroadcast();
  for (let i = 0; i < count; i++) if (!elementwise.broadcastInto(nodeFrom(scratchWords.at(i)))) return failure;
  memory.copy(words(), elementwise.broadcastDims, wordBytes(elementwise.broadcastNdim));
  return elementwise.broadcastNdim;
}
/**
 * Sets whether derivatives are recorded, or what an earlier call has returned, which this one returns. Off is not less than what
 * the forward of a custom function records for its backward.
 */
export function setGradEnabled(mode: i32): i32 {
  const isOff = mode == graph.GradMode.Off && graph.getGradMode() == graph.GradMode.Shadow;
  return graph.setGradMode(isOff ? graph.GradMode.Shadow : mode);
}
export function isGradEnabled(): bool {
  return graph.getGradMode() == graph.GradMode.On;
}
/** Whether what is computed from the node now can be differentiated, by its user or by the backward of a custom function. */
export function isRecorded(id: i32): bool {
  return graph.getGradMode() != graph.GradMode.Off && nodeFrom(id).isRecorded;
}
/** Whether it could be where derivatives are recorded. */
export function isRecordable(id: i32): bool {
  return nodeFrom(id).isRecorded;
}
export function setDefaultDType(dtype: i32): void {
  source.setDefaultDType(dtype);
}
export function defaultDType(): i32 {
  return source.defaultDType();
}

// -- sources

// Whether `ndim` sizes in scratch are a shape.
function isShape(ndim: i32): bool {
  if (ndim > graph.MAX_DIMS) {
    fail(Failure.TooManyDims);
    addFact(ndim);
    return false;
  }
  for (let i = 0; i < ndim; i++) {
    if (<i32>scratchWords.at(i) >= 0) continue;
    fail(Failure.NegativeSize);
    addFacts(words(), ndim);
    return false;
  }
  return true;
}
function tooManyDims(ndim: i32): bool {
  if (ndim <= graph.MAX_DIMS) return false;
  fail(Failure.TooManyDims);
  addFact(ndim);
  return true;
}

/** A leaf of the shape in scratch; the host writes its values at `dataOf`. */
export function data(dtype: i32, ndim: i32): i32 {
  begin();
  return isShape(ndim) ? result(source.buildData(dtype, ndim, words())) : failure;
}
export function full(dtype: i32, ndim: i32, value: f64): i32 {
  begin();
  return isShape(ndim) ? result(source.buildFull(dtype, ndim, words(), value)) : failure;
}
/** A JavaScript number as an operand: whole numbers that int32 holds count as integers. */
export function scalar(value: f64): i32 {
  begin();
  // -0 is no integer: x.mul(-0) keeps its sign.
  const whole = <f64>(<i32>value) == value && reinterpret<u64>(value) != 0x8000000000000000;
  const n = source.buildFull(whole ? DType.Int32 : DType.Float64, 0, words(), value);
  if (!whole) n.dtype = <i8>source.defaultDType();
  n.flags |= WEAK;
  return result(n);
}
/** What a mapped (0) or compiled (1) function gets for an element or argument of the shape in scratch. */
export function placeholder(dtype: i32, ndim: i32, requiresGrad: bool, purpose: i32): i32 {
  begin();
  return isShape(ndim) ? result(source.buildPlaceholder(dtype, ndim, words(), requiresGrad, purpose)) : failure;
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
  const at = words();
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
/** What is detached from something that has been computed since holds the graph of that no longer. */
export function settleDetached(): void {
  begin();
  runtime.settleAllDetached();
}

// -- primitives

export function unary(op: i32, x: i32): i32 {
  begin();
  return result(buildUnary(op, nodeFrom(x)));
}
export function cast(x: i32, dtype: i32): i32 {
  begin();
  const n = nodeFrom(x);
  // A number that is cast has a dtype of its own from here on, also where it had this one before.
  return result(n.isWeak ? source.buildFull(dtype, 0, n.dims, n.value) : buildCast(n, dtype));
}
export function binary(op: i32, a: i32, b: i32): i32 {
  begin();
  return result(elementwise.buildBinary(op, nodeFrom(a), nodeFrom(b)));
}
export function where(condition: i32, a: i32, b: i32): i32 {
  begin();
  return result(elementwise.buildWhere(nodeFrom(condition), nodeFrom(a), nodeFrom(b)));
}
// The set of `count` dims in scratch (none given: all dims), or a negative failure.
function dimSet(ndim: i32, count: i32): i64 {
  if (!count) return ndim ? <i64>((<u32>-1) >> (32 - ndim)) : 0;
  let set: i64 = 0;
  for (let i = 0; i < count; i++) {
    const dim = views.normalizedDim(scratchWords.at(i), ndim);
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
/** dims in scratch; none: over all. */
export function reduce(op: i32, x: i32, count: i32, keepdim: bool): i32 {
  begin();
  const set = dimSet(nodeFrom(x).ndim, count);
  return set < 0 ? <i32>set : result(buildReduce(op, nodeFrom(x), <u32>set, keepdim));
}
export function reshape(x: i32, ndim: i32): i32 {
  begin();
  return tooManyDims(ndim) ? failure : result(views.buildReshape(nodeFrom(x), ndim, words()));
}
export function permute(x: i32, count: i32): i32 {
  begin();
  return tooManyDims(count) ? failure : result(views.buildPermute(nodeFrom(x), count, words()));
}
export function expand(x: i32, ndim: i32): i32 {
  begin();
  return tooManyDims(ndim) ? failure : result(views.buildExpand(nodeFrom(x), ndim, words()));
}
/** starts, lengths and steps in scratch, `ndim` words each. */
export function slice(x: i32, ndim: i32): i32 {
  begin();
  return result(views.buildSlice(nodeFrom(x), ndim, words()));
}
/** dims in scratch. */
export function flip(x: i32, count: i32): i32 {
  begin();
  const set = count ? dimSet(nodeFrom(x).ndim, count) : 0;
  return set < 0 ? <i32>set : result(views.buildFlip(nodeFrom(x), <u32>set));
}
/** Amounts before, after and between in scratch, `ndim` words each. */
export function pad(x: i32, ndim: i32, value: f64): i32 {
  begin();
  return result(buildPad(nodeFrom(x), ndim, words(), value));
}
/** `count` node ids in scratch. */
export function concat(count: i32, dim: i32): i32 {
  begin();
  toAddresses(0, count);
  return result(buildConcat(count, words(), dim));
}
export function gather(x: i32, dim: i32, index: i32): i32 {
  begin();
  return result(buildGather(nodeFrom(x), dim, nodeFrom(index)));
}
export function scatterAdd(base: i32, dim: i32, index: i32, src: i32): i32 {
  begin();
  return result(buildScatterAdd(nodeFrom(base), dim, nodeFrom(index), nodeFrom(src)));
}
/** For each place along dim, `size` of them, the last position of index that names it, or -1. */
export function lastWriter(index: i32, dim: i32, size: i32): i32 {
  begin();
  return result(buildLastWriter(nodeFrom(index), dim, size));
}
export function argsort(x: i32, dim: i32, descending: bool, start: i32, count: i32): i32 {
  begin();
  return result(buildArgsort(nodeFrom(x), dim, descending, start, count));
}
export function required(x: i32, requirement: i32, limit: i32, dim: i32): i32 {
  begin();
  return result(buildRequire(nodeFrom(x), requirement, limit, dim));
}
export function matmul(a: i32, b: i32): i32 {
  begin();
  return result(buildMatmul(nodeFrom(a), nodeFrom(b)));
}
/** Of each axis stride, low, high, dilation of x and of the weights in scratch. */
export function convolution(x: i32, w: i32, groups: i32, isTransposed: bool): i32 {
  begin();
  return result(buildConvolution(nodeFrom(x), nodeFrom(w), groups, isTransposed, words()));
}

/** `count` node ids in scratch, the function's inputs. */
export function customCall(call: i32, outputCount: i32, count: i32): i32 {
  begin();
  toAddresses(0, count);
  return result(buildCustomCall(call, outputCount, words(), count));
}
export function customOutput(x: i32, call: i32, k: i32): i32 {
  begin();
  return result(buildCustomOutput(nodeFrom(x), nodeFrom(call), k));
}
/** The intermediate x of a call's forward, as its backward sees it. */
export function customSaved(x: i32, call: i32): i32 {
  begin();
  return result(buildCustomSaved(nodeFrom(x), nodeFrom(call)));
}
/** The forward of a custom function begins; the value is for `leaveForward`. */
export function enterForward(): bool {
  return graph.enterForward();
}
export function leaveForward(before: bool): void {
  graph.leaveForward(before);
}
/** It is over: `count` nodes in scratch that it made after `start`; backward will ask for the first `kept` of them. */
export function endForward(kept: i32, count: i32, start: f64): i32 {
  begin();
  toAddresses(0, count);
  runEndForward(words(), kept, count, <u64>start);
  return failure;
}
/** The node lives on in the open scope. */
export function adopt(id: i32): i32 {
  begin();
  graph.adopt(nodeFrom(id));
  return failure;
}

// -- transforms

/**
 * scratch in: outputs, their cotangents (`outputCount` ids each), targets (`targetCount` ids).
 * scratch out: one id per target, 0 where no output depends on it.
 */
export function vjp(outputCount: i32, targetCount: i32): i32 {
  begin();
  const at = takeList(2 * outputCount + targetCount),
    list = wordBytes(outputCount),
    targets = at + 2 * list;
  if (failure) return failure;
  const frame = enterFrame();
  if (!frame) return giveList(at, targets, targetCount);
  const phase = enterPhase(Phase.Transform);
  runVjp(frame, at, at + list, outputCount, targets, targets, targetCount);
  leavePhase(phase);
  leaveFrame(frame);
  return giveList(at, targets, targetCount);
}
/**
 * scratch in: outputs (`outputCount` ids), inputs, tangents (`inputCount` ids each, 0 for an input that has none).
 * scratch out: one id per output, 0 where it depends on no input; then per input what transforms/jvp.ts calls `found`.
 */
export function jvp(outputCount: i32, inputCount: i32, createGraph: bool): i32 {
  begin();
  const at = takeList(outputCount + 2 * inputCount),
    inputs = at + wordBytes(outputCount),
    tangents = inputs + wordBytes(inputCount);
  if (failure) return failure;
  const frame = enterFrame();
  if (!frame) return giveList(at, at, outputCount);
  const phase = enterPhase(Phase.Transform);
  doubleBackward.jvp(frame, at, outputCount, inputs, tangents, inputCount, at, inputs, createGraph);
  leavePhase(phase);
  leaveFrame(frame);
  const found = words() + wordBytes(outputCount);
  if (!failure) memory.copy(found, inputs, wordBytes(inputCount));
  return giveList(at, at, outputCount);
}
// The first `count` ids in scratch as addresses, in memory of their own: a user's code that runs meanwhile writes scratch.
function takeList(count: i32): usize {
  const at = heap.allocate(wordBytes(max(count, 1)));
  if (!at) {
    fail(Failure.OutOfMemory);
    return 0;
  }
  toAddresses(0, count);
  memory.copy(at, words(), wordBytes(count));
  return at;
}
// Frees such a list; `count` addresses in it, from `results` on, go to the front of scratch as ids.
function giveList(list: usize, results: usize, count: i32): i32 {
  if (!failure) memory.copy(words(), results, wordBytes(count));
  heap.free(list);
  if (failure) return failure;
  toIds(0, count);
  return 0;
}
/**
 * The transform that has made `inputCount` ids in scratch is over: what follows them, its `resultCount` results, no longer
 * requires grad on their account.
 */
export function releaseGrad(inputCount: i32, resultCount: i32): i32 {
  begin();
  toAddresses(0, inputCount + resultCount);
  runRelease(words(), inputCount, words() + wordBytes(inputCount), resultCount);
  return failure;
}
/** `inputCount` ids in scratch, then `resultCount`: what lies between is differentiable for a closure alone. */
export function keepForClosure(inputCount: i32, resultCount: i32): i32 {
  begin();
  toAddresses(0, inputCount + resultCount);
  runKeep(words(), inputCount, words() + wordBytes(inputCount), resultCount);
  return failure;
}
/** Whether the node depends on something that requires grad other than the `inputCount` ids in scratch. */
export function requiresGradBeyond(id: i32, inputCount: i32): i32 {
  begin();
  toAddresses(0, inputCount);
  const found = runBeyond(nodeFrom(id), words(), inputCount);
  return failure ? failure : <i32>found;
}
/** Nodes in scratch are the results of one call: reading one computes all. */
export function joinAll(count: i32): void {
  toAddresses(0, count);
  graph.joinResults(words(), count, null);
}
/** Nodes that the first (0) and the second (1) pass of the last jvp appended. */
export function passNodes(pass: i32): f64 {
  return <f64>(pass ? doubleBackward.doubleBackwardNodes : doubleBackward.backwardNodes);
}
/**
 * scratch in: placeholders, their batches (`count` ids each), outputs (`outputCount` ids).
 * scratch out: the outputs over the batch of `size`, which begins at `start` of a `whole` one.
 */
export function vmap(count: i32, size: i32, outputCount: i32, start: i32, whole: i32): i32 {
  begin();
  toAddresses(0, 2 * count + outputCount);
  const at = words(),
    list = wordBytes(count);
  const phase = enterPhase(Phase.Transform);
  runVmap(at, at + list, count, size, start, whole, at + 2 * list, outputCount);
  leavePhase(phase);
  if (failure) return failure;
  memory.copy(at, at + 2 * list, wordBytes(outputCount));
  toIds(0, outputCount);
  return 0;
}
export function appendedNodes(): f64 {
  return <f64>graph.appendedNodes;
}

// -- evaluation

/** Computes the `count` nodes in scratch. */
export function evaluate(count: i32): i32 {
  begin();
  toAddresses(0, count);
  compute(count);
  toIds(0, count);
  return failure;
}
// The values in between may fill memory only because results that are pending rest on them too: once these are there, nothing
// has to be stored for them.
function compute(count: i32): void {
  const phase = enterPhase(Phase.Plan);
  runtime.evaluate(words(), count);
  if (runtime.gaveBack && failure && !tracing) {
    const most = heap.limitBytes() * RESCUED;
    if (runtime.flush(most, most)) runtime.evaluate(words(), count);
  }
  leavePhase(phase);
}
/** scratch in: parameters (placeholders), outputs. A compiled program, by its address; or a failure. */
export function compileProgram(parameterCount: i32, outputCount: i32): usize {
  begin();
  toAddresses(0, parameterCount + outputCount);
  const at = words();
  const phase = enterPhase(Phase.Plan);
  const record = compiled.compileProgram(at, parameterCount, at + wordBytes(parameterCount), outputCount);
  leavePhase(phase);
  return failure ? <usize>failure : record;
}
/** scratch in: an argument per parameter, and room for the outputs. scratch out: a node per output. */
export function runCompiled(record: usize, argumentCount: i32, outputCount: i32): i32 {
  begin();
  toAddresses(0, argumentCount);
  const results = words() + wordBytes(argumentCount);
  const phase = enterPhase(Phase.Plan);
  compiled.runCompiled(record, words(), results);
  leavePhase(phase);
  if (failure) return failure;
  memory.copy(words(), results, wordBytes(outputCount));
  toIds(0, outputCount);
  return 0;
}
export function freeCompiled(record: usize): void {
  compiled.freeCompiled(record);
}
/** The address of a leaf's values. */
export function dataOf(id: i32): usize {
  return nodeFrom(id).data;
}
let readBuffer: Buffer | null = null;
/** Computes the node; the address of its values in row-major order, until `endRead`; or a failure. */
export function read(id: i32): usize {
  begin();
  // Whether a number is positive, or which is the largest, has no derivative that could get lost.
  if (nodeFrom(id).flags & (REQUIRES_GRAD | SHADOW | OPAQUE)) graph.noteRead();
  const n = nodeFrom(id);
  scratch(1);
  scratchWords.set(0, <u32>changetype<usize>(n));
  compute(1);
  if (failure) return <usize>failure;
  if (isContiguous(n)) return n.data;
  const size = bytesOf(n.dtype);
  readBuffer = Buffer.create(<f64>n.numel * <f64>size);
  if (!readBuffer) return <usize>Failure.OutOfMemory;
  copyValues(size, n.numel, readBuffer!.data, views.rowMajorStrides(n), n.data, n.strides, n.ndim, n.dims);
  return readBuffer!.data;
}
export function endRead(): void {
  if (readBuffer) readBuffer!.release();
  readBuffer = null;
}
/** Walks everything that the `count` nodes in scratch rest on, inputs first; returns how many. */
export function walkNodes(count: i32): i32 {
  begin();
  startWalk();
  for (let i = 0; i < count; i++) walk(nodeFrom(scratchWords.at(i)), Follow.All, 0);
  return failure ? failure : order.length;
}
export function walkedNode(at: i32): i32 {
  return idOf(nodeAt(at));
}
export function resetStatistics(): void {
  runtime.resetStatistics();
}
export {
  startProfile,
  stopProfile,
  clearProfile,
  phaseTime,
  recordsAddress,
  recordsEnd,
  lostRecords,
} from "./runtime/profile";
/** 0 nodes evaluated, 1 kernels, 2 matrix products, 3 floating-point operations, 4 peak bytes, since the reset. */
export function statistic(which: i32): f64 {
  if (which == 0) return runtime.prunedNodes;
  if (which == 1) return runtime.kernels;
  if (which == 2) return runtime.matmuls;
  return which == 3 ? runtime.flops : runtime.peakBytes();
}
/** The plan cache: 0 evaluations that found their plan, 1 that made one, 2 plans held, 3 their bytes. */
export function planCache(which: i32): f64 {
  if (which == 0) return cache.hits;
  if (which == 1) return cache.misses;
  return which == 2 ? <f64>cache.heldPlans : cache.heldBytes;
}
