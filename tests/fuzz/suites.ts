// What must hold of every program, as properties that throw: each suite draws programs of its own kind.
import * as pf from "../../host/index";
import type { Tensor } from "../../host/index";
import { generator } from "../core/support";
import { within } from "../core/exhaustion";
import { wrapNode } from "../../host/tensor/tensor";
import { elementsOf, graphOf } from "./graph";
import { misuse } from "./misuse";
import {
  type Count,
  type Leaf,
  type Options,
  overloads,
  type Program,
  record,
  run,
  type Step,
  tensorOf,
} from "./programs";
import { given, mismatch, reference, type Values } from "./reference";

export interface Suite {
  readonly options: Options;
  /** The most steps of a program. */
  readonly length: number;
  /** Throws when something does not hold; `seed` is for its own draws. */
  check(program: Program, seed: number): void;
  /** Instead of running programs: a check of one draw. */
  draw?(step: Step): string;
}

const isFloat = (x: { dtype: string }): boolean => x.dtype === "float32" || x.dtype === "float64";
function fail(text: string): never {
  throw new Error(text);
}
const copy = (x: Tensor): number[] => Array.from(x.data());
/** Holds lists to be the same bits, up to what NaN and zeros look like. */
function same(got: readonly number[], want: readonly number[], what: string): void {
  if (got.length !== want.length) fail(`${what}: ${got.length} elements, expected ${want.length}`);
  want.forEach((value, i) => {
    if (!(got[i] === value || (Number.isNaN(got[i]) && Number.isNaN(value)))) fail(`${what}: element ${i} is ${got[i]}, expected ${value}`); // prettier-ignore
  });
}
/** The same up to rounding, relative to the largest element. */
function close(got: readonly number[], want: readonly number[], tolerance: number, what: string): void {
  if (got.length !== want.length) fail(`${what}: ${got.length} elements, expected ${want.length}`);
  const scale = want.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 1e-300);
  want.forEach((value, i) => {
    if (got[i] === value || (Number.isNaN(got[i]) && Number.isNaN(value))) return;
    if (!(Math.abs(got[i] - value) <= tolerance * scale)) fail(`${what}: element ${i} is ${got[i]}, expected ${value}`);
  });
}

/** Every node that results hang on holds what the reference computes from its inputs. */
function holdNodes(results: readonly Tensor[]): void {
  const nodes = graphOf(results);
  // A computed node lets go of its inputs, which are still to be read here.
  nodes.forEach(({ id }) => wrapNode(id as Parameters<typeof wrapNode>[0]));
  const values = new Map<number, Values>();
  for (const n of nodes) {
    const inputs = n.inputs.map((id) => values.get(id)!);
    const data = elementsOf(n);
    values.set(n.id, { shape: n.shape, dtype: n.dtype, data });
    if (given.has(n.op) || !n.inputs.every((id) => values.has(id)) || (!n.inputs.length && n.isComputed)) continue;
    const why = mismatch(n, data, reference(n, inputs));
    if (why) fail(`${n.op} of [${inputs.map((x) => `[${x.shape.join()}]`).join(", ")}]: ${why}`);
  }
}

/** The leaves that derivatives are asked for by, and the program as a function of them. */
function asFunction(program: Program): { leaves: Leaf[]; f: (...xs: Tensor[]) => Tensor[] } {
  const leaves = program.flatMap((item) => ("leaf" in item && item.leaf.dtype === "float64" ? [item.leaf] : []));
  const f = (...xs: Tensor[]): Tensor[] => {
    let at = 0;
    const values = run(program, { leaf: (leaf) => (leaf.dtype === "float64" ? xs[at++] : tensorOf(leaf)) });
    return values.filter((value, i) => isFloat(value) && i >= values.length - 6);
  };
  return { leaves, f };
}
/** Whether a program has something to differentiate, and numbers that rounding leaves comparable. */
function isTame(program: Program): boolean {
  const { leaves, f } = asFunction(program);
  if (!leaves.length) return false;
  return pf.tidy(() => {
    const values = run(program);
    return f(...leaves.map(tensorOf)).length > 0 && values.every((x) => x.dtype !== "float32" && x.data().every((value) => Math.abs(value) < 1e6)); // prettier-ignore
  });
}
const like = (x: { shape: readonly number[]; dtype: pf.DTypeName }, next: () => number): Tensor => {
  const count = x.shape.reduce((a, b) => a * b, 1);
  return pf.tensor(Float64Array.from({ length: count }, () => 2 * next() - 1), { shape: [...x.shape] }).to(x.dtype); // prettier-ignore
};
const list = (x: unknown): Tensor[] => [x].flat() as Tensor[];
const single = (xs: readonly Tensor[]): any => (xs.length === 1 ? xs[0] : xs);
/** Σ a·b, and Σ |a·b|. */
function inner(a: readonly Tensor[], b: readonly Tensor[]): [sum: number, size: number] {
  let [sum, size] = [0, 0];
  a.forEach((x, i) => {
    const [p, q] = [copy(x), copy(b[i])];
    p.forEach((value, k) => {
      sum += value * q[k];
      size += Math.abs(value * q[k]);
    });
  });
  return [sum, size];
}

const engine: Suite = {
  options: {},
  length: 8,
  check(program, seed) {
    pf.tidy(() => holdNodes(run(program)));
    pf.tidy(() => {
      const next = generator(seed);
      const eager: number[][] = [];
      run(program, { made: (value) => eager.push(copy(value)) });
      const lazy = run(program, { made: (value) => void (next() < 0.1 && value.data()) });
      for (let left = lazy.map((_, i) => i); left.length;) {
        const [i] = left.splice(Math.floor(next() * left.length), 1);
        same(copy(lazy[i]), eager[i], `value x${i}, read later than made`);
      }
    });
  },
};

/** The nodes of derivatives are primitives too. */
const gradients: Suite = {
  options: { only: "float64" },
  length: 4,
  check(program, seed) {
    if (!isTame(program)) return;
    const { leaves, f } = asFunction(program);
    pf.tidy(() => {
      const next = generator(seed);
      const at = leaves.map(tensorOf);
      const v = leaves.map((x) => like(x, next));
      holdNodes(pf.tidy(() => list(pf.functional.jvp(f as any, at, v)[1])));
      const u = f(...at).map((y) => like(y, next));
      holdNodes(pf.tidy(() => list(pf.functional.vjp(f as any, single(at), u)[1])));
    });
  },
};

const adjoint: Suite = {
  options: { only: "float64" },
  length: 6,
  check(program, seed) {
    if (!isTame(program)) return;
    const { leaves, f } = asFunction(program);
    pf.tidy(() => {
      const next = generator(seed);
      const at = leaves.map(tensorOf);
      const v = leaves.map((x) => like(x, next));
      const tangents = list(pf.functional.jvp(f as any, at, v)[1]);
      const u = tangents.map((y) => like(y, next));
      const cotangents = list(pf.functional.vjp(f as any, single(at), u)[1]);
      const [left, right] = [inner(u, tangents), inner(cotangents, v)];
      const all = [...tangents, ...cotangents].flatMap(copy);
      if (!all.every((x) => Math.abs(x) < 1e9)) return;
      const scale = Math.max(left[1], right[1], 1e-6) + 1e-6 * all.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      if (!(Math.abs(left[0] - right[0]) <= 1e-8 * scale)) fail(`⟨u, Jv⟩ is ${left[0]}, ⟨Jᵀu, v⟩ is ${right[0]}`);
    });
  },
};

const compile: Suite = {
  options: {},
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
/** What f gives, or the name of the typed error that it throws. */
function attempt<T>(f: () => T): T | string {
  try {
    return f();
  } catch (error) {
    if (error instanceof pf.PushforwardError) return error.message;
    throw error;
  }
}

const vmap: Suite = {
  options: { only: "float64" },
  length: 5,
  check(program, seed) {
    const { leaves, f } = asFunction(program);
    if (!leaves.length) return;
    pf.tidy(() => {
      const next = generator(seed);
      const batch = [0, 1, 2].map((k) =>
        leaves.map((leaf) => (k ? tensorOf(leaf).add(like(leaf, next).mul(0.1)) : tensorOf(leaf))),
      );
      const want = attempt(() => batch.map((xs) => f(...xs)));
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

const threads: Suite = {
  options: {
    sizes: [[120_001], [300, 401], [401, 300], [40, 51, 60], [1, 8, 60, 60], [300, 1], [401]],
    limit: 400_000,
    among: overloads.filter(({ op }) => !/^(cdist|nn\.functional\.pdist|kron|combinations|cartesianProd|outer|ger|vander|diagEmbed|diagflat|blockDiag|linalg\.vander|cov|corrcoef|repeat|tile|expand)/.test(op)), // prettier-ignore
  },
  length: 4,
  check(program) {
    const results = [1, 2].map((count) => {
      pf.configure({ threads: count });
      return pf.tidy(() => run(program).map(copy));
    });
    results[0].forEach((value, i) => same(results[1][i], value, `value x${i} on two threads`));
  },
};

const reads: Suite = {
  options: { only: "float64" },
  length: 8,
  check(program, seed) {
    if (!isTame(program)) return;
    const outcome = (moment: (() => number) | null): number[][] =>
      pf.tidy(() => {
        const leaves: Tensor[] = [];
        const values = run(program, {
          leaf: (leaf) => {
            const { dtype, shape, data } = leaf;
            const x = pf.tensor([...data], { dtype, shape: [...shape], requiresGrad: dtype === "float64" });
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
        return [...values, ...first, ...second].map((x) => (x ? copy(x) : []));
      });
    const want = outcome(null);
    outcome(generator(seed)).forEach((got, i) => close(got, want[i], 1e-9, `number ${i} of values and derivatives, with reads in between`)); // prettier-ignore
  },
};

/** With so many bytes at hand and no more: the result, or the typed error; and then everything is there again. */
const memory: Suite = {
  options: { only: "float64", sizes: [[40, 50], [2000], [50, 40], [10, 10, 20]], limit: 40_000 }, // prettier-ignore
  length: 3,
  check(program, seed) {
    const { leaves, f } = asFunction(program);
    if (!leaves.length) return;
    const next = generator(seed);
    const body = (xs: Tensor[]): number[][] =>
      pf.tidy(() => {
        const outputs = f(...xs);
        const gradients = outputs.length ? list(pf.functional.vjp(f as any, single(xs), outputs.map((y) => pf.onesLike(y.detach())))[1]) : []; // prettier-ignore
        return [...outputs, ...gradients].map(copy);
      });
    pf.tidy(() => {
      const xs = leaves.map(tensorOf);
      const want = attempt(() => body(xs));
      if (typeof want === "string") return;
      body(xs);
      for (let k = 0; k < 12; k++) {
        const room = 64 * Math.floor(2 ** (14 * next()));
        const before = pf.backend.memoryBytes;
        let got: number[][] = [];
        const error = within(room, () => (got = body(xs)));
        if (error === null) got.forEach((value, i) => same(value, want[i], `result ${i} with ${room} bytes at hand`));
        else if (!(error instanceof pf.OutOfMemoryError))
          fail(`with ${room} bytes at hand: ${(error as Error).message}`);
        if (pf.backend.memoryBytes > before + 4096) fail(`with ${room} bytes at hand: ${pf.backend.memoryBytes - before} bytes stay`); // prettier-ignore
      }
      body(xs).forEach((value, i) => same(value, want[i], `result ${i} afterwards`));
    });
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
  misuse: misused,
};

/** One program of a suite, drawn, recorded and checked. Errors say the program. */
export function once(suite: Suite, steps: readonly Step[], seed: number, count?: Count): Program | string {
  if (suite.draw) {
    const texts = steps.map((step) => suite.draw!(step));
    if (count) {
      count.programs++;
      count.calls += steps.length;
    }
    return texts.join("\n");
  }
  const program = record(steps, suite.options, count);
  if (program.length) suite.check(program, seed);
  return program;
}
