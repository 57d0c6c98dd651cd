// Reductions of values that come by and by: the sinks of block programs. Values are combined in the order that kernels/reduce.ts
// describes, so results equal those of a reduction that finds everything in memory.
//
//      state of one sink: ┌────────┬─────┬──────────────────────────────┐
//                         │ blocks │     │ stack of partials, v128 × 32 │
//                         └────────┴─────┴──────────────────────────────┘
//                         +0             +16
import { DType, Op } from "../../abi/opcodes";
import { drain, fold, push, pushBlocks, reduceRun } from "./elements";
import { Largest, Product, Smallest, Total } from "./operations";
import { reduceEvenly } from "./rows";

export const STATE_BYTES: usize = 16 + 32 * 16;
const STACK: usize = 16;
/** Elements to a block: a run that is not the last of its row is a multiple of it. */
export const RUN_UNIT: i32 = 128;

/** dst[i] = the values src[i·length …] combined, for `rows` of several rows. */
export function reduceRows(op: i32, dtype: i32, dst: usize, src: usize, rows: i32, length: i32): void {
  if (dtype == DType.Float32) rowsOf<f32>(op, dst, src, rows, length);
  else if (dtype == DType.Float64) rowsOf<f64>(op, dst, src, rows, length);
  else rowsOf<i32>(op, dst, src, rows, length);
}
function rowsOf<T>(op: i32, dst: usize, src: usize, rows: i32, length: i32): void {
  if (op == Op.Sum) eachRow<Total, T>(dst, src, rows, length);
  else if (op == Op.Prod) eachRow<Product, T>(dst, src, rows, length);
  else if (op == Op.Amax) eachRow<Largest, T>(dst, src, rows, length);
  else eachRow<Smallest, T>(dst, src, rows, length);
}
function eachRow<R, T>(dst: usize, src: usize, rows: i32, length: i32): void {
  const step = <usize>length * sizeof<T>();
  if (length <= RUN_UNIT) return reduceEvenly<R, T>(dst, <i32>sizeof<T>(), src, <i32>step, length, rows);
  for (; rows > 0; rows--, src += step, dst += sizeof<T>()) store<T>(dst, reduceRun<R, T>(src, length));
}

/** Takes the next n values of the row under way. */
export function takeRun(op: i32, dtype: i32, state: usize, src: usize, n: i32): void {
  if (dtype == DType.Float32) runOf<f32>(op, state, src, n);
  else if (dtype == DType.Float64) runOf<f64>(op, state, src, n);
  else runOf<i32>(op, state, src, n);
}
function runOf<T>(op: i32, state: usize, src: usize, n: i32): void {
  const stack = state + STACK,
    blocks = load<i32>(state);
  if (op == Op.Sum) store<i32>(state, pushBlocks<Total, T>(stack, src, n, blocks));
  else if (op == Op.Prod) store<i32>(state, pushBlocks<Product, T>(stack, src, n, blocks));
  else if (op == Op.Amax) store<i32>(state, pushBlocks<Largest, T>(stack, src, n, blocks));
  else store<i32>(state, pushBlocks<Smallest, T>(stack, src, n, blocks));
}

/** Ends a stretch of a row: its values, combined lane by lane, go to `partial` (a v128); the state is empty again. */
export function endRun(op: i32, dtype: i32, state: usize, partial: usize): void {
  if (dtype == DType.Float32) endOf<f32>(op, state, partial);
  else if (dtype == DType.Float64) endOf<f64>(op, state, partial);
  else endOf<i32>(op, state, partial);
}
function endOf<T>(op: i32, state: usize, partial: usize): void {
  const stack = state + STACK,
    blocks = load<i32>(state);
  if (op == Op.Sum) v128.store(partial, drain<Total, T>(stack, blocks));
  else if (op == Op.Prod) v128.store(partial, drain<Product, T>(stack, blocks));
  else if (op == Op.Amax) v128.store(partial, drain<Largest, T>(stack, blocks));
  else v128.store(partial, drain<Smallest, T>(stack, blocks));
  store<i32>(state, 0);
}

/** dst[i] = `count` partials at partials[i·count …] combined, all of stretches of 2^j blocks but the last of a row. */
export function combinePartials(
  op: i32,
  dtype: i32,
  dst: usize,
  partials: usize,
  rows: i32,
  count: i32,
  state: usize,
): void {
  if (dtype == DType.Float32) combineOf<f32>(op, dst, partials, rows, count, state);
  else if (dtype == DType.Float64) combineOf<f64>(op, dst, partials, rows, count, state);
  else combineOf<i32>(op, dst, partials, rows, count, state);
}
function combineOf<T>(op: i32, dst: usize, partials: usize, rows: i32, count: i32, state: usize): void {
  if (op == Op.Sum) combineEach<Total, T>(dst, partials, rows, count, state);
  else if (op == Op.Prod) combineEach<Product, T>(dst, partials, rows, count, state);
  else if (op == Op.Amax) combineEach<Largest, T>(dst, partials, rows, count, state);
  else combineEach<Smallest, T>(dst, partials, rows, count, state);
}
function combineEach<R, T>(dst: usize, partials: usize, rows: i32, count: i32, state: usize): void {
  const stack = state + STACK;
  for (; rows > 0; rows--, dst += sizeof<T>()) {
    for (let i = 0; i < count; i++, partials += 16) push<R, T>(stack, v128.load(partials), i);
    store<T>(dst, fold<R, T>(drain<R, T>(stack, count)));
  }
}
