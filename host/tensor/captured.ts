// Tensors that compiled programs captured. A program holds them, so that it outlives the collection of its user's handles; that
// the user disposed the last of those himself is noted here, since then the program is to say so.
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
/** What changes when one of them changes: programs that were traced before are out of date. */
export const changesOf = (entries: readonly Captured[]): number => {
  let changes = 0;
  for (const entry of entries) changes += entry.changes;
  return changes;
};
