// The pool: worker threads are further instances of the module over the same memory, and take parts of a job with the main
// thread. Globals belong to an instance; what threads share lies in memory.
//
// A job is published by writing its fields and then its claims: how many parts nobody has taken yet, with the number of the
// job beside them, in one word of 64 bits. Whoever lowers that word by one has taken a part, and may read the fields: they stay
// until every part is done. The main thread takes parts like any worker, so a job comes to its end with whatever workers
// there are, with none too.
//
//      pool                                                    each on a cache line of its own
//      +0     job | descriptor | parts | pages of memory       the fields; a job is an index into the table of functions
//      +64    claims: parts left | number of the job           u32 each, one atomic word
//      +128   pending: parts that are not done                 the main thread waits for 0
//      +192   generation: rises with every job                 workers sleep on it
//      +256   sleepers: workers that sleep or are about to
//      +320   active: workers in their loop
//      +324   shared: parts that workers have run
//
// A worker spins for a while after each job, since work comes in bursts, and then sleeps until the next.
import { allocate, free } from "../memory/heap";
import { SCRATCH_BYTES, setKernelScratch } from "./scratch";

const pool: usize = memory.data(384, 64);
const JOB: usize = 0;
const DESCRIPTOR: usize = 4;
const PARTS: usize = 8;
const PAGES: usize = 12;
const CLAIMS: usize = 64;
const PENDING: usize = 128;
const GENERATION: usize = 192;
const SLEEPERS: usize = 256;
const ACTIVE: usize = 320;
const SHARED: usize = 324;

// What a thread has for itself. The main thread's record is static and has no scratch, since that is static too.
//
//      +0    workspace, its capacity in bytes
//      +8    1: the worker shall leave its loop
//      +12   state
//      +16   the next worker's record
//      +24   for how long the worker sleeps before it leaves, in ns, 64 bits
//      +64   scratch of the kernels
const WORKSPACE: usize = 0;
const CAPACITY: usize = 4;
const LEAVE: usize = 8;
const STATE: usize = 12;
const NEXT: usize = 16;
const IDLE: usize = 24;
const SCRATCH: usize = 64;

const enum State {
  /** The worker's instance has not entered the loop. */
  Starting = 0,
  Running = 1,
  Left = 2,
}

/** Loads of the claims before a thread sleeps: about 50 µs, longer than what lies between the jobs of a plan. */
const SPINS: i32 = 50000;
/** Parts that have run without workers before some are asked for: a few milliseconds of work that they could have shared. */
const PARTS_WORTH_WORKERS: i32 = 64;

// @ts-ignore: decorator
@external("host", "wantWorkers")
declare function wantWorkers(): void;

const mainThread: usize = memory.data(64, 16);
/** The record of the thread that this instance runs on. */
let thread: usize = mainThread;
/** The records of the workers, linked by NEXT; the main thread's. */
let workers: usize = 0;
/** Whether a job is running: what calls parallelFor within a part runs its parts on the spot. */
let isBusy: bool = false;
/** Whether the main thread may sleep while it waits: that of a page may not. */
let mayBlock: bool = false;
/** Whether some worker has a smaller workspace than the next job needs. */
let lacksWorkspace: bool = false;
let partsAlone: i32 = 0;
/** Whether this thread runs a part that it has taken. */
let isInPart: bool = false;

// -- what kernels call

/**
 * Runs parts 0 … parts - 1 of a job, on as many threads as there are, in any order; returns when all are done. `run(descriptor, part)`
 * runs one. Parts must write disjoint memory and allocate none. Which parts there are must not depend on the number of threads, so
 * that results don't.
 *
 * Parts run on any thread, whose instance has globals of its own and has run no initialization: what they call are kernels that
 * read the descriptor, constants, `kernelScratch` and their workspace (`reserveWorkspace` makes room before), and of the graph at
 * most the layout of operands, which nobody changes meanwhile.
 */
@inline
export function parallelFor<D>(run: (descriptor: D, part: i32) => void, descriptor: D, parts: i32): void {
  runJob(run.index, changetype<usize>(descriptor), parts);
}
// A job is known by its index in the table of functions, which is the same for every instance of the module.
function runJob(job: u32, descriptor: usize, parts: i32): void {
  const alone = isBusy || parts < 2 || lacksWorkspace || !atomic.load<i32>(pool, ACTIVE);
  lacksWorkspace = false;
  if (alone) {
    for (let part = 0; part < parts; part++) call_indirect<void>(job, descriptor, part);
    if (parts > 1 && !isBusy) noteParts(parts);
    return;
  }
  isBusy = true;
  // Workers that leave for want of work can be asked for again.
  partsAlone = 0;
  publish(job, descriptor, parts);
  while (takePart()) {}
  awaitParts();
  isBusy = false;
}

/**
 * Gives every thread a workspace of at least so many bytes, for the parts of the next job; called by the main thread before
 * parallelFor. Where there is not enough memory for all, the main thread will run the job alone.
 * @returns false where there is none for the main thread either
 */
export function reserveWorkspace(bytes: usize): bool {
  if (isBusy) return load<usize>(thread, CAPACITY) >= bytes;
  if (!growWorkspace(mainThread, bytes)) return false;
  for (let worker = workers; worker; worker = load<usize>(worker, NEXT)) {
    // One that has only been told to leave may take a part yet, if it looked just before.
    if (atomic.load<i32>(worker, STATE) == State.Left) continue;
    if (!growWorkspace(worker, bytes)) lacksWorkspace = true;
  }
  return true;
}
@inline
export function isMainThread(): bool {
  return thread == mainThread;
}
/** The workspace of the thread that calls: a part finds at least the bytes there that were reserved last. */
export function workspace(): usize {
  return load<usize>(thread, WORKSPACE);
}

function growWorkspace(record: usize, bytes: usize): bool {
  if (load<usize>(record, CAPACITY) >= bytes) return true;
  const grown = allocate(bytes);
  if (!grown) return false;
  const before = load<usize>(record, WORKSPACE);
  if (before) free(before);
  store<usize>(record, grown, WORKSPACE);
  store<usize>(record, bytes, CAPACITY);
  return true;
}

// The host may start workers when enough work has been seen that they could have shared.
function noteParts(parts: i32): void {
  if (partsAlone > PARTS_WORTH_WORKERS) return;
  partsAlone += min(parts, PARTS_WORTH_WORKERS);
  if (partsAlone > PARTS_WORTH_WORKERS) wantWorkers();
}

// -- the protocol

function publish(job: u32, descriptor: usize, parts: i32): void {
  store<u32>(pool, job, JOB);
  store<usize>(pool, descriptor, DESCRIPTOR);
  store<i32>(pool, parts, PARTS);
  store<i32>(pool, memory.size(), PAGES);
  atomic.store<i32>(pool, parts, PENDING);
  const generation = atomic.load<i32>(pool, GENERATION) + 1;
  // Claims first: a worker that finds the generation changed or is woken finds them too.
  atomic.store<u64>(pool, ((<u64>(<u32>generation)) << 32) | parts, CLAIMS);
  atomic.store<i32>(pool, generation, GENERATION);
  if (atomic.load<i32>(pool, SLEEPERS)) atomic.notify(pool + GENERATION, parts - 1);
}

// Takes a part and runs it; false when none is left.
function takePart(): bool {
  let claims = atomic.load<u64>(pool, CLAIMS);
  while (<u32>claims) {
    // The number of the job is part of what is compared: the fields can't be those of another.
    const found = atomic.cmpxchg<u64>(pool, claims, claims - 1, CLAIMS);
    if (found == claims) {
      if (thread != mainThread) noticeGrowth();
      isInPart = true;
      call_indirect<void>(load<u32>(pool, JOB), load<usize>(pool, DESCRIPTOR), load<i32>(pool, PARTS) - <i32>claims);
      isInPart = false;
      if (atomic.sub<i32>(pool, 1, PENDING) == 1 && thread != mainThread) atomic.notify(pool + PENDING, 1);
      return true;
    }
    claims = found;
  }
  return false;
}

// Memory that the main thread has grown is there for all, but memory.size() tells so later, and until then memory.fill and
// memory.copy trap beyond the former end. V8 sends an interrupt to the threads that it knows to share the memory; one whose
// memory is just being made, while its worker starts, is not among them and would never hear. Growing by nothing makes it look.
function noticeGrowth(): void {
  while (memory.size() < load<i32>(pool, PAGES)) memory.grow(0);
}

// The main thread waits until all parts are done that others have taken.
function awaitParts(): void {
  let spins = 0;
  for (;;) {
    const pending = atomic.load<i32>(pool, PENDING);
    if (!pending) return;
    if (++spins < SPINS || !mayBlock) continue;
    atomic.wait<i32>(pool + PENDING, pending, -1);
  }
}

/** Ends a job that an exception has left on the main thread: nobody takes another part, and those that others run come to their end. */
export function abandonJob(): void {
  if (!isBusy) return;
  let claims = atomic.load<u64>(pool, CLAIMS);
  for (;;) {
    const found = atomic.cmpxchg<u64>(pool, claims, claims & 0xffffffff00000000, CLAIMS);
    if (found == claims) break;
    claims = found;
  }
  atomic.sub<i32>(pool, <i32>claims + <i32>isInPart, PENDING);
  isInPart = false;
  awaitParts();
  isBusy = false;
}

// -- workers

/**
 * A record for a worker that is to be started, and leaves when it has had nothing to do for so many milliseconds; 0 when memory
 * is exhausted. The main thread calls this and the next three.
 */
export function createWorker(idle: f64): usize {
  const worker = allocate(SCRATCH + SCRATCH_BYTES);
  if (!worker) return 0;
  memory.fill(worker, 0, SCRATCH);
  store<usize>(worker, workers, NEXT);
  store<i64>(worker, <i64>(idle * 1e6), IDLE);
  workers = worker;
  // A worker without the workspace that others have is no reason to start none: the next job sees to it.
  growWorkspace(worker, load<usize>(mainThread, CAPACITY));
  return worker;
}
/** Has a worker leave its loop, when it is done with its part; it may be starting still. */
export function dismissWorker(worker: usize): void {
  atomic.store<i32>(worker, 1, LEAVE);
  atomic.add<i32>(pool, 1, GENERATION);
  atomic.notify(pool + GENERATION, -1);
}
/** Whether a worker has left, dismissed or for want of work. */
export function hasLeft(worker: usize): bool {
  return atomic.load<i32>(worker, STATE) == State.Left;
}
/** Frees the record of a worker that has left, or that will never run. */
export function freeWorker(worker: usize): void {
  // One that died is not there any longer, though it has not left.
  if (atomic.load<i32>(worker, STATE) == State.Running) atomic.sub<i32>(pool, 1, ACTIVE);
  let link: usize = 0;
  for (let each = workers; each != worker; each = load<usize>(each, NEXT)) link = each;
  if (link) store<usize>(link, load<usize>(worker, NEXT), NEXT);
  else workers = load<usize>(worker, NEXT);
  if (load<usize>(worker, CAPACITY)) free(load<usize>(worker, WORKSPACE));
  free(worker);
}
export function setMayBlock(allowed: bool): void {
  mayBlock = allowed;
}
export function activeWorkers(): i32 {
  return atomic.load<i32>(pool, ACTIVE);
}
/** How many parts workers have run, since the module started; wraps around. */
export function partsOfWorkers(): i32 {
  return atomic.load<i32>(pool, SHARED);
}
export function sleepingWorkers(): i32 {
  return atomic.load<i32>(pool, SLEEPERS);
}

/** A worker's instance takes its record; it counts from here on. */
export function joinPool(worker: usize): void {
  thread = worker;
  isBusy = true;
  setKernelScratch(worker + SCRATCH);
  atomic.store<i32>(worker, State.Running, STATE);
  atomic.add<i32>(pool, 1, ACTIVE);
}
/** Runs parts of jobs until the worker is dismissed, or has long had none. */
export function workerLoop(): void {
  let spins = 0;
  while (!atomic.load<i32>(thread, LEAVE)) {
    if (takePart()) {
      atomic.add<i32>(pool, 1, SHARED);
      spins = 0;
    } else if (++spins >= SPINS) {
      if (sleep()) break;
      spins = 0;
    }
  }
  atomic.sub<i32>(pool, 1, ACTIVE);
  atomic.store<i32>(thread, State.Left, STATE);
}
// Sleeps until the generation changes. What changed it before this looked shows in the claims, or in LEAVE; what does so
// afterwards finds this thread among the sleepers, or keeps it from waiting. True: the time is over and no job came.
function sleep(): bool {
  const generation = atomic.load<i32>(pool, GENERATION);
  atomic.add<i32>(pool, 1, SLEEPERS);
  let isLate = false;
  if (!(<u32>atomic.load<u64>(pool, CLAIMS)) && !atomic.load<i32>(thread, LEAVE)) {
    isLate = atomic.wait<i32>(pool + GENERATION, generation, load<i64>(thread, IDLE)) == AtomicWaitResult.TIMED_OUT;
  }
  atomic.sub<i32>(pool, 1, SLEEPERS);
  return isLate && atomic.load<i32>(pool, GENERATION) == generation;
}
