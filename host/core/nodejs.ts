// As much of Node as is used where there is Node; nothing is imported, so that bundlers for other platforms find nothing to
// resolve.

interface Worker {
  once(event: "message" | "exit", listener: () => void): void;
  on(event: "error", listener: () => void): void;
  ref(): void;
  unref(): void;
}
interface Modules {
  "node:buffer": { Buffer: { from(text: string, encoding: "base64"): Uint8Array<ArrayBuffer> } };
  "node:os": { availableParallelism(): number };
  "node:worker_threads": { Worker: new (url: URL, options: object) => Worker };
  "node:zlib": { inflateRawSync(bytes: Uint8Array): Uint8Array<ArrayBuffer> };
}
interface Process {
  /** Since Node 20.16. */
  getBuiltinModule?<Name extends keyof Modules>(name: Name): Modules[Name];
}

const process = (globalThis as { process?: Process }).process;

/** Whether `builtin` gives modules. */
export const hasBuiltins = typeof process?.getBuiltinModule === "function";
/** A module of Node's. */
export const builtin = <Name extends keyof Modules>(name: Name): Modules[Name] => process!.getBuiltinModule!(name);
