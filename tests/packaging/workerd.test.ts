// Cloudflare Workers: bundled by wrangler, run in workerd. It compiles no WebAssembly but that which was deployed with the program.
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import { assertPrinted, assertQuiet, node, onThreads, project, RESULT, withNode, withTools } from "./support";

const rows = suite("packaging: workerd");
const it = withTools(rows);

const PROGRAM = `import { program, threaded } from "./program.mjs";`;
const answering = (body: string): string =>
  `export default { async fetch() { ${body.includes("return") ? body : `return Response.json(${body});`} } };`;
const BOTH = `[program(pf), await threaded(pf)]`;
const BOTH_EXPECTED = [RESULT, onThreads(1)];
const WASM = `import module from "pushforward/pushforward.wasm";`;
const ASYNC = `import * as pf from "pushforward/async"; ${PROGRAM}`;
const REFUSED = (use: string): string =>
  answering(
    `try { ${use}; return Response.json("used"); } catch ({ name, message }) { return Response.json([name, /pushforward\\/async/.test(message)]); }`,
  );

/** Workers, and what they answer. */
const workers: [name: string, text: string, expected: unknown, isMinified: boolean][] = [
  [
    "pushforward as it is, and its default export",
    `import * as pf from "pushforward"; import it from "pushforward"; ${PROGRAM} ${answering(`[it.tensor === pf.tensor, ${BOTH}]`)}`,
    [true, BOTH_EXPECTED], true,
  ],
  [
    "named imports, and one for tests",
    `import { functional, tensor } from "pushforward"; import { assertClose } from "pushforward/testing";
    const [, tangent] = functional.jvp((x) => x.mul(x), tensor([1, 2]), tensor([1, 1]));
    assertClose(tangent, tensor([2, 4]));
    ${answering("tangent.toArray()")}`,
    [2, 4], true,
  ],
  ["pushforward/async with the module", `${ASYNC} ${WASM} await pf.init({ module }); ${answering(BOTH)}`, BOTH_EXPECTED, true],
  ["pushforward/async, at the first request", `${ASYNC} ${WASM} ${answering(`await pf.init({ module }); return Response.json(${BOTH});`)}`, BOTH_EXPECTED, false],
  ["pushforward/async, synchronously", `${ASYNC} ${WASM} pf.initSync({ module }); ${answering(BOTH)}`, BOTH_EXPECTED, false],
  ["pushforward/async that is not initialised says so", `${ASYNC} ${REFUSED("pf.ones([2]).data()")}`, ["PushforwardError", true], false],
  ["the core inlined says what to do", `import * as pf from "./node_modules/pushforward/dist/pushforward.mjs"; ${REFUSED("pf.ones([2]).data()")}`, ["PushforwardError", true], false],
]; // prettier-ignore

/** Before 2025 there are no finalizers. */
const COMPATIBILITY_DATES = ["2023-01-01", "2026-01-01"];
const runner = fileURLToPath(new URL("./miniflare.mjs", import.meta.url));
for (const [name, text, expected, isMinified] of workers)
  it(isMinified ? `${name}, minified` : name, async () => {
    const { run } = project({
      "main.js": text,
      "wrangler.json": JSON.stringify({ name: "consumer", main: "main.js", compatibility_date: "2026-01-01" }),
    });
    const flags = ["--dry-run", "--outdir=out", ...(isMinified ? ["--minify"] : [])];
    const deploy = withNode("wrangler/bin/wrangler.js", "deploy", ...flags);
    assertQuiet(await run(deploy, { CI: "1", WRANGLER_SEND_METRICS: "false" }));
    for (const date of COMPATIBILITY_DATES) assertPrinted(await run([node(24), runner, "out", date]), expected);
  });

rows.run();
