// How long an editor waits for TypeScript where the package is used: asks the language servers of the compilers that
// `npm ci --prefix tests/types` installs (or of those versions that are given as arguments) for completions, signatures and types, while
// a character is typed before each request, and prints milliseconds: of the first request of a kind and the median of the later
// ones, each beside the time that the server ran meanwhile (on Linux), which other work of the machine leaves alone.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "./lib.mjs";

const REPETITIONS = 15;
const versions = process.argv.length > 2 ? process.argv.slice(2) : ["5.0", "5.9", "6.0"];

const text = `import * as pf from "pushforward";
const x = pf.tensor([[1, 2], [3, 4]], { dtype: "float64" });
const f = (t: pf.Tensor) => t.exp().sum(1);
export const a = x.
export const b = pf.
export const c = pf.func.
export const d = pf.nn.functional.
export const e = x.sum(
export const g = pf.functional.jvp(f, 
export const h = x.mul(2).softmax(1);
`;
/** The place behind the first `after`: where a character is typed, and what is asked for there. */
const requests = [
  ["completions of x.", "completionInfo", "a = x.", "s"],
  ["completions of pf.", "completionInfo", "b = pf.", "s"],
  ["completions of pf.func.", "completionInfo", "c = pf.func.", "v"],
  ["completions of pf.nn.functional.", "completionInfo", "d = pf.nn.functional.", "s"],
  ["signature of x.sum(", "signatureHelp", "e = x.sum(", "1"],
  ["signature of functional.jvp(", "signatureHelp", "jvp(f, ", "x"],
  ["type of x.mul(2).softmax(1)", "quickinfo", "x.mul(2).softma", ""],
];

/** A language server, asked by `request`, which resolves with its answer and the milliseconds that it took. */
function startServer(file) {
  const server = spawn(process.execPath, [file, "--disableAutomaticTypingAcquisition"], { stdio: ["pipe", "pipe", "ignore"] }); // prettier-ignore
  const waiting = new Map();
  createInterface({ input: server.stdout }).on("line", (line) => {
    if (!line.startsWith("{")) return;
    const message = JSON.parse(line);
    if (message.type === "response") waiting.get(message.request_seq)?.(message);
  });
  let seq = 0;
  const send = (command, args) => server.stdin.write(`${JSON.stringify({ seq: ++seq, type: "request", command, arguments: args })}\n`); // prettier-ignore
  /** Milliseconds that its main thread has run. */
  const ran = () => {
    const stat = `/proc/${server.pid}/schedstat`;
    return existsSync(stat) ? Number(readFileSync(stat, "utf8").split(" ")[0]) / 1e6 : NaN;
  };
  const request = (command, args) => {
    const [start, before] = [performance.now(), ran()];
    send(command, args);
    return new Promise((done) => {
      waiting.set(seq, (message) => done({ ...message, ms: performance.now() - start, ran: ran() - before }));
    });
  };
  return { send, request, stop: () => server.kill() };
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

async function measure(version, folder) {
  const file = join(folder, "main.ts");
  const { send, request, stop } = startServer(join(root, `tests/types/node_modules/typescript-${version}/lib/tsserver.js`)); // prettier-ignore
  try {
    send("open", { file, fileContent: text });
    const rows = [];
    for (const [name, command, after, typed] of requests) {
      const before = text.slice(0, text.indexOf(after) + after.length).split("\n");
      const [line, offset] = [before.length, before.at(-1).length + 1];
      const change = (insertString, endOffset) => send("change", { file, line, offset, endLine: line, endOffset, insertString }); // prettier-ignore
      const times = [];
      let count;
      for (let i = 0; i < REPETITIONS; i++) {
        if (typed) change(typed, offset);
        const { ms, ran, success, body } = await request(command, { file, line, offset: offset + typed.length });
        if (!success) throw new Error(`completion: ${version} answers nothing to ${command} at ${after}`);
        count = body.entries?.length ?? body.items?.length ?? body.displayString;
        times.push({ ms, ran });
        if (typed) change("", offset + typed.length);
      }
      const later = times.slice(1);
      const medians = { ms: median(later.map(({ ms }) => ms)), ran: median(later.map(({ ran }) => ran)) };
      rows.push({ name, first: times[0], later: medians, count });
    }
    return rows;
  } finally {
    stop();
  }
}

const folder = mkdtempSync(join(tmpdir(), "pushforward-completion-"));
try {
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/pushforward"), "dir");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const options = { strict: true, target: "es2022", lib: ["es2022", "dom"], module: "nodenext", types: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options }));
  writeFileSync(join(folder, "main.ts"), text);
  for (const version of versions) {
    if (!existsSync(join(root, `tests/types/node_modules/typescript-${version}`))) {
      console.error(`completion: TypeScript ${version} is not installed: npm ci --prefix tests/types`);
      process.exitCode = 1;
      continue;
    }
    console.log(`TypeScript ${version}: the first, the median of the later ${REPETITIONS - 1}, what came`);
    const shown = ({ ms, ran }) => `${ms.toFixed(0).padStart(6)} ms (ran ${ran.toFixed(0).padStart(5)})`;
    for (const { name, first, later, count } of await measure(version, folder))
      console.log(`  ${name.padEnd(34)} ${shown(first)} ${shown(later)}   ${count}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
