// The root d that a search is for, and where the search stands: `crossed` holds the moves of data between the cotangent and that
// place. A primal node there stands for d if it moves d in the ways that they are the transposes of.
import { Op } from "../../abi/opcodes";
import { Node, sameShape } from "../../graph/node";
import { isOlderThanWalk } from "../../graph/walk";
import { isConstant } from "../source";
import { expandedDims } from "../views";

/** How many moves a search crosses. */
export const LEVELS: i32 = 8;

let root: Node = changetype<Node>(0);
export function setRoot(d: Node): void {
  root = d;
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
function mayRestOnRoot(x: Node): bool {
  if (x == root) return true;
  if (isOlderThanRoot(x) || (x.op >= Op.Amax && x.op <= Op.Argmin)) return false;
  if (--left < 0) return true;
  for (let k = 0; k < <i32>x.inputCount; k++) if (mayRestOnRoot(x.input(k))) return true;
  return false;
}

const crossed: usize = memory.data(LEVELS * 4);
// Which operand of a crossed concat, and where it begins.
const operandAt: usize = memory.data(LEVELS * 4);
const startAt: usize = memory.data(LEVELS * 4);
export function cross(x: Node, level: i32, operand: i32, start: i32): void {
  const at = (<usize>level) << 2;
  store<usize>(crossed + at, changetype<usize>(x));
  store<i32>(operandAt + at, operand);
  store<i32>(startAt + at, start);
}
@inline
export function crossedAt(level: i32): Node {
  return changetype<Node>(load<usize>(crossed + ((<usize>level) << 2)));
}
@inline
export function crossedOperand(level: i32): i32 {
  return load<i32>(operandAt + ((<usize>level) << 2));
}
@inline
export function crossedStart(level: i32): i32 {
  return load<i32>(startAt + ((<usize>level) << 2));
}

// A node of the program that nothing is differentiated through is a constant, whatever it was made of. The walk's own nodes
// may be without gradient just because nobody asks for more derivatives.
@inline
export function isOpaque(x: Node): bool {
  return !x.isDifferentiable && isOlderThanWalk(x);
}
@inline
export function isZero(x: Node): bool {
  return isConstant(x) && x.value == 0;
}

/** Of what `before` has returned. */
export let levelBefore: i32 = 0;
/** What x moves, if it moves it as nothing does, or as the move crossed last takes back; then null. */
export function before(x: Node, level: i32): Node | null {
  if (isReshape(x)) {
    levelBefore = level;
    return x.input(0);
  }
  levelBefore = level - 1;
  return level ? takenBack(x, level - 1) : null;
}
/** Whether x is d, moved in the ways that the crossed moves take back. */
export function isRoot(x: Node, level: i32): bool {
  for (let steps = 0; steps < 2 * LEVELS; steps++) {
    if (x == root) return level == 0;
    if (!x.inputCount || isOpaque(x)) return false;
    const y = before(x, level);
    if (!y) return false;
    x = y;
    level = levelBefore;
  }
  return false;
}
// Whether x has its operand's elements in their order, which is all that isRoot goes by.
export function isReshape(x: Node): bool {
  switch (<Op>x.op) {
    case Op.Alias:
    case Op.Reshape:
      return true;
    case Op.Expand:
      return !expandedDims(x);
    case Op.Sum:
      return !((<u32>x.attribute(0)) & longDims(x.input(0)));
    case Op.Permute: {
      let before = -1;
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
// What x moves, if the move crossed at `level` takes it back.
function takenBack(x: Node, level: i32): Node | null {
  const v = crossedAt(level);
  const source = x.input(0);
  const ndim = <i32>x.ndim;
  switch (<Op>v.op) {
    case Op.Cast:
      return x.op == Op.Cast && source.dtype == v.dtype ? source : null;
    case Op.Sum:
      return x.op == Op.Expand && sameShape(x, v.input(0)) && expandedDims(x) == ((<u32>v.attribute(0)) & longDims(x))
        ? source
        : null;
    case Op.Permute: {
      if (x.op != Op.Permute || !sameShape(x, v.input(0))) return null;
      for (let i = 0; i < ndim; i++) if (x.attribute(v.attribute(i)) != i) return null;
      return source;
    }
    case Op.Flip:
      return x.op == Op.Flip && sameShape(x, v) && x.attribute(0) == v.attribute(0) ? source : null;
    case Op.Pad:
      return x.op == Op.Slice && sameShape(x, v.input(0)) && sameShape(source, v) && sliceFits(x, v) ? source : null;
    case Op.Slice: {
      if (x.op == Op.Pad) return sameShape(x, v.input(0)) && sameShape(source, v) && sliceFits(v, x) ? source : null;
      return x.op == Op.Concat && sameShape(x, v.input(0)) ? slicedOperand(x, v) : null;
    }
    case Op.Concat: {
      const k = crossedOperand(level);
      const isPiece = x.op == Op.Slice && sameShape(x, v.input(k)) && sameShape(source, v);
      return isPiece && isRange(x, v.attribute(0), crossedStart(level)) ? source : null;
    }
    case Op.ScatterAdd:
      return x.op == Op.Gather && x.attribute(0) == v.attribute(0) && x.input(1) == v.input(1) && sameShape(source, v)
        ? source
        : null;
  }
  return null;
}
function longDims(x: Node): u32 {
  let long: u32 = 0;
  for (let i = 0; i < <i32>x.ndim; i++) if (x.dim(i) != 1) long |= 1 << i;
  return long;
}
/** Whether a slice takes back a pad: of equally many dims, the pad's operand as large as the slice. */
function sliceFits(slice: Node, pad: Node): bool {
  const ndim = <i32>slice.ndim;
  for (let i = 0; i < ndim; i++) {
    if (slice.attribute(i) != pad.attribute(i)) return false;
    if (slice.dim(i) > 1 && slice.attribute(i + ndim) != pad.attribute(i + 2 * ndim) + 1) return false;
  }
  return true;
}
/** Whether a slice takes neighbours along one dim, from `start` on, and all of the other dims. */
function isRange(slice: Node, axis: i32, start: i32): bool {
  const ndim = <i32>slice.ndim,
    source = slice.input(0);
  for (let i = 0; i < ndim; i++) {
    if (slice.attribute(i) != (i == axis ? start : 0) || (slice.attribute(i + ndim) != 1 && slice.dim(i) > 1))
      return false;
    if (i != axis && slice.dim(i) != source.dim(i)) return false;
  }
  return true;
}
function slicedOperand(concat: Node, slice: Node): Node | null {
  const axis = concat.attribute(0);
  for (let k = 0, start = 0; k < <i32>concat.inputCount && start <= slice.attribute(axis); k++) {
    const piece = concat.input(k);
    if (start == slice.attribute(axis) && sameShape(piece, slice)) return isRange(slice, axis, start) ? piece : null;
    start += piece.dim(axis);
  }
  return null;
}
