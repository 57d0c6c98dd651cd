// How the core comes to run: compiled from bytes at the first use of it, or given by init (init.ts).
import { instantiateSync } from "@assemblyscript/loader";
import { OutOfMemoryError, PushforwardError } from "../errors";
import { coreLayout } from "../generated/layout";
import { adapt, hasRelaxedSimd, initialData, type Simd } from "./bytes";
import { hooks, imports } from "./hooks";
import { type Core, core, onMissing, placeCore, placePart } from "./memory";
import { refusal } from "./refusal";

/**
 * The core's bytes, or those of a part of it: they are their caller's to change. Where in them the flags of its memory lie; and what gives the
 * next part, which is asked for when a function of it is called for the first time.
 */
export interface CoreBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly memoryFlagsAt: number;
  readonly next?: (() => CoreBytes) | undefined;
}

/** The part of this number, of those that begin with what `first` gives. */
export function partOf(first: () => CoreBytes, number: number): CoreBytes {
  let part = first();
  for (let i = 0; i < number; i++) part = part.next!();
  return part;
}

/** What the core runs as; undefined until it does. `modules` are the parts that have been loaded. */
export let running:
  { readonly simd: Simd; readonly modules: readonly WebAssembly.Module[]; readonly shared: boolean } | undefined;
/** Loads the next part of the core; null where all have been loaded. */
let loadNext: (() => void) | null = null;

/** Engines may reserve the maximum at once. Where the system refuses it, half of it is tried, and so on down to this. */
const LEAST_MAXIMUM_PAGES = 4096;

/** Bytes that memory can have at most, and does not grow beyond because configure says so. */
let mostBytes = 0;
let limit = Infinity;

/** Shared memory where it is wanted and threads can be given it, else memory of this thread alone. */
export function makeMemory(mayShare = true): WebAssembly.Memory {
  const canShare = mayShare && typeof SharedArrayBuffer === "function" && globalThis.crossOriginIsolated !== false;
  for (const shared of canShare ? [true, false] : [false]) {
    for (let maximum: number = coreLayout.maximumPages; maximum >= LEAST_MAXIMUM_PAGES; maximum /= 2) {
      try {
        const memory = new WebAssembly.Memory({ initial: coreLayout.initialPages, maximum, shared });
        mostBytes = maximum * 2 ** 16;
        return memory;
      } catch {
        // The next one is smaller.
      }
    }
  }
  throw new OutOfMemoryError("pushforward: the system gives WebAssembly no memory, or no address space for it.");
}

// By its tag: WebAssembly may be that of another realm, whose constructors are others.
export const isShared = (memory: WebAssembly.Memory): boolean =>
  Object.prototype.toString.call(memory.buffer) === "[object SharedArrayBuffer]";

/** Memory does not grow beyond so many bytes, or beyond what the system gives: the smaller is the limit that garbage is collected by. */
export function setLimit(bytes: number): void {
  limit = bytes;
  if (running) core.setLimit(Math.min(limit, mostBytes));
}

let chosenSimd: Simd | undefined;
/** The build in use, or the one that will be. */
export const simdInUse = (): Simd => running?.simd ?? chosenSimd ?? (hasRelaxedSimd() ? "relaxed" : "simd128");

let bytesOfCore: (() => CoreBytes) | undefined;
/** Says where the bytes come from when the core is first used. */
export function provideBytes(bytes: () => CoreBytes): void {
  bytesOfCore = bytes;
}

/** Whether a core of another build can take the place of the one that is there: not where init was given one. */
export const isExchangeable = (): boolean => bytesOfCore !== undefined;
/** Chooses the build; a fresh core takes the place of the one that was, if any. */
export function useSimd(simd: Simd): void {
  chosenSimd = simd;
  if (running) startCore(simd);
}

/** Sees to it that there is a core. */
export function loadCore(): void {
  if (!running) startCore(simdInUse());
}
onMissing(() => (running ? loadNext?.() : loadCore()));

/** Sees to it that the part of this number is there, and those before it; all of them without a number. */
export function loadPart(part = Infinity): void {
  while (loadNext && running!.modules.length <= part) loadNext();
}
hooks.loadPart = loadPart;

/** Why the engine did not compile: it need not be asked again. */
let refused: PushforwardError | undefined;

function startCore(simd: Simd): void {
  if (!bytesOfCore) {
    throw new PushforwardError(
      "pushforward/async: nothing can be computed before `await init()`, which loads the core.",
    );
  }
  if (refused) throw new PushforwardError(refused.message, refused.cause);
  try {
    startFrom(bytesOfCore, simd);
  } catch (error) {
    if (error === lastRefusal) refused = lastRefusal;
    throw error;
  }
}

/** The last error that said that the engine does not compile or start the core. */
let lastRefusal: PushforwardError | undefined;

/** Compiles a module of the core from its bytes, which are changed for this engine. */
function compiled(bytesOf: () => CoreBytes, simd: Simd, memory: WebAssembly.Memory, imports: object) {
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  try {
    const part = bytesOf();
    ({ bytes } = part);
    adapt(bytes, part.memoryFlagsAt, simd, isShared(memory));
    return { part, ...instantiateSync(new WebAssembly.Module(bytes), imports as Record<string, never>) };
  } catch (cause) {
    // There was no room on the stack here; there may be elsewhere. V8 and Safari call it so, and Firefox.
    if (/call stack|recursion/.test(String(cause))) throw cause;
    throw (lastRefusal = new PushforwardError(refusal(cause, bytes), cause));
  }
}
/** Compiles the core and puts it into its place. */
export function startFrom(bytesOf: () => CoreBytes, simd: Simd): void {
  requireWebAssembly();
  const memory = makeMemory();
  const { part, ...started } = compiled(bytesOf, simd, memory, importsWith(memory));
  install(started, memory, simd, part.bytes, part.next);
}

/** Throws where an engine has no WebAssembly at all. */
export function requireWebAssembly(): void {
  if (typeof WebAssembly !== "object" || typeof WebAssembly.Module !== "function")
    throw new PushforwardError("pushforward: it needs WebAssembly, which is not there (node --jitless leaves it out).");
}

/** What an instance of the core imports. */
export const importsWith = (memory: WebAssembly.Memory) => ({ ...imports, env: { memory } });

/** Puts a fresh core into its place; `from` has its data, and `next` gives its next part, if it is one of several. */
export function install(
  { module, instance }: { module: WebAssembly.Module; instance: WebAssembly.Instance },
  memory: WebAssembly.Memory,
  simd: Simd,
  from: Uint8Array | WebAssembly.Module,
  next?: CoreBytes["next"],
): void {
  for (const { address, bytes } of initialData(from)) new Uint8Array(memory.buffer).set(bytes, address);
  placeCore(instance.exports as unknown as Core, !next);
  running = { simd, modules: [module], shared: isShared(memory) };
  loadNext = next ? nextLoader(next, memory, instance.exports) : null;
  core.start();
  setLimit(limit);
}
/** What loads the part that `next` gives, for which those before it export `given`. */
function nextLoader(next: () => CoreBytes, memory: WebAssembly.Memory, given: WebAssembly.Exports): () => void {
  return () => {
    const { simd, modules, shared } = running!;
    const { part, module, instance } = compiled(next, simd, memory, { ...importsWith(memory), "": given });
    placePart(instance.exports, !part.next);
    (given.loaded as WebAssembly.Global).value = modules.length;
    running = { simd, modules: [...modules, module], shared };
    loadNext = part.next ? nextLoader(part.next, memory, { ...given, ...instance.exports }) : null;
  };
}
