// webpack in production mode: for pages, workers and Node, with both module systems.
import { suite } from "uvu";
import { apps } from "./apps";
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

const pages: [name: string, keyof typeof apps, config: object, type?: string][] = [
  ["ESM for a page", "page", {}, "text/javascript"],
  ["ESM for a page's module", "page", { experiments: { outputModule: true }, output: { module: true, filename: "main.js" } }],
  ["ESM with source maps", "page", { devtool: "source-map" }],
  ["CommonJS for a page", "required", { entry: { main: "./main.cjs" } }],
  ["a worker", "worker", {}],
  ["the default export, and pushforward/testing", "parts", {}],
]; // prettier-ignore
for (const [name, app, config, type] of pages)
  inBrowser(name, (site) => assertInPage(site, apps[app], webpack(config), type));

const programs: [name: string, keyof typeof apps, config: object, output: string][] = [
  ["ESM for Node", "node", { target: "node", output: { filename: "main.cjs" } }, "main.cjs"],
  [
    "ESM for Node's modules",
    "node",
    { target: "node", experiments: { outputModule: true }, output: { module: true, filename: "main.mjs" } },
    "main.mjs",
  ],
  ["CommonJS for Node", "nodeRequired", { target: "node", entry: "./main.cjs", output: { filename: "main.cjs" } }, "main.cjs"],
]; // prettier-ignore
for (const [name, app, config, output] of programs) it(name, () => assertInNode(apps[app], webpack(config), output));

it("of an import that nothing uses nothing is left", () => assertNothingLeft(webpack({}), "main.js"));

rows.run();
