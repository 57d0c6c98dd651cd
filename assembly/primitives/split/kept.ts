// Which conditions keep their operands once they are computed, and what is made of conditions element by element. Derivatives ask
// what a norm d itself decides, and for whom (beside.ts): reading must not take the answer away. Other nodes that no gradient flows
// through become leaves (runtime/evaluate.ts), of which a condition notes what it says beside 0 (noting.ts).
import { DType, Op } from "../../abi/opcodes";
import { Node, ROOTED } from "../../graph/node";

/** How many nodes on each other keep their operands: a chain of them would keep all that came before. */
const NESTED: i32 = 3;

/**
 * How deep below x, which nothing is differentiated through, a condition looks at what is differentiated, `depth` above x included;
 * 0: none does.
 */
function depthOf(x: Node, depth: i32): i32 {
  if (!(x.flags & ROOTED) || x.op > Op.Where) return 0;
  if (depth > NESTED) return depth;
  let deepest = 0;
  for (let k = 0; k < <i32>x.inputCount; k++) {
    const operand = x.input(k);
    if (!operand.isDifferentiable) deepest = max(deepest, depthOf(operand, depth + 1));
    else if (x.dtype == DType.Bool) deepest = max(deepest, depth + 1);
  }
  return deepest;
}
/**
 * Whether n, which is computed and retained by a walk, keeps its operands. One that nothing but its handle refers to does not: it
 * may outlive the derivatives by far.
 */
export function keepsOperands(n: Node): bool {
  if (n.refs <= n.handles + 1) return false;
  const depth = depthOf(n, 0);
  return depth > 0 && depth <= NESTED;
}
