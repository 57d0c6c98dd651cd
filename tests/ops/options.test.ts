// Ops with options other than their defaults, of shapes without symmetry, against PyTorch (options.rows.jsonl, made by options.rows.py):
// values, the gradient and a product with the Hessian of Σ w·(y + 0.3·y²).
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { find } from "../fuzz/programs";
import { f64, near } from "./support";

interface Encoded {
  dtype: pf.DTypeName;
  shape: number[];
  data: (number | boolean | string)[];
  /** torch has no derivative by it. */
  fixed?: true;
}
interface Row {
  op: string;
  args: unknown[];
  options: Record<string, unknown>;
  y: Encoded[];
  gradient?: (number | string)[][];
  product?: (number | string)[][];
}
const text = readFileSync(new URL("./options.rows.jsonl", import.meta.url), "utf8");
const isEncoded = (x: any): x is Encoded => typeof x === "object" && x !== null && "data" in x;
const decode = ({ dtype, shape, data }: Encoded): pf.Tensor => {
  if (dtype === "bool") return pf.tensor(Uint8Array.from(data, Number), { shape });
  return pf.tensor(dtype === "int32" ? Int32Array.from(data, Number) : Float64Array.from(data, Number), { shape });
};
/** Each tensor among the arguments by what `f` makes of it. */
const build = (x: any, f: (x: Encoded) => pf.Tensor): any => {
  if (isEncoded(x)) return f(x);
  if (Array.isArray(x)) return x.map((one) => build(one, f));
  if (typeof x === "object" && x !== null)
    return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, build(v, f)]));
  return x === "Infinity" ? Infinity : x;
};
const wave = (x: pf.Tensor, phase: number): pf.Tensor =>
  f64(Array.from({ length: x.numel }, (_, i) => Math.sin(1.7 * i + phase))).reshape(x.shape);
/** What torch prints to twelve digits. */
const DIGITS = 1e-11;

for (const line of text.trim().split("\n")) {
  const { op, args, options, y, gradient, product } = JSON.parse(line) as Row;
  const given: pf.Tensor[] = [];
  const leaves: number[] = [];
  const collect = (x: Encoded): pf.Tensor => {
    if (!x.fixed) leaves.push(given.length);
    given.push(decode(x));
    return given[given.length - 1];
  };
  build([args, options], collect);
  const call = (inputs: readonly pf.Tensor[]): pf.Tensor[] => {
    let next = 0;
    const [a, o] = build([args, options], () => inputs[next++]);
    const result = find(op)(...a, ...(Object.keys(o).length ? [o] : []));
    return [result].flat(2) as pf.Tensor[];
  };
  const title = JSON.stringify([op, args, options], (_, x) => (isEncoded(x) ? x.shape.join("×") || "number" : x));
  test(title.slice(0, 160), () =>
    pf.tidy(() => {
      const results = call(given);
      assert.is(results.length, y.length);
      results.forEach((result, i) => near(result, decode(y[i]), DIGITS));
      if (!gradient) return;
      const scalar = (...xs: pf.Tensor[]): pf.Tensor => {
        const all = [...given];
        leaves.forEach((at, i) => (all[at] = xs[i]));
        return call(all).reduce<pf.Tensor>((sum, t, i) => sum.add(t.add(t.square().mul(0.3)).mul(wave(t, i + 1)).sum()), f64(0)); // prettier-ignore
      };
      const at = leaves.map((i) => given[i]);
      const [, got] = pf.functional.vjp(scalar as any, at) as any as [pf.Tensor, pf.Tensor[]];
      got.forEach((d, i) => near(d, decode({ dtype: "float64", shape: [...at[i].shape], data: gradient[i] }), DIGITS));
      if (!product) return;
      const [, h] = pf.functional.hvp(scalar as any, at, at.map((x, i) => wave(x, i + 4))) as any as [pf.Tensor, pf.Tensor[]]; // prettier-ignore
      h.forEach((d, i) => near(d, decode({ dtype: "float64", shape: [...at[i].shape], data: product[i] }), DIGITS));
    }),
  );
}
test.run();
