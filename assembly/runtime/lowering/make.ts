// Making a program (record.ts) of a unit: its instructions, registers, blocks and parts.
import { fail } from "../../abi/failure";
import { Failure } from "../../abi/failures";
import { sizeOf } from "../../graph/node";
import { nodeAt } from "../../graph/walk";
import { panelBytes } from "../../kernels/copy/panel";
import { fill } from "../../kernels/fill";
import { RUN_UNIT } from "../../kernels/reduce/running";
import { quotientUp } from "../../kernels/strided";
import { allocate } from "../../memory/heap";
import {
  CONSTANT,
  INSTRUCTION,
  Instruction,
  LOAD,
  LOAD_PADDED,
  SINK,
  SLOT,
  constantAt,
  constantCount,
  instructionAt,
  instructionCount,
  isDead,
  kindOf,
  numberOf,
} from "./instruction";
import { firstMember, isElementwise, nextMember, sinkLength } from "../plan";
import { translate } from "./translate";
import { PANEL_HEAD, PLACES, Pair, Program, SLACK, Step, WHOLE_NODE, align } from "./record";

/** Registers and constants of one block together: they should stay in a level-1 cache of 32 KiB, with room for operands. */
const BLOCK_BYTES: i32 = 24576;
const MAX_BLOCK: i32 = 1024;
const MIN_BLOCK: i32 = 32;
/** Elements of a part, and how many elements times instructions are worth more than one. */
const PART: i32 = 16384;
const WORTH: f64 = 262144;

/** The main thread's registers: those of the longest unit, at the longest block that it is run with. */
const arena: usize = memory.data(393216 + 256, 64);
let registers: i32 = 0;
let registerBytes: i32 = 0;
let block: i32 = 0;

/** The program of a unit, unbound; null: memory is exhausted. */
export function makeProgram(unit: i32): Program | null {
  const row = rowOf(unit),
    numel = nodeAt(firstMember.at(unit)).numel;
  if (!translate(unit, row)) return null;
  const count = instructionCount();
  assignRegisters(count);
  const used = usedConstants();
  chooseBlock(numel, row, used);
  return emit(count, numel, row, used);
}
function rowOf(unit: i32): i32 {
  for (let slot = <i32>firstMember.at(unit); slot >= 0; slot = <i32>nextMember.at(slot)) {
    const n = nodeAt(slot);
    if (!isElementwise(n)) return sinkLength(n);
  }
  return 0;
}

// A register is free again after its last reader; a result may take the place of an operand of its own size. Free ones are a
// list of the instructions that had them, linked by what was their last reader.
let firstFree: i32 = 0;
function assignRegisters(count: i32): void {
  registers = 0;
  registerBytes = 4;
  firstFree = -1;
  for (let i = 0; i < count; i++) {
    const instruction = instructionAt(i);
    if (isDead(instruction)) continue;
    const size = instruction.size;
    registerBytes = max(registerBytes, size);
    giveUp(instruction, i, size, true);
    if (instruction.store < 0) {
      if (firstFree < 0) instruction.register = registers++;
      else {
        const former = instructionAt(firstFree);
        instruction.register = former.register;
        firstFree = former.uses;
      }
    }
    giveUp(instruction, i, size, false);
  }
}
function giveUp(instruction: Instruction, i: i32, size: i32, sameSize: bool): void {
  for (let k = 0; k < 3; k++) {
    const value = instruction.operand(k);
    if (kindOf(value) != INSTRUCTION) continue;
    const read = instructionAt(numberOf(value));
    // What has been given up, for an operand before this one, has other uses by now.
    if (read.store >= 0 || read.uses != i || (read.size == size) != sameSize) continue;
    read.uses = firstFree;
    firstFree = numberOf(value);
  }
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
    block = max(block & -RUN_UNIT, RUN_UNIT);
    if (row <= block) block = (block / row) * row;
  }
}

function emit(count: i32, numel: i32, row: i32, used: i32): Program | null {
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
    if (!row) part = (PART / block) * block;
    else if (row > PART) {
      part = PART;
      rowParts = quotientUp(row, PART);
    } else part = max((PART / row) & ~15, 16) * row;
  }
  const parts = rowParts > 1 ? (numel / row) * rowParts : quotientUp(numel, part);
  // What the constants of a block take, with what kernels read past it.
  const stride = align(<usize>(block * registerBytes) + SLACK);
  const lists =
    offsetof<Program>() +
    <usize>live * (offsetof<Step>() + PLACES * offsetof<Pair>()) +
    <usize>repeats * offsetof<Pair>();
  const partialBytes = rowParts > 1 ? (<usize>(sinks * parts)) << 4 : 0;
  const bytes = align(lists) + stride * used + partialBytes;
  const at = allocate(bytes);
  if (!at) {
    fail(Failure.OutOfMemory);
    return null;
  }
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
  program.partials = constantsAt + stride * used;
  emitCode(program, count, constantsAt, stride);
  program.spaceBytes =
    program.panelBytes +
    <u32>program.stateBytes +
    <u32>align(program.codeBytes) +
    <u32>(<usize>registers * registerStride()) +
    <u32>SLACK;
  emitConstants(program, constantsAt, stride);
  return program;
}

function emitCode(program: Program, count: i32, constantsAt: usize, stride: usize): void {
  let at = program.code,
    sinks = 0;
  program.patches = 0;
  for (let i = 0; i < count; i++) {
    const instruction = instructionAt(i);
    if (isDead(instruction)) continue;
    const step = changetype<Step>(at);
    step.op = instruction.op;
    step.dtype = instruction.dtype;
    step.source = instruction.source;
    step.registers = 0;
    emitResult(program, step, 0, i);
    for (let k = 1; k < PLACES; k++) {
      const value = instruction.operand(k - 1),
        kind = kindOf(value);
      if (kind == INSTRUCTION) emitResult(program, step, k, numberOf(value));
      else if (kind == SLOT) emitArray(program, step, k, numberOf(value));
      else emitAddress(step, k, kind == CONSTANT ? constantsAt + stride * constantAt(numberOf(value)).place : 0);
    }
    if (step.op == LOAD) {
      const x = nodeAt(instruction.source);
      const bytes = panelBytes(instruction.dtype, block, x.ndim, x.dims, x.strides);
      step.aScale = bytes;
      if (bytes) program.panelBytes += <u32>(PANEL_HEAD + align(bytes));
    }
    if (step.op == LOAD || step.op == LOAD_PADDED)
      addPatch(program, at + offsetof<Step>("source"), step.source | WHOLE_NODE);
    else if (step.op == SINK) step.c = sinks++;
    at += offsetof<Step>();
  }
}
// Where instruction `i` leaves its result.
function emitResult(program: Program, step: Step, k: i32, i: i32): void {
  const instruction = instructionAt(i);
  if (instruction.store >= 0) return emitArray(program, step, k, instruction.store);
  emitAddress(step, k, arena + <usize>instruction.register * registerStride());
  step.registers |= 1 << k;
}
@inline
function registerStride(): usize {
  return align(block * registerBytes);
}
@inline
function emitAddress(step: Step, k: i32, address: usize): void {
  const place = step.place(k);
  store<usize>(place, address);
  store<i32>(place, 0, 4);
}
function emitArray(program: Program, step: Step, k: i32, slot: i32): void {
  const place = step.place(k);
  store<i32>(place, sizeOf(nodeAt(slot).dtype), 4);
  addPatch(program, place, slot);
}
function addPatch(program: Program, at: usize, slot: u32): void {
  // Repeats, of which the list begins behind the last patch, are put down afterwards.
  const patch = changetype<Pair>(program.repeatList);
  patch.at = <u32>(at - program.code);
  patch.slot = slot;
  program.patches++;
}
function emitConstants(program: Program, constantsAt: usize, stride: usize): void {
  let to = program.repeatList;
  for (let i = 0; i < constantCount(); i++) {
    const constant = constantAt(i);
    if (!constant.isRead) continue;
    const at = constantsAt + stride * constant.place;
    if (constant.fromSlot < 0) fill(constant.dtype, at, constant.value, program.block);
    else {
      const repeat = changetype<Pair>(to);
      repeat.at = <u32>at;
      repeat.slot = constant.fromSlot;
      to += offsetof<Pair>();
    }
  }
}
