// Makes dist/ once more from the same sources, in a folder of another path, and compares every byte: what is published can be made again by
// anybody who has the sources. `npm run release:reproduce` installs the packages of package-lock.json and builds everything there; with
// --script-tag only dist/pushforward.min.js is bundled again, from the core and the packages that are here, which takes seconds.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "../lib.mjs";

const SCRIPT_TAG = "pushforward.min.js";
const onlyScriptTag = process.argv.includes("--script-tag");
// Longer than the path here, so that nothing of its length fits by chance.
const elsewhere = join(mkdtempSync(join(tmpdir(), "pushforward-built-elsewhere-")), "a folder");

function must(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: elsewhere, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error(`${[command, ...args].join(" ")}: ${error?.message ?? `exit code ${status}`}`);
}

/** Files that git knows, or would take: not what was built. */
function copySources() {
  const { stdout } = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    maxBuffer: 2 ** 26,
    encoding: "utf8",
  });
  for (const file of stdout.split("\0").filter(Boolean)) {
    mkdirSync(join(elsewhere, dirname(file)), { recursive: true });
    cpSync(join(root, file), join(elsewhere, file));
  }
}

function buildAll() {
  must("npm", "ci", "--no-audit", "--no-fund", "--prefer-offline");
  must("npm", "run", "build");
}
function bundleScriptTag() {
  for (const folder of ["build", "assembly/generated", "host/generated"])
    cpSync(join(root, folder), join(elsewhere, folder), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(elsewhere, "node_modules"), "dir");
  const only = `import all from "./rollup.config.mjs";
export default all.flatMap(({ output, ...config }) => {
  const chosen = [output].flat().filter(({ file }) => file === "dist/${SCRIPT_TAG}");
  return chosen.length > 0 ? [{ ...config, output: chosen }] : [];
});
`;
  writeFileSync(join(elsewhere, "script-tag.config.mjs"), only);
  must(process.execPath, "node_modules/rollup/dist/bin/rollup", "--config", "script-tag.config.mjs", "--silent");
}

try {
  copySources();
  if (onlyScriptTag) bundleScriptTag();
  else buildAll();
  const files = onlyScriptTag ? [SCRIPT_TAG] : readdirSync(join(root, "dist"));
  const made = readdirSync(join(elsewhere, "dist"));
  const different = files.filter(
    (file) =>
      !made.includes(file) ||
      !readFileSync(join(root, "dist", file)).equals(readFileSync(join(elsewhere, "dist", file))),
  );
  const more = onlyScriptTag ? [] : made.filter((file) => !files.includes(file));
  if (different.length + more.length > 0)
    throw new Error(`not the same elsewhere: ${[...different, ...more].join(", ")}`);
  console.log(
    `reproduce: ${files.length === 1 ? files[0] : `all ${files.length} files of dist/`} the same, byte by byte`,
  );
} catch (error) {
  console.error(`reproduce: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(dirname(elsewhere), { recursive: true, force: true });
}
