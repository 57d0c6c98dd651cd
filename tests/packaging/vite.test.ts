// Vite, of today (which bundles with rolldown) and of 2024 (rollup): builds for pages, the development server, and rendering on a server.
import { spawn } from "node:child_process";
import { suite } from "uvu";
import { type App, apps, loading } from "./apps";
import { assertInNode, assertInPage, assertNothingLeft, type Bundler } from "./bundling";
import { assertAddress, ISOLATED, page } from "./serve";
import { project, withNode, withTools, withToolsAndSite } from "./support";

const rows = suite("packaging: Vite");
const it = withTools(rows);
const inBrowser = withToolsAndSite(rows);

type Version = "vite" | "vite6";
const NEWEST: readonly Version[] = ["vite"];
const ALL: readonly Version[] = ["vite", "vite6"];

const vite = (version: Version, config: object, ...args: string[]): Bundler => ({
  command: withNode(`${version}/bin/vite.js`, "build", "--outDir=out", "--logLevel=warn", ...args),
  files: configured(config),
});
const configured = (config: object): Record<string, string> => ({
  // A page that can lie in any folder. What Vite says of a bundle's size is the same for every library of this size.
  "vite.config.js": `export default ${JSON.stringify({ base: "./", ...config, build: { chunkSizeWarningLimit: 2000 } })};`,
  "index.html": page("./main.js"),
});

const ADDRESSED = loading(
  `import url from "pushforward/pushforward.wasm?url";`,
  "{ url: new URL(url, import.meta.url) }",
);
const MODULE_WORKERS = { worker: { format: "es" } };
const pages: [name: string, app: App, versions: readonly Version[], config?: object, ...args: string[]][] = [
  ["a page", apps.page, ALL],
  ["a page with source maps", apps.page, NEWEST, {}, "--sourcemap"],
  ["a worker as Vite makes it unless told", apps.worker, ALL],
  ["a module worker", apps.worker, NEWEST, MODULE_WORKERS],
  ["the default export, and pushforward/testing", apps.parts, NEWEST],
  ["pushforward/async", apps.async, ALL],
  ["pushforward/async in a worker", apps.asyncWorker, ALL, MODULE_WORKERS],
  ["pushforward/async, with the address of the core", ADDRESSED, NEWEST],
];
for (const [name, app, versions, config = {}, ...args] of pages)
  for (const version of versions)
    inBrowser(`${version}: ${name}`, (site) => assertInPage(site, app, vite(version, config, ...args)));

const WHOLE = { ssr: { noExternal: true } };
const rendered: [name: string, app: App, config: object, publishes?: string[]][] = [
  ["rendering on a server", apps.node, {}],
  ["rendering on a server, with the library in the bundle", apps.node, WHOLE],
  ["pushforward/async on a server", apps.asyncNode, {}],
  // For a server Vite publishes no files.
  [
    "pushforward/async on a server, with the library in the bundle, the file of the core beside it",
    apps.asyncNode,
    WHOLE,
    ["pushforward.wasm"],
  ],
];
for (const [name, app, config, publishes] of rendered)
  it(name, () => assertInNode(app, { ...vite("vite", config, "--ssr=main.js"), publishes }, "main.js"));

it("of an import that nothing uses nothing is left", () =>
  // Where packages are left out of the bundle, imports of them are left in it.
  assertNothingLeft(vite("vite", WHOLE, "--ssr=main.js"), "main.js"));

/** Starts the development server, which serves the sources as they are and packages bundled for the page, and opens its page. */
async function assertDeveloped(site: Parameters<typeof assertAddress>[0], version: Version, app: App, config: object) {
  const { folder } = project({ ...configured({ server: { headers: ISOLATED }, ...config }), ...app.files });
  const [file, ...args] = withNode(`${version}/bin/vite.js`, "--host=127.0.0.1", "--port=0");
  const server = spawn(file, args, { cwd: folder, env: { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1" } });
  try {
    let said = "";
    const address = await new Promise<string>((resolve, reject) => {
      const hear = (chunk: unknown): void => {
        said += String(chunk);
        const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(said);
        if (found) resolve(found[0]);
      };
      server.stdout.on("data", hear);
      server.stderr.on("data", hear);
      server.on("exit", () => reject(new Error(said)));
    });
    await assertAddress(site, address, app.expected);
  } finally {
    server.kill();
  }
}
const NOT_BUNDLED = { optimizeDeps: { exclude: ["pushforward"] } };
const developed: [name: string, app: App, versions: readonly Version[], config?: object][] = [
  ["a page", apps.page, ALL],
  ["a worker", apps.worker, NEWEST],
  ["a page, with the package not bundled beforehand", apps.page, NEWEST, NOT_BUNDLED],
  // Until version 7 bundling packages beforehand loses the files that they name; then one of the other two is needed.
  ["pushforward/async", apps.async, NEWEST],
  ["pushforward/async, with the package not bundled beforehand", apps.async, ALL, NOT_BUNDLED],
  ["pushforward/async, with the address of the core", ADDRESSED, ALL],
];
for (const [name, app, versions, config = {}] of developed)
  for (const version of versions)
    inBrowser(`${version}, the development server: ${name}`, (site) => assertDeveloped(site, version, app, config));

rows.run();
