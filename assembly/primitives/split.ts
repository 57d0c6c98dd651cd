// Cotangents of a root d as c·d + rest. Where d = √s is 0, the derivative 1/(2d) of the root is infinite, but c·d / (2d) is c/2: that
// is how squares of norms, and what is smooth in them, have their derivatives at 0.
//
// The factor d is found by what the graph says, never by a value: through sums, products, quotients, powers, selections, and moves of
// data on both sides (split/root.ts). c may be anything.
import { Op } from "../abi/opcodes";
import { Node } from "../graph/node";
import { buildConcat } from "./concat";
import { buildPow } from "./elementwise/binary";
import { add, binary, cast, div, mul, neg, sub, where, zerosLike } from "./elementwise/emit";
import { buildGather, buildScatterAdd } from "./gather";
import { buildPad } from "./pad";
import { buildReduce } from "./reduce";
import { fullLike, isConstant } from "./source";
import { besideZero, freed, order, TIED, times } from "./split/beside";
import {
  cross,
  crossedAt,
  crossedOperand,
  crossedStart,
  isOpaque,
  isReshape,
  isRoot,
  isZero,
  LEVELS,
  setRoot,
  takenBack,
} from "./split/root";
import { buildFlip, buildPermute, buildSlice, expandLike, reshapeLike } from "./views";

/** How many nodes a search looks at, and how many operands a concat may have that it goes into. */
const BUDGET: i32 = 96;
const OPERANDS: i32 = 16;

let budget: i32 = 0;
/** What is left beside c·d of the node looked at last; null: nothing. */
export let rest: Node | null = null;

/** c of g = c·d + rest; null: d was not found, and the rest is g. */
export function splitBy(g: Node, d: Node): Node | null {
  budget = BUDGET;
  busy = 0;
  setRoot(d);
  const c = find(g, 0);
  if (!c) rest = g;
  return c ? freed(c, 0) : null;
}

function plus(a: Node | null, b: Node | null): Node | null {
  if (isZero(a)) return isZero(b) ? null : b;
  return isZero(b) ? a : add(a!, b!);
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
  if (isReshape(x)) {
    c = find(a, level);
    if (!c || x.op == Op.Alias) return c;
    const left = rest;
    c = reshapeLike(c, x);
    rest = left ? reshapeLike(left, x) : null;
    return c;
  }
  switch (<Op>x.op) {
    case Op.Neg: {
      c = find(a, level);
      if (!c) return null;
      const left = rest;
      c = neg(c);
      rest = left ? neg(left) : null;
      return c;
    }
    case Op.Add:
    case Op.Sub:
      return findInSum(x, level);
    case Op.Mul:
      return findInProduct(a, x.input(1), level);
    case Op.Matmul: // of a column by a row
      if (a.dim(<i32>a.ndim - 1) != 1) return null;
      return findInProduct(expandLike(a, x), expandLike(x.input(1), x), level);
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
        holds = besideZero(a, level),
        ifTrue = x.input(1),
        ifFalse = x.input(2);
      if (holds == TIED) return null;
      const first = find(ifTrue, level);
      const firstRest = first ? rest : ifTrue;
      const second = find(ifFalse, level);
      const secondRest = second ? rest : ifFalse;
      if (!first && !second) return null;
      rest =
        isZero(firstRest) && isZero(secondRest)
          ? null
          : where(condition, firstRest ? firstRest : zerosLike(x), secondRest ? secondRest : zerosLike(x));
      if (holds >= 0) {
        const held = holds ? first : second;
        return held ? held : zerosLike(x);
      }
      return where(condition, first ? first : zerosLike(x), second ? second : zerosLike(x));
    }
    case Op.Abs:
      return find(where(binary(Op.Ge, a, zerosLike(a)), a, neg(a)), level);
    case Op.Maximum:
    case Op.Minimum: {
      const b = x.input(1);
      return find(where(binary(x.op == Op.Maximum ? Op.Ge : Op.Le, a, b), a, b), level);
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
  rest = isZero(left) ? null : mul(left!, b);
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
  const v = crossedAt(level - 1),
    operand = crossedOperand(level - 1),
    start = crossedStart(level - 1);
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
