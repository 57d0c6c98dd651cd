// The graph: appending nodes, counting references, freeing. No recursion anywhere: a chain of a million nodes is freed by
// a work list that is linked through the dying records themselves.
//
// Who appends holds nothing: every new node belongs to the open scope (a span of `births`) until that scope closes, and
// survives only if an edge or a handle took it meanwhile. So neither a vjp rule nor an error on the way leaks.
import { DType, Op } from "../abi/opcodes";
import { addFacts, fail, failure } from "../abi/failure";
import { Failure } from "../abi/failures";
import { GradMode, Limit } from "../abi/numbers";
import { Kind, Trait } from "../abi/traits";
import { hasTrait, kindOf } from "../generated/traits";
import { allocateRecord, freeRecord, lastChunk } from "../memory/slab";
import { unpromise } from "../memory/live";
import { Vector } from "../memory/vector";
import { clearBytes, longBytes } from "../memory/words";
import {
  MOST_NAMES,
  NAME_BITS,
  Node,
  OPAQUE,
  PENDING,
  REQUIRES_GRAD,
  ROOTED,
  SHADOW,
  TRACED,
  VIEWING,
  nodeOf,
} from "./node";
import { forgetViewer } from "./viewers";

export const MAX_DIMS: i32 = Limit.Dims;

const births = Vector.make(memory.data(12));
let serial: u64 = 0;
let origin: u64 = 0;
let name: u64 = 0;
let gradMode: GradMode = GradMode.On;
/** How many forwards of custom functions run, one within the other; and whether the innermost has read a value. */
let forwards: i32 = 0;
let hasRead: bool = false;

/** The pending nodes, newest first, and how many. */
export let firstPending: Node | null = null;
export let pendingCount: i32 = 0;
/** Nodes alive; and nodes appended since the module started. */
export let liveNodes: i32 = 0;
export let appendedNodes: u64 = 0;

// Stands in for a node when memory is exhausted, so that rules need not look: 0-dim, never freed, goes nowhere.
const poison = changetype<Node>(memory.data(1024, 16));
poison.dtype = <i8>DType.Float32;
poison.op = <u8>Op.Full;
poison.refs = 0x40000000;
poison.numel = 1;

/** Whether `append` found no memory: a caller with many inputs asks before it fills them in. */
export function isPoison(n: Node): bool {
  return n == poison;
}
/** From here on, nodes inherit this origin; 0: each node is its own. Returns what was set before. */
@inline
export function setOrigin(inherited: u64): u64 {
  const before = origin;
  origin = inherited;
  return before;
}
/** From here on, nodes with an origin of their own are those of the op that the host has given this number. */
@inline
export function setName(number: i32): void {
  name = <u64>(number & MOST_NAMES);
}
@inline
export function getGradMode(): GradMode {
  return gradMode;
}
/** Returns what was set before. */
export function setGradMode(mode: GradMode): GradMode {
  const before = gradMode;
  gradMode = mode;
  return before;
}

/** Serial of the newest node when the rules of a transform began to make nodes; 0: the program makes them. */
let rulesStart: u64 = 0;
/** From now on rules make nodes; returns what `leaveRules` takes to return to what was before. */
export function enterRules(): u64 {
  const before = rulesStart;
  rulesStart = serial;
  return before;
}
/** The same for the program: a user's code runs within a walk. */
export function enterProgram(): u64 {
  const before = rulesStart;
  rulesStart = 0;
  return before;
}
@inline
export function leaveRules(start: u64): void {
  rulesStart = start;
}
/** Whether n was there before the backward walk under way began. */
@inline
export function isOlderThanWalk(n: Node): bool {
  return n.serial <= rulesStart;
}

/** A forward begins; returns what `leaveForward` wants back. */
export function enterForward(): bool {
  const before = hasRead;
  forwards++;
  hasRead = false;
  return before;
}
export function leaveForward(before: bool): void {
  hasRead = --forwards ? hasRead || before : false;
}
@inline
export function isInForward(): bool {
  return forwards != 0;
}
/** A value is read: data that a forward makes from now on may come from it. */
@inline
export function noteRead(): void {
  hasRead = forwards != 0;
}
export function hasForwardRead(): bool {
  return hasRead;
}

// The flags that a node gets from its inputs' where derivatives are not recorded in the ordinary way.
function unrecorded(flags: u8): u8 {
  const opaque = flags & OPAQUE;
  if (gradMode == GradMode.Shadow && flags & TRACED) return OPAQUE;
  if (gradMode == GradMode.Shadow) return opaque | (flags & (REQUIRES_GRAD | SHADOW) ? SHADOW : 0);
  return flags & SHADOW ? OPAQUE : opaque;
}

/** Opens a scope; its mark goes to `closeScope`. */
@inline
export function openScope(): i32 {
  return births.length;
}
/** Makes an existing node part of the open scope, as if it had been appended now. */
export function adopt(n: Node): void {
  if (!births.reserveOne()) return;
  n.refs++;
  births.push(<u32>changetype<usize>(n));
}
/** Lets go of every node appended since `mark`. */
export function closeScope(mark: i32): void {
  while (births.length > mark) release(changetype<Node>(births.pop()));
  if (!mark) births.clear();
}

const wide: usize = memory.data(32 * 8, 8);
/** Size i of a tensor that is to be made, wider than a node's: `areSizes` judges all of them. */
@inline
export function setSize(i: i32, size: i64): void {
  store<i64>(wide + longBytes(i), size);
}
/** Whether the `ndim` sizes that are set make a tensor of 2³¹-1 elements at most; if not, they are the facts of the failure. */
export function areSizes(ndim: i32): bool {
  let numel: i64 = 1,
    fits = true;
  for (let i = 0; i < ndim; i++) {
    const size = load<i64>(wide + longBytes(i));
    if (size > i32.MAX_VALUE) fits = false;
    numel = min(numel * min(size, MOST), MOST);
  }
  if (fits && numel < MOST) return true;
  fail(Failure.TooLarge);
  addFacts(wide, 2 * ndim);
  return false;
}
/** One more element than there may be. */
const MOST: i64 = <i64>i32.MAX_VALUE + 1;

/**
 * A new record with undefined sizes, attributes and inputs: the caller fills them in and calls `seal`. Once a call has failed
 * there are no more: what a rule derives from the poison node has nonsensical sizes, and no record may be made after them.
 */
export function append(op: Op, dtype: DType, ndim: i32, attributeCount: i32, inputCount: i32): Node {
  const bytes = <u32>offsetof<Node>() + (((ndim << 1) + attributeCount + inputCount) << 2);
  if (failure) return poisoned();
  const at = allocateRecord(bytes);
  if (!at) {
    fail(Failure.OutOfMemory);
    return poisoned();
  }
  const n = changetype<Node>(at);
  clearBytes(at, offsetof<Node>());
  n.op = <u8>op;
  n.dtype = <i8>dtype;
  n.ndim = <i8>ndim;
  n.attributeCount = attributeCount;
  n.inputCount = inputCount;
  n.bytes = bytes;
  n.chunk = lastChunk;
  return n;
}

// The poison node lends its tail to whoever fills it in: room for what a node of MAX_DIMS dims has but for long input lists.
function poisoned(): Node {
  poison.flags = 0;
  poison.ndim = 0;
  poison.attributeCount = 0;
  poison.inputCount = 0;
  return poison;
}

/** Completes a record: counts its elements, takes its inputs, and files it. Returns it. */
export function seal(n: Node): Node {
  if (n == poison) return n;
  if (!births.reserveOne()) {
    // No room in the scope's list: the node would never be let go of.
    freeRecord(changetype<usize>(n), n.bytes, n.chunk);
    return poisoned();
  }
  let numel: i64 = 1;
  // Capped, so that no product overflows; a later size of 0 still makes it 0.
  for (let i = 0, ndim = <i32>n.ndim; i < ndim; i++) numel = min(numel * n.dim(i), MOST);
  let flags: u8 = 0;
  for (let i = 0, count = <i32>n.inputCount; i < count; i++) {
    const input = n.input(i);
    input.refs++;
    flags |= input.flags;
  }
  n.numel = <i32>min(numel, i32.MAX_VALUE);
  n.flags = flags & ROOTED;
  if (n.dtype >= DType.Float32)
    n.flags |= gradMode == GradMode.On ? flags & (REQUIRES_GRAD | SHADOW | OPAQUE) : unrecorded(flags);
  if (n.flags & ROOTED && countsByValues(n, flags)) n.flags &= ~ROOTED;
  if (hasTrait(n.op, Trait.Root) && n.isRecorded) n.flags |= ROOTED;
  n.serial = ++serial;
  n.origin = origin ? origin : (serial << NAME_BITS) | name;
  n.refs = 1;
  births.push(<u32>changetype<usize>(n));
  liveNodes++;
  appendedNodes++;
  if (kindOf(n.op) != Kind.Source) addPending(n);
  if (numel == MOST) {
    for (let i = 0; i < <i32>n.ndim; i++) setSize(i, n.dim(i));
    areSizes(n.ndim);
  }
  return n;
}

// A node that the program makes without gradient is a number to the derivatives of roots: they look at its values alone. They look
// into the formula of two others: of what a rule makes, which may be without gradient just because nobody asks for more derivatives,
// and of a condition, which is part of an op's own formula.
function countsByValues(n: Node, flags: u8): bool {
  const couldFlow = (flags & (REQUIRES_GRAD | TRACED | SHADOW)) != 0;
  return couldFlow && !n.isDifferentiable && n.dtype != DType.Bool && !rulesStart;
}
/** A handle takes n. Its values may be read, and reading must change no derivative: so n, without gradient, is a number from now on. */
export function countByValues(n: Node): void {
  if (!(n.flags & ROOTED) || n.isDifferentiable) return;
  n.flags &= ~ROOTED;
  if (n.isComputed) dropInputs(n);
}

function addPending(n: Node): void {
  n.flags |= PENDING;
  n.prev = null;
  n.next = firstPending;
  if (firstPending) firstPending!.prev = n;
  firstPending = n;
  pendingCount++;
}
/** Bytes that a pending node with a handle will take when it is computed; an expanded one repeats what is there. */
@inline
export function claimOf(n: Node): f64 {
  return n.op == Op.Expand ? 0 : n.valueBytes;
}
/** Takes a node off the pending list: it is computed, or need not be. */
@inline
export function removePending(n: Node): void {
  if (n.flags & PENDING) unlinkPending(n);
}
function unlinkPending(n: Node): void {
  if (n.handles) unpromise(claimOf(n));
  n.flags &= ~PENDING;
  const next = n.next,
    prev = n.prev;
  if (next) next.prev = prev;
  if (prev) prev.next = next;
  else firstPending = next;
  n.next = null;
  n.prev = null;
  pendingCount--;
}

/** Links the results of one transform call: reading one computes all. `b` must not be in a ring yet. */
function joinRing(a: Node, b: Node): void {
  if (a == b || b.ring) return;
  if (!a.ring) {
    a.ring = a;
    a.ringPrev = a;
  }
  const next = changetype<Node>(a.ring);
  a.ring = b;
  b.ringPrev = a;
  b.ring = next;
  next.ringPrev = b;
}
/** Links results that are computed together; entries of 0 are none. */
export function joinResults(list: usize, count: i32, first: Node | null): Node | null {
  for (let i = 0; i < count; i++) {
    const n = nodeOf(list, i);
    if (!changetype<usize>(n)) continue;
    if (first) joinRing(first, n);
    else first = n;
  }
  return first;
}
/** Takes a node out of its ring. */
@inline
export function leaveRing(n: Node): void {
  if (n.ring) unlinkRing(n);
}
function unlinkRing(n: Node): void {
  const next = changetype<Node>(n.ring);
  const prev = changetype<Node>(n.ringPrev);
  prev.ring = next;
  next.ringPrev = prev;
  n.ring = null;
  n.ringPrev = null;
}

@inline
export function retain(n: Node): void {
  n.refs++;
}

// @ts-ignore: decorator
@external("host", "customFreed")
declare function customFreed(call: i32): void;

/** Gives up a reference; frees the node, and what only it held, when that was the last. */
@inline
export function release(n: Node): void {
  if (--n.refs == 0) destroy(n);
}
function destroy(n: Node): void {
  let dead: Node | null = n;
  n.mark = 0;
  unlist(n);
  while (dead) {
    const dying = changetype<Node>(dead);
    dead = dying.next;
    for (let i = 0, count = <i32>dying.inputCount; i < count; i++) {
      const input = dying.input(i);
      if (--input.refs == 0) {
        unlist(input);
        input.next = dead;
        dead = input;
      }
    }
    if (dying.buffer) dying.buffer!.release();
    if (dying.op == Op.CustomCall) customFreed(dying.attribute(0));
    liveNodes--;
    freeRecord(changetype<usize>(dying), dying.bytes, dying.chunk);
  }
}
// Before its links serve the work list of `release`.
@inline
function unlist(n: Node): void {
  removePending(n);
  if (n.flags & VIEWING) forgetViewer(n);
  leaveRing(n);
  n.next = null;
}

/** Lets go of a computed node's inputs: it is a leaf from now on. */
export function dropInputs(n: Node): void {
  const count = <i32>n.inputCount;
  n.inputCount = 0;
  for (let i = 0; i < count; i++) {
    const input = n.input(i);
    if (--input.refs == 0) destroy(input);
  }
}
