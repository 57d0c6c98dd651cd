// Writes host/generated/: the core, the version, what generate-abi.mjs makes of the compiler's declarations, and generate-ops.mjs of
// the table of ops. The core is build/pushforward.wasm as well, which is published beside the bundles.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import lzma from "lzma/src/lzma-c.js";
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
import { orderLocals, rankLocals } from "./wasm-locals.mjs";
import { orderFunctions } from "./wasm-order.mjs";

const CORE = "build/core.relaxed.wasm";
const UNPACKER = "build/unpack.wasm";
/** Of what LZMA packs: the properties that assembly/unpack goes by (three bits of the byte before, places modulo four), and the header's length. */
const PROPERTIES = 0x5d;
const PACKED_HEADER_BYTES = 13;
/** Of the section in which the core has its data: threads instantiate the module too, and must not write them once more. */
const DATA_SECTION = "pushforward";
/** Bytes that tell one build of the core from another. */
const ID_BYTES = 8;

/** For trying things out: what makes the files small takes most of the time. */
const quick = process.argv.includes("--quick");

process.chdir(root);
mkdirSync("host/generated", { recursive: true });
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
writeFileSync("host/generated/version.ts", `// Made by scripts/generate.mjs.\nexport const version = "${version}";\n`);
const { file, layout, ranked } = packCore(readFileSync(CORE));
writeFileSync("build/pushforward.wasm", file);
writeFileSync(
  "host/generated/layout.ts",
  `// Made by scripts/generate.mjs from ${CORE}.\nexport const coreLayout = ${JSON.stringify(layout)};\n`,
);
writeFileSync("host/generated/core.ts", asText(file, ranked));

/** The core as it is published: a module for memory that is not shared, and its data. What host/core/bytes.ts takes apart. */
function packCore(bytes) {
  const all = sectionsOf(bytes);
  const { sections: split, count } = splitMultiplyAdds(
    all.filter(({ id }) => ![Section.Data, Section.DataCount].includes(id)),
  );
  const sections = quick ? orderLocals(split) : orderFunctions(orderLocals(split));
  const flagsAt = memoryFlagsAt(sections);
  // Not shared: whoever has the compiled module alone can't change it.
  sections.find(({ id }) => id === Section.Import).content[flagsAt] = 1;
  const data = dataSpans(dataSegments(all));
  const id = createHash("sha256").update(join(sections)).update(JSON.stringify(data)).digest().subarray(0, ID_BYTES);
  const held = [id, ...data.map((span) => span.bytes)];
  const custom = Buffer.concat([Buffer.from(leb(DATA_SECTION.length)), Buffer.from(DATA_SECTION), ...held]);
  const whole = [...sections, { id: Section.Custom, content: custom }];
  const file = join(whole);
  if (!WebAssembly.validate(file)) throw new Error(`generate: ${CORE} does not validate without relaxed instructions`);
  const { initialMemory, maximumMemory } = JSON.parse(readFileSync("asconfig.json", "utf8")).options;
  return {
    file,
    ranked: rankLocals(whole),
    layout: {
      initialPages: initialMemory,
      maximumPages: maximumMemory,
      length: file.length,
      memoryFlagsAt: offsetOf(sections, Section.Import) + flagsAt,
      multiplyAdds: count,
      id: [...id],
      data: data.map(({ address, bytes }) => ({ address, length: bytes.length })),
    },
  };
}

/** The core, and what unpacks it: as base64 in ASCII, so that no server's and no page's encoding matters. */
function asText(file, ranked) {
  // The most takes some ten seconds, and is worth it for what is published alone.
  const packed = Buffer.from(lzma.LZMA.compress([...ranked], quick ? 1 : 9));
  if (packed[0] !== PROPERTIES) throw new Error("generate: LZMA with properties that assembly/unpack does not have");
  const content = packed.subarray(PACKED_HEADER_BYTES);
  // In whole groups of four characters, without equals signs: assembly/unpack knows none.
  const padded = Buffer.concat([content, Buffer.alloc((3 - (content.length % 3)) % 3)]);
  const text = padded.toString("base64");
  const unpacker = readFileSync(UNPACKER);
  if (!file.equals(unpacked(unpacker, text, ranked.length, file.length)))
    throw new Error("generate: what is packed is not what is unpacked");
  return [
    `// Made by scripts/generate.mjs: build/pushforward.wasm, its local variables ranked, packed by LZMA, and ${UNPACKER}.`,
    `export const unpackerText = "${unpacker.toString("base64")}";`,
    `export const rankedLength = ${ranked.length};`,
    `export const coreText: string =\n  "${text}";\n`,
  ].join("\n");
}
/** As host/core/inlined.ts does it. */
function unpacked(unpacker, text, rankedLength, length) {
  const { memory, start, unpack } = new WebAssembly.Instance(new WebAssembly.Module(unpacker)).exports;
  const to = start.value + text.length;
  const target = to + rankedLength + 8;
  memory.grow(Math.ceil((target + length) / 2 ** 16));
  Buffer.from(memory.buffer).write(text, start.value, "latin1");
  unpack(start.value, text.length, to, rankedLength, target);
  return Buffer.from(memory.buffer, target, length);
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

for (const script of ["generate-abi.mjs", "generate-ops.mjs", "generate-worker.mjs"]) {
  const { code } = await run(["--import", "tsx", `scripts/${script}`], { live: true });
  if (code !== 0) process.exit(1);
}
