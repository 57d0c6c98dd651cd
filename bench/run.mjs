// `npm run bench [-- words…] [--json FILE]`: the median time of a derivative (which includes the function's own value), and how
// many plain evaluations of the function it costs. Words choose workloads by name.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as pf from "pushforward";
import { workloads } from "./workloads.mjs";

const MIN_RUNS = 7;
const MAX_RUNS = 5000;
const BUDGET_MS = 800;

const { values, positionals } = parseArgs({ options: { json: { type: "string" } }, allowPositionals: true });

/** Median milliseconds of calls of `run`, every result computed and freed, after two calls to warm up. */
function time(run) {
  const call = () => {
    const results = [run()].flat();
    pf.evaluate(...results);
    for (const tensor of results) tensor.dispose();
  };
  call();
  call();
  const times = [];
  const start = performance.now();
  while (times.length < MIN_RUNS || (performance.now() - start < BUDGET_MS && times.length < MAX_RUNS)) {
    const before = performance.now();
    call();
    times.push(performance.now() - before);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

const rows = [];
console.log("| workload | derivative (ms) | function alone (ms) | ratio |\n| --- | ---: | ---: | ---: |");
for (const [name, make] of Object.entries(workloads)) {
  if (positionals.length && !positionals.some((word) => name.includes(word))) continue;
  const row = pf.tidy(() => {
    const { forward, derivative } = make();
    return { name, derivative: time(() => pf.tidy(derivative)), forward: time(() => pf.tidy(forward)) };
  });
  rows.push(row);
  const ratio = (row.derivative / row.forward).toFixed(1);
  console.log(`| ${name} | ${row.derivative.toFixed(4)} | ${row.forward.toFixed(4)} | ${ratio} |`);
}
if (values.json) {
  const { version, simd, threads } = pf.backend;
  writeFileSync(values.json, JSON.stringify({ node: process.version, version, simd, threads, rows }, null, 2));
}
