// jax-js on its wasm backend as a peer: called as it is ("eager") and jitted. Operations consume their operands; `ref` lends one.
import { createRequire } from "node:module";
import { defaultDevice, grad, hessian, init, jacrev, jit, jvp, lax, nn, numpy as np } from "@jax-js/jax";
import { asyncBatchOf } from "../measure.mjs";
import { elementsOf } from "../tensors.mjs";
import { readJob, serve } from "./child.mjs";

await init("wasm");
defaultDevice("wasm");

const convolve = (x, w) => lax.convGeneralDilated(x, w, [1, 1], "VALID");

/** By name: constants → function of the inputs. What is missing has no counterpart, or (ode) does not end in minutes. */
const functions = {
  "exp-sum": () => (x) => np.exp(x).sum(1),
  chain: () => (x) =>
    np.tanh(
      np
        .sin(x.ref)
        .mul(x.ref)
        .add(np.exp(x.ref.mul(x).neg())),
    ),
  mlp: (images, labels) => (w1, b1, w2, b2, w3, b3) => {
    const first = np.tanh(np.matmul(images.ref, w1).add(b1));
    const second = np.tanh(np.matmul(first, w2).add(b2));
    return nn.logSoftmax(np.matmul(second, w3).add(b3), 1).mul(labels.ref).sum(1).neg().mean();
  },
  matmul: () => (a, b) => np.matmul(a, b),
  rosenbrock: () => (x) => {
    const n = x.shape[0];
    const right = x.ref.slice([1, n]);
    const left = x.slice([0, n - 1]);
    const valley = right.sub(left.ref.mul(left.ref));
    const slope = left.neg().add(1);
    return valley.ref.mul(valley).mul(100).add(slope.ref.mul(slope)).sum();
  },
  "logistic-regression": (data, labels) => (w) => {
    const z = np.matmul(data.ref, w);
    return nn.softplus(z.ref).mean().sub(z.mul(labels.ref).mean());
  },
  conv: (images) => (a, b, c) => np.matmul(nn.relu(convolve(nn.relu(convolve(images.ref, a)), b)).mean([2, 3]), c),
  perceptron: (w1, w2) => (x) => np.matmul(w2.ref, np.tanh(np.matmul(w1.ref, x))),
  logsumexp: (a) => (x) => nn.logsumexp(np.matmul(a.ref, x)),
  attention: () => (x, q, k, v, o) => {
    const keys = np.matrixTranspose(np.matmul(x.ref, k));
    const scores = nn.softmax(np.matmul(np.matmul(x.ref, q), keys).div(8), 1);
    return normalize(x.ref.add(np.matmul(np.matmul(scores, np.matmul(x, v)), o)));
  },
  "deep-mlp":
    (x) =>
    (...weights) =>
      weights.reduce((h, w) => nn.relu(np.matmul(h, w)), x.ref).mean(),
  softmax: () => (x) => nn.softmax(x, 1),
  "layer-norm": () => normalize,
  matvec: () => (a, x) => np.matmul(a, x),
  "batched-matmul": () => (a, b) => np.matmul(a, b),
  "sum-dim0": () => (x) => x.sum(0),
  "sum-dim1": () => (x) => x.sum(1),
  transpose: () => (x) => x.ref.add(np.matrixTranspose(x)),
  cholesky: () => (a) => np.linalg.cholesky(a),
  solve: () => (a, b) => np.linalg.solve(a, b),
  inv: () => (a) => np.linalg.inv(a),
  det: () => (a) => np.linalg.det(a),
  eigh: () => (a) => [...np.linalg.eigh(a)],
  svd: () => (a) => [...np.linalg.svd(a, { fullMatrices: false })],
};
/** What must be the same whoever computed it (pushforward.mjs). */
const invariants = {
  solve: ([x], [a]) => [np.matmul(a.ref, x)],
  inv: ([x], [a]) => [np.matmul(a.ref, x)],
  eigh: ([values, v]) => [values.ref, rebuilt(v.ref, values, np.matrixTranspose(v))],
  svd: ([u, values, vh]) => [values.ref, rebuilt(u, values, vh)],
};
const rebuilt = (left, values, right) => np.matmul(left.mul(np.expandDims(values, -2)), right);
function normalize(x) {
  const centred = x.ref.sub(x.mean(1, { keepdims: true }));
  const variance = centred.ref.mul(centred.ref).mean(1, { keepdims: true });
  return centred.div(np.sqrt(variance.add(1e-5)));
}

/** What is asked: (f, number of inputs) → a function of inputs and directions that gives [value, derivative], or values. */
const asks = {
  value: (f) => (...inputs) => [f(...inputs)].flat(),
  jvp: (f, n) => (...all) => jvp(f, all.slice(0, n), all.slice(n)),
  hvp: (f) => (x, v) => jvp(grad(f), [x], [v]),
  jacobian: (f) => (x) => [null, jacrev(f)(x)],
  hessian: (f) => (x) => [null, hessian(f)(x)],
  nested: (f) => (x, v) => jvp((y) => jvp(f, [y], [v.ref])[1], [x], [v.ref]),
}; // prettier-ignore

function prepare(workload, mode) {
  const { dtype, ask, constants, inputs, directions } = workload;
  if (dtype !== "float32") throw new Error(`the wasm backend is not asked for ${dtype}`);
  if (!functions[workload.function] || !asks[ask]) throw new Error("not written for this peer");
  const make = (spec) => np.array(elementsOf(spec, dtype)).reshape(spec.shape);
  const derivative = asks[ask](functions[workload.function](...constants.map(make)), inputs.length);
  const args = [...inputs, ...directions].map(make);
  // Jitted, value and derivative are outputs of one program; nothing is computed before it is read.
  const program = mode === "jit" ? jit((...all) => derivative(...all).filter((part) => part !== null)) : derivative;
  const run = async () => {
    const read = [];
    for (const part of program(...args.map((arg) => arg.ref))) if (part !== null) read.push(await part.data());
    return read;
  };
  const read = async () => {
    if (ask !== "value") return [(await run()).at(-1)];
    const results = program(...args.map((arg) => arg.ref));
    const compared = invariants[workload.function]?.(results, args) ?? results;
    return await Promise.all(compared.map((part) => part.data()));
  };
  return { read, batch: asyncBatchOf(run) };
}

const job = await readJob();
const { version } = createRequire(import.meta.url)("../node_modules/@jax-js/jax/package.json");
await serve(job, { version, backend: "wasm", node: process.version }, prepare);
process.exit(0);
