// autograd.customFunction: a function with a derivative of its own, after torch.autograd.Function.
import { GradMode, Purpose } from "../../assembly/abi/numbers";
import { DType } from "../../assembly/abi/opcodes";
import { check } from "../core/failure";
import { hooks } from "../core/hooks";
import { afterJob } from "../core/platform";
import { core, readWords, shapeOf, writeInts, writeWords } from "../core/memory";
import { cast, dtype, full, type Node } from "../core/prim";
import { outsideOps, withinOp } from "../core/op-scope";
import { withinBackward } from "../core/call-sites";
import {
  ArgumentError,
  AutogradError,
  DisposedError,
  describe,
  formatShape,
  refuseForeign,
  ShapeError,
  typeName,
} from "../errors";
import { addTo, closeScope, openScope, type Scope } from "../tensor/lifetime";
import { wasAsync } from "../tensor/async";
import { isComplexTensor } from "../tensor/complex";
import { isTensor, nodeOf, type Tensor, wrapNode } from "../tensor/tensor";
import {
  attached,
  type Context,
  dropSaved,
  intermediates,
  type SavedForBackward,
  makeContext,
  NOTHING_SAVED,
  type Saved,
  takeSaved,
  withKept,
} from "./custom-context";
import { currentMapping, type Mapping, placeholder, vmapNodes } from "./core-transforms";
import { putTogether, takeApart, type Tensors } from "./tensors";

export interface CustomFunction<A extends readonly unknown[], R extends Tensors> {
  /** Computes the outputs, without being recorded. */
  forward(ctx: Context, ...args: A): R;
  /** From a cotangent per output, a gradient per argument of forward; null for one that has none. Written in tensor ops. */
  backward(ctx: Context, ...gradOutputs: Tensor[]): Tensor | null | readonly (Tensor | null | undefined)[];
}
/** A custom function. */
export interface Applicable<A extends readonly unknown[], R extends Tensors> {
  (...args: A): R;
  /** torch's spelling of a call. With exactly null or undefined and an array it is JavaScript's own, as on every function. */
  apply(...args: A): R;
  apply(thisArg: null | undefined, args: A): R;
}

interface Call {
  readonly definition: Pick<CustomFunction<never, Tensors>, "backward">;
  readonly ctx: Context;
  readonly saves: SavedForBackward;
  /** The call's node, which lives as long as backward can be asked for; 0 afterwards. Not held from here, or it would never be freed. */
  node: Node;
  /** Positions of the tensors among the arguments, and how many arguments there are. */
  readonly positions: number[];
  readonly argumentCount: number;
  readonly shapes: number[][];
  readonly dtypes: DType[];
  /** While backward runs: the outputs' nodes. */
  outputs: readonly number[];
  /** Set where this call is the counterpart of another one under vmap; and the nodes that its backward will need, retained. */
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

// Lets go of what freed calls have saved. It runs a moment after they are freed, since nothing may be dropped while the core is freeing.
function dropFreed(): void {
  for (let call = freed.pop(); call !== undefined; call = freed.pop()) {
    dropSaved(call.saves);
    call.holds.forEach(core.release);
  }
}
hooks.customFreed = (id) => {
  const call = calls.get(id);
  if (call === undefined) return;
  calls.delete(id);
  call.node = 0 as Node;
  if (freed.push(call) === 1) afterJob(dropFreed);
};

const attachedTo = (call: Call, saved: Saved): Tensor => attached(saved, call.node, call.outputs);
function savedTensors(call: Call): (Tensor | null)[] {
  return withinOp("savedTensors", () => {
    if (call.node === 0) {
      throw new DisposedError(
        "savedTensors: what this context has saved is freed: nothing depends on the custom function's results any more.",
      );
    }
    return call.saves.saved.map((saved) => saved && attachedTo(call, saved));
  });
}

hooks.customBackward = (id, outputCount, inputCount, exchange) => {
  const scope = openScope();
  try {
    const words = readWords(exchange, 2 * outputCount);
    const at = (odd: number): number[] => words.filter((_, i) => i % 2 === odd);
    const ids = runBackward(calls.get(id)!, at(0), at(1));
    // In the scope of the walk, which goes on with them.
    ids.filter(Boolean).forEach((node) => check(core.adopt(node)));
    writeWords(exchange, ids.slice(0, inputCount));
    return 0;
  } catch (error) {
    hooks.thrown = error;
    return -1;
  } finally {
    closeScope(scope);
  }
};

// For each tensor argument the node of its gradient, held in the current scope. 0 stands for none, also among cotangents and outputs.
function runBackward(call: Call, cotangents: readonly number[], outputs: readonly number[]): number[] {
  if (call.mapped) return runMapped(call.mapped, cotangents);
  call.outputs = outputs;
  try {
    const tensors = withinOp("customFunction", () =>
      call.shapes.map((shape, k) => wrapNode((cotangents[k] || full(shape, 0, call.dtypes[k]!)) as Node)),
    );
    const returned = withKept(
      call.saves,
      (saved) => withinOp("customFunction", () => attachedTo(call, saved)),
      () => withinBackward(() => outsideOps(() => call.definition.backward(call.ctx, ...tensors))),
    );
    if (returned === undefined) {
      throw new AutogradError(
        `customFunction: backward returned undefined: expected ${call.argumentCount} gradients, one per argument of forward, ` +
          `null for one that has none. Does it lack a return?`,
      );
    }
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

// The backward of a mapped call: the backward of a single element runs on placeholders for its cotangents, and is then mapped as the
// forward was.
function runMapped({ call, mapping }: Mapped, cotangents: readonly number[]): number[] {
  const stands = withinOp("customFunction", () =>
    cotangents.map(
      (node, k) =>
        node &&
        wrapNode(placeholder(call.shapes[k]!, call.dtypes[k]!, core.requiresGrad(node) !== 0, Purpose.Vmap)).node,
    ),
  );
  const none = cotangents.map(() => 0);
  const gradients = runBackward(call, stands, none);
  const present = gradients.filter(Boolean) as Node[];
  return withinOp("customFunction", () => {
    const placeholders = [...mapping.placeholders, ...stands.filter(Boolean)] as Node[];
    const batches = [...mapping.batches, ...cotangents.filter(Boolean)] as Node[];
    const { size, start, whole } = mapping;
    const mapped = vmapNodes(placeholders, batches, size, present, start, whole);
    const held = mapped.map((node) => wrapNode(node).node);
    return gradients.map((node) => held[present.indexOf(node as Node)] ?? 0);
  });
}

hooks.customBatched = (id, node) => {
  const call = calls.get(id)!;
  const mapping = currentMapping();
  const holds = [node as Node, ...mapping.placeholders, ...mapping.batches];
  holds.forEach(core.retain);
  const next = nextCall++;
  calls.set(next, { ...call, saves: NOTHING_SAVED, outputs: [], mapped: { call, mapping }, holds });
  return next;
};

function gradientNode(gradient: unknown, input: Node, position: number): number {
  if (gradient == null) return 0;
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
export function customFunction<R extends Tensors, A extends readonly unknown[] = Tensor[]>(
  definition: CustomFunction<A, R>,
): Applicable<A, R> {
  const { forward, backward } = definition ?? {};
  if (typeof forward !== "function" || typeof backward !== "function") {
    throw new ArgumentError(
      `customFunction: expected an object with the functions forward and backward but got ${describe(definition)}.`,
    );
  }
  const call = (...args: A): R => {
    dropFreed();
    const scope = openScope();
    try {
      const result = recordCall(definition, args, scope);
      for (const tensor of isTensor(result) ? [result] : result)
        if (tensor.owner === scope) addTo(scope.parent, tensor);
      return result;
    } finally {
      closeScope(scope);
    }
  };
  return Object.defineProperty(call, "apply", {
    value: (...args: [unknown, ...unknown[]]) =>
      call(...((args.length === 2 && args[0] == null && Array.isArray(args[1]) ? args[1] : args) as unknown as A)),
    writable: true,
    configurable: true,
  }) as Applicable<A, R>;
}

function recordCall<A extends readonly unknown[], R extends Tensors>(
  definition: CustomFunction<A, R>,
  args: A,
  scope: Scope,
): R {
  for (const arg of args) refuseForeign("customFunction", arg, "an argument");
  if (args.some(isComplexTensor))
    throw new ArgumentError("customFunction: arguments should be real: hand z.real and z.imag over, or viewAsReal(z).");
  const inputs = args.filter(isTensor);
  const needsInputGrad = withinOp("customFunction", () =>
    args.map((arg) => isTensor(arg) && core.isRecorded(nodeOf(arg)) !== 0),
  );
  const isRecorded = needsInputGrad.includes(true);
  let record: Call | null = null;
  const { ctx, toSave } = makeContext(needsInputGrad, () => record && savedTensors(record));
  const start = core.appendedNodes();
  const returned = runForward(isRecorded, () => definition.forward(ctx, ...args));
  const outputs = takeApart(returned, "outputs of forward", "customFunction");
  if (!isRecorded) return returned;
  return withinOp("customFunction", () => {
    const inputNodes = inputs.map(nodeOf);
    const saves = takeSaved(ctx, toSave, inputs, outputs.tensors, start, scope);
    const id = nextCall++;
    let node: Node;
    try {
      const kept = intermediates(saves);
      const made = [...outputs.tensors, ...scope.tensors].map((tensor) => tensor.node).filter(Boolean);
      const count = writeInts([...kept, ...made]);
      check(core.endForward(kept.length, count, start));
      node = check(core.customCall(id, outputs.tensors.length, writeInts(inputNodes))) as Node;
    } catch (error) {
      dropSaved(saves);
      throw error;
    }
    record = {
      definition,
      ctx,
      saves,
      node,
      positions: args.flatMap((arg, i) => (isTensor(arg) ? [i] : [])),
      argumentCount: args.length,
      shapes: outputs.tensors.map((tensor) => tensor.shape),
      dtypes: outputs.tensors.map((tensor) => core.dtypeOf(tensor.node)),
      outputs: [],
      mapped: null,
      holds: [],
    };
    calls.set(id, record); // from here on dropFreed drops what is held
    const wrapped = outputs.tensors.map(({ node: value }, k) =>
      wrapNode(core.dtypeOf(value) < DType.Float32 ? value : (check(core.customOutput(value, node, k)) as Node)),
    );
    return putTogether(wrapped, outputs) as R;
  });
}

// Runs forward. Its nodes are recorded, but only backward can go through them.
function runForward<T>(isRecorded: boolean, forward: () => T): T {
  const before = core.setGradEnabled(isRecorded ? GradMode.Shadow : GradMode.Off);
  const outer = core.enterForward();
  try {
    return outsideOps(forward);
  } finally {
    core.leaveForward(outer);
    core.setGradEnabled(before);
  }
}
