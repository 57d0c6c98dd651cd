// What the values of an operand must be where torch raises an error (a divisor of integers, a probability, a class), as a view
// of the operand that looks at them: whoever reads the view is told. Values that are at hand are looked at when the op is called,
// and no node is made; any others when they are computed.
import { DType, Op, Requirement } from "../abi/opcodes";
import { addFact, fail } from "../abi/failure";
import { Failure } from "../abi/failures";
import { append, seal } from "../graph/graph";
import { Node } from "../graph/node";
import { copyWords } from "../memory/words";
import { batched } from "./batching";
import { Kind, Primitive, register } from "./primitive";
import { isConstant, shareValues } from "./source";

@inline
function holds(requirement: i32, limit: i32, x: f64): bool {
  if (requirement == Requirement.NonZero) return x != 0;
  if (requirement == Requirement.Probability) return x >= 0 && x <= 1;
  if (requirement == Requirement.NotNegative) return x >= 0;
  return x >= 0 && x < <f64>limit;
}
function failed(requirement: i32, limit: i32, x: f64, atCall: bool): bool {
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
function check<T>(x: Node, requirement: i32, limit: i32, atCall: bool): bool {
  const ndim = <i32>x.ndim;
  const count = ndim ? x.dim(ndim - 1) : 1,
    step = ndim ? x.stride(ndim - 1) : 0;
  memory.fill(position, 0, 32 * 4);
  let at = 0,
    dim = 0;
  while (dim >= 0) {
    for (let i = 0; i < count; i++) {
      const value = <f64>load<T>(x.data + <usize>(at + i * step) * sizeof<T>());
      if (!holds(requirement, limit, value)) return failed(requirement, limit, value, atCall);
    }
    for (dim = ndim - 2; dim >= 0; dim--) {
      const next = load<i32>(position + ((<usize>dim) << 2)) + 1;
      at += x.stride(dim);
      if (next < x.dim(dim)) {
        store<i32>(position + ((<usize>dim) << 2), next);
        break;
      }
      at -= next * x.stride(dim);
      store<i32>(position + ((<usize>dim) << 2), 0);
    }
  }
  return true;
}
function checkValues(x: Node, requirement: i32, limit: i32, atCall: bool): bool {
  if (!x.numel) return true;
  if (x.dtype == DType.Float64) return check<f64>(x, requirement, limit, atCall);
  if (x.dtype == DType.Float32) return check<f32>(x, requirement, limit, atCall);
  if (x.dtype == DType.Int32) return check<i32>(x, requirement, limit, atCall);
  return check<u8>(x, requirement, limit, atCall);
}

/** x, of which every element meets the requirement; limit: how many classes there are. */
export function buildRequire(x: Node, requirement: i32, limit: i32): Node {
  if (isConstant(x)) {
    if (x.numel && !holds(requirement, limit, x.value)) failed(requirement, limit, x.value, true);
    return x;
  }
  if (x.isComputed) {
    checkValues(x, requirement, limit, true);
    return x;
  }
  const n = append(Op.Require, x.dtype, x.ndim, 2, 1);
  copyWords(n.dims, x.dims, x.ndim);
  n.setAttribute(0, requirement);
  n.setAttribute(1, limit);
  n.setInput(0, x);
  return seal(n);
}

@final
class Require extends Primitive {
  batch(n: Node): Node {
    return buildRequire(batched(n, 0), n.attribute(0), n.attribute(1));
  }
  vjp(n: Node, k: i32, g: Node): Node | null {
    return g;
  }
  evaluate(n: Node): bool {
    shareValues(n, n.input(0));
    return checkValues(n, n.attribute(0), n.attribute(1), false);
  }
}

register(Op.Require, new Require(Kind.View));
