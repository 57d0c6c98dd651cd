// What browser tests need: a Chromium, and a static server that sends no header beyond the content type and what a page asks for.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "playwright-core";
import { type Test } from "uvu";

const root = fileURLToPath(new URL("../../", import.meta.url));
const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

/** Why browser tests can't run here, or undefined. PUSHFORWARD_NO_SKIP=1 makes them run, and fail, all the same. */
export const whyNoBrowser =
  existsSync(executablePath) || process.env.PUSHFORWARD_NO_SKIP === "1"
    ? undefined
    : `no Chromium at ${executablePath} (apt-get install chromium, or set CHROMIUM_PATH)`;

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".map": "application/json",
};

export interface Site {
  /**
   * Opens `html` as a page of the site, which also serves dist/ and examples/, and waits until it has loaded; the page comes
   * with `headers`.
   */
  open(html: string, headers?: Record<string, string>): Promise<{ page: Page; problems: string[] }>;
  /** Opens an address of any kind. */
  visit(url: string): Promise<{ page: Page; problems: string[] }>;
  close(): Promise<void>;
}

/** What `rows` is, for rows that need a page: skipped, and said to be, where there is no browser. */
export function withSite(rows: Test): (name: string, body: (site: Site) => Promise<void>) => void {
  let site: Site | undefined;
  rows.after(async () => {
    await site?.close();
  });
  return (name, body) => {
    if (!whyNoBrowser) return rows(name, async () => body((site ??= await startSite())));
    console.log(`skipped: ${name}: ${whyNoBrowser}`);
    rows.skip();
  };
}

export async function startSite(): Promise<Site> {
  const browser = await chromium.launch({
    executablePath,
    // The flags after the third keep a Chromium on a closed network from knocking at Google's hosts.
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const pages = new Map<string, { html: string; headers: Record<string, string> }>();
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const send = (body: string | Uint8Array, headers = {}): void => {
      const type = TYPES[extname(pathname)] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": type, ...headers }).end(body);
    };
    const page = pages.get(pathname);
    if (page !== undefined) return send(page.html, page.headers);
    // URL has resolved every ".." already.
    if (!/^\/(dist|examples)\//.test(pathname)) return void response.writeHead(404).end();
    readFile(join(root, pathname)).then(
      (body) => send(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const visit = async (url: string): Promise<{ page: Page; problems: string[] }> => {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) problems.push(message.text());
    });
    page.on("pageerror", (error) => problems.push(String(error)));
    await page.goto(url, { waitUntil: "load" });
    return { page, problems };
  };
  return {
    visit,
    async open(html, headers = {}) {
      const pathname = `/page-${pages.size}.html`;
      // The empty icon spares the request for /favicon.ico, whose 404 would count as an error on the console.
      const head = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">`;
      pages.set(pathname, { html: head + html, headers });
      return visit(origin + pathname);
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
