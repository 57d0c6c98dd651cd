// A block of a padded operand, without the padded array ever being made: what block programs load.
import { fill, fillRun } from "./fill";

const NOWHERE: i32 = i32.MIN_VALUE;

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
  fill(dtype, dst, value, n);
  if (!ndim) return;
  const last = (<usize>ndim - 1) << 2;
  const columns = load<i32>(dims + last),
    count = load<i32>(srcDims + last),
    lead = load<i32>(before + last),
    step = load<i32>(between + last) + 1,
    stride = load<i32>(srcStrides + last) * esize;
  let row = start / columns,
    column = start - row * columns;
  while (n > 0) {
    const width = min(columns - column, n);
    const offset = rowOffset(row, ndim - 1, dims, before, between, srcDims, srcStrides);
    if (offset != NOWHERE && count) {
      // Elements q with column ≤ lead + q·step < column + width.
      const from = max(floorDivide(column - lead + step - 1, step), 0);
      const to = min(floorDivide(column + width - lead + step - 1, step), count);
      if (from < to) {
        const at = dst + (lead + from * step - column) * esize;
        copyRun(esize, at, step * esize, src + offset * esize + from * stride, stride, to - from);
      }
    }
    dst += width * esize;
    n -= width;
    column = 0;
    row++;
  }
}
// Where the row begins in src, in elements; NOWHERE when it is all value.
function rowOffset(
  row: i32,
  outer: i32,
  dims: usize,
  before: usize,
  between: usize,
  srcDims: usize,
  srcStrides: usize,
): i32 {
  let offset = 0;
  for (let i = outer - 1; i >= 0; i--) {
    const at = (<usize>i) << 2;
    const size = load<i32>(dims + at);
    const quotient = row / size;
    const index = row - quotient * size - load<i32>(before + at);
    row = quotient;
    const step = load<i32>(between + at) + 1;
    if (index < 0 || index % step || index / step >= load<i32>(srcDims + at)) return NOWHERE;
    offset += (index / step) * load<i32>(srcStrides + at);
  }
  return offset;
}
@inline
function floorDivide(a: i32, b: i32): i32 {
  return a >= 0 ? a / b : -((b - 1 - a) / b);
}
function copyRun(esize: i32, dst: usize, dstStep: i32, src: usize, srcStep: i32, n: i32): void {
  if (dstStep == esize && srcStep == esize) memory.copy(dst, src, <usize>n * esize);
  else if (dstStep == 4 && srcStep == 0 && esize == 4) fillRun<u32>(dst, load<u32>(src), n);
  else if (esize == 4) copyElements<u32>(dst, dstStep, src, srcStep, n);
  else if (esize == 8) copyElements<u64>(dst, dstStep, src, srcStep, n);
  else copyElements<u8>(dst, dstStep, src, srcStep, n);
}
function copyElements<T>(dst: usize, dstStep: i32, src: usize, srcStep: i32, n: i32): void {
  for (; n > 0; n--) {
    store<T>(dst, load<T>(src));
    dst += dstStep;
    src += srcStep;
  }
}
