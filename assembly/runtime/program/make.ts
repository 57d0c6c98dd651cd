// Making a program (record.ts) of a unit: its instructions, registers, blocks and parts.
import { Op } from "../../abi/opcodes";
import { fail } from "../../abi/failure";
import { Failure } from "../../abi/failures";
import { sizeOf } from "../../graph/node";
import { nodeAt } from "../../graph/walk";
import { panelBytes } from "../../kernels/copy/panel";
import { fill } from "../../kernels/fill";
import { RUN_UNIT, STATE_BYTES } from "../../kernels/reduce/running";
import { quotientUp } from "../../kernels/strided";
import { allocate } from "../../memory/heap";
import { Vector } from "../../memory/vector";
import {
  CONSTANT,
  INSTRUCTION,
  Instruction,
  LOAD,
  LOAD_PADDED,
  NONE,
  SINK,
  SLOT,
  constantAt,
  constantCount,
  instructionAt,
  instructionCount,
  isDead,
  kindOf,
  numberOf,
  translate,
} from "../instructions";
import { firstMember, nextMember, sinkLength } from "../plan";
import { A, DST, FIRST_STATE, MASK, PANEL_HEAD, Program, SLACK, WHOLE_NODE, WORDS, align } from "./record";

/** Registers and constants of one block together: they should stay in a level-1 cache of 32 KiB, with room for operands. */
const BLOCK_BYTES: i32 = 24576;
const MAX_BLOCK: i32 = 1024;
const MIN_BLOCK: i32 = 32;
/** Where a program's registers lie: those of the longest unit, at the longest block that it is run with. */
const ARENA_BYTES: usize = 393216;
/** Elements of a part, and how many elements times instructions are worth more than one. */
const PART: i32 = 16384;
const WORTH: f64 = 262144;

/** The main thread's registers. */
let arena: usize = 0;
const freeRegisters = Vector.make(memory.data(12));
// By instruction: its register.
const registerOf = Vector.make(memory.data(12));
const patches = Vector.make(memory.data(12));
let registers: i32 = 0;
let registerBytes: i32 = 0;
let block: i32 = 0;

/** The program of a unit, unbound; 0: memory is exhausted. */
export function makeProgram(unit: i32): usize {
  if (!arena) {
    arena = allocate(ARENA_BYTES + SLACK);
    if (!arena) return exhausted();
  }
  const row = rowOf(unit),
    numel = nodeAt(firstMember.at(unit)).numel;
  if (!translate(unit, row)) return 0;
  const count = instructionCount();
  registerOf.length = 0;
  freeRegisters.length = 0;
  if (!registerOf.resize(count, 0) || !freeRegisters.reserve(count)) return 0;
  assignRegisters(count);
  const used = usedConstants();
  chooseBlock(numel, row, used);
  return emit(count, numel, row, used);
}
function exhausted(): usize {
  fail(Failure.OutOfMemory);
  return 0;
}
function rowOf(unit: i32): i32 {
  for (let slot = <i32>firstMember.at(unit); slot >= 0; slot = <i32>nextMember.at(slot)) {
    const n = nodeAt(slot);
    if (n.op >= Op.Sum) return sinkLength(n);
  }
  return 0;
}

// A register is free again after its last reader; a result may take the place of an operand of its own size.
function assignRegisters(count: i32): void {
  registers = 0;
  registerBytes = 4;
  for (let i = 0; i < count; i++) {
    const instruction = instructionAt(i);
    if (isDead(instruction)) continue;
    const size = instruction.size;
    registerBytes = max(registerBytes, size);
    giveUp(instruction, i, size, true);
    if (instruction.store < 0) {
      registerOf.set(i, freeRegisters.length ? freeRegisters.pop() : registers++);
    }
    giveUp(instruction, i, size, false);
  }
}
function giveUp(instruction: Instruction, i: i32, size: i32, sameSize: bool): void {
  for (let k = 0; k < 3; k++) {
    const value = instruction.operand(k);
    if (value == NONE || kindOf(value) != INSTRUCTION) continue;
    const read = instructionAt(numberOf(value));
    if (read.store >= 0 || read.uses != i || (read.size == size) != sameSize || repeatsOperand(instruction, k))
      continue;
    freeRegisters.push(registerOf.at(numberOf(value)));
  }
}
// x·x gives x up once.
function repeatsOperand(instruction: Instruction, k: i32): bool {
  for (let j = 0; j < k; j++) if (instruction.operand(j) == instruction.operand(k)) return true;
  return false;
}
function usedConstants(): i32 {
  let used = 0;
  for (let i = 0; i < constantCount(); i++) {
    const constant = constantAt(i);
    if (!constant.isRead) continue;
    constant.place = used++;
    registerBytes = max(registerBytes, sizeOf(constant.dtype));
  }
  return used;
}
function chooseBlock(numel: i32, row: i32, used: i32): void {
  const fitting = (BLOCK_BYTES / (max(registers + used, 1) * registerBytes)) & ~15;
  block = max(min(fitting, MAX_BLOCK), MIN_BLOCK);
  if (!row) block = numel < block ? (numel + 15) & ~15 : block;
  else {
    block = max(block & ~(RUN_UNIT - 1), RUN_UNIT);
    if (row <= block) block = (block / row) * row;
  }
}

function emit(count: i32, numel: i32, row: i32, used: i32): usize {
  let live = 0,
    sinks = 0,
    repeats = 0;
  for (let i = 0; i < count; i++) {
    const instruction = instructionAt(i);
    if (isDead(instruction)) continue;
    live++;
    if (instruction.op == SINK) sinks++;
  }
  for (let i = 0; i < constantCount(); i++) if (constantAt(i).isRead && constantAt(i).fromSlot >= 0) repeats++;
  // Work is cut where there is enough of it; rows by sixteens, so that no part writes into the last vector of another.
  let part = numel,
    rowParts = 1;
  if (<f64>numel * <f64>live >= WORTH) {
    if (!row) part = max(PART / block, 1) * block;
    else if (row > PART) {
      part = PART;
      rowParts = quotientUp(row, PART);
    } else part = max((PART / row) & ~15, 16) * row;
  }
  const parts = rowParts > 1 ? (numel / row) * rowParts : quotientUp(numel, part);
  // What the constants of a block take, with what kernels read past it.
  const stride = align(<usize>(block * registerBytes) + SLACK);
  const lists = offsetof<Program>() + ((<usize>(live * (WORDS + 8) + repeats * 3)) << 2);
  const partialBytes = rowParts > 1 ? (<usize>(sinks * parts)) << 4 : 0;
  const bytes = align(lists) + stride * used + partialBytes;
  const at = allocate(bytes);
  if (!at) return exhausted();
  const program = changetype<Program>(at);
  program.bytes = <u32>bytes;
  program.instructions = live;
  program.numel = numel;
  program.block = block;
  program.row = row;
  program.part = part;
  program.parts = parts;
  program.rowParts = rowParts;
  program.sinks = sinks;
  program.repeats = repeats;
  program.arena = arena;
  program.panelBytes = 0;
  const constantsAt = at + align(lists);
  program.partials = partialBytes ? constantsAt + stride * used : 0;
  patches.length = 0;
  emitCode(program, count, constantsAt, stride);
  program.spaceBytes =
    program.panelBytes +
    <u32>align(FIRST_STATE + STATE_BYTES * sinks) +
    <u32>align((<usize>(live * WORDS)) << 2) +
    <u32>(<usize>registers * registerStride()) +
    <u32>SLACK;
  program.patches = patches.length / 2;
  memory.copy(program.patchList, patches.data, (<usize>patches.length) << 2);
  emitConstants(program, constantsAt, stride);
  return at;
}

function emitCode(program: Program, count: i32, constantsAt: usize, stride: usize): void {
  let word = 0,
    sinks = 0;
  for (let i = 0; i < count; i++) {
    const instruction = instructionAt(i);
    if (isDead(instruction)) continue;
    const at = program.code + ((<usize>word) << 2);
    store<i32>(at, instruction.op);
    store<i32>(at, instruction.dtype, 4);
    store<i32>(at, instruction.source, 8);
    store<i32>(at, 0, MASK << 2);
    if (instruction.store >= 0) emitArray(at, word, DST, instruction.store);
    else emitRegister(at, DST, registerOf.at(i));
    for (let k = 0; k < 3; k++) {
      const value = instruction.operand(k),
        place = A + 2 * k;
      if (value == NONE) emitAddress(at, place, constantsAt);
      else if (kindOf(value) == CONSTANT) {
        emitAddress(at, place, constantsAt + stride * constantAt(numberOf(value)).place);
      } else if (kindOf(value) == SLOT) emitArray(at, word, place, numberOf(value));
      else {
        const read = instructionAt(numberOf(value));
        if (read.store >= 0) emitArray(at, word, place, read.store);
        else emitRegister(at, place, registerOf.at(numberOf(value)));
      }
    }
    if (instruction.op == LOAD) {
      const x = nodeAt(instruction.source);
      const bytes = panelBytes(instruction.dtype, block, x.ndim, x.dims, x.strides);
      store<usize>(at, 0, A << 2);
      store<i32>(at, bytes, (A + 1) << 2);
      if (bytes) program.panelBytes += <u32>(PANEL_HEAD + align(bytes));
    }
    if (instruction.op == LOAD || instruction.op == LOAD_PADDED) {
      patches.push(word + 2);
      patches.push((<u32>instruction.source) | WHOLE_NODE);
    } else if (instruction.op == SINK) store<i32>(at, sinks++, (A + 4) << 2);
    word += WORDS;
  }
}
@inline
function emitAddress(at: usize, place: i32, address: usize): void {
  store<usize>(at + ((<usize>place) << 2), address);
  store<i32>(at + ((<usize>place) << 2), 0, 4);
}
@inline
function registerStride(): usize {
  return align(block * registerBytes);
}
function emitRegister(at: usize, place: i32, register: i32): void {
  emitAddress(at, place, arena + <usize>register * registerStride());
  store<i32>(at, load<i32>(at, MASK << 2) | (1 << place), MASK << 2);
}
function emitArray(at: usize, word: i32, place: i32, slot: i32): void {
  store<i32>(at + ((<usize>place) << 2), sizeOf(nodeAt(slot).dtype), 4);
  patches.push(word + place);
  patches.push(slot);
}
function emitConstants(program: Program, constantsAt: usize, stride: usize): void {
  let to = program.repeatList;
  for (let i = 0; i < constantCount(); i++) {
    const constant = constantAt(i);
    if (!constant.isRead) continue;
    const at = constantsAt + stride * constant.place;
    if (constant.fromSlot < 0) fill(constant.dtype, at, constant.value, program.block);
    else {
      store<usize>(to, at);
      store<i32>(to, constant.dtype, 4);
      store<i32>(to, constant.fromSlot, 8);
      to += 12;
    }
  }
}
