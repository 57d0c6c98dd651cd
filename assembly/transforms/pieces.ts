// Contributions that are pieces: the gradient by the operand of a slice is the slice's cotangent among zeros (a Pad). Adding n
// of them up, as a tensor that is cut into n slices or the double backward of a concat would, takes n times the whole
// tensor. Pieces that do not overlap are laid side by side instead: one Concat.
import { failure } from "../abi/failure";
import { Node } from "../graph/node";
import { order } from "../graph/walk";
import { Vector } from "../memory/vector";
import { copyWords, setWord } from "../memory/words";
import { buildConcat } from "../primitives/concat";
import { add } from "../primitives/elementwise/emit";
import { buildFull } from "../primitives/source";
import { Frame } from "./frame";
import { clearQueue, dequeue, enqueue, queueLength } from "../memory/queue";

@inline
function pieceAt(frame: Frame, number: i32): Node {
  return changetype<Node>(frame.pieces.at(2 * number - 2));
}

// The one dim along which n, a Pad, surrounds its operand with zeros, or -1. A node with a handle is no piece: its user may
// differentiate by it.
function paddedDim(n: Node): i32 {
  if (reinterpret<u64>(n.value) != 0 || n.handles || n.isComputed) return -1;
  const x = n.input(0);
  let padded = -1;
  for (let i = 0; i < <i32>n.ndim; i++) {
    if (n.dim(i) == x.dim(i)) continue;
    const hasGaps = n.attribute(i + 2 * n.ndim) != 0 && x.dim(i) > 1;
    if (padded >= 0 || hasGaps) return -1;
    padded = i;
  }
  return padded;
}

/** Puts a contribution aside if it is a piece. */
export function keepPiece(frame: Frame, slot: i32, contribution: Node): bool {
  const pieces = frame.pieces,
    newest = frame.newestPiece;
  if (paddedDim(contribution) < 0 || !newest.resize(order.length, 0)) return false;
  pieces.push(<u32>changetype<usize>(contribution));
  pieces.push(newest.at(slot));
  newest.set(slot, pieces.length >> 1);
  return true;
}
/** Whether the walk has put any aside. */
@inline
export function hasPieces(frame: Frame): bool {
  return frame.newestPiece.length != 0;
}

@inline
function plus(sum: Node | null, n: Node): Node {
  return sum ? add(sum, n) : n;
}

/** `sum` and the slot's pieces, added up. */
export function withPieces(frame: Frame, slot: i32, sum: Node | null): Node | null {
  let axis = -1;
  clearQueue();
  for (let i = <i32>frame.newestPiece.at(slot); i; i = <i32>frame.pieces.at(2 * i - 1)) {
    const piece = pieceAt(frame, i);
    const padded = paddedDim(piece);
    if (axis < 0) axis = padded;
    // One that a user's backward has read since is no piece any more.
    if (padded >= 0 && padded == axis) enqueue(piece.attribute(axis), i);
    else sum = plus(sum, piece);
  }
  while (queueLength() && !failure) sum = addLayer(frame, sum, axis);
  return sum;
}

// Adds to the sum the pieces in the queue that lie side by side; the others go back to the queue.
function addLayer(frame: Frame, sum: Node | null, axis: i32): Node | null {
  const sorted = frame.sortedPieces,
    operands = frame.concatenated;
  sorted.length = 0;
  while (queueLength()) sorted.push(dequeue());
  operands.length = 0;
  let start = -1,
    end = 0,
    taken = 0;
  let whole = pieceAt(frame, sorted.at(0));
  for (let i = 0; i < sorted.length; i++) {
    // Where memory ran out, operands may be missing.
    if (failure) return sum;
    const number = sorted.at(i);
    const piece = pieceAt(frame, number);
    const x = piece.input(0);
    const at = piece.attribute(axis);
    if (at == start && at + x.dim(axis) == end) {
      // The same place once more.
      const held = changetype<Node>(operands.pop());
      operands.push(<u32>changetype<usize>(add(held, x)));
    } else if (at >= end) {
      pushZeros(operands, whole, axis, at - end);
      operands.push(<u32>changetype<usize>(x));
      start = at;
      end = at + x.dim(axis);
    } else {
      enqueue(at, number);
      continue;
    }
    taken++;
  }
  if (taken > 1) {
    pushZeros(operands, whole, axis, whole.dim(axis) - end);
    return failure ? sum : plus(sum, buildConcat(operands.length, operands.data, axis));
  }
  // Nothing lies beside anything: as they are.
  for (let i = 0; i < sorted.length; i++) sum = plus(sum, pieceAt(frame, sorted.at(i)));
  clearQueue();
  return sum;
}

const zeroDims: usize = memory.data(32 * 4);
function pushZeros(operands: Vector, whole: Node, axis: i32, size: i32): void {
  if (!size) return;
  copyWords(zeroDims, whole.dims, whole.ndim);
  setWord(zeroDims, axis, size);
  operands.push(<u32>changetype<usize>(buildFull(whole.dtype, whole.ndim, zeroDims, 0)));
}
