// Convolutions and their derivatives over a batch of the input, of the weights, or of both: what a loop gives.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";

type T = pf.Tensor;
type Func = (x: T, w: T) => T;
const F = pf.nn.functional;
pf.manualSeed(5);
const real = (...shape: number[]): T => pf.randn(shape, { dtype: "float64" });

const convolutions: [name: string, f: Func, x: number[], w: number[]][] = [
  ["conv1d", (x, w) => F.conv1d(x, w, { padding: 1 }), [2, 3, 5], [4, 3, 2]],
  ["conv1d without batch", (x, w) => F.conv1d(x, w), [3, 5], [4, 3, 2]],
  ["conv1d in groups", (x, w) => F.conv1d(x, w, { groups: 2, stride: 2 }), [3, 4, 7], [6, 2, 3]],
  ["conv2d", (x, w) => F.conv2d(x, w, { dilation: [1, 2], padding: [0, 1] }), [2, 3, 4, 5], [2, 3, 2, 2]],
  ["conv2d in groups", (x, w) => F.conv2d(x, w, { groups: 3, stride: [1, 2] }), [2, 3, 4, 5], [6, 1, 2, 3]],
  ["convTranspose1d", (x, w) => F.convTranspose1d(x, w, { stride: 2 }), [2, 3, 4], [3, 5, 2]],
  ["convTranspose2d in groups", (x, w) => F.convTranspose2d(x, w, { groups: 2 }), [2, 4, 3, 2], [4, 3, 2, 2]],
];
const sumOf =
  (f: Func): Func =>
  (x, w) =>
    f(x, w).sin().sum();
const gradient =
  (f: Func, argnums: number): Func =>
  (x, w) =>
    (pf.func.grad(sumOf(f), { argnums }) as Func)(x, w);
const orders: [name: string, of: (f: Func) => Func][] = [
  ["value", (f) => f],
  ["gradient by the input", (f) => gradient(f, 0)],
  ["gradient by the weights", (f) => gradient(f, 1)],
  ["second derivative by the input", (f) => gradient(gradient(f, 0), 0)],
  ["second derivative by the weights", (f) => gradient(gradient(f, 1), 1)],
  ["mixed derivative", (f) => gradient(gradient(f, 0), 1)],
];
const BATCH = 3;
for (const [name, f, xShape, wShape] of convolutions)
  for (const [order, of] of orders)
    for (const [over, inDims] of [
      ["the input", [0, null]],
      ["the weights", [null, 0]],
      ["both", [0, 1]],
    ] as const)
      // prettier-ignore
      test(`${name}, ${order}, over ${over}`, () => {
        const x = inDims[0] === null ? real(...xShape) : real(BATCH, ...xShape);
        const [first = 0, ...rest] = wShape;
        const w = inDims[1] === null ? real(...wShape) : real(...(inDims[1] === 1 ? [first, BATCH, ...rest] : [BATCH, ...wShape])); // prettier-ignore
        const g = of(f);
        const got = pf.func.vmap(g, { inDims: [...inDims] })(x, w) as T;
        const at = (t: T, dim: number | null, i: number): T => (dim === null ? t : t.select(dim, i));
        const expected = pf.stack(Array.from({ length: BATCH }, (_, i) => g(at(x, inDims[0], i), at(w, inDims[1], i))));
        assert.equal(got.shape, expected.shape);
        assert.ok(got.sub(expected).abs().max().item() < 1e-11 * Math.max(1, expected.abs().max().item()));
      });

test.run();
