// Batches of matrices as jobs for threads: a part is some of the matrices, or the only one, whose products all threads share then.
import { DType } from "../../abi/opcodes";
import { word, wordBytes } from "../../memory/words";
import { workspace } from "../../threads/pool";
import { elementAt, quotientUp } from "../strided";
import { cholesky, choleskyBytes } from "./cholesky";
import { ROOMS, exponential } from "./exponential";
import {
  LANE_BYTES,
  LANE_MATRIX,
  choleskyLanes,
  fitsLanes,
  gatherLane,
  intAt,
  lanesOf,
  loadLanes,
  luLanes,
  qrLanes,
  storeLanes,
  substituteLanes,
} from "./lanes";
import { ldl } from "./ldl";
import { eliminate, exchangeRows, lu, luBytes, moveRow } from "./lu";
import { OWN_AT } from "./multiply";
import { formQ, isSmall, qr, qrElements } from "./qr";
import { clearTriangle } from "./triangle";
import { BASE, solveTriangular } from "./triangular";

/** What a part should take, in multiply-adds: some 100 µs. */
const PART: i64 = 200_000;

/** What is to be done to `count` matrices. Strides are in elements. */
@unmanaged
export class Batch {
  dtype: i32;
  count: i32;
  /** Matrices of a part. */
  share: i32;
  /** [count, rows, columns], contiguous: what is factored or solved for, in place. */
  rows: i32;
  columns: i32;
  values: usize;
  /** What small matrices are before they are factored, contiguous: there, or elsewhere. */
  source: usize;
  /** int32 [count]: 0, or why a matrix could not be factored. */
  info: usize;
  /** int32 [count, min(rows, columns)]: exchanges of rows, counted from 1. */
  pivots: usize;

  // -- QR: where Q [count, rows, q] is, or null where nobody asks for it, and R [count, rRows, columns]
  q: i32;
  qValues: usize;
  hasQ: bool;
  rRows: i32;
  rValues: usize;

  /** Where matrices are that the workspace has no room for, or 0. */
  room: usize;

  // -- the factor that is solved with, of one matrix or of a batch of `ndim` dims
  factor: usize;
  factorRow: i32;
  factorCol: i32;
  ndim: i32;
  dims: usize;
  factorStrides: usize;
  /** The factors lie one after another, row by row; of QR, they stay where Q would be. */
  isPacked: bool;
  pivotStrides: usize;
  pivotStep: i32;
  isUpper: bool;
  /** The diagonal counts as ones. */
  isUnit: bool;
  isTransposed: bool;
  /** Rows are exchanged. */
  isPivoted: bool;
  /** So are columns with them: L·D·Lᵀ, in float64. */
  isSymmetric: bool;

  get size(): i32 {
    return this.dtype == DType.Float64 ? 8 : 4;
  }
}

/** Cuts the batch by the multiply-adds of one matrix: how many parts. */
export function cutBatch(b: Batch, cost: i64): i32 {
  // Whole vectors of small matrices.
  b.share = (<i32>max<i64>(1, min<i64>(PART / max<i64>(cost, 1), b.count)) + 3) & ~3;
  if (cost > PART / 4) b.share = 1;
  return b.count ? quotientUp(b.count, b.share) : 0;
}
/** Where what a factorisation needs begins in the workspace: before it is what products need, which the small ones have none of. */
@inline
function ownAt(n: i32): i32 {
  return n <= BASE ? 0 : OWN_AT;
}

@inline
function end(b: Batch, part: i32): i32 {
  return min(b.count, (part + 1) * b.share);
}
/** The elements before matrix `item` of a batch of such strides. */
@inline
function before(b: Batch, item: i32, strides: usize): i32 {
  return elementAt(item, b.ndim, b.dims, strides);
}

/** x = -x, of n elements. */
function negate<T>(x: usize, n: i32): void {
  const lanes = <i32>(16 / sizeof<T>());
  for (; n >= lanes; n -= lanes, x += 16) v128.store(x, v128.neg<T>(v128.load(x)));
  for (; n > 0; --n, x += sizeof<T>()) store<T>(x, <T>-load<T>(x));
}

// -- Cholesky

export function choleskySpace(b: Batch): i32 {
  if (fitsLanes(b.rows, b.rows)) return LANE_BYTES;
  return ownAt(b.rows) + (b.size == 8 ? choleskyBytes<f64>() : choleskyBytes<f32>());
}
export function choleskyPart(b: Batch, part: i32): void {
  if (b.size == 8) choleskies<f64>(b, part);
  else choleskies<f32>(b, part);
}
function choleskies<T>(b: Batch, part: i32): void {
  if (fitsLanes(b.rows, b.rows)) return smallCholeskies<T>(b, part);
  const n = b.rows,
    row = <usize>n * sizeof<T>(),
    own = workspace() + ownAt(n);
  for (let item = part * b.share; item < end(b, part); ++item) {
    const a = b.values + <usize>item * row * n;
    negate<T>(a, n * n);
    const failed = cholesky<T>(n, a, n, own);
    store<i32>(b.info + wordBytes(item), failed);
    for (let i = 1, at = a + sizeof<T>(); i < n; ++i, at += row + sizeof<T>())
      memory.fill(at, 0, row - i * sizeof<T>());
  }
}

/** Of matrices that wait for each other's results, so many bytes are worked on in turn: no more than the workspace has. */
const GROUP_BYTES: i32 = 2 * LANE_MATRIX;
function smallCholeskies<T>(b: Batch, part: i32): void {
  const n = b.rows,
    elements = n * n,
    step = elements * <i32>sizeof<T>(),
    lanes = lanesOf<T>(),
    apart = (elements + 2) << 4,
    group = max(1, GROUP_BYTES / apart) * lanes,
    last = end(b, part),
    a = workspace();
  for (let next = part * b.share; next < last; next += group) {
    const stop = min(last, next + group);
    let at = a;
    for (let item = next; item < stop; item += lanes, at += apart)
      loadLanes<T>(at, b.source + item * step, elements, step, min(last - item, lanes));
    choleskyLanes<T>(n, a, at, apart);
    at = a;
    for (let item = next; item < stop; item += lanes, at += apart) {
      const count = min(last - item, lanes);
      storeLanes<T>(b.values + item * step, at, elements, step, count);
      for (let lane = 0; lane < count; ++lane)
        store<i32>(b.info + wordBytes(item + lane), intAt<T>(at + apart - 32, lane));
    }
  }
}

// -- LU

export function luSpace(b: Batch): i32 {
  if (fitsLanes(b.rows, b.columns)) return LANE_BYTES;
  const space = b.size == 8 ? luBytes<f64>(b.rows, b.columns) : luBytes<f32>(b.rows, b.columns);
  return ownAt(min(b.rows, b.columns)) + space;
}
export function luPart(b: Batch, part: i32): void {
  if (b.isSymmetric) symmetricFactors(b, part);
  else if (b.size == 8) factors<f64>(b, part);
  else factors<f32>(b, part);
}
function factors<T>(b: Batch, part: i32): void {
  if (fitsLanes(b.rows, b.columns)) {
    // Lanes exchange rows one by one, which four of them are worth, and two are not, nor longer rows.
    if (sizeof<T>() == 4 && max(b.rows, b.columns) < 8) laneFactors<f32>(b, part);
    else smallFactors<T>(b, part);
    return;
  }
  const m = b.rows,
    n = b.columns,
    k = min(m, n),
    own = workspace() + ownAt(k);
  for (let item = part * b.share; item < end(b, part); ++item) {
    const a = b.values + <usize>item * <usize>(m * n) * sizeof<T>();
    negate<T>(a, m * n);
    lu<T>(m, n, a, b.pivots + wordBytes(item * k), b.isPivoted, b.info + wordBytes(item), own);
  }
}

function symmetricFactors(b: Batch, part: i32): void {
  const n = b.rows;
  for (let item = part * b.share; item < end(b, part); ++item) {
    const a = b.values + ((<usize>item * <usize>(n * n)) << 3);
    store<i32>(b.info + wordBytes(item), ldl(n, a, b.pivots + wordBytes(item * n)));
    clearTriangle(a, b.dtype, 1, n, n, false, 0);
  }
}
function laneFactors<T>(b: Batch, part: i32): void {
  const elements = b.rows * b.columns,
    k = min(b.rows, b.columns),
    step = elements * <i32>sizeof<T>(),
    a = workspace(),
    exchanges = a + LANE_MATRIX,
    failed = exchanges + LANE_MATRIX;
  for (let item = part * b.share, last = end(b, part); item < last; item += lanesOf<T>()) {
    const values = b.values + item * step,
      count = min(last - item, lanesOf<T>());
    loadLanes<T>(a, b.source + item * step, elements, step, count);
    luLanes<T>(b.rows, b.columns, a, b.isPivoted, exchanges, failed);
    storeLanes<T>(values, a, elements, step, count);
    for (let lane = 0; lane < count; ++lane) {
      store<i32>(b.info + wordBytes(item + lane), intAt<T>(failed, lane));
      for (let i = 0, to = b.pivots + wordBytes((item + lane) * k); i < k; ++i, to += 4) {
        store<i32>(to, intAt<T>(exchanges + (i << 4), lane));
      }
    }
  }
}
/** With rows in whole vectors. */
function smallFactors<T>(b: Batch, part: i32): void {
  const size = <i32>sizeof<T>(),
    lanes = lanesOf<T>(),
    m = b.rows,
    n = b.columns,
    first = part * b.share,
    last = end(b, part),
    pitch = (n + lanes - 1) & -lanes,
    row = n * size,
    wide = pitch * size,
    apart = m * wide,
    copy = workspace(),
    group = GROUP_BYTES / (apart + 1);
  memory.fill(b.info + wordBytes(first), 0, wordBytes(last - first));
  if (!apart) return;
  for (let item = first; item < last; item += group) {
    const count = min(last - item, group),
      values = b.values + item * m * row,
      from = b.source + item * m * row,
      pivots = b.pivots + wordBytes(item * min(m, n)),
      a = pitch == n ? values : copy;
    if (a != values) moveRows<T>(a, wide, from, row, count * m, row);
    else if (from != values) memory.copy(values, from, count * m * row);
    eliminate<T>(count, apart, m, n, a, pitch, a, pivots, 0, b.isPivoted, b.info + wordBytes(item));
    if (a != values) moveRows<T>(values, row, a, wide, count * m, row);
  }
}
/** Rows of so many bytes, in whole vectors, of which the next row overwrites what is too much; but the last one. */
function moveRows<T>(to: usize, toStep: i32, from: usize, fromStep: i32, count: i32, bytes: i32): void {
  for (; count > 1; --count, to += toStep, from += fromStep) {
    for (let v = 0; v < bytes; v += 16) v128.store(to + v, v128.load(from + v));
  }
  moveRow<T>(to, from, bytes);
}

// -- QR, of matrices that lie where Q has room for them, else where R will be

function areQrLanes(b: Batch): bool {
  return !b.isPacked && fitsLanes(b.rows, b.columns);
}
export function qrSpace(b: Batch): i32 {
  if (areQrLanes(b)) return LANE_BYTES;
  return (isSmall(b.rows, b.columns) ? 0 : OWN_AT) + qrElements(b.rows, b.columns, b.q) * b.size;
}
export function qrPart(b: Batch, part: i32): void {
  if (b.size == 8) qrs<f64>(b, part);
  else qrs<f32>(b, part);
}
function qrs<T>(b: Batch, part: i32): void {
  if (areQrLanes(b)) return smallQrs<T>(b, part);
  const size = <i32>sizeof<T>(),
    m = b.rows,
    n = b.columns,
    q = b.q,
    isTall = q >= n,
    pitch = isTall ? q : n,
    own = workspace() + (isSmall(m, n) ? 0 : OWN_AT);
  for (let item = part * b.share; item < end(b, part); ++item) {
    const to = b.qValues + item * (m * q * size),
      r = b.rValues + item * (b.rRows * n * size),
      a = isTall ? to : r;
    qr<T>(m, n, a, pitch, q, own);
    if (b.isPacked) continue;
    if (isTall) {
      for (let i = 0; i < b.rRows; ++i) memory.copy(r + i * n * size, a + i * pitch * size, n * size);
    }
    if (b.hasQ) formQ<T>(m, n, a, pitch, q, to, own);
    clearTriangle(r, b.dtype, 1, b.rRows, n, true, 0);
  }
}

function smallQrs<T>(b: Batch, part: i32): void {
  const size = <i32>sizeof<T>(),
    m = b.rows,
    n = b.columns,
    q = b.q,
    a = workspace(),
    wide = a + LANE_MATRIX,
    taus = wide + LANE_MATRIX,
    source = q >= n ? b.qValues : b.rValues,
    row = max(q, n) * size;
  for (let item = part * b.share, last = end(b, part); item < last; item += lanesOf<T>()) {
    const count = min(last - item, lanesOf<T>());
    if (row == n * size) loadLanes<T>(a, source + item * m * row, m * n, m * row, count);
    else {
      for (let lane = 0; lane < lanesOf<T>(); ++lane) {
        gatherLane<T>(a, lane, source + (item + min(lane, count - 1)) * m * row, m, n, row, size);
      }
    }
    qrLanes<T>(m, n, a, q, b.hasQ ? wide : 0, taus);
    storeLanes<T>(b.rValues + item * (b.rRows * n * size), a, b.rRows * n, b.rRows * n * size, count);
    if (b.hasQ) storeLanes<T>(b.qValues + item * (m * q * size), wide, m * q, m * q * size, count);
  }
}

// -- solving, in place of the right-hand sides

/** Where rows are not four vectors long: those are solved for as they lie. */
function isSolvedInLanes(b: Batch): bool {
  return fitsLanes(b.rows, b.columns) && min(b.rows, b.columns) * b.size < 64;
}
export function solveSpace(b: Batch): i32 {
  if (fitsLanes(b.rows, b.columns)) return LANE_BYTES;
  return ownAt(b.rows);
}
export function triangularPart(b: Batch, part: i32): void {
  if (b.size == 8) triangulars<f64>(b, part);
  else triangulars<f32>(b, part);
}
function triangulars<T>(b: Batch, part: i32): void {
  if (isSolvedInLanes(b)) return smallSystems<T>(b, part, false);
  const n = b.rows,
    k = b.columns;
  for (let item = part * b.share; item < end(b, part); ++item) {
    const x = b.values + <usize>item * <usize>(n * k) * sizeof<T>(),
      t = b.factor + before(b, item, b.factorStrides) * <i32>sizeof<T>();
    solveTriangular<T>(b.isUpper, b.isUnit, n, t, b.factorRow, b.factorCol, x, k, k);
    negate<T>(x, n * k);
  }
}

/** With the factors of LU. */
export function solvePart(b: Batch, part: i32): void {
  if (b.size == 8) solves<f64>(b, part);
  else solves<f32>(b, part);
}
function solves<T>(b: Batch, part: i32): void {
  if (isSolvedInLanes(b)) return smallSystems<T>(b, part, true);
  const n = b.rows,
    k = b.columns,
    row = b.factorRow,
    column = b.factorCol,
    first = part * b.share,
    last = end(b, part);
  if (!b.isTransposed) exchangeAll<T>(b, first, last);
  for (let item = first; item < last; ++item) {
    const x = b.values + <usize>item * <usize>(n * k) * sizeof<T>(),
      f = b.factor + before(b, item, b.factorStrides) * <i32>sizeof<T>();
    // Twice -t⁻¹: the signs cancel.
    if (b.isTransposed) {
      solveTriangular<T>(false, false, n, f, column, row, x, k, k);
      solveTriangular<T>(true, true, n, f, column, row, x, k, k);
    } else {
      solveTriangular<T>(false, true, n, f, row, column, x, k, k);
      solveTriangular<T>(true, false, n, f, row, column, x, k, k);
    }
  }
  if (b.isTransposed) exchangeAll<T>(b, first, last);
}
/** Several vectors of systems at a time: what one waits for, another one does not. */
function smallSystems<T>(b: Batch, part: i32, isByFactors: bool): void {
  const size = <i32>sizeof<T>(),
    lanes = lanesOf<T>(),
    n = b.rows,
    k = b.columns,
    step = n * k * size,
    first = part * b.share,
    last = end(b, part),
    row = n << 4,
    wide = k << 4,
    apart = (row + wide) * n,
    group = max(1, GROUP_BYTES / (apart + 1)) * lanes,
    f = workspace(),
    x = f + row * n;
  if (isByFactors && !b.isTransposed) exchangeAll<T>(b, first, last);
  for (let next = first; next < last; next += group) {
    const stop = min(last, next + group);
    let at = f;
    for (let item = next; item < stop; item += lanes, at += apart) {
      const count = min(last - item, lanes);
      if (b.isPacked) loadLanes<T>(at, b.factor + item * n * n * size, n * n, n * n * size, count);
      else {
        for (let lane = 0; lane < lanes; ++lane) {
          const from = b.factor + before(b, item + min(lane, count - 1), b.factorStrides) * size;
          gatherLane<T>(at, lane, from, n, n, b.factorRow * size, b.factorCol * size);
        }
      }
      // After the factors, since what is loaded may be a vector or three more than there are elements.
      loadLanes<T>(at + row * n, b.values + item * step, n * k, step, count);
    }
    if (!isByFactors) substituteLanes<T>(b.isUpper, b.isUnit, n, f, row, 16, x, wide, at, apart);
    else if (b.isTransposed) {
      substituteLanes<T>(false, false, n, f, 16, row, x, wide, at, apart);
      substituteLanes<T>(true, true, n, f, 16, row, x, wide, at, apart);
    } else {
      substituteLanes<T>(false, true, n, f, row, 16, x, wide, at, apart);
      substituteLanes<T>(true, false, n, f, row, 16, x, wide, at, apart);
    }
    at = x;
    for (let item = next; item < stop; item += lanes, at += apart) {
      storeLanes<T>(b.values + item * step, at, n * k, step, min(last - item, lanes));
    }
  }
  if (isByFactors && b.isTransposed) exchangeAll<T>(b, first, last);
}
/** The exchanges of rows of some right-hand sides, backwards where a transposed system was solved. */
function exchangeAll<T>(b: Batch, first: i32, last: i32): void {
  const n = b.rows,
    row = b.columns * <i32>sizeof<T>();
  for (let item = first, x = b.values + row * n * first; item < last; ++item, x += row * n) {
    const pivots = b.pivots + wordBytes(before(b, item, b.pivotStrides));
    for (let step = 0; step < n; ++step) {
      const i = b.isTransposed ? n - 1 - step : step,
        other = word(pivots, i * b.pivotStep) - 1;
      // What a user gives may be anything. Rows that stay are exchanged, too: nothing foresees which ones do.
      if (<u32>other < <u32>n) exchangeRows<T>(x + i * row, x + other * row, b.columns);
    }
  }
}

// -- exponentials, computed in float64 in `values`

/** Up to this size the matrices that a part needs are in its workspace. */
const SHARED: i32 = 48;
/** Bytes beside the workspace that a batch needs, whose matrices come one after another then. */
export function exponentialRoom(n: i32): usize {
  return n <= SHARED ? 0 : (<usize>(ROOMS * n * n)) << 3;
}
export function exponentialSpace(b: Batch): i32 {
  const n = b.rows;
  return OWN_AT + luBytes<f64>(n, n) + 8 * n + (n <= SHARED ? (ROOMS * n * n) << 3 : 0);
}
export function exponentialPart(b: Batch, part: i32): void {
  const n = b.rows,
    pivots = workspace() + OWN_AT,
    own = pivots + 8 * n,
    rooms = b.room ? b.room : own + luBytes<f64>(n, n);
  for (let item = part * b.share; item < end(b, part); ++item) {
    exponential(n, b.values + ((<usize>item * <usize>(n * n)) << 3), rooms, pivots, own);
  }
}
