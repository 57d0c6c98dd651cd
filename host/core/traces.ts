// Where a program called its ops, as long as someone asks for it: `configure({ traces: true })`, debugNans. Nodes are numbered in the
// order of the program, so a few numbers tell which call has made which of them.
import { core } from "./memory";
import { onOps } from "./scope";

/** A call of an op or transform. */
export interface Trace {
  /** Its public name. */
  readonly name: string;
  /** Made when it was called. */
  readonly error: Error;
  /** Whether a custom function's backward has called it: its nodes derive from the function's call, for the schedule's sake. */
  readonly isInBackward: boolean;
}

/** Calls that are remembered: the nodes of older ones have no trace. */
const REMEMBERED = 1 << 14;
const FRAMES = 32;

/** Traces by what they have made: owners[i] all nodes after starts[i], up to starts[i + 1]. */
let starts: number[] = [];
let owners: (Trace | null)[] = [];
/** The calls that are open, one within the other. */
let open: Trace[] = [];
let users = 0;
let backwards = 0;

/** Runs the backward of a custom function. */
export function inBackward<R>(backward: () => R): R {
  backwards++;
  try {
    return backward();
  } finally {
    backwards--;
  }
}

function belongsTo(owner: Trace | null): void {
  const at = core.appendedNodes();
  const last = starts.at(-1);
  if (last !== undefined && last > at) forget(); // another core
  if (last === at) {
    owners[owners.length - 1] = owner;
    return;
  }
  if (starts.length > 2 * REMEMBERED) {
    starts = starts.slice(REMEMBERED);
    owners = owners.slice(REMEMBERED);
  }
  starts.push(at);
  owners.push(owner);
}
function forget(): void {
  starts = [];
  owners = [];
  open = [];
}

// V8 alone limits frames; where intrinsics are frozen the limit stays as it is.
function capture(name: string): Error {
  const engine = Error as { stackTraceLimit?: number };
  const limit = engine.stackTraceLimit;
  const isChanged = limit !== undefined && limit < FRAMES && !Object.isFrozen(Error);
  if (isChanged) engine.stackTraceLimit = FRAMES;
  const error = new Error(`${name} was called`);
  if (isChanged) engine.stackTraceLimit = limit;
  return error;
}

/** Starts to remember calls, or stops what an earlier call has started. */
export function remember(on: boolean): void {
  const before = users;
  users += on ? 1 : -1;
  if (before > 0 && users > 0) return;
  forget();
  onOps(
    users === 0
      ? null
      : {
          enter(name) {
            const trace = { name, error: capture(name), isInBackward: backwards > 0 };
            open.push(trace);
            belongsTo(trace);
          },
          leave() {
            open.pop();
            belongsTo(open.at(-1) ?? null);
          },
        },
  );
}

/** The call that has made the node of this serial number, if it is remembered. */
export function traceOf(serial: number): Trace | null {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! < serial) low = middle + 1;
    else high = middle;
  }
  return owners[low - 1] ?? null;
}

// Where a frame is, without line and column: V8 writes "at f (file:1:2)" or "at file:1:2", others "f@file:1:2".
const place = (frame: string): string | undefined =>
  /(?:\(|@|^\s*(?:at (?:async )?)?)([^(@]*):\d+:\d+\)?$/.exec(frame)?.[1];
const frames = (error: Error): string[] => (error.stack ?? "").split("\n").filter((line) => place(line) !== undefined);

let library: string | undefined;
/** The frames of the user's program, innermost first; all of them where the library is in one file with it. */
export function userFrames({ error }: Trace): string[] {
  library ??= (place(frames(new Error())[0] ?? "") ?? "?").replace(/core\/traces\.[jt]s$/, "");
  const all = frames(error);
  const own = all.filter(
    (frame) => !place(frame)!.startsWith(library!) && !/^(wasm|node:internal)/.test(place(frame)!),
  );
  return (own.length > 0 ? own : all).map((frame) => frame.trim());
}

/** An error that says where the call was, as the cause of another. */
function causeOf(trace: Trace): Error {
  const { error } = trace;
  const cause = new Error(error.message);
  cause.stack = [`Error: ${error.message}`, ...userFrames(trace).map((frame) => `    ${frame}`)].join("\n");
  return cause;
}
/** Says in an error which call it comes from: in its message, and by a cause that holds the stack. */
export function blame<E extends Error>(error: E, trace: Trace): E {
  const { message, stack } = error;
  error.message = `${message}\n    ${trace.name} was called: ${userFrames(trace)[0] ?? "at an unknown place"}`;
  const value = stack?.replace(message, () => error.message);
  Object.defineProperty(error, "stack", { value, writable: true, configurable: true });
  Object.defineProperty(error, "cause", { value: causeOf(trace), writable: true, configurable: true });
  return error;
}
