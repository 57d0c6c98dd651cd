// Functions of the user's have to be synchronous: what they make belongs to a scope, which ends when they return.
import { ArgumentError } from "../errors";
import { isTensor } from "./tensor";

/** Whether a value is a promise, or what `await` takes for one. (Of a tensor a property that it lacks is slow to ask for.) */
export const isAsync = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  !isTensor(value) &&
  typeof (value as { then?: unknown }).then === "function";

/**
 * Whether a function of the user's was asynchronous, which its caller is about to refuse. Its promise will probably reject, for
 * one because its tensors are freed. That says nothing new, nobody is there to handle it, and it must not end the process.
 */
export function wasAsync(result: unknown): boolean {
  if (!isAsync(result)) return false;
  // By its tag, which is a promise's of any realm. Others, that `await` takes for one, may begin their work when asked.
  if (Object.prototype.toString.call(result) === "[object Promise]") (result as Promise<unknown>).catch(() => {});
  return true;
}

/** Throws the ArgumentError for the result of an asynchronous function, which messages call `what`. */
export function checkSynchronous(name: string, result: unknown, what: string): void {
  if (wasAsync(result)) throw new ArgumentError(`${name}: ${what} should be synchronous, but it returned a promise.`);
}
