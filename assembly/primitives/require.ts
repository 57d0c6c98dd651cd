// What the values of an operand must be where torch raises an error (a divisor of integers, a probability, a class), as a view
// of the operand that looks at them: whoever reads the view is told. Values that are at hand are looked at when the op is called,
// and no node is made; any others when they are computed.
import { DType, Op, Requirement } from "../abi/opcodes";
import { addFact, fail } from "../abi/failure";
import { Failure } from "../abi/failures";
import { append, seal } from "../graph/graph";
import { Node } from "../graph/node";
import { copyWords, setWord, word, wordBytes } from "../memory/words";
import { batched } from "./batching";
import { Primitive } from "./primitive";
import { shareValues } from "../graph/values";
import { isConstant } from "./source";

@inline
function holds(requirement: i32, limit: i32, x: f64): bool {
  if (requirement == Requirement.NonZero) return x != 0;
  if (requirement == Requirement.Probability) return x >= 0 && x <= 1;
  if (requirement == Requirement.NotNegative) return x >= 0;
  if (requirement == Requirement.Positive) return x > 0;
  if (requirement == Requirement.Weight) return x >= 0 && x < Infinity;
  if (requirement == Requirement.Finite) return isFinite(x);
  if (requirement == Requirement.Count) return x <= <f64>limit;
  const least = requirement == Requirement.Index ? -limit : 0;
  return x >= <f64>least && x < <f64>limit;
}
function failed(requirement: i32, limit: i32, dim: i32, x: f64, atCall: bool): bool {
  if (requirement == Requirement.Index) {
    fail(Failure.IndexOutOfRange);
    addFact(<i32>x);
    addFact(limit);
    addFact(dim);
    addFact(atCall ? -1 : Op.Require);
    addFact(-limit);
    return false;
  }
  fail(Failure.Requirement);
  addFact(requirement);
  addFact(limit);
  const bits = reinterpret<u64>(x);
  addFact(<i32>bits);
  addFact(<i32>(bits >> 32));
  addFact(atCall);
  return false;
}

const position: usize = memory.data(32 * 4);
// Looks at the elements of a computed node row by row.
function check<T>(x: Node, requirement: i32, limit: i32, dim: i32, atCall: bool): bool {
  const ndim = <i32>x.ndim,
    last = ndim - 1;
  const count = ndim ? x.dim(last) : 1,
    step = ndim ? x.stride(last) : 0;
  memory.fill(position, 0, wordBytes(ndim));
  let at = 0,
    level = 0;
  while (level >= 0) {
    for (let i = 0; i < count; i++) {
      const value = <f64>load<T>(x.data + <usize>(at + i * step) * sizeof<T>());
      if (!holds(requirement, limit, value)) return failed(requirement, limit, dim, value, atCall);
    }
    for (level = ndim - 2; level >= 0; level--) {
      const next = word(position, level) + 1;
      at += x.stride(level);
      if (next < x.dim(level)) {
        setWord(position, level, next);
        break;
      }
      at -= next * x.stride(level);
      setWord(position, level, 0);
    }
  }
  return true;
}
function checkValues(x: Node, requirement: i32, limit: i32, dim: i32, atCall: bool): bool {
  if (!x.numel) return true;
  if (x.dtype == DType.Float64) return check<f64>(x, requirement, limit, dim, atCall);
  if (x.dtype == DType.Float32) return check<f32>(x, requirement, limit, dim, atCall);
  if (x.dtype == DType.Int32) return check<i32>(x, requirement, limit, dim, atCall);
  return check<u8>(x, requirement, limit, dim, atCall);
}

/**
 * x, of which every element meets the requirement: a fault is raised here if they are at hand, else when they are computed. limit:
 * how many classes there are, or the size of dim.
 */
@binding("required")
export function buildRequire(x: Node, requirement: i32, limit: i32 = 0, dim: i32 = 0): Node {
  if (isConstant(x)) {
    if (x.numel && !holds(requirement, limit, x.value)) failed(requirement, limit, dim, x.value, true);
    return x;
  }
  if (x.isComputed) {
    checkValues(x, requirement, limit, dim, true);
    return x;
  }
  const n = append(Op.Require, x.dtype, x.ndim, 3, 1);
  copyWords(n.dims, x.dims, x.ndim);
  n.setAttribute(0, requirement);
  n.setAttribute(1, limit);
  n.setAttribute(2, dim);
  n.setInput(0, x);
  return seal(n);
}

@primitive({ op: "Require", kind: "view", attributes: { requirement: "int", limit: "int", dim: "int" } })
@final
export class Require extends Primitive {
  batch(n: Node): Node {
    return buildRequire(batched(n, 0), n.attribute(0), n.attribute(1), n.attribute(2));
  }
  vjp(n: Node, k: i32, g: Node): Node | null {
    return g;
  }
  evaluate(n: Node): bool {
    shareValues(n, n.input(0));
    return checkValues(n, n.attribute(0), n.attribute(1), n.attribute(2), false);
  }
}
