// The same sources give the same bytes, wherever they are built. This makes one file again; `npm run release:reproduce` makes all of them.
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("../../", import.meta.url));

test("the script tag's file, bundled in another folder, is the same", () => {
  const args = ["scripts/release/reproduce.mjs", "--script-tag"];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  assert.is(stderr, "");
  assert.is(stdout, "reproduce: pushforward.min.js the same, byte by byte\n");
});
test("no published file has a path of the machine that built it", () => {
  const holds = readdirSync(`${root}dist`).filter((file) => readFileSync(`${root}dist/${file}`).includes(root));
  assert.equal(holds, []);
});

test.run();
