// Writes host/generated/: the core, the version, what generate-abi.mjs makes of the compiler's declarations, and generate-ops.mjs of
// the table of ops. The core is build/pushforward.wasm as well, and in parts (wasm-split.mjs)
// build/pushforward.parts.bin, which are published beside the bundles.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { root, run } from "./lib.mjs";
import { compress } from "./lzma.mjs";
import { plainText } from "./plain-text.mjs";
import {
  HEADER_BYTES,
  Section,
  dataSegments,
  functionNames,
  join,
  leb,
  memoryFlagsAt,
  sectionsOf,
  splitMultiplyAdds,
} from "./wasm.mjs";
import { alignNaturally, condense } from "./wasm-condensed.mjs";
import { orderLocals } from "./wasm-locals.mjs";
import { orderFunctions } from "./wasm-order.mjs";
import { splitModule } from "./wasm-split.mjs";

const CORE = "build/core.relaxed.wasm";
/** The functions of the core's parts but the last one, each behind an empty line (scripts/first-functions.mjs). */
const FIRST_FUNCTIONS = "scripts/first-functions.txt";
const UNPACKER = "build/unpack.wasm";
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
const { file, layout, parts } = packCore(readFileSync(CORE));
writeFileSync("build/pushforward.wasm", file);
writeFileSync(
  "build/pushforward.parts.bin",
  Buffer.concat([Buffer.from(layout.id), ...parts.map(({ bytes }) => bytes)]),
);
const { source, textEnds } = asText(parts);
writeFileSync("host/generated/core.ts", source);
writeFileSync(
  "host/generated/layout.ts",
  `// Made by scripts/generate.mjs from ${CORE}.\nexport const coreLayout = ${JSON.stringify({ ...layout, parts: parts.map((part, i) => ({ ...sizesOf(part), textEnd: textEnds[i] })) })};\n`,
);

/** The core as it is published: a module for memory that is not shared, and its data; and in parts. What host/core/bytes.ts takes apart. */
function packCore(bytes) {
  const all = sectionsOf(bytes);
  const names = functionNames(all);
  const { sections: split, count } = splitMultiplyAdds(
    all.filter(({ id }) => ![Section.Custom, Section.Data, Section.DataCount].includes(id)),
  );
  const located = alignNaturally(orderLocals(split));
  const { sections, order } = quick ? { sections: located, order: names.map((_, i) => i) } : orderFunctions(located);
  const ordered = order.map((index) => names[index]);
  writeFileSync("build/functions.json", JSON.stringify(ordered));
  const lists = readFileSync(FIRST_FUNCTIONS, "utf8").trim().split("\n\n");
  const partOf = new Map(lists.flatMap((list, number) => list.split("\n").map((name) => [name, number])));
  const parts = splitModule(sections, (index) => partOf.get(ordered[index]) ?? lists.length, lists.length + 1);
  // Not shared: whoever has the compiled module alone can't change it.
  for (const each of [sections, ...parts])
    each.find(({ id }) => id === Section.Import).content[memoryFlagsAt(each)] = 1;
  const data = dataSpans(dataSegments(all));
  const id = createHash("sha256").update(join(sections)).update(JSON.stringify(data)).digest().subarray(0, ID_BYTES);
  const held = [id, ...data.map((span) => span.bytes)];
  const custom = Buffer.concat([Buffer.from(leb(DATA_SECTION.length)), Buffer.from(DATA_SECTION), ...held]);
  const withData = (each) => [...each, { id: Section.Custom, content: custom }];
  const file = join(withData(sections));
  const packed = [withData(parts[0]), ...parts.slice(1)].map((each) => ({
    bytes: join(each),
    condensed: condense(each),
    flagsAt: placeOfFlags(each),
  }));
  for (const module of [file, ...packed.map((part) => part.bytes)])
    if (!WebAssembly.validate(module))
      throw new Error(`generate: ${CORE} does not validate without relaxed instructions`);
  const { initialMemory, maximumMemory } = JSON.parse(readFileSync("asconfig.json", "utf8")).options;
  return {
    file,
    parts: packed,
    layout: {
      initialPages: initialMemory,
      maximumPages: maximumMemory,
      length: file.length,
      memoryFlagsAt: placeOfFlags(sections),
      multiplyAdds: count,
      id: [...id],
      data: data.map(({ address, bytes }) => ({ address, length: bytes.length })),
    },
  };
}
function sizesOf({ bytes, condensed, flagsAt }) {
  return { length: bytes.length, condensed: condensed.length, memoryFlagsAt: flagsAt };
}
/** Where the flags of the imported memory lie in the module. */
function placeOfFlags(sections) {
  return offsetOf(sections, Section.Import) + memoryFlagsAt(sections);
}

/** The core's parts, and what unpacks them: in ASCII, so that no server's and no page's encoding matters. */
function asText(parts) {
  const plain = plainText(parts[0].condensed);
  // The most takes some ten seconds, and is worth it for what is published alone.
  const content = compress(
    parts.flatMap(({ condensed }) => [...condensed]),
    quick ? 1 : 9,
    parts[0].condensed.length,
  );
  // In whole groups of four characters, without equals signs: assembly/unpack knows none.
  const padded = Buffer.concat([content, Buffer.alloc((3 - (content.length % 3)) % 3)]);
  const text = plain + padded.toString("base64");
  const unpacker = readFileSync(UNPACKER);
  const textEnds = unpacked(unpacker, text, plain.length, parts);
  if (String(unpacked(unpacker, text, plain.length, parts, textEnds)) !== String(textEnds))
    throw new Error("generate: parts of the text are not enough");
  return {
    source: [
      `// Made by scripts/generate.mjs: build/pushforward.wasm in parts, condensed, all but the first packed by LZMA, and ${UNPACKER}.`,
      `export const unpackerText = "${unpacker.toString("hex")}";`,
      `export const coreText: string =\n  "${text}";\n`,
    ].join("\n"),
    textEnds,
  };
}
/**
 * Unpacks as host/core/inlined.ts does, and compares; of the text, plain up to `plainEnd`, each further part is given what is before its
 * entry of `given`. Returns up to where each one has taken it, in whole groups.
 */
function unpacked(unpacker, text, plainEnd, parts, given = parts.map((_, i) => (i ? text.length : plainEnd))) {
  const { memory, start, overshoot, from, open, feed, unpack } = new WebAssembly.Instance(
    new WebAssembly.Module(unpacker),
  ).exports;
  const to = start.value + text.length;
  const target = parts.reduce((at, { condensed }) => at + condensed.length, to) + overshoot.value;
  memory.grow(Math.ceil((target + Math.max(...parts.map(({ bytes }) => bytes.length)) + overshoot.value) / 2 ** 16));
  let fed = 0;
  return parts.map(({ condensed, bytes }, number) => {
    Buffer.from(memory.buffer).write(text.slice(fed, given[number]), start.value + fed, "latin1");
    if (number) feed(start.value + fed, given[number] - fed);
    else open(start.value, plainEnd, to);
    fed = given[number];
    unpack(condensed.length, target);
    if (!bytes.equals(Buffer.from(memory.buffer, target, bytes.length)))
      throw new Error("generate: what is packed is not what is unpacked");
    if (number === parts.length - 1) return text.length;
    return number ? plainEnd + 4 * Math.ceil((from.value - start.value) / 3) : plainEnd;
  });
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

for (const script of ["generate-abi.mjs", "generate-signatures.mjs", "generate-ops.mjs", "generate-worker.mjs"]) {
  const { code } = await run(["--import", "tsx", `scripts/${script}`], { live: true });
  if (code !== 0) process.exit(1);
}
