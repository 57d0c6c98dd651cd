// `node --import tsx bench/tracing.mjs [words…] [--lib dist/pushforward.mjs]`: what it costs to trace an op and to differentiate
// it, in microseconds, evaluation apart. "core" are the same calls of the ABI from a bare loop, so that the difference is what
// binding the arguments, the handle and its scope cost in the host. Words choose rows by name.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";
import { DType, Op } from "../assembly/abi/opcodes.ts";

const { values, positionals } = parseArgs({
  options: { lib: { type: "string", default: "dist/pushforward.mjs" } },
  allowPositionals: true,
});
const pf = await import(pathToFileURL(resolve(values.lib)).href);
// A core of its own, from the sources: what it does leaves the library alone.
const { core } = await import("../host/core/memory.ts");

/** Ops in a scope: fewer than what is evaluated on the spot outside of a trace. */
const COUNT = 1000;
const ROUNDS = 200;

/** The least time of a call of `run` over many, in microseconds per op. */
function least(run) {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return (best / COUNT) * 1000;
}

// -- the core's side: operands, and lists through scratch
const scratch = core.scratch(16) >>> 2;
let words = new Int32Array(core.memory.buffer);
/** Writes the items for the next call; returns how many. */
function list(...items) {
  if (words.length === 0) words = new Int32Array(core.memory.buffer); // memory has grown
  for (let i = 0; i < items.length; i++) words[scratch + i] = items[i];
  return items.length;
}
const leaf = (...shape) => core.full(DType.Float32, list(...shape), 0.5);
const operand = (...shape) => core.inputAlias(leaf(...shape), 0);

// Per row: the shape of x, the op of the library, and the calls of the ABI that it comes down to. An op keeps x's shape where
// `chained` says so: then jvp runs over a chain of them.
const y = pf.full([8, 8], 0.5);
const coreY = operand(8, 8);
const rows = {
  "exp(x)": { shape: [8, 8], host: (x) => x.exp(), abi: (x) => core.unary(Op.Exp, x), chained: true },
  "add(x, y)": { shape: [8, 8], host: (x) => pf.add(x, y), abi: (x) => core.binary(Op.Add, x, coreY), chained: true },
  "x.mul(y)": { shape: [8, 8], host: (x) => x.mul(y), abi: (x) => core.binary(Op.Mul, x, coreY), chained: true },
  "x.mul(0.5)": {
    shape: [8, 8],
    host: (x) => x.mul(0.5),
    abi: (x) => core.binary(Op.Mul, x, core.scalar(0.5)),
    chained: true,
  },
  "tanh(x)": { shape: [8, 8], host: (x) => pf.tanh(x), abi: (x) => core.unary(Op.Tanh, x), chained: true },
  "matmul(y, x)": { shape: [8, 8], host: (x) => pf.matmul(y, x), abi: (x) => core.matmul(coreY, x), chained: true },
  "matmul(y, v)": {
    shape: [8],
    host: (x) => pf.matmul(y, x),
    abi: (x) => {
      const product = core.matmul(coreY, core.reshape(x, list(8, 1)));
      return core.reshape(product, list(8));
    },
    chained: true,
  },
  "x.sum(1)": {
    shape: [8, 8],
    host: (x) => x.sum(1),
    abi: (x) => core.reduce(Op.Sum, x, list(1), 0),
  },
  "x.narrow(0, 1, 4)": {
    shape: [8, 8],
    host: (x) => x.narrow(0, 1, 4),
    abi: (x) => core.slice(x, list(1, 0, 4, 8, 1, 1) / 3),
  },
  "x.reshape([64])": {
    shape: [8, 8],
    host: (x) => x.reshape([64]),
    abi: (x) => core.reshape(x, list(64)),
  },
};

/** COUNT ops within one scope of the host. */
const trace = ({ shape, host }) => {
  const x = pf.full(shape, 0.5);
  return least(() =>
    pf.tidy(() => {
      for (let i = 0; i < COUNT; i++) host(x);
    }),
  );
};
/** The same from a bare loop: a scope of the core for each op, as in the library, within one that holds the results. */
const traceCore = ({ shape, abi }) => {
  const x = operand(...shape);
  return least(() => {
    const outer = core.openScope();
    const nodes = [];
    for (let i = 0; i < COUNT; i++) {
      const mark = core.openScope();
      const node = abi(x);
      core.hold(node);
      core.closeScope(mark);
      nodes.push(node);
    }
    for (const node of nodes) core.drop(node);
    core.closeScope(outer);
  });
};

/** A chain of COUNT ops and its jvp, without an evaluation; less what tracing costs, it is the cost of the transform. */
const jvp = ({ shape, host }) => {
  const x = pf.full(shape, 0.5);
  const chain = (x) => {
    for (let i = 0; i < COUNT; i++) x = host(x);
    return x;
  };
  return least(() => {
    for (const tensor of pf.functional.jvp(chain, x, x)) tensor.dispose();
  });
};
const jvpCore = ({ shape, abi }) => {
  const v = operand(...shape);
  return least(() => {
    const outer = core.openScope();
    core.trace(1);
    const input = core.inputAlias(v, 0);
    let x = input;
    for (let i = 0; i < COUNT; i++) x = abi(x);
    list(x, input, v);
    core.jvp(1, 1, 0);
    core.closeScope(outer);
    core.trace(-1);
  });
};

const us = (value) => (value === undefined ? "" : value.toFixed(3));
console.log("µs an op\n");
console.log("| op | traced | of it core | traced + jvp | of it core |\n| --- | ---: | ---: | ---: | ---: |");
for (const [name, row] of Object.entries(rows)) {
  if (positionals.length && !positionals.some((word) => name.includes(word))) continue;
  const figures = [trace(row), traceCore(row), ...(row.chained ? [jvp(row), jvpCore(row)] : [])];
  console.log(`| ${name} | ${[0, 1, 2, 3].map((i) => us(figures[i])).join(" | ")} |`);
}
