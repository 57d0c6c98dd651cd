// What becomes of rows of c while they are in cache.
import { DType } from "../../abi/opcodes";
import { workspace } from "../../threads/pool";
import { splatAt, storeFirst } from "../vectors";
import { Epilogue, Gemm } from "./descriptor";
import { addRun } from "./vector";

/** Runs a program, in a thread's space for it, over `rows` stretches of `columns` of c's elements, the first at `start`, `step` apart. */
export type RegionRunner = (program: usize, space: usize, start: i32, rows: i32, step: i32, columns: i32) => void;

/**
 * Called once for every element of c, in regions of whatever form, when it has its final sum; c as [batch·m, n]. Threads may
 * call it at the same time for different regions.
 */
function finishRows(g: Gemm, firstRow: i32, rows: i32, firstColumn: i32, columns: i32): void {
  if (g.epilogue == Epilogue.Program) {
    const start = firstRow * g.n + firstColumn;
    call_indirect<void>(g.runner, g.program, workspace() + g.programSpace, start, rows, g.n, columns);
  } else if (g.dtype == DType.Float32) addTo<f32>(g, firstRow, rows, firstColumn, columns);
  else if (g.dtype == DType.Float64) addTo<f64>(g, firstRow, rows, firstColumn, columns);
  else addTo<i32>(g, firstRow, rows, firstColumn, columns);
}

/** finishRows for a region in terms of rows and columns of the product as it is computed. */
export function finishRegion(g: Gemm, firstRow: i32, rows: i32, firstColumn: i32, columns: i32): void {
  if (!g.swapped) {
    finishRows(g, firstRow, rows, firstColumn, columns);
  } else if (g.n == 1) {
    // The vectors of a batch are rows: one of c for each element.
    for (let i = firstRow; i < firstRow + rows; ++i) finishRows(g, i * g.columns + firstColumn, columns, 0, 1);
  } else {
    // A row of c, as a column; the rows before are those of products before.
    const item = firstRow / g.rows;
    finishRows(g, item, 1, firstRow - item * g.rows, rows);
  }
}

function addTo<T>(g: Gemm, firstRow: i32, rows: i32, firstColumn: i32, columns: i32): void {
  const size = <i32>sizeof<T>();
  const addendRow = g.addendRow * size;
  const addendCol = g.addendCol * size;
  let c = g.c + (<usize>firstRow * <usize>g.n + <usize>firstColumn) * sizeof<T>();
  let row = firstRow % g.addendRows;
  if (g.n == 1) {
    // A column is contiguous: as few runs as there are repetitions of the addend.
    while (rows > 0) {
      const length = min(rows, g.addendRows - row);
      addStrided<T>(c, g.addend + row * addendRow, addendRow, length);
      c += length * size;
      rows -= length;
      row = 0;
    }
    return;
  }
  for (; rows > 0; --rows) {
    addStrided<T>(c, g.addend + row * addendRow + firstColumn * addendCol, addendCol, columns);
    c += <usize>g.n * sizeof<T>();
    if (++row == g.addendRows) row = 0;
  }
}

/** c[i] += x[i · step] */
function addStrided<T>(c: usize, x: usize, step: i32, n: i32): void {
  if (step == <i32>sizeof<T>()) return addRun<T>(c, x, n);
  const lanes = <i32>(16 / sizeof<T>());
  if (step == 0) {
    const value = splatAt<T>(x);
    for (; n >= lanes; n -= lanes, c += 16) v128.store(c, v128.add<T>(v128.load(c), value));
    storeFirst<T>(c, v128.add<T>(v128.load(c), value), n);
    return;
  }
  for (; n > 0; --n, c += sizeof<T>()) {
    store<T>(c, <T>(load<T>(c) + load<T>(x)));
    x += step;
  }
}
