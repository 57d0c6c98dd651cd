// Values and gradients outside of domains, at their ends and at infinities: torch's (tests/reference/edges.py).
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";

const file = readFileSync(new URL("../reference/edges.json", import.meta.url), "utf8");
const numbers: Record<string, string> = { inf: "Infinity", "-inf": "-Infinity", nan: "NaN" };
const { points, ...rows } = JSON.parse(file.replace(/"(-?inf|nan)"/g, (_, name) => `"${numbers[name]}"`));
const find = (name: string): any => name.split(".").reduce<any>((at, part) => at[part], pf);

/** Where torch has something else that is no better, or worse. */
const others: Record<string, RegExp> = {
  // numbers where the function itself is NaN
  acosh: /^gradient at (-Infinity|-3e\+38|-2|-1.5|-1)$/,
  // NaN for limits that exist
  i0: /at -?Infinity$/,
  "special.logNdtr": /^gradient at (-Infinity|-3e\+38)$/,
  "special.i1": /at (-?Infinity|-?3e\+38|NaN)$/,
  "nn.functional.softsign": /at -?Infinity$/,
  "nn.functional.hardswish": /at (-Infinity|NaN)$/,
  // what the rounding of π·x leaves, or NaN where that is no number
  sinc: /^value at -?[12]$|at -?3e\+38$/,
  // 1e-27 for -3e-58, and numbers for NaN
  "special.i0e": /^gradient at (-?3e\+38|NaN)$/,
  "special.i1e": /^gradient at (-?3e\+38|NaN)$/,
  // -∞ from ∞·0 is NaN here; of NaN the slope of the line, 1
  "special.entr": /^gradient at Infinity$/,
  "nn.functional.elu": /^gradient at NaN$/,
};
const same = (a: number, b: number): boolean =>
  Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-5 * Math.abs(b) + 1e-30;

for (const [name, [values, gradients]] of Object.entries(rows) as any)
  test(name, () => {
    const x = pf.tensor(points.map(Number));
    const f = find(name);
    const got = [f(x), (pf.func.grad((z: any) => f(z).sum()) as any)(x)].map((t) => Array.from(t.data() as Float32Array)); // prettier-ignore
    [values, gradients].forEach((wanted, k) =>
      wanted.forEach((want: number | string, i: number) => {
        const where = `${k ? "gradient" : "value"} at ${points[i].toString().replace(/^(-?)3\.0*\d*e\+38$/, "$13e+38")}`;
        if (others[name]?.test(where)) return;
        assert.ok(same(got[k][i], Number(want)), `${where}: ${got[k][i]}, torch has ${want}`);
      }),
    );
  });

test("I₀ and I₁ overflow with their derivatives, each with its sign", () => {
  for (const dtype of ["float32", "float64"] as const) {
    const x = pf.tensor(dtype === "float32" ? [-3e38, -93, 93, 3e38] : [-1e300, -715, 715, 1e300], { dtype });
    const gradient = (f: any) => Array.from((pf.func.grad((z: any) => f(z).sum()) as any)(x).data());
    const inf = Infinity;
    assert.equal(Array.from(pf.i0(x).data()), [inf, inf, inf, inf]);
    assert.equal(gradient(pf.i0), [-inf, -inf, inf, inf]);
    assert.equal(Array.from(pf.special.i1(x).data()), [-inf, -inf, inf, inf]);
    assert.equal(gradient(pf.special.i1), [inf, inf, inf, inf]);
    const near = pf.tensor(dtype === "float32" ? [90, -90] : [711, -711], { dtype });
    for (const f of [pf.i0, pf.special.i1]) assert.ok((pf.func.grad((z: any) => f(z).sum()) as any)(near).data().every(Number.isFinite)); // prettier-ignore
  }
});
test("outside of the domain every derivative is NaN", () => {
  const twice = (f: any) => pf.func.grad((z: any) => (pf.func.grad((y: any) => f(y).sum()) as any)(z).sum()) as any;
  for (const f of [pf.special.ndtri, pf.special.entr, pf.logit, pf.erfinv, pf.acosh, pf.asin, pf.acos])
    assert.ok(Number.isNaN(twice(f)(pf.tensor(-2, { dtype: "float64" })).item()), f.name);
});
test("a square's gradient by a constant cotangent, which may be too large to be doubled first", () => {
  const x = pf.tensor([1e-3, 3, -1e-30]);
  for (const c of [3e38, -3e38, 1e29, 100, 0.3, 1e-45, 0, -0, Infinity]) {
    const v = pf.full([3], c);
    const got = pf.functional.vjp((z) => z.mul(z), x, v)[1];
    const want = pf.functional.vjp((z) => z.mul(z), x, pf.tensor(v.data()))[1];
    assert.equal(Array.from(got.data()), Array.from(want.data()), String(c));
  }
});

test.run();
