// How the rules of roots find d in what is sent back to them (assembly/primitives/split): d = √s of each element alone, f a function
// of d. At d = 0 the Hessian of Σ aᵢ·dᵢ²/2 + … is diag(aᵢ), by hand; what has none, or isn't recognised, is NaN, never a silent
// number. Elsewhere the derivatives are those of (s)^½, whose rule knows nothing of all this.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { f64, i32 } from "../ops/support";
import { asFormula } from "./formulas";

type T = pf.Tensor;
type Func = (d: T) => T;
/** A function of d, and perhaps of what is older than d. */
type Whole = (d: T, older: T) => T;
const F = pf.functional as any;
const N = pf.nn.functional as any;
const nan = NaN;

const half = f64([0.5]);
const roots: Record<"norm" | "sqrt" | "power", Func> = {
  norm: (x) => pf.linalg.vectorNorm(x, 2, [-1]),
  sqrt: (x) => x.square().sum(-1).sqrt(),
  // A number would make it a plain root.
  power: (x) => x.square().sum(-1).pow(half),
};
const values = (t: T): number[] => Array.from(t.data() as Float64Array);
const isNear = (a: number, b: number, tolerance: number) =>
  Number.isNaN(b) ? Number.isNaN(a) : a === b || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));
function same(actual: T, expected: number[], tolerance: number, what: string): void {
  const got = values(actual);
  assert.is(got.length, expected.length, what);
  assert.ok(got.every((value, i) => isNear(value, expected[i]!, tolerance)), `${what}: [${got}], expected [${expected}]`); // prettier-ignore
}
/** `count` numbers from 0.4 on, all different. */
const spread = (shape: number[]): T => f64(Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => 0.4 + ((i * 7) % 11) * 0.13 + i * 0.01)).reshape(shape); // prettier-ignore
/** The sum of f of d and, if it asks for that, of a node that is older than d and not computed yet. */
const scalar =
  (f: Whole, root: Func): Func =>
  (x) => {
    const older = f.length > 1 ? zero.mul(w(2)).sign() : zero;
    const y = asFormula(() => f(root(x), older));
    return y.ndim ? y.sum() : y;
  };

/**
 * f of d of the given shape; `a`: the diagonal of the Hessian where all of x is 0, in d's elements (one number: all alike). With two
 * elements of x for one of d, the Hessian is that, twice, on its diagonal.
 */
function check(name: string, shape: number[], f: Whole, a: number | number[], isSmooth = true): void {
  const size = shape.reduce((n, s) => n * s, 1);
  test(name, () => {
    const zeros = pf.zeros([...shape, 2], { dtype: "float64" });
    const h: T = F.hessian(scalar(f, roots.norm), zeros).reshape(2 * size, 2 * size);
    const diagonal = Array.from({ length: 2 * size }, (_, i) => (typeof a === "number" ? a : a[i >> 1]!));
    if (diagonal.some(Number.isNaN)) assert.ok(values(h).some(Number.isNaN), `Hessian [${values(h)}], expected NaN`);
    else {
      const expected = Array.from({ length: 4 * size * size }, (_, i) => i % (2 * size + 1) ? 0 : diagonal[i / (2 * size + 1)]!); // prettier-ignore
      same(h, expected, 1e-12, "Hessian at 0");
      if (isSmooth) same(F.hessian(scalar(f, roots.sqrt), zeros).reshape(-1), expected, 1e-12, "Hessian of √ at 0");
      const v = spread([...shape, 2]);
      const product = values(v).map((value, i) => value * diagonal[i]!);
      same(F.hvp(scalar(f, roots.norm), zeros, v)[1].reshape(-1), product, 1e-12, "hvp at 0");
    }
    same(F.vjp(scalar(f, roots.norm), zeros)[1].reshape(-1), Array(2 * size).fill(0), 0, "gradient at 0");
    // Elsewhere, and where one element alone is 0.
    const x = spread([...shape, 2]);
    const reference = scalar(f, roots.power);
    const gradient = values(F.vjp(reference, x)[1]);
    const product = values(F.vhp(reference, x, spread([...shape, 2]))[1]);
    const isRounded = name.includes("float32");
    for (const root of [roots.norm, roots.sqrt]) {
      same(F.vjp(scalar(f, root), x)[1].reshape(-1), gradient, isRounded ? 1e-7 : 1e-11, "gradient elsewhere");
      same(F.vhp(scalar(f, root), x, spread([...shape, 2]))[1].reshape(-1), product, isRounded ? 1e-6 : 1e-10, "vhp elsewhere"); // prettier-ignore
    }
    if (size === 1) return;
    const first = f64(Array.from({ length: 2 * size }, (_, i) => (i < 2 ? 1e-9 * (i + 1) : 0))).reshape(
      x.shape as number[],
    );
    const rest = x.mul(f64(Array.from({ length: 2 * size }, (_, i) => (i < 2 ? 0 : 1))).reshape(x.shape as number[]));
    const beside = values(F.vjp(reference, rest.add(first))[1]).map((value, i) => (i < 2 ? 0 : value));
    if (!name.includes("across"))
      same(F.vjp(scalar(f, roots.norm), rest)[1].reshape(-1), beside, 1e-7, "gradient where one is 0");
  });
}

type Row = [name: string, shape: number[], f: Whole, a: number | number[]];
const w = (...shape: number[]): T => spread(shape);
/** 2·w² in another order. */
const squares = (weights: T): number[] => values(weights).map((each) => 2 * each * each);

// -- moves of data on both sides, each with weights that tell the places apart, and moves that don't take each other back
const moves: Row[] = [
  ["transposed", [2, 3], (d) => d.t().mul(w(3, 2)).square(), squares(w(3, 2).t())],
  ["three dims, permuted", [2, 3, 2], (d) => d.permute(1, 2, 0).mul(w(3, 2, 2)).square(), squares(w(3, 2, 2).permute(2, 0, 1))],
  ["permuted twice", [2, 3, 2], (d) => d.permute(1, 2, 0).permute(1, 2, 0).mul(w(2, 2, 3)).square(), squares(w(2, 2, 3).permute(2, 0, 1).permute(2, 0, 1))],
  ["permuted, by another permutation", [2, 2, 2], (d) => d.permute(1, 2, 0).mul(d.permute(2, 0, 1)), nan],
  ["a dim of one moved", [2, 1, 3], (d) => d.permute(1, 0, 2).mul(w(1, 2, 3)).square(), squares(w(2, 1, 3))],
  ["a dim of one moved between, transposed", [2, 1, 3], (d) => d.permute(2, 1, 0).mul(w(3, 1, 2)).square(), squares(w(3, 1, 2).permute(2, 1, 0))],
  ["transposed by itself", [2, 2], (d) => d.t().mul(d), nan],
  ["flipped", [2, 3], (d) => d.flip(1).mul(w(2, 3)).square(), squares(w(2, 3).flip(1))],
  ["flipped in both dims", [2, 3], (d) => d.flip([0, 1]).mul(w(2, 3)).square(), squares(w(2, 3).flip([0, 1]))],
  ["flipped in different dims", [2, 2], (d) => d.flip(0).mul(d.flip(1)), nan],
  ["flipped, times itself", [2], (d) => d.flip(0).mul(d), nan],
  ["sliced from 1", [4], (d) => d.slice(0, 1).mul(w(3)).square(), [0, ...squares(w(3))]],
  ["every second", [5], (d) => d.slice(0, 0, 5, 2).mul(w(3)).square(), squares(w(3)).flatMap((a) => [a, 0]).slice(0, 5)],
  ["sliced along the second dim", [2, 3], (d) => d.narrow(1, 1, 2).mul(w(2, 2)).square(), [0, ...squares(w(2, 2)).slice(0, 2), 0, ...squares(w(2, 2)).slice(2)]],
  ["sliced along both", [3, 3], (d) => d.narrow(0, 1, 2).slice(1, 0, 3, 2).mul(w(2, 2)).square(), [0, 0, 0, ...[0, 2].flatMap((k) => [squares(w(2, 2))[k]!, 0, squares(w(2, 2))[k + 1]!])]],
  ["one of them, by a step that doesn't matter", [3], (d) => d.slice(0, 1, 3, 2).square(), [0, 2, 0]],
  ["slices whose starts differ by one", [3], (d) => d.narrow(0, 0, 2).mul(d.narrow(0, 1, 2)), nan],
  ["slices whose steps differ", [4], (d) => d.slice(0, 0, 4, 2).mul(d.slice(0, 0, 2)), nan],
  ["slices along different dims", [2, 2], (d) => d.narrow(0, 1, 1).reshape(2).mul(d.narrow(1, 1, 1).reshape(2)), nan],
  ["single elements, different ones", [2], (d) => d.narrow(0, 0, 1).mul(d.narrow(0, 1, 1)), nan],
  ["padded", [3], (d) => N.pad(d, [1, 2]).mul(w(6)).square(), squares(w(6)).slice(1, 4)],
  ["padded in two dims", [2, 2], (d) => N.pad(d, [1, 0, 2, 1]).mul(w(5, 3)).square(), squares(w(5, 3).narrow(0, 2, 2).narrow(1, 1, 2))],
  ["padded in different ways", [2], (d) => N.pad(d, [1, 0]).mul(N.pad(d, [0, 1])), nan],
  ["padded with 3", [2], (d) => N.pad(d, [1, 1], "constant", 3).square(), 2],
  ["a part, padded with 3, times d", [3], (d) => N.pad(d.narrow(0, 0, 2), [0, 1], "constant", 3).mul(d), nan],
  ["a part, padded with 0, times d", [3], (d) => N.pad(d.narrow(0, 0, 2), [0, 1]).mul(d), [2, 2, 0]],
  ["a part, padded elsewhere, times d", [3], (d) => N.pad(d.narrow(0, 0, 2), [1, 0]).mul(d), nan],
  ["expanded in front", [2], (d) => d.expand(3, 2).mul(w(3, 2)).square(), squares(w(3, 2)).map((a, i, all) => a + all[i + 2]! + all[i + 4]!).slice(0, 2)],
  ["expanded behind", [2], (d) => d.reshape(2, 1).expand(2, 3).mul(w(2, 3)).square(), [0, 3].map((k) => squares(w(2, 3)).slice(k, k + 3).reduce((a, b) => a + b))],
  ["expanded in two ways", [2], (d) => d.expand(2, 2).mul(d.reshape(2, 1).expand(2, 2)), nan],
  ["expanded, by an older expansion", [1, 2], (d) => d.expand(2, 2).mul(w(2, 2)).mul(d.expand(2, 2)), values(w(2, 2)).slice(0, 2).map((each, i) => 2 * (each + values(w(2, 2))[i + 2]!))],
  ["beside itself", [2], (d) => pf.cat([d, d.mul(3)]).mul(w(4)).square(), [0, 1].map((i) => squares(w(4))[i]! + 9 * squares(w(4))[i + 2]!)],
  ["beside itself along the second dim", [2, 1], (d) => pf.cat([d, d.mul(3), d.neg()], 1).mul(w(2, 3)).square(), [0, 3].map((i) => squares(w(2, 3))[i]! + 9 * squares(w(2, 3))[i + 1]! + squares(w(2, 3))[i + 2]!)],
  ["beside ones", [2], (d) => pf.cat([pf.ones([1], { dtype: "float64" }), d]).square(), 2],
  ["parts in another order", [3], (d) => pf.cat([d.narrow(0, 2, 1), d.narrow(0, 0, 2)]).mul(w(3)).square(), squares(w(3).roll(-1))],
  ["parts in another order, times d", [3], (d) => pf.cat([d.narrow(0, 2, 1), d.narrow(0, 0, 2)]).mul(d), nan],
  ["the other operand", [2], (d) => { const e = pf.ones([2], { dtype: "float64" }); return pf.cat([d, e]).mul(pf.cat([e, d])); }, nan],
  ["two and two, the second two taken", [2, 2], (d) => pf.cat([d, d.square()]).mul(pf.cat([d, d])).narrow(0, 0, 2), 2],
  ["of operands of different sizes", [3], (d) => pf.cat([d.narrow(0, 0, 1), d.narrow(0, 1, 2)]).mul(d), 2],
  ["of parts along the first dim, times d", [2, 2], (d) => pf.cat([d.narrow(0, 0, 1), d.narrow(0, 1, 1)]).mul(d), 2],
  ["of parts along the second dim, times d", [2, 2], (d) => pf.cat([d.narrow(1, 0, 1), d.narrow(1, 1, 1)], 1).mul(d), 2],
  ["of columns as rows, times d", [2, 2], (d) => pf.cat([d.narrow(1, 0, 1).t(), d.narrow(1, 1, 1).t()]).mul(d), nan],
  ["sixteen parts, times d", [16], (d) => pf.cat(Array.from({ length: 16 }, (_, k) => d.narrow(0, k, 1))).mul(d), 2],
  ["seventeen parts, times d", [17], (d) => pf.cat(Array.from({ length: 17 }, (_, k) => d.narrow(0, k, 1))).mul(d), nan],
  ["parts joined in both dims, times d", [2, 2], (d) => { const row = (k: number): T => pf.cat([0, 1].map((j) => d.narrow(0, k, 1).narrow(1, j, 1).mul(k + j + 1)), 1); return pf.cat([row(0), row(1)]).mul(d); }, [2, 4, 4, 6]],
  ["a part and zeros, times d", [2], (d) => pf.cat([d.narrow(0, 0, 1), pf.zeros([1], { dtype: "float64" })]).mul(d), [2, 0]],
  ["a part and a part plus 3, times d", [2], (d) => pf.cat([d.narrow(0, 0, 1), d.narrow(0, 1, 1).add(3)]).mul(d), nan],
  ["more operands than are looked at", [1], (d) => pf.cat(Array(17).fill(d)).mul(pf.cat(Array(17).fill(d))), nan],
  ["as many operands as are looked at", [1], (d) => pf.cat(Array(16).fill(d)).square(), 32],
  ["joined in two dims", [1, 1], (d) => { const row = pf.cat([d, d.mul(2)], 1); return pf.cat([row, row.mul(3)]).square(); }, 100],
  ["joined, taken apart and joined again, times d", [2], (d) => { const part = (y: T, k: number): T => y.narrow(0, k, 1); const y = pf.cat([part(d, 0).mul(3), part(d, 1)]); return pf.cat([part(y, 0), part(y, 1)]).mul(d); }, [6, 2]],
  ["gathered by one index", [3], (d) => d.gather(0, i32([2, 0, 2])).mul(w(3)).square(), [squares(w(3))[1]!, 0, squares(w(3))[0]! + squares(w(3))[2]!]],
  ["gathered by two indices", [3], (d) => d.gather(0, i32([2, 0])).mul(d.gather(0, i32([0, 2]))), nan],
  ["gathered along two dims", [2, 2], (d) => { const i = i32([[0, 1], [1, 0]]); return d.gather(0, i).mul(d.gather(1, i)); }, nan],
  ["scattered where they were gathered, times d", [2], (d) => { const i = i32([1, 0]); return pf.zeros([2], { dtype: "float64" }).scatterAdd(0, i, d.gather(0, i)).mul(d); }, 2],
  ["scattered on ones, times d", [2], (d) => { const i = i32([1, 0]); return pf.ones([2], { dtype: "float64" }).scatterAdd(0, i, d.gather(0, i)).mul(d); }, nan],
  ["by the mean of a stack", [3], (d) => d.mul(pf.stack([d.mul(2), d.mul(2)]).mean(0)), nan],
  ["expanded, by an expansion of another shape", [6], (d) => d.reshape(2, 1, 3).expand(2, 2, 3).reshape(3, 2, 2).mul(d.reshape(3, 1, 2).expand(3, 2, 2)), nan],
  ["transposed, by a transpose of another shape", [2, 3], (d) => d.t().reshape(2, 3).mul(d.reshape(3, 2).t()), nan],
  ["flipped, by a flip in another shape", [2, 3], (d) => d.flip(0).reshape(3, 2).mul(d.reshape(3, 2).flip(0)), nan],
  ["the second, by the sum of all", [3], (d) => d.narrow(0, 1, 1).mul(d.sum(0, true)), nan],
  ["columns by rows, both from 0 on", [3, 3], (d) => d.narrow(1, 0, 2).reshape(2, 3).mul(d.narrow(0, 0, 2)), nan],
  ["rows, by a part of another shape", [4, 3], (d) => N.pad(d, [0, 0, -1, -1]).mul(N.pad(d.reshape(3, 4), [0, -1, -1, 0])), nan],
  ["parts of different shapes side by side, times d", [2, 6], (d) => pf.cat([d.narrow(0, 0, 1), d.reshape(4, 3).narrow(0, 1, 2).reshape(1, 6)]).mul(d), nan],
  ["a part and the sum of all, times d", [2], (d) => pf.cat([d.narrow(0, 0, 1), d.sum(0, true)]).mul(d), nan],
  ["columns as a row, and a row, times d", [2, 4], (d) => pf.cat([d.narrow(1, 0, 2).reshape(1, 4), d.narrow(0, 1, 1)]).mul(d), nan],
  ["rows as a column, and a column, times d", [4, 2], (d) => pf.cat([d.narrow(0, 0, 2).reshape(4, 1), d.narrow(1, 1, 1)], 1).mul(d), nan],
  ["every second and the rest, times d", [4], (d) => pf.cat([d.slice(0, 0, 4, 2), d.narrow(0, 2, 2)]).mul(d), nan],
  ["side by side in other lengths", [2], (d) => pf.cat([d.narrow(0, 0, 1), d.square(), w(1)]).mul(pf.cat([d, w(2)])), nan],
  ["gathered by one index in two shapes", [2, 3], (d) => { const i = i32([[0, 1], [1, 0]]); return d.gather(0, i).mul(d.reshape(3, 2).gather(0, i)); }, nan],
  ["gathered, by what is added to at that index", [2], (d) => { const i = i32([1, 0]); return d.gather(0, i).mul(d.scatterAdd(0, i, w(2))); }, nan],
  ["as float32", [2], (d) => d.float().square().double(), 2],
  ["as float32 and back, times d", [2], (d) => d.float().double().mul(d), 2],
  ["a sum over a dim of one", [2, 1], (d) => d.sum(1).mul(w(2)).square(), squares(w(2))],
  ["a sum over both", [2], (d) => d.sum().square(), nan],
  ["flipped, plus what is transposed in between", [2, 2], (d) => d.flip(0).mul(d.t().mul(w(2, 2)).t().flip(0).add(d.flip(0).mul(3))), values(w(2, 2).t()).map((each) => 2 * (each + 3))],
  ["what is transposed in between, plus flipped", [2, 2], (d) => d.flip(0).mul(d.flip(0).mul(3).add(d.t().mul(w(2, 2)).t().flip(0))), values(w(2, 2).t()).map((each) => 2 * (each + 3))],
  ["nine moves", [2, 2], (d) => { const y = [0, 1, 2, 3, 4, 5, 6, 7, 8].reduce((z: T, k) => (k % 2 ? z.t() : z.flip(0)), d); return y.mul(y); }, 2],
  ["a hundred moves", [2, 2], (d) => { const y = Array(100).fill(0).reduce((z: T, _, k) => (k % 2 ? z.t() : z.flip(0)), d); return y.mul(y); }, nan],
]; // prettier-ignore
for (const [name, shape, f, a] of moves) check(`moves: ${name}`, shape, f, a, !/^as float32|the second two/.test(name));

// -- formulas
const t2 = f64([2, 0.5]);
const formulas: Row[] = [
  ["c·d", [2], (d) => d.mul(t2).mul(d), [4, 1]],
  ["d·c", [2], (d) => d.mul(t2.mul(d)), [4, 1]],
  ["d/c", [2], (d) => d.div(t2).square(), [0.5, 8]],
  ["d²/(1 + d)", [2], (d) => d.square().div(d.add(1)), 2],
  ["d²/(1 + d), d by it", [2], (d) => d.mul(d.div(d.add(1))), 2],
  ["(1.5 + d)·d²", [2], (d) => d.add(1.5).mul(d.square()), 3],
  ["d²·(1.5 + d)", [2], (d) => d.square().mul(d.add(1.5)), 3],
  ["(1 + d)·(2 + d)", [2], (d) => d.add(1).mul(d.add(2)), nan],
  ["(d² + d)²", [2], (d) => d.square().add(d).square(), 2],
  ["-d²", [2], (d) => d.mul(d.neg()), -2],
  ["5 - d²", [2], (d) => pf.sub(f64([5, 5]), d.square()), -2],
  ["d - d²", [2], (d) => d.sub(d.square()), nan],
  ["d² - d⁴", [2], (d) => d.square().sub(d.pow(4)), 2],
  ["2·d - 2·d", [2], (d) => d.mul(2).sub(d.mul(2)), nan],
  ["d^1.5", [2], (d) => d.pow(1.5), nan],
  ["d^3.5", [2], (d) => d.pow(3.5), 0],
  ["(c·d)^3.5", [2], (d) => d.mul(t2).pow(3.5), 0],
  ["d·|d - 1|", [2], (d) => d.mul(d.sub(1).abs()), nan],
  ["d·|2d - 1|²", [2], (d) => d.mul(d.mul(2).sub(1).abs().square()), nan],
  ["d to the power of a tensor's 2", [2], (d) => d.pow(f64([2, 2])), nan],
  ["d·d^3", [2], (d) => d.mul(d.pow(3)), 0],
  ["(d/c)⁴ + (d·c)²", [2], (d) => d.div(t2).pow(4).add(d.mul(t2).square()), [8, 0.5]],
  ["a column by a number", [2], (d) => d.reshape(2, 1).matmul(f64([[2]])).square(), 8],
  ["a column by a row", [2], (d) => d.reshape(2, 1).matmul(f64([[2, 3, 0.5]])).square(), nan],
  ["a matrix by d", [2], (d) => f64([[1, 2], [0.5, 3]]).matmul(d.reshape(2, 1)).square(), nan],
  ["d³ by d", [2], (d) => d.pow(3).div(d.add(1e-9)), 0],
  ["d·log d", [2], (d) => d.mul(d.add(f64([1e-3, 1e-3])).log()), nan],
  ["(d·c)² of a c that is data, 0", [2], (d) => d.mul(f64([0, 1])).square(), [0, 2]],
  ["exp(-d²)·cos(d²)", [2], (d) => d.square().neg().exp().mul(d.square().cos()), -2],
  ["twenty times minus d, squared", [1], (d) => Array(20).fill(0).reduce((y: T) => y.neg(), d).square(), 2],
  ["two hundred times minus d, squared", [1], (d) => Array(200).fill(0).reduce((y: T) => y.neg(), d).square(), nan],
  ["d by itself detached", [2], (d) => d.mul(d.detach()), nan],
  ["d by itself without gradient", [2], (d) => d.mul(pf.autograd.noGrad(() => d.mul(1))), nan],
]; // prettier-ignore
// Odd powers of d have no second derivative by plain roots.
for (const [name, shape, f, a] of formulas)
  check(`formulas: ${name}`, shape, f, a, !/log|a tensor|3.5|[(]1 [+] d|1.5 [+] d|[+] d[)]²|by d|cos/.test(name));

// -- poles: what d² is multiplied by, or divided by, that has one at d = 0. The derivatives of norms are 0 there, not 0·∞.
const poles: [name: string, f: Func][] = [
  ["1/d", (d) => d.reciprocal()],
  ["1/d³", (d) => d.pow(3).reciprocal()],
  ["√(1/d)", (d) => d.reciprocal().sqrt()],
  ["1/√d", (d) => d.rsqrt()],
  ["d^-0.5", (d) => d.pow(-0.5)],
  ["log d", (d) => d.log()],
  ["log₂ d", (d) => d.log2()],
  ["log₁₀ d", (d) => d.log10()],
  ["log(1/d)", (d) => d.reciprocal().log()],
  ["-1/d", (d) => d.reciprocal().neg()],
  ["|1/d|", (d) => d.reciprocal().abs()],
  ["3/d", (d) => pf.div(f64([3, 2]), d)],
  ["d/d²", (d) => d.div(d.square())],
  ["1/d + 1", (d) => d.reciprocal().add(1)],
  ["1 - 1/d", (d) => d.reciprocal().rsub(1)],
  ["(1 + d)/d", (d) => d.add(1).div(d)],
  ["1/d as float32", (d) => d.float().double().reciprocal()],
  ["1/d reshaped", (d) => d.reshape(2, 1).reciprocal().reshape(2)],
  ["maximum(1/d, 2)", (d) => pf.maximum(d.reciprocal(), 2)],
  ["maximum(-2, 1/d)", (d) => pf.maximum(f64([-2, -2]), d.reciprocal())],
  ["minimum(-1/d, 2)", (d) => pf.minimum(d.reciprocal().neg(), 2)],
  ["1/minimum(d, 5)", (d) => pf.minimum(d, 5).reciprocal()],
  ["1/d where data says so", (d) => pf.where(f64([1, 0]).gt(0), d.reciprocal(), 2)],
  ["1/d where data doesn't say so", (d) => pf.where(f64([1, 0]).gt(0), 2, d.reciprocal())],
  ["1/d where d < 5", (d) => pf.where(d.lt(5), d.reciprocal(), 2)],
  ["1/d where not d > 5", (d) => pf.where(d.gt(5), 2, d.reciprocal())],
  ["1/d where d > 0", (d) => pf.where(d.gt(0), d.reciprocal(), 2)],
  ["1/d where not d = 0", (d) => pf.where(d.eq(0), 2, d.reciprocal())],
  ["1/d where d > 0, by a guarded d", (d) => pf.where(d.gt(0), d, 1).reciprocal()],
];
for (const [name, f] of poles) {
  check(`poles: d·(${name})`, [2], (d) => d.mul(f(d)), nan);
  check(`poles: (${name})·d`, [2], (d) => f(d).mul(d), nan);
  if (!/log|³/.test(name))
    check(`poles: d² by the inverse of ${name}`, [2], (d) => d.square().div(f(d).reciprocal()), nan);
}

// -- selections: those that d = 0 itself decides are what they are beside it, wherever that is known
const zero = pf.zeros([2], { dtype: "float64" });
const below = pf.full([2], -1, { dtype: "float64" });
/** What is compared with 0 or -1: f(d), its sign where d > 0, and whether it is 0 at d = 0. */
const compared: [name: string, f: Func, sign: number][] = [
  ["d", (d) => d, 1],
  ["-d", (d) => d.neg(), -1],
  ["d/3", (d) => d.div(3), 1],
  ["-2·d", (d) => d.mul(-2), -1],
  ["d²", (d) => d.square(), 1],
  ["d² + d", (d) => d.square().add(d), 1],
  ["-d - d³", (d) => d.neg().sub(d.pow(3)), -1],
  ["√d", (d) => d.sqrt(), 1],
  ["|d|", (d) => d.abs(), 1],
  ["|-d|", (d) => d.neg().abs(), 1],
  ["d reshaped", (d) => d.reshape(2, 1).reshape(2), 1],
  ["relu(d)", (d) => d.relu(), 1],
  ["maximum(0, d)", (d) => pf.maximum(zero, d), 1],
  ["minimum(0, -d)", (d) => pf.minimum(zero, d.neg()), -1],
  ["minimum(-d, 0)", (d) => pf.minimum(d.neg(), zero), -1],
  ["maximum(d, 2d)", (d) => pf.maximum(d, d.mul(2)), 1],
  ["minimum(d, 2d)", (d) => pf.minimum(d, d.mul(2)), 1],
  ["where d > 0, d, else -3", (d) => pf.where(d.gt(0), d, -3), 1],
  ["d as float32", (d) => d.float().double(), 1],
];
const holdsFor: Record<string, (sign: number) => boolean> = {
  gt: (s) => s > 0, ge: (s) => s > 0, lt: (s) => s < 0, le: (s) => s < 0, eq: () => false, ne: () => true,
}; // prettier-ignore
const mirrored: Record<string, string> = { gt: "lt", ge: "le", lt: "gt", le: "ge", eq: "eq", ne: "ne" };
for (const [name, f, sign] of compared)
  for (const [op, holds] of Object.entries(holdsFor)) {
    const conditions: [string, (d: T) => T][] = [
      [`${name} ${op} 0`, (d) => (f(d) as any)[op](zero)],
      [`0 ${mirrored[op]} ${name}`, (d) => (zero as any)[mirrored[op]!](f(d))],
    ];
    for (const [what, condition] of conditions) {
      const is = holds(sign);
      check(
        `where ${what}, d², else 3d²`,
        [2],
        (d) => pf.where(condition(d), d.square(), d.square().mul(3)),
        is ? 2 : 6,
        false,
      );
      check(`d where ${what}`, [2], (d) => pf.where(condition(d), d, 0), is ? nan : 0, false);
      if (name !== "d" && name !== "-d") continue;
      check(`d² times ${what}`, [2], (d) => d.mul(condition(d)).square(), is ? 2 : 0, false);
    }
    if (sign > 0) check(`where ${name} ${op} -1, d², else 3d²`, [2], (d) => pf.where((f(d) as any)[op](below), d.square(), d.square().mul(3)), holds(1) ? 2 : 6, false); // prettier-ignore
  }

const selections: Row[] = [
  ["d < 0.5, d², else 3d²", [2], (d) => pf.where(d.lt(0.5), d.square(), d.square().mul(3)), 2],
  ["d ≥ 0.5, d², else 3d²", [2], (d) => pf.where(d.ge(0.5), d.square(), d.square().mul(3)), 6],
  ["0.5 > d, d², else d", [2], (d) => pf.where(f64([0.5, 0.5]).gt(d), d.square(), d), 2],
  ["0.5 ≤ d, d, else d²", [2], (d) => pf.where(f64([0.5, 0.5]).le(d), d, d.square()), 2],
  ["d < 0.5, d, else d²", [2], (d) => pf.where(d.lt(0.5), d, d.square()), nan],
  ["not d > 0, d, else d²", [2], (d) => pf.where(d.gt(0).logicalNot(), d, d.square()), 2],
  ["not d", [2], (d) => pf.where(d.logicalNot(), d, d.square()), 2],
  ["d as a bool", [2], (d) => pf.where(d.bool(), d.square(), d), 2],
  ["not -d as a bool", [2], (d) => pf.where(d.neg().bool().logicalNot(), d, d.square()), 2],
  ["d > 0 and d < 3", [2], (d) => pf.where(pf.logicalAnd(d.gt(0), d.lt(3)), d.square(), 0), nan],
  ["d ≥ 0 and d < 3", [2], (d) => pf.where(pf.logicalAnd(d.ge(0), d.lt(3)), d.square(), 0), 2],
  ["d < 3 or d = 0", [2], (d) => pf.where(pf.logicalOr(d.lt(3), d.eq(0)), d.square(), 0), nan],
  ["d < 3 or d > 5", [2], (d) => pf.where(pf.logicalOr(d.lt(3), d.gt(5)), d.square(), 0), 2],
  ["d < 3 xor 2d > d", [2], (d) => pf.where(pf.logicalXor(d.lt(3), d.mul(2).gt(d)), d.square(), 0), nan],
  ["2d > d", [2], (d) => pf.where(d.mul(2).gt(d), d.square(), 0), nan],
  ["d > d²", [2], (d) => pf.where(d.gt(d.square()), d.square(), 0), nan],
  ["d > -d", [2], (d) => pf.where(d.gt(d.neg()), d.square(), 0), 2],
  ["d equals itself", [2], (d) => pf.where(d.eq(d), d.square(), 0), 2],
  ["tanh d > 0", [2], (d) => pf.where(d.tanh().gt(0), d.square(), 0), nan],
  ["exp(-d²) > 0.1", [2], (d) => pf.where(d.square().neg().exp().gt(0.1), d.square(), 0), 2],
  ["exp(-d²) < 1", [2], (d) => pf.where(d.square().neg().exp().lt(1), d.square(), 0), nan],
  ["1 - exp(-d) > 0", [2], (d) => pf.where(d.neg().exp().neg().add(1).gt(0), d.square(), 0), nan],
  ["exp(-d) - 1 < 0", [2], (d) => pf.where(d.neg().exp().sub(1).lt(0), d.square(), 0), nan],
  ["exp(-d) + -1 < 0", [2], (d) => pf.where(d.neg().exp().add(below).lt(0), d.square(), 0), nan],
  ["exp(-d)·3 > 1", [2], (d) => pf.where(d.neg().exp().mul(3).gt(1), d.square(), 0), 2],
  ["exp(-d)/2 < 0.6", [2], (d) => pf.where(d.neg().exp().div(2).lt(0.6), d.square(), 0), 2],
  ["a sign > 0.5", [2], (d) => pf.where(d.sign().gt(0.5), d.square(), 0), nan],
  ["the sign of -d is -1", [2], (d) => pf.where(d.neg().sign().lt(0), d.square(), 0), 2],
  ["d·data > 0", [2], (d) => pf.where(d.mul(f64([1, 2])).gt(0), d.square(), 0), nan],
  ["d/(3d) < 2", [2], (d) => pf.where(d.div(d.mul(3)).lt(2), d.square(), 0), nan],
  ["d/(3d) ≥ 0", [2], (d) => pf.where(d.div(d.mul(3)).ge(0), d.square(), 0), 2],
  ["d/(3d) ≥ 0 and d < 3", [2], (d) => pf.where(pf.logicalAnd(d.div(d.mul(3)).ge(0), d.lt(3)), d.square(), 0), nan],
  ["d·(1/d) < 2", [2], (d) => pf.where(d.mul(d.reciprocal()).lt(2), d.square(), 0), nan],
  ["(1/d)/(3/d) < 2", [2], (d) => pf.where(d.reciprocal().div(d.mul(1 / 3).reciprocal()).lt(2), d.square(), 0), nan],
  ["1/d² < 3/d²", [2], (d) => pf.where(d.square().reciprocal().lt(pf.div(f64([3, 3]), d.square())), d.square(), 0), nan],
  ["1/d² > -1/d²", [2], (d) => pf.where(d.square().reciprocal().gt(d.square().reciprocal().neg()), d.square(), 0), 2],
  ["exp(-1/d) > 0", [2], (d) => pf.where(d.reciprocal().neg().exp().gt(0), d.square(), 0), 2],
  ["exp(-1/d) > 0 and d < 3", [2], (d) => pf.where(pf.logicalAnd(d.reciprocal().neg().exp().gt(0), d.lt(3)), d.square(), 0), nan],
  ["5/0 ≥ 2, of constants", [2], (d) => pf.where(pf.full([2], 5, { dtype: "float64" }).div(zero).ge(2), d.square(), d.square().mul(3)), 2],
  ["1/0 ≥ 2, of constants", [2], (d) => pf.where(zero.reciprocal().ge(2), d.square(), d.square().mul(3)), 2],
  ["d by the sign of d or data", [2], (d) => d.mul(d.mul(pf.where(f64([2, 1]).gt(1.5), d, f64([1, 2])).sign())), nan],
  ["d by the sign of the larger of d and data", [2], (d) => d.mul(d.mul(pf.maximum(d, f64([-1, -2])).sign())), nan],
  ["where d or data is positive", [2], (d) => pf.where(pf.where(f64([2, 1]).gt(1.5), d, f64([1, 2])).gt(0), d.square(), 0), nan],
  ["d by its sign", [2], (d) => d.mul(d.sign()).square(), 2],
  ["d by the sign of -d/2", [2], (d) => d.mul(d.mul(-0.5).sign()).mul(d), -2],
  ["d by the sign of d·data", [2], (d) => d.mul(d.mul(f64([1, 2])).sign()).mul(d), nan],
  ["d by the sign of 1 + d", [2], (d) => d.mul(d.add(1).sign()).mul(d), 2],
  ["d by 1 - (d = 0)", [2], (d) => d.mul(pf.sub(f64([1, 1]), d.eq(0).double())).square(), 2],
  ["d by 1 + (d > 0)", [2], (d) => d.mul(d.gt(0).double().add(1)).mul(d), 4],
  ["d² by 1 + (d > 0), divided", [2], (d) => d.square().div(d.gt(0).double().add(1)), 1],
  ["d by exp(-(d > 0))", [2], (d) => d.square().mul(d.gt(0).double().neg().exp()), 2 / Math.E],
  ["d by -(d > 0), cast", [2], (d) => d.mul(d.gt(0).float().neg().double()).mul(d), -2],
  ["d by the larger of 3·(d > 0) and 2", [2], (d) => d.square().mul(pf.maximum(d.gt(0).double().mul(3), 2)), 6],
  ["expanded, by an expanded d > 0", [2], (d) => d.expand(2, 2).square().mul(d.gt(0).double().expand(2, 2)), 4],
  ["expanded, by d > 0 across", [2], (d) => d.expand(2, 2).square().mul(d.gt(0).double().reshape(2, 1).expand(2, 2)), nan],
  ["d by where 2d > d", [2], (d) => d.square().mul(pf.where(d.mul(2).gt(d), 2, 3)), nan],
  ["d by where d < 3, 2 else 3", [2], (d) => d.square().mul(pf.where(d.lt(3), 2, d.gt(0).double())), 4],
  ["maximum(d, 2d)²", [2], (d) => pf.maximum(d, d.mul(2)).square(), nan],
  ["minimum(2d, d)²", [2], (d) => pf.minimum(d.mul(2), d).square(), nan],
  ["maximum(-d, d)²", [2], (d) => pf.maximum(d.neg(), d).square(), 2],
  ["minimum(d, 5)²", [2], (d) => pf.minimum(d, 5).square(), 2],
  ["minimum(5, d)²", [2], (d) => pf.minimum(f64([5, 5]), d).square(), 2],
  ["minimum(d, 0.7)²", [2], (d) => pf.minimum(d, 0.7).square(), 2],
  ["maximum(d, 0.7)²", [2], (d) => pf.maximum(d, 0.7).square(), 0],
  ["minimum(d, 5)", [2], (d) => pf.minimum(d, 5), nan],
  ["clamp(d, max 0.7)²", [2], (d) => d.clampMax(0.7).square(), 2],
  ["hardtanh(d)²", [2], (d) => N.hardtanh(d).square(), 2],
  ["nanToNum(d)²", [2], (d) => d.nanToNum().square(), 2],
  ["leakyRelu(-d)²", [2], (d) => N.leakyRelu(d.neg(), 0.1).square(), 0.02],
  ["leakyRelu(d)", [2], (d) => N.leakyRelu(d), nan],
  ["exp(-leakyRelu(d)²)", [2], (d) => N.leakyRelu(d).square().neg().exp(), -2],
  ["relu(relu(d))", [2], (d) => d.relu().relu(), nan],
  ["relu(relu(d))²", [2], (d) => d.relu().relu().square(), 2],
  ["clamp(relu(d), -1, 2)²", [2], (d) => d.relu().clamp(-1, 2).square(), 2],
  ["relu of d where d > 0", [2], (d) => pf.where(d.gt(0), d, 0).relu(), nan],
  ["relu6 of Huber's loss", [2], (d) => N.relu6(pf.where(d.lt(1.5), d.square().mul(0.5), d.mul(1.5).sub(1.125))), nan],
  ["the largest, squared", [2], (d) => (d.max() as T).square(), nan],
  ["d² by a pole that is guarded", [2], (d) => d.square().div(pf.where(d.eq(0), 1, d)), nan],
  ["d by a d that is guarded, by d", [2], (d) => d.div(pf.where(d.eq(0), 1, d)).mul(d).mul(d), nan],
  ["d³ by d, which is guarded", [2], (d) => d.pow(3).div(pf.where(d.gt(0), d, 1)), nan],
  ["d² by minimum(d, 5)", [2], (d) => d.square().div(pf.minimum(d.add(1), 5)), 2],
  ["masked beyond 0.5, plus d²", [2], (d) => pf.where(d.gt(0.5), d, 0).add(d.square()), 2],
  ["minus masked beyond 0.5", [2], (d) => d.square().sub(pf.where(d.gt(0.5), d, 0)), 2],
  ["masked beyond 0.5, times c, by c", [2], (d) => pf.where(d.gt(0.5), d, 0).mul(t2).div(3).neg(), 0],
  ["masked where d is small", [2], (d) => pf.where(d.gt(0.5), 0, d), nan],
  ["masked twice", [2], (d) => pf.where(d.gt(0.5), pf.where(d.gt(0.7), d, 0), 0), 0],
  ["masked beyond 0.5 or 0.7", [2], (d) => pf.where(d.gt(0.5), d, pf.where(d.lt(0.3), 0, d.exp())), 0],
  ["masked beyond 0.5 or else d", [2], (d) => pf.where(d.gt(0.5), d.exp(), d), nan],
]; // prettier-ignore
const hasNoRoot =
  /0.5 ≤ d|minimum\(5, d|across|maximum\(d, 0.7|masked|minimum\(d, 5\)$|d < 0.5, d,|and|or|xor|>|<|guarded|sign|relu|Relu|largest|bool|not|\(2?d/;
for (const [name, shape, f, a] of selections) check(`selections: ${name}`, shape, f, a, !hasNoRoot.test(name));

// -- rows that no row above stands for: single conditions and numbers of the search
const full = (value: number): T => pf.full([2], value, { dtype: "float64" });
const data = (): T => f64([-0.6, 0.4]);
const times = (k: number, f: Func) => (d: T): T => Array(k).fill(0).reduce((y: T) => f(y), d); // prettier-ignore
/** d² where the condition holds, else 3d². */
const chosen = (condition: Func): Func => (d) => pf.where(condition(d), d.square(), d.square().mul(3)); // prettier-ignore
/** d² by f(d). */
const by = (f: Func): Func => (d) => d.mul(d.mul(f(d))); // prettier-ignore
/** d·d where the condition holds, else 3d·d. */
const split = (condition: Func): Func => (d) => d.mul(pf.where(condition(d), d, d.mul(3))); // prettier-ignore
const masked = (d: T, ...tenths: number[]): T => tenths.map((k) => pf.where(d.gt(k / 10), d.mul(k), 0)).reduce((a, b) => a.add(b)); // prettier-ignore
const other = (): T => roots.norm(f64([[3, 4], [0, 2]]).requiresGrad_()); // prettier-ignore
const olderNorms = roots.norm(f64([[3, 4], [1, 1]]).requiresGrad_()); // prettier-ignore
const olderTruth = olderNorms.gt(0).double();
const olderCondition = olderNorms.gt(0);
const olderBoth = olderNorms.gt(0).logicalAnd(other().gt(0));
const olderNumbers = pf.where(olderNorms.gt(0), f64([2, 3]), 5);
pf.evaluate(olderCondition, olderBoth, olderNumbers);
const older = times(300, (y) => y.neg())(f64([1, 2]));
const further: Row[] = [
  ["d·(d - 3)", [2], (d) => d.mul(d.sub(3)), nan],
  ["d·relu(d), transposed twice", [2, 2], (d) => d.mul(d.relu().t().t()), 2],
  ["d² by the logarithm of data", [2], by(() => w(2).log()), values(w(2).log()).map((value) => 2 * value)],
  ["d² by 1 + d, sixty times negated", [2], by((d) => times(60, (y) => y.neg())(d.add(1))), 2],
  ["d² by the sign of d²", [2], by((d) => d.mul(d).sign()), 2],
  ["the sign of exp(d) > 0", [2], chosen((d) => d.exp().sign().gt(0)), 2],
  ["the sign of 1/d > 0", [2], chosen((d) => d.reciprocal().sign().gt(0)), 2],
  ["d² by the sign of data", [2], by(() => data().sign()), [-2, 2]],
  ["d² by the sign of 0·d", [2], by((d) => d.mul(zero).sign()), 0],
  ["the sign of exp(-d) - 1 < 0", [2], chosen((d) => d.neg().exp().sub(full(1)).sign().lt(0)), nan],
  ["the sign of exp(-d) + -1 < 0", [2], chosen((d) => d.neg().exp().add(full(-1)).sign().lt(0)), nan],
  ["d² by log(2 + d)", [2], by((d) => d.add(2).log()), 2 * Math.log(2)],
  ["exp(1 + d) > 0.5", [2], chosen((d) => d.add(1).exp().gt(0.5)), 2],
  ["the sign of 1 + d, > 0.5", [2], chosen((d) => d.add(1).sign().gt(0.5)), nan],
  ["0·d ≥ 0", [2], chosen((d) => d.mul(zero).ge(0)), 2],
  ["d² by what d < data gives, 2 or 1/d", [2], by((d) => pf.where(d.lt(w(2)), full(2), d.reciprocal())), nan],
  ["d² by what d ≥ data fails to give, 2 or 1/d", [2], by((d) => pf.where(d.ge(w(2)).logicalNot(), full(2), d.reciprocal())), nan],
  ["the sign of √d > 0", [2], chosen((d) => d.sqrt().sign().gt(0)), 2],
  ["the sign of √(0·d) > 0", [2], chosen((d) => d.mul(zero).sqrt().sign().gt(0)), nan],
  ["(d·data)^2.5 > 0", [2], chosen((d) => d.mul(w(2)).pow(2.5).gt(0)), nan],
  ["what d > 0 gives, 1 or 7, < 5", [2], chosen((d) => pf.where(d.gt(0), full(1), 7).lt(5)), nan],
  ["d² by |-d|/d", [2], (d) => d.mul(d.neg().abs()), 2],
  ["d² by |d - 1|", [2], by((d) => d.sub(1).abs()), 2],
  ["d² by 1/d beyond 5", [2], by((d) => pf.where(d.gt(5), d.reciprocal(), 2)), 4],
  ["d² by 2 before 5, then 1/d", [2], by((d) => pf.where(d.lt(5), full(2), d.reciprocal())), 4],
  ["d² by 2 where not d > 5, else 1/d", [2], by((d) => pf.where(d.gt(5).logicalNot(), full(2), d.reciprocal())), 4],
  ["d² by 1/d where not d < 5, else 2", [2], by((d) => pf.where(d.lt(5).logicalNot(), d.reciprocal(), 2)), 4],
  ["d² by minimum(d/data, -1)", [2], by((d) => pf.minimum(d.div(w(2)), full(-1))), -2],
  ["d² by minimum(1/d, 1)", [2], by((d) => pf.minimum(d.pow(-1), full(1))), 2],
  ["d² by what d > 0 gives, 2 or 3", [2], by((d) => pf.where(d.gt(0), full(2), 3)), 4],
  ["d² by what d > 0 gives, 0 or 1", [2], by((d) => pf.where(d.gt(0), zero, 1)), 0],
  ["d² by d where d > -1, else data", [2], by((d) => pf.where(d.le(-1), w(2), d)), 0],
  ["d³ by relu(0)", [2], (d) => d.mul(zero.relu().mul(d.mul(d))), 0],
  ["d by (d = 0)²", [2], (d) => d.mul(d.eq(0).double().square()), 0],
  ["d by (d = 0) + (d = 0)", [2], (d) => d.mul(d.eq(0).double().add(d.eq(0).double())), 0],
  ["d by (d = 0)/3", [2], (d) => d.mul(d.eq(0).double().div(3)), 0],
  ["where d ≠ data, d, else d, as a bool", [2], chosen((d) => pf.where(data().ne(d), d, d).bool()), 2],
  ["2·(d/(3d)) < 3", [2], chosen((d) => d.div(d.mul(3)).mul(2).lt(3)), nan],
  ["(d/(3d))/data < 3", [2], chosen((d) => d.div(d.mul(3)).div(w(2)).lt(3)), nan],
  ["d/(3d) + what d < 3 gives < 9", [2], chosen((d) => d.div(d.mul(3)).add(pf.where(d.lt(3), w(2), data())).lt(9)), nan],
  ["d/(3d) + relu(d) < 9", [2], chosen((d) => d.div(d.mul(3)).add(pf.where(d.gt(0), d, 0)).lt(9)), nan],
  ["data/d > 5", [2], chosen((d) => d.reciprocal().mul(w(2)).gt(5)), 2],
  ["data/d as a bool", [2], chosen((d) => data().div(d).bool()), 2],
  ["exp(-d)·3 < 3", [2], chosen((d) => d.neg().exp().mul(3).lt(3)), nan],
  ["exp(-d)/2 < 0.5", [2], chosen((d) => d.neg().exp().div(2).lt(0.5)), nan],
  ["1 + d ≤ 3", [2], chosen((d) => full(1).add(d).le(3)), 2],
  ["d + d ≤ 3", [2], chosen((d) => d.add(d).le(3)), 2],
  ["2 ≤ d + 2", [2], chosen((d) => full(2).le(d.add(2))), nan],
  ["3 - exp(-d) > 2", [2], chosen((d) => full(3).sub(d.neg().exp()).gt(2)), nan],
  ["d < 5 or d = data, flipped", [2], chosen((d) => d.eq(w(2)).flip(0)), nan],
  ["data as bools, flipped", [2], chosen(() => data().bool().flip(0)), 2],
  ["d as bools, transposed", [2, 2], chosen((d) => d.bool().t()), nan],
  ["d < 3 xor d > 5", [2], chosen((d) => pf.logicalXor(d.lt(3), d.gt(5))), 2],
  ["d ≤ 0 and d ≠ 5", [2], chosen((d) => pf.logicalAnd(d.le(0), d.ne(5))), nan],
  ["d > -1 and d < 3", [2], chosen((d) => pf.logicalAnd(d.gt(-1), d.lt(3))), 2],
  ["not d < 0", [2], chosen((d) => d.lt(0).logicalNot()), 2],
  ["not d ≤ 0", [2], chosen((d) => d.le(0).logicalNot()), 2],
  ["0 ≥ 0", [2], chosen(() => zero.ge(0)), 2],
  ["not what data says", [2], chosen(() => f64([1, 0]).gt(0).logicalNot()), [6, 2]],
  ["d > -exp(d)", [2], chosen((d) => d.gt(d.exp().neg())), 2],
  ["d to the power of a tensor > 0", [2], chosen((d) => d.pow(f64([2, 2])).gt(0)), nan],
  ["what d > 0 gives, d or 7, < 5", [2], chosen((d) => pf.where(d.gt(0), d, 7).lt(5)), nan],
  ["what d > 0 gives, d or 0, < 5", [2], chosen((d) => pf.where(d.gt(0), d, 0).lt(5)), 2],
  ["what d > -1 gives, d or its sign, < 5", [2], chosen((d) => pf.where(d.gt(-1), d, d.sign()).lt(5)), 2],
  ["what 2d > d gives, 1 or 2, < 1.5", [2], chosen((d) => pf.where(d.mul(2).gt(d), full(1), 2).lt(1.5)), nan],
  // As far as the search looks, and one step farther.
  ["minus d, 47 times, squared", [2], (d) => times(47, (y) => y.neg())(d).square(), 2],
  ["minus d, 48 times, squared", [2], (d) => times(48, (y) => y.neg())(d).square(), nan],
  ["tanh of data, 300 times negated, > 0", [2], chosen(() => times(300, (y) => y.neg())(f64([1, 2])).tanh().gt(0)), 2],
  ["tanh of older data, 300 times negated, > 0", [2], chosen(() => older.tanh().gt(0)), 2],
  ["|d|, seven times, > 0", [2], chosen((d) => times(7, (y) => y.abs())(d).gt(0)), 2],
  ["|d|, eight times, > 0", [2], chosen((d) => times(8, (y) => y.abs())(d).gt(0)), nan],
  ["|d|, nine times, > 0", [2], chosen((d) => times(9, (y) => y.abs())(d).gt(0)), nan],
  ["d > 0, six times denied", [2], chosen((d) => times(6, (y) => y.logicalNot())(d.gt(0))), 2],
  ["d > 0, eight times denied", [2], chosen((d) => times(8, (y) => y.logicalNot())(d.gt(0))), nan],
  ["d > 0, twenty times denied", [2], chosen((d) => times(20, (y) => y.logicalNot())(d.gt(0))), nan],
  ["d² by d > 0, six times negated", [2], by((d) => times(6, (y) => y.neg())(d.gt(0).double())), 2],
  ["d² by d > 0, seven times negated", [2], by((d) => times(7, (y) => y.neg())(d.gt(0).double())), -2],
  ["d² by d > 0, eight times negated", [2], by((d) => times(8, (y) => y.neg())(d.gt(0).double())), nan],
  ["d² by d > 0, twenty times negated", [2], by((d) => times(20, (y) => y.neg())(d.gt(0).double())), nan],
  ["d² by d > 0, 300 times negated", [2], by((d) => times(300, (y) => y.neg())(d.gt(0).double())), nan],
  ["d² by the sign of d, twenty times negated", [2], by((d) => times(20, (y) => y.neg())(d.sign())), nan],
  ["d² by what d > 0 gives, 2 or data, twenty times negated", [2], by((d) => times(20, (y) => y.neg())(pf.where(d.gt(0), full(2), w(2)))), nan],
  ["d² by what data gives, twenty times negated", [2], by(() => times(20, (y) => y.neg())(pf.where(data().gt(0), full(2), 3))), [6, 4]],
  ["d² by exp(d), twenty times negated", [2], by((d) => times(20, (y) => y.neg())(d.exp())), 2],
  ["d by masked, three times negated", [2], (d) => d.mul(times(3, (y) => y.neg())(pf.where(d.gt(0.5), w(2), 0))), 0],
  ["d by masked, four times negated", [2], (d) => d.mul(times(4, (y) => y.neg())(pf.where(d.gt(0.5), w(2), 0))), nan],
  ["d by masked, three times by data", [2], (d) => d.mul(times(3, (y) => y.mul(w(2)))(pf.where(d.gt(0.5), w(2), 0))), 0],
  ["d by masked, four times by data", [2], (d) => d.mul(times(4, (y) => y.mul(w(2)))(pf.where(d.gt(0.5), w(2), 0))), nan],
  ["d by masked, three times data by it", [2], (d) => d.mul(times(3, (y) => w(2).mul(y))(pf.where(d.gt(0.5), w(2), 0))), 0],
  ["d by masked, four times data by it", [2], (d) => d.mul(times(4, (y) => w(2).mul(y))(pf.where(d.gt(0.5), w(2), 0))), nan],
  ["four masked, plus d²", [2], (d) => [5, 6, 7, 8].reduce((y: T, k) => y.add(pf.where(d.gt(k / 10), d.mul(k), 0)), d.square()), 2],
  ["five masked, plus d²", [2], (d) => [5, 6, 7, 8, 9].reduce((y: T, k) => y.add(pf.where(d.gt(k / 10), d.mul(k), 0)), d.square()), nan],
  ["the log of the sum of exp(-d²)", [2], (d) => d.square().neg().logsumexp(0), -1],
  ["d by d to the power of what is padded with 3", [2], (d) => d.mul(d.pow(N.pad(f64([2]), [1, 0], "constant", 3))), nan],
  ["d by d to the power of 1", [2], (d) => d.mul(d.pow(full(1))), 2],
  ["d by d where |d|, eight times, > 0", [2], split((d) => times(8, (y) => y.abs())(d).gt(0)), 2],
  ["d or 3d where 1/exp(-d) > 1", [2], split((d) => d.neg().exp().reciprocal().gt(1)), nan],
  ["d or 3d where what d > 0 gives, d or 7, < 5", [2], split((d) => pf.where(d.gt(0), d, 7).lt(5)), nan],
  ["d or 3d where what 2d > d gives, 1 or 2, < 1.5", [2], split((d) => pf.where(d.mul(2).gt(d), full(1), 2).lt(1.5)), nan],
  ["d or 3d where data says 2d > d", [2], split((d) => pf.where(data().gt(0), data().lt(3), d.mul(2).gt(d))), nan],
  ["three masked where d > 0, plus d²", [2], (d) => d.square().add(pf.where(d.gt(0), masked(d, 5, 6, 7), 0)), 2],
  ["three masked, plus what d < 0 gives", [2], (d) => masked(d, 5, 6, 7).add(d.mul(pf.where(d.lt(0), w(2), 0))), 0],
  ["four masked, plus what d < 0 gives", [2], (d) => masked(d, 5, 6, 7, 8).add(d.mul(pf.where(d.lt(0), w(2), 0))), nan],
  ["four masked where d > 0, plus d²", [2], (d) => d.square().add(pf.where(d.gt(0), masked(d, 5, 6, 7, 8), 0)), nan],
  ["three masked, plus what d < 0 gives, twice", [2], (d) => masked(d, 5, 6, 7).add(d.mul(pf.where(d.lt(0), w(2), 0))).add(d.mul(pf.where(d.lt(0), data(), 0))), nan],
  ["d by masked, three times negated, plus two masked of d + 0", [2], (d) => d.mul(times(3, (y) => y.neg())(pf.where(d.gt(0.5), w(2), 0))).add(masked(d.add(f64([0, 0])), 6, 7)), 0],
  ["two masked of d + 0, plus d by masked, three times negated", [2], (d) => masked(d.add(f64([0, 0])), 6, 7).add(d.mul(times(3, (y) => y.neg())(pf.where(d.gt(0.5), w(2), 0)))), 0],
  ["d² by exp of d detached, 300 times negated", [2], by((d) => times(300, (y) => y.neg())(d.detach()).exp()), 2],
  ["d² by what data gives, exp(d) or 3, twenty times negated", [2], by((d) => times(20, (y) => y.neg())(pf.where(data().gt(0), d.exp(), 3))), [6, 2]],
  ["d², plus (d where d ≠ 5, else 1/2)³", [2], (d) => d.square().add(pf.where(d.ne(5), d, full(0.5)).pow(3)), 2],
  ["d by forty squares of data where d > 0", [2], (d) => d.mul(pf.where(d.gt(0), times(40, (y) => y.mul(y))(data()), 0)), nan],
  ["d by masked where |d|, eight times, > 0.5", [2], (d) => d.mul(pf.where(times(8, (y) => y.abs())(d).gt(0.5), w(2), 0)), 0],
  ["d by what 2d > d gives, by a guarded d", [2], (d) => d.mul(pf.where(d.mul(2).gt(d), full(2), 0).div(pf.autograd.noGrad(() => pf.where(d.gt(0), d, 1)))), nan],
  ["d² by what an older norm gives, twenty times negated", [2], by(() => times(20, (y) => y.neg())(olderTruth)), 2],
  ["d² by the sign of older zeros", [2], (d, older) => d.mul(d.mul(older)), 0],
  ["d² by exp(d) as float32, twenty times negated", [2], by((d) => times(20, (y) => y.neg())(d.exp().float().double())), 2],
  ["d² by whether data is positive, twenty times negated", [2], by(() => times(20, (y) => y.neg())(data().gt(0).double())), [0, 2]],
  ["d by d + data, by what is padded with 1", [2], (d) => N.pad(f64([3]), [1, 0], "constant", 1).mul(d.add(w(2))).mul(d), nan],
  ["d by 2 + d, by d + data", [2], (d) => full(2).add(d).mul(d.add(w(2))).mul(d), nan],
  ["d·(data - d)", [2], (d) => d.mul(w(2).sub(d)), nan],
  ["what an older norm says", [2], chosen(() => olderCondition), 2],
  // Once it is read nobody knows any more that it is positive.
  ["d·exp(data) > 0", [2], chosen((d) => d.mul(data().exp()).gt(0)), nan],
  ["what an older norm gives > 2.5", [2], chosen(() => olderNumbers.gt(2.5)), [6, 2]],
  ["what two older norms say", [2], chosen(() => olderBoth), 2],
  ["what another norm says", [2], chosen(() => other().tanh().gt(0)), 2],
  ["what another norm says, 254 times negated", [2], chosen(() => times(254, (y) => y.neg())(other()).tanh().gt(0)), 2],
  ["what another norm says, 255 times negated", [2], chosen(() => times(255, (y) => y.neg())(other()).tanh().gt(0)), nan],
  ["d² by another norm, 264 times negated", [2], by(() => times(264, (y) => y.neg())(other())), [10, 4]],
  ["d² by another norm, 265 times negated", [2], by(() => times(265, (y) => y.neg())(other())), nan],
  ["the largest > -1", [2], chosen((d) => (d as any).amax(0).gt(-1)), 2],
  ["the smallest > -1", [2], chosen((d) => (d as any).amin(0).gt(-1)), 2],
  ["the first is the smallest", [2], chosen((d) => (d as any).argmin(0).eq(0)), 2],
  ["expanded, by what is joined", [1, 2], (d) => pf.cat([d, d.mul(3)]).mul(d.expand(2, 2)), nan],
  ["a part of what is joined, joined at another length", [2], (d) => { const y = pf.cat([d, w(4)]); return d.mul(pf.cat([y.narrow(0, 0, 1), y.narrow(0, 1, 1), pf.zeros([1], { dtype: "float64" })]).narrow(0, 0, 2)); }, nan],
  ["a part of what is joined, padded to another length", [2], (d) => d.mul(N.pad(pf.cat([d, w(4)]).narrow(0, 1, 1), [1, 1]).narrow(0, 0, 2)), nan],
  ["a part in both dims of what is joined, in another shape", [2, 2], (d) => d.mul(N.pad(pf.cat([d, w(2, 4)], 1).reshape(3, 4), [0, -2, 0, -1])), nan],
  ["d + √d > 0", [2], chosen((d) => d.add(d.sqrt()).gt(0)), 2],
  ["1/d^-1.5 > -d", [2], chosen((d) => d.pow(-1.5).reciprocal().gt(d.neg())), 2],
  ["1/exp(-d) > 2", [2], chosen((d) => d.neg().exp().reciprocal().gt(2)), 6],
  ["d/(1 - exp(-d)) > 0.5", [2], chosen((d) => d.div(full(1).sub(d.neg().exp())).gt(0.5)), nan],
  ["d/(1 + -exp(-d)) > 0.5", [2], chosen((d) => d.div(full(1).add(d.neg().exp().neg())).gt(0.5)), nan],
  ["d² by what exp(log d) > -1 gives, 2 or 1/d", [2], by((d) => pf.where(d.log().exp().gt(-1), full(2), d.reciprocal())), 4],
  ["d² by another norm, flipped", [2], by(() => other().reshape(1, 2).flip(1).reshape(2)), [4, 10]],
  ["d² by the sign of d - 3", [2], by((d) => d.sub(3).sign()), -2],
  ["d² by whether exp(-d) > 0.5", [2], by((d) => d.neg().exp().gt(0.5).double()), 2],
  ["d² by exp(d) and what is selected and detached, twenty times negated", [2], by((d) => times(20, (y) => y.neg())(d.exp().mul(pf.where(d.gt(0), full(1), 2).detach()))), 4],
  ["every second of what is joined", [2], (d) => d.mul(pf.cat([d, w(2)]).slice(0, 0, 4, 2)), nan],
  ["less than a joined part, joined", [3], (d) => d.mul(pf.cat([pf.cat([d.narrow(0, 0, 2), w(2)]).narrow(0, 0, 1), d.narrow(0, 1, 2)])), nan],
]; // prettier-ignore
for (const [name, shape, f, a] of further) check(`further: ${name}`, shape, f, a, false);
const furtherPoles: [name: string, f: Func][] = [
  ["√d/d", (d) => d.sqrt().div(d)],
  ["√d/d^0.52", (d) => d.sqrt().div(d.pow(0.52))],
  ["1/√(1/√d), by d^0.27", (d) => d.rsqrt().rsqrt().div(d.pow(0.27))],
  ["d^0.008·log d", (d) => d.pow(0.008).mul(d.log())],
  ["minimum(-1, log d)", (d) => pf.minimum(d.log(), full(-1))],
  ["minimum(0, log d)", (d) => pf.minimum(zero, d.log())],
  ["the sign of d by d", (d) => d.sign().div(d)],
  ["the sign of 1/2 by d", (d) => full(0.5).sign().div(d)],
  ["e/d", (d) => full(1).exp().div(d)],
  ["1/d where not d < 5, by not", (d) => pf.where(d.lt(5).logicalNot(), 2, d.reciprocal())],
  ["1/d where not d > 5", (d) => pf.where(d.gt(5).logicalNot(), d.reciprocal(), 2)],
  ["2 where data doesn't say so", (d) => pf.where(f64([1, 0]).gt(0).logicalNot(), full(2), d.reciprocal())],
];
for (const [name, f] of furtherPoles) {
  check(`poles: d·(${name})`, [2], (d) => d.mul(f(d)), nan);
  check(`poles: (${name})·d`, [2], (d) => f(d).mul(d), nan);
}
for (const [name, f] of [...poles, ...furtherPoles]) check(`poles: d²·(${name})`, [2], by(f), nan);
test("d^2.5 has a second derivative at 0", () => {
  const f = scalar((d) => d.pow(2.5), roots.norm!);
  same(F.hessian(f, pf.zeros([1, 2], { dtype: "float64" })).reshape(4), [0, 0, 0, 0], 0, "Hessian");
  same(F.vjp(f, f64([[3, 4]]))[1].reshape(2), [2.5 * 5 ** 1.5 * 0.6, 2.5 * 5 ** 1.5 * 0.8], 1e-12, "gradient"); // prettier-ignore
});
test("a power of what is 0 where d is not, and an exponent that is differentiated by", () => {
  const x = f64([3, 4]);
  same(F.vjp((z: T) => roots.norm!(z).sub(5).pow(1.7), x)[1], [0, 0], 0, "power 1.7 at 0");
  // ∂/∂k of the gradient of d·d^k is that of d^(k+1)·log d: ((k+1)·log d + 1)·dᵏ·x/d.
  const gradient = (k: T): T => F.vjp((z: T) => { const d = roots.norm!(z.reshape(1, 2)); return d.mul(d.pow(k)).sum(); }, x, null, { createGraph: true })[1]; // prettier-ignore
  const leaf = (value: number): T => pf.full([1], value, { dtype: "float64" }).requiresGrad_();
  const k = leaf(2);
  const c = (3 * Math.log(5) + 1) * 25;
  const [got] = pf.autograd.grad(gradient(k).sum(), [k]);
  same(got!, [c * (0.6 + 0.8)], 1e-12, "by the exponent");
  const one = leaf(1);
  const scaled = (s: T): T => F.vjp((z: T) => { const d = roots.norm!(z.reshape(1, 2)); return d.mul(s).mul(d).sum(); }, x, null, { createGraph: true })[1]; // prettier-ignore
  same(pf.autograd.grad(scaled(one).sum(), [one])[0]!, [14], 1e-12, "by a factor of 1");
});

test("a cotangent is divided by 2d as one, but for selections among its terms", () => {
  const quotients = (f: Func): number => {
    const gradient = (x: T): T => F.vjp(scalar(f, roots.norm), x)[1];
    return pf.inspect(gradient, w(2, 2)).nodes.filter(({ op }) => op === "RootSlope").length;
  };
  const beyond = (d: T): T => pf.where(d.gt(0.5), d.exp(), 0);
  assert.is(
    quotients((d) => d.sin().add(d.exp())),
    1,
  );
  assert.is(
    quotients((d) => d.sin().add(beyond(d))),
    2,
  );
  assert.is(
    quotients((d) => beyond(d).add(d.sin())),
    2,
  );
});
test("a selection by the d of another place is none by d itself", () => {
  const f = (d: T): T => d.expand(2, 2).square().mul(d.gt(0).double().reshape(2, 1).expand(2, 2));
  const x = f64([[0, 0], [3, 4]]); // prettier-ignore
  same(F.vjp(scalar(f, roots.norm), x)[1], [0, 0, 6, 8], 1e-15, "gradient");
});
test("what is guarded against d = 0, argument and result, stays 0 there; a function of a guarded d is not recognised", () => {
  const zeros = pf.zeros([2, 2], { dtype: "float64" });
  const guarded = (d: T): T => pf.where(d.gt(0), d, 1);
  const hessian = (f: Func): number[] => values(F.hessian(scalar(f, roots.norm), zeros));
  for (const f of [
    (d: T) => pf.where(d.gt(0), t2.div(guarded(d)), 0),
    (d: T) => pf.where(d.eq(0), 0, t2.div(guarded(d).neg()).mul(3)),
    (d: T) => t2.div(guarded(d)),
    (d: T) => pf.where(d.gt(0), t2.div(pf.where(d.gt(0), d.mul(t2), 1)), 0),
    (d: T) => pf.where(d.eq(0), 0, t2.div(pf.where(d.eq(0), 1, d))),
    (d: T) => pf.where(t2.gt(9), t2, pf.where(d.gt(0), t2.div(guarded(d)), 0)),
    (d: T) => pf.where(t2.lt(9), pf.where(d.gt(0), t2.div(guarded(d)), 0), t2),
    // As deep as guards are looked for.
    (d: T) => pf.where(d.gt(0), times(4, (y) => y.neg())(t2.div(guarded(d))), 0),
    (d: T) => pf.where(d.gt(0), times(5, (y) => y.neg())(t2.div(guarded(d))), 0),
    (d: T) => pf.where(d.gt(0), times(6, (y) => y.neg())(t2.div(guarded(d))), 0),
    (d: T) => pf.where(d.gt(0), times(7, (y) => y.neg())(t2.div(guarded(d))), 0),
  ])
    assert.ok(hessian(f).every((value) => value === 0), String(hessian(f))); // prettier-ignore
  for (const f of [
    (d: T) =>
      pf.tidy(() => {
        const g = guarded(d);
        return pf.where(d.gt(0), g.sin().div(g), 1);
      }),
    (d: T) => pf.where(d.gt(0), guarded(d).exp(), 1),
    (d: T) => pf.where(d.gt(0), d, 0),
    // What d selects in ways that nobody knows, beside a guard.
    (d: T) =>
      pf
        .where(d.gt(0), t2.div(guarded(d)), 0)
        .mul(pf.where(d.mul(2).gt(d), d, 0))
        .mul(d),
    (d: T) => pf.where(d.mul(2).gt(d), d, 0).mul(pf.where(d.gt(0), t2.div(guarded(d)), 0)),
    // A number guards nothing.
    (d: T) => d.mul(pf.where(d.gt(0), t2.div(pf.autograd.noGrad(() => guarded(d))), 0)),
  ])
    assert.ok(hessian(f).some(Number.isNaN), String(hessian(f)));
});

test.run();
