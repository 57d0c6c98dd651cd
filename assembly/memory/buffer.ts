// Buffers: the values of computed nodes. Views share one, so buffers count their holders.
//
//      ┌──────┬───────┬────────┬─────────────────────┬─────┬───────────────────────────┐
//      │ refs │ bytes │ number │ viewers, large ones │     │ data, 64-byte aligned     │
//      └──────┴───────┴────────┴─────────────────────┴─────┴───────────────────────────┘
//      +0     +4      +8       +12                         +64
//
// A large buffer knows the nodes that show a small part of it (graph/viewers.ts). One that nothing else holds is pinned.
import { nextPlace, noteFreed, noteMade, noteNotMade } from "./arena";
import { allocate, free } from "./heap";
import { addLive, noteGrowth, removeLive } from "./live";

const DATA: usize = 64;
/** Whole vectors may be written up to the next multiple of this behind the last element. */
const VECTOR: usize = 16;
const IN_ARENA: u32 = <u32>-1;
/** Buffers of more bytes are large. */
export const LARGE: u32 = 65536;

/** Bytes in live buffers, and the most there have been since `resetPeak`. */
export let bufferBytes: f64 = 0;
export let peakBufferBytes: f64 = 0;

@unmanaged
export class Buffer {
  refs: u32;
  bytes: u32;
  /** For arena.ts: the buffer's number in a watched run; IN_ARENA: it lies in an arena, which accounts for it. */
  number: u32;
  // Of large ones alone:
  /** The first of its viewers, a node; how many there are; and the bytes that they show. */
  viewers: usize;
  viewerCount: u32;
  viewerBytes: f64;
  isPinned: u32;
  newerPinned: Buffer | null;
  olderPinned: Buffer | null;

  @inline get isInArena(): bool {
    return this.number == IN_ARENA;
  }
  @inline get data(): usize {
    return changetype<usize>(this) + DATA;
  }

  /** A buffer with one holder, or null when memory is exhausted. */
  static create(bytes: f64): Buffer | null {
    if (bytes > <f64>0xefff0000) return null;
    const size = (<usize>bytes + VECTOR - 1) & ~(VECTOR - 1);
    const place = nextPlace();
    const at = place ? place : allocate(size + DATA);
    if (!at) {
      noteNotMade();
      return null;
    }
    const buffer = changetype<Buffer>(at);
    buffer.refs = 1;
    buffer.bytes = <u32>size;
    if (size > LARGE) {
      buffer.viewers = 0;
      buffer.viewerCount = 0;
      buffer.viewerBytes = 0;
      buffer.isPinned = 0;
    }
    if (place) {
      buffer.number = IN_ARENA;
      return buffer;
    }
    buffer.number = noteMade(<u32>(size + DATA));
    countBytes(<f64>size);
    return buffer;
  }

  @inline retain(): void {
    this.refs++;
  }

  /** A viewer has come or gone. */
  addViewer(change: i32, bytes: f64): void {
    this.viewerCount += change;
    this.viewerBytes += bytes;
    this.checkPinned();
  }
  checkPinned(): void {
    if (this.refs != this.viewerCount || !this.refs || this.isPinned) return;
    this.isPinned = 1;
    this.newerPinned = null;
    this.olderPinned = newestPinned;
    if (newestPinned) newestPinned!.newerPinned = this;
    newestPinned = this;
  }

  @inline release(): void {
    if (!--this.refs && this.number != IN_ARENA) this.destroy();
    else if (this.bytes > LARGE) this.checkPinned();
  }
  destroy(): void {
    if (this.bytes > LARGE && this.isPinned) unpin(this);
    noteFreed(this.number);
    uncountBytes(<f64>this.bytes);
    free(changetype<usize>(this));
  }
}

let newestPinned: Buffer | null = null;
/** One of the large buffers of which viewers were the only holders when it was looked at. */
export function onePinned(): Buffer | null {
  return newestPinned;
}
export function unpin(buffer: Buffer): void {
  const newer = buffer.newerPinned,
    older = buffer.olderPinned;
  if (newer) newer.olderPinned = older;
  else newestPinned = older;
  if (older) older.newerPinned = newer;
  buffer.isPinned = 0;
}

/** Counts bytes of a buffer, or those that buffers share, an arena's. */
export function countBytes(bytes: f64): void {
  bufferBytes += bytes;
  if (bufferBytes > peakBufferBytes) peakBufferBytes = bufferBytes;
  noteGrowth();
  addLive(bytes);
}
export function uncountBytes(bytes: f64): void {
  bufferBytes -= bytes;
  removeLive(bytes);
}
export function resetPeak(): void {
  peakBufferBytes = bufferBytes;
}
