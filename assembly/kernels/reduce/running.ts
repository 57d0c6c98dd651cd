// Reductions of values that arrive block by block: the sinks of block programs. Values are combined in the order that kernels/reduce.ts
// describes, so results equal those of a reduction that finds everything in memory.
//
//      state of one sink: ┌────────┬─────┬──────────────────────────────┐
//                         │ blocks │     │ stack of partials, v128 × 32 │
//                         └────────┴─────┴──────────────────────────────┘
//                         +0             +16
import { DType } from "../../abi/opcodes";
import { drain, fold, push, pushBlocks, reduceRun } from "./elements";
import { reduceEvenly } from "./rows";

export const STATE_BYTES: usize = 16 + 32 * 16;
const STACK: usize = 16;
/** Elements to a block: a run that is not the last of its row is a multiple of it. */
export const RUN_UNIT: i32 = 128;

// Each of these takes the class of an operation (operations.ts); generated/reductions.ts chooses it by the op.

/** dst[i] = the values src[i·length …] combined, for `rows` of several rows. */
export function reduceRowsBy<R>(dtype: i32, dst: usize, src: usize, rows: i32, length: i32): void {
  if (dtype == DType.Float32) eachRow<R, f32>(dst, src, rows, length);
  else if (dtype == DType.Float64) eachRow<R, f64>(dst, src, rows, length);
  else eachRow<R, i32>(dst, src, rows, length);
}
function eachRow<R, T>(dst: usize, src: usize, rows: i32, length: i32): void {
  const step = <usize>length * sizeof<T>();
  if (length <= RUN_UNIT) return reduceEvenly<R, T>(dst, <i32>sizeof<T>(), src, <i32>step, length, rows);
  for (; rows > 0; rows--, src += step, dst += sizeof<T>()) store<T>(dst, reduceRun<R, T>(src, length));
}

/** Takes the next n values of the row under way. */
export function takeRunBy<R>(dtype: i32, state: usize, src: usize, n: i32): void {
  const stack = state + STACK,
    blocks = load<i32>(state);
  if (dtype == DType.Float32) store<i32>(state, pushBlocks<R, f32>(stack, src, n, blocks));
  else if (dtype == DType.Float64) store<i32>(state, pushBlocks<R, f64>(stack, src, n, blocks));
  else store<i32>(state, pushBlocks<R, i32>(stack, src, n, blocks));
}

/** Ends a stretch of a row: its values, combined lane by lane, go to `partial` (a v128); the state is empty again. */
export function endRunBy<R>(dtype: i32, state: usize, partial: usize): void {
  const stack = state + STACK,
    blocks = load<i32>(state);
  if (dtype == DType.Float32) v128.store(partial, drain<R, f32>(stack, blocks));
  else if (dtype == DType.Float64) v128.store(partial, drain<R, f64>(stack, blocks));
  else v128.store(partial, drain<R, i32>(stack, blocks));
  store<i32>(state, 0);
}

/** dst[i] = `count` partials at partials[i·count …] combined, all of stretches of 2^j blocks but the last of a row. */
export function combinePartialsBy<R>(
  dtype: i32,
  dst: usize,
  partials: usize,
  rows: i32,
  count: i32,
  state: usize,
): void {
  if (dtype == DType.Float32) combineEach<R, f32>(dst, partials, rows, count, state);
  else if (dtype == DType.Float64) combineEach<R, f64>(dst, partials, rows, count, state);
  else combineEach<R, i32>(dst, partials, rows, count, state);
}
function combineEach<R, T>(dst: usize, partials: usize, rows: i32, count: i32, state: usize): void {
  const stack = state + STACK;
  for (; rows > 0; rows--, dst += sizeof<T>()) {
    for (let i = 0; i < count; i++, partials += 16) push<R, T>(stack, v128.load(partials), i);
    store<T>(dst, fold<R, T>(drain<R, T>(stack, count)));
  }
}
