// Running a program: block by block, all instructions over one block; and the sinks.
import { Node } from "../../graph/node";
import { loadBlock } from "../../kernels/copy";
import { Panel, loadThrough } from "../../kernels/copy/panel";
import { runPair } from "../../kernels/elementwise/fused";
import { runElementwise } from "../../generated/elementwise";
import { loadPadded } from "../../kernels/copy/padded";
import { combinePartials, endRun, reduceRows, takeRun } from "../../generated/reductions";
import { STATE_BYTES } from "../../kernels/reduce/running";
import { DEAD, LOAD, LOAD_PADDED, PAIR, SINK } from "./instruction";
import { FIRST_STATE, Program, Step } from "./record";

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

/** Elements from … to - 1; the rows of sinks are whole, and no longer than a block. */
export function run(program: Program, code: usize, from: i32, to: i32): void {
  const end = code + program.codeBytes,
    row = program.row;
  for (let start = from; <u32>start < <u32>to; start += program.block) {
    const n = min(program.block, to - start);
    for (let at = code; at < end; at += offsetof<Step>()) {
      const step = changetype<Step>(at);
      if (step.op == SINK) reduceRows(step.source, step.dtype, step.dstAt(start / row), step.aAt(start), n / row, row);
      else runInstruction(step, start, n);
    }
  }
}
// A stretch of a row that is longer than a block; the sinks' states hold what has come.
function runStretch(program: Program, code: usize, states: usize, from: i32, to: i32): void {
  const end = code + program.codeBytes;
  for (let start = from; <u32>start < <u32>to; start += program.block) {
    const n = min(program.block, to - start);
    for (let at = code; at < end; at += offsetof<Step>()) {
      const step = changetype<Step>(at);
      if (step.op == SINK) takeRun(step.source, step.dtype, stateOf(states, step), step.aAt(start), n);
      else runInstruction(step, start, n);
    }
  }
}

// @ts-ignore: decorator
@inline
function runInstruction(step: Step, start: i32, n: i32): void {
  const op = step.op,
    dtype = step.dtype;
  const dst = step.dstAt(start);
  if (op < DEAD) runElementwise(op, dtype, step.source, dst, step.aAt(start), step.bAt(start), step.cAt(start), n);
  else if (op == LOAD) {
    const x = changetype<Node>(step.source),
      panel = step.a;
    if (panel) loadThrough(changetype<Panel>(panel), dtype, dst, x.data, start, n, x.ndim, x.dims, x.strides);
    else loadBlock(dtype, dst, x.data, start, n, x.ndim, x.dims, x.strides);
  } else if (op == PAIR) {
    runPair(step.source, dtype, dst, step.aAt(start), step.bAt(start), step.cAt(start), n);
  } else if (op == LOAD_PADDED) {
    const x = changetype<Node>(step.source),
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
  } else memory.copy(dst, step.aAt(start), <usize>n * dtype);
}

// -- sinks

@inline
function stateOf(states: usize, sink: Step): usize {
  return states + FIRST_STATE + STATE_BYTES * sink.c;
}
// The partial results of a sink, by part.
@inline
function partialsOf(program: Program, sink: Step): usize {
  return program.partials + ((<usize>(<i32>sink.c * program.parts)) << 4);
}

function endStretch(program: Program, code: usize, states: usize, part: i32): void {
  const end = code + program.codeBytes;
  for (let at = code; at < end; at += offsetof<Step>()) {
    const step = changetype<Step>(at);
    if (step.op != SINK) continue;
    endRun(step.source, step.dtype, stateOf(states, step), partialsOf(program, step) + ((<usize>part) << 4));
  }
}
function endRow(program: Program, code: usize, states: usize, row: i32): void {
  const end = code + program.codeBytes;
  for (let at = code; at < end; at += offsetof<Step>()) {
    const step = changetype<Step>(at);
    if (step.op != SINK) continue;
    const state = stateOf(states, step);
    endRun(step.source, step.dtype, state, states);
    combinePartials(step.source, step.dtype, step.dstAt(row), states, 1, 1, state);
  }
}
/** The results of sinks whose rows are longer than a part, from the parts' partial ones. */
export function combine(program: Program, states: usize): void {
  const code = program.code,
    end = code + program.codeBytes;
  for (let at = code; at < end; at += offsetof<Step>()) {
    const step = changetype<Step>(at);
    if (step.op != SINK) continue;
    const rows = program.numel / program.row;
    const partials = partialsOf(program, step);
    combinePartials(step.source, step.dtype, step.dst, partials, rows, program.rowParts, stateOf(states, step));
  }
}
