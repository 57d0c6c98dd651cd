// The places where a page can use the library, each as the files that a browser opens, index.html first. One of the published files is
// loaded, `use` (in use.js, which is beside them) computes with it, and what that found becomes `result` of the page.

/** What `use` finds. */
export interface Found {
  isolated: boolean;
  output?: unknown;
  tangent?: unknown;
  text?: string;
  threads?: number;
  /** A sum that threads have computed. */
  sum?: number;
  error?: { isOwn: boolean; name: string; message: string };
  /** What the second error said, after the first one. */
  again?: string;
}
/** What kept `use` from running. */
export interface Refused {
  refused: string;
}

/** A program that uses only `pf`; it runs in Node and, as text, in the pages. */
export function program(pf: typeof import("pushforward")) {
  const x = pf.tensor([[0.1, -0.2, 0.3], [1.5, 0.25, -3]]); // prettier-ignore
  const v = pf.tensor([[1, 2, 3], [-1, 0.5, 0.25]]); // prettier-ignore
  // tsx would wrap a function with a name of its own in a call of a helper that pages don't have.
  const [output, tangent] = pf.functional.jvp((t: import("pushforward").Tensor) => t.exp().mul(t.tanh()).sum(1), x, v, {
    createGraph: true,
  });
  return { output: output.toArray(), tangent: tangent.toArray(), text: String(output) };
}

/** The program as soon as the library is there, without waiting for anything; then work for three threads, if they can be had. */
export const use = (configuration: object): string => `${program.toString()}
globalThis.use = async (pf) => {
  const found = { isolated: globalThis.crossOriginIsolated === true };
  try {
    Object.assign(found, program(pf));
    pf.configure(${JSON.stringify({ threads: 3, ...configuration })});
    await pf.ready;
    found.threads = pf.backend.threads;
    found.sum = pf.ones([1000, 1000]).mul(3).sum().item();
  } catch (error) {
    found.error = { isOwn: error instanceof pf.PushforwardError, name: error.name, message: error.message };
    try {
      program(pf);
    } catch (other) {
      found.again = other.message;
    }
  }
  return found;
};`;

export interface Place {
  readonly name: string;
  /** Files by name; addresses of the published ones begin with `dist`. */
  files(dist: string): Record<string, string>;
}

const script = (src: string): string => `<script src="${src}"></script>`;
const moduleScript = (src: string): string => `<script type="module" src="${src}"></script>`;
const classicIn =
  (file: string): Place["files"] =>
  (dist) => ({
    "index.html": script(dist + file) + script("use.js") + script("go.js"),
    "go.js": "globalThis.result = use(pushforward);",
  });
const moduleOf =
  (file: string): Place["files"] =>
  (dist) => ({
    "index.html": script("use.js") + moduleScript("go.js"),
    "go.js": `import * as pf from "${dist}${file}"; globalThis.result = use(pf);`,
  });

/** What a worker runs that has loaded the library. */
const classicWorker =
  (send: string) =>
  (dist: string): string =>
    `importScripts("${dist}pushforward.min.js", "use.js"); const pf = pushforward; ${send}`;
const moduleWorker =
  (send: string) =>
  (dist: string): string =>
    `import * as pf from "${dist}pushforward.mjs"; import "./use.js"; ${send}`;
const inWorker =
  (start: string, worker: (dist: string) => string): Place["files"] =>
  (dist) => ({
    "index.html": script("go.js"),
    "go.js": `globalThis.result = new Promise((resolve, reject) => { ${start} });`,
    "worker.js": worker(dist),
  });

const dedicated = (options: object): string => `
  const worker = new Worker("worker.js", ${JSON.stringify(options)});
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error("the worker: " + message));`;
const POST = "use(pf).then(postMessage);";
const shared = (options: object): string => `
  const worker = new SharedWorker("worker.js", ${JSON.stringify(options)});
  worker.port.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error("the shared worker: " + message));`;
const TO_PORT = "onconnect = ({ ports: [port] }) => use(pf).then((found) => port.postMessage(found));";
const service = (options: object): string => `
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => resolve(data);
  navigator.serviceWorker.register("worker.js", ${JSON.stringify(options)}).then(({ installing, waiting, active }) => {
    (installing ?? waiting ?? active).postMessage(0, [port2]);
  }, reject);`;
const TO_SENDER = `onmessage = (event) => event.waitUntil(use(pf).then((found) => event.ports[0].postMessage(found)));`;

/** `pushforward/async`, which refuses to compute before init, and then is the library. */
const initialised = (dist: string, file: string, options: string): string => `
import * as pf from "${dist}${file}";
import "./use.js";
const start = async () => {
  try {
    pf.ones([1]).sum().item();
    throw new Error("it computes before init");
  } catch (error) {
    if (!(error instanceof pf.PushforwardError && error.message.includes("init"))) throw error;
  }
  try {
    await Promise.all([pf.init(${options}), pf.init(${options})]);
  } catch (error) {
    const { name, message } = error;
    return { isolated: crossOriginIsolated, error: { isOwn: error instanceof pf.PushforwardError, name, message } };
  }
  return use(pf);
};`;

const inFrame =
  (attributes: string): Place["files"] =>
  (dist) => ({
    "index.html": `${script("go.js")}<iframe ${attributes} src="inner.html"></iframe>`,
    "go.js": "globalThis.result = new Promise((resolve) => { onmessage = ({ data }) => resolve(data); });",
    "inner.html": script(dist + "pushforward.min.js") + script("use.js") + script("inner.js"),
    "inner.js": 'use(pushforward).then((found) => parent.postMessage(found, "*"));',
  });

export const pages: readonly Place[] = [
  { name: "a classic script", files: classicIn("pushforward.min.js") },
  { name: "a module script", files: moduleOf("pushforward.mjs") },
  { name: "a module script, minified", files: moduleOf("pushforward.min.mjs") },
  {
    name: "a dynamic import",
    files: (dist) => ({
      "index.html": script("use.js") + script("go.js"),
      "go.js": `globalThis.result = import("${dist}pushforward.mjs").then(use);`,
    }),
  },
];
export const workers: readonly Place[] = [
  { name: "a worker", files: inWorker(dedicated({}), classicWorker(POST)) },
  { name: "a module worker", files: inWorker(dedicated({ type: "module" }), moduleWorker(POST)) },
];
export const sharedWorkers: readonly Place[] = [
  { name: "a shared worker", files: inWorker(shared({}), classicWorker(TO_PORT)) },
  { name: "a shared module worker", files: inWorker(shared({ type: "module" }), moduleWorker(TO_PORT)) },
];
export const serviceWorkers: readonly Place[] = [
  { name: "a service worker", files: inWorker(service({}), classicWorker(TO_SENDER)) },
  { name: "a service module worker", files: inWorker(service({ type: "module" }), moduleWorker(TO_SENDER)) },
];
/** Where there is neither a clock nor a timer, no atob, no fetch and no worker. */
export const worklet: Place = {
  name: "an audio worklet",
  files: (dist) => ({
    "index.html": script("go.js"),
    "go.js": `globalThis.result = (async () => {
      const context = new OfflineAudioContext(1, 128, 44100);
      await context.audioWorklet.addModule("worklet.js");
      const { port } = new AudioWorkletNode(context, "use");
      return new Promise((resolve) => { port.onmessage = ({ data }) => resolve(data); });
    })();`,
    "worklet.js": `import * as pf from "${dist}pushforward.mjs"; import "./use.js";
    registerProcessor("use", class extends AudioWorkletProcessor {
      constructor() { super(); use(pf).then((found) => this.port.postMessage(found)); }
      process() { return false; }
    });`,
  }),
};
export const frame: Place = { name: "a frame", files: inFrame("") };
export const sandbox: Place = { name: "a sandboxed frame", files: inFrame('sandbox="allow-scripts"') };

/** What init is given: code, in which `dist` is where the published files lie. */
export const sources: Record<string, string> = {
  nothing: "",
  "a URL as text": "{ url: dist + 'pushforward.wasm' }",
  "a URL": "{ url: new URL(dist + 'pushforward.wasm', location.href) }",
  bytes: "{ bytes: fetch(dist + 'pushforward.wasm').then((response) => response.arrayBuffer()) }",
  "a module": "{ module: WebAssembly.compileStreaming(fetch(dist + 'pushforward.wasm')) }",
};
export const asyncIn =
  (options: string, file = "async.mjs"): Place["files"] =>
  (dist) => ({
    "index.html": moduleScript("go.js"),
    "go.js": `const dist = "${dist}"; ${initialised(dist, file, options)} globalThis.result = start();`,
  });
export const asyncWorkers: readonly Place[] = [
  {
    name: "async in a module worker",
    files: inWorker(
      dedicated({ type: "module" }),
      (dist) => `${initialised(dist, "async.mjs", "")} start().then(postMessage);`,
    ),
  },
  {
    name: "async in a shared module worker",
    files: inWorker(
      shared({ type: "module" }),
      (dist) =>
        `${initialised(dist, "async.mjs", "")} onconnect = ({ ports: [port] }) => start().then((found) => port.postMessage(found));`,
    ),
  },
  {
    name: "async in a service module worker",
    files: inWorker(
      service({ type: "module" }),
      (dist) => `${initialised(dist, "async.mjs", "")}
      onmessage = (event) => event.waitUntil(start().then((found) => event.ports[0].postMessage(found)));`,
    ),
  },
];
