// The plainest JavaScript that knows shapes: what values of primitives are held against.
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { near, type Nested, values } from "../ops/support";

export const numelOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
/** Row-major positions of a shape. */
export function* positions(shape: readonly number[]): Generator<number[]> {
  for (let flat = 0, count = numelOf(shape); flat < count; flat++) {
    const at = Array<number>(shape.length);
    for (let i = shape.length - 1, rest = flat; i >= 0; i--) {
      at[i] = rest % shape[i];
      rest = Math.floor(rest / shape[i]);
    }
    yield at;
  }
}
export const flatIndex = (at: readonly number[], shape: readonly number[]) =>
  at.reduce((flat, i, d) => flat * shape[d] + i, 0);

/** A plain array with a shape: what references work on. */
export interface Plain {
  shape: readonly number[];
  data: readonly number[];
  /** What a tensor with these elements should have; float64 when it isn't said. */
  dtype?: pf.DTypeName;
}
export const plain = (t: pf.Tensor): Plain => ({ shape: t.shape, data: Array.from(t.data()), dtype: t.dtype });
export const at = (x: Plain, position: readonly number[]) => x.data[flatIndex(position, x.shape)];
export const build = (shape: readonly number[], f: (position: number[]) => number): Plain => ({
  shape,
  data: Array.from(positions(shape), f),
});
export function agrees(actual: pf.Tensor, expected: Plain, tolerance = 0): void {
  assert.equal(actual.shape, expected.shape);
  assert.is(actual.dtype, expected.dtype ?? "float64");
  near(actual.reshape(-1).to("float64"), expected.data as Nested, tolerance);
}

export const filled = (shape: readonly number[], seed = 1, dtype: pf.DTypeName = "float64") =>
  pf.tensor(Float64Array.from(values(numelOf(shape), seed)), { shape: [...shape] }).to(dtype);
/** The same values under other strides: each a view of something larger or differently ordered. */
export const strided: Record<string, (x: pf.Tensor) => pf.Tensor> = {
  contiguous: (x) => x,
  permuted: (x) => {
    const dims = x.shape.map((_, i) => i).reverse();
    return x.permute(dims).mul(1).permute(dims);
  },
  flipped: (x) => {
    const dims = x.ndim > 1 ? [0, x.ndim - 1] : [0];
    return x.flip(dims).mul(1).flip(dims);
  },
  "in steps": (x) => {
    const last = x.ndim - 1;
    const [after, others] = [x.shape[last], x.shape.slice(0, -1)];
    return pf.stack([x, x.mul(100)], -1).reshape([...others, 2 * after]).mul(1).slice(last, 0, 2 * after, 2); // prettier-ignore
  },
};
