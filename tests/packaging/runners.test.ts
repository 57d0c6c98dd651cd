// jest and vitest, in Node's environment and in jsdom, with the testers of pushforward/testing; and jsdom by itself.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assertPrinted, node, onThreads, project, RESULT, withNode, withTools } from "./support";

const rows = suite("packaging: test runners");
const it = withTools(rows);

/** Tests of a user: three pass and one fails, by what a tester says of it. `library` and `testing` are the modules, however they were got. */
const TESTS = `
expect.addEqualityTesters(testing.equalityTesters);
test("the program", () => { expect(program(library)).toEqual(${JSON.stringify(RESULT)}); });
test("threads", async () => { expect((await threaded(library)).sum).toBe(${onThreads(2).sum}); });
test("equal tensors", () => {
  expect(library.tensor([1, NaN])).toEqual(library.tensor([1, NaN]));
  expect({ w: library.ones([2]) }).toStrictEqual({ w: library.ones([2]) });
  expect(library.ones([2])).not.toEqual(library.zeros([2]));
  testing.assertClose(library.ones([2]), library.ones([2]).add(1e-8));
});
test("tensors that differ", () => { expect(library.tensor([1, 2])).toEqual(library.tensor([1, 3])); });
`;
const ESM = `import * as library from "pushforward"; import * as testing from "pushforward/testing"; import { program, threaded } from "./program.mjs"; ${TESTS}`;
/** program.mjs by itself, without its import, is what jest's CommonJS can't load. */
const CJS = (program: string): string =>
  `const library = require("pushforward"); const testing = require("pushforward/testing"); ${program.replaceAll("export ", "")} ${TESTS}`;

function assertThreeOfFour(output: string, status: number | null): void {
  assert.is(status, 1, output);
  assert.match(output, /Tests:? +1 failed.*3 passed/);
  assert.match(output, "tensor([1,3], dtype=float32)");
  assert.not.match(output, /did not exit|open handles|warn|hanging|close timed out/i);
}

const environments = ["node", "jsdom"] as const;
for (const environment of environments)
  for (const system of ["ESM", "CommonJS"] as const)
    it(`jest: ${system} in ${environment}`, async () => {
      const links = environment === "jsdom" ? ["jest-environment-jsdom"] : [];
      const file = system === "ESM" ? "main.test.mjs" : "main.test.cjs";
      const { folder, run, read, write } = project({}, { links });
      write(file, system === "ESM" ? ESM : CJS(read("program.mjs")));
      write(
        "jest.config.json",
        JSON.stringify({ testEnvironment: environment, testMatch: [`**/${file}`], transform: {} }),
      );
      const jest = withNode(
        "jest/bin/jest.js",
        "--ci",
        `--rootDir=${folder}`,
        "--config=jest.config.json",
        "--watchman=false",
      );
      const flags: Record<string, string> =
        system === "ESM" ? { NODE_OPTIONS: "--experimental-vm-modules --disable-warning=ExperimentalWarning" } : {};
      const { status, stdout, stderr } = await run(jest, flags);
      assertThreeOfFour(stdout + stderr, status);
    });

for (const environment of environments)
  for (const pool of ["forks", "threads", "vmThreads"] as const)
    it(`vitest: in ${environment}, in its pool ${pool}`, async () => {
      const { run } = project(
        { "main.test.js": `import { expect, test } from "vitest"; ${ESM}` },
        { links: ["vitest", ...(environment === "jsdom" ? ["jsdom"] : [])] },
      );
      const vitest = withNode("vitest/vitest.mjs", "run", `--environment=${environment}`, `--pool=${pool}`);
      const { status, stdout, stderr } = await run(vitest);
      assertThreeOfFour(stdout + stderr, status);
    });

it("jsdom: a page with the script tag, and one with the module in Node's globals", async () => {
  const { run } = project(
    {
      "main.mjs": `import { readFileSync } from "node:fs"; import { JSDOM } from "jsdom"; import { program } from "./program.mjs";
      const script = readFileSync("node_modules/pushforward/dist/pushforward.min.js", "utf8");
      const { window } = new JSDOM("<script>" + script + "</script>", { runScripts: "dangerously" });
      for (const name of ["window", "document", "self"]) globalThis[name] = window;
      const pf = await import("pushforward");
      console.log(JSON.stringify([program(window.pushforward), program(pf)]));`,
    },
    { links: ["jsdom"] },
  );
  assertPrinted(await run([node(24), "main.mjs"]), [RESULT, RESULT]);
});

rows.run();
