// Which conditions keep their operands once they are computed. Derivatives ask what a norm d itself decides, and for whom
// (beside.ts): reading must not take the answer away. Other nodes that no gradient flows through become leaves (runtime/evaluate.ts).
import { DType, Op } from "../../abi/opcodes";
import { Node, ROOTED } from "../../graph/node";

/** How many conditions on each other keep their operands: a chain of them would keep all that came before. */
const NESTED: i32 = 3;

/** Whether n is true or false, or that as a number, of something that is known. */
function isCondition(n: Node): bool {
  if (!n.inputCount) return false;
  return n.dtype == DType.Bool ? n.op <= Op.Where : n.op == Op.Cast && n.input(0).dtype == DType.Bool;
}
/** How many conditions lie between x and what is differentiated, `depth` before x; 0: nothing is. */
function depthOf(x: Node, depth: i32): i32 {
  if (!isCondition(x)) return x.isDifferentiable ? depth : 0;
  if (depth > NESTED) return depth;
  let deepest = 0;
  for (let k = 0; k < <i32>x.inputCount; k++) deepest = max(deepest, depthOf(x.input(k), depth + 1));
  return deepest;
}
/**
 * Whether n, which is computed and retained by a walk, keeps its operands. One that nothing but its handle refers to does not: it
 * may outlive the derivatives by far.
 */
export function keepsOperands(n: Node): bool {
  if (!(n.flags & ROOTED) || !isCondition(n) || n.refs <= n.handles + 1) return false;
  const depth = depthOf(n, 0);
  return depth > 0 && depth <= NESTED;
}
