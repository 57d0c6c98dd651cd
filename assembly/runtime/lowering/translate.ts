// From the members of a unit to straight-line code, by local value numbering: equal instructions are one, constants are folded,
// signs travel through products and differences instead of being computed, and what nobody reads is left out. Only exact
// rewritings are made: every value keeps its bits (but the sign of NaN).
import { DType, Op } from "../../abi/opcodes";
import { Node, isContiguous, sizeOf } from "../../graph/node";
import { nodeAt, order } from "../../graph/walk";
import { Vector } from "../../memory/vector";
import { equalWords } from "../../memory/words";
import {
  STORED,
  VIRTUAL,
  demand,
  firstMember,
  isElementwise,
  isPlainNumber,
  isPlanned,
  nextMember,
  unitOf,
} from "../plan";
import {
  CONSTANT,
  COPY,
  INSTRUCTION,
  Instruction,
  LOAD,
  LOAD_PADDED,
  NEGATIVE,
  NONE,
  SINK,
  SLOT,
  addConstant,
  appendInstruction,
  clearInstructions,
  constantAt,
  constantCount,
  dropInstruction,
  instructionAt,
  isFloat,
  kindOf,
  numberOf,
} from "./instruction";
import { findReaders } from "./readers";

// By slot: the value of a member.
const values = Vector.make(memory.data(12));
// Numbers of instructions by the hash of what they compute, + 1.
const TABLE: u32 = 4096;
const table: usize = memory.data(4096 * 2);

/** Forgets what is kept by slot. */
export function clearTranslation(): void {
  values.clear();
}

// Elements to a row of the unit's sinks, if there are several rows; else 0.
let rowLength: i32 = 0;

/** Translates a unit, of which `row` is the length of the rows of its sinks (0: none). False: memory is exhausted. */
export function translate(unit: i32, row: i32): bool {
  rowLength = row < nodeAt(firstMember.at(unit)).numel ? row : 0;
  memory.fill(table, 0, TABLE * sizeof<u16>());
  clearInstructions();
  if (!values.resize(order.length, 0)) return false;
  for (let slot = <i32>firstMember.at(unit); slot >= 0; slot = <i32>nextMember.at(slot)) {
    const n = nodeAt(slot);
    if (!isElementwise(n)) {
      const x = n.input(0);
      const at = appendInstruction(SINK, x.dtype, n.op, withSign(valueOf(x, unit), x.dtype), NONE, NONE);
      instructionAt(at).store = slot;
      continue;
    }
    const value = translateNode(n, unit);
    values.set(slot, value);
    if (demand.at(slot) & STORED) storeTo(slot, value, n.dtype);
  }
  findReaders();
  return true;
}

function translateNode(n: Node, unit: i32): u32 {
  const op = <i32>n.op,
    first = n.input(0);
  const dtype = op == Op.Cast || op == Op.Where ? <i32>n.dtype : <i32>first.dtype;
  const a = valueOf(first, unit);
  if (n.inputCount == 1) {
    if (op == Op.Neg && isFloat(dtype)) return negated(a);
    if (op == Op.Abs) return compute(op, dtype, dtype, a & ~NEGATIVE, NONE, NONE);
    return compute(op, dtype, first.dtype, withSign(a, first.dtype), NONE, NONE);
  }
  const b = valueOf(n.input(1), unit);
  if (n.inputCount == 2) {
    if (isFloat(dtype)) {
      if (op == Op.Mul) return product(dtype, a, b);
      if (op == Op.Div) return quotient(dtype, a, b);
      if (op == Op.Add) return sum(dtype, a, b);
      if (op == Op.Sub) return sum(dtype, a, negated(b));
    }
    return compute(op, dtype, first.dtype, withSign(a, dtype), withSign(b, dtype), NONE);
  }
  const c = valueOf(n.input(2), unit);
  return compute(op, dtype, first.dtype, withSign(a, first.dtype), withSign(b, dtype), withSign(c, dtype));
}

// -- values

function valueOf(n: Node, unit: i32): u32 {
  if (n.op == Op.Full) return isPlainNumber(n.value) ? constant(n.dtype, n.value) : repeated(n);
  if (isPlanned(n) && <i32>unitOf.at(n.slot) == unit) return values.at(n.slot);
  // A value of another unit that was found not to be worth storing (planning/schedule.ts).
  if (isPlanned(n) && isElementwise(n) && !(demand.at(n.slot) & STORED)) return translateNode(n, unit);
  if (isPlanned(n) && demand.at(n.slot) & VIRTUAL)
    return compute(LOAD_PADDED, sizeOf(n.dtype), n.slot, NONE, NONE, NONE);
  if (isRepeated(n)) return repeated(n);
  if (isContiguous(n)) return SLOT | n.slot;
  return compute(LOAD, sizeOf(n.dtype), n.slot, NONE, NONE, NONE);
}
// Whether every element is the same one in memory.
function isRepeated(n: Node): bool {
  for (let i = 0; i < <i32>n.ndim; i++) if (n.stride(i) != 0 && n.dim(i) != 1) return false;
  return n.numel > 1;
}

// Negative numbers are their magnitude with a sign, so that it can travel.
function constant(dtype: i32, value: f64): u32 {
  if (reinterpret<i64>(value) < 0) return plainConstant(dtype, -value) | NEGATIVE;
  return plainConstant(dtype, value);
}
function plainConstant(dtype: i32, value: f64): u32 {
  const bits = reinterpret<u64>(value);
  for (let i = 0; i < constantCount(); i++) {
    const known = constantAt(i);
    if (known.dtype == dtype && known.fromSlot < 0 && reinterpret<u64>(known.value) == bits) return CONSTANT | i;
  }
  return addConstant(dtype, -1, value);
}
function repeated(n: Node): u32 {
  for (let i = 0; i < constantCount(); i++) if (constantAt(i).fromSlot == n.slot) return CONSTANT | i;
  return addConstant(n.dtype, n.slot, 0);
}
// Whether the value is a number that is known now.
@inline
function isKnown(value: u32): bool {
  return kindOf(value) == CONSTANT && constantAt(numberOf(value)).fromSlot < 0;
}
@inline
function number(value: u32): f64 {
  const magnitude = constantAt(numberOf(value)).value;
  return value & NEGATIVE ? -magnitude : magnitude;
}
@inline
function rounded(dtype: i32, value: f64): u32 {
  return constant(dtype, dtype == DType.Float32 ? <f64>(<f32>value) : value);
}

@inline
function negated(value: u32): u32 {
  return value ^ NEGATIVE;
}
// The value with its sign computed.
function withSign(value: u32, dtype: i32): u32 {
  if (!(value & NEGATIVE)) return value;
  if (isKnown(value)) return plainConstant(dtype, number(value));
  return compute(Op.Neg, dtype, dtype, value & ~NEGATIVE, NONE, NONE);
}

// Folding in float64 and rounding once more gives what float32 arithmetic gives, for +, −, · and / (53 ≥ 2·24 + 2 bits).
function product(dtype: i32, a: u32, b: u32): u32 {
  if (isKnown(a) && isKnown(b)) return rounded(dtype, number(a) * number(b));
  if (isKnown(a) && abs(number(a)) == 1) return b ^ (a & NEGATIVE);
  if (isKnown(b) && abs(number(b)) == 1) return a ^ (b & NEGATIVE);
  if (isKnown(a)) return scaled(dtype, b, a);
  if (isKnown(b)) return scaled(dtype, a, b);
  const sign = (a ^ b) & NEGATIVE;
  return compute(Op.Mul, dtype, dtype, a & ~NEGATIVE, b & ~NEGATIVE, NONE) ^ sign;
}
// (x·2ⁿ)·c = x·(2ⁿ·c) for n ≥ 0 and |c| ≥ 1: neither side overflows or loses bits where the other does not.
function scaled(dtype: i32, x: u32, factor: u32): u32 {
  const sign = (x ^ factor) & NEGATIVE;
  let magnitude = factor & ~NEGATIVE;
  x &= ~NEGATIVE;
  if (kindOf(x) == INSTRUCTION && number(magnitude) >= 1) {
    const inner = instructionAt(numberOf(x));
    if (inner.op == Op.Mul) {
      const known = isKnown(inner.a) ? inner.a : isKnown(inner.b) ? inner.b : NONE;
      if (known != NONE && isGrowingPower(number(known))) {
        const together = rounded(dtype, number(known) * number(magnitude));
        if (number(together) < Infinity) {
          magnitude = together;
          x = known == inner.a ? inner.b : inner.a;
        }
      }
    }
  }
  return compute(Op.Mul, dtype, dtype, x, magnitude, NONE) ^ sign;
}
// 2ⁿ with n ≥ 0.
@inline
function isGrowingPower(x: f64): bool {
  return x >= 1 && !(reinterpret<u64>(x) << 12);
}
function quotient(dtype: i32, a: u32, b: u32): u32 {
  if (isKnown(b)) {
    const divisor = number(b);
    if (isKnown(a)) return rounded(dtype, number(a) / divisor);
    // By a power of two in the middle of the exponent range: its reciprocal is exact, and so is the same rounding.
    const exponent = <i32>((reinterpret<u64>(divisor) >> 52) & 0x7ff) - 1023;
    if (!(reinterpret<u64>(divisor) << 12) && abs(exponent) < 100) {
      return product(dtype, a, constant(dtype, 1 / divisor));
    }
  }
  const sign = (a ^ b) & NEGATIVE;
  return compute(Op.Div, dtype, dtype, a & ~NEGATIVE, b & ~NEGATIVE, NONE) ^ sign;
}
function sum(dtype: i32, a: u32, b: u32): u32 {
  if (isKnown(a) && isKnown(b)) return rounded(dtype, number(a) + number(b));
  // x + -0 is x for every x; x + 0 is not, for x = -0.
  if (isKnown(b) && reinterpret<u64>(number(b)) == 0x8000000000000000) return a;
  if (isKnown(a) && reinterpret<u64>(number(a)) == 0x8000000000000000) return b;
  if (isKnown(b)) b = withSign(b, dtype);
  if (b & NEGATIVE) return compute(Op.Sub, dtype, dtype, withSign(a, dtype), b & ~NEGATIVE, NONE);
  if (a & NEGATIVE) return compute(Op.Sub, dtype, dtype, b, a & ~NEGATIVE, NONE);
  return compute(Op.Add, dtype, dtype, a, b, NONE);
}

// -- instructions

// The value of an instruction that there is already, or of a new one.
function compute(op: i32, dtype: i32, source: i32, a: u32, b: u32, c: u32): u32 {
  if ((op == Op.Add || op == Op.Mul) && a > b) {
    const other = a;
    a = b;
    b = other;
  }
  let h: u32 = <u32>op * 0x9e3779b1;
  h = (h ^ (((<u32>dtype) << 8) | (<u32>source))) * 0x85ebca6b;
  h = (h ^ (h >> 15) ^ a) * 0xc2b2ae35;
  h = (h ^ (h >> 13) ^ b) * 0x27d4eb2f;
  h = (h ^ (h >> 16) ^ c) * 0x165667b1;
  const i = appendInstruction(op, dtype, source, a, b, c),
    added = changetype<usize>(instructionAt(i)),
    compared = <i32>(offsetof<Instruction>("store") >> 2);
  let at = (h ^ (h >> 15)) & (TABLE - 1);
  while (true) {
    const entry = <i32>load<u16>(table + <usize>at * sizeof<u16>());
    if (!entry) break;
    if (equalWords(changetype<usize>(instructionAt(entry - 1)), added, compared)) {
      dropInstruction();
      return INSTRUCTION | (entry - 1);
    }
    at = (at + 1) & (TABLE - 1);
  }
  store<u16>(table + <usize>at * sizeof<u16>(), <u16>(i + 1));
  return INSTRUCTION | i;
}

function storeTo(slot: i32, value: u32, dtype: i32): void {
  value = withSign(value, dtype);
  // Blocks of rows begin and end anywhere, and ops write whole vectors from there: up to 15 bytes beyond the array, or into
  // what another thread has computed. Copies end where they should.
  const isAligned = !((rowLength * sizeOf(dtype)) & 15);
  if (isAligned && kindOf(value) == INSTRUCTION) {
    const instruction = instructionAt(numberOf(value));
    if (instruction.store < 0) {
      instruction.store = slot;
      return;
    }
  }
  const at = appendInstruction(COPY, sizeOf(dtype), 0, value, NONE, NONE);
  instructionAt(at).store = slot;
}
