// Installs what suites try the library with, or run it in: the packages of tests/packaging (bundlers, runtimes, test runners), tests/types
// (versions of TypeScript) and tests/browser/old (versions of Chromium), each where what is there is not what its lockfile says.
// Folders given as arguments (`node scripts/tools.mjs packaging`) are installed alone.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./lib.mjs";

const FOLDERS = ["packaging", "types", join("browser", "old")];

for (const name of process.argv.length > 2 ? process.argv.slice(2) : FOLDERS) {
  const folder = join(root, "tests", name);
  const wanted = readFileSync(join(folder, "package-lock.json"), "utf8");
  const stamp = join(folder, "node_modules", ".installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) continue;
  // No package's script runs: those that we use come as they are. Some of them want a newer Node, which is among them.
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status } = spawnSync("npm", ["ci", ...flags], { cwd: folder, stdio: "inherit" });
  if (status !== 0) {
    console.error(`tools: npm ci failed in ${folder}`);
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}
