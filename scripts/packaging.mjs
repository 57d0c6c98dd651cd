// `npm run test:packaging`: installs the tools of tests/packaging when those that are there are not the ones of its lockfile, and runs its
// suites, of which none may be skipped. With --install it only installs.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root, run } from "./lib.mjs";

const folder = join(root, "tests", "packaging");
const wanted = readFileSync(join(folder, "package-lock.json"), "utf8");
const stamp = join(folder, "node_modules", ".installed");

if (!(existsSync(stamp) && readFileSync(stamp, "utf8") === wanted)) {
  // No package's script runs: those that we use come as they are. Some of them want a newer Node, which is among them.
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status } = spawnSync("npm", ["ci", ...flags], { cwd: folder, stdio: "inherit" });
  if (status !== 0) {
    console.error("packaging: npm ci failed in tests/packaging");
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}
if (!process.argv.includes("--install")) {
  const env = { PUSHFORWARD_NO_SKIP: "1" };
  const { code } = await run(["scripts/test.mjs", join("tests", "packaging")], { live: true, env });
  process.exitCode = code ?? 1;
}
