// pf.debugNans: where the first NaN or infinity arises. What is about to be computed is computed node by node, in the order of the
// program, and looked at.
import { check } from "../core/failure";
import { hooks } from "../core/hooks";
import { core, shapeOf, writeInts } from "../core/memory";
import type { Node } from "../core/prim";
import { withinOp } from "../core/scope";
import { remember } from "../core/traces";
import { ArgumentError, type NonFiniteError, typeName } from "../errors";
import { nodeOf } from "../tensor/tensor";
import { wasAsync } from "../tensor/tidy";
import { collectTensors } from "../tensor/tree";
import {
  finite,
  groupOf,
  isElementwise,
  isFinite,
  isGiven,
  isSameOp,
  isView,
  type Item,
  itemsUnder,
  look,
  sourceOf,
  stateOf,
} from "./items";
import { describe, elementAt, givenNaN, indexOf } from "./report";

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
    const position = shown.keepsOrder ? at : Array.from(look(shown.node).values).findIndex((v) => Object.is(v, value));
    const index = indexOf(position, shapeOf(shown.node));
    return describe(shown, primitive, operands, value, index, byElement && shown === result);
  }
  return null;
}

/** Computes the nodes, and looks at every value on the way. */
function computeAndLook(targets: readonly Node[]): void {
  const items = itemsUnder(targets);
  if (items === null) return;
  const asked = new Set(targets);
  // What an op returns, by the value that is looked at, of which it may be a view: other ops read it, or the user. The rest is an
  // op's own business: a masked infinity, for one.
  const results = new Map<Item, Item>();
  const note = (returned: Item, reader: Item | null): void => {
    const value = sourceOf(returned);
    if (isSameOp(returned, value) && !(reader && isSameOp(reader, value))) results.set(value, returned);
  };
  for (const item of items) {
    if (asked.has(item.node)) note(item, null);
    for (const input of item.inputs) note(input, item);
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
