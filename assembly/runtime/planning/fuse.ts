// Fusing: depth grows where something other than an elementwise node reads one; elementwise nodes of one depth that are connected,
// by an edge or by a shared operand, form a group, and no cycle can arise. All have one shape: that of each operand is the node's.
import { Op } from "../../abi/opcodes";
import { Kind, Trait } from "../../abi/traits";
import { hasTrait, kindOf } from "../../generated/traits";
import { Node } from "../../graph/node";
import { nodeAt } from "../../graph/walk";
import {
  TARGET,
  demand,
  firstMember,
  hasTwin,
  isElementwise,
  isPlanned,
  nextMember,
  readAt,
  readCount,
  sequence,
  sinkLength,
  unitOf,
} from "../plan";
import { MANY_OPERANDS, MOST_OPERANDS, UNIT_LENGTH } from "../lowering/limits";
import {
  consumerStart,
  consumerList,
  depth,
  group,
  openUnit,
  lastMember,
  unitLength,
  unitOperands,
  unitRow,
  sibling,
} from "./lists";
import { isReadOnce } from "./sequence";

/** Two ops that share an operand are fused only when they are this close in the program. */
const SIBLING_DISTANCE: i64 = 24;

function rootOf(slot: i32): i32 {
  while (<i32>group.at(slot) != slot) {
    group.set(slot, group.at(group.at(slot))); // halve the path
    slot = <i32>group.at(slot);
  }
  return slot;
}
// The later root joins the earlier, so that roots come first in sequence.
function unite(a: i32, b: i32): void {
  const root = rootOf(a);
  group.set(rootOf(b), root);
}

// The depth at which the value of n can be read: one further where it comes from a program, and not by one. Nothing else needs to
// be counted: what reads a program's value is deeper than all its members, whatever lies between.
@inline
function readableAt(n: Node, byProgram: bool): u32 {
  if (!isPlanned(n)) return 0;
  const slot = n.slot;
  const isFurther = isElementwise(n) ? !byProgram : <i32>group.at(slot) != slot;
  return depth.at(slot) + (isFurther ? 1 : 0);
}

export function fuse(): void {
  for (let i = 0; i < sequence.length; i++) {
    const slot = <i32>sequence.at(i);
    const n = nodeAt(slot);
    group.set(slot, slot);
    sibling.set(slot, slot);
    let d: u32 = 0;
    const pointwise = isElementwise(n);
    const source = sinkSource(n);
    if (source) {
      depth.set(slot, depth.at(source.slot));
      unite(source.slot, slot);
      continue;
    }
    for (let k = 0, reads = readCount(n); k < reads; k++) {
      d = max(d, readableAt(readAt(n, k), pointwise));
    }
    depth.set(slot, d);
    if (!pointwise) continue;
    for (let k = 0; k < <i32>n.inputCount; k++) {
      const input = n.input(k);
      if (!isPlanned(input) || input.op == Op.Full) continue;
      if (isElementwise(input) && depth.at(input.slot) == d) unite(input.slot, slot);
      const other = <i32>sibling.at(input.slot);
      if (depth.at(other) == d && isSibling(nodeAt(other), n)) unite(other, slot);
      sibling.set(input.slot, slot);
    }
  }
}

function isSibling(m: Node, n: Node): bool {
  const distance = abs(<i64>(m.userSerial - n.userSerial));
  return isElementwise(m) && distance <= SIBLING_DISTANCE;
}

// The elementwise node whose group can have the reduction n as a sink.
function sinkSource(n: Node): Node | null {
  if (!hasTrait(n.op, Trait.Sink) || hasTwin(n)) return null;
  const x = n.input(0);
  return isPlanned(x) && isElementwise(x) && sinkLength(n) ? x : null;
}

export function formUnits(): void {
  for (let i = 0; i < sequence.length; i++) {
    const slot = <i32>sequence.at(i);
    const n = nodeAt(slot);
    if (!isElementwise(n)) {
      if (<i32>group.at(slot) != slot && joinAsSink(n)) continue;
      if (n.op != Op.Full || readByKernel(slot)) newUnit(slot, operandsOf(n));
      continue;
    }
    const root = rootOf(slot);
    const unit = <i32>openUnit.at(root),
      operands = operandsOf(n);
    if (unit >= 0 && <i32>unitLength.at(unit) < UNIT_LENGTH && hasRoomFor(unit, n, operands))
      join(unit, slot, operands);
    else openUnit.set(root, newUnit(slot, operands));
  }
}
// Whether what kernels make for the unit may all lie in memory until it runs.
function hasRoomFor(unit: i32, n: Node, operands: u32): bool {
  const made = unitOperands.at(unit) + operands;
  return made <= MOST_OPERANDS || made <= MANY_OPERANDS * <u32>(n.valueBytes / 1024);
}
// KiB that kernels make for n alone.
function operandsOf(n: Node): u32 {
  let kibibytes: u32 = 0;
  for (let k = 0, reads = readCount(n); k < reads; k++) {
    const input = readAt(n, k);
    if (!isPlanned(input) || kindOf(input.op) != Kind.Kernel || input.op == Op.Pad || !isReadOnce(input.slot)) continue;
    kibibytes += <u32>(input.valueBytes / 1024);
  }
  return kibibytes;
}
function join(unit: i32, slot: i32, operands: u32): void {
  nextMember.set(lastMember.at(unit), slot);
  unitOperands.set(unit, unitOperands.at(unit) + operands);
  lastMember.set(unit, slot);
  unitLength.set(unit, unitLength.at(unit) + 1);
  unitOf.set(slot, unit);
}
// All sinks of a unit have rows of one length. The unit of what n reads is open: that comes before n in sequence.
function joinAsSink(n: Node): bool {
  const unit = <i32>openUnit.at(rootOf(n.slot));
  if (<i32>unitLength.at(unit) >= UNIT_LENGTH) return false;
  const length = sinkLength(n);
  if (unitRow.at(unit) && unitRow.at(unit) != length) return false;
  unitRow.set(unit, length);
  join(unit, n.slot, operandsOf(n));
  return true;
}
function newUnit(slot: i32, operands: u32): i32 {
  const unit = firstMember.length;
  firstMember.push(slot);
  lastMember.push(slot);
  unitLength.push(1);
  unitOperands.push(operands);
  unitRow.push(0);
  unitOf.set(slot, unit);
  return unit;
}
// Whether a constant needs a place in memory: programs take its value instead.
export function readByKernel(slot: i32): bool {
  if (demand.at(slot) & TARGET) return true;
  for (let at = consumerStart.at(slot), end = consumerStart.at(slot + 1); at < end; at++) {
    if (!isElementwise(nodeAt(consumerList.at(at)))) return true;
  }
  return false;
}
