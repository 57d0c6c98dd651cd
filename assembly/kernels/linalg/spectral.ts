// Batches of eigenvalue and singular value problems as jobs for threads. Everything is computed in float64, of matrices that are scaled
// by a power of two to elements of about 1; small matrices two at a time (pairs.ts), large ones by divide and conquer (conquer.ts).
//
// The workspace: [ what becomes of which vector, int32 ][ matrices, and what their kernels need ]
import { DType } from "../../abi/opcodes";
import { longBytes, setWord, word, wordBytes } from "../../memory/words";
import { workspace } from "../../threads/pool";
import { elementAt, quotientUp } from "../strided";
import { addScaled, denseBytes, dot, loadReal, norm, region, scaleBy, startDense, storeReal } from "./dense";
import { eigenvalueScale, eigenvectorsOf } from "./eig";
import { decompose, eigenvalues, eigenvectors, eighBytes, startEigh } from "./eigh";
import { eighPair, eighPairBytes, pairValues as eighValues, pairVectors } from "./eigh-pairs";
import { cell } from "./pairs";
import { decomposeBidiagonal, leftVectors, rightVectors, startSvd, svdBytes, values as singularValues } from "./svd";
import { rootSpace, squareRoot } from "./root";
import { pairLefts, pairOrder, pairRights, pairValues, svdPair, svdPairBytes } from "./svd-pairs";

/** Up to so many rows or columns matrices are small. */
const SMALL: i32 = 16;
/** Columns of so different norms, or values so far apart, are for Jacobi's rotations; the latter of matrices that are no larger. */
const SPAN: f64 = 1e6;
const MODERATE: i32 = 128;
/** Vectors that are no longer, beside a matrix whose elements are about 1, have not been made orthogonal: the products underflow. */
const LEAST: f64 = 1e-73;
/** What rotations leave undone, for results in float32. */
const COARSE: f64 = 1e-10;
/** Of matrices that are decomposed together; about 100 µs of work. */
const PART: i64 = 100_000;

@unmanaged
export class Spectra {
  dtype: i32;
  count: i32;
  /** Pairs of a part, or matrices. */
  share: i32;
  rows: i32;
  columns: i32;
  /** [batch…, rows, columns]; strides in elements. */
  from: usize;
  ndim: i32;
  dims: usize;
  strides: usize;
  /** [count, …], contiguous. `lefts`: of eigenvectors the only ones, by columns; 0 where vectors are not wanted. */
  values: usize;
  lefts: usize;
  rights: usize;
  /** How many left and right vectors. */
  leftCount: i32;
  rightCount: i32;
  /** int32: 0; -1: there are elements that are not finite; 1: it did not converge. */
  info: usize;
}

// -- one matrix, in and out

/** What the batch is made of. */
let isDouble: bool = false;
let bytes: i32 = 0;
function setType(s: Spectra): void {
  isDouble = s.dtype == DType.Float64;
  bytes = isDouble ? 8 : 4;
}

/** What the matrix that was read last is multiplied by, and its inverse. */
let scale: f64 = 1;
let unscale: f64 = 1;

function source(s: Spectra, item: i32): usize {
  return s.from + elementAt(item, s.ndim, s.dims, s.strides) * bytes;
}
/**
 * Reads matrix `item`, element (i, j) to `to` + i·rowBytes + j·columnBytes; of symmetric ones the lower triangle, to both. False: it
 * has elements that are not finite; zeros are read. Without `scales` elements stay as they are.
 */
function read(
  s: Spectra,
  item: i32,
  to: usize,
  rowBytes: i32,
  columnBytes: i32,
  symmetric: bool,
  scales: bool = true,
): bool {
  const row = word(s.strides, s.ndim),
    column = word(s.strides, s.ndim + 1),
    from = source(s, item),
    double = isDouble;
  let most: f64 = 0;
  for (let i = 0; i < s.rows; i++) {
    const columns = symmetric ? i + 1 : s.columns;
    let at = from + i * row * bytes;
    for (let j = 0; j < columns; j++, at += column * bytes) {
      most = max(most, abs(loadReal(at, double)));
    }
  }
  // NaN is the larger one of any two.
  const finite = most < Infinity;
  const exponent = scales && finite && most > 0 ? max<u64>(1, min<u64>(2045, reinterpret<u64>(most) >> 52)) : 1023;
  scale = reinterpret<f64>((2046 - exponent) << 52);
  unscale = reinterpret<f64>(exponent << 52);
  for (let i = 0; i < s.rows; i++) {
    const columns = symmetric ? i + 1 : s.columns;
    let at = from + i * row * bytes;
    for (let j = 0; j < columns; j++, at += column * bytes) {
      const x = finite ? scale * loadReal(at, double) : 0;
      store<f64>(to + i * rowBytes + j * columnBytes, x);
      if (symmetric) store<f64>(to + j * rowBytes + i * columnBytes, x);
    }
  }
  return finite;
}
/**
 * Writes vectors, which are rows of `length` with elements `step` bytes apart: vector word(ranks, k) as column k of dst [length, count],
 * or as row k of dst [count, length].
 */
function write(
  dst: usize,
  count: i32,
  length: i32,
  from: usize,
  rowBytes: i32,
  step: i32,
  ranks: usize,
  byColumns: bool,
): void {
  const toStep = (byColumns ? count : 1) * bytes,
    double = isDouble;
  for (let k = 0; k < count; k++) {
    let at = from + word(ranks, k) * rowBytes,
      to = dst + (byColumns ? k : k * length) * bytes;
    // A zero has no sign: it would tell of the neighbour.
    for (let i = 0; i < length; i++, at += step, to += toStep) storeReal(to, double, load<f64>(at) + 0);
  }
}
function writeValues(dst: usize, count: i32, from: usize, step: i32, ranks: usize, by: f64): void {
  for (let k = 0; k < count; k++)
    storeReal(dst + k * bytes, isDouble, load<f64>(from + word(ranks, k) * step) * by + 0);
}
function fillNaN(dst: usize, count: i32): void {
  for (let i = 0; i < count; i++) storeReal(dst + i * bytes, isDouble, NaN);
}
/** The order of `count` values `step` bytes apart, by insertion. */
function rank(ranks: usize, count: i32, from: usize, step: i32, descending: bool): void {
  for (let i = 0; i < count; i++) {
    const x = load<f64>(from + i * step);
    let to = i;
    for (; to > 0; to--) {
      const before = load<f64>(from + word(ranks, to - 1) * step);
      if (descending ? before >= x : before <= x) break;
      setWord(ranks, to, word(ranks, to - 1));
    }
    setWord(ranks, to, i);
  }
}
@inline
function ranksBytes(n: i32): usize {
  return (wordBytes(n) + 63) & ~63;
}

function cut(s: Spectra, items: i32, cost: i64): i32 {
  s.share = <i32>max<i64>(1, min<i64>(PART / cost, items));
  return items ? quotientUp(items, s.share) : 0;
}
function itemsOf(s: Spectra, small: bool): i32 {
  return small ? (s.count + 1) >> 1 : s.count;
}

// -- symmetric matrices

@inline
function matrixBytes(s: Spectra): usize {
  return <usize>s.rows * <usize>s.columns * 16;
}
export function eighParts(s: Spectra): i32 {
  const small = s.rows <= SMALL,
    n = <i64>s.rows + 1;
  return cut(s, itemsOf(s, small), small ? n * n * (n + 20) : 4 * n * n * n);
}
export function eighSpace(s: Spectra): usize {
  const n = s.rows;
  return ranksBytes(n) + (n <= SMALL ? matrixBytes(s) + eighPairBytes(n) : eighBytes(n, s.lefts != 0));
}
export function eighPart(s: Spectra, part: i32): void {
  setType(s);
  eighs(s, part);
}
function eighs(s: Spectra, part: i32): void {
  const small = s.rows <= SMALL,
    end = min(itemsOf(s, small), (part + 1) * s.share);
  for (let item = part * s.share; item < end; item++) {
    if (small) eighTwo(s, 2 * item);
    else eighOne(s, item);
  }
}
function eighTwo(s: Spectra, item: i32): void {
  const n = s.rows,
    ranks = workspace(),
    a = ranks + ranksBytes(n),
    space = a + matrixBytes(s);
  const finite = read(s, item, a, n * 16, 16, true),
    unscaled = unscale;
  // The last one of an odd number stands beside itself.
  const other = min(item + 1, s.count - 1);
  const otherFinite = read(s, other, a + 8, n * 16, 16, true),
    otherUnscaled = unscale;
  const converged = eighPair(n, a, space, s.lefts != 0, !isDouble ? COARSE : f64.EPSILON);
  putEigh(s, item, eighValues, pairVectors, 16, unscaled, finite ? (converged ? 0 : 1) : -1);
  if (other != item)
    putEigh(s, other, eighValues + 8, pairVectors + 8, 16, otherUnscaled, otherFinite ? (converged ? 0 : 1) : -1);
}
function eighOne(s: Spectra, item: i32): void {
  const n = s.rows;
  const finite = read(s, item, startEigh(n, workspace() + ranksBytes(n)), n * 8, 8, true);
  if (finite) decompose(n, s.lefts != 0);
  putEigh(s, item, eigenvalues, eigenvectors, 8, unscale, finite ? 0 : -1);
}
function putEigh(s: Spectra, item: i32, values: usize, vectors: usize, step: i32, by: f64, info: i32): void {
  const n = s.rows,
    ranks = workspace(),
    to = s.values + <usize>(item * n) * bytes,
    vectorsTo = s.lefts + <usize>item * <usize>(n * n) * bytes;
  store<i32>(s.info + wordBytes(item), info);
  if (info) {
    fillNaN(to, n);
    if (s.lefts) fillNaN(vectorsTo, n * n);
    return;
  }
  rank(ranks, n, values, step, false);
  writeValues(to, n, values, step, ranks, by);
  if (s.lefts) write(vectorsTo, n, n, vectors, n * step, step, ranks, true);
}

// -- singular values

export function svdParts(s: Spectra): i32 {
  const n = min(s.rows, s.columns),
    m = <i64>max(s.rows, s.columns) + 1,
    small = n <= SMALL,
    k = <i64>n + 1;
  return cut(s, itemsOf(s, small), small ? 4 * k * k * (k + 10) + m * k * k : 8 * m * k * k);
}
/** Left vectors of the matrix or, if it is wide, of its transpose. */
@inline
function tallVectors(s: Spectra): i32 {
  return s.lefts ? (s.rows >= s.columns ? s.leftCount : s.rightCount) : 0;
}
function pairSpace(s: Spectra): usize {
  const m = max(s.rows, s.columns),
    n = min(s.rows, s.columns);
  return matrixBytes(s) + svdPairBytes(m, n, tallVectors(s)) + longBytes(n * n);
}
export function svdSpace(s: Spectra): usize {
  const m = max(s.rows, s.columns),
    n = min(s.rows, s.columns);
  const space = pairSpace(s);
  return ranksBytes(m) + (n <= SMALL ? space : max(space, svdBytes(m, n, tallVectors(s))));
}
export function svdPart(s: Spectra, part: i32): void {
  setType(s);
  svds(s, part);
}
function svds(s: Spectra, part: i32): void {
  const small = min(s.rows, s.columns) <= SMALL,
    end = min(itemsOf(s, small), (part + 1) * s.share);
  for (let item = part * s.share; item < end; item++) {
    if (small) svdTwo(s, 2 * item, min(2 * item + 1, s.count - 1));
    else svdOne(s, item);
  }
}
function readPair(s: Spectra, item: i32, to: usize): bool {
  const m = max(s.rows, s.columns);
  return s.rows >= s.columns ? read(s, item, to, 16, m * 16, false) : read(s, item, to, m * 16, 16, false);
}
function svdTwo(s: Spectra, item: i32, other: i32): void {
  const m = max(s.rows, s.columns),
    n = min(s.rows, s.columns),
    a = workspace() + ranksBytes(m),
    space = a + matrixBytes(s);
  const finite = readPair(s, item, a),
    unscaled = unscale;
  const otherFinite = readPair(s, other, a + 8),
    otherUnscaled = unscale;
  const tolerance = !isDouble ? COARSE : f64.EPSILON * max<f64>(1, sqrt<f64>(n));
  const converged = svdPair(m, n, a, tallVectors(s), space, tolerance);
  putPair(s, item, 0, unscaled, finite ? (converged ? 0 : 1) : -1);
  if (other != item) putPair(s, other, 1, otherUnscaled, otherFinite ? (converged ? 0 : 1) : -1);
}
// The right vectors of a lane, made unit vectors; those of what is as good as zero are made anew.
function putPair(s: Spectra, item: i32, lane: i32, by: f64, info: i32): void {
  const m = max(s.rows, s.columns),
    n = min(s.rows, s.columns),
    side = (<usize>lane) << 3,
    rights = workspace() + ranksBytes(m) + matrixBytes(s) + svdPairBytes(m, n, tallVectors(s));
  if (!info && s.lefts) {
    for (let j = 0; j < n; j++) {
      const value = load<f64>(cell(pairValues, j) + side),
        row = rights + longBytes(j * n);
      const inverse = value > LEAST ? 1 / value : 0;
      for (let i = 0; i < n; i++) {
        const to = word(pairOrder, 2 * i + lane);
        store<f64>(row + longBytes(to), inverse * load<f64>(cell(pairRights, j * n + i) + side));
      }
    }
    for (let j = 0; j < n; j++) if (!(load<f64>(cell(pairValues, j) + side) > LEAST)) complete(n, rights, j);
  }
  putSvd(s, item, pairValues + side, pairLefts + side, rights, 16, by, info);
}
/** Makes row j of m a unit vector orthogonal to all other rows; those that are not made yet are zero. */
function complete(n: i32, m: usize, j: i32): void {
  const row = m + longBytes(j * n);
  // The unit vector that is least in the span of the others.
  let best = 0,
    least: f64 = Infinity;
  for (let i = 0; i < n; i++) {
    let square: f64 = 0;
    for (let k = 0; k < n; k++) {
      const x = load<f64>(m + longBytes(k * n + i));
      square += x * x;
    }
    if (square < least) {
      least = square;
      best = i;
    }
  }
  store<f64>(row + longBytes(best), 1);
  for (let round = 0; round < 2; round++) {
    for (let k = 0; k < n; k++) {
      const other = m + longBytes(k * n);
      if (k != j) addScaled(n, -dot(n, other, row), other, row);
    }
    scaleBy(n, 1 / norm(n, row), row);
  }
}
function svdOne(s: Spectra, item: i32): void {
  const m = max(s.rows, s.columns),
    n = min(s.rows, s.columns),
    isTall = s.rows >= s.columns;
  const a = startSvd(m, n, workspace() + ranksBytes(m));
  const finite = isTall ? read(s, item, a, n * 8, 8, false) : read(s, item, a, 8, n * 8, false);
  if (!finite) return putSvd(s, item, 0, 0, 0, 8, 1, -1);
  const by = unscale;
  let isSpread = isDouble && spansColumns(m, n, a);
  if (!isSpread) {
    decomposeBidiagonal(m, n, tallVectors(s));
    const most = load<f64>(singularValues + longBytes(n - 1));
    isSpread = isDouble && n <= MODERATE && SPAN * load<f64>(singularValues) < most;
  }
  if (isSpread) svdTwo(s, item, item);
  else putSvd(s, item, singularValues, leftVectors, rightVectors, 8, by, 0);
}
// Whether the norms of a's columns are of very different size.
function spansColumns(m: i32, n: i32, a: usize): bool {
  let least: f64 = Infinity,
    most: f64 = 0;
  for (let j = 0; j < n; j++) {
    let largest: f64 = 0;
    for (let i = 0; i < m; i++) largest = max(largest, abs(load<f64>(a + longBytes(i * n + j))));
    most = max(most, largest);
    if (largest > 0) least = min(least, largest);
  }
  return most > SPAN * least;
}
function putSvd(
  s: Spectra,
  item: i32,
  values: usize,
  lefts: usize,
  rights: usize,
  step: i32,
  by: f64,
  info: i32,
): void {
  const m = max(s.rows, s.columns),
    n = min(s.rows, s.columns),
    isTall = s.rows >= s.columns,
    ranks = workspace();
  const size = <usize>bytes,
    to = s.values + <usize>(item * n) * size,
    leftsTo = s.lefts + <usize>item * <usize>(s.rows * s.leftCount) * size,
    rightsTo = s.rights + <usize>item * <usize>(s.columns * s.rightCount) * size;
  store<i32>(s.info + wordBytes(item), info);
  if (info) {
    fillNaN(to, n);
    if (!s.lefts) return;
    fillNaN(leftsTo, s.rows * s.leftCount);
    fillNaN(rightsTo, s.columns * s.rightCount);
    return;
  }
  rank(ranks, n, values, step, true);
  writeValues(to, n, values, step, ranks, by);
  if (!s.lefts) return;
  for (let i = n; i < m; i++) setWord(ranks, i, i);
  write(isTall ? leftsTo : rightsTo, tallVectors(s), m, lefts, m * step, step, ranks, isTall);
  write(isTall ? rightsTo : leftsTo, n, n, rights, n * 8, 8, ranks, !isTall);
}

// -- general matrices

export function eigParts(s: Spectra): i32 {
  const n = <i64>s.rows + 1;
  return cut(s, s.count, 25 * n * n * n);
}
export function eigSpace(s: Spectra): usize {
  const n = <usize>s.rows;
  return denseBytes(2 * n * n + 5 * n);
}
export function eigPart(s: Spectra, part: i32): void {
  setType(s);
  const end = min(s.count, (part + 1) * s.share);
  for (let item = part * s.share; item < end; item++) eigOne(s, item);
}
// Values as a row of real parts and a row of imaginary ones, vectors [2n, n] likewise; of a complex pair the second is conjugate.
function eigOne(s: Spectra, item: i32): void {
  const n = s.rows;
  startDense(workspace());
  const a = region(<usize>n * <usize>n),
    v = region(<usize>n * <usize>n),
    re = region(n),
    im = region(n),
    space = region(3 * <usize>n);
  const finite = read(s, item, a, n * 8, 8, false, false);
  const info = finite ? (eigenvectorsOf(n, a, v, re, im, space) ? 0 : 1) : -1;
  store<i32>(s.info + wordBytes(item), info);
  const to = s.values + <usize>item * <usize>(2 * n * bytes),
    vectors = s.lefts + <usize>item * <usize>(2 * n * n * bytes);
  if (info) {
    fillNaN(to, 2 * n);
    fillNaN(vectors, 2 * n * n);
    return;
  }
  for (let j = 0; j < n; j++) {
    storeReal(to + j * bytes, isDouble, load<f64>(re + longBytes(j)) * eigenvalueScale);
    storeReal(to + (n + j) * bytes, isDouble, load<f64>(im + longBytes(j)) * eigenvalueScale);
  }
  for (let j = 0; j < n; j++) {
    if (load<f64>(im + longBytes(j)) == 0) putEigenvector(n, v + longBytes(j), 0, vectors + j * bytes, 1);
    else {
      putEigenvector(n, v + longBytes(j), v + longBytes(j + 1), vectors + j * bytes, 1);
      putEigenvector(n, v + longBytes(j), v + longBytes(j + 1), vectors + (j + 1) * bytes, -1);
      j++;
    }
  }
}
/** Roots, as `values`, for `squareRoot`; the rows of the matrix of whose root it is a derivative are `leftCount`. */
export function sqrtmSpace(s: Spectra): usize {
  const n = <usize>s.rows;
  return denseBytes(4 * n * n + rootSpace(n));
}
export function sqrtmPart(s: Spectra, part: i32): void {
  setType(s);
  const n = s.rows,
    size = <usize>n * <usize>n,
    end = min(s.count, (part + 1) * s.share);
  for (let item = part * s.share; item < end; item++) {
    startDense(workspace());
    const a = region(size),
      v = region(size),
      x = region(size),
      root = region(size),
      finite = read(s, item, a, n * 8, 8, false, false),
      done =
        finite &&
        squareRoot(n, s.leftCount, a, v, x, root, region(rootSpace(n)), isDouble ? f64.EPSILON : <f64>f32.EPSILON),
      to = s.values + <usize>item * size * <usize>bytes;
    if (!done) fillNaN(to, n * n);
    else for (let i = 0; i < n * n; i++) storeReal(to + i * bytes, isDouble, load<f64>(root + longBytes(i)));
  }
}
// A column of norm 1, whose largest element is real, as LAPACK's geev has it.
function putEigenvector(n: i32, re: usize, im: usize, to: usize, sign: f64): void {
  let most: f64 = 0,
    sum: f64 = 0,
    c: f64 = 1,
    s: f64 = 0;
  for (let i = 0; i < n; i++) {
    const x = load<f64>(re + longBytes(i * n)),
      y = im ? load<f64>(im + longBytes(i * n)) : 0,
      square = x * x + y * y;
    sum += square;
    if (im && square > most) {
      most = square;
      c = x;
      s = y;
    }
  }
  const by = 1 / (sqrt(sum) * sqrt(c * c + s * s));
  for (let i = 0; i < n; i++) {
    const x = load<f64>(re + longBytes(i * n)),
      y = im ? load<f64>(im + longBytes(i * n)) : 0;
    storeReal(to + i * n * bytes, isDouble, (x * c + y * s) * by);
    storeReal(to + (n + i) * n * bytes, isDouble, sign * (y * c - x * s) * by + 0);
  }
}
