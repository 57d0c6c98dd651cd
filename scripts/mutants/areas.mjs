// The areas that mutants are drawn from, and the suites that should notice those of each.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib.mjs";

const suitesIn = (...folders) =>
  folders.flatMap((folder) =>
    readdirSync(join(root, "tests", folder), { recursive: true })
      .filter((file) => file.endsWith(".test.ts"))
      .map((file) => join("tests", folder, file)),
  );
const numbers = ["tests/conformance/run.test.ts", ...suitesIn("ops", "primitives", "random", "tensor")];
const transforms = [
  ...suitesIn("func", "autograd", "inspect", "random"),
  "tests/compile.test.ts",
  "tests/debug-nans.test.ts",
];
// Of the suites of the core those that are quick.
const graphs = ["tests/fuzz/fuzz.test.ts", ...["evaluation", "exhausted-transforms", "keys", "lifetime", "pending", "pieces", "plans", "random-graphs", "reads", "sizes", "views"].map((name) => `tests/core/${name}.test.ts`)]; // prettier-ignore
// Those that count kernels, bytes and instructions, and try what programs are made of.
const counts = [
  "tests/profile.test.ts",
  ...["blocks", "compiled", "exhausted-programs", "peak", "plan-cache", "planning", "programs"].map(
    (name) => `tests/core/${name}.test.ts`,
  ),
];
const rules = [...suitesIn("primitives"), "tests/ops/formulas.test.ts", "tests/ops/nn-derivatives.test.ts"];
const checks = [...suitesIn("ops"), "tests/bad-input.test.ts"];
const isBatching = (file, within) => /(batching|vmap)\.ts$/.test(file) || /^batch/.test(within);
/** What is mutated, in folders and files, and the suites that should notice. */
export const areas = {
  "op formulas": {
    files: ["host/ops"],
    except: /(signatures|signature|kinds|define|index)\.ts$/,
    suites: [...numbers, "tests/bad-input.test.ts", ...suitesIn("func", "autograd")],
  },
  "host transforms": {
    files: ["host/autograd", "host/func", "host/compile"],
    suites: [...transforms, "tests/tree.test.ts"],
  },
  "vjp rules": {
    files: ["assembly/primitives", "assembly/graph/values.ts"],
    takes: ({ file, within }) => !isBatching(file, within) && !/^(evaluate|flops|describe)/.test(within),
    suites: [...rules, ...transforms, ...graphs, ...checks],
  },
  batching: {
    files: ["assembly/primitives", "assembly/transforms"],
    takes: ({ file, within }) => isBatching(file, within),
    suites: [...transforms, ...graphs, ...rules],
  },
  transforms: {
    files: ["assembly/transforms"],
    takes: ({ file, within }) => !isBatching(file, within),
    suites: [...transforms, ...graphs, ...rules],
  },
  runtime: {
    files: ["assembly/runtime", "assembly/memory/queue.ts", "assembly/kernels/copy/values.ts"],
    except: /profile\.ts$/,
    suites: [...graphs, ...counts, ...transforms, ...rules, "tests/threads/pool.test.ts"],
  },
};
