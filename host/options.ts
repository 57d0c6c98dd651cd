// Option objects of the functions that are not ops.
import { ArgumentError, typeName } from "./errors";

/** Throws the ArgumentError for anything but a plain object (or nothing) with known keys. */
export function checkOptions(name: string, options: unknown, known: readonly string[]): void {
  if (options === undefined || options === null) return;
  const prototype: unknown = typeof options === "object" ? Object.getPrototypeOf(options) : undefined;
  if (prototype !== Object.prototype && prototype !== null) {
    throw new ArgumentError(
      `${name}: options should be an object with ${known.join(", ")} but got ${typeName(options)}.`,
    );
  }
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw new ArgumentError(`${name}: unknown option ${key}; known are ${known.join(", ")}.`);
  }
}
