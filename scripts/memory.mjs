// How much memory loops hold that free nothing by themselves: `node scripts/memory.mjs [words]`, words choosing from the cases
// below. Runs on dist/, in this Node or in those that NODES names (paths, with colons between), as page and as worker also in
// Chromium; prints a row for each. With --write the rows take the place of those of the same cases in the table in docs/memory.md.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { pathToFileURL } from "node:url";
import { tsImport } from "tsx/esm/api";
import { root, run, tool } from "./lib.mjs";

/** A program that uses `pf` and nothing else; it runs in Node, in pages and in workers. */
export async function measure(pf, { loop, heap, limit, steps }) {
  const objects = [];
  for (let mib = 0; mib < heap; mib++) {
    objects.push(Array.from({ length: 6500 }, (_, i) => ({ i, text: `${i}`, list: [i, i, i, i], half: i + 0.5 })));
  }
  if (limit) pf.configure({ maxMemoryBytes: limit * 2 ** 20 });
  const x = pf.randn([1000, 250]);
  const w = pf.randn([1000, 250], { requiresGrad: true });
  const channel = new globalThis.MessageChannel();
  const turn = {
    timeout: () => new Promise((resume) => setTimeout(resume, 0)),
    immediate: () => new Promise((resume) => (globalThis.setImmediate ?? setTimeout)(resume, 0)),
    message: () =>
      new Promise((resume) => {
        channel.port1.onmessage = resume;
        channel.port2.postMessage(0);
      }),
  };
  const loops = {
    forward: [() => x.mul(2).sum().item(), turn.timeout],
    immediate: [() => x.mul(2).sum().item(), turn.immediate],
    message: [() => x.mul(2).sum().item(), turn.message],
    backward: [
      () => {
        w.grad = null;
        const loss = w.mul(x).square().sum();
        loss.backward();
        return w.grad.sum().item();
      },
      turn.timeout,
    ],
    grad: [() => pf.autograd.grad(w.mul(x).square().sum(), [w])[0].sum().item(), turn.timeout],
    jvp: [
      () =>
        pf.functional
          .jvp((t) => t.mul(x).exp(), x, x)[1]
          .sum()
          .item(),
      turn.timeout,
    ],
  };
  const [step, rest] = loops[loop];
  const start = performance.now();
  let worst = 0;
  let peak = 0;
  for (let i = 0; i < steps; i++) {
    step();
    peak = Math.max(peak, pf.backend.memoryBytes);
    const before = performance.now();
    await rest();
    worst = Math.max(worst, performance.now() - before);
  }
  channel.port1.close();
  globalThis.objects = objects;
  return {
    peak: Math.round(Math.max(peak, pf.backend.peakBytes) / 2 ** 20),
    worst: Math.round(worst),
    ms: ((performance.now() - start) / steps).toFixed(2),
  };
}

const STEPS = Number(process.env.STEPS ?? 3000);
const HEAPS = (process.env.HEAPS ?? "0,100,1000").split(",").map(Number);
const nodes = (process.env.NODES ?? process.execPath).split(":");
const words = process.argv.slice(2).filter((word) => word !== "--write");

const cases = [];
for (const node of nodes) for (const place of ["node", "node-worker"]) addCases(place, node);
for (const place of ["page", "web-worker"]) addCases(place);
function addCases(place, node) {
  for (const heap of HEAPS) for (const limit of [512, 0]) cases.push({ place, node, loop: "forward", heap, limit });
  for (const loop of ["immediate", "message", "backward", "grad", "jvp"]) {
    cases.push({ place, node, loop, heap: 0, limit: 512 });
  }
}

function inNode(options, node, isWorker) {
  const run = `const { measure } = await import(${JSON.stringify(import.meta.url)});
    const pf = await import(${JSON.stringify(pathToFileURL(`${root}/dist/pushforward.mjs`).href)});
    console.log(JSON.stringify(await measure(pf, ${JSON.stringify(options)})));`;
  const text = isWorker
    ? `import { Worker } from "node:worker_threads";
       new Worker(${JSON.stringify(run)}, { eval: true, execArgv: ["--input-type=module"], resourceLimits: { maxOldGenerationSizeMb: 4096 } });`
    : run;
  return new Promise((done) => {
    let output = "";
    const child = spawn(node, ["--input-type=module", "-e", text], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (output += data));
    child.on("close", () => {
      try {
        done(JSON.parse(output));
      } catch {
        done({
          error:
            output
              .trim()
              .split("\n")
              .find((line) => /Error/.test(line)) ?? output.slice(0, 200),
        });
      }
    });
  });
}

let site;
async function inChromium(options, isWorker) {
  const { startSite } = await tsImport("../tests/browser/support.ts", import.meta.url);
  const { chromium } = await tsImport("../tests/browser/browsers.ts", import.meta.url);
  const whyNoBrowser = chromium.whyNot();
  if (whyNoBrowser) return { error: whyNoBrowser };
  site ??= await startSite();
  const script = `import * as pf from "/dist/pushforward.mjs";
    export ${measure.toString()}
    globalThis.done = measure(pf, ${JSON.stringify(options)});`;
  const html = isWorker
    ? `<script type="module">
        const text = ${JSON.stringify(script.replace("/dist", "ORIGIN/dist"))}.replace("ORIGIN", location.origin);
        const url = URL.createObjectURL(new Blob([text + "done.then(postMessage, (error) => postMessage({ error: String(error) }));"], { type: "text/javascript" }));
        const worker = new Worker(url, { type: "module" });
        globalThis.done = new Promise((resolve) => { worker.onmessage = ({ data }) => resolve(data); });
      </script>`
    : `<script type="module">${script}</script>`;
  const { page } = await site.open(html);
  try {
    return await page.evaluate(() => globalThis.done);
  } catch (error) {
    return { error: String(error).slice(0, 200) };
  } finally {
    await page.close();
  }
}

const HEAD = `| where | loop | JS heap, MB | limit, MiB | steps | peak, MiB | longest turn, ms | a step, ms |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |`;
const START = "<!-- written by scripts/memory.mjs -->";
const END = "<!-- end -->";
const ORDER = [1, 3, 2, 0];
/** Which case a row tells of: all before the steps. */
const keyOf = (row) =>
  row
    .split(/ *\| */)
    .slice(1, 5)
    .join("|");

/** Puts rows into the table of docs/memory.md; those of other cases stay. */
export function writeRows(rows) {
  const file = `${root}/docs/memory.md`;
  const [before, rest] = readFileSync(file, "utf8").split(`${START}\n`);
  const [old, after] = rest.split(END);
  const table = new Map();
  for (const row of [...old.split("\n").filter((line) => /^\| (node|page|web)/.test(line)), ...rows]) {
    table.set(keyOf(row), row);
  }
  const load = Math.round(loadavg()[2]);
  const day = new Date().toISOString().slice(0, 10);
  const machine = `Last measured on ${day}: ${cpus()[0].model.trim()}, ${cpus().length} cores, load average ${load}.`;
  // By loop, limit and heap, then by place; cells as wide as prettier makes them don't count.
  const inOrder = [...table.values()]
    .map((row) => row.split(/ *\| */).slice(1, -1))
    .sort((a, b) => ORDER.map((i) => a[i].localeCompare(b[i], "en", { numeric: true })).find((sign) => sign) ?? 0)
    .map((cells) => `| ${cells.join(" | ")} |`);
  const text = `${START}\n\n${machine}\n\n${HEAD}\n${inOrder.join("\n")}\n\n${END}`;
  writeFileSync(file, before + text + after);
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  console.log(HEAD);
  const rows = [];
  for (const { place, node, ...options } of cases) {
    const name = node && existsSync(node) ? `${place} ${/node(\d+)/.exec(node)?.[1] ?? process.versions.node}` : place;
    const title = `${name} ${options.loop} heap=${options.heap} limit=${options.limit}`;
    if (!words.every((word) => title.includes(word))) continue;
    options.steps = STEPS;
    const found = node
      ? await inNode(options, node, place === "node-worker")
      : await inChromium(options, place === "web-worker");
    const cells = found.error ? [found.error, "", ""] : [found.peak, found.worst, found.ms];
    const row = `| ${[name, options.loop, options.heap, options.limit || "none", STEPS, ...cells].join(" | ")} |`;
    console.log(row);
    rows.push(row);
  }
  await site?.close();
  if (process.argv.includes("--write")) {
    writeRows(rows);
    await run(tool("prettier/bin/prettier.cjs", "--write", `${root}/docs/memory.md`));
  }
}
