// Calls of the user's function by the transforms of pf.func and by compile: what it returns is taken apart, and its mistakes are
// explained.
import { countTraced } from "../autograd/tracing";
import { outsideOps, withinOp } from "../core/op-scope";
import { ArgumentError, typeName } from "../errors";
import { checkSynchronous } from "../tensor/async";
import { Branch, type Flat, flatten } from "../tensor/containers";
import { nodeOf } from "../tensor/tensor";
import type { AnyFunction } from "./types";

/** Calls the user's function, and takes apart what it returns: one tensor at least. */
export function callUser(name: string, func: AnyFunction, args: readonly unknown[]): Flat {
  const result: unknown = countTraced(() =>
    outsideOps(() => {
      try {
        return func(...args) as unknown;
      } catch (error) {
        throw explained(name, error, args);
      }
    }),
  );
  checkSynchronous(name, result, "func");
  const flat = flatten(name, result);
  if (flat.tensors.length === 0) {
    throw new ArgumentError(`${name}: func should return tensors but got ${typeName(result)}.`);
  }
  withinOp(name, () => flat.tensors.forEach(nodeOf));
  return flat;
}

// What engines, and compilers for older ones, say where an object lacks a # field or method.
const LACKS_PRIVATE = /private|must be an instance of class/i;
/** What func threw; where it is for a # field that a rebuilt instance lacks, an error that names the class. */
function explained(name: string, error: unknown, args: readonly unknown[]): unknown {
  if (!(error instanceof TypeError) || !LACKS_PRIVATE.test(error.message)) return error;
  const constructors = flatten(name, args).structure.parts.flatMap((part) => {
    const own: unknown = part instanceof Branch ? part.prototype?.constructor : null;
    return typeof own === "function" && own !== Object && own !== Array ? [own] : [];
  });
  // The engine names the field, or for a method the class.
  const named = /#[\w$]+|class [\w$]+/.exec(error.message)?.[0] ?? "#";
  const declares = (at: unknown): boolean =>
    typeof at === "function" && (String(at).includes(named) || declares(Object.getPrototypeOf(at)));
  const declaring = constructors.filter(declares);
  const names = [...new Set((declaring.length > 0 ? declaring : constructors).map(({ name }) => name))];
  if (names.length === 0) return error;
  const explanation = new ArgumentError(
    `${name}: a method of ${names.join(" or ")} failed for a # field (${error.message}): instances in arguments are rebuilt ` +
      `around traced tensors with their own enumerable properties, which # fields are not. Make it an ordinary property.`,
  );
  explanation.cause = error;
  return explanation;
}
/** What func returned with hasAux: [output, aux]. */
function splitAux(name: string, hasAux: boolean, value: unknown): [output: unknown, aux: unknown] {
  if (!hasAux) return [value, undefined];
  checkSynchronous(name, value, "func");
  if (Array.isArray(value) && value.length === 2) return value as [unknown, unknown];
  throw new ArgumentError(`${name}: with hasAux: true func should return an array [output, aux].`);
}

/** Calls func, and takes apart its output and, where hasAux says that there is one, its aux. */
export function callWithAux(
  name: string,
  func: AnyFunction,
  args: readonly unknown[],
  hasAux: boolean,
): { output: Flat; aux: Flat } {
  let aux: unknown;
  const withoutAux = (...values: unknown[]): unknown => {
    const [output, rest] = splitAux(name, hasAux, func(...values));
    aux = rest;
    return output;
  };
  const output = callUser(name, withoutAux, args);
  return { output, aux: flatten(name, aux) };
}
