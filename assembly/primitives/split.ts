// Cotangents of a root d as c·d + rest. Where d = √s is 0, the derivative 1/(2d) of the root is infinite, but c·d / (2d) is c/2: that
// is how squares of norms, and what is smooth in them, have their derivatives at 0.
//
// The factor d is found by what the graph says, never by a value: through sums, products, quotients, powers, selections, and moves of
// data on both sides. Of those, `crossed` holds the moves between the cotangent and where the search stands; a primal node there
// stands for d if it moves d in the ways that they are the transposes of. c may be anything.
import { Op } from "../abi/opcodes";
import { Node, sameShape } from "../graph/node";
import { isOlderThanWalk } from "../graph/walk";
import { buildConcat } from "./concat";
import { buildPow } from "./elementwise/binary";
import { add, cast, div, mul, neg, sub, where, zerosLike } from "./elementwise/emit";
import { buildGather, buildScatterAdd } from "./gather";
import { buildPad } from "./pad";
import { buildReduce } from "./reduce";
import { fullLike, isConstant } from "./source";
import { buildFlip, buildPermute, buildSlice, expandLike, reshapeLike } from "./views";

/** How many nodes a search looks at, how many moves it crosses, and how many operands a concat may have that it goes into. */
const BUDGET: i32 = 96;
const LEVELS: i32 = 8;
const OPERANDS: i32 = 16;

let budget: i32 = 0;
/** What the search is for. */
let root: Node = changetype<Node>(0);
/** What is left beside c·d of the node looked at last; null: nothing. */
export let rest: Node | null = null;

const crossed: usize = memory.data(LEVELS * 4);
// Which operand of a crossed concat, and where it begins.
const operandAt: usize = memory.data(LEVELS * 4);
const startAt: usize = memory.data(LEVELS * 4);

/** c of g = c·d + rest; null: d was not found, and the rest is g. */
export function splitBy(g: Node, d: Node): Node | null {
  budget = BUDGET;
  busy = 0;
  root = d;
  const c = find(g, 0);
  if (!c) rest = g;
  return c;
}

// A node of the program that nothing is differentiated through is a constant, whatever it was made of. The walk's own nodes
// may be without gradient just because nobody asks for more derivatives.
@inline
function isOpaque(x: Node): bool {
  return !x.isDifferentiable && isOlderThanWalk(x);
}
@inline
function isZero(x: Node | null): bool {
  return !x || (isConstant(x) && x.value == 0);
}
@inline
function isOne(x: Node): bool {
  return isConstant(x) && x.value == 1;
}
function times(c: Node, x: Node): Node {
  return isOne(c) ? x : isOne(x) ? c : mul(c, x);
}
function plus(a: Node | null, b: Node | null): Node | null {
  if (isZero(a)) return isZero(b) ? null : b;
  return isZero(b) ? a : add(a!, b!);
}
// x·b and x/b for a rest x.
function timesRest(x: Node | null, b: Node): Node | null {
  return isZero(x) ? null : mul(x!, b);
}

/** c of x = c·t + rest, where t is what stands for d behind the crossed moves; null: not found, `rest` means nothing. */
function find(x: Node, level: i32): Node | null {
  if (isRoot(x, level)) {
    rest = null;
    return fullLike(x, 1);
  }
  if (--budget < 0 || !x.inputCount || isOpaque(x)) return null;
  if (level && takenBack(x, level - 1)) return findBeyond(x, level);
  const a = x.input(0);
  let c: Node | null = null;
  switch (<Op>x.op) {
    case Op.Alias:
      return find(a, level);
    case Op.Reshape: // does not change the order of the elements, which is all that isRoot goes by
    case Op.Neg: {
      c = find(a, level);
      if (!c) return null;
      const left = rest;
      if (x.op == Op.Neg) {
        c = neg(c);
        rest = left ? neg(left) : null;
      } else {
        c = reshapeLike(c, x);
        rest = left ? reshapeLike(left, x) : null;
      }
      return c;
    }
    case Op.Add:
    case Op.Sub:
      return findInSum(x, level);
    case Op.Mul:
      return findInProduct(a, x.input(1), level);
    case Op.Div: {
      const b = x.input(1);
      if (order(b, level, 0) > 0) return null;
      c = find(a, level);
      if (!c) return null;
      rest = isZero(rest) ? null : div(rest!, b);
      return div(c, b);
    }
    case Op.Pow: {
      const b = x.input(1);
      if (!isConstant(b) || b.value <= 1) return null;
      c = find(a, level);
      return c ? multiplied(c, buildPow(a, fullLike(b, b.value - 1)), level) : null;
    }
    case Op.Where: {
      const condition = a,
        ifTrue = x.input(1),
        ifFalse = x.input(2);
      const first = find(ifTrue, level);
      const firstRest = first ? rest : ifTrue;
      const second = find(ifFalse, level);
      const secondRest = second ? rest : ifFalse;
      if (!first && !second) return null;
      rest =
        isZero(firstRest) && isZero(secondRest)
          ? null
          : where(condition, firstRest ? firstRest : zerosLike(x), secondRest ? secondRest : zerosLike(x));
      return where(condition, first ? first : zerosLike(x), second ? second : zerosLike(x));
    }
    case Op.Concat:
      return findInConcat(x, level);
    case Op.Pad:
      if (x.value != 0) return null;
    case Op.Cast:
    case Op.Sum:
    case Op.Permute:
    case Op.Flip:
    case Op.Slice: {
      if (!cross(x, level, 0, 0)) return null;
      c = find(a, level + 1);
      if (!c) return null;
      rest = rest ? moved(rest!, x) : null;
      return moved(c, x);
    }
    case Op.ScatterAdd: {
      if (!isZero(a) || !cross(x, level, 0, 0)) return null;
      c = find(x.input(2), level + 1);
      if (!c) return null;
      rest = rest ? moved(rest!, x) : null;
      return moved(c, x);
    }
  }
  return null;
}

// c·t + rest, both times b. Not if b has a pole where d is 0: then c·b is not the limit of anything.
function multiplied(c: Node, b: Node, level: i32): Node | null {
  const left = rest;
  if (order(b, level, 0) < 0) return null;
  rest = timesRest(left, b);
  return times(c, b);
}
// (c·t + r)·(e·t + s) = (c·b + r·e)·t + r·s for a·b: what one factor leaves, the other may hold.
function findInProduct(a: Node, b: Node, level: i32): Node | null {
  const c = find(a, level),
    r = rest;
  if (c && isZero(r)) return multiplied(c, b, level);
  const e = find(b, level),
    s = rest;
  if (e && isZero(s)) return multiplied(e, a, level);
  if (!c) return e ? multiplied(e, a, level) : null;
  if (!e) {
    rest = r;
    return multiplied(c, b, level);
  }
  if (order(a, level, 0) < 0 || order(b, level, 0) < 0) return null;
  rest = mul(r!, s!);
  return add(times(c, b), times(e, r!));
}
function findInSum(x: Node, level: i32): Node | null {
  const a = x.input(0),
    b = x.input(1),
    isSub = x.op == Op.Sub;
  const first = find(a, level);
  const firstRest = first ? rest : a;
  const second = find(b, level);
  const secondRest = second ? rest : b;
  if (!first && !second) return null;
  rest = isSub && !isZero(secondRest) ? difference(firstRest, secondRest!) : plus(firstRest, secondRest);
  return isSub && second ? difference(first, second) : plus(first, second);
}
function difference(a: Node | null, b: Node): Node {
  return isZero(a) ? neg(b) : sub(a!, b);
}
// x moves what the move crossed last takes back: the search goes on before it, and what it finds is moved as x does.
function findBeyond(x: Node, level: i32): Node | null {
  const at = (<usize>(level - 1)) << 2;
  const v = changetype<Node>(load<usize>(crossed + at)),
    operand = load<i32>(operandAt + at),
    start = load<i32>(startAt + at);
  const c = find(takenBack(x, level - 1)!, level - 1);
  cross(v, level - 1, operand, start);
  if (!c) return null;
  rest = isZero(rest) ? null : lifted(rest!, x, v);
  return lifted(c, x, v);
}
let busy: i32 = 0;
const parts: usize = memory.data(LEVELS * OPERANDS * 8);
function findInConcat(x: Node, level: i32): Node | null {
  const count = <i32>x.inputCount,
    axis = x.attribute(0);
  if (count > OPERANDS || level >= LEVELS || (busy >> level) & 1) return null;
  busy |= 1 << level;
  const factors = parts + <usize>(level * OPERANDS * 8);
  const rests = factors + <usize>(OPERANDS * 4);
  let found = false,
    hasRest = false;
  for (let k = 0, start = 0; k < count; k++) {
    const piece = x.input(k);
    cross(x, level, k, start);
    const c = find(piece, level + 1);
    let left: Node | null = c ? rest : piece;
    if (isZero(left)) left = null;
    found = found || c != null;
    hasRest = hasRest || left != null;
    store<usize>(factors + ((<usize>k) << 2), changetype<usize>(c ? c : zerosLike(piece)));
    store<usize>(rests + ((<usize>k) << 2), changetype<usize>(left ? left : zerosLike(piece)));
    start += piece.dim(axis);
  }
  busy &= ~(1 << level);
  if (!found) return null;
  rest = hasRest ? buildConcat(count, rests, axis) : null;
  return buildConcat(count, factors, axis);
}

// -- moves of data

function cross(x: Node, level: i32, operand: i32, start: i32): bool {
  if (level >= LEVELS) return false;
  const at = (<usize>level) << 2;
  store<usize>(crossed + at, changetype<usize>(x));
  store<i32>(operandAt + at, operand);
  store<i32>(startAt + at, start);
  return true;
}
const spec: usize = memory.data(3 * 32 * 4);
/** What x does to its operand, done to t, which has that operand's shape. */
function moved(t: Node, x: Node): Node {
  switch (<Op>x.op) {
    case Op.Cast:
      return cast(t, x.dtype);
    case Op.Sum:
      return buildReduce(Op.Sum, t, x.attribute(0), x.attribute(1) != 0);
    case Op.Permute:
      return buildPermute(t, x.ndim, x.attributes);
    case Op.Flip:
      return buildFlip(t, x.attribute(0));
    case Op.Pad:
      return buildPad(t, x.ndim, x.attributes, 0);
    case Op.Expand:
      return expandLike(t, x);
    case Op.Gather:
      return buildGather(t, x.attribute(0), x.input(1));
    case Op.ScatterAdd:
      return buildScatterAdd(zerosLike(x), x.attribute(0), x.input(1), t);
  }
  const bytes = (<usize>x.ndim) << 2; // Slice
  memory.copy(spec, x.attributes, bytes);
  memory.copy(spec + bytes, x.dims, bytes);
  memory.copy(spec + 2 * bytes, x.attributes + bytes, bytes);
  return buildSlice(t, x.ndim, spec);
}

/** What x, which v takes back, does to its operand; of a concat that is the operand which v takes out. */
function lifted(t: Node, x: Node, v: Node): Node {
  if (x.op != Op.Concat) return moved(t, x);
  const ndim = <i32>x.ndim,
    axis = x.attribute(0);
  memory.fill(spec, 0, (<usize>(3 * ndim)) << 2);
  const start = v.attribute(axis);
  store<i32>(spec + ((<usize>axis) << 2), start);
  store<i32>(spec + ((<usize>(axis + ndim)) << 2), x.dim(axis) - start - t.dim(axis));
  return buildPad(t, ndim, spec, 0);
}

/** Whether x is d, moved in the ways that the crossed moves take back. */
function isRoot(x: Node, level: i32): bool {
  for (let steps = 0; steps < 2 * LEVELS; steps++) {
    if (x == root) return level == 0;
    if (!x.inputCount || isOpaque(x)) return false;
    if (level) {
      const before = takenBack(x, level - 1);
      if (before) {
        x = before;
        level--;
        continue;
      }
    }
    if (x.op != Op.Reshape && x.op != Op.Alias) return false;
    x = x.input(0);
  }
  return false;
}
// What x moves, if the move crossed at `level` takes it back.
function takenBack(x: Node, level: i32): Node | null {
  const at = (<usize>level) << 2;
  const v = changetype<Node>(load<usize>(crossed + at));
  const source = x.input(0);
  const ndim = <i32>x.ndim;
  switch (<Op>v.op) {
    case Op.Cast:
      return x.op == Op.Cast && source.dtype == v.dtype ? source : null;
    case Op.Sum:
      return x.op == Op.Expand && sameShape(x, v.input(0)) && repeats(x) == ((<u32>v.attribute(0)) & longDims(x))
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
      const k = load<i32>(operandAt + at);
      const isPiece = x.op == Op.Slice && sameShape(x, v.input(k)) && sameShape(source, v);
      return isPiece && isRange(x, v.attribute(0), load<i32>(startAt + at)) ? source : null;
    }
    case Op.ScatterAdd:
      return x.op == Op.Gather && x.attribute(0) == v.attribute(0) && x.input(1) == v.input(1) && sameShape(source, v)
        ? source
        : null;
  }
  return null;
}
/** The dims along which an Expand repeats. */
function repeats(x: Node): u32 {
  const source = x.input(0),
    lead = <i32>x.ndim - <i32>source.ndim;
  let repeated: u32 = 0;
  for (let i = 0; i < <i32>x.ndim; i++) {
    if (x.dim(i) != 1 && (i < lead || source.dim(i - lead) == 1)) repeated |= 1 << i;
  }
  return repeated;
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

// -- poles

/** About which power of d the node x goes like where d goes to 0, as far as its formula shows; a logarithm counts as a weak pole. */
function order(x: Node, level: i32, depth: i32): f64 {
  if (isRoot(x, level)) return 1;
  if (depth > 6 || !x.inputCount) return 0;
  const a = order(x.input(0), level, depth + 1);
  switch (<Op>x.op) {
    case Op.Neg:
    case Op.Abs:
    case Op.Alias:
    case Op.Reshape:
    case Op.Expand:
      return a;
    case Op.Mul:
      return a + order(x.input(1), level, depth + 1);
    case Op.Div:
      return a - order(x.input(1), level, depth + 1);
    case Op.Add:
    case Op.Sub:
      return min(a, order(x.input(1), level, depth + 1));
    case Op.Pow:
      return isConstant(x.input(1)) ? a * x.input(1).value : 0;
    case Op.Sqrt:
    case Op.Root:
      return a / 2;
    case Op.Rsqrt:
      return -a / 2;
    case Op.Reciprocal:
      return -a;
    case Op.Log:
    case Op.Log2:
    case Op.Log10:
      return a != 0 ? -0.01 : 0;
  }
  return 0;
}
