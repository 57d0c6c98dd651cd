// Block programs: a fused unit as straight-line code over registers that are blocks in the L1 cache (program/record.ts). Each
// is made once and kept with its plan.
import { DType, Op } from "../abi/opcodes";
import { fail } from "../abi/failure";
import { Failure } from "../abi/failures";
import { nodeAt } from "../graph/walk";
import { fill } from "../kernels/fill";
import { free } from "../memory/heap";
import { keepsPrograms } from "./cache";
import { clearInstructions } from "./instructions";
import { parallelFor, reserveWorkspace } from "./parallel";
import { Job } from "./parts";
import { firstMember, programs } from "./plan";
import { makeProgram } from "./program/make";
import { Pair, Program, WHOLE_NODE } from "./program/record";
import { combine, run, runPart } from "./program/run";
import { enter, states } from "./program/space";

/** Bytes of the programs that were made and kept since it was set to 0. */
export let programBytes: u32 = 0;
export function resetProgramBytes(): void {
  programBytes = 0;
}
/** Forgets what is kept by slot. */
export function clearProgram(): void {
  clearInstructions();
}

/** Runs unit `unit`; members that are stored have their buffers already. False: memory is exhausted. */
export function runProgram(unit: i32): bool {
  // The first member is elementwise: its shape is what the program iterates over.
  if (!nodeAt(firstMember.at(unit)).numel) return true;
  const at = boundProgram(unit);
  if (!at) return false;
  const program = changetype<Program>(at);
  const done = reserveSpace(at, 0);
  if (done) {
    parallelFor(Job.Program, at, program.parts);
    if (program.rowParts > 1) {
      enter(program); // workers may have taken every part
      combine(program, states);
    }
  }
  endProgram(at);
  return done;
}
/** Makes room for a program in the workspaces behind `offset` bytes. False: out of memory. */
export function reserveSpace(at: usize, offset: u32): bool {
  const program = changetype<Program>(at);
  program.spaceOffset = offset;
  if (reserveWorkspace(offset + program.spaceBytes)) return true;
  fail(Failure.OutOfMemory);
  return false;
}
/** Part `part` of a program, on any thread. */
export function programPart(at: usize, part: i32): void {
  const program = changetype<Program>(at);
  runPart(program, enter(program), states, part);
}
/** The unit's program, made if need be, with the addresses of its arrays; 0: memory is exhausted. `endProgram` follows. */
export function boundProgram(unit: i32): usize {
  let at = <usize>programs.at(unit);
  if (!at) {
    at = makeProgram(unit);
    if (!at) return 0;
    if (keepsPrograms()) {
      programs.set(unit, <u32>at);
      programBytes += changetype<Program>(at).bytes;
    }
  }
  bind(changetype<Program>(at));
  return at;
}
/** The program has run. */
export function endProgram(program: usize): void {
  if (!keepsPrograms()) free(program);
}
/** Runs a program without sinks over `rows` stretches of `columns` elements, the first at `start`, `step` apart. */
export function runRegion(at: usize, start: i32, rows: i32, step: i32, columns: i32): void {
  const program = changetype<Program>(at),
    code = enter(program);
  if (step == columns) run(program, code, start, start + rows * columns);
  else for (; rows > 0; rows--, start += step) run(program, code, start, start + columns);
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
