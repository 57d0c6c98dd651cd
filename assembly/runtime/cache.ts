// The plan cache: plans by the signature of what they evaluate, the least recently used ones given up first.
import { equalLists, wordBytes } from "../memory/words";
import { startLowering } from "./lowering/lowered";
import { firstMember, plannedNodes } from "./plan";
import { Plan, freePlan, hidePlan, savePlan, showPlan, showWhole } from "./plan-record";
import { makePlan } from "./planning/make";
import { encode, hash, words } from "./signature";

/** What the cache holds at most; a plan of more nodes is not kept. */
const MAX_BYTES: f64 = 16777216;
const MAX_PLANS: i32 = 256;
const MAX_NODES: i32 = 65536;
const BUCKETS: i32 = 256;

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
    return makePlan() && startLowering(firstMember.length);
  }
  const done = encode() && findEncoded();
  words.clear();
  return done;
}
function findEncoded(): bool {
  const known = lookUp();
  if (known) {
    hits++;
    current = known;
    toFront(known);
    showPlan(known);
    return true;
  }
  misses++;
  if (!makePlan()) return false;
  const plan = savePlan(words);
  // Without room for a record the plan still serves this time.
  if (!plan) return startLowering(firstMember.length);
  insert(plan);
  hidePlan();
  usePlan(plan);
  return true;
}
/** Makes a plan that is kept elsewhere the one at hand, until `leavePlan`. */
export function usePlan(plan: Plan): void {
  current = plan;
  showWhole(plan);
}
/** The plan in use is done with; `loweredBytes` were added to it. */
export function leavePlan(loweredBytes: u32): void {
  const plan = current;
  current = null;
  hidePlan();
  if (!plan || !plan.signatureLength) return;
  plan.bytes += loweredBytes;
  heldBytes += <f64>loweredBytes;
  while (heldBytes > MAX_BYTES || heldPlans > MAX_PLANS) evict(oldest!);
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
