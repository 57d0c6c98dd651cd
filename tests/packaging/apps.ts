// Programs that bundlers bundle for pages and for Node. Those for pages leave their result in `globalThis.result`, those for Node print it.
import { onThreads, RESULT } from "./support";

export interface App {
  readonly files: Readonly<Record<string, string>>;
  readonly expected: unknown;
}
const IMPORTS = `import * as pf from "pushforward"; import { program, threaded } from "./program.mjs";`;
const REQUIRES = `const pf = require("pushforward"); const { program, threaded } = require("./program.mjs");`;
const BOTH = `const both = async () => [program(pf), await threaded(pf)];`;
const onWorker = (options: string) => `
const worker = new Worker(new URL("./worker.js", import.meta.url)${options});
worker.onerror = (event) => { globalThis.result = "error in the worker: " + event.message; };
worker.onmessage = ({ data }) => { globalThis.result = data; };`;
/** What init takes depends on the bundler: `source` is an expression. */
const loaded = (source = "") => `
const loaded = async () => {
  const before = await Promise.resolve().then(() => pf.ones([2]).data()).catch((error) => [error.name, /init/.test(error.message)]);
  await pf.init(${source});
  return [before, program(pf), await threaded(pf)];
};`;
const LOADED = [["PushforwardError", true], RESULT, onThreads(2)];
const ASYNC = `import * as pf from "pushforward/async"; import { program, threaded } from "./program.mjs";`;
const ASYNC_IMPORTS = `${ASYNC} ${loaded()}`;
const ASYNC_REQUIRES = `const pf = require("pushforward/async"); const { program, threaded } = require("./program.mjs");`;
const PRINT = `.then((result) => console.log(JSON.stringify(result)));`;

export const apps = {
  /** A page's script; index.html is for bundlers that begin there. */
  page: { files: { "main.js": `${IMPORTS} ${BOTH} globalThis.result = both();` }, expected: [RESULT, onThreads(2)] },
  /** The same in CommonJS. */
  required: {
    files: { "main.cjs": `${REQUIRES} ${BOTH} globalThis.result = both();` },
    expected: [RESULT, onThreads(2)],
  },
  /** A module worker that has the library. */
  worker: {
    files: {
      "main.js": onWorker(`, { type: "module" }`),
      "worker.js": `${IMPORTS} ${BOTH} both().then((result) => postMessage(result));`,
    },
    expected: [RESULT, onThreads(2)],
  },
  /** Its default export, and the part for tests. */
  parts: {
    files: {
      "main.js": `import pf, { tensor } from "pushforward"; import { program } from "./program.mjs"; import { equalityTesters } from "pushforward/testing";
        globalThis.result = [program(pf), pf.tensor === tensor, equalityTesters[0](tensor([1]), tensor([1]))];`,
    },
    expected: [RESULT, true, true],
  },
  node: { files: { "main.js": `${IMPORTS} ${BOTH} both()${PRINT}` }, expected: [RESULT, onThreads(2)] },
  nodeRequired: { files: { "main.cjs": `${REQUIRES} ${BOTH} both()${PRINT}` }, expected: [RESULT, onThreads(2)] },
  /** `pushforward/async`, with the core in the file that the bundler publishes beside its output. */
  async: { files: { "main.js": `${ASYNC_IMPORTS} globalThis.result = loaded();` }, expected: LOADED },
  asyncRequired: {
    files: { "main.cjs": `${ASYNC_REQUIRES} ${loaded()} globalThis.result = loaded();` },
    expected: LOADED,
  },
  asyncWorker: {
    files: {
      "main.js": onWorker(`, { type: "module" }`),
      "worker.js": `${ASYNC_IMPORTS} loaded().then((result) => postMessage(result));`,
    },
    expected: LOADED,
  },
  asyncNode: { files: { "main.js": `${ASYNC_IMPORTS} loaded()${PRINT}` }, expected: LOADED },
} satisfies Record<string, App>;

/** `pushforward/async` with what `imports` make of the file of the core, as init takes it. */
export const loading = (imports: string, source: string, use = "globalThis.result = loaded();"): App => ({
  files: { "main.js": `${imports} ${ASYNC} ${loaded(source)} ${use}` },
  expected: LOADED,
});
export const loadingInCommonJS = (source: string): App => ({
  files: { "main.cjs": `${ASYNC_REQUIRES} ${loaded(source)} globalThis.result = loaded();` },
  expected: LOADED,
});
/** The use of `loading` for Node. */
export const PRINT_LOADED = `loaded()${PRINT}`;

/** A program that imports these and an empty module, and uses nothing of them. */
export const unused = (imports: readonly string[]): Record<string, string> => ({
  "empty.js": "export {};",
  "main.js": `${["./empty.js", ...imports].map((name, i) => `import * as unused${i} from "${name}"; import "${name}";`).join("\n")}
    globalThis.result = "alone";`,
});
