// The package in every Node from 18 on: from both module systems, in threads and processes, and under the flags by which Node is told to be strict.
import { suite } from "uvu";
import { assertPrinted, node, NODES, type NodeMajor, onThreads, project, RESULT, withTools } from "./support";

const rows = suite("packaging: Node");
const it = withTools(rows);

/** Node before 20.16 hands out no modules to a library that does not import them: everything runs on one thread there. */
const threadsOf = (major: NodeMajor) => onThreads(major >= 20 ? 2 : 1);

const PRINT = "const print = (value) => console.log(JSON.stringify(value));";
const ESM = `${PRINT} import * as pf from "pushforward"; import { program, threaded } from "./program.mjs";`;
const CJS = `${PRINT} const pf = require("pushforward");`;
const ASSERTIONS = `assertClose(pf.ones([2]), pf.ones([2]));
  try { assertClose(pf.ones([2]), pf.zeros([2])); } catch (error) { print(error.name); }`;
const ASYNC = `${PRINT} import * as pf from "pushforward/async"; import { program, threaded } from "./program.mjs"; import { readFileSync } from "node:fs";`;
const BYTES = `readFileSync("node_modules/pushforward/dist/pushforward.wasm")`;
/** Where the library can't read the file itself, it says that it wants the bytes, and takes them. */
const AWAITED = `const missing = await pf.init().then(() => false, ({ message }) => /bytes/.test(message));
  if (missing) await pf.init({ bytes: ${BYTES} });
  print([missing, program(pf), await threaded(pf)]);`;

/** Programs that print what is expected, alone. */
const programs: [name: string, file: string, text: string, expected: (major: NodeMajor) => unknown][] = [
  ["ESM", "main.mjs", `${ESM} print(program(pf));`, () => RESULT],
  ["the default export", "main.mjs", `${ESM} import it from "pushforward"; print([program(it), it.tensor === pf.tensor]);`, () => [RESULT, true]],
  ["CommonJS", "main.cjs", `${CJS} import("./program.mjs").then(({ program }) => print(program(pf)));`, () => RESULT],
  ["pushforward/testing", "main.mjs", `${ESM} import { assertClose } from "pushforward/testing"; ${ASSERTIONS}`, () => "AssertionError"],
  ["pushforward/testing in CommonJS", "main.cjs", `${CJS} const { assertClose } = require("pushforward/testing"); ${ASSERTIONS}`, () => "AssertionError"],
  ["pushforward/async", "main.mjs", `${ASYNC} ${AWAITED}`, (major) => [major < 20, RESULT, threadsOf(major)]],
  [
    "pushforward/async in CommonJS", "main.cjs",
    `${PRINT} const pf = require("pushforward/async"); const { readFileSync } = require("node:fs");
    import("./program.mjs").then(async ({ program, threaded }) => { ${AWAITED} });`,
    (major) => [major < 20, RESULT, threadsOf(major)],
  ],
  ["pushforward/async at once", "main.mjs", `${ASYNC} pf.initSync({ bytes: ${BYTES} }); print([program(pf), await threaded(pf)]);`, (major) => [RESULT, threadsOf(major)]],
  [
    "the file for script tags, in a context of its own", "main.mjs",
    `${PRINT} import { program } from "./program.mjs"; import { readFileSync } from "node:fs"; import { createContext, runInContext } from "node:vm";
    const context = createContext({ atob, performance, queueMicrotask, setTimeout, TextDecoder, URL, WebAssembly });
    runInContext(readFileSync("node_modules/pushforward/dist/pushforward.min.js", "utf8"), context);
    print(program(runInContext("pushforward", context)));`,
    () => RESULT,
  ],
  ["threads", "main.mjs", `${ESM} print(await threaded(pf));`, threadsOf],
  [
    "in a worker thread, with threads", "main.mjs",
    `${ESM} import { isMainThread, parentPort, Worker } from "node:worker_threads";
    if (isMainThread) new Worker(new URL(import.meta.url)).on("message", print);
    else parentPort.postMessage([program(pf), await threaded(pf)]);`,
    (major) => [RESULT, threadsOf(major)],
  ],
  [
    "in the processes of a cluster, with threads", "main.mjs",
    `${ESM} import cluster from "node:cluster";
    const answer = () => new Promise((resolve) => cluster.fork().on("message", resolve));
    if (cluster.isPrimary) print(await Promise.all([answer(), answer()]));
    else process.send([program(pf), await threaded(pf)], () => cluster.worker.disconnect());`,
    (major) => [[RESULT, threadsOf(major)], [RESULT, threadsOf(major)]],
  ],
  [
    "in a forked process, with threads", "main.mjs",
    `${ESM} import { fork } from "node:child_process"; import { fileURLToPath } from "node:url";
    if (process.send) process.send([program(pf), await threaded(pf)], () => process.disconnect());
    else fork(fileURLToPath(import.meta.url)).on("message", print);`,
    (major) => [RESULT, threadsOf(major)],
  ],
  [
    "an import that nothing uses compiles nothing and leaves nothing running", "main.mjs",
    `${PRINT} let made = 0;
    for (const name of ["Module", "Instance", "Memory"])
      WebAssembly[name] = class extends WebAssembly[name] { constructor(...args) { super(...args); made++; } };
    const handles = process.getActiveResourcesInfo().length;
    const pf = await import("pushforward");
    const unused = [made, process.getActiveResourcesInfo().length - handles];
    pf.ones([2]).data();
    print([unused, made > 0]);`,
    () => [[0, 0], true],
  ],
]; // prettier-ignore

/** What Node says of its flags, on the standard error. */
const WARNING =
  /^(\(node:\d+\) (\[\w+\] )?(ExperimentalWarning|SecurityWarning): .*\n|\(Use `.*\n|Warning: disabling flag --expose_wasm .*\n)*/;
const STRICT = `${ESM} print([program(pf), await threaded(pf)]);`;
/** Programs under flags; flags are undefined where that Node has no such thing. */
const strict: [name: string, text: string, expected: (major: NodeMajor) => unknown, flags: (major: NodeMajor) => string[] | undefined][] = [
  ["--frozen-intrinsics", STRICT, (major) => [RESULT, threadsOf(major)], () => ["--frozen-intrinsics"]],
  ["--disallow-code-generation-from-strings", STRICT, (major) => [RESULT, threadsOf(major)], () => ["--disallow-code-generation-from-strings"]],
  ["--disable-proto=throw", STRICT, (major) => [RESULT, threadsOf(major)], () => ["--disable-proto=throw"]],
  [
    "--jitless, where there is no WebAssembly",
    `${PRINT} import("pushforward").then((pf) => pf.ones([2]).data()).catch(({ name, message }) => print([name, /^\\w+: .*--jitless/.test(message)]));`,
    () => ["PushforwardError", true],
    () => ["--jitless"],
  ],
  [
    "the permission model, which refuses threads",
    STRICT,
    () => [RESULT, onThreads(1)],
    (major) => (major < 20 ? undefined : [major < 24 ? "--experimental-permission" : "--permission", "--allow-fs-read=*"]),
  ],
  [
    "the permission model with threads",
    STRICT,
    (major) => [RESULT, threadsOf(major)],
    (major) => (major < 20 ? undefined : [major < 24 ? "--experimental-permission" : "--permission", "--allow-fs-read=*", "--allow-worker"]),
  ],
  ["a policy with the integrity of files", STRICT, (major) => [RESULT, threadsOf(major)], (major) => (major < 22 ? ["--experimental-policy=policy.json"] : undefined)],
]; // prettier-ignore
const POLICY = { "policy.json": JSON.stringify({ scopes: { "file:": { integrity: true, dependencies: true, cascade: true } } }) }; // prettier-ignore

for (const major of NODES) {
  for (const [name, file, text, expected] of programs)
    it(`Node ${major}: ${name}`, async () => {
      const { run } = project({ [file]: text });
      assertPrinted(await run([node(major), file]), expected(major));
    });
  for (const [name, text, expected, flagsOf] of strict) {
    const flags = flagsOf(major);
    if (flags)
      it(`Node ${major}: ${name}`, async () => {
        const { run } = project({ "main.mjs": text, ...POLICY });
        assertPrinted(await run([node(major), ...flags, "main.mjs"]), expected(major), WARNING);
      });
  }
}

rows.run();
