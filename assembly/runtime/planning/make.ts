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
import { failure } from "../../abi/failure";
import { deathStart, deaths, firstMember, nextMember, plannedNodes, schedule, sequence, unitOf } from "../plan";
import { attachEpilogues } from "./epilogues";
import { startQueue } from "../../memory/queue";
import { formUnits, fuse } from "./fuse";
import { countWork, decideDemand, findDeaths, recomputeCheapValues, scheduleUnits } from "./schedule";
import { linkConsumers, sequenceNodes } from "./sequence";
import {
  clearWork,
  consumerStart,
  depth,
  group,
  lastMember,
  lastReader,
  openUnit,
  sibling,
  turns,
  unitLength,
  unitOperands,
  unitRow,
  waiting,
} from "./lists";

/** Plans the first `plannedNodes` of `order`; targets are marked in `demand` already. False: memory is exhausted. */
export function makePlan(): bool {
  const done = makeRoom(plannedNodes) && linkConsumers(plannedNodes) && plan();
  clearWork();
  return done;
}
// There is a unit for each node at most, and a place in the queue: what comes later has room.
function makeRoom(count: i32): bool {
  unitOf.start(count, <u32>-1);
  nextMember.start(count, <u32>-1);
  depth.start(count, 0);
  group.start(count, 0);
  openUnit.start(count, <u32>-1);
  sibling.start(count, 0);
  waiting.start(count, 0);
  consumerStart.start(count + 1, 0);
  deathStart.start(count + 1, 0);
  lastReader.start(count, <u32>-1);
  firstMember.reserve(count);
  lastMember.reserve(count);
  unitLength.reserve(count);
  unitOperands.reserve(count);
  unitRow.reserve(count);
  sequence.length = 0;
  sequence.reserve(count);
  turns.reserve(2 * count);
  schedule.reserve(count);
  deaths.reserve(count);
  startQueue(count);
  return !failure;
}
function plan(): bool {
  sequenceNodes(plannedNodes);
  fuse();
  formUnits();
  decideDemand();
  recomputeCheapValues();
  scheduleUnits();
  findDeaths();
  countWork();
  attachEpilogues();
  return true;
}
