// Small views must not keep large values: those that are all that holds one get buffers of their own.
import { Op } from "../abi/opcodes";
import { Kind } from "../abi/traits";
import { kindOf } from "../generated/traits";
import { dropInputs, firstPending, removePending } from "../graph/graph";
import { Node, isContiguous, sizeOf } from "../graph/node";
import { PART, forgetViewer, noteViewer, ownBytes } from "../graph/viewers";
import { Buffer, LARGE, onePinned, unpin } from "../memory/buffer";
import { primitiveOf } from "../primitives/primitive";
import { copyValues } from "../kernels/copy/values";
import { wordBytes } from "../memory/words";

/** Called for each node that an evaluation has computed. A view that alone still holds a buffer of twice its size gets its own. */
export function compact(n: Node): void {
  const buffer = changetype<Buffer>(n.buffer);
  const isLast = buffer.refs == 1 && kindOf(n.op) == Kind.View;
  if (isLast && ownBytes(n) * 2 <= <f64>buffer.bytes && moveOut(n)) return;
  noteViewer(n);
}

/** Copies out the views that are all that holds large values. */
export function copyOutViewers(): void {
  let pinned: Buffer | null;
  while ((pinned = onePinned())) {
    const buffer = changetype<Buffer>(pinned);
    unpin(buffer);
    if (buffer.viewerBytes * PART >= <f64>buffer.bytes) continue;
    // The buffer goes with its last viewer.
    let viewer = changetype<Node | null>(buffer.viewers);
    while (viewer) {
      const next = viewer.next;
      forgetViewer(viewer);
      if (!moveOut(viewer)) return noteViewer(viewer); // nothing is lost but memory
      viewer = next;
    }
  }
}

const dims: usize = memory.data(32 * 4);
const strides: usize = memory.data(32 * 4);

// Gives n, which is no viewer, a buffer of its own; what is repeated in memory stays so. False: there is no memory for it.
function moveOut(n: Node): bool {
  const shared = changetype<Buffer>(n.buffer),
    bytes = ownBytes(n),
    size = sizeOf(n.dtype);
  const own = Buffer.create(bytes);
  if (!own) return false;
  let stride = 1;
  for (let i = <i32>n.ndim - 1; i >= 0; i--) {
    const at = wordBytes(i),
      isRepeated = n.stride(i) == 0;
    store<i32>(dims + at, isRepeated ? 1 : n.dim(i));
    store<i32>(strides + at, isRepeated ? 0 : stride);
    if (!isRepeated) stride *= max(n.dim(i), 1);
  }
  if (n.numel) copyValues(size, <i32>(bytes / size), own.data, strides, n.data, n.strides, n.ndim, dims);
  shared.release();
  n.buffer = own;
  n.offset = 0;
  memory.copy(n.strides, strides, wordBytes(n.ndim));
  return true;
}

// -- views that nobody has asked for yet

let orphans = 0;
/** The last handle of n is gone, though something else still refers to it. */
export function noteOrphan(n: Node): void {
  if (n.buffer && n.buffer!.bytes > LARGE) orphans++;
}
/**
 * A pending view keeps all of a large value that has no handle any more. Small ones are made now, so that they can be copied out, and
 * so are views without a handle that lie between.
 */
export function showOrphans(): void {
  if (!orphans) return;
  orphans = 0;
  let n = firstPending;
  if (!n) return;
  while (n.next) n = n.next!;
  // The oldest first: a view of a view comes behind it.
  while (n) {
    const newer = n.prev;
    if (isViewOfOrphan(n) && primitiveOf(n.op).evaluate(n)) {
      removePending(n);
      dropInputs(n);
      noteViewer(n);
    }
    n = newer;
  }
}
function isViewOfOrphan(n: Node): bool {
  if (n.isDifferentiable || kindOf(n.op) != Kind.View) return false;
  const x = n.input(0);
  if (!x.buffer || x.handles || x.buffer!.bytes <= LARGE || (n.op == Op.Reshape && !isContiguous(x))) return false;
  return !n.handles || n.valueBytes * PART < <f64>x.buffer!.bytes;
}
