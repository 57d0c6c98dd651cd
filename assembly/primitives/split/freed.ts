// Factors without what d itself selects in them: at d = 0 the derivatives of what is smooth in d are those from beside it.
import { DType, Op } from "../../abi/opcodes";
import { Kind } from "../../abi/traits";
import { kindOf } from "../../generated/traits";
import { Node, ROOTED } from "../../graph/node";
import { binary, neg } from "../elementwise/emit";
import { fullLike, isConstant } from "../source";
import { decided, differs, order, sign, TIED } from "./beside";
import { replaced, restored } from "./moves";
import { before, isLeaf, isOlderThanRoot, isZero, Place, placeBefore, restsOnRoot } from "./root";

/** Whether the x freed last holds a selection of which nobody knows what it is beside d = 0, or one that has stayed. */
export let isTied: bool = false;

/** How many nodes are looked at for selections that are too deep to be freed. */
const NODES: i32 = 256;
let left: i32 = 0;
/** Whether there may be a selection in x by what rests on d, or one that has let go of its operands. */
function mayBeSelected(x: Node): bool {
  if (!(x.flags & ROOTED) || isOlderThanRoot(x)) return false;
  if (!x.inputCount || --left < 0) return true;
  if (x.op == Op.Cast && !x.isDifferentiable) return true;
  if ((x.op == Op.Where || x.op == Op.Sign) && restsOnRoot(x.input(0))) return true;
  for (let k = 0; k < <i32>x.inputCount; k++) if (mayBeSelected(x.input(k))) return true;
  return false;
}

/** x with what the selections by d itself are beside d = 0. */
export function freed(x: Node, place: Place | null): Node {
  isTied = false;
  return freedAt(x, place, 0);
}
function freedAt(x: Node, place: Place | null, depth: i32): Node {
  if (!(x.flags & ROOTED) || isOlderThanRoot(x)) return x;
  if (isLeaf(x, depth)) {
    left = NODES;
    if (mayBeSelected(x)) isTied = true;
    return x;
  }
  depth++;
  const y = before(x, place);
  if (y) {
    const inner = freedAt(y, placeBefore, depth);
    return inner == y ? x : restored(inner, x, place);
  }
  const op = <Op>x.op,
    a = x.input(0);
  if (op == Op.Sign) {
    const power = order(a, place, depth);
    if (sign == sign) return fullLike(x, sign);
    if (!(power <= 0)) isTied = true;
    return x;
  }
  if (op == Op.Where || (op == Op.Cast && a.dtype == DType.Bool)) {
    const holds = decided(a, place, depth);
    if (holds >= 0) {
      if (op == Op.Cast) return fullLike(x, holds);
      if (isGuard(x, holds, place, depth)) isTied = true;
      return freedAt(x.input(2 - holds), place, depth);
    }
    if (holds == TIED) isTied = true;
  }
  const isElementwise = kindOf(op) == Kind.Elementwise;
  let result = x;
  for (let k = 0; k < <i32>x.inputCount; k++) {
    const operand = x.input(k),
      inner = freedAt(operand, isElementwise ? place : null, depth);
    if (inner == operand) continue;
    if (isElementwise) result = replaced(result, k, inner);
    else isTied = true;
  }
  const isArithmetic = op == Op.Add || op == Op.Sub || op == Op.Mul || op == Op.Div;
  return result != x && isArithmetic ? joined(op, result.input(0), result.input(1)) : result;
}

@inline
function isOne(x: Node): bool {
  return isConstant(x) && x.value == 1;
}
/** The sum, difference, product or quotient of two nodes, less what zeros and a first factor of 1 make needless. */
export function joined(op: Op, a: Node, b: Node): Node {
  switch (op) {
    case Op.Add:
    case Op.Sub:
      if (isZero(b)) return a;
      if (isZero(a)) return op == Op.Add ? b : neg(b);
      break;
    case Op.Mul:
      if (isZero(b) || isOne(a)) return b;
    case Op.Div:
      if (isZero(a)) return a;
  }
  return binary(op, a, b);
}

// Whether a value that is not 0 stands in at d = 0 for one that goes to 0 there; the condition is the one decided last.
function isGuard(x: Node, holds: i32, place: Place | null, depth: i32): bool {
  if (!differs) return false;
  const power = order(x.input(2 - holds), place, depth);
  return power > 0 && power < Infinity && order(x.input(1 + holds), place, depth) <= 0;
}
/** Whether something that x is a multiple of is guarded against d = 0. */
export function isGuarded(x: Node, depth: i32): bool {
  if (isLeaf(x, depth)) return false;
  const a = x.input(0);
  depth++;
  switch (<Op>x.op) {
    case Op.Where: {
      const holds = decided(a, null, depth);
      if (holds >= 0 && isGuard(x, holds, null, depth)) return true;
      return isGuarded(x.input(1), depth) || isGuarded(x.input(2), depth);
    }
    case Op.Mul:
    case Op.Div:
      return isGuarded(a, depth) || isGuarded(x.input(1), depth);
    case Op.Neg:
    case Op.Alias:
    case Op.Reshape:
    case Op.Expand:
    case Op.Sum:
      return isGuarded(a, depth);
  }
  return false;
}
