// What the library runs on, and the few choices that a user can make.
import { core } from "./core/memory";
import { ArgumentError } from "./errors";
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
  readonly simd: "simd128" | "relaxed";
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
  simd: "simd128",
  threads: 1,
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
    const [hits, misses, size, bytes] = [0, 1, 2, 3].map(core.planCache) as [number, number, number, number];
    return { hits, misses, size, bytes };
  },
  version,
};

export interface Configuration {
  /** Worker threads; this build computes on the main thread whatever is asked for. */
  threads?: number | undefined;
  /** Linear memory does not grow beyond so many bytes (at most 4 GiB); further needs throw the OutOfMemoryError. */
  maxMemoryBytes?: number | undefined;
  /** "simd128" is the only build so far. */
  simd?: "simd128" | undefined;
}

/**
 * Overrides what the library chose.
 * @throws ArgumentError for an unknown option or a value that this build does not have
 */
export function configure(options?: Configuration | null): void {
  checkOptions("configure", options, ["threads", "maxMemoryBytes", "simd"]);
  const { threads, maxMemoryBytes, simd } = options ?? {};
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1)) {
    throw new ArgumentError(`configure: threads should be a positive integer but got ${String(threads)}.`);
  }
  if (simd !== undefined && simd !== "simd128") {
    throw new ArgumentError(`configure: simd should be "simd128" but got ${String(simd)}.`);
  }
  if (maxMemoryBytes === undefined) return;
  if (typeof maxMemoryBytes !== "number" || !(maxMemoryBytes > 0)) {
    throw new ArgumentError(`configure: maxMemoryBytes should be a positive number but got ${String(maxMemoryBytes)}.`);
  }
  core.setLimit(Math.min(maxMemoryBytes, 2 ** 32));
}

/** Resolves when worker threads have answered; there are none to wait for yet. Awaiting it is never required. */
export const ready: Promise<void> = Promise.resolve();
