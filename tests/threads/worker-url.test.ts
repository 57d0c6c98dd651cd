// A script for the web's workers that can't be had: one thread, and a warning that names it, once. In a process of its own that looks like a
// browser; real ones are in tests/browser.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { runNode } from "./support";

/** Without Node's modules, with workers that `fail`. */
const program = (fail: string, body: string): string => `
process.getBuiltinModule = undefined;
globalThis.Worker = class {
  constructor(url) {
    this.url = String(url);
    ${fail}
  }
  postMessage() {}
  terminate() {}
};
const warnings = [];
console.warn = (text) => warnings.push(text);
const pf = await import("./dist/pushforward.mjs");
${body}
console.log(JSON.stringify({ warnings, threads: pf.backend.threads, sum: pf.ones([10]).sum().item() }));`;
const LATER = "setTimeout(() => this.onerror({ preventDefault() {} }));";
const AT_ONCE = 'throw new Error("of another origin");';
const configured = (url: string): string => `pf.configure({ threads: 4, workerUrl: "${url}" }); await pf.ready;`;

const rows: [name: string, fail: string, body: string, named: string[]][] = [
  ["is missing", LATER, configured("/a.js"), ["/a.js"]],
  ["is refused at once", AT_ONCE, configured("/a.js"), ["/a.js"]],
  ["and another one", LATER, configured("/a.js") + configured("/b.js"), ["/a.js", "/b.js"]],
  ["is none: workers from blobs that are forbidden", LATER, "pf.configure({ threads: 4 }); await pf.ready;", []],
];
for (const [name, fail, body, named] of rows)
  test(`a workerUrl that ${name}`, () => {
    const { status, stdout, stderr } = runNode(program(fail, body));
    assert.is(status, 0, stderr);
    const { warnings, ...rest } = JSON.parse(stdout) as { warnings: string[]; threads: number; sum: number };
    assert.equal(rest, { threads: 1, sum: 10 });
    assert.is(warnings.length, named.length, warnings.join("\n"));
    named.forEach((url, i) => assert.ok(warnings[i].includes(`workerUrl ${url}: `), warnings[i]));
  });

test.run();
