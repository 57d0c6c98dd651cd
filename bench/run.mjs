// `npm run bench`: measures pushforward and its peers on the same workloads, one after another; prints tables.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { replaceBetween } from "../scripts/lib.mjs";
import { runPeer } from "./child.mjs";
import { parseOptions, USAGE } from "./options.mjs";
import { runsOf } from "./peers/index.mjs";
import { printProfiles } from "./profile.mjs";
import { markdownOf, wrongResults } from "./report.mjs";
import { choose } from "./workloads/index.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const BUDGET_MS = 500;
const QUICK_BUDGET_MS = 20;
const PATIENCE_MS = 60_000;

const machine = () => ({
  cpu: os.cpus()[0]?.model.trim() ?? "unknown",
  cores: os.cpus().length,
  load: os.loadavg()[0],
  memoryBytes: os.totalmem(),
  os: `${os.type()} ${os.release()} ${os.arch()}`,
  node: process.version,
});

const note = (text) => process.stderr.write(`${text}\n`);

async function measureAll(workloads, options) {
  const report = {
    date: new Date().toISOString(),
    machine: machine(),
    quick: options.quick,
    workloads: workloads.map(({ name, about, ask, dtype, reference, section, flops, gemm }) => ({
      ...{ name, about, ask, dtype, reference },
      ...(section && { section }),
      ...(flops && { flops }),
      ...(gemm && { gemm }),
    })),
    runs: [],
  };
  for (const { extra, env, command, ...run } of runsOf(options, note)) {
    const title = `${run.label}, ${run.threads} thread${run.threads > 1 ? "s" : ""}`;
    const tasks = workloads.flatMap((workload) => run.modes.map((mode) => ({ workload, mode })));
    const { versions, results } = await runPeer({ ...run, extra, env, command }, tasks, {
      budget: options.quick ? QUICK_BUDGET_MS : BUDGET_MS,
      patience: PATIENCE_MS,
      onResult: (name, mode, { ms, error }) =>
        note(`${title}: ${name}, ${mode}: ${error ?? `${ms.toPrecision(4)} ms`}`),
    });
    report.runs.push({ ...run, versions, results });
  }
  return report;
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
async function writeReadme(markdown) {
  const { format, resolveConfig } = await import("prettier");
  const text = replaceBetween(readFileSync("README.md", "utf8"), "bench", markdown);
  writeFileSync("README.md", await format(text, { ...(await resolveConfig("README.md")), filepath: "README.md" }));
}

async function main() {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) return console.log(USAGE);
  const workloads = choose(options.words);
  if (options.list)
    return workloads.forEach(({ name, ask, about }) => console.log(`${name.padEnd(16)} ${ask}: ${about}`));
  if (!options.from && !existsSync(options.lib)) throw new Error(`there is no ${options.lib}: npm run build makes it`);
  if (options.profile) return printProfiles(workloads, options);

  const report = options.from ? JSON.parse(readFileSync(options.from, "utf8")) : await measureAll(workloads, options);
  const markdown = markdownOf(report, options);
  console.log(markdown);
  const json = options.json ?? (options.from || options.quick ? undefined : `bench/results/${report.date.replaceAll(":", "-")}.json`); // prettier-ignore
  if (json) write(json, `${JSON.stringify(report, null, 1)}\n`);
  if (options.markdown) write(options.markdown, `${markdown}\n`);
  if (options.readme) await writeReadme(markdown);
  for (const { label, threads, name, mode, found, wanted } of wrongResults(report)) {
    note(
      `WRONG: ${label}, ${threads} threads, ${name}, ${mode}: ${JSON.stringify(found)}, expected ${JSON.stringify(wanted)}`,
    );
    process.exitCode = 1;
  }
}

try {
  await main();
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = 2;
}
