// C11: calls nest to any depth; and derivatives of derivatives against closed forms.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import { f64, near, type T } from "./support";

const { jvp, vjp, hvp } = pf.functional;
const test = suite("nesting");
const create = { createGraph: true };
const one = f64(1);

/** d/dx of f, by jvp and by vjp. */
const forward =
  (f: (x: T) => T) =>
  (x: T): T =>
    jvp(f, x, one, create)[1];
const reverse =
  (f: (x: T) => T) =>
  (x: T): T =>
    vjp(f, x, one, create)[1];

const POINT = 0.7;
const E = Math.exp(POINT);
const [S, C] = [Math.sin(POINT), Math.cos(POINT)];
const G = Math.exp(-POINT * POINT);
/** f, and its first four derivatives at POINT. */
const closedForms: [string, (x: T) => T, number[]][] = [
  ["x⁵", (x) => x.pow(5), [5 * POINT ** 4, 20 * POINT ** 3, 60 * POINT ** 2, 120 * POINT]],
  ["exp(x)·sin(x)", (x) => x.exp().mul(x.sin()), [E * (S + C), 2 * E * C, 2 * E * (C - S), -4 * E * S]],
  ["1/x", (x) => x.reciprocal(), [-(POINT ** -2), 2 * POINT ** -3, -6 * POINT ** -4, 24 * POINT ** -5]],
  ["log(x)", (x) => x.log(), [1 / POINT, -(POINT ** -2), 2 * POINT ** -3, -6 * POINT ** -4]],
  [
    "exp(-x²)",
    (x) => x.mul(x).neg().exp(),
    [
      -2 * POINT * G,
      (4 * POINT ** 2 - 2) * G,
      (-8 * POINT ** 3 + 12 * POINT) * G,
      (16 * POINT ** 4 - 48 * POINT ** 2 + 12) * G,
    ],
  ],
  ["sigmoid by softplus", (x) => pf.nn.functional.softplus(x), sigmoidDerivatives(POINT)],
  ["x^x", (x) => x.pow(x), powerDerivatives(POINT)],
];
function sigmoidDerivatives(x: number): number[] {
  const s = 1 / (1 + Math.exp(-x));
  return [s, s * (1 - s), s * (1 - s) * (1 - 2 * s), s * (1 - s) * (1 - 6 * s + 6 * s * s)];
}
function powerDerivatives(x: number): number[] {
  // y = x^x: y' = y·l with l = 1 + log x, l' = 1/x
  const y = x ** x;
  const l = 1 + Math.log(x);
  return [
    y * l,
    y * (l * l + 1 / x),
    y * (l ** 3 + (3 * l) / x - 1 / x ** 2),
    y * (l ** 4 + (6 * l * l) / x + (3 - 4 * l) / x ** 2 + 2 / x ** 3),
  ];
}
for (const [name, f, derivatives] of closedForms) {
  for (const pattern of ["jjjj", "vvvv", "jvjv", "vjjv", "vvjj"]) {
    test(`C11 ${name} to order 4 by ${pattern}`, () => {
      let g = f;
      [...pattern].forEach((mode, order) => {
        g = mode === "j" ? forward(g) : reverse(g);
        near(g(f64(POINT)), derivatives[order]!, 1e-8);
      });
    });
  }
}

test("C11 jvp within the func of jvp, without createGraph: the inner derivative is a constant", () => {
  const f = (x: T): T => x.mul(jvp((y) => y.pow(3), x, one)[1]);
  near(jvp(f, f64(2), one)[1], 12); // only the outer factor counts
  near(jvp((x) => x.mul(jvp((y) => y.pow(3), x, one, create)[1]), f64(2), one)[1], 9 * 4);
});
test("C11 perturbations are not confused", () => {
  // d/dx [x · d/dy (x + y)] = 1
  near(jvp((x) => x.mul(jvp((y) => x.add(y), one, one, create)[1]), f64(3), one)[1], 1);
  near(vjp((x) => x.mul(vjp((y) => x.mul(y), one, one, create)[1]), f64(3), one)[1], 6);
});
test("C4 the caller's graph flows through x → cos → jvp → loss", () => {
  const x = f64(POINT, true);
  const [output, tangent] = jvp((y) => y.pow(3), x.cos(), one, create);
  const loss = output.add(tangent);
  // d/dx (c³ + 3c²) = -(3c² + 6c)·s; and once more
  const [first] = pf.autograd.grad(loss, x, create) as [T];
  near(first, -(3 * C * C + 6 * C) * S);
  const [second] = pf.autograd.grad(first, x) as [T];
  near(second, (6 * C + 6) * S * S - (3 * C * C + 6 * C) * C);
});
test("C4 a v that requires grad", () => {
  const v = f64([1, 2], true);
  const [, tangent] = jvp((x) => x.mul(x), f64([3, 4]), v, create);
  near(pf.autograd.grad(tangent.sum(), v)[0]!, [6, 8]);
});
test("hvp of a func that uses jvp", () => {
  const f = (x: T): T => jvp((y) => y.pow(4).sum(), x, pf.onesLike(x), create)[1];
  near(hvp(f, f64([1, 2]), f64([1, 1]))[1], [24, 48]);
});
test("errors in nested calls leave nothing behind", () => {
  const before = [core.liveNodes(), pf.backend.memoryBytes];
  pf.tidy(() => {
    for (let i = 0; i < 3; i++) {
      assert.throws(() =>
        jvp((x) => jvp((y) => y.mul(x).matmul(f64([1, 2])), x, one, create)[1], f64([[1, 2]]), f64([[1, 1]])),
      );
    }
  });
  assert.equal([core.liveNodes(), pf.backend.memoryBytes], before);
});

test.run();
