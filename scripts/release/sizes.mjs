// How large the files are that pages load, as servers send them, and how large they may be.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { root } from "../lib.mjs";

/**
 * The most bytes that each file may have. A larger one is a decision: it stands here, with what it buys. The script tag is to stay below
 * what it had before linear algebra, scans, special functions, complex numbers and Fourier transforms came (238,472). The module, which has
 * to name each op where the script tag need not, and the parts of the core, may have more. The second part of three cost 2,100 bytes, and the first
 * part as plain text 6,000: together they spare the first derivative of a page a third of its time.
 */
export const BUDGETS = {
  "dist/pushforward.min.js": { gzip: 237_700, brotli: 218_500 },
  "dist/pushforward.min.mjs": { gzip: 246_000, brotli: 223_300 },
  "dist/async.min.mjs": { gzip: 112_000, brotli: 96_400 },
  "dist/pushforward.wasm": { gzip: 177_200, brotli: 143_000 },
};

/** The most bytes that what npm sends may have. */
export const TARBALL_BUDGET = 1_950_000;

/** The bytes of a file by `gzip -9` and by brotli at its best. */
export function sizesOf(file) {
  // By the tool, since the zlib of Node compresses otherwise from version to version.
  const { status, stdout, error } = spawnSync("gzip", ["-9", "-c", file], { cwd: root, maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`gzip ${file}: ${error?.message ?? `exit code ${status}`}`);
  return { gzip: stdout.length, brotli: brotliCompressSync(readFileSync(join(root, file))).length };
}
