// Singular values and singular vectors.
import { failure } from "../../abi/failure";
import { DType, Op } from "../../abi/opcodes";
import { seal } from "../../graph/graph";
import { Node, nodeOf } from "../../graph/node";
import { allocateValues } from "../../graph/values";
import { svdPart, svdParts, svdSpace } from "../../kernels/linalg/spectral";
import { setPointer } from "../../memory/words";
import { batched } from "../batching";
import {
  Call,
  addResult,
  appendCall,
  buildOutput,
  isWanted,
  ownAttribute,
  resultData,
  resultSize,
  startResults,
} from "../call";
import { add, neg } from "../elementwise/emit";
import { buildMatmul } from "../matmul";
import { buildFull } from "../source";
import { narrowed, transposed } from "../views";
import { describeSpectra, runSpectra, scaledColumns, spectra } from "./eigh";
import { columnsOf, holdsMatrices, rowsOf, sizes, sizesLike } from "./matrices";
import { buildPull } from "./rotations";

/**
 * U, the singular values, descending, and Vᵀ of matrices [..., m, n]: min(m, n) vectors of either side or, if full, m and n; and for
 * each matrix an int32: 0, -1 where elements are not finite, 1 where it did not converge.
 */
@binding
export function buildSvd(a: Node, isFull: bool): Node {
  if (!holdsMatrices(a, false)) return a;
  const m = rowsOf(a),
    n = columnsOf(a),
    k = min(m, n);
  startResults();
  addResult(a.dtype, sizesLike(a, m, isFull ? m : k), sizes);
  addResult(a.dtype, sizesLike(a, k), sizes);
  addResult(a.dtype, sizesLike(a, isFull ? n : k, n), sizes);
  addResult(DType.Int32, sizesLike(a), sizes);
  const call = appendCall(Op.Svd, 1, 1);
  call.setAttribute(ownAttribute(call, 0), isFull);
  call.setInput(0, a);
  return seal(call);
}

function firstColumns(x: Node, count: i32): Node {
  return columnsOf(x) == count ? x : narrowed(x, <i32>x.ndim - 1, 0, count);
}
function rotationsOf(vectors: Node, g: Node): Node {
  if (failure) return vectors;
  if (changetype<usize>(g)) return buildMatmul(transposed(vectors), g);
  const p = columnsOf(vectors);
  return buildFull(vectors.dtype, sizesLike(vectors, p, p), sizes, 0);
}

@primitive({
  op: "Svd",
  kind: "kernel",
  isCall: true,
  results: "U, S, Vh, info",
  attributes: { results: "results", isFull: "bool" },
  reads: "all",
})
@final
export class Svd extends Call {
  // (U·M + N + U·diag(gS))·Vᵀ, where M and N come of the rotations that gU and gV ask for (rotations.ts).
  backward(call: Node, exchange: usize): bool {
    const gs = nodeOf(exchange, 2),
      gvh = nodeOf(exchange, 4),
      a = call.input(0),
      isTall = rowsOf(a) >= columnsOf(a),
      k = min(rowsOf(a), columnsOf(a)),
      s = buildOutput(call, 1);
    // A wide matrix by its transpose, so that only the left vectors may leave directions out.
    let u = buildOutput(call, 0),
      v = transposed(buildOutput(call, 2)),
      gu = nodeOf(exchange, 0),
      gv = changetype<usize>(gvh) ? transposed(gvh) : gvh;
    if (!isTall) {
      const kept = u,
        keptG = gu;
      u = v;
      v = kept;
      gu = gv;
      gv = keptG;
    }
    let left: Node | null = null;
    if (changetype<usize>(gu) || changetype<usize>(gv)) {
      const x = rotationsOf(u, gu),
        y = rotationsOf(v, gv);
      let rest: Node | null = null;
      if (changetype<usize>(gu) && rowsOf(u) > columnsOf(u)) rest = add(gu, neg(buildMatmul(u, x)));
      else if (rowsOf(u) > columnsOf(u)) rest = buildFull(u.dtype, u.ndim, u.dims, 0);
      const pulled = buildPull(isTall ? a : transposed(a), s, u, v, x, y, rest, gs);
      left = buildMatmul(u, buildOutput(pulled, 0));
      if (rest) {
        // It has no part within the span of u, nor has its derivative: what it is multiplied with has one.
        const beyond = buildOutput(pulled, 1);
        left = add(left, add(beyond, neg(buildMatmul(u, buildMatmul(transposed(u), beyond)))));
      }
    }
    // The vectors that have values are the first; of the right ones there are no others then.
    if (changetype<usize>(gs)) {
      const own = scaledColumns(firstColumns(u, k), gs);
      left = left ? add(left, own) : own;
    }
    if (!left) return true;
    const da = buildMatmul(left, transposed(firstColumns(v, k)));
    setPointer(exchange, 0, changetype<usize>(isTall ? da : transposed(da)));
    return true;
  }
  batch(n: Node): Node {
    return buildSvd(batched(n, 0), n.attribute(ownAttribute(n, 0)) != 0);
  }
  evaluate(n: Node): bool {
    if (!allocateValues(n)) return false;
    const a = n.input(0),
      ndim = <i32>a.ndim;
    describeSpectra(a);
    const vectors = isWanted(0) || isWanted(2);
    spectra.lefts = vectors ? resultData(n, 0) : 0;
    spectra.values = resultData(n, 1);
    spectra.rights = vectors ? resultData(n, 2) : 0;
    spectra.info = resultData(n, 3);
    spectra.leftCount = resultSize(n, 0, ndim - 1);
    spectra.rightCount = resultSize(n, 2, ndim - 2);
    return runSpectra(svdPart, svdParts(spectra), svdSpace(spectra));
  }
  flops(n: Node): f64 {
    const a = n.input(0);
    return 20 * <f64>a.numel * <f64>min(rowsOf(a), columnsOf(a));
  }
}
