// The browsers that tests run in, all driven by puppeteer-core: Chromium over its own protocol, Firefox over WebDriver BiDi.
import { existsSync } from "node:fs";
import puppeteer, { type Browser } from "puppeteer-core";

export interface Kind {
  readonly name: string;
  /** Why tests can't run in it here, or undefined. PUSHFORWARD_NO_SKIP=1 makes them run, and fail, all the same. */
  whyNot(): string | undefined;
  /** Whether what a document says on the console comes before what the next one of the page says. In Firefox it may come later. */
  readonly keepsPages: boolean;
  launch(): Promise<Browser>;
}

/** What a missing file comes to. */
export const whyWithout = (path: string, what: string, remedy: string): string | undefined =>
  existsSync(path) || process.env.PUSHFORWARD_NO_SKIP === "1" ? undefined : `no ${what} at ${path} (${remedy})`;

/** How any Chromium is started, of whatever age. */
export const chromiumFlags = [
  "--no-sandbox",
  "--disable-gpu",
  // `gc()` in pages, as --expose-gc in Node.
  "--js-flags=--expose-gc",
  // A document that has been left holds no memory and no threads.
  "--disable-features=BackForwardCache",
  // The others keep a Chromium on a closed network from knocking at Google's hosts.
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** How long a call into a page may take (ms): whole suites run in one. */
const protocolTimeout = 5 * 60_000;

const chromiumPath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
export const chromium: Kind = {
  name: "chromium",
  keepsPages: true,
  whyNot: () => whyWithout(chromiumPath, "Chromium", "apt-get install chromium, or set CHROMIUM_PATH"),
  launch: () =>
    puppeteer.launch({ executablePath: chromiumPath, headless: true, args: chromiumFlags, protocolTimeout }),
};

const firefoxPath = process.env.FIREFOX_PATH ?? "/usr/bin/firefox-esr";
/** puppeteer lets pages of the disk read the disk, which Firefox does not by itself. */
const extraPrefsFirefox = { "security.fileuri.strict_origin_policy": true };
export const firefox: Kind = {
  name: "firefox",
  keepsPages: false,
  whyNot: () => whyWithout(firefoxPath, "Firefox", "apt-get install firefox-esr, or set FIREFOX_PATH"),
  launch: () =>
    puppeteer.launch({
      browser: "firefox",
      executablePath: firefoxPath,
      headless: true,
      protocolTimeout,
      extraPrefsFirefox,
    }),
};
