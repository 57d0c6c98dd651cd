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

export default [
  {
    input,
    onwarn,
    plugins: [
      // package.json's sideEffects is about the published file: within it, modules that fill tables must stay.
      resolve({ ignoreSideEffectsForRoot: true }),
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
