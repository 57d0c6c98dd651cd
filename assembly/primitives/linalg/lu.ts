// LU with partial pivoting, the order of rows that its exchanges amount to, and systems that its factors solve.
import { addFact, fail, failure } from "../../abi/failure";
import { Failure } from "../../abi/failures";
import { DType, Op } from "../../abi/opcodes";
import { append, seal } from "../../graph/graph";
import { Node, nodeOf } from "../../graph/node";
import { allocateValues } from "../../graph/values";
import { cutBatch, luPart, luSpace, solvePart, solveSpace } from "../../kernels/linalg/batch";
import { fillOrder } from "../../kernels/linalg/order";
import { copyWords, setPointer, setWord } from "../../memory/words";
import { batched } from "../batching";
import { Call, addResult, appendCall, buildOutput, ownAttribute, resultData, startResults } from "../call";
import { add, neg } from "../elementwise/emit";
import { buildConcatPair } from "../concat";
import { buildMatmul } from "../matmul";
import { Primitive } from "../primitive";
import { buildScatterAdd } from "../gather";
import { fullLike } from "../source";
import { buildExpand, buildReshape, narrowed, transposed } from "../views";
import {
  batch,
  columnsOf,
  copyTo,
  describe,
  describeFactor,
  describeSource,
  fitTogether,
  holdsMatrices,
  matricesOf,
  rowsOf,
  runBatch,
  sizes,
  sizesLike,
} from "./matrices";
import { buildSolveTriangular, lowerTriangle, upperTriangle } from "./triangular";

/**
 * The factors of P·a = l·u for a [..., m, n], packed: u, and below its diagonal l without its ones; the int32 exchanges of rows, counted
 * from 1; and for each matrix an int32: 0, or the place of the first zero on u's diagonal, counted from 1. Without pivoting P is I.
 * Symmetric: L·D·Lᵀ of a, float64, as LAPACK's sytrf has it (kernels/linalg/ldl.ts), which has no derivative.
 */
@binding
export function buildLu(a: Node, isPivoted: bool = true, isSymmetric: bool = false): Node {
  if (!holdsMatrices(a, false)) return a;
  startResults();
  addResult(a.dtype, a.ndim, a.dims);
  addResult(DType.Int32, sizesLike(a, min(rowsOf(a), columnsOf(a))), sizes);
  addResult(DType.Int32, sizesLike(a), sizes);
  const n = appendCall(Op.Lu, 2, 1);
  n.setAttribute(ownAttribute(n, 0), isPivoted);
  n.setAttribute(ownAttribute(n, 1), isSymmetric);
  n.setInput(0, a);
  return seal(n);
}

@primitive({
  op: "Lu",
  kind: "kernel",
  isCall: true,
  results: "factors, pivots, info",
  attributes: { results: "results", isPivoted: "bool", isSymmetric: "bool" },
})
@final
export class Lu extends Call {
  // Of square l and u, Pᵀ·l⁻ᵀ·(strictly lower(lᵀ·gl) + upper(gu·uᵀ))·u⁻ᵀ. What lies below or beside the square is l₂·u = a₂ or l·u₂ = a₂.
  // (de Hoog, Anderssen, Lukas, "Differentiation of matrix functionals using triangular factorization", 2011.)
  backward(call: Node, exchange: usize): bool {
    const g = nodeOf(exchange, 0);
    if (!changetype<usize>(g)) return true;
    if (call.attribute(ownAttribute(call, 1))) {
      fail(Failure.NoDerivative);
      return false;
    }
    const a = call.input(0),
      factors = buildOutput(call, 0),
      m = rowsOf(a),
      n = columnsOf(a),
      k = min(m, n),
      row = <i32>a.ndim - 2,
      column = row + 1,
      isTall = m > k,
      isWide = n > k,
      f = isTall ? narrowed(factors, row, 0, k) : isWide ? narrowed(factors, column, 0, k) : factors,
      own = isTall ? narrowed(g, row, 0, k) : isWide ? narrowed(g, column, 0, k) : g,
      ut = transposed(f);
    let gl = lowerTriangle(own, -1),
      gu = upperTriangle(own),
      rest: Node | null = null;
    if (isTall) {
      // a₂ᵀ = uᵀ·l₂ᵀ
      const l2 = narrowed(factors, row, k, m - k),
        ga2 = transposed(buildSolveTriangular(f, transposed(narrowed(g, row, k, m - k)), true, false));
      gu = add(gu, upperTriangle(neg(buildMatmul(transposed(l2), ga2))));
      rest = ga2;
    } else if (isWide) {
      const u2 = narrowed(factors, column, k, n - k),
        ga2 = buildSolveTriangular(ut, narrowed(g, column, k, n - k), true, true);
      gl = add(gl, lowerTriangle(neg(buildMatmul(ga2, transposed(u2))), -1));
      rest = ga2;
    }
    const ofLower = add(
        lowerTriangle(buildMatmul(transposed(unitLower(f)), gl), -1),
        upperTriangle(buildMatmul(gu, transposed(upperTriangle(f)))),
      ),
      left = buildSolveTriangular(ut, ofLower, true, true),
      square = transposed(buildSolveTriangular(f, transposed(left), true, false)),
      whole = rest ? buildConcatPair(square, rest, isTall ? row : column) : square;
    setPointer(exchange, 0, changetype<usize>(inOrder(whole, buildRowOrder(buildOutput(call, 1), m))));
    return true;
  }
  batch(n: Node): Node {
    return buildLu(batched(n, 0), n.attribute(ownAttribute(n, 0)) != 0, n.attribute(ownAttribute(n, 1)) != 0);
  }
  evaluate(n: Node): bool {
    const a = n.input(0),
      m = rowsOf(a),
      columns = columnsOf(a),
      k = min(m, columns);
    if (!allocateValues(n)) return false;
    const factors = resultData(n, 0);
    describe(a, m, columns, factors);
    batch.pivots = resultData(n, 1);
    batch.info = resultData(n, 2);
    batch.isPivoted = n.attribute(ownAttribute(n, 0)) != 0;
    batch.isSymmetric = n.attribute(ownAttribute(n, 1)) != 0;
    if (!batch.isSymmetric) describeSource(a);
    else if (a.numel) copyTo(factors, a);
    return runBatch(luPart, cutBatch(batch, (<i64>m * <i64>columns * <i64>k) >> 1), luSpace(batch));
  }
  flops(n: Node): f64 {
    const a = n.input(0),
      k = <f64>min(rowsOf(a), columnsOf(a));
    return <f64>a.numel * k - ((<f64>rowsOf(a) + <f64>columnsOf(a)) * k * k * <f64>matricesOf(a)) / 3;
  }
}
/** The lower triangle of packed factors, with its ones. */
function unitLower(f: Node): Node {
  return add(lowerTriangle(f, -1), upperTriangle(lowerTriangle(fullLike(f, 1))));
}
/** Pᵀ·x: row i of x becomes row order[i]. */
function inOrder(x: Node, order: Node): Node {
  if (failure) return x;
  const ndim = <i32>x.ndim,
    dims = sizes;
  copyWords(dims, order.dims, ndim - 1);
  setWord(dims, ndim - 1, 1);
  const column = buildReshape(order, ndim, dims);
  return buildScatterAdd(fullLike(x, 0), ndim - 2, buildExpand(column, ndim, x.dims), x);
}

// -- the order of rows

/** The order of `rows` rows that exchanges amount to, int32: row i is what was row order[i], counted from 0. */
@binding
export function buildRowOrder(pivots: Node, rows: i32): Node {
  if (!pivots.ndim || pivots.dtype != DType.Int32) {
    fail(pivots.ndim ? Failure.DType : Failure.DimCount);
    addFact(pivots.ndim ? pivots.dtype : 1);
    addFact(0);
    return pivots;
  }
  const n = append(Op.RowOrder, DType.Int32, pivots.ndim, 0, 1);
  copyWords(n.dims, pivots.dims, <i32>pivots.ndim - 1);
  n.setDim(<i32>pivots.ndim - 1, rows);
  n.setInput(0, pivots);
  return seal(n);
}

@primitive({ op: "RowOrder", kind: "kernel" })
@final
export class RowOrder extends Primitive {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return null;
  }
  batch(n: Node): Node {
    return buildRowOrder(batched(n, 0), n.dim(<i32>n.ndim - 1));
  }
  evaluate(n: Node): bool {
    if (!allocateValues(n)) return false;
    const pivots = n.input(0),
      last = <i32>n.ndim - 1;
    if (n.numel) fillOrder(n.data, n.numel / n.dim(last), n.dim(last), pivots.data, last, pivots.dims, pivots.strides);
    return true;
  }
}

// -- systems

/**
 * x of a·x = b, or of aᵀ·x = b, by the factors and the exchanges of a's LU. These are no more than what a has been computed to: x
 * depends on a, so that its derivatives are systems of the same factors.
 */
@binding
export function buildSolve(a: Node, factors: Node, pivots: Node, b: Node, isTransposed: bool = false): Node {
  if (!holdsMatrices(a, true) || !holdsMatrices(b, false) || !fitTogether(a, b) || !fitTogether(factors, b)) return b;
  const n = append(Op.Solve, b.dtype, b.ndim, 1, 4);
  copyWords(n.dims, b.dims, b.ndim);
  n.setAttribute(0, isTransposed);
  n.setInput(0, a);
  n.setInput(1, factors);
  n.setInput(2, pivots);
  n.setInput(3, b);
  return seal(n);
}

@primitive({ op: "Solve", kind: "kernel", attributes: { isTransposed: "bool" } })
@final
export class Solve extends Primitive {
  // db = a⁻ᵀ·g, da = -db·xᵀ
  vjp(n: Node, k: i32, g: Node): Node | null {
    if (k == 1 || k == 2) return null;
    const isTransposed = n.attribute(0) != 0,
      db = buildSolve(n.input(0), n.input(1), n.input(2), g, !isTransposed);
    if (k) return db;
    return neg(isTransposed ? buildMatmul(n, transposed(db)) : buildMatmul(db, transposed(n)));
  }
  batch(n: Node): Node {
    return buildSolve(batched(n, 0), batched(n, 1), batched(n, 2), batched(n, 3), n.attribute(0) != 0);
  }
  evaluate(n: Node): bool {
    if (!allocateValues(n)) return false;
    if (!n.numel) return true;
    const size = rowsOf(n),
      columns = columnsOf(n),
      pivots = n.input(2);
    copyTo(n.data, n.input(3));
    describe(n, size, columns, n.data);
    describeFactor(n.input(1));
    batch.isTransposed = n.attribute(0) != 0;
    batch.pivots = pivots.data;
    batch.pivotStrides = pivots.strides;
    batch.pivotStep = pivots.stride(<i32>pivots.ndim - 1);
    return runBatch(solvePart, cutBatch(batch, <i64>size * <i64>size * <i64>columns), solveSpace(batch));
  }
  flops(n: Node): f64 {
    return 2 * <f64>n.numel * <f64>rowsOf(n);
  }
}
