// What browser tests need: a site, which is a browser and a server whose pages it opens.
import { type ConsoleMessage, type Page } from "puppeteer-core";
import { type Test } from "uvu";
import { chromium, type Kind } from "./browsers";
import { type Headers, type Server, startServer } from "./server";

export interface Opened {
  page: Page;
  /** Errors and warnings that the page has put on the console, errors that nothing has caught. */
  problems: string[];
  /**
   * Has the page closed, or kept for the next address: to start and end a browser's process takes longer than most tests. `mayKeep` is whether
   * the next one may hear late what this one has said.
   */
  leave(mayKeep?: boolean): Promise<void>;
}
export interface Site {
  readonly server: Server;
  /** Opens `html` as a page of the site and waits until it has loaded; it comes with `headers`. */
  open(html: string, headers?: Headers): Promise<Opened>;
  /** Opens an address of any kind. */
  visit(url: string): Promise<Opened>;
  close(): Promise<void>;
}

/** What `rows` is, for rows that need a page: skipped, and said to be, where there is no such browser. */
export function withSite(rows: Test, kind = chromium): (name: string, body: (site: Site) => Promise<void>) => void {
  let site: Site | undefined;
  rows.after(async () => {
    await site?.close();
  });
  const why = kind.whyNot();
  return (name, body) => {
    if (why === undefined) return rows(name, async () => body((site ??= await startSite(kind))));
    console.log(`skipped: ${name}: ${why}`);
    rows.skip();
  };
}

export async function startSite(kind: Kind = chromium): Promise<Site> {
  const [browser, server] = await Promise.all([kind.launch(), startServer()]);
  let pages = 0;
  let left: Page | undefined;
  const visit = async (url: string): Promise<Opened> => {
    const page = left ?? (await browser.newPage());
    left = undefined;
    const problems: string[] = [];
    const onConsole = (message: ConsoleMessage): void => {
      // What is "warn" now was "warning" once.
      if (/^(error|warn)/.test(message.type())) problems.push(message.text());
    };
    const onError = (error: unknown): void => {
      problems.push(String(error));
    };
    page.on("console", onConsole);
    page.on("pageerror", onError);
    await page.goto(url, { waitUntil: "load" });
    const leave = async (mayKeep = kind.keepsPages): Promise<void> => {
      if (!mayKeep) return page.close();
      page.off("console", onConsole);
      page.off("pageerror", onError);
      left = page;
    };
    return { page, problems, leave };
  };
  return {
    server,
    visit,
    open(html, headers = {}) {
      const pathname = `/page-${pages++}.html`;
      // The empty icon spares the request for /favicon.ico, whose 404 would count as an error on the console.
      server.put(pathname, `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${html}`, headers);
      return visit(server.origin + pathname);
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
