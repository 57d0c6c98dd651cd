// What must hold of every program, as properties that throw: each suite draws programs of its own kind.
import { Fault } from "../../assembly/abi/failures";
import { checkAddress } from "../../host/core/failure";
import { core, writeWords } from "../../host/core/memory";
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { interfering } from "../core/exhaustion";
import { generator } from "../core/support";
import { wrapNode } from "../../host/tensor/tensor";
import {
  asFunction,
  attempt,
  close,
  copy,
  type Elements,
  fail,
  inner,
  isFloat,
  isTame,
  like,
  list,
  same,
  single,
  type Suite,
} from "./checks";
import { elementsOf, graphOf, structureOf } from "./graph";
import { allocations, memory } from "./memory";
import { misuse } from "./misuse";
import { type Count, overloads, type Program, record, run, type Step, tensorOf } from "./programs";
import { given, isCall, mismatch, reference, untold, type Values } from "./reference";

/** Every node that results depend on holds what the reference computes from its inputs; gives what the nodes are. */
function holdNodes(results: readonly Tensor[]): string[] {
  const nodes = graphOf(results);
  const structure = structureOf(nodes);
  // A computed node lets go of its inputs, which are still to be read here.
  nodes.forEach(({ id }) => wrapNode(id as Parameters<typeof wrapNode>[0]));
  const values = new Map<number, Values>();
  const calls = new Map(nodes.filter(({ op }) => isCall(op)).map((n) => [n.id, n]));
  for (const n of nodes) {
    // What a call holds is told by its outputs: each is judged by what the call was given.
    if (calls.has(n.id)) continue;
    const call = calls.get(n.inputs[0]);
    const from = call ?? n;
    const inputs = from.inputs.map((id) => values.get(id)!);
    // What a value is differentiated by is never computed.
    const data = n.op === "Model" ? [] : elementsOf(n);
    values.set(n.id, { shape: n.shape, dtype: n.dtype, data });
    if (
      given.has(n.op) ||
      untold.has(call?.op ?? n.op) ||
      inputs.includes(undefined!) ||
      (!from.inputs.length && from.isComputed)
    )
      continue;
    const why = mismatch(n, data, reference(n, inputs, call));
    if (why) fail(`${call?.op ?? n.op} of [${inputs.map((x) => `[${x.shape.join()}]`).join(", ")}]: ${why}`);
  }
  return structure;
}

const engine: Suite = {
  options: {},
  length: 8,
  check(program, seed) {
    const structure = pf.tidy(() => holdNodes(run(program)));
    // Records of their own have something else in what is never written.
    const other = pf.tidy(() => {
      let results: Tensor[] = [];
      interfering(Fault.One, 2 ** 31 - 1, () => (results = run(program)));
      return structureOf(graphOf(results));
    });
    structure.forEach((node, i) => {
      if (node !== other[i]) fail(`a node is ${node}, another time ${other[i]}`);
    });
    pf.tidy(() => {
      const next = generator(seed);
      const eager: Elements[] = [];
      run(program, { made: (value) => eager.push(copy(value)) });
      const lazy = run(program, { made: (value) => void (next() < 0.1 && value.data()) });
      for (let left = lazy.map((_, i) => i); left.length;) {
        const [i] = left.splice(Math.floor(next() * left.length), 1);
        same(copy(lazy[i]), eager[i], `value x${i}, read later than made`);
      }
    });
  },
};

/** Runs check with a program as a function, its leaves, and directions of them; not where rounding decides. */
function along(
  program: Program,
  seed: number,
  check: (f: (...xs: Tensor[]) => Tensor[], at: Tensor[], v: Tensor[], like: (y: Tensor) => Tensor) => void,
): void {
  if (!isTame(program)) return;
  const { leaves, f } = asFunction(program);
  const next = generator(seed);
  const alike = (y: Parameters<typeof like>[0]): Tensor => like(y, next);
  pf.tidy(() => check(f, leaves.map(tensorOf), leaves.map(alike), alike));
}

/** The nodes of derivatives are primitives too. */
const gradients: Suite = {
  options: { only: "float64" },
  length: 4,
  check(program, seed) {
    along(program, seed, (f, at, v, alike) => {
      holdNodes(pf.tidy(() => list(pf.functional.jvp(f as any, at, v)[1])));
      const u = f(...at).map(alike);
      holdNodes(pf.tidy(() => list(pf.functional.vjp(f as any, single(at), u)[1])));
    });
  },
};

const adjoint: Suite = {
  options: { only: "float64" },
  length: 6,
  check(program, seed) {
    along(program, seed, (f, at, v, alike) => {
      const tangents = list(pf.functional.jvp(f as any, at, v)[1]);
      const u = tangents.map(alike);
      const cotangents = list(pf.functional.vjp(f as any, single(at), u)[1]);
      const [left, right] = [inner(u, tangents), inner(cotangents, v)];
      const all = [...tangents, ...cotangents].flatMap((x) => [...copy(x)]);
      if (!all.every((x) => Math.abs(x) < 1e9)) return;
      const scale = Math.max(left[1], right[1], 1e-6) + 1e-6 * all.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      if (!(Math.abs(left[0] - right[0]) <= 1e-8 * scale)) fail(`⟨u, Jv⟩ is ${left[0]}, ⟨Jᵀu, v⟩ is ${right[0]}`);
    });
  },
};

/** Ops whose results' shapes are no matter of values. */
const traceable = overloads.filter(
  ({ op, params }) =>
    !/^(maskedSelect|nonzero|argwhere|unique|uniqueConsecutive|bincount)$/.test(op) &&
    !(op === "where" && params.length === 1),
);
const compile: Suite = {
  options: { among: traceable },
  length: 8,
  check(program, seed) {
    const leaves = program.flatMap((item) => ("leaf" in item ? [item.leaf] : []));
    if (!leaves.length) return;
    const f = (xs: readonly Tensor[]): Tensor[] => run(program, { leaf: (_, k) => xs[k] });
    pf.tidy(() => {
      const compiled = pf.compile(f as any) as unknown as typeof f;
      const next = generator(seed);
      for (let call = 0; call < 3; call++) {
        const xs = leaves.map((leaf) => {
          const x = tensorOf(leaf);
          return call && isFloat(leaf) ? x.add(like(leaf, next).mul(0.1)) : x;
        });
        const want = pf.tidy(() => attempt(() => f(xs).map(copy)));
        const got = attempt(() => compiled(xs).map(copy));
        if (typeof want === "string" || typeof got === "string") {
          if (typeof want !== typeof got)
            fail(`call ${call}: ${String(got).slice(0, 200)} instead of ${String(want).slice(0, 200)}`);
          continue;
        }
        want.forEach((value, i) => same(got[i], value, `call ${call}, value x${i}`));
      }
    });
  },
};
const vmap: Suite = {
  options: { only: "float64", among: traceable },
  length: 5,
  check(program, seed) {
    const { leaves, f } = asFunction(program);
    if (!leaves.length) return;
    pf.tidy(() => {
      const next = generator(seed);
      const batch = [0, 1, 2].map((k) =>
        leaves.map((leaf) => (k ? tensorOf(leaf).add(like(leaf, next).mul(0.1)) : tensorOf(leaf))),
      );
      // Errors that values make come when these are read.
      const want = attempt(() =>
        batch.map((xs) => {
          const values = f(...xs);
          values.forEach(copy);
          return values;
        }),
      );
      if (typeof want === "string" || !want[0].length) return;
      const got = list(pf.func.vmap(f as any)(...leaves.map((_, i) => pf.stack(batch.map((xs) => xs[i]), 0)))); // prettier-ignore
      if (got.length !== want[0].length) fail(`${got.length} results, expected ${want[0].length}`);
      got.forEach((y, i) =>
        want.forEach((row, k) => {
          if (y.dtype !== row[i].dtype) fail(`result ${i} is ${y.dtype}, expected ${row[i].dtype}`);
          if (y.shape.slice(1).join() !== row[i].shape.join()) fail(`result ${i} is [${y.shape}], expected [3,${row[i].shape}]`); // prettier-ignore
          close(copy(y.select(0, k)), copy(row[i]), y.dtype === "float32" ? 1e-5 : 1e-9, `result ${i} of element ${k}`);
        }),
      );
    });
  },
};

/** Large enough to be split into parts, by the kernels that split at all. */
const threads: Suite = {
  options: {
    sizes: [
      [2_200_000],
      [1100, 2000],
      [2000, 1100],
      [20_000, 110],
      [4, 550, 1000],
      [2, 16, 256, 256],
      [2000, 1],
      [1100],
    ],
    limit: 5_000_000,
    among: overloads.filter(({ op }) => !/^(cdist|nn\.functional\.pdist|kron|combinations|cartesianProd|outer|ger|vander|diagEmbed|diagflat|blockDiag|linalg\.vander|cov|corrcoef|repeat|tile|expand)/.test(op)), // prettier-ignore
  },
  length: 4,
  async check(program) {
    const results: Elements[][] = [];
    for (const count of [1, 2]) {
      pf.configure({ threads: count });
      // Threads that have not answered take no part.
      await pf.ready;
      results.push(pf.tidy(() => run(program).map(copy)));
    }
    results[0].forEach((value, i) => same(results[1][i], value, `value x${i} on two threads`));
  },
};

const reads: Suite = {
  options: { only: "float64" },
  length: 8,
  check(program, seed) {
    if (!isTame(program)) return;
    const outcome = (moment: (() => number) | null): Elements[] =>
      pf.tidy(() => {
        const leaves: Tensor[] = [];
        const values = run(program, {
          leaf: (leaf) => {
            const x = tensorOf(leaf).requiresGrad_(leaf.dtype === "float64");
            if (x.requiresGrad) leaves.push(x);
            return x;
          },
          made: (_, all) => void (moment && moment() < 0.4 && all[Math.floor(moment() * all.length)].data()),
        });
        const total = values.filter((x) => x.requiresGrad).reduce((sum, x, i) => sum.add(x.mul(i + 1).sum()), pf.tensor(0, { dtype: "float64" })); // prettier-ignore
        if (!total.requiresGrad) return [];
        if (moment && moment() < 0.5) total.item();
        const targets = [...leaves, ...values.filter((x) => x.requiresGrad && !leaves.includes(x))];
        const first = pf.autograd.grad(total, targets, { createGraph: true, allowUnused: true });
        if (moment) for (const g of first) if (g && moment() < 0.4) g.data();
        const again = first.filter((g): g is Tensor => !!g?.requiresGrad).reduce((sum, g, i) => sum.add(g.mul(i + 2).sum()), pf.tensor(0, { dtype: "float64" })); // prettier-ignore
        if (moment && moment() < 0.3) again.item();
        const second = again.requiresGrad ? pf.autograd.grad(again, leaves, { allowUnused: true }) : [];
        return [...values, ...first, ...second].map((x) => (x ? copy(x) : new Float64Array()));
      });
    const want = outcome(null);
    outcome(generator(seed)).forEach((got, i) => close(got, want[i], 1e-9, `number ${i} of values and derivatives, with reads in between`)); // prettier-ignore
  },
};

const never = (): void => undefined;
const misused: Suite = { options: {}, length: 1, check: never, draw: misuse };

export const suites: Readonly<Record<string, Suite>> = {
  engine,
  gradients,
  adjoint,
  compile,
  vmap,
  threads,
  reads,
  memory,
  allocations,
  misuse: misused,
};

const SCRATCH_WORDS = 1024;
/** One program of a suite, drawn, recorded and checked. Errors say the program. */
export async function once(suite: Suite, steps: readonly Step[], seed: number, count?: Count): Promise<void> {
  if (suite.draw) {
    steps.forEach((step) => suite.draw!(step));
    if (count) {
      count.programs++;
      count.calls += steps.length;
    }
    return;
  }
  const program = record(steps, suite.options, count);
  // Behind a call's lists nothing may be read: these words, taken for the id of a node, lie far beyond the end of memory.
  writeWords(checkAddress(core.scratch(SCRATCH_WORDS)), new Array<number>(SCRATCH_WORDS).fill(0x0ffffff0));
  if (program.length) await suite.check(program, seed);
}
