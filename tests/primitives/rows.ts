// The table of primitives: at least one row for each, which the build asks for (scripts/declare.mjs). Derivatives, vmap, gradcheck
// and the fuzzer's reference take their rows from here.
import type { Op } from "../../assembly/abi/opcodes";
import * as pf from "../../host/index";
import { f64, i32 } from "../ops/support";
import type { Func } from "./support";

export type OpName = keyof typeof Op;
export type Six = readonly [number, number, number, number, number, number];
export interface Case {
  op: OpName;
  f: Func;
  /** Six values for each operand, away from where a derivative jumps. */
  operands: readonly Six[];
  /** How often the rule's functions are differentiable there. */
  order: 1 | 2 | 3;
  /** One element by the plainest formula, where tests/fuzz/reference.ts has none. */
  value?: (...operands: number[]) => number;
}

// Columns and rows of these have no equal elements, and differences of 0.1 at least from any other.
export const any: Six = [0.3, -0.7, 1.2, -1.4, 0.9, 2.3];
const other: Six = [-1.1, 0.6, 0.5, 1.7, -0.4, 1.3];
const positive: Six = [0.4, 0.7, 1.2, 1.9, 2.3, 3.1];
const within: Six = [0.3, -0.7, 0.1, -0.5, 0.8, 0.45];
const aboveOne: Six = [1.3, 1.7, 2.2, 1.5, 2.9, 3.3];
/** Away from whole numbers and halves. */
const between: Six = [0.3, -0.8, 1.2, -1.4, 2.7, -2.3];

/** No quotient of one of these and one of those is near a whole number. */
const dividends: Six = [3.73, -2.41, 5.87, 1.34, -4.57, 2.69];
const divisors: Six = [1.1, 0.9, -1.3, 0.8, 1.7, -0.7];

const unary = (op: OpName, operand: Six, f: Func, order: Case["order"] = 3): Case => ({ op, f, operands: [operand], order }); // prettier-ignore
const binary = (op: OpName, a: Six, b: Six, f: Func, order: Case["order"] = 3): Case => ({ op, f, operands: [a, b], order }); // prettier-ignore
const asFloat = (t: pf.Tensor) => t.to("float64");
const tenths = (t: pf.Tensor): pf.Tensor => t.mul(10).round().int();
/** Of integers, or of a float beside ∞, whose exponent that is. */
function commonBits(a: number, b: number): number {
  if (b !== Infinity) return Number(BigInt(a) & BigInt(b));
  const bits = new BigInt64Array(new Float64Array([a]).buffer)[0] & 0x7ff0000000000000n;
  return new Float64Array(new BigInt64Array([bits]).buffer)[0];
}
const euclid = (a: number, b: number): number => (b === 0 ? Math.abs(a) : euclid(b, a % b));

/** The derivative of a norm: v·x/‖x‖. */
const slope: Func = (x) => pf.functional.vjp((y: pf.Tensor) => pf.linalg.vectorNorm(y.unsqueeze(-1).mul(f64([1, 2])), 2, [-1]), x, x.cos(), { createGraph: true })[1] as pf.Tensor; // prettier-ignore

/** The derivatives of f by the operand `of`, each element's by itself where they do not broadcast. */
const by = (f: Func, of: number): Func => (...xs) => (pf.functional.vjp((...ys) => f(...ys).sum(), xs, null, { createGraph: true })[1] as any)[of]; // prettier-ignore
const shapes: Six = [0.6, 1.7, 2.4, 0.9, 3.2, 1.3];
const others: Six = [1.1, 0.7, 2.6, 3.4, 1.9, 0.8];
const fractions: Six = [0.32, 0.71, 0.14, 0.55, 0.83, 0.42];
const betainc: Func = (a, b, x) => pf.special.betainc(a, b, x);
const ternary = (op: OpName, f: Func, order: Case["order"]): Case => ({
  op,
  f,
  operands: [shapes, others, fractions],
  order,
});

export const elementwise: Case[] = [
  unary("Neg", any, (x) => x.neg()),
  unary("Abs", any, (x) => x.abs()),
  unary("Sign", any, (x) => x.sign().mul(x)),
  unary("Floor", between, (x) => x.floor().mul(x)),
  unary("Ceil", between, (x) => x.ceil().mul(x)),
  unary("Round", between, (x) => x.round().mul(x)),
  unary("Trunc", between, (x) => x.trunc().mul(x)),
  unary("Exp", any, (x) => x.exp()),
  unary("Exp2", any, (x) => x.exp2()),
  unary("Expm1", any, (x) => x.expm1()),
  unary("Log", positive, (x) => x.log()),
  unary("Log2", positive, (x) => x.log2()),
  unary("Log10", positive, (x) => x.log10()),
  unary("Log1p", positive, (x) => x.log1p()),
  unary("Sqrt", positive, (x) => x.sqrt()),
  unary("Root", positive, (x) => pf.linalg.vectorNorm(x.unsqueeze(-1).mul(f64([1, 2])), 2, [-1])),
  unary("RootSlope", positive, slope),
  unary("SphericalBessel", any, (x) => pf.sinc(x)),
  unary("SphericalBessel", [8.3, -5.7, 2.2, -9.4, 1.9, 6.1], (x) => x.sinc()),
  unary("ErfcRatio", any, (x) => pf.special.erfcx(x)),
  unary("ErfcRatio", any, (x) => pf.special.logNdtr(x.mul(4))),
  unary("Rsqrt", positive, (x) => x.rsqrt()),
  unary("Reciprocal", any, (x) => x.reciprocal()),
  unary("Sin", any, (x) => x.sin()),
  unary("Cos", any, (x) => x.cos()),
  unary("Tan", within, (x) => x.tan()),
  unary("Asin", within, (x) => x.asin()),
  unary("Acos", within, (x) => x.acos()),
  unary("Atan", any, (x) => x.atan()),
  unary("Sinh", any, (x) => x.sinh()),
  unary("Cosh", any, (x) => x.cosh()),
  unary("Tanh", any, (x) => x.tanh()),
  unary("Asinh", any, (x) => x.asinh()),
  unary("Acosh", aboveOne, (x) => x.acosh()),
  unary("Atanh", within, (x) => x.atanh()),
  unary("Sigmoid", any, (x) => x.sigmoid()),
  unary("Softplus", any, (x) => pf.nn.functional.softplus(x)),
  unary("TanhSlope", any, (x) => pf.func.grad((y: any) => y.tanh().sum())(x) as pf.Tensor),
  unary("SigmoidSlope", any, (x) => pf.func.grad((y: any) => y.mul(3).sigmoid().sum())(x) as pf.Tensor),
  unary("Erf", any, (x) => x.erf()),
  unary("Erfc", any, (x) => x.erfc()),
  unary("Erfinv", within, (x) => x.erfinv()),
  unary("Ndtri", fractions, (x) => pf.special.ndtri(x)),
  unary("LogicalNot", any, (x) => asFloat(x.gt(0).logicalNot()).mul(x)),
  { ...unary("Signbit", any, (x) => asFloat(x.signbit()).mul(x)), value: (x) => Number(x < 0 || Object.is(x, -0)) },
  unary("Cast", any, (x) => asFloat(x.gt(0)).mul(x)),

  binary("Add", any, other, (a, b) => a.add(b)),
  binary("Sub", any, other, (a, b) => a.sub(b)),
  binary("Mul", any, other, (a, b) => a.mul(b)),
  unary("Mul", any, (x) => x.mul(x)),
  binary("Div", any, other, (a, b) => a.div(b)),
  binary("Pow", positive, other, (a, b) => a.pow(b)),
  ...[-2, -1, 0, 0.5, 1, 2, 3, 4].map((power) => ({
    ...unary("Pow", positive, (x: pf.Tensor) => x.pow(power).mul(x.pow(1.5))),
  })),
  unary("Pow", any, (x) => x.pow(4)),
  unary("Pow", any, (x) => pf.pow(2.5, x)),
  binary("Maximum", any, other, (a, b) => pf.maximum(a, b)),
  binary("Minimum", any, other, (a, b) => pf.minimum(a, b)),
  binary("Fmod", dividends, divisors, (a, b) => a.fmod(b)),
  binary("Remainder", dividends, divisors, (a, b) => a.remainder(b)),
  binary("XLogY", any, positive, (a, b) => pf.xlogy(a, b)),
  unary("XLogY", positive, (x) => pf.xlogy(x, x)),
  binary("Atan2", any, other, (a, b) => a.atan2(b)),
  ...(["Eq", "Ne", "Lt", "Le", "Gt", "Ge"] as const).map((op) =>
    binary(op, any, other, (a, b) =>
      asFloat(pf[op.toLowerCase() as "eq"](a, b))
        .add(2)
        .mul(a)
        .mul(b),
    ),
  ),
  ...(["LogicalAnd", "LogicalOr", "LogicalXor"] as const).map((op) =>
    binary(op, any, other, (a, b) =>
      asFloat(pf[(op[0].toLowerCase() + op.slice(1)) as "logicalAnd"](a.gt(0), b.gt(0)))
        .add(2)
        .mul(a)
        .mul(b),
    ),
  ),
  // Integers of a step, whose derivative is 0.
  { ...binary("BitAnd", any, other, (a, b) => asFloat(pf.bitwiseAnd(tenths(a), tenths(b))).add(2).mul(a).mul(b)), value: commonBits }, // prettier-ignore
  { ...unary("BitAnd", any, (x) => pf.frexp(x)[0].mul(x)), value: commonBits },
  { ...binary("Gcd", any, other, (a, b) => asFloat(pf.gcd(tenths(a), tenths(b))).add(2).mul(a).mul(b)), value: euclid }, // prettier-ignore
  unary("Polygamma", any, (x) => x.lgamma()),
  unary("Polygamma", any, (x) => x.digamma()),
  unary("Polygamma", positive, (x) => pf.polygamma(2, x)),
  unary("Zeta", positive, (x) => pf.special.zeta(2.5, x)),
  unary("Zeta", any, (x) => pf.special.zeta(3, x)),
  binary("Betaln", shapes, others, (a, b) => pf.special.betaln(a, b)),
  unary("Airy", any, (x) => pf.special.airyAi(x)),
  unary("Airy", [8.3, -11.7, 2.2, -9.4, 12.9, 6.1], (x) => pf.special.airyAi(x)),
  unary("BesselJ", any, (x) => pf.special.besselJ0(x)),
  unary("BesselJ", [8.3, -5.7, 2.2, -9.4, 1.9, 6.1], (x) => pf.special.besselJ1(x)),
  unary("BesselY", positive, (x) => pf.special.besselY0(x)),
  unary("BesselY", [8.3, 5.7, 2.2, 9.4, 1.9, 6.1], (x) => pf.special.besselY1(x)),
  unary("BesselI", any, (x) => pf.special.i0(x)),
  unary("BesselI", [8.3, -5.7, 2.2, -9.4, 1.9, 6.1], (x) => pf.special.i1(x)),
  unary("ScaledBesselI", any, (x) => pf.special.i0e(x)),
  unary("ScaledBesselI", [8.3, -5.7, 2.2, -9.4, 1.9, 6.1], (x) => pf.special.i1e(x)),
  unary("BesselK", positive, (x) => pf.special.modifiedBesselK0(x)),
  unary("BesselK", positive, (x) => pf.special.modifiedBesselK1(x)),
  unary("ScaledBesselK", positive, (x) => pf.special.scaledModifiedBesselK0(x)),
  unary("ScaledBesselK", positive, (x) => pf.special.scaledModifiedBesselK1(x)),
  binary("Gammainc", shapes, others, (a, x) => pf.special.gammainc(a, x), 2),
  binary("Gammaincc", shapes, others, (a, x) => pf.special.gammaincc(a, x), 2),
  binary("GammaDensity", shapes, others, (a, x) => by((b, y) => pf.special.gammainc(b, y), 1)(a, x)),
  ternary("Betainc", betainc, 2),
  // Of these derivatives by x; those by the parameters are in the rows of the functions themselves.
  ...(["BetaincA", "BetaincB", "BetaincAA", "BetaincAB", "BetaincBB"] as const).map((op): Case => {
    const parameters = [...op.slice(7)].map((name) => (name === "A" ? 0 : 1));
    const f = parameters.reduce((g, of) => by(g, of), betainc);
    return unary(op, fractions, (x) => f(f64(1.3).expand(x.shape), f64(2.4).expand(x.shape), x));
  }),
  ternary("BetaDensity", by(betainc, 2), 3),
  unary("Orthogonal", any, (x) => pf.special.legendrePolynomialP(x, 5)),
  unary("Orthogonal", any, (x) => pf.special.chebyshevPolynomialT(x, 4)),
  unary("Orthogonal", any, (x) => pf.special.chebyshevPolynomialV(x, 3)),
  unary("Orthogonal", any, (x) => pf.special.chebyshevPolynomialW(x, 5)),
  unary("Orthogonal", any, (x) => pf.special.hermitePolynomialH(x, 4)),
  unary("Orthogonal", any, (x) => pf.special.hermitePolynomialHe(x, 4)),
  unary("Orthogonal", any, (x) => pf.special.laguerrePolynomialL(x, 4)),
  binary("Where", any, other, (a, b) => pf.where(a.gt(b), a.mul(b), b.sin())),
];

// -- primitives that look at more than one element: of 2×3 operands in each layout

export const full = ["contiguous", "transposed", "sliced", "flipped", "expanded rows", "expanded columns", "empty"];
const index = i32([[2, 0, 2], [1, 1, 1]]); // prettier-ignore
const columnIndex = i32([[1, 0, 1], [0, 0, 1], [1, 1, 0]]); // prettier-ignore
const repeated = i32([[2, 2, 0], [1, 1, 1]]); // prettier-ignore
const zeros = pf.zeros([4, 5], { dtype: "float64" });

const eye = pf.eye(2, { dtype: "float64" });
// Not when a row first uses it: what it is made of would end then, in a suite that counts.
pf.evaluate(eye);
/** A matrix that is positive definite: x·xᵀ + 1. */
const definite = (x: pf.Tensor): pf.Tensor => x.matmul(x.t()).add(eye);
/** f(x) by a function that knows that derivatives may be asked for. */
const recorded = (f: Func, x: pf.Tensor): pf.Tensor =>
  pf.functional.vjp(f, x, undefined, { createGraph: true })[0] as pf.Tensor;
/** One of four rows, whose pivots are far from any others. */
const tall = (x: pf.Tensor): pf.Tensor =>
  pf.cat([x, x.sin()]).mul(0.2).add(f64([[4, 1, 0], [1, 5, 2], [0, 1, 6], [2, 0, 1]])); // prettier-ignore
/** The cotangents of f for its own values' cosines. */
const slopes = (f: Func, x: pf.Tensor): pf.Tensor =>
  pf.functional.vjp(f as any, x, f(x).cos(), { createGraph: true })[1] as pf.Tensor;

export interface Whole {
  op: OpName;
  name: string;
  f: Func;
  on?: readonly string[];
}
const filled = full.filter((name) => name !== "empty");
const distinct = filled.filter((name) => !name.startsWith("expanded"));
export const whole: Whole[] = [
  { op: "Sum", name: "over all", f: (x) => x.sum() },
  { op: "Sum", name: "over rows", f: (x) => x.sum(0) },
  { op: "Sum", name: "over columns, kept", f: (x) => x.sum(1, true) },
  { op: "Sum", name: "over both, kept", f: (x) => x.sum([1, 0], true) },
  { op: "Prod", name: "over all", f: (x) => x.prod() },
  { op: "Prod", name: "over rows", f: (x) => x.prod(0) },
  { op: "Prod", name: "over columns, kept", f: (x) => x.prod(1, true) },
  { op: "Amax", name: "over all", f: (x) => x.amax(), on: distinct },
  { op: "Amax", name: "over rows", f: (x) => x.amax(0), on: distinct },
  { op: "Amax", name: "over columns, kept", f: (x) => x.amax(1, true), on: [...distinct, "expanded rows"] },
  { op: "Amin", name: "over all", f: (x) => x.amin(), on: distinct },
  { op: "Amin", name: "over rows, kept", f: (x) => x.amin(0, true), on: distinct },
  { op: "Argmax", name: "as an index", f: (x) => x.gather(1, x.argmax(1, true)), on: distinct },
  { op: "Argmin", name: "as an index", f: (x) => x.gather(0, x.argmin(0, true)), on: distinct },
  { op: "Iota", name: "as weights", f: (x) => x.mul(pf.arange(3, { dtype: "float64" })) },
  { op: "Full", name: "as a factor", f: (x) => x.mul(pf.full([3], 2, { dtype: "float64" })) },
  { op: "Data", name: "as a factor", f: (x) => x.mul(f64([1, 2, 3])) },
  { op: "Alias", name: "", f: (x) => x.clone() },
  { op: "Detach", name: "of a factor, which is constant then", f: (x) => x.mul(f64([3, 1, 2]).detach()) },
  { op: "Reshape", name: "flat", f: (x) => x.reshape(-1) },
  { op: "Reshape", name: "to more dims", f: (x) => x.reshape(1, 3, 1, 2).sum(1), on: filled },
  { op: "Permute", name: "", f: (x) => x.permute(1, 0) },
  { op: "Permute", name: "of three dims", f: (x) => x.unsqueeze(1).permute(2, 0, 1) },
  { op: "Expand", name: "leading", f: (x) => x.expand(2, -1, -1) },
  { op: "Expand", name: "leading and inner", f: (x) => x.unsqueeze(1).expand(4, x.shape[0], 2, 3) },
  { op: "Slice", name: "a column", f: (x) => x.narrow(1, 1, 1) },
  { op: "Slice", name: "in steps", f: (x) => x.slice(1, 0, 3, 2) },
  { op: "Slice", name: "nothing", f: (x) => x.slice(1, 2, 2) },
  { op: "Flip", name: "one dim", f: (x) => x.flip(1) },
  { op: "Flip", name: "both dims", f: (x) => x.flip(0, 1) },
  { op: "Pad", name: "zeros", f: (x) => pf.nn.functional.pad(x, [1, 2, 0, 1]) },
  { op: "Pad", name: "a value", f: (x) => pf.nn.functional.pad(x, [0, 1, 2, 0], "constant", -3) },
  { op: "Concat", name: "rows", f: (x) => pf.cat([x, x.sin(), x]) },
  { op: "Concat", name: "columns", f: (x) => pf.cat([x.mul(2), x.narrow(1, 0, 1)], 1) },
  { op: "Gather", name: "along columns", f: (x) => x.gather(1, index), on: filled },
  { op: "Gather", name: "along rows, more than there are", f: (x) => x.gather(0, columnIndex), on: filled },
  { op: "Gather", name: "an empty index", f: (x) => x.gather(1, pf.zeros([2, 0], { dtype: "int32" })), on: filled },
  { op: "ScatterAdd", name: "of the source", f: (x) => zeros.scatterAdd(1, index, x), on: filled },
  { op: "ScatterAdd", name: "of the base", f: (x) => x.scatterAdd(1, index, f64([[1, 2, 3], [4, 5, 6]])), on: filled }, // prettier-ignore
  { op: "ScatterAdd", name: "of both", f: (x) => x.scatterAdd(1, index, x.sin()), on: filled },
  { op: "LastWriter", name: "of a source", f: (x) => x.scatter(1, repeated, x.sin()), on: filled },
  { op: "Argsort", name: "as an index", f: (x) => x.gather(1, x.argsort(1)), on: distinct },
  { op: "Argsort", name: "as an index, descending", f: (x) => x.gather(0, x.argsort(0, true)), on: distinct },
  { op: "Sort", name: "values", f: (x) => x.sort(1)[0], on: distinct },
  { op: "Sort", name: "values, descending, of columns", f: (x) => x.sort(0, true)[0], on: distinct },
  { op: "Sort", name: "the two largest", f: (x) => x.topk(2)[0], on: distinct },
  { op: "Cumsum", name: "of rows", f: (x) => x.cumsum(1) },
  { op: "Cumsum", name: "of columns", f: (x) => x.cumsum(0).sin() },
  { op: "Cumprod", name: "of rows", f: (x) => x.cumprod(1) },
  { op: "Cumprod", name: "of columns", f: (x) => x.cumprod(0) },
  { op: "LinearScan", name: "a derivative of products of rows", f: (x) => slopes((y) => y.cumprod(1), x), on: filled },
  {
    op: "LinearScan",
    name: "a derivative of products of columns",
    f: (x) => slopes((y) => y.cumprod(0), x),
    on: filled,
  },
  { op: "LinearScan", name: "a tangent of products", f: (x) => pf.func.jvp((y: any) => y.cumprod(1), [x], [x.sin()])[1] as pf.Tensor, on: filled }, // prettier-ignore
  { op: "Logcumsumexp", name: "of rows", f: (x) => x.logcumsumexp(1) },
  { op: "Logcumsumexp", name: "of columns", f: (x) => x.logcumsumexp(0) },
  { op: "CumulativeExtreme", name: "the largest of rows", f: (x) => x.cummax(1)[0], on: distinct },
  { op: "CumulativeExtreme", name: "the smallest of columns", f: (x) => x.cummin(0)[0], on: distinct },
  { op: "Fft", name: "of a pair", f: (x) => { const y = pf.fft.fft(pf.complex(x, x.sin())); return y.real.mul(y.imag); } }, // prettier-ignore
  { op: "Fft", name: "back, of columns, one part wanted", f: (x) => pf.fft.ifft(pf.complex(x, x.cos()), null, 0).real, on: filled }, // prettier-ignore
  { op: "RealFft", name: "of real rows", f: (x) => { const y = pf.fft.rfft(x); return y.real.add(y.imag.mul(2)); } }, // prettier-ignore
  { op: "RealFft", name: "conjugate, ortho", f: (x) => pf.fft.ihfft(x.sin(), 4, -1, "ortho").abs().square() },
  { op: "HermitianFft", name: "back to real rows", f: (x) => pf.fft.irfft(pf.complex(x, x.mul(2)), 4).sin() },
  { op: "HermitianFft", name: "of an odd length", f: (x) => pf.fft.hfft(pf.complex(x.cos(), x), 5) },
  { op: "Output", name: "values times positions", f: (x) => { const [values, at] = x.sort(1); return values.mul(at.to("float64").add(1)); }, on: distinct }, // prettier-ignore
  { op: "Require", name: "of probabilities", f: (x) => pf.nn.functional.binaryCrossEntropy(x.sigmoid(), f64(0.25).expand(x.shape), { reduction: "none" }) }, // prettier-ignore
  { op: "Matmul", name: "from the right", f: (x) => x.matmul(f64([[1, 2], [3, -4], [5, 6]])) }, // prettier-ignore
  { op: "Matmul", name: "from the left", f: (x) => pf.matmul(f64([[1, 2], [3, -4], [5, 6]]), x), on: filled }, // prettier-ignore
  { op: "Matmul", name: "with itself", f: (x) => x.matmul(x.t()) },
  { op: "Matmul", name: "in a batch", f: (x) => pf.matmul(pf.stack([x, x.cos()]), x.t().reshape(1, 3, -1)) },
  { op: "Triangle", name: "of factors", f: (x) => pf.luUnpack(tall(x), pf.tensor([1, 2, 3], { dtype: "int32" }))[1], on: filled }, // prettier-ignore
  { op: "Cholesky", name: "", f: (x) => pf.linalg.cholesky(definite(x)), on: filled },
  { op: "CheckInfo", name: "of a diagonal", f: (x) => pf.linalg.cholesky(definite(x)).diagonal().log(), on: filled },
  { op: "Lu", name: "tall", f: (x) => pf.linalg.luFactor(tall(x))[0], on: filled },
  { op: "Lu", name: "wide", f: (x) => pf.linalg.luFactor(tall(x).t())[0], on: filled },
  { op: "Lu", name: "square", f: (x) => pf.linalg.luFactor(tall(x).narrow(0, 1, 3))[0], on: filled },
  { op: "RowOrder", name: "P·L", f: (x) => { const [P, L] = pf.linalg.lu(tall(x)); return P.matmul(L); }, on: filled }, // prettier-ignore
  { op: "Qr", name: "tall, both", f: (x) => { const [Q, R] = pf.linalg.qr(tall(x)); return Q.sin().matmul(R.cos()); }, on: filled }, // prettier-ignore
  { op: "Qr", name: "wide, both", f: (x) => { const [Q, R] = pf.linalg.qr(tall(x).t()); return Q.sin().matmul(R.cos()); }, on: filled }, // prettier-ignore
  { op: "Qr", name: "complete, R", f: (x) => pf.linalg.qr(tall(x), "complete")[1], on: filled },
  { op: "Qr", name: "square, Q", f: (x) => pf.linalg.qr(tall(x).narrow(0, 1, 3))[0], on: filled },
  { op: "Qr", name: "reflectors, tall", f: (x) => { const [a, tau] = pf.geqrf(tall(x)); return a.sin().matmul(tau.cos()); }, on: filled }, // prettier-ignore
  { op: "Qr", name: "reflectors, wide", f: (x) => { const [a, tau] = pf.geqrf(tall(x).t()); return tau.cos().matmul(a.sin()); }, on: filled }, // prettier-ignore
  { op: "MatrixExp", name: "", f: (x) => pf.matrixExp(tall(x).narrow(0, 1, 3).mul(0.3)), on: filled },
  { op: "Sqrtm", name: "", f: (x) => pf.linalg.sqrtm(tall(x).narrow(0, 1, 3).mul(0.3).add(pf.eye(3, { dtype: "float64" }).mul(2))), on: filled }, // prettier-ignore
  { op: "Surrogate", name: "det", f: (x) => recorded(pf.det, tall(x).narrow(0, 1, 3)), on: filled },
  { op: "Rescaled", name: "det of 6×6", f: (x) => recorded(pf.det, pf.kron(tall(x).narrow(0, 1, 3), f64([[0.01, 0.002], [0.001, 0.02]]))).mul(1e8), on: filled }, // prettier-ignore
  { op: "Model", name: "det, in a batch", f: (x) => recorded((y) => pf.det(y.unsqueeze(0).mul(f64([[[1]], [[2]]]))).sum(), tall(x).narrow(0, 0, 3)), on: filled }, // prettier-ignore
  { op: "Solve", name: "of both", f: (x) => pf.linalg.solve(definite(x), x), on: filled },
  { op: "Solve", name: "from the right", f: (x) => pf.linalg.solve(tall(x).narrow(0, 1, 3), x, { left: false }), on: filled }, // prettier-ignore
  { op: "SolveTriangular", name: "upper", f: (x) => pf.linalg.solveTriangular(definite(x), x, { upper: true }), on: filled }, // prettier-ignore
  { op: "SolveTriangular", name: "lower, unit, from the right", f: (x) => pf.linalg.solveTriangular(tall(x).narrow(0, 1, 3), x, { upper: false, left: false, unitriangular: true }), on: filled }, // prettier-ignore
  { op: "Eigh", name: "values", f: (x) => pf.linalg.eigvalsh(definite(x)), on: filled },
  { op: "Eigh", name: "both", f: (x) => { const [w, V] = pf.linalg.eigh(definite(x)); return V.mul(w.log().unsqueeze(-2)).matmul(V.mT); }, on: filled }, // prettier-ignore
  { op: "Eig", name: "both", f: (x) => { const [w, V] = pf.linalg.eig(tall(x).narrow(0, 1, 3)); return pf.cat([w.real, w.imag, V.abs().sum(0)]); }, on: filled }, // prettier-ignore
  { op: "Svd", name: "tall", f: (x) => { const [U, S, Vh] = pf.linalg.svd(tall(x), { fullMatrices: false }); return U.mul(S.sin().unsqueeze(-2)).matmul(Vh); }, on: filled }, // prettier-ignore
  { op: "Svd", name: "wide", f: (x) => { const [U, S, Vh] = pf.linalg.svd(tall(x).t(), { fullMatrices: false }); return U.mul(S.sin().unsqueeze(-2)).matmul(Vh); }, on: filled }, // prettier-ignore
  { op: "PseudoInverse", name: "", f: (x) => pf.linalg.pinv(tall(x)), on: filled },
  {
    op: "Convolution",
    name: "of signals",
    f: (x) => pf.nn.functional.conv1d(x.unsqueeze(1), f64([[[1, -2]], [[3, 1]]])),
  },
  {
    op: "Convolution",
    name: "with weights",
    f: (x) => pf.nn.functional.conv1d(f64([[[1, 2, -1, 3]]]), x.unsqueeze(1), { padding: 1 }),
    on: filled,
  },
  {
    op: "Convolution",
    name: "of a value with itself",
    f: (x) =>
      pf.nn.functional.convTranspose2d(x.unsqueeze(0), x.unsqueeze(0).unsqueeze(0), { stride: 2, dilation: [1, 2] }),
    on: filled,
  },
];

/**
 * Placeholders and draws have no derivative; custom functions have tests of their own (autograd/custom.test.ts), and what derivatives of
 * eigenvectors and singular vectors are made of has too (ops/spectral-ties.test.ts).
 */
export const elsewhere: readonly OpName[] = ["Placeholder", "Random", "CustomCall", "Saved", "Pull", "Turn", "Within", "Probe"]; // prettier-ignore
