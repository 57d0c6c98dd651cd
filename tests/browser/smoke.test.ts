// The published files wherever a page can load them, under every policy that a server may send, in both browsers: what is computed is what
// Node computes, there are threads where the page may have them, and where it may not have WebAssembly, one error says so.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as pf from "pushforward";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type BrowserName, browserNames } from "./browsers";
import { type Found, frame, pages, type Place, program, type Refused, sandbox, serviceWorkers, sharedWorkers, use, workers } from "./smoke.places";
import { type Site, withSite } from "./support";

const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
const CREDENTIALLESS = { ...ISOLATED, "cross-origin-embedder-policy": "credentialless" };
const csp = (policy: string, others = {}) => ({ "content-security-policy": policy, ...others });
const WORKER_URL = "/dist/pushforward.worker.js";

/** What is found in a place. */
type Expected = { isolated: boolean; threads: number } | { error: RegExp } | { refused: RegExp };
interface Row {
  place: Place;
  policy: string;
  headers?: Record<string, string>;
  configuration?: object;
  expected: Expected;
  only?: BrowserName;
  at?: "file:";
}
const alone = { isolated: false, threads: 1 };
const together = { isolated: true, threads: 3 };
const isolatedAlone = { isolated: true, threads: 1 };
const noWasm = { error: /'wasm-unsafe-eval'/ };

const rowsOf = (places: readonly Place[], policies: [policy: string, headers: Record<string, string>, expected: Expected, configuration?: object][]): Row[] =>
  places.flatMap((place) => policies.map(([policy, headers, expected, configuration]) => ({ place, policy, headers, expected, configuration })));

const NONCE = "script-src 'nonce-n0nce' 'wasm-unsafe-eval'";
const rows: Row[] = [
  ...rowsOf(pages, [
    ["no policy", {}, alone],
    ["COOP and COEP", ISOLATED, together],
    ["a COEP that is credentialless", CREDENTIALLESS, together],
    ["script-src 'self' 'wasm-unsafe-eval'", csp("script-src 'self' 'wasm-unsafe-eval'"), alone],
    ["script-src 'self'", csp("script-src 'self'"), noWasm],
    ["default-src 'none' with a nonce", csp(`default-src 'none'; ${NONCE}`), alone],
    ["Trusted Types", csp("require-trusted-types-for 'script'"), alone],
    ["isolated, worker-src 'none'", csp("worker-src 'none'", ISOLATED), isolatedAlone],
    ["isolated, worker-src 'self'", csp("worker-src 'self'", ISOLATED), isolatedAlone],
    ["isolated, worker-src 'self' with workerUrl", csp("worker-src 'self'", ISOLATED), together, { workerUrl: WORKER_URL }],
    ["isolated, script-src 'self' 'wasm-unsafe-eval' with workerUrl", csp("script-src 'self' 'wasm-unsafe-eval'", ISOLATED), together, { workerUrl: WORKER_URL }],
    ["isolated, worker-src blob:", csp("script-src 'self' 'wasm-unsafe-eval'; worker-src blob:", ISOLATED), together],
    ["isolated, Trusted Types", csp("require-trusted-types-for 'script'", ISOLATED), isolatedAlone],
  ]),
  ...rowsOf(workers, [
    ["no policy", {}, alone],
    ["COOP and COEP", ISOLATED, together],
    ["script-src 'self' 'wasm-unsafe-eval'", csp("script-src 'self' 'wasm-unsafe-eval'"), alone],
    ["script-src 'self'", csp("script-src 'self'"), noWasm],
    ["isolated, worker-src 'self' with workerUrl", csp("worker-src 'self'", ISOLATED), together, { workerUrl: WORKER_URL }],
  ]),
  ...rowsOf([...sharedWorkers, ...serviceWorkers], [
    ["no policy", {}, alone],
    ["COOP and COEP", ISOLATED, together],
    ["script-src 'self'", csp("script-src 'self'"), noWasm],
  ]),
  ...rowsOf([frame, sandbox], [
    ["no policy", {}, alone],
    ["COOP and COEP", ISOLATED, together],
    ["script-src 'self'", csp("script-src 'self'"), noWasm],
  ]),
  ...pages.slice(0, 2).map((place) => ({ place, policy: "file:", at: "file:" as const, expected: alone })),
];

let made = 0;
const HEAD = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">';
const dist = fileURLToPath(new URL("../../dist/", import.meta.url));

async function find(site: Site, { place, headers = {}, configuration = {}, at }: Row): Promise<unknown> {
  const base = at === "file:" ? pathToFileURL(dist).href : "/dist/";
  const files = Object.entries({ "use.js": use(configuration), ...place.files(base) }).map(([name, body]) => [
    name,
    name.endsWith(".html") ? HEAD + body.replaceAll("<script ", '<script nonce="n0nce" ') : body,
  ]);
  let folder = `/smoke-${made++}/`;
  const dir = at === "file:" ? mkdtempSync(join(tmpdir(), "pushforward-")) : undefined;
  try {
    for (const [name, body] of files) {
      if (dir) writeFileSync(join(dir, name), body);
      else site.server.put(folder + name, body, headers);
    }
    const { page, problems } = await site.visit(dir ? pathToFileURL(join(dir, "index.html")).href : site.server.origin + folder + "index.html");
    try {
      return [await page.evaluate(async () => {
        try { return await (globalThis as { result?: unknown }).result; } catch (error) { return { refused: String(error) }; }
      }), problems];
    } finally {
      await page.close();
    }
  } finally {
    if (dir) rmSync(dir, { recursive: true });
  }
}
const only = process.argv[2];
for (const browser of browserNames) {
  const it = suite(`smoke in ${browser}`);
  const inBrowser = withSite(it, browser);
  for (const row of rows) {
    const n = `${browser} | ${row.place.name} | ${row.policy}`;
    if (only && !n.includes(only)) continue;
    inBrowser(n, async (site) => {
      const f: any = await find(site, row).catch((e) => String(e));
      let t: any = f;
      if (Array.isArray(f)) { const r = f[0]; t = [r?.error ?? r?.refused ?? r?.threads, r?.isolated, r?.sum, r?.text?.length, ...f[1]]; }
      const e: any = row.expected;
      const ok = Array.isArray(f) && f[0] && (e.error ? e.error.test(f[0].error?.message) : f[0].isolated === e.isolated && f[0].threads === e.threads);
      console.log(ok ? "ok " : "BAD", n, "=>", JSON.stringify(t));
    });
  }
  it.run();
}
