// Every float function over its whole domain, at most 2 ulp off: all exponents and both signs; the neighbours of zeros, poles,
// saturation and of the places where the kernels change their method; a random sweep between. And lanes do not depend on
// their neighbours.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DType, Op } from "../../assembly/abi/opcodes";
import {
  atan2Reference,
  errorAnywhere,
  fromNumber,
  nearMultiples,
  powReference,
  reference,
  toNumber,
  ulpError,
} from "./elementwise.reference";
import {
  arrays,
  base,
  core,
  Float32,
  float32Error,
  Float64,
  floats,
  random,
  run,
  same,
  sample,
  scaled,
  signed,
  SLOT,
  someOf,
  uniform,
  type Operand,
} from "./elementwise.support";

const pi = Math.PI;
const exponentials = [0, 87, 88, 88.72284, 89.41599, -87.33655, -103.97208, 708, 709, 709.78271, 710.47586, -708.39642, -745.13322, 17, -17.4, 37.4]; // prettier-ignore
const quarters = [pi / 4, pi / 2, (3 * pi) / 4, pi, 2 * pi, 100 * pi, 400, 2 ** 14, 1e6, 2 ** 30];
/** The exponents of ulps for which arguments next to multiples of π/2 are tested: every range of the reduction. */
const ulps = { [Float32]: [-23, 104], [Float64]: [-52, 90] } as const;
const logarithms = [1, Math.SQRT1_2, Math.SQRT2, 2, 0.5, 2 ** -126, 2 ** -1022, 2 ** 127, 2 ** 64];

interface Sweep {
  readonly op: Op;
  /** Points whose neighbours are tested; for odd and even functions also those of their negatives. */
  readonly near: readonly number[];
  /** The interval of the random sweep. */
  readonly between: readonly [number, number];
}
const sweeps: Sweep[] = [
  { op: Op.Exp, near: exponentials, between: [-110, 90] },
  { op: Op.Exp2, near: [0, 0.5, 125, 128, -126, -149, 1021, 1024, -1022, -1074], between: [-152, 130] },
  { op: Op.Expm1, near: [0, Math.LN2 / 2, -Math.LN2 / 2, ...exponentials], between: [-20, 20] },
  { op: Op.Log, near: logarithms, between: [0, 4] },
  { op: Op.Log2, near: logarithms, between: [0, 4] },
  { op: Op.Log10, near: [10, 1000, ...logarithms], between: [0, 4] },
  { op: Op.Log1p, near: [0, -1, -0.5, Math.SQRT2 - 1, Math.SQRT1_2 - 1, 1, ...logarithms], between: [-1, 4] },
  { op: Op.Rsqrt, near: [1, 2, 4], between: [0, 4] },
  { op: Op.Sin, near: quarters, between: [-20, 20] },
  { op: Op.Cos, near: [0.2925564, ...quarters], between: [-20, 20] },
  { op: Op.Tan, near: [74.33693695068359, 67.04, ...quarters], between: [-20, 20] },
  { op: Op.Asin, near: [0.5, 0.8403660655021667, 1], between: [-1, 1] },
  { op: Op.Acos, near: [0.5, 1], between: [-1, 1] },
  { op: Op.Atan, near: [0.5, 1, 2], between: [-3, 3] },
  { op: Op.Sinh, near: [1, ...exponentials], between: [-4, 4] },
  { op: Op.Cosh, near: [0, ...exponentials], between: [-4, 4] },
  { op: Op.Tanh, near: [0.625, 9, 9.01, 10, 19, 22], between: [-4, 4] },
  { op: Op.Asinh, near: [0.5, 1, 2 ** 28, 2 ** 126], between: [-4, 4] },
  { op: Op.Acosh, near: [1, 2, 2 ** 28, 2 ** 126], between: [1, 4] },
  { op: Op.Atanh, near: [0.5, 1], between: [-1, 1] },
  { op: Op.Sigmoid, near: exponentials, between: [-20, 20] },
  { op: Op.Softplus, near: exponentials, between: [-20, 20] },
  { op: Op.Erf, near: [0.75, 0.84375, 0.92, 1, 1.25, 1 / 0.35, 4, 6], between: [-3, 3] },
  { op: Op.Erfc, near: [0.25, 0.5, 0.75, 0.84375, 1, 1.25, 1 / 0.35, 6, 9.19, 10.05, 26.5, 27.2], between: [-4, 10] },
  { op: Op.Erfinv, near: [0.5, 0.85, 1], between: [-1, 1] },
];

/** The 12 representable numbers on either side of x, and x. */
function neighbours(dtype: DType, x: number): number[] {
  const values = new arrays[dtype]([x]);
  const bits = dtype === Float32 ? new Int32Array(values.buffer) : new BigInt64Array(values.buffer);
  const middle = BigInt(bits[0]);
  return Array.from({ length: 25 }, (_, i) => {
    const next = middle + BigInt(i - 12);
    bits[0] = dtype === Float32 ? Number(next) : next;
    return values[0];
  }).filter((value) => Number.isFinite(value) && Math.abs(value) < 2 ** 1023);
}

const RANGE = { [Float32]: [-149, 127.99], [Float64]: [-1074, 1023.99] } as const;
function arguments_(dtype: DType, { op, near, between }: Sweep): number[] {
  const [low, high] = RANGE[dtype as 2 | 3];
  const exponents = Array.from({ length: Math.ceil(high) - low }, (_, i) => 2 ** (low + i) * uniform(1, 2)());
  const all = sample(dtype, exponents.length, ...exponents.map((x) => () => x));
  const [least, most] = ulps[dtype as 2 | 3];
  const multiples = [Op.Sin, Op.Cos, Op.Tan].includes(op)
    ? Array.from({ length: most - least }, (_, i) => nearMultiples(dtype === Float32 ? 24 : 53, least + i)).flat()
    : [];
  const points = [...near, ...near.map((x) => -x)].filter((x) => Number.isFinite(arrays[dtype].of(x)[0]));
  return [
    ...all,
    ...all.map((x) => -x),
    ...points.flatMap((x) => neighbours(dtype, x || low)),
    ...multiples,
    ...multiples.map((x) => -x),
    ...sample(dtype, 1500, uniform(...between), signed(scaled(low, high)), signed(scaled(-12, 12))),
  ].filter((x) => x !== 0 && Number.isFinite(x));
}

/** Poles, zeros and ends, which have exact values (elementwise.test.ts). */
const isExact = (op: Op, x: number): boolean =>
  (op === Op.Log1p && x === -1) ||
  ([Op.Log, Op.Log2, Op.Log10, Op.Acosh].includes(op) && x === 1) ||
  ([Op.Asin, Op.Acos, Op.Atanh, Op.Erfinv].includes(op) && Math.abs(x) === 1);

const domain = suite("float functions over their domains");
for (const sweep of sweeps) {
  for (const dtype of floats) {
    const { op } = sweep;
    domain(`${Op[op]} ${DType[dtype]}`, () => {
      const values = arguments_(dtype, sweep).filter((x) => !isExact(op, x));
      const got = run(op, dtype, [{ dtype, values }]);
      values.forEach((x, i) => {
        const error = dtype === Float64 ? errorAnywhere(Op[op], x, got[i]) : error32(op, x, got[i]);
        assert.ok(error <= 2, `${Op[op]}(${x}) is ${got[i]}, off by ${error} ulp`);
      });
    });
  }
}

/** float64 functions of V8 that are right to an ulp or so, which does not show in float32. */
const native: Readonly<Record<number, (x: number) => number>> = {
  [Op.Exp]: Math.exp,
  [Op.Exp2]: (x) => 2 ** x,
  [Op.Expm1]: Math.expm1,
  [Op.Log]: Math.log,
  [Op.Log2]: Math.log2,
  [Op.Log10]: Math.log10,
  [Op.Log1p]: Math.log1p,
  [Op.Rsqrt]: (x) => 1 / Math.sqrt(x),
  [Op.Asin]: Math.asin,
  [Op.Acos]: Math.acos,
  [Op.Atan]: Math.atan,
  [Op.Sinh]: Math.sinh,
  [Op.Cosh]: Math.cosh,
  [Op.Tanh]: Math.tanh,
  [Op.Asinh]: Math.asinh,
  [Op.Acosh]: Math.acosh,
  [Op.Atanh]: Math.atanh,
  [Op.Sigmoid]: (x) => 1 / (1 + Math.exp(-x)),
  [Op.Softplus]: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
};
function error32(op: Op, x: number, got: number): number {
  if (op in native) return float32Error(got, native[op](x));
  if (Number.isNaN(got)) return errorAnywhere(Op[op], x, got);
  if (op === Op.Erfinv) return Math.abs(x) > 1 ? Infinity : erfinv32Error(x, got);
  if (op === Op.Erf || op === Op.Erfc) {
    if (Math.abs(x) > 12) return got === (op === Op.Erf ? Math.sign(x) : x > 0 ? 0 : 2) ? 0 : Infinity;
    if (op === Op.Erf && Math.abs(x) < 2 ** -40) return float32Error(got, x * (2 / Math.sqrt(pi)));
  }
  if (Math.abs(x) < 2 ** -40 && op !== Op.Cos && op !== Op.Erfc) return float32Error(got, x);
  return float32Error(got, toNumber(reference[Op[op]](x)));
}
function erfinv32Error(x: number, got: number): number {
  if (Math.abs(x) < 2 ** -40) return float32Error(got, x * (Math.sqrt(pi) / 2));
  return errorAnywhere("Erfinv", x, got) / 2 ** 29;
}

for (const dtype of floats) {
  const [low, high] = RANGE[dtype as 2 | 3];
  domain(`Pow ${DType[dtype]}`, () => {
    const limit = dtype === Float32 ? 126 : 1020;
    const a = sample(dtype, 1500, scaled(low, high), uniform(0, 4), () => 1 + signed(scaled(-22, -2))());
    const exponent = (x: number): number => (uniform(-1, 1)() * limit) / Math.max(Math.abs(Math.log2(x)), 1e-5);
    const b = Array.from(new arrays[dtype](a.map(exponent)));
    const got = run(Op.Pow, dtype, [
      { dtype, values: a },
      { dtype, values: b },
    ]);
    a.forEach((x, i) => {
      const wanted = powReference(x, b[i]);
      const error = dtype === Float32 ? float32Error(got[i], toNumber(wanted)) : ulpError(got[i], wanted);
      assert.ok(error <= 2, `${x} ** ${b[i]} is ${got[i]}, off by ${error} ulp`);
    });
    // Negative bases: the sign of odd exponents, NaN unless the exponent is an integer.
    const negative = a.map((x) => -x);
    const whole = b.map(Math.round);
    const bases = { dtype, values: a };
    const powers = run(Op.Pow, dtype, [bases, { dtype, values: whole }]);
    const signs = whole.map((x) => (x % 2 ? -1 : 1));
    same(
      run(Op.Pow, dtype, [
        { dtype, values: negative },
        { dtype, values: whole },
      ]),
      powers.map((x, i) => signs[i] * x),
      "Pow of negative bases",
    );
    const broken = run(Op.Pow, dtype, [
      { dtype, values: negative },
      { dtype, values: a.map(() => 2.5) },
    ]);
    assert.ok(broken.every(Number.isNaN));
  });

  domain(`Atan2 ${DType[dtype]}`, () => {
    const a = sample(dtype, 1500, signed(scaled(low / 3, high / 3)), signed(scaled(-3, 3)), () => 2);
    const b = sample(
      dtype,
      1500,
      signed(scaled(low / 3, high / 3)),
      signed(scaled(-3, 3)),
      signed(() => 1),
    );
    const near = a.map((x, i) => (i % 5 ? b[i] : x * uniform(0.99, 1.01)()));
    const values = Array.from(new arrays[dtype](near));
    const got = run(Op.Atan2, dtype, [
      { dtype, values: a },
      { dtype, values },
    ]);
    a.forEach((y, i) => {
      const ratio = Math.abs(y / values[i]);
      if (ratio < 2 ** -100 || ratio > 2 ** 100) {
        const wanted = Math.atan2(y, values[i]);
        const error = dtype === Float32 ? float32Error(got[i], wanted) : ulpError(got[i], fromNumber(wanted));
        assert.ok(error <= 2, `atan2(${y}, ${values[i]}) is ${got[i]} instead of ${wanted}`);
      } else {
        const wanted = atan2Reference(y, values[i]);
        const error = dtype === Float32 ? float32Error(got[i], toNumber(wanted)) : ulpError(got[i], wanted);
        assert.ok(error <= 2, `atan2(${y}, ${values[i]}) is ${got[i]}, off by ${error} ulp`);
      }
    });
  });
}
domain.run();

// -- special lanes beside others

const strangers = [NaN, Infinity, -Infinity, 0, -0, 1e30, -1e30, 1e-40, -1e-40, 1, -1, 700, -700];
const lanes = suite("a lane does not depend on its neighbours");
for (const op of [...sweeps.map((sweep) => sweep.op), Op.Pow, Op.Atan2, Op.Fmod]) {
  for (const dtype of floats) {
    lanes(`${Op[op]} ${DType[dtype]}`, () => {
      const count = op === Op.Pow || op === Op.Atan2 || op === Op.Fmod ? 2 : 1;
      const plain = Array.from({ length: count }, () => someOf(dtype, 500));
      const alone = run(
        op,
        dtype,
        plain.map((values) => ({ dtype, values })),
      );
      const position = plain[0].map((_, i) => 3 * i + (i % 3));
      const mixed = plain.map((values) => {
        const all = Array.from({ length: 3 * values.length }, () => strangers[Math.floor(random() * strangers.length)]);
        values.forEach((x, i) => (all[position[i]] = x));
        return all;
      });
      const among = run(
        op,
        dtype,
        mixed.map((values) => ({ dtype, values })),
      );
      same(
        position.map((at) => among[at]),
        alone,
        `${Op[op]} among others`,
      );
    });
  }
}
lanes.run();

// -- two ops at once

const fused = suite("kernels of two ops");
const place = (slot: number): number => base + slot * SLOT;
const view = (dtype: DType, slot: number, n: number) => new arrays[dtype](core.memory.buffer, place(slot), n);

const firsts = [Op.Add, Op.Sub, Op.Mul];
const seconds: [name: string, op: Op, of: (t: Operand, c: Operand) => Operand[]][] = [
  ["t + c", Op.Add, (t, c) => [t, c]],
  ["t - c", Op.Sub, (t, c) => [t, c]],
  ["c - t", Op.Sub, (t, c) => [c, t]],
  ["t·c", Op.Mul, (t, c) => [t, c]],
  ["t²", Op.Mul, (t) => [t, t]],
];
for (const dtype of floats) {
  firsts.forEach((first, i) =>
    seconds.forEach(([name, second, of], k) =>
      fused(`runPair t = ${Op[first]}(a, b), ${name}, ${DType[dtype]}: the bits of two instructions`, () => {
        for (const n of [...Array.from({ length: 17 }, (_, i) => i + 1), 1000]) {
          const operands = [0, 1, 2].map(() => ({ dtype, values: someOf(dtype, n) }));
          const t = { dtype, values: Array.from(run(first, dtype, operands.slice(0, 2))) };
          const wanted = run(second, dtype, of(t, operands[2]));
          for (const dst of [3, 0, 1, 2]) {
            new Uint8Array(core.memory.buffer, place(3), 8 * n + 64).fill(0xa5);
            operands.forEach(({ values }, slot) => view(dtype, slot, n).set(values));
            core.runPair(i * seconds.length + k, dtype, place(dst), place(0), place(1), place(2), n);
            same(view(dtype, dst, n), wanted, `${name} into ${dst}`);
            const written = Math.ceil((n * arrays[dtype].BYTES_PER_ELEMENT) / 16) * 16;
            if (dst === 3) assert.is(new Uint8Array(core.memory.buffer, place(3) + written, 1)[0], 0xa5);
          }
        }
      }),
    ),
  );
}
fused.run();
