// Second derivatives of norms at zero: right for their squares and for what is smooth in these, NaN (as in torch, never a silent
// 0) for what has none or isn't recognised. Expectations by hand: f = g(d²) with d = ‖x‖ has the Hessian 2·g'(0)·I at 0.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { f64, i32 } from "../ops/support";
import { asFormula } from "./formulas";

type T = pf.Tensor;
type Func = (x: T) => T;
const F = pf.functional as any;
const norm: (x: T) => T = (x) => pf.linalg.norm(x);
const NF = pf.nn.functional as any;
const rowNorms = (x: T): T => pf.linalg.vectorNorm(x.reshape(2, 1), 2, [1]);
const points = (x: T): T => pf.stack([x, x.mul(2), x.neg()]);
const nan = NaN;

/** The Hessian at (0, 0); one number c stands for c·I. */
const rows: [name: string, f: Func, hessian: number | number[][]][] = [
  ["d²", (x) => norm(x).pow(2), 2],
  ["d·d", (x) => pf.tidy(() => { const d = norm(x); return d.mul(d); }), 2],
  ["d² by square", (x) => norm(x).square(), 2],
  ["exp(-d²/2)", (x) => norm(x).pow(2).mul(-0.5).exp(), -1],
  ["(d/ℓ)²", (x) => norm(x).div(3).pow(2), 2 / 9],
  ["(-d)²", (x) => norm(x).neg().pow(2), 2],
  ["(d/(1 + d²))²", (x) => { const d = norm(x); return d.div(d.square().add(1)).square(); }, 2],
  ["d²/(1 + d²)", (x) => { const q = norm(x).pow(2); return q.div(q.add(1)); }, 2],
  ["√(1 + d²)", (x) => norm(x).pow(2).add(1).sqrt(), 1],
  ["the squares of gathered norms", (x) => { const i = i32([1, 0]); return rowNorms(x).gather(0, i).square().sum(); }, 2],
  ["the squares of sorted norms", (x) => rowNorms(x).sort(0)[0].square().sum(), 2],
  ["products of the largest norms", (x) => { const [d] = rowNorms(x).topk(2); return d.mul(d.flip(0).flip(0)).sum(); }, 2],
  ["products of sorted norms and norms", (x) => { const d = rowNorms(x); return d.sort(0)[0].mul(d).sum(); }, nan],
  ["products of norms gathered by one index", (x) => { const [d, i] = [rowNorms(x), i32([1, 0])]; return d.gather(0, i).mul(d.gather(0, i)).sum(); }, 2],
  ["products of norms gathered by two indices", (x) => { const d = rowNorms(x); return d.gather(0, i32([1, 0])).mul(d.gather(0, i32([0, 1]))).sum(); }, nan],
  ["d³", (x) => norm(x).pow(3), 0],
  ["d⁴", (x) => norm(x).pow(4), 0],
  ["d⁵", (x) => norm(x).pow(5), 0],
  ["d²·(sum of x)²+ d²", (x) => norm(x).pow(2).mul(x.sum().square()).add(norm(x).pow(2)), 2],
  ["d² - 3·d²", (x) => { const d = norm(x); return d.square().sub(d.square().mul(3)); }, -4],
  ["where, d² in either branch", (x) => { const d = norm(x); return pf.where(x.sum().ge(0), d.pow(2), d.pow(2).mul(3)); }, 2],
  ["where, a constant in the other branch", (x) => pf.where(x.sum().ge(0), norm(x).pow(2), 7), 2],
  ["Huber's loss of d", (x) => { const d = norm(x); return pf.where(d.lt(2), d.square().mul(0.5), d.mul(2).sub(2)); }, 1],
  ["Huber's loss, branches the other way round", (x) => { const d = norm(x); return pf.where(d.ge(2), d.sub(1).mul(2), d.square().mul(0.5)); }, 1],
  ["Huber's loss of distances", (x) => { const d = pf.cdist(x.reshape(1, 2), points(x).mul(0)); return pf.where(d.lt(2), d.square().mul(0.5), d.neg().mul(3)).sum(); }, 3],
  ["three pieces", (x) => { const d = norm(x); return pf.where(d.lt(0.5), d.square(), pf.where(d.lt(2), d.mul(2), d.exp())); }, 2],
  ["√(sum of squares) by hand, squared", (x) => x.square().sum().sqrt().pow(2), 2],
  ["cast", (x) => norm(x).to("float32").square().to("float64"), 2],
  ["d expanded and summed", (x) => norm(x).expand(3, 4).square().sum(), 24],
  ["d kept, expanded and weighted", (x) => pf.linalg.vectorNorm(x.reshape(1, 2), 2, [1], true).mul(f64([[1, 2], [3, 4]])).square().sum(), 60],
  ["d/ℓ expanded", (x) => norm(x).div(2).expand(3).square().sum(), 1.5],
  ["stack of d and 2d", (x) => { const d = norm(x); return pf.stack([d, d.mul(2)]).square().sum(); }, 10],
  ["slices of d, side by side", (x) => { const d = rowNorms(x); return pf.cat([d.narrow(0, 1, 1).square(), d.narrow(0, 0, 1).square().mul(3)]).sum(); }, [[6, 0], [0, 2]]],
  ["one slice of d", (x) => rowNorms(x).narrow(0, 1, 1).square().sum(), [[0, 0], [0, 2]]],
  ["every second of d, padded", (x) => pf.nn.functional.pad(pf.cat([rowNorms(x), rowNorms(x)]).slice(0, 0, 4, 2), [1, 2]).square().sum(), [[4, 0], [0, 0]]],
  ["d flipped and permuted", (x) => pf.linalg.vectorNorm(x.reshape(2, 1, 1).expand(2, 3, 2), 2, [2]).t().flip(0).square().sum(), 12],
  ["d by indices", (x) => rowNorms(x).indexSelect(0, i32([0, 0, 1])).square().sum(), [[4, 0], [0, 2]]],
  ["d² by a logarithm without d", (x) => norm(x).pow(2).div(f64(3).log()), 2 / Math.log(3)],
  ["where, d² in both branches, under a plain √", (x) => { const d = x.square().sum().sqrt(); return pf.where(x.sum().ge(0), d.square(), d.square().mul(3)); }, 2],
  ["masked pieces beside d²", (x) => { const d = norm(x); return pf.where(d.gt(1.5), d, 0).add(pf.where(d.gt(2), d.mul(3), 0)).add(pf.where(d.gt(3), d.exp(), 0)).add(d.square()); }, 2],
  ["std²", (x) => x.std().pow(2), [[1, -1], [-1, 1]]],
  ["std² without correction", (x) => x.std({ correction: 0 } as any).pow(2), [[0.5, -0.5], [-0.5, 0.5]]],
  ["hypot²", (x) => pf.hypot(x.select(0, 0), x.select(0, 1)).pow(2), 2],
  ["dist²", (x) => pf.dist(x, x.mul(3)).pow(2), 8],
  ["Frobenius norm²", (x) => pf.linalg.matrixNorm(x.reshape(1, 2)).pow(2), 2],
  ["pairwiseDistance²", (x) => pf.nn.functional.pairwiseDistance(x, x.mul(3), 2, 0).pow(2), 8],
  ["RBF kernel matrix by cdist", (x) => pf.cdist(points(x), points(x)).pow(2).mul(-0.5).exp().sum(), -28],
  ["RBF by pdist", (x) => pf.nn.functional.pdist(points(x)).pow(2).mul(-0.5).exp().sum(), -14],
  ["under vmap", (x) => (pf.func.vmap((r: any) => norm(r).pow(2))(pf.stack([x, x.mul(2)])) as T).sum(), 10],
  ["relu(d)²", (x) => NF.relu(norm(x)).square(), 2],
  ["relu(d/3)²", (x) => NF.relu(norm(x).div(3)).square(), 2 / 9],
  ["relu(-d)²", (x) => NF.relu(norm(x).neg()).square(), 0],
  ["relu of relu(d), squared", (x) => NF.relu(NF.relu(norm(x))).square(), 2],
  ["relu of the standard deviation, squared", (x) => NF.relu(x.std()).square(), [[1, -1], [-1, 1]]],
  ["relu of √(sum of squares), squared", (x) => NF.relu(x.square().sum().sqrt()).square(), 2],
  ["leakyRelu(d)²", (x) => NF.leakyRelu(norm(x)).square(), 2],
  ["elu(d)²", (x) => NF.elu(norm(x), 2).square(), 2],
  ["prelu(d)²", (x) => NF.prelu(norm(x), f64([0.3])).square(), 2],
  ["threshold(d)²", (x) => NF.threshold(norm(x), 0, 0).square(), 2],
  ["relu6(d)²", (x) => NF.relu6(norm(x)).square(), 2],
  ["clamp(d)²", (x) => norm(x).clamp(0, 5).square(), 2],
  ["|d|²", (x) => norm(x).abs().square(), 2],
  ["|d/3|²", (x) => norm(x).div(3).abs().square(), 2 / 9],
  ["|d|·d", (x) => { const d = norm(x); return d.mul(d.abs()); }, 2],
  ["maximum(d, 0)²", (x) => pf.maximum(norm(x), 0).square(), 2],
  ["maximum(0, d/3)²", (x) => pf.maximum(pf.zeros([], { dtype: "float64" }), norm(x).div(3)).square(), 2 / 9],
  ["maximum(d, -1)²", (x) => pf.maximum(norm(x), -1).square(), 2],
  ["minimum(d, 0)²", (x) => pf.minimum(norm(x), 0).square(), 0],
  // A user's own condition counts by its value, as in torch: it selects at 0 what it says there.
  ["where d > 0, d²", (x) => { const d = norm(x); return pf.where(d.gt(0), d.square(), 0); }, 0],
  ["where d < 9, d²", (x) => { const d = norm(x); return pf.where(d.lt(9), d.square(), 0); }, 2],
  ["where d is 0, 1, else exp(-d²)", (x) => { const d = norm(x); return pf.where(d.eq(0), 1, d.square().neg().exp()); }, 0],
  ["d times whether it is positive, squared", (x) => { const d = norm(x); return d.mul(d.gt(0).double()).square(); }, 0],
  ["where d > 0, d", (x) => { const d = norm(x); return pf.where(d.gt(0), d, 0); }, 0],
  ["d·sign(d), squared", (x) => { const d = norm(x); return d.mul(d.sign()).square(); }, 2],
  ["relu(d)² under vmap", (x) => (pf.func.vmap((r: any) => NF.relu(norm(r)).square())(pf.stack([x, x.mul(2)])) as T).sum(), 10],
  ["mseLoss", (x) => NF.mseLoss(norm(x), pf.zeros([], { dtype: "float64" })), 2],
  ["huberLoss", (x) => NF.huberLoss(norm(x), pf.zeros([], { dtype: "float64" }), { delta: 2 }), 1],
  ["smoothL1Loss", (x) => NF.smoothL1Loss(norm(x), pf.zeros([], { dtype: "float64" }), { beta: 2 }), 0.5],
  ["dot(d, d)", (x) => { const d = rowNorms(x); return pf.dot(d, d); }, 2],
  ["d.matmul(d)", (x) => { const d = rowNorms(x); return d.matmul(d); }, 2],
  ["einsum of d with itself", (x) => { const d = rowNorms(x); return pf.einsum("i,i->", [d, d]); }, 2],
  ["d·dᵀ as matrices", (x) => { const d = rowNorms(x).reshape(1, 2); return d.matmul(d.t()).sum(); }, 2],
  ["d·dᵀ in a batch", (x) => { const d = rowNorms(x).reshape(1, 1, 2); return pf.bmm(d, d.mT).sum(); }, 2],
  ["d reshaped, times d", (x) => { const d = norm(x); return d.reshape(1).mul(d).sum(); }, 2],
  ["the mean of squares of norms", (x) => rowNorms(x).square().mean(), 1],
  ["the norm of norms, squared", (x) => norm(rowNorms(x)).pow(2), 2],
  ["masked by a clamp", (x) => norm(x).clampMin(1e-6).pow(2), 0],
  ["normalize", (x) => pf.nn.functional.normalize(x, 2, [0]).sum(), 0],

  ["d", norm, nan],
  ["relu(d)", (x) => NF.relu(norm(x)), nan],
  ["3·relu(d)", (x) => NF.relu(norm(x)).mul(3), nan],
  ["relu(d) by 1 + relu(d)", (x) => { const r = NF.relu(norm(x)); return r.div(r.add(1)); }, nan],
  ["leakyRelu(d)", (x) => NF.leakyRelu(norm(x)), nan],
  ["|d|", (x) => norm(x).abs(), nan],
  ["maximum(d, 0)", (x) => pf.maximum(norm(x), 0), nan],
  ["clampMin(d, 0)", (x) => norm(x).clampMin(0), nan],
  ["relu(d·t)² for a t of unknown sign", (x) => NF.relu(norm(x).mul(f64(2))).square(), nan],
  ["relu(hypot)², whose scale's sign is not known", (x) => NF.relu(pf.hypot(x.select(0, 0), x.select(0, 1))).square(), nan],
  ["mseLoss to a 0 that is data", (x) => NF.mseLoss(norm(x), f64(0)), nan],
  ["the square of a sum of norms", (x) => rowNorms(x).sum().square(), nan],
  ["d² + d", (x) => norm(x).pow(2).add(norm(x)), nan],
  ["d² + d of one node", (x) => { const d = norm(x); return d.pow(2).add(d); }, nan],
  ["two norms computed separately", (x) => norm(x).mul(norm(x)), nan],
  ["d times itself detached", (x) => { const d = norm(x); return d.mul(d.detach()); }, nan],
  ["d times itself without gradient", (x) => { const d = norm(x); return d.mul(pf.autograd.noGrad(() => d.mul(2))); }, nan],
  ["d·√d", (x) => { const d = norm(x); return d.mul(d.sqrt()); }, nan],
  ["d by a constant 0", (x) => norm(x).mul(0), nan],
]; // prettier-ignore

const zeros = f64([0, 0]);
const ones = f64([1, 1]);
function same(actual: T, expected: number[] | number[][], what: string): void {
  const want = (expected as any[]).flat();
  const got = Array.from(actual.data() as Float64Array);
  assert.is(got.length, want.length, what);
  got.forEach((value, i) => {
    const isSame = Number.isNaN(want[i])
      ? Number.isNaN(value)
      : value === want[i] || (Number.isFinite(want[i]) && Math.abs(value - want[i]) <= 1e-12 * Math.abs(want[i]));
    assert.ok(isSame, `${what}: [${got}], expected [${want}]`);
  });
}
for (const [name, f, expected] of rows) {
  const isNaN = Number.isNaN(expected);
  const diagonal = (c: number) => [[c, isNaN ? c : 0], [isNaN ? c : 0, c]]; // prettier-ignore
  const hessian = typeof expected === "number" ? diagonal(expected) : expected;
  const sums = hessian.map((row) => row[0] + row[1]);
  test(`${name}: the Hessian at 0`, () => {
    same(F.hessian(f, zeros), hessian, "hessian");
    same(F.hessian(f, zeros, { vectorize: true }), hessian, "vectorized");
    same((pf.func.jacrev(pf.func.grad(f as any) as any) as any)(zeros), hessian, "jacrev of grad");
    same(F.vhp(f, zeros, ones)[1], sums, "vhp");
    // Forward mode has 0 where reverse mode has NaN, as torch's double backward.
    if (isNaN) return;
    same(F.hessian(f, zeros, { vectorize: true, outerJacobianStrategy: "forward-mode" }), hessian, "forward mode");
    same((pf.func.hessian(f as any) as any)(zeros), hessian, "func.hessian");
    same(F.hvp(f, zeros, ones)[1], sums, "hvp");
    same(pf.compile((x: T) => F.hvp(f, x, ones)[1])(zeros) as T, sums, "compiled");
    same((pf.func.vmap(pf.func.hessian(f as any) as any) as any)(zeros.reshape(1, 2)), hessian, "vmap of hessian");
  });
  if (!name.includes("√d"))
    test(`${name}: first derivatives at 0 are 0`, () => {
      if (name === "normalize") return same(F.vjp(f, zeros)[1], [1e12, 1e12], "vjp");
      same(F.vjp(f, zeros)[1], [0, 0], "vjp");
      same(F.jvp(f, zeros, ones)[1], [0], "jvp");
    });
  // Away from 0 against differences of the gradient, where those differentiate the same function.
  test(`${name}: derivatives elsewhere`, () => {
    const x = f64([0.6, -0.8]);
    const h = 1e-5;
    const gradient = (at: T): T => F.vjp(f, at)[1];
    const difference = gradient(x.add(ones.mul(h))).sub(gradient(x.sub(ones.mul(h)))).div(2 * h); // prettier-ignore
    if (name === "cast" || name.includes("detached") || name.includes("without gradient")) return;
    const got = (F.hvp(f, x, ones)[1] as T).sub(difference).abs().max().item();
    assert.ok(got <= 1e-7, `${got}`);
  });
}

test("the mixed derivative of the RBF kernel at equal points is I", () => {
  const kernel = (x: T, y: T): T => norm(x.sub(y)).pow(2).mul(-0.5).exp();
  const x = f64([0.3, -2]);
  const byX = (y: T): T => F.vjp((z: T) => kernel(z, y), x, null, { createGraph: true })[1];
  same(F.jacobian(byX, x), [[1, 0], [0, 1]], "mixed"); // prettier-ignore
  same(F.jvp(byX, x, f64([2, 3]))[1], [2, 3], "forward");
});
test("third derivatives: of d⁴ at 0 none, of d⁴ + sum(x³) those of the cubes", () => {
  const f = (x: T): T => norm(x).pow(4).add(x.pow(3).sum());
  const third = (x: T): T => F.hvp(f, x, ones, { createGraph: true })[1];
  same(F.jacobian(third, zeros), [[6, 0], [0, 6]], "third"); // prettier-ignore
});
test("what is guarded against a norm of 0 by hand, argument and result, keeps its zeros", () => {
  const unit = (x: T): T => { const d = norm(x); return pf.where(d.gt(0), x.sum().div(pf.where(d.gt(0), d, 1)), 0); }; // prettier-ignore
  const normalized = (x: T): T => x.div(pf.where(norm(x).eq(0), 1, norm(x))).sum();
  const same1 = (x: T): T => { const d = norm(x); return x.div(pf.where(d.eq(0), 1, d)).sum(); }; // prettier-ignore
  for (const f of [unit, same1]) same(F.hessian(f, zeros), [0, 0, 0, 0], "hessian");
  same(F.vjp(unit, zeros)[1], [0, 0], "where");
  for (const f of [normalized, same1]) same(F.vjp(f, zeros)[1], [1, 1], "gradient");
});
test("a negative argument of √ stays NaN, also in a square", () => {
  const f = (x: T): T => x.sqrt().square().sum();
  same(F.vjp(f, f64([-1, 4]))[1], [nan, 1], "vjp");
  same(F.vjp(f, f64([0, 4]))[1], [1, 1], "at 0");
  same(F.vjp((x: T) => x.sqrt().sum(), f64([0, 4]))[1], [Infinity, 0.25], "the root itself");
});
test("slices of d of which one alone holds d in its cotangent: the other's stays", () => {
  const f = (x: T): T => {
    const d = rowNorms(x);
    return d.select(0, 0).exp().add(d.select(0, 1).square());
  };
  same(F.vjp(f, f64([0.6, -0.8]))[1], [Math.exp(0.6), -1.6], "vjp");
  same(F.vjp((x: T) => f(x.flip(0)), f64([0.6, -0.8]))[1], [1.2, -Math.exp(0.8)], "the other way round");
});
test("a norm's own second derivatives at 0 are torch's: NaN in reverse mode, 0 in hvp", () => {
  same(F.hvp(norm, zeros, ones)[1], [0, 0], "hvp");
  same(F.vhp(norm, zeros, ones)[1], [nan, nan], "vhp");
});
test("gradients of what has a pole in d, as torch's: norms give 0 at 0", () => {
  same(F.vjp((x: T) => norm(x).sqrt(), zeros)[1], [0, 0], "√d");
  same(F.vjp((x: T) => { const d = norm(x); return d.mul(d.sqrt()); }, zeros)[1], [0, 0], "d·√d"); // prettier-ignore
  same(F.vjp((x: T) => norm(x), f64([nan, 1]))[1], [nan, nan], "NaN");
  // A norm that is NaN has a gradient of NaN, not of 0, whatever its order.
  for (const ord of [0.5, 3, -1]) {
    const gradient: T = F.vjp((x: T) => pf.linalg.vectorNorm(x, ord), f64([nan, 1]))[1];
    assert.ok(Number.isNaN(gradient.at(1).item()), `order ${ord}`);
  }
});

// What the loss has computed, where it was read: the conditions of an op's own formula still say what they are beside 0.
const conditions: [name: string, condition: (d: T) => T][] = [
  ["d > 0", (d) => d.gt(0)],
  ["not d = 0", (d) => d.eq(0).logicalNot()],
  ["0 < 2d", (d) => pf.zeros([2], { dtype: "float64" }).lt(d.mul(2))],
  ["d as a bool", (d) => d.bool()],
  ["the sign of d", (d) => d.sign().gt(0)],
];
const uses: [name: string, use: (d: T, condition: T) => T][] = [
  ["where", (d, condition) => pf.where(condition, d.square(), d.square().mul(3))],
  ["times", (d, condition) => d.mul(condition).square()],
  ["times, cast", (d, condition) => d.square().mul(condition.double())],
];
for (const [name, condition] of conditions)
  for (const [how, use] of uses)
    test(`read before: ${name}, ${how}`, () => {
      const hessian = (isRead: boolean, root: Func): number[] => {
        const x = pf.zeros([2, 2], { dtype: "float64", requiresGrad: true });
        const d = root(x);
        const y = asFormula(() => use(d, condition(d))).sum();
        if (isRead) y.item();
        const [g] = pf.autograd.grad(y, [x], { createGraph: true });
        if (isRead) g.data();
        return [...pf.autograd.grad(g.sum(), [x])[0]!.data()] as number[];
      };
      for (const root of [(x: T) => pf.linalg.vectorNorm(x, 2, [1]), (x: T) => x.square().sum(1).sqrt()]) {
        assert.equal(hessian(false, root), [2, 2, 2, 2]);
        assert.equal(hessian(true, root), [2, 2, 2, 2]);
      }
    });
// So does what is made of them. e is another norm.
const denied = (k: number, condition: T): T => Array(k).fill(0).reduce((c: T) => c.logicalNot(), condition); // prettier-ignore
const pair = f64([2, 3]);
const said = (): T => f64([-0.6, 0.4]);
const chosen = (d: T, condition: T): T => pf.where(condition, d.square(), d.square().mul(3));
const withLoss: [name: string, f: (d: T, e: T) => T, diagonal: number[]][] = [
  ["minus d > 0", (d) => d.mul(d.mul(d.gt(0).double().neg())), [-2, -2]],
  ["3 times d > 0", (d) => d.mul(d.mul(d.gt(0).double().mul(3))), [6, 6]],
  ["what d > 0 gives, data or 5", (d) => d.mul(d.mul(pf.where(d.gt(0), pair, 5))), [4, 6]],
  ["d > 0, twice denied", (d) => chosen(d, denied(2, d.gt(0))), [2, 2]],
  ["d > 0, three times denied", (d) => chosen(d, denied(3, d.gt(0))), [6, 6]],
  ["d/3 > 0, d/3 without gradient", (d) => chosen(d, pf.autograd.noGrad(() => d.div(3)).gt(0)), [6, 6]],
  ["what e > 1 or e < 1 gives", (d, e) => chosen(d, pf.where(said().gt(0), e.gt(1), e.lt(1))), [6, 2]],
  ["e > 1, flipped", (d, e) => chosen(d, e.gt(1).flip(0)), [2, 2]],
  ["d > -1 and what data says, four times denied", (d) => chosen(d, d.gt(-1).logicalAnd(denied(4, said().gt(0)))), [6, 2]],
  ["what d > 0 gives, three times negated, or 2", (d, e) => { const k = pf.autograd.noGrad(() => e.mul(2)); k.data(); return d.mul(d.mul(pf.where(d.gt(0), k.neg().neg().neg(), 2))); }, [-20, -8]],
  ["d > 0 xor itself, forty times", (d) => chosen(d, Array(40).fill(0).reduce((c: T) => c.logicalXor(c), d.gt(0))), [nan, nan]],
]; // prettier-ignore
for (const [name, f, diagonal] of withLoss)
  test(`read with the loss: ${name}`, () => {
    const x = pf.zeros([2, 2], { dtype: "float64", requiresGrad: true });
    const e = pf.linalg.vectorNorm(f64([[3, 4], [0, 2]]).requiresGrad_(), 2, [1]); // prettier-ignore
    const loss = asFormula(() => f(pf.linalg.vectorNorm(x, 2, [1]), e)).sum();
    loss.item();
    const [g] = pf.autograd.grad(loss, [x], { createGraph: true });
    const [h] = pf.autograd.grad(g!.sum(), [x]);
    assert.equal(
      [...h!.data()],
      diagonal.flatMap((value) => [value, value]),
    );
  });

// What users hold of d without gradient is a number in all that is made of it, conditions too: as if its value stood there, whether it,
// or what it was made of, was read or not.
const numbers: [name: string, make: (d: T, s: T) => T][] = [
  ["noGrad, of a rectified norm", (d) => pf.noGrad(() => d.relu())],
  ["noGrad, of its square plus 1", (_, s) => pf.noGrad(() => s.add(1))],
  ["a kernel of it without gradient", (d) => pf.noGrad(() => d.relu().neg().exp())],
  ["a third of it without gradient", (d) => pf.noGrad(() => d.div(3))],
  ["detached", (d) => d.detach()],
  ["detached, and a number is added", (_, s) => s.detach().add(1)],
  ["detached, and a kernel", (_, s) => s.detach().neg().exp()],
  ["what is detached divides", (_, s) => s.detach().add(2).reciprocal()],
  ["its inverse, detached", (d) => d.detach().reciprocal()],
  ["its sign, detached", (d) => d.detach().sign()],
  ["whole numbers", (_, s) => s.int().add(1)],
  ["a mean that is detached", (d) => d.detach().mean().add(1)],
  ["whether it is more than 0, detached", (d) => d.detach().gt(0)],
  ["whether it is 0, without gradient", (d) => pf.noGrad(() => d.mul(2)).eq(0)],
  ["whether it is more than 0", (d) => d.gt(0)],
  ["whether it is 0", (d) => d.eq(0)],
  ["whether its square is not more than 0", (_, s) => s.gt(0).logicalNot()],
  ["a bool", (d) => d.bool()],
  ["1 more where it is more than 0", (d) => d.gt(0).double().add(1)],
  ["what is told by where it is 0", (d) => pf.where(d.eq(0), 5, 2)],
  ["how many are more than 0", (d) => d.gt(0).sum()],
  ["how many are not 0", (d) => pf.countNonzero(d)],
  ["whether any is more than 0", (d) => d.gt(0).any()],
  ["which is the least", (d) => d.argmin().add(1)],
  ["a guarded one, without gradient", (d) => pf.noGrad(() => pf.where(d.gt(0), d, 1))],
  ["a quotient that is 0 there, without gradient", (d) => pf.noGrad(() => d.div(d).nanToNum(0))],
  ["chosen by data", () => pf.where(f64(0.4).gt(0), 0, 1)],
  ["rectified data", () => f64(-0.6).relu()],
  ["a function of data", () => f64(-0.6).exp()],
  ["the size of data", () => f64(-0.6).abs().add(1)],
];
const smoothed: [name: string, make: (d: T) => T][] = [
  ["relu", (d) => d.relu().square()],
  ["clamp", (d) => d.clamp(0, 9).square()],
  ["leakyRelu", (d) => pf.nn.functional.leakyRelu(d).square()],
  ["where", (d) => pf.where(d.lt(9), d.square(), d)],
  ["huberLoss", (d) => pf.nn.functional.huberLoss(d, pf.zeros([], { dtype: "float64" }))],
  ["square", (d) => d.square()],
  ["itself", (d) => d],
];
const used: [name: string, use: (s: T, number: T, d: T) => T][] = [
  ["times", (s, number) => s.mul(number)],
  ["by", (s, number) => s.div(number)],
  ["plus", (s, number) => s.add(number)],
  ["where it is 1 at most", (s, number) => pf.where(number.le(1), s, s.mul(3))],
  ["where it is true, times", (s, number, d) => s.mul(d.mul(number.bool()))],
  ["times d, rectified, squared", (s, number, d) => d.mul(number).relu().square().add(s)],
  ["times d, the larger of it and 0", (s, number, d) => pf.maximum(d.mul(number), 0).mul(s)],
  ["in a selection by d", (s, number, d) => pf.where(d.lt(9).logicalAnd(number.ne(1)), s, s.mul(number))],
];
for (const [name, make] of numbers)
  for (const [how, square] of smoothed)
    test(`without gradient: ${name}, and ${how}`, () => {
      /** Gradient and Hessian by a number's value, or by what it is made of; `read`: what is read before. */
      const derivatives = (point: number[], use: (typeof used)[0][1], isValue: boolean, read: number): number[] =>
        pf.tidy(() => {
          const x = f64(point).requiresGrad_();
          const d = norm(x);
          const s = square(d);
          let number = make(d, s);
          if (isValue) number = pf.tensor(number.data(), { dtype: number.dtype, shape: number.shape });
          const y = use(s, number, d);
          pf.evaluate(...[number, y, s, d].filter((_, i) => read & (1 << i)));
          const [g] = pf.autograd.grad(y, [x], { createGraph: true });
          const seconds = [0, 1].map((i) => pf.autograd.grad(g!.at(i), [x], { retainGraph: true })[0]!);
          return [g!, ...seconds].flatMap((t) => [...t.data()] as number[]);
        });
      for (const [what, use] of used)
        for (const point of [
          [0, 0],
          [0.6, -0.8],
          [1.5, 2],
        ]) {
          const expected = derivatives(point, use, true, 0);
          for (const read of [0, 1, 2, 4, 15])
            derivatives(point, use, false, read).forEach((value, i) =>
              assert.ok(
                Object.is(value, expected[i]) || Math.abs(value - expected[i]!) < 1e-12,
                `${what} at [${point}], read ${read}: ${value}, ${expected[i]}`,
              ),
            );
        }
    });
// What a computed weight was made of is gone: other tensors may lie in its place.
const selected = (): T => pf.where(f64([1, 0, 1, 0]).gt(0.5), f64([2, 3, 4, 5]), 0);
const inItsPlace: [name: string, make: () => T][] = [
  ["nothing", () => zeros],
  ["views", () => f64([[1, 2], [3, 4]]).t()],
  ["data", () => pf.tensor([1, 2, 3])],
  ["selections", selected],
]; // prettier-ignore
for (const [what, make] of inItsPlace)
  test(`weights of norms that were selected and read before are data; ${what} in their operands' place`, () => {
    const derivatives = (weights: T, others: T[]): number[] => {
      const x = f64([[3, 4], [5, 12], [1, 1], [6, 8]]).requiresGrad_(); // prettier-ignore
      const d = pf.linalg.vectorNorm(x, 2, [1]);
      const first = pf.autograd.grad(d.mul(weights).sum(), [x], { createGraph: true })[0]!;
      const byWeights = pf.autograd.grad(d, [x], { gradOutputs: [weights], createGraph: true } as any)[0]!;
      const second = [first, byWeights].map((g) => pf.autograd.grad(g.exp().sum(), [x])[0]!);
      return [first, byWeights, ...second, ...others].flatMap((t, i) => (i < 4 ? values(t) : []));
    };
    const values = (t: T): number[] => [...t.data()] as number[];
    for (const weights of [selected, () => selected().add(selected()), () => selected().mul(f64([1, 2, 3, 4]))]) {
      const read = pf.tidy(() => {
        const made = weights();
        made.data();
        return made;
      });
      const others = Array.from({ length: 8 }, make);
      assert.equal(derivatives(read, others), derivatives(f64(values(read)), others));
    }
  });
test("a cotangent that a custom function has read is data to a norm", () => {
  const square = pf.autograd.customFunction({
    forward(ctx, x: T) {
      ctx.saveForBackward(x);
      return x.mul(x);
    },
    backward(ctx, g) {
      const slope = ctx.savedTensors[0].mul(g.mul(2));
      slope.data();
      return slope;
    },
  });
  for (const root of [(x: T) => x.square().sum(1).sqrt(), (x: T) => pf.linalg.vectorNorm(x, 2, [1])])
    same(F.vjp((x: T) => square(root(x)).sum(), f64([[3, 4], [0.5, 2]]))[1], [6, 8, 1, 4], "gradient"); // prettier-ignore
});
// What is read with a loss lets go of what it was made of, where no derivative will ask for that.
const large = 50_000;
const lettingGo: [name: string, f: (d: T, z: T, temporary: T) => T][] = [
  ["a condition on no norm", (d, z, t) => pf.where(z.gt(t), z, d)],
  ["a condition on a norm's values", (d, z, t) => pf.where(d.detach().gt(t), z, d)],
  ["a condition on conditions that is too far from the norm", (d, z, t) => pf.where(denied(3, d.gt(t)), z, d)],
  ["a multiple without gradient", (d, z, t) => d.mul(pf.autograd.noGrad(() => d.mul(t))).add(z)],
];
for (const [name, f] of lettingGo)
  test(`read with the loss, it lets go of its operands: ${name}`, () => {
    const x = pf.ones([large, 2], { dtype: "float64" }).requiresGrad_();
    const z = pf.ones([large], { dtype: "float64" }).requiresGrad_();
    const temporary = (): T => pf.rand([large], { dtype: "float64" });
    const one = temporary();
    one.data();
    const bytesOf = (operand: () => T): number => {
      const before = pf.backend.memoryBytes;
      const losses = [1, 2, 3, 4].map(() => pf.tidy(() => {
        const made = operand();
        made.data();
        const loss = f(pf.linalg.vectorNorm(x, 2, [1]), z, made).sum();
        loss.item();
        return loss;
      })); // prettier-ignore
      const held = pf.backend.memoryBytes - before;
      for (const loss of losses) loss.dispose();
      return held;
    };
    bytesOf(temporary);
    const more = bytesOf(temporary) - bytesOf(() => one);
    assert.ok(more < 4 * 4 * large, `${more} bytes of operands`);
  });
test("a condition on a norm that was read alone lets go of the norm", () => {
  const alone = (): T => pf.tidy(() => {
    const mask = pf.linalg.vectorNorm(pf.ones([large, 2], { requiresGrad: true }), 2, [1]).gt(0);
    mask.data();
    return mask;
  }); // prettier-ignore
  const first = alone();
  const before = pf.backend.memoryBytes;
  const more = [alone(), alone()];
  assert.ok(pf.backend.memoryBytes - before < 2 * large * 2, `${pf.backend.memoryBytes - before} bytes`);
  for (const mask of [first, ...more]) mask.dispose();
});
test("conditions on norms that are kept keep no graphs: neither those of many steps, nor those that are made of each other", () => {
  const kept: T[] = [];
  let alive = pf.ones([1000], { dtype: "bool" });
  const step = (): void => {
    const old = alive;
    alive = pf.tidy(() => {
      const x = pf.ones([1000, 2], { requiresGrad: true });
      const d = pf.linalg.vectorNorm(x, 2, [1]);
      const mask = d.gt(0);
      const next = old.logicalAnd(mask);
      pf.where(next, d.square(), 0).sum().item();
      kept.push(pf.keep(mask));
      return next;
    });
    old.dispose();
  };
  for (let i = 0; i < 20; i++) step();
  const before = pf.backend.memoryBytes;
  for (let i = 0; i < 100; i++) step();
  assert.ok(pf.backend.memoryBytes - before < 100 * 4000, `${pf.backend.memoryBytes - before} bytes`);
  for (const mask of kept) mask.dispose();
});

// Where d is not 0, what d = 0 decides changes nothing.
const scales = pf.tensor([2, 0.5], { dtype: "float64" });
const rectified: [name: string, f: (d: pf.Tensor) => pf.Tensor, smooth: (d: pf.Tensor) => pf.Tensor][] = [
  ["a quotient where d > 0", (d) => pf.where(d.gt(0), d.div(scales), 0), (d) => d.div(scales)],
  ["a product where d > 0", (d) => pf.where(d.gt(0), d.mul(scales), 0), (d) => d.mul(scales)],
  ["minus a quotient where d <= 0 fails", (d) => pf.where(d.le(0), 0, d.div(scales).neg()), (d) => d.div(scales).neg()],
  ["relu of a quotient", (d) => d.div(scales).relu(), (d) => d.div(scales)],
  ["the square of a rectified quotient", (d) => d.relu().div(scales).square(), (d) => d.div(scales).square()],
  ["times a comparison", (d) => d.div(scales).mul(d.gt(0)), (d) => d.div(scales)],
  ["times the sign", (d) => d.mul(d.sign()).div(scales), (d) => d.div(scales)],
  ["relu of a logarithm", (d) => d.log().relu(), (d) => d.log()],
  ["relu of minus a logarithm", (d) => d.div(10).log().neg().relu(), (d) => d.div(10).log().neg()],
  ["relu of a pole", (d) => d.reciprocal().relu(), (d) => d.reciprocal()],
  ["relu of a root's pole", (d) => d.rsqrt().relu(), (d) => d.rsqrt()],
  ["relu of what is less", (d) => d.sub(1).relu(), (d) => d.sub(1)],
  ["a rectified quotient by d's root", (d) => pf.where(d.gt(0), d.div(d.sqrt()), 0), (d) => d.sqrt()],
  ["where d differs from 0", (d) => pf.where(d.ne(0), d.exp().div(scales), 0), (d) => d.exp().div(scales)],
  ["where d is not 0", (d) => pf.where(d.eq(0), 0, d.log().mul(scales)), (d) => d.log().mul(scales)],
];
for (const [name, f, smooth] of rectified)
  test(`beside zero: ${name}`, () => {
    const x = pf.tensor([[3, 4], [0.6, 1.5]], { dtype: "float64" }); // prettier-ignore
    const of = (g: (d: pf.Tensor) => pf.Tensor) => (z: pf.Tensor) => g(pf.linalg.norm(z, 2, 1)).sum();
    for (const transform of [pf.func.grad, pf.func.hessian] as ((f: unknown) => (x: pf.Tensor) => pf.Tensor)[]) {
      const [got, expected] = [transform(of(f))(x), transform(of(smooth))(x)];
      assert.ok(got.sub(expected).abs().max().item() < 1e-12, `${String(got)} instead of ${String(expected)}`);
    }
  });

test.run();
