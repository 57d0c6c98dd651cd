// pf.compile: a function traced once per signature, and run as one plan in one call afterwards.
import { DType } from "../assembly/abi/opcodes";
import { placeholder, Purpose } from "./autograd/engine";
import { check, checkAddress } from "./core/failure";
import { core, readInts, shapeOf, writeInts } from "./core/memory";
import type { Node } from "./core/prim";
import { withinOp } from "./core/scope";
import { DisposedError, formatShape } from "./errors";
import { type AnyFunction, callUser, checkFunction } from "./func/trace";
import { type Flat, flatten, unflatten } from "./func/tree";
import { takeState, withinCompile } from "./random";
import { closeScope, openScope } from "./tensor/lifetime";
import { nodeOf, wrapNode } from "./tensor/tensor";

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
  readonly output: Flat["shape"];
  readonly outputCount: number;
  /** Nodes of tensors that fn captured. */
  readonly captured: readonly Node[];
  /** How many random numbers a call draws; not null: the generator's state is a further argument. */
  readonly drawn: bigint | null;
}

function free({ address, captured }: Program): void {
  core.freeCompiled(address);
  captured.forEach(core.release);
}

const registry = new FinalizationRegistry<Map<string, Program | null>>((programs) => {
  for (const program of programs.values()) if (program) free(program);
});

// Static arguments count by value; objects, functions and symbols by identity.
const identities = new WeakMap<object, number>();
const symbols = new Map<symbol, number>();
let nextIdentity = 0;
function staticKey(value: unknown): string {
  if ((typeof value === "object" && value !== null) || typeof value === "function") {
    let identity = identities.get(value);
    if (identity === undefined) identities.set(value, (identity = nextIdentity++));
    return `@${identity}`;
  }
  // Quoted, so that no string can pass for the end of itself and another argument.
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "symbol") {
    let identity = symbols.get(value);
    if (identity === undefined) symbols.set(value, (identity = nextIdentity++));
    return `@${identity}`;
  }
  return Object.is(value, -0) ? "-0" : `${typeof value}:${String(value)}`;
}
function shapeKey(shape: Flat["shape"]): string {
  switch (shape.kind) {
    case "tensor":
      return "T";
    case "array":
      return `[${shape.items.map(shapeKey).join()}]`;
    case "object":
      return `{${shape.entries.map(([key, item]) => `${JSON.stringify(key)}:${shapeKey(item)}`).join()}}`;
    case "other":
      return staticKey(shape.value);
  }
}
function signatureOf(flat: Flat): string {
  const tensors = flat.tensors.map((tensor) => {
    const node = nodeOf(tensor);
    return `${core.dtypeOf(node)}[${shapeOf(node).join()}]`;
  });
  return `${core.defaultDType()}|${core.isGradEnabled()}|${shapeKey(flat.shape)}|${tensors.join()}`;
}

// Older nodes with a handle that the traced nodes read.
function capturedBy(outputs: readonly Node[], start: number): Node[] {
  const count = check(core.walkNodes(writeInts(outputs)));
  const captured = new Set<Node>();
  for (let i = 0; i < count; i++) {
    const node = core.walkedNode(i);
    if (core.serialOf(node) <= start) continue;
    for (let k = 0, inputs = core.inputCount(node); k < inputs; k++) {
      const input = core.inputOf(node, k) as Node;
      if (core.serialOf(input) <= start && core.handlesOf(input) > 0) captured.add(input);
    }
  }
  return [...captured];
}

/** Traces fn for a signature; null when its results hang on something that requires grad, so that they can't be cut off. */
function traceProgram(fn: AnyFunction, flat: Flat): Program | null {
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
      callUser("compile", fn, unflatten(flat.shape, parameters) as unknown[]),
    );
    if (drawn !== null) nodes.push(state);
    const outputs = output.tensors.map(nodeOf);
    if (outputs.some((node) => core.requiresGrad(node))) return null;
    outputs.forEach(hold);
    const captured = capturedBy(outputs, start);
    captured.forEach(hold);
    // What fn made must not look as if it were held from outside when the program is planned.
    closeScope(scope);
    const address = withinOp("compile", () => {
      writeInts([...nodes, ...outputs]);
      return checkAddress(core.compileProgram(nodes.length, outputs.length));
    });
    captured.forEach(core.retain);
    return { address, output: output.shape, outputCount: outputs.length, captured, drawn };
  } finally {
    core.trace(-1);
    closeScope(scope);
    held.forEach(core.release);
  }
}

function runProgram(program: Program, flat: Flat): unknown {
  for (const node of program.captured) {
    if (core.handlesOf(node) > 0) continue;
    throw new DisposedError(
      `compile: a tensor of shape ${formatShape(shapeOf(node))} that the function captured was disposed after it was traced. ` +
        `Captured tensors are constants of the trace: keep them, or pass them as arguments.`,
    );
  }
  return withinOp("compile", () => {
    const { address, outputCount, drawn } = program;
    const args = flat.tensors.map(nodeOf);
    if (drawn !== null) args.push(takeState(drawn));
    writeInts([...args, ...new Array<number>(outputCount).fill(0)]);
    check(core.runCompiled(address, args.length, outputCount));
    const results = readInts(outputCount) as Node[];
    return unflatten(program.output, results.map(wrapNode));
  });
}

/**
 * A function with fn's signature that traces fn once per signature (shapes and dtypes of the tensors, values of all other
 * arguments, structure) and afterwards runs the whole plan in one call. Tensors that fn captures are constants of the trace.
 * Random ops draw at each call what fn itself would draw.
 * Called within another transform, or with tensors that require grad, it is fn itself: derivatives go through it.
 *
 * @param fn takes tensors, alone or in nested arrays and plain objects, and other values; returns tensors likewise
 * @throws AutogradError when fn reads a value that depends on its arguments; DisposedError when a captured tensor has been
 *   disposed; whatever fn throws
 * @example
 * const step = pf.compile((x, v) => pf.functional.jvp(f, x, v));
 */
export function compile<F extends AnyFunction>(fn: F): F & Compiled {
  checkFunction("compile", fn);
  // null: this signature is not compiled
  const programs = new Map<string, Program | null>();
  let hits = 0;
  let misses = 0;
  const compiled = (...args: unknown[]): unknown => {
    const flat = flatten(args);
    const recorded = core.isGradEnabled() !== 0 && flat.tensors.some((tensor) => core.requiresGrad(nodeOf(tensor)));
    if (recorded || core.isTracing()) return fn(...args) as unknown;
    const key = signatureOf(flat);
    let program = programs.get(key);
    if (program === undefined) {
      misses++;
      program = traceProgram(fn, flat);
    } else hits++;
    // Last in the map is the most recently used.
    programs.delete(key);
    programs.set(key, program);
    if (programs.size > MAX_PROGRAMS) {
      const [oldest, evicted] = programs.entries().next().value!;
      programs.delete(oldest);
      if (evicted) free(evicted);
    }
    return program ? runProgram(program, flat) : (fn(...args) as unknown);
  };
  registry.register(compiled, programs);
  return Object.assign(compiled as F, {
    cacheInfo: (): CacheInfo => ({ hits, misses, size: programs.size }),
    clear(): void {
      for (const program of programs.values()) if (program) free(program);
      programs.clear();
      hits = 0;
      misses = 0;
    },
  });
}
