// Factors without what d itself selects in them: at d = 0 the derivatives of what is smooth in d are those from beside it.
import { DType, Op } from "../../abi/opcodes";
import { Node } from "../../graph/node";
import { binary, cast, neg, unary, where } from "../elementwise/emit";
import { fullLike, isConstant } from "../source";
import { decided, DEPTH, differs, order, sign, TIED } from "./beside";
import { restored } from "./moves";
import { before, isOlderThanRoot, isZero, levelBefore } from "./root";

/** Whether the x freed last holds a selection of which nobody knows what it is beside d = 0, or one that has stayed. */
export let isTied: bool = false;

/** x with what the selections by d itself are beside d = 0. */
export function freed(x: Node, level: i32): Node {
  isTied = false;
  return freedAt(x, level, 0);
}
function freedAt(x: Node, level: i32, depth: i32): Node {
  if (depth > DEPTH || !x.inputCount || isOlderThanRoot(x)) return x;
  depth++;
  const y = before(x, level);
  if (y) {
    const inner = freedAt(y, levelBefore, depth);
    return inner == y ? x : restored(inner, x, level);
  }
  const op = <Op>x.op,
    a = x.input(0);
  switch (op) {
    case Op.Sign: {
      const mayBeZero = !(order(a, level, depth) <= 0);
      if (Math.abs(sign) == 1) return fullLike(x, sign);
      isTied = isTied || mayBeZero;
      return x;
    }
    case Op.Cast:
      if (a.dtype == DType.Bool) {
        const holds = decided(a, level, depth);
        isTied = isTied || holds == TIED;
        return holds < 0 ? x : fullLike(x, holds);
      }
      break;
    case Op.Where: {
      const holds = decided(a, level, depth);
      if (holds >= 0) {
        if (isGuard(x, holds, level, depth)) isTied = true;
        return freedAt(x.input(2 - holds), level, depth);
      }
      isTied = isTied || holds == TIED;
      const first = freedAt(x.input(1), level, depth),
        second = freedAt(x.input(2), level, depth);
      return first == x.input(1) && second == x.input(2) ? x : where(a, first, second);
    }
  }
  if (op < Op.Eq) {
    const first = freedAt(a, level, depth);
    if (op <= Op.Cast) return first == a ? x : op == Op.Cast ? cast(first, x.dtype) : unary(op, first);
    const second = freedAt(x.input(1), level, depth);
    return first == a && second == x.input(1) ? x : joined(op, first, second);
  }
  for (let k = 0; k < <i32>x.inputCount; k++) if (freedAt(x.input(k), 0, depth) != x.input(k)) isTied = true;
  return x;
}

@inline
function isOne(x: Node): bool {
  return isConstant(x) && x.value == 1;
}
/** The sum, difference, product or quotient of two nodes, less what zeros and ones make needless. */
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
      if (isZero(a) || isOne(b)) return a;
  }
  return binary(op, a, b);
}

// Whether a value that is not 0 stands in at d = 0 for one that goes to 0 there; the condition is the one decided last.
function isGuard(x: Node, holds: i32, level: i32, depth: i32): bool {
  if (!differs) return false;
  const power = order(x.input(2 - holds), level, depth);
  return power > 0 && power < Infinity && order(x.input(1 + holds), level, depth) <= 0;
}
/** Whether something that x is a multiple of is guarded against d = 0. */
export function isGuarded(x: Node, depth: i32): bool {
  if (depth > DEPTH || !x.inputCount) return false;
  const a = x.input(0);
  depth++;
  switch (<Op>x.op) {
    case Op.Where: {
      const holds = decided(a, 0, depth);
      if (holds >= 0 && isGuard(x, holds, 0, depth)) return true;
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
