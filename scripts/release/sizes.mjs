// How large the files are that pages load, as servers send them, and how large they may be.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { root } from "../lib.mjs";

/**
 * The most bytes that each file may have. That of the script tag's by gzip is what it had when it began to hold the core as text; the others
 * are some percent above what the files had on 2026-11-30. A larger one is a decision: it stands here, with what it buys.
 */
export const BUDGETS = {
  "dist/pushforward.min.js": { gzip: 238_472, brotli: 219_000 },
  "dist/pushforward.min.mjs": { gzip: 240_500, brotli: 220_500 },
  "dist/async.min.mjs": { gzip: 91_000, brotli: 78_500 },
  "dist/pushforward.wasm": { gzip: 149_000, brotli: 117_000 },
};

/** The most bytes that what npm sends may have. */
export const TARBALL_BUDGET = 1_800_000;

/** The bytes of a file by `gzip -9` and by brotli at its best. */
export function sizesOf(file) {
  // By the tool, since the zlib of Node compresses otherwise from version to version.
  const { status, stdout, error } = spawnSync("gzip", ["-9", "-c", file], { cwd: root, maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`gzip ${file}: ${error?.message ?? `exit code ${status}`}`);
  return { gzip: stdout.length, brotli: brotliCompressSync(readFileSync(join(root, file))).length };
}
