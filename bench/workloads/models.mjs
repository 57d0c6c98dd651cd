// Models beyond those of the targets: gradients, depth, recurrence, nesting, float64.
import { uniform } from "../tensors.mjs";
import { reference } from "./reference.mjs";

const byName = (name) => reference.find((workload) => workload.name === name);
const inFloat64 = (name) => ({
  ...byName(name),
  name: `${name}-f64`,
  function: byName(name).function ?? name,
  dtype: "float64",
});
const many = (count, make) => Array.from({ length: count }, (_, i) => make(i));

const [steps, batch, features, hidden] = [32, 16, 32, 64];
const lstm = {
  function: "lstm",
  about: `${steps} steps, batch ${batch}, ${features} features, ${hidden} units`,
  constants: [uniform([steps, batch, features], 50)],
  inputs: [
    uniform([features, 4 * hidden], 51, 0.2),
    uniform([hidden, 4 * hidden], 52, 0.2),
    uniform([4 * hidden], 53, 0.2),
  ],
  directions: [uniform([features, 4 * hidden], 54), uniform([hidden, 4 * hidden], 55), uniform([4 * hidden], 56)],
};

export const models = [
  ...["seed-large", "chain", "mlp", "matmul512"].map(inFloat64),
  { ...byName("mlp"), name: "mlp-grad", function: "mlp", ask: "grad", directions: [] },
  {
    name: "deep-mlp",
    about: "16 layers of 128, relu, batch 64, in all weights",
    ask: "jvp",
    constants: [uniform([64, 128], 60)],
    inputs: many(16, (i) => uniform([128, 128], 61 + i, 0.2)),
    directions: many(16, (i) => uniform([128, 128], 81 + i, 0.1)),
  },
  { ...lstm, name: "lstm", ask: "jvp" },
  { ...lstm, name: "lstm-grad", ask: "grad", directions: [] },
  {
    name: "gp-grad",
    function: "gaussian-process",
    about: "RBF kernel of [256, 4], 10 steps of conjugate gradients, in 4 + 1 hyperparameters",
    ask: "grad",
    constants: [uniform([256, 4], 110), uniform([256], 111)],
    inputs: [uniform([4], 112, 0.3), uniform([1], 113, 0.3)],
  },
  {
    name: "nested-jvp",
    function: "chain",
    about: "jvp of the jvp of chain, x [10⁵]",
    ask: "nested",
    inputs: [uniform([100_000], 2)],
    directions: [uniform([100_000], 3)],
  },
];
