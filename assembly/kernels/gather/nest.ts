// The loops of gather and scatterAdd over one layout.
import { copyRun } from "../copy/runs";
import { Indexing, Nest, nest, seekOuter } from "./layout";

/** gather: from the table to what goes with the index. */
@unmanaged
export class Reading {
  @inline element<T>(table: usize, other: usize): void {
    store<T>(other, load<T>(table));
  }
  @inline run<T>(table: usize, other: usize, n: i32): void {
    copyRun<T>(other, table, n);
  }
}

/** scatterAdd: what goes with the index is added to the table; bools are or-ed. */
@unmanaged
export class Adding {
  @inline element<T>(table: usize, other: usize): void {
    if (sizeof<T>() == 1) store<u8>(table, load<u8>(table) | load<u8>(other));
    else store<T>(table, <T>(load<T>(table) + load<T>(other)));
  }
  @inline run<T>(table: usize, other: usize, n: i32): void {
    const end = table + <usize>n * sizeof<T>();
    for (; table + 16 <= end; table += 16, other += 16) {
      const a = v128.load(table);
      const b = v128.load(other);
      v128.store(table, sizeof<T>() == 1 ? v128.or(a, b) : v128.add<T>(a, b));
    }
    for (; table < end; table += sizeof<T>(), other += sizeof<T>()) this.element<T>(table, other);
  }
}

/** scatter: the table gets what goes with the index; the last one that is written stays. */
@unmanaged
export class Writing {
  @inline element<T>(table: usize, other: usize): void {
    store<T>(table, load<T>(other));
  }
  @inline run<T>(table: usize, other: usize, n: i32): void {
    copyRun<T>(table, other, n);
  }
}

/**
 * Visits the positions [start, end) of outer × P, in them k in [k0, k1) and m in [m0, m1). For each place of the table k
 * ascends, so that what is added up there is always added in the same order.
 */
export function visit<O, T>(t: Indexing, start: i32, end: i32, k0: i32, k1: i32, m0: i32, m1: i32): void {
  const loops = nest();
  const P = loops.P;
  const index = t.index + k0 * loops.indexK + m0 * loops.indexM;
  const table = t.table + m0 * loops.tableM;
  const other = t.other + k0 * loops.otherK + m0 * loops.otherM;
  let p = start % P;
  let outer = start / P;
  while (start < end) {
    const rows = min(P - p, end - start);
    seekOuter(loops, outer);
    const ok = visitRows<O, T>(
      loops,
      index + loops.indexOffset + p * loops.indexP,
      table + loops.tableOffset + p * loops.tableP,
      other + loops.otherOffset + p * loops.otherP,
      rows,
      k1 - k0,
      m1 - m0,
      t.tableSize,
    );
    if (!ok) {
      t.failed = 1;
      return;
    }
    start += rows;
    p = 0;
    ++outer;
  }
}

// False: an index is out of range.
// @ts-ignore: decorator
@inline
function visitRows<O, T>(
  loops: Nest,
  index: usize,
  table: usize,
  other: usize,
  P: i32,
  K: i32,
  M: i32,
  limit: i32,
): bool {
  const size = <i32>sizeof<T>();
  const indexP = loops.indexP;
  const tableP = loops.tableP;
  const otherP = loops.otherP;
  const indexK = loops.indexK;
  const otherK = loops.otherK;
  const pick = loops.pick;
  const indexM = loops.indexM;
  const tableM = loops.tableM;
  const otherM = loops.otherM;
  if (M == 1) {
    for (; P > 0; --P, index += indexP, table += tableP, other += otherP) {
      if (!visitRun<O, T>(index, indexK, table, 0, other, otherK, K, pick, limit)) return false;
    }
    return true;
  }
  if (indexM == 0 && tableM == size && otherM == size) {
    for (; P > 0; --P, index += indexP, table += tableP, other += otherP) {
      let indexRow = index;
      let otherRow = other;
      for (let k = 0; k < K; ++k, indexRow += indexK, otherRow += otherK) {
        const i = load<i32>(indexRow);
        if (<u32>i >= <u32>limit) return false;
        changetype<O>(0).run<T>(table + i * pick, otherRow, M);
      }
    }
    return true;
  }
  for (; P > 0; --P, index += indexP, table += tableP, other += otherP) {
    let indexRow = index;
    let otherRow = other;
    for (let k = 0; k < K; ++k, indexRow += indexK, otherRow += otherK) {
      if (!visitRun<O, T>(indexRow, indexM, table, tableM, otherRow, otherM, M, pick, limit)) return false;
    }
  }
  return true;
}

// @ts-ignore: decorator
@inline
function visitRun<O, T>(
  index: usize,
  indexStep: i32,
  table: usize,
  tableStep: i32,
  other: usize,
  otherStep: i32,
  n: i32,
  pick: i32,
  limit: i32,
): bool {
  for (; n > 0; --n, index += indexStep, table += tableStep, other += otherStep) {
    const i = load<i32>(index);
    if (<u32>i >= <u32>limit) return false;
    changetype<O>(0).element<T>(table + i * pick, other);
  }
  return true;
}
