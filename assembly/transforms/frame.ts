// What a backward walk keeps while it is under way. It lies in a frame that is handed along. At a custom function the walk calls the
// user's code, which may begin walks of its own: these have other frames.
import { fail } from "../abi/failure";
import { Failure } from "../abi/failures";
import { keepWalk, resumeWalk } from "../graph/walk";
import { allocate } from "../memory/heap";
import { VECTOR_BYTES, Vector } from "../memory/vector";

const VECTORS: usize = 10;

@unmanaged
export class Frame {
  /** The next one that is free. */
  next: Frame | null;
  epoch: u32;

  /** By slot: the cotangent that has arrived so far (0: nothing). At a call, the newest of its parts. */
  @inline get cotangents(): Vector {
    return this.vector(0);
  }
  /** What has arrived at calls: output, its cotangent, and the call's next older part; parts count from 1. */
  @inline get parts(): Vector {
    return this.vector(1);
  }
  /** Pieces (pieces.ts): each with the number of its slot's next older one; they count from 1. */
  @inline get pieces(): Vector {
    return this.vector(2);
  }
  /** By slot: the number of its newest piece; empty as long as there are none. */
  @inline get newestPiece(): Vector {
    return this.vector(3);
  }
  /** The pieces of the slot at hand, from the first place to the last. */
  @inline get sortedPieces(): Vector {
    return this.vector(4);
  }
  /** What is laid side by side in the place of some of these. */
  @inline get concatenated(): Vector {
    return this.vector(5);
  }
  /** jvp: a dummy cotangent for each output. */
  @inline get dummies(): Vector {
    return this.vector(6);
  }
  /** jvp: the gradient by each input, then those that depend on dummies; and the tangents that belong to these. */
  @inline get gradients(): Vector {
    return this.vector(7);
  }
  @inline get seeds(): Vector {
    return this.vector(8);
  }
  // The order of the walk while it is put aside.
  @inline private get order(): Vector {
    return this.vector(9);
  }
  @inline private vector(i: usize): Vector {
    return changetype<Vector>(changetype<usize>(this) + offsetof<Frame>() + i * VECTOR_BYTES);
  }

  /** Empties the lists; those that have grown large give their memory back. */
  clear(): void {
    for (let i: usize = 0; i < VECTORS; i++) this.vector(i).clear();
  }
  /** Puts the walk aside: other walks may come. */
  suspend(): void {
    this.epoch = keepWalk(this.order);
  }
  /** Takes it up again. */
  resume(): void {
    resumeWalk(this.order, this.epoch);
  }
}

let firstFree: Frame | null = null;

/** A frame with empty lists, until `leaveFrame`; null: memory is exhausted, which is noted. */
export function enterFrame(): Frame | null {
  const free = firstFree;
  if (free) {
    firstFree = free.next;
    return free;
  }
  const bytes = offsetof<Frame>() + VECTORS * VECTOR_BYTES,
    at = allocate(bytes);
  if (!at) {
    fail(Failure.OutOfMemory);
    return null;
  }
  memory.fill(at, 0, bytes);
  return changetype<Frame>(at);
}
export function leaveFrame(frame: Frame): void {
  frame.clear();
  frame.next = firstFree;
  firstFree = frame;
}
