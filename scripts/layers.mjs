// Who imports whom: each layer of the core and of the host imports only from those below it, and no files import each other in a
// circle. Imports of types count. `node scripts/layers.mjs` prints what breaks that; tests/layers.test.ts holds it.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { root } from "./lib.mjs";

/** From top to bottom, each by what the paths of its files begin with; the first that fits counts. */
export const layers = {
  assembly: [
    ["index.ts", "testing/", "unpack/"],
    ["exports/", "generated/bindings.ts"],
    ["transforms/"],
    ["runtime/"],
    ["primitives/", "generated/primitives.ts"],
    ["graph/"],
    ["kernels/", "generated/elementwise.ts", "generated/reductions.ts"],
    ["threads/"],
    ["memory/"],
    ["abi/", "generated/"],
  ],
  host: [
    ["main.ts", "main-async.ts", "testing.ts"],
    ["index.ts", "script.ts", "async.ts"],
    ["surface.ts"],
    ["apart.ts"],
    ["backend.ts", "compile/", "debug-nans/", "inspect.ts", "profile.ts", "profile-records.ts", "tree/"],
    ["func/"],
    ["autograd/"],
    ["generated/ops.ts"],
    ["ops/"],
    ["random.ts"],
    ["tensor/", "generated/methods.ts"],
    ["core/", "generated/primitives.ts"],
    ["options.ts"],
    ["errors.ts", "generated/"],
  ],
};

/** What a folder may import from outside of it. */
const outside = {
  assembly: /^$/,
  host: /^assembly\/(abi\/|generated\/opcodes$)/,
};

const sourcesOf = (folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .map((file) => file.replaceAll("\\", "/"));

/** What each file below `folder` imports by a relative path, as paths from `folder` on, which may lead out of it. */
function pathsOf(folder) {
  return new Map(
    sourcesOf(folder).map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(folder, file), "utf8"), true, true);
      const relatives = importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith("."));
      return [file, relatives.map((name) => join(dirname(file), name).replaceAll("\\", "/"))];
    }),
  );
}

/** A line for each import of another folder that it may not. */
function strangers(folder, paths) {
  const allowed = outside[folder];
  if (!allowed) return [];
  return [...paths].flatMap(([file, targets]) =>
    targets
      .map((path) => join(folder, path).replaceAll("\\", "/"))
      .filter((target) => !target.startsWith(`${folder}/`) && !allowed.test(target))
      .map((target) => `${folder}/${file} imports ${target} from outside`),
  );
}

/** The files of the same folder that each file imports. */
function importsOf(paths) {
  const fileAt = (path) => [`${path}.ts`, `${path}/index.ts`, path].find((candidate) => paths.has(candidate));
  return new Map([...paths].map(([file, targets]) => [file, [...new Set(targets.map(fileAt))].filter(Boolean)]));
}

/** The files of each circle (Tarjan's algorithm). */
function circlesOf(imports) {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const circles = [];
  const visit = (file) => {
    index.set(file, index.size);
    low.set(file, index.get(file));
    stack.push(file);
    for (const target of imports.get(file)) {
      if (!index.has(target)) visit(target);
      if (stack.includes(target)) low.set(file, Math.min(low.get(file), low.get(target)));
    }
    if (low.get(file) !== index.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1 || imports.get(file).includes(file)) circles.push(circle);
  };
  for (const file of imports.keys()) if (!index.has(file)) visit(file);
  return circles;
}

/** A line for each import that goes up, each file without a layer, and each circle. */
export function violations(folder, order) {
  const paths = pathsOf(join(root, folder));
  const imports = importsOf(paths);
  const layerOf = (file) => order.findIndex((prefixes) => prefixes.some((prefix) => file.startsWith(prefix)));
  const found = strangers(folder, paths);
  for (const [file, targets] of imports) {
    if (layerOf(file) < 0) found.push(`${folder}/${file} is in no layer`);
    for (const target of targets)
      if (layerOf(target) < layerOf(file)) found.push(`${folder}/${file} imports ${target} from a layer above`);
  }
  for (const circle of circlesOf(imports)) found.push(`${folder}: a circle of ${circle.sort().join(", ")}`);
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = Object.entries(layers).flatMap(([folder, order]) => violations(folder, order));
  for (const line of found) console.error(line);
  if (found.length > 0) process.exit(1);
  console.log(`no import goes up, and none in a circle (${relative(process.cwd(), root) || "."})`);
}
