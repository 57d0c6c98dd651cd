// What is known of a node without computing it, and whether derivatives are recorded.
import { GradMode } from "../abi/numbers";
import { Kind, Trait } from "../abi/traits";
import { hasTrait, kindOf } from "../generated/traits";
import { Op } from "../abi/opcodes";
import { failure } from "../abi/failure";
import * as graph from "../graph/graph";
import { REQUIRES_GRAD, nodeFrom, idOf } from "../graph/node";
import * as elementwise from "../primitives/elementwise/binary";
import * as source from "../primitives/source";
import * as views from "../primitives/views";
import { wordBytes } from "../memory/words";
import { scratchWords, begin, scratchAddress } from "./scratch";

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
/** Whether it has several results, each an Output of its own: what a node of it holds is no tensor. */
export function isCall(op: i32): bool {
  return hasTrait(op, Trait.Call);
}
/** Whether it is an instruction of fused programs. */
export function isElementwise(op: i32): bool {
  return kindOf(op) == Kind.Elementwise;
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
  memory.copy(scratchAddress(), elementwise.broadcastDims, wordBytes(elementwise.broadcastNdim));
  return elementwise.broadcastNdim;
}
/**
 * Sets whether derivatives are recorded (GradMode); returns what was set before, for the call that sets it back. In the forward of a
 * custom function Off leaves what is recorded for its backward.
 */
export function setGradEnabled(mode: i32): i32 {
  const isOff = mode == GradMode.Off && graph.getGradMode() == GradMode.Shadow;
  return graph.setGradMode(isOff ? GradMode.Shadow : mode);
}
export function isGradEnabled(): bool {
  return graph.getGradMode() == GradMode.On;
}
/** Whether what is computed from the node now can be differentiated, by its user or by the backward of a custom function. */
export function isRecorded(id: i32): bool {
  return graph.getGradMode() != GradMode.Off && nodeFrom(id).isRecorded;
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
