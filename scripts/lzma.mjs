// LZMA as assembly/unpack takes it back: literals are told by the upper four bits of the byte before them, and nothing by its place, since
// instructions lie anywhere. The package that packs knows three bits and places modulo four alone, which take a two-hundredth more.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { runInThisContext } from "node:vm";

/** What it packs begins with properties and lengths. */
const HEADER_BYTES = 13;

const FIRST_TEST = "eq(this$static.nowPos64, P0_longLit)";
const FIRST = `if (${FIRST_TEST}) {`;

const require = createRequire(import.meta.url);
let source = readFileSync(require.resolve("lzma/src/lzma-c.js"), "utf8");
for (const [statement, other] of [
  ["_numLiteralContextBits = 3;", "_numLiteralContextBits = 4;"],
  ["_posStateBits = 2;", "_posStateBits = 0;"],
  ["_posStateMask = 3;", "_posStateMask = 0;"],
  // What is known to who unpacks is looked for matches, but not packed.
  [
    FIRST,
    `if (known && ${FIRST_TEST}) {
      $Skip(this$static._matchFinder, known);
      this$static._previousByte = $GetIndexByte(this$static._matchFinder, -1);
      this$static.nowPos64 = fromInt(known);
    }
    ${FIRST}`,
  ],
]) {
  if (!source.includes(statement)) throw new Error(`lzma: the package lacks what is replaced in it: ${statement}`);
  source = source.replace(statement, () => other);
}
const holder = {};
runInThisContext(`(function () { let known = 0; this.setKnown = (count) => { known = count; };${source}\n})`).call(
  holder,
);

/**
 * Packs bytes; without the header.
 * @param {Iterable<number>} bytes
 * @param {number} mode 1, the fastest, to 9
 * @param {number} known so many bytes at the beginning are known to who unpacks
 */
export function compress(bytes, mode, known = 0) {
  holder.setKnown(known);
  return Buffer.from(holder.LZMA.compress([...bytes], mode)).subarray(HEADER_BYTES);
}
