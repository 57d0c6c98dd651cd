// The heap: a two-level segregated-fit allocator (Masmano et al., "TLSF", 2004) in granules of 64 bytes.
//
// Constant time, coalescing, 64-byte aligned payloads. AssemblyScript's own (stub) runtime keeps to the memory that exists
// when the module starts; everything above is this heap's. Running out of memory is a null pointer, never a trap.
//
//      block b (b ≡ 48 mod 64)                                    next block
//      ┌──────────┬──────────┬──────────┬──────────┬───────────────┬─────
//      │ size|free│ previous │ nextFree │ prevFree │ payload …     │
//      └──────────┴──────────┴──────────┴──────────┴───────────────┴─────
//      +0          +4         +8         +12        +16 (64-aligned)
//
// `size` is in bytes, a multiple of 64, header included; bit 0 says that the block is free. `previous` is the block that
// lies physically before. The last block is a sentinel of size 0 that counts as used.
import { Fault } from "../abi/failures";
import { pointer, setPointer, wordBytes } from "./words";

const GRANULE: usize = 64;
const HEADER: usize = 16;
const FREE: u32 = 1;
/** Kernels may read this far past the end of an operand: the end of memory keeps its distance. */
const READ_SLACK: usize = 256;
const PAGE: usize = 65536;
/** Memory grows by at least this much, and by an eighth of what there is. */
const MIN_GROWTH: usize = 1 << 20;
/** Rounding up a larger request could pass 2^32. */
const MAX_REQUEST: usize = 0xefffff00;

@unmanaged
class Block {
  sizeAndFree: u32;
  previous: usize;
  nextFree: usize;
  prevFree: usize;

  @inline get isFree(): bool {
    return (this.sizeAndFree & FREE) != 0;
  }
  @inline get size(): usize {
    return this.sizeAndFree & ~FREE;
  }
  @inline get next(): Block {
    return changetype<Block>(changetype<usize>(this) + this.size);
  }
}

// First level: powers of two of granules; second level: eighths of them. Blocks under 8 granules have exact lists.
const SECOND_BITS: u32 = 3;
const SECOND: u32 = 1 << SECOND_BITS;
const FIRST: u32 = 26;
const heads: usize = memory.data(FIRST * SECOND * 4);
const secondMaps: usize = memory.data(FIRST * 4);
let firstMap: u32 = 0;

let top: usize = 0; // the sentinel block
let reserved: usize = 0;
let limit: f64 = 4294967296.0;

/** Bytes of linear memory that the module holds. */
export function reservedBytes(): f64 {
  return <f64>memory.size() * <f64>PAGE;
}
/** No growth beyond so many bytes of linear memory. */
export function setLimit(bytes: f64): void {
  limit = bytes;
}
export function limitBytes(): f64 {
  return limit;
}

// The list of a size, as first * SECOND + second.
@inline
function listOf(size: usize): u32 {
  const granules = <u32>(size / GRANULE);
  if (granules < SECOND) return granules;
  const top = 31 - clz(granules);
  return ((top - SECOND_BITS + 1) << SECOND_BITS) + ((granules >> (top - SECOND_BITS)) & (SECOND - 1));
}

function insert(block: Block): void {
  const list = listOf(block.size);
  const head = pointer(heads, list);
  block.sizeAndFree |= FREE;
  block.nextFree = head;
  block.prevFree = 0;
  if (head) changetype<Block>(head).prevFree = changetype<usize>(block);
  setPointer(heads, list, changetype<usize>(block));
  const first = list >> SECOND_BITS;
  firstMap |= 1 << first;
  const map = secondMaps + wordBytes(first);
  store<u32>(map, load<u32>(map) | (1 << (list & (SECOND - 1))));
}

function remove(block: Block): void {
  const list = listOf(block.size);
  if (block.nextFree) changetype<Block>(block.nextFree).prevFree = block.prevFree;
  if (block.prevFree) changetype<Block>(block.prevFree).nextFree = block.nextFree;
  else {
    setPointer(heads, list, block.nextFree);
    if (!block.nextFree) {
      const first = list >> SECOND_BITS;
      const map = secondMaps + wordBytes(first);
      const left = load<u32>(map) & ~(1 << (list & (SECOND - 1)));
      store<u32>(map, left);
      if (!left) firstMap &= ~(1 << first);
    }
  }
  block.sizeAndFree &= ~FREE;
}

function find(size: usize): Block {
  let granules = <u32>(size / GRANULE);
  // Round up to the next list, so that whatever block it holds is large enough.
  if (granules >= SECOND) granules += (1 << (31 - clz(granules) - SECOND_BITS)) - 1;
  const list = listOf(<usize>granules * GRANULE);
  let first = list >> SECOND_BITS;
  if (first >= FIRST) return changetype<Block>(0);
  let map = load<u32>(secondMaps + wordBytes(first)) & (~0 << (list & (SECOND - 1)));
  if (!map) {
    const firsts = first + 1 < 32 ? firstMap & (~0 << (first + 1)) : 0;
    if (!firsts) return changetype<Block>(0);
    first = ctz(firsts);
    map = load<u32>(secondMaps + wordBytes(first));
  }
  return changetype<Block>(pointer(heads, (first << SECOND_BITS) + ctz(map)));
}

// The list of the size itself, where `find` does not look, may hold a block that is large enough.
function findTight(size: usize): Block {
  let at = pointer(heads, listOf(size));
  while (at && changetype<Block>(at).size < size) at = changetype<Block>(at).nextFree;
  return changetype<Block>(at);
}

// Turns [top, end of memory) into a free block and puts the sentinel behind it.
function extend(end: usize): void {
  const block = changetype<Block>(top);
  const last = ((end - READ_SLACK - GRANULE) & ~(GRANULE - 1)) + GRANULE - HEADER;
  const size = last - top;
  const sentinel = changetype<Block>(last);
  sentinel.sizeAndFree = 0;
  sentinel.previous = top;
  block.sizeAndFree = <u32>size;
  top = last;
  merge(block);
}

// Joins a block with its free neighbours and files it.
function merge(block: Block): void {
  const next = block.next;
  if (next.isFree) {
    remove(next);
    block.sizeAndFree += <u32>next.size;
  }
  if (block.previous) {
    const previous = changetype<Block>(block.previous);
    if (previous.isFree) {
      remove(previous);
      previous.sizeAndFree += <u32>block.size;
      block = previous;
    }
  }
  block.next.previous = changetype<usize>(block);
  insert(block);
}

function grow(size: usize): bool {
  const held = <usize>memory.size() * PAGE;
  if (!top) {
    // The first block starts where memory ends now: below live statics, singletons and the stub runtime.
    top = held + GRANULE - HEADER;
  }
  // In 64 bits: what a huge request needs with its reserve may pass 2^32.
  const needed = <u64>size + ((<u64>size) >> SECOND_BITS) + GRANULE * 2 + READ_SLACK;
  for (let attempt = 0; attempt < 3; attempt++) {
    const bytes =
      attempt == 0 ? max(needed, <u64>max(MIN_GROWTH, held >> 3)) : attempt == 1 ? needed : leastGrowth(size);
    const pages = <i32>((bytes + PAGE - 1) / PAGE);
    if (<f64>held + <f64>pages * <f64>PAGE > limit) continue;
    const before = memory.grow(pages);
    if (before < 0) continue;
    if (!reserved) {
      reserved = 1;
      changetype<Block>(top).previous = 0;
    }
    // The last page of a full 4 GiB memory ends at 2^32, which is no address: leave its last granules out.
    const pagesNow = memory.size();
    const end = pagesNow == 65536 ? <usize>0xffffffc0 : <usize>pagesNow * PAGE;
    extend(end);
    return true;
  }
  if (!reserved) top = 0;
  return false;
}

// What is missing behind the last block, if that is free.
function leastGrowth(size: usize): u64 {
  const needed = <u64>size + GRANULE * 2 + READ_SLACK;
  const last = reserved ? changetype<Block>(changetype<Block>(top).previous) : changetype<Block>(0);
  if (!changetype<usize>(last) || !last.isFree) return needed;
  return needed > <u64>last.size ? needed - <u64>last.size : 1;
}

function nothingToReclaim(): void {}
let reclaim: () => void = nothingToReclaim;
/** `reclaimer` is asked to free what can be made again when memory is exhausted. */
export function setReclaimer(reclaimer: () => void): void {
  reclaim = reclaimer;
}

function findAny(size: usize): Block {
  const block = find(size);
  return changetype<usize>(block) ? block : findTight(size);
}

/** How many blocks have been allocated since the module started. */
export let allocations: f64 = 0;

/** Requests of more bytes are looked at before they are served: those that are too large, and all while tests interfere. */
let suspicious: usize = MAX_REQUEST;
let untilFault: i32 = 0;
let fault: Fault = Fault.None;
/** For tests: the request after `count` others is refused, or all from then on are, or what can be reclaimed is before it. */
export function interfere(kind: Fault, count: i32): void {
  suspicious = kind == Fault.None ? MAX_REQUEST : 0;
  fault = kind;
  untilFault = count;
}
function isRefused(bytes: usize): bool {
  if (bytes > MAX_REQUEST) return true;
  if (fault == Fault.None || untilFault-- > 0) return false;
  if (fault == Fault.Reclaim) reclaim();
  else if (fault == Fault.All) return true;
  const isOne = fault == Fault.One;
  fault = Fault.None;
  return isOne;
}

/** `bytes` (> 0) at a 64-byte boundary, or 0 when memory is exhausted. */
export function allocate(bytes: usize): usize {
  allocations++;
  if (bytes > suspicious && isRefused(bytes)) return 0;
  const size = (bytes + HEADER + GRANULE - 1) & ~(GRANULE - 1);
  let block = find(size);
  if (!changetype<usize>(block)) {
    if (grow(size)) block = findAny(size);
    else {
      // Tight before costly: giving up plans means making them again.
      block = findTight(size);
      if (!changetype<usize>(block)) {
        reclaim();
        block = findAny(size);
        if (!changetype<usize>(block) && grow(size)) block = findAny(size);
      }
    }
    if (!changetype<usize>(block)) return 0;
  }
  remove(block);
  const rest = block.size - size;
  if (rest >= GRANULE) {
    block.sizeAndFree = <u32>size;
    const remainder = block.next;
    remainder.sizeAndFree = <u32>rest;
    remainder.previous = changetype<usize>(block);
    remainder.next.previous = changetype<usize>(remainder);
    insert(remainder);
  }
  return changetype<usize>(block) + HEADER;
}

/** Gives back what `allocate` gave. */
export function free(payload: usize): void {
  merge(changetype<Block>(payload - HEADER));
}
