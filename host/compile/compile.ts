// pf.compile: a function traced once per signature, and run as one plan in one call afterwards.
import { Purpose } from "../../assembly/abi/numbers";
import { DType } from "../../assembly/abi/opcodes";
import { placeholder } from "../autograd/core-transforms";
import { check, checkAddress } from "../core/failure";
import { finalizers } from "../core/platform";
import { core, readInts, shapeOf, writeInts } from "../core/memory";
import { type Node, walked } from "../core/prim";
import { withinOp } from "../core/op-scope";
import { DisposedError, formatShape, refuseForeign } from "../errors";
import type { AnyFunction, TensorFunction } from "../func/types";
import { callUser } from "../func/user-function";
import { checkFunction } from "../options";
import { takeState, withinCompile } from "../random";
import { type Captured, capture, changesOf, letGo } from "../tensor/captured";
import { closeScope, openScope } from "../tensor/lifetime";
import { nodeOf, type Tensor, wrapNode } from "../tensor/tensor";
import { Carried, type Flat, flatten, Structure, unflatten } from "../tensor/containers";
import { keyOf } from "./key";
import { Recent } from "./recent";
import { Retraces } from "./retraces";

/** What `keyOf` finds among arguments that are tensors alone: no objects. */
const NONE = new Map<object, number>();
/** Signatures that are kept; the least recently used one goes first. */
const MAX_PROGRAMS = 64;

export interface CacheInfo {
  /** Calls that ran a program which was there. */
  readonly hits: number;
  /** Calls that traced the function. */
  readonly misses: number;
  /** Programs held. */
  readonly size: number;
}
export interface Compiled {
  cacheInfo(): CacheInfo;
  /** Frees all programs; the next call traces again. */
  clear(): void;
}

interface Program {
  /** The core's record. */
  readonly address: number;
  readonly output: Structure;
  /** Objects of the arguments that are in the output: which part of the output each is, and its number among the arguments' objects. */
  readonly passed: readonly (readonly [part: number, object: number])[];
  /** Tensors that fn captured. */
  readonly captured: readonly Captured[];
  /** What `changesOf` said of them when fn was traced. */
  readonly changes: number;
  /** How many random numbers a call draws. Unless it is null, the generator's state is a further argument. */
  readonly drawn: bigint | null;
}

function freeProgram({ address, captured }: Program): void {
  core.freeCompiled(address);
  captured.forEach(letGo);
}

const registry = finalizers<Map<string, Program | null>>((programs) => {
  for (const program of programs.values()) if (program) freeProgram(program);
});

const tensorsKey = ({ tensors }: Flat): string =>
  tensors
    .map((tensor) => {
      const node = tensor.node;
      return `${core.dtypeOf(node)}[${shapeOf(node).join()}]`;
    })
    .join();

// What fn captured: nodes with a handle that are older than the trace and that nodes of the trace read.
function capturedBy(outputs: readonly Node[], start: number): Node[] {
  const captured = new Set<Node>();
  for (const node of walked(outputs)) {
    if (core.serialOf(node) <= start) continue;
    for (let k = 0, inputs = core.inputCount(node); k < inputs; k++) {
      const input = core.inputOf(node, k) as Node;
      if (core.serialOf(input) <= start && core.handlesOf(input) > 0) captured.add(input);
    }
  }
  return [...captured];
}

/** Traces fn for a signature; null when its results depend on something that requires grad, so that they can't be cut off. */
function traceProgram(fn: AnyFunction, flat: Flat, objects: ReadonlyMap<object, number>): Program | null {
  const scope = openScope();
  core.trace(1);
  const held: Node[] = [];
  const hold = (node: Node): void => {
    core.retain(node);
    held.push(node);
  };
  try {
    const start = core.appendedNodes();
    const parameters = withinOp("compile", () =>
      flat.tensors.map((tensor) => {
        const node = nodeOf(tensor);
        return wrapNode(placeholder(shapeOf(node), core.dtypeOf(node), false, Purpose.Compile));
      }),
    );
    const nodes = parameters.map(nodeOf);
    const state = withinOp("compile", () => wrapNode(placeholder([4], DType.Int32, false, Purpose.Compile))).node;
    [...nodes, state].forEach(hold);
    const { result: output, drawn } = withinCompile(state, () =>
      callUser("compile", fn, unflatten(flat.structure, parameters) as unknown[]),
    );
    if (drawn !== null) nodes.push(state);
    const outputs = output.tensors.map(nodeOf);
    if (outputs.some((node) => core.requiresGrad(node))) return null;
    outputs.forEach(hold);
    const inputs = capturedBy(outputs, start);
    inputs.forEach(hold);
    // Before the program is planned, so that what fn made does not look as if it were held from outside.
    closeScope(scope);
    const address = withinOp("compile", () => {
      writeInts([...nodes, ...outputs]);
      return checkAddress(core.compileProgram(nodes.length, outputs.length));
    });
    const captured = inputs.map(capture);
    return { address, ...withoutPassed(output.structure, objects), captured, changes: changesOf(captured), drawn };
  } finally {
    core.trace(-1);
    closeScope(scope);
    held.forEach(core.release);
  }
}

/** An output's structure without the arguments' objects in it, which are each call's own. */
function withoutPassed(output: Structure, objects: ReadonlyMap<object, number>): Pick<Program, "output" | "passed"> {
  const parts = [...output.parts];
  const passed = parts.flatMap((part, i): [number, number][] => {
    const object = part instanceof Carried ? objects.get(part.value as object) : undefined;
    if (object === undefined) return [];
    parts[i] = new Carried(null);
    return [[i, object]];
  });
  return { output: passed.length > 0 ? new Structure(parts, output.leafCount) : output, passed };
}

function runProgram(program: Program, tensors: readonly Tensor[], objects: ReadonlyMap<object, number>): unknown {
  for (const { node, isDisposed } of program.captured) {
    if (!isDisposed) continue;
    throw new DisposedError(
      `compile: a tensor of shape ${formatShape(shapeOf(node))} that the function captured was disposed after it was traced. ` +
        `Captured tensors are constants of the trace: keep them, or pass them as arguments.`,
    );
  }
  return withinOp("compile", () => {
    const { address, drawn, passed } = program;
    let { output } = program;
    const args = tensors.map(nodeOf);
    if (drawn !== null) args.push(takeState(drawn));
    writeInts([...args, ...new Array<number>(output.leafCount).fill(0)]);
    check(core.runCompiled(address, args.length, output.leafCount));
    const results = readInts(output.leafCount) as Node[];
    if (passed.length > 0) {
      const [parts, own] = [[...output.parts], [...objects.keys()]];
      for (const [part, object] of passed) parts[part] = new Carried(own[object]);
      output = new Structure(parts, output.leafCount);
    }
    return unflatten(output, results.map(wrapNode));
  });
}

/** Whether what the function captured requires grad where it did when it was traced. */
const isCurrent = ({ captured, changes }: Program): boolean => changesOf(captured) === changes;

/** Where a call is not compiled. */
function callItself(fn: AnyFunction, self: unknown, args: unknown[]): unknown {
  const result: unknown = fn.apply(self, args);
  refuseForeign("compile", result, "what the function returned");
  return result;
}

/** Whether a function uses the `this` that it is called with, as an arrow function does not. */
function usesThis(fn: AnyFunction): boolean {
  const source = Function.prototype.toString.call(fn);
  return /\b(this|super)\b/.test(source) && !/^(async\b\s*)?(\(|[\w$]+\s*=>)/.test(source);
}

/**
 * A function with fn's signature that traces fn once per signature (shapes and dtypes of the tensors, structure, and all that is
 * no tensor) and afterwards runs the whole plan in one call. Tensors that fn captures are constants of the trace, which holds
 * them. What is no tensor in fn's results is what the trace returned, or the call's own where it is an argument.
 * Plain objects and instances count by class and content, typed arrays by content, functions and what can't be looked into by
 * identity. Numbers are constants: one that changes at every call is traced at every call, which a warning says; pass a tensor.
 * Random ops draw at each call what fn itself would draw. Where fn uses `this`, that is an argument like the others.
 * Called within another transform, or with tensors that require grad, it is fn itself: derivatives go through it.
 *
 * @param fn takes tensors, alone or in containers (nested arrays, plain objects, instances of classes), and other values;
 *   returns tensors likewise
 * @throws AutogradError when fn reads a value that depends on its arguments; DisposedError when a captured tensor has been
 *   disposed; ArgumentError for Maps, Sets and cyclic containers with tensors; whatever fn throws
 * @example
 * const step = pf.compile((x, v) => pf.functional.jvp(f, x, v));
 */
export function compile<F extends TensorFunction>(fn: F): F & Compiled;
export function compile<F extends AnyFunction>(fn: F): F & Compiled;
export function compile<F extends AnyFunction>(fn: F): F & Compiled {
  checkFunction("compile", fn);
  // null: this signature is not compiled
  const programs = new Map<string, Program | null>();
  const takesThis = usesThis(fn);
  const traced: AnyFunction = takesThis ? (self: unknown, ...args: unknown[]): unknown => fn.apply(self, args) : fn;
  const retraces = new Retraces(fn, takesThis);
  let recent: Recent<Program> | null = null;
  let hits = 0;
  let misses = 0;
  const compiled = function (this: unknown, ...args: unknown[]): unknown {
    if (recent?.fits(args) && isCurrent(recent.program)) {
      hits++;
      return runProgram(recent.program, args, NONE);
    }
    const given = takesThis ? [this, ...args] : args;
    const flat = flatten("compile", given, true);
    // Within the op, for its name in the message.
    for (const tensor of flat.tensors) if (tensor.isDisposed) withinOp("compile", () => nodeOf(tensor));
    const recorded = flat.tensors.some((tensor) => core.isRecorded(nodeOf(tensor)));
    if (recorded || core.isTracing()) return callItself(fn, this, args);
    const isBare = flat.tensors.length > 0 && flat.structure.parts.length === flat.tensors.length + 1;
    const objects = isBare ? NONE : new Map<object, number>();
    const tensors = tensorsKey(flat);
    const key = `${core.defaultDType()}|${core.isGradEnabled()}|${keyOf(flat.structure, objects)}|${tensors}`;
    let program = programs.get(key);
    if (program && !isCurrent(program)) {
      freeProgram(program);
      programs.delete(key);
      program = undefined;
      recent = null;
    }
    if (program === undefined) {
      misses++;
      retraces.note(flat.structure, tensors, hits);
      program = traceProgram(traced, flat, objects);
    } else hits++;
    // Last in the map is the most recently used.
    programs.delete(key);
    programs.set(key, program);
    if (programs.size > MAX_PROGRAMS) {
      const [oldest, evicted] = programs.entries().next().value!;
      programs.delete(oldest);
      if (evicted) freeProgram(evicted);
    }
    recent = program && isBare && !takesThis ? new Recent(program, flat.tensors) : null;
    return program ? runProgram(program, flat.tensors, objects) : callItself(fn, this, args);
  };
  registry.register(compiled, programs);
  return Object.assign(compiled as F, {
    cacheInfo: (): CacheInfo => ({ hits, misses, size: programs.size }),
    clear(): void {
      for (const program of programs.values()) if (program) freeProgram(program);
      programs.clear();
      recent = null;
      hits = 0;
      misses = 0;
    },
  });
}
