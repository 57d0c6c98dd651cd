// The published files, from the same modules: `pushforward`, with the core inside it as text (host/generated/core.ts), so that there is
// nothing to copy or to fetch, as ESM, CommonJS, and minified for pages; `pushforward/async`, which loads pushforward.wasm; and
// pushforward/testing, which imports the library like anybody else.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import resolve from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";
import dts from "rollup-plugin-dts";
import ts from "typescript";
import { banner, licenses } from "./scripts/licenses.mjs";
import { exportsAtOnce, functionsForArrows, objectsForEnums, varsForConsts } from "./scripts/quick-start.mjs";

/** A warning is an error, so that an unresolved import, a circle or a type error never reaches the published files. */
const onwarn = (warning) => {
  throw new Error(warning.message);
};
/**
 * AssemblyScript's loader as every host can load it: at import it makes a TextDecoder, which jsdom lacks, for strings that our
 * core has none of, and it writes to Object, which may be frozen (node --frozen-intrinsics). What it makes of exports, for strings, arrays and
 * classes of AssemblyScript, is left out: the core exports none, and host/core/load.ts takes the exports as they are.
 */
const loaderForAllHosts = {
  name: "loader-for-all-hosts",
  transform(code, id) {
    if (!/@assemblyscript[\\/]loader/.test(id)) return null;
    for (const [statement, other] of [
      ['const utf16 = new TextDecoder("utf-16le", { fatal: true });', "const utf16 = null;"],
      ["Object.hasOwn = Object.hasOwn || function", "const hasOwn = Object.hasOwn || function"],
      ["postInstantiate(extended, instance)", "instance.exports"],
      ["postInstantiate(extended, instance)", "instance.exports"],
      ["postInstantiate(extended, result.instance)", "result.instance.exports"],
    ]) {
      if (!code.includes(statement)) throw new Error(`rollup: the loader lacks what is replaced in it: ${statement}`);
      code = code.replace(statement, other);
    }
    return { code: code.replaceAll("!Object.hasOwn(", "!hasOwn("), map: null };
  },
};

/** `import.meta.url` where there is none: in CommonJS, which has the file's path. */
const fileUrl = {
  name: "file-url",
  resolveImportMeta: (property, { format }) =>
    format === "cjs" && property === "url"
      ? `("file://" + (__filename[0] === "/" ? "" : "/") + encodeURI(__filename.replaceAll("\\\\", "/")).replace(/[?#]/g, encodeURIComponent))`
      : null,
};
/** Files of the build that are published as they are. */
const copies = {
  name: "copies",
  generateBundle() {
    for (const fileName of ["pushforward.wasm", "pushforward.parts.bin", "pushforward.worker.js"])
      this.emitFile({ type: "asset", fileName, source: readFileSync(`build/${fileName}`) });
  },
};

/**
 * TypeScript to JavaScript, each file once for all bundles; scripts/build.mjs has had the types checked. Without comments: the
 * declarations have what users read.
 */
const { compilerOptions } = ts.readConfigFile("tsconfig.json", ts.sys.readFile).config;
const options = ts.convertCompilerOptionsFromJson(
  { ...compilerOptions, noEmit: false, removeComments: true },
  ".",
).options;
const quickStart = { before: [objectsForEnums], after: [functionsForArrows, varsForConsts] };
const transpiled = new Map();
const transpile = {
  name: "transpile",
  resolveId(id, importer) {
    const file = importer && id.startsWith(".") ? join(dirname(importer), id) : undefined;
    return file && [`${file}.ts`, join(file, "index.ts")].find((path) => existsSync(path));
  },
  transform(code, id) {
    if (!id.endsWith(".ts")) return null;
    if (!transpiled.has(id))
      transpiled.set(
        id,
        ts.transpileModule(code, { compilerOptions: options, fileName: id, transformers: quickStart }).outputText,
      );
    return { code: transpiled.get(id), map: null };
  },
};

const compile = [
  // package.json's sideEffects is about the published file: within it, modules that fill tables must stay.
  resolve({ ignoreSideEffectsForRoot: true }),
  loaderForAllHosts,
  transpile,
];
/** Classes whose names users meet, in messages and by `constructor.name`. */
const CLASSES = /^((Complex)?Tensor|Graph|Profile|\w+Error)$/;

const compress = { passes: 3, arrows: false, unsafe_methods: true };
/**
 * In ASCII, whatever encoding a page or a server says that files have: an engine reads them faster too, and holds them in half the memory. In
 * brackets, a function that is called at once is compiled at once: else V8 reads the whole library twice.
 */
const format = { ascii_only: true, wrap_iife: true };
/** For pages. */
const minify = () => terser({ ecma: 2020, compress, keep_classnames: CLASSES, format });
/**
 * For Node and bundlers: what stacks and debuggers show can be read, with a line for each statement and functions by their names. As long as
 * it was written, the library would take a sixth longer from import to the first result, since V8 makes its heap larger for it.
 */
const shorten = () =>
  terser({
    ...{ ecma: 2020, compress, keep_classnames: true, keep_fnames: true },
    format: { ...format, beautify: true, indent_level: 1 },
  });

const shortenedCommonJS = () => {
  const [before, after] = exportsAtOnce();
  return [before, shorten(), after];
};

/** host/testing.ts takes the library from the file beside its own. */
const library = {
  name: "library",
  resolveId: (id, importer) => (importer && id === "./index" ? { id: "pushforward", external: true } : null),
};
/** The declarations of host/async.ts take those of the surface from the file beside their own. */
const surface = {
  name: "surface",
  resolveId: (id, importer) => (importer && id === "./surface" ? { id: "pushforward", external: true } : null),
};
const beside = (ext) => ({ paths: { pushforward: `./pushforward.${ext}` } });

/**
 * Declares what a project may lack without @types/node or a recent `lib`: the same as TypeScript's own lib and
 * @types/node declare, with which it merges. A reference to the lib would be an error before TypeScript 5.2.
 */
const DISPOSABLE = `
declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
  interface Disposable {
    [Symbol.dispose](): void;
  }
}`;
/** The methods of Tensor, which are added to its class from a module of their own: in one file they are part of the same interface. */
const methods = {
  name: "methods",
  resolveId: (id) => (id === "./generated/methods" ? id : null),
  load: (id) => (id === "./generated/methods" ? "export {};" : null),
};
/** Declarations are indented by two spaces, as everything here: a tenth of the file. */
const indented = {
  name: "indented",
  renderChunk: (code) => code.replace(/^(?: {4})+/gm, (spaces) => spaces.slice(spaces.length / 2)),
};
const declaredMethods = () =>
  readFileSync("host/generated/methods.ts", "utf8")
    .split(/^declare module [^\n]*\n/m)
    .slice(1)
    .map((block) => `\n${block.replace(/\n}\n$/, "\n")}`)
    .join("");
/** What the types speak of (Symbol, ReadonlyMap, …) and the default of TypeScript 5, ES5, lacks. */
const LIB = '/// <reference lib="es2015" />';
/** The default export: the module itself, with its types. */
const DEFAULT_EXPORT = '\nexport * as default from "./pushforward.cjs";';
/**
 * The declarations are those of CommonJS, which ES modules may import too, but not the other way round: beside them lies a .d.ts that
 * takes them over, so that all there is to declare is declared once.
 */
const forESM = (fileName, source) => ({
  name: "for-esm",
  generateBundle() {
    this.emitFile({ type: "asset", fileName, source });
  },
});

const all = [
  {
    input: "host/main.ts",
    onwarn,
    plugins: compile,
    output: [
      { file: "dist/pushforward.mjs", format: "es", banner, plugins: [shorten(), copies] },
      { file: "dist/pushforward.min.mjs", format: "es", banner, plugins: [minify()] },
    ],
  },
  {
    input: "host/index.ts",
    onwarn,
    plugins: compile,
    output: [
      {
        ...{ file: "dist/pushforward.cjs", format: "cjs", exports: "named" },
        ...{ banner, plugins: shortenedCommonJS() },
      },
    ],
  },
  {
    input: "host/script.ts",
    onwarn,
    plugins: compile,
    treeshake: { manualPureFunctions: ["op"] },
    output: {
      ...{ file: "dist/pushforward.min.js", format: "iife", name: "pushforward", exports: "default" },
      ...{ banner, plugins: [licenses, minify()] },
    },
  },
  {
    input: "host/main-async.ts",
    onwarn,
    plugins: compile,
    output: [
      { file: "dist/async.mjs", format: "es", banner, plugins: [shorten()] },
      { file: "dist/async.min.mjs", format: "es", banner, plugins: [minify()] },
    ],
  },
  {
    input: "host/async.ts",
    onwarn,
    plugins: [...compile, fileUrl],
    output: {
      ...{ file: "dist/async.cjs", format: "cjs", exports: "named" },
      ...{ banner, plugins: shortenedCommonJS() },
    },
  },
  {
    input: "host/workerd.mjs",
    onwarn,
    external: /^\.\/(async|pushforward)\./,
    output: { file: "dist/workerd.mjs", format: "es" },
  },
  {
    input: "host/testing.ts",
    onwarn,
    plugins: [library, ...compile],
    output: [
      { file: "dist/testing.mjs", format: "es", ...beside("mjs") },
      { file: "dist/testing.cjs", format: "cjs", ...beside("cjs") },
    ],
  },
  {
    input: "host/index.ts",
    onwarn,
    plugins: [
      methods,
      dts(),
      indented,
      forESM("pushforward.d.ts", 'export * from "./pushforward.cjs";\nexport * as default from "./pushforward.cjs";\n'),
    ],
    output: {
      file: "dist/pushforward.d.cts",
      format: "es",
      banner: LIB,
      outro: () => declaredMethods() + DISPOSABLE + DEFAULT_EXPORT,
    },
  },
  {
    input: "host/async.ts",
    onwarn,
    plugins: [
      surface,
      dts(),
      forESM("async.d.ts", 'export * from "./async.cjs";\nexport * as default from "./async.cjs";\n'),
    ],
    output: {
      file: "dist/async.d.cts",
      format: "es",
      ...beside("cjs"),
      outro: '\nexport * as default from "./async.cjs";',
    },
  },
  {
    input: "host/testing.ts",
    onwarn,
    plugins: [library, dts(), forESM("testing.d.ts", 'export * from "./testing.cjs";\n')],
    output: { file: "dist/testing.d.cts", format: "es", ...beside("cjs") },
  },
];

/** With --configQuick the first bundle alone, as long as it was written (scripts/build.mjs). */
const quick = () => ({ ...all[0], output: { ...all[0].output[0], plugins: [copies] } });
export default process.argv.includes("--configQuick") ? [quick()] : all;
