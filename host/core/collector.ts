// Asks the engine for a garbage collection when unreachable Tensors may hold much memory. An engine collects when its own heap grows.
// Tensors are small handles there, so it may never collect by itself. But it counts ArrayBuffers: one that is made and dropped
// brings a collection, and takes no memory as long as nothing touches it. The request is made in a task of its own: what the
// collection finds is freed by finalizers, which run in later tasks, so that there is no use in asking before the event loop turns.
import { hooks } from "./hooks";
import { core } from "./memory";
import { hasBuiltins } from "./nodejs";
import { afterJob, finalizers, hasFinalizers, now } from "./platform";

const MIB = 2 ** 20;
/** Growth of the memory in use that is worth a collection: so many bytes, or this part of the limit. */
const WORTH = 256 * MIB;
const PART = 1 / 8;
/**
 * Requests take a twentieth of the time at most: after one that took t milliseconds none is made for REST · t. There are two exceptions:
 * more than half of the limit is in use or promised; or the last request took no more than SHORT milliseconds and memory has grown
 * by half as much again as makes one due.
 */
const REST = 20;
const SHORT = 500;
/** How often, and after how many milliseconds, a collection is asked for again when memory was exhausted. */
const ATTEMPTS = 15;
const PAUSE = 60;
/** A collection is late when it has not come and memory has grown by so much since it was asked for. */
const LATE = 96 * MIB;
/** So many requests at once no engine puts off: the buffers, held together, exceed what it allows. */
const AT_ONCE = 3;

/** How many buffers of how many bytes bring a collection soonest, by measurement: in Node, and in browsers. */
const FORMS = [
  [1, 1024 * MIB],
  [4, 64 * MIB],
] as const;
const FORM = hasBuiltins ? 0 : 1;

// As they are when the library is loaded: tests put others in their place.
const { setImmediate, setTimeout } = globalThis as unknown as {
  setImmediate?: (task: () => void) => { unref?(): void };
  setTimeout?: (task: () => void, ms: number) => { unref?(): void } | number;
};
// Node, which has the first, would load a module of its own for this one: a thirtieth of the time to the first derivative.
const { MessageChannel } = setImmediate ? {} : (globalThis as { MessageChannel?: typeof globalThis.MessageChannel });
/** Runs a task when the event loop turns; no process stays for it. */
function soon(task: () => void): void {
  if (setImmediate) {
    setImmediate(task).unref?.();
    // An immediate without a reference does not wake a loop that sleeps until its next event; a timer does. The first timer may run
    // before the loop goes to sleep; the second one then wakes it.
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
  if (!setTimeout) return afterJob(task);
  const timer = setTimeout(task, ms);
  if (typeof timer === "object") timer.unref?.();
}

/** Whether a task is waiting for the event loop to turn. */
let isWaiting = false;
/** Whether memory was exhausted and no collection has been seen since. */
let isExhausted = false;
/** Whether a collection has been asked for and has not been seen yet; how often it was asked for; the number of the collection. */
let isCollecting = false;
let asked = 0;
let collectionNumber = 0;
/** The growth at which the next collection is due, as a multiple of the usual. */
let patience = 1;
/** How long the last request took, and until when the next one should wait. */
let took = 0;
let restUntil = 0;
/** Bytes that garbage has given back since the last collection was asked for, and by how many memory had grown when it was. */
let freed = 0;
let grown = 0;
/** Bytes that were in use or promised when it was asked for. */
let held = 0;
/** Bytes that were made while it was under way, which it could not find. */
let missed = 0;

// Tells that a collection has run: an object that nothing refers to is registered, so that the next collection finds it.
const witness = finalizers<number>((of) => {
  if (of !== collectionNumber) return;
  isCollecting = isExhausted = false;
  missed = core.claimedBytes() + freed - held;
});

/** Garbage has given back memory. */
export function noteFreed(bytes: number): void {
  freed += bytes;
}

/** How large memory was when it last could not grow, and what the limit was: an engine may give less than the limit. */
let refusedAt = Infinity;
let refusedUnder = 0;
function limitBytes(): number {
  const limit = core.limitBytes();
  return limit === refusedUnder && core.reservedBytes() <= refusedAt ? Math.min(limit, refusedAt) : limit;
}
/** Growth that is worth a collection. */
const worth = (): number => Math.min(WORTH, limitBytes() * PART);

/** Asks for a collection: makes buffers and drops them. All are held until the last is made. */
function request(form: number, times: number): void {
  const [count, bytes] = FORMS[form]!;
  const start = now();
  const buffers: ArrayBuffer[] = [];
  try {
    for (let i = 0; i < count * times; i++) buffers.push(new ArrayBuffer(bytes));
  } catch {
    // No address space is left for them. Before it says so, an engine looks for garbage.
  }
  buffers.length = 0;
  const end = now();
  // A request that was made whatever it costs does not make the next one wait.
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
  witness.register({}, ++collectionNumber);
}
// A collection that is under way advances with every further request.
function requestAgain(times: number): void {
  request((FORM + asked++) % FORMS.length, times);
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
    // The last collection has freed what it could. If that was little, the next one waits longer.
    if (grown) patience = freed < grown / 4 ? 2 * patience : 1;
    grown = 0;
    // Most of what was in use then, and could not be freed, is gone by now.
    if (claimed - growth < held / 2) patience = 1;
    const most = Math.min(usual * patience, WORTH * patience - missed);
    const due = Math.max(usual / 8, Math.min(most, isTight ? (limit - claimed) / 2 : Infinity));
    if (growth < due) return core.allowGrowth(Math.min(due, growth + usual / 4));
    if (!isTight && now() < restUntil && (took > SHORT || growth < 1.5 * due)) {
      return core.allowGrowth(growth + usual / 8);
    }
    // Detached values that were never read, such as losses kept for a plot, hold their whole graphs until they are computed.
    core.settleDetached();
    if (core.grownBytes() < due) return core.allowGrowth(due);
    startCollection();
  }
  // When it falls behind, several buffers at a time make the engine end it at once.
  requestAgain(claimed > limit * 0.75 || core.grownBytes() > LATE ? AT_ONCE : 1);
}
hooks.memoryGrew = () => {
  if (isWaiting || !hasFinalizers) return;
  isWaiting = true;
  patienceBetween = 1; // what sweeps of earlier turns found says nothing about this one
  dueBetween = core.grownBytes() + spacing();
  soon(onTurn);
};

// Node runs many jobs in one turn of the event loop: all that process.nextTick has queued, and up to a thousand messages of a port.
// No finalizer runs between them. But a collection that runs between two jobs clears weak references, and by these tensor/lifetime.ts
// finds what is unreachable (`sweep`), among what was made since a turn has been waited for. The wait begins when memory has grown by
// a quarter of what is worth a collection, so that little was made before.
let dueBetween = 0;
let patienceBetween = 1;
/** Sweeps in a row that found nothing: the collection may not have ended. Where memory is short, the next two jobs sweep again. */
let retries = 0;
/** Growth until the next sweep. At most a quarter of what is left, so that some sweeps come before memory is exhausted in any case. */
const spacing = (patience = patienceBetween): number =>
  Math.min(Math.max((WORTH / 4) * patience, worth() - core.grownBytes()), (limitBytes() - core.memoryBytes()) / 4);
/** Whether a collection is due and the event loop has not turned since, though it may run other jobs. */
export const isTurnAwaited = (): boolean => isWaiting && hasBuiltins;
/** To be called between two jobs while a turn is awaited: if memory has grown by much, collects at once, and sweeps. */
export function collectBetween(sweep: () => void): void {
  const live = core.memoryBytes();
  const growth = core.grownBytes();
  const start = now();
  if (growth < dueBetween) return;
  if (live < limitBytes() / 2 && start < restUntil && (took > SHORT || growth < 1.5 * dueBetween)) return;
  const claimed = core.claimedBytes();
  request(FORM, AT_ONCE);
  sweep();
  took = now() - start;
  restUntil = start + (REST + 1) * took;
  const found = claimed - core.claimedBytes() >= spacing(1) / 4;
  retries = found || live < limitBytes() / 2 ? 0 : (retries + 1) % 3;
  // In a loop that awaits promises alone all is one job, and nothing is ever found.
  if (!retries) patienceBetween = found ? 1 : 2 * patienceBetween;
  dueBetween = core.grownBytes() + (retries ? 0 : spacing());
}

/** Memory is exhausted: all that can be collected is, whatever that costs, when the event loop turns next. */
export function noteExhausted(): void {
  refusedAt = core.reservedBytes();
  refusedUnder = core.limitBytes();
  if (isExhausted || !hasFinalizers) return;
  isExhausted = true;
  // A collection that is under way does not count: it does not find what became unreachable after it began.
  isCollecting = false;
  patience = 1;
  soon(() => tryAgain(ATTEMPTS));
}
function tryAgain(attempts: number): void {
  if (!isExhausted) return;
  if (!isCollecting) startCollection();
  requestAgain(AT_ONCE);
  if (attempts) later(() => tryAgain(attempts - 1), PAUSE);
  else isExhausted = false;
}
/** By how many bytes memory has grown in the present turn of the event loop, if that made a collection due; else 0. */
export function grownWithoutTurn(): number {
  // Without what is only promised: nothing was added yet for a single result that is too large.
  const grown = Math.min(core.grownBytes(), core.memoryBytes());
  return isWaiting && grown > worth() / 8 ? grown : 0;
}
