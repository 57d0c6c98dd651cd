// Tensors that compiled programs captured. A program holds their nodes, so that it still runs when the user's handles have been
// collected. Where the user has disposed the last handle, running the program is an error: that is noted here.
import { core } from "../core/memory";
import type { Node } from "../core/prim";
import { beforeDrop } from "./gradients";

export interface Captured {
  readonly node: Node;
  /** Whether its user has disposed it. */
  isDisposed: boolean;
  /** How often a tensor on it has begun or stopped to require grad. */
  changes: number;
  /** How many programs hold it. */
  holders: number;
}
const captured = new Map<Node, Captured>();

/** Holds a node for a program, until `letGo`. */
export function capture(node: Node): Captured {
  core.hold(node);
  let entry = captured.get(node);
  if (entry === undefined) captured.set(node, (entry = { node, isDisposed: false, changes: 0, holders: 0 }));
  entry.holders++;
  return entry;
}
export function letGo(entry: Captured): void {
  const { node } = entry;
  if (--entry.holders === 0) captured.delete(node);
  beforeDrop(node);
  core.drop(node);
}
/** A handle on the node is about to be disposed, by its user or by the end of its scope. */
export function beforeDispose(node: Node): void {
  if (captured.size === 0) return;
  const entry = captured.get(node);
  if (entry !== undefined && core.handlesOf(node) === entry.holders + 1) entry.isDisposed = true;
}
/** A tensor on the node begins or stops to require grad. */
export function beforeRequire(node: Node): void {
  const entry = captured.get(node);
  if (entry !== undefined) entry.changes++;
}
/** A count that grows when one of them begins or stops to require grad: programs that were traced before are out of date then. */
export const changesOf = (entries: readonly Captured[]): number => {
  let changes = 0;
  for (const entry of entries) changes += entry.changes;
  return changes;
};
