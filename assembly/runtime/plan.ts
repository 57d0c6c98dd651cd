// Planning: from the nodes that are asked for to a sequence of units. It reads the graph and touches no values.
//
//   prune     `order` holds what the targets rest on and is not computed (graph/walk.ts)
//   sequence  the nodes in an order that follows the user's program: ready nodes by when they are due
//   fuse      depth grows where something other than an elementwise node reads one; elementwise nodes of one depth and
//             shape that are connected, by an edge or by a shared operand, form a group, and no cycle can arise; a group
//             is cut, in sequence, after UNIT_LENGTH instructions; a reduction over trailing dims joins the group that
//             computes its operand as a sink
//   demand    which values are stored, and which outlive the evaluation
//   schedule  the units, ready ones by when they are due: tangent k runs beside primal k
//   deaths    which values each unit is the last to read
//
// Everything is indexed by slot or by unit, never by node, so that a plan can serve another graph of the same structure.
import { DType, Op } from "../abi/opcodes";
import { failure } from "../abi/failure";
import { Node, sameShape, sizeOf } from "../graph/node";
import { isVisited, nodeAt, order, placeAt } from "../graph/walk";
import { Vector } from "../memory/vector";
import { Kind, primitiveOf } from "../primitives/primitive";
import { clearQueue, dequeue, enqueue, queueLength } from "./queue";

/** Instructions of one block program: its registers have to stay in the L1 cache. */
const UNIT_LENGTH: i32 = 96;
/** Two ops that share an operand are fused only when they are this close in the program. */
const SIBLING_DISTANCE: u64 = 24;
/** Rows to be reduced that are shorter are left to the kernel for them, unless the operand is small altogether. */
const SHORTEST_ROW: i32 = 16;
const SMALL_SINK: i32 = 1024;

/** The value is stored in a buffer. */
export const STORED: u32 = 1;
/** The value may be asked for after the evaluation. */
export const KEPT: u32 = 2;
/** It was asked for. */
export const TARGET: u32 = 4;

/** A pad that only programs read: they load it block by block, and it is never made. */
export const VIRTUAL: u32 = 8;

/** By slot: STORED, KEPT, TARGET, VIRTUAL. */
export const demand = Vector.make(memory.data(12));
/** By slot: how many operands of planned nodes it is. While a plan is made. */
export const uses = Vector.make(memory.data(12));
/** By slot: its unit, or -1 for a constant that only programs read. */
export const unitOf = Vector.make(memory.data(12));
/** By slot: the next member of its unit, or -1. */
export const nextMember = Vector.make(memory.data(12));
/** By unit: its first member. */
export const firstMember = Vector.make(memory.data(12));
/** The units in the order in which they run. */
export const schedule = Vector.make(memory.data(12));
/** By position in the schedule: the values freed after it are deaths[deathStart[position] … deathStart[position + 1]]. */
export const deathStart = Vector.make(memory.data(12));
export const deaths = Vector.make(memory.data(12));
/** By unit: its block program once it has been made (program.ts), or 0. */
export const programs = Vector.make(memory.data(12));
/** What running the plan takes, for the statistics. */
export let plannedKernels: f64 = 0;
export let plannedMatmuls: f64 = 0;
export let plannedFlops: f64 = 0;
export function setPlannedWork(kernels: f64, matmuls: f64, flops: f64): void {
  plannedKernels = kernels;
  plannedMatmuls = matmuls;
  plannedFlops = flops;
}
/** How many nodes of `order` are planned; behind them come the computed ones that they read. */
export let plannedNodes: i32 = 0;
export function setPlannedNodes(count: i32): void {
  plannedNodes = count;
}
@inline
export function isPlanned(n: Node): bool {
  return isVisited(n) && n.slot < plannedNodes;
}

// By slot: consumers are consumerList[consumerStart[slot] … consumerStart[slot + 1]].
const consumerStart = Vector.make(memory.data(12));
const consumerList = Vector.make(memory.data(12));
const waiting = Vector.make(memory.data(12));
const sequence = Vector.make(memory.data(12));
const depth = Vector.make(memory.data(12));
const group = Vector.make(memory.data(12));
const openUnit = Vector.make(memory.data(12));
const lastMember = Vector.make(memory.data(12));
const unitLength = Vector.make(memory.data(12));
// By unit: the row length of its sinks, 0 without any.
const unitRow = Vector.make(memory.data(12));
const lastReader = Vector.make(memory.data(12));
const sibling = Vector.make(memory.data(12));

@inline
function kindOf(n: Node): Kind {
  return primitiveOf(n.op).kind;
}
@inline
export function isElementwise(n: Node): bool {
  return n.op <= Op.Where;
}
/** Whether the unit is a block program; otherwise it is one node, evaluated by its primitive. */
@inline
export function isProgram(unit: i32): bool {
  return isElementwise(nodeAt(firstMember.at(unit)));
}

/**
 * How many elements, side by side in the operand's iteration, each result of a reduction combines; 0 if it can't be the
 * sink of a program: other than trailing dims are reduced, or rows are too short to be worth a call each.
 */
export function sinkLength(n: Node): i32 {
  if (n.op < Op.Sum || n.op > Op.Amin) return 0;
  const x = n.input(0);
  if (x.dtype == DType.Bool || !x.numel) return 0;
  const reduced = <u32>n.attribute(0);
  let length = 1,
    ended = false;
  for (let i = <i32>x.ndim - 1; i >= 0; i--) {
    if (x.dim(i) == 1) continue;
    if (!((reduced >> i) & 1)) ended = true;
    else if (ended) return 0;
    else length *= x.dim(i);
  }
  return length >= SHORTEST_ROW || x.numel <= SMALL_SINK ? length : 0;
}

/**
 * Takes the nodes in `order` as what is to be planned: counts who reads them, and files the computed nodes that they read
 * behind them in `order`, each once. False: memory is exhausted.
 */
export function prepare(): bool {
  const count = order.length;
  plannedNodes = count;
  reset(uses, count, 0);
  if (failure) return false;
  for (let slot = 0; slot < count; slot++) {
    const n = nodeAt(slot);
    for (let k = 0; k < <i32>n.inputCount; k++) {
      const input = n.input(k);
      if (isVisited(input)) {
        if (input.slot < count) uses.set(input.slot, uses.at(input.slot) + 1);
        continue;
      }
      if (!order.reserveOne()) return false;
      placeAt(input, order.length);
      order.push(<u32>changetype<usize>(input));
    }
  }
  return true;
}
/** Whether something beside planned nodes needs the node at `slot`. */
@inline
export function isHeldOutside(slot: i32): bool {
  // One reference is the evaluation's own (evaluate.ts).
  return nodeAt(slot).refs - 1 > uses.at(slot);
}

/** Plans the first `plannedNodes` of `order`; targets are marked in `demand` already. False: memory is exhausted. */
export function makePlan(): bool {
  const count = plannedNodes;
  reset(unitOf, count, <u32>-1);
  reset(nextMember, count, <u32>-1);
  reset(depth, count, 0);
  reset(group, count, 0);
  reset(openUnit, count, <u32>-1);
  reset(sibling, count, <u32>-1);
  reset(waiting, count, 0);
  reset(consumerStart, count + 1, 0);
  // One unit per node at most: what is pushed below has room.
  firstMember.reserve(count);
  lastMember.reserve(count);
  unitLength.reserve(count);
  unitRow.reserve(count);
  sequence.reserve(count);
  schedule.reserve(count);
  if (failure) return false;
  linkConsumers(count);
  if (failure) return false;
  sequenceNodes(count);
  if (failure) return false;
  fuse();
  formUnits();
  reset(programs, firstMember.length, 0);
  decideDemand();
  if (!failure) scheduleUnits();
  if (!failure) findDeaths();
  if (!failure) countWork();
  return !failure;
}

/** Forgets the plan. */
export function clearPlan(): void {
  demand.clear();
  programs.clear();
  unitOf.clear();
  nextMember.clear();
  firstMember.clear();
  schedule.clear();
  deathStart.clear();
  deaths.clear();
  clearWork();
}
/** Forgets what only the planning needs. */
export function clearWork(): void {
  consumerStart.clear();
  consumerList.clear();
  waiting.clear();
  sequence.clear();
  depth.clear();
  group.clear();
  openUnit.clear();
  lastMember.clear();
  unitLength.clear();
  unitRow.clear();
  lastReader.clear();
  sibling.clear();
  uses.clear();
}

function reset(v: Vector, count: i32, value: u32): void {
  v.length = 0;
  v.resize(count, value);
}

function linkConsumers(count: i32): void {
  let total: u32 = 0;
  for (let slot = 0; slot < count; slot++) {
    consumerStart.set(slot, total);
    total += uses.at(slot);
  }
  consumerStart.set(count, total);
  reset(consumerList, total, 0);
  if (failure) return;
  // `waiting` here: how many consumers are filed so far
  for (let slot = 0; slot < count; slot++) {
    const n = nodeAt(slot);
    for (let k = 0; k < <i32>n.inputCount; k++) {
      const input = n.input(k);
      if (!isPlanned(input)) continue;
      const filed = waiting.at(input.slot);
      consumerList.set(consumerStart.at(input.slot) + filed, slot);
      waiting.set(input.slot, filed + 1);
    }
  }
}

// When a node is to be computed once it can be: in the order of the user's program; but what takes more memory than it sets
// free waits until its first consumer's turn, so that a branch computed long before it is needed takes none meanwhile.
function due(slot: i32): u64 {
  const n = nodeAt(slot);
  const start = consumerStart.at(slot),
    end = consumerStart.at(slot + 1);
  if (demand.at(slot) & TARGET || start == end || kindOf(n) == Kind.View) return n.origin;
  let freed: f64 = 0;
  for (let k = 0; k < <i32>n.inputCount; k++) {
    const input = n.input(k);
    if (isPlanned(input) && uses.at(input.slot) == 1 && input.op != Op.Full) freed += bytesOf(input);
  }
  if (freed >= bytesOf(n)) return n.origin;
  let first = u64.MAX_VALUE;
  for (let at = start; at < end; at++) first = min(first, nodeAt(consumerList.at(at)).origin);
  return max(n.origin, first);
}
@inline
function bytesOf(n: Node): f64 {
  return <f64>n.numel * <f64>sizeOf(n.dtype);
}

function sequenceNodes(count: i32): void {
  clearQueue();
  for (let slot = 0; slot < count; slot++) {
    const n = nodeAt(slot);
    let inputs = 0;
    for (let k = 0; k < <i32>n.inputCount; k++) if (isPlanned(n.input(k))) inputs++;
    waiting.set(slot, inputs);
    if (!inputs) enqueue(due(slot), slot);
  }
  while (queueLength()) {
    const slot = dequeue();
    sequence.push(slot);
    for (let at = consumerStart.at(slot), end = consumerStart.at(slot + 1); at < end; at++) {
      const consumer = <i32>consumerList.at(at);
      const left = waiting.at(consumer) - 1;
      waiting.set(consumer, left);
      if (!left) enqueue(due(consumer), consumer);
    }
  }
}

// -- fuse

function rootOf(slot: i32): i32 {
  while (<i32>group.at(slot) != slot) {
    group.set(slot, group.at(group.at(slot))); // halve the path
    slot = <i32>group.at(slot);
  }
  return slot;
}
// The later root joins the earlier, so that roots come first in sequence.
function unite(a: i32, b: i32): void {
  const x = rootOf(a),
    y = rootOf(b);
  if (x != y) group.set(y, x);
}

// The depth at which the value of n can be read from memory: one further where it comes from a program. Nothing else needs to
// be counted: what reads a program's value is deeper than all its members, whatever lies between.
@inline
function readableAt(n: Node): u32 {
  if (!isPlanned(n) || n.op == Op.Full) return 0;
  const slot = n.slot;
  return depth.at(slot) + (isElementwise(n) || <i32>group.at(slot) != slot ? 1 : 0);
}

function fuse(): void {
  for (let i = 0; i < sequence.length; i++) {
    const slot = <i32>sequence.at(i);
    const n = nodeAt(slot);
    group.set(slot, slot);
    let d: u32 = 0;
    const pointwise = isElementwise(n);
    const source = sinkSource(n);
    if (source) {
      depth.set(slot, depth.at(source.slot));
      unite(source.slot, slot);
      continue;
    }
    for (let k = 0; k < <i32>n.inputCount; k++) {
      const input = n.input(k);
      const fusable = pointwise && isPlanned(input) && isElementwise(input);
      d = max(d, fusable ? depth.at(input.slot) : readableAt(input));
    }
    depth.set(slot, d);
    if (!pointwise) continue;
    for (let k = 0; k < <i32>n.inputCount; k++) {
      const input = n.input(k);
      if (!isPlanned(input) || input.op == Op.Full) continue;
      if (isElementwise(input)) {
        if (depth.at(input.slot) == d) unite(input.slot, slot);
      }
      const other = <i32>sibling.at(input.slot);
      if (other >= 0) {
        const m = nodeAt(other);
        const near = m.origin <= n.origin ? n.origin - m.origin : m.origin - n.origin;
        if (near <= SIBLING_DISTANCE && depth.at(other) == d && sameShape(m, n)) unite(other, slot);
      }
      sibling.set(input.slot, slot);
    }
  }
}

// The elementwise node whose group can have the reduction n as a sink.
function sinkSource(n: Node): Node | null {
  if (n.op < Op.Sum || n.op > Op.Amin) return null;
  const x = n.input(0);
  return isPlanned(x) && isElementwise(x) && sinkLength(n) ? x : null;
}

function formUnits(): void {
  for (let i = 0; i < sequence.length; i++) {
    const slot = <i32>sequence.at(i);
    const n = nodeAt(slot);
    if (!isElementwise(n)) {
      if (<i32>group.at(slot) != slot && joinAsSink(n)) continue;
      if (n.op != Op.Full || readByKernel(slot)) newUnit(slot);
      continue;
    }
    const root = rootOf(slot);
    const unit = <i32>openUnit.at(root);
    if (unit >= 0 && <i32>unitLength.at(unit) < UNIT_LENGTH) join(unit, slot);
    else openUnit.set(root, newUnit(slot));
  }
}
function join(unit: i32, slot: i32): void {
  nextMember.set(lastMember.at(unit), slot);
  lastMember.set(unit, slot);
  unitLength.set(unit, unitLength.at(unit) + 1);
  unitOf.set(slot, unit);
}
// All sinks of a unit have rows of one length.
function joinAsSink(n: Node): bool {
  const unit = <i32>openUnit.at(rootOf(n.slot));
  if (unit < 0 || <i32>unitLength.at(unit) >= UNIT_LENGTH) return false;
  const length = sinkLength(n);
  if (unitRow.at(unit) && unitRow.at(unit) != length) return false;
  unitRow.set(unit, length);
  join(unit, n.slot);
  return true;
}
function newUnit(slot: i32): i32 {
  const unit = firstMember.length;
  firstMember.push(slot);
  lastMember.push(slot);
  unitLength.push(1);
  unitRow.push(0);
  unitOf.set(slot, unit);
  return unit;
}
// Whether a constant needs a place in memory: programs take its value instead.
function readByKernel(slot: i32): bool {
  if (demand.at(slot) & TARGET) return true;
  for (let at = consumerStart.at(slot), end = consumerStart.at(slot + 1); at < end; at++) {
    if (!isElementwise(nodeAt(consumerList.at(at)))) return true;
  }
  return false;
}

// -- demand: consumers come first here, since whether a value outlives the evaluation depends on them

function decideDemand(): void {
  for (let i = sequence.length - 1; i >= 0; i--) {
    const slot = <i32>sequence.at(i);
    const n = nodeAt(slot);
    const unit = unitOf.at(slot);
    const asked = isHeldOutside(slot) || (demand.at(slot) & TARGET) != 0;
    let stored = asked || !isElementwise(n);
    let kept = asked;
    for (let at = consumerStart.at(slot), end = consumerStart.at(slot + 1); at < end; at++) {
      const consumer = <i32>consumerList.at(at);
      if (unitOf.at(consumer) != unit) stored = true;
      if (keepsInputs(consumer)) kept = true;
    }
    if (<i32>unit < 0) stored = false;
    const virtual = n.op == Op.Pad && !asked && !kept && !readByKernel(slot);
    if (virtual) stored = false;
    demand.set(slot, (demand.at(slot) & TARGET) | (stored ? STORED : 0) | (kept ? KEPT : 0) | (virtual ? VIRTUAL : 0));
  }
}
/** Whether the node still has its inputs after the evaluation: it can be differentiated, or must be recomputed. */
export function keepsInputs(slot: i32): bool {
  const d = demand.at(slot);
  return (d & KEPT) != 0 && (nodeAt(slot).isDifferentiable || !(d & STORED));
}

// -- schedule

function scheduleUnits(): void {
  const units = firstMember.length;
  reset(waiting, units, 0);
  for (let slot = 0; slot < plannedNodes; slot++) {
    const unit = <i32>unitOf.at(slot);
    if (unit < 0) continue;
    for (let at = consumerStart.at(slot), end = consumerStart.at(slot + 1); at < end; at++) {
      const other = <i32>unitOf.at(consumerList.at(at));
      if (other != unit) waiting.set(other, waiting.at(other) + 1);
    }
  }
  clearQueue();
  for (let unit = 0; unit < units; unit++) if (!waiting.at(unit)) enqueueUnit(unit);
  while (queueLength()) {
    const unit = dequeue();
    schedule.push(unit);
    for (let slot = <i32>firstMember.at(unit); slot >= 0; slot = <i32>nextMember.at(slot)) {
      for (let at = consumerStart.at(slot), end = consumerStart.at(slot + 1); at < end; at++) {
        const other = <i32>unitOf.at(consumerList.at(at));
        if (other == unit) continue;
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

function findDeaths(): void {
  const count = plannedNodes,
    units = schedule.length;
  reset(lastReader, count, <u32>-1);
  reset(deathStart, units + 1, 0);
  if (failure) return;
  for (let at = 0; at < units; at++) {
    for (let slot = <i32>firstMember.at(schedule.at(at)); slot >= 0; slot = <i32>nextMember.at(slot)) {
      const n = nodeAt(slot);
      for (let k = 0; k < <i32>n.inputCount; k++) {
        const input = n.input(k);
        if (isPlanned(input)) lastReader.set(input.slot, at);
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
  reset(deaths, total, 0);
  if (failure) return;
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
@inline
function dies(slot: i32): bool {
  return <i32>lastReader.at(slot) >= 0 && !(demand.at(slot) & KEPT);
}

function countWork(): void {
  let kernels: f64 = 0,
    matmuls: f64 = 0,
    flops: f64 = 0;
  for (let unit = 0; unit < firstMember.length; unit++) {
    const first = nodeAt(firstMember.at(unit));
    const kind = kindOf(first);
    if (kind != Kind.Kernel && kind != Kind.Elementwise) continue;
    if (first.op == Op.Placeholder || demand.at(first.slot) & VIRTUAL) continue;
    kernels++;
    if (first.op == Op.Matmul) matmuls++;
    for (let slot = <i32>firstMember.at(unit); slot >= 0; slot = <i32>nextMember.at(slot)) {
      const n = nodeAt(slot);
      flops += primitiveOf(n.op).flops(n);
    }
  }
  setPlannedWork(kernels, matmuls, flops);
}
