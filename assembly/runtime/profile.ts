// A profile: where the time of calls goes, by phase, and a record of every kernel. While none is open, a kernel and a call
// of the ABI cost one branch each.
//
//      a record, from a multiple of 8 bytes on
//      ┌──────┬───────┬───────┬───────┬─────────┬──────────┬───────┬────────────┐      tail, of 32-bit words
//      │ time │ flops │ bytes │ words │ members │ operands │ dtype │ attributes │      ┌───────────────┬─────────────────────┐
//      │ f64  │ f64   │ f64   │ u32   │ u32     │ u32      │ u32   │ i32 × 2    │      │ ops × members │ (ndim, sizes) × ... │
//      └──────┴───────┴───────┴───────┴─────────┴──────────┴───────┴────────────┘      └───────────────┴─────────────────────┘
//
// `words` is the length of the whole record. The shapes are that of the first member, over which the kernel iterates or which
// it gives, and then those of `operands` of its operands. host/profile-records.ts reads the records.
import { KernelField } from "../abi/numbers";
import { Op } from "../abi/opcodes";
import { Phase } from "../abi/phases";
import { Kind } from "../abi/traits";
import { kindOf } from "../generated/traits";
import { Node, sizeOf } from "../graph/node";
import { nodeAt } from "../graph/walk";
import { allocate, free } from "../memory/heap";
import { primitiveOf } from "../primitives/primitive";
import { firstMember, hasTwin, isPlanned, nextMember, unitOf } from "./plan";
import { longBytes, wordBytes } from "../memory/words";

@external("host", "now")
declare function now(): f64;

/** How many profiles are open: one may be taken within another. */
export let profiling: i32 = 0;
let phase: Phase = Phase.Host;
let since: f64 = 0;
// Milliseconds by phase.
const TIMES_BYTES: usize = 48;
const times: usize = memory.data(48, 8);

/** From now on the time goes to `next`. What comes back is handed to `leavePhase`. */
@inline
export function enterPhase(next: Phase): Phase {
  return profiling ? switchPhase(next) : next;
}
@inline
export function leavePhase(previous: Phase): void {
  if (profiling) switchPhase(previous);
}
function switchPhase(next: Phase): Phase {
  const previous = phase,
    at = times + longBytes(previous),
    time = now();
  store<f64>(at, load<f64>(at) + time - since);
  since = time;
  phase = next;
  return previous;
}

// -- records: a list of their own, since a profile that finds no memory must not make the evaluation fail

const FIRST_BYTES: usize = 65536;
/** Of a concatenation's many operands the first few will do. */
const MAX_OPERANDS: i32 = 4;

@unmanaged
class KernelRecord {
  time: f64;
  flops: f64;
  bytes: f64;
  words: u32;
  members: u32;
  operands: u32;
  dtype: u32;
  attribute0: i32;
  attribute1: i32;
}

if (
  offsetof<KernelRecord>("flops") != KernelField.Flops ||
  offsetof<KernelRecord>("bytes") != KernelField.Bytes ||
  offsetof<KernelRecord>("words") != KernelField.Words ||
  offsetof<KernelRecord>("members") != KernelField.Members ||
  offsetof<KernelRecord>("operands") != KernelField.Operands ||
  offsetof<KernelRecord>("dtype") != KernelField.DType ||
  offsetof<KernelRecord>("attribute0") != KernelField.Attribute0 ||
  offsetof<KernelRecord>("attribute1") != KernelField.Attribute1 ||
  offsetof<KernelRecord>() != KernelField.Tail
)
  ERROR("KernelField of abi/numbers.ts is not how the record lies");

let records: usize = 0;
let capacity: usize = 0;
let used: usize = 0;
/** Kernels without a record, for want of memory. */
let lost: i32 = 0;

function reserve(bytes: usize): bool {
  if (used + bytes <= capacity) return true;
  const larger = max(used + bytes, max(FIRST_BYTES, 2 * capacity));
  const data = allocate(larger);
  if (!data) return false;
  memory.copy(data, records, used);
  if (records) free(records);
  records = data;
  capacity = larger;
  return true;
}

/** Opens a profile; returns where its records begin, in bytes. */
export function startProfile(): usize {
  if (!profiling) {
    used = 0;
    lost = 0;
    memory.fill(times, 0, TIMES_BYTES);
    phase = Phase.Host;
    since = now();
  } else switchPhase(phase);
  profiling++;
  return used;
}
/** Closes the profile that was opened last. */
export function stopProfile(): void {
  switchPhase(phase);
  profiling--;
}
/** Milliseconds in a phase since the outermost profile was opened. */
export function phaseTime(which: i32): f64 {
  return load<f64>(times + longBytes(which));
}
export function recordsAddress(): usize {
  return records;
}
export function recordsEnd(): usize {
  return used;
}
export function lostRecords(): i32 {
  return lost;
}
/** Frees the records, unless a profile is still open. */
export function clearProfile(): void {
  if (profiling || !records) return;
  free(records);
  records = 0;
  capacity = 0;
  used = 0;
}

// -- kernels

/** A unit is about to run. */
export function profileBegin(): void {
  switchPhase(Phase.Kernel);
}
/** Unit `unit` has run; `done`: to its end. */
export function profileEnd(unit: i32, done: bool): void {
  if (!done || !isKernel(nodeAt(firstMember.at(unit)))) {
    phase = Phase.Run; // a view, or a constant's one element: its time is counted when the clock is read next
    return;
  }
  const start = since;
  switchPhase(Phase.Recording);
  record(unit, since - start);
  switchPhase(Phase.Run);
}

// Whether what has run is one: views are none unless they had to copy, nor are pads that programs load.
function isKernel(n: Node): bool {
  if (hasTwin(n)) return false;
  const kind = kindOf(n.op);
  if (kind == Kind.View || n.op == Op.Pad) return n.buffer != n.input(0).buffer;
  return kind == Kind.Elementwise || (kind == Kind.Kernel && n.op != Op.Placeholder);
}

// Distinct operands from outside of the unit. What a unit has beyond so many counts as often as it is read.
const MAX_DISTINCT: i32 = 512;
const operands: usize = memory.data(2048);
let operandCount: i32 = 0;

function record(unit: i32, time: f64): void {
  const first = nodeAt(firstMember.at(unit));
  const kernel = kindOf(first.op) != Kind.Elementwise;
  const shapes = 1 + (kernel ? min(<i32>first.inputCount, MAX_OPERANDS) : 0);
  let members = 0,
    words = <i32>(offsetof<KernelRecord>() >> 2) + 1 + first.ndim;
  for (let slot = <i32>firstMember.at(unit); slot >= 0; slot = <i32>nextMember.at(slot)) members++;
  for (let k = 0; k < shapes - 1; k++) words += 1 + first.input(k).ndim;
  words = (words + members + 1) & ~1;
  if (!reserve(wordBytes(words))) {
    lost++;
    return;
  }
  const r = changetype<KernelRecord>(records + used);
  used += wordBytes(words);
  r.time = time;
  r.flops = 0;
  r.bytes = 0;
  r.words = words;
  r.members = members;
  r.operands = shapes - 1;
  r.dtype = 0;
  r.attribute0 = first.attributeCount > 0 ? first.attribute(0) : 0;
  r.attribute1 = first.attributeCount > 1 ? first.attribute(1) : 0;
  let to = changetype<usize>(r) + offsetof<KernelRecord>();
  operandCount = 0;
  for (let slot = <i32>firstMember.at(unit); slot >= 0; slot = <i32>nextMember.at(slot)) {
    const n = nodeAt(slot);
    store<u32>(to, n.op);
    to += 4;
    r.flops += primitiveOf(n.op).flops(n);
    if (n.isComputed) r.bytes += n.valueBytes;
    r.dtype = max(r.dtype, <u32>n.dtype);
    for (let k = 0; k < <i32>n.inputCount; k++) {
      const input = n.input(k);
      r.dtype = max(r.dtype, <u32>input.dtype);
      if ((isPlanned(input) && <i32>unitOf.at(input.slot) == unit) || !isNew(input)) continue;
      // A gather reads as many elements as it gives.
      const gathered = n.op == Op.Gather && !k;
      r.bytes += gathered ? n.valueBytes : bytesRead(input);
    }
  }
  to = putShape(to, first);
  for (let k = 0; k < shapes - 1; k++) to = putShape(to, first.input(k));
}
function putShape(to: usize, n: Node): usize {
  store<u32>(to, n.ndim);
  memory.copy(to + 4, n.dims, wordBytes(n.ndim));
  return to + 4 + wordBytes(n.ndim);
}
function isNew(operand: Node): bool {
  const address = changetype<usize>(operand),
    end = operands + wordBytes(operandCount);
  for (let at = operands; at < end; at += 4) if (load<usize>(at) == address) return false;
  if (operandCount < MAX_DISTINCT) {
    store<usize>(end, address);
    operandCount++;
  }
  return true;
}
// Elements in memory, those that are repeated counted once.
function bytesRead(n: Node): f64 {
  if (!n.isComputed) return 0; // a constant that the program holds in a register
  let count: f64 = <f64>sizeOf(n.dtype);
  for (let i = 0; i < <i32>n.ndim; i++) if (n.stride(i) != 0) count *= <f64>n.dim(i);
  return n.numel ? count : 0;
}
