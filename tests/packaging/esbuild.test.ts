// esbuild: for pages and for Node, in both module formats, minified.
import { suite } from "uvu";
import { apps, loading, PRINT_LOADED } from "./apps";
import { assertInNode, assertInPage, assertNothingLeft, type Bundler } from "./bundling";
import { tool, withTools, withToolsAndSite } from "./support";

const rows = suite("packaging: esbuild");
const it = withTools(rows);
const inBrowser = withToolsAndSite(rows);

const esbuild = (...flags: string[]): Bundler => ({
  command: [tool("@esbuild/linux-x64/bin/esbuild"), "--bundle", "--minify", "--outdir=out", ...flags],
});

const pages: [name: string, keyof typeof apps, flags: string[], type?: string][] = [
  ["ESM for a page", "page", ["main.js", "--format=esm"]],
  ["ESM for a page's classic script", "page", ["main.js", "--format=iife"], "text/javascript"],
  ["ESM for browsers of 2020", "page", ["main.js", "--format=iife", "--target=es2020"], "text/javascript"],
  ["ESM in pieces, with source maps", "page", ["main.js", "--format=esm", "--splitting", "--sourcemap"]],
  ["CommonJS for a page", "required", ["main.cjs", "--format=iife"], "text/javascript"],
  ["a worker", "worker", ["main.js", "worker.js", "--format=esm"]],
  ["the default export, and pushforward/testing", "parts", ["main.js", "--format=esm"]],
]; // prettier-ignore
for (const [name, app, flags, type] of pages)
  inBrowser(name, (site) => assertInPage(site, apps[app], esbuild(...flags), type));

/** esbuild publishes a file that is imported where its kind has the loader `file`; what `new URL` names it leaves alone. */
inBrowser("pushforward/async, with the file of the core copied beside the output", (site) =>
  assertInPage(site, apps.async, { ...esbuild("main.js", "--format=esm"), publishes: ["pushforward.wasm"] }),
);
inBrowser("pushforward/async in a worker", (site) =>
  assertInPage(site, apps.asyncWorker, {
    ...esbuild("main.js", "worker.js", "--format=esm"),
    publishes: ["pushforward.wasm"],
  }),
);
inBrowser("pushforward/async, with the address of the core imported", (site) =>
  assertInPage(
    site,
    loading(`import url from "pushforward/pushforward.wasm";`, "{ url: new URL(url, import.meta.url) }"),
    esbuild("main.js", "--format=esm", "--loader:.wasm=file"),
  ),
);
it("pushforward/async for Node, with the bytes of the core in the bundle", () =>
  assertInNode(
    loading(`import bytes from "pushforward/pushforward.wasm";`, "{ bytes }", PRINT_LOADED),
    esbuild("main.js", "--platform=node", "--format=esm", "--target=node20", "--loader:.wasm=binary"),
    "main.js",
  ));

const programs: [name: string, keyof typeof apps, entry: string, format: string, extension: string][] = [
  ["ESM for Node", "node", "main.js", "esm", "mjs"],
  ["ESM as CommonJS for Node", "node", "main.js", "cjs", "cjs"],
  ["CommonJS for Node", "nodeRequired", "main.cjs", "cjs", "cjs"],
];
for (const [name, app, entry, format, extension] of programs)
  it(name, () => {
    const flags = ["--platform=node", `--format=${format}`, `--out-extension:.js=.${extension}`];
    return assertInNode(apps[app], esbuild(entry, ...flags), `main.${extension}`);
  });

it("of an import that nothing uses nothing is left", () =>
  // It warns of such an import: that the package has no side effects.
  assertNothingLeft(esbuild("main.js", "--format=esm", "--log-override:ignored-bare-import=silent"), "main.js"));

rows.run();
