// What not every host has: worklets of a page lack a clock, timers and queueMicrotask, and Cloudflare Workers with a compatibility date
// before 2025 lack finalizers.

/** A clock, in milliseconds. */
export const now = (): number => (typeof performance === "object" ? performance.now() : Date.now());

/** Runs a task when the current job is over. */
export function afterJob(task: () => void): void {
  if (typeof queueMicrotask === "function") queueMicrotask(task);
  else void Promise.resolve().then(task);
}

/** Without them what nobody disposes stays. */
export const hasFinalizers = typeof FinalizationRegistry === "function";
/** Has `clean` called some time after an object that is registered has become unreachable. */
export const finalizers = <T>(clean: (held: T) => void): Pick<FinalizationRegistry<T>, "register"> =>
  hasFinalizers ? new FinalizationRegistry(clean) : { register: () => {} };
