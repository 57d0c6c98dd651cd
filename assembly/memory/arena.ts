// Arenas: a run that allocates the same buffers in the same order each time is watched once, and from then on finds them at
// fixed places of one block. What is not given back by the end of the watched run (its results) stays with the heap.
import { allocate, free } from "./heap";
import { Vector } from "./vector";
import { wordBytes } from "./words";

const OFF: i32 = 0;
const WATCHING: i32 = 1;
const REPLAYING: i32 = 2;
/** Kernels read up to 128 bytes past an array. */
const SLACK: usize = 256;
const HEAP: u32 = <u32>-1;

let mode: i32 = OFF;
// Watching: (number, bytes) for a buffer that is made, (number, 0) for one that is given back.
const events = Vector.make(memory.data(12));
let made: u32 = 0;
/** Whether the watched run had less memory than it asked for. */
let isSpoiled: bool = false;
let current: Arena | null = null;

/** A block, and where in it each buffer goes: HEAP for those that outlive the run. */
@unmanaged
export class Arena {
  block: usize;
  bytes: u32;

  @inline get places(): usize {
    return changetype<usize>(this) + offsetof<Arena>();
  }
  free(): void {
    if (this.block) free(this.block);
    free(changetype<usize>(this));
  }
}

/** From here on, what is made and given back is written down. */
export function watch(): void {
  mode = WATCHING;
  isSpoiled = false;
  events.clear();
  made = 0;
}
/** Ends the watching: the arena for the next run, or null when there is, or was, not enough memory. */
export function watched(): Arena | null {
  mode = OFF;
  let arena: Arena | null = null;
  if (!isSpoiled) arena = layOut();
  events.clear();
  places.clear();
  gaps.clear();
  sizes.clear();
  return arena;
}
/** From here on, buffers are found in the arena. */
export function replay(arena: Arena): void {
  mode = REPLAYING;
  current = arena;
  made = 0;
}
export function stopReplay(): void {
  mode = OFF;
  current = null;
}

/** The number of a buffer of `bytes` that is made now, 0 when nobody watches. */
@inline
export function noteMade(bytes: u32): u32 {
  if (mode != WATCHING) return 0;
  made++;
  events.push(made);
  events.push(bytes);
  return made;
}
/** There was no memory for a buffer: a run that goes on without it is not what the next ones will be. */
export function noteNotMade(): void {
  isSpoiled = true;
}
@inline
export function noteFreed(number: u32): void {
  if (mode != WATCHING || !number) return;
  events.push(number);
  events.push(0);
}
/** The place of the next buffer in the arena; 0: it comes from the heap. */
@inline
export function nextPlace(): usize {
  if (mode != REPLAYING) return 0;
  const arena = changetype<Arena>(current);
  const place = load<u32>(arena.places + wordBytes(made));
  made++;
  return place == HEAP ? 0 : arena.block + place;
}

// -- places, by a simulation of the run: the first gap that is large enough, else the end

const places = Vector.make(memory.data(12));
const sizes = Vector.make(memory.data(12));
// Free stretches before the end, by offset: (offset, size).
const gaps = Vector.make(memory.data(12));

function layOut(): Arena | null {
  if (!places.resize(<i32>made, HEAP) || !sizes.resize(<i32>made, 0)) return null;
  // Only what is given back takes part.
  for (let i = 0; i < events.length; i += 2) if (!events.at(i + 1)) places.set(events.at(i) - 1, 0);
  let end: u32 = 0;
  for (let i = 0; i < events.length; i += 2) {
    const number = <i32>events.at(i) - 1,
      bytes = (events.at(i + 1) + 63) & ~63;
    if (bytes) {
      if (places.at(number) == HEAP) continue;
      sizes.set(number, bytes);
      const gap = takeGap(bytes);
      if (gap != HEAP) places.set(number, gap);
      else {
        places.set(number, end);
        end += bytes;
      }
    } else giveBack(places.at(number), sizes.at(number));
  }
  const at = allocate(offsetof<Arena>() + wordBytes(max(made, 1)));
  if (!at) return null;
  const arena = changetype<Arena>(at);
  arena.block = end ? allocate(<usize>end + SLACK) : 0;
  if (end && !arena.block) {
    free(at);
    return null;
  }
  arena.bytes = end;
  memory.copy(arena.places, places.data, wordBytes(made));
  return arena;
}
function takeGap(bytes: u32): u32 {
  for (let i = 0; i < gaps.length; i += 2) {
    const size = gaps.at(i + 1);
    if (size < bytes) continue;
    const offset = gaps.at(i);
    if (size == bytes) removeGap(i);
    else {
      gaps.set(i, offset + bytes);
      gaps.set(i + 1, size - bytes);
    }
    return offset;
  }
  return HEAP;
}
function removeGap(i: i32): void {
  const rest = wordBytes(gaps.length - i - 2);
  memory.copy(gaps.data + wordBytes(i), gaps.data + wordBytes(i + 2), rest);
  gaps.length -= 2;
}
function giveBack(offset: u32, size: u32): void {
  let i = 0;
  while (i < gaps.length && gaps.at(i) < offset) i += 2;
  const joinsNext = i < gaps.length && gaps.at(i) == offset + size;
  const joinsPrevious = i > 0 && gaps.at(i - 2) + gaps.at(i - 1) == offset;
  if (joinsNext && joinsPrevious) {
    gaps.set(i - 1, gaps.at(i - 1) + size + gaps.at(i + 1));
    removeGap(i);
  } else if (joinsNext) {
    gaps.set(i, offset);
    gaps.set(i + 1, gaps.at(i + 1) + size);
  } else if (joinsPrevious) gaps.set(i - 1, gaps.at(i - 1) + size);
  else {
    const length = gaps.length;
    if (!gaps.resize(length + 2, 0)) return; // the stretch is lost, nothing else
    memory.copy(gaps.data + wordBytes(i + 2), gaps.data + wordBytes(i), wordBytes(length - i));
    gaps.set(i, offset);
    gaps.set(i + 1, size);
  }
}
