// What the ops of linear algebra share: shapes of matrices, batches that broadcast, failures that are told when values are read.
import * as p from "../../core/prim";
import type { Node } from "../../core/prim";
import { asking, type Want } from "../../core/matrix-failures";
import { currentOp } from "../../core/op-scope";
import { eye } from "../creation";
import { format, shapeError } from "../define";
import { transpose } from "../shape";

/** xᵀ, of each matrix. */
export const transposed = (x: Node): Node => transpose(x, -2, -1);

/** Requires at least one matrix. */
export function requireMatrices(x: Node, name = "A"): void {
  if (p.ndim(x) < 2) throw shapeError(`The input tensor ${name} must have at least 2 dimensions but is ${format(x)}.`);
}
/** Requires matrices that are square. */
export function requireSquare(x: Node, name = "A"): void {
  requireMatrices(x, name);
  const [rows, columns] = [p.size(x, -2), p.size(x, -1)];
  if (rows !== columns)
    throw shapeError(`${name} must be batches of square matrices, but they are ${rows} by ${columns} matrices.`);
}

/** Both in their common float dtype, over their common batch; the last two dims stay as they are. */
export function together(a: Node, b: Node): [Node, Node] {
  const dtype = p.resultType(a, b);
  const batch = p.broadcastShape(p.full(p.shape(a).slice(0, -2), 0, dtype), p.full(p.shape(b).slice(0, -2), 0, dtype));
  const over = (x: Node) => p.expand(p.cast(x, dtype), [...batch, ...p.shape(x).slice(-2)]);
  return [over(a), over(b)];
}

/** x, as long as info, an int32 for each matrix, is 0: else whoever reads it is told what went wrong, by the op that the user called. */
export const checked = (x: Node, info: Node, want: Want): Node => p.checkInfo(x, info, asking(want, currentOp()));

/** n×n identities, as many as x has matrices. */
export function identityLike(x: Node, n = p.size(x, -1)): Node {
  return p.expand(eye(n, n, p.dtype(x)), [...p.shape(x).slice(0, -2), n, n]);
}
