// The primitives in the plainest JavaScript: what one node computes from its inputs' elements, in float64, and how far the
// core may be from it. An op that is missing here fails by its name.
import { DType } from "../../assembly/abi/opcodes";
import { flatIndex, positions } from "../primitives/reference";
import { elementwise } from "../primitives/rows";
import type { GraphNode } from "./graph";
import { fftResults } from "./reference-fft";
import { linalgResults, linalgRules } from "./reference-linalg";
import { spectralResults, spectralRules } from "./reference-spectral";
import { scanResults, scanRules } from "./reference-scan";
import { specialValues } from "./special";

export interface Values {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly data: readonly number[];
}
/** What a node should hold; `scale` is what rounding errors are relative to, where that is not the element itself. */
export interface Expected {
  readonly data: readonly number[];
  readonly scale?: readonly number[];
  /** How much less exact than a rounding or two. */
  readonly slack?: number;
}

const SQRT_PI = Math.sqrt(Math.PI);
/** exp(-x²), with the square's rounding error put back. */
function gauss(x: number): number {
  if (Math.abs(x) > 40) return 0;
  const head = Math.fround(x);
  return Math.exp(-head * head) * Math.exp(-(x - head) * (x + head));
}
/** All terms of one sign (Abramowitz & Stegun 7.1.6), and a continued fraction in the tail (7.1.14). */
function erf(x: number): number {
  if (Math.abs(x) > 1) return Math.sign(x) * (1 - erfc(Math.abs(x)));
  let [term, sum] = [x, x];
  for (let n = 1; n < 200; n++) sum += term *= (2 * x * x) / (2 * n + 1);
  return (2 / SQRT_PI) * gauss(x) * sum;
}
function erfc(x: number): number {
  if (Number.isNaN(x) || x < 1) return x === -Infinity ? 2 : 1 - erf(x);
  let fraction = 0;
  for (let n = 200; n > 0; n--) fraction = n / 2 / (x + fraction);
  return gauss(x) / SQRT_PI / (x + fraction);
}
function erfinv(y: number): number {
  if (!(Math.abs(y) < 1)) return Math.abs(y) === 1 ? y * Infinity : NaN;
  let [low, high] = [0, 7];
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (erf(middle) < Math.abs(y)) low = middle;
    else high = middle;
  }
  return Math.sign(y) * low;
}
const roundEven = (x: number): number => {
  const rounded = Math.round(x);
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
};

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

type Unary = (x: number) => number;
const unary: Record<string, Unary> = {
  Neg: (x) => -x,
  Abs: Math.abs,
  // 0 for NaN, as in torch
  Sign: (x) => Number(x > 0) - Number(x < 0),
  Floor: Math.floor,
  Ceil: Math.ceil,
  Round: roundEven,
  Trunc: Math.trunc,
  Exp: Math.exp,
  Exp2: (x) => Math.pow(2, x),
  Expm1: Math.expm1,
  Log: Math.log,
  Log2: Math.log2,
  Log10: Math.log10,
  Log1p: Math.log1p,
  Sqrt: Math.sqrt,
  Root: Math.sqrt,
  Rsqrt: (x) => 1 / Math.sqrt(x),
  Reciprocal: (x) => 1 / x,
  Sin: Math.sin,
  Cos: Math.cos,
  Tan: Math.tan,
  Asin: Math.asin,
  Acos: Math.acos,
  Atan: Math.atan,
  Sinh: Math.sinh,
  Cosh: Math.cosh,
  Tanh: Math.tanh,
  Asinh: Math.asinh,
  Acosh: Math.acosh,
  Atanh: Math.atanh,
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  Softplus: softplus,
  Erf: erf,
  Erfc: erfc,
  Erfinv: erfinv,
  LogicalNot: (x) => Number(x === 0),
};

/** C's pow: 1 to any power is 1, and so is -1 to an infinite one. */
const pow = (a: number, b: number): number =>
  a === 1 || (a === -1 && !Number.isFinite(b) && b === b) ? 1 : Math.pow(a, b);
function integerPow(a: number, b: number): number {
  if (b < 0) return Math.trunc(Math.pow(a, b));
  let result = 1;
  for (let rest = b, base = a; rest > 0; rest = Math.floor(rest / 2), base = Math.imul(base, base))
    if (rest % 2) result = Math.imul(result, base);
  return result;
}
const remainder = (a: number, b: number): number => {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
};
const largest = (a: number, b: number): number => (Number.isNaN(a) || Number.isNaN(b) ? NaN : a > b ? a : b);
/** ∫₀^∞ tⁿ·exp(-t² - 2xt) dt: n!·√π/2 times e^(x²)·iⁿerfc(x). By the trapezoidal rule in log t, which converges fast. */
function erfcMoment(n: number, x: number): number {
  let sum = 0;
  for (let s = -40; s < 8; s += 1 / 64) {
    const t = Math.exp(s);
    sum += Math.exp((n + 1) * s - t * t - 2 * x * t) / 64;
  }
  return sum;
}
/** iⁿ⁺¹erfc/iⁿerfc; as order -1 erfcx, as order -2 its logarithm. */
function erfcRatio(x: number, order: number): number {
  if (Number.isNaN(x)) return NaN;
  if (order < 0) {
    const erfcx =
      x > 1e6 ? 1 / (Math.sqrt(Math.PI) * x) : x < -27 ? Infinity : erfcMoment(0, x) / (Math.sqrt(Math.PI) / 2);
    return order < -1 ? Math.log(erfcx) : erfcx;
  }
  if (x > 1e6) return 1 / (2 * x);
  // Where erfcx is as good as infinite, by the recurrence of the integrals.
  if (x < -25) return ((order ? 1 / erfcRatio(x, order - 1) : 0) - 2 * x) / (2 * (order + 1));
  return erfcMoment(order + 1, x) / ((order + 1) * erfcMoment(order, x));
}
/** Spherical Bessel functions of the first kind: downwards (Miller), scaled by the larger of j₀ and j₁. */
function sphericalBessel(x: number, order: number): number {
  // sin x / x, which is NaN at infinity, as torch's sinc
  if (x === 0 || !Number.isFinite(x)) return x === 0 ? Number(order === 0) : NaN;
  if (Math.abs(x) > 1e3) return order ? NaN : Math.sin(x) / x;
  const values: number[] = [];
  for (let k = Math.ceil(Math.abs(x)) + order + 60, above = 0, here = 1e-280; k >= 0; k--) {
    values[k] = here;
    [above, here] = [here, ((2 * k + 1) / x) * here - above];
    if (Math.abs(here) < 1e250) continue;
    values.forEach((value, i) => (values[i] = value * 1e-250));
    [above, here] = [above * 1e-250, here * 1e-250];
  }
  const exact = [
    Math.sin(x) / x,
    Math.abs(x) < 0.1 ? x / 3 - x ** 3 / 30 + x ** 5 / 840 : (Math.sin(x) / x - Math.cos(x)) / x,
  ];
  const by = Math.abs(exact[0]) > Math.abs(exact[1]) ? 0 : 1;
  return (values[order] / values[by]) * exact[by];
}
const logistic = (x: number): number => Math.exp(-Math.abs(x)) / (1 + Math.exp(-Math.abs(x))) ** 2;
type Binary = (a: number, b: number, isInt: boolean) => number;
const binary: Record<string, Binary> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b, isInt) => (isInt ? Math.imul(a, b) : a * b),
  Div: (a, b) => a / b,
  Pow: (a, b, isInt) => (isInt ? integerPow(a, b) : pow(a, b)),
  Maximum: largest,
  Minimum: (a, b) => -largest(-a, -b),
  Fmod: (a, b) => a % b,
  Remainder: remainder,
  Atan2: Math.atan2,
  XLogY: (a, b) => (a === 0 && (b <= 0 || b === Infinity) ? 0 : a * Math.log(b)),
  // By the function's value, as given, while that says enough.
  TanhSlope: (a, b) => (1 - b * b < 1 / 16 ? 4 * logistic(2 * a) : 1 - b * b),
  SigmoidSlope: (a, b) => (b > 15 / 16 ? logistic(a) : b * (1 - b)),
  RootSlope: (a, b) => (b === 0 ? 0 : a / (2 * Math.sqrt(b))),
  Eq: (a, b) => Number(a === b),
  Ne: (a, b) => Number(a !== b),
  Lt: (a, b) => Number(a < b),
  Le: (a, b) => Number(a <= b),
  Gt: (a, b) => Number(a > b),
  Ge: (a, b) => Number(a >= b),
  LogicalAnd: (a, b) => Number(a && b),
  LogicalOr: (a, b) => Number(a || b),
  LogicalXor: (a, b) => Number(a !== b),
};

/** A float as a dtype holds it: int32 saturates, NaN is 0 there. */
function converted(x: number, dtype: DType): number {
  if (dtype === DType.Bool) return Number(x !== 0);
  if (dtype === DType.Int32) return Number.isNaN(x) ? 0 : Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(x)));
  return dtype === DType.Float32 ? Math.fround(x) : x;
}

const fill = (shape: readonly number[], f: (position: number[]) => number): number[] => Array.from(positions(shape), f);
const get = (x: Values, position: readonly number[]): number => x.data[flatIndex(position, x.shape)];
const has = (set: number, dim: number): boolean => ((set >> dim) & 1) === 1;

/** The positions of x that go into each element of a reduction, by its flat index. */
function groups(x: Values, set: number): number[][] {
  const kept = x.shape.map((size, i) => (has(set, i) ? 1 : size));
  const lists: number[][] = Array.from({ length: kept.reduce((a, b) => a * b, 1) }, () => []);
  let flat = 0;
  for (const position of positions(x.shape))
    lists[flatIndex(position.map((i, d) => (has(set, d) ? 0 : i)), kept)].push(flat++); // prettier-ignore
  return lists;
}
const beats = (a: number, b: number, sign: number): boolean => Number.isNaN(b) ? false : Number.isNaN(a) || sign * (a - b) > 0; // prettier-ignore

type Rule = (n: GraphNode, inputs: readonly Values[], call: GraphNode) => Expected;
const exact = (data: readonly number[]): Expected => ({ data, slack: 0 });

const reduction =
  (fold: (list: number[], isInt: boolean) => number, scaled: (list: number[]) => number): Rule =>
  (n, [x]) => {
    const lists = groups(x, n.attributes[0]).map((list) => list.map((i) => x.data[i]));
    const isInt = x.dtype <= DType.Int32;
    return { data: lists.map((list) => fold(list, isInt)), scale: lists.map(scaled), slack: 8 };
  };
const extreme =
  (sign: number, isArg: boolean): Rule =>
  (n, [x]) =>
    exact(
      groups(x, n.attributes[0]).map((list) => {
        let best = 0;
        list.forEach((at, i) => {
          if (beats(x.data[at], x.data[list[best]], sign)) best = i;
        });
        return isArg ? best : x.data[list[best]];
      }),
    );
const sumOf = (list: number[], isInt: boolean): number => list.reduce((a, b) => (isInt ? (a + b) | 0 : a + b), 0);
const magnitude = (list: number[]): number => list.reduce((a, b) => a + Math.abs(b), 0);
const productOf = (list: number[], isInt: boolean): number =>
  list.reduce((a, b) => (isInt ? Math.imul(a, b) : a * b), 1);

/** Sums of products, with the sum of their magnitudes. */
function contraction(n: GraphNode, terms: (position: number[]) => Iterable<[number, number]>): Expected {
  const [data, scale]: [number[], number[]] = [[], []];
  const isInt = n.dtype === DType.Int32;
  for (const position of positions(n.shape)) {
    let [sum, size] = [0, 0];
    for (const [a, b] of terms(position)) {
      sum = isInt ? (sum + Math.imul(a, b)) | 0 : sum + a * b;
      size += Math.abs(a * b);
    }
    data.push(sum);
    scale.push(size);
  }
  return { data, scale, slack: 8 };
}

function convolve(n: GraphNode, [x, w]: readonly Values[]): Expected {
  const count = n.shape.length - 3;
  const axes = Array.from({ length: count }, (_, d) => n.attributes.slice(1 + 5 * d, 6 + 5 * d));
  return contraction(n, function* (position) {
    const [group, batch, output] = n.attributes[0] ? [position[1], position[0], position[2]] : [position[0], position[2], position[1]]; // prettier-ignore
    for (let channel = 0; channel < x.shape[2]; channel++)
      for (const tap of positions(w.shape.slice(3))) {
        const at = axes.map(([stride, low, , dilation, tapDilation], d) => {
          const place = position[3 + d] * stride - low + tap[d] * tapDilation;
          return place % dilation === 0 ? place / dilation : -1;
        });
        if (at.some((i, d) => i < 0 || i >= x.shape[3 + d])) continue;
        yield [get(x, [group, batch, channel, ...at]), get(w, [group, output, channel, ...tap])];
      }
  });
}

const rules: Record<string, Rule> = {
  SphericalBessel: (_, [x, order]) => {
    const data = x.data.map((value, i) => sphericalBessel(value, order.data[i]));
    return {
      data,
      scale: x.data.map((value, i) => Math.max(Math.abs(data[i]), 1 / (1 + Math.abs(value)))),
      slack: 1000,
    };
  },
  ErfcRatio: (_, [x, order]) => {
    const data = x.data.map((value, i) => erfcRatio(value, order.data[i]));
    // A logarithm of nearly 1 is as exact as the 1.
    return { data, scale: data.map((value, i) => Math.max(Math.abs(value), order.data[i] < -1 ? 1 : 0)), slack: 1000 };
  },
  Full: (n) => exact(fill(n.shape, () => n.value)),
  Iota: ({ shape, dtype, numbers: [start, step] }) => ({
    data: fill(shape, ([i]) => (dtype === DType.Int32 ? Math.trunc(start + i * step) : start + i * step)),
    slack: 1,
  }),
  Alias: (_, [x]) => exact(x.data),
  Detach: (_, [x]) => exact(x.data),
  Require: (_, [x]) => exact(x.data),
  Cast: (n, [x]) => exact(x.data.map((value) => converted(value, n.dtype))),
  Where: (_, [condition, a, b]) => exact(condition.data.map((is, i) => (is ? a.data[i] : b.data[i]))),
  Sum: reduction(sumOf, magnitude),
  Prod: reduction(productOf, (list) => Math.abs(productOf(list, false)) * (list.length + 1)),
  Amax: extreme(1, false),
  Amin: extreme(-1, false),
  Argmax: extreme(1, true),
  Argmin: extreme(-1, true),
  Reshape: (_, [x]) => exact(x.data),
  Permute: (n, [x]) =>
    exact(
      fill(n.shape, (position) => {
        const from: number[] = [];
        n.attributes.forEach((dim, i) => (from[dim] = position[i]));
        return get(x, from);
      }),
    ),
  Expand: (n, [x]) => {
    const lead = n.shape.length - x.shape.length;
    return exact(fill(n.shape, (position) => get(x, x.shape.map((size, d) => (size === 1 ? 0 : position[lead + d]))))); // prettier-ignore
  },
  Slice: (n, [x]) => {
    const { length } = n.shape;
    return exact(fill(n.shape, (position) => get(x, position.map((i, d) => n.attributes[d] + i * n.attributes[length + d])))); // prettier-ignore
  },
  Flip: (n, [x]) =>
    exact(fill(n.shape, (position) => get(x, position.map((i, d) => (has(n.attributes[0], d) ? n.shape[d] - 1 - i : i))))), // prettier-ignore
  Pad: (n, [x]) => {
    const { length } = n.shape;
    return exact(
      fill(n.shape, (position) => {
        const from = position.map((i, d) => (i - n.attributes[d]) / (n.attributes[2 * length + d] + 1));
        return from.every((i, d) => Number.isInteger(i) && i >= 0 && i < x.shape[d]) ? get(x, from) : n.value;
      }),
    );
  },
  Concat: (n, inputs) => {
    const axis = n.attributes[0];
    return exact(
      fill(n.shape, (position) => {
        const at = [...position];
        const from = inputs.find((x) => at[axis] < x.shape[axis] || ((at[axis] -= x.shape[axis]), false))!;
        return get(from, at);
      }),
    );
  },
  Gather: (n, [x, index]) => {
    const axis = n.attributes[0];
    return exact(fill(n.shape, (position) => get(x, position.map((i, d) => (d === axis ? get(index, position) : i))))); // prettier-ignore
  },
  ScatterAdd: (n, [base, index, src]) => {
    const [data, scale] = [[...base.data], base.data.map(Math.abs)];
    for (const position of positions(index.shape)) {
      const to = flatIndex(position.map((i, d) => (d === n.attributes[0] ? get(index, position) : i)), n.shape); // prettier-ignore
      const value = get(src, position);
      data[to] = n.dtype === DType.Int32 ? (data[to] + value) | 0 : n.dtype === DType.Bool ? Number(data[to] || value) : data[to] + value; // prettier-ignore
      scale[to] += Math.abs(value);
    }
    return { data, scale, slack: 8 };
  },
  LastWriter: (n, [index]) => {
    const data = fill(n.shape, () => -1);
    for (const position of positions(index.shape)) {
      const axis = n.attributes[0];
      const to = flatIndex(position.map((i, d) => (d === axis ? get(index, position) : i)), n.shape); // prettier-ignore
      data[to] = Math.max(data[to], position[axis]);
    }
    return exact(data);
  },
  Argsort: (n, [x]) => exact(sorted(n, x, n.attributes).map(([, at]) => at)),
  Matmul: (n, [a, b]) =>
    contraction(n, function* (position) {
      const [batch, i, j] = [position.slice(0, -2), position.at(-2)!, position.at(-1)!];
      for (let k = 0; k < a.shape.at(-1)!; k++) yield [get(a, [...batch, i, k]), get(b, [...batch, k, j])];
    }),
  Convolution: convolve,
  ...linalgRules,
  ...spectralRules,
  ...scanRules,
};
/** Of each place of n along the sorted dim the element and its position: attributes are the dim, whether it descends, the first place. */
function sorted(n: GraphNode, x: Values, [axis, isDescending, first = 0]: readonly number[]): [number, number][] {
  const rank = (value: number): number => (Number.isNaN(value) ? 1 : 0);
  const compare = (a: number, b: number): number => rank(a) - rank(b) || (rank(a) ? 0 : a < b ? -1 : a > b ? 1 : 0);
  return Array.from(positions(n.shape), (position): [number, number] => {
    const row = Array.from({ length: n.shape.length ? x.shape[axis] : 1 }, (_, i) => get(x, position.map((at, d) => (d === axis ? i : at)))); // prettier-ignore
    const order = row.map((_, i) => i).sort((i, j) => (isDescending ? compare(row[j], row[i]) : compare(row[i], row[j])) || i - j); // prettier-ignore
    const at = order[first + (position[axis] ?? 0)];
    return [row[at], at];
  });
}
/** The results of calls, which have several: of output n of the call. */
const results: Record<string, (n: GraphNode, inputs: readonly Values[], call: GraphNode) => Expected> = {
  ...linalgResults,
  ...fftResults,
  ...spectralResults,
  ...scanResults,
  Sort: (n, [x], call) => exact(sorted(n, x, call.attributes.slice(1 + call.attributes[0])).map((pair) => pair[n.attributes[0]])), // prettier-ignore
};
export const isCall = (op: string): boolean => Object.hasOwn(results, op);
/** Ops whose values come from elsewhere: data, draws, and what users' functions give. */
export const given = new Set(["Data", "Random", "Placeholder", "CustomCall", "Saved", "Model", "Probe"]);

/** Ops of which no formula tells: they are held by what is made of them (tests/ops/spectral-ties.test.ts). */
export const untold = new Set(["Pull", "Turn", "Within"]);

/** What node n should hold; n may be an output of a call that was given the inputs. */
export function reference(n: GraphNode, inputs: readonly Values[], call?: GraphNode): Expected {
  if (call) return results[call.op](n, inputs, call);
  const isInt = inputs[0]?.dtype <= DType.Int32;
  if (Object.hasOwn(unary, n.op)) {
    const data = inputs[0].data.map(unary[n.op]);
    return {
      data: isInt && n.dtype === DType.Int32 ? data.map((value) => value | 0) : data,
      slack: n.op === "Erfinv" ? 1e6 : n.op === "Erfc" ? 1000 : 4,
    };
  }
  if (Object.hasOwn(binary, n.op)) {
    const f = binary[n.op];
    const isBool = n.dtype === DType.Bool;
    const values = inputs[0].data.map((a, i) => f(a, inputs[1].data[i], isInt));
    const data = isBool ? values.map((value) => Number(value !== 0)) : values;
    return {
      data: isInt && n.dtype === DType.Int32 ? data.map((value) => value | 0) : data,
      slack: n.op === "Pow" ? 8 : 4,
    };
  }
  if (Object.hasOwn(specialValues, n.op)) {
    const values = inputs[0].data.map((_, i) => specialValues[n.op](...inputs.map(({ data }) => data[i])));
    return { data: values.map(([value]) => value), scale: values.map(([, scale]) => scale), slack: 1e5 };
  }
  const row = elementwise.find(({ op, value }) => op === n.op && value);
  if (row) return { data: inputs[0].data.map((_, i) => row.value!(...inputs.map(({ data }) => data[i]))), slack: 4 };
  if (!Object.hasOwn(rules, n.op))
    throw new Error(`neither tests/fuzz/reference.ts nor a row of tests/primitives/rows.ts knows what ${n.op} gives`);
  return rules[n.op](n, inputs, n);
}

const show = (x: number): string => (Object.is(x, -0) ? "-0" : String(x));
/** Why the elements of a node are not what is expected, or null. */
export function mismatch(n: GraphNode, got: readonly number[], { data, scale, slack = 1 }: Expected): string | null {
  if (got.length !== data.length) return `${got.length} elements, expected ${data.length}`;
  const isFloat = n.dtype >= DType.Float32;
  // Zeros have a sign, but not in a sum, which may begin with 0 or with its first term; of two zeros either is the larger.
  const isSigned = isFloat && !scale && n.op !== "Maximum" && n.op !== "Minimum";
  const [epsilon, least, most] = n.dtype === DType.Float32 ? [2 ** -23, 1e-43, 3.4e38] : [2 ** -52, 1e-306, 1.7e308];
  for (let i = 0; i < data.length; i++) {
    const [value, want] = [got[i], n.dtype === DType.Float32 ? Math.fround(data[i]) : data[i]];
    if (Object.is(value, want) || (value === want && (value !== 0 || !isSigned))) continue;
    if (isFloat && slack) {
      const size = scale ? scale[i] : Math.abs(want);
      // Sums of what is infinite or overflows on the way depend on their order.
      if (scale && !(size < most)) continue;
      if (value !== want && Math.abs(value - want) <= slack * epsilon * size * (scale ? 4 : 1) + least) continue;
      // The last finite numbers may round to infinity.
      if (Math.abs(want) > most * (1 - 8 * epsilon) && Math.abs(value) > most * (1 - 8 * epsilon)) continue;
    }
    return `element ${i} is ${show(value)}, expected ${show(want)}`;
  }
  return null;
}
