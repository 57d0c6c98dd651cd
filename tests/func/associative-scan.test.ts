// pf.func.associativeScan against loops.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { checkDerivatives, f64, near, type Refusal, testRefusal, values } from "../ops/support";

const add = (a: pf.Tensor, b: pf.Tensor): pf.Tensor => a.add(b);
type Pair = [pf.Tensor, pf.Tensor];
/** h_i = a_i·h_{i-1} + b_i as what a step does to any h. */
const after = ([a, b]: Pair, [c, d]: Pair): Pair => [a.mul(c), b.mul(c).add(d)];

for (const n of [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 100])
  for (const reverse of [false, true])
    test(`sums of ${n} elements${reverse ? ", from the last on" : ""}`, () => {
      const x = f64(values(n * 3, 1)).reshape(n, 3);
      const turned = (t: pf.Tensor) => (reverse ? t.flip(0) : t);
      near(pf.func.associativeScan(add, x, { reverse }), turned(turned(x).cumsum(0)));
    });
test("a linear recurrence, in a container, along another dim", () => {
  const [a, b] = [f64(values(24, 1)).reshape(2, 12), f64(values(24, 2)).reshape(2, 12)];
  const { h } = pf.func.associativeScan(
    ({ g, h }, other) => {
      const [next, value] = after([g, h], [other.g, other.h]);
      return { g: next, h: value };
    },
    { g: a, h: b },
    { dim: -1 },
  );
  let before = pf.zeros([2], { dtype: "float64" });
  for (let i = 0; i < 12; i++) near(h.select(1, i), (before = a.select(1, i).mul(before).add(b.select(1, i))));
});
test("products of matrices keep their order", () => {
  const x = f64(values(7 * 9, 1)).reshape(7, 3, 3);
  const all = pf.func.associativeScan((a: pf.Tensor, b: pf.Tensor) => b.matmul(a), x);
  let product = pf.eye(3, { dtype: "float64" });
  for (let i = 0; i < 7; i++) near(all.select(0, i), (product = x.select(0, i).matmul(product)));
});
test("f sees single elements, as in vmap", () => {
  const shapes: string[] = [];
  pf.func.associativeScan(
    (a: pf.Tensor, b: pf.Tensor) => {
      shapes.push(`[${a.shape}] [${b.shape}]`);
      return a.maximum(b);
    },
    f64(values(20, 1)).reshape(5, 2, 2),
    { dim: 1 },
  );
  assert.ok(shapes.length > 0 && shapes.every((text) => text === "[5,2] [5,2]"));
});
test("derivatives, as differences have them", () => {
  const [a, b] = [f64(values(9, 1)), f64(values(9, 2))];
  checkDerivatives((...ab: Pair) => pf.func.associativeScan(after, ab)[1].sin(), [a, b]);
});
test("works under vmap, compile and grad, and each within it", () => {
  const x = f64(values(30, 3)).reshape(3, 10);
  near(pf.func.vmap((row) => pf.func.associativeScan(add, row))(x), x.cumsum(1));
  near(pf.compile((t: pf.Tensor) => pf.func.associativeScan(add, t, { dim: 1 }))(x), x.cumsum(1));
  const gradient = pf.func.grad((t: pf.Tensor) => pf.func.associativeScan((a: pf.Tensor, b: pf.Tensor) => a.mul(b), t).sum());
  near(gradient(x.select(0, 0)), pf.func.grad((t: pf.Tensor) => t.cumprod(0).sum())(x.select(0, 0)));
}); // prettier-ignore
test("leaves nothing behind but its result", () => {
  const x = f64(values(33, 3));
  const before = pf.backend.memoryBytes;
  pf.func.associativeScan(add, x).dispose();
  assert.is(pf.backend.memoryBytes, before);
});
test("calls f about 2·log₂ n times", () => {
  let calls = 0;
  pf.func.associativeScan((a: pf.Tensor, b: pf.Tensor) => (calls++, a.add(b)), f64(values(1000, 1)));
  assert.ok(calls <= 20, `${calls}`);
});

const any = (x: unknown): any => x;
const refusals: Refusal[] = [
  ["ArgumentError", () => any(pf.func.associativeScan)(3, f64([1])), "associativeScan: f should be a function but got number."],
  ["ArgumentError", () => pf.func.associativeScan(add, any([])), "associativeScan: xs hold no tensors: expected Tensors, alone or in arrays, plain objects and instances of classes (in own enumerable properties: # fields are not seen) but got Array."],
  ["ArgumentError", () => pf.func.associativeScan(any((a: pf.Tensor) => [a]), f64([1, 2])), "associativeScan: f should return what it takes: tensors in the same structure as xs."],
  ["ShapeError", () => pf.func.associativeScan((a: pf.Tensor) => a.unsqueeze(0), f64([1, 2])), "associativeScan: f should return what it takes: a tensor of shape [] but got [1]."],
  ["DTypeError", () => pf.func.associativeScan((a: pf.Tensor, b: pf.Tensor) => a.div(b), pf.tensor([1, 2, 3], { dtype: "int32" })), "associativeScan: f should return what it takes: a tensor of dtype int32 but got float32."],
  ["ShapeError", () => pf.func.associativeScan(after, [f64([1, 2]), f64([1, 2, 3])]), "associativeScan: xs should have one size along dim 0 but have 2 and 3."],
  ["ShapeError", () => pf.func.associativeScan(add, f64(1), { dim: 2 }), "associativeScan: Dimension out of range (expected to be in range of [-1, 0], but got 2)."],
]; // prettier-ignore
for (const refusal of refusals) testRefusal(test, refusal);

test.run();
