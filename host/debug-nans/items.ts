// The graph as debugNans goes through it: what is to be computed, which call of the user's each node comes from, and whether it
// holds NaN or infinities.
import { Op } from "../../assembly/abi/opcodes";
import { core } from "../core/memory";
import { isFloat, type Node, withValues } from "../core/prim";
import { type CallSite, callSiteOf } from "../core/call-sites";

/** A node that is to be computed, or a value that one reads. */
export interface Item {
  readonly node: Node;
  readonly serial: number;
  readonly inputs: readonly Item[];
  readonly isPending: boolean;
  /** The op that the user called and that it is a part of, or of a derivative of it; and the transform that took the derivative. */
  readonly call: CallSite | null;
  readonly transform: CallSite | null;
  /** What a view shows, through views of views; null for what has values of its own. */
  readonly source: Item | null;
  /** Whether it shows elements in their order. */
  readonly keepsOrder: boolean;
  /** Its elements, once they have been read. */
  state: State | null;
}
interface State {
  readonly hasNaN: boolean;
  readonly hasInfinity: boolean;
  /** Empty where all are finite. */
  readonly values: ArrayLike<number>;
}
export const ALL_FINITE: State = { hasNaN: false, hasInfinity: false, values: [] };

const rearranging = new Set([Op.Permute, Op.Expand, Op.Flip]);
const views = new Set([Op.Alias, Op.Detach, Op.Output, Op.Saved, Op.Reshape, ...rearranging]);
/** A view has no values of its own: those of its source are read instead. */
export const isView = ({ source }: Item): boolean => source !== null;
export const sourceOf = (item: Item): Item => item.source ?? item;
export const isElementwise = ({ node }: Item): boolean => core.isElementwise(core.opOf(node)) !== 0;

/**
 * What computing the targets takes: nodes without values, and the values that these start from, in the order in which the program
 * made them. Null where one has no value yet, within vmap and compile.
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
    // The value that a custom function returned, and not what the function was called with.
    const count = isPending ? (op === Op.Output || op === Op.Saved ? 1 : core.inputCount(node)) : 0;
    for (let k = 0; k < count; k++) inputs.push(core.inputOf(node, k) as Node);
    const missing = inputs.filter((input) => !items.has(input));
    if (missing.length > 0) {
      for (const input of missing) stack.push(input);
      continue;
    }
    stack.pop();
    const isShown = views.has(op) && inputs.length > 0 && !core.isCall(core.opOf(inputs[0]!));
    const operand = isShown ? items.get(inputs[0]!)! : null;
    const serial = core.serialOf(node);
    const maker = callSiteOf(serial);
    const call = maker?.isInBackward ? maker : (callSiteOf(core.originOf(node)) ?? maker);
    items.set(node, {
      node,
      serial,
      inputs: inputs.map((input) => items.get(input)!),
      isPending,
      call,
      transform: maker === call ? null : maker,
      source: operand && sourceOf(operand),
      keepsOrder: operand === null || (!rearranging.has(op) && operand.keepsOrder),
      state: null,
    });
  }
  return [...items.values()].sort((a, b) => a.serial - b.serial);
}

export function stateOf(item: Item): State {
  const source = sourceOf(item);
  return (source.state ??= stateOfNode(source.node));
}
export function stateOfNode(node: Node): State {
  if (!isFloat(node) || core.isCall(core.opOf(node))) return ALL_FINITE;
  if (core.opOf(node) === Op.Full) return stateOfValues([core.numberOf(node)]);
  return withValues(node, stateOfValues);
}
function stateOfValues(values: ArrayLike<number>): State {
  let [hasNaN, hasInfinity] = [false, false];
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    if (Number.isNaN(values[i])) hasNaN = true;
    else hasInfinity = true;
  }
  return hasNaN || hasInfinity ? { hasNaN, hasInfinity, values: Array.from(values) } : ALL_FINITE;
}
export const isAllFinite = ({ hasNaN, hasInfinity }: State): boolean => !hasNaN && !hasInfinity;

/** Whether it is a constant or data. */
export const isGiven = ({ node }: Item): boolean =>
  core.opOf(node) === (Op.Full as number) || core.opOf(node) === (Op.Data as number);
/** Whether both are parts of one op that the user called, or of derivatives of it. */
export const isSameOp = (a: Item, b: Item): boolean => a === b || (a.call !== null && a.call === b.call);

/** The parts of an op, derivatives of it included, that lead to a result, and the operands that they take from outside of the op. */
export function groupOf(result: Item): { parts: Item[]; operands: Item[] } {
  const parts = new Set([result]);
  const operands = new Set<Item>();
  for (const part of parts) {
    for (const input of part.inputs) (input.isPending && isSameOp(input, result) ? parts : operands).add(input);
  }
  const inOrder = (items: Set<Item>): Item[] => [...items].sort((a, b) => a.serial - b.serial);
  return { parts: inOrder(parts), operands: inOrder(operands) };
}
