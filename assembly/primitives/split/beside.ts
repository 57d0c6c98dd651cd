// What happens to selections that d itself decides, and to poles, where d goes to 0.
import { Op } from "../../abi/opcodes";
import { Node } from "../../graph/node";
import { div, mul, neg, zerosLike } from "../elementwise/emit";
import { fullLike, isConstant } from "../source";
import { isAtMostZero, isRoot, isZero, setRoot } from "./root";

@inline
function isOne(x: Node): bool {
  return isConstant(x) && x.value == 1;
}
export function times(c: Node, x: Node): Node {
  if (isZero(c) || isZero(x)) return zerosLike(c);
  return isOne(c) ? x : isOne(x) ? c : mul(c, x);
}

/**
 * 1 or 0 for a comparison of d with 0 (or less) that holds, or not, where d > 0: at d = 0 alone it may be otherwise, and what is
 * smooth in d has its derivatives there from beside it. TIED if it may be otherwise, but beside it nobody knows; else -1.
 */
export function besideZero(condition: Node, level: i32): i32 {
  const op = <Op>condition.op;
  if (op < Op.Eq || op > Op.Ge) return -1;
  const a = condition.input(0),
    b = condition.input(1);
  const isLeft = isAtMostZero(b);
  if (!isLeft && !isAtMostZero(a)) return -1;
  const x = isLeft ? a : b,
    limit = isLeft ? b : a;
  let sign = 1;
  if (!isRoot(x, level)) {
    if (limit.value != 0 || order(x, level, 0) <= 0) return -1;
    sign = signBesideZero(x, level, 0);
    if (!sign) return TIED;
  }
  // Whether `op` asks for a large x.
  const isUpper = isLeft ? op >= Op.Gt : op == Op.Lt || op == Op.Le;
  return i32(op == Op.Ne || (op != Op.Eq && isUpper == sign > 0));
}
export const TIED: i32 = -2;
// The sign of a product of powers of d and constants where d > 0; 0: not known.
function signBesideZero(x: Node, level: i32, depth: i32): i32 {
  if (isConstant(x)) return x.value > 0 ? 1 : x.value < 0 ? -1 : 0;
  if (isRoot(x, level)) return 1;
  if (depth > 6 || !x.inputCount) return 0;
  const a = signBesideZero(x.input(0), level, depth + 1);
  switch (<Op>x.op) {
    case Op.Neg:
      return -a;
    case Op.Mul:
    case Op.Div:
      return a && a * signBesideZero(x.input(1), level, depth + 1);
    case Op.Alias:
    case Op.Reshape:
    case Op.Expand:
      return a;
    case Op.Where: // a rectifier
      return signBesideZero(x.input(isZero(x.input(1)) ? 2 : 1), level, depth + 1);
    case Op.Pow:
    case Op.Sqrt:
    case Op.Root:
      return max(a, 0);
  }
  return 0;
}
function branchBesideZero(x: Node, level: i32): Node | null {
  const holds = besideZero(x.input(0), level);
  return holds < 0 ? null : x.input(holds ? 1 : 2);
}
// x without the selections by d itself that are factors of it.
export function freed(x: Node, depth: i32): Node {
  if (!x.inputCount || depth > 5) return x;
  const a = x.input(0);
  switch (<Op>x.op) {
    case Op.Where: {
      const only = branchBesideZero(x, 0);
      return only ? freed(only, depth + 1) : x;
    }
    case Op.Sign:
      return isRoot(a, 0) ? fullLike(x, 1) : x;
    case Op.Cast: {
      const holds = besideZero(a, 0);
      return holds < 0 ? x : fullLike(x, holds);
    }
    case Op.Neg: {
      const inner = freed(a, depth + 1);
      return inner == a ? x : neg(inner);
    }
    case Op.Div:
    case Op.Mul: {
      const first = freed(a, depth + 1);
      if (isZero(first)) return zerosLike(x);
      const b = x.input(1);
      const second = x.op == Op.Mul ? freed(b, depth + 1) : b;
      if (first == a && second == b) return x;
      return x.op == Op.Mul ? times(first, second) : div(first, second);
    }
  }
  return x;
}
function selectionsIn(x: Node, depth: i32): i32 {
  if (!x.inputCount || depth > 8) return 0;
  switch (<Op>x.op) {
    case Op.Where: {
      const only = branchBesideZero(x, 0);
      const live = only ? only : isZero(x.input(1)) ? x.input(2) : x.input(1);
      // Not a rectified d; twice what replaces it.
      if (only && isRoot(only, 0)) return isZero(x.input(only == x.input(1) ? 2 : 1)) ? 0 : 2;
      return i32(only != null) + selectionsIn(live, depth + 1);
    }
    case Op.Mul:
    case Op.Div:
      return selectionsIn(x.input(0), depth + 1) + selectionsIn(x.input(1), depth + 1);
    case Op.Neg:
    case Op.Alias:
    case Op.Reshape:
    case Op.Expand:
    case Op.Sum:
      return selectionsIn(x.input(0), depth + 1);
  }
  return 0;
}
/**
 * A rest that one selection by d masks has no second derivative at d = 0, a rectifier's for one. Where the argument is guarded as
 * well, so that another value stands in for it, it is masked by intention.
 */
export function withoutOwnMask(r: Node): Node {
  return selectionsIn(r, 0) == 1 ? freed(r, 0) : r;
}
/** Whether d = 0 itself decides which branch x selects. */
export function selectsBy(x: Node, d: Node): bool {
  setRoot(d);
  return besideZero(x.input(0), 0) != -1;
}
/** The same where the other values of d don't show which branch is meant; d is that of the last search. */
export function isTied(x: Node): bool {
  return besideZero(x.input(0), 0) == TIED;
}

/** About which power of d the node x goes like where d goes to 0, as far as its formula shows; a logarithm counts as a weak pole. */
export function order(x: Node, level: i32, depth: i32): f64 {
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
    case Op.Where:
      return isZero(x.input(1)) || isZero(x.input(2))
        ? order(x.input(isZero(x.input(1)) ? 2 : 1), level, depth + 1)
        : 0;
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
