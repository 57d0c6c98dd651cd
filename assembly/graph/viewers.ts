// Viewers: computed nodes that show less than a quarter of a large buffer. The buffer has a list of them and the sum of their bytes, so
// it can tell when nothing else holds it; then runtime/compact.ts copies them out.
//
// They are linked by the fields that link pending nodes, which computed ones have no use for.
import { LARGE, Buffer } from "../memory/buffer";
import { Node, VIEWING, sizeOf } from "./node";

/** A viewer takes less than this part of its buffer; and so do all together that are copied out. */
export const PART: f64 = 4;

/** Bytes of a computed node's elements, those that are repeated in memory counted once. */
export function ownBytes(n: Node): f64 {
  let bytes = <f64>sizeOf(n.dtype);
  for (let i = 0; i < <i32>n.ndim; i++) if (n.stride(i) != 0 || !n.dim(i)) bytes *= <f64>n.dim(i);
  return bytes;
}
/** Files a computed node with its buffer if it is a viewer. */
export function noteViewer(n: Node): void {
  const buffer = changetype<Buffer>(n.buffer);
  if (buffer.bytes <= LARGE || n.flags & VIEWING || buffer.isInArena) return;
  const bytes = ownBytes(n);
  if (bytes * PART >= <f64>buffer.bytes) return;
  const first = changetype<Node | null>(buffer.viewers);
  n.flags |= VIEWING;
  n.prev = null;
  n.next = first;
  if (first) first.prev = n;
  buffer.viewers = changetype<usize>(n);
  buffer.addViewer(1, bytes);
}
/** Takes a viewer, which still has its buffer, off the list. */
export function forgetViewer(n: Node): void {
  const buffer = changetype<Buffer>(n.buffer);
  const next = n.next,
    prev = n.prev;
  if (next) next.prev = prev;
  if (prev) prev.next = next;
  else buffer.viewers = changetype<usize>(next);
  n.next = null;
  n.prev = null;
  n.flags &= ~VIEWING;
  buffer.addViewer(-1, -ownBytes(n));
}
