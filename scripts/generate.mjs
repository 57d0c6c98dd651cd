// Writes host/generated/: the core, the version, what generate-abi.mjs makes of the compiler's declarations, and generate-ops.mjs of
// the table of ops.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import zopfli from "@gfx/zopfli";
import { root, run } from "./lib.mjs";
import {
  HEADER_BYTES,
  Section,
  dataSegments,
  join,
  leb,
  memoryFlagsAt,
  sectionsOf,
  splitMultiplyAdds,
} from "./wasm.mjs";

process.chdir(root);
mkdirSync("host/generated", { recursive: true });
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
writeFileSync("host/generated/version.ts", `// Made by scripts/generate.mjs.\nexport const version = "${version}";\n`);
writeFileSync("host/generated/core.ts", await packCore("build/core.relaxed.wasm"));

/** The module as host/core/bytes.ts takes it apart. */
async function packCore(file) {
  const all = sectionsOf(readFileSync(file));
  const { sections, count } = splitMultiplyAdds(
    all.filter(({ id }) => ![Section.Data, Section.DataCount].includes(id)),
  );
  const module = join(sections);
  if (!WebAssembly.validate(module))
    throw new Error(`generate: ${file} does not validate without relaxed instructions`);
  const data = dataSpans(dataSegments(all));
  const { initialMemory, maximumMemory } = JSON.parse(readFileSync("asconfig.json", "utf8")).options;
  const layout = {
    initialPages: initialMemory,
    maximumPages: maximumMemory,
    moduleLength: module.length,
    memoryFlagsAt: offsetOf(sections, Section.Import) + memoryFlagsAt(sections),
    multiplyAdds: count,
    unpackedLength: module.length + data.reduce((sum, { bytes }) => sum + bytes.length, 0),
    data: data.map(({ address, bytes }) => ({ address, length: bytes.length })),
  };
  // Some seconds for 8 KiB less than by zlib; more iterations or blocks win 200 bytes.
  const deflated = await promisify(zopfli.deflate)(Buffer.concat([module, ...data.map(({ bytes }) => bytes)]), {
    numiterations: 5,
    blocksplittingmax: 30,
  });
  const text = Buffer.from(deflated).toString("base64");
  return [
    `// Made by scripts/generate.mjs from ${file}: the module and its data, compressed.`,
    `export const coreLayout = ${JSON.stringify(layout)};`,
    `export const coreDeflated: string =\n  "${text}";\n`,
  ].join("\n");
}
/** Data segments, joined where few zeros lie between them. */
function dataSpans(segments) {
  const spans = [];
  for (const { address, bytes } of segments.sort((a, b) => a.address - b.address)) {
    const last = spans.at(-1);
    const zeros = last ? address - last.address - last.bytes.length : Infinity;
    if (zeros > 1024) spans.push({ address, bytes });
    else last.bytes = Buffer.concat([last.bytes, Buffer.alloc(zeros), bytes]);
  }
  return spans;
}
/** Where the content of a section begins in the module. */
function offsetOf(sections, id) {
  let at = HEADER_BYTES;
  for (const section of sections) {
    const head = 1 + leb(section.content.length).length;
    if (section.id === id) return at + head;
    at += head + section.content.length;
  }
  throw new Error(`generate: no section ${id}`);
}

for (const script of ["generate-abi.mjs", "generate-ops.mjs"]) {
  const { code } = await run(["--import", "tsx", `scripts/${script}`], { live: true });
  if (code !== 0) process.exit(1);
}
