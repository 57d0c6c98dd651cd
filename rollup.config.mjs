// Three files from the same modules: ESM, CommonJS, and a self-contained script for <script src>. The WebAssembly core
// is inside each of them as base64 (host/generated/core.ts), so that there is nothing to copy or to fetch. Beside them
// pushforward/testing, which imports the library like anybody else.
import { readFileSync } from "node:fs";
import resolve from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";
import typescript from "@rollup/plugin-typescript";
import dts from "rollup-plugin-dts";
import { banner, licenses } from "./scripts/licenses.mjs";

/** A warning is an error, so that an unresolved import, a circle or a type error never reaches the published files. */
const onwarn = (warning) => {
  throw new Error(warning.message);
};
/**
 * AssemblyScript's loader as every host can load it: at import it makes a TextDecoder, which jsdom lacks, for strings that our
 * core has none of, and it writes to Object, which may be frozen (node --frozen-intrinsics).
 */
const loaderForAllHosts = {
  name: "loader-for-all-hosts",
  transform(code, id) {
    if (!/@assemblyscript[\\/]loader/.test(id)) return null;
    for (const [statement, other] of [
      ['const utf16 = new TextDecoder("utf-16le", { fatal: true });', "const utf16 = null;"],
      ["Object.hasOwn = Object.hasOwn || function", "const hasOwn = Object.hasOwn || function"],
    ]) {
      if (!code.includes(statement)) throw new Error(`rollup: the loader lacks what is replaced in it: ${statement}`);
      code = code.replace(statement, other);
    }
    return { code: code.replaceAll("!Object.hasOwn(", "!hasOwn("), map: null };
  },
};

const compile = [
  // package.json's sideEffects is about the published file: within it, modules that fill tables must stay.
  resolve({ ignoreSideEffectsForRoot: true }),
  loaderForAllHosts,
  typescript({ include: ["host/**/*.ts", "assembly/{abi,generated}/*.ts"], compilerOptions: { noEmit: false } }),
];
/** Classes whose names users meet, in messages and by `constructor.name`. */
const CLASSES = /^(Tensor|Graph|Profile|\w+Error)$/;

/** host/testing.ts takes the library from the file beside its own. */
const library = {
  name: "library",
  resolveId: (id, importer) => (importer && id === "./index" ? { id: "pushforward", external: true } : null),
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
  readFileSync("host/generated/methods.ts", "utf8").replace(/^[^]*?declare module [^\n]*\n([^]*)\n}\n$/, "\n$1\n");
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

export default [
  { input: "host/main.ts", onwarn, plugins: compile, output: { file: "dist/pushforward.mjs", format: "es", banner } },
  {
    input: "host/index.ts",
    onwarn,
    plugins: compile,
    output: [
      // The default export of an ES module that a transpiler has turned into require.
      { file: "dist/pushforward.cjs", format: "cjs", exports: "named", footer: "exports.default = exports;", banner },
      {
        file: "dist/pushforward.min.js",
        format: "iife",
        name: "pushforward",
        exports: "named",
        banner,
        plugins: [licenses, terser({ ecma: 2020, compress: { passes: 2 }, keep_classnames: CLASSES })],
      },
    ],
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
    input: "host/testing.ts",
    onwarn,
    plugins: [library, dts(), forESM("testing.d.ts", 'export * from "./testing.cjs";\n')],
    output: { file: "dist/testing.d.cts", format: "es", ...beside("cjs") },
  },
];
