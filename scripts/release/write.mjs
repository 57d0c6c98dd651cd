// Writes what a release's files say of it: README's part about pages (readme.mjs), and the addresses in package.json (addresses.mjs). It is
// run when a package is made (`prepack`) and a version is set (`npm version`), not at every build: between two releases README goes on to
// name the files of the version that is published.
import { readFileSync, writeFileSync } from "node:fs";
import { root } from "../lib.mjs";
import { manifestFields } from "./addresses.mjs";
import { renewed } from "./readme.mjs";

process.chdir(root);

/** Writes the file if it changes, so that a checkout in which nothing has changed stays clean. */
function write(file, text) {
  if (readFileSync(file, "utf8") === text) return;
  writeFileSync(file, text);
  console.log(`release: ${file} is renewed`);
}

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const entries = Object.entries(manifest).filter(([key]) => !["repository", "homepage", "bugs"].includes(key));
// Behind the licence, where npm's own order has them.
const at = entries.findIndex(([key]) => key === "license") + 1;
entries.splice(at, 0, ...Object.entries(manifestFields()));
write("package.json", `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
write("README.md", await renewed(readFileSync("README.md", "utf8")));
