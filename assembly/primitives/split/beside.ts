// What a formula shows of its values beside d = 0: their signs where d > 0, the powers of d that they go like where d goes to 0, and
// the selections that d itself decides. At d = 0 alone these may be otherwise, and what is smooth in d has its derivatives there
// from beside it.
import { Op } from "../../abi/opcodes";
import { Trait } from "../../abi/traits";
import { hasTrait } from "../../generated/traits";
import { Node } from "../../graph/node";
import { expOf } from "../../kernels/special/scalar";
import { zerosLike } from "../elementwise/emit";
import { isConstant } from "../source";
import { before, isLeaf, isRoot, Place, placeBefore, restsOnRoot } from "./root";

/** Of the values of the node that `order` was asked about last, wherever d > 0; NaN: not known. */
export let sign: f64 = NaN;
// What they go to where d goes to 0; NaN: not known.
let limit: f64 = NaN;
// Whether something met since is otherwise at d = 0 itself.
let jumps: bool = false;
function known(power: f64, itsSign: f64, itsLimit: f64 = NaN): f64 {
  sign = itsSign;
  limit = power > 0 ? 0 : itsLimit;
  return power;
}
function raised(power: f64, exponent: f64): f64 {
  return known(power * exponent, sign > 0 ? 1 : NaN);
}
/** The sign of a difference by those of its operands. */
function difference(s: f64, t: f64): f64 {
  return t == 0 ? s : s == 0 || s == -t ? -t : NaN;
}

/**
 * About which power of d the node x goes like where d goes to 0, as far as its formula shows: ∞ for zeros, NaN where d is in it in
 * other ways; a logarithm counts as a weak pole.
 */
export function order(x: Node, place: Place | null, depth: i32): f64 {
  const value = x.value;
  if (isConstant(x)) return known(value ? 0 : Infinity, Math.sign(value), value);
  if (isRoot(x, place)) return known(1, 1);
  if (isLeaf(x, depth)) return known(unknownOrder(x), NaN);
  depth++;
  const y = before(x, place);
  if (y) return order(y, placeBefore, depth);
  const a = x.input(0);
  switch (<Op>x.op) {
    case Op.Neg:
      return known(order(a, place, depth), -sign, -limit);
    case Op.Abs:
      return known(order(a, place, depth), Math.abs(sign));
    case Op.Reciprocal:
      return known(-order(a, place, depth), 1 / sign, 1 / limit);
    case Op.Sqrt:
    case Op.Root:
      return raised(order(a, place, depth), 0.5);
    case Op.Rsqrt:
      return raised(order(a, place, depth), -0.5);
    case Op.Pow:
      if (isConstant(x.input(1))) return raised(order(a, place, depth), x.input(1).value);
      break;
    case Op.Log:
    case Op.Log2:
    case Op.Log10:
      return known(order(a, place, depth) ? -0.01 : 0, NaN);
    case Op.Exp:
      return known(0 * min(order(a, place, depth), 1), 1, expOf(limit));
    case Op.Sign:
      jumps = true;
      return known(0 * min(order(a, place, depth), 1), sign, sign);
    case Op.Where:
      return ofSelection(x, place, depth);
    case Op.Mul:
    case Op.Div:
    case Op.Add:
    case Op.Sub:
    case Op.Maximum:
    case Op.Minimum:
      return ofBoth(x, place, depth);
  }
  return known(unknownOrder(x), NaN);
}
function unknownOrder(x: Node): f64 {
  return restsOnRoot(x) ? NaN : 0;
}
function ofSelection(x: Node, place: Place | null, depth: i32): f64 {
  const holds = decided(x.input(0), place, depth),
    holdsNear = near;
  if (holds >= 0) {
    const isOther = differs;
    if (isOther) order(x.input(1 + holds), place, depth);
    const there = limit,
      power = order(x.input(2 - holds), place, depth);
    jumps = jumps || (isOther && limit != there);
    return power;
  }
  const p = order(x.input(1), place, depth),
    s = sign;
  const q = order(x.input(2), place, depth);
  return known(holds == TIED ? NaN : holdsNear < 0 ? either(p, q) : holdsNear ? p : q, s == sign ? s : NaN);
}
/** The power of what goes like one or the other: a pole's before a zero's. */
function either(p: f64, q: f64): f64 {
  return min(p, q) < 0 ? min(p, q) : max(p, q);
}
function ofBoth(x: Node, place: Place | null, depth: i32): f64 {
  const p = order(x.input(0), place, depth),
    s = sign,
    l = limit;
  const q = order(x.input(1), place, depth),
    t = sign,
    m = limit;
  switch (<Op>x.op) {
    case Op.Mul:
      jumps = jumps || p * q < 0; // 0·∞
      return known(p + q, s * t, l * m);
    case Op.Div:
      jumps = jumps || p * q > 0; // 0/0, ∞/∞
      return known(p - q, s * t, l / m);
    case Op.Add:
      return known(l == -m && l ? NaN : min(p, q), difference(s, -t), l + m);
    case Op.Sub:
      return known(l == m && l ? NaN : min(p, q), difference(s, t), l - m);
    case Op.Maximum:
    case Op.Minimum: {
      const larger = x.op == Op.Maximum ? difference(s, t) : difference(t, s);
      if (larger > 0) return known(p, s, l);
      if (larger < 0) return known(q, t, m);
      if (x.op == Op.Minimum && s > 0) return known(max(p, q), t);
    }
  }
  return known(either(p, q), s == t ? s : NaN);
}

export const UNDECIDED: i32 = -1;
export const TIED: i32 = -2;
/** Whether the condition asked about last, if decided, is otherwise at d = 0. */
export let differs: bool = false;
// Undecided, what it is where d is small, if that is known.
let near: i32 = UNDECIDED;
/**
 * 1 or 0 for a condition that holds, or not, wherever d > 0; TIED if it may be otherwise at d = 0, but beside it nobody knows;
 * UNDECIDED if other things decide.
 */
export function decided(x: Node, place: Place | null, depth: i32): i32 {
  near = UNDECIDED;
  if (isLeaf(x, depth)) return unknownCondition(x);
  depth++;
  const y = before(x, place);
  if (y) return decided(y, placeBefore, depth);
  const isTruth = x.op == Op.Cast, // of numbers: whether they are not 0
    op = isTruth ? Op.Ne : <Op>x.op,
    a = x.input(0);
  if (op == Op.LogicalNot) {
    const holds = decided(a, place, depth);
    if (near >= 0) near = 1 - near;
    return holds < 0 ? holds : 1 - holds;
  }
  if (hasTrait(op, Trait.Logical)) {
    const isTied = mayDiffer(a, place, depth) || mayDiffer(x.input(1), place, depth);
    near = UNDECIDED;
    return isTied ? TIED : UNDECIDED;
  }
  if (!isTruth && (x.inputCount != 2 || !hasTrait(op, Trait.Boolean))) return unknownCondition(x);
  const b = isTruth ? zerosLike(a) : x.input(1);
  if (a == b) return UNDECIDED; // whether it is NaN
  const jumped = jumps;
  jumps = false;
  const p = order(a, place, depth),
    s = sign,
    l = limit;
  const q = order(b, place, depth),
    larger = difference(s, sign),
    gap = l - limit;
  const isJump = jumps,
    isApart = max(p, q) >= 0 && l != limit;
  // Of zeros there is nothing to say.
  const isTie = isJump || (min(p, q) != Infinity && !isApart);
  jumps = jumped;
  if (larger) {
    const holds = isTrueFor(op, larger);
    differs = isJump || (isTie && holds != (op == Op.Eq || op == Op.Le || op == Op.Ge));
    return i32(holds);
  }
  if (gap) near = i32(isTrueFor(op, gap));
  return isTie ? TIED : UNDECIDED;
}
function unknownCondition(x: Node): i32 {
  return restsOnRoot(x) ? TIED : UNDECIDED;
}
function isTrueFor(op: Op, larger: f64): bool {
  if (op == Op.Ne) return true;
  return larger > 0 ? op == Op.Gt || op == Op.Ge : op == Op.Lt || op == Op.Le;
}
function mayDiffer(x: Node, place: Place | null, depth: i32): bool {
  const holds = decided(x, place, depth);
  return holds == TIED || (holds >= 0 && differs);
}
