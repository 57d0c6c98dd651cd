// What the published files are made of: the bytes of the core by file and by function, those of the host's JavaScript by file, and what
// the bundle for the script tag comes to. The core is compiled once more, with the names of its functions.
//
//   npm run size [-- --functions 40] [--grep linalg]
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { compileCore, root, run } from "./lib.mjs";
import { Reader, Section, sectionsOf } from "./wasm.mjs";

process.chdir(root);
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const most = Number(option("functions", 25));
const pattern = new RegExp(option("grep", ""));
const NAMED = "build/core.named.wasm";
const FUNCTION_NAMES = 1;

mkdirSync("build", { recursive: true });
const { code, output } = await run(compileCore("--debug", "--outFile", NAMED));
if (code !== 0) throw new Error(output);

const sections = sectionsOf(readFileSync(NAMED));
const contentOf = (id) => sections.find((section) => section.id === id).content;
/** Functions that are imported come before those of the module. */
function importedFunctions() {
  const kinds = new Reader(contentOf(Section.Import)).vector((reader) => {
    reader.bytesOf();
    reader.bytesOf();
    const kind = reader.byte();
    if (kind === 0) reader.number();
    else if (kind === 2) {
      const hasMaximum = reader.byte() & 1;
      reader.number();
      if (hasMaximum) reader.number();
    } else throw new Error(`size: an import of kind ${kind}`);
    return kind;
  });
  return kinds.filter((kind) => kind === 0).length;
}
function functionNames() {
  for (const { content } of sections.filter(({ id }) => id === Section.Custom)) {
    const reader = new Reader(content);
    if (reader.bytesOf().toString() !== "name") continue;
    while (reader.at < content.length) {
      const id = reader.byte();
      const part = reader.bytesOf();
      if (id === FUNCTION_NAMES)
        return new Map(new Reader(part).vector((names) => [names.number(), names.bytesOf().toString()]));
    }
  }
  throw new Error("size: the core has no names");
}

const names = functionNames();
const first = importedFunctions();
const functions = new Reader(contentOf(Section.Code))
  .vector((reader) => reader.bytesOf().length)
  .map((bytes, i) => ({ name: names.get(first + i) ?? `function ${first + i}`, bytes }));

function sumBy(items, keyOf) {
  const sums = new Map();
  for (const item of items) sums.set(keyOf(item), (sums.get(keyOf(item)) ?? 0) + item.bytes);
  return [...sums].map(([name, bytes]) => ({ name, bytes })).sort((a, b) => b.bytes - a.bytes);
}
function print(title, items) {
  console.log(`\n${title}`);
  for (const { name, bytes } of items.filter((item) => pattern.test(item.name)))
    console.log(`${String(bytes).padStart(8)}  ${name}`);
}
/** assembly/kernels/gemm/micro/microTile<f32> → assembly/kernels/gemm/micro.ts */
const fileOf = ({ name }) => {
  const parts = name.replace(/[<#~(].*/, "").split("/");
  for (let i = parts.length; i > 0; i--)
    if (existsSync(`${parts.slice(0, i).join("/")}.ts`)) return `${parts.slice(0, i).join("/")}.ts`;
  return parts[0];
};
print(
  `the core, ${functions.reduce((sum, { bytes }) => sum + bytes, 0)} bytes of code, by file`,
  sumBy(functions, fileOf),
);
print(`its ${most} largest functions`, functions.sort((a, b) => b.bytes - a.bytes).slice(0, pattern.source === "(?:)" ? most : undefined)); // prettier-ignore

const { rollup } = await import("rollup");
const { loadConfigFile } = await import("rollup/loadConfigFile");
const { options } = await loadConfigFile("rollup.config.mjs", { silent: true });
const bundle = await rollup(options[0]);
const chunk = (await bundle.generate({ format: "es" })).output[0];
const files = Object.entries(chunk.modules).map(([name, { renderedLength }]) => ({
  name: name.replace(`${root}/`, ""),
  bytes: name.endsWith("generated/core.ts") ? 0 : renderedLength,
}));
print("the host, each file without comments, not minified", files.filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes)); // prettier-ignore

for (const file of ["dist/pushforward.min.js", "dist/pushforward.wasm"]) {
  if (!existsSync(file)) continue;
  const bytes = readFileSync(file);
  console.log(`\n${file}: ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} gzipped`);
}
