// The instructions of the unit that is being translated, their values, and the constants that they read.
//
//      a value: ┌──────┬─────┬───────────────────────────────────────────┐
//               │ kind │ neg │ number of an instruction, constant, slot  │
//               └──────┴─────┴───────────────────────────────────────────┘
import { DType } from "../../abi/opcodes";
import { Trait } from "../../abi/traits";
import { hasTrait } from "../../generated/traits";
import { sizeOf } from "../../graph/node";
import { wordBytes } from "../../memory/words";

/** Instructions beside the elementwise ops. */
/** Gathers a block of a strided operand: dtype is the element size. */
export const LOAD: i32 = 255;
/** Combines rows of its operand: source is the reduction. */
export const SINK: i32 = 254;
/** Stores a value that lies elsewhere already: dtype is the element size. */
export const COPY: i32 = 253;
/** Gathers a block of a padded operand that is not made: dtype is the element size. */
export const LOAD_PADDED: i32 = 252;
/** Two arithmetic ops: source tells which (kernels/elementwise/fused.ts). */
export const PAIR: i32 = 251;
/** Nobody reads it. The numbers of ops are smaller. */
export const DEAD: i32 = 250;

export const INSTRUCTION: u32 = 0;
export const CONSTANT: u32 = 1 << 30;
export const SLOT: u32 = 1 << 31;
export const NEGATIVE: u32 = 1 << 29;
const NUMBER: u32 = NEGATIVE - 1;
/** No value, and of no kind. */
export const NONE: u32 = CONSTANT | SLOT;

@inline
export function kindOf(value: u32): u32 {
  return value & (CONSTANT | SLOT);
}
@inline
export function numberOf(value: u32): i32 {
  return <i32>(value & NUMBER);
}

@unmanaged
export class Instruction {
  op: i32;
  dtype: i32;
  source: i32;
  a: u32;
  b: u32;
  c: u32;
  /** The slot whose array the result goes to; -1: a register. */
  store: i32;
  /** How many instructions read the result; then the last one that does, -1 without any. */
  uses: i32;
  /** The register of a result that is not stored. */
  register: i32;

  @inline operand(k: i32): u32 {
    return load<u32>(changetype<usize>(this) + wordBytes(k), offsetof<Instruction>("a"));
  }
  /** Bytes of an element of the result, where that is in a register. */
  @inline get size(): i32 {
    const op = this.op;
    if (op == LOAD || op == LOAD_PADDED) return this.dtype;
    // Only ops have traits: the numbers of other instructions are larger.
    return op < DEAD && hasTrait(op, Trait.Boolean) ? 1 : sizeOf(this.dtype);
  }
}

/** A number, or (fromSlot) the one value of a node, which is looked up at each run. */
@unmanaged
export class Constant {
  dtype: i32;
  fromSlot: i32;
  value: f64;
  isRead: i32;
  /** Where the program keeps it (lowering/units.ts). */
  place: i32;
}

// A unit has 96 members, an op three operands, and an operand is computed by six instructions at most (two LOADs, the op, and a
// sign of each) from as many numbers (two, and what they are folded to): there is room for as many of each as there can be.
const code: usize = memory.data(2048 * 36);
const constants: usize = memory.data(2048 * 24);
let instructionsMade: i32 = 0;
let constantsMade: i32 = 0;
@inline
export function instructionCount(): i32 {
  return instructionsMade;
}
@inline
export function instructionAt(i: i32): Instruction {
  return changetype<Instruction>(code + <usize>i * offsetof<Instruction>());
}
@inline
export function constantCount(): i32 {
  return constantsMade;
}
@inline
export function constantAt(i: i32): Constant {
  return changetype<Constant>(constants + <usize>i * offsetof<Constant>());
}
export function isDead(instruction: Instruction): bool {
  return instruction.op == DEAD;
}
@inline
export function isFloat(dtype: i32): bool {
  return dtype >= DType.Float32;
}

/** Begins with none of either. */
export function clearInstructions(): void {
  instructionsMade = 0;
  constantsMade = 0;
}
/** Takes back the instruction that was appended last. */
export function dropInstruction(): void {
  instructionsMade--;
}
/** A new instruction; its number. */
export function appendInstruction(op: i32, dtype: i32, source: i32, a: u32, b: u32, c: u32): i32 {
  const i = instructionsMade++,
    instruction = instructionAt(i);
  instruction.op = op;
  instruction.dtype = dtype;
  instruction.source = source;
  instruction.a = a;
  instruction.b = b;
  instruction.c = c;
  instruction.store = -1;
  instruction.uses = 0;
  return i;
}
/** A new constant, as a value. */
export function addConstant(dtype: i32, fromSlot: i32, value: f64): u32 {
  const i = constantsMade++,
    added = constantAt(i);
  added.dtype = dtype;
  added.fromSlot = fromSlot;
  added.value = value;
  added.isRead = 0;
  return CONSTANT | i;
}
