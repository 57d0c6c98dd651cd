// Calls nest to any depth; and derivatives of derivatives against closed forms.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { core } from "../../host/core/memory";
import * as pf from "../../host/index";
import { f64, near, type T } from "./support";

const { jvp, vjp, hvp, vhp, jacobian, hessian } = pf.functional;
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
    test(`${name} to order 4 by ${pattern}`, () => {
      let g = f;
      [...pattern].forEach((mode, order) => {
        g = mode === "j" ? forward(g) : reverse(g);
        near(g(f64(POINT)), derivatives[order]!, 1e-8);
      });
    });
  }
}

// By hand, with w = 2 and z, y taken at x: d/dw gives 12zyx, d/dz of 12z²y²x² 24zy²x², which is 24y²x³; d/dy of 24y³x⁴ 72y²x⁴,
// which is 72x⁶; and d/dx of 72x⁷ is
const closedNest = (x: number): number => 72 * 7 * x ** 6;

test("jvp within the func of jvp, without createGraph: the inner derivative is a constant", () => {
  const f = (x: T): T => x.mul(jvp((y) => y.pow(3), x, one)[1]);
  near(jvp(f, f64(2), one)[1], 12); // only the outer factor counts
  near(jvp((x) => x.mul(jvp((y) => y.pow(3), x, one, create)[1]), f64(2), one)[1], 9 * 4);
});
test("perturbations are not confused", () => {
  // d/dx [x · d/dy (x + y)] = 1
  near(jvp((x) => x.mul(jvp((y) => x.add(y), one, one, create)[1]), f64(3), one)[1], 1);
  near(vjp((x) => x.mul(vjp((y) => x.mul(y), one, one, create)[1]), f64(3), one)[1], 6);
});
test("the caller's graph flows through x → cos → jvp → loss", () => {
  const x = f64(POINT, true);
  const [output, tangent] = jvp((y) => y.pow(3), x.cos(), one, create);
  const loss = output.add(tangent);
  // d/dx (c³ + 3c²) = -(3c² + 6c)·s; and once more
  const [first] = pf.autograd.grad(loss, x, create) as [T];
  near(first, -(3 * C * C + 6 * C) * S);
  const [second] = pf.autograd.grad(first, x) as [T];
  near(second, (6 * C + 6) * S * S - (3 * C * C + 6 * C) * C);
});
test("a v that requires grad", () => {
  const v = f64([1, 2], true);
  const [, tangent] = jvp((x) => x.mul(x), f64([3, 4]), v, create);
  near(pf.autograd.grad(tangent.sum(), v)[0]!, [6, 8]);
});
test("hvp of a func that uses jvp", () => {
  const f = (x: T): T => jvp((y) => y.pow(4).sum(), x, pf.onesLike(x), create)[1];
  near(hvp(f, f64([1, 2]), f64([1, 1]))[1], [24, 48]);
});
test("four levels, each of which uses the variables of all outer ones", () => {
  const at = (f: (t: T) => T, x: T, mode: string): T => (mode === "j" ? forward(f) : reverse(f))(x);
  for (const [a, b, c, d] of ["jjjj", "vvvv", "jvjv", "vjvj"].map(
    (modes) => [...modes] as [string, string, string, string],
  )) {
    const f = (x: T): T =>
      x.mul(
        at(
          (y) =>
            y.mul(x).mul(
              at(
                (z) =>
                  z
                    .mul(y)
                    .mul(x)
                    .mul(at((w) => w.pow(3).mul(z).mul(y).mul(x), f64(2), d)),
                x,
                c,
              ),
            ),
          x,
          b,
        ),
      );
    near(at(f, f64(1.5), a), closedNest(1.5), 1e-10);
  }
});
test("fourth directional derivatives by products of Hessians", () => {
  // D⁴(Σx)⁵[v, v, v, v] = 120·Σx·(Σv)⁴
  const f = (x: T): T => x.sum().pow(5);
  const x = f64([0.5, -1, 2]);
  const v = f64([1, 2, -0.5]);
  const directional: ((g: (t: T) => T) => (t: T) => T)[] = [
    (g) => (t) => hvp(g, t, v, create)[1].mul(v).sum(),
    (g) => (t) => vhp(g, t, v, create)[1].mul(v).sum(),
    (g) => (t) => hessian(g, t, create).matmul(v).mul(v).sum(),
    (g) => (t) => hessian(g, t, { createGraph: true, outerJacobianStrategy: "forward-mode" }).matmul(v).mul(v).sum(),
    (g) => (t) => jvp((s: T) => jvp(g, s, v, create)[1], t, v, create)[1],
    (g) => (t) =>
      jacobian((s: T) => vjp(g, s, null, create)[1], t, create)
        .matmul(v)
        .mul(v)
        .sum(),
  ];
  for (const outer of directional) {
    for (const inner of directional) near(outer(inner(f))(x), 120 * 1.5 * 2.5 ** 4, 1e-8);
  }
});
test("mixed fourth derivatives of sin(x·y)", () => {
  // ∂⁴/∂x²∂y² = (u² - 2)·sin u - 4u·cos u with u = x·y
  const u = 0.7 * 1.3;
  const want = (u * u - 2) * Math.sin(u) - 4 * u * Math.cos(u);
  const byX = [forward, reverse];
  const x0 = f64(0.7);
  const y0 = f64(1.3);
  for (const first of byX) {
    for (const second of byX) {
      const f = (y: T): T => first(second((x) => x.mul(y).sin()))(x0);
      for (const third of byX) for (const fourth of byX) near(third(fourth(f))(y0), want, 1e-8);
      near(hvp(f, y0, one)[1], want, 1e-8);
      near(vhp(f, y0)[1], want, 1e-8);
      near(hessian(f, y0), want, 1e-8);
    }
  }
});
test("x → cos → jvp → loss, differentiated by autograd.grad four times", () => {
  // 3·cos²x = 1.5·(1 + cos 2x)
  const x = f64(POINT, true);
  const [, loss] = jvp((y) => y.pow(3), x.cos(), one, create);
  const derivatives = [
    -3 * Math.sin(2 * POINT),
    -6 * Math.cos(2 * POINT),
    12 * Math.sin(2 * POINT),
    24 * Math.cos(2 * POINT),
  ];
  let y = loss;
  for (const derivative of derivatives) {
    [y] = pf.autograd.grad(y, x, create) as [T];
    near(y, derivative, 1e-8);
  }
});
test("the graph flows through one transform into the next, and from each of their results", () => {
  const x = f64([1, 2], true);
  const [, first] = jvp((y) => y.pow(3), x.mul(2), f64([1, 1]), create); // 3·(2x)² = 12x²
  const [square, second] = vjp((y) => y.mul(y), first, f64([1, 1]), create); // 144x⁴, 24x²
  const [cube, third] = hvp((y) => y.pow(3).sum(), second, f64([1, 1]), create); // Σ(24x²)³, 144x²
  near(pf.autograd.grad(square.sum(), x)[0]!, [576, 4608]);
  near(pf.autograd.grad(third.sum(), x)[0]!, [288, 576]);
  near(pf.autograd.grad(cube, x)[0]!, [6 * 24 ** 3, 6 * 24 ** 3 * 32]);
  near(pf.autograd.grad([square.sum(), third.sum()], x)[0]!, [864, 5184]);
});
test("control flow on values at every level", () => {
  const power = (x: T): T => {
    let y = x;
    while (y.item() < 20) y = y.mul(x);
    return y;
  };
  // 2⁵ = 32: 5x⁴ = 80, 20x³ = 160, 60x² = 240
  const guarded =
    (f: (x: T) => T) =>
    (x: T): T => {
      const y = f(x);
      return y.item() > 0 ? y : y.neg();
    };
  near(forward(power)(f64(2)), 80);
  near(reverse(guarded(forward(power)))(f64(2)), 160);
  near(forward(guarded(reverse(guarded(forward(power)))))(f64(2)), 240);
});
test("sixth derivatives", () => {
  let g = (x: T): T => x.mul(2).sin();
  for (let order = 1; order <= 6; order++) g = order % 3 ? forward(g) : reverse(g);
  near(g(f64(POINT)), -64 * Math.sin(2 * POINT), 1e-8);
});
test("four levels leave nothing behind", () => {
  const four = (): void => {
    pf.tidy(() => {
      const g = forward(reverse(forward(reverse((x) => x.exp().mul(x.sin())))));
      near(g(f64(POINT)), -4 * E * S, 1e-8);
    });
  };
  four();
  const before = [core.liveNodes(), pf.backend.memoryBytes];
  for (let i = 0; i < 10; i++) four();
  assert.equal([core.liveNodes(), pf.backend.memoryBytes], before);
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
