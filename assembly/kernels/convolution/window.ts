// The window of a block: the box of x that its patches are made of, padded with zeros; and the tables of offsets in it.
import { Axis, Convolution } from "./descriptor";
import { AxisPlan, Plan, Way, keyOf, windowOffset } from "./plan";
import { word, wordBytes } from "../../memory/words";

/** Copies the window of the block at `src`, the first of its batch and channels. */
export function fillWindow<T>(c: Convolution, plan: Plan, src: usize): void {
  const size = <i32>sizeof<T>();
  const a0 = c.axis(0),
    a1 = c.axis(1),
    a2 = c.axis(2);
  const p0 = plan.axis(0),
    p1 = plan.axis(1),
    p2 = plan.axis(2);
  const rowBytes = p2.extent * size;
  let dst = plan.window;
  for (let channel = 0; channel < plan.channelCount; ++channel) {
    for (let item = 0; item < plan.batchCount; ++item) {
      const plane = src + (channel * c.xChannel + item * c.xBatch) * size;
      for (let i = 0; i < p0.extent; ++i) {
        const i0 = indexAt(p0, i);
        const outside = <u32>i0 >= <u32>a0.size;
        const slice = plane + i0 * a0.x * size;
        for (let j = 0; j < p1.extent; ++j, dst += rowBytes) {
          const i1 = indexAt(p1, j);
          if (outside || <u32>i1 >= <u32>a1.size) clear(dst, dst + rowBytes);
          else fillRow<T>(a2, p2, dst, slice + i1 * a1.x * size);
        }
      }
    }
  }
}
// The index in x of element t of a window's axis.
@inline
function indexAt(p: AxisPlan, t: i32): i32 {
  return p.modulus == 1 ? p.origin + t : p.origin + (t % p.quotients) * p.modulus + t / p.quotients;
}
// Whole vectors: what they run over into is written next.
// @ts-ignore: decorator
@inline
function clear(from: usize, to: usize): void {
  for (; from < to; from += 16) v128.store(from, i32x4.splat(0));
}
function fillRow<T>(a: Axis, p: AxisPlan, dst: usize, src: usize): void {
  const size = <i32>sizeof<T>();
  const m = p.modulus,
    quotients = p.quotients;
  const step = m * a.x * size;
  const end = dst + p.extent * size;
  for (let first = p.origin; dst < end; ++first, dst += quotients * size) {
    // quotients [from, to) lie within x
    const from = min(first < 0 ? (-1 - first) / m + 1 : 0, quotients);
    const to = max(min(first >= a.size ? 0 : (a.size - 1 - first) / m + 1, quotients), from);
    const inner = dst + to * size;
    let to0 = dst + from * size;
    clear(dst, to0);
    let at = src + (first + from * m) * a.x * size;
    if (step == size) for (; to0 < inner; to0 += 16, at += 16) v128.store(to0, v128.load(at));
    else for (; to0 < inner; to0 += size, at += step) store<T>(to0, load<T>(at));
    clear(inner, dst + quotients * size);
  }
}

/** Fills in the tables of depth for the block: channels × taps; for dot products only where rows of taps begin. */
export function tabulateDepth(c: Convolution, plan: Plan, esize: i32): void {
  const a0 = c.axis(0),
    a1 = c.axis(1),
    a2 = c.axis(2);
  const p0 = plan.axis(0),
    p1 = plan.axis(1),
    p2 = plan.axis(2);
  const entries = plan.way == Way.Dots ? min(p2.tapCount, 1) : p2.tapCount;
  let x = plan.depths,
    w = plan.weights;
  for (let channel = 0; channel < plan.channelCount; ++channel) {
    for (let i = 0; i < p0.tapCount; ++i) {
      const x0 = channel * plan.channelStride + windowOffset(p0, i * a0.tapDilation);
      const w0 = channel * c.wChannel + i * a0.w;
      for (let j = 0; j < p1.tapCount; ++j) {
        const x1 = x0 + windowOffset(p1, j * a1.tapDilation),
          w1 = w0 + j * a1.w;
        for (let k = 0; k < entries; ++k, x += 4, w += 4) {
          store<i32>(x, (x1 + windowOffset(p2, k * a2.tapDilation)) * esize);
          store<i32>(w, (w1 + k * a2.w) * esize);
        }
      }
    }
  }
  const depth = <i32>((x - plan.depths) >> 2);
  plan.windowRun = runOf(plan.depths, depth, esize);
  plan.weightRun = runOf(plan.weights, depth, esize);
  plan.weightStep = 1;
  if (plan.weightRun > 1) return;
  plan.weightRun = runOf(plan.weights, depth, -esize);
  plan.weightStep = -1;
}
// The length of the runs of neighbours that a table consists of: it is that of the first, a box being what it describes.
function runOf(table: usize, count: i32, step: i32): i32 {
  let run = 1;
  while (run < count && word(table, run) == load<i32>(table) + run * step) ++run;
  return count % run == 0 ? run : 1;
}

/** Fills in the tables of columns for the block: batch × positions; the first is repeated up to a whole panel. */
export function tabulateColumns(c: Convolution, plan: Plan, esize: i32): i32 {
  const a0 = c.axis(0),
    a1 = c.axis(1),
    a2 = c.axis(2);
  const p0 = plan.axis(0),
    p1 = plan.axis(1),
    p2 = plan.axis(2);
  const count = plan.batchCount * p0.count * p1.count * p2.count;
  if (isKnown(plan)) return count;
  let x = plan.columns,
    y = plan.targets;
  for (let item = 0; item < plan.batchCount; ++item) {
    for (let i = 0; i < p0.count; ++i) {
      const x0 = item * plan.batchStride + windowOffset(p0, i * a0.stride);
      const y0 = item * c.yBatch + i * a0.y;
      for (let j = 0; j < p1.count; ++j) {
        const x1 = x0 + windowOffset(p1, j * a1.stride),
          y1 = y0 + j * a1.y;
        for (let k = 0; k < p2.count; ++k, x += 4, y += 4) {
          store<i32>(x, (x1 + windowOffset(p2, k * a2.stride)) * esize);
          store<i32>(y, (y1 + k * a2.y) * esize);
        }
      }
    }
  }
  for (let rest = count; rest & 7; ++rest, x += 4) store<i32>(x, load<i32>(plan.columns));
  return count;
}
// Most blocks have the tables of the block before them: what these rest on is kept and compared.
function isKnown(plan: Plan): bool {
  const key = keyOf(plan);
  let known = replace(key, plan.batchCount) && replace(key + 4, plan.batchStride);
  for (let d = 0; d < 3; ++d) {
    const p = plan.axis(d);
    const at = key + 8 + wordBytes(3 * d);
    known = replace(at, p.count) && known;
    known = replace(at + 4, p.quotients) && known;
    known = replace(at + 8, p.stride) && known;
  }
  return known;
}
function replace(at: usize, value: i32): bool {
  const before = load<i32>(at);
  store<i32>(at, value);
  return before == value;
}
/** Before the first block. */
export function forgetTables(plan: Plan): void {
  memory.fill(keyOf(plan), 0, 64);
}
