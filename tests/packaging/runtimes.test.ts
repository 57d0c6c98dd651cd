// Bun and Deno: programs in both module systems, workers, Bun's bundler, and what each has for tests.
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { apps } from "./apps";
import { assertInPage } from "./bundling";
import { assertPrinted, node, onThreads, project, RESULT, tool, withTools, withToolsAndSite } from "./support";

const rows = suite("packaging: Bun and Deno");
const it = withTools(rows);
const inBrowser = withToolsAndSite(rows);

const BUN = tool("@oven/bun-linux-x64/bin/bun");
const DENO = tool("@deno/linux-x64-glibc/deno");
/** Deno without a single permission: no question is asked, as nobody would answer it. */
const runtimes = { Bun: [BUN, "run"], Deno: [DENO, "run", "--no-prompt", "--cached-only", "--quiet"] };
/** What files Deno finds only while the program runs, as those of require and of workers, it reads where that is allowed. */
const permissions = { Bun: [], Deno: ["--allow-read=."] };

const PRINT = `const print = (value) => console.log(JSON.stringify(value));`;
const ON_WORKER = `${PRINT}
const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
worker.onmessage = ({ data }) => { print(data); worker.terminate(); };`;
/** A project as their users have it: its package.json names the package. */
const DEPENDENT = { "package.json": JSON.stringify({ type: "module", dependencies: { pushforward: "*" } }) };

for (const name of ["Bun", "Deno"] as const) {
  const runs =
    (file: string, files: Record<string, string>, expected: unknown, flags: string[] = []) =>
    async () => {
      const { run } = project({ ...DEPENDENT, ...files });
      assertPrinted(await run([...runtimes[name], ...flags, file]), expected);
    };
  const both = [RESULT, onThreads(2)];
  it(`${name}: ESM`, runs("main.js", apps.node.files, both));
  it(`${name}: CommonJS`, runs("main.cjs", apps.nodeRequired.files, both, permissions[name]));
  it(
    `${name}: TypeScript, the default export, and pushforward/testing`,
    runs(
      "main.ts",
      {
        "main.ts": `${PRINT} import pf, { type Tensor } from "pushforward"; import { assertClose } from "pushforward/testing";
          const x: Tensor = pf.ones([2]); assertClose(x, pf.ones([2]));
          try { assertClose(x, pf.zeros([2])); } catch (error) { print((error as Error).name); }`,
      },
      "AssertionError",
    ),
  );
  it(
    `${name}: a worker`,
    runs("main.js", { "main.js": ON_WORKER, "worker.js": apps.worker.files["worker.js"] }, both, permissions[name]),
  );
  it(`${name}: its own tests`, async () => {
    const from = name === "Bun" ? `import { test } from "bun:test";` : `const { test } = Deno;`;
    const { run } = project({
      ...DEPENDENT,
      "main.test.js": `${from} import * as pf from "pushforward"; import { assertClose } from "pushforward/testing";
          test("jvp", () => assertClose(pf.functional.jvp((x) => x.mul(x), pf.ones([2]), pf.ones([2]))[1], pf.full([2], 2)));
          test("what differs", () => assertClose(pf.ones([2]), pf.zeros([2])));`,
    });
    const { status, stdout, stderr } = await run([name === "Bun" ? BUN : DENO, "test"]);
    const output = (stdout + stderr).replace(/\x1b\[\d*m/g, ""); // eslint-disable-line no-control-regex
    assert.is(status, 1, output);
    assert.match(output, name === "Bun" ? / 1 pass\n 1 fail/ : /1 passed \| 1 failed/);
    assert.match(output, "AssertionError");
  });
}

const bun = (...flags: string[]) => [BUN, "build", "--minify", "--outdir=out", ...flags];
for (const [target, command] of [
  ["node", [node(24)]],
  ["bun", [BUN]],
] as const)
  it(`Bun's bundler for ${target}`, async () => {
    const { files, expected } = apps.node;
    const { run } = project(files);
    const { status, stderr } = await run(bun("main.js", `--target=${target}`));
    assert.is(stderr, "");
    assert.is(status, 0);
    assertPrinted(await run([...command, join("out", "main.js")]), expected);
  });
for (const [name, app, ...entries] of [
  ["a page", "page", "main.js"],
  ["CommonJS for a page", "required", "main.cjs"],
  ["a worker", "worker", "main.js", "worker.js"],
] as const)
  inBrowser(`Bun's bundler for ${name}`, (site) =>
    assertInPage(site, apps[app], { command: bun(...entries, "--target=browser") }),
  );

rows.run();
