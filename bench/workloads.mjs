// The workloads of the bench: each a function of tensors, its inputs, and the derivative that is asked for.
import * as pf from "pushforward";

/** Numbers in [-1, 1) from a counter (the finalizer of MurmurHash3), the same in every run and on every machine. */
function fill(shape, seed, scale = 1) {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  const start = Math.imul(seed, 0x9e3779b1);
  for (let i = 0; i < data.length; i++) {
    let bits = i + start;
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    bits ^= bits >>> 16;
    data[i] = scale * ((bits >>> 8) / 2 ** 23 - 1);
  }
  return pf.tensor(data, { shape });
}

/** A jvp in all inputs, in random directions. */
function jvpOf(func, shapes, scale = 1) {
  const inputs = shapes.map((shape, i) => fill(shape, i + 1, scale));
  const directions = shapes.map((shape, i) => fill(shape, i + 101));
  return {
    forward: () => func(...inputs),
    derivative: () => pf.functional.jvp(func, inputs, directions),
  };
}

const exponentialSums = (x) => x.exp().sum(1);

const chain = (x) => x.sin().mul(x).add(x.mul(x).neg().exp()).tanh();

function rosenbrock(x) {
  const n = x.shape[0] - 1;
  const [left, right] = [x.narrow(0, 0, n), x.narrow(0, 1, n)];
  const valley = right.sub(left.mul(left));
  const slope = pf.sub(1, left);
  return valley.mul(valley).mul(100).add(slope.mul(slope)).sum();
}

function euler(matrix, steps) {
  return (x) => {
    for (let i = 0; i < steps; i++) x = x.add(pf.matmul(matrix, x).tanh().mul(0.01));
    return x;
  };
}

function network(batch) {
  const images = fill([batch, 784], 50);
  return (w1, b1, w2, b2, w3, b3) => {
    const first = images.matmul(w1).add(b1).tanh();
    const second = first.matmul(w2).add(b2).tanh();
    return second.matmul(w3).add(b3).logSoftmax(1).mean();
  };
}

/** Made one at a time, so that each starts from an empty memory. */
export const workloads = {
  "exp-sum 4×4, jvp": () => jvpOf(exponentialSums, [[4, 4]]),
  "exp-sum 2048×2048, jvp": () => jvpOf(exponentialSums, [[2048, 2048]]),
  "elementwise chain of 10⁶, jvp": () => jvpOf(chain, [[1_000_000]]),
  "matmul 512, jvp": () => jvpOf((a, b) => a.matmul(b), [[512, 512], [512, 512]]), // prettier-ignore
  "network 784-512-512-10, batch 128, jvp": () =>
    jvpOf(network(128), [[784, 512], [512], [512, 512], [512], [512, 10], [10]], 0.05),
  "1000 Euler steps of 8, jvp": () => jvpOf(euler(fill([8, 8], 60), 1000), [[8]]),
  "Rosenbrock 10⁵, hvp": () => {
    const [x, v] = [fill([100_000], 1), fill([100_000], 2)];
    return { forward: () => rosenbrock(x), derivative: () => pf.functional.hvp(rosenbrock, x, v) };
  },
};
