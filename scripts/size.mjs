// What the published files are made of: the bytes of the core by file and by function, those of the host's JavaScript by file, and what
// the bundle for the script tag comes to; of the last build.
//
//   npm run size [-- --functions 40] [--grep linalg]
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { root } from "./lib.mjs";
import { bodiesOf, functionNames, sectionsOf } from "./wasm.mjs";

process.chdir(root);
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const most = Number(option("functions", 25));
const pattern = new RegExp(option("grep", ""));

const sections = sectionsOf(readFileSync("build/core.relaxed.wasm"));
const names = functionNames(sections);
const functions = bodiesOf(sections).map(({ body }, i) => ({ name: names[i] ?? `function ${i}`, bytes: body.length }));

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
