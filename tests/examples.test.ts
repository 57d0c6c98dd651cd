// Every program in examples/ runs to its end; each checks its own numbers and exits with an error when they are off.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("../", import.meta.url));

for (const name of readdirSync(`${root}examples`).filter((file) => file.endsWith(".mjs"))) {
  test(name, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [`examples/${name}`], {
      cwd: root,
      encoding: "utf8",
    });
    assert.is(stderr, "");
    assert.is(status, 0, stdout);
  });
}

test.run();
