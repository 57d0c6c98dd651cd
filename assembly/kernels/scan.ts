// Scans: what has come together so far, at every place along one dim.
//
//      Sum        y_i = y_{i-1} + x_i
//      Product    y_i = y_{i-1} · x_i
//      Linear     y_i = a_i·y_{i-1} + x_i; backwards, where it is the transpose of that, y_i = a_{i+1}·y_{i+1} + x_i
//      Logarithm  y_i = log(e^y_{i-1} + e^x_i)
//      Extreme    y_i the larger, or the smaller, of y_{i-1} and x_i, and where it stands
//
// Operands are contiguous, as outer × n × inner with the dim in the middle; src may be dst. What floats come to is kept in float64,
// whatever their dtype. Parts are rows or ranges of columns, each from its beginning to its end. Long sums alone are cut along the dim:
// into chunks that begin at 0 and are added to what comes before them. The chunks are a matter of n, not of threads, so neither are
// the results.
import { DType } from "../abi/opcodes";
import { kernelScratch } from "../threads/scratch";
import { longBytes } from "../memory/words";
import { ACCUMULATED, Affine, affineColumns, affineRow } from "./scan/affine";
import { extremesOfColumns, extremesOfRow } from "./scan/extremes";
import { logarithms } from "./scan/logarithms";
import { productOfRow, sumOfRow } from "./scan/prefix";
import { quotientUp } from "./strided";

export const enum Scanning {
  Sum,
  Product,
  Linear,
  Logarithm,
  Largest,
  Smallest,
}

@unmanaged
export class Scan {
  kind: i32;
  dtype: i32;
  isBackwards: i32;
  /** Whether threads are there to share it. Alone, one reads columns by whole rows, and a long row once. */
  isShared: i32;
  outer: i32;
  n: i32;
  inner: i32;
  dst: usize;
  src: usize;
  /** Linear: the coefficients, laid out as src. Extremes: where the int32 positions go. */
  other: usize;
  /** For the totals of chunks, scanWorkspace bytes, where that is not 0. */
  totals: usize;
}

/** Elements that are worth a part, some 50 µs, and how many parts there are at most. */
const PART: i32 = 65536;
const MAX_PARTS: i32 = 64;
/** Rows that are enough for all threads: fewer long ones are cut. */
const MANY: i32 = 8;
/** Columns to a tile: at most as many as find room in scratch; at least a line of the cache. */
const WIDEST: i32 = 512;
const NARROWEST: i32 = 16;
const CHUNK: i32 = 65536;

// @ts-ignore: decorator
@inline
function elementSize(dtype: i32): i32 {
  return dtype == DType.Float64 ? 8 : 4;
}
/** Columns that are scanned together. */
function tileWidth(s: Scan, isShared: bool): i32 {
  const least = isShared && s.outer < MANY ? quotientUp(s.inner, MANY * NARROWEST) * NARROWEST : WIDEST;
  return min(s.inner, min(least, WIDEST));
}
/** Chunks that a row is cut into. */
function chunkCount(s: Scan, isShared: bool): i32 {
  const isCut = isShared && s.kind == Scanning.Sum && s.dtype >= DType.Float32 && s.inner == 1 && s.outer < MANY;
  return isCut ? quotientUp(s.n, CHUNK) : 1;
}
/** What parts share: tiles, each of one outer position, or chunks. */
function unitCount(s: Scan, isShared: bool): i32 {
  return s.outer * quotientUp(s.inner, tileWidth(s, isShared)) * chunkCount(s, isShared);
}

/** Bytes for the totals of chunks, which `scanTotals` finds, all parts of it, before `scanPart` is called. */
export function scanWorkspace(s: Scan): i32 {
  const isShared = s.isShared != 0;
  return chunkCount(s, isShared) > 1 ? <i32>longBytes(unitCount(s, isShared)) : 0;
}
/**
 * How many parts there are, which are called in any order and at once. It is the same where nobody shares them: some do nothing then,
 * but they tell how much there would have been to share.
 */
export function scanParts(s: Scan): i32 {
  const work = <f64>s.outer * <f64>s.n * <f64>s.inner;
  return max(1, min(unitCount(s, true), <i32>min(<f64>MAX_PARTS, work / <f64>PART)));
}
export function scanTotals(s: Scan, part: i32): void {
  visit(s, part, true);
}
export function scanPart(s: Scan, part: i32): void {
  visit(s, part, false);
}
/** Between the two: the total of each chunk becomes that of all before it. */
export function scanOffsets(s: Scan): void {
  const chunks = chunkCount(s, true);
  for (let unit = 0; unit < s.outer * chunks; unit += chunks) {
    let sum = 0.0;
    for (let at = s.totals + longBytes(unit), end = at + longBytes(chunks); at < end; at += 8) {
      const total = load<f64>(at);
      store<f64>(at, sum);
      sum += total;
    }
  }
}

function visit(s: Scan, part: i32, forTotals: bool): void {
  const isShared = s.isShared != 0;
  const units = unitCount(s, isShared),
    parts = scanParts(s),
    chunks = chunkCount(s, isShared);
  const end = <i32>((<i64>units * (part + 1)) / parts);
  for (let unit = <i32>((<i64>units * part) / parts); unit < end; unit++) {
    if (chunks > 1) {
      const total = s.totals + longBytes(unit);
      if (forTotals) store<f64>(total, sumOfChunk(s, unit / chunks, unit % chunks, 0, true));
      else sumOfChunk(s, unit / chunks, unit % chunks, load<f64>(total), false);
    } else if (s.dtype == DType.Float64) scanTile<f64>(s, unit);
    else if (s.dtype == DType.Float32) scanTile<f32>(s, unit);
    else scanTile<i32>(s, unit);
  }
}

/** Sums of one chunk of a row, after what is before it; returns its own total. For that alone all go to one place in scratch. */
function sumOfChunk(s: Scan, row: i32, chunk: i32, before: f64, forTotal: bool): f64 {
  const size = elementSize(s.dtype);
  const start = chunk * CHUNK;
  const n = min(CHUNK, s.n - start);
  const at = (<usize>row * s.n + (s.isBackwards ? s.n - 1 - start : start)) * size;
  const dst = forTotal ? kernelScratch + ACCUMULATED + 16 : s.dst + at;
  const step = forTotal ? 0 : size;
  return size == 8
    ? sumOfRow<f64>(dst, step, s.src + at, n, s.isBackwards, before)
    : sumOfRow<f32>(dst, step, s.src + at, n, s.isBackwards, before);
}

function scanTile<T>(s: Scan, unit: i32): void {
  const size = <i32>sizeof<T>();
  const width = tileWidth(s, s.isShared != 0);
  const tiles = quotientUp(s.inner, width);
  const outer = unit / tiles;
  const column = (unit % tiles) * width;
  const columns = min(width, s.inner - column);
  const row = s.inner * size;
  // The place where the scan begins, and how far it is to the next.
  const first = s.isBackwards ? s.n - 1 : 0;
  const step = s.isBackwards ? -row : row;
  const at = (<usize>outer * s.n + first) * row + <usize>column * size;
  const dst = s.dst + at;
  const src = s.src + at;
  if (s.kind >= Scanning.Largest) {
    const positions = s.other + (at / size) * 4;
    const isSmallest = s.kind == Scanning.Smallest;
    if (s.inner == 1) extremesOfRow<T>(dst, positions, src, s.n, isSmallest);
    else extremesOfColumns<T>(dst, positions, src, s.inner, s.n, columns, isSmallest);
    return;
  }
  if (isFloat<T>()) {
    if (s.kind == Scanning.Logarithm) return logarithms<T>(dst, src, row, s.n, columns);
    if (s.inner == 1 && s.kind == Scanning.Sum) {
      let before = 0.0;
      for (let chunk = 0; chunk * CHUNK < s.n; chunk++) before += sumOfChunk(s, outer, chunk, before, false);
      return;
    }
    if (s.inner == 1 && s.kind == Scanning.Product) return productOfRow<T>(dst, src, s.n);
  }
  scanAffinely<T>(s, dst, src, s.other + at, row, step, columns);
}

/** By y_i = a_i·y_{i-1} + b_i, where a sum has a = 1 and a product b = −0, which changes nothing, not even the sign of a 0. */
function scanAffinely<T>(s: Scan, dst: usize, src: usize, factors: usize, row: i32, step: i32, columns: i32): void {
  const isLinear = s.kind == Scanning.Linear;
  const isProduct = s.kind == Scanning.Product;
  const loop = changetype<Affine>(kernelScratch + ACCUMULATED - offsetof<Affine>());
  loop.dst = dst;
  loop.step = step;
  loop.a = isProduct ? src : one<T>();
  loop.aStep = isProduct ? step : 0;
  loop.b = isProduct ? none<T>() : src;
  loop.bStep = isProduct ? 0 : step;
  loop.n = isLinear ? 1 : s.n;
  loop.columns = columns;
  loop.start = isProduct ? 1 : 0;
  const isRow = s.inner == 1;
  if (isRow) affineRow<T>(loop);
  else affineColumns<T>(loop, true);
  if (!isLinear || s.n == 1) return;
  // The first value has no factor. That of the next one stands beside it; backwards, beside the value before.
  loop.a = s.isBackwards ? factors : factors + step;
  loop.aStep = step;
  loop.dst = dst + step;
  loop.b = src + step;
  loop.n = s.n - 1;
  if (isRow) affineRow<T>(loop);
  else affineColumns<T>(loop, false);
}

const ONES_32 = memory.data<f32>([1, 1, 1, 1]);
const ONES_64 = memory.data<f64>([1, 1]);
const ONES_INT = memory.data<i32>([1, 1, 1, 1]);
const NONE_32 = memory.data<f32>([-0.0, -0.0, -0.0, -0.0]);
const NONE_64 = memory.data<f64>([-0.0, -0.0]);
const NONE_INT = memory.data<i32>([0, 0, 0, 0]);
// @ts-ignore: decorator
@inline
function one<T>(): usize {
  return isFloat<T>() ? (sizeof<T>() == 8 ? ONES_64 : ONES_32) : ONES_INT;
}
// @ts-ignore: decorator
@inline
function none<T>(): usize {
  return isFloat<T>() ? (sizeof<T>() == 8 ? NONE_64 : NONE_32) : NONE_INT;
}
