// webpack in production mode: for pages, workers and Node, with both module systems.
import { suite } from "uvu";
import { type App, apps, loading, loadingInCommonJS } from "./apps";
import { assertInNode, assertInPage, assertNothingLeft, type Bundler } from "./bundling";
import { withNode, withTools, withToolsAndSite } from "./support";

const rows = suite("packaging: webpack");
const it = withTools(rows);
const inBrowser = withToolsAndSite(rows);

const webpack = (config: object): Bundler => ({
  command: withNode("webpack-cli/bin/cli.js", "--mode=production"),
  files: {
    "webpack.config.cjs": `const path = require("node:path");
      const config = ${JSON.stringify({ entry: { main: "./main.js" }, ...config })};
      // Its hints are about a bundle's size, which is the same for every bundler.
      module.exports = { performance: false, ...config, output: { ...config.output, path: path.resolve("out") } };`,
  },
});

/** The rows that are about something else spare the minifier, which takes most of the time. */
const PLAIN = { optimization: { minimize: false } };
const ES_MODULE = { experiments: { outputModule: true }, output: { module: true, filename: "main.js" } };
const WASM_AS_FILE = { module: { rules: [{ resourceQuery: "?url", type: "asset/resource" }] } };

const pages: [name: string, app: App, config: object, type?: string][] = [
  ["ESM for a page", apps.page, {}, "text/javascript"],
  ["ESM for a page's module", apps.page, { ...PLAIN, ...ES_MODULE }],
  ["ESM with source maps", apps.page, { ...PLAIN, devtool: "source-map" }],
  ["CommonJS for a page", apps.required, { ...PLAIN, entry: { main: "./main.cjs" } }],
  ["a worker", apps.worker, {}],
  ["the default export, and pushforward/testing", apps.parts, PLAIN],
  ["pushforward/async", apps.async, {}, "text/javascript"],
  ["pushforward/async in a worker", apps.asyncWorker, PLAIN],
  ["pushforward/async, with the address of the core", loading("", `{ url: new URL("pushforward/pushforward.wasm", import.meta.url) }`), PLAIN],
  [
    "pushforward/async in CommonJS, which can't say where its files are, with the address of the core",
    loadingInCommonJS(`{ url: new URL(require("pushforward/dist/pushforward.wasm?url"), document.baseURI) }`),
    { ...PLAIN, ...WASM_AS_FILE, entry: { main: "./main.cjs" } },
  ],
]; // prettier-ignore
for (const [name, app, config, type] of pages)
  inBrowser(name, (site) => assertInPage(site, app, webpack(config), type));

const FOR_NODE = { target: "node", output: { filename: "main.cjs" } };
it("ESM for Node", () => assertInNode(apps.node, webpack(FOR_NODE), "main.cjs"));
it("ESM for Node's modules", () =>
  assertInNode(
    apps.node,
    webpack({ ...PLAIN, ...ES_MODULE, target: "node", output: { module: true, filename: "main.mjs" } }),
    "main.mjs",
  ));
it("CommonJS for Node", () =>
  assertInNode(apps.nodeRequired, webpack({ ...PLAIN, ...FOR_NODE, entry: "./main.cjs" }), "main.cjs"));
it("pushforward/async for Node", () => assertInNode(apps.asyncNode, webpack({ ...PLAIN, ...FOR_NODE }), "main.cjs"));

it("of an import that nothing uses nothing is left", () => assertNothingLeft(webpack({}), "main.js"));

rows.run();
