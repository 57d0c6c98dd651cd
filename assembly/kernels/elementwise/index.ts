// One block of one elementwise op: the instruction of the fused kernels' block machine.
import { Op } from "../../abi/opcodes";
import { runBinary, runLogical } from "./binary";
import { runCast } from "./cast";
import { runCompare, runLogicalNot } from "./compare";
import { runUnary } from "./unary";
import { runWhere } from "./where";

/**
 * dst[i] = op(a[i], b[i], c[i]) for n >= 1 contiguous elements.
 *
 * `dtype` is the operands' dtype (for Op.Cast the destination's, and `src` the operand's; for Op.Where that of b and c). Work goes
 * by whole vectors without a scalar tail: up to 128 bytes past an operand are read, and dst is written up to the next
 * multiple of 16 bytes. dst may be an operand of the same element size, else it is disjoint from the operands.
 */
export function runElementwise(op: i32, dtype: i32, src: i32, dst: usize, a: usize, b: usize, c: usize, n: i32): void {
  if (op < Op.LogicalNot) runUnary(op, dtype, dst, a, n);
  else if (op < Op.Add) {
    if (op == Op.Cast) runCast(dtype, src, dst, a, n);
    else runLogicalNot(dst, a, n);
  } else if (op < Op.Eq) runBinary(op, dtype, dst, a, b, n);
  else if (op < Op.LogicalAnd) runCompare(op, dtype, dst, a, b, n);
  else if (op < Op.Where) runLogical(op, dst, a, b, n);
  else runWhere(dtype, dst, a, b, c, n);
}
