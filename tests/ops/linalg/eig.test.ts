// Eigenvalues and eigenvectors of general matrices, and square roots.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../../host/index";
import { checkDerivatives, f64, near, values } from "../support";

const random = (...shape: number[]): pf.Tensor => f64(values(shape.reduce((a, b) => a * b, 1), shape[0])).reshape(shape); // prettier-ignore
const most = (x: pf.Tensor): number => x.abs().max().item();
const complex = (x: pf.Tensor): pf.ComplexTensor => pf.complex(x, x.mul(0));
/** Sorted by the real part, then by the imaginary one. */
const sorted = (w: pf.ComplexTensor): number[][] => {
  const [re, im] = [w.real.tolist() as number[], w.imag.tolist() as number[]];
  return re.map((x, i) => [x, im[i]]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
};

const diagonal = (n: number): pf.Tensor => f64(Array.from({ length: n }, (_, i) => i - 2)).diagEmbed();
for (const [name, a] of [
  ...[1, 2, 3, 8, 30, 60].map((n): [string, pf.Tensor] => [`random, ${n}`, random(n, n)]),
  ["a batch", random(4, 6, 6)],
  ["zeros", pf.zeros([3, 3], { dtype: "float64" })],
  ["a diagonal", diagonal(6)],
  ["cyclic", f64([[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [1, 0, 0, 0]])],
  ["symmetric", random(9, 9).add(random(9, 9).mT)],
  ["large", random(5, 5).mul(1e200)],
  ["small", random(5, 5).mul(1e-200)],
] as [string, pf.Tensor][]) {
  test(`eig: ${name}`, () => {
    const [w, V] = pf.linalg.eig(a);
    const size = most(a) || 1;
    const n = a.shape.at(-1)!;
    assert.ok(most(complex(a.div(size)).matmul(V).sub(V.mul(w.div(size).unsqueeze(-2))).abs()) <= n * 2e-15);
    assert.ok(most(V.abs().square().sum(-2).sub(1)) <= n * 1e-15);
    near(pf.linalg.eigvals(a).real, w.real);
    assert.ok(most(w.real.sum(-1).sub(a.diagonal(0, -2, -1).sum(-1))) <= n * n * 1e-15 * size, "the trace");
  });
} // prettier-ignore

test("eigvals by hand", () => {
  assert.equal(sorted(pf.linalg.eigvals(f64([[0, -1], [1, 0]]))), [[0, -1], [0, 1]]);
  assert.equal(sorted(pf.linalg.eigvals(f64([[2, 7], [0, 3]]))), [[2, 0], [3, 0]]);
  const roots = sorted(pf.linalg.eigvals(f64([[6, -11, 6], [1, 0, 0], [0, 1, 0]])));
  roots.forEach(([re, im], i) => assert.ok(Math.abs(re - i - 1) < 1e-13 && im === 0));
  assert.equal(pf.linalg.eig(pf.zeros([2, 0, 0])).eigenvectors.shape, [2, 0, 0]);
}); // prettier-ignore

const a3 = f64([[1, 2, 0.5], [-3, 0.2, 1], [0.3, -1, 2]]); // prettier-ignore
const definite = random(3, 3)
  .matmul(random(3, 3).mT)
  .add(pf.eye(3, { dtype: "float64" }));
for (const [name, f, inputs] of [
  ["eigvals", (x) => { const w = pf.linalg.eigvals(x); return [w.real, w.imag]; }, [a3]],
  ["eig, magnitudes of vectors", (x) => pf.linalg.eig(x)[1].abs(), [a3]],
  ["eig of a batch, a function of the matrix", (x) => {
    const [w, V] = pf.linalg.eig(x);
    return V.mul(w.exp().unsqueeze(-2)).matmul(V.conj().mT).abs();
  }, [pf.stack([a3, a3.mT.mul(0.5)])]],
  ["sqrtm", (x) => pf.linalg.sqrtm(x), [definite]],
  ["sqrtm of equal eigenvalues", (x) => pf.linalg.sqrtm(x), [pf.eye(3, { dtype: "float64" })]],
  ["sqrtm, not symmetric", (x) => pf.linalg.sqrtm(x), [f64([[4, 1, 0], [0.5, 3, -1], [0, 1, 5]])]],
] as [string, (x: pf.Tensor) => pf.Tensor | pf.Tensor[], pf.Tensor[]][]) {
  test(`derivatives: ${name}`, () => checkDerivatives(f, inputs, 1e-6));
} // prettier-ignore

// A vector times e^{iφ} is an eigenvector as well: PyTorch raises an error where a function tells them apart, as its value is a choice.
const w3 = random(3, 3);
for (const [name, f] of [
  ["real parts", (x) => pf.linalg.eig(x)[1].real.mul(w3).sum()],
  ["imaginary parts", (x) => pf.linalg.eig(x)[1].imag.mul(w3).sum()],
  ["squares", (x) => pf.linalg.eig(x)[1].square().real.mul(w3).sum()],
  ["real parts, and eigenvalues", (x) => { const [w, V] = pf.linalg.eig(x); return w.abs().sum().add(V.real.mul(w3).sum()); }],
] as [string, (x: pf.Tensor) => pf.Tensor][]) {
  test(`NaN: the phase of complex eigenvectors matters, ${name}`, () => {
    assert.ok(pf.func.grad(f)(a3).isnan().all().item(), "the gradient");
    assert.ok(pf.functional.jvp(f, a3, w3)[1].isnan().all().item(), "the jvp");
    assert.ok(pf.functional.hvp(f, a3, w3)[1].isnan().all().item(), "the hvp");
    // A triangular matrix has real eigenvectors, whose sign alone is a choice.
    const g = pf.func.grad((x: pf.Tensor) => pf.func.vmap(f)(x).sum())(pf.stack([a3, a3.triu()]));
    assert.equal(g.isnan().all(-1).all(-1).tolist(), [true, name === "imaginary parts"], "a batch");
  });
} // prettier-ignore
test("eigenvectors whose phase does not matter", () => {
  const f = (x: pf.Tensor): pf.Tensor => {
    const V = pf.linalg.eig(x)[1];
    return V.mul(V.conj()).real.mul(w3).sum().add(V.conj().mT.matmul(V).abs().sum());
  };
  checkDerivatives(f, [a3], 1e-6);
  checkDerivatives((x: pf.Tensor) => pf.func.vmap(f)(x), [pf.stack([a3, a3.mT])], 1e-6);
  // V·f(Λ)·V⁻¹ where eigenvectors are nearly the same, in both dtypes.
  const through = (x: pf.Tensor): pf.Tensor => {
    const [w, V] = pf.linalg.eig(x);
    const whole = pf.cat([pf.cat([V.real, V.imag.neg()], 1), pf.cat([V.imag, V.real], 1)]);
    const n = x.shape[0];
    const inverse = pf.linalg.inv(whole).narrow(1, 0, n);
    return V.mul(w.exp()).matmul(pf.complex(inverse.narrow(0, 0, n), inverse.narrow(0, n, n))).real;
  };
  const hard = (e: number): pf.Tensor => f64([[1, 1, 0], [-e, 1, 1], [e, 0, 1]]); // prettier-ignore
  for (const [e, dtype, tolerance] of [[1e-4, "float64", 1e-7], [1e-1, "float32", 1e-3]] as const) {
    const a = hard(e).to(dtype);
    const [g, expected] = [through, pf.matrixExp].map((h) => pf.func.grad((x: pf.Tensor) => h(x).mul(w3.to(dtype)).sum())(a));
    assert.ok(most(g.sub(expected)) <= tolerance * most(expected), `${most(g.sub(expected))}`);
  }
}); // prettier-ignore

test("eig agrees with matrixExp", () => {
  const [w, V] = pf.linalg.eig(a3);
  const inverse = (z: pf.ComplexTensor): pf.Tensor => {
    // Of [[re, -im], [im, re]] the left columns.
    const whole = pf.cat([pf.cat([z.real, z.imag.neg()], 1), pf.cat([z.imag, z.real], 1)]);
    return pf.linalg.inv(whole).narrow(1, 0, 3);
  };
  const i = inverse(V);
  const product = V.mul(w.exp()).matmul(pf.complex(i.narrow(0, 0, 3), i.narrow(0, 3, 3)));
  near(product.real, pf.matrixExp(a3), 1e-12);
  assert.ok(most(product.imag) < 1e-12);
});

test("matrices whose elements are scaled otherwise by rows than by columns", () => {
  const real = (w: pf.ComplexTensor): pf.Tensor => w.real.sort().values;
  for (const s of [1, 1e8, 1e16, 1e100]) {
    const a = f64([[1, 1 / s, 0], [s, 2, 1 / s], [0, s, 3]]); // prettier-ignore
    near(real(pf.linalg.eigvals(a)), f64([2 - Math.sqrt(3), 2, 2 + Math.sqrt(3)]), 1e-14);
  }
  near(real(pf.linalg.eigvals(f64([[1, 1e-200], [1e200, 2]]))), f64([1.5 - Math.sqrt(1.25), 1.5 + Math.sqrt(1.25)]), 1e-15); // prettier-ignore
  // ∏ (x - 10ᵏ) by its companion matrix.
  let polynomial = [1];
  for (let k = 0; k < 7; k++) polynomial = [...polynomial, 0].map((c, i) => c - 10 ** k * (polynomial[i - 1] ?? 0));
  const companion = pf.cat([
    f64([polynomial.slice(1).map((c) => -c)]),
    pf.eye(7, { dtype: "float64" }).narrow(0, 0, 6),
  ]);
  const roots = real(pf.linalg.eigvals(companion)).div(f64([0, 1, 2, 3, 4, 5, 6].map((k) => 10 ** k)));
  near(roots, pf.onesLike(roots), 1e-9);
  const damped = pf.linalg.eigvals(f64([[0, 1, 0], [-1e14, -2e5, 0], [1, 0, -0.5]])); // prettier-ignore
  assert.ok(Math.abs(most(damped.imag) / Math.sqrt(1e14 - 1e10) - 1) < 1e-15);
  // A vector that reaches over 400 orders of magnitude.
  const [w, V] = pf.linalg.eig(f64([[1, 1e-200], [1e200, 2]])); // prettier-ignore
  near(V.real.at(1).abs(), f64([1, 1]), 1e-15);
  assert.ok(most(w.imag) === 0 && !V.real.isnan().any().item());
});

test("sqrtm", () => {
  near(pf.linalg.sqrtm(f64([[4, 0], [0, 9]])), f64([[2, 0], [0, 3]]), 1e-14); // prettier-ignore
  near(pf.linalg.sqrtm(f64([[1, 4], [0, 1]])), f64([[1, 2], [0, 1]]), 1e-13); // prettier-ignore
  const hard = f64([[1e10, 0], [0, 1e-10]]); // prettier-ignore
  near(pf.linalg.sqrtm(hard), f64([[1e5, 0], [0, 1e-5]]), 1e-12); // prettier-ignore
  const x = pf.linalg.sqrtm(pf.stack([definite, definite.mul(1e-3)]));
  near(x.matmul(x), pf.stack([definite, definite.mul(1e-3)]), 1e-13);
});
test("sqrtm: matrices without a real root are NaN, singular ones have theirs", () => {
  for (const a of [[[-4, 0], [0, 1]], [[1, 2], [3, 4]], [[0, 1], [0, 0]], [[-1, 0], [0, -1]], [[1, NaN], [0, 1]]]) // prettier-ignore
    assert.ok(pf.linalg.sqrtm(f64(a)).isnan().all().item(), String(a));
  const [low, general] = [random(9, 2), random(9, 2).matmul(random(2, 9))];
  for (const a of [
    f64([[4, 0], [0, 0]]),
    f64([[4, 1], [0, 0]]),
    pf.ones([3, 3], { dtype: "float64" }),
    low.matmul(low.mT),
    general.matmul(general),
    pf.zeros([3, 3], { dtype: "float64" }),
  ]) {
    const x = pf.linalg.sqrtm(a);
    near(x.matmul(x), a, 1e-14 * Math.max(1, most(a)));
    near(pf.linalg.sqrtm(a.float()).double().matmul(pf.linalg.sqrtm(a.float()).double()), a, 1e-6 * Math.max(1, most(a)));
  }
  near(pf.linalg.sqrtm(f64([[4, 1], [0, 0]])), f64([[2, 0.5], [0, 0]]));
  near(pf.linalg.sqrtm(pf.ones([3, 3], { dtype: "float64" })), pf.full([3, 3], Math.sqrt(1 / 3), { dtype: "float64" }), 1e-15);
  // Eigenvalues near to the negative numbers, of a rotation by nearly π.
  const [c, s] = [Math.cos(3.14), Math.sin(3.14)];
  const half = f64([[Math.cos(1.57), -Math.sin(1.57)], [Math.sin(1.57), Math.cos(1.57)]]);
  near(pf.linalg.sqrtm(f64([[c, -s], [s, c]])), half, 1e-12);
  // What has no derivative, and what has one beside it.
  const pull = (g: number[][]): pf.Tensor => pf.functional.vjp(pf.linalg.sqrtm, f64([[4, 0], [0, 0]]), f64(g))[1] as pf.Tensor;
  assert.ok(pull([[1, 0], [0, 1]]).isnan().all().item());
  near(pull([[1, 1], [1, 0]]), f64([[0.25, 0.5], [0.5, 0]]), 1e-16);
}); // prettier-ignore
test("sqrtm of large, small and nearly singular matrices", () => {
  const a = f64([[2, 1, 0], [1, 3, 1], [0, 1, 4]]); // prettier-ignore
  const root = pf.linalg.sqrtm(a);
  for (const scale of [1e-300, 1e-60, 1e60, 1e300])
    near(pf.linalg.sqrtm(a.mul(scale)).div(Math.sqrt(scale)), root, 3e-15);
  for (const scale of [1e-30, 1e30])
    near(pf.linalg.sqrtm(a.mul(scale).float()).double().div(Math.sqrt(scale)), root, 3e-7);
  // The Hilbert matrix of 8, of condition 1.5e10; of its root by mpmath (V·√Λ·Vᵀ of eigsy with 60 digits) [0][0], [0][7], [7][7].
  const hilbert = f64(Array.from({ length: 8 }, (_, i) => Array.from({ length: 8 }, (__, j) => 1 / (i + j + 1))));
  const x = pf.linalg.sqrtm(hilbert);
  near(x.matmul(x), hilbert, 2e-15);
  near(
    pf.stack([x.at(0, 0), x.at(0, 7), x.at(7, 7)]),
    f64([0.90472973176278127, 0.051711291700918984, 0.11326394694950588]),
    1e-11,
  );
});

test("elements that are not finite", () => {
  assert.throws(
    () => pf.linalg.eigvals(pf.stack([a3, a3.mul(NaN)])).real.tolist(),
    /^linalg.eigvals: \(Batch element 1\): The algorithm failed to converge because the input matrix contained non-finite/,
  );
});

test.run();
