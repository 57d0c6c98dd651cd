// The lowering of a plan: each fused unit becomes a block program (record.ts), straight-line code over registers that are blocks in
// the L1 cache. It is made when the unit runs first, and kept beside the plan (lowered.ts).
import { DType, Op } from "../../abi/opcodes";
import { fail } from "../../abi/failure";
import { Failure } from "../../abi/failures";
import { Node } from "../../graph/node";
import { nodeAt } from "../../graph/walk";
import { fill } from "../../kernels/fill";
import { free } from "../../memory/heap";
import { clearEpilogue, setEpilogue } from "../../primitives/matmul";
import { primitiveOf } from "../../primitives/primitive";
import { parallelFor, reserveWorkspace, workspace } from "../../threads/pool";
import { firstMember } from "../plan";
import { keepsLowered, lowered, noteKept } from "./lowered";
import { makeProgram } from "./make";
import { Pair, Program, WHOLE_NODE } from "./record";
import { combine, run, runPart } from "./run";
import { enter, states } from "./space";

/** Runs unit `unit`; members that are stored have their buffers already. False: memory is exhausted. */
export function runProgram(unit: i32): bool {
  // The first member is elementwise: its shape is what the program iterates over.
  if (!nodeAt(firstMember.at(unit)).numel) return true;
  const program = boundProgram(unit);
  if (!program) return false;
  const done = reserveWorkspace(program.spaceBytes);
  if (!done) fail(Failure.OutOfMemory);
  else {
    parallelFor<Program>(programPart, program, program.parts);
    if (program.rowParts > 1) {
      enter(program, workspace()); // workers may have taken every part
      combine(program, states);
    }
  }
  endProgram(program);
  return done;
}
// Part `part` of a program, on any thread.
function programPart(program: Program, part: i32): void {
  runPart(program, enter(program, workspace()), states, part);
}

/** Computes the product n with its epilogue, the unit; what is stored of both has its buffers already. */
export function runWithEpilogue(n: Node, unit: i32): bool {
  const program = boundProgram(unit);
  if (!program) return false;
  setEpilogue(runRegion, changetype<usize>(program), program.spaceBytes);
  const done = primitiveOf(n.op).evaluate(n);
  clearEpilogue();
  endProgram(program);
  return done;
}
function runRegion(at: usize, space: usize, start: i32, rows: i32, step: i32, columns: i32): void {
  const program = changetype<Program>(at),
    code = enter(program, space);
  if (step == columns) run(program, code, start, start + rows * columns);
  else for (; rows > 0; rows--, start += step) run(program, code, start, start + columns);
}

// The unit's program, made if need be, with the addresses of its arrays; null: memory is exhausted. `endProgram` follows.
function boundProgram(unit: i32): Program | null {
  let program = changetype<Program | null>(<usize>lowered.at(unit));
  if (!program) {
    program = makeProgram(unit);
    if (!program) return null;
    if (keepsLowered) {
      lowered.set(unit, <u32>changetype<usize>(program));
      noteKept(program.bytes);
    }
  }
  bind(program);
  return program;
}
function endProgram(program: Program): void {
  if (!keepsLowered) free(changetype<usize>(program));
}

// -- bind: the addresses of the arrays, and the values that are repeated in memory

let bindings: u32 = 0;
function bind(program: Program): void {
  program.binding = ++bindings;
  for (let at = program.patchList, end = program.repeatList; at < end; at += offsetof<Pair>()) {
    const patch = changetype<Pair>(at);
    const n = nodeAt(patch.slot & ~WHOLE_NODE);
    store<usize>(program.code + patch.at, patch.slot & WHOLE_NODE ? changetype<usize>(n) : n.data);
  }
  for (let at = program.repeatList, end = program.repeatsEnd; at < end; at += offsetof<Pair>()) {
    const repeat = changetype<Pair>(at);
    const n = nodeAt(repeat.slot);
    fill(n.dtype, repeat.at, n.op == Op.Full ? n.value : valueAt(n.dtype, n.data), program.block);
  }
}
function valueAt(dtype: i32, at: usize): f64 {
  if (dtype == DType.Float32) return <f64>load<f32>(at);
  if (dtype == DType.Float64) return load<f64>(at);
  return dtype == DType.Int32 ? <f64>load<i32>(at) : <f64>load<u8>(at);
}
