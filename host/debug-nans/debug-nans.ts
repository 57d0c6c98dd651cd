// pf.debugNans: where the first NaN or infinity arises. Whenever something is about to be computed, it is computed node by node
// instead, in the order of the program, and each value is checked.
import { check as checkResult } from "../core/failure";
import { hooks } from "../core/hooks";
import { core, shapeOf, writeInts } from "../core/memory";
import type { Node } from "../core/prim";
import { withinOp } from "../core/op-scope";
import { recordCallSites } from "../core/call-sites";
import type { NonFiniteError } from "../errors";
import { checkFunction } from "../options";
import { checkSynchronous } from "../tensor/async";
import { indexAt } from "../tensor/nested";
import { nodeOf } from "../tensor/tensor";
import { collectTensors } from "../tensor/containers";
import {
  ALL_FINITE,
  groupOf,
  isElementwise,
  isAllFinite,
  isGiven,
  isSameOp,
  isView,
  type Item,
  itemsUnder,
  sourceOf,
  stateOf,
  stateOfNode,
} from "./items";
import { elementAt, givenNaN, nonFiniteError } from "./report";

/**
 * The error for a result that holds a NaN or an infinity which its operands don't account for; null for any other. `shown` is the
 * view of it that its op returns, or itself.
 */
function arising(result: Item, shown: Item): NonFiniteError | null {
  const state = stateOf(result);
  if (isAllFinite(state)) return null;
  const { parts, operands } = groupOf(result);
  const shape = shapeOf(result.node);
  const byElement = parts.every((part) => isElementwise(part) || isView(part));
  // What another part of the same op has computed is no excuse.
  const given = operands.map((operand) =>
    isSameOp(operand, result) && !isGiven(operand) ? ALL_FINITE : stateOf(operand),
  );
  /** Whether an operand accounts for this element. */
  const comesIn = (value: number, position: number): boolean => {
    if (given.every(isAllFinite)) return false;
    const index = indexAt(position, shape);
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
    const isFirst = (part: Item): boolean => (Number.isNaN(value) ? stateOf(part).hasNaN : !isAllFinite(stateOf(part)));
    const primitive = parts.find((part) => !isView(part) && isFirst(part)) ?? result;
    // Where views have changed the order, the first such element that the user sees.
    const position = shown.keepsOrder
      ? at
      : Array.from(stateOfNode(shown.node).values).findIndex((v) => Object.is(v, value));
    const index = indexAt(position, shapeOf(shown.node));
    return nonFiniteError(shown, primitive, operands, value, index, byElement && shown === result);
  }
  return null;
}

/** Computes the nodes one by one, and throws where a NaN or an infinity arises on the way. */
function computeChecked(targets: readonly Node[]): void {
  const items = itemsUnder(targets);
  if (items === null) return;
  const asked = new Set(targets);
  // Only what an op returns is checked: what other ops read, or the user. What else an op computes, such as an infinity that it
  // masks, is its own business. The key is the value, the entry what is returned, which may be a view of the value.
  const results = new Map<Item, Item>();
  const note = (returned: Item, reader: Item | null): void => {
    const value = sourceOf(returned);
    if (isSameOp(returned, value) && !(reader && isSameOp(reader, value))) results.set(value, returned);
  };
  for (const item of items) {
    if (asked.has(item.node)) note(item, null);
    for (const input of item.inputs) note(input, item);
  }
  // Held, so that computing a reader of them does not free them.
  items.forEach(({ node }) => core.hold(node));
  let unknown: NonFiniteError | null = null;
  try {
    for (const item of items) {
      if (!item.isPending) continue;
      core.leaveResults(item.node);
      checkResult(core.evaluate(writeInts([item.node])));
      const shown = results.get(item);
      if (shown === undefined) continue;
      const error = arising(item, shown);
      if (error === null) continue;
      if (item.call !== null) throw error;
      // Which nodes belong to its op is not known, so what is masked can't be told apart: it counts if a target holds it.
      unknown ??= error;
    }
    const shows = items.find((item) => asked.has(item.node) && stateOf(item).hasNaN);
    if (unknown !== null && items.some((item) => asked.has(item.node) && !isAllFinite(stateOf(item)))) throw unknown;
    if (shows) throw givenNaN(items, shows);
  } finally {
    items.forEach(({ node }) => core.drop(node));
  }
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
  checkFunction("debugNans", fn, "fn");
  const outer = hooks.beforeEvaluation;
  const check = (nodes: readonly number[]): void => {
    hooks.beforeEvaluation = null;
    try {
      computeChecked(nodes as readonly Node[]);
    } finally {
      hooks.beforeEvaluation = check;
    }
  };
  hooks.beforeEvaluation = check;
  recordCallSites(true);
  // As within a trace: compiled functions run as they are written, and pending nodes are computed only where the hook sees it.
  core.trace(1);
  try {
    const result = fn();
    checkSynchronous("debugNans", result, "fn");
    withinOp("debugNans", () => check(collectTensors("debugNans", result).map(nodeOf)));
    return result;
  } finally {
    core.trace(-1);
    recordCallSites(false);
    hooks.beforeEvaluation = outer;
  }
}
