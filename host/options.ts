// Checks of what functions other than ops are given: functions and option objects.
import { ArgumentError, describe, shortened, typeName } from "./errors";

/** Throws the ArgumentError for anything but a function, which messages call `what`. */
export function checkFunction(name: string, value: unknown, what = "func"): void {
  if (typeof value !== "function")
    throw new ArgumentError(`${name}: ${what} should be a function but got ${typeName(value)}.`);
}

/** A URL, by what projects without the DOM's declarations know of it. */
export interface UrlObject {
  readonly href: string;
}
/** The text of a URL, which may be relative, but not empty; throws the ArgumentError for anything else. By its href: it may be of another realm. */
export function checkUrl(name: string, value: unknown, what: string): string {
  const text = typeof value === "string" ? value : (Object(value) as { href?: unknown }).href;
  if (typeof text === "string" && isUrl(text)) return text;
  throw new ArgumentError(`${name}: ${what} should be a string or a URL but got ${describe(value)}.`);
}

function isUrl(text: string): boolean {
  try {
    // What relative ones are relative to is for who uses them.
    return text !== "" && (typeof URL !== "function" || Boolean(new URL(text, "http://localhost")));
  } catch {
    return false;
  }
}

/** The chunkSize that an option gives, undefined for none; throws the ArgumentError for anything but a positive integer. */
export function checkChunkSize(name: string, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (Number.isInteger(value) && (value as number) > 0) return value as number;
  throw new ArgumentError(`${name}: chunkSize should be a positive integer but got ${describe(value)}.`);
}

/** Whether an object is a plain one, of this realm or another (a frame's, a test runner's sandbox's). */
export const isPlain = (value: object): boolean => {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
};

/** An optional argument and options behind it, which may stand in its place. */
export type ThenOptions<V, O> = [value?: V | null, options?: O | null] | [options: O];
/** The two of them; a plain object in the first place, with nothing behind it, is the options. */
export function splitOptions<V, O extends object>(
  given: ThenOptions<V, O>,
): { value: V | null; options: O | undefined } {
  // By index, which is faster than taking the array apart.
  const first = given.length > 0 ? (given[0] ?? null) : null;
  const options = given.length > 1 ? (given[1] ?? undefined) : undefined;
  if (options === undefined && typeof first === "object" && first !== null && isPlain(first)) {
    return { value: null, options: first as O };
  }
  return { value: first as V | null, options };
}

/** Throws the ArgumentError for anything but a plain object (or nothing) with known keys. */
export function checkOptions(name: string, options: unknown, known: readonly string[]): void {
  if (options === undefined || options === null) return;
  if (typeof options !== "object" || !isPlain(options)) {
    throw new ArgumentError(
      `${name}: options should be an object with ${known.join(", ")} but got ${typeName(options)}.`,
    );
  }
  for (const key of Object.keys(options)) {
    if (!known.includes(key))
      throw new ArgumentError(`${name}: unknown option ${shortened(key)}; known are ${known.join(", ")}.`);
  }
}
