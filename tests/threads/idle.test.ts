// Threads that have nothing to do end, and start again when there is work; copies of the library that are dropped give back
// their threads and their memory.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runNode } from "./support";

const idle = suite("idle threads");

const check = (text: string, flags: string[] = []): void => {
  const { status, stdout, stderr } = runNode(text, flags);
  assert.equal({ status, stdout, stderr }, { status: 0, stdout: "", stderr: "" });
};
const HELP = `
  const wait = (ms) => new Promise((resume) => setTimeout(resume, ms));
  const eventually = async (holds) => {
    for (const end = performance.now() + 30_000; performance.now() < end && !holds();) await wait(20);
    return holds();
  };
  const threads = () => fs.readdirSync("/proc/self/task").length;
  const fail = (...what) => { console.log(...what); process.exitCode = 1; };
`;
const work = (pf: string): string =>
  `${pf}.tidy(() => { for (let i = 0; i < 40; i++) ${pf}.arange(400_000).add(i).exp().sum().item(); });`;

idle("they end, and start again at work or when ready is awaited", () =>
  check(`import * as pf from "pushforward"; import fs from "node:fs"; ${HELP}
    pf.configure({ threads: 3 });
    await pf.ready;
    if (pf.backend.threads !== 3) fail("at first", pf.backend.threads);
    if (!(await eventually(() => pf.backend.threads === 1))) fail("they stay");
    for (const end = performance.now() + 20_000; performance.now() < end && pf.backend.threads === 1;) { ${work("pf")} }
    if (pf.backend.threads === 1) fail("work starts none");
    await pf.ready;
    if (pf.backend.threads !== 3) fail("after ready", pf.backend.threads);
    if (pf.ones([500_000]).sum().item() !== 500_000) fail("wrong");
  `),
);

idle("in a loop that never turns they start again as well", () =>
  check(`import * as pf from "pushforward"; import fs from "node:fs"; ${HELP}
    pf.configure({ threads: 2 });
    await pf.ready;
    const rest = new Int32Array(new SharedArrayBuffer(4));
    for (const end = performance.now() + 30_000; performance.now() < end && pf.backend.threads === 2;) Atomics.wait(rest, 0, 0, 50);
    if (pf.backend.threads !== 1) fail("it stays");
    for (const end = performance.now() + 20_000; performance.now() < end && pf.backend.threads === 1;) { ${work("pf")} }
    if (pf.backend.threads !== 2) fail("work starts none");
  `),
);

// CommonJS modules in contexts of their own are what test runners that isolate files load.
if (process.platform === "linux") {
  idle("copies that are loaded and dropped give back threads and memory", () =>
    check(
      `import fs from "node:fs"; import { createRequire } from "node:module"; import vm from "node:vm"; ${HELP}
    const file = createRequire(process.cwd() + "/x.js").resolve("pushforward");
    const source = fs.readFileSync(file, "utf8");
    const before = threads();
    const copies = [];
    const load = async () => {
      const context = vm.createContext({ process, performance, URL, SharedArrayBuffer, WebAssembly, setTimeout, setImmediate, TextDecoder, TextEncoder, queueMicrotask, atob, console });
      const module = { exports: {} };
      vm.runInContext("(function (module, exports, require) {" + source + "\\n})", context)(module, module.exports, createRequire(file));
      const pf = module.exports;
      // In its own realm, whose plain objects are others.
      await vm.runInContext("(async (pf) => { pf.configure({ threads: 2 }); await pf.ready; pf.arange(400_000).add(1).exp().sum().item(); })", context)(pf);
      if (pf.backend.threads !== 2) fail("no thread", pf.backend.threads);
      copies.push(new WeakRef(pf));
    };
    for (let i = 0; i < 12; i++) await load();
    if (!(await eventually(() => threads() <= before + 1))) fail("threads stay", before, threads());
    await wait(50);
    const alive = () => { gc(); return copies.filter((copy) => copy.deref()).length; };
    if (!(await eventually(() => alive() <= 1))) fail(alive(), "copies stay");
  `,
      ["--expose-gc"],
    ),
  );
}

idle.run();
