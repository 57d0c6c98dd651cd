// What the library runs on, and the few choices that a user can make.
import { hasRelaxedSimd, type Simd } from "./core/bytes";
import { isExchangeable, running, setLimit, simdInUse, useSimd } from "./core/load";
import { core } from "./core/memory";
import { setThreads, setWorkerUrl, threadCount, threadsReady, withoutThreads } from "./core/threads";
import { recordCallSites } from "./core/call-sites";
import { ArgumentError, describe } from "./errors";
import { checkOptions } from "./options";
import { version } from "./generated/version";

/** Evaluations of a structure that has been evaluated before reuse its plan. */
export interface PlanCache {
  /** Evaluations that found their plan. */
  readonly hits: number;
  /** Evaluations that made one. */
  readonly misses: number;
  /** Plans held; the least recently used go first. */
  readonly size: number;
  /** What they take, part of `reservedBytes`. */
  readonly bytes: number;
}
export interface Backend {
  /** SIMD instructions in use. */
  readonly simd: Simd;
  /** Threads that compute, the main thread among them. */
  readonly threads: number;
  /** Bytes in live values and graph nodes. */
  readonly memoryBytes: number;
  /** The most bytes in live values so far, with today's graph nodes. */
  readonly peakBytes: number;
  /** Bytes of linear memory, in use or free for reuse. */
  readonly reservedBytes: number;
  readonly planCache: PlanCache;
  readonly version: string;
}

/** What is in use; the figures are those of the moment of reading. */
export const backend: Backend = {
  get simd() {
    return simdInUse();
  },
  get threads() {
    return threadCount();
  },
  get memoryBytes() {
    return core.memoryBytes();
  },
  get peakBytes() {
    return core.peakMemoryBytes();
  },
  get reservedBytes() {
    return core.reservedBytes();
  },
  get planCache() {
    const [hits, misses, size, bytes] = [core.planHits(), core.planMisses(), core.heldPlans(), core.heldPlanBytes()];
    return { hits, misses, size, bytes };
  },
  version,
};

export interface Configuration {
  /**
   * Threads that compute, the main thread among them; 1: no workers. As many as the machine has cores, at most 16, where this
   * is left out; never more than 64. Without shared memory (a page that is not cross-origin isolated) there is one thread
   * whatever is asked for.
   */
  threads?: number | null | undefined;
  /** Linear memory does not grow beyond so many bytes (at most 4 GiB); further needs throw the OutOfMemoryError. */
  maxMemoryBytes?: number | null | undefined;
  /**
   * "relaxed", the default where the engine has it, rounds a·b + c once on processors that can: faster, and the last bit may
   * differ between machines. "simd128" gives the same bits on every machine. Before the first tensor only.
   */
  simd?: Simd | null | undefined;
  /**
   * Whether ops note where they are called, at some microseconds a call: an error that is found when a value is computed, such as an
   * index out of range, then names the line, and has the stack of that call as its cause. Off by default.
   */
  traces?: boolean | null | undefined;
  /**
   * Where the script of the worker threads lies (a copy of dist/pushforward.worker.js, of the page's own origin): for pages whose
   * Content-Security-Policy does not let workers start from blob: URLs. Threads that run already stay. Not used in Node.
   */
  workerUrl?: string | URL | null | undefined;
}

let hasTraces = false;

/**
 * Overrides what the library chose; what is left out stays as it is.
 *
 * @param options threads, maxMemoryBytes, simd, traces, workerUrl
 * @throws ArgumentError for an unknown option, a value that is none of those above, simd "relaxed" where the engine lacks it,
 *   and another simd than the one in use once there has been a tensor
 * @example
 * pf.configure({ simd: "simd128", threads: 1 }); // before the first tensor
 */
export function configure(options?: Configuration | null): void {
  checkOptions("configure", options, ["threads", "maxMemoryBytes", "simd", "traces", "workerUrl"]);
  const { threads = null, maxMemoryBytes = null, simd = null, traces = null, workerUrl = null } = options ?? {};
  if (threads !== null && (!Number.isInteger(threads) || threads < 1)) {
    throw new ArgumentError(`configure: threads should be a positive integer but got ${describe(threads)}.`);
  }
  if (maxMemoryBytes !== null && (typeof maxMemoryBytes !== "number" || !(maxMemoryBytes > 0))) {
    throw new ArgumentError(
      `configure: maxMemoryBytes should be a positive number but got ${describe(maxMemoryBytes)}.`,
    );
  }
  if (traces !== null && typeof traces !== "boolean") {
    throw new ArgumentError(`configure: traces should be true or false but got ${describe(traces)}.`);
  }
  if (workerUrl !== null && typeof workerUrl !== "string" && !(workerUrl instanceof URL)) {
    throw new ArgumentError(`configure: workerUrl should be a string or a URL but got ${describe(workerUrl)}.`);
  }
  if (simd !== null) changeSimd(simd);
  if (workerUrl !== null) setWorkerUrl(workerUrl);
  if (maxMemoryBytes !== null) setLimit(maxMemoryBytes);
  if (threads !== null) setThreads(threads);
  if (traces !== null && traces !== hasTraces) recordCallSites((hasTraces = traces));
}

function changeSimd(simd: Simd): void {
  if (simd !== "simd128" && simd !== "relaxed") {
    throw new ArgumentError(`configure: simd should be "simd128" or "relaxed" but got ${describe(simd)}.`);
  }
  if (simd === simdInUse()) return;
  if (simd === "relaxed" && !hasRelaxedSimd()) {
    throw new ArgumentError(
      `configure: simd "relaxed" is not available: this engine has no relaxed SIMD instructions.`,
    );
  }
  if (!running) {
    useSimd(simd);
    return;
  }
  if (core.appendedNodes()) {
    throw new ArgumentError(`configure: simd can be set only before the first tensor is made.`);
  }
  if (!isExchangeable()) throw new ArgumentError(`configure: simd can be set only before init has loaded the core.`);
  const dtype = core.defaultDType();
  const isGradEnabled = core.isGradEnabled();
  withoutThreads(() => useSimd(simd));
  core.setDefaultDType(dtype);
  core.setGradEnabled(isGradEnabled);
}

/**
 * Resolves when the worker threads have answered, which awaiting it starts; at once where there are none to wait for. It is
 * never required: until they are up, and where they can't be, everything runs on the main thread.
 */
export const ready: Promise<void> = new (class extends Promise<void> {
  // What is made from it is a plain promise.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }
  override then<A = void, B = never>(
    onFulfilled?: ((value: void) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return threadsReady().then(onFulfilled, onRejected);
  }
})(() => {});
