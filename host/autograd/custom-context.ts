// What a custom function's forward leaves for its backward: tensors given to saveForBackward, and those kept on ctx.
import { check } from "../core/failure";
import { core } from "../core/memory";
import type { Node } from "../core/prim";
import { ArgumentError, refuseForeign, typeName } from "../errors";
import { type Scope, untrack } from "../tensor/lifetime";
import { isTensor, nodeOf, type Tensor, wrapNode } from "../tensor/tensor";

/** How many were saved no compiler knows: the first count as there, also where array elements may be missing (noUncheckedIndexedAccess). */
export type SavedTensors = Tensor[] & { readonly [place in 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7]: Tensor };

/**
 * What forward leaves for backward. Other properties can be set on it freely: tensors in them, also in arrays, objects, Maps and
 * Sets, live until the call is freed, and are part of the graph while backward runs, as saved ones are.
 */
export interface Context {
  /** Keeps tensors for backward: inputs, outputs and intermediates; null, an argument that was left out, stays null. */
  saveForBackward(...tensors: (Tensor | null | undefined)[]): void;
  /** In backward: the saved tensors; they are part of the graph, so that backward can be differentiated again. */
  readonly savedTensors: SavedTensors;
  /** Per argument of the function: whether a gradient is asked for. */
  readonly needsInputGrad: readonly boolean[];
  [property: string]: unknown;
}

/**
 * What a tensor that backward gets is to the call. Of a value that is neither input nor output, `isMade` says whether forward made it:
 * derivatives go through such a value to what it was computed from.
 */
export type Saved =
  | { kind: "input"; index: number }
  | { kind: "output"; node: Node; k: number }
  | { kind: "value"; node: Node; isMade: boolean };
type SavedOrNull = Saved | null;

/** What forward has left for the backward of one call. */
export interface SavedForBackward {
  readonly saved: readonly SavedOrNull[];
  /** Tensors on ctx. The call owns those that forward made: it disposes them when it is freed. */
  readonly kept: readonly { readonly tensor: Tensor; readonly saved: Saved; readonly isOwned: boolean }[];
  /** The nodes of all that is no input; the call holds them. */
  readonly holds: readonly Node[];
}
export const NOTHING_SAVED: SavedForBackward = { saved: [], kept: [], holds: [] };

export function makeContext(needsInputGrad: readonly boolean[], savedTensors: () => (Tensor | null)[] | null) {
  const toSave: (Tensor | null)[] = [];
  const ctx: Context = {
    saveForBackward(...tensors: (Tensor | null | undefined)[]): void {
      const wrong = tensors.find((tensor) => tensor != null && !isTensor(tensor));
      if (wrong !== undefined) {
        throw new ArgumentError(`saveForBackward: expected tensors, one after the other, but got ${typeName(wrong)}.`);
      }
      toSave.splice(0, toSave.length, ...tensors.map((tensor) => tensor ?? null));
    },
    get savedTensors(): SavedTensors {
      return (savedTensors() ?? [...toSave]) as SavedTensors;
    },
    needsInputGrad,
  };
  return { ctx, toSave };
}

/** The tensors on ctx, at any depth of what holds them. */
function tensorsOn(ctx: Context): Tensor[] {
  const found = new Set<Tensor>();
  const seen = new Set<unknown>();
  const stack: unknown[] = [ctx];
  const push = (value: unknown): void => {
    if (typeof value === "object" && value !== null) stack.push(value);
  };
  while (stack.length > 0) {
    const value = stack.pop();
    if (isTensor(value)) {
      if (!value.isDisposed) found.add(value);
      continue;
    }
    if (seen.has(value) || ArrayBuffer.isView(value)) continue;
    refuseForeign("customFunction", value, "what forward has left on ctx");
    seen.add(value);
    if (Array.isArray(value) || value instanceof Set) value.forEach(push);
    else if (value instanceof Map) {
      value.forEach((item, key) => {
        push(key);
        push(item);
      });
    } else {
      const properties = Object.getOwnPropertyDescriptors(value as Record<PropertyKey, unknown>);
      for (const key of Reflect.ownKeys(properties)) push(properties[key as string]!.value); // none of an accessor
    }
  }
  return [...found];
}

/**
 * Takes what forward has left on ctx and in `toSave`. Nodes after `start` are forward's, and so are Tensors of `scope`. What is held by
 * the result `dropSaved` gives up again.
 */
export function takeSaved(
  ctx: Context,
  toSave: readonly (Tensor | null)[],
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  start: number,
  scope: Scope,
): SavedForBackward {
  const originOf = (tensor: Tensor): Saved => {
    const node = nodeOf(tensor);
    const index = inputs.findIndex((input) => input.node === node);
    if (index >= 0) return { kind: "input", index };
    const k = outputs.findIndex((output) => output.node === node);
    if (k >= 0) return { kind: "output", node, k };
    return { kind: "value", node, isMade: core.serialOf(node) > start };
  };
  const saved = toSave.map((tensor) => tensor && originOf(tensor));
  const onContext = tensorsOn(ctx);
  if (onContext.some(Object.isFrozen)) {
    throw new ArgumentError(
      "customFunction: ctx holds a frozen tensor (Object.freeze), which can't be put on the graph while backward runs: keep " +
        "it by ctx.saveForBackward, or don't freeze it.",
    );
  }
  const kept = onContext.map((tensor) => ({
    tensor,
    saved: originOf(tensor),
    isOwned: tensor.owner === scope,
  }));
  const holds = [...saved, ...kept.map((entry) => entry.saved)].flatMap((item) =>
    item === null || item.kind === "input" ? [] : [item.node],
  );
  for (const { tensor, isOwned } of kept) if (isOwned) untrack(tensor);
  holds.forEach(core.hold);
  return { saved, kept, holds };
}
/** The nodes of intermediates that backward can ask for. */
export const intermediates = ({ saved, kept }: SavedForBackward): Node[] =>
  [...saved, ...kept.map((entry) => entry.saved)].flatMap((item) =>
    item?.kind === "value" && item.isMade ? [item.node] : [],
  );
/** Gives up what a freed call has saved. */
export function dropSaved({ kept, holds }: SavedForBackward): void {
  for (const { tensor, isOwned } of kept) if (isOwned) tensor.dispose();
  holds.forEach(core.drop);
}

/** A saved tensor as a part of the call's graph; `outputs` are those of the call's output nodes that are at hand, or 0. */
export function attached(saved: Saved, call: Node, outputs: readonly number[]): Tensor {
  switch (saved.kind) {
    case "input":
      return wrapNode(core.inputOf(call, saved.index) as Node);
    case "output":
      return wrapNode((outputs[saved.k] || check(core.customOutput(saved.node, call, saved.k))) as Node);
    case "value":
      return wrapNode(saved.isMade ? (check(core.customSaved(saved.node, call)) as Node) : saved.node);
  }
}

/** Runs `body` while the tensors on ctx, disposed ones too, are parts of the graph. */
export function withKept<R>({ kept }: SavedForBackward, attach: (saved: Saved) => Tensor, body: () => R): R {
  const before: { tensor: Tensor; node: Node; shown: Node }[] = [];
  try {
    for (const { tensor, saved } of kept) {
      const shown = attach(saved).node;
      core.hold(shown);
      before.push({ tensor, node: tensor.node, shown });
      tensor.node = shown;
    }
    return body();
  } finally {
    for (const { tensor, node, shown } of before.reverse()) {
      if (tensor.node === shown) {
        tensor.node = node;
        core.drop(shown);
      } else if (node !== 0) core.drop(node); // backward has disposed it
    }
  }
}
