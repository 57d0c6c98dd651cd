// The layers of the host (scripts/layers.mjs): no import goes up, and none in a circle.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { layers, violations } from "../scripts/layers.mjs";

const test = suite("layers");
for (const [folder, order] of Object.entries(layers))
  test(folder, () => {
    assert.equal(violations(folder, order), []);
  });
test("an import that goes up, a file without a layer and a circle are told", () => {
  const upside = violations("host", [["errors.ts"], ["tensor/"]]);
  assert.ok(upside.includes("host/main.ts is in no layer"));
  assert.ok(upside.some((line) => /^host\/tensor\/\w+\.ts imports errors\.ts from a layer above$/.test(line)));
  const circular = violations("tests/layers", [[""]]);
  assert.equal(circular, ["tests/layers: a circle of a.ts, b.ts"]);
});
test.run();
