// Special functions: values by mpmath (tests/reference/special-functions.py), float32 as float64 rounded, derivatives by the integrals'
// differences, poles and ends.
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { checkDerivatives, f32, f64, i32, near, nearAll } from "./support";

type Row = readonly number[];
const file = readFileSync(new URL("../reference/special-functions.json", import.meta.url), "utf8");
const reference = JSON.parse(file) as Record<string, readonly Row[]>;
const find = (name: string): any => name.split(".").reduce<any>((at, part) => at[part], pf);

/** The distance to the next float64. */
function ulp(x: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(x));
  view.setBigInt64(0, view.getBigInt64(0) + 1n);
  return view.getFloat64(0) - Math.abs(x);
}
/** How many arguments ops have, where it isn't one, and bounds of relative errors; else they are 4 ulp. */
const several: Record<string, [count: number, bound?: (row: Row) => number]> = {
  polygamma: [2, ([n]) => (n > 1e3 ? 1e-11 : 1e-13)],
  mvlgamma: [2, () => 1e-15],
  "special.zeta": [2, ([s, q]) => (Math.max(s, q) > 1e3 ? 1e-11 : 1e-13)],
  "special.betaln": [2, () => 2e-15],
  "special.xlog1py": [2],
  "special.gammainc": [2, ([a]) => (a > 1e3 ? 1e-11 : 1e-13)],
  "special.gammaincc": [2, ([a]) => (a > 1e3 ? 1e-11 : 1e-13)],
  "special.betainc": [3, ([a, b]) => (Math.max(a, b) > 1e3 ? 1e-11 : 1e-13)],
  ...Object.fromEntries(
    Object.keys(reference)
      .filter((name) => name.includes("Polynomial"))
      .map((name) => [name, [2, ([, n]: Row) => (n + 1) * 2e-15]]),
  ),
};
/** polygamma takes its order, and mvlgamma its dimension, as a number. */
const call = (name: string, columns: readonly pf.Tensor[], row: Row): pf.Tensor => {
  if (name === "polygamma") return pf.polygamma(row[0], columns[1]);
  if (name === "mvlgamma") return pf.mvlgamma(columns[0], row[1]);
  return find(name)(...columns);
};
for (const [name, rows] of Object.entries(reference)) {
  const [count, bound] = several[name] ?? [1];
  test(`${name}: values`, () => {
    for (const row of rows) {
      const columns = row.slice(0, count).map((x) => f64([x]));
      const [got] = call(name, columns, row).data();
      const [wanted, scale = Math.abs(wanted)] = row.slice(count);
      const size = Math.max(scale, Math.abs(wanted));
      const most = bound ? bound(row) * size : 4 * ulp(size);
      const text = `${name}(${row.slice(0, count)}) is ${got}, not ${wanted}`;
      assert.ok(Math.abs(got - wanted) <= most, `${text}: off by ${Math.abs(got - wanted) / ulp(size)} ulp`);
    }
  });
  test(`${name}: in float32 the value of float64, rounded`, () => {
    for (const row of rows) {
      const columns = row.slice(0, count).map((x) => f32([x]));
      const wide = call(name, columns.map((x) => x.double()), row); // prettier-ignore
      assert.equal(call(name, columns, row).data(), wide.float().data(), `${name}(${row.slice(0, count)})`);
    }
  });
}

const inf = Infinity;
const ends: [name: string, xs: number[], values: number[]][] = [
  ["lgamma", [0, -0, -1, -20, inf, -inf, NaN, 1, 2], [inf, inf, inf, inf, inf, inf, NaN, 0, 0]],
  ["digamma", [0, -0, -1, -20, inf, -inf, NaN], [-inf, inf, NaN, NaN, inf, NaN, NaN]],
  ["special.i0", [0, inf, -inf, NaN, 715], [1, inf, inf, NaN, inf]],
  ["special.i1", [0, inf, -inf, NaN, -715], [0, inf, -inf, NaN, -inf]],
  ["special.i0e", [0, inf, -inf, NaN], [1, 0, 0, NaN]],
  ["special.modifiedBesselK0", [0, -1, inf, NaN, 800], [inf, NaN, 0, NaN, 0]],
  ["special.scaledModifiedBesselK1", [0, -1, inf, NaN], [inf, NaN, 0, NaN]],
  ["special.besselJ0", [0, inf, -inf, NaN], [1, 0, 0, NaN]],
  ["special.besselJ1", [0, inf, -inf, NaN], [0, 0, -0, NaN]],
  ["special.besselY0", [0, -1, inf, NaN], [-inf, NaN, 0, NaN]],
  ["special.besselY1", [0, -1, inf, NaN], [-inf, NaN, 0, NaN]],
  ["special.airyAi", [inf, 200, -inf, NaN], [0, 0, 0, NaN]],
  ["special.erfcx", [0, inf, -inf, NaN], [1, 0, inf, NaN]],
  ["special.ndtri", [0, 1, 0.5, -0.1, 1.1, NaN], [-inf, inf, 0, NaN, NaN, NaN]],
  ["special.logNdtr", [inf, -inf, NaN], [0, -inf, NaN]],
];
for (const [name, xs, values] of ends) test(`${name}: ends and poles`, () => near(find(name)(f64(xs)), values));

const poles: [name: string, actual: () => pf.Tensor, expected: any][] = [
  ["polygamma at poles", () => pf.polygamma(1, f64([0, -1, -0.5, inf, NaN])), [inf, inf, 8.934802200544679, 0, NaN]],
  ["polygamma of an even order at poles", () => pf.polygamma(2, f64([0, -3, inf])), [-inf, -inf, 0]],
  ["polygamma far below 0 from the fraction of its argument", () => pf.polygamma(1, f64([-1e15 - 0.5])), [Math.PI ** 2]],
  ["polygamma of order 0 is digamma", () => pf.polygamma(0, f64([1])), [-0.5772156649015329]],
  ["polygamma of integers", () => pf.polygamma(1, i32([1])), f32([Math.PI ** 2 / 6])],
  ["zeta", () => pf.special.zeta(f64([1, 0.5, 2, 2, 2.5, 3, NaN, 2]), f64([2, 2, -1, inf, -0.5, -0.5, 1, NaN])), [inf, NaN, inf, 0, NaN, 0.4143983221171594, NaN, NaN]], // prettier-ignore
  ["gammainc", () => pf.special.gammainc(f64([0, 0, 1, 1, inf, inf, -1, 1, NaN]), f64([0, 1, 0, inf, 1, inf, 1, -1, 1])), [NaN, 1, 0, 1, 0, NaN, NaN, NaN, NaN]], // prettier-ignore
  ["gammaincc", () => pf.special.gammaincc(f64([0, 0, 1, 1, inf, inf, -1, 1]), f64([0, 1, 0, inf, 1, inf, 1, -1])), [NaN, 0, 1, 0, 1, NaN, NaN, NaN]], // prettier-ignore
  ["betainc", () => pf.special.betainc(f64([2, 2, 0, 2, 0, 0, 2, 2, 2]), f64([3, 3, 1, 0, 0, 1, 0, 1, 1]), f64([0, 1, 0.5, 0.5, 0.5, 0, 1, -0.1, NaN])), [0, 1, 1, 0, NaN, NaN, NaN, NaN, NaN]], // prettier-ignore
  ["betainc of numbers beside tensors", () => pf.special.betainc(1, f64([2, 3]), 0.5), [0.75, 0.875]],
  ["polynomials of a negative degree", () => pf.special.legendrePolynomialP(f64([0.3]), -1), [0]],
  ["polynomials of several degrees", () => pf.special.chebyshevPolynomialT(f64([0.5]), i32([0, 1, 2, 3])), [1, 0.5, -0.5, -1]],
  ["shifted polynomials", () => pf.special.shiftedChebyshevPolynomialU(f64([0.75]), 2), [0]],
  ["aliases", () => pf.stack([pf.special.psi(f64(2)), pf.special.gammaln(f64(3)), pf.igamma(f64(1), f64(1)), pf.special.multigammaln(f64(3), 1)]), [0.42278433509846714, Math.LN2, 1 - Math.exp(-1), Math.LN2]], // prettier-ignore
]; // prettier-ignore
for (const [name, actual, expected] of poles) test(name, () => near(actual(), expected, 1e-12));

// -- derivatives

const smooth: [name: string, f: (...inputs: any[]) => any, inputs: pf.Tensor[]][] = [
  ["lgamma", (x) => x.lgamma(), [f64([0.3, 4.5, -1.3])]],
  ["mvlgamma", (x) => x.mvlgamma(3), [f64([1.3, 4.5])]],
  ["zeta by its second argument", (x) => pf.special.zeta(3.5, x), [f64([0.3, 4.5])]],
  ["airyAi", (x) => pf.special.airyAi(x), [f64([-12.5, -3.25, 0, 0.5, 4, 12])]],
  ["gammainc by both", (a, x) => pf.special.gammainc(a, x), [f64([0.4, 3, 30, 200]), f64([0.2, 4, 25, 210])]],
  ["gammaincc by both", (a, x) => pf.special.gammaincc(a, x), [f64([0.4, 3, 30, 200]), f64([0.2, 4, 25, 210])]],
  ["betainc by all", (a, b, x) => pf.special.betainc(a, b, x), [f64([0.4, 3, 30]), f64([0.7, 2, 50]), f64([0.2, 0.7, 0.4])]], // prettier-ignore
  ["logarithms of both tails", (a, x) => pf.special.gammaincc(a, x).log().add(pf.special.gammainc(a, x).log()), [f64([2, 5]), f64([7, 2])]], // prettier-ignore
];
for (const [name, f, inputs] of smooth)
  test(`${name}: derivatives as differences have them`, () => checkDerivatives(f, inputs));

test("gammainc where it turns, x = a, against mpmath", () => {
  const a = f64([5, 8, 10, 25]);
  const expected = [0.55950671493478758856, 0.54703919051300551455, 0.54207028552814779169, 0.52660153144365064328];
  near(pf.special.gammainc(a, a), f64(expected), 2e-14);
  near(pf.special.gammaincc(a, a), f64(expected.map((p) => 1 - p)), 4e-14);
});
test("derivatives of airyAi against mpmath", () => {
  // of the first and of the third order, Ai + x·Ai'
  const x = [-1234.5, -9.6, -9.5, -4.25, -1, 0, 0.5, 2.5, 9.75, 10.25, 60];
  const expected = [[1.5234014700442606, -1880.554382030269], [0.19695044232125805, -1.5760726629723838], [-0.10809531881187123, 1.3460087764319049], [-0.759267412057374, 3.354669428472107], [-0.01016056711664521, 0.5457214504089973], [-0.2588194037928068, 0.3550280538878172], [-0.2249105326646839, 0.11923834014849154], [-0.026250881035903232, -0.04990127920928759], [-7.675930651861793e-10, -7.240169171992963e-09], [-1.5986566930908706e-10, -1.5890601628349353e-09], [-2.1569758112094737e-135, -1.2914023380161873e-133]]; // prettier-ignore
  const derivative = (f: any) => (y: pf.Tensor) => pf.func.grad((z: pf.Tensor) => f(z).sum())(y) as pf.Tensor;
  const first = derivative(pf.special.airyAi);
  const orders = [first(f64(x)).data(), derivative(derivative(first))(f64(x)).data()];
  expected.forEach((row, i) =>
    row.forEach((value, order) => {
      // What errors are relative to: the envelope, for x < 0.
      const scale = Math.max(Math.abs(value), x[i] < -1 ? (-x[i]) ** (order ? 1.25 : 0.25) / Math.sqrt(Math.PI) : 0);
      assert.ok(
        Math.abs(orders[order][i] - value) <= 4 * ulp(scale),
        `Ai at ${x[i]}: ${orders[order][i]}, not ${value}`,
      );
    }),
  );
});
test("derivatives of incomplete functions by their parameters, against mpmath", () => {
  // d/da and d²/da² of P(a, x); d/da, d/db, d²/dadb of I(a, b, x)
  const [a, x] = [f64([2.5]), f64([3])];
  const P = (y: any) => pf.special.gammainc(y, x).sum();
  const first = pf.func.grad(P) as any;
  nearAll(
    [first(a), pf.func.grad((y: any) => first(y).sum())(a)],
    [-0.22754855127826082, -0.03980498725025574].map((y) => [y]),
    1e-13,
  );
  const I = (b: any, c: any) => pf.special.betainc(b, c, 0.4).sum();
  const [byA, byB] = [0, 1].map((argnums) => pf.func.grad(I, { argnums }) as any);
  const args = [f64([1.5]), f64([2.5])];
  nearAll([byA(...args), byB(...args), pf.func.grad((b: any, c: any) => byA(b, c).sum(), { argnums: 1 })(...(args as [any, any]))], [-0.2816884650899177, 0.17042028789833033, 0.027929978345246898].map((y) => [y]), 1e-13); // prettier-ignore
});
test("a derivative that is not there is refused by name, not NaN", () => {
  const third = (f: any) => pf.func.grad(pf.func.grad(pf.func.grad(f) as any) as any) as any;
  const refused = (e: unknown) => e instanceof pf.AutogradError && /this derivative is not known/.test(e.message);
  assert.throws(() => third((a: any) => pf.special.gammainc(a, 2))(f64(1.5)), refused);
  assert.throws(() => third((a: any) => pf.special.betainc(a, 2, 0.5))(f64(1.5)), refused);
  assert.throws(() => pf.func.grad((s: any) => pf.special.zeta(s, 2))(f64(1.5)), refused);
});
test("orders are refused that are none", () => {
  assert.throws(() => pf.polygamma(-1, f64(1)), /polygamma: polygamma\(n, x\) does not support negative n, but got -1/);
  assert.throws(() => pf.mvlgamma(f64(1), 0), /mvlgamma: p has to be greater than or equal to 1 but got 0/);
});

test("derivatives of besselY1 at its pole", () => {
  const g = (f: (x: pf.Tensor) => pf.Tensor) => (x: pf.Tensor) => pf.func.grad((y: pf.Tensor) => f(y).sum())(x);
  const at = f64([0, 1e-200, -1]);
  near(g(pf.special.besselY1)(at), [inf, inf, NaN]);
  near(g(g(pf.special.besselY1))(at), [-inf, -inf, NaN]);
  near(g(g(pf.special.besselY0))(at), [-inf, -inf, NaN]);
});
test("betaln: derivatives by a large argument beside a small one, in float32", () => {
  // ψ(a) - ψ(a + b) by mpmath.
  const g = pf.func.grad((a: pf.Tensor) => pf.special.betaln(a, f32(0.0009765625)).sum())(f32([10, 1e3, 1e5]));
  const expected = [-0.000102696231077, -9.77050466696e-7, -9.7656737806e-9];
  Array.from(g.data()).forEach((y, i) =>
    assert.ok(Math.abs(y / expected[i] - 1) < 1e-6, `${y}, expected ${expected[i]}`),
  );
});

test.run();
