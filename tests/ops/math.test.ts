// Elementwise functions: values, derivatives and the points where their formulas change.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as pf from "../../host/index";
import { checkDerivatives, f32, f64, i32, near } from "./support";

const ln2 = Math.LN2;

/** Functions of one number: x, f(x), f′(x), f″(x). */
const unary: [name: string, points: [x: number, y: number, first: number, second: number][]][] = [
  ["abs", [[-2, 2, -1, 0], [0, 0, 0, 0], [3, 3, 1, 0]]],
  ["neg", [[2, -2, -1, 0]]],
  ["sign", [[-2, -1, 0, 0], [0, 0, 0, 0], [4, 1, 0, 0]]],
  ["floor", [[-1.5, -2, 0, 0], [2.5, 2, 0, 0]]],
  ["ceil", [[-1.5, -1, 0, 0], [2.5, 3, 0, 0]]],
  ["round", [[0.5, 0, 0, 0], [1.5, 2, 0, 0], [-2.5, -2, 0, 0]]],
  ["trunc", [[-1.5, -1, 0, 0], [2.5, 2, 0, 0]]],
  ["frac", [[-1.25, -0.25, 1, 0], [2.5, 0.5, 1, 0]]],
  ["exp", [[0, 1, 1, 1], [1, Math.E, Math.E, Math.E]]],
  ["exp2", [[3, 8, 8 * ln2, 8 * ln2 * ln2]]],
  ["expm1", [[1e-12, 1.0000000000005e-12, 1 + 1e-12, 1 + 1e-12]]],
  ["log", [[2, ln2, 0.5, -0.25]]],
  ["log2", [[8, 3, 1 / (8 * ln2), -1 / (64 * ln2)]]],
  ["log10", [[100, 2, 1 / (100 * Math.LN10), -1 / (10000 * Math.LN10)]]],
  ["log1p", [[1, ln2, 0.5, -0.25]]],
  ["sqrt", [[4, 2, 0.25, -1 / 32]]],
  ["rsqrt", [[4, 0.5, -1 / 16, 3 / 128]]],
  ["reciprocal", [[2, 0.5, -0.25, 0.25]]],
  ["square", [[-3, 9, -6, 2], [0, 0, 0, 2]]],
  ["sin", [[1, Math.sin(1), Math.cos(1), -Math.sin(1)]]],
  ["cos", [[1, Math.cos(1), -Math.sin(1), -Math.cos(1)]]],
  ["tan", [[Math.PI / 4, 1, 2, 4]]],
  ["asin", [[0.5, Math.PI / 6, 2 / Math.sqrt(3), 0.5 / 0.75 ** 1.5]]],
  ["acos", [[0.5, Math.PI / 3, -2 / Math.sqrt(3), -0.5 / 0.75 ** 1.5]]],
  ["atan", [[1, Math.PI / 4, 0.5, -0.5]]],
  ["sinh", [[1, Math.sinh(1), Math.cosh(1), Math.sinh(1)]]],
  ["cosh", [[1, Math.cosh(1), Math.sinh(1), Math.cosh(1)]]],
  ["tanh", [[0, 0, 1, 0], [1, Math.tanh(1), 1 / Math.cosh(1) ** 2, (-2 * Math.tanh(1)) / Math.cosh(1) ** 2]]],
  ["asinh", [[1, Math.asinh(1), Math.SQRT1_2, -0.5 * Math.SQRT1_2]]],
  ["acosh", [[2, Math.acosh(2), 1 / Math.sqrt(3), -2 / 3 ** 1.5]]],
  ["atanh", [[0.5, Math.atanh(0.5), 4 / 3, 16 / 9]]],
  ["sigmoid", [[0, 0.5, 0.25, 0], [-800, 0, 0, 0], [800, 1, 0, 0]]],
  ["erf", [[0, 0, 2 / Math.sqrt(Math.PI), 0]]],
  ["deg2rad", [[180, Math.PI, Math.PI / 180, 0]]],
  ["rad2deg", [[Math.PI, 180, 180 / Math.PI, 0]]],
  ["sinc", [[0, 1, 0, -(Math.PI ** 2) / 3], [0.5, 2 / Math.PI, -4 / Math.PI, 16 / Math.PI - 2 * Math.PI]]],
  ["logit", [[0.25, -Math.log(3), 16 / 3, -128 / 9], [0.5, 0, 4, 0]]],
  ["special.entr", [[0.5, ln2 / 2, ln2 - 1, -2], [-1, -Infinity, NaN, NaN]]],
]; // prettier-ignore
const find = (name: string): any => name.split(".").reduce<any>((at, part) => at[part], pf);
for (const [name, points] of unary) {
  test(`${name}: values and derivatives`, () => {
    const column = (k: number) => points.map((point) => point[k]);
    const op = find(name);
    const x = f64(column(0));
    near(op(x), column(1));
    const ones = f64(points.map(() => 1));
    near(pf.functional.vjp(op, x, ones)[1], column(2));
    near(pf.functional.jvp(op, x, ones)[1] as pf.Tensor, column(2));
    near(pf.functional.hvp((z: pf.Tensor) => op(z).sum(), x, ones)[1], column(3));
  });
}

/** Functions of two numbers: the value and the partial derivatives. */
const binary: [name: string, a: number, b: number, value: number, byA: number, byB: number][] = [
  ["add", 2, 3, 5, 1, 1],
  ["sub", 2, 3, -1, 1, -1],
  ["rsub", 2, 3, 1, -1, 1],
  ["mul", 2, 3, 6, 3, 2],
  ["div", 3, 4, 0.75, 0.25, -3 / 16],
  ["pow", 2, 3, 8, 12, 8 * ln2],
  ["pow", 0, 2, 0, 0, 0],
  ["fmod", -7, 3, -1, 1, 2],
  ["remainder", -7, 3, 2, 1, 3],
  ["atan2", 1, 1, Math.PI / 4, 0.5, -0.5],
  ["hypot", 3, 4, 5, 0.6, 0.8],
  ["hypot", 0, 0, 0, 0, 0],
  ["hypot", 3e200, 4e200, 5e200, 0.6, 0.8],
  ["copysign", 3, -2, -3, -1, 0],
  ["copysign", 3, -0, -3, -1, 0],
  ["copysign", 0, -2, -0, 0, 0],
  ["ldexp", 3, 2, 12, 4, 12 * ln2],
  ["logaddexp", 0, 0, ln2, 0.5, 0.5],
  ["logaddexp", 1000, 0, 1000, 1, 0],
  ["logaddexp", -Infinity, -Infinity, -Infinity, 1, 0],
  ["logaddexp2", 3, 3, 4, 0.5, 0.5],
  ["xlogy", 2, Math.E, 2, 1, 2 / Math.E],
  ["xlogy", 0, 0, 0, 0, 0],
  ["xlogy", 0, 2, 0, ln2, 0],
  ["special.xlog1py", 0, -1, 0, 0, 0],
  ["special.xlog1py", 3, 1, 3 * ln2, ln2, 1.5],
  ["maximum", 2, 2, 2, 0.5, 0.5],
  ["maximum", 1, 2, 2, 0, 1],
  ["minimum", 1, 2, 1, 1, 0],
  ["fmax", 2, 2, 2, 1, 0],
  ["fmax", 2, NaN, 2, 1, 0],
  ["fmin", NaN, 2, 2, 0, 1],
  ["clampMin", 2, 2, 2, 1, 0],
  ["clampMin", 1, 2, 2, 0, 1],
  ["clampMax", 3, 2, 2, 0, 1],
  ["floatPower", 2, 3, 8, 12, 8 * ln2],
];
for (const [name, a, b, value, byA, byB] of binary) {
  test(`${name}(${a}, ${b}): value and derivatives`, () => {
    const op = find(name);
    near(op(f64(a), f64(b)), value);
    near(op(f64([a]), b), [value]);
    const [, [gradA, gradB]] = pf.functional.vjp(op, [f64(a), f64(b)]) as any;
    near(gradA, byA);
    near(gradB, byB);
    near(pf.functional.jvp(op, [f64(a), f64(b)], [f64(1), f64(2)])[1] as pf.Tensor, byA + 2 * byB);
  });
}

const x = f64([0.3, -1.2, 2.5]);
const y = f64([1.5, 0.4, -0.7]);
const smooth: [name: string, f: (...inputs: any[]) => any, inputs: pf.Tensor[]][] = [
  ["lerp", pf.lerp, [x, y, f64(0.3)]],
  ["lerp beyond 1/2", pf.lerp, [x, y, f64(0.8)]],
  ["addcmul", (a, b, c) => pf.addcmul(a, b, c, { value: 0.5 }), [x, y, x]],
  ["addcdiv", (a, b, c) => pf.addcdiv(a, b, c, { value: -2 }), [x, y, f64([1, 2, 3])]],
  ["logaddexp", pf.logaddexp, [x, y]],
  ["logaddexp at a tie", pf.logaddexp, [x, x]],
  ["logaddexp2", pf.logaddexp2, [x, y]],
  ["hypot", pf.hypot, [x, y]],
  ["sinc", pf.sinc, [x]],
  ["xlogy", pf.xlogy, [x, f64([1, 2, 3])]],
  ["clamp with tensors", (a, b) => pf.clamp(a, f64(-1), b), [x, y]],
  ["add with alpha", (a, b) => pf.add(a, b, { alpha: 3 }), [x, y]],
  ["rsub with alpha", (a, b) => pf.rsub(a, b, { alpha: 3 }), [x, y]],
];
for (const [name, f, inputs] of smooth)
  test(`${name}: derivatives as differences have them`, () => checkDerivatives(f, inputs));

const forward: [name: string, actual: () => pf.Tensor, expected: any][] = [
  ["clamp where min > max gives max", () => pf.clamp(f64([0, 5]), 3, 1), [1, 1]],
  ["clamp lets NaN through", () => pf.clamp(f64([NaN, 9]), 0, 1), [NaN, 1]],
  ["clamp to a NaN limit", () => pf.clamp(f64([1, 2]), f64([NaN, 0])), [NaN, 2]],
  ["nanToNum", () => pf.nanToNum(f64([NaN, Infinity, -Infinity]), 1, 2), [1, 2, -Number.MAX_VALUE]],
  ["round to decimals", () => pf.round(f64([1.2345, -0.05]), { decimals: 2 }), [1.23, -0.05]],
  ["round to tens", () => pf.round(f64([15, 25, 149]), { decimals: -1 }), [20, 20, 150]],
  ["floorDivide from the exact remainder", () => pf.floorDivide(f64([1, -1, 1, -1]), f64([0.1, 0.1, -0.1, 0])), [9, -10, -10, -Infinity]],
  ["clamp of a vector by a number of a larger dtype", () => pf.clamp(f32([1, 5]), f64(2)), f32([2, 5])],
  ["clamp of integers by a float64 number", () => pf.clamp(i32([1, 5]), f64(2.5)), [2.5, 5]],
  ["floorDivide of integers", () => pf.floorDivide(i32([7, -7]), 2), i32([3, -4])],
  ["div towards zero", () => pf.div(i32([7, -7]), 2, { roundingMode: "trunc" }), i32([3, -3])],
  ["div of integers", () => pf.div(i32([7]), 2), f32([3.5])],
  ["signbit", () => pf.signbit(f64([-0, 0, -1, Infinity, -Infinity])), [true, false, true, false, true]],
  // The sign of NaN is the engine's: no op shows it, in whatever program.
  ["signbit of NaN", () => pf.signbit(f64([1]).add(f64([NaN]).neg())), [false]],
  ["signbit of a NaN that has been read", () => { const x = f64([NaN]).neg(); x.data(); return pf.signbit(f64([1]).add(x)); }, [false]],
  ["signbit of float32", () => pf.signbit(pf.tensor([-0, 0, -1e-45, NaN, -Infinity])), [true, false, true, false, true]],
  ["signbit of integers", () => pf.signbit(pf.tensor(Int32Array.of(-3, 0, 2))), [true, false, false]],
  ["signbit of bools", () => pf.signbit(pf.tensor([true, false])), [false, false]],
  ["copysign of −0", () => pf.copysign(f64([1]), f64([-0])), [-1]],
  ["hypot of ∞ and NaN", () => pf.hypot(f64([Infinity, NaN, NaN]), f64([NaN, -Infinity, 1])), [Infinity, Infinity, NaN]],
  ["heaviside", () => pf.heaviside(f64([-1, 0, 2]), f64(0.5)), [0, 0.5, 1]],
  ["lerp is exact at its ends", () => pf.lerp(f64([1e16]), f64([1]), 1), [1]],
  ["a number on the left", () => pf.sub(2, f64([1, 2])), [1, 0]],
]; // prettier-ignore
for (const [name, actual, expected] of forward) test(name, () => near(actual(), expected));

test("dtypes follow torch's promotion", () => {
  assert.is(i32([1]).mul(2).dtype, "int32");
  assert.is(i32([1]).mul(2.5).dtype, "float32");
  assert.is(f64([1]).mul(2.5).dtype, "float64");
  assert.is(pf.floatPower(i32([2]), 2).dtype, "float64");
  assert.is(pf.deg2rad(i32([90])).dtype, "float32");
  assert.is(pf.floorDivide(i32([7]), 2).dtype, "int32");
});
test("a number beside float64 counts in float64", () => {
  near(pf.logaddexp(f64([0]), 0.1), [Math.log(1 + Math.exp(0.1))], 1e-15);
  near(pf.hypot(f64([0.1]), 0.1), [Math.hypot(0.1, 0.1)], 1e-15);
  near(pf.xlogy(3, f64([0.1])), [3 * Math.log(0.1)], 1e-15);
});
test("integers beside float64 count in float64", () => {
  near(pf.add(f64([1]), i32([3]), { alpha: 0.1 }), [1.3], 1e-15);
  near(pf.addcmul(f64([1]), i32([3]), i32([2]), { value: 0.1 }), [1.6], 1e-15);
  near(pf.addcdiv(f64([1]), i32([1]), f64([3])), [4 / 3], 1e-15);
});
test("integers take whole factors only, as in torch", () => {
  near(pf.add(i32([1]), i32([2]), { alpha: 2 }), i32([5]));
  near(pf.addcmul(i32([1]), i32([2]), i32([3]), { value: 2 }), i32([13]));
  for (const call of [
    () => pf.add(i32([1]), i32([2]), { alpha: 0.5 }),
    () => pf.rsub(i32([1]), i32([2]), { alpha: 0.5 }),
  ])
    assert.throws(call, /alpha should be an integer for integer tensors but got 0.5/);
  assert.throws(
    () => pf.addcmul(i32([1]), i32([2]), i32([3]), { value: 0.5 }),
    /^.*addcmul: value should be an integer/,
  );
});
test("logit of bools", () => near(pf.logit(pf.tensor([true, false]), 0.25), f32([Math.log(3), -Math.log(3)]), 1e-7));

test.run();
