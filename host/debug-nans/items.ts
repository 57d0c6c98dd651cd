// The graph as debugNans goes through it: what is to be computed, which call each node comes from, and what it holds.
import { Op } from "../../assembly/abi/opcodes";
import { checkAddress } from "../core/failure";
import { core, elementsAt } from "../core/memory";
import { isFloat, type Node } from "../core/prim";
import { type Trace, traceOf } from "../core/traces";

/** A node that is to be computed, or a value that one reads. */
export interface Item {
  readonly node: Node;
  readonly serial: number;
  readonly inputs: readonly Item[];
  readonly isPending: boolean;
  /** The call of the user's that it derives from; and the transform that has made it, where it is no part of that call. */
  readonly trace: Trace | null;
  readonly transform: Trace | null;
  /** What a view shows, through views of views; null for what has values of its own. */
  readonly source: Item | null;
  /** Whether it shows elements in their order. */
  readonly keepsOrder: boolean;
  /** What it holds, once that has been looked at. */
  state: State | null;
}
interface State {
  readonly hasNaN: boolean;
  readonly hasInfinity: boolean;
  readonly values: ArrayLike<number>;
}
export const finite: State = { hasNaN: false, hasInfinity: false, values: [] };

const views = new Set([Op.Alias, Op.Detach, Op.CustomOutput, Op.Reshape, Op.Permute, Op.Expand, Op.Flip]);
/** Views hold no values but those of their operand: what they show is looked at there. */
export const isView = ({ source }: Item): boolean => source !== null;
export const sourceOf = (item: Item): Item => item.source ?? item;
export const isElementwise = ({ node }: Item): boolean => core.opOf(node) <= (Op.Where as number);

/**
 * What computing the targets takes: pending nodes, and the values they start from, in the order of the program. Null where a value is
 * not there yet, within vmap and compile.
 */
export function itemsUnder(targets: readonly Node[]): Item[] | null {
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
      for (const input of missing) stack.push(input);
      continue;
    }
    stack.pop();
    const operand = views.has(op) && inputs.length > 0 ? items.get(inputs[0]!)! : null;
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
      source: operand && sourceOf(operand),
      keepsOrder: operand === null || (op <= Op.Reshape && operand.keepsOrder),
      state: null,
    });
  }
  return [...items.values()].sort((a, b) => a.serial - b.serial);
}

export function stateOf(item: Item): State {
  const source = sourceOf(item);
  return (source.state ??= look(source.node));
}
export function look(node: Node): State {
  if (!isFloat(node)) return finite;
  if (core.opOf(node) === Op.Full) return stateOfValues([core.numberOf(node)]);
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
export const isFinite = ({ hasNaN, hasInfinity }: State): boolean => !hasNaN && !hasInfinity;

/** Whether it is a constant or data. */
export const isGiven = ({ node }: Item): boolean =>
  core.opOf(node) === (Op.Full as number) || core.opOf(node) === (Op.Data as number);
/** Whether both are parts of one op that the user called, or of derivatives of it. */
export const isSameOp = (a: Item, b: Item): boolean => a === b || (a.trace !== null && a.trace === b.trace);

/** Within itself an op, derivatives included, works on what it likes; these are the parts of it that lead to a result, and their operands. */
export function groupOf(result: Item): { parts: Item[]; operands: Item[] } {
  const parts = new Set([result]);
  const operands = new Set<Item>();
  for (const part of parts) {
    for (const input of part.inputs) (input.isPending && isSameOp(input, result) ? parts : operands).add(input);
  }
  const inOrder = (items: Set<Item>): Item[] => [...items].sort((a, b) => a.serial - b.serial);
  return { parts: inOrder(parts), operands: inOrder(operands) };
}
