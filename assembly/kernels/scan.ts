// Scans: what has come together so far, at every place along one dim.
//
//      Sum        y_i = y_{i-1} + x_i
//      Product    y_i = y_{i-1} · x_i
//      Linear     y_i = a_i·y_{i-1} + x_i; backwards, where it is the transpose of that, y_i = a_{i+1}·y_{i+1} + x_i
//      Logarithm  y_i = log(e^y_{i-1} + e^x_i)
//      Extreme    y_i the larger, or the smaller, of y_{i-1} and x_i, and where it stands
//
// Operands are contiguous, as outer × n × inner with the dim in the middle; src may be dst. What floats come to is kept in float64,
// whatever their dtype. Parts are rows or ranges of columns, each from its beginning to its end. Short rows are turned over, some at a time,
// and scanned as columns. Long sums alone are cut along the dim: into chunks that begin at 0 and are added to what comes before them. The
// chunks are a matter of n, not of threads, so neither are the results.
import { DType } from "../abi/opcodes";
import { kernelScratch } from "../threads/scratch";
import { longBytes, wordBytes } from "../memory/words";
import { transpose } from "./copy/transpose";
import { ACCUMULATED, AFFINE, Affine, affineColumns, affineRow } from "./scan/affine";
import { extremesOfColumns, extremesOfRow } from "./scan/extremes";
import { SEQUENCES, logarithms } from "./scan/logarithms";
import { prefixesOfRows, productOfRow, sumOfRow } from "./scan/prefix";
import { PARTIAL_ROWS, quotientUp } from "./strided";

export const enum Scanning {
  Sum,
  Product,
  Linear,
  Logarithm,
  Largest,
  Smallest,
}

/** The caller fills it in up to `other`, and calls `planScan`. */
@unmanaged
export class Scan {
  kind: i32;
  /** int32 for sums and products alone. */
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
  /** How many parts there are, which are called in any order and at once. */
  parts: i32;
  /** What they share: tiles of so many columns, or chunks of a row. */
  units: i32;
  width: i32;
  chunks: i32;
  /** For the totals of chunks, `planScan` bytes, where that is not 0. */
  totals: usize;
  /** Where this is not 0, the units are so many rows. */
  together: i32;
}

/** Elements that are worth a part, some 50 µs, and how many parts there are at most. */
const PART: i32 = 65536;
const MAX_PARTS: i32 = 64;
/** Rows that are enough for all threads: fewer long ones are cut. */
const MANY: i32 = 8;
/** Columns to a tile: at most as many as find room in scratch, since memory is read fastest by long runs; at least a line of the cache. */
const WIDEST: i32 = 4096;
const NARROWEST: i32 = 16;
/** Tiles that columns are shared out in. */
const TILES: i32 = 4;
const CHUNK: i32 = 65536;
/** Rows are turned over where there are some, as many at a time as make a tile, whose rows lie some elements apart: else they would share sets of the cache. */
const SOME: i32 = 16;
const TURNED: i32 = 2048;
const GAP: i32 = 4;
/** Where in scratch a tile lies, and its positions: between what the kernels of columns have there for as many as a tile has. */
const TILE: usize = PARTIAL_ROWS + 4096;
const TILE_POSITIONS: usize = TILE + 8 * TURNED;

/**
 * Lays a scan out; returns the bytes that totals take, which `scanTotals`, all parts of it, finds before `scanPart` is called. There are
 * as many parts where nobody shares them: some do nothing then, but they tell how much there would have been to share.
 */
export function planScan(s: Scan): i32 {
  let units = 0;
  for (let shared = 1; shared >= s.isShared; shared--) {
    const isCut = shared && s.outer < MANY;
    const least = isCut ? quotientUp(s.inner, TILES * NARROWEST) * NARROWEST : WIDEST;
    s.width = min(s.inner, min(least, WIDEST));
    s.chunks = isCut && isSumOfRow(s) ? quotientUp(s.n, CHUNK) : 1;
    s.together = rowsTogether(s);
    s.units = s.together ? quotientUp(s.outer, s.together) : s.outer * quotientUp(s.inner, s.width) * s.chunks;
    units = max(units, s.units);
    if (!shared) break;
  }
  const work = <f64>s.outer * <f64>s.n * <f64>s.inner;
  s.parts = max(1, min(units, <i32>min(<f64>MAX_PARTS, work / <f64>PART)));
  return s.chunks > 1 ? <i32>longBytes(s.units) : 0;
}
function isSumOfRow(s: Scan): bool {
  return s.kind == Scanning.Sum && s.dtype >= DType.Float32 && s.inner == 1;
}
/** How many rows are scanned together, or 0. */
function rowsTogether(s: Scan): i32 {
  if (s.inner > 1) return 0;
  if (s.kind == Scanning.Logarithm) return s.outer < MANY ? 1 : SEQUENCES;
  if (s.kind == Scanning.Linear || s.outer < SOME) return 0;
  if (s.n > shortRow(s)) return s.kind <= Scanning.Product && s.dtype >= DType.Float32 ? 4 : 0;
  return min((TURNED / s.n - GAP) & -SOME, TURNED / 8);
}
/** The longest row that is scanned sooner when it is turned over, by measurement. */
function shortRow(s: Scan): i32 {
  if (s.dtype < DType.Float32) return 100;
  if (s.kind >= Scanning.Largest) return s.dtype == DType.Float32 ? 32 : 24;
  return s.dtype == DType.Float32 ? 12 : 2;
}

/** The total of each chunk. */
export function scanTotals(s: Scan, part: i32): void {
  for (let unit = firstUnit(s, part), end = firstUnit(s, part + 1); unit < end; unit++) {
    store<f64>(s.totals + longBytes(unit), sumOfChunk(s, unit / s.chunks, unit % s.chunks, 0, true));
  }
}
/** Between the two: the total of each chunk becomes that of all before it. */
export function scanOffsets(s: Scan): void {
  let sum = 0.0;
  for (let unit = 0; unit < s.units; unit++) {
    if (unit % s.chunks == 0) sum = 0;
    const at = s.totals + longBytes(unit);
    const total = load<f64>(at);
    store<f64>(at, sum);
    sum += total;
  }
}
export function scanPart(s: Scan, part: i32): void {
  for (let unit = firstUnit(s, part), end = firstUnit(s, part + 1); unit < end; unit++) {
    if (s.chunks > 1) sumOfChunk(s, unit / s.chunks, unit % s.chunks, load<f64>(s.totals + longBytes(unit)), false);
    else scanTile(s, unit);
  }
}
function firstUnit(s: Scan, part: i32): i32 {
  return <i32>((<i64>s.units * part) / s.parts);
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
// @ts-ignore: decorator
@inline
function elementSize(dtype: i32): i32 {
  return dtype == DType.Float64 ? 8 : 4;
}

function scanTile(s: Scan, unit: i32): void {
  const kind = s.kind,
    dtype = s.dtype,
    size = elementSize(dtype);
  if (s.together) {
    const first = unit * s.together,
      rows = min(s.together, s.outer - first),
      row = s.n * size,
      at = <usize>first * row,
      dst = s.dst + at,
      src = s.src + at;
    if (kind == Scanning.Logarithm) logarithms(size, dst, src, size, row, s.n, rows);
    else if (s.n > shortRow(s)) {
      const isProduct = kind == Scanning.Product;
      if (size == 8) prefixesOfRows<f64>(dst, src, s.n, rows, isProduct, s.isBackwards);
      else prefixesOfRows<f32>(dst, src, s.n, rows, isProduct, s.isBackwards);
    } else if (size == 8) scanTurned<f64>(s, dst, s.other + wordBytes(first * s.n), src, rows);
    else scanTurned<f32>(s, dst, s.other + wordBytes(first * s.n), src, rows);
    return;
  }
  const tiles = quotientUp(s.inner, s.width);
  const outer = unit / tiles;
  const column = (unit % tiles) * s.width;
  const columns = min(s.width, s.inner - column);
  const row = s.inner * size;
  // The place where the scan begins.
  const first = s.isBackwards ? s.n - 1 : 0;
  const at = (<usize>outer * s.n + first) * row + <usize>column * size;
  const dst = s.dst + at,
    src = s.src + at;
  if (kind >= Scanning.Largest) {
    const positions = s.other + (at / size) * 4;
    if (size == 8) extremes<f64>(s, dst, positions, src, columns);
    else extremes<f32>(s, dst, positions, src, columns);
  } else if (kind == Scanning.Logarithm) {
    logarithms(size, dst, src, row, size, s.n, columns);
  } else if (isSumOfRow(s)) {
    let before = 0.0;
    for (let chunk = 0; chunk * CHUNK < s.n; chunk++) before += sumOfChunk(s, outer, chunk, before, false);
  } else if (kind == Scanning.Product && s.inner == 1 && dtype >= DType.Float32) {
    if (size == 8) productOfRow<f64>(dst, src, s.n);
    else productOfRow<f32>(dst, src, s.n);
  } else affine(s, dst, src, s.other + at, s.isBackwards ? -row : row, columns, s.inner == 1);
}
/** Some rows, turned over: a vector has elements of several rows then, and none waits for another. */
// @ts-ignore: decorator
@inline
function scanTurned<T>(s: Scan, dst: usize, positions: usize, src: usize, rows: i32): void {
  const size = <i32>sizeof<T>(),
    n = s.n,
    wide = ((rows + 3) & ~3) + GAP,
    row = wide * size,
    tile = kernelScratch + TILE,
    tilePositions = kernelScratch + TILE_POSITIONS;
  transpose<T>(tile, row, src, n * size, n, rows);
  if (s.kind >= Scanning.Largest) {
    extremesOfColumns<T>(tile, tilePositions, tile, wide, n, rows, s.kind == Scanning.Smallest);
    transpose<i32>(positions, n << 2, tilePositions, wide << 2, rows, n);
  } else {
    const first = s.isBackwards ? tile + (n - 1) * row : tile;
    affine(s, first, first, 0, s.isBackwards ? -row : row, rows, false);
  }
  transpose<T>(dst, n * size, tile, row, rows, n);
}
// @ts-ignore: decorator
@inline
function extremes<T>(s: Scan, dst: usize, positions: usize, src: usize, columns: i32): void {
  const isSmallest = s.kind == Scanning.Smallest;
  if (s.inner == 1) extremesOfRow<T>(dst, positions, src, s.n, isSmallest);
  else extremesOfColumns<T>(dst, positions, src, s.inner, s.n, columns, isSmallest);
}

/** By y_i = a_i·y_{i-1} + b_i, where a sum has a = 1 and a product b = −0, which changes nothing, not even the sign of a 0. */
function affine(s: Scan, dst: usize, src: usize, factors: usize, step: i32, columns: i32, isRow: bool): void {
  const isLinear = s.kind == Scanning.Linear,
    isProduct = s.kind == Scanning.Product;
  const constants = (<usize>(s.dtype - DType.Int32)) << 4;
  const loop = changetype<Affine>(kernelScratch + AFFINE);
  loop.dst = dst;
  loop.step = step;
  loop.a = isProduct ? src : ONES + constants;
  loop.aStep = isProduct ? step : 0;
  loop.b = isProduct ? NOTHING + constants : src;
  loop.bStep = isProduct ? 0 : step;
  loop.n = isLinear ? 1 : s.n;
  loop.columns = columns;
  loop.start = isProduct ? 1 : 0;
  run(s, loop, isRow, true);
  if (!isLinear) return;
  // The first value has no factor. That of the next one stands beside it; backwards, beside the value before.
  loop.a = s.isBackwards ? factors : factors + step;
  loop.aStep = step;
  loop.dst = dst + step;
  loop.b = src + step;
  loop.n = s.n - 1;
  run(s, loop, isRow, false);
}
function run(s: Scan, loop: Affine, isRow: bool, isFirst: bool): void {
  if (s.dtype == DType.Float32) {
    if (isRow) affineRow<f32>(loop);
    else affineColumns<f32>(loop, isFirst);
  } else if (s.dtype == DType.Float64) {
    if (isRow) affineRow<f64>(loop);
    else affineColumns<f64>(loop, isFirst);
  } else if (isRow) affineRow<i32>(loop);
  else affineColumns<i32>(loop, isFirst);
}

// A vector each of int32, float32 and float64: 1, and −0.
const ONES = memory.data<u32>([1, 1, 1, 1, 0x3f800000, 0x3f800000, 0x3f800000, 0x3f800000, 0, 0x3ff00000, 0, 0x3ff00000]); // prettier-ignore
const NOTHING = memory.data<u32>([0, 0, 0, 0, 0x80000000, 0x80000000, 0x80000000, 0x80000000, 0, 0x80000000, 0, 0x80000000]); // prettier-ignore
