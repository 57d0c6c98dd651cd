// Scans along one dim (the first attribute): sums, products, linear recurrences, logarithms of sums, extremes of all that comes before.
//
// The cotangent of a linear recurrence is the same recurrence, backwards; that of a product and of a logarithm of sums is one too. So no
// rule divides, all take linear time, and zeros and infinities are no exceptions, whatever the order of the derivative.
import { DType, Op } from "../abi/opcodes";
import { addFact, fail } from "../abi/failure";
import { Failure } from "../abi/failures";
import { append, seal } from "../graph/graph";
import { Node, isContiguous, sizeOf } from "../graph/node";
import { allocateValues } from "../graph/values";
import { copyValues } from "../kernels/copy/values";
import { Scan as Task, Scanning, planScan, scanOffsets, scanPart, scanTotals } from "../kernels/scan";
import { Buffer } from "../memory/buffer";
import { copyWords, setWord, wordBytes } from "../memory/words";
import { activeWorkers, parallelFor, reserveWorkspace, workspace } from "../threads/pool";
import { batched } from "./batching";
import { Call, addResult, appendCall, ownAttribute, resultData, startResults } from "./call";
import { binary, cast, mul, neg, sub, unary, where, zerosLike } from "./elementwise/emit";
import { buildPad } from "./pad";
import { Primitive } from "./primitive";
import { backToPositions } from "./sort";
import { buildAlias, fullLike } from "./source";
import { narrowed, normalizedDim, rowMajorStrides } from "./views";

// A scan over the operands; a number has nothing before it.
function buildScan(op: Op, x: Node, factors: Node | null, dim: i32, isBackwards: bool): Node {
  const axis = normalizedDim(dim, x.ndim);
  if (axis < 0) return x;
  if (!x.ndim) return buildAlias(x, true, false);
  const n = append(op, x.dtype, x.ndim, 2, factors ? 2 : 1);
  copyWords(n.dims, x.dims, x.ndim);
  n.setAttribute(0, axis);
  n.setAttribute(1, isBackwards);
  n.setInput(0, x);
  if (factors) n.setInput(1, factors);
  return seal(n);
}
// @ts-ignore: decorator
@inline
function summable(x: Node): Node {
  return x.dtype == DType.Bool ? cast(x, DType.Int32) : x;
}

/** The sum of all elements along dim up to each, or from each on; int32 for int32 and bool. */
@binding
export function buildCumsum(x: Node, dim: i32, isBackwards: bool = false): Node {
  return buildScan(Op.Cumsum, summable(x), null, dim, isBackwards);
}
/** The product of all elements along dim up to each; int32 for int32 and bool. */
@binding
export function buildCumprod(x: Node, dim: i32): Node {
  return buildScan(Op.Cumprod, summable(x), null, dim, false);
}
/** log(Σ e^x) over all elements along dim up to each; of floats. */
@binding
export function buildLogcumsumexp(x: Node, dim: i32): Node {
  return buildScan(Op.Logcumsumexp, x, null, dim, false);
}
/** y_i = a_i·y_{i-1} + x_i along dim; backwards, where it is the transpose, y_i = a_{i+1}·y_{i+1} + x_i. */
function buildLinearScan(x: Node, a: Node, dim: i32, isBackwards: bool): Node {
  return buildScan(Op.LinearScan, x, a, dim, isBackwards);
}

const amounts: usize = memory.data(3 * 32 * 4);
/** x moved on by one place along dim: what comes before each element, `first` before the first. */
function before(x: Node, dim: i32, first: f64): Node {
  memory.fill(amounts, 0, 3 * wordBytes(x.ndim));
  setWord(amounts, dim, 1);
  return buildPad(narrowed(x, dim, 0, x.dim(dim) - 1), x.ndim, amounts, first);
}

const task = changetype<Task>(memory.data(60, 8));

function product(dims: usize, from: i32, to: i32): i32 {
  let size = 1;
  for (let i = from; i < to; i++) size *= load<i32>(dims + wordBytes(i));
  return size;
}
/** Where x lies row-major without gaps: as it is, or copied to `spare`. */
function inRows(x: Node, spare: usize): usize {
  if (isContiguous(x)) return x.data;
  copyValues(sizeOf(x.dtype), x.numel, spare, rowMajorStrides(x), x.data, x.strides, x.ndim, x.dims);
  return spare;
}
/** Scans x along dim into dst, by way of dst where x lies otherwise. False: memory is exhausted. */
function scan(kind: Scanning, x: Node, dim: i32, isBackwards: i32, dst: usize, other: usize): bool {
  task.kind = kind;
  task.dtype = x.dtype;
  task.isBackwards = isBackwards;
  task.isShared = activeWorkers() != 0;
  task.outer = product(x.dims, 0, dim);
  task.n = x.dim(dim);
  task.inner = product(x.dims, dim + 1, x.ndim);
  task.dst = dst;
  task.other = other;
  task.src = inRows(x, dst);
  // No buffer: a compiled program makes as many at every call, with workers and without.
  const bytes = planScan(task);
  if (!reserveWorkspace(bytes)) {
    fail(Failure.OutOfMemory);
    return false;
  }
  if (bytes) {
    task.totals = workspace();
    parallelFor<Task>(scanTotals, task, task.parts);
    scanOffsets(task);
  }
  parallelFor<Task>(scanPart, task, task.parts);
  return true;
}

abstract class Scan extends Primitive {
  constructor(private kind: Scanning) {
    super();
  }
  batch(n: Node): Node {
    return buildScan(<Op>n.op, batched(n, 0), null, n.attribute(0) + 1, n.attribute(1) != 0);
  }
  evaluate(n: Node): bool {
    if (!allocateValues(n)) return false;
    return !n.numel || scan(this.kind, n.input(0), n.attribute(0), n.attribute(1), n.data, 0);
  }
  flops(n: Node): f64 {
    return <f64>n.numel;
  }
}

@primitive({ op: "Cumsum", kind: "kernel", attributes: { dim: "int", isBackwards: "bool" }, reads: "none" })
@final
export class Cumsum extends Scan {
  constructor() {
    super(Scanning.Sum);
  }
  vjp(n: Node, k: i32, g: Node): Node | null {
    return buildCumsum(g, n.attribute(0), !n.attribute(1));
  }
}

@primitive({ op: "Cumprod", kind: "kernel", attributes: { dim: "int", isBackwards: "bool" } })
@final
export class Cumprod extends Scan {
  constructor() {
    super(Scanning.Product);
  }
  // y_k = P_k·x_k with P the products before: P_k·(g_k + x_{k+1}·(g_{k+1} + …)).
  vjp(n: Node, k: i32, g: Node): Node | null {
    const dim = n.attribute(0);
    return n.numel ? mul(before(n, dim, 1), buildLinearScan(g, n.input(0), dim, true)) : g;
  }
}

@primitive({ op: "Logcumsumexp", kind: "kernel", attributes: { dim: "int", isBackwards: "bool" } })
@final
export class Logcumsumexp extends Scan {
  constructor() {
    super(Scanning.Logarithm);
  }
  // e^(x_k − y_k)·s_k with s_k = g_k + e^(y_k − y_{k+1})·s_{k+1}; nothing flows to what −∞ has come of. These two factors of a place are the
  // logistic functions of ±(x_k − y_{k-1}), whose sum is 1 however large y and its rounding are.
  vjp(n: Node, k: i32, g: Node): Node | null {
    if (!n.numel) return g;
    const dim = n.attribute(0);
    const isNothing = binary(Op.Eq, n, fullLike(n, -Infinity)),
      x = n.input(0),
      excess = sub(where(isNothing, fullLike(n, Infinity), x), before(n, dim, -Infinity)),
      share = where(isNothing, zerosLike(n), unary(Op.Sigmoid, excess));
    return mul(share, buildLinearScan(g, unary(Op.Sigmoid, neg(excess)), dim, true));
  }
}

@primitive({
  op: "LinearScan",
  kind: "kernel",
  attributes: { dim: "int", isBackwards: "bool" },
  doc: "Of x and a: y_i = a_i·y_{i-1} + x_i, or its transpose.",
})
@final
export class LinearScan extends Primitive {
  // Backwards with g forwards and the other way round: w. Forwards the factor a_i stands before y_{i-1} and its cotangent is w_i·y_{i-1};
  // backwards it stands before y_i, in y_{i-1}: w_{i-1}·y_i.
  vjp(n: Node, k: i32, g: Node): Node | null {
    if (!n.numel) return g;
    const dim = n.attribute(0),
      isBackwards = n.attribute(1) != 0;
    const w = buildLinearScan(g, n.input(1), dim, !isBackwards);
    if (!k) return w;
    return isBackwards ? mul(before(w, dim, 0), n) : mul(w, before(n, dim, 0));
  }
  batch(n: Node): Node {
    return buildLinearScan(batched(n, 0), batched(n, 1), n.attribute(0) + 1, n.attribute(1) != 0);
  }
  evaluate(n: Node): bool {
    const a = n.input(1);
    if (!allocateValues(n)) return false;
    if (!n.numel) return true;
    const spare = Buffer.create(isContiguous(a) ? 0 : a.valueBytes);
    if (!spare) {
      fail(Failure.OutOfMemory);
      return false;
    }
    const factors = inRows(a, spare.data);
    const done = scan(Scanning.Linear, n.input(0), n.attribute(0), n.attribute(1), n.data, factors);
    spare.release();
    return done;
  }
  flops(n: Node): f64 {
    return 2 * <f64>n.numel;
  }
}

/**
 * The largest, or the smallest, element along dim up to each, with its int32 position: the last of equal ones; a NaN is beyond all. x is of
 * floats, and has a dim at least.
 */
@binding
export function buildCumulativeExtreme(x: Node, dim: i32, isSmallest: bool): Node {
  const axis = normalizedDim(dim, x.ndim);
  if (axis < 0) return x;
  if (!x.ndim) {
    fail(Failure.DimCount);
    addFact(1);
    addFact(0);
    return x;
  }
  startResults();
  addResult(x.dtype, x.ndim, x.dims);
  addResult(DType.Int32, x.ndim, x.dims);
  const n = appendCall(Op.CumulativeExtreme, 2, 1),
    own = ownAttribute(n, 0);
  n.setAttribute(own, axis);
  n.setAttribute(own + 1, isSmallest);
  n.setInput(0, x);
  return seal(n);
}

@primitive({
  op: "CumulativeExtreme",
  kind: "kernel",
  isCall: true,
  results: "values, positions",
  attributes: { results: "results", dim: "int", isSmallest: "bool" },
})
@final
export class CumulativeExtreme extends Call {
  // Each value is an element, at its position.
  backward(call: Node, exchange: usize): bool {
    return backToPositions(call, exchange);
  }
  batch(n: Node): Node {
    const own = ownAttribute(n, 0);
    return buildCumulativeExtreme(batched(n, 0), n.attribute(own) + 1, n.attribute(own + 1) != 0);
  }
  evaluate(n: Node): bool {
    const own = ownAttribute(n, 0),
      kind = n.attribute(own + 1) ? Scanning.Smallest : Scanning.Largest;
    if (!allocateValues(n)) return false;
    const x = n.input(0);
    return !x.numel || scan(kind, x, n.attribute(own), 0, resultData(n, 0), resultData(n, 1));
  }
}
