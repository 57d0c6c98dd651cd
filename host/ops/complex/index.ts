// What ops do with complex arguments, by the ops' names.
import * as p from "../../core/prim";
import type { Node } from "../../core/prim";
import { Pair } from "../../tensor/complex";
import { argumentError, type ComplexImplementation, type Implementation } from "../define";
import { einsum } from "../einsum";
import { dot, vecdot } from "../linear";
import { all, linalgVectorNorm } from "../reduction";
import { select, transpose, unsqueeze } from "../shape";
import { isInfinite, isnan, scale, shift, sliceAlong } from "../support";
import { add, conj, div, mul, multilinear, type Operand, scaled, sub, toPair } from "./arithmetic";
import * as f from "./functions";
import { byParts, PARTS } from "./parts";

const both = ({ re, im }: Pair, g: (x: Node) => Node): Pair => new Pair(g(re), g(im));
const times = (g: (z: Pair) => Pair, factor: number) => (z: Pair) => scaled(g(z), p.num(factor));

const eq = (a: Operand, b: Operand): Node => {
  const [x, y] = [toPair(a), toPair(b)];
  return p.logicalAnd(p.eq(x.re, y.re), p.eq(x.im, y.im));
};
const ne = (a: Operand, b: Operand): Node => p.logicalNot(eq(a, b));
const either = (g: (x: Node) => Node) => (z: Pair) => p.logicalOr(g(z.re), g(z.im));
function isclose(a: Operand, b: Operand, rtol = 1e-5, atol = 1e-8, equalNan = false): Node {
  const [x, y] = [toPair(a), toPair(b)];
  const distance = f.abs(sub(x, y));
  const near = p.logicalAnd(p.lt(distance, p.num(Infinity)), p.le(distance, shift(scale(f.abs(y), rtol), atol)));
  const close = p.logicalOr(eq(x, y), near);
  const isNaN = either(isnan);
  return equalNan ? p.logicalOr(close, p.logicalAnd(isNaN(x), isNaN(y))) : close;
}

/** Halves are multiplied until one factor is left. */
function prod(z: Pair, dim?: number, keepdim = false): Pair {
  let all = dim === undefined ? both(z, (x) => p.reshape(x, [-1])) : z;
  const d = dim ?? 0;
  let n = p.size(all.re, d);
  if (n === 0) all = both(all, (x) => p.sum(x, [d], true));
  if (n === 0) return f.pow(dim === undefined || !keepdim ? both(all, (x) => select(x, d, 0)) : all, p.num(0));
  for (; n > 1; n = (n + 1) >> 1) {
    const half = n >> 1;
    const [low, high] = [0, half].map((start) => both(all, (x) => sliceAlong(x, d, start, half)));
    const product = mul(low!, high!);
    all = n % 2 === 0 ? product : byConcat([product, both(all, (x) => sliceAlong(x, d, n - 1, 1))], d);
  }
  return dim !== undefined && keepdim ? all : both(all, (x) => select(x, d, 0));
}
const byConcat = (list: Pair[], dim: number): Pair =>
  new Pair(p.concat(list.map(({ re }) => re), dim), p.concat(list.map(({ im }) => im), dim)); // prettier-ignore

const adjoint = (z: Pair): Pair => conj(both(z, (x) => transpose(x, -2, -1)));
const viewAsReal = ({ re, im }: Pair): Node => p.concat([unsqueeze(re, -1), unsqueeze(im, -1)], -1);

/** By name; where only some argument is complex, the others are real. */
const complexOps = {
  mul,
  multiply: mul,
  div: divide,
  divide,
  trueDivide: div,
  square: (z: Pair) => mul(z, z),
  reciprocal: f.reciprocal,
  pow: f.pow,
  sqrt: f.sqrt,
  rsqrt: (z: Pair) => f.reciprocal(f.sqrt(z)),
  exp: f.exp,
  exp2: (z: Pair) => f.exp(scaled(z, p.num(Math.LN2))),
  expm1: f.expm1,
  log: f.log,
  log2: times(f.log, Math.LOG2E),
  log10: times(f.log, Math.LOG10E),
  log1p: f.log1p,
  sin: f.byTurning(f.sinh),
  cos: f.cos,
  tan: f.byTurning(f.tanh),
  sinh: f.sinh,
  cosh: f.cosh,
  tanh: f.tanh,
  asin: f.asin,
  arcsin: f.asin,
  acos: f.acos,
  arccos: f.acos,
  atan: f.byTurning(f.atanh),
  arctan: f.byTurning(f.atanh),
  asinh: f.byTurning(f.asin),
  arcsinh: f.byTurning(f.asin),
  acosh: f.acosh,
  arccosh: f.acosh,
  atanh: f.atanh,
  arctanh: f.atanh,
  sgn: f.sgn,
  conj,
  adjoint,
  lerp: (a: Operand, b: Operand, weight: Operand) => add(a, mul(weight, sub(b, a))),
  prod,
  vdot: (a: Operand, b: Operand) => multilinear(dot)(conj(toPair(a)), b),
  "linalg.vecdot": (a: Operand, b: Operand, dim?: number) =>
    multilinear((x, y) => vecdot(x, y, dim))(conj(toPair(a)), b),
  einsum: (equation: string, operands: Operand[]) => multilinear((...xs) => einsum(equation, xs))(...operands),
  onesLike: ({ re }: Pair) => new Pair(p.fullLike(re, 1), p.fullLike(re, 0)),
} as const;
function divide(a: Operand, b: Operand, roundingMode?: string): Pair {
  if (roundingMode !== undefined) throw argumentError("complex numbers can't be rounded.");
  return div(a, b);
}

/** Those with real results. */
const realOps = {
  abs: f.abs,
  absolute: f.abs,
  angle: f.angle,
  real: ({ re }: Pair) => re,
  imag: ({ im }: Pair) => im,
  viewAsReal,
  eq,
  ne,
  notEqual: ne,
  isnan: either(isnan),
  isinf: either(isInfinite),
  isfinite: (z: Pair) => p.logicalNot(either((x) => p.logicalOr(isnan(x), isInfinite(x)))(z)),
  isreal: ({ im }: Pair) => p.eq(im, p.num(0)),
  isclose,
  allclose: (...args: Parameters<typeof isclose>) => all(isclose(...args)),
  "linalg.vectorNorm": (z: Pair, ...rest: unknown[]) => linalgVectorNorm(f.abs(z), ...(rest as [])),
} as const;

/** Linear in each operand, so that their real implementation does. */
const MULTILINEAR = new Set(
  "matmul linalg.matmul mm bmm mv dot inner outer ger tensordot kron cross linalg.cross".split(" "),
);

const table: Readonly<Record<string, Implementation>> = { ...complexOps, ...realOps };
/** Those whose one implementation takes either. Sets, since this is asked of every op when the library is loaded. */
const EITHER = new Set([
  ..."fft ifft fft2 ifft2 fftn ifftn irfft irfft2 irfftn hfft hfft2 hfftn".split(" ").map((name) => `fft.${name}`),
  ...["stft", "istft", "fftconvolve"],
]);
/** Whether an op takes complex tensors. */
export const takesComplex = (key: string): boolean =>
  Object.hasOwn(table, key) || PARTS.has(key) || MULTILINEAR.has(key) || EITHER.has(key);
/** Whether its results are real then. */
export const givesReal = (key: string): boolean =>
  Object.hasOwn(realOps, key) || /^(fft\.(ir|h)fft.?|istft)$/.test(key);
/** What the op does where arguments are complex, beside `implementation` for real ones. */
export function complexImplementation(key: string, implementation: Implementation): ComplexImplementation {
  const own = table[key];
  if (PARTS.has(key)) return (args, params) => byParts(implementation as never, params, args);
  if (MULTILINEAR.has(key)) return (args) => multilinear(implementation as never)(...(args as Operand[]));
  return (args) => (own ?? implementation)(...args);
}
