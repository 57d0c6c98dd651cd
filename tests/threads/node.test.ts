// The published files in Node processes of their own: how they start threads, do without, and end.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runNode } from "./support";

const node = suite("threads in Node");

const WORK = `
const one = pf.tensor([1_999_999]);
const work = () => pf.tidy(() => pf.nn.functional.pad(one, [1_999_998, 1]).data()[1_999_998]);
const check = (...facts) => facts.forEach((fact, i) => { if (!fact) { console.log("fact", i, "does not hold"); process.exit(1); } });
`;
const ESM = `import * as pf from "pushforward";${WORK}`;
const CJS = `const pf = require("pushforward");${WORK}`;
/** Works until as many threads compute; without a turn of the event loop. */
const WORK_UNTIL = `
const workUntil = (threads) => {
  for (const end = performance.now() + 20_000; pf.backend.threads < threads && performance.now() < end;) work();
};
`;

const programs: [name: string, text: string, flags?: string[], type?: "commonjs"][] = [
  ["a program that works ends by itself", `${ESM} for (let i = 0; i < 200; i++) check(work() === 1_999_999);`],
  ["one that awaits ready ends by itself", `${ESM} pf.configure({ threads: 3 }); await pf.ready; check(pf.backend.threads === 3);`],
  ["one that does not wait for threads that start", `${ESM} pf.configure({ threads: 3 }); void pf.ready.then(() => {}); check(pf.backend.threads === 1);`],
  ["one that is told to exit while threads work", `${ESM} pf.configure({ threads: 4 }); await pf.ready; setInterval(work, 0); setTimeout(() => process.exit(0), 200);`],
  ["one that does nothing starts none", `${ESM} check(pf.backend.threads === 1, process._getActiveHandles().every((handle) => handle.fd !== undefined));`],
  [
    "CommonJS",
    `${CJS} pf.configure({ threads: 2 }); pf.ready.then(() => { check(pf.backend.threads === 2); work(); });`,
    [],
    "commonjs",
  ],
  [
    "threads start at the first work that is worth it, and need no turn of the event loop",
    `${ESM}${WORK_UNTIL} pf.configure({ threads: 3 }); work(); check(pf.backend.threads === 1); workUntil(3); check(pf.backend.threads === 3, work() === 1_999_999);`,
  ],
  [
    "two instances of the library side by side",
    `${ESM}${WORK_UNTIL} import { createRequire } from "node:module";
    const other = createRequire(process.cwd() + "/x.js")("pushforward");
    for (const each of [pf, other]) each.configure({ threads: 2 });
    await Promise.all([pf.ready, other.ready]);
    check(other !== pf, pf.backend.threads === 2, other.backend.threads === 2, other.arange(500_000).sum().item() > 0, work());`,
  ],
  [
    "in a worker thread",
    `import { Worker } from "node:worker_threads";
    const worker = new Worker(${JSON.stringify(`${ESM} pf.configure({ threads: 2 }); await pf.ready; check(pf.backend.threads === 2, work());`)}, { eval: true, execArgv: ["--input-type=module"] });
    worker.on("exit", (code) => { process.exitCode = code; });`,
  ],
  [
    // The engine does not tell a worker whose memory object is still being made: here that takes it a second.
    "memory that grows while a worker starts",
    `import threads from "node:worker_threads";
    const slow = Array.from({ length: 1e6 }, (_, i) => ({ i }));
    threads.Worker = class extends threads.Worker {
      constructor(url, options) { super(url, { ...options, workerData: { slow, ...options.workerData } }); }
    };
    ${ESM} work();
    const held = [];
    for (const ms of [100, 200, 400]) {
      pf.configure({ threads: 2 });
      const ready = pf.ready;
      await new Promise((resume) => setTimeout(resume, ms));
      const { reservedBytes } = pf.backend;
      held.push(pf.tensor(new Float64Array(2 ** 22)));
      check(pf.backend.reservedBytes > reservedBytes);
      await ready;
      check(pf.backend.threads === 2);
      for (let i = 0; i < 20; i++) check(work() === 1_999_999);
      pf.configure({ threads: 1 });
    }`,
  ],
  [
    "listeners are not piled up",
    `import * as pf from "pushforward";
    for (let i = 0; i < 15; i++) { pf.configure({ threads: 2 }); await pf.ready; pf.configure({ threads: 1 }); }`,
  ],
  [
    "without SharedArrayBuffer there is one thread",
    `delete globalThis.SharedArrayBuffer;
    const pf = await import("pushforward");${WORK}
    pf.configure({ threads: 4 });
    await pf.ready;
    for (let i = 0; i < 100; i++) work();
    const x = pf.ones([1000, 1000]);
    check(pf.backend.threads === 1, x.sum().item() === 1e6, work() === 1_999_999, pf.backend.reservedBytes > 2 ** 20);`,
  ],
  [
    "memory that can't be reserved is tried smaller",
    `const { Memory } = WebAssembly;
    const asked = [];
    WebAssembly.Memory = function (limits) {
      asked.push(limits.maximum);
      if (limits.maximum > 20000) throw new RangeError("could not allocate memory");
      return new Memory(limits);
    };
    const pf = await import("pushforward");${WORK}
    pf.configure({ threads: 2 });
    await pf.ready;
    check(pf.backend.threads === 2, work(), String(asked) === "65536,32768,16384");`,
  ],
  [
    "where shared memory is refused there is one thread",
    `const { Memory } = WebAssembly;
    WebAssembly.Memory = function (limits) {
      if (limits.shared) throw new RangeError("could not allocate memory");
      return new Memory(limits);
    };
    const pf = await import("pushforward");${WORK}
    pf.configure({ threads: 2 });
    await pf.ready;
    check(pf.backend.threads === 1, work() === 1_999_999);`,
  ],
  [
    "memory of one thread that can't be reserved is tried smaller",
    `delete globalThis.SharedArrayBuffer;
    const { Memory } = WebAssembly;
    WebAssembly.Memory = function (limits) {
      if (limits.maximum > 20000) throw new RangeError("could not allocate memory");
      return new Memory(limits);
    };
    const pf = await import("pushforward");${WORK}
    check(work() === 1_999_999);`,
  ],
  [
    "where threads are refused there is one",
    `import { createRequire, syncBuiltinESMExports } from "node:module";
    createRequire(import.meta.url);
    process.getBuiltinModule("node:worker_threads").Worker = function () { throw new Error("no threads here"); };
    const pf = await import("pushforward");${WORK}
    pf.configure({ threads: 2 });
    await pf.ready;
    for (let i = 0; i < 100; i++) work();
    check(pf.backend.threads === 1, work() === 1_999_999);`,
  ],
  [
    "where threads die at once there is one",
    `const { Worker } = process.getBuiltinModule("node:worker_threads");
    process.getBuiltinModule("node:worker_threads").Worker = class extends Worker {
      constructor(url, options) { super("throw new Error('no')", { ...options, eval: true }); }
    };
    const pf = await import("pushforward");${WORK}
    pf.configure({ threads: 3 });
    await pf.ready;
    for (let i = 0; i < 100; i++) work();
    check(pf.backend.threads === 1, work() === 1_999_999);`,
  ],
  [
    "where Node hands out no modules there is one",
    `process.getBuiltinModule = undefined;
    globalThis.Worker = undefined;
    const pf = await import("pushforward");${WORK}
    pf.configure({ threads: 2 });
    await pf.ready;
    check(pf.backend.threads === 1, work() === 1_999_999);`,
  ],
]; // prettier-ignore

for (const [name, text, flags, type] of programs) {
  node(name, () => {
    const { status, stdout, stderr } = runNode(text, flags, type);
    assert.is(stderr, "");
    assert.is(stdout, "");
    assert.is(status, 0);
  });
}

node("starting threads leaves the event loop its turns", () => {
  const { status, stdout, stderr } = runNode(`${ESM}
    pf.configure({ threads: 5 });
    let turns = 0;
    const turn = () => { turns++; timer = setImmediate(turn); };
    let timer = setImmediate(turn);
    await pf.ready;
    clearImmediate(timer);
    console.log(turns > 10 ? "turns" : turns);`);
  assert.equal({ status, stdout, stderr }, { status: 0, stdout: "turns\n", stderr: "" });
});

node.run();
