// rollup with the plug-ins that everybody adds: for pages and for Node, minified.
import { suite } from "uvu";
import { apps } from "./apps";
import { assertInNode, assertInPage, assertNothingLeft, type Bundler } from "./bundling";
import { withNode, withTools, withToolsAndSite } from "./support";

const rows = suite("packaging: rollup");
const it = withTools(rows);
const inBrowser = withToolsAndSite(rows);

const PLUGINS = ["node-resolve", "commonjs", "terser"];
/** Without `isMinified` it spares the minifier, which takes most of the time. */
const rollup = (resolving: string, isMinified: boolean, ...flags: string[]): Bundler => ({
  command: withNode(
    "rollup/dist/bin/rollup",
    "--config",
    "rollup.config.mjs",
    "--failAfterWarnings",
    "--dir=out",
    ...flags,
  ),
  files: {
    "rollup.config.mjs": `${PLUGINS.map((name, i) => `import plugin${i} from "@rollup/plugin-${name}";`).join("\n")}
      export default { plugins: [plugin0(${resolving}), plugin1(), ${isMinified} && plugin2()] };`,
  },
  links: PLUGINS.map((name) => `@rollup/plugin-${name}`),
});
const FOR_PAGES = "{ browser: true }";

const pages: [name: string, keyof typeof apps, isMinified: boolean, flags: string[], type?: string][] = [
  ["ESM for a page", "page", true, ["--input=main.js", "--format=es"]],
  ["ESM for a page's classic script", "page", false, ["--input=main.js", "--format=iife"], "text/javascript"],
  ["ESM with source maps", "page", false, ["--input=main.js", "--format=es", "--sourcemap"]],
  ["CommonJS for a page", "required", false, ["--input=main.cjs", "--format=es"]],
  ["a worker", "worker", false, ["--input=main.js", "--input=worker.js", "--format=es"]],
  ["the default export, and pushforward/testing", "parts", false, ["--input=main.js", "--format=es"]],
];
for (const [name, app, isMinified, flags, type] of pages)
  inBrowser(name, (site) => assertInPage(site, apps[app], rollup(FOR_PAGES, isMinified, ...flags), type));

inBrowser("pushforward/async, with the file of the core copied beside the output", (site) =>
  assertInPage(site, apps.async, {
    ...rollup(FOR_PAGES, true, "--input=main.js", "--format=es"),
    publishes: ["pushforward.wasm"],
  }),
);
it("pushforward/async for Node, with the file of the core copied beside the output", () =>
  assertInNode(
    apps.asyncNode,
    { ...rollup("", false, "--input=main.js", "--format=es"), publishes: ["pushforward.wasm"] },
    "main.js",
  ));

const programs: [name: string, keyof typeof apps, entry: string, format: string, extension: string][] = [
  ["ESM for Node", "node", "main.js", "es", "mjs"],
  ["ESM as CommonJS for Node", "node", "main.js", "cjs", "cjs"],
  ["CommonJS for Node", "nodeRequired", "main.cjs", "es", "mjs"],
];
for (const [name, app, entry, format, extension] of programs)
  it(name, () => {
    const flags = [`--input=${entry}`, `--format=${format}`, `--entryFileNames=main.${extension}`];
    return assertInNode(apps[app], rollup("", false, ...flags), `main.${extension}`);
  });

it("of an import that nothing uses nothing is left", () =>
  assertNothingLeft(rollup("", true, "--input=main.js", "--format=es"), "main.js"));

rows.run();
