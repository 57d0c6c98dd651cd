// What the tests of the derivative API share.
import * as assert from "uvu/assert";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";

export type T = pf.Tensor;
export const f64 = (data: pf.NestedArray, requiresGrad = false): T =>
  pf.tensor(data, { dtype: "float64", requiresGrad });

/**
 * Values within an absolute and relative tolerance; shapes and dtypes equal. Numbers stand for float64; anything else is said
 * by a tensor.
 */
export function near(actual: T, expected: pf.NestedArray | T, tolerance = 1e-12): void {
  const want = expected instanceof pf.Tensor ? expected : f64(expected);
  assert.equal(actual.shape, want.shape, `shape [${actual.shape}], expected [${want.shape}]`);
  assert.is(actual.dtype, want.dtype);
  const [a, b] = [actual.data(), want.data()];
  for (let i = 0; i < b.length; i++) {
    const same = Number.isNaN(b[i]!)
      ? Number.isNaN(a[i]!)
      : Number.isFinite(b[i]) && Math.abs(a[i]! - b[i]!) <= tolerance * (1 + Math.abs(b[i]!));
    assert.ok(same || a[i] === b[i], `element ${i}: ${a[i]}, expected ${b[i]}`);
  }
}

/** As `rows`, but what a row's body makes before its first await is freed. */
export const scoped =
  (rows: (name: string, body: () => Promise<void>) => void) =>
  (name: string, body: () => unknown): void =>
    rows(name, async () => {
      let ended: unknown;
      pf.tidy(() => {
        ended = body();
      });
      await ended;
    });
/** Waits until what freed calls of custom functions had saved is freed too, which a microtask does. */
export const nextMicrotask = (): Promise<void> => Promise.resolve();
/** Asserts that body gives back all the memory and nodes that it takes. */
export async function leavesNothing(body: () => unknown): Promise<void> {
  await nextMicrotask();
  const before = [core.liveNodes(), pf.backend.memoryBytes];
  pf.tidy(body as () => void);
  await nextMicrotask();
  assert.equal([core.liveNodes(), pf.backend.memoryBytes], before, "something is left behind");
}

export type ErrorName =
  "ArgumentError" | "AutogradError" | "DisposedError" | "DTypeError" | "OutOfMemoryError" | "ShapeError";

// The error that body throws; nothing is left behind.
function thrownBy(body: () => unknown): unknown {
  const before = [core.liveNodes(), pf.backend.memoryBytes];
  let error: unknown = null;
  try {
    pf.tidy(body);
  } catch (thrown) {
    error = thrown;
  }
  const after = [core.liveNodes(), pf.backend.memoryBytes];
  // Arenas of compiled functions are given up before memory counts as exhausted.
  if (error instanceof pf.OutOfMemoryError) after[1] = Math.max(after[1]!, before[1]!);
  assert.equal(after, before, "something is left behind");
  return error;
}

/** The error that body throws, which is of the class `name` and carries all phrases; nothing is left behind. */
export function throws(body: () => unknown, name: ErrorName, ...phrases: string[]): void {
  const error = thrownBy(body);
  assert.ok(error instanceof pf[name], `expected an ${name} but got ${String(error)}`);
  const { message } = error as Error;
  for (const phrase of phrases) assert.ok(message.includes(phrase), `"${message}" should include "${phrase}"`);
}

/** As `throws`; besides, the message begins with `start`, the name of the called function first, and the library still works. */
export function refuses(body: () => unknown, name: ErrorName, start: string, ...phrases: string[]): void {
  throws(
    () => {
      try {
        body();
      } catch (error) {
        const message = String((error as Error).message);
        assert.ok(/^\w+: /.test(message) && message.startsWith(start), `"${message}" should start with "${start}"`);
        throw error;
      }
    },
    name,
    ...phrases,
  );
  assert.ok(pf.isGradEnabled());
  near(pf.functional.jvp((x) => x.mul(x), f64([1, 2, 3]), f64([1, 1, 1]))[1], [2, 4, 6]);
}
