// Operands in every layout that a kernel can meet, and derivatives held against differences and against each other.
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { f64, values } from "../ops/support";

export type Func = (...inputs: any[]) => pf.Tensor;

/** A 2×3 operand with the given six values, or the first of them where elements repeat or there are fewer. */
export type Layout = (six: readonly number[]) => pf.Tensor;

const pick = (six: readonly number[], positions: readonly number[]) => f64(positions.map((at) => six[at]));
/** Operands that broadcast to [2, 3], under the name of what lies in memory. */
export const layouts: Record<string, Layout> = {
  contiguous: (six) => f64(six).reshape(2, 3),
  transposed: (six) => pick(six, [0, 3, 1, 4, 2, 5]).reshape(3, 2).t(),
  sliced: (six) => {
    // each second column of each third row, from the second on
    const wide = pf.full([7, 7], 1e3, { dtype: "float64" });
    const filled = pf.sliceScatter(wide.slice(0, 1, 7, 3), f64(six).reshape(2, 3), 1, 1, 7, 2);
    return pf.sliceScatter(wide, filled, 0, 1, 7, 3).slice(0, 1, 7, 3).slice(1, 1, 7, 2);
  },
  flipped: (six) =>
    f64([...six].reverse())
      .reshape(2, 3)
      .flip([0, 1]),
  "expanded rows": (six) => f64(six.slice(0, 3)).expand(2, 3),
  "expanded columns": (six) => f64(six.slice(0, 2)).reshape(2, 1).expand(2, 3),
  row: (six) => f64(six.slice(0, 3)),
  column: (six) => f64(six.slice(0, 2)).reshape(2, 1),
  "0-dim": (six) => f64(six[0]),
  empty: () => f64([]).reshape(0, 3),
};

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);
const single = (tensors: readonly pf.Tensor[]): any => (tensors.length === 1 ? tensors[0] : tensors);
/** Values without a pattern in the shape of x. */
const like = (x: pf.Tensor, seed: number): pf.Tensor => f64(values(x.numel, seed)).reshape(x.shape);
const inner = (a: readonly pf.Tensor[], b: readonly pf.Tensor[]): number =>
  a.reduce((sum, x, i) => sum + x.mul(b[i]).sum().item(), 0);

/** Throws unless the elements agree to `tolerance` relative to 1 or to the largest of them; NaN agrees with nothing. */
export function close(actual: pf.Tensor, expected: pf.Tensor, tolerance: number, what: string): void {
  assert.equal(actual.shape, expected.shape, what);
  assert.is(actual.dtype, expected.dtype, what);
  const [got, want] = [Array.from(actual.data()), Array.from(expected.data())];
  const scale = want.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  got.forEach((value, i) => {
    if (!(Math.abs(value - want[i]) <= tolerance * scale))
      assert.unreachable(`${what}: element ${i} is ${value}, expected ${want[i]}`);
  });
}

/** Central differences along t ↦ f(t) at 0, of fourth order: exact up to h⁴·f⁽⁵⁾/30. */
const H = 1e-3;
function difference(f: (t: number) => readonly pf.Tensor[]): pf.Tensor[] {
  const [a, b, c, d] = [f(-2 * H), f(-H), f(H), f(2 * H)];
  return a.map((_, i) => c[i].sub(b[i]).mul(8).sub(d[i].sub(a[i])).div(12 * H)); // prettier-ignore
}

export interface Order {
  /** How often f is differentiable around the inputs: 1 holds jvp and vjp, 2 hvp as well, 3 third derivatives as well. */
  order: 1 | 2 | 3;
  tolerance?: number;
}

/**
 * Holds jvp against central differences, vjp against jvp by ⟨u, Jv⟩ = ⟨uᵀJ, v⟩ to 1e-12, the Hessian's product against
 * central differences of the gradient, and its derivative against differences of it.
 */
export function checkDerivatives(f: Func, inputs: readonly pf.Tensor[], { order, tolerance = 2e-9 }: Order): void {
  const v = inputs.map((x, i) => like(x, i + 1));
  const along = (t: number) => inputs.map((x, i) => x.add(v[i].mul(t)));
  const [output, tangent] = pf.functional.jvp(f, [...inputs], v) as unknown as [pf.Tensor, pf.Tensor];
  close(output, f(...inputs), 0, "output");
  close(tangent, difference((t) => [f(...along(t))])[0], tolerance, "jvp");

  const u = like(output, 7);
  const cotangents = list(pf.functional.vjp(f, single(inputs), u)[1] as any) as pf.Tensor[];
  cotangents.forEach((g, i) => assert.equal(g.shape, inputs[i].shape));
  const [left, right] = [inner([u], [tangent]), inner(cotangents, v)];
  const magnitude = u.mul(tangent).abs().sum().item();
  if (!(Math.abs(left - right) <= 1e-12 * Math.max(1, magnitude)))
    assert.unreachable(`⟨u, Jv⟩ is ${left}, ⟨uᵀJ, v⟩ is ${right}`);
  if (order < 2) return;

  const scalar = (...xs: pf.Tensor[]) => f(...xs).mul(u).sum(); // prettier-ignore
  const gradient = (xs: readonly pf.Tensor[]) => list(pf.functional.vjp(scalar, single(xs))[1] as any) as pf.Tensor[];
  const product = (xs: readonly pf.Tensor[], options?: pf.functional.FunctionalOptions) =>
    list(pf.functional.hvp(scalar, single(xs), single(v), options)[1] as any) as pf.Tensor[];
  const hvp = product(inputs);
  difference((t) => gradient(along(t))).forEach((row, i) => close(hvp[i], row, 10 * tolerance, `hvp ${i}`));
  const vhp = list(pf.functional.vhp(scalar, single(inputs), single(v))[1] as any) as pf.Tensor[];
  vhp.forEach((row, i) => close(row, hvp[i], 1e-11, `vhp ${i}`));
  if (order < 3) return;

  const products = (...xs: pf.Tensor[]) => product(xs, { createGraph: true });
  const thirds = pf.functional.jvp(products, [...inputs], v)[1] as pf.Tensor[];
  difference((t) => product(along(t))).forEach((row, i) => close(thirds[i], row, 100 * tolerance, `third ${i}`));
}
