// Every op in held.txt agrees with PyTorch's own samples of it (forward, jvp, vjp, hvp), as it did when it was written
// down. `npm run conformance -- --update` writes the list anew.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

interface Row {
  op: string;
  cases: number;
  /** Cases that hold in every kind of derivative. */
  full: number;
  why: string[];
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const dir = resolve(root, process.env.CONFORMANCE_DIR ?? "../shared/conformance");
const held = readFileSync(join(root, "tests/conformance/held.txt"), "utf8").split("\n").filter(Boolean);

function runAll(): Map<string, Row> {
  const temporary = mkdtempSync(join(tmpdir(), "pushforward-"));
  const json = join(temporary, "report.json");
  try {
    const { stderr } = spawnSync(
      process.execPath,
      [join(dir, "run.mjs"), "--lib", join(root, "dist/pushforward.mjs"), "--json", json, "--quiet"],
      { encoding: "utf8" },
    );
    assert.ok(existsSync(json), `run.mjs wrote no report: ${stderr}`);
    const { report } = JSON.parse(readFileSync(json, "utf8")) as { report: Row[] };
    return new Map(report.map((row) => [row.op, row]));
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

if (existsSync(join(dir, "run.mjs")) || process.env.PUSHFORWARD_NO_SKIP === "1") {
  let report: Map<string, Row>;
  test("the report is complete", () => {
    report = runAll();
    assert.ok(report.size >= held.length);
  });
  for (const op of held) {
    test(op, () => {
      const row = report.get(op);
      assert.ok(row, "not in the report");
      assert.is(row.full, row.cases, row.why[0]);
    });
  }
} else {
  console.log(`skipped: ${held.length} ops: no conformance samples at ${dir} (set CONFORMANCE_DIR)`);
  for (const op of held) test.skip(op);
}

test.run();
