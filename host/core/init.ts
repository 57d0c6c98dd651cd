// The core for `pushforward/async`: given as a compiled module, as bytes, or fetched, and compiled without holding up the page.
import { instantiate } from "@assemblyscript/loader";
import { ArgumentError, describe, PushforwardError } from "../errors";
import { coreLayout } from "../generated/layout";
import { version } from "../generated/version";
import { checkOptions, checkUrl, type UrlObject } from "../options";
import { adapt, areCore, isModuleOfCore } from "./bytes";
import { importsWith, install, isShared, makeMemory, requireWebAssembly, running, simdInUse, startFrom } from "./load";
import { builtin, hasBuiltins } from "./nodejs";
import { refusal } from "./refusal";

type Bytes = ArrayBuffer | ArrayBufferView;
/** A WebAssembly.Module, by a name that projects without the DOM's declarations know. */
type Module = object;

/** What the core is made of: one of these. */
export interface InitOptions {
  /**
   * dist/pushforward.wasm as a compiled module, as bundlers of edge runtimes import it. It can't be changed any more: one thread, and
   * the simd128 build.
   */
  module?: Module | PromiseLike<Module> | null | undefined;
  /** Where dist/pushforward.wasm lies. In Node from 20.16 a file: URL is read from the file system. */
  url?: string | UrlObject | null | undefined;
  /** The bytes of dist/pushforward.wasm. */
  bytes?: Bytes | PromiseLike<Bytes> | null | undefined;
}
/** The same without promises and URLs, which take time. */
export interface InitSyncOptions {
  /** dist/pushforward.wasm as a compiled module: one thread, and the simd128 build. */
  module?: Module | null | undefined;
  /** The bytes of dist/pushforward.wasm. */
  bytes?: Bytes | null | undefined;
}

let pending: Promise<void> | undefined;

/**
 * Loads the core, which everything that computes needs. Calls after the first wait for the same core, whatever they are given; after
 * one that failed the next tries again.
 *
 * @param options where the core comes from; left out, from `pushforward.wasm` beside the library's own file
 * @returns resolves when the library can be used
 * @throws ArgumentError for other options, and for a module or bytes that are not those of this version; PushforwardError where it can't be
 *   fetched, and where the engine or the page's policy does not compile it (as rejections)
 * @example
 * import module from "pushforward/pushforward.wasm"; // in a Cloudflare Worker
 * await init({ module });
 */
export function init(options?: InitOptions | null): Promise<void> {
  // Of a promise that nobody waits for a rejection would go unhandled.
  if (pending) for (const given of [options?.module, options?.bytes]) Promise.resolve(given).catch(() => {});
  pending ??= load(options).catch((error: unknown) => {
    pending = undefined;
    throw error;
  });
  return pending;
}

/**
 * The same at once, for a module that is compiled or where the engine compiles synchronously (not on the pages of Chrome and Edge up to 114).
 *
 * @throws ArgumentError, PushforwardError as init
 */
export function initSync(options: InitSyncOptions): void {
  checkOptions("initSync", options, ["module", "bytes"]);
  const { module = null, bytes = null } = options ?? {};
  if ((module === null) === (bytes === null)) throw new ArgumentError("initSync: give one of module, bytes.");
  if (running) return;
  requireWebAssembly();
  if (module !== null) {
    const compiled = checkedModule("initSync", module);
    const memory = makeMemory(false);
    installModule(compiled, memory, new WebAssembly.Instance(compiled, importsWith(memory)));
    return;
  }
  const file = checkedBytes("initSync", bytes);
  startFrom(() => ({ bytes: file, memoryFlagsAt: coreLayout.memoryFlagsAt }), simdInUse());
}

async function load(options: InitOptions | null | undefined): Promise<void> {
  checkOptions("init", options, ["module", "url", "bytes"]);
  const { module = null, url = null, bytes = null } = options ?? {};
  if ([module, url, bytes].filter((each) => each !== null).length > 1)
    throw new ArgumentError("init: give one of module, url, bytes.");
  if (running) return;
  requireWebAssembly();
  if (module !== null) {
    const compiled = checkedModule("init", await Promise.resolve(module));
    const memory = makeMemory(false);
    installModule(compiled, memory, await WebAssembly.instantiate(compiled, importsWith(memory)));
    return;
  }
  const file = bytes === null ? await fetched(url ?? undefined) : checkedBytes("init", await Promise.resolve(bytes));
  const memory = makeMemory();
  const simd = simdInUse();
  adapt(file, coreLayout.memoryFlagsAt, simd, isShared(memory));
  let started;
  try {
    started = await instantiate(await WebAssembly.compile(file), importsWith(memory));
  } catch (cause) {
    throw new PushforwardError(refusal(cause, file), cause);
  }
  if (!running) install(started, memory, simd, file);
}

/** Unless initSync has installed another core meanwhile. The loader takes no modules of another realm. */
function installModule(module: WebAssembly.Module, memory: WebAssembly.Memory, instance: WebAssembly.Instance): void {
  if (!running) install({ module, instance }, memory, "simd128", module);
}

const otherCore = (name: string, what: string): ArgumentError =>
  new ArgumentError(`${name}: ${what} should be dist/pushforward.wasm of version ${version}, but it is another file.`);

function checkedModule(name: string, module: unknown): WebAssembly.Module {
  // By its tag: it may be of another realm.
  if (Object.prototype.toString.call(module) !== "[object WebAssembly.Module]")
    throw new ArgumentError(`${name}: module should be a WebAssembly.Module but got ${describe(module)}.`);
  if (!isModuleOfCore(module as WebAssembly.Module)) throw otherCore(name, "module");
  return module as WebAssembly.Module;
}

/** A copy, which is changed before it is compiled. */
function checkedBytes(name: string, bytes: unknown): Uint8Array<ArrayBuffer> {
  const isView = ArrayBuffer.isView(bytes);
  if (!isView && !/^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(bytes)))
    throw new ArgumentError(`${name}: bytes should be an ArrayBuffer or a view of one but got ${describe(bytes)}.`);
  let copy: Uint8Array<ArrayBuffer>;
  try {
    copy = new Uint8Array(
      isView ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes as ArrayBuffer),
    );
  } catch {
    throw new ArgumentError(`${name}: the buffer of bytes is detached: it was transferred somewhere else.`);
  }
  if (!areCore(copy)) throw otherCore(name, "bytes");
  return copy;
}

/** Bundlers find the file by this very expression, and publish it with their output. */
const besideThisFile = (): URL => new URL("./pushforward.wasm", import.meta.url);

async function fetched(url: unknown): Promise<Uint8Array<ArrayBuffer>> {
  let where = url === undefined ? "pushforward.wasm" : checkUrl("init", url, "url");
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    if (url === undefined) where = besideThisFile().href;
    bytes = new Uint8Array(await read(where));
  } catch (cause) {
    // Node before 20.16 lets no library read files, and some bundles don't know where theirs are.
    throw new PushforwardError(
      `init: ${where} can't be read: ${(cause as Error).message}. Give init the \`url\` of pushforward.wasm, or its \`bytes\`.`,
      cause,
    );
  }
  // A server's page for what it does not find often comes without a status that says so.
  if (!areCore(bytes)) throw otherCore("init", where);
  return bytes;
}
async function read(url: string): Promise<ArrayBuffer | Uint8Array> {
  // Node's fetch takes no file: URLs.
  if (hasBuiltins && url.startsWith("file:")) return builtin("node:fs").readFileSync(new URL(url));
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  return response.arrayBuffer();
}
