// The check for dead code (knip.config.js) reads AssemblyScript: what decorated functions use is alive, and they can be dead.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("../", import.meta.url));
const files = {
  "package.json": '{ "main": "tests/assembly/index.ts" }',
  "tests/assembly/index.ts": 'import * as used from "./used";\n@lazy const x: i32 = 1;\n@inline\nfunction f(): i32 {\n  return used.inlined(x);\n}\nf();\n',
  "tests/assembly/used.ts": "@unsafe @external(\n  'a',\n  'b',\n)\ndeclare function read(x: i32): i32;\n// @ts-ignore: decorator\n@inline\nexport function inlined(x: i32): i32 {\n  return read(x);\n}\n@inline\nexport function dead(): void {}\n",
}; // prettier-ignore

test("of two decorated functions, the one that another uses is alive", () => {
  const project = mkdtempSync(join(tmpdir(), "pushforward-knip-"));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(project, dirname(file)), { recursive: true });
      writeFileSync(join(project, file), text);
    }
    const flags = ["--config", join(root, "knip.config.js"), "--no-config-hints", "--reporter", "json"];
    const { stdout, stderr } = spawnSync(process.execPath, [join(root, "node_modules/knip/bin/knip.js"), ...flags], {
      cwd: project,
      encoding: "utf8",
    });
    assert.ok(stdout, stderr);
    const { issues } = JSON.parse(stdout) as { issues: { file: string; exports: { name: string; line: number }[] }[] };
    assert.equal(
      issues.flatMap(({ file, exports }) => exports.map(({ name, line }) => `${file}:${line} ${name}`)),
      ["tests/assembly/used.ts:12 dead"],
    );
  } finally {
    rmSync(project, { recursive: true });
  }
});

test.run();
