// Comparisons and logic; results are bool. Numbers count as true where they are nonzero.
import { DType } from "../../assembly/abi/opcodes";
import { dtypeName } from "../core/dtype";
import * as p from "../core/prim";
import type { Node } from "../core/prim";
import { DTypeError } from "../errors";
import { failure, type Implementations } from "./define";
import { asBool } from "./promotion";
import { nonzeroTuple } from "./masks";
import { all } from "./reduction";
import { isInfinite, isnan, scale, shift } from "./support";

const infinity = (): Node => p.num(Infinity);
const isfinite = (x: Node): Node => p.lt(p.abs(x), infinity());

function isclose(a: Node, b: Node, rtol = 1e-5, atol = 1e-8, equalNan = false): Node {
  // Differences of integers might wrap, those of bools are none.
  const wide = (x: Node): Node => (p.isFloat(x) ? x : p.cast(x, DType.Float64));
  const [x, y] = [wide(a), wide(b)];
  const distance = p.abs(p.sub(x, y));
  const allowed = shift(scale(p.abs(y), rtol), atol);
  const near = p.logicalAnd(isfinite(distance), p.le(distance, allowed));
  const close = p.logicalOr(p.eq(a, b), near);
  return equalNan ? p.logicalOr(close, p.logicalAnd(isnan(a), isnan(b))) : close;
}

function equal(a: Node, b: Node): Node {
  const sameShape = p.shape(a).join() === p.shape(b).join();
  return sameShape ? all(p.eq(a, b)) : p.full([], 0, DType.Bool);
}

/** Of two numbers it can't be told whether they are meant as integers, so they count as floats: the core has it so. */
function where(condition: Node, a: Node, b: Node): Node {
  if (p.dtype(condition) !== DType.Bool)
    throw failure(DTypeError, `condition should be bool but is ${dtypeName(p.dtype(condition))}.`);
  return p.where(condition, a, b);
}

export const comparisonOps = {
  eq: p.eq,
  ne: p.ne,
  notEqual: p.ne,
  lt: p.lt,
  less: p.lt,
  le: p.le,
  lessEqual: p.le,
  gt: p.gt,
  greater: p.gt,
  ge: p.ge,
  greaterEqual: p.ge,
  isnan,
  isinf: isInfinite,
  isposinf: (x: Node) => p.eq(x, infinity()),
  isneginf: (x: Node) => p.eq(x, p.num(-Infinity)),
  isreal: (x: Node) => p.expand(p.full([], 1, DType.Bool), p.shape(x)),
  isfinite,
  isclose,
  allclose: (...args: Parameters<typeof isclose>) => all(isclose(...args)),
  equal,
  logicalNot: (x: Node) => p.logicalNot(asBool(x)),
  logicalAnd: (a: Node, b: Node) => p.logicalAnd(asBool(a), asBool(b)),
  logicalOr: (a: Node, b: Node) => p.logicalOr(asBool(a), asBool(b)),
  logicalXor: (a: Node, b: Node) => p.logicalXor(asBool(a), asBool(b)),
  where: [where, nonzeroTuple],
} satisfies Implementations;
