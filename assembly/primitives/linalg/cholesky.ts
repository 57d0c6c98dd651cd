// Cholesky's factor.
import { DType, Op } from "../../abi/opcodes";
import { Node, nodeOf } from "../../graph/node";
import { seal } from "../../graph/graph";
import { allocateValues } from "../../graph/values";
import { choleskyPart, choleskySpace, cutBatch } from "../../kernels/linalg/batch";
import { setPointer } from "../../memory/words";
import { batched } from "../batching";
import { Call, addResult, appendCall, buildOutput, resultData, startResults } from "../call";
import { add, scale } from "../elementwise/emit";
import { buildMatmul } from "../matmul";
import { transposed } from "../views";
import { batch, describe, describeSource, holdsMatrices, rowsOf, runBatch, sizes, sizesLike } from "./matrices";
import { buildSolveTriangular, lowerTriangle } from "./triangular";

/**
 * The lower triangular l of a = l·lᵀ, of which the lower triangle is read, and for each matrix an int32: 0, or the order of the first
 * leading minor that is not positive, where l is wrong from that row on.
 */
@binding
export function buildCholesky(a: Node): Node {
  if (!holdsMatrices(a, true)) return a;
  startResults();
  addResult(a.dtype, a.ndim, a.dims);
  addResult(DType.Int32, sizesLike(a), sizes);
  const n = appendCall(Op.Cholesky, 0, 1);
  n.setInput(0, a);
  return seal(n);
}

@primitive({
  op: "Cholesky",
  kind: "kernel",
  isCall: true,
  results: "factor, info",
  attributes: { results: "results" },
})
@final
export class Cholesky extends Call {
  // With p the lower triangle of lᵀ·g, its diagonal halved, s = l⁻ᵀ·p·l⁻¹ and da = (s + sᵀ)/2. (Murray, "Differentiation of the Cholesky
  // decomposition", 2016.)
  backward(call: Node, exchange: usize): bool {
    const g = nodeOf(exchange, 0);
    if (!changetype<usize>(g)) return true;
    const l = buildOutput(call, 0),
      lt = transposed(l),
      products = buildMatmul(lt, g),
      // Twice p, symmetric: so that of the four terms of da two remain.
      doubled = add(lowerTriangle(products), transposed(lowerTriangle(products, -1))),
      left = buildSolveTriangular(lt, doubled, true, false),
      s = transposed(buildSolveTriangular(lt, transposed(left), true, false));
    setPointer(exchange, 0, changetype<usize>(scale(symmetric(s), 0.5)));
    return true;
  }
  batch(n: Node): Node {
    return buildCholesky(batched(n, 0));
  }
  evaluate(n: Node): bool {
    const a = n.input(0),
      size = rowsOf(a);
    if (!allocateValues(n)) return false;
    describe(a, size, size, resultData(n, 0));
    batch.info = resultData(n, 1);
    describeSource(a);
    const parts = cutBatch(batch, (<i64>size * <i64>size * <i64>size) / 6);
    return runBatch(choleskyPart, parts, choleskySpace(batch));
  }
  flops(n: Node): f64 {
    const a = n.input(0);
    return (<f64>a.numel * <f64>rowsOf(a)) / 3;
  }
}
/** (x + xᵀ)/2 */
function symmetric(x: Node): Node {
  return scale(add(x, transposed(x)), 0.5);
}
