// Derivatives where they are a convention, a limit or a trap: zeros, ties, poles, masks, and values that are not finite.
// Expectations are PyTorch's, except where torch itself gives up (a second derivative of NaN that exists).
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { f64, near, type Nested, values } from "../ops/support";
import type { Func } from "./support";

const { jvp, vjp, hvp } = pf.functional as any;

const inf = Infinity;
const nan = NaN;
const list = (value: any): pf.Tensor[] => (Array.isArray(value) ? value : [value]);

interface Row {
  name: string;
  f: Func;
  inputs: Nested[];
  /** The gradient of the sum of f for each input. */
  gradients: Nested[];
  /** The row sums of the Hessian of the sum of f: what becomes of v = 1. */
  second?: Nested[];
}

const ties = [1, 2, 3];
const rows: Row[] = [
  { name: "abs at ±0", f: (x) => x.abs(), inputs: [[0, -0, 2, -3]], gradients: [[0, 0, 1, -1]], second: [[0, 0, 0, 0]] },
  { name: "sign", f: (x) => x.sign(), inputs: [[0, -1, 2]], gradients: [[0, 0, 0]], second: [[0, 0, 0]] },
  { name: "floor at a whole number", f: (x) => x.floor(), inputs: [[1, -2]], gradients: [[0, 0]] },
  { name: "relu at 0", f: (x) => x.relu(), inputs: [[0, -1, 1]], gradients: [[0, 0, 1]], second: [[0, 0, 0]] },
  { name: "sqrt at 0", f: (x) => x.sqrt(), inputs: [[0, 4]], gradients: [[inf, 0.25]] },
  { name: "log at 0", f: (x) => x.log(), inputs: [[0, 2]], gradients: [[inf, 0.5]], second: [[-inf, -0.25]] },
  { name: "reciprocal at 0", f: (x) => x.reciprocal(), inputs: [[0]], gradients: [[-inf]] },
  { name: "asin and acos at 1", f: (x) => x.asin().sub(x.acos()), inputs: [[1]], gradients: [[inf]] },
  { name: "asin at ±1, twice", f: (x) => x.asin(), inputs: [[1, -1, 0.5]], gradients: [[inf, inf, 1.1547005383792517]], second: [[inf, -inf, 0.7698003589195014]] },
  { name: "acos at ±1, twice", f: (x) => x.acos(), inputs: [[1, -1, 0.5]], gradients: [[-inf, -inf, -1.1547005383792517]], second: [[-inf, inf, -0.7698003589195014]] },
  { name: "atanh at ±1, twice", f: (x) => x.atanh(), inputs: [[1, -1, 0.5]], gradients: [[inf, inf, 4 / 3]], second: [[inf, -inf, 16 / 9]] },
  { name: "acosh at 1", f: (x) => x.acosh(), inputs: [[1]], gradients: [[inf]] },
  { name: "atanh at 1", f: (x) => x.atanh(), inputs: [[1]], gradients: [[inf]] },
  { name: "saturated", f: (x) => x.tanh().add(x.sigmoid()).add(x.erf()), inputs: [[inf, -inf, 1e3, -1e3]], gradients: [[0, 0, 0, 0]] },
  { name: "outside of the domain", f: (x) => x.asin(), inputs: [[2]], gradients: [[nan]] },

  { name: "x⁰ at 0", f: (x) => x.pow(0), inputs: [[0, 2]], gradients: [[0, 0]] },
  { name: "x¹ at 0", f: (x) => x.pow(1), inputs: [[0, 2]], gradients: [[1, 1]] },
  { name: "x² at 0", f: (x) => x.pow(2), inputs: [[0, -3]], gradients: [[0, -6]], second: [[2, 2]] },
  { name: "x³ at 0", f: (x) => x.pow(3), inputs: [[0, -2]], gradients: [[0, 12]], second: [[0, -12]] },
  { name: "√x as a power at 0", f: (x) => x.pow(0.5), inputs: [[0]], gradients: [[inf]] },
  { name: "x^1.5 at 0", f: (x) => x.pow(1.5), inputs: [[0]], gradients: [[0]], second: [[inf]] },
  { name: "x^2.5 at 0", f: (x) => x.pow(2.5), inputs: [[0]], gradients: [[0]], second: [[0]] },
  { name: "a negative base", f: (x) => x.pow(4), inputs: [[-2]], gradients: [[-32]], second: [[48]] },
  { name: "a^b at a = 0", f: (a, b) => a.pow(b), inputs: [[0, 0, 0, 0], [0, 1, 2, 3]], gradients: [[0, 1, 0, 0], [0, 0, 0, 0]] },
  { name: "0^b for b < 0", f: (a, b) => a.pow(b), inputs: [[0], [-1]], gradients: [[-inf], [-inf]] },
  { name: "a negative base with a tensor exponent", f: (a, b) => a.pow(b), inputs: [[-2], [3]], gradients: [[12], [nan]] },
  { name: "a^2 as a tensor exponent at 0, twice", f: (a) => a.pow(f64([2, 3])), inputs: [[0, 0]], gradients: [[0, 0]], second: [[2, 0]] },
  { name: "0^b twice by b", f: (b) => pf.pow(f64([0, 0]), b), inputs: [[0, 2]], gradients: [[0, 0]], second: [[0, 0]] },
  { name: "c^x for c = 0", f: (x) => pf.pow(0, x), inputs: [[0, 1]], gradients: [[0, 0]], second: [[0, 0]] },

  { name: "rounded quotients of infinities", f: (a, b) => pf.div(a, b, { roundingMode: "floor" }).add(pf.div(a, b, { roundingMode: "trunc" })).add(pf.floorDivide(a, b)), inputs: [[inf, 1, 0, 5], [2, 0, 0, inf]], gradients: [[0, 0, 0, 0], [0, 0, 0, 0]], second: [[0, 0, 0, 0], [0, 0, 0, 0]] },
  { name: "logsumexp beside an infinity", f: (x) => x.logsumexp(0), inputs: [[inf, 800, 2]], gradients: [[nan, 0, 0]] },
  { name: "prod without zeros", f: (x) => x.prod(), inputs: [[2, 3, 4]], gradients: [[12, 8, 6]], second: [[7, 6, 5]] },
  { name: "prod with one zero", f: (x) => x.prod(), inputs: [[2, 0, 3]], gradients: [[0, 6, 0]], second: [[3, 5, 2]] },
  { name: "prod with two zeros", f: (x) => x.prod(), inputs: [[0, 0, 3]], gradients: [[0, 0, 0]], second: [[3, 3, 0]] },
  { name: "prod with three zeros", f: (x) => x.prod(), inputs: [[0, 0, 0]], gradients: [[0, 0, 0]], second: [[0, 0, 0]] },
  { name: "prod along a dim", f: (x) => x.prod(1), inputs: [[[0, 5], [0, 0]]], gradients: [[[5, 0], [0, 0]]], second: [[[1, 1], [1, 1]]] },
  { name: "prod of one", f: (x) => x.prod(), inputs: [[0]], gradients: [[1]], second: [[0]] },
  { name: "prod with infinity", f: (x) => x.prod(), inputs: [[inf, 2, 3]], gradients: [[6, inf, inf]] },

  { name: "maximum: ties are shared", f: pf.maximum as Func, inputs: [ties, [1, 3, 2]], gradients: [[0.5, 0, 1], [0.5, 1, 0]] },
  { name: "minimum: ties are shared", f: pf.minimum as Func, inputs: [ties, [1, 3, 2]], gradients: [[0.5, 1, 0], [0.5, 0, 1]] },
  { name: "maximum of a thing and itself", f: (x) => pf.maximum(x, x), inputs: [ties], gradients: [[1, 1, 1]] },
  { name: "maximum: twice", f: (a, b) => pf.maximum(a, b).square(), inputs: [[2], [2]], gradients: [[2], [2]] },
  { name: "amax: ties are shared", f: (x) => x.amax(), inputs: [[1, 3, 3]], gradients: [[0, 0.5, 0.5]] },
  { name: "amin: ties are shared", f: (x) => x.amin(), inputs: [[1, 1, 1, 2]], gradients: [[1 / 3, 1 / 3, 1 / 3, 0]] },
  { name: "amax along rows", f: (x) => x.amax(0), inputs: [[[1, 4], [1, 3]]], gradients: [[[0.5, 1], [0.5, 0]]] },
  { name: "amax at infinity", f: (x) => x.amax(), inputs: [[inf, 1]], gradients: [[1, 0]] },
  { name: "max along a dim: the first of a tie", f: (x) => x.max(0)[0], inputs: [[1, 3, 3]], gradients: [[0, 1, 0]] },

  { name: "atan2 on the axes", f: (a, b) => a.atan2(b), inputs: [[0, 0, 1, -1], [1, -1, 0, 0]], gradients: [[1, -1, 0, 0], [0, 0, -1, 1]] },
  { name: "atan2 at the origin", f: (a, b) => a.atan2(b), inputs: [[0], [0]], gradients: [[nan], [nan]] },
  { name: "clamp: bounds pass the gradient on", f: (x) => x.clamp(-1, 1), inputs: [[-2, -1, 0, 1, 2]], gradients: [[0, 1, 1, 1, 0]] },
  { name: "clamp: gradients of the bounds", f: (x, low, high) => x.clamp(low, high), inputs: [[-2, -1, 0, 1, 2], [-1, -1, -1, -1, -1], [1, 1, 1, 1, 1]], gradients: [[0, 1, 1, 1, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 1]] },
  { name: "fmod where it jumps", f: (a, b) => a.fmod(b), inputs: [[4, -4], [2, 2]], gradients: [[1, 1], [-2, 2]] },
  { name: "remainder where it jumps", f: (a, b) => a.remainder(b), inputs: [[4, -4, 5], [2, 2, -3]], gradients: [[1, 1, 1], [-2, 2, 2]] },
  { name: "fmod by 0, by ∞, and of ∞", f: (a, b) => a.fmod(b), inputs: [[inf, 2, -2, 5], [2, 0, inf, 1e-310]], gradients: [[1, 1, 1, 1], [-inf, -inf, 0, -inf]], second: [[0, 0, 0, 0], [0, 0, 0, 0]] },
  { name: "remainder by 0, by ∞, and of ∞", f: (a, b) => a.remainder(b), inputs: [[inf, 2, -2, 2], [2, 0, inf, inf]], gradients: [[1, 1, 1, 1], [-inf, -inf, 1, 0]], second: [[0, 0, 0, 0], [0, 0, 0, 0]] },
  { name: "copysign: what gives the sign has a gradient, 0", f: (a, b) => a.copysign(b), inputs: [[1, -2, 0], [-1, 3, -0]], gradients: [[-1, -1, 0], [0, 0, 0]], second: [[0, 0, 0], [0, 0, 0]] },
  { name: "division by zero", f: (a, b) => a.div(b), inputs: [[1], [0]], gradients: [[inf], [-inf]] },

  // what is masked takes no part, in any order
  { name: "where: infinity in the other branch", f: (x) => pf.where(x.gt(0), x, f64(inf)), inputs: [[1, -1]], gradients: [[1, 0]], second: [[0, 0]] },
  { name: "where: NaN in the other branch", f: (x) => pf.where(x.gt(0), x.square(), f64(nan)), inputs: [[1, -1]], gradients: [[2, 0]], second: [[2, 0]] },
]; // prettier-ignore

const same = (tensors: pf.Tensor[], expected: Nested[]) => tensors.forEach((t, i) => near(t, expected[i], 1e-14));
const ones = (inputs: pf.Tensor[]) => inputs.map((x) => pf.onesLike(x));
for (const { name, f, inputs, gradients, second } of rows)
  test(name, () => {
    const tensors = inputs.map(f64);
    const scalar = (...xs: pf.Tensor[]) => f(...xs).sum();
    same(list(vjp(scalar, tensors)[1]), gradients);
    if (second) same(list(hvp(scalar, tensors, ones(tensors))[1]), second);
  });

/** Forward mode takes its own way: the tangent of each input alone, against the Jacobian that reverse mode gives. */
for (const { name, f, inputs } of rows.filter((row) => !row.gradients.flat(3).some((g) => !Number.isFinite(g))))
  test(`${name}: jvp as vjp`, () => {
    const tensors = inputs.map(f64);
    tensors.forEach((x, i) => {
      const g = (t: pf.Tensor) => f(...tensors.with(i, t));
      const numel = x.numel;
      for (let at = 0; at < numel; at++) {
        const basis = f64(Array.from({ length: numel }, (_, k) => Number(k === at))).reshape(x.shape);
        const tangent: pf.Tensor = jvp(g, x, basis)[1];
        const total = Array.from(tangent.data() as Float64Array).reduce((sum, value) => sum + value, 0);
        const gradient: pf.Tensor = vjp((t: pf.Tensor) => g(t).sum(), x)[1];
        assert.ok(Math.abs(total - gradient.data()[at]) < 1e-14, `${total} and ${gradient.data()[at]}`);
      }
    });
  });

test("amax with a NaN: the value is NaN", () => {
  assert.ok(Number.isNaN(f64([1, nan, 3]).amax().item()));
  assert.ok(Number.isNaN(pf.maximum(f64(nan), f64(1)).item()));
});

test("prod: Hessian and third derivatives at zeros", () => {
  const x = f64([0, 2, 0, 5]);
  const matrix = list(jvp((p: pf.Tensor) => vjp((q: pf.Tensor) => q.prod(), p, null, { createGraph: true })[1], x, f64([1, 0, 0, 0]))[1])[0]; // prettier-ignore
  near(matrix, [0, 0, 10, 0]);
  // ∂³/∂x₀∂x₂∂x₁ = x₃
  const along = (p: pf.Tensor, k: number, f: Func) => jvp(f, p, f64([0, 1, 2, 3].map((i) => Number(i === k))), { createGraph: true })[1]; // prettier-ignore
  const third = along(x, 0, (p) => along(p, 2, (q) => along(q, 1, (r) => r.prod())));
  near(third, 5);
});

test("double where: the guarded form has derivatives, the unguarded one NaN in reverse as in torch", () => {
  const x = f64([0, 4]);
  const unguarded = (p: pf.Tensor) => pf.where(p.gt(0), p.sqrt(), 0).sum();
  const guarded = (p: pf.Tensor) => pf.where(p.gt(0), pf.where(p.gt(0), p, 1).sqrt(), 0).sum();
  near(vjp(guarded, x)[1], [0, 0.25]);
  near(hvp(guarded, x, f64([1, 1]))[1], [0, -1 / 32]);
  near(vjp(unguarded, x)[1], [nan, 0.25]);
  near(jvp(unguarded, x, f64([1, 1]))[1], 0.25);
});

// -- linear primitives are their own derivative

const index = pf.tensor([[2, 0], [1, 1]], { dtype: "int32" }); // prettier-ignore
const mask = pf.tensor([[true, false, true], [false, true, true]]); // prettier-ignore
const weight = f64([[1, 2], [3, 4], [5, 6]]); // prettier-ignore
const base = pf.tensor(Float64Array.from(values(6, 1)), { shape: [2, 3] });
const linear: [name: string, f: Func][] = [
  ["neg", (x) => x.neg()],
  ["a cast", (x) => x.to("float32")],
  ["add of itself", (x) => x.add(x.neg())],
  ["a factor", (x) => x.mul(3)],
  ["a divisor", (x) => x.div(base)],
  ["where", (x) => pf.where(mask, x, 0)],
  ["sum", (x) => x.sum()],
  ["sum over rows", (x) => x.sum(0)],
  ["sum over columns, kept", (x) => x.sum(1, true)],
  ["reshape", (x) => x.reshape(3, 2)],
  ["permute", (x) => x.t()],
  ["expand", (x) => x.expand(4, 2, 3)],
  ["slice in steps", (x) => x.slice(1, 0, 3, 2)],
  ["flip", (x) => x.flip(0)],
  ["pad", (x) => pf.nn.functional.pad(x, [1, 2])],
  ["cat", (x) => pf.cat([x, x.neg()], 1)],
  ["gather", (x) => x.gather(1, index)],
  ["scatterAdd of the source", (x) => pf.zeros([2, 3], { dtype: "float64" }).scatterAdd(1, index, x.narrow(1, 0, 2))],
  ["matmul", (x) => x.matmul(weight)],
  ["matmul from the left", (x) => pf.matmul(weight, x)],
  ["a chain of them", (x) => x.flip(1).matmul(weight).t().sum(0).neg()],
];
/** The primitives of a graph, but for constants and the aliases that every transform makes. */
const primitives = ({ nodes }: pf.Graph) =>
  nodes.map(({ op }) => op).filter((op) => !["Data", "Full", "Detach"].includes(op)).sort(); // prettier-ignore
for (const [name, f] of linear)
  test(`${name}: the derivative is the op itself`, () => {
    const tangent = pf.inspect(() => pf.tidy(() => jvp(f, base, base)[1]));
    assert.equal(primitives(tangent), primitives(pf.inspect(() => pf.tidy(() => f(base)))));
    near(jvp(f, base, base)[1], f(base), 0);
    // and the second derivative is zero
    near(hvp((x: pf.Tensor) => f(x).sum(), base, base)[1], pf.zeros([2, 3]).toArray() as Nested);
  });

test.run();
