// The plan: which nodes are computed together, in which order, what is stored and what is freed when. planning/make.ts makes it.
//
// Everything is indexed by slot or by unit, never by node, so that a plan can serve another graph of the same structure; there are no
// addresses in it. What becomes of its units a lowering says (lowering/), and what is worth fusing or storing its limits.
import { DType } from "../abi/opcodes";
import { Kind } from "../abi/traits";
import { failure } from "../abi/failure";
import { kindOf } from "../generated/traits";
import { Node } from "../graph/node";
import { isVisited, nodeAt, order, placeAt } from "../graph/walk";
import { Vector } from "../memory/vector";
import { SHORTEST_ROW, SMALL_SINK } from "./lowering/limits";
import { OMITTED, findTwins, twins } from "./twins";

/** The value is stored in a buffer. */
export const STORED: u32 = 1;
/** The value may be asked for after the evaluation. */
export const KEPT: u32 = 2;
/** It was asked for. */
export const TARGET: u32 = 4;

/** A pad that only programs read: they load it block by block, and it is never made. */
export const VIRTUAL: u32 = 8;

/** The unit that is next in the schedule is the product's epilogue (planning/epilogues.ts). */
export const EPILOGUE: u32 = 16;

/** It shows the values of an equal kernel (twins.ts). */
export const TWINNED: u32 = 32;

/** The node stays in the graph: it is held, or what can be differentiated or computed again rests on it. */
export const LINKED: u32 = 64;

/** Of a call with several results: result k is read, at this bit · 2ᵏ. */
export const RESULT: u32 = 256;

/** By slot: STORED, KEPT, TARGET, VIRTUAL, EPILOGUE, TWINNED, LINKED, RESULTs. */
export const demand = Vector.make(memory.data(12));
/** By slot: how many inputs of planned nodes it is, whether their values are read or not. While a plan is made. */
const uses = Vector.make(memory.data(12));
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
/** The planned nodes in an order that follows the user's program, for a lowering that wants them unfused. */
export const sequence = Vector.make(memory.data(12));
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
/** Whether n, planned or read by what is planned, is to be computed by the plan. */
@inline
export function isPlanned(n: Node): bool {
  return n.slot < plannedNodes;
}

@inline
export function isElementwise(n: Node): bool {
  return kindOf(n.op) == Kind.Elementwise;
}
/** Whether the unit is a block program; otherwise it is one node, evaluated by its primitive. */
@inline
export function isProgram(unit: i32): bool {
  return isElementwise(nodeAt(firstMember.at(unit)));
}

/**
 * How many elements, side by side in the operand's iteration, each result of the reduction n combines; 0 if it can't be the
 * sink of a program: other than trailing dims are reduced, or rows are too short to be worth a call each.
 */
export function sinkLength(n: Node): i32 {
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
 * Whether a constant is part of the plan: those that programs gain by folding are, 0, ±½, ±1, ±2, and what is not finite. All
 * others are read when a program is run, so that a number that changes from call to call is no other plan.
 */
export function isPlainNumber(value: f64): bool {
  const size = abs(value);
  return size == 1 || size == 2 || size == 0 || size == 0.5 || !(size < Infinity);
}

/** How many values the node reads in this plan: none where nobody reads it, its twin's where it has one. */
@inline
export function readCount(n: Node): i32 {
  const twin = twins.at(n.slot);
  return !twin ? <i32>n.inputCount : twin == OMITTED ? 0 : 1;
}
@inline
export function readAt(n: Node, k: i32): Node {
  const twin = <i32>twins.at(n.slot);
  return twin ? nodeAt(twin - 1) : n.input(k);
}
/** Whether the node shows the values of an equal one, or is left out. */
@inline
export function hasTwin(n: Node): bool {
  return twins.at(n.slot) != 0;
}

/**
 * Takes the nodes in `order` as what is to be planned: counts who reads them, and files the computed nodes that they read
 * behind them in `order`, each once. False: memory is exhausted.
 */
export function prepare(): bool {
  const count = order.length;
  plannedNodes = count;
  uses.start(count, 0);
  const shares = findTwins(count);
  if (failure) return false;
  for (let slot = 0; slot < count; slot++) {
    const n = nodeAt(slot);
    for (let k = 0; k < <i32>n.inputCount; k++) {
      const input = n.input(k);
      if (isVisited(input)) {
        if (isPlanned(input)) uses.set(input.slot, uses.at(input.slot) + 1);
        continue;
      }
      // Without memory it gets the place of another, and nothing comes of it.
      order.push(<u32>changetype<usize>(input));
      placeAt(input, order.length - 1);
    }
  }
  if (shares) omitUnread(count);
  return !failure;
}
// Views of which only a kernel with a twin was to read are not made, unless they may be asked for.
function omitUnread(count: i32): void {
  if (!reads.start(order.length, 0)) return;
  for (let slot = 0; slot < count; slot++) addReads(nodeAt(slot), 1);
  let slot = count;
  while (slot--) {
    if (reads.at(slot) || demand.at(slot) & TARGET || isHeldOutside(slot)) continue;
    addReads(nodeAt(slot), -1);
    twins.set(slot, OMITTED);
  }
  reads.clear();
}
const reads = Vector.make(memory.data(12));
function addReads(n: Node, change: i32): void {
  for (let k = 0, count = readCount(n); k < count; k++) {
    const slot = readAt(n, k).slot;
    reads.set(slot, reads.at(slot) + change);
  }
}
/** Whether something beside planned nodes needs the node at `slot`. */
@inline
export function isHeldOutside(slot: i32): bool {
  // One reference is the evaluation's own (evaluate.ts).
  return nodeAt(slot).refs - 1 > uses.at(slot);
}

/** Forgets the plan. */
export function clearPlan(): void {
  demand.clear();
  twins.clear();
  sequence.clear();
  unitOf.clear();
  nextMember.clear();
  firstMember.clear();
  schedule.clear();
  deathStart.clear();
  deaths.clear();
  uses.clear();
}
