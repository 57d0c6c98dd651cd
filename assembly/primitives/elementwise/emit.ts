// Elementwise nodes over operands that already agree in shape and dtype: what derivative rules are written in.
import { DType, Op } from "../../abi/opcodes";
import { Trait } from "../../abi/traits";
import { hasTrait } from "../../generated/traits";
import { append, seal } from "../../graph/graph";
import { Node } from "../../graph/node";
import { copyWords, setPointer } from "../../memory/words";
import { batched } from "../batching";
import { buildFull, fullLike, isConstant } from "../source";

const operands: usize = memory.data(3 * 4);

function pointwise(op: Op, dtype: DType, shapeOf: Node, inputCount: i32): Node {
  const n = append(op, dtype, shapeOf.ndim, 0, inputCount);
  copyWords(n.dims, shapeOf.dims, shapeOf.ndim);
  return n;
}

/** The batching rule of every elementwise primitive: the same op over the whole batch. */
export function batchedPointwise(n: Node): Node {
  const count = <i32>n.inputCount;
  // All of them first: each may append nodes.
  for (let k = 0; k < count; k++) setPointer(operands, k, changetype<usize>(batched(n, k)));
  const first = changetype<Node>(load<usize>(operands));
  const b = pointwise(<Op>n.op, n.dtype, first, count);
  copyWords(b.inputs, operands, count);
  return seal(b);
}

export function unary(op: Op, x: Node): Node {
  const n = pointwise(op, hasTrait(op, Trait.Boolean) ? DType.Bool : x.dtype, x, 1);
  n.setInput(0, x);
  return seal(n);
}

export function binary(op: Op, a: Node, b: Node): Node {
  const n = pointwise(op, hasTrait(op, Trait.Boolean) ? DType.Bool : a.dtype, a, 2);
  n.setInput(0, a);
  n.setInput(1, b);
  return seal(n);
}

export function ternary(op: Op, a: Node, b: Node, c: Node): Node {
  // The dtype of the last two: the first may be a condition.
  const n = pointwise(op, b.dtype, b, 3);
  n.setInput(0, a);
  n.setInput(1, b);
  n.setInput(2, c);
  return seal(n);
}
export function where(condition: Node, a: Node, b: Node): Node {
  return ternary(Op.Where, condition, a, b);
}

export function cast(x: Node, dtype: DType): Node {
  if (x.dtype == dtype) return x;
  if (isConstant(x)) return buildFull(dtype, x.ndim, x.dims, x.value);
  const n = pointwise(Op.Cast, dtype, x, 1);
  n.setInput(0, x);
  return seal(n);
}

export function add(a: Node, b: Node): Node {
  return binary(Op.Add, a, b);
}
export function sub(a: Node, b: Node): Node {
  return binary(Op.Sub, a, b);
}
export function mul(a: Node, b: Node): Node {
  // Rounded once more, a product in float64 is that of float32 arithmetic.
  if (isConstant(a) && isConstant(b) && a.dtype >= DType.Float32) return fullLike(a, a.value * b.value);
  return binary(Op.Mul, a, b);
}
export function div(a: Node, b: Node): Node {
  return binary(Op.Div, a, b);
}
export function neg(a: Node): Node {
  return unary(Op.Neg, a);
}
export function square(a: Node): Node {
  return mul(a, a);
}
/** a + c for a number c. */
export function shift(a: Node, c: f64): Node {
  return add(a, fullLike(a, c));
}
/** a · c for a number c. */
export function scale(a: Node, c: f64): Node {
  return mul(a, fullLike(a, c));
}
/** c - a for a number c. */
export function minusFrom(c: f64, a: Node): Node {
  return sub(fullLike(a, c), a);
}
export function zerosLike(a: Node): Node {
  return fullLike(a, 0);
}
