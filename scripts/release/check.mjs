// `npm run release:check`: what has to be so before a version is published, each with what to do where it is not. RELEASING.md has the order.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { root, run } from "../lib.mjs";
import { manifestFields, REPOSITORY } from "./addresses.mjs";
import { renewed } from "./readme.mjs";
import { BUDGETS, sizesOf, TARBALL_BUDGET } from "./sizes.mjs";

process.chdir(root);
const { name, version, repository, homepage, bugs } = JSON.parse(readFileSync("package.json", "utf8"));
const ask = (command, ...args) => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 2 ** 26 });
  return { status, stdout: (stdout ?? "").trim(), stderr: (stderr ?? "").trim() };
};

/** Returns what is wrong and what to do; nothing where all is well. */
const checks = {
  "the project has an address": () =>
    REPOSITORY === null &&
    "set REPOSITORY in scripts/release/addresses.mjs: npm vouches only for a package that names its repository",
  "package.json has the addresses": () =>
    JSON.stringify({ repository, homepage, bugs }) !==
      JSON.stringify({ repository: undefined, homepage: undefined, bugs: undefined, ...manifestFields() }) &&
    "npm run release:write",
  "nothing is uncommitted": () => {
    const { stdout } = ask("git", "status", "--porcelain");
    return stdout && `commit or remove:\n${stdout}`;
  },
  "CHANGELOG.md has the version, and nothing that is unreleased": () => {
    const [first] = [...readFileSync("CHANGELOG.md", "utf8").matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    return (
      !new RegExp(`^${version.replaceAll(".", "\\.")} \\(\\d{4}-\\d\\d-\\d\\d\\)$`).test(first) &&
      `its first section is "${first}": it should be "${version} (year-month-day)"`
    );
  },
  "the version has a tag, which is this commit": () => {
    const [tag, head] = [`v${version}^{commit}`, "HEAD"].map(
      (rev) => ask("git", "rev-parse", "--verify", "--quiet", rev).stdout,
    );
    return tag !== head && `git tag v${version} is ${tag ? "another commit" : "missing"}: npm version makes it`;
  },
  "npm does not have the version": () => {
    const { status, stdout, stderr } = ask("npm", "view", `${name}@${version}`, "version");
    if (status === 0 && stdout === "") return false; // the package, without this version
    if (status !== 0 && stderr.includes("E404")) return false; // not even the package
    return status === 0 ? `${name}@${version} is published: set another version` : `npm can't tell: ${stderr}`;
  },
  "dist/ is of these sources": async () => {
    const { code, output } = await run(["scripts/build.mjs", "--if-stale"]);
    return code !== 0 && output;
  },
  "README has this version's addresses, hashes and sizes": async () => {
    const readme = readFileSync("README.md", "utf8");
    return readme !== (await renewed(readme)) && "npm run release:write, and commit README.md";
  },
  "files and tarball are within their budgets": () => {
    const over = Object.entries(BUDGETS).filter(([file, { gzip, brotli }]) => {
      const sizes = sizesOf(file);
      return sizes.gzip > gzip || sizes.brotli > brotli;
    });
    const [{ size }] = JSON.parse(ask("npm", "pack", "--dry-run", "--json", "--ignore-scripts").stdout);
    if (size > TARBALL_BUDGET) over.push(["the tarball"]);
    return over.length > 0 && `too large (scripts/release/sizes.mjs): ${over.map(([file]) => file).join(", ")}`;
  },
  "dist/ can be made again elsewhere": async () => {
    const { code, output } = await run(["scripts/release/reproduce.mjs"]);
    return code !== 0 && output;
  },
};

let failed = 0;
for (const [what, check] of Object.entries(checks)) {
  const problem = await check();
  if (problem) failed++;
  console.log(problem ? `FAIL  ${what}: ${problem}` : `ok    ${what}`);
}
console.log(
  failed === 0 ? `${name} ${version} can be published` : `${failed} of ${Object.keys(checks).length} are not so`,
);
process.exitCode = failed === 0 ? 0 : 1;
