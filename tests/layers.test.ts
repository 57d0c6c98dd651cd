// The layers of the host (scripts/layers.mjs): no import goes up, and none in a circle.
import { readdirSync, readFileSync } from "node:fs";
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
/** What needs no code: the compiler writes it where it is used, or into the module's data. */
const AT_COMPILE_TIME = /^(memory\.data|changetype|offsetof|f64x2\.splat)$/;
test("kernels compute no constants when the core starts, which it does in the main thread alone", () => {
  const files = readdirSync("assembly/kernels", { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const computed = files.flatMap((file) =>
    [
      ...readFileSync(`assembly/kernels/${file}`, "utf8").matchAll(
        /^(?:export )?(?:const|let) \w+(?:: [^=]+)? = (.*)/gm,
      ),
    ].flatMap(([line, value]) =>
      [...value!.matchAll(/([\w.]+)(?:<[^()]*>)?\(/g)].every(([, name]) => AT_COMPILE_TIME.test(name!))
        ? []
        : [`${file}: ${line}`],
    ),
  );
  assert.ok(files.length > 50);
  assert.equal(computed, []);
});
test.run();
