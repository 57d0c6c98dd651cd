// Arguments whose squares over- or underflow, and parameters next to 0: values and derivatives against mpmath
// (tests/reference/extremes.py).
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { f64 } from "./support";

type DType = "float32" | "float64";
type Numbers = readonly number[];
interface Table {
  complex: [dtype: DType, name: string, z: Numbers, value: Numbers, gradient: Numbers | null][];
  quotients: [dtype: DType, a: Numbers, b: Numbers, value: Numbers, byA: Numbers, byB: Numbers][];
  real: [dtype: DType, name: string, x: Numbers, first: number, second: number][];
  gammainc: Numbers[];
  betainc: Numbers[];
}
const packed = readFileSync(new URL("../reference/extremes.json.gz", import.meta.url));
const isInfinity = (value: unknown): boolean => /^-?Infinity$/.test(String(value));
const table = JSON.parse(gunzipSync(packed).toString(), (_, value) =>
  isInfinity(value) ? Number(value) : value,
) as Table;

const LIMITS = {
  float32: { ulp: 2 ** -23, least: 2 ** -126, most: 3.4028234663852886e38 },
  float64: { ulp: 2 ** -52, least: 2 ** -1022, most: Number.MAX_VALUE },
};
const inDType = (dtype: DType, x: number): number => (dtype === "float32" ? Math.fround(x) : x);
/** Holds parts to be within so many ulp of the larger one; where that is infinite only what is finite in both is compared. */
function close(dtype: DType, got: Numbers, expected: Numbers, ulps: number, what: string): void {
  const { ulp, least, most } = LIMITS[dtype];
  const wanted = expected.map((x) => inDType(dtype, x));
  const size = Math.min(Math.max(...wanted.map(Math.abs), least), most);
  wanted.forEach((want, i) => {
    const isNear = got[i] === want || Math.abs(got[i] - want) <= ulps * ulp * size;
    assert.ok(isNear, `${what}: [${got.join()}], expected [${wanted.join()}]`);
  });
}
const tensor = (dtype: DType, x: number): pf.Tensor => pf.tensor(x, { dtype });
const complex = (dtype: DType, [re, im]: Numbers): pf.ComplexTensor => pf.complex(tensor(dtype, re), tensor(dtype, im));
const numbers = (x: pf.Tensor | pf.ComplexTensor): Numbers => (pf.isComplex(x) ? x.item() : [x.item(), 0]);

for (const dtype of ["float64", "float32"] as const) {
  const isFinite = (xs: Numbers): boolean => xs.every((x) => Math.abs(inDType(dtype, x)) < Infinity);
  /** What gradients pass on their way may be four times as large. */
  const isReached = (xs: Numbers): boolean => xs.every((x) => Math.abs(x) < LIMITS[dtype].most / 4);
  for (const name of new Set(table.complex.map(([, name]) => name)))
    test(`complex ${name}, ${dtype}`, () => {
      const [op, power] = name.split(" ");
      const f = (z: any): any => (power ? z.pow(Number(power)) : z[op]());
      for (const [of, which, z, value, gradient] of table.complex) {
        if (of !== dtype || which !== name) continue;
        const what = `${name} of [${z.join()}]`;
        // Of powers that overflow no more is known than that.
        if (!/^(pow|square)/.test(name) || isFinite(value)) close(dtype, numbers(f(complex(dtype, z))), value, 4, what);
        if (!gradient || !isReached(gradient)) continue;
        const one = op === "abs" ? tensor(dtype, 1) : complex(dtype, [1, 0]);
        close(dtype, numbers(pf.functional.vjp(f, complex(dtype, z), one)[1] as pf.ComplexTensor), gradient, 6, `gradient of ${what}`); // prettier-ignore
      }
    });
  test(`complex quotients, ${dtype}`, () => {
    for (const [of, a, b, value, byA, byB] of table.quotients) {
      if (of !== dtype) continue;
      const what = `[${a.join()}] / [${b.join()}]`;
      const inputs = [complex(dtype, a), complex(dtype, b)] as const;
      if (isFinite(value)) close(dtype, numbers(inputs[0].div(inputs[1])), value, 4, what);
      const gradients = pf.functional.vjp(
        (u: any, w: any) => u.div(w),
        inputs as any,
        complex(dtype, [1, 0]),
      )[1] as any;
      if (isFinite(byA)) close(dtype, numbers(gradients[0]), byA, 4, `${what} by a`);
      // By b it is the quotient, once more divided.
      if (isFinite(byB) && isReached(value)) close(dtype, numbers(gradients[1]), byB, 6, `${what} by b`);
    }
  });
  for (const name of ["asinh", "hypot"] as const)
    test(`derivatives of ${name}, ${dtype}`, () => {
      const first = pf.func.grad(pf[name] as any) as (...xs: any[]) => pf.Tensor;
      for (const [of, which, x, ...slopes] of table.real) {
        if (of !== dtype || which !== name) continue;
        const inputs = x.map((value) => tensor(dtype, value));
        close(dtype, [first(...inputs).item()], [slopes[0]], 4, `first of ${name} at ${x.join()}`);
        if (name === "hypot" && !isFinite([slopes[1]])) continue;
        const second = pf.func.grad(first as any)(...inputs) as pf.Tensor;
        // That of hypot is a difference of terms of this size.
        const size = name === "hypot" ? 1 / Math.max(...x) : 0;
        close(dtype, [second.item(), inDType(dtype, size)], [slopes[1], size], 8, `second of ${name} at ${x.join()}`);
      }
    });
}

const grad = (f: (x: any) => any) => pf.func.grad(f) as (x: pf.Tensor) => pf.Tensor;
/** Relative, to the value or to `scale`. */
function within(tolerance: number, got: pf.Tensor, want: number, scale: number, what: string): void {
  const size = Math.max(Math.abs(want), scale, 1e-290);
  assert.ok(Math.abs(got.item() - want) <= tolerance * size, `${what}: ${got.item()}, expected ${want}`);
}
test("derivatives of gammainc by its parameter, next to 0 and at 0", () => {
  for (const [a, x, first, second] of table.gammainc) {
    for (const [f, sign] of [
      [pf.special.gammainc, 1],
      [pf.special.gammaincc, -1],
    ] as const) {
      // prettier-ignore
      const slope = grad((s) => f(s, x));
      within(1e-13, slope(f64(a)), sign * first, 0, `first at ${a}, ${x}`);
      within(2e-13, grad(slope)(f64(a)), sign * second, 0, `second at ${a}, ${x}`);
    }
  }
  // All of the weight is below any x > 0, and where x = 0 that is no value.
  const [, [byA, byX]] = pf.functional.vjp(pf.special.gammainc as any, [f64([0, 0]), f64([2, 0])], f64([1, 1])) as any;
  assert.equal([byX.at(0).item(), byA.at(1).item(), byX.at(1).item()], [0, NaN, NaN]);
  // ∂²P/∂a∂x is e⁻ˣ/x there, in both orders.
  const P = (a: any) => (x: any) => pf.special.gammainc(a, x);
  within(1e-14, grad((x) => grad((a) => P(a)(x))(f64(0)))(f64(2)), Math.exp(-2) / 2, 0, "by a, then by x");
  within(1e-14, grad((a) => grad(P(a))(f64(2)))(f64(0)), Math.exp(-2) / 2, 0, "by x, then by a");
});
test("derivatives of betainc by its parameters, next to 0 and at 0", () => {
  for (const [a, b, x, value, ...derivatives] of table.betainc) {
    const [byA, byB] = [(s: any) => pf.special.betainc(s, b, x), (s: any) => pf.special.betainc(a, s, x)];
    const [first, other] = [grad(byA), grad(byB)];
    const both = grad((t) => grad((s) => pf.special.betainc(s, t, x))(f64(a)));
    within(1e-13, byA(f64(a)), value, 0, `I(${a}, ${b}, ${x})`);
    const got = [first(f64(a)), other(f64(b)), grad(first)(f64(a)), grad(other)(f64(b)), both(f64(b))];
    // What terms that cancel are relative to: for a = 1 the function is 1 - (1-x)ᵇ, whose second derivative by b is of the size of x².
    const least = [0, 0, 0, a === 1 ? x : 0, 1 / (a + b) ** 2];
    got.forEach((y, k) => within(3e-13, y, derivatives[k], least[k], `derivative ${k} of I(${a}, ${b}, ${x})`));
  }
  // Where both are 0, and where the x is at the end that has all of the weight, there is no value.
  const none = pf.functional.vjp(pf.special.betainc as any, [f64([0, 0, 1]), f64([0, 1, 0]), f64([0.5, 0, 1])], f64([1, 1, 1])); // prettier-ignore
  for (const y of [none[0], ...(none[1] as pf.Tensor[])] as pf.Tensor[]) assert.equal(y.toArray(), [NaN, NaN, NaN]);
  within(1e-14, grad((x) => grad((a) => pf.special.betainc(a, 2, x))(f64(0)))(f64(0.3)), 0.7 / 0.3, 0, "by a, then by x"); // prettier-ignore
});
test("derivatives by x at the ends of the domain, to fourth order", () => {
  const orders = (f: (x: any) => any, x: number): number[] => {
    const all = [];
    for (let order = 1, at = grad(f); order <= 4; order++, at = grad(at)) all.push(at(f64(x)).item());
    return all;
  };
  const inf = Infinity;
  // By the power series: P(a, x) = xᵃ/Γ(a)·(1/a - x/(a+1) + …).
  for (const [a, expected] of [
    [0.5, [inf, -inf, inf, -inf]],
    [1, [1, -1, 1, -1]],
    [1.5, [0, inf, -inf, inf]],
    [2, [0, 1, -2, 3]],
    [3, [0, 0, 1, -3]],
    [4, [0, 0, 0, 1]],
  ] as [number, number[]][]) {
    assert.equal(
      orders((x) => pf.special.gammainc(a, x), 0),
      expected,
    );
    assert.equal(orders((x) => pf.special.gammaincc(a, x), 0), expected.map((y) => -y)); // prettier-ignore
  }
  // Polynomials, (1, 2): 1 - (1-x)², (3, 2): 4x³ - 3x⁴, (3, 3): 10x³ - 15x⁴ + 6x⁵.
  for (const [a, b, x, expected] of [
    [1, 1, 0, [1, 0, 0, 0]],
    [1, 2, 0, [2, -2, 0, 0]],
    [2, 1, 1, [2, 2, 0, 0]],
    [3, 2, 0, [0, 0, 24, -72]],
    [3, 2, 1, [0, -12, -48, -72]],
    [3, 3, 1, [0, 0, 60, 360]],
    [0.5, 0.5, 0, [inf, -inf, inf, -inf]],
    [0.5, 0.5, 1, [inf, inf, inf, inf]],
  ] as [number, number, number, number[]][]) {
    const got = orders((t) => pf.special.betainc(a, b, t), x);
    got.forEach((y, k) =>
      assert.ok(
        y === expected[k] || Math.abs(y - expected[k]) <= 1e-14 * Math.abs(expected[k]),
        `I(${a}, ${b}) at ${x}: ${got}`,
      ),
    );
  }
});

test.run();
