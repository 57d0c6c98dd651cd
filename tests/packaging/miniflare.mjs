// Runs what wrangler has bundled in workerd, the engine of Cloudflare Workers, and prints what the worker answers: node miniflare.mjs <folder> <compatibility date>
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";

const [folder, compatibilityDate] = process.argv.slice(2);
const modules = readdirSync(folder)
  .filter((name) => /\.(js|wasm)$/.test(name))
  .map((name) => {
    const [type, contents] = name.endsWith(".wasm")
      ? ["CompiledWasm"]
      : ["ESModule", readFileSync(join(folder, name), "utf8")];
    return { type, path: name, contents: contents ?? readFileSync(join(folder, name)) };
  })
  // The first one is the worker.
  .sort((a, b) => Number(b.path === "main.js") - Number(a.path === "main.js"));
// `cf: false`: nothing is asked of Cloudflare.
const miniflare = new Miniflare(convertV4MiniflareOptions({ modules, compatibilityDate, cf: false }));
try {
  const response = await miniflare.dispatchFetch("http://localhost/");
  process.stdout.write(await response.text());
} finally {
  await miniflare.dispose();
}
