// Cotangents of a root d as c·d + rest. Where d = √s is 0, the derivative 1/(2d) of the root is infinite, but c·d / (2d) is c/2: that
// is how squares of norms, and what is smooth in them, have their derivatives at 0.
//
// The factor d is found by what the graph says, never by a value: through sums, products, quotients, powers, selections, and moves of
// data on both sides (split/root.ts). c may be anything; it is what it is beside d = 0 (split/beside.ts, split/freed.ts).
import { Op } from "../abi/opcodes";
import { Node } from "../graph/node";
import { buildConcat } from "./concat";
import { buildPow } from "./elementwise/binary";
import { binary, neg, where, zerosLike } from "./elementwise/emit";
import { fullLike, isConstant } from "./source";
import { decided, order, TIED } from "./split/beside";
import { freed, isTied, joined } from "./split/freed";
import { redone, restored } from "./split/moves";
import {
  before,
  cross,
  crossedAt,
  crossedOperand,
  crossedStart,
  isOpaque,
  isRoot,
  isZero,
  LEVELS,
  levelBefore,
  setRoot,
} from "./split/root";
import { expandLike } from "./views";

/** How many nodes a search looks at, and how many operands a concat may have that it goes into. */
const BUDGET: i32 = 96;
const OPERANDS: i32 = 16;

let budget: i32 = 0;
/** What is left beside c·d of the node looked at last: that node itself if nothing was found in it. */
export let rest: Node = changetype<Node>(0);

/** c of g = c·d + rest. */
export function splitBy(g: Node, d: Node): Node {
  budget = BUDGET;
  busy = 0;
  setRoot(d);
  return find(g, 0);
}

function none(x: Node): Node {
  rest = x;
  return zerosLike(x);
}
/** c of x = c·t + rest, where t is what stands for d behind the crossed moves. */
function find(x: Node, level: i32): Node {
  if (isRoot(x, level)) {
    rest = zerosLike(x);
    return fullLike(x, 1);
  }
  if (--budget < 0 || !x.inputCount || isOpaque(x)) return none(x);
  if (before(x, level)) return findBefore(x, level);
  const a = x.input(0);
  switch (<Op>x.op) {
    case Op.Neg:
      return again(find(a, level), a, x);
    case Op.Add:
    case Op.Sub:
      return findInBoth(x, a, x.input(1), null, level);
    case Op.Mul:
      return findInProduct(x, a, x.input(1), level);
    case Op.Matmul: // of a column by a row
      if (a.dim(<i32>a.ndim - 1) != 1) break;
      return findInProduct(x, expandLike(a, x), expandLike(x.input(1), x), level);
    case Op.Div:
      return findInMultiple(x, Op.Div, x.input(1), level);
    case Op.Pow: {
      const b = x.input(1);
      if (!isConstant(b) || b.value <= 1) break;
      return findInMultiple(x, Op.Mul, buildPow(a, fullLike(b, b.value - 1)), level);
    }
    case Op.Where:
      return findInSelection(x, x, level);
    case Op.Abs:
      return findInSelection(x, where(binary(Op.Ge, a, zerosLike(a)), a, neg(a)), level);
    case Op.Maximum:
    case Op.Minimum: {
      const b = x.input(1);
      return findInSelection(x, where(binary(x.op == Op.Maximum ? Op.Ge : Op.Le, a, b), a, b), level);
    }
  }
  if (level >= LEVELS) return none(x);
  switch (<Op>x.op) {
    case Op.Concat:
      return findInConcat(x, level);
    case Op.Pad:
      if (x.value) break;
    case Op.Cast:
    case Op.Sum:
    case Op.Permute:
    case Op.Flip:
    case Op.Slice:
      cross(x, level, 0, 0);
      return again(find(a, level + 1), a, x);
    case Op.ScatterAdd: {
      if (!isZero(a)) break;
      cross(x, level, 0, 0);
      const source = x.input(2);
      return again(find(source, level + 1), source, x);
    }
  }
  return none(x);
}
// c and the rest of x's operand a, with what x does to it.
function again(c: Node, a: Node, x: Node): Node {
  if (rest == a) return none(x);
  rest = redone(rest, x);
  return redone(c, x);
}
// x moves what it moves as nothing does, or as the move crossed last takes back: the search goes on before it.
function findBefore(x: Node, level: i32): Node {
  const a = before(x, level)!,
    at = levelBefore;
  const v = crossedAt(at),
    operand = crossedOperand(at),
    start = crossedStart(at);
  const c = find(a, at);
  if (at < level) cross(v, at, operand, start);
  if (rest == a) return none(x);
  rest = restored(rest, x, level);
  return restored(c, x, level);
}

/** c times b, or by b, beside d = 0. Null where b makes a pole of c there: then it is not the limit of anything. */
function multiple(c: Node, op: Op, b: Node, level: i32): Node | null {
  if (isZero(c)) return c;
  const power = order(b, level, 0);
  if (op == Op.Mul ? power < 0 : power > 0) return null;
  const factor = freed(b, level);
  return isTied ? null : joined(op, c, factor);
}
function findInMultiple(x: Node, op: Op, b: Node, level: i32): Node {
  const a = x.input(0);
  const c = find(a, level),
    r = rest;
  const result = multiple(c, op, b, level);
  if (r == a || !result) return none(x);
  rest = joined(op, r, b);
  return result;
}
// (c·t + r)·(e·t + s) = (c·b + r·e)·t + r·s for a·b: what one factor leaves, the other may hold.
function findInProduct(x: Node, a: Node, b: Node, level: i32): Node {
  const c = find(a, level),
    r = rest;
  const e = isZero(r) ? none(b) : find(b, level),
    s = rest;
  if (r == a && s == b) return none(x);
  const first = multiple(c, Op.Mul, b, level),
    second = multiple(e, Op.Mul, r, level);
  if (!first || !second) return none(x);
  rest = joined(Op.Mul, r, s);
  return joined(Op.Add, first, second);
}
// x is the sum or difference of a and b, or what the condition selects of them.
function findInBoth(x: Node, a: Node, b: Node, condition: Node | null, level: i32): Node {
  const c = find(a, level),
    r = rest;
  const e = find(b, level),
    s = rest;
  if (r == a && s == b) return none(x);
  rest = condition ? selected(condition, r, s) : joined(<Op>x.op, r, s);
  return condition ? selected(condition, c, e) : joined(<Op>x.op, c, e);
}
/** x is `selection`, or equals it. */
function findInSelection(x: Node, selection: Node, level: i32): Node {
  const condition = selection.input(0);
  const holds = decided(condition, level, 0);
  if (holds >= 0) {
    const only = selection.input(2 - holds);
    const c = find(only, level);
    return rest == only && !isZero(only) ? none(x) : c;
  }
  return holds == TIED ? none(x) : findInBoth(x, selection.input(1), selection.input(2), condition, level);
}
function selected(condition: Node, a: Node, b: Node): Node {
  return isZero(a) && isZero(b) ? a : where(condition, a, b);
}

let busy: i32 = 0;
const parts: usize = memory.data(LEVELS * OPERANDS * 8);
function findInConcat(x: Node, level: i32): Node {
  const count = <i32>x.inputCount,
    axis = x.attribute(0);
  if (count > OPERANDS || (busy >> level) & 1) return none(x);
  busy |= 1 << level;
  const factors = parts + <usize>(level * OPERANDS * 8);
  const rests = factors + <usize>(OPERANDS * 4);
  let isUnchanged = true,
    isAll = true;
  for (let k = 0, start = 0; k < count; k++) {
    const piece = x.input(k);
    cross(x, level, k, start);
    store<usize>(factors + ((<usize>k) << 2), changetype<usize>(find(piece, level + 1)));
    store<usize>(rests + ((<usize>k) << 2), changetype<usize>(rest));
    isUnchanged = isUnchanged && rest == piece;
    isAll = isAll && isZero(rest);
    start += piece.dim(axis);
  }
  busy &= ~(1 << level);
  if (isUnchanged) return none(x);
  rest = isAll ? zerosLike(x) : buildConcat(count, rests, axis);
  return buildConcat(count, factors, axis);
}
