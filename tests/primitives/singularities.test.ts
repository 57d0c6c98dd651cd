// Values and three derivatives at and around points where a formula divides by what goes to zero or cancels: against mpmath
// (tests/reference/singularities.py, saturation.py), in both float dtypes, relative to each value.
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { DType, Op } from "../../assembly/abi/opcodes";
import * as pf from "../../host/index";
import { run } from "../assembly/elementwise.support";
import { f64 } from "../ops/support";

type Row = readonly [x: number, value: number, first: number, second: number, third: number];
const reference = (name: string) =>
  JSON.parse(readFileSync(new URL(`../reference/${name}.json`, import.meta.url), "utf8"));
const table: Record<string, Row[]> = reference("singularities");
const composed: Record<string, (x: pf.Tensor) => pf.Tensor> = {
  "hypot 1": (x) => pf.hypot(x, pf.onesLike(x)),
  "atan2 1": (x) => pf.atan2(x, pf.onesLike(x)),
  "square norm": (x) => pf.linalg.vectorNorm(x.unsqueeze(-1), 2, [-1]).pow(2),
  "pow1.5": (x) => x.pow(1.5),
};
composed["logaddexp 0"] = (x) => pf.logaddexp(x, pf.zerosLike(x));
composed["xlogy x"] = (x) => pf.xlogy(x, x);
composed["xlogy 2"] = (x) => pf.xlogy(2, x);
composed["gelu tanh"] = (x) => pf.nn.functional.gelu(x, "tanh");
const find = (name: string): any => name.split(".").reduce<any>((at, part) => at[part], pf);
type Func = (x: pf.Tensor) => pf.Tensor;
const derived = (f: Func): Func => pf.func.grad(((x: pf.Tensor) => f(x).sum()) as any) as any;

const pushed =
  (f: Func): Func =>
  (x) =>
    (pf.func.jvp(f as any, [x], [pf.onesLike(x)]) as any)[1];

/** In units of the dtype's roundoff, relative to the value. */
const TOLERANCE = 200;
const LARGEST = { float32: 3.4028234663852886e38, float64: Number.MAX_VALUE };
const saturated: Record<string, Row[]> = reference("saturation");
for (const [name, rows] of Object.entries(saturated))
  for (const dtype of ["float32", "float64"] as const)
    for (const [mode, next] of Object.entries({ reverse: derived, forward: pushed }))
      test(`${name} where it saturates or bends, in ${dtype}, ${mode} mode`, () => {
        const unit = dtype === "float32" ? 2 ** -24 : 2 ** -53;
        const x = pf.tensor(rows.map((row) => row[0]), { dtype }); // prettier-ignore
        let f: Func = composed[name] ?? find(name);
        for (let k = 1; k <= 4; k++, f = next(f)) {
          const got = f(x).data();
          rows.forEach((row, i) => {
            const want = Math.abs(row[k]) > LARGEST[dtype] ? Math.sign(row[k]) * Infinity : row[k];
            const allowed = TOLERANCE * unit * Math.abs(want) + (dtype === "float32" ? 1e-37 : 1e-300);
            const isClose = got[i] === want || (Number.isFinite(want) && Math.abs(got[i] - want) <= allowed);
            assert.ok(isClose, `derivative ${k - 1} at ${row[0]}: ${got[i]}, expected ${want}`);
          });
        }
      });
for (const [name, rows] of Object.entries(table))
  for (const dtype of ["float32", "float64"] as const)
    test(`${name} in ${dtype}`, () => {
      const unit = dtype === "float32" ? 2 ** -24 : 2 ** -53;
      const x = pf.tensor(rows.map((row) => row[0]), { dtype }); // prettier-ignore
      let f: Func = composed[name] ?? find(name);
      for (let k = 1; k <= 4; k++) {
        const got = f(x).data();
        rows.forEach((row, i) => {
          const want = row[k];
          const allowed = TOLERANCE * unit * Math.abs(want) + 1e-30;
          assert.ok(
            Math.abs(got[i] - want) <= allowed,
            `derivative ${k - 1} at ${row[0]}: ${got[i]}, expected ${want}`,
          );
        });
        f = derived(f);
      }
    });

for (const dtype of [DType.Float32, DType.Float64])
  test(`jₙ in ${DType[dtype]}`, () => {
    const unit = dtype === DType.Float32 ? 2 ** -24 : 2 ** -53;
    const rows: [n: number, x: number, value: number][] = reference("spherical-bessel");
    for (let n = 0; n < 6; n++) {
      const row = rows.filter(([order]) => order === n);
      const got = run(Op.SphericalBessel, dtype, [
        { dtype, values: row.map(([, x]) => x) },
        { dtype, values: row.map(() => n) },
      ]);
      row.forEach(([, x, want], i) => {
        const size = n
          ? Math.max(Math.abs(want), Math.abs(x) < n + 1.5 ? 0 : Math.min(1, 1 / Math.abs(x)))
          : Math.abs(want);
        const error = Math.abs(got[i] - want) / unit;
        // 1 ulp is up to 2 units.
        assert.ok(error <= 8 * size + 1e-30, `j${n}(${x}) is ${got[i]}, expected ${want}`);
      });
    }
    const special = run(Op.SphericalBessel, dtype, [
      { dtype, values: [NaN, 0, -0, Infinity] },
      { dtype, values: [0, 0, 0, 0] },
    ]);
    assert.equal(Array.from(special).slice(0, 3), [NaN, 1, 1]);
  });

for (const dtype of [DType.Float32, DType.Float64])
  test(`ratios of repeated integrals of erfc in ${DType[dtype]}`, () => {
    const unit = dtype === DType.Float32 ? 2 ** -24 : 2 ** -53;
    const rows: [n: number, x: number, value: number][] = reference("erfc-ratios");
    const ratio = (n: number, x: number[]) =>
      run(Op.ErfcRatio, dtype, [
        { dtype, values: x },
        { dtype, values: x.map(() => n) },
      ]);
    for (let n = -2; n <= 6; n++) {
      const row = rows.filter(([order]) => order === n);
      const got = ratio(n, row.map(([, x]) => x)); // prettier-ignore
      // Orders above 4 are those of sixth derivatives.
      const units = n > 4 ? 4000 : 6;
      row.forEach(([, x, want], i) => {
        const allowed = Math.max(units * unit, n > 4 ? 1e-12 : 0) * Math.abs(want);
        assert.ok(Math.abs(got[i] - want) <= allowed, `r${n}(${x}) is ${got[i]}, expected ${want}`);
      });
    }
    for (let n = -1; n <= 6; n++) assert.equal(Array.from(ratio(n, [NaN, Infinity, -Infinity])), [NaN, 0, Infinity]);
    assert.equal(Array.from(ratio(-2, [NaN, Infinity])), [NaN, -Infinity]);
  });

test("logNdtr's derivatives where nothing but the leading term is left", () => {
  for (const dtype of ["float32", "float64"] as const)
    for (const x of [-1e4, -1e15, -1e30, -Infinity]) {
      let f: Func = pf.special.logNdtr;
      for (const want of [-x * (x / 2), -x, -1, 0]) {
        const got = f(pf.tensor(x, { dtype })).item();
        const size = dtype === "float32" ? Math.fround(want) : want;
        assert.ok(got === size || Math.abs(got - want) <= 1e-6 * Math.abs(want) + 1e-11, `${x}: ${got}, ${want}`);
        f = derived(f);
      }
    }
});

test("sinc's Hessian beside 0 in float32, and derivatives to fifth order at 0", () => {
  const F = pf.functional;
  const hessian = (x: number) => (F.hessian(pf.sinc, pf.tensor(x)) as pf.Tensor).item();
  for (const x of [0, 1e-6, -1e-6, 1e-20, 1e-40]) assert.ok(Math.abs(hessian(x) + Math.PI ** 2 / 3) < 1e-6);
  let f: Func = (x) => pf.sinc(x);
  // Σ (-1)^k (πx)^2k / (2k+1)!
  for (const want of [1, 0, -(Math.PI ** 2) / 3, 0, Math.PI ** 4 / 5, 0, -(Math.PI ** 6) / 7]) {
    const got = f(pf.tensor(0, { dtype: "float64" })).item();
    assert.ok(Math.abs(got - want) <= 1e-14 * Math.abs(want), `${got}, expected ${want}`);
    f = derived(f);
  }
});

test("atan2's derivatives at infinities are their limits, 0, where torch has NaN", () => {
  const inf = Infinity;
  const a = f64([inf, 1, inf, -inf, 2]);
  const b = f64([1, inf, inf, 3, -inf]);
  const f = (x: pf.Tensor, y: pf.Tensor) => pf.atan2(x, y).sum();
  for (const g of pf.functional.vjp(f, [a, b])[1] as any) assert.equal(Array.from(g.data()), [0, 0, 0, 0, 0]);
  for (const g of (pf.functional.hvp as any)(f, [a, b], [a.isfinite().double(), b.isfinite().double()])[1])
    assert.equal(Array.from(g.data(), Math.abs), [0, 0, 0, 0, 0]);
});
test("erfcx is exactly 1 at 0", () => {
  assert.equal(Array.from(pf.special.erfcx(f64([0, -0])).data()), [1, 1]);
  assert.is(pf.special.erfcx(pf.tensor(0)).item(), 1);
});

test("atan2's derivatives where squares would over- or underflow", () => {
  for (const size of [1e-30, 1e-20, 1, 1e20, 1e30]) {
    const [a, b] = [pf.tensor(3 * size), pf.tensor(4 * size)];
    const [x, y] = pf.functional.vjp(pf.atan2, [a, b])[1] as unknown as pf.Tensor[];
    assert.ok(Math.abs(x.item() * size - 0.16) < 1e-6 && Math.abs(y.item() * size + 0.12) < 1e-6, `${size}`);
  }
});

test.run();
