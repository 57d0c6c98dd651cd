// How gather and scatterAdd see their operands: up to three nested loops over the index, with the indexed dim in the middle.
import { PARTIAL_ROWS, at } from "../strided";
import { kernelScratch } from "../../threads/scratch";

/** What is to be read or written: the caller fills it in. Strides are in elements. */
@unmanaged
export class Indexing {
  dtype: i32;
  ndim: i32;
  dim: i32;
  /** Set by a part that has met an index out of range; 0 at the start. */
  failed: i32;
  /** The index, int32. */
  dims: usize;
  index: usize;
  indexStrides: usize;
  /** What is indexed along dim, where it has tableSize elements: gather reads it, scatterAdd adds to it. */
  table: usize;
  tableStrides: usize;
  tableSize: i32;
  /** What goes with the index, element by element: the result of gather, the source of scatterAdd. */
  other: usize;
  otherStrides: usize;
}

/**
 * The index's elements as outer × P × K × M: K along the indexed dim, P and M along the nearest dims outside and inside of it,
 * neighbours merged as far as all operands allow. Outer dims beyond these stand in a list. Steps are in bytes; `pick` is that
 * of the table along the indexed dim.
 */
@unmanaged
export class Nest {
  outer: i32;
  outerCount: i32;
  P: i32;
  indexP: i32;
  tableP: i32;
  otherP: i32;
  K: i32;
  indexK: i32;
  otherK: i32;
  pick: i32;
  M: i32;
  indexM: i32;
  tableM: i32;
  otherM: i32;
  /** Where the operands begin at a position of the outer dims: see seekOuter. */
  indexOffset: i32;
  tableOffset: i32;
  otherOffset: i32;
}

/** One dim of the list: its size and the steps of index, table and other. */
@unmanaged
class Dim {
  size: i32;
  index: i32;
  table: i32;
  other: i32;
}

const LIST: usize = PARTIAL_ROWS + 128;

// @ts-ignore: decorator
@inline
export function nest(): Nest {
  return changetype<Nest>(kernelScratch + PARTIAL_ROWS);
}
// @ts-ignore: decorator
@inline
function listed(d: i32): Dim {
  return changetype<Dim>(kernelScratch + LIST + <usize>d * offsetof<Dim>());
}

/** Appends dims [from, to) to a list of n, merging neighbours that come after `first`; returns how many there are. */
function append(t: Indexing, size: i32, from: i32, to: i32, first: i32): i32 {
  let n = first;
  for (let i = from; i < to; ++i) {
    const length = at(t.dims, i);
    if (length == 1) continue;
    const index = at(t.indexStrides, i) << 2;
    const table = at(t.tableStrides, i) * size;
    const other = at(t.otherStrides, i) * size;
    let d = listed(n - 1);
    const isEven = n > first && d.index == length * index && d.table == length * table && d.other == length * other;
    if (isEven) d.size *= length;
    else {
      d = listed(n++);
      d.size = length;
    }
    d.index = index;
    d.table = table;
    d.other = other;
  }
  return n;
}

/** Lays t out in the scratch memory; `size` in bytes is that of the table's elements. False: there is no element. */
export function layOut(t: Indexing, size: i32): bool {
  for (let i = 0; i < t.ndim; ++i) if (at(t.dims, i) == 0) return false;
  const loops = nest();
  const hasDim = t.ndim > 0;
  loops.K = hasDim ? at(t.dims, t.dim) : 1;
  loops.indexK = hasDim ? at(t.indexStrides, t.dim) << 2 : 0;
  loops.otherK = hasDim ? at(t.otherStrides, t.dim) * size : 0;
  loops.pick = hasDim ? at(t.tableStrides, t.dim) * size : 0;
  const before = append(t, size, 0, t.dim, 0);
  let n = append(t, size, t.dim + 1, t.ndim, before);
  loops.M = 1;
  loops.indexM = 0;
  loops.tableM = 0;
  loops.otherM = 0;
  // With one index along the dim there may as well be a loop over the next dim outside as one inside.
  if (n > before || (loops.K == 1 && n > 0)) {
    const d = listed(--n);
    loops.M = d.size;
    loops.indexM = d.index;
    loops.tableM = d.table;
    loops.otherM = d.other;
  }
  loops.P = 1;
  loops.indexP = 0;
  loops.tableP = 0;
  loops.otherP = 0;
  if (n > 0) {
    // Any of the list will do: the last is the nearest.
    const d = listed(--n);
    loops.P = d.size;
    loops.indexP = d.index;
    loops.tableP = d.table;
    loops.otherP = d.other;
  }
  loops.outer = n;
  let count = 1;
  for (let i = 0; i < n; ++i) count *= listed(i).size;
  loops.outerCount = count;
  return true;
}

/** Notes where the three operands begin at a position of the outer dims. */
export function seekOuter(loops: Nest, position: i32): void {
  let index = 0;
  let table = 0;
  let other = 0;
  for (let i = loops.outer - 1; i >= 0; --i) {
    const d = listed(i);
    const quotient = position / d.size;
    const count = position - quotient * d.size;
    position = quotient;
    index += count * d.index;
    table += count * d.table;
    other += count * d.other;
  }
  loops.indexOffset = index;
  loops.tableOffset = table;
  loops.otherOffset = other;
}
