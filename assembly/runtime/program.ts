// Block programs: a fused unit as straight-line code over registers that are blocks in the L1 cache.
//
//      program   ┌─────────┬──────────────┬─────────────────────┬───────────────────┬─────────────────────────────┐
//                │ Program │ instructions │ patches             │ repeats           │ blocks of constants,        │
//                │         │ × 12 words   │ (word, slot) pairs  │ (at, dtype, slot) │ states, partials            │
//                └─────────┴──────────────┴─────────────────────┴───────────────────┴─────────────────────────────┘
//      instruction, 12 words
//      ┌────┬───────┬────────┬───────────┬───────────┬───────────┬───────────┬───────────┐
//      │ op │ dtype │ source │ dst       │ a         │ b         │ c         │ which are │  an operand is (address, scale):
//      │    │       │ dtype  │ at, scale │ at, scale │ at, scale │ at, scale │ registers │  scale 0: a block; else an array,
//      └────┴───────┴────────┴───────────┴───────────┴───────────┴───────────┴───────────┘  scale bytes an element
//      a worker's space: ┌────────┬────────┬──────────────┬───────────┐
//                        │ panels │ states │ instructions │ registers │
//                        └────────┴────────┴──────────────┴───────────┘
//
// A program is made once and run on other arrays with its patches. The iteration is cut into parts
// by its size alone, and a row that is longer than a part is combined from the parts' partial results, so a result is the same
// whoever runs them. The main thread runs the program as it is, with registers in the one arena; a worker a copy of it, moved to
// registers of its own. A LOAD's first operand is its panel (kernels/copy/panel.ts), or 0.
import { DType, Op } from "../abi/opcodes";
import { fail } from "../abi/failure";
import { Failure } from "../abi/failures";
import { Node, sizeOf } from "../graph/node";
import { nodeAt } from "../graph/walk";
import { loadBlock } from "../kernels/copy";
import { Panel, loadThrough, panelBytes } from "../kernels/copy/panel";
import { runElementwise } from "../kernels/elementwise/index";
import { runMulAdd } from "../kernels/elementwise/fused";
import { fill } from "../kernels/fill";
import { loadPadded } from "../kernels/pad";
import { RUN_UNIT, STATE_BYTES, combinePartials, endRun, reduceRows, takeRun } from "../kernels/reduce/running";
import { allocate, free } from "../memory/heap";
import { Vector } from "../memory/vector";
import { keepsPrograms } from "./cache";
import { isMainThread, parallelFor, reserveWorkspace, workspace } from "./parallel";
import { Job } from "./parts";
import {
  CONSTANT,
  COPY,
  INSTRUCTION,
  Instruction,
  LOAD,
  LOAD_PADDED,
  NONE,
  PRODUCT,
  SINK,
  SLOT,
  clearInstructions,
  constantAt,
  constantCount,
  instructionAt,
  instructionCount,
  isDead,
  kindOf,
  numberOf,
  translate,
} from "./instructions";
import { firstMember, nextMember, programs, sinkLength } from "./plan";

const WORDS: i32 = 12;
const DST: i32 = 3;
const A: i32 = 5;
const MASK: i32 = 11;
/** A patch with this bit takes the node itself, not the address of its values. */
const WHOLE_NODE: u32 = 1 << 31;

/** Registers and constants of one block together: they should stay in a level-1 cache of 32 KiB, with room for operands. */
const BLOCK_BYTES: i32 = 24576;
const MAX_BLOCK: i32 = 1024;
const MIN_BLOCK: i32 = 32;
/** Where a program's registers lie: those of the longest unit, at the longest block that it is run with. */
const ARENA_BYTES: usize = 393216;
/** Kernels read up to 128 bytes past a block. */
const SLACK: usize = 256;
/** Elements of a part, and how many elements times instructions are worth more than one. */
const PART: i32 = 16384;
const WORTH: f64 = 262144;

@unmanaged
export class Program {
  bytes: u32;
  instructions: i32;
  patches: i32;
  repeats: i32;
  numel: i32;
  block: i32;
  /** Elements to a row of the sinks; 0: there are none. */
  row: i32;
  /** Elements to a part: whole rows, or a stretch of one. */
  part: i32;
  parts: i32;
  /** Parts to a row that is longer than one. */
  rowParts: i32;
  sinks: i32;
  /** By sink: room for a v128 of each part, where rows are longer than parts. */
  partials: usize;
  /** Where the main thread's registers are. */
  arena: usize;
  /** What a thread needs in its workspace: panels of transposed operands, and all of it for a worker. */
  panelBytes: u32;
  spaceBytes: u32;
  /** Where in the workspace it begins; before it the space is a matrix product's, if the program is its epilogue. */
  spaceOffset: u32;
  /** Grows with every binding: no two have the same. */
  binding: u32;

  @inline get code(): usize {
    return changetype<usize>(this) + offsetof<Program>();
  }
  @inline get patchList(): usize {
    return this.code + ((<usize>(this.instructions * WORDS)) << 2);
  }
  @inline get repeatList(): usize {
    return this.patchList + ((<usize>(this.patches * 2)) << 2);
  }
}

let arena: usize = 0;
/** Bytes of the programs that were made and kept since it was set to 0. */
export let programBytes: u32 = 0;
export function resetProgramBytes(): void {
  programBytes = 0;
}

/** Runs unit `unit`; members that are stored have their buffers already. False: memory is exhausted. */
export function runProgram(unit: i32): bool {
  if (!iterated(unit).numel) return true;
  const at = boundProgram(unit);
  if (!at) return false;
  const program = changetype<Program>(at);
  const done = reserveSpace(at, 0, program.parts > 1);
  if (done) {
    parallelFor(Job.Program, at, program.parts);
    if (program.partials) combine(program);
  }
  endProgram(at);
  return done;
}
/** Makes room for a program in the workspaces behind `offset` bytes; `shared`: workers may run it. False: out of memory. */
export function reserveSpace(at: usize, offset: u32, shared: bool): bool {
  const program = changetype<Program>(at);
  program.spaceOffset = offset;
  const bytes = offset + (shared ? program.spaceBytes : program.panelBytes);
  if (bytes && !reserveWorkspace(bytes)) {
    fail(Failure.OutOfMemory);
    return false;
  }
  return true;
}
/** Part `part` of a program, on any thread. */
export function programPart(at: usize, part: i32): void {
  const program = changetype<Program>(at);
  runPart(program, enter(program), states, part);
}
/** The unit's program, made if need be, with the addresses of its arrays; 0: memory is exhausted. `endProgram` follows. */
export function boundProgram(unit: i32): usize {
  let at = <usize>programs.at(unit);
  if (!at) {
    at = make(unit);
    if (!at) return 0;
    if (keepsPrograms()) {
      programs.set(unit, <u32>at);
      programBytes += changetype<Program>(at).bytes;
    }
  }
  bind(changetype<Program>(at));
  return at;
}
/** The program has run. */
export function endProgram(program: usize): void {
  if (!keepsPrograms()) free(program);
}
/** Runs a program without sinks over `rows` stretches of `columns` elements, the first at `start`, `step` apart. */
export function runRegion(at: usize, start: i32, rows: i32, step: i32, columns: i32): void {
  const program = changetype<Program>(at),
    code = enter(program);
  if (step == columns) run(program, code, start, start + rows * columns);
  else for (; rows > 0; rows--, start += step) run(program, code, start, start + columns);
}

// -- threads

// What this thread has of the program that it entered last.
let entered: u32 = 0;
let code: usize = 0;
let states: usize = 0;
let bindings: u32 = 0;

// Gives this thread what it needs to run the program as it is bound now; returns where its instructions are.
function enter(program: Program): usize {
  if (entered == program.binding) return code;
  entered = program.binding;
  const panels = workspace() + program.spaceOffset;
  if (isMainThread()) {
    states = mainStates;
    code = program.code;
  } else {
    states = panels + program.panelBytes;
    code = states + align(FIRST_STATE + STATE_BYTES * program.sinks);
    const bytes = (<usize>(program.instructions * WORDS)) << 2;
    memory.copy(code, program.code, bytes);
    moveRegisters(program, code + align(bytes) - program.arena);
    for (let i = 0; i < program.sinks; i++) store<i32>(states + FIRST_STATE + STATE_BYTES * i, 0);
  }
  if (program.panelBytes) placePanels(program, panels);
  return code;
}
function moveRegisters(program: Program, distance: usize): void {
  for (let i = 0, at = code; i < program.instructions; i++, at += (<usize>WORDS) << 2) {
    const mask = load<i32>(at, MASK << 2);
    for (let place = DST; place < MASK; place += 2) {
      const operand = at + ((<usize>place) << 2);
      if (mask & (1 << place)) store<usize>(operand, load<usize>(operand) + distance);
    }
  }
}
// Each LOAD that has one gets its panel, empty: the second word of its first operand tells the bytes.
function placePanels(program: Program, panels: usize): void {
  for (let i = 0, at = code; i < program.instructions; i++, at += (<usize>WORDS) << 2) {
    const bytes = load<i32>(at, (A + 1) << 2);
    if (load<i32>(at) != LOAD || !bytes) continue;
    const panel = changetype<Panel>(panels);
    panel.start = 0;
    panel.end = 0;
    panel.buffer = panels + PANEL_HEAD;
    store<usize>(at, panels, A << 2);
    panels += PANEL_HEAD + align(bytes);
  }
}
const PANEL_HEAD: usize = 64;
/** Forgets what is kept by slot. */
export function clearProgram(): void {
  clearInstructions();
}
// The first member is elementwise: its shape is what the program iterates over.
@inline
function iterated(unit: i32): Node {
  return nodeAt(firstMember.at(unit));
}

// -- make

const freeRegisters = Vector.make(memory.data(12));
// By instruction: its register.
const registerOf = Vector.make(memory.data(12));
const patches = Vector.make(memory.data(12));
let registers: i32 = 0;
let registerBytes: i32 = 0;
let block: i32 = 0;

function make(unit: i32): usize {
  if (!arena) {
    arena = allocate(ARENA_BYTES + SLACK);
    if (!arena) return exhausted();
  }
  if (!translate(unit)) return 0;
  const count = instructionCount();
  registerOf.length = 0;
  freeRegisters.length = 0;
  if (!registerOf.resize(count, <u32>-1) || !freeRegisters.reserve(count)) return 0;
  const row = rowOf(unit),
    numel = iterated(unit).numel;
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
  if (!row) block = min(block, (numel + 15) & ~15);
  else {
    block = max(block & ~(RUN_UNIT - 1), RUN_UNIT);
    if (row <= block) block = (block / row) * row;
  }
}

@inline
function align(at: usize): usize {
  return (at + 63) & ~63;
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
      rowParts = (row + PART - 1) / PART;
    } else part = max((PART / row) & ~15, 16) * row;
  }
  const parts = rowParts > 1 ? (numel / row) * rowParts : (numel + part - 1) / part;
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
    <u32>(registers * ((block * registerBytes + 63) & ~63)) +
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
function emitRegister(at: usize, place: i32, register: i32): void {
  emitAddress(at, place, arena + <usize>register * <usize>((block * registerBytes + 63) & ~63));
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

// -- bind: the addresses of the arrays, and the values that are repeated in memory

function bind(program: Program): void {
  program.binding = ++bindings;
  let at = program.patchList;
  const code = program.code;
  for (let i = program.patches; i > 0; i--, at += 8) {
    const slot = load<u32>(at, 4);
    const n = nodeAt(slot & ~WHOLE_NODE);
    store<usize>(code + ((<usize>load<u32>(at)) << 2), slot & WHOLE_NODE ? changetype<usize>(n) : n.data);
  }
  at = program.repeatList;
  for (let i = program.repeats; i > 0; i--, at += 12) {
    const dtype = load<i32>(at, 4);
    fill(dtype, load<usize>(at), valueAt(dtype, nodeAt(load<i32>(at, 8)).data), program.block);
  }
}
function valueAt(dtype: i32, at: usize): f64 {
  if (dtype == DType.Float32) return <f64>load<f32>(at);
  if (dtype == DType.Float64) return load<f64>(at);
  return dtype == DType.Int32 ? <f64>load<i32>(at) : <f64>load<u8>(at);
}

// -- run

function runPart(program: Program, code: usize, states: usize, part: i32): void {
  const numel = program.numel,
    row = program.row;
  if (program.rowParts > 1) {
    const start = (part / program.rowParts) * row;
    const from = start + (part % program.rowParts) * program.part;
    runStretch(program, code, states, from, min(from + program.part, start + row));
    endStretch(program, code, states, part);
    return;
  }
  const from = part * program.part,
    to = min(from + program.part, numel);
  // One row alone is combined as a run of blocks.
  if (row <= program.block && row < numel) run(program, code, from, to);
  else {
    for (let start = from; start < to; start += row) {
      runStretch(program, code, states, start, start + row);
      endRow(program, code, states, start / row);
    }
  }
}

@inline
function address(at: usize, start: i32): usize {
  return <usize>load<u32>(at) + <usize>start * load<u32>(at, 4);
}

function run(program: Program, code: usize, from: i32, to: i32): void {
  const end = code + ((<usize>(program.instructions * WORDS)) << 2),
    row = program.row;
  for (let start = from; start < to; start += program.block) {
    const n = min(program.block, to - start);
    for (let at = code; at < end; at += (<usize>WORDS) << 2) {
      if (load<i32>(at) == SINK) {
        const dtype = load<i32>(at, 4);
        const dst = address(at + (DST << 2), start / row);
        reduceRows(load<i32>(at, 8), dtype, dst, address(at + (A << 2), start), n / row, row);
      } else runInstruction(at, start, n);
    }
  }
}
// A stretch of a row that is longer than a block; the sinks' states hold what has come.
function runStretch(program: Program, code: usize, states: usize, from: i32, to: i32): void {
  const end = code + ((<usize>(program.instructions * WORDS)) << 2);
  for (let start = from; start < to; start += program.block) {
    const n = min(program.block, to - start);
    for (let at = code; at < end; at += (<usize>WORDS) << 2) {
      if (load<i32>(at) == SINK) {
        takeRun(load<i32>(at, 8), load<i32>(at, 4), stateOf(states, at), address(at + (A << 2), start), n);
      } else runInstruction(at, start, n);
    }
  }
}

// @ts-ignore: decorator
@inline
function runInstruction(at: usize, start: i32, n: i32): void {
  const op = load<i32>(at),
    dtype = load<i32>(at, 4);
  const dst = address(at + (DST << 2), start);
  if (op <= Op.Where) {
    runElementwise(
      op,
      dtype,
      load<i32>(at, 8),
      dst,
      address(at + (A << 2), start),
      address(at + ((A + 2) << 2), start),
      address(at + ((A + 4) << 2), start),
      n,
    );
  } else if (op == LOAD) {
    const x = changetype<Node>(load<usize>(at, 8)),
      panel = load<usize>(at, A << 2);
    if (panel) loadThrough(changetype<Panel>(panel), dtype, dst, x.data, start, n, x.ndim, x.dims, x.strides);
    else loadBlock(dtype, dst, x.data, start, n, x.ndim, x.dims, x.strides);
  } else if (op == PRODUCT) {
    runMulAdd(
      load<i32>(at, 8),
      dtype,
      dst,
      address(at + (A << 2), start),
      address(at + ((A + 2) << 2), start),
      address(at + ((A + 4) << 2), start),
      n,
    );
  } else if (op == LOAD_PADDED) {
    const x = changetype<Node>(load<usize>(at, 8)),
      ndim = <usize>x.ndim;
    const before = x.attributes,
      between = before + (ndim << 3);
    loadPadded(
      x.dtype,
      dtype,
      dst,
      start,
      n,
      x.ndim,
      x.dims,
      x.value,
      before,
      between,
      x.data,
      x.input(0).dims,
      x.strides,
    );
  } else memory.copy(dst, address(at + (A << 2), start), <usize>n * dtype);
}

// -- sinks

// A thread's states: room for one partial result, then the state of each sink.
const FIRST_STATE: usize = 16;
const MAX_SINKS: usize = 96;
const mainStates: usize = memory.data(16 + 96 * 528, 16);
@inline
function stateOf(states: usize, at: usize): usize {
  return states + FIRST_STATE + STATE_BYTES * load<u32>(at, (A + 4) << 2);
}

function endStretch(program: Program, code: usize, states: usize, part: i32): void {
  const end = code + ((<usize>(program.instructions * WORDS)) << 2);
  for (let at = code; at < end; at += (<usize>WORDS) << 2) {
    if (load<i32>(at) != SINK) continue;
    const place = program.partials + ((<usize>(load<i32>(at, (A + 4) << 2) * program.parts + part)) << 4);
    endRun(load<i32>(at, 8), load<i32>(at, 4), stateOf(states, at), place);
  }
}
function endRow(program: Program, code: usize, states: usize, row: i32): void {
  const end = code + ((<usize>(program.instructions * WORDS)) << 2);
  for (let at = code; at < end; at += (<usize>WORDS) << 2) {
    if (load<i32>(at) != SINK) continue;
    const op = load<i32>(at, 8),
      dtype = load<i32>(at, 4),
      state = stateOf(states, at);
    endRun(op, dtype, state, states);
    combinePartials(op, dtype, address(at + (DST << 2), row), states, 1, 1, state);
  }
}
function combine(program: Program): void {
  const code = program.code,
    end = code + ((<usize>(program.instructions * WORDS)) << 2);
  for (let at = code; at < end; at += (<usize>WORDS) << 2) {
    if (load<i32>(at) != SINK) continue;
    const place = program.partials + ((<usize>(load<i32>(at, (A + 4) << 2) * program.parts)) << 4);
    combinePartials(
      load<i32>(at, 8),
      load<i32>(at, 4),
      load<usize>(at, DST << 2),
      place,
      program.numel / program.row,
      program.rowParts,
      stateOf(mainStates, at),
    );
  }
}
