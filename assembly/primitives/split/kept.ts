// Which conditions keep their operands once they are computed, and what is made of conditions element by element: those of the ops' own
// formulas and of derivatives, which no handle refers to. Derivatives ask what a norm d itself decides there, and for whom (beside.ts):
// reading must not take the answer away. Other nodes that no gradient flows through become leaves (runtime/evaluate.ts).
import { DType, Op } from "../../abi/opcodes";
import { Node, ROOTED } from "../../graph/node";

/** How many nodes on each other keep their operands: a chain of them would keep all that came before. */
const NESTED: i32 = 3;

/**
 * How deep below x, which nothing is differentiated through, a condition looks at what is differentiated, `depth` above x included;
 * 0: none does.
 */
function depthOf(x: Node, depth: i32): i32 {
  if (!(x.flags & ROOTED) || !x.inputCount || x.op > Op.Where) return 0;
  if (depth > NESTED) return depth;
  let deepest = 0;
  for (let k = 0; k < <i32>x.inputCount; k++) {
    const operand = x.input(k);
    if (!operand.isDifferentiable) deepest = max(deepest, depthOf(operand, depth + 1));
    else if (x.dtype == DType.Bool) deepest = max(deepest, depth + 1);
  }
  return deepest;
}
/** Whether n, which is computed, keeps its operands. What users hold doesn't: it counts by its values, and may outlive derivatives by far. */
export function keepsOperands(n: Node): bool {
  const depth = depthOf(n, 0);
  return depth > 0 && depth <= NESTED;
}
