// The process that runs single tests with one mutant live. It is told over IPC what to do: `{ suite }` runs all tests of a suite
// without a mutant and says which mutants each one met; `{ suites }` loads them; `{ id, tests }` runs tests with a mutant until
// one fails, and those up to it again without it. MUTANTS_FIRST is live from the start, while modules are loaded.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { registered } from "./suites.mjs";

const place = process.cwd();
const first = Number(process.env.MUTANTS_FIRST);
const MOST = 8192;
const HEAD = 16;
let [live, core] = [first, null];
const met = new Uint8Array(MOST);
globalThis.__M = (id) => {
  met[id] = 1;
  return id === live;
};
globalThis.__beforeStart = (made) => {
  core = made.mutantTable ? made : null;
  activate(live);
};
function activate(id) {
  live = id;
  if (core) new Int32Array(core.memory.buffer)[core.mutantTable() >> 2] = id;
}
function takeMet() {
  const all = met.slice();
  met.fill(0);
  if (core) {
    const table = new Uint8Array(core.memory.buffer, core.mutantTable() + HEAD, MOST);
    for (let id = 0; id < MOST; id++) all[id] |= table[id];
    table.fill(0);
  }
  return [...all.keys()].filter((id) => all[id]);
}
const load = (file) => import(pathToFileURL(join(place, file)).href);
const suites = new Map();
async function testsOf(suite) {
  if (!suites.has(suite)) {
    const from = registered.length;
    await load(suite);
    suites.set(suite, registered.slice(from));
  }
  return suites.get(suite);
}
async function failureOf({ suite, index }) {
  try {
    await (await testsOf(suite))[index].run();
    return null;
  } catch (error) {
    return String(error?.message ?? error).slice(0, 200);
  }
}
/** The first of the tests that fails with the mutant: [which, what it says]; [-1] if none does. */
async function firstFailure(id, tests) {
  activate(id);
  try {
    for (let at = 0; at < tests.length; at++) {
      await (tests[at].needsCollection ? collect() : forget());
      const failure = await failureOf(tests[at]);
      if (failure !== null) return [at, failure];
    }
    return [-1];
  } finally {
    activate(0);
  }
}
/** Frees what other suites have left behind: unreachable tensors, and what the core can make again. Tests that count bytes need it. */
async function collect() {
  for (let turn = 0; turn < 3; turn++) {
    globalThis.gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await forget();
}
/** Frees what the core can make again, plans and programs: those that an earlier test has made would change what a later one counts. */
async function forget() {
  const { core } = await load("host/core/memory.ts");
  const { tensor } = await load("host/index.ts");
  core.interfere(3, 0, 1);
  tensor(0).dispose();
  core.interfere(0, 0, 0);
}
const processorTime = () => (process.cpuUsage().user + process.cpuUsage().system) / 1000;
async function map(suite) {
  const tests = await testsOf(suite);
  const loaded = takeMet();
  const found = [];
  for (let index = 0; index < tests.length; index++) {
    const one = { suite, index, name: tests[index].name };
    await forget();
    takeMet();
    const start = processorTime();
    let failure = await failureOf(one);
    one.ms = processorTime() - start;
    if (failure !== null) {
      await collect();
      failure = await failureOf(one);
      one.needsCollection = failure === null;
    }
    found.push({ ...one, failure, met: takeMet() });
  }
  return { loaded, tests: found };
}
async function attempt(id, tests) {
  const [at, failure] = await firstFailure(id, tests);
  if (at < 0) return { at };
  // The same tests without the mutant, since a test may fail by what those before it have left.
  const [again] = await firstFailure(0, tests.slice(0, at + 1));
  return { at, failure, clean: again < 0 };
}
process.stdout.write = process.stderr.write = () => true;
// What a mutant leaves behind may fail at any time.
process.on("unhandledRejection", () => {});
process.on("uncaughtException", () => {});
process.on("message", async ({ suite, suites, id, tests }) => {
  try {
    if (suites) for (const each of suites) await testsOf(each);
    process.send(suite ? await map(suite) : suites ? {} : await attempt(id, tests));
  } catch (error) {
    process.send({ error: String(error) });
  }
});
try {
  await load("host/index.ts");
  process.send({ loaded: takeMet() });
} catch (error) {
  process.send({ error: String(error) });
}
