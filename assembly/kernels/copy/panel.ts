// Panels: a transposed operand of a block program. A block of it lies along one row or few, and so touches a cache line, and as
// a rule a page, for every element; the next block touches them all again. So as many rows as share the lines are gathered at
// once, by squares, into a buffer from which the blocks are then taken.
import { loadBlock } from "../copy";
import { LOAD_WALK, coalesce, sizeAt, strideA } from "../strided";
import { kernelScratch } from "../../threads/scratch";
import { copyRun } from "./runs";

const LINE: i32 = 64;
/** Panels of short rows hold more of them. */
const LEAST_ELEMENTS: i32 = 32768;
/** Wider panels would be no nearer than the operand itself. */
const MOST_BYTES: i32 = 1 << 22;

/** Whoever runs blocks has a panel of its own for each such operand: start = end = 0 at first, and a buffer of panelBytes. */
@unmanaged
export class Panel {
  /** Positions that the buffer holds. */
  start: i32;
  end: i32;
  buffer: usize;
}

/** Bytes of a panel for blocks of at most `block` elements; 0 where loadBlock alone does as well. */
export function panelBytes(esize: i32, block: i32, ndim: i32, dims: usize, strides: usize): i32 {
  const walk = kernelScratch + LOAD_WALK;
  const n = coalesce(walk, ndim, dims, strides, strides);
  if (n < 2 || abs(strideA(walk, n - 2)) != 1 || abs(strideA(walk, n - 1)) * esize < LINE) return 0;
  const inner = sizeAt(walk, n - 1);
  // The rows before and behind the block may be needed in part.
  const bytes = <f64>(panelRows(esize, inner) + 1) * <f64>inner * <f64>esize + <f64>(block * esize);
  return inner < 8 || bytes > <f64>MOST_BYTES ? 0 : <i32>bytes;
}

// @ts-ignore: decorator
@inline
function panelRows(esize: i32, inner: i32): i32 {
  const line = LINE / esize;
  return max(line, (LEAST_ELEMENTS / inner) & ~(line - 1));
}

/** loadBlock by way of a panel. */
export function loadThrough(
  panel: Panel,
  esize: i32,
  dst: usize,
  src: usize,
  start: i32,
  n: i32,
  ndim: i32,
  dims: usize,
  strides: usize,
): void {
  if (start < panel.start || start + n > panel.end) fillPanel(panel, esize, src, start, n, ndim, dims, strides);
  copyRun<u8>(dst, panel.buffer + <usize>(start - panel.start) * esize, n * esize);
}

function fillPanel(
  panel: Panel,
  esize: i32,
  src: usize,
  start: i32,
  n: i32,
  ndim: i32,
  dims: usize,
  strides: usize,
): void {
  const walk = kernelScratch + LOAD_WALK;
  const last = coalesce(walk, ndim, dims, strides, strides) - 1;
  const inner = sizeAt(walk, last);
  const rows = sizeAt(walk, last - 1);
  let total = inner * rows;
  for (let d = 0; d < last - 1; ++d) total *= sizeAt(walk, d);
  const row = start / inner;
  // Rows that share lines, unless the block begins in the midst of them and needs more.
  const end = max(start + n, min(row + panelRows(esize, inner), rows * (row / rows + 1)) * inner);
  panel.start = row * inner;
  panel.end = min(end, total);
  loadBlock(esize, panel.buffer, src, panel.start, panel.end - panel.start, ndim, dims, strides);
}
