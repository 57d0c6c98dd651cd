// Vite, of today (which bundles with rolldown) and of 2024 (rollup): builds for pages, the development server, and rendering on a server.
import { spawn } from "node:child_process";
import { suite } from "uvu";
import { type App, apps } from "./apps";
import { assertInNode, assertInPage, assertNothingLeft, type Bundler } from "./bundling";
import { assertAddress, ISOLATED, page } from "./serve";
import { project, withNode, withTools, withToolsAndSite } from "./support";

const rows = suite("packaging: Vite");
const it = withTools(rows);
const inBrowser = withToolsAndSite(rows);

type Version = "vite" | "vite6";
const VERSIONS: readonly Version[] = ["vite", "vite6"];

const vite = (version: Version, config: object, ...args: string[]): Bundler => ({
  command: withNode(`${version}/bin/vite.js`, "build", "--outDir=out", "--logLevel=warn", ...args),
  files: configured(config),
});
const configured = (config: object): Record<string, string> => ({
  // A page that can lie in any folder. What Vite says of a bundle's size is the same for every library of this size.
  "vite.config.js": `export default ${JSON.stringify({ base: "./", ...config, build: { chunkSizeWarningLimit: 2000 } })};`,
  "index.html": page("./main.js"),
});

const pages: [name: string, keyof typeof apps, config: object, ...args: string[]][] = [
  ["a page", "page", {}],
  ["a page with source maps", "page", {}, "--sourcemap"],
  ["a worker", "worker", { worker: { format: "es" } }],
  ["a worker as Vite makes it unless told", "worker", {}],
  ["the default export, and pushforward/testing", "parts", {}],
];
for (const version of VERSIONS) {
  for (const [name, app, config, ...args] of pages)
    inBrowser(`${version}: ${name}`, (site) => assertInPage(site, apps[app], vite(version, config, ...args)));
  it(`${version}: rendering on a server`, () => assertInNode(apps.node, vite(version, {}, "--ssr=main.js"), "main.js"));
  it(`${version}: rendering on a server, with the library in the bundle`, () =>
    assertInNode(apps.node, vite(version, { ssr: { noExternal: true } }, "--ssr=main.js"), "main.js"));
  it(`${version}: of an import that nothing uses nothing is left`, () =>
    assertNothingLeft(vite(version, {}, "--ssr=main.js"), "main.js"));
}

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
const developed: [name: string, keyof typeof apps, config: object][] = [
  ["a page", "page", {}],
  ["a page, with the package not bundled beforehand", "page", { optimizeDeps: { exclude: ["pushforward"] } }],
  ["a worker", "worker", {}],
];
for (const version of VERSIONS)
  for (const [name, app, config] of developed)
    inBrowser(`${version}: the development server: ${name}`, (site) =>
      assertDeveloped(site, version, apps[app], config),
    );

rows.run();
