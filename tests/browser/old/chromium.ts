// Old Chromiums, which npm packages bring along in a compressed form. The puppeteer of today waits in vain for what those
// before 115 never say: one of their time drives them.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import type puppeteer from "puppeteer-core";
import { chromiumFlags, type Kind, whyWithout } from "../browsers";

const fileHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The executable, unpacked with its libraries when it is asked for first. */
function executable(version: number): string {
  const packed = fileHere(`node_modules/chromium-${version}/bin/`);
  const folder = fileHere(`node_modules/.unpacked/${version}/`);
  const path = `${folder}chromium`;
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const libraries = brotliDecompressSync(readFileSync(`${packed}swiftshader.tar.br`));
  execFileSync("tar", ["-xf", "-", "-C", folder], { input: libraries });
  writeFileSync(path, brotliDecompressSync(readFileSync(`${packed}chromium.br`)), { mode: 0o755 });
  return path;
}

export const oldChromium = (version: number): Kind => ({
  name: `chromium ${version}`,
  keepsPages: true,
  whyNot: () =>
    whyWithout(
      fileHere(`node_modules/chromium-${version}/bin`),
      `Chromium ${version}`,
      "npm run test:browser installs it",
    ),
  launch() {
    // The same functions as in the puppeteer of today, as far as they are used here.
    const old = createRequire(import.meta.url)("puppeteer-core-20") as typeof puppeteer;
    return old.launch({ executablePath: executable(version), headless: true, args: chromiumFlags });
  },
});
