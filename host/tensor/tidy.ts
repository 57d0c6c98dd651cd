// The user's side of lifetime: scopes that free what is made in them.
import { withinOp } from "../core/scope";
import { ArgumentError, typeName } from "../errors";
import { addTo, addToPage, closeScope, openScope, Scope, untrack } from "./lifetime";
import { isTensor, nodeOf, type Tensor } from "./tensor";

const holdings = new WeakMap<object, readonly Tensor[]>();
/** Says which Tensors the closure of `fn` holds: they go where fn goes. */
export function holding<F extends object>(fn: F, tensors: readonly Tensor[]): F {
  holdings.set(fn, tensors);
  return fn;
}

/** The Tensors in a value: itself, those in arrays and plain objects, nested, and those that functions are known to hold. */
export function collectTensors(value: unknown, into: Tensor[] = [], seen = new Set<unknown>()): Tensor[] {
  if (isTensor(value)) into.push(value);
  else if (typeof value === "function") into.push(...(holdings.get(value) ?? []));
  else if (typeof value === "object" && value !== null && !seen.has(value)) {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return into;
    seen.add(value);
    for (const item of Object.values(value)) collectTensors(item, into, seen);
  }
  return into;
}

/** Whether a value is a promise, or what `await` takes for one. */
export const isAsync = (value: unknown): boolean =>
  typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
/**
 * Whether a function of the user's was asynchronous, which its caller is about to refuse. That its promise rejects then, for
 * one because its tensors are freed, is an echo of the refusal: nobody is to handle it, and it must not end the process.
 */
export function wasAsync(result: unknown): boolean {
  if (result instanceof Promise) result.catch(() => {});
  return isAsync(result);
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
  if (typeof fn !== "function") throw new ArgumentError(`tidy: fn should be a function but got ${typeName(fn)}.`);
  const own = openScope();
  try {
    const result = fn();
    if (wasAsync(result)) throw new ArgumentError("tidy: fn should be synchronous, but it returned a promise.");
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
 * @throws ArgumentError for anything but a Tensor; DisposedError for one that is freed already
 */
export function keep(tensor: Tensor): Tensor {
  if (!isTensor(tensor)) throw new ArgumentError(`keep: expected a Tensor but got ${typeName(tensor)}.`);
  withinOp("keep", () => nodeOf(tensor));
  if (tensor.home instanceof Scope) {
    untrack(tensor);
    addToPage(tensor);
  }
  return tensor;
}
