// The errors that the library throws. A message starts with the public name of the function that the user called, says
// what was expected and what came, with shapes in brackets.

// V8 shows ten frames of a stack unless it is asked for more. Some ten frames are the op's own, so that the user's line, which comes
// behind them, would be missing.
const FRAMES = 40;
const frames = Error as { stackTraceLimit?: unknown };
function setFrames(count: unknown): void {
  try {
    frames.stackTraceLimit = count;
  } catch {
    // Intrinsics are frozen: it stays as it is.
  }
}

/** Gives an error a name of its own; defined, since Error.prototype may be frozen. */
function nameError(error: Error, name: string): void {
  Object.defineProperty(error, "name", { value: name, writable: true, configurable: true });
}

/** Base of every error that the library throws. */
export class PushforwardError extends Error {
  constructor(message: string, cause?: unknown) {
    const limit = frames.stackTraceLimit;
    const asksForMore = typeof limit === "number" && limit > 0 && limit < FRAMES;
    if (asksForMore) setFrames(FRAMES);
    super(message, cause === undefined ? undefined : { cause });
    if (asksForMore) setFrames(limit);
    // Survives minification, unlike the name of the class.
    nameError(this, new.target.errorName);
  }
  static readonly errorName: string = "PushforwardError";
}
/** Sizes or dims that do not fit together. */
export class ShapeError extends PushforwardError {
  static override readonly errorName = "ShapeError";
}
/** A dtype that an operation can't take. */
export class DTypeError extends PushforwardError {
  static override readonly errorName = "DTypeError";
}
/** A derivative that is asked for where there is none. */
export class AutogradError extends PushforwardError {
  static override readonly errorName = "AutogradError";
}
/** A value is read that is not there while its function is traced; users see an AutogradError. */
export class PlaceholderError extends AutogradError {}
/** Linear memory, or the limit set by `configure`, is exhausted. */
export class OutOfMemoryError extends PushforwardError {
  static override readonly errorName = "OutOfMemoryError";
}
/** A tensor is used after it was disposed. */
export class DisposedError extends PushforwardError {
  static override readonly errorName = "DisposedError";
}
/** What a NonFiniteError tells of an operand. */
export interface NonFiniteOperand {
  readonly dtype: string;
  readonly shape: number[];
  /** Its element that went into the one at `index`; null where several did. */
  readonly value: number | null;
}
/** debugNans has found the first NaN or infinity. */
export class NonFiniteError extends PushforwardError {
  static override readonly errorName = "NonFiniteError";
  /** The op that the user called, and the primitive of it that gave the value. */
  op = "";
  primitive = "";
  /** The transform in whose derivative of the op it arose; null: in the op itself. */
  transform: string | null = null;
  dtype = "";
  shape: number[] = [];
  /** NaN, Infinity or -Infinity, and where it stands. */
  value = NaN;
  index: number[] = [];
  operands: NonFiniteOperand[] = [];
  /** The line of the user's program that called the op; null where it was called before debugNans. */
  line: string | null = null;
}
/** A wrong argument: its type, its value, or an option's name. */
export class ArgumentError extends PushforwardError {
  static override readonly errorName: string = "ArgumentError";
}
/** A matrix that can't be factored: singular, not positive definite, not finite. torch's LinAlgError. */
export class LinAlgError extends ArgumentError {
  static override readonly errorName = "LinAlgError";
}

/** Shapes as they stand in messages: `[4, 4]`. */
export const formatShape = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

/** The property in which a Tensor says which copy of the library has made it; other copies know it by the same symbol. */
export const COPY: unique symbol = Symbol.for("pushforward.copy") as never;
export const thisCopy = {};

/** Whether a value is a Tensor of another copy. */
function isForeign(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const copy = (value as { [COPY]?: unknown })[COPY];
  return copy !== undefined && copy !== thisCopy;
}
/** Where in nested arrays a Tensor of another copy stands: `[2][0]`; nothing where there is none. */
function placeOfForeign(array: readonly unknown[], seen = new Set<unknown>()): string {
  seen.add(array);
  for (let i = 0; i < array.length; i++) {
    const item = array[i];
    if (isForeign(item)) return `[${i}]`;
    const place = Array.isArray(item) && !seen.has(item) && seen.size < 100 ? placeOfForeign(item, seen) : "";
    if (place) return `[${i}]${place}`;
  }
  return "";
}
/** Throws the ArgumentError for a Tensor of another copy, where anything else will do. */
export function refuseForeign(name: string, value: unknown, what: string): void {
  if (isForeign(value)) throw new ArgumentError(`${name}: ${what} is ${describe(value)}. ${LOAD_ONCE}`);
}
export const LOAD_ONCE = "Load pushforward once: a page or program with two copies of it has two kinds of tensors.";

/** What kind of thing a wrong argument is, for messages: `string`, `null`, `Promise`, `Array`, … */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return typeof value;
  // Generators have no constructor with a name.
  const name = shortened(value.constructor?.name || Object.prototype.toString.call(value).slice(8, -1));
  if (isForeign(value)) return `${name} of another copy of pushforward`;
  return name === "Tensor" && !(COPY in value) ? "Tensor of another library" : name;
}

/** A name or a text that a caller gave, in length fit for a message, as `show` writes it. */
export const shortened = (text: string, show: (text: string) => string = String): string =>
  text.length > 80 ? `${show(text.slice(0, 60))}… (${text.length} characters)` : show(text);
/** The same in quotes. */
export const quoted = (text: string): string => shortened(text, JSON.stringify);

/** A wrong value as it stands in a message: `1.5`, `"mean"`, `a Promise (await it first)`, `[1, 2.5]`. */
export function describe(value: unknown, depth = 0): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number" || typeof value === "boolean" || value == null) return String(value);
  if (value instanceof Promise) return "a Promise (await it first)";
  // Not all the way down: an array may hold itself.
  if (Array.isArray(value) && value.length <= 8 && depth < 3)
    return `[${value.map((item) => describe(item, depth + 1)).join(", ")}]`;
  const name = typeName(value);
  const place = Array.isArray(value) ? placeOfForeign(value) : "";
  const held = place && `, with a Tensor of another copy of pushforward at ${place}`;
  return `${/^[aeiou]/i.test(name) ? "an" : "a"} ${name}${held}`;
}
