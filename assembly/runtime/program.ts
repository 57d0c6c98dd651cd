// Block programs: a fused elementwise unit as straight-line code over registers that are blocks in the L1 cache.
//
//      instruction, 11 words
//      ┌────┬───────┬────────┬───────────┬───────────┬───────────┬───────────┐
//      │ op │ dtype │ source │ dst       │ a         │ b         │ c         │    an operand is (address, scale):
//      │    │       │ dtype  │ at, scale │ at, scale │ at, scale │ at, scale │    scale 0: a register; else an array in
//      └────┴───────┴────────┴───────────┴───────────┴───────────┴───────────┘    place, scale bytes an element
//
// Op LOAD gathers a block of a strided operand into a register: dtype is the element size, source the node. Constants are
// filled into registers once, before the first block. All registers lie in one arena that never moves.
import { DType, Op } from "../abi/opcodes";
import { fail, failure } from "../abi/failure";
import { Failure } from "../abi/failures";
import { Node, isContiguous, sizeOf } from "../graph/node";
import { isVisited, nodeAt, order } from "../graph/walk";
import { loadBlock } from "../kernels/copy";
import { Panel, loadThrough, panelBytes } from "../kernels/copy/panel";
import { runElementwise } from "../kernels/elementwise/index";
import { fill } from "../kernels/fill";
import { allocate, free } from "../memory/heap";
import { Vector } from "../memory/vector";
import { firstMember, nextMember, unitOf } from "./plan";

const LOAD: i32 = 255;
const WORDS: i32 = 11;
const DST: i32 = 3;
const A: i32 = 5;
const REGISTER_BYTES_PER_ELEMENT: usize = 8;
const ARENA_BYTES: usize = 32768;
/** Kernels read up to 128 bytes past a block. */
const SLACK: usize = 256;
const MAX_BLOCK: i32 = 1024;
const MIN_BLOCK: i32 = 32;
/** Registers that fit when blocks are as short as they get: UNIT_LENGTH results, and three operands to load for each. */
const MAX_REGISTERS: i32 = 512;

const code = Vector.make(memory.data(12));
// Operands from outside of the unit that take a register: node, register.
const loads = Vector.make(memory.data(12));
// Constants: dtype, value (2 words), register.
const constants = Vector.make(memory.data(12));
const freeRegisters = Vector.make(memory.data(12));
// By slot: the register of a member, and how often the unit still reads it.
const registerOf = Vector.make(memory.data(12));
const readsLeft = Vector.make(memory.data(12));
let registers: i32 = 0;
let arena: usize = 0;

/** Runs unit `unit`; members that are stored have their buffers already. False: memory is exhausted. */
export function runProgram(unit: i32): bool {
  const first = nodeAt(firstMember.at(unit));
  if (!first.numel) return true;
  if (!arena) {
    const words = <usize>MAX_REGISTERS * MIN_BLOCK * REGISTER_BYTES_PER_ELEMENT;
    arena = allocate(max(words, ARENA_BYTES) + SLACK);
    if (!arena) {
      fail(Failure.OutOfMemory);
      return false;
    }
  }
  if (!compile(unit)) return false;
  const fitting = (<i32>(ARENA_BYTES / (<usize>max(registers, 1) * REGISTER_BYTES_PER_ELEMENT))) & ~15;
  const block = min(max(min(fitting, MAX_BLOCK), MIN_BLOCK), (first.numel + 15) & ~15);
  place(block);
  makePanels(block);
  run(first.numel, block);
  freePanels();
  return true;
}

// -- compile

function compile(unit: i32): bool {
  code.length = 0;
  loads.length = 0;
  constants.length = 0;
  freeRegisters.length = 0;
  registers = 0;
  if (!registerOf.resize(order.length, 0) || !readsLeft.resize(order.length, 0)) return false;
  for (let slot = <i32>firstMember.at(unit); slot >= 0; slot = <i32>nextMember.at(slot)) {
    const n = nodeAt(slot);
    readsLeft.set(slot, 0);
    for (let k = 0; k < <i32>n.inputCount; k++) {
      const input = n.input(k);
      if (isMember(input, unit)) readsLeft.set(input.slot, readsLeft.at(input.slot) + 1);
    }
  }
  for (let slot = <i32>firstMember.at(unit); slot >= 0; slot = <i32>nextMember.at(slot)) {
    const n = nodeAt(slot);
    for (let k = 0; k < <i32>n.inputCount; k++) loadIfStrided(n.input(k), unit);
    const at = code.length;
    if (!code.resize(at + WORDS, 0)) return false;
    code.set(at, n.op);
    code.set(at + 1, n.op == Op.Cast || n.op == Op.Where ? n.dtype : n.input(0).dtype);
    code.set(at + 2, n.input(0).dtype);
    for (let k = 0; k < <i32>n.inputCount; k++) setOperand(at + A + 2 * k, n.input(k), unit);
    if (n.isComputed) setArray(at + DST, n);
    else {
      const register = takeRegister();
      registerOf.set(slot, register);
      setRegister(at + DST, register);
    }
    for (let k = 0; k < <i32>n.inputCount; k++) giveUp(n.input(k), unit);
  }
  // Lists that did not find room would leave constants and operands out.
  return !failure;
}
/** Forgets what is kept by slot. */
export function clearProgram(): void {
  registerOf.clear();
  readsLeft.clear();
}

@inline
function isMember(n: Node, unit: i32): bool {
  return isVisited(n) && <i32>unitOf.at(n.slot) == unit;
}
function takeRegister(): i32 {
  return freeRegisters.length ? <i32>freeRegisters.pop() : registers++;
}
// A member's register is free again after its last reader.
function giveUp(n: Node, unit: i32): void {
  if (!isMember(n, unit) || n.isComputed) return;
  const left = readsLeft.at(n.slot) - 1;
  readsLeft.set(n.slot, left);
  if (!left) freeRegisters.push(registerOf.at(n.slot));
}
@inline
function setRegister(at: i32, register: i32): void {
  code.set(at, register);
  code.set(at + 1, 0);
}
@inline
function setArray(at: i32, n: Node): void {
  code.set(at, <u32>n.data);
  code.set(at + 1, sizeOf(n.dtype));
}

function isConstantOperand(n: Node): bool {
  return n.op == Op.Full && !n.isComputed;
}
// Whether every element is the same one in memory.
function isRepeated(n: Node): bool {
  for (let i = 0; i < <i32>n.ndim; i++) if (n.stride(i) != 0 && n.dim(i) != 1) return false;
  return n.numel > 1;
}

function setOperand(at: i32, n: Node, unit: i32): void {
  if (isConstantOperand(n)) setRegister(at, constantRegister(n.dtype, n.value));
  else if (isMember(n, unit) && !n.isComputed) setRegister(at, registerOf.at(n.slot));
  else if (isRepeated(n)) setRegister(at, repeatedRegister(n));
  else if (isContiguous(n)) setArray(at, n);
  else setRegister(at, loadedRegister(n));
}

function constantRegister(dtype: i32, value: f64): i32 {
  const bits = reinterpret<u64>(value);
  const low = <u32>bits,
    high = <u32>(bits >> 32);
  for (let i = 0; i < constants.length; i += 4) {
    if (constants.at(i) == <u32>dtype && constants.at(i + 1) == low && constants.at(i + 2) == high) {
      return constants.at(i + 3);
    }
  }
  constants.push(dtype);
  constants.push(low);
  constants.push(high);
  constants.push(registers);
  return registers++;
}
function repeatedRegister(n: Node): i32 {
  const at = n.data;
  if (n.dtype == DType.Float32) return constantRegister(n.dtype, <f64>load<f32>(at));
  if (n.dtype == DType.Float64) return constantRegister(n.dtype, load<f64>(at));
  return constantRegister(n.dtype, n.dtype == DType.Int32 ? <f64>load<i32>(at) : <f64>load<u8>(at));
}
function loadedRegister(n: Node): i32 {
  for (let i = 0; i < loads.length; i += 2) {
    if (loads.at(i) == <u32>changetype<usize>(n)) return loads.at(i + 1);
  }
  return -1;
}
// The first reader of a strided operand has it gathered, into a register that stays.
function loadIfStrided(n: Node, unit: i32): void {
  if (isConstantOperand(n) || (isMember(n, unit) && !n.isComputed)) return;
  if (isContiguous(n) || isRepeated(n) || loadedRegister(n) >= 0) return;
  const at = code.length;
  if (!code.resize(at + WORDS, 0)) return;
  code.set(at, LOAD);
  code.set(at + 1, sizeOf(n.dtype));
  code.set(at + 2, <u32>changetype<usize>(n));
  setRegister(at + DST, registers);
  loads.push(<u32>changetype<usize>(n));
  loads.push(registers++);
}

// -- run

// Turns register numbers into addresses and fills the constants.
function place(block: i32): void {
  const size = <usize>block * REGISTER_BYTES_PER_ELEMENT;
  for (let at = 0; at < code.length; at += WORDS) {
    for (let operand = at + DST; operand < at + WORDS; operand += 2) {
      if (!code.at(operand + 1)) code.set(operand, <u32>(arena + size * code.at(operand)));
    }
  }
  for (let i = 0; i < constants.length; i += 4) {
    const bits = (<u64>constants.at(i + 1)) | ((<u64>constants.at(i + 2)) << 32);
    fill(constants.at(i), arena + size * constants.at(i + 3), reinterpret<f64>(bits), block);
  }
}

// Where there is no memory for a panel, a block is loaded by itself.
function makePanels(block: i32): void {
  for (let at = 0; at < code.length; at += WORDS) {
    if (code.at(at) != LOAD) continue;
    const n = changetype<Node>(code.at(at + 2));
    const bytes = panelBytes(code.at(at + 1), block, n.ndim, n.dims, n.strides);
    const panel = bytes ? changetype<Panel>(allocate(offsetof<Panel>() + bytes)) : changetype<Panel>(0);
    code.set(at + A, <u32>changetype<usize>(panel));
    if (!changetype<usize>(panel)) continue;
    panel.start = 0;
    panel.end = 0;
    panel.buffer = changetype<usize>(panel) + offsetof<Panel>();
  }
}
function freePanels(): void {
  for (let at = 0; at < code.length; at += WORDS) {
    if (code.at(at) == LOAD && code.at(at + A)) free(<usize>code.at(at + A));
  }
}

@inline
function address(at: usize, start: i32): usize {
  return <usize>load<u32>(at) + <usize>start * load<u32>(at, 4);
}

function run(numel: i32, block: i32): void {
  const begin = code.data,
    end = begin + ((<usize>code.length) << 2);
  for (let start = 0; start < numel; start += block) {
    const n = min(block, numel - start);
    for (let at = begin; at < end; at += (<usize>WORDS) << 2) {
      const op = load<i32>(at),
        dtype = load<i32>(at, 4),
        source = load<i32>(at, 8);
      const dst = address(at + 12, start);
      if (op == LOAD) {
        const x = changetype<Node>(source);
        const panel = changetype<Panel>(load<u32>(at + 20));
        if (changetype<usize>(panel)) loadThrough(panel, dtype, dst, x.data, start, n, x.ndim, x.dims, x.strides);
        else loadBlock(dtype, dst, x.data, start, n, x.ndim, x.dims, x.strides);
      } else {
        runElementwise(
          op,
          dtype,
          source,
          dst,
          address(at + 20, start),
          address(at + 28, start),
          address(at + 36, start),
          n,
        );
      }
    }
  }
}
