// Three files from one graph of modules: ESM, CommonJS, and a self-contained script for <script src>. The WebAssembly core
// is inside each of them as base64 (host/generated/core.ts), so that there is nothing to copy or to fetch.
import resolve from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";
import typescript from "@rollup/plugin-typescript";
import dts from "rollup-plugin-dts";

const input = "host/index.ts";

/** A warning is an error, so that an unresolved import or a type error never reaches the published files. */
const onwarn = (warning) => {
  // Tensor and the modules that make or free tensors call each other, though none of them while it loads.
  if (warning.code !== "CIRCULAR_DEPENDENCY") throw new Error(warning.message);
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

export default [
  {
    input,
    onwarn,
    plugins: [
      // package.json's sideEffects is about the published file: within it, modules that fill tables must stay.
      resolve({ ignoreSideEffectsForRoot: true }),
      loaderForAllHosts,
      typescript({
        include: ["host/**/*.ts", "assembly/abi/**/*.ts"],
        compilerOptions: { noEmit: false, sourceMap: true },
      }),
    ],
    output: [
      { file: "dist/pushforward.mjs", format: "es", sourcemap: true },
      { file: "dist/pushforward.cjs", format: "cjs", exports: "named", sourcemap: true },
      {
        file: "dist/pushforward.min.js",
        format: "iife",
        name: "pushforward",
        exports: "named",
        sourcemap: true,
        plugins: [terser({ ecma: 2020, compress: { passes: 2 } })],
      },
    ],
  },
  {
    input,
    onwarn,
    plugins: [dts()],
    output: [
      { file: "dist/pushforward.d.ts", format: "es" },
      { file: "dist/pushforward.d.cts", format: "es" },
    ],
  },
];
