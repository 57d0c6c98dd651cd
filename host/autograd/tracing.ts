// Tracing a user's function: its Tensors live in a scope of their own, gradients are recorded, and pending work may grow,
// until the function's results have been transformed.
import { GradMode } from "../../assembly/abi/numbers";
import { core, writeInts } from "../core/memory";
import { inputAlias, type Node } from "../core/prim";
import { adoptNode, nodeOf, type Tensor, wrapNode } from "../tensor/tensor";
import { closeScope, openScope, type Scope } from "../tensor/lifetime";

/** How many nodes functions and the passes of the transforms have appended; `inspect` resets and reads the counts. */
export const nodeCounts = { traced: 0, backward: 0, doubleBackward: 0 };

const counted = (): number => nodeCounts.traced + nodeCounts.backward + nodeCounts.doubleBackward;
/** Runs a user's function, and counts the nodes that it appends as traced. Those of transforms within it are counted by these. */
export function countTraced<R>(call: () => R): R {
  const start = core.appendedNodes() - counted();
  const result = call();
  nodeCounts.traced += core.appendedNodes() - counted() - start;
  return result;
}

/** Inputs of a function under fresh identities. */
export interface Aliases {
  /** Held by the surrounding scope. */
  readonly nodes: Node[];
  /** The function's own handles on them, which it may dispose. */
  readonly tensors: Tensor[];
}
/** Aliases that require grad, in the current scope. If `connected`, gradients flow on to the inputs that require grad themselves. */
export function aliasInputs(inputs: readonly Tensor[], connected: boolean): Aliases {
  const nodes: Node[] = [];
  const tensors: Tensor[] = [];
  for (const input of inputs) {
    const node = nodeOf(input);
    const alias = inputAlias(node, connected && core.isRecordable(node) !== 0);
    nodes.push(alias);
    wrapNode(alias);
    tensors.push(wrapNode(alias));
  }
  return { nodes, tensors };
}

/** Holds the results of one call beyond its scope; computing one of them computes all. */
export function holdTogether(nodes: readonly Node[]): void {
  core.joinAll(writeInts(nodes));
  for (const node of nodes) core.hold(node);
}

/**
 * Runs `body`, which calls a user's function, with gradients on (unless recording is false) in a scope that ends with it.
 * Whatever body throws passes through, with nothing left behind. Body is told the surrounding scope and what
 * setGradEnabled was at.
 */
export function withinTrace<R>(body: (surrounding: Scope | null, gradMode: number) => R, recording = true): R {
  const scope = openScope();
  const gradMode = core.setGradEnabled(recording ? GradMode.On : GradMode.Off);
  core.trace(1);
  try {
    return body(scope.parent, gradMode);
  } finally {
    core.setGradEnabled(gradMode);
    core.trace(-1);
    closeScope(scope);
  }
}

/** withinTrace; what comes out are the nodes that body has held, as Tensors of the surrounding scope. */
export const traced = (body: () => readonly Node[], recording = true): Tensor[] =>
  withinTrace(body, recording).map(adoptNode);
