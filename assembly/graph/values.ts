// The values of a node: a buffer of its own, or another node's.
import { fail } from "../abi/failure";
import { Failure } from "../abi/failures";
import { Buffer } from "../memory/buffer";
import { copyWords } from "../memory/words";
import { Node, setContiguousStrides } from "./node";

/** Gives n a fresh contiguous buffer. */
export function allocateValues(n: Node): bool {
  const buffer = Buffer.create(n.valueBytes);
  if (!buffer) {
    fail(Failure.OutOfMemory);
    return false;
  }
  n.buffer = buffer;
  n.offset = 0;
  setContiguousStrides(n);
  return true;
}

/** Makes n a view of its input's buffer; strides and offset are the caller's to set. */
export function shareBuffer(n: Node, x: Node): void {
  const buffer = changetype<Buffer>(x.buffer);
  buffer.retain();
  n.buffer = buffer;
  n.offset = x.offset;
}

/** Makes n show x's values as they lie. n has x's shape. */
export function shareValues(n: Node, x: Node): void {
  shareBuffer(n, x);
  copyWords(n.strides, x.strides, n.ndim);
}
