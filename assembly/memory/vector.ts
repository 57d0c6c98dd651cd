// A growable list of 32-bit words outside of AssemblyScript's runtime, for work lists and walk results. When memory is
// exhausted a push is dropped and `failure` set: whoever fills a vector looks at the failure afterwards.
import { allocate, free } from "./heap";
import { copyWords, wordBytes } from "./words";
import { fail } from "../abi/failure";
import { Failure } from "../abi/failures";

/** Bytes of a vector's own record. */
export const VECTOR_BYTES: usize = 12;

@unmanaged
export class Vector {
  data: usize;
  length: i32;
  capacity: i32;

  /** An empty vector in static memory; it lives as long as the module. */
  static make(at: usize): Vector {
    return changetype<Vector>(at);
  }

  @inline at(index: i32): u32 {
    return load<u32>(this.data + wordBytes(index));
  }
  @inline set(index: i32, value: u32): void {
    store<u32>(this.data + wordBytes(index), value);
  }
  @inline push(value: u32): void {
    if (!this.reserveOne()) return;
    store<u32>(this.data + wordBytes(this.length), value);
    this.length++;
  }
  @inline pop(): u32 {
    return load<u32>(this.data + wordBytes(--this.length));
  }

  /** Room for one more word, so that the next push is not dropped. */
  @inline reserveOne(): bool {
    return this.length < this.capacity || this.reserve(this.length + 1);
  }
  /** Room for `count` words. */
  reserve(count: i32): bool {
    if (count <= this.capacity) return true;
    const capacity = max(count, max(64, this.capacity * 2));
    const data = allocate(wordBytes(capacity));
    if (!data) {
      fail(Failure.OutOfMemory);
      return false;
    }
    memory.copy(data, this.data, wordBytes(this.length));
    if (this.capacity) free(this.data);
    this.data = data;
    this.capacity = capacity;
    return true;
  }
  /** Makes the length `count`; new words hold `value`. */
  resize(count: i32, value: u32): bool {
    if (!this.reserve(count)) return false;
    for (let i = this.length; i < count; i++) this.set(i, value);
    this.length = count;
    return true;
  }
  /** Makes it `count` words that all hold `value`, whatever an evaluation that was broken off has left here. */
  start(count: i32, value: u32): bool {
    this.length = 0;
    return this.resize(count, value);
  }
  /** Shows `count` words that lie elsewhere, until `clear`; nothing may be pushed meanwhile. */
  borrow(at: usize, count: i32): void {
    if (this.capacity) free(this.data);
    this.data = at;
    this.length = count;
    this.capacity = 0;
  }
  /** Makes the contents those of `from`, which is empty afterwards. */
  moveFrom(from: Vector): void {
    if (this.capacity) free(this.data);
    copyWords(changetype<usize>(this), changetype<usize>(from), 3);
    from.data = 0;
    from.length = 0;
    from.capacity = 0;
  }
  /** Empties the vector; one that has grown large gives its memory back. */
  clear(): void {
    this.length = 0;
    if (this.capacity > 4096) free(this.data);
    else if (this.capacity) return;
    this.data = 0;
    this.capacity = 0;
  }
}
