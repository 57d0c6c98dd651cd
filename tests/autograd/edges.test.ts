// The products of autograd.functional over shapes, dtypes and values at the edge.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { f64, near, type T } from "./support";

const { jvp, vjp, hvp, vhp } = pf.functional;
const test = suite("edges");
type Loose = (func: unknown, inputs: unknown, v?: unknown, options?: unknown) => [unknown, unknown];

const x3 = f64([1, 2, 3]);
const ones3 = f64([1, 1, 1]);

const SHAPES: number[][] = [[], [1], [1, 1, 1], [0], [0, 3], [2, 0, 3], [2, 3]];
for (const shape of SHAPES) {
  test(`inputs of shape [${shape.join(", ")}]`, () => {
    const x = pf.full(shape, 3, { dtype: "float64" });
    const v = pf.full(shape, 0.5, { dtype: "float64" });
    const filled = (result: T, value: number): void => {
      assert.equal(result.shape, shape);
      near(result.reshape(-1), new Array<number>(x.numel).fill(value));
    };
    const cubes = (t: T): T => t.pow(3);
    const sum = (t: T): T => t.pow(3).sum();
    for (const createGraph of [false, true]) {
      const options = { createGraph };
      for (const product of [jvp, vjp] as Loose[]) {
        const [output, result] = product(cubes, x, v, options) as [T, T];
        filled(output, 27);
        filled(result, 13.5);
      }
      for (const product of [hvp, vhp] as Loose[]) {
        const [output, result] = product(sum, x, v, options) as [T, T];
        near(output, 27 * x.numel);
        filled(result, 9);
      }
    }
  });
}
test("results have the dtypes of what they mirror, whatever the dtype of v", () => {
  const wide = f64([1, 2]);
  const narrow = pf.tensor([3, 4]);
  const f = (a: T, b: T): T[] => [a.mul(b), b.mul(b)];
  const [outputs, tangents] = jvp(f, [wide, narrow], [narrow, wide]);
  assert.equal([...outputs, ...tangents].map((t) => t.dtype).join(), "float64,float32,float64,float32");
  near(tangents[0]!, [3 * 3 + 1, 4 * 4 + 2 * 2]);
  near(tangents[1]!, pf.tensor([6, 16]));
  const [, [da, db]] = vjp(f, [wide, narrow] as const, [narrow, wide]);
  assert.equal([da.dtype, db.dtype], ["float64", "float32"]);
  near(da, [9, 16]);
  near(db, pf.tensor([3 + 6, 2 * 4 + 2 * 2 * 4]));
  const g = (a: T, b: T): T => a.mul(b).mul(b).sum();
  for (const product of [hvp, vhp]) {
    const [output, [ha, hb]] = product(g, [wide, narrow] as const, [narrow, wide]);
    assert.equal([output, ha, hb].map((t) => t.dtype).join(), "float64,float64,float32");
    near(ha, [2 * 3 * 1, 2 * 4 * 2]);
    near(hb, pf.tensor([2 * 3 * 3 + 2 * 1 * 1, 2 * 4 * 4 + 2 * 2 * 2]));
  }
});
test("integer and bool tensors that func captures or computes are fine", () => {
  const index = pf.tensor(Int32Array.of(2, 0));
  const f = (x: T): T => pf.where(x.gt(1), x.mul(x), x).indexSelect(0, index).mul(index);
  near(jvp(f, x3, ones3)[1], [12, 0]);
  near(vjp(f, x3, f64([1, 1]))[1], [0, 0, 12]);
});
test("outputs of integer and bool dtype have zeros", () => {
  const f = (x: T): T[] => [x.mul(x), x.gt(1), x.argmax()];
  const [outputs, tangents] = jvp(f, x3, ones3);
  assert.equal([outputs[1]!.toArray(), outputs[2]!.toArray()], [[false, true, true], 2]);
  near(tangents[0]!, [2, 4, 6]);
  assert.equal([tangents[1]!.shape, tangents[2]!.shape], [[3], []]);
  assert.ok([...tangents[1]!.data(), ...tangents[2]!.data()].every((value) => value === 0));
});
test("0·∞ and NaN of the primal stay where they are", () => {
  const x = f64([0, Infinity, NaN, 1]);
  const v = f64([1, 1, 1, 0]);
  near(jvp((t: T) => t.mul(t), x, v)[1], [0, Infinity, NaN, 0]);
  near(jvp((t: T) => t.exp(), f64([1000, -Infinity]), f64([0.5, 1]))[1], [Infinity, 0]);
  // The second output blows up; the tangent of the first does not hear of it.
  near(jvp((t: T) => [t.mul(2), t.reciprocal()], f64([0]), f64([1]))[1][0]!, [2]);
  // Nor does the part of the input that has a tangent hear of the other.
  const [, tangent] = jvp((a: T, b: T) => a.mul(3).add(b.log()), [f64(1), f64(0)], [f64(1), f64(1)]);
  near(tangent, Infinity);
});

test.run();
