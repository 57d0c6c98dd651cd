// `npm run fuzz [-- --seconds N] [--seed N] [--suite NAME]… [--report]`: random programs without end, or for so many seconds.
// What is found is printed with its program as soon as it is. --report writes the figures into docs/reliability.md.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { type Finding, fuzz } from "./driver";
import { type Count, overloads } from "./programs";
import { suites } from "./suites";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "Infinity" },
    seed: { type: "string" },
    suite: { type: "string", multiple: true, default: Object.keys(suites) },
    report: { type: "boolean", default: false },
  },
});
const seconds = Number(options.seconds);
const first = Number(options.seed ?? Math.floor(2 ** 30 * Math.random()));
/** Programs until another suite has its turn. */
const BATCH: Record<string, number> = { threads: 2, memory: 1, allocations: 10, misuse: 500 };

const tally = new Map<string, Count & { seconds: number }>();
for (const name of options.suite) tally.set(name, { programs: 0, calls: 0, ops: new Set(), seconds: 0 });
const findings: Finding[] = [];
let stopped = false;
process.on("SIGINT", () => (stopped = true));

console.log(`seed ${first}`);
const start = performance.now();
const elapsed = (): number => (performance.now() - start) / 1000;
for (let seed = first; !stopped && elapsed() < seconds; seed++) {
  for (const name of options.suite) {
    const count = tally.get(name)!;
    const begin = performance.now();
    const finding = await fuzz(name, seed, BATCH[name] ?? 40, count);
    count.seconds += (performance.now() - begin) / 1000;
    if (finding) {
      findings.push(finding);
      console.log(`\n${name}, seed ${seed}: ${finding.message}\n${finding.program}`);
    }
    await new Promise((resolve) => setTimeout(resolve));
    if (stopped || elapsed() >= seconds) break;
  }
}

const all = new Set([...tally.values()].flatMap(({ ops }) => [...ops]));
const known = new Set(overloads.map(({ op }) => op));
const rows = [...tally].map(([name, count]) => `| ${name} | ${count.programs} | ${count.calls} | ${count.ops.size || "-"} | ${count.seconds.toFixed(0)} |`); // prettier-ignore
const programs = [...tally.values()].reduce((sum, count) => sum + count.programs, 0);
const figures = [
  `${programs} programs in ${elapsed().toFixed(0)} s on ${cpus()[0]?.model ?? "an unknown machine"}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}, seed ${first}; ${all.size} of ${known.size} ops called; ${findings.length} findings.`,
  "",
  "| suite | programs | calls | ops | seconds |",
  "| --- | --- | --- | --- | --- |",
  ...rows,
  ...(findings.length
    ? ["", ...findings.map(({ suite, seed, message }) => `- ${suite}, seed ${seed}: ${message.split("\n")[0]}`)]
    : []),
].join("\n");
console.log(`\n${figures}`);
if (options.report) {
  const page = new URL("../../docs/reliability.md", import.meta.url);
  const [before, rest] = readFileSync(page, "utf8").split("<!-- fuzz -->\n");
  const after = rest.slice(rest.indexOf("<!-- /fuzz -->"));
  writeFileSync(page, `${before}<!-- fuzz -->\n\n${figures}\n\n${after}`);
}
process.exit(findings.length ? 1 : 0);
