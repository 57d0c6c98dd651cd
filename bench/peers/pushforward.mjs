// The workloads in pushforward: traced afresh at every call, or compiled.
import { pathToFileURL } from "node:url";
import { batchOf } from "../measure.mjs";
import { elementsOf } from "../tensors.mjs";

/** The library at a path: a built ES module or CommonJS file. */
export async function load(path, threads) {
  const module = await import(pathToFileURL(path).href);
  const pf = module.tensor ? module : module.default;
  pf.configure({ threads });
  await pf.ready;
  return pf;
}

/** By name: constants → function of the inputs. */
function functionsOf(pf) {
  const NF = pf.nn.functional;
  const fourier = (re, im) => {
    const { real, imag } = pf.fft.fft(pf.complex(re, im));
    return [real, imag];
  };
  const chain = () => (x) => pf.tanh(x.sin().mul(x).add(x.mul(x).neg().exp()));
  return {
    "exp-sum": () => (x) => x.exp().sum(1),
    chain,
    mlp: (images, labels) => (w1, b1, w2, b2, w3, b3) => {
      const first = images.matmul(w1).add(b1).tanh();
      const second = first.matmul(w2).add(b2).tanh();
      return NF.logSoftmax(second.matmul(w3).add(b3), 1).mul(labels).sum(1).mean().neg();
    },
    matmul: () => (a, b) => a.matmul(b),
    rosenbrock: () => (x) => {
      const n = x.shape[0] - 1;
      const [left, right] = [x.narrow(0, 0, n), x.narrow(0, 1, n)];
      return right.sub(left.pow(2)).pow(2).mul(100).add(pf.sub(1, left).pow(2)).sum();
    },
    "logistic-regression": (data, labels) => (w) => {
      const z = data.matmul(w);
      return NF.softplus(z).mean().sub(z.mul(labels).mean());
    },
    conv: (images) => (a, b, c) => NF.relu(NF.conv2d(NF.relu(NF.conv2d(images, a)), b)).mean([2, 3]).matmul(c), // prettier-ignore
    ode: (w) => (x) => {
      for (let i = 0; i < 1000; i++) x = x.add(w.matmul(x).tanh().mul(0.01));
      return x;
    },
    perceptron: (w1, w2) => (x) => w2.matmul(w1.matmul(x).tanh()),
    logsumexp: (a) => (x) => pf.logsumexp(a.matmul(x), 0),
    attention: () => (x, q, k, v, o) => {
      const scores = x.matmul(q).matmul(x.matmul(k).transpose(0, 1)).div(8);
      return NF.layerNorm(x.add(NF.softmax(scores, 1).matmul(x.matmul(v)).matmul(o)), [64]);
    },
    "deep-mlp":
      (x) =>
      (...weights) =>
        weights.reduce((h, w) => NF.relu(h.matmul(w)), x).mean(),
    lstm: (sequence) => (wx, wh, b) => {
      const [steps, batch] = sequence.shape;
      const units = wh.shape[0];
      let h = pf.zeros([batch, units]);
      let c = h;
      for (let i = 0; i < steps; i++) {
        const gates = sequence.select(0, i).matmul(wx).add(h.matmul(wh)).add(b);
        const [input, forget, cell, output] = gates.chunk(4, 1);
        c = forget.sigmoid().mul(c).add(input.sigmoid().mul(cell.tanh()));
        h = output.sigmoid().mul(c.tanh());
      }
      return h.pow(2).mean();
    },
    "gaussian-process": (points, y) => (logLengths, logScale) => {
      const scaled = points.mul(logLengths.exp());
      const difference = scaled.unsqueeze(1).sub(scaled.unsqueeze(0));
      const distance = difference.mul(difference).sum(2);
      const kernel = distance.mul(-0.5).exp().mul(logScale.exp()).add(pf.eye(y.shape[0]).mul(0.5));
      let solution = pf.zerosLike(y);
      let residual = y;
      let direction = y;
      let norm = residual.mul(residual).sum();
      for (let i = 0; i < 10; i++) {
        const product = kernel.matmul(direction);
        const step = norm.div(direction.mul(product).sum());
        solution = solution.add(direction.mul(step));
        residual = residual.sub(product.mul(step));
        const next = residual.mul(residual).sum();
        direction = residual.add(direction.mul(next.div(norm)));
        norm = next;
      }
      return y.mul(solution).sum().mul(-0.5).sub(kernel.log1p().mean());
    },
    softmax: () => (x) => NF.softmax(x, 1),
    lgamma: () => (x) => x.mul(25).add(26).lgamma(),
    "layer-norm": () => (x) => NF.layerNorm(x, [x.shape[1]]),
    matvec: () => (a, x) => a.matmul(x),
    "batched-matmul": () => (a, b) => a.matmul(b),
    "sum-dim0": () => (x) => x.sum(0),
    "sum-dim1": () => (x) => x.sum(1),
    cumsum: () => (x) => x.cumsum(0),
    "cumsum-dim0": () => (x) => x.cumsum(0),
    cumprod: () => (x) => x.cumprod(1),
    "fft-rows": () => fourier,
    "fft-long": () => fourier,
    transpose: () => (x) => x.add(x.t()),
    gather: (index) => (x) => x.gather(1, index),
    embedding: (index) => (table) => table.indexSelect(0, index).pow(2).sum(),
    cholesky: () => (a) => pf.linalg.cholesky(a),
    solve: () => (a, b) => pf.linalg.solve(a, b),
    inv: () => (a) => pf.linalg.inv(a),
    det: () => (a) => pf.linalg.det(a),
    qr: () => (a) => [...pf.linalg.qr(a)],
    eigh: () => (a) => [...pf.linalg.eigh(a)],
    svd: () => (a) => [...pf.linalg.svd(a)],
  };
}

/**
 * By name: (results, inputs) → what must be the same whoever computed it, where the results need not be: signs and bases are a choice,
 * and rounding is magnified by some matrices.
 */
const invariants = {
  solve: ([x], [a]) => [a.matmul(x)],
  inv: ([x], [a]) => [a.matmul(x)],
  qr: ([q, r]) => [r.abs(), q.matmul(r)],
  eigh: ([values, v]) => [values, v.mul(values.unsqueeze(-2)).matmul(v.transpose(-2, -1))],
  svd: ([u, values, vh]) => [values, u.mul(values.unsqueeze(-2)).matmul(vh)],
};

/** What is asked: (f, number of inputs) → a function of inputs and directions that gives [value, derivatives]. */
function asksOf(pf) {
  const { jvp, vjp, hvp, jacobian, hessian } = pf.functional;
  const alone = (list) => (list.length === 1 ? list[0] : list);
  return {
    value: (f) => (...inputs) => [[], f(...inputs)],
    jvp: (f, n) => (...all) => jvp(f, alone(all.slice(0, n)), alone(all.slice(n))),
    hvp: (f) => (x, v) => hvp(f, x, v),
    grad: (f) => (...inputs) => vjp(f, alone(inputs)),
    jacobian: (f) => (x) => [[], jacobian(f, x)],
    hessian: (f) => (x) => [[], hessian(f, x)],
    nested: (f) => (x, v) => jvp((y) => jvp(f, y, v, { createGraph: true })[1], x, v),
  }; // prettier-ignore
}

/** The call of a workload: { call, args }; call(...args) is [value, derivatives]. */
export function callOf(pf, workload, mode) {
  const { dtype, constants, inputs, directions } = workload;
  const make = (spec) => pf.tensor(elementsOf(spec, dtype), { shape: spec.shape });
  const f = functionsOf(pf)[workload.function](...constants.map(make));
  const ask = asksOf(pf)[workload.ask](f, inputs.length);
  return { call: mode === "compiled" ? pf.compile(ask) : ask, args: [...inputs, ...directions].map(make) };
}

export const MODES = ["afresh", "compiled"];

/** As in PyTorch, a call is over when the value and the derivatives are computed. */
export function prepareWith(pf) {
  return (workload, mode) => {
    const { call, args } = callOf(pf, workload, mode);
    const run = (use) => {
      const [value, derivatives] = call(...args).map((part) => [part].flat());
      const results = [...value, ...derivatives];
      pf.evaluate(...results);
      const used = use(derivatives);
      for (const tensor of results) tensor.dispose();
      return used;
    };
    return {
      read: () =>
        run((tensors) => {
          const compared = invariants[workload.function]?.(tensors, args) ?? tensors;
          return compared.map((tensor) => tensor.data());
        }),
      batch: batchOf(() => run(() => {})),
    };
  };
}
