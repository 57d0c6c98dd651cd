// Plans as records, for the cache and for compiled functions.
//
//      record, of 32-bit words
//      ┌──────┬────────┬────────┬────────┬────────────┬─────────────┬──────────┬────────────┬────────┬──────────┬───────────┬─────────┐
//      │ Plan │ twins  │ demand │ unitOf │ nextMember │ firstMember │ schedule │ deathStart │ deaths │ sequence │ signature │ lowered │
//      │      │ ×slots │ ×slots │ ×slots │ ×slots     │ × units     │ × units  │ × units+1  │        │          │           │ × units │
//      └──────┴────────┴────────┴────────┴────────────┴─────────────┴──────────┴────────────┴────────┴──────────┴───────────┴─────────┘
import { allocate, free } from "../memory/heap";
import { Vector } from "../memory/vector";
import { wordBytes } from "../memory/words";
import { clearLowered, freeLowered, showLowered } from "./lowering/lowered";
import {
  clearPlan,
  deathStart,
  deaths,
  demand,
  firstMember,
  nextMember,
  plannedFlops,
  plannedKernels,
  plannedMatmuls,
  plannedNodes,
  schedule,
  sequence,
  setPlannedWork,
  unitOf,
} from "./plan";
import { twins } from "./twins";

@unmanaged
export class Plan {
  slots: i32;
  units: i32;
  deathCount: i32;
  sequenceLength: i32;
  signatureLength: i32;
  kernels: f64;
  matmuls: f64;
  flops: f64;
  hash: u32;
  bytes: u32;
  /** In the cache (cache.ts): the next one in the bucket of its hash, and the ones used after and before it. */
  chain: Plan | null;
  newer: Plan | null;
  older: Plan | null;

  @inline get lists(): usize {
    return changetype<usize>(this) + offsetof<Plan>();
  }
  @inline get signature(): usize {
    return this.lists + wordBytes(4 * this.slots + 3 * this.units + 1 + this.deathCount + this.sequenceLength);
  }
  /** Where the lowering keeps what it makes of each unit. */
  @inline get lowered(): usize {
    return this.signature + wordBytes(this.signatureLength);
  }
}

/** The plan at hand as a record, with a signature if one is given; null when there is no memory for it. */
export function savePlan(signature: Vector | null): Plan | null {
  const slots = plannedNodes,
    units = firstMember.length,
    length = signature ? signature.length : 0;
  const words = 4 * slots + 4 * units + 1 + deaths.length + sequence.length + length,
    bytes = <u32>offsetof<Plan>() + <u32>wordBytes(words);
  const at = allocate(bytes);
  if (!at) return null;
  const plan = changetype<Plan>(at);
  plan.slots = slots;
  plan.units = units;
  plan.deathCount = deaths.length;
  plan.sequenceLength = sequence.length;
  plan.signatureLength = length;
  plan.kernels = plannedKernels;
  plan.matmuls = plannedMatmuls;
  plan.flops = plannedFlops;
  plan.bytes = bytes;
  carry(plan.lists, twins, slots, true);
  carryLists(plan, true);
  if (signature) carry(plan.signature, signature, length, true);
  memory.fill(plan.lowered, 0, wordBytes(units));
  return plan;
}
/** Makes a recorded plan the one at hand, with what is lowered of it. Whoever has looked it up has found the twins. */
export function showPlan(plan: Plan): void {
  carryLists(plan, false);
  setPlannedWork(plan.kernels, plan.matmuls, plan.flops);
  showLowered(plan.lowered, plan.units);
}
/** The same with the twins. */
export function showWhole(plan: Plan): void {
  showPlan(plan);
  carry(plan.lists, twins, plan.slots, false);
}
/** Forgets the plan at hand. */
export function hidePlan(): void {
  clearPlan();
  clearLowered();
}
// The lists of a record behind the twins, in its order: saved, or shown.
function carryLists(plan: Plan, saves: bool): void {
  const slots = plan.slots,
    units = plan.units;
  let at = plan.lists + wordBytes(slots);
  at = carry(at, demand, slots, saves);
  at = carry(at, unitOf, slots, saves);
  at = carry(at, nextMember, slots, saves);
  at = carry(at, firstMember, units, saves);
  at = carry(at, schedule, units, saves);
  at = carry(at, deathStart, units + 1, saves);
  at = carry(at, deaths, plan.deathCount, saves);
  carry(at, sequence, plan.sequenceLength, saves);
}
function carry(at: usize, list: Vector, count: i32, saves: bool): usize {
  const bytes = wordBytes(count);
  if (saves) memory.copy(at, list.data, bytes);
  else list.borrow(at, count);
  return at + bytes;
}

/** Frees a recorded plan with what is lowered of it. */
export function freePlan(plan: Plan): void {
  freeLowered(plan.lowered, plan.units);
  free(changetype<usize>(plan));
}
