// All checks and all suites: format, lint, types, dead code, then every tests/**/*.test.ts in a process of its own, two at a time.
// Suites of numbers run in the relaxed SIMD build as well, where a flag gives the engine what it needs for that.
// Ends with one line, `N passed, N failed[, N skipped]`; each check counts as one.
// Words given as arguments (`npm test -- print`) choose the suites whose path holds one of them, without the checks. Suites whose
// tools are missing (scripts/tools.mjs, browsers) skip their tests and say so, unless --no-skip or PUSHFORWARD_NO_SKIP=1 forbids it.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root, run, tool } from "./lib.mjs";

process.chdir(root);
const PARALLEL = 2;
/** A suite that hangs is killed, so that the others and the summary still come. */
const TIMEOUT_MS = 20 * 60_000;

const succeeded = ({ code, timedOut }) => code === 0 && !timedOut;

const words = process.argv.slice(2).filter((word) => word !== "--no-skip");
if (process.argv.includes("--no-skip")) process.env.PUSHFORWARD_NO_SKIP = "1";
const checks = [
  ["format", tool("prettier/bin/prettier.cjs", "--check", ".")],
  ["lint", tool("eslint/bin/eslint.js", ".")],
  ["types of host/", tool("typescript/bin/tsc", "--noEmit")],
  ["types of tests/", tool("typescript/bin/tsc", "--noEmit", "--project", "tests")],
  ["dead code", tool("knip/bin/knip.js", "--no-gitignore")],
].map(([name, args]) => ({ name, args, count: (ended) => (succeeded(ended) ? [1, 0, 0] : [0, 1, 0]) }));
const suite = (name, ...flags) => ({
  name: [name, ...flags].join(" "),
  args: ["--expose-gc", ...flags, "--import", "tsx", name],
  count: countTests,
});
/** The suites of a folder, but for what is in packages that it has installed. */
const suitesOf = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : suitesOf(path);
    return path.endsWith(".test.ts") ? [path] : [];
  });
const files = suitesOf("tests").sort();
/** Node 20's; later ones have relaxed SIMD without it, so that all suites run in that build there. */
const RELAXED = "--experimental-wasm-relaxed-simd";
const IN_BOTH_BUILDS = ["assembly", "ops", "primitives"].map((folder) => join("tests", folder, "/"));
const needsFlag = (await run(["--v8-options"])).output.includes(RELAXED);
const inBoth = needsFlag ? files.filter((file) => IN_BOTH_BUILDS.some((folder) => file.startsWith(folder))) : [];
const suites = [...files.map((file) => suite(file)), ...inBoth.map((file) => suite(file, RELAXED))];
const chosen = words.length ? suites.filter(({ name }) => words.some((word) => name.includes(word))) : suites;
const queue = words.length ? chosen : [...checks, ...chosen];

/** [passed, failed, skipped] of a suite, from the totals that uvu prints last. */
function countTests(ended) {
  const number = (label) => Number(ended.output.match(new RegExp(`^ {2}${label}: +(\\d+)$`, "m"))?.[1]);
  const [total, passed, skipped] = [number("Total"), number("Passed"), number("Skipped")];
  // A suite that crashed, hung, or never came to its end has no totals, or an exit code that they don't explain.
  if (Number.isNaN(total)) return [0, 1, 0];
  const failed = total - passed;
  return [passed, failed === 0 && !succeeded(ended) ? 1 : failed, skipped];
}

const counts = [0, 0, 0];
const failures = [];

async function work() {
  for (let job = queue.shift(); job; job = queue.shift()) {
    const start = performance.now();
    const ended = await run(job.args, { timeout: TIMEOUT_MS, env: { FORCE_COLOR: "0", NO_COLOR: "1" } });
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const [passed, failed, skipped] = job.count(ended);
    [passed, failed, skipped].forEach((n, i) => (counts[i] += n));
    console.log(`${failed ? "FAIL" : "ok  "}  ${job.name}: ${describe(passed, failed, skipped)} (${seconds} s)`);
    if (failed) {
      failures.push(job.name);
      console.log(ended.output.trimEnd());
      if (ended.timedOut) console.log(`killed after ${TIMEOUT_MS / 60_000} minutes`);
      else if (ended.signal) console.log(`ended by ${ended.signal}`);
    } else {
      for (const line of ended.output.split("\n")) if (/^(skipped|left out): /.test(line)) console.log(`      ${line}`);
    }
  }
}

function describe(passed, failed, skipped) {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`;
}

if (words.length && chosen.length === 0) {
  console.error(`test: no suite's path holds ${words.join(" or ")}`);
  process.exit(1);
}
await Promise.all(Array.from({ length: PARALLEL }, work));
if (failures.length) console.log(`\nfailed: ${failures.join(", ")}`);
console.log(describe(...counts));
process.exitCode = counts[1] ? 1 : 0;
