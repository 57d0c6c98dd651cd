// Worker threads: how many there should be, starting and dismissing them. What they do is in assembly/threads/pool.ts.
import { hooks } from "./hooks";
import { loadCore, loadPart, running } from "./load";
import { core } from "./memory";
import { builtin, hasBuiltins } from "./nodejs";
import { setWorkerUrl as setUrl, startThread, type Thread } from "./start-thread";

/** The most threads where nobody asked for a number, the main thread among them. */
const MAX_DEFAULT_THREADS = 16;
const MAX_THREADS = 64;
/**
 * The most in a worker of Firefox, where they stay for good: where some twelve of its own workers wait for work at once, as threads do, or
 * some are started and ended over and over, a worker of Firefox 153 hears of nothing any more, whatever these workers run. On a page
 * there is no such limit.
 */
const MAX_IN_FIREFOX_WORKER = 8;
const FOR_GOOD = 2 ** 31 - 1;
/**
 * A thread that has had no work for so many milliseconds ends: in a program that is done with its work, or has dropped this copy
 * of the library, it would hold its memory for nothing. Each time threads have to start again they stay twice as long.
 */
const IDLE = 2000;
const MAX_IDLE = 60_000;

interface Member {
  /** Has the worker leave; its memory is freed when it has. */
  dismiss(): void;
  /** Whether the worker has left, which the event loop may not have heard of yet. */
  hasLeft(): boolean;
  /** Resolves when the worker has joined the pool, or will never; until then the process stays. */
  answer(): Promise<void>;
}

let wanted: number | undefined;
/** Whether work, or somebody who waits for `ready`, has asked for threads. */
let isStarted = false;
/** Whether a thread could not be started: no other is tried. */
let isForbidden = false;
let members: Member[] = [];
let idle = IDLE;
/** Whether a thread has ended for want of work since threads were started. */
let hasEnded = false;

function isInFirefoxWorker(): boolean {
  const { document, navigator } = globalThis as { document?: object; navigator?: { userAgent?: string } };
  return !hasBuiltins && !document && /\bFirefox\//.test(navigator?.userAgent ?? "");
}
const maxThreads = (): number => (isInFirefoxWorker() ? MAX_IN_FIREFOX_WORKER : MAX_THREADS);
function defaultThreads(): number {
  const available = hasBuiltins ? builtin("node:os").availableParallelism() : globalThis.navigator?.hardwareConcurrency;
  return Math.min(available || 1, MAX_DEFAULT_THREADS, maxThreads());
}

/** Whether this thread may wait: that of a page may not. */
function mayBlock(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

function startMember(): Member | undefined {
  // These belong to the core that the worker joins, also when another one takes its place.
  const { createWorker, dismissWorker, freeWorker, hasLeft, memory } = core;
  const record = createWorker(isInFirefoxWorker() ? FOR_GOOD : idle);
  if (!record) return undefined;
  let isGone = false;
  let isAnswered = false;
  let resolveAnswered = (): void => {};
  const answered = new Promise<void>((resolve) => (resolveAnswered = resolve));
  const onAnswer = (): void => {
    isAnswered = true;
    thread?.hold(false);
    resolveAnswered();
  };
  const onGone = (): void => {
    isGone = true;
    hasEnded ||= hasLeft(record) !== 0;
    freeWorker(record);
    members = members.filter((each) => each !== member);
    isForbidden ||= !isAnswered;
    onAnswer();
  };
  const member: Member = {
    dismiss: () => dismissWorker(record),
    hasLeft: () => isGone || hasLeft(record) !== 0,
    answer() {
      thread?.hold(!isAnswered);
      return answered;
    },
  };
  let thread: Thread | undefined;
  try {
    // A thread has nobody whom to ask for it.
    loadPart();
    const { modules } = running!;
    thread = startThread({ modules, memory, record }, { onAnswer, onGone });
    return member;
  } catch {
    freeWorker(record);
    return undefined;
  }
}

function adjust(): void {
  const goal = running?.shared && isStarted && !isForbidden ? (wanted ?? defaultThreads()) - 1 : 0;
  const there = members.filter((member) => !member.hasLeft());
  hasEnded ||= there.length < members.length;
  members = there;
  while (members.length > goal) members.pop()!.dismiss();
  if (goal) core.setMayBlock(mayBlock() ? 1 : 0);
  if (hasEnded && members.length < goal) {
    hasEnded = false;
    idle = Math.min(2 * idle, MAX_IDLE);
  }
  while (members.length < goal) {
    const member = startMember();
    if (!member) {
      isForbidden = true;
      return;
    }
    members.push(member);
  }
}

/** Starts the threads unless they are there. */
function startThreads(): void {
  isStarted = true;
  adjust();
}
hooks.wantWorkers = startThreads;

/** Sets how many threads compute, the main thread among them, now and when they start. */
export function setThreads(threads: number): void {
  wanted = Math.min(threads, maxThreads());
  adjust();
}
/** Says where the web's workers find their script. Those that could not be started before are tried again. */
export function setWorkerUrl(url: string): void {
  setUrl(url);
  isForbidden = false;
  adjust();
}
/** How many threads compute, the main thread among them: without those that are dismissed and have not left yet. */
export const threadCount = (): number => (running ? 1 + Math.min(core.activeWorkers(), members.length) : 1);

/** Runs `exchange`, which puts another core in the place of this one. No worker is in either meanwhile; as many start again. */
export function withoutThreads(exchange: () => void): void {
  for (const member of members) member.dismiss();
  members = [];
  exchange();
  adjust();
}

/** Starts the threads; resolves when all of them have answered, at once where there are none to wait for. */
export async function threadsReady(): Promise<void> {
  loadCore();
  startThreads();
  await Promise.all(members.map((member) => member.answer()));
}
