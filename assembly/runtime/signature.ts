// The signature of what is to be evaluated: equal signatures have equal plans. It says of each node of the pruned graph what
// planning reads: op, dtype, shape, attributes (but late ones, which change from call to call and are read when the node is
// computed: where a slice begins, a random draw's place in its stream), inputs, where it stands in the program, what is asked of it, and the kernel whose
// values it shows (twins.ts).
//
//      node                                                             leaf
//      ┌─────────────────┬──────┬────────┬────────┬───────┬────────    ┌─────────────┬───────┬─────────┬─────────
//      │ op, dtype, ndim │ twin │ counts │ origin │ sizes │ attri-     │ dtype, ndim │ sizes │ strides │ number
//      │ and what for    │      │        │        │       │ butes, …   │             │       │         │
//      └─────────────────┴──────┴────────┴────────┴───────┴────────    └─────────────┴───────┴─────────┴─────────
import { Op } from "../abi/opcodes";
import { firstPlanned, plannedCount } from "../generated/traits";
import { Node } from "../graph/node";
import { nodeAt, order } from "../graph/walk";
import { Vector } from "../memory/vector";
import { TARGET, demand, isHeldOutside, isPlainNumber, plannedNodes } from "./plan";
import { twins } from "./twins";
import { wordBytes } from "../memory/words";

/** The signature that `encode` wrote, until it is cleared, and its hash. */
export const words = Vector.make(memory.data(12));
export let hash: u32 = 0;

const HELD: u32 = 1 << 30;
const ASKED: u32 = 1 << 29;
const DIFFERENTIABLE: u32 = 1 << 28;
const PLAIN: u32 = 1 << 27;

/** Writes the signature of the planned nodes. False: memory is exhausted. */
export function encode(): bool {
  const count = plannedNodes;
  at = words.data;
  const base = firstOrigin(count);
  for (let slot = 0; slot < count; slot++) {
    const n = nodeAt(slot);
    const op = <i32>n.op,
      ndim = <i32>n.ndim,
      inputs = <i32>n.inputCount,
      first = firstPlanned(op, ndim),
      attributes = plannedCount(op, ndim, n.attributeCount),
      isFull = op == Op.Full,
      isPlain = isFull && isPlainNumber(n.value);
    if (!reserve(n)) return false;
    let what = (<u32>op) | ((<u32>n.dtype) << 8) | ((<u32>ndim) << 12);
    if (isHeldOutside(slot)) what |= HELD;
    if (demand.at(slot) & TARGET) what |= ASKED;
    if (n.isDifferentiable) what |= DIFFERENTIABLE;
    if (isPlain) what |= PLAIN;
    put(what);
    put(twins.at(slot));
    put((<u32>inputs) | ((<u32>attributes) << 20));
    put(isFull ? 0 : ((<u32>(n.userSerial - base)) << 1) | (<u32>(n.origin >> 63)));
    putAll(n.dims, ndim);
    putAll(n.attributes + wordBytes(first), attributes);
    if (isPlain) putNumber(n.value);
    for (let k = 0; k < inputs; k++) put(n.input(k).slot);
  }
  for (let slot = count; slot < order.length; slot++) {
    const n = nodeAt(slot);
    const isPlain = n.op == Op.Full && isPlainNumber(n.value);
    if (!reserve(n)) return false;
    // Of two factors each is kept for the other's derivative, if it has one.
    const what = (n.isDifferentiable ? DIFFERENTIABLE : 0) | (isPlain ? PLAIN : 0);
    put((<u32>n.dtype) | ((<u32>n.ndim) << 8) | what);
    // Strides come behind the sizes. What has none is a call of a user's function, which is not computed, and has no sizes.
    putAll(n.dims, 2 * <i32>n.ndim);
    if (isPlain) putNumber(n.value);
  }
  words.length = <i32>((at - words.data) >> 2);
  hash = hashed();
  return true;
}

// Origins count from the first one. Where a constant stands does not matter: one from before a loop would else be further away at
// every turn.
function firstOrigin(count: i32): u64 {
  for (let slot = 0; slot < count; slot++) if (nodeAt(slot).op != Op.Full) return nodeAt(slot).userSerial;
  return 0;
}

/** Where the next word goes. */
let at: usize = 0;
// Room for what is written about n, which is less than its record is.
@inline
function reserve(n: Node): bool {
  return at + n.bytes <= words.data + wordBytes(words.capacity) || grow(n.bytes);
}
function grow(bytes: i32): bool {
  words.length = <i32>((at - words.data) >> 2);
  // As much as most plans take, so that a large one moves once or twice.
  if (!words.reserve(words.length + bytes + 8 * plannedNodes)) return false;
  at = words.data + wordBytes(words.length);
  return true;
}
@inline
function put(word: u32): void {
  store<u32>(at, word);
  at += 4;
}
// Of the numbers that are folded: the last half of their bits is 0.
@inline
function putNumber(value: f64): void {
  put(<u32>(reinterpret<u64>(value) >> 32));
}
@inline
function putAll(from: usize, count: i32): void {
  for (let i = 0; i < count; i++) put(load<u32>(from + wordBytes(i)));
}

// Pairs of words (the constant is of MurmurHash3's finalizer).
function hashed(): u32 {
  let h: u64 = words.length,
    from = words.data;
  for (; from + 4 < at; from += 8) {
    h = (h ^ load<u64>(from)) * 0xff51afd7ed558ccd;
    h ^= h >> 29;
  }
  if (from < at) h = (h ^ load<u32>(from)) * 0xff51afd7ed558ccd;
  return <u32>(h ^ (h >> 32));
}
