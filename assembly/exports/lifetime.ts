// Scopes, handles and references: what lives how long; and when pending work is done on the spot.
import { failedName as lastFailedName, failedOrigin as lastFailedOrigin } from "../abi/failure";
import { Phase } from "../abi/phases";
import * as graph from "../graph/graph";
import { Node, PENDING, nodeFrom } from "../graph/node";
import * as heap from "../memory/heap";
import * as live from "../memory/live";
import { noteOrphan } from "../runtime/compact";
import * as runtime from "../runtime/evaluate";
import { enterPhase, leavePhase } from "../runtime/profile";
import { begin, tracing, changeTracing } from "./scratch";

/** Pending nodes beyond which work is done on the spot, outside of a trace. */
const MAX_PENDING: i32 = 4096;
let mostPending = MAX_PENDING;
/** When memory has grown, pending results up to this part of the limit are computed sooner: they may hold much more than they take. */
const SMALL: f64 = 1 / 512;

/** `name`: the host's number of the name of the op that the user called. */
export function openScope(name: i32): i32 {
  graph.setName(name);
  return graph.openScope();
}
/** Lets go of what was made since `mark` and is held by nothing else. */
export function closeScope(mark: i32): void {
  graph.closeScope(mark);
  if (!mark && !tracing && (graph.pendingCount > mostPending || live.isCrowded())) flushPending();
}
function flushPending(): void {
  begin();
  const phase = enterPhase(Phase.Plan);
  const limit = heap.limitBytes();
  if (graph.pendingCount > MAX_PENDING) runtime.flush();
  else runtime.flush(limit * SMALL);
  // Some nodes stay pending, those that only a custom function's call holds: the next flush waits until there are twice as many.
  mostPending = max(MAX_PENDING, 2 * graph.pendingCount);
  live.noteFlush(limit);
  leavePhase(phase);
}
/** While positive, pending work may grow: a function is being traced. */
export function trace(change: i32): void {
  changeTracing(change);
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
/** The number of the name of the op that made that node; 0 where there is none. */
export function failedName(): i32 {
  return lastFailedName;
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
/** The bytes b of its elements; -b - 1 for a node that holds a graph as well. */
export function weightOf(id: i32): f64 {
  return weight(nodeFrom(id));
}
@inline
function weight(n: Node): f64 {
  const bytes = n.valueBytes;
  return n.inputCount && n.isDifferentiable ? -bytes - 1 : bytes;
}
