// Asks the engine for a garbage collection when unreachable Tensors may hold much memory. An engine collects by what it sees, a
// small heap of handles, and may never get there by itself. An ArrayBuffer does count with it: one that is made and dropped,
// never touched, takes no memory and brings a collection. It is asked for in a task of its own: what the collection finds is
// freed in later tasks, so that there is no use in asking before the event loop turns.
import { hooks } from "./hooks";
import { core } from "./memory";
import { hasBuiltins } from "./nodejs";

const MIB = 2 ** 20;
/** Growth of the memory in use that is worth a collection: so many bytes, or this part of the limit. */
const WORTH = 256 * MIB;
const PART = 1 / 8;
/**
 * Requests take a twentieth of the time: where one took long, the next waits, till half of the limit is in use or promised; or, where it
 * took no longer than SHORT, till memory has grown by half as much again.
 */
const REST = 20;
const SHORT = 500;
/** How often, and after how many milliseconds, a collection is asked for again when memory was exhausted. */
const ATTEMPTS = 15;
const PAUSE = 60;
/** A collection that has not come when memory has grown by so much more is late. */
const LATE = 96 * MIB;
/** Requests that an engine can't put off: held together, they pass its limits. */
const AT_ONCE = 3;

/** How many buffers of how many bytes bring a collection soonest, by measurement: in Node, and in browsers. */
const FORMS = [
  [1, 1024 * MIB],
  [4, 64 * MIB],
] as const;
const FORM = hasBuiltins ? 0 : 1;

// As they are when the library is loaded: tests put others in their place.
const { setImmediate, setTimeout, MessageChannel } = globalThis as unknown as {
  setImmediate?: (task: () => void) => { unref?(): void };
  setTimeout: (task: () => void, ms: number) => { unref?(): void } | number;
  MessageChannel?: typeof globalThis.MessageChannel;
};
/** Runs a task when the event loop turns; no process stays for it. */
function soon(task: () => void): void {
  if (setImmediate) {
    setImmediate(task).unref?.();
    // It does not wake a loop that sleeps till its next event; a timer does. One that is due when the loop comes to its timers is
    // over before it sleeps: the second is not.
    later(() => later(() => {}, 0), 0);
  } else if (MessageChannel) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      task();
    };
    port2.postMessage(0);
  } else later(task, 0);
}
function later(task: () => void, ms: number): void {
  const timer = setTimeout(task, ms);
  if (typeof timer === "object") timer.unref?.();
}

/** Whether a task is waiting for the event loop to turn. */
let isWaiting = false;
/** Whether memory was exhausted and no collection has been seen since. */
let isExhausted = false;
/** Whether a collection has been asked for and not been seen yet; how often; in which round. */
let isCollecting = false;
let asked = 0;
let round = 0;
/** Growth at which the next one is due, as a multiple of the usual. */
let patience = 1;
let took = 0;
let restUntil = 0;
/** What garbage has given back since a collection was asked for, and what memory had grown by then. */
let freed = 0;
let grown = 0;
/** What was in use then. */
let held = 0;
/** Bytes of what was made while the last collection was under way, which it could not find. */
let missed = 0;

// Its value is found unreachable by the first collection that looks for what may be finalized.
const witness = new FinalizationRegistry<number>((of) => {
  if (of !== round) return;
  isCollecting = isExhausted = false;
  missed = core.claimedBytes() + freed - held;
});

/** Garbage has given back memory. */
export function noteFreed(bytes: number): void {
  freed += bytes;
}

/** What memory was when it could not grow last, and under which limit: an engine may give less than that. */
let refusedAt = Infinity;
let refusedUnder = 0;
function limitBytes(): number {
  const limit = core.limitBytes();
  return limit === refusedUnder && core.reservedBytes() <= refusedAt ? Math.min(limit, refusedAt) : limit;
}
const worth = (): number => Math.min(WORTH, limitBytes() * PART);

/** Makes buffers and drops them: all are held until the last is there. */
function ask(form: number, times: number): void {
  const [count, bytes] = FORMS[form]!;
  const start = performance.now();
  const buffers: ArrayBuffer[] = [];
  try {
    for (let i = 0; i < count * times; i++) buffers.push(new ArrayBuffer(bytes));
  } catch {
    // Where there is no address space for them the engine has just looked for garbage.
  }
  buffers.length = 0;
  const end = performance.now();
  // What must be, whatever it costs, is no reason to wait.
  if (times > 1) return;
  took = end - start;
  restUntil = end + REST * took;
}

function startCollection(): void {
  isCollecting = true;
  asked = 0;
  freed = 0;
  grown = isExhausted ? 0 : core.grownBytes();
  held = core.claimedBytes();
  core.restartGrowth();
  witness.register({}, ++round);
}
// A collection that is under way advances with every further request.
function askOn(times: number): void {
  ask((FORM + asked++) % FORMS.length, times);
  core.allowGrowth(core.grownBytes() + worth() / 4);
}

function onTurn(): void {
  isWaiting = false;
  const usual = worth();
  const limit = limitBytes();
  const claimed = core.claimedBytes();
  const growth = core.grownBytes();
  const isTight = claimed > limit / 2;
  if (!isCollecting) {
    // By now the last collection has shown what it was good for.
    if (grown) patience = freed < grown / 4 ? 2 * patience : 1;
    grown = 0;
    // What was held then and made the next collections wait is gone.
    if (claimed - growth < held / 2) patience = 1;
    const most = Math.min(usual * patience, WORTH * patience - missed);
    const due = Math.max(usual / 8, Math.min(most, isTight ? (limit - claimed) / 2 : Infinity));
    if (growth < due) return core.allowGrowth(Math.min(due, growth + usual / 4));
    if (!isTight && performance.now() < restUntil && (took > SHORT || growth < 1.5 * due)) {
      return core.allowGrowth(growth + usual / 8);
    }
    // A loss that was detached before it was read, kept for a plot, holds the whole graph.
    core.settleDetached();
    if (core.grownBytes() < due) return core.allowGrowth(due);
    startCollection();
  }
  // Where it falls behind, several buffers at a time make an engine end it at once.
  askOn(claimed > limit * 0.75 || core.grownBytes() > LATE ? AT_ONCE : 1);
}
hooks.memoryGrew = () => {
  if (isWaiting) return;
  isWaiting = true;
  patienceBetween = 1; // in this turn all may be otherwise
  dueBetween = core.grownBytes() + spacing();
  soon(onTurn);
};

// Node runs many jobs in one turn: up to a thousand messages of a port, or all that wait in it, and every process.nextTick. No
// finalizer runs between them, but a collection that is made there tells what is unreachable by weak references: of what was made
// since memory had grown by a quarter of what is worth a collection, so that little is made before.
let dueBetween = 0;
let patienceBetween = 1;
/** A collection that found nothing may not have come to its end: where memory is short, two more are asked for in the next jobs. */
let retries = 0;
/** Further growth that is worth a sweep; however little the last ones found, some more come before memory is exhausted. */
const spacing = (patience = patienceBetween): number =>
  Math.min(Math.max((WORTH / 4) * patience, worth() - core.grownBytes()), (limitBytes() - core.memoryBytes()) / 4);
/** Whether a collection is due and the event loop has not turned since, though it may run other jobs. */
export const isTurnAwaited = (): boolean => isWaiting && hasBuiltins;
/** To be called between two jobs of a turn that is awaited: if memory has grown by much, collects at once, and sweeps. */
export function collectBetween(sweep: () => void): void {
  const live = core.memoryBytes();
  const growth = core.grownBytes();
  const start = performance.now();
  if (growth < dueBetween) return;
  if (live < limitBytes() / 2 && start < restUntil && (took > SHORT || growth < 1.5 * dueBetween)) return;
  const claimed = core.claimedBytes();
  ask(FORM, AT_ONCE);
  sweep();
  took = performance.now() - start;
  restUntil = start + (REST + 1) * took;
  const found = claimed - core.claimedBytes() >= spacing(1) / 4;
  retries = found || live < limitBytes() / 2 ? 0 : (retries + 1) % 3;
  // Where all is one job, as in a loop that awaits promises alone, nothing is found.
  if (!retries) patienceBetween = found ? 1 : 2 * patienceBetween;
  dueBetween = core.grownBytes() + (retries ? 0 : spacing());
}

/** Memory is exhausted: when the event loop turns next, what can be collected is, whatever that costs. */
export function noteExhausted(): void {
  refusedAt = core.reservedBytes();
  refusedUnder = core.limitBytes();
  if (isExhausted) return;
  isExhausted = true;
  // Not one that is under way: it does not find what became unreachable after its beginning.
  isCollecting = false;
  patience = 1;
  soon(() => tryAgain(ATTEMPTS));
}
function tryAgain(attempts: number): void {
  if (!isExhausted) return;
  if (!isCollecting) startCollection();
  askOn(AT_ONCE);
  if (attempts) later(() => tryAgain(attempts - 1), PAUSE);
  else isExhausted = false;
}
/** By how many bytes memory has grown during the present turn of the event loop, if by so many that a collection was due. */
export function grownWithoutTurn(): number {
  // Not what is only promised: of a single result that is too large nothing was added.
  const grown = Math.min(core.grownBytes(), core.memoryBytes());
  return isWaiting && grown > worth() / 8 ? grown : 0;
}
