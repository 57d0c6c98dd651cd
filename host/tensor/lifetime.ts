// Who frees a Tensor that its user forgets. A Tensor belongs either to a scope (of tidy or of a transform), which frees it
// at its end, or to a page, which is registered for garbage collection: when the last Tensor of a page is unreachable, the
// page is too, and what its Tensors held is dropped. Pages make registering cheap (450 ns for a page, not for a Tensor); they
// are bounded in bytes, so that a small living Tensor can't pin large dead ones.
import { collectBetween, isTurnAwaited, noteFreed } from "../core/collector";
import { afterJob, finalizers } from "../core/platform";
import { core } from "../core/memory";
import type { Node } from "../core/prim";
import { beforeDrop } from "./gradients";

const PAGE_LENGTH = 32;
const PAGE_BYTES = 1 << 18;
/** A scope forgets the Tensors that have left it once there are so many. */
const COMPACT_AT = 1024;

export class Page {
  /** How many of its Tensors are not disposed, and the bytes of all. */
  live = 0;
  bytes = 0;
  /** Nodes that its Tensors hold; 0 where one was disposed. */
  readonly nodes: Node[] = [];
}
/** A Tensor as it is seen here: a handle on a node, and who frees it. */
export interface Owned {
  node: Node;
  owner: Scope | Page | null;
  slot: number;
  dispose(): void;
}
export class Scope {
  tensors: Owned[] = [];
  /** How many of them have left: disposed, or kept. */
  gone = 0;
  constructor(readonly parent: Scope | null) {}
}

/** Drops what the Tensors of an unreachable page held. */
function dropNodes(nodes: Node[]): void {
  const before = core.claimedBytes();
  for (const node of nodes) {
    if (node === 0) continue;
    beforeDrop(node);
    core.drop(node);
  }
  nodes.length = 0; // the finalizer may come after a sweep, and must find nothing
  noteFreed(before - core.claimedBytes());
}
const registry = finalizers<Node[]>(dropNodes);

/**
 * Pages that were opened while the collector waits for the event loop to turn. Finalizers run only then; until it turns, `sweep` finds
 * the pages that are unreachable.
 */
let watched: { page: WeakRef<Page>; nodes: Node[] }[] = [];
function sweep(): void {
  watched = watched.filter(({ page, nodes }) => {
    if (page.deref() !== undefined) return true;
    dropNodes(nodes);
    return false;
  });
}

let scope: Scope | null = null;
// Tensors that hold a graph have pages of their own. On one page with it, a detached loss that lives on would keep the loss's graph.
let plainPage: Page | null = null;
let graphPage: Page | null = null;
let closing = false;
// At the end of a job the open pages are closed: while they are referred to from here, their Tensors can't be collected. A page whose
// Tensors are all disposed pins nothing and stays open, so that a loop that disposes what it makes registers no further pages.
const closePages = (): void => {
  closing = false;
  if (plainPage !== null && plainPage.live > 0) plainPage = null;
  if (graphPage !== null && graphPage.live > 0) graphPage = null;
  if (watched.length === 0) return;
  if (isTurnAwaited()) collectBetween(sweep);
  else watched = [];
};
function openPage(): Page {
  const page = new Page();
  registry.register(page, page.nodes);
  if (isTurnAwaited()) watched.push({ page: new WeakRef(page), nodes: page.nodes });
  return page;
}
const hasRoom = (page: Page | null, bytes: number): page is Page =>
  page !== null && page.nodes.length < PAGE_LENGTH && page.bytes + bytes <= PAGE_BYTES;

/** Hands a Tensor, with its node's weight, over to garbage collection. */
export function addToPage(tensor: Owned, weight = core.weightOf(tensor.node)): void {
  const bytes = Math.abs(weight);
  let page: Page;
  if (weight < 0) page = hasRoom(graphPage, bytes) ? graphPage : (graphPage = openPage());
  else page = hasRoom(plainPage, bytes) ? plainPage : (plainPage = openPage());
  if (!closing) {
    closing = true;
    afterJob(closePages);
  }
  tensor.owner = page;
  page.bytes += bytes;
  page.live++;
  tensor.slot = page.nodes.length;
  page.nodes.push(tensor.node);
}

function place(owner: Scope | null, tensor: Owned): void {
  if (owner === null) addToPage(tensor);
  else {
    tensor.owner = owner;
    owner.tensors.push(tensor);
  }
}
/**
 * Gives a Tensor to a scope, or to garbage collection where there is none. One that is frozen can't change hands: at the end
 * of its scope it is handed over to garbage collection.
 */
export function addTo(owner: Scope | null, tensor: Owned): void {
  try {
    place(owner, tensor);
  } catch (error) {
    if (!Object.isFrozen(tensor)) throw error;
  }
}

/** Gives a new Tensor to the current scope. */
export function track(tensor: Owned, weight?: number): void {
  if (scope === null) addToPage(tensor, weight);
  else place(scope, tensor);
}

/** Takes a Tensor from its owner, who does not free it any more. */
export function untrack(tensor: Owned): void {
  const { owner } = tensor;
  tensor.owner = null;
  if (owner instanceof Page) {
    owner.nodes[tensor.slot] = 0 as Node;
    if (--owner.live === 0) {
      owner.nodes.length = 0;
      owner.bytes = 0;
    }
  } else if (owner !== null && ++owner.gone > COMPACT_AT && owner.gone > owner.tensors.length >> 1) {
    owner.tensors = owner.tensors.filter((t) => t.owner === owner);
    owner.gone = 0;
  }
}

/** Makes a Tensor the handle of another node. */
export function retarget(tensor: Owned, node: Node): void {
  const { owner, node: old } = tensor;
  tensor.node = node;
  if (owner instanceof Page) owner.nodes[tensor.slot] = node;
  core.hold(node);
  beforeDrop(old);
  core.drop(old);
}

/** Opens a scope for Tensors, which `closeScope` ends. */
export function openScope(): Scope {
  scope = new Scope(scope);
  return scope;
}
/** Frees what belongs to the scope and opens its parent again. */
export function closeScope(closing: Scope): void {
  scope = closing.parent;
  const { tensors } = closing;
  for (let i = 0; i < tensors.length; i++) {
    const tensor = tensors[i]!;
    if (tensor.owner !== closing) continue;
    try {
      tensor.owner = null;
    } catch {
      // Frozen: nothing could mark it as disposed.
      registry.register(tensor, [tensor.node]);
      continue;
    }
    tensor.dispose();
  }
  closing.tensors = [];
}
