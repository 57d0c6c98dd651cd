// Buffers: the values of computed nodes. Views share one, so buffers count their holders.
//
//      ┌──────┬───────┬────────┬─ … ─┬───────────────────────────┐
//      │ refs │ bytes │ number │     │ data, 64-byte aligned     │
//      └──────┴───────┴────────┴─ … ─┴───────────────────────────┘
//      +0     +4      +8             +64
import { nextPlace, noteFreed, noteMade, noteNotMade } from "./arena";
import { allocate, free } from "./heap";

const DATA: usize = 64;
/** Whole vectors may be written up to the next multiple of this behind the last element. */
const VECTOR: usize = 16;
const IN_ARENA: u32 = <u32>-1;

/** Bytes in live buffers, and the most there have been since `resetPeak`. */
export let bufferBytes: f64 = 0;
export let peakBufferBytes: f64 = 0;

@unmanaged
export class Buffer {
  refs: u32;
  bytes: u32;
  /** For arena.ts: the buffer's number in a watched run; IN_ARENA: it lies in an arena, which accounts for it. */
  number: u32;

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
    if (place) {
      buffer.number = IN_ARENA;
      return buffer;
    }
    buffer.number = noteMade(<u32>(size + DATA));
    bufferBytes += <f64>size;
    if (bufferBytes > peakBufferBytes) peakBufferBytes = bufferBytes;
    return buffer;
  }

  @inline retain(): void {
    this.refs++;
  }

  release(): void {
    if (--this.refs || this.number == IN_ARENA) return;
    noteFreed(this.number);
    bufferBytes -= <f64>this.bytes;
    free(changetype<usize>(this));
  }
}

/** Counts bytes that buffers share, an arena's. */
export function countBytes(bytes: f64): void {
  bufferBytes += bytes;
  if (bufferBytes > peakBufferBytes) peakBufferBytes = bufferBytes;
}
export function resetPeak(): void {
  peakBufferBytes = bufferBytes;
}
