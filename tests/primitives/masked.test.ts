// A cotangent that is masked is selected, never multiplied by 0 or 1: whatever arrives at an output (±∞, NaN), an input that had no
// part in it gets 0. torch 1.13 agrees in all rows but abs at 0, where it multiplies.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { f64, i32, near } from "../ops/support";

type T = pf.Tensor;
const F = pf.functional as any;
const N = pf.nn.functional;
const [inf, nan] = [Infinity, NaN];

/** f: [n] → [n] or fewer; where `masked` holds, the input takes no part in any output. */
const rows: [name: string, f: (x: T) => T, x: number[], masked: number[]][] = [
  ["maximum, the smaller", (x) => pf.maximum(x, f64(0)), [-1, -2], [1, 1]],
  ["maximum, the smaller on the right", (x) => pf.maximum(f64(0), x), [-1, -2], [1, 1]],
  ["minimum, the larger", (x) => pf.minimum(x, f64(0)), [1, 2], [1, 1]],
  ["minimum, the larger on the right", (x) => pf.minimum(f64(0), x), [1, 2], [1, 1]],
  ["fmax", (x) => pf.fmax(x, f64(0)), [-1, -2], [1, 1]],
  ["fmin", (x) => pf.fmin(x, f64(0)), [1, 2], [1, 1]],
  ["max of all", (x) => x.max() as T, [1, 3, 2], [1, 0, 1]],
  ["min of all", (x) => x.min() as T, [1, 3, 2], [0, 1, 1]],
  ["max along a dim", (x) => x.max(0)[0], [1, 3, 2], [1, 0, 1]],
  ["amax", (x) => x.amax(0), [1, 3, 3], [1, 0, 0]],
  ["amin", (x) => x.amin(0, true), [1, 3, 3], [0, 1, 1]],
  ["median", (x) => x.median() as T, [1, 3, 2], [1, 1, 0]],
  ["median along a dim", (x) => x.median(0)[0], [1, 3, 2], [1, 1, 0]],
  ["topk", (x) => x.topk(1)[0], [1, 3, 2], [1, 0, 1]],
  ["kthvalue", (x) => x.kthvalue(1)[0], [1, 3, 2], [0, 1, 1]],
  ["abs at 0", (x) => x.abs(), [0, -0], [1, 1]],
  ["clamp", (x) => x.clamp(-1, 1), [2, -2], [1, 1]],
  ["relu", (x) => x.relu(), [-1, 0], [1, 1]],
  ["relu6", (x) => N.relu6(x), [-1, 7], [1, 1]],
  ["hardtanh", (x) => N.hardtanh(x), [-2, 2], [1, 1]],
  ["hardshrink", (x) => N.hardshrink(x), [-0.2, 0.3], [1, 1]],
  ["softshrink", (x) => N.softshrink(x), [-0.2, 0.3], [1, 1]],
  ["hardsigmoid", (x) => N.hardsigmoid(x), [-4, 4], [1, 1]],
  ["hardswish", (x) => N.hardswish(x), [-4, -5], [1, 1]],
  ["threshold", (x) => N.threshold(x, 1, 20), [0, 1], [1, 1]],
  ["dropout of everything", (x) => N.dropout(x, 1), [1, 2], [1, 1]],
  ["nanToNum", (x) => x.nanToNum(), [nan, inf, -inf], [1, 1, 1]],
  ["nansum", (x) => x.nansum(), [nan, 1], [1, 0]],
  ["nanmean", (x) => x.nanmean(), [nan, 1], [1, 0]],
  ["where", (x) => pf.where(x.gt(0), x, f64(3)), [-1, -2], [1, 1]],
  ["maskedFill", (x) => x.maskedFill(x.lt(0), 1), [-1, -2], [1, 1]],
  ["triu", (x) => x.reshape(2, 2).triu(), [1, 2, 3, 4], [0, 0, 1, 0]],
  ["tril", (x) => x.reshape(2, 2).tril(), [1, 2, 3, 4], [0, 1, 0, 0]],
  ["scatter over it", (x) => x.scatter(0, i32([0, 1]), f64([5, 6])), [1, 2], [1, 1]],
  ["maxPool1d", (x) => N.maxPool1d(x.reshape(1, 1, 4), 2) as T, [1, 2, 4, 3], [1, 0, 0, 1]],
  ["0^b by b", (b) => pf.pow(f64([0, 0]), b), [2, 0.5], [1, 1]],
  ["an exponent of 0", (x) => x.pow(0), [0, 2], [1, 1]],
  ["exponents of 0 in a tensor", (x) => x.pow(f64([0, 0])), [0, 2], [1, 1]],
  ["xlogy at 0, 0", (x) => pf.xlogy(x, f64([0, 0])), [0, 0], [1, 1]],
  ["xlogy at 0, 0 by the second", (y) => pf.xlogy(f64([0, 0]), y), [0, 0], [1, 1]],
  ["l1Loss at 0", (x) => N.l1Loss(x, f64([1, 2]), { reduction: "none" }), [1, 2], [1, 1]],
  ["hingeEmbeddingLoss", (x) => N.hingeEmbeddingLoss(x, f64([-1, -1]), 1, { reduction: "none" }), [3, 2], [1, 1]],
  ["nllLoss of ignored positions", (x) => N.nllLoss(x.reshape(1, 2), i32([-100]), { reduction: "none" }), [1, 2], [1, 1]],
]; // prettier-ignore

for (const [name, f, x, masked] of rows)
  for (const bad of [inf, -inf, nan])
    test(`${name}: ${bad} does not get through`, () => {
      const u = pf.fullLike(f(f64(x)), bad);
      const got: number[] = Array.from(F.vjp(f, f64(x), u)[1].data());
      got.forEach((value, i) => {
        if (masked[i]) assert.ok(value === 0, `gradient ${i} is ${value}`);
        else assert.ok(!Number.isFinite(value), `gradient ${i} is ${value}`);
      });
      // nor does a tangent that is selected away
      const v = f64(masked.map((is) => (is ? bad : 0)));
      const tangent: number[] = Array.from(F.jvp(f, f64(x), v)[1].data());
      assert.ok(tangent.every((value) => value === 0), `tangent [${tangent}]`); // prettier-ignore
    });

test("roots and logarithms of what is masked", () => {
  near(F.vjp((x: T) => pf.maximum(x, 0).sqrt().sum(), f64([-1, 4]))[1], [0, 0.25]);
  near(F.vjp((x: T) => (x.max() as T).sqrt(), f64([-1, 0]))[1], [0, inf]);
  near(F.vjp((x: T) => N.softshrink(x).sqrt().sum(), f64([0.2, 4.5]))[1], [0, 0.25]);
  near(F.hvp((x: T) => pf.maximum(x, 0).sqrt().sum(), f64([-1, 4]), f64([1, 1]))[1], [0, -1 / 32]);
  near(F.vjp((x: T) => x.abs().sqrt().sum(), f64([0, 4]))[1], [0, 0.25]);
});
test("NaN takes the gradient where it is the extreme, as in torch", () => {
  near(F.vjp((x: T) => x.max(), f64([1, nan, 3]))[1], [0, 1, 0]);
  near(F.vjp((x: T) => x.amin(0), f64([nan, nan, 3]))[1], [0.5, 0.5, 0]);
  near(F.vjp((x: T) => pf.maximum(x, f64(2)), f64([1, nan, 3]), f64([1, 1, 1]))[1], [0, 1, 1]);
});
test("an infinite element of lerp's other end, and dropout of infinity", () => {
  near(F.vjp((w: T) => pf.lerp(f64(1), f64(2), w), f64(0.75), f64(1))[1], 1);
  near(F.vjp((a: T, w: T) => pf.lerp(a, f64(inf), w), [f64(1), f64(0.25)], f64(1))[1][0], 0.75);
  near(pf.lerp(f64([1, 1]), f64([3, 3]), f64([0.25, 1])), [1.5, 3], 0);
  assert.ok(pf.nn.functional.dropout(pf.full([64], inf)).data().every((v: number) => v === 0 || v === inf)); // prettier-ignore
});

test.run();
