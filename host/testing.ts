// pushforward/testing: comparing tensors in tests. Test runners compare objects by their fields, and a Tensor has none that say
// what it holds. It takes tensors of any copy of the library: a runner may have loaded one of its own. Only two copies of which one is
// held against the other are refused: they are two kinds of tensors.
import { ArgumentError, type DTypeName, type Tensor, type TypedArray } from "./index";

export interface AssertCloseOptions {
  /** Relative tolerance; with atol, or neither. Unless given 1.3e-6 (float32), 1e-7 (float64), 0 (int32, bool). */
  rtol?: number | null | undefined;
  /** Absolute tolerance; unless given 1e-5 (float32), 1e-7 (float64), 0 (int32, bool). */
  atol?: number | null | undefined;
  /** Whether NaN equals NaN; false unless given. */
  equalNan?: boolean | null | undefined;
  /** Whether two tensors should be of one dtype; true unless given. */
  checkDtype?: boolean | null | undefined;
  /** What the error says, or makes of what it would say. */
  msg?: string | ((message: string) => string) | null | undefined;
}

/** What assertClose throws. */
export class AssertionError extends Error {
  constructor(message: string) {
    super(message);
    Object.defineProperty(this, "name", { value: "AssertionError", writable: true, configurable: true });
  }
}

// As host/errors.ts has it; not imported, so that nothing of the library is in this file twice.
const COPY = Symbol.for("pushforward.copy");
const isTensor = (value: unknown): value is Tensor =>
  typeof value === "object" && value !== null && (value as { [COPY]?: object })[COPY] !== undefined;
/** The copy that made a tensor. */
const copyOf = (tensor: Tensor): unknown => (tensor as { [COPY]?: object })[COPY];
const isTypedArray = (value: unknown): value is TypedArray => ArrayBuffer.isView(value) && !(value instanceof DataView);
const isObject = (value: unknown): value is Record<PropertyKey, unknown> => typeof value === "object" && value !== null;

/** Elements in row-major order and what is known of them. */
interface Values {
  data: ArrayLike<number>;
  shape: readonly number[];
  /** null for plain numbers that stand beside a tensor. */
  dtype: DTypeName | null;
}

/** The values of a tensor, or of numbers in nested arrays; null for anything else. */
function valuesOf(value: unknown): Values | null {
  if (isTensor(value)) return { data: value.data(), shape: value.shape, dtype: value.dtype };
  if (isTypedArray(value)) return { data: value, shape: [value.length], dtype: null };
  const shape: number[] = [];
  for (let level = value; Array.isArray(level); level = level[0] as unknown) {
    if (shape.push(level.length) > 64) return null;
  }
  const flat = Array.isArray(value) ? (value.flat(Infinity) as unknown[]) : [value];
  const count = shape.reduce((a, b) => a * b, 1);
  if (flat.length !== count || !flat.every((x) => typeof x === "number" || typeof x === "boolean")) return null;
  return { data: flat.map(Number), shape, dtype: null };
}

/** torch.testing's defaults: [rtol, atol]. */
const defaults: Readonly<Record<DTypeName, readonly [number, number]>> = {
  float64: [1e-7, 1e-7],
  float32: [1.3e-6, 1e-5],
  int32: [0, 0],
  bool: [0, 0],
};

interface Context {
  rtol: number | null;
  atol: number | null;
  equalNan: boolean;
  checkDtype: boolean;
  /** Where in the containers: `["a"][0]`. */
  path: string[];
  /** The containers that the path leads through. */
  within: unknown[];
}

const number = (x: number): string =>
  x !== 0 && Math.abs(x) < 1e-4 ? x.toExponential().replace(/(\.\d*?)0*e/, "$1e") : String(x);
const list = (sizes: readonly number[]): string => `[${sizes.join(", ")}]`;

function fail(message: string, { path }: Context): never {
  throw new AssertionError(path.length ? `${message}\n\nThe failure occurred for item ${path.join("")}` : message);
}

/** The index in `shape` of the element at a place in row-major order. */
function indexAt(at: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (let dim = shape.length - 1; dim >= 0; dim--) {
    index.unshift(at % shape[dim]!);
    at = Math.floor(at / shape[dim]!);
  }
  return index;
}

function compareValues(actual: Values, expected: Values, context: Context): void {
  if (list(actual.shape) !== list(expected.shape)) {
    fail(`The values for attribute 'shape' do not match: ${list(actual.shape)} != ${list(expected.shape)}.`, context);
  }
  if (context.checkDtype && actual.dtype && expected.dtype && actual.dtype !== expected.dtype) {
    fail(`The values for attribute 'dtype' do not match: ${actual.dtype} != ${expected.dtype}.`, context);
  }
  const own = [actual, expected].map(({ dtype }) => defaults[dtype ?? actual.dtype ?? expected.dtype ?? "float64"]);
  const rtol = context.rtol ?? Math.max(own[0]![0], own[1]![0]);
  const atol = context.atol ?? Math.max(own[0]![1], own[1]![1]);
  const count = actual.data.length;
  // Numbers beside a float32 tensor mean the nearest float32.
  const round = actual.dtype === "float32" || expected.dtype === "float32";
  const read = ({ data, dtype }: Values, i: number): number =>
    round && dtype === null ? Math.fround(data[i]!) : data[i]!;
  let mismatched = 0;
  const worst = { absolute: -1, absoluteAt: 0, relative: -1, relativeAt: 0 };
  for (let i = 0; i < count; i++) {
    const [a, b] = [read(actual, i), read(expected, i)];
    const difference = Math.abs(a - b);
    if (a === b || (context.equalNan && a !== a && b !== b)) continue;
    // An infinite difference is not within any tolerance, also of an infinite number.
    if (difference <= atol + rtol * Math.abs(b) && difference < Infinity) continue;
    mismatched++;
    const relative = difference / Math.abs(b);
    // As torch's max: the first NaN, else the first of the largest.
    if (difference > worst.absolute || (difference !== difference && worst.absolute === worst.absolute)) {
      Object.assign(worst, { absolute: difference, absoluteAt: i });
    }
    if (relative > worst.relative || (relative !== relative && worst.relative === worst.relative)) {
      Object.assign(worst, { relative, relativeAt: i });
    }
  }
  if (mismatched === 0) return;
  const verdict = rtol === 0 && atol === 0 ? "equal" : "close";
  const allowed = (tolerance: number): string => (verdict === "equal" ? "" : ` (up to ${number(tolerance)} allowed)`);
  if (actual.shape.length === 0) {
    fail(
      `Scalars are not ${verdict}!\n\n` +
        `Absolute difference: ${number(worst.absolute)}${allowed(atol)}\n` +
        `Relative difference: ${number(worst.relative)}${allowed(rtol)}`,
      context,
    );
  }
  const at = (i: number): string => ` at index ${list(indexAt(i, actual.shape))}`;
  fail(
    `Tensor-likes are not ${verdict}!\n\n` +
      `Mismatched elements: ${mismatched} / ${count} (${((100 * mismatched) / count).toFixed(1)}%)\n` +
      `Greatest absolute difference: ${number(worst.absolute)}${at(worst.absoluteAt)}${allowed(atol)}\n` +
      `Greatest relative difference: ${number(worst.relative)}${at(worst.relativeAt)}${allowed(rtol)}`,
    context,
  );
}

const show = (value: unknown): string =>
  typeof value === "string" ? JSON.stringify(value) : isObject(value) ? nameOf(value) : String(value);
const nameOf = (value: object): string => value.constructor?.name || Object.prototype.toString.call(value).slice(8, -1);

/** A container's items by their keys; null for what is none. */
function entriesOf(value: unknown): Map<unknown, unknown> | null {
  if (!isObject(value) || isTensor(value)) return null;
  if (value instanceof Map) return value;
  if (value instanceof Date || value instanceof RegExp || value instanceof Promise || value instanceof Set) return null;
  return new Map(Object.entries(value));
}

function compare(actual: unknown, expected: unknown, context: Context): void {
  // Not what may hold NaN, which differs from itself.
  if (Object.is(actual, expected) && !isTensor(actual) && typeof actual !== "number") return;
  if (isTensor(actual) && isTensor(expected) && copyOf(actual) !== copyOf(expected)) {
    const at = context.path.join("");
    throw new ArgumentError(
      `assertClose: expected${at} is a Tensor of another copy of pushforward than actual${at}. Load pushforward once, or compare ` +
        "what toArray() gives.",
    );
  }
  if ([actual, expected].some((value) => isTensor(value) || isTypedArray(value) || typeof value === "number")) {
    const [a, b] = [valuesOf(actual), valuesOf(expected)];
    if (a !== null && b !== null) return compareValues(a, b, context);
  } else {
    const [items, others] = [entriesOf(actual), entriesOf(expected)];
    if (items !== null && others !== null && Array.isArray(actual) === Array.isArray(expected)) {
      return compareItems(actual, items, others, context);
    }
  }
  fail(`The values can't be compared, or differ: ${show(actual)} and ${show(expected)}.`, context);
}

function compareItems(
  container: unknown,
  items: ReadonlyMap<unknown, unknown>,
  others: ReadonlyMap<unknown, unknown>,
  context: Context,
): void {
  if (context.within.includes(container)) return;
  const keys = (names: unknown[]): string => `[${names.map(show).join(", ")}]`;
  if (Array.isArray(container) && items.size !== others.size) {
    fail(`The length of the sequences mismatch: ${items.size} != ${others.size}`, context);
  }
  const missing = [...others.keys()].filter((key) => !items.has(key));
  const additional = [...items.keys()].filter((key) => !others.has(key));
  if (missing.length || additional.length) {
    fail(
      "The keys of the mappings do not match:" +
        (missing.length ? `\nMissing keys in the actual mapping: ${keys(missing)}` : "") +
        (additional.length ? `\nAdditional keys in the actual mapping: ${keys(additional)}` : ""),
      context,
    );
  }
  context.within.push(container);
  for (const [key, item] of items) {
    context.path.push(`[${Array.isArray(container) ? String(key) : show(key)}]`);
    compare(item, others.get(key), context);
    context.path.pop();
  }
  context.within.pop();
}

const tolerance = (name: string, value: unknown): number | null => {
  if (value === undefined || value === null) return null;
  if (typeof value === "number" && value >= 0) return value;
  throw new ArgumentError(`assertClose: ${name} should be a non-negative number but got ${show(value)}.`);
};

/**
 * Asserts that actual and expected are close: |actual − expected| ≤ atol + rtol · |expected| for every element, equal shapes,
 * and equal dtypes. They are tensors, numbers, or containers (arrays, objects, Maps) of these, nested; beside a tensor
 * expected may also be nested arrays or a typed array, of any dtype. Anything else in containers should be identical.
 *
 * @param options rtol and atol (both or neither), equalNan, checkDtype, msg
 * @throws AssertionError that tells how many elements differ, where and by how much most, and the item of the container;
 *   ArgumentError for wrong options
 * @see https://docs.pytorch.org/docs/stable/testing.html#torch.testing.assert_close
 * @example
 * assertClose(x.exp().log(), x);
 */
export function assertClose(actual: unknown, expected: unknown, options?: AssertCloseOptions | null): void {
  const known = ["rtol", "atol", "equalNan", "checkDtype", "msg"];
  if (options !== undefined && options !== null && typeof options !== "object") {
    throw new ArgumentError(
      `assertClose: options should be an object with ${known.join(", ")} but got ${show(options)}.`,
    );
  }
  const unknown = Object.keys(options ?? {}).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new ArgumentError(`assertClose: unknown option ${unknown}; known are ${known.join(", ")}.`);
  }
  const rtol = tolerance("rtol", options?.rtol);
  const atol = tolerance("atol", options?.atol);
  if ((rtol === null) !== (atol === null)) {
    throw new ArgumentError(
      `assertClose: rtol and atol should both be given or both be left out, but got no ${rtol === null ? "rtol" : "atol"}.`,
    );
  }
  const { equalNan, checkDtype, msg } = options ?? {};
  try {
    compare(actual, expected, {
      rtol,
      atol,
      equalNan: equalNan ?? false,
      checkDtype: checkDtype ?? true,
      path: [],
      within: [],
    });
  } catch (error) {
    if (!(error instanceof AssertionError) || msg === undefined || msg === null) throw error;
    throw new AssertionError(typeof msg === "function" ? msg(error.message) : msg);
  }
}

/** What expect.addEqualityTesters takes: true or false where it knows, undefined for what isn't its concern. */
export type EqualityTester = (a: unknown, b: unknown) => boolean | undefined;

/**
 * A tester that lets toEqual, toStrictEqual, toHaveBeenCalledWith and their kin of jest and vitest compare tensors by dtype,
 * shape and elements, also within containers. NaN equals NaN, as everywhere in these runners. Elements are equal exactly unless
 * options give tolerances.
 *
 * @param options as of assertClose
 * @throws ArgumentError for wrong options
 * @example
 * expect.addEqualityTesters([equalityTester({ rtol: 1e-5, atol: 1e-6 })]);
 */
export function equalityTester(options?: AssertCloseOptions | null): EqualityTester {
  const settings = { rtol: 0, atol: 0, equalNan: true, ...options };
  assertClose(0, 0, settings); // throws for wrong options: here, not in the middle of a test
  return (a, b) => {
    if (!isTensor(a) && !isTensor(b)) return undefined;
    if (!isTensor(a) || !isTensor(b)) return false;
    try {
      assertClose(a, b, settings);
      return true;
    } catch (error) {
      if (error instanceof AssertionError) return false;
      throw error;
    }
  };
}

/**
 * Testers of exact equality, in a setup file of jest or vitest: expect.addEqualityTesters(equalityTesters).
 */
export const equalityTesters: EqualityTester[] = [equalityTester()];
