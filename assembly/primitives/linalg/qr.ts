// QR by Householder reflectors.
import { addFacts, fail } from "../../abi/failure";
import { Failure } from "../../abi/failures";
import { Op } from "../../abi/opcodes";
import { seal } from "../../graph/graph";
import { Node, nodeOf, sizeOf } from "../../graph/node";
import { allocateValues } from "../../graph/values";
import { copyStrided } from "../../kernels/copy";
import { cutBatch, qrPart, qrSpace } from "../../kernels/linalg/batch";
import { setPointer, setWord } from "../../memory/words";
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
import { buildConcatPair } from "../concat";
import { add, neg } from "../elementwise/emit";
import { buildMatmul } from "../matmul";
import { fullLike } from "../source";
import { narrowed, transposed } from "../views";
import { batch, columnsOf, describe, holdsMatrices, rowsOf, runBatch, sizes, sizesLike } from "./matrices";
import { buildSolveTriangular, lowerTriangle } from "./triangular";

// What is computed, as the host asks for it: all of Q, or instead of both the reflectors; else 0.
const COMPLETE: i32 = 1;
const REFLECTORS: i32 = 2;

/**
 * Q and the upper triangular R of a = Q·R: Q [..., m, min(m, n)], or all m columns of it. Or LAPACK's packed form of both [..., m, n], R
 * and below it the reflectors, which is differentiated by a model of it, beside an empty R.
 */
@binding
export function buildQr(a: Node, mode: i32 = 0): Node {
  if (!holdsMatrices(a, false)) return a;
  const m = rowsOf(a),
    n = columnsOf(a),
    q = mode == COMPLETE ? m : min(m, n);
  startResults();
  addResult(a.dtype, sizesLike(a, m, mode == REFLECTORS ? n : q), sizes);
  addResult(a.dtype, sizesLike(a, mode == REFLECTORS ? 0 : q, n), sizes);
  const node = appendCall(Op.Qr, 1, 1);
  node.setAttribute(ownAttribute(node, 0), mode);
  node.setInput(0, a);
  return seal(node);
}

@primitive({
  op: "Qr",
  kind: "kernel",
  isCall: true,
  results: "q, r",
  attributes: { results: "results", mode: "int" },
})
@final
export class Qr extends Call {
  // (gQ + Q·S)·R⁻ᵀ, with the symmetric S of which R·gRᵀ - gQᵀ·Q is the lower triangle. Of a wide a = [x y] and R = [u v], Q is x's; y = Q·v
  // gives gQ a further y·gvᵀ, and itself gets Q·gv. (Roberts and Roberts, "QR and LQ decomposition matrix backpropagation algorithms for
  // square, wide, and deep matrices", 2020.)
  backward(call: Node, exchange: usize): bool {
    const gq = nodeOf(exchange, 0);
    let gr = nodeOf(exchange, 2);
    setPointer(exchange, 0, 0);
    const hasQ = changetype<usize>(gq) != 0,
      hasR = changetype<usize>(gr) != 0;
    if (!hasQ && !hasR) return true;
    const a = call.input(0),
      m = rowsOf(a),
      n = columnsOf(a),
      k = min(m, n),
      row = <i32>a.ndim - 2,
      column = row + 1,
      isComplete = call.attribute(ownAttribute(call, 0)) == COMPLETE && m > n;
    // Of a complete one R alone has a derivative, by the first columns of Q: those of a reduced one, which have theirs.
    const reduced = isComplete ? buildQr(a) : call,
      q = buildOutput(reduced, 0),
      r = buildOutput(reduced, 1);
    if (isComplete) {
      if (hasQ) {
        fail(Failure.CompleteQr);
        addFacts(gq.dims, gq.ndim);
        return false;
      }
      gr = narrowed(gr, row, 0, k);
    }
    const isWide = n > m,
      u = isWide ? narrowed(r, column, 0, k) : r;
    let inner: Node | null = null,
      outer: Node | null = hasQ ? gq : null,
      rest: Node | null = null;
    if (hasR) {
      const gu = isWide ? narrowed(gr, column, 0, k) : gr;
      inner = buildMatmul(u, transposed(gu));
      if (isWide) {
        const gv = narrowed(gr, column, k, n - k),
          y = buildMatmul(q, narrowed(r, column, k, n - k)),
          more = buildMatmul(y, transposed(gv));
        outer = outer ? add(outer, more) : more;
        rest = buildMatmul(q, gv);
      }
    }
    if (outer) {
      const less = neg(buildMatmul(transposed(outer), q));
      inner = inner ? add(inner, less) : less;
    }
    const s = add(lowerTriangle(inner!), transposed(lowerTriangle(inner!, -1))),
      sum = outer ? add(outer, buildMatmul(q, s)) : buildMatmul(q, s),
      square = transposed(buildSolveTriangular(u, transposed(sum), true, false));
    let whole = square;
    if (rest) whole = buildConcatPair(square, rest, column);
    else if (isWide) whole = buildConcatPair(square, fullLike(narrowed(a, column, k, n - k), 0), column);
    setPointer(exchange, 0, changetype<usize>(whole));
    return true;
  }
  batch(n: Node): Node {
    return buildQr(batched(n, 0), n.attribute(ownAttribute(n, 0)));
  }
  evaluate(n: Node): bool {
    const a = n.input(0),
      m = rowsOf(a),
      columns = columnsOf(a),
      ndim = <i32>a.ndim,
      q = resultSize(n, 0, ndim - 1),
      isTall = q >= columns;
    if (!allocateValues(n)) return false;
    batch.q = q;
    batch.qValues = resultData(n, 0);
    batch.hasQ = isWanted(0);
    batch.isPacked = n.attribute(ownAttribute(n, 0)) == REFLECTORS;
    batch.rRows = q;
    batch.rValues = resultData(n, 1);
    describe(a, m, columns, 0);
    if (a.numel) {
      // Where Q has more columns than a, a's rows lie apart.
      let stride = 1;
      for (let i = ndim - 1; i >= 0; i--) {
        setWord(sizes, i, stride);
        stride *= i == ndim - 1 && isTall ? q : a.dim(i);
      }
      copyStrided(sizeOf(a.dtype), isTall ? batch.qValues : batch.rValues, sizes, a.data, a.strides, ndim, a.dims);
    }
    const cost = <i64>m * <i64>columns * <i64>min(m, columns) * 2;
    return runBatch(qrPart, cutBatch(batch, cost), qrSpace(batch));
  }
  flops(n: Node): f64 {
    const a = n.input(0),
      k = <f64>min(rowsOf(a), columnsOf(a));
    return 4 * <f64>a.numel * k - (4 / 3) * k * k * (<f64>a.numel / max(1, <f64>max(rowsOf(a), columnsOf(a))));
  }
}
