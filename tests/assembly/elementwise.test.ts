// The elementwise block kernels, every op and dtype. float32 is compared with float64 arithmetic (V8's Math, whose errors of an
// ulp of float64 do not show), float64 transcendental functions with BigInt arithmetic.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DType, Op } from "../../assembly/abi/opcodes";
import { declarations } from "../../host/generated/primitives";
import {
  atan2Reference,
  erfinvError,
  fromNumber,
  powReference,
  reference,
  toNumber,
  ulpError,
} from "./elementwise.reference";
import {
  allDTypes,
  arrays,
  Bool,
  Float32,
  float32Error,
  Float64,
  floats,
  INT_MIN,
  Int32,
  pairs,
  resultDType,
  run,
  same,
  sample,
  scaled,
  signed,
  someOf,
  special,
  uniform,
} from "./elementwise.support";

// -- unary ops that are exact

const roundEven = (x: number): number => {
  const r = Math.round(x);
  const even = Math.abs(x % 1) === 0.5 && r % 2 !== 0 ? r - 1 : r;
  return Math.abs(x) >= 2 ** 52 || x !== x ? x : even === 0 ? 0 * (x < 0 || Object.is(x, -0) ? -1 : 1) : even;
};
const exactUnary: [Op, readonly DType[], (x: number) => number][] = [
  [Op.Neg, [Int32, ...floats], (x) => -x],
  [Op.Abs, allDTypes, Math.abs],
  [Op.Sign, allDTypes, (x) => Number(x > 0) - Number(x < 0)], // 0 for NaN, as torch
  [Op.Floor, allDTypes, Math.floor],
  [Op.Ceil, allDTypes, Math.ceil],
  [Op.Round, allDTypes, roundEven],
  [Op.Trunc, allDTypes, Math.trunc],
  [Op.Sqrt, floats, Math.sqrt],
  [Op.Root, floats, Math.sqrt],
  [Op.Reciprocal, floats, (x) => 1 / x],
  [Op.LogicalNot, [Bool], (x) => (x ? 0 : 1)],
];
const exact = suite("exact unary ops");
for (const [op, dtypes, f] of exactUnary) {
  for (const dtype of dtypes) {
    exact(`${Op[op]} ${DType[dtype]}`, () => {
      const values = [...special[dtype], ...someOf(dtype, 2000)];
      const wanted = new arrays[dtype](values.map(f));
      same(run(op, dtype, [{ dtype, values }]), wanted, Op[op]);
      same(run(op, dtype, [{ dtype, values }], dtype, 0), wanted, `${Op[op]} in place`);
    });
  }
}
exact.run();

// -- float functions

/** For float32, where Math has no function or a worse one. */
const bigValue =
  (name: string) =>
  (x: number): number =>
    toNumber(reference[name](x));
const trig = [uniform(-10, 10), signed(scaled(-30, 17)), signed(scaled(17, 100))];
const unit = [uniform(-1, 1), signed(scaled(-30, 0)), signed(() => 1 - scaled(-24, -3)())];

interface FunctionRow {
  readonly op: Op;
  readonly f: (x: number) => number;
  /** The draws for float32, and for float64. */
  readonly draws: readonly (readonly (() => number)[])[];
  /** [x, f(x)] that hold for both dtypes. */
  readonly at: readonly (readonly [number, number])[];
}
const both = (...draws: (() => number)[]) => [draws, draws];
const odd = (...points: [number, number][]): [number, number][] => [
  [0, 0],
  [-0, -0],
  [NaN, NaN],
  ...points.flatMap(([x, y]): [number, number][] => [
    [x, y],
    [-x, -y],
  ]),
];
const logAt: [number, number][] = [[0, -Infinity], [-0, -Infinity], [-1, NaN], [-Infinity, NaN], [Infinity, Infinity], [1, 0], [NaN, NaN]]; // prettier-ignore
const expDraws = [
  [uniform(-87, 88.7), uniform(-2, 2), signed(scaled(-30, 0)), uniform(-103, -87)],
  [uniform(-708, 709), uniform(-2, 2), signed(scaled(-30, 0)), uniform(-744, -708)],
];
const logDraws = [
  [scaled(-148, 127), uniform(0.3, 3), () => 1 + signed(scaled(-20, -2))()],
  [scaled(-1070, 1020), uniform(0.3, 3), () => 1 + signed(scaled(-30, -2))()],
];
const hyperbolicDraws = [
  [uniform(-89.4, 89.4), uniform(-2, 2), signed(scaled(-30, 0))],
  [uniform(-710.4, 710.4), uniform(-2, 2), signed(scaled(-30, 0))],
];
const rows: FunctionRow[] = [
  { op: Op.Exp, f: Math.exp, draws: expDraws, at: [[0, 1], [-0, 1], [Infinity, Infinity], [-Infinity, 0], [710, Infinity], [-750, 0], [NaN, NaN]] }, // prettier-ignore
  { op: Op.Exp2, f: (x) => 2 ** x, draws: [[uniform(-149, 127.9), uniform(-2, 2)], [uniform(-1074, 1023.9), uniform(-2, 2)]], at: [[0, 1], [-0, 1], [10, 1024], [-3, 0.125], [-149, 2 ** -149], [Infinity, Infinity], [-Infinity, 0], [1024, Infinity], [-1100, 0], [NaN, NaN]] }, // prettier-ignore
  { op: Op.Expm1, f: Math.expm1, draws: [[uniform(-20, 88.7), uniform(-2, 2), signed(scaled(-30, 0))], [uniform(-40, 709), uniform(-2, 2), signed(scaled(-50, 0))]], at: [[0, 0], [-0, -0], [Infinity, Infinity], [-Infinity, -1], [-100, -1], [710, Infinity], [NaN, NaN]] }, // prettier-ignore
  { op: Op.Log, f: Math.log, draws: logDraws, at: logAt },
  { op: Op.Log2, f: Math.log2, draws: logDraws, at: [...logAt, [1024, 10], [2 ** -140, -140]] },
  { op: Op.Log10, f: Math.log10, draws: logDraws, at: [...logAt, [1000, 3], [10, 1]] },
  { op: Op.Log1p, f: Math.log1p, draws: both(scaled(-30, 100), uniform(-1, 3), signed(scaled(-40, -0.1))), at: [[0, 0], [-0, -0], [-1, -Infinity], [-2, NaN], [-Infinity, NaN], [Infinity, Infinity], [NaN, NaN]] }, // prettier-ignore
  { op: Op.Rsqrt, f: (x) => 1 / Math.sqrt(x), draws: both(scaled(-100, 100), uniform(0.5, 4)), at: [[0, Infinity], [-0, -Infinity], [-1, NaN], [Infinity, 0], [4, 0.5], [NaN, NaN]] }, // prettier-ignore
  { op: Op.Sin, f: bigValue("Sin"), draws: both(...trig), at: odd([Infinity, NaN]) },
  { op: Op.Cos, f: bigValue("Cos"), draws: both(...trig), at: [[0, 1], [-0, 1], [Infinity, NaN], [-Infinity, NaN], [NaN, NaN]] }, // prettier-ignore
  { op: Op.Tan, f: bigValue("Tan"), draws: both(...trig), at: odd([Infinity, NaN]) },
  { op: Op.Asin, f: Math.asin, draws: both(...unit), at: odd([1, Math.PI / 2], [1.5, NaN], [Infinity, NaN]) },
  { op: Op.Acos, f: Math.acos, draws: both(...unit), at: [[1, 0], [-1, Math.PI], [0, Math.PI / 2], [1.5, NaN], [-1.5, NaN], [NaN, NaN]] }, // prettier-ignore
  { op: Op.Atan, f: Math.atan, draws: both(uniform(-4, 4), signed(scaled(-30, 60))), at: odd([1, Math.PI / 4], [Infinity, Math.PI / 2]) }, // prettier-ignore
  { op: Op.Sinh, f: Math.sinh, draws: hyperbolicDraws, at: odd([Infinity, Infinity], [711, Infinity]) },
  { op: Op.Cosh, f: Math.cosh, draws: hyperbolicDraws, at: [[0, 1], [-0, 1], [Infinity, Infinity], [-Infinity, Infinity], [-711, Infinity], [NaN, NaN]] }, // prettier-ignore
  { op: Op.Tanh, f: Math.tanh, draws: both(uniform(-2, 2), uniform(-20, 20), signed(scaled(-40, 0))), at: odd([Infinity, 1], [100, 1], [1000, 1]) }, // prettier-ignore
  { op: Op.Asinh, f: Math.asinh, draws: both(uniform(-4, 4), signed(scaled(-30, 60))), at: odd([Infinity, Infinity]) },
  { op: Op.Acosh, f: Math.acosh, draws: both(uniform(1, 4), () => 1 + scaled(-20, 60)()), at: [[1, 0], [0.5, NaN], [-2, NaN], [-Infinity, NaN], [Infinity, Infinity], [NaN, NaN]] }, // prettier-ignore
  { op: Op.Atanh, f: Math.atanh, draws: both(...unit), at: odd([1, Infinity], [1.5, NaN], [Infinity, NaN]) },
  { op: Op.Sigmoid, f: (x) => 1 / (1 + Math.exp(-x)), draws: expDraws, at: [[0, 0.5], [-0, 0.5], [Infinity, 1], [-Infinity, 0], [100, 1], [-800, 0], [NaN, NaN]] }, // prettier-ignore
  { op: Op.Softplus, f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), draws: expDraws, at: [[0, Math.LN2], [-0, Math.LN2], [Infinity, Infinity], [-Infinity, 0], [100, 100], [-800, 0], [NaN, NaN]] }, // prettier-ignore
  { op: Op.Erf, f: bigValue("Erf"), draws: both(uniform(-3, 3), signed(scaled(-30, 2.6))), at: odd([Infinity, 1], [7, 1]) }, // prettier-ignore
  { op: Op.Erfc, f: bigValue("Erfc"), draws: both(uniform(-3, 3), uniform(-5, 8), signed(scaled(-30, 2))), at: [[0, 1], [-0, 1], [Infinity, 0], [-Infinity, 2], [30, 0], [NaN, NaN]] }, // prettier-ignore
];

const functions = suite("float functions");
for (const { op, f, draws, at } of rows) {
  for (const dtype of floats) {
    functions(`${Op[op]} ${DType[dtype]}`, () => {
      const points = at.map(([x]) => x);
      const wanted = new arrays[dtype](at.map(([, y]) => y));
      same(run(op, dtype, [{ dtype, values: points }]), wanted, `${Op[op]} at ${points.join(", ")}`);

      const values = sample(dtype, 2000, ...draws[dtype === Float32 ? 0 : 1]).filter((x) => x !== 0);
      const got = run(op, dtype, [{ dtype, values }]);
      let worst = 0;
      let where = NaN;
      values.forEach((x, i) => {
        const error = dtype === Float32 ? float32Error(got[i], f(x)) : ulpError(got[i], reference[Op[op]](x));
        if (!(error <= worst)) [worst, where] = [error, x];
      });
      assert.ok(worst <= 2, `${Op[op]} of ${where} is ${worst} ulp off`);
      same(run(op, dtype, [{ dtype, values }], dtype, 0), got, `${Op[op]} in place`);
    });
  }
}

functions("Sin, Cos and Tan float64 beside multiples of π/2", () => {
  // The double that is nearest to a multiple of π/2 (2^-61 away), then products that miss theirs by less than an ulp.
  const values = [6381956970095103 * 2 ** 797];
  for (let i = 0; i < 500; i++) values.push(Math.round(signed(scaled(0, 40))()) * (Math.PI / 2));
  for (const op of [Op.Sin, Op.Cos, Op.Tan]) {
    const got = run(op, Float64, [{ dtype: Float64, values }]);
    values.forEach((x, i) => {
      const error = x === 0 ? 0 : ulpError(got[i], reference[Op[op]](x));
      assert.ok(error <= 2, `${Op[op]} of ${x} is ${got[i]}, off by ${error} ulp`);
    });
  }
});

functions("Erfc float64 far out", () => {
  // Rounded from 40 digits of mpmath.
  const table = [
    [6.5, 3.8421483271206475e-20],
    [8.25, 1.8735664705504997e-31],
    [10.1, 2.770896983131174e-46],
    [12.75, 1.1081345768520579e-72],
    [15.3, 7.9765601254207e-104],
    [18.7, 4.078752132851885e-154],
    [20.9, 5.328567006980869e-192],
    [23.4, 3.797755698448243e-240],
    [25.6, 5.29203523911721e-287],
    [26.3, 8.590249058794049e-303],
  ];
  const got = run(Op.Erfc, Float64, [{ dtype: Float64, values: table.map(([x]) => x) }]);
  table.forEach(([x, y], i) => assert.ok(ulpError(got[i], fromNumber(y)) <= 2, `erfc(${x}) is ${got[i]}`));
});

for (const dtype of floats) {
  functions(`Erfinv ${DType[dtype]}`, () => {
    const at = [0, -0, 1, -1, 1.5, -2, NaN, Infinity];
    const wanted = [0, -0, Infinity, -Infinity, NaN, NaN, NaN, NaN];
    same(run(Op.Erfinv, dtype, [{ dtype, values: at }]), wanted, "Erfinv");
    const draws = [uniform(-1, 1), signed(scaled(-30, 0)), signed(() => 1 - scaled(-23, -3)())];
    const values = sample(dtype, 2000, ...draws).filter((x) => Math.abs(x) < 1);
    const got = run(Op.Erfinv, dtype, [{ dtype, values }]);
    // One ulp of float32 is 2^29 of float64.
    const limit = dtype === Float64 ? 2 : 2 * 2 ** 29;
    values.forEach((x, i) => {
      const error = erfinvError(got[i], x);
      assert.ok(error <= limit, `erfinv(${x}) is ${got[i]}, off by ${error} ulp of float64`);
    });
    same(run(Op.Erfinv, dtype, [{ dtype, values }], dtype, 0), got, "Erfinv in place");
  });
}
functions.run();

// -- binary ops

const wrap = (f: (a: bigint, b: bigint) => bigint) => (a: number, b: number) =>
  Number(BigInt.asIntN(32, f(BigInt(a), BigInt(b))));
const pythonMod = (a: number, b: number): number => {
  const m = a % b;
  return m !== 0 && b < 0 !== m < 0 ? m + b : m;
};
function powInt(a: number, b: number): number {
  if (b < 0) return a === 1 ? 1 : a === -1 ? (b % 2 ? -1 : 1) : 0;
  let [result, base, e] = [1, a, b];
  for (; e; e = Math.floor(e / 2), base = Math.imul(base, base)) if (e % 2) result = Math.imul(result, base);
  return result;
}
const greatest = (a: bigint, b: bigint): bigint => (b ? greatest(b, a % b) : a < 0n ? -a : a);
function commonBits(dtype: DType, ...operands: [number, number]): number {
  const values = new arrays[dtype](operands);
  const bytes = new Uint8Array(values.buffer);
  const width = values.BYTES_PER_ELEMENT;
  for (let i = 0; i < width; i++) bytes[i] &= bytes[width + i];
  return values[0];
}
const maximum = (a: number, b: number): number => (a !== a || b !== b ? NaN : a > b ? a : b);
const minimum = (a: number, b: number): number => (a !== a || b !== b ? NaN : a < b ? a : b);
type Binary = (a: number, b: number) => number;
const compares: [Op, Binary][] = [
  [Op.Eq, (a, b) => +(a === b)],
  [Op.Ne, (a, b) => +(a !== b)],
  [Op.Lt, (a, b) => +(a < b)],
  [Op.Le, (a, b) => +(a <= b)],
  [Op.Gt, (a, b) => +(a > b)],
  [Op.Ge, (a, b) => +(a >= b)],
];
const forFloats = (op: Op, f: Binary): [Op, DType, Binary][] => [
  [op, Float32, f],
  [op, Float64, f],
];
const binaries: [Op, DType, Binary][] = [
  ...forFloats(Op.Add, (a, b) => a + b),
  ...forFloats(Op.Sub, (a, b) => a - b),
  ...forFloats(Op.Mul, (a, b) => a * b),
  ...forFloats(Op.Div, (a, b) => a / b),
  ...forFloats(Op.Maximum, maximum),
  ...forFloats(Op.Minimum, minimum),
  ...forFloats(Op.Fmod, (a, b) => a % b),
  ...forFloats(Op.Remainder, pythonMod),
  [Op.Add, Int32, wrap((a, b) => a + b)],
  [Op.Sub, Int32, wrap((a, b) => a - b)],
  [Op.Mul, Int32, wrap((a, b) => a * b)],
  [Op.Pow, Int32, powInt],
  [Op.Maximum, Int32, Math.max],
  [Op.Minimum, Int32, Math.min],
  [Op.Fmod, Int32, (a, b) => (b ? (a % b) + 0 : 0)],
  [Op.Remainder, Int32, (a, b) => (b ? pythonMod(a, b) + 0 : 0)],
  [Op.RootSlope, Float64, (a, b) => (b === 0 ? 0 : a / (2 * Math.sqrt(b)))],
  [Op.RootSlope, Float32, (a, b) => (b === 0 ? 0 : a / (2 * Math.fround(Math.sqrt(b))))],
  [Op.Add, Bool, (a, b) => a | b],
  [Op.Sub, Bool, (a, b) => a ^ b],
  [Op.Mul, Bool, (a, b) => a & b],
  [Op.Pow, Bool, (a, b) => a ** b],
  [Op.Maximum, Bool, Math.max],
  [Op.Minimum, Bool, Math.min],
  [Op.Fmod, Bool, () => 0],
  [Op.Remainder, Bool, () => 0],
  [Op.LogicalAnd, Bool, (a, b) => a & b],
  [Op.LogicalOr, Bool, (a, b) => a | b],
  [Op.LogicalXor, Bool, (a, b) => a ^ b],
  [Op.BitAnd, Bool, (a, b) => a & b],
  [Op.BitAnd, Int32, (a, b) => a & b],
  ...floats.map((dtype): [Op, DType, Binary] => [Op.BitAnd, dtype, (a, b) => commonBits(dtype, a, b)]),
  [Op.Gcd, Int32, wrap(greatest)],
  ...compares.flatMap(([op, f]) => allDTypes.map((dtype): [Op, DType, Binary] => [op, dtype, f])),
];

const binary = suite("binary ops");
for (const [op, dtype, f] of binaries) {
  binary(`${Op[op]} ${DType[dtype]}`, () => {
    const [left, right] = pairs(special[dtype]);
    const a = { dtype, values: [...left, ...someOf(dtype, 1500)] };
    const b = { dtype, values: [...right, ...someOf(dtype, 1500)] };
    const wanted = new arrays[resultDType(op, dtype)](a.values.map((x, i) => f(x, b.values[i])));
    const zeros = op !== Op.Maximum && op !== Op.Minimum;
    same(run(op, dtype, [a, b]), wanted, Op[op], zeros);
    if (resultDType(op, dtype) === dtype) {
      same(run(op, dtype, [a, b], dtype, 0), wanted, `${Op[op]} into a`, zeros);
      same(run(op, dtype, [a, b], dtype, 1), wanted, `${Op[op]} into b`, zeros);
    }
  });
}

for (const dtype of floats) {
  binary(`Fmod and Remainder ${DType[dtype]} over all exponents`, () => {
    const range = dtype === Float32 ? 140 : 1000;
    const draws = [signed(scaled(-range, range * 0.9)), signed(scaled(-20, 20))];
    const a = { dtype, values: sample(dtype, 1500, ...draws) };
    const b = { dtype, values: sample(dtype, 1500, ...draws) };
    const fmod = a.values.map((x, i) => x % b.values[i]);
    same(run(Op.Fmod, dtype, [a, b]), fmod, "Fmod");
    const wanted = new arrays[dtype](a.values.map((x, i) => pythonMod(x, b.values[i])));
    same(run(Op.Remainder, dtype, [a, b]), wanted, "Remainder");
  });

  binary(`Pow ${DType[dtype]}`, () => {
    const [left, right] = pairs(special[dtype].filter((x) => Math.abs(x) > 1e-30 || x === 0));
    const got = run(Op.Pow, dtype, [
      { dtype, values: left },
      { dtype, values: right },
    ]);
    left.forEach((x, i) => {
      const y = right[i];
      // C's pow where JavaScript's ** differs; and ** itself is an ulp off now and then.
      const wanted = x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
      const isExact = !Number.isFinite(wanted) || (Number.isInteger(wanted * 2 ** 10) && wanted < 2 ** 40);
      if (isExact || dtype === Float32) same([got[i]], new arrays[dtype]([wanted]), `Pow of ${x} and ${y}`);
      else assert.ok(Math.abs(got[i] - wanted) <= Math.abs(wanted) * 4e-16, `Pow of ${x} and ${y}: ${got[i]}`);
    });

    const range = dtype === Float32 ? 120 : 1000;
    const a = { dtype, values: sample(dtype, 2000, scaled(-10, 10), uniform(0.9, 1.1)) };
    const exponent = (x: number): number => (uniform(-1, 1)() * range) / Math.max(Math.abs(Math.log2(x)), 1e-3);
    const b = { dtype, values: Array.from(new arrays[dtype](a.values.map(exponent))) };
    const powers = run(Op.Pow, dtype, [a, b]);
    a.values.forEach((x, i) => {
      const wanted = powReference(x, b.values[i]);
      const error = dtype === Float32 ? float32Error(powers[i], toNumber(wanted)) : ulpError(powers[i], wanted);
      assert.ok(error <= 2, `${x} ** ${b.values[i]} is ${powers[i]}, off by ${error} ulp`);
    });
    same(run(Op.Pow, dtype, [a, b], dtype, 1), powers, "Pow into b");
  });

  binary(`slopes and x·log y in ${DType[dtype]}`, () => {
    const unit = dtype === Float32 ? 2 ** -22 : 2 ** -50;
    const x = { dtype, values: [...sample(dtype, 500, uniform(-3, 3), uniform(-80, 80)), 0, -0, 300, -300] };
    const closely = (op: Op, y: number[], wanted: (x: number, y: number) => number, rounding: number) => {
      const got = run(op, dtype, [x, { dtype, values: y }]);
      x.values.forEach((at, i) => {
        const want = wanted(at, y[i]);
        const isClose = Math.abs(got[i] - want) <= rounding * unit * Math.abs(want) + (dtype === Float32 ? 1e-37 : 0);
        assert.ok(isClose, `${Op[op]} of ${at}, ${y[i]}: ${got[i]}, expected ${want}`);
      });
    };
    // The functions' values with their own last bit, so 16 times that of what is left of 1.
    const tanh = Array.from(run(Op.Tanh, dtype, [x]));
    const sigmoid = Array.from(run(Op.Sigmoid, dtype, [x]));
    const logistic = (t: number) => Math.exp(-Math.abs(t)) / (1 + Math.exp(-Math.abs(t))) ** 2;
    closely(Op.TanhSlope, tanh, (t) => 4 * logistic(2 * t), 16);
    closely(Op.SigmoidSlope, sigmoid, logistic, 16);
    const y = sample(dtype, x.values.length, scaled(-30, 30));
    closely(Op.XLogY, y, (a, b) => a * Math.log(b), 2);
    for (const op of [Op.TanhSlope, Op.SigmoidSlope]) {
      const ends = { dtype, values: [NaN, Infinity, -Infinity] };
      const values = Array.from(run(op === Op.TanhSlope ? Op.Tanh : Op.Sigmoid, dtype, [ends]));
      same(run(op, dtype, [ends, { dtype, values }]), new arrays[dtype]([NaN, 0, 0]), Op[op]);
    }
    const a = [0, 0, 0, 0, 0, 1, 1, 1, NaN, -0];
    const b = [0, -1, Infinity, NaN, 1e-40, 0, -1, Infinity, 1, -Infinity];
    const wanted = [0, 0, 0, NaN, 0, -Infinity, NaN, Infinity, NaN, 0];
    const got = run(Op.XLogY, dtype, [a, b].map((values) => ({ dtype, values }))); // prettier-ignore
    assert.equal(Array.from(got, (value) => value + 0), wanted); // prettier-ignore
  });

  binary(`Atan2 ${DType[dtype]}`, () => {
    const [left, right] = pairs([0, -0, 1, -1, Infinity, -Infinity, NaN]);
    const got = run(Op.Atan2, dtype, [
      { dtype, values: left },
      { dtype, values: right },
    ]);
    same(got, new arrays[dtype](left.map((y, i) => Math.atan2(y, right[i]))), "Atan2");
    const a = { dtype, values: sample(dtype, 2000, signed(scaled(-10, 10))) };
    const b = { dtype, values: sample(dtype, 2000, signed(scaled(-10, 10))) };
    const angles = run(Op.Atan2, dtype, [a, b]);
    a.values.forEach((y, i) => {
      const wanted = atan2Reference(y, b.values[i]);
      const error = dtype === Float32 ? float32Error(angles[i], toNumber(wanted)) : ulpError(angles[i], wanted);
      assert.ok(error <= 2, `atan2(${y}, ${b.values[i]}) is ${angles[i]}, off by ${error} ulp`);
    });
  });
}
binary.run();

// -- casts and where

const moves = suite("casts and where");
const truncated = (x: number): number => (x !== x ? 0 : Math.max(INT_MIN, Math.min(2 ** 31 - 1, Math.trunc(x))) + 0);
for (const src of allDTypes) {
  for (const dtype of allDTypes) {
    moves(`Cast ${DType[src]} to ${DType[dtype]}`, () => {
      const values = [...special[src], ...someOf(src, 1000)];
      const f = dtype === Bool ? (x: number) => +(x !== 0) : dtype === Int32 ? truncated : (x: number) => x;
      same(run(Op.Cast, dtype, [{ dtype: src, values }], src), new arrays[dtype](values.map(f)), "Cast");
    });
  }
}
for (const dtype of allDTypes) {
  moves(`Where ${DType[dtype]}`, () => {
    const condition = { dtype: Bool, values: someOf(Bool, 1003) };
    const b = { dtype, values: [...special[dtype], ...someOf(dtype, 1003)].slice(0, 1003) };
    const c = { dtype, values: someOf(dtype, 1003) };
    const wanted = condition.values.map((x, i) => (x ? b : c).values[i]);
    same(run(Op.Where, dtype, [condition, b, c]), wanted, "Where");
    same(run(Op.Where, dtype, [condition, b, c], dtype, 1), wanted, "Where into b");
    same(run(Op.Where, dtype, [condition, b, c], dtype, 2), wanted, "Where into c");
  });
}
moves.run();

// -- every op, short blocks: a block of n elements is the start of a longer one

const declared = (op: Op) => declarations[Op[op] as keyof typeof Op];
const supports = (op: Op, dtype: DType): boolean => {
  const { dtype: rule } = declared(op);
  if (rule === "logical") return dtype === Bool;
  if (rule === "comparison" || op === Op.Where || op === Op.Pow) return true;
  const dtypes = [
    ...exactUnary.filter(([other]) => other === op).flatMap(([, some]) => some),
    ...binaries.filter(([other]) => other === op).map(([, some]) => some),
  ];
  return dtypes.length > 0 ? dtypes.includes(dtype) : dtype >= Float32;
};

const tails = suite("blocks of 1 to 33 elements");
const names = Object.keys(declarations) as (keyof typeof Op)[];
for (const op of names.filter((name) => declarations[name].kind === "elementwise").map((name) => Op[name])) {
  if (op === Op.Cast) continue;
  tails(Op[op], () => {
    for (const dtype of allDTypes.filter((d) => supports(op, d))) {
      const all = [op === Op.Where ? Bool : dtype, dtype, dtype]
        .slice(0, Number(declared(op).operands ?? 1))
        .map((d) => ({ dtype: d, values: someOf(d, 64) }));
      const whole = run(op, dtype, all);
      for (let n = 1; n <= 33; n++) {
        const part = all.map((operand) => ({ dtype: operand.dtype, values: operand.values.slice(0, n) }));
        same(run(op, dtype, part), whole.slice(0, n), `${Op[op]} ${DType[dtype]} n = ${n}`);
      }
    }
  });
}
tails("Cast", () => {
  for (const src of allDTypes) {
    for (const dtype of allDTypes) {
      const values = someOf(src, 64);
      const whole = run(Op.Cast, dtype, [{ dtype: src, values }], src);
      for (let n = 1; n <= 33; n++) {
        const got = run(Op.Cast, dtype, [{ dtype: src, values: values.slice(0, n) }], src);
        same(got, whole.slice(0, n), `Cast ${DType[src]} to ${DType[dtype]} n = ${n}`);
      }
    }
  }
});
tails.run();
