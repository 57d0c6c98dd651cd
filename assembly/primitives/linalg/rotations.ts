// The derivatives of eigenvectors and singular vectors: A = U·T·Vᵀ, T the values. With A a cluster of equal values stays what it is, but
// they may part; within it U and V don't turn, and T is a block that is not diagonal any more. Then all is smooth: rotations
// Ω = UᵀdU, Ψ = VᵀdV and, where U does not span all directions, W = dU beyond them are told by
//
//      Ω·T - T·Ψ - Wᵀ·R = M,   W·T - R·Ψ = N   outside of clusters,   for M = UᵀdA·V and N the part of dA·V beyond U,
//
// where T is diagonal and R, N's columns of zero singular values, is 0 as long as T and R are not differentiated. `Turn` solves this,
// `Pull` its transpose, and each is the other's derivative; by T, dT is Ω·M̄ - M̄·Ψ - Wᵀ·N̄, by R it is W·M̄ - N̄·Ψ. Eigenvectors are
// the case Ω = Ψ. So derivatives of any order are right at ties, of whatever does not depend on the choice of vectors within clusters;
// what does has no derivative: Pull tells by the cotangents, and gives NaN.
//
// After S. Wan and S. Zhang, "Automatic differentiation for complex valued SVD" (2019) for distinct values. Divides by gaps, never by
// their squares.
import { DType, Op } from "../../abi/opcodes";
import { append, seal } from "../../graph/graph";
import { fail, failure } from "../../abi/failure";
import { Failure } from "../../abi/failures";
import { Node, nodeOf, sizeOf } from "../../graph/node";
import { allocateValues } from "../../graph/values";
import { Clusters, Operand, findClusters, pull, turn, within } from "../../kernels/linalg/rotations";
import { copyWords, setPointer, setWord, wordBytes } from "../../memory/words";
import { reserveWorkspace, workspace } from "../../threads/pool";
import { batchedInputs } from "../batching";
import { Call, addResult, appendCall, buildOutput, ownAttribute, resultData, startResults } from "../call";
import { add, neg } from "../elementwise/emit";
import { buildMatmul } from "../matmul";
import { Primitive } from "../primitive";
import { buildAlias, fullLike } from "../source";
import { buildReshape, transposed } from "../views";
import { columnsOf, matricesOf, rowsOf, sizes, sizesLike } from "./matrices";

/** Inputs of both calls: the matrix, at least as high as wide, its values and vectors (of eigenvectors twice the same). */
const A: i32 = 0;
const VALUES: i32 = 1;
const U: i32 = 2;
const V: i32 = 3;
/** What is pulled back or turns: x and y and the rest, m and the rest; 0 or 1 of the latter. Behind them the values' cotangent, if STRICT. */
const FIRST: i32 = 4;

// Attributes of both calls.
const SYMMETRIC: i32 = 0;
/** Left vectors don't span all directions. */
const RESTS: i32 = 1;
const STRICT: i32 = 2;
/** The last input is what a Pull has given: NaN where rotations within clusters matter. */
const WITNESSED: i32 = 3;

const inputs: usize = memory.data(8 * 4);
let inputCount: i32 = 0;
function give(x: Node | null): void {
  if (!x) return;
  setPointer(inputs, inputCount++, changetype<usize>(x));
}
function startLike(call: Node): void {
  copyWords(inputs, call.inputs, FIRST);
  inputCount = FIRST;
}
function build(op: Op, symmetric: i32, rests: i32, strict: i32, witness: Node | null): Node {
  const v = nodeOf(inputs, V),
    u = nodeOf(inputs, U);
  if (failure) return u;
  const p = columnsOf(u),
    q = columnsOf(v),
    m = rowsOf(u);
  give(witness);
  startResults();
  const dtype = <DType>u.dtype;
  if (op == Op.Pull) addResult(dtype, sizesLike(u, p, q), sizes);
  else {
    addResult(dtype, sizesLike(u, p, p), sizes);
    if (!symmetric) addResult(dtype, sizesLike(u, q, q), sizes);
  }
  if (rests) addResult(dtype, sizesLike(u, m, q), sizes);
  const n = appendCall(op, 4, inputCount),
    own = ownAttribute(n, 0);
  n.setAttribute(own + SYMMETRIC, symmetric);
  n.setAttribute(own + RESTS, rests);
  n.setAttribute(own + STRICT, strict);
  n.setAttribute(own + WITNESSED, witness ? 1 : 0);
  copyWords(n.inputs, inputs, inputCount);
  return seal(n);
}
/** How often derivatives of vectors have been asked for. */
export let gaugeChecks: i32 = 0;
export function noteGaugeCheck(): void {
  gaugeChecks++;
}
/**
 * m, and the rest where `rest` is given, for the cotangents x of u's rotations and y of v's, which is null for eigenvectors; `own` is the
 * values' cotangent, or null.
 */
export function buildPull(
  a: Node,
  values: Node,
  u: Node,
  v: Node,
  x: Node,
  y: Node | null,
  rest: Node | null,
  own: Node,
): Node {
  noteGaugeCheck();
  inputCount = 0;
  give(a);
  give(values);
  give(u);
  give(v);
  give(x);
  give(y);
  give(rest);
  const strict = changetype<usize>(own) != 0;
  if (strict && !failure) give(asRow(own));
  return build(Op.Pull, y ? 0 : 1, rest ? 1 : 0, strict ? 1 : 0, null);
}

/** Values [..., k] as [..., 1, k]. */
export function asRow(values: Node): Node {
  const k = lastSize(values),
    ndim = <i32>values.ndim - 1;
  copyWords(sizes, values.dims, ndim);
  setWord(sizes, ndim, 1);
  setWord(sizes, ndim + 1, k);
  return buildReshape(values, ndim + 2, sizes);
}

// What was found to matter goes on to all that is made of it; nothing is differentiated by that.
function witnessOf(call: Node): Node {
  const own = ownAttribute(call, 0);
  if (call.attribute(own + WITNESSED)) return call.input(<i32>call.inputCount - 1);
  return buildAlias(buildOutput(call, 0), false, false);
}
function orZeros(g: Node, like: Node): Node {
  return changetype<usize>(g) ? g : fullLike(like, 0);
}
function minus(a: Node, b: Node): Node {
  return add(a, neg(b));
}

/**
 * The cotangent of the matrix by way of T and R, for rotations and cotangents of perturbations that belong together. It is the
 * same for Pull and Turn.
 */
function pulledThroughValues(call: Node, x: Node, y: Node, w: Node | null, m: Node, rest: Node | null): Node {
  const own = ownAttribute(call, 0),
    symmetric = call.attribute(own + SYMMETRIC) != 0,
    u = call.input(U),
    vt = transposed(call.input(V));
  let ofT = minus(buildMatmul(x, m), buildMatmul(m, y));
  if (!w || !rest) return buildMatmul(buildMatmul(u, buildWithin(call, ofT, symmetric, false)), vt);
  ofT = minus(ofT, buildMatmul(transposed(w), rest));
  const ofR = buildWithin(call, minus(buildMatmul(w, m), buildMatmul(rest, y)), symmetric, true),
    beyond = minus(ofR, buildMatmul(u, buildMatmul(transposed(u), ofR)));
  return buildMatmul(add(buildMatmul(u, buildWithin(call, ofT, symmetric, false)), beyond), vt);
}

const clusters = changetype<Clusters>(memory.data(64, 8));
const operands: usize = memory.data(7 * 16);
@inline
function operand(i: i32): Operand {
  return changetype<Operand>(operands + ((<usize>i) << 4));
}
/** Matrix `item` of a computed node. */
function show(o: Operand, x: Node, item: i32): void {
  const size = sizeOf(x.dtype),
    last = <i32>x.ndim - 1;
  o.isDouble = size == 8;
  o.at = x.data + itemOffset(x, item, last - 1) * size;
  o.row = x.stride(last - 1) * size;
  o.column = x.stride(last) * size;
}
function itemOffset(x: Node, item: i32, ndim: i32): i32 {
  let at = 0;
  for (let d = ndim - 1; d >= 0; d--) {
    const size = x.dim(d);
    at += (item % size) * x.stride(d);
    item /= size;
  }
  return at;
}
/** Matrix `item` of result k. */
function showResult(o: Operand, call: Node, k: i32, item: i32, rows: i32, columns: i32): void {
  const size = sizeOf(call.input(U).dtype);
  o.isDouble = size == 8;
  o.at = resultData(call, k) + <usize>item * <usize>(rows * columns * size);
  o.row = columns * size;
  o.column = size;
}
/** The problem that values, vectors and the matrix's size belong to; one word for each vector must fit the workspace. */
function describeClusters(values: Node, u: Node, v: Node, symmetric: bool, rests: bool): bool {
  clusters.k = lastSize(values);
  clusters.p = columnsOf(u);
  clusters.q = columnsOf(v);
  clusters.rows = rests ? rowsOf(u) : 0;
  clusters.size = max(rowsOf(u), rowsOf(v));
  clusters.isSymmetric = symmetric;
  if (!reserveWorkspace(wordBytes(max(clusters.p, clusters.k) + 1))) {
    fail(Failure.OutOfMemory);
    return false;
  }
  clusters.ids = workspace();
  return true;
}
function lastSize(x: Node): i32 {
  return x.dim(<i32>x.ndim - 1);
}
function findIn(values: Node, item: i32, wide: bool): void {
  const last = <i32>values.ndim - 1;
  clusters.values = values.data + itemOffset(values, item, last) * sizeOf(values.dtype);
  clusters.step = values.stride(last) * sizeOf(values.dtype);
  clusters.isDouble = values.dtype == DType.Float64;
  findClusters(clusters, wide);
}
/** What a Pull has found out is told by the first element of its result, a zero on the diagonal: it is -0 where wide clusters are right. */
function isMarked(seen: Operand): bool {
  return 1 / seen.get(0, 0) < 0;
}
function fillWithNaN(o: Operand, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) o.set(i, j, NaN);
}

function batchOf(n: Node): Node {
  const own = ownAttribute(n, 0),
    count = <i32>n.inputCount,
    witnessed = n.attribute(own + WITNESSED),
    all = batchedInputs(n);
  if (!all) return n;
  copyWords(inputs, all, count);
  inputCount = count - witnessed;
  const witness = witnessed ? nodeOf(inputs, count - 1) : null;
  return build(<Op>n.op, n.attribute(own + SYMMETRIC), n.attribute(own + RESTS), n.attribute(own + STRICT), witness);
}
function evaluateCall(n: Node): bool {
  if (!allocateValues(n)) return false;
  const own = ownAttribute(n, 0),
    u = n.input(U);
  if (!u.numel) return true;
  const symmetric = n.attribute(own + SYMMETRIC) != 0,
    rests = n.attribute(own + RESTS) != 0;
  if (!describeClusters(n.input(VALUES), u, n.input(V), symmetric, rests)) return false;
  compute(n);
  return true;
}
function compute(n: Node): void {
  const own = ownAttribute(n, 0),
    symmetric = n.attribute(own + SYMMETRIC) != 0,
    strict = n.attribute(own + STRICT) != 0,
    witness = n.attribute(own + WITNESSED) ? n.input(<i32>n.inputCount - 1) : null,
    rests = n.attribute(own + RESTS) != 0,
    isPull = n.op == Op.Pull,
    u = n.input(U);
  const p = clusters.p,
    q = clusters.q,
    rows = rowsOf(u);
  const x = operand(0),
    y = operand(1),
    rest = operand(2),
    m = operand(3),
    mRest = operand(4),
    seen = operand(5),
    ofValues = operand(6);
  for (let item = 0, count = matricesOf(u); item < count; item++) {
    let good = true,
      wide = !witness;
    if (witness) {
      show(seen, witness, item);
      good = seen.get(0, 0) == seen.get(0, 0);
      wide = isMarked(seen);
    }
    findIn(n.input(VALUES), item, wide);
    let at = FIRST;
    if (isPull) {
      show(x, n.input(at++), item);
      if (!symmetric) show(y, n.input(at++), item);
      if (rests) show(rest, n.input(at++), item);
      if (strict) show(ofValues, n.input(at), item);
      showResult(m, n, 0, item, p, q);
      if (rests) showResult(mRest, n, 1, item, rows, q);
      if (!pull(clusters, x, y, rest, m, mRest, !witness, strict ? ofValues : null)) good = false;
      if (!witness) {
        if (good) m.set(0, 0, -0.0);
        else {
          findIn(n.input(VALUES), item, false);
          good = pull(clusters, x, y, rest, m, mRest, true, strict ? ofValues : null);
        }
      }
      if (good) continue;
      fillWithNaN(m, p, q);
      if (rests) fillWithNaN(mRest, rows, q);
    } else {
      show(m, n.input(at++), item);
      if (rests) show(mRest, n.input(at++), item);
      showResult(x, n, 0, item, p, p);
      let k = 1;
      if (!symmetric) showResult(y, n, k++, item, q, q);
      if (rests) showResult(rest, n, k, item, rows, q);
      turn(clusters, m, mRest, x, y, rest);
      if (good) continue;
      fillWithNaN(x, p, p);
      if (!symmetric) fillWithNaN(y, q, q);
      if (rests) fillWithNaN(rest, rows, q);
    }
  }
}

@primitive({
  op: "Pull",
  kind: "kernel",
  isCall: true,
  results: "matrix, rest",
  attributes: { results: "results", symmetric: "bool", rests: "bool", strict: "bool", witnessed: "bool" },
  reads: "all",
})
@final
export class Pull extends Call {
  backward(call: Node, exchange: usize): bool {
    const own = ownAttribute(call, 0),
      symmetric = call.attribute(own + SYMMETRIC),
      rests = call.attribute(own + RESTS),
      m = buildOutput(call, 0),
      mRest = rests ? buildOutput(call, 1) : null,
      witness = witnessOf(call);
    const g = orZeros(nodeOf(exchange, 0), m),
      gRest = mRest ? orZeros(nodeOf(exchange, 2), mRest) : null;
    startLike(call);
    give(g);
    give(gRest);
    const turned = build(Op.Turn, symmetric, rests, 0, witness),
      x = buildOutput(turned, 0),
      y = symmetric ? x : buildOutput(turned, 1),
      rest = rests ? buildOutput(turned, 2) : null;
    memory.fill(exchange, 0, wordBytes(<i32>call.inputCount));
    setPointer(exchange, A, changetype<usize>(pulledThroughValues(call, x, y, rest, m, mRest)));
    setPointer(exchange, FIRST, changetype<usize>(x));
    if (!symmetric) setPointer(exchange, FIRST + 1, changetype<usize>(y));
    if (rest) setPointer(exchange, FIRST + 2, changetype<usize>(rest));
    return true;
  }
  batch(n: Node): Node {
    return batchOf(n);
  }
  evaluate(n: Node): bool {
    return evaluateCall(n);
  }
}

@primitive({
  op: "Turn",
  kind: "kernel",
  isCall: true,
  results: "left, right, rest",
  attributes: { results: "results", symmetric: "bool", rests: "bool", strict: "bool", witnessed: "bool" },
  reads: "all",
})
@final
export class Turn extends Call {
  backward(call: Node, exchange: usize): bool {
    const own = ownAttribute(call, 0),
      symmetric = call.attribute(own + SYMMETRIC),
      rests = call.attribute(own + RESTS),
      x = buildOutput(call, 0),
      y = symmetric ? x : buildOutput(call, 1),
      rest = rests ? buildOutput(call, 2) : null;
    startLike(call);
    give(orZeros(nodeOf(exchange, 0), x));
    if (!symmetric) give(orZeros(nodeOf(exchange, 2), y));
    if (rest) give(orZeros(nodeOf(exchange, 4), rest));
    const pulled = build(Op.Pull, symmetric, rests, 0, witnessOf(call)),
      m = buildOutput(pulled, 0),
      mRest = rests ? buildOutput(pulled, 1) : null;
    memory.fill(exchange, 0, wordBytes(<i32>call.inputCount));
    setPointer(exchange, A, changetype<usize>(pulledThroughValues(call, x, y, rest, m, mRest)));
    setPointer(exchange, FIRST, changetype<usize>(m));
    if (mRest) setPointer(exchange, FIRST + 1, changetype<usize>(mRest));
    return true;
  }
  batch(n: Node): Node {
    return batchOf(n);
  }
  evaluate(n: Node): bool {
    return evaluateCall(n);
  }
}

function buildWithin(call: Node, x: Node, symmetric: bool, ofRest: bool): Node {
  return partWithin(call.input(VALUES), call.input(U), call.input(V), witnessOf(call), x, symmetric, ofRest);
}
/** The part of x within clusters of values: of a matrix [p, q] or, `ofRest`, of [m, q], its columns of zero singular values. */
function partWithin(values: Node, u: Node, v: Node, witness: Node, x: Node, symmetric: bool, ofRest: bool): Node {
  const n = append(Op.Within, x.dtype, x.ndim, 2, 5);
  copyWords(n.dims, x.dims, x.ndim);
  n.setAttribute(0, symmetric);
  n.setAttribute(1, ofRest);
  n.setInput(0, x);
  n.setInput(1, values);
  n.setInput(2, u);
  n.setInput(3, v);
  n.setInput(4, witness);
  return seal(n);
}

@primitive({ op: "Within", kind: "kernel", attributes: { symmetric: "bool", ofRest: "bool" }, reads: "others" })
@final
export class Within extends Primitive {
  vjp(n: Node, k: i32, g: Node): Node | null {
    return k
      ? null
      : partWithin(n.input(1), n.input(2), n.input(3), n.input(4), g, n.attribute(0) != 0, n.attribute(1) != 0);
  }
  batch(n: Node): Node {
    const all = batchedInputs(n);
    if (!all) return n;
    return partWithin(
      nodeOf(all, 1),
      nodeOf(all, 2),
      nodeOf(all, 3),
      nodeOf(all, 4),
      nodeOf(all, 0),
      n.attribute(0) != 0,
      n.attribute(1) != 0,
    );
  }
  evaluate(n: Node): bool {
    if (!allocateValues(n)) return false;
    if (!n.numel) return true;
    if (!describeClusters(n.input(1), n.input(2), n.input(3), n.attribute(0) != 0, n.attribute(1) != 0)) return false;
    computeWithin(n);
    return true;
  }
}
function computeWithin(n: Node): void {
  const x = operand(0),
    to = operand(1),
    seen = operand(5);
  for (let item = 0, count = matricesOf(n); item < count; item++) {
    show(seen, n.input(4), item);
    findIn(n.input(1), item, isMarked(seen));
    show(x, n.input(0), item);
    show(to, n, item);
    within(clusters, x, to, n.attribute(1) != 0);
  }
}
