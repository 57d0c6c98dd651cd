// A built folder as a site serves it, and what its page comes to.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { extname, join } from "node:path";
import * as assert from "uvu/assert";
import { type Site } from "../browser/support";

const TYPES: Record<string, string> = {
  ".cjs": "text/javascript",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};
/** With these a page may have threads. */
export const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
/** Many a site lies in a folder of its host, so that no address from the host's root is right. */
const BASE = "/some/folder/";

/** The page at which a bundle is run. */
export const page = (script: string, type = "module"): string =>
  `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="${type}" src="${script}"></script>`;

/**
 * Opens `folder`'s index.html in the browser, waits for what its scripts leave in `globalThis.result`, and compares it; an error or a warning
 * on the console fails.
 */
export async function assertPage(site: Site, folder: string, expected: unknown, headers = {}): Promise<void> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const path = pathname.startsWith(BASE) ? pathname.slice(BASE.length) || "index.html" : "none";
    readFile(join(folder, path)).then(
      (body) => {
        const type = TYPES[extname(path)] ?? "application/octet-stream";
        response.writeHead(200, { "content-type": type, ...headers }).end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  try {
    await assertAddress(site, `http://127.0.0.1:${(server.address() as AddressInfo).port}${BASE}`, expected);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** The same of an address. */
export async function assertAddress(site: Site, address: string, expected: unknown): Promise<void> {
  const { page, problems, leave } = await site.visit(address);
  const result: unknown = await page.evaluate(async () => {
    const scope = globalThis as { result?: unknown };
    for (const end = performance.now() + 20_000; scope.result === undefined && performance.now() < end;)
      await new Promise((resume) => setTimeout(resume, 20));
    return scope.result;
  });
  // What a development server has put there goes on talking to it.
  await leave(false);
  assert.equal(problems, []);
  assert.equal(result, expected);
}
