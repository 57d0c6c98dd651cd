// Records of the graph: small blocks of one size class each, cut from chunks of 64 KiB.
//
//      chunk                                                     a record starts with
//      ┌───────┬──────┬──────┬──────┬──────┬──────┬────────      whatever its owner keeps;
//      │ class │ live │ free │ bump │ next │ prev │ records…     its chunk is stored by the owner
//      └───────┴──────┴──────┴──────┴──────┴──────┴────────
//
// `free` heads the list of returned records (linked through their first word), `bump` is the first never used one; `next`
// and `prev` link the chunks of a class that have room. An empty chunk goes back to the heap, unless it is the only one.
import { allocate, free } from "./heap";
import { addLive, noteGrowth, removeLive } from "./live";
import { pointer, setPointer, wordBytes } from "./words";

const CHUNK_BYTES: u32 = 65536 - 16;
const STEP: u32 = 16;
/** Larger records come straight from the heap; while tests interfere, all do, so that each can be refused. */
const LARGEST: u32 = 2048;
let largest: u32 = LARGEST;
export function useChunks(isOn: bool): void {
  largest = isOn ? LARGEST : 0;
}
const partial: usize = memory.data((2048 / 16 + 1) * 4);

@unmanaged
class Chunk {
  sizeClass: u32;
  live: u32;
  free: usize;
  bump: u32;
  next: usize;
  prev: usize;
}
const RECORDS: u32 = 32;

/** The chunk of the record that `allocateRecord` returned last; 0 for one from the heap. Pass it to `freeRecord`. */
export let lastChunk: usize = 0;

@inline
function link(chunk: Chunk): void {
  const head = partial + wordBytes(chunk.sizeClass);
  const first = load<usize>(head);
  chunk.next = first;
  chunk.prev = 0;
  if (first) changetype<Chunk>(first).prev = changetype<usize>(chunk);
  store<usize>(head, changetype<usize>(chunk));
}

@inline
function unlink(chunk: Chunk): void {
  if (chunk.next) changetype<Chunk>(chunk.next).prev = chunk.prev;
  if (chunk.prev) changetype<Chunk>(chunk.prev).next = chunk.next;
  else setPointer(partial, chunk.sizeClass, chunk.next);
}

@inline
function isFull(chunk: Chunk, size: u32): bool {
  return chunk.free == 0 && chunk.bump + size > CHUNK_BYTES;
}

/** A record of at least `bytes`, 16-byte aligned, or 0 when memory is exhausted. Its content is undefined. */
export function allocateRecord(bytes: u32): usize {
  if (bytes > largest) {
    lastChunk = 0;
    const record = allocate(bytes);
    if (!record) return 0;
    noteGrowth();
    addLive(<f64>bytes);
    return record;
  }
  const sizeClass = (bytes + STEP - 1) / STEP;
  const size = sizeClass * STEP;
  let chunk = changetype<Chunk>(pointer(partial, sizeClass));
  if (!changetype<usize>(chunk)) {
    chunk = changetype<Chunk>(allocate(CHUNK_BYTES));
    if (!changetype<usize>(chunk)) return 0;
    noteGrowth();
    chunk.sizeClass = sizeClass;
    chunk.live = 0;
    chunk.free = 0;
    chunk.bump = RECORDS;
    link(chunk);
  }
  let record = chunk.free;
  if (record) chunk.free = load<usize>(record);
  else {
    record = changetype<usize>(chunk) + chunk.bump;
    chunk.bump += size;
  }
  chunk.live++;
  if (isFull(chunk, size)) unlink(chunk);
  lastChunk = changetype<usize>(chunk);
  addLive(<f64>size);
  return record;
}

/** Gives back a record of `bytes` that came from `chunk`. */
export function freeRecord(record: usize, bytes: u32, chunkAddress: usize): void {
  if (!chunkAddress) {
    removeLive(<f64>bytes);
    free(record);
    return;
  }
  const chunk = changetype<Chunk>(chunkAddress);
  const size = chunk.sizeClass * STEP;
  removeLive(<f64>size);
  const wasFull = isFull(chunk, size);
  store<usize>(record, chunk.free);
  chunk.free = record;
  chunk.live--;
  if (wasFull) link(chunk);
  else if (!chunk.live && (chunk.next || chunk.prev)) {
    unlink(chunk);
    free(chunkAddress);
  }
}

/** Gives the chunks that hold no record back to the heap. */
export function freeEmptyChunks(): void {
  for (let sizeClass: u32 = 0; sizeClass <= LARGEST / STEP; sizeClass++) {
    // The only chunk of its class that may be empty: others go back at once.
    const chunk = changetype<Chunk>(pointer(partial, sizeClass));
    if (!changetype<usize>(chunk) || chunk.live) continue;
    unlink(chunk);
    free(changetype<usize>(chunk));
  }
}
