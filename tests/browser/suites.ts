// Suites of tests/ for pages: each bundled by itself, with the published files in the place of host/. Whether one can run
// there is told by what is left of its imports when what it doesn't use is gone.
import { existsSync, readdirSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import nodeResolve from "@rollup/plugin-node-resolve";
import { type OutputChunk, type Plugin, rollup, type RollupCache } from "rollup";
import ts from "typescript";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What users import in the place of what tests import. */
const PUBLISHED: Record<string, string> = {
  "host/index.ts": "/dist/pushforward.mjs",
  pushforward: "/dist/pushforward.mjs",
  "host/testing.ts": "/dist/testing.mjs",
  "pushforward/testing": "/dist/testing.mjs",
};
/** What a page has in the place of a module that it lacks: these names, from a file of page/. */
const STAND_INS: Record<string, { names: readonly string[]; by: string }> = {
  uvu: { names: ["suite", "test"], by: "uvu" },
  "host/core/memory.ts": { names: ["core", "readWords"], by: "internals" },
  "host/core/failure.ts": { names: ["checkAddress"], by: "internals" },
  "host/tensor/tensor.ts": { names: ["nodeOf"], by: "internals" },
  "node:fs": { names: ["readFileSync"], by: "node" },
  "node:url": { names: ["fileURLToPath"], by: "node" },
  "node:vm": { names: ["runInNewContext"], by: "node" },
  "node:zlib": { names: ["gunzipSync", "brotliDecompressSync"], by: "node" },
  "node:timers/promises": { names: ["setTimeout"], by: "node" },
};
const standInUrl = (by: string): string => `/stand-ins/${by}.js`;
/** Inside of the library, but nothing except data. */
const DATA = /^host\/ops\/signatures\//;
/** Globals of Node that no page has. */
const GLOBALS = /\b(?:process|Buffer|setImmediate)(?=[.(])/;

export interface Suite {
  /** Its path from the repository's root. */
  name: string;
  /** A module for a page that has been set up by `SET_UP`. */
  code: string;
  /** Whether it asks for collections. */
  needsGc: boolean;
}
export interface LeftOut {
  name: string;
  /** What it uses that no page has. */
  why: string;
}

const importMap = {
  ...PUBLISHED,
  ...Object.fromEntries(Object.entries(STAND_INS).map(([name, { by }]) => [name, standInUrl(by)])),
};
/** For a page, before anything else: what imports mean; uvu collects tests and runs none; the exports of the core are kept hold of. */
export const SET_UP = `
<script type="importmap">${JSON.stringify({ imports: importMap })}</script>
<script>
UVU_DEFER = true;
UVU_QUEUE = [[null]];
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(...args) {
    const instance = Reflect.construct(...args);
    const [, [, imports]] = args;
    if (imports?.[""]) Object.assign(heldCore, instance.exports);
    else if (imports?.host) {
      // Of the core, or of its first part: what is in the others is asked for as the library asks.
      const missing = new Proxy({}, {
        get: (_, name) => {
          imports.host.loadPart(Infinity);
          return Reflect.getOwnPropertyDescriptor(heldCore, name)?.value;
        },
      });
      heldCore = Object.setPrototypeOf({ ...instance.exports }, missing);
    }
    return instance;
  },
});
</script>`;

const asFile = (path: string): string | undefined =>
  [path, `${path}.ts`, join(path, "index.ts")].find((file) => existsSync(file) && statSync(file).isFile());

/** Sources of the repository as a page takes them. */
const forPages: Plugin = {
  name: "for-pages",
  resolveId(id, importer) {
    if (!importer) return null;
    const file = id.startsWith(".") ? asFile(resolve(dirname(importer), id)) : undefined;
    const name = file ? relative(root, file) : isBuiltin(id) && !id.startsWith("node:") ? `node:${id}` : id;
    const isOwn = importer.startsWith(join(root, "tests/browser/page/"));
    if (PUBLISHED[name]) return { id: name, external: true };
    if (STAND_INS[name] ? !isOwn : isBuiltin(name) || (name.startsWith("host/") && !DATA.test(name)))
      return { id: name, external: true, moduleSideEffects: name === "uvu" };
    return file ? { id: file, moduleSideEffects: name.startsWith("tests/") } : null;
  },
  transform(code, id) {
    if (!id.endsWith(".ts")) return null;
    const { outputText } = ts.transpileModule(code, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    });
    // A page has no environment, and a bundle no longer knows where its parts come from.
    const url = `(location.origin + ${JSON.stringify(`/${relative(root, id)}`)})`;
    return { code: outputText.replaceAll("import.meta.url", url), map: null };
  },
};

let cache: RollupCache | undefined;
async function bundle(file: string): Promise<OutputChunk> {
  const build = await rollup({
    input: join(root, file),
    plugins: [forPages, nodeResolve({ browser: true })],
    cache,
    // Where the repository is, which scripts/lib.mjs asks for, is of no use to a page.
    treeshake: { manualPureFunctions: ["dirname", "fileURLToPath"] },
    onwarn: () => {},
  });
  cache = build.cache;
  const { output } = await build.generate({ format: "es" });
  await build.close();
  return output[0];
}

/** The stand-ins, by their addresses. */
export async function standIns(): Promise<Map<string, string>> {
  const names = new Set(Object.values(STAND_INS).map(({ by }) => by));
  const made = new Map<string, string>();
  for (const by of names) made.set(standInUrl(by), (await bundle(`tests/browser/page/${by}.ts`)).code);
  return made;
}

/** What a suite uses that no page has. */
function missingIn({ importedBindings, modules }: OutputChunk): string[] {
  const missing = Object.entries(importedBindings).flatMap(([module, names]) => {
    if (PUBLISHED[module]) return [];
    const lacking = names.filter((name) => !STAND_INS[module]?.names.includes(name));
    return lacking.length ? [`${module} (${lacking.join(", ")})`] : [];
  });
  for (const [id, { code }] of Object.entries(modules)) {
    const global = id.startsWith(join(root, "tests/")) ? code?.match(GLOBALS)?.[0] : undefined;
    if (global) missing.push(`${global} in ${relative(root, id)}`);
  }
  return missing;
}

/** The suite for pages, or why there is none. */
export async function forPage(name: string): Promise<Suite | LeftOut> {
  try {
    const chunk = await bundle(name);
    const missing = missingIn(chunk);
    return missing.length
      ? { name, why: missing.join(", ") }
      : { name, code: chunk.code, needsGc: chunk.code.includes("globalThis.gc") };
  } catch (error) {
    const { code, exporter } = error as { code?: string; exporter?: string };
    if (code !== "MISSING_EXPORT" || !exporter?.includes("node_modules")) throw error;
    return { name, why: `${exporter.replace(/.*node_modules./, "")}, which is not an ES module` };
  }
}

/** Every suite but those that drive browsers, and those about the package and its declarations as users install them. */
export const suiteNames = (): string[] =>
  readdirSync(join(root, "tests"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts") && !/^(browser|packaging|package|types)/.test(file))
    .map((file) => join("tests", file))
    .sort();
