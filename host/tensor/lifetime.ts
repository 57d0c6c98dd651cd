// Who frees a Tensor that its user forgets. A Tensor belongs either to a scope (of tidy or of a transform), which frees it
// at its end, or to a page, which is registered for garbage collection: when the last Tensor of a page is unreachable, the
// page is too, and what its Tensors held is dropped. Pages make registering cheap (450 ns for a page, not for a Tensor); they
// are bounded in bytes, so that a small living Tensor can't pin large dead ones.
import { arrayTypes } from "../core/dtype";
import { core } from "../core/memory";
import { ArgumentError } from "../errors";
import type { Node } from "../core/prim";
import { isTensor, type Tensor } from "./tensor";

const PAGE_LENGTH = 32;
const PAGE_BYTES = 1 << 18;
/** A scope forgets its disposed Tensors once there are so many. */
const COMPACT_AT = 1024;

/** Nodes that the Tensors of a page hold; 0 where one was disposed. */
export class Page {
  constructor(readonly nodes: Node[]) {}
}
export class Scope {
  tensors: Tensor[] = [];
  disposed = 0;
  constructor(readonly parent: Scope | null) {}
}

const registry = new FinalizationRegistry<Node[]>((nodes) => {
  for (const node of nodes) if (node !== 0) core.drop(node);
});

let scope: Scope | null = null;
let openPage: Page | null = null;
let openPageBytes = 0;
// The open page is let go of at the end of the job, or its Tensors could not be collected before it is full.
const closePage = (): void => {
  openPage = null;
};

function addToPage(tensor: Tensor): void {
  const node = tensor.node;
  const bytes = core.numelOf(node) * arrayTypes[core.dtypeOf(node) as keyof typeof arrayTypes].BYTES_PER_ELEMENT;
  if (openPage === null || openPage.nodes.length >= PAGE_LENGTH || openPageBytes + bytes > PAGE_BYTES) {
    const nodes: Node[] = [];
    openPage = new Page(nodes);
    openPageBytes = 0;
    registry.register(openPage, nodes);
    queueMicrotask(closePage);
  }
  openPageBytes += bytes;
  tensor.home = openPage;
  tensor.slot = openPage.nodes.length;
  openPage.nodes.push(node);
}

function addTo(owner: Scope | null, tensor: Tensor): void {
  if (owner === null) addToPage(tensor);
  else {
    tensor.home = owner;
    owner.tensors.push(tensor);
  }
}

/** Gives a new Tensor to the current scope. */
export const track = (tensor: Tensor): void => addTo(scope, tensor);

/** Takes a Tensor that is being disposed from its owner. */
export function untrack(tensor: Tensor): void {
  const { home } = tensor;
  if (home instanceof Page) home.nodes[tensor.slot] = 0 as Node;
  else if (home !== null && ++home.disposed > COMPACT_AT && home.disposed > home.tensors.length >> 1) {
    home.tensors = home.tensors.filter((t) => t.node !== 0 && t.home === home);
    home.disposed = 0;
  }
  tensor.home = null;
}

/** The Tensors in a value: itself, or those in arrays and plain objects, nested. */
export function collectTensors(value: unknown, into: Tensor[] = [], seen = new Set<unknown>()): Tensor[] {
  if (isTensor(value)) into.push(value);
  else if (typeof value === "object" && value !== null && !seen.has(value)) {
    const prototype = Object.getPrototypeOf(value);
    if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return into;
    seen.add(value);
    for (const item of Object.values(value)) collectTensors(item, into, seen);
  }
  return into;
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
    if (tensor.home !== closing) continue;
    tensor.home = null;
    tensor.dispose();
  }
  closing.tensors = [];
}

/**
 * Runs fn and frees every Tensor that it made, but for those that it returns: itself, or in arrays and plain objects, nested.
 * What is freed are the handles: a value that a surviving Tensor still needs for its own lives on with it.
 *
 * @param fn a synchronous function
 * @returns what fn returns
 * @throws ArgumentError when fn is not a function or returns a promise; whatever fn throws, after freeing all it made
 * @example
 * const norm = pf.tidy(() => x.mul(x).sum().sqrt());
 */
export function tidy<T>(fn: () => T): T {
  if (typeof fn !== "function") throw new ArgumentError("tidy: fn should be a function.");
  const own = openScope();
  try {
    const result = fn();
    if (result instanceof Promise) {
      throw new ArgumentError("tidy: fn should be synchronous, but it returned a promise.");
    }
    for (const tensor of collectTensors(result)) if (tensor.home === own) addTo(own.parent, tensor);
    return result;
  } finally {
    closeScope(own);
  }
}

/**
 * Lets a Tensor out of all scopes: neither tidy nor a transform frees it. It lives until it is disposed or collected.
 *
 * @returns the Tensor itself
 */
export function keep(tensor: Tensor): Tensor {
  if (!isTensor(tensor)) throw new ArgumentError("keep: the argument should be a Tensor.");
  if (tensor.home instanceof Scope && tensor.node !== 0) addToPage(tensor);
  return tensor;
}
