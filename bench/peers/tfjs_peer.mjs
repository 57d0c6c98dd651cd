// TensorFlow.js on its wasm backend as a peer. It has no forward mode: jvp is the double-backward trick over tf.grads.
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { batchOf } from "../measure.mjs";
import { elementsOf } from "../tensors.mjs";
import { readJob, serve } from "./child.mjs";

const require = createRequire(import.meta.url);
const tf = require("@tensorflow/tfjs");
const wasm = require("@tensorflow/tfjs-backend-wasm");
wasm.setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
await tf.setBackend("wasm");
await tf.ready();

/** By name: constants → function of the inputs. What is missing has no counterpart. */
const functions = {
  "exp-sum": () => (x) => tf.sum(tf.exp(x), 1),
  chain: () => (x) => tf.tanh(tf.add(tf.mul(tf.sin(x), x), tf.exp(tf.neg(tf.mul(x, x))))),
  mlp: (images, labels) => (w1, b1, w2, b2, w3, b3) => {
    const first = tf.tanh(tf.add(tf.matMul(images, w1), b1));
    const second = tf.tanh(tf.add(tf.matMul(first, w2), b2));
    const scores = tf.logSoftmax(tf.add(tf.matMul(second, w3), b3));
    return tf.neg(tf.mean(tf.sum(tf.mul(scores, labels), 1)));
  },
  matmul: () => (a, b) => tf.matMul(a, b),
  rosenbrock: () => (x) => {
    const n = x.shape[0] - 1;
    const [left, right] = [tf.slice(x, 0, n), tf.slice(x, 1, n)];
    const valley = tf.square(tf.sub(right, tf.square(left)));
    return tf.sum(tf.add(tf.mul(valley, 100), tf.square(tf.sub(1, left))));
  },
  "logistic-regression": (data, labels) => (w) => {
    const z = tf.reshape(tf.matMul(data, tf.reshape(w, [-1, 1])), [-1]);
    return tf.sub(tf.mean(tf.softplus(z)), tf.mean(tf.mul(z, labels)));
  },
  // Images and filters have their channels last here.
  conv: (images) => {
    const last = tf.transpose(images, [0, 2, 3, 1]);
    const filter = (w) => tf.transpose(w, [2, 3, 1, 0]);
    const layer = (x, w) => tf.relu(tf.conv2d(x, filter(w), 1, "valid"));
    return (a, b, c) => tf.matMul(tf.mean(layer(layer(last, a), b), [1, 2]), c);
  },
  ode: (w) => (x) => {
    for (let i = 0; i < 1000; i++) {
      const product = tf.reshape(tf.matMul(w, tf.reshape(x, [8, 1])), [8]);
      x = tf.add(x, tf.mul(tf.tanh(product), 0.01));
    }
    return x;
  },
  attention: () => (x, q, k, v, o) => {
    const scores = tf.softmax(tf.div(tf.matMul(tf.matMul(x, q), tf.matMul(x, k), false, true), 8));
    return normalize(tf.add(x, tf.matMul(tf.matMul(scores, tf.matMul(x, v)), o)));
  },
  "deep-mlp":
    (x) =>
    (...weights) =>
      tf.mean(weights.reduce((h, w) => tf.relu(tf.matMul(h, w)), x)),
  softmax: () => (x) => tf.softmax(x),
  "layer-norm": () => normalize,
  matvec: () => (a, x) => tf.reshape(tf.matMul(a, tf.reshape(x, [-1, 1])), [-1]),
  "batched-matmul": () => (a, b) => tf.matMul(a, b),
  "sum-dim0": () => (x) => tf.sum(x, 0),
  cumsum: () => (x) => tf.cumsum(x, 0),
  "cumsum-dim0": () => (x) => tf.cumsum(x, 0),
  cumprod: () => (x) => tf.cumprod(x, 1),
  "sum-dim1": () => (x) => tf.sum(x, 1),
  transpose: () => (x) => tf.add(x, tf.transpose(x)),
  embedding: (index) => (table) => tf.sum(tf.square(tf.gather(table, index))),
};
function normalize(x) {
  const { mean, variance } = tf.moments(x, 1, true);
  return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
}

const dot = (as, bs) => as.map((a, i) => tf.sum(tf.mul(a, bs[i]))).reduce((sum, term) => tf.add(sum, term));

/** What is asked: (f, inputs, directions) → derivatives. */
const asks = {
  jvp: (f, inputs, directions) => {
    const cotangent = tf.zerosLike(f(...inputs));
    return [tf.grad((u) => dot(tf.grads(f)(inputs, u), directions))(cotangent)];
  },
  hvp: (f, [x], [v]) => [tf.grad((y) => tf.sum(tf.mul(tf.grad(f)(y), v)))(x)],
  grad: (f, inputs) => tf.grads(f)(inputs),
};

function prepare({ dtype, ask, constants, inputs, directions, function: name }) {
  if (dtype !== "float32") throw new Error(`has no ${dtype}`);
  if (!functions[name] || !asks[ask]) throw new Error("not written for this peer");
  const make = (spec) => tf.tensor(elementsOf(spec, dtype), spec.shape);
  const f = functions[name](...constants.map(make));
  const [primals, tangents] = [inputs.map(make), directions.map(make)];
  const run = () => {
    const results = tf.tidy(() => asks[ask](f, primals, tangents));
    const arrays = results.map((tensor) => tensor.dataSync());
    tf.dispose(results);
    return arrays;
  };
  return { read: run, batch: batchOf(run) };
}

const job = await readJob();
await serve(job, { version: tf.version.tfjs, backend: tf.getBackend(), node: process.version }, prepare);
process.exit(0);
