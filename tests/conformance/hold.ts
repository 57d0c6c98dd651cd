// Holds ops against PyTorch's samples of them: the results, jvp, vjp and hvp of every case.
import { inputsOf, type Library, programOf, type Tensor } from "./case";
import type { Argument, Case, Op, Sample } from "./samples";

export const kinds = ["forward", "jvp", "vjp", "hvp"] as const;
type Kind = (typeof kinds)[number];

export interface Row {
  suite: string;
  op: string;
  cases: number;
  /** Cases that hold in every kind of derivative. */
  full: number;
  /** Per kind: how many cases hold, of how many. */
  holds: Record<Kind, [pass: number, of: number]>;
  why: string[];
}

/** Ill-conditioned, or iterative in torch itself. */
const LOOSE =
  /^(linalg\.(pinv|lstsq|svd|svdvals|eigh|eigvalsh|cond|norm|matrix_norm|matrix_power|det|slogdet|inv|solve|tensorinv|tensorsolve|lu_solve|cholesky)|matrix_exp|logdet|cholesky_inverse|cholesky_solve|norm|renorm|special\.|polygamma|mvlgamma|digamma|lgamma|erfinv|i0|nn\.functional\.(local_response_norm|pdist|grid_sample))/;
/** torch itself computes these with float32 constants: cov casts its weights, hardsigmoid's backward rounds 1/6. */
const INEXACT = /^(cov|nn\.functional\.hardsigmoid)$/;

/** Why the results differ from what is wanted, or null. */
function difference(
  got: readonly Tensor[],
  want: readonly Sample[],
  op: string,
  isApproximate: boolean,
): string | null {
  const [rtol, atol] = isApproximate ? [2e-4, 1e-5] : LOOSE.test(op) ? [1e-6, 1e-7] : [1e-8, 1e-10];
  if (got.length !== want.length) return `${got.length} results, expected ${want.length}`;
  for (const [k, { shape, data }] of want.entries()) {
    if (got[k].shape.join() !== shape.join()) return `result ${k}: shape [${got[k].shape}], expected [${shape}]`;
    const elements = got[k].data();
    if (elements.length !== data.length) return `result ${k}: ${elements.length} elements, expected ${data.length}`;
    for (const [i, text] of data.entries()) {
      const [a, b] = [elements[i], Number(text)];
      const holds = Number.isNaN(b)
        ? Number.isNaN(a)
        : a === b || (Number.isFinite(b) && Math.abs(a - b) <= atol + rtol * Math.abs(b));
      if (!holds) return `result ${k}[${i}]: ${a}, expected ${b}`;
    }
  }
  return null;
}

/** A write with duplicate indices keeps one of the values, but torch adds up all their derivatives, which no function has. */
function isAmbiguous(op: string, { args, kwargs }: Case): boolean {
  const isTrue = (argument?: Argument) => !!argument && "value" in argument && argument.value === true;
  if (op !== "index_put" || isTrue(args[3]) || isTrue(kwargs.accumulate)) return false;
  const indices = (args[1] as { list: readonly Argument[] }).list.flatMap((item) =>
    "tensor" in item ? [item.tensor] : [],
  );
  const lists = indices.filter(({ dtype }) => dtype === "int32").map(({ data }) => data);
  const keys = lists.length ? lists[0].map((_, k) => lists.map((data) => data[k % data.length]).join()) : [];
  return new Set(keys).size < keys.length;
}

/**
 * PyTorch's backward of logcumsumexp takes logarithms of cotangents, whose derivative at the dummy 0 of a double backward is infinite: its
 * jvp and hvp are NaN everywhere, and what is asked for is the vjp. tests/ops/scan.test.ts holds the others against differences.
 */
const isNaNInTorch = (op: string, want: readonly Sample[]): boolean =>
  op === "logcumsumexp" && want.every(({ data }) => data.every((value) => Number.isNaN(Number(value))));

const single = <T>(items: readonly T[]): any => (items.length === 1 ? items[0] : items);

function runCase(pf: Library, op: string, c: Case): Partial<Record<Kind, string | null>> {
  const program = programOf(pf, op, c);
  const asTensor = program.tensor;
  const inputs = inputsOf(c);
  const f = (...xs: Tensor[]): Tensor[] => program.call(inputs, xs);
  const differentiable = (...xs: Tensor[]): Tensor[] => f(...xs).filter((_, i) => c.outputs[i].grad);
  const weighed = (...xs: Tensor[]): Tensor =>
    differentiable(...xs)
      .map((y, i) => y.mul(asTensor(c.w![i])).sum())
      .reduce((a, b) => a.add(b));
  const [primals, tangents] = [() => inputs.map(({ tensor }) => asTensor(tensor)), () => (c.v ?? []).map(asTensor)];
  const { jvp, vjp, hvp } = pf.functional;
  const out: Partial<Record<Kind, string | null>> = {};
  const attempt = (
    kind: Kind,
    want: readonly Sample[] | undefined,
    run: () => Tensor | Tensor[],
    isApproximate = false,
  ): void => {
    if (!want || isNaNInTorch(op, want)) return;
    try {
      out[kind] = difference([run()].flat(), want, op, isApproximate || INEXACT.test(op));
    } catch (error) {
      out[kind] = String((error as Error)?.message ?? error).split("\n")[0];
    }
  };
  attempt("forward", c.outputs, () => f(...primals()));
  if (!c.v || isAmbiguous(op, c)) return out;
  const g = (...xs: Tensor[]): any => single(differentiable(...xs));
  attempt("jvp", c.jvp ?? c.jvp_fd, () => jvp(g, single(primals()), single(tangents()))[1], !c.jvp);
  attempt("vjp", c.vjp, () => vjp(g, single(primals()), single(c.u!.map(asTensor)))[1]);
  attempt("hvp", c.hvp, () => hvp(weighed, single(primals()), single(tangents()))[1]);
  return out;
}

/** Runs the cases of an op. */
export function hold(pf: Library, { suite, op, cases }: Op): Row {
  const holds = Object.fromEntries(kinds.map((kind) => [kind, [0, 0]])) as unknown as Row["holds"];
  const row: Row = { suite, op, cases: cases.length, full: 0, holds, why: [] };
  cases.forEach((c, i) => {
    const whys = Object.entries(pf.tidy(() => runCase(pf, op, c))) as [Kind, string | null][];
    for (const [kind, why] of whys) {
      holds[kind][1]++;
      if (why === null) holds[kind][0]++;
      else row.why.push(`case ${i} ${kind}: ${why}`);
    }
    if (whys.every(([, why]) => why === null)) row.full++;
  });
  return row;
}
