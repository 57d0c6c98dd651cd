// Complex tensors against PyTorch (complex.rows.jsonl, made by complex.rows.py), and what is ours: which ops take them, what they are
// in containers, errors.
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { f32, f64, near, type Refusal, testRefusal, values } from "./support";

const text = readFileSync(new URL("./complex.rows.jsonl", import.meta.url), "utf8");
const asComplex = (pairs: any): pf.ComplexTensor => pf.viewAsComplex(f64(pairs));
/** Complex results are compared as [re, im]. */
function nearComplex(actual: pf.Tensor | pf.ComplexTensor, expected: any, tolerance = 1e-13): void {
  if (pf.isComplex(actual)) near(pf.viewAsReal(actual), expected, tolerance);
  else near(actual as pf.Tensor, expected, tolerance);
}
const numbers = (item: any): any => (Array.isArray(item) ? item.map(numbers) : Number(item.replace("inf", "Infinity")));
const camel = (key: string): string => key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

const checks: Record<string, (...row: any[]) => void> = {
  function(name, x, g, y, dx) {
    const isReal = !Array.isArray(y[0]);
    const op = (z: pf.ComplexTensor) => (pf as any)[name](z);
    const z = asComplex(x);
    nearComplex(op(z), y);
    assert.equal(pf.viewAsReal(z).signbit().toArray(), f64(x).signbit().toArray());
    const v = isReal ? asComplex(g).real : asComplex(g);
    const gradient = pf.functional.vjp(op, z, v)[1] as pf.ComplexTensor;
    nearComplex(gradient.slice(0, 0, dx.length), dx, 1e-12);
    nearComplex((z as any)[name](), y);
  },
  binary(name, a, b, g, y, da, db) {
    const op = (u: any, w: any) => (pf as any)[name](u, w);
    const inputs = [asComplex(a), asComplex(b)] as const;
    nearComplex(op(...inputs), y, 1e-12);
    const [ga, gb] = pf.functional.vjp(op, inputs as any, asComplex(g))[1] as any;
    nearComplex(ga, da, 1e-11);
    nearComplex(gb, db, 1e-11);
  },
  product(a, b, matmul, kron, prod, vdot, adjoint) {
    const [A, B] = [asComplex(a), asComplex(b)];
    nearComplex(A.matmul(B), matmul);
    nearComplex(pf.einsum("ij,jk->ik", A, B), matmul);
    nearComplex(pf.kron(A, B), kron);
    nearComplex(A.prod(), prod);
    nearComplex(A.at(0).vdot(B.at(0)), vdot);
    nearComplex(A.mH, adjoint);
    nearComplex(A.adjoint(), adjoint);
  },
  print(given, expected: string, dtype = "float32") {
    assert.is(String(pf.viewAsComplex(pf.tensor(numbers(given), { dtype }))), expected.replace("torch.", ""));
  },
  window(name, length, periodic, expected) {
    near((pf as any)[camel(name)](length, periodic, { dtype: "float64" }), expected, 1e-14); // torch's are no closer
  },
  stft(options, spectrum, gradient, back, short) {
    const x = pf.arange(60, { dtype: "float64" }).pow(1.3).sin().reshape(2, 30);
    const given = Object.fromEntries(Object.entries(options).map(([key, value]) => [camel(key), value]));
    if (given.window) given.window = pf.hannWindow(6, { dtype: "float64" });
    const { nFft, ...rest } = given as any;
    const transform = (signal: pf.Tensor): pf.ComplexTensor => pf.stft(signal, nFft, rest);
    nearComplex(transform(x), spectrum, 1e-12);
    near(pf.func.grad((signal: pf.Tensor) => transform(signal).abs().square().sum())(x), gradient, 1e-11);
    delete rest.padMode;
    if (back) near(pf.istft(transform(x), nFft, rest), back, 1e-12);
    if (short) near(pf.istft(transform(x), nFft, { ...rest, length: 25 }), short, 1e-12);
  },
};
text
  .trim()
  .split("\n")
  .forEach((line) => {
    const [check, ...row] = JSON.parse(line.replaceAll("NaN", "null"));
    test(`${check}: ${JSON.stringify(row).slice(0, 70)}`, () => checks[check](...row));
  });

const z = pf.complex(f64([[1, -2, 0.5], [3, 0.25, -1]]), f64([[2, 1, -0.5], [0, -3, 4]])); // prettier-ignore
test("sizes, dtypes, elements", () => {
  assert.equal([z.shape, z.ndim, z.numel, z.size(1), z.dim(), z.dtype], [[2, 3], 2, 6, 3, 2, "complex128"]);
  assert.is(z.to("complex64").dtype, "complex64");
  assert.equal(z.at(0, 1).item(), [-2, 1]);
  assert.equal(Array.from(z.at(0).data()), [1, 2, -2, 1, 0.5, -0.5]);
  assert.equal(JSON.parse(JSON.stringify(z.at(1))), [[3, 0], [0.25, -3], [-1, 4]]); // prettier-ignore
  assert.equal(
    [...z].map((row) => row.toArray()),
    z.toArray(),
  );
  assert.equal([pf.isComplex(z), pf.isComplex(z.real), pf.isTensor(z)], [true, false, false]);
  assert.is(pf.complex(1, f32([2, 3])).dtype, "complex64");
});
test("numbers and real tensors beside it", () => {
  nearComplex(z.add(1).sub(z), f64([[[1, 0], [1, 0], [1, 0]], [[1, 0], [1, 0], [1, 0]]])); // prettier-ignore
  nearComplex(pf.sub(1, z).add(z).real, [[1, 1, 1], [1, 1, 1]]); // prettier-ignore
  nearComplex(z.real.mul(z).imag, z.real.mul(z.imag).toArray());
  nearComplex(pf.div(2, z).mul(z).real, f64([[2, 2, 2], [2, 2, 2]])); // prettier-ignore
  nearComplex(z.pow(3), z.mul(z).mul(z).toArray());
  nearComplex(z.pow(-2).mul(z).mul(z).imag, f64([[0, 0, 0], [0, 0, 0]])); // prettier-ignore
  assert.is(z.to("complex64").mul(f64([1, 2, 3])).dtype, "complex128");
});
test("parts are rearranged and summed alike", () => {
  const same = (f: (x: any) => any) => {
    const made = [f(z)].flat() as pf.ComplexTensor[];
    const parts = [z.real, z.imag].map((part) => [f(part)].flat() as pf.Tensor[]);
    made.forEach((one, k) => {
      near(one.real, parts[0][k], 0);
      near(one.imag, parts[1][k], 0);
    });
  };
  const rearranging: ((x: any) => any)[] = [
    (x) => x.reshape(3, 2),
    (x) => x.T,
    (x) => x.permute(1, 0).flip(0).roll(1, 0),
    (x) => x.unsqueeze(0).expand(4, 2, 3).sum([0, 2]),
    (x) => x.mean(1, true),
    (x) => x.at(":", [2, 0]),
    (x) => x.gather(1, [[0, 0], [2, 1]]), // prettier-ignore
    (x) => pf.stack([x, x.neg()], 1),
    (x) => pf.cat([x, x]).split(1),
    (x) => pf.nn.functional.pad(x, [1, 1]),
    (x) => x.setAt([0], 0).tril(),
    (x) => pf.where(f64([1, 0, 1]).bool(), x, 0),
    (x) => x.diagonal(),
  ];
  rearranging.forEach(same);
  const padded = pf.nn.functional.pad(z, [0, 1], "constant", 7);
  assert.equal([padded.real.at(0, -1).item(), padded.imag.at(0, -1).item()], [7, 0]);
  const joined = pf.cat([z, z.real]);
  assert.equal([joined.shape, joined.imag.at("2:").abs().sum().item()], [[4, 3], 0]);
});
test("large and small parts neither over- nor underflow", () => {
  for (const s of [1e-200, 1e-160, 1e160, 1e200]) {
    const w = pf.complex(f64([3 * s]), f64([4 * s]));
    near(w.abs(), [5 * s], 1e-15 * s);
    nearComplex(w.div(w), [[1, 0]], 1e-15);
    nearComplex(w.sqrt().square().div(w), [[1, 0]], 1e-14);
    near(w.log().real, [Math.log(5) + Math.log(s)], 1e-14);
    nearComplex(pf.functional.vjp((v) => v.abs(), w, f64([1]))[1], [[0.6, 0.8]], 1e-14);
  }
});
test("derivatives of second order are those of differences", () => {
  const w = pf.complex(f64(values(4, 1)), f64(values(4, 2)));
  const v = pf.complex(f64(values(4, 3)), f64(values(4, 4)));
  for (const name of ["sqrt", "log", "exp", "tanh", "asin", "acosh", "atan", "sgn", "reciprocal"]) {
    const f = (u: pf.ComplexTensor) => { const y = (u as any)[name]() as pf.ComplexTensor; return y.real.mul(y.imag).sum().add(y.real.sum()); }; // prettier-ignore
    const product = pf.functional.hvp(f, w, v)[1];
    const gradient = (h: number) => pf.viewAsReal(pf.func.grad(f)(w.add(v.mul(h))));
    near(pf.viewAsReal(product), gradient(1e-5).sub(gradient(-1e-5)).div(2e-5), 1e-6);
  }
});
test("containers, vmap, compile, tidy", () => {
  nearComplex(pf.func.vmap((w: pf.ComplexTensor) => w.exp().sum())(z), z.exp().sum(1).toArray());
  const compiled = pf.compile((w: pf.ComplexTensor, k: number) => w.mul(w).add(k));
  nearComplex(compiled(z, 2), z.mul(z).add(2).toArray());
  nearComplex(compiled(z.conj(), 2), z.conj().square().add(2).toArray());
  const doubled = pf.tree.map((part: pf.Tensor) => part.mul(2), { z });
  nearComplex(doubled.z, z.mul(2).toArray());
  const made = pf.tidy(() => z.mul(3));
  nearComplex(made, z.mul(3).toArray());
  assert.equal(pf.tree.leaves({ made }).length, 2);
  pf.dispose({ made });
  assert.ok(made.isDisposed);
  assert.is(String(made), "tensor(<disposed>)");
  nearComplex(pf.func.jvp((w: pf.ComplexTensor) => w.square(), [z], [z])[1], z.square().mul(2).toArray());
});
test("leaves accumulate gradients", () => {
  const w = pf
    .complex(f64([1]), f64([2]))
    .detach()
    .requiresGrad_();
  assert.equal([w.requiresGrad, w.isLeaf, w.grad], [true, true, null]);
  w.abs().square().sum().backward();
  nearComplex(w.grad!, [[2, 4]]);
  assert.ok(String(w).endsWith("requiresGrad=true)"));
  assert.ok(String(w.mul(2)).includes("gradFn=<Mul>"));
});
test("functional takes it wherever a Tensor may stand", () => {
  const x = f64([2]);
  const f = (w: pf.ComplexTensor, y: pf.Tensor) => [w.mul(y), w.abs()] as const;
  const [outputs, tangents] = pf.functional.jvp(f, [z, x], [z, x]);
  assert.equal(outputs.map(pf.isComplex), [true, false]);
  nearComplex(tangents[0], z.mul(4).toArray());
  near(tangents[1], z.abs());
  const [, [gz, gx]] = pf.functional.vjp(f, [z, x], [z, z.real]);
  assert.equal([pf.isComplex(gz), gx.shape], [true, [1]]);
  // One part that depends on nothing is no reason for strict mode to refuse.
  const one = (y: pf.Tensor) => pf.complex(y, pf.zerosLike(y));
  nearComplex(pf.functional.jvp(one, x, x, { strict: true })[1], [[2, 0]]);
  assert.throws(() => pf.functional.vjp(() => z, x, z, { strict: true }), /Output 0 of the user-provided function/);
});

const refused: Refusal[] = [
  ["DTypeError", () => (z as any).std(), "std: not defined for complex numbers; the parts of a ComplexTensor are z.real and z.imag."],
  ["DTypeError", () => (pf as any).relu(z), "relu: not defined for complex numbers; the parts of a ComplexTensor are z.real and z.imag."],
  ["DTypeError", () => pf.complex(f64([1]), f32([1])), "complex: expected both parts to be float32, or both float64, but got float64 and float32."],
  ["DTypeError", () => pf.viewAsReal(f64([1])), "viewAsReal: expected a ComplexTensor but got a real Tensor."],
  ["ShapeError", () => pf.viewAsComplex(f64([1, 2, 3])), "viewAsComplex: the last dim should have size 2, for the real and the imaginary part, but the shape is [3]."],
  ["ArgumentError", () => new (pf.ComplexTensor as any)(), "ComplexTensor: is no constructor for users: make complex tensors by pf.complex(real, imag)."],
  ["ArgumentError", () => pf.functional.jacobian((w: any) => w.abs(), z as any), "jacobian: inputs should be real Tensors, but there is a ComplexTensor. Take viewAsReal(z), and within the function viewAsComplex(x)."],
  ["ArgumentError", () => pf.functional.hessian((w: any) => w.abs().sum(), z as any), "hessian: inputs should be real Tensors, but there is a ComplexTensor. Take viewAsReal(z), and within the function viewAsComplex(x)."],
  ["AutogradError", () => pf.functional.jvp((w) => w.exp(), pf.complex(1, 1)), "jvp: The vector v can only be None if the input to the user-provided function is a single Tensor with a single element."],
  ["ArgumentError", () => pf.functional.jvp((w) => w.exp(), z, z.real), "jvp: v should be a ComplexTensor but got a real Tensor."],
  ["AutogradError", () => pf.functional.hvp(((w: any) => w.sum()) as any, z, z), "hvp: The Tensor returned by the function given to hvp should be real."],
  ["ArgumentError", () => (pf.autograd.customFunction({ forward: (_, w: any) => w.abs(), backward: (_, g) => g }) as any)(z), "customFunction: arguments should be real: hand z.real and z.imag over, or viewAsReal(z)."],
  ["ShapeError", () => z.item(), "item: expected a ComplexTensor with one element: one with 6 elements cannot be converted to a number."],
  ["ArgumentError", () => (z as any) * 2, "ComplexTensor: JavaScript's own operators, and Number(), don't work on tensors. Instead of x + 1, x * 2, -x, x > 1 and x == 3 write x.add(1), x.mul(2), x.neg(), x.gt(1) and x.eq(3); the number in a tensor is x.item(), its elements are x.data(), its text is String(x) or `${x}`."],
]; // prettier-ignore
test("Jacobians of complex outputs are by one real tensor alone", () => {
  const x = f64([1, 2]);
  const jacobian = pf.func.jacrev((y: pf.Tensor) => pf.complex(y.square(), y.mul(3)))(x) as pf.ComplexTensor;
  near(pf.viewAsReal(jacobian), [[[2, 3], [0, 0]], [[0, 0], [4, 3]]]); // prettier-ignore
  const z = pf.complex(x, x);
  const parts = pf.func.jacfwd((w: pf.ComplexTensor) => w.abs().square())(z) as unknown as pf.ComplexTensor;
  near(parts.real, [[2, 0], [0, 4]]); // prettier-ignore
  const refusal = /^(jacrev|jacfwd|hessian): the parts of a complex output's Jacobian .* viewAsReal\(z\)/;
  assert.throws(() => pf.func.jacrev((w: any) => w.square())(z as any), refusal);
  assert.throws(() => pf.func.jacfwd((w: any) => w.square())(z as any), refusal);
  assert.throws(() => pf.func.hessian((w: any) => w.abs().square().sum())(z as any), refusal);
  const real = pf.func.hessian((v: pf.Tensor) => pf.viewAsComplex(v).abs().square().sum())(pf.viewAsReal(z));
  near((real as pf.Tensor).sum(), 8);
});
test("atan and atanh near their poles, in all quadrants", () => {
  // log(4 / |1 - z|²) / 4 where that is near 0, which all signs share.
  for (const [x, y] of [
    [1 - 1e-12, 0],
    [1, 1e-8],
    [1, 1e-6],
    [0.9999999999, 0],
  ] as const)
    // prettier-ignore
    for (const [r, s] of [[1, 1], [1, -1], [-1, 1], [-1, -1]] as const) {
      const size = 0.25 * Math.log(((1 + x) ** 2 + y * y) / ((1 - x) ** 2 + y * y));
      const z = pf.complex(f64(r * x), f64(s * y));
      near(z.atanh().real, r * size, 1e-11);
      near(pf.complex(f64(s * y), f64(r * x)).atan().imag, r * size, 1e-11);
    }
});
for (const row of refused) testRefusal(test, row);

test.run();
