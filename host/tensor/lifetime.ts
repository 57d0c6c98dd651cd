// Who frees a Tensor that its user forgets. A Tensor belongs either to a scope (of tidy or of a transform), which frees it
// at its end, or to a page, which is registered for garbage collection: when the last Tensor of a page is unreachable, the
// page is too, and what its Tensors held is dropped. Pages make registering cheap (450 ns for a page, not for a Tensor); they
// are bounded in bytes, so that a small living Tensor can't pin large dead ones.
import { arrayTypes } from "../core/dtype";
import { core } from "../core/memory";
import type { Node } from "../core/prim";
import { beforeDrop } from "./gradients";
import type { Tensor } from "./tensor";

const PAGE_LENGTH = 32;
const PAGE_BYTES = 1 << 18;
/** A scope forgets the Tensors that have left it once there are so many. */
const COMPACT_AT = 1024;

/** Nodes that the Tensors of a page hold; 0 where one was disposed. */
export class Page {
  /** How many of its Tensors are not disposed. */
  live = 0;
  constructor(readonly nodes: Node[]) {}
}
export class Scope {
  tensors: Tensor[] = [];
  /** How many of them have left: disposed, or kept. */
  gone = 0;
  constructor(readonly parent: Scope | null) {}
}

const registry = new FinalizationRegistry<Node[]>((nodes) => {
  for (const node of nodes) {
    if (node === 0) continue;
    beforeDrop(node);
    core.drop(node);
  }
});

let scope: Scope | null = null;
let openPage: Page | null = null;
let openPageBytes = 0;
let closing = false;
// The open page is let go of at the end of the job, or its Tensors could not be collected before it is full. One whose Tensors
// are all disposed pins nothing and stays: a loop that disposes what it makes registers nothing.
const closePage = (): void => {
  closing = false;
  if (openPage !== null && openPage.live > 0) openPage = null;
};
function closeSoon(): void {
  if (closing) return;
  closing = true;
  queueMicrotask(closePage);
}

/** Hands a Tensor over to garbage collection. */
export function addToPage(tensor: Tensor): void {
  const node = tensor.node;
  const bytes = core.numelOf(node) * arrayTypes[core.dtypeOf(node) as keyof typeof arrayTypes].BYTES_PER_ELEMENT;
  if (openPage === null || openPage.nodes.length >= PAGE_LENGTH || openPageBytes + bytes > PAGE_BYTES) {
    const nodes: Node[] = [];
    openPage = new Page(nodes);
    openPageBytes = 0;
    registry.register(openPage, nodes);
  }
  closeSoon();
  openPageBytes += bytes;
  openPage.live++;
  tensor.owner = openPage;
  tensor.slot = openPage.nodes.length;
  openPage.nodes.push(node);
}

function place(owner: Scope | null, tensor: Tensor): void {
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
export function addTo(owner: Scope | null, tensor: Tensor): void {
  if (!Object.isFrozen(tensor)) place(owner, tensor);
}

/** Gives a new Tensor to the current scope. */
export const track = (tensor: Tensor): void => place(scope, tensor);

/** Takes a Tensor from its owner, who does not free it any more. */
export function untrack(tensor: Tensor): void {
  const { owner } = tensor;
  tensor.owner = null;
  if (owner instanceof Page) {
    owner.nodes[tensor.slot] = 0 as Node;
    if (--owner.live === 0 && owner === openPage) {
      owner.nodes.length = 0;
      openPageBytes = 0;
    }
  } else if (owner !== null && ++owner.gone > COMPACT_AT && owner.gone > owner.tensors.length >> 1) {
    owner.tensors = owner.tensors.filter((t) => t.owner === owner);
    owner.gone = 0;
  }
}

/** Makes a Tensor the handle of another node. */
export function retarget(tensor: Tensor, node: Node): void {
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
  for (const tensor of closing.tensors) {
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
