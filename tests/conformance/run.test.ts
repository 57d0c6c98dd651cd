// Every op in held.txt agrees with PyTorch's own samples of it (forward, jvp, vjp, hvp), as it did when it was written
// down, and so does every combination of options. `npm run conformance -- --update` writes the list anew.
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { hold } from "./hold";
import { samples } from "./samples";

const held = readFileSync(new URL("held.txt", import.meta.url), "utf8")
  .split("\n")
  .filter(Boolean);
const missing = new Set(held);

for (const op of samples()) {
  const name = `${op.suite} ${op.op}`;
  if (!missing.delete(name)) continue;
  test(name, () => {
    assert.ok(op.cases.length > 0, "no cases");
    const row = hold(pf, op);
    assert.is(row.full, row.cases, row.why[0]);
  });
}
test("every op that is held has samples", () => assert.equal([...missing], []));

test.run();
