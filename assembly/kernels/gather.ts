// Reading, adding and writing at indices along one dim (torch.gather, Tensor.scatter_add). Indices are int32.
//
//      gather:      other[…, i, …] = table[…, index[…, i, …], …]
//      scatterAdd:  table[…, index[…, i, …], …] += other[…, i, …], in ascending order of i; bools are or-ed
//      scatter:     table[…, index[…, i, …], …] = other[…, i, …], in the same order; of int32
import { DType } from "../abi/opcodes";
import { Indexing, layOut, nest } from "./gather/layout";
import { Adding, Reading, Writing, visit } from "./gather/nest";
import { at, quotientUp } from "./strided";

export { Indexing } from "./gather/layout";

/** Elements that are worth a part, some 100 µs, and how many parts there are at most. */
const PART: i32 = 65536;
const MAX_PARTS: i32 = 8;
/** Columns are shared out in groups of so many; of whole rows, longer pieces, which are copied at once. */
const GROUP: i32 = 16;
const ROW_GROUP: i32 = 64;

// @ts-ignore: decorator
@inline
function elementSize(dtype: i32): i32 {
  return dtype == DType.Float64 ? 8 : dtype == DType.Bool ? 1 : 4;
}

// Which loop the parts share: that over P and outside of it, over K, or over M.
const OUTSIDE: i32 = 0;
const ALONG: i32 = 1;
const INSIDE: i32 = 2;

// Additions to one place of the table differ only in their position along K: as long as K is not shared, one part makes all of them.
// @ts-ignore: decorator
@inline
function sharedLoop(mayShareK: bool): i32 {
  const loops = nest();
  if (loops.outerCount * loops.P >= MAX_PARTS) return OUTSIDE;
  // Elements by columns: measured on tables of 16 MB, faster than by rows even when the parts run one after the other.
  return mayShareK && (loops.indexM == 0 || loops.M < MAX_PARTS * GROUP) ? ALONG : INSIDE;
}

// @ts-ignore: decorator
@inline
function groupSize(): i32 {
  return nest().indexM == 0 ? ROW_GROUP : GROUP;
}

// The parts of a layout.
function partCount(shared: i32): i32 {
  const loops = nest();
  const rows = loops.outerCount * loops.P;
  const count = rows * loops.K * loops.M;
  const units = shared == OUTSIDE ? rows : shared == ALONG ? loops.K : loops.M / groupSize();
  return max(1, min(min(MAX_PARTS, units), count / PART));
}

/** How many parts there are: they write different places. */
export function gatherParts(t: Indexing): i32 {
  return layOut(t, elementSize(t.dtype)) ? partCount(sharedLoop(true)) : 1;
}
export function scatterAddParts(t: Indexing): i32 {
  return layOut(t, elementSize(t.dtype)) ? partCount(sharedLoop(false)) : 1;
}

export function gatherPart(t: Indexing, part: i32): void {
  const size = elementSize(t.dtype);
  if (!layOut(t, size)) return;
  if (size == 4) visitPart<Reading, u32>(t, part, true);
  else if (size == 8) visitPart<Reading, u64>(t, part, true);
  else visitPart<Reading, u8>(t, part, true);
}

export function scatterAddPart(t: Indexing, part: i32): void {
  if (!layOut(t, elementSize(t.dtype))) return;
  if (t.dtype == DType.Float32) visitPart<Adding, f32>(t, part, false);
  else if (t.dtype == DType.Float64) visitPart<Adding, f64>(t, part, false);
  else if (t.dtype == DType.Int32) visitPart<Adding, i32>(t, part, false);
  else visitPart<Adding, u8>(t, part, false);
}

/** For int32 alone; it has as many parts as scatterAdd. */
export function scatterPart(t: Indexing, part: i32): void {
  if (layOut(t, 4)) visitPart<Writing, u32>(t, part, false);
}

function visitPart<O, T>(t: Indexing, part: i32, mayShareK: bool): void {
  const loops = nest();
  const shared = sharedLoop(mayShareK);
  const parts = partCount(shared);
  const rows = loops.outerCount * loops.P;
  const units = shared == OUTSIDE ? rows : shared == ALONG ? loops.K : quotientUp(loops.M, groupSize());
  const start = <i32>((<i64>units * part) / parts);
  const end = <i32>((<i64>units * (part + 1)) / parts);
  if (shared == OUTSIDE) visit<O, T>(t, start, end, 0, loops.K, 0, loops.M);
  else if (shared == ALONG) visit<O, T>(t, 0, rows, start, end, 0, loops.M);
  else visit<O, T>(t, 0, rows, 0, loops.K, start * groupSize(), min(end * groupSize(), loops.M));
}

/** Runs all parts. Returns as outOfRange does. */
export function gather(t: Indexing): i32 {
  t.failed = 0;
  const parts = gatherParts(t);
  for (let part = 0; part < parts; ++part) gatherPart(t, part);
  return outOfRange(t);
}
export function scatterAdd(t: Indexing): i32 {
  t.failed = 0;
  const parts = scatterAddParts(t);
  for (let part = 0; part < parts; ++part) scatterAddPart(t, part);
  return outOfRange(t);
}

export function scatter(t: Indexing): i32 {
  t.failed = 0;
  const parts = scatterAddParts(t);
  for (let part = 0; part < parts; ++part) scatterPart(t, part);
  return outOfRange(t);
}

/**
 * After the parts: 0, or one more than the row-major position of the first index outside of the table. What was computed
 * means nothing then.
 */
export function outOfRange(t: Indexing): i32 {
  if (!t.failed) return 0;
  let count = 1;
  for (let i = 0; i < t.ndim; ++i) count *= at(t.dims, i);
  let position = 0;
  while (position < count && <u32>load<i32>(t.index + (offsetAt(t, position) << 2)) < <u32>t.tableSize) ++position;
  return position + 1;
}

// Offset of the index's element at a row-major position.
function offsetAt(t: Indexing, position: i32): i32 {
  let offset = 0;
  for (let i = t.ndim - 1; i >= 0; --i) {
    const size = at(t.dims, i);
    offset += (position % size) * at(t.indexStrides, i);
    position /= size;
  }
  return offset;
}
