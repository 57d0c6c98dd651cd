// Which values are stored, when each unit runs, and after which unit a value is freed.
import { Op } from "../../abi/opcodes";
import { Kind, Trait } from "../../abi/traits";
import { hasTrait, kindOf } from "../../generated/traits";
import { Node } from "../../graph/node";
import { nodeAt } from "../../graph/walk";
import { primitiveOf } from "../../primitives/primitive";
import {
  KEPT,
  LINKED,
  RESULT,
  STORED,
  TARGET,
  TWINNED,
  VIRTUAL,
  deathStart,
  deaths,
  demand,
  firstMember,
  hasTwin,
  isElementwise,
  isHeldOutside,
  isPlanned,
  isProgram,
  nextMember,
  plannedNodes,
  readAt,
  readCount,
  schedule,
  sequence,
  setPlannedWork,
  unitOf,
} from "../plan";
import { SMALLEST_RECOMPUTED } from "../lowering/limits";
import { dequeue, enqueue, queueLength } from "../../memory/queue";
import { readByKernel } from "./fuse";
import { due } from "./sequence";
import { consumerStart, consumerList, waiting, lastReader } from "./lists";

const RESULTS: u32 = ~(RESULT - 1);

// -- demand: consumers come first here, since whether a value outlives the evaluation depends on them

export function decideDemand(): void {
  for (let slot = plannedNodes - 1; slot >= 0; slot--) {
    const n = nodeAt(slot);
    const unit = unitOf.at(slot);
    const asked = isHeldOutside(slot) || (demand.at(slot) & TARGET) != 0;
    const linked = asked || (demand.at(slot) & LINKED) != 0;
    const readsOthers = hasTrait(n.op, Trait.ReadsOthers),
      readsAll = !readsOthers && !hasTrait(n.op, Trait.ReadsNone);
    const kept = asked || (demand.at(slot) & KEPT) != 0 || (linked && (readsAll || !n.isDifferentiable));
    let stored = asked;
    for (let at = consumerStart.at(slot), end = consumerStart.at(slot + 1); at < end; at++) {
      if (unitOf.at(consumerList.at(at)) != unit) stored = true;
    }
    const virtual = n.op == Op.Pad && !hasTwin(n) && !kept && !readByKernel(slot);
    if (virtual) stored = false;
    demand.set(
      slot,
      (demand.at(slot) & (TARGET | RESULTS)) |
        (stored ? STORED : 0) |
        (kept ? KEPT : 0) |
        (linked ? LINKED : 0) |
        (virtual ? VIRTUAL : 0) |
        (hasTwin(n) ? TWINNED : 0),
    );
    if (n.op == Op.Output && isPlanned(n.input(0))) {
      const call = n.input(0).slot;
      demand.set(call, demand.at(call) | (RESULT << n.attribute(0)));
    }
    if (!linked || (stored && !n.isDifferentiable)) continue;
    const isComputedAgain = kept && !stored;
    for (let k = 0; k < <i32>n.inputCount; k++) {
      const input = n.input(k);
      if (!isPlanned(input)) continue;
      const isRead = isComputedAgain || readsAll || (readsOthers && goToOthers(n, k));
      demand.set(input.slot, demand.at(input.slot) | LINKED | (isRead ? KEPT : 0));
    }
  }
}
// Whether derivatives go to another input than the k-th.
function goToOthers(n: Node, k: i32): bool {
  for (let j = 0; j < <i32>n.inputCount; j++) if (j != k && n.input(j).isDifferentiable) return true;
  return false;
}

// -- recomputation: a cheap value that one other program reads is computed there once more, from operands that are in memory
// anyway, and never written. That saves a pass of writes, which cost twice as much as reads.

export function recomputeCheapValues(): void {
  for (let i = 0; i < sequence.length; i++) {
    const slot = <i32>sequence.at(i);
    const n = nodeAt(slot);
    if ((demand.at(slot) & (STORED | KEPT | TARGET)) != STORED || n.numel < SMALLEST_RECOMPUTED) continue;
    if (isCheap(n) && isReadByOneOther(slot)) demand.set(slot, demand.at(slot) & ~STORED);
  }
}
function isCheap(n: Node): bool {
  if (!hasTrait(n.op, Trait.Cheap)) return false;
  for (let k = 0; k < <i32>n.inputCount; k++) {
    const input = n.input(k);
    if (isPlanned(input) && !(demand.at(input.slot) & STORED)) return false;
  }
  return true;
}
// The value is stored, and nobody asks for it: so another unit reads it.
function isReadByOneOther(slot: i32): bool {
  const own = unitOf.at(slot);
  let other: u32 = <u32>-1;
  for (let at = consumerStart.at(slot), end = consumerStart.at(slot + 1); at < end; at++) {
    const unit = unitOf.at(consumerList.at(at));
    if (unit == own || unit == other) continue;
    if (other != <u32>-1 || !isProgram(unit)) return false;
    other = unit;
  }
  return true;
}

// -- schedule

export function scheduleUnits(): void {
  const units = firstMember.length;
  waiting.start(units, 0);
  for (let slot = 0; slot < plannedNodes; slot++) {
    const unit = <i32>unitOf.at(slot);
    if (unit < 0) continue;
    for (let at = consumerStart.at(slot), end = consumerStart.at(slot + 1); at < end; at++) {
      const other = <i32>unitOf.at(consumerList.at(at));
      if (other != unit) waiting.set(other, waiting.at(other) + 1);
    }
  }
  for (let unit = 0; unit < units; unit++) if (!waiting.at(unit)) enqueueUnit(unit);
  while (queueLength()) {
    const unit = dequeue();
    schedule.push(unit);
    // Its own members count it down, too, but from 0.
    for (let slot = <i32>firstMember.at(unit); slot >= 0; slot = <i32>nextMember.at(slot)) {
      for (let at = consumerStart.at(slot), end = consumerStart.at(slot + 1); at < end; at++) {
        const other = <i32>unitOf.at(consumerList.at(at));
        const left = waiting.at(other) - 1;
        waiting.set(other, left);
        if (!left) enqueueUnit(other);
      }
    }
  }
}
function enqueueUnit(unit: i32): void {
  let key = u64.MAX_VALUE;
  for (let slot = <i32>firstMember.at(unit); slot >= 0; slot = <i32>nextMember.at(slot)) key = min(key, due(slot));
  enqueue(key, unit);
}

// -- deaths

export function findDeaths(): void {
  const count = plannedNodes,
    units = schedule.length;
  for (let at = 0; at < units; at++) {
    for (let slot = <i32>firstMember.at(schedule.at(at)); slot >= 0; slot = <i32>nextMember.at(slot)) {
      const n = nodeAt(slot);
      for (let k = 0, reads = readCount(n); k < reads; k++) {
        const input = readAt(n, k);
        if (!isPlanned(input)) continue;
        lastReader.set(input.slot, at);
        if (isRecomputed(input)) noteOperands(input, at);
      }
    }
  }
  // Counted one place further on, so that filing them below leaves each start where it belongs.
  let total = 0;
  for (let slot = 0; slot < count; slot++) {
    if (!dies(slot)) continue;
    const at = <i32>lastReader.at(slot) + 1;
    deathStart.set(at, deathStart.at(at) + 1);
    total++;
  }
  for (let at = 0; at < units; at++) deathStart.set(at + 1, deathStart.at(at + 1) + deathStart.at(at));
  deaths.start(total, 0);
  for (let slot = count - 1; slot >= 0; slot--) {
    if (!dies(slot)) continue;
    const at = <i32>lastReader.at(slot) + 1;
    const place = deathStart.at(at) - 1;
    deathStart.set(at, place);
    deaths.set(place, slot);
  }
  for (let at = 0; at < units; at++) deathStart.set(at, deathStart.at(at + 1));
  deathStart.set(units, total);
}
// A value that is not stored is computed wherever it is read.
@inline
function isRecomputed(n: Node): bool {
  return isElementwise(n) && !(demand.at(n.slot) & STORED);
}
function noteOperands(n: Node, at: i32): void {
  for (let k = 0; k < <i32>n.inputCount; k++) if (isPlanned(n.input(k))) lastReader.set(n.input(k).slot, at);
}
@inline
function dies(slot: i32): bool {
  return <i32>lastReader.at(slot) >= 0 && !(demand.at(slot) & KEPT);
}

export function countWork(): void {
  let kernels: f64 = 0,
    matmuls: f64 = 0,
    flops: f64 = 0;
  for (let unit = 0; unit < firstMember.length; unit++) {
    const first = nodeAt(firstMember.at(unit));
    const kind = kindOf(first.op);
    if (kind != Kind.Kernel && kind != Kind.Elementwise) continue;
    if (first.op == Op.Placeholder || hasTwin(first) || demand.at(first.slot) & VIRTUAL) continue;
    kernels++;
    if (first.op == Op.Matmul) matmuls++;
    for (let slot = <i32>firstMember.at(unit); slot >= 0; slot = <i32>nextMember.at(slot)) {
      const n = nodeAt(slot);
      flops += primitiveOf(n.op).flops(n);
    }
  }
  setPlannedWork(kernels, matmuls, flops);
}
