// Matrix products c = a·b and c += a·b of strided operands, batched or not, in parts that threads can share.
import { workspace } from "../threads/pool";
import { DType } from "../abi/opcodes";
import { blocked, blockedWorkspace, multiplyStrip } from "./gemm/blocked";
import { Epilogue, Gemm, Path } from "./gemm/descriptor";
import { finishRegion } from "./gemm/epilogue";
import { COLUMN_BYTES } from "./gemm/micro";
import { split } from "./gemm/split";
import { multiplyColumns, multiplyRows, outerProduct, vectorWorkspace } from "./gemm/vector";

/** Products of a batch are finished together up to this many bytes of c, larger ones by strips: while they are in L1. */
const HOT_BYTES: i32 = 16384;

/**
 * Decides how the product is computed, by shapes and strides alone; returns the number of parts. These write disjoint regions of c, and
 * every element comes out the same in whatever order they run.
 */
export function gemmParts(g: Gemm): i32 {
  return split(g);
}

/** Bytes of workspace that a part needs; each thread has its own. It does not grow with the sizes. After gemmParts. */
export function gemmPartWorkspace(g: Gemm): i32 {
  const size = g.dtype == DType.Float64 ? 8 : 4;
  if (g.path == Path.Empty || g.path == Path.Small) return 0;
  if (g.path != Path.Blocked) return vectorWorkspace(size);
  return blockedWorkspace(size, g.rows, g.leftCol, g.partColumns, g.rightRow, g.rightCol, g.k);
}

export function gemmPart(g: Gemm, part: i32): void {
  gemmPartIn(g, part, workspace());
}
/** `workspace`: 16-byte aligned, of gemmPartWorkspace bytes. */
export function gemmPartIn(g: Gemm, part: i32, workspace: usize): void {
  if (g.dtype == DType.Float32) computePart<f32>(g, part, workspace);
  else if (g.dtype == DType.Float64) computePart<f64>(g, part, workspace);
  else computePart<i32>(g, part, workspace);
}

function computePart<T>(g: Gemm, part: i32, workspace: usize): void {
  const regions = g.rowParts * g.columnParts;
  if (regions == 1) {
    const first = part * g.partItems;
    computeItems<T>(g, first, min(g.partItems, g.items - first), workspace);
    return;
  }
  const item = part / regions;
  const region = part - item * regions;
  const panel = region / g.rowParts;
  const row = (region - panel * g.rowParts) * g.partRows;
  const column = panel * g.partColumns;
  const rows = min(g.partRows, g.rows - row);
  const columns = min(g.partColumns, g.columns - column);
  const left = g.left + offset<T>(g, item, true);
  const right = g.right + offset<T>(g, item, false);
  const c = g.c + <usize>item * <usize>(g.rows * g.columns) * sizeof<T>();
  const finished = g.epilogue != Epilogue.None ? item * g.rows : -1;
  computeRegion<T>(g, left, right, c, row, rows, column, columns, finished, workspace);
}

/** Where an operand of product `item` of the batch begins, in bytes from that of the first. */
function offset<T>(g: Gemm, item: i32, isLeft: bool): usize {
  let elements = 0;
  for (let d = g.dims - 1; d >= 0; --d) {
    const size = g.size(d);
    const outer = item / size;
    elements += (item - outer * size) * (isLeft ? g.leftStride(d) : g.rightStride(d));
    item = outer;
  }
  return elements * <i32>sizeof<T>();
}

/** Whole products of the batch, one after another. */
function computeItems<T>(g: Gemm, item: i32, count: i32, workspace: usize): void {
  const size = <i32>sizeof<T>();
  const bytes = g.rows * g.columns * size;
  const inner = g.dims - 1;
  const length = inner >= 0 ? g.size(inner) : 1;
  const leftStep = inner >= 0 ? g.leftStride(inner) * size : 0;
  const rightStep = inner >= 0 ? g.rightStride(inner) * size : 0;
  const hasEpilogue = g.epilogue != Epilogue.None;
  const finishesItems = hasEpilogue && bytes <= HOT_BYTES;
  let c = g.c + <usize>item * <usize>bytes;
  let first = item;
  while (count > 0) {
    let left = g.left + offset<T>(g, item, true);
    let right = g.right + offset<T>(g, item, false);
    const end = item + min(count, length - (inner > 0 ? item % length : item));
    count -= end - item;
    if (g.path == Path.Small && !hasEpilogue) {
      const rowBytes = g.columns * size;
      const cRow = g.cRow;
      for (; item < end; ++item) {
        multiplyStrip<T>(
          g.rows,
          rowBytes,
          g.k,
          left,
          g.leftRow,
          g.leftCol,
          right,
          COLUMN_BYTES,
          g.rightRow,
          c,
          cRow,
          g.accumulate != 0,
        );
        left += leftStep;
        right += rightStep;
        c += bytes;
      }
    }
    for (; item < end; ++item) {
      const finished = hasEpilogue && !finishesItems ? item * g.rows : -1;
      computeRegion<T>(g, left, right, c, 0, g.rows, 0, g.columns, finished, workspace);
      left += leftStep;
      right += rightStep;
      c += bytes;
      if (finishesItems && (item + 1 - first) * bytes >= HOT_BYTES) {
        finishItems(g, first, item + 1 - first);
        first = item + 1;
      }
    }
  }
  if (finishesItems) finishItems(g, first, item - first);
}

function finishItems(g: Gemm, first: i32, count: i32): void {
  if (!g.swapped) finishRegion(g, first * g.rows, count * g.rows, 0, g.columns);
  else for (const end = first + count; first < end; ++first) finishRegion(g, first * g.rows, g.rows, 0, g.columns);
}

/** finished: rows of c before this product where its rows are to be finished, or else -1. */
// @ts-ignore: decorator
@inline
function computeRegion<T>(
  g: Gemm,
  left: usize,
  right: usize,
  c: usize,
  row: i32,
  rows: i32,
  column: i32,
  columns: i32,
  finished: i32,
  workspace: usize,
): void {
  if (g.path == Path.Blocked) blocked<T>(g, left, right, c, row, rows, column, columns, finished, workspace);
  else computeWhole<T>(g, left, right, c, row, rows, finished, workspace);
}

function computeWhole<T>(
  g: Gemm,
  left: usize,
  right: usize,
  c: usize,
  row: i32,
  rows: i32,
  finished: i32,
  workspace: usize,
): void {
  const cRow = g.cRow;
  const accumulate = g.accumulate != 0;
  left += row * g.leftRow;
  c += row * cRow;
  if (g.path == Path.Rows) {
    multiplyRows<T>(rows, g.k, left, g.leftRow, right, g.rightRow, c, accumulate, workspace);
  } else if (g.path == Path.Columns) {
    multiplyColumns<T>(rows, g.k, left, g.leftCol, right, g.rightRow, c, accumulate, workspace);
  } else if (g.path == Path.Outer) {
    outerProduct<T>(rows, g.columns, left, g.leftRow, right, g.rightCol, c, cRow, accumulate, workspace);
  } else if (g.path == Path.Small) {
    const bytes = g.columns * <i32>sizeof<T>();
    multiplyStrip<T>(
      rows,
      bytes,
      g.k,
      left,
      g.leftRow,
      g.leftCol,
      right,
      COLUMN_BYTES,
      g.rightRow,
      c,
      cRow,
      accumulate,
    );
  } else if (!accumulate) {
    memory.fill(c, 0, <usize>rows * <usize>cRow);
  }
  if (finished >= 0) finishRegion(g, finished + row, rows, 0, g.columns);
}
