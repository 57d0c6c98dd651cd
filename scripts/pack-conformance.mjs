// Packs PyTorch's samples (folders of <op>.json.gz, by default those of ../shared/conformance) into the one file that the
// tests read: a line of JSON for each op, compressed together, which takes two fifths of what the files take by themselves.
// usage: node scripts/pack-conformance.mjs [dir]
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants, gunzipSync } from "node:zlib";
import { root } from "./lib.mjs";

const PACKED = join(root, "tests/conformance/samples.jsonl.br");
const dir = resolve(process.argv[2] ?? join(root, "../shared/conformance"));
const lines = ["fixtures", "options"].flatMap((suite) =>
  readdirSync(join(dir, suite))
    .filter((name) => name.endsWith(".json.gz"))
    .sort()
    .map((name) =>
      JSON.stringify({ suite, ...JSON.parse(gunzipSync(readFileSync(join(dir, suite, name))).toString()) }),
    ),
);
const text = Buffer.from(`${lines.join("\n")}\n`);
const packed = brotliCompressSync(text, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
  },
});
writeFileSync(PACKED, packed);
console.log(`${lines.length} ops, ${text.length} bytes of JSON in ${packed.length} bytes`);
