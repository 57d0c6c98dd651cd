// Special functions by their plainest formulas: sums and integrals, in float64.

/** ∫f over (-∞, ∞) by the trapezoidal rule, which is exact to rounding for what falls off fast at both ends. */
function whole(f: (u: number) => number, low: number, high: number, steps = 4000): number {
  const h = (high - low) / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) sum += f(low + i * h);
  return sum * h;
}
function simpson(f: (t: number) => number, low: number, high: number, steps: number): number {
  const h = (high - low) / steps;
  let sum = f(low) + f(high);
  for (let i = 1; i < steps; i++) sum += (i % 2 ? 4 : 2) * f(low + i * h);
  return (sum * h) / 3;
}
const sign = (n: number): number => (n % 2 ? -1 : 1);

/** Stirling's series after x has been moved up. */
function logGamma(x: number): number {
  if (x <= 0 && Number.isInteger(x)) return Infinity;
  if (x < 0.5 && x > -Infinity) return Math.log(Math.PI / Math.abs(sinPi(x))) - logGamma(1 - x);
  if (Math.abs(x) === Infinity) return Infinity;
  let product = 0;
  for (; x < 30; x++) product += Math.log(x);
  const z = 1 / (x * x);
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + (1 / 12 - z * (1 / 360 - z / 1260)) / x - product;
}
const fraction = (x: number): number => x - Math.round(x);
const sinPi = (x: number): number => Math.sin(Math.PI * fraction(x));
function digamma(x: number): number {
  if (x === 0) return Object.is(x, 0) ? -Infinity : Infinity;
  if (x < 0)
    return Number.isInteger(x) || x === -Infinity ? NaN : digamma(1 - x) - Math.PI / Math.tan(Math.PI * fraction(x));
  let sum = 0;
  for (; x < 30; x++) sum -= 1 / x;
  const z = 1 / (x * x);
  return sum + Math.log(x) - 0.5 / x - z * (1 / 12 - z * (1 / 120 - z / 252));
}
/** Σ (q + k)⁻ˢ: so many terms, and the Euler–Maclaurin formula for the rest. */
function zeta(s: number, q: number): number {
  if (!(s >= 1) || Number.isNaN(q)) return NaN;
  if (s === 1) return Infinity;
  if (q <= 0 && (Number.isInteger(q) || q === -Infinity)) return Infinity;
  if (q < 0 && !Number.isInteger(s)) return NaN;
  if (q === Infinity) return 0;
  let sum = 0;
  const end = 40 + s + Math.max(0, -q);
  for (let k = 0; k < end; k++, q++) sum += q < 0 ? sign(s) * (-q) ** -s : q ** -s;
  const z = s / (q * q);
  return sum + q ** -s * (q / (s - 1) + 0.5 + (s / q) * (1 / 12 - ((s + 1) * (s + 2)) / (q * q) / 720 + (z * (s + 1) * (s + 2) * (s + 3) * (s + 4)) / s / (q * q) / 30240)); // prettier-ignore
}
function polygamma(x: number, n: number): number {
  if (n < 1) return n < 0 ? logGamma(x) : digamma(x);
  let factorial = 1;
  for (let k = 2; k <= n; k++) factorial *= k;
  return -sign(n) * factorial * zeta(n + 1, x);
}
const betaln = (a: number, b: number): number =>
  a < 0 || b < 0 ? NaN : a === 0 || b === 0 ? Infinity : logGamma(a) + logGamma(b) - logGamma(a + b);

// Bessel's and Schläfli's integrals (DLMF 10.9, 10.32).
function besselJ(x: number, n: number): number {
  if (Math.abs(x) === Infinity) return 0;
  const steps = Math.ceil(Math.abs(x)) + n + 60;
  let sum = 0;
  for (let i = 0; i < 2 * steps; i++) {
    const t = (Math.PI * i) / steps;
    sum += Math.cos(n * t - x * Math.sin(t));
  }
  return sum / (2 * steps);
}
function besselY(x: number, n: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return 0;
  const end = Math.log(1500 / x + 3 + 4 * n) + 2;
  const near = simpson((t) => Math.sin(x * Math.sin(t) - n * t), 0, Math.PI, 20000);
  const far = simpson(
    (t) => (Math.exp(n * t) + sign(n) * Math.exp(-n * t)) * Math.exp(-x * Math.sinh(t)),
    0,
    end,
    20000,
  );
  return (near - far) / Math.PI;
}
/** Ai or Ai' by Maclaurin's series, and what its terms cancel to. */
function airy(x: number, order: number): SpecialValue {
  const [ai, slope] = [0.35502805388781724, -0.2588194037928068];
  let [value, scale] = [0, 0];
  for (let n = 0, terms = [ai, slope * x, 0]; n < 150; n++) {
    const term = order ? (n * terms[0]!) / x : terms[0]!;
    value += x === 0 && order ? (n === 1 ? slope : 0) : term;
    scale = Math.max(scale, Math.abs(term));
    terms = [terms[1]!, terms[2]!, (terms[0]! * x ** 3) / ((n + 3) * (n + 2))];
  }
  return [value, scale || 1];
}
/** e^(-|x|)·Iₙ(x). */
function scaledBesselI(x: number, n: number): number {
  if (Math.abs(x) === Infinity) return 0;
  const steps = Math.ceil(Math.min(Math.abs(x), 1e6)) + n + 60;
  let sum = 0;
  for (let i = 0; i < 2 * steps; i++) {
    const t = (Math.PI * i) / steps;
    sum += Math.exp(x * Math.cos(t) - Math.abs(x)) * Math.cos(n * t);
  }
  return sum / (2 * steps);
}
/** eˣ·Kₙ(x). */
function scaledBesselK(x: number, n: number): number {
  if (!(x > 0)) return x === 0 ? Infinity : NaN;
  const end = Math.log(1500 / x + 3 + 4 * n) + 2;
  return whole((t) => Math.exp(-2 * x * Math.sinh(t / 2) ** 2) * Math.cosh(n * t), -end, end) / 2;
}

/** xᵃ·e⁻ˣ/Γ(a), as in the integral over log x. */
const gammaDensity = (a: number, x: number): number => Math.exp(a * Math.log(x) - x - logGamma(a));
/** ∫ of g over half a line, in v = e^(s - e⁻ˢ). */
const half = (g: (v: number) => number): number =>
  whole((s) => {
    const v = Math.exp(s - Math.exp(-s));
    return v && v * (1 + Math.exp(-s)) * g(v);
  }, -4, 12); // prettier-ignore
/** P(a, x) or its derivatives by a, or (upper) 1 - P. */
function gammainc(a: number, x: number, order: number, isUpper = false): number {
  if (!(a >= 0) || !(x >= 0) || (a === 0 && x === 0) || (a === Infinity && x === Infinity)) return NaN;
  if ((a === 0 && !order) || x === 0 || a === Infinity || x === Infinity) return order ? 0 : Number((x === 0 || a === Infinity) === isUpper); // prettier-ignore
  // Derivatives at 0 are those next to it.
  a = order ? Math.max(a, 2 ** -60) : a;
  const isRising = x > a || (a < 1 && a * Math.log(x) > -0.7);
  const up = isRising ? 1 : -1;
  const score = (u: number): number => {
    // s² - ψ₁(a) with the score s = r + 1/a
    const r = Math.log(x) + u - digamma(a + 1);
    return order === 0 ? 1 : order === 1 ? r + 1 / a : r * (r + 2 / a) - polygamma(a + 1, 1);
  };
  const value = gammaDensity(a, x) * half((v) => Math.exp(a * up * v - x * Math.expm1(up * v)) * score(up * v));
  if (order) return isRising ? -value : value;
  return isRising === isUpper ? value : 1 - value;
}
const gammaDensityAt = (a: number, x: number): number =>
  !(a >= 0) || !(x >= 0) ? NaN : x === 0 ? (a > 1 ? 0 : a === 1 ? 1 : Infinity) : x === Infinity ? 0 : Math.exp((a - 1) * Math.log(x) - x - logGamma(a + 1)); // prettier-ignore

const isBetaDefined = (a: number, b: number, x: number): boolean =>
  a >= 0 && b >= 0 && a + b > 0 && x >= 0 && x <= 1 && !(a === 0 && x === 0) && !(b === 0 && x === 1);
/** I(a, b, x) or its derivative by the parameters that are named. */
function betainc(a: number, b: number, x: number, by = ""): number {
  if (!isBetaDefined(a, b, x)) return NaN;
  if (x === 0 || x === 1) return by ? 0 : x;
  if ((a === 0 && !by.includes("A")) || (b === 0 && !by.includes("B"))) return by ? 0 : Number(a === 0);
  // Derivatives at 0 are those next to it.
  if (a === 0) a = 1e-9 * Math.min(b, 1);
  if (b === 0) b = 1e-9 * Math.min(a, 1);
  const isRising = x > a / (a + b);
  const up = isRising ? 1 : -1;
  const center = digamma(a + b);
  const density = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - betaln(a, b));
  const value = density * half((v) => {
    const u = up * v;
    // log t and log(1 - t) at the distance u
    const rest = -Math.log1p(x * Math.expm1(Math.min(u, 700))) - Math.max(0, u - 700);
    const scores: Record<string, number> = { A: Math.log(x) + u + rest - digamma(a) + center, B: Math.log1p(-x) + rest - digamma(b) + center }; // prettier-ignore
    const product = [...by].reduce((p, name) => p * scores[name], 1);
    const variance = by.length < 2 ? 0 : polygamma(a + b, 1) - (by === "AB" ? 0 : polygamma(by === "AA" ? a : b, 1));
    return Math.exp(a * (u + rest) + b * rest) * (product + variance);
  }); // prettier-ignore
  if (by) return isRising ? -value : value;
  return isRising ? 1 - value : value;
}
/** xᵃ⁻¹·(1-x)ᵇ⁻¹·(a+b)/(a·b·B(a, b)) */
function betaDensity(a: number, b: number, x: number): number {
  if (!isBetaDefined(a, b, x)) return NaN;
  const logarithm = logGamma(a + b + 1) - logGamma(a + 1) - logGamma(b + 1);
  return x ** (a - 1) * (1 - x) ** (b - 1) * Math.exp(logarithm);
}

/** By explicit sums over the powers of x, of the families of assembly/kernels/special/polynomials.ts; and the sum of their magnitudes. */
function orthogonal(x: number, degree: number, family: number): [value: number, scale: number] {
  const n = Math.trunc(degree);
  if (!(n <= 2 ** 24)) return [NaN, 1];
  if (n < 0) return [0, 1];
  const rise = (y: number, k: number): number => Array.from({ length: k }, (_, i) => y + i).reduce((p, z) => p * z, 1);
  const factorial = (k: number): number => rise(1, k);
  const terms: number[] = [];
  if (family === -1 || family === -2 || family === -3) {
    const [u, v] = [orthogonal(x, n, 1), orthogonal(x, n - (family === -1 ? 2 : 1), 1)];
    if (n === 0) return [1, 1];
    const other = family === -3 ? v[0] : -v[0];
    const half = family === -1 ? 0.5 : 1;
    return [half * (u[0] + other), u[1] + v[1]];
  }
  for (let k = 0; 2 * k <= n; k++) {
    if (family > 0) terms.push((sign(k) * rise(family, n - k) * (2 * x) ** (n - 2 * k)) / factorial(k) / factorial(n - 2 * k)); // prettier-ignore
    else if (family === -4) terms.push((sign(k) * factorial(n) * (2 * x) ** (n - 2 * k)) / factorial(k) / factorial(n - 2 * k)); // prettier-ignore
    else if (family === -5) terms.push((sign(k) * factorial(n) * x ** (n - 2 * k)) / factorial(k) / factorial(n - 2 * k) / 2 ** k); // prettier-ignore
  }
  if (family <= -6)
    for (let k = 0; k <= n; k++)
      terms.push((rise(k - 5 - family, n - k) / factorial(n - k) / factorial(k)) * (-x) ** k);
  return [terms.reduce((a, b) => a + b, 0), terms.reduce((a, b) => a + Math.abs(b), 0)];
}

/** The normal quantile, by Newton's method on the logarithm of the tail, which is half of Q(1/2, x²/2). */
function ndtri(p: number): number {
  const m = Math.min(p, 1 - p);
  if (!(m > 0)) return m === 0 ? Math.sign(p - 0.5) * Infinity : NaN;
  let x = m < 0.1 ? Math.sqrt(-2 * Math.log(m)) : 2.5 * (0.5 - m);
  for (let i = 0; i < 12; i++) {
    const tail = gammainc(0.5, (x * x) / 2, 0, true) / 2;
    const value = x < 0 ? 1 - tail : tail;
    x += ((Math.log(value) - Math.log(m)) * value * Math.sqrt(2 * Math.PI)) / Math.exp((-x * x) / 2);
  }
  return p < 0.5 ? -x : x;
}

// -- by primitive

export type SpecialValue = readonly [value: number, scale: number];
/** Sizes of arguments beyond which the sums take too long, or overflow where the functions do not: nothing is expected there. */
const within = (limit: number, value: SpecialValue | (() => SpecialValue), ...xs: number[]): SpecialValue =>
  xs.some((x) => Math.abs(x) > limit && Math.abs(x) < Infinity)
    ? [0, Infinity]
    : typeof value === "function"
      ? value()
      : value;
const own = (value: number, least = 0): SpecialValue => [value, Math.max(Math.abs(value), least)];
/** The envelope of J and Y. */
const wave = (value: number, x: number): SpecialValue => own(value, 1 / Math.sqrt(1 + Math.abs(x)));
const differences = (f: (n: number) => number, n: number, order: number): SpecialValue => {
  const coefficients = [1];
  for (let j = 0; j < 2 * order; j++) coefficients.push((coefficients[j] * (j - 2 * order)) / (j + 1));
  const terms = coefficients.map((c, j) => (c * f(Math.abs(n - order + j))) / 2 ** order);
  return own(
    terms.reduce((a, b) => a + b, 0),
    Math.max(1e-6, ...terms.map(Math.abs)),
  );
};
const betaBy = (by: string) => (a: number, b: number, x: number): SpecialValue => within(1e4, () => own(betainc(a, b, x, by), by ? 1e-6 : 0), a, b); // prettier-ignore
/** What primitives of special functions give, and what their errors are relative to. */
export const specialValues: Record<string, (...operands: number[]) => SpecialValue> = {
  Polygamma: (x, n) => within(1e4, () => own(polygamma(x, n), n < 1 ? 1 + Math.abs(x) * 10 : 0), x, n * 100),
  Zeta: (s, q) => within(1e3, () => own(zeta(s, q)), s, q),
  Ndtri: (p) => own(ndtri(p), 1e-6),
  Betaln: (a, b) => within(1e4, () => own(betaln(a, b), 10 + 10 * (a + b)), a, b),
  BesselJ: (x, n) => within(1e3, () => wave(besselJ(x, n), x), x),
  BesselY: (x, n) => within(30, () => wave(besselY(x, n), x), x, 1 / x),
  Airy: (x, order) => within(6, () => (Math.abs(x) === Infinity ? [order && x < 0 ? NaN : 0, 1] : airy(x, order)), x),
  BesselI: (x, n) =>
    within(700, () => own(Math.abs(x) < Infinity ? scaledBesselI(x, n) * Math.exp(Math.abs(x)) : sign(x < 0 ? n : 0) * Infinity, 1e-5), x), // prettier-ignore
  BesselK: (x, n) => within(700, () => own(x === Infinity ? 0 : scaledBesselK(x, n) * Math.exp(-x)), x),
  ScaledBesselI: (x, n, order) =>
    within(1e3, () => {
      const [value, scale] = differences((k) => scaledBesselI(Math.abs(x), k), n, order);
      return [(n + order) % 2 ? Math.sign(x) * value : value, scale];
    }, x), // prettier-ignore
  ScaledBesselK: (x, n, order) =>
    within(1e3, () => {
      const [value, scale] = differences((k) => scaledBesselK(x, k), n, order);
      return [sign(order) * value, scale];
    }, x), // prettier-ignore
  Gammainc: (a, x, order) => within(1e4, () => own(gammainc(a, x, order), order && 1e-6), a),
  Gammaincc: (a, x) => within(1e4, () => own(gammainc(a, x, 0, true)), a),
  GammaDensity: (a, x) => within(1e4, () => own(gammaDensityAt(a, x)), a),
  Betainc: betaBy(""),
  BetaincA: betaBy("A"),
  BetaincB: betaBy("B"),
  BetaincAA: betaBy("AA"),
  BetaincAB: betaBy("AB"),
  BetaincBB: betaBy("BB"),
  BetaDensity: (a, b, x) => within(1e4, () => own(betaDensity(a, b, x)), a, b),
  Orthogonal: (x, n, family) => within(60, () => orthogonal(x, n, family), n, x / 100),
};
