// Builds dist/: what the declarations of primitives say (declare.mjs), the core (asc), the files generated from it, the bundles (rollup). With --if-stale it does so only when
// something that goes into dist/ has changed since dist/ was made; judged by content, since a checkout changes times. With --quick it
// makes dist/pushforward.mjs alone, less optimized and in a fourth of the time, for trying things out: it counts as stale afterwards.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileCore, root, run, tool } from "./lib.mjs";

process.chdir(root);
const SOURCES = ["assembly", "host", "scripts", join("tests", "primitives")];
const CONFIGS = [
  "asconfig.json",
  "asconfig.unpack.json",
  "package.json",
  "package-lock.json",
  "rollup.config.mjs",
  "tsconfig.json",
];
const OUTPUTS = [
  ...["mjs", "cjs", "min.js", "min.mjs", "wasm", "parts.bin", "worker.js", "d.ts", "d.cts"].map(
    (ext) => `dist/pushforward.${ext}`,
  ),
  ...["mjs", "cjs", "min.mjs", "d.ts", "d.cts"].map((ext) => `dist/async.${ext}`),
  ...["mjs", "cjs", "d.ts", "d.cts"].map((ext) => `dist/testing.${ext}`),
  "dist/workerd.mjs",
  "dist/THIRD-PARTY-LICENSES.txt",
];
/** Made by the build, or of no use to it: not what it is judged by. */
const APART = [join("assembly", "generated"), join("host", "generated"), join("scripts", "release")];
const STAMP = "build/sources.sha256";

function hashSources() {
  const hash = createHash("sha256");
  const files = SOURCES.flatMap((dir) =>
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  ).filter((file) => !APART.some((folder) => file.startsWith(folder)));
  for (const file of [...files.sort(), ...CONFIGS]) hash.update(`${file}\0`).update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

async function step(name, args) {
  const start = performance.now();
  const { code } = await run(args, { live: true });
  if (code !== 0) {
    console.error(`build: ${name} failed`);
    process.exit(1);
  }
  console.log(`build: ${name} in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

const quick = process.argv.includes("--quick");
const fresh = () =>
  existsSync(STAMP) && readFileSync(STAMP, "utf8") === hashSources() && OUTPUTS.every((file) => existsSync(file));

if (!(process.argv.includes("--if-stale") && fresh())) {
  mkdirSync("build", { recursive: true });
  // Without the stamp a build that breaks half-way counts as stale.
  rmSync(STAMP, { force: true });
  const hash = hashSources();
  await step("declare", ["scripts/declare.mjs"]);
  const optimization = quick ? ["--optimizeLevel", "1"] : [];
  await step("core", compileCore(...optimization));
  if (!(quick && existsSync("build/unpack.wasm")))
    await step("unpack", tool("assemblyscript/bin/asc.js", "--config", "asconfig.unpack.json"));
  await step("generate", ["scripts/generate.mjs", ...(quick ? ["--quick"] : [])]);
  if (!quick) await step("types", tool("typescript/bin/tsc", "--noEmit"));
  const bundles = quick ? ["--configQuick"] : [];
  await step("bundle", tool("rollup/dist/bin/rollup", "--config", "rollup.config.mjs", "--silent", ...bundles));
  if (quick) process.exit();
  // What an older build left there would be published with the rest.
  for (const file of readdirSync("dist"))
    if (!OUTPUTS.includes(`dist/${file}`)) rmSync(join("dist", file), { recursive: true });
  writeFileSync(STAMP, hash);
}
