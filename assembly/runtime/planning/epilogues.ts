// Epilogues: a program that reads a matrix product and comes right behind it in the schedule runs on each region of the
// product as soon as that is finished, while it is in cache. Everything else that the program reads is there by then, since
// it was scheduled before the product.
import { Op } from "../../abi/opcodes";
import { Node, sizeOf } from "../../graph/node";
import { nodeAt } from "../../graph/walk";
import { COLUMN_UNIT, SMALLEST_PRODUCT } from "../lowering/limits";
import {
  EPILOGUE,
  STORED,
  demand,
  firstMember,
  hasTwin,
  isElementwise,
  nextMember,
  plannedFlops,
  plannedKernels,
  plannedMatmuls,
  schedule,
  setPlannedWork,
} from "../plan";

/** Marks the products in the schedule that have one: the two are one kernel. */
export function attachEpilogues(): void {
  let attached = 0;
  for (let at = 0; at + 1 < schedule.length; at++) {
    const n = nodeAt(firstMember.at(schedule.at(at)));
    if (n.op != Op.Matmul || hasTwin(n) || !follows(n, schedule.at(at + 1))) continue;
    demand.set(n.slot, demand.at(n.slot) | EPILOGUE);
    attached++;
  }
  setPlannedWork(plannedKernels - attached, plannedMatmuls, plannedFlops);
}
// All elementwise members of a unit have one shape; where one of them reads n it is that of n.
function follows(n: Node, unit: i32): bool {
  if (n.numel < SMALLEST_PRODUCT || n.dim(<i32>n.ndim - 1) % COLUMN_UNIT) return false;
  let reads = false;
  for (let slot = <i32>firstMember.at(unit); slot >= 0; slot = <i32>nextMember.at(slot)) {
    const member = nodeAt(slot);
    if (!isElementwise(member)) return false;
    if (demand.at(slot) & STORED && sizeOf(member.dtype) != sizeOf(n.dtype)) return false;
    for (let k = 0; k < <i32>member.inputCount; k++) if (member.input(k) == n) reads = true;
  }
  return reads;
}
