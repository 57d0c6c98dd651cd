// Cotangents of a root d as c·d + rest. Where d = √s is 0, the derivative 1/(2d) of the root is infinite, but c·d / (2d) is c/2: that
// is how squares of norms, and what is smooth in them, have their derivatives at 0.
//
// The factor d is found by what the graph says, never by a value: through sums, products, quotients, powers, selections, and moves of
// data on both sides (split/root.ts). c may be anything; it is what it is beside d = 0 (split/beside.ts, split/freed.ts).
import { Op } from "../abi/opcodes";
import { seal } from "../graph/graph";
import { Node } from "../graph/node";
import { buildPow } from "./elementwise/binary";
import { binary, unary, where, zerosLike } from "./elementwise/emit";
import { fullLike, isConstant } from "./source";
import { decided, order, TIED } from "./split/beside";
import { freed, isTied, joined } from "./split/freed";
import { likeness, redone, restored } from "./split/moves";
import { before, BUDGET, cross, isOpaque, isRoot, isZero, Place, placeBefore, setRoot } from "./split/root";
import { expandLike } from "./views";

/** How many operands a concat may have that a search goes into. */
const OPERANDS: i32 = 16;

let budget: i32 = 0;
/** What is left beside c·d of the node looked at last: that node itself if nothing was found in it. */
export let rest: Node = changetype<Node>(0);

/** c of g = c·d + rest. */
export function splitBy(g: Node, d: Node): Node {
  budget = BUDGET;
  setRoot(d);
  return find(g, null);
}

function none(x: Node): Node {
  rest = x;
  return zerosLike(x);
}
/** c of x = c·t + rest, where t is what stands for d behind the crossed moves. */
function find(x: Node, place: Place | null): Node {
  if (isRoot(x, place)) {
    rest = zerosLike(x);
    return fullLike(x, 1);
  }
  if (--budget < 0 || !x.inputCount || isOpaque(x)) return none(x);
  const y = before(x, place);
  if (y) {
    const c = find(y, placeBefore);
    if (rest == y) return none(x);
    rest = restored(rest, x, place);
    return restored(c, x, place);
  }
  const a = x.input(0);
  switch (<Op>x.op) {
    case Op.Neg:
      return again(x, 0, place);
    case Op.Add:
    case Op.Sub:
      return findInBoth(x, a, x.input(1), null, place);
    case Op.Mul:
      return findInProduct(x, a, x.input(1), place);
    case Op.Matmul: // of a column by a row
      if (a.dim(<i32>a.ndim - 1) != 1) break;
      return findInProduct(x, expandLike(a, x), expandLike(x.input(1), x), place);
    case Op.Div:
      return findInMultiple(x, Op.Div, x.input(1), place);
    case Op.Pow: {
      const b = x.input(1);
      if (!isConstant(b) || b.value <= 1) break;
      return findInMultiple(x, Op.Mul, buildPow(a, fullLike(b, b.value - 1)), place);
    }
    case Op.Abs:
      return findInMultiple(x, Op.Mul, unary(Op.Sign, a), place);
    case Op.Where:
      return findInSelection(x, x, place);
    case Op.Maximum:
    case Op.Minimum: {
      const b = x.input(1);
      return findInSelection(x, where(binary(x.op == Op.Maximum ? Op.Ge : Op.Le, a, b), a, b), place);
    }
    case Op.Concat:
      return findInConcat(x, place);
    case Op.Pad:
      if (x.value) break;
    case Op.Sum:
    case Op.Permute:
    case Op.Flip:
    case Op.Slice:
      return again(x, 0, cross(x, place));
    case Op.ScatterAdd:
      if (isZero(a)) return again(x, 2, cross(x, place));
  }
  return none(x);
}
// c and the rest of x's operand k, which x moves or negates, with what x does to it.
function again(x: Node, k: i32, place: Place | null): Node {
  const c = find(x.input(k), place);
  if (rest == x.input(k)) return none(x);
  rest = redone(rest, x, k);
  return redone(c, x, k);
}

/** c times b, or by b, beside d = 0. Null where b makes a pole of c there: then it is not the limit of anything. */
function multiple(c: Node, op: Op, b: Node, place: Place | null): Node | null {
  if (isZero(c)) return c;
  const power = order(b, place, 0);
  if (op == Op.Mul ? power < 0 : power > 0) return null;
  const factor = freed(b, place);
  return isTied ? null : joined(op, c, factor);
}
function findInMultiple(x: Node, op: Op, b: Node, place: Place | null): Node {
  const a = x.input(0);
  const c = find(a, place),
    r = rest;
  const result = multiple(c, op, b, place);
  if (r == a || !result) return none(x);
  rest = joined(op, r, b);
  return result;
}
// (c·t + r)·(e·t + s) = (c·b + r·e)·t + r·s for a·b: what one factor leaves, the other may hold.
function findInProduct(x: Node, a: Node, b: Node, place: Place | null): Node {
  const c = find(a, place),
    r = rest;
  const e = isZero(r) && r != a ? none(b) : find(b, place),
    s = rest;
  if (r == a && s == b) return none(x);
  const first = multiple(c, Op.Mul, b, place),
    second = multiple(e, Op.Mul, r, place);
  if (!first || !second) return none(x);
  rest = joined(Op.Mul, r, s);
  return joined(Op.Add, first, second);
}
// x is the sum or difference of a and b, or what the condition selects of them.
function findInBoth(x: Node, a: Node, b: Node, condition: Node | null, place: Place | null): Node {
  const c = find(a, place),
    r = rest;
  const e = find(b, place),
    s = rest;
  if (r == a && s == b) return none(x);
  rest = condition ? selected(condition, r, s) : joined(<Op>x.op, r, s);
  return condition ? selected(condition, c, e) : joined(<Op>x.op, c, e);
}
/** x is `selection`, or equals it. */
function findInSelection(x: Node, selection: Node, place: Place | null): Node {
  const condition = selection.input(0);
  const holds = decided(condition, place, 0);
  if (holds >= 0) {
    const only = selection.input(2 - holds);
    const c = find(only, place);
    return rest == only && !isZero(only) ? none(x) : c;
  }
  return holds == TIED ? none(x) : findInBoth(x, selection.input(1), selection.input(2), condition, place);
}
function selected(condition: Node, a: Node, b: Node): Node {
  return isZero(a) && isZero(b) ? a : where(condition, a, b);
}

function findInConcat(x: Node, place: Place | null): Node {
  const count = <i32>x.inputCount;
  if (count > OPERANDS) return none(x);
  const behind = cross(x, place),
    factors = likeness(x),
    rests = likeness(x);
  let isUnchanged = true,
    isAll = true;
  behind.start = 0;
  for (let k = 0; k < count; k++) {
    const piece = x.input(k);
    factors.setInput(k, find(piece, behind));
    rests.setInput(k, rest);
    isUnchanged = isUnchanged && rest == piece;
    isAll = isAll && isZero(rest);
    behind.start += piece.dim(x.attribute(0));
  }
  const c = seal(factors),
    r = seal(rests);
  if (isUnchanged) return none(x);
  rest = isAll ? zerosLike(x) : r;
  return c;
}
