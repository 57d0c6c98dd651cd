// The workloads that the targets of the evaluation engine are about.
import { ones, oneHot, positive, uniform } from "../tensors.mjs";

const scaled = (shapes, seed, scale) => shapes.map((shape, i) => uniform(shape, seed + i, scale));
const layers = [[784, 512], [512], [512, 512], [512], [512, 10], [10]]; // prettier-ignore
const head = [[128, 64], [64, 64], [64, 64], [64, 64], [64, 64]]; // prettier-ignore

const matmul = (n) => ({
  name: `matmul${n}`,
  function: "matmul",
  about: `A·B, ${n}×${n}`,
  ask: "jvp",
  inputs: scaled([[n, n], [n, n]], 11), // prettier-ignore
  directions: scaled([[n, n], [n, n]], 13), // prettier-ignore
});
const expSum = (name, n) => ({
  name,
  function: "exp-sum",
  about: `exp(x).sum(1), x [${n}, ${n}]`,
  ask: "jvp",
  inputs: [uniform([n, n], 1)],
  directions: [ones([n, n])],
});

export const reference = [
  expSum("seed-small", 4),
  expSum("seed-large", 2048),
  {
    name: "chain",
    about: "tanh(sin(x)·x + exp(-x²)), x [10⁶]",
    ask: "jvp",
    inputs: [uniform([1_000_000], 2)],
    directions: [uniform([1_000_000], 3)],
  },
  {
    name: "mlp",
    about: "784→512→512→10, tanh, cross-entropy, batch 128, in all weights",
    ask: "jvp",
    constants: [uniform([128, 784], 4), oneHot(128, 10)],
    inputs: scaled(layers, 5, 0.05),
    directions: scaled(layers, 20),
  },
  matmul(512),
  matmul(1024),
  {
    name: "rosenbrock-hvp",
    function: "rosenbrock",
    about: "Σ 100(x₊ - x²)² + (1 - x)², x [10⁵]",
    ask: "hvp",
    inputs: [uniform([100_000], 15)],
    directions: [uniform([100_000], 16)],
  },
  {
    name: "logreg-hvp",
    function: "logistic-regression",
    about: "logistic loss, data [10000, 100]",
    ask: "hvp",
    constants: [uniform([10_000, 100], 17), positive([10_000], 18)],
    inputs: [uniform([100], 19, 0.1)],
    directions: [uniform([100], 20)],
  },
  {
    name: "conv",
    about: "two 3×3 convolutions on [16, 1, 28, 28], relu, mean, linear",
    ask: "jvp",
    constants: [uniform([16, 1, 28, 28], 21)],
    inputs: [uniform([16, 1, 3, 3], 22, 0.3), uniform([32, 16, 3, 3], 23, 0.1), uniform([32, 10], 24, 0.2)],
    directions: scaled([[16, 1, 3, 3], [32, 16, 3, 3], [32, 10]], 30), // prettier-ignore
  },
  {
    name: "ode",
    about: "1000 Euler steps of x + 0.01·tanh(W x), x [8]",
    ask: "jvp",
    constants: [uniform([8, 8], 25)],
    inputs: [uniform([8], 26)],
    directions: [uniform([8], 27)],
  },
  {
    name: "jacobian",
    function: "perceptron",
    about: "64→128→64, tanh",
    ask: "jacobian",
    constants: [uniform([128, 64], 28, 0.1), uniform([64, 128], 29, 0.1)],
    inputs: [uniform([64], 30)],
  },
  {
    name: "hessian",
    function: "logsumexp",
    about: "logsumexp(A x), A [50, 100]",
    ask: "hessian",
    constants: [uniform([50, 100], 31)],
    inputs: [uniform([100], 32)],
  },
  {
    name: "attention",
    about: "one head on [128, 64], residual, layer norm, in all",
    ask: "jvp",
    inputs: head.map((shape, i) => uniform(shape, 33 + i, i ? 0.2 : 1)),
    directions: scaled(head, 40),
  },
];
