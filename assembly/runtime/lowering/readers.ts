// Who reads what in a unit's instructions: what nobody reads is dead, two arithmetic ops become one where the second is the only
// reader of the first, and a register is free behind the last reader.
import { Op } from "../../abi/opcodes";
import { First, Second, pairOf } from "../../kernels/elementwise/fused";
import {
  CONSTANT,
  DEAD,
  INSTRUCTION,
  Instruction,
  NONE,
  PAIR,
  constantAt,
  instructionAt,
  instructionCount,
  isFloat,
  kindOf,
  numberOf,
} from "./instruction";

/** What is to be known of the instructions that have been translated, before they get registers. */
export function findReaders(): void {
  countUses();
  fusePairs();
  findLastUses();
}

@inline
function isRooted(instruction: Instruction): bool {
  return instruction.store >= 0;
}
function countUses(): void {
  for (let i = instructionCount() - 1; i > 0; i--) {
    const instruction = instructionAt(i);
    if (!isRooted(instruction) && !instruction.uses) continue;
    for (let k = 0; k < 3; k++) {
      const value = instruction.operand(k);
      if (kindOf(value) == INSTRUCTION) instructionAt(numberOf(value)).uses++;
    }
  }
}
// A sum, difference or product that only one other reads becomes part of that.
function fusePairs(): void {
  for (let i = 0; i < instructionCount(); i++) {
    const instruction = instructionAt(i);
    if (!isFloat(instruction.dtype)) continue;
    const op = instruction.op,
      a = instruction.a,
      b = instruction.b;
    if (op != Op.Add && op != Op.Sub && op != Op.Mul) continue;
    if (a == b) {
      if (op == Op.Mul && isInner(a, 2)) takePair(instruction, a, NONE, Second.Square);
    } else if (isInner(a, 1)) {
      takePair(instruction, a, b, op == Op.Add ? Second.Add : op == Op.Sub ? Second.Sub : Second.Mul);
    } else if (isInner(b, 1)) {
      takePair(instruction, b, a, op == Op.Add ? Second.Add : op == Op.Sub ? Second.SubFrom : Second.Mul);
    }
  }
}
// Whether the value is an arithmetic instruction that is read so often, and not stored.
function isInner(value: u32, uses: i32): bool {
  if (kindOf(value) != INSTRUCTION) return false;
  const inner = instructionAt(numberOf(value));
  return (inner.op == Op.Mul || inner.op == Op.Add || inner.op == Op.Sub) && inner.uses == uses && inner.store < 0;
}
function takePair(instruction: Instruction, value: u32, rest: u32, second: Second): void {
  const inner = instructionAt(numberOf(value));
  instruction.source = pairOf(inner.op == Op.Add ? First.Add : inner.op == Op.Sub ? First.Sub : First.Mul, second);
  instruction.op = PAIR;
  instruction.a = inner.a;
  instruction.b = inner.b;
  instruction.c = rest;
}
function findLastUses(): void {
  for (let i = 0; i < instructionCount(); i++) instructionAt(i).uses = -1;
  for (let i = instructionCount() - 1; i >= 0; i--) {
    const instruction = instructionAt(i);
    if (!isRooted(instruction) && instruction.uses < 0) {
      instruction.op = DEAD;
      continue;
    }
    for (let k = 0; k < 3; k++) {
      const value = instruction.operand(k);
      if (kindOf(value) == CONSTANT) constantAt(numberOf(value)).isRead = 1;
      else if (kindOf(value) == INSTRUCTION) {
        const read = instructionAt(numberOf(value));
        if (read.uses < 0) read.uses = i;
      }
    }
  }
}
