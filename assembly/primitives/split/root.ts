// The root d that a search is for, and where the search stands: behind the moves of data that it has crossed on its way from the
// cotangent. A primal node there stands for d if it moves d in the ways that they are the transposes of.
import { DType, Op } from "../../abi/opcodes";
import { Node, ROOTED, sameShape } from "../../graph/node";
import { isOlderThanWalk } from "../../graph/graph";
import { callOf } from "../call";
import { isConstant } from "../source";
import { expandedDims } from "../views";

/** How many nodes a search looks at for d, and so the most that it crosses. */
export const BUDGET: i32 = 96;

/** The move that was crossed last, and the place before it, null for the cotangent's own. */
@unmanaged
export class Place {
  move: Node;
  outer: Place | null;
  /** Where the operand of a crossed concat begins. */
  start: i32;
}
const places: usize = memory.data(BUDGET * 12);
let crossed: usize = 0;
let root: Node = changetype<Node>(0);
export function setRoot(d: Node): void {
  root = d;
  crossed = 0;
}
/** The place behind x, which no other move takes until the next search. */
export function cross(x: Node, place: Place | null): Place {
  const made = changetype<Place>(places + crossed);
  crossed += offsetof<Place>();
  made.move = x;
  made.outer = place;
  return made;
}

/** Whether x is d, moved in the ways that the crossed moves take back, once `before` has gone through these. */
@inline
export function isRoot(x: Node, place: Place | null): bool {
  return x == root && !place;
}
/** Then it can't rest on d. */
@inline
export function isOlderThanRoot(x: Node): bool {
  return x.serial < root.serial;
}
/** How many nodes are looked at for d; if it is not found by then, it may be farther away. */
const NODES: i32 = 256;
let left: i32 = 0;
/** Whether x rests on d, but by extremes of several: what these are at d = 0 other elements say. */
export function restsOnRoot(x: Node): bool {
  left = NODES;
  return mayRestOnRoot(x);
}
@inline
function isExtreme(op: i32): bool {
  return op == Op.Amax || op == Op.Amin || op == Op.Argmax || op == Op.Argmin;
}
function mayRestOnRoot(x: Node): bool {
  if (x == root) return true;
  if (!(x.flags & ROOTED) || isOlderThanRoot(x) || isExtreme(x.op)) return false;
  // A leaf that was made of a root has let go of its operands.
  if (!x.inputCount || --left < 0) return true;
  for (let k = 0; k < <i32>x.inputCount; k++) if (mayRestOnRoot(x.input(k))) return true;
  return false;
}

/** How deep formulas are looked into. */
const DEPTH: i32 = 8;
/** Whether the search ends at x: it counts by its values, or its operands are too deep in the formula. */
export function isLeaf(x: Node, depth: i32): bool {
  return depth > DEPTH || !x.inputCount || isNumber(x);
}
// A node of the program that nothing is differentiated through is a constant, whatever it was made of. The walk's own nodes
// may be without gradient just because nobody asks for more derivatives.
@inline
export function isOpaque(x: Node): bool {
  return !x.isDifferentiable && isOlderThanWalk(x);
}
/** Whether x counts by its values alone, as it does once it is read. */
@inline
function isNumber(x: Node): bool {
  return !(x.flags & ROOTED) && isOpaque(x);
}
@inline
export function isZero(x: Node): bool {
  return isConstant(x) && x.value == 0;
}

/** Of what `before` has returned. */
export let placeBefore: Place | null = null;
/** What x moves, if it moves it as nothing does, or as the move crossed last takes back; then null. */
export function before(x: Node, place: Place | null): Node | null {
  placeBefore = place;
  if (keepsOrder(x)) return x.input(0);
  if (!place) return null;
  placeBefore = place.outer;
  return takenBack(x, place);
}
// Whether x has its operand's elements in their order, which is all that the search goes by.
function keepsOrder(x: Node): bool {
  switch (<Op>x.op) {
    case Op.Alias:
    case Op.Reshape:
      return true;
    case Op.Cast:
      return min(x.dtype, x.input(0).dtype) >= DType.Float32;
    case Op.Expand:
      return !expandedDims(x);
    case Op.Sum:
      return !((<u32>x.attribute(0)) & longDims(x.input(0)));
    case Op.Permute: {
      let before = 0;
      for (let i = 0; i < <i32>x.ndim; i++) {
        if (x.dim(i) == 1) continue;
        if (x.attribute(i) < before) return false;
        before = x.attribute(i);
      }
      return true;
    }
  }
  return false;
}
// What x moves, if the move crossed last takes it back.
function takenBack(x: Node, place: Place): Node | null {
  const v = place.move,
    source = x.input(0);
  switch (<Op>v.op) {
    case Op.Sum:
      return x.op == Op.Expand && sameShape(x, v.input(0)) && expandedDims(x) == ((<u32>v.attribute(0)) & longDims(x))
        ? source
        : null;
    case Op.Permute: {
      if (x.op != Op.Permute || !sameShape(x, v.input(0))) return null;
      for (let i = 0; i < <i32>x.ndim; i++) if (x.attribute(v.attribute(i)) != i) return null;
      return source;
    }
    case Op.Flip:
      return x.op == Op.Flip && sameShape(x, v) && x.attribute(0) == v.attribute(0) ? source : null;
    case Op.Pad:
      return x.op == Op.Slice && isInverse(x, v) ? source : null;
    case Op.Slice:
      if (x.op == Op.Pad) return isInverse(v, x) ? source : null;
      return x.op == Op.Concat ? slicedOperand(x, v) : null;
    case Op.Concat:
      return x.op == Op.Slice && sameShape(source, v) && isRange(x, v.attribute(0), place.start) ? source : null;
    case Op.ScatterAdd:
      if (isSortedBy(x, v.input(1))) return sameShape(callOf(x).input(0), v) ? callOf(x).input(0) : null;
      return x.op == Op.Gather && x.attribute(0) == v.attribute(0) && x.input(1) == v.input(1) && sameShape(source, v)
        ? source
        : null;
  }
  return null;
}
// Whether x is what a sort gives, and `at` the positions that it has put it in order by.
function isSortedBy(x: Node, at: Node): bool {
  return isResult(x, 0) && isResult(at, 1) && callOf(x) == callOf(at);
}
function isResult(x: Node, k: i32): bool {
  return x.op == Op.Output && x.inputCount == 1 && callOf(x).op == Op.Sort && x.attribute(0) == k;
}
function longDims(x: Node): u32 {
  let long: u32 = 0;
  for (let i = 0; i < <i32>x.ndim; i++) if (x.dim(i) != 1) long |= 1 << i;
  return long;
}
/** Whether a slice takes back a pad. */
function isInverse(slice: Node, pad: Node): bool {
  if (!sameShape(slice, pad.input(0)) || !sameShape(slice.input(0), pad)) return false;
  const ndim = <i32>slice.ndim;
  for (let i = 0; i < ndim; i++) {
    if (slice.attribute(i) != pad.attribute(i)) return false;
    if (slice.attribute(i + ndim) != pad.attribute(i + 2 * ndim) + 1) return false;
  }
  return true;
}
/** Whether a slice takes neighbours along one dim, from `start` on, and all of the other dims. */
function isRange(slice: Node, axis: i32, start: i32): bool {
  const ndim = <i32>slice.ndim;
  for (let i = 0; i < ndim; i++) if (i != axis && slice.dim(i) != slice.input(0).dim(i)) return false;
  return slice.attribute(axis) == start && slice.attribute(axis + ndim) == 1;
}
function slicedOperand(concat: Node, slice: Node): Node | null {
  const axis = concat.attribute(0);
  for (let k = 0, start = 0; k < <i32>concat.inputCount; k++) {
    const piece = concat.input(k);
    if (sameShape(piece, slice) && isRange(slice, axis, start)) return piece;
    start += piece.dim(axis);
  }
  return null;
}
