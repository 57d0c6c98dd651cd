// autograd.customFunction: a function with a derivative of its own, after torch.autograd.Function.
import { DType } from "../../assembly/abi/opcodes";
import { check } from "../core/failure";
import { hooks } from "../core/hooks";
import { core, readWords, shapeOf, writeInts, writeWords } from "../core/memory";
import { cast, dtype, full, type Node } from "../core/prim";
import { outsideOps, withinOp } from "../core/scope";
import { ArgumentError, AutogradError, DisposedError, ShapeError, formatShape, typeName } from "../errors";
import { closeScope, openScope } from "../tensor/lifetime";
import { tidy, wasAsync } from "../tensor/tidy";
import { isTensor, nodeOf, type Tensor, wrapNode } from "../tensor/tensor";
import { currentMapping, type Mapping, placeholder, Purpose, vmapNodes } from "./engine";
import { takeApart, type Tensors } from "./structure";

/** What forward leaves for backward; other properties can be set on it freely. */
export interface Context {
  /** Keeps tensors for backward: inputs, outputs and intermediates. */
  saveForBackward(...tensors: Tensor[]): void;
  /** In backward: the saved tensors; inputs and outputs hang on the graph, so that backward can be differentiated again. */
  readonly savedTensors: Tensor[];
  /** Per argument of the function: whether a gradient is asked for. */
  readonly needsInputGrad: readonly boolean[];
  [property: string]: unknown;
}
export interface CustomFunction<A extends readonly unknown[], R extends Tensors> {
  /** Computes the outputs, without being recorded. */
  forward(ctx: Context, ...args: A): R;
  /** From a cotangent per output, a gradient per argument of forward; null for one that has none. Written in tensor ops. */
  backward(ctx: Context, ...gradOutputs: Tensor[]): Tensor | null | undefined | readonly (Tensor | null | undefined)[];
}

type Saved = { kind: "input"; index: number } | { kind: "output"; k: number } | { kind: "value"; node: Node };
interface Call {
  readonly backward: CustomFunction<never, Tensors>["backward"];
  readonly ctx: Context;
  readonly saved: Saved[];
  /** The call's node, which lives while backward can be asked for; 0 afterwards. Not held, or it would never be freed. */
  node: Node;
  /** Positions of the tensors among the arguments, and how many arguments there are. */
  readonly positions: number[];
  readonly argumentCount: number;
  /** The values of saved outputs, held; 0 for the others. */
  readonly values: Node[];
  readonly shapes: number[][];
  readonly dtypes: DType[];
  /** While backward runs: the outputs' nodes. */
  outputs: readonly number[];
  /** The counterpart of another call under vmap; and the nodes that this takes, held. */
  readonly mapped: Mapped | null;
  readonly holds: readonly Node[];
}
interface Mapped {
  readonly call: Call;
  readonly mapping: Mapping;
}

const calls = new Map<number, Call>();
const freed: Call[] = [];
let nextCall = 1;

// Lets go of what dead calls have saved. Not while the core is busy freeing: a moment later.
function sweep(): void {
  for (let call = freed.pop(); call !== undefined; call = freed.pop()) {
    for (const saved of call.saved) if (saved.kind === "value") core.drop(saved.node);
    for (const node of call.values) if (node !== 0) core.drop(node);
    call.holds.forEach(core.release);
  }
}
hooks.customFreed = (id) => {
  const call = calls.get(id);
  if (call === undefined) return;
  calls.delete(id);
  call.node = 0 as Node;
  if (freed.push(call) === 1) queueMicrotask(sweep);
};

function savedTensor(call: Call, saved: Saved): Tensor {
  return withinOp("savedTensors", () => {
    if (call.node === 0) {
      throw new DisposedError(
        "savedTensors: what this context has saved is freed: nothing hangs on the custom function's results any more.",
      );
    }
    switch (saved.kind) {
      case "input":
        return wrapNode(core.inputOf(call.node, saved.index) as Node);
      case "output": {
        const known = call.outputs[saved.k]!;
        return wrapNode((known || check(core.customOutput(call.values[saved.k]!, call.node, saved.k))) as Node);
      }
      case "value":
        return wrapNode(saved.node);
    }
  });
}

hooks.customBackward = (id, outputCount, inputCount, exchange) => {
  const scope = openScope();
  try {
    const words = readWords(exchange, 2 * outputCount);
    const at = (odd: number): number[] => words.filter((_, i) => i % 2 === odd);
    const ids = runBackward(calls.get(id)!, at(0), at(1));
    // In the scope of the walk, which goes on with them.
    for (const node of ids) if (node !== 0) check(core.adopt(node));
    writeWords(exchange, ids.slice(0, inputCount));
    return 0;
  } catch (error) {
    hooks.thrown = error;
    return -1;
  } finally {
    closeScope(scope);
  }
};

// Per tensor argument the node of its gradient, held in the current scope; 0 for none. Of cotangents and outputs 0 is none.
function runBackward(call: Call, cotangents: readonly number[], outputs: readonly number[]): number[] {
  if (call.mapped) return runMapped(call.mapped, cotangents);
  call.outputs = outputs;
  try {
    const tensors = withinOp("customFunction", () =>
      call.shapes.map((shape, k) => wrapNode((cotangents[k] || full(shape, 0, call.dtypes[k]!)) as Node)),
    );
    const returned = outsideOps(() => call.backward(call.ctx, ...tensors));
    const gradients = Array.isArray(returned) ? (returned as unknown[]) : [returned];
    gradients.forEach(wasAsync);
    if (gradients.length !== call.argumentCount) {
      throw new AutogradError(
        `customFunction: backward returned an incorrect number of gradients (expected ${call.argumentCount}, got ` +
          `${gradients.length}).`,
      );
    }
    return withinOp("customFunction", () =>
      call.positions.map((position, j) =>
        gradientNode(gradients[position], core.inputOf(call.node, j) as Node, position),
      ),
    );
  } finally {
    call.outputs = [];
  }
}

// The backward of a mapped call: that of a single element, on stand-ins for its cotangents, mapped as its forward was.
function runMapped({ call, mapping }: Mapped, cotangents: readonly number[]): number[] {
  const given = cotangents.flatMap((node, k) => (node === 0 ? [] : [k]));
  const stands = withinOp("customFunction", () =>
    given.map(
      (k) =>
        wrapNode(placeholder(call.shapes[k]!, call.dtypes[k]!, core.requiresGrad(cotangents[k]!) !== 0, Purpose.Vmap))
          .node,
    ),
  );
  const single = cotangents.map((_, k) => stands[given.indexOf(k)] ?? 0);
  const none = cotangents.map(() => 0);
  const gradients = runBackward(call, single, none);
  const present = gradients.filter((node) => node !== 0) as Node[];
  return withinOp("customFunction", () => {
    const batches = [...mapping.batches, ...given.map((k) => cotangents[k] as Node)];
    const { size, start, whole } = mapping;
    const mapped = vmapNodes([...mapping.placeholders, ...stands], batches, size, present, start, whole);
    const held = mapped.map((node) => wrapNode(node).node);
    return gradients.map((node) => (node === 0 ? 0 : held[present.indexOf(node as Node)]!));
  });
}

hooks.customBatched = (id, node) => {
  const call = calls.get(id)!;
  const mapping = currentMapping();
  const holds = [node as Node, ...mapping.placeholders, ...mapping.batches];
  holds.forEach(core.retain);
  const next = nextCall++;
  calls.set(next, { ...call, saved: [], values: [], outputs: [], mapped: { call, mapping }, holds });
  return next;
};

function gradientNode(gradient: unknown, input: Node, position: number): number {
  if (gradient === null || gradient === undefined) return 0;
  if (!isTensor(gradient)) {
    throw new ArgumentError(
      `customFunction: backward should return tensors or null but the gradient of argument ${position} is a ` +
        `${typeName(gradient)}.`,
    );
  }
  const node = nodeOf(gradient);
  const [want, got] = [formatShape(shapeOf(input)), formatShape(shapeOf(node))];
  if (want !== got) {
    throw new ShapeError(
      `customFunction: backward returned an invalid gradient for argument ${position}: expected shape ${want} but got ${got}.`,
    );
  }
  return wrapNode(cast(node, dtype(input))).node;
}

// Where a saved tensor comes from.
function origin(tensor: Tensor, inputs: readonly Tensor[], outputs: readonly Tensor[]): Saved {
  const node = nodeOf(tensor);
  const index = inputs.findIndex((input) => input.node === node);
  if (index >= 0) return { kind: "input", index };
  const k = outputs.findIndex((output) => output.node === node);
  if (k >= 0) return { kind: "output", k };
  return { kind: "value", node };
}

/**
 * A function with a derivative of its own. forward computes the outputs without being recorded; backward, written in tensor
 * ops, turns a cotangent per output into a gradient per argument, and is differentiated in turn for jvp and higher orders.
 *
 * @returns a function of forward's arguments behind ctx
 * @throws when derivatives are taken: AutogradError, ShapeError, ArgumentError for what backward returns; what backward throws
 * @see https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function
 * @example
 * const clippedExp = pf.autograd.customFunction({
 *   forward(ctx, x) {
 *     const y = x.exp();
 *     ctx.saveForBackward(y);
 *     return y;
 *   },
 *   backward(ctx, g) {
 *     const [y] = ctx.savedTensors;
 *     return g.mul(y.clamp(0, 10));
 *   },
 * });
 */
export function customFunction<A extends readonly unknown[], R extends Tensors>(
  definition: CustomFunction<A, R>,
): (...args: A) => R {
  const { forward, backward } = definition ?? {};
  if (typeof forward !== "function" || typeof backward !== "function") {
    throw new ArgumentError("customFunction: expected an object with the functions forward and backward.");
  }
  return (...args) =>
    tidy(() => {
      sweep();
      const inputs = args.filter(isTensor);
      const gradEnabled = core.isGradEnabled() !== 0;
      const needsInputGrad = args.map((arg) => gradEnabled && isTensor(arg) && arg.requiresGrad);
      const toSave: Tensor[] = [];
      let call: Call | null = null;
      const ctx = {
        saveForBackward(...tensors: Tensor[]): void {
          if (!tensors.every(isTensor)) throw new ArgumentError("saveForBackward: expected tensors.");
          toSave.splice(0, toSave.length, ...tensors);
        },
        get savedTensors(): Tensor[] {
          if (call === null) return [...toSave];
          const live = call;
          return live.saved.map((saved) => savedTensor(live, saved));
        },
        needsInputGrad,
      } as Context;
      const returned = withoutGrad(() => forward(ctx, ...args));
      const outputs = takeApart(returned, "outputs of forward", "customFunction");
      if (!needsInputGrad.includes(true)) return returned;
      const record: Call = {
        backward,
        ctx,
        saved: toSave.map((tensor) => origin(tensor, inputs, outputs.tensors)),
        node: 0 as Node,
        positions: args.flatMap((arg, i) => (isTensor(arg) ? [i] : [])),
        argumentCount: args.length,
        values: [],
        shapes: outputs.tensors.map((tensor) => tensor.shape),
        dtypes: outputs.tensors.map((tensor) => core.dtypeOf(tensor.node)),
        outputs: [],
        mapped: null,
        holds: [],
      };
      const id = nextCall++;
      const wrapped = withinOp("customFunction", () => {
        const count = writeInts(inputs.map(nodeOf));
        record.node = check(core.customCall(id, outputs.tensors.length, count)) as Node;
        calls.set(id, record);
        // From here on sweep drops them.
        for (const saved of record.saved) if (saved.kind === "value") core.hold(saved.node);
        return outputs.tensors.map((tensor, k) => {
          const isSaved = record.saved.some((saved) => saved.kind === "output" && saved.k === k);
          record.values.push(isSaved ? tensor.node : (0 as Node));
          if (isSaved) core.hold(tensor.node);
          if (core.dtypeOf(tensor.node) < DType.Float32) return tensor;
          return wrapNode(check(core.customOutput(tensor.node, record.node, k)) as Node);
        });
      });
      call = record;
      return (outputs.isArray ? wrapped : wrapped[0]!) as R;
    });
}
function withoutGrad<T>(body: () => T): T {
  const before = core.setGradEnabled(0);
  try {
    return outsideOps(body);
  } finally {
    core.setGradEnabled(before);
  }
}
