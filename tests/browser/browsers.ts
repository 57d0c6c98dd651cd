// The browsers that tests run in, all driven by puppeteer-core: Chromium over its own protocol, Firefox over WebDriver BiDi.
import { existsSync } from "node:fs";
import puppeteer, { type Browser } from "puppeteer-core";

export type BrowserName = "chromium" | "firefox";
export const browserNames: readonly BrowserName[] = ["chromium", "firefox"];

const executables: Record<BrowserName, { path: string; missing: string }> = {
  chromium: {
    path: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
    missing: "apt-get install chromium, or set CHROMIUM_PATH",
  },
  firefox: {
    path: process.env.FIREFOX_PATH ?? "/usr/bin/firefox-esr",
    missing: "apt-get install firefox-esr, or set FIREFOX_PATH",
  },
};

/** Why tests can't run in that browser here, or undefined. PUSHFORWARD_NO_SKIP=1 makes them run, and fail, all the same. */
export function whyNot(name: BrowserName): string | undefined {
  const { path, missing } = executables[name];
  if (existsSync(path) || process.env.PUSHFORWARD_NO_SKIP === "1") return undefined;
  return `no ${name} at ${path} (${missing})`;
}

/** How any Chromium is started, of whatever age. */
export const chromiumFlags = [
  "--no-sandbox",
  "--disable-gpu",
  // `gc()` in pages, as --expose-gc in Node.
  "--js-flags=--expose-gc",
  // The others keep a Chromium on a closed network from knocking at Google's hosts.
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How long a call into a page may take (ms): whole suites run in one. */
const protocolTimeout = 5 * 60_000;

export function launch(name: BrowserName): Promise<Browser> {
  const executablePath = executables[name].path;
  return name === "chromium"
    ? puppeteer.launch({ executablePath, headless: true, args: chromiumFlags, protocolTimeout })
    : puppeteer.launch({ browser: "firefox", executablePath, headless: true, protocolTimeout });
}
