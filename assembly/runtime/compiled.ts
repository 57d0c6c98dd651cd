// Compiled functions: a traced program with its plan, kept to be run again and again on other arguments.
//
//      record, of 32-bit words
//      ┌──────────┬───────────────┬──────────────┬───────────┬────────────────────────┐
//      │ Compiled │ order × slots │ parameters   │ outputs   │ strides of parameters  │
//      └──────────┴───────────────┴──────────────┴───────────┴────────────────────────┘
//
// The program's nodes are the places for its values: a call binds the arguments' buffers to the parameters, runs the plan,
// hands the outputs' buffers to fresh leaves, and empties all places. What does not depend on a parameter is computed once,
// when the function is compiled. The record holds a reference to each parameter and output, and so all nodes. Block programs and
// the arena (memory/arena.ts) are made by the first call and serve as long as the arguments lie in memory as its did.
import { Op } from "../abi/opcodes";
import { fail, failure } from "../abi/failure";
import { Failure } from "../abi/failures";
import { append, release, removePending, retain, seal } from "../graph/graph";
import { Node, VIEWING, nodeOf } from "../graph/node";
import { forgetViewer, noteViewer } from "../graph/viewers";
import { Follow, isVisited, nodeAt, order, placeAt, startWalk, walk } from "../graph/walk";
import { Arena, noteNotMade, replay, stopReplay, watch, watched } from "../memory/arena";
import { countBytes, uncountBytes } from "../memory/buffer";
import { allocate, free } from "../memory/heap";
import { Vector } from "../memory/vector";
import { equalWords, setPointer, wordBytes } from "../memory/words";
import { shareValues } from "../graph/values";
import { leavePlan, usePlan } from "./cache";
import { compact } from "./compact";
import { evaluate, freeValues, releaseOrder, retainOrder, runSchedule } from "./evaluate";
import { freeLowered, takeKeptBytes } from "./lowering/lowered";
import { Plan, freePlan, hidePlan, savePlan } from "./plan-record";
import { makePlan } from "./planning/make";
import { TARGET, demand, isPlanned, plannedNodes, prepare, setPlannedNodes } from "./plan";
import { clearTranslation } from "./lowering/translate";
import { UnderWay, setUnderWay } from "./under-way";

@unmanaged
class Compiled {
  plan: Plan;
  /** Made with the programs, for the strides that the record holds. */
  arena: Arena | null;
  /** Records are linked, for `dropArenas`. */
  next: Compiled | null;
  previous: Compiled | null;
  /** Nodes of the order, and how many of them are planned. */
  slots: i32;
  planned: i32;
  parameterCount: i32;
  outputCount: i32;

  @inline get order(): usize {
    return changetype<usize>(this) + offsetof<Compiled>();
  }
  @inline get parameters(): usize {
    return this.order + wordBytes(this.slots);
  }
  @inline get outputs(): usize {
    return this.parameters + wordBytes(this.parameterCount);
  }
  @inline get strides(): usize {
    return this.outputs + wordBytes(this.outputCount);
  }
}

let first: Compiled | null = null;
/** The one that is being run: its arena and programs stay. */
let running: Compiled | null = null;

// By slot: whether the value differs from call to call.
const varies = Vector.make(memory.data(12));
const constants = Vector.make(memory.data(12));

/** Compiles what computes outputs from parameters (placeholders). Its record, or 0 when it failed. */
export function compileProgram(parameters: usize, parameterCount: i32, outputs: usize, outputCount: i32): usize {
  computeConstants(parameters, parameterCount, outputs, outputCount);
  walkOutputs(outputs, outputCount);
  if (!demand.start(order.length, 0)) return 0;
  for (let i = 0; i < outputCount; i++) {
    const output = nodeOf(outputs, i);
    if (isVisited(output)) demand.set(output.slot, TARGET);
  }
  const count = order.length;
  retainOrder();
  const record = prepare() && makePlan() ? save(parameters, parameterCount, outputs, outputCount) : 0;
  for (let slot = 0; slot < count; slot++) removePending(nodeAt(slot));
  releaseOrder();
  setUnderWay(UnderWay.Nothing);
  hidePlan();
  order.clear();
  return record;
}

function walkOutputs(outputs: usize, count: i32): void {
  startWalk();
  for (let i = 0; i < count; i++) walk(nodeOf(outputs, i), Follow.Pending, 0);
}

// What no parameter enters (the generator's state is one, for random draws), and something that varies reads.
function computeConstants(parameters: usize, parameterCount: i32, outputs: usize, outputCount: i32): void {
  walkOutputs(outputs, outputCount);
  varies.clear();
  constants.clear();
  if (!varies.start(order.length, 0)) return;
  for (let i = 0; i < parameterCount; i++) {
    const parameter = nodeOf(parameters, i);
    if (isVisited(parameter)) varies.set(parameter.slot, 1);
  }
  for (let slot = 0; slot < order.length; slot++) {
    const n = nodeAt(slot);
    for (let k = 0; k < <i32>n.inputCount; k++) {
      const input = n.input(k);
      if (isVisited(input) && varies.at(input.slot)) varies.set(slot, 1);
    }
  }
  for (let slot = 0; slot < order.length; slot++) {
    const n = nodeAt(slot);
    if (!varies.at(slot)) continue;
    for (let k = 0; k < <i32>n.inputCount; k++) noteConstant(n.input(k));
  }
  for (let i = 0; i < outputCount; i++) noteConstant(nodeOf(outputs, i));
  order.clear();
  evaluate(constants.data, constants.length);
  constants.clear();
  varies.clear();
}
function noteConstant(n: Node): void {
  if (isVisited(n) && !varies.at(n.slot) && n.op != Op.Full) constants.push(<u32>changetype<usize>(n));
}

function save(parameters: usize, parameterCount: i32, outputs: usize, outputCount: i32): usize {
  let strideCount = 0;
  for (let i = 0; i < parameterCount; i++) strideCount += nodeOf(parameters, i).ndim;
  const words = order.length + parameterCount + outputCount + strideCount;
  const at = allocate(offsetof<Compiled>() + wordBytes(words));
  if (!at) {
    fail(Failure.OutOfMemory);
    return 0;
  }
  const plan = savePlan(null);
  if (!plan) {
    free(at);
    fail(Failure.OutOfMemory);
    return 0;
  }
  const record = changetype<Compiled>(at);
  record.plan = plan;
  record.arena = null;
  record.slots = order.length;
  record.planned = plannedNodes;
  record.parameterCount = parameterCount;
  record.outputCount = outputCount;
  // Programs are made for the layouts of what they read: it stays where it is.
  for (let slot = plannedNodes; slot < order.length; slot++) {
    if (nodeAt(slot).flags & VIEWING) forgetViewer(nodeAt(slot));
  }
  record.previous = null;
  record.next = first;
  if (first) first!.previous = record;
  first = record;
  memory.copy(record.order, order.data, wordBytes(order.length));
  memory.copy(record.parameters, parameters, wordBytes(parameterCount));
  memory.copy(record.outputs, outputs, wordBytes(outputCount));
  for (let from = record.parameters; from < record.strides; from += 4) retain(changetype<Node>(load<usize>(from)));
  return at;
}

/** Calls a compiled function: arguments, one node per parameter, of its shape and dtype → one node per output. */
export function runCompiled(address: usize, argumentNodes: usize, results: usize): void {
  const record = changetype<Compiled>(address);
  evaluate(argumentNodes, record.parameterCount);
  if (failure) return;
  if (!fitsArguments(record, argumentNodes)) forgetLayout(record);
  running = record;
  setUnderWay(UnderWay.Call);
  startWalk();
  order.borrow(record.order, record.slots);
  setPlannedNodes(record.planned);
  for (let slot = 0; slot < record.slots; slot++) placeAt(nodeAt(slot), slot);
  usePlan(record.plan);
  const arena = record.arena;
  if (arena) replay(arena);
  else watch();
  for (let i = 0; i < record.parameterCount; i++) shareValues(nodeOf(record.parameters, i), nodeOf(argumentNodes, i));
  runSchedule();
  for (let i = 0; i < record.outputCount; i++) {
    setPointer(results, i, changetype<usize>(resultOf(record, i, argumentNodes)));
  }
  endCall(record);
}
// Nothing outlives a call but its results.
function endCall(record: Compiled): void {
  for (let slot = 0; slot < record.planned; slot++) freeValues(nodeOf(record.order, slot));
  for (let i = 0; i < record.parameterCount; i++) freeValues(nodeOf(record.parameters, i));
  if (record.arena) stopReplay();
  else keepArena(record, watched());
  takeKeptBytes();
  leavePlan(0);
  clearTranslation();
  order.clear();
  running = null;
  setUnderWay(UnderWay.Nothing);
}
/** Ends a call that an exception has left. */
export function abandonCall(): void {
  // The next call makes an arena.
  noteNotMade();
  if (running) endCall(running!);
}
// Whether the arguments lie in memory as those did that the programs were made for; if not, the record takes note of how they
// do.
function fitsArguments(record: Compiled, argumentNodes: usize): bool {
  let at = record.strides,
    fits = record.arena != null;
  for (let i = 0; i < record.parameterCount; i++) {
    const n = nodeOf(argumentNodes, i);
    const bytes = wordBytes(n.ndim);
    if (!equalWords(at, n.strides, n.ndim)) fits = false;
    if (!fits) memory.copy(at, n.strides, bytes);
    at += bytes;
  }
  return fits;
}
function keepArena(record: Compiled, arena: Arena | null): void {
  // Without memory for an arena the next call tries again.
  if (failure || !arena) {
    if (arena) arena.free();
    return;
  }
  record.arena = arena;
  countBytes(<f64>arena.bytes);
}
function forgetLayout(record: Compiled): void {
  freeLowered(record.plan.lowered, record.plan.units);
  const arena = record.arena;
  if (arena) {
    uncountBytes(<f64>arena.bytes);
    arena.free();
  }
  record.arena = null;
}

// A parameter that is an output is the argument itself; all else is shared by a new leaf, and what was computed is then emptied. A
// constant has been compacted before, and lies where the programs read it.
function resultOf(record: Compiled, i: i32, argumentNodes: usize): Node {
  const output = nodeOf(record.outputs, i);
  for (let k = 0; k < record.parameterCount; k++) {
    if (nodeOf(record.parameters, k) == output) return nodeOf(argumentNodes, k);
  }
  const n = append(Op.Data, output.dtype, output.ndim, 0, 0);
  memory.copy(n.dims, output.dims, wordBytes(output.ndim));
  seal(n);
  if (failure) return n;
  if (isPlanned(output)) compact(output);
  shareValues(n, output);
  noteViewer(n);
  return n;
}

/** Gives up the arenas, and the programs, of all compiled functions but one that is being run. */
export function dropArenas(): void {
  for (let at = first; at; at = changetype<Compiled>(at).next)
    if (at != running) forgetLayout(changetype<Compiled>(at));
}

/** Frees a compiled function. */
export function freeCompiled(address: usize): void {
  const record = changetype<Compiled>(address);
  forgetLayout(record);
  const next = record.next,
    previous = record.previous;
  if (next) next.previous = previous;
  if (previous) previous.next = next;
  else first = next;
  freePlan(record.plan);
  for (let from = record.parameters; from < record.strides; from += 4) release(changetype<Node>(load<usize>(from)));
  free(address);
}
