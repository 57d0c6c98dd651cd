// `npm run conformance`: holds dist/ against PyTorch's own samples (../shared/conformance, or CONFORMANCE_DIR) and prints
// per op what holds. With --update it writes down the ops that hold in every case, which the tests then keep.
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { root, run } from "./lib.mjs";

process.chdir(root);
const HELD = "tests/conformance/held.txt";
const dir = resolve(process.env.CONFORMANCE_DIR ?? "../shared/conformance");
const json = join(tmpdir(), `conformance-${process.pid}.json`);
const extra = process.argv.slice(2).filter((argument) => argument !== "--update");
// The exit code says whether all ops hold, which is not asked here.
await run([join(dir, "run.mjs"), "--lib", "dist/pushforward.mjs", "--json", json, ...extra], { live: true });
if (process.argv.includes("--update")) {
  const { report } = JSON.parse(readFileSync(json, "utf8"));
  const held = report.filter(({ full, cases }) => full === cases).map(({ op }) => op);
  writeFileSync(HELD, `${held.join("\n")}\n`);
  console.log(`${held.length} ops written to ${HELD}`);
}
