// The modules of Node that the library uses where it runs in Node. They are asked for at run time and not imported, so that
// bundlers for browsers find nothing to resolve.

interface Worker {
  once(event: "message" | "exit", listener: () => void): void;
  on(event: "error", listener: () => void): void;
  ref(): void;
  unref(): void;
}
interface Modules {
  "node:buffer": { Buffer: { from(text: string, encoding: "base64"): Uint8Array } };
  "node:fs": {
    readFileSync(file: URL | string): Uint8Array<ArrayBuffer>;
    openSync(file: URL | string): number;
    readSync(descriptor: number, to: Uint8Array, offset: number, length: number, position: number): number;
    closeSync(descriptor: number): void;
  };
  "node:os": { availableParallelism(): number };
  "node:worker_threads": { Worker: new (url: URL, options: object) => Worker };
}
interface Process {
  /** Since Node 20.16. */
  getBuiltinModule?<Name extends keyof Modules>(name: Name): Modules[Name];
}

const process = (globalThis as { process?: Process }).process;

/** Whether this is Node, and one that hands out its modules: what stands for Node elsewhere may have a function that gives none. */
export const hasBuiltins = ((): boolean => {
  try {
    return typeof process?.getBuiltinModule?.("node:buffer").Buffer.from === "function";
  } catch {
    return false;
  }
})();
/** A module of Node; only where `hasBuiltins`. */
export const builtin = <Name extends keyof Modules>(name: Name): Modules[Name] => process!.getBuiltinModule!(name);
