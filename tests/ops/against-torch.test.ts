// Ops against PyTorch (against-torch.rows.jsonl.gz, made by against-torch.rows.py) where the pieces of their formulas meet, beyond their
// domains, and with options that no sample of it tries; with first and second derivatives.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { test } from "uvu";
import * as pf from "../../host/index";
import { find } from "../fuzz/programs";
import { nearAll } from "./support";

interface Encoded {
  readonly dtype: pf.DTypeName;
  readonly shape: readonly number[];
  readonly data: readonly (number | boolean | string)[];
  readonly leaf?: boolean;
}
interface Row {
  readonly op: string;
  readonly args: readonly unknown[];
  readonly options?: Record<string, unknown>;
  readonly results: readonly Encoded[];
  readonly derivatives: readonly (readonly Encoded[])[];
  readonly tolerance?: number;
}
const isEncoded = (x: unknown): x is Encoded => typeof x === "object" && x !== null && "data" in x;
const decoded = ({ dtype, shape, data, leaf }: Encoded): pf.Tensor =>
  dtype === "bool" ? pf.tensor(data.map(Boolean), { shape }) : pf.tensor(data.map(Number), { dtype, shape, requiresGrad: leaf }); // prettier-ignore
/** JSON has neither infinities nor NaN. */
const isNumber = (x: unknown): boolean => /^(-?Infinity|NaN)$/.test(String(x));
function decode(x: any): any {
  if (isEncoded(x)) return decoded(x);
  return Array.isArray(x) ? x.map(decode) : typeof x === "string" && isNumber(x) ? Number(x) : x;
}
const optionsOf = (options: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).map(([key, value]) => [key, decode(value)]));
/** Of the elements of the k-th result, so that a derivative shows which one it is of. */
const weights = (x: pf.Tensor, step: number, k: number): pf.Tensor =>
  pf.tensor(Array.from({ length: x.numel }, (_, i) => (1 + ((i * step) % 4) / 2) * (1 + k / 2)), { dtype: x.dtype, shape: x.shape }); // prettier-ignore

function check({ op, args, options, results, derivatives, tolerance }: Row): void {
  const made = args.map(decode);
  const leaves = made.filter((x) => x instanceof pf.Tensor && x.requiresGrad);
  const found = [find(op)(...made, ...(options ? [optionsOf(options)] : []))].flat() as pf.Tensor[];
  const allowed = tolerance ?? (results.some(({ dtype }) => dtype === "float32") ? 2e-6 : 1e-13);
  nearAll(found, results.map(decoded), allowed);
  let ys = found;
  derivatives.forEach((expected, k) => {
    const total = ys
      .filter((y) => y.requiresGrad)
      .map((y, j) => y.mul(weights(y, 3 + 2 * k, j)).sum())
      .reduce((a, b) => a.add(b), leaves[0].mul(0).sum());
    ys = pf.autograd.grad(total, leaves, { createGraph: true, allowUnused: true }).map((g: any, i: number) => g ?? pf.zerosLike(leaves[i])); // prettier-ignore
    nearAll(ys, expected.map(decoded), 10 * allowed);
  });
}
const text = gunzipSync(readFileSync(new URL("./against-torch.rows.jsonl.gz", import.meta.url))).toString();
for (const line of text.trim().split("\n")) {
  const row = JSON.parse(line) as Row;
  const said = JSON.stringify([row.options ?? {}, row.args.map((x) => (isEncoded(x) ? x.data : x))]);
  test(`${row.op} ${said.replace(/"/g, "").slice(0, 120)}`, () => pf.tidy(() => check(row)));
}
test.run();
