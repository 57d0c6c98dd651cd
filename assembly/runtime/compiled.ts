// Compiled functions: a traced program with its plan, kept to be run again and again on other arguments.
//
//      record, of 32-bit words
//      ┌───────┬───────┬────────────┬─────────┬────────┬────────┬────────┬────────┬────────────┬───────────────────┐
//      │ slots │ units │ parameters │ outputs │ order  │ demand │ uses   │ unitOf │ nextMember │ firstMember       │
//      │       │       │            │         │ ×slots │ ×slots │ ×slots │ ×slots │ ×slots     │ schedule  × units │
//      └───────┴───────┴────────────┴─────────┴────────┴────────┴────────┴────────┴────────────┴───────────────────┘
//      then the parameters and the outputs, as node addresses
//
// The program's nodes are the places for its values: a call binds the arguments' buffers to the parameters, runs the plan,
// hands the outputs' buffers to fresh leaves, and empties all places. What does not depend on a parameter is computed once,
// when the function is compiled. The record holds a reference to each node of `order`, parameter and output.
import { Op } from "../abi/opcodes";
import { fail, failure } from "../abi/failure";
import { Failure } from "../abi/failures";
import { append, release, removePending, retain, seal } from "../graph/graph";
import { Node } from "../graph/node";
import { Follow, isVisited, nodeAt, order, placeAt, startWalk, walk } from "../graph/walk";
import { allocate, free } from "../memory/heap";
import { Vector } from "../memory/vector";
import { shareValues } from "../primitives/source";
import { nodeOf } from "../transforms/vjp";
import { compact, evaluate, freeValues, runSchedule } from "./evaluate";
import {
  KEPT,
  STORED,
  TARGET,
  clearPlan,
  demand,
  firstMember,
  makePlan,
  nextMember,
  schedule,
  unitOf,
  uses,
} from "./plan";
import { clearProgram } from "./program";

const SLOT_LISTS: i32 = 5;
const UNIT_LISTS: i32 = 2;

@unmanaged
class Compiled {
  slots: i32;
  units: i32;
  parameterCount: i32;
  outputCount: i32;

  @inline get lists(): usize {
    return changetype<usize>(this) + offsetof<Compiled>();
  }
  @inline get parameters(): usize {
    return this.lists + ((<usize>(SLOT_LISTS * this.slots + UNIT_LISTS * this.units)) << 2);
  }
  @inline get outputs(): usize {
    return this.parameters + ((<usize>this.parameterCount) << 2);
  }
  @inline get end(): usize {
    return this.outputs + ((<usize>this.outputCount) << 2);
  }
}

// By slot: whether the value differs from call to call.
const varies = Vector.make(memory.data(12));
const constants = Vector.make(memory.data(12));

/** Compiles what computes outputs from parameters (placeholders). Its record, or 0 when it failed. */
export function compileProgram(parameters: usize, parameterCount: i32, outputs: usize, outputCount: i32): usize {
  computeConstants(parameters, parameterCount, outputs, outputCount);
  if (failure) return 0;
  walkOutputs(outputs, outputCount);
  demand.length = 0;
  if (failure || !demand.resize(order.length, 0)) return 0;
  for (let i = 0; i < outputCount; i++) {
    const output = nodeOf(outputs, i);
    if (isVisited(output)) demand.set(output.slot, TARGET);
  }
  for (let slot = 0; slot < order.length; slot++) retain(nodeAt(slot));
  const record = makePlan() ? save(parameters, parameterCount, outputs, outputCount) : 0;
  for (let slot = 0; slot < order.length; slot++) {
    const n = nodeAt(slot);
    removePending(n);
    if (!record) release(n);
  }
  clearPlan();
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
  if (failure || !varies.resize(order.length, 0)) return;
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
  if (!failure) evaluate(constants.data, constants.length);
  constants.clear();
  varies.clear();
}
function noteConstant(n: Node): void {
  if (isVisited(n) && !varies.at(n.slot) && n.op != Op.Full) constants.push(<u32>changetype<usize>(n));
}

function save(parameters: usize, parameterCount: i32, outputs: usize, outputCount: i32): usize {
  const slots = order.length,
    units = firstMember.length;
  const words = SLOT_LISTS * slots + UNIT_LISTS * units + parameterCount + outputCount;
  const at = allocate(offsetof<Compiled>() + ((<usize>words) << 2));
  if (!at) {
    fail(Failure.OutOfMemory);
    return 0;
  }
  const record = changetype<Compiled>(at);
  record.slots = slots;
  record.units = units;
  record.parameterCount = parameterCount;
  record.outputCount = outputCount;
  // Nothing outlives a call but the outputs.
  for (let slot = 0; slot < slots; slot++) {
    const d = demand.at(slot);
    demand.set(slot, (d & STORED) | (d & TARGET ? KEPT : 0));
  }
  let to = record.lists;
  to = put(to, order, slots);
  to = put(to, demand, slots);
  to = put(to, uses, slots);
  to = put(to, unitOf, slots);
  to = put(to, nextMember, slots);
  to = put(to, firstMember, units);
  put(to, schedule, units);
  memory.copy(record.parameters, parameters, (<usize>parameterCount) << 2);
  memory.copy(record.outputs, outputs, (<usize>outputCount) << 2);
  for (let from = record.parameters; from < record.end; from += 4) retain(changetype<Node>(load<usize>(from)));
  return at;
}
function put(to: usize, list: Vector, count: i32): usize {
  memory.copy(to, list.data, (<usize>count) << 2);
  return to + ((<usize>count) << 2);
}
function get(from: usize, list: Vector, count: i32): usize {
  list.length = 0;
  if (list.resize(count, 0)) memory.copy(list.data, from, (<usize>count) << 2);
  return from + ((<usize>count) << 2);
}

/** Calls a compiled function: arguments, one node per parameter, of its shape and dtype → one node per output. */
export function runCompiled(address: usize, argumentNodes: usize, results: usize): void {
  const record = changetype<Compiled>(address);
  evaluate(argumentNodes, record.parameterCount);
  if (failure) return;
  const slots = record.slots,
    units = record.units;
  startWalk();
  let from = record.lists;
  from = get(from, order, slots);
  from = get(from, demand, slots);
  from = get(from, uses, slots);
  from = get(from, unitOf, slots);
  from = get(from, nextMember, slots);
  from = get(from, firstMember, units);
  get(from, schedule, units);
  if (!failure) {
    for (let slot = 0; slot < slots; slot++) placeAt(nodeAt(slot), slot);
    for (let i = 0; i < record.parameterCount; i++) shareValues(nodeOf(record.parameters, i), nodeOf(argumentNodes, i));
    runSchedule();
    for (let slot = 0; slot < slots && !failure; slot++) if (demand.at(slot) & KEPT) compact(nodeAt(slot));
    for (let i = 0; i < record.outputCount; i++) {
      store<usize>(results + ((<usize>i) << 2), changetype<usize>(resultOf(record, i, argumentNodes)));
    }
    for (let slot = 0; slot < slots; slot++) freeValues(nodeAt(slot));
    for (let i = 0; i < record.parameterCount; i++) freeValues(nodeOf(record.parameters, i));
  }
  clearPlan();
  clearProgram();
  order.clear();
}

// A parameter that is an output is the argument itself, a constant is shared; a computed place hands its buffer on.
function resultOf(record: Compiled, i: i32, argumentNodes: usize): Node {
  const output = nodeOf(record.outputs, i);
  for (let k = 0; k < record.parameterCount; k++) {
    if (nodeOf(record.parameters, k) == output) return nodeOf(argumentNodes, k);
  }
  if (failure || !isVisited(output) || !output.isComputed) return output;
  const n = append(Op.Data, output.dtype, output.ndim, 0, 0);
  memory.copy(n.dims, output.dims, (<usize>output.ndim) << 2);
  seal(n);
  if (failure) return n;
  shareValues(n, output);
  return n;
}

/** Frees a compiled function. */
export function freeCompiled(address: usize): void {
  const record = changetype<Compiled>(address);
  for (let from = record.parameters; from < record.end; from += 4) release(changetype<Node>(load<usize>(from)));
  for (let slot = 0; slot < record.slots; slot++) release(nodeOf(record.lists, slot));
  free(address);
}
