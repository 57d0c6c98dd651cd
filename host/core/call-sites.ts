// Where the user's program called each op, recorded while someone asks for it: `configure({ traces: true })`, or debugNans. Nodes
// are numbered in the order in which they are made, so it is enough to note the number at which each call begins and ends.
import { core } from "./memory";
import { onOps } from "./op-scope";

/** A call of an op or transform. */
export interface CallSite {
  /** Its public name. */
  readonly name: string;
  /** Made when it was called: its stack says where. */
  readonly error: Error;
  /** Whether a custom function's backward has called it. (Of its nodes the core says that they derive from the function's call.) */
  readonly isInBackward: boolean;
}

/** The number of calls that are kept; older ones are forgotten. */
const REMEMBERED = 1 << 14;
/** Stack frames that are recorded of each call. */
const FRAMES = 32;

/** Which call made which nodes: owners[i] those that are numbered from starts[i] + 1 to starts[i + 1]. */
let starts: number[] = [];
let owners: (CallSite | null)[] = [];
/** The calls that have not returned yet, one within the other. */
let open: CallSite[] = [];
/** How many have asked for recording, and how many backward functions are running. */
let users = 0;
let backwards = 0;

/** Runs the backward of a custom function, whose calls are marked as such. */
export function withinBackward<R>(backward: () => R): R {
  backwards++;
  try {
    return backward();
  } finally {
    backwards--;
  }
}

/** Nodes that are made from here on are `owner`'s. */
function belongTo(owner: CallSite | null): void {
  const at = core.appendedNodes();
  const last = starts.at(-1);
  if (last !== undefined && last > at) forget(); // another core counts from 0 again
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

// Of all engines V8 alone limits the frames of a stack. Where intrinsics are frozen the limit stays as it is.
function errorHere(name: string): Error {
  const engine = Error as { stackTraceLimit?: number };
  const limit = engine.stackTraceLimit;
  const isChanged = limit !== undefined && limit < FRAMES && !Object.isFrozen(Error);
  if (isChanged) engine.stackTraceLimit = FRAMES;
  const error = new Error(`${name} was called`);
  if (isChanged) engine.stackTraceLimit = limit;
  return error;
}

/** Starts to record calls, or takes back an earlier start. */
export function recordCallSites(on: boolean): void {
  const before = users;
  users += on ? 1 : -1;
  if (before > 0 && users > 0) return;
  forget();
  onOps(
    users === 0
      ? null
      : {
          enter(name) {
            const site = { name, error: errorHere(name), isInBackward: backwards > 0 };
            open.push(site);
            belongTo(site);
          },
          leave() {
            open.pop();
            belongTo(open.at(-1) ?? null);
          },
        },
  );
}

/** The call that has made the node of this serial number, if it was recorded. */
export function callSiteOf(serial: number): CallSite | null {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! < serial) low = middle + 1;
    else high = middle;
  }
  return owners[low - 1] ?? null;
}

// Where a frame is, without line and column: V8 writes "at f (file:1:2)" or "at file:1:2", others "f@file:1:2".
const fileOf = (frame: string): string | undefined =>
  /(?:\(|@|^\s*(?:at (?:async )?)?)([^(@]*):\d+:\d+\)?$/.exec(frame)?.[1];
// Somebody may have told the engine to make anything of stacks.
const frames = ({ stack }: Error): string[] =>
  String(stack)
    .split("\n")
    .filter((line) => fileOf(line) !== undefined);

let library: string | undefined;
/** The frames of the user's program, innermost first; all of them where the library is in one file with it. */
export function userFrames({ error }: CallSite): string[] {
  library ??= (fileOf(frames(errorHere(""))[0] ?? "") ?? "?").replace(/core\/call-sites\.[jt]s$/, "");
  const all = frames(error);
  const own = all.filter(
    (frame) => !fileOf(frame)!.startsWith(library!) && !/^(wasm|node:internal)/.test(fileOf(frame)!),
  );
  return (own.length > 0 ? own : all).map((frame) => frame.trim());
}

/** An error that says where the call was, as the cause of another. */
function causeOf(site: CallSite): Error {
  const { error } = site;
  const cause = new Error(error.message);
  cause.stack = [`Error: ${error.message}`, ...userFrames(site).map((frame) => `    ${frame}`)].join("\n");
  return cause;
}
/** Says in an error which call it comes from: in its message, and by a cause that holds the stack. */
export function blame<E extends Error>(error: E, site: CallSite): E {
  const { message, stack } = error;
  error.message = `${message}\n    ${site.name} was called: ${userFrames(site)[0] ?? "at an unknown place"}`;
  const value = String(stack).replace(message, () => error.message);
  Object.defineProperty(error, "stack", { value, writable: true, configurable: true });
  Object.defineProperty(error, "cause", { value: causeOf(site), writable: true, configurable: true });
  return error;
}
