// References for float64 kernels: fixed-point BigInt arithmetic with 256 fraction bits, so errors are far below 1 ulp of any
// value that the tests ask for (2^-60 and more in magnitude, or scaled by an exact power of two).

const BITS = 256n;
const ONE = 1n << BITS;

/** mantissa · 2^exponent, exactly. */
export interface Big {
  readonly m: bigint;
  readonly e: number;
}

const buffer = new DataView(new ArrayBuffer(8));

export function fromNumber(x: number): Big {
  buffer.setFloat64(0, x);
  const bits = buffer.getBigUint64(0);
  const field = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const m = field ? fraction | (1n << 52n) : fraction;
  return { m: x < 0 ? -m : m, e: (field || 1) - 1075 };
}

const shifted = (m: bigint, by: number): bigint => (by >= 0 ? m << BigInt(by) : m >> BigInt(-by));
const fixed = (x: Big): bigint => shifted(x.m, x.e + 256);
const big = (m: bigint, exponent = 0): Big => ({ m, e: exponent - 256 });
const mul = (a: bigint, b: bigint): bigint => (a * b) >> BITS;
const div = (a: bigint, b: bigint): bigint => (a << BITS) / b;
const magnitude = (x: bigint): bigint => (x < 0n ? -x : x);
const bitLength = (x: bigint): number => magnitude(x).toString(16).length * 4;

function sqrtInteger(x: bigint): bigint {
  if (x < 2n) return x;
  let y = 1n << BigInt((bitLength(x) >> 1) + 1);
  for (;;) {
    const next = (y + x / y) >> 1n;
    if (next >= y) return y;
    y = next;
  }
}
const sqrt = (x: bigint): bigint => sqrtInteger(x << BITS);

/** Machin's formula, to `bits` fraction bits. */
function computePi(bits: bigint): bigint {
  const inverse = (n: bigint): bigint => {
    let power = (1n << bits) / n;
    let sum = 0n;
    for (let k = 1n; power; k += 2n, power /= -n * n) sum += power / k;
    return sum;
  };
  return 4n * (4n * inverse(5n) - inverse(239n));
}
const PI_LONG = computePi(1400n);
const PI_ONE = 1n << 1400n;
/**
 * Numbers m·2^exponent, m below 2^bits, that are nearer to multiples of π/2 than others of their size: m / n is a convergent of the
 * continued fraction of π/2 · 2^-exponent.
 */
export function nearMultiples(bits: number, exponent: number): number[] {
  let [a, b] =
    exponent < 0 ? [PI_LONG << BigInt(-exponent), 2n * PI_ONE] : [PI_LONG, (2n * PI_ONE) << BigInt(exponent)];
  let [before, m] = [0n, 1n];
  const found: number[] = [];
  while (b) {
    const quotient = a / b;
    [a, b] = [b, a - quotient * b];
    [before, m] = [m, quotient * m + before];
    if (m >> BigInt(bits)) break;
    found.push(Number(m) * 2 ** exponent);
  }
  return found.slice(-3);
}
const PI = PI_LONG >> (1400n - BITS);

/** 2·atanh(s), for |s| <= 1/3. */
function atanhTwice(s: bigint): bigint {
  const z = mul(s, s);
  let power = s;
  let sum = 0n;
  for (let k = 1n; magnitude(power) > 1n; k += 2n, power = mul(power, z)) sum += power / k;
  return 2n * sum;
}
const LN2 = atanhTwice(ONE / 3n);
const LN10 = 3n * LN2 + atanhTwice(ONE / 9n);

/** e^x as fixed point times 2^k. */
function expParts(x: bigint): { value: bigint; k: number } {
  const k = (x + LN2 / 2n) / LN2;
  // r / 2^8, and eight squarings.
  const r = (x - k * LN2) >> 8n;
  let term = ONE;
  let sum = ONE;
  for (let i = 1n; magnitude(term) > 1n; i++) {
    term = mul(term, r) / i;
    sum += term;
  }
  for (let i = 0; i < 8; i++) sum = mul(sum, sum);
  return { value: sum, k: Number(k) };
}
const expOf = (x: bigint): Big => {
  const { value, k } = expParts(x);
  return big(value, k);
};

/** log of a positive m·2^e. */
function logOf(x: Big): bigint {
  const length = bitLength(x.m);
  const k = x.e + length;
  const u = shifted(x.m, 256 - length);
  // u lies within [1/16, 1): a square root or two bring it near 1.
  const root = sqrt(sqrt(u));
  return 4n * atanhTwice(div(root - ONE, root + ONE)) + BigInt(k) * LN2;
}

function quadrantOf(x: Big): { n: number; r: bigint } {
  const bits = 1400n;
  const value = shifted(x.m, x.e + 1400);
  const half = PI_LONG / 2n;
  let n = value / half;
  let r = value - n * half;
  if (r < 0n) {
    r += half;
    n -= 1n;
  }
  if (2n * r > half) {
    r -= half;
    n += 1n;
  }
  return { n: Number(((n % 4n) + 4n) % 4n), r: r >> (bits - BITS) };
}
function sinSeries(r: bigint, first: bigint, start: bigint): bigint {
  const z = mul(r, r);
  let term = first;
  let sum = 0n;
  for (let i = start; term; i += 2n) {
    sum += term;
    term = -mul(term, z) / (i * (i + 1n));
    if (magnitude(term) <= 1n) break;
  }
  return sum;
}
function sinTurned(x: Big, turn: number): bigint {
  const { n, r } = quadrantOf(x);
  const quadrant = (n + turn) & 3;
  const value = quadrant & 1 ? sinSeries(r, ONE, 1n) : sinSeries(r, r, 2n);
  return quadrant & 2 ? -value : value;
}

/** atan of fixed point: halved three times, then the series. */
function atanOf(x: bigint): bigint {
  if (magnitude(x) > ONE) return (x > 0n ? PI / 2n : -PI / 2n) - atanOf(div(ONE, x));
  let t = x;
  for (let i = 0; i < 3; i++) t = div(t, ONE + sqrt(ONE + mul(t, t)));
  const z = mul(t, t);
  let power = t;
  let sum = 0n;
  for (let k = 1n; magnitude(power) > 1n; k += 2n, power = -mul(power, z)) sum += power / k;
  return 8n * sum;
}

/** 2/√π·e^(-x²)·Σ 2^n x^(2n+1) / (2n+1)!!: no cancellation. */
function erfOf(x: bigint): bigint {
  const z = mul(x, x);
  let term = x;
  let sum = 0n;
  for (let n = 1n; term; n++) {
    sum += term;
    term = (2n * mul(term, z)) / (2n * n + 1n);
    if (magnitude(term) <= 1n) break;
  }
  const { value, k } = expParts(-z);
  return div(2n * shifted(mul(sum, value), k), sqrt(PI));
}

/** erfc of large x: e^(-x²) / (x·√π·(1 + a/(1 + 2a/(1 + 3a/…)))) with a = 1/(2x²). */
function erfcFar(x: bigint): Big {
  const z = mul(x, x);
  const a = div(ONE, 2n * z);
  let fraction = ONE;
  for (let k = 120n; k; k--) fraction = ONE + div(k * a, fraction);
  const { value, k } = expParts(-z);
  return { m: (value << 512n) / (mul(mul(x, sqrt(PI)), fraction) << BITS), e: k - 256 };
}

const fixedOf = (x: number): bigint => fixed(fromNumber(x));
const log1pOf = (x: bigint): bigint => logOf(big(ONE + x));
const addBig = (a: Big, b: Big): Big => {
  const e = Math.min(a.e, b.e);
  return { m: shifted(a.m, a.e - e) + shifted(b.m, b.e - e), e };
};
const halfExp = (x: number): Big => {
  const y = expOf(fixedOf(x));
  return { m: y.m, e: y.e - 1 };
};
const negated = (x: Big): Big => ({ m: -x.m, e: x.e });

export const reference: Readonly<Record<string, (x: number) => Big>> = {
  Exp: (x) => expOf(fixedOf(x)),
  Exp2: (x) => {
    const n = Math.floor(x);
    const y = expOf(mul(fixedOf(x - n), LN2));
    return { m: y.m, e: y.e + n };
  },
  Expm1: (x) => addBig(expOf(fixedOf(x)), big(-ONE)),
  Log: (x) => big(logOf(fromNumber(x))),
  Log2: (x) => big(div(logOf(fromNumber(x)), LN2)),
  Log10: (x) => big(div(logOf(fromNumber(x)), LN10)),
  Log1p: (x) => big(log1pOf(fixedOf(x))),
  Rsqrt: (x) => {
    const { m, e } = fromNumber(x);
    const odd = BigInt(e & 1);
    return big(div(ONE, sqrt((m << odd) << BITS)), (Number(odd) - e) / 2);
  },
  Sin: (x) => big(sinTurned(fromNumber(x), 0)),
  Cos: (x) => big(sinTurned(fromNumber(x), 1)),
  Tan: (x) => big(div(sinTurned(fromNumber(x), 0), sinTurned(fromNumber(x), 1))),
  Asin: (x) => {
    const f = fixedOf(x);
    return big(atanOf(div(f, sqrt(mul(ONE - f, ONE + f)))));
  },
  Acos: (x) => {
    const f = fixedOf(x);
    return big(2n * atanOf(sqrt(div(ONE - f, ONE + f))));
  },
  Atan: (x) => big(atanOf(fixedOf(x))),
  Sinh: (x) => addBig(halfExp(x), negated(halfExp(-x))),
  Cosh: (x) => addBig(halfExp(x), halfExp(-x)),
  Tanh: (x) => {
    const e = fixed(expOf(-2n * magnitude(fixedOf(x))));
    const y = div(ONE - e, ONE + e);
    return big(x < 0 ? -y : y);
  },
  Asinh: (x) => {
    const f = magnitude(fixedOf(x));
    const y = logOf(big(f + sqrt(mul(f, f) + ONE)));
    return big(x < 0 ? -y : y);
  },
  Acosh: (x) => {
    const f = fixedOf(x);
    return big(logOf(big(f + sqrt(mul(f, f) - ONE))));
  },
  Atanh: (x) => {
    const f = fixedOf(x);
    return big((logOf(big(ONE + f)) - logOf(big(ONE - f))) / 2n);
  },
  Sigmoid: (x) => {
    const e = expOf(-magnitude(fixedOf(x)));
    const s = ONE + fixed(e);
    return x < 0 ? { m: (e.m << BITS) / s, e: e.e } : big(div(ONE, s));
  },
  Softplus: (x) => {
    const y = logOf(big(ONE + fixed(expOf(-magnitude(fixedOf(x))))));
    return x < -40 ? expOf(fixedOf(x)) : big(x > 0 ? fixedOf(x) + y : y);
  },
  Erf: (x) => big(erfOf(fixedOf(x))),
  Erfc: (x) => (x > 6 ? erfcFar(fixedOf(x)) : big(ONE - erfOf(fixedOf(x)))),
};

/** x times the derivative at 0 where that is all of the function that shows, for |x| < 2^-70 and odd functions. */
const slopes: Readonly<Record<string, bigint>> = {
  ...Object.fromEntries(
    ["Expm1", "Log1p", "Sin", "Tan", "Asin", "Atan", "Sinh", "Tanh", "Asinh", "Atanh"].map((name) => [name, ONE]),
  ),
  Erf: div(2n * ONE, sqrt(PI)),
  Erfinv: sqrt(PI) / 2n,
};
const step = (low: number, high: number) => (x: number) => (x > 0 ? high : low);
/** The values of the functions that come to an end, beyond it. */
const ends: Readonly<Record<string, (x: number) => number>> = {
  Exp: step(0, Infinity),
  Exp2: step(0, Infinity),
  Expm1: step(-1, Infinity),
  Sinh: step(-Infinity, Infinity),
  Cosh: step(Infinity, Infinity),
  Tanh: step(-1, 1),
  Sigmoid: step(0, 1),
  Softplus: (x) => Math.max(x, 0),
  Erf: step(-1, 1),
  Erfc: step(2, 0),
};
const isAtEnd = (name: string, x: number): boolean =>
  name in ends && Math.abs(x) >= (name === "Erf" || (name === "Erfc" && x < 0) ? 7 : name === "Erfc" ? 28 : 2 ** 11);
/** Where the functions are not defined. */
const undefinedAt: Readonly<Record<string, (x: number) => boolean>> = {
  Log: (x) => x < 0,
  Log2: (x) => x < 0,
  Log10: (x) => x < 0,
  Log1p: (x) => x < -1,
  Rsqrt: (x) => x < 0,
  Asin: (x) => Math.abs(x) > 1,
  Acos: (x) => Math.abs(x) > 1,
  Atanh: (x) => Math.abs(x) > 1,
  Erfinv: (x) => Math.abs(x) > 1,
  Acosh: (x) => x < 1,
};

/** The error of a float64 result in ulp, for every finite x but 0 and the poles. */
export function errorAnywhere(name: string, x: number, got: number): number {
  if (undefinedAt[name]?.(x)) return Number.isNaN(got) ? 0 : Infinity;
  const exact = fromNumber(x);
  if (name in slopes && Math.abs(x) < 2 ** -70) return ulpError(got, { m: exact.m * slopes[name], e: exact.e - 256 });
  if (isAtEnd(name, x)) return got === ends[name](x) ? 0 : Infinity;
  return name === "Erfinv" ? erfinvError(got, x) : ulpError(got, reference[name](x));
}

export const powReference = (a: number, b: number): Big => expOf(mul(logOf(fromNumber(a)), fixedOf(b)));

export function atan2Reference(y: number, x: number): Big {
  const [top, bottom] = [fromNumber(y), fromNumber(x)];
  const t = atanOf(shifted((top.m << 512n) / bottom.m, top.e - bottom.e - 256));
  return big(x > 0 ? t : y > 0 ? t + PI : t - PI);
}

/** How far y is from erf^-1(x), in ulps of y: (erf y - x) / erf'(y). */
export function erfinvError(y: number, x: number): number {
  const f = fixedOf(y);
  const slope = (2n * mul(fixed(expOf(-mul(f, f))), ONE)) as bigint;
  const delta = div(mul(erfOf(f) - fixedOf(x), sqrt(PI)), slope);
  return Math.abs(toNumber(big(delta))) / ulp(y);
}

/** The nearest double, or close to it: for display and for ratios. */
export function toNumber(x: Big): number {
  const length = bitLength(x.m);
  const cut = Math.max(0, length - 64);
  const e = x.e + cut;
  const half = Math.trunc(e / 2);
  return Number(x.m >> BigInt(cut)) * 2 ** half * 2 ** (e - half);
}

/** The distance of neighbours in f64 just above |x|. */
function ulp(x: number): number {
  const { e } = fromNumber(x);
  return 2 ** e;
}

/** |got - wanted| in ulps of the wanted value; subnormals count in 2^-1074. */
export function ulpError(got: number, wanted: Big): number {
  const rounded = toNumber(wanted);
  if (!Number.isFinite(rounded) || !Number.isFinite(got)) return Object.is(rounded, got) ? 0 : Infinity;
  const difference = addBig(fromNumber(got), negated(wanted));
  const unit = fromNumber(rounded).e;
  return Math.abs(toNumber({ m: difference.m, e: difference.e - unit }));
}
