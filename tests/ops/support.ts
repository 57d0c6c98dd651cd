// What the suites of the ops share: comparing tensors with nested arrays, and holding derivatives against differences.
import * as assert from "uvu/assert";
import * as pf from "../../host/index";

export type Nested = number | boolean | readonly Nested[];

/** A float64 tensor. */
export const f64 = (data: any): pf.Tensor => pf.tensor(data, { dtype: "float64" });
export const i32 = (data: any): pf.Tensor => pf.tensor(data, { dtype: "int32" });

export const bool = (data: any): pf.Tensor => pf.tensor(data, { dtype: "bool" });

export const f32 = (data: any): pf.Tensor => pf.tensor(data, { dtype: "float32" });

const shapeOf = (nested: Nested): number[] =>
  Array.isArray(nested) ? [nested.length, ...(nested.length ? shapeOf(nested[0]) : [])] : [];
const flatten = (nested: Nested): (number | boolean)[] =>
  Array.isArray(nested) ? nested.flatMap(flatten) : [nested as number | boolean];

/** What a result should be: numbers stand for float64, booleans for bool; anything else is said by a tensor. */
export type Expected = Nested | pf.Tensor;

function partsOf(expected: Expected): { dtype: pf.DTypeName; shape: readonly number[]; data: number[] } {
  if (expected instanceof pf.Tensor)
    return { dtype: expected.dtype, shape: expected.shape, data: Array.from(expected.data()) };
  const data = flatten(expected);
  const isBool = data.length > 0 && data.every((value) => typeof value === "boolean");
  return { dtype: isBool ? "bool" : "float64", shape: shapeOf(expected), data: data.map(Number) };
}

/**
 * Throws unless the tensor has the dtype, the shape and, up to `tolerance` relative to 1 or the value, the elements of
 * `expected`.
 */
export function near(actual: pf.Tensor, expected: Expected, tolerance = 1e-13): void {
  const want = partsOf(expected);
  assert.equal(actual.shape, want.shape, `shape [${actual.shape}], expected [${want.shape}]`);
  assert.is(actual.dtype, want.dtype);
  const data = Array.from(actual.data());
  assert.is(data.length, want.data.length);
  want.data.forEach((value, i) => {
    const got = data[i];
    const same =
      Object.is(got, value) ||
      got === value ||
      (Number.isFinite(value) && Math.abs(got - value) <= tolerance * Math.max(1, Math.abs(value)));
    if (!same) assert.unreachable(`element ${i} is ${got}, expected ${value}`);
  });
}
/** The same for one tensor or several. */
export function nearAll(actual: any, expected: any, tolerance?: number): void {
  if (!Array.isArray(actual)) return near(actual, expected, tolerance);
  assert.ok(actual.length > 0, "nothing to compare");
  assert.is(actual.length, expected.length);
  actual.forEach((tensor, i) => near(tensor, expected[i], tolerance));
}

/** Values without a pattern, between −1 and 1, the same in every run. */
export function values(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const x = Math.sin(12.9898 * (i + 1) + 78.233 * seed) * 43758.5453;
    return 2 * (x - Math.floor(x)) - 1;
  });
}
const like = (x: pf.Tensor, seed: number): pf.Tensor => pf.reshape(f64(values(x.numel, seed)), x.shape);
const inner = (a: readonly pf.Tensor[], b: readonly pf.Tensor[]): number =>
  a.reduce((sum, x, i) => sum + pf.sum(pf.mul(x, b[i])).item(), 0);
/** The central difference, in the shape of its terms: broadcasting must not hide that shapes differ. */
function slope(above: pf.Tensor, below: pf.Tensor, h: number): pf.Tensor {
  assert.equal(above.shape, below.shape);
  return above.sub(below).div(2 * h);
}
const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** Holds jvp against central differences, vjp against jvp by ⟨u, Jv⟩ = ⟨Jᵀu, v⟩, and hvp likewise against those of the gradient. */
export function checkDerivatives(
  f: (...inputs: any[]) => pf.Tensor | pf.Tensor[],
  inputs: pf.Tensor[],
  tolerance = 1e-7,
): void {
  const v = inputs.map((x, i) => like(x, i + 1));
  const [outputs, tangents] = pf.functional.jvp(f, inputs, v).map(list) as [pf.Tensor[], pf.Tensor[]];
  const h = 1e-5;
  const shifted = (step: number) => list(f(...inputs.map((x, i) => pf.add(x, pf.mul(v[i], step))))) as pf.Tensor[];
  const [above, below] = [shifted(h), shifted(-h)];
  assert.is(tangents.length, above.length);
  tangents.forEach((tangent, k) => near(tangent, slope(above[k], below[k], h), tolerance));
  const u = outputs.map((y, i) => like(y, 7 + i));
  const [, cotangents] = pf.functional.vjp(f, inputs, u.length === 1 ? u[0] : u);
  (list(cotangents as any) as pf.Tensor[]).forEach((g, i) => assert.equal(g.shape, inputs[i].shape));
  const [left, right] = [inner(u, tangents), inner(list(cotangents as any), v)];
  if (!(Math.abs(left - right) <= 1e-10 * Math.max(1, Math.abs(left))))
    assert.unreachable(`⟨u, Jv⟩ is ${left}, ⟨Jᵀu, v⟩ is ${right}`);

  const scalar = (...xs: pf.Tensor[]) =>
    (list(f(...xs)) as pf.Tensor[]).reduce<pf.Tensor>((sum, y, i) => sum.add(y.mul(u[i]).sum()), f64(0));
  const [, products] = pf.functional.hvp(scalar, inputs, v);
  const gradientAt = (step: number) =>
    list(pf.functional.vjp(scalar, inputs.map((x, i) => x.add(v[i].mul(step))))[1] as any) as pf.Tensor[]; // prettier-ignore
  const [after, before] = [gradientAt(h), gradientAt(-h)];
  assert.is(list(products as any).length, inputs.length);
  (list(products as any) as pf.Tensor[]).forEach((product, k) =>
    near(product, slope(after[k], before[k], h), 10 * tolerance),
  );
}

/** The class of an error, a call that throws it, and its whole text. */
export type Refusal = [
  type: "ArgumentError" | "ShapeError" | "DTypeError" | "AutogradError",
  call: () => unknown,
  message: string,
];
export function testRefusal(test: (name: string, run: () => void) => void, [type, call, message]: Refusal): void {
  test(`refuses: ${message}, ${String(call).slice(6, 80)}`, () => {
    assert.throws(call, (error: Error) => {
      assert.is(error.message, message);
      return error instanceof pf[type] && error.name === type;
    });
  });
}
