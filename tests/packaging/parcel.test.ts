// Parcel in its default configuration: pages, workers and Node.
import { suite } from "uvu";
import { apps } from "./apps";
import { assertInNode, assertInPage, assertNothingLeft, type Bundler } from "./bundling";
import { page } from "./serve";
import { withNode, withTools, withToolsAndSite } from "./support";

const rows = suite("packaging: Parcel");
const it = withTools(rows);
const inBrowser = withToolsAndSite(rows);

const parcel = (entry: string, ...flags: string[]): Bundler => ({
  command: withNode(
    "parcel/lib/bin.js",
    ...["build", entry, "--dist-dir=out", "--public-url=./", "--no-cache", "--no-autoinstall", "--log-level=warn"],
    ...flags,
  ),
});
/** Parcel reads a package's `exports` only when told; without, it finds what `module` and `main` name. */
const WITH_EXPORTS = { "@parcel/resolver-default": { packageExports: true } };
const forPages = (script: string): Bundler => {
  const bundler = parcel("index.html");
  return { ...bundler, files: { "index.html": page(script) } };
};
/** A target of that name in package.json: what Parcel makes for Node. */
const forNode = (entry: string, outputFormat: string, settings = {}): Bundler => ({
  ...parcel(entry, "--target=main"),
  files: {
    "package.json": JSON.stringify({
      ...settings,
      type: outputFormat === "esmodule" ? "module" : "commonjs",
      main: "out/main.js",
      targets: { main: { context: "node", outputFormat, includeNodeModules: true, optimize: true } },
      engines: { node: ">=20" },
    }),
  },
});

const pages: [name: string, keyof typeof apps, script: string][] = [
  ["ESM for a page", "page", "main.js"],
  ["CommonJS for a page", "required", "main.cjs"],
  ["a worker", "worker", "main.js"],
];
for (const [name, app, script] of pages) inBrowser(name, (site) => assertInPage(site, apps[app], forPages(script)));
for (const [name, app] of [
  ["the default export, and pushforward/testing", apps.parts],
  ["pushforward/async", apps.async],
  ["pushforward/async in a worker", apps.asyncWorker],
] as const)
  inBrowser(name, (site) => {
    const { files, command } = forPages("main.js");
    const settings = { ...WITH_EXPORTS, type: "module" };
    return assertInPage(site, app, { command, files: { ...files, "package.json": JSON.stringify(settings) } });
  });

it("ESM for Node", () => assertInNode(apps.node, forNode("main.js", "esmodule"), "main.js"));
it("ESM as CommonJS for Node", () => assertInNode(apps.node, forNode("main.js", "commonjs"), "main.js"));
it("CommonJS for Node", () => assertInNode(apps.nodeRequired, forNode("main.cjs", "commonjs"), "main.js"));

it("of an import that nothing uses nothing is left", () =>
  assertNothingLeft(forNode("main.js", "esmodule", WITH_EXPORTS), "main.js"));

rows.run();
