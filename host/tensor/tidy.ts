// The user's side of lifetime: scopes that free what is made in them.
import { withinOp } from "../core/op-scope";
import { ArgumentError, typeName } from "../errors";
import { addTo, addToPage, closeScope, openScope, Scope, untrack } from "./lifetime";
import { checkFunction } from "../options";
import { checkSynchronous, isAsync } from "./async";
import { type ComplexTensor, isComplexTensor } from "./complex";
import { isTensor, nodeOf, type Tensor } from "./tensor";
import { collectTensors } from "./containers";

/** tidy, under the name `name` in messages. */
function tidyAs<T>(name: string, fn: () => T): T {
  checkFunction(name, fn, "fn");
  const own = openScope();
  try {
    const result = fn();
    checkSynchronous(name, result, "fn");
    if (isTensor(result)) {
      if (result.owner === own) addTo(own.parent, result);
    } else for (const tensor of collectTensors(name, result, own)) if (tensor.owner === own) addTo(own.parent, tensor);
    return result;
  } finally {
    closeScope(own);
  }
}

/**
 * Runs fn and frees every Tensor that it made, but for those that it returns: itself, or in containers (nested arrays, plain
 * objects, instances of classes). What is freed are the handles: a value that a surviving Tensor still needs for its own
 * lives on with it.
 *
 * @param fn a synchronous function
 * @returns what fn returns
 * @throws ArgumentError when fn is not a function, returns a promise, or hides Tensors that it made in a Map, a Set or a
 *   cyclic container; whatever fn throws, after freeing all it made
 * @example
 * const norm = pf.tidy(() => x.mul(x).sum().sqrt());
 */
export function tidy<T>(fn: () => T): T {
  return tidyAs("tidy", fn);
}

/**
 * Frees every Tensor in a container, or the Tensor that is given. Disposing twice does nothing.
 *
 * @param tree a Tensor, nested arrays, plain objects, instances of classes; what is no Tensor in them is left alone
 * @throws ArgumentError for a Map or Set with Tensors, and for a cyclic container of Tensors; when all others are freed, for a
 *   frozen one
 * @example
 * pf.dispose({ weights, layers: [first, second] });
 */
export function dispose(tree: unknown): void {
  const tensors = collectTensors("dispose", tree);
  for (const tensor of tensors) if (!Object.isFrozen(tensor)) tensor.dispose();
  tensors.find(Object.isFrozen)?.dispose();
}

/**
 * fn's result in the place of `tree`: runs fn as tidy does, and disposes every Tensor of `tree` that is not itself in the
 * result. What the result needs of it (aliases, views, graphs) lives on; nothing is detached. A frozen Tensor, which can't be
 * disposed, is left to the garbage collector. When fn throws, `tree` is left as it was.
 *
 * @param tree a container of Tensors
 * @param fn a synchronous function of it, which returns what takes its place
 * @returns what fn returns
 * @throws ArgumentError as tidy does, and when fn returns undefined; whatever fn throws
 * @example
 * params = pf.replace(params, (p) => pf.tree.map((w, g) => w.sub(g.mul(0.1)), p, gradient(p)));
 */
export function replace<T, R = T>(tree: T, fn: (tree: T) => R): R {
  // Before fn, which may write into tree.
  const old = collectTensors("replace", tree);
  let kept: Set<Tensor>;
  const result = tidyAs(
    "replace",
    typeof fn !== "function"
      ? fn
      : () => {
          const made = fn(tree);
          if (made === undefined) {
            throw new ArgumentError("replace: fn returned undefined: return what takes the tree's place.");
          }
          if (!isAsync(made)) kept = new Set(collectTensors("replace", made));
          return made;
        },
  );
  for (const tensor of old) if (!kept!.has(tensor) && !Object.isFrozen(tensor)) tensor.dispose();
  return result;
}

/**
 * Lets a Tensor out of all scopes: neither tidy nor a transform frees it. It lives until it is disposed or collected.
 *
 * @returns the Tensor itself
 * @throws ArgumentError for anything but a Tensor; DisposedError for one that is freed already
 */
export function keep<T extends Tensor | ComplexTensor>(tensor: T): T {
  if (isComplexTensor(tensor)) {
    keep(tensor.real);
    keep(tensor.imag);
    return tensor;
  }
  if (!isTensor(tensor)) throw new ArgumentError(`keep: expected a Tensor but got ${typeName(tensor)}.`);
  withinOp("keep", () => nodeOf(tensor));
  if (tensor.owner instanceof Scope && !Object.isFrozen(tensor)) {
    untrack(tensor);
    addToPage(tensor);
  }
  return tensor;
}
