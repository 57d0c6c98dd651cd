// A block of a padded operand, without the padded array ever being made: what block programs load. The array is written from
// front to back, elements of src and the value between them: dims are merged where rows follow each other regularly (the gradient of
// a strided slice or of pooling is mostly one row), and runs of the value end where the next element stands, not with a row.
import { DType } from "../../abi/opcodes";
import { GATHERED, quotientUp } from "../strided";
import { kernelScratch } from "../../threads/scratch";
import { wordBytes } from "../../memory/words";

/** A dim of the array: `before` times the value, then `count` elements of src, each `step` from the one before it. */
@unmanaged
class PadDim {
  size: i32;
  before: i32;
  step: i32;
  count: i32;
  /** Of src, in elements. */
  stride: i32;
  /** Where a walk over the rows is. */
  index: i32;
}
const NOWHERE: i32 = i32.MIN_VALUE;

// @ts-ignore: decorator
@inline
function dimAt(d: i32): PadDim {
  return changetype<PadDim>(kernelScratch + GATHERED + <usize>d * offsetof<PadDim>());
}

/**
 * dst = n elements from the row-major position `start` on of an array of sizes `dims` that holds, along dim i, before[i]
 * times the value, then the elements of src (`srcDims`, `srcStrides`), `between[i]` times the value between them, and the
 * value again to the end.
 */
export function loadPadded(
  dtype: i32,
  esize: i32,
  dst: usize,
  start: i32,
  n: i32,
  ndim: i32,
  dims: usize,
  value: f64,
  before: usize,
  between: usize,
  src: usize,
  srcDims: usize,
  srcStrides: usize,
): void {
  if (n <= 0) return;
  const last = mergeDims(ndim, dims, before, between, srcDims, srcStrides);
  if (dtype == DType.Float32) loadRows<u32>(dst, start, n, last, reinterpret<u32>(<f32>value), src);
  else if (dtype == DType.Float64) loadRows<u64>(dst, start, n, last, reinterpret<u64>(value), src);
  else if (esize == 4) loadRows<u32>(dst, start, n, last, <u32>(<i32>value), src);
  else loadRows<u8>(dst, start, n, last, <u8>(value != 0), src);
}

/**
 * The dims, outermost first; returns the last one's index, at least 1. A dim without gaps takes in the dim inside it when that one is
 * filled at one distance from its first element to the first of its next row, in the array and in src.
 */
function mergeDims(ndim: i32, dims: usize, before: usize, between: usize, srcDims: usize, srcStrides: usize): i32 {
  // From the inside out, at places that leave room for dims of size 1 in front.
  let place = ndim + 1;
  setDim(dimAt(place), 1, 0, 1, 1, 0);
  for (let i = ndim - 1; i >= 0; i--) {
    const at = wordBytes(i);
    const inner = dimAt(place);
    const size = load<i32>(dims + at),
      lead = load<i32>(before + at),
      step = load<i32>(between + at) + 1,
      count = load<i32>(srcDims + at),
      stride = load<i32>(srcStrides + at);
    const isRegular =
      step == 1 &&
      inner.before >= 0 &&
      inner.before < inner.step &&
      inner.size == inner.step * inner.count &&
      (count == 1 || inner.count == 1 || stride == inner.count * inner.stride);
    const runs = inner.count == 1 ? stride : inner.stride;
    if (isRegular) {
      setDim(inner, size * inner.size, lead * inner.size + inner.before, inner.step, count * inner.count, runs);
    } else if (inner.size == 1 && inner.count == 1 && !inner.before) setDim(inner, size, lead, step, count, stride);
    else setDim(dimAt(--place), size, lead, step, count, stride);
  }
  if (place == ndim + 1) setDim(dimAt(--place), 1, 0, 1, 1, 0);
  const last = ndim + 1 - place;
  memory.copy(kernelScratch + GATHERED, changetype<usize>(dimAt(place)), <usize>(last + 1) * offsetof<PadDim>());
  return last;
}
function setDim(dim: PadDim, size: i32, before: i32, step: i32, count: i32, stride: i32): void {
  dim.size = size;
  dim.before = before;
  dim.step = step;
  dim.count = count;
  dim.stride = stride;
}

function loadRows<T>(dst: usize, start: i32, n: i32, last: i32, value: T, src: usize): void {
  const rows = dimAt(last - 1),
    row = dimAt(last);
  const columns = row.size,
    lead = row.before,
    step = row.step,
    stride = row.stride;
  const isRun = step == 1 && stride == 1;
  const first = firstFrom(0, lead, step),
    beyond = min(firstFrom(columns, lead, step), row.count);
  let column = seek(last, start);
  const end = dst + <usize>n * sizeof<T>();
  // Written up to here; what lies between here and where the walk is, is value.
  let written = dst;
  while (dst < end) {
    let r = rows.index;
    const base = outerOffset(last - 1);
    if (base != NOWHERE) {
      let q = firstFrom(r, rows.before, rows.step);
      let next = rows.before + q * rows.step;
      for (; q < rows.count && next < rows.size && dst < end; q++, next += rows.step) {
        if (next > r) {
          dst = skip<T>(dst, end, (next - r) * columns - column);
          column = 0;
          if (dst == end) break;
        }
        r = next + 1;
        const from = column ? firstFrom(column, lead, step) : first,
          room = <i32>((end - dst) / sizeof<T>());
        const to = room < columns - column ? min(firstFrom(column + room, lead, step), beyond) : beyond;
        if (from < to) {
          const at = dst + (lead + from * step - column) * sizeof<T>();
          written = fillUntil<T>(written, at, end, value);
          const elements = src + (base + q * rows.stride + from * stride) * sizeof<T>();
          if (isRun) {
            copyElements<T>(at, elements, to - from);
            written = at + (to - from) * sizeof<T>();
          } else written = copyStepping<T>(at, end, step, elements, stride, to - from, value);
        }
        dst = skip<T>(dst, end, columns - column);
        column = 0;
      }
    }
    dst = skip<T>(dst, end, (rows.size - r) * columns - column);
    column = 0;
    rows.index = 0;
    for (let i = last - 2; i >= 0; i--) {
      const outer = dimAt(i);
      if (++outer.index < outer.size) break;
      outer.index = 0;
    }
  }
  fillUntil<T>(written, end, end, value);
}
// @ts-ignore: decorator
@inline
function skip<T>(dst: usize, end: usize, n: i32): usize {
  return dst + min(<usize>n, (end - dst) / sizeof<T>()) * sizeof<T>();
}
/** Sets the walk to the row of the position; returns the column. */
function seek(last: i32, start: i32): i32 {
  let rest = start / dimAt(last).size;
  const column = start - rest * dimAt(last).size;
  for (let i = last - 1; i >= 0; i--) {
    const dim = dimAt(i);
    const quotient = rest / dim.size;
    dim.index = rest - quotient * dim.size;
    rest = quotient;
  }
  return column;
}
/** Where the rows that the walk is at begin in src; NOWHERE when they are all value. */
function outerOffset(count: i32): i32 {
  let offset = 0;
  for (let i = 0; i < count; i++) {
    const dim = dimAt(i);
    let index = dim.index - dim.before;
    if (index < 0) return NOWHERE;
    if (dim.step > 1) {
      const quotient = index / dim.step;
      if (quotient * dim.step != index) return NOWHERE;
      index = quotient;
    }
    if (index >= dim.count) return NOWHERE;
    offset += index * dim.stride;
  }
  return offset;
}
/** The first element of src at `position` or later. */
// @ts-ignore: decorator
@inline
function firstFrom(position: i32, lead: i32, step: i32): i32 {
  const distance = position - lead;
  if (distance <= 0) return 0;
  return step == 1 ? distance : quotientUp(distance, step);
}

/** Value up to `to`, and perhaps behind it, where nothing is written yet, but not behind `end`; returns `to`. */
// @ts-ignore: decorator
@inline
function fillUntil<T>(at: usize, to: usize, end: usize, value: T): usize {
  if (at < to) {
    const vector = v128.splat<T>(value);
    for (; at < to && at + 16 <= end; at += 16) v128.store(at, vector);
    for (; at < to; at += sizeof<T>()) store<T>(at, value);
  }
  return to;
}

/** n elements of src, each `step` from the one before it, and the value between them; returns where this ends. */
function copyStepping<T>(dst: usize, end: usize, step: i32, src: usize, stride: i32, n: i32, value: T): usize {
  if (step == 2 && stride == 1 && sizeof<T>() > 1) return interleave<T>(dst, end, src, n, value);
  const stop = dst + <usize>((n - 1) * step + 1) * sizeof<T>();
  if (step == 1 && !stride) return fillUntil<T>(dst, stop, stop, load<T>(src));
  if (step > 1) fillUntil<T>(dst, stop, stop, value);
  for (; dst < stop; dst += step * sizeof<T>(), src += stride * sizeof<T>()) store<T>(dst, load<T>(src));
  return stop;
}

// @ts-ignore: decorator
@inline
function copyElements<T>(dst: usize, src: usize, n: i32): void {
  const bytes = <usize>n * sizeof<T>();
  if (bytes >= 512) memory.copy(dst, src, bytes);
  else if (bytes >= 16) {
    // The last vector overlaps the one before it.
    const last = bytes - 16;
    for (let at: usize = 0; at < last; at += 16) v128.store(dst + at, v128.load(src + at));
    v128.store(dst + last, v128.load(src + last));
  } else for (let at: usize = 0; at < bytes; at += sizeof<T>()) store<T>(dst + at, load<T>(src + at));
}

/** Elements and the value by turns; the last value too where there is room. */
// @ts-ignore: decorator
@inline
function interleave<T>(dst: usize, end: usize, src: usize, n: i32, value: T): usize {
  const vector = v128.splat<T>(value);
  const stop = src + <usize>n * sizeof<T>();
  for (; src + 16 <= stop && dst + 32 <= end; src += 16, dst += 32) {
    const x = v128.load(src);
    if (sizeof<T>() == 8) {
      v128.store(dst, v128.shuffle<i64>(x, vector, 0, 2));
      v128.store(dst, v128.shuffle<i64>(x, vector, 1, 3), 16);
    } else {
      v128.store(dst, v128.shuffle<i32>(x, vector, 0, 4, 1, 5));
      v128.store(dst, v128.shuffle<i32>(x, vector, 2, 6, 3, 7), 16);
    }
  }
  for (; src < stop; src += sizeof<T>(), dst += 2 * sizeof<T>()) {
    store<T>(dst, load<T>(src));
    if (dst + 2 * sizeof<T>() <= end) store<T>(dst, value, sizeof<T>());
  }
  return dst;
}
