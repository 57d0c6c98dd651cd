// Convolution as a matrix product whose right operand, the patches, exists only block by block: weights [outputs, channels ×
// taps] · patches [channels × taps, batch × positions]. The gradients by x and by w are convolutions too (primitives/
// convolution.ts). Parts share out blocks of columns and rows; each writes results of its own, in the same order of additions.
import { DType } from "../abi/opcodes";
import {
  BLOCK_ROWS,
  Plan,
  Way,
  layOut,
  makePlan,
  partsOf,
  phaseIn,
  planIn,
  setBlock,
  setWindow,
  tileOf,
  windowOffset,
} from "./convolution/plan";
import { Convolution, ceilDivide, pairs, phaseAt, phaseCount } from "./convolution/descriptor";
import { multiplyDots, multiplyPanels, multiplyRows } from "./convolution/multiply";
import { packPatches, packWeights } from "./convolution/pack";
import { fillWindow, forgetTables, tabulateColumns, tabulateDepth } from "./convolution/window";
import { ROWS } from "./gemm/micro";
import { word } from "../memory/words";
import { workspace } from "../threads/pool";

/** Bytes of a plan without its tables: enough to ask it for numbers. */
const RECORD_BYTES: i32 = 1024;

@inline
function sizeOfElement(dtype: i32): i32 {
  return dtype == DType.Float64 ? 8 : 4;
}
/** Multiplications: those with padding are counted, those with the zeros that an input dilation inserts are not. */
export function convolutionWork(c: Convolution): f64 {
  return (
    <f64>c.groups *
    <f64>c.batch *
    <f64>c.channels *
    <f64>c.outputs *
    pairs(c.axis(0)) *
    pairs(c.axis(1)) *
    pairs(c.axis(2))
  );
}

/** Bytes of workspace that one part needs; `record`, of at least 1 KiB, is written over. */
export function convolutionWorkspace(c: Convolution, record: usize): i32 {
  const esize = sizeOfElement(c.dtype);
  const phase = phaseIn(record);
  const plan = planIn(record);
  let bytes = RECORD_BYTES;
  for (let i = 0, phases = phaseCount(c); i < phases; ++i) {
    phaseAt(c, i, phase, esize);
    makePlan(phase, plan, esize);
    bytes = max(bytes, layOut(phase, plan, esize));
  }
  return bytes;
}
function unitsOf(c: Convolution, record: usize): i32 {
  const esize = sizeOfElement(c.dtype);
  let units = 0;
  for (let i = 0, phases = phaseCount(c); i < phases; ++i) {
    phaseAt(c, i, phaseIn(record), esize);
    makePlan(phaseIn(record), planIn(record), esize);
    units += planIn(record).units;
  }
  return units;
}
/** How many parts it is worth; its record is written over. */
export function convolutionParts(c: Convolution): i32 {
  return partsOf(convolutionWork(c), unitsOf(c, c.record));
}
export function convolutionPart(c: Convolution, part: i32): void {
  convolutionPartIn(c, part, workspace());
}
/** A part, in a workspace of the caller's. */
export function convolutionPartIn(c: Convolution, part: i32, workspace: usize): void {
  const units = unitsOf(c, workspace);
  const parts = partsOf(convolutionWork(c), units);
  const from = <i32>((<i64>units * part) / parts),
    to = <i32>((<i64>units * (part + 1)) / parts);
  if (c.dtype == DType.Float64) runUnits<f64>(c, workspace, from, to);
  else if (c.dtype == DType.Float32) runUnits<f32>(c, workspace, from, to);
  else runUnits<i32>(c, workspace, from, to);
}

// Units are counted through all phases.
function runUnits<T>(c: Convolution, workspace: usize, from: i32, to: i32): void {
  const esize = <i32>sizeof<T>();
  const phase = phaseIn(workspace);
  const plan = planIn(workspace);
  for (let i = 0, phases = phaseCount(c); i < phases && to > 0; ++i) {
    phaseAt(c, i, phase, esize);
    makePlan(phase, plan, esize);
    layOut(phase, plan, esize);
    forgetTables(plan);
    for (let unit = max(from, 0), end = min(to, plan.units); unit < end; ++unit) runUnit<T>(phase, plan, unit);
    from -= plan.units;
    to -= plan.units;
  }
}

/** One block of rows and columns of one group. */
function runUnit<T>(c: Convolution, plan: Plan, unit: i32): void {
  const size = <i32>sizeof<T>();
  const a0 = c.axis(0),
    a1 = c.axis(1),
    a2 = c.axis(2);
  const p0 = plan.axis(0),
    p1 = plan.axis(1),
    p2 = plan.axis(2);
  let block = unit % plan.columnBlocks;
  let rest = unit / plan.columnBlocks;
  const rowBlocks = ceilDivide(c.outputs, plan.rows);
  const row = (rest % rowBlocks) * plan.rows;
  const rows = min(plan.rows, c.outputs - row);
  const group = rest / rowBlocks;
  rest = ceilDivide(a2.count, p2.positions);
  const s2 = (block % rest) * p2.positions;
  block /= rest;
  rest = ceilDivide(a1.count, p1.positions);
  const s1 = (block % rest) * p1.positions;
  block /= rest;
  rest = ceilDivide(a0.count, p0.positions);
  const s0 = (block % rest) * p0.positions;
  const item = (block / rest) * plan.batch;
  plan.batchCount = min(plan.batch, c.batch - item);

  const x = c.x + (group * c.xGroup + item * c.xBatch) * size;
  const w = c.w + (group * c.wGroup + row * c.wOutput) * size;
  const y = c.y + (group * c.yGroup + item * c.yBatch + row * c.yOutput + s0 * a0.y + s1 * a1.y + s2 * a2.y) * size;
  // An empty sum is run through once too: it writes zeros.
  let accumulate = false;
  for (let channel = 0; channel == 0 || <u32>channel < <u32>c.channels; channel += plan.channels) {
    plan.channelCount = min(plan.channels, c.channels - channel);
    for (let t0 = 0; t0 == 0 || <u32>t0 < <u32>a0.taps; t0 += p0.taps) {
      setBlock(a0, p0, s0, t0);
      for (let t1 = 0; t1 == 0 || <u32>t1 < <u32>a1.taps; t1 += p1.taps) {
        setBlock(a1, p1, s1, t1);
        for (let t2 = 0; t2 == 0 || <u32>t2 < <u32>a2.taps; t2 += p2.taps) {
          setBlock(a2, p2, s2, t2);
          setWindow(c, plan);
          const source = x + channel * c.xChannel * size;
          const weights = w + (channel * c.wChannel + t0 * a0.w + t1 * a1.w + t2 * a2.w) * size;
          runBlock<T>(c, plan, source, weights, y, rows, accumulate);
          accumulate = true;
        }
      }
    }
  }
}

function runBlock<T>(c: Convolution, plan: Plan, x: usize, w: usize, y: usize, rows: i32, accumulate: bool): void {
  const size = <i32>sizeof<T>();
  const p0 = plan.axis(0),
    p1 = plan.axis(1),
    p2 = plan.axis(2);
  const depth = plan.channelCount * p0.tapCount * p1.tapCount * p2.tapCount;
  let window = plan.window;
  if (plan.isInPlace) window = x + (p0.origin * p0.stride + p1.origin * p1.stride + p2.origin) * size;
  else if (depth) fillWindow<T>(c, plan, x);
  tabulateDepth(c, plan, size);
  if (plan.way == Way.Rows) return multiplyByRows<T>(c, plan, window, w, y, rows, depth, accumulate);
  const columns = tabulateColumns(c, plan, size);
  if (plan.way == Way.Dots) {
    const runs = p2.tapCount ? depth / p2.tapCount : 0;
    return multiplyDots<T>(
      rows,
      columns,
      runs,
      p2.tapCount,
      w,
      c.wOutput * size,
      plan.weights,
      window,
      plan.depths,
      plan.columns,
      y,
      c.yOutput * size,
      plan.targets,
      accumulate,
    );
  }
  packPatches<T>(plan.packedB, window, plan.columns, columns, plan.depths, depth, plan.windowRun);
  for (let i = 0; <u32>i < <u32>rows; i += BLOCK_ROWS) {
    const count = min(BLOCK_ROWS, rows - i);
    const yRow = c.yOutput * size;
    packWeights<T>(
      plan.packedA,
      w + i * c.wOutput * size,
      c.wOutput * size,
      count,
      plan.weights,
      depth,
      plan.weightRun,
      plan.weightStep,
    );
    multiplyPanels<T>(
      count,
      columns,
      depth,
      plan.packedA,
      plan.packedB,
      y + i * yRow,
      yRow,
      plan.targets,
      tileOf(plan),
      accumulate,
    );
  }
}

// Few outputs: patches are read from the window as often as there are outputs, row by row of positions.
function multiplyByRows<T>(
  c: Convolution,
  plan: Plan,
  window: usize,
  w: usize,
  y: usize,
  rows: i32,
  depth: i32,
  accumulate: bool,
): void {
  const size = <i32>sizeof<T>();
  const a0 = c.axis(0),
    a1 = c.axis(1),
    a2 = c.axis(2);
  const p0 = plan.axis(0),
    p1 = plan.axis(1),
    p2 = plan.axis(2);
  const yRow = c.yOutput * size;
  // Four outputs at a time.
  const panel = ROWS * depth * size;
  for (let row = 0, packed = plan.packedA; row < rows; row += ROWS, packed += panel) {
    packRows<T>(c, plan, packed, w + row * c.wOutput * size, min(ROWS, rows - row), depth);
  }
  for (let item = 0; item < plan.batchCount; ++item) {
    for (let i = 0; i < p0.count; ++i) {
      for (let j = 0; j < p1.count; ++j) {
        const offset = item * plan.batchStride + windowOffset(p0, i * a0.stride) + windowOffset(p1, j * a1.stride);
        const x = window + offset * size;
        let to = y + (item * c.yBatch + i * a0.y + j * a1.y) * size;
        for (let row = 0, packed = plan.packedA; row < rows; row += ROWS, packed += panel, to += ROWS * yRow) {
          const count = min(ROWS, rows - row);
          if (a2.y == 1) multiplyRows<T>(count, depth, packed, x, plan.depths, to, yRow, p2.count, accumulate);
          else multiplyApart<T>(c, plan, count, depth, packed, x, to, accumulate);
        }
      }
    }
  }
}
// The weights of up to four outputs, as multiplyRows takes them.
function packRows<T>(c: Convolution, plan: Plan, packed: usize, w: usize, rows: i32, depth: i32): void {
  const size = <i32>sizeof<T>();
  const row = c.wOutput * size;
  if (rows > 2) return packWeights<T>(packed, w, row, rows, plan.weights, depth, plan.weightRun, plan.weightStep);
  for (; rows > 0; --rows, w += row) {
    for (let d = 0; d < depth; ++d, packed += size) {
      store<T>(packed, load<T>(w + word(plan.weights, d)));
    }
  }
}
// The same where results do not lie together: they go by a tile of 128 bytes.
function multiplyApart<T>(
  c: Convolution,
  plan: Plan,
  rows: i32,
  depth: i32,
  packed: usize,
  x: usize,
  y: usize,
  accumulate: bool,
): void {
  const size = <i32>sizeof<T>();
  const bytes = rows > 2 ? 32 : 64;
  const width = bytes / size;
  const stride = c.axis(2).y;
  const tile = tileOf(plan);
  for (let count = plan.axis(2).count; count > 0; count -= width) {
    const here = min(count, width);
    multiplyRows<T>(rows, depth, packed, x, plan.depths, tile, bytes, here, false);
    for (let i = 0; i < rows; ++i) scatterRow<T>(y + i * c.yOutput * size, stride, tile + i * bytes, here, accumulate);
    x += bytes;
    y += width * stride * size;
  }
}
function scatterRow<T>(y: usize, stride: i32, from: usize, count: i32, accumulate: bool): void {
  for (; count > 0; --count, y += stride * sizeof<T>(), from += sizeof<T>()) {
    store<T>(y, accumulate ? <T>(load<T>(y) + load<T>(from)) : load<T>(from));
  }
}
