// How a convolution without input dilation is cut into blocks. A block is a box of output positions (batch × spatial, the
// columns of a matrix product) by a box of channels × taps (its depth). What a block reads of x is a window: another box, from
// which every patch is at hand by adding two offsets, one of the position and one of the tap:
//
//      along an axis, element v = p·stride + k·tapDilation of the window lies at  (v mod m)·quotients + v div m
//
// With m = stride, neighbouring positions lie side by side whatever the stride; with m = tapDilation, neighbouring taps do. x
// itself is the window where it needs neither padding nor reordering.
import { COLUMN_BYTES, ROWS } from "../gemm/micro";
import { Axis, CONVOLUTION_BYTES, Convolution, ceilDivide } from "./descriptor";
import { wordBytes } from "../../memory/words";

/** Bytes of columns: with DEPTH, packed patches take up to 576 KiB. */
const BLOCK_BYTES: i32 = 1536;
/** Partial sums of so many terms are added up. */
const DEPTH: i32 = 384;
/** Rows of packed weights. */
export const BLOCK_ROWS: i32 = 64;
/** Up to so many outputs to a group, packing patches costs more than it gains: they are read from the window. */
const ROWS_OUTPUTS: i32 = 8;
/** The same for vectors of taps. */
const DOTS_OUTPUTS: i32 = 4;
/** Then a block's window stays near the first cache. */
const NARROW_BLOCK_BYTES: i32 = 8192;
const ROWS_DEPTH: i32 = 64;
const DOTS_DEPTH: i32 = 2048;
/** Multiplications from which a convolution is worth several parts. */
const PARALLEL: f64 = 2097152;
const MAX_PARTS: i32 = 16;

/** How the products of a block are made (multiply.ts). */
export enum Way {
  /** Packed weights times packed patches. */
  Panels,
  /** Few outputs: vectors of positions, weight by weight. */
  Rows,
  /** Few outputs, many taps, few positions, as in the gradient by depthwise weights: vectors of taps. */
  Dots,
}

@unmanaged
export class AxisPlan {
  /** The largest block. */
  positions: i32;
  taps: i32;
  modulus: i32;
  // the block under way
  start: i32;
  count: i32;
  tapStart: i32;
  tapCount: i32;
  /** Index in x of the window's first element. */
  origin: i32;
  quotients: i32;
  extent: i32;
  /** Of the window, in elements. */
  stride: i32;
}

@unmanaged
export class Plan {
  isInPlace: bool;
  way: Way;
  /** The largest block. */
  batch: i32;
  channels: i32;
  rows: i32;
  units: i32;
  columnBlocks: i32;
  // the block under way
  batchCount: i32;
  channelCount: i32;
  batchStride: i32;
  channelStride: i32;
  /** Lengths of runs of depth that are contiguous in the window and in w, there either up (1) or down (-1). */
  windowRun: i32;
  weightRun: i32;
  weightStep: i32;
  /** Tables of i32: byte offsets of columns in the window and in y, of depth in the window and in w. */
  columns: usize;
  targets: usize;
  depths: usize;
  weights: usize;
  window: usize;
  packedB: usize;
  packedA: usize;
  end: usize;

  @inline axis(d: i32): AxisPlan {
    return changetype<AxisPlan>(changetype<usize>(this) + offsetof<Plan>() + <usize>d * offsetof<AxisPlan>());
  }
}
// A part's workspace:  [ phase: Convolution ][ Plan ][ key of the tables ][ tile ][ tables ][ window ][ packed b ][ packed a ]
const PLAN: usize = CONVOLUTION_BYTES;
const KEY: usize = PLAN + 320;
const TILE: usize = KEY + 64;
const TABLES: usize = TILE + 128;
/** Vectors are read and written up to here beyond the end. */
const SLACK: usize = 192;

@inline
export function phaseIn(workspace: usize): Convolution {
  return changetype<Convolution>(workspace);
}
@inline
export function planIn(workspace: usize): Plan {
  return changetype<Plan>(workspace + PLAN);
}
@inline
export function keyOf(plan: Plan): usize {
  return changetype<usize>(plan) - PLAN + KEY;
}
/** Room for a tile that does not go straight to y: 128 bytes. */
@inline
export function tileOf(plan: Plan): usize {
  return changetype<usize>(plan) - PLAN + TILE;
}

/** The size of equal pieces of `total`, none larger than `limit`. */
function balanced(total: i32, limit: i32): i32 {
  if (total <= limit) return max(total, 1);
  return ceilDivide(total, ceilDivide(total, max(limit, 1)));
}
function isInBounds(a: Axis): bool {
  if (!a.taps || !a.count) return true;
  return a.low <= 0 && (a.count - 1) * a.stride + (a.taps - 1) * a.tapDilation - a.low < a.size;
}
/** How far a window reaches along an axis for so many positions and taps: its quotients, and with them its extent. */
function measure(a: Axis, plan: AxisPlan, positions: i32, taps: i32): void {
  const m = plan.modulus;
  const far = (positions - 1) * a.stride,
    reach = max(taps - 1, 0) * a.tapDilation;
  plan.quotients = far / m + reach / m + 1;
  const isSinglePhase = m == 1 || (m == a.stride ? taps < 2 || a.tapDilation % m == 0 : positions == 1);
  plan.extent = <i32>min(<i64>plan.quotients * (isSinglePhase ? 1 : m), i32.MAX_VALUE);
}

function wayOf(c: Convolution, esize: i32): Way {
  const a = c.axis(2);
  if (c.outputs <= DOTS_OUTPUTS && a.w == 1 && a.taps > 2 * a.count && a.taps * esize >= 32) return Way.Dots;
  if (c.outputs > ROWS_OUTPUTS || a.count * esize < 16) return Way.Panels;
  // Packed, tiles span the ends of rows: of more than one panel of outputs, rows should fill three quarters of theirs.
  const lanes = COLUMN_BYTES / esize;
  return c.outputs <= ROWS || 4 * a.count >= 3 * ((a.count + lanes - 1) & -lanes) ? Way.Rows : Way.Panels;
}
// What is to lie side by side in the window. In a gradient by weights, taps are what positions are elsewhere.
function modulusOf(a: Axis, p: AxisPlan, way: Way): i32 {
  if (way == Way.Dots) return a.tapDilation;
  if (a.stride > 1 || way == Way.Rows) return a.stride;
  return a.taps > p.positions ? a.tapDilation : 1;
}

/** Plans a phase. */
export function makePlan(c: Convolution, plan: Plan, esize: i32): void {
  const a0 = c.axis(0),
    a1 = c.axis(1),
    a2 = c.axis(2);
  const p0 = plan.axis(0),
    p1 = plan.axis(1),
    p2 = plan.axis(2);
  const columns = c.batch * a0.count * a1.count * a2.count;
  const depth = c.channels * a0.taps * a1.taps * a2.taps;
  const work = <f64>columns * <f64>depth * <f64>c.outputs * <f64>c.groups;
  const way = wayOf(c, esize);
  plan.way = way;

  // -- columns and rows. Several parts of one convolution: about four blocks at least, by whichever there are more of, and
  // none so narrow that packing tells.
  const wanted = work >= PARALLEL ? ceilDivide(4, c.groups) : 1;
  const cutsRows = way == Way.Panels && c.outputs > columns;
  let limit = (way == Way.Panels ? BLOCK_BYTES : NARROW_BLOCK_BYTES) / esize;
  if (!cutsRows) limit = min(limit, max(ceilDivide(columns, wanted), 96));
  p2.positions = balanced(a2.count, limit);
  const lanes = COLUMN_BYTES / esize;
  if (p2.positions < a2.count) p2.positions = min(a2.count, (p2.positions + lanes - 1) & -lanes);
  p1.positions = balanced(a1.count, limit / p2.positions);
  p0.positions = balanced(a0.count, limit / (p2.positions * p1.positions));
  plan.batch = balanced(c.batch, limit / (p2.positions * p1.positions * p0.positions));
  plan.columnBlocks =
    ceilDivide(c.batch, plan.batch) *
    ceilDivide(a0.count, p0.positions) *
    ceilDivide(a1.count, p1.positions) *
    ceilDivide(a2.count, p2.positions);
  plan.rows = c.outputs;
  const blocks = plan.columnBlocks * c.groups;
  if (way == Way.Panels) {
    plan.rows = min(c.outputs, max(BLOCK_ROWS, (ceilDivide(c.outputs, ceilDivide(wanted, blocks)) + 3) & -4));
  }
  plan.units = blocks * ceilDivide(c.outputs, plan.rows);

  // -- depth
  const isDense = a2.x == 1 && (way == Way.Dots ? a2.tapDilation : a2.stride) == 1;
  plan.isInPlace = isDense && isInBounds(a0) && isInBounds(a1) && isInBounds(a2);
  let left = way == Way.Panels ? DEPTH : way == Way.Rows ? ROWS_DEPTH : DOTS_DEPTH;
  for (let d = 2; d >= 0; --d) {
    const a = c.axis(d),
      p = plan.axis(d);
    p.modulus = plan.isInPlace ? 1 : modulusOf(a, p, way);
    p.taps = balanced(a.taps, left);
    measure(a, p, p.positions, p.taps);
    // Taps that lie far apart, one by one: the window has little else than what is read.
    if (!plan.isInPlace && way != Way.Dots && p.extent > 2 * p.positions * p.taps + 64) p.taps = 1;
    left = max(left / p.taps, 1);
  }
  plan.channels = balanced(c.channels, left);
}

/** Lays the regions out; returns the bytes of the workspace. */
export function layOut(c: Convolution, plan: Plan, esize: i32): i32 {
  const p0 = plan.axis(0),
    p1 = plan.axis(1),
    p2 = plan.axis(2);
  const lanes = COLUMN_BYTES / esize;
  const columns = (plan.batch * p0.positions * p1.positions * p2.positions + lanes - 1) & -lanes;
  const depth = plan.channels * p0.taps * p1.taps * p2.taps;
  for (let d = 0; d < 3; ++d) {
    const p = plan.axis(d);
    measure(c.axis(d), p, p.positions, p.taps);
  }
  const window = plan.batch * plan.channels * p0.extent * p1.extent * p2.extent;
  const table = wordBytes((columns + 7) & -8);
  const depthTable = wordBytes((depth + 7) & -8);
  plan.columns = changetype<usize>(plan) - PLAN + TABLES;
  plan.targets = plan.columns + table;
  plan.depths = plan.targets + table;
  plan.weights = plan.depths + depthTable;
  plan.window = plan.weights + depthTable;
  plan.packedB = (plan.window + (plan.isInPlace ? 0 : <usize>window * esize + SLACK) + 63) & ~63;
  plan.packedA = plan.packedB + (plan.way == Way.Panels ? <usize>columns * depth * esize : 0);
  const rows = (min(plan.rows, BLOCK_ROWS) + 3) & -4;
  plan.end = (plan.packedA + <usize>rows * depth * esize + SLACK + 63) & ~63;
  return <i32>(plan.end - (changetype<usize>(plan) - PLAN));
}

/** How many parts `units` of a convolution make. */
export function partsOf(work: f64, units: i32): i32 {
  return work < PARALLEL ? 1 : min(units, min(MAX_PARTS, <i32>(work / (PARALLEL / 2))));
}

/** Sets the block of an axis: positions from `start`, taps from `tap`. */
export function setBlock(a: Axis, p: AxisPlan, start: i32, tap: i32): void {
  p.start = start;
  p.count = min(p.positions, a.count - start);
  p.tapStart = tap;
  p.tapCount = min(p.taps, a.taps - tap);
  p.origin = start * a.stride + tap * a.tapDilation - a.low;
  measure(a, p, p.count, p.tapCount);
}
/** The strides of the window of the block. */
export function setWindow(c: Convolution, plan: Plan): void {
  const p0 = plan.axis(0),
    p1 = plan.axis(1),
    p2 = plan.axis(2);
  if (plan.isInPlace) {
    p0.stride = c.axis(0).x;
    p1.stride = c.axis(1).x;
    p2.stride = 1;
    plan.batchStride = c.xBatch;
    plan.channelStride = c.xChannel;
    return;
  }
  p2.stride = 1;
  p1.stride = p2.extent;
  p0.stride = p1.extent * p2.extent;
  plan.batchStride = p0.extent * p0.stride;
  plan.channelStride = plan.batchStride * plan.batchCount;
}
/** Where element v of an axis lies in the window, in elements. */
@inline
export function windowOffset(p: AxisPlan, v: i32): i32 {
  return (p.modulus == 1 ? v : (v % p.modulus) * p.quotients + v / p.modulus) * p.stride;
}
