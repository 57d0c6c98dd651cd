// pf.debugNans: where the first NaN or infinity arises. What is about to be computed is computed node by node, in the order of the
// program, and looked at.
import { Op } from "../assembly/abi/opcodes";
import { dtypeName } from "./core/dtype";
import { check, checkAddress } from "./core/failure";
import { hooks } from "./core/hooks";
import { core, elementsAt, shapeOf, writeInts } from "./core/memory";
import { isFloat, type Node } from "./core/prim";
import { withinOp } from "./core/scope";
import { blame, type Trace, remember, traceOf, userFrames } from "./core/traces";
import { ArgumentError, NonFiniteError, formatShape, typeName } from "./errors";
import { nodeOf } from "./tensor/tensor";
import { wasAsync } from "./tensor/tidy";
import { collectTensors } from "./tensor/tree";

/** A node that is to be computed, or a value that one reads. */
interface Item {
  readonly node: Node;
  readonly serial: number;
  readonly inputs: readonly Item[];
  readonly isPending: boolean;
  /** The call of the user's that it derives from; and the transform that has made it, where it is no part of that call. */
  readonly trace: Trace | null;
  readonly transform: Trace | null;
  /** What it holds, once that has been looked at. */
  state: State | null;
}
interface State {
  readonly hasNaN: boolean;
  readonly hasInfinity: boolean;
  readonly values: ArrayLike<number>;
}
const finite: State = { hasNaN: false, hasInfinity: false, values: [] };

const views = new Set([Op.Alias, Op.Detach, Op.CustomOutput, Op.Reshape, Op.Permute, Op.Expand, Op.Flip]);
/** Views hold no values but those of their operand: what they show is looked at there. */
const isView = ({ node, inputs }: Item): boolean => views.has(core.opOf(node)) && inputs.length > 0;
/** Whether the elements of what a view shows, through views of views, stand in the same order. */
const keepsOrder = (item: Item): boolean =>
  !isView(item) || (core.opOf(item.node) <= (Op.Reshape as number) && keepsOrder(item.inputs[0]!));
const sourceOf = (item: Item): Item => (isView(item) ? sourceOf(item.inputs[0]!) : item);
const isElementwise = ({ node }: Item): boolean => core.opOf(node) <= (Op.Where as number);

/**
 * What computing the targets takes: pending nodes, and the values they start from, in the order of the program. Null where a value is
 * not there yet, within vmap and compile.
 */
function itemsUnder(targets: readonly Node[]): Item[] | null {
  const items = new Map<Node, Item>();
  const stack = [...targets];
  while (stack.length > 0) {
    const node = stack.at(-1)!;
    const isPending = core.isComputed(node) === 0;
    const op = core.opOf(node) as Op;
    if (items.has(node)) {
      stack.pop();
      continue;
    }
    if (op === Op.Placeholder && isPending) return null;
    const inputs: Node[] = [];
    // What a custom function was called with is no part of what it returned.
    const count = isPending ? (op === Op.CustomOutput ? 1 : core.inputCount(node)) : 0;
    for (let k = 0; k < count; k++) inputs.push(core.inputOf(node, k) as Node);
    const missing = inputs.filter((input) => !items.has(input));
    if (missing.length > 0) {
      stack.push(...missing);
      continue;
    }
    stack.pop();
    const serial = core.serialOf(node);
    const maker = traceOf(serial);
    const trace = maker?.isInBackward ? maker : (traceOf(core.originOf(node)) ?? maker);
    items.set(node, {
      node,
      serial,
      inputs: inputs.map((input) => items.get(input)!),
      isPending,
      trace,
      transform: maker === trace ? null : maker,
      state: null,
    });
  }
  return [...items.values()].sort((a, b) => a.serial - b.serial);
}

function stateOf(item: Item): State {
  if (isView(item)) return stateOf(item.inputs[0]!);
  return (item.state ??= look(item.node));
}
function look(node: Node): State {
  if (!isFloat(node)) return finite;
  if (core.opOf(node) === Op.Full) return stateOfValues([core.fillOf(node)]);
  const address = checkAddress(core.read(node));
  try {
    return stateOfValues(elementsAt(address, core.dtypeOf(node), core.numelOf(node)));
  } finally {
    core.endRead();
  }
}
function stateOfValues(values: ArrayLike<number>): State {
  let [hasNaN, hasInfinity] = [false, false];
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    if (Number.isNaN(values[i])) hasNaN = true;
    else hasInfinity = true;
  }
  return hasNaN || hasInfinity ? { hasNaN, hasInfinity, values: Array.from(values) } : finite;
}
const isFinite = ({ hasNaN, hasInfinity }: State): boolean => !hasNaN && !hasInfinity;

/** Whether it is a constant or data. */
const isGiven = ({ node }: Item): boolean =>
  core.opOf(node) === (Op.Full as number) || core.opOf(node) === (Op.Data as number);
/** Whether both are parts of one op that the user called, or of derivatives of it. */
const isSameOp = (a: Item, b: Item): boolean => a === b || (a.trace !== null && a.trace === b.trace);

/** Within itself an op, derivatives included, works on what it likes; these are the parts of it that lead to a result, and their operands. */
function groupOf(result: Item): { parts: Item[]; operands: Item[] } {
  const parts = new Set([result]);
  const operands = new Set<Item>();
  for (const part of parts) {
    for (const input of part.inputs) (input.isPending && isSameOp(input, result) ? parts : operands).add(input);
  }
  const inOrder = (items: Set<Item>): Item[] => [...items].sort((a, b) => a.serial - b.serial);
  return { parts: inOrder(parts), operands: inOrder(operands) };
}

function indexOf(position: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (let i = shape.length - 1; i >= 0; i--) {
    index.unshift(position % shape[i]!);
    position = Math.floor(position / shape[i]!);
  }
  return index;
}
/** The element that goes into the one at `index` of a result by broadcasting; null where the shapes say otherwise. */
function elementAt({ node }: Item, index: readonly number[], shape: readonly number[]): number | null {
  const own = shapeOf(node);
  const lead = shape.length - own.length;
  if (lead < 0 || own.some((size, i) => size !== 1 && size !== shape[lead + i])) return null;
  if (core.opOf(node) === Op.Full) return core.fillOf(node);
  const position = own.reduce((sum, size, i) => sum * size + (size === 1 ? 0 : index[lead + i]!), 0);
  const address = checkAddress(core.read(node));
  try {
    return Number(elementsAt(address, core.dtypeOf(node), core.numelOf(node))[position]);
  } finally {
    core.endRead();
  }
}

/**
 * The error for a result that holds a NaN or an infinity which its operands don't account for; null for any other. `shown` is the
 * view of it that its op returns, or itself.
 */
function arising(result: Item, shown: Item): NonFiniteError | null {
  const state = stateOf(result);
  if (isFinite(state)) return null;
  const { parts, operands } = groupOf(result);
  const shape = shapeOf(result.node);
  const byElement = parts.every((part) => isElementwise(part) || isView(part));
  // What the op itself has computed before accounts for nothing.
  const given = operands.map((operand) => (isSameOp(operand, result) && !isGiven(operand) ? finite : stateOf(operand)));
  const comesIn = (value: number, position: number): boolean => {
    if (given.every(isFinite)) return false;
    const index = indexOf(position, shape);
    return operands.some((operand, i) => {
      const { hasNaN, hasInfinity } = given[i]!;
      if (!hasNaN && (Number.isNaN(value) || !hasInfinity)) return false;
      const element = byElement ? elementAt(operand, index, shape) : null;
      if (element === null) return true;
      return Number.isNaN(element) || (!Number.isNaN(value) && !Number.isFinite(element));
    });
  };
  for (let at = 0; at < state.values.length; at++) {
    const value = state.values[at]!;
    if (Number.isFinite(value) || comesIn(value, at)) continue;
    const isFirst = (part: Item): boolean => (Number.isNaN(value) ? stateOf(part).hasNaN : !isFinite(stateOf(part)));
    const primitive = parts.find((part) => !isView(part) && isFirst(part)) ?? result;
    // Where views have changed the order, the first such element that the user sees.
    const position = keepsOrder(shown) ? at : Array.from(look(shown.node).values).findIndex((v) => Object.is(v, value));
    const index = indexOf(position, shapeOf(shown.node));
    return describe(shown, primitive, operands, value, index, byElement && shown === result);
  }
  return null;
}

function describe(
  { node, trace, transform }: Item,
  primitive: Item,
  operands: readonly Item[],
  value: number,
  index: number[],
  byElement: boolean,
): NonFiniteError {
  const shape = shapeOf(node);
  const dtype = dtypeName(core.dtypeOf(node));
  const primitiveName = Op[core.opOf(primitive.node)]!;
  const op = trace?.name ?? primitiveName;
  const shown = operands.slice(0, 8).map((operand) => ({
    dtype: dtypeName(core.dtypeOf(operand.node)),
    shape: shapeOf(operand.node),
    value: byElement ? elementAt(operand, index, shape) : null,
  }));
  const from = shown.map((operand) =>
    operand.value === null ? `${operand.dtype} ${formatShape(operand.shape)}` : String(operand.value),
  );
  const subject =
    transform === null
      ? op
      : transform.name === "vmap"
        ? `${op} under vmap`
        : `the derivative of ${op} that ${transform.name} takes`;
  const error = new NonFiniteError(
    `debugNans: ${subject} gives ${value}, at index ${formatShape(index)} of ${dtype} ${formatShape(shape)}, ` +
      `${from.length > 0 ? `from ${from.join(" and ")}` : "from nothing"}${trace ? `, in its ${primitiveName}` : ""}.`,
  );
  const line = trace && (userFrames(trace)[0] ?? null);
  const transformName = transform?.name ?? null;
  Object.assign(error, { op, primitive: primitiveName, transform: transformName, dtype, shape, value, index, line });
  error.operands = shown;
  return trace ? blame(error, trace) : error;
}

/** Computes the nodes, and looks at every value on the way. */
function computeAndLook(targets: readonly Node[]): void {
  const items = itemsUnder(targets);
  if (items === null) return;
  const asked = new Set(targets);
  // What other ops read, or the user. The rest is an op's own business: a masked infinity, for one.
  // By what is looked at, which an op may return a view of.
  const results = new Map<Item, Item>();
  for (const item of items) {
    if (asked.has(item.node)) results.set(sourceOf(item), item);
    for (const input of item.inputs) if (!isSameOp(input, item)) results.set(sourceOf(input), input);
  }
  // Held, or computing the one that reads them would free them.
  items.forEach(({ node }) => core.hold(node));
  let unknown: NonFiniteError | null = null;
  try {
    for (const item of items) {
      if (!item.isPending) continue;
      core.leaveResults(item.node);
      check(core.evaluate(writeInts([item.node])));
      const shown = results.get(item);
      if (shown === undefined) continue;
      const error = arising(item, shown);
      if (error === null) continue;
      if (item.trace !== null) throw error;
      // Where its op begins and ends is not known: it counts if it shows.
      unknown ??= error;
    }
    const shows = items.find((item) => asked.has(item.node) && stateOf(item).hasNaN);
    if (unknown !== null && items.some((item) => asked.has(item.node) && !isFinite(stateOf(item)))) throw unknown;
    if (shows) throw givenNaN(items, shows);
  } finally {
    items.forEach(({ node }) => core.drop(node));
  }
}
// No op has made it: it was in the data.
function givenNaN(items: readonly Item[], shows: Item): NonFiniteError {
  const source = items.find((item) => !item.isPending && stateOf(item).hasNaN) ?? shows;
  const error = describe(source, source, [], NaN, [], false);
  const shape = shapeOf(source.node);
  const index = indexOf(Array.from(stateOf(source).values).findIndex(Number.isNaN), shape);
  const text = `debugNans: NaN was there before, at index ${formatShape(index)} of a tensor ${error.dtype} ${formatShape(shape)}: no op that ran within has made it.`;
  const own = Object.assign(new NonFiniteError(text), { ...error, index, message: text });
  return source.trace ? blame(own, source.trace) : own;
}

/**
 * Runs fn and throws where the first NaN or infinity arises among the values that are needed for what fn reads and returns: where an
 * op, or a transform's derivative of it, gives NaN and no operand holds one, or an infinity and all operands are finite. Infinite
 * constants and data are let through. What an op masks within itself does not count, nor does what nobody needs.
 *
 * Everything is computed node by node and kept for the time of a read: this is for finding a fault, not for every day.
 *
 * @param fn a synchronous function
 * @returns what fn returns; tensors in it are computed
 * @throws NonFiniteError, which names the op, the element, its operands and the line that called the op, and has that call's stack
 *   as its cause; ArgumentError when fn is not a function or returns a promise; whatever fn throws
 * @see https://docs.jax.dev/en/latest/debugging/flags.html
 * @example
 * pf.debugNans(() => pf.func.grad((x) => x.sqrt().sum())(pf.tensor([1, 0]))); // the derivative of sqrt gives Infinity
 */
export function debugNans<R>(fn: () => R): R {
  if (typeof fn !== "function") throw new ArgumentError(`debugNans: fn should be a function but got ${typeName(fn)}.`);
  const outer = hooks.beforeEvaluation;
  const look = (nodes: readonly number[]): void => {
    hooks.beforeEvaluation = null;
    try {
      computeAndLook(nodes as readonly Node[]);
    } finally {
      hooks.beforeEvaluation = look;
    }
  };
  hooks.beforeEvaluation = look;
  remember(true);
  // Compiled functions run as they are written, and nothing is computed unseen.
  core.trace(1);
  try {
    const result = fn();
    if (wasAsync(result)) throw new ArgumentError("debugNans: fn should be synchronous, but it returned a promise.");
    withinOp("debugNans", () => look(collectTensors("debugNans", result).map(nodeOf)));
    return result;
  } finally {
    core.trace(-1);
    remember(false);
    hooks.beforeEvaluation = outer;
  }
}
