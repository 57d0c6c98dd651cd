// How TypeScript finds the declarations of each entry in the installed package, by each of its ways to resolve modules, in strict projects that
// check the declarations too.
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { node, project, tool, withTools } from "./support";

const rows = suite("packaging: types");
const it = withTools(rows);

const TSC = fileURLToPath(new URL("../../node_modules/typescript/lib/tsc.js", import.meta.url));
/** Of types that are not found `any` would be left: so one line has to be an error. */
const USES = `import pf, { functional, type Tensor } from "pushforward";
import { init, initSync, tensor } from "pushforward/async";
import { assertClose, equalityTesters } from "pushforward/testing";
const [output, tangent]: [Tensor, Tensor] = functional.jvp((x: Tensor) => x.exp().sum(1), pf.ones([2, 2]), pf.ones([2, 2]));
export const loaded: Promise<void> = init({ url: "pushforward.wasm" });
assertClose(output, tangent);
// @ts-expect-error: a shape is no text
pf.ones("2");
// @ts-expect-error: nor is a container of options
tensor([1], "float32");
// @ts-expect-error: one of module and bytes
initSync({ url: "pushforward.wasm" });
export { equalityTesters };
`;
const resolutions: [name: string, file: string, ...flags: string[]][] = [
  ["node16, ESM", "main.mts", "--module", "node16"],
  ["node16, CommonJS", "main.cts", "--module", "node16"],
  ["nodenext, CommonJS", "main.cts", "--module", "nodenext"],
  ["bundler", "main.ts", "--module", "esnext", "--moduleResolution", "bundler"],
  ["bundler, for workerd", "main.ts", "--module", "esnext", "--moduleResolution", "bundler", "--customConditions", "workerd"],
  ["node10", "main.ts", "--module", "commonjs", "--moduleResolution", "node10", "--ignoreDeprecations", "6.0", "--esModuleInterop"],
]; // prettier-ignore
for (const [name, file, ...flags] of resolutions)
  it(name, async () => {
    const { run } = project({ [file]: USES });
    const strict = ["--noEmit", "--strict", "--target", "es2022"];
    const { status, stdout } = await run([node(24), TSC, ...strict, ...flags, file]);
    assert.is(stdout, "");
    assert.is(status, 0);
  });

it("Deno", async () => {
  const { run } = project({
    "package.json": JSON.stringify({ type: "module", dependencies: { pushforward: "*" } }),
    "main.ts": USES,
  });
  const { status, stderr } = await run([tool("@deno/linux-x64-glibc/deno"), "check", "--quiet", "main.ts"]);
  assert.is(stderr, "");
  assert.is(status, 0);
});

rows.run();
