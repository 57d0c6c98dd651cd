// The plan cache: plans by the signature of what they evaluate, the least recently used ones given up first. And plans as
// records, for it and for compiled functions.
//
//      record, of 32-bit words
//      ┌──────┬────────┬────────┬────────┬────────────┬─────────────┬──────────┬──────────┬────────────┬────────┬───────────┐
//      │ Plan │ twins  │ demand │ unitOf │ nextMember │ firstMember │ schedule │ programs │ deathStart │ deaths │ signature │
//      │      │ ×slots │ ×slots │ ×slots │ ×slots     │ × units     │ × units  │ × units  │ × units+1  │        │           │
//      └──────┴────────┴────────┴────────┴────────────┴─────────────┴──────────┴──────────┴────────────┴────────┴───────────┘
import { allocate, free } from "../memory/heap";
import { Vector } from "../memory/vector";
import { equalLists, wordBytes } from "../memory/words";
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
  programs,
  schedule,
  setKeepsPrograms,
  setPlannedWork,
  unitOf,
} from "./plan";
import { makePlan } from "./planning/make";
import { encode, hash, words } from "./signature";
import { twins } from "./twins";

/** What the cache holds at most; a plan of more nodes is not kept. */
const MAX_BYTES: f64 = 16777216;
const MAX_PLANS: i32 = 256;
const MAX_NODES: i32 = 65536;
const BUCKETS: i32 = 256;

@unmanaged
export class Plan {
  slots: i32;
  units: i32;
  deathCount: i32;
  signatureLength: i32;
  kernels: f64;
  matmuls: f64;
  flops: f64;
  hash: u32;
  bytes: u32;
  /** The next one of equal hash, up to BUCKETS. */
  chain: Plan | null;
  newer: Plan | null;
  older: Plan | null;

  @inline get lists(): usize {
    return changetype<usize>(this) + offsetof<Plan>();
  }
  @inline get programs(): usize {
    return this.lists + wordBytes(4 * this.slots + 2 * this.units);
  }
  @inline get signature(): usize {
    return this.programs + wordBytes(2 * this.units + 1 + this.deathCount);
  }
}

/** Evaluations that found their plan, and that had to make one. */
export let hits: f64;
export let misses: f64;
/** Plans held, and their bytes with programs. */
export let heldPlans: i32;
export let heldBytes: f64;
const buckets: usize = memory.data(BUCKETS * 4);
let newest: Plan | null = null;
let oldest: Plan | null = null;
/** The plan that is being run: it stays. */
let current: Plan | null = null;

/** Finds or makes the plan of what `prepare` (plan.ts) took in. False: memory is exhausted. */
export function findPlan(): bool {
  if (plannedNodes > MAX_NODES) {
    misses++;
    return makePlan();
  }
  const done = encode() && findEncoded();
  words.clear();
  return done;
}
function findEncoded(): bool {
  const known = lookUp();
  if (known) {
    hits++;
    toFront(known);
    take(known);
    return true;
  }
  misses++;
  if (!makePlan()) return false;
  const plan = savePlan(words);
  // Without room for a record the plan still serves this time.
  if (plan) {
    insert(plan);
    clearPlan();
    usePlan(plan);
  }
  return true;
}
/** Makes a plan that is kept elsewhere the one at hand, until `leavePlan`. */
export function usePlan(plan: Plan): void {
  take(plan);
  carry(plan.lists, twins, plan.slots, false);
}
function take(plan: Plan): void {
  current = plan;
  setKeepsPrograms(true);
  showPlan(plan);
}
/** The plan in use is done with; `programBytes` were added to it. */
export function leavePlan(programBytes: u32): void {
  const plan = current;
  current = null;
  setKeepsPrograms(false);
  clearPlan();
  if (!plan || !plan.signatureLength) return;
  plan.bytes += programBytes;
  heldBytes += <f64>programBytes;
  while (heldBytes > MAX_BYTES || heldPlans > MAX_PLANS) evict(oldest!);
}
/** The plan at hand as a record, with a signature if one is given; null when there is no memory for it. */
export function savePlan(signature: Vector | null): Plan | null {
  const slots = plannedNodes,
    units = firstMember.length,
    length = signature ? signature.length : 0;
  const bytes = <u32>offsetof<Plan>() + ((4 * slots + 4 * units + 1 + deaths.length + length) << 2);
  const at = allocate(bytes);
  if (!at) return null;
  const plan = changetype<Plan>(at);
  plan.slots = slots;
  plan.units = units;
  plan.deathCount = deaths.length;
  plan.signatureLength = length;
  plan.kernels = plannedKernels;
  plan.matmuls = plannedMatmuls;
  plan.flops = plannedFlops;
  plan.bytes = bytes;
  carry(plan.lists, twins, slots, true);
  carryLists(plan, true);
  if (signature) carry(plan.signature, signature, length, true);
  return plan;
}
// Makes a recorded plan the one at hand, but for the twins: whoever has looked it up has found them.
function showPlan(plan: Plan): void {
  carryLists(plan, false);
  setPlannedWork(plan.kernels, plan.matmuls, plan.flops);
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
  at = carry(at, programs, units, saves);
  at = carry(at, deathStart, units + 1, saves);
  carry(at, deaths, plan.deathCount, saves);
}
function carry(at: usize, list: Vector, count: i32, saves: bool): usize {
  const bytes = wordBytes(count);
  if (saves) memory.copy(at, list.data, bytes);
  else list.borrow(at, count);
  return at + bytes;
}
/** Frees a recorded plan with its programs. */
export function freePlan(plan: Plan): void {
  freePrograms(plan);
  free(changetype<usize>(plan));
}
/** Has a plan's programs made anew when it is run next. */
export function freePrograms(plan: Plan): void {
  for (let unit = 0; unit < plan.units; unit++) {
    const place = plan.programs + wordBytes(unit);
    const program = load<usize>(place);
    if (program) free(program);
    store<usize>(place, 0);
  }
}

// -- the table

@inline
function bucket(h: u32): usize {
  return buckets + wordBytes(h & (BUCKETS - 1));
}
function lookUp(): Plan | null {
  let plan = load<Plan | null>(bucket(hash));
  while (plan) {
    if (plan.signatureLength == words.length && equalLists(plan.signature, words.data, words.length)) return plan;
    plan = plan.chain;
  }
  return null;
}
function insert(plan: Plan): void {
  plan.hash = hash;
  const head = bucket(hash);
  plan.chain = load<Plan | null>(head);
  store<usize>(head, changetype<usize>(plan));
  heldPlans++;
  heldBytes += <f64>plan.bytes;
  linkFront(plan);
}
function linkFront(plan: Plan): void {
  plan.newer = null;
  plan.older = newest;
  if (newest) newest!.newer = plan;
  else oldest = plan;
  newest = plan;
}
function unlink(plan: Plan): void {
  const newer = plan.newer,
    older = plan.older;
  if (newer) newer.older = older;
  else newest = older;
  if (older) older.newer = newer;
  else oldest = newer;
}
function toFront(plan: Plan): void {
  unlink(plan);
  linkFront(plan);
}
function evict(plan: Plan): void {
  const head = bucket(plan.hash);
  let at = load<Plan | null>(head);
  if (at == plan) store<usize>(head, changetype<usize>(plan.chain));
  else {
    while (at!.chain != plan) at = at!.chain;
    at!.chain = plan.chain;
  }
  unlink(plan);
  heldPlans--;
  heldBytes -= <f64>plan.bytes;
  freePlan(plan);
}

/** Gives up all plans but the one in use: memory is short. */
export function dropPlans(): void {
  let plan = oldest;
  while (plan) {
    const next = plan.newer;
    if (plan != current) evict(plan);
    plan = next;
  }
}
