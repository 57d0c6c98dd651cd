// Running a program: block by block, all instructions over one block; and the sinks.
import { Op } from "../../abi/opcodes";
import { Node } from "../../graph/node";
import { loadBlock } from "../../kernels/copy";
import { Panel, loadThrough } from "../../kernels/copy/panel";
import { runPair } from "../../kernels/elementwise/fused";
import { runElementwise } from "../../kernels/elementwise/index";
import { loadPadded } from "../../kernels/pad";
import { STATE_BYTES, combinePartials, endRun, reduceRows, takeRun } from "../../kernels/reduce/running";
import { LOAD, LOAD_PADDED, PAIR, SINK } from "../instructions";
import { A, DST, FIRST_STATE, Program, WORDS } from "./record";

/** Part `part`, by a thread whose instructions and states these are. */
export function runPart(program: Program, code: usize, states: usize, part: i32): void {
  const numel = program.numel,
    row = program.row;
  if (program.rowParts > 1) {
    const start = (part / program.rowParts) * row;
    const from = start + (part % program.rowParts) * program.part;
    runStretch(program, code, states, from, from + min(program.part, start + row - from));
    endStretch(program, code, states, part);
    return;
  }
  const from = part * program.part,
    to = from + min(program.part, numel - from);
  // One row alone is combined as a run of blocks.
  if (row <= program.block && row < numel) run(program, code, from, to);
  else {
    for (let start = from; <u32>start < <u32>to; start += row) {
      runStretch(program, code, states, start, start + row);
      endRow(program, code, states, start / row);
    }
  }
}

@inline
function address(at: usize, start: i32): usize {
  return <usize>load<u32>(at) + <usize>start * load<u32>(at, 4);
}

/** Elements from … to - 1; the rows of sinks are whole, and no longer than a block. */
export function run(program: Program, code: usize, from: i32, to: i32): void {
  const end = code + ((<usize>(program.instructions * WORDS)) << 2),
    row = program.row;
  for (let start = from; <u32>start < <u32>to; start += program.block) {
    const n = min(program.block, to - start);
    for (let at = code; at < end; at += (<usize>WORDS) << 2) {
      if (load<i32>(at) == SINK) {
        const dtype = load<i32>(at, 4);
        const dst = address(at + (DST << 2), start / row);
        reduceRows(load<i32>(at, 8), dtype, dst, address(at + (A << 2), start), n / row, row);
      } else runInstruction(at, start, n);
    }
  }
}
// A stretch of a row that is longer than a block; the sinks' states hold what has come.
function runStretch(program: Program, code: usize, states: usize, from: i32, to: i32): void {
  const end = code + ((<usize>(program.instructions * WORDS)) << 2);
  for (let start = from; <u32>start < <u32>to; start += program.block) {
    const n = min(program.block, to - start);
    for (let at = code; at < end; at += (<usize>WORDS) << 2) {
      if (load<i32>(at) == SINK) {
        takeRun(load<i32>(at, 8), load<i32>(at, 4), stateOf(states, at), address(at + (A << 2), start), n);
      } else runInstruction(at, start, n);
    }
  }
}

// @ts-ignore: decorator
@inline
function runInstruction(at: usize, start: i32, n: i32): void {
  const op = load<i32>(at),
    dtype = load<i32>(at, 4);
  const dst = address(at + (DST << 2), start);
  if (op <= Op.Where) {
    runElementwise(
      op,
      dtype,
      load<i32>(at, 8),
      dst,
      address(at + (A << 2), start),
      address(at + ((A + 2) << 2), start),
      address(at + ((A + 4) << 2), start),
      n,
    );
  } else if (op == LOAD) {
    const x = changetype<Node>(load<usize>(at, 8)),
      panel = load<usize>(at, A << 2);
    if (panel) loadThrough(changetype<Panel>(panel), dtype, dst, x.data, start, n, x.ndim, x.dims, x.strides);
    else loadBlock(dtype, dst, x.data, start, n, x.ndim, x.dims, x.strides);
  } else if (op == PAIR) {
    runPair(
      load<i32>(at, 8),
      dtype,
      dst,
      address(at + (A << 2), start),
      address(at + ((A + 2) << 2), start),
      address(at + ((A + 4) << 2), start),
      n,
    );
  } else if (op == LOAD_PADDED) {
    const x = changetype<Node>(load<usize>(at, 8)),
      ndim = <usize>x.ndim;
    const before = x.attributes,
      between = before + (ndim << 3);
    loadPadded(
      x.dtype,
      dtype,
      dst,
      start,
      n,
      x.ndim,
      x.dims,
      x.value,
      before,
      between,
      x.data,
      x.input(0).dims,
      x.strides,
    );
  } else memory.copy(dst, address(at + (A << 2), start), <usize>n * dtype);
}

// -- sinks

@inline
function stateOf(states: usize, at: usize): usize {
  return states + FIRST_STATE + STATE_BYTES * load<u32>(at, (A + 4) << 2);
}

function endStretch(program: Program, code: usize, states: usize, part: i32): void {
  const end = code + ((<usize>(program.instructions * WORDS)) << 2);
  for (let at = code; at < end; at += (<usize>WORDS) << 2) {
    if (load<i32>(at) != SINK) continue;
    const place = program.partials + ((<usize>(load<i32>(at, (A + 4) << 2) * program.parts + part)) << 4);
    endRun(load<i32>(at, 8), load<i32>(at, 4), stateOf(states, at), place);
  }
}
function endRow(program: Program, code: usize, states: usize, row: i32): void {
  const end = code + ((<usize>(program.instructions * WORDS)) << 2);
  for (let at = code; at < end; at += (<usize>WORDS) << 2) {
    if (load<i32>(at) != SINK) continue;
    const op = load<i32>(at, 8),
      dtype = load<i32>(at, 4),
      state = stateOf(states, at);
    endRun(op, dtype, state, states);
    combinePartials(op, dtype, address(at + (DST << 2), row), states, 1, 1, state);
  }
}
/** The results of sinks whose rows are longer than a part, from the parts' partial ones. */
export function combine(program: Program, states: usize): void {
  const code = program.code,
    end = code + ((<usize>(program.instructions * WORDS)) << 2);
  for (let at = code; at < end; at += (<usize>WORDS) << 2) {
    if (load<i32>(at) != SINK) continue;
    const place = program.partials + ((<usize>(load<i32>(at, (A + 4) << 2) * program.parts)) << 4);
    combinePartials(
      load<i32>(at, 8),
      load<i32>(at, 4),
      load<usize>(at, DST << 2),
      place,
      program.numel / program.row,
      program.rowParts,
      stateOf(states, at),
    );
  }
}
