// Divide and conquer: eigenvalues and vectors of a symmetric tridiagonal matrix, singular values and vectors of an upper bidiagonal one.
// Either is cut in two, of which each is solved in the same way, down to single rows; what joins them is one vector z beside the
// diagonal of both, a secular equation (secular.ts). After J. Cuppen, "A divide and conquer method for the symmetric tridiagonal
// eigenproblem" (1981), and M. Gu and S. Eisenstat, "A divide-and-conquer algorithm for the bidiagonal SVD" (1995).
//
// Vectors are rows: those of the right (`right`, of a symmetric matrix the only ones) and, of singular values, of the left. Rows of both
// parts stand where their values do, in the columns of their part:
//
//      symmetric, rows low … high:              bidiagonal, a row `cut` between the parts, one more column where `extra` is 1:
//      ┌───────────┬────────────┐               ┌─────────────┬──────────────┐
//      │ first part│            │ cut           │ first part  │              │ cut: what is left of the first part
//      ├───────────┼────────────┤               ├─────────────┼──────────────┤
//      │           │ second part│               │             │ second part  │ high, if extra: what nothing is multiplied with
//      └───────────┴────────────┘               └─────────────┴──────────────┘
//
// Where no vectors are asked for, rows have two columns: the first and the last element, of which alone z is made.
import { longBytes, setWord, word, wordBytes } from "../../memory/words";
import { EPSILON, at, hypotenuse, multiply, norm, put, region, rotate, scaleBy } from "./dense";
import { fitWeights, setSecular, solveSecular } from "./secular";

/** Where a row has elements: in the columns of the first part, of both, of the second. */
const FIRST: i32 = 1;
const BOTH: i32 = 2;
const SECOND: i32 = 3;
/** Elements that are smaller, beside the whole matrix of norm 1, are nothing. */
const TINY: f64 = 1e-100;

let bidiagonal: bool = false;
let thin: bool = false;
let d: usize = 0;
let e: usize = 0;
let right: usize = 0;
let rightPitch: i32 = 0;
let left: usize = 0;
let leftPitch: i32 = 0;

// What a merge works with, by value: z; by place in an order: numbers of rows.
let z: usize = 0;
let poles: usize = 0;
let weights: usize = 0;
let fitted: usize = 0;
let values: usize = 0;
let products: usize = 0;
let order: usize = 0;
let kinds: usize = 0;
let kept: usize = 0;
let places: usize = 0;
let deflated: usize = 0;
let differences: usize = 0;
let factors: usize = 0;
let gathered: usize = 0;
let results: usize = 0;

/** Numbers of workspace for n rows. */
export function conquerSpace(n: i32, vectors: bool): usize {
  const all = <usize>n + 1;
  return 11 * all + 2 * all * all + (vectors ? 2 * all * all : 4 * all);
}
function prepare(n: i32): void {
  const all = <usize>n + 1;
  z = region(all);
  poles = region(all);
  weights = region(all);
  fitted = region(all);
  values = region(all);
  products = region(all);
  order = region(all);
  kinds = region(all);
  kept = region(all);
  places = region(all);
  deflated = region(all);
  differences = region(all * all);
  factors = region(all * all);
  gathered = region(thin ? 2 * all : all * all);
  results = region(thin ? 2 * all : all * all);
}

/**
 * The eigenvalues, ascending, of the tridiagonal matrix with diagonal `diagonal` and, beside it, `beside`: in place of the diagonal; and
 * its eigenvectors as rows. The matrix has a norm of about 1. Without vectors rows has 2 columns.
 */
export function conquerTridiagonal(
  n: i32,
  diagonal: usize,
  beside: usize,
  rows: usize,
  pitch: i32,
  vectors: bool,
): void {
  bidiagonal = false;
  thin = !vectors;
  d = diagonal;
  e = beside;
  right = rows;
  rightPitch = pitch;
  prepare(n);
  memory.fill(right, 0, longBytes(n * pitch));
  if (n) conquer(0, n, 0);
}
/**
 * The singular values, ascending, of the upper bidiagonal matrix, in place of its diagonal, and its singular vectors as rows.
 */
export function conquerBidiagonal(
  n: i32,
  diagonal: usize,
  beside: usize,
  leftRows: usize,
  pitchLeft: i32,
  rightRows: usize,
  pitchRight: i32,
  vectors: bool,
): void {
  bidiagonal = true;
  thin = !vectors;
  d = diagonal;
  e = beside;
  left = leftRows;
  leftPitch = pitchLeft;
  right = rightRows;
  rightPitch = pitchRight;
  prepare(n);
  if (vectors) for (let i = 0; i < n; i++) memory.fill(left + longBytes(i * leftPitch), 0, longBytes(n));
  for (let i = 0; i < n; i++) memory.fill(right + longBytes(i * rightPitch), 0, longBytes(thin ? 2 : n));
  if (n) conquer(0, n, 0);
}

function conquer(low: i32, high: i32, extra: i32): void {
  if (!bidiagonal && high - low == 1) {
    put(right, low * rightPitch + (thin ? 0 : low), 1);
    if (thin) put(right, low * rightPitch + 1, 1);
    return;
  }
  const cut = (low + high) >> 1;
  if (!bidiagonal) {
    // The cut matrix has the element beside it taken from both diagonals.
    const beside = abs(at(e, cut - 1));
    put(d, cut - 1, at(d, cut - 1) - beside);
    put(d, cut, at(d, cut) - beside);
    conquer(low, cut, 0);
    conquer(cut, high, 0);
    joinTridiagonal(low, cut, high);
    return;
  }
  // An empty part has one column, or none.
  if (cut > low) conquer(low, cut, 1);
  else putUnit(cut, cut);
  if (high - cut > 1) conquer(cut + 1, high, extra);
  else if (extra) putUnit(high, high);
  joinBidiagonal(low, cut, high, extra);
}
function putUnit(row: i32, column: i32): void {
  put(right, row * rightPitch + (thin ? 0 : column), 1);
  if (thin) put(right, row * rightPitch + 1, 1);
}

// Takes the last element of rows of the first part, or the first of rows of the second, by c into z.
function takeZ(from: i32, to: i32, column: i32, c: f64, kind: i32): void {
  for (let i = from; i < to; i++) {
    const row = right + longBytes(i * rightPitch);
    put(z, i, c * at(row, thin ? (kind == FIRST ? 1 : 0) : column));
    // The first element of all is not in the second part, the last is not in the first.
    if (thin) put(row, kind == FIRST ? 1 : 0, 0);
    setWord(kinds, i, kind);
  }
}

function joinTridiagonal(low: i32, cut: i32, high: i32): void {
  const beside = at(e, cut - 1);
  takeZ(low, cut, cut - 1, Math.SQRT1_2, FIRST);
  takeZ(cut, high, cut, copysign<f64>(Math.SQRT1_2, beside), SECOND);
  sortParts(low, cut, cut, high, 0);
  merge(low, cut, high, 0, 2 * abs(beside));
}

function joinBidiagonal(low: i32, cut: i32, high: i32, extra: i32): void {
  const alpha = at(d, cut),
    // The second part has a column.
    beta = high - cut - 1 + extra > 0 ? at(e, cut) : 0;
  takeZ(low, cut + 1, cut, alpha, FIRST);
  if (high > cut + 1 || extra) takeZ(cut + 1, high + extra, cut + 1, beta, SECOND);
  put(d, cut, 0);
  if (extra) {
    // Of what both parts multiply with nothing, one direction meets row `cut`, and the other still nothing.
    const a = at(z, cut),
      b = at(z, high),
      length = hypotenuse(a, b);
    if (length > 0) {
      const first = thin ? 0 : low;
      rotate(
        thin ? 2 : high + 1 - low,
        right + longBytes(cut * rightPitch + first),
        right + longBytes(high * rightPitch + first),
        a / length,
        b / length,
      );
    }
    put(z, cut, length);
  }
  setWord(kinds, cut, BOTH);
  if (!thin) put(left, cut * leftPitch + cut, 1);
  setWord(order, 0, cut);
  sortParts(low, cut, cut + 1, high, 1);
  merge(low, cut + 1, high, extra, 1);
}

// The order of the values of both parts, which are sorted each, from place `to` on.
function sortParts(a: i32, aEnd: i32, b: i32, bEnd: i32, to: i32): void {
  while (a < aEnd || b < bEnd) {
    const fromFirst = b >= bEnd || (a < aEnd && at(d, a) <= at(d, b));
    setWord(order, to++, fromFirst ? a++ : b++);
  }
}

function rotateVectors(i: i32, j: i32, low: i32, high: i32, extra: i32, c: f64, s: f64, both: bool): void {
  const first = thin ? 0 : low,
    width = thin ? 2 : high + extra - low;
  rotate(width, right + longBytes(i * rightPitch + first), right + longBytes(j * rightPitch + first), c, s);
  if (!both || !bidiagonal || thin) return;
  rotate(high - low, left + longBytes(i * leftPitch + low), left + longBytes(j * leftPitch + low), c, s);
}

/** From diag(d) + rho·zzᵀ, or z as row `cut` beside the diagonal d, to the values and vectors of rows low … high. */
function merge(low: i32, split: i32, high: i32, extra: i32, rho: f64): void {
  const n = high - low,
    cut = split - 1;
  let most: f64 = 0;
  for (let i = low; i < high; i++) most = max(most, max(abs(at(d, i)), bidiagonal ? abs(at(z, i)) : rho));
  const tolerance = max(8 * EPSILON * most, TINY);
  const weight = bidiagonal ? 1 : rho;
  let count = 0,
    gone = 0,
    last = -1,
    t = 0;
  if (bidiagonal) {
    // Its z is what the smallest value comes from; it is never left out.
    if (abs(at(z, cut)) <= tolerance) put(z, cut, tolerance);
    setWord(kept, count++, cut);
    t = 1;
  }
  for (; t < n; t++) {
    const j = word(order, t);
    if (weight * abs(at(z, j)) <= tolerance) {
      setWord(deflated, gone++, j);
      continue;
    }
    if (bidiagonal && at(d, j) <= tolerance) {
      const a = at(z, cut),
        b = at(z, j),
        length = hypotenuse(a, b);
      rotateVectors(cut, j, low, high, extra, a / length, b / length, false);
      setWord(kinds, j, BOTH);
      put(z, cut, length);
      setWord(deflated, gone++, j);
      continue;
    }
    if (last >= 0) {
      const a = at(z, last),
        b = at(z, j),
        length = hypotenuse(a, b);
      const c = b / length,
        s = -a / length;
      const gap = at(d, j) - at(d, last);
      if (abs(gap * c * s) <= tolerance) {
        put(z, j, length);
        put(z, last, 0);
        if (word(kinds, last) != word(kinds, j)) {
          setWord(kinds, j, BOTH);
          setWord(kinds, last, BOTH);
        }
        rotateVectors(last, j, low, high, extra, c, s, true);
        const moved = gap * s * s;
        put(d, j, at(d, j) - moved);
        put(d, last, at(d, last) + moved);
        setWord(deflated, gone++, last);
        last = j;
        continue;
      }
      setWord(kept, count++, last);
    }
    last = j;
  }
  if (last >= 0) setWord(kept, count++, last);

  for (let k = 0; k < count; k++) {
    const j = word(kept, k),
      zj = at(z, j);
    put(poles, k, at(d, j));
    put(fitted, k, zj);
    put(weights, k, weight * zj * zj);
  }
  setSecular(count, poles, weights, bidiagonal);
  for (let k = 0; k < count; k++) put(values, k, solveSecular(k, differences + longBytes(k * count)));
  fitWeights(differences, fitted, products);

  // Columns of the factors by kind, so that each part is one product.
  let place = 0,
    inFirst = 0,
    inSecond = 0;
  for (let kind = FIRST; kind <= SECOND; kind++) {
    for (let k = 0; k < count; k++) if (word(kinds, word(kept, k)) == kind) setWord(places, k, place++);
    if (kind == FIRST) inSecond = place;
    else if (kind == BOTH) inFirst = place;
  }
  for (let i = 0; i < gone; i++) put(values, count + i, at(d, word(deflated, i)));
  sortValues(n);

  if (bidiagonal && !thin) {
    makeFactors(count, true);
    turn(left, leftPitch, low, split, high, count, gone, inFirst, inSecond);
  }
  makeFactors(count, false);
  turn(right, rightPitch, low, split, high + extra, count, gone, inFirst, inSecond);
  for (let i = 0; i < n; i++) put(d, low + i, at(values, word(order, i)));
}

// The order of `values`, by insertion: the roots are ascending, what was deflated nearly so.
function sortValues(n: i32): void {
  for (let i = 0; i < n; i++) {
    const x = at(values, i);
    let to = i;
    for (; to > 0 && at(values, word(order, to - 1)) > x; to--) setWord(order, to, word(order, to - 1));
    setWord(order, to, i);
  }
}

// The vectors of what the secular equation has solved, as rows, in the coordinates of the rows that are kept.
function makeFactors(count: i32, ofLeft: bool): void {
  for (let k = 0; k < count; k++) {
    const row = differences + longBytes(k * count),
      to = factors + longBytes(k * count);
    for (let j = 0; j < count; j++) {
      let x = at(fitted, j) / at(row, j);
      if (ofLeft) x = j ? x * at(poles, j) : -1;
      put(to, word(places, j), x);
    }
    scaleBy(count, 1 / norm(count, to), to);
  }
}

// Vectors low … by the factors, and those that are left as they are, in the order of the values.
function turn(
  m: usize,
  pitch: i32,
  low: i32,
  split: i32,
  end: i32,
  count: i32,
  gone: i32,
  inFirst: i32,
  inSecond: i32,
): void {
  const start = thin ? 0 : low,
    firstWidth = thin ? 1 : split - low,
    width = thin ? 2 : end - low;
  const from = m + longBytes(start);
  // Rows with elements in the first part, in the order of the factors' columns.
  for (let k = 0; k < count; k++) {
    const place = word(places, k);
    if (place >= inFirst) continue;
    memory.copy(
      gathered + longBytes(place * firstWidth),
      from + longBytes(word(kept, k) * pitch),
      longBytes(firstWidth),
    );
  }
  multiply(count, firstWidth, inFirst, factors, count, 1, gathered, firstWidth, 1, results, width, false);
  const rest = width - firstWidth;
  for (let k = 0; k < count; k++) {
    const place = word(places, k) - inSecond;
    if (place < 0) continue;
    memory.copy(
      gathered + longBytes(place * rest),
      from + longBytes(word(kept, k) * pitch + firstWidth),
      longBytes(rest),
    );
  }
  const second = results + longBytes(firstWidth);
  multiply(
    count,
    rest,
    count - inSecond,
    factors + longBytes(inSecond),
    count,
    1,
    gathered,
    rest,
    1,
    second,
    width,
    false,
  );
  for (let i = 0; i < gone; i++) {
    const to = results + longBytes((count + i) * width);
    memory.copy(to, from + longBytes(word(deflated, i) * pitch), longBytes(width));
  }
  for (let i = 0; i < count + gone; i++) {
    memory.copy(from + longBytes((low + i) * pitch), results + longBytes(word(order, i) * width), longBytes(width));
  }
}
