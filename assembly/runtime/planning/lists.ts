// What only planning needs, by slot unless it says otherwise.
import { Vector } from "../../memory/vector";
import { clearQueue } from "../../memory/queue";

/** Consumers are consumerList[consumerStart[slot] … consumerStart[slot + 1]]. */
export const consumerStart = Vector.make(memory.data(12));
export const consumerList = Vector.make(memory.data(12));
export const waiting = Vector.make(memory.data(12));
/** Two words each. */
export const turns = Vector.make(memory.data(12));
export const depth = Vector.make(memory.data(12));
export const group = Vector.make(memory.data(12));
export const openUnit = Vector.make(memory.data(12));
export const lastMember = Vector.make(memory.data(12));
export const unitLength = Vector.make(memory.data(12));
/** By unit: how many KiB kernels make for it. */
export const unitOperands = Vector.make(memory.data(12));
/** By unit: the row length of its sinks, 0 without any. */
export const unitRow = Vector.make(memory.data(12));
export const lastReader = Vector.make(memory.data(12));
/** The op before that reads the value, at first the value itself. */
export const sibling = Vector.make(memory.data(12));

/** Forgets all of it. */
export function clearWork(): void {
  consumerStart.clear();
  consumerList.clear();
  waiting.clear();
  turns.clear();
  depth.clear();
  group.clear();
  openUnit.clear();
  lastMember.clear();
  unitLength.clear();
  unitOperands.clear();
  unitRow.clear();
  lastReader.clear();
  sibling.clear();
  clearQueue();
}
