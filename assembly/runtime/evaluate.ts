// Evaluation: computes what is asked for, stores what can be asked for again, and frees everything else at its last use.
import { Failure } from "../abi/failures";
import { Op } from "../abi/opcodes";
import { clearFailure, failure, noteFailed } from "../abi/failure";
import { Phase } from "../abi/phases";
import { Trait } from "../abi/traits";
import { hasTrait } from "../generated/traits";
import { dropInputs, firstPending, leaveRing, release, removePending, retain } from "../graph/graph";
import { Node, ROOTED, VIEWING } from "../graph/node";
import { forgetViewer, noteViewer } from "../graph/viewers";
import { Follow, isVisited, nodeAt, order, startWalk, walk } from "../graph/walk";
import { bufferBytes, peakBufferBytes, resetPeak } from "../memory/buffer";
import { Vector } from "../memory/vector";
import { setWanted } from "../primitives/call";
import { primitiveOf } from "../primitives/primitive";
import { allocateValues, shareValues } from "../graph/values";
import { findPlan, leavePlan } from "./cache";
import { takeKeptBytes } from "./lowering/lowered";
import { compact, copyOutViewers, showOrphans } from "./compact";
import {
  EPILOGUE,
  KEPT,
  RESULT,
  STORED,
  TARGET,
  TWINNED,
  VIRTUAL,
  deathStart,
  deaths,
  demand,
  firstMember,
  isElementwise,
  nextMember,
  plannedFlops,
  plannedKernels,
  plannedMatmuls,
  prepare,
  schedule,
} from "./plan";
import { enterPhase, leavePhase, profileBegin, profileEnd, profiling } from "./profile";
import { clearTranslation } from "./lowering/translate";
import { runProgram, runWithEpilogue } from "./lowering/units";
import { twins } from "./twins";
import { UnderWay, setUnderWay } from "./under-way";
import { pointer } from "../memory/words";

/** What the evaluations since `resetStatistics` did. */
export let prunedNodes: f64 = 0;
export let kernels: f64 = 0;
export let matmuls: f64 = 0;
export let flops: f64 = 0;
let baseBytes: f64 = 0;
export function resetStatistics(): void {
  prunedNodes = 0;
  kernels = 0;
  matmuls = 0;
  flops = 0;
  baseBytes = bufferBytes;
  resetPeak();
}
/** The most bytes of buffers at any time since `resetStatistics`, beyond those that were there. */
export function peakBytes(): f64 {
  return peakBufferBytes - baseBytes;
}

const wanted = Vector.make(memory.data(12));

/**
 * Computes the nodes at `targets`, and with each those of the others in its ring whose values can be had by now. Failures are
 * noted.
 */
export function evaluate(targets: usize, count: i32): void {
  showOrphans();
  startWalk();
  wanted.clear();
  for (let i = 0; i < count; i++) want(changetype<Node>(pointer(targets, i)));
  const hasOthers = wanted.length > count;
  if (order.length) computeOrder();
  if (hasOthers && failure && failure != Failure.OutOfMemory) retry(targets, count);
  copyOutViewers();
  wanted.clear();
  order.clear();
}
// It may be another member of a ring that can't be computed: whoever reads that one is told.
function retry(targets: usize, count: i32): void {
  clearFailure();
  startWalk();
  wanted.clear();
  for (let i = 0; i < count; i++) {
    const target = pointer(targets, i);
    wanted.push(<u32>target);
    walk(changetype<Node>(target), Follow.Pending, 0);
  }
  if (order.length) computeOrder();
}
// A ring comes apart here: it has served its purpose, and asking for its members one by one must not go around it each time.
function want(target: Node): void {
  wanted.push(<u32>changetype<usize>(target));
  walk(target, Follow.Pending, 0);
  while (target.ring) {
    const n = changetype<Node>(target.ring);
    leaveRing(n);
    wanted.push(<u32>changetype<usize>(n));
    const start = order.length;
    walk(n, Follow.Pending, 0);
    for (let slot = start; slot < order.length; slot++) {
      if (nodeAt(slot).op == Op.Placeholder) forget(start);
    }
  }
}
// Takes back what was walked since `start`.
function forget(start: i32): void {
  while (order.length > start) changetype<Node>(order.pop()).mark = 0;
}
function computeOrder(): void {
  if (!demand.start(order.length, 0)) return;
  for (let i = 0; i < wanted.length; i++) {
    const n = changetype<Node>(wanted.at(i));
    if (isVisited(n)) demand.set(n.slot, TARGET);
  }
  retainOrder();
  if (prepare() && findPlan()) runSchedule();
  endRun(failure != 0);
  leaveRun();
}
function leaveRun(): void {
  leavePlan(takeKeptBytes());
  clearTranslation();
  setUnderWay(UnderWay.Nothing);
}

/** How many nodes of `order` the evaluation holds. */
let retained: i32 = 0;
/** Holds all nodes of `order`, until `releaseOrder`. */
export function retainOrder(): void {
  retained = 0;
  position = -1;
  setUnderWay(UnderWay.Evaluation);
  while (retained < order.length) retain(nodeAt(retained++));
}
export function releaseOrder(): void {
  while (retained) release(nodeAt(--retained));
}
/** Ends an evaluation that an exception has left. */
export function abandonEvaluation(): void {
  if (position >= 0) {
    const slot = <i32>firstMember.at(schedule.at(position));
    discard(schedule.at(position));
    if (demand.at(slot) & EPILOGUE) discard(schedule.at(position + 1));
    position = -1;
  }
  endRun(true);
  wanted.clear();
  order.clear();
  roots.clear();
  leaveRun();
}

/** Which unit of the schedule is being run; -1: none. */
let position: i32 = -1;
/** Runs the plan. */
export function runSchedule(): void {
  kernels += plannedKernels;
  matmuls += plannedMatmuls;
  flops += plannedFlops;
  const phase = enterPhase(Phase.Run);
  for (let at = 0; at < schedule.length; at++) {
    position = at;
    const unit = <i32>schedule.at(at),
      slot = <i32>firstMember.at(unit);
    if (demand.at(slot) & EPILOGUE) {
      const next = <i32>schedule.at(at + 1);
      if (!runProduct(unit, next)) {
        noteFailed(nodeAt(slot).userSerial, nodeAt(slot).name);
        discard(unit);
        discard(next);
        break;
      }
      freeDead(at++);
      freeDead(at);
      continue;
    }
    if (profiling) profileBegin();
    const done = runUnit(unit, slot);
    if (profiling) profileEnd(unit, done);
    if (!done) {
      noteFailed(nodeAt(slot).userSerial, nodeAt(slot).name);
      discard(unit);
      break;
    }
    freeDead(at);
  }
  position = -1;
  leavePhase(phase);
}
// A product and its epilogue. With a profile they run one after the other, but find their buffers made in the same order and
// nothing freed between them: an arena that has been laid out for the one serves the other.
function runProduct(unit: i32, next: i32): bool {
  const n = nodeAt(firstMember.at(unit));
  if (!allocateValues(n) || !allocateMembers(next)) return false;
  return profiling ? runProfiled(unit) && runProfiled(next) : runWithEpilogue(n, next);
}
function runProfiled(unit: i32): bool {
  const n = nodeAt(firstMember.at(unit));
  profileBegin();
  const done = isElementwise(n) ? runProgram(unit) : primitiveOf(n.op).evaluate(n);
  profileEnd(unit, done);
  return done;
}
function freeDead(at: i32): void {
  for (let i = deathStart.at(at), end = deathStart.at(at + 1); i < end; i++) freeValues(nodeAt(deaths.at(i)));
}
@inline
function runUnit(unit: i32, slot: i32): bool {
  const n = nodeAt(slot);
  if (isElementwise(n)) return allocateMembers(unit) && runProgram(unit);
  const d = demand.at(slot);
  if (d & TWINNED) {
    shareValues(n, nodeAt(<i32>twins.at(slot) - 1));
    return true;
  }
  // A pad that programs load shows the buffer that it pads.
  if (d & VIRTUAL) shareValues(n, n.input(0));
  // Of a call whose values may be asked for again, all.
  if (hasTrait(n.op, Trait.Call)) setWanted(d & KEPT ? <u32>-1 : d / RESULT);
  // The arguments of a compiled function have their values already.
  return n.isComputed || primitiveOf(n.op).evaluate(n);
}
function allocateMembers(unit: i32): bool {
  for (let slot = <i32>firstMember.at(unit); slot >= 0; slot = <i32>nextMember.at(slot)) {
    if (demand.at(slot) & STORED && !allocateValues(nodeAt(slot))) return false;
  }
  return true;
}

// A unit that broke off has computed nothing.
function discard(unit: i32): void {
  for (let slot = <i32>firstMember.at(unit); slot >= 0; slot = <i32>nextMember.at(slot)) freeValues(nodeAt(slot));
}
@inline
export function freeValues(n: Node): void {
  const buffer = n.buffer;
  if (!buffer) return;
  if (n.flags & VIEWING) forgetViewer(n);
  buffer.release();
  n.buffer = null;
}

/** Whether the last evaluation gave back, for want of memory, what it had computed for results that are still pending. */
export let gaveBack: bool = false;

// After a run, whole or broken off: computed nodes that can't be differentiated become leaves; the nodes are let go of.
function endRun(hasFailed: bool): void {
  const count = retained;
  const kept = failure == Failure.OutOfMemory ? TARGET : KEPT;
  gaveBack = false;
  for (let slot = count - 1; slot >= 0; slot--) {
    const n = nodeAt(slot);
    const d = demand.at(slot);
    if (n.op != Op.Full) prunedNodes++;
    if (!(d & kept) && !n.handles) {
      if (d & KEPT && n.isComputed) gaveBack = true;
      freeValues(n);
    }
    if (!hasFailed || n.isComputed) removePending(n);
    // No walk goes through a detached node, whatever it is a leaf of. Derivatives look into what is made of norms (primitives/split).
    if (n.isComputed && !(n.flags & ROOTED) && (!n.isDifferentiable || n.op == Op.Detach)) dropInputs(n);
  }
  for (let slot = 0; slot < count; slot++) if (nodeAt(slot).isComputed) compact(nodeAt(slot));
  releaseOrder();
}
/** A node that is detached from a computed one shares its values: it has become a leaf, as by an evaluation. */
export function settleDetached(n: Node): void {
  shareValues(n, n.input(0));
  removePending(n);
  dropInputs(n);
  noteViewer(n);
}
/** The same for all of these that are pending. */
export function settleAllDetached(): void {
  roots.clear();
  let at = firstPending;
  while (at) {
    const n = changetype<Node>(at);
    at = n.next;
    if (n.op != Op.Detach || !n.input(0).isComputed || !roots.reserveOne()) continue;
    retain(n);
    roots.push(<u32>changetype<usize>(n));
  }
  while (roots.length) {
    const n = changetype<Node>(roots.pop());
    settleDetached(n);
    release(n);
  }
  roots.clear();
}

const roots = Vector.make(memory.data(12));

/**
 * Computes what is pending and has a handle; false if there is nothing. Where there are bounds in bytes, of each and of all, only
 * what is within them and what no derivative goes through, since that may hold much more than it comes to.
 */
export function flush(most: f64 = Infinity, total: f64 = Infinity): bool {
  roots.clear();
  let left = total;
  for (let at = firstPending; at; at = changetype<Node>(at).next) {
    const n = changetype<Node>(at);
    if (!n.handles) continue;
    if (most < Infinity) {
      const bytes = n.valueBytes;
      if (bytes > min(most, left) || (n.isDifferentiable && n.op != Op.Detach)) continue;
      left -= bytes;
    }
    roots.push(<u32>changetype<usize>(n));
  }
  if (!roots.length) return false;
  clearFailure();
  evaluate(roots.data, roots.length);
  // Whoever reads what can't be computed is told; the op that happened to trigger the flush has nothing to do with it.
  if (failure != Failure.OutOfMemory) {
    while (roots.length) removePending(changetype<Node>(roots.pop()));
  }
  roots.clear();
  clearFailure();
  return true;
}
