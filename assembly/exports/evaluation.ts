// Computing and reading values; compiled programs.
import { failure } from "../abi/failure";
import { Failure } from "../abi/failures";
import { Phase } from "../abi/phases";
import * as graph from "../graph/graph";
import { REQUIRES_GRAD, isContiguous, sizeOf as bytesOf, OPAQUE, SHADOW, nodeFrom, idOf } from "../graph/node";
import { Follow, nodeAt, order, startWalk, walk } from "../graph/walk";
import { copyValues } from "../kernels/copy/values";
import { Buffer } from "../memory/buffer";
import * as heap from "../memory/heap";
import * as views from "../primitives/views";
import * as compiled from "../runtime/compiled";
import * as runtime from "../runtime/evaluate";
import { enterPhase, leavePhase } from "../runtime/profile";
import { wordBytes } from "../memory/words";
import { scratchWords, begin, scratchAddress, toAddresses, toIds, scratch, tracing } from "./scratch";

/** Where memory runs out, pending results up to this part of the limit are computed first. */
const RESCUED: f64 = 1 / 8;

/** Computes the `count` nodes in scratch. */
export function evaluate(count: i32): i32 {
  begin();
  toAddresses(0, count);
  compute(count);
  toIds(0, count);
  return failure;
}
// Memory may be full of values that are stored only because pending results need them too. These results are computed then, which sets
// the values free, and the evaluation is tried once more.
function compute(count: i32): void {
  const phase = enterPhase(Phase.Plan);
  runtime.evaluate(scratchAddress(), count);
  if (runtime.gaveBack && failure && !tracing) {
    const most = heap.limitBytes() * RESCUED;
    if (runtime.flush(most, most)) runtime.evaluate(scratchAddress(), count);
  }
  leavePhase(phase);
}
/** scratch in: parameters (placeholders), outputs. A compiled program, by its address; or a failure. */
export function compileProgram(parameterCount: i32, outputCount: i32): usize {
  begin();
  toAddresses(0, parameterCount + outputCount);
  const at = scratchAddress();
  const phase = enterPhase(Phase.Plan);
  const record = compiled.compileProgram(at, parameterCount, at + wordBytes(parameterCount), outputCount);
  leavePhase(phase);
  return failure ? <usize>failure : record;
}
/** scratch in: an argument per parameter, and room for the outputs. scratch out: a node per output. */
export function runCompiled(record: usize, argumentCount: i32, outputCount: i32): i32 {
  begin();
  toAddresses(0, argumentCount);
  const results = scratchAddress() + wordBytes(argumentCount);
  const phase = enterPhase(Phase.Plan);
  compiled.runCompiled(record, scratchAddress(), results);
  leavePhase(phase);
  if (failure) return failure;
  memory.copy(scratchAddress(), results, wordBytes(outputCount));
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
